package webhook

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/appdock/appdock"
	"github.com/appdock/appdock/protocol"
)

// bench is an engine on fakes, inside a synctest bubble: nothing but its clock is real.
type bench struct {
	t      *testing.T
	queue  *memory
	shop   *shopState
	sender *sender
	engine *Engine
	stop   func() error
}

func newBench(t *testing.T, subscriptions ...Subscription) *bench {
	t.Helper()
	return &bench{
		t:      t,
		queue:  newMemory(),
		shop:   &shopState{subscriptions: subscriptions, revision: 1, keys: map[appdock.ID]appdock.Secret{ours: appdock.NewSecret("key")}},
		sender: &sender{},
	}
}

// start runs a new engine on what the last one left.
func (b *bench) start(options Options, clock ...func() time.Time) {
	b.t.Helper()
	options.Now, options.Log = append(clock, time.Now)[0], slog.New(slog.DiscardHandler)
	options.NewID = func() appdock.ID { return appdock.NewID(time.Now()) }
	b.engine = NewEngine(Ports{Queue: b.queue, Parking: b.queue, Subscriptions: b.shop, Keys: b.shop, Shops: b.shop, Sender: b.sender}, options)
	ctx, cancel := context.WithCancel(b.t.Context())
	ended := make(chan error, 1)
	go func() { ended <- b.engine.Run(ctx) }()
	b.stop = sync.OnceValue(func() error { cancel(); return <-ended })
	b.t.Cleanup(func() { _ = b.stop() })
}

// commit writes events as a cause would, and gives the hint.
func (b *bench) commit(events ...appdock.Event) []appdock.Event {
	b.t.Helper()
	for i := range events {
		events[i].ID, events[i].Shop = appdock.NewID(time.Now()), "shop"
		if events[i].Name == "" {
			events[i].Name = "shopware.updated"
		}
	}
	fresh, err := b.queue.Append(b.t.Context(), events...)
	if err != nil {
		b.t.Fatal(err)
	}
	if b.engine != nil {
		b.engine.Committed(fresh)
	}
	return fresh
}

// left makes deliveries of what was committed, as a process that ended then left them.
func (b *bench) left() {
	b.t.Helper()
	defer func(broken func(string) error) { b.queue.broken = broken }(b.queue.broken)
	b.queue.broken = nil
	x := newIndex(Subscribed{Subscriptions: b.shop.subscriptions, Revision: b.shop.revision})
	_, _, err := b.queue.FanOut(b.t.Context(), 1<<20, func(events []appdock.Event) (made []Delivery, err error) {
		for _, event := range events {
			matched, err := x.match(event)
			if err != nil {
				return nil, err
			}
			for _, s := range matched.To {
				d := s.delivery(appdock.NewID(time.Now()), event, time.Now())
				d.InHand = len(made)%3 > 0 // what there was no room for is not
				made = append(made, d)
			}
		}
		return made, nil
	})
	if err != nil {
		b.t.Fatal(err)
	}
}

func hook(id byte, url string) Subscription {
	return Subscription{
		ID: appdock.ID{15: id}, Shop: "shop", Installation: ours, App: "OrderNotes", AppVersion: "1.0.0",
		Name: fmt.Sprint("hook", id), Event: "shopware.updated", URL: url, Active: true, AppActive: true,
	}
}

// untouched health is that of subscriptions that may fail as often as they like.
func untouched() HealthRules {
	r := DefaultHealthRules()
	r.DegradedAfter, r.SuspendedAfter = 1<<30, 1<<30
	return r
}

func key(k byte) appdock.Event { return appdock.Event{Key: appdock.ID{15: k}} }

func TestEngineDelivers(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t, hook(1, "https://app.test/"))
		var seen []Observation
		var mu sync.Mutex
		b.start(Options{Observe: func(o Observation) { mu.Lock(); defer mu.Unlock(); seen = append(seen, o) }})
		b.sender.answer = func(protocol.Call, protocol.Webhook) (time.Duration, Outcome) {
			return 30 * time.Millisecond, Outcome{Status: 200, Took: 30 * time.Millisecond, Request: "POST", Response: "200"}
		}
		began := time.Now()
		event := b.commit(key(1))[0]
		if err := b.engine.Settled(t.Context(), event.ID); err != nil {
			t.Fatal(err)
		}
		if waited := time.Since(began); waited != 30*time.Millisecond {
			t.Errorf("delivered after %v, want no wait but the app's", waited)
		}
		d := b.queue.all()[0]
		if d.State != Delivered || d.Attempts != 1 || d.LastStatus != 200 || d.Event != event.ID || d.AppVersion != "1.0.0" {
			t.Errorf("got %+v", d)
		}
		attempts := b.queue.attempts[d.ID]
		if len(attempts) != 1 || attempts[0] != (Attempt{At: began, Took: 30 * time.Millisecond, Status: 200, Request: "POST", Response: "200"}) {
			t.Errorf("got %+v", attempts)
		}
		call := b.sender.all()[0]
		if call.message.Source.EventID != d.ID.String() || call.attempt != "0" {
			t.Errorf("got %+v", call)
		}
		mu.Lock()
		defer mu.Unlock()
		if len(seen) != 2 || seen[0].Answered || !seen[1].Answered || seen[1].Delivery.State != Delivered || seen[1].At.Sub(seen[0].At) != 30*time.Millisecond {
			t.Errorf("observed %+v", seen)
		}
	})
}

// First attempts keep the order of their commits for each key over all subscriptions of an
// endpoint, and an event without a key is a barrier, whatever the app's speed.
func TestEngineKeepsOrder(t *testing.T) {
	t.Parallel()
	for seed := range uint64(10) {
		t.Run(fmt.Sprint("seed ", seed), func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				random, answers := rand.New(rand.NewPCG(seed, 2)), rand.New(rand.NewPCG(seed, 4))
				b := newBench(t, hook(1, "https://a.test/placed"), hook(2, "https://a.test/paid"), hook(3, "https://b.test/"))
				var mu sync.Mutex
				b.sender.answer = func(c protocol.Call, _ protocol.Webhook) (time.Duration, Outcome) {
					mu.Lock()
					defer mu.Unlock()
					status := []int{204, 400, 500, 503}[answers.IntN(4)]
					if c.Get(protocol.HeaderAttempt) != "0" {
						status = 204
					}
					return time.Duration(answers.IntN(200)) * time.Millisecond, Outcome{Status: status, Another: Another(status)}
				}
				b.commit(key(1), key(0), key(2))                                   // wait for the engine to start
				b.start(Options{PerEndpoint: 3, InFlight: 5, Health: untouched()}) // what is parked may be overtaken by its neighbours
				for range 60 {
					b.commit(key(byte(random.IntN(4))))
					if random.IntN(3) == 0 {
						time.Sleep(time.Duration(random.IntN(300)) * time.Millisecond)
					}
				}
				time.Sleep(time.Minute)
				if got := b.queue.count(Waiting); got != 0 || len(b.queue.all()) != 3*63 {
					t.Fatalf("%d of %d are waiting", got, len(b.queue.all()))
				}
				checkOrder(t, b)
				if b.sender.most["a.test"] > 3 || b.sender.most["all"] > 5 {
					t.Errorf("in flight: %v", b.sender.most)
				}
			})
		})
	}
}

// checkOrder reads the calls that the app saw.
func checkOrder(t *testing.T, b *bench) {
	t.Helper()
	keys := map[int64]appdock.ID{}
	for _, d := range b.queue.all() {
		keys[d.Seq] = d.Key
	}
	var first []sent
	for _, c := range b.sender.all() {
		if c.attempt == "0" {
			first = append(first, c)
		}
	}
	for _, x := range first {
		for _, y := range first {
			if endpointOf("shop", ours, x.url) != endpointOf("shop", ours, y.url) {
				continue
			}
			a, z := x.message.Source.Sequence, y.message.Source.Sequence
			ordered := keys[a] == keys[z] || keys[a].IsZero() || keys[z].IsZero()
			if a < z && ordered && y.start.Before(x.end) {
				t.Fatalf("event %d went out before event %d was answered", z, a)
			}
		}
	}
}

func TestEngineRetries(t *testing.T) {
	t.Parallel()
	down := Outcome{Error: "connection refused", Another: true}

	t.Run("an app that is down for nine hours gets everything, each once, and nobody else waits", func(t *testing.T) {
		t.Parallel()
		synctest.Test(t, func(t *testing.T) {
			b := newBench(t, hook(1, "https://down.test/"), hook(2, "https://up.test/"))
			began := time.Now()
			b.sender.answer = func(c protocol.Call, _ protocol.Webhook) (time.Duration, Outcome) {
				if c.URL == "https://down.test/" && time.Since(began) < 9*time.Hour {
					return 5 * time.Second, down
				}
				return time.Millisecond, Outcome{Status: 204}
			}
			b.start(Options{})
			for k := range 20 {
				b.commit(key(byte(k%5 + 1)))
			}
			time.Sleep(time.Second)
			if got := b.queue.count(Delivered); got != 20 {
				t.Errorf("after a second %d were delivered, want the 20 of the app that is up", got)
			}
			time.Sleep(9*time.Hour - time.Second)
			if got := b.queue.count(Waiting) + b.queue.count(Parked); got != 20 {
				t.Errorf("%d wait or are parked at the end of the outage, want 20", got)
			}
			time.Sleep(13 * time.Hour)
			if got := b.queue.count(Delivered); got != 40 {
				t.Errorf("%d of 40 were delivered", got)
			}
			accepted := map[string]int{}
			for _, c := range b.sender.all() {
				if c.outcome.Status == 204 {
					accepted[c.message.Source.EventID]++
				}
			}
			for id, n := range accepted {
				if n != 1 {
					t.Errorf("delivery %s was accepted %d times", id, n)
				}
			}
		})
	})

	t.Run("each attempt comes by the schedule, after the last it is dead", func(t *testing.T) {
		t.Parallel()
		synctest.Test(t, func(t *testing.T) {
			b := newBench(t, hook(1, "https://down.test/"))
			b.sender.answer = func(protocol.Call, protocol.Webhook) (time.Duration, Outcome) { return 0, down }
			schedule := DefaultSchedule()[:5]
			b.start(Options{Schedule: schedule, Health: untouched()})
			b.commit(key(1))
			time.Sleep(4 * time.Hour)
			d := b.queue.all()[0]
			calls := b.sender.all()
			if d.State != Dead || d.Reason != ReasonExhausted || len(calls) != 6 {
				t.Fatalf("got %s (%s) after %d attempts", d.State, d.Reason, len(calls))
			}
			for i, wait := range schedule {
				got := calls[i+1].start.Sub(calls[i].start)
				if got < wait*8/10 || got > wait*12/10 {
					t.Errorf("attempt %d came after %v, want about %v", i+1, got, wait)
				}
				if calls[i+1].attempt != fmt.Sprint(i+1) || calls[i+1].message.Source.EventID != d.ID.String() {
					t.Errorf("attempt %d calls itself %s of %s", i+1, calls[i+1].attempt, calls[i+1].message.Source.EventID)
				}
				if calls[i+1].message.At.Unix() != calls[i+1].start.Unix() {
					t.Errorf("attempt %d is stamped %v", i+1, calls[i+1].message.At)
				}
			}
		})
	})

	t.Run("a retry goes to where the subscription is now", func(t *testing.T) {
		t.Parallel()
		synctest.Test(t, func(t *testing.T) {
			b := newBench(t, hook(1, "https://old.test/"))
			b.sender.answer = func(c protocol.Call, _ protocol.Webhook) (time.Duration, Outcome) {
				if c.URL == "https://old.test/" {
					return 0, down
				}
				return 0, Outcome{Status: 204}
			}
			b.start(Options{})
			b.commit(key(1))
			time.Sleep(time.Second)
			b.shop.mu.Lock()
			b.shop.subscriptions, b.shop.revision = []Subscription{hook(1, "https://new.test/")}, 2
			b.shop.mu.Unlock()
			time.Sleep(time.Minute)
			if d := b.queue.all()[0]; d.State != Delivered || d.URL != "https://new.test/" || d.Attempts != 2 {
				t.Errorf("got %+v", d)
			}
		})
	})
}

func TestEngineKeys(t *testing.T) {
	t.Parallel()
	t.Run("an app whose key is forgotten gets nothing more", func(t *testing.T) {
		t.Parallel()
		synctest.Test(t, func(t *testing.T) {
			b := newBench(t, hook(1, "https://app.test/"))
			delete(b.shop.keys, ours)
			b.start(Options{})
			event := b.commit(key(1))[0]
			if err := b.engine.Settled(t.Context(), event.ID); err != nil {
				t.Fatal(err)
			}
			if d := b.queue.all()[0]; d.State != Dead || d.Reason != ReasonNoKey || len(b.sender.all()) != 0 {
				t.Errorf("got %s (%s), %d calls", d.State, d.Reason, len(b.sender.all()))
			}
		})
	})
	t.Run("a store that cannot give the key costs no attempt", func(t *testing.T) {
		t.Parallel()
		synctest.Test(t, func(t *testing.T) {
			b := newBench(t, hook(1, "https://app.test/"))
			b.shop.keyErr = errBroken
			b.start(Options{})
			b.commit(key(1))
			time.Sleep(time.Minute)
			b.shop.mu.Lock()
			b.shop.keyErr = nil
			b.shop.mu.Unlock()
			time.Sleep(time.Minute)
			if d := b.queue.all()[0]; d.State != Delivered || d.Attempts != 1 {
				t.Errorf("got %s after %d attempts", d.State, d.Attempts)
			}
		})
	})
	t.Run("a key that was rotated while it was on its way is refused, and the new one taken", func(t *testing.T) {
		t.Parallel()
		synctest.Test(t, func(t *testing.T) {
			b := newBench(t, hook(1, "https://app.test/"))
			b.sender.answer = func(c protocol.Call, _ protocol.Webhook) (time.Duration, Outcome) {
				if protocol.Verify("new", c.Body, c.Get(protocol.HeaderShopSignature)) != nil {
					return time.Second, Outcome{Status: 401}
				}
				return 0, Outcome{Status: 204}
			}
			b.start(Options{})
			b.commit(key(1))
			time.Sleep(time.Second / 2)
			b.shop.mu.Lock()
			b.shop.keys[ours] = appdock.NewSecret("new")
			b.shop.mu.Unlock()
			time.Sleep(time.Minute)
			if d := b.queue.all()[0]; d.State != Delivered || d.Attempts != 2 {
				t.Errorf("got %s (%s) after %d attempts", d.State, d.Reason, d.Attempts)
			}
		})
	})
	t.Run("an app that has not kept its key yet is asked again, for a minute", func(t *testing.T) {
		t.Parallel()
		tests := map[string]struct {
			keeps    time.Duration // after it was told
			status   int           // of its answers until then
			told     bool
			state    State
			attempts int
		}{
			"at once":                         {0, 401, true, Delivered, 1},
			"before the next attempt":         {3 * time.Second, 401, true, Delivered, 2},
			"before the one after":            {20 * time.Second, 401, true, Delivered, 3},
			"after a minute":                  {2 * time.Minute, 401, true, Dead, 4},
			"what it confirmed is refused":    {3 * time.Second, 401, false, Dead, 1},
			"it says that it will never like": {3 * time.Second, 403, true, Dead, 1},
		}
		for name, tt := range tests {
			t.Run(name, func(t *testing.T) {
				t.Parallel()
				synctest.Test(t, func(t *testing.T) {
					b := newBench(t, hook(1, "https://app.test/"))
					told := time.Now()
					if tt.told {
						b.shop.told = told
					}
					b.sender.answer = func(protocol.Call, protocol.Webhook) (time.Duration, Outcome) {
						if time.Now().Before(told.Add(tt.keeps)) {
							return 0, Outcome{Status: tt.status}
						}
						return 0, Outcome{Status: 204}
					}
					b.start(Options{Schedule: Schedule{5 * time.Second, 30 * time.Second, time.Minute, time.Hour}})
					b.commit(key(1))
					time.Sleep(time.Hour)
					if d := b.queue.all()[0]; d.State != tt.state || d.Attempts != tt.attempts {
						t.Errorf("got %s (%s) after %d attempts, want %s after %d", d.State, d.Reason, d.Attempts, tt.state, tt.attempts)
					}
				})
			})
		}
	})
	t.Run("a rotated key signs the next attempt", func(t *testing.T) {
		t.Parallel()
		synctest.Test(t, func(t *testing.T) {
			b := newBench(t, hook(1, "https://app.test/"))
			b.sender.answer = func(c protocol.Call, _ protocol.Webhook) (time.Duration, Outcome) {
				if protocol.Verify("new", c.Body, c.Get(protocol.HeaderShopSignature)) != nil {
					return 0, Outcome{Status: 500, Another: true}
				}
				return 0, Outcome{Status: 204}
			}
			b.start(Options{})
			b.commit(key(1))
			time.Sleep(time.Second)
			b.shop.mu.Lock()
			b.shop.keys[ours] = appdock.NewSecret("new")
			b.shop.mu.Unlock()
			time.Sleep(time.Minute)
			if d := b.queue.all()[0]; d.State != Delivered || d.Attempts != 2 {
				t.Errorf("got %s after %d attempts", d.State, d.Attempts)
			}
		})
	})
}

func TestEngineIndex(t *testing.T) {
	t.Parallel()
	t.Run("an event is never matched with an older index", func(t *testing.T) {
		t.Parallel()
		synctest.Test(t, func(t *testing.T) {
			b := newBench(t)
			b.start(Options{})
			synctest.Wait()
			s := hook(1, "https://app.test/")
			s.Since = 2
			b.shop.mu.Lock()
			b.shop.subscriptions, b.shop.revision = []Subscription{s}, 2
			b.shop.mu.Unlock()
			old, young := key(1), key(2)
			old.Revision, young.Revision = 1, 2
			b.commit(old, young)
			synctest.Wait()
			if got := b.queue.all(); len(got) != 1 || got[0].Key[15] != 2 {
				t.Errorf("got %+v, want the younger event alone", got)
			}
		})
	})
	t.Run("an index that stays behind is waited for, not passed over", func(t *testing.T) {
		t.Parallel()
		synctest.Test(t, func(t *testing.T) {
			b := newBench(t, hook(1, "https://app.test/"))
			b.start(Options{})
			event := key(1)
			event.Revision = 2
			b.commit(event)
			time.Sleep(10 * time.Second)
			if got := len(b.queue.all()); got != 0 {
				t.Fatalf("%d deliveries were made", got)
			}
			b.shop.mu.Lock()
			b.shop.revision = 2
			b.shop.mu.Unlock()
			time.Sleep(time.Minute)
			if got := b.queue.count(Delivered); got != 1 {
				t.Errorf("%d were delivered", got)
			}
		})
	})
	t.Run("an event that nobody hinted at is found by the sweep", func(t *testing.T) {
		t.Parallel()
		synctest.Test(t, func(t *testing.T) {
			b := newBench(t, hook(1, "https://app.test/"))
			b.start(Options{})
			synctest.Wait()
			engine := b.engine
			b.engine = nil
			b.commit(key(1))
			b.engine = engine
			time.Sleep(61 * time.Second)
			if got := b.queue.count(Delivered); got != 1 {
				t.Errorf("%d were delivered", got)
			}
		})
	})
	t.Run("an idle minute loads no index again", func(t *testing.T) {
		t.Parallel()
		synctest.Test(t, func(t *testing.T) {
			b := newBench(t, hook(1, "https://app.test/"))
			b.start(Options{})
			time.Sleep(5 * time.Minute)
			b.shop.mu.Lock()
			defer b.shop.mu.Unlock()
			if b.shop.loads != 1 {
				t.Errorf("loaded %d times", b.shop.loads)
			}
		})
	})
}

func TestEngineSettled(t *testing.T) {
	t.Parallel()
	slow := func(status int) func(protocol.Call, protocol.Webhook) (time.Duration, Outcome) {
		return func(protocol.Call, protocol.Webhook) (time.Duration, Outcome) {
			return 3 * time.Second, Outcome{Status: status, Another: Another(status)}
		}
	}
	tests := map[string]struct {
		subscriptions []Subscription
		status        int
		before        time.Duration // between commit and the question
		want          time.Duration
	}{
		"nobody wants the event":              {nil, 204, 0, 0},
		"one wants it":                        {[]Subscription{hook(1, "https://a.test/")}, 204, 0, 3 * time.Second},
		"two want it at one server, in turn":  {[]Subscription{hook(1, "https://a.test/"), hook(2, "https://a.test/2")}, 204, 0, 6 * time.Second},
		"two want it at two servers":          {[]Subscription{hook(1, "https://a.test/"), hook(2, "https://b.test/2")}, 204, 0, 3 * time.Second},
		"a failure settles it like a success": {[]Subscription{hook(1, "https://a.test/")}, 500, 0, 3 * time.Second},
		"asked in the middle of the attempt":  {[]Subscription{hook(1, "https://a.test/")}, 204, time.Second, 2 * time.Second},
		"asked after the attempt":             {[]Subscription{hook(1, "https://a.test/")}, 500, 4 * time.Second, 0},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				b := newBench(t, tt.subscriptions...)
				b.sender.answer = slow(tt.status)
				b.start(Options{})
				event := b.commit(key(0))[0]
				time.Sleep(tt.before)
				asked := time.Now()
				if err := b.engine.Settled(t.Context(), event.ID); err != nil {
					t.Fatal(err)
				}
				if got := time.Since(asked); got != tt.want {
					t.Errorf("waited %v, want %v", got, tt.want)
				}
				for _, d := range b.queue.all() {
					if d.Attempts != 1 {
						t.Errorf("%d attempts are written", d.Attempts)
					}
				}
			})
		})
	}
	t.Run("the hint is not needed", func(t *testing.T) {
		t.Parallel()
		synctest.Test(t, func(t *testing.T) {
			b := newBench(t, hook(1, "https://a.test/"))
			b.start(Options{})
			synctest.Wait()
			engine := b.engine
			b.engine = nil
			event := b.commit(key(1))[0]
			if err := engine.Settled(t.Context(), event.ID); err != nil || b.queue.count(Delivered) != 1 {
				t.Errorf("got %v, %d delivered", err, b.queue.count(Delivered))
			}
		})
	})
	t.Run("patience ends", func(t *testing.T) {
		t.Parallel()
		synctest.Test(t, func(t *testing.T) {
			b := newBench(t, hook(1, "https://a.test/"))
			b.sender.answer = slow(204)
			b.start(Options{})
			event := b.commit(key(1))[0]
			ctx, cancel := context.WithTimeout(t.Context(), time.Second)
			defer cancel()
			if err := b.engine.Settled(ctx, event.ID); !errors.Is(err, context.DeadlineExceeded) {
				t.Errorf("got %v", err)
			}
		})
	})
	t.Run("an engine that has stopped says so", func(t *testing.T) {
		t.Parallel()
		synctest.Test(t, func(t *testing.T) {
			b := newBench(t, hook(1, "https://a.test/"))
			b.start(Options{})
			if err := b.stop(); err != nil {
				t.Fatal(err)
			}
			event := b.commit(key(1))[0]
			if err := b.engine.Settled(t.Context(), event.ID); !errors.Is(err, ErrStopped) {
				t.Errorf("got %v", err)
			}
		})
	})
}

// What is running when the engine stops may end; the rest stays in the queue.
func TestEngineDrains(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		answer    time.Duration
		grace     time.Duration
		stops     time.Duration // how long the stop takes
		delivered int
	}{
		"attempts that end in time are written": {7 * time.Second, 0, 6 * time.Second, 8},
		"an attempt that hangs is cut off":      {time.Hour, 0, 10 * time.Second, 0},
		"a host that has less time gives less":  {7 * time.Second, 2 * time.Second, 2 * time.Second, 0},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				b := newBench(t, hook(1, "https://a.test/"))
				b.sender.answer = func(protocol.Call, protocol.Webhook) (time.Duration, Outcome) {
					return tt.answer, Outcome{Status: 204}
				}
				b.start(Options{AttemptGrace: tt.grace})
				for k := range 20 {
					b.commit(key(byte(k + 1)))
				}
				time.Sleep(time.Second)
				stopped := time.Now()
				if err := b.stop(); err != nil {
					t.Fatal(err)
				}
				if got := time.Since(stopped); got != tt.stops {
					t.Errorf("the stop took %v, want %v", got, tt.stops)
				}
				if got := len(b.sender.all()); got != 8 {
					t.Errorf("%d calls were made, want the 8 that ran", got)
				}
				if got := b.queue.count(Delivered); got != tt.delivered {
					t.Errorf("%d delivered, want %d", got, tt.delivered)
				}
				if got := b.queue.count(Waiting); got != 20-tt.delivered {
					t.Errorf("%d wait, want the rest", got)
				}
			})
		})
	}
	t.Run("results that cannot be written are given up, and said", func(t *testing.T) {
		t.Parallel()
		synctest.Test(t, func(t *testing.T) {
			b := newBench(t, hook(1, "https://a.test/"))
			b.queue.broken = func(method string) error {
				if method == "Finish" {
					return errBroken
				}
				return nil
			}
			b.start(Options{})
			b.commit(key(1))
			time.Sleep(time.Second)
			if err := b.stop(); !errors.Is(err, errBroken) {
				t.Errorf("got %v", err)
			}
			if got := b.queue.count(Waiting); got != 1 {
				t.Errorf("%d wait, want it to be sent again", got)
			}
		})
	})
}

// An engine that ends in the middle of its work, any number of times, loses nothing.
func TestEngineCrashes(t *testing.T) {
	t.Parallel()
	for seed := range uint64(10) {
		t.Run(fmt.Sprint("seed ", seed), func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				random := rand.New(rand.NewPCG(seed, 3))
				b := newBench(t, hook(1, "https://a.test/"), hook(2, "https://b.test/"))
				var dead atomic.Bool // the process is: nothing reaches the disk any more
				b.queue.broken = func(string) error {
					if dead.Load() {
						return errBroken
					}
					return nil
				}
				b.sender.answer = func(c protocol.Call, _ protocol.Webhook) (time.Duration, Outcome) {
					return time.Duration(len(c.Body)%7) * 40 * time.Millisecond, Outcome{Status: 204}
				}
				committed := 0
				for range 8 {
					dead.Store(false)
					b.start(Options{})
					for range 10 {
						b.commit(key(byte(random.IntN(4))))
						committed++
						time.Sleep(time.Duration(random.IntN(60)) * time.Millisecond)
					}
					dead.Store(true)
					_ = b.stop()
				}
				dead.Store(false)
				b.start(Options{})
				time.Sleep(10 * time.Minute)
				if got := b.queue.count(Delivered); got != 2*committed {
					t.Errorf("%d of %d were delivered", got, 2*committed)
				}
				reached := map[string]bool{}
				for _, c := range b.sender.all() {
					reached[fmt.Sprint(c.url, c.message.Source.Sequence)] = true
				}
				if len(reached) != 2*committed {
					t.Errorf("%d of %d reached the apps", len(reached), 2*committed)
				}
			})
		})
	}
}

// A store that fails for a while costs time and nothing else, not even the order.
func TestEngineStoreErrors(t *testing.T) {
	t.Parallel()
	for _, method := range []string{"FanOut", "FanOut committed", "Backlogs", "Next", "Due", "Finish"} {
		t.Run(method, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				b := newBench(t, hook(1, "https://a.test/"))
				var busy atomic.Int64
				b.sender.answer = func(c protocol.Call, m protocol.Webhook) (time.Duration, Outcome) {
					if m.Source.Sequence%7 == 0 && c.Get(protocol.HeaderAttempt) == "0" {
						busy.Add(1)
						return 10 * time.Millisecond, Outcome{Status: 503, Another: true}
					}
					return 10 * time.Millisecond, Outcome{Status: 204}
				}
				failures := 0
				b.queue.broken = func(called string) error {
					if called == method && failures < 2 {
						failures++
						return errBroken
					}
					return nil
				}
				for k := range 5 {
					b.commit(key(byte(k % 3)))
				}
				b.left()
				b.start(Options{})
				for k := range 25 {
					b.commit(key(byte(k % 3)))
					time.Sleep(20 * time.Millisecond) // events go on coming while the store fails
				}
				time.Sleep(10 * time.Minute)
				if got := b.queue.count(Delivered); got != 30 || failures == 0 {
					t.Errorf("%d of 30 were delivered after %d failures", got, failures)
				}
				if got, want := len(b.sender.all()), 30+int(busy.Load()); got != want {
					t.Errorf("%d calls, want %d", got, want)
				}
				checkOrder(t, b)
			})
		})
	}
}

// What was answered and is not yet written would be sent again after a crash: it is
// bounded like what is in flight.
func TestEngineBoundsDuplicates(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t, hook(1, "https://a.test/"))
		b.queue.broken = func(method string) error {
			if method == "Finish" {
				return errBroken
			}
			return nil
		}
		b.start(Options{InFlight: 4})
		for k := range 100 {
			b.commit(key(byte(k + 1)))
		}
		time.Sleep(time.Minute)
		if got := len(b.sender.all()); got < 4 || got > 8 {
			t.Errorf("%d calls were made and none was written, want at most twice the 4 in flight", got)
		}
	})
}

// Results are written in groups: under load one commit is shared by many.
func TestEngineGroupsResults(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t, hook(1, "https://a.test/"))
		b.start(Options{PerEndpoint: 64})
		b.sender.answer = func(protocol.Call, protocol.Webhook) (time.Duration, Outcome) {
			return 10 * time.Millisecond, Outcome{Status: 204}
		}
		events := make([]appdock.Event, 0, 200)
		for k := range 200 {
			events = append(events, key(byte(k+1)))
		}
		b.commit(events...)
		time.Sleep(time.Second)
		delivered := b.queue.count(Delivered)
		b.queue.mu.Lock()
		defer b.queue.mu.Unlock()
		if delivered != 200 || b.queue.finishes > 100 {
			t.Errorf("%d delivered, written in %d groups", delivered, b.queue.finishes)
		}
	})
}

// While quick endpoints have plenty to do, what is not matched yet waits as events. Nobody
// who asks for one waits for that, and neither do the events of others when it goes slowly.
func TestEngineMatchesWhatItNeeds(t *testing.T) {
	t.Parallel()
	const events, endpoints = 700, 20
	unmatched := func(b *bench) int {
		b.queue.mu.Lock()
		defer b.queue.mu.Unlock()
		return len(b.queue.unmatched)
	}
	flood := func(t *testing.T, took time.Duration) *bench {
		t.Helper()
		var hooks []Subscription
		for i := range endpoints {
			hooks = append(hooks, hook(byte(i+1), fmt.Sprintf("https://%d.test/", i)))
		}
		b := newBench(t, hooks...)
		b.sender.answer = func(protocol.Call, protocol.Webhook) (time.Duration, Outcome) { return took, Outcome{Status: 204} }
		b.start(Options{})
		for i := range events {
			b.commit(key(byte(i%200 + 1)))
			if i%20 == 0 {
				time.Sleep(5 * time.Millisecond)
			}
		}
		return b
	}
	t.Run("quick", func(t *testing.T) {
		t.Parallel()
		synctest.Test(t, func(t *testing.T) {
			b := flood(t, 5*time.Millisecond)
			if n, waiting := unmatched(b), b.queue.count(Waiting); n == 0 || waiting > 3*plenty {
				t.Errorf("%d events wait to be matched, %d deliveries wait", n, waiting)
			}
			if err := b.engine.Settled(t.Context(), appdock.ID{}); err != nil || unmatched(b) > 0 {
				t.Errorf("%d events are not matched for who asked (%v)", unmatched(b), err)
			}
			b.commit(key(1))
			time.Sleep(time.Minute)
			if got := b.queue.count(Delivered); got != (events+1)*endpoints {
				t.Errorf("%d of %d were delivered", got, (events+1)*endpoints)
			}
		})
	})
	t.Run("not quick", func(t *testing.T) {
		t.Parallel()
		synctest.Test(t, func(t *testing.T) {
			b := flood(t, 200*time.Millisecond)
			time.Sleep(2 * time.Second)
			if n := unmatched(b); n > 0 {
				t.Errorf("%d events wait to be matched", n)
			}
		})
	})
}

// The events of others wait behind a flood for a while, not until it is over.
func TestPatience(t *testing.T) {
	t.Parallel()
	now := noon
	l := &looper{Engine: NewEngine(Ports{}, Options{Now: func() time.Time { return now }})}
	for n := range 2 * plenty {
		l.lanes.add(keyed(fmt.Sprintf("https://%d.test/", n%40), byte(n%200+1), int64(n+1)), now)
	}
	steps := []struct {
		why  string
		do   func()
		want bool
	}{
		{"nothing is known of its speed", func() {}, false},
		{"it is quick", func() { l.speed = attemptRate{rate: plenty, since: now} }, true},
		{"somebody asks who is in no hurry", func() { l.asked++ }, true},
		{"somebody is", func() { l.asked++; l.hurried = l.asked }, false},
		{"all was matched for them", func() { l.fannedOut = l.asked }, true},
		{"it goes on", func() { now = now.Add(patience / 2); l.speed.since = now }, true},
		{"for too long", func() { now = now.Add(patience); l.speed.since = now }, false},
		{"all was matched since", func() { l.deferredSince = time.Time{} }, true},
		{"nothing was sent for a while", func() { now = now.Add(2 * time.Second) }, false},
	}
	for _, s := range steps {
		s.do()
		if got := l.behind(); got != s.want {
			t.Errorf("%s: waits %v, want %v", s.why, got, s.want)
		}
	}
}

// The lag is the age of the oldest that waits for its turn, when it was looked at.
func TestEngineLag(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t, hook(1, "https://a.test/"))
		b.commit(key(1), key(1))
		b.left()
		time.Sleep(time.Hour)
		b.sender.answer = func(protocol.Call, protocol.Webhook) (time.Duration, Outcome) {
			return time.Second, Outcome{Status: 204}
		}
		b.start(Options{})
		synctest.Wait()
		if got := b.engine.Figures().Lag; got != time.Hour {
			t.Errorf("at the start it is %v, want an hour", got)
		}
		time.Sleep(2 * sweepEvery)
		if got := b.engine.Figures(); got.Lag != 0 || got.Waiting != 0 {
			t.Errorf("nothing waits, and the lag is %v", got.Lag)
		}
	})
}
