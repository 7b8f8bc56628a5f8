package shop_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/appdock/appdock"
	"github.com/appdock/appdock/internal/entity"
	"github.com/appdock/appdock/internal/seed"
)

// usages gives what a refused deletion names.
func usages(tb testing.TB, err error) any {
	tb.Helper()
	e, ok := err.(*appdock.Error) //nolint:errorlint // the service returns it unwrapped
	if !ok || e.Kind != appdock.Conflict || e.Code != "FRAMEWORK__DELETE_RESTRICTED" {
		tb.Fatalf("no refused deletion: %v", err)
	}
	i := slices.IndexFunc(e.Params, func(p appdock.Param) bool { return p.Name == "usagesString" })
	if i < 0 {
		tb.Fatal("no usages")
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
	if got := usages(t, err); got != "product (1)" {
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

// TestUsagesAreCounted: rows that forbid a deletion are not loaded; those that the request
// itself deletes or turns away are taken off.
func TestUsagesAreCounted(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	ids := make([]string, 4)
	for i := range ids {
		ids[i] = fmt.Sprintf("018c000000007000800000000000000%d", i)
		payload := merge(t, w.fill(teaPayload), `{"id":"`+ids[i]+`","productNumber":"`+ids[i]+`"}`)
		if err := w.write(t, entity.Insert, "product", payload); err != nil {
			t.Fatal(err)
		}
	}
	var other appdock.ID
	tax := appdock.MustID(strings.Trim(w.fill(`"TAX"`), `"`))
	for id := range w.store.rows["tax"] {
		if id != tax {
			other = id
		}
	}
	gone, turned := deletion(t, "product", `{"id":"`+ids[0]+`"}`), upsert(t, "product", `{"id":"`+ids[1]+`","taxId":"`+other.String()+`"}`)
	taxGone := deletion(t, "tax", `{"id":"`+tax.String()+`"}`)
	w.store.asked = nil
	_, err := w.Write(t.Context(), appdock.Host(shopID), entity.View{}, []entity.Operation{gone, turned, turned, taxGone})
	if got := usages(t, err); got != "product (2)" {
		t.Errorf("in use by %v", got)
	}
	asked := w.store.asked[slices.IndexFunc(w.store.asked, func(c *entity.Criteria) bool { return c.Entity == "product" && c.IDs == nil }):]
	if asked[0].Limit != 1 || asked[0].Total != entity.CountAll {
		t.Errorf("the store was asked for %+v", asked[0])
	}
	turned.Payload = map[string]any{"id": ids[2], "taxId": other.String()}
	w.host(t, []entity.Operation{gone, upsert(t, "product", `{"id":"`+ids[1]+`","taxId":"`+other.String()+`"}`), turned, deletion(t, "product", `{"id":"`+ids[3]+`"}`), taxGone})
	if _, there := w.store.rows["tax"][tax]; there {
		t.Error("the tax is still there")
	}
}

func TestDeletionsGoInBatches(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	var ops []entity.Operation
	for i := range 1_200 {
		id := appdock.ID{0: 9, 14: byte(i / 256), 15: byte(i % 256)}
		w.store.put("tax", map[string]any{"id": id, "taxRate": 1.0, "name": "x"})
		ops = append(ops, deletion(t, "tax", `{"id":"`+id.String()+`"}`))
	}
	w.store.asked = nil
	w.host(t, ops)
	for _, c := range w.store.asked {
		for _, f := range c.Filters {
			if len(f.Values) > 500 {
				t.Fatalf("the store was asked for %d keys at once", len(f.Values))
			}
		}
	}
}

func TestUsagesAreAllNamed(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	err := w.write(t, entity.Delete, "currency", map[string]any{"id": appdock.DefaultCurrency.String()})
	if got := usages(t, err); got != "sales_channel (1)" {
		t.Errorf("currency is in use by %v", got)
	}
	for _, batch := range seed.Demo() {
		w.host(t, batch)
	}
	err = w.write(t, entity.Delete, "country", parse(t, `{"id":`+w.fill(`"COUNTRY"`)+`}`))
	if got, want := usages(t, err), "customer_address (24), order_address (48), sales_channel (1)"; got != want {
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
