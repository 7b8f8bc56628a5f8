package server_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/appdock/appdock/sdk/apptest"
)

// TestClone copies a product with what hangs below it, and nothing that it is paired with.
func TestClone(t *testing.T) {
	t.Parallel()
	c, shop := teas(t)
	const (
		tea  = "018c0000000070008000000000000001"
		path = "/api/_action/clone/product/" + tea
	)
	c.done("PATCH", "/api/product/"+tea, `{"name":{"de-DE":"Tee"},"categories":[{"name":"Drinks"}],"tags":[{"name":"hot"}],"customFields":{"a":1},
		"media":[{"media":{"title":"Tea"}}],"children":[{"id":"018c00000000700080000000000000c1","productNumber":"T-child","stock":1}]}`, http.StatusNoContent)
	cloned := func(body string) map[string]any {
		t.Helper()
		var made struct{ ID string }
		if err := json.Unmarshal(c.done("POST", path, body, http.StatusOK), &made); err != nil {
			t.Fatal(err)
		}
		return c.found("product", `{"ids":["`+made.ID+`"],"associations":{"categories":{},"tags":{},"media":{},"children":{},"translations":{}}}`)
	}
	made := cloned(`{"cloneChildren":false,"overwrites":{"productNumber":"T-copy","name":"Copy"}}`)
	got := fmt.Sprint(made["name"], made["productNumber"], made["stock"], len(made["categories"].([]any)), len(made["tags"].([]any)),
		len(made["media"].([]any)), len(made["children"].([]any)), len(made["translations"].([]any)), made["customFields"])
	if want := "CopyT-copy101" + "1102map[a:1]"; strings.ReplaceAll(got, " ", "") != want {
		t.Errorf("the copy is %q, want %q", strings.ReplaceAll(got, " ", ""), want)
	}
	if first := c.found("product", `{"ids":["`+tea+`"],"associations":{"media":{}}}`)["media"].([]any)[0].(map[string]any); first["id"] == made["media"].([]any)[0].(map[string]any)["id"] {
		t.Error("the picture was moved, not copied")
	}
	if answer := c.done("POST", path, `{"cloneChildren":true,"overwrites":{"productNumber":"T-copy2"}}`, http.StatusBadRequest); !strings.Contains(string(answer), "CONTENT__DUPLICATE_PRODUCT_NUMBER") {
		t.Errorf("a variant with the number of another: %s", answer)
	}
	for body, code := range map[string]string{
		`{}`:                                     "CONTENT__DUPLICATE_PRODUCT_NUMBER",
		`{"overwrites":"x"}`:                     "FRAMEWORK__INVALID_REQUEST_PARAMETER",
		`{"overwrites":{"stock":"many"}}`:        "ba785a8c-82cb-4283-967c-3cf342181b40",
		`{"overwrites":{"availableStock":1}}`:    "FRAMEWORK__WRITE_CONSTRAINT_VIOLATION",
		`{"overwrites":{"name":null}}`:           "c1051bb4-d103-4f74-8988-acbcafc7fdc3",
		`{"overwrites":{"taxId":"` + tea + `"}}`: "FRAMEWORK__FOREIGN_KEY_VIOLATION",
	} {
		if answer := c.done("POST", path, body, http.StatusBadRequest); !strings.Contains(string(answer), code) {
			t.Errorf("%s: %s, want %s", body, answer, code)
		}
	}
	c.done("POST", "/api/_action/clone/product/018c00000000700080000000000000ff", "", http.StatusNotFound)
	c.done("POST", "/api/_action/clone/nothing/"+tea, "", http.StatusNotFound)
	c.done("POST", "/api/_action/clone/user/"+tea, "", http.StatusForbidden)
	own := drafted{caller: c, shop: shop}.of(apptest.New(t, apptest.App{Name: "Copier", Permissions: []string{"product:read", "product:create"}}))
	answer := own.done("POST", path, `{"overwrites":{"productNumber":"T-copy3"},"cloneChildren":false}`, http.StatusForbidden)
	if !strings.Contains(string(answer), "product_category:create") || !strings.Contains(string(answer), "product_media:create") {
		t.Errorf("refused with %s", answer)
	}
	if page := c.done("POST", "/api/search-ids/product", `{"filter":[{"type":"prefix","field":"productNumber","value":"T-copy"}]}`, http.StatusOK); !strings.Contains(string(page), `"total":1`) {
		t.Errorf("what was refused left %s", page)
	}
}

// TestResolvers names keys in sync by the number of a product.
func TestResolvers(t *testing.T) {
	t.Parallel()
	c, _ := teas(t)
	write := func(value string, status int) string {
		t.Helper()
		return string(c.done("POST", "/api/_action/sync", `{"write":{"entity":"product","action":"upsert","payload":[{"id":"018c0000000070008000000000000001","canonicalProductId":`+value+`}]}}`, status))
	}
	canonical := func() any {
		return c.found("product", `{"ids":["018c0000000070008000000000000001"]}`)["canonicalProductId"]
	}
	write(`{"resolver":"product.number","value":"t-2"}`, http.StatusOK)
	if got := canonical(); got != "018c0000000070008000000000000002" {
		t.Errorf("leads to %v", got)
	}
	if answer := write(`{"resolver":"product.number","value":"X"}`, http.StatusBadRequest); !strings.Contains(answer, "FRAMEWORK__API_INVALID_SYNC_RESOLVERS") || !strings.Contains(answer, `"pointer":"/write/0/canonicalProductId"`) {
		t.Error(answer)
	}
	if answer := write(`{"resolver":"product.color","value":"X"}`, http.StatusBadRequest); !strings.Contains(answer, "API_RESOLVER_NOT_FOUND_EXCEPTION") {
		t.Error(answer)
	}
	if got := canonical(); got != "018c0000000070008000000000000002" {
		t.Errorf("after what was refused: %v", got)
	}
	write(`{"resolver":"product.number","value":"X","nullOnMissing":true}`, http.StatusOK)
	if got := canonical(); got != nil {
		t.Errorf("leads to %v", got)
	}
	c.done("POST", "/api/_action/sync", `[{"entity":"product","action":"upsert","payload":[{"id":"018c0000000070008000000000000001",
		"crossSellings":[],"children":[{"productNumber":"T-v","stock":1,"canonicalProductId":{"resolver":"product.number","value":"T-3"}}]}]}]`, http.StatusOK)
	if got := c.found("product", `{"filter":{"productNumber":"T-v"}}`)["canonicalProductId"]; got != "018c0000000070008000000000000003" {
		t.Errorf("of a nested record: %v", got)
	}
}

// TestTriggersOfFlows fires an event that an app has in its flow.xml.
func TestTriggersOfFlows(t *testing.T) {
	t.Parallel()
	c, shop := newCaller(t)
	const event = "parcels.parcel.lost"
	app := apptest.New(t, apptest.App{Name: "Parcels", Webhooks: []string{event}})
	source := write(t, app.App.Name, app.Manifest())
	if err := os.MkdirAll(filepath.Join(source.Path, "Resources"), 0o700); err != nil {
		t.Fatal(err)
	}
	flow := `<?xml version="1.0"?><flow-extensions xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"><flow-events><flow-event><name>` + event + `</name><aware>orderAware</aware></flow-event></flow-events></flow-extensions>`
	if err := os.WriteFile(filepath.Join(source.Path, "Resources", "flow.xml"), []byte(flow), 0o600); err != nil {
		t.Fatal(err)
	}
	const path = "/api/_action/trigger-event/" + event
	c.done("POST", path, "", http.StatusNotFound)
	installed(t, shop, source)
	registered := app.Shops.All()[0]
	own := caller{t, c.calls, c.url, tokenFrom(t, c.calls, c.url, registered.APIKey, registered.SecretKey)}
	other := drafted{caller: c, shop: shop}.of(apptest.New(t, apptest.App{Name: "Other"}))
	other.done("POST", path, "{}", http.StatusForbidden)
	own.done("POST", path, "[1", http.StatusBadRequest)
	own.done("POST", "/api/_action/trigger-event/checkout.order.placed", "{}", http.StatusNotFound)
	own.done("POST", path, `{"orderId":"018c00000000700080000000000000ff"}`, http.StatusOK)
	heard, err := app.WaitEvent(within(t, soon), event, 1)
	if err != nil {
		t.Fatal(err)
	}
	if got := string(heard.Webhook.Payload); got != `{"orderId":"018c00000000700080000000000000ff"}` {
		t.Errorf("heard %s", got)
	}
	if _, err := shop.Deactivate(t.Context(), "Parcels"); err != nil {
		t.Fatal(err)
	}
	c.done("POST", path, "{}", http.StatusNotFound)
}

// TestSmallRoutes are answered as clients know them from Shopware (admin-api.md 8).
func TestSmallRoutes(t *testing.T) {
	t.Parallel()
	c, _ := newCaller(t)
	tests := map[string]struct {
		method, path, body string
		status             int
		want               string
	}{
		"a ping of an app":                  {"GET", "/api/_info/ping", "", 403, "FRAMEWORK__EXPECTED_USER"},
		"the storefront's API":              {"POST", "/api/_proxy/store-api/018c00000000700080000000000000ff/checkout/cart", "{}", 501, `"status":"501"`},
		"tasks that run by themselves":      {"POST", "/api/_action/scheduled-task/run", "", 200, "Success"},
		"a refund that is not there":        {"POST", "/api/_action/order_transaction_capture_refund/018c00000000700080000000000000ff", "", 400, "SYSTEM__STATE_MACHINE_INVALID_ENTITY_ID"},
		"a script endpoint of no app":       {"POST", "/api/script/nothing", "{}", 404, `ADK-SCRIPT-NOT-FOUND`},
		"extensions that this host has not": {"GET", "/api/_action/extension/installed", "", 404, `"code":"0"`},
	}
	for name, test := range tests {
		status, answer := c.do(test.method, test.path, test.body)
		if status != test.status || !strings.Contains(string(answer), test.want) {
			t.Errorf("%s: %d %s, want %d %s", name, status, answer, test.status, test.want)
		}
	}
}

// TestSettingSchema shows the form of an app's settings.
func TestSettingSchema(t *testing.T) {
	t.Parallel()
	c, shop := newCaller(t)
	app := apptest.New(t, apptest.App{Name: "Set"})
	source := write(t, app.App.Name, app.Manifest())
	folder := filepath.Join(source.Path, "Resources", "config")
	if err := os.MkdirAll(folder, 0o700); err != nil {
		t.Fatal(err)
	}
	config := `<?xml version="1.0"?><config xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"><card><title>Basic</title><title lang="de-DE">Grund</title><name>basic</name>
		<input-field type="single-select"><name>mode</name><label>Mode</label><defaultValue>1</defaultValue><required>true</required><maxLength>5</maxLength>
			<options><option><id>1</id><name>One</name></option></options></input-field>
		<component name="sw-media-field"><name>picture</name></component></card></config>`
	if err := os.WriteFile(filepath.Join(folder, "config.xml"), []byte(config), 0o600); err != nil {
		t.Fatal(err)
	}
	const path = "/api/_action/system-config/schema"
	c.done("GET", path+"?domain=Set.config", "", http.StatusNotFound)
	installed(t, shop, source)
	want := `[{"title":{"de-DE":"Grund","en-GB":"Basic"},"name":"basic","elements":[` +
		`{"name":"Set.config.mode","type":"single-select","config":{"defaultValue":1,"label":{"en-GB":"Mode"},"maxLength":5,"options":[{"id":"1","name":{"en-GB":"One"}}],"required":true}},` +
		`{"name":"Set.config.picture","config":{"componentName":"sw-media-field"}}]}]`
	if got := strings.TrimSpace(string(c.done("GET", path+"?domain=Set.config", "", http.StatusOK))); got != want {
		t.Errorf("got %s\nwant %s", got, want)
	}
	if c.found("app", `{"filter":{"name":"Set"}}`)["configurable"] != true {
		t.Error("the app is not configurable")
	}
	for query, code := range map[string]string{"": "FRAMEWORK__MISSING_REQUEST_PARAMETER", "?domain=Set": "SYSTEM__SCOPE_NOT_FOUND", "?domain=Other.config": "SYSTEM__SCOPE_NOT_FOUND"} {
		if _, answer := c.do("GET", path+query, ""); !strings.Contains(string(answer), code) {
			t.Errorf("%s: %s, want %s", query, answer, code)
		}
	}
}
