package sqlite

import (
	"context"
	"fmt"
	"log/slog"

	sqlite3 "modernc.org/sqlite/lib"

	"github.com/appdock/appdock/internal/rows"
)

const (
	// fullLog is how many pages the log holds before it is copied into the database. By then
	// most were written several times: a small write changes a dozen, many of them those of the
	// write before. 16 MB are read back at a start in well under a second.
	fullLog = 4000
	// rest is how many pages may be left for when the writer stands still: 2 MB.
	rest = 500
	// rounds is how often the log is copied beside the writer at most, which adds to it meanwhile:
	// each time there is less.
	rounds = 4
)

// copier copies the log into the database on a connection of its own, so that nobody who
// writes waits for it. The log begins anew when all of it was copied; the last pages are
// therefore copied while the writer stands still.
type copier struct {
	session *session
	writer  *writer
	sight   *sight
	due     chan struct{} // the log is full
	stop    chan struct{}
	ended   chan struct{}

	// The rest is the writer's alone.
	full  int // pages with which the log is full
	pages int // of the log, at the last commit
}

// newCopier has the session that writes tell when its log is full.
func newCopier(copying, writing *session, ahead *sight) *copier {
	c := &copier{
		session: copying,
		sight:   ahead,
		due:     make(chan struct{}, 1),
		stop:    make(chan struct{}),
		ended:   make(chan struct{}),
		full:    fullLog,
	}
	writing.engine.onCommit(c.logged)
	return c
}

// start begins to copy. The last pages are copied with the writer.
func (c *copier) start(ctx context.Context, w *writer) {
	c.writer = w
	go c.loop(context.WithoutCancel(ctx))
}

// close ends the loop, which may have to wait for the writer.
func (c *copier) close() {
	close(c.stop)
	<-c.ended
	c.session.close()
}

// logged is told after each commit how long the log is. If somebody reads what was before, it
// cannot begin anew and is full again a little later.
func (c *copier) logged(pages int) {
	if pages < c.pages {
		c.full = fullLog
	}
	if c.pages = pages; pages < c.full {
		return
	}
	c.full = pages + fullLog/4
	select {
	case c.due <- struct{}{}:
	default: // it is known
	}
}

func (c *copier) loop(ctx context.Context) {
	defer close(c.ended)
	for {
		select {
		case <-c.due:
			if err := c.copy(ctx); err != nil {
				c.failed(ctx, err)
			}
		case <-c.stop:
			return
		}
	}
}

func (c *copier) copy(ctx context.Context) error {
	before := 0
	for range rounds {
		c.sight.release(ctx) // what it shows could not be copied over
		pages, err := c.pass(ctx)
		if err != nil {
			return err
		}
		if pages-before < rest { // about as many came meanwhile
			break
		}
		before = pages
	}
	return c.writer.keep(ctx, true, func(ctx context.Context, _ *session) (int, error) {
		return 0, c.sight.without(ctx, func() error {
			_, err := c.pass(ctx)
			return err
		})
	})
}

// pass copies what was committed and is read by nobody as it was before. It gives how many
// pages the log had when it began.
func (c *copier) pass(ctx context.Context) (pages int, err error) {
	var busy, copied int
	err = c.session.While(ctx, func(row rows.Row) (bool, error) { return true, row.Scan(&busy, &pages, &copied) }, "PRAGMA wal_checkpoint(PASSIVE)")
	return pages, err
}

// failed judges an error. Without room on the disk the log grows until there is some, and is
// copied then. What the disk could not take is lost for good if it is tried again: a system
// reports it once.
func (c *copier) failed(ctx context.Context, err error) {
	if primaryCode(err) == sqlite3.SQLITE_IOERR {
		_ = c.writer.health.fail(ctx, fmt.Errorf("copy the log: %w", err)) // is told to who writes next
		return
	}
	c.writer.health.log.LogAttrs(ctx, slog.LevelWarn, "the log was not copied into the database", slog.Any("error", err))
}
