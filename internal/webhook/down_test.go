package webhook

import (
	"fmt"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/appdock/appdock"
)

// An app is down for a while, by the default schedule and the default rules of health: what
// the delivery contract says of a minute, an hour, a day and a week. It is told of much, or
// of little, meanwhile.
func TestAppIsDown(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		down   time.Duration
		within time.Duration // of its return all is delivered
	}{
		"a minute": {time.Minute, 6 * time.Minute},
		"an hour":  {time.Hour, 40 * time.Minute},
		"a day":    {24 * time.Hour, 4 * time.Hour},
		"a week":   {7 * 24 * time.Hour, 4 * time.Hour},
	}
	for name, tt := range tests {
		for _, events := range []int{1, 7, 200} {
			if tt.down > 24*time.Hour && events == 7 {
				continue // a week of seconds is many
			}
			t.Run(fmt.Sprintf("%s, %d events", name, events), func(t *testing.T) {
				t.Parallel()
				synctest.Test(t, func(t *testing.T) {
					b := newBench(t, hook(1, "https://app.test/"))
					b.at(func(_ string, since time.Duration) Outcome {
						if since < tt.down {
							return Outcome{Error: "connection refused", Another: true}
						}
						return status(204)
					})
					b.start(Options{})
					var all []appdock.Event
					for range events {
						all = append(all, b.many(1)...)
						time.Sleep(tt.down / time.Duration(events))
					}
					time.Sleep(tt.within + 10*time.Second) // the last of them are met slowly
					if states := b.balance(1, all); states[Delivered] != events {
						t.Errorf("got %v, want all %d delivered", states, events)
					}
					checkOrderOfFirst(t, b, tt.down)
				})
			})
		}
	}
}

// checkOrderOfFirst: what was never tried before the app returned is told in its order.
func checkOrderOfFirst(t *testing.T, b *bench, down time.Duration) {
	t.Helper()
	last := int64(0)
	for _, c := range b.sender.all() {
		if c.attempt != "0" || c.outcome.Status != 204 {
			continue
		}
		if c.message.Source.Sequence < last {
			t.Errorf("after %s, event %d came after %d", down, c.message.Source.Sequence, last)
		}
		last = c.message.Source.Sequence
	}
}

// After more than seven days of suspension nothing is tried any more, and nothing is lost:
// all of it comes when the app asks for it. That an operator, or an update, does the same is
// in TestHealth.
func TestAppIsDownForLonger(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t, hook(1, "https://app.test/"))
		var up atomic.Bool
		b.at(func(string, time.Duration) Outcome {
			if up.Load() {
				return status(204)
			}
			return status(502)
		})
		b.start(Options{})
		all := b.many(10)
		time.Sleep(8 * 24 * time.Hour)
		calls := len(b.sender.all())
		up.Store(true)
		all = append(all, b.many(10)...)
		time.Sleep(24 * time.Hour)
		if states := b.balance(1, all); states[Parked] != 20 || len(b.sender.all()) != calls {
			t.Fatalf("got %v and %d calls since, want all parked and none", states, len(b.sender.all())-calls)
		}
		b.shop.mu.Lock()
		b.shop.revision++
		b.shop.subscriptions[0].Order, b.shop.subscriptions[0].OrderedAt = OrderReactivate, b.shop.revision
		b.shop.mu.Unlock()
		time.Sleep(time.Minute)
		if states := b.balance(1, all); states[Delivered] != 20 {
			t.Errorf("got %v, want all delivered", states)
		}
	})
}
