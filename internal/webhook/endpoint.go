package webhook

import (
	"cmp"
	"slices"
	"time"

	"github.com/appdock/appdock"
)

// queue is what waits for one endpoint or is in flight to it.
type queue struct {
	at       Endpoint
	inFlight int
	speed
	tokens bucket

	held      map[int64]*entry // all that is in memory, by number
	unordered int              // of them
	ready     []*entry         // may go out now
	later     []*entry         // strict ones that wait for their time
	// busy has the keys whose first attempt is ready or in flight, and what waits behind.
	busy    map[appdock.ID][]*entry
	barrier bool     // one without a key waits, is ready or in flight
	waiting []*entry // the barrier while keys are busy, then all that came after it

	hasTurn, hungry bool // it stands in turns, in hungry
	// more says that there are ordered ones on the disk, with numbers above after. Numbers
	// rise as deliveries are made, so what is in memory comes before what is not.
	more    bool
	after   int64
	retryAt time.Time // when the first of the others on the disk is due; zero: there is none
	// toldAt is that of those alone that were told of since the disk was last looked at: a look
	// may have begun before they were written.
	toldAt time.Time
}

// idle queues have nothing to do, now or later.
func (q *queue) idle() bool {
	return q.inFlight == 0 && len(q.held) == 0 && !q.more && q.retryAt.IsZero()
}

// canStart reports whether the first of ready may go out.
func (q *queue) canStart(now time.Time) bool {
	return len(q.ready) > 0 && q.inFlight < q.allowance && q.tokens.wait(now) == 0
}

// wants says what is to be read from the disk, if a chunk is what is read at a time.
func (q *queue) wants(chunk int, now time.Time) (ordered, due bool) {
	ordered = q.more && len(q.held)-q.unordered < (chunk+1)/2
	due = !q.retryAt.IsZero() && !q.retryAt.After(now) && q.unordered < (chunk+1)/2
	return ordered, due
}

// wakeAt is when something happens to the queue without anybody's doing; zero: never.
func (q *queue) wakeAt(now time.Time) (at time.Time) {
	if q.retryAt.After(now) {
		at = q.retryAt
	}
	for _, e := range q.later {
		at = earliest(at, e.readyAt())
	}
	if wait := q.tokens.wait(now); wait > 0 && len(q.ready) > 0 && q.inFlight < q.allowance {
		at = earliest(at, now.Add(wait))
	}
	return at
}

// wake lets those go whose time has come.
func (q *queue) wake(now time.Time) {
	q.later = slices.DeleteFunc(q.later, func(e *entry) bool {
		due := !e.readyAt().After(now)
		if due {
			q.ready = append(q.ready, e)
		}
		return due
	})
}

// add puts an entry where it belongs.
func (q *queue) add(e *entry, now time.Time) {
	switch behind, busy := q.busy[e.Key]; {
	case !e.ordered():
		q.ready = append(q.ready, e)
	case q.barrier:
		q.waiting = append(q.waiting, e)
	case e.Key.IsZero():
		q.barrier = true
		if len(q.busy) > 0 {
			q.waiting = append(q.waiting, e)
			return
		}
		q.release(e, now)
	case busy:
		q.busy[e.Key] = append(behind, e)
	default:
		q.busy[e.Key] = nil
		q.release(e, now)
	}
}

// release lets an entry go whose turn in its lane has come.
func (q *queue) release(e *entry, now time.Time) {
	if e.readyAt().After(now) {
		q.later = append(q.later, e)
		return
	}
	q.ready = append(q.ready, e)
}

// advance gives the lane of a key to the next in it.
func (q *queue) advance(key appdock.ID, now time.Time) {
	switch {
	case key.IsZero():
		q.barrier = false
		for len(q.waiting) > 0 && !q.barrier {
			if q.waiting[0].Key.IsZero() && len(q.busy) > 0 {
				q.barrier = true // and stays the first of those that wait
				return
			}
			q.add(pop(&q.waiting), now)
		}
	case len(q.busy[key]) > 0:
		behind := q.busy[key]
		e := pop(&behind)
		q.busy[key] = behind
		q.release(e, now)
	default:
		delete(q.busy, key)
		if q.barrier && len(q.busy) == 0 {
			q.release(pop(&q.waiting), now)
		}
	}
}

// rebuild puts the entries that stay into lanes anew, behind those under way.
func (q *queue) rebuild(kept []*entry, now time.Time) {
	q.ready, q.later, q.waiting, q.barrier = nil, nil, nil, false
	clear(q.busy)
	for _, e := range q.held {
		switch {
		case !e.flying || !e.ordered():
		case e.Key.IsZero():
			q.barrier = true
		default:
			q.busy[e.Key] = nil
		}
	}
	slices.SortFunc(kept, func(a, b *entry) int { return cmp.Compare(a.Number, b.Number) })
	for _, e := range kept {
		q.add(e, now)
	}
}

// keep sets what the app wants of its endpoints.
func (q *queue) keep(p pace, now time.Time) {
	if p.inFlight > 0 && p.inFlight != q.most {
		q.allowance, q.most = max(1, q.allowance+p.inFlight-q.most), p.inFlight
	}
	if p.rate != q.tokens.rate {
		q.tokens = bucket{rate: p.rate, left: max(1, p.rate), at: now}
	}
}

// stuck reports whether an answer is overdue.
func (q *queue) stuck(now time.Time) bool {
	for _, e := range q.held {
		if e.flying && now.Sub(e.started) > slowAfter {
			return true
		}
	}
	return false
}

// speed is what was learnt of an endpoint.
type speed struct {
	most      int // in flight
	allowance int // of them at the moment: half after a failure, one more after an answer
	latency   time.Duration
	slow      bool
	usedAt    time.Time
}

// learn takes in what an attempt came to. An endpoint that comes back after an outage is
// met by one attempt, then by two, and so on.
func (s *speed) learn(c Class, took time.Duration, now time.Time) {
	s.usedAt = now
	if c == Transient {
		s.allowance = max(1, s.allowance/2)
	} else {
		s.allowance = min(s.allowance+1, s.most)
	}
	if s.latency == 0 {
		s.latency = took
	}
	s.latency += (took - s.latency) / 4
}

// unremarkable endpoints need not be remembered.
func (s *speed) unremarkable() bool { return !s.slow && s.allowance == s.most }

// bucket bounds how many attempts begin in a second; a rate of zero does not.
type bucket struct {
	rate, left float64
	at         time.Time // left is that of this moment
}

// wait is how long it takes until an attempt may begin.
func (b *bucket) wait(now time.Time) time.Duration {
	if b.rate <= 0 {
		return 0
	}
	left := b.now(now)
	if left >= 1 {
		return 0
	}
	return max(time.Millisecond, time.Duration((1-left)/b.rate*float64(time.Second)))
}

func (b *bucket) now(now time.Time) float64 {
	return min(max(1, b.rate), b.left+b.rate*max(0, now.Sub(b.at).Seconds()))
}

func (b *bucket) take(now time.Time) {
	if b.rate > 0 {
		b.left, b.at = b.now(now)-1, now
	}
}

// earliest of two times, of which zero is none.
func earliest(a, b time.Time) time.Time {
	if a.IsZero() || !b.IsZero() && b.Before(a) {
		return b
	}
	return a
}

// pop takes the first element and lets go of it, so that its payload can be freed.
func pop[T any](list *[]T) T {
	var none T
	first := (*list)[0]
	(*list)[0] = none
	*list = (*list)[1:]
	return first
}
