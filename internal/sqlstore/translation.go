package sqlstore

import (
	"strings"

	"github.com/appdock/appdock"
	"github.com/appdock/appdock/internal/entity"
)

// Texts of the system language stand in the row of the record: where nobody asks for
// another language, no translation costs anything, and indexes are those of the row. Texts
// of other languages stand in the entity that the definition names as Translation, joined
// where a view asks for them.

// translates reports whether the view shows a field in another language than the system's.
func (q *query) translates(d *entity.Definition, f entity.Field) bool {
	return f.Translated && d.Translation != "" && !q.view.Language.IsZero()
}

// texts joins the texts of a record in one language, once.
func (s *scope) texts(of node, language appdock.ID) node {
	name := of.alias + " in " + language.String()
	if n, ok := s.nodes[name]; ok {
		return n
	}
	holder, _ := s.Schema.Definition(of.def.Translation) // NewSchema has checked it
	n := node{holder, s.newAlias()}
	s.nodes[name] = n
	owner, _ := holder.Field(holder.Pair[0])
	tongue, _ := holder.Field(holder.Pair[1])
	on := n.alias + ".shop = " + of.alias + ".shop AND " +
		n.column(owner.Place().Column) + " = " + of.alias + ".id AND " + n.column(tongue.Place().Column) + " = " + s.Dialect.literal(language)
	if holder.Versioned {
		on += " AND " + n.alias + ".version_id = " + of.alias + ".version_id"
	}
	s.joins = append(s.joins, " LEFT JOIN "+s.rowsOf(holder)+" "+n.alias+" ON "+on)
	return n
}

// shown is a column of a record as the view shows it: in its language, in the one that falls
// back to, in the system language (entities.md, "Translations"); in each the record's own
// value, then that of the record it inherits from.
func (s *scope) shown(of node, f entity.Field, column string) string {
	records := s.heirs(of, f)
	var columns []string
	if s.translates(of.def, f) {
		for _, language := range []appdock.ID{s.view.Language, s.view.Fallback} {
			if !language.IsZero() {
				columns = append(columns, s.inLanguage(records, language, column)...)
			}
		}
	}
	for _, n := range records {
		columns = append(columns, n.column(column))
	}
	return first(columns)
}

// inLanguage is a column of records in one language.
func (s *scope) inLanguage(records []node, language appdock.ID, column string) []string {
	columns := make([]string, len(records))
	for i, n := range records {
		columns[i] = s.texts(n, language).column(column)
	}
	return columns
}

// first is the first of some columns that has a value.
func first(columns []string) string {
	if len(columns) == 1 {
		return columns[0]
	}
	return "coalesce(" + strings.Join(columns, ", ") + ")"
}

// heirs are the record and, if the view inherits the field, the one that it stands below.
func (s *scope) heirs(of node, f entity.Field) []node {
	if !s.view.Inherit || !f.Inherited {
		return []node{of}
	}
	parent, ok := of.def.Field("parentId")
	if !ok {
		return []node{of}
	}
	name := of.alias + " inherits"
	n, joined := s.nodes[name]
	if !joined {
		n = node{of.def, s.newAlias()}
		s.nodes[name] = n
		on := n.alias + ".shop = " + of.alias + ".shop AND " + n.alias + ".id = " + of.column(parent.Place().Column)
		if of.def.Versioned {
			on += " AND " + s.seen(n)
		}
		s.joins = append(s.joins, " LEFT JOIN "+s.rowsOf(of.def)+" "+n.alias+" ON "+on)
	}
	return []node{of, n}
}

// source is what the rows of an entity are read from. Those of an entity that holds texts
// are its own and one of the system language for each record, which has the record's id.
func (q *query) source(d *entity.Definition) string {
	owner, known := q.Schema.Definition(d.Translates)
	if !known {
		return q.rowsOf(d)
	}
	var own, system []string
	shared := []string{"shop", "row_version"}
	if d.Versioned { // as its owner is
		shared = append(shared, "version_id")
	}
	own, system = append(own, shared...), append(system, shared...)
	for _, f := range append([]entity.Field{d.Fields[d.Index("id")]}, columns(d)...) {
		for _, column := range []string{f.Place().Column, twin(f)} {
			if _, ok := twinType(f); column == twin(f) && !ok {
				continue
			}
			own = append(own, quote(column))
			switch f.Name {
			case d.Pair[0]:
				system = append(system, "id AS "+quote(column))
			case d.Pair[1]:
				system = append(system, q.Dialect.literal(appdock.SystemLanguage)+" AS "+quote(column))
			default:
				system = append(system, quote(column))
			}
		}
	}
	return "(SELECT " + strings.Join(own, ", ") + " FROM " + q.rowsOf(d) + " AS own" +
		" UNION ALL SELECT " + strings.Join(system, ", ") + " FROM " + q.rowsOf(owner) + " AS system)"
}
