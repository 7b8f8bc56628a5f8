package sqlstore

import (
	"encoding/hex"
	"encoding/json"
	"fmt"
	"strings"

	"github.com/appdock/appdock/internal/entity"
)

// Records of document entities stand in one table for all entities and shops, so that an app
// that brings an entity changes no table. Statements read them from a selection that has the
// columns of a table of their own: what is asked of records knows no difference.
//
// In a document a value stands under the name of its column: ids as hex digits, moments as
// milliseconds UTC, structured values as their JSON text, so that they come back with the
// bytes they were written with.

// Names of the table.
const (
	documentTable  = "custom_record"
	documentColumn = "data"
)

// MaxKeys is how many keys of a document entity have a column and an index of their own:
// [KeyColumn] 1 to MaxKeys. Those beyond stand in the document and are found by looking at
// each record of the entity.
const MaxKeys = 6

// KeyColumn is a column of the table of documents that holds a key.
func KeyColumn(n int) string { return "key_" + string(rune('0'+n)) }

// rowsOf is what the rows of an entity stand in: its table, or a selection that looks like
// one. It wants an alias behind it.
func (t Translator) rowsOf(d *entity.Definition) string {
	if !d.Document {
		return quote(d.Name)
	}
	list := []string{"shop", "id", "row_version"}
	for _, f := range columns(d) {
		at := f.Place()
		if at.Path == "" {
			list = append(list, quote(at.Column))
			continue
		}
		list = append(list, t.Dialect.inDocument(at.Path, f.Type)+" AS "+quote(at.Column))
		if kind, ok := twinType(f); ok {
			list = append(list, t.Dialect.inDocument(twin(f), kind)+" AS "+quote(twin(f)))
		}
	}
	return "(SELECT " + strings.Join(list, ", ") + " FROM " + documentTable + " WHERE entity = " + word(d.Name) + ")"
}

// placed reports whether the rows of an entity stand in a table of their own, so that each has a
// place there.
func (t Translator) placed(d *entity.Definition) bool {
	return !d.Document && !d.Derived && d.Translates == ""
}

// word is a text as a literal.
func word(text string) string { return "'" + strings.ReplaceAll(text, "'", "''") + "'" }

// inDocument reads a value of a type out of the document.
func (d Dialect) inDocument(path string, t entity.Type) string {
	if d == Postgres {
		value := "(" + documentColumn + " ->> " + word(path) + ")"
		switch formOf(t) {
		case identity, bytes:
			return "decode(" + value + ", 'hex')"
		case number, moment:
			return value + "::bigint"
		case fraction:
			return value + "::double precision"
		case truth:
			return value + "::boolean"
		case text:
			return value + ` COLLATE "C"`
		case document:
			return value + "::json"
		}
	}
	value := "(" + documentColumn + " ->> " + word(`$."`+path+`"`) + ")"
	switch formOf(t) {
	case identity, bytes:
		return "unhex" + value
	case fraction:
		return "CAST(" + value + " AS REAL)" // 1.0 stands there as 1
	case number, moment, truth, text, document:
	}
	return value
}

// documentChange writes a row of a document entity.
func (t Translator) documentChange(d *entity.Definition, shop int64, c entity.Change) (expr, error) {
	row, err := t.address(d, shop, c)
	if err != nil {
		return expr{}, err
	}
	where := with("entity = %s AND %s", param(d.Name), row)
	keys, data, err := t.members(d, c)
	if err != nil {
		return expr{}, err
	}
	switch c.Kind {
	case entity.Inserted:
		names := []string{"shop", "entity", "id", "row_version", documentColumn}
		values := []expr{param(shop), param(d.Name), param(c.ID[:]), plain("1"), param(data)}
		for _, k := range keys {
			names, values = append(names, k.column), append(values, param(k.value))
		}
		return with("INSERT INTO "+documentTable+" ("+strings.Join(names, ", ")+") VALUES (%s)", joined(", ", values)), nil
	case entity.Updated:
		parts := []expr{plain("row_version = row_version + 1"), t.Dialect.patched(data)}
		for _, k := range keys {
			parts = append(parts, with(k.column+" = %s", param(k.value)))
		}
		return with("UPDATE "+documentTable+" SET %s WHERE %s", joined(", ", parts), where), nil
	case entity.Deleted:
		return with("DELETE FROM "+documentTable+" WHERE %s", where), nil
	}
	return expr{}, fmt.Errorf("%q is no kind of change", c.Kind)
}

// patched puts members into the document in the place of those of their names.
func (d Dialect) patched(members string) expr {
	if d == Postgres {
		return with(documentColumn+" = "+documentColumn+" || %s::jsonb", param(members))
	}
	return with(documentColumn+" = json_patch("+documentColumn+", %s)", param(members))
}

// members are the values of a change as they stand in columns, and the document of the others.
func (t Translator) members(d *entity.Definition, c entity.Change) (keys []assignment, data string, err error) {
	set, err := t.assignments(d, c.Set, nil)
	if err != nil {
		return nil, "", err
	}
	all := map[string]any{}
	for _, f := range columns(d) {
		v, written := c.Set[f.Name]
		switch at := f.Place(); {
		case !written:
		case at.Path == "":
			for _, a := range set {
				if a.column == quote(at.Column) {
					keys = append(keys, a)
				}
			}
		default:
			all[at.Path] = t.member(f, v)
			if _, ok := twinType(f); ok {
				all[twin(f)] = twinValue(f, v)
			}
		}
	}
	text, err := json.Marshal(all)
	return keys, string(text), err
}

// member is a value as it stands in a document; assignments have found it to be of its type.
func (t Translator) member(f entity.Field, v any) any {
	switch v := v.(type) {
	case bool:
		return v // SQLite's columns have numbers for it, JSON has not
	case json.RawMessage:
		if v == nil {
			return nil
		}
		return string(v) // and they have it packed
	}
	bound, _ := t.Dialect.bind(f, v)
	if b, isBytes := bound.([]byte); isBytes {
		return hex.EncodeToString(b)
	}
	return bound
}

// Forget takes fields out of all documents of an entity: what they held is not there any
// more for a field of another type that has the name later.
func (t Translator) Forget(shop int64, d *entity.Definition, fields []entity.Field) Statement {
	e := plain(documentColumn)
	var parts []expr
	for _, f := range fields {
		at := f.Place()
		if at.Path == "" {
			parts = append(parts, plain(at.Column+" = NULL"))
			continue
		}
		for _, key := range []string{at.Path, twin(f)} {
			if t.Dialect == Postgres {
				e = with("%s - ?::text", expr{e.sql, append(e.args, key)})
			} else {
				e = with("json_remove(%s, %s)", e, param(`$."`+key+`"`))
			}
		}
	}
	parts = append(parts, with(documentColumn+" = %s", e))
	return t.Dialect.statement(with("UPDATE "+documentTable+" SET %s WHERE shop = %s AND entity = %s", joined(", ", parts), param(shop), param(d.Name)))
}
