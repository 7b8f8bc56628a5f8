package server_test

import (
	"net/http"
	"reflect"
	"strings"
	"testing"
)

// An app keeps settings of its own without any scope, and changes those of the shop with one;
// nobody overwrites what they have not seen.
func TestAppKeepsSettings(t *testing.T) {
	t.Parallel()
	host := open(t, development(folder(t)))
	shop := only(t, host)
	app := newPacked(t, "ship-it", []string{"settings:read", "settings:write"}, nil)
	other := newPacked(t, "other-app", []string{"orders:read"}, nil)
	for _, one := range []*packed{app, other} {
		if err := byOperator(t, shop, one.URL); err != nil {
			t.Fatal(err)
		}
	}
	api, stranger := restClient{t, host.URL(), app.text("access_token")}, restClient{t, host.URL(), other.text("access_token")}
	for _, path := range []string{"/settings", "/shop-settings/core.cart"} {
		first := api.do(http.MethodGet, path, nil)
		tag := first.Header.Get("ETag")
		if first.StatusCode != http.StatusOK || tag == "" || len(first.Body["settings"].(map[string]any)) != 0 {
			t.Fatalf("%s: %d %s", path, first.StatusCode, first.Text)
		}
		values := map[string]any{"settings": map[string]any{"color": "red", "carriers": []any{"dhl", "ups"}, "max.weight": 31.5, "on": true}}
		if r := api.do(http.MethodPut, path, values); r.StatusCode != http.StatusPreconditionRequired || r.Body["code"] != "precondition_required" {
			t.Errorf("%s without If-Match: %d %s", path, r.StatusCode, r.Text)
		}
		put := api.do(http.MethodPut, path, values, "If-Match", tag)
		if put.StatusCode != http.StatusOK || !reflect.DeepEqual(put.Body["settings"], values["settings"]) || put.Header.Get("ETag") == tag {
			t.Fatalf("%s: %d %s", path, put.StatusCode, put.Text)
		}
		if r := api.do(http.MethodPut, path, map[string]any{"settings": map[string]any{}}, "If-Match", tag); r.StatusCode != http.StatusPreconditionFailed || r.Body["code"] != "precondition_failed" {
			t.Errorf("%s with an old tag: %d %s", path, r.StatusCode, r.Text)
		}
		fewer := map[string]any{"color": "blue", "on": nil}
		api.do(http.MethodPut, path, map[string]any{"settings": fewer}, "If-Match", put.Header.Get("ETag"))
		if r := api.do(http.MethodGet, path, nil); !reflect.DeepEqual(r.Body["settings"], map[string]any{"color": "blue"}) {
			t.Errorf("%s: what was left out is there: %s", path, r.Text)
		}
		for name, body := range map[string]any{
			"no settings":          map[string]any{},
			"a key with a blank":   map[string]any{"settings": map[string]any{"a b": 1}},
			"no key":               map[string]any{"settings": map[string]any{"": 1}},
			"a value that is long": map[string]any{"settings": map[string]any{"a": strings.Repeat("x", 64<<10)}},
		} {
			if r := api.do(http.MethodPut, path, body, "If-Match", "*"); r.StatusCode != http.StatusUnprocessableEntity {
				t.Errorf("%s, %s: %d %s", path, name, r.StatusCode, r.Text)
			}
		}
	}
	// Each app has its own, and no app sees those of another.
	if r := stranger.do(http.MethodGet, "/settings", nil); r.StatusCode != http.StatusOK || len(r.Body["settings"].(map[string]any)) != 0 {
		t.Errorf("%d %s", r.StatusCode, r.Text)
	}
	if r := stranger.do(http.MethodGet, "/shop-settings/core.cart", nil); r.StatusCode != http.StatusForbidden || r.Body["required_scope"] != "settings:read" {
		t.Errorf("without the scope: %d %s", r.StatusCode, r.Text)
	}
	for _, domain := range []string{"other-app.config", "ship-it.config", "core.", "Core"} {
		if r := api.do(http.MethodGet, "/shop-settings/"+domain, nil); r.StatusCode != http.StatusNotFound {
			t.Errorf("%s: %d %s", domain, r.StatusCode, r.Text)
		}
	}
}
