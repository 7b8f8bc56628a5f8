package restapi

import (
	"net/http"
	"strconv"
	"sync"
	"time"

	"github.com/appdock/appdock"
)

// limits bound what one app, and all apps of one shop, may ask for (rest-api-sitepack.md 9).
// They are kept in memory: each node of a host counts for itself.
type limits struct {
	now func() time.Time

	mu    sync.Mutex
	apps  map[appdock.ID]*bucket
	shops map[appdock.ShopID]*bucket
	busy  map[appdock.ID]int // requests of each app that are answered now
}

// bucket holds tokens that come back with time. A request may take more than there are, down
// to what one full bucket makes up for: a batch has to be possible.
type bucket struct {
	left float64
	at   time.Time
}

const (
	appBurst, appRate   = 40, 10.0 // a second
	shopBurst, shopRate = 200, 50.0
	appAtOnce           = 10
)

// What requests cost.
const (
	readCost   = 1
	writeCost  = 2
	searchCost = 4
)

// refill gives back what time brought.
func (b *bucket) refill(now time.Time, burst, rate float64) {
	b.left = min(burst, b.left+max(0, now.Sub(b.at).Seconds())*rate)
	b.at = now
}

// wait is how long until a bucket has as many tokens as are needed, at most a full one.
func (b *bucket) wait(cost, burst, rate float64) time.Duration {
	if lacking := min(cost, burst) - b.left; lacking > 0 {
		return time.Duration(lacking / rate * float64(time.Second))
	}
	return 0
}

// enter takes what a call costs out of the buckets, or refuses it. The call leaves by itself.
func (l *limits) enter(c *call) error {
	cost := float64(c.cost())
	app := c.bearer.App.Installation
	l.mu.Lock()
	defer l.mu.Unlock()
	now := l.now()
	all := l.shop(c.shop.ID, now)
	if app.IsZero() { // a route that anybody may ask
		defer all.tell(c.header, shopBucket)
		return all.take(cost)
	}
	mine := l.apps[app]
	if mine == nil {
		if l.apps == nil || len(l.apps) >= mostBuckets {
			l.apps = worth(l.apps, now, appBurst, appRate)
		}
		mine = &bucket{appBurst, now}
		l.apps[app] = mine
	}
	mine.refill(now, appBurst, appRate)
	defer mine.tell(c.header, appBucket)
	if l.busy[app] >= appAtOnce {
		p := throttled(time.Second)
		p.Detail, p.Reason = "Too many requests at the same time.", "concurrency"
		return p
	}
	if wait := mine.wait(cost, appBurst, appRate); wait > 0 {
		return throttled(wait)
	}
	if err := all.take(cost); err != nil {
		return err
	}
	mine.left -= cost
	if l.busy == nil {
		l.busy = map[appdock.ID]int{}
	}
	l.busy[app]++
	c.leave = func() {
		l.mu.Lock()
		defer l.mu.Unlock()
		if l.busy[app]--; l.busy[app] == 0 {
			delete(l.busy, app)
		}
	}
	return nil
}

// show tells what is left to a call that takes nothing: it leads nowhere, or nobody knows who
// asks.
func (l *limits) show(c *call) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.shop(c.shop.ID, l.now()).tell(c.header, shopBucket)
}

// shop is the bucket of all apps of a shop as it is now. mu is held.
func (l *limits) shop(id appdock.ShopID, now time.Time) *bucket {
	all := l.shops[id]
	if all == nil {
		if l.shops == nil || len(l.shops) >= mostBuckets {
			l.shops = worth(l.shops, now, shopBurst, shopRate)
		}
		all = &bucket{shopBurst, now}
		l.shops[id] = all
	}
	all.refill(now, shopBurst, shopRate)
	return all
}

// mostBuckets is how many are remembered before the full ones among them are forgotten: a new
// one is full as well.
const mostBuckets = 1000

// worth leaves the buckets that are not full.
func worth[K comparable](buckets map[K]*bucket, now time.Time, burst, rate float64) map[K]*bucket {
	left := make(map[K]*bucket, len(buckets)/2)
	for k, b := range buckets {
		if b.refill(now, burst, rate); b.left < burst {
			left[k] = b
		}
	}
	return left
}

// charge takes what a call costs beyond what it has paid, and counts on a full bucket.
func (l *limits) charge(c *call, cost int) error {
	if cost <= 0 {
		return nil
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	now := l.now()
	all, mine := l.shops[c.shop.ID], l.apps[c.bearer.App.Installation]
	all.refill(now, shopBurst, shopRate)
	mine.refill(now, appBurst, appRate)
	// The call itself was paid out of the same bucket.
	if wait := mine.wait(min(float64(cost), appBurst-writeCost), appBurst, appRate); wait > 0 {
		return throttled(wait)
	}
	if err := all.take(float64(cost)); err != nil {
		return err
	}
	mine.left -= float64(cost)
	mine.tell(c.header, appBucket)
	return nil
}

// take takes a cost out of the bucket of a shop.
func (b *bucket) take(cost float64) error {
	if wait := b.wait(cost, shopBurst, shopRate); wait > 0 {
		return throttled(wait)
	}
	b.left -= cost
	return nil
}

func throttled(wait time.Duration) *problem {
	seconds := int((wait + time.Second - 1) / time.Second)
	return &problem{
		Status: http.StatusTooManyRequests, Code: "rate_limited", Detail: "Too many requests in a short time.",
		header: http.Header{"Retry-After": {strconv.Itoa(seconds)}},
	}
}

// kindOfBucket is how a bucket is told of.
type kindOfBucket struct {
	name        string
	burst, rate float64
}

var (
	appBucket  = kindOfBucket{"app", appBurst, appRate}
	shopBucket = kindOfBucket{"shop", shopBurst, shopRate} // of calls that no app is known of
)

// tell writes what is left (draft-ietf-httpapi-ratelimit-headers-08), and the same for older
// clients.
func (b *bucket) tell(h http.Header, kind kindOfBucket) {
	quota, window := strconv.Itoa(int(kind.burst)), strconv.Itoa(int(kind.burst/kind.rate))
	left := strconv.Itoa(max(0, int(b.left)))
	reset := strconv.Itoa(int((kind.burst-b.left)/kind.rate + 0.999))
	h.Set("RateLimit-Policy", `"`+kind.name+`";q=`+quota+`;w=`+window)
	h.Set("RateLimit", `"`+kind.name+`";r=`+left+`;t=`+reset)
	h.Set("RateLimit-Limit", quota)
	h.Set("RateLimit-Remaining", left)
	h.Set("RateLimit-Reset", reset)
}
