package postgres

import (
	"flag"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

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
	statements, err := sqlstore.Translator{Dialect: sqlstore.Postgres, Schema: schema}.DDL()
	if err != nil {
		t.Fatal(err)
	}
	got := "-- The tables of the entities. Generated from the definitions of package shop\n" +
		"-- by `make generate`; DO NOT EDIT.\n\n-- +goose Up\n\n" + strings.Join(statements, ";\n\n") + ";\n"
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

// TestTablesOfBothStores finds what was changed in the tables of one store alone: package
// rows asks both for the same.
func TestTablesOfBothStores(t *testing.T) {
	t.Parallel()
	ours, theirs := columnsOf(t, "migrations"), columnsOf(t, "../sqlite/migrations")
	delete(ours, "holder")         // of hosts that could be several
	delete(theirs, "earned_index") // docs/adr/0032-earned-indexes.md
	if diff := cmp.Diff(theirs, ours); diff != "" {
		t.Errorf("tables, indexes and their columns (-sqlite +postgres):\n%s", diff)
	}
}

var (
	table = regexp.MustCompile(`(?s)CREATE TABLE "?(\w+)"? \(\n(.*?)\n\)(?: WITHOUT ROWID)?;`)
	index = regexp.MustCompile(`CREATE (?:UNIQUE )?INDEX "?(\w+)"? ON ([^;]*);`)
	names = regexp.MustCompile(`(?m)^\t((?:PRIMARY KEY|UNIQUE) \([^)]*\)|"?\w+"?)`)
)

// columnsOf reads the tables and indexes of all migrations in a folder.
func columnsOf(t *testing.T, folder string) map[string][]string {
	t.Helper()
	files, err := filepath.Glob(folder + "/*.sql")
	if err != nil || len(files) == 0 {
		t.Fatal(files, err)
	}
	found := map[string][]string{}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range table.FindAllStringSubmatch(string(text), -1) {
			for _, c := range names.FindAllStringSubmatch(m[2], -1) {
				found[m[1]] = append(found[m[1]], strings.Trim(c[1], `"`))
			}
		}
		for _, m := range index.FindAllStringSubmatch(string(text), -1) {
			found["index "+m[1]] = []string{m[2]}
		}
	}
	return found
}
