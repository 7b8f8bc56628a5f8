package manifest

import (
	"archive/zip"
	"bytes"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"testing/fstest"
	"time"
)

// endless are files that repeat a text for a gigabyte, and count how much of it is read.
type endless struct {
	fstest.MapFS
	name, text string
	read       *int64
}

const gigabyte = 1 << 30

func (e endless) Open(name string) (fs.File, error) {
	if name == e.name {
		return &endlessFile{e: e}, nil
	}
	return e.MapFS.Open(name)
}

type endlessFile struct {
	e  endless
	at int64
}

func (f *endlessFile) Read(b []byte) (int, error) {
	if f.at >= gigabyte {
		return 0, io.EOF
	}
	n := 0
	for n < len(b) {
		n += copy(b[n:], f.e.text[int(f.at+int64(n))%len(f.e.text):])
	}
	f.at += int64(n)
	*f.e.read += int64(n)
	return n, nil
}

func (f *endlessFile) Close() error               { return nil }
func (f *endlessFile) Stat() (fs.FileInfo, error) { return f, nil }
func (f *endlessFile) Name() string               { return f.e.name }
func (f *endlessFile) Size() int64                { return 1 } // it lies
func (f *endlessFile) Mode() fs.FileMode          { return 0o644 }
func (f *endlessFile) ModTime() time.Time         { return time.Time{} }
func (f *endlessFile) IsDir() bool                { return false }
func (f *endlessFile) Sys() any                   { return nil }

// TestAGigabyteIsNotRead: of what is too large no more is read, or kept, than tells so.
// It is not parallel: it looks at the memory of the whole process.
func TestAGigabyteIsNotRead(t *testing.T) {
	sound := app(`<cookies><cookie><snippet-name>my.cookie</snippet-name><cookie>a</cookie></cookie></cookies>
<rule-conditions/>`)
	const block = `{"id": "an-app", "name": "A", "version": "1.0.0", "author": "We", "description": "An app",
"theme_extensions": {"app_blocks": [{"id": "a", "target": "b", "snippet": "a.twig"}]}}`
	tests := map[string]struct{ name, text, code string }{
		"nested XML":          {xmlFile, "<manifest>", "xml.too_large"},
		"an attribute":        {xmlFile, "<manifest a=\"", "xml.too_large"},
		"comments":            {xmlFile, "<!-- -->", "xml.too_large"},
		"a local manifest":    {localFile, "<a>", "xml.too_large"},
		"nested JSON":         {jsonFile, "[", "json.too_large"},
		"a string":            {jsonFile, "\"a", "json.too_large"},
		"settings":            {"Resources/config/config.xml", "<config>", "config.malformed"},
		"texts":               {"Resources/snippet/a.en-GB.json", "{\"a\":", "snippet.json"},
		"a theme":             {"Resources/theme.json", "{", "theme.json"},
		"a script":            {"Resources/scripts/cart/a.twig", "{{ services.writer.upsert('order', ", "app.not_checked"},
		"an icon":             {defaultIcon, "\x89PNG\r\n\x1a\n", "manifest.icon_format"},
		"the preview of HTML": {"a.twig", "{{", "app_json.length"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			var read int64
			files := endless{MapFS: fstest.MapFS{}, name: tt.name, text: tt.text, read: &read}
			switch tt.name {
			case jsonFile:
			case "a.twig":
				files.MapFS[jsonFile] = &fstest.MapFile{Data: []byte(block)}
			default:
				files.MapFS[xmlFile] = &fstest.MapFile{Data: []byte(sound)}
			}
			files.MapFS[tt.name] = &fstest.MapFile{Data: []byte("x")} // so that it is listed
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			start := time.Now()
			app, problems, err := Parse(files, Options{Format: map[bool]Format{true: SitePack}[tt.name == "a.twig"]})
			if err != nil {
				t.Fatal(err)
			}
			if app != nil {
				problems = append(problems, Validate(app, Environment{Files: files, Store: true, CompileTwig: func(string, string) error { return nil }})...)
			}
			took := time.Since(start)
			runtime.ReadMemStats(&after)
			if tt.code != "" && !strings.Contains(problems.String(), tt.code) {
				t.Errorf("no %s:\n%s", tt.code, problems)
			}
			if most := int64(8 << 20); read == 0 || read > most {
				t.Errorf("%d bytes were read, at most %d should be", read, most)
			}
			if used := after.TotalAlloc - before.TotalAlloc; used > 64<<20 {
				t.Errorf("%d MiB were allocated", used>>20)
			}
			if took > 20*time.Second {
				t.Errorf("it took %s", took)
			}
		})
	}
}

// TestFilesThatAreNone: nobody waits for a pipe.
func TestFilesThatAreNone(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		name string
		mode fs.FileMode
		want string
	}{
		"a pipe":           {xmlFile, fs.ModeNamedPipe, "F/manifest.xml:1:1: error app.not_found: manifest.xml is no file\n"},
		"a folder":         {xmlFile, fs.ModeDir, "F/manifest.xml:1:1: error app.not_found: manifest.xml is no file\n"},
		"a device":         {jsonFile, fs.ModeDevice, "F/app.json:1:1: error app.not_found: app.json is no file\n"},
		"a pipe beside it": {"Resources/flow.xml", fs.ModeNamedPipe, "F/Resources/flow.xml:1:1: error flow.malformed: this is no file\n"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			files := fstest.MapFS{tt.name: {Mode: tt.mode}}
			if tt.name != jsonFile && tt.name != xmlFile {
				files[xmlFile] = &fstest.MapFile{Data: []byte(app(""))}
			}
			read, problems, err := Parse(files, Options{Folder: "F"})
			if err != nil {
				t.Fatal(err)
			}
			if read != nil {
				problems = read.aside
			}
			if got := problems.String(); got != tt.want {
				t.Errorf("problems\n%s\nwant\n%s", got, tt.want)
			}
		})
	}
}

// TestLinksOutOfTheFolder uses real ones: what they point to is not read.
func TestLinksOutOfTheFolder(t *testing.T) {
	t.Parallel()
	outside := t.TempDir()
	write := func(path, text string) {
		t.Helper()
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	link := func(target, path string) {
		t.Helper()
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.Symlink(target, path); err != nil {
			t.Skip("no links here: ", err)
		}
	}
	write(filepath.Join(outside, "secret.xml"), app("<a-secret/>"))
	write(filepath.Join(outside, "snippet", "a.en-GB.json"), `{"secret": 1}`)
	parse := func(folder string) string {
		t.Helper()
		root, err := os.OpenRoot(folder)
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = root.Close() }()
		app, problems, err := Parse(root.FS(), Options{Folder: "F"})
		if err != nil {
			t.Fatal(err)
		}
		if app != nil {
			problems = append(problems, Validate(app, Environment{Files: root.FS()})...)
		}
		return problems.String()
	}

	manifest := t.TempDir()
	link(filepath.Join(outside, "secret.xml"), filepath.Join(manifest, xmlFile))
	if got, want := parse(manifest), "F/manifest.xml:1:1: error bundle.symlink: this is a link that leaves the app folder, it is not read\n"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}

	itself := t.TempDir()
	link(xmlFile, filepath.Join(itself, xmlFile))
	if got, want := parse(itself), "F/manifest.xml:1:1: error bundle.symlink: this is a link that leads to itself, there is nothing to read\n"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}

	beside := t.TempDir()
	link("b", filepath.Join(beside, "a"))
	link("./a", filepath.Join(beside, "b"))
	write(filepath.Join(beside, xmlFile), app("<cookies><cookie><snippet-name>a</snippet-name><cookie>a</cookie></cookie></cookies>"))
	link(filepath.Join(outside, "secret.xml"), filepath.Join(beside, "Resources", "flow.xml"))
	link(filepath.Join(outside, "snippet"), filepath.Join(beside, "Resources", "snippet"))
	link("../../../../../../../../etc/passwd", filepath.Join(beside, "Resources", "scripts", "cart", "a.twig"))
	link("flow.xml", filepath.Join(beside, "Resources", "chain"))
	got := parse(beside)
	for _, name := range []string{"flow.xml", "snippet", "scripts/cart/a.twig", "chain"} {
		if !strings.Contains(got, "F/Resources/"+name+":1:1: error bundle.symlink: ") {
			t.Errorf("nothing about %s:\n%s", name, got)
		}
	}
	if want := "F/b:1:1: error bundle.symlink: this is a link that leads to itself"; !strings.Contains(got, want) {
		t.Errorf("no %q:\n%s", want, got)
	}
	if strings.Contains(got, "secret") {
		t.Errorf("something outside was read:\n%s", got)
	}
}

func TestArchives(t *testing.T) {
	t.Parallel()
	const manifest = "MyApp/manifest.xml"
	tests := map[string]struct {
		names    []string
		expected string
		large    uint64 // bytes of one more file
		packed   uint64 // in the archive
		want     string
	}{
		"a package":                      {names: []string{"MyApp/", manifest, "MyApp/Resources/a.txt"}, expected: "MyApp"},
		"an app.json":                    {names: []string{"my-app/app.json"}},
		"another app":                    {names: []string{manifest}, expected: "Other", want: "bundle.name"},
		"a way out":                      {names: []string{manifest, "MyApp/../../etc/passwd"}, want: "bundle.traversal"},
		"a way out and back":             {names: []string{manifest, "MyApp/../MyApp/a"}, want: "bundle.traversal"},
		"an absolute path":               {names: []string{manifest, "/etc/passwd"}, want: "bundle.traversal"},
		"a path of Windows":              {names: []string{manifest, `MyApp\..\..\evil.exe`}, want: "bundle.traversal"},
		"a drive of Windows":             {names: []string{manifest, "C:/evil.exe"}, want: "bundle.traversal"},
		"a name with a zero byte":        {names: []string{manifest, "MyApp/a\x00.txt"}, want: "bundle.traversal"},
		"an entry outside of the folder": {names: []string{manifest, "Other/a.txt"}, want: "bundle.prefix"},
		"no folder":                      {names: []string{"manifest.xml"}, want: "bundle.top_level"},
		"nothing":                        {want: "bundle.top_level"},
		"no manifest":                    {names: []string{"MyApp/Resources/a.txt"}, want: "bundle.no_manifest"},
		"the manifest twice":             {names: []string{manifest, manifest}, want: "bundle.duplicate"},
		"a file twice":                   {names: []string{manifest, "MyApp/a", "MyApp/a"}, want: "bundle.duplicate"},
		"a folder twice":                 {names: []string{"MyApp/", manifest, "MyApp/a/", "MyApp/a/"}, want: "bundle.duplicate"},
		"a file and a folder":            {names: []string{manifest, "MyApp/a", "MyApp/a/"}, want: "bundle.duplicate"},
		"a file in a file":               {names: []string{manifest, "MyApp/a", "MyApp/a/b/c"}, want: "bundle.duplicate"},
		"a file in a file, and before":   {names: []string{manifest, "MyApp/a/b/c", "MyApp/a/b"}, want: "bundle.duplicate"},
		"a manifest in other case":       {names: []string{manifest, "MyApp/Manifest.xml"}, want: "bundle.duplicate"},
		"a local manifest in capitals":   {names: []string{manifest, "MyApp/manifest.local.XML", "MyApp/manifest.local.xml"}, want: "bundle.duplicate"},
		"a path with a dot":              {names: []string{manifest, "./MyApp/manifest.xml"}, want: "bundle.traversal"},
		"a dot inside":                   {names: []string{manifest, "MyApp/./manifest.xml"}, want: "bundle.traversal"},
		"two slashes":                    {names: []string{manifest, "MyApp//manifest.xml"}, want: "bundle.traversal"},
		"a bomb":                         {names: []string{manifest}, large: 10 << 20, packed: 40 << 10, want: "bundle.size"},
		"what packs well":                {names: []string{manifest}, large: 10 << 20, packed: 60 << 10},
		"much":                           {names: []string{manifest}, large: maxBundle + 1, packed: maxBundle, want: "bundle.size"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var b bytes.Buffer
			w := zip.NewWriter(&b)
			for _, name := range tt.names {
				f, err := w.Create(name)
				if err != nil {
					t.Fatal(err)
				}
				if name == manifest {
					_, _ = io.WriteString(f, app("")) // into memory
				}
			}
			if tt.large > 0 { // only the directory of the archive says so
				header := zip.FileHeader{Name: "MyApp/large", Method: zip.Deflate, CompressedSize64: tt.packed, UncompressedSize64: tt.large}
				if _, err := w.CreateRaw(&header); err != nil {
					t.Fatal(err)
				}
			}
			if err := w.Close(); err != nil {
				t.Fatal(err)
			}
			r, err := zip.NewReader(bytes.NewReader(b.Bytes()), int64(b.Len()))
			if err != nil {
				t.Fatal(err)
			}
			folder, top, problems := Archive(r, "a.zip", tt.expected)
			switch {
			case tt.want == "" && (folder == nil || top == "" || len(problems) > 0):
				t.Errorf("problems:\n%s", problems)
			case tt.want == "" && tt.names[0] != "my-app/app.json":
				if app, problems, err := Parse(folder, Options{Folder: top}); err != nil || app == nil {
					t.Errorf("%v\n%s", err, problems)
				}
			case tt.want != "" && (folder != nil || !strings.Contains(problems.String(), "a.zip:1:1: error "+tt.want+": ")):
				t.Errorf("no %s:\n%s", tt.want, problems)
			}
		})
	}
}

// TestNamesThatAreOneElsewhere: a warning, which keeps nobody from reading the app.
func TestNamesThatAreOneElsewhere(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		names []string
		want  string
	}{
		"different names": {names: []string{"MyApp/a.txt", "MyApp/b.txt", "MyApp/A/", "MyApp/A/a.txt"}},
		"case":            {[]string{"MyApp/a.txt", "MyApp/A.txt"}, `entries "MyApp/a.txt" and "MyApp/A.txt" are one file`},
		"case of folders": {[]string{"MyApp/Resources/a/b", "MyApp/resources/a/c"}, `entries "MyApp/Resources" and "MyApp/resources" are one file`},
		"sharp s":         {[]string{"MyApp/stra\u00dfe", "MyApp/STRASSE"}, "are one file"},
		"composition":     {[]string{"MyApp/\u00e4", "MyApp/a\u0308"}, "are one file"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var r zip.Reader
			for _, name := range append(tt.names, "MyApp/manifest.xml") {
				r.File = append(r.File, &zip.File{FileHeader: zip.FileHeader{Name: name}})
			}
			folder, _, problems := Archive(&r, "a.zip", "")
			if folder == nil || !strings.Contains(problems.String(), tt.want) || tt.want == "" && len(problems) > 0 || problems.HasErrors() {
				t.Errorf("no warning %q:\n%s", tt.want, problems)
			}
		})
	}
}

// TestLimitsAreTold: each with its own, whatever the file's size is.
func TestLimitsAreTold(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		name string
		size int
		want string
	}{
		"a manifest.xml":           {xmlFile, maxXML + 1, "F/manifest.xml:1:1: error xml.too_large: 1.1 MiB, the limit is 1 MiB\n"},
		"an app.json":              {jsonFile, maxJSON + 1, "F/app.json:1:1: error json.too_large: 257 KiB, the limit is 256 KiB\n"},
		"an app.json over a MiB":   {jsonFile, maxXML + 1, "F/app.json:1:1: error json.too_large: 1.1 MiB, the limit is 256 KiB\n"},
		"an app.json that is full": {jsonFile, maxJSON, "F/app.json:1:262145: error json.malformed: unexpected end of file\n"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, problems, err := Parse(fstest.MapFS{tt.name: {Data: bytes.Repeat([]byte(" "), tt.size)}}, Options{Folder: "F"})
			if got := problems.String(); err != nil || got != tt.want {
				t.Errorf("%v, problems\n%s\nwant\n%s", err, got, tt.want)
			}
		})
	}
}
