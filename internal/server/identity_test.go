package server_test

import (
	"bytes"
	"errors"
	"io/fs"
	"net/http"
	"os"
	"path/filepath"
	"testing"

	"github.com/appdock/appdock"
	"github.com/appdock/appdock/internal/control"
	"github.com/appdock/appdock/internal/server"
	"github.com/appdock/appdock/sdk"
	"github.com/appdock/appdock/sdk/apptest"
)

// original gives a data folder with an app that hears of orders, and its backend. No host
// runs on it.
func original(t *testing.T) (server.Config, *apptest.Server, appdock.ShopID) {
	t.Helper()
	c := development(folder(t))
	c.Shop.URL = "http://original.example"
	c.Demo = true
	app := newApp(t)
	host, err := server.Open(t.Context(), c)
	if err != nil {
		t.Fatal(err)
	}
	installed(t, only(t, host), write(t, app.App.Name, app.Manifest()))
	details, err := only(t, host).Details(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	closeHost(t, host)
	return c, app, details.ID
}

// copyOf copies a data folder, and says that the copy is somewhere else.
func copyOf(t *testing.T, c server.Config) server.Config {
	t.Helper()
	data := folder(t)
	if err := os.CopyFS(filepath.Join(data, "d"), os.DirFS(c.Data)); err != nil {
		t.Fatal(err)
	}
	c.Data, c.Shop.URL = filepath.Join(data, "d"), "http://copy.example"
	if err := os.Chmod(filepath.Join(c.Data, "appdock.key"), 0o600); err != nil { // which CopyFS does not keep
		t.Fatal(err)
	}
	return c
}

func knownShop(t *testing.T, app *apptest.Server, id appdock.ShopID) sdk.Shop {
	t.Helper()
	shop, err := app.Shops.Get(t.Context(), string(id))
	if err != nil {
		t.Fatalf("the app does not know the shop %s: %v", id, err)
	}
	return shop
}

func resolve(tb testing.TB, host *server.Server, strategy string) control.Resolution {
	tb.Helper()
	res, err := only(tb, host).ResolveIdentity(within(tb, soon), control.Resolve{Strategy: strategy})
	if err != nil || !res.Changed {
		tb.Fatalf("%s: got %+v, %v", strategy, res, err)
	}
	for _, a := range res.Apps {
		if a.Error != nil {
			tb.Fatalf("%s: app %s: %+v", strategy, a.Name, a.Error)
		}
	}
	return res
}

// TestMovedShopTakesItsApps is protocol-shop-identity.md 8.2: two hosts on copied folders and
// one app. What happened while the identity was in doubt reaches the app after the move, and
// nothing of the old place does any more.
func TestMovedShopTakesItsApps(t *testing.T) {
	t.Parallel()
	was, app, id := original(t)
	moved := opened(t, copyOf(t, was))
	before := knownShop(t, app, id)
	calls := len(requests(app))

	order(t, moved)
	if details, err := only(t, moved).Details(t.Context()); err != nil || details.Identity != "change_suggested" || details.ID != id {
		t.Errorf("got %+v, %v", details, err)
	}
	if got := len(requests(app)); got != calls {
		t.Errorf("the app was called %d times while nobody knows whose shop it is", got-calls)
	}
	if status := callAPI(t, moved, before); status != http.StatusForbidden {
		t.Errorf("the app's call to the API: status %d, want 403", status)
	}

	resolve(t, moved, "MoveShopPermanently")
	if _, err := app.WaitEvent(within(t, soon), "checkout.order.placed", 1); err != nil {
		t.Errorf("what was kept did not go out: %v", err)
	}
	after := knownShop(t, app, id)
	if after.URL != "http://copy.example" || after.Secret == before.Secret || after.APIKey == before.APIKey {
		t.Errorf("the app knows %+v", after)
	}
	if status := callAPI(t, moved, after); status != http.StatusOK {
		t.Errorf("the app's call to the API after the move: status %d", status)
	}
	check, err := only(t, moved).CheckIdentity(t.Context())
	if err != nil || check.Suggested || check.Score != 0 {
		t.Errorf("got %+v, %v", check, err)
	}

	// The old place: the app refuses what it sends, once the minute of grace that the SDK gives
	// the secret before is over, or another one is before.
	if _, err := only(t, moved).RotateSecret(within(t, soon), app.App.Name); err != nil {
		t.Fatal(err)
	}
	old := opened(t, was)
	order(t, old)
	list := placed(t, old)
	if len(list) != 1 {
		t.Fatalf("got %+v, want one delivery", list)
	}
	if err := old.Settled(within(t, soon), list[0].EventID); err != nil {
		t.Fatal(err)
	}
	if list = placed(t, old); list[0].ResponseStatus != http.StatusUnauthorized {
		t.Errorf("got %+v, want it refused with 401", list)
	}
}

// TestCopyWithAppsIsAnotherShop is protocol-shop-identity.md 8.3.
func TestCopyWithAppsIsAnotherShop(t *testing.T) {
	t.Parallel()
	was, app, id := original(t)
	stage := opened(t, copyOf(t, was))
	before := knownShop(t, app, id)
	order(t, stage)

	res := resolve(t, stage, "reinstall-apps")
	if res.ID == id {
		t.Error("the copy has the id of the original")
	}
	if diff := knownShop(t, app, id); diff != before {
		t.Errorf("the original is %+v, and was %+v", diff, before)
	}
	if fresh := knownShop(t, app, res.ID); fresh.URL != "http://copy.example" || fresh.Secret == before.Secret {
		t.Errorf("the copy is %+v", fresh)
	}
	if _, err := app.WaitEvent(within(t, soon), "app.installed", 2); err != nil {
		t.Error(err)
	}
	if dead := placed(t, stage); len(dead) != 1 || dead[0].Status != "dead" || dead[0].Reason != "identity_changed" {
		t.Errorf("what waited for the original's app: got %+v", dead)
	}
	order(t, stage)
	if _, err := app.WaitEvent(within(t, soon), "checkout.order.placed", 1); err != nil {
		t.Error(err)
	}
	order(t, opened(t, was)) // the original goes on
	if _, err := app.WaitEvent(within(t, soon), "checkout.order.placed", 2); err != nil {
		t.Error(err)
	}
}

// TestInstanceOfAnother: what `shop stage` does to a folder that somebody holds, such as the
// original, is nothing. Else its host would take itself for a copy at its next start.
func TestInstanceOfAnother(t *testing.T) {
	t.Parallel()
	c, _, _ := original(t)
	host := opened(t, c)
	file := filepath.Join(c.Data, "instance-id")
	before, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if got := refusal(t, server.ForgetInstance(c.Data)); got != "ADK-DATA-LOCKED" {
		t.Errorf("got %s, want ADK-DATA-LOCKED", got)
	}
	if after, err := os.ReadFile(file); err != nil || !bytes.Equal(after, before) {
		t.Errorf("the instance is %q, want %q, %v", after, before, err)
	}
	if err := host.Close(); err != nil {
		t.Fatal(err)
	}
	if err := server.ForgetInstance(c.Data); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(file); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("the instance is still there: %v", err)
	}
}

// TestCopyWithoutAppsSaysNothing is protocol-shop-identity.md 8.4, by the way of `shop stage`.
func TestCopyWithoutAppsSaysNothing(t *testing.T) {
	t.Parallel()
	was, app, id := original(t)
	c := copyOf(t, was)
	c.Shop.URL = was.Shop.URL // even at the same URL: the instance is another one
	if err := server.ForgetInstance(c.Data); err != nil {
		t.Fatal(err)
	}
	stage := opened(t, c)
	calls := len(requests(app))
	order(t, stage)
	if details, err := only(t, stage).Details(t.Context()); err != nil || details.Identity != "change_suggested" {
		t.Errorf("got %+v, %v", details, err)
	}
	res := resolve(t, stage, "uninstall-apps")
	order(t, stage)
	apps, err := only(t, stage).Apps(t.Context())
	if err != nil || len(apps) != 0 || res.ID == id {
		t.Errorf("%d apps are left, the id is %s, %v", len(apps), res.ID, err)
	}
	if got := len(requests(app)); got != calls {
		t.Errorf("the app was called %d times", got-calls)
	}
	if _, err := app.Shops.Get(t.Context(), string(res.ID)); err == nil {
		t.Error("the app knows the copy")
	}
}

// placed lists the deliveries of orders.
func placed(t *testing.T, host *server.Server) []control.Delivery {
	t.Helper()
	list, err := only(t, host).Deliveries(t.Context(), control.DeliveryFilter{Event: "checkout.order.placed", Limit: 10})
	if err != nil {
		t.Fatal(err)
	}
	return list
}

// requests gives all that arrived at an app.
func requests(app *apptest.Server) (list []apptest.Request) {
	for _, step := range []apptest.Step{apptest.Register, apptest.Confirm, apptest.Webhook, apptest.Action, apptest.Other} {
		list = append(list, app.Requests(step)...)
	}
	return list
}

// callAPI searches orders as the app and gives the status.
func callAPI(t *testing.T, host *server.Server, shop sdk.Shop) int {
	t.Helper()
	api := sdk.NewAPI(sdk.Credentials{URL: host.URL(), Key: shop.APIKey, Secret: shop.SecretKey}, client(t))
	_, err := sdk.Search[map[string]any](t.Context(), api, "order", sdk.Criteria{Limit: 1})
	if refused, ok := errors.AsType[*sdk.APIError](err); ok {
		return refused.Status
	}
	if err != nil {
		t.Fatal(err)
	}
	return http.StatusOK
}
