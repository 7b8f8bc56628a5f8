package sqlite

import (
	"context"
	"fmt"
	"log/slog"
	"sync"
	"sync/atomic"

	"github.com/appdock/appdock"
)

// syncer brings committed groups to the disk, in their order, while the writer is busy with
// the next one: a commit with synchronous=NORMAL hands its pages to the system and no more.
// Nobody is answered, and no reader gives what it read, before the log was synced with what
// that is about. A sync that fails is the last.
type syncer struct {
	sync   func() error // brings to the disk what the log has
	health *health
	groups chan group
	ended  chan struct{} // closed when the last group was answered
	begun  atomic.Int64  // groups whose commit has begun: readers may see what they wrote

	mu      sync.Mutex
	settled int64         // groups that have reached the disk, or of which nobody will ever know
	moved   chan struct{} // closed and made anew when settled rises
}

// group is what was committed together. One whose commit failed has no units.
type group struct {
	number     int64 // counted by begun
	units      []*unit
	results    []result
	savepoints bool // each unit runs in one
}

func newSyncer(ctx context.Context, sync func() error, h *health) *syncer {
	s := &syncer{
		sync:   sync,
		health: h,
		groups: make(chan group, 1), // at most one waits, with the writer behind it
		ended:  make(chan struct{}),
		moved:  make(chan struct{}),
	}
	go s.loop(ctx)
	return s
}

// close ends the loop once all that was committed is answered. No group comes after it.
func (s *syncer) close() {
	close(s.groups)
	<-s.ended
}

func (s *syncer) loop(ctx context.Context) {
	defer close(s.ended)
	for g := range s.groups {
		err := s.health.failure()
		if err == nil {
			if failed := s.sync(); failed != nil {
				err = s.health.fail(ctx, fmt.Errorf("sync the log: %w", failed))
			}
		}
		s.settle(g.number)
		g.answer(err)
	}
}

func (s *syncer) settle(number int64) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.settled = number
	close(s.moved)
	s.moved = make(chan struct{})
}

// wait returns once all groups up to a number are settled, or with the error of ctx.
func (s *syncer) wait(ctx context.Context, number int64) error {
	for {
		moved := s.until(number)
		if moved == nil {
			return nil
		}
		select {
		case <-moved:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// until gives what is closed when the next group is settled; nil: all up to a number are.
func (s *syncer) until(number int64) <-chan struct{} {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.settled >= number {
		return nil
	}
	return s.moved
}

// answer tells the callers what became of their units; err: of all that did not panic.
func (g group) answer(err error) {
	for i, u := range g.units {
		if err != nil && g.results[i].panicked == nil {
			g.results[i].err = err
		}
		u.answer <- g.results[i]
	}
}

// health is why nothing is written any more, once that is so.
type health struct {
	log    *slog.Logger
	mu     sync.Mutex
	failed error
}

// failure is nil while all is well.
func (h *health) failure() error {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.failed
}

// fail ends all writing: nobody knows what the disk holds. It gives what callers are told,
// which is of the first failure.
func (h *health) fail(ctx context.Context, err error) error {
	h.log.LogAttrs(ctx, slog.LevelError, "nothing is written any more", slog.Any("error", err))
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.failed == nil {
		h.failed = &appdock.Error{
			Kind:    appdock.Unavailable,
			Code:    "ADK-STORE-FAILED",
			Message: "Nothing can be stored any more.",
			Cause:   "the database could not be written to the disk",
			Cure:    "Look at the log and the disk, then start the host again.",
			Err:     err,
		}
	}
	return h.failed
}
