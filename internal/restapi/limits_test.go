package restapi

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/appdock/appdock"
	"github.com/appdock/appdock/internal/entity"
	"github.com/appdock/appdock/internal/oauth"
	"github.com/appdock/appdock/internal/shop"
	"github.com/appdock/appdock/protocol"
)

// fakeHost is a shop without records, and apps whose token is their name.
type fakeHost struct {
	now   time.Time
	asks  chan struct{} // told of each search, if it is there
	goOn  chan struct{} // which then waits for this
	fail  bool          // a search panics
	hang  bool          // a search goes on until it is given up
	mu    sync.Mutex
	asked []*entity.Criteria // in the order of the calls
}

func (h *fakeHost) Bearer(_ context.Context, _ appdock.ShopID, authorization string) (oauth.Bearer, error) {
	name := strings.TrimPrefix(authorization, "Bearer ")
	if name == "" {
		return oauth.Bearer{}, &appdock.Error{Kind: appdock.Unauthenticated, Code: "invalid_token", Message: "There is no access token in the request."}
	}
	var id appdock.ID
	copy(id[:], name)
	scopes := []protocol.Scope{{Resource: "products", Action: "read"}, {Resource: "products", Action: "write"}}
	return oauth.Bearer{App: oauth.App{Installation: id, Name: name}, Scopes: scopes, ExpiresAt: h.now.Add(time.Hour)}, nil
}

func (h *fakeHost) Search(ctx context.Context, _ appdock.Actor, _ entity.View, c *entity.Criteria) (entity.Page, error) {
	h.mu.Lock()
	h.asked = append(h.asked, c)
	h.mu.Unlock()
	if c.Entity == "customer_group" { // asked on the way, to know whether prices are net
		return entity.Page{}, nil
	}
	if h.fail {
		panic("a fault of the host")
	}
	if h.asks != nil {
		h.asks <- struct{}{}
		<-h.goOn
	}
	if h.hang {
		<-ctx.Done()
		return entity.Page{}, ctx.Err()
	}
	return entity.Page{}, nil
}

func (h *fakeHost) Do(ctx context.Context, _ appdock.ShopID, _ func(*shop.Work) error) error {
	if h.hang {
		<-ctx.Done()
		return ctx.Err()
	}
	return errors.New("nothing is written here")
}

func (h *fakeHost) api() http.Handler { return New(h.options()) }

func (h *fakeHost) options() Options {
	return Options{
		Bearers: h, Records: h, Shops: func(string) (appdock.Shop, bool) {
			return appdock.Shop{ID: "shop", URL: "https://shop.example", Currency: "EUR"}, true
		},
		Key: []byte("key"), Log: slog.New(slog.DiscardHandler), Now: func() time.Time { return h.now }, NewID: func() appdock.ID { return appdock.NewID(h.now) },
	}
}

func asked(api http.Handler, method, path, token string, header ...string) *httptest.ResponseRecorder {
	r := httptest.NewRequest(method, "/rest/v1"+path, nil)
	if token != "" {
		r.Header.Set("Authorization", "Bearer "+token)
	}
	for i := 0; i+1 < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	w := httptest.NewRecorder()
	api.ServeHTTP(w, r)
	return w
}

// Every answer says what is left: to the app, or where none is known, to all apps of the shop.
func TestEachAnswerTellsWhatIsLeft(t *testing.T) {
	t.Parallel()
	h := &fakeHost{now: time.Date(2026, 5, 4, 12, 0, 0, 0, time.UTC)}
	api := h.api()
	const nobody = `"shop";r=200;t=0`
	tests := []struct {
		what, method, path, token string
		status                    int
		limit                     string
	}{
		{"an app", "GET", "/shop", "one", 200, `"app";r=39;t=1`},
		{"nobody", "GET", "/shop", "", 401, `"shop";r=199;t=1`},
		{"a route that is none", "GET", "/nowhere", "one", 404, `"shop";r=199;t=1`},
		{"an empty segment", "GET", "//products", "one", 404, `"shop";r=199;t=1`},
		{"another method", "PUT", "/shop", "one", 405, `"shop";r=199;t=1`},
		{"a token in the query", "GET", "/shop?access_token=x", "one", 400, `"shop";r=199;t=1`},
		{"what anybody may ask", "GET", "/health", "", 200, `"shop";r=198;t=1`},
	}
	for _, tt := range tests {
		w := asked(api, tt.method, tt.path, tt.token)
		if w.Code != tt.status || w.Header().Get("RateLimit") != tt.limit || w.Header().Get("RateLimit-Policy") == "" || w.Header().Get("RateLimit-Limit") == "" {
			t.Errorf("%s: %d %q %q", tt.what, w.Code, w.Header().Get("RateLimit"), w.Header().Get("RateLimit-Policy"))
		}
	}
	h.now = h.now.Add(time.Minute)
	if w := asked(api, "GET", "/nowhere", ""); w.Header().Get("RateLimit") != nobody || w.Header().Get("RateLimit-Policy") != `"shop";q=200;w=4` {
		t.Errorf("a minute later: %v", w.Header())
	}
}

// Nobody waits longer for a search than the host has patience.
func TestASlowSearchIsGivenUp(t *testing.T) {
	t.Parallel()
	for _, path := range []string{"/products", "/products?q=shirt&count=exact", "/products/018c0000000070008000000000000001"} {
		synctest.Test(t, func(t *testing.T) {
			h := &fakeHost{now: time.Now(), hang: true}
			w := asked(h.api(), "GET", path, "one")
			if took := time.Since(h.now); took != 5*time.Second || w.Code != http.StatusServiceUnavailable || w.Header().Get("Retry-After") == "" {
				t.Errorf("%s: after %s: %d %s", path, took, w.Code, w.Body)
			}
		})
	}
}

// Apps that have not asked for a while are forgotten, those that have not.
func TestBucketsAreForgotten(t *testing.T) {
	t.Parallel()
	h := &fakeHost{now: time.Date(2026, 5, 4, 12, 0, 0, 0, time.UTC)}
	l := limits{now: func() time.Time { return h.now }}
	enter := func(n int) {
		c := &call{r: httptest.NewRequest("GET", "/rest/v1/shop", nil), header: http.Header{}, shop: appdock.Shop{ID: appdock.ShopID(strconv.Itoa(n))}}
		c.bearer.App.Installation = appdock.ID{byte(n >> 8), byte(n), 1}
		if err := l.enter(c); err != nil {
			t.Fatal(err)
		}
		c.leave()
	}
	for n := range 5000 {
		enter(n)
		h.now = h.now.Add(10 * time.Millisecond)
		if len(l.apps) > mostBuckets || len(l.shops) > mostBuckets || len(l.busy) > 0 {
			t.Fatalf("%d apps, %d shops, %d busy", len(l.apps), len(l.shops), len(l.busy))
		}
	}
	enter(4999)
	if b := l.apps[appdock.ID{byte(4999 >> 8), byte(4999 & 255), 1}]; b == nil || b.left > 39 {
		t.Errorf("one that asked just now: %+v", b)
	}
}

// A handler that panics gives back what its app may ask for at the same time.
func TestAPanicLeavesNothingTaken(t *testing.T) {
	t.Parallel()
	h := &fakeHost{now: time.Date(2026, 5, 4, 12, 0, 0, 0, time.UTC), fail: true}
	api := h.api()
	for i := range appAtOnce + 1 {
		if w := asked(api, "GET", "/products", "one"); w.Code != http.StatusInternalServerError {
			t.Fatalf("request %d: %d %s", i, w.Code, w.Body)
		}
	}
	h.fail = false
	if w := asked(api, "GET", "/products", "one"); w.Code != http.StatusOK {
		t.Errorf("afterwards: %d %s", w.Code, w.Body)
	}
}

func TestAppsAreSlowedDown(t *testing.T) {
	t.Parallel()
	h := &fakeHost{now: time.Date(2026, 5, 4, 12, 0, 0, 0, time.UTC)}
	api := h.api()
	for i := range 40 {
		if w := asked(api, "GET", "/shop", "one"); w.Code != http.StatusOK {
			t.Fatalf("request %d: %d", i, w.Code)
		}
	}
	w := asked(api, "GET", "/shop", "one")
	if w.Code != http.StatusTooManyRequests || w.Header().Get("Retry-After") != "1" || w.Header().Get("RateLimit") != `"app";r=0;t=4` || w.Header().Get("RateLimit-Policy") != `"app";q=40;w=4` {
		t.Errorf("the 41st: %d %v", w.Code, w.Header())
	}
	if w := asked(api, "GET", "/shop", "two"); w.Code != http.StatusOK || w.Header().Get("RateLimit-Remaining") != "39" {
		t.Errorf("another app: %d %v", w.Code, w.Header())
	}
	h.now = h.now.Add(400 * time.Millisecond) // four tokens: as much as a search costs
	if w := asked(api, "GET", "/products?q=shirt", "one"); w.Code != http.StatusOK {
		t.Errorf("a search: %d %s", w.Code, w.Body)
	}
	if w := asked(api, "GET", "/shop", "one"); w.Code != http.StatusTooManyRequests {
		t.Errorf("after the search: %d", w.Code)
	}
	h.now = h.now.Add(100 * time.Millisecond)
	if w := asked(api, "DELETE", "/products/x", "one"); w.Code != http.StatusTooManyRequests {
		t.Errorf("a write costs two: %d", w.Code)
	}
	// A shop answers 200 at once, however many apps ask.
	h.now = h.now.Add(time.Minute)
	var refused int
	for i := range 210 {
		if w := asked(api, "GET", "/shop", string(rune('a'+i%20))); w.Code == http.StatusTooManyRequests {
			refused++
		}
	}
	if refused != 10 {
		t.Errorf("%d of 210 were refused by the shop, want 10", refused)
	}
}

func TestAnAppAsksTenThingsAtATime(t *testing.T) {
	t.Parallel()
	h := &fakeHost{now: time.Date(2026, 5, 4, 12, 0, 0, 0, time.UTC), asks: make(chan struct{}), goOn: make(chan struct{})}
	api := h.api()
	done := make(chan int)
	for range 10 {
		go func() { done <- asked(api, "GET", "/products", "one").Code }()
	}
	for range 10 {
		<-h.asks
	}
	w := asked(api, "GET", "/products", "one")
	if w.Code != http.StatusTooManyRequests || !strings.Contains(w.Body.String(), `"reason":"concurrency"`) {
		t.Errorf("the eleventh: %d %s", w.Code, w.Body)
	}
	close(h.goOn)
	for range 10 {
		if code := <-done; code != http.StatusOK {
			t.Errorf("got %d", code)
		}
	}
	h.asks = nil
	if w := asked(api, "GET", "/products", "one"); w.Code != http.StatusOK {
		t.Errorf("afterwards: %d", w.Code)
	}
}

func TestBasics(t *testing.T) {
	t.Parallel()
	h := &fakeHost{now: time.Date(2026, 5, 4, 12, 0, 0, 0, time.UTC)}
	api := h.api()
	if w := asked(api, "GET", "/health", ""); w.Code != http.StatusOK || w.Body.String() != `{"status":"ok"}` {
		t.Errorf("health: %d %s", w.Code, w.Body)
	}
	if w := asked(api, "HEAD", "/shop", "one"); w.Code != http.StatusOK {
		t.Errorf("HEAD: %d", w.Code)
	}
	packed := asked(api, "GET", "/openapi.json", "", "Accept-Encoding", "br, gzip")
	if packed.Header().Get("Content-Encoding") != "gzip" || packed.Header().Get("Vary") == "" || packed.Body.Len() > 50_000 {
		t.Errorf("packed: %v, %d bytes", packed.Header(), packed.Body.Len())
	}
	for _, accepted := range []string{"", "identity", "gzip;q=0"} {
		if w := asked(api, "GET", "/openapi.json", "", "Accept-Encoding", accepted); w.Header().Get("Content-Encoding") != "" {
			t.Errorf("%q: %v", accepted, w.Header())
		}
	}
	yaml := asked(api, "GET", "/openapi.yaml", "")
	if !strings.HasPrefix(yaml.Header().Get("Content-Type"), "application/yaml") || !strings.Contains(yaml.Body.String(), "openapi: 3.1.0") {
		t.Errorf("yaml: %v", yaml.Header())
	}
	taxes := asked(api, "GET", "/taxes", "one")
	tag := taxes.Header().Get("ETag")
	if !strings.HasPrefix(tag, `W/"`) {
		t.Errorf("the tag of a small list: %q", tag)
	}
	if w := asked(api, "GET", "/taxes", "one", "If-None-Match", tag); w.Code != http.StatusNotModified || w.Body.Len() > 0 {
		t.Errorf("the same list: %d", w.Code)
	}
	if w := asked(api, "GET", "/products", "one", "X-Request-Id", "no good"); w.Header().Get("X-Request-Id") == "no good" {
		t.Error("a name of a request with a space was taken")
	}
}

func TestCursorsGetOld(t *testing.T) {
	t.Parallel()
	h := &fakeHost{now: time.Date(2026, 5, 4, 12, 0, 0, 0, time.UTC)}
	a := &api{options: Options{Key: []byte("key"), Now: func() time.Time { return h.now }}}
	c := &call{api: a, r: httptest.NewRequest("GET", "/rest/v1/products", nil)}
	l := &listing{collection: products(), key: sortKey{"id", anID}, hash: "hash"}
	d, err := entity.NewSchema(entity.Definition{Name: "product", Fields: []entity.Field{{Name: "id", Type: entity.UUID}}})
	if err != nil {
		t.Fatal(err)
	}
	definition, _ := d.Definition("product")
	cursor := *c.cursor(l, entity.Record{Definition: definition, Values: []any{appdock.NewID(h.now)}}, false)
	resumed := func(cursor string) string {
		again := &listing{collection: products(), key: l.key, hash: l.hash, criteria: &entity.Criteria{}}
		if p, ok := errors.AsType[*problem](c.resume(again, cursor)); ok {
			return p.Code
		}
		return "good"
	}
	h.now = h.now.Add(24 * time.Hour)
	if got := resumed(cursor); got != "good" {
		t.Errorf("after a day: %s", got)
	}
	if got := resumed(strings.ToUpper(cursor[:1]) + "x" + cursor[2:]); got != "invalid_cursor" {
		t.Errorf("changed: %s", got)
	}
	l.hash = "another list"
	if got := resumed(cursor); got != "cursor_mismatch" {
		t.Errorf("of another list: %s", got)
	}
	l.hash = "hash"
	h.now = h.now.Add(time.Second)
	if got := resumed(cursor); got != "invalid_cursor" {
		t.Errorf("after more than a day: %s", got)
	}
}
