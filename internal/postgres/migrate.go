package postgres

import (
	"context"
	"embed"
	"errors"
	"fmt"
	"io/fs"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/stdlib"
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
func migrate(ctx context.Context, conn *pgx.Conn) (err error) {
	files, err := fs.Sub(migrations, "migrations")
	if err != nil {
		return err
	}
	if done, err := migrated(ctx, conn, files); err != nil || done {
		return err
	}
	db := stdlib.OpenDB(*conn.Config())
	defer func() { err = errors.Join(err, db.Close()) }()
	provider, err := goose.NewProvider(goose.DialectPostgres, db, files, goose.WithDisableGlobalRegistry(true))
	if err != nil {
		return err
	}
	current, target, err := provider.GetVersions(ctx)
	if err != nil {
		return err
	}
	switch {
	case current > target:
		return &appdock.Error{
			Kind:    appdock.Failed,
			Code:    "ADK-DATA-NEWER",
			Message: "The database belongs to a newer version of Appdock.",
			Cause:   fmt.Sprintf("it has version %d, this program knows %d", current, target),
			Cure:    "Start the newer version, or restore a backup that was made before it ran.",
		}
	case current < target:
		if _, err := provider.Up(ctx); err != nil {
			return fmt.Errorf("migrate the database from version %d to %d: %w", current, target, err)
		}
	}
	return nil
}

// migrated says whether the database is as this binary needs it: then no start has to wait
// for the tool that makes it so, which asks on a connection of its own.
func migrated(ctx context.Context, conn *pgx.Conn, files fs.FS) (bool, error) {
	known, err := fs.Glob(files, "*.sql")
	if err != nil {
		return false, err
	}
	newest, err := goose.NumericComponent(known[len(known)-1])
	if err != nil {
		return false, err
	}
	var current int64
	err = conn.QueryRow(ctx, "SELECT coalesce(max(version_id), 0) FROM goose_db_version WHERE is_applied").Scan(&current)
	if codeOf(err) == undefinedTable {
		return false, nil
	}
	return current == newest, err
}
