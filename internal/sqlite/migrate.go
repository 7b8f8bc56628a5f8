package sqlite

import (
	"context"
	"database/sql"
	"embed"
	"errors"
	"fmt"
	"io/fs"

	"github.com/pressly/goose/v3"

	"github.com/appdock/appdock"
)

// The tables. Files are never edited after a release; 0002 is what the definitions of
// package shop come to, which a test compares.
//
//go:generate go test -run TestMigrationOfEntities . -update
//go:embed migrations/*.sql
var migrations embed.FS

// migrate brings the database to what this binary needs. A database that knows more is
// refused and left alone.
func migrate(ctx context.Context, path string) (err error) {
	db, err := openDriver(dsn(path))
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	files, err := fs.Sub(migrations, "migrations")
	if err != nil {
		return err
	}
	provider, err := goose.NewProvider(goose.DialectSQLite3, db, files, goose.WithDisableGlobalRegistry(true))
	if err != nil {
		return err
	}
	current, target, err := provider.GetVersions(ctx)
	if err != nil {
		return err
	}
	switch {
	case current > target:
		return newer(current, target)
	case current < target:
		if err := dropEarned(ctx, db); err != nil {
			return err
		}
		if _, err := provider.Up(ctx); err != nil {
			return fmt.Errorf("migrate the database from version %d to %d: %w", current, target, err)
		}
	}
	return nil
}

func newer(current, known int64) error {
	return &appdock.Error{
		Kind:    appdock.Failed,
		Code:    "ADK-DATA-NEWER",
		Message: "The data folder belongs to a newer version of Appdock.",
		Cause:   fmt.Sprintf("its database has version %d, this program knows %d", current, known),
		Cure:    "Start the newer version, or restore a backup that was made before it ran.",
	}
}

// dropEarned drops the indexes that searches have earned: a migration changes tables as if
// nobody else had made anything of them, and what is missed is earned again.
func dropEarned(ctx context.Context, db *sql.DB) error {
	names, err := earned(ctx, db)
	if err != nil || len(names) == 0 {
		return err
	}
	for _, name := range names {
		if _, err := db.ExecContext(ctx, `DROP INDEX "`+name+`"`); err != nil {
			return fmt.Errorf("drop index %s: %w", name, err)
		}
	}
	_, err = db.ExecContext(ctx, "DELETE FROM earned_index")
	return err
}

// earned names the indexes that searches have earned.
func earned(ctx context.Context, db *sql.DB) (names []string, err error) {
	found, err := db.QueryContext(ctx, "SELECT name FROM sqlite_master WHERE type = 'index' AND name GLOB 'earned_[0-9]*'")
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, found.Close()) }()
	for found.Next() {
		var name string
		if err := found.Scan(&name); err != nil {
			return nil, err
		}
		names = append(names, name)
	}
	return names, found.Err()
}
