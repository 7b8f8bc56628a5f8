package postgres

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/appdock/appdock"
	"github.com/appdock/appdock/internal/rows"
)

const (
	// tries is how often a unit of work is run that others were in the way of, or whose
	// connection was lost before it was committed.
	tries = 8
	// pause is the longest time before the second try; it doubles with each.
	pause = 5 * time.Millisecond
	// unitTime ends a unit of work that hangs. No one but the server can make it last.
	unitTime = 2 * time.Minute
)

// database is the store as the rows see it.
type database struct{ store *Store }

var _ rows.Database = database{}

// errClosed answers those who come after the store was closed.
func errClosed() error {
	return &appdock.Error{
		Kind:    appdock.Unavailable,
		Code:    "ADK-STOPPING",
		Message: "The host is stopping.",
		Cure:    "Try again when it runs.",
	}
}

// Rights may change on any node.
func (database) Rights() (int64, bool) { return 0, false }

// Sight is of nothing: any node may write.
func (database) Sight() rows.Sight { return nil }

// BrokenColumns reads the driver's error.
func (database) BrokenColumns(err error) []string { return brokenColumns(err) }

// Read runs a function in a transaction that sees one moment.
func (d database) Read(ctx context.Context, from rows.Reader, run func(rows.Conn) error) error {
	pool := d.store.hosts
	if from == rows.Stranger {
		pool = d.store.searchers
	}
	for try := 1; ; try++ {
		begun := false
		cut, err := d.store.on(ctx, pool, func(conn *pgx.Conn) error {
			if from == rows.Glance {
				return run(d.store.session(ctx, conn))
			}
			if _, err := conn.Exec(ctx, "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"); err != nil {
				return err
			}
			begun = true
			if err := run(d.store.session(ctx, conn)); err != nil {
				return err
			}
			_, err := conn.Exec(context.WithoutCancel(ctx), "COMMIT")
			return err
		})
		if cut && !begun && try < tries {
			continue // one that was idle was found dead
		}
		return d.store.explain(err, cut)
	}
}

// on runs a transaction on a connection of a pool, and rolls back what it leaves open. cut
// says that the connection was lost, and that the server rolls back what was not committed.
func (s *Store) on(ctx context.Context, pool *pgxpool.Pool, run func(*pgx.Conn) error) (cut bool, err error) {
	select {
	case <-s.closed:
		return false, errClosed()
	default:
	}
	taken, err := pool.Acquire(ctx)
	if err != nil {
		return false, err
	}
	defer taken.Release()
	conn := taken.Conn()
	defer func() { // after a panic, too
		if !conn.IsClosed() && conn.PgConn().TxStatus() != idle {
			always, cancel := context.WithTimeout(context.WithoutCancel(ctx), cancelTime)
			defer cancel()
			// If it fails, the pool drops the connection, and with it the transaction.
			_, _ = conn.Exec(always, "ROLLBACK")
		}
	}()
	err = run(conn)
	if ctx.Err() != nil && codeOf(err) == queryCanceled {
		err = fmt.Errorf("%w: %w", ctx.Err(), err) // the server ended what was given up, and was the first to say so
	}
	return err != nil && ctx.Err() == nil && conn.IsClosed(), err
}

// idle is what the protocol says of a connection without a transaction.
const idle = 'I'

// Write runs a unit of work, again if others were in its way or its connection was lost.
// The server commits those together that come together.
func (d database) Write(ctx context.Context, _ rows.Kind, _ bool, run func(context.Context, rows.Conn) (int, error)) error {
	for try := 1; ; try++ {
		repeat, err := d.store.unit(ctx, run)
		if err == nil || !repeat || try == tries {
			return err
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(rand.N(pause << try)):
		}
	}
}

// unit runs a unit of work once. repeat says that nothing of it was stored, and that it
// may succeed the next time.
func (s *Store) unit(ctx context.Context, run func(context.Context, rows.Conn) (int, error)) (repeat bool, err error) {
	if err := s.holder.state().err; err != nil {
		return false, err
	}
	watched := s.holder.begun()
	var transaction int64
	committing := false
	grown := inserted{}
	cut, err := s.on(ctx, s.hosts, func(conn *pgx.Conn) (err error) {
		if transaction, err = s.begin(ctx, conn); err != nil {
			return err
		}
		// What has begun is waited for, whoever gives up.
		always, cancel := context.WithTimeout(context.WithoutCancel(ctx), unitTime)
		defer cancel()
		unit := s.session(ctx, conn)
		unit.inserted = grown
		if _, err = run(always, unit); err != nil {
			return err
		}
		committing = true
		tag, err := conn.Exec(always, "COMMIT")
		if err == nil && tag.String() != "COMMIT" {
			err = errors.New("the unit went on after a statement that failed")
		}
		return err
	})
	if err == nil && len(grown) > 0 {
		s.looks.added(grown) //nolint:contextcheck // beside the caller, until the store is closed
	}
	if !committing || !cut {
		return cut || again(err), s.explain(err, cut)
	}
	switch s.holder.outcomeOf(context.WithoutCancel(ctx), watched, transaction) {
	case committed:
		return false, nil
	case aborted:
		return true, s.explain(err, cut)
	case unsure:
	}
	return false, s.unsure(err)
}

// begin begins a transaction, in one step with what must be known of it: its number, and
// whether the database is still this host's. Another host that takes the database waits
// until all units have ended that were told so.
func (s *Store) begin(ctx context.Context, conn *pgx.Conn) (transaction int64, err error) {
	var number int64
	var b pgx.Batch
	b.Queue("BEGIN ISOLATION LEVEL READ COMMITTED")
	b.Queue("SELECT pg_advisory_xact_lock_shared($1)", unitsLock)
	b.Queue("SELECT pg_current_xact_id()::text::bigint, number FROM holder").QueryRow(func(row pgx.Row) error {
		return row.Scan(&transaction, &number)
	})
	if err := conn.SendBatch(ctx, &b).Close(); err != nil {
		return 0, err
	}
	return transaction, s.holder.check(number)
}

// unsure is what is said when the server was lost while it committed.
func (s *Store) unsure(err error) error {
	return &appdock.Error{
		Kind:    appdock.Unavailable,
		Code:    "ADK-DATABASE-UNSURE",
		Message: "Nobody knows whether this was stored.",
		Cause:   place(s.config) + " was lost while it committed: all of it is stored, or nothing",
		Cure:    "Look when the database is there again, and repeat what is not.",
		Err:     err,
	}
}
