// Package seed holds the rows that a shop begins with: [Base] is what every shop has and
// clients rely on (entities.md, "Well-known ids", "Other seed rows"); [Demo] is a small
// coffee and tea shop to try things on; [Order] is one more order in it.
//
// All of it goes the way of any other write, as payloads that an API client could send.
// Ids are derived from names and dates are fixed, so that each run gives the same bytes.
package seed

import (
	"crypto/sha256"
	"encoding/base32"
	"strconv"
	"strings"

	"github.com/appdock/appdock"
	"github.com/appdock/appdock/internal/entity"
)

// object is a JSON object as a client sends it.
type object = map[string]any

// id derives the id of a seeded row from what it is, such as "tax/19%".
func id(what string) appdock.ID {
	sum := sha256.Sum256([]byte("appdock seed " + what))
	return appdock.ID(sum[:16])
}

// hex is the form of an id in payloads.
func hex(what string) string { return id(what).String() }

// rows makes one operation for each payload. Writing them twice does no harm.
func rows(name string, payloads ...object) []entity.Operation {
	all := make([]entity.Operation, len(payloads))
	for i, payload := range payloads {
		all[i] = entity.Operation{Entity: name, Action: entity.Upsert, Payload: payload, Pointer: "/" + strconv.Itoa(i)}
	}
	return all
}

// Base gives the rows that every shop has, to be written at once by the host. Locale and
// currency of the shop become those of its system language and default currency.
func Base(shop appdock.Shop) []entity.Operation {
	var all []entity.Operation
	for _, part := range [][]entity.Operation{
		languages(orDefault(shop.Locale, "en-GB")),
		currencies(orDefault(shop.Currency, "EUR")),
		places(), people(), trade(), files(), numberRanges(), stateMachines(), channels(shop),
	} {
		all = append(all, part...)
	}
	return all
}

func orDefault(value, otherwise string) string {
	if value == "" {
		return otherwise
	}
	return value
}

func languages(system string) []entity.Operation {
	known := []struct{ code, name, territory, language string }{
		{"en-GB", "English", "United Kingdom", "English"},
		{"de-DE", "German", "Germany", "Deutsch"},
	}
	if system != "en-GB" && system != "de-DE" {
		known = append(known, struct{ code, name, territory, language string }{system, system, system, system})
	}
	var locales, languages []object
	for _, l := range known {
		locale, language := hex("locale/"+l.code), hex("language/"+l.code)
		if l.code == system {
			language = appdock.SystemLanguage.String()
		}
		locales = append(locales, object{"id": locale, "code": l.code, "name": l.name, "territory": l.territory})
		languages = append(languages, object{"id": language, "name": l.language, "localeId": locale, "translationCodeId": locale})
	}
	return append(rows("locale", locales...), rows("language", languages...)...)
}

func currencies(standard string) []entity.Operation {
	type currency struct {
		iso, symbol, name string
		perEuro           float64
	}
	known := []currency{{"EUR", "€", "Euro", 1}, {"USD", "$", "US-Dollar", 1.17}, {"GBP", "£", "Pound", 0.87}}
	base := currency{standard, standard, standard, 1}
	for _, c := range known {
		if c.iso == standard {
			base = c
		}
	}
	payload := func(c currency, id string, factor float64) object {
		rounding := object{"decimals": 2, "interval": 0.01, "roundForNet": true}
		return object{
			"id": id, "isoCode": c.iso, "symbol": c.symbol, "shortName": c.iso, "name": c.name, "factor": factor,
			"itemRounding": rounding, "totalRounding": rounding,
		}
	}
	all := []object{payload(base, appdock.DefaultCurrency.String(), 1)}
	for _, c := range known {
		if c.iso != standard {
			all = append(all, payload(c, hex("currency/"+c.iso), c.perEuro/base.perEuro))
		}
	}
	return rows("currency", all...)
}

func places() []entity.Operation {
	var all []object
	for i, c := range []struct {
		iso, iso3, name string
		eu              bool
	}{
		{"DE", "DEU", "Germany", true},
		{"AT", "AUT", "Austria", true},
		{"CH", "CHE", "Switzerland", false},
		{"NL", "NLD", "Netherlands", true},
		{"BE", "BEL", "Belgium", true},
		{"FR", "FRA", "France", true},
		{"GB", "GBR", "United Kingdom", false},
		{"US", "USA", "United States of America", false},
	} {
		all = append(all, object{
			"id": hex("country/" + c.iso), "iso": c.iso, "iso3": c.iso3, "name": c.name, "position": i + 1, "active": true,
			"shippingAvailable": true, "isEu": c.eu, "addressFormat": addressFormat(),
		})
	}
	states := rows("country_state",
		object{"id": hex("state/DE-BE"), "countryId": hex("country/DE"), "shortCode": "DE-BE", "name": "Berlin", "active": true},
		object{"id": hex("state/DE-HH"), "countryId": hex("country/DE"), "shortCode": "DE-HH", "name": "Hamburg", "active": true},
		object{"id": hex("state/US-CA"), "countryId": hex("country/US"), "shortCode": "US-CA", "name": "California", "active": true},
		object{"id": hex("state/US-NY"), "countryId": hex("country/US"), "shortCode": "US-NY", "name": "New York", "active": true},
	)
	return append(rows("country", all...), states...)
}

// addressFormat lists the snippets of an address, line by line.
func addressFormat() []any {
	return []any{
		[]any{"address/company"},
		[]any{"address/first_name", "address/last_name"},
		[]any{"address/street"},
		[]any{"address/zipcode", "address/city"},
		[]any{"address/country"},
	}
}

func people() []entity.Operation {
	return append(
		rows("salutation",
			object{"id": hex("salutation/mr"), "salutationKey": "mr", "displayName": "Mr.", "letterName": "Dear Mr."},
			object{"id": hex("salutation/mrs"), "salutationKey": "mrs", "displayName": "Mrs.", "letterName": "Dear Mrs."},
			object{"id": hex("salutation/not_specified"), "salutationKey": "not_specified", "displayName": "Not specified", "letterName": "Hello"},
		),
		rows("customer_group",
			object{"id": appdock.StandardGroup.String(), "name": "Standard customer group", "displayGross": true},
		)...,
	)
}

func trade() []entity.Operation {
	var all []entity.Operation
	all = append(all, rows("tax",
		object{"id": hex("tax/19%"), "taxRate": 19, "name": "19%", "position": 1},
		object{"id": hex("tax/7%"), "taxRate": 7, "name": "7%", "position": 2},
		object{"id": hex("tax/0%"), "taxRate": 0, "name": "Reduced rate 0", "position": 3},
	)...)
	all = append(all, rows("delivery_time",
		object{"id": hex("delivery_time/1-3 days"), "name": "1-3 days", "min": 1, "max": 3, "unit": "day"},
		object{"id": hex("delivery_time/2-5 days"), "name": "2-5 days", "min": 2, "max": 5, "unit": "day"},
		object{"id": hex("delivery_time/1-2 weeks"), "name": "1-2 weeks", "min": 1, "max": 2, "unit": "week"},
	)...)
	all = append(all, rows("payment_method",
		object{"id": hex("payment/invoice"), "technicalName": "payment_invoicepayment", "name": "Invoice", "position": 1, "active": true, "afterOrderEnabled": true},
		object{"id": hex("payment/cash"), "technicalName": "payment_cashpayment", "name": "Cash on delivery", "position": 2, "active": true},
		object{"id": hex("payment/prepayment"), "technicalName": "payment_prepayment", "name": "Paid in advance", "position": 3, "active": true, "afterOrderEnabled": true},
	)...)
	always := hex("rule/cart")
	all = append(all, rows("rule", object{"id": always, "name": "Cart >= 0", "priority": 100})...)
	return append(all, rows("shipping_method",
		object{
			"id": hex("shipping/standard"), "technicalName": "shipping_standard", "name": "Standard", "active": true,
			"deliveryTimeId": hex("delivery_time/1-3 days"), "availabilityRuleId": always,
		},
		object{
			"id": hex("shipping/express"), "technicalName": "shipping_express", "name": "Express", "active": true, "position": 2,
			"deliveryTimeId": hex("delivery_time/1-3 days"), "availabilityRuleId": always,
		},
	)...)
}

// files are the kinds of documents, and the folders that pictures of each entity go to.
func files() []entity.Operation {
	var types, folders []object
	for _, t := range []struct{ technicalName, name string }{
		{"invoice", "Invoice"}, {"delivery_note", "Delivery note"}, {"credit_note", "Credit note"}, {"storno", "Cancellation invoice"},
	} {
		types = append(types, object{"id": hex("document_type/" + t.technicalName), "technicalName": t.technicalName, "name": t.name})
	}
	for _, name := range []string{
		"product", "category", "product_manufacturer", "user", "mail_template", "cms_page", "document", "import_export_profile",
	} {
		folders = append(folders, object{"id": hex("media_default_folder/" + name), "entity": name})
	}
	return append(rows("document_type", types...), rows("media_default_folder", folders...)...)
}

func numberRanges() []entity.Operation {
	var types, ranges []object
	for _, r := range []struct {
		kind, name, pattern string
		start               int
	}{
		{"product", "Products", "SW{n}", 10000},
		{"order", "Orders", "{n}", 10000},
		{"customer", "Customers", "{n}", 10000},
		{"document_invoice", "Invoices", "{n}", 1000},
		{"document_delivery_note", "Delivery notes", "{n}", 1000},
		{"document_credit_note", "Credit notes", "{n}", 1000},
		{"document_storno", "Cancellations", "{n}", 1000},
	} {
		kind := hex("number_range_type/" + r.kind)
		types = append(types, object{"id": kind, "technicalName": r.kind, "typeName": r.name, "global": true})
		ranges = append(ranges, object{"id": hex("number_range/" + r.kind), "typeId": kind, "global": true, "name": r.name, "pattern": r.pattern, "start": r.start})
	}
	return append(rows("number_range_type", types...), rows("number_range", ranges...)...)
}

func channels(shop appdock.Shop) []entity.Operation {
	var all []entity.Operation
	all = append(all, rows("category",
		object{"id": hex("category/root"), "name": "Catalogue #1", "type": "page", "active": true, "visible": true},
	)...)
	all = append(all, rows("sales_channel_type",
		object{"id": appdock.StorefrontChannel.String(), "name": "Storefront", "manufacturer": "Appdock", "iconName": "regular-storefront"},
		object{"id": appdock.HeadlessChannel.String(), "name": "Headless", "manufacturer": "Appdock", "iconName": "regular-shopping-basket"},
		object{"id": appdock.ProductExportChannel.String(), "name": "Product comparison", "manufacturer": "Appdock", "iconName": "regular-rocket"},
	)...)
	return append(all, rows("sales_channel", object{
		"id": hex("sales_channel/storefront"), "name": orDefault(shop.Name, "Storefront"), "active": true,
		"typeId": appdock.StorefrontChannel.String(), "accessKey": accessKey(shop.ID),
		"languageId": appdock.SystemLanguage.String(), "currencyId": appdock.DefaultCurrency.String(),
		"customerGroupId": appdock.StandardGroup.String(), "countryId": hex("country/DE"),
		"paymentMethodId": hex("payment/invoice"), "shippingMethodId": hex("shipping/standard"),
		"navigationCategoryId": hex("category/root"), "navigationCategoryDepth": 2, "homeEnabled": true,
	})...)
}

// accessKey names the sales channel to shoppers' browsers: it is no secret.
func accessKey(shop appdock.ShopID) string {
	sum := sha256.Sum256([]byte("appdock sales channel " + shop))
	return "SWSC" + strings.TrimRight(base32.StdEncoding.EncodeToString(sum[:16]), "=")[:22]
}
