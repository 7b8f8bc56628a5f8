package server_test

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"github.com/appdock/appdock/sdk"
	"github.com/appdock/appdock/sdk/sitepack"
)

// sdkApp is an app on sdk/sitepack, as its author would write it.
type sdkApp struct {
	*sitepack.App
	store *sitepack.Memory
	url   string
	heard chan string // topics, as their handlers ran
	reads chan string // numbers of orders that the handler of order.created read
	hooks chan string // the signatures of messages, as they came
}

// newSDKApp serves an app. With a secret it can be installed by the host.
func newSDKApp(t *testing.T, secret string, change ...func(*sitepack.Options)) *sdkApp {
	t.Helper()
	a := &sdkApp{store: sitepack.NewMemory(), heard: make(chan string, 20), reads: make(chan string, 20), hooks: make(chan string, 20)}
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodPost {
			a.hooks <- r.Header.Get("webhook-signature")
		}
		a.ServeHTTP(w, r)
	}))
	t.Cleanup(s.Close)
	a.url = s.URL
	var hooks []map[string]string
	for _, topic := range []string{"app.installed", "app.activated", "app.deactivated", "app.uninstalled", "order.created"} {
		hooks = append(hooks, map[string]string{"topic": topic, "address": s.URL + "/hooks"})
	}
	manifest, err := json.Marshal(map[string]any{
		"id": "ship-it", "name": "Ship it", "version": "1.0.0", "author": "Ship & Co", "description": "Ships things", "webhooks": hooks,
		"auth": map[string]any{"redirect_uri": s.URL + "/oauth/callback", "start_uri": s.URL + "/install", "scopes": []string{"orders:read", "orders:write", "products:read"}},
	})
	if err != nil {
		t.Fatal(err)
	}
	o := sitepack.Options{Manifest: manifest, Store: a.store, Handled: sdk.NewMemory(), Development: true, Client: client(t)}
	if secret != "" {
		o.Secret = func(context.Context, string) (string, error) { return secret, nil }
	}
	for _, f := range change {
		f(&o)
	}
	if a.App, err = sitepack.New(o); err != nil {
		t.Fatal(err)
	}
	for _, hook := range hooks[:4] {
		sitepack.On(a.App, hook["topic"], func(_ context.Context, m sitepack.Message[struct{}]) error {
			a.heard <- m.Topic
			return nil
		})
	}
	type order struct{ ID, Number string }
	sitepack.On(a.App, "order.created", func(ctx context.Context, m sitepack.Message[order]) error {
		read, err := sitepack.Get[order](ctx, m.API, "/orders/"+m.Object.ID)
		if err != nil {
			return err
		}
		if read.ETag == "" || read.Data != m.Object {
			return errors.New("the order is another one than the message says")
		}
		a.reads <- read.Data.Number
		return nil
	})
	return a
}

// next waits for what comes through one of the app's channels.
func next(t *testing.T, from chan string, want string) {
	t.Helper()
	select {
	case got := <-from:
		if want != "" && got != want {
			t.Fatalf("got %q, want %q", got, want)
		}
	case <-within(t, soon).Done():
		t.Fatalf("waited for %q in vain", want)
	}
}

// The whole life of an app on our SDK, installed by the host.
func TestSDKOfSitePackApps(t *testing.T) {
	t.Parallel()
	c := development(folder(t))
	c.Demo = true
	host := open(t, c)
	shop := only(t, host)
	app := newSDKApp(t, "dev-secret-ship-it")
	if err := byOperator(t, shop, app.url); err != nil {
		t.Fatal(err)
	}
	next(t, app.heard, "app.installed")
	next(t, app.heard, "app.activated")
	i := app.store.All()[0]
	if i.ShopURL != host.URL() || strings.Join(i.Scopes, " ") != "orders:read orders:write products:read" || !i.Active {
		t.Fatalf("installed as %#v", i)
	}
	api := app.API(i.ShopID)
	products := map[string]bool{}
	for p, err := range sitepack.List[struct{ ID string }](t.Context(), api, "/products", url.Values{"limit": {"60"}}) {
		if err != nil {
			t.Fatal(err)
		}
		products[p.ID] = true
	}
	if len(products) < 200 {
		t.Errorf("listed %d products of 200", len(products))
	}
	for path, code := range map[string]string{"/customers": "insufficient_scope", "/orders/nowhere": "not_found", "/products?limit=0": "invalid_limit"} {
		p, ok := errors.AsType[*sitepack.Problem](api.Call(t.Context(), http.MethodGet, path, nil, nil))
		if !ok || p.Code != code || code == "insufficient_scope" && (p.RequiredScope != "customers:read" || p.RequestID == "") {
			t.Errorf("%s: got %+v, want %s", path, p, code)
		}
	}
	_, order := freshOrder()
	if err := operator(t, host).Create(t.Context(), "order", order); err != nil {
		t.Fatal(err)
	}
	next(t, app.reads, "")

	// An access token that is good no more is renewed; the refresh token of before is used then.
	used := i.RefreshToken
	forget := func(i sitepack.Installation) (sitepack.Installation, error) {
		i.AccessToken = "adk_at_gone"
		return i, nil
	}
	if err := app.store.Change(t.Context(), i.ShopID, forget); err != nil {
		t.Fatal(err)
	}
	if err := api.Call(t.Context(), http.MethodGet, "/me", nil, nil); err != nil {
		t.Fatal(err)
	}
	if i, _ = app.store.Get(t.Context(), i.ShopID); i.RefreshToken == used || i.RefreshToken == "" {
		t.Error("the refresh token was not renewed")
	}
	if _, err := shop.Uninstall(t.Context(), "ship-it", false); err != nil {
		t.Fatal(err)
	}
	next(t, app.heard, "app.deactivated")
	next(t, app.heard, "app.uninstalled")
	if err := api.Call(t.Context(), http.MethodGet, "/me", nil, nil); err == nil {
		t.Error("the app reads a shop that it left")
	}
}

// A person is sent to the shop by the app, without any secret, and comes back installed.
func TestSDKBeginsAnInstallation(t *testing.T) {
	t.Parallel()
	config, clock := clocked(development(folder(t)))
	host := open(t, config)
	app := newSDKApp(t, "")
	if err := byOperator(t, only(t, host), app.url); err == nil || len(app.store.All()) != 0 {
		t.Fatalf("without a secret the host installed it: %v", err)
	}
	b := newBrowser(t, host.URL())
	b.clock = clock
	b.owner(only(t, host))
	status, to := b.get(app.url + "/install?shop=" + url.QueryEscape(host.URL()+"/"))
	b.want(status, http.StatusSeeOther)
	status, _ = b.get(to)
	b.want(status, http.StatusOK, "Install Ship it", "see orders")
	status, to = b.accept("accept")
	if b.want(status, http.StatusSeeOther); !strings.HasPrefix(to, app.url+"/oauth/callback?code=") {
		t.Fatalf("goes on to %q", to)
	}
	stranger := newBrowser(t, host.URL())
	status, _ = stranger.get(to)
	stranger.want(status, http.StatusBadRequest, "not begun in this browser")
	status, to = b.get(to)
	if b.want(status, http.StatusSeeOther); to != host.URL()+"/admin/apps/ship-it/continue" {
		t.Fatalf("goes on to %q", to)
	}
	next(t, app.heard, "app.installed")
	if err := app.API(app.store.All()[0].ShopID).Call(t.Context(), http.MethodGet, "/me", nil, nil); err != nil {
		t.Error(err)
	}
}

// An app asks for a scope when it needs it, and acts for a user until they log out.
func TestSDKAsksForMore(t *testing.T) {
	t.Parallel()
	config, clock := clocked(development(folder(t)))
	config.Demo = true
	host := open(t, config)
	var user sitepack.Online
	app := newSDKApp(t, "", func(o *sitepack.Options) {
		o.Scopes = []string{"orders:read"}
		o.Online = func(_ http.ResponseWriter, _ *http.Request, o sitepack.Online) { user = o }
	})
	b := newBrowser(t, host.URL())
	b.clock = clock
	b.owner(only(t, host))
	walk := func(from string, consents bool, words ...string) {
		t.Helper()
		status, to := b.get(from)
		b.want(status, http.StatusSeeOther)
		status, to = b.get(to)
		if consents {
			b.want(status, http.StatusOK, words...)
			status, to = b.accept("accept")
		}
		if b.want(status, http.StatusSeeOther); !strings.HasPrefix(to, app.url+"/oauth/callback?code=") {
			t.Fatalf("goes on to %q", to)
		}
		b.get(to)
	}
	walk(app.StartURL(sitepack.Wish{Shop: host.URL()}), true, "Install Ship it", "see orders")
	i := app.store.All()[0]
	api := app.API(i.ShopID)
	list := func(api *sitepack.API, path string) error {
		return api.Call(t.Context(), http.MethodGet, path, nil, nil)
	}
	if p, ok := errors.AsType[*sitepack.Problem](list(api, "/products?limit=1")); !ok || p.RequiredScope != "products:read" {
		t.Errorf("before it asked: %+v", p)
	}
	walk(app.StartURL(sitepack.Wish{Shop: host.URL(), Scopes: append(i.Scopes, "products:read")}), true, "see products")
	if err := errors.Join(list(api, "/products?limit=1"), list(api, "/orders?limit=1")); err != nil {
		t.Error(err)
	}
	walk(app.StartURL(sitepack.Wish{Shop: host.URL(), Scopes: []string{"orders:read"}, Online: true}), false)
	if user.ShopID != i.ShopID || strings.Join(user.Scopes, " ") != "orders:read" {
		t.Fatalf("%+v %v", user, user.Scopes)
	}
	if err := list(app.As(user), "/orders?limit=1"); err != nil {
		t.Error(err)
	}
	b.get("/admin/")
	status, _ := b.do(http.MethodPost, "/admin/logout", url.Values{"token": {b.hidden("token")}})
	b.want(status, http.StatusSeeOther)
	if err := list(app.As(user), "/orders?limit=1"); !errors.Is(err, sitepack.ErrReauthorize) {
		t.Errorf("after the log-out: %v", err)
	}
	if err := list(api, "/orders?limit=1"); err != nil {
		t.Errorf("the app's own token: %v", err)
	}
}

// An order is changed with the ETag of the one that was read, a write under one key is done once,
// and whoever calls too fast is slowed down and not refused.
func TestSDKWritesToAShop(t *testing.T) {
	t.Parallel()
	c := development(folder(t))
	c.Demo = true
	host := open(t, c)
	app := newSDKApp(t, "dev-secret-ship-it")
	if err := byOperator(t, only(t, host), app.url); err != nil {
		t.Fatal(err)
	}
	api := app.API(app.store.All()[0].ShopID)
	id, order := freshOrder()
	if err := operator(t, host).Create(t.Context(), "order", order); err != nil {
		t.Fatal(err)
	}
	type read struct {
		Note       string
		State      string
		Deliveries []struct{ ID, State string }
	}
	path := "/orders/" + id.String()
	before, err := sitepack.Get[read](t.Context(), api, path)
	if err != nil || before.ETag == "" || len(before.Data.Deliveries) != 1 {
		t.Fatalf("%+v, %v", before, err)
	}
	after, err := sitepack.Update[read](t.Context(), api, path, before.ETag, map[string]string{"note": "Ring twice"})
	if err != nil || after.Data.Note != "Ring twice" || after.ETag == before.ETag {
		t.Fatalf("%+v, %v", after, err)
	}
	for etag, code := range map[string]string{before.ETag: "precondition_failed", "": "precondition_required"} {
		_, err := sitepack.Update[read](t.Context(), api, path, etag, map[string]string{"note": "Lost"})
		if p, ok := errors.AsType[*sitepack.Problem](err); !ok || p.Code != code {
			t.Errorf("with the tag %q: got %v, want %s", etag, err, code)
		}
	}
	transition := path + "/deliveries/" + before.Data.Deliveries[0].ID + "/transitions"
	ship := sitepack.Request{Method: http.MethodPost, Path: transition, Body: map[string]string{"action": "ship"}, IdempotencyKey: "ship it once"}
	for range 2 {
		type moved struct {
			To      string
			Changed bool
		}
		if got, err := sitepack.Do[moved](t.Context(), api, ship); err != nil || got.Data.To != "shipped" || !got.Data.Changed {
			t.Errorf("the same answer is given to the same key: got %+v, %v", got, err)
		}
	}
	again := ship
	again.IdempotencyKey = ""
	again.Body = map[string]string{"action": "explode"}
	if _, err := sitepack.Do[struct{}](t.Context(), api, again); err == nil {
		t.Error("a transition that there is not was made")
	}
	for range 50 { // more than there is room for at once
		if err := api.Call(t.Context(), http.MethodGet, "/me", nil, nil); err != nil {
			t.Fatal(err)
		}
	}
}

// A key that was rotated signs beside the one before it, so that no message is lost.
func TestSDKRotatesItsKey(t *testing.T) {
	t.Parallel()
	c := development(folder(t))
	c.Demo = true
	host := open(t, c)
	app := newSDKApp(t, "dev-secret-ship-it")
	if err := byOperator(t, only(t, host), app.url); err != nil {
		t.Fatal(err)
	}
	next(t, app.heard, "app.installed")
	next(t, app.heard, "app.activated")
	before := app.store.All()[0]
	if err := app.API(before.ShopID).Rotate(t.Context()); err != nil {
		t.Fatal(err)
	}
	after := app.store.All()[0]
	if after.WebhookSecret == before.WebhookSecret || after.PreviousSecret != before.WebhookSecret {
		t.Error("the key was not rotated")
	}
	<-app.hooks
	<-app.hooks
	_, order := freshOrder()
	if err := operator(t, host).Create(t.Context(), "order", order); err != nil {
		t.Fatal(err)
	}
	next(t, app.reads, "")
	if got := strings.Fields(<-app.hooks); len(got) != 2 || got[0] == got[1] {
		t.Errorf("signed with %q, want two signatures", got)
	}
	// Who has the new key alone verifies as well, and so does who has the old one.
	for _, key := range []string{after.WebhookSecret, before.WebhookSecret} {
		only := func(i sitepack.Installation) (sitepack.Installation, error) {
			i.WebhookSecret, i.PreviousSecret = key, ""
			return i, nil
		}
		if err := app.store.Change(t.Context(), after.ShopID, only); err != nil {
			t.Fatal(err)
		}
		_, order := freshOrder()
		if err := operator(t, host).Create(t.Context(), "order", order); err != nil {
			t.Fatal(err)
		}
		next(t, app.reads, "")
	}
}
