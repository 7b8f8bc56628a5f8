package rows

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"maps"
	"slices"
	"sync"

	"github.com/appdock/appdock"
	"github.com/appdock/appdock/internal/entity"
	"github.com/appdock/appdock/internal/lifecycle"
	"github.com/appdock/appdock/internal/shop"
	"github.com/appdock/appdock/internal/sqlstore"
)

// schemas are the definitions of shops whose apps bring entities, by the number of the shop,
// as they were read since the last commit that changed any installation.
type schemas struct{ known sync.Map }

// Schema gives the definitions in force: those of every shop, and those of its apps.
func (s *Store) Schema(ctx context.Context, shop appdock.ShopID) (schema *entity.Schema, err error) {
	t, err := s.tenant(shop)
	if err != nil {
		return nil, err
	}
	if known, ok := s.schemas.Load().known.Load(t.number); ok {
		return known.(*entity.Schema), nil
	}
	err = s.read(ctx, Host, func(r session) error {
		sql, err := s.translator(ctx, r, t)
		schema = sql.Schema
		return err
	})
	return schema, err
}

// translator writes SQL for what is committed of a shop.
func (s *Store) translator(ctx context.Context, r session, t tenant) (sqlstore.Translator, error) {
	remembered := s.schemas.Load() // before the database is read, as with keys
	sql, known := s.inForce(t)
	if known {
		return sql, nil
	}
	inForce, err := s.custom(ctx, r, t, "installation IS NOT NULL")
	if err == nil {
		sql.Schema, err = s.schemaWith(ctx, r, t, inForce)
	}
	if err == nil {
		remembered.known.Store(t.number, sql.Schema)
	}
	return sql, err
}

// inForce is the translator of a shop whose schema is remembered.
func (s *Store) inForce(t tenant) (sql sqlstore.Translator, known bool) {
	sql = s.sql
	sql.Indexes = *s.indexes.made.Load()
	schema, known := s.schemas.Load().known.Load(t.number)
	if known {
		sql.Schema = schema.(*entity.Schema)
	}
	return sql, known
}

// translator writes SQL for a shop as the unit of work sees it.
func (t *tx) translator(shop tenant) (sqlstore.Translator, error) {
	if !t.touched {
		return t.store.translator(t.ctx, t.session, shop)
	}
	// A unit that changes apps writes the rows that show them, which every shop has.
	return t.store.sql, nil
}

// custom reads custom entities of a shop, in the order that their apps name them.
func (s *Store) custom(ctx context.Context, r session, t tenant, condition string, args ...any) (all []entity.Custom, err error) {
	err = r.each(ctx, func(row Row) error {
		var text string
		if err := row.Scan(&text); err != nil {
			return err
		}
		var c entity.Custom
		err := json.Unmarshal([]byte(text), &c)
		all = append(all, c)
		return err
	}, "SELECT definition FROM custom_entity WHERE shop = ? AND "+condition+" ORDER BY app_fold, place", append([]any{t.number}, args...)...)
	if err != nil {
		return nil, fmt.Errorf("read the custom entities of shop %s: %w", t.id, err)
	}
	return all, nil
}

// schemaWith makes the schema of a shop with custom entities.
func (s *Store) schemaWith(ctx context.Context, r session, t tenant, custom []entity.Custom) (*entity.Schema, error) {
	if len(custom) == 0 {
		return s.schema, nil
	}
	definitions, err := shop.WithCustom(custom...)
	if err != nil {
		s.log.LogAttrs(ctx, slog.LevelError, "custom entities of a shop do not fit", slog.String("shop", string(t.id)), slog.Any("error", err))
		return nil, err
	}
	columns, err := s.keyColumns(ctx, r, t)
	if err != nil {
		return nil, err
	}
	for _, d := range definitions {
		for i := range d.Fields {
			if n := columns[keyField{d.Name, d.Fields[i].Name}]; n > 0 && d.Document {
				d.Fields[i].At = entity.Place{Column: sqlstore.KeyColumn(n)}
			}
		}
	}
	return entity.NewSchema(definitions...)
}

// keyField is a key in the documents of an entity.
type keyField struct{ entity, field string }

// keyColumns says which keys have a column of their own.
func (s *Store) keyColumns(ctx context.Context, r session, t tenant) (map[keyField]int, error) {
	columns := map[keyField]int{}
	err := r.each(ctx, func(row Row) error {
		var k keyField
		var n int
		err := row.Scan(&k.entity, &k.field, &n)
		columns[k] = n
		return err
	}, "SELECT entity, field, place FROM custom_key WHERE shop = ?", t.number)
	return columns, err
}

// bring makes the entities of an installation those that it has now. Records of entities
// that it has no more go, and so does what they held in fields that are gone or became
// something else.
func (t *tx) bring(shop tenant, x lifecycle.Registration) error {
	app := sqlstore.Fold(x.Installation.App)
	before, err := t.store.custom(t.ctx, t.session, shop, "installation = ?", x.Installation.ID[:])
	if err != nil {
		return err
	}
	if same(before, x.Entities) {
		return nil
	}
	return t.redefine(shop, app, func() error {
		if _, err := t.put("DELETE FROM custom_entity WHERE shop = ? AND app_fold = ?", shop.number, app); err != nil {
			return err
		}
		for place, c := range x.Entities {
			text, err := json.Marshal(c)
			if err != nil {
				return err
			}
			var owner string
			taken, err := t.one("SELECT app_fold FROM custom_entity WHERE shop = ? AND name = ?", []any{shop.number, c.Name}, &owner)
			if err != nil {
				return err
			}
			if taken {
				return entityTaken(c.Name, owner)
			}
			if _, err := t.put("INSERT INTO custom_entity (shop, name, installation, app_fold, place, definition) VALUES (?, ?, ?, ?, ?, ?)",
				shop.number, c.Name, x.Installation.ID[:], app, int64(place), string(text)); err != nil {
				return err
			}
		}
		return nil
	})
}

// same reports whether two lists of entities say the same.
func same(a, b []entity.Custom) bool {
	one, err := json.Marshal(append([]entity.Custom{}, a...))
	other, otherErr := json.Marshal(append([]entity.Custom{}, b...))
	return err == nil && otherErr == nil && string(one) == string(other)
}

func entityTaken(name, owner string) error {
	return &appdock.Error{
		Kind:    appdock.Conflict,
		Code:    "ADK-APP-ENTITY-TAKEN",
		Message: fmt.Sprintf("The app brings the entity %s, which another app has already.", name),
		Cause:   fmt.Sprintf("it belongs to the app %s, or to the data that was kept when that was uninstalled", owner),
		Cure:    "Uninstall the other app without keeping its data, or give the entity another name.",
	}
}

// takeAway ends the entities of an installation that is removed. What is kept waits for the
// app of that name to be installed again; entities without any record are not worth it.
func (t *tx) takeAway(shop tenant, x lifecycle.Registration, keep bool) error {
	if len(x.Entities) == 0 {
		return nil
	}
	app := sqlstore.Fold(x.Installation.App)
	if keep {
		filled, err := t.filled(shop, app)
		if err != nil {
			return err
		}
		if filled {
			_, err := t.put("UPDATE custom_entity SET installation = NULL WHERE shop = ? AND installation = ?", shop.number, x.Installation.ID[:])
			return err
		}
	}
	return t.redefine(shop, app, func() error {
		_, err := t.put("DELETE FROM custom_entity WHERE shop = ? AND app_fold = ?", shop.number, app)
		return err
	})
}

// filled reports whether there are any records of entities of an app.
func (t *tx) filled(shop tenant, app string) (bool, error) {
	var name string
	return t.one(`SELECT name FROM custom_entity AS c WHERE shop = ? AND app_fold = ?
		AND EXISTS (SELECT 1 FROM custom_record AS r WHERE r.shop = c.shop AND r.entity = c.name) LIMIT 1`, []any{shop.number, app}, &name)
}

// redefine runs what changes the entities of an app, kept ones included, and brings the
// records and the columns of keys in line with it.
func (t *tx) redefine(shop tenant, app string, change func() error) error {
	documents := func() (map[string]*entity.Definition, error) {
		all, err := t.store.custom(t.ctx, t.session, shop, "(installation IS NOT NULL OR app_fold = ?)", app)
		if err != nil {
			return nil, err
		}
		schema, err := t.store.schemaWith(t.ctx, t.session, shop, all)
		if err != nil {
			return nil, err
		}
		found := map[string]*entity.Definition{}
		for _, name := range schema.Names() {
			if d, _ := schema.Definition(name); d.Document {
				found[name] = d
			}
		}
		return found, nil
	}
	before, err := documents()
	if err != nil {
		return err
	}
	if err := change(); err != nil {
		return err
	}
	after, err := documents()
	if err != nil {
		return err
	}
	for _, name := range slices.Sorted(maps.Keys(before)) {
		if err := t.reshape(shop, before[name], after[name]); err != nil {
			return err
		}
	}
	return t.placeKeys(shop, after)
}

// reshape takes out of the records of an entity what its definition has no more; after is
// nil if there is no such entity any more.
func (t *tx) reshape(shop tenant, before, after *entity.Definition) error {
	if after == nil {
		for _, table := range []string{"custom_record", "custom_key"} {
			if _, err := t.put("DELETE FROM "+table+" WHERE shop = ? AND entity = ?", shop.number, before.Name); err != nil {
				return err
			}
		}
		return nil
	}
	var gone []entity.Field
	for _, f := range before.Fields {
		now, there := after.Field(f.Name)
		if f.Name == "id" && now.Target != f.Target {
			return t.reshape(shop, before, nil) // its records were about others
		}
		if !f.Stored() || there && now.Type == f.Type && now.Target == f.Target {
			continue
		}
		gone = append(gone, f)
		if _, err := t.put("DELETE FROM custom_key WHERE shop = ? AND entity = ? AND field = ?", shop.number, before.Name, f.Name); err != nil {
			return err
		}
	}
	if len(gone) == 0 {
		return nil
	}
	st := t.store.sql.Forget(shop.number, before, gone)
	_, err := t.put(st.SQL, st.Args...)
	return err
}

// placeKeys gives keys of documents that have no place yet a column, as long as there are any.
// One that comes too late stays in the document for good (0): its values are there.
func (t *tx) placeKeys(shop tenant, documents map[string]*entity.Definition) error {
	columns, err := t.store.keyColumns(t.ctx, t.session, shop)
	if err != nil {
		return err
	}
	for _, name := range slices.Sorted(maps.Keys(documents)) {
		var free []int
		for n := 1; n <= sqlstore.MaxKeys; n++ {
			free = append(free, n)
		}
		var fresh []string
		for _, f := range documents[name].Fields {
			if f.Type != entity.UUID || f.Target == "" || f.Name == "id" {
				continue
			}
			if n, ok := columns[keyField{name, f.Name}]; ok {
				free = slices.DeleteFunc(free, func(other int) bool { return other == n })
			} else {
				fresh = append(fresh, f.Name)
			}
		}
		for i, field := range fresh {
			place := 0
			if i < len(free) {
				place = free[i]
			}
			if _, err := t.put("INSERT INTO custom_key (shop, entity, field, place) VALUES (?, ?, ?, ?)", shop.number, name, field, int64(place)); err != nil {
				return err
			}
		}
	}
	return nil
}
