package server

import (
	"context"
	"iter"
	"log/slog"
	"net/url"
	"runtime"
	"strings"
	"time"

	"github.com/appdock/appdock"
	"github.com/appdock/appdock/internal/control"
	"github.com/appdock/appdock/internal/httpapi"
	"github.com/appdock/appdock/internal/lifecycle"
	"github.com/appdock/appdock/internal/webhook"
	"github.com/appdock/appdock/protocol"
)

// Version says what runs.
func (s *Server) Version(context.Context) (control.Version, error) {
	return control.Version{
		Version: s.config.Version, Commit: s.config.Commit, Go: runtime.Version(), Platform: s.config.Platform,
	}, nil
}

// Shop shows the shop.
func (s *Server) Shop(ctx context.Context) (control.Shop, error) {
	all, err := s.apps.All(ctx, s.shop.ID)
	if err != nil {
		return control.Shop{}, err
	}
	return control.Shop{
		ID: s.shop.ID, URL: s.shop.URL, Name: s.shop.Name, Platform: s.config.Platform,
		Mode: string(s.mode), Identity: "ok", Apps: len(all),
	}, nil
}

// Deliveries lists deliveries, the newest first.
func (s *Server) Deliveries(ctx context.Context, f control.DeliveryFilter) ([]control.Delivery, error) {
	found, err := s.store.Deliveries(ctx, webhook.Filter{
		Shop: s.shop.ID, App: f.App, Event: appdock.EventName(f.Event), State: webhook.State(f.Status),
		Since: f.Since, Until: f.Until, Limit: f.Limit,
	})
	if err != nil {
		return nil, err
	}
	list := make([]control.Delivery, len(found))
	for i, d := range found {
		list[i] = delivery(d)
	}
	return list, nil
}

// Delivery shows one delivery with its attempts.
func (s *Server) Delivery(ctx context.Context, id appdock.ID) (control.DeliveryDetails, error) {
	d, attempts, err := s.store.Attempts(ctx, s.shop.ID, id)
	if err != nil {
		return control.DeliveryDetails{}, err
	}
	details := control.DeliveryDetails{Delivery: delivery(d), Log: make([]control.Attempt, len(attempts))}
	for i, a := range attempts {
		details.Log[i] = control.Attempt{
			Attempt: a.Number + 1, At: a.At, MS: a.Took.Milliseconds(), Status: a.Status, Error: a.Error,
			Request: a.Request, Response: a.Response,
		}
	}
	return details, nil
}

func delivery(d webhook.Delivery) control.Delivery {
	out := control.Delivery{
		ID: d.ID, EventID: d.Event, App: d.App, Webhook: d.Webhook, Event: string(d.EventName),
		EntityID: keyText(d.Key), Status: string(d.State), Attempts: d.Attempts, URL: d.URL,
		ResponseStatus: d.LastStatus, Reason: d.Reason, CreatedAt: d.CreatedAt,
	}
	if d.State == webhook.Waiting {
		out.DueAt = &d.DueAt
	}
	return out
}

func keyText(id appdock.ID) string {
	if id.IsZero() {
		return ""
	}
	return id.String()
}

// Watch gives what happens from now on.
func (s *Server) Watch(ctx context.Context) iter.Seq2[control.Activity, error] {
	return s.activities.watch(ctx, s.closing)
}

// observeDelivery tells watchers of an attempt that goes out and of its answer.
func (s *Server) observeDelivery(o webhook.Observation) {
	a := control.Activity{
		At: o.At, Kind: "event", App: o.Delivery.App, Event: string(o.Delivery.EventName),
		Key: keyText(o.Delivery.Key), Attempt: o.Attempt,
	}
	if o.Answered {
		a.Kind, a.Status, a.MS, a.Text = "answer", o.Outcome.Status, o.Outcome.Took.Milliseconds(), o.Outcome.Error
		switch o.Delivery.State {
		case webhook.Dead:
			a.Text = strings.TrimPrefix(a.Text+"; given up: "+o.Delivery.Reason, "; ")
		case webhook.Waiting:
			a.Text = strings.TrimPrefix(a.Text+"; again in "+o.Delivery.DueAt.Sub(o.At).Round(time.Second).String(), "; ")
		case webhook.Delivered, webhook.Parked:
		}
	}
	s.activities.tell(a)
}

// watched tells watchers of the calls of a handshake.
type watched struct {
	lifecycle.Caller
	server *Server
}

// Call makes the call.
func (w watched) Call(ctx context.Context, c protocol.Call) (protocol.Answer, error) {
	a := control.Activity{At: time.Now(), Kind: "event", Event: c.Method}
	if u, err := url.Parse(c.URL); err == nil { // without the query: what is signed is nobody's business
		a.Event, a.Key = c.Method+" "+u.EscapedPath(), u.Host
	}
	w.server.activities.tell(a)
	answer, err := w.Caller.Call(ctx, c)
	a.Kind, a.MS, a.Status, a.At = "answer", time.Since(a.At).Milliseconds(), answer.Status, time.Now()
	if err != nil {
		a.Text = "no answer"
	}
	w.server.activities.tell(a)
	return answer, err
}

// observeCall tells watchers of a call of the API. The id of a record that its path ends
// in is the key.
func (s *Server) observeCall(c httpapi.Call) {
	where, key := (&url.URL{Path: c.Path}).EscapedPath(), ""
	if at := strings.LastIndexByte(where, '/'); at > 0 {
		if id, err := appdock.ParseID(where[at+1:]); err == nil {
			where, key = where[:at], id.String()
		}
	}
	s.activities.tell(control.Activity{
		At: c.At, Kind: "api", App: s.nameOf(c.Actor.Installation), Event: c.Method + " " + where, Key: key,
		Status: c.Status, MS: c.Took.Milliseconds(),
	})
}

// nameOf gives the name of the app that an installation is; empty for none. Names do not
// change, so each is looked up once.
func (s *Server) nameOf(installation appdock.ID) string {
	if installation.IsZero() {
		return ""
	}
	if name, known := s.appNames.Load(installation); known {
		return name.(string)
	}
	ctx, cancel := context.WithTimeout(context.Background(), time.Second)
	defer cancel()
	all, err := s.apps.All(ctx, s.shop.ID)
	if err != nil {
		s.config.Log.LogAttrs(ctx, slog.LevelWarn, "name of an app not found", slog.Any("error", err))
		return ""
	}
	for _, r := range all {
		s.appNames.Store(r.Installation.ID, r.Installation.App)
	}
	name, _ := s.appNames.Load(installation)
	text, _ := name.(string)
	return text
}

// Settled waits until the first attempts of an event were made; with the zero id, until all
// that was committed before the call is matched with who listens.
func (s *Server) Settled(ctx context.Context, event appdock.ID) error {
	return s.engine.Settled(ctx, event)
}
