package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

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
}

func newAppValidate(p *program) *cobra.Command {
	var f validateFlags
	c := &cobra.Command{
		Use:   "validate [name|path|url]...",
		Short: "Check apps",
		Long: "Check apps, each by its name in the apps folder (custom/apps if it exists, else apps), by the path of its folder, " +
			"by that of a single manifest file of any name, or by the address of a hosted app.json. Without an argument all apps of the apps folder are checked.\n\n" +
			"Every finding has a place, a stable code, and often a proposal. Errors give exit code 3; warnings do with --strict. " +
			"No host is needed, and no network but for --online and for addresses.",
		Example: "appdock app validate\nappdock app validate ./MyApp --strict\n\n" +
			"# in a workflow of GitHub: remarks beside the lines of a change\nappdock app validate ./MyApp --format github\n\n" +
			"# what an app store would refuse\nappdock app validate ./MyApp --store --ignore manifest.no_english,snippet.*",
		Args: args(0, -1, ""),
		ValidArgsFunction: func(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
			_, names, err := validatable()
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
	flags.StringSliceVar(&f.ignore, "ignore", nil, "leave out findings with these `codes`; \"snippet.*\" is a whole group")
	flags.Var(choice{&f.format, []string{"text", "json", "github"}}, "format", "how findings are printed: text, json or github")
	flags.Var(choice{&f.manifestFormat, []string{"", "shopware", "sitepack"}}, "manifest-format", "what to read of a folder with both manifests: shopware or sitepack")
	c.RunE = func(cmd *cobra.Command, given []string) error {
		if err := p.agree(&f.format, cmd.Flags().Changed("format")); err != nil {
			return err
		}
		list, err := subjects(given)
		if err != nil {
			return err
		}
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

// subject is what one app is checked by.
type subject struct {
	name   string // of the app's folder
	folder string // to open
	file   string // the manifest, if a single file was named
	shown  string // what stands before file names in a line for people
	url    string // of an app.json that somebody else's server has
	err    error  // why there is nothing to check
}

// The names that a manifest has in the folder of its app.
var manifestFiles = []string{"manifest.xml", "manifest.local.xml", "app.json"}

// subjects finds what the arguments of `app validate` mean. No argument means all apps of
// the apps folder, or the app in whose folder one stands if there is no such folder.
func subjects(given []string) ([]subject, error) {
	apps, names, err := validatable()
	if err != nil {
		return nil, err
	}
	named := func(name string) subject {
		return subject{name: name, folder: filepath.Join(apps, name), shown: name}
	}
	var list []subject
	if len(given) == 0 {
		for _, name := range names {
			list = append(list, named(name))
		}
		switch {
		case len(list) > 0:
			return list, nil
		case hasManifest("."):
			return subjects([]string{"."})
		}
		return nil, notFound("There is no app to check", "there is no app in "+apps, "Name an app, the path of its folder, or a manifest file.")
	}
	for _, arg := range given {
		found, near := lookUp(names, arg, false)
		info, err := os.Stat(arg)
		switch {
		case strings.Contains(arg, "://"):
			list = append(list, subject{name: arg, shown: arg, url: arg})
		case len(found) > 0 && !isPath(arg):
			list = append(list, named(found[0]))
		case err == nil && info.IsDir():
			list = append(list, folderSubject(arg))
		case err == nil:
			list = append(list, fileSubject(arg))
		case isPath(arg) || strings.HasSuffix(arg, ".xml") || strings.HasSuffix(arg, ".json"):
			list = append(list, subject{name: filepath.Base(arg), shown: arg, err: unreadable(err)})
		default:
			list = append(list, subject{name: arg, shown: arg, err: errors.New(missingApp(arg, apps, near))})
		}
	}
	return list, nil
}

func folderSubject(arg string) subject {
	s := subject{name: filepath.Base(arg), folder: arg, shown: filepath.Clean(arg)}
	if whole, err := filepath.Abs(arg); err == nil {
		s.name = filepath.Base(whole)
	}
	return s
}

// fileSubject is one manifest file, judged without the files beside it that are not its
// own, unless it is called what manifests are called.
func fileSubject(arg string) subject {
	s := folderSubject(filepath.Dir(arg))
	s.file = filepath.Base(arg)
	if !slices.Contains(manifestFiles, s.file) {
		s.name = s.file
	}
	return s
}

// validatable gives the apps folder, as it is called from here, and the names of the apps
// in it. What cannot be looked into is taken for an app: it must be told of.
func validatable() (folder string, names []string, err error) {
	folder, _, err = appsFolder()
	if err != nil {
		return "", nil, err
	}
	if here, err := os.Getwd(); err == nil {
		if near, err := filepath.Rel(here, folder); err == nil {
			folder = near
		}
	}
	entries, err := os.ReadDir(folder)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return "", nil, fmt.Errorf("list the apps folder: %w", err)
	}
	for _, e := range entries {
		if hasManifest(filepath.Join(folder, e.Name())) {
			names = append(names, e.Name())
		}
	}
	return folder, names, nil
}

// hasManifest reports whether a folder is one of an app, as far as one may know.
func hasManifest(folder string) bool {
	for _, file := range manifestFiles {
		_, err := os.Lstat(filepath.Join(folder, file))
		if err == nil || errors.Is(err, fs.ErrPermission) {
			return true
		}
	}
	return false
}

func missingApp(name, apps string, near []string) string {
	message := fmt.Sprintf("no app %q found in %s", name, filepath.ToSlash(apps)+"/")
	if len(near) > 0 {
		message += ", did you mean " + strings.Join(near, " or ") + "?"
	}
	return message
}

// unreadable is why a file or folder cannot be read, without its name.
func unreadable(err error) error {
	if about, ok := errors.AsType[*fs.PathError](err); ok {
		err = about.Err
	}
	if errors.Is(err, fs.ErrNotExist) {
		return errors.New("there is no such file or folder")
	}
	return fmt.Errorf("it cannot be read: %w", err)
}

// unreadablePart is unreadable with the name of the file in the app's folder.
func unreadablePart(err error) error {
	if about, ok := errors.AsType[*fs.PathError](err); ok {
		return fmt.Errorf("%s cannot be read: %w", about.Path, about.Err)
	}
	return unreadable(err)
}

// check checks one app after the other. One that cannot be read stops no other.
func (p *program) check(ctx context.Context, list []subject, f validateFlags) (*report, error) {
	r := &report{Apps: []appReport{}}
	shown := p.progress(len(list))
	defer shown.end()
	for _, s := range list {
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
		shown.next(s.name)
		checked, err := p.checkOne(ctx, s, f)
		if err != nil {
			checked = appReport{Name: s.name, Path: s.place(), Findings: manifest.Problems{{
				Code: "app.not_found", Severity: manifest.Error, Message: err.Error(),
				Position: manifest.Position{File: filepath.ToSlash(s.shown), Line: 1, Column: 1},
			}}}
		}
		r.add(checked, f.ignore)
	}
	return r, ctx.Err()
}

// place is the path that opens what was checked.
func (s subject) place() string {
	if s.folder == "" {
		return filepath.ToSlash(s.shown)
	}
	return filepath.ToSlash(filepath.Join(s.folder, s.file))
}

func (p *program) checkOne(ctx context.Context, s subject, f validateFlags) (appReport, error) {
	switch {
	case s.err != nil:
		return appReport{}, s.err
	case s.url != "":
		return p.checkHosted(ctx, s, f)
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
	app, problems, err := manifest.Parse(root.FS(), manifest.Options{
		Folder: filepath.ToSlash(shown), File: s.file, Format: manifest.Format(f.manifestFormat), Strict: f.strict,
	})
	if err != nil {
		return appReport{}, unreadablePart(err)
	}
	env := f.environment()
	if s.file == "" || slices.Contains(manifestFiles, s.file) {
		env.Folder, env.Files = s.name, root.FS()
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
	return manifest.Environment{Development: f.development, Store: f.store, Strict: f.strict}
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
	checked.Findings = append(checked.Findings, manifest.Validate(app, env)...)
	if f.online {
		checked.Findings = append(checked.Findings, manifest.Probe(ctx, app, p.calls(f.development), f.development)...)
	}
	checked.Findings.Sort()
	return checked
}

// formatOf tells the dialect of a manifest that could not be read by the file's name.
func formatOf(problems manifest.Problems) manifest.Format {
	switch {
	case len(problems) == 0, problems[0].Code == "app.not_found", problems[0].Code == "app.two_manifests":
		return ""
	case strings.HasSuffix(problems[0].File, ".json"):
		return manifest.SitePack
	}
	return manifest.Shopware
}
