package webhook

import (
	"context"
	"fmt"
	"log/slog"

	"github.com/appdock/appdock"
)

// dispatch starts an attempt for each delivery that may go out now. None is started once
// ctx ended, or while the store cannot keep up with the results: those that are not
// written would be sent again after a crash.
func (e *Engine) dispatch(ctx, sending context.Context) {
	e.mu.Lock()
	defer e.mu.Unlock()
	for ctx.Err() == nil && len(e.results) < e.options.InFlight {
		d, ok := e.lanes.next()
		if !ok {
			return
		}
		e.attempts.Go(func() { e.attempt(ctx, sending, d) })
	}
}

// attempt makes one attempt. If ctx ends before the call was made, the delivery stays in
// the queue as it was.
func (e *Engine) attempt(ctx, sending context.Context, d Delivery) {
	finished, ok := e.send(ctx, sending, d)
	if !ok {
		return
	}
	e.mu.Lock()
	e.lanes.done(d)
	e.results = append(e.results, finished)
	e.mu.Unlock()
	signal(e.answered)
	e.dispatch(ctx, sending)
}

func (e *Engine) send(ctx, sending context.Context, d Delivery) (Finished, bool) {
	shop, key, err := e.resolve(ctx, d)
	if ctx.Err() != nil {
		return Finished{}, false
	}
	at := e.options.Now()
	var outcome Outcome
	if err != nil {
		outcome.Error = "there is no key to sign with: the app was removed, installed again since, or its stored secret is damaged"
	} else {
		e.options.Observe(Observation{Delivery: d, Attempt: d.Attempts, At: at})
		outcome = e.ports.Sender.Send(sending, d.Call(shop, e.options.Host, key, at), key)
	}
	now := e.options.Now()
	after := d.After(outcome, now, e.options.Schedule)
	if err != nil {
		after.Reason = ReasonNoKey
	}
	e.options.Observe(Observation{Delivery: after, Attempt: d.Attempts, At: now, Answered: true, Outcome: outcome})
	e.logAttempt(sending, after, d.Attempts, outcome)
	return Finished{Delivery: after, Attempt: Attempt{
		Number:   d.Attempts,
		At:       at,
		Took:     outcome.Took,
		Status:   outcome.Status,
		Error:    outcome.Error,
		Request:  outcome.Request,
		Response: outcome.Response,
	}}, true
}

// resolve finds what an attempt needs to know of now. It is NotFound when the app or its
// shop is gone for good; a store that fails is asked again until ctx ends.
func (e *Engine) resolve(ctx context.Context, d Delivery) (shop appdock.Shop, key appdock.Secret, err error) {
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
		e.mu.Lock()
		group := e.results[:min(len(e.results), finishGroup):min(len(e.results), finishGroup)]
		e.mu.Unlock()
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
		if err := e.ports.Queue.Finish(recording, group...); err != nil {
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
		e.dispatch(ctx, sending)
	}
}

// recorded forgets results that were written.
func (e *Engine) recorded(group []Finished) {
	e.mu.Lock()
	defer e.mu.Unlock()
	before := e.dueAt
	for _, f := range group {
		e.expect(f.Delivery.DueAt)
		if event := f.Delivery.Event; f.Attempt.Number == 0 {
			if e.outstanding[event]--; e.outstanding[event] == 0 {
				delete(e.outstanding, event)
			}
		}
	}
	e.results = e.results[len(group):]
	if len(e.results) == 0 {
		e.results = nil
	}
	e.progressed()
	if e.dueAt != before {
		signal(e.look)
	}
}

// logAttempt is the one line of an attempt.
func (e *Engine) logAttempt(ctx context.Context, d Delivery, attempt int, o Outcome) {
	level := slog.LevelInfo
	attrs := []slog.Attr{
		slog.String("delivery", d.ID.String()), slog.String("app", d.App), slog.String("event", string(d.EventName)),
		slog.Int("attempt", attempt), slog.Int("status", o.Status), slog.String("state", string(d.State)), slog.Duration("took", o.Took),
	}
	if d.State == Dead { // somebody has to do something about it; a retry is the schedule's
		level = slog.LevelWarn
		attrs = append(attrs, slog.String("reason", d.Reason))
	}
	if o.Error != "" {
		attrs = append(attrs, slog.String("error", o.Error))
	}
	e.options.Log.LogAttrs(ctx, level, "delivery attempted", attrs...)
}
