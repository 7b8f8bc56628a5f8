package server_test

import (
	"archive/zip"
	"bytes"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/appdock/appdock"
	"github.com/appdock/appdock/internal/control"
)

// packedBy makes an archive.
func packedBy(t *testing.T, entries func(w *zip.Writer) error) []byte {
	t.Helper()
	var out bytes.Buffer
	w := zip.NewWriter(&out)
	if err := entries(w); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// files are entries with a text each.
func files(names ...string) func(w *zip.Writer) error {
	return func(w *zip.Writer) error {
		for _, name := range names {
			entry, err := w.Create(name)
			if err == nil {
				_, err = entry.Write([]byte("text"))
			}
			if err != nil {
				return err
			}
		}
		return nil
	}
}

// TestHostileUploads sends what no command line packs: none of it writes a file.
func TestHostileUploads(t *testing.T) {
	t.Parallel()
	c := remotely(t)
	host := open(t, c)
	shop := found(t.Context(), t, dial(t, host, newToken(t, host, control.NewToken{Label: "laptop"}).Text))
	tests := map[string]struct {
		archive []byte
		code    string
	}{
		"no archive":          {[]byte("PK no zip"), "ADK-UPLOAD-DAMAGED"},
		"nothing":             {nil, "ADK-UPLOAD-DAMAGED"},
		"an empty archive":    {packedBy(t, files()), "bundle.top_level"},
		"a way out":           {packedBy(t, files("App/manifest.xml", "App/../../out")), "bundle.traversal"},
		"a whole path":        {packedBy(t, files("App/manifest.xml", "/etc/out")), "bundle.traversal"},
		"two folders":         {packedBy(t, files("App/manifest.xml", "Other/x")), "bundle.prefix"},
		"no manifest":         {packedBy(t, files("App/x")), "bundle.no_manifest"},
		"a name twice":        {packedBy(t, files("App/manifest.xml", "App/manifest.xml")), "bundle.duplicate"},
		"a file below a file": {packedBy(t, files("App/manifest.xml", "App/x", "App/x/y")), "bundle.duplicate"},
		"a link": {packedBy(t, func(w *zip.Writer) error {
			if err := files("App/manifest.xml")(w); err != nil {
				return err
			}
			h := &zip.FileHeader{Name: "App/passwd"}
			h.SetMode(fs.ModeSymlink | 0o777)
			entry, err := w.CreateHeader(h)
			if err == nil {
				_, err = entry.Write([]byte("/etc/passwd"))
			}
			return err
		}), "ADK-UPLOAD-DAMAGED"},
		"a file that is longer than it says": {packedBy(t, func(w *zip.Writer) error {
			if err := files("App/manifest.xml")(w); err != nil {
				return err
			}
			entry, err := w.CreateRaw(&zip.FileHeader{Name: "App/bomb", Method: zip.Store, CompressedSize64: 4000, UncompressedSize64: 4})
			if err == nil {
				_, err = entry.Write(bytes.Repeat([]byte("x"), 4000))
			}
			return err
		}), "ADK-UPLOAD-DAMAGED"},
		"a bomb": {packedBy(t, func(w *zip.Writer) error {
			if err := files("App/manifest.xml")(w); err != nil {
				return err
			}
			entry, err := w.Create("App/bomb")
			if err == nil {
				_, err = entry.Write(make([]byte, 30<<20))
			}
			return err
		}), "bundle.size"},
		"too much": {make([]byte, 33<<20), "ADK-UPLOAD-LARGE"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			_, err := shop.Upload(within(t, soon), tt.archive)
			code := appdock.CodeOf(err)
			if told, ok := err.(*appdock.Error); ok && len(told.Faults) > 0 { //nolint:errorlint // it came over the net and is nothing else
				code = told.Faults[0].Code
			}
			if code != tt.code {
				t.Errorf("got %v, want %s", err, tt.code)
			}
			if left, err := os.ReadDir(filepath.Join(c.Data, "apps")); err == nil && len(left) > 0 {
				t.Errorf("something is left: %v", left)
			}
		})
	}
}

// TestUpload packs a folder and finds it on the host, without what is no part of an app; what
// nobody installed goes after a day.
func TestUpload(t *testing.T) {
	t.Parallel()
	c := development(folder(t))
	host := open(t, c)
	shop := only(t, host)
	app := newApp(t)
	archive, err := control.Pack(fstest.MapFS{
		"manifest.xml":          {Data: app.Manifest()},
		"Resources/a/b.txt":     {Data: []byte(strings.Repeat("text", 1000))},
		".git/config":           {Data: []byte("secret")},
		"src/node_modules/x.js": {Data: []byte("much")},
		"link":                  {Mode: fs.ModeSymlink, Data: []byte("/etc/passwd")},
	}, app.App.Name)
	if err != nil {
		t.Fatal(err)
	}
	source, err := shop.Upload(t.Context(), archive)
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	err = fs.WalkDir(os.DirFS(source.Path), ".", func(path string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() {
			names = append(names, path)
		}
		return err
	})
	if got := strings.Join(names, " "); err != nil || got != "Resources/a/b.txt manifest.xml" || filepath.Base(source.Path) != app.App.Name {
		t.Errorf("got %s in %s, %v", got, source.Path, err)
	}
	if again, err := shop.Upload(t.Context(), archive); err != nil || again != source {
		t.Errorf("the same again: got %+v, %v", again, err)
	}
	installed(t, shop, source)

	unused, err := shop.Upload(t.Context(), packedBy(t, files("Other/manifest.xml")))
	if err != nil {
		t.Fatal(err)
	}
	old := time.Now().Add(-25 * time.Hour)
	for _, s := range []control.Source{source, unused} {
		if err := os.Chtimes(filepath.Dir(s.Path), old, old); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := shop.Upload(t.Context(), packedBy(t, files("Third/manifest.xml"))); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(unused.Path); !os.IsNotExist(err) {
		t.Errorf("what nobody installed is still there: %v", err)
	}
	if _, err := os.Stat(source.Path); err != nil {
		t.Errorf("the folder of an installed app is gone: %v", err)
	}
}
