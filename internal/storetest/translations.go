package storetest

import (
	"github.com/appdock/appdock"
	"github.com/appdock/appdock/internal/entity"
)

// translationCases look at records in languages that have texts for some of them.
func translationCases() map[string]func(*fixture) {
	return map[string]func(*fixture){
		"texts fall back from language to language": fallsBack,
		"texts are compared as they are shown":      comparedAsShown,
		"texts of all languages are one list":       allTexts,
	}
}

var (
	german   = entity.View{Language: ID("german")}
	austrian = entity.View{Language: ID("austrian"), Fallback: ID("german")}
)

// translate gives products 0 and 1 texts: the first in both languages, the second in one.
func translate(f *fixture) {
	text := func(product string, language appdock.ID, name string) entity.Change {
		c := paired("product_translation", "productId", ID(product), "languageId", language)
		c.Set["name"] = name
		return c
	}
	f.write(f.shop.ID,
		text("product 0", german.Language, "Öl"), text("product 0", austrian.Language, "Öli"), text("product 1", german.Language, "Zucker"))
}

func (f *fixture) searchIn(v entity.View, c *entity.Criteria) entity.Page {
	f.t.Helper()
	page, err := f.Records.Search(f.t.Context(), f.shop.ID, v, c)
	f.must(err)
	return page
}

func fallsBack(f *fixture) {
	translate(f)
	for _, test := range []struct {
		view       entity.View
		own, shown []any
	}{
		{german, []any{"Öl", "Zucker", nil}, []any{"Öl", "Zucker", "50% off_now"}},
		{austrian, []any{"Öli", nil, nil}, []any{"Öli", "Zucker", "50% off_now"}},
		{entity.View{}, []any{"Áccented café", "Plain", "50% off_now"}, []any{"Áccented café", "Plain", "50% off_now"}},
	} {
		page := f.searchIn(test.view, &entity.Criteria{Entity: "product", Limit: 3, Associations: map[string]*entity.Criteria{"children": {Limit: 1}}})
		for i, r := range page.Records {
			f.equal("own", r.Get("name"), test.own[i])
			f.equal("shown", r.Translated(r.Definition.Index("name")), test.shown[i])
		}
	}
	// What is loaded with a record speaks the same language, page by page too.
	page := f.searchIn(austrian, &entity.Criteria{Entity: "tax", IDs: []appdock.ID{ID("tax 19")}, Associations: map[string]*entity.Criteria{
		"products": {Limit: 1, Sort: []entity.Sort{{Field: "name", Descending: true}}},
	}})
	products := page.Records[0].Loaded["products"].Records
	f.equal("loaded", ids(entity.Page{Records: products}), named("product 4"))
	f.equal("loaded and shown", products[0].Translated(products[0].Definition.Index("name")), any("Zebra"))
}

func comparedAsShown(f *fixture) {
	translate(f)
	is := func(name string) *entity.Criteria {
		return &entity.Criteria{Entity: "product", Filters: []entity.Filter{{Kind: entity.Equals, Field: "name", Values: []any{name}}}}
	}
	f.equal("own text", ids(f.searchIn(austrian, is("OLI"))), named("product 0"))
	f.equal("text of the language before", ids(f.searchIn(austrian, is("zucker"))), named("product 1"))
	f.equal("text of the system language", ids(f.searchIn(austrian, is("zebra"))), named("product 4"))
	f.equal("what is not shown", len(f.searchIn(austrian, is("plain")).Records), 0)
	f.equal("what others see", ids(f.searchIn(entity.View{}, is("plain"))), named("product 1"))
	sorted := f.searchIn(german, &entity.Criteria{Entity: "product", Sort: []entity.Sort{{Field: "name", Descending: true}}, Limit: 2})
	f.equal("sorted", ids(sorted), named("product 1", "product 4"))
	through := f.searchIn(german, &entity.Criteria{Entity: "order_line_item", Filters: []entity.Filter{{Kind: entity.Equals, Field: "product.name", Values: []any{"öl"}}}})
	f.equal("through an association", through.Total, 3)
}

func allTexts(f *fixture) {
	translate(f)
	page := f.search(&entity.Criteria{Entity: "product", Limit: 3, Associations: map[string]*entity.Criteria{
		"translations": {Sort: []entity.Sort{{Field: "name"}}},
	}})
	for i, want := range [][]string{{"Áccented café", "Öl", "Öli"}, {"Plain", "Zucker"}, {"50% off_now"}} {
		var names []string
		for _, r := range page.Records[i].Loaded["translations"].Records {
			f.equal("of the product", r.Key("productId"), page.Records[i].ID())
			names = append(names, r.Text("name"))
		}
		f.equal("names", names, want)
	}
	found := f.search(&entity.Criteria{Entity: "product", Filters: []entity.Filter{{Kind: entity.Equals, Field: "translations.name", Values: []any{"oli"}}}})
	f.equal("found by any language", ids(found), named("product 0"))
}
