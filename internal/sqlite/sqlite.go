// Package sqlite keeps a host's data in one SQLite file.
//
// One goroutine owns the one connection that writes. Units of work that wait for it are
// committed as a group, and one that fails takes nobody with it. Another goroutine syncs the
// log, and answers: what was answered has reached the disk. Readers have connections of their
// own and see what was committed before they began; what they give has reached the disk, too.
// A [rows.Glance] does not wait for that: it is for who may do what, of which nothing is shown,
// and a right that was taken away and comes back with a power cut has refused too much, not too
// little.
package sqlite

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"github.com/appdock/appdock/internal/entity"
	"github.com/appdock/appdock/internal/rows"
	"github.com/appdock/appdock/internal/sqlstore"
)

// Options say how a store is opened. Path, Schema and Sealer are required.
type Options struct {
	Path   string // of the database file; made if it is not there
	Schema *entity.Schema
	Sealer rows.Sealer
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
	*rows.Store
	writer *writer
	copier *copier
	log    *os.File // beside the database, where commits are appended
	losses *rows.Losses
	sight  *sight
	// Strangers search, and may take as long as they like: what the host itself needs to
	// check a token or to sign a delivery has connections of its own.
	searchers, hosts *pool

	closing sync.Once
	closed  chan struct{}
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
		o.Reserve = Reserve
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
	s := &Store{
		searchers: newSearchers(o.Searchers),
		hosts:     newPool(hostReaders, 0),
		losses:    rows.NewLosses(),
		closed:    make(chan struct{}),
	}
	s.Store = rows.New(database{s}, rows.Options{Dialect: sqlstore.SQLite, Schema: o.Schema, Sealer: o.Sealer, Now: o.Now, Log: o.Log})
	if err := s.open(ctx, o); err != nil {
		return nil, explain(err)
	}
	return s, nil
}

func (s *Store) open(ctx context.Context, o Options) error {
	if err := migrate(ctx, o.Path); err != nil {
		return err
	}
	writing, err := newSession(ctx, o.Path)
	if err != nil {
		return err
	}
	writing.engine.mark(rows.RightsTables(), s.losses)
	if err := s.prepare(ctx, o.Path, writing); err != nil {
		writing.close()
		return err
	}
	if err := s.openLog(ctx, o.Path, writing); err != nil {
		writing.close()
		s.searchers.close()
		s.hosts.close()
		s.sight.close(ctx)
		return err
	}
	s.writer = newWriter(ctx, writing, s.log.Sync, &space{free: o.Free, reserve: o.Reserve}, o.Log)
	s.copier.start(ctx, s.writer)
	return nil
}

// openLog opens the log for the [syncer] and the [copier], and has commits leave both to them. SQLite has made
// the log by now, keeps it until the last connection is closed, and locks nothing of it: a lock
// of the process would end with this descriptor.
func (s *Store) openLog(ctx context.Context, path string, writing *session) error {
	log, err := os.OpenFile(path+"-wal", os.O_RDWR, 0)
	if err != nil {
		return err
	}
	if _, err := writing.Exec(ctx, "PRAGMA synchronous = NORMAL"); err != nil {
		return errors.Join(err, log.Close())
	}
	if err := writing.engine.gatherFrames(); err != nil {
		return errors.Join(err, log.Close())
	}
	copying, err := newSession(ctx, path)
	if err != nil {
		return errors.Join(err, log.Close())
	}
	s.log, s.copier = log, newCopier(copying, writing, s.sight)
	return nil
}

// prepare reads what is kept in memory, and opens the connections for reading.
func (s *Store) prepare(ctx context.Context, path string, writing *session) error {
	if err := s.Learn(ctx, writing); err != nil {
		return err
	}
	if err := s.searchers.fill(ctx, path, s.searchers.cacheOfSearcher); err != nil {
		return err
	}
	if err := s.hosts.fill(ctx, path, func(int) int { return hostCache }); err != nil {
		s.searchers.close()
		return err
	}
	sight, err := openSight(ctx, path, s.losses)
	if err != nil {
		s.searchers.close()
		s.hosts.close()
		return err
	}
	s.sight = sight
	return nil
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

// settings are the pragmas of each connection.
func settings() []string {
	return []string{
		"busy_timeout(10000)",
		"journal_mode(WAL)",
		"synchronous(FULL)",
		"foreign_keys(OFF)", // package shop keeps the rules of keys
		"temp_store(MEMORY)",
		"cache_size(-16000)",
		"journal_size_limit(67108864)",
		fmt.Sprintf("wal_autocheckpoint(%d)", fullLog), // where there is no [copier]
		// A unit that changes more pages than the cache has keeps them up to 32 MB, and only
		// then writes pages to the log that it may change again: each of them would be
		// written twice, and the sums of all that follow be made anew.
		"cache_spill(8000)",
	}
}

// dsn opens a database with the driver, for what is done once.
func dsn(path string) string {
	return address(path) + "?" + url.Values{"_dqs": {"0"}, "_pragma": settings()}.Encode()
}

// address is a file as SQLite takes it.
func address(path string) string {
	return "file:" + (&url.URL{Path: slashed(path)}).EscapedPath()
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
		s.copier.close() // before the writer, which it may be waiting for
		s.writer.close()
		err = s.log.Close()
		s.searchers.close()
		s.hosts.close()
		s.sight.close(context.Background())
		s.writer.session.close()
	})
	return err
}

// Healthy says why nothing can be written any more; nil while all is well.
func (s *Store) Healthy() error { return s.writer.health.failure() }

// Failed is the same: what the disk holds is known again after a restart.
func (s *Store) Failed() error { return s.Healthy() }

// Commits is how often the writer committed. Each is one sync of the log.
func (s *Store) Commits() int64 { return s.writer.syncer.begun.Load() }

// Size is the bytes of the file that are in use.
func (s *Store) Size(ctx context.Context) (bytes int64, err error) {
	err = s.read(ctx, s.hosts, func(r *session) error {
		return r.While(ctx, func(row rows.Row) (bool, error) { return false, row.Scan(&bytes) }, `SELECT (page_count - freelist_count) * page_size
			FROM pragma_page_count, pragma_freelist_count, pragma_page_size`)
	})
	return bytes, err
}

// database is the store as the rows see it.
type database struct{ store *Store }

var _ rows.Database = database{}

// Read has pools for both kinds of readers.
func (d database) Read(ctx context.Context, from rows.Reader, run func(rows.Conn) error) error {
	on := func(r *session) error { return run(r) }
	switch from {
	case rows.Glance:
		return d.store.glance(ctx, d.store.hosts, on)
	case rows.Stranger:
		return d.store.read(ctx, d.store.searchers, on)
	case rows.Host:
	}
	return d.store.read(ctx, d.store.hosts, on)
}

// Write gives the unit to the writer.
func (d database) Write(ctx context.Context, k rows.Kind, heavy bool, run func(context.Context, rows.Conn) (int, error)) error {
	w, unit := d.store.writer, func(ctx context.Context, s *session) (int, error) { return run(ctx, s) }
	switch k {
	case rows.Intake:
		return w.do(ctx, heavy, unit)
	case rows.Records:
		return w.records(ctx, unit)
	case rows.Upkeep:
		return w.keep(ctx, heavy, unit)
	case rows.Idle:
		return w.idle(ctx, unit)
	}
	return fmt.Errorf("sqlite: %d is no kind of unit", k)
}

// Rights change by the writer alone: no other process writes to the file.
func (d database) Rights() (int64, bool) { return d.store.writer.rights.Load(), true }

// Sight shows what the writer committed: nobody else does.
func (d database) Sight() rows.Sight { return d.store.sight }

// BrokenColumns reads the driver's error.
func (database) BrokenColumns(err error) []string { return brokenColumns(err) }
