package webhook

import (
	"encoding/json"
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/appdock/appdock"
	"github.com/appdock/appdock/protocol"
)

// A subscription that refuses us is parked; its neighbour at the same server is not.
func TestSuspendedParksAlone(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t, hook(1, "https://app.test/refuses"), hook(2, "https://app.test/takes"))
		var heals atomic.Bool
		b.at(func(url string, _ time.Duration) Outcome {
			if url == "https://app.test/refuses" && !heals.Load() {
				return status(401)
			}
			return status(204)
		})
		b.start(Options{})
		all := b.many(3)
		time.Sleep(time.Second)
		all = append(all, b.many(97)...)
		time.Sleep(time.Minute)
		states := b.balance(2, all)
		if states[Delivered] != 100 || states[Dead] != 3 || states[Parked] != 97 {
			t.Fatalf("got %v, want 3 dead and 97 parked of the one, and all of the other delivered", states)
		}
		if h := b.queue.healths[appdock.ID{15: 1}]; h.State != Suspended || h.Cause != CauseRefusals {
			t.Errorf("got %+v", h)
		}
		heals.Store(true)
		time.Sleep(10 * time.Minute)
		if states := b.balance(2, all); states[Delivered] != 197 {
			t.Errorf("got %v, want what was parked delivered", states)
		}
		if len(b.queue.healths) != 0 {
			t.Errorf("got %+v, want nothing to be remembered", b.queue.healths)
		}
		checkOrder(t, b)
	})
}

// What a subscription's app is told of its health: in which state it is now, since when and
// why (protocol-webhooks.md 6.5).
func TestHealthIsTold(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		refuses := hook(1, "https://app.test/refuses")
		subscriptions := []Subscription{refuses}
		for i, name := range []string{"degraded", "suspended", "disabled", "activated"} {
			s := hook(byte(10+i), "https://app.test/health")
			s.Event = appdock.EventName("webhook.health." + name)
			subscriptions = append(subscriptions, s)
		}
		stranger := hook(20, "https://other.test/")
		stranger.Installation, stranger.Event = appdock.ID{15: 9}, "webhook.health.suspended"
		b := newBench(t, append(subscriptions, stranger)...)
		b.shop.keys[stranger.Installation] = appdock.NewSecret("theirs")
		began := time.Now().UTC()
		var code atomic.Int32
		code.Store(503)
		b.at(func(url string, _ time.Duration) Outcome {
			if url == refuses.URL {
				return status(int(code.Load()))
			}
			return status(204)
		})
		b.start(Options{})
		b.many(10)
		time.Sleep(time.Minute) // degraded
		code.Store(410)
		time.Sleep(5 * time.Minute) // suspended by the trial
		code.Store(204)
		time.Sleep(10 * time.Minute) // degraded, and healthy
		b.shop.mu.Lock()
		b.shop.revision++
		b.shop.subscriptions[0].Order, b.shop.subscriptions[0].OrderedAt = OrderPause, b.shop.revision
		b.shop.mu.Unlock()
		time.Sleep(time.Minute)
		b.shop.mu.Lock()
		b.shop.revision++
		b.shop.subscriptions[0].Order, b.shop.subscriptions[0].OrderedAt = OrderReactivate, b.shop.revision
		b.shop.mu.Unlock()
		time.Sleep(time.Minute) // which the app may not
		b.shop.mu.Lock()
		b.shop.revision++
		b.shop.subscriptions[0].Order, b.shop.subscriptions[0].OrderedAt = OrderResume, b.shop.revision
		b.shop.mu.Unlock()
		time.Sleep(time.Minute)

		type told struct{ WebhookID, WebhookName, EventName, FromState, OccurredAt, Cause, SuspendedSince, DisabledOrigin, Trigger string }
		var got []string
		for _, c := range b.sender.all() {
			if c.url == stranger.URL {
				t.Error("another app was told")
			}
			if c.url != "https://app.test/health" {
				continue
			}
			var x told
			if err := json.Unmarshal(c.message.Payload, &x); err != nil {
				t.Fatal(err)
			}
			at, err := time.Parse(time.RFC3339, x.OccurredAt)
			if err != nil || at.Before(began.Truncate(time.Second)) || x.WebhookID != refuses.ID.String() || x.WebhookName != refuses.Name || x.EventName != string(refuses.Event) {
				t.Errorf("got %s: %+v, %v", c.message.Event, x, err)
			}
			if (x.SuspendedSince != "") != (c.message.Event == "webhook.health.suspended") {
				t.Errorf("got %s: suspended since %q", c.message.Event, x.SuspendedSince)
			}
			got = append(got, strings.TrimPrefix(c.message.Event, "webhook.health.")+" from "+x.FromState+" "+x.Cause+x.DisabledOrigin+x.Trigger)
		}
		want := []string{
			"degraded from healthy ", "suspended from degraded gone", "degraded from suspended ", "activated from degraded recovered",
			"disabled from healthy operator", "activated from disabled resume",
		}
		if !slices.Equal(got, want) {
			t.Errorf("got %q, want %q", got, want)
		}
	})
}

// Above the cap the oldest are dead, and can be replayed.
func TestParkedCap(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t, hook(1, "https://gone.test/"))
		var back atomic.Bool
		b.at(func(string, time.Duration) Outcome {
			if back.Load() {
				return status(204)
			}
			return status(410)
		})
		rules := DefaultHealthRules()
		rules.ParkedCap = 10
		b.start(Options{Health: rules})
		all := b.many(1)
		time.Sleep(time.Second)
		all = append(all, b.many(30)...)
		time.Sleep(time.Second)
		states := b.balance(1, all)
		if states[Parked] != 10 || states[Dead] != 21 {
			t.Fatalf("got %v", states)
		}
		for i, d := range b.queue.all() {
			if want := map[bool]State{true: Dead, false: Parked}[i < 21]; d.State != want {
				t.Errorf("number %d is %s", d.Number, d.State)
			}
		}
		back.Store(true)
		time.Sleep(10 * time.Minute)
		people := Operator{Replays: b.queue, Engine: b.engine}
		if n, err := people.Replay(t.Context(), Filter{State: Dead}); n == 0 || err != nil {
			t.Fatalf("replayed %d, %v", n, err)
		}
		time.Sleep(time.Minute)
		if states := b.balance(1, all); states[Delivered] != 31 {
			t.Errorf("got %v, want all delivered", states)
		}
	})
}

// What people order is followed, whatever the engine is doing, and survives its end.
func TestPausedAndResumed(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t, hook(1, "https://app.test/"))
		b.at(func(string, time.Duration) Outcome { return status(204) })
		order := func(o Order) {
			b.shop.mu.Lock()
			b.shop.revision++
			b.shop.subscriptions[0].Order, b.shop.subscriptions[0].OrderedAt = o, b.shop.revision
			b.shop.mu.Unlock()
			time.Sleep(2 * time.Second)
		}
		b.start(Options{})
		all := b.many(10)
		time.Sleep(time.Second)
		order(OrderPause)
		all = append(all, b.many(10)...)
		time.Sleep(24 * time.Hour)
		if states := b.balance(1, all); states[Delivered] != 10 || states[Parked] != 10 {
			t.Fatalf("got %v", states)
		}
		if err := b.stop(); err != nil {
			t.Fatal(err)
		}
		b.start(Options{})
		all = append(all, b.many(10)...)
		order(OrderReactivate) // by the app, which may not
		time.Sleep(time.Hour)
		if states := b.balance(1, all); states[Delivered] != 10 || states[Parked] != 20 {
			t.Fatalf("got %v after a new start", states)
		}
		order(OrderResume)
		time.Sleep(time.Minute)
		if states := b.balance(1, all); states[Delivered] != 30 {
			t.Errorf("got %v", states)
		}
		checkOrder(t, b)
	})
}

// The store fails now and then while health changes: what is parked is found again.
func TestGatesSurviveStoreErrors(t *testing.T) {
	t.Parallel()
	for seed := range uint64(4) {
		t.Run(fmt.Sprint("seed ", seed), func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				random := rand.New(rand.NewPCG(seed, 9))
				b := newBench(t, hook(1, "https://a.test/"), hook(2, "https://b.test/"))
				failures := rand.New(rand.NewPCG(seed, 10)) // under the lock of the queue
				b.queue.broken = func(string) error {
					if failures.IntN(10) == 0 {
						return errBroken
					}
					return nil
				}
				b.at(func(url string, since time.Duration) Outcome {
					if url == "https://a.test/" && since < 30*time.Minute {
						return status(500)
					}
					return status(204)
				})
				b.start(Options{})
				var all []appdock.Event
				for range 40 {
					all = append(all, b.many(2)...)
					time.Sleep(time.Minute)
					if random.IntN(8) == 0 {
						_ = b.stop()
						b.start(Options{})
					}
				}
				time.Sleep(72 * time.Hour)
				if states := b.balance(2, all); states[Delivered] != 160 {
					t.Errorf("got %v", states)
				}
			})
		})
	}
}

// What becomes of a subscription while a trial is on its way leaves nothing behind: neither
// the trial, which fails then, nor what is parked.
func TestTrialsThatAreOvertaken(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		change func(*shopState)
		want   map[State]int
	}{
		"the subscription is resumed": {
			func(s *shopState) { s.subscriptions[0].Order, s.subscriptions[0].OrderedAt = OrderResume, s.revision },
			map[State]int{Delivered: 10},
		},
		"a strict one is resumed": {
			func(s *shopState) {
				s.subscriptions[0].Order, s.subscriptions[0].OrderedAt = OrderReactivate, s.revision
			},
			map[State]int{Delivered: 10},
		},
		"the app is uninstalled": {func(s *shopState) { s.subscriptions = nil }, map[State]int{Dead: 10}},
		"it is paused, and its app uninstalled": {
			func(s *shopState) {
				w := &s.subscriptions[0]
				w.Order, w.OrderedAt, w.Until = OrderPause, s.revision, s.revision
			},
			map[State]int{Dead: 10},
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				b := newBench(t, hook(1, "https://app.test/"))
				var down, slow atomic.Bool
				b.sender.answer = func(protocol.Call, protocol.Webhook) (time.Duration, Outcome) {
					if slow.Swap(false) {
						return 8 * time.Second, status(503)
					}
					if down.Load() {
						return 0, status(503)
					}
					return 0, status(204)
				}
				b.start(Options{Apps: map[string]AppOptions{"OrderNotes": {Strict: name == "a strict one is resumed"}}})
				down.Store(true)
				all := b.many(10)
				time.Sleep(4 * time.Minute) // five failed, the rest is parked
				slow.Store(true)
				for slow.Load() {
					time.Sleep(time.Second)
				}
				down.Store(false)
				b.shop.mu.Lock()
				b.shop.revision++
				test.change(b.shop)
				b.shop.mu.Unlock()
				time.Sleep(2 * time.Hour)
				if states := b.balance(1, all); !maps.Equal(states, test.want) {
					t.Errorf("got %v, want %v", states, test.want)
				}
			})
		})
	}
}

// An app that refuses one delivery as often as somebody sends it again has refused one: it is
// not suspended for that.
func TestRefusedAgain(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t, hook(1, "https://app.test/"))
		b.at(func(string, time.Duration) Outcome { return status(401) })
		b.start(Options{})
		all := b.many(1)
		o := &Operator{Replays: b.queue, Engine: b.engine}
		for range 5 {
			time.Sleep(time.Second)
			if n, err := o.Replay(t.Context(), Filter{}); n != 1 || err != nil {
				t.Fatal(n, err)
			}
		}
		time.Sleep(time.Second)
		health := func() Health {
			b.queue.mu.Lock()
			defer b.queue.mu.Unlock()
			return b.queue.healths[appdock.ID{15: 1}]
		}
		h := health()
		if states := b.balance(1, all); h.State != Healthy || h.Refusals != 1 || states[Dead] != 1 {
			t.Errorf("%+v, %v", h, states)
		}
		all = append(all, b.many(2)...)
		time.Sleep(time.Second)
		if h := health(); h.State != Suspended {
			t.Errorf("%+v after %d were refused", h, len(all))
		}
	})
}
