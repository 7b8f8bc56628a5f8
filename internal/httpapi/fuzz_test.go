package httpapi_test

import (
	"net/url"
	"strings"
	"testing"

	"github.com/appdock/appdock/internal/entity"
)

// whole fails if a group or condition misses what every reader of it counts on.
func whole(t *testing.T, filters []entity.Filter) {
	t.Helper()
	for _, f := range filters {
		switch {
		case f.Pointer == "":
			t.Errorf("filter %v has no pointer", f)
		case f.Kind.Group():
			whole(t, f.Queries)
		case f.Field == "":
			t.Errorf("filter %v has no field", f)
		case f.Kind == entity.Range && f.Bounds == entity.Bounds{}:
			t.Errorf("filter %v has no bounds", f)
		case f.Kind != entity.Range && f.Kind != entity.EqualsAny && len(f.Values) != 1:
			t.Errorf("filter %v has not one value", f)
		}
	}
}

// judge fails unless s is either answered, with criteria that are whole, or refused in
// the envelope.
func judge(t *testing.T, f *fake, s send) {
	t.Helper()
	api, _ := newAPI(f)
	w := s.to(api)
	if w.Code >= 500 || w.Code >= 300 && w.Code < 400 {
		t.Fatalf("got %d %s", w.Code, w.Body)
	}
	if w.Code >= 400 {
		faults(t, w.Body.Bytes())
	}
	for _, c := range f.asked {
		whole(t, c.Filters)
		if c.Limit < 0 || c.Offset < 0 || c.Limit > 500 || c.IDs == nil && c.Limit == 0 {
			t.Errorf("got limit %d, offset %d", c.Limit, c.Offset)
		}
	}
}

func FuzzCriteria(f *testing.F) {
	for _, seed := range []string{
		``, `[]`, `{}`, `null`, `{"limit":1,"page":2}`, `{"ids":["018c0000000070008000000000000001"]}`,
		`{"filter":[{"type":"multi","operator":"or","queries":[{"type":"range","field":"a","parameters":{"gt":1}}]}],"sort":"-name"}`,
		`{"filter":{"a":1},"associations":{"manufacturer":{"filter":[{"type":"equalsAny","field":"a","value":"x|y"}]}}}`,
		`{"includes":{"product":["id"]},"excludes":{"product":["name"]}}`, `{"filter":[{"type":"equalsAll","field":"a","value":[1,null]}]}`,
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, body string) {
		judge(t, newFake(t), send{method: "POST", path: "/api/search/product", body: body})
	})
}

func FuzzQuery(f *testing.F) {
	for _, seed := range []string{
		``, `a`, `a=b`, `a[]=1&a[]=2`, `a[b][c]=1&a[b]=2`, `a[5]=1&a[]=2`, `[`, `a[`, `a]`, `a[]]=`, `%zz[%zz]=%zz`,
		`filter[0][type]=equals&filter[0][field]=id&filter[0][value]=x`, `associations[manufacturer][]`, `sort=-name,stock`,
		`ids=018c0000000070008000000000000001|x`, `filter[name]=x&limit=5&page=2`, `filter=1&filter[0]=2`,
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, query string) {
		if _, err := url.Parse("/?" + query); err != nil {
			t.Skip("no client could send it")
		}
		judge(t, newFake(t), send{method: "POST", path: "/api/search/product", body: query, headers: []string{"Content-Type: application/x-www-form-urlencoded"}})
	})
}

func FuzzJSONAPI(f *testing.F) {
	for _, seed := range []string{
		`{}`, `{"data":{}}`, `{"data":[{}]}`, `{"data":{"attributes":{"name":"x"}}}`,
		`{"data":{"type":"product","id":"a","relationships":{"tax":{"data":{"type":"tax","id":"t"}}}},"included":[{"type":"tax","id":"t","relationships":{"p":{"data":{"type":"product","id":"a"}}}}]}`,
		`{"data":{"relationships":{"a":{"data":null},"b":{"data":[]},"c":{}}}}`,
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, body string) {
		shop := newFake(t)
		judge(t, shop, send{method: "POST", path: "/api/product", body: body, headers: []string{"Content-Type: application/vnd.api+json"}})
		for _, op := range shop.written {
			if op.Payload["id"] == nil || op.Pointer != "/0" {
				t.Errorf("got operation %+v, want an id and a pointer", op)
			}
		}
	})
}

func FuzzSync(f *testing.F) {
	for _, seed := range []string{
		`[]`, `{}`, `[{}]`, `{"a":{"entity":"product","action":"upsert","payload":[{"id":"018c0000000070008000000000000001"}]}}`,
		`[{"entity":"product","action":"delete","payload":[{"id":"018c0000000070008000000000000001"}]}]`, `{"a":{},"a":[]}`,
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, body string) {
		shop := newFake(t)
		judge(t, shop, send{method: "POST", path: "/api/_action/sync", body: body})
		for _, op := range shop.written {
			if op.Entity == "" || op.Payload == nil || !strings.HasPrefix(op.Pointer, "/") {
				t.Errorf("got operation %+v, want entity, payload and pointer", op)
			}
		}
	})
}
