package webhook

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"os"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/appdock/appdock"
	"github.com/appdock/appdock/protocol"
)

// Whatever went wrong, in whatever order: once nothing does any more, every delivery ends by
// itself, and the engine is left with nothing. A seed is some minutes of random trouble;
// APPDOCK_TEST_HEALING says how many of them are lived through.
func TestEverythingEnds(t *testing.T) {
	t.Parallel()
	seeds := 200
	if n, err := strconv.Atoi(os.Getenv("APPDOCK_TEST_HEALING")); err == nil {
		seeds = n
	}
	for seed := range uint64(seeds) { //nolint:gosec // a few
		t.Run(fmt.Sprint("seed ", seed), func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				w := newWorld(t, seed)
				for range 60 + w.random.IntN(60) {
					w.trouble()
				}
				w.heal()
				w.check()
			})
		})
	}
}

// world is everything around an engine, and what goes wrong in it.
type world struct {
	*bench
	random  *rand.Rand // of the test
	options Options
	queued  int // in memory for one endpoint
	process *process
	writer  chan struct{} // whose turn it is to write

	offset  atomic.Int64 // of the host's clock
	waiters sync.WaitGroup
	last    byte // subscription that was made

	mu      sync.Mutex // guards what follows
	chance  *rand.Rand // of the engine's side
	failing int        // of a hundred calls of the store
	apps    map[string]func() (time.Duration, Outcome)
	took    map[string]bool // the ids of deliveries
	history []string
}

// briefHealth comes and goes in minutes, so that much of it fits into a test.
func briefHealth(r *rand.Rand) HealthRules {
	return HealthRules{
		DegradedAfter:  2 + r.IntN(4),
		SuspendedAfter: 2,
		Cooldowns:      []time.Duration{20 * time.Second, 40 * time.Second, time.Minute},
		MaxSuspended:   []time.Duration{5 * time.Minute, 24 * time.Hour}[r.IntN(2)],
		ParkedCap:      []int{5, 1000}[r.IntN(2)],
	}
}

func newWorld(t *testing.T, seed uint64) *world {
	t.Helper()
	w := &world{
		bench:  newBench(t),
		random: rand.New(rand.NewPCG(seed, 1)),
		chance: rand.New(rand.NewPCG(seed, 2)),
		writer: make(chan struct{}, 1),
		apps:   make(map[string]func() (time.Duration, Outcome)),
		took:   make(map[string]bool),
	}
	w.shop.keys[theirs] = appdock.NewSecret("another key")
	w.options = Options{
		Schedule:    Schedule{5 * time.Second, 20 * time.Second, time.Minute},
		Health:      briefHealth(w.random),
		InFlight:    []int{2, 8, 128}[w.random.IntN(3)],
		PerEndpoint: []int{1, 3, 8}[w.random.IntN(3)],
		Apps:        map[string]AppOptions{"Other": {Rate: []float64{0, 2}[w.random.IntN(2)], Strict: w.random.IntN(4) == 0}},
	}
	w.queued = []int{2, 8, 1000}[w.random.IntN(3)]
	w.queue.chunk = []int{0, 1, 3}[w.random.IntN(3)]
	for range 4 {
		w.subscribe()
	}
	w.begin()
	return w
}

// subscribe makes another subscription. shop is held or not in use yet.
func (w *world) subscribe() {
	w.last++
	s := hook(w.last, fmt.Sprintf("https://%c.test/%d", "ab"[w.last%2], w.last%3))
	switch w.last % 4 {
	case 1:
		s.Installation, s.App = theirs, "Other"
	case 2:
		s.Installation, s.App = appdock.ID{}, "" // the operator's
	case 3:
		s.Strict = true
	}
	s.Grant, s.Since = appdock.NewPrivileges("order:read"), w.shop.revision
	w.shop.subscriptions = append(w.shop.subscriptions, s)
}

// upTo is some time. mu is held.
func (w *world) upTo(most time.Duration) time.Duration {
	return time.Duration(w.chance.Int64N(int64(most)))
}

// begin starts an engine on what the last one left.
func (w *world) begin() {
	options := w.options
	options.Now = func() time.Time { return time.Now().Add(time.Duration(w.offset.Load())) }
	options.NewID = func() appdock.ID { return appdock.NewID(time.Now()) }
	options.Log = slog.New(slog.DiscardHandler)
	p := &process{world: w}
	engine := NewEngine(Ports{Queue: p, Parking: p, Subscriptions: p, Keys: p, Shops: p, Sender: p}, options)
	engine.lanes.queued = w.queued
	ctx, cancel := context.WithCancel(w.t.Context())
	ended := make(chan error, 1)
	go func() { ended <- engine.Run(ctx) }()
	p.stop = sync.OnceValue(func() error { cancel(); return <-ended })
	p.kill = func() { p.dead.Store(true); cancel() }
	w.t.Cleanup(func() { _ = p.stop() })
	w.engine, w.process = engine, p
}

// process is one that an engine runs in: what it does takes time, fails, or is done and the
// answer lost.
type process struct {
	*world
	dead atomic.Bool // it was killed
	stop func() error
	kill func()
}

func (p *process) fails() error {
	p.mu.Lock()
	n, failing, took := p.chance.IntN(100), p.failing, time.Duration(0)
	if p.chance.IntN(4) == 0 {
		took = p.upTo(100 * time.Millisecond)
	}
	p.mu.Unlock()
	time.Sleep(took)
	if p.dead.Load() || n < failing {
		return errBroken
	}
	return nil
}

func (p *process) do(act func() error) error {
	if err := p.fails(); err != nil {
		return err
	}
	return errors.Join(act(), p.fails())
}

func (p *process) write(act func() error) error {
	p.writer <- struct{}{}
	defer func() { <-p.writer }()
	return p.do(act)
}

func (p *process) LetGo(ctx context.Context) error {
	return p.write(func() error { return p.queue.LetGo(ctx) })
}

func (p *process) Append(ctx context.Context, events ...appdock.Event) (fresh []appdock.Event, err error) {
	err = p.write(func() error { fresh, err = p.queue.Append(ctx, events...); return err })
	return fresh, err
}

func (p *process) FanOut(ctx context.Context, n int, match func([]appdock.Event) ([]Delivery, error)) (done int, made []Delivery, err error) {
	err = p.write(func() error {
		done, made, err = p.queue.FanOut(ctx, n, func(events []appdock.Event) ([]Delivery, error) {
			made, err := match(events)
			return made, errors.Join(err, p.fails())
		})
		return err
	})
	return done, made, err
}

func (p *process) Backlogs(ctx context.Context) (list []Backlog, all Backlogged, err error) {
	err = p.do(func() error { list, all, err = p.queue.Backlogs(ctx); return err })
	return list, all, err
}

func (p *process) Next(ctx context.Context, at Endpoint, after int64, limit int) (list []Delivery, err error) {
	err = p.do(func() error { list, err = p.queue.Next(ctx, at, after, limit); return err })
	return list, err
}

func (p *process) Due(ctx context.Context, at Endpoint, now time.Time, limit int) (list []Delivery, next time.Time, err error) {
	err = p.do(func() error { list, next, err = p.queue.Due(ctx, at, now, limit); return err })
	return list, next, err
}

func (p *process) Finish(ctx context.Context, r Results) error {
	return p.write(func() error { return p.queue.Finish(ctx, r) })
}

func (p *process) Healths(ctx context.Context) (list []Health, err error) {
	err = p.do(func() error { list, err = p.queue.Healths(ctx); return err })
	return list, err
}

func (p *process) Order(ctx context.Context, shop appdock.ShopID, subscription appdock.ID, o Order) error {
	return p.queue.Order(ctx, shop, subscription, o)
}

func (p *process) Trial(ctx context.Context, subscription appdock.ID) (d Delivery, ok bool, err error) {
	err = p.do(func() error { d, ok, err = p.queue.Trial(ctx, subscription); return err })
	return d, ok, err
}

func (p *process) Parked(ctx context.Context) (counts map[appdock.ID]int, err error) {
	err = p.do(func() error { counts, err = p.queue.Parked(ctx); return err })
	return counts, err
}

func (p *process) Move(ctx context.Context, subscription appdock.ID, from, to State, reason string, limit int) (n int, err error) {
	err = p.write(func() error { n, err = p.queue.Move(ctx, subscription, from, to, reason, limit); return err })
	return n, err
}

func (p *process) Load(ctx context.Context, shop appdock.ShopID) (l Subscribed, err error) {
	err = p.do(func() error { l, err = p.shop.Load(ctx, shop); return err })
	return l, err
}

func (p *process) Changed(ctx context.Context, since int64) (shops []appdock.ShopID, now int64, err error) {
	err = p.do(func() error { shops, now, err = p.shop.Changed(ctx, since); return err })
	return shops, now, err
}

func (p *process) Key(ctx context.Context, shop appdock.ShopID, installation appdock.ID) (key Key, err error) {
	err = p.do(func() error { key, err = p.shop.Key(ctx, shop, installation); return err })
	return key, err
}

func (p *process) Shop(ctx context.Context, id appdock.ShopID) (appdock.Shop, error) {
	return p.shop.Shop(ctx, id)
}

func (p *process) Send(ctx context.Context, c protocol.Call, _ Key) Outcome {
	p.mu.Lock()
	took, outcome := p.upTo(50*time.Millisecond), status(204)
	if answer := p.apps[c.URL]; answer != nil {
		took, outcome = answer()
	}
	p.mu.Unlock()
	select {
	case <-time.After(took):
	case <-ctx.Done():
		return Outcome{Error: ctx.Err().Error(), Another: true}
	}
	if p.mu.Lock(); outcome.Status == 204 && !p.dead.Load() {
		p.took[c.Get(protocol.HeaderEventID)] = true
	}
	p.mu.Unlock()
	return outcome
}

// answers are those of apps that are not well. mu is held when they are asked for.
func (w *world) answers() []func() (time.Duration, Outcome) {
	is := func(codes ...int) func() (time.Duration, Outcome) {
		return func() (time.Duration, Outcome) {
			return w.upTo(100 * time.Millisecond), status(codes[w.chance.IntN(len(codes))])
		}
	}
	return []func() (time.Duration, Outcome){
		nil, // this one is
		is(503), is(503, 204), is(401), is(403, 204), is(410, 204, 204), is(400, 204), is(301), is(204, 400, 401, 410, 429, 503),
		func() (time.Duration, Outcome) { return 10 * time.Second, Outcome{Error: "timeout", Another: true} },
		func() (time.Duration, Outcome) { return w.upTo(5 * time.Second), status(204) },
		func() (time.Duration, Outcome) { return 0, Outcome{Error: "no such host", Another: true} },
		func() (time.Duration, Outcome) { return 0, Outcome{} },
		func() (time.Duration, Outcome) {
			o := status(429)
			o.RetryAfter = time.Second + w.upTo(time.Minute)
			return 0, o
		},
	}
}

// trouble is one thing that happens, and some time.
func (w *world) trouble() {
	happenings := []struct {
		name   string
		often  int
		happen func()
	}{
		{"events", 12, w.events},
		{"an app is another", 6, w.anotherApp},
		{"the store is another", 4, w.anotherStore},
		{"an order", 4, w.order},
		{"a backlog is dropped", 1, w.drop},
		{"a replay", 2, w.replay},
		{"a change of the shop", 6, w.anotherShop},
		{"a restart", 3, w.restart},
		{"old ones are deleted", 1, w.expire},
		{"the clock is another", 1, func() {
			w.offset.Store(int64(w.random.IntN(600)-300) * int64(time.Second))
		}},
		{"somebody waits", 2, w.settle},
	}
	all := 0
	for _, h := range happenings {
		all += h.often
	}
	n := w.random.IntN(all)
	for _, h := range happenings {
		if n -= h.often; n < 0 {
			w.note("%s", h.name)
			h.happen()
			break
		}
	}
	switch w.random.IntN(4) {
	case 0:
	case 1:
		time.Sleep(time.Duration(w.random.IntN(30)) * time.Second)
	default:
		time.Sleep(time.Duration(w.random.IntN(1000)) * time.Millisecond)
	}
}

func (w *world) note(format string, args ...any) {
	w.history = append(w.history, fmt.Sprintf("%v ", time.Now().Format("04:05.000"))+fmt.Sprintf(format, args...))
}

func (w *world) events() {
	list := make([]appdock.Event, 1+w.random.IntN(12))
	for i := range list {
		list[i] = key(byte(w.random.IntN(4))) // one in four is a barrier
		list[i].Revision = w.shop.revision
		if w.random.IntN(3) == 0 {
			list[i].Needs = []appdock.Privilege{"order:read"}
		}
	}
	told := w.engine
	if w.random.IntN(10) == 0 {
		w.engine = nil // nobody tells it
	}
	w.commit(list...)
	w.engine = told
}

func (w *world) anotherApp() {
	w.mu.Lock()
	defer w.mu.Unlock()
	answers := w.answers()
	w.apps[fmt.Sprintf("https://%c.test/%d", "ab"[w.random.IntN(2)], w.random.IntN(3))] = answers[w.random.IntN(len(answers))]
}

func (w *world) anotherStore() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.failing = []int{0, 0, 0, 10, 40, 100}[w.random.IntN(6)]
	w.note("%d of 100 calls fail", w.failing)
}

// change does something to the shop and perhaps tells the engine.
func (w *world) change(change func(list []Subscription)) {
	w.shop.mu.Lock()
	w.shop.revision++
	change(w.shop.subscriptions)
	w.shop.mu.Unlock()
	if w.random.IntN(2) == 0 {
		w.engine.ordered("shop")
	}
}

func (w *world) order() {
	w.change(func(list []Subscription) {
		s := &list[w.random.IntN(len(list))]
		s.Order, s.OrderedAt = []Order{OrderPause, OrderResume, OrderReactivate, OrderRenew}[w.random.IntN(4)], w.shop.revision
		w.note("%s of %x", s.Order, s.ID[15])
	})
}

func (w *world) drop() {
	w.change(func(list []Subscription) {
		s := &list[w.random.IntN(len(list))]
		if _, err := w.queue.Move(w.t.Context(), s.ID, Parked, Dead, ReasonDropped, moveGroup); err != nil {
			w.t.Error(err)
		}
		s.Order, s.OrderedAt = OrderResume, w.shop.revision
	})
}

func (w *world) replay() {
	if _, _, err := w.queue.Replay(w.t.Context(), Filter{}, int64(w.random.IntN(50)), w.engine.options.Now()); err != nil {
		w.t.Error(err)
	}
	if w.random.IntN(4) > 0 {
		w.engine.replay()
	}
}

func (w *world) anotherShop() {
	w.change(func(list []Subscription) {
		s := &list[w.random.IntN(len(list))]
		switch w.random.IntN(7) {
		case 0, 1:
			yes := !s.Withheld
			for i := range list {
				list[i].Withheld = yes && !list[i].Installation.IsZero()
			}
			w.note("withheld: %v", yes)
		case 2:
			if len(s.Grant.Missing("order:read")) > 0 {
				s.Grant = appdock.NewPrivileges("order:read")
			} else {
				s.Grant = nil
			}
			w.note("privileges of %x: %v", s.ID[15], s.Grant)
		case 3:
			s.AppActive = !s.AppActive
			w.note("app of %x is active: %v", s.ID[15], s.AppActive)
		case 4:
			w.shop.keys[s.Installation] = appdock.NewSecret(fmt.Sprint(w.random.Int()))
			w.shop.told = time.Now()
		case 5:
			s.URL = fmt.Sprintf("https://%c.test/%d", "ab"[w.random.IntN(2)], w.random.IntN(3))
			w.note("%x is at %s", s.ID[15], s.URL)
		case 6: // what ended is forgotten, another one ends, and one is made
			w.shop.subscriptions = nil
			for _, other := range list {
				if other.Until == 0 {
					w.shop.subscriptions = append(w.shop.subscriptions, other)
				}
			}
			if len(w.shop.subscriptions) > 0 {
				s := &w.shop.subscriptions[w.random.IntN(len(w.shop.subscriptions))]
				s.Until = w.shop.revision
				w.note("%x ended", s.ID[15])
			}
			w.shop.installed = []appdock.ID{ours}
			w.subscribe()
		}
	})
}

func (w *world) restart() {
	switch w.random.IntN(5) {
	case 0, 1:
		w.note("killed")
		w.process.kill()
	case 2: // one command
		_ = w.process.stop()
		w.note("stopped for one command")
		w.options.Fresh = true
		w.begin()
		w.options.Fresh = false
		time.Sleep(time.Duration(w.random.IntN(2000)) * time.Millisecond)
		w.events()
		_ = w.process.stop()
	default:
		_ = w.process.stop()
		w.note("stopped")
	}
	w.begin()
}

func (w *world) expire() {
	for _, d := range w.queue.all() {
		if (d.State == Dead || d.State == Delivered) && w.random.IntN(2) == 0 {
			w.queue.mu.Lock()
			if now := w.queue.rows[d.ID]; now.State == d.State {
				delete(w.queue.rows, d.ID)
			}
			w.queue.mu.Unlock()
		}
	}
}

func (w *world) settle() {
	ctx, cancel := context.WithTimeout(w.t.Context(), 20*time.Second)
	engine := w.engine
	w.waiters.Go(func() {
		defer cancel()
		_ = engine.Settled(ctx, appdock.ID{})
	})
}

// heal ends all trouble, and gives the engine what time it may need. What people did, people
// undo: nothing but that.
func (w *world) heal() {
	w.note("all is well")
	w.mu.Lock()
	w.failing = 0
	clear(w.apps)
	w.mu.Unlock()
	for range w.random.IntN(4) { // recovery itself is cut off
		time.Sleep(time.Duration(w.random.IntN(3000)) * time.Millisecond)
		w.process.kill()
		w.note("killed")
		w.begin()
	}
	w.offset.Store(0)
	w.change(func(list []Subscription) {
		for i := range list {
			list[i].Withheld, list[i].AppActive = false, true
		}
	})
	// Store, schedule and cooldown may take so long, one after the other, and the clock was
	// ahead by as much.
	for end := time.Now().Add(20 * time.Minute); time.Now().Before(end) && !w.over(); time.Sleep(10 * time.Second) {
		w.queue.mu.Lock()
		disabled := map[appdock.ID]bool{}
		for id, h := range w.queue.healths {
			disabled[id] = h.State == Disabled
		}
		w.queue.mu.Unlock()
		w.change(func(list []Subscription) {
			for i, s := range list {
				if disabled[s.ID] && s.Until == 0 {
					list[i].Order, list[i].OrderedAt = OrderResume, w.shop.revision
				}
			}
		})
	}
	w.waiters.Wait()
}

// over reports whether there is nothing more to be done.
func (w *world) over() bool {
	w.queue.mu.Lock()
	defer w.queue.mu.Unlock()
	for _, d := range w.queue.rows {
		if d.State == Waiting || d.State == Parked {
			return false
		}
	}
	return len(w.queue.unmatched) == 0
}

func (w *world) check() {
	t := w.t
	for _, d := range w.queue.all() {
		switch {
		case d.State == Waiting || d.State == Parked:
			t.Errorf("number %d of %x is %s (%s), in hand %v, after %d attempts, due %v",
				d.Number, d.Subscription[15], d.State, d.Reason, d.InHand, d.Attempts, d.DueAt.Format("04:05.000"))
		case d.State == Delivered && !w.took[d.ID.String()]:
			t.Errorf("number %d is delivered, and nobody took it", d.Number)
		}
	}
	if n := len(w.queue.unmatched); n > 0 {
		t.Errorf("%d events are not matched", n)
	}
	soon, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	if err := w.engine.Settled(soon, appdock.ID{}); err != nil {
		t.Error(err)
	}
	time.Sleep(2 * time.Minute) // a sweep counts what is parked
	w.engine.mu.Lock()
	defer w.engine.mu.Unlock()
	g := w.engine.gates
	for what, n := range map[string]int{
		"deliveries in memory": w.engine.lanes.entries, "bytes": w.engine.lanes.bytes,
		"in flight": w.engine.lanes.quick.inFlight + w.engine.lanes.slow.inFlight,
		"results":   len(w.engine.results) + len(w.engine.unwritten), "first attempts": len(w.engine.outstanding),
		"gates that close": len(g.closing), "gates that open": len(g.opening), "trials": len(g.trials), "parked": len(g.counts),
	} {
		if n != 0 {
			t.Errorf("the engine is left with %d %s", n, what)
		}
	}
	if t.Failed() {
		for _, line := range w.history {
			t.Log(line)
		}
	}
}
