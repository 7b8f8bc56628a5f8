package postgres

import (
	"context"
	"log/slog"
	"strings"
	"sync"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
)

// firstRows is how many rows a table gets before the server is told to look at it.
const firstRows = 10

// statistics has the server look at tables that grow. Of a table it never looked at, the
// planner takes a few rows for a shop, and so any order of joins for as good as another: a
// search over two to-many associations took two seconds among a dozen products. The server's
// own autovacuum looks a minute later, which is a minute after a shop was seeded or restored.
type statistics struct {
	store *Store
	ctx   context.Context // until the store is closed
	stop  context.CancelFunc

	mu      sync.Mutex
	grown   map[string]int64 // rows that were put into a table since the host began
	next    map[string]int64 // how many there are when it is looked at again
	running sync.WaitGroup

	one sync.Mutex // at a time, so that they take a single connection of the host's
}

func newStatistics(s *Store) *statistics {
	ctx, stop := context.WithCancel(context.Background())
	return &statistics{store: s, ctx: ctx, stop: stop, grown: map[string]int64{}, next: map[string]int64{}}
}

// added has those tables looked at, in the background, that have as many rows again as when
// they were last looked at: however many there come, these are few looks.
func (s *statistics) added(inserted map[string]int64) {
	s.mu.Lock()
	defer s.mu.Unlock()
	var due []string
	for table, rows := range inserted {
		s.grown[table] += rows
		if s.grown[table] < max(s.next[table], firstRows) {
			continue
		}
		s.next[table] = 2 * s.grown[table]
		due = append(due, table)
	}
	s.start(func(ctx context.Context) error { return s.look(ctx, due) }, len(due) > 0)
}

// opened has those tables looked at that hold rows and were never looked at: those of a
// database that was restored from a dump, which holds no statistics.
func (s *statistics) opened() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.start(func(ctx context.Context) error {
		found, err := s.store.hosts.Query(ctx, `SELECT relname FROM pg_class
			WHERE relkind = 'r' AND relnamespace = current_schema()::regnamespace AND reltuples <= 0 AND pg_relation_size(oid) > 0`)
		if err != nil {
			return err
		}
		never, err := pgx.CollectRows(found, pgx.RowTo[string])
		if err != nil {
			return err
		}
		return s.look(ctx, never)
	}, true)
}

// start runs work in the background until the store is closed. The caller holds mu.
func (s *statistics) start(work func(context.Context) error, wanted bool) {
	if s.ctx.Err() != nil || !wanted {
		return
	}
	s.running.Go(func() {
		s.one.Lock()
		defer s.one.Unlock()
		ctx, cancel := context.WithTimeout(s.ctx, unitTime)
		defer cancel()
		if err := work(ctx); err != nil && s.ctx.Err() == nil {
			// What is missed is speed, and the server looks by itself before long.
			s.store.log.Warn("the server's statistics were not renewed", slog.Any("error", err))
		}
	})
}

// look has the server count the rows of tables, and the values in them. One that somebody
// holds is left to the server.
func (s *statistics) look(ctx context.Context, tables []string) error {
	for _, table := range tables {
		if _, err := s.store.hosts.Exec(ctx, "ANALYZE (SKIP_LOCKED) "+pgx.Identifier{table}.Sanitize(), pgx.QueryExecModeSimpleProtocol); err != nil {
			return err
		}
	}
	return nil
}

// wait returns when nothing is looked at any more.
func (s *statistics) wait() { s.running.Wait() }

// close lets no more looks begin, and ends those that run.
func (s *statistics) close() {
	s.mu.Lock() // not between start's look at ctx and its work
	s.stop()
	s.mu.Unlock()
	s.wait()
}

// inserted counts the rows that a unit of work puts into each table.
type inserted map[string]int64

// add counts those of one statement.
func (n inserted) add(text string, tag pgconn.CommandTag) {
	if n == nil || !tag.Insert() || tag.RowsAffected() == 0 {
		return
	}
	_, into, found := strings.Cut(text, "INSERT INTO ")
	if !found {
		return
	}
	if end := strings.IndexAny(into, " (\n"); end > 0 {
		n[strings.Trim(into[:end], `"`)] += tag.RowsAffected()
	}
}
