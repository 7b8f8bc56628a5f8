// Package sqlstore turns the language of records into SQL: definitions into tables,
// criteria into queries, changes into statements, for both stores. It opens nothing: a
// store runs the statements and gives the columns back to [Translator.Record].
//
// Every table of an entity has the columns shop (the store's own number of the shop), id,
// version_id if the entity has drafts, row_version, one column for each stored field, and
// a twin <column>_fold for each field with Fold. Values stand in the same form in both
// dialects but for bool, documents, which SQLite has packed, and the live version, which it has as
// a number: ids as 16 bytes, moments as milliseconds UTC, documents as text.
package sqlstore

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/appdock/appdock"
	"github.com/appdock/appdock/internal/entity"
)

// Dialect is the kind of database that SQL is written for.
type Dialect int

// The dialects.
const (
	SQLite Dialect = iota
	Postgres
)

// Statement is SQL and what is bound to its parameters.
type Statement struct {
	SQL  string
	Args []any
}

// Translator writes SQL of one dialect for the entities of one schema.
type Translator struct {
	Dialect Dialect
	Schema  *entity.Schema
	Indexes []Index // that searches have earned
}

// expr is a piece of SQL. Its parameters are spelt "?" in both dialects until the whole
// statement is done; no literal and no name in it has a question mark.
type expr struct {
	sql  string
	args []any
}

func plain(sql string) expr { return expr{sql: sql} }

// with puts expressions in the place of the %s of a format, which has no other verbs.
func with(format string, parts ...expr) expr {
	size, values := len(format), 0
	for _, p := range parts {
		size += len(p.sql)
		values += len(p.args)
	}
	var text strings.Builder
	text.Grow(size)
	var args []any
	if values > 0 {
		args = make([]any, 0, values)
	}
	for _, p := range parts {
		before, after, _ := strings.Cut(format, "%s")
		text.WriteString(before)
		text.WriteString(p.sql)
		args = append(args, p.args...)
		format = after
	}
	text.WriteString(format)
	return expr{text.String(), args}
}

// param is one bound value.
func param(v any) expr { return expr{"?", []any{v}} }

func joined(separator string, parts []expr) expr {
	var e expr
	texts := make([]string, len(parts))
	for i, p := range parts {
		texts[i] = p.sql
		e.args = append(e.args, p.args...)
	}
	e.sql = strings.Join(texts, separator)
	return e
}

// maxChain is how many conditions stand in a row. Databases read a row of them as a tree
// that is as deep as the row is long, and bound its depth: SQLite to 1000.
const maxChain = 32

// chained joins conditions, in groups of groups if they are many.
func chained(operator string, parts []expr) expr {
	for len(parts) > maxChain {
		var groups []expr
		for group := range slices.Chunk(parts, maxChain) {
			groups = append(groups, with("(%s)", joined(operator, group)))
		}
		parts = groups
	}
	return joined(operator, parts)
}

// statement spells the parameters as the dialect does.
func (d Dialect) statement(e expr) Statement {
	if d == SQLite {
		return Statement{e.sql, e.args}
	}
	var b strings.Builder
	rest := e.sql
	for n := 1; ; n++ {
		before, after, found := strings.Cut(rest, "?")
		b.WriteString(before)
		if !found {
			return Statement{b.String(), e.args}
		}
		b.WriteString("$" + strconv.Itoa(n))
		rest = after
	}
}

// quote makes a name safe for any place: "order" is a table of ours and a word of SQL.
func quote(name string) string { return `"` + strings.ReplaceAll(name, `"`, `""`) + `"` }

// liveNumber stands for the live version in rows of SQLite, which keeps a zero without a byte:
// nearly all rows are live, and each index of theirs has the version.
const liveNumber = int64(0)

// live is the live version as rows have it, as a literal.
func (d Dialect) live() string {
	if d == SQLite {
		return strconv.FormatInt(liveNumber, 10)
	}
	return d.literal(appdock.LiveVersion)
}

// rowVersion is a version as rows have it, to be bound.
func (d Dialect) rowVersion(version appdock.ID) any {
	if version = versionOf(version); d == SQLite && version == appdock.LiveVersion {
		return liveNumber
	}
	return bytesOf(version)
}

// version is that as a piece of SQL. Numbers among what is bound to a statement that finds records
// are the shop's ([Translator.kept]).
func (d Dialect) version(version appdock.ID) expr {
	stored := d.rowVersion(version)
	if stored == liveNumber {
		return plain(d.live())
	}
	return param(stored)
}

// versionIn is the version that a row under an alias has, as it is compared and shown.
func (d Dialect) versionIn(alias string) string {
	column := alias + ".version_id"
	if d == SQLite {
		return "CASE " + column + " WHEN " + d.live() + " THEN " + d.literal(appdock.LiveVersion) + " ELSE " + column + " END"
	}
	return column
}

func (d Dialect) literal(id appdock.ID) string {
	if d == Postgres {
		return `'\x` + id.String() + `'::bytea`
	}
	return "x'" + id.String() + "'"
}

// versionOf gives the version a view looks at.
func versionOf(version appdock.ID) appdock.ID {
	if version.IsZero() {
		return appdock.LiveVersion
	}
	return version
}

func (t Translator) definition(name string) (*entity.Definition, error) {
	d, ok := t.Schema.Definition(name)
	if !ok {
		return nil, fmt.Errorf("entity %q is not in the schema", name)
	}
	return d, nil
}

// columns gives the fields of d that have a column of their own beside the key, in order.
func columns(d *entity.Definition) []entity.Field {
	fields := make([]entity.Field, 0, len(d.Fields))
	for _, f := range d.Fields {
		if f.Stored() && f.Name != "id" {
			fields = append(fields, f)
		}
	}
	return fields
}

// twin is the column that holds what a field is compared by: the folded form of a text, and
// of a price list the amount that is meant when nothing is said, gross in the default
// currency.
func twin(f entity.Field) string {
	if f.Type == entity.Prices {
		return f.Place().Column + "_gross"
	}
	return f.Place().Column + "_fold"
}

// twinType is the type of the field's twin, if it has one.
func twinType(f entity.Field) (kind entity.Type, ok bool) {
	switch {
	case f.Type == entity.Prices:
		return entity.Float, true
	case f.Fold:
		return entity.String, true
	}
	return 0, false
}

// comparison is the column that a field is compared, sorted and kept unique by.
func comparison(f entity.Field) string {
	if f.Fold {
		return twin(f)
	}
	return f.Place().Column
}
