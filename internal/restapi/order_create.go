package restapi

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/appdock/appdock"
	"github.com/appdock/appdock/internal/entity"
)

// orderCreate is a new order (rest-api-sitepack.md 6). What is not said is computed: prices,
// taxes and the costs of shipping.
type orderCreate struct {
	Customer        *orderBuyer     `json:"customer,omitempty" doc:"a customer of the shop"`
	Guest           *orderGuest     `json:"guest,omitempty" doc:"or somebody without an account"`
	Lines           []lineCreate    `json:"lines" minItems:"1" maxItems:"500"`
	BillingAddress  *addressCreate  `json:"billing_address,omitempty" doc:"that of the customer if absent"`
	ShippingAddress *addressCreate  `json:"shipping_address,omitempty" doc:"that of the customer, or of the bill, if absent"`
	ShippingMethod  string          `json:"shipping_method,omitempty" doc:"id, code or name; that of the sales channel if absent"`
	PaymentMethod   string          `json:"payment_method,omitempty" doc:"id, code or name; that of the sales channel if absent"`
	ShippingTotal   *amountSent     `json:"shipping_total,omitempty" doc:"computed if absent"`
	Note            string          `json:"note,omitempty"`
	Source          string          `json:"source,omitempty" maxLength:"255"`
	Tags            []string        `json:"tags,omitempty"`
	Metafields      *metafieldsSent `json:"metafields,omitempty"`
}

type orderBuyer struct {
	ID string `json:"id"`
}

type orderGuest struct {
	Email      string  `json:"email" minLength:"1"`
	FirstName  string  `json:"first_name" minLength:"1"`
	LastName   string  `json:"last_name" minLength:"1"`
	Company    *string `json:"company,omitempty"`
	Title      *string `json:"title,omitempty"`
	Salutation *string `json:"salutation,omitempty"`
}

type lineCreate struct {
	SKU       string      `json:"sku,omitempty"`
	ProductID string      `json:"product_id,omitempty" doc:"in the place of the sku"`
	Quantity  int64       `json:"quantity" minimum:"1" maximum:"100000"`
	UnitPrice *amountSent `json:"unit_price,omitempty" doc:"computed if absent; with tax unless the order is without"`
	Label     string      `json:"label,omitempty" maxLength:"255" doc:"the name of the product if absent"`
}

// orderPlan is an order that is being made.
type orderPlan struct {
	*call
	in      *orderCreate
	id      appdock.ID
	order   *draft
	faults  []fault
	channel entity.Record
	net     bool // prices are without tax
	sums    taxSums
	sold    []sale
}

// sale is what an order takes of a product.
type sale struct {
	product  entity.Record
	quantity int64
	line     string // where in the request
}

// bought is one line with all that is computed of it.
type bought struct {
	unit, rate float64
	quantity   int64
}

// taxSums adds up what is taxed by the rates, in the order in which they came.
type taxSums struct {
	rates  []float64
	prices map[float64]float64 // with or without tax, as the order is
	net    bool
	digits int
}

func (s *taxSums) add(rate, price float64) {
	if s.prices == nil {
		s.prices = map[float64]float64{}
	}
	if _, known := s.prices[rate]; !known {
		s.rates = append(s.rates, rate)
	}
	s.prices[rate] = roundTo(s.prices[rate]+price, s.digits)
}

// tax is what of a price is tax, or is added to it.
func (s *taxSums) tax(rate, price float64) float64 {
	if s.net {
		return roundTo(price*rate/100, s.digits)
	}
	return roundTo(price-price/(1+rate/100), s.digits)
}

func (s *taxSums) total() (total, tax float64) {
	for _, rate := range s.rates {
		total += s.prices[rate]
		tax += s.tax(rate, s.prices[rate])
	}
	return roundTo(total, s.digits), roundTo(tax, s.digits)
}

func (s *taxSums) taxes() (taxes, rules []any) {
	taxes, rules = []any{}, []any{}
	for _, rate := range s.rates {
		price := s.prices[rate]
		taxes = append(taxes, map[string]any{"tax": s.tax(rate, price), "taxRate": rate, "price": price})
		rules = append(rules, map[string]any{"taxRate": rate, "percentage": 100.0})
	}
	return taxes, rules
}

// calculated is the price of a quantity of one thing, as the shop keeps it.
func (p *orderPlan) calculated(b bought) map[string]any {
	total := roundTo(b.unit*float64(b.quantity), p.sums.digits)
	one := taxSums{net: p.net, digits: p.sums.digits}
	one.add(b.rate, total)
	taxes, rules := one.taxes()
	return map[string]any{"unitPrice": b.unit, "totalPrice": total, "quantity": b.quantity, "calculatedTaxes": taxes, "taxRules": rules}
}

// createOrder makes an order with all that belongs to it, and takes what it sells from the
// stock, in one unit of work.
func createOrder(c *call, in *orderCreate) (*order, error) {
	channel, err := c.channel()
	if err != nil {
		return nil, err
	}
	id := c.options.NewID()
	p := &orderPlan{call: c, in: in, id: id, channel: channel, order: newDraft("order", entity.Insert, id)}
	p.sums.digits = appdock.MinorUnits(c.shop.Currency)
	for _, step := range []func() error{p.buyer, p.lines, p.fulfilment, p.rest} {
		if err := step(); err != nil {
			return nil, err
		}
	}
	if err := invalid(p.faults); err != nil {
		return nil, err
	}
	if err := c.write(p.order); err != nil {
		return nil, err
	}
	if err := p.takeStock(); err != nil {
		return nil, err
	}
	c.made("/orders/" + id.String())
	return c.shownOrder(id)
}

func (c *call) shownOrder(id appdock.ID) (*order, error) {
	r, err := c.show("order", id, kinds["order"].loads())
	if err != nil {
		return nil, err
	}
	o := orderOf(c.viewer(), r)
	return &o, nil
}

func (p *orderPlan) wrong(pointer, code, detail string) {
	p.faults = append(p.faults, fault{pointer, code, detail})
}

// buyer puts who buys into the order, and where the bill and the goods go.
func (p *orderPlan) buyer() error {
	who := newDraft("order_customer", entity.Upsert, p.options.NewID())
	var billing, shipping entity.Record
	switch {
	case p.in.Customer != nil && p.in.Guest != nil, p.in.Customer == nil && p.in.Guest == nil:
		p.wrong("/customer", "required", "Send either a customer or a guest.")
		return nil
	case p.in.Customer != nil:
		r, ok, err := p.byID("customer", p.in.Customer.ID, "group", "addresses")
		if err != nil {
			return err
		}
		if !ok {
			p.wrong("/customer/id", "unknown_reference", "There is no such customer.")
			return nil
		}
		if group, ok := r.One("group"); ok {
			p.net = !truth(group, "displayGross")
		}
		for _, field := range []string{"email", "firstName", "lastName", "company", "title", "customerNumber"} {
			if v := r.Get(field); v != nil {
				who.put(field, v, "/customer")
			}
		}
		who.put("customerId", r.ID().String(), "/customer/id")
		if salutation := r.Key("salutationId"); !salutation.IsZero() {
			who.put("salutationId", salutation.String(), "/customer")
		}
		for _, a := range r.Loaded["addresses"].Records {
			if a.ID() == r.Key("defaultBillingAddressId") {
				billing = a
			}
			if a.ID() == r.Key("defaultShippingAddressId") {
				shipping = a
			}
		}
	default:
		g := p.in.Guest
		who.put("email", g.Email, "/guest/email")
		who.put("firstName", g.FirstName, "/guest/first_name")
		who.put("lastName", g.LastName, "/guest/last_name")
		for field, v := range map[string]*string{"company": g.Company, "title": g.Title} {
			if v != nil {
				who.put(field, *v, "/guest/"+field)
			}
		}
		if g.Salutation != nil {
			if err := p.putNamed(who, some(*g.Salutation), "salutationId", "salutation", "salutationKey", "/guest/salutation"); err != nil {
				return err
			}
		}
	}
	p.sums.net = p.net
	p.order.values["orderCustomer"] = who.values
	for at, from := range who.sent {
		p.order.sent["/orderCustomer"+at] = from
	}
	return p.addresses(billing, shipping)
}

// addresses puts where the bill and the goods go into the order: what was sent, else copies
// of what the customer has.
func (p *orderPlan) addresses(billing, shipping entity.Record) error {
	at, err := p.orderAddress(p.in.BillingAddress, billing, "/billing_address")
	if err != nil || at == nil {
		return err
	}
	all := []*draft{at}
	to := at
	switch {
	case p.in.ShippingAddress != nil:
		if to, err = p.orderAddress(p.in.ShippingAddress, shipping, "/shipping_address"); err != nil {
			return err
		}
		all = append(all, to)
	case p.in.BillingAddress == nil && shipping.Definition != nil && shipping.ID() != billing.ID():
		if to, err = p.orderAddress(nil, shipping, "/shipping_address"); err != nil {
			return err
		}
		all = append(all, to)
	}
	p.order.put("billingAddressId", at.values["id"], "/billing_address")
	p.order.nest("addresses", all)
	p.order.values["deliveries"] = []any{map[string]any{"shippingOrderAddressId": to.values["id"]}}
	return nil
}

// copied are the fields that an address of an order has from one of a customer.
var copied = []string{
	"firstName", "lastName", "street", "zipcode", "city", "company", "department", "title", "phoneNumber", "additionalAddressLine1", "additionalAddressLine2",
	"countryId", "countryStateId", "salutationId",
}

func (c *call) orderAddress(sent *addressCreate, from entity.Record, pointer string) (*draft, error) {
	d := newDraft("order_address", entity.Upsert, c.options.NewID())
	if sent != nil {
		return d, c.putAddress(d, sent.addressPatch, pointer)
	}
	if from.Definition == nil {
		return nil, invalid([]fault{{pointer, "required", "A guest has no address yet: send one."}})
	}
	copyAddress(d, from, pointer)
	return d, nil
}

func copyAddress(d *draft, from entity.Record, pointer string) {
	for _, field := range copied {
		switch v := from.Get(field).(type) {
		case nil:
		case appdock.ID:
			d.put(field, v.String(), pointer)
		default:
			d.put(field, v, pointer)
		}
	}
}

// lines puts what is bought into the order.
func (p *orderPlan) lines() error {
	items := make([]*draft, 0, len(p.in.Lines))
	for i, l := range p.in.Lines {
		at := "/lines/" + strconv.Itoa(i)
		product, ok, err := p.productOf(l, at)
		if err != nil {
			return err
		}
		if !ok {
			continue
		}
		d, err := p.line(i, l, product, at)
		if err != nil {
			return err
		}
		items = append(items, d)
	}
	p.order.nest("lineItems", items)
	return nil
}

// productOf finds what a line is about.
func (p *orderPlan) productOf(l lineCreate, at string) (r entity.Record, ok bool, err error) {
	loads := []string{"tax", "options.group"}
	switch {
	case (l.SKU == "") == (l.ProductID == ""):
		p.wrong(at, "required", "Send either a sku or a product_id.")
		return r, false, nil
	case l.SKU != "":
		if r, ok, err = p.first("product", "productNumber", l.SKU, loads...); err == nil && !ok {
			p.wrong(at+"/sku", "unknown_reference", "There is no such product.")
		}
		return r, ok, err
	}
	if r, ok, err = p.byID("product", l.ProductID, loads...); err == nil && !ok {
		p.wrong(at+"/product_id", "unknown_reference", "There is no such product.")
	}
	return r, ok, err
}

func (p *orderPlan) line(i int, l lineCreate, product entity.Record, at string) (*draft, error) {
	tax, _ := product.One("tax")
	b := bought{rate: tax.Number("taxRate"), quantity: l.Quantity}
	switch price, priced := priceOf(product); {
	case l.UnitPrice != nil:
		amount, err := p.amount(*l.UnitPrice, at+"/unit_price")
		if err != nil {
			return nil, err
		}
		b.unit = amount
	case !priced:
		p.wrong(at+"/unit_price", "required", "The product has no price.")
	case p.net:
		b.unit = price.Net
	default:
		b.unit = price.Gross
	}
	label := l.Label
	if label == "" {
		label = product.Display("name")
	}
	price := p.calculated(b)
	total, _ := price["totalPrice"].(float64)
	p.sums.add(b.rate, total)
	p.sold = append(p.sold, sale{product, l.Quantity, at})
	id := product.ID().String()
	d := newDraft("order_line_item", entity.Upsert, p.options.NewID())
	for field, v := range map[string]any{
		"identifier": id, "referencedId": id, "productId": id, "type": "product", "label": label, "quantity": l.Quantity, "position": i + 1,
		"good": true, "removable": true, "stackable": true, "states": []any{"is-physical"}, "price": price,
		"payload": map[string]any{"productNumber": product.Text("productNumber")},
		"priceDefinition": map[string]any{
			"type": "quantity", "price": b.unit, "quantity": l.Quantity, "isCalculated": true, "taxRules": price["taxRules"],
		},
	} {
		d.put(field, v, at)
	}
	return d, nil
}

// way finds a way to pay or to ship by what it is called; that of the sales channel if it is
// not said.
func (p *orderPlan) way(name, text, field, from string, loads ...string) (entity.Record, error) {
	by := []string{"technicalName", "name"}
	value := any(text)
	if text == "" {
		by, value = []string{"id"}, p.channel.Key(field)
	} else if id, err := appdock.ParseID(text); err == nil {
		by, value = []string{"id"}, id
	}
	for _, field := range by {
		r, ok, err := p.first(name, field, value, loads...)
		if err != nil || ok {
			return r, err
		}
	}
	p.wrong(from, "unknown_reference", "There is no such "+strings.ReplaceAll(name, "_", " ")+".")
	return entity.Record{}, nil
}

// fulfilment puts how the order is shipped and paid into it, and what it comes to.
func (p *orderPlan) fulfilment() error {
	shipping, err := p.way("shipping_method", p.in.ShippingMethod, "shippingMethodId", "/shipping_method", "prices")
	if err != nil {
		return err
	}
	payment, err := p.way("payment_method", p.in.PaymentMethod, "paymentMethodId", "/payment_method")
	if err != nil || len(p.faults) > 0 || shipping.Definition == nil || payment.Definition == nil {
		return err
	}
	goods, _ := p.sums.total()
	cost := bought{quantity: 1, rate: p.highestRate()}
	if p.in.ShippingTotal != nil {
		if cost.unit, err = p.amount(*p.in.ShippingTotal, "/shipping_total"); err != nil {
			return err
		}
	} else {
		cost.unit = shippingCost(shipping, p.net)
	}
	costs := p.calculated(cost)
	p.sums.add(cost.rate, cost.unit)
	total, tax := p.sums.total()
	gross, net := total, roundTo(total-tax, p.sums.digits)
	status := "gross"
	if p.net {
		gross, net, status = roundTo(total+tax, p.sums.digits), total, "net"
	}
	taxes, rules := p.sums.taxes()
	now := p.options.Now().UTC()
	p.order.put("shippingCosts", costs, "/shipping_total")
	p.order.put("price", map[string]any{
		"netPrice": net, "totalPrice": gross, "rawTotal": gross, "positionPrice": goods, "taxStatus": status, "calculatedTaxes": taxes, "taxRules": rules,
	}, "/lines")
	deliveries, _ := p.order.values["deliveries"].([]any)
	delivery, _ := deliveries[0].(map[string]any)
	for field, v := range map[string]any{
		"shippingMethodId": shipping.ID().String(), "trackingCodes": []any{}, "shippingCosts": costs,
		"shippingDateEarliest": now.AddDate(0, 0, 1).Format(time.RFC3339), "shippingDateLatest": now.AddDate(0, 0, 3).Format(time.RFC3339),
	} {
		delivery[field] = v
	}
	p.order.values["transactions"] = []any{map[string]any{
		"paymentMethodId": payment.ID().String(),
		"amount":          map[string]any{"unitPrice": gross, "totalPrice": gross, "quantity": 1, "calculatedTaxes": taxes, "taxRules": rules},
	}}
	return nil
}

// highestRate is the rate that shipping is taxed with: that of the goods which are taxed most.
func (p *orderPlan) highestRate() float64 {
	highest := 0.0
	for _, rate := range p.sums.rates {
		highest = max(highest, rate)
	}
	return highest
}

// shippingCost is what a way to ship costs in the default currency: the least of its prices,
// since rules that would choose among them are not computed here.
func shippingCost(method entity.Record, net bool) float64 {
	cost, known := 0.0, false
	for _, row := range method.Loaded["prices"].Records {
		for _, price := range pricesIn(row, "currencyPrice") {
			amount := price.Gross
			if net {
				amount = price.Net
			}
			if price.CurrencyID == appdock.DefaultCurrency && (!known || amount < cost) {
				cost, known = amount, true
			}
		}
	}
	return cost
}

// rest puts what is left into the order.
func (p *orderPlan) rest() error {
	for field, v := range map[string]any{
		"orderDateTime": p.options.Now().UTC().Format("2006-01-02T15:04:05.000Z"), "currencyId": appdock.DefaultCurrency.String(), "currencyFactor": 1.0,
		"languageId": appdock.SystemLanguage.String(), "salesChannelId": p.channel.ID().String(),
	} {
		p.order.put(field, v, "")
	}
	if p.in.Note != "" {
		p.order.put("customerComment", p.in.Note, "/note")
	}
	if p.in.Source != "" {
		p.order.put("source", p.in.Source, "/source")
	}
	if p.in.Metafields != nil {
		p.order.put("customFields", map[string]any(*p.in.Metafields), "/metafields")
	}
	if len(p.in.Tags) == 0 {
		return nil
	}
	items, _, err := p.tagItems(p.in.Tags)
	p.order.put("tags", items, "/tags")
	return err
}

// takeStock takes what was sold. What is sold until it is gone is not sold when it is.
func (p *orderPlan) takeStock() error {
	left := map[appdock.ID]int64{}
	drafts := map[appdock.ID]*draft{}
	var all []*draft
	for _, s := range p.sold {
		id := s.product.ID()
		now, known := left[id]
		if !known {
			now = whole(s.product, "stock")
			drafts[id] = newDraft("product", entity.Update, id)
			all = append(all, drafts[id])
		}
		left[id] = now - s.quantity
		if left[id] < 0 && truth(s.product, "isCloseout") {
			refusal := outOfStock(fmt.Sprintf("There are %d left of %s.", now, s.product.Text("productNumber")))
			refusal.Errors = []fault{{s.line + "/quantity", "out_of_stock", refusal.Detail}}
			return refusal
		}
		drafts[id].put("stock", left[id], s.line+"/quantity")
	}
	return p.rewrite(all...)
}

// TransformSchema implements [huma.SchemaTransformer].
func (orderCreate) TransformSchema(_ huma.Registry, s *huma.Schema) *huma.Schema {
	s.Examples = []any{map[string]any{
		"guest":           map[string]any{"email": "ada@example.com", "first_name": "Ada", "last_name": "Lovelace"},
		"lines":           []any{map[string]any{"sku": "SW-1000", "quantity": 2}},
		"billing_address": map[string]any{"first_name": "Ada", "last_name": "Lovelace", "street": "1 Main St", "city": "Berlin", "country": "DE"},
	}}
	return s
}
