package rows

import (
	"fmt"
	"slices"
	"time"

	"github.com/appdock/appdock"
	"github.com/appdock/appdock/internal/entity"
	"github.com/appdock/appdock/internal/lifecycle"
)

// payments makes the payment methods that an app brought along those that it has now. None is ever
// deleted, since orders were paid by it: one that the app has no more, or whose app goes, is
// deactivated and leads to no address (manifest-xml.md 13 and 24). They are switched on and off with
// the app, and otherwise as people want them; names are written when they come and with each version.
//
// It looks at the registration as it was before.
func (t *tx) payments(shop tenant, x lifecycle.Registration, wanted []entity.Change) error {
	if d, known := t.store.schema.Definition("payment_method"); !known || d.Index("appUrls") < 0 {
		return nil
	}
	var before lifecycle.Registration
	err := t.read(func(row Row) (err error) {
		before, err = scanRegistration(row, shop)
		return err
	}, selectRegistrations+"r.installation = ?", shop.number, x.Installation.ID[:])
	if err != nil {
		return fmt.Errorf("read what app %s was: %w", x.Installation.App, err)
	}
	var ids []appdock.ID
	for _, r := range []lifecycle.Registration{before, x} {
		ids = append(ids, lifecycle.PaymentIDs(r)...)
	}
	if len(ids) == 0 {
		return nil
	}
	unit := records{t, shop, t.ctx}
	found, err := unit.Search(entity.View{}, &entity.Criteria{Entity: "payment_method", IDs: ids})
	if err != nil {
		return fmt.Errorf("read the payment methods of app %s: %w", x.Installation.App, err)
	}
	there := map[appdock.ID]entity.Record{}
	for _, r := range found.Records {
		there[r.ID()] = r
	}
	now := t.store.now().UTC().Truncate(time.Millisecond)
	var changes []entity.Change
	renewed := map[appdock.ID]bool{}
	for _, c := range wanted {
		r, known := there[c.ID]
		delete(there, c.ID)
		if !known {
			if err := t.nameAnew(unit, c.Set); err != nil {
				return err
			}
			c.Set["createdAt"] = now
			changes = append(changes, c)
			continue
		}
		delete(c.Set, "technicalName")
		delete(c.Set, "afterOrderEnabled")
		renewed[c.ID] = r.Get("appUrls") == nil || before.Installation.Version != x.Installation.Version
		if !renewed[c.ID] {
			delete(c.Set, "name")
			delete(c.Set, "description")
		}
		if before.Installation.Active == x.Installation.Active {
			delete(c.Set, "active")
		}
		if !says(r, c.Set) {
			c.Kind, c.Set["updatedAt"] = entity.Updated, now
			changes = append(changes, c)
		}
	}
	for id, r := range there {
		if set := map[string]any{"active": false, "appUrls": nil}; !says(r, set) {
			set["updatedAt"] = now
			changes = append(changes, entity.Change{Entity: "payment_method", Kind: entity.Updated, ID: id, Set: set})
		}
	}
	if err := t.apply(shop, changes...); err != nil {
		return err
	}
	texts := slices.DeleteFunc(lifecycle.Texts(x), func(text lifecycle.Text) bool { return !renewed[text.ID] })
	for i := range texts {
		texts[i].Renewed = true
	}
	return t.translate(shop, texts)
}

// nameAnew leaves out a technical name that another payment method has: no two share one.
func (t *tx) nameAnew(unit records, set map[string]any) error {
	found, err := unit.Search(entity.View{}, &entity.Criteria{
		Entity: "payment_method", Limit: 1, Filters: []entity.Filter{{Kind: entity.Equals, Field: "technicalName", Values: []any{set["technicalName"]}}},
	})
	if err != nil {
		return fmt.Errorf("look for a technical name: %w", err)
	}
	if len(found.Records) > 0 {
		delete(set, "technicalName")
	}
	return nil
}
