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
	p.keys(func(_ entity.Change, f entity.Field, id appdock.ID) {
		if p.rows[rowKey{f.Target, id}] == nil {
			wanted.add(f.Target, id)
		}
	})
	there := map[rowKey]bool{}
	err := wanted.each(func(name string, ids []appdock.ID) error {
		found, err := p.search(entity.View{}, &entity.Criteria{Entity: name, IDs: ids})
		for _, record := range found.Records {
			there[rowKey{name, record.ID()}] = true
		}
		return err
	})
	if err != nil {
		return err
	}
	var faults faultList
	p.keys(func(c entity.Change, f entity.Field, id appdock.ID) {
		k := rowKey{f.Target, id}
		if r := p.rows[k]; there[k] || r != nil && r.exists {
			return
		}
		faults.Add(appdock.Fault{
			Pointer: c.Pointer + "/" + f.Name, Code: codeForeignKey,
			Message: fmt.Sprintf("There is no %s with id %s.", f.Target, id),
		})
	})
	return invalid(faults)
}

// keys calls do for each key that the plan writes and that can be checked.
func (p *plan) keys(do func(c entity.Change, f entity.Field, id appdock.ID)) {
	for _, c := range p.changes {
		d, _ := p.schema.Definition(c.Entity)
		for _, f := range d.Fields {
			id, isKey := c.Set[f.Name].(appdock.ID)
			if !isKey || f.Target == "" || f.System {
				continue // the host knows where its own keys lead
			}
			if _, stored := p.schema.Definition(f.Target); stored {
				do(c, f, id)
			}
		}
	}
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
	for _, a := range d.Associations {
		if a.Kind == entity.ToOne || a.OnDelete == entity.Nothing || !p.schema.Stored(a) {
			continue
		}
		target, _ := p.schema.Definition(a.Target)
		rows, err := p.leadingTo(target, a.Via, ids)
		if err != nil {
			return err
		}
		if a.OnDelete == entity.Restrict && len(rows) > 0 {
			usages = append(usages, usage{EntityName: a.Target, Count: len(rows)})
			continue
		}
		for _, r := range rows {
			parent, _ := r.get(a.Via).(appdock.ID)
			pointer := pointers[rowKey{name, parent}]
			id, _ := r.get("id").(appdock.ID)
			if a.OnDelete == entity.Cascade {
				p.remove(target, id, pointer)
			} else {
				p.change(target, id, pointer, map[string]any{a.Via: nil})
			}
		}
	}
	if len(usages) > 0 {
		return deleteRestricted(name, usages)
	}
	return nil
}

// leadingTo finds the rows whose key still leads to one of ids.
func (p *plan) leadingTo(target *entity.Definition, via string, ids []appdock.ID) ([]*row, error) {
	values := make([]any, len(ids))
	for i, id := range ids {
		values[i] = id
	}
	found, err := p.search(entity.View{}, &entity.Criteria{
		Entity:  target.Name,
		Filters: []entity.Filter{{Kind: entity.EqualsAny, Field: via, Values: values}},
	})
	if err != nil {
		return nil, err
	}
	var rows []*row
	for _, record := range found.Records {
		k := rowKey{target.Name, record.ID()}
		r := p.rows[k]
		if r == nil {
			r = &row{stored: record, exists: true, set: map[string]any{}}
			p.rows[k] = r
		}
		if id, _ := r.get(via).(appdock.ID); r.exists && slices.Contains(ids, id) {
			rows = append(rows, r)
		}
	}
	return rows, nil
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
