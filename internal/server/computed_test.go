package server_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/appdock/appdock/sdk/apptest"
)

// TestComputedFields reads what the host works out of other values (entities.md, "runtime" and
// "Deletion, numbering and state rules").
func TestComputedFields(t *testing.T) {
	t.Parallel()
	c, _ := teas(t)
	const (
		parent  = "018c0000000070008000000000000001"
		variant = "018c00000000700080000000000000c1"
	)
	equal := func(what string, got, want any) {
		t.Helper()
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s (-want +got)\n%s", what, diff)
		}
	}
	some := func(record map[string]any, fields ...string) []any {
		values := make([]any, len(fields))
		for i, name := range fields {
			values[i] = record[name]
		}
		return values
	}
	equal("the default currency", c.found("currency", `{"ids":["b7d2554b0ce847cd82f3ac9bd1c0dfca"]}`)["isSystemDefault"], true)
	equal("another", c.found("currency", `{"filter":[{"type":"equals","field":"isoCode","value":"USD"}]}`)["isSystemDefault"], false)
	method, _ := c.found("payment-method", `{}`)["id"].(string)
	c.done("PATCH", "/api/payment-method/"+method, `{"handlerIdentifier":"Shop\\Payment\\InvoicePayment"}`, http.StatusNoContent)
	equal("a payment method", some(c.found("payment-method", `{"ids":["`+method+`"]}`), "formattedHandlerIdentifier", "shortName", "synchronous", "refundable"),
		[]any{"handler_shop_invoicepayment", "invoice_payment", true, false})
	c.done("POST", "/api/search/currency", `{"filter":[{"type":"equals","field":"isSystemDefault","value":true}]}`, http.StatusBadRequest)

	// A variant shows what its parent has only if it is asked to (admin-api.md 5.7).
	c.done("PATCH", "/api/product/"+parent, `{"ean":"4006381333931","weight":2,"minPurchase":2,"children":[{"id":"`+variant+`","productNumber":"T-1-a","stock":1}]}`, http.StatusNoContent)
	read := func(headers ...string) []any {
		t.Helper()
		r := c.found("product", `{"ids":["`+variant+`"]}`, headers...)
		return some(r, "name", "ean", "weight", "stock")
	}
	equal("a variant", read(), []any{nil, nil, nil, 1.0})
	for _, header := range []string{"sw-inheritance: 1", "sw-inheritance: 0", "sw-inheritance: true"} {
		equal(header, read(header), []any{"Tea", "4006381333931", 2.0, 1.0})
	}
	by := `{"filter":[{"type":"equals","field":"ean","value":"4006381333931"},{"type":"equals","field":"parentId","value":"` + parent + `"}]}`
	equal("filtered by its own", string(c.done("POST", "/api/search-ids/product", by, http.StatusOK)), `{"total":0,"data":[]}`)
	equal("filtered by what it inherits", string(c.done("POST", "/api/search-ids/product", by, http.StatusOK, "sw-inheritance: 1")), `{"total":1,"data":["`+variant+`"]}`)
	equal("the parent", c.found("product", `{"ids":["`+parent+`"]}`)["childCount"], 1.0)

	// available follows stock, closeout and the smallest purchase.
	for body, want := range map[string]bool{
		`{"isCloseout":true,"stock":1}`: false, `{"isCloseout":true,"stock":2}`: true, `{"isCloseout":false,"stock":0}`: true,
	} {
		c.done("PATCH", "/api/product/"+parent, body, http.StatusNoContent)
		r := c.found("product", `{"ids":["`+parent+`"]}`)
		equal("available after "+body, []any{r["available"], r["availableStock"]}, []any{want, r["stock"]})
	}
}

// TestInheritanceByValue turns what variants inherit on and off by the value of the header
// (admin-api.md 5.7).
func TestInheritanceByValue(t *testing.T) {
	t.Parallel()
	config := development(folder(t))
	config.InheritByValue = true
	c := callerOf(t, open(t, config))
	const variant = "018c00000000700080000000000000c1"
	tax, _ := c.found("tax", `{}`)["id"].(string)
	c.done("POST", "/api/product", `{"productNumber":"T","stock":1,"name":"Tea","taxId":"`+tax+`","children":[{"id":"`+variant+`","productNumber":"T.1","stock":1}],
		"price":[{"currencyId":"b7d2554b0ce847cd82f3ac9bd1c0dfca","net":1,"gross":1,"linked":true}]}`, http.StatusNoContent)
	for header, want := range map[string]any{"": nil, "0": nil, "false": nil, "FALSE": nil, "1": "Tea", "true": "Tea", "yes": "Tea"} {
		if got := c.found("product", `{"ids":["`+variant+`"]}`, "sw-inheritance: "+header)["name"]; got != want {
			t.Errorf("sw-inheritance: %s shows the name %v, want %v", header, got, want)
		}
	}
	if got := c.found("product", `{"ids":["`+variant+`"]}`)["name"]; got != nil {
		t.Errorf("without the header it shows the name %v", got)
	}
}

// TestRuntimeFields finds each field that is computed when it is read (entities.md, "runtime")
// with a value, or in the table of those that have none, with the reason.
func TestRuntimeFields(t *testing.T) {
	t.Parallel()
	never := map[string]string{
		"media_thumbnail.url": "the host makes no thumbnails, and nobody else can: their size is the host's to write",
		"seo_url.error":       "Shopware's templates of URLs fail with it; here URLs are what clients write",
		"plugin.icon":         "there are no plugins, and so no rows",
	}
	c := filled(t)
	app := apptest.New(t, apptest.App{Name: "Drawn"})
	source := write(t, app.App.Name, []byte(strings.Replace(string(app.Manifest()), "<license>", "<icon>icon.png</icon><license>", 1)))
	if err := os.WriteFile(filepath.Join(source.Path, "icon.png"), []byte("\x89PNG\r\n\x1a\n0000"), 0o600); err != nil {
		t.Fatal(err)
	}
	installed(t, c.shop, source)
	const media, product, top = "018c0000000070008000000000000f01", "018c0000000070008000000000000f02", "018c0000000070008000000000000f03"
	c.done("POST", "/api/media", `{"id":"`+media+`"}`, http.StatusNoContent)
	c.done("POST", "/api/_action/media/"+media+"/upload?extension=png&fileName=x", "\x89PNG\r\n\x1a\n0000", http.StatusNoContent, "Content-Type: image/png")
	tax, _ := c.found("tax", `{}`)["id"].(string)
	c.done("POST", "/api/product", `{"id":"`+product+`","productNumber":"R-1","stock":1,"name":"R","taxId":"`+tax+`",
		"price":[{"currencyId":"b7d2554b0ce847cd82f3ac9bd1c0dfca","net":1,"gross":1,"linked":true}],
		"options":[{"name":"Large","position":2,"group":{"id":"018c0000000070008000000000000f11","name":"Size","position":2}},
			{"name":"Red","position":1,"group":{"name":{"en-GB":"Color","de-DE":"Farbe"},"position":1}}]}`, http.StatusNoContent)
	c.done("POST", "/api/category", `{"id":"`+top+`","name":"Top","children":[{"name":"a","active":true,"visible":true},{"name":"b","active":true,"visible":false},
		{"name":"c","active":false,"visible":true},{"name":"d","active":true,"visible":true}]}`, http.StatusNoContent)
	method, _ := c.found("payment-method", `{}`)["id"].(string)
	c.done("PATCH", "/api/payment-method/"+method, `{"handlerIdentifier":"Shop\\Payment\\InvoicePayment"}`, http.StatusNoContent)
	channel := c.found("sales-channel", `{}`)
	german, _ := c.found("language", `{"filter":[{"type":"equals","field":"locale.code","value":"de-DE"}]}`)["id"].(string)
	const english = "2fbb5fe2e29a4d70aa5854ce7ce3e20b"
	for url, language := range map[string]string{"https://tea.example/": english, "https://tee.example/de": german} {
		c.done("POST", "/api/sales-channel-domain", fmt.Sprintf(`{"url":%q,"salesChannelId":%q,"languageId":%q,"currencyId":"b7d2554b0ce847cd82f3ac9bd1c0dfca",
			"snippetSet":{"name":"x","baseFile":"x","iso":"en-GB"}}`, url, channel["id"], language), http.StatusNoContent)
	}
	for i, language := range []string{english, german} {
		c.done("POST", "/api/seo-url", fmt.Sprintf(`{"languageId":%q,"foreignKey":%q,"routeName":"frontend.detail.page","pathInfo":"/detail/%d","seoPathInfo":"Tea/T-%d","salesChannelId":%q}`,
			language, product, i, i, channel["id"]), http.StatusNoContent)
	}
	c.done("POST", "/api/seo-url", fmt.Sprintf(`{"languageId":%q,"foreignKey":%q,"routeName":"frontend.detail.page","pathInfo":"/detail/x","seoPathInfo":"Tea/T-x"}`, german, product), http.StatusNoContent)

	var schemas map[string]struct {
		Properties map[string]struct{ Flags map[string]any }
	}
	if err := json.Unmarshal(c.done("GET", "/api/_info/entity-schema.json", "", http.StatusOK), &schemas); err != nil {
		t.Fatal(err)
	}
	asked, found := 0, map[string][]any{}
	for name, s := range schemas {
		for field, p := range s.Properties {
			if p.Flags["runtime"] == nil {
				continue
			}
			asked++
			var page struct{ Data []map[string]any }
			with := `{}`
			if name == "product" {
				with = `{"associations":{"options":{"associations":{"group":{}}}}}`
			}
			if err := json.Unmarshal(c.done("POST", "/api/search/"+name, with, http.StatusOK), &page); err != nil {
				t.Fatal(err)
			}
			for _, r := range page.Data {
				if r[field] != nil {
					found[name+"."+field] = append(found[name+"."+field], r[field])
				}
			}
			c.done("POST", "/api/search/"+name, `{"sort":[{"field":"`+field+`"}]}`, http.StatusBadRequest)
			if reason := never[name+"."+field]; (reason == "") == (len(found[name+"."+field]) == 0) {
				t.Errorf("%s.%s has the values %v, and the reason %q for none", name, field, found[name+"."+field], reason)
			}
		}
	}
	if asked < 15 {
		t.Errorf("%d fields are computed; are they read rightly?", asked)
	}

	variation := func(headers ...string) any {
		return c.found("product", `{"ids":["`+product+`"],"associations":{"options":{"associations":{"group":{}}}}}`, headers...)["variation"]
	}
	part := func(group, option string) any { return map[string]any{"group": group, "option": option} }
	if diff := cmp.Diff([]any{part("Color", "Red"), part("Size", "Large")}, variation()); diff != "" {
		t.Errorf("a variant (-want +got)\n%s", diff)
	}
	if diff := cmp.Diff([]any{part("Farbe", "Red"), part("Size", "Large")}, variation("sw-language-id: "+german)); diff != "" {
		t.Errorf("a variant in German (-want +got)\n%s", diff)
	}
	if got := c.found("product", `{"ids":["`+product+`"]}`)["variation"]; got != nil {
		t.Errorf("without its options a variant is %v", got)
	}
	category := c.found("category", `{"ids":["`+top+`"]}`)
	if category["visibleChildCount"] != 2.0 || category["childCount"] != 4.0 || category["cmsPageIdSwitched"] != false {
		t.Errorf("%v of %v children are visible, switched %v", category["visibleChildCount"], category["childCount"], category["cmsPageIdSwitched"])
	}
	want := map[string]any{"Tea/T-0": "https://tea.example/Tea/T-0", "Tea/T-1": "https://tee.example/de/Tea/T-1", "Tea/T-x": nil}
	got := map[string]any{}
	for _, u := range c.found("product", `{"ids":["`+product+`"],"associations":{"seoUrls":{}}}`)["seoUrls"].([]any) {
		u := u.(map[string]any)
		got[u["seoPathInfo"].(string)] = u["url"]
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("URLs (-want +got)\n%s", diff)
	}
}

// TestFiguresThatFollow reads what the host counts from other records: ratings, reviews, sales and
// ways to pay.
func TestFiguresThatFollow(t *testing.T) {
	t.Parallel()
	c := filled(t)
	app := apptest.New(t, apptest.App{Name: "Hearing", Permissions: []string{"product:read", "customer:read", "order:read", "tag:read"}, Webhooks: []string{"product.written", "order.written"}})
	installed(t, c.shop, write(t, app.App.Name, app.Manifest()))
	order := c.found("order", `{"associations":{"lineItems":{},"orderCustomer":{}}}`)
	var product string
	sold := 0.0
	for _, item := range order["lineItems"].([]any) {
		item := item.(map[string]any)
		if id, ok := item["productId"].(string); ok && (product == "" || product == id) {
			product = id
			sold += item["quantity"].(float64)
		}
	}
	customer, _ := order["orderCustomer"].(map[string]any)["customerId"].(string)
	if product == "" || customer == "" || sold == 0 {
		t.Fatalf("the seeded order has nothing to count: %v", order)
	}
	channel, _ := c.found("sales-channel", `{}`)["id"].(string)
	review := func(id string, more string) string {
		return fmt.Sprintf(`{"id":%q,"productId":%q,"customerId":%q,"salesChannelId":%q,"languageId":"2fbb5fe2e29a4d70aa5854ce7ce3e20b","title":"T","content":"C",%s}`, id, product, customer, channel, more)
	}
	want := func(when string, rating, reviews any) {
		t.Helper()
		got := c.found("product", `{"ids":["`+product+`"]}`)["ratingAverage"]
		count := c.found("customer", `{"ids":["`+customer+`"]}`)["reviewCount"]
		if got != rating || count != reviews {
			t.Errorf("%s: rated %v by %v reviews, want %v and %v", when, got, count, rating, reviews)
		}
	}
	const one, two, three = "018c0000000070008000000000000d01", "018c0000000070008000000000000d02", "018c0000000070008000000000000d03"
	want("at first", nil, 0.0)
	c.done("POST", "/api/product-review", review(one, `"points":5,"status":true`), http.StatusNoContent)
	c.done("POST", "/api/product-review", review(two, `"points":2,"status":false`), http.StatusNoContent)
	want("with one that is shown", 5.0, 1.0)
	c.done("POST", "/api/_action/sync", `[{"entity":"product_review","action":"upsert","payload":[{"id":"`+two+`","status":true},`+review(three, `"points":2,"status":true`)+`]}]`, http.StatusOK)
	want("with three", 3.0, 3.0)
	c.done("PATCH", "/api/product-review/"+three, `{"points":null}`, http.StatusNoContent)
	want("with two that have points", 3.5, 3.0)
	c.done("DELETE", "/api/product-review/"+one, "", http.StatusNoContent)
	want("after the end of one", 2.0, 2.0)
	c.done("PATCH", "/api/product/"+product, `{"productReviews":[{"id":"`+two+`","status":false}]}`, http.StatusNoContent)
	want("with one without points", nil, 1.0)

	sales := func() any { return c.found("product", `{"ids":["`+product+`"]}`)["sales"] }
	if got := sales(); got != 0.0 {
		t.Errorf("sold before: %v", got)
	}
	id, _ := order["id"].(string)
	for _, step := range []struct {
		action string
		want   float64
	}{{"process", 0}, {"complete", sold}, {"reopen", 0}} {
		c.done("POST", "/api/_action/order/"+id+"/state/"+step.action, "", http.StatusOK)
		if got := sales(); got != step.want {
			t.Errorf("sold after %s: %v, want %v", step.action, got, step.want)
		}
	}

	// Apps hear of the order, and of the product once it is written for its own sake.
	c.done("PATCH", "/api/product/"+product, `{"markAsTopseller":true}`, http.StatusNoContent)
	if _, err := app.WaitEvent(within(t, soon), "order.written", 3); err != nil {
		t.Fatal(err)
	}
	heard, err := app.WaitEvent(within(t, soon), "product.written", 1)
	if err != nil || !strings.Contains(string(heard.Webhook.Payload), "markAsTopseller") {
		t.Errorf("first heard of the product: %s, %v", heard.Webhook.Payload, err)
	}

	method, _ := c.found("payment-method", `{}`)["id"].(string)
	c.done("PATCH", "/api/sales-channel/"+channel, `{"paymentMethods":[{"id":"`+method+`"}]}`, http.StatusNoContent)
	if ids, _ := c.found("sales-channel", `{"ids":["`+channel+`"]}`)["paymentMethodIds"].([]any); len(ids) == 0 || !slices.Contains(ids, any(method)) {
		t.Errorf("ways to pay: %v", ids)
	}
}
