//go:build unix

package files

import (
	"errors"
	"fmt"
	"os"
)

// syncFolder makes the names in a folder last.
func syncFolder(path string) error {
	folder, err := os.Open(path)
	if err != nil {
		return fmt.Errorf("open the folder of a file: %w", err)
	}
	if err := errors.Join(folder.Sync(), folder.Close()); err != nil {
		return fmt.Errorf("write the folder of a file: %w", err)
	}
	return nil
}
