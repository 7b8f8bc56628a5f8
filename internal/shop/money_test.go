package shop_test

import (
	"encoding/json"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/appdock/appdock/internal/entity"
)

// orderWith is an order with this price.
func (w *world) orderWith(t *testing.T, price string) map[string]any {
	t.Helper()
	payload := w.order(t)
	payload["price"] = parse(t, price)
	return payload
}

// TestTotalsFollowFromPrices is the note on order in entities.md: what can be searched and
// summed of a price has columns, which are those of the price whatever its tax status, to the
// last digit, after each write of it.
func TestTotalsFollowFromPrices(t *testing.T) {
	t.Parallel()
	type totals struct{ Total, Net, Position, Status any }
	price := func(status, amounts string) string {
		return `{"taxStatus":"` + status + `",` + amounts + `,"calculatedTaxes":[{"tax":1.6,"taxRate":19,"price":10.02}],"taxRules":[{"taxRate":19,"percentage":100}]}`
	}
	for name, test := range map[string]struct {
		price string
		want  totals
	}{
		"gross":                    {price("gross", `"netPrice":8.42,"totalPrice":10.02,"rawTotal":10.0212,"positionPrice":10.02`), totals{10.02, 8.42, 10.02, "gross"}},
		"net":                      {price("net", `"netPrice":8.42,"totalPrice":10.02,"rawTotal":10.02,"positionPrice":8.42`), totals{10.02, 8.42, 8.42, "net"}},
		"tax-free":                 {price("tax-free", `"netPrice":8.42,"totalPrice":8.42,"rawTotal":8.42,"positionPrice":8.42`), totals{8.42, 8.42, 8.42, "tax-free"}},
		"a third of a cent":        {price("gross", `"netPrice":0.333333333333,"totalPrice":0.3,"rawTotal":0.30000000000000004,"positionPrice":0.3`), totals{0.3, 0.333333333333, 0.3, "gross"}},
		"five cents as in Swiss":   {price("gross", `"netPrice":9.29,"totalPrice":10.05,"rawTotal":10.03,"positionPrice":10.05`), totals{10.05, 9.29, 10.05, "gross"}},
		"more is paid than bought": {price("gross", `"netPrice":-8.42,"totalPrice":-10.02,"rawTotal":-10.02,"positionPrice":-10.02`), totals{-10.02, -8.42, -10.02, "gross"}},
		"nothing":                  {price("gross", `"netPrice":0,"totalPrice":0,"rawTotal":0,"positionPrice":0`), totals{0.0, 0.0, 0.0, "gross"}},
		"numbers as texts":         {price("gross", `"netPrice":"8.42","totalPrice":"10.02","rawTotal":"10.02","positionPrice":"10.02"`), totals{10.02, 8.42, 10.02, "gross"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			stored := func() totals {
				row := w.store.get("order", w.any("order"))
				return totals{row["amountTotal"], row["amountNet"], row["positionPrice"], row["taxStatus"]}
			}
			if err := w.write(t, entity.Insert, "order", w.orderWith(t, test.price)); err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(test.want, stored()); diff != "" {
				t.Errorf("of a new order (-want +got):\n%s", diff)
			}
			another := parse(t, price("net", `"netPrice":1,"totalPrice":1.19,"rawTotal":1.19,"positionPrice":1`))
			if err := w.write(t, entity.Update, "order", map[string]any{"id": w.any("order").String(), "price": another}); err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(totals{1.19, 1.0, 1.0, "net"}, stored()); diff != "" {
				t.Errorf("after a change (-want +got):\n%s", diff)
			}
			if err := w.write(t, entity.Update, "order", map[string]any{"id": w.any("order").String(), "customerComment": "x"}); err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(totals{1.19, 1.0, 1.0, "net"}, stored()); diff != "" {
				t.Errorf("after another change (-want +got):\n%s", diff)
			}
		})
	}
}

// TestPricesOfLineItems: unit and total are those of the price, and nobody writes them apart.
func TestPricesOfLineItems(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	if err := w.write(t, entity.Insert, "order", w.order(t)); err != nil {
		t.Fatal(err)
	}
	const item = "018c000000007000800000000000c001"
	payload := parse(t, `{"id":"`+item+`","orderId":"`+w.any("order").String()+`","identifier":"x","label":"X","quantity":3,"states":[],
		"price":{"unitPrice":3.333,"totalPrice":10,"calculatedTaxes":[],"taxRules":[]}}`)
	if err := w.write(t, entity.Insert, "order_line_item", payload); err != nil {
		t.Fatal(err)
	}
	row := func() map[string]any {
		for id, r := range w.store.rows["order_line_item"] {
			if id.String() == item {
				return r.set
			}
		}
		return nil
	}
	if r := row(); r["unitPrice"] != 3.333 || r["totalPrice"] != 10.0 {
		t.Errorf("unit %v, total %v", r["unitPrice"], r["totalPrice"])
	}
	var price struct{ Quantity int }
	if raw, _ := row()["price"].(json.RawMessage); json.Unmarshal(raw, &price) != nil || price.Quantity != 1 {
		t.Errorf("the quantity of a price that has none is %d", price.Quantity)
	}
	err := w.write(t, entity.Update, "order_line_item", parse(t, `{"id":"`+item+`","unitPrice":1,"totalPrice":1}`))
	const protected = "FRAMEWORK__WRITE_CONSTRAINT_VIOLATION"
	if diff := cmp.Diff(map[string]string{"/0/unitPrice": protected, "/0/totalPrice": protected}, faults(t, err)); diff != "" {
		t.Error(diff)
	}
}

// TestWrongMoney tells what is wrong inside of prices, with the place (entities.md, "Money
// structures").
func TestWrongMoney(t *testing.T) {
	t.Parallel()
	const missing, violation, kind = "2fa2158c-2a7f-484b-98aa-975522539ff8", "FRAMEWORK__WRITE_CONSTRAINT_VIOLATION", "ba785a8c-82cb-4283-967c-3cf342181b40"
	good := `"netPrice":1,"totalPrice":1,"rawTotal":1,"positionPrice":1,"taxRules":[]`
	for name, test := range map[string]struct {
		price string
		want  map[string]string
	}{
		"a tax status that is none":    {`{` + good + `,"calculatedTaxes":[],"taxStatus":"free"}`, map[string]string{"/0/price/taxStatus": violation}},
		"a tax status of another kind": {`{` + good + `,"calculatedTaxes":[],"taxStatus":1}`, map[string]string{"/0/price/taxStatus": violation}},
		"without one":                  {`{` + good + `,"calculatedTaxes":[]}`, map[string]string{"/0/price/taxStatus": missing}},
		"a tax without its rate":       {`{` + good + `,"calculatedTaxes":[{"tax":1,"price":1}],"taxStatus":"net"}`, map[string]string{"/0/price/calculatedTaxes/0/taxRate": missing}},
		"an amount that is a word":     {`{"netPrice":"one","totalPrice":1,"rawTotal":1,"positionPrice":1,"taxRules":[],"calculatedTaxes":[],"taxStatus":"net"}`, map[string]string{"/0/price/netPrice": kind}},
	} {
		w := newWorld(t)
		err := w.write(t, entity.Insert, "order", w.orderWith(t, test.price))
		if diff := cmp.Diff(test.want, faults(t, err)); diff != "" {
			t.Errorf("%s:\n%s", name, diff)
		}
	}
}
