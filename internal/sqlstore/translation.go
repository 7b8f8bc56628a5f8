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
	s.joins = append(s.joins, " LEFT JOIN "+quote(holder.Name)+" "+n.alias+" ON "+n.alias+".shop = "+of.alias+".shop AND "+
		n.column(owner.Place().Column)+" = "+of.alias+".id AND "+n.column("language_id")+" = "+s.Dialect.literal(language))
	return n
}

// shown is a column of a record in the language of the view: the text of that language, of
// the one it falls back to, of the system language (entities.md, "Translations").
func (s *scope) shown(of node, f entity.Field, column string) string {
	if !s.translates(of.def, f) {
		return of.column(column)
	}
	columns := []string{s.texts(of, s.view.Language).column(column)}
	if !s.view.Fallback.IsZero() {
		columns = append(columns, s.texts(of, s.view.Fallback).column(column))
	}
	return "coalesce(" + strings.Join(append(columns, of.column(column)), ", ") + ")"
}

// source is what the rows of an entity are read from. Those of an entity that holds texts
// are its own and one of the system language for each record, which has the record's id.
func (q *query) source(d *entity.Definition) string {
	owner, known := q.Schema.Definition(d.Translates)
	if !known {
		return quote(d.Name)
	}
	var own, system []string
	for _, name := range []string{"shop", "row_version"} {
		own, system = append(own, name), append(system, name)
	}
	for _, f := range append([]entity.Field{d.Fields[d.Index("id")]}, columns(d)...) {
		for _, column := range []string{f.Place().Column, twin(f)} {
			if column == twin(f) && !f.Fold {
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
	condition := ""
	if owner.Versioned {
		condition = " WHERE version_id = " + q.Dialect.live()
	}
	return "(SELECT " + strings.Join(own, ", ") + " FROM " + quote(d.Name) +
		" UNION ALL SELECT " + strings.Join(system, ", ") + " FROM " + quote(owner.Name) + condition + ")"
}
