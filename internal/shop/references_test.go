package shop_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/appdock/appdock"
	"github.com/appdock/appdock/internal/entity"
	"github.com/appdock/appdock/internal/seed"
)

// param gives what a refused deletion names.
func param(tb testing.TB, err error, name string) any {
	tb.Helper()
	e, ok := err.(*appdock.Error) //nolint:errorlint // the service returns it unwrapped
	if !ok || e.Kind != appdock.Conflict || e.Code != "FRAMEWORK__DELETE_RESTRICTED" {
		tb.Fatalf("no refused deletion: %v", err)
	}
	i := slices.IndexFunc(e.Params, func(p appdock.Param) bool { return p.Name == name })
	if i < 0 {
		tb.Fatalf("no parameter %s", name)
	}
	return e.Params[i].Value
}

func TestDeleteRestricted(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	if err := w.write(t, entity.Insert, "product", parse(t, w.fill(teaPayload))); err != nil {
		t.Fatal(err)
	}
	tax := `{"id":` + w.fill(`"TAX"`) + `}`
	err := w.write(t, entity.Delete, "tax", parse(t, tax))
	if got := param(t, err, "usagesString"); got != "product (1)" {
		t.Errorf("in use by %v", got)
	}
	want := "The delete request for tax was denied due to a conflict. The entity is currently in use by: product (1)"
	if !strings.HasPrefix(err.Error(), want) {
		t.Error(err)
	}
	w.host(t, []entity.Operation{
		deletion(t, "product", `{"id":"018c0000000070008000000000000001"}`),
		deletion(t, "tax", tax),
	})
	if n := len(w.store.rows["tax"]); n != 2 {
		t.Errorf("%d taxes are left: what goes with it must not forbid it", n)
	}
}

func TestUsagesAreAllNamed(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	err := w.write(t, entity.Delete, "currency", map[string]any{"id": appdock.DefaultCurrency.String()})
	if got := param(t, err, "usagesString"); got != "sales_channel (1)" {
		t.Errorf("currency is in use by %v", got)
	}
	for _, batch := range seed.Demo() {
		w.host(t, batch)
	}
	err = w.write(t, entity.Delete, "country", parse(t, `{"id":`+w.fill(`"COUNTRY"`)+`}`))
	if got, want := param(t, err, "usagesString"), "customer_address (24), order_address (48), sales_channel (1)"; got != want {
		t.Errorf("country is in use by %v, want %v", got, want)
	}
}

func TestDeletionsReachWhatHangsBelow(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for _, batch := range seed.Demo() {
		w.host(t, batch)
	}
	w.told = nil
	order := w.any("order")
	below := map[string]int{}
	for _, name := range []string{"order_customer", "order_address", "order_line_item"} {
		for _, r := range w.store.rows[name] {
			if r.set["orderId"] == order {
				below[name]++
			}
		}
	}
	written := w.host(t, []entity.Operation{deletion(t, "order", `{"id":"`+order.String()+`"}`)})
	for name, n := range below {
		if got := len(written.Deleted[name]); got != n {
			t.Errorf("%d of %d rows of %s went with the order", got, n, name)
		}
	}
	want := []appdock.EventName{"order.deleted", "order_address.deleted"}
	if diff := cmp.Diff(want, names(w.told)); diff != "" {
		t.Error(diff)
	}
}

func TestDeletionsLetGo(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for _, batch := range seed.Demo() {
		w.host(t, batch)
	}
	w.told = nil
	item := w.store.get("order_line_item", w.any("order_line_item"))
	product, _ := item["productId"].(appdock.ID)
	w.host(t, []entity.Operation{deletion(t, "product", `{"id":"`+product.String()+`"}`)})
	id, _ := item["id"].(appdock.ID)
	if got := w.store.get("order_line_item", id); got["productId"] != nil || got["updatedAt"] != noon {
		t.Errorf("the line item still has product %v", got["productId"])
	}
	if diff := cmp.Diff([]appdock.EventName{"product.deleted"}, names(w.told)); diff != "" {
		t.Error(diff)
	}
}

func names(events []appdock.Event) []appdock.EventName {
	var all []appdock.EventName
	for _, e := range events {
		all = append(all, e.Name)
	}
	return all
}
