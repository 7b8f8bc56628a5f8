package shop

import (
	"context"
	"maps"
	"slices"
	"time"

	"github.com/appdock/appdock"
	"github.com/appdock/appdock/internal/entity"
)

// Clone is the wish for a copy of a record.
type Clone struct {
	Entity string
	ID     appdock.ID
	// Overwrites are values that the copy has in the place of those of the record, as they
	// came from a client.
	Overwrites map[string]any
	// Children says that the records which stand below it in a tree are copied too: the
	// variants of a product.
	Children bool
}

// Clone copies a record, what is deleted with it, its links and its texts, and gives the id of
// the copy (admin-api.md 6.4). It is a write like any other: with the rights to create each
// row, with rules and events. What no two records may share, overwrites have to give.
func (s *Service) Clone(ctx context.Context, actor appdock.Actor, c Clone) (appdock.ID, error) {
	schema, err := s.store.Schema(ctx, actor.Shop)
	if err != nil {
		return appdock.ID{}, err
	}
	d, ok := schema.Definition(c.Entity)
	if !ok {
		return appdock.ID{}, entity.Undefined(c.Entity)
	}
	if err := writable(d); err != nil {
		return appdock.ID{}, err
	}
	id := s.newID()
	payload := map[string]any{}
	maps.Copy(payload, c.Overwrites)
	payload["id"] = id.String() // whatever was sent
	before := s.committedBefore(ctx, actor.Shop)
	r := &reader{schema: schema, locales: localesOf(before), newID: s.newID}
	if _, err := r.record(d, entity.Insert, payload, "/0", place{}); err != nil {
		return id, err
	}
	w := &writing{actor: actor, schema: schema, now: s.now().UTC().Truncate(time.Millisecond), newID: s.newID, faults: r.faults}
	if err := w.hashPasswords(ctx); err != nil {
		return id, err
	}
	err = s.decideAs(ctx, w, func(u Unit) ([]draft, error) {
		copier := &copier{search: u.Search, schema: schema, newID: s.newID, children: c.Children, copies: map[rowKey]appdock.ID{{d.Name, c.ID}: id}}
		records, err := copier.collect(d, c.ID)
		if err != nil {
			return nil, err
		}
		drafts := copier.drafts(records)
		// What was sent for the copy itself stands in the place of what was copied; what was
		// sent with it, behind.
		for _, own := range r.drafts {
			if own.id == id && own.definition == d {
				maps.Copy(drafts[0].set, own.set)
				drafts[0].bad = own.bad
				continue
			}
			drafts = append(drafts, own)
		}
		return drafts, nil
	})
	return id, err
}

// copier finds what is copied with a record.
type copier struct {
	search   searcher
	schema   *entity.Schema
	newID    func() appdock.ID
	children bool
	copies   map[rowKey]appdock.ID // ids of the copies
}

// collect gives the record and all that is copied with it, each above what stands below it.
func (c *copier) collect(d *entity.Definition, id appdock.ID) ([]entity.Record, error) {
	page, err := c.search(entity.View{}, &entity.Criteria{Entity: d.Name, IDs: []appdock.ID{id}})
	if err != nil {
		return nil, err
	}
	if len(page.Records) == 0 {
		return nil, entity.NoRecord(d.Name, id)
	}
	all := page.Records
	for i := 0; i < len(all); i++ {
		above := all[i]
		for _, a := range above.Definition.Associations {
			target, follow := c.below(above.Definition, a)
			if !follow {
				continue
			}
			found, err := c.search(entity.View{}, &entity.Criteria{
				Entity: target.Name, Limit: maxRows, Filters: []entity.Filter{{Kind: entity.Equals, Field: a.Via, Values: []any{above.ID()}}},
			})
			if err != nil {
				return nil, err
			}
			for _, r := range found.Records {
				if _, twice := c.copies[keyOf(r)]; twice || target.Translates != "" && r.Key("languageId") == appdock.SystemLanguage {
					continue
				}
				c.copies[keyOf(r)] = c.newID()
				all = append(all, r)
			}
			if len(all) > maxRows {
				return nil, tooManyRows()
			}
		}
	}
	return all, nil
}

// below gives the entity whose rows are copied over an association: what is deleted with the
// record, or the rows that pair it with others, which are not copied themselves.
func (c *copier) below(d *entity.Definition, a entity.Association) (*entity.Definition, bool) {
	name := a.Target
	switch {
	case a.ReadOnly || !c.schema.Stored(a) || a.Kind == entity.ToOne:
		return nil, false
	case a.Kind == entity.ManyToMany:
		name = a.Mapping
		if mapping, _ := c.schema.Definition(name); len(mapping.Pair) == 0 {
			return nil, false // each record that it leads to belongs to one
		}
	case a.OnDelete == entity.Cascade:
	case c.children && a.Name == "children" && a.Target == d.Name:
	default:
		return nil, false
	}
	target, _ := c.schema.Definition(name)
	return target, target.Owner == "" && !target.Derived
}

// drafts writes the copies: keys inside of what is copied lead to the copies.
func (c *copier) drafts(records []entity.Record) []draft {
	drafts := make([]draft, len(records))
	for i, r := range records {
		d := r.Definition
		set := map[string]any{}
		for n, f := range d.Fields {
			if v := r.Values[n]; v != nil && f.Stored() && !f.System && !f.Kept && f.Name != "id" && f.Name != "createdAt" {
				set[f.Name] = c.led(f, v)
			}
		}
		drafts[i] = draft{definition: d, action: entity.Insert, id: c.copies[keyOf(r)], set: set, pointer: "/0"}
		if len(d.Pair) > 0 {
			one, _ := set[d.Pair[0]].(appdock.ID)
			other, _ := set[d.Pair[1]].(appdock.ID)
			drafts[i].id, drafts[i].pair = entity.PairID(one, other), map[string]appdock.ID{d.Pair[0]: one, d.Pair[1]: other}
		}
	}
	return slices.Clip(drafts)
}

// led gives a value, or of a key to what is copied, that of the copy.
func (c *copier) led(f entity.Field, v any) any {
	if id, ok := v.(appdock.ID); ok && f.Target != "" {
		if own, copied := c.copies[rowKey{f.Target, id}]; copied {
			return own
		}
	}
	return v
}
