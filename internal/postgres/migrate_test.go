package postgres

import (
	"flag"
	"os"
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
