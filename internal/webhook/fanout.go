package webhook

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

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
		if l.behind() {
			return nil
		}
		var made []Delivery
		var skipped map[Skip]int
		bytes, n := 0, l.fanOutGroup()
		done, deliveries, err := l.ports.Queue.FanOut(ctx, n, func(events []appdock.Event) (_ []Delivery, err error) {
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
			l.unsure(made)
			return fmt.Errorf("fan out events: %w", err)
		}
		stale = 0
		if done > 0 {
			l.fan = (3*l.fan + float64(len(deliveries))/float64(done)) / 4
		}
		l.admit(done, deliveries, skipped)
		l.logMatched(ctx, done, len(deliveries), skipped)
		// A long backlog of events must not keep what waits on the disk waiting.
		if err := l.feed(ctx); err != nil {
			return err
		}
		// A store gives fewer than it has only if they bring much data.
		if done < n && bytes < fanOutBytes {
			break
		}
	}
	l.mu.Lock()
	l.fannedOut, l.deferredSince = asked, time.Time{}
	l.progressed()
	l.mu.Unlock()
	return l.keepGates(ctx) // what was made parked may be over the cap, or be the next trial
}

// unsure gives back what a fan-out made that failed: it may have been stored all the same.
func (l *looper) unsure(made []Delivery) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.giveBack(made...)
}

// fanOutGroup is how many events are matched at a time, so that no unit of work holds up the
// results of attempts for long.
func (l *looper) fanOutGroup() int {
	return max(1, min(fanOutEvents, int(fanOutDeliveries/max(1, l.fan))))
}

// behind puts matching off while there is enough to do that it would only wait in the
// store, which costs as much again as keeping it in memory: until much of that is done, or
// it is not done quickly, or somebody waits for an event, or this has gone on for too long.
func (l *looper) behind() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	now := l.options.Now()
	late := !l.deferredSince.IsZero() && now.Sub(l.deferredSince).Abs() > patience
	l.deferred = l.hurried <= l.fannedOut && !late && l.busy()
	if l.deferred && l.deferredSince.IsZero() {
		l.deferredSince = now
	}
	l.committed = l.committed || l.deferred
	return l.deferred
}

// busy reports whether the attempts of quick endpoints go on at full speed for a moment
// without any new ones. mu is held.
func (e *Engine) busy() bool {
	return e.lanes.startable() >= plenty && e.speed.at(e.options.Now()) >= plenty
}

// plenty is how many deliveries an engine at full speed has in hand before it makes more;
// and how many attempts in a second are full speed.
const plenty = 2000

// patience is how long events may wait behind a flood of others.
const patience = 30 * time.Second

// attemptRate measures how many attempts are made in a second.
type attemptRate struct {
	rate  float64
	n     int
	since time.Time
}

// at is the rate of a moment: 0 if nothing came of late.
func (r *attemptRate) at(now time.Time) float64 {
	if now.Sub(r.since).Abs() > time.Second {
		return 0
	}
	return r.rate
}

func (r *attemptRate) add(n int, now time.Time) {
	r.n += n
	if took := now.Sub(r.since); took >= 100*time.Millisecond || took < 0 {
		r.rate = float64(r.n) / max(time.Second/10, took).Seconds()
		r.n, r.since = 0, now
	}
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
		room       = e.lanes.room()
	)
	for _, event := range events {
		matched, err := e.indexes[event.Shop].match(event)
		if err != nil {
			e.stale[event.Shop], stale = true, err
			continue
		}
		first := len(deliveries)
		for _, s := range matched.To {
			records := []appdock.ID{{}}
			if s.Topic != "" {
				records = RecordsOf(s.Topic, event)
			}
			for _, record := range records {
				d := s.delivery(e.options.NewID(), event, now)
				d.Record, d.Strict = record, s.Strict || e.options.Apps[s.App].Strict
				if reason := e.closed(*s); reason != "" {
					d = d.Hold(reason)
				}
				deliveries = append(deliveries, d)
			}
		}
		for reason, n := range matched.Skipped {
			skipped[reason] += n
		}
		of := deliveries[first:]
		for i := range of {
			of[i].InHand = of[i].State == Waiting && room.take(of[i].Endpoint, charge(event.Data, len(of)))
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
			e.figures.waits(1)
			in := e.entry(d, same-i)
			if d.InHand || !e.blocked(in) {
				in.awaited = e.await(d)
			}
			e.lanes.admit(in, now)
		}
		i = same
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
