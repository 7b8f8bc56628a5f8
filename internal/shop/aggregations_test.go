package shop_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/appdock/appdock"
	"github.com/appdock/appdock/internal/entity"
)

// TestAggregationFaults: what no figure can be made of, and what may not be read.
func TestAggregationFaults(t *testing.T) {
	t.Parallel()
	const wrong, at = "FRAMEWORK__INVALID_AGGREGATION_QUERY", "/aggregations/0"
	of := func(kind entity.AggregationKind, field string) entity.Aggregation {
		return entity.Aggregation{Name: "x", Kind: kind, Field: field, Pointer: at}
	}
	tests := map[string]struct {
		entity string // default product
		asked  entity.Aggregation
		want   map[string]string
	}{
		"an unknown field":              {asked: of(entity.Sum, "nonsense"), want: map[string]string{at + "/field": "FRAMEWORK__UNMAPPED_FIELD"}},
		"a statement as field":          {asked: of(entity.Terms, `id"; DROP TABLE product; --`), want: map[string]string{at + "/field": "FRAMEWORK__UNMAPPED_FIELD"}},
		"a hidden field":                {entity: "customer", asked: of(entity.Terms, "password"), want: map[string]string{at + "/field": "FRAMEWORK__ACCESSOR_NOT_ALLOWED"}},
		"a hidden field of another":     {entity: "order", asked: of(entity.CountValues, "orderCustomer.customer.legacyPassword"), want: map[string]string{at + "/field": "FRAMEWORK__ACCESSOR_NOT_ALLOWED"}},
		"a runtime field":               {asked: of(entity.Terms, "variation"), want: map[string]string{at + "/field": "FRAMEWORK__RUNTIME_FIELD_IN_CRITERIA"}},
		"a document":                    {entity: "order", asked: of(entity.Terms, "price"), want: map[string]string{at: wrong}},
		"the average of texts":          {asked: of(entity.Average, "name"), want: map[string]string{at: wrong}},
		"the largest id":                {asked: of(entity.Largest, "id"), want: map[string]string{at: wrong}},
		"the sum of moments":            {asked: of(entity.Sum, "createdAt"), want: map[string]string{at: wrong}},
		"a wrong filter":                {asked: entity.Aggregation{Kind: entity.FilterRows, Filters: []entity.Filter{equals("nonsense", "x")}, Nested: &entity.Aggregation{Kind: entity.Sum, Field: "stock"}}, want: map[string]string{"/filter/0/field": "FRAMEWORK__UNMAPPED_FIELD"}},
		"what is nested is checked too": {asked: entity.Aggregation{Kind: entity.Terms, Field: "id", Nested: &entity.Aggregation{Kind: entity.Sum, Field: "name", Pointer: at + "/aggregation"}}, want: map[string]string{at: wrong}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if test.entity == "" {
				test.entity = "product"
			}
			asked, err := newWorld(t).search(t, entity.Criteria{Entity: test.entity, Aggregations: []entity.Aggregation{test.asked}})
			if diff := cmp.Diff(test.want, faults(t, err)); diff != "" || asked != nil {
				t.Errorf("%v, the store was asked %v\n%s", err, asked, diff)
			}
		})
	}
}

// TestAggregationPrivileges: what may not be read may not be counted.
func TestAggregationPrivileges(t *testing.T) {
	t.Parallel()
	terms := func(field string, nested *entity.Aggregation) *entity.Aggregation {
		return &entity.Aggregation{Kind: entity.Terms, Field: field, Nested: nested}
	}
	tests := map[string]struct {
		asked *entity.Aggregation
		want  []string
	}{
		"what a field crosses":        {terms("lineItems.product.stock", nil), []string{"order_line_item:read", "product:read"}},
		"what a nested field crosses": {terms("orderNumber", terms("currency.isoCode", nil)), []string{"currency:read"}},
		"what a filter crosses":       {&entity.Aggregation{Kind: entity.FilterRows, Filters: []entity.Filter{equals("currency.isoCode", "EUR")}, Nested: terms("orderNumber", nil)}, []string{"currency:read"}},
		"what the order has itself":   {terms("order.orderNumber", nil), nil},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			w.store.asked = nil
			_, err := w.Search(t.Context(), actor("order:read"), entity.View{}, &entity.Criteria{Entity: "order", Aggregations: []entity.Aggregation{*test.asked}})
			if diff := cmp.Diff(test.want, missing(t, err)); diff != "" {
				t.Error(diff)
			}
			if asked := len(w.store.asked) > 0; asked == (err != nil) {
				t.Errorf("the store was asked: %v", asked)
			}
		})
	}
}

func TestAggregationsAreBounded(t *testing.T) {
	t.Parallel()
	many := make([]entity.Aggregation, 51)
	for i := range many {
		many[i] = entity.Aggregation{Kind: entity.Sum, Field: "stock", Pointer: "/aggregations/50"}
	}
	asked, err := newWorld(t).search(t, entity.Criteria{Entity: "product", Aggregations: many})
	want := map[string]string{"/aggregations/50": "FRAMEWORK__INVALID_AGGREGATION_QUERY"}
	if diff := cmp.Diff(want, faults(t, err)); diff != "" || asked != nil || appdock.KindOf(err) != appdock.Invalid {
		t.Errorf("%v\n%s", err, diff)
	}
	if asked, err = newWorld(t).search(t, entity.Criteria{Entity: "product", Aggregations: many[:50]}); err != nil || len(asked.Aggregations) != 50 {
		t.Errorf("50 of them: %v", err)
	}
}

// TestCriteriaStayAsTheyWereAsked: checking them gives others, also where figures are nested.
func TestCriteriaStayAsTheyWereAsked(t *testing.T) {
	t.Parallel()
	nested := entity.Aggregation{Kind: entity.Sum, Field: "product.stock"}
	c := entity.Criteria{Entity: "product", Aggregations: []entity.Aggregation{{Kind: entity.Terms, Field: "product.name", Nested: &nested}}}
	asked, err := newWorld(t).search(t, c)
	if asked == nil {
		t.Fatal(err)
	}
	if got := asked.Aggregations[0].Nested.Field; got != "stock" || nested.Field != "product.stock" || c.Aggregations[0].Field != "product.name" {
		t.Errorf("the store was asked for %q; %+v, %+v are left", got, c.Aggregations[0], nested)
	}
}
