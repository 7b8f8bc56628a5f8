package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"github.com/appdock/appdock"
	"github.com/appdock/appdock/manifest"
)

func newAppConvert(p *program) *cobra.Command {
	var to string
	c := &cobra.Command{
		Use:   "convert <folder>",
		Short: "Write an app's manifest in the other format",
		Long: "Write an app.json for an app with a manifest.xml, or the other way round, into the app's folder. No file is written over.\n\n" +
			"Each thing that the other format has nothing for, and each value that had to be assumed, is told with its place. The app asks " +
			"for no more than before: a permission without a scope that gives nothing else is left out. If what comes out would not be " +
			"valid, nothing is written, and the exit code is 3.\n\n" +
			"The manifest is a beginning: the two formats speak to the app's server by different protocols.",
		Example: "appdock app convert ./OrderNotes\n\n# of a folder that has both, the one that is to be made again is removed first\n" +
			"appdock app convert order-notes --to manifest.xml",
		Args: args(1, 1, "the folder of an app"),
		ValidArgsFunction: func(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
			return nil, cobra.ShellCompDirectiveFilterDirs
		},
	}
	c.Flags().Var(choice{&to, []string{"", "app.json", "manifest.xml"}}, "to", "what to write: app.json or manifest.xml (default the one that the app does not have)")
	c.RunE = func(_ *cobra.Command, given []string) error { return p.convert(given[0], to) }
	return c
}

// conversion is a converted manifest as documents show it.
type conversion struct {
	Name     string            `json:"name"`
	Path     string            `json:"path"`
	From     string            `json:"from"`
	To       string            `json:"to"`
	Findings manifest.Problems `json:"findings"`
}

// convert reads the one manifest of a folder and writes the other.
func (p *program) convert(folder, to string) error {
	root, err := os.OpenRoot(folder)
	if err != nil {
		return notFound("There is no app in "+filepath.ToSlash(folder), unreadable(err).Error(), "Name the folder of an app.")
	}
	defer func() { _ = root.Close() }() // a file that was written is closed by itself
	from, to, err := direction(root.FS(), folder, to)
	if err != nil {
		return err
	}
	// A manifest.local.xml has the addresses of a developer's machine: it is not converted.
	options := manifest.Options{Folder: filepath.ToSlash(filepath.Clean(folder)), File: from}
	app, problems, err := manifest.Parse(root.FS(), options)
	if err != nil {
		return unreadablePart(err)
	}
	if app == nil {
		return inconvertible("App "+filepath.Base(folder)+" has faults in its manifest", "Mend them first.", problems)
	}
	result, problems, err := manifest.Convert(app, root.FS())
	if err != nil {
		return err
	}
	if result == nil {
		return inconvertible("App "+app.Name+" cannot be converted: its "+to+" would not be valid", "Mend the "+from+" where these faults come from.", problems)
	}
	if err := writeNew(root, to, result.Text); err != nil {
		return err
	}
	done := conversion{result.Name, filepath.ToSlash(filepath.Join(folder, to)), from, to, append(manifest.Problems{}, problems...)}
	return p.show(done, func() {
		var b strings.Builder
		for _, x := range problems {
			b.WriteString(p.finding(x))
		}
		p.out.print(b.String())
		p.say("%s was written for app %s.", done.Path, done.Name)
		p.say("The folder has two manifests now: move one away, or choose with --manifest-format.")
	})
}

// direction is the manifest that a folder has, and the one that is to be made.
func direction(files fs.FS, folder, to string) (from, into string, err error) {
	other := map[string]string{"app.json": "manifest.xml", "manifest.xml": "app.json"}
	has := func(name string) bool {
		_, err := fs.Lstat(files, name)
		return err == nil
	}
	if to == "" {
		to = "app.json"
		if !has("manifest.xml") && has("app.json") {
			to = "manifest.xml"
		}
	}
	switch {
	case has(to):
		return "", "", manifestExists(folder, to)
	case !has(other[to]):
		return "", "", notFound("The folder "+filepath.ToSlash(folder)+" has no "+other[to], "it is what the "+to+" is made from", "Name the folder of an app that has one.")
	}
	return other[to], to, nil
}

func manifestExists(folder, name string) error {
	return &appdock.Error{
		Kind: appdock.Conflict, Code: "ADK-MANIFEST-EXISTS", Message: "The folder " + filepath.ToSlash(folder) + " has its " + name + " already",
		Cause: "nothing is written over", Cure: "Remove it, or move it away, and convert again.",
	}
}

// inconvertible tells the errors among problems, a line each (exit code 3).
func inconvertible(message, cure string, problems manifest.Problems) error {
	e := &appdock.Error{Kind: appdock.Invalid, Code: "ADK-APP-INVALID", Message: message, Cure: cure}
	for _, x := range problems {
		if x.Severity == manifest.Error {
			e.Faults = append(e.Faults, appdock.Fault{Pointer: fmt.Sprintf("%s:%d:%d", x.File, x.Line, x.Column), Code: x.Code, Message: x.Message})
		}
	}
	return e
}

// writeNew writes a file that was not there before, whole or not at all.
func writeNew(root *os.Root, name string, text []byte) error {
	file, err := root.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644)
	if errors.Is(err, fs.ErrExist) { // since a moment ago
		return manifestExists(root.Name(), name)
	}
	if err != nil {
		return fmt.Errorf("write %s: %w", name, err)
	}
	_, err = file.Write(text)
	if err = errors.Join(err, file.Close()); err != nil {
		return errors.Join(fmt.Errorf("write %s: %w", name, err), root.Remove(name))
	}
	return nil
}
