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
	"path"
	"path/filepath"
	"strings"
	"time"

	"github.com/appdock/appdock"
	"github.com/appdock/appdock/internal/files"
	"github.com/appdock/appdock/internal/keyring"
	"github.com/appdock/appdock/internal/sqlite"
)

// A backup is a tar file: the description, the key if it is in, the database, the files of
// media and the folders of apps that the database needs, and last the sums of all these, in
// the form of sha256sum. What has no sums was cut off.
const (
	descriptionFile = "backup.json"
	sumsFile        = "SHA256SUMS"
	backupFormat    = 1
	maxSmallFile    = 64 << 10 // of the description and the key
)

// Backup says what a backup is.
type Backup struct {
	Format   int       `json:"format"`
	Version  string    `json:"version"`  // of the program that made it
	Schema   int64     `json:"schema"`   // version of the database
	At       time.Time `json:"at"`       // not later than the moment it shows
	Key      bool      `json:"key"`      // whether the key is in it
	Database int64     `json:"database"` // bytes
	Files    int       `json:"files"`    // of media
	Apps     int       `json:"apps"`     // folders that were sent from elsewhere
	// Lost names what the database speaks of and the data folder has lost, so that it is not
	// in the backup either.
	Lost []string `json:"lost,omitempty"`
}

// BackUp writes all that a data folder holds into a new file, as it is at one moment,
// while a host may run on it. With key the key file is in it: such a backup opens every
// secret. What was written is read back and proven before the file gets its name.
func BackUp(ctx context.Context, c Config, file string, key bool) (b Backup, err error) {
	if err := ownDatabase(c, "backup", "Back up the database with pg_dump --format=custom, and after it copy what is in "+c.Data+": "+
		keyFile+", without which no secret can be read, "+instanceFile+", and the folders "+filesFolder+" and "+uploadFolder+
		". docs/how-to/run-on-postgresql.md has the commands."); err != nil {
		return b, err
	}
	if _, err := os.Stat(filepath.Join(c.Data, databaseFile)); errors.Is(err, fs.ErrNotExist) {
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
	var packed string
	// An app that is uninstalled takes its folder along a day later at the earliest, and may
	// do so between the snapshot and the copy of the folder: then another snapshot does not
	// know it. (The files of media are never removed.)
	for try := range 3 {
		draft := filepath.Join(work, fmt.Sprint(try))
		if err := os.Mkdir(draft, 0o700); err != nil {
			return b, unwritten(file, err)
		}
		packed = filepath.Join(draft, "packed")
		b, err = backUp(ctx, c, draft, packed, key)
		if !errors.Is(err, errGone) {
			break
		}
		if err := os.RemoveAll(draft); err != nil {
			return b, unwritten(file, err)
		}
	}
	if err != nil {
		return b, unwritten(file, err)
	}
	written, err := readBackup(ctx, packed, func(_ string, content io.Reader) error {
		_, err := io.Copy(io.Discard, content)
		return err
	})
	if err != nil {
		return b, fmt.Errorf("read the backup back: %w", err)
	}
	if !written.At.Equal(b.At) || written.Files != b.Files || written.Database != b.Database {
		return b, fmt.Errorf("read the backup back: it describes itself as %+v instead of %+v", written, b)
	}
	// A link, other than a rename, replaces nothing that came meanwhile.
	if err := os.Link(packed, file); err != nil {
		return b, unwritten(file, err)
	}
	return b, files.Sync(filepath.Dir(file))
}

// errGone: a folder that the snapshot needs went while the backup was made.
var errGone = errors.New("an app's folder was removed meanwhile")

// backUp packs what the data folder holds now. The snapshot of the database comes first:
// what it needs beside it was there before it, and does not change.
func backUp(ctx context.Context, c Config, draft, packed string, key bool) (Backup, error) {
	b := Backup{Format: backupFormat, Version: c.Version, At: time.Now().UTC().Truncate(time.Second), Key: key}
	copied := filepath.Join(draft, databaseFile)
	err := sqlite.Snapshot(ctx, filepath.Join(c.Data, databaseFile), copied)
	if err != nil {
		return b, err
	}
	if b.Schema, err = sqlite.Inspect(ctx, copied); err != nil {
		return b, fmt.Errorf("check the copy of the database: %w", err)
	}
	info, err := os.Stat(copied)
	if err != nil {
		return b, err
	}
	b.Database = info.Size()
	in := []entry{{databaseFile, copied}}
	if key {
		in = append(in, entry{keyFile, filepath.Join(c.Data, keyFile)})
		if _, err := keyring.Open(in[1].path, false); err != nil {
			return b, err
		}
	}
	beside, err := sqlite.Beside(ctx, copied)
	if err != nil {
		return b, fmt.Errorf("look what the database needs: %w", err)
	}
	media, lost, err := mediaEntries(ctx, c.Data, beside.Hashes)
	if err != nil {
		return b, err
	}
	apps, found, lostApps, err := appEntries(c.Data, beside.Folders)
	if err != nil {
		return b, err
	}
	b.Files, b.Apps, b.Lost = len(media), found, append(lost, lostApps...)
	return b, pack(ctx, packed, b, append(append(in, media...), apps...))
}

// entry is a file of a backup, and where it is read from.
type entry struct{ name, path string }

// mediaEntries finds the files of media by their hashes. One that is not what its name says
// is as lost as one that is not there: the disk did that, and a backup must not hide it.
func mediaEntries(ctx context.Context, data string, hashes []string) (in []entry, lost []string, err error) {
	store := files.Open(filepath.Join(data, filesFolder))
	for _, hash := range hashes {
		content, err := store.Get(hash)
		if appdock.KindOf(err) == appdock.NotFound && err != nil {
			lost = append(lost, filesFolder+"/"+hash)
			continue
		}
		if err != nil {
			return nil, nil, err
		}
		sum := sha256.New()
		_, err = io.Copy(sum, interruptible{ctx, content})
		if err := errors.Join(err, content.Close()); err != nil {
			return nil, nil, err
		}
		if hex.EncodeToString(sum.Sum(nil)) != hash {
			lost = append(lost, filesFolder+"/"+hash)
			continue
		}
		name := path.Join(filesFolder, hash[:2], hash)
		in = append(in, entry{name, filepath.Join(data, filepath.FromSlash(name))})
	}
	return in, lost, nil
}

// appEntries finds the files of apps that were sent from elsewhere.
func appEntries(data string, folders []string) (in []entry, found int, lost []string, err error) {
	for _, folder := range folders {
		base := filepath.Join(data, filepath.FromSlash(folder))
		if _, err := os.Stat(base); errors.Is(err, fs.ErrNotExist) {
			lost = append(lost, folder)
			continue
		}
		err := filepath.WalkDir(base, func(path string, d fs.DirEntry, err error) error {
			if err != nil || !d.Type().IsRegular() {
				return err
			}
			name, err := filepath.Rel(data, path)
			in = append(in, entry{filepath.ToSlash(name), path})
			return err
		})
		if errors.Is(err, fs.ErrNotExist) {
			return nil, 0, nil, errGone
		}
		if err != nil {
			return nil, 0, nil, err
		}
		found++
	}
	return in, found, lost, nil
}

func pack(ctx context.Context, path string, b Backup, in []entry) (err error) {
	out, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, out.Close()) }()
	archive := tar.NewWriter(out)
	var sums strings.Builder
	add := func(name string, size int64, from io.Reader) error {
		if err := archive.WriteHeader(&tar.Header{Name: name, Mode: 0o600, Size: size, ModTime: b.At, Format: tar.FormatPAX}); err != nil {
			return err
		}
		sum := sha256.New()
		if _, err := io.Copy(io.MultiWriter(archive, sum), interruptible{ctx, from}); err != nil {
			return err
		}
		sums.WriteString(sumLine(sum.Sum(nil), name))
		return nil
	}
	description, err := json.MarshalIndent(b, "", "  ")
	if err != nil {
		return err
	}
	if err := add(descriptionFile, int64(len(description)), bytes.NewReader(description)); err != nil {
		return err
	}
	for _, e := range in {
		err := addFile(e, add)
		if errors.Is(err, fs.ErrNotExist) {
			return errGone
		}
		if err != nil {
			return err
		}
	}
	if err := add(sumsFile, int64(sums.Len()), strings.NewReader(sums.String())); err != nil {
		return err
	}
	return errors.Join(archive.Close(), out.Sync())
}

func addFile(e entry, add func(string, int64, io.Reader) error) (err error) {
	in, err := os.Open(e.path)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, in.Close()) }()
	info, err := in.Stat()
	if err != nil {
		return err
	}
	return add(e.name, info.Size(), in)
}

func sumLine(sum []byte, name string) string { return hex.EncodeToString(sum) + "  " + name + "\n" }

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

// unwritten is told where nothing better is known of why a backup could not be written.
func unwritten(file string, err error) error {
	if appdock.CodeOf(err) != "" || errors.Is(err, context.Canceled) {
		return err
	}
	return &appdock.Error{
		Kind: appdock.Failed, Code: "ADK-BACKUP-UNWRITABLE", Message: "The backup " + file + " cannot be written",
		Cause: reason(err), Cure: "Choose a folder that this user may write to, with room for twice the database and for the files of media.", Err: err,
	}
}

// reason is what the system says, without the call that it says it of.
func reason(err error) string {
	if pathErr, ok := errors.AsType[*fs.PathError](err); ok {
		return pathErr.Path + ": " + pathErr.Err.Error()
	}
	return err.Error()
}
