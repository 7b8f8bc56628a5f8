package postgres

import (
	"context"
	"errors"
	"log/slog"
	"sync"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/appdock/appdock/internal/entity"
	"github.com/appdock/appdock/internal/rows"
	"github.com/appdock/appdock/internal/sqlstore"
)

// Options say how a store is opened. DSN, Schema and Sealer are required.
type Options struct {
	DSN    string
	Schema *entity.Schema
	Sealer rows.Sealer
	Now    func() time.Time // nil: the system's clock
	Log    *slog.Logger     // nil: nothing is logged
	// Searchers is the number of connections that search records; 0: 4.
	Searchers int
	// Connections is the number of those for all else; 0: 16.
	Connections int

	dial pgconn.DialFunc // of tests, which cut connections; nil: the driver's
	kept int             // statements that a connection for searches keeps; 0: 64
}

// Store is an open database. It may be used by many goroutines.
type Store struct {
	*rows.Store
	log    *slog.Logger
	config *pgx.ConnConfig
	holder *holder
	looks  *statistics
	// Strangers search, and may take as long as they like: what the host itself needs to
	// check a token or to sign a delivery has connections of its own.
	searchers, hosts *pgxpool.Pool
	spelt            sync.Map // statements of package rows, as PostgreSQL reads them

	closing sync.Once
	closed  chan struct{}
}

// Open takes hold of the database, and makes or migrates its tables if needed.
func Open(ctx context.Context, o Options) (*Store, error) {
	if o.Now == nil {
		o.Now = time.Now //nolint:forbidigo // the default of a field that tests set
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	if o.Searchers == 0 {
		o.Searchers = 4
	}
	if o.Connections == 0 {
		o.Connections = 16
	}
	if o.kept == 0 {
		o.kept = 64
	}
	config, err := parse(o.DSN)
	if err != nil {
		return nil, err
	}
	if o.dial != nil {
		config.ConnConfig.DialFunc = o.dial
	}
	s := &Store{log: o.Log, config: config.ConnConfig, closed: make(chan struct{})}
	s.looks = newStatistics(s)
	s.Store = rows.New(database{s}, rows.Options{Dialect: sqlstore.Postgres, Schema: o.Schema, Sealer: o.Sealer, Now: o.Now, Log: o.Log})
	if err := s.open(ctx, config, o); err != nil {
		return nil, errors.Join(s.explain(err, false), s.Close()) //nolint:contextcheck // it ends whatever ctx says
	}
	return s, nil
}

func (s *Store) open(ctx context.Context, config *pgxpool.Config, o Options) (err error) {
	if s.holder, err = hold(ctx, s.config, o.Log); err != nil {
		return err
	}
	// Not closed with ctx, which may be that of the opening alone.
	always := context.WithoutCancel(ctx)
	pool := func(connections, statements int) (*pgxpool.Pool, error) {
		c := config.Copy()
		c.MaxConns = int32(min(connections, 1<<15)) //nolint:gosec // bounded
		c.ConnConfig.StatementCacheCapacity = statements
		return pgxpool.NewWithConfig(always, c)
	}
	if s.hosts, err = pool(o.Connections, 512); err != nil {
		return err
	}
	// What strangers ask varies as they like, and each statement takes the server memory.
	if s.searchers, err = pool(o.Searchers, o.kept); err != nil {
		return err
	}
	if err := (database{s}).Read(ctx, rows.Host, func(c rows.Conn) error { return s.Learn(ctx, c) }); err != nil {
		return err
	}
	s.looks.opened() //nolint:contextcheck // beside the caller, until the store is closed
	return nil
}

// Check says whether a DSN can be read; what it says of a faulty one repeats nothing of it.
func Check(dsn string) error {
	_, err := parse(dsn)
	return err
}

// Fresh says whether no host has ever kept anything in a database.
func Fresh(ctx context.Context, dsn string) (fresh bool, err error) {
	config, err := parse(dsn)
	if err != nil {
		return false, err
	}
	conn, err := connect(ctx, config.ConnConfig)
	if err != nil {
		return false, err
	}
	defer func() { err = errors.Join(err, conn.Close(context.WithoutCancel(ctx))) }()
	err = conn.QueryRow(ctx, "SELECT NOT EXISTS (SELECT FROM shop)").Scan(&fresh)
	if codeOf(err) == undefinedTable {
		return true, nil
	}
	return fresh, err
}

// Place names the server and the database, and nothing that is secret.
func (s *Store) Place() string { return place(s.config) }

// Close waits for what is running, and lets go of the database. Whoever comes later is
// told that the host is stopping. Closing again does nothing.
func (s *Store) Close() error {
	var err error
	s.closing.Do(func() {
		close(s.closed)
		s.looks.close()
		for _, pool := range []*pgxpool.Pool{s.searchers, s.hosts} {
			if pool != nil {
				pool.Close()
			}
		}
		if s.holder != nil {
			err = s.holder.close()
		}
	})
	return err
}

// Healthy says why nothing can be written now; nil while all is well.
func (s *Store) Healthy() error { return s.holder.state().err }

// Failed says why nothing will be written any more, however long one waits: another host
// has had the database meanwhile.
func (s *Store) Failed() error {
	if now := s.holder.state(); now.lost {
		return now.err
	}
	return nil
}

// Size is the bytes of the tables and their indexes. The server makes room for new rows of
// what was deleted, by and by, without giving it back: so it falls late, or not at all.
func (s *Store) Size(ctx context.Context) (bytes int64, err error) {
	err = database{s}.Read(ctx, rows.Host, func(c rows.Conn) error {
		return c.While(ctx, func(row rows.Row) (bool, error) { return false, row.Scan(&bytes) }, `SELECT
			coalesce(sum(pg_total_relation_size(oid)), 0)::bigint FROM pg_class
			WHERE relkind = 'r' AND relnamespace = current_schema()::regnamespace`)
	})
	return bytes, err
}
