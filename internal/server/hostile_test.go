package server_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// repeated gives n of something, joined as the items of a JSON list are.
func repeated(n int, item func(i int) string) string {
	all := make([]string, n)
	for i := range all {
		all[i] = item(i)
	}
	return strings.Join(all, ",")
}

// nestedIn puts a text into n others.
func nestedIn(n int, before, inner, after string) string {
	return strings.Repeat(before, n) + inner + strings.Repeat(after, n)
}

// TestHostileCriteria asks for more than is answered: of each bound something that goes beyond
// it is refused at once and names its place, and what stays just within is answered.
func TestHostileCriteria(t *testing.T) {
	t.Parallel()
	c := filled(t)
	is := func(i int) string { return fmt.Sprintf(`{"type":"equals","field":"name","value":"x%d"}`, i) }
	filter := func(n int, item func(int) string) string { return `{"filter":[` + repeated(n, item) + `]}` }
	groups := func(n int) string {
		return `{"filter":[` + nestedIn(n, `{"type":"not","queries":[`, is(0), `]}`) + `]}`
	}
	values := func(n int) string {
		return `{"filter":[{"type":"equalsAny","field":"name","value":[` + repeated(n, func(i int) string { return fmt.Sprintf(`"x%d"`, i) }) + `]}]}`
	}
	deep := func(n int) string { return nestedIn(n, `{"associations":{"children":`, `{}`, `}}`) }
	path := func(n int) string { return strings.Repeat("parent.", n-1) + "stock" }
	aggregations := func(n int) string {
		return `{"limit":1,"aggregations":[` + repeated(n, func(i int) string { return fmt.Sprintf(`{"name":"a%d","type":"sum","field":"stock"}`, i) }) + `]}`
	}
	buckets := func(n int) string {
		inner := `{"name":"last","type":"count","field":"id"}`
		for i := range n {
			inner = fmt.Sprintf(`{"name":"a%d","type":"terms","field":"stock","aggregation":%s}`, i, inner)
		}
		return `{"limit":1,"aggregations":[` + inner + `]}`
	}
	ranges := func(n int) string {
		return `{"limit":1,"aggregations":[{"name":"a","type":"range","field":"stock","ranges":[` + repeated(n, func(i int) string { return fmt.Sprintf(`{"from":%d}`, i) }) + `]}]}`
	}
	queries := func(n int) string {
		return `{"query":[` + repeated(n, func(i int) string { return `{"score":1,"query":` + is(i) + `}` }) + `]}`
	}
	sorts := func(n int) string {
		return `{"sort":[` + repeated(n, func(i int) string { return fmt.Sprintf(`{"field":"customFields.f%d"}`, i) }) + `]}`
	}
	grouping := func(n int) string {
		return `{"grouping":[` + repeated(n, func(i int) string { return fmt.Sprintf(`"customFields.f%d"`, i) }) + `]}`
	}
	text := func(kind string, n int) string {
		return `{"filter":[{"type":"` + kind + `","field":"description","value":"` + strings.Repeat("%_", n/2) + `"}]}`
	}
	term := func(n int) string { return `{"term":"` + strings.Repeat("a ", n/2-1) + `aa"}` }
	tests := map[string]struct {
		within, beyond string
		code, pointer  string
	}{
		"conditions":           {filter(500, is), filter(501, is), "FRAMEWORK__INVALID_FILTER_QUERY", "/filter/500"},
		"groups in groups":     {groups(62), groups(64), "FRAMEWORK__INVALID_FILTER_QUERY", "/filter/0/queries"},
		"values":               {values(10_000), values(10_001), "FRAMEWORK__INVALID_FILTER_QUERY", "/filter/0/value"},
		"associations in turn": {deep(12), deep(13), "FRAMEWORK__ASSOCIATION_NOT_FOUND", "/associations/children"},
		"names in a path":      {`{"sort":"` + path(12) + `"}`, `{"sort":"` + path(13) + `"}`, "FRAMEWORK__INVALID_SORT_QUERY", "/sort/0"},
		"sorts":                {sorts(10), sorts(11), "FRAMEWORK__INVALID_SORT_QUERY", "/sort/10"},
		"grouping":             {grouping(10), grouping(11), "FRAMEWORK__INVALID_FILTER_QUERY", "/grouping/10"},
		"aggregations":         {aggregations(50), aggregations(51), "FRAMEWORK__INVALID_AGGREGATION_QUERY", "/aggregations/50"},
		"buckets in buckets":   {buckets(3), buckets(60), "FRAMEWORK__INVALID_AGGREGATION_QUERY", "/aggregations/0"},
		"ranges":               {ranges(100), ranges(100_000), "FRAMEWORK__INVALID_AGGREGATION_QUERY", "/aggregations/0"},
		"queries":              {queries(100), queries(101), "FRAMEWORK__INVALID_FILTER_QUERY", "/query/100"},
		"a text to look for":   {text("contains", 1_000), text("contains", 1_002), "FRAMEWORK__INVALID_FILTER_QUERY", "/filter/0/value"},
		"words of a term":      {term(500), term(20_000), "FRAMEWORK__INVALID_FILTER_QUERY", "/term"},
		"a page":               {`{"limit":1,"page":2147483647}`, `{"limit":1,"page":99999999999999999999}`, "FRAMEWORK__INVALID_PAGE_QUERY", "/page"},
		"records of a page":    {`{"limit":500}`, `{"limit":501}`, "FRAMEWORK__QUERY_LIMIT_EXCEEDED", "/limit"},
		"braces":               {`{}`, nestedIn(20_000, `{"filter":[`, ``, `]}`), "0", ""},
	}
	for name, test := range tests {
		begun := time.Now()
		if status, answer := c.do("POST", "/api/search/product", test.within); status != http.StatusOK {
			t.Errorf("%s, within: %d %.300s", name, status, answer)
		}
		status, answer := c.do("POST", "/api/search/product", test.beyond)
		var told struct {
			Errors []struct {
				Code   string
				Source struct{ Pointer string }
			}
		}
		if err := json.Unmarshal(answer, &told); err != nil || status != http.StatusBadRequest || len(told.Errors) == 0 {
			t.Errorf("%s, beyond: %d %.300s", name, status, answer)
			continue
		}
		if e := told.Errors[0]; e.Code != test.code || !strings.HasPrefix(e.Source.Pointer, test.pointer) || len(told.Errors) > 1 {
			t.Errorf("%s, beyond: %d errors, the first %+v", name, len(told.Errors), e)
		}
		if took := time.Since(begun); took > soon {
			t.Errorf("%s took %s", name, took)
		}
	}
}

// wicked are names that would be SQL, JSON or paths if somebody let them.
func wicked() []string {
	return []string{
		`"`, `'`, "`", `\`, `%`, `?`, `:1`, `$1`, "\x00", "\u202e", "𝕏", `$."x"`,
		`x"; DROP TABLE product; --`, `x' OR '1'='1`, `x') UNION SELECT secret FROM shops --`, `name" AS x, (SELECT 1) AS "y`, `stock) OR (1=1`,
		`x"."y`, `a->>'b'`, `id"||(SELECT hex(randomblob(9)))||"`, strings.Repeat("x", 5_000), `rowid`, `row_version`, `shop`, `__proto__`,
	}
}

// TestNamesThatReachSQL writes wicked names wherever a name or value is sent that a statement
// is made of. The host answers, or says what is wrong, and never fails; whatever is asked,
// nothing is written, and what is written under such a name is read back under it.
func TestNamesThatReachSQL(t *testing.T) {
	t.Parallel()
	c := filled(t)
	host := c.host
	before := host.Records(t, c.shop)
	quoted := func(s string) string {
		text, err := json.Marshal(s)
		if err != nil {
			t.Fatal(err)
		}
		return string(text)
	}
	inside := func(format string) func(string) string {
		return func(name string) string { return strings.ReplaceAll(format, "NAME", strings.Trim(quoted(name), `"`)) }
	}
	bodies := map[string]func(string) string{}
	for place, format := range map[string]string{
		"a field":                     `{"filter":[{"type":"equals","field":"NAME","value":1}]}`,
		"a field of another":          `{"filter":[{"type":"contains","field":"tax.NAME","value":"x"}]}`,
		"a step of a path":            `{"filter":[{"type":"equals","field":"NAME.name","value":"x"}]}`,
		"a map of filters":            `{"filter":{"NAME":"x"}}`,
		"a value":                     `{"filter":[{"type":"equals","field":"name","value":"NAME"}]}`,
		"values":                      `{"filter":[{"type":"equalsAny","field":"name","value":["NAME","y"]}]}`,
		"a part of a text":            `{"filter":[{"type":"contains","field":"name","value":"NAME"},{"type":"prefix","field":"ean","value":"NAME"},{"type":"suffix","field":"description","value":"NAME"}]}`,
		"a bound":                     `{"filter":[{"type":"range","field":"name","parameters":{"gt":"NAME"}}]}`,
		"the name of a bound":         `{"filter":[{"type":"range","field":"stock","parameters":{"NAME":1}}]}`,
		"the type of a filter":        `{"filter":[{"type":"NAME","field":"name","value":"x"}]}`,
		"an operator":                 `{"filter":[{"type":"multi","operator":"NAME","queries":[]}]}`,
		"an item of a list":           `{"filter":[{"type":"equals","field":"states","value":"NAME"}]}`,
		"a custom field":              `{"filter":[{"type":"equals","field":"customFields.NAME","value":"x"}],"sort":[{"field":"customFields.NAME","naturalSorting":true}]}`,
		"below a custom field":        `{"filter":[{"type":"equals","field":"customFields.a.NAME","value":1}]}`,
		"a custom field, ranged":      `{"filter":[{"type":"range","field":"customFields.NAME","parameters":{"lt":5}}]}`,
		"a custom field, summed":      `{"aggregations":[{"name":"a","type":"terms","field":"customFields.NAME"}]}`,
		"a custom field, grouped":     `{"grouping":["customFields.NAME"]}`,
		"a price":                     `{"sort":[{"field":"price.NAME.gross"}]}`,
		"a sorting":                   `{"sort":[{"field":"NAME"}]}`,
		"a sorting in short":          `{"sort":"-NAME"}`,
		"a direction":                 `{"sort":[{"field":"name","order":"NAME"}]}`,
		"a grouping":                  `{"grouping":["NAME"]}`,
		"an association":              `{"associations":{"NAME":{}}}`,
		"an aggregation":              `{"aggregations":[{"name":"NAME","type":"terms","field":"stock","aggregation":{"name":"NAMEb","type":"sum","field":"stock"}}]}`,
		"the field of one":            `{"aggregations":[{"name":"a","type":"sum","field":"NAME"}]}`,
		"the entity of one":           `{"aggregations":[{"name":"a","type":"entity","field":"taxId","definition":"NAME"}]}`,
		"an interval":                 `{"aggregations":[{"name":"a","type":"histogram","field":"createdAt","interval":"NAME"}]}`,
		"a zone":                      `{"aggregations":[{"name":"a","type":"histogram","field":"createdAt","interval":"day","timeZone":"NAME"}]}`,
		"a format":                    `{"aggregations":[{"name":"a","type":"histogram","field":"createdAt","interval":"day","format":"NAME"}]}`,
		"the key of a range":          `{"aggregations":[{"name":"a","type":"range","field":"stock","ranges":[{"from":1,"key":"NAME"}]}]}`,
		"the sorting of one":          `{"aggregations":[{"name":"a","type":"terms","field":"stock","sort":{"field":"NAME"}}]}`,
		"a term":                      `{"term":"NAME"}`,
		"a score":                     `{"query":[{"score":1,"scoreField":"NAME","query":{"type":"equals","field":"name","value":"x"}}]}`,
		"a number that is a text":     `{"limit":"NAME"}`,
		"an id":                       `{"ids":["NAME"]}`,
		"a key that is compared":      `{"filter":[{"type":"equals","field":"taxId","value":"NAME"}]}`,
		"a moment that is compared":   `{"filter":[{"type":"range","field":"createdAt","parameters":{"gt":"NAME"}}]}`,
		"a duration":                  `{"filter":[{"type":"since","field":"createdAt","value":"NAME","parameters":{"operator":"gt"}}]}`,
		"a field that is wanted":      `{"fields":["NAME","tax.NAME"]}`,
		"what is included":            `{"includes":{"NAME":["NAME"]},"excludes":{"product":["NAME"]}}`,
		"a title":                     `{"title":"NAME"}`,
		"a criterion that is unknown": `{"NAME":1}`,
	} {
		bodies[place] = inside(format)
	}
	refusedOrAnswered := func(place, name string, status int, answer []byte) {
		t.Helper()
		if status >= http.StatusInternalServerError || status < http.StatusOK || !json.Valid(answer) {
			t.Errorf("%s of %.60q: %d %.300s", place, name, status, answer)
		}
	}
	for place, body := range bodies {
		for _, name := range wicked() {
			status, answer := c.do("POST", "/api/search/product", body(name))
			refusedOrAnswered(place, name, status, answer)
			if place == "a value" && status == http.StatusOK && !strings.Contains(string(answer), `"total":0`) {
				t.Errorf("%.60q is found: %.200s", name, answer)
			}
		}
	}
	for _, name := range wicked() {
		segment := url.PathEscape(name)
		for _, path := range []string{
			"/api/" + segment, "/api/search/" + segment, "/api/product/" + segment, "/api/product?filter[" + url.QueryEscape(name) + "]=x&sort=" + url.QueryEscape(name) + "&associations[" + url.QueryEscape(name) + "][]",
			"/api/product?ids=" + url.QueryEscape(name), "/api/_action/number-range/reserve/" + segment + "?preview=1", "/api/_action/system-config?domain=" + url.QueryEscape(name),
			"/api/_action/state-machine/" + segment + "/" + nowhere + "/state", "/api/_action/media/provide-name?fileName=" + url.QueryEscape(name) + "&extension=png", "/api/_info/openapi3.json?type=" + url.QueryEscape(name),
		} {
			status, answer := c.do("GET", path, "")
			if status == http.StatusMethodNotAllowed || status == http.StatusMovedPermanently || status == http.StatusTemporaryRedirect {
				continue // of a path that another route has
			}
			refusedOrAnswered(path[:min(len(path), 60)], name, status, answer)
		}
		if strings.ContainsAny(name, "\x00") {
			continue // no client can send it in a header
		}
		for _, header := range []string{"sw-language-id", "sw-version-id", "sw-currency-id", "sw-inheritance", "sw-app-user-id", "sw-app-integration-id", "indexing-behavior", "indexing-skip", "sw-expect-packages"} {
			status, answer := c.do("POST", "/api/search/product", `{"filter":{"name":"x"},"sort":"price"}`, header+": "+name)
			if status == http.StatusRequestHeaderFieldsTooLarge {
				continue
			}
			refusedOrAnswered(header, name, status, answer)
		}
	}
	if diff := cmp.Diff(before, host.Records(t, c.shop)); diff != "" {
		t.Fatalf("reading wrote (-before +after):\n%s", diff)
	}
	for i, name := range wicked() {
		id := fmt.Sprintf("018c00000000700080000000000e%04x", i)
		body := `{"id":"` + id + `","name":` + quoted("t"+name) + `}`
		if status, answer := c.do("POST", "/api/tag", body); status == http.StatusNoContent {
			if got := c.found("tag", `{"ids":["`+id+`"]}`)["name"]; got != "t"+strings.TrimSpace(strings.ReplaceAll(name, "\x00", "")) && !strings.ContainsAny(name, "<\x00") {
				t.Errorf("written as %.60q, read as %.60q", "t"+name, got)
			}
		} else if status >= http.StatusInternalServerError {
			t.Errorf("a tag %.60q: %d %.200s", name, status, answer)
		}
		status, answer := c.do("POST", "/api/tax", `{"id":"`+id+`","name":"x","taxRate":1,"customFields":{`+quoted(name)+`:`+quoted(name)+`}}`)
		if status >= http.StatusInternalServerError {
			t.Errorf("a custom field %.60q: %d %.200s", name, status, answer)
		}
	}
}
