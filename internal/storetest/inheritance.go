package storetest

import (
	"encoding/json"

	"github.com/appdock/appdock"
	"github.com/appdock/appdock/internal/entity"
)

// inheritanceCases look at variants, which have what their parent has where they say nothing.
func inheritanceCases() map[string]func(*fixture) {
	return map[string]func(*fixture){
		"a variant has the values of its parent": inherits,
		"inherited texts speak every language":   inheritsTexts,
	}
}

// vary makes a variant of product 0 that has a number and a stock of its own, and no more.
func vary(f *fixture) {
	variant := product("V1", map[string]any{"parentId": ID("product 0"), "stock": int64(7)})
	f.write(f.shop.ID, variant, entity.Change{
		Entity: "product", Kind: entity.Updated, ID: ID("product 0"), Set: map[string]any{"ean": "4000", "active": true},
	})
}

func inherits(f *fixture) {
	vary(f)
	one := &entity.Criteria{Entity: "product", IDs: []appdock.ID{ID("new V1")}, Associations: map[string]*entity.Criteria{"tax": {}}}
	alone := f.search(one).Records[0]
	f.equal("name of its own", alone.Get("name"), nil)
	f.equal("tax of its own", len(alone.Loaded["tax"].Records), 0)
	heir := f.searchIn(entity.View{Inherit: true}, one).Records[0]
	f.equal("name", heir.Text("name"), "Áccented café")
	f.equal("ean", heir.Text("ean"), "4000")
	f.equal("stock", heir.Get("stock"), any(int64(7)))
	f.equal("number", heir.Text("productNumber"), "V1")
	var price []struct{ Gross float64 }
	f.must(json.Unmarshal(heir.Document("price"), &price))
	f.equal("price", price[0].Gross, 100.0)
	f.equal("tax", ids(entity.Page{Records: heir.Loaded["tax"].Records}), named("tax 19"))
	for field, value := range map[string]any{"ean": "4000", "name": "accented cafe", "tax.name": "19%", "price": 100.0, "customFields.x": nil} {
		c := &entity.Criteria{Entity: "product", Filters: []entity.Filter{
			{Kind: entity.Equals, Field: field, Values: []any{value}}, {Kind: entity.Equals, Field: "parentId", Values: []any{ID("product 0")}},
		}}
		f.equal("heirs by "+field, ids(f.searchIn(entity.View{Inherit: true}, c)), named("new V1"))
		if value != nil {
			f.equal("others by "+field, len(f.search(c).Records), 0)
		}
	}
	sorted := f.searchIn(entity.View{Inherit: true}, &entity.Criteria{Entity: "product", Limit: 4, Sort: []entity.Sort{{Field: "name"}, {Field: "stock"}}})
	f.equal("sorted", ids(sorted), named("product 2", "product 0", "new V1", "product 1"))
}

func inheritsTexts(f *fixture) {
	vary(f)
	translate(f)
	view := austrian
	view.Inherit = true
	r := f.searchIn(view, &entity.Criteria{Entity: "product", IDs: []appdock.ID{ID("new V1")}}).Records[0]
	f.equal("name in the language", r.Get("name"), any("Öli"))
	f.equal("name that is shown", r.Translated(r.Definition.Index("name")), any("Öli"))
	view = german
	view.Inherit = true
	found := f.searchIn(view, &entity.Criteria{Entity: "product", Filters: []entity.Filter{{Kind: entity.Equals, Field: "name", Values: []any{"öl"}}}})
	f.equal("found by it", ids(found), named("product 0", "new V1"))
}
