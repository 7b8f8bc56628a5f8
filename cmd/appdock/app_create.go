package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"unicode"

	"github.com/spf13/cobra"

	"github.com/appdock/appdock"
	"github.com/appdock/appdock/internal/control"
	"github.com/appdock/appdock/manifest"
)

// newAppCreate makes the command; most is how many arguments it takes: Shopware's own has
// one for every text (cli.md 1 "app:create").
func newAppCreate(p *program, most int) *cobra.Command {
	var given appTexts
	var theme, install bool
	var format string
	var with []string
	c := &cobra.Command{
		Use:   "create [name]",
		Short: "Create the folder of a new app",
		Long: "Create the folder of a new app in the apps folder (custom/apps if it exists, else apps), with a manifest that is " +
			"valid as it stands. What no flag says is asked for on a terminal, and has a default elsewhere.",
		Example: "appdock app create\n\n" +
			"# no questions; with a webhook and an app script\nappdock app create OrderNotes --author Acme --with webhooks,scripts -n\n\n" +
			"# an app with an app.json\nappdock app create OrderNotes --manifest-format sitepack --with blocks",
		Args:              args(0, most, ""),
		ValidArgsFunction: cobra.NoFileCompletions,
	}
	flags := c.Flags()
	flags.StringVar(&given.Label, "label", "", "name for people")
	flags.StringVar(&given.Description, "description", "", "what the app does, in a sentence")
	flags.StringVar(&given.Author, "author", "", "who makes the app")
	flags.StringVar(&given.Copyright, "copyright", "", "whose it is")
	flags.StringVar(&given.Version, "version", "", "three numbers with dots")
	flags.StringVar(&given.Icon, "icon", "", "a PNG file to copy; for an app.json the https address of a picture")
	flags.StringVar(&given.License, "license", "", "an SPDX identifier or \"proprietary\"")
	flags.BoolVarP(&theme, "theme", "t", false, "with the files of a theme")
	flags.BoolVarP(&install, "install", "i", false, "install and activate the app; it is granted what it asks for")
	flags.Var(choice{&format, []string{"shopware", "sitepack"}}, "manifest-format", "manifest.xml (shopware) or app.json (sitepack)")
	flags.StringSliceVar(&with, "with", nil, "parts to begin with: scripts, blocks, webhooks")
	c.RunE = func(cmd *cobra.Command, texts []string) error {
		for i, text := range texts {
			*given.inOrder()[i] = text
		}
		if theme {
			with = append(with, "theme")
		}
		if err := checkParts(with, manifest.Format(format)); err != nil {
			return err
		}
		app, err := p.complete(cmd.Context(), given, manifest.Format(format))
		if err != nil {
			return err
		}
		app.Parts = with
		return p.create(cmd, app, install)
	}
	return c
}

// appTexts are what a new app says of itself.
type appTexts struct {
	Name, Label, Description, Author, Copyright, Version, Icon, License string
}

// inOrder are the texts as Shopware's command takes them for arguments.
func (t *appTexts) inOrder() []*string {
	return []*string{&t.Name, &t.Label, &t.Description, &t.Author, &t.Copyright, &t.Version, &t.Icon, &t.License}
}

var (
	appName    = regexp.MustCompile(`^[A-Za-z]\w{3,}$`)
	plainText  = regexp.MustCompile(`[\p{L}\p{N}_\s]$`)
	appID      = regexp.MustCompile(`^[a-z][a-z0-9]*(-[a-z0-9]+)*$`) // app-json.md 2.1
	appVersion = regexp.MustCompile(`^\d+\.\d+\.\d+$`)
)

// isID reports whether a name is one that an app.json can have as it stands.
func isID(name string) bool { return appID.MatchString(name) && len(name) >= 3 && len(name) <= 64 }

// complete asks for the texts that no flag gave, twice if an answer is of no use, and
// takes the defaults where nobody can be asked.
func (p *program) complete(ctx context.Context, texts appTexts, format manifest.Format) (skeleton, error) {
	form := func(form *regexp.Regexp, wrong string) func(string) error {
		return func(text string) error {
			if !form.MatchString(text) {
				return errors.New(wrong)
			}
			return nil
		}
	}
	plain := form(plainText, "it must end in a letter, a digit, an underscore or a blank")
	named := func(text string) error {
		if format == manifest.SitePack {
			if isID(text) || appName.MatchString(text) && isID(manifest.NameIn(manifest.SitePack, text)) {
				return nil
			}
			return errors.New("it must be an id as my-app is: 3 to 64 small letters, digits and single dashes")
		}
		if !appName.MatchString(text) || !appName.MatchString(manifest.NameIn(manifest.Shopware, text)) {
			return errors.New("it must begin with a letter and have at least four letters, digits and underscores")
		}
		return nil
	}
	for _, question := range []struct {
		what    string
		text    *string
		preset  func() string
		refuses func(string) error
	}{
		{"name", &texts.Name, func() string { return "MyExampleApp" }, named},
		{"label", &texts.Label, func() string { return strings.Join(manifest.Words(texts.Name), " ") }, plain},
		{"description", &texts.Description, func() string { return "A description" }, plain},
		{"author", &texts.Author, func() string { return "Your Company Ltd." }, nil},
		{"copyright", &texts.Copyright, func() string { return "(c) by " + texts.Author }, nil},
		{"version", &texts.Version, func() string { return "1.0.0" }, form(appVersion, "it must be three numbers with dots")},
		{"icon", &texts.Icon, func() string { return "" }, nil},
		{"license", &texts.License, func() string { return "MIT" }, nil},
	} {
		err := p.answer(ctx, question.what, question.text, question.preset(), question.refuses)
		if err != nil {
			return skeleton{}, err
		}
	}
	if format != manifest.SitePack || !isID(texts.Name) {
		texts.Name = manifest.NameIn(manifest.Shopware, texts.Name)
	}
	return skeleton{appTexts: texts, Format: format}, nil
}

// maxTries is how often a text is asked for.
const maxTries = 2

// answer fills one text, and checks it.
func (p *program) answer(ctx context.Context, what string, text *string, preset string, refuses func(string) error) error {
	check := func() error {
		if strings.ContainsFunc(*text, unicode.IsControl) {
			return errors.New("it must be one line")
		}
		if refuses == nil {
			return nil
		}
		return refuses(*text)
	}
	asks := *text == "" && p.canAsk()
	for try := 1; ; try++ {
		if asks {
			line, err := p.askText(ctx, what, preset)
			if err != nil {
				return err
			}
			*text = line
		}
		if *text == "" {
			*text = preset
		}
		err := check()
		switch {
		case err == nil:
			return nil
		case !asks || try == maxTries:
			return usageError(fmt.Sprintf("the %s %q cannot be used: %v", what, *text, err), "Give another one.")
		}
		p.warn(err.Error())
	}
}

// askText puts a question that has a text for an answer; the end of input is an empty one.
func (p *program) askText(ctx context.Context, what, preset string) (string, error) {
	question := strings.ToUpper(what[:1]) + what[1:] + "?"
	p.err.print(p.err.paint(bold, question))
	if preset != "" {
		p.err.print(" [" + oneLine(preset) + "]")
	}
	p.err.print(" ")
	line, err := p.line(ctx)
	if ctx.Err() != nil {
		return "", ctx.Err()
	}
	if err != nil {
		p.err.print("\n") // nobody has pressed Enter
	}
	return strings.TrimSpace(line), nil
}

func checkParts(parts []string, format manifest.Format) error {
	offered := []string{"scripts", "blocks", "webhooks", "theme"}
	for _, part := range parts {
		switch {
		case !slices.Contains(offered, part):
			return usageError(fmt.Sprintf("--with %s is unknown", part), "It is one of scripts, blocks, webhooks.")
		case format == manifest.SitePack && (part == "scripts" || part == "theme"):
			return usageError("an app with an app.json has no "+part, "Leave --manifest-format out, or create the app without "+part+".")
		}
	}
	return nil
}

// created is a new app as documents show it.
type created struct {
	Name      string   `json:"name"`
	Path      string   `json:"path"`
	Format    string   `json:"format"`
	Files     []string `json:"files"`
	Installed bool     `json:"installed"`
}

// create writes the app and, if that is wished, installs it.
func (p *program) create(cmd *cobra.Command, app skeleton, install bool) error {
	folder, _, err := p.validatable()
	if err != nil {
		return err
	}
	files, err := app.files()
	if err != nil {
		return err
	}
	path := filepath.Join(folder, app.folder())
	if err := writeApp(path, files); err != nil {
		return err
	}
	done := created{Name: app.id(), Path: filepath.ToSlash(path), Format: string(app.Format), Files: []string{}}
	p.say("App %s was created in %s:", app.id(), done.Path)
	for _, f := range files {
		done.Files = append(done.Files, f.name)
		p.say("  %s", f.name)
	}
	if !install && p.canAsk() {
		if install, err = p.ask(cmd.Context(), "Would you like to install your app?"); err != nil {
			return err
		}
	}
	if install {
		if err := p.installCreated(cmd, path); err != nil {
			return err
		}
		done.Installed = true
	} else {
		p.say("Check it: appdock app validate %s", app.folder())
	}
	if p.json() {
		return p.document(done)
	}
	return nil
}

// installCreated installs and activates; whoever created the app accepts what it asks for.
func (p *program) installCreated(cmd *cobra.Command, path string) error {
	whole, err := filepath.Abs(path)
	if err != nil {
		return fmt.Errorf("find the folder %s: %w", path, err)
	}
	return p.withShop(func(ctx context.Context, shop control.Shop, _ []string) error {
		_, err := p.installOne(ctx, shop, target{name: filepath.Base(path), path: whole}, installFlags{activate: true, accepted: accepted{true, true}})
		return err
	})(cmd, nil)
}

// writeApp writes the files of a folder that was not there before: all of them or none.
func writeApp(path string, files []appFile) error {
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return fmt.Errorf("make the apps folder: %w", err)
	}
	err := os.Mkdir(path, 0o755)
	if errors.Is(err, fs.ErrExist) {
		return &appdock.Error{
			Kind: appdock.Conflict, Code: "ADK-APP-EXISTS", Message: "There is something in " + filepath.ToSlash(path) + " already",
			Cause: "a new app needs a folder of its own", Cure: "Choose another name, or remove what is there.",
		}
	}
	if err != nil {
		return fmt.Errorf("make the app's folder: %w", err)
	}
	for _, f := range files {
		name := filepath.Join(path, filepath.FromSlash(f.name))
		err := os.MkdirAll(filepath.Dir(name), 0o755)
		if err == nil {
			err = os.WriteFile(name, f.text, 0o644)
		}
		if err != nil {
			return errors.Join(fmt.Errorf("write the app: %w", err), os.RemoveAll(path))
		}
	}
	return nil
}
