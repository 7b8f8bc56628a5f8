package server_test

import (
	"context"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/appdock/appdock"
	"github.com/appdock/appdock/examples/ordernotes"
	"github.com/appdock/appdock/internal/control"
	"github.com/appdock/appdock/internal/server"
	"github.com/appdock/appdock/sdk"
)

// slowApp is an app on the sdk whose handler of an order waits to be let go, and then
// calls the API before it answers.
type slowApp struct {
	manifest []byte
	busy     chan struct{} // a handler has begun
	let      chan struct{} // closed: handlers go on
	called   chan error    // what the API said to it
	down     atomic.Bool   // answers 503 to all
	asked    atomic.Int32  // webhooks that came
}

func newSlowApp(t *testing.T) *slowApp {
	t.Helper()
	s := &slowApp{busy: make(chan struct{}, 1), let: make(chan struct{}), called: make(chan error, 1)}
	mux := http.NewServeMux()
	backend := httptest.NewServer(mux)
	t.Cleanup(backend.Close)
	app, err := sdk.New(sdk.Options{
		Name: ordernotes.Name, Secret: ordernotes.Secret, URL: backend.URL, Shops: sdk.NewMemory(), Client: client(t),
	})
	if err != nil {
		t.Fatal(err)
	}
	sdk.On(app, "checkout.order.placed", func(ctx context.Context, e sdk.Event[json.RawMessage]) error {
		s.busy <- struct{}{}
		<-s.let
		_, err := sdk.Search[struct{}](ctx, e.API, "order", sdk.Criteria{Limit: 1})
		s.called <- err
		return err
	})
	mux.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) {
		if strings.HasPrefix(r.URL.Path, "/webhook") {
			s.asked.Add(1)
			if s.down.Load() {
				w.WriteHeader(http.StatusServiceUnavailable)
				return
			}
		}
		app.ServeHTTP(w, r)
	})
	s.manifest = ordernotes.Manifest(backend.URL)
	return s
}

// TestCloseLetsAnswersArrive: a webhook that is on its way when the host ends is answered
// and written, and the app may call the API for it.
func TestCloseLetsAnswersArrive(t *testing.T) {
	t.Parallel()
	data := folder(t)
	c := development(data)
	c.Demo = true
	host, err := server.Open(context.Background(), c)
	if err != nil {
		t.Fatal(err)
	}
	app := newSlowApp(t)
	installed(t, only(t, host), write(t, ordernotes.Name, app.manifest))
	id, order := freshOrder()
	if err := operator(t, host).Create(t.Context(), "order", order); err != nil {
		t.Fatal(err)
	}
	<-app.busy
	ended := make(chan error, 1)
	go func() { ended <- host.Close() }()
	close(app.let)
	if err := <-ended; err != nil {
		t.Fatal(err)
	}
	if err := <-app.called; err != nil {
		t.Errorf("the app's call during the end: %v", err)
	}

	again := open(t, inProcess(data))
	for _, d := range deliveries(t, again, "checkout.order.placed") {
		if d.EntityID == id.String() && d.Status != "delivered" {
			t.Errorf("delivery %s is %s after %d attempts", d.ID, d.Status, d.Attempts)
		}
	}
}

// TestCommandsLeaveRetriesAlone: a host that lives for one command does not spend the
// attempts of what waits, and sends what the command itself causes.
func TestCommandsLeaveRetriesAlone(t *testing.T) {
	t.Parallel()
	data := folder(t)
	c := development(data)
	c.Demo = true
	host := open(t, c)
	app := newSlowApp(t)
	installed(t, only(t, host), write(t, ordernotes.Name, app.manifest))
	app.down.Store(true)
	_, order := freshOrder()
	if err := operator(t, host).Create(t.Context(), "order", order); err != nil {
		t.Fatal(err)
	}
	settle(t, host)
	closeHost(t, host)
	before := app.asked.Load()

	reader := open(t, inProcess(data))
	if _, err := only(t, reader).Apps(t.Context()); err != nil {
		t.Fatal(err)
	}
	closeHost(t, reader)
	if got := app.asked.Load(); got != before {
		t.Errorf("looking at the apps sent %d webhooks", got-before)
	}

	writer := open(t, inProcess(data))
	if _, err := only(t, writer).Deactivate(t.Context(), ordernotes.Name); err != nil {
		t.Fatal(err)
	}
	closeHost(t, writer)
	if got := app.asked.Load(); got != before+1 {
		t.Errorf("deactivating sent %d webhooks, want app.deactivated alone", got-before)
	}
	last := open(t, inProcess(data))
	if list := deliveries(t, last, "checkout.order.placed"); len(list) != 1 || list[0].Attempts != 1 {
		t.Errorf("the waiting delivery: %+v", list)
	}
}

// settle waits until the one order that was placed had its first attempt.
func settle(t *testing.T, host *server.Server) {
	t.Helper()
	ctx := within(t, soon)
	if err := host.Settled(ctx, appdock.ID{}); err != nil {
		t.Fatal(err)
	}
	for _, d := range deliveries(t, host, "checkout.order.placed") {
		if err := host.Settled(ctx, d.EventID); err != nil {
			t.Fatal(err)
		}
	}
}

// inProcess is the configuration of a command that works on the folder itself.
func inProcess(data string) server.Config {
	c := server.Default()
	c.Data, c.Listen = data, ""
	return c
}

func deliveries(t *testing.T, host *server.Server, event string) []control.Delivery {
	t.Helper()
	list, err := only(t, host).Deliveries(t.Context(), control.DeliveryFilter{Event: event})
	if err != nil {
		t.Fatal(err)
	}
	return list
}
