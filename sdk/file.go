package sdk

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

// File keeps shops in one JSON file, for apps with a few of them. Every change is written
// whole and then renamed into place, so the file is always a complete one. It holds
// secrets and is readable by its owner alone. One process may use it at a time.
//
// Handled events are remembered until the process ends.
type File struct{ *Memory }

var (
	_ ShopRepository = File{}
	_ Deduper        = File{}
)

// OpenFile reads the shops of an earlier run. A file that does not exist is made at the
// first change; one that cannot be read is an error, because to start without it would
// lock the app out of its shops.
func OpenFile(path string) (File, error) {
	memory := NewMemory()
	memory.save = func(shops map[string]Shop) error { return writeFile(path, shops) }
	text, err := os.ReadFile(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return File{memory}, nil
	case err != nil:
		return File{}, fmt.Errorf("read shops: %w", err)
	}
	if err := json.Unmarshal(text, &memory.shops); err != nil {
		return File{}, fmt.Errorf("read shops of %s: %w", path, err)
	}
	return File{memory}, nil
}

func writeFile(path string, shops map[string]Shop) (err error) {
	text, err := json.MarshalIndent(shops, "", "\t")
	if err != nil {
		return fmt.Errorf("write shops: %w", err)
	}
	// CreateTemp makes it 0600.
	f, err := os.CreateTemp(filepath.Dir(path), filepath.Base(path)+".*")
	if err != nil {
		return fmt.Errorf("write shops: %w", err)
	}
	defer func() {
		if err != nil {
			err = errors.Join(fmt.Errorf("write shops: %w", err), os.Remove(f.Name()))
		}
	}()
	_, err = f.Write(text)
	if err == nil {
		err = f.Sync()
	}
	if err = errors.Join(err, f.Close()); err != nil {
		return err
	}
	return os.Rename(f.Name(), path)
}
