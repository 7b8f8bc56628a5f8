package shop

import (
	"fmt"
	"slices"

	"github.com/appdock/appdock"
	"github.com/appdock/appdock/internal/entity"
)

// checkLocks keeps what belongs to an app as the app made it: nobody else changes or deletes
// its sets of custom fields, nor what stands in them (admin-api.md 9, "row owned by an app
// lock"). The host may, which removes an app's rows with the app.
func (p *plan) checkLocks() error {
	if a := p.actor; a.Everything && a.Installation.IsZero() && a.Integration.IsZero() && a.User.IsZero() {
		return nil // the host
	}
	sets := idsByEntity{}
	p.lockable(func(_ entity.Change, set appdock.ID) { sets.add("custom_field_set", set) })
	owners := map[appdock.ID]appdock.ID{}
	err := sets.each(func(name string, ids []appdock.ID) error {
		found, err := p.find(&entity.Criteria{Entity: name, IDs: ids})
		for _, r := range found.Records {
			owners[r.ID()] = r.Key("appId")
		}
		return err
	})
	if err != nil {
		return err
	}
	var told []string // pointers: a row is told of once
	p.lockable(func(c entity.Change, set appdock.ID) {
		owner := owners[set]
		if owner.IsZero() || owner == p.actor.Installation || slices.Contains(told, c.Pointer) {
			return
		}
		told = append(told, c.Pointer)
		p.faults.Add(appdock.Fault{
			Pointer: c.Pointer, Code: codeLocked,
			Message: fmt.Sprintf("The %s entity is locked and can neither be modified nor deleted.", c.Entity),
			Params:  []appdock.Param{{Name: "{{ entity }}", Value: c.Entity}},
		})
	})
	return nil
}

// lockable calls do for each change and each set that it is in, was in, or is.
func (p *plan) lockable(do func(c entity.Change, set appdock.ID)) {
	for _, c := range p.changes {
		switch c.Entity {
		case "custom_field_set":
			if c.Kind != entity.Inserted {
				do(c, c.ID)
			}
		case "custom_field", "custom_field_set_relation":
			const key = "customFieldSetId"
			if was := p.rows[rowKey{c.Entity, c.ID}].stored; was.Definition != nil {
				do(c, was.Key(key))
			}
			if set, ok := c.Before[key].(appdock.ID); ok { // what is deleted
				do(c, set)
			}
			if set, ok := c.Set[key].(appdock.ID); ok {
				do(c, set)
			}
		}
	}
}
