package sqlstore

import (
	"fmt"
	"strings"

	"github.com/appdock/appdock/internal/entity"
)

// insertion is the statement that inserts rows of an entity. It names all columns, whatever is
// set: so its text is made once, and a connection keeps one statement. What is not set is null,
// which it would be if it were not named.
type insertion struct {
	text string
	// places are where the values of fields stand among what is bound, and those of their twins
	// right behind; 0: nowhere. The key of the row comes first.
	places []int
	size   int // of what is bound
	// counting says that the row gets its number by the store, which binds its shop and
	// version once more, at the end.
	counting bool
}

// insert writes a new row of an entity that has a table.
func (t Translator) insert(d *entity.Definition, shop int64, c entity.Change) (Statement, error) {
	n := d.Index(counted)
	x := t.insertion(d, n >= 0 && d.Fields[n].Stored() && c.Set[counted] == nil)
	key, among := []any{shop, bytesOf(c.ID)}, []any{shop}
	if d.Versioned {
		version := t.Dialect.rowVersion(c.Version)
		key, among = append(key, version), append(among, version)
	}
	args := make([]any, x.size)
	copy(args, key)
	if x.counting {
		copy(args[x.size-len(among):], among)
	}
	for name, v := range c.Set {
		i := d.Index(name)
		if i < 0 || d.Fields[i].Runtime {
			return Statement{}, noColumn(name)
		}
		at := x.places[i]
		if at == 0 || v == nil {
			continue
		}
		f := &d.Fields[i]
		bound, err := t.Dialect.bind(*f, v)
		if err != nil {
			return Statement{}, err
		}
		args[at] = bound
		if _, ok := twinType(*f); ok {
			args[at+1] = twinValue(*f, v)
		}
	}
	return Statement{x.text, args}, nil
}

func noColumn(field string) error { return fmt.Errorf("field %s has no column", field) }

// counted is the field that has the number of a row, in the order in which they were made.
const counted = "autoIncrement"

// insertion gives the statement for an entity, and makes it if there is none yet.
func (t Translator) insertion(d *entity.Definition, counting bool) *insertion {
	type key struct {
		dialect  Dialect
		of       *entity.Definition
		counting bool
	}
	name := key{t.Dialect, d, counting}
	if known, ok := t.Schema.Derived.Load(name); ok {
		return known.(*insertion)
	}
	x := &insertion{places: make([]int, len(d.Fields)), counting: counting}
	var columns, values []string
	add := func(column, value string) {
		columns, values = append(columns, column), append(values, value)
		x.size += strings.Count(value, "?")
	}
	add(`"row_version"`, "1")
	add(`"shop"`, "?")
	add(`"id"`, "?")
	if d.Versioned {
		add(`"version_id"`, "?")
	}
	number := ""
	for _, c := range t.shapeOf(d).fields {
		switch f := &d.Fields[c.place]; {
		case f.Name == "id":
			continue
		case counting && f.Name == counted:
			number = c.column
			continue
		}
		x.places[c.place] = x.size
		add(c.column, "?")
		if c.twin != "" {
			add(c.twin, "?")
		}
	}
	if counting {
		of := "shop = ?"
		if d.Versioned {
			of += " AND version_id = ?"
		}
		add(number, "(SELECT coalesce(max("+number+"), 0) + 1 FROM "+quote(d.Name)+" WHERE "+of+")")
	}
	x.text = t.Dialect.statement(plain("INSERT INTO " + quote(d.Name) + " (" + strings.Join(columns, ", ") + ") VALUES (" + strings.Join(values, ", ") + ")")).SQL
	t.Schema.Derived.Store(name, x)
	return x
}
