package server_test

import (
	"net/http"
	"testing"

	"github.com/google/go-cmp/cmp"
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
