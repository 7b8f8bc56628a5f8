package sqlite

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"slices"

	"github.com/pressly/goose/v3"
	driver "modernc.org/sqlite"

	"github.com/appdock/appdock/internal/sqlstore"
)

// Snapshot copies the database at path into a new file, as it is at one moment, with all
// that was committed before. Other processes may write meanwhile and are not held up. The
// copy has not reached the disk for sure when it returns.
func Snapshot(ctx context.Context, path, copied string) error {
	if _, err := os.Stat(path); err != nil {
		return err // the driver would make one
	}
	made, err := os.OpenFile(copied, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600) // SQLite would let others read it
	if err != nil {
		return err
	}
	if err := made.Close(); err != nil {
		return err
	}
	return alone(ctx, dsn(path), func(db *sql.Conn) error {
		_, err := db.ExecContext(ctx, "VACUUM INTO ?", copied)
		return err
	})
}

// Inspect reads all of a database that nobody has open, changing nothing, and fails unless
// it is whole, is a host's, and has a version that this program knows. It gives the version.
func Inspect(ctx context.Context, path string) (version int64, err error) {
	info, err := os.Stat(path)
	if err != nil {
		return 0, err
	}
	known, err := newest()
	if err != nil {
		return 0, err
	}
	err = alone(ctx, readOnly(path), func(db *sql.Conn) error {
		var size int64
		if err := db.QueryRowContext(ctx, "SELECT page_count * page_size FROM pragma_page_count, pragma_page_size").Scan(&size); err != nil {
			return err
		}
		if size != info.Size() {
			return damaged(fmt.Sprintf("its file has %d bytes instead of %d", info.Size(), size))
		}
		var found string
		if err := db.QueryRowContext(ctx, "PRAGMA integrity_check(1)").Scan(&found); err != nil {
			return err
		}
		if found != "ok" {
			return damaged(found)
		}
		var tables int
		err := db.QueryRowContext(ctx, "SELECT count(*) FROM sqlite_schema WHERE name IN ('goose_db_version', 'host', 'shop')").Scan(&tables)
		if err != nil {
			return err
		}
		if tables != 3 {
			return damaged("it is a database of another program")
		}
		return db.QueryRowContext(ctx, "SELECT max(version_id) FROM goose_db_version WHERE is_applied").Scan(&version)
	})
	if err != nil {
		return 0, err
	}
	if version > known {
		return 0, newer(version, known)
	}
	return version, nil
}

// Needs is what a database speaks of that is kept beside it.
type Needs struct {
	Hashes  []string // of the files of media
	Folders []string // apps/NAME: of apps that were sent to the host
}

// Beside gives what a host's database that nobody has open needs beside it.
func Beside(ctx context.Context, path string) (n Needs, err error) {
	each := func(db *sql.Conn, query string, take func(text string) error) (err error) {
		rows, err := db.QueryContext(ctx, query)
		if err != nil {
			return err
		}
		defer func() { err = errors.Join(err, rows.Close()) }()
		for rows.Next() {
			var text string
			if err := rows.Scan(&text); err != nil {
				return err
			}
			if err := take(text); err != nil {
				return err
			}
		}
		return rows.Err()
	}
	err = alone(ctx, readOnly(path), func(db *sql.Conn) error {
		hashes := map[string]bool{}
		err := each(db, "SELECT meta_data FROM media WHERE meta_data IS NOT NULL", func(stored string) error {
			hash, err := hashIn([]byte(stored))
			if hash != "" {
				hashes[hash] = true
			}
			return err
		})
		if err != nil {
			return err
		}
		n.Hashes = slices.Sorted(maps.Keys(hashes))
		// The path of such an app is apps/NAME/APP.
		return each(db, `SELECT DISTINCT substr(path, 1, 5 + instr(substr(path, 6), '/') - 1)
			FROM (SELECT profile ->> '$.path' AS path FROM registration) WHERE path LIKE 'apps/%/%' ORDER BY 1`, func(folder string) error {
			n.Folders = append(n.Folders, folder)
			return nil
		})
	})
	return n, err
}

// hashIn is what the description of a medium says of its file, empty if it has none. The driver's
// connections cannot look into a document that is packed.
func hashIn(stored []byte) (string, error) {
	text, err := sqlstore.Unpack(stored)
	if err != nil {
		return "", err
	}
	var described struct {
		Hash string `json:"hash"`
	}
	err = json.Unmarshal(text, &described)
	return described.Hash, err
}

// alone runs f on the one connection to a database.
func alone(ctx context.Context, dsn string, f func(*sql.Conn) error) (err error) {
	db, err := openDriver(dsn)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	conn, err := db.Conn(ctx)
	if err != nil {
		return explain(err)
	}
	defer func() { err = errors.Join(err, conn.Close()) }()
	return explain(f(conn))
}

// openDriver opens a database with the driver.
func openDriver(dsn string) (*sql.DB, error) {
	if err := configured(); err != nil {
		return nil, err
	}
	connector, err := driver.NewConnector(dsn)
	if err != nil {
		return nil, err
	}
	return sql.OpenDB(connector), nil
}

// readOnly opens a file that nobody writes: no log, no lock and no file beside it is made.
func readOnly(path string) string {
	return address(path) + "?mode=ro&immutable=1"
}

// newest is the version that the migrations lead to.
func newest() (int64, error) {
	files, err := fs.Glob(migrations, "migrations/*.sql")
	if err != nil {
		return 0, err
	}
	return goose.NumericComponent(files[len(files)-1])
}
