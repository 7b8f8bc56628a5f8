package manifest

import (
	"archive/zip"
	"fmt"
	"io/fs"
	"path"
	"strings"
)

// maxRatio of unpacked to packed bytes; what is over it was made to fill a disk.
const maxRatio = 200

// Archive opens the package of an app (validation.md 4, bundle.*): one folder, called
// like the app, with everything in it. file is the archive's name in Problems, and
// expected the app's, if it is known. The folder is nil if there are errors; nothing
// is unpacked.
func Archive(archive *zip.Reader, file, expected string) (folder fs.FS, top string, problems Problems) {
	tell := func(code, format string, args ...any) {
		problems = append(problems, Problem{
			Code: code, Severity: Error, Message: fmt.Sprintf(format, args...), Position: Position{File: file, Line: 1, Column: 1},
		})
	}
	if len(archive.File) > maxFiles {
		tell("bundle.size", "the archive holds over %d files", maxFiles)
		return nil, "", problems
	}
	var packed, unpacked uint64
	entries := map[string]bool{}
	for _, f := range archive.File {
		packed, unpacked = packed+f.CompressedSize64, unpacked+min(f.UncompressedSize64, maxBundle+1)
		name := strings.TrimSuffix(f.Name, "/")
		if !fs.ValidPath(name) || name == "." || strings.ContainsAny(name, "\\\x00:") {
			tell("bundle.traversal", "entry %s leaves the archive's folder", quote(f.Name))
			continue
		}
		first, _, inFolder := strings.Cut(name, "/")
		inFolder = inFolder || strings.HasSuffix(f.Name, "/")
		switch {
		case !inFolder:
			tell("bundle.top_level", "entry %s is in no folder: everything must be in one, called like the app", quote(f.Name))
		case top == "":
			top = first
		case first != top:
			tell("bundle.prefix", "entry %s is outside of the folder %s", quote(f.Name), quote(top))
		}
		if len(problems) > maxToldFiles {
			return nil, "", problems
		}
		entries[name] = true
	}
	switch {
	case unpacked > maxBundle:
		tell("bundle.size", "the archive holds over %s", mebibytes(maxBundle))
	case unpacked > maxXML && unpacked > maxRatio*packed:
		tell("bundle.size", "the archive unpacks to more than %d times its size", maxRatio)
	case top == "" && len(problems) == 0:
		tell("bundle.top_level", "the archive is empty")
	case top != "" && !entries[path.Join(top, xmlFile)] && !entries[path.Join(top, jsonFile)]:
		tell("bundle.no_manifest", "there is no %s/%s", shorten(top), xmlFile)
	}
	if expected != "" && top != "" && top != expected {
		tell("bundle.name", "the folder is called %s, expected %s", quote(top), quote(expected))
	}
	if len(problems) > 0 {
		return nil, "", problems
	}
	folder, err := fs.Sub(archive, top)
	if err != nil {
		tell("bundle.top_level", "the folder %s cannot be opened", quote(top))
		return nil, "", problems
	}
	return folder, top, nil
}
