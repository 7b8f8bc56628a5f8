package sqlite

import (
	"context"
	"database/sql"
	"embed"
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
func migrate(ctx context.Context, db *sql.DB) error {
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
