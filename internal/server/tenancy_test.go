package server_test

import (
	"context"
	"net"
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/appdock/appdock"
	"github.com/appdock/appdock/internal/control"
	"github.com/appdock/appdock/internal/server"
	"github.com/appdock/appdock/sdk"
	"github.com/appdock/appdock/sdk/apptest"
)

// twoShops is the configuration of a host with two.
func twoShops(data string) server.Config {
	c := development(data)
	c.Shops = []appdock.Shop{
		{Name: "Shop one", URL: "http://one.example", Locale: "en-GB", Currency: "EUR"},
		{Name: "Shop two", URL: "https://two.example:8443", Locale: "de-DE", Currency: "CHF"},
	}
	return c
}

// at gives an HTTP client that finds the host under every name.
func at(t *testing.T, host *server.Server) *http.Client {
	t.Helper()
	address := strings.TrimPrefix(host.URL(), "http://")
	transport := &http.Transport{DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
		var d net.Dialer
		return d.DialContext(ctx, "tcp", address)
	}}
	t.Cleanup(transport.CloseIdleConnections)
	return &http.Client{Transport: transport, Timeout: soon}
}

// shopOf finds a shop of a host with several.
func shopOf(t *testing.T, host *server.Server, name string) *server.Shop {
	t.Helper()
	shop, err := host.Find(name)
	if err != nil {
		t.Fatal(err)
	}
	return shop
}

// apiOf gives the API of a shop with all rights.
func apiOf(t *testing.T, host *server.Server, name, url string) *sdk.API {
	t.Helper()
	key, secret, err := shopOf(t, host, name).NewAPIClient(t.Context(), "operator")
	if err != nil {
		t.Fatal(err)
	}
	return sdk.NewAPI(sdk.Credentials{URL: url, Key: key, Secret: secret.Reveal()}, at(t, host))
}

// One app is installed in both shops of a host. It has two registrations, and what happens
// in one shop is told to that registration alone.
func TestTwoShopsOfAHost(t *testing.T) {
	t.Parallel()
	c := twoShops(folder(t))
	c.Demo = true // for what is ordered
	host := open(t, c)
	ctx := within(t, soon)
	app := newApp(t)
	source := write(t, app.App.Name, app.Manifest())
	for _, name := range []string{"Shop one", "two.example"} {
		installed(t, shopOf(t, host, name), source)
	}
	known := app.Shops.All()
	if len(known) != 2 || known[0].ID == known[1].ID || known[0].APIKey == known[1].APIKey {
		t.Fatalf("the app knows %+v, want two shops with credentials of their own", known)
	}

	one, two := apiOf(t, host, "Shop one", "http://one.example"), apiOf(t, host, "Shop two", "http://two.example")
	id, payload := freshOrder()
	if err := two.Create(ctx, "order", payload); err != nil {
		t.Fatal(err)
	}
	if _, err := app.WaitEvent(ctx, "checkout.order.placed", 1); err != nil {
		t.Fatal(err)
	}
	if err := host.Settled(ctx, appdock.ID{}); err != nil {
		t.Fatal(err)
	}
	details, err := shopOf(t, host, "Shop two").Details(ctx)
	if err != nil {
		t.Fatal(err)
	}
	placed := 0
	for _, r := range app.Requests(apptest.Webhook) {
		if r.Webhook.Event != "checkout.order.placed" {
			continue
		}
		if placed++; r.Webhook.Source.ShopID != string(details.ID) {
			t.Errorf("the order of shop two was told as one of %s", r.Webhook.Source.ShopID)
		}
	}
	if placed != 1 {
		t.Errorf("the order was told %d times, want once", placed)
	}
	if _, err := sdk.Get[map[string]any](ctx, one, "order", id.String()); err == nil {
		t.Error("shop one shows the order of shop two")
	}
	for name, want := range map[string]int{"Shop one": 0, "Shop two": 1} {
		list, err := shopOf(t, host, name).Deliveries(ctx, control.DeliveryFilter{Event: "checkout.order.placed"})
		if err != nil || len(list) != want {
			t.Errorf("%s: got %d deliveries, %v, want %d", name, len(list), err, want)
		}
	}

	// A token is good for its own shop only, and a third name has no shop.
	mine := known[0]
	if mine.ID == string(details.ID) {
		mine = known[1]
	}
	token := tokenFrom(t, at(t, host), "http://one.example", mine.APIKey, mine.SecretKey)
	for url, want := range map[string]int{
		"http://one.example/api/search/order":          http.StatusOK,
		"http://ONE.example.:80/api/search/order":      http.StatusOK,
		"http://one.example:8000/api/search/order":     http.StatusOK, // a proxy's own port
		"http://two.example/api/search/order":          http.StatusUnauthorized,
		"http://three.example/api/search/order":        http.StatusNotFound,
		host.URL() + "/api/search/order":               http.StatusNotFound,
		"http://one.example.two.example/api/search/or": http.StatusNotFound,
	} {
		if got, _ := call(t, at(t, host), http.MethodPost, url, token, "{}"); got != want {
			t.Errorf("%s: got %d, want %d", url, got, want)
		}
	}

	// An end in one shop is none in the other.
	if _, err := shopOf(t, host, "Shop one").Uninstall(ctx, app.App.Name, false); err != nil {
		t.Fatal(err)
	}
	if a, err := shopOf(t, host, "Shop two").App(ctx, app.App.Name); err != nil || !a.Active {
		t.Errorf("in shop two: got %+v, %v, want it active", a, err)
	}
}

func TestShopsAreFoundByName(t *testing.T) {
	t.Parallel()
	c := twoShops(folder(t))
	host := open(t, c)
	details, err := shopOf(t, host, "Shop two").Details(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{string(details.ID), "Shop two", "shop TWO", "https://two.example:8443", "https://two.example:8443/", "two.example:8443", "two.example", "TWO.example"} {
		if got, err := shopOf(t, host, name).Details(t.Context()); err != nil || got.ID != details.ID {
			t.Errorf("%q: got %+v, %v", name, got, err)
		}
	}
	for name, want := range map[string]string{"": "ADK-SHOP-NEEDED", "three": "ADK-SHOP-UNKNOWN", "Shop": "ADK-SHOP-UNKNOWN"} {
		_, err := host.Find(name)
		if got := refusal(t, err); got != want || !strings.Contains(err.(*appdock.Error).Cure, "two.example:8443 (Shop two)") { //nolint:errorlint // refusal looked
			t.Errorf("%q: got %v, want %s with the shops to choose from", name, err, want)
		}
	}
}

// Shops are found again by URL or name, in whatever order they are configured, and those
// that are not configured any more stay.
func TestShopsStayWhatTheyAre(t *testing.T) {
	t.Parallel()
	c := twoShops(folder(t))
	list := func() map[string]appdock.ShopID {
		host, err := server.Open(t.Context(), c)
		if err != nil {
			t.Fatal(err)
		}
		defer closeHost(t, host)
		shops, err := host.Shops(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		ids := map[string]appdock.ShopID{}
		for _, s := range shops {
			ids[s.URL] = s.ID
		}
		return ids
	}
	first := list()
	c.Shops[0], c.Shops[1] = c.Shops[1], c.Shops[0]
	if diff := cmp.Diff(first, list()); diff != "" {
		t.Errorf("in another order (-first +second):\n%s", diff)
	}
	c.Shops = c.Shops[:1]
	if diff := cmp.Diff(first, list()); diff != "" {
		t.Errorf("with one shop configured (-first +second):\n%s", diff)
	}
	c.Shops = nil
	if diff := cmp.Diff(first, list()); diff != "" {
		t.Errorf("with none configured (-first +second):\n%s", diff)
	}
	c = twoShops(c.Data)
	c.Shops[0].URL = "http://moved.example"
	moved := list()
	if moved["http://moved.example"] != first["http://one.example"] || len(moved) != 2 {
		t.Errorf("with another URL: got %v, was %v", moved, first)
	}
}
