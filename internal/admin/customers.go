package admin

import "github.com/appdock/appdock/internal/entity"

// customers are those who bought, or have an account.
var customers = area{
	name: "customer", path: "customers",
	columns: []string{"record.name", "record.number", "record.email", "record.orders", "record.spent"},
	sort:    []entity.Sort{{Field: "createdAt", Descending: true}, {Field: "id"}},
	loaded:  []string{"group", "defaultBillingAddress.country", "defaultShippingAddress.country"},
	line: func(v *visit, r entity.Record) line {
		return line{Cells: []string{
			fullName(r), r.Text("customerNumber"), r.Text("email"), whole(r, "orderCount"), v.amount(r.Number("orderTotalAmount"), v.shop.Currency),
		}}
	},
	sheet: func(v *visit, r entity.Record) sheet {
		group, _ := r.One("group")
		s := sheet{
			Title: fullName(r),
			Facts: facts(
				fact{v.texts.get("record.number"), r.Text("customerNumber")},
				fact{v.texts.get("record.email"), r.Text("email")},
				fact{v.texts.get("record.company"), r.Text("company")},
				fact{v.texts.get("record.group"), group.Display("name")},
				fact{v.texts.get("record.active"), v.yes(r, "active")},
				fact{v.texts.get("record.guest"), v.yes(r, "guest")},
				fact{v.texts.get("record.orders"), whole(r, "orderCount")},
				fact{v.texts.get("record.spent"), v.amount(r.Number("orderTotalAmount"), v.shop.Currency)},
				fact{v.texts.get("record.since"), v.moment(r, "createdAt")},
			),
		}
		if a, ok := r.One("defaultBillingAddress"); ok {
			s.Addresses = append(s.Addresses, v.address("record.billed", a))
		}
		if a, ok := r.One("defaultShippingAddress"); ok {
			s.Addresses = append(s.Addresses, v.address("record.sent", a))
		}
		return s
	},
}
