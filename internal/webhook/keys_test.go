package webhook

import (
	"testing"
	"testing/synctest"
	"time"

	"github.com/appdock/appdock"
	"github.com/appdock/appdock/protocol"
)

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
