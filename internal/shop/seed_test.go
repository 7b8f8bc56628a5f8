package shop_test

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/appdock/appdock"
	"github.com/appdock/appdock/internal/entity"
	"github.com/appdock/appdock/internal/seed"
	"github.com/appdock/appdock/internal/shop"
)

const shopID appdock.ShopID = "aB3dE6gH9jK2mN5p"

// world is a shop as it was seeded, with a fixed clock and counted ids.
type world struct {
	*shop.Service
	store *fakeStore
	told  []appdock.Event // by the service, after commits
	last  appdock.ID
}

var noon = time.Date(2026, 11, 21, 12, 0, 0, 123e6, time.UTC)

func newWorld(tb testing.TB) *world {
	tb.Helper()
	w := &world{store: newFakeStore(tb)}
	w.Service = shop.New(w.store, func() time.Time { return noon }, w.newID, func(e []appdock.Event) { w.told = append(w.told, e...) })
	w.host(tb, seed.Base(appdock.Shop{ID: shopID, Name: "Demo"}))
	w.told, w.store.events, w.store.units = nil, nil, 0
	return w
}

func (w *world) newID() appdock.ID {
	w.last[0], w.last[15] = 1, w.last[15]+1
	if w.last[15] == 0 {
		w.last[14]++
	}
	return w.last
}

// host writes as the host.
func (w *world) host(tb testing.TB, ops []entity.Operation) entity.Written {
	tb.Helper()
	written, err := w.Write(tb.Context(), appdock.Host(shopID), entity.View{}, ops)
	if err != nil {
		tb.Fatal(err)
	}
	return written
}

func TestDemoShopObeysTheRules(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for _, batch := range seed.Demo() {
		w.host(t, batch)
	}
	w.host(t, []entity.Operation{seed.Order(w.newID(), noon)})
	got := map[string]int{}
	for name, rows := range w.store.rows {
		got[name] = len(rows)
	}
	want := map[string]int{
		"category": 1, "country": 8, "country_state": 4, "currency": 3, "customer": 50, "customer_address": 50, "customer_group": 1,
		"delivery_time": 3, "document_type": 4, "language": 2, "locale": 2, "media_default_folder": 8, "number_range": 7, "number_range_type": 7, "order": 101, "order_address": 101,
		"order_customer": 101, "order_delivery": 101, "order_line_item": got["order_line_item"], "order_transaction": 101, "payment_method": 3, "product": 200,
		"sales_channel": 1, "sales_channel_type": 3, "rule": 1, "salutation": 3, "shipping_method": 2, "state_machine": 5, "state_machine_state": 30,
		"state_machine_transition": got["state_machine_transition"], "tax": 3,
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if n := got["state_machine_transition"]; n != 6+16+67+4+10 {
		t.Errorf("%d transitions", n)
	}
	placed := 0
	for _, e := range w.told {
		if e.Name == "checkout.order.placed" {
			placed++
			if !json.Valid(e.Data.Payload) {
				t.Fatalf("no JSON: %s", e.Data.Payload)
			}
		}
	}
	if placed != 101 {
		t.Errorf("%d orders were told of, want 101", placed)
	}
}

// order is the payload of an order of the demo shop that obeys the rules; its people and
// products are not there, so keys to them are left out.
func (w *world) order(tb testing.TB) map[string]any {
	tb.Helper()
	text, err := json.Marshal(seed.Order(appdock.MustID("018c0000000070008000000000000007"), noon).Payload)
	if err != nil {
		tb.Fatal(err)
	}
	payload := parse(tb, string(text))
	delete(payload["orderCustomer"].(map[string]any), "customerId")
	for _, item := range payload["lineItems"].([]any) {
		delete(item.(map[string]any), "productId")
	}
	return payload
}

// any gives the id of some row.
func (w *world) any(name string) appdock.ID {
	for id := range w.store.rows[name] {
		return id
	}
	return appdock.ID{}
}
