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
	asked := w.store.asked[slices.IndexFunc(w.store.asked, func(c *entity.Criteria) bool { return len(c.Filters) == 1 && c.Filters[0].Field == "taxId" }):]
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

// TestNoKeyLeadsNowhere deletes records of which entities.md does not say what becomes of those
// that lead to them: what stands below goes along, what needs them forbids it, the rest lets go.
func TestNoKeyLeadsNowhere(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	const root, middle, leaf = "018c0000000070008000000000000021", "018c0000000070008000000000000022", "018c0000000070008000000000000023"
	tree := `{"id":"` + root + `","name":"A","children":[{"id":"` + middle + `","name":"B","children":[{"id":"` + leaf + `","name":"C"}]}]}`
	if err := w.write(t, entity.Insert, "category", parse(t, tree)); err != nil {
		t.Fatal(err)
	}
	const parent, variant = "018c0000000070008000000000000031", "018c0000000070008000000000000032"
	goods := merged(t, w.fill(teaPayload), `{"id":"`+parent+`","children":[{"id":"`+variant+`","productNumber":"T-1","stock":1}]}`)
	if err := w.write(t, entity.Insert, "product", parse(t, goods)); err != nil {
		t.Fatal(err)
	}
	before := len(w.store.events)
	for name, id := range map[string]string{"category": root, "product": parent} {
		if err := w.write(t, entity.Delete, name, parse(t, `{"id":"`+id+`"}`)); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	for name, ids := range map[string][]string{"category": {root, middle, leaf}, "product": {parent, variant}} {
		for _, id := range ids {
			if _, ok := w.store.rows[name][appdock.MustID(id)]; ok {
				t.Errorf("%s %s is left", name, id)
			}
		}
	}
	told := ""
	for _, e := range w.store.events[before:] {
		if e.Name == "product.deleted" {
			told += string(e.Data.Payload)
		}
	}
	if !strings.Contains(told, variant) {
		t.Errorf("nobody hears that the variant is gone: %s", told)
	}

	const folder, configuration, inner = "018c0000000070008000000000000041", "018c0000000070008000000000000042", "018c0000000070008000000000000043"
	if err := w.write(t, entity.Insert, "media_folder", parse(t, `{"id":"`+folder+`","name":"F","configuration":{"id":"`+configuration+`"}}`)); err != nil {
		t.Fatal(err)
	}
	if got := usages(t, w.write(t, entity.Delete, "media_folder_configuration", parse(t, `{"id":"`+configuration+`"}`))); got != "media_folder (1)" {
		t.Errorf("in use by %v", got)
	}

	if err := w.write(t, entity.Insert, "delivery_time", parse(t, `{"id":"`+inner+`","name":"soon","min":1,"max":2,"unit":"day"}`)); err != nil {
		t.Fatal(err)
	}
	late := merged(t, w.fill(teaPayload), `{"id":"`+leaf+`","productNumber":"T-2","deliveryTimeId":"`+inner+`"}`)
	if err := w.write(t, entity.Insert, "product", parse(t, late)); err != nil {
		t.Fatal(err)
	}
	if err := w.write(t, entity.Delete, "delivery_time", parse(t, `{"id":"`+inner+`"}`)); err != nil {
		t.Fatal(err)
	}
	if key := w.store.get("product", appdock.MustID(leaf))["deliveryTimeId"]; key != nil {
		t.Errorf("a product is still delivered in %v", key)
	}
}

// TestKeysWithoutAnAssociationBack deletes what only a key leads to, which no association of the
// record tells of.
func TestKeysWithoutAnAssociationBack(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	const customer, address, other = "018c0000000070008000000000000051", "018c0000000070008000000000000009", "018c0000000070008000000000000052"
	ada := merge(t, w.fill(customerPayload), `{"id":"`+customer+`"}`)
	ada["addresses"] = append(ada["addresses"].([]any), parse(t, w.fill(`{"id":"`+other+`","firstName":"A","lastName":"B","city":"C","street":"D","countryId":"COUNTRY"}`)))
	if err := w.write(t, entity.Insert, "customer", ada); err != nil {
		t.Fatal(err)
	}
	ends := func(name, id string) error { return w.write(t, entity.Delete, name, parse(t, `{"id":"`+id+`"}`)) }
	if err := ends("customer_address", address); err != nil {
		t.Errorf("the default address: %v", err)
	}
	if err := ends("customer", customer); err != nil {
		t.Errorf("a customer with their addresses: %v", err)
	}
	if n := len(w.store.rows["customer_address"]); n != 0 {
		t.Errorf("%d addresses are left", n)
	}

	const first, second = "018c0000000070008000000000000061", "018c0000000070008000000000000062"
	for id, payload := range map[string]string{
		first:  merged(t, w.fill(teaPayload), `{"id":"`+first+`","productNumber":"T-1"}`),
		second: merged(t, w.fill(teaPayload), `{"id":"`+second+`","productNumber":"T-2"}`),
	} {
		if err := w.write(t, entity.Insert, "product", parse(t, payload)); err != nil {
			t.Fatal(id, err)
		}
	}
	if err := w.write(t, entity.Update, "product", parse(t, `{"id":"`+second+`","canonicalProductId":"`+first+`"}`)); err != nil {
		t.Fatal(err)
	}
	if err := ends("product", first); err != nil {
		t.Fatal(err)
	}
	if key := w.store.get("product", appdock.MustID(second))["canonicalProductId"]; key != nil {
		t.Errorf("a product is still shown as %v", key)
	}

	const root, before, after = "018c0000000070008000000000000071", "018c0000000070008000000000000072", "018c0000000070008000000000000073"
	tree := `{"id":"` + root + `","name":"A","children":[{"id":"` + before + `","name":"B"},{"id":"` + after + `","name":"C","afterCategoryId":"` + before + `"}]}`
	if err := w.write(t, entity.Insert, "category", parse(t, tree)); err != nil {
		t.Fatal(err)
	}
	if err := ends("category", before); err != nil {
		t.Fatal(err)
	}
	if key := w.store.get("category", appdock.MustID(after))["afterCategoryId"]; key != nil {
		t.Errorf("a category still stands after %v", key)
	}
	if err := ends("category", root); err != nil {
		t.Errorf("a branch: %v", err)
	}
}
