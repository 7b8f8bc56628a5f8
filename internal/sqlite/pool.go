package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
)

// hostReaders is the number of connections for what the host itself reads: short
// statements that find their rows by a key.
const hostReaders = 4

// pool holds the connections for reading that nobody uses.
type pool chan *session

// fill opens the connections, each with a cache of so many KiB.
func (p pool) fill(ctx context.Context, db *sql.DB, cache int) error {
	for range cap(p) {
		reading, err := newSession(ctx, db)
		if err != nil {
			return err
		}
		p <- reading
		for _, setting := range []string{"query_only = 1", fmt.Sprintf("cache_size = -%d", cache)} {
			if _, err := reading.Exec(ctx, "PRAGMA "+setting); err != nil {
				return err
			}
		}
	}
	return nil
}

// close waits for those who are reading.
func (p pool) close() error {
	var err error
	for range cap(p) {
		err = errors.Join(err, (<-p).close())
	}
	return err
}

// read runs a function on a connection of a pool, in one transaction: all that it reads is
// of the same moment. Waiting for a connection ends with ctx.
func (s *Store) read(ctx context.Context, from pool, run func(*session) error) (err error) {
	var r *session
	select {
	case <-s.closed:
		return errClosed()
	case <-ctx.Done():
		return ctx.Err()
	case r = <-from:
	}
	defer func() { from <- r }()
	// The end must not be skipped by one who gives up in between.
	always := context.WithoutCancel(ctx)
	if _, err := r.Exec(always, "BEGIN"); err != nil {
		return err
	}
	defer func() {
		if _, e := r.Exec(always, "COMMIT"); err == nil {
			err = e
		}
	}()
	return run(r)
}
