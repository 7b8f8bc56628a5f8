package server_test

import (
	"net/http"
	"testing"

	"github.com/appdock/appdock"
)

// A shop that shows its customers prices without tax shows them so to apps (rest-api-sitepack.md
// 4.1); what an app was shown it can send back.
func TestPricesOfANetShop(t *testing.T) {
	t.Parallel()
	both := bothAPIs(t, "products:write")
	made := both.rest.must(201, "POST", "/products", `{"sku":"NET","name":"N","stock":1,"price":{"amount":"11.90"},"tax":{"rate":19}}`)
	path := "/products/" + made.Body["id"].(string)
	is := func(when, amount string, included bool) map[string]any {
		t.Helper()
		price, _ := both.rest.must(200, "GET", path, nil).Body["price"].(map[string]any)
		listed := both.rest.must(200, "GET", "/products?sku=NET", nil).Body["data"].([]any)[0].(map[string]any)["price"].(map[string]any)
		if price["amount"] != amount || price["tax_included"] != included || listed["amount"] != amount {
			t.Errorf("%s: %v, in the list %v, want %s", when, price, listed, amount)
		}
		return price
	}
	is("gross", "11.90", true)
	both.admin.done(http.MethodPatch, "/api/customer-group/"+appdock.StandardGroup.String(), `{"displayGross":false}`, http.StatusNoContent)
	price := is("net", "10.00", false)
	both.rest.must(200, "PATCH", path, map[string]any{"price": price})
	is("as it was shown", "10.00", false)
	both.rest.must(200, "PATCH", path, `{"price":{"amount":"23.80","tax_included":true}}`)
	is("changed with tax", "20.00", false)
}
