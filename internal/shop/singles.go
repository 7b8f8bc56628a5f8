package shop

import (
	"fmt"

	"github.com/appdock/appdock"
	"github.com/appdock/appdock/internal/entity"
)

// codeTaken is that of a value that another record has, as the stores tell it.
const codeTaken = "FRAMEWORK__DUPLICATE_VALUE"

// checkSingles refuses a second record where one is allowed, for entities that share a table:
// it cannot see to that by itself. The unit holds the shop, so nobody else comes between.
func (p *plan) checkSingles() error {
	var faults faultList
	for _, c := range p.changes {
		d, _ := p.schema.Definition(c.Entity)
		if !d.Document || len(d.Pair) > 0 || c.Kind == entity.Deleted {
			continue
		}
		for _, u := range d.Unique {
			name := u.Fields[0] // the key of a one-to-one association
			id, _ := c.Set[name].(appdock.ID)
			if id.IsZero() {
				continue
			}
			taken, err := p.taken(c, name, id)
			if err != nil {
				return err
			}
			if taken {
				faults.Add(appdock.Fault{Pointer: c.Pointer + "/" + name, Code: codeTaken, Message: fmt.Sprintf("Another record of %s has the same %s.", d.Name, name)})
			}
		}
	}
	return invalid(faults)
}

// taken reports whether a record other than that of a change leads to an id once the plan is
// done.
func (p *plan) taken(c entity.Change, field string, id appdock.ID) (bool, error) {
	found, err := p.find(&entity.Criteria{
		Entity: c.Entity, Limit: maxBatch,
		Filters: []entity.Filter{{Kind: entity.Equals, Field: field, Values: []any{id}}},
	})
	if err != nil {
		return false, err
	}
	for _, r := range found.Records {
		if p.rows[rowKey{c.Entity, r.ID()}] == nil {
			return true, nil
		}
	}
	for k, r := range p.rows {
		if other, _ := r.get(field).(appdock.ID); k.entity == c.Entity && k.id != c.ID && r.exists && other == id {
			return true, nil
		}
	}
	return false, nil
}
