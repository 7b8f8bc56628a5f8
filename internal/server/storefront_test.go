package server_test

import (
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/appdock/appdock"
	"github.com/appdock/appdock/internal/control"
	"github.com/appdock/appdock/internal/server"
)

// blocked is an app whose block is in the pages of products, as it is served now.
func blocked(t *testing.T, id string, scopes []string, snippet func() string) *packed {
	t.Helper()
	app := newPacked(t, id, scopes, nil)
	app.more = map[string]any{"theme_extensions": map[string]any{"app_blocks": []map[string]any{
		{"id": "second", "target": "product_page_info", "snippet": "snippets/eta.twig", "position": 2},
		{"id": "first", "target": "product_page_info", "snippet": "snippets/eta.twig", "position": 1},
		{"id": "sum", "target": "cart_summary", "snippet": "snippets/eta.twig"},
		{"id": "missing", "target": "product_page_info", "snippet": "snippets/nowhere.twig"},
	}}}
	app.mux.HandleFunc("GET /snippets/eta.twig", func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, snippet()) })
	return app
}

// visitShop opens a page of the shop.
func visitShop(t *testing.T, host *server.Server, path string) (int, string) {
	t.Helper()
	res, err := client(t).Get(host.URL() + path)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = res.Body.Close() }()
	body, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	if policy := res.Header.Get("Content-Security-Policy"); strings.Contains(policy, "script") || !strings.Contains(policy, "default-src 'none'") {
		t.Errorf("%s lets scripts of apps run: %s", path, policy)
	} else if !strings.Contains(policy, "form-action "+strings.TrimPrefix(host.URL(), "http://")+"/storefront/cart;") {
		t.Errorf("%s lets forms of apps be sent to the admin: %s", path, policy)
	}
	return res.StatusCode, string(body)
}

var ofApps = regexp.MustCompile(`<div class="app-block" data-app="([^"]*)" data-block="([^"]*)">([^<]*)</div>`)

// The pages of the shop show the blocks of active apps, as far as each app may see what is shown.
func TestAppBlocksInTheShop(t *testing.T) {
	t.Parallel()
	c := development(folder(t))
	c.Demo = true
	host := open(t, c)
	shop := only(t, host)
	text := "{{ block.id }} {{ product.name ?? 'no product' }} {{ page.type }} {{ cart.itemCount }}"
	if err := byOperator(t, shop, blocked(t, "eta-knows", []string{"products:read"}, func() string { return text }).URL); err != nil {
		t.Fatal(err)
	}
	if err := byOperator(t, shop, blocked(t, "eta-blind", nil, func() string { return text }).URL); err != nil {
		t.Fatal(err)
	}
	_, home := visitShop(t, host, "/storefront/")
	id := regexp.MustCompile(`/storefront/products/([0-9a-f]{32})`).FindStringSubmatch(home)[1]
	blocks := func(path string) (list []string) {
		t.Helper()
		status, page := visitShop(t, host, path)
		if status != http.StatusOK {
			t.Fatalf("%s: %d", path, status)
		}
		for _, m := range ofApps.FindAllStringSubmatch(page, -1) {
			list = append(list, m[1]+": "+m[3])
		}
		return list
	}
	name := regexp.MustCompile(`<h1>([^<]*)</h1>`)
	_, page := visitShop(t, host, "/storefront/products/"+id)
	called := name.FindStringSubmatch(page)[1]
	want := "eta-knows: first " + called + " product 0|eta-knows: second " + called + " product 0|eta-blind: first no product product 0|eta-blind: second no product product 0"
	if got := strings.Join(blocks("/storefront/products/"+id), "|"); got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
	if got := strings.Join(blocks("/storefront/cart?item="+id+"&item="+id), "|"); got != "eta-knows: sum no product cart 2|eta-blind: sum no product cart 2" {
		t.Errorf("cart: %s", got)
	}
	if got := strings.Join(blocks("/storefront/cart?"+strings.Repeat("item="+id+"&", 200)), "|"); got != "eta-knows: sum no product cart 99|eta-blind: sum no product cart 99" {
		t.Errorf("a cart of very many: %s", got)
	}
	if _, err := shop.Deactivate(t.Context(), "eta-knows"); err != nil {
		t.Fatal(err)
	}
	if got := strings.Join(blocks("/storefront/cart"), "|"); got != "eta-blind: sum no product cart 0" {
		t.Errorf("one app is off: %s", got)
	}
	for _, path := range []string{"/storefront/products/nowhere", "/storefront/products/" + appdock.ID{1}.String()} {
		if status, page := visitShop(t, host, path); status != http.StatusNotFound || !strings.Contains(page, "is not for sale") {
			t.Errorf("%s: %d", path, status)
		}
	}
}

// The pages of the shop are looked at, and that is said.
func TestShopIsOnlyLookedAt(t *testing.T) {
	t.Parallel()
	host := open(t, development(folder(t)))
	for _, path := range []string{"/storefront/", "/storefront/cart", "/storefront/products/x", "/storefront/style.css"} {
		res, err := client(t).Post(host.URL()+path, "text/plain", strings.NewReader("x"))
		if err != nil {
			t.Fatal(err)
		}
		_ = res.Body.Close()
		if res.StatusCode != http.StatusMethodNotAllowed || res.Header.Get("Allow") != "GET, HEAD" {
			t.Errorf("POST %s: %d, Allow %q", path, res.StatusCode, res.Header.Get("Allow"))
		}
	}
}

// A block that does not compile lets its app in at no time: not with the preview, and not when it
// became so since.
func TestAppBlockThatDoesNotCompile(t *testing.T) {
	t.Parallel()
	host := open(t, development(folder(t)))
	shop := only(t, host)
	texts := []string{"fine", "{% broken %}"}
	app := blocked(t, "eta-breaks", nil, func() string {
		text := texts[0]
		if len(texts) > 1 {
			texts = texts[1:]
		}
		return text
	})
	for range 2 { // fine with the preview, then no more
		err := byOperator(t, shop, app.URL)
		told, _ := err.(*appdock.Error) //nolint:errorlint // as it comes
		if told == nil || told.Code != "ADK-APP-INVALID" || len(told.Faults) != 1 || !strings.Contains(told.Faults[0].Message, `snippet "snippets/eta.twig" does not compile, line 1: Unknown "broken" tag`) {
			t.Fatalf("%v", err)
		}
		if _, err := shop.App(t.Context(), "eta-breaks"); appdock.KindOf(err) != appdock.NotFound {
			t.Errorf("it is there: %v", err)
		}
	}
}

// A snippet is fetched from the app's own address alone: one that leads elsewhere is not followed,
// shows what it did before, and the page of the app says so.
func TestSnippetThatLeadsElsewhere(t *testing.T) {
	t.Parallel()
	var called atomic.Int32
	inside := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		called.Add(1)
		_, _ = io.WriteString(w, "secret of the network")
	}))
	t.Cleanup(inside.Close)
	c := development(folder(t))
	c.Demo = true
	host := open(t, c)
	shop := only(t, host)
	var leads atomic.Pointer[string]
	app := newPacked(t, "eta-leads", nil, nil)
	app.more = map[string]any{"theme_extensions": map[string]any{"app_blocks": []map[string]any{
		{"id": "good", "label": "Good", "target": "cart_summary", "snippet": "snippets/good.twig"},
		{"id": "bad", "label": "Bad", "target": "cart_summary", "snippet": "snippets/bad.twig"},
	}}}
	app.mux.HandleFunc("GET /snippets/", func(w http.ResponseWriter, r *http.Request) {
		to := leads.Load()
		if to == nil && r.URL.Path == "/snippets/good.twig" {
			_, _ = io.WriteString(w, "good")
			return
		}
		if to == nil {
			to = &inside.URL
		}
		http.Redirect(w, r, *to, http.StatusFound)
	})
	browser := newBrowser(t, host.URL())
	browser.owner(shop)
	look := func(want string, notes ...string) {
		t.Helper()
		var shown []string
		_, cart := visitShop(t, host, "/storefront/cart")
		for _, m := range ofApps.FindAllStringSubmatch(cart, -1) {
			shown = append(shown, m[3])
		}
		if got := strings.Join(shown, "|"); got != want {
			t.Errorf("the shop shows %q, want %q", got, want)
		}
		status, _ := browser.get("/admin/apps/eta-leads")
		browser.want(status, http.StatusOK, notes...)
	}
	if err := byOperator(t, shop, app.URL); err != nil {
		t.Fatal(err)
	}
	look("good", "Bad <code class=\"quiet\">cart_summary</code> <span class=\"quiet\">(shows nothing: it could not be read)", "/snippets/bad.twig answered 302")
	for _, to := range []string{inside.URL, "http://169.254.169.254/latest/meta-data/"} {
		leads.Store(&to)
		app.becomes(func() { app.version = strings.Replace(app.version, "2.", "2.1", 1) })
		if _, err := shop.Update(t.Context(), control.Install{Source: control.Source{URL: app.URL}}); err != nil {
			t.Fatal(err)
		}
		look("good", "(shows what it did before: what there is now could not be read)", "/snippets/good.twig answered 302")
	}
	if n := called.Load(); n > 0 {
		t.Errorf("what a snippet leads to was called %d times", n)
	}
}

// A host in production shows the shop to those who may look at products in its admin.
func TestShopIsNotPublished(t *testing.T) {
	t.Parallel()
	host := open(t, production(folder(t)))
	browser := client(t)
	browser.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	res, err := browser.Get(host.URL() + "/storefront/cart?item=1")
	if err != nil {
		t.Fatal(err)
	}
	_ = res.Body.Close()
	if to, _ := url.Parse(res.Header.Get("Location")); res.StatusCode != http.StatusSeeOther || to == nil || to.Path != "/admin/login" || to.Query().Get("next") != "/storefront/cart?item=1" {
		t.Errorf("%d %s", res.StatusCode, res.Header.Get("Location"))
	}
}
