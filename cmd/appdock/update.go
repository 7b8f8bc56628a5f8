package main

import (
	"cmp"
	"context"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/appdock/appdock"
	"github.com/appdock/appdock/internal/control"
	"github.com/appdock/appdock/manifest"
)

// consentFlags are the flags of commands that ask for consent.
func (p *program) consentFlags(flags *pflag.FlagSet, f *installFlags, verb string) {
	flags.BoolVarP(&f.yes, "force", "f", false, "accept permissions and hosts without a question")
	flags.BoolVarP(&f.yes, "yes", "y", false, "the same as --force")
	flags.BoolVar(&f.accepted.permissions, "accept-permissions", false, "accept the permissions without a question")
	flags.BoolVar(&f.accepted.hosts, "accept-hosts", false, "accept the hosts without a question")
	flags.BoolVar(&f.skipValidation, "no-validate", false, "do not check the manifest; it must still be readable")
	flags.Var(choice{&f.format, []string{"", "shopware", "sitepack"}}, "manifest-format", "what to read of a folder with two manifests: shopware (manifest.xml) or sitepack (app.json)")
	flags.BoolVar(&f.dryRun, "dry-run", false, "show what would be "+verb+", and change nothing")
}

func newAppUpdate(p *program) *cobra.Command {
	var f installFlags
	c := &cobra.Command{
		Use:   "update [name|path|url]...",
		Short: "Update installed apps",
		Long: "Bring installed apps to the version that their folder has now; without a name all whose version is newer. A name is one of " +
			"the apps folder, or of an installed app, whose own folder is looked at then.\n\n" +
			"You are asked for what is new only. Permissions that the app asks for no more are gone at once. An update that fails leaves " +
			"the version before as it was. A version that is not newer changes nothing.\n\n" +
			"The app.json of an app that was installed by its address is read again; a host that runs does so once a day by itself. What " +
			"such an app asks for anew waits for consent while the app works on: its state is needs_approval until then.",
		Example: "# what would change?\nappdock app update --dry-run\n\nappdock app update MyApp\n\n" +
			"# in a script: accept all that is new\nappdock app update --yes --no-interaction --json",
		Args: args(0, -1, ""),
	}
	p.consentFlags(c.Flags(), &f, "updated")
	c.Flags().BoolVar(&f.match, "match", false, "update every app whose name contains an argument")
	c.Flags().StringVar(&f.appSecret, "app-secret", "", "the vendor's secret for an app whose manifest has none; env:NAME and file:PATH name a place")
	c.Flags().BoolVar(&f.allowShortSecret, "allow-short-secret", false, "accept shop secrets of less than 64 characters")
	c.RunE = func(cmd *cobra.Command, given []string) error {
		secret, err := secretValue("--app-secret", f.appSecret, p.getenv)
		if err != nil {
			return err
		}
		f.appSecret = secret
		if f.yes {
			f.accepted = accepted{true, true}
		}
		return p.withShop(func(ctx context.Context, shop control.Shop, given []string) error {
			list, err := p.updatable(ctx, shop, given, f.match)
			if err != nil {
				return err
			}
			return p.update(ctx, shop, list, len(given) > 0, f)
		})(cmd, given)
	}
	return c
}

// updatable gives the folders to update from: those that are named, or that of each app.
func (p *program) updatable(ctx context.Context, shop control.Shop, given []string, match bool) ([]target, error) {
	all, err := shop.Apps(ctx)
	if err != nil {
		return nil, err
	}
	var list []target
	if len(given) > 0 {
		if list, err = p.targets(given, match); err != nil {
			return nil, err
		}
	}
	own := func(name string) (target, error) {
		d, err := shop.App(ctx, name)
		return target{name: d.Name, path: d.Path, format: d.Format, url: d.ManifestURL}, err
	}
	if len(given) == 0 {
		for _, a := range all {
			t, err := own(a.Name)
			if err != nil {
				return nil, err
			}
			list = append(list, t)
		}
	}
	for i, t := range list {
		at := slices.IndexFunc(all, func(a control.App) bool { return strings.EqualFold(a.Name, t.name) })
		if t.err == nil || at < 0 {
			continue
		}
		if list[i], err = own(all[at].Name); err != nil {
			return nil, err
		}
	}
	return list, nil
}

// update updates apps one after the other: one that fails does not stop the others. Those
// that nobody named and that are not newer are passed over.
func (p *program) update(ctx context.Context, shop control.Shop, list []target, named bool, f installFlags) error {
	done := 0
	err := p.each(ctx, len(list), func(i int) (outcome, error) {
		if list[i].err != nil {
			return p.missing(list[i])
		}
		out, err := p.updateOne(ctx, shop, list[i], named, f)
		if err != nil || out.Result != "unchanged" {
			done++
		}
		return out, err
	})
	if err == nil && done == 0 && !named {
		p.say("Nothing to install, update or delete.")
	}
	return err
}

func (p *program) updateOne(ctx context.Context, shop control.Shop, t target, named bool, f installFlags) (outcome, error) {
	source, err := p.source(ctx, shop, t, f)
	if err != nil {
		return outcome{Name: t.name}, err
	}
	wish, err := shop.Preview(ctx, source)
	if err != nil {
		return outcome{Name: t.name}, err
	}
	out := outcome{Name: wish.Name, Version: wish.Version}
	if wish.Installed == "" {
		return out, &appdock.Error{
			Kind: appdock.NotFound, Code: "FRAMEWORK__APP_NOT_FOUND", Message: `No app found for "` + wish.Name + `".`,
			Cause: "it is not installed", Cure: "Install it with: appdock app install " + wish.Name,
		}
	}
	order := wish.Order
	if order == 0 && wish.Changed {
		order = 1 // an app.json counts as it is: its server may be another without another version
	}
	if order == 0 || order < 0 && !named {
		out.Version, out.Result = wish.InstalledVersion, "unchanged"
		if named {
			p.say("App %s is up to date: version %s is installed.", wish.Name, wish.InstalledVersion)
		}
		return out, nil
	}
	p.printRemarks(wish)
	if f.dryRun && order > 0 {
		out.Result, out.Preview = "would_update", &wish
		p.printUpdate(wish)
		p.say("App %s would be updated from %s to %s.", wish.Name, wish.InstalledVersion, wish.Version)
		return out, nil
	}
	in := control.Install{Source: source, AllowShortSecret: f.allowShortSecret, AppSecret: f.appSecret}
	if order > 0 {
		if in.ConsentHash, err = p.consentToNew(ctx, wish, f.accepted); err != nil {
			return out, err
		}
	}
	done, err := shop.Update(ctx, in)
	if err != nil {
		return out, err
	}
	out.Version, out.Result, out.Warnings = done.Version, done.Result, done.Warnings
	switch {
	case done.Result == "unchanged":
		p.say("App %s stays as it is.", wish.Name)
		return out, nil
	case done.Version == wish.InstalledVersion:
		p.say("App %s has been successfully updated; its version is still %s.", wish.Name, done.Version)
		return out, nil
	}
	p.say("App %s has been successfully updated from %s to %s.", wish.Name, wish.InstalledVersion, done.Version)
	return out, nil
}

// consentToNew asks for what an update brings anew and gives the hash that was accepted;
// without one the app is updated all the same if it can wait for what is new.
func (p *program) consentToNew(ctx context.Context, wish control.Preview, flags accepted) (string, error) {
	asked := onlyNew(wish)
	if len(wish.LostPrivileges) > 0 && !p.quiet {
		p.err.print(oneLine(wish.Name+" "+wish.Version+" gives up: "+strings.Join(wish.LostPrivileges, ", ")) + "\n")
	}
	err := p.consent(ctx, asked, flags)
	switch {
	case err == nil || wish.Demands || appdock.KindOf(err) != appdock.Refused:
	case len(wish.Scopes) > 0 || wish.Changed: // the host says what waits
		return "", nil
	default:
		p.say("App %s is updated without what it asks for anew. Grant it later with: appdock app permissions %s --grant all", wish.Name, wish.Name)
		return "", nil
	}
	if err != nil {
		return "", err
	}
	return wish.ConsentHash, nil
}

// onlyNew is a preview without the parts in which nothing is new.
func onlyNew(wish control.Preview) control.Preview {
	if len(wish.NewPrivileges) == 0 {
		wish.Permissions, wish.Additional, wish.Scopes = nil, nil, nil
	}
	if len(wish.NewHosts) == 0 {
		wish.Hosts = nil
	}
	return wish
}

func (p *program) printUpdate(wish control.Preview) {
	if p.quiet || p.json() {
		return
	}
	changes := onlyNew(wish)
	if len(changes.Permissions)+len(changes.Additional)+len(changes.Scopes) > 0 {
		printPermissions(p.out, changes, false)
	}
	if len(changes.Hosts) > 0 {
		printHosts(p.out, changes)
	}
	p.printList("Given up", wish.LostPrivileges)
}

// isNew says whether a row of the permission table has a privilege that the installed app
// does not have.
func isNew(wish control.Preview, resource string, rights []string) bool {
	for _, right := range rights {
		kinds := []string{right}
		if right == "write" {
			kinds = []string{"create", "update"}
		}
		for _, kind := range kinds {
			if slices.Contains(wish.NewPrivileges, resource+":"+kind) {
				return true
			}
		}
	}
	return false
}

// refreshFlags are the flags of `app refresh`.
type refreshFlags struct {
	installFlags
	noDelete bool
}

func newAppRefresh(p *program) *cobra.Command {
	var f refreshFlags
	c := &cobra.Command{
		Use:   "refresh [name]...",
		Short: "Make the shop's apps those of the apps folder",
		Long: "Install what is in the apps folder and not in the shop, update what is newer there, and remove what was installed from " +
			"the apps folder and is gone there. With names, those only.\n\n" +
			"It removes only what it has listed and you have confirmed; where nobody can be asked, --yes must say so.\n\n" +
			"With --server the apps folder is that of this machine: what is missing or newer is sent to the host. Nothing is removed then, " +
			"for the host does not know from which machine an app came.",
		Example: "appdock app refresh --dry-run\n\nappdock app refresh --activate --no-delete",
		Args:    args(0, -1, ""),
	}
	p.consentFlags(c.Flags(), &f.installFlags, "done")
	c.Flags().BoolVarP(&f.activate, "activate", "a", false, "activate what is installed")
	c.Flags().BoolVar(&f.noDelete, "no-delete", false, "remove nothing")
	c.RunE = p.withShop(func(ctx context.Context, shop control.Shop, names []string) error {
		if f.yes {
			f.accepted = accepted{true, true}
		}
		steps, err := p.refreshable(ctx, shop, names, f)
		if err != nil {
			return err
		}
		return p.refresh(ctx, shop, steps, f)
	})
	return c
}

// step is what a refresh does with one app.
type step struct {
	target
	what string // install, update or delete
}

// refreshable compares the apps folder with the shop (cli.md 1 "app:refresh").
func (p *program) refreshable(ctx context.Context, shop control.Shop, names []string, f refreshFlags) ([]step, error) {
	folder, onDisk, err := p.appsFolder()
	if err != nil {
		return nil, err
	}
	all, err := shop.Apps(ctx)
	if err != nil {
		return nil, err
	}
	wanted := func(name string) bool {
		return len(names) == 0 || slices.ContainsFunc(names, func(n string) bool { return strings.EqualFold(n, name) })
	}
	var steps []step
	for _, name := range onDisk {
		if !wanted(name) {
			continue
		}
		t := target{name: name, path: filepath.Join(folder, name), here: true}
		if at := slices.IndexFunc(all, func(a control.App) bool { return a.Name == name }); at >= 0 {
			t.format = all[at].Format // it stays what it is
			if p.server != "" && !newer(t, cmp.Or(f.format, t.format), all[at]) {
				continue // nobody sends it in vain
			}
		}
		wish, err := p.previewSent(ctx, shop, &t, f.installFlags)
		switch {
		case err != nil:
			t.err = err
			steps = append(steps, step{t, "update"})
		case wish.Installed == "" || wish.Installed == "unconfirmed" && wish.InstalledVersion == wish.Version:
			steps = append(steps, step{t, "install"})
		case wish.Order > 0:
			steps = append(steps, step{t, "update"})
		}
	}
	for _, a := range all {
		if f.noDelete || p.server != "" || a.SelfManaged || !wanted(a.Name) {
			continue
		}
		d, err := shop.App(ctx, a.Name)
		if err != nil {
			return nil, err
		}
		if filepath.Dir(d.Path) == folder && !slices.Contains(onDisk, filepath.Base(d.Path)) {
			steps = append(steps, step{target{name: a.Name, path: d.Path}, "delete"})
		}
	}
	for _, name := range names {
		if !slices.ContainsFunc(onDisk, func(n string) bool { return strings.EqualFold(n, name) }) &&
			!slices.ContainsFunc(all, func(a control.App) bool { return strings.EqualFold(a.Name, name) }) {
			steps = append(steps, step{target{name: name, err: nameNotFound(name, folder, nil)}, "update"})
		}
	}
	return steps, nil
}

// previewSent asks what a folder of this machine comes to, and remembers where the host has
// its copy.
func (p *program) previewSent(ctx context.Context, shop control.Shop, t *target, f installFlags) (control.Preview, error) {
	source, err := p.source(ctx, shop, *t, f)
	if err != nil {
		return control.Preview{}, err
	}
	if p.server != "" {
		t.sent = source.Path
	}
	return shop.Preview(ctx, source)
}

// newer says whether a folder may have something else to offer than what is installed: what
// cannot be read is told of by the host.
func newer(t target, format string, installed control.App) bool {
	app, _, err := manifest.Parse(os.DirFS(t.path), manifest.Options{Folder: t.name, Format: manifest.Format(format)})
	if err != nil || app == nil || installed.State == "unconfirmed" {
		return true
	}
	return app.CompareVersion(installed.Version) > 0
}

// refresh carries out what was confirmed: nothing at all when an app has faults, and no
// deletion that nobody confirmed.
func (p *program) refresh(ctx context.Context, shop control.Shop, steps []step, f refreshFlags) error {
	if slices.ContainsFunc(steps, func(s step) bool { return s.err != nil }) {
		return p.each(ctx, len(steps), func(i int) (outcome, error) {
			if steps[i].err != nil {
				return outcome{Name: steps[i].name}, steps[i].err
			}
			return outcome{Name: steps[i].name, Result: "skipped"}, nil
		})
	}
	count := map[string]int{}
	for _, s := range steps {
		count[s.what]++
	}
	if len(steps) == 0 {
		p.say("Nothing to install, update or delete.")
	}
	if len(steps) > 0 && !f.yes && !f.dryRun {
		var err error
		if steps, err = p.confirmRefresh(ctx, steps, count); err != nil {
			return err
		}
	}
	return p.each(ctx, len(steps), func(i int) (outcome, error) {
		s := steps[i]
		switch {
		case s.what == "install":
			return p.installOne(ctx, shop, s.target, f.installFlags)
		case s.what == "update":
			return p.updateOne(ctx, shop, s.target, true, f.installFlags)
		case f.dryRun:
			p.say("App %s would be deleted.", s.name)
			return outcome{Name: s.name, Result: "would_delete"}, nil
		}
		r, err := shop.Uninstall(ctx, s.name, false)
		if err == nil {
			p.say("App uninstalled successfully.")
		}
		return outcome{Name: s.name, Version: r.Version, Result: r.Result, Warnings: r.Warnings}, err
	})
}

// confirmRefresh asks once for all of it. Where nobody can be asked, what would be deleted
// stays, and the rest is done (cli.md 2.2).
func (p *program) confirmRefresh(ctx context.Context, steps []step, count map[string]int) ([]step, error) {
	if p.canAsk() {
		t := table{head: []string{"APP", "WHAT"}}
		for _, s := range steps {
			t.add(s.name, s.what)
		}
		t.write(p.err, "")
		question := plural(count["install"], "app") + " will be installed, " + plural(count["update"], "app") + " will be updated and " +
			plural(count["delete"], "app") + " will be deleted. Do you want to continue?"
		yes, err := p.askWith(ctx, question, count["delete"] == 0)
		if err != nil {
			return nil, err
		}
		if !yes {
			return nil, refused("Nothing was changed.")
		}
		return steps, nil
	}
	return slices.DeleteFunc(slices.Clone(steps), func(s step) bool {
		if s.what == "delete" {
			p.warn("App " + s.name + " is gone from the apps folder and stays installed: --yes deletes it.")
		}
		return s.what == "delete"
	}), nil
}

func newAppPermissions(p *program) *cobra.Command {
	var grant, revoke []string
	c := &cobra.Command{
		Use:   "permissions <name>",
		Short: "Show or change what an app may do",
		Long: "Show what an app was granted and what it asks for, or change it at once: an app can be granted what its manifest asks for, " +
			"and nothing else. The app is told. For an app with an app.json these are its scopes, such as orders:read.",
		Example: "appdock app permissions MyApp\n\nappdock app permissions MyApp --revoke order:read,customer:read\n\n" +
			"# grant all that it waits for\nappdock app permissions MyApp --grant all",
		Args: args(1, 1, "the name of an app"),
	}
	c.Flags().StringSliceVar(&grant, "grant", nil, "privileges to grant, such as order:read; all: whatever it asks for")
	c.Flags().StringSliceVar(&revoke, "revoke", nil, "privileges to take away; all: whatever it has")
	c.RunE = p.withShop(func(ctx context.Context, shop control.Shop, given []string) error {
		a, err := shop.App(ctx, given[0])
		if err != nil {
			return err
		}
		if len(grant)+len(revoke) > 0 {
			r, err := shop.Permit(ctx, a.Name, control.Permit{Grant: allOf(grant, a.Requested), Revoke: allOf(revoke, a.Granted)})
			if err != nil {
				return err
			}
			if a, err = shop.App(ctx, a.Name); err != nil {
				return err
			}
			if r.Result == "unchanged" {
				p.say("App %s has these permissions already.", a.Name)
			}
		}
		show := permissions{Name: a.Name, Granted: a.Granted, Waiting: waiting(a)}
		return p.show(show, func() {
			if len(show.Granted)+len(show.Waiting) == 0 {
				p.say("App %s asks for no permissions.", a.Name)
				return
			}
			t := table{head: []string{map[bool]string{true: "SCOPE", false: "PRIVILEGE"}[a.Format == "sitepack"], "GRANTED"}}
			for _, privilege := range slices.Sorted(slices.Values(slices.Concat(show.Granted, show.Waiting))) {
				t.add(privilege, yesNo(slices.Contains(show.Granted, privilege)))
			}
			t.write(p.out, "")
		})
	})
	return c
}

// permissions of an app, as documents show them.
type permissions struct {
	Name    string   `json:"name"`
	Granted []string `json:"granted"`
	Waiting []string `json:"waiting"`
}

// waiting is what an app asks for and does not have.
func waiting(a control.AppDetails) []string {
	list := []string{}
	for _, privilege := range a.Requested {
		if !slices.Contains(a.Granted, privilege) {
			list = append(list, privilege)
		}
	}
	return list
}

// allOf replaces the word all.
func allOf(named, all []string) []string {
	if slices.Equal(named, []string{"all"}) {
		return all
	}
	return named
}
