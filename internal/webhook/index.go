package webhook

import (
	"time"

	"github.com/appdock/appdock"
	"github.com/appdock/appdock/protocol"
)

// index knows who wants which event of one shop, as of one revision. It never changes.
type index struct {
	revision appdock.Revision
	byEvent  map[appdock.EventName][]*Subscription
	byID     map[appdock.ID]*Subscription
	// installed are the installations that there are.
	installed map[appdock.ID]bool
}

// newIndex makes the index of what [Subscriptions.Load] returned.
func newIndex(l Subscribed) *index {
	x := &index{
		revision: l.Revision,
		byEvent:  make(map[appdock.EventName][]*Subscription),
		byID:     make(map[appdock.ID]*Subscription, len(l.Subscriptions)),

		installed: make(map[appdock.ID]bool, len(l.Installed)),
	}
	for i := range l.Subscriptions {
		s := &l.Subscriptions[i]
		s.Endpoint = endpointOf(s.Shop, s.Installation, s.URL)
		x.byEvent[s.Event] = append(x.byEvent[s.Event], s)
		x.byID[s.ID] = s
	}
	for _, installation := range l.Installed {
		x.installed[installation] = true
	}
	return x
}

// match finds the subscriptions that get the event; [ErrStale] if the index is older.
func (x *index) match(event appdock.Event) (Matched, error) {
	if x == nil || x.revision < event.Revision {
		return Matched{}, ErrStale
	}
	return Match(event, x.byEvent[event.Name]), nil
}

// Matched is what matching came to.
type Matched struct {
	To []*Subscription
	// Skipped counts the subscriptions that do not get the event, by reason.
	Skipped map[Skip]int
}

// Skip says why a subscription does not get an event of the name that it wants. It is
// never an error: it is logged for operators and counted.
type Skip string

// Reasons, in the order in which they are looked for.
const (
	SkipEarlier     Skip = "earlier"      // the event is older than the subscription
	SkipEnded       Skip = "ended"        // the subscription is older than the event and ended before it
	SkipInactive    Skip = "inactive"     // the subscription is switched off
	SkipOther       Skip = "other_app"    // the event is about another app alone
	SkipAppInactive Skip = "app_inactive" // the app is, and this is not about its own life
	SkipPrivilege   Skip = "privilege"    // the grant lacks what the event needs
	SkipDraft       Skip = "draft"        // only live changes are wanted, and there is none
	SkipKeys        Skip = "other_keys"   // no key of the app's own configuration changed
	SkipOwn         Skip = "own"          // the app caused it itself, and does not want to hear that
	SkipTopic       Skip = "other_topic"  // the topic is about another change of the record
)

// Match decides which of the subscriptions to the event's name get it
// (protocol-webhooks.md 3.4, hookable-events.md 1). An operator's own subscription needs
// no privilege and no active app.
func Match(event appdock.Event, subscriptions []*Subscription) Matched {
	var m Matched
	known, _ := protocol.Events().Lookup(string(event.Name))
	for _, s := range subscriptions {
		reason := skip(event, known, s)
		if reason == "" {
			m.To = append(m.To, s)
			continue
		}
		if m.Skipped == nil {
			m.Skipped = make(map[Skip]int)
		}
		m.Skipped[reason]++
	}
	return m
}

func skip(event appdock.Event, known protocol.Event, s *Subscription) Skip {
	operator, about := s.Installation.IsZero(), event.Only
	switch {
	case event.Revision < s.Since:
		return SkipEarlier
	case s.Until != 0 && event.Revision > s.Until:
		return SkipEnded
	case !s.Active:
		return SkipInactive
	case (known.OwnApp || !about.IsZero()) && (operator || about != s.Installation):
		return SkipOther
	case operator:
	case about.IsZero() && !s.AppActive:
		return SkipAppInactive
	case len(s.Grant.Missing(event.Needs...)) > 0:
		return SkipPrivilege
	}
	switch {
	case s.SuppressOwn && !operator && event.Origin == s.Installation:
		return SkipOwn
	case s.Topic != "":
		if len(RecordsOf(s.Topic, event)) == 0 {
			return SkipTopic
		}
	case s.OnlyLive && known.Kind == protocol.EntityEvent && len(liveItems(event.Data.Payload)) == 0:
		return SkipDraft
	case !operator && event.Name == configChanged && len(ownKeys(event.Data.Payload, s.App)) == 0:
		return SkipKeys
	}
	return ""
}

// delivery of the event to one of the subscriptions that get it, due at once.
func (s *Subscription) delivery(id appdock.ID, event appdock.Event, now time.Time) Delivery {
	return Delivery{
		ID:           id,
		Shop:         event.Shop,
		Event:        event.ID,
		EventName:    event.Name,
		Key:          event.Key,
		Seq:          event.Seq,
		Subscription: s.ID,
		Installation: s.Installation,
		App:          s.App,
		AppVersion:   s.AppVersion,
		Webhook:      s.Name,
		Topic:        s.Topic,
		URL:          s.URL,
		Endpoint:     s.Endpoint,
		OnlyLive:     s.OnlyLive,
		State:        Waiting,
		DueAt:        now,
		CreatedAt:    now,
		Own:          !event.Origin.IsZero() && event.Origin == s.Installation,
		Needs:        event.Needs,
		Data:         event.Data,
	}
}
