package webhook

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/appdock/appdock"
	"github.com/appdock/appdock/protocol"
)

// An app answers 503 for a minute. Then it is met by one call, then by two, and everything
// arrives; the app beside it at the same server and the one elsewhere notice nothing.
func TestStormEndsWithoutAStampede(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t, hook(1, "https://storm.test/"), hook(2, "https://calm.test/"))
		began := time.Now()
		b.at(func(url string, since time.Duration) Outcome {
			if url == "https://storm.test/" && since < time.Minute {
				return status(503)
			}
			return status(204)
		})
		b.start(Options{})
		var all []appdock.Event
		for range 60 {
			all = append(all, b.many(50)...)
			time.Sleep(time.Second)
		}
		if got := b.queue.count(Delivered); got != 3000 {
			t.Errorf("%d were delivered to the calm one, want all 3000", got)
		}
		time.Sleep(10 * time.Minute)
		if states := b.balance(2, all); states[Delivered] != 6000 {
			t.Errorf("got %v, want all delivered", states)
		}
		calls := 0
		var recovered []sent
		for _, c := range b.sender.all() {
			if c.url != "https://storm.test/" {
				continue
			}
			if c.start.Sub(began) < time.Minute {
				calls++
			} else {
				recovered = append(recovered, c)
			}
		}
		if calls > 20 {
			t.Errorf("%d calls during the storm, want few", calls)
		}
		slices.SortFunc(recovered, func(x, y sent) int { return x.start.Compare(y.start) })
		if recovered[1].start.Before(recovered[0].end) {
			t.Error("the first call after the storm was not alone")
		}
		for i, c := range recovered[:3] {
			if at := i + 1; recovered[i+at].start.Before(c.end) {
				t.Errorf("more than %d calls at a time after %d answers", at, i)
			}
		}
	})
}

// An app that fails every other minute gets everything in the end, and is not called dead.
func TestFlapping(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t, hook(1, "https://flap.test/"))
		b.at(func(_ string, since time.Duration) Outcome {
			if since < 2*time.Hour && int(since.Minutes())%2 == 0 {
				return Outcome{Error: "connection reset", Another: true}
			}
			return status(204)
		})
		b.start(Options{})
		var all []appdock.Event
		for range 120 {
			all = append(all, b.many(4)...)
			time.Sleep(time.Minute)
		}
		time.Sleep(48 * time.Hour)
		if states := b.balance(1, all); states[Delivered] != 480 {
			t.Errorf("got %v, want all delivered", states)
		}
	})
}

// A strict app never sees a newer event of a record before it took the older one.
func TestStrictOrder(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t, hook(1, "https://app.test/"))
		random, answers := rand.New(rand.NewPCG(7, 7)), rand.New(rand.NewPCG(8, 8))
		var mu sync.Mutex
		taken := map[appdock.ID]int64{}
		var wrong []string
		keys := map[int64]appdock.ID{}
		b.sender.answer = func(_ protocol.Call, m protocol.Webhook) (time.Duration, Outcome) {
			mu.Lock()
			defer mu.Unlock()
			if answers.IntN(3) == 0 {
				return 5 * time.Millisecond, status(503)
			}
			k := keys[m.Source.Sequence]
			if taken[k] > m.Source.Sequence {
				wrong = append(wrong, fmt.Sprint(m.Source.Sequence, " after ", taken[k]))
			}
			taken[k] = m.Source.Sequence
			return 5 * time.Millisecond, status(204)
		}
		options := Options{Health: untouched(), Apps: map[string]AppOptions{"OrderNotes": {Strict: true}}}
		b.start(options)
		var all []appdock.Event
		for round := range 4 {
			for range 60 {
				k := byte(random.IntN(5) + 1)
				for _, e := range b.commit(key(k)) {
					mu.Lock()
					keys[e.Seq] = e.Key
					mu.Unlock()
					all = append(all, e)
				}
			}
			time.Sleep(time.Duration(round) * 3 * time.Second)
			_ = b.stop() // in the middle of it
			b.start(options)
		}
		time.Sleep(24 * time.Hour)
		if states := b.balance(1, all); states[Delivered] != 240 || len(wrong) > 0 {
			t.Errorf("got %v; out of order: %v", states, wrong)
		}
	})
}

// The clock of the host jumps, forwards or backwards: nothing is lost, nothing is sent
// twice, and what waits is late by the jump at most.
func TestClockJumps(t *testing.T) {
	t.Parallel()
	for _, jump := range []time.Duration{time.Hour, -time.Hour, 24 * time.Hour, -24 * time.Hour} {
		t.Run(jump.String(), func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				b := newBench(t, hook(1, "https://app.test/"), hook(2, "https://down.test/"))
				var offset atomic.Int64
				began := time.Now()
				b.at(func(url string, since time.Duration) Outcome {
					if url == "https://down.test/" && since < 10*time.Minute {
						return status(500)
					}
					return status(204)
				})
				b.start(Options{}, func() time.Time { return time.Now().Add(time.Duration(offset.Load())) })
				var all []appdock.Event
				for minute := range 10 {
					all = append(all, b.many(5)...)
					time.Sleep(time.Minute)
					if minute == 4 {
						offset.Store(int64(jump))
					}
				}
				if got := b.queue.count(Delivered); got < 50 {
					t.Errorf("%d of the 50 of the app that is up were delivered", got)
				}
				time.Sleep(max(-jump, 0) + time.Hour)
				if states := b.balance(2, all); states[Delivered] != 100 {
					t.Errorf("after %v: %v", time.Since(began), states)
				}
				seen := map[string]int{}
				for _, c := range b.sender.all() {
					if c.outcome.Status == 204 {
						seen[c.message.Source.EventID]++
					}
				}
				for id, n := range seen {
					if n > 1 {
						t.Errorf("delivery %s was accepted %d times", id, n)
					}
				}
			})
		})
	}
}

// A host is started again with a clock that was set back by a day: what was never tried goes
// out at once, though it was made tomorrow.
func TestClockWasSetBack(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t, hook(1, "https://app.test/"))
		all := b.many(5)
		b.left()
		b.start(Options{}, func() time.Time { return time.Now().Add(-24 * time.Hour) })
		time.Sleep(time.Minute)
		if states := b.balance(1, all); states[Delivered] != 5 {
			t.Errorf("got %v, want all delivered", states)
		}
	})
}

// Nobody waits for endpoints that hang, whether it was known of them or not.
func TestHangingEndpointsHoldNobodyUp(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var subscriptions []Subscription
		for i := range byte(50) {
			name := "up"
			if i < 25 {
				name = "hangs"
			}
			subscriptions = append(subscriptions, hook(i+1, fmt.Sprintf("https://%s%d.test/", name, i)))
		}
		b := newBench(t, subscriptions...)
		b.sender.answer = func(c protocol.Call, _ protocol.Webhook) (time.Duration, Outcome) {
			if c.URL[8] == 'h' {
				return 10 * time.Second, Outcome{Error: "timeout", Another: true}
			}
			return 5 * time.Millisecond, status(204)
		}
		b.start(Options{})
		var late, worst time.Duration
		for range 8 {
			before := b.queue.count(Delivered)
			sentAt := time.Now()
			b.many(10)
			for b.queue.count(Delivered) < before+250 {
				time.Sleep(10 * time.Millisecond)
				if time.Since(sentAt) > time.Minute {
					t.Fatal("the others wait for those that hang")
				}
			}
			if late == 0 {
				late = time.Since(sentAt)
			} else {
				worst = max(worst, time.Since(sentAt))
			}
			time.Sleep(time.Second)
		}
		if late > 700*time.Millisecond || worst > 500*time.Millisecond {
			t.Errorf("ten events took %v at first, later up to %v to reach the 25 that are up", late, worst)
		}
	})
}

// Deliveries of more than memory holds arrive in their order, from a disk that gives a few
// at a time, while new ones come in.
func TestBacklogLargerThanMemory(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t, hook(1, "https://a.test/"), hook(2, "https://b.test/"))
		random := rand.New(rand.NewPCG(3, 3))
		b.queue.chunk = 7
		b.sender.answer = func(protocol.Call, protocol.Webhook) (time.Duration, Outcome) {
			return 10 * time.Millisecond, status(204)
		}
		var all []appdock.Event
		for range 220 {
			all = append(all, b.commit(key(byte(random.IntN(30))))...)
		}
		b.left()
		b.start(Options{})
		b.engine.mu.Lock()
		b.engine.lanes.queued, b.engine.lanes.memory = 40, 60
		b.engine.mu.Unlock()
		for range 80 {
			all = append(all, b.commit(key(byte(random.IntN(30))))...)
			time.Sleep(5 * time.Millisecond)
			if got := b.engine.Figures().InMemory; got > 80 {
				t.Fatalf("%d in memory", got)
			}
		}
		time.Sleep(time.Hour)
		if states := b.balance(2, all); states[Delivered] != 600 {
			t.Errorf("got %v", states)
		}
		checkOrder(t, b)
	})
}
