package restapi

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"time"

	"github.com/appdock/appdock"
	"github.com/appdock/appdock/internal/entity"
)

// Objects shows records as the REST API does (rest-api-sitepack.md 4.1): to its callers, and
// in the messages about them.
type Objects struct {
	Records records
	Shops   func(appdock.ShopID) (appdock.Shop, bool)
}

// Object gives the data of a message about a record, cut to what grant may see at this moment.
func (o Objects) Object(ctx context.Context, shop appdock.ShopID, grant appdock.Privileges, name string, id appdock.ID, previous json.RawMessage) (json.RawMessage, error) {
	var found []entity.Record
	if kind, shown := kinds[name]; shown {
		page, err := o.Records.Search(ctx, appdock.Actor{Shop: shop, Privileges: shownTo(grant)}, entity.View{Inherit: true}, &entity.Criteria{
			Entity: name, IDs: []appdock.ID{id}, Associations: kind.loads(),
		})
		if err != nil && appdock.KindOf(err) != appdock.Refused { // the grant is another by now
			return nil, fmt.Errorf("read %s %s: %w", name, id, err)
		}
		found = page.Records
	}
	at, _ := o.Shops(shop)
	of := viewer{shop: at, grant: grant}
	if priced(name) && len(found) > 0 {
		var err error
		of.net, err = showsNet(func(c *entity.Criteria) (entity.Page, error) {
			return o.Records.Search(ctx, appdock.Host(shop), entity.View{}, c)
		})
		if err != nil {
			return nil, err
		}
	}
	return told(of, name, id, found, previous)
}

// told is the data of a message about a record. Of one that is gone, or that the app may not see
// any more, it says no more than which one it was.
func told(v viewer, name string, id appdock.ID, found []entity.Record, previous json.RawMessage) (json.RawMessage, error) {
	data := messageData{Object: map[string]any{"id": id}}
	if len(found) == 0 {
		return encode(data)
	}
	kind := kinds[name]
	data.Object = kind.show(v, found[0])
	if len(previous) > 0 {
		var before map[string]json.RawMessage
		if err := json.Unmarshal(previous, &before); err != nil {
			return nil, fmt.Errorf("read the values before: %w", err)
		}
		data.Previous = kind.before(before)
	}
	return encode(data)
}

type messageData struct {
	Object   any            `json:"object"`
	Previous map[string]any `json:"previous,omitempty"`
}

// message is what an app is sent about an event (protocol-webhooks.md 9).
type message struct {
	ID        string      `json:"id"`
	Type      string      `json:"type" doc:"the topic"`
	Timestamp string      `json:"timestamp" format:"date-time"`
	Shop      messageShop `json:"shop"`
	App       messageApp  `json:"app"`
	Data      messageBody `json:"data"`
}

type messageShop struct {
	ID  string `json:"id"`
	URL string `json:"url"`
}

type messageApp struct {
	ID      string `json:"id"`
	Version string `json:"version"`
}

type messageBody struct {
	_        struct{} `additionalProperties:"true"`
	Object   any      `json:"object" doc:"the resource as a GET would show it to the app; its id alone when it is gone"`
	Previous any      `json:"previous,omitempty" doc:"changed fields with the values before"`
}

// viewer is who looks at a record.
type viewer struct {
	shop  appdock.Shop
	grant appdock.Privileges
	net   bool // prices are shown without tax, as the shop shows them
}

// priced reports whether records of an entity have prices that are shown.
func priced(name string) bool { return name == "product" || name == "product_price" }

// showsNet reports whether a shop shows its prices without tax: to the group of customers that
// everybody belongs to who was put into no other.
func showsNet(search func(*entity.Criteria) (entity.Page, error)) (bool, error) {
	page, err := search(&entity.Criteria{Entity: "customer_group", IDs: []appdock.ID{appdock.StandardGroup}})
	if err != nil {
		return false, fmt.Errorf("find out whether prices are net: %w", err)
	}
	return len(page.Records) == 1 && !truth(page.Records[0], "displayGross"), nil
}

// kind is one kind of resource: which records it is made of, and how it is shown.
type kind struct {
	associations []string // paths that are loaded with a record
	show         func(viewer, entity.Record) any
	// names are the fields of the record by the names of the API, for values of before.
	names map[string]string
}

// kinds are the resources by their entity.
var kinds = map[string]kind{
	"product": {
		[]string{"manufacturer", "tax", "categories", "tags", "options.group", "media.media", "cover"},
		func(v viewer, r entity.Record) any { return productOf(v, r) },
		map[string]string{
			"productNumber": "sku", "name": "name", "description": "description", "active": "active", "stock": "stock", "availableStock": "available_stock",
			"ean": "ean", "manufacturerNumber": "manufacturer_sku", "parentId": "parent_id", "weight": "weight", "customFields": "metafields",
		},
	},
	"order": {
		[]string{
			"stateMachineState", "currency", "billingAddress.country", "billingAddress.countryState", "billingAddress.salutation", "deliveries.stateMachineState",
			"deliveries.shippingMethod", "deliveries.shippingOrderAddress.country", "deliveries.shippingOrderAddress.countryState",
			"deliveries.shippingOrderAddress.salutation", "transactions.stateMachineState", "transactions.paymentMethod", "lineItems", "tags",
		},
		func(v viewer, r entity.Record) any { return orderOf(v, r) },
		map[string]string{
			"orderNumber": "number", "orderDateTime": "created_at", "amountTotal": "total", "amountNet": "net_total", "shippingTotal": "shipping_total",
			"taxStatus": "tax_status", "currencyFactor": "currency_factor", "customerComment": "note", "customFields": "metafields", "source": "source",
		},
	},
	"customer": {
		[]string{
			"salutation", "group", "language.locale", "tags", "addresses.country", "addresses.countryState", "addresses.salutation",
		},
		func(v viewer, r entity.Record) any { return customerOf(v, r) },
		map[string]string{
			"customerNumber": "number", "email": "email", "firstName": "first_name", "lastName": "last_name", "title": "title", "company": "company",
			"accountType": "account_type", "active": "active", "guest": "guest", "vatIds": "vat_ids", "birthday": "birthday", "orderCount": "orders_count",
			"orderTotalAmount": "orders_total", "lastOrderDate": "last_order_at", "customFields": "metafields",
		},
	},
	"category": {
		nil,
		func(v viewer, r entity.Record) any { return categoryOf(v, r) },
		map[string]string{"name": "name", "active": "active", "parentId": "parent_id", "customFields": "metafields"},
	},
	"product_price": {
		nil,
		func(v viewer, r entity.Record) any { return graduatedOf(v, r) },
		map[string]string{"quantityStart": "quantity_start", "quantityEnd": "quantity_end", "customFields": "metafields"},
	},
	"customer_address": addresses,
	"order_address":    addresses,
	"media": {
		nil,
		func(v viewer, r entity.Record) any { return mediaFileOf(v, r) },
		map[string]string{"mimeType": "mime_type", "fileSize": "size", "alt": "alt", "title": "title", "private": "private"},
	},
	"document": {
		[]string{"documentType"},
		func(_ viewer, r entity.Record) any { return orderDocumentOf(r) },
		map[string]string{"documentNumber": "number", "fileType": "file_type", "sent": "sent"},
	},
	"sales_channel": {
		channelLoads,
		func(_ viewer, r entity.Record) any { return salesChannelOf(r) },
		map[string]string{"name": "name", "active": "active"},
	},
	"sales_channel_domain": {
		[]string{"currency", "language.locale"},
		func(_ viewer, r entity.Record) any { return domainOf(r) },
		map[string]string{"url": "url"},
	},
}

// addresses are those of customers and of orders.
var addresses = kind{
	addressLoads,
	func(_ viewer, r entity.Record) any { return addressOf(r) },
	map[string]string{
		"firstName": "first_name", "lastName": "last_name", "company": "company", "department": "department", "street": "street", "zipcode": "zip", "city": "city",
		"phoneNumber": "phone",
	},
}

// loads are the associations as criteria.
func (k kind) loads() map[string]*entity.Criteria { return entity.Load(k.associations...) }

// before gives values of before by the names of the API; what it has no name for is left out.
func (k kind) before(values map[string]json.RawMessage) map[string]any {
	out := map[string]any{}
	for name, value := range values {
		shown, ok := k.names[name]
		switch {
		case !ok:
		case name == "customFields":
			out[shown] = metafieldsIn(value)
		default:
			out[shown] = value
		}
	}
	if len(out) == 0 {
		return nil
	}
	return out
}

// money is an amount as a decimal text (rest-api-sitepack.md 1).
type money struct {
	Amount   string `json:"amount" doc:"decimal number" example:"19.99"`
	Currency string `json:"currency" doc:"ISO 4217" example:"EUR"`
}

func moneyOf(amount float64, currency string) *money {
	return &money{strconv.FormatFloat(amount, 'f', appdock.MinorUnits(currency), 64), currency}
}

type ref struct {
	ID   string `json:"id"`
	Name string `json:"name"`
}

type tax struct {
	ID   string  `json:"id"`
	Rate float64 `json:"rate"`
}

type price struct {
	Amount      string `json:"amount" doc:"decimal number" example:"19.99"`
	Currency    string `json:"currency" doc:"ISO 4217" example:"EUR"`
	TaxIncluded bool   `json:"tax_included"`
}

type option struct {
	Group string `json:"group"`
	Name  string `json:"name"`
}

type media struct {
	ID       string `json:"id" doc:"of its place in the product"`
	MediaID  string `json:"media_id"`
	URL      string `json:"url"`
	Alt      string `json:"alt"`
	Position int64  `json:"position"`
	Cover    bool   `json:"cover"`
}

type dimensions struct {
	Width  float64 `json:"w"`
	Height float64 `json:"h"`
	Length float64 `json:"l"`
}

// product is a product (rest-api-sitepack.md 4.1).
type product struct {
	ID              string      `json:"id"`
	SKU             string      `json:"sku"`
	Name            string      `json:"name"`
	Description     *string     `json:"description"`
	Active          bool        `json:"active"`
	Price           *price      `json:"price"`
	CompareAtPrice  *money      `json:"compare_at_price"`
	Stock           int64       `json:"stock"`
	AvailableStock  int64       `json:"available_stock"`
	EAN             *string     `json:"ean"`
	ManufacturerSKU *string     `json:"manufacturer_sku"`
	Manufacturer    *ref        `json:"manufacturer"`
	Tax             *tax        `json:"tax"`
	CategoryIDs     []string    `json:"category_ids"`
	ParentID        *string     `json:"parent_id"`
	Options         []option    `json:"options"`
	Weight          *float64    `json:"weight"`
	Dimensions      *dimensions `json:"dimensions"`
	Metafields      any         `json:"metafields"`
	Tags            []string    `json:"tags"`
	Media           []media     `json:"media"`
	CreatedAt       string      `json:"created_at"`
	UpdatedAt       *string     `json:"updated_at"`
	Version         int64       `json:"version"`
	// Expanded holds what was asked for with expand and is no member.
	Expanded map[string]any `json:"expanded,omitempty"`
}

// listPrice is one price of a list (entities.md, "price").
type listPrice struct {
	CurrencyID appdock.ID `json:"currencyId"`
	Gross      float64    `json:"gross"`
	Net        float64    `json:"net"`
	ListPrice  *struct {
		Gross float64 `json:"gross"`
		Net   float64 `json:"net"`
	} `json:"listPrice"`
}

// pricesIn reads the prices in a field, one for each currency.
func pricesIn(r entity.Record, field string) []listPrice {
	var prices []listPrice
	if json.Unmarshal(r.Document(field), &prices) != nil {
		return nil // there are none
	}
	return prices
}

// priceOf gives the price of a product in the default currency.
func priceOf(r entity.Record) (listPrice, bool) {
	for _, p := range pricesIn(r, "price") {
		if p.CurrencyID == appdock.DefaultCurrency {
			return p, true
		}
	}
	return listPrice{}, false
}

// price shows a price in the default currency.
func (v viewer) price(p listPrice) *price {
	amount := moneyOf(v.side(p.Gross, p.Net), v.shop.Currency)
	return &price{amount.Amount, amount.Currency, !v.net}
}

// side is the amount that the shop shows.
func (v viewer) side(gross, net float64) float64 {
	if v.net {
		return net
	}
	return gross
}

// graduated is what a product costs from a quantity on, for those to whom a rule applies. It has
// no route of its own: messages about it are where it is seen.
type graduated struct {
	ID            string  `json:"id"`
	ProductID     string  `json:"product_id"`
	RuleID        string  `json:"rule_id" doc:"says to whom it applies"`
	QuantityStart int64   `json:"quantity_start"`
	QuantityEnd   *int64  `json:"quantity_end" doc:"null: there is no end"`
	Price         *price  `json:"price"`
	Metafields    any     `json:"metafields"`
	CreatedAt     string  `json:"created_at" format:"date-time"`
	UpdatedAt     *string `json:"updated_at" format:"date-time"`
	Version       int64   `json:"version"`
}

func graduatedOf(v viewer, r entity.Record) graduated {
	g := graduated{
		ID: r.ID().String(), ProductID: r.Key("productId").String(), RuleID: r.Key("ruleId").String(), QuantityStart: whole(r, "quantityStart"),
		Metafields: metafields(r), CreatedAt: moment(r, "createdAt"), UpdatedAt: momentOrNil(r, "updatedAt"), Version: r.RowVersion,
	}
	if end, ok := r.Get("quantityEnd").(int64); ok {
		g.QuantityEnd = &end
	}
	if p, ok := priceOf(r); ok {
		g.Price = v.price(p)
	}
	return g
}

func productOf(v viewer, r entity.Record) product {
	p := product{
		ID: r.ID().String(), SKU: r.Text("productNumber"), Name: r.Display("name"), Description: shownTextOrNil(r, "description"), Active: truth(r, "active"),
		Stock: whole(r, "stock"), AvailableStock: whole(r, "availableStock"), EAN: textOrNil(r, "ean"), ManufacturerSKU: textOrNil(r, "manufacturerNumber"),
		CategoryIDs: []string{}, Options: []option{}, Tags: tagsOf(r), Media: []media{}, Metafields: metafields(r),
		Weight: numberOrNil(r, "weight"), CreatedAt: moment(r, "createdAt"), UpdatedAt: momentOrNil(r, "updatedAt"), Version: r.RowVersion,
	}
	if x, ok := priceOf(r); ok {
		p.Price = v.price(x)
		if before := x.ListPrice; before != nil {
			p.CompareAtPrice = moneyOf(v.side(before.Gross, before.Net), v.shop.Currency)
		}
	}
	if m, ok := r.One("manufacturer"); ok {
		p.Manufacturer = &ref{m.ID().String(), m.Display("name")}
	}
	if t, ok := r.One("tax"); ok {
		p.Tax = &tax{t.ID().String(), t.Number("taxRate")}
	}
	if id := r.Key("parentId"); !id.IsZero() {
		text := id.String()
		p.ParentID = &text
	}
	for _, c := range r.Loaded["categories"].Records {
		p.CategoryIDs = append(p.CategoryIDs, c.ID().String())
	}
	slices.Sort(p.CategoryIDs)
	for _, o := range r.Loaded["options"].Records {
		g, _ := o.One("group")
		p.Options = append(p.Options, option{g.Display("name"), o.Display("name")})
	}
	if w, h, l := numberOrNil(r, "width"), numberOrNil(r, "height"), numberOrNil(r, "length"); w != nil && h != nil && l != nil {
		p.Dimensions = &dimensions{*w, *h, *l}
	}
	for _, m := range r.Loaded["media"].Records {
		file, _ := m.One("media")
		p.Media = append(p.Media, media{m.ID().String(), m.Key("mediaId").String(), file.Text("url"), file.Display("alt"), whole(m, "position"), m.ID() == r.Key("coverId")})
	}
	return p
}

// customer is a customer (rest-api-sitepack.md 4.1).
type customer struct {
	ID                     string    `json:"id"`
	Number                 string    `json:"number"`
	Email                  string    `json:"email"`
	FirstName              string    `json:"first_name"`
	LastName               string    `json:"last_name"`
	Title                  *string   `json:"title"`
	Salutation             *string   `json:"salutation"`
	Company                *string   `json:"company"`
	AccountType            string    `json:"account_type"`
	Active                 bool      `json:"active"`
	Guest                  bool      `json:"guest"`
	Language               *string   `json:"language"`
	Group                  *ref      `json:"group"`
	DefaultBillingAddress  *address  `json:"default_billing_address"`
	DefaultShippingAddress *address  `json:"default_shipping_address"`
	Addresses              []address `json:"addresses"`
	VATIDs                 []string  `json:"vat_ids"`
	Birthday               *string   `json:"birthday"`
	OrdersCount            int64     `json:"orders_count"`
	OrdersTotal            *money    `json:"orders_total"`
	LastOrderAt            *string   `json:"last_order_at"`
	Metafields             any       `json:"metafields"`
	Tags                   []string  `json:"tags"`
	CreatedAt              string    `json:"created_at"`
	UpdatedAt              *string   `json:"updated_at"`
	Version                int64     `json:"version"`
	// Expanded holds what was asked for with expand and is no member.
	Expanded map[string]any `json:"expanded,omitempty"`
}

func customerOf(v viewer, r entity.Record) customer {
	c := customer{
		ID: r.ID().String(), Number: r.Text("customerNumber"), Email: r.Text("email"), FirstName: r.Text("firstName"), LastName: r.Text("lastName"),
		Title: textOrNil(r, "title"), Company: textOrNil(r, "company"), AccountType: r.Text("accountType"), Active: truth(r, "active"), Guest: truth(r, "guest"),
		Addresses: []address{}, VATIDs: textList(r, "vatIds"), OrdersCount: whole(r, "orderCount"), OrdersTotal: moneyOf(r.Number("orderTotalAmount"), v.shop.Currency),
		LastOrderAt: momentOrNil(r, "lastOrderDate"), Metafields: metafields(r), Tags: tagsOf(r), CreatedAt: moment(r, "createdAt"),
		UpdatedAt: momentOrNil(r, "updatedAt"), Version: r.RowVersion,
	}
	if at, ok := r.Get("birthday").(time.Time); ok {
		day := at.Format(time.DateOnly)
		c.Birthday = &day
	}
	if s, ok := r.One("salutation"); ok {
		c.Salutation = textOrNil(s, "salutationKey")
	}
	if g, ok := r.One("group"); ok {
		c.Group = &ref{g.ID().String(), g.Display("name")}
	}
	if l, ok := r.One("language"); ok {
		locale, _ := l.One("locale")
		c.Language = textOrNil(locale, "code")
	}
	for _, a := range oldestFirst(r.Loaded["addresses"].Records) {
		address := addressOf(a)
		c.Addresses = append(c.Addresses, address)
		if a.ID() == r.Key("defaultBillingAddressId") {
			c.DefaultBillingAddress = &address
		}
		if a.ID() == r.Key("defaultShippingAddressId") {
			c.DefaultShippingAddress = &address
		}
	}
	return c
}

type category struct {
	ID          string  `json:"id"`
	Name        string  `json:"name"`
	Description *string `json:"description"`
	Visible     bool    `json:"visible"`
	Active      bool    `json:"active"`
	ParentID    *string `json:"parent_id"`
	Metafields  any     `json:"metafields"`
	CreatedAt   string  `json:"created_at"`
	UpdatedAt   *string `json:"updated_at"`
	Version     int64   `json:"version"`
}

func categoryOf(_ viewer, r entity.Record) category {
	c := category{
		ID: r.ID().String(), Name: r.Display("name"), Description: shownTextOrNil(r, "description"), Visible: truth(r, "visible"), Active: truth(r, "active"), Metafields: metafields(r), CreatedAt: moment(r, "createdAt"),
		UpdatedAt: momentOrNil(r, "updatedAt"), Version: r.RowVersion,
	}
	if id := r.Key("parentId"); !id.IsZero() {
		text := id.String()
		c.ParentID = &text
	}
	return c
}
