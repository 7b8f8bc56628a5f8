//go:build unix

package files

import (
	"errors"
	"fmt"
	"os"
)

// Sync makes the names in a folder survive a power cut. Windows cannot.
func Sync(path string) error {
	folder, err := os.Open(path)
	if err != nil {
		return fmt.Errorf("open a folder: %w", err)
	}
	if err := errors.Join(folder.Sync(), folder.Close()); err != nil {
		return fmt.Errorf("write the names in a folder: %w", err)
	}
	return nil
}
