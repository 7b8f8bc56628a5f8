package sqlstore

import (
	"fmt"
	"slices"
	"strings"

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
	write := t.rowChange
	if d.Document {
		write = t.documentChange
	}
	e, err := write(d, shop, c)
	if err != nil {
		return Statement{}, fmt.Errorf("entity %s: %w", d.Name, err)
	}
	return t.Dialect.statement(e), nil
}

// rowChange writes a row of an entity that has a table.
func (t Translator) rowChange(d *entity.Definition, shop int64, c entity.Change) (expr, error) {
	set, err := t.assignments(d, c.Set)
	if err != nil {
		return expr{}, err
	}
	switch c.Kind {
	case entity.Inserted:
		return t.insert(d, shop, c, set), nil
	case entity.Updated:
		return update(d, shop, c, set), nil
	case entity.Deleted:
		return with("DELETE FROM "+quote(d.Name)+" WHERE %s", address(d, shop, c)), nil
	}
	return expr{}, fmt.Errorf("%q is no kind of change", c.Kind)
}

// assignment is a column and the value it gets.
type assignment struct {
	column string
	value  expr
}

// assignments gives the columns of set in the order of the definition, twins included, so
// that equal sets of fields make equal SQL.
func (t Translator) assignments(d *entity.Definition, set map[string]any) ([]assignment, error) {
	for name := range set {
		if f, ok := d.Field(name); !ok || f.Runtime {
			return nil, fmt.Errorf("field %s has no column", name)
		}
	}
	var list []assignment
	for _, f := range columns(d) {
		v, ok := set[f.Name]
		if !ok {
			continue
		}
		bound, err := t.Dialect.bind(f, v)
		if err != nil {
			return nil, err
		}
		list = append(list, assignment{f.Place().Column, param(bound)})
		if _, ok := twinType(f); ok {
			list = append(list, assignment{twin(f), param(twinValue(f, v))})
		}
	}
	return list, nil
}

func (t Translator) insert(d *entity.Definition, shop int64, c entity.Change, set []assignment) expr {
	list := []assignment{{"shop", param(shop)}, {"id", param(c.ID[:])}}
	if d.Versioned {
		list = append(list, assignment{"version_id", param(bytesOf(versionOf(c.Version)))})
	}
	list = append(append(list, assignment{"row_version", plain("1")}), set...)
	if f, ok := d.Field("autoIncrement"); ok && f.Stored() && c.Set[f.Name] == nil {
		list = slices.DeleteFunc(list, func(a assignment) bool { return a.column == f.Place().Column })
		list = append(list, assignment{f.Place().Column, nextNumber(d, f, shop, c)})
	}
	names, values := make([]string, len(list)), make([]expr, len(list))
	for i, a := range list {
		names[i], values[i] = quote(a.column), a.value
	}
	return with("INSERT INTO "+quote(d.Name)+" ("+strings.Join(names, ", ")+") VALUES (%s)", joined(", ", values))
}

// nextNumber counts the rows of a shop, for the order they were made in.
func nextNumber(d *entity.Definition, f entity.Field, shop int64, c entity.Change) expr {
	column := quote(f.Place().Column)
	e := with("(SELECT coalesce(max("+column+"), 0) + 1 FROM "+quote(d.Name)+" WHERE shop = %s", param(shop))
	if d.Versioned {
		e = with("%s AND version_id = %s", e, param(bytesOf(versionOf(c.Version))))
	}
	return with("%s)", e)
}

func update(d *entity.Definition, shop int64, c entity.Change, set []assignment) expr {
	parts := []expr{plain("row_version = row_version + 1")}
	for _, a := range set {
		parts = append(parts, with(quote(a.column)+" = %s", a.value))
	}
	return with("UPDATE "+quote(d.Name)+" SET %s WHERE %s", joined(", ", parts), address(d, shop, c))
}

// address is the condition that names the row of a change.
func address(d *entity.Definition, shop int64, c entity.Change) expr {
	parts := []expr{with("shop = %s", param(shop)), with("id = %s", param(c.ID[:]))}
	if d.Versioned {
		parts = append(parts, with("version_id = %s", param(bytesOf(versionOf(c.Version)))))
	}
	if c.Expect != 0 {
		parts = append(parts, with("row_version = %s", param(c.Expect)))
	}
	return joined(" AND ", parts)
}

func bytesOf(id appdock.ID) []byte { return id[:] }
