package manifest

import (
	"errors"
	"io/fs"
	"path"
	"strings"
)

// bundle is what is in an app's folder, as far as anybody looks.
type bundle struct {
	files []file
	size  int64 // of all files, in bytes
	more  bool  // there are more files than a package may have

	unlisted []string // folders that nobody can look into
}

// file is one entry of a bundle that is no folder, or a folder that is not looked into.
type file struct {
	name   string
	link   bool // a symbolic link
	folder bool // what it is called decides, whatever is in it
}

// What a package may hold (validation.md 4, bundle.size).
const (
	maxFiles  = 20_000
	maxBundle = 100 << 20
)

// notPackaged are folders of developers. They may hold more than everything else, and
// no package takes them along.
func notPackaged(name string) bool {
	base := path.Base(name)
	return base == ".git" || base == "node_modules"
}

// bundle looks through the app's folder, once.
func (r *review) bundle() *bundle {
	if r.walked != nil {
		return r.walked
	}
	r.walked = &bundle{}
	if r.env.Files == nil {
		return r.walked
	}
	b := r.walked
	_ = fs.WalkDir(r.env.Files, ".", func(name string, entry fs.DirEntry, err error) error {
		switch {
		case err != nil:
			b.unlisted = append(b.unlisted, name)
			return nil //nolint:nilerr // folderUnreadable tells of it, and the rest can still be judged
		case len(b.files) == maxFiles:
			b.more = true
			return fs.SkipAll
		case entry.IsDir() && notPackaged(name):
			b.files = append(b.files, file{name: name, folder: true})
			return fs.SkipDir
		case entry.IsDir():
			return nil
		}
		if info, err := entry.Info(); err == nil && info.Mode().IsRegular() {
			b.size += info.Size()
		}
		b.files = append(b.files, file{name: name, link: entry.Type()&fs.ModeSymlink != 0})
		return nil
	})
	return b
}

// below gives the files in a folder of the bundle, with their names there.
func (b *bundle) below(folder string) []string {
	var names []string
	for _, f := range b.files {
		if name, ok := strings.CutPrefix(f.name, folder+"/"); ok && !f.folder {
			names = append(names, name)
		}
	}
	return names
}

// leavesByLink reports whether a file, or a folder above it, is a symbolic link to
// somewhere outside.
func leavesByLink(fsys fs.FS, name string) bool {
	for at := name; at != "."; at = path.Dir(at) {
		info, err := fs.Lstat(fsys, at)
		if err != nil || info.Mode()&fs.ModeSymlink == 0 {
			continue
		}
		target, err := fs.ReadLink(fsys, at)
		if err != nil || path.IsAbs(target) || !fs.ValidPath(path.Join(path.Dir(at), target)) {
			return true
		}
		if _, err := fs.Stat(fsys, at); err != nil && !errors.Is(err, fs.ErrNotExist) && !errors.Is(err, fs.ErrPermission) {
			return true // an os.Root refuses a longer way out with an error of its own
		}
	}
	return false
}

// leadsToItself reports whether the links that a name stands for never end.
func leadsToItself(fsys fs.FS, name string) bool {
	seen := map[string]bool{}
	for fs.ValidPath(name) && !seen[name] {
		seen[name] = true
		target, err := fs.ReadLink(fsys, name)
		if err != nil || path.IsAbs(target) {
			return false // it is no link, or nobody can tell
		}
		name = path.Join(path.Dir(name), target)
	}
	return seen[name]
}

// badLink is the problem of a file that is read through a link that leavesByLink.
func badLink(fsys fs.FS, name, shown string) Problem {
	message := "this is a link that leaves the app folder, it is not read"
	if leadsToItself(fsys, name) {
		message = "this is a link that leads to itself, there is nothing to read"
	}
	return Problem{Code: "bundle.symlink", Severity: Error, Message: message, Position: Position{File: shown, Line: 1, Column: 1}}
}
