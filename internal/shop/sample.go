package shop

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/appdock/appdock"
	"github.com/appdock/appdock/internal/entity"
	"github.com/appdock/appdock/internal/similar"
	"github.com/appdock/appdock/protocol"
)

// sample is one member of the payload of an event that has no cause: a record of the shop,
// or a value as it may look.
type sample struct {
	name   string
	entity string          // empty: it is value
	value  json.RawMessage // JSON
	// of gives what is told of the record; nil: all of it.
	of func(entity.Record) json.RawMessage
}

// samplesOf gives the members of payloads, by event (protocol-webhooks.md 3.2). The first that is a record
// is what the event is about.
func samplesOf(name string) []sample {
	record := func(name, entity string) sample { return sample{name: name, entity: entity} }
	value := func(name, json string) sample { return sample{name: name, value: []byte(json)} }
	const someID = `"0192a000000070008000000000000001"`
	switch order, customer := record("order", "order"), record("customer", "customer"); name {
	case "checkout.order.placed":
		return []sample{order}
	case "checkout.order.payment_method.changed":
		return []sample{order, record("orderTransaction", "order_transaction")}
	case "checkout.customer.before.login":
		return []sample{value("email", `"customer@example.com"`)}
	case "checkout.customer.login":
		return []sample{customer, value("contextToken", `"a-sample-token"`)}
	case "checkout.customer.double_opt_in_registration", "checkout.customer.double_opt_in_guest_order":
		return []sample{customer, value("confirmUrl", `"https://shop.example/confirm"`)}
	case "customer.recovery.request":
		return []sample{
			customer, value("customerRecovery", `{"id":`+someID+`,"hash":"a-sample-hash","apiAlias":"customer_recovery"}`),
			value("resetUrl", `"https://shop.example/reset"`), value("shopName", `"Shop"`),
		}
	case "customer.password.changed":
		return []sample{customer, value("shopName", `"Shop"`)}
	case "checkout.customer.deleted": // who may not read customers hears of it too
		return []sample{{name: "customer", entity: "customer", of: goneCustomer}}
	case "customer.group.registration.accepted", "customer.group.registration.declined":
		return []sample{customer, record("customerGroup", "customer_group")}
	case "user.recovery.request":
		return []sample{
			value("userRecovery", `{"id":`+someID+`,"hash":"a-sample-hash","apiAlias":"user_recovery"}`), value("resetUrl", `"https://shop.example/reset"`),
		}
	case "newsletter.register":
		return []sample{record("newsletterRecipient", "newsletter_recipient"), value("url", `"https://shop.example/newsletter"`)}
	case "newsletter.confirm", "newsletter.unsubscribe":
		return []sample{record("newsletterRecipient", "newsletter_recipient")}
	case "contact_form.send":
		return []sample{value("contactFormData", `{"email":"customer@example.com","subject":"A question","comment":"Where is my parcel?"}`)}
	case "review_form.send":
		return []sample{record("product", "product"), value("reviewFormData", `{"title":"Good","content":"I like it.","points":5}`)}
	case "revocation_request.sent":
		return []sample{value("revocationRequestFormData", `{"email":"customer@example.com","orderNumber":"10000","comment":"I send it back."}`)}
	case "mail.before.send":
		return []sample{value("data", `{}`), value("templateData", `{}`)}
	case "mail.after.create.message":
		return []sample{value("data", `{}`), value("message", `{}`)}
	case "mail.sent":
		return []sample{
			value("subject", `"Your order"`), value("contents", `"Thank you."`), value("recipients", `{"customer@example.com":"A customer"}`),
		}
	case "product_export.log":
		return []sample{value("name", `"export"`)}
	case "shopware.updated":
		return []sample{value("oldVersion", `"6.7.9.0"`), value("newVersion", `"6.7.10.0"`)}
	case "app.config.changed": // each app hears of its own keys: none of these
		return []sample{value("changes", `[]`)}
	case "media.uploaded":
		return []sample{{name: "mediaId", entity: "media", of: func(r entity.Record) json.RawMessage { return encode(r.ID()) }}}
	}
	switch {
	case strings.HasPrefix(name, "state_"):
		return []sample{record("order", "order")}
	case strings.HasPrefix(name, "checkout.customer."), strings.HasPrefix(name, "customer."):
		return []sample{record("customer", "customer")}
	}
	return nil
}

// Sample makes an event as its cause would, without that cause: about the record of an id,
// or, with the zero id, about the one that was made last. A name that apps cannot subscribe
// to is NotFound, and so is a record that there is not.
func (s *Service) Sample(ctx context.Context, shop appdock.ShopID, name appdock.EventName, id appdock.ID) (appdock.Event, error) {
	known, ok := protocol.Events().Lookup(string(name))
	if !ok {
		cure := "The shell completes the names of events (appdock completion), and app validate proposes those near one in a manifest."
		if closest := similar.Closest(string(name), slices.Values(protocol.Events().Names())); closest != "" {
			cure = "Did you mean " + closest + "?"
		}
		return appdock.Event{}, &appdock.Error{
			Kind: appdock.NotFound, Code: "ADK-EVENT-UNKNOWN", Message: fmt.Sprintf("There is no event %q that apps can hear", name), Cure: cure,
		}
	}
	if known.OwnApp {
		return appdock.Event{}, &appdock.Error{
			Kind: appdock.Invalid, Code: "ADK-EVENT-OF-LIFE",
			Message: fmt.Sprintf("The event %q is about the life of one app", name),
			Cure:    "Cause it: with app activate, deactivate, update, permissions, or webhook pause and resume.",
		}
	}
	schema, err := s.store.Schema(ctx, shop)
	if err != nil {
		return appdock.Event{}, err
	}
	p := &plan{writing: &writing{schema: schema, actor: appdock.Host(shop), now: s.now(), newID: s.newID}}
	if known.Kind == protocol.EntityEvent {
		return s.sampleChange(ctx, p, known, id)
	}
	return s.samplePayload(ctx, p, known.Name, id)
}

// sampleChange tells of a change of a record that did not happen. What is deleted need not
// be there.
func (s *Service) sampleChange(ctx context.Context, p *plan, known protocol.Event, id appdock.ID) (appdock.Event, error) {
	d, ok := p.schema.Definition(known.Entity)
	if !ok {
		return appdock.Event{}, entity.Undefined(known.Entity)
	}
	change := entity.Change{Entity: d.Name, Kind: entity.Updated, ID: id, Set: map[string]any{}}
	if strings.HasSuffix(known.Name, ".deleted") {
		change.Kind = entity.Deleted
	}
	if id.IsZero() || change.Kind != entity.Deleted {
		r, err := s.newest(ctx, p, d.Name, id, nil)
		if err != nil {
			return appdock.Event{}, err
		}
		change.ID = r.ID()
	}
	if change.Kind == entity.Updated {
		for _, f := range d.Fields {
			if f.Stored() && !f.System && !f.Hidden && f.Name != "id" {
				change.Set[f.Name] = nil
			}
		}
	}
	told := toldRows{name: known.Name, definition: d, changes: []entity.Change{change}}
	return p.event(known.Name, told.key(), appdock.EventData{Payload: told.payload()}), nil
}

func (s *Service) samplePayload(ctx context.Context, p *plan, name string, id appdock.ID) (appdock.Event, error) {
	samples := samplesOf(name)
	if len(samples) == 0 {
		return p.event(name, appdock.ID{}, appdock.EventData{Payload: []byte("[]")}), nil
	}
	var key appdock.ID // of the first record, which id names
	parts := make([]part, len(samples))
	for i, m := range samples {
		parts[i] = part{m.name, m.value}
		if m.entity == "" {
			continue
		}
		with := map[string]*entity.Criteria(nil)
		switch {
		case strings.HasPrefix(name, "state_"):
			with = orderInState()
		case m.entity == "order":
			with = orderAssociations()
		}
		r, err := s.newest(ctx, p, m.entity, id, with)
		switch {
		case err == nil && m.of != nil:
			parts[i].json = m.of(r)
		case err == nil:
			parts[i].json = entity.Plain{}.Append(nil, r)
		case key.IsZero() || appdock.KindOf(err) != appdock.NotFound:
			return appdock.Event{}, err
		default:
			parts[i].json = []byte("null")
		}
		if key.IsZero() {
			key, id = r.ID(), appdock.ID{}
		}
	}
	return p.event(name, key, payloadWith(parts...)), nil
}

// newest gives the record of an id, or the one that was made last, with associations.
func (s *Service) newest(ctx context.Context, p *plan, name string, id appdock.ID, with map[string]*entity.Criteria) (entity.Record, error) {
	c := &entity.Criteria{Entity: name, Limit: 1, Associations: with}
	if id.IsZero() {
		c.Sort = []entity.Sort{{Field: "createdAt", Descending: true}}
	} else {
		c.IDs = []appdock.ID{id}
	}
	search := s.committedBefore(ctx, p.actor.Shop)
	checked, _, err := check(p.schema, search, everything, c)
	if err != nil {
		return entity.Record{}, err
	}
	found, err := search(entity.View{}, checked)
	if err != nil {
		return entity.Record{}, err
	}
	if len(found.Records) == 0 {
		e := &appdock.Error{
			Kind: appdock.NotFound, Code: "ADK-NOT-FOUND",
			Message: fmt.Sprintf("There is no %s that the event could be about", name),
			Cure:    "Create one, or give the event's payload with --payload.",
		}
		if !id.IsZero() {
			e.Message = fmt.Sprintf("There is no %s with the id %s", name, id)
			e.Cure = "Look for its id, or leave the id out: the newest is taken."
		}
		return entity.Record{}, e
	}
	d, _ := p.schema.Definition(name)
	complete(p.schema, d, found.Records, c.Associations)
	return found.Records[0], nil
}
