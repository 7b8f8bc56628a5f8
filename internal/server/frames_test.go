package server_test

import (
	"encoding/json"
	"html"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"github.com/appdock/appdock"
	"github.com/appdock/appdock/internal/control"
	"github.com/appdock/appdock/protocol"
)

// The admin shows an app's pages in frames: their addresses are signed for the one who looks,
// nothing else can be framed, and who may not work with the app sees nothing of it.
func TestPagesOfAnAppAreFramed(t *testing.T) {
	t.Parallel()
	c := development(folder(t))
	c.Demo = true
	host := open(t, c)
	shop := only(t, host)
	app := newPacked(t, "ship-it", []string{"orders:read"}, nil)
	app.more = map[string]any{"admin_ui": map[string]any{
		"navigation": []map[string]string{{"label": "Parcels <all>", "path": "/parcels?a=%28b%29&c='d'", "icon": "truck"}},
		"widgets": []map[string]string{
			{"id": "tracking", "location": "admin.order.detail.sidebar", "src": app.URL + "/tracking", "height": "20rem"},
			{"id": "nowhere", "location": "admin.order.detail.basement", "src": app.URL + "/nowhere"},
			{"id": "beside", "location": "admin.product.list.header", "src": app.URL + "/beside"},
			{"id": "start", "location": "admin.dashboard.index.main", "src": app.URL + "/start", "height": "5000px"},
		},
	}}
	if err := byOperator(t, shop, app.URL); err != nil {
		t.Fatal(err)
	}
	key, err := protocol.WebhookKey(app.text("webhook_secret"))
	if err != nil {
		t.Fatal(err)
	}
	id, payload := freshOrder()
	if err := operator(t, host).Create(t.Context(), "order", payload); err != nil {
		t.Fatal(err)
	}
	order := id.String()
	b := newBrowser(t, host.URL())
	b.owner(shop)
	framed := func(path string, contains ...string) url.Values {
		t.Helper()
		status, _ := b.get(path)
		b.want(status, http.StatusOK, append(contains, `sandbox="allow-scripts allow-forms allow-popups allow-popups-to-escape-sandbox allow-downloads allow-modals allow-same-origin"`)...)
		src := regexp.MustCompile(`<iframe [^>]*\bsrc="([^"]+)"`).FindStringSubmatch(b.page)
		if src == nil {
			t.Fatalf("no frame in\n%s", b.page)
		}
		to := html.UnescapeString(src[1])
		_, query, _ := strings.Cut(to, "?")
		signed, signature, _ := strings.Cut(query, "&sitepack-signature=")
		if err := protocol.Verify(key, []byte(signed), signature); err != nil || !strings.HasPrefix(to, app.URL+"/") {
			t.Errorf("%s frames %q: %v", path, to, err)
		}
		values, err := url.ParseQuery(query)
		if err != nil {
			t.Fatal(err)
		}
		token, err := protocol.ParseSessionToken(values.Get("session_token"), app.text("webhook_secret"))
		if err != nil || token.User != values.Get("user-id") || token.App != "ship-it" || token.ShopURL != host.URL() {
			t.Errorf("the token says %+v, %v", token, err)
		}
		return values
	}
	status, _ := b.get("/admin/apps/ship-it")
	b.want(status, http.StatusOK, `href="/admin/apps/ship-it/pages/0"`, `href="/admin/orders"`, `href="/admin/products"`)
	page := framed("/admin/apps/ship-it/pages/0", "Parcels &lt;all&gt;")
	if page.Get("location") != "" || page.Get("c") != "'d'" || page.Get("a") != "(b)" {
		t.Errorf("the page is told %v", page)
	}
	widget := framed("/admin/orders/"+order, ".tall-0{height:min(20rem,1200px)}", `&#34;resource&#34;:{&#34;type&#34;:&#34;order&#34;,&#34;id&#34;:&#34;`+order+`&#34;}`)
	if widget.Get("location") != "admin.order.detail.sidebar" || widget.Get("resource-id") != order {
		t.Errorf("the widget is told %v", widget)
	}
	if list := framed("/admin/products", "min(300px,1200px)"); list.Get("location") != "admin.product.list.header" || list.Has("resource-id") {
		t.Errorf("the widget of a list is told %v", list)
	}
	if start := framed("/admin/", "min(5000px,1200px)"); start.Get("location") != "admin.dashboard.index.main" {
		t.Errorf("the widget of the start page is told %v", start)
	}
	if status, _ := b.get("/admin/orders"); status != http.StatusOK || strings.Contains(b.page, "<iframe") {
		t.Errorf("the list of orders has a frame: %d\n%s", status, b.page)
	}
	for _, path := range []string{"apps/ship-it/pages/1", "apps/ship-it/pages/-1", "apps/ship-it/pages/x", "orders/x", "orders/" + appdock.LiveVersion.String(), "products/" + order} {
		status, _ := b.get("/admin/" + path)
		b.want(status, http.StatusNotFound)
	}

	// What the bridge asks for: a token, and other pages of the app at hosts that people know.
	status, _ = b.get("/admin/apps/ship-it/session-token")
	var fresh struct{ Token, URL string }
	if err := json.Unmarshal([]byte(b.page), &fresh); err != nil || status != http.StatusOK {
		t.Fatalf("%d %s", status, b.page)
	}
	if token, err := protocol.ParseSessionToken(fresh.Token, app.text("webhook_secret")); err != nil || token.App != "ship-it" {
		t.Errorf("the token says %+v, %v", token, err)
	}
	status, _ = b.get("/admin/apps/ship-it/signed-page?" + url.Values{"url": {app.URL + "/more?a=b"}, "resource-id": {order}}.Encode())
	if err := json.Unmarshal([]byte(b.page), &fresh); err != nil || status != http.StatusOK || !strings.HasPrefix(fresh.URL, app.URL+"/more?a=b&shop-id=") {
		t.Errorf("%d %s", status, b.page)
	}
	for _, to := range []string{"", "/more", "https://evil.example/", "https://x@" + strings.TrimPrefix(app.URL, "http://") + "/", "javascript:alert(1)"} {
		status, _ := b.get("/admin/apps/ship-it/signed-page?" + url.Values{"url": {to}}.Encode())
		b.want(status, http.StatusNotFound)
	}

	// The policy lets the app's origin be framed, and no other.
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, host.URL()+"/admin/orders/"+order, nil)
	if err != nil {
		t.Fatal(err)
	}
	res, err := b.client.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	_ = res.Body.Close()
	if policy := res.Header.Get("Content-Security-Policy"); !strings.Contains(policy, "; frame-src "+app.URL+"; script-src 'sha256-") || !strings.Contains(policy, "frame-ancestors 'none'") {
		t.Errorf("the policy is %q", policy)
	}

	for name, tt := range map[string]struct {
		privileges         []string
		page, order, token int
		framed             bool
	}{
		"anna": {[]string{"order:read"}, http.StatusForbidden, http.StatusOK, http.StatusForbidden, false},
		"bert": {[]string{"app.other"}, http.StatusForbidden, http.StatusForbidden, http.StatusForbidden, false},
		"cleo": {[]string{"app.ship-it"}, http.StatusOK, http.StatusForbidden, http.StatusOK, false},
		"dora": {[]string{"app.all", "order:read"}, http.StatusOK, http.StatusOK, http.StatusOK, true},
	} {
		made, err := shop.CreateUser(t.Context(), control.NewUser{Name: name, Email: name + "@shop.example", Role: "staff", Privileges: tt.privileges})
		if err != nil {
			t.Fatal(err)
		}
		staff := newBrowser(t, host.URL())
		staff.choose(made.Link)
		for path, want := range map[string]int{"apps/ship-it/pages/0": tt.page, "apps/ship-it/session-token": tt.token, "orders": tt.order, "orders/" + order: tt.order} {
			status, _ := staff.get("/admin/" + path)
			staff.want(status, want)
			if path == "orders/"+order && strings.Contains(staff.page, "<iframe") != tt.framed {
				t.Errorf("%s is shown a frame: %v", name, !tt.framed)
			}
		}
	}
	if _, err := shop.Deactivate(t.Context(), "ship-it"); err != nil {
		t.Fatal(err)
	}
	status, _ = b.get("/admin/apps/ship-it/pages/0")
	b.want(status, http.StatusNotFound)
	if status, _ = b.get("/admin/orders/" + order); status != http.StatusOK || strings.Contains(b.page, "<iframe") {
		t.Errorf("a frame of an app that is deactivated: %d\n%s", status, b.page)
	}
}
