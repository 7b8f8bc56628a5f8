package server_test

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"
)

// answered is the head of an answer.
type answered struct {
	StatusCode int
	Header     http.Header
}

// rest calls the REST API as the app does.
func (a *packed) rest(base, path, token string, header ...string) (answered, map[string]any) {
	a.t.Helper()
	r, err := http.NewRequestWithContext(a.t.Context(), http.MethodGet, base+"/rest/v1"+path, nil)
	if err != nil {
		a.t.Fatal(err)
	}
	if token != "" {
		r.Header.Set("Authorization", "Bearer "+token)
	}
	for i := 0; i+1 < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	res, err := a.calls.Do(r)
	if err != nil {
		a.t.Fatal(err)
	}
	defer func() { _ = res.Body.Close() }()
	var body map[string]any
	if res.StatusCode != http.StatusNotModified {
		if err := json.NewDecoder(res.Body).Decode(&body); err != nil {
			a.t.Fatalf("%s: %v", path, err)
		}
	}
	return answered{res.StatusCode, res.Header}, body
}

func TestAppReadsTheShop(t *testing.T) {
	t.Parallel()
	c := development(folder(t))
	c.Demo = true
	host := open(t, c)
	shop := only(t, host)
	app := newPacked(t, "ship-it", []string{"products:read", "orders:read"}, nil)
	if err := byOperator(t, shop, app.URL); err != nil {
		t.Fatal(err)
	}
	base, token := host.URL(), app.text("access_token")
	res, me := app.rest(base, "/me", token)
	if res.StatusCode != http.StatusOK || me["app"].(map[string]any)["id"] != "ship-it" || len(me["scopes"].([]any)) != 2 || res.Header.Get("RateLimit-Policy") == "" {
		t.Fatalf("%d %v %v", res.StatusCode, me, res.Header)
	}
	if res, body := app.rest(base, "/installation", token); res.StatusCode != http.StatusOK || body["version"] != "2.1.0" {
		t.Errorf("%d %v", res.StatusCode, body)
	}

	// All products, each once, page by page.
	seen, path := map[string]bool{}, "/products?limit=25&count=exact"
	total := 0.0
	for path != "" {
		res, page := app.rest(base, path, token)
		if res.StatusCode != http.StatusOK {
			t.Fatalf("%s: %d %v", path, res.StatusCode, page)
		}
		if n, ok := page["total"].(float64); ok {
			total = n
		}
		for _, x := range page["data"].([]any) {
			id := x.(map[string]any)["id"].(string)
			if seen[id] {
				t.Errorf("%s is there twice", id)
			}
			seen[id] = true
		}
		path = ""
		if next, ok := page["page"].(map[string]any)["next"].(string); ok {
			path = "/products?limit=25&cursor=" + next
			if len(seen) > 25 {
				continue
			}
			if res, body := app.rest(base, "/orders?cursor="+next, token); res.StatusCode != http.StatusBadRequest || body["code"] != "cursor_mismatch" {
				t.Errorf("a cursor of another list: %d %v", res.StatusCode, body)
			}
		}
	}
	if len(seen) < 4 || float64(len(seen)) != total {
		t.Fatalf("%d products on the pages, %v in all", len(seen), total)
	}
	for id := range seen {
		res, product := app.rest(base, "/products/"+id, token)
		if res.StatusCode != http.StatusOK || product["sku"] == "" || product["price"] == nil {
			t.Fatalf("%d %v", res.StatusCode, product)
		}
		tag := res.Header.Get("ETag")
		if again, _ := app.rest(base, "/products/"+id, token, "If-None-Match", tag); again.StatusCode != http.StatusNotModified || tag == "" {
			t.Errorf("the same: %d with %q", again.StatusCode, tag)
		}
		break
	}
	res, orders := app.rest(base, "/orders?limit=1", token)
	if res.StatusCode != http.StatusOK || len(orders["data"].([]any)) != 1 {
		t.Fatalf("%d %v", res.StatusCode, orders)
	}
	order := orders["data"].([]any)[0].(map[string]any)
	if order["redacted"] == nil || order["customer"].(map[string]any)["email"] != nil || len(order["lines"].([]any)) == 0 {
		t.Errorf("%v", order)
	}
	if !strings.Contains(res.Header.Get("Link"), `rel="next"`) {
		t.Errorf("Link %q", res.Header.Get("Link"))
	}
	if res, doc := app.rest(base, "/openapi.json", ""); res.StatusCode != http.StatusOK || !strings.HasPrefix(doc["openapi"].(string), "3.1") || len(doc["paths"].(map[string]any)) < 20 {
		t.Errorf("the document: %d, %v", res.StatusCode, doc["openapi"])
	}
}

func TestRESTRefuses(t *testing.T) {
	t.Parallel()
	host := open(t, development(folder(t)))
	shop := only(t, host)
	app := newPacked(t, "ship-it", []string{"products:read"}, nil)
	if err := byOperator(t, shop, app.URL); err != nil {
		t.Fatal(err)
	}
	base, token := host.URL(), app.text("access_token")
	const nobody = "0000000000000000000000000000000a"
	for name, tt := range map[string]struct {
		path, token  string
		status       int
		code, bearer string
	}{
		"no token":              {"/me", "", 401, "invalid_token", `error="invalid_token"`},
		"another token":         {"/me", "adk_at_" + strings.Repeat("A", 43), 401, "invalid_token", `error="invalid_token"`},
		"a refresh token":       {"/me", app.text("refresh_token"), 401, "invalid_token", `error="invalid_token"`},
		"another scope":         {"/orders", token, 403, "insufficient_scope", `error="insufficient_scope", scope="orders:read"`},
		"another scope, of one": {"/customers/" + nobody, token, 403, "insufficient_scope", `scope="customers:read"`},
		"nobody":                {"/products/" + nobody, token, 404, "not_found", ""},
		"no id":                 {"/products/one", token, 404, "not_found", ""},
		"nowhere":               {"/nothing", token, 404, "not_found", ""},
		"no limit":              {"/products?limit=0", token, 400, "invalid_limit", ""},
		"a large limit":         {"/products?limit=251", token, 400, "invalid_limit", ""},
		"another sort":          {"/products?sort=colour", token, 400, "invalid_filter", ""},
		"a made up cursor":      {"/products?cursor=AAAA", token, 400, "invalid_cursor", ""},
		"an unknown parameter":  {"/products?colour=red", token, 400, "unknown_parameter", ""},
		"a token in the query":  {"/me?access_token=x", token, 400, "unknown_parameter", ""},
	} {
		res, body := app.rest(base, tt.path, tt.token)
		if res.StatusCode != tt.status || body["code"] != tt.code || !strings.Contains(res.Header.Get("Www-Authenticate"), tt.bearer) ||
			res.Header.Get("Content-Type") != "application/problem+json" || body["type"] != "https://appdock.dev/problems/"+strings.ReplaceAll(tt.code, "_", "-") {
			t.Errorf("%s: %d %v %v", name, res.StatusCode, body, res.Header)
		}
	}
	if _, err := shop.Deactivate(t.Context(), "ship-it"); err != nil {
		t.Fatal(err)
	}
	if res, body := app.rest(base, "/me", token); res.StatusCode != http.StatusForbidden || body["code"] != "app_inactive" {
		t.Errorf("deactivated: %d %v", res.StatusCode, body)
	}
	if _, err := shop.Activate(t.Context(), "ship-it"); err != nil {
		t.Fatal(err)
	}
	for range 60 {
		if res, body := app.rest(base, "/me", token); res.StatusCode == http.StatusTooManyRequests {
			if body["code"] != "rate_limited" || res.Header.Get("Retry-After") == "" {
				t.Errorf("%v %v", body, res.Header)
			}
			return
		}
	}
	t.Error("nobody is slowed down")
}
