package shop

import "github.com/appdock/appdock/internal/entity"

// What a field is worth when the term is in it (admin-api.md 5.5).
const (
	high   = 500
	middle = 250
	low    = 80
)

// withRanks tells fields and associations what they are worth to a search for a term. The
// fields are those that entities.md marks; it does not say what each is worth, so names and
// numbers that people know records by are high, long texts low.
func withRanks(tables []entity.Definition) []entity.Definition {
	ranks := fieldRanks()
	for i := range tables {
		d := &tables[i]
		for n := range d.Fields {
			d.Fields[n].Rank = ranks[d.Name][d.Fields[n].Name]
		}
		for n := range d.Associations {
			d.Associations[n].Rank = associationRanks()[d.Name][d.Associations[n].Name]
		}
	}
	return tables
}

// associationRanks multiply the ranks of what the association leads to.
func associationRanks() map[string]map[string]float64 {
	return map[string]map[string]float64{
		"order":   {"orderCustomer": 0.5, "addresses": 0.25, "deliveries": 0.25, "tags": 0.25},
		"product": {"manufacturer": 0.5, "tags": 0.25},
		"media":   {"tags": 0.25},
	}
}

func fieldRanks() map[string]map[string]float64 {
	return map[string]map[string]float64{
		"product":               {"productNumber": high, "manufacturerNumber": middle, "ean": middle, "name": high, "customSearchKeywords": middle},
		"product_manufacturer":  {"name": high},
		"product_review":        {"externalUser": middle, "externalEmail": middle, "title": high, "content": low},
		"category":              {"name": high},
		"property_group":        {"name": high},
		"property_group_option": {"name": high},
		"tax":                   {"taxRate": middle, "name": high},
		"unit":                  {"shortCode": high, "name": high},
		"delivery_time":         {"name": high},
		"tag":                   {"name": high},
		"customer":              {"customerNumber": high, "firstName": middle, "lastName": middle, "company": middle, "email": high},
		"customer_address": {
			"firstName": middle, "lastName": middle, "city": middle, "company": middle, "street": middle,
			"additionalAddressLine1": low, "additionalAddressLine2": low,
		},
		"customer_group": {"name": high},
		"salutation":     {"salutationKey": high, "displayName": high, "letterName": middle},
		"order":          {"orderNumber": high, "amountTotal": middle},
		"order_customer": {"email": high, "firstName": middle, "lastName": middle, "company": middle, "customerNumber": high},
		"order_address": {
			"firstName": middle, "lastName": middle, "street": middle, "zipcode": middle, "city": middle, "company": middle,
			"additionalAddressLine1": low, "additionalAddressLine2": low,
		},
		"order_delivery":      {"trackingCodes": middle, "shippingDateEarliest": low, "shippingDateLatest": low},
		"document_type":       {"name": high},
		"state_machine":       {"name": high},
		"state_machine_state": {"technicalName": high, "name": high},
		"currency":            {"shortName": high, "name": high},
		"locale":              {"code": high, "name": high},
		"country":             {"name": high, "iso": middle, "iso3": middle},
		"country_state":       {"shortCode": high, "name": high},
		"payment_method":      {"name": high},
		"shipping_method":     {"name": high, "description": low},
		"media":               {"mimeType": middle, "fileName": high, "alt": low, "title": high},
		"media_folder":        {"name": high},
		"number_range_type":   {"technicalName": high, "typeName": middle},
		"user":                {"username": high, "firstName": middle, "lastName": middle, "title": high, "email": high},
	}
}
