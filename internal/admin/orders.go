package admin

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"github.com/appdock/appdock/internal/entity"
)

// orders are what customers bought.
var orders = area{
	name: "order", path: "orders",
	columns: []string{"record.number", "record.date", "record.customer", "record.state", "record.payment", "record.total"},
	sort:    []entity.Sort{{Field: "orderDateTime", Descending: true}, {Field: "id"}},
	listed:  []string{"stateMachineState", "currency", "transactions.stateMachineState"},
	loaded: []string{
		"stateMachineState", "currency", "billingAddress.country", "deliveries.stateMachineState", "deliveries.shippingMethod",
		"deliveries.shippingOrderAddress.country", "transactions.stateMachineState", "transactions.paymentMethod", "lineItems",
	},
	line: func(v *visit, r entity.Record) line {
		buyer, _ := r.One("orderCustomer")
		return line{Cells: []string{
			r.Text("orderNumber"), v.moment(r, "orderDateTime"), fullName(buyer), state(r), latest(r, "transactions"), v.amount(r.Number("amountTotal"), isoCode(r)),
		}}
	},
	sheet: func(v *visit, r entity.Record) sheet {
		buyer, _ := r.One("orderCustomer")
		currency := isoCode(r)
		s := sheet{
			Title: v.texts.get("record.order", r.Text("orderNumber")),
			Facts: facts(
				fact{v.texts.get("record.date"), v.moment(r, "orderDateTime")},
				fact{v.texts.get("record.customer"), fullName(buyer)},
				fact{v.texts.get("record.email"), buyer.Text("email")},
				fact{v.texts.get("record.state"), state(r)},
				fact{v.texts.get("record.payment"), latest(r, "transactions")},
				fact{v.texts.get("record.delivery"), latest(r, "deliveries")},
				fact{v.texts.get("record.shipping"), v.amount(r.Number("shippingTotal"), currency)},
				fact{v.texts.get("record.total"), v.amount(r.Number("amountTotal"), currency)},
				fact{v.texts.get("record.note"), r.Text("customerComment")},
			),
			Lines: &lines{Heads: []string{v.texts.get("record.item"), v.texts.get("record.quantity"), v.texts.get("record.price"), v.texts.get("record.sum")}},
		}
		if a, ok := r.One("billingAddress"); ok {
			s.Addresses = append(s.Addresses, v.address("record.billed", a))
		}
		for _, d := range r.Loaded["deliveries"].Records {
			if a, ok := d.One("shippingOrderAddress"); ok {
				s.Addresses = append(s.Addresses, v.address("record.sent", a))
			}
		}
		for _, l := range inOrder(r.Loaded["lineItems"].Records) {
			s.Lines.Rows = append(s.Lines.Rows, []string{
				l.Text("label"), whole(l, "quantity"), v.amount(l.Number("unitPrice"), currency), v.amount(l.Number("totalPrice"), currency),
			})
		}
		return s
	},
}

func isoCode(r entity.Record) string {
	currency, _ := r.One("currency")
	return currency.Text("isoCode")
}

func fullName(r entity.Record) string {
	return strings.TrimSpace(r.Text("firstName") + " " + r.Text("lastName"))
}

// latest is the state of the newest of the records that an association led to: the one before
// was given up.
func latest(r entity.Record, association string) string {
	list := slices.SortedStableFunc(slices.Values(r.Loaded[association].Records), func(a, b entity.Record) int {
		x, _ := a.Get("createdAt").(time.Time)
		y, _ := b.Get("createdAt").(time.Time)
		return x.Compare(y)
	})
	if len(list) == 0 {
		return ""
	}
	return state(list[len(list)-1])
}

// inOrder sorts line items as they were ordered.
func inOrder(list []entity.Record) []entity.Record {
	return slices.SortedStableFunc(slices.Values(list), func(a, b entity.Record) int { return cmp.Compare(a.Number("position"), b.Number("position")) })
}
