package server_test

import (
	"encoding/json"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"
)

// told are the events of a page, as "topic id".
func (r reply) told(t *testing.T) (list []string) {
	t.Helper()
	for _, x := range r.Body["data"].([]any) {
		e := x.(map[string]any)
		list = append(list, e["type"].(string)+" "+follow(any(e), "data.object.id").(string))
	}
	return list
}

// TestEventsAreReplayed lets an app ask what happened since it was installed: all of it in
// order, page by page, cut to its scopes, with a tombstone of what is gone.
func TestEventsAreReplayed(t *testing.T) {
	t.Parallel()
	b := bothAPIs(t, "products:read", "products:write", "products:delete")
	began := time.Now().UTC()
	product := func(sku string) string {
		return b.rest.must(201, "POST", "/products", `{"sku":"`+sku+`","name":"`+sku+`","stock":5,"price":{"amount":"1"},"tax":{"rate":19}}`).Body["id"].(string)
	}
	one, two := product("E-1"), product("E-2")
	b.rest.must(200, "PATCH", "/products/"+one, `{"name":"Shirt"}`)
	b.admin.done("PATCH", "/api/product/"+two, `{"stock":3}`, http.StatusNoContent)
	b.admin.done("POST", "/api/category", `{"name":"Shirts"}`, http.StatusNoContent) // of no scope of the app
	b.rest.must(204, "DELETE", "/products/"+two, nil)
	want := []string{
		"product.created " + one, "product.created " + two, "product.updated " + one,
		"product.updated " + two, "product.stock_changed " + two, "product.deleted " + two,
	}

	whole := b.rest.must(200, "GET", "/events?topic=product.*", nil)
	if got := whole.told(t); !slices.Equal(got, want) {
		t.Fatalf("got %q\nwant %q", got, want)
	}
	events := whole.Body["data"].([]any)
	for i, path := range map[string]any{
		"0.data.object.name":   "Shirt", // as it is now
		"0.data.origin.id":     "ship-it",
		"2.data.origin.id":     "ship-it",
		"2.data.previous.name": "E-1",
		"3.data.origin":        nil,
		"3.data.previous":      nil, // what is gone is gone with what it was
	} {
		at, rest, _ := strings.Cut(i, ".")
		if got := follow(events[at[0]-'0'], rest); got != path {
			t.Errorf("%s: got %v, want %v", i, got, path)
		}
	}
	// By default all that the scopes show, with the life of the app itself.
	for _, x := range b.rest.must(200, "GET", "/events", nil).Body["data"].([]any) {
		topic := x.(map[string]any)["type"].(string)
		if entity, _, _ := strings.Cut(topic, "."); !slices.Contains([]string{"product", "product_price", "app"}, entity) {
			t.Errorf("the app is told of %s", topic)
		}
	}

	var got []string
	var ids []any
	path, pages := "/events?topic=product.*&limit=2", 0
	var resume string
	for path != "" {
		page := b.rest.must(200, "GET", path, nil)
		pages++
		got = append(got, page.told(t)...)
		for _, x := range page.Body["data"].([]any) {
			ids = append(ids, x.(map[string]any)["id"])
		}
		resume = follow(any(page.Body), "page.resume").(string)
		path = ""
		if next, more := follow(any(page.Body), "page.next").(string); more {
			path = "/events?topic=product.*&limit=2&cursor=" + next
		}
	}
	if !slices.Equal(got, want) || pages != 3 {
		t.Errorf("on %d pages: %q", pages, got)
	}
	for i, x := range events {
		if ids[i] != x.(map[string]any)["id"] {
			t.Errorf("%d was %v and is %v", i, x.(map[string]any)["id"], ids[i])
		}
	}

	// Later it goes on where it ended.
	if later := b.rest.must(200, "GET", "/events?topic=product.*&cursor="+resume, nil); len(later.told(t)) != 0 || follow(any(later.Body), "page.next") != nil {
		t.Errorf("nothing happened: %s", later.Text)
	}
	three := product("E-3")
	if later := b.rest.must(200, "GET", "/events?topic=product.*&cursor="+resume, nil).told(t); !slices.Equal(later, []string{"product.created " + three}) {
		t.Errorf("later: %q", later)
	}
	if since := b.rest.must(200, "GET", "/events?topic=product.created&created_at[gte]="+began.Add(24*time.Hour).Format(time.RFC3339), nil).told(t); len(since) != 0 {
		t.Errorf("tomorrow: %q", since)
	}

	for path, code := range map[string]string{
		"/events?cursor=" + resume:                     "cursor_mismatch",
		"/events?topic=product.*&cursor=" + resume[1:]: "invalid_cursor",
		"/events?topic=product.eaten":                  "invalid_filter",
		"/events?created_at[gte]=soon":                 "invalid_filter",
		"/events?created_at[lt]=2026-01-01":            "unknown_parameter",
		"/events?limit=0":                              "invalid_limit",
		"/events?sort=id":                              "unknown_parameter",
	} {
		b.rest.refused(400, code, "GET", path, nil)
	}
	if r := b.rest.refused(403, "insufficient_scope", "GET", "/events?topic=product.created,order.created", nil); r.Body["required_scope"] != "orders:read" {
		t.Errorf("%s", r.Text)
	}
}

// TestEventsOfManyRows come row by row, and pages may end within one.
func TestEventsOfManyRows(t *testing.T) {
	t.Parallel()
	b := bothAPIs(t, "categories:read")
	var rows []map[string]any
	for _, name := range []string{"A", "B", "C", "D", "E"} {
		rows = append(rows, map[string]any{"name": name})
	}
	sync, err := json.Marshal([]any{map[string]any{"action": "upsert", "entity": "category", "payload": rows}})
	if err != nil {
		t.Fatal(err)
	}
	b.admin.done("POST", "/api/_action/sync", string(sync), http.StatusOK)
	var names []any
	path := "/events?topic=category.created&limit=2"
	for path != "" {
		page := b.rest.must(200, "GET", path, nil)
		for _, x := range page.Body["data"].([]any) {
			names = append(names, follow(x, "data.object.name"))
		}
		path = ""
		if next, more := follow(any(page.Body), "page.next").(string); more {
			path = "/events?topic=category.created&limit=2&cursor=" + next
		}
	}
	if !slices.Equal(names, []any{"A", "B", "C", "D", "E"}) {
		t.Errorf("%v", names)
	}
}

// TestEventsBeforeAnAppAreNotTold to it, nor what is about another app alone.
func TestEventsBeforeAnAppAreNotTold(t *testing.T) {
	t.Parallel()
	c := development(folder(t))
	c.Demo, c.Now = true, quick()
	host := open(t, c)
	shop := only(t, host)
	callerOf(t, host).done("POST", "/api/category", `{"name":"Before"}`, http.StatusNoContent)
	first := newPacked(t, "first", []string{"categories:read"}, nil)
	second := newPacked(t, "second", []string{"categories:read"}, nil)
	for _, app := range []*packed{first, second} {
		if err := byOperator(t, shop, app.URL); err != nil {
			t.Fatal(err)
		}
	}
	rest := restClient{t, host.URL(), second.text("access_token")}
	var topics []string
	for _, x := range rest.must(200, "GET", "/events", nil).Body["data"].([]any) {
		topics = append(topics, x.(map[string]any)["type"].(string))
	}
	if !slices.Equal(topics, []string{"app.installed", "app.activated"}) {
		t.Errorf("%q", topics)
	}
}

// TestEachTopicShowsItsResource as the API shows it elsewhere, with what it was before.
func TestEachTopicShowsItsResource(t *testing.T) {
	t.Parallel()
	b := bothAPIs(t, "media:read", "sales_channels:read", "customers:read", "orders:read")
	first := func(entity string) string {
		var found struct{ Data []struct{ ID string } }
		if err := json.Unmarshal(b.admin.done("POST", "/api/search/"+entity, `{"limit":1}`, http.StatusOK), &found); err != nil || len(found.Data) == 0 {
			t.Fatalf("%s: %v", entity, err)
		}
		return found.Data[0].ID
	}
	b.admin.done("POST", "/api/media", `{"title":"Shirt"}`, http.StatusNoContent)
	b.admin.done("PATCH", "/api/sales-channel/"+first("sales-channel"), `{"active":false}`, http.StatusNoContent)
	b.admin.done("PATCH", "/api/customer-address/"+first("customer-address"), `{"street":"2 Side St"}`, http.StatusNoContent)
	b.admin.done("PATCH", "/api/order-address/"+first("order-address"), `{"city":"Köln"}`, http.StatusNoContent)
	for topic, want := range map[string]map[string]any{
		"media.created":            {"object.title": "Shirt", "previous": nil},
		"sales_channel.updated":    {"object.active": false, "previous.active": true},
		"customer_address.updated": {"object.street": "2 Side St"},
		"order_address.updated":    {"object.city": "Köln"},
	} {
		page := b.rest.must(200, "GET", "/events?topic="+topic, nil)
		if strings.Contains(string(page.Text), `\u`) || len(page.Body["data"].([]any)) != 1 {
			t.Errorf("%s: %s", topic, page.Text)
			continue
		}
		for path, value := range want {
			if got := follow(any(page.Body), "data.0.data."+path); got != value {
				t.Errorf("%s: %s is %v, want %v", topic, path, got, value)
			}
		}
		if updated := strings.HasSuffix(topic, ".updated"); updated != (follow(any(page.Body), "data.0.data.previous") != nil) {
			t.Errorf("%s: %s", topic, page.Text)
		}
	}
	channels := b.rest.must(200, "GET", "/sales-channels", nil)
	if follow(any(channels.Body), "data.0.currency") != "EUR" || follow(any(channels.Body), "data.0.language") == nil {
		t.Errorf("%s", channels.Text)
	}
	order := first("order")
	b.rest.must(200, "GET", "/orders/"+order+"/documents", nil)
}
