package sdk_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/appdock/appdock/sdk"
)

// shop is the Admin API as far as a client sees it.
type shop struct {
	*httptest.Server
	mu      sync.Mutex
	tokens  int      // handed out
	dead    string   // a token that is refused
	calls   []string // method, path and body
	handler http.HandlerFunc
}

func newShop(t *testing.T, handler http.HandlerFunc) *shop {
	t.Helper()
	s := &shop{handler: handler}
	s.Server = httptest.NewServer(s)
	t.Cleanup(s.Close)
	return s
}

func (s *shop) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	body, _ := io.ReadAll(r.Body)
	if r.URL.Path == "/api/oauth/token" {
		var in map[string]string
		_ = json.Unmarshal(body, &in)
		if in["grant_type"] != "client_credentials" || in["client_id"] != "key" || in["client_secret"] != "canary" {
			w.WriteHeader(401)
			_, _ = io.WriteString(w, `{"errors":[{"code":"4","status":"401","title":"Client authentication failed","detail":null}]}`)
			return
		}
		s.tokens++
		_, _ = fmt.Fprintf(w, `{"token_type":"Bearer","expires_in":600,"access_token":"t%d"}`, s.tokens)
		return
	}
	s.calls = append(s.calls, strings.TrimSpace(r.Method+" "+r.URL.Path+" "+string(body)))
	token := strings.TrimPrefix(r.Header.Get("Authorization"), "Bearer ")
	if token == "" || token == s.dead || s.dead == "all" {
		w.WriteHeader(401)
		_, _ = io.WriteString(w, `{"errors":[{"code":"9","status":"401","title":"denied"}]}`)
		return
	}
	s.handler(w, r)
}

func TestAPI(t *testing.T) {
	t.Parallel()
	type product struct {
		ID    string `json:"id"`
		Stock int    `json:"stock"`
	}
	s := newShop(t, func(w http.ResponseWriter, r *http.Request) {
		switch {
		case r.Header.Get("Accept") != "application/json":
			w.WriteHeader(406)
		case strings.HasPrefix(r.URL.Path, "/api/search/"):
			_, _ = io.WriteString(w, `{"total":7,"data":[{"id":"p1","stock":3}],"aggregations":[]}`)
		case r.Method == http.MethodGet:
			_, _ = io.WriteString(w, `{"data":{"id":"p1","stock":3}}`)
		case r.URL.Path == "/api/notification":
			_, _ = io.WriteString(w, `{"id":"n1"}`)
		default:
			w.WriteHeader(204)
		}
	})
	api, ctx := sdk.NewAPI(sdk.Credentials{URL: s.URL + "/", Key: "key", Secret: "canary"}, nil), t.Context()
	page, err := sdk.Search[product](ctx, api, "order_line_item", sdk.Criteria{
		Filter:       []sdk.Filter{sdk.Equals("stock", 3)},
		Associations: map[string]sdk.Criteria{"lineItems": {}},
		Limit:        1, Total: 1,
	})
	if diff := cmp.Diff(sdk.Page[product]{Total: 7, Data: []product{{"p1", 3}}}, page); err != nil || diff != "" {
		t.Error(err, diff)
	}
	got, err := sdk.Get[product](ctx, api, "product", "p1")
	if err != nil || got != (product{"p1", 3}) {
		t.Errorf("got %v, %v", got, err)
	}
	for name, err := range map[string]error{
		"create": api.Create(ctx, "product", product{"p2", 1}),
		"update": api.Update(ctx, "product", "p2", map[string]int{"stock": 2}),
		"delete": api.Delete(ctx, "product", "p2"),
		"notify": api.Notify(ctx, sdk.Notification{Status: "info", Message: "hello"}),
	} {
		if err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	want := map[string]bool{
		`POST /api/search/order-line-item {"filter":[{"type":"equals","field":"stock","value":3}],"associations":{"lineItems":{}},"limit":1,"total-count-mode":1}`: true,
		`GET /api/product/p1`:                                        true,
		`POST /api/product {"id":"p2","stock":1}`:                    true,
		`PATCH /api/product/p2 {"stock":2}`:                          true,
		`DELETE /api/product/p2`:                                     true,
		`POST /api/notification {"status":"info","message":"hello"}`: true,
	}
	calls := map[string]bool{}
	for _, call := range s.calls {
		calls[call] = true
	}
	if diff := cmp.Diff(want, calls); diff != "" {
		t.Error(diff)
	}
	if s.tokens != 1 {
		t.Errorf("%d tokens for %d calls", s.tokens, len(s.calls))
	}
}

func TestTokens(t *testing.T) {
	t.Parallel()
	s := newShop(t, func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(204) })
	f := newApp(t)
	shop := sdk.Shop{ID: shopID, URL: s.URL, APIKey: "key", SecretKey: "canary"}
	call := func(shop sdk.Shop) error { return f.API(shop).Delete(t.Context(), "product", "p") }
	steps := []struct {
		name   string
		before func()
		shop   sdk.Shop
		tokens int // in all
		fails  bool
	}{
		{"the first call takes one", func() {}, shop, 1, false},
		{"kept for 569 s", func() { f.now = f.now.Add(569 * time.Second) }, shop, 1, false},
		{"renewed at 570 s", func() { f.now = f.now.Add(time.Second) }, shop, 2, false},
		{"renewed when it is refused", func() { s.dead = "t2" }, shop, 3, false},
		{"renewed once when all are refused", func() { s.dead = "all" }, shop, 4, true},
		{"not kept then", func() { s.dead = "" }, shop, 5, false},
		{"not asked for with wrong credentials", func() {}, sdk.Shop{ID: shopID, URL: s.URL, APIKey: "key", SecretKey: "rotated"}, 5, true},
	}
	for _, step := range steps {
		step.before()
		before := len(s.calls)
		err := call(step.shop)
		if s.tokens != step.tokens || (err != nil) != step.fails {
			t.Errorf("%s: %d tokens, want %d; %v", step.name, s.tokens, step.tokens, err)
		}
		if n := len(s.calls) - before; n > 2 {
			t.Errorf("%s: %d calls: a loop", step.name, n)
		}
		if failure, ok := errors.AsType[*sdk.APIError](err); step.fails && (!ok || failure.Status != 401) {
			t.Errorf("%s: got %v", step.name, err)
		}
		if err != nil && strings.Contains(err.Error(), "canary") {
			t.Errorf("the secret is in %v", err)
		}
	}
}

// TestTokensAreRenewedTogether: callers that are refused at the same time take one new
// token between them.
func TestTokensAreRenewedTogether(t *testing.T) {
	t.Parallel()
	const callers = 8
	var (
		mu     sync.Mutex
		tokens int
		first  sync.WaitGroup
	)
	first.Add(callers)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/api/oauth/token" {
			mu.Lock()
			defer mu.Unlock()
			tokens++
			_, _ = fmt.Fprintf(w, `{"token_type":"Bearer","expires_in":600,"access_token":"t%d"}`, tokens)
			return
		}
		if r.Header.Get("Authorization") == "Bearer t1" {
			first.Done()
			first.Wait()
			w.WriteHeader(http.StatusUnauthorized)
			return
		}
		w.WriteHeader(http.StatusNoContent)
	}))
	t.Cleanup(server.Close)
	api := sdk.NewAPI(sdk.Credentials{URL: server.URL, Key: "key", Secret: "canary"}, nil)
	var group sync.WaitGroup
	for range callers {
		group.Go(func() {
			if err := api.Delete(t.Context(), "product", "p"); err != nil {
				t.Error(err)
			}
		})
	}
	group.Wait()
	if tokens != 2 {
		t.Errorf("%d tokens, want 2", tokens)
	}
}

func TestAPIErrors(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		status int
		header string
		body   string
		want   sdk.APIError
		text   string
	}{
		"a missing privilege": {
			403, "", `{"errors":[{"code":"FRAMEWORK__MISSING_PRIVILEGE_ERROR","status":"403","title":"Forbidden","detail":"order:update"}]}`,
			sdk.APIError{Status: 403, Faults: []sdk.Fault{{Code: "FRAMEWORK__MISSING_PRIVILEGE_ERROR", Title: "Forbidden", Detail: "order:update"}}},
			"DELETE /api/product/p: the shop answered 403; FRAMEWORK__MISSING_PRIVILEGE_ERROR: order:update",
		},
		"two violations": {
			400, "", `{"errors":[{"code":"c1","detail":"no blank","source":{"pointer":"/0/name"}},{"code":"c2","title":"Bad Request","source":{"pointer":"/0/price"}}]}`,
			sdk.APIError{Status: 400, Faults: []sdk.Fault{{Code: "c1", Detail: "no blank", Pointer: "/0/name"}, {Code: "c2", Title: "Bad Request", Pointer: "/0/price"}}},
			"DELETE /api/product/p: the shop answered 400; c1 /0/name: no blank; c2 /0/price: Bad Request",
		},
		"a proxy's page":           {502, "", `<html>bad gateway`, sdk.APIError{Status: 502}, "DELETE /api/product/p: the shop answered 502"},
		"a redirect, not followed": {302, "/elsewhere", ``, sdk.APIError{Status: 302}, "DELETE /api/product/p: the shop answered 302"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newShop(t, func(w http.ResponseWriter, _ *http.Request) {
				w.Header().Set("Location", test.header)
				w.WriteHeader(test.status)
				_, _ = io.WriteString(w, test.body)
			})
			err := sdk.NewAPI(sdk.Credentials{URL: s.URL, Key: "key", Secret: "canary"}, nil).Delete(t.Context(), "product", "p")
			got, ok := errors.AsType[*sdk.APIError](err)
			if !ok {
				t.Fatalf("got %v", err)
			}
			if diff := cmp.Diff(test.want, *got); diff != "" {
				t.Error(diff)
			}
			if err.Error() != test.text || len(s.calls) != 1 {
				t.Errorf("got %v after %d calls, want %s", err, len(s.calls), test.text)
			}
			if len(test.want.Faults) > 0 && !got.Has(test.want.Faults[0].Code) || got.Has("another") {
				t.Error("Has is wrong")
			}
		})
	}
}

func TestAPIWaitsWithItsContext(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	api := sdk.NewAPI(sdk.Credentials{URL: "http://127.0.0.1:1", Key: "k", Secret: "canary"}, nil)
	if err := api.Notify(ctx, sdk.Notification{}); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
	if text := fmt.Sprintf("%v %#v", sdk.Credentials{URL: "u", Secret: "canary"}, sdk.Credentials{Secret: "canary"}); strings.Contains(text, "canary") {
		t.Error(text)
	}
}
