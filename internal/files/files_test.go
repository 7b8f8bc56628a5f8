package files_test

import (
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/appdock/appdock"
	"github.com/appdock/appdock/internal/files"
)

func TestFiles(t *testing.T) {
	t.Parallel()
	folder := filepath.Join(t.TempDir(), "files")
	store := files.Open(folder)
	const hash = "0000000000000000000000000000000000000000000000000000000000000000"
	first, size, err := store.Put(strings.NewReader("tea"))
	if err != nil || size != 3 || len(first) != len(hash) {
		t.Fatalf("put: %q, %d, %v", first, size, err)
	}
	again, _, err := store.Put(strings.NewReader("tea"))
	if err != nil || again != first {
		t.Errorf("put again: %q, %v, want %q", again, err, first)
	}
	broken := errors.New("the client went away")
	if _, _, err := store.Put(io.MultiReader(strings.NewReader("half"), iotest.ErrReader(broken))); !errors.Is(err, broken) {
		t.Errorf("put what breaks off: %v", err)
	}
	f, err := files.Open(folder).Get(first)
	if err != nil {
		t.Fatal(err)
	}
	text, err := io.ReadAll(f)
	if string(text) != "tea" || err != nil || f.Close() != nil {
		t.Errorf("got %q, %v", text, err)
	}
	for _, wrong := range []string{"", "x", hash, "../" + first, first[:10], strings.ToUpper("..") + first[2:]} {
		if _, err := store.Get(wrong); appdock.KindOf(err) != appdock.NotFound {
			t.Errorf("get %q: %v, want it not to be found", wrong, err)
		}
	}
	var left []string
	err = filepath.WalkDir(folder, func(path string, d os.DirEntry, err error) error {
		if err == nil && !d.IsDir() {
			left = append(left, path)
		}
		return err
	})
	if err != nil || len(left) != 1 {
		t.Errorf("the folder has %q, %v, want one file", left, err)
	}
}
