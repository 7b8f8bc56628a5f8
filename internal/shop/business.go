package shop

import (
	"encoding/json"
	"slices"

	"github.com/appdock/appdock"
	"github.com/appdock/appdock/internal/entity"
)

// What writes mean for the business (hookable-events.md 9): each function below finds one
// thing that apps are told of.

// placed tells of each new order that has a line item.
func (p *plan) placed(search searcher) ([]appdock.Event, error) {
	withItems := map[any]bool{}
	for _, c := range p.changes {
		if c.Kind == entity.Inserted && c.Entity == "order_line_item" {
			withItems[c.Set["orderId"]] = true
		}
	}
	orders := p.inserted("order", func(c entity.Change) bool { return withItems[c.ID] })
	if len(orders) == 0 {
		return nil, nil
	}
	return p.frozen(search, "order", orderAssociations(), orders, func(entity.Record) string { return "checkout.order.placed" })
}

// orderAssociations are loaded into the order of every event (protocol-webhooks.md 3.2).
func orderAssociations() map[string]*entity.Criteria {
	with := func(names ...string) *entity.Criteria {
		c := &entity.Criteria{Associations: map[string]*entity.Criteria{}}
		for _, name := range names {
			c.Associations[name] = &entity.Criteria{}
		}
		return c
	}
	deliveries := with("shippingMethod", "stateMachineState")
	deliveries.Associations["shippingOrderAddress"] = with("country", "countryState")
	return map[string]*entity.Criteria{
		"orderCustomer":     with("customer", "salutation"),
		"deliveries":        deliveries,
		"transactions":      with("paymentMethod", "stateMachineState"),
		"lineItems":         with("cover"),
		"addresses":         with("country", "countryState"),
		"currency":          with(),
		"stateMachineState": with(),
	}
}

// orderInState adds what the order of a state event has beyond that of others.
func orderInState() map[string]*entity.Criteria {
	with := orderAssociations()
	with["salesChannel"], with["tags"] = &entity.Criteria{}, &entity.Criteria{}
	with["language"] = &entity.Criteria{Associations: map[string]*entity.Criteria{"locale": {}}}
	return with
}

// registered tells of new customers and of those that are gone.
func (p *plan) registered(search searcher) ([]appdock.Event, error) {
	customers := p.inserted("customer", func(entity.Change) bool { return true })
	events, err := p.frozen(search, "customer", nil, customers, func(r entity.Record) string {
		if guest, _ := r.Get("guest").(bool); guest {
			return "checkout.customer.guest_register"
		}
		return "checkout.customer.register"
	})
	if err != nil {
		return nil, err
	}
	for _, r := range p.gone {
		if r.Definition.Name == "customer" {
			events = append(events, p.event("checkout.customer.deleted", r.ID(), payloadWith(part{"customer", goneCustomer(r)})))
		}
	}
	return events, nil
}

// goneCustomer says which customer is gone and nothing about the person. The event carries
// a plain object and asks for no privilege (hookable-events.md note 3): apps that may not
// read customers get it too.
func goneCustomer(r entity.Record) json.RawMessage {
	return encode(struct {
		ID     appdock.ID `json:"id"`
		Number string     `json:"customerNumber"`
	}{r.ID(), r.Text("customerNumber")})
}

func (p *plan) inserted(name string, which func(entity.Change) bool) []appdock.ID {
	var ids []appdock.ID
	for _, c := range p.changes {
		if c.Kind == entity.Inserted && c.Entity == name && which(c) && p.rows[rowKey{name, c.ID}].exists {
			ids = append(ids, c.ID)
		}
	}
	return ids
}

// frozen makes one event for each record, with the record as it is at this moment.
func (p *plan) frozen(search searcher, name string, with map[string]*entity.Criteria, ids []appdock.ID, event func(entity.Record) string) ([]appdock.Event, error) {
	found, err := p.records(search, name, with, ids)
	events := make([]appdock.Event, 0, len(found))
	for _, r := range found {
		events = append(events, p.event(event(r), r.ID(), payloadOf(r)))
	}
	return events, err
}

// records loads records as events show them.
func (p *plan) records(search searcher, name string, with map[string]*entity.Criteria, ids []appdock.ID) ([]entity.Record, error) {
	d, _ := p.schema.Definition(name)
	var all []entity.Record
	for batch := range slices.Chunk(ids, maxBatch) {
		checked, _, err := check(p.schema, search, everything, &entity.Criteria{Entity: name, IDs: batch, Associations: with})
		if err != nil {
			return nil, err
		}
		found, err := search(entity.View{}, checked)
		if err != nil {
			return nil, err
		}
		complete(p.schema, d, found.Records, with)
		all = append(all, found.Records...)
	}
	return all, nil
}

// payloadOf freezes a record as the payload of a business event.
func payloadOf(r entity.Record) appdock.EventData {
	return payloadWith(part{camel(r.Definition.Name), entity.Plain{}.Append(nil, r)})
}

// part is one member of the payload of an event, by the name that apps know it by.
type part struct {
	name string
	json []byte
}

func payloadWith(members ...part) appdock.EventData {
	payload := []byte{'{'}
	for i, m := range members {
		if i > 0 {
			payload = append(payload, ',')
		}
		payload = append(append(payload, `"`+m.name+`":`...), m.json...)
	}
	return appdock.EventData{Payload: append(payload, '}')}
}

// paidOtherwise tells of orders that are paid by another method than before: a payment was
// added to one that has payments, and none by that method.
func (p *plan) paidOtherwise(search searcher) ([]appdock.Event, error) {
	var events []appdock.Event
	for _, id := range p.inserted("order_transaction", func(entity.Change) bool { return true }) {
		payment := p.rows[rowKey{"order_transaction", id}]
		order, _ := payment.get("orderId").(appdock.ID)
		found, err := search(entity.View{}, &entity.Criteria{
			Entity: "order_transaction", Filters: []entity.Filter{{Kind: entity.Equals, Field: "orderId", Values: []any{order}}},
		})
		if err != nil {
			return nil, err
		}
		var added entity.Record
		others, again := 0, false
		for _, r := range found.Records {
			if r.ID() == id {
				added = r
				continue
			}
			others++
			again = again || r.Get("paymentMethodId") == payment.get("paymentMethodId")
		}
		if others == 0 || again || added.Definition == nil {
			continue
		}
		told, err := p.records(search, "order", orderAssociations(), []appdock.ID{order})
		if err != nil {
			return nil, err
		}
		for _, r := range told {
			data := payloadWith(part{"order", entity.Plain{}.Append(nil, r)}, part{"orderTransaction", entity.Plain{}.Append(nil, added)})
			events = append(events, p.event("checkout.order.payment_method.changed", r.ID(), data))
		}
	}
	return events, nil
}

// reviewed tells of new reviews, with the product and what was sent about it.
func (p *plan) reviewed(search searcher) ([]appdock.Event, error) {
	var events []appdock.Event
	for _, id := range p.inserted("product_review", func(entity.Change) bool { return true }) {
		r := p.rows[rowKey{"product_review", id}]
		product, _ := r.get("productId").(appdock.ID)
		found, err := p.records(search, "product", nil, []appdock.ID{product})
		if err != nil {
			return nil, err
		}
		for _, of := range found {
			form := encode(map[string]any{
				"name": r.get("externalUser"), "email": r.get("externalEmail"), "title": r.get("title"),
				"content": r.get("content"), "points": r.get("points"), "productId": product,
			})
			data := payloadWith(part{"reviewFormData", form}, part{"product", entity.Plain{}.Append(nil, of)})
			events = append(events, p.event("review_form.send", of.ID(), data))
		}
	}
	return events, nil
}

// subscribed tells of people who want the newsletter, confirm that or want it no more.
func (p *plan) subscribed(search searcher) ([]appdock.Event, error) {
	var events []appdock.Event
	for _, c := range p.changes {
		status, sent := c.Set["status"].(string)
		if c.Entity != "newsletter_recipient" || !sent || !p.rows[rowKey{c.Entity, c.ID}].exists {
			continue
		}
		name := ""
		switch {
		case c.Kind == entity.Inserted:
			name = "newsletter.register"
		case same(c.Before["status"], status):
			continue
		case status == "optIn", status == "direct":
			name = "newsletter.confirm"
		case status == "optOut":
			name = "newsletter.unsubscribe"
		default:
			continue
		}
		found, err := p.records(search, c.Entity, nil, []appdock.ID{c.ID})
		if err != nil {
			return nil, err
		}
		for _, r := range found {
			members := []part{{"newsletterRecipient", entity.Plain{}.Append(nil, r)}}
			if name == "newsletter.register" {
				members = append(members, part{"url", []byte(`""`)}) // no page of the shop confirms it
			}
			events = append(events, p.event(name, r.ID(), payloadWith(members...)))
		}
	}
	return events, nil
}

// configured tells which settings of apps changed; each app is sent its own.
func (p *plan) configured(searcher) ([]appdock.Event, error) {
	var keys []string
	for _, c := range p.changes {
		if c.Entity != "system_config" {
			continue
		}
		key, _ := c.Set["configurationKey"].(string)
		if r := p.rows[rowKey{c.Entity, c.ID}]; key == "" && r != nil {
			key, _ = r.get("configurationKey").(string)
		}
		if key == "" {
			key, _ = c.Before["configurationKey"].(string)
		}
		if key != "" && !slices.Contains(keys, key) {
			keys = append(keys, key)
		}
	}
	if len(keys) == 0 {
		return nil, nil
	}
	data := payloadWith(part{"changes", encode(keys)})
	return []appdock.Event{p.event("app.config.changed", appdock.ID{}, data)}, nil
}

// uploaded tells of media records that got a file.
func (p *plan) uploaded(searcher) ([]appdock.Event, error) {
	var events []appdock.Event
	for _, c := range p.changes {
		if _, sent := c.Set["uploadedAt"]; c.Entity == "media" && sent && c.Set["metaData"] != nil {
			events = append(events, p.event("media.uploaded", c.ID, payloadWith(part{"mediaId", encode(c.ID)})))
		}
	}
	return events, nil
}
