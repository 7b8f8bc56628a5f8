package e2e

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"os/exec"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/appdock/appdock"
	"github.com/appdock/appdock/internal/control"
	"github.com/appdock/appdock/internal/seed"
	"github.com/appdock/appdock/internal/server"
	"github.com/appdock/appdock/sdk/sitepack"
)

// TestPages lets people of three languages walk through the pages in Chromium, by keyboard
// alone, and axe judge each page (pages/walk.test.js). With PICTURES=folder it leaves what
// they saw there.
func TestPages(t *testing.T) {
	t.Parallel()
	node, err := exec.LookPath("node")
	if err != nil {
		missing(t, "Node.js is not installed")
	}
	chromium, err := exec.LookPath("chromium")
	if err != nil {
		missing(t, "Chromium is not installed (Debian's package chromium)")
	}
	if _, err := os.Stat("pages/node_modules"); err != nil {
		missing(t, "the packages of e2e/pages are not installed: run `make e2e`")
	}
	host := open(t, server.Default())
	shop := shopOf(t, host, "", host.URL())
	order := appdock.NewID(time.Now())
	if err := shop.api.Create(t.Context(), "order", seed.Order(order, time.Now()).Payload); err != nil {
		t.Fatal(err)
	}

	type walk struct {
		Locale string `json:"locale"`
		User   string `json:"user"`
		Link   string `json:"link"` // to choose a password at
		ID     string `json:"id"`   // of the app
		App    string `json:"app"`  // its server
	}
	var walks []walk
	for _, locale := range []string{"en-GB", "de-DE", "nl-NL"} {
		w := walk{Locale: locale, User: "walker-" + locale[:2], ID: "ship-it-" + locale[:2]}
		made, err := shop.CreateUser(t.Context(), control.NewUser{Name: w.User, Email: w.User + "@shop.example", Role: "owner"})
		if err != nil {
			t.Fatal(err)
		}
		w.Link, w.App = made.Link, vendor(t, w.ID, func(address string) {
			source := control.Source{URL: address}
			if r, err := shop.Update(t.Context(), control.Install{Source: source}); err != nil || r.Result != "updated" {
				t.Errorf("update %s: %+v, %v", address, r, err)
			}
		})
		walks = append(walks, w)
	}
	told, err := json.Marshal(map[string]any{"chromium": chromium, "shop": host.URL(), "walks": walks, "pictures": os.Getenv("PICTURES")})
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), node, "--test", "walk.test.js")
	cmd.Dir = "pages"
	cmd.Env = append(os.Environ(), "WALK="+string(told))
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Errorf("%v:\n%s", err, out)
	}
}

// vendor is the server of a SitePack app that asks for much, so that its pages are full. At
// /changes it becomes a new version that asks for more, and the shop is told to look.
func vendor(t *testing.T, id string, changed func(address string)) (address string) {
	t.Helper()
	mux := http.NewServeMux()
	app := httptest.NewServer(mux)
	t.Cleanup(app.Close)
	var newer atomic.Bool
	manifest := func() map[string]any {
		version, scopes := "2.1.0", []string{"orders:read", "orders:write", "products:read", "customers:read", "notifications:write"}
		if newer.Load() {
			version, scopes = "3.0.0", append(scopes, "products:write", "media:read")
		}
		return map[string]any{
			"id": id, "name": "Shipping Expert", "version": version, "author": "Ship & Co", "icon_url": app.URL + "/icon.svg",
			"description": "Prints labels, follows parcels, and tells your customers where they are.",
			"auth":        map[string]any{"redirect_uri": app.URL + "/cb", "scopes": scopes},
			"webhooks": []map[string]string{
				{"topic": "order.created", "address": app.URL + "/hook"},
				{"topic": "order.paid", "address": "https://xn--mller-kva.example/hook"},
				{"topic": "order.cancelled", "address": "https://xn--pypal-4ve.example/hook"},
			},
			"setup": map[string]any{"onboarding_url": app.URL + "/hello", "configuration_url": app.URL + "/settings"},
			"admin_ui": map[string]any{
				"navigation": []map[string]string{{"label": "Parcels", "path": "/parcels", "icon": "truck"}},
				"widgets": []map[string]string{
					{"id": "track", "location": "admin.order.detail.sidebar", "src": app.URL + "/widget", "height": "300px"},
					{"id": "mute", "location": "admin.product.detail.main", "src": app.URL + "/mute", "height": "120px"},
					{"id": "spy", "location": "admin.customer.detail.main", "src": app.URL + "/spy", "height": "120px"},
				},
			},
			"theme_extensions": map[string]any{"app_blocks": []map[string]any{
				{"id": "eta", "label": "Delivery time", "target": "product_page_info", "snippet": "snippets/eta.twig"},
				{"id": "sum", "label": "Parcels", "target": "cart_summary", "snippet": "snippets/eta.twig"},
			}},
			"support": map[string]string{"email": "help@ship.example", "docs_url": "https://ship.example/help"},
		}
	}
	page := func(title string) http.HandlerFunc {
		return func(w http.ResponseWriter, _ *http.Request) {
			_, _ = fmt.Fprintf(w, "<!DOCTYPE html><html lang=en><title>%[1]s</title><script>parent.postMessage('sw-app-loaded', '*')</script><main aria-label=%[1]q><h1>%[1]s</h1></main>", title)
		}
	}
	mux.HandleFunc("GET /app.json", func(w http.ResponseWriter, _ *http.Request) { _ = json.NewEncoder(w).Encode(manifest()) })
	mux.HandleFunc("GET /icon.svg", func(w http.ResponseWriter, _ *http.Request) {
		_, _ = w.Write([]byte(`<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 64 64"><rect width="64" height="64" rx="12" fill="#0b5cad"/><path d="M12 26h40v24H12z" fill="#fff"/></svg>`))
	})
	mux.HandleFunc("GET /snippets/eta.twig", func(w http.ResponseWriter, _ *http.Request) {
		_, _ = io.WriteString(w, `<p>{{ block.label }}: {{ product ? product.name : cart.itemCount }}</p><script>document.title = "taken over"</script>`)
	})
	mux.HandleFunc("GET /changes", func(w http.ResponseWriter, r *http.Request) {
		newer.Store(true)
		changed(app.URL)
		page("Changed")(w, r)
	})
	mux.HandleFunc("GET /parcels", page("Parcels"))
	mux.Handle("GET /bridge.js", sitepack.Bridge())
	mux.HandleFunc("GET /widget", func(w http.ResponseWriter, _ *http.Request) {
		_, _ = fmt.Fprintf(w, `<!DOCTYPE html><html lang=en><title>Tracking</title><script src="/bridge.js"></script><main aria-label=%q><h1>Tracking</h1></main>`, id)
	})
	mux.HandleFunc("GET /mute", func(w http.ResponseWriter, _ *http.Request) {
		_, _ = io.WriteString(w, `<!DOCTYPE html><html lang=en><title>Mute</title><main aria-label=Mute><h1>Mute</h1></main>`)
	})
	// It shows a frame of another origin, which tries to speak with the admin itself.
	mux.HandleFunc("GET /spy", func(w http.ResponseWriter, _ *http.Request) {
		_, _ = fmt.Fprintf(w, `<!DOCTYPE html><html lang=en><title>Spy</title><script>parent.postMessage('sw-app-loaded', '*')</script><main aria-label=Spy><h1>Spy</h1><iframe title=Inside src=%q></iframe></main>`,
			strings.Replace(app.URL, "127.0.0.1", "localhost", 1)+"/inside")
	})
	mux.HandleFunc("GET /inside", func(w http.ResponseWriter, _ *http.Request) {
		_, _ = io.WriteString(w, `<!DOCTYPE html><html lang=en><title>Inside</title><main aria-label=Inside><h1>Inside</h1></main>`)
	})
	mux.HandleFunc("POST /hook", func(http.ResponseWriter, *http.Request) {})
	mux.HandleFunc("GET /hello", page("Hello"))
	mux.HandleFunc("GET /settings", page("Settings"))
	mux.HandleFunc("GET /cb", func(w http.ResponseWriter, r *http.Request) {
		q := r.URL.Query()
		if q.Get("code") == "" {
			page("Not connected")(w, r)
			return
		}
		answer, err := http.PostForm(q.Get("iss")+"/oauth/token", url.Values{ //nolint:gosec // the host of this test
			"grant_type": {"authorization_code"}, "code": {q.Get("code")}, "redirect_uri": {app.URL + "/cb"},
			"client_id": {id}, "client_secret": {"dev-secret-" + id},
		})
		if err != nil {
			t.Errorf("exchange the code: %v", err)
			return
		}
		defer func() { _ = answer.Body.Close() }()
		var tokens struct {
			ContinueURL string `json:"continue_url"`
		}
		if err := json.NewDecoder(answer.Body).Decode(&tokens); err != nil || tokens.ContinueURL == "" {
			t.Errorf("exchange the code: status %d, %v", answer.StatusCode, err)
			return
		}
		http.Redirect(w, r, tokens.ContinueURL, http.StatusFound)
	})
	return app.URL
}
