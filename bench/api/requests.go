package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/url"
	"time"

	"github.com/appdock/appdock"
	"github.com/appdock/appdock/internal/seed"
)

type object = map[string]any

// dialect writes the same requests for one of the contestants.
type dialect interface {
	list(q query, o options) (method, path string, body any)
	get(i int, o options) (method, path string, body any)
	create(i int) (method, path string, body any)
	upsert(rows []int) (method, path string, body any)
}

// options of a read.
type options struct {
	total bool // count all matches
	// shared leaves out the members that only one of the contestants has: of 5 KB that a
	// product is in Shopware's API, PocketBase's has 0.8.
	shared bool
}

// write is a request as its bytes.
func (s *contestant) write(method, path string, body any) []byte {
	var b bytes.Buffer
	fmt.Fprintf(&b, "%s %s HTTP/1.1\r\nHost: %s\r\nAccept: application/json\r\nAuthorization: Bearer %s\r\n", method, path, s.addr, s.pass.now())
	if body == nil {
		b.WriteString("\r\n")
		return b.Bytes()
	}
	text, err := json.Marshal(body)
	if err != nil {
		panic(err) // objects of strings and numbers
	}
	fmt.Fprintf(&b, "Content-Type: application/json\r\nContent-Length: %d\r\n\r\n", len(text))
	b.Write(text)
	return b.Bytes()
}

// theirs is PocketBase's API.
type theirs struct{}

const records = "/api/collections/products/records"

func (theirs) list(q query, o options) (string, string, any) {
	v := url.Values{"perPage": {"25"}, "sort": {"name"}, "expand": {"manufacturer,category"}}
	v.Set("filter", fmt.Sprintf("(manufacturer='%s'||manufacturer='%s'||manufacturer='%s')&&price>=%g&&price<=%g&&active=true",
		shortID(tableMaker, q.Makers[0]), shortID(tableMaker, q.Makers[1]), shortID(tableMaker, q.Makers[2]), q.Min, q.Max))
	if !o.total {
		v.Set("skipTotal", "1")
	}
	return "GET", records + "?" + v.Encode(), nil
}

func (theirs) get(i int, _ options) (string, string, any) {
	return "GET", records + "/" + shortID(tableProduct, i) + "?expand=manufacturer,category", nil
}

func (theirs) create(i int) (string, string, any) { return "POST", records, row15(i) }

func (theirs) upsert(rows []int) (string, string, any) {
	var all []object
	for _, i := range rows {
		all = append(all, object{"method": "PUT", "url": records, "body": row15(i)})
	}
	return "POST", "/api/batch", object{"requests": all}
}

func row15(i int) object {
	p := productAt(i)
	return object{
		"id": shortID(tableProduct, i), "number": p.Number, "name": p.Name, "price": p.Price, "stock": p.Stock, "active": p.Active,
		"manufacturer": shortID(tableMaker, p.Manufacturer), "category": shortID(tableCategory, p.Category),
	}
}

// ours is the Admin API.
type ours struct{}

var associations = object{"manufacturer": object{}, "categories": object{}}

// includes are the members of PocketBase's records by the names that they have in ours.
var includes = object{
	"product":              []string{"id", "productNumber", "name", "price", "stock", "active", "manufacturerId", "createdAt", "updatedAt", "manufacturer", "categories"},
	"product_manufacturer": []string{"id", "name", "link", "createdAt", "updatedAt"},
	"category":             []string{"id", "name", "createdAt", "updatedAt"},
}

func (ours) list(q query, o options) (string, string, any) {
	mode := 0
	if o.total {
		mode = 1
	}
	var makers []string
	for _, m := range q.Makers {
		makers = append(makers, longID(tableMaker, m))
	}
	return "POST", "/api/search/product", o.including(object{
		"limit": 25, "page": 1, "total-count-mode": mode, "associations": associations,
		"sort": []object{{"field": "name", "order": "ASC"}},
		"filter": []object{
			{"type": "equalsAny", "field": "manufacturerId", "value": makers},
			{"type": "range", "field": "price", "parameters": object{"gte": q.Min, "lte": q.Max}},
			{"type": "equals", "field": "active", "value": true},
		},
	})
}

func (ours) get(i int, o options) (string, string, any) {
	return "POST", "/api/search/product", o.including(object{"ids": []string{longID(tableProduct, i)}, "associations": associations})
}

func (o options) including(body object) object {
	if o.shared {
		body["includes"] = includes
	}
	return body
}

func (ours) create(i int) (string, string, any) { return "POST", "/api/product", row32(i) }

func (ours) upsert(rows []int) (string, string, any) {
	var all []object
	for _, i := range rows {
		all = append(all, row32(i))
	}
	return syncOf("product", all)
}

func syncOf(entity string, rows []object) (string, string, any) {
	return "POST", "/api/_action/sync", []object{{"entity": entity, "action": "upsert", "payload": rows}}
}

func row32(i int) object {
	p := productAt(i)
	return object{
		"id": longID(tableProduct, i), "productNumber": p.Number, "name": p.Name, "stock": p.Stock, "active": p.Active,
		"price":          []object{{"currencyId": appdock.DefaultCurrency.String(), "gross": p.Price, "net": p.Price / 1.19, "linked": true}},
		"manufacturerId": longID(tableMaker, p.Manufacturer), "taxId": longID(tableTax, 0),
		"categories": []object{{"id": longID(tableCategory, p.Category)}},
	}
}

// placed is an order with three lines.
func placed() object {
	for {
		id := appdock.NewID(time.Now())
		o := seed.Order(id, time.Now()).Payload
		if len(o["lineItems"].([]any)) == 3 {
			return o
		}
	}
}
