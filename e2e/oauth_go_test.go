package e2e

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"

	standardwebhooks "github.com/standard-webhooks/standard-webhooks/libraries/go"
	"golang.org/x/oauth2"
)

// goApp is the app of oauth/server.js once more, as a Go developer would write it: OAuth 2.0 by
// golang.org/x/oauth2, webhooks by the library of Standard Webhooks, and nothing of ours.
type goApp struct {
	*httptest.Server
	id string

	mu       sync.Mutex
	shop     string
	config   *oauth2.Config
	state    string
	verifier string
	tokens   *oauth2.Token
	key      string // of the webhooks; told with the first tokens alone
	webhooks []json.RawMessage
	errors   []string
}

// startGo starts the app as a public client.
func startGo(t *testing.T, id string) (address string) {
	t.Helper()
	a := &goApp{id: id}
	mux := http.NewServeMux()
	for pattern, answer := range map[string]func(http.ResponseWriter, *http.Request) error{
		"GET /app.json": a.manifest, "GET /install": a.install, "GET /callback": a.callback, "POST /webhooks": a.webhook,
		"GET /test/seen": a.seen, "GET /test/refresh": a.refresh, "GET /test/call": a.call, "GET /test/introspect": a.introspect, "GET /test/revoke": a.revoke,
	} {
		mux.HandleFunc(pattern, func(w http.ResponseWriter, r *http.Request) {
			a.mu.Lock()
			defer a.mu.Unlock()
			if err := answer(w, r); err != nil {
				a.errors = append(a.errors, r.Method+" "+r.URL.Path+": "+err.Error())
				w.WriteHeader(http.StatusBadRequest)
			}
		})
	}
	a.Server = httptest.NewServer(mux)
	t.Cleanup(a.Close)
	return a.URL
}

func (a *goApp) manifest(w http.ResponseWriter, _ *http.Request) error {
	var hooks []map[string]string
	for _, topic := range []string{"app.installed", "app.uninstalled", "order.created"} {
		hooks = append(hooks, map[string]string{"topic": topic, "address": a.URL + "/webhooks"})
	}
	return json.NewEncoder(w).Encode(map[string]any{
		"id": a.id, "name": "Judge in Go", "version": "1.0.0", "author": "Appdock", "description": "Says what other people's libraries say", "webhooks": hooks,
		"auth": map[string]any{"redirect_uri": a.URL + "/callback", "start_uri": a.URL + "/install", "scopes": []string{"orders:read", "products:read"}},
	})
}

func (a *goApp) install(w http.ResponseWriter, r *http.Request) error {
	a.shop = r.URL.Query().Get("shop")
	a.config = &oauth2.Config{
		ClientID: a.id, RedirectURL: a.URL + "/callback", Scopes: []string{"orders:read", "products:read"},
		Endpoint: oauth2.Endpoint{AuthURL: a.shop + "/oauth/authorize", TokenURL: a.shop + "/oauth/token", AuthStyle: oauth2.AuthStyleInParams},
	}
	a.verifier, a.state = oauth2.GenerateVerifier(), oauth2.GenerateVerifier()
	http.Redirect(w, r, a.config.AuthCodeURL(a.state, oauth2.S256ChallengeOption(a.verifier), oauth2.SetAuthURLParam("manifest", a.URL+"/app.json")), http.StatusSeeOther)
	return nil
}

func (a *goApp) callback(w http.ResponseWriter, r *http.Request) error {
	q := r.URL.Query()
	if q.Get("state") != a.state || q.Get("iss") != a.shop {
		return fmt.Errorf("the answer is none to our question: %s", q.Get("error"))
	}
	var err error
	if a.tokens, err = a.config.Exchange(r.Context(), q.Get("code"), oauth2.VerifierOption(a.verifier)); err != nil {
		return err
	}
	if key, _ := a.tokens.Extra("webhook_secret").(string); key != "" {
		a.key = key
	}
	to, _ := a.tokens.Extra("continue_url").(string)
	if to == "" {
		to = a.shop + "/admin/"
	}
	http.Redirect(w, r, to, http.StatusSeeOther)
	return nil
}

func (a *goApp) webhook(w http.ResponseWriter, r *http.Request) error {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return err
	}
	hook, err := standardwebhooks.NewWebhook(a.key)
	if err != nil {
		return err
	}
	if err := hook.Verify(body, r.Header); err != nil {
		return err
	}
	a.webhooks = append(a.webhooks, body)
	w.WriteHeader(http.StatusNoContent)
	return nil
}

// wireTokens are tokens as the token endpoint names them.
func wireTokens(t *oauth2.Token) map[string]any {
	if t == nil {
		return nil
	}
	return map[string]any{"access_token": t.AccessToken, "refresh_token": t.RefreshToken, "scope": t.Extra("scope"), "expires_in": t.ExpiresIn}
}

func (a *goApp) seen(w http.ResponseWriter, _ *http.Request) error {
	return json.NewEncoder(w).Encode(map[string]any{"webhooks": a.webhooks, "errors": a.errors, "tokens": wireTokens(a.tokens)})
}

func (a *goApp) refresh(w http.ResponseWriter, r *http.Request) error {
	fresh, err := a.config.TokenSource(r.Context(), &oauth2.Token{RefreshToken: r.URL.Query().Get("token")}).Token()
	if told, ok := errors.AsType[*oauth2.RetrieveError](err); ok {
		return json.NewEncoder(w).Encode(map[string]any{"status": told.Response.StatusCode, "error": told.ErrorCode})
	}
	if err != nil {
		return err
	}
	a.tokens = fresh
	return json.NewEncoder(w).Encode(wireTokens(fresh))
}

func (a *goApp) call(w http.ResponseWriter, r *http.Request) error {
	q := r.URL.Query()
	request, err := http.NewRequestWithContext(r.Context(), http.MethodGet, a.shop+q.Get("path"), http.NoBody)
	if err != nil {
		return err
	}
	calls := oauth2.NewClient(r.Context(), oauth2.StaticTokenSource(&oauth2.Token{AccessToken: q.Get("token")}))
	answer, err := calls.Do(request)
	if err != nil {
		return err
	}
	defer func() { _ = answer.Body.Close() }()
	var body any
	if err := json.NewDecoder(answer.Body).Decode(&body); err != nil {
		return err
	}
	out := map[string]any{"status": answer.StatusCode, "body": body}
	for part := range strings.SplitSeq(strings.TrimPrefix(answer.Header.Get("WWW-Authenticate"), "Bearer "), ", ") {
		if name, value, ok := strings.Cut(part, "="); ok {
			out[name] = strings.Trim(value, `"`)
		}
	}
	return json.NewEncoder(w).Encode(out)
}

func (a *goApp) introspect(w http.ResponseWriter, r *http.Request) error {
	return a.post(r.Context(), w, "/oauth/introspect", r.URL.Query().Get("token"))
}

func (a *goApp) revoke(w http.ResponseWriter, r *http.Request) error {
	return a.post(r.Context(), w, "/oauth/revoke", r.URL.Query().Get("token"))
}

// post asks about a token: x/oauth2 has nothing for that.
func (a *goApp) post(ctx context.Context, w http.ResponseWriter, path, token string) error {
	form := url.Values{"token": {token}, "client_id": {a.id}}
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, a.shop+path, strings.NewReader(form.Encode()))
	if err != nil {
		return err
	}
	request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	answer, err := http.DefaultClient.Do(request)
	if err != nil {
		return err
	}
	defer func() { _ = answer.Body.Close() }()
	body, err := io.ReadAll(answer.Body)
	if err == nil && len(body) == 0 {
		body = []byte("{}")
	}
	_, _ = w.Write(body)
	return err
}
