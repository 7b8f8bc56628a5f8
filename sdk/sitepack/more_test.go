package sitepack_test

import (
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/appdock/appdock/sdk/sitepack"
)

const wideJSON = `{"id":"ship-it","auth":{"redirect_uri":"https://app.example/oauth/callback","scopes":["orders:read","orders:write","products:write"]},
	"webhooks":[{"topic":"app.scopes_updated","address":"https://app.example/hooks"}]}`

// authorize walks through an authorization that begins at an address of the app, up to what its
// callback answers; asked is what the shop was asked for.
func authorize(t *testing.T, app *sitepack.App, from string) (asked url.Values, answer *httptest.ResponseRecorder) {
	t.Helper()
	begun := ask(t, app, http.MethodGet, from, "", nil)
	to, err := url.Parse(begun.Header().Get("Location"))
	if err != nil || begun.Code != http.StatusSeeOther {
		t.Fatalf("%s: %d %s", from, begun.Code, begun.Body)
	}
	back := "https://app.example/oauth/callback?" + url.Values{"code": {"c"}, "state": {to.Query().Get("state")}, "iss": {shopURL}}.Encode()
	cookie := begun.Result().Cookies()[0]
	return to.Query(), ask(t, app, http.MethodGet, back, "", http.Header{"Cookie": {cookie.Name + "=" + cookie.Value}})
}

// An app asks for a few scopes at first and for more later. A link that asks for less takes
// nothing away.
func TestMoreScopes(t *testing.T) {
	t.Parallel()
	s := newShop()
	app, store := newApp(t, s, func(o *sitepack.Options) { o.Manifest, o.Scopes = []byte(wideJSON), []string{"orders:read"} })
	s.scope = "orders:read"
	asked, answer := authorize(t, app, "https://app.example/install?shop="+shopURL)
	if asked.Get("scope") != "orders:read" || asked.Has("access_mode") || answer.Code != http.StatusSeeOther {
		t.Errorf("at first: %v %d", asked, answer.Code)
	}
	i := store.All()[0]
	from := moreURL(app, sitepack.Visit{Installation: i})
	s.scope = "products:write orders:read"
	asked, _ = authorize(t, app, from)
	if i = store.All()[0]; asked.Get("scope") != "products:write orders:read" || i.AccessToken != "at-2" || strings.Join(i.Scopes, " ") != "products:write orders:read" {
		t.Errorf("then: %v, %s %v", asked, i.AccessToken, i.Scopes)
	}
	s.scope = "orders:read"
	authorize(t, app, "https://app.example/install?shop="+shopURL)
	if i = store.All()[0]; i.AccessToken != "at-2" || len(i.Scopes) != 2 {
		t.Errorf("a link that asks for less left %s %v", i.AccessToken, i.Scopes)
	}
	for _, wrong := range []string{"scope=customers:read", "access_mode=online", "access_mode=never"} {
		if w := ask(t, app, http.MethodGet, "https://app.example/install?shop="+shopURL+"&"+wrong, "", nil); w.Code != http.StatusBadRequest {
			t.Errorf("%s: %d", wrong, w.Code)
		}
	}
}

// The token takes in what was granted since.
func TestWiden(t *testing.T) {
	t.Parallel()
	s := newShop()
	app, store := installed(t, s)
	know := func(i sitepack.Installation) (sitepack.Installation, error) {
		i.Scopes = []string{"orders:read"}
		return i, nil
	}
	if err := store.Change(t.Context(), shopID, know); err != nil {
		t.Fatal(err)
	}
	s.scope = "orders:read products:write"
	m := sitepack.Message[struct{}]{API: app.API(shopID)}
	for range 2 { // the second time there is nothing to do
		if err := consented(t.Context(), m); err != nil {
			t.Fatal(err)
		}
	}
	i := store.All()[0]
	if len(s.forms) != 1 || i.AccessToken != "at-1" || i.RefreshToken != "rt-1" || strings.Join(i.Scopes, " ") != "orders:read products:write" {
		t.Fatalf("%d forms, %s %s %v", len(s.forms), i.AccessToken, i.RefreshToken, i.Scopes)
	}
	form := s.forms[0]
	if form.Get("grant_type") != "refresh_token" || form.Get("refresh_token") != "rt-0" || form.Get("scope") != "orders:read products:write" || form.Has("redirect_uri") {
		t.Errorf("%v", form)
	}
	s.refuse = "invalid_scope"
	err := app.API(shopID).Widen(t.Context(), "media:read")
	if after := store.All()[0]; err == nil || errors.Is(err, sitepack.ErrReauthorize) || after.RefreshToken != "rt-1" {
		t.Errorf("%v", err)
	}
	s.refuse = "invalid_grant"
	if err := app.API(shopID).Widen(t.Context(), "media:read"); !errors.Is(err, sitepack.ErrReauthorize) {
		t.Errorf("%v", err)
	}
	if err := app.API("nowhere").Widen(t.Context(), "media:read"); !errors.Is(err, sitepack.ErrShopUnknown) {
		t.Errorf("%v", err)
	}
}

// A user's token is handed over and no part of the installation; calls with it are the user's.
func TestOnline(t *testing.T) {
	t.Parallel()
	s := newShop()
	sessions := map[string]sitepack.Online{}
	now := time.Now()
	app, store := newApp(t, s, func(o *sitepack.Options) {
		o.Manifest, o.Online, o.Now = []byte(wideJSON), signedIn(sessions), func() time.Time { return now }
	})
	authorize(t, app, "https://app.example/install?shop="+shopURL)
	asked, answer := authorize(t, app, app.StartURL(sitepack.Wish{Shop: shopURL, Online: true}))
	if asked.Get("access_mode") != "online" || answer.Header().Get("Location") != "/labels" || len(sessions) != 1 {
		t.Fatalf("%v %v", asked, answer.Header())
	}
	var o sitepack.Online
	for _, o = range sessions {
	}
	if i := store.All()[0]; i.AccessToken != "at-1" || i.RefreshToken != "rt-1" || i.WebhookSecret != hookKey {
		t.Errorf("the installation has %s %s", i.AccessToken, i.RefreshToken)
	}
	for _, text := range []string{o.String(), fmt.Sprintf("%v %+v %#v", o, o, o), o.LogValue().String()} {
		if strings.Contains(text, "at-2") {
			t.Errorf("%q shows the token", text)
		}
	}
	if err := closeOrder(t.Context(), app, o, "o1"); err != nil {
		t.Fatal(err)
	}
	if got := s.calls[0].Header.Get("Authorization"); got != "Bearer at-2" {
		t.Errorf("called with %q", got)
	}
	if err := app.As(o).Widen(t.Context(), "products:write"); err == nil {
		t.Error("a user's token was widened")
	}
	s.answers = append(s.answers, status(401, `{"code":"invalid_token"}`))
	if err := closeOrder(t.Context(), app, o, "o1"); !errors.Is(err, sitepack.ErrReauthorize) {
		t.Errorf("after the log-out: %v", err)
	}
	now = o.Until
	calls := len(s.calls)
	if err := app.As(o).Call(t.Context(), http.MethodGet, "/me", nil, nil); !errors.Is(err, sitepack.ErrReauthorize) || len(s.calls) != calls {
		t.Errorf("when it is over: %v", err)
	}
}
