package sqlstore

import (
	stdbytes "bytes"
	"cmp"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/appdock/appdock"
	"github.com/appdock/appdock/internal/entity"
)

// nextPages is how far [entity.CountNext] counts, in pages from the one that is asked for
// (admin-api.md 5.1).
const nextPages = 6

// Select gives the statement that finds the records asked for, without what is loaded with
// them. Its columns are read by [Translator.Record]. Records asked for by ids come in any
// order unless they are sorted.
func (t Translator) Select(shop int64, v entity.View, c *entity.Criteria) (Statement, error) {
	if d, ok := t.Schema.Definition(c.Entity); ok && len(c.IDs) > 0 && unconditional(c) && t.keeps(v, d) {
		name := keptText{dialect: t.Dialect, of: d, many: len(c.IDs) > 1}
		return t.kept(name, shop, c.IDs, func() (Statement, error) { return t.selected(shop, v, c) })
	}
	return t.selected(shop, v, c)
}

func (t Translator) selected(shop int64, v entity.View, c *entity.Criteria) (Statement, error) {
	s, where, err := t.asked(shop, v, c)
	if err != nil {
		return Statement{}, err
	}
	few := c.IDs != nil || s.narrow(c.Filters)
	order, err := s.order(c.Sort, few)
	if err != nil {
		return Statement{}, err
	}
	list := s.scored(s.shownList())
	if c.IDs != nil && len(c.Sort) == 0 && c.Limit == 0 && c.Offset == 0 {
		return s.finish(with("SELECT %s FROM "+s.from()+" WHERE %s", list, where))
	}
	window := t.Dialect.window(c.Offset, c.Limit)
	if c.Limit > 0 && c.IDs == nil && (few || len(c.Sort) > 0) && !s.def.Keyed() {
		// All that match have to be sorted, and with them all that is selected: only the
		// ids, and then the rows of the page.
		page := with("SELECT "+s.alias+".id FROM "+s.from()+" WHERE %s ORDER BY %s%s", where, order, window)
		where = with("%s AND "+s.alias+".id IN (%s)", joined(" AND ", s.base(v)), page)
		window = expr{}
	}
	return s.finish(with("SELECT %s FROM "+s.from()+" WHERE %s ORDER BY %s%s", list, where, order, window))
}

// There gives the statement that finds the ids of the records asked for, in any order, and
// behind each its [entity.Criteria.Known] fields, which [Translator.Read] reads.
func (t Translator) There(shop int64, v entity.View, c *entity.Criteria) (Statement, error) {
	if d, ok := t.Schema.Definition(c.Entity); ok && len(c.IDs) > 0 && len(c.Fields) == 0 && unconditional(c) && t.keeps(v, d) {
		name := keptText{dialect: t.Dialect, of: d, many: len(c.IDs) > 1, bare: true}
		return t.kept(name, shop, c.IDs, func() (Statement, error) { return t.there(shop, v, c) })
	}
	return t.there(shop, v, c)
}

func (t Translator) there(shop int64, v entity.View, c *entity.Criteria) (Statement, error) {
	s, where, err := t.asked(shop, v, c)
	if err != nil {
		return Statement{}, err
	}
	list := s.alias + ".id"
	for _, i := range c.Known(s.def) {
		list += ", " + s.column(s.def.Fields[i].Place().Column)
	}
	return s.finish(with("SELECT "+list+" FROM "+s.from()+" WHERE %s", where))
}

// Page gives the statement that finds only the ids of a page that has to be sorted, in their
// order, and behind each the place of its row, null in what is no table; the records are to be
// asked for by them ([Translator.At], [Translator.Select]). ok is false where one statement
// does as well: sorting rows is more work the more columns they have, and PostgreSQL is far
// away.
func (t Translator) Page(shop int64, v entity.View, c *entity.Criteria) (st Statement, ok bool, err error) {
	if t.Dialect != SQLite || c.Limit == 0 || c.IDs != nil || len(c.Queries) > 0 {
		return Statement{}, false, nil
	}
	s, where, err := t.asked(shop, v, c)
	if err != nil || s.def.Keyed() { // a pair is small, and not found by its id
		return Statement{}, false, err
	}
	few := s.narrow(c.Filters)
	if !few && len(c.Sort) == 0 {
		return Statement{}, false, nil // an index has the order
	}
	order, err := s.order(c.Sort, few)
	if err != nil {
		return Statement{}, false, err
	}
	row := "NULL"
	if s.placed(s.def) {
		row = s.alias + ".rowid"
	}
	st, err = s.finish(with("SELECT "+s.alias+".id, "+row+" FROM "+s.from()+" WHERE %s ORDER BY %s%s", where, order, t.Dialect.window(c.Offset, c.Limit)))
	return st, true, err
}

// At gives the statement that reads records whose rows stand at places that [Translator.Page]
// has found in the same transaction, in any order: without a way from each id to its row. It
// does not ask for shop and version again, which SQLite would rather walk through.
func (t Translator) At(shop int64, v entity.View, name string, places []any) (Statement, error) {
	d, err := t.definition(name)
	if err != nil {
		return Statement{}, err
	}
	s := t.query(shop, v).scope(d)
	list := s.shownList() // before s.from: it joins texts
	rows, err := t.Dialect.among(plain(s.alias+".rowid"), places)
	if err != nil {
		return Statement{}, err
	}
	return s.finish(with("SELECT "+list+" FROM "+s.from()+" WHERE %s", rows))
}

// Count gives the statement that counts all matches, or those that [entity.CountNext] asks
// for. It has one row with one number.
func (t Translator) Count(shop int64, v entity.View, c *entity.Criteria) (Statement, error) {
	s, where, err := t.asked(shop, v, c)
	if err != nil {
		return Statement{}, err
	}
	if c.Total == entity.CountNext && c.Limit > 0 {
		window := t.Dialect.window(c.Offset, c.Limit*nextPages+1)
		return s.finish(with("SELECT count(*) FROM (SELECT 1 FROM "+s.from()+" WHERE %s%s) AS found", where, window))
	}
	return s.finish(with("SELECT count(*) FROM "+s.from()+" WHERE %s", where))
}

// Related gives the statement that loads what an association of d leads to from records of
// one version with these keys: their values of Via for [entity.ToOne], their ids else. The filters,
// order and page of c hold for each of them apart. Behind the columns that
// [Translator.Record] reads stands the key that a row was found for. Records come in any
// order if c asks for none and for no page of them; theirs is [InOrder] then.
func (t Translator) Related(shop int64, v entity.View, of appdock.ID, d *entity.Definition, a entity.Association, keys []appdock.ID, c *entity.Criteria) (Statement, error) {
	target, err := t.definition(a.Target)
	if err != nil {
		return Statement{}, err
	}
	made := func() (Statement, error) { return t.related(shop, v, of, d, target, a, keys, c) }
	tables := []*entity.Definition{d, target}
	if mapping, ok := t.Schema.Definition(a.Mapping); ok {
		tables = append(tables, mapping)
	}
	if c.IDs != nil || len(keys) == 0 || !unconditional(c) || !t.keeps(v, tables...) {
		return made()
	}
	return t.kept(keptText{dialect: t.Dialect, of: d, association: a.Name, many: len(keys) > 1}, shop, keys, made)
}

func (t Translator) related(shop int64, v entity.View, of appdock.ID, d, target *entity.Definition, a entity.Association, keys []appdock.ID, c *entity.Criteria) (Statement, error) {
	v = v.In(v.Version)
	s := t.query(shop, v).scope(target)
	key, err := s.keyOf(a)
	if err != nil {
		return Statement{}, err
	}
	conditions, err := s.conditions(c)
	if err != nil {
		return Statement{}, err
	}
	shown := v
	if t.Schema.InParts(d, a) && a.Kind != entity.ManyToMany {
		shown = entity.View{Version: of}
	}
	base := s.base(shown)
	if s.pairs != "" {
		pairs, _, _ := strings.Cut(key, ".")
		base = append(base, with(pairs+".shop = %s", param(s.shop)))
		switch mapping, _ := t.Schema.Definition(a.Mapping); {
		case !mapping.Versioned:
		case v.Live() || a.Drafted:
			base = append(base, with(pairs+".version_id = %s", s.Dialect.version(of)))
		default:
			base = append(base, plain(pairs+".version_id = "+s.alias+".version_id"))
		}
	}
	where := joined(" AND ", slices.Concat(base, []expr{s.oneOf(key, keys)}, conditions))
	list := s.scored(s.shownList()) // before s.from: it joins texts
	if Unordered(c) {
		return s.finish(with("SELECT %s, "+key+" FROM "+s.from()+" WHERE %s", list, where))
	}
	order, err := s.order(c.Sort, true)
	if err != nil {
		return Statement{}, err
	}
	if c.Limit == 0 && c.Offset == 0 && len(c.Grouping) == 0 {
		return s.finish(with("SELECT %s, "+key+" FROM "+s.from()+" WHERE %s ORDER BY %s", list, where, order))
	}
	// One page for each parent, in one statement.
	list = s.scored(s.list())
	ranked, err := s.ranked(key, c.Grouping, list, order, where)
	if err != nil {
		return Statement{}, err
	}
	page := with("place > %s", param(int64(c.Offset)))
	if c.Limit > 0 {
		page = with("%s AND place <= %s", page, param(int64(c.Offset+c.Limit)))
	}
	return s.finish(with("SELECT "+s.names()+", parent FROM (%s) AS ranked WHERE %s ORDER BY place", ranked, page))
}

// ranked is the selection of the rows that where holds for, with the parent that each was found
// for and its place among those of that parent. Of rows of one parent that have the same values
// at the paths of a grouping only the first is in it.
func (s *scope) ranked(key string, grouping []string, list, order, where expr) (expr, error) {
	groups := []expr{plain(key)}
	for _, path := range grouping {
		_, _, group, err := s.term(path)
		if err != nil {
			return expr{}, err
		}
		groups = append(groups, group)
	}
	place := with("row_number() OVER (PARTITION BY "+key+" ORDER BY %s) AS place", order)
	if len(grouping) == 0 {
		return with("SELECT %s, "+key+" AS parent, %s FROM "+s.from()+" WHERE %s", list, place, where), nil
	}
	all := with("SELECT %s, "+key+" AS parent, %s, row_number() OVER (PARTITION BY %s ORDER BY %s) AS nth FROM "+s.from()+" WHERE %s",
		list, place, joined(", ", groups), order, where)
	return with("SELECT "+s.names()+", parent, row_number() OVER (PARTITION BY parent ORDER BY place) AS place FROM (%s) AS alike WHERE nth = 1", all), nil
}

// Unordered reports whether criteria leave open what records come first.
func Unordered(c *entity.Criteria) bool {
	return len(c.Sort) == 0 && c.Limit == 0 && c.Offset == 0 && len(c.Grouping) == 0
}

// InOrder compares two records of an entity by the order in which they come when none is
// asked for.
func InOrder(a, b entity.Record) int {
	for _, f := range defaultOrder(a.Definition) {
		switch one := a.Get(f.Name).(type) {
		case int64:
			other, ok := b.Get(f.Name).(int64)
			if c := cmp.Compare(one, other); !ok || c != 0 {
				return nullFirst(c, ok)
			}
		case time.Time:
			other, ok := b.Get(f.Name).(time.Time)
			if c := one.Compare(other); !ok || c != 0 {
				return nullFirst(c, ok)
			}
		case appdock.ID:
			other, ok := b.Get(f.Name).(appdock.ID)
			if c := stdbytes.Compare(one[:], other[:]); !ok || c != 0 {
				return nullFirst(c, ok)
			}
		case nil:
			if b.Get(f.Name) != nil {
				return -1
			}
		}
	}
	one, other := a.ID(), b.ID()
	return stdbytes.Compare(one[:], other[:])
}

// nullFirst is the order of a value and another, which may be null.
func nullFirst(c int, hasOther bool) int {
	if !hasOther {
		return 1
	}
	return c
}

// keyOf is the column that holds the key an association is followed by, as seen from its
// target.
func (s *scope) keyOf(a entity.Association) (string, error) {
	holder := s.node
	switch a.Kind {
	case entity.ToOne:
		return s.alias + ".id", nil
	case entity.HasOne, entity.HasMany:
	case entity.ManyToMany:
		var err error
		if holder, err = s.pair(a); err != nil {
			return "", err
		}
	}
	f, _ := holder.def.Field(a.Via) // NewSchema has checked it
	return holder.column(f.Place().Column), nil
}

// asked is the scope of criteria with the condition of what they ask for.
func (t Translator) asked(shop int64, v entity.View, c *entity.Criteria) (*scope, expr, error) {
	d, err := t.definition(c.Entity)
	if err != nil {
		return nil, expr{}, err
	}
	s := t.query(shop, v).scope(d)
	if len(c.Grouping) == 0 {
		conditions, err := s.conditions(c)
		return s, joined(" AND ", slices.Concat(s.base(v), s.named(c), conditions)), err
	}
	if len(c.Queries) > 0 {
		if s.score, err = s.worth(c.Queries); err != nil {
			return nil, expr{}, err
		}
	}
	first, err := s.oneOfEach(c)
	return s, joined(" AND ", append(s.base(v), first)), err
}

// conditions are all that the criteria ask for. One after the other, in groups of their own:
// conditions of filters and post-filters may mean two rows of one association.
func (s *scope) conditions(c *entity.Criteria) ([]expr, error) {
	var parts []expr
	switch {
	case len(c.Keys) > 0 && s.def.Keyed():
		parts = append(parts, s.oneOfPairs(c.Keys))
	case c.IDs != nil:
		parts = append(parts, s.oneOf(s.alias+".id", c.IDs))
	}
	for _, filters := range [][]entity.Filter{c.Filters, c.PostFilters} {
		if len(filters) == 0 {
			continue
		}
		e, err := s.and(filters, false)
		if err != nil {
			return nil, err
		}
		parts = append(parts, e)
	}
	if len(c.Queries) == 0 {
		return parts, nil
	}
	var err error
	if s.score, err = s.worth(c.Queries); err != nil {
		return nil, err
	}
	return append(parts, with("%s > 0", s.score)), nil
}

// base is what every condition begins with: the shop and the version.
func (s *scope) base(v entity.View) []expr {
	parts := []expr{with(s.alias+".shop = %s", param(s.shop))}
	if !s.def.Versioned {
		return parts
	}
	own := with(s.alias+".version_id = %s", s.Dialect.version(v.Version))
	if !v.Base.IsZero() {
		own = with("(%s OR "+s.alias+".version_id = "+s.Dialect.live()+
			" AND NOT EXISTS (SELECT 1 FROM "+s.source(s.def)+" AS draft WHERE draft.shop = "+s.alias+".shop AND draft.id = "+s.alias+".id AND draft.version_id IN (%s, %s)))",
			own, param(bytesOf(v.Version)), param(bytesOf(v.Base)))
	}
	return append(parts, own)
}

// oneOf is the condition that a key is one of many.
func (s *scope) oneOf(column string, keys []appdock.ID) expr {
	if len(keys) == 0 {
		return plain("FALSE")
	}
	values := valuesOf(keys)
	if s.def.Translates != "" && s.Dialect == SQLite {
		// SQLite takes a list of parameters into the two sources of texts, and no subquery.
		params := make([]expr, len(values))
		for i, v := range values {
			params[i] = param(v)
		}
		return with(column+" IN (%s)", joined(", ", params))
	}
	e, _ := s.Dialect.among(plain(column), values) // ids always marshal
	return e
}

// oneOfPairs is the condition that the two keys that a row stands under are one of many pairs.
func (s *scope) oneOfPairs(pairs [][2]appdock.ID) expr {
	columns := keyColumns(s.def)
	one, other := plain(s.alias+"."+columns[0]), plain(s.alias+"."+columns[1])
	if len(pairs) == 1 {
		return with("%s = %s AND %s = %s", one, param(bytesOf(pairs[0][0])), other, param(bytesOf(pairs[0][1])))
	}
	if s.Dialect == Postgres {
		var lists [2][][]byte
		for _, pair := range pairs {
			lists[0], lists[1] = append(lists[0], bytesOf(pair[0])), append(lists[1], bytesOf(pair[1]))
		}
		return with("(%s, %s) IN (SELECT * FROM unnest(%s::bytea[], %s::bytea[]))", one, other, param(lists[0]), param(lists[1]))
	}
	list := []byte{'['}
	for i, pair := range pairs {
		if i > 0 {
			list = append(list, ',')
		}
		list = append(hex.AppendEncode(append(list, '"'), append(bytesOf(pair[0]), pair[1][:]...)), '"')
	}
	digits := 2 * len(appdock.ID{})
	return with(fmt.Sprintf("(%%s, %%s) IN (SELECT unhex(substr(value, 1, %d)), unhex(substr(value, %d)) FROM json_each(%%s))", digits, digits+1),
		one, other, param(string(append(list, ']'))))
}

// names are the columns that [Translator.Record] reads, of a list that was given names.
func (s *scope) names() string {
	names := []string{"row_version"}
	if s.def.Versioned {
		names = append(names, "version_id")
	}
	for _, f := range s.def.Fields {
		if f.Stored() {
			names = append(names, quote(f.Place().Column))
			if s.translates(s.def, f) {
				names = append(names, quote(f.Place().Column+"_shown"))
			}
		}
	}
	if s.score.sql != "" {
		names = append(names, scoreColumn)
	}
	return strings.Join(names, ", ")
}

// shownList is a list whose columns need no names.
func (s *scope) shownList() string {
	if s.plain() {
		return s.shapeOf(s.def).unnamed
	}
	return s.list()
}

// plain reports whether the records show what stands in their own rows.
func (s *scope) plain() bool {
	return s.alias == firstAlias && s.view.Language.IsZero() && !s.view.Inherit
}

// list are the columns that [Translator.Record] reads. It joins the texts of a language.
func (s *scope) list() string {
	if s.plain() {
		return s.shapeOf(s.def).list
	}
	list := []string{s.alias + ".row_version"}
	if s.def.Versioned {
		list = append(list, s.alias+".version_id")
	}
	for _, f := range s.def.Fields {
		if !f.Stored() {
			continue
		}
		column := f.Place().Column
		switch {
		case s.translates(s.def, f):
			own := first(s.inLanguage(s.heirs(s.node, f), s.view.Language, column))
			list = append(list, own+" AS "+quote(column), s.shown(s.node, f, column)+" AS "+quote(column+"_shown"))
		case s.view.Inherit && f.Inherited:
			list = append(list, s.shown(s.node, f, column)+" AS "+quote(column))
		default:
			list = append(list, s.column(column))
		}
	}
	return strings.Join(list, ", ")
}

// order is the ORDER BY clause. It ends with the id, so that pages never overlap.
//
// narrow says that the conditions find few records over an index. SQLite, which knows
// nothing of how many, would rather walk through a whole shop in the right order than
// sort them: the sign + keeps it from using an index for the order.
func (s *scope) order(sorts []entity.Sort, narrow bool) (expr, error) {
	var parts []expr
	by := func(v expr, descending bool) {
		if narrow && s.Dialect == SQLite {
			v.sql = "+" + v.sql
		}
		parts = append(parts, s.Dialect.direct(v, descending))
	}
	for _, sort := range sorts {
		if sort.Field == entity.ScoreField {
			by(s.score, sort.Descending)
			continue
		}
		values, err := s.sortValues(sort, false)
		if err != nil {
			return expr{}, err
		}
		for _, v := range values {
			by(v, sort.Descending)
		}
	}
	if len(sorts) == 0 {
		for _, f := range defaultOrder(s.def) {
			if f.Name != "id" {
				by(plain(s.column(f.Place().Column)), false)
			}
		}
	}
	return joined(", ", append(parts, plain(s.alias+".id"))), nil
}

// direct orders nulls before all values, as MySQL and SQLite do.
func (d Dialect) direct(v expr, descending bool) expr {
	switch {
	case descending && d == Postgres:
		return with("%s DESC NULLS LAST", v)
	case descending:
		return with("%s DESC", v)
	case d == Postgres:
		return with("%s ASC NULLS FIRST", v)
	default:
		return with("%s ASC", v)
	}
}

// sortValues gives what to order by. Of several rows the smallest value counts, or the
// largest if the order descends (admin-api.md 5.3); ofMany says that the values are those of
// one of several.
func (s *scope) sortValues(by entity.Sort, ofMany bool) ([]expr, error) {
	p, err := s.resolve(by.Field)
	if err != nil {
		return nil, err
	}
	if p.many == nil {
		o, err := s.operand(p)
		if err != nil {
			return nil, err
		}
		if by.Count {
			return []expr{with("CASE WHEN %s IS NULL THEN 0 ELSE 1 END", o.null)}, nil
		}
		order := o.order
		if ofMany && len(p.document) == 0 {
			order = []expr{s.Dialect.ranked(p.field, order[0])}
		}
		if by.Natural {
			return append([]expr{with("length(%s)", o.text)}, order...), nil
		}
		return order, nil
	}
	target, err := s.definition(p.many.Target)
	if err != nil {
		return nil, err
	}
	row := s.scope(target)
	inner := by
	inner.Field = p.rest
	values, err := row.sortValues(inner, true)
	if err != nil {
		return nil, err
	}
	pick := "min"
	switch {
	case by.Count:
		pick = "sum"
	case by.Descending:
		pick = "max"
	}
	link, err := row.reach(p.node, *p.many)
	if err != nil {
		return nil, err
	}
	for i, v := range values {
		values[i] = with("(SELECT "+pick+"(%s) FROM "+row.from()+" WHERE "+link+")", v)
		if by.Count { // the sum of no rows is null
			values[i] = with("coalesce(%s, 0)", values[i])
		}
	}
	return values, nil
}

// window is the LIMIT clause.
func (d Dialect) window(offset, limit int) expr {
	switch {
	case limit > 0 && offset > 0:
		return with(" LIMIT %s OFFSET %s", param(int64(limit)), param(int64(offset)))
	case limit > 0:
		return with(" LIMIT %s", param(int64(limit)))
	case offset > 0 && d == SQLite:
		return with(" LIMIT -1 OFFSET %s", param(int64(offset)))
	case offset > 0:
		return with(" OFFSET %s", param(int64(offset)))
	default:
		return expr{}
	}
}
