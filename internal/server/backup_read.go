package server

import (
	"archive/tar"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/appdock/appdock"
	"github.com/appdock/appdock/internal/files"
	"github.com/appdock/appdock/internal/sqlite"
)

// readBackup hands the files of a backup to take, one after the other, and fails unless all
// of them are there and none was changed: what was taken is to be thrown away then. take
// reads its content to the end, or fails.
func readBackup(ctx context.Context, file string, take func(name string, content io.Reader) error) (b Backup, err error) {
	in, err := os.Open(file)
	if err != nil {
		return b, &appdock.Error{
			Kind: appdock.NotFound, Code: "ADK-BACKUP-UNREADABLE", Message: "The backup " + file + " cannot be opened",
			Cause: reason(err), Cure: "Name a file that `appdock backup` made and that this user may read.",
		}
	}
	defer func() { err = errors.Join(err, in.Close()) }()
	archive := tar.NewReader(interruptible{ctx, in})
	var sums strings.Builder
	stated, complete := "", false
	for position := 0; ; position++ {
		head, err := archive.Next()
		if errors.Is(err, io.EOF) && position > 0 {
			break
		}
		switch {
		case ctx.Err() != nil:
			return b, ctx.Err()
		case position == 0 && (err != nil || head.Name != descriptionFile):
			return b, &appdock.Error{
				Kind: appdock.Invalid, Code: "ADK-BACKUP-FOREIGN", Message: "The file " + file + " is no backup",
				Cause: "it does not begin as `appdock backup` begins its files", Cure: "Name a file that `appdock backup` made.", Err: err,
			}
		case err != nil:
			return b, cut(file, "it ends too early", err)
		case head.Typeflag != tar.TypeReg, !inBackup(head.Name), head.Size > maxSmallFile && (head.Name == descriptionFile || head.Name == keyFile),
			complete, position > 0 && head.Name == descriptionFile:
			return b, cut(file, "it has something in it that no backup has: "+head.Name, nil)
		case head.Name == sumsFile:
			complete = true
			if head.Size != int64(sums.Len()) {
				continue // told below: they are not the same
			}
			text, err := io.ReadAll(archive)
			if err != nil {
				return b, cut(file, "it ends too early", err)
			}
			stated = string(text)
			continue
		}
		sum := sha256.New()
		content := io.TeeReader(archive, sum)
		if position == 0 {
			b, err = describe(file, content)
		} else {
			err = take(head.Name, content)
		}
		switch {
		case ctx.Err() != nil:
			return b, ctx.Err()
		case errors.Is(err, io.ErrUnexpectedEOF):
			return b, cut(file, "it ends too early", err)
		case err != nil:
			return b, err
		}
		sums.WriteString(sumLine(sum.Sum(nil), head.Name))
	}
	switch {
	case !complete:
		return b, cut(file, "it ends too early", nil)
	case stated != sums.String():
		return b, cut(file, "its files are not those that were written", nil)
	}
	return b, nil
}

// inBackup says whether a backup has a file of this name. Names that lead out of the data
// folder, or to what is not restored, are none.
func inBackup(name string) bool {
	switch name {
	case descriptionFile, databaseFile, keyFile, sumsFile:
		return true
	}
	folder, rest, _ := strings.Cut(name, "/")
	if !fs.ValidPath(name) || !filepath.IsLocal(filepath.FromSlash(name)) || strings.ContainsAny(name, "\\\x00:") {
		return false
	}
	switch folder {
	case filesFolder:
		hash := rest[strings.LastIndexByte(rest, '/')+1:]
		raw, err := hex.DecodeString(hash)
		return err == nil && len(raw) == sha256.Size && rest == hash[:2]+"/"+hash
	case uploadFolder:
		return strings.Count(rest, "/") >= 1 // a folder, of which the app's is one
	}
	return false
}

// describe reads the description, which comes first: a format that is not known is not
// read any further.
func describe(file string, content io.Reader) (b Backup, err error) {
	text, err := io.ReadAll(content)
	if err != nil {
		return b, err
	}
	if err := json.Unmarshal(text, &b); err != nil || b.Format < 1 {
		return b, cut(file, "its description cannot be read", err)
	}
	if b.Format > backupFormat {
		return b, &appdock.Error{
			Kind: appdock.Failed, Code: "ADK-DATA-NEWER", Message: "The backup " + file + " belongs to a newer version of Appdock",
			Cause: fmt.Sprintf("its format is %d, this program knows %d", b.Format, backupFormat), Cure: "Restore it with Appdock " + b.Version + ".",
		}
	}
	return b, nil
}

// unpack puts the files of a backup into an empty folder and proves them: all are there,
// none was changed, and the database is whole and no newer than this program. The folders of
// a data folder are there even if nothing is in them.
func unpack(ctx context.Context, file, into string) (Backup, error) {
	for _, folder := range []string{filesFolder, uploadFolder} {
		if err := os.Mkdir(filepath.Join(into, folder), 0o700); err != nil {
			return Backup{}, unwritable(into, err)
		}
	}
	b, err := readBackup(ctx, file, func(name string, content io.Reader) error {
		path := filepath.Join(into, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			return unwritable(into, err)
		}
		err := writeOut(path, content)
		switch {
		case errors.Is(err, io.ErrUnexpectedEOF): // the backup, not the disk
			return err
		case errors.Is(err, fs.ErrExist):
			return cut(file, "it has a file twice: "+name, err)
		case err != nil:
			return unwritable(into, err)
		}
		return nil
	})
	if err != nil {
		return b, err
	}
	if _, err := os.Stat(filepath.Join(into, databaseFile)); errors.Is(err, fs.ErrNotExist) {
		return b, cut(file, "there is no database in it", nil)
	}
	if _, err := sqlite.Inspect(ctx, filepath.Join(into, databaseFile)); err != nil {
		return b, fmt.Errorf("check the database of the backup: %w", err)
	}
	return b, nil
}

// writeOut makes a file.
func writeOut(path string, from io.Reader) error {
	out, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	_, err = io.Copy(out, from)
	return errors.Join(err, out.Sync(), out.Close())
}

// syncFolders makes the names of all files below a folder survive a power cut.
func syncFolders(path string) error {
	return filepath.WalkDir(path, func(path string, d fs.DirEntry, err error) error {
		if err != nil || !d.IsDir() {
			return err
		}
		return files.Sync(path)
	})
}

func cut(file, cause string, err error) error {
	return &appdock.Error{
		Kind: appdock.Invalid, Code: "ADK-BACKUP-DAMAGED", Message: "The backup " + file + " is damaged",
		Cause: cause, Cure: "Copy it again from where it was made, or take another backup. Nothing was changed.", Err: err,
	}
}
