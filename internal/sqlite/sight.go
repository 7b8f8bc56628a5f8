package sqlite

import (
	"context"
	"sync"

	"github.com/appdock/appdock/internal/rows"
)

// sight is a connection that shows one moment until somebody wants a later one. What it has read
// of the file stays good for as long, where another connection forgets all of it whenever
// something was committed: most looks take no page from the system, and no lock of the file.
//
// The log cannot begin anew while a moment is held that needs it, so the [copier] ends it.
type sight struct {
	losses *rows.Losses

	mu      sync.Mutex
	session *session // nil: closed
	held    bool     // there is a moment
	moment  rows.Moment
}

var _ rows.Sight = (*sight)(nil)

func openSight(ctx context.Context, path string, losses *rows.Losses) (*sight, error) {
	looking, err := newReader(ctx, path, hostCache)
	if err != nil {
		return nil, err
	}
	return &sight{losses: losses, session: looking}, nil
}

func (s *sight) close(ctx context.Context) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.end(ctx)
	s.session.close()
	s.session = nil
}

// Losses are those of the writer, and no others.
func (s *sight) Losses() *rows.Losses { return s.losses }

// Look runs a function on the connection, at the moment that is held or, if fresh, at this one.
func (s *sight) Look(ctx context.Context, fresh bool, run func(rows.Conn, rows.Moment) error) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.session == nil {
		return errClosed()
	}
	if fresh {
		s.end(ctx)
	}
	if !s.held {
		s.moment = s.losses.Now() // before anything is read: what is lost in between counts as lost
		if _, err := s.session.Exec(context.WithoutCancel(ctx), "BEGIN"); err != nil {
			return err
		}
		s.held = true
	}
	err := run(s.session, s.moment)
	if err != nil { // what has failed once is not tried again at the same moment
		s.end(ctx)
	}
	return err
}

// release lets go of the moment that is held: the next look has a later one.
func (s *sight) release(ctx context.Context) { _ = s.without(ctx, func() error { return nil }) }

// without runs a function while no moment is held.
func (s *sight) without(ctx context.Context, run func() error) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.end(ctx)
	return run()
}

// end lets go of the moment. Whatever went wrong in it, it is not held afterwards.
func (s *sight) end(ctx context.Context) {
	if !s.held {
		return
	}
	s.held = false
	_, _ = s.session.Exec(context.WithoutCancel(ctx), "ROLLBACK") // an error rolled it back already
}
