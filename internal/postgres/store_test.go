package postgres

import (
	"bytes"
	"context"
	"testing"

	"github.com/jackc/pgx/v5"
	"go.uber.org/goleak"

	"github.com/appdock/appdock"
	"github.com/appdock/appdock/internal/entity"
	"github.com/appdock/appdock/internal/rows"
	"github.com/appdock/appdock/internal/shop"
	"github.com/appdock/appdock/internal/storetest"
)

// TestMain fails if a store leaves a goroutine behind.
func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func TestStore(t *testing.T) {
	t.Parallel()
	seed := newDatabase(t)
	seeding := openStore(t, seed, options(t))
	storetest.Seed(t, stores(t, seeding))
	if err := seeding.Close(); err != nil {
		t.Fatal(err)
	}
	databases := fillAs(t, seed)
	storetest.Run(t, func(t *testing.T) storetest.Stores {
		t.Helper()
		return stores(t, openStore(t, databases.database(t), options(t)))
	})
}

func options(tb testing.TB) Options {
	tb.Helper()
	schema, err := entity.NewSchema(shop.Definitions()...)
	if err != nil {
		tb.Fatal(err)
	}
	return Options{Schema: schema, Sealer: reverse{}, Now: storetest.Now, Searchers: 2, Connections: 8, kept: 512}
}

// openStore opens a store on a database; it is closed with the test.
func openStore(t *testing.T, config *pgx.ConnConfig, o Options) *Store {
	t.Helper()
	o.DSN = dsn(config)
	s, err := Open(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return s
}

func stores(t *testing.T, s *Store) storetest.Stores {
	t.Helper()
	return storetest.Stores{
		Shops: s, Facts: s, Tasks: s, Records: s, Queue: s, Parking: s, Replays: s, Retention: s, Log: s, History: s, Subscriptions: s, Keys: s, Clients: s, Backoffs: s, Refreshes: s,
		Registrations: s.Registrations(),
		Identities:    s,
		Users:         s.Users(),
		Families:      s.Families(),
		Offers:        s,
		Reopen: func(t *testing.T) storetest.Stores {
			t.Helper()
			if err := s.Close(); err != nil {
				t.Fatal(err)
			}
			return stores(t, openStore(t, s.config, options(t)))
		},
		Stored: s.stored,
		Damage: s.damage,
		Walks:  s.walks,
	}
}

// stored gives the bytes of all tables.
func (s *Store) stored(t *testing.T) []byte {
	t.Helper()
	conn := connected(t, s.config)
	var all bytes.Buffer
	for _, name := range tables(t, conn) {
		if _, err := conn.PgConn().CopyTo(t.Context(), &all, "COPY "+name+" TO STDOUT (FORMAT binary)"); err != nil {
			t.Fatal(err)
		}
	}
	return all.Bytes()
}

// damage cuts the last byte off all secrets of an app.
func (s *Store) damage(t *testing.T, shop appdock.ShopID, app string) {
	t.Helper()
	err := database{s}.Write(t.Context(), rows.Intake, false, func(ctx context.Context, c rows.Conn) (int, error) {
		n, err := c.Exec(ctx, `UPDATE registration_secret SET sealed = substr(sealed, 1, length(sealed) - 1)
			WHERE (shop, installation) IN (SELECT r.shop, r.installation
				FROM registration AS r JOIN shop AS s ON s.number = r.shop WHERE s.id = ? AND r.app = ?)`, string(shop), app)
		if err == nil && n == 0 {
			t.Error("there is nothing to damage")
		}
		return int(n), err
	})
	if err != nil {
		t.Fatal(err)
	}
}

// reverse is a Sealer that hides nothing from a reader of this test, but from a search.
type reverse struct{}

func (reverse) Seal(plain, bound []byte) []byte {
	sealed := bytes.Clone(plain)
	for i := range sealed {
		sealed[i] ^= 0xff
	}
	return append(append(append(bytes.Clone(bound), 0), sealed...), '.')
}

func (reverse) Open(sealed, bound []byte) ([]byte, error) {
	sealed, ours := bytes.CutPrefix(sealed, append(bytes.Clone(bound), 0))
	sealed, whole := bytes.CutSuffix(sealed, []byte{'.'})
	if !ours || !whole {
		return nil, &appdock.Error{Kind: appdock.Failed, Code: "ADK-SECRET-DAMAGED", Message: "bound to something else, or cut"}
	}
	plain := bytes.Clone(sealed)
	for i := range plain {
		plain[i] ^= 0xff
	}
	return plain, nil
}
