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
		found, err := records{t, shop, t.ctx}.Search(entity.View{}, &entity.Criteria{
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
		if err := t.translate(shop, []lifecycle.Text{{Entity: r.Definition.Name, ID: id}}); err != nil {
			return err
		}
	}
	return t.apply(shop, changes...)
}

// translate makes the texts of rows in other languages than the system's those that are given;
// those of a language that the shop has not are left out.
func (t *tx) translate(shop tenant, texts []lifecycle.Text) error {
	unit := records{t, shop, t.ctx}
	languages, err := t.languages(unit, texts)
	if err != nil {
		return err
	}
	now := t.store.now().UTC().Truncate(time.Millisecond)
	var changes []entity.Change
	for _, text := range texts {
		d, known := t.store.schema.Definition(text.Entity)
		if !known || d.Translation == "" {
			continue
		}
		holder, _ := t.store.schema.Definition(d.Translation) // NewSchema has checked it
		if text.Shared {                                      // it may be gone, or not be there yet
			page, err := unit.Search(entity.View{}, &entity.Criteria{Entity: text.Entity, IDs: []appdock.ID{text.ID}, Bare: true})
			if err != nil {
				return fmt.Errorf("look for %s %s: %w", text.Entity, text.ID, err)
			}
			if len(page.Records) == 0 {
				continue
			}
		}
		found, err := unit.Search(entity.View{}, &entity.Criteria{
			Entity: holder.Name, Filters: []entity.Filter{{Kind: entity.Equals, Field: holder.Pair[0], Values: []any{text.ID}}},
		})
		if err != nil {
			return fmt.Errorf("read the texts of %s %s: %w", text.Entity, text.ID, err)
		}
		there := map[appdock.ID]entity.Record{}
		for _, r := range found.Records {
			if r.Key(holder.Pair[1]) != appdock.SystemLanguage {
				there[r.ID()] = r
			}
		}
		for language, locale := range languages {
			set := map[string]any{holder.Pair[0]: text.ID, holder.Pair[1]: language}
			for field, byLocale := range text.Fields {
				if said := byLocale[locale]; said != "" {
					set[field] = said
				}
			}
			id := entity.PairID(text.ID, language)
			r, written := there[id]
			if len(set) == len(holder.Pair) {
				continue // it is said in another language alone
			}
			delete(there, id)
			switch {
			case !written:
				set["createdAt"] = now
				changes = append(changes, entity.Change{Entity: holder.Name, Kind: entity.Inserted, ID: id, Set: set})
			case text.Shared && !text.Renewed:
			case !says(r, set):
				set["updatedAt"] = now
				changes = append(changes, entity.Change{Entity: holder.Name, Kind: entity.Updated, ID: id, Set: set})
			}
		}
		for id := range there {
			if !text.Shared {
				changes = append(changes, entity.Change{Entity: holder.Name, Kind: entity.Deleted, ID: id})
			}
		}
	}
	return t.apply(shop, changes...)
}

// speaksOtherwise reports whether a change gives a shop a language, or one of its languages another
// locale.
func speaksOtherwise(c entity.Change) bool {
	return c.Kind != entity.Deleted && (c.Entity == "language" || c.Entity == "locale")
}

// translateApps makes the texts of all apps of a shop those of the languages that it has now.
func (t *tx) translateApps(shop tenant) error {
	var texts []lifecycle.Text
	err := t.read(func(row Row) error {
		x, err := scanRegistration(row, shop)
		texts = append(texts, lifecycle.Texts(x)...)
		return err
	}, selectRegistrations+"TRUE", shop.number)
	if err != nil {
		return fmt.Errorf("read the apps of a shop: %w", err)
	}
	return t.translate(shop, texts)
}

// languages gives the languages of a shop but the system's, with their locales, of those locales
// that texts are in.
func (t *tx) languages(unit records, texts []lifecycle.Text) (map[appdock.ID]string, error) {
	spoken := map[string]bool{}
	for _, text := range texts {
		for _, byLocale := range text.Fields {
			for locale := range byLocale {
				spoken[locale] = true
			}
		}
	}
	codes := map[appdock.ID]string{}
	if _, known := t.store.schema.Definition("language"); !known || len(spoken) == 0 {
		return codes, nil
	}
	named := make([]any, 0, len(spoken))
	for locale := range spoken {
		named = append(named, locale)
	}
	among := func(name, field string, values []any) (entity.Page, error) {
		page, err := unit.Search(entity.View{}, &entity.Criteria{Entity: name, Filters: []entity.Filter{{Kind: entity.EqualsAny, Field: field, Values: values}}})
		if err != nil {
			err = fmt.Errorf("read the languages of a shop: %w", err)
		}
		return page, err
	}
	locales, err := among("locale", "code", named)
	if err != nil || len(locales.Records) == 0 {
		return codes, err
	}
	of, ids := map[appdock.ID]string{}, []any{}
	for _, r := range locales.Records {
		of[r.ID()], ids = r.Text("code"), append(ids, r.ID())
	}
	for _, key := range []string{"localeId", "translationCodeId"} { // the latter counts more
		languages, err := among("language", key, ids)
		if err != nil {
			return nil, err
		}
		for _, r := range languages.Records {
			if r.ID() != appdock.SystemLanguage {
				codes[r.ID()] = of[r.Key(key)]
			}
		}
	}
	return codes, nil
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
