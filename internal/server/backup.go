package server

import (
	"archive/tar"
	"bytes"
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
	"time"

	"github.com/appdock/appdock"
	"github.com/appdock/appdock/internal/files"
	"github.com/appdock/appdock/internal/keyring"
	"github.com/appdock/appdock/internal/sqlite"
)

// A backup is a tar file: the description, the database, the key if it is in, and last the
// sums of these, in the form of sha256sum. What has no sums was cut off.
const (
	descriptionFile = "backup.json"
	sumsFile        = "SHA256SUMS"
	backupFormat    = 1
	maxSmallFile    = 64 << 10 // of all files but the database
)

// Backup says what a backup is.
type Backup struct {
	Format   int       `json:"format"`
	Version  string    `json:"version"`  // of the program that made it
	Schema   int64     `json:"schema"`   // version of the database
	At       time.Time `json:"at"`       // not later than the moment it shows
	Key      bool      `json:"key"`      // whether the key is in it
	Database int64     `json:"database"` // bytes
}

// BackUp writes all that a data folder holds into a new file, as it is at one moment,
// while a host may run on it. With key the key file is in it: such a backup opens every
// secret. What was written is read back and proven before the file gets its name.
func BackUp(ctx context.Context, c Config, file string, key bool) (_ Backup, err error) {
	b := Backup{Format: backupFormat, Version: c.Version, At: time.Now().UTC().Truncate(time.Second), Key: key}
	if err := ownDatabase(c, "backup", "Back up the database with pg_dump --format=custom, and keep "+filepath.Join(c.Data, keyFile)+" with it: "+
		"without it no secret can be read."); err != nil {
		return b, err
	}
	database := filepath.Join(c.Data, databaseFile)
	if _, err := os.Stat(database); errors.Is(err, fs.ErrNotExist) {
		return b, noHost("there is no " + databaseFile + " in " + c.Data)
	}
	if _, err := os.Lstat(file); err == nil {
		return b, &appdock.Error{
			Kind: appdock.Conflict, Code: "ADK-BACKUP-EXISTS", Message: "There is a file " + file + " already",
			Cause: "a backup replaces nothing", Cure: "Choose another name, or remove that file.",
		}
	}
	work, err := os.MkdirTemp(filepath.Dir(file), ".appdock-backup-")
	if err != nil {
		return b, unwritten(file, err)
	}
	defer func() { err = errors.Join(err, os.RemoveAll(work)) }()
	copied := filepath.Join(work, databaseFile)
	if err := sqlite.Snapshot(ctx, database, copied); err != nil {
		return b, unwritten(file, err)
	}
	if b.Schema, err = sqlite.Inspect(ctx, copied); err != nil {
		return b, fmt.Errorf("check the copy of the database: %w", err)
	}
	info, err := os.Stat(copied)
	if err != nil {
		return b, unwritten(file, err)
	}
	b.Database = info.Size()
	names := map[string]string{databaseFile: copied}
	if key {
		names[keyFile] = filepath.Join(c.Data, keyFile)
		if _, err := keyring.Open(names[keyFile], false); err != nil {
			return b, err
		}
	}
	packed := filepath.Join(work, "packed")
	if err := pack(ctx, packed, b, names); err != nil {
		return b, unwritten(file, err)
	}
	proof := filepath.Join(work, "proof")
	if err := os.Mkdir(proof, 0o700); err != nil {
		return b, unwritten(file, err)
	}
	if _, err := unpack(ctx, packed, proof); err != nil {
		return b, fmt.Errorf("read the backup back: %w", err)
	}
	// A link, other than a rename, replaces nothing that came meanwhile.
	if err := os.Link(packed, file); err != nil {
		return b, unwritten(file, err)
	}
	return b, files.Sync(filepath.Dir(file))
}

func pack(ctx context.Context, path string, b Backup, names map[string]string) (err error) {
	out, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, out.Close()) }()
	archive := tar.NewWriter(out)
	sums := ""
	add := func(name string, size int64, from io.Reader) error {
		if err := archive.WriteHeader(&tar.Header{Name: name, Mode: 0o600, Size: size, ModTime: b.At, Format: tar.FormatPAX}); err != nil {
			return err
		}
		sum := sha256.New()
		if _, err := io.Copy(io.MultiWriter(archive, sum), interruptible{ctx, from}); err != nil {
			return err
		}
		sums += hex.EncodeToString(sum.Sum(nil)) + "  " + name + "\n"
		return nil
	}
	description, err := json.MarshalIndent(b, "", "  ")
	if err != nil {
		return err
	}
	if err := add(descriptionFile, int64(len(description)), bytes.NewReader(description)); err != nil {
		return err
	}
	for _, name := range []string{keyFile, databaseFile} {
		if from, ok := names[name]; ok {
			if err := addFile(name, from, add); err != nil {
				return err
			}
		}
	}
	if err := add(sumsFile, int64(len(sums)), bytes.NewReader([]byte(sums))); err != nil {
		return err
	}
	return errors.Join(archive.Close(), out.Sync())
}

func addFile(name, path string, add func(string, int64, io.Reader) error) (err error) {
	in, err := os.Open(path)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, in.Close()) }()
	info, err := in.Stat()
	if err != nil {
		return err
	}
	return add(name, info.Size(), in)
}

// unpack puts the files of a backup into an empty folder and proves them: all are there,
// none was changed, and the database is whole and no newer than this program.
func unpack(ctx context.Context, file, into string) (b Backup, err error) {
	in, err := os.Open(file)
	if err != nil {
		return b, &appdock.Error{
			Kind: appdock.NotFound, Code: "ADK-BACKUP-UNREADABLE", Message: "The backup " + file + " cannot be opened",
			Cause: reason(err), Cure: "Name a file that `appdock backup` made and that this user may read.",
		}
	}
	defer func() { err = errors.Join(err, in.Close()) }()
	archive := tar.NewReader(interruptible{ctx, in})
	sums, stated := "", ""
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
		case head.Typeflag != tar.TypeReg, head.Name != databaseFile && head.Size > maxSmallFile:
			return b, cut(file, "it has something in it that no backup has: "+head.Name, nil)
		}
		switch head.Name {
		case sumsFile:
			text, err := io.ReadAll(archive)
			if err != nil {
				return b, cut(file, "it ends too early", err)
			}
			stated = string(text)
			continue
		case descriptionFile, databaseFile, keyFile:
		default:
			return b, cut(file, "it has something in it that no backup has: "+head.Name, nil)
		}
		sum, err := writeOut(filepath.Join(into, head.Name), archive)
		if err != nil {
			if errors.Is(err, io.ErrUnexpectedEOF) {
				return b, cut(file, "it ends too early", err)
			}
			return b, unwritable(into, err)
		}
		sums += sum + "  " + head.Name + "\n"
		if position == 0 {
			if b, err = describe(file, filepath.Join(into, head.Name)); err != nil {
				return b, err
			}
		}
	}
	switch {
	case stated == "":
		return b, cut(file, "it ends too early", nil)
	case stated != sums:
		return b, cut(file, "its files are not those that were written", nil)
	}
	if _, err := sqlite.Inspect(ctx, filepath.Join(into, databaseFile)); err != nil {
		return b, fmt.Errorf("check the database of the backup: %w", err)
	}
	return b, os.Remove(filepath.Join(into, descriptionFile))
}

// describe reads the description, which comes first: a format that is not known is not
// read any further.
func describe(file, path string) (b Backup, err error) {
	text, err := os.ReadFile(path)
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

// writeOut makes a file of its own and gives its sum.
func writeOut(path string, from io.Reader) (string, error) {
	out, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return "", err
	}
	sum := sha256.New()
	_, err = io.Copy(io.MultiWriter(out, sum), from)
	return hex.EncodeToString(sum.Sum(nil)), errors.Join(err, out.Sync(), out.Close())
}

// interruptible is a reader that ends with its context.
type interruptible struct {
	ctx  context.Context //nolint:containedctx // it lives as long as the call that made it
	from io.Reader
}

func (r interruptible) Read(p []byte) (int, error) {
	if err := r.ctx.Err(); err != nil {
		return 0, err
	}
	return r.from.Read(p)
}

func cut(file, cause string, err error) error {
	return &appdock.Error{
		Kind: appdock.Invalid, Code: "ADK-BACKUP-DAMAGED", Message: "The backup " + file + " is damaged",
		Cause: cause, Cure: "Copy it again from where it was made, or take another backup. Nothing was changed.", Err: err,
	}
}

// unwritten is told where nothing better is known of why a backup could not be written.
func unwritten(file string, err error) error {
	if appdock.CodeOf(err) != "" || errors.Is(err, context.Canceled) {
		return err
	}
	return &appdock.Error{
		Kind: appdock.Failed, Code: "ADK-BACKUP-UNWRITABLE", Message: "The backup " + file + " cannot be written",
		Cause: reason(err), Cure: "Choose a folder that this user may write to, with room for three times the database.", Err: err,
	}
}

// reason is what the system says, without the call that it says it of.
func reason(err error) string {
	if pathErr, ok := errors.AsType[*fs.PathError](err); ok {
		return pathErr.Path + ": " + pathErr.Err.Error()
	}
	return err.Error()
}
