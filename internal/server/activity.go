package server

import (
	"context"
	"iter"
	"sync"

	"github.com/appdock/appdock/internal/control"
)

// activityBacklog is how many activities a slow watcher may lag behind before it misses
// some: watching must never slow the host.
const activityBacklog = 256

// activities tells watchers what happens.
type activities struct {
	mu       sync.Mutex
	watchers map[chan control.Activity]struct{}
}

func (a *activities) tell(x control.Activity) {
	a.mu.Lock()
	defer a.mu.Unlock()
	for w := range a.watchers {
		select {
		case w <- x:
		default: // it lags too far behind
		}
	}
}

// watch begins at once; what happens before the sequence is read waits in its backlog.
func (a *activities) watch(ctx context.Context, closing <-chan struct{}) iter.Seq2[control.Activity, error] {
	w := make(chan control.Activity, activityBacklog)
	a.mu.Lock()
	if a.watchers == nil {
		a.watchers = map[chan control.Activity]struct{}{}
	}
	a.watchers[w] = struct{}{}
	a.mu.Unlock()
	leave := context.AfterFunc(ctx, func() { a.leave(w) })
	return func(yield func(control.Activity, error) bool) {
		defer leave()
		defer a.leave(w)
		for {
			select {
			case <-ctx.Done():
				return
			case <-closing:
				return
			case x := <-w:
				if !yield(x, nil) {
					return
				}
			}
		}
	}
}

func (a *activities) leave(w chan control.Activity) {
	a.mu.Lock()
	defer a.mu.Unlock()
	delete(a.watchers, w)
}
