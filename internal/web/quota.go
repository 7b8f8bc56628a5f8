package web

import (
	"maps"
	"slices"
	"sync"
	"time"

	"github.com/appdock/appdock"
)

// Quota bounds how often each of many may do something within a window of time. It is kept
// in memory: a restart forgives.
type Quota struct {
	Most   int
	Window time.Duration

	mu    sync.Mutex
	used  map[appdock.ID][]time.Time
	swept time.Time // when those were forgotten last who have not come since
}

// Take counts one more use at now; if that is too many nothing is counted, and it says how
// long to wait.
func (q *Quota) Take(who appdock.ID, now time.Time) (wait time.Duration) {
	q.mu.Lock()
	defer q.mu.Unlock()
	if now.Sub(q.swept) >= q.Window {
		q.swept = now
		maps.DeleteFunc(q.used, func(_ appdock.ID, times []time.Time) bool { return now.Sub(times[len(times)-1]) >= q.Window })
	}
	if wait = q.wait(who, now); wait == 0 {
		q.used[who] = append(q.used[who], now)
	}
	return wait
}

// Wait says how long to wait at now until one more use is not too many. It counts nothing.
func (q *Quota) Wait(who appdock.ID, now time.Time) time.Duration {
	q.mu.Lock()
	defer q.mu.Unlock()
	return q.wait(who, now)
}

// wait also forgets the uses that are past the window.
func (q *Quota) wait(who appdock.ID, now time.Time) time.Duration {
	if q.used == nil {
		q.used = make(map[appdock.ID][]time.Time)
	}
	past := slices.DeleteFunc(q.used[who], func(t time.Time) bool { return now.Sub(t) >= q.Window })
	if len(past) == 0 {
		delete(q.used, who)
		return 0
	}
	q.used[who] = past
	if len(past) < q.Most {
		return 0
	}
	return q.Window - now.Sub(past[0])
}
