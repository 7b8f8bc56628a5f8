package webhook

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"github.com/appdock/appdock"
	"github.com/appdock/appdock/protocol"
)

// Shops gives what is said of a shop in every message: its URL and locale of now.
type Shops interface {
	Shop(ctx context.Context, id appdock.ShopID) (appdock.Shop, error)
}

// ErrStopped says that the engine has stopped: nothing is attempted until the next start.
var ErrStopped = errors.New("the engine has stopped")

// Ports are what an [Engine] stands on.
type Ports struct {
	Queue         Queue
	Subscriptions Subscriptions
	Keys          Keys
	Shops         Shops
	Sender        Sender
}

// Options of an [Engine]; each but Now, NewID and Log may be zero.
type Options struct {
	Host        protocol.Host // Agent and Version; language and locale come with the shop
	Schedule    Schedule      // nil: DefaultSchedule
	InFlight    int           // most attempts at a time; 0: 64
	PerEndpoint int           // most attempts at a time to one endpoint; 0: 8
	// Fresh leaves retries alone, for a host that lives as long as one command: what was
	// never tried is sent, because order demands it before what the command causes.
	Fresh bool
	// Observe is told when an attempt goes out and when its answer is in. It is called
	// by many goroutines and holds up the lane.
	Observe func(Observation)
	Now     func() time.Time
	NewID   func() appdock.ID
	Log     *slog.Logger
}

// Observation is one look at an attempt.
type Observation struct {
	Delivery Delivery // before the attempt, or after it once Answered
	Attempt  int      // counted from 0
	At       time.Time
	Answered bool
	Outcome  Outcome // once Answered
}

// Limits of one unit of work, and how long a stop may take.
const (
	fanOutGroup = 256
	claimGroup  = 1024
	finishGroup = 512
	maxStale    = 3 // times that an index may be too old although it was just loaded
	// A stopped engine lets attempts end for as long as one may take, and then writes
	// what they came to.
	attemptGrace = 10 * time.Second
	recordGrace  = 5 * time.Second
	sweepEvery   = time.Minute
	changedEvery = time.Second
)

// Engine turns events into deliveries and sends them. Nothing is only in its memory:
// what it holds when it ends, however it ends, is in the queue.
type Engine struct {
	ports   Ports
	options Options

	look     chan struct{} // capacity 1: something changed that the loop looks at
	answered chan struct{} // capacity 1: there are results to write
	stopped  chan struct{} // closed when Run returned
	attempts sync.WaitGroup

	mu        sync.Mutex // guards what follows
	lanes     *lanes
	indexes   map[appdock.ShopID]*index
	stale     map[appdock.ShopID]bool // their index is to be loaded
	committed bool                    // there may be events to fan out
	dueAt     time.Time               // of the next retry; zero: none is known
	results   []Finished              // not yet written
	// Who waits in Settled needs a fan-out that began after it asked, and no first
	// attempt of its event outstanding.
	asked, fannedOut int
	outstanding      map[appdock.ID]int
	progress         chan struct{} // closed and replaced when one of the two changes
}

// NewEngine makes an engine; nothing happens before Run.
func NewEngine(ports Ports, options Options) *Engine {
	if options.Schedule == nil {
		options.Schedule = DefaultSchedule()
	}
	if options.InFlight == 0 {
		options.InFlight = 64
	}
	if options.PerEndpoint == 0 {
		options.PerEndpoint = 8
	}
	if options.Observe == nil {
		options.Observe = func(Observation) {}
	}
	return &Engine{
		ports:       ports,
		options:     options,
		look:        make(chan struct{}, 1),
		answered:    make(chan struct{}, 1),
		stopped:     make(chan struct{}),
		lanes:       newLanes(options.PerEndpoint, options.InFlight),
		indexes:     make(map[appdock.ShopID]*index),
		stale:       make(map[appdock.ShopID]bool),
		outstanding: make(map[appdock.ID]int),
		progress:    make(chan struct{}),
	}
}

// Run delivers until ctx ends, and returns when everything it started has ended: no
// attempt begins after that, running ones get ten seconds, and their results are
// written. It may be called once. An error means that results could not be written; their
// deliveries will be sent again.
func (e *Engine) Run(ctx context.Context) error {
	defer close(e.stopped)
	sending, hangUp := context.WithCancel(context.WithoutCancel(ctx))
	defer hangUp()
	recording, giveUp := context.WithCancel(context.WithoutCancel(ctx))
	defer giveUp()

	ended, recorded := make(chan struct{}), make(chan error, 1)
	go func() { recorded <- e.record(ctx, sending, recording, ended) }()

	e.loop(ctx, sending)

	defer time.AfterFunc(attemptGrace, hangUp).Stop()
	e.attempts.Wait()
	close(ended)
	defer time.AfterFunc(recordGrace, giveUp).Stop()
	return <-recorded
}

// Committed is the hint that these events were committed just now. Without it they are
// found by the sweep of each minute.
func (e *Engine) Committed(events []appdock.Event) {
	if len(events) == 0 {
		return
	}
	e.mu.Lock()
	e.committed = true
	for _, event := range events {
		if x := e.indexes[event.Shop]; x == nil || x.revision < event.Revision {
			e.stale[event.Shop] = true
		}
	}
	e.mu.Unlock()
	signal(e.look)
}

// Settled waits until the first attempt of every delivery of the event was made and
// written. The event must be committed. It returns at once when there is no delivery
// or all were attempted before, and [ErrStopped] if that will not be while this engine
// lives. With the zero ID it waits until all that was committed before is matched.
func (e *Engine) Settled(ctx context.Context, event appdock.ID) error {
	e.mu.Lock()
	e.asked++
	mine := e.asked
	e.mu.Unlock()
	signal(e.look)
	for {
		e.mu.Lock()
		settled := e.fannedOut >= mine && e.outstanding[event] == 0
		progress := e.progress
		e.mu.Unlock()
		if settled {
			return nil
		}
		select {
		case <-progress:
		case <-ctx.Done():
			return fmt.Errorf("wait for the first attempts of an event: %w", ctx.Err())
		case <-e.stopped:
			return ErrStopped
		}
	}
}

// work is what the loop has to do next. Claiming comes before fanning out: what waits in
// the queue is older than what is not yet in it.
type work struct{ refresh, claim, fanOut bool }

func everything() work { return work{refresh: true, claim: true, fanOut: true} }

// loop brings deliveries from the queue into the lanes until ctx ends.
func (e *Engine) loop(ctx, sending context.Context) {
	changed := time.NewTicker(changedEvery)
	defer changed.Stop()
	sweep := time.NewTicker(sweepEvery)
	defer sweep.Stop()
	due := time.NewTimer(0)
	defer due.Stop()

	var since int64
	failures := 0
	for todo := everything(); ; {
		if err := e.work(ctx, sending, todo, &since); err != nil {
			if ctx.Err() != nil {
				return
			}
			e.options.Log.LogAttrs(ctx, slog.LevelError, "queue cannot be read", slog.Any("error", err))
			// It may have been done all the same: whatever it gave is claimed first.
			todo = everything()
			if !pause(ctx, failures) {
				return
			}
			failures++
			continue
		}
		failures, todo = 0, work{}
		due.Stop()
		if at := e.nextDue(); !at.IsZero() {
			due.Reset(at.Sub(e.options.Now()))
		}
		select {
		case <-ctx.Done():
			return
		case <-e.look:
			todo.fanOut = e.wantsFanOut()
		case <-changed.C:
			todo.refresh = true
		case <-due.C:
			todo.refresh, todo.claim = true, true
		case <-sweep.C:
			todo = everything()
		}
	}
}

func (e *Engine) work(ctx, sending context.Context, todo work, since *int64) error {
	if todo.refresh {
		shops, now, err := e.ports.Subscriptions.Changed(ctx, *since)
		if err != nil {
			return fmt.Errorf("ask which shops changed: %w", err)
		}
		*since = now
		e.mu.Lock()
		for _, shop := range shops {
			e.stale[shop] = true
		}
		e.mu.Unlock()
		if err := e.load(ctx); err != nil {
			return err
		}
	}
	if todo.claim {
		if err := e.claim(ctx, sending); err != nil {
			return err
		}
	}
	if todo.fanOut {
		return e.fanOut(ctx, sending)
	}
	return nil
}

// load reads the index of every shop whose index is stale.
func (e *Engine) load(ctx context.Context) error {
	e.mu.Lock()
	shops := make([]appdock.ShopID, 0, len(e.stale))
	for shop := range e.stale {
		shops = append(shops, shop)
	}
	e.mu.Unlock()
	for _, shop := range shops {
		subscriptions, revision, err := e.ports.Subscriptions.Load(ctx, shop)
		if err != nil {
			return fmt.Errorf("load the subscriptions of shop %s: %w", shop, err)
		}
		loaded := newIndex(subscriptions, revision)
		e.mu.Lock()
		e.indexes[shop] = loaded
		delete(e.stale, shop)
		e.mu.Unlock()
	}
	return nil
}

// claim takes what is due out of the queue.
func (e *Engine) claim(ctx, sending context.Context) error {
	// Forgotten before it is asked for anew: a retry that is written meanwhile lowers it.
	e.mu.Lock()
	e.dueAt = time.Time{}
	e.mu.Unlock()
	for {
		deliveries, next, err := e.ports.Queue.Claim(ctx, Claim{Now: e.options.Now(), Limit: claimGroup, Fresh: e.options.Fresh})
		if err != nil {
			return fmt.Errorf("claim deliveries: %w", err)
		}
		e.admit(deliveries)
		e.dispatch(ctx, sending)
		if len(deliveries) < claimGroup {
			e.mu.Lock()
			e.expect(next)
			e.mu.Unlock()
			return nil
		}
	}
}

// fanOut makes deliveries of all events that were committed before it began.
func (e *Engine) fanOut(ctx, sending context.Context) error {
	e.mu.Lock()
	e.committed = false
	asked := e.asked
	e.mu.Unlock()
	for stale := 0; ; {
		if err := e.load(ctx); err != nil {
			return err
		}
		var skipped map[Skip]int
		done, deliveries, err := e.ports.Queue.FanOut(ctx, fanOutGroup, func(events []appdock.Event) (made []Delivery, err error) {
			made, skipped, err = e.match(events)
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
		e.admit(deliveries)
		e.dispatch(ctx, sending)
		e.logMatched(ctx, done, len(deliveries), skipped)
		if done < fanOutGroup {
			break
		}
		// A long backlog of events must not keep retries waiting.
		if at := e.nextDue(); !at.IsZero() && !at.After(e.options.Now()) {
			if err := e.claim(ctx, sending); err != nil {
				return err
			}
		}
	}
	e.mu.Lock()
	e.fannedOut = asked
	e.progressed()
	e.mu.Unlock()
	return nil
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
			deliveries = append(deliveries, s.delivery(e.options.NewID(), event, now))
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

// admit puts deliveries that this engine holds now into the lanes.
func (e *Engine) admit(deliveries []Delivery) {
	e.mu.Lock()
	defer e.mu.Unlock()
	for _, d := range deliveries {
		// An update of the app may have moved the subscription (protocol-webhooks.md 7).
		if url, ok := e.indexes[d.Shop].url(d.Subscription); ok {
			d.URL = url
		}
		if d.Attempts == 0 {
			e.outstanding[d.Event]++
		}
		e.lanes.add(d)
	}
}

func (e *Engine) wantsFanOut() bool {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.committed || e.fannedOut < e.asked
}

func (e *Engine) nextDue() time.Time {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.dueAt
}

// expect remembers the nearest time at which something is due. mu is held.
func (e *Engine) expect(at time.Time) {
	if !e.options.Fresh && !at.IsZero() && (e.dueAt.IsZero() || at.Before(e.dueAt)) {
		e.dueAt = at
	}
}

// progressed wakes all that wait in Settled. mu is held.
func (e *Engine) progressed() {
	close(e.progress)
	e.progress = make(chan struct{})
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

// signal wakes whoever reads c; one signal stands for many.
func signal(c chan<- struct{}) {
	select {
	case c <- struct{}{}:
	default:
	}
}

// pause waits before the next try after a number of failures in a row: 100 ms, doubled up
// to about 25 s. It is false if ctx ended.
func pause(ctx context.Context, failures int) bool {
	timer := time.NewTimer(100 * time.Millisecond << min(failures, 8))
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-ctx.Done():
		return false
	}
}
