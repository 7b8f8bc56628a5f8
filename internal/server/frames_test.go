package server_test

import (
	"html"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"github.com/appdock/appdock/internal/control"
	"github.com/appdock/appdock/protocol"
)

// The admin shows an app's pages in frames: their addresses are signed for the one who looks,
// nothing else can be framed, and who may not work with the app sees nothing of it.
func TestPagesOfAnAppAreFramed(t *testing.T) {
	t.Parallel()
	host := open(t, development(folder(t)))
	shop := only(t, host)
	app := newPacked(t, "ship-it", []string{"orders:read"}, nil)
	app.more = map[string]any{"admin_ui": map[string]any{
		"navigation": []map[string]string{{"label": "Parcels <all>", "path": "/parcels?a=%28b%29&c='d'", "icon": "truck"}},
		"widgets": []map[string]string{
			{"id": "tracking", "location": "admin.order.detail.sidebar", "src": app.URL + "/tracking", "height": "20rem"},
			{"id": "nowhere", "location": "admin.order.detail.basement", "src": app.URL + "/nowhere"},
		},
	}}
	if err := byOperator(t, shop, app.URL); err != nil {
		t.Fatal(err)
	}
	key, err := protocol.WebhookKey(app.text("webhook_secret"))
	if err != nil {
		t.Fatal(err)
	}
	b := newBrowser(t, host.URL())
	b.owner(shop)
	framed := func(path string, contains ...string) url.Values {
		t.Helper()
		status, _ := b.get(path)
		b.want(status, http.StatusOK, append(contains, `sandbox="allow-scripts allow-forms allow-popups allow-popups-to-escape-sandbox allow-downloads allow-same-origin"`)...)
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
	b.want(status, http.StatusOK, `href="/admin/apps/ship-it/pages/0"`, `href="/admin/apps/ship-it/widgets/tracking"`)
	page := framed("/admin/apps/ship-it/pages/0", "Parcels &lt;all&gt;")
	if page.Get("location") != "" || page.Get("c") != "'d'" || page.Get("a") != "(b)" {
		t.Errorf("the page is told %v", page)
	}
	const order = "01a1fdd38add760182374af93b92058d"
	widget := framed("/admin/apps/ship-it/widgets/tracking?resource-id="+order, ".widget{height:min(20rem,1200px)}")
	if widget.Get("location") != "admin.order.detail.sidebar" || widget.Get("resource-id") != order {
		t.Errorf("the widget is told %v", widget)
	}
	for _, path := range []string{"pages/1", "pages/-1", "pages/x", "widgets/nowhere", "widgets/none"} {
		status, _ := b.get("/admin/apps/ship-it/" + path)
		b.want(status, http.StatusNotFound)
	}
	status, _ = b.get("/admin/apps/ship-it/widgets/tracking?resource-id=%3Cscript%3E")
	b.want(status, http.StatusBadRequest)

	// The policy lets the app's origin be framed, and no other.
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, host.URL()+"/admin/apps/ship-it/widgets/tracking", nil)
	if err != nil {
		t.Fatal(err)
	}
	res, err := b.client.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	_ = res.Body.Close()
	if policy := res.Header.Get("Content-Security-Policy"); !strings.Contains(policy, "; frame-src "+app.URL+";") || !strings.Contains(policy, "frame-ancestors 'none'") {
		t.Errorf("the policy is %q", policy)
	}

	for name, tt := range map[string]struct {
		privileges []string
		status     int
	}{
		"anna": {[]string{"order:read"}, http.StatusForbidden},
		"bert": {[]string{"app.other"}, http.StatusForbidden},
		"cleo": {[]string{"app.ship-it"}, http.StatusOK},
		"dora": {[]string{"app.all"}, http.StatusOK},
	} {
		made, err := shop.CreateUser(t.Context(), control.NewUser{Name: name, Email: name + "@shop.example", Role: "staff", Privileges: tt.privileges})
		if err != nil {
			t.Fatal(err)
		}
		staff := newBrowser(t, host.URL())
		staff.choose(made.Link)
		status, _ := staff.get("/admin/apps/ship-it/pages/0")
		staff.want(status, tt.status)
	}
	if _, err := shop.Deactivate(t.Context(), "ship-it"); err != nil {
		t.Fatal(err)
	}
	status, _ = b.get("/admin/apps/ship-it/pages/0")
	b.want(status, http.StatusNotFound)
}
