package rows

import (
	"maps"
	"time"

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
