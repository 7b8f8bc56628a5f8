package sqlstore

import (
	"fmt"
	"slices"
	"strings"

	"github.com/appdock/appdock/internal/entity"
)

// DDL gives the statements that make the tables and indexes of all entities of the schema,
// in the order of their names. Derived entities have none: their owners make views. Those of
// document entities share a table that is there already.
func (t Translator) DDL() ([]string, error) {
	var all []string
	if t.Dialect == Postgres {
		all = append(all, foldDDL())
	}
	for _, name := range t.Schema.Names() {
		d, err := t.definition(name)
		if err != nil {
			return nil, err
		}
		if d.Derived || d.Document {
			continue
		}
		table, err := t.table(d)
		if err != nil {
			return nil, err
		}
		all = append(append(all, table), indexes(d)...)
	}
	return all, nil
}

func (t Translator) table(d *entity.Definition) (string, error) {
	column := func(name string, of entity.Type) string { return name + " " + t.Dialect.columnType(of) }
	lines := []string{column("shop", entity.Int) + " NOT NULL", column("id", entity.UUID) + " NOT NULL"}
	if d.Versioned {
		lines = append(lines, column("version_id", entity.UUID)+" NOT NULL")
	}
	lines = append(lines, column("row_version", entity.Int)+" NOT NULL")
	var parts [long + 1][]string
	for _, f := range columns(d) {
		at := f.Place()
		if at.Path != "" {
			return "", fmt.Errorf("entity %s: field %s stands in a document, which tables of entities do not have", d.Name, f.Name)
		}
		in := partOf(f)
		parts[in] = append(parts[in], column(quote(at.Column), f.Type))
		if kind, ok := twinType(f); ok {
			parts[compared] = append(parts[compared], column(quote(twin(f)), kind))
		}
	}
	lines = slices.Concat(lines, slices.Concat(parts[:]...))
	key, tail := []string{"shop", "id"}, ""
	if d.Keyed() {
		key = append(key[:1], keyColumns(d)...)
		if t.Dialect == SQLite {
			tail = " WITHOUT ROWID" // one tree, not two
		}
	}
	if d.Versioned {
		key = append(key, "version_id")
	}
	lines = append(lines, "PRIMARY KEY ("+strings.Join(key, ", ")+")")
	return fmt.Sprintf("CREATE TABLE %s (\n\t%s\n)%s", quote(d.Name), strings.Join(lines, ",\n\t"), tail), nil
}

// part is a part of a row. SQLite takes a row apart from its beginning, as far as the last column
// that is asked for, and what does not fit into a page stands in a chain of others: what filters
// and sorts look at comes before what may be long and is only shown.
type part int

const (
	compared part = iota // numbers, times, keys, and the twins of what is compared by them
	shown                // texts
	long                 // documents, and texts without a bound
)

// partOf is the part of a row where the value of a field stands.
func partOf(f entity.Field) part {
	switch formOf(f.Type) {
	case identity, number, fraction, truth, moment:
		return compared
	case text:
		if f.Type == entity.Text {
			return long
		}
		return shown
	case bytes, document:
	}
	return long
}

// keyColumns are the columns of the two keys that rows stand under, quoted.
func keyColumns(d *entity.Definition) []string {
	columns := make([]string, len(d.Pair))
	for i, name := range d.Pair {
		f, _ := d.Field(name) // NewSchema has checked it
		columns[i] = quote(f.Place().Column)
	}
	return columns
}

func (d Dialect) columnType(t entity.Type) string {
	names := [2]string{}
	switch formOf(t) {
	case identity, bytes:
		names = [2]string{"BLOB", "bytea"}
	case number, moment:
		names = [2]string{"INTEGER", "bigint"}
	case fraction:
		names = [2]string{"REAL", "double precision"}
	case truth:
		names = [2]string{"INTEGER", "boolean"}
	case text:
		// Sorted by its bytes, as SQLite does.
		names = [2]string{"TEXT", `text COLLATE "C"`}
	case document:
		// Not jsonb: a document comes back with the bytes it was written with.
		names = [2]string{"TEXT", "json"}
	}
	return names[d]
}

// indexes are those of the unique sets, of the keys that records are found by, and of the order
// that records come in when none is asked for.
//
// Those of versioned entities name the version too, after the key: without statistics,
// SQLite takes the index with the most columns compared, and must not take the one that
// orders a whole shop.
func indexes(d *entity.Definition) []string {
	var all []string
	index := func(kind, name string, columns ...string) {
		for i, c := range columns {
			columns[i] = quote(c)
		}
		all = append(all, fmt.Sprintf("CREATE %s %s ON %s (%s)", kind, quote(d.Name+"_"+name), quote(d.Name), strings.Join(columns, ", ")))
	}
	versioned := func(columns ...string) []string {
		if d.Versioned {
			columns = append(columns, "version_id")
		}
		return columns
	}
	for _, u := range d.Unique {
		if d.Keyed() && slices.Equal(u.Fields, d.Pair) {
			continue // it is the primary key
		}
		columns := append([]string{"shop"}, uniqueColumns(d, u)...)
		name := "unique_" + strings.Join(columns[1:], "_")
		if len(d.Pair) > 0 && d.Versioned { // rows are found by the first key alone, too
			columns = slices.Insert(columns, 2, "version_id")
		} else {
			columns = versioned(columns...)
		}
		index("UNIQUE INDEX", name, columns...)
	}
	for _, f := range columns(d) {
		if f.Type != entity.UUID || f.Target == "" && !f.Sought || slices.Contains(d.Pair, f.Name) {
			continue
		}
		index("INDEX", f.Place().Column, versioned("shop", f.Place().Column)...)
		if !f.Required && (f.Target != d.Name || f.Name != "parentId") {
			// Most records have none of their keys: an index of nothing would be written with
			// each. Those that stand below nothing are asked for: roots are few.
			all[len(all)-1] += " WHERE " + quote(f.Place().Column) + " IS NOT NULL"
		}
	}
	if order := defaultOrder(d); len(order) > 0 && !d.Keyed() {
		columns := versioned("shop")
		for _, f := range order {
			columns = append(columns, f.Place().Column)
		}
		index("INDEX", "order", columns...)
	}
	return all
}

func uniqueColumns(d *entity.Definition, u entity.Unique) []string {
	columns := make([]string, len(u.Fields))
	for i, name := range u.Fields {
		f, _ := d.Field(name) // NewSchema has checked it
		columns[i] = comparison(f)
	}
	return columns
}

// Violated says which constraint the columns of a violation belong to: the primary key,
// or one of the definition's unique sets.
func Violated(d *entity.Definition, columns []string) (u entity.Unique, primary bool) {
	has := make(map[string]bool, len(columns))
	for _, c := range columns {
		has[c] = true
	}
	for _, u := range d.Unique {
		all := true
		for _, c := range uniqueColumns(d, u) {
			all = all && has[c]
		}
		if all && (!d.Keyed() || !slices.Equal(u.Fields, d.Pair)) {
			return u, false
		}
	}
	return entity.Unique{}, true
}

// defaultOrder gives the fields that records are ordered by when nothing else is asked
// for (admin-api.md 5.3, "no sort"); the id comes last, so that an index of them gives the
// whole order and nothing is left to be sorted.
func defaultOrder(d *entity.Definition) []entity.Field {
	if d.Keyed() {
		one, _ := d.Field(d.Pair[0])
		other, _ := d.Field(d.Pair[1])
		return []entity.Field{one, other} // as they stand
	}
	id, _ := d.Field("id")
	for _, name := range []string{"autoIncrement", "createdAt"} {
		if f, ok := d.Field(name); ok && f.Stored() {
			return []entity.Field{f, id}
		}
	}
	return nil
}
