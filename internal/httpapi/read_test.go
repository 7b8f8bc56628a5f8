package httpapi_test

import (
	"bytes"
	"encoding/json"
	"flag"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/appdock/appdock/internal/entity"
)

var rewrite = flag.Bool("update", false, "rewrite the golden files")

// golden compares an answer with testdata: its status, the headers that count, its body,
// indented, and what else the test wants to keep.
func golden(t *testing.T, name string, w *httptest.ResponseRecorder, also ...any) {
	t.Helper()
	var got bytes.Buffer
	got.WriteString(w.Result().Status + "\n")
	for _, h := range []string{"Content-Type", "Location", "Allow", "Cache-Control", "Sw-Language-Id", "Sw-Version-Id"} {
		if v := w.Header().Get(h); v != "" {
			got.WriteString(h + ": " + v + "\n")
		}
	}
	if w.Body.Len() > 0 {
		got.WriteByte('\n')
		if err := json.Indent(&got, w.Body.Bytes(), "", "  "); err != nil {
			t.Fatalf("the body is no JSON: %v\n%s", err, w.Body)
		}
		got.WriteByte('\n')
	}
	for _, v := range also {
		text, err := json.MarshalIndent(v, "", "  ")
		if err != nil {
			t.Fatal(err)
		}
		got.WriteString("\n" + string(text) + "\n")
	}
	file := filepath.Join("testdata", strings.ReplaceAll(name, " ", "_")+".golden")
	if *rewrite {
		if err := os.WriteFile(file, got.Bytes(), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got.String()); diff != "" {
		t.Errorf("answer (-want +got):\n%s", diff)
	}
}

// TestReading has the answers as clients see them (admin-api.md 4; checks 1, 2 and 10 of 11).
func TestReading(t *testing.T) {
	t.Parallel()
	tea, jsonAPI := teaID.String(), "Accept: application/vnd.api+json"
	scored := `{"limit":1,"query":[{"score":1,"query":{"type":"equals","field":"name","value":"x"}}]`
	tests := map[string]send{
		"search plain":                   {method: "POST", path: "/api/search/product"},
		"search without accept":          {method: "POST", path: "/api/search/product", headers: []string{"Accept:"}, body: `{"limit":2,"total-count-mode":1}`},
		"search plain with associations": {method: "POST", path: "/api/search/product", body: `{"ids":["` + tea + `"],"associations":{"manufacturer":{},"crossSellings":[]}}`},
		"search jsonapi with associations": {
			method: "POST", path: "/api/search/product?a=b", headers: []string{jsonAPI},
			body: `{"limit":2,"page":1,"total-count-mode":1,"associations":{"manufacturer":{"associations":{"products":{}}}}}`,
		},
		"search plain with includes":   {method: "POST", path: "/api/search/product", body: `{"ids":["` + tea + `"],"includes":{"product":["id","name"]}}`},
		"search plain with excludes":   {method: "POST", path: "/api/search/product", body: `{"ids":["` + tea + `"],"excludes":{"product":["translated","customFields","crossSellings"]}}`},
		"search jsonapi with includes": {method: "POST", path: "/api/search/product", headers: []string{jsonAPI}, body: `{"ids":["` + tea + `"],"includes":{"product":["name","manufacturer"]}}`},
		"search jsonapi scored":        {method: "POST", path: "/api/search/product", headers: []string{jsonAPI}, body: scored + `}`},
		"search jsonapi scored, with includes": {
			method: "POST", path: "/api/search/product", headers: []string{jsonAPI}, body: scored + `,"includes":{"product":["name"]}}`,
		},
		"search jsonapi scored, with excludes": {
			method: "POST", path: "/api/search/product", headers: []string{jsonAPI}, body: scored + `,"excludes":{"product":["extensions","description","translated"]}}`,
		},
		"search jsonapi scored, with extensions": {
			method: "POST", path: "/api/search/product", headers: []string{jsonAPI}, body: scored + `,"includes":{"product":["extensions"]}}`,
		},
		"search plain scored, with includes": {method: "POST", path: "/api/search/product", body: scored + `,"includes":{"product":["name"]}}`},
		"search plain scored, with excludes": {
			method: "POST", path: "/api/search/product", body: scored + `,"excludes":{"product":["extensions","translated"]}}`,
		},
		"search ids keeps the order":          {method: "POST", path: "/api/search-ids/product", headers: []string{"Accept: text/html"}, body: `{"ids":["` + cocoaID.String() + `","` + tea + `"]}`},
		"search finds nothing":                {method: "POST", path: "/api/search/product", body: `{"filter":{"name":"Nobody"}}`},
		"search ids finds nothing":            {method: "POST", path: "/api/search-ids/product", body: `{"filter":{"name":"Nobody"}}`},
		"list by query":                       {method: "GET", path: "/api/product?ids=" + cocoaID.String() + "|" + tea + "&includes[product][]=id"},
		"list jsonapi second page":            {method: "GET", path: "/api/product?page=2&limit=1&x=%22&total-count-mode=next-pages", headers: []string{jsonAPI}},
		"detail plain":                        {method: "GET", path: "/api/product/" + tea + "?associations[manufacturer][]"},
		"detail jsonapi":                      {method: "GET", path: "/api/product/" + tea + "?associations[manufacturer][]", headers: []string{"Accept: */*"}},
		"detail of nothing":                   {method: "GET", path: "/api/product/" + unknownID.String()},
		"detail that a filter excludes":       {method: "GET", path: "/api/product/" + tea + "?filter[name]=Other"},
		"underscores and slashes":             {method: "POST", path: "//api///v3/search/product_manufacturer/"},
		"version":                             {method: "GET", path: "/api/_info/version"},
		"version of old clients":              {method: "GET", path: "/api/v1/_info/version"},
		"config":                              {method: "GET", path: "/api/_info/config"},
		"health check":                        {method: "GET", path: "/api/_info/health-check", headers: []string{"Authorization:"}},
		"detail in a language without texts":  {method: "GET", path: "/api/product/" + tea + "?associations[manufacturer][]", headers: []string{"sw-language-id: " + germanID.String()}},
		"jsonapi in a language without texts": {method: "GET", path: "/api/product?limit=1", headers: []string{jsonAPI, "sw-language-id: " + germanID.String()}},
		"well-known ids in headers": {
			method: "GET", path: "/api/product/" + tea + "?includes[product][]=id",
			headers: []string{"sw-language-id: 2fbb5fe2e29a4d70aa5854ce7ce3e20b", "sw-version-id: 0fa91ce3e96a4bc2be4bd9ce752c3425", "sw-inheritance: 0"},
		},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			api, _ := newAPI(newFake(t))
			golden(t, name, tt.to(api))
		})
	}
}

// TestAcceptDecidesTheFormat is admin-api.md 4.
func TestAcceptDecidesTheFormat(t *testing.T) {
	t.Parallel()
	tests := map[string]struct{ accept, want string }{
		"plain":                             {"application/json", "application/json"},
		"json:api":                          {"application/vnd.api+json", "application/vnd.api+json"},
		"anything":                          {"*/*", "application/vnd.api+json"},
		"nothing said":                      {"", "application/vnd.api+json"},
		"a list without qualities":          {"application/json, text/plain, */*", "application/json"},
		"a list with qualities":             {"application/json;q=0.5, application/vnd.api+json", "application/vnd.api+json"},
		"anything comes behind all names":   {"*/*, application/json;q=0.1", "application/json"},
		"what is refused is not taken":      {"application/json;q=0, */*", "application/vnd.api+json"},
		"with a parameter":                  {"application/json; charset=utf-8", "application/json"},
		"a browser":                         {"text/html,application/xhtml+xml,*/*;q=0.8", "application/vnd.api+json"},
		"nothing that is spoken is a fault": {"text/html", ""},
		"nonsense is a fault":               {"json", ""},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			api, _ := newAPI(newFake(t))
			w := send{method: "GET", path: "/api/product", headers: []string{"Accept:" + tt.accept}}.to(api)
			if tt.want == "" {
				if w.Code != 415 {
					t.Errorf("got %d, want 415", w.Code)
				}
				return
			}
			if got := w.Header().Get("Content-Type"); w.Code != 200 || got != tt.want {
				t.Errorf("got %d %s, want 200 %s", w.Code, got, tt.want)
			}
		})
	}
}

func TestHeadersDecideTheView(t *testing.T) {
	t.Parallel()
	f := newFake(t)
	api, _ := newAPI(f)
	w := send{method: "GET", path: "/api/product", headers: []string{"sw-language-id: " + germanID.String(), "sw-version-id: " + newID.String()}}.to(api)
	if w.Code != 200 {
		t.Fatalf("got %d %s", w.Code, w.Body)
	}
	if diff := cmp.Diff([]entity.View{{Version: newID, Language: germanID}}, f.views); diff != "" {
		t.Errorf("view (-want +got):\n%s", diff)
	}
	for _, name := range []string{"sw-language-id", "sw-version-id"} {
		if w.Header().Get(name) == "" {
			t.Errorf("%s is not echoed", name)
		}
	}
}
