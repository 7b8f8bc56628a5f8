package keyring

import (
	"crypto/rand"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"

	"github.com/appdock/appdock"
	"github.com/appdock/appdock/internal/files"
)

// Open reads the master key from the file at path. If there is no such file it makes one
// when fresh says that nothing was ever sealed, and else says that the key is missing: a
// new one would not open what the old one sealed. A key that others may read, or that is
// not [MasterSize] bytes long, is refused.
//
// The caller holds the lock of the data folder: two calls at once could make two keys.
func Open(path string, fresh bool) (*Ring, error) {
	info, err := os.Stat(path)
	if errors.Is(err, fs.ErrNotExist) {
		if fresh {
			return create(path)
		}
		return nil, &appdock.Error{
			Kind:    appdock.Failed,
			Code:    "ADK-KEY-MISSING",
			Message: fmt.Sprintf("The key file %s is missing.", path),
			Cause:   "it was deleted or not copied along; the database beside it holds secrets that only this key opens",
			Cure:    "Restore it from a backup.",
		}
	}
	if err != nil {
		return nil, unusable(path, err)
	}
	if private := info.Mode().Perm()&0o077 == 0; !private && runtime.GOOS != "windows" {
		return nil, &appdock.Error{
			Kind:    appdock.Failed,
			Code:    "ADK-KEY-PERMISSIONS",
			Message: fmt.Sprintf("The key file %s can be read by others.", path),
			Cause:   fmt.Sprintf("its permissions are %04o", info.Mode().Perm()),
			Cure:    "Run chmod 600 on it, and change the secrets if somebody may have read it.",
		}
	}
	master, err := os.ReadFile(path)
	if err != nil {
		return nil, unusable(path, err)
	}
	if len(master) != MasterSize {
		return nil, &appdock.Error{
			Kind:    appdock.Failed,
			Code:    "ADK-KEY-DAMAGED",
			Message: fmt.Sprintf("The key file %s is damaged.", path),
			Cause:   fmt.Sprintf("it has %d bytes instead of %d", len(master), MasterSize),
			Cure:    "Restore it from a backup; without it the stored secrets cannot be read.",
		}
	}
	return New(master)
}

// create makes the key and puts it in place whole: a crash must not leave half a key.
func create(path string) (*Ring, error) {
	master := make([]byte, MasterSize)
	_, _ = rand.Read(master) // never fails: crypto/rand ends the program instead
	draft := path + ".new"
	if err := os.Remove(draft); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, unusable(path, err)
	}
	if err := write(draft, master); err != nil {
		return nil, unusable(path, err)
	}
	if err := os.Rename(draft, path); err != nil {
		return nil, unusable(path, err)
	}
	if err := files.Sync(filepath.Dir(path)); err != nil {
		return nil, unusable(path, err)
	}
	return New(master)
}

func write(path string, data []byte) error {
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	_, err = f.Write(data)
	return errors.Join(err, f.Sync(), f.Close())
}

func unusable(path string, err error) error {
	return &appdock.Error{
		Kind:    appdock.Failed,
		Code:    "ADK-KEY-UNUSABLE",
		Message: fmt.Sprintf("The key file %s cannot be used.", path),
		Cause:   err.Error(),
		Cure:    "Check that the folder exists and belongs to the user that runs the host.",
		Err:     err,
	}
}
