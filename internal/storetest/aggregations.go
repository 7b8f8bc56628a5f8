package storetest

import (
	"fmt"

	"github.com/appdock/appdock"
	"github.com/appdock/appdock/internal/entity"
)

func aggregationCases() map[string]func(*fixture) {
	return map[string]func(*fixture){
		"figures of all matches":                   figures,
		"figures of nothing":                       figuresOfNothing,
		"buckets come in order and are cut":        buckets,
		"buckets in buckets":                       nestedBuckets,
		"what is nested changes no count":          nestedRows,
		"buckets beyond all bounds are refused":    tooManyBuckets,
		"filters hold for aggregations of records": filteredFigures,
	}
}

func (f *fixture) aggregate(c entity.Criteria, a entity.Aggregation) entity.Aggregated {
	f.t.Helper()
	c.Aggregations = []entity.Aggregation{a}
	page := f.search(&c)
	f.equal("aggregations", len(page.Aggregations), 1)
	return page.Aggregations[0]
}

func figures(f *fixture) {
	// Products 0 to 4 have the stocks 0, 10, 20, 30, 40 and the prices 100 to 104.
	tests := map[string]struct {
		asked entity.Aggregation
		want  entity.Aggregated
	}{
		"an average":              {entity.Aggregation{Kind: entity.Average, Field: "stock"}, entity.Aggregated{Average: 20}},
		"a sum":                   {entity.Aggregation{Kind: entity.Sum, Field: "stock"}, entity.Aggregated{Sum: 100}},
		"values that differ":      {entity.Aggregation{Kind: entity.CountValues, Field: "taxId"}, entity.Aggregated{Count: 2}},
		"the smallest":            {entity.Aggregation{Kind: entity.Smallest, Field: "stock"}, entity.Aggregated{Min: int64(0)}},
		"the largest price":       {entity.Aggregation{Kind: entity.Largest, Field: "price"}, entity.Aggregated{Max: "104"}},
		"all of another record":   {entity.Aggregation{Kind: entity.Stats, Field: "tax.taxRate"}, entity.Aggregated{Min: "7", Max: "19", Sum: 71, Average: 14.2}},
		"a moment":                {entity.Aggregation{Kind: entity.Largest, Field: "createdAt"}, entity.Aggregated{Max: "2026-05-04 11:00:00.000"}},
		"nothing of what is null": {entity.Aggregation{Kind: entity.Sum, Field: "weight"}, entity.Aggregated{}},
	}
	for name, test := range tests {
		test.want.Kind = test.asked.Kind
		f.equal(name, f.aggregate(entity.Criteria{Entity: "product", Limit: 1}, test.asked), test.want)
	}
	for n, weight := range []float64{0.1, 0.2, 0.3} {
		f.write(f.shop.ID, product(fmt.Sprint("P1", n), map[string]any{"name": "x", "weight": weight}))
	}
	sum := 0.6 // and not 0.6000000000000001
	f.equal("fractions, as people add them up", f.aggregate(entity.Criteria{Entity: "product"}, entity.Aggregation{Kind: entity.Stats, Field: "weight"}),
		entity.Aggregated{Kind: entity.Stats, Min: "0.1", Max: "0.3", Sum: sum, Average: sum / 3})
}

func figuresOfNothing(f *fixture) {
	none := entity.Criteria{Entity: "product", IDs: []appdock.ID{}}
	f.equal("stats", f.aggregate(none, entity.Aggregation{Kind: entity.Stats, Field: "stock"}), entity.Aggregated{Kind: entity.Stats})
	f.equal("count", f.aggregate(none, entity.Aggregation{Kind: entity.CountValues, Field: "id"}), entity.Aggregated{Kind: entity.CountValues})
	f.equal("terms", f.aggregate(none, entity.Aggregation{Kind: entity.Terms, Field: "id"}), entity.Aggregated{Kind: entity.Terms})
}

func keys(a entity.Aggregated) string {
	var text string
	for _, b := range a.Buckets {
		text += fmt.Sprintf("%s=%d ", b.Key, b.Count)
	}
	return text
}

func buckets(f *fixture) {
	all := entity.Criteria{Entity: "product"}
	terms := func(a entity.Aggregation) string {
		a.Kind = entity.Terms
		return keys(f.aggregate(all, a))
	}
	f.equal("by key", terms(entity.Aggregation{Field: "tax.taxRate"}), "7=2 19=3 ")
	f.equal("by key, downwards", terms(entity.Aggregation{Field: "tax.taxRate", Descending: true}), "19=3 7=2 ")
	f.equal("by count", terms(entity.Aggregation{Field: "active", ByCount: true, Descending: true, Limit: 1}), "1=4 ")
	f.equal("of null", terms(entity.Aggregation{Field: "ean"}), "=5 ")
	f.equal("of ids", terms(entity.Aggregation{Field: "taxId", ByCount: true, Limit: 1}), ID("tax 7").String()+"=2 ")
	f.equal("of texts", terms(entity.Aggregation{Field: "productNumber", Limit: 2}), "SW0=1 SW1=1 ")
	// Spellings that compare as equal share a bucket.
	f.write(f.shop.ID, product("P8", map[string]any{"name": "straSSe"}), product("P9", map[string]any{"name": "Straße"}))
	most := f.aggregate(all, entity.Aggregation{Kind: entity.Terms, Field: "name", ByCount: true, Descending: true}).Buckets[0]
	f.equal("of spellings", most.Count, int64(3))
	f.equal("one of them names it", most.Key == "Straße" || most.Key == "straSSe", true)
}

func nestedBuckets(f *fixture) {
	a := f.aggregate(entity.Criteria{Entity: "product"}, entity.Aggregation{
		Name: "rates", Kind: entity.Terms, Field: "tax.taxRate", Descending: true, Nested: &entity.Aggregation{
			Name: "active", Kind: entity.Terms, Field: "active", Nested: &entity.Aggregation{Name: "stock", Kind: entity.Sum, Field: "stock"},
		},
	})
	var text string
	for _, b := range a.Buckets {
		text += fmt.Sprintf("%s=%d [ ", b.Key, b.Count)
		for _, n := range b.Nested.Buckets {
			text += fmt.Sprintf("%s=%d sum %v ", n.Key, n.Count, n.Nested.Sum)
		}
		text += "] "
	}
	f.equal("buckets", text, "19=3 [ 1=3 sum 60 ] 7=2 [ 0=1 sum 30 1=1 sum 10 ] ")
	f.equal("what an association leads to", keys(f.aggregate(entity.Criteria{Entity: "order", IDs: []appdock.ID{ID("order 2")}},
		entity.Aggregation{Kind: entity.Terms, Field: "lineItems.quantity"})), "1=1 2=1 3=1 ")
}

// nestedRows counts in buckets what their own path leads to, whatever is nested in them.
func nestedRows(f *fixture) {
	terms := func(field string, nested entity.Aggregation) entity.Aggregated {
		nested.Name = "nested"
		return f.aggregate(entity.Criteria{Entity: "product"}, entity.Aggregation{Name: "outer", Kind: entity.Terms, Field: field, Nested: &nested})
	}
	tags := terms("tax.taxRate", entity.Aggregation{Kind: entity.Terms, Field: "tags.name", Nested: &entity.Aggregation{Kind: entity.Sum, Field: "orderLineItems.quantity"}})
	var text string
	for _, b := range tags.Buckets {
		text += fmt.Sprintf("%s=%d [ ", b.Key, b.Count)
		for _, n := range b.Nested.Buckets {
			text += fmt.Sprintf("%s=%d sum %v ", n.Key, n.Count, n.Nested.Sum)
		}
		text += "] "
	}
	f.equal("records by two lists", text, "7=2 [ =1 sum 0 new=1 sum 4 sale=1 sum 4 ] 19=3 [ =2 sum 3 new=1 sum 3 ] ")
	f.equal("pairs by another list", keys(terms("tags.name", entity.Aggregation{Kind: entity.CountValues, Field: "orderLineItems.id"})), "=3 new=2 sale=1 ")
	f.equal("rows that have no moment", keys(terms("tax.taxRate", entity.Aggregation{Kind: entity.Histogram, Field: "releaseDate", Interval: entity.Day})), "7=2 19=3 ")
}

func tooManyBuckets(f *fixture) {
	f.fill(2 * (entity.MaxBuckets + 1))
	c := &entity.Criteria{Entity: "product", Limit: 1, Aggregations: []entity.Aggregation{{Name: "x", Kind: entity.Terms, Field: "id"}}}
	_, err := f.Records.Search(f.t.Context(), f.shop.ID, entity.View{}, c)
	f.equal("code", appdock.CodeOf(err), entity.CodeTooLarge)
	c.Aggregations[0].Limit = 1
	f.equal("a limit", len(f.search(c).Aggregations[0].Buckets), 1)
}

func filteredFigures(f *fixture) {
	is := func(field string, value any) []entity.Filter {
		return []entity.Filter{{Kind: entity.Equals, Field: field, Values: []any{value}}}
	}
	c := entity.Criteria{Entity: "product", Filters: is("tax.taxRate", 7.0), PostFilters: is("active", false)}
	sum := entity.Aggregation{Name: "sum", Kind: entity.Sum, Field: "stock"}
	f.equal("post-filters do not hold", f.aggregate(c, sum), entity.Aggregated{Name: "sum", Kind: entity.Sum, Sum: 40})
	f.equal("those of the aggregation do", f.aggregate(c, entity.Aggregation{Kind: entity.FilterRows, Filters: is("active", true), Nested: &sum}),
		entity.Aggregated{Name: "sum", Kind: entity.Sum, Sum: 10})
}
