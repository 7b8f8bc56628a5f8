package shop

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"strings"
	"time"
	"unicode"

	"github.com/appdock/appdock"
	"github.com/appdock/appdock/internal/entity"
)

// derive fills what the host computes from what a client writes (entities.md, "Deletion,
// numbering and state rules" and the notes above the tables), and refuses what only the
// host may change. r is the row before, set what is written to it.
func (p *plan) derive(d draft, r *row, set map[string]any, isNew bool) error {
	if err := p.state(d, set, isNew); err != nil {
		return err
	}
	p.people(d.definition, set, isNew)
	switch d.definition.Name {
	case "order":
		deriveOrder(set)
	case "order_line_item":
		deriveLineItem(set)
	case "order_delivery_position":
		deriveLineItem(set)
		if raw, sent := set["price"].(json.RawMessage); sent {
			set["quantity"] = quantityOf(raw)
		}
	case "product":
		deriveProduct(r, set, isNew)
	case "customer":
		if isNew {
			set["orderCount"], set["orderTotalAmount"], set["reviewCount"] = int64(0), 0.0, int64(0)
		}
	case "category", "media_folder":
		p.place(d.definition.Name, set, isNew)
	case "payment_method":
		deriveTechnicalName(set, isNew, "payment_")
	case "shipping_method":
		deriveTechnicalName(set, isNew, "shipping_")
	case "notification":
		if isNew {
			set["createdByIntegrationId"], set["createdByUserId"] = orNull(p.actor.Integration), orNull(p.actor.User)
		}
	case "custom_field":
		p.checkCustomField(d, set)
	case "number_range":
		if pattern, sent := set["pattern"].(string); sent {
			if _, wrong := writeNumber(pattern, 1, p.now); wrong != "" {
				p.faults.Add(constraint(d.pointer+"/pattern", wrong))
			}
		}
	}
	return nil
}

// state fills in the initial state of a new row; afterwards only transitions change it.
func (p *plan) state(d draft, set map[string]any, isNew bool) error {
	f, has := d.definition.Field("stateId")
	if !has || f.Target != "state_machine_state" {
		return nil
	}
	v, sent := set["stateId"]
	switch {
	case !isNew && sent:
		delete(set, "stateId")
		p.faults.Add(constraint(d.pointer+"/stateId", "Changing the state-machine-state of this entity is not allowed for scope crud. "+
			"Either change the state-machine-state via a state-transition or use a different scope."))
	case isNew && v == nil:
		initial, err := p.initialState(d.definition.Name + ".state")
		if err != nil {
			return err
		}
		set["stateId"] = initial
	}
	return nil
}

// initialState gives the id of the state that rows begin in; nil if the machine is unknown.
func (p *plan) initialState(machine string) (any, error) {
	if id, known := p.initial[machine]; known {
		return id, nil
	}
	found, err := p.find(&entity.Criteria{
		Entity:  "state_machine",
		Filters: []entity.Filter{{Kind: entity.Equals, Field: "technicalName", Values: []any{machine}}},
	})
	if err != nil {
		return nil, err
	}
	p.initial[machine] = nil
	if len(found.Records) > 0 {
		p.initial[machine] = found.Records[0].Get("initialStateId")
	}
	return p.initial[machine], nil
}

// people notes the user who made or changed the row; apps leave no trace here.
func (p *plan) people(d *entity.Definition, set map[string]any, isNew bool) {
	if p.actor.User.IsZero() || d.Index("createdById") < 0 {
		return
	}
	if isNew {
		set["createdById"] = p.actor.User
	} else if len(set) > 0 {
		set["updatedById"] = p.actor.User
	}
}

func deriveOrder(set map[string]any) {
	if raw, sent := set["price"]; sent {
		price := amounts(raw)
		set["amountTotal"], set["amountNet"], set["positionPrice"] = price.total, price.net, price.position
		set["taxStatus"] = price.status
	}
	if raw, sent := set["shippingCosts"]; sent {
		set["shippingTotal"] = amounts(raw).total
	}
	if at, sent := set["orderDateTime"].(time.Time); sent {
		set["orderDate"] = at.Truncate(24 * time.Hour)
	}
}

func deriveLineItem(set map[string]any) {
	if raw, sent := set["price"]; sent {
		price := amounts(raw)
		set["unitPrice"], set["totalPrice"] = price.unit, price.total
	}
}

// quantityOf reads the quantity of a calculated price that was checked.
func quantityOf(raw json.RawMessage) int64 {
	price := struct{ Quantity int64 }{Quantity: 1}
	_ = json.Unmarshal(raw, &price) // it was written by this package
	return price.Quantity
}

// columns are the members of a money structure that have columns too; nil is null.
type columns struct{ unit, total, net, position, status any }

// amounts reads a money structure that was checked, or null.
func amounts(value any) columns {
	raw, ok := value.(json.RawMessage)
	if !ok {
		return columns{}
	}
	var price struct {
		UnitPrice, TotalPrice, NetPrice, PositionPrice float64
		TaxStatus                                      string
	}
	_ = json.Unmarshal(raw, &price) // it was written by this package
	return columns{unit: price.UnitPrice, total: price.TotalPrice, net: price.NetPrice, position: price.PositionPrice, status: price.TaxStatus}
}

// deriveProduct keeps what a shopper may buy: availableStock mirrors stock, and a product
// is available unless it is a closeout with too little of it.
func deriveProduct(r *row, set map[string]any, isNew bool) {
	if isNew {
		set["sales"], set["childCount"] = int64(0), int64(0)
		set["states"] = json.RawMessage(`["is-physical"]`)
	}
	_, stock := set["stock"]
	_, closeout := set["isCloseout"]
	_, minimum := set["minPurchase"]
	if !stock && !closeout && !minimum {
		return
	}
	now := func(name string) any {
		if v, sent := set[name]; sent || isNew {
			return v
		}
		return r.get(name)
	}
	left, _ := now("stock").(int64)
	least, _ := now("minPurchase").(int64)
	ends, _ := now("isCloseout").(bool)
	set["availableStock"], set["available"] = left, !ends || left >= least
}

// place puts a category or a folder below its parent.
func (p *plan) place(name string, set map[string]any, isNew bool) {
	v, sent := set["parentId"]
	if !isNew && !sent {
		return
	}
	if isNew {
		set["childCount"] = int64(0)
	}
	id, _ := v.(appdock.ID)
	parent := p.rows[rowKey{name, id}]
	if parent == nil {
		parent = &row{}
	}
	maps.Copy(set, stands(name, id, parent))
}

// deriveTechnicalName makes one from the name where a client of Shopware 6.6 sends none.
func deriveTechnicalName(set map[string]any, isNew bool, prefix string) {
	name, _ := set["name"].(string)
	if isNew && set["technicalName"] == nil && name != "" {
		set["technicalName"] = prefix + slug(name)
	}
}

func slug(name string) string {
	words := strings.FieldsFunc(strings.ToLower(name), func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) })
	return strings.Join(words, "_")
}

// checkCustomField checks what other parts rely on (entities.md, "Custom field types").
func (p *plan) checkCustomField(d draft, set map[string]any) {
	if name, sent := set["name"].(string); sent && !isIdentifier(name) {
		p.faults.Add(constraint(d.pointer+"/name", "The name of a custom field begins with a letter or underscore and has only letters, digits and underscores."))
	}
	if kind, sent := set["type"].(string); sent && !customFieldType(kind) {
		p.faults.Add(constraint(d.pointer+"/type", "There is no type of custom fields with this name."))
	}
}

func isIdentifier(s string) bool {
	for i := range len(s) {
		c := s[i]
		if !isLetter(c) && c != '_' && (i == 0 || c < '0' || c > '9') {
			return false
		}
	}
	return s != ""
}

func customFieldType(kind string) bool {
	switch kind {
	case "bool", "checkbox", "colorpicker", "date", "datetime", "entity", "float", "html", "int", "json",
		"media", "number", "price", "select", "switch", "text":
		return true
	}
	return false
}

func orNull(id appdock.ID) any {
	if id.IsZero() {
		return nil
	}
	return id
}

// explained names the number that two products cannot share (admin-api.md 9).
func (p *plan) explained(err error) error {
	e, ok := errors.AsType[*appdock.Error](err)
	if !ok || e.Code != duplicateNumber {
		return err
	}
	for i, fault := range e.Faults {
		for _, c := range p.changes {
			number, sent := c.Set["productNumber"].(string)
			here := fault.Pointer == c.Pointer || strings.HasPrefix(fault.Pointer, c.Pointer+"/")
			if sent && here && fault.Code == duplicateNumber {
				e.Faults[i].Message = fmt.Sprintf("Product with number %q already exists.", number)
				e.Faults[i].Params = []appdock.Param{{Name: "number", Value: number}}
			}
		}
	}
	return e
}
