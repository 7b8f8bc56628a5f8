package server_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/appdock/appdock/internal/control"
	"github.com/appdock/appdock/sdk/apptest"
)

// TestAppActsForAPerson cuts an app down to what the person may whom it acts for
// (admin-api.md 5.7, sw-app-user-id).
func TestAppActsForAPerson(t *testing.T) {
	t.Parallel()
	d, _ := newDrafted(t)
	app := apptest.New(t, apptest.App{Name: "Helper", Permissions: []string{"order:read", "product:read", "order:update", "order_line_item:read", "tag:create"}})
	own := d.of(app)
	person := func(name, role string, privileges ...string) string {
		t.Helper()
		made, err := d.shop.CreateUser(t.Context(), control.NewUser{Name: name, Email: name + "@shop.example", Role: role, Privileges: privileges})
		if err != nil {
			t.Fatal(err)
		}
		return "sw-app-user-id: " + made.ID
	}
	reader, owner, nobody := person("anna", "staff", "order:read", "customer:read"), person("olga", "owner"), person("otto", "staff")
	tests := map[string]struct {
		header, method, path string
		status               int
		code                 string
	}{
		"what both may":               {reader, "GET", "/api/order", 200, ""},
		"what the app alone may":      {reader, "GET", "/api/product", 403, "FRAMEWORK__MISSING_PRIVILEGE_ERROR"},
		"what the person alone may":   {reader, "GET", "/api/customer", 403, "FRAMEWORK__MISSING_PRIVILEGE_ERROR"},
		"an owner takes nothing":      {owner, "GET", "/api/product", 200, ""},
		"nor gives anything":          {owner, "GET", "/api/customer", 403, "FRAMEWORK__MISSING_PRIVILEGE_ERROR"},
		"a person without rights":     {nobody, "GET", "/api/order", 403, "FRAMEWORK__MISSING_PRIVILEGE_ERROR"},
		"nobody of that id":           {"sw-app-user-id: 018c00000000700080000000000000ff", "GET", "/api/order", 400, "FRAMEWORK__INVALID_REQUEST_PARAMETER"},
		"no id":                       {"sw-app-user-id: x", "GET", "/api/order", 400, "FRAMEWORK__INVALID_REQUEST_PARAMETER"},
		"for tokens of people alone":  {"sw-app-integration-id: x", "GET", "/api/product", 200, ""},
		"an app alone is nobody":      {"sw-language-id: ", "GET", "/api/_info/me", 403, "FRAMEWORK__EXPECTED_USER"},
		"who the app acts for":        {nobody, "GET", "/api/_info/me", 200, ""},
		"a header without a value":    {"sw-app-user-id: ", "GET", "/api/product", 200, ""},
		"deep in an association path": {reader, "GET", "/api/order/" + d.order + "/line-items", 403, "FRAMEWORK__MISSING_PRIVILEGE_ERROR"},
	}
	// What the app may and the person may not, in each place where criteria cross it, and in what is written.
	for name, body := range map[string]string{
		"an association": `{"associations":{"lineItems":{}}}`, "a filter": `{"filter":{"lineItems.label":"x"}}`, "an order": `{"sort":"lineItems.label"}`,
		"a figure": `{"aggregations":[{"name":"a","type":"count","field":"lineItems.label"}]}`, "a group": `{"grouping":["lineItems.label"]}`,
		"a score": `{"query":[{"query":{"type":"equals","field":"lineItems.label","value":"x"}}]}`, "a field": `{"fields":["lineItems.label"]}`,
	} {
		if answer := own.done("POST", "/api/search/order", body, http.StatusForbidden, reader); !strings.Contains(string(answer), `[\"order_line_item:read\"]`) {
			t.Errorf("%s: %s", name, answer)
		}
		if status, answer := own.do("POST", "/api/search/order", body, owner); status == http.StatusForbidden {
			t.Errorf("%s, for an owner: %s", name, answer)
		}
	}
	own.done("POST", "/api/tag", `{"name":"x"}`, http.StatusForbidden, reader)
	own.done("POST", "/api/_action/sync", `[{"entity":"tag","action":"upsert","payload":[{"name":"x"}]}]`, http.StatusForbidden, reader)
	own.done("POST", "/api/tag", `{"name":"x"}`, http.StatusNoContent, owner)
	own.done("POST", "/api/tax", `{"name":"x","taxRate":1}`, http.StatusForbidden, owner) // more than the app may
	for name, test := range tests {
		status, answer := own.do(test.method, test.path, "", test.header)
		if status != test.status || test.code != "" && !strings.Contains(string(answer), test.code) {
			t.Errorf("%s: %d %.300s, want %d %s", name, status, answer, test.status, test.code)
		}
		if name == "who the app acts for" && !strings.Contains(string(answer), `"otto@shop.example"`) {
			t.Errorf("acts for %s", answer)
		}
	}
	own.done("PATCH", "/api/order/"+d.order, `{"customerComment":"x"}`, http.StatusForbidden, reader)
	own.done("PATCH", "/api/order/"+d.order, `{"customerComment":"x"}`, http.StatusNoContent, owner)
	if by := d.found("order", `{"ids":["`+d.order+`"]}`)["updatedById"]; "sw-app-user-id: "+by.(string) != owner {
		t.Errorf("changed by %v", by)
	}
	disabled := false
	if _, err := d.shop.ChangeUser(t.Context(), "anna", control.UserChange{Active: &disabled}); err != nil {
		t.Fatal(err)
	}
	own.done("GET", "/api/order", "", http.StatusBadRequest, reader)
}
