package storetest

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/appdock/appdock"
	"github.com/appdock/appdock/internal/entity"
	"github.com/appdock/appdock/internal/shop"
	"github.com/appdock/appdock/internal/webhook"
)

func ids(page entity.Page) []string {
	var found []string
	for _, r := range page.Records {
		found = append(found, r.ID().String())
	}
	return found
}

func named(names ...string) []string {
	var list []string
	for _, n := range names {
		list = append(list, ID(n).String())
	}
	return list
}

func (f *fixture) search(c *entity.Criteria) entity.Page {
	f.t.Helper()
	page, err := f.Records.Search(f.t.Context(), f.shop.ID, entity.View{}, c)
	f.must(err)
	return page
}

func recordCases() map[string]func(*fixture) {
	return map[string]func(*fixture){
		"records come in the order they were made":              defaultOrder,
		"records come in the order of their ids":                orderOfIDs,
		"bare records have their ids and ways alone":            bareRecords,
		"filters find their records":                            filters,
		"one row of an association is its newest or oldest":     ends,
		"pages and totals":                                      pages,
		"post-filters hold for what is found and counted":       postFilters,
		"records are sorted by how many rows they lead to":      sortedByCount,
		"values come back in their Go forms":                    values,
		"associations are loaded for all parents at once":       associations,
		"an association that is not stored reads as empty":      notStored,
		"an unknown shop is not found":                          unknownShop,
		"a draft is another record than the live one":           drafts,
		"a version shows its drafts, and what is live beside":   versions,
		"an association with a page of its own for each parent": pagesOfParents,
		"an association is grouped for each parent":             groupsOfParents,
		"prices are compared in the currency of the view":       pricesInCurrency,
		"an answer that would be too large is refused":          tooLarge,
		"names of subscriptions are found in any spelling":      foldedNames,
	}
}

func defaultOrder(f *fixture) {
	page := f.search(&entity.Criteria{Entity: "product"})
	f.equal("products", ids(page), named("product 0", "product 1", "product 2", "product 3", "product 4"))
	f.equal("total", page.Total, 5)
}

func orderOfIDs(f *fixture) {
	asked := []appdock.ID{ID("product 4"), ID("nobody"), ID("product 1"), ID("product 3")}
	page := f.search(&entity.Criteria{Entity: "product", IDs: asked})
	f.equal("in the order of ids", ids(page), named("product 4", "product 1", "product 3"))
	page = f.search(&entity.Criteria{Entity: "product", IDs: asked, Sort: []entity.Sort{{Field: "productNumber"}}})
	f.equal("sorted", ids(page), named("product 1", "product 3", "product 4"))
	page = f.search(&entity.Criteria{Entity: "product", IDs: []appdock.ID{}})
	f.equal("of no ids", len(page.Records), 0)
}

func bareRecords(f *fixture) {
	f.write(f.shop.ID, entity.Change{Entity: "order", Kind: entity.Inserted, ID: ID("order 0"), Version: ID("draft"), Set: map[string]any{"orderNumber": "100"}})
	f.write(f.shop.ID, entity.Change{Entity: "category", Kind: entity.Inserted, ID: ID("category 9"), Set: map[string]any{"path": "|1|"}})
	tests := map[string][]appdock.ID{
		"category": {ID("category 9")},
		"product":  {ID("nobody"), ID("product 3")},
		"order":    {ID("order 0"), ID("nobody")}, // once, although a draft of it is there
		"tax":      {ID("tax 19"), ID("nobody"), ID("tax 7")},
	}
	for name, asked := range tests {
		there, err := f.Records.Search(f.t.Context(), f.shop.ID, entity.View{}.In(ID("draft")), &entity.Criteria{Entity: name, IDs: asked, Bare: true})
		f.must(err)
		want := slices.Sorted(slices.Values(ids(f.search(&entity.Criteria{Entity: name, IDs: asked}))))
		f.equal(name+" that are there", slices.Sorted(slices.Values(ids(there))), want)
		f.equal("total", there.Total, len(want))
		f.equal("way", there.Records[0].Get("path"), map[string]any{"category": "|1|"}[name])
		f.equal("another value", there.Records[0].Get("createdAt"), nil)
	}
	some, err := f.Records.Search(f.t.Context(), f.shop.ID, entity.View{}, &entity.Criteria{
		Entity: "product", IDs: []appdock.ID{ID("product 3")}, Bare: true, Fields: []string{"active", "price", "taxId", "createdAt"},
	})
	f.must(err)
	whole := f.search(&entity.Criteria{Entity: "product", IDs: []appdock.ID{ID("product 3")}}).Records[0]
	for _, name := range []string{"id", "active", "price", "taxId", "createdAt"} {
		f.equal("the "+name+" that was asked for", some.Records[0].Get(name), whole.Get(name))
	}
	f.equal("a value that was not", some.Records[0].Get("productNumber"), nil)
	way, err := f.Records.Search(f.t.Context(), f.shop.ID, entity.View{}, &entity.Criteria{
		Entity: "category", IDs: []appdock.ID{ID("category 9")}, Bare: true, Fields: []string{"path"},
	})
	f.must(err)
	f.equal("the way by its name", way.Records[0].Get("path"), "|1|")
}

func filters(f *fixture) {
	is := func(field string, values ...any) entity.Filter {
		return entity.Filter{Kind: entity.Equals, Field: field, Values: values}
	}
	only := func(values ...any) entity.Filter {
		return entity.Filter{Kind: entity.Within, Field: "requiredPrivileges", Values: values}
	}
	for i, needed := range []any{json.RawMessage(`["a"]`), json.RawMessage(`["a","b"]`), json.RawMessage(`[]`), nil} {
		f.write(f.shop.ID, entity.Change{Entity: "notification", Kind: entity.Inserted, ID: ID(fmt.Sprint("n ", i)), Set: map[string]any{
			"status": "info", "message": "x", "requiredPrivileges": needed, "createdAt": time.Unix(int64(i), 0).UTC(),
		}})
	}
	tests := map[string]struct {
		entity string
		filter entity.Filter
		want   []string
	}{
		"a list with nothing":          {"notification", only(), named("n 2", "n 3")},
		"a list with nothing but this": {"notification", only("a", "c"), named("n 0", "n 2", "n 3")},
		"a list with nothing but both": {"notification", only("a", "b"), named("n 0", "n 1", "n 2", "n 3")},

		"case and accents do not count":             {"product", is("name", "aCCENTED CAFE"), named("product 0")},
		"part of a text, its wildcards are letters": {"product", entity.Filter{Kind: entity.Contains, Field: "name", Values: []any{"0% off_"}}, named("product 2")},
		"ß is ss":                          {"product", entity.Filter{Kind: entity.Suffix, Field: "name", Values: []any{"SSE"}}, named("product 3")},
		"a number between two":             {"product", entity.Filter{Kind: entity.Range, Field: "stock", Bounds: entity.Bounds{GT: int64(10), LTE: int64(30)}}, named("product 2", "product 3")},
		"a truth value":                    {"product", is("active", false), named("product 3")},
		"a key":                            {"product", is("taxId", ID("tax 7")), named("product 1", "product 3")},
		"a field of another record":        {"product", is("tax.taxRate", 7.0), named("product 1", "product 3")},
		"the price":                        {"product", entity.Filter{Kind: entity.Range, Field: "price.gross", Bounds: entity.Bounds{GTE: 104.0}}, named("product 4")},
		"a row of many":                    {"order", is("lineItems.quantity", int64(3)), named("order 2")},
		"not a row of many":                {"order", entity.Filter{Kind: entity.Nand, Queries: []entity.Filter{is("lineItems.quantity", int64(2))}}, named("order 0")},
		"one record that is there at most": {"order", is("orderCustomer.email", "buyer1@example.com"), named("order 1")},
		"null":                             {"product", is("ean", nil), named("product 0", "product 1", "product 2", "product 3", "product 4")},
		"none of a view":                   {"webhook", is("appId", ID("installation Gone")), nil},
	}
	for name, test := range tests {
		page := f.search(&entity.Criteria{Entity: test.entity, Filters: []entity.Filter{test.filter}, Total: entity.CountAll})
		f.equal(name, ids(page), test.want)
		f.equal(name+", counted", page.Total, len(test.want))
	}
}

// ends finds orders by one of their line items, of which order 2 has three: the quantities rise
// and the positions fall.
func ends(f *fixture) {
	of := func(kind entity.FilterKind, field string, quantity int64) entity.Filter {
		return entity.Filter{Kind: entity.And, Queries: []entity.Filter{
			{Kind: kind, Field: "lineItems." + field}, {Kind: entity.Equals, Field: "lineItems.quantity", Values: []any{quantity}},
		}}
	}
	find := func(filter entity.Filter) []string {
		return ids(f.search(&entity.Criteria{Entity: "order", Filters: []entity.Filter{filter}, Sort: []entity.Sort{{Field: "orderNumber"}}}))
	}
	f.equal("the first", find(of(entity.Oldest, "position", 2)), named("order 1"))
	f.equal("the last", find(of(entity.Newest, "position", 1)), named("order 0", "order 1", "order 2"))
	f.equal("not the last", find(of(entity.Newest, "position", 2)), []string(nil))
	f.equal("all others", find(entity.Filter{Kind: entity.Nand, Queries: []entity.Filter{of(entity.Oldest, "position", 2)}}), named("order 0", "order 2"))
	f.equal("any", find(entity.Filter{Kind: entity.Newest, Field: "lineItems.position"}), named("order 0", "order 1", "order 2"))
	found := 0
	for quantity := range int64(3) {
		found += len(find(of(entity.Newest, "orderId", quantity+1)))
	}
	f.equal("of equal ones, one of each order", found, 3)
}

func pages(f *fixture) {
	c := func(total entity.Total, limit, offset int) *entity.Criteria {
		return &entity.Criteria{Entity: "product", Sort: []entity.Sort{{Field: "stock", Descending: true}}, Limit: limit, Offset: offset, Total: total}
	}
	page := f.search(c(entity.CountPage, 2, 1))
	f.equal("second page", ids(page), named("product 3", "product 2"))
	f.equal("total of the page", page.Total, 2)
	f.equal("total of all", f.search(c(entity.CountAll, 2, 4)).Total, 5)
	// Enough for six further pages, and not more.
	for i := range 10 {
		f.write(f.shop.ID, entity.Change{Entity: "product", Kind: entity.Inserted, ID: ID(fmt.Sprint("more ", i)), Set: map[string]any{"productNumber": fmt.Sprint("M", i)}})
	}
	f.equal("total of next pages", f.search(c(entity.CountNext, 1, 0)).Total, 7)
	f.equal("total of next pages, not so many", f.search(c(entity.CountNext, 5, 0)).Total, 15)
	f.equal("total of next pages, from the third", f.search(c(entity.CountNext, 1, 2)).Total, 7)
	f.equal("total of next pages, from the last", f.search(c(entity.CountNext, 5, 10)).Total, 5)
}

func postFilters(f *fixture) {
	is := func(field string, value any) []entity.Filter {
		return []entity.Filter{{Kind: entity.Equals, Field: field, Values: []any{value}}}
	}
	page := f.search(&entity.Criteria{Entity: "product", Filters: is("tax.taxRate", 7.0), PostFilters: is("active", false), Total: entity.CountAll})
	f.equal("both hold", ids(page), named("product 3"))
	f.equal("counted", page.Total, 1)
	page = f.search(&entity.Criteria{Entity: "order", IDs: []appdock.ID{ID("order 2")}, Associations: map[string]*entity.Criteria{
		"lineItems": {Filters: is("quantity", int64(3)), PostFilters: is("quantity", int64(2))},
	}})
	f.equal("both hold in an association", len(page.Records[0].Loaded["lineItems"].Records), 0)
}

func sortedByCount(f *fixture) {
	for i := range 5 {
		f.write(f.shop.ID, entity.Change{Entity: "order_line_item", Kind: entity.Inserted, ID: ID(fmt.Sprint("count ", i)), Set: map[string]any{"orderId": ID("order 1")}})
	}
	page := f.search(&entity.Criteria{Entity: "order", Sort: []entity.Sort{{Field: "lineItems.id", Count: true, Descending: true}}, Limit: 1})
	f.equal("the one with the most", ids(page), named("order 1"))
}

func values(f *fixture) {
	r := f.search(&entity.Criteria{Entity: "product", IDs: []appdock.ID{ID("product 2")}}).Records[0]
	want := map[string]any{
		"id": ID("product 2"), "versionId": appdock.LiveVersion, "parentVersionId": appdock.LiveVersion, "parentId": nil,
		"productNumber": "SW2", "stock": int64(20), "active": true, "autoIncrement": int64(3), "weight": nil,
		"createdAt": Now().Add(-3600e9), "updatedAt": nil,
	}
	for name, value := range want {
		f.equal(name, r.Get(name), value)
	}
	f.equal("row version", r.RowVersion, int64(1))
	tax := f.search(&entity.Criteria{Entity: "tax", IDs: []appdock.ID{ID("tax 7")}}).Records[0]
	f.equal("tax rate", tax.Get("taxRate"), any(7.0))
}

func associations(f *fixture) {
	page := f.search(&entity.Criteria{Entity: "order", Associations: map[string]*entity.Criteria{
		"lineItems": {
			Sort:         []entity.Sort{{Field: "position"}},
			Associations: map[string]*entity.Criteria{"product": {}, "order": {}},
		},
		"billingAddress": nil,
	}})
	f.equal("orders", ids(page), named("order 0", "order 1", "order 2"))
	for i, order := range page.Records {
		customer, ok := order.One("orderCustomer")
		f.equal("always loaded", ok, true)
		f.equal("customer", customer.Text("email"), fmt.Sprintf("Buyer%d@Example.com", i))
		var want []string
		for n := i; n >= 0; n-- {
			want = append(want, fmt.Sprint("item ", i, n))
		}
		items := order.Loaded["lineItems"].Records
		f.equal("items", ids(entity.Page{Records: items}), named(want...))
		for _, item := range items {
			product, ok := item.One("product")
			f.equal("product of the item", ok, true)
			f.equal("the right one", product.ID(), item.Key("productId"))
			_, always := product.One("tax")
			f.equal("tax of the product", always, true)
			parent, _ := item.One("order")
			f.equal("and back", parent.ID(), order.ID())
		}
		_, asked := order.Loaded["billingAddress"]
		f.equal("asked for and not there", asked, true)
		_, asked = order.Loaded["addresses"]
		f.equal("not asked for", asked, false)
	}
}

func pagesOfParents(f *fixture) {
	page := f.search(&entity.Criteria{Entity: "order", Associations: map[string]*entity.Criteria{
		"lineItems": {
			Filters: []entity.Filter{{Kind: entity.Range, Field: "quantity", Bounds: entity.Bounds{LT: int64(3)}}},
			Sort:    []entity.Sort{{Field: "quantity", Descending: true}},
			Limit:   1,
		},
	}})
	for i, want := range []string{"item 0 0", "item 1 1", "item 2 1"} {
		f.equal("items", ids(entity.Page{Records: page.Records[i].Loaded["lineItems"].Records}), named(want))
	}
	page = f.search(&entity.Criteria{Entity: "order", Associations: map[string]*entity.Criteria{
		"lineItems": {Sort: []entity.Sort{{Field: "quantity"}}, Offset: 1},
	}})
	for i, want := range [][]string{nil, {"item 1 1"}, {"item 2 1", "item 2 2"}} {
		f.equal("items behind the first", ids(entity.Page{Records: page.Records[i].Loaded["lineItems"].Records}), named(want...))
	}
}

func groupsOfParents(f *fixture) {
	for _, c := range []entity.Criteria{{}, {Limit: 1}, {Limit: 1, Offset: 1}} {
		c.Sort, c.Grouping = []entity.Sort{{Field: "position"}}, []string{"parentId"} // which all have in common
		page := f.search(&entity.Criteria{Entity: "order", Associations: map[string]*entity.Criteria{"lineItems": &c}})
		for i, first := range []string{"item 0 0", "item 1 1", "item 2 2"} {
			want := named(first)
			if c.Offset > 0 {
				want = named()
			}
			f.equal("items", ids(entity.Page{Records: page.Records[i].Loaded["lineItems"].Records}), want)
		}
	}
	page := f.search(&entity.Criteria{Entity: "order", Associations: map[string]*entity.Criteria{
		"lineItems": {Sort: []entity.Sort{{Field: "position"}}, Grouping: []string{"label", "product.name"}},
	}})
	f.equal("items that differ", ids(entity.Page{Records: page.Records[2].Loaded["lineItems"].Records}), named("item 2 2", "item 2 1", "item 2 0"))
}

func pricesInCurrency(f *fixture) {
	currency := ID("currency")
	price := json.RawMessage(fmt.Sprintf(`[{"currencyId":"%s","gross":104,"net":1,"linked":true},{"currencyId":"%s","gross":7,"net":6.5,"linked":true}]`, appdock.DefaultCurrency, currency))
	f.write(f.shop.ID, entity.Change{Entity: "product", Kind: entity.Updated, ID: ID("product 4"), Set: map[string]any{"price": price}})
	view := entity.View{Currency: currency, Factor: 2.5}
	for name, c := range map[string]struct {
		field string
		value float64
		want  []string
	}{
		"its own":           {"price", 7, named("product 4")},
		"its own net":       {"price.net", 6.5, named("product 4")},
		"by the factor":     {"price.gross", 255, named("product 2")},
		"one that is named": {"price." + appdock.DefaultCurrency.String() + ".gross", 104, named("product 4")},
	} {
		page, err := f.Records.Search(f.t.Context(), f.shop.ID, view, &entity.Criteria{
			Entity: "product", Filters: []entity.Filter{{Kind: entity.Equals, Field: c.field, Values: []any{c.value}}},
		})
		f.must(err)
		f.equal(name, ids(page), c.want)
	}
	page, err := f.Records.Search(f.t.Context(), f.shop.ID, view, &entity.Criteria{Entity: "product", Sort: []entity.Sort{{Field: "price"}}, Limit: 2})
	f.must(err)
	f.equal("sorted", ids(page), named("product 4", "product 0"))
}

func notStored(f *fixture) {
	page := f.search(&entity.Criteria{Entity: "product", Limit: 1, Associations: map[string]*entity.Criteria{"downloads": {}}})
	loaded, ok := page.Records[0].Loaded["downloads"]
	f.equal("loaded", ok, true)
	f.equal("downloads", len(loaded.Records), 0)
}

func unknownShop(f *fixture) {
	_, err := f.Records.Search(f.t.Context(), "NobodyKnowsThis1", entity.View{}, &entity.Criteria{Entity: "product"})
	f.wantKind(err, appdock.NotFound)
	_, err = f.Records.Write(f.t.Context(), "NobodyKnowsThis1", applying())
	f.wantKind(err, appdock.NotFound)
}

func drafts(f *fixture) {
	draft := ID("draft")
	f.write(f.shop.ID,
		entity.Change{Entity: "order", Kind: entity.Inserted, ID: ID("order 0"), Version: draft, Set: map[string]any{"orderNumber": "100"}},
		entity.Change{Entity: "order", Kind: entity.Updated, ID: ID("order 0"), Version: draft, Set: map[string]any{"customerComment": "a draft"}})
	one := &entity.Criteria{Entity: "order", IDs: []appdock.ID{ID("order 0")}}
	live := f.search(one).Records[0]
	f.equal("comment of the live one", live.Get("customerComment"), nil)
	page, err := f.Records.Search(f.t.Context(), f.shop.ID, entity.View{Version: draft}, one)
	f.must(err)
	f.equal("comment of the draft", page.Records[0].Text("customerComment"), "a draft")
	f.equal("version of the draft", page.Records[0].Key("versionId"), draft)
	f.equal("drafts have their own children", len(page.Records[0].Loaded["orderCustomer"].Records), 0)
}

// tooLarge asks for ever more of the same few records: what counts is how many the answer
// shows, because that is what somebody has to write down.
func tooLarge(f *fixture) {
	again := func(depth int) map[string]*entity.Criteria {
		asked := map[string]*entity.Criteria{}
		for range depth {
			asked = map[string]*entity.Criteria{"lineItems": {Associations: map[string]*entity.Criteria{"order": {Associations: asked}}}}
		}
		return asked
	}
	tests := map[string]*entity.Criteria{
		"records alone":                 {Entity: "tax"},
		"what always comes with them":   {Entity: "product", Limit: 3},
		"rows of each":                  {Entity: "order", Associations: again(1)},
		"rows of each, again and again": {Entity: "order", Associations: again(4)},
	}
	for name, c := range tests {
		shown := count(f.search(c).Records)
		bounded := *c
		bounded.MaxRecords = shown
		f.equal(name, count(f.search(&bounded).Records), shown)
		bounded.MaxRecords = shown - 1
		_, err := f.Records.Search(f.t.Context(), f.shop.ID, entity.View{}, &bounded)
		f.equal(name+", one too many", appdock.CodeOf(err), entity.CodeTooLarge)
		f.wantKind(err, appdock.Invalid)
		_, err = f.Records.Write(f.t.Context(), f.shop.ID, func(u shop.Unit) error {
			_, err := u.Search(entity.View{}, &bounded)
			return err
		})
		f.equal(name+", one too many inside a unit", appdock.CodeOf(err), entity.CodeTooLarge)
	}
}

// count gives how many records an answer shows.
func count(records []entity.Record) int {
	n := len(records)
	for _, r := range records {
		for _, l := range r.Loaded {
			n += count(l.Records)
		}
	}
	return n
}

func foldedNames(f *fixture) {
	r := f.get("Notes")
	h := &r.Features.Webhooks[0]
	h.Name, h.Event, h.URL = "Größe", "über.Änderung", "https://Müller.example/Hook"
	f.change(r)
	_, err := f.Queue.Append(f.t.Context(), event(f.shop.ID, "folded", 1))
	f.must(err)
	_, _, err = f.Queue.FanOut(f.t.Context(), 1, func(events []appdock.Event) ([]webhook.Delivery, error) {
		d := delivery(events[0], h.ID, "folded")
		d.Webhook, d.EventName, d.URL, d.App = h.Name, h.Event, h.URL, "Öl"
		return []webhook.Delivery{d}, nil
	})
	f.must(err)
	for _, test := range []struct{ entity, field, value string }{
		{"webhook", "name", "GROSSE"},
		{"webhook", "eventName", "Uber.anderung"},
		{"webhook", "url", "https://muller.EXAMPLE/hook"},
		{"webhook_event_log", "webhookName", "größe"},
		{"webhook_event_log", "eventName", "ÜBER.änderung"},
		{"webhook_event_log", "url", "https://müller.example/hook"},
		{"webhook_event_log", "appName", "öL"},
	} {
		page := f.search(&entity.Criteria{Entity: test.entity, Filters: []entity.Filter{
			{Kind: entity.Equals, Field: test.field, Values: []any{test.value}},
		}})
		f.equal(test.entity+" of "+test.field, len(page.Records), 1)
	}
}

// versions looks at an order whose draft lost a line item, changed one and got one.
func versions(f *fixture) {
	draft := ID("draft")
	view := entity.View{}.In(draft)
	inserted := func(name, id string, version appdock.ID, set map[string]any) entity.Change {
		return entity.Change{Entity: name, Kind: entity.Inserted, ID: ID(id), Version: version, Set: set}
	}
	item := func(id string, version appdock.ID, quantity int64) entity.Change {
		return inserted("order_line_item", id, version, map[string]any{"orderId": ID("order 1"), "productId": ID("product 1"), "quantity": quantity})
	}
	f.write(f.shop.ID,
		inserted("order", "order 1", draft, map[string]any{"orderNumber": "1"}),
		inserted("order", "order 1", view.Base, map[string]any{"orderNumber": "1"}),
		item("item 1 0", draft, 7), item("item 1 new", draft, 8),
		item("item 1 0", view.Base, 1), item("item 1 1", view.Base, 2),
	)
	search := func(c *entity.Criteria) entity.Page {
		page, err := f.Records.Search(f.t.Context(), f.shop.ID, view, c)
		f.must(err)
		return page
	}
	all := map[string]*entity.Criteria{"lineItems": {Sort: []entity.Sort{{Field: "quantity"}}, Associations: map[string]*entity.Criteria{"product": {}, "order": {}}}}
	page := search(&entity.Criteria{Entity: "order", Sort: []entity.Sort{{Field: "id"}}, Associations: all, Total: entity.CountAll})
	f.equal("each order once", page.Total, 3)
	for _, order := range page.Records {
		want, version := []string{"item 1 0", "item 1 new"}, draft
		items := order.Loaded["lineItems"].Records
		if order.ID() != ID("order 1") {
			version = appdock.LiveVersion
			want = named("item 0 0")
			if order.ID() == ID("order 2") {
				want = named("item 2 0", "item 2 1", "item 2 2")
			}
		} else {
			want = named(want...)
		}
		f.equal("version", order.Version(), version)
		f.equal("items", ids(entity.Page{Records: items}), want)
		for _, item := range items {
			product, ok := item.One("product")
			f.equal("a key leads to what is live", ok && product.Version() == appdock.LiveVersion, true)
			f.equal("and says so", item.Key("productVersionId"), appdock.LiveVersion)
			f.equal("a key inside of the draft stays there", item.Key("orderVersionId"), version)
			back, _ := item.One("order")
			f.equal("and leads there", back.Version(), version)
		}
	}
	items := search(&entity.Criteria{Entity: "order_line_item", Sort: []entity.Sort{{Field: "id"}}, Filters: []entity.Filter{{
		Kind: entity.Equals, Field: "orderId", Values: []any{ID("order 1")},
	}}})
	f.equal("what the draft lost is not found", len(items.Records), 2)
	is := func(field string, value any) []entity.Filter {
		return []entity.Filter{{Kind: entity.Equals, Field: field, Values: []any{value}}}
	}
	f.equal("by an item of the draft", ids(search(&entity.Criteria{Entity: "order", Filters: is("lineItems.quantity", int64(8))})), named("order 1"))
	f.equal("by an item that only live has", len(search(&entity.Criteria{Entity: "order", Filters: is("lineItems.id", ID("item 1 1"))}).Records), 0)
	f.equal("over a key to what is live", ids(search(&entity.Criteria{Entity: "order_line_item", Filters: append(is("product.productNumber", "SW1"), is("quantity", int64(8))...)})), named("item 1 new"))
	f.equal("live knows nothing of it", len(f.search(&entity.Criteria{Entity: "order", Filters: is("lineItems.quantity", int64(8))}).Records), 0)

	// A draft has tags of its own: live is "new", the draft has "sale" besides, and not "new".
	tagged := func(order, tag string, version appdock.ID) entity.Change {
		c := paired("order_tag", "tagId", ID(tag), "orderId", ID(order))
		c.Version = version
		return c
	}
	f.write(f.shop.ID,
		tagged("order 1", "tag new", appdock.LiveVersion), tagged("order 0", "tag new", appdock.LiveVersion),
		tagged("order 1", "tag new", view.Base), tagged("order 1", "tag sale", draft), tagged("order 1", "tag unused", draft),
	)
	tags := map[string]*entity.Criteria{"tags": {Sort: []entity.Sort{{Field: "name"}}, Associations: map[string]*entity.Criteria{"orders": {}}}}
	byOrder := entity.Criteria{Entity: "order", Sort: []entity.Sort{{Field: "id"}}, Associations: tags}
	for _, test := range []struct {
		what string
		page entity.Page
		want map[string][]string
	}{
		{"live", f.search(&byOrder), map[string][]string{"order 0": named("tag new"), "order 1": named("tag new")}},
		{"in the version", search(&byOrder), map[string][]string{"order 0": named("tag new"), "order 1": named("tag sale", "tag unused")}},
	} {
		for _, order := range test.page.Records {
			want := test.want["order 0"]
			switch order.ID() {
			case ID("order 1"):
				want = test.want["order 1"]
			case ID("order 2"):
				want = nil
			}
			f.equal("tags "+test.what, ids(entity.Page{Records: order.Loaded["tags"].Records}), want)
		}
	}
	for _, condition := range [][]entity.Filter{is("tags.name", "sale"), is("tags.id", ID("tag sale")), {{Kind: entity.Or, Queries: is("tags.name", "sale")}}} {
		c := &entity.Criteria{Entity: "order", Filters: condition}
		f.equal("by a tag of the draft", ids(search(c)), named("order 1"))
		f.equal("by a tag of the draft, live", len(f.search(c).Records), 0)
	}
	for _, condition := range [][]entity.Filter{is("tags.name", "new"), is("tags.id", ID("tag new"))} {
		c := &entity.Criteria{Entity: "order", Filters: condition, Sort: []entity.Sort{{Field: "id"}}}
		f.equal("by a tag that only live has", ids(search(c)), named("order 0"))
		f.equal("by a tag that only live has, live", ids(f.search(c)), named("order 0", "order 1"))
	}
	of := func(v entity.View) []entity.Aggregated {
		all, err := f.Records.Search(f.t.Context(), f.shop.ID, v, &entity.Criteria{
			Entity: "order", Limit: 1, Aggregations: []entity.Aggregation{{Name: "tags", Kind: entity.Terms, Field: "tags.name"}},
		})
		f.must(err)
		return all.Aggregations
	}
	f.equal("counted live", counted(of(entity.View{})), "new 2")
	f.equal("counted in the version", counted(of(view)), "new 1 sale 1 unused 1")
	f.equal("the rows of the draft", len(search(&entity.Criteria{Entity: "order_tag"}).Records), 3)
}

// counted writes the buckets of the first answer, those of no value left out.
func counted(all []entity.Aggregated) string {
	var words []string
	for _, b := range all[0].Buckets {
		if b.Key != "" {
			words = append(words, fmt.Sprint(b.Key, " ", b.Count))
		}
	}
	slices.Sort(words)
	return strings.Join(words, " ")
}
