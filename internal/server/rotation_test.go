package server_test

import (
	"errors"
	"net/http"
	"testing"
	"time"

	"github.com/appdock/appdock"
	"github.com/appdock/appdock/internal/server"
	"github.com/appdock/appdock/sdk"
	"github.com/appdock/appdock/sdk/apptest"
)

func opened(t *testing.T, c server.Config) *server.Server {
	t.Helper()
	host, err := server.Open(t.Context(), c)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { closeHost(t, host) })
	return host
}

// order places an order as the shop itself and waits until its webhooks were tried, or
// parked.
func order(t *testing.T, host *server.Server) appdock.ID {
	t.Helper()
	id, payload := freshOrder()
	key, secret, err := only(t, host).NewAPIClient(t.Context(), "operator")
	if err != nil {
		t.Fatal(err)
	}
	api := sdk.NewAPI(sdk.Credentials{URL: host.URL(), Key: key, Secret: secret.Reveal()}, client(t))
	if err := api.Create(t.Context(), "order", payload); err != nil {
		t.Fatal(err)
	}
	if err := host.Settled(within(t, soon), appdock.ID{}); err != nil {
		t.Fatal(err)
	}
	return id
}

// TestRotationDuringDeliveries: what is on its way or waits while secrets are rotated, again
// and again, arrives; nothing is lost.
func TestRotationDuringDeliveries(t *testing.T) {
	t.Parallel()
	c := development(folder(t))
	c.Shop.URL, c.Demo = "http://original.example", true
	host := opened(t, c)
	app := newApp(t)
	installed(t, only(t, host), write(t, app.App.Name, app.Manifest()))
	app.Answer(apptest.Webhook, apptest.Slow(300*time.Millisecond).Times(1), apptest.Status(503).Times(1))
	const orders = 12
	placed := make(chan struct{})
	go func() {
		defer close(placed)
		for range orders {
			order(t, host)
		}
	}()
	for range 3 {
		if _, err := only(t, host).RotateSecret(within(t, soon), app.App.Name); err != nil {
			t.Fatal(err)
		}
	}
	<-placed
	// One on its way may be signed with a secret that two rotations have made too old: it is
	// refused, and taken at the next attempt.
	taken := map[string]bool{}
	ctx := within(t, 2*soon)
	for n := 1; len(taken) < orders; n++ {
		r, err := app.WaitEvent(ctx, "checkout.order.placed", n)
		if err != nil {
			t.Fatalf("%d of %d orders were taken: %v", len(taken), orders, err)
		}
		if r.Verified && r.Answered < 300 {
			taken[r.Webhook.Source.EventID] = true
		}
	}
}

// TestRotationAtTheEnd: an app that is slow to take the secret it asked for does not hold up
// the end of a host, and is installed as before at the next start.
func TestRotationAtTheEnd(t *testing.T) {
	t.Parallel()
	c := development(folder(t))
	c.Drain = 100 * time.Millisecond
	host := opened(t, c)
	app := newApp(t)
	installed(t, only(t, host), write(t, app.App.Name, app.Manifest()))
	app.Answer(apptest.Register, apptest.Slow(4*time.Second)) // within the handshake's deadline
	if err := api(t, host, app).Do(t.Context(), "POST", "/api/_action/app-system/secret/rotate", nil, nil); err != nil {
		t.Fatal(err)
	}
	begun := time.Now()
	closeHost(t, host)
	if took := time.Since(begun); took > 3*time.Second {
		t.Errorf("the host took %s to end", took)
	}
	if details, err := only(t, opened(t, c)).App(t.Context(), app.App.Name); err != nil || !details.Active || details.State != "registered" {
		t.Errorf("at the next start: %+v, %v", details, err)
	}
}

// TestAppAsksForAnotherSecret is POST /api/_action/app-system/secret/rotate
// (protocol-handshake.md 8.1).
func TestAppAsksForAnotherSecret(t *testing.T) {
	t.Parallel()
	host := opened(t, development(folder(t)))
	app := newApp(t)
	installed(t, only(t, host), write(t, app.App.Name, app.Manifest()))
	before := app.Shops.All()[0]
	if err := api(t, host, app).Do(t.Context(), "POST", "/api/_action/app-system/secret/rotate", nil, nil); err != nil {
		t.Fatal(err)
	}
	if _, err := app.Wait(within(t, soon), apptest.Confirm, 2); err != nil {
		t.Fatal(err)
	}
	if after := app.Shops.All()[0]; after.Secret == before.Secret {
		t.Error("the secret is the one before")
	}

	// One that belongs to no app.
	key, secret, err := only(t, host).NewAPIClient(t.Context(), "operator")
	if err != nil {
		t.Fatal(err)
	}
	operator := sdk.NewAPI(sdk.Credentials{URL: host.URL(), Key: key, Secret: secret.Reveal()}, client(t))
	err = operator.Do(t.Context(), "POST", "/api/_action/app-system/secret/rotate", nil, nil)
	if refused, ok := errors.AsType[*sdk.APIError](err); !ok || refused.Status != http.StatusNotFound || !refused.Has("FRAMEWORK__APP_NOT_FOUND") {
		t.Errorf("got %v, want 404", err)
	}
}
