// Package apptest is a stand-in for the server of an app, for tests of a host. It
// registers, verifies and records like a real app, because it is one: sdk.App serves it.
// And it misbehaves on demand, like real apps do.
//
//	app := apptest.New(t, apptest.App{
//		Permissions: []string{"order:read"},
//		Webhooks:    []string{"checkout.order.placed"},
//	})
//	install(host, app.Manifest())
//	app.Answer(apptest.Webhook, apptest.Status(503).Times(2))
//	placeOrder(host)
//	request, err := app.WaitEvent(ctx, "checkout.order.placed", 3) // the third attempt
package apptest

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"slices"
	"sync"
	"time"

	"github.com/appdock/appdock/protocol"
	"github.com/appdock/appdock/sdk"
)

// App is what the stand-in calls itself and asks for. The zero App is a good one.
type App struct {
	Name        string   // default TestApp
	Version     string   // default 1.0.0
	Secret      string   // app secret; there is a default
	ShopSecret  string   // the shop secret for every registration; empty: a new random one for each
	Permissions []string // such as order:read; others than read, create, update, delete as they are
	Webhooks    []string // events; each webhook is named after its event
	Actions     []string // of products, in the view detail
}

// TB is what New needs of a test.
type TB interface {
	Helper()
	Cleanup(func())
	Fatalf(format string, args ...any)
}

// Server is the running stand-in. It is safe for concurrent use.
type Server struct {
	URL   string
	App   App
	Shops *sdk.Memory // the shops that registered

	sdk     *sdk.App
	addr    string
	serving sync.WaitGroup

	mu       sync.Mutex
	http     *http.Server // nil: down
	requests []Request
	changed  chan struct{} // closed when a request was recorded, and made anew
	faults   map[Step][]*fault
}

// New starts a server that is closed when the test ends.
func New(t TB, app App) *Server {
	t.Helper()
	server, err := Start(app)
	if err != nil {
		t.Fatalf("start a stand-in app: %v", err)
	}
	t.Cleanup(func() { _ = server.Close() })
	return server
}

// Start starts a server on a free port of the loopback interface. The caller closes it.
func Start(app App) (*Server, error) {
	if app.Name == "" {
		app.Name = "TestApp"
	}
	if app.Version == "" {
		app.Version = "1.0.0"
	}
	if app.Secret == "" {
		app.Secret = "app-secret-of-a-stand-in"
	}
	s := &Server{App: app, Shops: sdk.NewMemory(), addr: "127.0.0.1:0", changed: make(chan struct{}), faults: map[Step][]*fault{}}
	if err := s.Up(); err != nil {
		return nil, err
	}
	var err error
	options := sdk.Options{Name: app.Name, Secret: app.Secret, URL: s.URL, Shops: s.Shops}
	if app.ShopSecret != "" {
		options.NewSecret = func() (string, error) { return app.ShopSecret, nil }
	}
	s.sdk, err = sdk.New(options)
	if err != nil {
		return nil, errors.Join(err, s.Close())
	}
	for _, action := range app.Actions {
		s.sdk.OnAction(action, func(context.Context, sdk.Action) (sdk.Reply, error) {
			return sdk.Notify("success", action+" is done"), nil
		})
	}
	return s, nil
}

// Down stops listening: connections are refused, as with a server that is not running.
func (s *Server) Down() error {
	s.mu.Lock()
	server := s.http
	s.http = nil
	s.mu.Unlock()
	if server == nil {
		return nil
	}
	err := server.Close()
	s.serving.Wait()
	return err
}

// Up listens at the same address again.
func (s *Server) Up() error {
	listener, err := (&net.ListenConfig{}).Listen(context.Background(), "tcp", s.addr)
	if err != nil {
		return fmt.Errorf("listen: %w", err)
	}
	server := &http.Server{Handler: http.HandlerFunc(s.serve), ReadHeaderTimeout: 10 * time.Second}
	s.mu.Lock()
	s.addr = listener.Addr().String()
	s.URL = "http://" + s.addr
	s.http = server
	s.mu.Unlock()
	s.serving.Go(func() { _ = server.Serve(listener) }) // ends with Down
	return nil
}

// Close stops the server for good.
func (s *Server) Close() error { return s.Down() }

// Step is a kind of request.
type Step string

// Steps in the life of an app.
const (
	Register Step = "register"
	Confirm  Step = "confirm"
	Webhook  Step = "webhook"
	Action   Step = "action"
	Other    Step = "other"
)

// Request is one request that arrived, and what the server made of it.
type Request struct {
	Step     Step
	Method   string
	Path     string
	RawQuery string
	Header   http.Header
	Body     []byte
	At       time.Time
	Verified bool             // the signature was right: that of Shopware, by the rules of the SDK
	Webhook  protocol.Webhook // of a webhook that could be read
	Answered int              // status that was sent; 0: the connection was cut
}

// Requests returns what arrived so far at a step, the oldest first.
func (s *Server) Requests(step Step) []Request {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.DeleteFunc(slices.Clone(s.requests), func(r Request) bool { return r.Step != step })
}

// Wait waits until n requests arrived at a step and returns the nth, counted from 1.
func (s *Server) Wait(ctx context.Context, step Step, n int) (Request, error) {
	return s.wait(ctx, n, string(step), func(r Request) bool { return r.Step == step })
}

// WaitEvent waits until n webhooks about an event arrived, further attempts included, and
// returns the nth.
func (s *Server) WaitEvent(ctx context.Context, event string, n int) (Request, error) {
	return s.wait(ctx, n, event, func(r Request) bool { return r.Step == Webhook && r.Webhook.Event == event })
}

func (s *Server) wait(ctx context.Context, n int, what string, match func(Request) bool) (Request, error) {
	for {
		s.mu.Lock()
		changed, seen := s.changed, 0
		for _, r := range s.requests {
			if match(r) {
				if seen++; seen == n {
					s.mu.Unlock()
					return r, nil
				}
			}
		}
		s.mu.Unlock()
		select {
		case <-changed:
		case <-ctx.Done():
			return Request{}, fmt.Errorf("%d of %d requests %q arrived: %w", seen, n, what, ctx.Err())
		}
	}
}

// API returns the Admin API of a shop that confirmed its registration.
func (s *Server) API(ctx context.Context, shop string) (*sdk.API, error) {
	found, err := s.Shops.Get(ctx, shop)
	if err != nil {
		return nil, err
	}
	return s.sdk.API(found), nil
}

// serve answers a request as the SDK does, changed by the faults that are set.
func (s *Server) serve(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return // the caller is gone
	}
	record := Request{
		Step: stepOf(r.URL.Path), Method: r.Method, Path: r.URL.Path, RawQuery: r.URL.RawQuery,
		Header: r.Header.Clone(), Body: body, At: time.Now(),
	}
	record.Webhook, _ = protocol.ParseWebhook(body) // others than webhooks have none
	active := s.take(record.Step)

	answer := reply{status: http.StatusOK, header: http.Header{}}
	if before := slices.IndexFunc(active, func(f fault) bool { return f.before }); before >= 0 {
		record.Verified = s.verified(r.Context(), record)
	} else {
		r.Body = io.NopCloser(bytes.NewReader(body))
		recorder := httptest.NewRecorder()
		s.sdk.ServeHTTP(recorder, r)
		record.Verified = recorder.Code < 300
		answer = reply{status: recorder.Code, header: recorder.Header(), body: recorder.Body.Bytes()}
	}
	for _, f := range active {
		f.change(&answer)
	}
	if answer.cut {
		s.record(record)
		panic(http.ErrAbortHandler) // the way of net/http to cut a connection
	}
	record.Answered = answer.status
	s.record(record)
	if answer.delay > 0 {
		timer := time.NewTimer(answer.delay)
		defer timer.Stop()
		select {
		case <-timer.C:
		case <-r.Context().Done():
			return
		}
	}
	for name, values := range answer.header {
		w.Header()[name] = values
	}
	w.WriteHeader(answer.status)
	_, _ = w.Write(answer.body) // the caller is gone: nobody is left to be told
}

func stepOf(path string) Step {
	switch path {
	case "/register":
		return Register
	case "/confirm":
		return Confirm
	case "/webhook":
		return Webhook
	case "/action":
		return Action
	}
	return Other
}

// verified checks the signature of a request that the SDK does not get to see.
func (s *Server) verified(ctx context.Context, r Request) bool {
	if r.Step == Register {
		return protocol.Verify(s.App.Secret, []byte(r.RawQuery), r.Header.Get(protocol.HeaderAppSignature)) == nil
	}
	id := r.Webhook.Source.ShopID
	if confirmation, err := protocol.ParseConfirmation(r.Body); err == nil {
		id = confirmation.ShopID
	}
	shop, err := s.Shops.Get(ctx, id)
	secret := shop.Secret
	if r.Step == Confirm && shop.Pending != nil {
		secret = shop.Pending.Secret
	}
	return err == nil && protocol.Verify(secret, r.Body, r.Header.Get(protocol.HeaderShopSignature)) == nil
}

func (s *Server) record(r Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.requests = append(s.requests, r)
	close(s.changed)
	s.changed = make(chan struct{})
}
