package webhook

import (
	"context"
	"fmt"

	"github.com/appdock/appdock"
)

// Settled waits until the first attempt of every delivery of the event was made and
// written. The event must be committed. It returns at once when there is no delivery
// or all were attempted before, and [ErrStopped] if that will not be while this engine
// lives. With the zero ID it waits until all that was committed before is matched.
func (e *Engine) Settled(ctx context.Context, event appdock.ID) error {
	return e.wait(ctx, event, true)
}

// Matched waits until all that was committed before is matched, as [Engine.Settled] does with
// the zero ID, but has nothing done sooner because of that.
func (e *Engine) Matched(ctx context.Context) error { return e.wait(ctx, appdock.ID{}, false) }

func (e *Engine) wait(ctx context.Context, event appdock.ID, hurry bool) error {
	e.mu.Lock()
	e.asked++
	mine := e.asked
	if hurry {
		e.hurried = mine
	}
	e.mu.Unlock()
	signal(e.look)
	for {
		e.mu.Lock()
		settled := e.fannedOut >= mine && e.outstanding[event] == 0
		progress := e.progress
		e.mu.Unlock()
		if settled {
			return nil
		}
		select {
		case <-progress:
		case <-ctx.Done():
			return fmt.Errorf("wait for the first attempts of an event: %w", ctx.Err())
		case <-e.stopped:
			return ErrStopped
		}
	}
}

// await counts the first attempt of a delivery that was just made; true: of one that is in hand.
// mu is held.
func (e *Engine) await(d Delivery) bool {
	n, counted := e.outstanding[d.Event]
	if !counted && len(e.outstanding) >= outstandingEvents {
		return false
	}
	e.outstanding[d.Event] = n + 1
	if d.InHand {
		return true
	}
	unread := e.unread[d.Subscription]
	if unread == nil {
		unread = make(map[appdock.ID]int)
		e.unread[d.Subscription] = unread
	}
	unread[d.Event]++
	return false
}

// found says that a delivery was read, which may have been on the disk alone; true: its first
// attempt was counted, and was not given up since. mu is held.
func (e *Engine) found(d Delivery) bool {
	unread := e.unread[d.Subscription]
	switch n := unread[d.Event]; {
	case d.Attempts > 0 || n == 0:
		return false
	case n > 1:
		unread[d.Event] = n - 1
	default:
		delete(unread, d.Event)
	}
	if len(unread) == 0 {
		delete(e.unread, d.Subscription)
	}
	return true
}

// abandon says that nothing of a subscription that is only on the disk is attempted for long.
// mu is held.
func (e *Engine) abandon(subscription appdock.ID) {
	for event, n := range e.unread[subscription] {
		for range n {
			e.settle(event)
		}
	}
	delete(e.unread, subscription)
}

// attempted says that the first attempt of a delivery is over, or will not be for long. Nobody
// waits for it after that, so that it does not count for another delivery of the event when it
// is read and attempted later. mu is held.
func (e *Engine) attempted(d *entry) {
	if d.awaited {
		d.awaited = false
		e.settle(d.Event)
	}
}

// settle counts one first attempt of an event less. mu is held.
func (e *Engine) settle(event appdock.ID) {
	if n, counted := e.outstanding[event]; !counted {
		return
	} else if n > 1 {
		e.outstanding[event] = n - 1
	} else {
		delete(e.outstanding, event)
	}
}

// progressed wakes all that wait in Settled. mu is held.
func (e *Engine) progressed() {
	close(e.progress)
	e.progress = make(chan struct{})
}
