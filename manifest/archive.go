package manifest

import (
	"archive/zip"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"

	"golang.org/x/text/cases"
	"golang.org/x/text/unicode/norm"
)

// maxRatio of unpacked to packed bytes; what is over it was made to fill a disk.
const maxRatio = 200

// packing collects what is wrong with an archive.
type packing struct {
	file     string // what the archive is called
	problems Problems
}

func (p *packing) tell(severity Severity, code, format string, args ...any) {
	p.problems = append(p.problems, Problem{
		Code: code, Severity: severity, Message: fmt.Sprintf(format, args...), Position: Position{File: p.file, Line: 1, Column: 1},
	})
}

// Archive opens the package of an app (validation.md 4, bundle.*): one folder, called
// like the app, with everything in it. file is the archive's name in Problems, and
// expected the app's, if it is known. The folder is nil if there are errors; nothing
// is unpacked.
func Archive(archive *zip.Reader, file, expected string) (folder fs.FS, top string, problems Problems) {
	p := packing{file: file}
	top = p.check(archive.File)
	if expected != "" && top != "" && top != expected {
		p.tell(Error, "bundle.name", "the folder is called %s, expected %s", quote(top), quote(expected))
	}
	if p.problems.HasErrors() {
		return nil, "", p.problems
	}
	folder, err := fs.Sub(archive, top)
	if err != nil {
		p.tell(Error, "bundle.top_level", "the folder %s cannot be opened", quote(top))
		return nil, "", p.problems
	}
	return folder, top, p.problems
}

// check finds the one folder of an archive.
func (p *packing) check(files []*zip.File) (top string) {
	if len(files) > maxFiles {
		p.tell(Error, "bundle.size", "the archive holds over %d files", maxFiles)
		return ""
	}
	var packed, unpacked uint64
	entries := map[string]bool{}
	for _, f := range files {
		packed, unpacked = packed+f.CompressedSize64, unpacked+min(f.UncompressedSize64, maxBundle+1)
		name := strings.TrimSuffix(f.Name, "/")
		if len(p.problems) > maxToldFiles {
			return ""
		}
		if !fs.ValidPath(name) || name == "." || strings.ContainsAny(name, "\\\x00:") {
			p.tell(Error, "bundle.traversal", "entry %s %s", quote(f.Name), astray(name))
			continue
		}
		first, _, inFolder := strings.Cut(name, "/")
		inFolder = inFolder || strings.HasSuffix(f.Name, "/")
		switch {
		case !inFolder:
			p.tell(Error, "bundle.top_level", "entry %s is in no folder: everything must be in one, called like the app", quote(f.Name))
		case top == "":
			top = first
		case first != top:
			p.tell(Error, "bundle.prefix", "entry %s is outside of the folder %s", quote(f.Name), quote(top))
		}
		entries[name] = true
	}
	switch {
	case unpacked > maxBundle:
		p.tell(Error, "bundle.size", "the archive holds over %s", binarySize(maxBundle))
	case unpacked > maxXML && unpacked > maxRatio*packed:
		p.tell(Error, "bundle.size", "the archive unpacks to more than %d times its size", maxRatio)
	case top == "" && len(p.problems) == 0:
		p.tell(Error, "bundle.top_level", "the archive is empty")
	case top != "" && !entries[path.Join(top, xmlFile)] && !entries[path.Join(top, jsonFile)]:
		p.tell(Error, "bundle.no_manifest", "there is no %s/%s", shorten(top), xmlFile)
	}
	if !p.problems.HasErrors() {
		p.twins(files, top)
	}
	return top
}

// astray says what is wrong with a name that is no plain path.
func astray(name string) string {
	if strings.ContainsAny(name, "\\\x00:") || strings.HasPrefix(name, "/") || slices.Contains(strings.Split(name, "/"), "..") {
		return "leaves the archive's folder"
	}
	return "is no plain path, who unpacks it may take it for another" // "./a", "a//b"
}

// twins tells of names that are in an archive twice: which of the two there is in the end
// depends on who unpacks it. Names that differ in case, or in how a letter is composed, are
// one name for the file systems of Windows and macOS.
func (p *packing) twins(files []*zip.File, top string) {
	folders, seen := map[string]bool{}, map[string]bool{}
	spelt := map[string]string{}
	manifests := map[string]bool{}
	fold := cases.Fold()
	same := func(name string) string { return norm.NFC.String(fold.String(norm.NFD.String(name))) }
	for _, name := range manifestFiles {
		manifests[same(path.Join(top, name))] = true
	}
	for _, f := range files {
		if len(p.problems) > maxToldFiles {
			return
		}
		name := strings.TrimSuffix(f.Name, "/")
		if seen[name] {
			p.tell(Error, "bundle.duplicate", "entry %s is there twice", quote(f.Name))
			continue
		}
		seen[name] = true
		for at := name; at != "."; at = path.Dir(at) {
			if at != name && folders[at] {
				break // it was seen to, with all that is above it
			}
			folders[at] = folders[at] || at != name
			key := same(at)
			first, known := spelt[key]
			switch {
			case !known:
				spelt[key] = at
			case first == at:
			case manifests[key]:
				p.tell(Error, "bundle.duplicate", "entries %s and %s are one file where case does not count", quote(first), quote(at))
			default:
				p.tell(Warning, "bundle.duplicate", "entries %s and %s are one file where case does not count", quote(first), quote(at))
			}
		}
	}
	for _, f := range files {
		if folders[f.Name] && len(p.problems) <= maxToldFiles {
			p.tell(Error, "bundle.duplicate", "entry %s is a file and a folder", quote(f.Name))
		}
	}
}
