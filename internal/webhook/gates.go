package webhook

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/appdock/appdock"
)

// gates keep what is known of the health of subscriptions, and what is to be done on the
// disk about it. A gate is closed while its subscription may not be sent to.
type gates struct {
	health map[appdock.ID]Health // of those that are not as new
	counts map[appdock.ID]int    // about how many deliveries are parked
	// closing and opening are those whose waiting deliveries are to be parked, and whose
	// parked ones are to be released. A gate opens when all are.
	closing, opening map[appdock.ID]bool
	trials           map[appdock.ID]bool // under way
	withheld         map[appdock.ID]bool
}

func newGates() gates {
	return gates{
		health: make(map[appdock.ID]Health), counts: make(map[appdock.ID]int),
		closing: make(map[appdock.ID]bool), opening: make(map[appdock.ID]bool),
		trials: make(map[appdock.ID]bool), withheld: make(map[appdock.ID]bool),
	}
}

func (g *gates) parked(subscription appdock.ID, n int) {
	if g.counts[subscription] += n; g.counts[subscription] <= 0 {
		delete(g.counts, subscription)
	}
}

func (g *gates) close(subscription appdock.ID) {
	g.closing[subscription] = true
	delete(g.opening, subscription)
}

func (g *gates) open(subscription appdock.ID) {
	g.opening[subscription] = true
	delete(g.closing, subscription)
}

// wakeAt is when the next cooldown ends; zero: none does.
func (g *gates) wakeAt(now time.Time) (at time.Time) {
	for id, h := range g.health {
		if h.CooldownUntil.After(now) && g.counts[id] > 0 && !g.trials[id] && (h.State == Degraded || h.State == Suspended) {
			at = earliest(at, h.CooldownUntil)
		}
	}
	return at
}

// closed says why nothing may be sent to a subscription; empty: it may. mu is held.
func (e *Engine) closed(s Subscription) string {
	reason := e.parks(s)
	if reason == "" && e.gates.opening[s.ID] {
		reason = ReasonUnhealthy
	}
	return reason
}

// parks says why what is for a subscription is to be parked; empty: it is not, and what was
// is released or will be. mu is held.
func (e *Engine) parks(s Subscription) string {
	switch h, remembered := e.gates.health[s.ID]; {
	case s.Withheld:
		return ReasonIdentity
	case remembered && h.State != Healthy:
		return ReasonUnhealthy
	}
	return ""
}

// health of a subscription. mu is held.
func (e *Engine) health(s Subscription) Health {
	if h, ok := e.gates.health[s.ID]; ok {
		return h
	}
	return NewHealth(s).Follow(s.Order, s.OrderedAt, e.options.Now(), e.options.Health)
}

// subscription that a delivery is for; false if it is gone. mu is held.
func (e *Engine) subscription(shop appdock.ShopID, id appdock.ID) (Subscription, bool) {
	if x := e.indexes[shop]; x != nil {
		s, ok := x.byID[id]
		if ok {
			return *s, true
		}
	}
	return Subscription{}, false
}

// become changes the health of a subscription, and gives what is to be written about it.
// mu is held.
func (e *Engine) become(s Subscription, before, after Health) (written result) {
	if before == after {
		return written
	}
	if after.AsNew() {
		delete(e.gates.health, s.ID)
	} else {
		e.gates.health[s.ID] = after
	}
	written.health = []Health{after}
	if before.State == after.State {
		return written
	}
	written.changes = []HealthChange{{s, before, after}}
	if !s.Installation.IsZero() {
		written.events = []appdock.Event{healthEvent(s, before, after, e.options.NewID(), e.options.Now())}
	}
	switch {
	case after.State == Healthy:
		e.gates.open(s.ID)
	case before.State == Healthy:
		e.shut(s)
	}
	signal(e.look)
	return written
}

// shut takes what waits for a subscription out of memory; the disk follows. mu is held.
func (e *Engine) shut(s Subscription) {
	e.gates.close(s.ID)
	delete(e.gates.trials, s.ID) // one that is on its way counts as that
	dropped := e.lanes.drop(func(d Delivery) bool { return d.Subscription == s.ID }, e.options.Now())
	e.abandon(s.ID)
	back := make([]Delivery, len(dropped))
	for i, d := range dropped {
		back[i] = d.Delivery
		e.attempted(d)
	}
	e.giveBack(back...)
	e.progressed()
}

// shutAgain has the disk look once more for what is to be parked behind a closed gate: what
// was made or replayed as it closed came too late for the first look, and waits for nobody.
// mu is held.
func (e *Engine) shutAgain(shop appdock.ShopID, subscription appdock.ID) {
	if s, ok := e.subscription(shop, subscription); ok && e.parks(s) != "" {
		e.gates.close(subscription)
		signal(e.look)
	}
}

// follow does what was ordered for the subscriptions of a shop. mu is held.
func (e *Engine) follow(shop appdock.ShopID, x *index) {
	now := e.options.Now()
	for id, h := range e.gates.health {
		if s := x.byID[id]; h.Shop == shop && (s == nil || s.Until != 0) {
			delete(e.gates.health, id)
			e.gates.open(id) // what is for nobody any more ends by the schedule
		}
	}
	for id, s := range x.byID {
		if s.Until != 0 {
			// It has no health any more.
		} else if h, remembered := e.gates.health[id]; remembered {
			e.write(e.become(*s, h, h.Follow(s.Order, s.OrderedAt, now, e.options.Health)))
		} else if h := e.health(*s); !h.AsNew() {
			e.write(e.become(*s, NewHealth(*s), h))
		}
		switch was := e.gates.withheld[id]; {
		case s.Withheld && !was:
			e.gates.withheld[id] = true
			e.shut(*s)
		case !s.Withheld && was:
			delete(e.gates.withheld, id)
			if e.closed(*s) == "" {
				e.gates.open(id)
			}
		}
	}
}

// write hands results over to be written. mu is held.
func (e *Engine) write(r result) {
	if r.done == nil && r.health == nil {
		return
	}
	e.results = append(e.results, r)
	signal(e.answered)
}

// begin learns what the last process knew of health, and mends what it left half done.
func (l *looper) begin(ctx context.Context) error {
	if err := l.ports.Queue.LetGo(ctx); err != nil {
		return fmt.Errorf("take up what the last process had in hand: %w", err)
	}
	healths, err := l.ports.Parking.Healths(ctx)
	if err != nil {
		return fmt.Errorf("read the health of subscriptions: %w", err)
	}
	counts, err := l.ports.Parking.Parked(ctx)
	if err != nil {
		return fmt.Errorf("count what is parked: %w", err)
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	l.gates.counts = counts
	for _, h := range healths {
		l.gates.health[h.Subscription] = h
		if h.State != Healthy {
			l.gates.close(h.Subscription)
		}
	}
	for shop, x := range l.indexes {
		l.follow(shop, x)
	}
	l.releaseLeft()
	return nil
}

// releaseLeft opens the gates of those that have something parked and no reason for it. mu
// is held.
func (l *looper) releaseLeft() {
	shut := map[appdock.ID]bool{}
	for _, x := range l.indexes {
		for id := range l.gates.counts {
			if s := x.byID[id]; s != nil {
				shut[id] = l.closed(*s) != ""
			}
		}
	}
	for id := range l.gates.counts {
		if !shut[id] {
			l.gates.open(id) // what is for nobody any more ends by the schedule
		}
	}
}

// tick is what time does to health.
func (l *looper) tick(ctx context.Context) {
	l.mu.Lock()
	now := l.options.Now()
	l.ticked = now
	l.lanes.watch(now)
	flying := l.lanes.flying()
	for id, h := range l.gates.health {
		s, ok := l.subscription(h.Shop, id)
		if ok {
			l.write(l.become(s, h, h.Tick(l.gates.counts[id], flying[id], s.AppActive || s.Installation.IsZero(), now, l.options.Health)))
		}
	}
	l.mu.Unlock()
	l.dispatch(ctx, l.sending) // what the slow held may be free
}

// chore is something to be done on the disk for one subscription.
type chore struct {
	subscription appdock.ID
	from, to     State
	reason       string
	limit        int
	trial        bool
}

// keepGates does on the disk what gates that opened, closed or are over their cap need,
// and begins trials.
func (l *looper) keepGates(ctx context.Context) error {
	if l.options.Fresh {
		return nil
	}
	for {
		c, ok := l.chore()
		if !ok {
			return nil
		}
		if c.trial {
			if err := l.try(ctx, c.subscription); err != nil {
				return err
			}
			continue
		}
		n, err := l.ports.Parking.Move(ctx, c.subscription, c.from, c.to, c.reason, c.limit)
		if err != nil {
			return fmt.Errorf("move deliveries of a subscription from %s to %s: %w", c.from, c.to, err)
		}
		l.moved(c, n)
	}
}

// chore gives the next thing to do; false if there is none.
func (l *looper) chore() (chore, bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if len(l.gates.closing)+len(l.gates.opening)+len(l.gates.counts)+len(l.gates.health) == 0 {
		return chore{}, false
	}
	// What is on its way stands on the disk as waiting until its result is written: it is
	// neither parked nor counted.
	under := l.lanes.flying()
	for _, id := range l.unwritten {
		under[id]++
	}
	for id := range l.gates.closing {
		if under[id] > 0 {
			continue
		}
		reason := ReasonUnhealthy
		if l.gates.withheld[id] {
			reason = ReasonIdentity
		}
		return chore{subscription: id, from: Waiting, to: Parked, reason: reason, limit: moveGroup}, true
	}
	writing := map[appdock.ID]bool{}
	for _, id := range l.unwritten {
		writing[id] = true
	}
	for id := range l.gates.opening {
		if writing[id] {
			continue // it may be parked by that, and nobody would release it
		}
		return chore{subscription: id, from: Parked, to: Waiting, limit: moveGroup}, true
	}
	for id, n := range l.gates.counts {
		if over := n - l.options.Health.ParkedCap; over > 0 {
			return chore{subscription: id, from: Parked, to: Dead, reason: ReasonOverCap, limit: min(over, moveGroup)}, true
		}
	}
	now := l.options.Now()
	for id, h := range l.gates.health {
		s, ok := l.subscription(h.Shop, id)
		if ok && !s.Withheld && h.Trial(now, l.options.Health) && l.gates.counts[id] > 0 && !l.gates.trials[id] && under[id] == 0 {
			return chore{subscription: id, trial: true}, true
		}
	}
	return chore{}, false
}

// moved books what a chore came to.
func (l *looper) moved(c chore, n int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if c.from == Parked {
		l.gates.parked(c.subscription, -n)
	}
	if c.to == Parked {
		l.gates.parked(c.subscription, n)
	}
	switch {
	case c.from == Waiting:
		l.figures.waits(-n)
	case c.to == Waiting:
		l.figures.waits(n)
	}
	if n == c.limit {
		return
	}
	switch c.to {
	case Parked:
		delete(l.gates.closing, c.subscription)
	case Waiting:
		delete(l.gates.opening, c.subscription)
		l.replayed = true
		signal(l.look)
	case Delivered, Dead:
	}
	if c.from == Parked {
		delete(l.gates.counts, c.subscription)
	}
}

// try sends the oldest that is parked for a subscription.
func (l *looper) try(ctx context.Context, subscription appdock.ID) error {
	l.beginReading()
	d, ok, err := l.ports.Parking.Trial(ctx, subscription)
	if err != nil {
		return fmt.Errorf("take a parked delivery: %w", err)
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	l.reading = false
	if !ok {
		delete(l.gates.counts, subscription)
		return nil
	}
	if l.outdated(d) {
		return nil // of the last trial; its record wakes the loop
	}
	// It may be here as what it was before it was parked, if it was read in between.
	now := l.options.Now()
	for _, was := range l.lanes.drop(func(held Delivery) bool { return held.Number == d.Number }, now) {
		l.attempted(was)
	}
	trial := l.entry(d, 1)
	trial.trial = true
	if l.lanes.add(trial, now) { // else it just left, and its result wakes the loop
		l.gates.trials[subscription] = true
	}
	return nil
}

// healthEvent tells an app that one of its subscriptions is in another state
// (protocol-webhooks.md 6.5).
func healthEvent(s Subscription, before, after Health, id appdock.ID, now time.Time) appdock.Event {
	payload := struct {
		WebhookID      string `json:"webhookId"`
		WebhookName    string `json:"webhookName"`
		EventName      string `json:"eventName"`
		FromState      string `json:"fromState"`
		OccurredAt     string `json:"occurredAt"`
		Cause          string `json:"cause,omitempty"`
		SuspendedSince string `json:"suspendedSince,omitempty"`
		DisabledOrigin string `json:"disabledOrigin,omitempty"`
		Trigger        string `json:"trigger,omitempty"`
	}{
		WebhookID: s.ID.String(), WebhookName: s.Name, EventName: string(s.Event), FromState: string(before.State),
		OccurredAt: now.UTC().Format(time.RFC3339), DisabledOrigin: after.DisabledBy,
	}
	name := map[HealthState]appdock.EventName{
		Healthy: "webhook.health.activated", Degraded: "webhook.health.degraded",
		Suspended: "webhook.health.suspended", Disabled: "webhook.health.disabled",
	}[after.State]
	if after.State == Suspended {
		payload.Cause, payload.SuspendedSince = after.Cause, after.SuspendedSince.UTC().Format(time.RFC3339)
	}
	if after.State == Healthy {
		payload.Trigger = "recovered" // by itself
		if after.Followed > before.Followed {
			payload.Trigger = string(s.Order)
		}
	}
	text, _ := json.Marshal(payload) // strings always marshal
	return appdock.Event{
		ID: id, Shop: s.Shop, Name: name, At: now, Only: s.Installation, Data: appdock.EventData{Payload: text},
	}
}
