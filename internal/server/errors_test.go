package server_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/appdock/appdock/internal/control"
	"github.com/appdock/appdock/internal/server"
	"github.com/appdock/appdock/internal/spectest"
	"github.com/appdock/appdock/sdk/apptest"
)

// wrong is a call that is refused, and how: the one error of the answer, member by member
// (admin-api.md 9).
type wrong struct {
	before             func() // what has to be so first
	by                 *caller
	method, path, body string
	headers            []string

	status     int
	code       string
	title      string // empty: there is none, as of all violations
	detail     string // null: "null"
	template   string // of a violation; empty: its detail
	parameters string // JSON; empty: []; "-": there is no meta
	pointer    string // empty: there is no source
}

// told is the error as it stands in the answer.
func (w wrong) told(t *testing.T) map[string]any {
	t.Helper()
	e := map[string]any{"code": w.code, "status": fmt.Sprint(w.status), "detail": w.detail}
	if w.detail == "null" {
		e["detail"] = nil
	}
	if w.title != "" {
		e["title"] = w.title
	} else if e["template"] = w.template; w.template == "" {
		e["template"] = w.detail
	}
	if w.parameters != "-" {
		var parameters any = []any{}
		if w.parameters != "" {
			if err := json.Unmarshal([]byte(w.parameters), &parameters); err != nil {
				t.Fatalf("parameters %s: %v", w.parameters, err)
			}
		}
		e["meta"] = map[string]any{"parameters": parameters}
	}
	if w.pointer != "" {
		e["source"] = map[string]any{"pointer": w.pointer}
	}
	return e
}

// erring is a shop with what errors are about.
type erring struct {
	drafted
	few, nobody caller
	host        *server.Server

	tax, number, product, customer, lockedSet, media string
}

const nowhere = "018c00000000700080000000000000ff"

func newErring(t *testing.T) erring {
	t.Helper()
	data := folder(t)
	config, now := development(data), time.Now()
	config.Now = func() time.Time { return now } // so that it is known how long somebody has to wait
	host := open(t, config)
	shop := only(t, host)
	c := callerOf(t, host)
	seeding := control.Seeding{Products: 2, Orders: 1}
	for again := true; again; again = seeding.Done < seeding.Total {
		var err error
		if seeding, err = shop.Seed(t.Context(), seeding); err != nil {
			t.Fatal(err)
		}
	}
	e := erring{drafted: drafted{caller: c, shop: shop}, host: host, nobody: c}
	e.nobody.token = "x"
	e.few = e.of(apptest.New(t, apptest.App{Name: "Few", Permissions: []string{"order:read", "order:create", "customer:read"}}))
	id := func(entity, criteria string) string { s, _ := c.found(entity, criteria)["id"].(string); return s }
	e.tax, e.order, e.customer = id("tax", `{"filter":{"name":"19%"}}`), id("order", `{}`), id("customer", `{}`)
	product := c.found("product", `{"sort":"productNumber"}`)
	e.product, e.number = product["id"].(string), product["productNumber"].(string)
	e.lockedSet, e.media = "018c0000000070008000000000000e01", "018c0000000070008000000000000e02"
	c.done("POST", "/api/custom-field-set", `{"id":"`+e.lockedSet+`","name":"of_the_app","appId":"`+id("app", `{}`)+`","customFields":[{"name":"of_the_app_field","type":"text"}]}`, http.StatusNoContent)
	c.done("POST", "/api/media", `{"id":"`+e.media+`"}`, http.StatusNoContent)
	// The place where files are kept is none.
	if err := os.WriteFile(filepath.Join(data, "files"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	return e
}

// table is the table of errors and of violations, row by row, and what other sections say of
// errors.
func (e erring) table() map[string]wrong {
	const badRequest, notFound, unsupported, expectation = "Bad Request", "Not Found", "Unsupported Media Type", "Expectation Failed"
	const wrongClient = `{"grant_type":"client_credentials","client_id":"SWIANOBODY","client_secret":"x"}`
	const price = `"price":[{"currencyId":"b7d2554b0ce847cd82f3ac9bd1c0dfca","net":1,"gross":1,"linked":true}]`
	product := func(more string) string {
		return `{"productNumber":"E-1","stock":1,"name":"E","taxId":"` + e.tax + `",` + price + more + `}`
	}
	search := func(body, code, detail, parameters, pointer string) wrong {
		return wrong{method: "POST", path: "/api/search/product", body: body, status: 400, code: code, title: badRequest, detail: detail, parameters: parameters, pointer: pointer}
	}
	violation := func(path, body, code, detail, template, parameters, pointer string) wrong {
		return wrong{method: "POST", path: path, body: body, status: 400, code: code, detail: detail, template: template, parameters: parameters, pointer: pointer}
	}
	refused := func(w wrong, status int, code, title, detail, parameters string) wrong {
		w.status, w.code, w.title, w.detail, w.parameters = status, code, title, detail, parameters
		return w
	}
	post := func(path, body string) wrong { return wrong{method: "POST", path: path, body: body} }
	get := func(path string, headers ...string) wrong { return wrong{method: "GET", path: path, headers: headers} }
	by := func(who caller, w wrong) wrong { w.by = &who; return w }
	at := func(pointer string, w wrong) wrong { w.pointer = pointer; return w }
	privileges := func(list string) string {
		return `{"message":"Missing privilege","missingPrivileges":[` + list + `]}`
	}
	oauth := "The resource owner or authorization server denied the request."
	sync := func(body string) wrong { return post("/api/_action/sync", body) }
	missing := `The product resource with the following primary key was not found: id(` + nowhere + `)`
	of := `{"type":"product","primaryKey":{"id":"` + nowhere + `"},"primaryKeyString":"id(` + nowhere + `)"}`

	return map[string]wrong{
		// admin-api.md 9, the table of errors.
		"malformed JSON":   refused(post("/api/product", `{`), 400, "0", badRequest, "The JSON payload is malformed.", ""),
		"a list to search": refused(post("/api/search/product", `[{"limit":1}]`), 400, "0", badRequest, "Expected an object, not a list: send what is in the list by itself.", ""),
		"texts that are not there": refused(wrong{method: "PATCH", path: "/api/product/" + e.product + "/translations/" + nowhere, body: `{"name":"x"}`}, 404, "FRAMEWORK__RESOURCE_NOT_FOUND", notFound,
			`The product_translation resource with the following primary key was not found: languageId(`+nowhere+`), productId(`+e.product+`)`,
			`{"type":"product_translation","primaryKey":{"languageId":"`+nowhere+`","productId":"`+e.product+`"},"primaryKeyString":"languageId(`+nowhere+`), productId(`+e.product+`)"}`),
		"a list to write": refused(post("/api/product", `[{}]`), 400, "0", badRequest, "Only single write operations are supported. Please send the entities one by one or use the /sync api endpoint.", ""),

		"a filter without a value": search(`{"filter":[{"type":"equals","field":"name"}]}`, "FRAMEWORK__INVALID_FILTER_QUERY", `Parameter "value" for equals filter is missing.`, "", "/filter/0/value"),
		"an unknown filter":        search(`{"filter":[{"type":"xor"}]}`, "FRAMEWORK__INVALID_FILTER_QUERY", "Unsupported filter type: xor", "", "/filter/0/type"),
		"a range of nothing":       search(`{"filter":[{"type":"range","field":"stock","parameters":{"near":1}}]}`, "FRAMEWORK__INVALID_FILTER_QUERY", `Parameter "near" for range filter is unknown: gt, gte, lt and lte are known.`, "", "/filter/0/parameters"),
		"a sorting":                search(`{"sort":[{}]}`, "FRAMEWORK__INVALID_SORT_QUERY", "A sorting needs a field.", "", "/sort/0"),
		"a page":                   search(`{"page":0}`, "FRAMEWORK__INVALID_PAGE_QUERY", "The page parameter must be a positive integer. Given: 0", "", "/page"),
		"a limit":                  search(`{"limit":0}`, "FRAMEWORK__INVALID_LIMIT_QUERY", "The limit parameter must be a positive integer greater or equals than 1. Given: 0", "", "/limit"),
		"an aggregation":           search(`{"aggregations":[{"type":"sum","field":"stock"}]}`, "FRAMEWORK__INVALID_AGGREGATION_QUERY", "The aggregation name should be a non-empty string.", "", "/aggregations/0"),
		"too large a page":         search(`{"limit":501}`, "FRAMEWORK__QUERY_LIMIT_EXCEEDED", "The limit must be lower than or equal to MAX_LIMIT(=500). Given: 501", "", "/limit"),

		"what the host alone writes": violation("/api/product", product(`,"sales":1`), "FRAMEWORK__WRITE_CONSTRAINT_VIOLATION", "This field is write-protected.", "", "", "/0/sales"),
		"a number that is taken":     at("/0", refused(post("/api/product", strings.Replace(product(""), "E-1", e.number, 1)), 400, "CONTENT__DUPLICATE_PRODUCT_NUMBER", badRequest, `Product with number "`+e.number+`" already exists.`, `{"number":"`+e.number+`"}`)),

		"an illegal step": refused(post("/api/_action/order/"+e.order+"/state/explode", ""), 400, "SYSTEM__ILLEGAL_STATE_TRANSITION", badRequest,
			`Illegal transition "explode" from state "open". Possible transitions are: cancel, process`, `{"transition":"explode","currentState":"open","possibleTransitions":"cancel, process"}`),
		"a step of nothing": refused(post("/api/_action/order/"+nowhere+"/state/cancel", ""), 400, "SYSTEM__STATE_MACHINE_INVALID_ENTITY_ID", badRequest,
			`Unable to read entity "order" with id "`+nowhere+`".`, `{"entityName":"order","entityId":"`+nowhere+`"}`),

		"no token":              refused(by(caller{t: e.t, calls: e.calls, url: e.url}, get("/api/product")), 401, "9", oauth, `Missing token in "Authorization" header`, "-"),
		"a token that is none":  refused(by(e.nobody, get("/api/product")), 401, "9", oauth, "The JWT string must have two dots", "-"),
		"a client that is none": refused(post("/api/oauth/token", wrongClient), 401, "4", "Client authentication failed", "null", "-"),

		"a right that is missing":     refused(by(e.few, get("/api/product")), 403, "FRAMEWORK__MISSING_PRIVILEGE_ERROR", "Forbidden", privileges(`"product:read"`), ""),
		"several rights, all at once": refused(by(e.few, post("/api/search/order", `{"associations":{"lineItems":{"associations":{"product":{}}}},"sort":"currency.isoCode"}`)), 403, "FRAMEWORK__MISSING_PRIVILEGE_ERROR", "Forbidden", privileges(`"currency:read","order_line_item:read","product:read"`), ""),
		"a user to write":             refused(post("/api/user", `{}`), 403, "FRAMEWORK__WRITE_PROTECTED", "Forbidden", `The entity "user" is written by the host alone.`, `{"entity":"user"}`),
		"a role to write":             refused(post("/api/acl-role", `{}`), 403, "FRAMEWORK__WRITE_PROTECTED", "Forbidden", `The entity "acl_role" is written by the host alone.`, `{"entity":"acl_role"}`),

		"a record that is not there": refused(get("/api/product/"+nowhere), 404, "FRAMEWORK__RESOURCE_NOT_FOUND", notFound, missing, of),
		"a record that is gone":      refused(wrong{method: "DELETE", path: "/api/product/" + nowhere}, 404, "FRAMEWORK__RESOURCE_NOT_FOUND", notFound, missing, of),
		"an entity that is not":      refused(post("/api/search/nothing", `{}`), 404, "FRAMEWORK__DEFINITION_NOT_FOUND", notFound, `Definition for entity "nothing" does not exist.`, `{"entityName":"nothing"}`),
		"no route":                   refused(get("/api/nothing"), 404, "0", notFound, `No route found for "GET /api/nothing"`, ""),
		"texts by themselves":        refused(get("/api/product-translation"), 404, "0", notFound, `No route found for "GET /api/product-translation"`, ""),
		"links by themselves":        refused(get("/api/product_category"), 404, "0", notFound, `No route found for "GET /api/product_category"`, ""),
		"links to search":            refused(post("/api/search/product-category", `{}`), 404, "FRAMEWORK__DEFINITION_NOT_FOUND", notFound, `Definition for entity "product_category" does not exist.`, `{"entityName":"product_category"}`),
		"an id that is too short":    refused(get("/api/product/abc"), 404, "0", notFound, `No route found for "GET /api/product/abc"`, ""),
		"another method": refused(post("/api/product/"+nowhere, `{}`), 405, "0", "Method Not Allowed",
			`No route found for "POST /api/product/`+nowhere+`": Method Not Allowed (Allow: GET, PATCH, DELETE)`, ""),
		"what is in use": refused(wrong{method: "DELETE", path: "/api/tax/" + e.tax}, 409, "FRAMEWORK__DELETE_RESTRICTED", "Conflict",
			"The delete request for tax was denied due to a conflict. The entity is currently in use by: product (1)", `{"entity":"tax","usagesString":"product (1)","usages":[{"entityName":"product","count":1}]}`),
		"a language that is not":    refused(get("/api/product", "sw-language-id: "+nowhere), 412, "FRAMEWORK__LANGUAGE_NOT_FOUND", "Precondition Failed", `The language "`+nowhere+`" was not found.`, ""),
		"a type that nobody speaks": refused(wrong{method: "POST", path: "/api/product", body: "x", headers: []string{"Content-Type: text/html"}}, 415, "0", unsupported, `The Content-Type "text/html" is unsupported.`, ""),
		"an answer nobody speaks":   refused(get("/api/product", "Accept: text/html"), 415, "0", unsupported, "All content types in Accept are unsupported: application/json and application/vnd.api+json are spoken.", ""),
		"another platform":          refused(get("/api/product", "sw-expect-packages: shopware/core:~6.5.0"), 417, "FRAMEWORK__API_EXPECTATION_FAILED", expectation, "API Expectations failed", `["Version constraint for shopware/core is failed. Installed is: 6.7.10.0"]`),
		"a package that is not":     refused(get("/api/product", "sw-expect-packages: shopware/core:>=6.5,swag/paypal:*"), 417, "FRAMEWORK__API_EXPECTATION_FAILED", expectation, "API Expectations failed", `["Requested package: swag/paypal is not available"]`),
		"too many notifications": refused(wrong{method: "POST", path: "/api/notification", body: `{"status":"info","message":"x"}`, before: func() {
			for range 10 {
				e.done("POST", "/api/notification", `{"status":"info","message":"x"}`, http.StatusOK)
			}
		}}, 429, "FRAMEWORK__NOTIFICATION_THROTTLED", "Too Many Requests", "Notification throttled for 10 seconds.", `{"seconds":10}`),
		"too many wrong clients": refused(wrong{method: "POST", path: "/api/oauth/token", body: wrongClient, before: func() {
			for status := 0; status != http.StatusTooManyRequests; {
				status, _ = e.do("POST", "/api/oauth/token", wrongClient)
			}
		}}, 429, "FRAMEWORK__AUTH_THROTTLED", "Too Many Requests", "Auth throttled for 10 seconds.", `{"seconds":10}`),
		"too many guesses": refused(wrong{method: "GET", path: "/api/app-system/shop/verify?rid=x&token=y", before: func() {
			for status := 0; status != http.StatusTooManyRequests; {
				status, _ = e.do("GET", "/api/app-system/shop/verify?rid=x&token=y", "")
			}
		}}, 429, "FRAMEWORK__RATE_LIMIT_EXCEEDED", "Too Many Requests", "Verification throttled for 60 seconds.", `{"seconds":60}`),
		"a host that fails":  refused(wrong{method: "POST", path: "/api/_action/media/" + e.media + "/upload?extension=txt&fileName=x", body: "x", headers: []string{"Content-Type: text/plain"}}, 500, "0", "Internal Server Error", "Internal error", ""),
		"a body without end": refused(post("/api/product", strings.Repeat(" ", 32<<20+1)), 413, "0", "Request Entity Too Large", "The body of the request is larger than 33554432 bytes.", ""),

		// admin-api.md 9, the common violations.
		"a value that is missing":  violation("/api/tax", `{"taxRate":1}`, "c1051bb4-d103-4f74-8988-acbcafc7fdc3", "This value should not be blank.", "", "", "/0/name"),
		"a value of a wrong type":  violation("/api/product", product(`,"active":1`), "ba785a8c-82cb-4283-967c-3cf342181b40", "This value should be of type bool.", "This value should be of type {{ type }}.", `{"{{ type }}":"bool"}`, "/0/active"),
		"a value that is too long": violation("/api/tag", `{"name":"`+strings.Repeat("x", 256)+`"}`, "d94b19cc-114f-4f44-9cc4-4138e80a87b9", "This value is too long. It should have 255 characters or less.", "This value is too long. It should have {{ limit }} characters or less.", `{"{{ limit }}":255}`, "/0/name"),
		"a value that is too short": {
			method: "PATCH", path: "/api/customer/" + e.customer, body: `{"password":"short"}`, status: 400, code: "9ff3fdc4-b214-49db-8718-39c315e33d45",
			detail: "This value is too short. It should have 8 characters or more.", template: "This value is too short. It should have {{ limit }} characters or more.", parameters: `{"{{ limit }}":8}`, pointer: "/0/password",
		},
		"a part that is missing":         violation("/api/product", product(`,"purchasePrices":[{"currencyId":"b7d2554b0ce847cd82f3ac9bd1c0dfca","net":1,"linked":true}]`), "2fa2158c-2a7f-484b-98aa-975522539ff8", "This field is missing.", "", "", "/0/purchasePrices/0/gross"),
		"no e-mail address":              {method: "PATCH", path: "/api/customer/" + e.customer, body: `{"email":"x"}`, status: 400, code: "bd79c0ab-ddba-46cc-a703-a7a4b08de310", detail: "This value is not a valid email address.", pointer: "/0/email"},
		"an id that is none":             violation("/api/product", product(`,"unitId":"x"`), "FRAMEWORK__WRITE_CONSTRAINT_VIOLATION", `The string "x" is not a valid uuid.`, "", "", "/0/unitId"),
		"an id that is a number":         violation("/api/product", product(`,"unitId":5`), "FRAMEWORK__WRITE_CONSTRAINT_VIOLATION", "This value should be of type string.", "", "", "/0/unitId"),
		"no text of the system":          violation("/api/unit", `{"shortCode":{"de-DE":"x"},"name":{"de-DE":"x"}}`, "MISSING-SYSTEM-TRANSLATION", "Translation required for system language 2fbb5fe2e29a4d70aa5854ce7ce3e20b.", "", "", "/0/translations/2fbb5fe2e29a4d70aa5854ce7ce3e20b"),
		"a text of no language":          violation("/api/unit", `{"shortCode":"x","name":"x","translations":[{"name":"y"}]}`, "MISSING-TRANSLATION-LANGUAGE", "Translation requires a language id.", "", "", "/0/translations/0"),
		"what belongs to an app":         {method: "PATCH", path: "/api/custom-field-set/" + e.lockedSet, body: `{"name":"mine"}`, status: 400, code: "FRAMEWORK__ENTITY_IS_LOCKED", detail: "The custom_field_set entity is locked and can neither be modified nor deleted.", template: "The {{ entity }} entity is locked and can neither be modified nor deleted.", parameters: `{"{{ entity }}":"custom_field_set"}`, pointer: "/0"},
		"a key that leads nowhere":       at("/0/unitId", refused(post("/api/product", product(`,"unitId":"`+nowhere+`"`)), 400, "FRAMEWORK__FOREIGN_KEY_VIOLATION", badRequest, "There is no unit with id "+nowhere+".", "")),
		"a violation of a row of sync":   {method: "POST", path: "/api/_action/sync", body: `{"ok":{"entity":"tag","action":"upsert","payload":[{"name":"t"}]},"bad":{"entity":"tax","action":"upsert","payload":[{"name":"x","taxRate":1},{"taxRate":1}]}}`, status: 400, code: "c1051bb4-d103-4f74-8988-acbcafc7fdc3", detail: "This value should not be blank.", pointer: "/bad/1/name"},
		"the text that the system needs": {method: "POST", path: "/api/_action/sync", body: `{"a":{"entity":"product_translation","action":"delete","payload":[{"productId":"` + e.product + `","languageId":"2fbb5fe2e29a4d70aa5854ce7ce3e20b"}]}}`, status: 400, code: "delete-system-translation-violation", detail: "Cannot delete system translation of language 2fbb5fe2e29a4d70aa5854ce7ce3e20b.", pointer: "/a/0"},

		// admin-api.md 5.
		"an unknown field":          search(`{"filter":{"nothing":1}}`, "FRAMEWORK__UNMAPPED_FIELD", `Field "nothing" in entity "product" was not found.`, `{"field":"nothing","entity":"product"}`, "/filter/nothing/field"),
		"a field of the moment":     search(`{"filter":[{"type":"equals","field":"variation","value":"x"}]}`, "FRAMEWORK__RUNTIME_FIELD_IN_CRITERIA", `Field "product.variation" is a runtime field and cannot be used in a criteria.`, "", "/filter/0/field"),
		"a field that nobody reads": at("/filter/0/field", refused(post("/api/search/customer", `{"filter":[{"type":"equals","field":"password","value":"x"}]}`), 400, "FRAMEWORK__ACCESSOR_NOT_ALLOWED", badRequest, `The field "customer.password" may not be read.`, "")),
		"an unknown association":    search(`{"associations":{"nothing":{}}}`, "FRAMEWORK__ASSOCIATION_NOT_FOUND", "Can not find association by name nothing", `{"association":"nothing"}`, "/associations/nothing"),
		"ids that are none":         search(`{"ids":[]}`, "FRAMEWORK__INVALID_API_CRITERIA_IDS", "The list of ids is empty.", "", "/ids"),
		"a value that is no id":     search(`{"filter":{"id":"x"}}`, "FRAMEWORK__INVALID_UUID", "Value is not a valid UUID: x", "", "/filter/id/value"),
		"a currency that is not":    refused(get("/api/product", "sw-currency-id: "+nowhere), 400, "FRAMEWORK__INVALID_REQUEST_PARAMETER", badRequest, `The parameter "sw-currency-id" is invalid.`, `{"parameter":"sw-currency-id"}`),
		"a version that is no id":   refused(get("/api/product", "sw-version-id: x"), 400, "FRAMEWORK__INVALID_UUID", badRequest, "Value is not a valid UUID: x", ""),

		// admin-api.md 6.
		"an update of nothing":       at("/0", refused(wrong{method: "PATCH", path: "/api/tax/" + nowhere, body: `{"name":"x"}`}, 400, "FRAMEWORK__WRITE_TYPE_INTEND_ERROR", badRequest, `Expected an update of "tax", but there is no `+nowhere+`. Hint: Use POST method to create new entities.`, "")),
		"an insert of what is there": at("/0", refused(post("/api/tax", `{"id":"`+e.tax+`","name":"x","taxRate":1}`), 400, "FRAMEWORK__WRITE_TYPE_INTEND_ERROR", badRequest, `Expected an insert of "tax", but `+e.tax+` is there already. Hint: Use PATCH method to update existing entities.`, "")),
		"a state by hand":            {method: "PATCH", path: "/api/order/" + e.order, body: `{"stateId":"` + nowhere + `"}`, status: 400, code: "FRAMEWORK__WRITE_CONSTRAINT_VIOLATION", detail: "Changing the state-machine-state of this entity is not allowed for scope crud. Either change the state-machine-state via a state-transition or use a different scope.", pointer: "/0/stateId"},
		"a sync that is no JSON":     refused(sync(`{`), 400, "FRAMEWORK__API_TYPE_PARAMETER_INVALID", badRequest, "The JSON payload is malformed.", ""),
		"an operation that is none":  refused(sync(`["x"]`), 400, "0", badRequest, "Invalid payload format. Expected an array of operations.", ""),
		"an operation that is wrong": refused(sync(`{"a":{"action":"upsert","payload":[]},"b":{"entity":"tax","action":"x","payload":[]}}`), 400, "FRAMEWORK__INVALID_SYNC_OPERATION", badRequest, `Operation "a": entity is missing; Operation "b": action must be upsert or delete`, ""),
		"a deletion of everything":   refused(sync(`{"a":{"entity":"tag","action":"delete","criteria":[]}}`), 400, "API_INVALID_SYNC_CRITERIA_EXCEPTION", badRequest, "Sync operation with action delete and criteria requires a filter.", ""),
		"an unknown resolver":        refused(sync(`{"a":{"entity":"product_media","action":"upsert","payload":[{"productId":{"resolver":"nothing","value":"x"}}]}}`), 400, "API_RESOLVER_NOT_FOUND_EXCEPTION", badRequest, "Foreign key resolver for key nothing not found", ""),
		"what cannot be resolved":    at("/a/0/productId", refused(sync(`{"a":{"entity":"product_media","action":"upsert","payload":[{"productId":{"resolver":"product.number","value":"nothing"}}]}}`), 400, "FRAMEWORK__API_INVALID_SYNC_RESOLVERS", badRequest, "Can not resolve foreign key at position /a/0/productId. Reference field: productId", "")),
		"a relation that is not":     refused(get("/api/product/"+e.product+"/nothing"), 404, "FRAMEWORK__NOT_EXISTING_RELATION_EXCEPTION", notFound, `Resource at path "nothing" is not an existing relation.`, ""),
		"a field as a relation":      refused(get("/api/product/"+e.product+"/stock"), 400, "FRAMEWORK__API_INVALID_ASSOCIATION", badRequest, `Field "stock" is not a valid association field.`, ""),
		"the live version":           refused(post("/api/_action/version/"+liveVersion+"/order/"+e.order, ""), 400, "FRAMEWORK__LIVE_VERSION_DELETE", badRequest, "Live version can not be deleted. Delete entity instead.", ""),

		// admin-api.md 8.
		"who is nobody":               refused(get("/api/_info/me"), 403, "FRAMEWORK__EXPECTED_USER", "Forbidden", "For this interaction an authenticated user login is required.", ""),
		"a notification of nothing":   refused(post("/api/notification", `{"status":"info"}`), 400, "FRAMEWORK__MISSING_REQUEST_PARAMETER", badRequest, `Parameter "message" is missing.`, `{"parameterName":"message"}`),
		"media that are not there":    refused(wrong{method: "POST", path: "/api/_action/media/" + nowhere + "/upload?extension=png&fileName=x", body: "x", headers: []string{"Content-Type: image/png"}}, 404, "CONTENT__MEDIA_NOT_FOUND", notFound, `Media for id "`+nowhere+`" not found.`, ""),
		"a file of a forbidden kind":  refused(wrong{method: "POST", path: "/api/_action/media/" + e.media + "/upload?extension=php&fileName=x", body: "x", headers: []string{"Content-Type: text/plain"}}, 400, "CONTENT__MEDIA_FILE_TYPE_NOT_SUPPORTED", badRequest, `The file extension "php" is not supported.`, ""),
		"a file at a forbidden place": refused(post("/api/_action/media/"+e.media+"/upload?extension=png&fileName=x", `{"url":"ftp://shop.example/x.png"}`), 400, "CONTENT__MEDIA_ILLEGAL_URL", badRequest, "Provided URL is not allowed.", ""),
		"a trigger of nobody":         refused(post("/api/_action/trigger-event/nothing", `{}`), 404, "ADMINISTRATION__CUSTOM_TRIGGER_BY_NAME_NOT_FOUND", notFound, `The provided event name "nothing" is invalid or uninstalled and no custom trigger could be found.`, ""),
	}
}

// TestErrorTable causes each row of the tables of errors by a real call, and holds the answer
// against it member by member (admin-api.md 9). What was refused leaves no trace: neither in
// the records of any entity, those of texts and pairs among them, nor as a delivery.
func TestErrorTable(t *testing.T) {
	t.Parallel()
	e := newErring(t)
	table := e.table()
	for _, name := range slices.Sorted(maps.Keys(table)) {
		test := table[name]
		t.Run(name, func(t *testing.T) {
			by := e.caller
			if test.by != nil {
				by = *test.by
			}
			by.t = t
			if test.before != nil {
				test.before()
			}
			before := e.host.Records(t, e.shop)
			status, answer := by.do(test.method, test.path, test.body, test.headers...)
			var told map[string]any
			if err := json.Unmarshal(answer, &told); err != nil {
				t.Fatalf("%d %s", status, answer)
			}
			want := map[string]any{"errors": []any{test.told(t)}}
			if diff := cmp.Diff(want, told); diff != "" || status != test.status {
				t.Errorf("status %d, want %d (-want +got):\n%s", status, test.status, diff)
			}
			if diff := cmp.Diff(before, e.host.Records(t, e.shop)); diff != "" {
				t.Errorf("it left traces (-before +after):\n%s", diff)
			}
		})
	}
}

// TestEveryErrorOfTheTable reads which errors there are to be where the description of the
// protocol is at hand.
func TestEveryErrorOfTheTable(t *testing.T) {
	t.Parallel()
	text := spectest.Read(t, "admin-api.md")
	_, section, _ := strings.Cut(text, "\n## 9. Errors\n")
	section, _, _ = strings.Cut(section, "\n## 10.")
	caused := map[string]bool{}
	for _, w := range (erring{}).table() {
		caused[w.code] = true
		caused[fmt.Sprint(w.status, " ", w.code)] = true
	}
	// Whole codes stand in the tables, and after a first one endings such as "_SORT_QUERY".
	row := regexp.MustCompile(`(?m)^\| (?:(\d{3}) \| )?([^|]+) \|`)
	rows := 0
	for _, m := range row.FindAllStringSubmatch(section, -1) {
		for _, name := range regexp.MustCompile(`[A-Z][A-Z0-9]*(?:_+[A-Z0-9]+)+|[A-Z]+-[A-Z-]+|[0-9a-f]{8}-[0-9a-f-]{27}|_[A-Z_]+|\b\d\b`).FindAllString(m[2], -1) {
			if strings.HasPrefix(name, "_") {
				name = "FRAMEWORK__INVALID" + name
			}
			rows++
			if m[1] != "" {
				name = m[1] + " " + name
			}
			if !caused[name] {
				t.Errorf("no call is refused with %s", name)
			}
		}
	}
	if rows < 35 {
		t.Errorf("%d codes are in the tables; are they read rightly?", rows)
	}
}
