package sitepack_test

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/appdock/appdock/protocol"
	"github.com/appdock/appdock/sdk/sitepack"
)

// begin has a browser begin, and gives the state, the query of the authorization and the
// browser's cookie.
func begin(t *testing.T, app http.Handler, query string) (state string, q url.Values, cookie http.Header) {
	t.Helper()
	w := ask(t, app, http.MethodGet, "/install?"+query, "", nil)
	to, err := url.Parse(w.Header().Get("Location"))
	if w.Code != http.StatusSeeOther || err != nil || !strings.HasPrefix(to.String(), shopURL+"/oauth/authorize?") {
		t.Fatalf("%d to %v: %s", w.Code, to, w.Body)
	}
	q = to.Query()
	set := w.Result().Cookies()
	if len(set) != 1 || !set[0].HttpOnly || !set[0].Secure || set[0].SameSite != http.SameSiteLaxMode {
		t.Fatalf("cookies %v", set)
	}
	return q.Get("state"), q, http.Header{"Cookie": {set[0].Name + "=" + set[0].Value}}
}

func answer(state string, change ...string) string {
	q := url.Values{"code": {"the-code"}, "state": {state}, "iss": {shopURL}, "shop": {shopURL}}
	for i := 0; i+1 < len(change); i += 2 {
		q.Set(change[i], change[i+1])
	}
	return "/oauth/callback?" + q.Encode()
}

func TestAppBegins(t *testing.T) {
	t.Parallel()
	s := newShop()
	app, store := newApp(t, s)
	state, q, cookie := begin(t, app, "shop=shop.example/")
	if len(state) != 43 || q.Get("client_id") != "ship-it" || q.Get("response_type") != "code" || q.Get("redirect_uri") != "https://app.example/oauth/callback" ||
		q.Get("scope") != "orders:write" || q.Get("manifest") != "https://app.example/app.json" || q.Get("code_challenge_method") != "S256" {
		t.Errorf("asks with %v", q)
	}
	w := ask(t, app, http.MethodGet, answer(state), "", cookie)
	if w.Code != http.StatusSeeOther || w.Header().Get("Location") != shopURL+"/admin/apps/ship-it/continue" {
		t.Fatalf("%d to %q: %s", w.Code, w.Header().Get("Location"), w.Body)
	}
	form := s.forms[0]
	if protocol.Challenge(form.Get("code_verifier")) != q.Get("code_challenge") || form.Get("code") != "the-code" || form.Get("redirect_uri") != q.Get("redirect_uri") || form.Has("client_secret") {
		t.Errorf("exchanged with %v", form)
	}
	i, err := store.Get(t.Context(), shopID)
	if err != nil || i.ID != "i1" || i.ShopURL != shopURL || !i.Active || i.AccessToken != "at-1" || i.RefreshToken != "rt-1" || i.WebhookSecret != hookKey ||
		strings.Join(i.Scopes, " ") != "orders:read orders:write" {
		t.Errorf("%#v, %v", i, err)
	}
	// It counts once.
	if w := ask(t, app, http.MethodGet, answer(state), "", cookie); w.Code != http.StatusBadRequest || len(s.forms) != 1 {
		t.Errorf("a second time: %d after %d exchanges", w.Code, len(s.forms))
	}
}

// An app that lost what it knew of a shop connects again: it gets a new key for the old one.
func TestAppThatLostItsKey(t *testing.T) {
	t.Parallel()
	s := newShop()
	s.keyless = true
	s.answers = append(s.answers, status(500, ``), status(200, `{"webhook_secret":"`+newKey+`"}`))
	app, store := newApp(t, s)
	for _, want := range []int{http.StatusBadGateway, http.StatusSeeOther} {
		state, _, cookie := begin(t, app, "shop=shop.example")
		if w := ask(t, app, http.MethodGet, answer(state), "", cookie); w.Code != want {
			t.Fatalf("got %d, want %d: %s", w.Code, want, w.Body)
		}
	}
	if i, err := store.Get(t.Context(), shopID); err != nil || i.WebhookSecret != newKey || s.calls[0].URL.Path != "/rest/v1/webhook-secret/rotate" {
		t.Errorf("%v, %v", i.WebhookSecret, err)
	}
	s.answers = append(s.answers, status(500, ``)) // a key that is known is not asked for again
	state, _, cookie := begin(t, app, "shop=shop.example")
	if w := ask(t, app, http.MethodGet, answer(state), "", cookie); w.Code != http.StatusSeeOther || len(s.calls) != 2 {
		t.Errorf("again: %d after %d calls", w.Code, len(s.calls))
	}
}

// Answers that are not those to what this browser began are worth nothing: no code and no secret
// goes anywhere.
func TestAnswersThatAreNone(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		change   []string
		noCookie bool
		wait     time.Duration
		status   int
	}{
		"no state":                   {change: []string{"state", ""}, status: 400},
		"a state of somebody else":   {change: []string{"state", "x"}, status: 400},
		"another browser":            {noCookie: true, status: 400},
		"another shop answers":       {change: []string{"iss", "https://evil.example"}, status: 400},
		"nobody says who answers":    {change: []string{"iss", ""}, status: 400},
		"no code":                    {change: []string{"code", ""}, status: 400},
		"refused":                    {change: []string{"error", "access_denied"}, status: 400},
		"ten minutes later":          {wait: 10 * time.Minute, status: 400},
		"a host that nobody knows":   {change: []string{"state", "host.x", "iss", "https://evil.example"}, status: 400},
		"a host without a secret":    {change: []string{"state", "host.x"}, status: 400},
		"a host of no address":       {change: []string{"state", "host.x", "iss", "file:///etc/passwd"}, status: 400},
		"a host at an open address":  {change: []string{"state", "host.x", "iss", "http://shop.example"}, status: 400},
		"a host with a user's name":  {change: []string{"state", "host.x", "iss", "https://a:b@shop.example"}, status: 400},
		"a shop that has no account": {change: []string{"state", "host.x", "iss", ""}, status: 400},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				s := newShop()
				app, store := newApp(t, s, func(o *sitepack.Options) {
					o.Secret = func(context.Context, string) (string, error) { return "", nil }
				})
				state, _, cookie := begin(t, app, "shop="+shopURL)
				if tt.noCookie {
					cookie = nil
				}
				time.Sleep(tt.wait)
				w := ask(t, app, http.MethodGet, answer(state, tt.change...), "", cookie)
				if w.Code != tt.status || len(s.forms) != 0 || len(store.All()) != 0 {
					t.Errorf("%d after %d exchanges: %s", w.Code, len(s.forms), w.Body)
				}
				if strings.Contains(w.Body.String(), "evil") || strings.Contains(w.Body.String(), "the-code") {
					t.Errorf("it tells %s", w.Body)
				}
			})
		})
	}
}

// What a host began is exchanged with the client secret of that shop, which goes to no other.
func TestHostBegins(t *testing.T) {
	t.Parallel()
	s := newShop()
	var asked []string
	app, store := newApp(t, s, func(o *sitepack.Options) {
		o.Secret = func(_ context.Context, shop string) (string, error) {
			asked = append(asked, shop)
			return map[string]string{shopURL: "the secret"}[shop], nil
		}
	})
	if w := ask(t, app, http.MethodGet, answer("host.1", "iss", "https://evil.example"), "", nil); w.Code != http.StatusBadRequest || len(s.forms) != 0 {
		t.Errorf("another shop: %d: %s", w.Code, w.Body)
	}
	if w := ask(t, app, http.MethodGet, answer("host.1"), "", nil); w.Code != http.StatusSeeOther {
		t.Fatalf("%d: %s", w.Code, w.Body)
	}
	if s.forms[0].Get("client_secret") != "the secret" || s.forms[0].Has("code_verifier") {
		t.Errorf("exchanged with %v", s.forms[0])
	}
	if diff := cmp.Diff([]string{"https://evil.example", shopURL, shopURL}, asked); diff != "" {
		t.Error(diff)
	}
	if i, err := store.Get(t.Context(), shopID); err != nil || i.AccessToken == "" {
		t.Errorf("%#v, %v", i, err)
	}
	// The start that a host signs is checked when it is signed.
	start, err := protocol.SignStart("https://app.example/install", shopURL, shopID, "the secret", time.Now())
	if err != nil {
		t.Fatal(err)
	}
	_, signed, _ := strings.Cut(start, "?")
	begin(t, app, signed)
	if w := ask(t, app, http.MethodGet, "/install?"+strings.Replace(signed, "hmac=", "hmac=0", 1), "", nil); w.Code != http.StatusUnauthorized {
		t.Errorf("a wrong signature: %d", w.Code)
	}
}

// Servers that say what they should not say get no browser and no code.
func TestShopsThatAreNone(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		shop   string
		change func(*shop)
		status int
	}{
		"no shop":            {"", func(*shop) {}, 400},
		"no https":           {"http://shop.example", func(*shop) {}, 400},
		"a path to nowhere":  {"https://shop.example?a=b", func(*shop) {}, 400},
		"nobody there":       {"https://nowhere.example", func(*shop) {}, 502},
		"another issuer":     {shopURL, func(s *shop) { s.issuer = "https://evil.example" }, 502},
		"an issuer's prefix": {shopURL, func(s *shop) { s.issuer = shopURL + "/" }, 502},
	} {
		s := newShop()
		tt.change(s)
		app, _ := newApp(t, s)
		w := ask(t, app, http.MethodGet, "/install?shop="+url.QueryEscape(tt.shop), "", nil)
		if w.Code != tt.status || w.Header().Get("Location") != "" || len(w.Result().Cookies()) != 0 {
			t.Errorf("%s: %d to %q", name, w.Code, w.Header().Get("Location"))
		}
	}
}

// Another shop's server cannot take the place of a shop by naming its id.
func TestShopKeepsItsPlace(t *testing.T) {
	t.Parallel()
	s := newShop()
	s.url, s.issuer = "https://evil.example", "https://evil.example"
	app, store := installed(t, s)
	w := ask(t, app, http.MethodGet, "/install?shop=evil.example", "", nil)
	to, err := url.Parse(w.Header().Get("Location"))
	if err != nil {
		t.Fatal(err)
	}
	c := w.Result().Cookies()[0]
	w = ask(t, app, http.MethodGet, answer(to.Query().Get("state"), "iss", s.url), "", http.Header{"Cookie": {c.Name + "=" + c.Value}})
	if w.Code != http.StatusBadRequest {
		t.Errorf("%d: %s", w.Code, w.Body)
	}
	if i, err := store.Get(t.Context(), shopID); err != nil || i.ShopURL != shopURL || i.AccessToken != "at-0" {
		t.Errorf("%#v, %v", i, err)
	}
}

// The client that is made for an app calls no private address: strangers name the shops.
func TestPrivateAddressesAreNotCalled(t *testing.T) {
	t.Parallel()
	called := false
	server := httptest.NewTLSServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { called = true }))
	defer server.Close()
	app, _ := newApp(t, newShop(), func(o *sitepack.Options) { o.Client = nil })
	if w := ask(t, app, http.MethodGet, "/install?shop="+url.QueryEscape(server.URL), "", nil); w.Code != http.StatusBadGateway || called {
		t.Errorf("%d, called: %v", w.Code, called)
	}
}

func TestNewRefuses(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct{ manifest, says string }{
		"no JSON":         {"", "read Options.Manifest"},
		"no id":           {`{"auth":{"redirect_uri":"https://app.example/cb"}}`, "has no id"},
		"no redirect_uri": {`{"id":"ship-it"}`, "redirect_uri"},
		"a relative one":  {`{"id":"ship-it","auth":{"redirect_uri":"/cb"}}`, "redirect_uri"},
		"no store":        {appJSON, "Store is nil"},
	} {
		if _, err := sitepack.New(sitepack.Options{Manifest: []byte(tt.manifest)}); err == nil || !strings.Contains(err.Error(), tt.says) {
			t.Errorf("%s: got %v", name, err)
		}
	}
	app, _ := newApp(t, newShop())
	if w := ask(t, app, http.MethodGet, "/app.json", "", nil); w.Code != http.StatusOK || w.Body.String() != appJSON {
		t.Errorf("app.json: %d %s", w.Code, w.Body)
	}
}

func TestStoreOnDisk(t *testing.T) {
	t.Parallel()
	path := t.TempDir() + "/installations.json"
	store, err := sitepack.OpenFile(path)
	if err != nil {
		t.Fatal(err)
	}
	keep := func(i sitepack.Installation) (sitepack.Installation, error) {
		i.ShopURL, i.AccessToken = shopURL, "secret-token"
		return i, nil
	}
	if err := store.Change(t.Context(), shopID, keep); err != nil {
		t.Fatal(err)
	}
	failed := errors.New("no")
	if err := store.Change(t.Context(), "other", func(i sitepack.Installation) (sitepack.Installation, error) { return i, failed }); !errors.Is(err, failed) {
		t.Errorf("got %v", err)
	}
	again, err := sitepack.OpenFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(store.All(), again.All()); diff != "" || len(again.All()) != 1 {
		t.Error(diff)
	}
	if err := again.Delete(t.Context(), shopID); err != nil {
		t.Error(err)
	}
	if err := again.Delete(t.Context(), shopID); !errors.Is(err, sitepack.ErrShopUnknown) {
		t.Errorf("a second time: %v", err)
	}
	if _, err := sitepack.OpenFile(t.TempDir()); err == nil {
		t.Error("a folder was accepted as a file")
	}
}
