package server_test

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/appdock/appdock"
	"github.com/appdock/appdock/internal/control"
	"github.com/appdock/appdock/protocol"
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
		"orders:read", "products:read", "customers:read", "categories:read", "media:read", "sales_channels:read", "webhooks:read", "webhooks:write", "settings:read",
	}, []string{"app.installed", "app.updated", "app.activated", "app.deactivated", "app.uninstalled", "app.scopes_updated"})
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
	app.wait("app.installed")
	app.wait("app.activated")
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

	fresh()
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
	// of finds a record of the demo shop that others need.
	of := func(entity string) string {
		t.Helper()
		var found struct{ Data []string }
		if err := admin.Do(t.Context(), http.MethodPost, "/api/search-ids/"+entity, map[string]any{"limit": 1}, &found); err != nil || len(found.Data) == 0 {
			t.Fatalf("no %s: %v", entity, err)
		}
		return found.Data[0]
	}
	newRecord := func() string { return appdock.NewID(time.Now()).String() }
	product, category, rule, price := newRecord(), newRecord(), newRecord(), newRecord()
	snippets := newRecord()
	buyer, home, guest, paper, picture, channel, domain := newRecord(), newRecord(), newRecord(), newRecord(), newRecord(), newRecord(), newRecord()
	eur := []map[string]any{{"currencyId": appdock.DefaultCurrency.String(), "gross": 10, "net": 8, "linked": false}}
	letter := func(id string) map[string]any {
		return map[string]any{"id": id, "countryId": of("country"), "firstName": "Ada", "lastName": "Byron", "street": "High Street 1", "zipcode": "1", "city": "London"}
	}
	account := func(id, number string, guest bool, home map[string]any) map[string]any {
		return map[string]any{
			"id": id, "groupId": appdock.StandardGroup.String(), "salesChannelId": of("sales_channel"), "languageId": appdock.SystemLanguage.String(),
			"defaultPaymentMethodId": of("payment_method"), "customerNumber": number, "firstName": "Ada", "lastName": "Byron", "email": number + "@shop.example",
			"guest": guest, "defaultBillingAddressId": home["id"], "defaultShippingAddressId": home["id"], "addresses": []any{home},
		}
	}
	life := func(change func(context.Context, string) (control.Result, error)) func() error {
		return func() error {
			_, err := change(t.Context(), "ship-it")
			return err
		}
	}
	caused := map[string]bool{}
	for _, step := range []struct {
		name string
		act  func() error
		want string
	}{
		{"an order", func() error { return admin.Create(t.Context(), "order", payload) }, "order.created order.placed order_address.created"},
		{"a field of it", do(http.MethodPatch, "/api/order/"+order, map[string]any{"customerComment": "ring twice"}), "order.updated"},
		{"the same again", do(http.MethodPatch, "/api/order/"+order, map[string]any{"customerComment": "ring twice"}), ""},
		{"it is worked on", state("order", "process"), "order.processing order.updated"},
		{"it is cancelled", state("order", "cancel"), "order.cancelled order.updated"},
		{"it is opened again", state("order", "reopen"), "order.reopened order.updated"},
		{"it is worked on again", state("order", "process"), "order.processing order.updated"},
		{"it is done", state("order", "complete"), "customer.updated order.completed order.updated"}, // it counts for who bought
		{"authorized", state("order_transaction", "authorize"), "order.payment_authorized"},
		{"the payment fails", state("order_transaction", "fail"), "order.payment_failed"},
		{"paid in part", state("order_transaction", "paid_partially"), "order.partially_paid"},
		{"paid", state("order_transaction", "paid"), "order.paid"},
		{"charged back", state("order_transaction", "chargeback"), "order.chargeback"},
		{"paid after all", state("order_transaction", "paid"), "order.paid"},
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
		}, "product.created"},
		{"its name", do(http.MethodPatch, "/api/product/"+product, map[string]any{"name": "Cap"}), "product.updated"},
		{"the same name, stock and price", do(http.MethodPatch, "/api/product/"+product, map[string]any{
			"name": "Cap", "stock": 3, "price": []map[string]any{{"linked": false, "net": 8.0, "gross": 10.0, "currencyId": "b7d2554b0ce847cd82f3ac9bd1c0dfca"}},
		}), ""},
		{"a name in another language", do(http.MethodPatch, "/api/product/"+product, map[string]any{"translations": map[string]any{"de-DE": map[string]any{"name": "Kappe"}}}), "product.updated"},
		{"that name again", do(http.MethodPatch, "/api/product/"+product, map[string]any{"translations": map[string]any{"de-DE": map[string]any{"name": "Kappe"}}}), ""},
		{"its stock", do(http.MethodPatch, "/api/product/"+product, map[string]any{"stock": 7}), "product.stock_changed product.updated"},
		{"a rule, which has no topics", do(http.MethodPost, "/api/rule", map[string]any{"id": rule, "name": "Many", "priority": 1}), ""},
		{"a price of the product", do(http.MethodPost, "/api/product-price", map[string]any{"id": price, "productId": product, "ruleId": rule, "quantityStart": 10, "price": eur}), "product_price.created"},
		{"its quantity", do(http.MethodPatch, "/api/product-price/"+price, map[string]any{"quantityStart": 20}), "product_price.updated"},
		{"the price goes", do(http.MethodDelete, "/api/product-price/"+price, nil), "product_price.deleted"},
		{"the product goes", do(http.MethodDelete, "/api/product/"+product, nil), "product.deleted"},
		{"a category", do(http.MethodPost, "/api/category", map[string]any{"id": category, "name": "Hats"}), "category.created"},
		{"its name", do(http.MethodPatch, "/api/category/"+category, map[string]any{"name": "Caps"}), "category.updated"},
		{"the category goes", do(http.MethodDelete, "/api/category/"+category, nil), "category.deleted"},
		{"a customer", do(http.MethodPost, "/api/customer", account(buyer, "C-1", false, letter(newRecord()))), "customer.created customer.registered customer_address.created"},
		{"their name", do(http.MethodPatch, "/api/customer/"+buyer, map[string]any{"firstName": "Augusta"}), "customer.updated"},
		{"another address", func() error {
			more := letter(home)
			more["customerId"] = buyer
			return admin.Create(t.Context(), "customer-address", more)
		}, "customer_address.created"},
		{"its street", do(http.MethodPatch, "/api/customer-address/"+home, map[string]any{"street": "High Street 2"}), "customer_address.updated"},
		{"the address goes", do(http.MethodDelete, "/api/customer-address/"+home, nil), "customer_address.deleted"},
		{"a guest", do(http.MethodPost, "/api/customer", account(guest, "C-2", true, letter(newRecord()))), "customer.created customer.registered customer_address.created"},
		{"the customer goes", do(http.MethodDelete, "/api/customer/"+buyer, nil), "customer.deleted customer_address.deleted"},
		{"a document", do(http.MethodPost, "/api/document", map[string]any{
			"id": paper, "orderId": order, "documentTypeId": of("document-type"), "fileType": "pdf", "config": map[string]any{"documentNumber": "1"}, "deepLinkCode": strings.Repeat("a", 32),
		}), "document.created"},
		{"it is sent", do(http.MethodPatch, "/api/document/"+paper, map[string]any{"sent": true}), "document.updated"},
		{"the document goes", do(http.MethodDelete, "/api/document/"+paper, nil), "document.deleted"},
		{"media", do(http.MethodPost, "/api/media", map[string]any{"id": picture, "title": "Tea"}), "media.created"},
		{"its title", do(http.MethodPatch, "/api/media/"+picture, map[string]any{"title": "Coffee"}), "media.updated"},
		{"the media go", do(http.MethodDelete, "/api/media/"+picture, nil), "media.deleted"},
		{"a sales channel", do(http.MethodPost, "/api/sales-channel", map[string]any{
			"id": channel, "typeId": of("sales-channel-type"), "languageId": appdock.SystemLanguage.String(), "customerGroupId": appdock.StandardGroup.String(),
			"currencyId": appdock.DefaultCurrency.String(), "paymentMethodId": of("payment-method"), "shippingMethodId": of("shipping-method"), "countryId": of("country"),
			"navigationCategoryId": of("category"), "name": "Market", "accessKey": "SWSC0123456789", "homeEnabled": true,
		}), "sales_channel.created"},
		{"its name", do(http.MethodPatch, "/api/sales-channel/"+channel, map[string]any{"name": "Fair"}), "sales_channel.updated"},
		{"a snippet set, which has no topics", do(http.MethodPost, "/api/snippet-set", map[string]any{"id": snippets, "name": "Base", "baseFile": "messages.en-GB", "iso": "en-GB"}), ""},
		{"its domain", do(http.MethodPost, "/api/sales-channel-domain", map[string]any{
			"id": domain, "url": "https://fair.example", "salesChannelId": channel, "languageId": appdock.SystemLanguage.String(), "currencyId": appdock.DefaultCurrency.String(), "snippetSetId": snippets,
		}), "sales_channel_domain.created"},
		{"another domain", do(http.MethodPatch, "/api/sales-channel-domain/"+domain, map[string]any{"url": "https://market.example"}), "sales_channel_domain.updated"},
		{"the domain goes", do(http.MethodDelete, "/api/sales-channel-domain/"+domain, nil), "sales_channel_domain.deleted"},
		{"the sales channel goes", do(http.MethodDelete, "/api/sales-channel/"+channel, nil), "sales_channel.deleted"},
		{"a currency, which has no topics", do(http.MethodPost, "/api/currency", map[string]any{
			"name": "Crown", "shortName": "CZK", "isoCode": "CZK", "symbol": "Kc", "factor": 24, "itemRounding": map[string]any{"decimals": 2, "interval": 0.01, "roundForNet": true},
			"totalRounding": map[string]any{"decimals": 2, "interval": 0.01, "roundForNet": true},
		}), ""},
		{"an address of the order", do(http.MethodPatch, "/api/order-address/"+seedAddress(payload), map[string]any{"city": "Leeds"}), "order_address.updated"},
		{"the app gets a new version", func() error {
			app.becomes(func() { app.version = "2.2.0" })
			_, err := shop.Update(t.Context(), control.Install{Source: control.Source{URL: app.URL}})
			return err
		}, "app.updated"},
		{"it is deactivated", life(shop.Deactivate), "app.deactivated"},
		{"it is activated", life(shop.Activate), "app.activated"},
		{"it has fewer rights", func() error {
			app.becomes(func() { app.version, app.scopes = "2.3.0", app.scopes[:len(app.scopes)-1] })
			_, err := shop.Update(t.Context(), control.Install{Source: control.Source{URL: app.URL}})
			return err
		}, "app.scopes_updated app.updated"},
		{"the order goes", do(http.MethodDelete, "/api/order/"+order, nil), "order.deleted order_address.deleted"},
	} {
		if err := step.act(); err != nil {
			t.Errorf("%s: %v", step.name, err)
			continue
		}
		told := fresh()
		if got := strings.Join(told, " "); got != step.want {
			t.Errorf("%s: told %q, want %q", step.name, got, step.want)
		}
		for _, topic := range told {
			caused[topic] = true
			if fault := framed(app.wait(topic), host.URL(), app.version); fault != "" {
				t.Errorf("%s: %s: %s", step.name, topic, fault)
			}
		}
	}
	if _, err := shop.Uninstall(t.Context(), "ship-it", false); err != nil {
		t.Fatal(err)
	}
	app.wait("app.uninstalled")
	caused["app.installed"], caused["app.uninstalled"] = true, true
	for _, topic := range protocol.Topics() {
		if !caused[topic.Name] {
			t.Errorf("nothing here raises %s", topic.Name)
		}
	}
}

// framed says what is wrong with the frame of a message (protocol-webhooks.md 9); wait has
// looked at its signatures, its id and its type.
func framed(body map[string]any, shop, version string) string {
	topic := body["type"].(string)
	data, _ := body["data"].(map[string]any)
	object, _ := data["object"].(map[string]any)
	_, before := data["previous"]
	of, _ := body["shop"].(map[string]any)
	app, _ := body["app"].(map[string]any)
	entity, verb, _ := strings.Cut(topic, ".")
	at, err := time.Parse(time.RFC3339, body["timestamp"].(string))
	switch id, _ := object["id"].(string); {
	case !strings.HasPrefix(body["id"].(string), "msg_") || err != nil || time.Since(at) > time.Hour:
		return fmt.Sprintf("id and time are %v, %v", body["id"], body["timestamp"])
	case of["url"] != shop || of["id"] == "" || app["id"] != "ship-it" || app["version"] != version:
		return fmt.Sprintf("it is about %v and %v", of, app)
	case len(body) != 6 || object == nil:
		return fmt.Sprintf("it has %d members and the object %v", len(body), object)
	case entity == "app":
		if len(object) != 0 || before {
			return fmt.Sprintf("the object is %v", object)
		}
	case verb == "created" && len(object) < 3:
		return fmt.Sprintf("of what is new it says %v", object)
	case len(id) != 32:
		return fmt.Sprintf("the object is %v", object)
	case verb == "deleted":
		if len(object) != 1 || before {
			return fmt.Sprintf("of what is gone it tells %v", data)
		}
	case before && verb != "updated":
		return fmt.Sprintf("it tells of before: %v", data)
	}
	return ""
}

// seedAddress is the id of the address of an order of the demo shop.
func seedAddress(order map[string]any) string { return order["billingAddressId"].(string) }
