package main

import (
	"context"
	"slices"

	"github.com/spf13/cobra"

	"github.com/appdock/appdock"
	"github.com/appdock/appdock/internal/control"
)

// installFlags are the flags of `app install`.
type installFlags struct {
	activate         bool
	yes              bool
	accepted         accepted
	skipValidation   bool
	format           string // of the manifest, in a folder that has two
	match            bool
	appSecret        string
	allowShortSecret bool
	dryRun           bool
}

// outcome of an operation on one app, as documents show it (cli.md 2.4).
type outcome struct {
	Name     string           `json:"name"`
	Version  string           `json:"version"`
	Result   string           `json:"result"`
	Warnings []string         `json:"warnings,omitempty"`
	Preview  *control.Preview `json:"preview,omitempty"` // of a dry run
	Error    *control.Failure `json:"error,omitempty"`
}

func newAppInstall(p *program) *cobra.Command {
	var f installFlags
	c := &cobra.Command{
		Use:   "install <name|path|url>...",
		Short: "Install apps",
		Long: "Install apps: by their name in the apps folder (custom/apps if it exists, else apps), by the path of a " +
			"folder with a manifest.xml or an app.json, or by the address of an app.json.\n\n" +
			"The manifest is checked first. Then you are shown what the app may do and where it sends data, and asked for " +
			"each; where nobody can be asked, flags must accept it. An app stays inactive without --activate.\n\n" +
			"With --server the folder is sent to the host, without links, .git and node_modules.",
		Example: "appdock app install MyApp --activate\n\n" +
			"# an app of the SitePack dialect, by its address\nappdock app install https://app.example/app.json\n\n" +
			"# see what it asks for, and change nothing\nappdock app install ./MyApp --dry-run\n\n" +
			"# in a script: accept all that it asks for\nappdock app install MyApp --yes --no-interaction --json",
		Args: args(1, -1, "the name, path or address of an app"),
		ValidArgsFunction: func(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
			_, names, err := p.appsFolder()
			if err != nil || len(names) == 0 {
				return nil, cobra.ShellCompDirectiveFilterDirs
			}
			return names, cobra.ShellCompDirectiveDefault
		},
	}
	flags := c.Flags()
	flags.BoolVarP(&f.activate, "activate", "a", false, "activate the apps as well")
	p.consentFlags(flags, &f, "installed")
	flags.BoolVar(&f.match, "match", false, "install every app whose name contains an argument")
	flags.StringVar(&f.appSecret, "app-secret", "", "the vendor's secret for an app whose manifest has none; env:NAME and file:PATH name a place")
	flags.BoolVar(&f.allowShortSecret, "allow-short-secret", false, "accept shop secrets of less than 64 characters")
	c.RunE = func(cmd *cobra.Command, given []string) error {
		secret, err := secretValue("--app-secret", f.appSecret, p.getenv)
		if err != nil {
			return err
		}
		f.appSecret = secret
		if f.yes {
			f.accepted = accepted{true, true}
		}
		list, err := p.targets(given, f.match)
		if err != nil {
			return err
		}
		if !slices.ContainsFunc(list, func(t target) bool { return t.err == nil }) {
			return p.install(cmd.Context(), nil, list, f) // nobody needs a host for that
		}
		return p.withShop(func(ctx context.Context, shop control.Shop, _ []string) error {
			return p.install(ctx, shop, list, f)
		})(cmd, given)
	}
	return c
}

// install installs apps one after the other: one that fails does not stop the others.
func (p *program) install(ctx context.Context, shop control.Shop, list []target, f installFlags) error {
	return p.each(ctx, len(list), func(i int) (outcome, error) {
		if list[i].err != nil {
			return p.missing(list[i])
		}
		return p.installOne(ctx, shop, list[i], f)
	})
}

// missing is what becomes of an app that was not found: a failure, but not for Shopware
// (cli.md 2.2).
func (p *program) missing(t target) (outcome, error) {
	if p.compat && appdock.KindOf(t.err) == appdock.NotFound {
		p.say("Could not find any app with this name")
		return outcome{Name: t.name, Result: "failed"}, nil
	}
	return outcome{Name: t.name}, t.err
}

func (p *program) installOne(ctx context.Context, shop control.Shop, t target, f installFlags) (outcome, error) {
	source, err := p.source(ctx, shop, t, f)
	if err != nil {
		return outcome{Name: t.name}, err
	}
	wish, err := shop.Preview(ctx, source)
	if err != nil {
		return outcome{Name: t.name}, err
	}
	out := outcome{Name: wish.Name, Version: wish.Version}
	p.printRemarks(wish)
	if slices.Contains([]string{"registered", "rotating", "local", "installed", "needs_approval", "reauthorize"}, wish.Installed) {
		return p.alreadyInstalled(out)
	}
	if f.dryRun {
		out.Result, out.Preview = "would_install", &wish
		p.printDryRun(wish)
		return out, nil
	}
	p.showClientSecret(wish)
	if err := p.consent(ctx, wish, f.accepted); err != nil {
		return out, err
	}
	done, err := shop.Install(ctx, control.Install{
		Source:           source,
		ConsentHash:      wish.ConsentHash,
		Activate:         f.activate,
		AllowShortSecret: f.allowShortSecret,
		AppSecret:        f.appSecret,
	})
	if done.Result == "already_installed" || appdock.CodeOf(err) == "FRAMEWORK__APP_ALREADY_INSTALLED" {
		return p.alreadyInstalled(out)
	}
	if err != nil {
		return out, err
	}
	out.Result, out.Warnings = done.Result, done.Warnings
	p.say("App %s has been successfully installed.", wish.Name)
	if f.activate {
		p.say("App activated successfully.")
	}
	return out, nil
}

// showClientSecret shows what the vendor may want to be told before the app can exchange its
// code. Nobody can ask for it again.
func (p *program) showClientSecret(wish control.Preview) {
	if wish.ClientSecret == "" || p.json() {
		return
	}
	p.err.print("Client id " + oneLine(wish.Name) + ", client secret " + wish.ClientSecret + ": if the vendor asks for them, enter them there before you go on. It is not shown again.\n")
}

func (p *program) alreadyInstalled(out outcome) (outcome, error) {
	out.Result = "already_installed"
	p.say("App %s is already installed", out.Name)
	return out, nil
}

// printRemarks prints what validation found and let pass; mere remarks only with -v.
// Sensitive permissions stand with the question about them.
func (p *program) printRemarks(wish control.Preview) {
	if p.quiet || p.json() {
		return
	}
	for _, x := range wish.Problems {
		if x.Code != sensitive && (x.Severity != "info" || p.verbose > 0) {
			p.printProblem(x)
		}
	}
}

func (p *program) printDryRun(wish control.Preview) {
	if p.quiet || p.json() {
		return
	}
	if len(wish.Permissions)+len(wish.Additional) > 0 {
		printPermissions(p.out, wish, false)
	}
	if len(wish.Hosts) > 0 {
		printHosts(p.out, wish)
	}
	p.say("App %s would be installed.", wish.Name)
}

// each runs an operation on several apps and tells what became of each: as text at once,
// or as one document at the end. The failure it returns was told already; its exit code
// is the highest of all.
func (p *program) each(ctx context.Context, n int, run func(i int) (outcome, error)) error {
	list := []outcome{}
	worst := exitDone
	for i := range n {
		out, err := run(i)
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if err != nil {
			failure := p.explain(ctx, err)
			if out.Error, out.Result = &failure, "failed"; exitCode(err) == exitRefused {
				out.Result = "refused"
			}
			if !p.json() {
				p.printFailure(failure)
			}
			worst = max(worst, exitCode(err))
		}
		for _, warning := range out.Warnings {
			p.warn(warning)
		}
		list = append(list, out)
	}
	if p.json() {
		if err := p.document(list); err != nil {
			return err
		}
	}
	if worst != exitDone {
		return toldError(worst)
	}
	return nil
}
