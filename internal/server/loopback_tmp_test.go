package server_test

import (
	"net/netip"
	"testing"

	"github.com/appdock/appdock/sdk/apptest"
)

const childFolder = "APPDOCK_TEST_CHILD"

func runChild(string) int { return 1 }

func loopback() []netip.Prefix { return []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")} }

func TestSmoke(t *testing.T) {
	host := open(t, development(folder(t)))
	app := apptest.New(t, apptest.App{Permissions: []string{"order:read", "product:read"}, Webhooks: []string{"app.installed", "app.activated", "checkout.order.placed"}})
	installed(t, host, write(t, app.App.Name, app.Manifest()))
	op := operator(t, host)
	t.Log(rows(t, op, "app"))
	id, payload := freshOrder()
	if err := op.Create(t.Context(), "order", payload); err != nil {
		t.Fatal(err)
	}
	t.Log(id)
	r, err := app.WaitEvent(within(t, soon), "checkout.order.placed", 1)
	t.Log(r.Verified, string(r.Body), err)
}
