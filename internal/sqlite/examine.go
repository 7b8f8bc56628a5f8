package sqlite

import (
	"context"
	"database/sql"
)

// Reserve is how many bytes of the disk are kept for what was accepted before, unless
// [Options] say otherwise.
const Reserve = 32 << 20

// Free gives how many bytes may still be written to the disk of a file.
func Free(path string) (int64, error) { return freeBytes(path) }

// QuickCheck reads all of a database, while a host may run on it, and fails with
// ADK-DATA-DAMAGED unless its pages are whole. Whether indexes agree with their tables is
// left out: [Inspect] knows, and takes several times as long.
func QuickCheck(ctx context.Context, path string) error {
	return alone(ctx, dsn(path), func(db *sql.Conn) error {
		var found string
		if err := db.QueryRowContext(ctx, "PRAGMA quick_check(1)").Scan(&found); err != nil {
			return err
		}
		if found != "ok" {
			return damaged(found)
		}
		return nil
	})
}
