// Package files keeps the files of media in a data folder, each under the hash of its
// content: what is there never changes, and what is put twice is kept once. A file has its
// name only when all of it is on the disk.
package files

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/appdock/appdock"
)

// Store is a folder of files.
type Store struct{ path string }

// Open takes a folder, which is made with the first file.
func Open(path string) *Store { return &Store{path} }

// Put keeps all that content gives, and returns the hash that it is found by and its size.
// An error of content comes back, and nothing is kept.
func (s *Store) Put(content io.Reader) (hash string, size int64, err error) {
	if err := os.MkdirAll(s.path, 0o700); err != nil {
		return "", 0, fmt.Errorf("make the folder of files: %w", err)
	}
	part, err := os.CreateTemp(s.path, ".part-")
	if err != nil {
		return "", 0, fmt.Errorf("make a file: %w", err)
	}
	defer func() {
		_ = part.Close()           // a second time if all went well
		_ = os.Remove(part.Name()) // it has another name then
	}()
	sum := sha256.New()
	if size, err = io.Copy(io.MultiWriter(part, sum), content); err != nil {
		return "", 0, err
	}
	if err := errors.Join(part.Sync(), part.Close()); err != nil {
		return "", 0, fmt.Errorf("write a file: %w", err)
	}
	hash = hex.EncodeToString(sum.Sum(nil))
	folder := filepath.Dir(s.at(hash))
	if err := os.MkdirAll(folder, 0o700); err != nil {
		return "", 0, fmt.Errorf("make the folder of a file: %w", err)
	}
	if err := os.Rename(part.Name(), s.at(hash)); err != nil {
		return "", 0, fmt.Errorf("name a file: %w", err)
	}
	return hash, size, Sync(folder)
}

// Get opens the file with a hash; NotFound if there is none.
func (s *Store) Get(hash string) (io.ReadSeekCloser, error) {
	if raw, err := hex.DecodeString(hash); err != nil || len(raw) != sha256.Size {
		return nil, missing(hash)
	}
	f, err := os.Open(s.at(hash))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, missing(hash)
	}
	if err != nil {
		return nil, fmt.Errorf("open a file: %w", err)
	}
	return f, nil
}

func (s *Store) at(hash string) string { return filepath.Join(s.path, hash[:2], hash) }

func missing(hash string) error {
	return &appdock.Error{
		Kind: appdock.NotFound, Code: "ADK-FILE-MISSING",
		Message: "The file is not in the data folder.",
		Cause:   "it was removed there, or the folder was restored without its files",
		Cure:    "Upload it again, or copy the folder files of the old data folder beside the database.",
		Err:     fmt.Errorf("file %q", hash),
	}
}
