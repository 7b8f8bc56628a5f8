package seed

import (
	"encoding/binary"
	"fmt"
	"math"
	"strings"
	"time"

	"github.com/appdock/appdock"
	"github.com/appdock/appdock/internal/entity"
)

// Demo gives the demo shop on top of [Base]: 200 products, 50 customers with an address,
// 100 orders. Each batch is one write of at most 200 rows.
func Demo() [][]entity.Operation {
	var products, customers []object
	for _, p := range catalogue() {
		products = append(products, p.payload())
	}
	for n := range customerCount {
		customers = append(customers, customerOf(n).payload())
	}
	batches := [][]entity.Operation{rows("product", products...), rows("customer", customers...)}
	const perBatch = 20 // an order has up to 9 rows
	for from := 0; from < orderCount; from += perBatch {
		var orders []object
		for n := from; n < from+perBatch; n++ {
			payload := order(n, id(fmt.Sprintf("order/%d", n)), firstOrder.Add(time.Duration(n)*31*time.Hour))
			if n < orderCount-10 {
				payload["stateId"] = stateID("order.state", "completed")
			}
			orders = append(orders, payload)
		}
		batches = append(batches, rows("order", orders...))
	}
	return batches
}

// Order is a fresh order of the demo shop, placed at a time. Who buys what, and the ids of
// what hangs below it, follow from its id. Its number is drawn when it is written.
func Order(id appdock.ID, at time.Time) entity.Operation {
	n := int(binary.BigEndian.Uint16(id[14:])) // the end of a fresh id is random
	return entity.Operation{Entity: "order", Action: entity.Insert, Payload: order(n, id, at), Pointer: "/0"}
}

const (
	customerCount = 50
	orderCount    = 100
)

// firstOrder is when the first order of the demo shop was placed.
var firstOrder = time.Date(2026, 1, 5, 8, 30, 0, 0, time.UTC)

// article is one product of the demo shop; amounts are in cents, so that sums are exact.
type article struct {
	number, name, description string
	gross                     int
	rate                      int // tax in percent
	stock                     int
	weight                    float64 // kg
}

// catalogue lists the 200 articles.
func catalogue() []article {
	var all []article
	add := func(a article) {
		a.number = fmt.Sprintf("%s-%03d", a.number, len(all)+1)
		a.stock = 12 + (len(all)*37)%180
		all = append(all, a)
	}
	for i, c := range strings.Split(coffees, "\n") {
		origin, notes, _ := strings.Cut(c, ": ")
		base := 790 + (i*53)%400
		for _, size := range []struct {
			name    string
			percent int
			weight  float64
		}{{"250 g whole beans", 100, 0.25}, {"250 g ground", 100, 0.25}, {"500 g whole beans", 185, 0.5}, {"1 kg whole beans", 340, 1}} {
			add(article{
				number: "COF", name: origin + ", " + size.name, description: "Roasted by hand in small batches. Tastes of " + notes + ".",
				gross: base * size.percent / 100, rate: 7, weight: size.weight,
			})
		}
	}
	for i, c := range strings.Split(teas, "\n") {
		kind, notes, _ := strings.Cut(c, ": ")
		base := 420 + (i*71)%500
		for _, size := range []struct {
			name    string
			percent int
			weight  float64
		}{{"50 g loose", 100, 0.05}, {"100 g loose", 180, 0.1}, {"250 g loose", 400, 0.25}, {"15 pyramid bags", 130, 0.045}} {
			add(article{
				number: "TEA", name: kind + ", " + size.name, description: "Whole leaves of this year's harvest. Tastes of " + notes + ".",
				gross: base * size.percent / 100, rate: 7, weight: size.weight,
			})
		}
	}
	for i, c := range strings.Split(wares, "\n") {
		kind, text, _ := strings.Cut(c, ": ")
		add(article{
			number: "WAR", name: kind, description: text + ".",
			gross: 990 + (i*i*97)%9000, rate: 19, weight: 0.3 + float64(i%5)/10,
		})
	}
	return all
}

func (a article) id() string { return hex("product/" + a.number) }

func (a article) payload() object {
	return object{
		"id": a.id(), "productNumber": a.number, "name": a.name, "description": a.description,
		"taxId": hex(fmt.Sprintf("tax/%d%%", a.rate)), "stock": a.stock, "weight": a.weight, "active": true,
		"deliveryTimeId": hex("delivery_time/1-3 days"), "releaseDate": "2025-11-03T00:00:00.000+00:00",
		"price": []any{object{
			"currencyId": appdock.DefaultCurrency.String(), "gross": money(a.gross), "net": money(net(a.gross, a.rate)), "linked": true,
		}},
	}
}

// money gives cents as the number that clients send.
func money(cents int) float64 { return float64(cents) / 100 }

// net takes the tax out of a gross amount, in cents.
func net(gross, rate int) int { return int(math.Round(float64(gross) * 100 / float64(100+rate))) }

// customer is one of the people who buy in the demo shop.
type customer struct {
	n                         int
	salutation, first, last   string
	street, zip, city, nation string
	company                   string
}

func customerOf(n int) customer {
	firsts, lasts, towns := strings.Split(firstNames, " "), strings.Split(lastNames, " "), strings.Split(cities, "\n")
	streets := strings.Split(streetNames, "\n")
	c := customer{n: n, first: firsts[n%len(firsts)], last: lasts[(n*7+n/len(firsts))%len(lasts)], salutation: "mrs"}
	if n%2 == 1 {
		c.salutation = "mr"
	}
	place := strings.SplitN(towns[(n*3)%len(towns)], " ", 3)
	c.nation, c.zip, c.city = place[0], place[1], place[2]
	c.street = fmt.Sprintf("%s %d", streets[(n*5)%len(streets)], 1+(n*13)%90)
	if n%8 == 3 {
		c.company = "Café " + c.last
	}
	return c
}

func (c customer) id() string      { return hex(fmt.Sprintf("customer/%d", c.n)) }
func (c customer) address() string { return hex(fmt.Sprintf("customer_address/%d", c.n)) }
func (c customer) number() string  { return fmt.Sprintf("C-%04d", 1001+c.n) }

func (c customer) email() string {
	plain := strings.NewReplacer("é", "e", "ö", "oe", "ü", "ue", "ä", "ae", "ø", "o")
	return plain.Replace(strings.ToLower(c.first+"."+c.last)) + "@example.com"
}

// person has what customers, order customers and addresses share.
func (c customer) person() object {
	p := object{"salutationId": hex("salutation/" + c.salutation), "firstName": c.first, "lastName": c.last}
	if c.company != "" {
		p["company"] = c.company
	}
	return p
}

func (c customer) place(id string) object {
	p := c.person()
	p["id"], p["street"], p["zipcode"], p["city"], p["countryId"] = id, c.street, c.zip, c.city, hex("country/"+c.nation)
	return p
}

func (c customer) payload() object {
	p := c.person()
	p["id"], p["customerNumber"], p["email"], p["active"], p["guest"] = c.id(), c.number(), c.email(), true, false
	p["accountType"] = "private"
	if c.company != "" {
		p["accountType"] = "business"
	}
	p["groupId"], p["languageId"] = appdock.StandardGroup.String(), appdock.SystemLanguage.String()
	p["salesChannelId"], p["defaultPaymentMethodId"] = hex("sales_channel/storefront"), hex("payment/invoice")
	p["defaultBillingAddressId"], p["defaultShippingAddressId"] = c.address(), c.address()
	p["addresses"] = []any{c.place(c.address())}
	return p
}
