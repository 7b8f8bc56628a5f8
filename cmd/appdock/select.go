package main

import (
	"cmp"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/appdock/appdock"
	"github.com/appdock/appdock/internal/control"
)

// target is an app to install: a folder, and what it was called on the command line.
type target struct {
	name string
	path string // absolute; empty if it was not found
	here bool   // path is on this machine, which may not be the host's
	url  string // of its app.json, instead of a folder
	err  error  // why not

	sent   string // its copy on a host elsewhere, once it is there
	format string // of the manifest that it was installed from; empty: it was not, or nobody asked
}

// targets finds what the arguments of an installation mean, each folder once. An argument
// is the name of an app in the apps folder, or the path of an app's folder; with match it
// is any part of a name (cli.md 2.1, 2.2).
func (p *program) targets(given []string, match bool) ([]target, error) {
	var list []target
	onlyURLs := true
	for _, name := range given {
		onlyURLs = onlyURLs && strings.Contains(name, "://")
	}
	var apps string
	var names []string
	if !onlyURLs { // the host fetches an address itself, wherever it is
		var err error
		if apps, names, err = p.appsFolder(); err != nil {
			return nil, err
		}
	}
	seen := map[string]bool{}
	add := func(t target) {
		t.here = true
		if t.err != nil || !seen[t.path] {
			seen[t.path] = true
			list = append(list, t)
		}
	}
	for _, name := range given {
		switch found, near := lookUp(names, name, match); {
		case strings.Contains(name, "://"):
			list = append(list, target{name: name, url: name})
		case len(found) > 0:
			for _, folder := range found {
				add(target{name: folder, path: filepath.Join(apps, folder)})
			}
		case isPath(name) || isAppFolder(name):
			path, err := appFolder(name)
			add(target{name: filepath.Base(path), path: path, err: err})
		default:
			add(target{name: name, err: nameNotFound(name, apps, near)})
		}
	}
	return list, nil
}

// appsFolder gives the folder in which apps have names, absolute, and those names
// (cli.md 2.1: "Apps folder").
func (p *program) appsFolder() (folder string, names []string, err error) {
	l, err := p.configure()
	if err != nil {
		return "", nil, err
	}
	folders := []string{filepath.Join("custom", "apps"), "apps"}
	if l.result.appsDir != "" {
		folders = []string{l.result.appsDir}
	}
	for _, folder = range folders {
		entries, err := os.ReadDir(folder)
		if os.IsNotExist(err) {
			continue
		}
		if err != nil {
			return "", nil, fmt.Errorf("list the apps folder: %w", err)
		}
		for _, e := range entries {
			if isAppFolder(filepath.Join(folder, e.Name())) {
				names = append(names, e.Name())
			}
		}
		break
	}
	folder, err = filepath.Abs(folder)
	if err != nil {
		return "", nil, fmt.Errorf("find the apps folder: %w", err)
	}
	return folder, names, nil
}

// lookUp finds a name among names: exactly, or ignoring case if only one is meant; with
// match all that contain it. near are those that contain it, for a hint.
func lookUp(names []string, name string, match bool) (found, near []string) {
	var folded []string
	for _, n := range names {
		if n == name {
			found = []string{n}
		}
		if strings.EqualFold(n, name) {
			folded = append(folded, n)
		}
		if strings.Contains(strings.ToLower(n), strings.ToLower(name)) {
			near = append(near, n)
		}
	}
	switch {
	case match:
		return near, nil
	case found == nil && len(folded) == 1:
		return folded, nil
	}
	return found, near
}

// isPath reports whether an argument is written as a path.
func isPath(arg string) bool {
	return arg == "." || arg == ".." || strings.ContainsRune(arg, '/') || strings.ContainsRune(arg, filepath.Separator)
}

func isAppFolder(path string) bool {
	return slices.ContainsFunc([]string{"manifest.xml", "app.json"}, func(file string) bool {
		info, err := os.Stat(filepath.Join(path, file))
		return err == nil && info.Mode().IsRegular()
	})
}

// nameNotFound says which names come near (cli.md 2.2).
func nameNotFound(name, apps string, near []string) error {
	cure := "Name an app of that folder, or the path of a folder with a manifest.xml or an app.json."
	if len(near) > 0 {
		cure = "Did you mean " + strings.Join(near, ", ") + "? Names are exact; --match takes all that contain it."
	}
	return notFound("Could not find any app with this name", fmt.Sprintf("there is no app %q in %s", name, apps), cure)
}

func notFound(message, cause, cure string) error {
	return &appdock.Error{Kind: appdock.NotFound, Code: codeNotFound, Message: message, Cause: cause, Cure: cure}
}

// source is where the host reads an app from: for a host elsewhere, its copy of a folder of
// this machine, which is sent there.
func (p *program) source(ctx context.Context, shop control.Shop, t target, f installFlags) (control.Source, error) {
	source := control.Source{URL: t.url, Path: t.path, Format: cmp.Or(f.format, t.format), SkipValidation: f.skipValidation}
	if t.url != "" || p.server == "" || !t.here {
		return source, nil
	}
	if t.sent != "" {
		source.Path = t.sent
		return source, nil
	}
	folder, err := os.OpenRoot(t.path) // a link in it leads nowhere else
	if err != nil {
		return control.Source{}, fmt.Errorf("open the app's folder: %w", err)
	}
	defer func() { _ = folder.Close() }() // it was only read
	archive, err := control.Pack(folder.FS(), filepath.Base(t.path))
	if err != nil {
		return control.Source{}, err
	}
	uploaded, err := shop.Upload(ctx, archive)
	source.Path = uploaded.Path
	return source, err
}
