package shop

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/appdock/appdock"
	"github.com/appdock/appdock/internal/entity"
)

// Transition is the wish to move a record to another state.
type Transition struct {
	Entity string // such as "order_transaction"
	ID     appdock.ID
	Field  string      // that holds the state; empty: stateId
	Action string      // such as "paid"
	View   entity.View // how the states that are given back are looked at
}

// Transit moves a record to another state, notes that in the history and tells of it
// (entities.md, "What a transition does, in order"). It gives the state that the record is
// in afterwards, which may be the one that it was in.
func (s *Service) Transit(ctx context.Context, actor appdock.Actor, t Transition) (entity.Record, error) {
	schema, err := s.store.Schema(ctx, actor.Shop)
	if err != nil {
		return entity.Record{}, err
	}
	step, err := s.transition(schema, s.committedBefore(ctx, actor.Shop), actor, &t)
	if err != nil {
		return entity.Record{}, err
	}
	var to entity.Record
	events, err := s.store.Write(ctx, actor.Shop, func(u Unit) error {
		var err error
		to, err = step(u)
		return err
	})
	if err == nil && len(events) > 0 {
		s.committed(events)
	}
	return to, err
}

// transition proves that the actor may ask for a transition, and gives the unit of work that
// it is.
func (s *Service) transition(schema *entity.Schema, search searcher, actor appdock.Actor, t *Transition) (func(Unit) (entity.Record, error), error) {
	d, field, err := t.machine(schema)
	if err != nil {
		return nil, err
	}
	may := []appdock.Privilege{d.May("update"), "order:update", "state_machine_history:create"}
	has := func(p appdock.Privilege) bool { return len(actor.Missing(p)) == 0 }
	if !slices.ContainsFunc(may, has) { // one of them is enough (admin-api.md 7)
		return nil, appdock.MissingPrivileges(may[:1])
	}
	if !t.View.Live() {
		return nil, onlyLive("Make the transition without the header sw-version-id.")
	}
	if t.View, err = inLanguage(search, t.View); err != nil {
		return nil, err
	}
	w := &writing{actor: actor, schema: schema, now: s.now().UTC().Truncate(time.Millisecond), newID: s.newID}
	return func(u Unit) (entity.Record, error) { return newPlan(w, u.Search).transit(u, d, field, *t) }, nil
}

// Refund begins the refund of a capture: apps that hear of its new state carry it out and say
// with further transitions what became of it (admin-api.md 8). It needs order_refund.editor.
func (s *Service) Refund(ctx context.Context, actor appdock.Actor, refund appdock.ID) error {
	if missing := actor.Missing("order_refund.editor"); len(missing) > 0 {
		return appdock.MissingPrivileges(missing)
	}
	actor.Everything = true // the one right was looked at
	_, err := s.Transit(ctx, actor, Transition{Entity: "order_transaction_capture_refund", ID: refund, Action: "process"})
	return err
}

// machine finds the field of the entity that holds the state.
func (t Transition) machine(schema *entity.Schema) (*entity.Definition, string, error) {
	d, ok := schema.Definition(t.Entity)
	if !ok {
		return nil, "", entity.Undefined(t.Entity)
	}
	name := t.Field
	if name == "" {
		name = "stateId"
	}
	if f, ok := d.Field(name); ok && f.Target == "state_machine_state" {
		return d, name, nil
	}
	return nil, "", &appdock.Error{
		Kind:    appdock.Invalid,
		Code:    "SYSTEM__STATE_MACHINE_INVALID_STATE_FIELD",
		Message: fmt.Sprintf("Field %q of entity %q holds no state.", short(name), d.Name),
		Cure:    "Name an entity with states, such as order, and leave stateFieldName out.",
	}
}

// Transitions gives what can be done to a record from the state that it is in, with the
// states on both sides loaded. It needs the right to read the record.
func (s *Service) Transitions(ctx context.Context, actor appdock.Actor, t Transition) ([]entity.Record, error) {
	schema, err := s.store.Schema(ctx, actor.Shop)
	if err != nil {
		return nil, err
	}
	d, field, err := t.machine(schema)
	if err != nil {
		return nil, err
	}
	if missing := actor.Missing(d.May("read")); len(missing) > 0 {
		return nil, appdock.MissingPrivileges(missing)
	}
	search := s.committedBefore(ctx, actor.Shop)
	if t.View, err = inLanguage(search, t.View); err != nil {
		return nil, err
	}
	record, err := inMachine(search, d, t.ID)
	if err != nil {
		return nil, err
	}
	found, err := search(t.View, &entity.Criteria{
		Entity:       "state_machine_transition",
		Filters:      []entity.Filter{{Kind: entity.Equals, Field: "fromStateId", Values: []any{record.Key(field)}}},
		Associations: map[string]*entity.Criteria{"fromStateMachineState": {}, "toStateMachineState": {}},
	})
	return found.Records, err
}

// inMachine finds the record that has a state.
func inMachine(search searcher, d *entity.Definition, id appdock.ID) (entity.Record, error) {
	found, err := search(entity.View{}, &entity.Criteria{Entity: d.Name, IDs: []appdock.ID{id}})
	if err != nil {
		return entity.Record{}, err
	}
	if len(found.Records) == 0 {
		return entity.Record{}, &appdock.Error{
			Kind:    appdock.Invalid,
			Code:    "SYSTEM__STATE_MACHINE_INVALID_ENTITY_ID",
			Message: fmt.Sprintf("Unable to read entity %q with id %q.", d.Name, id),
			Cure:    "Send the id of a record that is there.",
			Params:  []appdock.Param{{Name: "entityName", Value: d.Name}, {Name: "entityId", Value: id.String()}},
		}
	}
	return found.Records[0], nil
}

// transit is the unit of work of a transition.
func (p *plan) transit(u Unit, d *entity.Definition, field string, t Transition) (entity.Record, error) {
	record, err := inMachine(p.search, d, t.ID)
	if err != nil {
		return entity.Record{}, err
	}
	from, to, err := p.step(record.Key(field), t)
	if err != nil || from.ID() == to.ID() {
		return to, err
	}
	p.rows[rowKey{d.Name, t.ID}] = &row{stored: record, exists: true, set: map[string]any{}}
	history := p.newID()
	p.changes = append(p.changes, entity.Change{Entity: "state_machine_history", Kind: entity.Inserted, ID: history, Set: map[string]any{
		"id": history, "createdAt": p.now, "entityName": d.Name, "referencedId": t.ID, "referencedVersionId": appdock.LiveVersion,
		"stateMachineId": from.Get("stateMachineId"), "fromStateId": from.ID(), "toStateId": to.ID(),
		"transitionActionName": t.Action, "userId": orNull(p.actor.User),
	}})
	p.change(d, t.ID, "", map[string]any{field: to.ID()})
	if d.Name == "order" {
		if err := p.countOrder(record, from.Text("technicalName"), to.Text("technicalName")); err != nil {
			return to, err
		}
	}
	if err := u.Apply(p.changes...); err != nil {
		return to, err
	}
	events, err := p.events(p.search)
	if err != nil {
		return to, err
	}
	told, err := p.entered(d, record, from, to)
	if err != nil {
		return to, err
	}
	return to, u.Raise(append(events, told...)...)
}

// step finds the state that the action of a transition leads to from another.
func (p *plan) step(at appdock.ID, t Transition) (from, to entity.Record, err error) {
	found, err := p.search(t.View, &entity.Criteria{
		Entity: "state_machine_state", IDs: []appdock.ID{at},
		Associations: map[string]*entity.Criteria{"stateMachine": {Associations: map[string]*entity.Criteria{
			"transitions": {Associations: map[string]*entity.Criteria{"toStateMachineState": {}}},
		}}},
	})
	if err != nil {
		return from, to, err
	}
	var transitions []entity.Record
	if len(found.Records) > 0 {
		from = found.Records[0]
		machine, _ := from.One("stateMachine")
		transitions = machine.Loaded["transitions"].Records
	}
	if to, ok := leadsTo(transitions, from, t.Action); ok {
		return from, to, nil
	}
	return from, to, illegalTransition(transitions, from, t.Action)
}

// leadsTo picks the transition of an action: the one from the state, else one that ends in
// it, else what Appdock allows beyond the table (entities.md, order_transaction.state).
func leadsTo(transitions []entity.Record, from entity.Record, action string) (to entity.Record, ok bool) {
	var named []entity.Record // that the action leads to, from anywhere
	for _, t := range transitions {
		to, known := t.One("toStateMachineState")
		switch {
		case t.Text("actionName") != action || !known:
		case t.Key("fromStateId") == from.ID():
			return to, true
		default:
			named = append(named, to)
		}
	}
	for _, to := range named {
		if to.ID() == from.ID() {
			return to, true
		}
	}
	state := from.Text("technicalName")
	paidLater := (action == "paid" || action == "paid_partially") && (state == "reminded" || state == "paid_partially")
	if len(named) > 0 && (action == "cancel" || paidLater) {
		return named[0], true
	}
	return to, false
}

func illegalTransition(transitions []entity.Record, from entity.Record, action string) error {
	var possible []string
	for _, t := range transitions {
		if t.Key("fromStateId") == from.ID() {
			possible = append(possible, t.Text("actionName"))
		}
	}
	slices.Sort(possible)
	all := strings.Join(slices.Compact(possible), ", ")
	state := from.Text("technicalName")
	return &appdock.Error{
		Kind:    appdock.Invalid,
		Code:    "SYSTEM__ILLEGAL_STATE_TRANSITION",
		Message: fmt.Sprintf("Illegal transition %q from state %q. Possible transitions are: %s", short(action), state, all),
		Params: []appdock.Param{
			{Name: "transition", Value: short(action)}, {Name: "currentState", Value: state}, {Name: "possibleTransitions", Value: all},
		},
	}
}

// entered tells that a record left a state and entered another, with the order it is part
// of as it is now.
func (p *plan) entered(d *entity.Definition, record, from, to entity.Record) ([]appdock.Event, error) {
	order, err := p.orderOf(d, record)
	if err != nil || order.IsZero() {
		return nil, err
	}
	var events []appdock.Event
	for _, name := range []string{
		"state_leave." + d.Name + ".state." + from.Text("technicalName"),
		"state_enter." + d.Name + ".state." + to.Text("technicalName"),
	} {
		told, err := p.frozen(p.search, "order", orderInState(), []appdock.ID{order}, func(entity.Record) string { return name })
		if err != nil {
			return nil, err
		}
		events = append(events, told...)
	}
	return events, nil
}

// orderOf follows the keys from a record to the order it is part of; zero if it is none.
func (p *plan) orderOf(d *entity.Definition, record entity.Record) (appdock.ID, error) {
	for d.Name != "order" {
		via, ok := map[string]string{
			"order_delivery": "orderId", "order_transaction": "orderId",
			"order_transaction_capture": "orderTransactionId", "order_transaction_capture_refund": "captureId",
		}[d.Name]
		if !ok {
			return appdock.ID{}, nil
		}
		f, _ := d.Field(via)
		d, _ = p.schema.Definition(f.Target)
		found, err := p.search(entity.View{}, &entity.Criteria{Entity: d.Name, IDs: []appdock.ID{record.Key(via)}})
		if err != nil || len(found.Records) == 0 {
			return appdock.ID{}, err
		}
		record = found.Records[0]
	}
	return record.ID(), nil
}

// countOrder keeps what is known of a customer's orders and of the sales of products: orders that
// are completed count (entities.md, "Deletion, numbering and state rules").
func (p *plan) countOrder(order entity.Record, from, to string) error {
	const counts = "completed"
	sign := int64(0)
	switch counts {
	case to:
		sign = 1
	case from:
		sign = -1
	default:
		return nil
	}
	if err := p.countSales(order.ID(), sign); err != nil {
		return err
	}
	found, err := p.search(entity.View{}, &entity.Criteria{
		Entity: "order_customer", Limit: 1, Associations: map[string]*entity.Criteria{"customer": {}},
		Filters: []entity.Filter{{Kind: entity.Equals, Field: "orderId", Values: []any{order.ID()}}},
	})
	if err != nil || len(found.Records) == 0 {
		return err
	}
	customer, ok := found.Records[0].One("customer")
	if !ok {
		return nil
	}
	count, _ := customer.Get("orderCount").(int64)
	sum, _ := customer.Get("orderTotalAmount").(float64)
	amount, _ := order.Get("amountTotal").(float64)
	set := map[string]any{"orderCount": max(0, count+sign), "orderTotalAmount": max(0, sum+float64(sign)*amount)}
	last, _ := customer.Get("lastOrderDate").(time.Time)
	if at, ok := order.Get("orderDateTime").(time.Time); ok && sign > 0 && at.After(last) {
		set["lastOrderDate"] = at
	}
	p.rows[rowKey{"customer", customer.ID()}] = &row{stored: customer, exists: true, set: map[string]any{}}
	p.change(customer.Definition, customer.ID(), "", set)
	return nil
}

// countSales adds the line items of an order to the sales of their products, or takes them back.
func (p *plan) countSales(order appdock.ID, sign int64) error {
	found, err := p.search(entity.View{}, &entity.Criteria{
		Entity: "order_line_item", Associations: map[string]*entity.Criteria{"product": {}},
		Filters: []entity.Filter{{Kind: entity.Equals, Field: "orderId", Values: []any{order}}},
	})
	if err != nil {
		return err
	}
	sold, products := map[appdock.ID]int64{}, []entity.Record{}
	for _, item := range found.Records {
		product, ok := item.One("product")
		if !ok {
			continue
		}
		if _, again := sold[product.ID()]; !again {
			products = append(products, product)
		}
		quantity, _ := item.Get("quantity").(int64)
		sold[product.ID()] += quantity
	}
	for _, product := range products {
		before, _ := product.Get("sales").(int64)
		p.rows[rowKey{"product", product.ID()}] = &row{stored: product, exists: true, set: map[string]any{}}
		p.change(product.Definition, product.ID(), "", map[string]any{"sales": max(0, before+sign*sold[product.ID()])})
	}
	return nil
}
