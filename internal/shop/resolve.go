package shop

import (
	"context"
	"fmt"
	"strconv"
	"strings"

	"github.com/appdock/appdock"
	"github.com/appdock/appdock/internal/entity"
)

// productByNumber is the one resolver that Shopware's core has.
const productByNumber = "product.number"

// unresolved is a key that a client names by something else than the id.
type unresolved struct {
	in      map[string]any // the payload that it stands in
	field   string
	value   string
	orNull  bool
	pointer string
}

// Resolve puts ids in the place of keys that operations name by a resolver, such as
// {"resolver": "product.number", "value": "SW1"} (admin-api.md 6.2). It changes their
// payloads. It needs product:read if there is one: whether a number exists is nothing for those who
// may not read products, and an id that is sent instead needs no right.
func (s *Service) Resolve(ctx context.Context, actor appdock.Actor, ops []entity.Operation) error {
	schema, err := s.store.Schema(ctx, actor.Shop)
	if err != nil {
		return err
	}
	r := resolver{schema: schema}
	for _, op := range ops {
		if d, ok := schema.Definition(op.Entity); ok {
			r.payload(d, op.Payload, op.Pointer)
		}
	}
	if r.unknown != "" {
		return &appdock.Error{
			Kind: appdock.Invalid, Code: "API_RESOLVER_NOT_FOUND_EXCEPTION",
			Message: fmt.Sprintf("Foreign key resolver for key %s not found", short(r.unknown)),
			Cure:    "Use the resolver product.number, or send the id.",
		}
	}
	if len(r.found) == 0 {
		return nil
	}
	if missing := actor.Missing("product:read"); len(missing) > 0 {
		return appdock.MissingPrivileges(missing)
	}
	ids := map[string]appdock.ID{}
	var numbers []any
	for _, u := range r.found {
		numbers = append(numbers, u.value)
	}
	for from := 0; from < len(numbers); from += maxBatch {
		page, err := s.store.Search(ctx, actor.Shop, entity.View{}, &entity.Criteria{
			Entity: "product", Filters: []entity.Filter{{Kind: entity.EqualsAny, Field: "productNumber", Values: numbers[from:min(from+maxBatch, len(numbers))]}},
		})
		if err != nil {
			return err
		}
		for _, p := range page.Records {
			ids[strings.ToLower(p.Text("productNumber"))] = p.ID()
		}
	}
	var faults faultList
	for _, u := range r.found {
		id, ok := ids[strings.ToLower(u.value)]
		switch {
		case ok:
			u.in[u.field] = id.String()
		case u.orNull:
			u.in[u.field] = nil
		default:
			faults.Add(appdock.Fault{
				Pointer: u.pointer, Code: "FRAMEWORK__API_INVALID_SYNC_RESOLVERS",
				Message: fmt.Sprintf("Can not resolve foreign key at position %s. Reference field: %s", u.pointer, u.field),
			})
		}
	}
	if faults.Count() == 0 {
		return nil
	}
	return &appdock.Error{
		Kind: appdock.Invalid, Code: "FRAMEWORK__API_INVALID_SYNC_RESOLVERS", Message: "Keys lead nowhere.", Faults: faults.All(),
	}
}

// resolver finds the keys to resolve.
type resolver struct {
	schema  *entity.Schema
	found   []unresolved
	unknown string
}

func (r *resolver) payload(d *entity.Definition, payload map[string]any, pointer string) {
	for _, f := range d.Fields {
		named, ok := payload[f.Name].(map[string]any)
		if !ok || f.Target == "" {
			continue
		}
		kind, isResolver := named["resolver"].(string)
		if !isResolver {
			continue
		}
		if kind != productByNumber {
			r.unknown = kind
			continue
		}
		orNull, _ := named["nullOnMissing"].(bool)
		value, _ := named["value"].(string)
		r.found = append(r.found, unresolved{payload, f.Name, value, orNull, pointer + "/" + f.Name})
	}
	for _, a := range d.Associations {
		target, known := r.schema.Definition(a.Target)
		if !known || payload[a.Name] == nil {
			continue
		}
		at := pointer + "/" + a.Name
		if nested, ok := payload[a.Name].(map[string]any); ok && !a.Many() {
			r.payload(target, nested, at)
		}
		list, _ := elements(payload[a.Name])
		for i, item := range list {
			if nested, ok := item.(map[string]any); ok {
				r.payload(target, nested, at+"/"+strconv.Itoa(i))
			}
		}
	}
}
