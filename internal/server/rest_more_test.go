package server_test

import (
	"bytes"
	"encoding/json"
	"mime/multipart"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"testing"
)

func TestRESTBatches(t *testing.T) {
	t.Parallel()
	c := restShop(t, "products:read", "products:write")
	product := func(sku string) map[string]any {
		return map[string]any{"sku": sku, "name": sku, "stock": 5, "price": map[string]any{"amount": "1"}, "tax": map[string]any{"rate": 19}}
	}
	results := func(out reply) (list []map[string]any) {
		var raw []any
		if err := json.Unmarshal(out.Text, &raw); err != nil {
			t.Fatal(err)
		}
		for _, x := range raw {
			list = append(list, x.(map[string]any))
		}
		return list
	}
	out := results(c.must(200, "POST", "/batch", []any{
		map[string]any{"id": "a", "method": "POST", "path": "/products", "body": product("B-1"), "headers": map[string]any{"Idempotency-Key": "batch-a"}},
		map[string]any{"id": "b", "method": "POST", "path": "/rest/v1/products", "body": product("B-1")},
		map[string]any{"id": "c", "method": "GET", "path": "/products?sku=B-1&fields=sku"},
		map[string]any{"id": "d", "method": "GET", "path": "/orders"},
		map[string]any{"id": "e", "method": "GET", "path": "/nowhere"},
	}))
	for i, want := range []float64{201, 409, 200, 403, 404} {
		if out[i]["status"] != want {
			t.Errorf("%v: got %v, want %v", out[i]["id"], out[i], want)
		}
	}
	if shown(out[2]["body"].(map[string]any), "data") != `[[{"sku":"B-1"}]]` || out[0]["headers"].(map[string]any)["Location"] == nil {
		t.Errorf("%v", out)
	}
	// All or nothing: what was written before the refusal is gone.
	refused := c.refused(409, "duplicate", "POST", "/batch?atomic=true", []any{
		map[string]any{"id": "a", "method": "POST", "path": "/products", "body": product("B-2")},
		map[string]any{"id": "b", "method": "POST", "path": "/products", "body": product("B-1")},
	})
	if refused.Body["reason"] == nil {
		t.Errorf("%s", refused.Text)
	}
	done := results(c.must(200, "POST", "/batch?atomic=true", []any{
		map[string]any{"id": "a", "method": "POST", "path": "/products", "body": product("B-2")},
		map[string]any{"id": "b", "method": "GET", "path": "/products?sku=B-2&fields=sku"}, // sees what the batch did
	}))
	if shown(done[1]["body"].(map[string]any), "data") != `[[{"sku":"B-2"}]]` {
		t.Errorf("%v", done)
	}
	many := make([]any, 26)
	for i := range many {
		many[i] = map[string]any{"id": strconv.Itoa(i), "method": "GET", "path": "/me"}
	}
	c.refused(422, "validation_failed", "POST", "/batch?atomic=true", many)
	c.refused(422, "validation_failed", "POST", "/batch", []any{map[string]any{"id": "a", "method": "POST", "path": "/batch"}})
}

func TestRESTPagesEachOrderBothWays(t *testing.T) {
	t.Parallel()
	c := restShop(t, "products:read", "orders:read", "customers:read")
	for path, sorts := range map[string][]string{
		"/products":  {"created_at", "-updated_at", "id", "name", "-name", "sku", "price", "-price", "-stock"},
		"/orders":    {"-created_at", "updated_at", "number", "-total"},
		"/customers": {"last_name", "-number", "-updated_at"},
	} {
		for _, sort := range sorts {
			var all []string
			var last string
			cursor := ""
			total := 0.0
			for range 30 {
				ask := path + "?limit=7&count=exact&fields=id&sort=" + sort + cursor
				page := c.must(200, "GET", ask, nil)
				total, _ = page.Body["total"].(float64)
				for _, x := range page.Body["data"].([]any) {
					all = append(all, x.(map[string]any)["id"].(string))
				}
				at := page.Body["page"].(map[string]any)
				last, _ = at["prev"].(string)
				next, more := at["next"].(string)
				if !more || len(all) >= 40 {
					break
				}
				cursor = "&cursor=" + next
			}
			seen := map[string]bool{}
			for _, id := range all {
				if seen[id] {
					t.Errorf("%s by %s: %s is there twice", path, sort, id)
				}
				seen[id] = true
			}
			if len(all) < 40 && float64(len(all)) != total || len(all) < 4 {
				t.Errorf("%s by %s: %d of %v", path, sort, len(all), total)
			}
			if last == "" {
				continue // all on one page
			}
			back := c.must(200, "GET", path+"?limit=7&fields=id&sort="+sort+"&cursor="+last, nil).Body["data"].([]any)
			onLast := len(all) % 7
			if onLast == 0 {
				onLast = 7
			}
			for i, x := range back {
				if want := all[len(all)-onLast-len(back)+i]; x.(map[string]any)["id"] != want {
					t.Errorf("%s by %s, back: got %v at %d, want %s", path, sort, x, i, want)
				}
			}
			if len(back) != 7 {
				t.Errorf("%s by %s: %d on the page before", path, sort, len(back))
			}
		}
	}
}

func TestRESTFilters(t *testing.T) {
	t.Parallel()
	c := restShop(t, "products:read", "orders:read")
	count := func(path string) float64 {
		t.Helper()
		total, _ := c.must(200, "GET", path+"&count=exact&limit=1&fields=id", nil).Body["total"].(float64)
		return total
	}
	one := c.must(200, "GET", "/products?limit=1&sort=sku", nil).Body["data"].([]any)[0].(map[string]any)
	id, sku, name := one["id"].(string), one["sku"].(string), one["name"].(string)
	all := count("/products?stock[gte]=-1000")
	for path, want := range map[string]float64{
		"/products?sku=" + sku:                           1,
		"/products?sku=" + sku + ",nothing":              1,
		"/products?sku[ne]=" + sku:                       all - 1,
		"/products?sku[ne]=" + sku + ",nothing":          all - 1,
		"/products?ean[ne]=nothing,neither":              all, // those without an ean too
		"/products?tag[ne]=nothing,neither":              all,
		"/products?ids=" + id:                            1,
		"/products?ean[null]=true":                       all - count("/products?ean[null]=false"),
		"/products?price[gt]=1000000":                    0,
		"/products?sku=" + sku + "&stock[lt]=-1000":      0,
		"/products?updated_at[gte]=2100-01-01":           0,
		"/products?created_at[lte]=2100-01-01T00:00:00Z": all,
		"/products?active=false":                         all - count("/products?active=true"),
		"/orders?state=nonsense":                         0,
		"/orders?currency=EUR":                           count("/orders?total[gte]=0"),
	} {
		if got := count(path); got != want {
			t.Errorf("%s: got %v, want %v of %v", path, got, want, all)
		}
	}
	if found := c.must(200, "GET", "/products?limit=3&q="+url.QueryEscape(name), nil).Body["data"].([]any); len(found) == 0 || found[0].(map[string]any)["name"] != name {
		t.Errorf("search for %q: %v", name, found)
	}
	for path, code := range map[string]string{
		"/products?stock=many":            "invalid_filter",
		"/products?stock[contains]=1":     "unknown_parameter",
		"/products?sku[near]=1":           "unknown_parameter",
		"/products?sku=A&sku=B":           "invalid_filter",
		"/products?ids=1":                 "invalid_filter",
		"/products?category_id=x":         "invalid_filter",
		"/products?active=perhaps":        "invalid_filter",
		"/products?updated_at[gte]=today": "invalid_filter",
		"/products?fields=colour":         "invalid_filter",
		"/products?count=all":             "invalid_filter",
		"/products?q=shirt&sort=sku":      "invalid_filter",
		"/products?locale=xx-XX":          "invalid_filter",
		"/products?ean[null]=maybe":       "invalid_filter",
	} {
		c.refused(400, code, "GET", path, nil)
	}
	// Who ordered cannot be found out by asking whether.
	if out := c.refused(403, "insufficient_scope", "GET", "/orders?email=ada@example.com", nil); out.Body["required_scope"] != "customers:read" {
		t.Errorf("%s", out.Text)
	}
}

func TestRESTTakesFiles(t *testing.T) {
	t.Parallel()
	c := restShop(t, "media:read", "media:write", "media:delete", "products:read", "products:write", "products:delete")
	form := func(name, content string) (body, contentType string) {
		var form bytes.Buffer
		w := multipart.NewWriter(&form)
		part, err := w.CreateFormFile("file", name)
		if err != nil {
			t.Fatal(err)
		}
		_, _ = part.Write([]byte(content))
		_ = w.WriteField("alt", "A shirt")
		_ = w.Close()
		return form.String(), w.FormDataContentType()
	}
	body, contentType := form("shirt.txt", "a shirt")
	made := c.must(201, "POST", "/media", body, "Content-Type", contentType)
	if got := shown(made.Body, "name", "size", "alt", "mime_type"); got != `["shirt.txt",7,"A shirt","text/plain"]` || made.Body["url"] == nil {
		t.Errorf("%s", made.Text)
	}
	id := made.Body["id"].(string)
	c.refused(409, "duplicate", "POST", "/media", body, "Content-Type", contentType)
	body, contentType = form("nothing.txt", "")
	if out := c.refused(422, "validation_failed", "POST", "/media", body, "Content-Type", contentType); out.pointers() != "/file empty" {
		t.Errorf("%s", out.Text)
	}
	if out := c.refused(422, "validation_failed", "POST", "/media", `{"url":"http://169.254.169.254/secret.txt"}`); out.pointers() != "/url not_reachable" {
		t.Errorf("%s", out.Text)
	}
	product := c.must(201, "POST", "/products", `{"sku":"M","name":"M","stock":1,"price":{"amount":"1"},"tax":{"rate":19}}`).Body["id"].(string)
	link := c.must(201, "POST", "/products/"+product+"/media", map[string]any{"media_id": id}).Body
	if link["cover"] != true || link["alt"] != "A shirt" {
		t.Errorf("%v", link)
	}
	c.must(204, "DELETE", "/products/"+product+"/media/"+id, nil)
	c.must(204, "DELETE", "/media/"+id, nil)
	c.refused(404, "not_found", "GET", "/media/"+id, nil)

	c.refused(400, "invalid_filter", "GET", "/metafield-definitions", nil)
	c.refused(403, "insufficient_scope", "GET", "/metafield-definitions?resource=orders", nil)
	field := c.must(201, "POST", "/metafield-definitions?resource=products", `{"key":"washable","type":"boolean","label":"Washable"}`).Body
	if got := shown(field, "resource", "key", "type", "label", "active"); got != `["products","washable","boolean","Washable",true]` {
		t.Errorf("%s", got)
	}
	c.refused(409, "duplicate", "POST", "/metafield-definitions?resource=products", `{"key":"washable","type":"boolean"}`)
	c.must(201, "POST", "/metafield-definitions?resource=products", `{"key":"care","type":"text"}`)
	if list := c.must(200, "GET", "/metafield-definitions?resource=products", nil).Body["data"].([]any); len(list) < 2 {
		t.Errorf("%v", list)
	}
	c.must(200, "PATCH", "/products/"+product, `{"metafields":{"washable":true}}`)
	if list := c.must(200, "GET", "/products?metafields.washable=true&fields=sku", nil); shown(list.Body, "data") != `[[{"sku":"M"}]]` {
		t.Errorf("%s", list.Text)
	}
	c.must(201, "POST", "/metafield-definitions?resource=products", `{"key":"serial","type":"integer"}`)
	kept := c.must(200, "PATCH", "/products/"+product, `{"metafields":{"serial":9007199254740993}}`)
	if got := string(kept.Text); !strings.Contains(got, `"serial":9007199254740993`) {
		t.Errorf("a whole number is kept as %s", got)
	}
	wrong := c.refused(422, "validation_failed", "PATCH", "/products/"+product, `{"metafields":{"serial":"5","washable":1}}`)
	for _, place := range []string{"/metafields/serial", "/metafields/washable"} {
		if !strings.Contains(string(wrong.Text), place) {
			t.Errorf("%s is not named: %s", place, wrong.Text)
		}
	}
	c.must(200, "PATCH", "/metafield-definitions/"+field["id"].(string), `{"label":"May be washed"}`)
	c.must(204, "DELETE", "/metafield-definitions/"+field["id"].(string), nil)
}

func TestRESTExpands(t *testing.T) {
	t.Parallel()
	c := restShop(t, "orders:read", "customers:read", "products:read")
	list := c.must(200, "GET", "/orders?limit=1&expand=lines,customer", nil).Body
	order := follow(list, "data.0").(map[string]any)
	if follow(order, "expanded.customer.email") != follow(order, "customer.email") || follow(order, "expanded.customer.email") == nil {
		t.Errorf("%v", order["expanded"])
	}
	one := c.must(200, "GET", "/orders/"+order["id"].(string)+"?expand=customer", nil)
	if follow(any(one.Body), "expanded.customer.id") == nil {
		t.Errorf("%s", one.Text)
	}
	plain := c.must(200, "GET", "/orders/"+order["id"].(string), nil)
	if plain.Body["expanded"] != nil || plain.Header.Get("ETag") == one.Header.Get("ETag") {
		t.Errorf("both are %s", plain.Header.Get("ETag"))
	}
	if _, err := http.ParseTime(plain.Header.Get("Last-Modified")); err != nil {
		t.Error(err)
	}
	c.refused(403, "insufficient_scope", "GET", "/products?expand=categories", nil)
	c.refused(400, "invalid_filter", "GET", "/orders?expand=everything", nil)
	c.refused(400, "unknown_parameter", "GET", "/categories?expand=x", nil)
}
