package seed

import (
	"fmt"
	"time"

	"github.com/appdock/appdock"
)

// shippingGross is what a parcel costs, in cents, tax of the full rate included.
const shippingGross = 490

// order is the payload of an order of the demo shop: who buys what follows from n alone.
func order(n int, orderID appdock.ID, at time.Time) object {
	all := catalogue()
	articles := make([]article, 1+(n*7+n/4)%4)
	for i := range articles {
		articles[i] = all[(n*29+i*61)%len(all)]
	}
	return orderOf(n, orderID, at, articles)
}

// orderOf is the payload of an order of one to three of each article.
func orderOf(n int, orderID appdock.ID, at time.Time, articles []article) object {
	buyer := customerOf((n * 11) % customerCount)
	below := func(what string) string { return hex("order/" + orderID.String() + "/" + what) }
	addressID := below("address")
	sum := taxes{}
	var items []any
	for i, a := range articles {
		quantity := 1 + (n+i)%3
		sum.add(a.rate, a.gross*quantity)
		items = append(items, object{
			"id": below(fmt.Sprint("item/", i)), "identifier": a.id(), "referencedId": a.id(), "productId": a.id(), "type": "product",
			"label": a.name, "quantity": quantity, "position": i + 1, "good": true, "removable": true, "stackable": true,
			"states": []any{"is-physical"}, "payload": object{"productNumber": a.number},
			"price": calculated(a.gross, quantity, a.rate),
			"priceDefinition": object{
				"type": "quantity", "price": money(a.gross), "quantity": quantity, "isCalculated": true,
				"taxRules": []any{taxRule(a.rate)},
			},
		})
	}
	goods := sum.gross
	sum.add(19, shippingGross)
	rounding := object{"decimals": 2, "interval": 0.01, "roundForNet": true}
	person := buyer.person()
	person["id"], person["email"], person["customerNumber"], person["customerId"] = below("customer"), buyer.email(), buyer.number(), buyer.id()
	return object{
		"id": orderID.String(), "orderDateTime": moment(at),
		"billingAddressId": addressID, "currencyId": appdock.DefaultCurrency.String(), "currencyFactor": 1,
		"languageId": appdock.SystemLanguage.String(), "salesChannelId": hex("sales_channel/storefront"),
		"itemRounding": rounding, "totalRounding": rounding, "orderCustomer": person,
		"addresses": []any{buyer.place(addressID)}, "lineItems": items,
		"shippingCosts": calculated(shippingGross, 1, 19),
		"deliveries": []any{object{
			"id": below("delivery"), "shippingOrderAddressId": addressID, "shippingMethodId": hex("shipping/standard"),
			"trackingCodes": []any{}, "shippingCosts": calculated(shippingGross, 1, 19),
			"shippingDateEarliest": moment(at.AddDate(0, 0, 1)), "shippingDateLatest": moment(at.AddDate(0, 0, 3)),
		}},
		"transactions": []any{object{
			"id": below("transaction"), "paymentMethodId": hex("payment/invoice"), "amount": object{
				"unitPrice": money(sum.gross), "totalPrice": money(sum.gross), "quantity": 1,
				"calculatedTaxes": sum.list(), "taxRules": sum.rules(),
			},
		}},
		"price": object{
			"netPrice": money(sum.gross - sum.tax()), "totalPrice": money(sum.gross), "rawTotal": money(sum.gross),
			"positionPrice": money(goods), "taxStatus": "gross",
			"calculatedTaxes": sum.list(), "taxRules": sum.rules(),
		},
	}
}

func moment(at time.Time) string { return at.UTC().Format("2006-01-02T15:04:05.000Z07:00") }

// calculated is the price of a quantity of one thing.
func calculated(gross, quantity, rate int) object {
	sum := taxes{}
	sum.add(rate, gross*quantity)
	return object{
		"unitPrice": money(gross), "totalPrice": money(gross * quantity), "quantity": quantity,
		"calculatedTaxes": sum.list(), "taxRules": sum.rules(),
	}
}

// taxes adds up gross amounts by their rate, in cents; the full rate is listed first.
type taxes struct {
	gross         int
	full, reduced int
}

func (t *taxes) add(rate, gross int) {
	t.gross += gross
	switch rate {
	case 19:
		t.full += gross
	case 7:
		t.reduced += gross
	default:
		panic(fmt.Sprintf("seed: nothing in the demo shop is taxed with %d %%", rate))
	}
}

func (t *taxes) tax() int {
	return t.full - net(t.full, 19) + t.reduced - net(t.reduced, 7)
}

func (t *taxes) list() []any {
	list := []any{}
	t.each(func(rate, gross int) {
		list = append(list, object{"tax": money(gross - net(gross, rate)), "taxRate": rate, "price": money(gross)})
	})
	return list
}

func (t *taxes) rules() []any {
	list := []any{}
	t.each(func(rate, _ int) { list = append(list, taxRule(rate)) })
	return list
}

func (t *taxes) each(do func(rate, gross int)) {
	if t.full > 0 {
		do(19, t.full)
	}
	if t.reduced > 0 {
		do(7, t.reduced)
	}
}

func taxRule(rate int) object { return object{"taxRate": rate, "percentage": 100} }
