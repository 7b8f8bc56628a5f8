package webhook

import (
	"context"
	"log/slog"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/appdock/appdock"
	"github.com/appdock/appdock/protocol"
)

// still is an engine that does nothing by itself, with one delivery on the disk.
func still(t *testing.T, state State) (*looper, Delivery) {
	t.Helper()
	b := newBench(t, hook(1, "https://app.test/"))
	b.commit(key(1))
	b.left()
	d := b.queue.all()[0]
	d.State = state
	b.queue.rows[d.ID] = d
	e := NewEngine(Ports{Queue: b.queue, Parking: b.queue, Subscriptions: b.shop, Keys: b.shop, Shops: b.shop, Sender: b.sender}, Options{
		Now: time.Now, NewID: func() appdock.ID { return appdock.NewID(time.Now()) }, Log: slog.New(slog.DiscardHandler),
	})
	e.indexes["shop"] = newIndex(Subscribed{Subscriptions: b.shop.subscriptions, Revision: 1})
	return &looper{Engine: e}, d
}

// What is on its way is on the disk as waiting until its result is written: it must not be
// parked meanwhile, or it would be parked and counted twice.
func TestNothingIsParkedThatIsOnItsWay(t *testing.T) {
	t.Parallel()
	l, d := still(t, Waiting)
	l.gates.closing[d.Subscription] = true
	l.lanes.add(l.entry(d, 1), time.Now())
	if _, ok := l.chore(); !ok {
		t.Error("nothing is parked although nothing is on its way")
	}
	flying, _ := l.lanes.next(time.Now())
	if c, ok := l.chore(); ok {
		t.Errorf("%+v while an attempt is under way", c)
	}
	finished := Finished{Delivery: d.After(status(204), time.Now(), DefaultSchedule())}
	l.book(flying, finished, Accepted, false)
	if c, ok := l.chore(); ok {
		t.Errorf("%+v while a result is to be written", c)
	}
	l.recorded(l.results)
	if c, ok := l.chore(); !ok || c.to != Parked || c.subscription != d.Subscription {
		t.Errorf("got %+v, %v", c, ok)
	}
}

// A gate shuts between the matching of an event and the commit of its delivery: that one is
// in hand, so it is not parked with the others. It is parked once its turn has come, or
// nobody would look for it while the gate is shut.
func TestWhatWasMadeAsItsGateShutIsParked(t *testing.T) {
	t.Parallel()
	l, d := still(t, Waiting)
	d.InHand = true
	s, _ := l.subscription(d.Shop, d.Subscription)
	l.become(s, NewHealth(s), Health{Subscription: s.ID, Shop: s.Shop, State: Suspended})
	l.lanes.add(l.entry(d, 1), time.Now())
	c, ok := l.chore()
	if !ok || c.to != Parked {
		t.Fatalf("got %+v, %v", c, ok)
	}
	l.moved(c, 0)
	if c, ok := l.chore(); ok {
		t.Fatalf("%+v before its turn has come", c)
	}
	if x := l.share(t.Context(), t.Context(), true); x != nil {
		t.Fatalf("%s is sent through a closed gate", x.ID)
	}
	if c, ok := l.chore(); ok {
		t.Errorf("%+v while it is in hand on the disk", c)
	}
	l.recorded(l.results)
	if c, ok := l.chore(); !ok || c.to != Parked || c.subscription != d.Subscription {
		t.Errorf("got %+v, %v, want it to be parked", c, ok)
	}
}

// More than is read at a time is due behind a closed gate, and cannot be parked yet because an
// attempt is under way: the engine turns to the rest of its work, and does not read the same
// again and again.
func TestFloodBehindAClosedGate(t *testing.T) {
	t.Parallel()
	l, d := still(t, Waiting)
	delete(l.ports.Queue.(*memory).rows, d.ID)
	for n := range int64(2 * queuedPerEndpoint) {
		due := d
		due.ID, due.Number, due.Attempts, due.DueAt = appdock.NewID(time.Now()), n+2, 2, time.Now()
		l.ports.Queue.(*memory).rows[due.ID] = due
	}
	l.gates.health[d.Subscription] = Health{Subscription: d.Subscription, Shop: d.Shop, State: Suspended}
	l.lanes.retry(d.Endpoint, time.Now(), time.Now())
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	defer cancel()
	if err := l.feed(ctx); err != nil {
		t.Fatal(err)
	}
	if c, ok := l.chore(); !ok || c.to != Parked || c.subscription != d.Subscription {
		t.Errorf("got %+v, %v, want it to be parked", c, ok)
	}
	if l.lanes.entries > 0 || l.nextWake().IsZero() {
		t.Errorf("%d are in memory, the next look is at %v", l.lanes.entries, l.nextWake())
	}
}

// What was read while its result was being written may be what it was before.
func TestWhatWasReadMayBeOutdated(t *testing.T) {
	t.Parallel()
	l, d := still(t, Waiting)
	done := []result{{done: &Finished{Delivery: d}}}
	l.unwritten[d.Number] = d.Subscription
	if !l.outdated(d) {
		t.Error("its result is to be written")
	}
	l.beginReading()
	l.results = done
	l.recorded(done)
	if !l.outdated(d) {
		t.Error("its result was written while it was read")
	}
	l.beginReading()
	if l.outdated(d) {
		t.Error("it was read after its result was written")
	}
	l.reading = false
	l.results = done
	l.recorded(done)
	if l.outdated(d) {
		t.Error("nothing was read meanwhile")
	}
}

// A delivery that is in memory as what it was before it was parked must not keep its trial
// from going out: no other would be made.
func TestTrialOfWhatIsInMemory(t *testing.T) {
	t.Parallel()
	t.Run("it waits there", func(t *testing.T) {
		t.Parallel()
		l, d := still(t, Parked)
		was := d
		was.State = Waiting
		l.outstanding[d.Event] = 1
		held := l.entry(was, 1)
		held.awaited = true
		l.lanes.add(held, time.Now())
		if err := l.try(t.Context(), d.Subscription); err != nil {
			t.Fatal(err)
		}
		trial, ok := l.lanes.next(time.Now())
		if !ok || !trial.trial || !l.gates.trials[d.Subscription] || l.outstanding[d.Event] != 0 {
			t.Errorf("got %+v, %v, outstanding %v", trial, ok, l.outstanding)
		}
		if another, ok := l.lanes.next(time.Now()); ok {
			t.Errorf("and %+v", another)
		}
	})
	t.Run("it is on its way", func(t *testing.T) {
		t.Parallel()
		l, d := still(t, Parked)
		l.lanes.add(l.entry(d, 1), time.Now())
		l.lanes.next(time.Now())
		if err := l.try(t.Context(), d.Subscription); err != nil {
			t.Fatal(err)
		}
		if l.gates.trials[d.Subscription] {
			t.Error("a trial is under way that was never made")
		}
	})
}

// A subscription that ended is nobody's: it has no health, whatever was ordered for it.
func TestEndedSubscriptionsHaveNoHealth(t *testing.T) {
	t.Parallel()
	l, d := still(t, Parked)
	s := hook(1, "https://app.test/")
	s.Until, s.Order, s.OrderedAt = 2, OrderPause, 2
	ill := NewHealth(s)
	ill.State = Suspended
	for name, remembered := range map[string]bool{"one that was healthy": false, "one that was not": true} {
		clear(l.gates.health)
		clear(l.gates.opening)
		if remembered {
			l.gates.health[s.ID] = ill
		}
		l.results = nil
		l.follow("shop", newIndex(Subscribed{Subscriptions: []Subscription{s}, Revision: 2}))
		if len(l.gates.health) > 0 || len(l.results) > 0 || l.gates.opening[d.Subscription] != remembered {
			t.Errorf("%s: health %v, results %v, opening %v", name, l.gates.health, l.results, l.gates.opening)
		}
	}
}

// A store gives few events at a time if they bring much data; those behind them do not wait
// for the sweep.
func TestFanOutOfMuchData(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t, hook(1, "https://app.test/"))
		b.queue.few = 2
		large := func() appdock.Event {
			return appdock.Event{Data: appdock.EventData{Payload: []byte(`["` + string(make([]byte, fanOutBytes/2)) + `"]`)}}
		}
		b.commit(large(), large(), large(), large(), large())
		b.sender.answer = nil
		b.start(Options{})
		time.Sleep(time.Second)
		if n := len(b.queue.all()); n != 5 {
			t.Errorf("%d of 5 events were matched", n)
		}
	})
}

// The watch over health shows that it is kept.
func TestLastTick(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t, hook(1, "https://app.test/"))
		b.start(Options{})
		o := &Operator{Engine: b.engine}
		time.Sleep(10 * time.Second)
		if since := time.Since(o.LastTick()); since > changedEvery {
			t.Errorf("the last tick was %v ago", since)
		}
		_ = b.stop()
		time.Sleep(time.Minute)
		if since := time.Since(o.LastTick()); since < time.Minute {
			t.Errorf("a stopped engine ticked %v ago", since)
		}
	})
}

// What waits is counted at the start, and followed: nobody who looks at a flood waits for the
// next count.
func TestFiguresCountWhatWaits(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t, hook(1, "https://app.test/"))
		b.many(3)
		b.left()
		b.sender.answer = func(protocol.Call, protocol.Webhook) (time.Duration, Outcome) { return 10 * time.Second, status(204) }
		b.start(Options{PerEndpoint: 1})
		for _, step := range []struct{ more, want int }{{0, 3}, {2, 5}} {
			b.many(step.more)
			time.Sleep(time.Second)
			if n := b.engine.Figures().Waiting; n != step.want {
				t.Errorf("%d wait, want %d", n, step.want)
			}
		}
		b.queue.mu.Lock()
		for id, d := range b.queue.rows {
			d.CreatedAt = d.CreatedAt.Add(-time.Hour)
			b.queue.rows[id] = d
		}
		b.queue.mu.Unlock()
		b.engine.replay() // it counts
		time.Sleep(9 * time.Second)
		if f := b.engine.Figures(); f.Waiting != 4 || f.Lag < time.Hour {
			t.Errorf("%d wait for %v, want 4", f.Waiting, f.Lag)
		}
		order := func(o Order, want int) {
			b.shop.mu.Lock()
			b.shop.revision++
			b.shop.subscriptions[0].Order, b.shop.subscriptions[0].OrderedAt = o, b.shop.revision
			b.shop.mu.Unlock()
			time.Sleep(12 * time.Second)
			if n := b.engine.Figures().Waiting; n != want {
				t.Errorf("%d wait, want %d", n, want)
			}
		}
		order(OrderPause, 0)
		order(OrderResume, 2) // of 3
		time.Sleep(20 * time.Second)
		if f := b.engine.Figures(); f.Waiting != 0 || f.Lag != 0 {
			t.Errorf("%d wait for %v once all is delivered", f.Waiting, f.Lag)
		}
	})
}

// A gate that closes between the making of a delivery and its arrival in memory closes for
// that one, too.
func TestShutWhileMaking(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		withheld := hook(1, "https://a.test/")
		b := newBench(t, withheld)
		withheld.Withheld = true
		b.queue.broken = func(method string) error {
			if method == "FanOut committed" {
				b.shop.mu.Lock()
				b.shop.subscriptions = []Subscription{withheld}
				b.shop.mu.Unlock()
				b.engine.mu.Lock()
				defer b.engine.mu.Unlock()
				x := newIndex(Subscribed{Subscriptions: []Subscription{withheld}, Revision: 1})
				b.engine.indexes["shop"] = x
				b.engine.follow("shop", x)
			}
			return nil
		}
		b.start(Options{})
		b.commit(key(1))
		time.Sleep(time.Second)
		if calls, parked := len(b.sender.all()), b.queue.count(Parked); calls != 0 || parked != 1 {
			t.Errorf("%d calls, %d parked; want it parked", calls, parked)
		}
	})
}

// What is parked by a result that is written only after its gate opened again is released
// with the rest.
func TestReleasedWhileItIsWritten(t *testing.T) {
	t.Parallel()
	changes := map[string]func(*shopState){
		"resumed": func(s *shopState) {
			s.subscriptions[0].Order, s.subscriptions[0].OrderedAt = OrderResume, s.revision
		},
		"uninstalled": func(s *shopState) { s.subscriptions = nil },
	}
	for name, change := range changes {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				b := newBench(t, hook(1, "https://app.test/"))
				var full atomic.Bool
				b.queue.broken = func(method string) error {
					if full.Load() && method == "Finish" {
						return errBroken
					}
					return nil
				}
				b.at(func(_ string, since time.Duration) Outcome {
					if since < time.Second {
						return status(503)
					}
					return status(204)
				})
				b.start(Options{})
				full.Store(true)
				b.many(8) // of which the first five degrade it
				time.Sleep(100 * time.Millisecond)
				b.shop.mu.Lock()
				b.shop.revision++
				change(b.shop)
				b.shop.mu.Unlock()
				time.Sleep(10 * time.Second)
				full.Store(false)
				time.Sleep(time.Hour)
				for _, d := range b.queue.all() {
					if d.State == Parked || d.State == Waiting {
						t.Errorf("number %d is %s (%s)", d.Number, d.State, d.Reason)
					}
				}
			})
		})
	}
}
