package server

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/appdock/appdock"
	"github.com/appdock/appdock/internal/entity"
	"github.com/appdock/appdock/internal/files"
	"github.com/appdock/appdock/internal/keyring"
	"github.com/appdock/appdock/internal/shop"
	"github.com/appdock/appdock/internal/sqlite"
)

// Folders that a restore makes in the data folder; the last two are followed by its time.
const (
	unprovenFolder = "restore-unproven"
	provenFolder   = "restore-proven-"
	beforeFolder   = "before-restore-"
)

// Restored says what a restore did.
type Restored struct {
	Backup Backup `json:"backup"`
	Before string `json:"before,omitempty"` // folder with what was there; empty if nothing was
}

// Restore puts a backup into a data folder that no host runs on, made if it is not there.
// The key is that of the backup, else the file key, else the folder's own. Nothing of the
// folder is changed before the backup is proven: it is whole, its database opens here, and
// the key opens its secrets. What was there is kept in a folder beside. A restore that dies
// is as if it had not been, or is finished by the next host or restore.
func Restore(ctx context.Context, c Config, file, key string) (done Restored, err error) {
	if err := ownDatabase(c, "restore", "Stop the host, restore the database with pg_restore --clean --if-exists, and put what was copied with it back into "+
		c.Data+": "+keyFile+", and the folders "+filesFolder+" and "+uploadFolder+"."); err != nil {
		return done, err
	}
	now := time.Now()
	_, err = os.Stat(c.Data)
	fresh := errors.Is(err, fs.ErrNotExist)
	f, err := openFolder(c.Data, true, now)
	if err != nil {
		return done, err
	}
	defer func() {
		err = errors.Join(err, f.Close())
		if err != nil && fresh {
			_ = os.Remove(f.file(lockFile)) // what is left of a folder that was not there is only litter
			_ = os.Remove(f.path)
		}
	}()
	if err := f.finishRestore(); err != nil { // one that died
		return done, err
	}
	unproven := f.file(unprovenFolder)
	if err := os.RemoveAll(unproven); err != nil {
		return done, unwritable(f.path, err)
	}
	if err := os.Mkdir(unproven, 0o700); err != nil {
		return done, unwritable(f.path, err)
	}
	defer func() { err = errors.Join(err, os.RemoveAll(unproven)) }()
	if done.Backup, err = unpack(ctx, file, unproven); err != nil {
		return done, err
	}
	if err := f.bringKey(unproven, key); err != nil {
		return done, err
	}
	if err := prove(ctx, unproven); err != nil {
		return done, err
	}
	if err := syncFolders(unproven); err != nil {
		return done, unwritable(f.path, err)
	}
	stamp := now.UTC().Format("20060102T150405.000Z")
	if err := os.Rename(unproven, f.file(provenFolder+stamp)); err != nil {
		return done, unwritable(f.path, err)
	}
	if err := f.finishRestore(); err != nil {
		return done, err
	}
	if _, err := os.Stat(f.file(beforeFolder + stamp)); err == nil {
		done.Before = f.file(beforeFolder + stamp)
	}
	return done, nil
}

// bringKey puts a key beside the database of a backup that has none.
func (f *folder) bringKey(unproven, key string) error {
	target := filepath.Join(unproven, keyFile)
	_, err := os.Stat(target)
	if err == nil && key == "" {
		return nil
	}
	if key == "" {
		key = f.file(keyFile)
	}
	if _, err := os.Stat(key); errors.Is(err, fs.ErrNotExist) {
		return &appdock.Error{
			Kind: appdock.Failed, Code: "ADK-KEY-MISSING", Message: "There is no key for this backup",
			Cause: "it was made without one, and there is no " + key, Cure: "Name the key file that belongs to it with --key.",
		}
	}
	if _, err := keyring.Open(key, false); err != nil {
		return err
	}
	text, err := os.ReadFile(key)
	if err != nil {
		return unwritable(f.path, err)
	}
	if err := os.Remove(target); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return unwritable(f.path, err)
	}
	if err := writeOut(target, strings.NewReader(string(text))); err != nil {
		return unwritable(f.path, err)
	}
	return nil
}

// prove opens a database as a host would, which also brings it up to date.
func prove(ctx context.Context, path string) error {
	ring, err := keyring.Open(filepath.Join(path, keyFile), false)
	if err != nil {
		return err
	}
	schema, err := entity.NewSchema(shop.Definitions()...)
	if err != nil {
		return fmt.Errorf("put the entities together: %w", err)
	}
	store, err := sqlite.Open(ctx, sqlite.Options{
		Path: filepath.Join(path, databaseFile), Schema: schema, Sealer: ring, Now: time.Now, Log: slog.New(slog.DiscardHandler),
	})
	if err != nil {
		return err
	}
	return store.Close()
}

// finishRestore puts what was proven in place; nothing if there is nothing. It may die
// anywhere and be called again: what still stands among the proven ones has not
// replaced the old one yet. The old log goes first, for it belongs to no other database.
func (f *folder) finishRestore() error {
	found, err := fs.Glob(os.DirFS(f.path), provenFolder+"*")
	if err != nil || len(found) == 0 {
		return err
	}
	proven := f.file(found[0])
	before := f.file(beforeFolder + strings.TrimPrefix(filepath.Base(proven), provenFolder))
	if _, err := os.Stat(filepath.Join(proven, databaseFile)); err == nil {
		for _, name := range []string{databaseFile + "-wal", databaseFile + "-shm"} {
			if err := setAside(f.file(name), before); err != nil {
				return unwritable(f.path, err)
			}
		}
		if err := f.syncBoth(before); err != nil {
			return unwritable(f.path, err)
		}
	}
	for _, name := range []string{filesFolder, uploadFolder, keyFile, databaseFile} {
		if _, err := os.Stat(filepath.Join(proven, name)); errors.Is(err, fs.ErrNotExist) {
			continue
		}
		err := setAside(f.file(name), before)
		if err == nil {
			err = os.Rename(filepath.Join(proven, name), f.file(name))
		}
		if err != nil {
			return unwritable(f.path, err)
		}
	}
	if err := errors.Join(f.syncBoth(before), os.RemoveAll(proven)); err != nil {
		return unwritable(f.path, err)
	}
	return nil
}

// syncBoth makes the moves between the data folder and the one beside survive a power cut.
func (f *folder) syncBoth(before string) error {
	err := files.Sync(before)
	if errors.Is(err, fs.ErrNotExist) {
		err = nil
	}
	return errors.Join(err, files.Sync(f.path))
}

// setAside moves a file into a folder, made if needed; nothing if there is no such file.
func setAside(path, before string) error {
	if _, err := os.Lstat(path); errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err := os.MkdirAll(before, 0o700); err != nil {
		return err
	}
	return os.Rename(path, filepath.Join(before, filepath.Base(path)))
}
