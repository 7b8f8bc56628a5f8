package server_test

import (
	"encoding/json"
	"strings"
	"testing"
)

// TestRESTReadsWholeNumbers sends numbers that are whole by JSON Schema, however they are
// written, and some that are not, or are beyond what can be kept.
func TestRESTReadsWholeNumbers(t *testing.T) {
	t.Parallel()
	c := restShop(t, "products:read", "products:write", "orders:write", "customers:read")
	made := c.must(201, "POST", "/products", `{"sku":"NUMBERS","name":"N","stock":5,"price":{"amount":"1"},"tax":{"rate":19}}`)
	stock := "/products/" + made.Body["id"].(string) + "/stock"
	product := `{"sku":"@","name":"N","stock":#,"price":{"amount":"1"},"tax":{"rate":19}}`
	order := `{"email":"a@example.com","lines":[{"sku":"NUMBERS","quantity":#}]}`
	numbers := []string{"1.0", "1e3", "1.5", "1e20", "99999999999999999999", "-1e20", "1e400"}
	right := func(number string) bool { return number == "1.0" || number == "1e3" }
	for name, tt := range map[string]struct{ method, path, body, pointer string }{
		"a product":           {"POST", "/products", product, "/stock"},
		"a field left out":    {"PATCH", strings.TrimSuffix(stock, "/stock"), `{"stock":#}`, "/stock"},
		"the stock":           {"PUT", stock, `{"stock":#}`, "/stock"},
		"a change of stock":   {"PATCH", stock, `{"delta":#}`, "/delta"},
		"the lines of orders": {"POST", "/orders", order, "/lines/0/quantity"},
	} {
		for _, number := range numbers {
			body := strings.NewReplacer("#", number, "@", "SKU-"+number).Replace(tt.body)
			out := c.do(tt.method, tt.path, body, "Idempotency-Key", name+number)
			if right(number) {
				if out.StatusCode >= 500 || strings.Contains(out.pointers(), tt.pointer+" ") {
					t.Errorf("%s with %s: %d %s", name, number, out.StatusCode, out.Text)
				}
				continue
			}
			if out.StatusCode != 422 || out.Body["code"] != "validation_failed" || !strings.Contains(out.pointers(), tt.pointer+" ") {
				t.Errorf("%s with %s: %d %s", name, number, out.StatusCode, out.Text)
			}
		}
	}
	c.must(200, "PUT", stock, `{"stock":1e3}`)
	c.must(200, "PATCH", stock, `{"delta":-2.0}`)
	if got := c.must(200, "GET", stock, nil).Body["stock"]; got != 998.0 {
		t.Errorf("stock %v", got)
	}
	// What is wrong with one request of a batch is told of that one alone.
	out := c.must(200, "POST", "/batch", `[{"id":"a","method":"PATCH","path":"`+stock+`","body":{"delta":1e0}},
		{"id":"b","method":"PATCH","path":"`+stock+`","body":{"delta":1e20}},
		{"id":"c","method":"PATCH","path":"`+stock+`","body":{"delta":1.0}}]`)
	var results []struct{ Status int }
	if err := json.Unmarshal(out.Text, &results); err != nil {
		t.Fatal(err)
	}
	if results[0].Status != 200 || results[1].Status != 422 || results[2].Status != 200 {
		t.Errorf("%s", out.Text)
	}
}
