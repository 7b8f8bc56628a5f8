package storetest

import (
	"bytes"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/appdock/appdock"
	"github.com/appdock/appdock/internal/entity"
	"github.com/appdock/appdock/internal/lifecycle"
	"github.com/appdock/appdock/internal/shop"
	"github.com/appdock/appdock/internal/webhook"
)

// ID makes an id that is the same in both shops.
func ID(name string) appdock.ID {
	sum := sha256.Sum256([]byte(name))
	var id appdock.ID
	copy(id[:], sum[:])
	return id
}

// own makes an id that only this shop has.
func own(shop appdock.ShopID, name string) appdock.ID { return ID(string(shop) + "/" + name) }

// add makes a shop and its rows: products, orders, an app with a history.
func (f *fixture) add(s appdock.Shop) {
	f.t.Helper()
	f.must(f.Shops.AddShop(f.t.Context(), s))
	f.write(s.ID, rows()...)
	f.seedUser(f.t.Context(), s.ID)
	r := f.install(s.ID, "Notes", "secret of "+string(s.ID))
	// A life that is over, so that there is something to be confused with.
	gone := f.install(s.ID, "Gone", "last secret of "+string(s.ID))
	_, err := f.Registrations.Remove(f.t.Context(), gone, false)
	f.must(err)
	_, err = f.Queue.Append(f.t.Context(), event(s.ID, "seed", 1), event(s.ID, "seed", 2))
	f.must(err)
	n := 0
	_, _, err = f.Queue.FanOut(f.t.Context(), 100, func(events []appdock.Event) ([]webhook.Delivery, error) {
		var made []webhook.Delivery
		for _, e := range events {
			n++
			d := delivery(e, r.Features.Webhooks[0].ID, fmt.Sprint("seed ", n))
			d.State = webhook.Parked
			made = append(made, d)
		}
		return made, nil
	})
	f.must(err)
}

// picture is all that the ports show of a shop, as text.
func (f *fixture) picture(shop appdock.ShopID) string {
	f.t.Helper()
	var b bytes.Buffer
	show := func(what string, v any, err error) {
		f.must(err)
		fmt.Fprintf(&b, "%s: %+v\n", what, v)
	}
	schema, err := f.Records.Schema(f.t.Context(), shop)
	f.must(err)
	for _, name := range schema.Names() {
		page, err := f.Records.Search(f.t.Context(), shop, entity.View{}, &entity.Criteria{Entity: name})
		f.must(err)
		for _, r := range page.Records {
			fmt.Fprintf(&b, "%s %d %v\n", name, r.RowVersion, r.Values)
		}
	}
	subscribed, err := f.Subscriptions.Load(f.t.Context(), shop)
	show("subscriptions", subscribed, err)
	deliveries, err := f.Log.Deliveries(f.t.Context(), webhook.Filter{Shop: shop, Limit: 1000})
	show("deliveries", deliveries, err)
	for _, d := range deliveries {
		_, attempts, err := f.Log.Attempts(f.t.Context(), shop, d.ID)
		show("attempts", attempts, err)
	}
	registrations, err := f.Registrations.All(f.t.Context(), shop)
	f.must(err)
	for _, r := range registrations {
		key, err := f.Keys.Key(f.t.Context(), shop, r.Installation.ID)
		show("registration", r, err)
		fmt.Fprintln(&b, key.Secret.Reveal(), r.Secret.Reveal())
	}
	healths, err := f.Parking.Healths(f.t.Context())
	f.must(err)
	for _, h := range healths {
		if h.Shop == shop {
			show("health", h, nil)
		}
	}
	last, err := f.Registrations.LastSecret(f.t.Context(), shop, "Gone")
	show("last secret", last.Reveal(), err)
	return b.String()
}

// rows are the records that each shop has.
func rows() []entity.Change {
	at := Now().Add(-time.Hour)
	insert := func(name string, id appdock.ID, set map[string]any) entity.Change {
		set["createdAt"] = at
		return entity.Change{Entity: name, Kind: entity.Inserted, ID: id, Set: set, Pointer: "/0"}
	}
	all := []entity.Change{
		insert("tax", ID("tax 19"), map[string]any{"name": "19%", "taxRate": 19.0}),
		insert("tax", ID("tax 7"), map[string]any{"name": "7%", "taxRate": 7.0}),
		insert("number_range_type", ID("type order"), map[string]any{"technicalName": "order", "typeName": "Order"}),
		insert("number_range", ID("range order"), map[string]any{"typeId": ID("type order"), "start": int64(500), "name": "Orders", "pattern": "{n}"}),
	}
	names := []string{"Áccented café", "Plain", "50% off_now", "Straße", "Zebra"}
	for i, name := range names {
		tax := "tax 19"
		if i%2 == 1 {
			tax = "tax 7"
		}
		all = append(all, insert("product", ID(fmt.Sprint("product ", i)), map[string]any{
			"productNumber": fmt.Sprint("SW", i), "name": name, "stock": int64(i * 10), "active": i != 3, "taxId": ID(tax),
			"price": json.RawMessage(fmt.Sprintf(`[{"currencyId":"%s","gross":%d,"net":1,"linked":true}]`, appdock.DefaultCurrency, 100+i)),
		}))
	}
	for i := range 3 {
		order := ID(fmt.Sprint("order ", i))
		all = append(all,
			insert("order", order, map[string]any{"orderNumber": fmt.Sprint(100 + i), "amountTotal": float64(i) + 0.5, "orderDateTime": at}),
			insert("order_customer", ID(fmt.Sprint("order customer ", i)), map[string]any{
				"orderId": order, "email": fmt.Sprintf("Buyer%d@Example.com", i), "firstName": "Bea", "lastName": "Buyer",
			}))
		for n := range i + 1 {
			all = append(all, insert("order_line_item", ID(fmt.Sprint("item ", i, n)), map[string]any{
				"orderId": order, "label": fmt.Sprint("Item ", n), "quantity": int64(n + 1), "position": int64(10 - n), "productId": ID(fmt.Sprint("product ", n)),
			}))
		}
	}
	for i, name := range []string{"new", "sale", "unused"} {
		all = append(all, insert("tag", ID("tag "+name), map[string]any{"name": name}))
		for n := range 2 - i {
			all = append(all, paired("product_tag", "productId", ID(fmt.Sprint("product ", i+n)), "tagId", ID("tag "+name)))
		}
	}
	return all
}

// paired is the insertion of a row of a mapping entity.
func paired(mapping, left string, one appdock.ID, right string, other appdock.ID) entity.Change {
	return entity.Change{
		Entity: mapping, Kind: entity.Inserted, ID: entity.PairID(one, other), Pointer: "/0",
		Set: map[string]any{left: one, right: other},
	}
}

func (f *fixture) write(shop appdock.ShopID, changes ...entity.Change) {
	f.t.Helper()
	_, err := f.Records.Write(f.t.Context(), shop, applying(changes...))
	f.must(err)
}

func applying(changes ...entity.Change) func(shop.Unit) error {
	return func(u shop.Unit) error { return u.Apply(changes...) }
}

func event(shop appdock.ShopID, name string, n int) appdock.Event {
	return appdock.Event{
		ID:     ID(fmt.Sprint("event ", name, n)),
		Shop:   shop,
		Name:   "product.written",
		Key:    ID(fmt.Sprint("product ", n)),
		At:     Now(),
		Origin: ID("origin"),
		Needs:  []appdock.Privilege{"product:read", "tax:read"},
		Data:   appdock.EventData{Payload: fmt.Appendf(nil, `[{"n":%d}]`, n), Previous: []byte(`{"x":1}`)},
	}
}

func delivery(e appdock.Event, subscription appdock.ID, name string) webhook.Delivery {
	return webhook.Delivery{
		ID: ID("delivery " + name), Shop: e.Shop, Event: e.ID, EventName: e.Name, Key: e.Key, Seq: e.Seq,
		Subscription: subscription, Installation: ID("installation Notes"), App: "Notes", AppVersion: "1.0.0",
		Webhook: "hook", URL: "https://app.example/hook", Endpoint: appServer, OnlyLive: true, State: webhook.Waiting,
		DueAt: Now(), CreatedAt: Now(), Needs: e.Needs, Data: e.Data,
	}
}

func registration(s appdock.ShopID, app string) lifecycle.Registration {
	return lifecycle.Registration{
		Installation: appdock.Installation{
			ID: ID("installation " + app), Shop: s, App: app, Version: "1.0.0",
			Grant: appdock.NewPrivileges("product:read", "order:read"),
		},
		State:       lifecycle.Registering,
		Integration: ID("integration " + app),
		Role:        ID("role " + app),
		Setup:       lifecycle.Setup{RegistrationURL: "https://app.example/register", AppSecret: appdock.NewSecret("app secret of " + app)},
		Profile: lifecycle.Profile{
			Format: "shopware", Label: map[string]string{"en-GB": app + " label"}, Author: "Somebody", Path: "/apps/" + app,
			AppBlocks: []lifecycle.AppBlock{{ID: "eta", Label: "Delivery time", Target: "product_page_info", Position: 2, Settings: map[string]any{"days": "3"}, Snippet: "{{ block.id }}", Unread: "it answered 500"}},
			Hosts:     []string{"app.example"}, Requested: appdock.NewPrivileges("product:read"), Icon: []byte{1, 2, 3}, TemplatePriority: 3,
		},
		Features: lifecycle.Features{Webhooks: []lifecycle.Webhook{
			{ID: own(s, app+" hook"), Name: "hook", Event: "product.written", URL: "https://app.example/hook", Active: true},
			{ID: own(s, app+" second"), Name: "second", Event: "checkout.order.placed", URL: "https://app.example/second", OnlyLive: true, Active: true},
		}},
		InstalledAt: Now(),
	}
}

func credentials(app string) lifecycle.Credentials {
	return lifecycle.Credentials{AccessKey: "KEY" + app, SecretHash: []byte("hash of " + app), ChangedAt: Now()}
}

// install makes an active app with a committed secret.
func (f *fixture) install(s appdock.ShopID, app, secret string) lifecycle.Registration {
	f.t.Helper()
	f.must(f.Registrations.Create(f.t.Context(), registration(s, app), credentials(app)))
	r, err := f.Registrations.Get(f.t.Context(), s, app)
	f.must(err)
	r.Secret, r.State, r.Installation.Active = appdock.NewSecret(secret), lifecycle.Registered, true
	r, _, err = f.Registrations.Change(f.t.Context(), r)
	f.must(err)
	return r
}

func (f *fixture) must(err error) {
	f.t.Helper()
	if err != nil {
		f.t.Fatal(err)
	}
}

// wantKind checks the kind of an error.
func (f *fixture) wantKind(err error, kind appdock.Kind) {
	f.t.Helper()
	if err == nil || appdock.KindOf(err) != kind {
		f.t.Errorf("got error %v, want kind %d", err, kind)
	}
}

func (f *fixture) equal(what string, got, want any) {
	f.t.Helper()
	if diff := cmp.Diff(want, got, cmp.Comparer(appdock.Secret.Equal)); diff != "" {
		f.t.Errorf("%s (-want +got):\n%s", what, diff)
	}
}
