package webhook

import (
	"crypto/sha256"
	"encoding/binary"
	"net/url"
	"strings"
	"time"

	"github.com/appdock/appdock"
)

// endpointOf gives the endpoint of a URL that an installation of a shop is called at.
func endpointOf(shop appdock.ShopID, installation appdock.ID, target string) Endpoint {
	scheme, host := "", target // one that cannot be called has a place of its own
	if u, err := url.Parse(target); err == nil {
		scheme, host = strings.ToLower(u.Scheme), strings.ToLower(u.Host)
		if u.Port() == "" {
			host += map[string]string{"https": ":443", "http": ":80"}[scheme]
		}
	}
	sum := sha256.Sum256([]byte(string(shop) + "\x00" + string(installation[:]) + scheme + "\x00" + host))
	return Endpoint(binary.BigEndian.Uint64(sum[:8])) //nolint:gosec // all 64 bits are the name
}

// entry is a delivery in memory.
type entry struct {
	Delivery
	trial   bool
	awaited bool // its first attempt is counted in outstanding
	flying  bool // an attempt is under way
	started time.Time
	charge  int // bytes of data that it keeps in memory
	pace    pace
}

// ordered entries stand in lanes; the others wait for nobody and hold nobody back.
func (e *entry) ordered() bool { return !e.trial && (e.Attempts == 0 || e.Strict) }

// ready says when an entry whose turn it is may go out. A first attempt is never early,
// whatever the clock said at its making.
func (e *entry) readyAt() time.Time {
	if e.Attempts == 0 {
		return time.Time{}
	}
	return e.DueAt
}

// capacity is how much may be in flight or in memory.
type capacity struct {
	inFlight    int // to quick endpoints
	slow        int // to slow ones, besides
	perEndpoint int // in flight to one
	queued      int // in memory for one endpoint; what is more stays on the disk
	memory      int // in memory for all
	bytes       int // of data in memory
}

// slowAfter is when an endpoint is called slow: its answers take longer than that on
// average, or one has not come for so long.
const slowAfter = 500 * time.Millisecond

// lanes decide which deliveries may go out now (protocol-webhooks.md 7). First attempts
// of one key go to an endpoint one after the other, in the order in which they were
// added; one without a key waits for all that were added before it and holds back all
// that come after it. Retries wait for nobody and hold nobody back, unless they are strict.
//
// It is a plain value: no goroutine, no clock, no lock. An endpoint that has nothing to do
// and nothing to be remembered for is forgotten.
type lanes struct {
	capacity
	quick, slow side
	entries     int // in memory
	bytes       int
	endpoints   map[Endpoint]*queue
	// asleep are the queues that something happens to later by itself; alarm is when the
	// first of them is to be woken, or earlier; zero: none is asleep.
	asleep map[*queue]struct{}
	alarm  time.Time
	// hungry are those whose next deliveries are to be read from the disk.
	hungry []*queue
}

// pace is what an app wants of its endpoints; zero values: as all others.
type pace struct {
	inFlight int
	rate     float64 // attempts per second
}

// side is what quick and slow endpoints have each for themselves.
type side struct {
	most, inFlight int
	// turns are the queues that could start something, the one that waits longest first,
	// so that no endpoint keeps the others from their share.
	turns []*queue
}

func newLanes(c capacity) *lanes {
	return &lanes{
		capacity:  c,
		quick:     side{most: c.inFlight},
		slow:      side{most: c.slow},
		endpoints: make(map[Endpoint]*queue),
		asleep:    make(map[*queue]struct{}),
	}
}

// queue gives that of an endpoint.
func (l *lanes) queue(at Endpoint) *queue {
	q := l.endpoints[at]
	if q == nil {
		q = &queue{
			at: at, speed: speed{most: l.perEndpoint, allowance: l.perEndpoint},
			held: make(map[int64]*entry), busy: make(map[appdock.ID][]*entry),
		}
		l.endpoints[at] = q
	}
	return q
}

// side of a queue.
func (l *lanes) side(q *queue) *side {
	if q.slow {
		return &l.slow
	}
	return &l.quick
}

// room is where there is room in memory for deliveries that are being made.
type room struct {
	*lanes
	entries, bytes int              // of those that were let in
	let            map[Endpoint]int // how many of each endpoint; -1: there was no room for one
}

func (l *lanes) room() room { return room{lanes: l, let: make(map[Endpoint]int)} }

// take reports whether there is room for another, and all before it at its endpoint are in
// memory. The others are read from the disk later.
func (r *room) take(at Endpoint, charge int) bool {
	held, more := 0, false
	if q := r.endpoints[at]; q != nil {
		held, more = len(q.held), q.more
	}
	let := r.let[at]
	full := r.lanes.entries+r.entries >= r.memory || r.lanes.bytes+r.bytes >= r.capacity.bytes
	if let < 0 || more || held+let >= r.queued || full {
		r.let[at] = -1
		return false
	}
	r.let[at] = let + 1
	r.entries++
	r.bytes += charge
	return true
}

// admit takes a delivery that was just made, if it is in hand; otherwise it is read from
// the disk later.
func (l *lanes) admit(e *entry, now time.Time) {
	q := l.queue(e.Endpoint)
	if !e.InHand {
		q.more = true
		l.settle(q, now)
		return
	}
	q.after = e.Number
	l.add(e, now)
}

func (l *lanes) full() bool { return l.entries >= l.memory || l.bytes >= l.capacity.bytes }

// add takes a delivery; ordered ones in the order of their numbers. One that is here
// already changes nothing: then it is false.
func (l *lanes) add(e *entry, now time.Time) bool {
	q := l.queue(e.Endpoint)
	if q.held[e.Number] != nil {
		return false
	}
	l.entries++
	l.bytes += e.charge
	q.held[e.Number] = e
	if !e.ordered() {
		q.unordered++
	}
	q.keep(e.pace, now)
	q.add(e, now)
	l.settle(q, now)
	return true
}

// backlog says what of an endpoint waits on the disk, and may or may not be here.
func (l *lanes) backlog(b Backlog, now time.Time) {
	q := l.queue(b.Endpoint)
	if b.Ordered {
		q.more, q.after = true, 0
	}
	q.retryAt, q.toldAt = earliest(q.retryAt, b.RetryAt), earliest(q.toldAt, b.RetryAt)
	l.settle(q, now)
}

// retry says that a delivery of an endpoint waits on the disk for its time.
func (l *lanes) retry(at Endpoint, due, now time.Time) {
	l.backlog(Backlog{Endpoint: at, RetryAt: due}, now)
}

// wish is what is to be read for an endpoint.
type wish struct {
	endpoint Endpoint
	ordered  bool
	after    int64
	due      bool
	limit    int // for each of the two
}

// hunger gives the next endpoint whose deliveries are to be read; false if there is none.
func (l *lanes) hunger(now time.Time) (wish, bool) {
	for len(l.hungry) > 0 {
		q := pop(&l.hungry)
		q.hungry = false
		w := wish{endpoint: q.at, after: q.after, limit: l.chunk() + len(q.held)}
		w.ordered, w.due = q.wants(l.chunk(), now)
		if w.due {
			q.toldAt = time.Time{}
		}
		if w.ordered || w.due {
			return w, true
		}
		l.settle(q, now)
	}
	return wish{}, false
}

// fed says how far a wish was fulfilled: the last number that was read, and whether there
// are more behind it; and when the next retry is due.
func (l *lanes) fed(w wish, last int64, more bool, next, now time.Time) {
	q := l.queue(w.endpoint)
	if w.ordered {
		q.more, q.after = more, max(last, w.after)
	}
	if w.due {
		q.retryAt = earliest(next, q.toldAt)
	}
	l.settle(q, now)
}

// next gives a delivery to send now; false if there is none, or no room for it.
func (l *lanes) next(now time.Time) (*entry, bool) {
	// One that changed sides is found where it was, and then again where it is.
	for _, s := range [...]*side{&l.quick, &l.slow, &l.quick} {
		for s.inFlight < s.most && len(s.turns) > 0 {
			q := pop(&s.turns)
			q.hasTurn = false
			if q.slow != (s == &l.slow) || !q.canStart(now) {
				l.settle(q, now)
				continue
			}
			e := pop(&q.ready)
			e.flying, e.started = true, now
			q.tokens.take(now)
			q.inFlight++
			s.inFlight++
			l.settle(q, now)
			return e, true
		}
	}
	if len(l.quick.turns) > 0 { // all places are taken, perhaps by endpoints that do not answer
		l.alarm = earliest(l.alarm, now.Add(slowAfter/5))
	}
	return nil, false
}

// done says that the attempt of e, as next gave it, came to after.
func (l *lanes) done(e *entry, after Delivery, c Class, now time.Time) {
	q := l.endpoints[e.Endpoint]
	l.side(q).inFlight--
	q.inFlight--
	e.flying = false
	q.learn(c, now.Sub(e.started), now)
	l.judge(q, q.latency > slowAfter)
	if e.ordered() && e.Strict && after.State == Waiting {
		after.Data, after.Needs = e.Data, e.Needs
		e.Delivery = after
		q.release(e, now)
	} else {
		l.forget(q, e)
		if e.ordered() {
			q.advance(e.Key, now)
		}
	}
	l.settle(q, now)
}

// skip says that e, as next gave it, was not attempted and is no longer wanted here.
func (l *lanes) skip(e *entry, now time.Time) {
	q := l.endpoints[e.Endpoint]
	l.side(q).inFlight--
	q.inFlight--
	l.forget(q, e)
	if e.ordered() {
		q.advance(e.Key, now)
	}
	l.settle(q, now)
}

func (l *lanes) forget(q *queue, e *entry) {
	delete(q.held, e.Number)
	l.entries--
	l.bytes -= e.charge
	if !e.ordered() {
		q.unordered--
	}
}

// drop forgets all that match and are not under way, and gives them.
func (l *lanes) drop(match func(Delivery) bool, now time.Time) (dropped []*entry) {
	for _, q := range l.endpoints {
		var kept []*entry
		n := len(dropped)
		for _, e := range q.held {
			switch {
			case e.flying:
			case match(e.Delivery):
				dropped = append(dropped, e)
				l.forget(q, e)
			default:
				kept = append(kept, e)
			}
		}
		if n == len(dropped) {
			continue
		}
		q.rebuild(kept, now)
		l.settle(q, now)
	}
	return dropped
}

// startable counts what quick endpoints could be sent one after the other, if there was room
// for it in flight.
func (l *lanes) startable() (n int) {
	for _, q := range l.quick.turns {
		n += len(q.held) - q.inFlight
	}
	return n
}

// wake looks at the queues whose time has come.
func (l *lanes) wake(now time.Time) {
	if l.alarm.After(now) {
		return
	}
	for q := range l.asleep {
		q.wake(now)
		l.settle(q, now)
	}
	if l.quick.inFlight >= l.quick.most {
		l.watch(now)
	}
	l.alarm = time.Time{}
	for q := range l.asleep {
		l.alarm = earliest(l.alarm, q.wakeAt(now))
	}
}

// flying counts what is in flight or about to be for each subscription.
func (l *lanes) flying() map[appdock.ID]int {
	n := make(map[appdock.ID]int)
	for _, q := range l.endpoints {
		if q.inFlight == 0 {
			continue
		}
		for _, e := range q.held {
			if e.flying {
				n[e.Subscription]++
			}
		}
	}
	return n
}

// watch finds the endpoints that do not answer.
func (l *lanes) watch(now time.Time) {
	for _, q := range l.endpoints {
		if q.inFlight > 0 && !q.slow && q.stuck(now) {
			l.judge(q, true)
			l.settle(q, now)
		}
	}
}

// remembered is how long it is known of an endpoint that it was slow or failed.
const remembered = time.Hour

// sweep forgets what was learnt of endpoints that have nothing to do.
func (l *lanes) sweep(now time.Time) {
	for at, q := range l.endpoints {
		if q.idle() && !q.hasTurn && !q.hungry && now.Sub(q.usedAt) > remembered {
			delete(l.endpoints, at)
			delete(l.asleep, q)
		}
	}
}

// judge books a queue as slow or quick.
func (l *lanes) judge(q *queue, slow bool) {
	if q.slow == slow {
		return
	}
	l.side(q).inFlight -= q.inFlight
	q.slow = slow
	l.side(q).inFlight += q.inFlight
}

// settle gives the queue what it is due: a turn, sleep, a look at the disk, or oblivion.
func (l *lanes) settle(q *queue, now time.Time) {
	if !q.hasTurn && q.canStart(now) {
		q.hasTurn = true
		s := l.side(q)
		s.turns = append(s.turns, q)
	}
	if at := q.wakeAt(now); at.IsZero() {
		delete(l.asleep, q)
	} else {
		l.asleep[q] = struct{}{}
		l.alarm = earliest(l.alarm, at)
	}
	if ordered, due := q.wants(l.chunk(), now); !q.hungry && (ordered || due) && (len(q.held) == 0 || !l.full()) {
		q.hungry = true
		l.hungry = append(l.hungry, q)
	}
	if q.idle() && !q.hasTurn && !q.hungry && q.unremarkable() && q.tokens.rate == 0 {
		delete(l.endpoints, q.at)
		delete(l.asleep, q)
	}
}

// chunk is how much is read for an endpoint at a time: less if there are many.
func (l *lanes) chunk() int { return max(16, min(l.queued/4, l.memory/(2*max(1, len(l.endpoints))))) }
