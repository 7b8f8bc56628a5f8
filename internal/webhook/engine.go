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
	Parking       Parking
	Subscriptions Subscriptions
	Keys          Keys
	Shops         Shops
	Sender        Sender
	Objects       Objects
}

// Options of an [Engine]; each but Now, NewID and Log may be zero.
type Options struct {
	Host        protocol.Host // Agent and Version; language and locale come with the shop
	Schedule    Schedule      // nil: DefaultSchedule
	Health      HealthRules   // no cooldowns: DefaultHealthRules
	InFlight    int           // most attempts at a time to endpoints that are not slow; 0: 128
	PerEndpoint int           // most attempts at a time to one endpoint; 0: 8
	// Apps says what is different for some, by name.
	Apps map[string]AppOptions
	// Fresh leaves retries and trials alone, for a host that lives as long as one command:
	// what was never tried is sent, because order demands it before what the command causes.
	Fresh bool
	// AttemptGrace is how long attempts that are under way may take once the engine is
	// stopped; 0: 10 s, for as long as one may take.
	AttemptGrace time.Duration
	// RecordGrace is how long it then may take to write what they came to; 0: 5 s.
	RecordGrace time.Duration
	// Observe is told when an attempt goes out and when its answer is in. It is called
	// by many goroutines and holds up the lane.
	Observe func(Observation)
	// Changed is told when the health of a subscription became another state. It holds up
	// the writing of results.
	Changed func(HealthChange)
	Now     func() time.Time
	NewID   func() appdock.ID
	Log     *slog.Logger
}

// AppOptions are those of one app; zero values are those of all.
type AppOptions struct {
	Schedule    Schedule
	PerEndpoint int
	// Strict keeps the order of its deliveries over all attempts.
	Strict bool
	// Rate is how many attempts may begin in a second at each of its endpoints; 0: any.
	Rate float64
}

// Observation is one look at an attempt.
type Observation struct {
	Delivery Delivery // before the attempt, or after it once Answered
	Attempt  int      // counted from 0
	At       time.Time
	Answered bool
	Outcome  Outcome // once Answered, like Class
	Class    Class
}

// Limits of one unit of work, and how long a stop may take.
const (
	fanOutEvents     = 128
	fanOutDeliveries = 512
	fanOutBytes      = 1 << 20
	finishGroup      = 512
	linger           = time.Millisecond
	mostPending      = 128 // results that wait to be written, above which nothing else is begun
	maxStale         = 3   // times that an index may be too old although it was just loaded
	sweepEvery       = time.Minute
	changedEvery     = time.Second
	moveGroup        = 1000
	// What is in memory: deliveries for one endpoint and for all, and the bytes of their
	// events. What is more stays on the disk until there is room.
	queuedPerEndpoint = 1000
	queuedInAll       = 32 << 10
	queuedBytes       = 32 << 20
	// Settled remembers so many events.
	outstandingEvents = 100_000
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

	mu            sync.Mutex // guards what follows
	ending        bool       // no attempt begins any more
	lanes         *lanes
	indexes       map[appdock.ShopID]*index
	stale         map[appdock.ShopID]bool // their index is to be loaded
	committed     bool                    // there may be events to fan out
	replayed      bool                    // there may be deliveries on the disk that nobody told of
	wakeAt        time.Time               // when the loop looks without being told; zero: at no time
	deferred      bool                    // fanning out waits until there is less to do
	deferredSince time.Time               // zero: all is matched
	speed         attemptRate
	results       []result             // not yet written
	unwritten     map[int64]appdock.ID // the numbers of their deliveries, and their subscriptions
	// written are those that were written while the loop reads the disk: what it reads may
	// be what they were before.
	written map[int64]struct{}
	reading bool
	gates   gates
	ticked  time.Time // when the loop looked at their health last
	figures Figures
	// Who waits in Settled needs a fan-out that began after it asked, and no first
	// attempt of its event outstanding.
	asked, fannedOut int
	hurried          int // the last of asked that does not wait for others' deliveries
	outstanding      map[appdock.ID]int
	// unread are those of them that are only on the disk, by subscription and event.
	unread   map[appdock.ID]map[appdock.ID]int
	progress chan struct{} // closed and replaced when one of the two changes
}

// NewEngine makes an engine; nothing happens before Run.
func NewEngine(ports Ports, options Options) *Engine {
	if options.Schedule == nil {
		options.Schedule = DefaultSchedule()
	}
	if options.InFlight == 0 {
		options.InFlight = 128
	}
	if options.PerEndpoint == 0 {
		options.PerEndpoint = 8
	}
	if options.AttemptGrace == 0 {
		options.AttemptGrace = 10 * time.Second
	}
	if options.RecordGrace == 0 {
		options.RecordGrace = 5 * time.Second
	}
	if options.Observe == nil {
		options.Observe = func(Observation) {}
	}
	if options.Changed == nil {
		options.Changed = func(HealthChange) {}
	}
	if options.Health.Cooldowns == nil {
		options.Health = DefaultHealthRules()
	}
	return &Engine{
		ports:    ports,
		options:  options,
		look:     make(chan struct{}, 1),
		answered: make(chan struct{}, 1),
		stopped:  make(chan struct{}),
		lanes: newLanes(capacity{
			inFlight: options.InFlight, slow: max(1, options.InFlight/4), perEndpoint: options.PerEndpoint,
			queued: queuedPerEndpoint, memory: queuedInAll, bytes: queuedBytes,
		}),
		indexes:     make(map[appdock.ShopID]*index),
		stale:       make(map[appdock.ShopID]bool),
		unwritten:   make(map[int64]appdock.ID),
		written:     make(map[int64]struct{}),
		gates:       newGates(),
		figures:     newFigures(),
		outstanding: make(map[appdock.ID]int),
		unread:      make(map[appdock.ID]map[appdock.ID]int),
		progress:    make(chan struct{}),
	}
}

// Run delivers until ctx ends, and returns when everything it started has ended: no
// attempt begins after that, running ones get their grace, and their results are
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

	e.mu.Lock()
	e.ending = true // or one could begin that nobody waits for
	e.mu.Unlock()
	defer time.AfterFunc(e.options.AttemptGrace, hangUp).Stop()
	e.attempts.Wait()
	close(ended)
	defer time.AfterFunc(e.options.RecordGrace, giveUp).Stop()
	return <-recorded
}

// Committed is the hint that these events were committed just now. Without it they are
// found by the sweep of each minute.
func (e *Engine) Committed(events []appdock.Event) {
	if len(events) == 0 {
		return
	}
	e.mu.Lock()
	look := false
	for _, event := range events {
		if event.Unheard {
			e.figures.matched(1, 0, nil)
		} else {
			look, e.committed = true, true
		}
		if x := e.indexes[event.Shop]; x == nil || x.revision < event.Revision {
			e.stale[event.Shop] = true
		}
	}
	e.mu.Unlock()
	if look {
		signal(e.look)
	}
}

// work is what the loop has to do next. What waits in the queue comes before fanning out:
// it is older than what is not yet in it.
type work struct{ refresh, backlogs, tick, fanOut bool }

func everything() work { return work{refresh: true, backlogs: true, tick: true, fanOut: true} }

// loop brings deliveries from the queue into the lanes until ctx ends.
func (e *Engine) loop(ctx, sending context.Context) {
	second := time.NewTicker(changedEvery)
	defer second.Stop()
	sweep := time.NewTicker(sweepEvery)
	defer sweep.Stop()
	wake := time.NewTimer(0)
	defer wake.Stop()

	l := looper{Engine: e, sending: sending}
	failures := 0
	for todo := everything(); ; {
		if err := l.work(ctx, todo); err != nil {
			if ctx.Err() != nil {
				return
			}
			e.options.Log.LogAttrs(ctx, slog.LevelError, "queue cannot be read", slog.Any("error", err))
			// It may have been done all the same: whatever it gave is looked for first.
			todo = everything()
			if !pause(ctx, failures) {
				return
			}
			failures++
			continue
		}
		failures, todo = 0, work{}
		wake.Stop()
		if at := e.nextWake(); !at.IsZero() {
			wake.Reset(at.Sub(e.options.Now()))
		}
		select {
		case <-ctx.Done():
			return
		case <-e.look:
			todo.fanOut, todo.backlogs = e.wanted()
		case <-second.C:
			todo.refresh, todo.tick = true, true
			todo.fanOut, todo.backlogs = e.wanted()
		case <-wake.C:
			todo.refresh = true
		case <-sweep.C:
			todo = everything()
			e.mu.Lock()
			e.lanes.sweep(e.options.Now())
			e.mu.Unlock()
		}
	}
}

// looper is the loop's side of an engine: what one goroutine alone does.
type looper struct {
	*Engine
	sending context.Context
	since   int64   // up to where changes of shops are known
	begun   bool    // the state of health was read
	fan     float64 // deliveries of an event, of late
}

func (l *looper) work(ctx context.Context, todo work) error {
	if todo.refresh {
		if err := l.refresh(ctx); err != nil {
			return err
		}
	}
	if !l.begun {
		if err := l.begin(ctx); err != nil {
			return err
		}
		l.begun = true
	}
	if todo.tick {
		l.tick(ctx)
	}
	if err := l.keepGates(ctx); err != nil {
		return err
	}
	if todo.backlogs {
		if err := l.backlogs(ctx); err != nil {
			return err
		}
	}
	if err := l.feed(ctx); err != nil {
		return err
	}
	if todo.fanOut {
		return l.fanOut(ctx)
	}
	return nil
}

// refresh loads the subscriptions of shops that changed.
func (l *looper) refresh(ctx context.Context) error {
	shops, now, err := l.ports.Subscriptions.Changed(ctx, l.since)
	if err != nil {
		return fmt.Errorf("ask which shops changed: %w", err)
	}
	l.mu.Lock()
	for _, shop := range shops {
		l.stale[shop] = true
	}
	l.mu.Unlock()
	l.since = now
	return l.load(ctx)
}

// load reads the index of every shop whose index is stale.
func (l *looper) load(ctx context.Context) error {
	l.mu.Lock()
	shops := make([]appdock.ShopID, 0, len(l.stale))
	for shop := range l.stale {
		shops = append(shops, shop)
	}
	l.mu.Unlock()
	for _, shop := range shops {
		subscribed, err := l.ports.Subscriptions.Load(ctx, shop)
		if err != nil {
			return fmt.Errorf("load the subscriptions of shop %s: %w", shop, err)
		}
		loaded := newIndex(subscribed)
		l.mu.Lock()
		l.indexes[shop] = loaded
		delete(l.stale, shop)
		if l.begun {
			l.follow(shop, loaded)
		}
		l.mu.Unlock()
	}
	return nil
}

// backlogs finds the endpoints that have something to do.
func (l *looper) backlogs(ctx context.Context) error {
	l.mu.Lock()
	l.replayed = false
	l.mu.Unlock()
	list, all, err := l.ports.Queue.Backlogs(ctx)
	if err != nil {
		return fmt.Errorf("look for waiting deliveries: %w", err)
	}
	counts, err := l.ports.Parking.Parked(ctx)
	if err != nil {
		return fmt.Errorf("count what is parked: %w", err)
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	l.gates.counts = counts
	l.releaseLeft()
	now := l.options.Now()
	l.figures.Waiting, l.figures.Lag = all.Waiting, 0
	if !all.Since.IsZero() {
		l.figures.Lag = max(0, now.Sub(all.Since))
	}
	for _, b := range list {
		if l.options.Fresh {
			b.RetryAt = time.Time{}
		}
		l.lanes.backlog(b, now)
	}
	return nil
}

// feed reads deliveries for the endpoints that have room for more.
func (l *looper) feed(ctx context.Context) error {
	for {
		now := l.options.Now()
		l.mu.Lock()
		l.lanes.wake(now)
		w, ok := l.lanes.hunger(now)
		l.mu.Unlock()
		if !ok {
			l.dispatch(ctx, l.sending)
			return nil
		}
		if err := l.read(ctx, w, now); err != nil {
			return err
		}
		l.dispatch(ctx, l.sending)
	}
}

func (l *looper) read(ctx context.Context, w wish, now time.Time) (err error) {
	var ordered, due []Delivery
	var next time.Time
	l.beginReading()
	if w.ordered {
		if ordered, err = l.ports.Queue.Next(ctx, w.endpoint, w.after, w.limit); err != nil {
			return fmt.Errorf("read the next deliveries of an endpoint: %w", err)
		}
	}
	if w.due {
		if due, next, err = l.ports.Queue.Due(ctx, w.endpoint, now, w.limit); err != nil {
			return fmt.Errorf("read the due deliveries of an endpoint: %w", err)
		}
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	l.reading = false
	last := int64(0)
	for _, d := range ordered {
		l.take(d, now)
		last = d.Number
	}
	taken := 0
	for _, d := range due {
		if l.take(d, now) {
			taken++
		}
	}
	switch {
	case len(due) < w.limit:
	case taken > 0:
		next = now // there may be more
	default: // what is in front is about to be parked or written
		next = now.Add(changedEvery)
	}
	l.lanes.fed(w, last, len(ordered) > 0, next, now)
	return nil
}

// take takes a delivery that was read, if it may go out; false: it does not come in. mu is
// held.
func (l *looper) take(d Delivery, now time.Time) bool {
	if l.outdated(d) || l.options.Fresh && d.Attempts > 0 {
		return false
	}
	e := l.entry(d, 1)
	if l.blocked(e) {
		e.awaited = l.found(d)
		l.shutAgain(d.Shop, d.Subscription)
		l.attempted(e)
		return false
	}
	if !l.lanes.add(e, now) {
		return false
	}
	e.awaited = l.found(d)
	return true
}

func (l *looper) beginReading() {
	l.mu.Lock()
	defer l.mu.Unlock()
	clear(l.written)
	l.reading = true
}

// outdated reports whether a delivery that was read may be another by now. mu is held.
func (l *looper) outdated(d Delivery) bool {
	_, pending := l.unwritten[d.Number]
	_, written := l.written[d.Number]
	return pending || written
}

// entry of a delivery whose data so many share.
func (e *Engine) entry(d Delivery, share int) *entry {
	app := e.options.Apps[d.App]
	return &entry{
		Delivery: d,
		charge:   charge(d.Data, share),
		pace:     pace{inFlight: app.PerEndpoint, rate: app.Rate},
	}
}

// charge is what data that so many share costs each of them.
func charge(data appdock.EventData, share int) int {
	return (len(data.Payload) + len(data.Previous)) / share
}

func (e *Engine) schedule(app string) Schedule {
	if s := e.options.Apps[app].Schedule; s != nil {
		return s
	}
	return e.options.Schedule
}

// wanted says what was asked for since the loop looked last.
func (e *Engine) wanted() (fanOut, backlogs bool) {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.committed || e.fannedOut < e.asked, e.replayed
}

// nextWake is when the loop has to look without being told.
func (e *Engine) nextWake() time.Time {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.wakeAt = earliest(e.lanes.alarm, e.gates.wakeAt(e.options.Now()))
	return e.wakeAt
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
