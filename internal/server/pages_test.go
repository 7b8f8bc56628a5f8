package server_test

import (
	"encoding/base64"
	"net/http"
	"strings"
	"testing"

	"github.com/appdock/appdock/internal/control"
)

// dot is a PNG of one pixel.
const dot = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg=="

// An owner sees who decided what, in plain words; nobody else does.
func TestOwnerReadsTheLog(t *testing.T) {
	t.Parallel()
	config, clock := clocked(development(folder(t)))
	host := open(t, config)
	shop := only(t, host)
	b := newBrowser(t, host.URL())
	b.clock = clock
	b.owner(shop)
	app, other := newPacked(t, "ship-it", []string{"orders:read"}, nil), newPacked(t, "other-app", []string{"products:read"}, nil)
	if err := byOperator(t, shop, app.URL); err != nil {
		t.Fatal(err)
	}
	installed(t, shop, write(t, "TestApp", newApp(t).Manifest()))
	if _, err := shop.Permit(t.Context(), "TestApp", control.Permit{Revoke: []string{"order:read"}}); err != nil {
		t.Fatal(err)
	}
	b.get("/oauth/authorize?" + other.request().Encode())
	if status, to := b.accept("cancel"); status != http.StatusSeeOther || !strings.Contains(to, "error=access_denied") {
		t.Fatalf("%d %q", status, to)
	}
	status, _ := b.get("/admin/log")
	b.want(status, http.StatusOK, "olga", "refused the app", "see products, prices and stock", "other-app", "let the app in", "see orders, with addresses",
		"the operator, on the command line", "made the user", "took from the app", "TestApp", "order:read")
	if at, before := strings.Index(b.page, "refused the app"), strings.Index(b.page, "made the user"); at > before {
		t.Error("the newest does not come first")
	}
	b.get("/admin/log")
	status, _ = b.do(http.MethodGet, "/admin/log", nil, "Accept-Language", "de")
	b.want(status, http.StatusOK, "lehnte die App ab", "der Betreiber, auf der Kommandozeile", `href="/admin/log" aria-current="page"`)
	made, err := shop.CreateUser(t.Context(), control.NewUser{Name: "anna", Email: "anna@shop.example", Role: "staff", Privileges: []string{"order:read", "app.all"}})
	if err != nil {
		t.Fatal(err)
	}
	staff := newBrowser(t, host.URL())
	staff.choose(made.Link)
	status, _ = staff.get("/admin/log")
	staff.want(status, http.StatusForbidden)
	if status, _ = staff.get("/admin/orders"); status != http.StatusOK || strings.Contains(staff.page, `href="/admin/log"`) || strings.Contains(staff.page, "/admin/customers") {
		t.Errorf("the menu of staff: %d\n%s", status, staff.page)
	}
}

// What a page says that nobody translated is marked as the English that it is.
func TestPagesMarkForeignWords(t *testing.T) {
	t.Parallel()
	host := open(t, development(folder(t)))
	b := newBrowser(t, host.URL())
	for language, marked := range map[string]bool{"nl": true, "en": false} {
		status, _ := b.do(http.MethodGet, "/oauth/authorize?client_id=nobody", nil, "Accept-Language", language)
		b.want(status, http.StatusBadRequest, `<html lang="`+language+`"`)
		if got := strings.Contains(b.page, `<p lang="en">`); got != marked {
			t.Errorf("%s: marked %v\n%s", language, got, b.page)
		}
	}
	status, _ := b.do(http.MethodGet, "/oauth/authorize?client_id=nobody", nil, "Accept-Language", "nl")
	b.want(status, http.StatusBadRequest, `<p><strong>De winkel`, `<p lang="en">the app is not known in this shop.</p>`)
}

// What apps write into custom fields stands on the page of the record, by the label of the field
// where it has one, and as text whatever it is.
func TestRecordPagesShowCustomFields(t *testing.T) {
	t.Parallel()
	c := development(folder(t))
	c.Demo = true
	host := open(t, c)
	api := operator(t, host)
	id, order := freshOrder()
	order["customFields"] = map[string]any{
		"gift_note": "For <b>Emma</b>", "gift_wrapped": true, "gift_weight": 1.5, "gift_parts": []int{1, 2}, "gift_nothing": nil, "gift_card": "none",
	}
	if err := api.Create(t.Context(), "order", order); err != nil {
		t.Fatal(err)
	}
	labelled := func(name, kind string, label map[string]string) map[string]any {
		return map[string]any{"name": name, "type": kind, "config": map[string]any{"label": label}}
	}
	set := map[string]any{"name": "gift", "customFields": []map[string]any{
		labelled("gift_note", "text", map[string]string{"en-GB": "Gift note", "de-DE": "Grußkarte"}),
		labelled("gift_wrapped", "bool", map[string]string{"en-GB": "Wrapped"}),
		labelled("gift_card", "text", map[string]string{"fr-FR": "Carte", "de-DE": ""}),
	}}
	if err := api.Create(t.Context(), "custom_field_set", set); err != nil {
		t.Fatal(err)
	}
	b := newBrowser(t, host.URL())
	b.owner(only(t, host))
	facts := func(language string) string {
		t.Helper()
		status, _ := b.do(http.MethodGet, "/admin/orders/"+id.String(), nil, "Accept-Language", language)
		b.want(status, http.StatusOK)
		_, rest, _ := strings.Cut(b.page, map[string]string{"en": "<h2>Additional fields</h2>", "de": "<h2>Zusatzfelder</h2>"}[language])
		list, _, _ := strings.Cut(rest, "</section>")
		return strings.NewReplacer("<dl>", "", "</dl>", "", "<dt>", "", "</dt>", ": ", `<dd class="prose">`, "", "</dd>", "; ").Replace(list)
	}
	for language, want := range map[string]string{
		"en": "gift_card: none; Gift note: For &lt;b&gt;Emma&lt;/b&gt;; gift_parts: [1,2]; gift_weight: 1.5; Wrapped: yes; ",
		"de": "gift_card: none; Grußkarte: For &lt;b&gt;Emma&lt;/b&gt;; gift_parts: [1,2]; gift_weight: 1.5; Wrapped: ja; ",
	} {
		if got := facts(language); got != want {
			t.Errorf("%s: got %q, want %q", language, got, want)
		}
	}
}

// A page shows of a record what the one who looks may read: staff with orders alone see who
// ordered, as in the Admin API, and neither addresses nor lines.
func TestRecordPagesKeepToTheRightsOfStaff(t *testing.T) {
	t.Parallel()
	c := development(folder(t))
	c.Demo = true
	host := open(t, c)
	shop := only(t, host)
	id, order := freshOrder()
	if err := operator(t, host).Create(t.Context(), "order", order); err != nil {
		t.Fatal(err)
	}
	look := func(name, role string, privileges ...string) string {
		t.Helper()
		made, err := shop.CreateUser(t.Context(), control.NewUser{Name: name, Email: name + "@shop.example", Role: role, Privileges: privileges})
		if err != nil {
			t.Fatal(err)
		}
		b := newBrowser(t, host.URL())
		b.choose(made.Link)
		status, _ := b.get("/admin/orders")
		b.want(status, http.StatusOK)
		status, _ = b.get("/admin/orders/" + id.String())
		b.want(status, http.StatusOK, "<h1", "Open")
		return b.page
	}
	for name, tt := range map[string]struct {
		privileges       []string
		addresses, lines bool
	}{
		"anna": {[]string{"order:read"}, false, false},
		"bert": {[]string{"order:read", "order_line_item:read"}, false, true},
		"cora": {[]string{"order:read", "order_address:read", "order_line_item:read"}, true, true},
	} {
		page := look(name, "staff", tt.privileges...)
		if got := strings.Contains(page, "<address>"); got != tt.addresses {
			t.Errorf("%s sees addresses: %v", name, got)
		}
		if got := strings.Contains(page, `id="lines"`); got != tt.lines {
			t.Errorf("%s sees lines: %v", name, got)
		}
	}
	if page := look("olga", "owner"); !strings.Contains(page, "<address>") || !strings.Contains(page, `id="lines"`) {
		t.Error("an owner does not see the whole order")
	}
}

// The page of an app says what it may do and adds, and opens its pages for the one who looks.
func TestPageOfAnApp(t *testing.T) {
	t.Parallel()
	host := open(t, development(folder(t)))
	shop := only(t, host)
	app := newPacked(t, "ship-it", []string{"orders:read"}, []string{"order.created", "app.updated"})
	image, err := base64.StdEncoding.DecodeString(dot)
	if err != nil {
		t.Fatal(err)
	}
	icon := func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write(image) }
	app.mux.HandleFunc("GET /icon.png", func(w http.ResponseWriter, r *http.Request) {
		app.mu.Lock()
		answer := icon
		app.mu.Unlock()
		answer(w, r)
	})
	app.more = map[string]any{
		"icon_url": app.URL + "/icon.png",
		"setup":    map[string]any{"configuration_url": app.URL + "/settings"},
		"admin_ui": map[string]any{
			"navigation": []map[string]any{{"label": "Parcels & labels", "path": "/parcels?a=b", "icon": "truck"}},
			"widgets":    []map[string]any{{"id": "track", "location": "admin.order.detail.sidebar", "src": app.URL + "/widget", "height": "300px"}},
		},
	}
	if err := byOperator(t, shop, app.URL); err != nil {
		t.Fatal(err)
	}
	b := newBrowser(t, host.URL())
	if status, to := b.get("/admin/apps/ship-it"); status != http.StatusSeeOther || !strings.HasPrefix(to, "/admin/login?") {
		t.Fatalf("to nobody: %d %q", status, to)
	}
	b.owner(shop)
	status, _ := b.get("/admin/apps/ship-it")
	b.want(status, http.StatusOK, "see orders, with addresses", "order.created", "127.0.0.1", "Parcels &amp; labels", "/admin/apps/ship-it/pages/0", "admin.order.detail.sidebar",
		"/admin/apps/ship-it/settings", `src="/admin/apps/ship-it/icon?`, app.URL)
	status, _ = b.get("/admin/apps/ship-it/pages/0") // TestPagesOfAnAppAreFramed looks into the frame
	b.want(status, http.StatusOK, "Parcels &amp; labels", "<iframe ")
	for _, none := range []string{"/admin/apps/ship-it/pages/1", "/admin/apps/ship-it/pages/-1", "/admin/apps/ship-it/pages/x", "/admin/apps/ship-that", "/admin/apps/ship-that/icon"} {
		if status, to := b.get(none); status != http.StatusNotFound || to != "" {
			t.Errorf("%s: %d %q", none, status, to)
		}
	}
	if status, _ := b.get("/admin/apps/ship-it/icon"); status != http.StatusOK || b.page != string(image) {
		t.Errorf("icon: %d, %d bytes", status, len(b.page))
	}
	for name, answer := range map[string]http.HandlerFunc{
		"a page": func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte("<html><script>1</script>")) },
		"too large": func(w http.ResponseWriter, _ *http.Request) {
			_, _ = w.Write([]byte(string(image) + strings.Repeat("x", 256<<10)))
		},
		"somewhere else":     func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, "/other", http.StatusFound) },
		"not there any more": func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusNotFound) },
	} {
		app.becomes(func() { icon = answer })
		if status, _ := b.get("/admin/apps/ship-it/icon"); status != http.StatusNotFound {
			t.Errorf("%s: %d", name, status)
		}
	}
	// Deactivated, its pages stay closed.
	if _, err := shop.Deactivate(t.Context(), "ship-it"); err != nil {
		t.Fatal(err)
	}
	if status, _ := b.get("/admin/apps/ship-it/pages/0"); status != http.StatusNotFound {
		t.Errorf("deactivated: %d", status)
	}
}

// Whoever decides sees what stands in addresses when letters of several alphabets pretend.
func TestConsentShowsHostsThatPretend(t *testing.T) {
	t.Parallel()
	host := open(t, development(folder(t)))
	app := newPacked(t, "ship-it", []string{"orders:read"}, nil)
	app.more = map[string]any{"setup": map[string]any{
		"configuration_url": "https://xn--pypal-4ve.example/settings", "onboarding_url": "https://xn--mller-kva.example/hello",
	}}
	b := newBrowser(t, host.URL())
	b.owner(only(t, host))
	status, _ := b.get("/oauth/authorize?" + app.request().Encode())
	b.want(status, http.StatusOK, "<code>xn--pypal-4ve.example</code>", "pаypal.example", "Its letters come from several alphabets", "<code>müller.example</code>", "<code>xn--mller-kva.example</code>")
}
