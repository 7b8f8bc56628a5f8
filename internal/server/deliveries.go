package server

import (
	"context"
	"net/url"

	"github.com/appdock/appdock"
	"github.com/appdock/appdock/internal/appclient"
	"github.com/appdock/appdock/internal/control"
	"github.com/appdock/appdock/internal/webhook"
)

// Deliveries lists deliveries, the newest first.
func (s *Shop) Deliveries(ctx context.Context, f control.DeliveryFilter) ([]control.Delivery, error) {
	found, err := s.host.store.Deliveries(ctx, s.filter(f))
	if err != nil {
		return nil, err
	}
	list := make([]control.Delivery, len(found))
	for i, d := range found {
		list[i] = s.delivery(d)
	}
	return list, nil
}

func (s *Shop) filter(f control.DeliveryFilter) webhook.Filter {
	return webhook.Filter{
		Shop: s.id, ID: f.ID, App: f.App, Event: appdock.EventName(f.Event), State: webhook.State(f.Status),
		Since: f.Since, Until: f.Until, Limit: f.Limit,
	}
}

// Replay sends deliveries again that are delivered or dead.
func (s *Shop) Replay(ctx context.Context, f control.DeliveryFilter) (control.Replayed, error) {
	n, err := s.host.webhooks.Replay(ctx, s.filter(f))
	return control.Replayed{Replayed: n}, err
}

// CopyDelivery sends a delivery to another URL and touches no record of it.
func (s *Shop) CopyDelivery(ctx context.Context, id appdock.ID, to string) (control.Copied, error) {
	u, err := url.Parse(to)
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" || u.User != nil {
		return control.Copied{}, &appdock.Error{
			Kind: appdock.Invalid, Code: "ADK-URL-INVALID",
			Message: "The copy cannot be sent to this URL",
			Cause:   "it is no http or https URL with a host and without a password",
			Cure:    "Give one such as https://example.com/hook.",
		}
	}
	out, err := s.host.webhooks.Copy(ctx, s.id, id, to)
	if err != nil {
		return control.Copied{}, err
	}
	return control.Copied{Status: out.Status, Error: out.Error, MS: out.Took.Milliseconds(), Request: out.Request, Response: out.Response}, nil
}

// Delivery shows one delivery with its attempts.
func (s *Shop) Delivery(ctx context.Context, id appdock.ID) (control.DeliveryDetails, error) {
	d, attempts, err := s.host.store.Attempts(ctx, s.id, id)
	if err != nil {
		return control.DeliveryDetails{}, err
	}
	details := control.DeliveryDetails{Delivery: s.delivery(d), Log: make([]control.Attempt, len(attempts))}
	for i, a := range attempts {
		details.Log[i] = control.Attempt{
			Attempt: a.Number + 1, At: a.At, MS: a.Took.Milliseconds(), Status: a.Status, Error: a.Error,
			Request: a.Request, Response: a.Response,
		}
		if a.Request == "" && a.Status != 0 { // the app took it
			call, key, err := s.host.webhooks.Rendered(ctx, d, a)
			if err != nil {
				return control.DeliveryDetails{}, err
			}
			details.Log[i].Request, details.Log[i].Rendered = appclient.Text(call, key), true
		}
	}
	return details, nil
}

func (s *Shop) delivery(d webhook.Delivery) control.Delivery {
	out := control.Delivery{
		ID: d.ID, EventID: d.Event, App: d.App, Webhook: d.Webhook, Event: string(d.EventName),
		EntityID: keyText(about(d)), Status: string(d.State), Attempts: d.Attempts, URL: d.URL,
		ResponseStatus: d.LastStatus, Reason: d.Reason, CreatedAt: d.CreatedAt,
	}
	if d.State == webhook.Waiting {
		out.DueAt = &d.DueAt
	}
	if d.Reason == webhook.ReasonIdentity && s.host.config.ExtensionsDisabled && !s.host.apps.Withheld(s.id) {
		out.Reason = "extensions_disabled" // see withheldApps
	}
	return out
}

// about is the record that a delivery is about: that of its event, or the one that a topic makes
// of it, as an order of its payment.
func about(d webhook.Delivery) appdock.ID {
	if !d.Record.IsZero() {
		return d.Record
	}
	return d.Key
}

func keyText(id appdock.ID) string {
	if id.IsZero() {
		return ""
	}
	return id.String()
}
