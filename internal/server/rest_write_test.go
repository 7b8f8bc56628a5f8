package server_test

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"
)

// restClient calls the REST API with one token.
type restClient struct {
	t     *testing.T
	base  string
	token string
}

// reply is an answer of the REST API.
type reply struct {
	answered
	Text []byte
	Body map[string]any
}

// do calls a path below /rest/v1. header are names and values.
func (c restClient) do(method, path string, body any, header ...string) reply {
	c.t.Helper()
	var sent io.Reader
	switch body := body.(type) {
	case nil:
	case string:
		sent = strings.NewReader(body)
	default:
		text, err := json.Marshal(body)
		if err != nil {
			c.t.Fatal(err)
		}
		sent = bytes.NewReader(text)
	}
	r, err := http.NewRequestWithContext(c.t.Context(), method, c.base+"/rest/v1"+path, sent)
	if err != nil {
		c.t.Fatal(err)
	}
	r.Header.Set("Authorization", "Bearer "+c.token)
	if sent != nil {
		r.Header.Set("Content-Type", "application/json")
	}
	for i := 0; i+1 < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	res, err := http.DefaultClient.Do(r)
	if err != nil {
		c.t.Fatal(err)
	}
	defer func() { _ = res.Body.Close() }()
	text, err := io.ReadAll(res.Body)
	if err != nil {
		c.t.Fatal(err)
	}
	out := reply{answered: answered{res.StatusCode, res.Header}, Text: text}
	if len(text) > 0 && text[0] == '{' && strings.Contains(res.Header.Get("Content-Type"), "json") {
		if err := json.Unmarshal(text, &out.Body); err != nil {
			c.t.Fatalf("%s %s: %v: %s", method, path, err, text)
		}
	}
	return out
}

// must calls a path and ends the test if the status is another.
func (c restClient) must(status int, method, path string, body any, header ...string) reply {
	c.t.Helper()
	out := c.do(method, path, body, header...)
	if out.StatusCode != status {
		c.t.Fatalf("%s %s: got %d, want %d: %s", method, path, out.StatusCode, status, out.Text)
	}
	return out
}

// refused calls a path and expects a problem.
func (c restClient) refused(status int, code, method, path string, body any, header ...string) reply {
	c.t.Helper()
	out := c.do(method, path, body, header...)
	if out.StatusCode != status || out.Body["code"] != code || out.Header.Get("Content-Type") != "application/problem+json" {
		c.t.Errorf("%s %s: got %d %s, want %d %s", method, path, out.StatusCode, out.Text, status, code)
	}
	return out
}

// pointers are those of the faults of a problem, with their codes.
func (r reply) pointers() string {
	var all []string
	list, _ := r.Body["errors"].([]any)
	for _, x := range list {
		f := x.(map[string]any)
		all = append(all, f["pointer"].(string)+" "+f["code"].(string))
	}
	slices.Sort(all)
	return strings.Join(all, ", ")
}

// quick is a clock that goes on by itself when it is looked at, so that a test need not wait
// for the right to ask again.
func quick() func() time.Time {
	began, looks := time.Now(), &atomic.Int64{}
	return func() time.Time { return began.Add(time.Duration(looks.Add(1)) * 50 * time.Millisecond) }
}

// restShop is a host with the demo shop and an app in it.
func restShop(t *testing.T, scopes ...string) restClient {
	t.Helper()
	c := development(folder(t))
	c.Demo = true
	c.Now = quick()
	host := open(t, c)
	app := newPacked(t, "ship-it", scopes, nil)
	if err := byOperator(t, only(t, host), app.URL); err != nil {
		t.Fatal(err)
	}
	return restClient{t, host.URL(), app.text("access_token")}
}

func TestRESTWritesProducts(t *testing.T) {
	t.Parallel()
	c := restShop(t, "products:read", "products:write", "products:delete", "categories:read", "categories:write", "categories:delete")
	category := c.must(201, "POST", "/categories", map[string]any{"name": "Shirts"}).Body
	made := c.must(201, "POST", "/products", map[string]any{
		"sku": "REST-1", "name": "Shirt", "stock": 5, "price": map[string]any{"amount": "11.90"}, "tax": map[string]any{"rate": 19},
		"compare_at_price": map[string]any{"amount": "15.00", "currency": "EUR"}, "manufacturer": map[string]any{"name": "Weavers"},
		"category_ids": []any{category["id"]}, "tags": []any{"summer", "new"}, "metafields": map[string]any{"color": "red", "size": 3},
		"dimensions": map[string]any{"w": 1, "h": 2, "l": 3}, "weight": 0.25,
	})
	id := made.Body["id"].(string)
	if got := made.Header.Get("Location"); got != c.base+"/rest/v1/products/"+id {
		t.Errorf("Location %q", got)
	}
	for path, want := range map[string]string{
		"price": `{"amount":"11.90","currency":"EUR","tax_included":true}`, "compare_at_price": `{"amount":"15.00","currency":"EUR"}`,
		"tags": `["new","summer"]`, "metafields": `{"color":"red","size":3}`, "dimensions": `{"h":2,"l":3,"w":1}`, "stock": "5",
	} {
		if got, _ := json.Marshal(made.Body[path]); string(got) != want {
			t.Errorf("%s: got %s, want %s", path, got, want)
		}
	}
	// A merge patch changes what it names and replaces lists; null clears.
	tag := made.Header.Get("ETag")
	patched := c.must(200, "PATCH", "/products/"+id, `{"name":"Blouse","tags":["summer"],"metafields":{"size":null},"weight":null,"category_ids":[]}`,
		"Content-Type", "application/merge-patch+json", "If-Match", tag)
	if got, _ := json.Marshal([]any{patched.Body["name"], patched.Body["tags"], patched.Body["metafields"], patched.Body["weight"], patched.Body["category_ids"], patched.Body["sku"]}); string(got) !=
		`["Blouse",["summer"],{"color":"red"},null,[],"REST-1"]` {
		t.Errorf("patched: %s", got)
	}
	if again := c.refused(412, "precondition_failed", "PATCH", "/products/"+id, `{"name":"Late"}`, "If-Match", tag); again.Body["etag"] != patched.Header.Get("ETag") {
		t.Errorf("etag %v, want %q", again.Body["etag"], patched.Header.Get("ETag"))
	}
	c.must(200, "PATCH", "/products/"+id, `{"name":"Any"}`, "If-Match", "*")
	if dup := c.refused(409, "duplicate", "POST", "/products", map[string]any{
		"sku": "REST-1", "name": "Shirt", "stock": 5, "price": map[string]any{"amount": "11.90"}, "tax": map[string]any{"rate": 19},
	}); dup.Body["conflicting_id"] != id {
		t.Errorf("conflicting_id %v", dup.Body["conflicting_id"])
	}

	variant := c.must(201, "POST", "/products/"+id+"/variants", map[string]any{
		"sku": "REST-1-RED", "stock": 2, "options": []any{map[string]any{"group": "Colour", "name": "Red"}, map[string]any{"group": "Colour", "name": "Dark"}},
	}).Body
	if variant["parent_id"] != id || variant["name"] != "Any" || len(variant["options"].([]any)) != 2 || variant["price"] == nil {
		t.Errorf("variant: %v", variant)
	}
	if list := c.must(200, "GET", "/products/"+id+"/variants", nil).Body["data"].([]any); len(list) != 1 {
		t.Errorf("variants: %v", list)
	}

	c.must(200, "PUT", "/products/"+id+"/stock", `{"stock":7}`)
	if got := c.must(200, "PATCH", "/products/"+id+"/stock", `{"delta":-2,"reason":"broken"}`).Body["stock"]; got != 5.0 {
		t.Errorf("stock %v", got)
	}
	c.must(204, "DELETE", "/products/"+id, nil)
	c.refused(404, "not_found", "DELETE", "/products/"+id, nil)
	c.refused(404, "not_found", "GET", "/products/"+variant["id"].(string), nil)
	c.must(204, "DELETE", "/categories/"+category["id"].(string), nil)
}

func TestRESTTellsAllFaultsAtOnce(t *testing.T) {
	t.Parallel()
	c := restShop(t, "products:read", "products:write", "orders:read")
	tests := map[string]struct {
		body     any
		status   int
		code     string
		pointers string
	}{
		"types and patterns": {
			`{"sku":1,"stock":"many","price":{"amount":"1,5"},"tags":[3]}`, 422, "validation_failed",
			"/price/amount not_a_number, /sku invalid_type, /stock invalid_type, /tags/0 invalid_type",
		},
		"what is missing":        {`{}`, 422, "validation_failed", "/sku required, /stock required"},
		"found by the shop":      {`{"sku":"X","stock":1}`, 422, "validation_failed", "/name required, /price required, /tax required"},
		"an unknown field":       {`{"sku":"X","stock":1,"colour":"red"}`, 422, "unknown_field", "/colour unknown_field"},
		"an unknown tax":         {`{"sku":"X","name":"x","stock":1,"price":{"amount":"1"},"tax":{"rate":3}}`, 422, "validation_failed", "/tax unknown_reference"},
		"an unknown category":    {`{"sku":"X","name":"x","stock":1,"price":{"amount":"1"},"tax":{"rate":19},"category_ids":["0000000000000000000000000000000a"]}`, 422, "validation_failed", "/category_ids unknown_reference"},
		"another currency":       {`{"sku":"X","name":"x","stock":1,"price":{"amount":"1","currency":"USD"},"tax":{"rate":19}}`, 422, "validation_failed", "/price/currency not_allowed"},
		"half a body":            {`{"sku":`, 400, "malformed_json", ""},
		"two bodies":             {`{} {}`, 400, "malformed_json", ""},
		"larger than 5 MiB":      {`{"sku":"` + strings.Repeat("x", 5<<20) + `"}`, 413, "payload_too_large", ""},
		"a sku that is too long": {`{"sku":"` + strings.Repeat("x", 300) + `","name":"x","stock":1,"price":{"amount":"1"},"tax":{"rate":19}}`, 422, "validation_failed", "/sku too_long"},
	}
	for name, tt := range tests {
		if out := c.refused(tt.status, tt.code, "POST", "/products", tt.body); out.pointers() != tt.pointers {
			t.Errorf("%s: got %q, want %q (%s)", name, out.pointers(), tt.pointers, out.Text)
		}
	}
	c.refused(415, "unsupported_media_type", "POST", "/products", "<x/>", "Content-Type", "text/xml")
	c.refused(415, "unsupported_media_type", "POST", "/products", "{}", "Content-Type", "application/merge-patch+json")
	c.refused(406, "not_acceptable", "GET", "/products", nil, "Accept", "text/html")
	if out := c.refused(405, "method_not_allowed", "PUT", "/products", nil); out.Header.Get("Allow") != "GET, HEAD, POST" {
		t.Errorf("Allow %q", out.Header.Get("Allow"))
	}
	if out := c.refused(403, "insufficient_scope", "DELETE", "/products/0000000000000000000000000000000a", nil); out.Body["required_scope"] != "products:delete" {
		t.Errorf("%s", out.Text)
	}
	if out := c.must(200, "GET", "/me", nil, "X-Request-Id", "my-request.1"); out.Header.Get("X-Request-Id") != "my-request.1" {
		t.Errorf("X-Request-Id %q", out.Header.Get("X-Request-Id"))
	}
}

func TestRESTDoesARequestOnce(t *testing.T) {
	t.Parallel()
	c := restShop(t, "products:read", "products:write")
	product := map[string]any{"sku": "ONCE", "name": "Once", "stock": 5, "price": map[string]any{"amount": "1"}, "tax": map[string]any{"rate": 19}}
	first := c.must(201, "POST", "/products", product, "Idempotency-Key", `"key one"`)
	again := c.must(201, "POST", "/products", product, "Idempotency-Key", "key one")
	if string(first.Text) != string(again.Text) || again.Header.Get("Idempotent-Replayed") != "true" || again.Header.Get("Location") != first.Header.Get("Location") ||
		again.Header.Get("ETag") != first.Header.Get("ETag") || first.Header.Get("Idempotent-Replayed") != "" {
		t.Errorf("first %s %v\nagain %s %v", first.Text, first.Header, again.Text, again.Header)
	}
	product["sku"] = "OTHER"
	c.refused(422, "idempotency_key_reused", "POST", "/products", product, "Idempotency-Key", "key one")
	// A refusal is told again too, and nothing of it was done.
	path := "/products/" + first.Body["id"].(string)
	for _, replayed := range []string{"", "true"} {
		out := c.refused(404, "not_found", "PATCH", "/products/"+strings.Repeat("0", 32), `{"name":"New"}`, "Idempotency-Key", "key of nothing")
		if got := out.Header.Get("Idempotent-Replayed"); got != replayed {
			t.Errorf("Idempotent-Replayed %q, want %q", got, replayed)
		}
	}
	// One for its tag is not kept: with the right tag the request is done.
	c.refused(412, "precondition_failed", "PATCH", path, `{"name":"New"}`, "If-Match", `"0-0"`, "Idempotency-Key", "key two")
	done := c.must(200, "PATCH", path, `{"name":"New"}`, "If-Match", first.Header.Get("ETag"), "Idempotency-Key", "key two")
	if done.Body["name"] != "New" || done.Header.Get("Idempotent-Replayed") != "" {
		t.Errorf("%s %v", done.Text, done.Header)
	}
	for range 2 {
		c.must(200, "PATCH", path+"/stock", `{"delta":-1}`, "Idempotency-Key", "key three")
	}
	if got := c.must(200, "GET", path+"/stock", nil).Body["stock"]; got != 4.0 {
		t.Errorf("stock %v: a delta was taken twice", got)
	}
	c.refused(400, "invalid_idempotency_key", "PATCH", path, `{"name":"New"}`, "Idempotency-Key", strings.Repeat("x", 256))
}
