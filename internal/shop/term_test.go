package shop_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/appdock/appdock"
	"github.com/appdock/appdock/internal/entity"
	"github.com/appdock/appdock/internal/shop"
)

// TestWhatIsCutScoredAndGroupedMustBeReadable is admin-api.md 7 for the parts of criteria
// that 5.4 to 5.6 describe.
func TestWhatIsCutScoredAndGroupedMustBeReadable(t *testing.T) {
	t.Parallel()
	is := entity.Filter{Kind: entity.Equals, Field: "manufacturer.name", Values: []any{"x"}}
	for name, test := range map[string]struct {
		criteria entity.Criteria
		want     []string
	}{
		"a field of another record": {entity.Criteria{Fields: []string{"name", "manufacturer.name"}}, []string{"product_manufacturer:read"}},
		"a whole association":       {entity.Criteria{Fields: []string{"product.tags"}}, []string{"tag:read"}},
		"what is not stored":        {entity.Criteria{Fields: []string{"downloads.id"}}, []string{"product_download:read"}},
		"a grouping":                {entity.Criteria{Grouping: []string{"tax.name"}}, []string{"tax:read"}},
		"a query":                   {entity.Criteria{Queries: []entity.Query{{Filter: is, Score: 1, Times: "tax.taxRate"}}}, []string{"product_manufacturer:read", "tax:read"}},
		"records of an aggregation": {entity.Criteria{Aggregations: []entity.Aggregation{{Name: "a", Kind: entity.Entities, Field: "taxId", Entity: "tax"}}}, []string{"tax:read"}},
		"its own fields":            {entity.Criteria{Fields: []string{"name", "price", "taxId", "variation"}}, nil},
	} {
		w := newWorld(t)
		test.criteria.Entity, test.criteria.IDs = "product", []appdock.ID{}
		_, err := w.Search(t.Context(), actor("product:read"), entity.View{}, &test.criteria)
		if diff := cmp.Diff(test.want, missing(t, err)); diff != "" {
			t.Errorf("%s (-want +got)\n%s", name, diff)
		}
	}
}

// TestTerms looks at what a term becomes.
func TestTerms(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		entity, term string
		has          []appdock.Privilege
		want         map[string]float64 // what the first query of each path is worth
	}{
		"a word": {"tag", "new", []appdock.Privilege{"tag:read"}, map[string]float64{"name": 500}},
		"what may not be read is not searched": {
			"order", "Ann",
			[]appdock.Privilege{"order:read", "order_customer:read"},
			map[string]float64{
				"orderNumber": 500, "orderCustomer.email": 250, "orderCustomer.firstName": 125, "orderCustomer.lastName": 125,
				"orderCustomer.company": 125, "orderCustomer.customerNumber": 250,
			},
		},
		"numbers are compared as such":   {"tax", "19", []appdock.Privilege{"tax:read"}, map[string]float64{"taxRate": 250, "name": 500}},
		"without ranks, all texts count": {"notification", "x", []appdock.Privilege{"notification:read"}, map[string]float64{"status": 80, "message": 80}},
	} {
		w := newWorld(t)
		_, err := w.Search(t.Context(), actor(test.has...), entity.View{}, &entity.Criteria{Entity: test.entity, Term: test.term})
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		got := map[string]float64{}
		asked := w.store.asked[len(w.store.asked)-1]
		for _, q := range asked.Queries {
			if q.Filter.Kind == entity.Equals {
				got[q.Filter.Field] = q.Score
			}
		}
		if diff := cmp.Diff(test.want, got); diff != "" {
			t.Errorf("%s (-want +got)\n%s", name, diff)
		}
		if diff := cmp.Diff([]entity.Sort{{Field: entity.ScoreField, Descending: true}}, asked.Sort); diff != "" {
			t.Errorf("%s, sort (-want +got)\n%s", name, diff)
		}
	}
}

// TestNothingHiddenIsSearched gives a term to each entity: what nobody may see is found by none,
// be it in the records or in what they lead to.
func TestNothingHiddenIsSearched(t *testing.T) {
	t.Parallel()
	schema, err := entity.NewSchema(shop.Definitions()...)
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range schema.Names() {
		asked, err := newWorld(t).search(t, entity.Criteria{Entity: name, Term: "x"})
		if asked == nil {
			t.Fatalf("%s: %v", name, err)
		}
		for _, q := range asked.Queries {
			d, _ := schema.Definition(name)
			steps := strings.Split(q.Filter.Field, ".")
			for _, step := range steps[:len(steps)-1] {
				a, _ := d.Association(step)
				d, _ = schema.Definition(a.Target)
			}
			if f, ok := d.Field(steps[len(steps)-1]); q.Filter.Field != "" && (!ok || f.Hidden || f.Runtime) {
				t.Errorf("%s is searched by %s", name, q.Filter.Field)
			}
		}
	}
}

func TestCriteriaOfScoresThatAreWrong(t *testing.T) {
	t.Parallel()
	is := entity.Filter{Kind: entity.Equals, Field: "name", Values: []any{"x"}}
	for name, test := range map[string]struct {
		criteria entity.Criteria
		pointer  string
	}{
		"a field that is not there":        {entity.Criteria{Fields: []string{"colour"}}, "/fields/0"},
		"a field inside a text":            {entity.Criteria{Fields: []string{"name.x"}}, "/fields/0"},
		"a field that nobody may see":      {entity.Criteria{Fields: []string{"id", "createdBy.password"}}, "/fields/1"},
		"a score without queries":          {entity.Criteria{Sort: []entity.Sort{{Field: entity.ScoreField, Pointer: "/sort/0"}}}, "/sort/0/field"},
		"a score times a text":             {entity.Criteria{Queries: []entity.Query{{Filter: is, Score: 1, Times: "name", Pointer: "/query/0"}}}, "/query/0/scoreField"},
		"a score times many":               {entity.Criteria{Queries: []entity.Query{{Filter: is, Score: 1, Times: "children.stock", Pointer: "/query/0"}}}, "/query/0/scoreField"},
		"a group of documents":             {entity.Criteria{Grouping: []string{"customFields"}}, "/grouping/0"},
		"a computed group":                 {entity.Criteria{Grouping: []string{"variation"}}, "/grouping/0"},
		"intervals of numbers":             {entity.Criteria{Aggregations: []entity.Aggregation{{Name: "a", Kind: entity.Histogram, Field: "stock", Pointer: "/aggregations/0"}}}, "/aggregations/0"},
		"ranges of texts":                  {entity.Criteria{Aggregations: []entity.Aggregation{{Name: "a", Kind: entity.Ranges, Field: "name", Pointer: "/aggregations/0"}}}, "/aggregations/0"},
		"records of another kind":          {entity.Criteria{Aggregations: []entity.Aggregation{{Name: "a", Kind: entity.Entities, Field: "taxId", Entity: "tag", Pointer: "/aggregations/0"}}}, "/aggregations/0"},
		"records of the wrong id":          {entity.Criteria{Aggregations: []entity.Aggregation{{Name: "a", Kind: entity.Entities, Field: "tax.id", Entity: "product", Pointer: "/aggregations/0"}}}, "/aggregations/0"},
		"records of an entity that is not": {entity.Criteria{Aggregations: []entity.Aggregation{{Name: "a", Kind: entity.Entities, Field: "taxId", Entity: "x", Pointer: "/aggregations/0"}}}, "/aggregations/0"},
	} {
		w := newWorld(t)
		test.criteria.Entity = "product"
		if test.pointer == "/fields/1" {
			test.criteria.Entity = "order"
		}
		_, err := w.Search(t.Context(), appdock.Host(shopID), entity.View{}, &test.criteria)
		var got string
		if e, ok := err.(*appdock.Error); ok && len(e.Faults) == 1 { //nolint:errorlint // the service returns it unwrapped
			got = e.Faults[0].Pointer
		}
		if got != test.pointer {
			t.Errorf("%s: got %v, want one fault at %s", name, err, test.pointer)
		}
	}
}
