package server_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/appdock/appdock/sdk/apptest"
)

// TestErrorTable causes the rows of the table of errors by real calls (admin-api.md 9).
func TestErrorTable(t *testing.T) {
	t.Parallel()
	d, _ := newDrafted(t)
	app := d.of(apptest.New(t, apptest.App{Name: "Few", Permissions: []string{"order:read"}}))
	nobody := d.caller
	nobody.token = "x"
	tax := d.found("tax", `{"filter":{"name":"19%"}}`)["id"].(string)
	number := d.found("product", `{"limit":1}`)["productNumber"].(string)
	const unknown = "018c00000000700080000000000000ff"
	price := `"price":[{"currencyId":"b7d2554b0ce847cd82f3ac9bd1c0dfca","net":1,"gross":1,"linked":true}]`
	product := func(more string) string {
		return `{"productNumber":"E-1","stock":1,"name":"E","taxId":"` + tax + `",` + price + more + `}`
	}
	tests := map[string]struct {
		by                              *caller
		method, path, body              string
		status, code, title, detail, at string // title "-": there is none
		headers                         []string
	}{
		"malformed JSON":             {nil, "POST", "/api/product", `{`, "400", "0", "Bad Request", "The JSON payload is malformed.", "", nil},
		"a list to write":            {nil, "POST", "/api/product", `[{}]`, "400", "0", "Bad Request", "Only single write operations are supported.", "", nil},
		"a filter":                   {nil, "POST", "/api/search/product", `{"filter":[{"type":"equals","field":"name"}]}`, "400", "FRAMEWORK__INVALID_FILTER_QUERY", "Bad Request", "", "/filter/0/value", nil},
		"an unknown filter":          {nil, "POST", "/api/search/product", `{"filter":[{"type":"xor"}]}`, "400", "FRAMEWORK__INVALID_FILTER_QUERY", "Bad Request", "Unsupported filter type: xor", "/filter/0/type", nil},
		"a sorting":                  {nil, "POST", "/api/search/product", `{"sort":[{}]}`, "400", "FRAMEWORK__INVALID_SORT_QUERY", "Bad Request", "", "/sort/0", nil},
		"a page":                     {nil, "POST", "/api/search/product", `{"page":0}`, "400", "FRAMEWORK__INVALID_PAGE_QUERY", "Bad Request", "", "/page", nil},
		"a limit":                    {nil, "POST", "/api/search/product", `{"limit":0}`, "400", "FRAMEWORK__INVALID_LIMIT_QUERY", "Bad Request", "", "/limit", nil},
		"an aggregation":             {nil, "POST", "/api/search/product", `{"aggregations":[{"name":"a"}]}`, "400", "FRAMEWORK__INVALID_AGGREGATION_QUERY", "Bad Request", "", "/aggregations/0/type", nil},
		"too large a page":           {nil, "POST", "/api/search/product", `{"limit":501}`, "400", "FRAMEWORK__QUERY_LIMIT_EXCEEDED", "Bad Request", "", "/limit", nil},
		"a value that is missing":    {nil, "POST", "/api/tax", `{"taxRate":1}`, "400", "c1051bb4-d103-4f74-8988-acbcafc7fdc3", "-", "This value should not be blank.", "/0/name", nil},
		"a value of a wrong type":    {nil, "POST", "/api/product", product(`,"active":1`), "400", "ba785a8c-82cb-4283-967c-3cf342181b40", "-", "", "/0/active", nil},
		"a value that is too long":   {nil, "POST", "/api/tag", `{"name":"` + strings.Repeat("x", 256) + `"}`, "400", "d94b19cc-114f-4f44-9cc4-4138e80a87b9", "-", "", "/0/name", nil},
		"a part that is missing":     {nil, "POST", "/api/product", product(`,"purchasePrices":[{"currencyId":"b7d2554b0ce847cd82f3ac9bd1c0dfca","net":1,"linked":true}]`), "400", "2fa2158c-2a7f-484b-98aa-975522539ff8", "-", "", "/0/purchasePrices/0/gross", nil},
		"no e-mail address":          {nil, "PATCH", "/api/customer/" + d.found("customer", `{"limit":1}`)["id"].(string), `{"email":"x"}`, "400", "bd79c0ab-ddba-46cc-a703-a7a4b08de310", "-", "", "/0/email", nil},
		"an id that is none":         {nil, "POST", "/api/product", product(`,"unitId":"x"`), "400", "FRAMEWORK__WRITE_CONSTRAINT_VIOLATION", "-", `The string "x" is not a valid uuid.`, "/0/unitId", nil},
		"what the host alone writes": {nil, "POST", "/api/product", product(`,"sales":1`), "400", "FRAMEWORK__WRITE_CONSTRAINT_VIOLATION", "-", "This field is write-protected.", "/0/sales", nil},
		"no text of the system":      {nil, "POST", "/api/unit", `{"shortCode":{"de-DE":"x"},"name":{"de-DE":"x"}}`, "400", "MISSING-SYSTEM-TRANSLATION", "-", "", "/0/translations/2fbb5fe2e29a4d70aa5854ce7ce3e20b", nil},
		"a number that is taken":     {nil, "POST", "/api/product", strings.Replace(product(""), "E-1", number, 1), "400", "CONTENT__DUPLICATE_PRODUCT_NUMBER", "", "Product with number", "", nil},
		"a key that leads nowhere":   {nil, "POST", "/api/product", product(`,"unitId":"` + unknown + `"`), "400", "FRAMEWORK__FOREIGN_KEY_VIOLATION", "", "", "/0/unitId", nil},
		"an illegal step":            {nil, "POST", "/api/_action/order/" + d.order + "/state/explode", "", "400", "SYSTEM__ILLEGAL_STATE_TRANSITION", "Bad Request", "", "", nil},
		"a step of nothing":          {nil, "POST", "/api/_action/order/" + unknown + "/state/cancel", "", "400", "SYSTEM__STATE_MACHINE_INVALID_ENTITY_ID", "Bad Request", "", "", nil},
		"an update of nothing":       {nil, "PATCH", "/api/tax/" + unknown, `{"name":"x"}`, "400", "FRAMEWORK__WRITE_TYPE_INTEND_ERROR", "", "Hint: Use POST method to create new entities.", "", nil},
		"a token that is none":       {&nobody, "GET", "/api/product", "", "401", "9", "The resource owner or authorization server denied the request.", "", "", nil},
		"a right that is missing":    {&app, "GET", "/api/product", "", "403", "FRAMEWORK__MISSING_PRIVILEGE_ERROR", "Forbidden", `{"message":"Missing privilege","missingPrivileges":["product:read"]}`, "", nil},
		"a user to write":            {nil, "POST", "/api/user", `{}`, "403", "FRAMEWORK__WRITE_PROTECTED", "Forbidden", "", "", nil},
		"a role to write":            {nil, "POST", "/api/acl-role", `{}`, "403", "FRAMEWORK__WRITE_PROTECTED", "Forbidden", "", "", nil},
		"a record that is not there": {nil, "GET", "/api/product/" + unknown, "", "404", "FRAMEWORK__RESOURCE_NOT_FOUND", "Not Found", "The product resource with the following primary key was not found: id(" + unknown + ")", "", nil},
		"an entity that is not":      {nil, "POST", "/api/search/nothing", `{}`, "404", "FRAMEWORK__DEFINITION_NOT_FOUND", "Not Found", "", "", nil},
		"no route":                   {nil, "GET", "/api/nothing", "", "404", "0", "Not Found", "No route found", "", nil},
		"another method":             {nil, "POST", "/api/product/" + unknown, `{}`, "405", "0", "Method Not Allowed", "", "", nil},
		"what is in use":             {nil, "DELETE", "/api/tax/" + tax, "", "409", "FRAMEWORK__DELETE_RESTRICTED", "Conflict", "The delete request for tax was denied due to a conflict. The entity is currently in use by: product (", "", nil},
		"a language that is not":     {nil, "GET", "/api/product", "", "412", "FRAMEWORK__LANGUAGE_NOT_FOUND", "Precondition Failed", "", "", []string{"sw-language-id: " + unknown}},
		"a type that nobody speaks":  {nil, "POST", "/api/product", "x", "415", "0", "Unsupported Media Type", "", "", []string{"Content-Type: text/html"}},
		"an answer nobody speaks":    {nil, "GET", "/api/product", "", "415", "0", "Unsupported Media Type", "", "", []string{"Accept: text/html"}},
		"another platform":           {nil, "GET", "/api/product", "", "417", "FRAMEWORK__API_EXPECTATION_FAILED", "Expectation Failed", "", "", []string{"sw-expect-packages: shopware/core:~6.5.0"}},
		"a package that is not":      {nil, "GET", "/api/product", "", "417", "FRAMEWORK__API_EXPECTATION_FAILED", "Expectation Failed", "", "", []string{"sw-expect-packages: shopware/core:>=6.5,swag/paypal:*"}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			by := d.caller
			if test.by != nil {
				by = *test.by
			}
			by.t = t
			status, answer := by.do(test.method, test.path, test.body, test.headers...)
			var told struct {
				Errors []struct {
					Code, Status, Detail string
					Title                *string
					Source               struct{ Pointer string }
				}
			}
			if err := json.Unmarshal(answer, &told); err != nil || len(told.Errors) == 0 {
				t.Fatalf("%d %s", status, answer)
			}
			e := told.Errors[0]
			title := "-"
			if e.Title != nil {
				title = *e.Title
			}
			if e.Status != test.status || e.Code != test.code || test.title != "" && title != test.title || !strings.Contains(e.Detail, test.detail) || test.at != "" && e.Source.Pointer != test.at {
				t.Errorf("%d %s", status, answer)
			}
		})
	}
	d.done("GET", "/api/product", "", 200, "sw-expect-packages: shopware/core:~6.7, shopware/platform:>=6.6")
}
