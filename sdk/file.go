package sdk

import (
	"fmt"

	"github.com/appdock/appdock/sdk/internal/jsonfile"
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
	memory.save = func(shops map[string]Shop) error {
		if err := jsonfile.Write(path, shops); err != nil {
			return fmt.Errorf("write shops: %w", err)
		}
		return nil
	}
	if err := jsonfile.Read(path, &memory.shops); err != nil {
		return File{}, fmt.Errorf("read shops: %w", err)
	}
	return File{memory}, nil
}
