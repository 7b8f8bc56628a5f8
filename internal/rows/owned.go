package rows

import (
	"fmt"
	"maps"
	"reflect"
	"time"

	"github.com/appdock/appdock"
	"github.com/appdock/appdock/internal/entity"
	"github.com/appdock/appdock/internal/lifecycle"
)

// owned are the changes of the rows that show a registration in the entities app,
// integration and acl_role. c is given when they are inserted.
func (t *tx) owned(shop tenant, x lifecycle.Registration, kind entity.ChangeKind, c *lifecycle.Credentials) []entity.Change {
	accessKey := ""
	if c != nil {
		accessKey = c.AccessKey
	}
	changes := lifecycle.Rows(kind, x, accessKey, shop.locale)
	stamp, at := "createdAt", x.InstalledAt
	if kind == entity.Updated {
		stamp, at = "updatedAt", t.store.now()
	}
	for i := range changes {
		if kind == entity.Deleted {
			changes[i].Set = nil
			continue
		}
		changes[i].Set[stamp] = at.UTC().Truncate(time.Millisecond)
		changes[i] = t.known(changes[i])
	}
	return changes
}

// known leaves out what the schema in force has no column for.
func (t *tx) known(c entity.Change) entity.Change {
	d, ok := t.store.schema.Definition(c.Entity)
	if !ok {
		return c
	}
	maps.DeleteFunc(c.Set, func(name string, _ any) bool {
		f, ok := d.Field(name)
		return !ok || !f.Stored()
	})
	return c
}

// show makes the rows of what an app brings along those that it has now: what is there already
// keeps its row, which is written only if it says something else.
func (t *tx) show(shop tenant, x lifecycle.Registration, parts []entity.Change) error {
	there := map[appdock.ID]entity.Record{}
	for _, name := range lifecycle.PartEntities() {
		if _, known := t.store.schema.Definition(name); !known {
			return nil
		}
		found, err := records{t, shop}.Search(entity.View{}, &entity.Criteria{
			Entity: name, Filters: []entity.Filter{{Kind: entity.Equals, Field: "appId", Values: []any{x.Installation.ID}}},
		})
		if err != nil {
			return fmt.Errorf("read what app %s brought: %w", x.Installation.App, err)
		}
		for _, r := range found.Records {
			there[r.ID()] = r
		}
	}
	now := t.store.now().UTC().Truncate(time.Millisecond)
	var changes []entity.Change
	for _, c := range parts {
		r, known := there[c.ID]
		delete(there, c.ID)
		switch {
		case !known:
			c.Set["createdAt"] = now
		case says(r, c.Set):
			continue
		default:
			c.Kind, c.Set["updatedAt"] = entity.Updated, now
		}
		changes = append(changes, c)
	}
	for id, r := range there {
		changes = append(changes, entity.Change{Entity: r.Definition.Name, Kind: entity.Deleted, ID: id})
	}
	return t.apply(shop, changes...)
}

// says reports whether a record has the values.
func says(r entity.Record, set map[string]any) bool {
	for name, v := range set {
		if !reflect.DeepEqual(r.Get(name), v) {
			return false
		}
	}
	return true
}
