package server_test

import (
	"strings"
	"testing"

	"github.com/appdock/appdock/internal/control"
	"github.com/appdock/appdock/sdk/apptest"
)

// With extensions.disabled apps hear nothing; what they would have heard comes, whole, once a
// host runs without it.
func TestDisabledExtensionsHearNothing(t *testing.T) {
	t.Parallel()
	c := development(folder(t))
	c.Demo = true
	c.Shop.URL = "http://shop.example" // whatever the port: it did not move
	host := open(t, c)
	app := newApp(t)
	installed(t, only(t, host), write(t, app.App.Name, app.Manifest()))
	closeHost(t, host)

	c.ExtensionsDisabled = true
	host = open(t, c)
	before := len(app.Requests(apptest.Webhook))
	id, payload := freshOrder()
	if err := operator(t, host).Create(t.Context(), "order", payload); err != nil {
		t.Fatal(err)
	}
	if err := host.Settled(within(t, soon), [16]byte{}); err != nil {
		t.Fatal(err)
	}
	list, err := only(t, host).Deliveries(t.Context(), control.DeliveryFilter{Event: "checkout.order.placed", Limit: 10})
	if err != nil || len(list) != 1 || list[0].Status != "parked" || list[0].Reason != "extensions_disabled" || list[0].Attempts != 0 {
		t.Errorf("deliveries: %+v, %v", list, err)
	}
	if heard := len(app.Requests(apptest.Webhook)) - before; heard != 0 {
		t.Errorf("the app heard of %d events", heard)
	}
	closeHost(t, host)

	c.ExtensionsDisabled = false
	open(t, c)
	placed, err := app.WaitEvent(within(t, soon), "checkout.order.placed", 1)
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(string(placed.Body), id.String()) {
		t.Errorf("the app heard of another order than %s: %s", id, placed.Body)
	}
}
