package server

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/appdock/appdock"
)

// maxSocketPath is the longest path that every system binds a unix socket to
// (sun_path is 104 bytes on macOS, 108 on Linux).
const maxSocketPath = 103

// Names inside a data folder.
const (
	databaseFile = "appdock.db"
	keyFile      = "appdock.key"
	socketFile   = "appdock.sock"
	lockFile     = "appdock.lock"
	filesFolder  = "files"
)

// SocketPath gives where a host on the data folder serves its operators.
func SocketPath(data string) string { return filepath.Join(data, socketFile) }

// folder is a data folder that this process alone holds.
type folder struct {
	path string
	lock *os.File
}

// openFolder takes hold of a data folder. Only one process may have it at a time; the
// refusal names the other.
func openFolder(path string, create bool, now time.Time) (*folder, error) {
	if create {
		if err := os.MkdirAll(path, 0o700); err != nil {
			return nil, unwritable(path, err)
		}
	}
	info, err := os.Stat(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil, noHost("the data folder " + path + " does not exist")
	case err != nil:
		return nil, unwritable(path, err)
	case !info.IsDir():
		return nil, unwritable(path, errors.New("it is no folder"))
	}
	if !create {
		if !holdsData(path) {
			return nil, noHost("the folder " + path + " is no data folder: there is no " + databaseFile + " in it")
		}
	}
	lock, err := os.OpenFile(filepath.Join(path, lockFile), os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, unwritable(path, err)
	}
	if err := tryLock(lock); err != nil {
		defer func() { _ = lock.Close() }() // nothing was written
		if !errors.Is(err, errLocked) {
			return nil, unwritable(path, err)
		}
		return nil, &appdock.Error{
			Kind: appdock.Conflict, Code: "ADK-DATA-LOCKED",
			Message: "The data folder " + path + " is in use",
			Cause:   "another Appdock holds it: " + holder(lock.Name()),
			Cure:    "Stop that process, or choose another folder with --data.",
		}
	}
	f := &folder{path: path, lock: lock}
	if err := f.sign(now); err != nil {
		return nil, errors.Join(unwritable(path, err), f.Close())
	}
	return f, nil
}

// holdsData says whether a host has kept its data in a folder, or that it is elsewhere.
func holdsData(path string) bool {
	for _, name := range []string{databaseFile, placeFile} {
		if _, err := os.Stat(filepath.Join(path, name)); !errors.Is(err, fs.ErrNotExist) {
			return true
		}
	}
	return false
}

func noHost(cause string) error {
	return &appdock.Error{
		Kind: appdock.Unavailable, Code: "ADK-HOST-UNREACHABLE",
		Message: "There is no host here",
		Cause:   cause,
		Cure:    "Start one with `appdock dev`, or name another folder with --data.",
	}
}

// sign says in the lock file who holds it.
func (f *folder) sign(now time.Time) error {
	if err := f.lock.Truncate(0); err != nil {
		return err
	}
	text := fmt.Sprintf("process %d, since %s\n", os.Getpid(), now.Format(time.DateTime))
	_, err := f.lock.WriteAt([]byte(text), 0)
	return err
}

// holder reads what the process that has the lock wrote into it.
func holder(path string) string {
	text, err := os.ReadFile(path)
	if err != nil || len(text) == 0 {
		return "a process that did not say who it is"
	}
	return strings.TrimSpace(string(text))
}

// Close lets go of the folder.
func (f *folder) Close() error { return errors.Join(unlock(f.lock), f.lock.Close()) }

// file gives the path of a file in the folder.
func (f *folder) file(name string) string { return filepath.Join(f.path, name) }

// shorten gives the path of what is in the folder from there, with slashes: the folder may
// be moved, copied or restored elsewhere. Another path stays what it is.
func (f *folder) shorten(path string) string {
	inside, err := filepath.Rel(f.full("."), path)
	if err != nil || !filepath.IsLocal(inside) {
		return path
	}
	return filepath.ToSlash(inside)
}

// full is the way back from shorten; an empty path stays empty.
func (f *folder) full(path string) string {
	if path == "" || filepath.IsAbs(path) {
		return path
	}
	path = filepath.Join(f.path, filepath.FromSlash(path))
	if whole, err := filepath.Abs(path); err == nil {
		return whole
	}
	return path
}

func unwritable(path string, err error) error {
	cause := err.Error()
	if pathErr, ok := errors.AsType[*fs.PathError](err); ok {
		cause = pathErr.Path + ": " + pathErr.Err.Error()
	}
	return &appdock.Error{
		Kind: appdock.Failed, Code: "ADK-DATA-UNWRITABLE",
		Message: "The data folder " + path + " cannot be used",
		Cause:   cause,
		Cure:    "Make the folder readable and writable for this user, or choose another with --data.",
	}
}
