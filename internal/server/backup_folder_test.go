package server_test

import (
	"archive/tar"
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"io/fs"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"

	"github.com/appdock/appdock/internal/control"
	"github.com/appdock/appdock/internal/server"
	"github.com/appdock/appdock/sdk/apptest"
)

// furnished is a data folder that has all that a host keeps: a media record with a file, and
// an app that was sent to it. It gives the name of that file in it, and where it is shown.
func furnished(t *testing.T, c server.Config) (app *apptest.Server, file, url string) {
	t.Helper()
	host := open(t, c)
	calls := callerOf(t, host)
	calls.done("POST", "/api/_action/sync", `[{"entity":"media","action":"upsert","payload":[{"id":"`+teaMedia+`"},{"id":"`+coffeeMedia+`"}]}]`, http.StatusOK)
	calls.done("POST", "/api/_action/media/"+teaMedia+"/upload?fileName=tea&extension=png", picture(t), http.StatusNoContent, "Content-Type: image/png")
	url, _ = calls.found("media", `{"ids":["`+teaMedia+`"]}`)["url"].(string)
	sum := sha256.Sum256([]byte(picture(t)))
	hash := hex.EncodeToString(sum[:])

	app = newApp(t)
	shop := only(t, host)
	for _, name := range []string{app.App.Name, "Unused"} {
		archive, err := control.Pack(fstest.MapFS{"manifest.xml": {Data: app.Manifest()}, "Resources/a.txt": {Data: []byte("a")}}, name)
		if err != nil {
			t.Fatal(err)
		}
		source, err := shop.Upload(t.Context(), archive)
		if err != nil {
			t.Fatal(err)
		}
		if name == app.App.Name {
			installed(t, shop, source)
		}
	}
	closeHost(t, host)
	if _, _, found := strings.Cut(url, "/media/"); !found {
		t.Fatalf("the media record has no url: %q", url)
	}
	_, at, _ := strings.Cut(url, "/media/")
	return app, "files/" + hash[:2] + "/" + hash, "/media/" + at
}

// The files of media and the folders of apps come back with a backup, wherever it is
// restored; what is only left over is not in it.
func TestBackupHoldsTheWholeFolder(t *testing.T) {
	t.Parallel()
	data := folder(t)
	c := development(data)
	app, file, url := furnished(t, c)
	backup := filepath.Join(t.TempDir(), "whole.tar")
	made, err := server.BackUp(t.Context(), c, backup, true)
	if err != nil {
		t.Fatal(err)
	}
	if made.Files != 1 || made.Apps != 1 || len(made.Lost) > 0 {
		t.Errorf("it says of itself: %+v", made)
	}
	old := contents(t, data)

	for name, into := range map[string]string{"the same folder": data, "another folder": folder(t)} {
		done, err := server.Restore(t.Context(), development(into), backup, "")
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if done.Before != "" {
			kept := contents(t, done.Before)
			if kept[file] != old[file] || kept["appdock.key"] != old["appdock.key"] {
				t.Errorf("%s: what was there is not kept", name)
			}
		}
		got := contents(t, into)
		if got[file] != picture(t) {
			t.Errorf("%s: the file of media is not there", name)
		}
		for path := range got {
			if strings.HasSuffix(path, "/Unused/manifest.xml") && !strings.HasPrefix(path, "before-restore-") {
				t.Errorf("%s: an app that was never installed was restored", name)
			}
		}
		host := open(t, development(into))
		if status, _, body := shows(t, host.URL()+url); status != http.StatusOK || body != picture(t) {
			t.Errorf("%s: the file is shown as %d", name, status)
		}
		d, err := only(t, host).App(t.Context(), app.App.Name)
		if err != nil {
			t.Fatal(err)
		}
		if inside, err := filepath.Rel(into, d.Path); err != nil || !filepath.IsLocal(inside) {
			t.Errorf("%s: the app is read from %s", name, d.Path)
		}
		if _, err := only(t, host).Preview(t.Context(), control.Source{Path: d.Path}); err != nil {
			t.Errorf("%s: the app's folder cannot be read: %v", name, err)
		}
		closeHost(t, host)
	}
}

// A backup says what the folder had lost before: a file that is gone or that the disk turned,
// and an app's folder. The rest is in it.
func TestBackupSaysWhatIsLost(t *testing.T) {
	t.Parallel()
	tests := map[string]func(t *testing.T, data, file string){
		"a file is gone": func(t *testing.T, data, file string) {
			t.Helper()
			if err := os.Remove(filepath.Join(data, file)); err != nil {
				t.Fatal(err)
			}
		},
		"a file is another": func(t *testing.T, data, file string) {
			t.Helper()
			if err := os.WriteFile(filepath.Join(data, file), []byte("x"), 0o600); err != nil {
				t.Fatal(err)
			}
		},
		"an app's folder is gone": func(t *testing.T, data, _ string) {
			t.Helper()
			if err := os.RemoveAll(filepath.Join(data, "apps")); err != nil {
				t.Fatal(err)
			}
		},
	}
	for name, lose := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c := development(folder(t))
			_, file, _ := furnished(t, c)
			lose(t, c.Data, file)
			backup := filepath.Join(t.TempDir(), "whole.tar")
			made, err := server.BackUp(t.Context(), c, backup, true)
			if err != nil {
				t.Fatal(err)
			}
			if len(made.Lost) != 1 || made.Files+made.Apps != 1 {
				t.Errorf("it says of itself: %+v", made)
			}
			into := development(folder(t))
			if _, err := server.Restore(t.Context(), into, backup, ""); err != nil {
				t.Fatal(err)
			}
			closeHost(t, open(t, into))
		})
	}
}

// repacked is a backup whose files were changed by somebody who also wrote the sums anew.
func repacked(t *testing.T, backup []byte, change func(name string, content []byte) (string, []byte), more ...*tar.Header) []byte {
	t.Helper()
	var out bytes.Buffer
	w, r := tar.NewWriter(&out), tar.NewReader(bytes.NewReader(backup))
	sums := ""
	write := func(h *tar.Header, content []byte) {
		h.Size = int64(len(content))
		err := w.WriteHeader(h)
		if err == nil {
			_, err = w.Write(content)
		}
		if err != nil {
			t.Fatal(err)
		}
		sum := sha256.Sum256(content)
		sums += hex.EncodeToString(sum[:]) + "  " + h.Name + "\n"
	}
	for {
		head, err := r.Next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		content, err := io.ReadAll(r)
		if err != nil {
			t.Fatal(err)
		}
		if head.Name == "SHA256SUMS" {
			break
		}
		if head.Name, content = change(head.Name, content); head.Name != "" {
			write(head, content)
		}
	}
	for _, h := range more {
		write(h, nil)
	}
	write(&tar.Header{Name: "SHA256SUMS", Mode: 0o600}, []byte(sums))
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// A backup that somebody made up does not reach out of the folder, even if its sums fit.
func TestRestoreTakesNothingThatNoBackupHas(t *testing.T) {
	t.Parallel()
	c := development(folder(t))
	_, file, _ := furnished(t, c)
	path := filepath.Join(t.TempDir(), "whole.tar")
	if _, err := server.BackUp(t.Context(), c, path, true); err != nil {
		t.Fatal(err)
	}
	whole, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	same := func(name string, content []byte) (string, []byte) { return name, content }
	renamed := func(from, to string) func(string, []byte) (string, []byte) {
		return func(name string, content []byte) (string, []byte) {
			if name == from {
				name = to
			}
			return name, content
		}
	}
	flipped := bytes.Clone(whole)
	flipped[bytes.Index(whole, []byte(picture(t)))] ^= 1
	tests := map[string][]byte{
		"a file of media was turned": flipped,
		"a file of media is missing": bytes.Replace(whole, []byte(file), []byte("files/00/"+strings.Repeat("0", 64)), 1),
		"a way out":                  repacked(t, whole, renamed(file, "files/../../out")),
		"a whole path":               repacked(t, whole, renamed(file, "/tmp/out")),
		"another file of the folder": repacked(t, whole, renamed(file, "instance-id")),
		"a file without a hash":      repacked(t, whole, renamed(file, "files/ab/out")),
		"a file beside the apps":     repacked(t, whole, renamed(file, "apps/out")),
		"a link":                     repacked(t, whole, same, &tar.Header{Name: "apps/a/b/c", Typeflag: tar.TypeSymlink, Linkname: "/etc/passwd"}),
		"a folder":                   repacked(t, whole, same, &tar.Header{Name: "apps/a/b", Typeflag: tar.TypeDir}),
		"a file twice":               repacked(t, whole, same, &tar.Header{Name: file}),
		"two descriptions":           repacked(t, whole, same, &tar.Header{Name: "backup.json"}),
		"no database":                repacked(t, whole, renamed("appdock.db", "")),
		"a description that is alone": repacked(t, whole, func(name string, content []byte) (string, []byte) {
			if name != "backup.json" {
				name = ""
			}
			return name, content
		}),
	}
	var after bytes.Buffer
	w := tar.NewWriter(&after)
	after.Write(whole[:len(whole)-1024])
	if err := w.WriteHeader(&tar.Header{Name: "apps/a/b"}); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	tests["something after the sums"] = after.Bytes()
	before := contents(t, c.Data)
	for name, text := range tests {
		broken := filepath.Join(t.TempDir(), "broken.tar")
		if err := os.WriteFile(broken, text, 0o600); err != nil {
			t.Fatal(err)
		}
		_, err := server.Restore(t.Context(), c, broken, "")
		if got := refusal(t, err); got != "ADK-BACKUP-DAMAGED" {
			t.Errorf("%s: got %v", name, err)
		}
		if diff := cmp.Diff(before, contents(t, c.Data)); diff != "" {
			t.Errorf("%s changed the data folder (-before +after):\n%s", name, diff)
		}
		if _, err := os.Stat(filepath.Join(filepath.Dir(c.Data), "out")); !errors.Is(err, fs.ErrNotExist) {
			t.Errorf("%s reached out of the folder", name)
		}
	}
}
