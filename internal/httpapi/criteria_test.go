package httpapi_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/appdock/appdock"
	"github.com/appdock/appdock/internal/entity"
)

// TestCriteria sends criteria in both spellings and looks at what reaches the shop.
func TestCriteria(t *testing.T) {
	t.Parallel()
	equals := func(at, field string, v any) entity.Filter {
		return entity.Filter{Kind: entity.Equals, Field: field, Values: []any{v}, Pointer: at}
	}
	tests := map[string]struct {
		json, query string
		want        entity.Criteria
	}{
		"nothing": {
			json: ``, want: entity.Criteria{Limit: 500},
		},
		"PHP's empty object": {
			json: `[]`, want: entity.Criteria{Limit: 500},
		},
		"unknown keys are ignored, empty ones too": {
			json: `{"title":"x","nonsense":1,"aggregations":[],"term":"","query":[],"post-filter":[],"grouping":[],"fields":null,"associations":[]}`,
			want: entity.Criteria{Limit: 500, Associations: map[string]*entity.Criteria{}},
		},
		"page and limit": {
			json: `{"page":3,"limit":"25","total-count-mode":"exact"}`, query: `page=3&limit=25&total-count-mode=1`,
			want: entity.Criteria{Offset: 50, Limit: 25, Total: entity.CountAll},
		},
		"a page without a limit is the first": {
			json: `{"page":3}`, query: `page=3`, want: entity.Criteria{Limit: 500},
		},
		"next pages": {
			json: `{"total-count-mode":2}`, query: `total-count-mode=next-pages`, want: entity.Criteria{Limit: 500, Total: entity.CountNext},
		},
		"an unknown mode counts the page": {
			json: `{"total-count-mode":7}`, query: `total-count-mode=none`, want: entity.Criteria{Limit: 500},
		},
		"ids take the place of pages": {
			json: `{"ids":["` + teaID.String() + `","` + cocoaID.String() + `","` + teaID.String() + `"],"page":9,"limit":1000,"total-count-mode":1}`,
			want: entity.Criteria{IDs: []appdock.ID{teaID, cocoaID}},
		},
		"ids in one text": {
			json: `{"ids":"` + teaID.String() + `|` + cocoaID.String() + `"}`, query: `ids=` + teaID.String() + `|` + cocoaID.String(),
			want: entity.Criteria{IDs: []appdock.ID{teaID, cocoaID}},
		},
		"sort by list": {
			json:  `{"sort":[{"field":"name","order":"DESC","naturalSorting":true},{"field":"stock"}]}`,
			query: `sort[0][field]=name&sort[0][order]=desc&sort[0][naturalSorting]=1&sort[1][field]=stock`,
			want: entity.Criteria{Limit: 500, Sort: []entity.Sort{
				{Field: "name", Descending: true, Natural: true, Pointer: "/sort/0"}, {Field: "stock", Pointer: "/sort/1"},
			}},
		},
		"sort by count": {
			json: `{"sort":[{"field":"crossSellings.id","type":"count"}]}`, query: `sort[0][field]=crossSellings.id&sort[0][type]=count`,
			want: entity.Criteria{Limit: 500, Sort: []entity.Sort{{Field: "crossSellings.id", Count: true, Pointer: "/sort/0"}}},
		},
		"post-filter": {
			json: `{"post-filter":[{"type":"equals","field":"name","value":"x"}]}`, query: `post-filter[0][type]=equals&post-filter[0][field]=name&post-filter[0][value]=x`,
			want: entity.Criteria{Limit: 500, PostFilters: []entity.Filter{{Kind: entity.Equals, Field: "name", Values: []any{"x"}, Pointer: "/post-filter/0"}}},
		},
		"sort by text": {
			json: `{"sort":"-name,stock"}`, query: `sort=-name,stock`,
			want: entity.Criteria{Limit: 500, Sort: []entity.Sort{{Field: "name", Descending: true, Pointer: "/sort/0"}, {Field: "stock", Pointer: "/sort/1"}}},
		},
		"filter by map": {
			json: `{"filter":{"manufacturer.name":"x","name":null}}`,
			want: entity.Criteria{Limit: 500, Filters: []entity.Filter{
				equals("/filter/manufacturer.name", "manufacturer.name", "x"), equals("/filter/name", "name", nil),
			}},
		},
		"filter by map in a query": {
			query: `filter[manufacturer.name]=a%20b+c`,
			want:  entity.Criteria{Limit: 500, Filters: []entity.Filter{equals("/filter/manufacturer.name", "manufacturer.name", "a b c")}},
		},
		"comparing filters": {
			json: `{"filter":[{"type":"equals","field":"a","value":1.50},{"type":"equals","field":"a","value":false},{"type":"equals","field":"a","value":null},
				{"type":"equalsAny","field":"b","value":"x||y"},{"type":"equalsAny","field":"b","value":[1,"x",null]},{"type":"equalsAny","field":"b","value":7},
				{"type":"equalsAll","field":"c","value":"x|y"},
				{"type":"contains","field":"d","value":"100%"},{"type":"prefix","field":"d","value":5},{"type":"suffix","field":"d","value":"z"},
				{"type":"range","field":"e","parameters":{"gt":1,"lte":"2024-01-01"}},{"type":"range","field":"e","parameters":{"gte":1,"lt":2}}]}`,
			want: entity.Criteria{Limit: 500, Filters: []entity.Filter{
				equals("/filter/0", "a", json.Number("1.50")), equals("/filter/1", "a", false), equals("/filter/2", "a", nil),
				{Kind: entity.EqualsAny, Field: "b", Values: []any{"x", "y"}, Pointer: "/filter/3"},
				{Kind: entity.EqualsAny, Field: "b", Values: []any{json.Number("1"), "x", nil}, Pointer: "/filter/4"},
				{Kind: entity.EqualsAny, Field: "b", Values: []any{json.Number("7")}, Pointer: "/filter/5"},
				{Kind: entity.And, Pointer: "/filter/6", Queries: []entity.Filter{equals("/filter/6", "c", "x"), equals("/filter/6", "c", "y")}},
				{Kind: entity.Contains, Field: "d", Values: []any{"100%"}, Pointer: "/filter/7"},
				{Kind: entity.Prefix, Field: "d", Values: []any{"5"}, Pointer: "/filter/8"},
				{Kind: entity.Suffix, Field: "d", Values: []any{"z"}, Pointer: "/filter/9"},
				{Kind: entity.Range, Field: "e", Bounds: entity.Bounds{GT: json.Number("1"), LTE: "2024-01-01"}, Pointer: "/filter/10"},
				{Kind: entity.Range, Field: "e", Bounds: entity.Bounds{GTE: json.Number("1"), LT: json.Number("2")}, Pointer: "/filter/11"},
			}},
		},
		"a filter in a query": {
			query: `filter[0][type]=equalsAny&filter[0][field]=b&filter[0][value][]=x&filter[0][value][]=y`,
			want: entity.Criteria{Limit: 500, Filters: []entity.Filter{
				{Kind: entity.EqualsAny, Field: "b", Values: []any{"x", "y"}, Pointer: "/filter/0"},
			}},
		},
		"groups": {
			json: `{"filter":[
				{"type":"multi","queries":[{"type":"equals","field":"a","value":"1"}]},{"type":"multi","operator":"OR","queries":[{"type":"equals","field":"a","value":"1"}]},
				{"type":"not","queries":[{"type":"equals","field":"a","value":"1"}]},{"type":"not","operator":"or","queries":[{"type":"equals","field":"a","value":"1"}]},
				{"type":"and","queries":[{"type":"or","queries":[{"type":"equals","field":"a","value":"1"}]}]},
				{"type":"nand","queries":[{"type":"equals","field":"a","value":"1"}]},{"type":"nor","queries":[{"type":"equals","field":"a","value":"1"}]},
				{"type":"or","queries":[]}]}`,
			want: entity.Criteria{Limit: 500, Filters: []entity.Filter{
				{Kind: entity.And, Pointer: "/filter/0", Queries: []entity.Filter{equals("/filter/0/queries/0", "a", "1")}},
				{Kind: entity.Or, Pointer: "/filter/1", Queries: []entity.Filter{equals("/filter/1/queries/0", "a", "1")}},
				{Kind: entity.Nand, Pointer: "/filter/2", Queries: []entity.Filter{equals("/filter/2/queries/0", "a", "1")}},
				{Kind: entity.Nor, Pointer: "/filter/3", Queries: []entity.Filter{equals("/filter/3/queries/0", "a", "1")}},
				{Kind: entity.And, Pointer: "/filter/4", Queries: []entity.Filter{
					{Kind: entity.Or, Pointer: "/filter/4/queries/0", Queries: []entity.Filter{equals("/filter/4/queries/0/queries/0", "a", "1")}},
				}},
				{Kind: entity.Nand, Pointer: "/filter/5", Queries: []entity.Filter{equals("/filter/5/queries/0", "a", "1")}},
				{Kind: entity.Nor, Pointer: "/filter/6", Queries: []entity.Filter{equals("/filter/6/queries/0", "a", "1")}},
				{Kind: entity.Or, Pointer: "/filter/7"},
			}},
		},
		"associations": {
			json: `{"associations":{"manufacturer":{"associations":{"products":{"limit":5000,"page":2,"total-count-mode":1,"aggregations":[{"x":1}],
				"filter":[{"type":"equals","field":"a","value":"1"}],"sort":"-a"}}},"productReviews":[],"skipped":"x"}}`,
			want: entity.Criteria{Limit: 500, Associations: map[string]*entity.Criteria{
				"manufacturer": {Associations: map[string]*entity.Criteria{"products": {
					Limit: 5000, Offset: 5000,
					Filters: []entity.Filter{equals("/associations/manufacturer/associations/products/filter/0", "a", "1")},
					Sort:    []entity.Sort{{Field: "a", Descending: true, Pointer: "/associations/manufacturer/associations/products/sort/0"}},
				}}},
				"productReviews": {},
			}},
		},
		"associations in a query": {
			query: `associations[manufacturer][]&associations[productReviews][limit]=3`,
			want: entity.Criteria{Limit: 500, Associations: map[string]*entity.Criteria{
				"manufacturer": {}, "productReviews": {Limit: 3},
			}},
		},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			tt.want.Entity = "product"
			f := newFake(t)
			f.rights = appdock.NewPrivileges("product:read", "product_manufacturer:read", "product_review:read")
			api, _ := newAPI(f)
			sent := []send{{method: "POST", path: "/api/search/product", body: tt.json}}
			if tt.query != "" {
				sent = append(sent, send{method: "GET", path: "/api/product?" + strings.ReplaceAll(tt.query, " ", "%20")},
					send{method: "POST", path: "/api/search/product", body: tt.query, headers: []string{"Content-Type: application/x-www-form-urlencoded"}})
				if tt.json == "" {
					sent = sent[1:]
				}
			}
			for _, s := range sent {
				f.asked = nil
				if w := s.to(api); w.Code != 200 {
					t.Fatalf("%s %s: got %d %s", s.method, s.body, w.Code, w.Body)
				}
				if diff := cmp.Diff(&tt.want, f.asked[0], cmpopts.EquateEmpty()); diff != "" {
					t.Errorf("%s criteria (-want +got):\n%s", s.method, diff)
				}
			}
		})
	}
}

// fault is what a client sees of one.
type fault struct{ Code, Pointer string }

// faults reads the envelope, and fails if it is not the one of admin-api.md 9.
func faults(t *testing.T, body []byte) (list []fault) {
	t.Helper()
	var envelope struct {
		Errors []struct {
			Code, Status, Title, Detail string
			Source                      struct{ Pointer string }
			Meta                        *struct{ Parameters any }
		}
	}
	if err := json.Unmarshal(body, &envelope); err != nil || len(envelope.Errors) == 0 {
		t.Fatalf("want the envelope of errors: %v\n%s", err, body)
	}
	for _, e := range envelope.Errors {
		list = append(list, fault{e.Code, e.Source.Pointer})
	}
	return list
}

func TestCriteriaThatAreWrong(t *testing.T) {
	t.Parallel()
	const (
		filter = "FRAMEWORK__INVALID_FILTER_QUERY"
		sort   = "FRAMEWORK__INVALID_SORT_QUERY"
		page   = "FRAMEWORK__INVALID_PAGE_QUERY"
		limit  = "FRAMEWORK__INVALID_LIMIT_QUERY"
		above  = "FRAMEWORK__QUERY_LIMIT_EXCEEDED"
		ids    = "FRAMEWORK__INVALID_API_CRITERIA_IDS"
		uuid   = "FRAMEWORK__INVALID_UUID"
		param  = "FRAMEWORK__INVALID_REQUEST_PARAMETER"
	)
	deep := strings.Repeat(`{"type":"and","queries":[`, 70) + strings.Repeat(`]}`, 70)
	many := strings.Repeat(`{"type":"equals","field":"a","value":1},`, 501)
	tests := map[string]struct {
		body string
		want []fault
	}{
		"limit above the maximum":           {`{"limit":501}`, []fault{{above, "/limit"}}},
		"limit 0":                           {`{"limit":0}`, []fault{{limit, "/limit"}}},
		"limit below 0":                     {`{"limit":-1}`, []fault{{limit, "/limit"}}},
		"limit no number":                   {`{"limit":"many"}`, []fault{{limit, "/limit"}}},
		"limit empty":                       {`{"limit":""}`, []fault{{limit, "/limit"}}},
		"limit a bool":                      {`{"limit":true}`, []fault{{limit, "/limit"}}},
		"limit a list":                      {`{"limit":[1]}`, []fault{{limit, "/limit"}}},
		"limit of an association":           {`{"associations":{"manufacturer":{"limit":0}}}`, []fault{{limit, "/associations/manufacturer/limit"}}},
		"page 0":                            {`{"page":0,"limit":1}`, []fault{{page, "/page"}}},
		"page no whole number":              {`{"page":1.5}`, []fault{{page, "/page"}}},
		"page beyond all":                   {`{"page":9223372036854775807,"limit":500}`, []fault{{page, "/page"}}},
		"ids empty":                         {`{"ids":[]}`, []fault{{ids, "/ids"}}},
		"ids an empty text":                 {`{"ids":""}`, []fault{{ids, "/ids"}}},
		"ids an object":                     {`{"ids":{"a":"b"}}`, []fault{{ids, "/ids"}}},
		"an empty id":                       {`{"ids":[""]}`, []fault{{ids, "/ids/0"}}},
		"an id that is a number":            {`{"ids":[5]}`, []fault{{ids, "/ids/0"}}},
		"an id that is none":                {`{"ids":["` + teaID.String() + `","X"]}`, []fault{{uuid, "/ids/1"}}},
		"an id in upper case":               {`{"ids":"018C0000000070008000000000000001"}`, []fault{{uuid, "/ids/0"}}},
		"filter a text":                     {`{"filter":"x"}`, []fault{{filter, "/filter"}}},
		"filter without type":               {`{"filter":[{"field":"a","value":1}]}`, []fault{{filter, "/filter/0/type"}}},
		"filter of unknown type":            {`{"filter":[{"type":"xor","queries":[]}]}`, []fault{{filter, "/filter/0/type"}}},
		"filter no object":                  {`{"filter":["x"]}`, []fault{{filter, "/filter/0"}}},
		"filter without field":              {`{"filter":[{"type":"equals","value":1}]}`, []fault{{filter, "/filter/0/field"}}},
		"equals without value":              {`{"filter":[{"type":"equals","field":"a"}]}`, []fault{{filter, "/filter/0/value"}}},
		"equals an empty text":              {`{"filter":[{"type":"equals","field":"a","value":""}]}`, []fault{{filter, "/filter/0/value"}}},
		"equals a list":                     {`{"filter":[{"type":"equals","field":"a","value":[1]}]}`, []fault{{filter, "/filter/0/value"}}},
		"equalsAny of nothing":              {`{"filter":[{"type":"equalsAny","field":"a","value":[]}]}`, []fault{{filter, "/filter/0/value"}}},
		"equalsAny of null":                 {`{"filter":[{"type":"equalsAny","field":"a","value":null}]}`, []fault{{filter, "/filter/0/value"}}},
		"equalsAny of bars":                 {`{"filter":[{"type":"equalsAny","field":"a","value":"||"}]}`, []fault{{filter, "/filter/0/value"}}},
		"equalsAny of a list in a list":     {`{"filter":[{"type":"equalsAny","field":"a","value":[[1]]}]}`, []fault{{filter, "/filter/0/value/0"}}},
		"contains nothing":                  {`{"filter":[{"type":"contains","field":"a","value":""}]}`, []fault{{filter, "/filter/0/value"}}},
		"range without bounds":              {`{"filter":[{"type":"range","field":"a"}]}`, []fault{{filter, "/filter/0/parameters"}}},
		"range with empty bounds":           {`{"filter":[{"type":"range","field":"a","parameters":{}}]}`, []fault{{filter, "/filter/0/parameters"}}},
		"range with an unknown bound":       {`{"filter":[{"type":"range","field":"a","parameters":{"gt":1,"ge":1}}]}`, []fault{{filter, "/filter/0/parameters"}}},
		"range with a list as bound":        {`{"filter":[{"type":"range","field":"a","parameters":{"gt":[1]}}]}`, []fault{{filter, "/filter/0/parameters/gt"}}},
		"multi with an unknown operator":    {`{"filter":[{"type":"multi","operator":"xor","queries":[]}]}`, []fault{{filter, "/filter/0/operator"}}},
		"multi without queries":             {`{"filter":[{"type":"multi"}]}`, []fault{{filter, "/filter/0/queries"}}},
		"a fault deep inside":               {`{"filter":[{"type":"or","queries":[{"type":"not","queries":[{"type":"equals","field":"a"}]}]}]}`, []fault{{filter, "/filter/0/queries/0/queries/0/value"}}},
		"a map with an empty value":         {`{"filter":{"a/b":""}}`, []fault{{filter, "/filter/a~1b"}}},
		"a map without a field":             {`{"filter":{"":1}}`, []fault{{filter, "/filter/"}}},
		"a map with a list":                 {`{"filter":{"a":[1]}}`, []fault{{filter, "/filter/a"}}},
		"filters nested without end":        {`{"filter":[` + deep + `]}`, []fault{{filter, "/filter/0" + strings.Repeat("/queries/0", 63) + "/queries"}}},
		"more filters than one can read":    {`{"filter":[` + many[:len(many)-1] + `]}`, []fault{{filter, "/filter/500"}}},
		"more values than a database takes": {`{"filter":[{"type":"equalsAny","field":"a","value":[` + strings.Repeat("1,", 10_000) + `1]}]}`, []fault{{filter, "/filter/0/value"}}},
		"sort by nothing":                   {`{"sort":""}`, []fault{{sort, "/sort/0"}}},
		"sort a number":                     {`{"sort":5}`, []fault{{sort, "/sort"}}},
		"sort by a text in a list":          {`{"sort":["name"]}`, []fault{{sort, "/sort/0"}}},
		"sort without field":                {`{"sort":[{"order":"asc"}]}`, []fault{{sort, "/sort/0"}}},
		"sort in a strange order":           {`{"sort":[{"field":"a","order":"up"}]}`, []fault{{sort, "/sort/0/order"}}},
		"sort of a strange type":            {`{"sort":[{"field":"a","type":"random"}]}`, []fault{{sort, "/sort/0/type"}}},
		"associations a text":               {`{"associations":"manufacturer"}`, []fault{{"FRAMEWORK__ASSOCIATION_NOT_FOUND", "/associations"}}},
		"an unknown association":            {`{"associations":{"nobody":{}}}`, []fault{{"FRAMEWORK__ASSOCIATION_NOT_FOUND", "/associations/nobody"}}},
		"includes a list":                   {`{"includes":["id"]}`, []fault{{param, "/includes"}}},
		"includes no list of fields":        {`{"includes":{"product":"id"}}`, []fault{{param, "/includes/product"}}},
		"includes no names":                 {`{"includes":{"product":[1]}}`, []fault{{param, "/includes/product/0"}}},
		"all faults at once": {
			`{"limit":501,"page":0,"filter":[{"type":"x"},{"type":"equals","field":"a","value":1},{"type":"equals"}],"sort":[{}]}`,
			[]fault{{filter, "/filter/0/type"}, {filter, "/filter/2/field"}, {filter, "/filter/2/value"}, {sort, "/sort/0"}, {page, "/page"}, {above, "/limit"}},
		},
	}
	t.Run("more faults than one can read", func(t *testing.T) {
		t.Parallel()
		api, _ := newAPI(newFake(t))
		w := send{method: "POST", path: "/api/search/product", body: `{"sort":"` + strings.Repeat(",", 1000) + `"}`}.to(api)
		if got := faults(t, w.Body.Bytes()); len(got) != 101 {
			t.Errorf("got %d faults, want 100 and one that says so", len(got))
		}
	})
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := newFake(t)
			api, _ := newAPI(f)
			w := send{method: "POST", path: "/api/search/product", body: tt.body}.to(api)
			if w.Code != 400 || w.Header().Get("Content-Type") != "application/json" {
				t.Errorf("got %d %s, want 400 and JSON", w.Code, w.Header().Get("Content-Type"))
			}
			got := faults(t, w.Body.Bytes())
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("faults (-want +got):\n%s\n%s", diff, w.Body)
			}
		})
	}
}

// TestScoresGroupsAndFields is admin-api.md 5.1, 5.5 and 5.6.
func TestScoresGroupsAndFields(t *testing.T) {
	t.Parallel()
	const filter = "FRAMEWORK__INVALID_FILTER_QUERY"
	deep := strings.Repeat(`{"type":"not","queries":[`, 70) + strings.Repeat(`]}`, 70)
	for body, want := range map[string]fault{
		`{"query":{"score":1}}`:              {filter, "/query"},
		`{"query":[1]}`:                      {filter, "/query/0"},
		`{"query":[{"score":1}]}`:            {filter, "/query/0"},
		`{"query":[{"score":1,"query":{}}]}`: {filter, "/query/0/query/type"},
		`{"query":[{"score":"much","query":{"type":"or","queries":[]}}]}`:   {filter, "/query/0/score"},
		`{"query":[{"score":"NaN","query":{"type":"or","queries":[]}}]}`:    {filter, "/query/0/score"},
		`{"query":[{"scoreField":[1],"query":{"type":"or","queries":[]}}]}`: {filter, "/query/0/scoreField"},
		`{"query":[{"query":` + deep + `}]}`:                                {filter, "/query/0/query" + strings.Repeat("/queries/0", 63) + "/queries"},
		`{"term":["tea"]}`:                                                  {filter, "/term"},
		`{"grouping":{"a":1}}`:                                              {filter, "/grouping"},
		`{"grouping":[""]}`:                                                 {filter, "/grouping/0"},
		`{"fields":[1]}`:                                                    {filter, "/fields/0"},
		`{"fields":true}`:                                                   {filter, "/fields"},
		`{"associations":{"manufacturer":{"term":{"a":1}}}}`:                {filter, "/associations/manufacturer/term"},
	} {
		api, _ := newAPI(newFake(t))
		w := send{method: "POST", path: "/api/search/product", body: body}.to(api)
		got := faults(t, w.Body.Bytes())
		if diff := cmp.Diff([]fault{want}, got); w.Code != 400 || diff != "" {
			t.Errorf("%.100s: got %d, faults (-want +got):\n%s", body, w.Code, diff)
		}
	}
	equals := entity.Filter{Kind: entity.Equals, Field: "name", Values: []any{"tea"}, Pointer: "/query/0/query"}
	for body, want := range map[string]entity.Criteria{
		`{"term":"  tea cup "}`:                   {Term: "tea cup"},
		`{"term":5}`:                              {Term: "5"},
		`{"fields":["id","manufacturer.name"]}`:   {Fields: []string{"id", "manufacturer.name"}},
		`{"fields":"id,name","grouping":"stock"}`: {Fields: []string{"id", "name"}, Grouping: []string{"stock"}},
		`{"fields":[],"grouping":[],"query":[]}`:  {},

		`{"query":[{"query":{"type":"equals","field":"name","value":"tea"}}]}`: {
			Queries: []entity.Query{{Filter: equals, Score: 1, Pointer: "/query/0"}},
		},

		`{"query":[{"score":"2.5","scoreField":"stock","query":{"type":"equals","field":"name","value":"tea"}}]}`: {
			Queries: []entity.Query{{Filter: equals, Score: 2.5, Times: "stock", Pointer: "/query/0"}},
		},
	} {
		f := newFake(t)
		api, _ := newAPI(f)
		if w := (send{method: "POST", path: "/api/search/product", body: body}).to(api); w.Code != 200 {
			t.Fatalf("%s: %d %s", body, w.Code, w.Body)
		}
		got := *f.asked[0]
		want.Entity, want.Limit = "product", 500
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", body, diff)
		}
	}
}

// TestScoresAndPartsAreShown has the shapes of admin-api.md 5.5 and 5.6.
func TestScoresAndPartsAreShown(t *testing.T) {
	t.Parallel()
	for name, s := range map[string]send{
		"partial":         {method: "POST", path: "/api/search/product", body: `{"limit":1,"associations":{"manufacturer":{}}}`},
		"partial jsonapi": {method: "GET", path: "/api/product?limit=1&associations[manufacturer][]", headers: []string{"Accept: application/vnd.api+json"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := newFake(t)
			score := 612.5
			r := &f.rows["product"][0]
			r.Score, r.Only = &score, make([]bool, len(r.Definition.Fields))
			for _, shown := range []string{"id", "versionId", "manufacturerId", "name"} {
				r.Only[r.Definition.Index(shown)] = true
			}
			api, _ := newAPI(f)
			golden(t, name, s.to(api))
		})
	}
}
