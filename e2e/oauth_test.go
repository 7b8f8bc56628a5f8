package e2e

import (
	"context"
	"encoding/json"
	"html"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/appdock/appdock"
	"github.com/appdock/appdock/internal/control"
	"github.com/appdock/appdock/internal/seed"
	"github.com/appdock/appdock/internal/server"
)

// TestOAuth is the whole life of two apps with an app.json that know nothing of ours: one in Node on
// openid-client and standardwebhooks, a confidential client; one in Go on golang.org/x/oauth2 and
// the library of Standard Webhooks, a public one. Its steps build on each other.
func TestOAuth(t *testing.T) {
	t.Parallel()
	for name, start := range map[string]func(t *testing.T) (id, address string){
		"openid-client": func(t *testing.T) (string, string) {
			t.Helper()
			return "judge-in-node", startNode(t, "oauth", "APP_ID=judge-in-node", "APP_SECRET=dev-secret-judge-in-node")
		},
		"golang.org/x/oauth2": func(t *testing.T) (string, string) {
			t.Helper()
			return "judge-in-go", startGo(t, "judge-in-go")
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
			t.Cleanup(cancel)
			a := &judge{t: t, ctx: ctx}
			a.id, a.url = start(t)
			a.host = open(t, server.Default())
			a.shop = shopOf(t, a.host, "", a.host.URL())
			a.live()
		})
	}
}

// judge is an app that tells what its libraries say of the host.
type judge struct {
	t       *testing.T
	ctx     context.Context //nolint:containedctx // of the one test it lives in
	id, url string
	host    *server.Server
	shop    hosted
}

// said is what a library says of a call or a token.
type said struct {
	Status  int    `json:"status"`
	Error   string `json:"error"`
	Scope   string `json:"scope"`
	Access  string `json:"access_token"`
	Refresh string `json:"refresh_token"`
	Active  bool   `json:"active"`
	Client  string `json:"client_id"`
}

// seen is what the app has seen so far.
type judged struct {
	Webhooks []struct {
		ID   string `json:"id"`
		Type string `json:"type"`
		Shop struct {
			URL string `json:"url"`
		} `json:"shop"`
		Data struct {
			Object struct {
				ID string `json:"id"`
			} `json:"object"`
		} `json:"data"`
	} `json:"webhooks"`
	Errors []string `json:"errors"`
	Tokens said     `json:"tokens"`
}

func (a *judge) live() {
	t := a.t
	b := a.person()
	a.install(b, true)
	first := ask[judged](a, "seen", nil).Tokens
	if first.Access == "" || first.Refresh == "" || first.Scope != "orders:read products:read" {
		t.Fatalf("installed with %+v", first)
	}
	a.waitFor("app.installed", "")

	call := func(path, token string, status int, code, scope string) {
		t.Helper()
		if got := ask[said](a, "call", url.Values{"path": {path}, "token": {token}}); got.Status != status || got.Error != code || got.Scope != scope {
			t.Errorf("%s: got %+v, want %d %s %s", path, got, status, code, scope)
		}
	}
	call("/rest/v1/products?limit=2", first.Access, 200, "", "")
	call("/rest/v1/customers", first.Access, 403, "insufficient_scope", "customers:read")
	call("/rest/v1/orders", "adk_at_"+strings.Repeat("A", 43), 401, "invalid_token", "")
	call("/rest/v1/me", first.Access, 200, "", "")
	if got := a.ask("introspect", first.Access); !got.Active || got.Client != a.id {
		t.Errorf("introspection: got %+v", got)
	}
	if got := a.ask("introspect", "adk_at_"+strings.Repeat("A", 43)); got.Active {
		t.Errorf("introspection of a token of nobody: got %+v", got)
	}

	order := appdock.NewID(time.Now())
	if err := a.shop.api.Create(a.ctx, "order", seed.Order(order, time.Now()).Payload); err != nil {
		t.Fatal(err)
	}
	a.waitFor("order.created", order.String())

	// A refresh token is good once; the old access token lives until its own end.
	second := a.ask("refresh", first.Refresh)
	if second.Access == "" || second.Access == first.Access || second.Refresh == first.Refresh {
		t.Fatalf("refreshed to %+v", second)
	}
	call("/rest/v1/me", first.Access, 200, "", "")
	call("/rest/v1/me", second.Access, 200, "", "")
	third := a.ask("refresh", second.Refresh)
	// The first one is shown again after its successor was used: somebody has a copy. The whole
	// family is dead.
	if got := a.ask("refresh", first.Refresh); got.Error != "invalid_grant" {
		t.Errorf("a token that was used: got %+v, want invalid_grant", got)
	}
	for _, token := range []string{first.Access, second.Access, third.Access} {
		call("/rest/v1/me", token, 401, "invalid_token", "")
	}
	if got := a.ask("refresh", third.Refresh); got.Error != "invalid_grant" {
		t.Errorf("the newest token of a dead family: got %+v, want invalid_grant", got)
	}

	// Authorized again: nothing new is asked, so nobody is bothered. A token that is revoked is dead.
	a.install(b, false)
	again := ask[judged](a, "seen", nil).Tokens
	call("/rest/v1/me", again.Access, 200, "", "")
	a.ask("revoke", again.Access)
	call("/rest/v1/me", again.Access, 401, "invalid_token", "")
	again = a.ask("refresh", again.Refresh)
	call("/rest/v1/me", again.Access, 200, "", "")

	if got, err := a.shop.Uninstall(a.ctx, a.id, false); err != nil || got.Result != "uninstalled" {
		t.Fatalf("uninstall: got %+v, %v", got, err)
	}
	a.waitFor("app.uninstalled", "")
	call("/rest/v1/me", again.Access, 401, "invalid_token", "")
	if got := a.ask("refresh", again.Refresh); got.Error != "invalid_client" {
		t.Errorf("refresh after the end: got %+v, want invalid_client", got)
	}
	if all := ask[judged](a, "seen", nil); len(all.Errors) > 0 {
		t.Errorf("a library refused: %q", all.Errors)
	}
	// Each was delivered at the first attempt: none was refused for a signature meanwhile.
	list, err := a.shop.Deliveries(a.ctx, control.DeliveryFilter{App: a.id})
	if err != nil || len(list) != 3 || slices.ContainsFunc(list, func(d control.Delivery) bool { return d.Status != "delivered" || d.Attempts != 1 }) {
		t.Errorf("deliveries: got %+v, %v", list, err)
	}
}

// ask has the app do something, and gives what its libraries say.
func ask[T any](a *judge, what string, q url.Values) (out T) {
	a.t.Helper()
	r, err := http.NewRequestWithContext(a.ctx, http.MethodGet, a.url+"/test/"+what+"?"+q.Encode(), http.NoBody)
	if err != nil {
		a.t.Fatal(err)
	}
	res, err := http.DefaultClient.Do(r)
	if err != nil {
		a.t.Fatal(err)
	}
	defer func() { _ = res.Body.Close() }()
	if err := json.NewDecoder(res.Body).Decode(&out); err != nil {
		a.t.Fatalf("%s: %d, %v", what, res.StatusCode, err)
	}
	return out
}

func (a *judge) ask(what, token string) said {
	a.t.Helper()
	return ask[said](a, what, url.Values{"token": {token}})
}

// waitFor waits until the library verified a webhook of a topic, about a record if one is named.
func (a *judge) waitFor(topic, record string) {
	a.t.Helper()
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for {
		seen := ask[judged](a, "seen", nil)
		for _, w := range seen.Webhooks {
			if w.Type == topic && (record == "" || w.Data.Object.ID == record) {
				if w.Shop.URL != a.host.URL() || !strings.HasPrefix(w.ID, "msg_") {
					a.t.Errorf("%s came as %+v", topic, w)
				}
				return
			}
		}
		select {
		case <-tick.C:
		case <-a.ctx.Done():
			a.t.Fatalf("no webhook %s %s was verified: %+v", topic, record, seen)
		}
	}
}

// person logs in as the owner of the shop.
func (a *judge) person() *http.Client {
	a.t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		a.t.Fatal(err)
	}
	b := &http.Client{Jar: jar, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	made, err := a.shop.CreateUser(a.ctx, control.NewUser{Name: "olga", Email: "olga@shop.example", Role: "owner"})
	if err != nil {
		a.t.Fatal(err)
	}
	page, _ := a.visit(b, http.MethodGet, made.Link, nil)
	const password = "correct horse battery staple"
	a.visit(b, http.MethodPost, a.host.URL()+"/admin/password", url.Values{"key": {hidden(a.t, page, "key")}, "password": {password}, "again": {password}})
	return b
}

// install goes the way of a person: from the app to the shop, through the consent page if one is
// due, back to the app with the code, and on in the shop.
func (a *judge) install(b *http.Client, consent bool) {
	a.t.Helper()
	_, to := a.visit(b, http.MethodGet, a.url+"/install?shop="+url.QueryEscape(a.host.URL()), nil)
	page, back := a.visit(b, http.MethodGet, to, nil)
	if consent {
		time.Sleep(1100 * time.Millisecond) // a person needs that long; the page demands it
		form := url.Values{"token": {hidden(a.t, page, "token")}, "query": {hidden(a.t, page, "query")}, "decision": {"accept"}}
		_, back = a.visit(b, http.MethodPost, a.host.URL()+"/oauth/authorize", form)
	}
	if !strings.HasPrefix(back, a.url+"/callback?code=") {
		a.t.Fatalf("the shop leads to %q:\n%s", back, page)
	}
	page, to = a.visit(b, http.MethodGet, back, nil)
	if !strings.HasPrefix(to, a.host.URL()+"/admin/") {
		a.t.Fatalf("the app leads to %q:\n%s\n%+v", to, page, ask[judged](a, "seen", nil))
	}
}

// visit opens a page, and gives it with where it leads.
func (a *judge) visit(b *http.Client, method, to string, form url.Values) (page, location string) {
	a.t.Helper()
	r, err := http.NewRequestWithContext(a.ctx, method, to, strings.NewReader(form.Encode()))
	if err != nil {
		a.t.Fatal(err)
	}
	if form != nil {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	res, err := b.Do(r)
	if err != nil {
		a.t.Fatal(err)
	}
	defer func() { _ = res.Body.Close() }()
	text, err := io.ReadAll(res.Body)
	if err != nil {
		a.t.Fatal(err)
	}
	return string(text), res.Header.Get("Location")
}

// hidden gives the value of a hidden field of the page's last form that has it.
func hidden(t *testing.T, page, name string) string {
	t.Helper()
	all := regexp.MustCompile(`name="`+name+`" value="([^"]*)"`).FindAllStringSubmatch(page, -1)
	if all == nil {
		t.Fatalf("the page has no field %s:\n%s", name, page)
	}
	return html.UnescapeString(all[len(all)-1][1])
}
