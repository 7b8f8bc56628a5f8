package server_test

import (
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/appdock/appdock"
	"github.com/appdock/appdock/internal/control"
)

// Each change raises exactly the topics of rest-api-sitepack.md 11. The app hears of all that
// there are, and its log says what it was told.
func TestChangesRaiseTheirTopics(t *testing.T) {
	t.Parallel()
	c := development(folder(t))
	c.Demo = true
	host := open(t, c)
	entities := []string{"order", "order_address", "product", "product_price", "category", "customer", "customer_address", "document", "media", "sales_channel", "sales_channel_domain"}
	app := newPacked(t, "ship-it", []string{
		"orders:read", "products:read", "customers:read", "categories:read", "media:read", "sales_channels:read", "webhooks:read", "webhooks:write",
	}, nil)
	shop := only(t, host)
	if err := byOperator(t, shop, app.URL); err != nil {
		t.Fatal(err)
	}
	rest := restClient{t, host.URL(), app.text("access_token")}
	for _, entity := range entities {
		r := rest.do(http.MethodPost, "/webhooks", map[string]any{"topic": entity + ".*", "address": app.URL + "/hook"})
		if r.StatusCode != http.StatusCreated {
			t.Fatalf("%s: %d %s", entity, r.StatusCode, r.Text)
		}
	}
	seen := map[appdock.ID]bool{}
	// fresh are the topics that the app was told of since, each once.
	fresh := func() []string {
		t.Helper()
		if err := host.Settled(t.Context(), appdock.ID{}); err != nil {
			t.Fatal(err)
		}
		list, err := shop.Deliveries(t.Context(), control.DeliveryFilter{App: "ship-it", Limit: 500})
		if err != nil {
			t.Fatal(err)
		}
		topics := []string{}
		for _, d := range list {
			if !seen[d.ID] {
				seen[d.ID] = true
				topic, _, _ := strings.Cut(d.Webhook, "#")
				topics = append(topics, topic)
			}
		}
		slices.Sort(topics)
		return slices.Compact(topics)
	}

	admin := operator(t, host)
	do := func(method, path string, body any) func() error {
		return func() error { return admin.Do(t.Context(), method, path, body, nil) }
	}
	id, payload := freshOrder()
	order := id.String()
	within := func(part string) string {
		r := rest.do(http.MethodGet, "/orders/"+order, nil)
		return r.Body[part].([]any)[0].(map[string]any)["id"].(string)
	}
	state := func(entity, name string) func() error {
		return func() error {
			of := order
			switch entity {
			case "order_transaction":
				of = within("transactions")
			case "order_delivery":
				of = within("deliveries")
			}
			return admin.Do(t.Context(), http.MethodPost, "/api/_action/"+entity+"/"+of+"/state/"+name, map[string]any{}, nil)
		}
	}
	product, category := appdock.NewID(time.Now()).String(), appdock.NewID(time.Now()).String()
	for _, step := range []struct {
		name string
		act  func() error
		want string
	}{
		{"an order", func() error { return admin.Create(t.Context(), "order", payload) }, "order.created order.placed order_address.created"},
		{"a field of it", do(http.MethodPatch, "/api/order/"+order, map[string]any{"customerComment": "ring twice"}), "order.updated"},
		{"it is worked on", state("order", "process"), "order.processing order.updated"},
		{"it is cancelled", state("order", "cancel"), "order.cancelled order.updated"},
		{"it is opened again", state("order", "reopen"), "order.reopened order.updated"},
		{"authorized", state("order_transaction", "authorize"), "order.payment_authorized"},
		{"paid in part", state("order_transaction", "paid_partially"), "order.partially_paid"},
		{"paid", state("order_transaction", "paid"), "order.paid"},
		{"given back in part", state("order_transaction", "refund_partially"), "order.partially_refunded"},
		{"given back", state("order_transaction", "refund"), "order.refunded"},
		{"shipped in part", state("order_delivery", "ship_partially"), "order.partially_shipped"},
		{"shipped", state("order_delivery", "ship"), "order.shipped"},
		{"come back in part", state("order_delivery", "retour_partially"), "order.partially_returned"},
		{"come back", state("order_delivery", "retour"), "order.returned"},
		{"a product", func() error {
			return admin.Create(t.Context(), "product", map[string]any{
				"id": product, "name": "Hat", "productNumber": "HAT-1", "stock": 3, "tax": map[string]any{"name": "T", "taxRate": 19},
				"price": []map[string]any{{"currencyId": "b7d2554b0ce847cd82f3ac9bd1c0dfca", "gross": 10, "net": 8, "linked": false}},
			})
		}, "product.created product.stock_changed"}, // its first stock is among the fields
		{"its name", do(http.MethodPatch, "/api/product/"+product, map[string]any{"name": "Cap"}), "product.updated"},
		{"its stock", do(http.MethodPatch, "/api/product/"+product, map[string]any{"stock": 7}), "product.stock_changed product.updated"},
		{"the product goes", do(http.MethodDelete, "/api/product/"+product, nil), "product.deleted"},
		{"a category", do(http.MethodPost, "/api/category", map[string]any{"id": category, "name": "Hats"}), "category.created"},
		{"its name", do(http.MethodPatch, "/api/category/"+category, map[string]any{"name": "Caps"}), "category.updated"},
		{"the category goes", do(http.MethodDelete, "/api/category/"+category, nil), "category.deleted"},
		{"a currency, which has no topics", do(http.MethodPost, "/api/currency", map[string]any{
			"name": "Crown", "shortName": "CZK", "isoCode": "CZK", "symbol": "Kc", "factor": 24, "itemRounding": map[string]any{"decimals": 2, "interval": 0.01, "roundForNet": true},
			"totalRounding": map[string]any{"decimals": 2, "interval": 0.01, "roundForNet": true},
		}), ""},
		{"the order goes", do(http.MethodDelete, "/api/order/"+order, nil), "order.deleted order_address.deleted"},
	} {
		if err := step.act(); err != nil {
			t.Errorf("%s: %v", step.name, err)
			continue
		}
		if got := strings.Join(fresh(), " "); got != step.want {
			t.Errorf("%s: told %q, want %q", step.name, got, step.want)
		}
	}
}
