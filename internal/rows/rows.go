// Package rows keeps the words of the features in the rows of a database: the ports of
// shop, webhook, lifecycle and oauth in plain SQL, for both stores. It opens nothing. A
// store brings connections and transactions ([Database]), its tables, and what only its
// kind of database has.
package rows

import (
	"context"
	"fmt"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	"github.com/appdock/appdock"
	"github.com/appdock/appdock/internal/entity"
	"github.com/appdock/appdock/internal/sqlstore"
)

// Sealer encrypts what must not stand readable in a database. What was sealed is opened
// only with the same bound. Open says ADK-KEY-OTHER of what was sealed with another key.
type Sealer interface {
	Seal(plain, bound []byte) []byte
	Open(sealed, bound []byte) ([]byte, error)
}

// Database runs statements: what a store brings.
type Database interface {
	// Read runs a function on a connection for reading, in one transaction unless it is a
	// [Glance]: all that it reads is of the same moment, and was committed before or in it.
	Read(ctx context.Context, from Reader, run func(Conn) error) error
	// Write runs a unit of work and returns after its commit: all that it wrote is stored,
	// or nothing. It may be run again. run gets a context that nobody cancels, and says how
	// many rows it wrote. A heavy unit is known to write more than [Heavy].
	Write(ctx context.Context, k Kind, heavy bool, run func(context.Context, Conn) (rows int, err error)) error
	// BrokenColumns gives the columns of a unique constraint that an error of the driver
	// says is broken; nil if it says something else.
	BrokenColumns(err error) []string
	// Rights gives a number that is another one after each commit that changed one of the
	// tables of [RightsTables], before anybody is told of that commit or shown what it wrote.
	// ok is false where other processes write, too: nothing may be remembered of them then.
	Rights() (number int64, ok bool)
	// Sight looks ahead; nil where other processes write, too.
	Sight() Sight
}

// RightsTables are the tables that say what API clients there are and what they may do.
func RightsTables() []string { return []string{"credential", "registration", "integration"} }

// Conn is a connection that one goroutine uses at a time.
type Conn interface {
	// Exec runs a statement and says how many rows it touched.
	Exec(ctx context.Context, text string, args ...any) (int64, error)
	// ExecAll runs statements in their order, up to the first that fails, and says how many
	// rows each of those before it touched.
	ExecAll(ctx context.Context, statements []sqlstore.Statement) (touched []int64, err error)
	// While runs a query and hands its rows to scan, as long as that wants another.
	While(ctx context.Context, scan func(Row) (bool, error), text string, args ...any) error
	// Hold waits until no other unit of work holds the same, and keeps it for this one
	// until its end. Nothing is to be done where units run one after the other.
	Hold(ctx context.Context, what Held) error
}

// Held is what one unit of work at a time may have: [Matching], or the number of a shop,
// whose records, apps and revision are then changed by nobody else.
type Held int64

// Matching is held by who makes deliveries of events: they are numbered in the order in
// which they are committed.
const Matching Held = 0

// Row is the row of a query that its cursor stands on.
type Row interface {
	Scan(targets ...any) error
	Columns() int // how many there are
}

// Reader is who reads. Strangers may take as long as they like: what the host itself needs
// to check a token or to sign a delivery does not wait for them.
type Reader int

// The readers.
const (
	Host     Reader = iota // short statements that find their rows by a key
	Stranger               // searches
	Glance                 // the host with a single statement: it is of one moment by itself, and a transaction around it would cost as much again
)

// Kind says what a unit of work is about.
type Kind int

// The kinds of units.
const (
	Intake  Kind = iota // takes in something new: refused while there is little room for it
	Records             // takes in records: one or very many
	Upkeep              // is about what was taken in before
	Idle                // waits until nothing else is to be written
)

// Heavy is how many rows a unit of work may write before it is a heavy one.
const Heavy = 200

// Options say what the rows of a store are about. Log and Now are required, too.
type Options struct {
	Dialect sqlstore.Dialect
	Schema  *entity.Schema
	Sealer  Sealer
	Now     func() time.Time
	Log     *slog.Logger
}

// Store satisfies the ports over a database. It may be used by many goroutines.
type Store struct {
	db     Database
	schema *entity.Schema
	sql    sqlstore.Translator
	sealer Sealer
	now    func() time.Time
	log    *slog.Logger

	keys         atomic.Pointer[keys]
	schemas      atomic.Pointer[schemas]
	clients      atomic.Pointer[clients]
	lastDelivery atomic.Int64 // the number given last; raised by who holds Matching
	indexes      *indexes

	mu      sync.RWMutex
	tenants map[appdock.ShopID]tenant

	damaged sync.Map // where secrets belong that could not be read, once that was logged
}

// tenant is a shop as the tables know it.
type tenant struct {
	number int64
	id     appdock.ShopID
	locale string
}

// New makes a store over a database. [Store.Learn] comes before all else.
func New(db Database, o Options) *Store {
	s := &Store{
		db:      db,
		schema:  o.Schema,
		sql:     sqlstore.Translator{Dialect: o.Dialect, Schema: o.Schema},
		sealer:  o.Sealer,
		now:     o.Now,
		log:     o.Log,
		tenants: map[appdock.ShopID]tenant{},
		indexes: newIndexes(),
	}
	s.forget()
	s.clients.Store(&clients{})
	return s
}

// forget lets go of what is remembered of the apps of all shops.
func (s *Store) forget() {
	s.keys.Store(newKeys())
	s.schemas.Store(&schemas{})
}

// Learn reads what the store has in memory from the tables, and refuses a key that is not
// that of their secrets.
func (s *Store) Learn(ctx context.Context, c Conn) error {
	r := session{c}
	if err := s.checkKey(ctx, r); err != nil {
		return err
	}
	var last int64
	if _, err := r.first(ctx, "SELECT coalesce(max(number), 0) FROM delivery", nil, &last); err != nil {
		return err
	}
	s.lastDelivery.Store(last)
	if s.sql.Dialect == sqlstore.SQLite {
		if err := s.indexes.learn(ctx, r); err != nil {
			return err
		}
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	return r.each(ctx, func(row Row) error {
		var t tenant
		err := row.Scan(&t.number, &t.id, &t.locale)
		s.tenants[t.id] = t
		return err
	}, "SELECT number, id, locale FROM shop")
}

// tenant finds a shop; NotFound if there is none.
func (s *Store) tenant(id appdock.ShopID) (tenant, error) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	t, ok := s.tenants[id]
	if !ok {
		return tenant{}, &appdock.Error{
			Kind:    appdock.NotFound,
			Code:    "ADK-SHOP-UNKNOWN",
			Message: fmt.Sprintf("There is no shop %s.", id),
		}
	}
	return t, nil
}

// session is a connection with what is often asked of one.
type session struct{ Conn }

// each runs a query and hands every row to scan. All rows are read when it returns.
func (s session) each(ctx context.Context, scan func(Row) error, text string, args ...any) error {
	return s.While(ctx, func(row Row) (bool, error) { return true, scan(row) }, text, args...)
}

// first reads the first row into the targets; found is false if there is none.
func (s session) first(ctx context.Context, text string, args []any, targets ...any) (found bool, err error) {
	err = s.each(ctx, func(row Row) error {
		if found {
			return nil
		}
		found = true
		return row.Scan(targets...)
	}, text, args...)
	return found, err
}

// read runs a function on a connection for reading.
func (s *Store) read(ctx context.Context, from Reader, run func(session) error) error {
	return s.db.Read(ctx, from, func(c Conn) error { return run(session{c}) })
}

// write runs a unit of work, writes the events that it raised, and returns after the
// commit.
func (s *Store) write(ctx context.Context, k Kind, heavy bool, run func(*tx) error) error {
	touched := false
	err := s.db.Write(ctx, k, heavy, func(ctx context.Context, c Conn) (int, error) {
		t := &tx{session: session{c}, store: s, ctx: ctx}
		err := run(t)
		if err == nil {
			err = t.flush()
		}
		touched = touched || t.touched
		return t.rows, err
	})
	if touched { // whether it failed or not: who lost the answer does not know
		s.forget()
	}
	return err
}

// writeIn runs a unit of work that changes what a shop is: it holds the shop.
func (s *Store) writeIn(ctx context.Context, k Kind, shop tenant, run func(*tx) error) error {
	return s.write(ctx, k, false, func(t *tx) error {
		if err := t.hold(shop); err != nil {
			return err
		}
		return run(t)
	})
}
