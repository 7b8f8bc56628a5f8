// Package sqlite keeps a host's data in one SQLite file.
//
// One goroutine owns the one connection that writes. Units of work that wait for it are
// committed as a group, each in a savepoint of its own; what was answered has reached the
// disk (WAL, synchronous=FULL). Readers have connections of their own and see what was
// committed before they began.
package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"log/slog"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	driver "modernc.org/sqlite"

	"github.com/appdock/appdock"
	"github.com/appdock/appdock/internal/entity"
	"github.com/appdock/appdock/internal/sqlstore"
)

// Sealer encrypts what must not stand readable in the file. What was sealed is opened
// only with the same bound. Open says ADK-KEY-OTHER of what was sealed with another key.
type Sealer interface {
	Seal(plain, bound []byte) []byte
	Open(sealed, bound []byte) ([]byte, error)
}

// Options say how a store is opened. Path, Schema and Sealer are required.
type Options struct {
	Path   string // of the database file; made if it is not there
	Schema *entity.Schema
	Sealer Sealer
	Now    func() time.Time // nil: the system's clock
	Log    *slog.Logger     // nil: nothing is logged
	// Reserve is how many bytes of the disk are kept for what was accepted before: with
	// less, nothing new is. 0: 32 MiB.
	Reserve int64
	// Free says how many bytes of the disk are free; nil: the disk of Path is asked.
	Free func() (int64, error)
	// Searchers is the number of connections that search records; 0: 4.
	Searchers int
}

// Store is an open database. It may be used by many goroutines.
type Store struct {
	schema *entity.Schema
	sql    sqlstore.Translator
	sealer Sealer
	now    func() time.Time
	log    *slog.Logger
	db     *sql.DB
	writer *writer
	// Strangers search, and may take as long as they like: what the host itself needs to
	// check a token or to sign a delivery has connections of its own.
	searchers, hosts pool

	closing sync.Once
	closed  chan struct{}

	keys         atomic.Pointer[keys]
	lastDelivery int64 // the number given last; the writer's alone

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

// Open opens the database, making or migrating it if needed. The caller holds the lock of
// the data folder: no other process writes to the file.
func Open(ctx context.Context, o Options) (*Store, error) {
	if o.Now == nil {
		o.Now = time.Now //nolint:forbidigo // the default of a field that tests set
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	if o.Reserve == 0 {
		o.Reserve = 32 << 20
	}
	if o.Free == nil {
		o.Free = func() (int64, error) { return freeBytes(o.Path) }
	}
	if o.Searchers == 0 {
		o.Searchers = 4
	}
	if err := touchFile(o.Path); err != nil {
		return nil, unwritable(err)
	}
	connector, err := driver.NewConnector(dsn(o.Path))
	if err != nil {
		return nil, err
	}
	s := &Store{
		schema:    o.Schema,
		sql:       sqlstore.Translator{Dialect: sqlstore.SQLite, Schema: o.Schema},
		sealer:    o.Sealer,
		now:       o.Now,
		log:       o.Log,
		db:        sql.OpenDB(connector),
		searchers: make(pool, o.Searchers),
		hosts:     make(pool, hostReaders),
		closed:    make(chan struct{}),
		tenants:   map[appdock.ShopID]tenant{},
	}
	s.keys.Store(newKeys())
	if err := s.open(ctx, o); err != nil {
		return nil, errors.Join(explain(err), s.db.Close())
	}
	return s, nil
}

func (s *Store) open(ctx context.Context, o Options) error {
	if err := migrate(ctx, s.db); err != nil {
		return err
	}
	writing, err := newSession(ctx, s.db)
	if err != nil {
		return err
	}
	if err := s.prepare(ctx, writing); err != nil {
		return errors.Join(err, writing.close())
	}
	s.writer = newWriter(ctx, writing, s, &space{free: o.Free, reserve: o.Reserve}, o.Log)
	return nil
}

// prepare brings the data into the state of a fresh start, learns the shops, and opens the
// connections for reading.
func (s *Store) prepare(ctx context.Context, writing *session) error {
	if err := s.checkKey(ctx, writing); err != nil {
		return err
	}
	if _, err := writing.first(ctx, "SELECT coalesce(max(number), 0) FROM delivery", nil, &s.lastDelivery); err != nil {
		return err
	}
	err := writing.each(ctx, func(rows *sql.Rows) error {
		var t tenant
		err := rows.Scan(&t.number, &t.id, &t.locale)
		s.tenants[t.id] = t
		return err
	}, "SELECT number, id, locale FROM shop")
	if err != nil {
		return err
	}
	if err := s.searchers.fill(ctx, s.db, 16<<10); err != nil {
		return err
	}
	return s.hosts.fill(ctx, s.db, 2<<10)
}

// touchFile makes the file, for its owner alone: SQLite would let others read it, and gives
// the permissions of this file to those beside it.
func touchFile(path string) error {
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return err
	}
	return f.Close()
}

// dsn says how each connection is set up.
func dsn(path string) string {
	settings := url.Values{
		"_dqs": {"0"},
		"_pragma": {
			"busy_timeout(10000)",
			"journal_mode(WAL)",
			"synchronous(FULL)",
			"foreign_keys(OFF)", // package shop keeps the rules of keys
			"temp_store(MEMORY)",
			"cache_size(-16000)",
			"journal_size_limit(67108864)",
		},
	}
	return "file:" + (&url.URL{Path: slashed(path)}).EscapedPath() + "?" + settings.Encode()
}

// slashed is a path as a URL has it.
func slashed(path string) string {
	path = filepath.ToSlash(path)
	if filepath.IsAbs(path) && !strings.HasPrefix(path, "/") {
		path = "/" + path // C:/…
	}
	return path
}

// Close ends the writer after what it is writing, waits for who is reading, and closes the
// database. Whoever comes later is told that the host is stopping. Closing again does
// nothing.
func (s *Store) Close() error {
	var err error
	s.closing.Do(func() {
		close(s.closed)
		s.writer.close()
		err = errors.Join(s.searchers.close(), s.hosts.close(), s.writer.session.close(), s.db.Close())
	})
	return err
}

// Healthy says why nothing can be written any more; nil while all is well.
func (s *Store) Healthy() error { return s.writer.failure() }

// Commits is how often the writer committed. Each is one fsync of the log, until the log
// is copied into the database.
func (s *Store) Commits() int64 { return s.writer.commits.Load() }

// Schema gives the definitions in force. Custom entities do not exist yet, so all shops
// have the same.
func (s *Store) Schema(context.Context, appdock.ShopID) (*entity.Schema, error) {
	return s.schema, nil
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
