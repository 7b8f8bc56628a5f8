package shop

import (
	"maps"
	"slices"

	"github.com/appdock/appdock"
	"github.com/appdock/appdock/internal/entity"
)

// tally is how many reviews there are, and the sum of their points.
type tally struct {
	count int64
	sum   float64
}

// rate keeps the average points of products and the number of reviews of customers: those that
// are shown count (status), and points that were given.
func (p *plan) rate(written map[rowKey]int) error {
	products, customers := map[appdock.ID]tally{}, map[appdock.ID]tally{}
	count := func(get func(field string) any, sign int64) {
		if shown, _ := get("status").(bool); !shown {
			return
		}
		if id, ok := get("customerId").(appdock.ID); ok {
			t := customers[id]
			customers[id] = tally{t.count + sign, 0}
		}
		points, given := get("points").(float64)
		if id, ok := get("productId").(appdock.ID); ok && given {
			t := products[id]
			products[id] = tally{t.count + sign, t.sum + float64(sign)*points}
		}
	}
	touched := map[appdock.ID]bool{}
	for _, c := range p.changes {
		if c.Entity == "product_review" {
			touched[c.ID] = true
		}
	}
	for _, gone := range p.gone {
		if gone.Definition.Name == "product_review" {
			count(gone.Get, -1)
		}
	}
	for id := range touched {
		r := p.rows[rowKey{"product_review", id}]
		if r == nil || !r.exists {
			continue
		}
		if r.stored.Definition != nil {
			count(r.stored.Get, -1)
		}
		count(r.get, 1)
	}
	err := p.tallied("product", "productId", products, func(t tally) map[string]any {
		if t.count <= 0 {
			return map[string]any{"ratingAverage": nil}
		}
		return map[string]any{"ratingAverage": t.sum / float64(t.count)}
	}, written)
	if err != nil {
		return err
	}
	return p.tallied("customer", "customerId", customers, func(t tally) map[string]any {
		return map[string]any{"reviewCount": max(0, t.count)}
	}, written)
}

// tallied adds what the plan does to the reviews of records to what is stored of them, and sets
// what follows from it.
func (p *plan) tallied(name, key string, more map[appdock.ID]tally, follows func(tally) map[string]any, written map[rowKey]int) error {
	ids := slices.SortedFunc(maps.Keys(more), func(a, b appdock.ID) int { return slices.Compare(a[:], b[:]) })
	ids, err := p.there(name, ids)
	if err != nil || len(ids) == 0 {
		return err
	}
	filters := []entity.Filter{{Kind: entity.Equals, Field: "status", Values: []any{true}}}
	if name == "product" {
		filters = append(filters, entity.Filter{Kind: entity.Nand, Queries: []entity.Filter{{Kind: entity.Equals, Field: "points", Values: []any{nil}}}})
	}
	d, _ := p.schema.Definition(name)
	for some := range slices.Chunk(ids, maxBatch) {
		keys := make([]any, len(some))
		for i, id := range some {
			keys[i] = id
		}
		of := append(slices.Clone(filters), entity.Filter{Kind: entity.EqualsAny, Field: key, Values: keys})
		page, err := p.find(&entity.Criteria{
			Entity: "product_review", Limit: 1, Filters: of,
			Aggregations: []entity.Aggregation{{Name: "reviews", Kind: entity.Terms, Field: key, Nested: &entity.Aggregation{Name: "points", Kind: entity.Sum, Field: "points"}}},
		})
		if err != nil {
			return err
		}
		for _, a := range page.Aggregations {
			for _, b := range a.Buckets {
				id, err := appdock.ParseID(b.Key)
				if err != nil {
					return err
				}
				t := more[id]
				more[id] = tally{t.count + b.Count, t.sum + b.Nested.Sum}
			}
		}
		for _, id := range some {
			if r := p.rows[rowKey{name, id}]; r != nil && r.exists {
				p.assign(d, id, follows(more[id]), written)
			}
		}
	}
	return nil
}
