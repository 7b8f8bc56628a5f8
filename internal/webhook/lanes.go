package webhook

import (
	"net/url"
	"strings"

	"github.com/appdock/appdock"
)

// endpoint is what is capped and kept in order: the server that one installation is
// called at (protocol-webhooks.md 4).
type endpoint struct {
	shop         appdock.ShopID
	installation appdock.ID
	scheme, host string // lower case; the host with its port
}

func endpointOf(d Delivery) endpoint {
	at := endpoint{shop: d.Shop, installation: d.Installation, host: d.URL}
	u, err := url.Parse(d.URL)
	if err != nil {
		return at // it cannot be called: a place of its own
	}
	at.scheme, at.host = strings.ToLower(u.Scheme), strings.ToLower(u.Host)
	if u.Port() == "" {
		switch at.scheme {
		case "https":
			at.host += ":443"
		case "http":
			at.host += ":80"
		}
	}
	return at
}

// lanes decide which deliveries may go out now (protocol-webhooks.md 7). First attempts
// of one key go to an endpoint one after the other, in the order in which they were
// added; one without a key waits for all that were added before it and holds back all
// that come after it. Retries wait for nobody and hold nobody back.
//
// It is a plain value: no goroutine, no clock, no lock. An endpoint with nothing to do is
// forgotten.
type lanes struct {
	perEndpoint, total int // most in flight
	inFlight           int
	endpoints          map[endpoint]*queue
	// turns are the queues that could start something, the one that waits longest first,
	// so that no endpoint keeps the others from their share of total.
	turns []*queue
}

// queue is what waits for one endpoint or is in flight to it.
type queue struct {
	at       endpoint
	ready    []Delivery // may go out now
	inFlight int
	hasTurn  bool // it stands in turns

	// busy has the keys whose first attempt is ready or in flight, and what waits behind.
	busy    map[appdock.ID][]Delivery
	barrier bool       // one without a key waits, is ready or in flight
	waiting []Delivery // the barrier while keys are busy, then all that came after it
}

func newLanes(perEndpoint, total int) *lanes {
	return &lanes{perEndpoint: perEndpoint, total: total, endpoints: make(map[endpoint]*queue)}
}

// add takes a delivery that is due; first attempts in the order of their Seq.
func (l *lanes) add(d Delivery) {
	at := endpointOf(d)
	q := l.endpoints[at]
	if q == nil {
		q = &queue{at: at, busy: make(map[appdock.ID][]Delivery)}
		l.endpoints[at] = q
	}
	q.add(d)
	l.offer(q)
}

// next gives a delivery to send now; false if there is none, or no room for it.
func (l *lanes) next() (Delivery, bool) {
	if l.inFlight >= l.total || len(l.turns) == 0 {
		return Delivery{}, false
	}
	q := pop(&l.turns)
	q.hasTurn = false
	d := pop(&q.ready)
	q.inFlight++
	l.inFlight++
	l.offer(q)
	return d, true
}

// done says that the attempt of d, as next gave it, is over.
func (l *lanes) done(d Delivery) {
	q := l.endpoints[endpointOf(d)]
	q.inFlight--
	l.inFlight--
	q.done(d)
	l.offer(q)
	if q.inFlight == 0 && len(q.ready) == 0 {
		delete(l.endpoints, q.at)
	}
}

// offer gives the queue a turn if it could start something.
func (l *lanes) offer(q *queue) {
	if !q.hasTurn && len(q.ready) > 0 && q.inFlight < l.perEndpoint {
		q.hasTurn = true
		l.turns = append(l.turns, q)
	}
}

func (q *queue) add(d Delivery) {
	switch waiting, busy := q.busy[d.Key]; {
	case d.Attempts > 0:
		q.ready = append(q.ready, d)
	case q.barrier:
		q.waiting = append(q.waiting, d)
	case d.Key.IsZero():
		q.barrier = true
		if len(q.busy) > 0 {
			q.waiting = append(q.waiting, d)
			return
		}
		q.ready = append(q.ready, d)
	case busy:
		q.busy[d.Key] = append(waiting, d)
	default:
		q.busy[d.Key] = nil
		q.ready = append(q.ready, d)
	}
}

func (q *queue) done(d Delivery) {
	switch {
	case d.Attempts > 0:
	case d.Key.IsZero():
		q.barrier = false
		for len(q.waiting) > 0 && !q.barrier {
			if q.waiting[0].Key.IsZero() && len(q.busy) > 0 {
				q.barrier = true // and stays the first of those that wait
				return
			}
			q.add(pop(&q.waiting))
		}
	case len(q.busy[d.Key]) > 0:
		behind := q.busy[d.Key]
		q.ready = append(q.ready, pop(&behind))
		q.busy[d.Key] = behind
	default:
		delete(q.busy, d.Key)
		if q.barrier && len(q.busy) == 0 {
			q.ready = append(q.ready, pop(&q.waiting))
		}
	}
}

// pop takes the first element and lets go of it, so that its payload can be freed.
func pop[T any](list *[]T) T {
	var none T
	first := (*list)[0]
	(*list)[0] = none
	*list = (*list)[1:]
	return first
}
