package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"github.com/appdock/appdock"
	"github.com/appdock/appdock/manifest"
	"github.com/appdock/appdock/twig"
)

func newTwig(p *program) *cobra.Command {
	c := &cobra.Command{
		Use:     "twig",
		Short:   "Work on Twig templates",
		Long:    "Work on the Twig templates of apps and themes. No host is needed.",
		Example: "appdock twig check ./MyApp",
	}
	group(c)
	c.AddCommand(newTwigCheck(p), newTwigRender(p))
	return c
}

func newTwigCheck(p *program) *cobra.Command {
	var strict bool
	c := &cobra.Command{
		Use:   "check <folder>",
		Short: "Find the syntax errors of templates",
		Long: "Find the syntax errors of all templates (*.twig) below a folder: all of each file, with line and column. Nothing is rendered, " +
			"and what a template extends or includes is not looked for. Files below Resources/scripts are read as app scripts, " +
			"with foreach, break, continue, &&, ||, === and their functions.\n\n" +
			"The names of the shop's own tags, filters, functions and tests (such as sw_extends, app_block, trans, seoUrl) are known, " +
			"their arguments are not judged. A name that neither Twig nor the shop has is a warning: another extension of the host may add it.\n\n" +
			"Errors give exit code 3, a file that cannot be read among them; warnings do with --strict.",
		Example: "appdock twig check ./MyApp\nappdock twig check ./MyApp/Resources/scripts --strict --json",
		Args:    args(1, 1, "a folder"),
		ValidArgsFunction: func(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
			return nil, cobra.ShellCompDirectiveFilterDirs
		},
	}
	c.Flags().BoolVar(&strict, "strict", false, "warnings fail, too")
	c.RunE = func(_ *cobra.Command, given []string) error {
		checked, err := checkTemplates(given[0])
		if err != nil {
			return err
		}
		if err := p.showTemplates(checked); err != nil {
			return err
		}
		if checked.Summary.Errors > 0 || strict && checked.Summary.Warnings > 0 {
			return toldError(exitInvalid)
		}
		return nil
	}
	return c
}

// templateReport is what `twig check` found: each form of output is made of it.
type templateReport struct {
	Templates []templateFindings `json:"templates"`
	Summary   templateSummary    `json:"summary"`
}

type templateFindings struct {
	File     string            `json:"file"`
	Script   bool              `json:"script"`
	Findings manifest.Problems `json:"findings"`
}

type templateSummary struct {
	Templates int `json:"templates"`
	Errors    int `json:"errors"`
	Warnings  int `json:"warnings"`
}

func (r *templateReport) add(t templateFindings) {
	t.Findings.Sort()
	r.Templates = append(r.Templates, t)
	r.Summary.Templates++
	for _, x := range t.Findings {
		if x.Severity == manifest.Error {
			r.Summary.Errors++
		} else {
			r.Summary.Warnings++
		}
	}
}

// checkTemplates checks all templates below a folder, in the order of their paths. One
// that cannot be read stops no other.
func checkTemplates(folder string) (*templateReport, error) {
	absolute, err := filepath.Abs(folder)
	if err != nil {
		return nil, err
	}
	root, err := os.OpenRoot(folder)
	if err != nil {
		return nil, noFolder(folder, err)
	}
	defer func() { _ = root.Close() }() // it was only read
	files, twigs := root.FS(), newTemplates()
	r := &templateReport{Templates: []templateFindings{}}
	err = fs.WalkDir(files, ".", func(name string, d fs.DirEntry, err error) error {
		shown := path.Join(filepath.ToSlash(folder), name)
		switch {
		case err != nil && d != nil && d.IsDir():
			r.add(templateFindings{File: shown, Findings: manifest.Problems{unreadableTemplate(shown, err)}})
			return fs.SkipDir
		case err != nil:
			return err
		case d.IsDir() || path.Ext(name) != ".twig":
			return nil
		}
		t := templateFindings{File: shown, Script: isScript(path.Join(filepath.ToSlash(absolute), name)), Findings: manifest.Problems{}}
		if src, err := readTemplate(files, name); err != nil {
			t.Findings = append(t.Findings, unreadableTemplate(shown, err))
		} else {
			t.Findings = append(t.Findings, twigs.check(shown, src, t.Script)...)
		}
		r.add(t)
		return nil
	})
	return r, err
}

func noFolder(folder string, err error) error {
	return &appdock.Error{
		Kind: appdock.NotFound, Code: codeNotFound, Message: "The folder " + folder + " cannot be read",
		Cause: unreadable(err).Error(), Cure: "Name the folder of an app or a theme.", Err: err,
	}
}

func unreadableTemplate(file string, err error) manifest.Problem {
	return manifest.Problem{
		Code: "twig.unreadable", Severity: manifest.Error, Message: unreadable(err).Error(),
		Position: manifest.Position{File: file, Line: 1, Column: 1},
	}
}

// isScript reports whether a file is a script of an app by the place it has in the app's
// folder (app-scripts.md A).
func isScript(file string) bool { return strings.Contains(file, "/Resources/scripts/") }

// readTemplate reads a file. Devices and pipes are none: reading them might not end.
func readTemplate(files fs.FS, name string) (string, error) {
	info, err := fs.Stat(files, name)
	if err != nil {
		return "", err
	}
	if !info.Mode().IsRegular() {
		return "", errors.New("it is no file")
	}
	if most := twig.DefaultLimits().Source; info.Size() > int64(most) {
		return "", fmt.Errorf("it is larger than %d bytes", most)
	}
	text, err := fs.ReadFile(files, name)
	return string(text), err
}

// showTemplates prints the findings, a line each, and what they come to.
func (p *program) showTemplates(r *templateReport) error {
	if p.json() {
		return p.document(r)
	}
	for _, t := range r.Templates {
		for _, x := range t.Findings {
			if !p.quiet || x.Severity == manifest.Error {
				p.out.print(p.finding(x))
			}
		}
	}
	s := r.Summary
	p.say("%s, %s in %s", plural(s.Errors, "error"), plural(s.Warnings, "warning"), plural(s.Templates, "template"))
	return nil
}
