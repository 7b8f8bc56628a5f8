package webhook

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/appdock/appdock/protocol"
)

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
