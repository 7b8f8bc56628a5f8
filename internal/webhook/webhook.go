// Package webhook brings events to the apps that subscribed to them: at least once, in
// the order of their commit for each record, surviving outages on either side
// (protocol-webhooks.md). Rules are functions of values ([Match], [Delivery.After]); the
// [Engine] is a thin loop around them.
package webhook

import (
	"context"
	"errors"
	"time"

	"github.com/appdock/appdock"
	"github.com/appdock/appdock/protocol"
)

// ErrStale says that the index is older than an event; load it and match again.
var ErrStale = errors.New("index is older than the event")

// Queue keeps events and deliveries. Its meaning is storetest.Queue.
//
// A delivery that FanOut or Claim gave is held by the caller until Finish: no other call
// gives it again while this process lives. What a process held when it ended is free at
// the next start.
type Queue interface {
	// Append writes events that no record change caused (ingest of a gateway, triggers);
	// an ID seen before is left out of what it returns.
	Append(ctx context.Context, events ...appdock.Event) (fresh []appdock.Event, err error)
	// FanOut gives up to n events that were not matched yet, in the order of Seq, to
	// match, and stores its deliveries and "matched" together. match returns ErrStale
	// when its index is older than an event's revision: nothing is stored then, and
	// FanOut returns ErrStale. With no event left it calls nothing and returns none.
	// done says how many events were matched, deliveries what is now held by the caller.
	FanOut(ctx context.Context, n int, match func([]appdock.Event) ([]Delivery, error)) (done int, deliveries []Delivery, err error)
	// Claim gives waiting deliveries that are due and that nobody holds: those never
	// tried first, in the order of Seq, then the others by DueAt. next is the earliest
	// DueAt of what waits for later, zero if there is none.
	Claim(ctx context.Context, c Claim) (deliveries []Delivery, next time.Time, err error)
	// Finish writes results and their attempts, grouped with others, and ends the holding.
	Finish(ctx context.Context, done ...Finished) error
	// Move parks, releases or ends up to limit open deliveries of a subscription, the
	// oldest first, and raises events about it. It returns how many were moved; those
	// that somebody holds stay as they are.
	Move(ctx context.Context, subscription appdock.ID, from, to State, limit int, events ...appdock.Event) (int, error)
}

// Claim says which deliveries are wanted.
type Claim struct {
	Now   time.Time
	Limit int
	// Fresh wants those only that were never tried.
	Fresh bool
}

// Log is what people see of deliveries.
type Log interface {
	// Deliveries finds deliveries, the newest first.
	Deliveries(ctx context.Context, f Filter) ([]Delivery, error)
	// Attempts gives a delivery and all its attempts in order; NotFound if there is none
	// of that id.
	Attempts(ctx context.Context, shop appdock.ShopID, id appdock.ID) (Delivery, []Attempt, error)
}

// Filter narrows the log; zero values do not.
type Filter struct {
	Shop         appdock.ShopID
	App          string
	Event        appdock.EventName
	State        State
	Since, Until time.Time // of the delivery's making; Until is excluded
	Limit        int       // 0: 50
}

// Subscriptions is where the index comes from.
type Subscriptions interface {
	// Load returns a consistent picture: subscriptions, privileges, revision. A
	// subscription that ended stays in it until the events of its ending are matched.
	Load(ctx context.Context, shop appdock.ShopID) ([]Subscription, appdock.Revision, error)
	// Changed returns shops whose revision rose above the given one of this host; the
	// engine asks each second and before a claimed block. One row read when nothing changed.
	Changed(ctx context.Context, since int64) (shops []appdock.ShopID, now int64, err error)
}

// Keys gives the secret of this moment; for an app that is gone, its last one. NotFound
// means that nothing can be signed any more and the delivery ends.
type Keys interface {
	Key(ctx context.Context, shop appdock.ShopID, installation appdock.ID) (appdock.Secret, error)
}

// Sender makes one call: guards, deadlines, limits. It never retries.
type Sender interface {
	// hide stands in none of the outcome's texts, whatever the app sent back.
	Send(ctx context.Context, c protocol.Call, hide appdock.Secret) Outcome
}

// Subscription is the wish of one installation (or of the operator) to be sent an event
// at a URL.
type Subscription struct {
	ID           appdock.ID
	Shop         appdock.ShopID
	Installation appdock.ID // zero: the operator's own
	App          string     // name; empty: the operator's own
	AppVersion   string
	Name         string
	Event        appdock.EventName
	URL          string
	// OnlyLive sends only changes of the live version (entity events).
	OnlyLive bool
	Active   bool
	// AppActive says whether the installation is active; one that is not hears only the
	// events of its own life.
	AppActive bool
	Grant     appdock.Privileges
	// Since is the revision it was made at: it does not get events with a lower one.
	Since appdock.Revision
	// Until is the revision it ended at: it does not get events with a higher one; 0: it
	// has not ended.
	Until appdock.Revision
}

// Delivery is one event on its way to one subscription. Its id is what apps dedupe on: it
// stays the same over all attempts.
type Delivery struct {
	ID           appdock.ID
	Shop         appdock.ShopID
	Event        appdock.ID
	EventName    appdock.EventName
	Key          appdock.ID // of the event: first attempts of one key keep their order; zero: a barrier
	Seq          int64      // of the event
	Subscription appdock.ID
	Installation appdock.ID // zero: the operator's own
	App          string     // as it was when the event was matched, like the next two
	AppVersion   string
	Webhook      string // name of the subscription
	URL          string
	OnlyLive     bool
	State        State
	Attempts     int       // made so far
	DueAt        time.Time // of the next attempt, while waiting
	CreatedAt    time.Time
	// LastStatus is the HTTP status of the last attempt; 0: none was answered.
	LastStatus int
	// Reason says why it is parked or dead.
	Reason string
	// Data of the event; filled by FanOut and Claim, not by the log.
	Data appdock.EventData
}

// State of a delivery. In flight is not a state: it is only in memory.
type State string

// The states (protocol-webhooks.md 5).
const (
	Waiting   State = "waiting"   // due now or later
	Parked    State = "parked"    // held because its subscription is not healthy
	Delivered State = "delivered" // a 2xx came
	Dead      State = "dead"      // no attempt will be made; can be replayed until retention ends
)

// Finished is a delivery after an attempt, and that attempt.
type Finished struct {
	Delivery Delivery
	Attempt  Attempt
}

// Attempt is one HTTP request of a delivery and what came back, safe to show.
type Attempt struct {
	Number   int // 0 is the first, as X-Shopware-Attempt counts
	At       time.Time
	Took     time.Duration
	Status   int    // 0: no answer
	Error    string // why there was no answer, or what was wrong with it
	Request  string // head and body as text, secrets redacted
	Response string // likewise, cut at 64 KiB
}

// Outcome is what one attempt came to.
type Outcome struct {
	Status int // 0: no answer
	// Error says why there was no answer; empty if there was one.
	Error string
	// Another says whether a further attempt may help.
	Another bool
	// RetryAfter is what the app asked for; 0: nothing.
	RetryAfter time.Duration
	Took       time.Duration
	Request    string // for the log: head and body, secrets redacted
	Response   string
}
