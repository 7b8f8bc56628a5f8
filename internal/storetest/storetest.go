// Package storetest is the meaning of the store ports: what shop.Store, the ports of
// webhook, lifecycle.Store and oauth.Store promise, as tests that every store passes.
//
// Each case runs in a shop beside which another one holds rows that look alike, down to
// their ids; the other shop must be untouched at the end.
package storetest

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/appdock/appdock"
	"github.com/appdock/appdock/internal/entity"
	"github.com/appdock/appdock/internal/lifecycle"
	"github.com/appdock/appdock/internal/oauth"
	"github.com/appdock/appdock/internal/shop"
	"github.com/appdock/appdock/internal/webhook"
)

// Stores is one open store, seen through all its ports. Its schema is that of
// shop.Definitions, its clock stands at [Now].
type Stores struct {
	Shops interface {
		AddShop(ctx context.Context, s appdock.Shop) error
		Shops(ctx context.Context) ([]appdock.Shop, error)
		SetShopURL(ctx context.Context, shop appdock.ShopID, url string) error
	}
	Facts interface {
		Fact(ctx context.Context, name string) (string, error)
		SetFact(ctx context.Context, name, value string) error
	}
	Records       shop.Store
	Queue         webhook.Queue
	Log           webhook.Log
	Subscriptions webhook.Subscriptions
	Keys          webhook.Keys
	Registrations lifecycle.Store
	Clients       oauth.Store

	// Reopen ends the store without finishing anything and opens the same data again.
	Reopen func(t *testing.T) Stores
	// Stored gives all that stands on the disk.
	Stored func(t *testing.T) []byte
	// Walks gives the statements run so far that look through a whole shop or table for
	// the few rows they want, with how they do it; nil if the store cannot tell.
	Walks func(t *testing.T) []string
}

// Now is the time in every test.
func Now() time.Time { return time.Date(2026, 5, 4, 12, 0, 0, 0, time.UTC) }

// fixture is a store with two shops that look alike.
type fixture struct {
	Stores
	shop  appdock.Shop // of the case
	other appdock.Shop // nobody touches it
}

// The two shops of every store: that of the cases, and the one that nobody touches.
func shops() (ours, other appdock.Shop) {
	ours = appdock.Shop{ID: "CaseShopAAAAAAAA", URL: "https://shop.example", Name: "Shop", Locale: "en-GB", Currency: "EUR"}
	other = appdock.Shop{ID: "OtherShopBBBBBBB", URL: "https://other.example", Name: "Shop", Locale: "en-GB", Currency: "EUR"}
	return ours, other
}

// Seed fills a new store with what every case begins with.
func Seed(t *testing.T, s Stores) {
	t.Helper()
	f := &fixture{Stores: s}
	ours, other := shops()
	f.add(t, other)
	f.add(t, ours)
}

// Run runs all cases. open gives each a store of its own, with the data that [Seed] left:
// a copy is cheaper than seeding again.
func Run(t *testing.T, open func(t *testing.T) Stores) {
	t.Helper()
	groups := map[string]map[string]func(*testing.T, *fixture){
		"records":       recordCases(),
		"writing":       writingCases(),
		"queue":         queueCases(),
		"log":           logCases(),
		"subscriptions": subscriptionCases(),
		"registrations": registrationCases(),
		"host":          hostCases(),
		"plans":         planCases(),
	}
	for group, cases := range groups {
		t.Run(group, func(t *testing.T) {
			t.Parallel()
			for name, run := range cases {
				t.Run(name, func(t *testing.T) {
					t.Parallel()
					f := &fixture{Stores: open(t)}
					f.shop, f.other = shops()
					before := f.picture(t, f.other.ID)
					run(t, f)
					if diff := cmp.Diff(before, f.picture(t, f.other.ID)); diff != "" {
						t.Errorf("the case touched the other shop (-before +after):\n%s", diff)
					}
				})
			}
		})
	}
}

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
func (f *fixture) add(t *testing.T, s appdock.Shop) {
	t.Helper()
	must(t, f.Shops.AddShop(t.Context(), s))
	f.write(t, s.ID, rows()...)
	r := f.install(t, s.ID, "Notes", "secret of "+string(s.ID))
	// A life that is over, so that there is something to be confused with.
	gone := f.install(t, s.ID, "Gone", "last secret of "+string(s.ID))
	_, err := f.Registrations.Remove(t.Context(), gone)
	must(t, err)
	_, err = f.Queue.Append(t.Context(), event(s.ID, "seed", 1), event(s.ID, "seed", 2))
	must(t, err)
	n := 0
	_, _, err = f.Queue.FanOut(t.Context(), 100, func(events []appdock.Event) ([]webhook.Delivery, error) {
		var made []webhook.Delivery
		for _, e := range events {
			n++
			d := delivery(e, r.Features.Webhooks[0].ID, fmt.Sprint("seed ", n))
			d.State = webhook.Parked
			made = append(made, d)
		}
		return made, nil
	})
	must(t, err)
}

// picture is all that the ports show of a shop, as text.
func (f *fixture) picture(t *testing.T, shop appdock.ShopID) string {
	t.Helper()
	var b bytes.Buffer
	show := func(what string, v any, err error) {
		must(t, err)
		fmt.Fprintf(&b, "%s: %+v\n", what, v)
	}
	schema, err := f.Records.Schema(t.Context(), shop)
	must(t, err)
	for _, name := range schema.Names() {
		page, err := f.Records.Search(t.Context(), shop, entity.View{}, &entity.Criteria{Entity: name})
		must(t, err)
		for _, r := range page.Records {
			fmt.Fprintf(&b, "%s %d %v\n", name, r.RowVersion, r.Values)
		}
	}
	subscriptions, revision, err := f.Subscriptions.Load(t.Context(), shop)
	show("revision", revision, err)
	show("subscriptions", subscriptions, nil)
	deliveries, err := f.Log.Deliveries(t.Context(), webhook.Filter{Shop: shop, Limit: 1000})
	show("deliveries", deliveries, err)
	for _, d := range deliveries {
		_, attempts, err := f.Log.Attempts(t.Context(), shop, d.ID)
		show("attempts", attempts, err)
	}
	registrations, err := f.Registrations.All(t.Context(), shop)
	must(t, err)
	for _, r := range registrations {
		key, err := f.Keys.Key(t.Context(), shop, r.Installation.ID)
		show("registration", r, err)
		fmt.Fprintln(&b, key.Reveal(), r.Secret.Reveal())
	}
	last, err := f.Registrations.LastSecret(t.Context(), shop, "Gone")
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
	return all
}

func (f *fixture) write(t *testing.T, shop appdock.ShopID, changes ...entity.Change) {
	t.Helper()
	_, err := f.Records.Write(t.Context(), shop, applying(changes...))
	must(t, err)
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
		Webhook: "hook", URL: "https://app.example/hook", OnlyLive: true, State: webhook.Waiting,
		DueAt: Now(), CreatedAt: Now(),
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
		Profile: lifecycle.Profile{
			Format: "shopware", Label: map[string]string{"en-GB": app + " label"}, Author: "Somebody", Path: "/apps/" + app,
			Hosts: []string{"app.example"}, Requested: appdock.NewPrivileges("product:read"), Icon: []byte{1, 2, 3}, TemplatePriority: 3,
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
func (f *fixture) install(t *testing.T, s appdock.ShopID, app, secret string) lifecycle.Registration {
	t.Helper()
	must(t, f.Registrations.Create(t.Context(), registration(s, app), credentials(app)))
	r, err := f.Registrations.Get(t.Context(), s, app)
	must(t, err)
	r.Secret, r.State, r.Installation.Active = appdock.NewSecret(secret), lifecycle.Registered, true
	r, _, err = f.Registrations.Change(t.Context(), r)
	must(t, err)
	return r
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// wantKind checks the kind of an error, and its code if one is given.
func wantKind(t *testing.T, err error, kind appdock.Kind, code string) {
	t.Helper()
	if err == nil || appdock.KindOf(err) != kind || code != "" && appdock.CodeOf(err) != code {
		t.Errorf("got error %v, want kind %d with code %q", err, kind, code)
	}
}

func equal(t *testing.T, what string, got, want any) {
	t.Helper()
	if diff := cmp.Diff(want, got, cmp.Comparer(appdock.Secret.Equal)); diff != "" {
		t.Errorf("%s (-want +got):\n%s", what, diff)
	}
}
