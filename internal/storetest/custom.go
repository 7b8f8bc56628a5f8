package storetest

import (
	"encoding/json"
	"time"

	"github.com/appdock/appdock"
	"github.com/appdock/appdock/internal/entity"
	"github.com/appdock/appdock/internal/lifecycle"
)

// customCases look at entities that apps bring (manifest-xml.md 23.4).
func customCases() map[string]func(*fixture) {
	return map[string]func(*fixture){
		"entities of an app come and go with it":            customLife,
		"values of custom records come back":                customRoundTrip,
		"custom records are found as others are":            customSearch,
		"custom records lead to records of the shop":        customAssociations,
		"custom records have records of the shop":           customOwners,
		"another version keeps what it still has":           customVersions,
		"kept records are there again":                      customKept,
		"two shops have two versions of one app":            customShops,
		"entities that others have are refused":             customTaken,
		"keys beyond those with a column are found as well": customManyKeys,
	}
}

// bundles are the entities of an app.
func bundles() []entity.Custom {
	yes := "true"
	return []entity.Custom{
		{Name: "ce_bundle", CustomFields: true, Fields: []entity.CustomField{
			{Name: "title", Type: "string", Required: true, Translatable: true},
			{Name: "note", Type: "text"},
			{Name: "mail", Type: "email"},
			{Name: "shop", Type: "int"},
			{Name: "share", Type: "float"},
			{Name: "in_use", Type: "bool", Default: &yes},
			{Name: "since", Type: "date"},
			{Name: "tree", Type: "json"},
			{Name: "cost", Type: "price"},
			{Name: "main_product", Type: "many-to-one", Reference: "product", OnDelete: "set-null"},
			{Name: "products", Type: "many-to-many", Reference: "product"},
			{Name: "parts", Type: "one-to-many", Reference: "ce_part", OnDelete: "cascade"},
			{Name: "labels", Type: "one-to-many", Reference: "tag", OnDelete: "set-null"},
			{Name: "goods", Type: "one-to-many", Reference: "product", OnDelete: "set-null"},
		}},
		{Name: "ce_part", Fields: []entity.CustomField{{Name: "position", Type: "int"}}},
	}
}

// bring installs an app with entities.
func (f *fixture) bring(app string, entities ...entity.Custom) lifecycle.Registration {
	f.t.Helper()
	r := registration(f.shop.ID, app)
	r.Entities = entities
	f.must(f.Registrations.Create(f.t.Context(), r, credentials(app)))
	return f.get(app)
}

func custom(name, id string, set map[string]any) entity.Change {
	set["createdAt"] = Now()
	return entity.Change{Entity: name, Kind: entity.Inserted, ID: ID(id), Set: set, Pointer: "/0"}
}

// fillBundles writes three records and what hangs below them.
func (f *fixture) fillBundles() {
	f.t.Helper()
	f.write(f.shop.ID,
		custom("ce_bundle", "bundle a", map[string]any{
			"title": "Äpfel", "note": "it's \"so\" <b>\n?", "mail": "A@Example.com", "shop": int64(7), "share": 1.0, "inUse": true, "since": Now(),
			"tree": json.RawMessage(`{"b":[1,2.50],"a":"x"}`), "mainProductId": ID("product 1"), "customFields": json.RawMessage(`{"color":"Red"}`),
			"cost": json.RawMessage(`[{"currencyId":"` + appdock.DefaultCurrency.String() + `","gross":12.5,"net":10,"linked":true}]`),
		}),
		custom("ce_bundle", "bundle b", map[string]any{"title": "birnen", "shop": int64(-3), "share": 0.25, "inUse": false, "mainProductId": ID("product 1")}),
		custom("ce_bundle", "bundle c", map[string]any{"title": "Citronen", "mainProductId": ID("product 2")}),
		custom("ce_part", "part 1", map[string]any{"position": int64(2), "ceBundlePartsId": ID("bundle a")}),
		custom("ce_part", "part 2", map[string]any{"position": int64(1), "ceBundlePartsId": ID("bundle a")}),
		paired("ce_bundle_products", "ceBundleId", ID("bundle a"), "productId", ID("product 0")),
		paired("ce_bundle_products", "ceBundleId", ID("bundle a"), "productId", ID("product 3")),
		paired("ce_bundle_products", "ceBundleId", ID("bundle b"), "productId", ID("product 0")),
		entity.Change{
			Entity: "ce_bundle_translation", Kind: entity.Inserted, ID: entity.PairID(ID("bundle b"), german.Language), Pointer: "/0",
			Set: map[string]any{"ceBundleId": ID("bundle b"), "languageId": german.Language, "title": "Zwetschgen", "createdAt": Now()},
		},
	)
}

func (f *fixture) hasEntity(name string) bool {
	f.t.Helper()
	schema, err := f.Records.Schema(f.t.Context(), f.shop.ID)
	f.must(err)
	_, ok := schema.Definition(name)
	return ok
}

func customLife(f *fixture) {
	f.equal("before", f.hasEntity("ce_bundle"), false)
	r := f.bring("Bundles", bundles()...)
	f.equal("brought", r.Entities, bundles())
	for _, name := range []string{"ce_bundle", "ce_part", "ce_bundle_products", "ce_bundle_translation"} {
		f.equal(name, f.hasEntity(name), true)
	}
	f.fillBundles()
	f.Stores = f.Reopen(f.t)
	f.equal("opened again", f.search(&entity.Criteria{Entity: "ce_bundle", Total: entity.CountAll}).Total, 3)
	_, err := f.Registrations.Remove(f.t.Context(), f.get("Bundles"), false)
	f.must(err)
	f.equal("after", f.hasEntity("ce_bundle"), false)
	_, err = f.Records.Search(f.t.Context(), f.shop.ID, entity.View{}, &entity.Criteria{Entity: "ce_bundle"})
	f.wantKind(err, appdock.NotFound)
	_, err = f.Records.Write(f.t.Context(), f.shop.ID, applying(custom("ce_part", "part", map[string]any{})))
	f.wantKind(err, appdock.NotFound)
	f.bring("Bundles", bundles()...)
	f.equal("installed again", f.search(&entity.Criteria{Entity: "ce_bundle"}).Total, 0)
	f.equal("pairs", f.search(&entity.Criteria{Entity: "ce_bundle_products"}).Total, 0)
}

func customRoundTrip(f *fixture) {
	f.bring("Bundles", bundles()...)
	f.fillBundles()
	one := func() entity.Record {
		f.t.Helper()
		page := f.search(&entity.Criteria{Entity: "ce_bundle", IDs: []appdock.ID{ID("bundle a")}})
		f.equal("found", len(page.Records), 1)
		return page.Records[0]
	}
	r := one()
	for field, want := range map[string]any{
		"title": "Äpfel", "note": "it's \"so\" <b>\n?", "mail": "A@Example.com", "shop": int64(7), "share": 1.0, "inUse": true, "since": Now(),
		"tree": json.RawMessage(`{"b":[1,2.50],"a":"x"}`), "mainProductId": ID("product 1"), "createdAt": Now(), "updatedAt": nil,
	} {
		f.equal(field, r.Get(field), want)
	}
	f.equal("row version", r.RowVersion, int64(1))
	change := entity.Change{
		Entity: "ce_bundle", Kind: entity.Updated, ID: ID("bundle a"), Expect: 1, Pointer: "/0",
		Set: map[string]any{"shop": nil, "mainProductId": nil, "share": 0.5, "inUse": false, "tree": json.RawMessage(`[]`), "updatedAt": Now().Add(time.Second)},
	}
	f.write(f.shop.ID, change)
	r = one()
	for field, want := range map[string]any{
		"title": "Äpfel", "shop": nil, "share": 0.5, "inUse": false, "tree": json.RawMessage(`[]`), "mainProductId": nil, "updatedAt": Now().Add(time.Second),
	} {
		f.equal("changed "+field, r.Get(field), want)
	}
	f.equal("row version", r.RowVersion, int64(2))
	_, err := f.Records.Write(f.t.Context(), f.shop.ID, applying(change))
	f.wantKind(err, appdock.Conflict)
	_, err = f.Records.Write(f.t.Context(), f.shop.ID, applying(custom("ce_bundle", "bundle a", map[string]any{"title": "x"})))
	f.wantKind(err, appdock.Invalid)
	f.write(f.shop.ID, entity.Change{Entity: "ce_bundle", Kind: entity.Deleted, ID: ID("bundle a")})
	f.equal("left", f.search(&entity.Criteria{Entity: "ce_bundle"}).Total, 2)
}

func customSearch(f *fixture) {
	f.bring("Bundles", bundles()...)
	f.fillBundles()
	tests := map[string]struct {
		filter entity.Filter
		want   []string
	}{
		"a folded text":  {entity.Filter{Kind: entity.Equals, Field: "title", Values: []any{"apfel"}}, []string{"bundle a"}},
		"part of a text": {entity.Filter{Kind: entity.Contains, Field: "note", Values: []any{"\"SO\""}}, []string{"bundle a"}},
		"an email":       {entity.Filter{Kind: entity.Equals, Field: "mail", Values: []any{"a@example.com"}}, []string{"bundle a"}},
		"a number":       {entity.Filter{Kind: entity.Range, Field: "shop", Bounds: entity.Bounds{LT: int64(0)}}, []string{"bundle b"}},
		"a fraction":     {entity.Filter{Kind: entity.Equals, Field: "share", Values: []any{1.0}}, []string{"bundle a"}},
		"truth":          {entity.Filter{Kind: entity.Equals, Field: "inUse", Values: []any{false}}, []string{"bundle b"}},
		"null":           {entity.Filter{Kind: entity.Equals, Field: "inUse", Values: []any{nil}}, []string{"bundle c"}},
		"a moment":       {entity.Filter{Kind: entity.Range, Field: "since", Bounds: entity.Bounds{GTE: Now()}}, []string{"bundle a"}},
		"a key":          {entity.Filter{Kind: entity.Equals, Field: "mainProductId", Values: []any{ID("product 1")}}, []string{"bundle a", "bundle b"}},
		"keys":           {entity.Filter{Kind: entity.EqualsAny, Field: "mainProductId", Values: []any{ID("product 1"), ID("product 2")}}, []string{"bundle c", "bundle a", "bundle b"}},
		"a custom field": {entity.Filter{Kind: entity.Equals, Field: "customFields.color", Values: []any{"red"}}, []string{"bundle a"}},
		"a price":        {entity.Filter{Kind: entity.Equals, Field: "cost", Values: []any{12.5}}, []string{"bundle a"}},
		"a net price":    {entity.Filter{Kind: entity.Equals, Field: "cost.net", Values: []any{int64(10)}}, []string{"bundle a"}},
		"a record of it": {entity.Filter{Kind: entity.Equals, Field: "mainProduct.productNumber", Values: []any{"sw2"}}, []string{"bundle c"}},
		"paired records": {entity.Filter{Kind: entity.Equals, Field: "products.productNumber", Values: []any{"SW0"}}, []string{"bundle a", "bundle b"}},
		"what leads to":  {entity.Filter{Kind: entity.Equals, Field: "parts.position", Values: []any{int64(2)}}, []string{"bundle a"}},
	}
	for name, test := range tests {
		f.equal(name, ids(f.search(&entity.Criteria{Entity: "ce_bundle", Filters: []entity.Filter{test.filter}})), named(test.want...))
	}
	inOrder := func(c *entity.Criteria, v entity.View) []appdock.ID {
		f.t.Helper()
		c.Entity = "ce_bundle"
		page := f.searchIn(v, c)
		order := make([]appdock.ID, len(page.Records))
		for i, r := range page.Records {
			order[i] = r.ID()
		}
		return order
	}
	f.equal("sorted", inOrder(&entity.Criteria{Sort: []entity.Sort{{Field: "title", Descending: true}}}, entity.View{}),
		[]appdock.ID{ID("bundle c"), ID("bundle b"), ID("bundle a")})
	f.equal("in German", inOrder(&entity.Criteria{Sort: []entity.Sort{{Field: "title", Descending: true}}}, german),
		[]appdock.ID{ID("bundle b"), ID("bundle c"), ID("bundle a")})
	page := f.search(&entity.Criteria{Entity: "ce_bundle", Total: entity.CountAll, Limit: 1, Aggregations: []entity.Aggregation{
		{Name: "sum", Kind: entity.Sum, Field: "shop"},
		{Name: "products", Kind: entity.Terms, Field: "mainProductId"},
	}})
	f.equal("total", page.Total, 3)
	f.equal("sum", page.Aggregations[0].Sum, 4.0)
	f.equal("buckets", len(page.Aggregations[1].Buckets), 2)
}

func customAssociations(f *fixture) {
	f.bring("Bundles", bundles()...)
	f.fillBundles()
	page := f.search(&entity.Criteria{Entity: "ce_bundle", IDs: []appdock.ID{ID("bundle a")}, Associations: map[string]*entity.Criteria{
		"mainProduct": {}, "products": {}, "parts": {Sort: []entity.Sort{{Field: "position"}}, Limit: 1, Associations: map[string]*entity.Criteria{"ceBundleParts": {}}}, "translations": {},
	}})
	loaded := page.Records[0].Loaded
	f.equal("to one", ids(entity.Page{Records: loaded["mainProduct"].Records}), named("product 1"))
	f.equal("to pairs", ids(entity.Page{Records: loaded["products"].Records}), named("product 0", "product 3"))
	f.equal("to many", ids(entity.Page{Records: loaded["parts"].Records}), named("part 2"))
	f.equal("and back", loaded["parts"].Records[0].Loaded["ceBundleParts"].Records[0].ID(), ID("bundle a"))
	f.equal("texts", len(loaded["translations"].Records), 1)

	page = f.search(&entity.Criteria{
		Entity: "product", IDs: []appdock.ID{ID("product 0"), ID("product 1")},
		Associations: map[string]*entity.Criteria{"ceBundleMainProduct": {}, "ceBundleProducts": {}},
	})
	f.equal("from the shop", ids(entity.Page{Records: page.Records[1].Loaded["ceBundleMainProduct"].Records}), named("bundle a", "bundle b"))
	f.equal("from the shop over pairs", ids(entity.Page{Records: page.Records[0].Loaded["ceBundleProducts"].Records}), named("bundle a", "bundle b"))
	f.equal("filtered by it", ids(f.search(&entity.Criteria{Entity: "product", Filters: []entity.Filter{
		{Kind: entity.Equals, Field: "ceBundleMainProduct.title", Values: []any{"citronen"}},
	}})), named("product 2"))
}

func customVersions(f *fixture) {
	r := f.bring("Bundles", bundles()...)
	f.fillBundles()
	next := bundles()[:1]
	fields := next[0].Fields[:0]
	for _, field := range next[0].Fields {
		switch field.Name {
		case "in_use", "parts":
			continue // gone
		case "shop":
			field.Type = "string" // another type
		case "main_product":
			field.Reference = "tax" // leads elsewhere
		}
		fields = append(fields, field)
	}
	next[0].Fields = append(fields, entity.CustomField{Name: "fresh", Type: "int"})
	r.Entities = next
	r = f.change(r)
	f.equal("kept", f.get("Bundles").Entities, next)
	f.equal("ce_part", f.hasEntity("ce_part"), false)
	page := f.search(&entity.Criteria{Entity: "ce_bundle", IDs: []appdock.ID{ID("bundle a")}, Associations: map[string]*entity.Criteria{"products": {}}})
	record := page.Records[0]
	for field, want := range map[string]any{"title": "Äpfel", "share": 1.0, "shop": nil, "fresh": nil, "mainProductId": nil} {
		f.equal(field, record.Get(field), want)
	}
	f.equal("pairs", len(record.Loaded["products"].Records), 2)
	r.Entities = bundles()
	f.change(r)
	page = f.search(&entity.Criteria{Entity: "ce_bundle", IDs: []appdock.ID{ID("bundle a")}})
	f.equal("a field that comes again is empty", page.Records[0].Get("inUse"), nil)
	f.equal("parts", f.search(&entity.Criteria{Entity: "ce_part"}).Total, 0)
}

func customKept(f *fixture) {
	f.bring("Bundles", bundles()...)
	f.fillBundles()
	_, err := f.Registrations.Remove(f.t.Context(), f.get("Bundles"), true)
	f.must(err)
	f.equal("out of sight", f.hasEntity("ce_bundle"), false)
	other := registration(f.shop.ID, "Other")
	other.Entities = bundles()[:1]
	f.equal("not for others", appdock.CodeOf(f.Registrations.Create(f.t.Context(), other, credentials("Other"))), "ADK-APP-ENTITY-TAKEN")
	f.bring("Bundles", bundles()...)
	f.equal("there again", f.search(&entity.Criteria{Entity: "ce_bundle", Filters: []entity.Filter{
		{Kind: entity.Equals, Field: "mainProductId", Values: []any{ID("product 1")}},
	}}).Total, 2)
	_, err = f.Registrations.Remove(f.t.Context(), f.get("Bundles"), false)
	f.must(err)
	// Nothing is kept of entities without records.
	f.bring("Bundles", bundles()...)
	_, err = f.Registrations.Remove(f.t.Context(), f.get("Bundles"), true)
	f.must(err)
	f.must(f.Registrations.Create(f.t.Context(), other, credentials("Other")))
}

func customShops(f *fixture) {
	f.bring("Bundles", bundles()...)
	third := appdock.Shop{ID: "ThirdShopCCCCCCC", URL: "https://third.example", Name: "Shop", Locale: "en-GB", Currency: "EUR"}
	f.must(f.Shops.AddShop(f.t.Context(), third))
	r := registration(third.ID, "Bundles")
	r.Entities = []entity.Custom{{Name: "ce_bundle", Fields: []entity.CustomField{{Name: "title", Type: "int"}}}}
	f.must(f.Registrations.Create(f.t.Context(), r, credentials("Bundles")))
	f.fillBundles()
	f.write(third.ID, custom("ce_bundle", "bundle a", map[string]any{"title": int64(5)}))
	page, err := f.Records.Search(f.t.Context(), third.ID, entity.View{}, &entity.Criteria{Entity: "ce_bundle"})
	f.must(err)
	f.equal("theirs", len(page.Records), 1)
	f.equal("their title", page.Records[0].Get("title"), int64(5))
	f.equal("ours", f.search(&entity.Criteria{Entity: "ce_bundle"}).Total, 3)
	_, err = f.Registrations.Remove(f.t.Context(), f.get("Bundles"), false)
	f.must(err)
	page, err = f.Records.Search(f.t.Context(), third.ID, entity.View{}, &entity.Criteria{Entity: "ce_bundle"})
	f.must(err)
	f.equal("theirs stay", len(page.Records), 1)
}

func customTaken(f *fixture) {
	f.bring("Bundles", bundles()...)
	tests := map[string]struct {
		entities []entity.Custom
		code     string
	}{
		"an entity of another app":    {[]entity.Custom{{Name: "ce_part"}}, "ADK-APP-ENTITY-TAKEN"},
		"texts of another app":        {[]entity.Custom{{Name: "ce_bundle_translation"}}, "ADK-APP-ENTITIES"},
		"an entity of the shop":       {[]entity.Custom{{Name: "product"}}, "ADK-APP-ENTITIES"},
		"a name without a beginning":  {[]entity.Custom{{Name: "thing"}}, "ADK-APP-ENTITIES"},
		"a name that is SQL":          {[]entity.Custom{{Name: `ce_x"; DROP TABLE product; --`}}, "ADK-APP-ENTITIES"},
		"a field that is SQL":         {[]entity.Custom{{Name: "ce_x", Fields: []entity.CustomField{{Name: `a' OR '1`, Type: "int"}}}}, "ADK-APP-ENTITIES"},
		"a reference that is SQL":     {[]entity.Custom{{Name: "ce_x", Fields: []entity.CustomField{{Name: "a", Type: "many-to-one", Reference: `x"y`}}}}, "ADK-APP-ENTITIES"},
		"a field twice":               {[]entity.Custom{{Name: "ce_x", Fields: []entity.CustomField{{Name: "a_b", Type: "int"}, {Name: "aB", Type: "int"}}}}, "ADK-APP-ENTITIES"},
		"a field that every one has":  {[]entity.Custom{{Name: "ce_x", Fields: []entity.CustomField{{Name: "created_at", Type: "int"}}}}, "ADK-APP-ENTITIES"},
		"a default of another type":   {[]entity.Custom{{Name: "ce_x", Fields: []entity.CustomField{{Name: "a", Type: "int", Default: new("x")}}}}, "ADK-APP-ENTITIES"},
		"a type that there is not":    {[]entity.Custom{{Name: "ce_x", Fields: []entity.CustomField{{Name: "a", Type: "uuid"}}}}, "ADK-APP-ENTITIES"},
		"an entity that comes twice":  {[]entity.Custom{{Name: "ce_x"}, {Name: "ce_x"}}, "ADK-APP-ENTITY-TAKEN"},
		"pairs with too long a name":  {[]entity.Custom{{Name: "ce_" + long(40), Fields: []entity.CustomField{{Name: long(40), Type: "many-to-many", Reference: "product"}}}}, "ADK-APP-ENTITIES"},
		"an entity called by pairs":   {[]entity.Custom{{Name: "ce_bundle_products"}}, "ADK-APP-ENTITIES"},
		"an entity with a long name ": {[]entity.Custom{{Name: "ce_" + long(70)}}, "ADK-APP-ENTITIES"},
	}
	for name, test := range tests {
		r := registration(f.shop.ID, "Taking")
		r.Entities = test.entities
		f.equal(name, appdock.CodeOf(f.Registrations.Create(f.t.Context(), r, credentials("Taking"))), test.code)
		_, err := f.Registrations.Get(f.t.Context(), f.shop.ID, "Taking")
		f.wantKind(err, appdock.NotFound)
	}
	f.equal("the one before", f.hasEntity("ce_bundle_products"), true)
}

func long(n int) string {
	text := make([]byte, n)
	for i := range text {
		text[i] = 'a'
	}
	return string(text)
}

func customManyKeys(f *fixture) {
	c := entity.Custom{Name: "ce_keys"}
	for _, name := range []string{"a", "b", "c", "d", "e", "f", "g", "h"} {
		c.Fields = append(c.Fields, entity.CustomField{Name: name, Type: "many-to-one", Reference: "tag", OnDelete: "set-null"})
	}
	r := f.bring("Keys", c)
	f.write(f.shop.ID, custom("ce_keys", "row", map[string]any{"aId": ID("tag new"), "hId": ID("tag sale")}))
	found := func(field string, tag string) int {
		f.t.Helper()
		return f.search(&entity.Criteria{Entity: "ce_keys", Filters: []entity.Filter{{Kind: entity.Equals, Field: field, Values: []any{tag}}}}).Total
	}
	f.equal("with a column", found("a.name", "new"), 1)
	f.equal("without", found("h.name", "sale"), 1)
	// What stands in the document stays there when a column is free again.
	c.Fields = c.Fields[1:]
	r.Entities = []entity.Custom{c}
	f.change(r)
	f.equal("still without", found("h.name", "sale"), 1)
}

// customOwners looks at records of the shop that belong to one custom record each.
func customOwners(f *fixture) {
	f.bring("Bundles", bundles()...)
	f.fillBundles()
	held := func(links, of, id, owner string) entity.Change {
		return entity.Change{Entity: links, Kind: entity.Inserted, ID: ID(of + " " + id), Pointer: "/0", Set: map[string]any{"ceBundleId": ID("bundle " + owner)}}
	}
	f.write(f.shop.ID,
		held("ce_bundle_labels", "tag", "new", "a"), held("ce_bundle_labels", "tag", "sale", "a"), held("ce_bundle_labels", "tag", "unused", "b"),
		held("ce_bundle_goods", "product", "0", "b"), held("ce_bundle_goods", "product", "1", "b"),
	)
	page := f.search(&entity.Criteria{Entity: "ce_bundle", Sort: []entity.Sort{{Field: "title"}}, Associations: map[string]*entity.Criteria{
		"labels": {Sort: []entity.Sort{{Field: "name"}}, Associations: map[string]*entity.Criteria{"ceBundleLabels": {}}},
		"goods":  {Sort: []entity.Sort{{Field: "productNumber"}}},
	}})
	for i, want := range []struct{ labels, goods []string }{
		{named("tag new", "tag sale"), nil}, {named("tag unused"), named("product 0", "product 1")}, {},
	} {
		labels := page.Records[i].Loaded["labels"].Records
		f.equal("labels", ids(entity.Page{Records: labels}), want.labels)
		f.equal("goods", ids(entity.Page{Records: page.Records[i].Loaded["goods"].Records}), want.goods)
		for _, label := range labels {
			f.equal("back", ids(entity.Page{Records: label.Loaded["ceBundleLabels"].Records}), []string{page.Records[i].ID().String()})
		}
	}
	is := func(field string, value any) []entity.Filter {
		return []entity.Filter{{Kind: entity.Equals, Field: field, Values: []any{value}}}
	}
	for _, filters := range [][]entity.Filter{
		is("labels.name", "sale"), is("labels.id", ID("tag sale")), append(is("labels.name", "new"), is("title", "Äpfel")...),
		{{Kind: entity.Nand, Queries: append(is("labels.name", "unused"), is("goods.id", ID("product 0"))...)}, {Kind: entity.Equals, Field: "shop", Values: []any{int64(7)}}},
	} {
		f.equal("by what it has", ids(f.search(&entity.Criteria{Entity: "ce_bundle", Filters: filters})), named("bundle a"))
	}
	f.equal("by what has it", ids(f.search(&entity.Criteria{Entity: "product", Filters: is("ceBundleGoods.title", "birnen"), Sort: []entity.Sort{{Field: "productNumber"}}})), named("product 0", "product 1"))
	f.equal("counted", counted([]entity.Aggregated{f.aggregate(entity.Criteria{Entity: "ce_bundle"}, entity.Aggregation{Name: "n", Kind: entity.Terms, Field: "labels.name"})}), "new 1 sale 1 unused 1")
	f.equal("most first", ids(f.search(&entity.Criteria{Entity: "ce_bundle", Sort: []entity.Sort{{Field: "labels.id", Count: true, Descending: true}, {Field: "title"}}}))[0], ID("bundle a").String())

	// Another version of the app means records of another entity: these are not tags.
	r := f.get("Bundles")
	for i := range r.Entities[0].Fields {
		if field := &r.Entities[0].Fields[i]; field.Name == "labels" {
			field.Reference = "product"
		}
	}
	f.change(r)
	f.equal("of another entity", f.search(&entity.Criteria{Entity: "ce_bundle_labels", Total: entity.CountAll}).Total, 0)
	f.equal("of the same entity", f.search(&entity.Criteria{Entity: "ce_bundle_goods", Total: entity.CountAll}).Total, 2)
}
