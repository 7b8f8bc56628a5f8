package sqlstore

import (
	stdbytes "bytes"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"github.com/appdock/appdock"
	"github.com/appdock/appdock/internal/entity"
)

// Change gives the statement that writes one row. An update or a deletion that touches no
// row found none with that id, version and row version.
func (t Translator) Change(shop int64, c entity.Change) (Statement, error) {
	d, err := t.definition(c.Entity)
	if err != nil {
		return Statement{}, err
	}
	if d.Derived {
		return Statement{}, fmt.Errorf("entity %s has no table", d.Name)
	}
	var st Statement
	if c.Kind == entity.Inserted && !d.Document {
		st, err = t.insert(d, shop, c)
	} else {
		st, err = t.otherChange(d, shop, c)
	}
	if err != nil {
		return Statement{}, fmt.Errorf("entity %s: %w", d.Name, err)
	}
	return st, nil
}

// otherChange is any but a new row of an entity that has a table.
func (t Translator) otherChange(d *entity.Definition, shop int64, c entity.Change) (Statement, error) {
	write := t.rowChange
	if d.Document {
		write = t.documentChange
	}
	e, err := write(d, shop, c)
	if err != nil {
		return Statement{}, err
	}
	return t.Dialect.statement(e), nil
}

// rowChange writes to a row that is there, of an entity that has a table.
func (t Translator) rowChange(d *entity.Definition, shop int64, c entity.Change) (expr, error) {
	set, err := t.assignments(d, c.Set, c.Before)
	if err != nil {
		return expr{}, err
	}
	row, err := t.address(d, shop, c)
	if err != nil {
		return expr{}, err
	}
	switch c.Kind {
	case entity.Updated:
		return update(d, row, set), nil
	case entity.Deleted:
		return with("DELETE FROM "+quote(d.Name)+" WHERE %s", row), nil
	case entity.Inserted: // by [Translator.insert]
	}
	return expr{}, fmt.Errorf("%q is no kind of change", c.Kind)
}

// assignment is a column and the value it gets.
type assignment struct {
	column string // quoted
	value  any
}

// assignments gives the columns of set in the order of the definition, twins included, so
// that equal sets of fields make equal SQL. Those that keep what they had before are left out:
// clients send whole records and change little of them, and each index of a column that is
// named is written.
func (t Translator) assignments(d *entity.Definition, set, before map[string]any) ([]assignment, error) {
	for name := range set {
		if i := d.Index(name); i < 0 || d.Fields[i].Runtime {
			return nil, noColumn(name)
		}
	}
	list := make([]assignment, 0, 2*len(set))
	for _, c := range t.shapeOf(d).fields {
		f := &d.Fields[c.place]
		v, ok := set[f.Name]
		if !ok || f.Name == "id" {
			continue
		}
		if had, known := before[f.Name]; known && same(had, v) {
			continue
		}
		bound, err := t.Dialect.bind(*f, v)
		if err != nil {
			return nil, err
		}
		list = append(list, assignment{c.column, bound})
		if c.twin != "" {
			list = append(list, assignment{c.twin, twinValue(*f, v)})
		}
	}
	return list, nil
}

// same compares two values of a field in their Go form.
func same(before, now any) bool {
	switch before := before.(type) {
	case json.RawMessage:
		now, ok := now.(json.RawMessage)
		return ok && stdbytes.Equal(before, now)
	case []byte:
		now, ok := now.([]byte)
		return ok && stdbytes.Equal(before, now)
	case time.Time:
		now, ok := now.(time.Time)
		return ok && before.Equal(now)
	case nil, string, int64, float64, bool, appdock.ID:
		return before == now
	}
	return false
}

func update(d *entity.Definition, row expr, set []assignment) expr {
	var text strings.Builder
	args := make([]any, 0, len(set)+len(row.args))
	text.WriteString("UPDATE " + quote(d.Name) + " SET row_version = row_version + 1")
	for _, a := range set {
		text.WriteString(", " + a.column + " = ?")
		args = append(args, a.value)
	}
	return expr{text.String() + " WHERE " + row.sql, append(args, row.args...)}
}

// address is the condition that names the row of a change.
func (t Translator) address(d *entity.Definition, shop int64, c entity.Change) (expr, error) {
	parts := []expr{with("shop = %s", param(shop))}
	if d.Keyed() {
		for i, column := range keyColumns(d) {
			key, ok := c.Before[d.Pair[i]].(appdock.ID)
			if !ok {
				return expr{}, fmt.Errorf("the %s of %s is not said, which it stands under", d.Pair[i], c.ID)
			}
			parts = append(parts, with(column+" = %s", param(key[:])))
		}
	} else {
		parts = append(parts, with("id = %s", param(c.ID[:])))
	}
	if d.Versioned {
		parts = append(parts, with("version_id = %s", param(t.Dialect.rowVersion(c.Version))))
	}
	if c.Expect != 0 {
		parts = append(parts, with("row_version = %s", param(c.Expect)))
	}
	return joined(" AND ", parts), nil
}

func bytesOf(id appdock.ID) []byte { return id[:] }
