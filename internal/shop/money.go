package shop

import (
	"encoding/json"
	"fmt"
	"maps"
	"math"
	"slices"
	"strconv"

	"github.com/appdock/appdock"
)

// member is one value of a money structure (entities.md, "Money structures").
type member struct {
	name string
	kind memberKind
	// items are the members of each object of a list, or of an object.
	items    []member
	optional bool
	// or stands for a member that was not sent; nil: it is missing.
	or json.RawMessage
}

type memberKind int

const (
	aFloat memberKind = iota
	anInt
	aBool
	aText
	aTaxStatus
	anID
	anything // null or any JSON
	aList    // of objects
	anObject // or null
)

func taxMembers() []member {
	return []member{{name: "tax"}, {name: "taxRate"}, {name: "price"}}
}

func taxRuleMembers() []member {
	return []member{{name: "taxRate"}, {name: "percentage"}}
}

func calculatedPriceMembers() []member {
	return []member{
		{name: "unitPrice"},
		{name: "totalPrice"},
		{name: "quantity", kind: anInt, or: json.RawMessage("1")},
		{name: "calculatedTaxes", kind: aList, items: taxMembers()},
		{name: "taxRules", kind: aList, items: taxRuleMembers()},
		{name: "referencePrice", kind: anything, optional: true},
		{name: "listPrice", kind: anything, optional: true},
		{name: "regulationPrice", kind: anything, optional: true},
	}
}

func cartPriceMembers() []member {
	return []member{
		{name: "netPrice"},
		{name: "totalPrice"},
		{name: "rawTotal"},
		{name: "positionPrice"},
		{name: "calculatedTaxes", kind: aList, items: taxMembers()},
		{name: "taxRules", kind: aList, items: taxRuleMembers()},
		{name: "taxStatus", kind: aTaxStatus},
	}
}

func roundingMembers() []member {
	return []member{{name: "decimals", kind: anInt}, {name: "interval"}, {name: "roundForNet", kind: aBool}}
}

func taxFreeMembers() []member {
	return []member{{name: "enabled", kind: aBool}, {name: "currencyId", kind: anID}, {name: "amount"}}
}

// priceDefinitionMembers depend on the type of the definition; nil: there is no such type.
func priceDefinitionMembers(kind string) []member {
	head := member{name: "type", kind: aText}
	filter := member{name: "filter", kind: anything, optional: true}
	switch kind {
	case "quantity":
		return []member{
			head,
			{name: "price"},
			{name: "quantity", kind: anInt},
			{name: "taxRules", kind: aList, items: taxRuleMembers()},
			{name: "listPrice", kind: anything, optional: true},
			{name: "regulationPrice", kind: anything, optional: true},
			{name: "isCalculated", kind: aBool, or: json.RawMessage("false")},
		}
	case "absolute":
		return []member{head, {name: "price"}, filter}
	case "percentage":
		return []member{head, {name: "percentage"}, filter}
	default:
		return nil
	}
}

func priceMembers() []member {
	return []member{
		{name: "currencyId", kind: anID},
		{name: "net"},
		{name: "gross"},
		{name: "linked", kind: aBool},
		{name: "listPrice", kind: anObject, optional: true, items: []member{
			{name: "currencyId", kind: anID, optional: true}, {name: "net"}, {name: "gross"}, {name: "linked", kind: aBool},
		}},
		{name: "regulationPrice", kind: anObject, optional: true, items: []member{
			{name: "currencyId", kind: anID, optional: true}, {name: "net"}, {name: "gross"}, {name: "linked", kind: aBool, optional: true},
		}},
	}
}

// structure reads an object of the given members and writes it in their order. Others are
// dropped: clients send back what they have read, aliases included.
func (l *faultList) structure(members []member, v any, pointer string) (json.RawMessage, bool) {
	object, isObject := v.(map[string]any)
	if !isObject {
		l.Add(wrongType(pointer, "array"))
		return nil, false
	}
	before := l.Count()
	out := []byte{'{'}
	for _, m := range members {
		raw := l.member(m, object, pointer+"/"+m.name)
		if raw == nil {
			continue
		}
		if len(out) > 1 {
			out = append(out, ',')
		}
		out = append(append(out, `"`+m.name+`":`...), raw...)
	}
	return append(out, '}'), l.Count() == before
}

func (l *faultList) member(m member, object map[string]any, pointer string) json.RawMessage {
	v, sent := object[m.name]
	switch {
	case !sent && m.or != nil:
		return m.or
	case v == nil && m.optional:
		return json.RawMessage("null")
	case !sent:
		l.Add(missing(pointer))
		return nil
	case v == nil:
		l.Add(blank(pointer))
		return nil
	}
	switch m.kind {
	case aFloat:
		if n, ok := decimal(v); ok {
			return encode(n)
		}
		l.Add(wrongType(pointer, "float"))
	case anInt:
		if n, ok := wholeNumber(v); ok {
			return encode(n)
		}
		l.Add(wrongType(pointer, "int"))
	case aBool:
		if b, ok := v.(bool); ok {
			return encode(b)
		}
		l.Add(wrongType(pointer, "bool"))
	case aText:
		if s, ok := v.(string); ok {
			return encode(s)
		}
		l.Add(wrongType(pointer, "string"))
	case aTaxStatus:
		switch v {
		case "gross", "net", "tax-free":
			return encode(v)
		}
		l.Add(constraint(pointer, "The tax status is one of gross, net, tax-free."))
	case anID:
		if id, ok := l.uuid(v, pointer); ok {
			return encode(id)
		}
	case anything:
		return encode(v)
	case anObject:
		if raw, ok := l.structure(m.items, v, pointer); ok {
			return raw
		}
	case aList:
		return l.structures(m.items, v, pointer)
	}
	return nil
}

func (l *faultList) structures(members []member, v any, pointer string) json.RawMessage {
	items, isList := elements(v)
	if !isList {
		l.Add(wrongType(pointer, "array"))
		return nil
	}
	all := make([]json.RawMessage, 0, len(items))
	for i, item := range items {
		if l.Full() {
			break
		}
		if raw, ok := l.structure(members, item, pointer+"/"+strconv.Itoa(i)); ok {
			all = append(all, raw)
		}
	}
	return encode(all)
}

// elements reads a list; PHP clients send one whose numbering has gaps as an object.
func elements(v any) ([]any, bool) {
	switch v := v.(type) {
	case []any:
		return v, true
	case map[string]any:
		list := make([]any, 0, len(v))
		for _, name := range slices.Sorted(maps.Keys(v)) {
			list = append(list, v[name])
		}
		return list, true
	}
	return nil, false
}

func (l *faultList) priceDefinition(v any, pointer string) (any, bool) {
	object, _ := v.(map[string]any)
	kind, _ := object["type"].(string)
	members := priceDefinitionMembers(kind)
	if members == nil {
		return l.refuse(constraint(pointer+"/type", "The price definition type is one of quantity, absolute, percentage."))
	}
	return l.structure(members, v, pointer)
}

// pricePair is a price without and with tax.
type pricePair struct {
	Net   float64 `json:"net"`
	Gross float64 `json:"gross"`
}

// currencyPrice is one item of price[] as it is stored.
type currencyPrice struct {
	CurrencyID appdock.ID `json:"currencyId"`
	pricePair
	Linked          bool         `json:"linked"`
	ListPrice       *formerPrice `json:"listPrice"`
	Percentage      *pricePair   `json:"percentage"`
	RegulationPrice *formerPrice `json:"regulationPrice"`
}

type formerPrice struct {
	CurrencyID *appdock.ID `json:"currencyId"`
	pricePair
	Linked *bool `json:"linked"`
}

// discounted computes how much lower the price is than its list price, in percent.
func (p *currencyPrice) discounted() {
	p.Percentage = nil
	if p.ListPrice == nil {
		return
	}
	off := func(price, list float64) float64 {
		percent := math.Round((100-price/list*100)*100) / 100
		if math.IsNaN(percent) || math.IsInf(percent, 0) {
			return 0
		}
		return percent
	}
	p.Percentage = &pricePair{Net: off(p.Net, p.ListPrice.Net), Gross: off(p.Gross, p.ListPrice.Gross)}
}

// readPrice reads a price that was checked, from what was sent and from that as a text. Most have
// no other price in them.
func readPrice(v any, raw json.RawMessage) (p currencyPrice) {
	sent, _ := v.(map[string]any)
	if sent["listPrice"] == nil && sent["regulationPrice"] == nil {
		id, _ := sent["currencyId"].(string)
		p.CurrencyID, _ = appdock.ParseID(id)
		p.Net, _ = decimal(sent["net"])
		p.Gross, _ = decimal(sent["gross"])
		p.Linked, _ = sent["linked"].(bool)
		return p
	}
	if err := json.Unmarshal(raw, &p); err != nil {
		panic(fmt.Sprintf("shop: price %s was checked: %v", raw, err))
	}
	return p
}

// prices reads price[]: one item for each currency, the default currency among them.
func (l *faultList) prices(v any, pointer string) (any, bool) {
	items, isList := elements(v)
	if !isList {
		return l.refuse(wrongType(pointer, "array"))
	}
	if len(items) == 0 {
		return nil, true
	}
	before := l.Count()
	all, members := make([]currencyPrice, 0, len(items)), priceMembers()
	for i, item := range items {
		if l.Full() {
			break
		}
		if raw, ok := l.structure(members, item, pointer+"/"+strconv.Itoa(i)); ok {
			price := readPrice(item, raw)
			price.discounted()
			all = append(all, price)
		}
	}
	inDefault := func(p currencyPrice) bool { return p.CurrencyID == appdock.DefaultCurrency }
	if l.Count() == before && !slices.ContainsFunc(all, inDefault) {
		l.Add(constraint(pointer, "No price for default currency defined"))
	}
	return encode(all), l.Count() == before
}
