package webhook

import (
	"context"
	"errors"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/appdock/appdock"
	"github.com/appdock/appdock/protocol"
)

// Who waits for the first attempt of what was on the disk alone when its gate shut waits no
// longer: it is parked from there, and nobody reads it.
func TestSettledWhenAGateShuts(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t, hook(1, "https://app.test/"))
		b.start(Options{Apps: map[string]AppOptions{"OrderNotes": {Rate: 0.1}}})
		b.engine.mu.Lock()
		b.engine.lanes.queued = 0 // nothing is in hand
		b.engine.mu.Unlock()
		var last appdock.Event
		for range 40 { // more than is read ahead
			last = b.commit(key(1))[0]
			time.Sleep(time.Millisecond)
		}
		b.shop.mu.Lock()
		b.shop.revision++
		b.shop.subscriptions[0].Order, b.shop.subscriptions[0].OrderedAt = OrderPause, b.shop.revision
		b.shop.mu.Unlock()
		began := time.Now()
		ctx, cancel := context.WithTimeout(t.Context(), time.Hour)
		defer cancel()
		if err := b.engine.Settled(ctx, last.ID); err != nil || time.Since(began) > changedEvery {
			t.Errorf("settled after %v: %v", time.Since(began), err)
		}
		time.Sleep(time.Minute)
		b.engine.mu.Lock()
		defer b.engine.mu.Unlock()
		if n := b.queue.count(Parked); n != 39 || len(b.engine.outstanding) > 0 {
			t.Errorf("%d are parked, outstanding: %v", n, b.engine.outstanding)
		}
	})
}

// What was taken out of memory when its gate shut is no longer waited for: its attempt, once
// the gate is open again, does not stand for that of another delivery of the event.
func TestSettledAfterAGateOpens(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		const slow = 10 * time.Minute
		b := newBench(t, hook(1, "https://quick.test/"), hook(2, "https://slow.test/"))
		b.sender.answer = func(c protocol.Call, _ protocol.Webhook) (time.Duration, Outcome) {
			if strings.HasPrefix(c.URL, "https://slow.test/") {
				return slow, Outcome{Status: 204}
			}
			return 0, Outcome{Status: 204}
		}
		b.start(Options{Apps: map[string]AppOptions{"OrderNotes": {Rate: 0.02}}})
		order := func(o Order) {
			b.shop.mu.Lock()
			defer b.shop.mu.Unlock()
			b.shop.revision++
			b.shop.subscriptions[0].Order, b.shop.subscriptions[0].OrderedAt = o, b.shop.revision
		}
		began := time.Now()
		b.commit(key(1)) // the next waits for its turn, in memory
		event := b.commit(key(2))[0]
		time.Sleep(5 * time.Second)
		order(OrderPause)
		time.Sleep(5 * time.Second)
		if n := b.queue.count(Parked); n != 1 {
			t.Fatalf("%d are parked, want 1", n)
		}
		order(OrderResume)
		time.Sleep(5 * time.Minute)
		if n := b.queue.count(Parked) + b.queue.count(Waiting); n == 0 {
			t.Fatal("the slow one is not under way any more")
		}
		if err := b.engine.Settled(t.Context(), event.ID); err != nil || time.Since(began) < slow {
			t.Errorf("settled after %v: %v", time.Since(began), err)
		}
		b.engine.mu.Lock()
		defer b.engine.mu.Unlock()
		if len(b.engine.outstanding) > 0 {
			t.Errorf("outstanding: %v", b.engine.outstanding)
		}
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
