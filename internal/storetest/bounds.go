package storetest

import (
	"fmt"
	"strings"

	"github.com/appdock/appdock/internal/entity"
)

func boundCases() map[string]func(*fixture) {
	return map[string]func(*fixture){"the largest criteria are answered": largestCriteria}
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
