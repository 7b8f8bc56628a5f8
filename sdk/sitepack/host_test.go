package sitepack_test

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/appdock/appdock/protocol"
	"github.com/appdock/appdock/sdk"
	"github.com/appdock/appdock/sdk/sitepack"
)

const (
	shopURL = "https://shop.example"
	shopID  = "aB3dE6gH9jK2mN5p"
	hookKey = "whsec_MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE="
	newKey  = "whsec_QUJDREVGR0hJSktMTU5PUFFSU1RVVldYWVphYmNkZWY="
	appJSON = `{"id":"ship-it","auth":{"redirect_uri":"https://app.example/oauth/callback","scopes":["orders:write"]},
		"webhooks":[{"topic":"order.created","address":"https://app.example/hooks"},{"topic":"app.uninstalled","address":"https://app.example/hooks"}]}`
)

// shop is a host without sockets, as far as an app calls it. internal/server has the real one.
type shop struct {
	url    string
	issuer string // in its metadata
	id     string // in its tokens

	mu      sync.Mutex
	tokens  int          // that were given out
	forms   []url.Values // of token requests
	calls   []*http.Request
	scope   string                                           // of the next tokens; empty: orders:read orders:write
	keyless bool                                             // it told the webhook key before
	refuse  string                                           // error of the token endpoint
	answers []func(http.ResponseWriter, *http.Request) error // of the REST API; the last one repeats
}

func newShop() *shop { return &shop{url: shopURL, issuer: shopURL, id: shopID} }

// RoundTrip answers an app's call. An error of an answer is that of the network.
func (s *shop) RoundTrip(r *http.Request) (*http.Response, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	w := httptest.NewRecorder()
	switch {
	case "https://"+r.URL.Host != s.url:
		return nil, fmt.Errorf("no such host: %s", r.URL.Host)
	case r.URL.Path == "/.well-known/oauth-authorization-server":
		_ = json.NewEncoder(w).Encode(map[string]string{"issuer": s.issuer, "authorization_endpoint": s.url + "/oauth/authorize", "token_endpoint": s.url + "/oauth/token"})
	case r.URL.Path == "/oauth/token":
		body, err := io.ReadAll(r.Body)
		if err != nil {
			return nil, err
		}
		form, err := url.ParseQuery(string(body))
		if err != nil {
			return nil, err
		}
		s.forms = append(s.forms, form)
		w.Header().Set("Content-Type", "application/json")
		if s.refuse != "" {
			w.WriteHeader(http.StatusBadRequest)
			_, _ = fmt.Fprintf(w, `{"error":%q}`, s.refuse)
			break
		}
		s.tokens++
		scope := cmp.Or(s.scope, "orders:read orders:write")
		key := hookKey
		if s.keyless {
			key = ""
		}
		_ = json.NewEncoder(w).Encode(map[string]any{
			"access_token": fmt.Sprintf("at-%d", s.tokens), "refresh_token": fmt.Sprintf("rt-%d", s.tokens), "token_type": "Bearer", "expires_in": 3600,
			"scope": scope, "shop": map[string]string{"id": s.id, "url": s.url}, "installation_id": "i1", "webhook_secret": key,
			"continue_url": s.url + "/admin/apps/ship-it/continue",
		})
	default:
		s.calls = append(s.calls, r)
		if len(s.answers) == 0 {
			break
		}
		answer := s.answers[0]
		if len(s.answers) > 1 {
			s.answers = s.answers[1:]
		}
		if err := answer(w, r); err != nil {
			return nil, err
		}
	}
	return w.Result(), nil
}

// status makes an answer of a status, with a header and its value.
func status(code int, body string, header ...string) func(http.ResponseWriter, *http.Request) error {
	return func(w http.ResponseWriter, _ *http.Request) error {
		for i := 0; i+1 < len(header); i += 2 {
			w.Header().Set(header[i], header[i+1])
		}
		w.WriteHeader(code)
		_, _ = io.WriteString(w, body)
		return nil
	}
}

// newApp makes an app that calls the shop.
func newApp(t *testing.T, s *shop, change ...func(*sitepack.Options)) (*sitepack.App, *sitepack.Memory) {
	t.Helper()
	store := sitepack.NewMemory()
	o := sitepack.Options{Manifest: []byte(appJSON), Store: store, Handled: sdk.NewMemory(), Client: &http.Client{Transport: s}}
	for _, f := range change {
		f(&o)
	}
	app, err := sitepack.New(o)
	if err != nil {
		t.Fatal(err)
	}
	return app, store
}

// installed makes an app that is installed in the shop, with a token that is good for an hour.
func installed(t *testing.T, s *shop) (*sitepack.App, *sitepack.Memory) {
	t.Helper()
	app, store := newApp(t, s)
	err := store.Change(t.Context(), shopID, func(i sitepack.Installation) (sitepack.Installation, error) {
		i.ID, i.ShopURL, i.TokenURL, i.Active = "i1", shopURL, shopURL+"/oauth/token", true
		i.AccessToken, i.AccessUntil, i.RefreshToken, i.WebhookSecret = "at-0", time.Now().Add(time.Hour), "rt-0", hookKey
		return i, nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return app, store
}

// ask has the app answer a request.
func ask(t *testing.T, app http.Handler, method, to string, body string, header http.Header) *httptest.ResponseRecorder {
	t.Helper()
	r := httptest.NewRequestWithContext(t.Context(), method, to, strings.NewReader(body))
	for name, values := range header {
		r.Header[name] = values
	}
	w := httptest.NewRecorder()
	app.ServeHTTP(w, r)
	return w
}

// message is a webhook as a host sends it.
func message(topic, id, data string, at time.Time, keys ...string) (body string, header http.Header) {
	m := protocol.TopicMessage{ID: id, Topic: topic, At: at, ShopID: shopID, ShopURL: shopURL, App: "ship-it", AppVersion: "1.0.0", Data: json.RawMessage(data)}
	call := m.Call("https://app.example/hooks", "test", 0, keys...)
	header = http.Header{}
	for _, h := range call.Header {
		header.Set(h.Name, h.Value)
	}
	return string(call.Body), header
}

func get(ctx context.Context, app *sitepack.App) error {
	return app.API(shopID).Call(ctx, http.MethodGet, "/orders/o1", nil, nil)
}
