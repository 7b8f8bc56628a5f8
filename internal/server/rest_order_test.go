package server_test

import (
	"encoding/json"
	"strings"
	"testing"
)

// shown is some members of an object as one JSON text.
func shown(object map[string]any, names ...string) string {
	values := make([]any, len(names))
	for i, name := range names {
		values[i] = object[name]
	}
	text, _ := json.Marshal(values)
	return string(text)
}

const adaAddress = `{"first_name":"Ada","last_name":"Lovelace","street":"1 Main St","zip":"10115","city":"Berlin","country":"DE","additional_lines":["c/o Babbage"]}`

func TestRESTWritesCustomers(t *testing.T) {
	t.Parallel()
	c := restShop(t, "customers:read", "customers:write", "customers:delete")
	groups := c.must(200, "GET", "/customer-groups", nil).Body["data"].([]any)
	group := groups[0].(map[string]any)
	made := c.must(201, "POST", "/customers", `{"email":"ada@example.com","first_name":"Ada","last_name":"Lovelace","salutation":"mrs","vat_ids":["DE1"],
		"birthday":"1990-04-01","tags":["vip"],"metafields":{"a":1},"group":{"id":"`+group["id"].(string)+`"},"default_billing_address":`+adaAddress+`}`)
	id := made.Body["id"].(string)
	if got := shown(made.Body, "email", "salutation", "vat_ids", "birthday", "tags", "active", "guest", "account_type"); got !=
		`["ada@example.com","mrs",["DE1"],"1990-04-01",["vip"],true,false,"private"]` || made.Body["number"] == "" {
		t.Errorf("made %s: %s", got, made.Text)
	}
	billing := made.Body["default_billing_address"].(map[string]any)
	if got := shown(billing, "street", "country", "additional_lines"); got != `["1 Main St","DE",["c/o Babbage"]]` {
		t.Errorf("address %s", got)
	}
	patched := c.must(200, "PATCH", "/customers/"+id, `{"tags":[],"title":"Dr.","birthday":null,"default_billing_address":{"street":"2 Main St"}}`, "If-Match", made.Header.Get("ETag"))
	if got := shown(patched.Body, "tags", "title", "birthday", "first_name"); got != `[[],"Dr.",null,"Ada"]` ||
		patched.Body["default_billing_address"].(map[string]any)["street"] != "2 Main St" {
		t.Errorf("patched %s", patched.Text)
	}
	// The tag of a customer counts the addresses that are shown with it.
	c.refused(412, "precondition_failed", "PATCH", "/customers/"+id, `{"title":"Prof."}`, "If-Match", made.Header.Get("ETag"))

	second := c.must(201, "POST", "/customers/"+id+"/addresses", adaAddress).Body["id"].(string)
	c.must(200, "PATCH", "/customers/"+id+"/addresses/"+second, `{"city":"Hamburg","company":"Engines"}`)
	if out := c.refused(422, "validation_failed", "PATCH", "/customers/"+id+"/addresses/"+second, `{"country":"XX"}`); out.pointers() != "/country unknown_reference" {
		t.Errorf("%s", out.Text)
	}
	if list := c.must(200, "GET", "/customers/"+id+"/addresses", nil).Body["data"].([]any); len(list) != 2 {
		t.Errorf("addresses %v", list)
	}
	c.must(200, "PATCH", "/customers/"+id, `{"default_shipping_address":{"id":"`+second+`"}}`)
	c.refused(409, "in_use", "DELETE", "/customers/"+id+"/addresses/"+second, nil)
	c.must(200, "PATCH", "/customers/"+id, `{"default_shipping_address":{"id":"`+billing["id"].(string)+`"}}`)
	c.must(204, "DELETE", "/customers/"+id+"/addresses/"+second, nil)
	if out := c.refused(422, "validation_failed", "POST", "/customers", `{"email":"no","first_name":"Ada","last_name":"L","default_billing_address":{"street":"x"}}`); out.pointers() !=
		"/default_billing_address/city required, /default_billing_address/country required, /default_billing_address/first_name required, "+
			"/default_billing_address/last_name required, /email invalid_email" {
		t.Errorf("%s", out.pointers())
	}
	c.must(204, "DELETE", "/customers/"+id, nil)
}

func TestRESTPlacesOrders(t *testing.T) {
	t.Parallel()
	c := restShop(t, "products:read", "products:write", "orders:read", "orders:write")
	for _, p := range []string{
		`{"sku":"TEN","name":"Ten","stock":5,"price":{"amount":"10.00"},"tax":{"rate":19}}`, `{"sku":"SEVEN","name":"Seven","stock":5,"price":{"amount":"7.00"},"tax":{"rate":7}}`,
	} {
		c.must(201, "POST", "/products", p)
	}
	order := `{"guest":{"email":"ada@example.com","first_name":"Ada","last_name":"Lovelace"},"billing_address":` + adaAddress + `,
		"lines":[{"sku":"TEN","quantity":2},{"sku":"SEVEN","quantity":1,"unit_price":{"amount":"5.35"}}],"note":"Ring twice","tags":["web"],"metafields":{"channel":"phone"},"source":"phone"}`
	c.refused(400, "idempotency_key_required", "POST", "/orders", order)
	made := c.must(201, "POST", "/orders", order, "Idempotency-Key", "order-1")
	o := made.Body
	if got := shown(o, "state", "payment_state", "delivery_state", "total", "net_total", "tax_status", "note", "tags", "metafields", "source", "redacted"); got !=
		`["open","open","open",{"amount":"25.35","currency":"EUR"},{"amount":"21.81","currency":"EUR"},"gross","Ring twice",["web"],{"channel":"phone"},"phone",["customer"]]` {
		t.Errorf("order %s", got)
	}
	if got := shown(o["lines"].([]any)[0].(map[string]any), "sku", "label", "quantity", "unit_price", "total", "tax_rate"); got !=
		`["TEN","Ten",2,{"amount":"10.00","currency":"EUR"},{"amount":"20.00","currency":"EUR"},19]` {
		t.Errorf("line %s", got)
	}
	if again := c.must(201, "POST", "/orders", order, "Idempotency-Key", "order-1"); again.Body["id"] != o["id"] {
		t.Error("the order was placed twice")
	}
	found := c.must(200, "GET", "/products?sku=TEN,SEVEN&sort=sku&fields=sku,stock", nil).Body["data"]
	if got, _ := json.Marshal(found); string(got) != `[{"sku":"SEVEN","stock":4},{"sku":"TEN","stock":3}]` {
		t.Errorf("stock %s", got)
	}

	path := "/orders/" + o["id"].(string)
	c.refused(428, "precondition_required", "PATCH", path, `{"note":"x"}`)
	patched := c.must(200, "PATCH", path, `{"note":null,"tags":["done"],"shipping_address":{"city":"Hamburg"}}`, "If-Match", made.Header.Get("ETag"))
	if got := shown(patched.Body, "note", "tags"); got != `[null,["done"]]` || patched.Body["shipping_address"].(map[string]any)["city"] != "Hamburg" ||
		patched.Body["billing_address"].(map[string]any)["city"] != "Berlin" {
		t.Errorf("patched %s", patched.Text)
	}
	if made := c.must(201, "POST", path+"/notes", `{"text":"Called"}`); made.Header.Get("ETag") == "" || !strings.HasSuffix(made.Header.Get("Location"), "/rest/v1"+path+"/notes#"+made.Body["id"].(string)) {
		t.Errorf("a note is made: %v", made.Header)
	}
	if notes := c.must(200, "GET", path+"/notes", nil).Body["data"].([]any); len(notes) != 1 || notes[0].(map[string]any)["text"] != "Called" {
		t.Errorf("notes %v", notes)
	}
	delivery := o["deliveries"].([]any)[0].(map[string]any)["id"].(string)
	if got := shown(c.must(200, "PATCH", path+"/deliveries/"+delivery, `{"tracking_codes":["T1","T2"]}`).Body, "tracking_codes"); got != `[["T1","T2"]]` {
		t.Errorf("tracking %s", got)
	}
	if got := shown(c.must(200, "POST", path+"/deliveries/"+delivery+"/transitions", `{"action":"ship"}`).Body, "from", "to", "changed"); got != `["open","shipped",true]` {
		t.Errorf("ship %s", got)
	}
	payment := o["transactions"].([]any)[0].(map[string]any)["id"].(string)
	c.refused(400, "idempotency_key_required", "POST", path+"/transactions/"+payment+"/transitions", `{"action":"paid"}`)
	c.must(200, "POST", path+"/transactions/"+payment+"/transitions", `{"action":"paid"}`, "Idempotency-Key", "pay-1")
	if out := c.refused(409, "illegal_transition", "POST", path+"/transitions", `{"action":"complete"}`); shown(out.Body, "allowed") != `[["cancel","process"]]` {
		t.Errorf("%s", out.Text)
	}
	can := c.must(200, "GET", path+"/transitions", nil).Body
	if can["state"] != "open" || len(can["data"].([]any)) != 2 {
		t.Errorf("can %v", can)
	}
	c.must(200, "POST", path+"/transitions", `{"action":"cancel"}`)
	now := c.must(200, "GET", path, nil)
	if got := shown(now.Body, "state", "payment_state", "delivery_state", "metafields"); got != `["cancelled","paid","shipped",{"channel":"phone"}]` {
		t.Errorf("now %s", got)
	}
	c.refused(422, "validation_failed", "PATCH", path, `{"billing_address":{"city":"Bonn"}}`, "If-Match", now.Header.Get("ETag"))

	tests := map[string]struct{ body, pointers string }{
		"nobody":             {`{"lines":[{"sku":"TEN","quantity":1}]}`, "/customer required"},
		"no lines":           {`{"guest":{"email":"a@b.c","first_name":"A","last_name":"B"},"lines":[]}`, "/lines too_short"},
		"no address":         {`{"guest":{"email":"a@b.c","first_name":"A","last_name":"B"},"lines":[{"sku":"TEN","quantity":1}]}`, "/billing_address required"},
		"unknown products":   {`{"guest":{"email":"a@b.c","first_name":"A","last_name":"B"},"billing_address":` + adaAddress + `,"lines":[{"sku":"X","quantity":1},{"quantity":1},{"product_id":"Y","quantity":1}]}`, "/lines/0/sku unknown_reference, /lines/1 required, /lines/2/product_id unknown_reference"},
		"an unknown carrier": {`{"guest":{"email":"a@b.c","first_name":"A","last_name":"B"},"billing_address":` + adaAddress + `,"lines":[{"sku":"TEN","quantity":1}],"shipping_method":"pigeon"}`, "/shipping_method unknown_reference"},
	}
	for name, tt := range tests {
		if out := c.refused(422, "validation_failed", "POST", "/orders", tt.body, "Idempotency-Key", strings.ReplaceAll(name, " ", "-")); out.pointers() != tt.pointers {
			t.Errorf("%s: got %q, want %q", name, out.pointers(), tt.pointers)
		}
	}
}
