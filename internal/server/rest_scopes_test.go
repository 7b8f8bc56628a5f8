package server_test

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"

	"github.com/appdock/appdock/protocol"
)

// TestEachScopeShowsItsOwn gives an app one scope and lets it read everything that the document
// of the API describes: what needs another scope is refused, and who bought is in no answer
// unless the scope is about customers (rest-api-sitepack.md 3, "Embedded data").
func TestEachScopeShowsItsOwn(t *testing.T) {
	t.Parallel()
	c := development(folder(t))
	c.Demo, c.Now = true, quick()
	host := open(t, c)
	admin := callerOf(t, host)
	var people struct {
		Data []struct{ Email string }
	}
	if err := json.Unmarshal(admin.done("POST", "/api/search/order-customer", `{"limit":500,"includes":{"order_customer":["email"]}}`, http.StatusOK), &people); err != nil || len(people.Data) < 2 {
		t.Fatalf("%d people, %v", len(people.Data), err)
	}
	newest := func(entity string) string {
		var found struct{ Data []struct{ ID string } }
		if err := json.Unmarshal(admin.done("POST", "/api/search/"+entity, `{"limit":1}`, http.StatusOK), &found); err != nil || len(found.Data) != 1 {
			t.Fatalf("%s: %d, %v", entity, len(found.Data), err)
		}
		return found.Data[0].ID
	}
	ids := map[string]string{"/products": newest("product"), "/categories": newest("category"), "/customers": newest("customer"), "/orders": newest("order")}
	var document struct {
		Paths map[string]map[string]struct {
			Security []map[string][]string `json:"security"`
		} `json:"paths"`
	}
	anybody := restClient{t, host.URL(), ""}
	if err := json.Unmarshal(anybody.must(200, "GET", "/openapi.json", nil).Text, &document); err != nil {
		t.Fatal(err)
	}
	for _, scope := range protocol.Scopes() {
		app := newPacked(t, "only-"+strings.ReplaceAll(strings.ReplaceAll(scope.String(), ":", "-"), "_", "-"), []string{scope.String()}, nil)
		if err := byOperator(t, only(t, host), app.URL); err != nil {
			t.Fatal(err)
		}
		api := restClient{t, host.URL(), app.text("access_token")}
		seen := 0
		for path, operations := range document.Paths {
			get, there := operations["get"]
			ask := path
			for above, id := range ids {
				ask = strings.Replace(ask, above+"/{id}", above+"/"+id, 1)
			}
			if !there || strings.Contains(ask, "{") || strings.HasPrefix(ask, "/openapi") {
				continue
			}
			want := http.StatusOK
			if len(get.Security) > 0 && len(get.Security[0]["oauth2"]) > 0 {
				needed, _ := protocol.LookupScope(get.Security[0]["oauth2"][0])
				if !scope.Implies(needed) {
					want = http.StatusForbidden
				}
			}
			if path == "/metafield-definitions" {
				ask += "?resource=" + scope.Resource
				if _, has := map[string]bool{"products": true, "orders": true, "customers": true, "categories": true, "media": true}[scope.Resource]; !has {
					want = http.StatusBadRequest
				}
			}
			out := api.do("GET", ask, nil)
			if out.StatusCode != want || want == http.StatusForbidden && out.Body["code"] != "insufficient_scope" {
				t.Errorf("%s reads %s: %d %s, want %d", scope, ask, out.StatusCode, out.Text, want)
			}
			if scope.Resource == "customers" {
				continue
			}
			for _, one := range people.Data {
				if strings.Contains(string(out.Text), one.Email) {
					t.Errorf("%s reads at %s who bought: %s", scope, ask, one.Email)
					break
				}
			}
			seen++
		}
		if seen < 25 && scope.Resource != "customers" {
			t.Errorf("%s: %d answers were looked at", scope, seen)
		}
		if scope.Resource == "orders" { // nor is it found out by looking for them
			if found := api.must(200, "GET", "/orders?q="+people.Data[0].Email, nil).Body["data"].([]any); len(found) != 0 {
				t.Errorf("%s finds %d orders of %s", scope, len(found), people.Data[0].Email)
			}
		}
	}
}

// TestOrdersByTheStateThatIsShown: an order has many payments and deliveries, and is found by
// the state of the one that it is shown with: the latest payment, the first delivery.
func TestOrdersByTheStateThatIsShown(t *testing.T) {
	t.Parallel()
	b := bothAPIs(t, "orders:read", "orders:write", "products:read")
	sku := b.rest.must(200, "GET", "/products?limit=1&fields=sku", nil)
	order := b.rest.must(201, "POST", "/orders", `{"guest":{"email":"ada@example.com","first_name":"Ada","last_name":"Lovelace"},
		"billing_address":`+adaAddress+`,"lines":[{"sku":"`+follow(any(sku.Body), "data.0.sku").(string)+`","quantity":1}]}`, "Idempotency-Key", "order").Body
	id := order["id"].(string)
	payment := follow(order, "transactions.0.id").(string)
	b.rest.must(200, "POST", "/orders/"+id+"/transactions/"+payment+"/transitions", `{"action":"cancel"}`, "Idempotency-Key", "cancel")
	// The customer pays by another method: a second payment, which is open.
	stored := b.stored("order_transaction", payment)
	amount, err := json.Marshal(stored["amount"])
	if err != nil {
		t.Fatal(err)
	}
	b.admin.done("POST", "/api/order-transaction", `{"orderId":"`+id+`","paymentMethodId":"`+stored["paymentMethodId"].(string)+`","stateId":"`+
		b.openState("order_transaction.state")+`","amount":`+string(amount)+`}`, http.StatusNoContent)
	if got := b.rest.must(200, "GET", "/orders/"+id, nil).Body["payment_state"]; got != "open" {
		t.Fatalf("it is shown as %v", got)
	}
	for query, want := range map[string]bool{
		"payment_state=open":           true,
		"payment_state=cancelled":      false,
		"payment_state=cancelled,open": true,
		"payment_state[ne]=cancelled":  true,
		"payment_state[ne]=open":       false,
		"payment_state[null]=true":     false,
		"payment_state[null]=false":    true,
		"payment_state[contains]=pe":   true,
		"delivery_state=open":          true,
		"delivery_state=shipped":       false,
		"delivery_state[null]=true":    false,
	} {
		page := b.rest.must(200, "GET", "/orders?count=exact&ids="+id+"&"+query, nil).Body
		if found := len(page["data"].([]any)) == 1; found != want || page["total"] != map[bool]float64{true: 1, false: 0}[want] {
			t.Errorf("%s: found %t, want %t: %v", query, found, want, page["total"])
		}
	}
}

// openState is the id of the state "open" of a machine.
func (b twoAPIs) openState(machine string) string {
	b.rest.t.Helper()
	var found struct{ Data []struct{ ID string } }
	text := b.admin.done("POST", "/api/search/state-machine-state", `{"filter":[{"type":"equals","field":"technicalName","value":"open"},
		{"type":"equals","field":"stateMachine.technicalName","value":"`+machine+`"}]}`, http.StatusOK)
	if err := json.Unmarshal(text, &found); err != nil || len(found.Data) != 1 {
		b.rest.t.Fatalf("%s: %d, %v", machine, len(found.Data), err)
	}
	return found.Data[0].ID
}

// TestPagesOfAnAppMayCall from a browser where the host is configured so, and only those at the
// app's own origins may read the answers.
func TestPagesOfAnAppMayCall(t *testing.T) {
	t.Parallel()
	c := development(folder(t))
	c.REST.CORS, c.REST.ProblemTypes = true, "https://docs.example/problems/"
	host := open(t, c)
	app := newPacked(t, "ship-it", []string{"products:read"}, nil)
	app.more = map[string]any{"admin_ui": map[string]any{"widgets": []any{
		map[string]any{"id": "wid", "location": "admin.order.detail.sidebar", "src": "https://pages.example/w"},
	}}}
	if err := byOperator(t, only(t, host), app.URL); err != nil {
		t.Fatal(err)
	}
	api := restClient{t, host.URL(), app.text("access_token")}
	for origin, want := range map[string]string{
		app.URL: app.URL, "https://pages.example": "https://pages.example", "https://evil.example": "", "null": "", "https://pages.example.evil": "",
	} {
		out := api.do("GET", "/me", nil, "Origin", origin)
		if got := out.Header.Get("Access-Control-Allow-Origin"); out.StatusCode != http.StatusOK || got != want || !strings.Contains(strings.Join(out.Header.Values("Vary"), ","), "Origin") {
			t.Errorf("from %s: %d, allowed is %q", origin, out.StatusCode, got)
		}
		refused := api.do("GET", "/orders", nil, "Origin", origin)
		if got := refused.Header.Get("Access-Control-Allow-Origin"); refused.StatusCode != http.StatusForbidden || got != want || refused.Body["type"] != "https://docs.example/problems/insufficient-scope" {
			t.Errorf("a refusal from %s: %d, allowed is %q: %s", origin, refused.StatusCode, got, refused.Text)
		}
		asked := restClient{t, host.URL(), ""}.do(http.MethodOptions, "/products", nil, "Origin", origin, "Access-Control-Request-Method", "POST")
		if got := asked.Header.Get("Access-Control-Allow-Origin"); asked.StatusCode != http.StatusNoContent || got != want || want != "" && !strings.Contains(asked.Header.Get("Access-Control-Allow-Headers"), "Idempotency-Key") {
			t.Errorf("may %s ask: %d, allowed is %q", origin, asked.StatusCode, got)
		}
	}
	closed := open(t, development(folder(t)))
	out := restClient{t, closed.URL(), ""}.do(http.MethodOptions, "/products", nil, "Origin", app.URL, "Access-Control-Request-Method", "GET")
	if out.StatusCode != http.StatusMethodNotAllowed || out.Header.Get("Access-Control-Allow-Origin") != "" {
		t.Errorf("by default: %d %v", out.StatusCode, out.Header)
	}
}
