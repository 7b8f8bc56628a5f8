package storetest

import (
	"fmt"

	"github.com/appdock/appdock"
	"github.com/appdock/appdock/internal/entity"
	"github.com/appdock/appdock/internal/shop"
	"github.com/appdock/appdock/internal/webhook"
)

func planCases() map[string]func(*fixture) {
	return map[string]func(*fixture){"no statement walks through a whole shop": plans}
}

// plans runs what a host does all day over 10 000 rows and looks at how each statement
// found its rows.
func plans(f *fixture) {
	f.fill(10_000)
	f.Stores = f.Reopen(f.t) // only what is run from here on counts
	if f.Walks == nil {
		f.t.Skip("this store does not explain its plans")
	}
	is := func(field string, values ...any) []entity.Filter {
		return []entity.Filter{{Kind: entity.EqualsAny, Field: field, Values: values}}
	}
	for _, c := range []*entity.Criteria{
		{Entity: "product", IDs: []appdock.ID{ID("bulk 77")}},
		{Entity: "product", IDs: []appdock.ID{ID("bulk 77"), ID("bulk 78")}},
		{Entity: "product", Filters: is("productNumber", "B77"), Total: entity.CountAll},
		{Entity: "product", Filters: is("productNumber", "B77", "B78")},
		{Entity: "order", Filters: is("orderNumber", "100")},
		{Entity: "order", Filters: is("lineItems.productId", ID("bulk 77"))},
		{Entity: "order", Filters: is("lineItems.productId", ID("bulk 77"), ID("bulk 78"))},
		{Entity: "order_line_item", Filters: is("orderId", ID("order 1")), Sort: []entity.Sort{{Field: "position"}}},
		{Entity: "order_customer", Filters: is("order.orderNumber", "100"), IDs: []appdock.ID{ID("order customer 1")}},
		{Entity: "order", IDs: []appdock.ID{ID("order 1"), ID("order 2")}, Associations: map[string]*entity.Criteria{
			"lineItems": {Limit: 2, Associations: map[string]*entity.Criteria{"product": {}, "order": {}}},
			"addresses": {}, "currency": {}, "stateMachineState": {},
		}},
		{Entity: "product", Filters: is("tags.id", ID("tag new"))},
		{Entity: "product", Filters: is("tags.id", ID("tag new")), Sort: []entity.Sort{{Field: "name"}}},
		{Entity: "product", IDs: []appdock.ID{ID("product 1"), ID("product 2")}, Associations: map[string]*entity.Criteria{
			"tags": {Limit: 3, Associations: map[string]*entity.Criteria{"products": {}}}, "categories": {}, "translations": {},
		}},
		{Entity: "product_tag", IDs: []appdock.ID{entity.PairID(ID("product 1"), ID("tag new"))}, Keys: [][2]appdock.ID{{ID("product 1"), ID("tag new")}}},
		{
			Entity: "product_tag", IDs: []appdock.ID{entity.PairID(ID("product 1"), ID("tag new")), entity.PairID(ID("product 1"), ID("tag sale"))},
			Keys: [][2]appdock.ID{{ID("product 1"), ID("tag new")}, {ID("product 1"), ID("tag sale")}},
		},
		{Entity: "version", Filters: append(is("entityName", "product"), is("referencedId", ID("product 1"), ID("product 2"))...)},
		{Entity: "app", IDs: []appdock.ID{ID("installation Notes")}},
		{Entity: "webhook", IDs: []appdock.ID{f.hook()}},
		{Entity: "webhook", Filters: is("appId", ID("installation Notes"))},
		{Entity: "webhook_event_log", IDs: []appdock.ID{ID("delivery seed 1")}},
	} {
		f.search(c)
		f.searchIn(austrian, c)
		f.searchIn(entity.View{Inherit: true}, c)
	}
	_, err := f.Records.Write(f.t.Context(), f.shop.ID, func(u shop.Unit) error {
		f.must(u.Apply(product("P1", map[string]any{})))
		f.must(u.Apply(entity.Change{Entity: "product", Kind: entity.Updated, ID: ID("new P1"), Expect: 1, Set: map[string]any{"stock": int64(1)}}))
		f.must(u.Apply(entity.Change{Entity: "product", Kind: entity.Deleted, ID: ID("new P1")}))
		_, err := u.Next("order", 1)
		f.must(err)
		_, err = u.Next("order", 1)
		f.must(err)
		return u.Raise(event(f.shop.ID, "plan", 1))
	})
	f.must(err)
	f.finish(f.made(3), webhook.Waiting, Now())
	f.ordered(0, 3)
	f.due(Now(), 3)
	f.must(f.Queue.LetGo(f.t.Context()))
	_, _, err = f.Queue.Backlogs(f.t.Context())
	f.must(err)
	f.must(f.Queue.Finish(f.t.Context(), webhook.Results{Health: []webhook.Health{f.ill()}, Back: []int64{1}}))
	f.healths()
	f.parked()
	f.must(f.Parking.Order(f.t.Context(), f.shop.ID, f.hook(), webhook.OrderResume))
	_, _, err = f.Parking.Trial(f.t.Context(), f.hook())
	f.must(err)
	_, err = f.Parking.Move(f.t.Context(), f.hook(), webhook.Parked, webhook.Waiting, "", 2)
	f.must(err)
	_, _, err = f.Replays.Replay(f.t.Context(), webhook.Filter{Shop: f.shop.ID, Limit: 5}, 0, Now())
	f.must(err)
	_, _, err = f.Retention.Expire(f.t.Context(), 0, webhook.Expiry{Before: Now(), Events: Now()})
	f.must(err)
	_, err = f.Retention.Lifetimes(f.t.Context())
	f.must(err)
	_, err = f.Retention.Size(f.t.Context())
	f.must(err)
	_, err = f.Log.Deliveries(f.t.Context(), webhook.Filter{Shop: f.shop.ID})
	f.must(err)
	_, _, err = f.History.Happened(f.t.Context(), f.shop.ID, webhook.Past{Names: []appdock.EventName{"product.written"}, Since: Now(), Limit: 3})
	f.must(err)
	_, _, err = f.History.Happened(f.t.Context(), f.shop.ID, webhook.Past{Names: []appdock.EventName{"product.written"}, After: 2, Limit: 3})
	f.must(err)
	r := f.change(f.get("Notes"))
	_, err = f.Registrations.LastSecret(f.t.Context(), f.shop.ID, "Gone")
	f.must(err)
	_, err = f.Keys.Key(f.t.Context(), f.shop.ID, ID("nobody"))
	f.wantKind(err, appdock.NotFound)
	_, err = f.Clients.Client(f.t.Context(), f.shop.ID, "KEYNotes")
	f.must(err)
	_, _, err = f.Subscriptions.Changed(f.t.Context(), 0)
	f.must(err)
	_, err = f.Registrations.Remove(f.t.Context(), r, false)
	f.must(err)

	for _, statement := range f.Walks(f.t) {
		f.t.Error(statement)
	}
}

// fill makes a shop large: products, and line items of one order that are these products.
func (f *fixture) fill(n int) {
	f.t.Helper()
	var changes []entity.Change
	for i := range n / 2 {
		id := ID(fmt.Sprint("bulk ", i))
		changes = append(changes,
			entity.Change{Entity: "product", Kind: entity.Inserted, ID: id, Set: map[string]any{"productNumber": fmt.Sprint("B", i), "taxId": ID("tax 7")}},
			entity.Change{Entity: "order_line_item", Kind: entity.Inserted, ID: id, Set: map[string]any{"orderId": ID("order 1"), "productId": id}})
	}
	f.write(f.shop.ID, changes...)
}
