package shop_test

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"testing"

	"github.com/appdock/appdock"
	"github.com/appdock/appdock/internal/entity"
)

// TestRightsOnEveryAssociation asks about each association of each entity in every part of
// criteria: who may not read what it leads to may not filter, sort, group, count, score or
// show by it either, at the first step or at the second (admin-api.md 7).
func TestRightsOnEveryAssociation(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	s := w.store.schema
	asked := 0
	for _, name := range s.Names() {
		d, _ := s.Definition(name)
		if len(d.Pair) > 0 {
			continue // no route leads to it
		}
		for _, a := range d.Associations {
			target, known := s.Definition(a.Target)
			may := entity.May(a.Target, "read")
			if known {
				may = target.May("read")
			}
			if may == d.May("read") {
				continue
			}
			parts := map[string]entity.Criteria{
				"loaded":          {Associations: map[string]*entity.Criteria{a.Name: nil}},
				"wanted as whole": {Fields: []string{a.Name}},
			}
			if s.Stored(a) {
				path := a.Name + ".id"
				if len(target.Pair) > 0 {
					path = a.Name + "." + target.Pair[0] // it is known by its keys
				}
				for way, part := range partsWith(path, a.Target, keyOf(a)) {
					if way != "entities" || len(target.Pair) == 0 {
						parts[way] = part
					}
				}
				maps.Copy(parts, figuresOf(target, a.Name))
			}
			for way, c := range parts {
				asked++
				c.Entity = name
				_, err := w.Search(t.Context(), actor(d.May("read")), entity.View{}, &c)
				if got := lacking(err); !slices.Equal(got, []string{string(may)}) {
					t.Errorf("%s.%s, %s: missing %q, want %q (%v)", name, a.Name, way, got, may, err)
				}
			}
		}
	}
	if asked < 3_000 {
		t.Errorf("asked %d times", asked)
	}
	// What is crossed on the way to somewhere else, from below an association.
	for way, c := range partsWith("lineItems.product.tax.id", "tax", "") {
		c.Entity = "order"
		_, err := w.Search(t.Context(), actor("order:read", "tax:read"), entity.View{}, &c)
		if got := lacking(err); !slices.Equal(got, []string{"order_line_item:read", "product:read"}) {
			t.Errorf("in passing, %s: missing %q (%v)", way, got, err)
		}
		if way == "entities by key" || c.Aggregations != nil {
			continue // nested criteria have no aggregations
		}
		c.Entity = ""
		outer := entity.Criteria{Entity: "customer", Associations: map[string]*entity.Criteria{"orderCustomers": {Associations: map[string]*entity.Criteria{"order": &c}}}}
		_, err = w.Search(t.Context(), actor("customer:read", "order_customer:read", "order:read", "tax:read"), entity.View{}, &outer)
		if got := lacking(err); !slices.Equal(got, []string{"order_line_item:read", "product:read"}) {
			t.Errorf("below an association, %s: missing %q (%v)", way, got, err)
		}
	}
}

// figuresOf are criteria that make figures of the numbers and moments that an association leads to.
func figuresOf(target *entity.Definition, way string) map[string]entity.Criteria {
	parts := map[string]entity.Criteria{}
	add := func(name string, a entity.Aggregation) {
		a.Name = "a"
		parts[name] = entity.Criteria{Aggregations: []entity.Aggregation{a}}
	}
	for _, f := range target.Fields {
		path := way + "." + f.Name
		switch {
		case f.Hidden || f.Runtime:
		case f.Type == entity.Int, f.Type == entity.Float:
			add("average", entity.Aggregation{Kind: entity.Average, Field: path})
			add("sum", entity.Aggregation{Kind: entity.Sum, Field: path})
			add("smallest", entity.Aggregation{Kind: entity.Smallest, Field: path})
			add("largest", entity.Aggregation{Kind: entity.Largest, Field: path})
			add("stats", entity.Aggregation{Kind: entity.Stats, Field: path})
			add("ranges", entity.Aggregation{Kind: entity.Ranges, Field: path, Ranges: []entity.NamedRange{{Key: "all"}}})
		case f.Type == entity.DateTime:
			add("histogram", entity.Aggregation{Kind: entity.Histogram, Field: path, Interval: entity.Day})
			add("last", entity.Aggregation{Kind: entity.Largest, Field: path})
		}
	}
	return parts
}

// lacking gives the privileges that a refusal names, and nothing for another error.
func lacking(err error) []string {
	e, ok := errors.AsType[*appdock.Error](err)
	if !ok || e.Code != "FRAMEWORK__MISSING_PRIVILEGE_ERROR" {
		return nil
	}
	names, _ := e.Params[0].Value.([]string)
	return names
}

// keyOf is the field of an entity that holds the key of an association; empty: none does.
func keyOf(a entity.Association) string {
	if a.Kind != entity.ToOne {
		return ""
	}
	return a.Via
}

// partsWith are criteria that say something about a path in each way that there is.
func partsWith(path, target, key string) map[string]entity.Criteria {
	is := entity.Filter{Kind: entity.Equals, Field: path, Values: []any{unknownID}}
	among := entity.Filter{Kind: entity.EqualsAny, Field: path, Values: []any{unknownID}}
	group := func(kind entity.FilterKind) []entity.Filter {
		return []entity.Filter{{Kind: kind, Queries: []entity.Filter{{Kind: entity.Or, Queries: []entity.Filter{is}}}}}
	}
	count := func(a entity.Aggregation) entity.Criteria {
		a.Name = "a"
		return entity.Criteria{Aggregations: []entity.Aggregation{a}}
	}
	nested := &entity.Aggregation{Name: "b", Kind: entity.CountValues, Field: path}
	parts := map[string]entity.Criteria{
		"filter":                      {Filters: []entity.Filter{is}},
		"filter by several":           {Filters: []entity.Filter{among}},
		"filter below a negation":     {Filters: group(entity.Nand)},
		"filter below another":        {Filters: group(entity.Nor)},
		"post-filter":                 {PostFilters: []entity.Filter{is}},
		"sort":                        {Sort: []entity.Sort{{Field: path}}},
		"sort by the number":          {Sort: []entity.Sort{{Field: path, Count: true}}},
		"grouping":                    {Grouping: []string{path}},
		"query":                       {Queries: []entity.Query{{Filter: is, Score: 1}}},
		"query in a group":            {Queries: []entity.Query{{Filter: group(entity.And)[0], Score: 1}}},
		"wanted in part":              {Fields: []string{path}},
		"count":                       count(entity.Aggregation{Kind: entity.CountValues, Field: path}),
		"terms":                       count(entity.Aggregation{Kind: entity.Terms, Field: path}),
		"terms of terms":              count(entity.Aggregation{Kind: entity.Terms, Field: "id", Nested: nested}),
		"entities":                    count(entity.Aggregation{Kind: entity.Entities, Field: path, Entity: target}),
		"rows that hold for a filter": count(entity.Aggregation{Kind: entity.FilterRows, Filters: []entity.Filter{is}, Nested: &entity.Aggregation{Name: "b", Kind: entity.CountValues, Field: "id"}}),
		"of some rows":                count(entity.Aggregation{Kind: entity.FilterRows, Filters: []entity.Filter{{Kind: entity.Equals, Field: "id", Values: []any{unknownID}}}, Nested: nested}),
	}
	if key != "" {
		parts["entities by key"] = count(entity.Aggregation{Kind: entity.Entities, Field: key, Entity: target})
	}
	return parts
}

// TestRightsOnDeletionsByFilter: what may not be read may not choose what is deleted.
func TestRightsOnDeletionsByFilter(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for name, test := range map[string]struct {
		entity string
		has    []appdock.Privilege
		filter entity.Filter
		want   []string
	}{
		"by its own field":      {"product", []appdock.Privilege{"product:delete"}, equals("stock", int64(1)), []string{"product:read"}},
		"by another's":          {"product", []appdock.Privilege{"product:delete", "product:read"}, equals("manufacturer.name", "x"), []string{"product_manufacturer:read"}},
		"a link, by its key":    {"product_category", []appdock.Privilege{"product_category:delete"}, equals("productId", unknownID), []string{"product_category:read"}},
		"a link, by what is so": {"product_category", []appdock.Privilege{"product_category:delete", "product_category:read"}, equals("category.name", "x"), []string{"category:read"}},
		"with all rights":       {"product", []appdock.Privilege{"product:delete", "product:read", "product_manufacturer:read"}, equals("manufacturer.name", "x"), nil},
	} {
		_, err := w.Write(t.Context(), actor(test.has...), entity.View{}, []entity.Operation{
			{Entity: test.entity, Action: entity.Delete, Filters: []entity.Filter{test.filter}, Pointer: "/0"},
		})
		if got := lacking(err); !slices.Equal(got, test.want) || test.want == nil && err != nil {
			t.Errorf("%s: missing %q, want %q (%v)", name, got, test.want, err)
		}
	}
}

// TestRightsOnEveryRow changes and deletes a record of each entity, and makes and takes each
// link, which needs the right on the entity of the link and no other (admin-api.md 7).
func TestRightsOnEveryRow(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	s := w.store.schema
	mine, other := appdock.MustID("018c000000007000800000000000d001"), appdock.MustID("018c000000007000800000000000d002")
	refused := func(what string, op entity.Operation, want ...string) {
		t.Helper()
		op.Pointer = "/0"
		_, err := w.Write(t.Context(), actor(), entity.View{}, []entity.Operation{op})
		if appdock.CodeOf(err) == "FRAMEWORK__WRITE_PROTECTED" {
			return // nobody may
		}
		if got := lacking(err); !slices.Equal(got, want) {
			t.Errorf("%s: missing %q, want %q (%v)", what, got, want, err)
		}
	}
	for _, name := range s.Names() {
		d, _ := s.Definition(name)
		right := func(action string) []string {
			if d.Owner != "" {
				return nil // only its owner writes it
			}
			return []string{string(d.May(action))}
		}
		switch {
		case len(d.Pair) == 0:
			w.store.put(name, map[string]any{"id": mine})
			refused("deletion of "+name, entity.Operation{Entity: name, Action: entity.Delete, Payload: map[string]any{"id": mine.String()}}, right("delete")...)
			for _, f := range d.Fields {
				if f.Required || f.System || f.Runtime || f.Name == "id" || f.Name == "createdAt" || f.Type == entity.Version || f.Translated || f.Name == "stateId" || f.Name == "parentId" {
					continue
				}
				refused("change of "+name+"."+f.Name, entity.Operation{Entity: name, Action: entity.Update, Payload: map[string]any{"id": mine.String(), f.Name: nil}}, right("update")...)
			}
		case d.Translates == "":
			w.store.put(name, map[string]any{"id": entity.PairID(mine, other), d.Pair[0]: mine, d.Pair[1]: other})
			link := map[string]any{d.Pair[0]: mine.String(), d.Pair[1]: other.String()}
			refused("end of "+name, entity.Operation{Entity: name, Action: entity.Delete, Payload: link}, right("delete")...)
			fresh := map[string]any{d.Pair[0]: other.String(), d.Pair[1]: mine.String()}
			refused("link by "+name, entity.Operation{Entity: name, Action: entity.Upsert, Payload: fresh}, right("create")...)
		default:
			language := map[string]any{d.Pair[0]: mine.String(), "languageId": other.String()}
			w.store.put(name, map[string]any{"id": entity.PairID(mine, other), d.Pair[0]: mine, "languageId": other})
			owner, _ := s.Definition(d.Translates)
			if owner.Owner == "" {
				refused("texts in "+name, entity.Operation{Entity: name, Action: entity.Delete, Payload: language}, string(entity.May(d.Translates, "delete")))
			}
		}
	}
	for _, name := range s.Names() {
		d, _ := s.Definition(name)
		for _, a := range d.Associations {
			if a.Kind != entity.ManyToMany || a.ReadOnly || !s.Stored(a) || d.Owner != "" {
				continue
			}
			w.store.put(a.Target, map[string]any{"id": mine})
			payload := map[string]any{"id": mine.String(), a.Name: []any{map[string]any{"id": mine.String()}}}
			refused(fmt.Sprintf("%s.%s", name, a.Name), entity.Operation{Entity: name, Action: entity.Update, Payload: payload}, a.Mapping+":create")
		}
	}
}
