package webhook

import (
	"context"
	"fmt"
	"log/slog"
	"time"

	"github.com/appdock/appdock"
	"github.com/appdock/appdock/protocol"
)

// result is something to be written: what an attempt came to, what that means for the
// health of its subscription, or the latter alone.
type result struct {
	done   *Finished
	first  bool    // done is what somebody may wait for in Settled
	back   []int64 // the numbers of deliveries that are not in hand any more
	health []Health
	events []appdock.Event
	// changes are told of once they are written.
	changes []HealthChange
}

// HealthChange is a subscription that entered another state of health.
type HealthChange struct {
	Subscription Subscription
	From, To     Health
}

// dispatch starts an attempt for each delivery that may go out now. None is started once
// ctx ended, or while the store cannot keep up with the results: those that are not
// written would be sent again after a crash.
func (e *Engine) dispatch(ctx, sending context.Context) {
	e.share(ctx, sending, false)
}

// share is dispatch, but for one delivery that its caller keeps, and attempts; nil: there is none.
func (e *Engine) share(ctx, sending context.Context, keep bool) (mine *entry) {
	e.mu.Lock()
	defer e.mu.Unlock()
	for !e.ending && ctx.Err() == nil && len(e.results) < min(e.options.InFlight, mostPending) {
		now := e.options.Now()
		d, ok := e.lanes.next(now)
		if !ok {
			break
		}
		if e.blocked(d) {
			e.lanes.skip(d, now)
			e.giveBack(d.Delivery)
			e.shutAgain(d.Shop, d.Subscription)
			if d.trial {
				delete(e.gates.trials, d.Subscription)
			}
			e.attempted(d)
			continue
		}
		if keep && mine == nil {
			mine = d
			continue
		}
		e.attempts.Go(func() { e.attempt(ctx, sending, d) })
	}
	if len(e.lanes.hungry) > 0 || !e.lanes.alarm.IsZero() && (e.wakeAt.IsZero() || e.lanes.alarm.Before(e.wakeAt)) {
		signal(e.look)
	}
	return mine
}

// blocked reports whether a delivery may not go out because its gate is closed. Trials
// may, and what a person sends again; but nothing may while an identity is in doubt. mu is
// held.
func (e *Engine) blocked(d *entry) bool {
	s, ok := e.subscription(d.Shop, d.Subscription)
	if !ok {
		return false
	}
	reason := e.closed(s)
	byHand := d.trial || d.Attempts > 0 && d.Replayed == d.Attempts
	return reason == ReasonIdentity || reason != "" && !byHand
}

// attempt makes one attempt, and then others as long as there are any: a goroutine's stack
// has grown by then to what an attempt needs. If ctx ends before the call was made, the
// delivery stays in the queue as it was.
func (e *Engine) attempt(ctx, sending context.Context, d *entry) {
	for d != nil {
		finished, class, ok := e.send(ctx, sending, d.Delivery)
		if !ok {
			return
		}
		e.mu.Lock()
		e.book(d, finished, class, sending.Err() != nil)
		e.mu.Unlock()
		signal(e.answered)
		d = e.share(ctx, sending, true)
	}
}

// giveBack has the queue give deliveries that were in hand, when that is written. mu is held.
func (e *Engine) giveBack(deliveries ...Delivery) {
	var back []int64
	for _, d := range deliveries {
		if d.InHand {
			back = append(back, d.Number)
			e.unwritten[d.Number] = d.Subscription
		}
	}
	if len(back) > 0 {
		e.results = append(e.results, result{back: back})
		signal(e.answered)
	}
}

// book takes in what an attempt came to; cut says that we hung up, because the host ends.
// mu is held.
func (e *Engine) book(d *entry, f Finished, class Class, cut bool) {
	now := e.options.Now()
	f.Delivery.InHand = false // once it is written
	var r result
	reason := ""
	if s, ok := e.subscription(d.Shop, d.Subscription); ok {
		if !cut && s.Until == 0 {
			h := e.health(s)
			r = e.become(s, h, h.After(Answer{class, d.trial, d.refused()}, now, e.options.Health))
		}
		reason = e.parks(s)
	}
	switch {
	case reason != "":
		f.Delivery = f.Delivery.Hold(reason)
	case f.Delivery.State == Parked: // of a trial: the others were or will be released
		f.Delivery.State, f.Delivery.Reason = Waiting, ""
	}
	if d.trial {
		delete(e.gates.trials, d.Subscription)
		if f.Delivery.State != Parked {
			e.gates.parked(d.Subscription, -1)
		}
	} else if f.Delivery.State == Parked {
		e.gates.parked(d.Subscription, 1)
	}
	r.done, r.first = &f, d.awaited
	d.awaited = false // whatever comes next of it is no first attempt
	e.unwritten[d.Number] = d.Subscription
	e.lanes.done(d, f.Delivery, class, now)
	e.figures.attempted(f, class)
	switch {
	case d.trial && f.Delivery.State == Waiting:
		e.figures.waits(1)
	case !d.trial && f.Delivery.State != Waiting:
		e.figures.waits(-1)
	}
	e.results = append(e.results, r)
}

func (e *Engine) send(ctx, sending context.Context, d Delivery) (Finished, Class, bool) {
	d, reason := e.current(d)
	var outcome Outcome
	at := e.options.Now()
	switch reason {
	case ReasonUninstalled:
		outcome.Error = "the app was uninstalled"
	case ReasonRevoked:
		outcome.Error = "the app may not know any more what this event tells"
	default:
		shop, key, err := e.resolve(ctx, d)
		if ctx.Err() != nil {
			return Finished{}, "", false
		}
		at = e.options.Now()
		if err != nil {
			reason = ReasonNoKey
			outcome.Error = "there is no key to sign with: the app was removed, installed again since, or its stored secret is damaged"
		} else {
			call, ok := e.call(ctx, d, shop, key, at)
			if !ok {
				return Finished{}, "", false
			}
			e.options.Observe(Observation{Delivery: d, Attempt: d.Attempts, At: at})
			outcome = e.ports.Sender.Send(sending, call, key)
			outcome.Another = outcome.Another || outcome.Class() == Unauthorized && e.rotated(ctx, d, key) ||
				key.unkept(outcome.Status, e.options.Now())
		}
	}
	if ctx.Err() != nil && reason != "" {
		return Finished{}, "", false
	}
	now := e.options.Now()
	after := d.After(outcome, now, e.schedule(d.App))
	if reason != "" {
		after.Reason = reason
	}
	class := outcome.Class()
	e.options.Observe(Observation{Delivery: after, Attempt: d.Attempts, At: now, Answered: true, Outcome: outcome, Class: class})
	e.logAttempt(sending, after, d.Attempts, outcome)
	return Finished{Delivery: after, Attempt: Attempt{
		Number:   d.Attempts,
		At:       at,
		Took:     outcome.Took,
		Status:   outcome.Status,
		Error:    outcome.Error,
		Request:  outcome.Request,
		Response: outcome.Response,
	}}, class, true
}

// call renders and signs an attempt. A store that cannot show the record of a topic is asked
// again until ctx ends; ok is false then.
func (e *Engine) call(ctx context.Context, d Delivery, shop appdock.Shop, key Key, at time.Time) (call protocol.Call, ok bool) {
	for failures := 0; ; failures++ {
		call, err := e.render(ctx, d, shop, key, at)
		if err == nil {
			return call, true
		}
		if ctx.Err() != nil {
			return call, false
		}
		e.options.Log.LogAttrs(ctx, slog.LevelError, "record of a delivery cannot be shown",
			slog.String("delivery", d.ID.String()), slog.String("app", d.App), slog.Any("error", err))
		pause(ctx, failures)
	}
}

// render is one attempt as call; an error says that the record of a topic cannot be read.
func (e *Engine) render(ctx context.Context, d Delivery, shop appdock.Shop, key Key, at time.Time) (protocol.Call, error) {
	if d.Topic == "" {
		return d.Call(shop, e.options.Host, key, at), nil
	}
	e.mu.Lock()
	s, _ := e.subscription(d.Shop, d.Subscription)
	grant := s.Grant
	e.mu.Unlock()
	data, err := d.Told(ctx, e.ports.Objects, grant)
	if err != nil {
		return protocol.Call{}, err
	}
	return d.topicCall(shop, e.options.Host, key, protocol.TopicMessage{At: at, Data: data}), nil
}

// rotated reports whether the key that an attempt was signed with is another one by now: an
// app that refused it was right, and takes the next attempt.
func (e *Engine) rotated(ctx context.Context, d Delivery, signed Key) bool {
	if d.Installation.IsZero() {
		return false
	}
	now, err := e.ports.Keys.Key(ctx, d.Shop, d.Installation)
	return err == nil && !now.Secret.Equal(signed.Secret)
}

// current is the delivery as its subscription stands now: an update of the app may have
// moved it (protocol-webhooks.md 7), and what it may know may have become less. reason says
// why it may not be sent any more; empty: it may. After an uninstall that is nothing but the
// end of the app's own life.
func (e *Engine) current(d Delivery) (now Delivery, reason string) {
	e.mu.Lock()
	defer e.mu.Unlock()
	s, ok := e.subscription(d.Shop, d.Subscription)
	ok = ok && s.Until == 0
	if ok {
		d.URL = s.URL
	}
	known, _ := protocol.Events().Lookup(string(d.EventName))
	x := e.indexes[d.Shop]
	switch {
	case d.Installation.IsZero():
		return d, ""
	case !ok && !known.OwnApp && (x == nil || !x.installed[d.Installation]):
		return d, ReasonUninstalled
	case len(d.Needs) > 0 && (!ok || len(s.Grant.Missing(d.Needs...)) > 0):
		return d, ReasonRevoked
	}
	return d, ""
}

// resolve finds what an attempt needs to know of now. It is NotFound when the app or its
// shop is gone for good; a store that fails is asked again until ctx ends.
func (e *Engine) resolve(ctx context.Context, d Delivery) (shop appdock.Shop, key Key, err error) {
	for failures := 0; ; failures++ {
		shop, err = e.ports.Shops.Shop(ctx, d.Shop)
		if err == nil && !d.Installation.IsZero() {
			key, err = e.ports.Keys.Key(ctx, d.Shop, d.Installation)
		}
		if err == nil || ctx.Err() != nil || appdock.KindOf(err) == appdock.NotFound {
			return shop, key, err
		}
		e.options.Log.LogAttrs(ctx, slog.LevelError, "delivery cannot be signed",
			slog.String("delivery", d.ID.String()), slog.String("app", d.App), slog.Any("error", err))
		pause(ctx, failures)
	}
}

// record writes what attempts came to, as many at a time as there are, until ended is
// closed and all is written. It gives up only when recording ends.
func (e *Engine) record(ctx, sending, recording context.Context, ended <-chan struct{}) error {
	failures, last := 0, false
	for {
		group := e.group(last)
		if len(group) == 0 {
			if last {
				return nil
			}
			select {
			case <-e.answered:
			case <-ended:
				last = true
			}
			continue
		}
		if err := e.ports.Queue.Finish(recording, gather(group)); err != nil {
			e.options.Log.LogAttrs(recording, slog.LevelError, "results cannot be written",
				slog.Int("deliveries", len(group)), slog.Any("error", err))
			if !pause(recording, failures) {
				return fmt.Errorf("write the results of %d attempts: %w", len(group), err)
			}
			failures++
			continue
		}
		failures = 0
		e.recorded(group)
		e.tellHealth(recording, group)
		e.dispatch(ctx, sending)
	}
}

// group gives the results to write next. While others are on their way it waits a moment
// for them: a commit costs the same for one as for many.
func (e *Engine) group(last bool) []result {
	e.mu.Lock()
	defer e.mu.Unlock()
	few := len(e.results) > 0 && len(e.results) < mostPending/2 && e.lanes.quick.inFlight > len(e.results)
	if few && !last {
		e.mu.Unlock()
		time.Sleep(linger)
		e.mu.Lock()
	}
	n := min(len(e.results), finishGroup)
	return e.results[:n:n]
}

// gather makes one unit of work of many results. Of the health of a subscription the last
// counts.
func gather(group []result) (r Results) {
	health := make(map[appdock.ID]Health)
	for _, x := range group {
		if x.done != nil {
			r.Done = append(r.Done, *x.done)
		}
		for _, h := range x.health {
			health[h.Subscription] = h
		}
		r.Events = append(r.Events, x.events...)
		r.Back = append(r.Back, x.back...)
	}
	for _, h := range health {
		r.Health = append(r.Health, h)
	}
	return r
}

// recorded forgets results that were written.
func (e *Engine) recorded(group []result) {
	e.mu.Lock()
	defer e.mu.Unlock()
	look, attempts := false, 0
	now := e.options.Now()
	for _, r := range group {
		if len(r.events) > 0 {
			e.committed, look = true, true
		}
		for _, number := range r.back {
			delete(e.unwritten, number)
			e.replayed, look = true, true
		}
		if r.done == nil {
			continue
		}
		attempts++
		d := r.done.Delivery
		delete(e.unwritten, d.Number)
		if e.reading {
			e.written[d.Number] = struct{}{}
		}
		if r.first {
			e.settle(d.Event)
		}
		look = look || e.gates.closing[d.Subscription] || e.gates.opening[d.Subscription]
		switch {
		case e.options.Fresh:
		case d.State == Waiting && !d.Strict:
			e.lanes.retry(d.Endpoint, d.DueAt, now) // dispatch sees to the alarm
		case d.State == Parked || e.gates.counts[d.Subscription] > 0:
			look = true // for the next trial
		}
	}
	e.results = e.results[len(group):]
	if len(e.results) == 0 {
		e.results = nil
	}
	e.speed.add(attempts, now)
	if e.deferred && !e.busy() {
		e.deferred, look = false, true
	}
	e.progressed()
	if look {
		signal(e.look)
	}
}

// tellHealth tells of each change of health, once it is written.
func (e *Engine) tellHealth(ctx context.Context, group []result) {
	for _, r := range group {
		for _, c := range r.changes {
			level := slog.LevelWarn
			if c.To.State == Healthy {
				level = slog.LevelInfo
			}
			e.options.Log.LogAttrs(ctx, level, "health changed",
				slog.String("app", c.Subscription.App), slog.String("webhook", c.Subscription.Name),
				slog.String("from", string(c.From.State)), slog.String("to", string(c.To.State)), slog.String("cause", c.To.Cause))
			e.options.Changed(c)
		}
	}
}

// logAttempt is the one line of an attempt.
func (e *Engine) logAttempt(ctx context.Context, d Delivery, attempt int, o Outcome) {
	level := slog.LevelInfo
	if d.State == Dead { // somebody has to do something about it; a retry is the schedule's
		level = slog.LevelWarn
	}
	if !e.options.Log.Enabled(ctx, level) {
		return
	}
	attrs := []slog.Attr{
		slog.String("delivery", d.ID.String()), slog.String("app", d.App), slog.String("event", string(d.EventName)),
		slog.Int("attempt", attempt), slog.Int("status", o.Status), slog.String("state", string(d.State)), slog.Duration("took", o.Took.Round(time.Microsecond)),
	}
	if d.State == Dead {
		attrs = append(attrs, slog.String("reason", d.Reason))
	}
	if o.Error != "" {
		attrs = append(attrs, slog.String("error", o.Error))
	}
	e.options.Log.LogAttrs(ctx, level, "delivery attempted", attrs...)
}
