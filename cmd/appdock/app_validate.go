package main

import (
	"archive/zip"
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"

	"github.com/spf13/cobra"

	"github.com/appdock/appdock"
	"github.com/appdock/appdock/manifest"
)

// validateFlags are the flags of `app validate`.
type validateFlags struct {
	strict, store, online, development bool
	ignore                             []string
	format                             string // how findings are printed
	manifestFormat                     string

	// No flags, but the same for all apps.
	host  hostView // what the host says of its apps, asked once
	twigs templates
}

func newAppValidate(p *program) *cobra.Command {
	f := validateFlags{twigs: newTemplates()}
	c := &cobra.Command{
		Use:   "validate [name|path|url]...",
		Short: "Check apps",
		Long: "Check apps, each by its name in the apps folder (custom/apps if it exists, else apps), by the path of its folder, " +
			"by that of its package (a .zip) or of a single manifest file of any name, or by the address of a hosted app.json. Without an argument all apps of the apps folder are checked.\n\n" +
			"Every finding has a place, a stable code, and often a proposal. Errors give exit code 3; warnings do with --strict. " +
			"No host is needed, and no network but for --online and for addresses. If a host runs on the data folder, it is asked " +
			"what an update would change.",
		Example: "appdock app validate\nappdock app validate ./MyApp --strict\n\n" +
			"# in a workflow of GitHub: remarks beside the lines of a change\nappdock app validate ./MyApp --format github\n\n" +
			"# for a build server, and for a code scanner\nappdock app validate --format junit > appdock.xml\nappdock app validate --format sarif > appdock.sarif\n\n" +
			"# what an app store would refuse\nappdock app validate ./MyApp --store --ignore manifest.no_english,snippet.*",
		Args: args(0, -1, ""),
		ValidArgsFunction: func(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
			_, names, err := p.validatable()
			if err != nil || len(names) == 0 {
				return nil, cobra.ShellCompDirectiveDefault
			}
			return names, cobra.ShellCompDirectiveDefault
		},
	}
	flags := c.Flags()
	flags.BoolVar(&f.strict, "strict", false, "warnings fail, too")
	flags.BoolVar(&f.store, "store", false, "make the checks of app stores as well")
	flags.BoolVar(&f.online, "online", false, "ask the network about the app's addresses")
	flags.BoolVar(&f.development, "dev", false, "judge for development, not for production")
	flags.StringSliceVar(&f.ignore, "ignore", nil, "leave out findings with these codes; \"snippet.*\" is a whole group; those of a manifest that cannot be read stay")
	flags.Var(choice{&f.format, []string{"text", "json", "github", "junit", "sarif"}}, "format", "how findings are printed: text, json, github, junit or sarif")
	flags.Var(choice{&f.manifestFormat, []string{"", "shopware", "sitepack"}}, "manifest-format", "what to read of a folder with both manifests: shopware or sitepack")
	c.RunE = func(cmd *cobra.Command, given []string) error {
		if err := p.agree(&f.format, cmd.Flags().Changed("format")); err != nil {
			return err
		}
		if err := checkIgnored(f.ignore); err != nil {
			return err
		}
		list, err := p.subjects(given)
		if err != nil {
			return err
		}
		f.host = p.viewHost(cmd.Context())
		if p.calls == nil && (f.online || slices.ContainsFunc(list, func(s subject) bool { return s.url != "" })) {
			return &appdock.Error{
				Kind: appdock.Unsupported, Code: codeUnsupported, Message: "This program makes no calls over the network for app validate",
				Cure: "Leave --online out, and check the file itself.",
			}
		}
		checked, err := p.check(cmd.Context(), list, f)
		if err != nil {
			return err
		}
		if err := p.showReport(checked, f, len(given) == 1); err != nil {
			return err
		}
		if code := checked.exitCode(f.strict); code != exitDone {
			return toldError(code)
		}
		return nil
	}
	return c
}

// agree lets --format json and --output json mean the same (cli.md 2.1).
func (p *program) agree(format *string, given bool) error {
	switch {
	case *format == "json":
		p.output = "json"
	case p.json() && given:
		return usageError("--format "+*format+" and --output json exclude each other", "Leave one of them out.")
	case p.json():
		*format = "json"
	}
	return nil
}

// check checks the apps, as many at once as there are processors, and reports them in
// their order. One that cannot be read stops no other.
func (p *program) check(ctx context.Context, list []subject, f validateFlags) (*report, error) {
	shown := p.progress("checking", len(list))
	defer shown.end()
	checked := make([]appReport, len(list))
	free := make(chan struct{}, runtime.GOMAXPROCS(0))
	var all sync.WaitGroup
	for i, s := range list {
		free <- struct{}{}
		if ctx.Err() != nil {
			break
		}
		shown.next(s.name)
		all.Go(func() {
			defer func() { <-free }()
			checked[i] = p.checkOne(ctx, s, f)
		})
	}
	all.Wait()
	r := &report{Apps: []appReport{}}
	for _, app := range checked {
		r.add(app, f.ignore)
	}
	return r, ctx.Err()
}

// checkOne checks one app. That it is not there, or cannot be read, is a finding.
func (p *program) checkOne(ctx context.Context, s subject, f validateFlags) appReport {
	checked, err := p.checkSubject(ctx, s, f)
	if err == nil {
		return checked
	}
	return appReport{Name: s.name, Path: s.place(), Findings: manifest.Problems{{
		Code: "app.not_found", Severity: manifest.Error, Message: err.Error(),
		Position: manifest.Position{File: s.called(), Line: 1, Column: 1},
	}}}
}

func (p *program) checkSubject(ctx context.Context, s subject, f validateFlags) (appReport, error) {
	switch {
	case s.err != nil:
		return appReport{}, s.err
	case s.url != "":
		return p.checkHosted(ctx, s, f)
	}
	if strings.HasSuffix(s.file, ".zip") {
		return p.checkArchive(ctx, s, f)
	}
	root, err := os.OpenRoot(s.folder)
	if err != nil {
		return appReport{}, unreadable(err)
	}
	defer func() { _ = root.Close() }() // it was only read
	shown := s.shown
	if f.format != "text" { // a program opens the file
		shown = s.folder
	}
	return p.checkFolder(ctx, s, root.FS(), shown, f)
}

// checkArchive checks the package of an app as if it were unpacked.
func (p *program) checkArchive(ctx context.Context, s subject, f validateFlags) (appReport, error) {
	archive, err := zip.OpenReader(filepath.Join(s.folder, s.file))
	if err != nil && (archive == nil || !errors.Is(err, zip.ErrInsecurePath)) { // names are judged below
		return appReport{}, unreadable(err)
	}
	defer func() { _ = archive.Close() }() // it was only read
	folder, name, problems := manifest.Archive(&archive.Reader, s.place(), "")
	if folder == nil {
		return p.judge(ctx, s, nil, problems, f.environment(), f), nil
	}
	inside := subject{name: name, folder: s.folder, shown: s.place()}
	checked, err := p.checkFolder(ctx, inside, folder, filepath.Join(s.place(), name), f)
	checked.Path = s.place()
	checked.Findings = append(checked.Findings, problems...)
	checked.Findings.Sort()
	return checked, err
}

func (p *program) checkFolder(ctx context.Context, s subject, folder fs.FS, shown string, f validateFlags) (appReport, error) {
	options := manifest.Options{
		Folder: filepath.ToSlash(shown), File: s.file, Format: manifest.Format(f.manifestFormat), Strict: f.strict,
	}
	app, problems, err := manifest.Parse(folder, options)
	if err == nil && app == nil && f.strict { // what only --strict refuses need not hide the rest
		options.Strict = false
		app, _, err = manifest.Parse(folder, options)
	}
	if err != nil {
		return appReport{}, unreadablePart(err)
	}
	env := f.environment()
	if s.file == "" || slices.Contains(manifestFiles, s.file) {
		env.Folder, env.Files = s.name, folder
	}
	return p.judge(ctx, s, app, problems, env, f), nil
}

// checkHosted checks the app.json of an app that is not here.
func (p *program) checkHosted(ctx context.Context, s subject, f validateFlags) (appReport, error) {
	app, problems, err := manifest.Fetch(ctx, p.calls(f.development), s.url, f.development, f.strict)
	if err != nil {
		return appReport{}, err
	}
	return p.judge(ctx, s, app, problems, f.environment(), f), nil
}

// environment is what the flags say of it.
func (f validateFlags) environment() manifest.Environment {
	return manifest.Environment{Development: f.development, Store: f.store, Strict: f.strict, CompileTwig: f.twigs.compile}
}

// judge finds out what is wrong with an app that was read; nil: it could not be.
func (p *program) judge(ctx context.Context, s subject, app *manifest.App, problems manifest.Problems, env manifest.Environment, f validateFlags) appReport {
	checked := appReport{Name: s.name, Path: s.place(), Findings: problems}
	if app == nil {
		checked.broken = true
		checked.Format = formatOf(problems)
		return checked
	}
	checked.Name, checked.Format = app.Name, app.Format
	checked.Findings = append(checked.Findings, manifest.Validate(app, f.host.about(app, env))...)
	if f.online {
		checked.Findings = append(checked.Findings, manifest.Probe(ctx, app, p.calls(f.development), f.development)...)
	}
	checked.Findings.Sort()
	return checked
}

// formatOf tells the dialect of a manifest that could not be read by the file's name.
func formatOf(problems manifest.Problems) manifest.Format {
	switch {
	case len(problems) == 0, strings.HasPrefix(problems[0].Code, "app."), strings.HasPrefix(problems[0].Code, "bundle."):
		return ""
	case strings.HasSuffix(problems[0].File, ".json"):
		return manifest.SitePack
	}
	return manifest.Shopware
}
