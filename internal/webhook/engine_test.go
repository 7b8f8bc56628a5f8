package webhook

import (
	"fmt"
	"math/rand/v2"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/appdock/appdock"
	"github.com/appdock/appdock/protocol"
)

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

// What nobody listens to is counted, and nobody looks for it.
func TestUnheardEvents(t *testing.T) {
	t.Parallel()
	e := NewEngine(Ports{}, Options{Now: time.Now})
	e.Committed([]appdock.Event{{Unheard: true}, {Unheard: true}})
	if n := e.Figures().Events; n != 2 || len(e.look) > 0 || e.committed {
		t.Errorf("%d events were matched, %d looks for others, %v", n, len(e.look), e.committed)
	}
	e.Committed([]appdock.Event{{Unheard: true}, {}})
	if n := e.Figures().Events; n != 3 || len(e.look) == 0 || !e.committed {
		t.Errorf("%d events were matched, %d looks for others, %v", n, len(e.look), e.committed)
	}
}
