package webhook

import (
	"context"
	"errors"
	"fmt"
	"log/slog"

	"github.com/appdock/appdock"
)

// fanOut makes deliveries of all events that were committed before it began.
func (l *looper) fanOut(ctx context.Context) error {
	l.mu.Lock()
	l.committed = false
	asked := l.asked
	l.mu.Unlock()
	for stale := 0; ; {
		if err := l.load(ctx); err != nil {
			return err
		}
		if err := l.keepGates(ctx); err != nil { // before anything newer is made
			return err
		}
		var skipped map[Skip]int
		bytes := 0
		done, deliveries, err := l.ports.Queue.FanOut(ctx, fanOutGroup, func(events []appdock.Event) (made []Delivery, err error) {
			bytes = 0
			for _, event := range events {
				bytes += len(event.Data.Payload) + len(event.Data.Previous)
			}
			made, skipped, err = l.match(events)
			return made, err
		})
		if errors.Is(err, ErrStale) && stale < maxStale {
			stale++
			continue
		}
		if err != nil {
			return fmt.Errorf("fan out events: %w", err)
		}
		stale = 0
		l.admit(done, deliveries, skipped)
		l.logMatched(ctx, done, len(deliveries), skipped)
		// A long backlog of events must not keep what waits on the disk waiting.
		if err := l.feed(ctx); err != nil {
			return err
		}
		// A store gives fewer than it has only if they bring much data.
		if done < fanOutGroup && bytes < fanOutBytes {
			break
		}
	}
	l.mu.Lock()
	l.fannedOut = asked
	l.progressed()
	l.mu.Unlock()
	return l.keepGates(ctx) // what was made parked may be over the cap, or be the next trial
}

// match makes the deliveries of events. It runs inside a unit of work of the store,
// which may run it again.
func (e *Engine) match(events []appdock.Event) ([]Delivery, map[Skip]int, error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	var (
		deliveries []Delivery
		skipped    = make(map[Skip]int)
		now        = e.options.Now()
		stale      error
	)
	for _, event := range events {
		matched, err := e.indexes[event.Shop].match(event)
		if err != nil {
			e.stale[event.Shop], stale = true, err
			continue
		}
		for _, s := range matched.To {
			records := []appdock.ID{{}}
			if s.Topic != "" {
				records = recordsOf(s.Topic, event)
			}
			for _, record := range records {
				d := s.delivery(e.options.NewID(), event, now)
				d.Record, d.Strict = record, e.options.Apps[s.App].Strict
				if reason := e.closed(*s); reason != "" {
					d = d.Hold(reason)
				}
				deliveries = append(deliveries, d)
			}
		}
		for reason, n := range matched.Skipped {
			skipped[reason] += n
		}
	}
	if stale != nil {
		return nil, nil, stale
	}
	return deliveries, skipped, nil
}

// admit puts deliveries that were just made into the lanes, as far as there is room.
func (e *Engine) admit(events int, deliveries []Delivery, skipped map[Skip]int) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.figures.matched(events, len(deliveries), skipped)
	now := e.options.Now()
	for i := 0; i < len(deliveries); {
		same := i + 1
		for same < len(deliveries) && deliveries[same].Seq == deliveries[i].Seq {
			same++
		}
		for _, d := range deliveries[i:same] {
			if d.State != Waiting {
				e.gates.parked(d.Subscription, 1)
				continue
			}
			if n, counted := e.outstanding[d.Event]; counted || len(e.outstanding) < outstandingEvents {
				e.outstanding[d.Event] = n + 1
			}
			e.lanes.admit(e.entry(d, same-i), now)
		}
		i = same
	}
}

// attempted says that a first attempt of an event is over, or will not be for long. mu is
// held.
func (e *Engine) attempted(event appdock.ID) {
	if n, counted := e.outstanding[event]; !counted {
		return
	} else if n > 1 {
		e.outstanding[event] = n - 1
	} else {
		delete(e.outstanding, event)
	}
}

func (e *Engine) logMatched(ctx context.Context, events, deliveries int, skipped map[Skip]int) {
	if events == 0 || !e.options.Log.Enabled(ctx, slog.LevelDebug) {
		return
	}
	attrs := []slog.Attr{slog.Int("events", events), slog.Int("deliveries", deliveries)}
	for reason, n := range skipped {
		attrs = append(attrs, slog.Int("skipped_"+string(reason), n))
	}
	e.options.Log.LogAttrs(ctx, slog.LevelDebug, "events matched", attrs...)
}
