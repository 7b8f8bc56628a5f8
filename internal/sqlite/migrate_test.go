package sqlite

import (
	"database/sql"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/appdock/appdock"
	"github.com/appdock/appdock/internal/entity"
	"github.com/appdock/appdock/internal/shop"
	"github.com/appdock/appdock/internal/sqlstore"
)

var update = flag.Bool("update", false, "rewrite golden files")

// TestMigrationOfEntities compares the migration with what the definitions come to. After
// a release it must not be rewritten any more: a new one is added.
func TestMigrationOfEntities(t *testing.T) {
	t.Parallel()
	schema, err := entity.NewSchema(shop.Definitions()...)
	if err != nil {
		t.Fatal(err)
	}
	statements, err := sqlstore.Translator{Dialect: sqlstore.SQLite, Schema: schema}.DDL()
	if err != nil {
		t.Fatal(err)
	}
	got := "-- The tables of the entities. Generated from the definitions of package shop\n" +
		"-- by `make generate`; DO NOT EDIT.\n\n-- +goose Up\n-- +goose StatementBegin\n\n" + strings.Join(statements, ";\n\n") + ";\n\n-- +goose StatementEnd\n"
	const file = "migrations/0002_entities.sql"
	if *update {
		if err := os.WriteFile(file, []byte(got), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("the definitions need another migration (-file +definitions):\n%s", diff)
	}
}

// TestDerivedEntitiesHaveTheirViews asks each view for all columns of its entity.
func TestDerivedEntitiesHaveTheirViews(t *testing.T) {
	t.Parallel()
	s := open(t, filepath.Join(t.TempDir(), "test.db"))
	schema, err := s.Schema(t.Context(), shopA.ID)
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range schema.Names() {
		d, _ := schema.Definition(name)
		if !d.Derived {
			continue
		}
		var filters []entity.Filter
		for _, f := range d.Fields {
			if f.Fold && f.Stored() {
				filters = append(filters, entity.Filter{Kind: entity.Equals, Field: f.Name, Values: []any{"x"}})
			}
		}
		if _, err := s.Search(t.Context(), shopA.ID, entity.View{}, &entity.Criteria{Entity: name, Filters: filters}); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestOpenRefusesWhatItCannotUse(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		prepare func(t *testing.T, path string)
		code    string
	}{
		"a database of a newer version": {func(t *testing.T, path string) {
			t.Helper()
			if err := open(t, path).Close(); err != nil {
				t.Fatal(err)
			}
			db, err := sql.Open("sqlite", path)
			if err != nil {
				t.Fatal(err)
			}
			defer func() { _ = db.Close() }()
			if _, err := db.ExecContext(t.Context(), "INSERT INTO goose_db_version (version_id, is_applied) VALUES (9999, 1)"); err != nil {
				t.Fatal(err)
			}
		}, "ADK-DATA-NEWER"},
		"a file that is no database": {func(t *testing.T, path string) {
			t.Helper()
			if err := os.WriteFile(path, []byte(strings.Repeat("no database ", 1000)), 0o600); err != nil {
				t.Fatal(err)
			}
		}, "ADK-DATA-DAMAGED"},
		"a folder in its place": {func(t *testing.T, path string) {
			t.Helper()
			if err := os.Mkdir(path, 0o700); err != nil {
				t.Fatal(err)
			}
		}, "ADK-DATA-UNWRITABLE"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			path := filepath.Join(t.TempDir(), "test.db")
			test.prepare(t, path)
			s, err := Open(t.Context(), options(t, path))
			if err == nil {
				_ = s.Close()
			}
			if got := appdock.CodeOf(err); got != test.code {
				t.Errorf("got %v, want code %s", err, test.code)
			}
		})
	}
}
