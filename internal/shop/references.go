package shop

import (
	"fmt"
	"slices"
	"strings"

	"github.com/appdock/appdock"
	"github.com/appdock/appdock/internal/entity"
)

// maxBatch bounds how many rows a unit of work asks for at once: it holds the writer, and
// all that it was answered.
const maxBatch = 500

// checkKeys refuses keys that lead nowhere, with one search for each entity they lead to.
// Keys to entities that are not stored here are not checked (entities.md, "Names without
// a table").
func (p *plan) checkKeys() error {
	wanted := idsByEntity{}
	p.keys(func(_ *entity.Change, f *entity.Field, id appdock.ID) {
		if p.rows[rowKey{f.Target, id}] == nil {
			wanted.add(f.Target, id)
		}
	})
	there := map[rowKey]bool{}
	view := entity.View{}.In(p.version)
	err := wanted.each(func(name string, ids []appdock.ID) error {
		found, err := p.search(view, &entity.Criteria{Entity: name, IDs: ids, Bare: true})
		for _, record := range found.Records {
			k := rowKey{name, record.ID()}
			there[k] = true
			if d := record.Definition; d.Way != "" {
				p.ways[k] = record.Text(d.Way)
			}
		}
		return err
	})
	if err != nil {
		return err
	}
	var faults faultList
	p.keys(func(c *entity.Change, f *entity.Field, id appdock.ID) {
		k := rowKey{f.Target, id}
		if r := p.rows[k]; there[k] || r != nil && r.exists {
			return
		}
		sent := f.Name
		if r := p.rows[rowKey{c.Entity, c.ID}]; r != nil && r.named == sent {
			sent = "id"
		}
		faults.Add(appdock.Fault{
			Pointer: c.Pointer + "/" + sent, Code: codeForeignKey,
			Message: fmt.Sprintf("There is no %s with id %s.", f.Target, id),
		})
	})
	return invalid(faults)
}

// keys calls do for each key that the plan writes and that can be checked.
func (p *plan) keys(do func(c *entity.Change, f *entity.Field, id appdock.ID)) {
	for i := range p.changes {
		c := &p.changes[i]
		for _, f := range p.leading(c.Entity) {
			if id, isKey := c.Set[f.Name].(appdock.ID); isKey {
				do(c, f, id)
			}
		}
	}
}

// leading gives the fields of an entity that lead to others and can be checked.
func (p *plan) leading(name string) []*entity.Field {
	type key struct{ entity string }
	if known, ok := p.schema.Derived.Load(key{name}); ok {
		return known.([]*entity.Field)
	}
	d, _ := p.schema.Definition(name)
	var fields []*entity.Field
	for i := range d.Fields {
		f := &d.Fields[i]
		if f.Target == "" || f.System {
			continue // the host knows where its own keys lead
		}
		if _, stored := p.schema.Definition(f.Target); stored {
			fields = append(fields, f)
		}
	}
	p.schema.Derived.Store(key{name}, fields)
	return fields
}

// deletions adds what the deletion of rows does to those that lead to them: they are
// deleted too, let go, or they forbid it (entities.md, "How to read the tables"). Rows
// that the request itself deletes or turns away forbid nothing.
func (p *plan) deletions() error {
	for next := 0; next < len(p.changes); {
		// All deletions known so far, grouped, so that each association is asked once.
		doomed, pointers := idsByEntity{}, map[rowKey]string{}
		for ; next < len(p.changes); next++ {
			if c := p.changes[next]; c.Kind == entity.Deleted {
				doomed.add(c.Entity, c.ID)
				pointers[rowKey{c.Entity, c.ID}] = c.Pointer
			}
		}
		if err := doomed.each(func(name string, ids []appdock.ID) error {
			return p.deletion(name, ids, pointers)
		}); err != nil {
			return err
		}
	}
	return nil
}

func (p *plan) deletion(name string, ids []appdock.ID, pointers map[rowKey]string) error {
	d, _ := p.schema.Definition(name)
	var usages []usage
	for _, a := range slices.Concat(d.Associations, p.unseen(d)) {
		used, counted := 0, a.Target
		if a.Kind == entity.ManyToMany { // the pairs go, what they lead to stays
			rule := entity.Cascade
			if a.OnDelete == entity.Restrict {
				rule = entity.Restrict
			}
			a = entity.Association{Kind: entity.HasMany, Target: a.Mapping, Via: a.Via, OnDelete: rule}
		}
		if a.Kind == entity.ToOne || !p.schema.Stored(a) || p.outside(a.Target) {
			continue
		}
		if a.OnDelete == entity.Nothing {
			a.OnDelete = p.unsaid(name, a)
		}
		if a.OnDelete == entity.Nothing {
			continue
		}
		for batch := range slices.Chunk(ids, maxBatch) {
			keys := make(map[appdock.ID]bool, len(batch))
			for _, id := range batch {
				keys[id] = true
			}
			if a.OnDelete == entity.Restrict {
				n, err := p.using(a, keys)
				if err != nil {
					return err
				}
				used += n
				continue
			}
			if err := p.follow(name, a, keys, pointers); err != nil {
				return err
			}
		}
		twice := slices.IndexFunc(usages, func(u usage) bool { return u.EntityName == counted })
		switch {
		case used == 0:
		case twice >= 0: // by another key, most often of the same rows
			usages[twice].Count = max(usages[twice].Count, used)
		default:
			usages = append(usages, usage{EntityName: counted, Count: used})
		}
	}
	if len(usages) > 0 {
		return deleteRestricted(name, usages)
	}
	return nil
}

// unseen gives the keys to an entity that it has no association for, such as the one from a
// product to the one that it stands for: as associations, of whose deletion nothing is said. A key
// that a record must have to what stands below it, such as that of a customer to the default
// address, is none of these: the record is written before what it leads to, so that Shopware's
// database cannot guard it either, and apps delete such addresses.
func (p *plan) unseen(d *entity.Definition) []entity.Association {
	type keys struct{ to string }
	if known, ok := p.schema.Derived.Load(keys{d.Name}); ok {
		return known.([]entity.Association)
	}
	var all []entity.Association
	for _, name := range p.schema.Names() {
		from, _ := p.schema.Definition(name)
		for _, f := range from.Fields {
			seen := func(a entity.Association) bool {
				if a.Kind == entity.ManyToMany {
					return a.Mapping == name && a.Via == f.Name
				}
				return a.Kind != entity.ToOne && a.Target == name && a.Via == f.Name
			}
			below := func(back entity.Field) bool { return back.Target == name && back.Required }
			if f.Target != d.Name || !f.Stored() || slices.ContainsFunc(d.Associations, seen) || f.Required && slices.ContainsFunc(d.Fields, below) {
				continue
			}
			a := entity.Association{Kind: entity.HasMany, Target: name, Via: f.Name}
			if slices.Contains(from.Pair, f.Name) {
				a.OnDelete = entity.Cascade // a pair of nothing is no pair
			}
			all = append(all, a)
		}
	}
	p.schema.Derived.Store(keys{d.Name}, all)
	return all
}

// unsaid is what a deletion does to the rows of an association where entities.md says nothing:
// no key may lead nowhere afterwards. Shopware leaves these to the keys of its database, which do
// the same: what stands below a record goes with it, what cannot be without one forbids it, and all
// else lets go.
func (p *plan) unsaid(name string, a entity.Association) entity.OnDelete {
	below := a.Target == name && a.Name == "children"
	if below && name != "language" { // which only falls back to its parent
		return entity.Cascade
	}
	target, _ := p.schema.Definition(a.Target)
	switch key, _ := target.Field(a.Via); {
	case key.System: // the host knows where its own keys lead
		return entity.Nothing
	case key.Required:
		return entity.Restrict
	}
	return entity.SetNull
}

// leadingTo asks for the rows of an association that are stored with one of the keys.
func leadingTo(a entity.Association, keys map[appdock.ID]bool) *entity.Criteria {
	values := make([]any, 0, len(keys))
	for id := range keys {
		values = append(values, id) // in any order: all that is found counts
	}
	return &entity.Criteria{
		Entity:  a.Target,
		Filters: []entity.Filter{{Kind: entity.EqualsAny, Field: a.Via, Values: values}},
	}
}

// using counts the rows whose key still leads to one of those. There may be any number of
// them: they are not loaded.
func (p *plan) using(a entity.Association, keys map[appdock.ID]bool) (int, error) {
	c := leadingTo(a, keys)
	c.Limit, c.Total = 1, entity.CountAll
	found, err := p.find(c)
	if err != nil || found.Total == 0 {
		return 0, err
	}
	free := map[appdock.ID]bool{} // stored with one of the keys, and leading there no longer
	for _, r := range p.gone {
		if r.Definition.Name == a.Target && keys[r.Key(a.Via)] {
			free[r.ID()] = true
		}
	}
	for _, c := range p.changes {
		if c.Entity != a.Target || c.Kind != entity.Updated {
			continue
		}
		r := p.rows[rowKey{c.Entity, c.ID}]
		if now, _ := r.get(a.Via).(appdock.ID); r.stored.Definition != nil && keys[r.stored.Key(a.Via)] && !keys[now] {
			free[c.ID] = true
		}
	}
	return found.Total - len(free), nil
}

// follow deletes the rows whose key leads to one of those, or lets them go.
func (p *plan) follow(name string, a entity.Association, keys map[appdock.ID]bool, pointers map[rowKey]string) error {
	target, _ := p.schema.Definition(a.Target)
	found, err := p.find(leadingTo(a, keys))
	if err != nil {
		return err
	}
	for _, record := range found.Records {
		id := record.ID()
		if target.Translates != "" && record.Key(target.Pair[1]) == appdock.SystemLanguage {
			continue // it stands in the record itself
		}
		k := rowKey{a.Target, id}
		r := p.rows[k]
		if r == nil {
			r = &row{stored: record, exists: true, set: map[string]any{}}
			p.rows[k] = r
		}
		parent, _ := r.get(a.Via).(appdock.ID)
		switch {
		case !r.exists || !keys[parent]:
		case a.OnDelete == entity.Cascade:
			p.remove(target, id, pointers[rowKey{name, parent}])
		default:
			p.change(target, id, pointers[rowKey{name, parent}], map[string]any{a.Via: nil})
		}
	}
	return nil
}

// usage says how many rows of an entity forbid a deletion.
type usage struct {
	EntityName string `json:"entityName"`
	Count      int    `json:"count"`
}

// deleteRestricted is the refusal of admin-api.md 9.
func deleteRestricted(name string, usages []usage) error {
	texts := make([]string, len(usages))
	for i, u := range usages {
		texts[i] = fmt.Sprintf("%s (%d)", u.EntityName, u.Count)
	}
	all := strings.Join(texts, ", ")
	return &appdock.Error{
		Kind:    appdock.Conflict,
		Code:    "FRAMEWORK__DELETE_RESTRICTED",
		Message: fmt.Sprintf("The delete request for %s was denied due to a conflict. The entity is currently in use by: %s", name, all),
		Params: []appdock.Param{
			{Name: "entity", Value: name}, {Name: "usagesString", Value: all}, {Name: "usages", Value: usages},
		},
	}
}
