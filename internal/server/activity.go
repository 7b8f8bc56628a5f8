package server

import (
	"cmp"
	"context"
	"iter"
	"log/slog"
	"net/url"
	"strings"
	"sync"
	"time"

	"github.com/appdock/appdock"
	"github.com/appdock/appdock/internal/control"
	"github.com/appdock/appdock/internal/httpapi"
	"github.com/appdock/appdock/internal/lifecycle"
	"github.com/appdock/appdock/internal/webhook"
	"github.com/appdock/appdock/protocol"
)

// activityBacklog is how many activities a slow watcher may lag behind before it misses
// some: watching must never slow the host.
const activityBacklog = 256

// activities tells watchers what happens.
type activities struct {
	mu       sync.Mutex
	watchers map[chan control.Activity]struct{}
}

func (a *activities) tell(x control.Activity) {
	a.mu.Lock()
	defer a.mu.Unlock()
	for w := range a.watchers {
		select {
		case w <- x:
		default: // it lags too far behind
		}
	}
}

// watch begins at once; what happens before the sequence is read waits in its backlog.
func (a *activities) watch(ctx context.Context, closing <-chan struct{}) iter.Seq2[control.Activity, error] {
	w := make(chan control.Activity, activityBacklog)
	a.mu.Lock()
	if a.watchers == nil {
		a.watchers = map[chan control.Activity]struct{}{}
	}
	a.watchers[w] = struct{}{}
	a.mu.Unlock()
	leave := context.AfterFunc(ctx, func() { a.leave(w) })
	return func(yield func(control.Activity, error) bool) {
		defer leave()
		defer a.leave(w)
		for {
			select {
			case <-ctx.Done():
				return
			case <-closing:
				return
			case x := <-w:
				if !yield(x, nil) {
					return
				}
			}
		}
	}
}

func (a *activities) leave(w chan control.Activity) {
	a.mu.Lock()
	defer a.mu.Unlock()
	delete(a.watchers, w)
}

// Watch gives what happens from now on.
func (s *Server) Watch(ctx context.Context) iter.Seq2[control.Activity, error] {
	return s.activities.watch(ctx, s.closing)
}

// observeDelivery tells watchers of an attempt that goes out and of its answer.
func (s *Server) observeDelivery(o webhook.Observation) {
	s.attempts.observe(o)
	a := control.Activity{
		At: o.At, Shop: o.Delivery.Shop, Kind: "event", App: o.Delivery.App, Event: cmp.Or(o.Delivery.Topic, string(o.Delivery.EventName)),
		Key: keyText(about(o.Delivery)), Attempt: o.Attempt,
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
		At: c.At, Shop: c.Shop, Kind: "api", App: s.nameOf(c.Shop, c.Actor.Installation), Event: c.Method + " " + where, Key: key,
		Status: c.Status, MS: c.Took.Milliseconds(),
	})
}

// nameOf gives the name of the app that an installation in a shop is; empty for none. Names do not
// change, so each is looked up once.
func (s *Server) nameOf(shop appdock.ShopID, installation appdock.ID) string {
	if installation.IsZero() {
		return ""
	}
	if name, known := s.appNames.Load(installation); known {
		return name.(string)
	}
	ctx, cancel := context.WithTimeout(context.Background(), time.Second)
	defer cancel()
	all, err := s.apps.All(ctx, shop)
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
