package server_test

import (
	"bytes"
	"encoding/json"
	"net/http"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"github.com/appdock/appdock"
)

// twoAPIs is one shop that is asked through both of its APIs.
type twoAPIs struct {
	rest  restClient
	admin caller
}

func bothAPIs(t *testing.T, scopes ...string) twoAPIs {
	t.Helper()
	c := development(folder(t))
	c.Demo, c.Now = true, quick()
	host := open(t, c)
	app := newPacked(t, "ship-it", scopes, nil)
	if err := byOperator(t, only(t, host), app.URL); err != nil {
		t.Fatal(err)
	}
	return twoAPIs{restClient{t, host.URL(), app.text("access_token")}, callerOf(t, host)}
}

// stored is a record as the Admin API shows it.
func (b twoAPIs) stored(entity, id string, associations ...string) map[string]any {
	b.rest.t.Helper()
	loads := map[string]any{}
	for _, path := range associations {
		at := loads
		for name := range strings.SplitSeq(path, ".") {
			next := map[string]any{}
			if known, ok := at[name].(map[string]any); ok {
				next, _ = known["associations"].(map[string]any)
			} else {
				at[name] = map[string]any{"associations": next}
			}
			at = next
		}
	}
	criteria, _ := json.Marshal(map[string]any{"ids": []any{id}, "associations": loads})
	var found struct{ Data []map[string]any }
	if err := json.Unmarshal(b.admin.done("POST", "/api/search/"+entity, string(criteria), http.StatusOK), &found); err != nil || len(found.Data) != 1 {
		b.rest.t.Fatalf("%s %s: %v, %d found", entity, id, err, len(found.Data))
	}
	return found.Data[0]
}

// follow follows a path such as "price.0.gross" into a JSON value.
func follow(v any, path string) any {
	for step := range strings.SplitSeq(path, ".") {
		switch x := v.(type) {
		case map[string]any:
			v = x[step]
		case []any:
			if step != "0" || len(x) == 0 {
				return nil
			}
			v = x[0]
		default:
			return nil
		}
	}
	return v
}

// mapped is a field by its names in both APIs: what is written in one of them and what the
// other shows then.
type mapped struct {
	rest, sent string // member of a PATCH and its value
	admin      string // path of what the Admin API shows
	shown      string // which is this
	// back is what the Admin API writes, and what a GET shows of it at restPath; "": the Admin
	// API does not write it by this name.
	back, restPath, again string
}

func (b twoAPIs) check(entity, adminPath, restPath, id string, associations []string, fields []mapped) {
	t := b.rest.t
	t.Helper()
	for _, f := range fields {
		b.rest.must(200, "PATCH", restPath, `{"`+f.rest+`":`+f.sent+`}`, "If-Match", "*")
		if got, _ := json.Marshal(follow(b.stored(entity, id, associations...), f.admin)); string(got) != f.shown {
			t.Errorf("%s: wrote %s, the Admin API shows %s = %s, want %s", f.rest, f.sent, f.admin, got, f.shown)
		}
		if f.back == "" {
			continue
		}
		b.admin.done("PATCH", adminPath, f.back, http.StatusNoContent)
		path := f.restPath
		if path == "" {
			path = f.rest
		}
		if got, _ := json.Marshal(follow(any(b.rest.must(200, "GET", restPath, nil).Body), path)); string(got) != f.again {
			t.Errorf("%s: the Admin API wrote %s, a GET shows %s, want %s", f.rest, f.back, got, f.again)
		}
	}
}

// TestBothAPIsShareEachField writes each field of rest-api-sitepack.md 4.1 through one API and
// reads it through the other, both ways (section 12).
func TestBothAPIsShareEachField(t *testing.T) {
	t.Parallel()
	b := bothAPIs(t, "products:write", "categories:write", "customers:write", "orders:write", "media:read")
	category := b.rest.must(201, "POST", "/categories", `{"name":"Shirts"}`).Body["id"].(string)
	b.check("category", "/api/category/"+category, "/categories/"+category, category, nil, []mapped{
		{"name", `"Blouses"`, "name", `"Blouses"`, `{"name":"Coats"}`, "", `"Coats"`},
		{"active", "false", "active", "false", `{"active":true}`, "", "true"},
		{"metafields", `{"a":1}`, "customFields", `{"a":1}`, `{"customFields":{"b":2}}`, "", `{"a":1,"b":2}`},
	})

	made := b.rest.must(201, "POST", "/products", `{"sku":"MAP","name":"Map","stock":1,"price":{"amount":"11.90"},"tax":{"rate":19}}`).Body
	product := made["id"].(string)
	// What only the Admin API knows stays as it is, whatever the other one writes.
	b.admin.done("PATCH", "/api/product/"+product, `{"keywords":"atlas","markAsTopseller":true}`, http.StatusNoContent)
	b.check("product", "/api/product/"+product, "/products/"+product, product, []string{"manufacturer", "categories", "tags", "options.group"}, []mapped{
		{"sku", `"MAP-2"`, "productNumber", `"MAP-2"`, `{"productNumber":"MAP-3"}`, "", `"MAP-3"`},
		{"name", `"Atlas"`, "name", `"Atlas"`, `{"name":"Globe"}`, "", `"Globe"`},
		{"description", `"Round"`, "description", `"Round"`, `{"description":null}`, "", "null"},
		{"active", "false", "active", "false", `{"active":true}`, "", "true"},
		{"price", `{"amount":"23.80","currency":"EUR"}`, "price.0.gross", "23.8", `{"price":[{"currencyId":"` + appdock.DefaultCurrency.String() + `","gross":12.5,"net":10.5,"linked":true}]}`, "price.amount", `"12.50"`},
		{"price", `{"amount":"10","tax_included":false}`, "price.0.gross", "11.9", "", "", ""},
		{"price", `{"amount":"11.90"}`, "price.0.net", "10", "", "", ""},
		{"compare_at_price", `{"amount":"23.80"}`, "price.0.listPrice.net", "20", "", "", ""},
		{"stock", "8", "stock", "8", `{"stock":9}`, "available_stock", "9"},
		{"ean", `"4006381333931"`, "ean", `"4006381333931"`, `{"ean":"1"}`, "", `"1"`},
		{"manufacturer_sku", `"M1"`, "manufacturerNumber", `"M1"`, `{"manufacturerNumber":"M2"}`, "", `"M2"`},
		{"manufacturer", `{"name":"Weavers"}`, "manufacturer.name", `"Weavers"`, `{"manufacturer":{"name":"Spinners"}}`, "manufacturer.name", `"Spinners"`},
		{"tax", `{"rate":7}`, "tax.taxRate", "7", "", "", ""},
		{"category_ids", `["` + category + `"]`, "categoryIds", `["` + category + `"]`, "", "", ""},
		{"options", `[{"group":"Colour","name":"Red"}]`, "options.0.name", `"Red"`, "", "", ""},
		{"weight", "0.5", "weight", "0.5", `{"weight":1.5}`, "", "1.5"},
		{"dimensions", `{"w":1,"h":2,"l":3}`, "length", "3", `{"width":4}`, "dimensions.w", "4"},
		{"metafields", `{"a":1}`, "customFields", `{"a":1}`, `{"customFields":{"b":2}}`, "", `{"a":1,"b":2}`},
		{"tags", `["summer"]`, "tags.0.name", `"summer"`, `{"tags":[{"name":"autumn"}]}`, "", `["autumn","summer"]`},
	})
	if got := shown(b.stored("product", product), "keywords", "markAsTopseller"); got != `["atlas",true]` {
		t.Errorf("what only the Admin API knows: %s", got)
	}

	customer := b.rest.must(201, "POST", "/customers", `{"email":"ada@example.com","first_name":"Ada","last_name":"L","default_billing_address":`+adaAddress+`}`).Body["id"].(string)
	b.check("customer", "/api/customer/"+customer, "/customers/"+customer, customer, []string{"salutation", "group", "language.locale", "tags", "defaultBillingAddress.country"}, []mapped{
		{"number", `"C-1"`, "customerNumber", `"C-1"`, `{"customerNumber":"C-2"}`, "", `"C-2"`},
		{"email", `"ada@example.org"`, "email", `"ada@example.org"`, `{"email":"ada@example.net"}`, "", `"ada@example.net"`},
		{"first_name", `"Augusta"`, "firstName", `"Augusta"`, `{"firstName":"Ada"}`, "", `"Ada"`},
		{"last_name", `"King"`, "lastName", `"King"`, `{"lastName":"Lovelace"}`, "", `"Lovelace"`},
		{"title", `"Dr."`, "title", `"Dr."`, `{"title":null}`, "", "null"},
		{"salutation", `"mrs"`, "salutation.salutationKey", `"mrs"`, `{"salutationId":null}`, "", "null"},
		{"company", `"Engines"`, "company", `"Engines"`, `{"company":"Looms"}`, "", `"Looms"`},
		{"account_type", `"business"`, "accountType", `"business"`, `{"accountType":"private"}`, "", `"private"`},
		{"active", "false", "active", "false", `{"active":true}`, "", "true"},
		{"guest", "true", "guest", "true", `{"guest":false}`, "", "false"},
		{"vat_ids", `["DE1"]`, "vatIds", `["DE1"]`, `{"vatIds":["DE2"]}`, "", `["DE2"]`},
		{"metafields", `{"a":1}`, "customFields", `{"a":1}`, `{"customFields":{"b":2}}`, "", `{"a":1,"b":2}`},
		{"tags", `["vip"]`, "tags.0.name", `"vip"`, "", "", ""},
		{"default_billing_address", `{"city":"Bonn"}`, "defaultBillingAddress.city", `"Bonn"`, "", "", ""},
		{"default_billing_address", `{"country":"NL"}`, "defaultBillingAddress.country.iso", `"NL"`, "", "", ""},
	})

	order := b.rest.must(201, "POST", "/orders", `{"customer":{"id":"`+customer+`"},"lines":[{"product_id":"`+product+`","quantity":1}]}`, "Idempotency-Key", "o").Body
	id := order["id"].(string)
	b.check("order", "/api/order/"+id, "/orders/"+id, id, []string{"tags", "billingAddress"}, []mapped{
		{"note", `"Ring"`, "customerComment", `"Ring"`, `{"customerComment":"Knock"}`, "", `"Knock"`},
		{"metafields", `{"a":1}`, "customFields", `{"a":1}`, `{"customFields":{"b":2}}`, "", `{"a":1,"b":2}`},
		{"tags", `["web"]`, "tags.0.name", `"web"`, "", "", ""},
		{"billing_address", `{"street":"2 Side St"}`, "billingAddress.street", `"2 Side St"`, "", "", ""},
	})
	record := b.stored("order", id, "stateMachineState", "currency", "orderCustomer", "deliveries.stateMachineState", "transactions.stateMachineState", "lineItems")
	for path, want := range map[string]string{
		"stateMachineState.technicalName": `"open"`, "currency.isoCode": `"EUR"`, "orderNumber": quotedText(order["number"]), "amountTotal": "11.9",
		"taxStatus": `"gross"`, "orderCustomer.customerId": quotedText(customer), "orderCustomer.email": `"ada@example.net"`,
		"deliveries.0.stateMachineState.technicalName": `"open"`, "transactions.0.stateMachineState.technicalName": `"open"`,
		"transactions.0.amount.totalPrice": "11.9", "lineItems.0.productId": quotedText(product), "lineItems.0.quantity": "1", "lineItems.0.totalPrice": "11.9",
	} {
		if got, _ := json.Marshal(follow(record, path)); string(got) != want {
			t.Errorf("order: the Admin API shows %s = %s, want %s", path, got, want)
		}
	}
	if now := b.rest.must(200, "GET", "/orders/"+id, nil).Body; follow(now, "customer.email") != "ada@example.net" || now["redacted"] != nil {
		t.Errorf("customer %v, redacted %v", now["customer"], now["redacted"])
	}
}

func quotedText(v any) string { text, _ := json.Marshal(v); return string(text) }

// TestOrderByRESTIsToldInBothDialects places an order through /rest/v1 (rest-api-sitepack.md 11).
func TestOrderByRESTIsToldInBothDialects(t *testing.T) {
	t.Parallel()
	c := development(folder(t))
	c.Demo = true
	host := open(t, c)
	shop := only(t, host)
	classic := newApp(t)
	installed(t, shop, write(t, "TestApp", classic.Manifest()))
	packs := newPacked(t, "ship-it", []string{"orders:write", "products:read"}, []string{"order.created", "order.placed", "order.paid", "product.updated"})
	if err := byOperator(t, shop, packs.URL); err != nil {
		t.Fatal(err)
	}
	rest := restClient{t, host.URL(), packs.text("access_token")}
	sku := rest.must(200, "GET", "/products?limit=1", nil).Body["data"].([]any)[0].(map[string]any)["sku"].(string)
	order := rest.must(201, "POST", "/orders", `{"guest":{"email":"ada@example.com","first_name":"Ada","last_name":"Lovelace"},
		"billing_address":`+adaAddress+`,"lines":[{"sku":"`+sku+`","quantity":1}]}`, "Idempotency-Key", "order").Body
	placed, err := classic.WaitEvent(within(t, soon), "checkout.order.placed", 1)
	if err != nil {
		t.Fatal(err)
	}
	if text, _ := json.Marshal(placed); !strings.Contains(string(text), order["id"].(string)) {
		t.Errorf("%s is of another order than %s", text, order["id"])
	}
	for _, topic := range []string{"order.created", "order.placed"} {
		if told := packs.wait(topic); follow(told, "data.object.id") != order["id"] {
			t.Errorf("%s: %v", topic, told)
		}
	}
	packs.wait("product.updated") // its stock
	payment := follow(order, "transactions.0.id").(string)
	rest.must(200, "POST", "/orders/"+order["id"].(string)+"/transactions/"+payment+"/transitions", `{"action":"paid"}`, "Idempotency-Key", "paid")
	if told := packs.wait("order.paid"); follow(told, "data.object.payment_state") != "paid" {
		t.Errorf("order.paid: %v", told)
	}
}

// TestRESTAnswersAsDescribed holds what is shown against the document of the API.
func TestRESTAnswersAsDescribed(t *testing.T) {
	t.Parallel()
	c := restShop(t, "products:write", "categories:read", "customers:read", "orders:read", "media:read")
	text := c.must(200, "GET", "/openapi.json", nil).Text
	document, err := jsonschema.UnmarshalJSON(bytes.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	const address = "https://shop.example/openapi.json"
	compiler := jsonschema.NewCompiler()
	if err := compiler.AddResource(address, document); err != nil {
		t.Fatal(err)
	}
	var described struct {
		Paths map[string]map[string]any `json:"paths"`
	}
	if err := json.Unmarshal(text, &described); err != nil {
		t.Fatal(err)
	}
	first := func(path string) string { return follow(c.must(200, "GET", path, nil).Body, "data.0.id").(string) }
	ids := map[string]string{"/products": first("/products"), "/categories": first("/categories"), "/customers": first("/customers"), "/orders": first("/orders")}
	seen := 0
	for path, operations := range described.Paths {
		if operations["get"] == nil || strings.HasPrefix(path, "/openapi") || strings.Contains(path, "webhook") || path == "/events" {
			continue
		}
		ask := path
		for above, id := range ids {
			if strings.HasPrefix(path, above+"/{id}") {
				ask = strings.Replace(path, "{id}", id, 1)
			}
		}
		order := c.must(200, "GET", "/orders/"+ids["/orders"], nil).Body
		ask = strings.NewReplacer(
			"{delivery_id}", follow(order, "deliveries.0.id").(string), "{transaction_id}", follow(order, "transactions.0.id").(string),
			"{address_id}", follow(c.must(200, "GET", "/customers/"+ids["/customers"], nil).Body, "addresses.0.id").(string),
		).Replace(ask)
		if path == "/metafield-definitions" {
			ask += "?resource=products"
		}
		if strings.Contains(ask, "{") {
			continue
		}
		out := c.do("GET", ask, nil)
		if out.StatusCode == http.StatusForbidden {
			continue // of a scope that this app has not
		}
		pointer := "#/paths/" + strings.ReplaceAll(strings.ReplaceAll(path, "~", "~0"), "/", "~1") + "/get/responses/200/content/application~1json/schema"
		schema, err := compiler.Compile(address + strings.NewReplacer("{", "%7B", "}", "%7D").Replace(pointer))
		if err != nil {
			t.Errorf("%s: %v", path, err)
			continue
		}
		value, err := jsonschema.UnmarshalJSON(bytes.NewReader(out.Text))
		if err != nil || out.StatusCode != http.StatusOK {
			t.Errorf("%s: %d %s", ask, out.StatusCode, out.Text)
			continue
		}
		if err := schema.Validate(value); err != nil {
			t.Errorf("%s is not as described: %v", ask, err)
		}
		seen++
	}
	if seen < 25 {
		t.Errorf("%d answers were looked at", seen)
	}
}
