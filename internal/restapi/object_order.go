package restapi

import (
	"encoding/json"
	"net/url"
	"slices"
	"strings"

	"github.com/appdock/appdock/internal/entity"
)

type address struct {
	ID              string   `json:"id"`
	FirstName       string   `json:"first_name"`
	LastName        string   `json:"last_name"`
	Company         *string  `json:"company"`
	Department      *string  `json:"department"`
	Street          string   `json:"street"`
	AdditionalLines []string `json:"additional_lines"`
	Zip             *string  `json:"zip"`
	City            string   `json:"city"`
	Country         *string  `json:"country"`
	State           *string  `json:"state"`
	Phone           *string  `json:"phone"`
	Salutation      *string  `json:"salutation"`
}

func addressOf(r entity.Record) address {
	a := address{
		ID: r.ID().String(), FirstName: r.Text("firstName"), LastName: r.Text("lastName"), Company: textOrNil(r, "company"), Department: textOrNil(r, "department"),
		Street: r.Text("street"), AdditionalLines: []string{}, Zip: textOrNil(r, "zipcode"), City: r.Text("city"), Phone: textOrNil(r, "phoneNumber"),
	}
	for _, name := range []string{"additionalAddressLine1", "additionalAddressLine2"} {
		if line := r.Text(name); line != "" {
			a.AdditionalLines = append(a.AdditionalLines, line)
		}
	}
	if c, ok := r.One("country"); ok {
		a.Country = textOrNil(c, "iso")
	}
	if s, ok := r.One("countryState"); ok {
		a.State = textOrNil(s, "shortCode")
	}
	if s, ok := r.One("salutation"); ok {
		a.Salutation = textOrNil(s, "salutationKey")
	}
	return a
}

type orderCustomer struct {
	ID        *string `json:"id"`
	Number    *string `json:"number"`
	FirstName *string `json:"first_name"`
	LastName  *string `json:"last_name"`
	Email     *string `json:"email"`
	Company   *string `json:"company"`
}

type line struct {
	ID        string   `json:"id"`
	Type      *string  `json:"type"`
	ProductID *string  `json:"product_id"`
	SKU       *string  `json:"sku"`
	Label     string   `json:"label"`
	Quantity  int64    `json:"quantity"`
	UnitPrice *money   `json:"unit_price"`
	Total     *money   `json:"total"`
	TaxRate   *float64 `json:"tax_rate"`
	ParentID  *string  `json:"parent_id"`
}

type delivery struct {
	ID             string   `json:"id"`
	State          string   `json:"state"`
	ShippingMethod *string  `json:"shipping_method"`
	TrackingCodes  []string `json:"tracking_codes"`
	TrackingURL    *string  `json:"tracking_url"`
	ShipsFrom      *string  `json:"ships_from"`
	ShipsTo        *string  `json:"ships_to"`
}

type transaction struct {
	ID            string  `json:"id"`
	State         string  `json:"state"`
	PaymentMethod *string `json:"payment_method"`
	Amount        *money  `json:"amount"`
}

// order is an order (rest-api-sitepack.md 4.1).
type order struct {
	ID              string         `json:"id"`
	Number          *string        `json:"number"`
	CreatedAt       string         `json:"created_at"`
	UpdatedAt       *string        `json:"updated_at"`
	State           string         `json:"state"`
	PaymentState    *string        `json:"payment_state"`
	DeliveryState   *string        `json:"delivery_state"`
	Currency        string         `json:"currency"`
	CurrencyFactor  float64        `json:"currency_factor"`
	Total           *money         `json:"total"`
	NetTotal        *money         `json:"net_total"`
	ShippingTotal   *money         `json:"shipping_total"`
	TaxStatus       *string        `json:"tax_status"`
	Customer        *orderCustomer `json:"customer"`
	BillingAddress  *address       `json:"billing_address"`
	ShippingAddress *address       `json:"shipping_address"`
	Lines           []line         `json:"lines"`
	Deliveries      []delivery     `json:"deliveries"`
	Transactions    []transaction  `json:"transactions"`
	Tags            []string       `json:"tags"`
	Note            *string        `json:"note"`
	Metafields      any            `json:"metafields"`
	Source          *string        `json:"source"`
	Version         int64          `json:"version"`
	// Redacted names the members that the token's scopes do not show.
	Redacted []string `json:"redacted,omitempty"`
	// Expanded holds what was asked for with expand and is no member.
	Expanded map[string]any `json:"expanded,omitempty"`
}

func orderOf(v viewer, r entity.Record) order {
	currency, _ := r.One("currency")
	code := currency.Text("isoCode")
	o := order{
		ID: r.ID().String(), Number: textOrNil(r, "orderNumber"), CreatedAt: moment(r, "orderDateTime"), UpdatedAt: momentOrNil(r, "updatedAt"),
		State: machineState(r), Currency: code, CurrencyFactor: r.Number("currencyFactor"), Total: moneyOf(r.Number("amountTotal"), code),
		NetTotal: moneyOf(r.Number("amountNet"), code), ShippingTotal: moneyOf(r.Number("shippingTotal"), code), TaxStatus: textOrNil(r, "taxStatus"),
		Lines: []line{}, Deliveries: []delivery{}, Transactions: []transaction{}, Tags: tagsOf(r), Note: textOrNil(r, "customerComment"),
		Metafields: metafields(r), Source: textOrNil(r, "source"), Version: r.RowVersion,
	}
	if c, ok := r.One("orderCustomer"); ok {
		o.Customer = &orderCustomer{Number: textOrNil(c, "customerNumber")}
		if id := c.Key("customerId"); !id.IsZero() {
			text := id.String()
			o.Customer.ID = &text
		}
		// Who the customer is stands in their own resource: whoever may not see that does
		// not see it here (rest-api-sitepack.md 3, "Embedded data").
		if v.grant.Has("customer:read") {
			o.Customer.FirstName, o.Customer.LastName = textOrNil(c, "firstName"), textOrNil(c, "lastName")
			o.Customer.Email, o.Customer.Company = textOrNil(c, "email"), textOrNil(c, "company")
		} else {
			o.Redacted = append(o.Redacted, "customer")
		}
	}
	if a, ok := r.One("billingAddress"); ok {
		address := addressOf(a)
		o.BillingAddress = &address
	}
	for i, d := range oldestFirst(r.Loaded["deliveries"].Records) {
		method, _ := d.One("shippingMethod")
		x := delivery{
			ID: d.ID().String(), State: machineState(d), ShippingMethod: shownTextOrNil(method, "name"), TrackingCodes: textList(d, "trackingCodes"),
			ShipsFrom: momentOrNil(d, "shippingDateEarliest"), ShipsTo: momentOrNil(d, "shippingDateLatest"),
		}
		if at := method.Display("trackingUrl"); at != "" && len(x.TrackingCodes) > 0 {
			at = strings.Replace(at, "%s", url.QueryEscape(x.TrackingCodes[0]), 1)
			x.TrackingURL = &at
		}
		if i == 0 {
			o.DeliveryState = &x.State
			if a, ok := d.One("shippingOrderAddress"); ok {
				address := addressOf(a)
				o.ShippingAddress = &address
			}
		}
		o.Deliveries = append(o.Deliveries, x)
	}
	for _, t := range oldestFirst(r.Loaded["transactions"].Records) {
		method, _ := t.One("paymentMethod")
		x := transaction{ID: t.ID().String(), State: machineState(t), PaymentMethod: shownTextOrNil(method, "name"), Amount: moneyOf(totalPrice(t, "amount"), code)}
		o.PaymentState = &x.State // the latest wins
		o.Transactions = append(o.Transactions, x)
	}
	lines := slices.Clone(r.Loaded["lineItems"].Records)
	slices.SortStableFunc(lines, func(a, b entity.Record) int { return int(whole(a, "position") - whole(b, "position")) })
	for _, l := range lines {
		o.Lines = append(o.Lines, lineOf(l, code))
	}
	return o
}

func lineOf(l entity.Record, currency string) line {
	x := line{
		ID: l.ID().String(), Type: textOrNil(l, "type"), Label: l.Text("label"), Quantity: whole(l, "quantity"),
		UnitPrice: moneyOf(l.Number("unitPrice"), currency), Total: moneyOf(l.Number("totalPrice"), currency),
	}
	for _, key := range []struct {
		name string
		to   **string
	}{{"productId", &x.ProductID}, {"parentId", &x.ParentID}} {
		if id := l.Key(key.name); !id.IsZero() {
			text := id.String()
			*key.to = &text
		}
	}
	var payload struct {
		ProductNumber *string `json:"productNumber"`
	}
	if json.Unmarshal(l.Document("payload"), &payload) == nil {
		x.SKU = payload.ProductNumber
	}
	var price struct {
		Taxes json.RawMessage `json:"calculatedTaxes"`
	}
	var taxes []struct {
		Rate float64 `json:"taxRate"`
	}
	if json.Unmarshal(l.Document("price"), &price) == nil && json.Unmarshal(price.Taxes, &taxes) == nil && len(taxes) == 1 {
		x.TaxRate = &taxes[0].Rate
	}
	return x
}
