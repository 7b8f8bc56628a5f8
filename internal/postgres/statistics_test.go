package postgres

import (
	"fmt"
	"maps"
	"testing"

	"github.com/jackc/pgx/v5/pgconn"

	"github.com/appdock/appdock/internal/entity"
	"github.com/appdock/appdock/internal/shop"
)

// TestGrownTablesAreLookedAt when they got as many rows again, in a few units or in one, and
// when a host finds a database that holds rows nobody looked at.
func TestGrownTablesAreLookedAt(t *testing.T) {
	t.Parallel()
	config := newDatabase(t)
	s := openStore(t, config, options(t))
	if err := s.AddShop(t.Context(), shopA); err != nil {
		t.Fatal(err)
	}
	s.looks.wait() // for the look of a store that was opened
	direct := connected(t, config)
	run(t, direct, "ALTER TABLE product SET (autovacuum_enabled = off)")
	counted := func(s *Store) (rows float32) {
		t.Helper()
		s.looks.wait()
		if err := direct.QueryRow(t.Context(), "SELECT reltuples FROM pg_class WHERE oid = 'product'::regclass").Scan(&rows); err != nil {
			t.Fatal(err)
		}
		return rows
	}
	number := 0
	apply := func(products int) {
		t.Helper()
		var changes []entity.Change
		for range products {
			number++
			changes = append(changes, product(fmt.Sprint("P", number)))
		}
		if _, err := s.Write(t.Context(), shopA.ID, func(u shop.Unit) error { return u.Apply(changes...) }); err != nil {
			t.Fatal(err)
		}
	}
	for _, step := range []struct{ products, want int }{{9, -1}, {1, 10}, {9, 10}, {1, 20}, {300, 320}} {
		apply(step.products)
		if got := counted(s); got != float32(step.want) {
			t.Errorf("after %d products the server knows of %v, not %d", number, got, step.want)
		}
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	run(t, direct, "CREATE TABLE kept AS SELECT * FROM product; TRUNCATE product; ANALYZE product; INSERT INTO product SELECT * FROM kept; DROP TABLE kept")
	if got := counted(openStore(t, config, options(t))); got != 320 {
		t.Errorf("after it was opened the server knows of %v products, not 320", got)
	}
}

// TestInsertedRowsAreCounted by the table that they were put into.
func TestInsertedRowsAreCounted(t *testing.T) {
	t.Parallel()
	n := inserted{}
	n.add(`INSERT INTO "product" ("id") VALUES ($1)`, pgconn.NewCommandTag("INSERT 0 2"))
	n.add("INSERT INTO delivery\n\t\t(id) VALUES (?)", pgconn.NewCommandTag("INSERT 0 1"))
	n.add(`WITH free AS (SELECT 1) INSERT INTO "product"(id) SELECT 1`, pgconn.NewCommandTag("INSERT 0 3"))
	n.add(`INSERT INTO "order" (id) VALUES (?) ON CONFLICT DO NOTHING`, pgconn.NewCommandTag("INSERT 0 0"))
	n.add(`UPDATE "order" SET x = 'INSERT INTO a b'`, pgconn.NewCommandTag("UPDATE 4"))
	inserted(nil).add(`INSERT INTO a (b)`, pgconn.NewCommandTag("INSERT 0 1")) // a reader's
	if want := (inserted{"product": 5, "delivery": 1}); !maps.Equal(n, want) {
		t.Errorf("counted %v, not %v", n, want)
	}
}
