// Package manifest reads the manifests of apps: manifest.xml as Shopware
// defines it (schemas 1.0, 2.0 and 3.0), and app.json as SitePack does. Both
// become one model, App; what is wrong with them becomes Problems with file,
// line and column.
//
//	app, problems, err := manifest.Parse(os.DirFS("apps/MyApp"), manifest.Options{Folder: "MyApp"})
//	if err != nil {
//		return err // the folder could not be read: nothing is known about the app
//	}
//	fmt.Print(problems)
//
// Manifests come from strangers. Parse takes time and memory in proportion to a
// file of 1 MiB at most, whatever is in it; it never opens a network
// connection, and reads no file but manifests and the XML files that belong to
// them. It reads through the fs.FS it
// was given: a caller who does not trust the folder passes that of an os.Root,
// which no symbolic link can leave (os.DirFS lets them out).
package manifest

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"math"
	"path"
	"regexp"
	"strings"
)

// The files of an app.
const (
	xmlFile   = "manifest.xml"
	localFile = "manifest.local.xml"
	jsonFile  = "app.json"
)

var manifestFiles = []string{xmlFile, localFile, jsonFile}

// Options say what to read.
type Options struct {
	// Folder is what the app's folder is called; Problems put it before file names.
	Folder string
	// Format chooses in a folder that has both manifest.xml and app.json.
	Format Format
	// File is the manifest when it has another name; an app.json ends in
	// ".json". No manifest.local.xml replaces it then.
	File string
	// Strict makes errors of some warnings: faults of order, unknown fields.
	Strict bool
}

// Parse reads the manifest at the root of fsys (validation.md 2 and 5, layer A). A
// manifest.local.xml beside it replaces it as a whole, if it is sound and of
// the same app (manifest-xml.md 2.7).
//
// The error is not nil only if fsys fails. All that is wrong with the app is in
// Problems; App is nil if there are errors among them, and what is missing from
// an App that is there was not in the manifest. What the values mean is checked
// by Validate, which also tells what is wrong with the files beside manifest.xml:
// these do not keep an App from being read.
func Parse(fsys fs.FS, options Options) (*App, Problems, error) {
	app, problems, err := parseManifest(fsys, options)
	if err != nil {
		return nil, nil, err
	}
	if app != nil && app.Format == Shopware {
		if err := app.readSideFiles(fsys, options.Folder); err != nil {
			return nil, nil, err
		}
	}
	return app, problems, nil
}

// parseManifest chooses the manifest and reads it.
func parseManifest(fsys fs.FS, options Options) (*App, Problems, error) {
	hasXML, hasJSON := isThere(fsys, xmlFile) || isThere(fsys, localFile), isThere(fsys, jsonFile)
	switch {
	case options.File != "":
		return one(fsys, options.File, options)
	case hasXML && hasJSON && options.Format == "":
		return nil, Problems{{
			Code: "app.two_manifests", Severity: Error, Position: Position{File: path.Join(options.Folder, jsonFile), Line: 1, Column: 1},
			Message: "both manifest.xml and app.json found", Hint: "choose with --manifest-format",
		}}, nil
	case options.Format == SitePack, hasJSON && options.Format == "":
		return one(fsys, jsonFile, options)
	case options.Format == Shopware, hasXML:
		return parseXMLFiles(fsys, options)
	}
	if _, err := fs.Lstat(fsys, xmlFile); !errors.Is(err, fs.ErrNotExist) {
		return nil, nil, fmt.Errorf("look for %s: %w", path.Join(options.Folder, xmlFile), err)
	}
	return nil, Problems{{
		Code: "app.not_found", Severity: Error, Message: "there is neither a manifest.xml nor an app.json in this folder",
		Position: Position{File: path.Join(options.Folder, xmlFile), Line: 1, Column: 1},
	}}, nil
}

// isThere reports whether something has the name. That it cannot be read, such as a link
// that leads nowhere, is told of when it is.
func isThere(fsys fs.FS, name string) bool {
	_, err := fs.Lstat(fsys, name)
	return err == nil
}

// parseXMLFiles reads manifest.xml and what may replace it.
func parseXMLFiles(fsys fs.FS, options Options) (*App, Problems, error) {
	app, problems, err := one(fsys, xmlFile, options)
	if err != nil {
		return nil, nil, err
	}
	if _, err := fs.Stat(fsys, localFile); errors.Is(err, fs.ErrNotExist) {
		return app, problems, nil
	}
	local, localProblems, err := one(fsys, localFile, options)
	if err != nil {
		return nil, nil, err
	}
	_, err = fs.Stat(fsys, xmlFile)
	alone := errors.Is(err, fs.ErrNotExist)
	return override(app, problems, local, localProblems, alone)
}

// override decides between manifest.xml and manifest.local.xml.
func override(app *App, problems Problems, local *App, localProblems Problems, alone bool) (*App, Problems, error) {
	switch {
	case alone:
		return local, localProblems, nil
	case local == nil && app == nil:
	case local == nil:
		localProblems = localProblems.demoted()
	case app == nil || app.Name == local.Name:
		note := Problem{
			Code: "manifest.local_override", Severity: Info, Message: localFile + " replaces this file",
			Position: Position{File: path.Join(path.Dir(local.Source.File()), xmlFile), Line: 1, Column: 1},
		}
		app, problems = local, append(problems.demoted(), note)
	default:
		localProblems = append(localProblems, Problem{
			Code: "manifest.local_override", Severity: Warning, Position: local.Source.Position("/manifest/meta/name"), Path: "/manifest/meta/name",
			Message: fmt.Sprintf("this file is about %s and replaces nothing: %s is about %s", quote(local.Name), xmlFile, quote(app.Name)),
		})
	}
	all := append(problems, localProblems...)
	all.Sort()
	return app, all, nil
}

// one reads one file.
func one(fsys fs.FS, name string, options Options) (*App, Problems, error) {
	shown := path.Join(options.Folder, name)
	limit, tooLargeCode, parse := int64(maxXML), "xml.too_large", ParseXML
	if isJSONFile(name) {
		limit, tooLargeCode, parse = maxJSON, "json.too_large", ParseJSON
	}
	text, tooLarge, err := read(fsys, name, limit)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil, Problems{{
			Code: "app.not_found", Severity: Error, Message: "there is no " + name,
			Position: Position{File: shown, Line: 1, Column: 1},
		}}, nil
	case err != nil && leavesByLink(fsys, name):
		return nil, Problems{badLink(fsys, name, shown)}, nil
	case errors.Is(err, errNoFile):
		return nil, Problems{{
			Code: "app.not_found", Severity: Error, Message: name + " is no file",
			Position: Position{File: shown, Line: 1, Column: 1},
		}}, nil
	case err != nil:
		return nil, nil, fmt.Errorf("read %s: %w", shown, err)
	case tooLarge != "":
		return nil, Problems{{
			Code: tooLargeCode, Severity: Error, Message: tooLarge,
			Position: Position{File: shown, Line: 1, Column: 1},
		}}, nil
	}
	app, problems := parse(shown, text, options.Strict)
	return app, problems, nil
}

// errNoFile: a folder, or a pipe that would never end.
var errNoFile = errors.New("it is no file")

// read gives a file of at most limit bytes, or says that it is larger.
func read(fsys fs.FS, name string, limit int64) (text []byte, tooLarge string, err error) {
	info, err := fs.Stat(fsys, name)
	if err != nil {
		return nil, "", err
	}
	if !info.Mode().IsRegular() {
		return nil, "", errNoFile
	}
	file, err := fsys.Open(name)
	if err != nil {
		return nil, "", err
	}
	defer func() { _ = file.Close() }() // only read from
	var b bytes.Buffer
	b.Grow(int(min(info.Size(), limit)) + bytes.MinRead) // the whole file at once, if its size is true
	if _, err := b.ReadFrom(io.LimitReader(file, limit+1)); err != nil {
		return nil, "", err
	}
	if int64(b.Len()) <= limit {
		return b.Bytes(), "", nil
	}
	size := fmt.Sprintf("over %s", binarySize(limit))
	if info.Size() > limit {
		size = binarySize(info.Size())
	}
	return nil, fmt.Sprintf("%s, the limit is %s", size, binarySize(limit)), nil
}

// binarySize rounds up, so that what is over a limit looks so. Less than one are kibibytes.
func binarySize(n int64) string {
	if n < 1<<20 {
		return fmt.Sprintf("%d KiB", (n+1023)>>10)
	}
	return strings.TrimSuffix(fmt.Sprintf("%.1f", math.Ceil(float64(n)/(1<<20)*10)/10), ".0") + " MiB"
}

// ParseXML reads the text of a manifest.xml; file is its name in Problems. App
// is nil if there are errors among the Problems.
func ParseXML(file string, text []byte, strict bool) (*App, Problems) {
	if len(text) > maxXML {
		return nil, Problems{{
			Code: "xml.too_large", Severity: Error, Position: Position{File: file, Line: 1, Column: 1},
			Message: fmt.Sprintf("%s, the limit is %s", binarySize(int64(len(text))), binarySize(maxXML)),
		}}
	}
	source := newSource(file, text)
	root, f := readXML(source.text)
	if f != nil {
		return nil, Problems{{Code: "xml." + f.code, Severity: Error, Message: f.message, Position: source.at(f.offset)}}
	}
	c := checker{source: source, group: "manifest", locale: manifestLocale, strict: strict}
	if root.name != manifestSchema.name {
		c.atNode(fate{"root", Error}, root, "root element is <%s>, expected <manifest>", shorten(root.name))
		return nil, c.problems
	}
	c.declared(root)
	c.element(root, manifestSchema)
	c.problems.Sort()
	if c.problems.HasErrors() {
		return nil, c.problems
	}
	return readManifest(root, c.version, source), c.problems
}

var schemaFile = regexp.MustCompile(`manifest-([123])\.0\.xsd(?:[?#]\S*)?\s*$`)

// declared finds the schema version that the file names. Only the file name of
// the schema's address counts, it is never fetched (manifest-xml.md 2.1 and 3).
func (c *checker) declared(root *node) {
	c.version = v3
	if namespace, ok := root.attribute("xmlns"); ok && namespace.value != "" {
		c.atAttribute(fate{"root", Error}, root, namespace, "<manifest> has the namespace %s, expected none", quote(namespace.value))
	}
	location, ok := root.attribute("xsi:noNamespaceSchemaLocation")
	if !ok {
		c.atNode(fate{"no_schema_location", Info}, root, "no schema location, 3.0 is assumed")
		return
	}
	match := schemaFile.FindStringSubmatch(location.value)
	if match == nil {
		c.atAttribute(fate{"no_schema_location", Info}, root, location, "the schema location names no known version, 3.0 is assumed")
		return
	}
	c.version = map[string]versions{"1": v1, "2": v2, "3": v3}[match[1]]
}
