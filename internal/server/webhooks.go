package server

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/appdock/appdock"
	"github.com/appdock/appdock/internal/control"
	"github.com/appdock/appdock/internal/webhook"
	"github.com/appdock/appdock/protocol"
)

// Webhooks lists subscriptions with their health, by app and name.
func (s *Shop) Webhooks(ctx context.Context) ([]control.Subscription, error) {
	all, err := s.host.webhooks.List(ctx, s.id)
	if err != nil {
		return nil, err
	}
	list := make([]control.Subscription, len(all))
	for i, status := range all {
		list[i] = subscription(status)
	}
	slices.SortFunc(list, func(a, b control.Subscription) int {
		return cmp.Or(cmp.Compare(a.App, b.App), cmp.Compare(a.Name, b.Name), cmp.Compare(a.ID.String(), b.ID.String()))
	})
	return list, nil
}

func subscription(status webhook.Status) control.Subscription {
	w, h := status.Subscription, status.Health
	at := func(t time.Time) *time.Time {
		if t.IsZero() {
			return nil
		}
		return &t
	}
	out := control.Subscription{
		ID: w.ID, App: w.App, Name: w.Name, Event: string(w.Event), URL: w.URL, State: string(h.State),
		Transient: h.Transient, Refusals: h.Refusals, Parked: status.Parked,
		SuspendedSince: at(h.SuspendedSince), DisabledSince: at(h.DisabledSince), DisabledBy: h.DisabledBy, Cause: h.Cause,
	}
	if h.State == webhook.Degraded || h.State == webhook.Suspended {
		out.NextTrialAt = at(h.CooldownUntil)
	}
	if !w.Active {
		out.State = "inactive"
	}
	return out
}

// PauseWebhook disables a subscription.
func (s *Shop) PauseWebhook(ctx context.Context, id appdock.ID) error {
	return s.host.webhooks.Pause(ctx, s.id, id)
}

// ResumeWebhook enables a subscription.
func (s *Shop) ResumeWebhook(ctx context.Context, id appdock.ID, drop bool) (control.Resumed, error) {
	dropped, err := s.host.webhooks.Resume(ctx, s.id, id, drop)
	return control.Resumed{Dropped: dropped}, err
}

// Trigger writes an event that has no cause in the shop, waits until it is matched, and
// tells who gets it.
func (s *Shop) Trigger(ctx context.Context, t control.Trigger) (control.Triggered, error) {
	event, err := s.event(ctx, t)
	if err != nil {
		return control.Triggered{}, err
	}
	written, err := s.host.store.Append(ctx, event)
	if err != nil {
		return control.Triggered{}, err
	}
	s.host.committed(written)
	if err := s.host.engine.Settled(ctx, appdock.ID{}); err != nil {
		return control.Triggered{}, fmt.Errorf("wait until the event is matched: %w", err)
	}
	out := control.Triggered{
		Event: string(event.Name), EventID: event.ID, Deliveries: []control.TriggeredDelivery{}, Filtered: []control.Filtered{},
	}
	deliveries, err := s.host.store.Deliveries(ctx, webhook.Filter{Shop: s.id, EventID: event.ID, Limit: 1000})
	if err != nil {
		return control.Triggered{}, err
	}
	for _, d := range deliveries {
		out.Deliveries = append(out.Deliveries, control.TriggeredDelivery{ID: d.ID, App: d.App, Webhook: d.Webhook})
	}
	event = written[0] // with its revision
	skipped, err := s.host.webhooks.Skipped(ctx, event)
	if err != nil {
		return control.Triggered{}, err
	}
	for _, w := range skipped {
		out.Filtered = append(out.Filtered, control.Filtered{App: w.App, Webhook: w.Name, Reason: reasonText(w.Reason, event)})
	}
	return out, nil
}

// event is what a trigger asks for.
func (s *Shop) event(ctx context.Context, t control.Trigger) (appdock.Event, error) {
	switch {
	case len(t.Payload) > 0:
		return s.invented(ctx, t)
	case !t.From.IsZero():
		return s.repeated(ctx, t)
	}
	return s.host.records.Sample(ctx, s.id, appdock.EventName(t.Event), t.Entity)
}

// invented is an event with a payload that somebody wrote. Its name need not be one of
// ours: the flows of apps have their own.
func (s *Shop) invented(ctx context.Context, t control.Trigger) (appdock.Event, error) {
	known, listed := protocol.Events().Lookup(t.Event)
	if listed && known.OwnApp {
		return s.host.records.Sample(ctx, s.id, appdock.EventName(t.Event), appdock.ID{}) // it says why not
	}
	var payload any
	err := json.Unmarshal(t.Payload, &payload)
	_, isList := payload.([]any)
	_, isObject := payload.(map[string]any)
	wrong := ""
	switch {
	case err != nil:
		wrong = "it is no JSON: " + err.Error()
	case listed && known.Kind == protocol.EntityEvent && !isList:
		wrong = "the payload of " + t.Event + " is a list of changes"
	case !isList && !isObject:
		wrong = "it is neither an object nor a list"
	}
	if wrong != "" {
		return appdock.Event{}, &appdock.Error{
			Kind: appdock.Invalid, Code: "ADK-PAYLOAD-INVALID",
			Message: "The payload cannot be sent", Cause: wrong,
			Cure: "Leave it out to see a sample, in appdock delivery show.",
		}
	}
	event := appdock.Event{
		ID: newID(), Shop: s.id, Name: appdock.EventName(t.Event), At: s.host.config.Now(), Data: appdock.EventData{Payload: t.Payload},
	}
	for _, privilege := range known.Privileges {
		event.Needs = append(event.Needs, appdock.Privilege(privilege))
	}
	return event, nil
}

// repeated is an event of the past under an id of its own.
func (s *Shop) repeated(ctx context.Context, t control.Trigger) (appdock.Event, error) {
	found, err := s.host.store.Deliveries(ctx, webhook.Filter{Shop: s.id, EventID: t.From, Limit: 1})
	if err != nil {
		return appdock.Event{}, err
	}
	if len(found) == 0 || string(found[0].EventName) != t.Event {
		return appdock.Event{}, &appdock.Error{
			Kind: appdock.NotFound, Code: "ADK-NOT-FOUND",
			Message: fmt.Sprintf("There is no delivery of an event %s of that name", t.From),
			Cause:   "it never was, nobody got it, or it is older than the log keeps",
			Cure:    "Look for it with appdock delivery list --event " + t.Event + " --json.",
		}
	}
	d, _, err := s.host.store.Attempts(ctx, s.id, found[0].ID)
	if err != nil {
		return appdock.Event{}, err
	}
	return appdock.Event{
		ID: newID(), Shop: s.id, Name: d.EventName, Key: d.Key, At: s.host.config.Now(), Needs: d.Needs, Data: d.Data,
	}, nil
}

// reasonText says why a subscription does not get an event.
func reasonText(reason webhook.Skip, event appdock.Event) string {
	switch reason {
	case webhook.SkipInactive:
		return "the webhook is inactive"
	case webhook.SkipAppInactive:
		return "the app is not active"
	case webhook.SkipPrivilege:
		return "the app lacks " + strings.Join(names(event.Needs), ", ")
	case webhook.SkipDraft:
		return "the webhook wants live versions only"
	case webhook.SkipTopic:
		return "it is another change than the topic is about"
	case webhook.SkipOwn:
		return "the app caused it itself, and does not want to hear that"
	case webhook.SkipKeys:
		return "no key of the app's own configuration changed"
	case webhook.SkipEarlier, webhook.SkipEnded, webhook.SkipOther:
	}
	return string(reason)
}

// EventNames are those of the events that apps can listen to, in alphabetical order.
func EventNames() []string { return protocol.Events().Names() }
