package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

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
func (p *program) subjects(given []string) ([]subject, error) {
	apps, names, err := p.validatable()
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
			return p.subjects([]string{"."})
		}
		return nil, notFound("There is no app to check", "there is no app in "+apps, "Name an app, the path of its folder, or a manifest file.")
	}
	for _, arg := range given {
		found, near := lookUp(names, arg, false)
		info, err := os.Stat(arg)
		switch {
		case strings.TrimSpace(arg) == "":
			return nil, usageError("one of the apps has no name", "Name an app, the path of its folder, or a manifest file; leave it out for all apps.")
		case strings.Contains(arg, "://"):
			shown := withoutUser(arg)
			list = append(list, subject{name: shown, shown: shown, url: arg})
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

// withoutUser is an address as it may be shown, even if it cannot be parsed: what stands
// before the host may be a password.
func withoutUser(address string) string {
	scheme, rest, _ := strings.Cut(address, "://")
	authority, _, _ := strings.Cut(rest, "/")
	if at := strings.LastIndexByte(authority, '@'); at >= 0 {
		return scheme + "://[redacted]" + rest[at:]
	}
	return address
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
	if info, err := os.Lstat(arg); err == nil && info.Mode()&fs.ModeSymlink != 0 {
		if target, err := filepath.EvalSymlinks(arg); err == nil { // this one link was asked for
			arg = target
		}
	}
	s := folderSubject(filepath.Dir(arg))
	s.file = filepath.Base(arg)
	if !slices.Contains(manifestFiles, s.file) {
		s.name = s.file
	}
	return s
}

// validatable gives the apps folder, as it is called from here, and the names of the apps
// in it. What cannot be looked into is taken for an app: it must be told of.
func (p *program) validatable() (folder string, names []string, err error) {
	folder, _, err = p.appsFolder()
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

// called is what the user calls it.
func (s subject) called() string {
	if s.file == "" {
		return filepath.ToSlash(s.shown)
	}
	return filepath.ToSlash(filepath.Join(s.shown, s.file))
}

// place is the path that opens what was checked.
func (s subject) place() string {
	if s.folder == "" {
		return filepath.ToSlash(s.shown)
	}
	return filepath.ToSlash(filepath.Join(s.folder, s.file))
}
