package server_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/appdock/appdock/sdk/apptest"
)

// TestWhatComesUnasked: the buyer comes with each order, and the tax with each product, whoever
// reads them (entities.md, "auto"). To name one of them takes the right to it, in every place, so
// that nobody asks who bought by what they may not read.
func TestWhatComesUnasked(t *testing.T) {
	t.Parallel()
	d, _ := newDrafted(t)
	app := d.of(apptest.New(t, apptest.App{Name: "Reader", Permissions: []string{"order:read", "product:read"}}))
	buyer, _ := app.found("order", `{"ids":["`+d.order+`"]}`)["orderCustomer"].(map[string]any)
	if email, _ := buyer["email"].(string); email == "" || buyer["customer"] != nil {
		t.Errorf("with the order came %v", buyer)
	}
	if tax, _ := app.found("product", `{"limit":1}`)["tax"].(map[string]any); tax["taxRate"] == nil {
		t.Errorf("with the product came %v", tax)
	}
	for name, body := range map[string]string{
		"association": `{"associations":{"orderCustomer":{}}}`,
		"filter":      `{"filter":[{"type":"contains","field":"orderCustomer.email","value":"a"}]}`,
		"negation":    `{"post-filter":[{"type":"not","queries":[{"type":"equals","field":"order.orderCustomer.email","value":"a"}]}]}`,
		"sort":        `{"sort":"orderCustomer.lastName"}`,
		"grouping":    `{"grouping":["orderCustomer.lastName"]}`,
		"aggregation": `{"aggregations":[{"name":"a","type":"terms","field":"id","aggregation":{"name":"b","type":"count","field":"orderCustomer.email"}}]}`,
		"query":       `{"query":[{"query":{"type":"prefix","field":"orderCustomer.firstName","value":"a"}}]}`,
		"fields":      `{"fields":["orderNumber","orderCustomer.email"]}`,
	} {
		for _, path := range []string{"/api/search/order", "/api/search-ids/order"} {
			if refused := string(app.done("POST", path, body, http.StatusForbidden)); !strings.Contains(refused, `[\"order_customer:read\"]`) {
				t.Errorf("%s at %s: %s", name, path, refused)
			}
		}
	}
	app.done("GET", "/api/order/"+d.order+"/order-customer", "", http.StatusForbidden)
	// A term finds orders by their buyers for those alone who may read these.
	term := `{"term":"` + buyer["lastName"].(string) + `"}`
	if page := string(app.done("POST", "/api/search-ids/order", term, http.StatusOK)); !strings.Contains(page, `"total":0`) {
		t.Errorf("found by the buyer's name: %s", page)
	}
	if page := string(d.done("POST", "/api/search-ids/order", term, http.StatusOK)); !strings.Contains(page, d.order) {
		t.Errorf("not found by the buyer's name: %s", page)
	}
}
