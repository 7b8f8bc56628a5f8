package webhook

import (
	"context"
	"testing"
	"testing/synctest"
	"time"

	"github.com/appdock/appdock"
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
		if n := b.queue.count(Parked); n != 39 || len(b.engine.outstanding) > 0 {
			t.Errorf("%d are parked, outstanding: %v", n, b.engine.outstanding)
		}
	})
}
