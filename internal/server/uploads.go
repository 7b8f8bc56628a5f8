package server

import (
	"archive/zip"
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"github.com/appdock/appdock"
	"github.com/appdock/appdock/internal/control"
	"github.com/appdock/appdock/manifest"
)

const (
	// uploadFolder is where the folders of apps are kept that came from other machines.
	uploadFolder = "apps"
	// uploadLife is how long one is kept that no app was installed from.
	uploadLife = 24 * time.Hour
)

// uploads writes one folder at a time.
type uploads struct{ mu sync.Mutex }

// Upload keeps the folder of an app. Its place is named by what is in it: the same archive
// comes to the same folder, and no other replaces it.
func (s *Shop) Upload(ctx context.Context, archive []byte) (control.Source, error) {
	packed, err := zip.NewReader(bytes.NewReader(archive), int64(len(archive)))
	if err != nil {
		return control.Source{}, &appdock.Error{
			Kind: appdock.Invalid, Code: "ADK-UPLOAD-DAMAGED", Message: "The app's folder did not arrive whole",
			Cause: "it is no zip archive: " + err.Error(), Cure: "Send it again, with a command line of the host's version.", Err: err,
		}
	}
	_, top, problems := manifest.Archive(packed, "upload.zip", "")
	if problems.HasErrors() {
		return control.Source{}, invalid("upload.zip", problems)
	}
	u := &s.host.uploads
	u.mu.Lock()
	defer u.mu.Unlock()
	sum := sha256.Sum256(archive)
	home := s.host.folder.file(filepath.Join(uploadFolder, hex.EncodeToString(sum[:16])))
	source := control.Source{Path: filepath.Join(home, top)}
	if err := s.host.sweepUploads(ctx, home, time.Now()); err != nil {
		return control.Source{}, err
	}
	if _, err := os.Stat(source.Path); err == nil {
		return source, os.Chtimes(home, time.Time{}, time.Now()) // its life begins anew
	}
	draft := home + ".new"
	if err := errors.Join(os.RemoveAll(draft), os.MkdirAll(draft, 0o700)); err != nil {
		return control.Source{}, unwritable(s.host.folder.path, err)
	}
	err = unpackApp(packed, draft)
	if err == nil {
		err = os.Rename(draft, home)
	}
	if err != nil {
		err = errors.Join(err, os.RemoveAll(draft))
		if appdock.CodeOf(err) == "" {
			err = unwritable(s.host.folder.path, err)
		}
		return control.Source{}, err
	}
	return source, nil
}

// unpackApp writes the files of an archive that was checked. What it says of their sizes was
// believed for that, so no more than it says is written; links are no part of an app.
func unpackApp(archive *zip.Reader, into string) (err error) {
	root, err := os.OpenRoot(into)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, root.Close()) }()
	for _, f := range archive.File {
		name := filepath.FromSlash(strings.TrimSuffix(f.Name, "/"))
		switch {
		case f.Mode().IsDir() || strings.HasSuffix(f.Name, "/"):
			err = root.MkdirAll(name, 0o700)
		case !f.Mode().IsRegular():
			err = &appdock.Error{
				Kind: appdock.Invalid, Code: "ADK-UPLOAD-DAMAGED", Message: "The app's folder has something in it that is no file",
				Cause: f.Name + " is a link or a device", Cure: "Leave it out.",
			}
		default:
			err = unpackFile(root, f, name)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

func unpackFile(root *os.Root, f *zip.File, name string) error {
	if err := root.MkdirAll(filepath.Dir(name), 0o700); err != nil {
		return err
	}
	broken := func(cause string, err error) error {
		return &appdock.Error{
			Kind: appdock.Invalid, Code: "ADK-UPLOAD-DAMAGED", Message: "The app's folder did not arrive whole",
			Cause: f.Name + ": " + cause, Cure: "Send it again, with a command line of the host's version.", Err: err,
		}
	}
	in, err := f.Open()
	if err != nil {
		return broken("it cannot be unpacked", err)
	}
	defer func() { _ = in.Close() }() // it was only read
	out, err := root.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	size := int64(f.UncompressedSize64) //nolint:gosec // the archive was refused if it says more than a package may have
	n, err := io.Copy(out, io.LimitReader(in, size+1))
	if err != nil || n > size {
		cause := "it cannot be unpacked"
		if n > size {
			cause = "it is longer than the archive says"
		}
		if pathErr, ok := errors.AsType[*fs.PathError](err); ok { // the disk, not the archive
			return errors.Join(pathErr, out.Close())
		}
		return errors.Join(broken(cause, err), out.Close())
	}
	return out.Close()
}

// sweepUploads removes what was uploaded a day ago and no app was installed from.
func (s *Server) sweepUploads(ctx context.Context, spare string, now time.Time) error {
	var used []string
	for _, shop := range s.shops.all() {
		all, err := s.apps.All(ctx, shop.ID)
		if err != nil {
			return err
		}
		for _, r := range all {
			used = append(used, s.folder.full(r.Profile.Path))
		}
	}
	home := s.folder.file(uploadFolder)
	entries, err := os.ReadDir(home)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("look through what was uploaded: %w", err)
	}
	for _, e := range entries {
		path := filepath.Join(home, e.Name())
		info, err := e.Info()
		if err != nil || path == spare || now.Sub(info.ModTime()) < uploadLife || usedBelow(used, s.folder.full(uploadFolder+"/"+e.Name())) {
			continue
		}
		if err := os.RemoveAll(path); err != nil {
			return unwritable(s.folder.path, err)
		}
	}
	return nil
}

func usedBelow(used []string, folder string) bool {
	for _, path := range used {
		if strings.HasPrefix(path, folder+string(filepath.Separator)) {
			return true
		}
	}
	return false
}
