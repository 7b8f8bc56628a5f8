package server_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/appdock/appdock"
	"github.com/appdock/appdock/internal/control"
	"github.com/appdock/appdock/sdk/apptest"
)

// drafted is an order with its first line item, and an app that hears of both and may do what
// a draft needs.
type drafted struct {
	caller
	shop                control.Shop
	order, item, number string
}

func newDrafted(t *testing.T) (drafted, *apptest.Server) {
	t.Helper()
	c, shop := newCaller(t)
	seeding := control.Seeding{Products: 2, Orders: 2}
	for again := true; again; again = seeding.Done < seeding.Total {
		var err error
		if seeding, err = shop.Seed(t.Context(), seeding); err != nil {
			t.Fatal(err)
		}
	}
	app := apptest.New(t, apptest.App{
		Permissions: []string{"order:read", "order:update", "order_line_item:read", "order_line_item:update", "product:read"},
		Webhooks:    []string{"order.written", "order_line_item.written"},
	})
	installed(t, shop, write(t, app.App.Name, app.Manifest()))
	d := drafted{caller: c, shop: shop}
	found := c.found("order", `{"limit":1,"associations":{"lineItems":{}}}`)
	d.order, d.number = found["id"].(string), found["orderNumber"].(string)
	d.item = found["lineItems"].([]any)[0].(map[string]any)["id"].(string)
	return d, app
}

// of installs an app and calls as it.
func (d drafted) of(app *apptest.Server) caller {
	d.t.Helper()
	installed(d.t, d.shop, write(d.t, app.App.Name, app.Manifest()))
	registered := app.Shops.All()[0]
	return caller{d.t, d.calls, d.url, tokenFrom(d.t, d.calls, d.url, registered.APIKey, registered.SecretKey)}
}

// begin makes a version of the order.
func (d drafted) begin(body string) string {
	d.t.Helper()
	var v struct{ VersionID, VersionName, ID, Entity string }
	if err := json.Unmarshal(d.done("POST", "/api/_action/version/order/"+d.order, body, http.StatusOK), &v); err != nil || v.ID != d.order || v.Entity != "order" {
		d.t.Fatalf("%+v, %v", v, err)
	}
	return v.VersionID
}

// comment is that of the order in a version, and the quantities of its line items by id.
func (d drafted) comment(version string) (comment any, quantities map[string]any) {
	d.t.Helper()
	found := d.found("order", fmt.Sprintf(`{"ids":[%q],"associations":{"lineItems":{}}}`, d.order), "sw-version-id: "+version)
	if found["versionId"] != version {
		d.t.Errorf("version %v, want %s", found["versionId"], version)
	}
	quantities = map[string]any{}
	for _, item := range found["lineItems"].([]any) {
		item := item.(map[string]any)
		quantities[item["id"].(string)] = item["quantity"]
		if item["orderVersionId"] != version {
			d.t.Errorf("item of version %v, want %s", item["orderVersionId"], version)
		}
	}
	return found["customerComment"], quantities
}

const liveVersion = "0fa91ce3e96a4bc2be4bd9ce752c3425"

// TestVersions edits an order in a version: nothing of it shows before it is merged, and then
// all of it at once, but for what others wrote in between (admin-api.md 6.4).
func TestVersions(t *testing.T) {
	t.Parallel()
	d, app := newDrafted(t)
	const added = "018c0000000070008000000000000a01"
	version := d.begin(`{"versionName":"Edit1"}`)
	in := "sw-version-id: " + version
	_, before := d.comment(liveVersion)
	d.done("PATCH", "/api/order/"+d.order, `{"customerComment":"in the draft","customFields":{"a":1}}`, http.StatusNoContent, in)
	d.done("PATCH", "/api/order-line-item/"+d.item, `{"quantity":41}`, http.StatusNoContent, in)
	d.done("POST", "/api/order/"+d.order+"/line-items", `{"id":"`+added+`","identifier":"x","label":"Added","quantity":5,"states":[],
		"price":{"unitPrice":1,"totalPrice":5,"quantity":5,"calculatedTaxes":[],"taxRules":[]}}`, http.StatusNoContent, in)
	if comment, now := d.comment(version); comment != "in the draft" || now[d.item] != 41.0 || now[added] != 5.0 {
		t.Errorf("in the version: %v %v", comment, now)
	}
	if comment, now := d.comment(liveVersion); comment != nil || now[d.item] != before[d.item] || now[added] != nil {
		t.Errorf("live, before the merge: %v %v", comment, now)
	}
	// What others add to the live order is nothing of the draft, whichever way one looks.
	const since = "018c0000000070008000000000000a02"
	d.done("POST", "/api/order/"+d.order+"/line-items", `{"id":"`+since+`","identifier":"y","label":"Since","quantity":6,"states":[],
		"price":{"unitPrice":1,"totalPrice":6,"quantity":6,"calculatedTaxes":[],"taxRules":[]}}`, http.StatusNoContent)
	for header, want := range map[string]int{in: len(before) + 1, "sw-version-id: " + liveVersion: len(before) + 1} {
		page := string(d.done("POST", "/api/search-ids/order/"+d.order+"/line-items", `{}`, http.StatusOK, header))
		if strings.Contains(page, added) != (header == in) || strings.Contains(page, since) == (header == in) || !strings.Contains(page, fmt.Sprintf(`"total":%d`, want)) {
			t.Errorf("%s: items %s, want %d", header, page, want)
		}
	}
	ofVersion := fmt.Sprintf(`{"filter":[{"type":"equals","field":"orderVersionId","value":%q}]}`, version)
	if page := string(d.done("POST", "/api/search-ids/order-line-item", ofVersion, http.StatusOK, in)); !strings.Contains(page, added) || strings.Contains(page, since) {
		t.Errorf("items by their version: %s", page)
	}
	// Others write to the live order: the draft does not take that back.
	d.done("PATCH", "/api/order/"+d.order, `{"affiliateCode":"partner","customFields":{"b":2}}`, http.StatusNoContent)
	d.done("POST", "/api/_action/version/merge/order/"+version, "", http.StatusNoContent)
	if comment, now := d.comment(liveVersion); comment != "in the draft" || now[d.item] != 41.0 || now[added] != 5.0 {
		t.Errorf("live, after the merge: %v %v", comment, now)
	}
	merged := d.found("order", fmt.Sprintf(`{"ids":[%q]}`, d.order))
	if fields, _ := json.Marshal(merged["customFields"]); merged["affiliateCode"] != "partner" || merged["orderNumber"] != d.number || string(fields) != `{"a":1,"b":2}` {
		t.Errorf("live, after the merge: %v %v %s", merged["affiliateCode"], merged["orderNumber"], fields)
	}
	d.done("PATCH", "/api/order/"+d.order, `{"customerComment":"late"}`, http.StatusBadRequest, in)
	d.done("POST", "/api/_action/version/merge/order/"+version, "", http.StatusBadRequest)

	// The app heard of each write and of the merge, and can tell which version they were of.
	want := []string{version, liveVersion, liveVersion}
	for i, version := range want {
		heard, err := app.WaitEvent(within(t, soon), "order.written", i+1)
		if err != nil {
			t.Fatal(err)
		}
		var items []struct{ VersionID string }
		if err := json.Unmarshal(heard.Webhook.Payload, &items); err != nil || items[0].VersionID != version {
			t.Errorf("event %d: %s, want of version %s", i, heard.Webhook.Payload, version)
		}
	}
}

// TestVersionsLoseRows deletes in a version.
func TestVersionsLoseRows(t *testing.T) {
	t.Parallel()
	d, _ := newDrafted(t)
	version := d.begin("")
	in := "sw-version-id: " + version
	_, before := d.comment(liveVersion)
	d.done("DELETE", "/api/order-line-item/"+d.item, "", http.StatusNoContent, in)
	d.done("GET", "/api/order-line-item/"+d.item, "", http.StatusNotFound, in)
	d.done("GET", "/api/order-line-item/"+d.item, "", http.StatusOK)
	d.done("POST", "/api/_action/version/merge/order/"+version, "", http.StatusNoContent)
	d.done("GET", "/api/order-line-item/"+d.item, "", http.StatusNotFound)
	if _, now := d.comment(liveVersion); len(now) != len(before)-1 {
		t.Errorf("items after the merge: %v, before: %v", now, before)
	}

	// A version that is dropped leaves nothing, and its id may be used again.
	version = d.begin(`{"versionId":"018c0000000070008000000000000f01"}`)
	d.done("PATCH", "/api/order/"+d.order, `{"customerComment":"gone"}`, http.StatusNoContent, "sw-version-id: "+version)
	d.done("POST", "/api/_action/version/"+version+"/order/"+d.order, "", http.StatusOK)
	if d.begin(`{"versionId":"018c0000000070008000000000000f01"}`) != version {
		t.Error("another id than was asked for")
	}
	if comment, _ := d.comment(version); comment != nil {
		t.Errorf("the comment of the old version is still there: %v", comment)
	}
}

// TestVersionsEndWithTheirRecord deletes the order of two drafts: nothing of it is left in one,
// whether it is deleted directly or by the merge of a draft that has it no more.
func TestVersionsEndWithTheirRecord(t *testing.T) {
	t.Parallel()
	for name, remove := range map[string]func(d drafted, version string){
		"directly": func(d drafted, _ string) { d.done("DELETE", "/api/order/"+d.order, "", http.StatusNoContent) },
		"by sync": func(d drafted, _ string) {
			d.done("POST", "/api/_action/sync", `[{"entity":"order","action":"delete","payload":[{"id":"`+d.order+`"}]}]`, http.StatusOK)
		},
		"by a merge": func(d drafted, version string) {
			d.done("DELETE", "/api/order/"+d.order, "", http.StatusNoContent, "sw-version-id: "+version)
			d.done("POST", "/api/_action/version/merge/order/"+version, "", http.StatusNoContent)
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d, _ := newDrafted(t)
			first, second := d.begin(""), d.begin("")
			remove(d, first)
			d.done("GET", "/api/order/"+d.order, "", http.StatusNotFound)
			for _, version := range []string{first, second} {
				in := "sw-version-id: " + version
				d.done("GET", "/api/order/"+d.order, "", http.StatusNotFound, in)
				d.done("GET", "/api/order-line-item/"+d.item, "", http.StatusNotFound, in)
			}
			if page := string(d.done("POST", "/api/search/version", "{}", http.StatusOK)); !strings.Contains(page, `"total":0`) {
				t.Errorf("drafts are left: %s", page)
			}
		})
	}
}

// TestVersionsThatAreWrong refuses what would be half of a version.
func TestVersionsThatAreWrong(t *testing.T) {
	t.Parallel()
	d, app := newDrafted(t)
	version := d.begin("")
	in := "sw-version-id: " + version
	other := d.found("order", fmt.Sprintf(`{"filter":[{"type":"not","queries":[{"type":"equals","field":"id","value":%q}]}]}`, d.order))["id"].(string)
	product := d.found("product", `{"limit":1}`)["id"].(string)
	const unknown, ofProduct, ofCategory = "018c00000000700080000000000000ff", "018c0000000070008000000000000e01", "018c0000000070008000000000000e02"
	d.done("POST", "/api/_action/version/product/"+product, `{"versionId":"`+ofProduct+`"}`, http.StatusOK)
	channel := d.found("sales-channel", `{"limit":1}`)["id"].(string)
	category := d.found("category", `{"limit":1}`)["id"].(string)
	d.done("POST", "/api/_action/version/category/"+category, `{"versionId":"`+ofCategory+`"}`, http.StatusOK)
	tests := map[string]struct {
		method, path, body string
		status             int
		code               string
		headers            []string
	}{
		"of what has no versions":             {"POST", "/api/_action/version/tax/" + unknown, "", 400, "FRAMEWORK__ENTITY_NOT_VERSIONED", nil},
		"of an entity that is not there":      {"POST", "/api/_action/version/nothing/" + unknown, "", 404, "FRAMEWORK__DEFINITION_NOT_FOUND", nil},
		"of a record that is not there":       {"POST", "/api/_action/version/order/" + unknown, "", 404, "FRAMEWORK__RESOURCE_NOT_FOUND", nil},
		"with a name of other signs":          {"POST", "/api/_action/version/order/" + d.order, `{"versionName":"a b"}`, 400, "FRAMEWORK__INVALID_VERSION_NAME", nil},
		"with a name that is no text":         {"POST", "/api/_action/version/order/" + d.order, `{"versionName":7}`, 400, "FRAMEWORK__INVALID_REQUEST_PARAMETER", nil},
		"with an id that is none":             {"POST", "/api/_action/version/order/" + d.order, `{"versionId":"x"}`, 400, "FRAMEWORK__INVALID_VERSION_ID", nil},
		"with an id that is taken":            {"POST", "/api/_action/version/order/" + d.order, `{"versionId":"` + version + `"}`, 400, "FRAMEWORK__WRITE_TYPE_INTEND_ERROR", nil},
		"as the live one":                     {"POST", "/api/_action/version/order/" + d.order, `{"versionId":"` + liveVersion + `"}`, 400, "FRAMEWORK__WRITE_TYPE_INTEND_ERROR", nil},
		"merge of one that is not there":      {"POST", "/api/_action/version/merge/order/" + unknown, "", 400, "FRAMEWORK__VERSION_NOT_EXISTS", nil},
		"merge as another entity":             {"POST", "/api/_action/version/merge/product/" + version, "", 400, "FRAMEWORK__VERSION_NOT_EXISTS", nil},
		"deletion of the live one":            {"POST", "/api/_action/version/" + liveVersion + "/order/" + d.order, "", 400, "FRAMEWORK__LIVE_VERSION_DELETE", nil},
		"deletion as that of another order":   {"POST", "/api/_action/version/" + version + "/order/" + other, "", 400, "FRAMEWORK__VERSION_NOT_EXISTS", nil},
		"a write to one that is not there":    {"PATCH", "/api/order/" + d.order, `{"customerComment":"x"}`, 400, "FRAMEWORK__VERSION_NOT_EXISTS", []string{"sw-version-id: " + unknown}},
		"a write to what has no draft in it":  {"PATCH", "/api/order/" + other, `{"customerComment":"x"}`, 400, "FRAMEWORK__WRITE_TYPE_INTEND_ERROR", []string{in}},
		"a line item for another order":       {"POST", "/api/order/" + other + "/line-items", `{"identifier":"x","label":"L","quantity":1,"states":[],"price":{"unitPrice":1,"totalPrice":1,"quantity":1,"calculatedTaxes":[],"taxRules":[]}}`, 400, "FRAMEWORK__WRITE_CONSTRAINT_VIOLATION", []string{in}},
		"a new record of its own":             {"POST", "/api/product-manufacturer", `{"name":"M"}`, 400, "FRAMEWORK__WRITE_CONSTRAINT_VIOLATION", []string{in}},
		"products of a category":              {"PATCH", "/api/category/" + category, `{"products":[{"id":"` + product + `"}]}`, 400, "FRAMEWORK__WRITE_CONSTRAINT_VIOLATION", []string{"sw-version-id: " + ofCategory}},
		"links of another product":            {"PATCH", "/api/product/" + product, `{"tags":[{"name":"t"}]}`, 400, "FRAMEWORK__WRITE_TYPE_INTEND_ERROR", []string{in}},
		"of what pairs records":               {"POST", "/api/_action/version/product-tag/" + product, "", 400, "FRAMEWORK__ENTITY_NOT_VERSIONED", nil},
		"a review":                            {"PATCH", "/api/product/" + product, `{"productReviews":[{"title":"T","content":"C","salesChannelId":"` + channel + `"}]}`, 400, "ADK-LIVE-VERSION-ONLY", []string{"sw-version-id: " + ofProduct}},
		"a tag for another order":             {"POST", "/api/order/" + other + "/tags", `{"name":"t"}`, 400, "FRAMEWORK__WRITE_CONSTRAINT_VIOLATION", []string{in}},
		"a state":                             {"POST", "/api/_action/order/" + d.order + "/state/process", "", 400, "ADK-LIVE-VERSION-ONLY", []string{in}},
		"a version in the body":               {"PATCH", "/api/order/" + d.order, `{"versionId":"` + version + `"}`, 400, "FRAMEWORK__WRITE_CONSTRAINT_VIOLATION", nil},
		"a version written as a record":       {"POST", "/api/version", `{"name":"x"}`, 403, "FRAMEWORK__WRITE_PROTECTED", nil},
		"a header that is no id":              {"GET", "/api/order/" + d.order, "", 400, "FRAMEWORK__INVALID_UUID", []string{"sw-version-id: x"}},
		"merge by GET":                        {"GET", "/api/_action/version/merge/order/" + version, "", 405, "0", nil},
		"what is in no version is as it is":   {"GET", "/api/product/" + product, "", 200, "", []string{in}},
		"live is accepted everywhere":         {"GET", "/api/product/" + product, "", 200, "", []string{"sw-version-id: " + liveVersion}},
		"a product written in another's":      {"PATCH", "/api/product/" + product, `{"stock":1}`, 400, "FRAMEWORK__WRITE_TYPE_INTEND_ERROR", []string{in}},
		"what has no versions is written":     {"POST", "/api/tag", `{"name":"x"}`, 204, "", []string{in}},
		"an item whose payment is elsewhere":  {"POST", "/api/order-delivery-position", `{}`, 400, "c1051bb4-d103-4f74-8988-acbcafc7fdc3", []string{in}},
		"nothing above the live item changes": {"DELETE", "/api/order-line-item/" + unknown, "", 404, "FRAMEWORK__RESOURCE_NOT_FOUND", []string{in}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			answer := caller{t, d.calls, d.url, d.token}.done(test.method, test.path, test.body, test.status, test.headers...)
			if test.code != "" && !strings.Contains(string(answer), `"code":"`+test.code+`"`) {
				t.Errorf("answered %s, want code %s", answer, test.code)
			}
			if test.code == "ADK-LIVE-VERSION-ONLY" && !strings.Contains(string(answer), "without the header sw-version-id") {
				t.Errorf("answered %s, which says no way out", answer)
			}
		})
	}
	if comment, _ := d.comment(liveVersion); comment != nil {
		t.Errorf("the live order was written: %v", comment)
	}

	// An app makes drafts of what it may update, and merges what it may write.
	own := caller{t, d.calls, d.url, tokenFrom(t, d.calls, d.url, app.Shops.All()[0].APIKey, app.Shops.All()[0].SecretKey)}
	own.done("POST", "/api/_action/version/product/"+product, "", http.StatusForbidden)
	own.done("PATCH", "/api/order-line-item/"+d.item, `{"quantity":2}`, http.StatusNoContent, in)
	d.done("POST", "/api/order/"+d.order+"/line-items", `{"identifier":"x","label":"Added","quantity":5,"states":[],
		"price":{"unitPrice":1,"totalPrice":5,"quantity":5,"calculatedTaxes":[],"taxRules":[]}}`, http.StatusNoContent, in)
	refused := own.done("POST", "/api/_action/version/merge/order/"+version, "", http.StatusForbidden)
	if !strings.Contains(string(refused), `order_line_item:create`) {
		t.Errorf("refused with %s", refused)
	}
	if _, now := d.comment(version); now[d.item] != 2.0 {
		t.Errorf("a merge that was refused left %v", now)
	}
	d.done("POST", "/api/_action/version/merge/order/"+version, "", http.StatusNoContent)
}

// tags are the names of an order's tags in a version, sorted.
func (d drafted) tags(version string) string {
	d.t.Helper()
	in := "sw-version-id: " + version
	found := d.found("order", fmt.Sprintf(`{"ids":[%q],"associations":{"tags":{"sort":[{"field":"name"}]}}}`, d.order), in)
	var names []string
	for _, tag := range found["tags"].([]any) {
		names = append(names, tag.(map[string]any)["name"].(string))
	}
	// What is loaded is what filters, aggregations and paths see.
	all := strings.Join(names, " ")
	for _, name := range strings.Fields("a b c d") {
		holds := strings.Contains(all, name)
		for _, criteria := range []string{
			`{"ids":[%q],"filter":[{"type":"equals","field":"tags.name","value":%q}]}`,
			`{"ids":[%q],"filter":[{"type":"not","queries":[{"type":"equals","field":"tags.name","value":%q}]}]}`,
			`{"ids":[%q],"filter":[{"type":"equals","field":"tags.id","value":%q}]}`,
		} {
			value := name
			if strings.Contains(criteria, "tags.id") {
				value = tagID(name)
			}
			page := d.done("POST", "/api/search-ids/order", fmt.Sprintf(criteria, d.order, value), http.StatusOK, in)
			if strings.Contains(string(page), d.order) != (holds != strings.Contains(criteria, "not")) {
				d.t.Errorf("version %s with the tags %q, asked %s: %s", version, all, fmt.Sprintf(criteria, d.order, value), page)
			}
		}
	}
	counted := d.done("POST", "/api/search/order", fmt.Sprintf(`{"ids":[%q],"aggregations":[{"name":"n","type":"count","field":"tags.id"}]}`, d.order), http.StatusOK, in)
	if !strings.Contains(string(counted), fmt.Sprintf(`"count":%d`, len(names))) {
		d.t.Errorf("version %s with the tags %q: counted %s", version, all, counted)
	}
	listed := d.done("POST", "/api/search-ids/order/"+d.order+"/tags", `{"total-count-mode":1}`, http.StatusOK, in)
	if !strings.Contains(string(listed), fmt.Sprintf(`"total":%d`, len(names))) {
		d.t.Errorf("version %s with the tags %q: listed %s", version, all, listed)
	}
	return all
}

// tagID is the id of a tag by its name of one letter.
func tagID(name string) string { return fmt.Sprintf("018c000000007000800000000000007%x", name[0]-'a') }

// TestVersionsHoldTags links and unlinks tags in a version, while others do so to the live order.
func TestVersionsHoldTags(t *testing.T) {
	t.Parallel()
	d, app := newDrafted(t)
	link := func(name string) string { return fmt.Sprintf(`{"tags":[{"id":%q,"name":%q}]}`, tagID(name), name) }
	d.done("PATCH", "/api/order/"+d.order, link("a"), http.StatusNoContent)
	d.done("PATCH", "/api/order/"+d.order, link("b"), http.StatusNoContent)
	version := d.begin("")
	in := "sw-version-id: " + version
	if got := d.tags(version); got != "a b" {
		t.Errorf("a new version has the tags %q", got)
	}
	d.done("DELETE", "/api/order/"+d.order+"/tags/"+tagID("a"), "", http.StatusNoContent, in)
	d.done("PATCH", "/api/order/"+d.order, link("c"), http.StatusNoContent, in)
	d.done("PATCH", "/api/order/"+d.order, link("c"), http.StatusNoContent) // others do the same
	d.done("DELETE", "/api/order/"+d.order+"/tags/"+tagID("b"), "", http.StatusNoContent)
	d.done("POST", "/api/order/"+d.order+"/tags", `{"id":"`+tagID("d")+`","name":"d"}`, http.StatusNoContent)
	if draft, live := d.tags(version), d.tags(liveVersion); draft != "b c" || live != "a c d" {
		t.Errorf("the draft has the tags %q, the live order %q", draft, live)
	}

	// An app needs for a draft what it needs for the order.
	registered := app.Shops.All()[0]
	own := caller{t, d.calls, d.url, tokenFrom(t, d.calls, d.url, registered.APIKey, registered.SecretKey)}
	for _, missing := range [][]string{
		{"POST", "/api/_action/sync", `[{"entity":"order_tag","action":"upsert","payload":[{"orderId":"` + d.order + `","tagId":"` + tagID("a") + `"}]}]`, "order_tag:create"},
		{"DELETE", "/api/order/" + d.order + "/tags/" + tagID("b"), "", "order_tag:delete"},
		{"POST", "/api/search/order", `{"filter":[{"type":"equals","field":"tags.name","value":"b"}]}`, "tag:read"},
		{"POST", "/api/search/order", `{"sort":[{"field":"tags.name"}]}`, "tag:read"},
		{"POST", "/api/_action/version/merge/order/" + version, "", "order_tag:delete"},
	} {
		if answer := own.done(missing[0], missing[1], missing[2], http.StatusForbidden, in); !strings.Contains(string(answer), missing[3]) {
			t.Errorf("%v: %s", missing, answer)
		}
	}
	d.done("POST", "/api/_action/version/merge/order/"+version, "", http.StatusNoContent)
	if got := d.tags(liveVersion); got != "c d" {
		t.Errorf("after the merge the order has the tags %q", got)
	}

	// A version that is dropped leaves none behind.
	const again = "018c0000000070008000000000000f02"
	d.begin(`{"versionId":"` + again + `"}`)
	d.done("PATCH", "/api/order/"+d.order, link("b"), http.StatusNoContent, "sw-version-id: "+again)
	d.done("POST", "/api/_action/version/"+again+"/order/"+d.order, "", http.StatusOK)
	d.begin(`{"versionId":"` + again + `"}`)
	if draft, live := d.tags(again), d.tags(liveVersion); draft != "c d" || live != "c d" {
		t.Errorf("the draft begins with the tags %q, the live order has %q", draft, live)
	}
}

// TestVersionsHoldAllOfAnOrder writes each kind of record that an order is made of in a version.
func TestVersionsHoldAllOfAnOrder(t *testing.T) {
	t.Parallel()
	d, _ := newDrafted(t)
	version := d.begin("")
	in := "sw-version-id: " + version
	found := d.found("order", fmt.Sprintf(`{"ids":[%q],"associations":{"addresses":{},"deliveries":{},"transactions":{}}}`, d.order), in)
	first := func(name string) map[string]any { return found[name].([]any)[0].(map[string]any) }
	const address, transaction = "018c0000000070008000000000000b01", "018c0000000070008000000000000b02"
	text := func(record map[string]any, field string) string { value, _ := record[field].(string); return value }
	d.done("POST", "/api/order/"+d.order+"/addresses", fmt.Sprintf(`{"id":%q,"countryId":%q,"firstName":"New","lastName":"Home","street":"S 1","city":"C","zipcode":"1"}`,
		address, text(first("addresses"), "countryId")), http.StatusNoContent, in)
	d.done("PATCH", "/api/order/"+d.order, `{"billingAddressId":"`+address+`","orderCustomer":{"firstName":"Renamed"}}`, http.StatusNoContent, in)
	d.done("PATCH", "/api/order-delivery/"+text(first("deliveries"), "id"), `{"trackingCodes":["T1"]}`, http.StatusNoContent, in)
	d.done("POST", "/api/order/"+d.order+"/transactions", fmt.Sprintf(`{"id":%q,"paymentMethodId":%q,"amount":%s}`,
		transaction, text(first("transactions"), "paymentMethodId"), `{"unitPrice":1,"totalPrice":1,"quantity":1,"calculatedTaxes":[],"taxRules":[]}`), http.StatusNoContent, in)
	read := func(version string) string {
		t.Helper()
		r := d.found("order", fmt.Sprintf(`{"ids":[%q],"associations":{"billingAddress":{},"orderCustomer":{},"deliveries":{},"transactions":{}}}`, d.order), "sw-version-id: "+version)
		return fmt.Sprint(r["billingAddress"].(map[string]any)["firstName"] == "New", r["orderCustomer"].(map[string]any)["firstName"] == "Renamed",
			r["deliveries"].([]any)[0].(map[string]any)["trackingCodes"], len(r["transactions"].([]any)))
	}
	if draft, live := read(version), read(liveVersion); draft != "true true [T1] 2" || live != "false false [] 1" {
		t.Errorf("in the version %s, live %s", draft, live)
	}
	d.done("GET", "/api/order-address/"+address, "", http.StatusNotFound)
	d.done("POST", "/api/_action/version/merge/order/"+version, "", http.StatusNoContent)
	if live := read(liveVersion); live != "true true [T1] 2" {
		t.Errorf("after the merge: %s", live)
	}
}

// TestDraftsStayAsSmallAsTheyBegin: one that grows request by request comes to an end of it before
// it is too large to be dropped.
func TestDraftsStayAsSmallAsTheyBegin(t *testing.T) {
	t.Parallel()
	c := callerOf(t, open(t, development(folder(t))))
	const product, draft = "018c0000000070008000000000000001", "018c0000000070008000000000000e01"
	tax := c.found("tax", `{"limit":1}`)["id"].(string)
	c.done("POST", "/api/product", `{"id":"`+product+`","productNumber":"T","stock":1,"name":"Tea","taxId":"`+tax+`",
		"price":[{"currencyId":"`+appdock.DefaultCurrency.String()+`","gross":2,"net":1,"linked":false}]}`, http.StatusNoContent)
	tag := func(n int) string { return fmt.Sprintf(`{"id":"018c00000000700080000000000%05x"`, 0xa0000+n) }
	var named, linked []string
	for n := range 2600 {
		named = append(named, tag(n)+`,"name":"x"}`)
		linked = append(linked, tag(n)+`}`)
	}
	c.done("POST", "/api/_action/sync", `[{"entity":"tag","action":"upsert","payload":[`+strings.Join(named, ",")+`]}]`, http.StatusOK)
	c.done("POST", "/api/_action/version/product/"+product, `{"versionId":"`+draft+`"}`, http.StatusOK)
	link := func(some []string, status int) {
		t.Helper()
		c.done("PATCH", "/api/product/"+product, `{"tags":[`+strings.Join(some, ",")+`]}`, status, "sw-version-id: "+draft)
	}
	link(linked[:1300], http.StatusNoContent)
	link(linked[1300:], http.StatusRequestEntityTooLarge)
	link(linked[1300:1400], http.StatusNoContent)
	c.done("POST", "/api/_action/version/"+draft+"/product/"+product, ``, http.StatusOK)
	c.done("DELETE", "/api/product/"+product, ``, http.StatusNoContent)
}
