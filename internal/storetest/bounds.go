package storetest

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/appdock/appdock"
	"github.com/appdock/appdock/internal/entity"
	"github.com/appdock/appdock/internal/shop"
)

func boundCases() map[string]func(*fixture) {
	return map[string]func(*fixture){
		"the largest criteria are answered":                                largestCriteria,
		"a search ends with its context, however slow":                     endsInTime,
		"a unit of work ends with its deadline, and leaves nothing behind": unitEndsInTime,
	}
}

// largestCriteria asks for all that databases bound: the depth of expressions, the number
// of parameters, the length of what is looked for, the tables of a join.
func largestCriteria(f *fixture) {
	repeat := func(n int, filter func(i int) entity.Filter) []entity.Filter {
		list := make([]entity.Filter, n)
		for i := range list {
			list[i] = filter(i)
		}
		return list
	}
	values := make([]any, 10_000)
	for i := range values {
		values[i] = fmt.Sprint("value ", i)
	}
	custom := func(i int) entity.Filter {
		return entity.Filter{Kind: entity.Equals, Field: fmt.Sprint("customFields.f", i), Values: []any{"x"}}
	}
	between := func(i int) entity.Filter {
		return entity.Filter{Kind: entity.Range, Field: fmt.Sprint("customFields.f", i), Bounds: entity.Bounds{GT: int64(i), LT: 1.0}}
	}
	row := func(i int) entity.Filter {
		return entity.Filter{Kind: entity.And, Queries: []entity.Filter{
			{Kind: entity.Equals, Field: "lineItems.label", Values: []any{fmt.Sprint(i)}},
		}}
	}
	nested := func(depth int) entity.Filter {
		group := custom(0)
		for i := range depth {
			group = entity.Filter{Kind: entity.And + entity.FilterKind(i%4), Queries: append([]entity.Filter{group}, repeat(7, custom)...)}
		}
		return group
	}
	long := func(kind entity.FilterKind) entity.Filter {
		return entity.Filter{Kind: kind, Field: "description", Values: []any{strings.Repeat("ü%", 60_000)}}
	}
	among := func(field string) entity.Filter {
		return entity.Filter{Kind: entity.EqualsAny, Field: field, Values: values}
	}
	tests := map[string]struct {
		entity  string
		filters []entity.Filter
	}{
		"many conditions":                 {"product", repeat(500, custom)},
		"many ranges":                     {"product", repeat(500, between)},
		"many alternatives":               {"product", []entity.Filter{{Kind: entity.Or, Queries: repeat(500, between)}}},
		"many alternatives, all excluded": {"product", []entity.Filter{{Kind: entity.Nor, Queries: repeat(500, between)}}},
		"many rows":                       {"order", repeat(100, row)},
		"many rows, all excluded":         {"order", []entity.Filter{{Kind: entity.Nand, Queries: repeat(100, row)}}},
		"groups in groups":                {"product", []entity.Filter{nested(60)}},
		"many values":                     {"product", []entity.Filter{among("name")}},
		"many values in a document":       {"product", []entity.Filter{among("customFields.a")}},
		"many values in a list":           {"product", []entity.Filter{among("states")}},
		"many values, all excluded":       {"product", []entity.Filter{{Kind: entity.Nand, Queries: []entity.Filter{among("customFields.a"), among("name")}}}},
		"a long text inside another":      {"product", []entity.Filter{long(entity.Contains)}},
		"a long text at the begin":        {"product", []entity.Filter{long(entity.Prefix)}},
		"a long text at the end":          {"product", []entity.Filter{long(entity.Suffix)}},
	}
	for name, test := range tests {
		c := &entity.Criteria{Entity: test.entity, Filters: test.filters, Limit: 1, Total: entity.CountAll}
		if _, err := f.Records.Search(f.t.Context(), f.shop.ID, entity.View{}, c); err != nil {
			text := fmt.Sprint(err)
			f.t.Errorf("%s: %s", name, text[:min(300, len(text))])
		}
	}
}

// takesLong writes what a filter that it gives looks at for many seconds: five hundred texts are
// looked for in texts of 60 kB.
func takesLong(f *fixture) entity.Filter {
	for i := range 100 {
		f.write(f.shop.ID, entity.Change{Entity: "product", Kind: entity.Inserted, ID: ID(fmt.Sprint("long ", i)), Set: map[string]any{
			"productNumber": fmt.Sprint("L", i), "description": strings.Repeat("a", 60_000), "taxId": ID("tax 7"),
		}})
	}
	slow := entity.Filter{Kind: entity.Or}
	for i := range 500 {
		slow.Queries = append(slow.Queries, entity.Filter{Kind: entity.Contains, Field: "description", Values: []any{fmt.Sprint("b", i)}})
	}
	return slow
}

// endsInTime asks for what takes many seconds, with the fifth of one.
func endsInTime(f *fixture) {
	slow := takesLong(f)
	var scores []entity.Query
	for range 100 {
		scores = append(scores, entity.Query{Filter: slow, Score: 1})
	}
	for name, c := range map[string]*entity.Criteria{
		"found":   {Entity: "product", Filters: []entity.Filter{slow}},
		"counted": {Entity: "product", Filters: []entity.Filter{slow}, Limit: 1, Total: entity.CountAll},
		"scored":  {Entity: "product", Queries: scores, Sort: []entity.Sort{{Field: entity.ScoreField}}},
		"summed":  {Entity: "product", Filters: []entity.Filter{slow}, Aggregations: []entity.Aggregation{{Name: "a", Kind: entity.Sum, Field: "stock"}}},
		"below":   {Entity: "tax", Associations: map[string]*entity.Criteria{"products": {Filters: []entity.Filter{slow}}}},
	} {
		ctx, cancel := context.WithTimeout(f.t.Context(), 200*time.Millisecond)
		begun := time.Now()
		_, err := f.Records.Search(ctx, f.shop.ID, entity.View{}, c)
		cancel()
		if took := time.Since(begun); err == nil || took > 10*time.Second {
			f.t.Errorf("%s: it took %s, %v", name, took, err)
		}
	}
	// Whoever asks next is not kept waiting by what is left of it.
	f.equal("afterwards", len(f.search(&entity.Criteria{Entity: "product", Limit: 1}).Records), 1)
}

// unitEndsInTime decides on what takes many seconds to find, and writes more than there is time
// for.
func unitEndsInTime(f *fixture) {
	slow := takesLong(f)
	for name, decide := range map[string]func(ctx context.Context, u shop.Unit) error{
		"searching": func(_ context.Context, u shop.Unit) error {
			_, err := u.Search(entity.View{}, &entity.Criteria{Entity: "product", Filters: []entity.Filter{slow}})
			return err
		},
		"deleting what a filter still holds for": func(_ context.Context, u shop.Unit) error {
			ids := make([]appdock.ID, 100)
			for i := range ids {
				ids[i] = ID(fmt.Sprint("long ", i))
			}
			_, err := u.Search(entity.View{}, &entity.Criteria{Entity: "product", IDs: ids, Filters: []entity.Filter{slow}, Bare: true})
			return err
		},
		"writing": func(ctx context.Context, u shop.Unit) error {
			<-ctx.Done()
			return u.Apply(product("late", map[string]any{}))
		},
	} {
		ctx, cancel := context.WithTimeout(f.t.Context(), 200*time.Millisecond)
		begun, runs := time.Now(), 0
		_, err := f.Records.Write(ctx, f.shop.ID, func(u shop.Unit) error {
			runs++
			if err := u.Apply(product("half "+name, map[string]any{})); err != nil {
				return err
			}
			if err := u.Raise(event(f.shop.ID, "half "+name, 1)); err != nil {
				return err
			}
			return decide(ctx, u)
		})
		cancel()
		if took := time.Since(begun); !errors.Is(err, context.DeadlineExceeded) || runs == 0 || took > 10*time.Second {
			f.t.Errorf("%s: %d runs took %s, %v", name, runs, took, err)
		}
		f.equal(name+": what was half written is there", f.has("product", ID("new half "+name)), false)
		fresh, err := f.Queue.Append(f.t.Context(), event(f.shop.ID, "half "+name, 1))
		f.must(err)
		f.equal(name+": its event is new", len(fresh), 1)
		f.write(f.shop.ID, product("after "+name, map[string]any{})) // the next is not kept waiting
	}
	f.equal("what came too late is there", f.has("product", ID("new late")), false)
}
