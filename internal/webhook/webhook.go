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
// Of what it gives it does not know who has it in hand: who takes a delivery remembers it
// until Finish. Only of what was made InHand it knows that it need not be given. One
// process calls it for an endpoint at a time.
type Queue interface {
	// LetGo forgets that anything is in hand: all that waits is given again. Who begins
	// calls it before all else.
	LetGo(ctx context.Context) error
	// Append writes events that no record change caused (ingest of a gateway, triggers);
	// an ID seen before is left out of what it returns.
	Append(ctx context.Context, events ...appdock.Event) (fresh []appdock.Event, err error)
	// FanOut gives up to n events that were not matched yet, in the order of Seq, to
	// match, and stores its deliveries and "matched" together. match returns ErrStale
	// when its index is older than an event's revision: nothing is stored then, and
	// FanOut returns ErrStale. With no event left it calls nothing and returns none.
	// done says how many events were matched. The deliveries are those of match, in their
	// order, each with the Number it was given: higher than all before.
	FanOut(ctx context.Context, n int, match func([]appdock.Event) ([]Delivery, error)) (done int, deliveries []Delivery, err error)
	// Backlogs gives the endpoints that have waiting deliveries which are not in hand, and
	// counts all that wait.
	Backlogs(ctx context.Context) ([]Backlog, Backlogged, error)
	// Next gives waiting deliveries of an endpoint that stand in its order (those never
	// tried, and all that are strict) and are not in hand, with a Number above after, the lowest first.
	Next(ctx context.Context, endpoint Endpoint, after int64, limit int) ([]Delivery, error)
	// Due gives its other waiting deliveries that are due, by DueAt. next is the earliest
	// DueAt of those that are not, zero if there is none.
	Due(ctx context.Context, endpoint Endpoint, now time.Time, limit int) (deliveries []Delivery, next time.Time, err error)
	// Finish writes results and what they mean for the health of subscriptions, together.
	// A delivery that was deleted meanwhile is left out. None of r is in hand after it.
	Finish(ctx context.Context, r Results) error
}

// Backlog is an endpoint that has waiting deliveries.
type Backlog struct {
	Endpoint Endpoint
	Ordered  bool      // there are some for Next
	RetryAt  time.Time // the earliest DueAt of those for Due; zero: none
}

// Backlogged is all that waits, in hand or not.
type Backlogged struct {
	Waiting int
	Since   time.Time // the oldest of those that stand in an order was made; zero: there is none
}

// Endpoint names what is capped and kept in order: the server that one installation is
// called at (protocol-webhooks.md 4).
type Endpoint int64

// Results are what attempts came to.
type Results struct {
	Done   []Finished
	Health []Health        // of subscriptions whose health is another now
	Events []appdock.Event // about that
	// Back are the numbers of deliveries that were made InHand and are to be given by the
	// queue as all others, because nobody has them in hand. There may be none of a number.
	Back []int64
}

// Parking keeps the health of subscriptions, and what is parked because of it.
type Parking interface {
	// Healths gives the health of all subscriptions that are or were not healthy.
	Healths(ctx context.Context) ([]Health, error)
	// Order keeps an order for the engines of all nodes, and raises the shop's revision.
	// NotFound if there is no such subscription.
	Order(ctx context.Context, shop appdock.ShopID, subscription appdock.ID, o Order) error
	// Trial gives the oldest parked delivery of a subscription; false if there is none.
	Trial(ctx context.Context, subscription appdock.ID) (Delivery, bool, error)
	// Parked counts what is parked for each subscription.
	Parked(ctx context.Context) (map[appdock.ID]int, error)
	// Move parks, releases or ends up to limit open deliveries of a subscription that are
	// not in hand, the oldest first, and returns how many. The reason is that of their new state.
	Move(ctx context.Context, subscription appdock.ID, from, to State, reason string, limit int) (int, error)
}

// Replays is how people send old deliveries again.
type Replays interface {
	// Replay makes delivered and dead deliveries wait again, due now: up to f.Limit of
	// those that f finds, with a Number above after, the lowest first. last is the highest
	// Number among them; with none it is 0.
	Replay(ctx context.Context, f Filter, after int64, now time.Time) (n int, last int64, err error)
}

// Retention is how old rows go.
type Retention interface {
	// Lifetimes are how long shops that say so themselves want theirs kept after its making;
	// negative: for ever.
	Lifetimes(ctx context.Context) (map[appdock.ShopID]time.Duration, error)
	// Expire looks at the thousand numbers after the given one, and deletes what of them
	// is delivered or dead, was made before a time, and the events that nothing needs any
	// more. It waits until nothing else is to be written. next is where to go on; 0: there
	// is nothing beyond.
	Expire(ctx context.Context, after int64, before Expiry) (deleted int, next int64, err error)
	// Size is the bytes that the store takes, without what it could use again.
	Size(ctx context.Context) (int64, error)
}

// Expiry says before when something must have been made to be deleted; zero times: it never
// is.
type Expiry struct {
	Before time.Time
	Shops  map[appdock.ShopID]time.Time // of shops for which that is another time
	// Events must have happened before it: they are kept for those who ask later, besides for
	// the deliveries that need them.
	Events time.Time
}

// Log is what people see of deliveries.
type Log interface {
	// Deliveries finds deliveries, the newest first.
	Deliveries(ctx context.Context, f Filter) ([]Delivery, error)
	// Attempts gives a delivery with its data and all its attempts in order; NotFound if
	// there is none of that id.
	Attempts(ctx context.Context, shop appdock.ShopID, id appdock.ID) (Delivery, []Attempt, error)
}

// History is what happened, for those who ask about it later.
type History interface {
	// Happened gives the events of a shop that p asks for, in the order of Seq. more says that
	// there may be others behind them; there are none that this order puts before what was
	// given and that are committed later.
	Happened(ctx context.Context, shop appdock.ShopID, p Past) (events []appdock.Event, more bool, err error)
}

// Past says what is asked of the history of a shop.
type Past struct {
	Names []appdock.EventName
	// Of the events for one installation alone, those for this one are given.
	Installation appdock.ID
	After        int64     // the Seq to go on behind; 0: begin with the first
	Since        time.Time // that they happened at or later
	Limit        int
}

// Filter narrows the log; zero values do not.
type Filter struct {
	Shop         appdock.ShopID
	ID           appdock.ID
	Subscription appdock.ID
	EventID      appdock.ID
	App          string
	Event        appdock.EventName
	State        State
	Since, Until time.Time // of the delivery's making; Until is excluded
	Behind       Listed    // those that the log gives after it
	Limit        int       // 0: 50
}

// Listed is where a delivery stands in the log.
type Listed struct {
	CreatedAt time.Time
	Number    int64 // 0: nowhere
}

// Subscriptions is where the index comes from.
type Subscriptions interface {
	// Load returns what there is of a shop at one moment.
	Load(ctx context.Context, shop appdock.ShopID) (Subscribed, error)
	// Changed returns shops whose revision rose above the given one of this host; the
	// engine asks each second and before a claimed block. One row read when nothing changed.
	Changed(ctx context.Context, since int64) (shops []appdock.ShopID, now int64, err error)
}

// Subscribed is who wants what in a shop, at one moment.
type Subscribed struct {
	// Subscriptions with the privileges of their apps. One that ended stays among them until
	// the events of its ending are matched.
	Subscriptions []Subscription
	// Installed are the installations that there are, with a subscription or without.
	Installed []appdock.ID
	Revision  appdock.Revision
}

// Keys gives the key of this moment; for an app that is gone, its last one. NotFound means
// that nothing can be signed any more and the delivery ends.
type Keys interface {
	Key(ctx context.Context, shop appdock.ShopID, installation appdock.ID) (Key, error)
}

// Key is what calls to an app are signed with.
type Key struct {
	Secret appdock.Secret // the committed one; zero: they go out unsigned
	// Told is when the app was told of Secret in an answer that nothing confirms: it may not
	// have kept it yet. Zero: it has confirmed it.
	Told time.Time
	// Previous is the one before the last rotation, zero if there is none: it signs a second
	// Standard Webhooks signature until Until, for what has not taken the new one yet
	// (protocol-signing.md 8).
	Previous appdock.Secret
	Until    time.Time // excluded
}

// Sender makes one call: guards, deadlines, limits. It never retries.
type Sender interface {
	// What key signs with stands in none of the outcome's texts, whatever the app sent back.
	Send(ctx context.Context, c protocol.Call, key Key) Outcome
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
	// Topic is the event as SitePack calls it, which narrows it; empty for the other dialect.
	Topic string
	URL   string
	// OnlyLive sends only changes of the live version (entity events).
	OnlyLive bool
	// Strict keeps the order of its deliveries over all attempts, whatever is set for the app.
	Strict bool
	// SuppressOwn leaves out what the installation itself caused.
	SuppressOwn bool
	Active      bool
	// AppActive says whether the installation is active; one that is not hears only the
	// events of its own life.
	AppActive bool
	Grant     appdock.Privileges
	// Since is the revision it was made at: it does not get events with a lower one.
	Since appdock.Revision
	// Until is the revision it ended at: it does not get events with a higher one; 0: it
	// has not ended.
	Until appdock.Revision
	// Withheld says that nothing may be sent for now, because the shop's identity is in
	// doubt (design.md 6): what is for it is parked until that is settled.
	Withheld bool
	// Order is the last one that was given about its health, at revision OrderedAt.
	Order     Order
	OrderedAt appdock.Revision

	// Endpoint of URL; stores leave it to the engine.
	Endpoint Endpoint
}

// Delivery is one event on its way to one subscription. Its id is what apps dedupe on: it
// stays the same over all attempts.
type Delivery struct {
	ID           appdock.ID
	Number       int64 // given by the store: rises with the order in which they are made
	Shop         appdock.ShopID
	Event        appdock.ID
	EventName    appdock.EventName
	Key          appdock.ID // of the event: first attempts of one key keep their order; zero: a barrier
	Seq          int64      // of the event
	Subscription appdock.ID
	Installation appdock.ID // zero: the operator's own
	App          string     // as it was when the event was matched, like the next two
	AppVersion   string
	Webhook      string     // name of the subscription
	Topic        string     // of the subscription; empty: it speaks the other dialect
	Record       appdock.ID // that the message of a topic is about; zero: none
	URL          string
	Endpoint     Endpoint // of the URL at its making
	OnlyLive     bool
	// Strict deliveries keep their order over all attempts: what is behind one waits until
	// it is delivered or dead.
	Strict bool
	// InHand is set at the making of one that its maker keeps in memory until Finish: it
	// waits, and the queue gives it to nobody.
	InHand    bool
	State     State
	Attempts  int       // made so far
	Replayed  int       // of those, made before it was replayed last: the schedule begins anew
	DueAt     time.Time // of the next attempt, while waiting
	CreatedAt time.Time
	// LastStatus is the HTTP status of the last attempt; 0: none was answered.
	LastStatus int
	// Reason says why it is parked or dead.
	Reason string
	// Own says that the app itself caused the event; not filled in lists of the log, like the next.
	Own bool
	// Needs and Data of the event; not filled in lists of the log.
	Needs []appdock.Privilege
	Data  appdock.EventData
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
