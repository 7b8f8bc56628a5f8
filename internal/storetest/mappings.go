package storetest

import (
	"fmt"
	"slices"

	"github.com/appdock/appdock"
	"github.com/appdock/appdock/internal/entity"
)

// mappingCases look at records that are paired with any number of others, from both sides.
func mappingCases() map[string]func(*fixture) {
	return map[string]func(*fixture){
		"pairs are loaded from both sides": pairs,
		"pairs are filtered and sorted by": throughPairs,
		"a pair is made once and unmade":   unpaired,
		"a draft has pairs of its own":     draftsLink,
		"pairs are found by their keys":    byKeys,
	}
}

func pairs(f *fixture) {
	page := f.search(&entity.Criteria{Entity: "product", Associations: map[string]*entity.Criteria{
		"tags": {Sort: []entity.Sort{{Field: "name"}}, Associations: map[string]*entity.Criteria{"products": {}}},
	}})
	for i, want := range [][]string{named("tag new"), named("tag new", "tag sale"), nil, nil, nil} {
		f.equal("tags", ids(entity.Page{Records: page.Records[i].Loaded["tags"].Records}), want)
	}
	back := page.Records[0].Loaded["tags"].Records[0].Loaded["products"].Records
	f.equal("and back", ids(entity.Page{Records: back}), named("product 0", "product 1"))
	page = f.search(&entity.Criteria{Entity: "product", Associations: map[string]*entity.Criteria{
		"tags": {Sort: []entity.Sort{{Field: "name", Descending: true}}, Limit: 1},
	}})
	for i, want := range [][]string{named("tag new"), named("tag sale"), nil} {
		f.equal("the last tag", ids(entity.Page{Records: page.Records[i].Loaded["tags"].Records}), want)
	}
	page = f.search(&entity.Criteria{Entity: "product_tag", Associations: map[string]*entity.Criteria{"tag": {}}})
	f.equal("pairs", page.Total, 3)
}

func throughPairs(f *fixture) {
	tests := map[string]struct {
		filter entity.Filter
		want   []string
	}{
		"an id":         {entity.Filter{Kind: entity.Equals, Field: "tags.id", Values: []any{ID("tag sale")}}, named("product 1")},
		"several ids":   {entity.Filter{Kind: entity.EqualsAny, Field: "tags.id", Values: []any{ID("tag sale"), ID("tag new")}}, named("product 0", "product 1")},
		"a text":        {entity.Filter{Kind: entity.Contains, Field: "tags.name", Values: []any{"AL"}}, named("product 1")},
		"none of those": {entity.Filter{Kind: entity.Nand, Queries: []entity.Filter{{Kind: entity.Equals, Field: "tags.name", Values: []any{"new"}}}}, named("product 2", "product 3", "product 4")},
		"and back":      {entity.Filter{Kind: entity.Equals, Field: "tags.products.productNumber", Values: []any{"SW0"}}, named("product 0", "product 1")},
	}
	for name, test := range tests {
		f.equal(name, ids(f.search(&entity.Criteria{Entity: "product", Filters: []entity.Filter{test.filter}})), test.want)
	}
	sorted := f.search(&entity.Criteria{Entity: "product", Limit: 2, Sort: []entity.Sort{{Field: "tags.name", Descending: true}}})
	f.equal("sorted", ids(sorted), named("product 1", "product 0"))
}

func unpaired(f *fixture) {
	pair := paired("product_tag", "productId", ID("product 0"), "tagId", ID("tag new"))
	_, err := f.Records.Write(f.t.Context(), f.shop.ID, applying(pair))
	f.wantKind(err, appdock.Invalid)
	pair.Kind, pair.Before, pair.Set = entity.Deleted, pair.Set, nil
	f.write(f.shop.ID, pair)
	page := f.search(&entity.Criteria{Entity: "tag", IDs: []appdock.ID{ID("tag new")}, Associations: map[string]*entity.Criteria{"products": {}}})
	f.equal("products", ids(entity.Page{Records: page.Records[0].Loaded["products"].Records}), named("product 1"))
}

// draftsLink gives a draft of a product links of its own: it has none of those of the live one.
func draftsLink(f *fixture) {
	draft := ID("draft")
	view := entity.View{}.In(draft)
	link := func(tag string, version appdock.ID) entity.Change {
		c := paired("product_tag", "productId", ID("product 1"), "tagId", ID(tag))
		c.Version = version
		return c
	}
	of := func(version appdock.ID) entity.Change {
		return entity.Change{
			Entity: "product", Kind: entity.Inserted, ID: ID("product 1"), Version: version, Set: map[string]any{"productNumber": "SW1"},
		}
	}
	f.write(f.shop.ID, of(draft), of(view.Base), link("tag unused", draft), link("tag sale", draft), link("tag new", view.Base))
	by := func(v entity.View, tag string) []string {
		page, err := f.Records.Search(f.t.Context(), f.shop.ID, v, &entity.Criteria{
			Entity: "product", Associations: map[string]*entity.Criteria{"tags": {Sort: []entity.Sort{{Field: "name"}}}},
			Filters: []entity.Filter{
				{Kind: entity.Equals, Field: "tags.name", Values: []any{tag}}, {Kind: entity.Equals, Field: "id", Values: []any{ID("product 1")}},
			},
		})
		f.must(err)
		if len(page.Records) == 0 {
			return nil
		}
		return ids(entity.Page{Records: page.Records[0].Loaded["tags"].Records})
	}
	f.equal("the draft", by(view, "sale"), named("tag sale", "tag unused"))
	f.equal("the draft, by a tag that only the live product has", by(view, "new"), []string(nil))
	f.equal("live", by(entity.View{}, "sale"), named("tag new", "tag sale"))
	f.equal("live, by a tag that only the draft has", by(entity.View{}, "unused"), []string(nil))

	// From the other side a view of the draft shows the same.
	from := func(v entity.View, tag string) (loaded []string, found, listed string) {
		isOne := []entity.Filter{{Kind: entity.Equals, Field: "id", Values: []any{ID(tag)}}}
		page, err := f.Records.Search(f.t.Context(), f.shop.ID, v, &entity.Criteria{
			Entity: "tag", Filters: isOne, Associations: map[string]*entity.Criteria{"products": {Sort: []entity.Sort{{Field: "id"}}}},
			Aggregations: []entity.Aggregation{{Name: "products", Kind: entity.Terms, Field: "products.productNumber"}},
		})
		f.must(err)
		for _, filters := range [][]entity.Filter{ // narrow, and not
			{{Kind: entity.Equals, Field: "products.id", Values: []any{ID("product 1")}}},
			{{Kind: entity.Equals, Field: "products.productNumber", Values: []any{"SW1"}}},
		} {
			linked, err := f.Records.Search(f.t.Context(), f.shop.ID, v, &entity.Criteria{Entity: "tag", Filters: append(filters, isOne...)})
			f.must(err)
			found += fmt.Sprint(len(linked.Records))
		}
		return ids(entity.Page{Records: page.Records[0].Loaded["products"].Records}), found, counted(page.Aggregations)
	}
	for _, test := range []struct {
		view          entity.View
		tag           string
		want          []string
		found, listed string
	}{
		{view, "tag new", named("product 0"), "00", "SW0 1"},
		{view, "tag unused", named("product 1"), "11", "SW1 1"},
		{entity.View{}, "tag new", named("product 0", "product 1"), "11", "SW0 1 SW1 1"},
		{entity.View{}, "tag unused", nil, "00", ""},
	} {
		loaded, found, listed := from(test.view, test.tag)
		f.equal("products of "+test.tag, loaded, test.want)
		f.equal(test.tag+" found by its product", found, test.found)
		f.equal("products counted of "+test.tag, listed, test.listed)
	}
}

// byKeys finds pairs by the two keys that they stand under, of this shop alone.
func byKeys(f *fixture) {
	asked := func(pairs ...[2]string) *entity.Criteria {
		c := &entity.Criteria{Entity: "product_tag"}
		for _, p := range pairs {
			one, other := ID("product "+p[0]), ID("tag "+p[1])
			c.IDs, c.Keys = append(c.IDs, entity.PairID(one, other)), append(c.Keys, [2]appdock.ID{one, other})
		}
		return c
	}
	found := func(c *entity.Criteria) [][2]string {
		var all [][2]string
		for _, r := range f.search(c).Records {
			all = append(all, [2]string{r.Key("productId").String(), r.Key("tagId").String()})
		}
		slices.SortFunc(all, func(a, b [2]string) int { return slices.Compare(a[:], b[:]) })
		return all
	}
	first, second := [2]string{"0", "new"}, [2]string{"1", "sale"}
	f.equal("several, and some that are not there",
		found(asked(first, [2]string{"1", "unused"}, second, [2]string{"7", "new"})), found(&entity.Criteria{
			Entity: "product_tag", Filters: []entity.Filter{{Kind: entity.Or, Queries: []entity.Filter{
				{Kind: entity.Equals, Field: "productId", Values: []any{ID("product 0")}},
				{Kind: entity.Equals, Field: "tagId", Values: []any{ID("tag sale")}},
			}}},
		}))
	one := asked(second)
	f.equal("one", len(found(one)), 1)
	one.Keys = nil
	f.equal("by its id alone", len(found(one)), 1)
	page := f.search(&entity.Criteria{Entity: "product_tag", Limit: 2, Offset: 1, Total: entity.CountAll})
	f.equal("a page of all", []int{len(page.Records), page.Total}, []int{2, 3})
	page = f.search(&entity.Criteria{Entity: "product_tag", Limit: 2, Sort: []entity.Sort{{Field: "tag.name", Descending: true}}})
	f.equal("a sorted page", []string{page.Records[0].Key("tagId").String(), page.Records[1].Key("tagId").String()}, named("tag sale", "tag new"))
}
