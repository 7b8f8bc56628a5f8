package webhook

import (
	"encoding/json"
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/appdock/appdock"
	"github.com/appdock/appdock/protocol"
)

// balance checks by id that every delivery that was made is in one state, and that what is
// called delivered was accepted by the app, and nothing else was.
func (b *bench) balance(subscriptions int, committed []appdock.Event) map[State]int {
	b.t.Helper()
	accepted := map[string]int{}
	for _, c := range b.sender.all() {
		if c.outcome.Status == 204 {
			accepted[c.message.Source.EventID]++
		}
	}
	states := map[State]int{}
	made := map[appdock.ID]int{}
	for _, d := range b.queue.all() {
		states[d.State]++
		made[d.Event]++
		if (d.State == Delivered) != (accepted[d.ID.String()] > 0) {
			b.t.Errorf("delivery %s is %s and was accepted %d times", d.ID, d.State, accepted[d.ID.String()])
		}
	}
	for _, e := range committed {
		if made[e.ID] != subscriptions {
			b.t.Errorf("event %s has %d deliveries, want %d", e.ID, made[e.ID], subscriptions)
		}
	}
	if sum := states[Waiting] + states[Delivered] + states[Parked] + states[Dead]; sum != subscriptions*len(committed) {
		b.t.Errorf("%d of %d deliveries are in a state: %v", sum, subscriptions*len(committed), states)
	}
	return states
}

// many commits events of different keys.
func (b *bench) many(n int) (all []appdock.Event) {
	for k := range n {
		all = append(all, b.commit(key(byte(k%200+1)))...)
	}
	return all
}

func status(code int) Outcome { return Outcome{Status: code, Another: Another(code)} }

// at gives the answers of an app by its host and the time since the beginning.
func (b *bench) at(answer func(url string, since time.Duration) Outcome) {
	began := time.Now()
	b.sender.answer = func(c protocol.Call, _ protocol.Webhook) (time.Duration, Outcome) {
		return 20 * time.Millisecond, answer(c.URL, time.Since(began))
	}
}

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

// While the shop's identity is in doubt nothing is sent, and nothing is lost.
func TestWithheld(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t, hook(1, "https://app.test/"))
		b.at(func(string, time.Duration) Outcome { return status(204) })
		withhold := func(yes bool) {
			b.shop.mu.Lock()
			b.shop.revision++
			b.shop.subscriptions[0].Withheld = yes
			b.shop.mu.Unlock()
			time.Sleep(2 * time.Second)
		}
		b.start(Options{})
		withhold(true)
		all := b.many(10)
		time.Sleep(24 * time.Hour)
		for _, d := range b.queue.all() {
			if d.State != Parked || d.Reason != ReasonIdentity {
				t.Fatalf("got %s (%s)", d.State, d.Reason)
			}
		}
		withhold(false)
		time.Sleep(time.Second)
		if states := b.balance(1, all); states[Delivered] != 10 {
			t.Errorf("got %v", states)
		}
	})
}

// What waits is not sent to an app that may not know it any more, or is not there any more.
func TestRevokedWhileWaiting(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		change func(*shopState)
		secret string // why what needs a privilege is dead
		open   string // likewise what needs none; empty: it is delivered
	}{
		"the privilege is revoked": {func(s *shopState) { s.subscriptions[0].Grant = nil }, ReasonRevoked, ""},
		"the app is uninstalled":   {func(s *shopState) { s.subscriptions = nil }, ReasonUninstalled, ReasonUninstalled},
		"it is, and not yet forgotten": {func(s *shopState) {
			for i := range s.subscriptions {
				s.subscriptions[i].Until = s.revision
			}
		}, ReasonUninstalled, ReasonUninstalled},
		"an update drops the webhook": {func(s *shopState) { s.subscriptions = s.subscriptions[1:] }, ReasonRevoked, ""},
		"an update drops all webhooks": {func(s *shopState) {
			s.installed, s.subscriptions = []appdock.ID{s.subscriptions[0].Installation}, nil
		}, ReasonRevoked, ""},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for events, parked := range map[int]bool{1: false, 10: true} {
				synctest.Test(t, func(t *testing.T) { revokedWhileWaiting(t, events, parked, tt.change, tt.secret, tt.open) })
			}
		})
	}
}

func revokedWhileWaiting(t *testing.T, events int, parked bool, change func(*shopState), secret, open string) {
	t.Helper()
	s, life := hook(1, "https://app.test/"), hook(2, "https://app.test/")
	s.Grant, life.Event = appdock.NewPrivileges("order:read"), "app.deleted"
	b := newBench(t, s, life)
	var up atomic.Bool
	b.at(func(string, time.Duration) Outcome {
		if up.Load() {
			return status(204)
		}
		return status(503)
	})
	b.start(Options{})
	var all []appdock.Event
	for range events {
		needs := key(1)
		needs.Needs = []appdock.Privilege{"order:read"}
		all = append(all, b.commit(needs, key(2))...)
	}
	b.commit(appdock.Event{Name: "app.deleted", Only: ours, Key: appdock.ID{15: 3}})
	time.Sleep(time.Second)
	if n := b.queue.count(Parked); (n > 0) != parked {
		t.Fatalf("%d are parked", n)
	}
	b.shop.mu.Lock()
	change(b.shop)
	b.shop.revision++
	b.shop.mu.Unlock()
	up.Store(true)
	time.Sleep(time.Hour)
	for _, d := range b.queue.all() {
		want, state := open, Delivered
		switch {
		case d.EventName == "app.deleted":
			want = ""
		case len(d.Needs) > 0:
			want = secret
		}
		if want != "" {
			state = Dead
		}
		if d.State != state || d.Reason != want {
			t.Errorf("%s, needs %v: %s (%s), want %s (%s)", d.EventName, d.Needs, d.State, d.Reason, state, want)
		}
	}
	if open == "" {
		return
	}
	for _, c := range b.sender.all() {
		if c.outcome.Status == 204 && c.message.Event != "app.deleted" {
			t.Errorf("%s of %d events was sent", c.message.Event, len(all))
		}
	}
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

// A trial that waits for its turn when the shop's identity comes into doubt is not the last.
func TestTrialsGoOnAfterDoubt(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		slow := hook(2, "https://app.test/slow")
		slow.Event = "app.system_heartbeat"
		b := newBench(t, hook(1, "https://app.test/"), slow)
		began := time.Now()
		b.sender.answer = func(_ protocol.Call, m protocol.Webhook) (time.Duration, Outcome) {
			switch {
			case m.Event == string(slow.Event):
				return time.Minute, status(204)
			case time.Since(began) < time.Minute:
				return 0, status(503)
			}
			return 0, status(204)
		}
		b.start(Options{PerEndpoint: 1})
		all := b.many(10)
		time.Sleep(5*time.Minute - 10*time.Second) // the trial is in ten seconds
		all = append(all, b.commit(appdock.Event{Name: slow.Event})...)
		time.Sleep(20 * time.Second)
		for _, yes := range []bool{true, false} {
			b.shop.mu.Lock()
			b.shop.revision++
			b.shop.subscriptions[0].Withheld = yes
			b.shop.mu.Unlock()
			time.Sleep(5 * time.Second)
		}
		time.Sleep(6 * time.Hour)
		if states := b.balance(1, all); states[Delivered] != 11 {
			t.Errorf("got %v", states)
		}
	})
}
