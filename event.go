package appdock

import "time"

// EventName is the host's own name of a kind of event, such as "checkout.order.placed".
// SitePack topics are derived from it when subscriptions are matched.
type EventName string

// Event is something that happened in a shop. It is written in the transaction that
// caused it and never changes.
type Event struct {
	ID       ID
	Shop     ShopID
	Name     EventName
	Key      ID          // the record whose order counts; zero: several or none, a barrier in every lane
	At       time.Time   // of the cause
	Origin   ID          // installation that caused it; zero: the shop
	Needs    []Privilege // who lacks one does not get it
	Only     ID          // set: for this installation alone, active or not
	Seq      int64       // given by the store; rises for events of the same Key
	Revision Revision    // the shop's at the commit, given by the store; match with an index at least this new
	// Unheard says that the shop had no subscription to such an event at the commit, given by the
	// store: it is matched already. What is subscribed later does not get it.
	Unheard bool
	Data    EventData
}

// EventData is what any dialect may show of an event, as JSON texts made when the event
// happened. It is cut for each subscription at each attempt.
type EventData struct {
	// Payload is what the Shopware dialect sends as data.payload: a list of changes for
	// entity events, an object for business events, [] when there is nothing to tell
	// (protocol-webhooks.md 3).
	Payload []byte
	// Previous holds the values before of the fields that changed, by the row's id; nil
	// when nothing changed but came to be or went.
	Previous []byte
}
