package shipping_test

import (
	"encoding/json"
	"html"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/appdock/appdock/examples/shipping"
	"github.com/appdock/appdock/protocol"
	"github.com/appdock/appdock/twig"
)

const key = "whsec_MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE="

// TestShipping plays a shop that installs the app, places an order and has it paid, and a
// merchant who looks at its pages.
func TestShipping(t *testing.T) {
	t.Parallel()
	var calls []string
	order := `{"id":"o1","number":"10001","payment_state":"open","deliveries":[{"id":"d1","state":"open","tracking_codes":[]}]}`
	shop := httptest.NewUnstartedServer(nil)
	shop.Config.Handler = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		switch r.URL.Path {
		case "/.well-known/oauth-authorization-server":
			_ = json.NewEncoder(w).Encode(map[string]string{"issuer": shop.URL, "authorization_endpoint": shop.URL + "/oauth/authorize", "token_endpoint": shop.URL + "/oauth/token"})
			return
		case "/oauth/token":
			if form, _ := url.ParseQuery(string(body)); form.Get("client_secret") != shipping.Secret || form.Get("code") != "c" {
				t.Errorf("tokens are asked for with %s", body)
			}
			w.Header().Set("Content-Type", "application/json")
			_ = json.NewEncoder(w).Encode(map[string]any{
				"access_token": "t", "token_type": "Bearer", "expires_in": 3600, "refresh_token": "r", "webhook_secret": key, "shop": map[string]string{"id": "s1", "url": shop.URL},
			})
			return
		case "/rest/v1/orders/o1":
			_, _ = io.WriteString(w, order)
		case "/rest/v1/orders":
			_, _ = io.WriteString(w, `{"data":[`+order+`],"page":{"next":null}}`)
		default:
			_, _ = io.WriteString(w, `{}`)
		}
		line := r.Method + " " + r.URL.Path + " " + string(body)
		if strings.HasSuffix(r.URL.Path, "transitions") {
			line += " " + r.Header.Get("Idempotency-Key")
		}
		calls = append(calls, strings.TrimSpace(line))
	})
	shop.Start()
	t.Cleanup(shop.Close)

	var reports []string
	app, err := shipping.New(shipping.Options{Report: func(s string) { reports = append(reports, strings.ReplaceAll(s, shop.URL, "SHOP")) }})
	if err != nil {
		t.Fatal(err)
	}
	ask := func(method, to, body string, header http.Header) *httptest.ResponseRecorder {
		t.Helper()
		r := httptest.NewRequestWithContext(t.Context(), method, to, strings.NewReader(body))
		for name, values := range header {
			r.Header[name] = values
		}
		w := httptest.NewRecorder()
		app.ServeHTTP(w, r)
		return w
	}

	// The addresses are those of the app.json.
	var manifest struct {
		Auth struct {
			RedirectURI string `json:"redirect_uri"`
		} `json:"auth"`
		AdminUI struct {
			Widgets []struct{ Src string } `json:"widgets"`
		} `json:"admin_ui"`
		Setup struct {
			Configuration string `json:"configuration_url"`
		} `json:"setup"`
		Webhooks []struct{ Topic, Address string } `json:"webhooks"`
	}
	if err := json.Unmarshal(shipping.Manifest("http://"+shipping.Address), &manifest); err != nil {
		t.Fatal(err)
	}
	if w := ask(http.MethodGet, manifest.Auth.RedirectURI+"?"+url.Values{"code": {"c"}, "state": {"host.1"}, "iss": {shop.URL}}.Encode(), "", nil); w.Code != http.StatusSeeOther {
		t.Fatalf("the code: got %d %s", w.Code, w.Body)
	}
	deliver := func(topic, id string) int {
		t.Helper()
		data := `{"object":{"id":"o1","number":"10001"}}`
		if strings.HasPrefix(topic, "app.") {
			data = `{"object":{}}`
		}
		at := ""
		for _, w := range manifest.Webhooks {
			if w.Topic == topic {
				at = w.Address
			}
		}
		m := protocol.TopicMessage{ID: id, Topic: topic, At: time.Now(), ShopID: "s1", ShopURL: shop.URL, App: shipping.Name, Data: json.RawMessage(data)}
		call := m.Call(at, "test", 0, key)
		header := http.Header{}
		for _, h := range call.Header {
			header.Set(h.Name, h.Value)
		}
		return ask(call.Method, call.URL, string(call.Body), header).Code
	}
	for _, topic := range []string{"app.installed", "order.created", "order.created"} { // twice: handled once
		if got := deliver(topic, topic); got != http.StatusNoContent {
			t.Errorf("%s: got %d", topic, got)
		}
	}
	order = strings.Replace(order, `"tracking_codes":[]`, `"tracking_codes":["SHIP-10001-1"]`, 1)
	for _, topic := range []string{"order.created", "order.paid"} { // it has its code
		if got := deliver(topic, topic+"-again"); got != http.StatusNoContent {
			t.Errorf("%s: got %d", topic, got)
		}
	}

	// The pages, as the admin shows them.
	page := func(source, resource string) *httptest.ResponseRecorder {
		t.Helper()
		to, err := protocol.Page{ShopID: "s1", ShopURL: shop.URL, App: shipping.Name, User: "u1", Resource: resource, At: time.Now()}.Sign(source, key)
		if err != nil {
			t.Fatal(err)
		}
		return ask(http.MethodGet, to, "", nil)
	}
	if w := page(manifest.Setup.Configuration, ""); w.Code != http.StatusOK || !strings.Contains(w.Body.String(), "<code>SHIP-10001-1</code>") {
		t.Errorf("parcels: %d %s", w.Code, w.Body)
	}
	if w := page(manifest.AdminUI.Widgets[0].Src, ""); w.Code != http.StatusOK || !strings.Contains(w.Body.String(), "Open an order") {
		t.Errorf("the widget without an order: %d %s", w.Code, w.Body)
	}
	w := page(manifest.AdminUI.Widgets[0].Src, "o1")
	ticket := regexp.MustCompile(`name="ticket" value="([^"]+)"`).FindStringSubmatch(w.Body.String())
	if w.Code != http.StatusOK || ticket == nil || !strings.Contains(w.Body.String(), `value="SHIP-10001-1"`) {
		t.Fatalf("the widget: %d %s", w.Code, w.Body)
	}
	form := url.Values{"ticket": {html.UnescapeString(ticket[1])}, "d1": {" <OTHER> "}}
	w = ask(http.MethodPost, "/tracking", form.Encode(), http.Header{"Content-Type": {"application/x-www-form-urlencoded"}})
	if w.Code != http.StatusOK || !strings.Contains(w.Body.String(), "Saved.") || !strings.Contains(w.Body.String(), `value="&lt;OTHER&gt;"`) {
		t.Errorf("the form: %d %s", w.Code, w.Body)
	}
	if w := ask(http.MethodGet, manifest.AdminUI.Widgets[0].Src+"?shop-id=s1&timestamp=1", "", nil); w.Code != http.StatusUnauthorized {
		t.Errorf("a page that nobody signed: got %d", w.Code)
	}
	if got := deliver("app.uninstalled", "bye"); got != http.StatusNoContent {
		t.Errorf("app.uninstalled: got %d", got)
	}
	if w := page(manifest.Setup.Configuration, ""); w.Code != http.StatusUnauthorized {
		t.Errorf("a shop that left sees pages: got %d", w.Code)
	}

	if diff := cmp.Diff([]string{
		"GET /rest/v1/orders/o1",
		`PATCH /rest/v1/orders/o1/deliveries/d1 {"tracking_codes":["SHIP-10001-1"]}`,
		"GET /rest/v1/orders/o1",
		"GET /rest/v1/orders/o1",
		`POST /rest/v1/orders/o1/deliveries/d1/transitions {"action":"ship"} "order.paid-again-d1"`,
		"GET /rest/v1/orders",
		"GET /rest/v1/orders/o1",
		"GET /rest/v1/orders/o1",
		`PATCH /rest/v1/orders/o1/deliveries/d1 {"tracking_codes":["\u003cOTHER\u003e"]}`,
	}, calls); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]string{
		"app.installed in SHOP",
		"order 10001: its parcel is SHIP-10001-1",
		"order 10001 is paid: its parcel is on its way",
		"order 10001: somebody gave its parcel the code <OTHER>",
		"app.uninstalled in SHOP",
	}, reports); diff != "" {
		t.Error(diff)
	}
}

// A secret that is one goes to the shop that issued it alone.
func TestSecretStaysAtItsShop(t *testing.T) {
	t.Parallel()
	asked := false
	other := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { asked = true }))
	t.Cleanup(other.Close)
	app, err := shipping.New(shipping.Options{Shop: "https://shop.example", Secret: "a real one"})
	if err != nil {
		t.Fatal(err)
	}
	w := httptest.NewRecorder()
	app.ServeHTTP(w, httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/oauth/callback?"+url.Values{"code": {"c"}, "state": {"host.1"}, "iss": {other.URL}}.Encode(), nil))
	if w.Code != http.StatusBadRequest || asked {
		t.Errorf("got %d, another shop was asked: %v", w.Code, asked)
	}
}

func TestManifest(t *testing.T) {
	t.Parallel()
	text := string(shipping.Manifest("http://127.0.0.1:41234"))
	if strings.Contains(text, shipping.Address) || strings.Count(text, "http://127.0.0.1:41234/") != 7 || !strings.Contains(text, `"id": "`+shipping.Name+`"`) {
		t.Error(text)
	}
}

// The block of the app says the right thing about a product.
func TestBlock(t *testing.T) {
	t.Parallel()
	source, err := os.ReadFile("snippets/delivery-time.twig")
	if err != nil {
		t.Fatal(err)
	}
	block, err := twig.New().Parse("delivery-time", string(source))
	if err != nil {
		t.Fatal(err)
	}
	for stock, want := range map[int]string{3: "Ships today", 0: "as soon as it is back"} {
		var page strings.Builder
		err := block.Render(t.Context(), &page, map[string]any{"product": map[string]any{"available_stock": stock}})
		if err != nil || !strings.Contains(page.String(), want) {
			t.Errorf("%d in stock: %q, %v", stock, page.String(), err)
		}
	}
}

func TestNewRefuses(t *testing.T) {
	t.Parallel()
	if _, err := shipping.New(shipping.Options{URL: "nowhere"}); err == nil {
		t.Error("a URL that is none was accepted")
	}
	if _, err := shipping.New(shipping.Options{File: t.TempDir()}); err == nil {
		t.Error("a folder was accepted as a file")
	}
}
