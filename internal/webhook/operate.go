package webhook

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/appdock/appdock"
	"github.com/appdock/appdock/protocol"
)

// Operator is what people do with subscriptions and old deliveries. It works beside a
// running engine and without one.
type Operator struct {
	Parking       Parking
	Replays       Replays
	Subscriptions Subscriptions
	Log           Log
	Keys          Keys
	Shops         Shops
	Sender        Sender
	Engine        *Engine // told of what changed
}

// Status is a subscription and how it is.
type Status struct {
	Subscription Subscription
	Health       Health
	Parked       int
}

// List gives the subscriptions of a shop that have not ended.
func (o *Operator) List(ctx context.Context, shop appdock.ShopID) ([]Status, error) {
	subscribed, err := o.Subscriptions.Load(ctx, shop)
	if err != nil {
		return nil, fmt.Errorf("load the subscriptions: %w", err)
	}
	healths, err := o.Parking.Healths(ctx)
	if err != nil {
		return nil, fmt.Errorf("read their health: %w", err)
	}
	parked, err := o.Parking.Parked(ctx)
	if err != nil {
		return nil, fmt.Errorf("count what is parked: %w", err)
	}
	known := make(map[appdock.ID]Health, len(healths))
	for _, h := range healths {
		known[h.Subscription] = h
	}
	var list []Status
	for _, s := range subscribed.Subscriptions {
		if s.Until != 0 {
			continue
		}
		h, ok := known[s.ID]
		if !ok {
			h = NewHealth(s)
		}
		h = h.Follow(s.Order, s.OrderedAt, o.Engine.options.Now(), o.Engine.options.Health)
		list = append(list, Status{Subscription: s, Health: h, Parked: parked[s.ID]})
	}
	return list, nil
}

// Pause disables a subscription: what is for it is parked until it is resumed.
func (o *Operator) Pause(ctx context.Context, shop appdock.ShopID, subscription appdock.ID) error {
	return o.order(ctx, shop, subscription, OrderPause)
}

// Resume enables a subscription. What is parked for it is delivered, or given up: then it
// is dead, and can be replayed.
func (o *Operator) Resume(ctx context.Context, shop appdock.ShopID, subscription appdock.ID, drop bool) (dropped int, err error) {
	for drop {
		n, err := o.Parking.Move(ctx, subscription, Parked, Dead, ReasonDropped, moveGroup)
		if err != nil {
			return dropped, fmt.Errorf("give up what is parked: %w", err)
		}
		dropped += n
		drop = n == moveGroup
	}
	return dropped, o.order(ctx, shop, subscription, OrderResume)
}

// Reactivate does what the app itself asks for. It is refused when an operator paused the
// subscription.
func (o *Operator) Reactivate(ctx context.Context, shop appdock.ShopID, subscription appdock.ID) error {
	return o.order(ctx, shop, subscription, OrderReactivate)
}

func (o *Operator) order(ctx context.Context, shop appdock.ShopID, subscription appdock.ID, order Order) error {
	if err := o.Parking.Order(ctx, shop, subscription, order); err != nil {
		return err
	}
	o.Engine.ordered(shop)
	return nil
}

// Replay sends what f finds again, if it is delivered or dead: with the same ids, rising
// attempt numbers, and a schedule that begins anew. It returns how many. One that is asked
// for by its id and is not there, or is still to be sent, is an error.
func (o *Operator) Replay(ctx context.Context, f Filter) (int, error) {
	total := 0
	most := f.Limit
	for after := int64(0); ; {
		f.Limit = moveGroup
		if most > 0 {
			f.Limit = min(moveGroup, most-total)
		}
		n, last, err := o.Replays.Replay(ctx, f, after, o.Engine.options.Now())
		if err != nil {
			return total, fmt.Errorf("replay deliveries: %w", err)
		}
		total, after = total+n, last
		if n < f.Limit || total == most {
			break
		}
	}
	if total > 0 {
		o.Engine.replay()
	} else if !f.ID.IsZero() {
		return 0, o.open(ctx, f.Shop, f.ID)
	}
	return total, nil
}

// open says why a delivery cannot be sent again.
func (o *Operator) open(ctx context.Context, shop appdock.ShopID, id appdock.ID) error {
	d, _, err := o.Log.Attempts(ctx, shop, id)
	if err != nil {
		return err
	}
	e := &appdock.Error{
		Kind: appdock.Conflict, Code: "ADK-DELIVERY-OPEN",
		Message: "The delivery " + d.ID.String() + " is still to be sent",
		Cause:   "it is " + string(d.State),
		Cure:    "Wait for its next attempt: appdock delivery show " + d.ID.String() + ".",
	}
	if d.State == Parked {
		e.Cure = "Resume its webhook: appdock webhook list shows which one is not healthy."
	}
	return e
}

// LastTick is when the health of subscriptions was looked at last, which is each second; zero:
// not yet.
func (o *Operator) LastTick() time.Time {
	o.Engine.mu.Lock()
	defer o.Engine.mu.Unlock()
	return o.Engine.ticked
}

// Copy sends a delivery to another URL, rendered and signed as for its app, and touches no
// record of it.
func (o *Operator) Copy(ctx context.Context, shop appdock.ShopID, id appdock.ID, to string) (Outcome, error) {
	d, _, err := o.Log.Attempts(ctx, shop, id)
	if err != nil {
		return Outcome{}, err
	}
	at, err := o.Shops.Shop(ctx, shop)
	if err != nil {
		return Outcome{}, err
	}
	var key Key
	if !d.Installation.IsZero() {
		if key, err = o.Keys.Key(ctx, shop, d.Installation); err != nil {
			return Outcome{}, err
		}
	}
	d.URL = to
	call, err := o.Engine.render(ctx, d, at, key, o.Engine.options.Now())
	if err != nil {
		return Outcome{}, fmt.Errorf("render a copy: %w", err)
	}
	return o.Sender.Send(ctx, call, key), nil
}

// Skipped is a subscription to an event's name that does not get the event.
type Skipped struct {
	App, Name string
	Reason    Skip
}

// Skipped tells which subscriptions to an event's name do not get it, by app and name.
func (o *Operator) Skipped(ctx context.Context, event appdock.Event) ([]Skipped, error) {
	subscribed, err := o.Subscriptions.Load(ctx, event.Shop)
	if err != nil {
		return nil, fmt.Errorf("load the subscriptions: %w", err)
	}
	var list []Skipped
	known, _ := protocol.Events().Lookup(string(event.Name))
	for _, s := range subscribed.Subscriptions {
		if s.Event != event.Name || s.Until != 0 {
			continue
		}
		if reason := skip(event, known, &s); reason != "" {
			list = append(list, Skipped{App: s.App, Name: s.Name, Reason: reason})
		}
	}
	slices.SortFunc(list, func(a, b Skipped) int { return cmp.Or(cmp.Compare(a.App, b.App), cmp.Compare(a.Name, b.Name)) })
	return list, nil
}

// notKept stands for the signatures of a call that is rendered again.
const notKept = "[not kept]"

// Rendered is the request of an attempt that the app took, made again: of those only the answer
// is kept. The shop is as it is now, and so is what a topic tells of its record; signatures are
// left out, for the secret may be another by now.
func (o *Operator) Rendered(ctx context.Context, d Delivery, a Attempt) (protocol.Call, Key, error) {
	d.Attempts = a.Number
	at, err := o.Shops.Shop(ctx, d.Shop)
	var key Key
	if err == nil && !d.Installation.IsZero() {
		key, err = o.Keys.Key(ctx, d.Shop, d.Installation)
	}
	if err != nil && appdock.KindOf(err) != appdock.NotFound {
		return protocol.Call{}, key, err
	}
	call, err := o.Engine.render(ctx, d, at, key, a.At)
	if err != nil {
		return call, key, fmt.Errorf("show the request of attempt %d again: %w", a.Number+1, err)
	}
	for i, h := range call.Header {
		switch h.Name {
		case protocol.HeaderShopSignature, protocol.HeaderStandardSignature, protocol.HeaderBase64HMAC:
			call.Header[i].Value = notKept
		}
	}
	return call, key, nil
}

// ordered says that something was ordered in a shop.
func (e *Engine) ordered(shop appdock.ShopID) {
	e.mu.Lock()
	e.stale[shop], e.committed = true, true
	e.mu.Unlock()
	signal(e.look)
}

// replay says that there are deliveries on the disk that nobody was told of.
func (e *Engine) replay() {
	e.mu.Lock()
	e.replayed = true
	e.mu.Unlock()
	signal(e.look)
}
