package sqlstore

import (
	"encoding/hex"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/appdock/appdock/internal/entity"
)

// and is the condition that all filters hold. Those that lead through the same to-many
// association speak of the same row of it (admin-api.md 5.2).
//
// negated says that the condition stands below a negation: equals is null-safe there.
func (s *scope) and(filters []entity.Filter, negated bool) (expr, error) {
	if len(filters) == 0 {
		return plain("TRUE"), nil
	}
	var parts []expr
	rows := map[string]int{} // where the condition on an association's row stands in parts
	inner := map[string][]entity.Filter{}
	through := map[string]place{}
	var order []string
	for _, f := range filters {
		if f.Kind.Group() {
			e, err := s.condition(f, negated)
			if err != nil {
				return expr{}, err
			}
			parts = append(parts, e)
			continue
		}
		p, err := s.resolve(f.Field)
		if err != nil {
			return expr{}, err
		}
		if p.many == nil {
			e, err := s.leaf(p, f, negated)
			if err != nil {
				return expr{}, err
			}
			parts = append(parts, e)
			continue
		}
		if none(p, f) {
			e, err := s.exists(p, nil, true)
			if err != nil {
				return expr{}, err
			}
			parts = append(parts, with("NOT %s", e))
			continue
		}
		name := p.alias + "." + p.many.Name
		if _, seen := rows[name]; !seen {
			rows[name], through[name] = len(parts), p
			order = append(order, name)
			parts = append(parts, expr{})
		}
		f.Field = p.rest
		inner[name] = append(inner[name], f)
	}
	for _, name := range order {
		e, err := s.exists(through[name], inner[name], negated)
		if err != nil {
			return expr{}, err
		}
		parts[rows[name]] = e
	}
	return chained(" AND ", parts), nil
}

// none reports whether a filter asks for records without any row of a to-many association: no row
// lacks an id, so that "tags.id equals null" finds those without tags, as it does where
// associations are joined (Shopware's JoinGroupBuilder calls it an empty filter).
func none(p place, f entity.Filter) bool {
	return f.Kind == entity.Equals && len(f.Values) == 1 && f.Values[0] == nil && p.rest == "id"
}

// exists is the condition that the association of p leads to a row that all filters hold
// for. If they find that row over an index, the search begins there, else at the parent.
func (s *scope) exists(p place, filters []entity.Filter, negated bool) (expr, error) {
	target, err := s.definition(p.many.Target)
	if err != nil {
		return expr{}, err
	}
	row := s.scope(target)
	var ends []entity.Filter
	filters = slices.DeleteFunc(slices.Clone(filters), func(f entity.Filter) bool {
		end := f.Kind == entity.Newest || f.Kind == entity.Oldest
		if end {
			ends = append(ends, f)
		}
		return end
	})
	condition, err := row.and(filters, false)
	for _, f := range ends {
		var end expr
		if err == nil {
			end, err = row.end(*p.many, f)
			condition = joined(" AND ", []expr{condition, end})
		}
	}
	if err != nil {
		return expr{}, err
	}
	if !negated && row.narrow(filters) {
		return s.among(p, row, condition)
	}
	link, err := row.reach(p.node, *p.many)
	if err != nil {
		return expr{}, err
	}
	return with("EXISTS (SELECT 1 FROM "+row.from()+" WHERE "+link+" AND %s)", condition), nil
}

// end is the condition that a row is the newest or the oldest of those that its association
// leads to from one record.
func (s *scope) end(a entity.Association, f entity.Filter) (expr, error) {
	field, ok := s.def.Field(f.Field)
	key, known := s.def.Field(a.Via)
	if !ok || !known || a.Kind != entity.HasMany {
		return expr{}, fmt.Errorf("entity %s: the rows of %s have no order by %q", s.def.Name, a.Name, f.Field)
	}
	other := node{s.def, s.newAlias()}
	beyond := " > "
	if f.Kind == entity.Oldest {
		beyond = " < "
	}
	column, of := field.Place().Column, key.Place().Column
	same := other.alias + ".shop = " + s.alias + ".shop AND " + other.column(of) + " = " + s.column(of)
	if s.def.Versioned {
		same += " AND " + other.alias + ".version_id = " + s.alias + ".version_id"
	}
	return plain("NOT EXISTS (SELECT 1 FROM " + s.rowsOf(s.def) + " " + other.alias + " WHERE " + same + " AND (" +
		other.column(column) + beyond + s.column(column) + " OR " + other.column(column) + " = " + s.column(column) + " AND " +
		other.alias + ".id" + beyond + s.alias + ".id))"), nil
}

// among is the condition that a parent is one of those that rows of its association name.
// Below a negation it would be unknown where a row names none.
func (s *scope) among(p place, row *scope, condition expr) (expr, error) {
	holder := row.node
	if p.many.Kind == entity.ManyToMany {
		var err error
		if holder, err = row.pair(*p.many); err != nil {
			return expr{}, err
		}
	}
	key, _ := holder.def.Field(p.many.Via) // NewSchema has checked it
	parent, named := p.alias+".id", holder.column(key.Place().Column)
	conditions := []expr{with(row.alias+".shop = %s", param(s.shop))}
	ofVersion := func(n node) { // rows of the version that the parent is of
		parent = "(" + parent + ", " + p.alias + ".version_id)"
		named += ", " + n.alias + ".version_id"
	}
	switch {
	case !row.def.Versioned:
	case p.many.Kind != entity.ManyToMany && (s.Schema.InParts(p.def, *p.many) || s.view.Live() && p.def.Versioned):
		ofVersion(row.node)
	default:
		conditions = append(conditions, plain(s.seen(row.node)))
	}
	switch {
	case p.many.Kind != entity.ManyToMany || !holder.def.Versioned:
	case p.many.Drafted && !s.view.Live():
		ofVersion(holder)
	case s.view.Live():
		conditions = append(conditions, plain(holder.alias+".version_id = "+s.Dialect.live()))
	default:
		conditions = append(conditions, plain(holder.alias+".version_id = "+row.alias+".version_id"))
	}
	conditions = append(conditions, condition)
	return with(parent+" IN (SELECT "+named+" FROM "+row.from()+" WHERE %s)", joined(" AND ", conditions)), nil
}

// narrow reports whether the filters find few records over an index: by an id, a key or
// a value that no two records share, here or where an association leads.
func (s *scope) narrow(filters []entity.Filter) bool {
	for _, f := range filters {
		switch f.Kind {
		case entity.And:
			if s.narrow(f.Queries) {
				return true
			}
		case entity.Equals, entity.EqualsAny:
			if !slices.Contains(f.Values, nil) && s.indexed(s.def, f.Field) {
				return true
			}
		case entity.Contains, entity.Prefix, entity.Suffix, entity.Range, entity.Within, entity.Newest, entity.Oldest, entity.Or, entity.Nand, entity.Nor:
		}
	}
	return false
}

// indexed reports whether a path leads to a field that has an index of its own.
func (t Translator) indexed(d *entity.Definition, path string) bool {
	path = strings.TrimPrefix(path, d.Name+".")
	if f, ok := d.Field(path); ok {
		return f.Type == entity.UUID && (f.Name == "id" || f.Target != "" || f.Sought) ||
			slices.ContainsFunc(d.Unique, func(u entity.Unique) bool { return len(u.Fields) == 1 && u.Fields[0] == f.Name })
	}
	step, rest, _ := strings.Cut(path, ".")
	a, ok := d.Association(step)
	if !ok || !t.Schema.Stored(a) {
		return false
	}
	target, err := t.definition(a.Target)
	return err == nil && t.indexed(target, rest)
}

// condition is that of one filter.
func (s *scope) condition(f entity.Filter, negated bool) (expr, error) {
	switch f.Kind {
	case entity.And, entity.Nand:
		e, err := s.and(f.Queries, negated || f.Kind == entity.Nand)
		if f.Kind == entity.Nand {
			return with("NOT (%s)", e), err
		}
		return with("(%s)", e), err
	case entity.Or, entity.Nor:
		e, err := s.or(f.Queries, negated || f.Kind == entity.Nor)
		if f.Kind == entity.Nor {
			return with("NOT (%s)", e), err
		}
		return with("(%s)", e), err
	case entity.Equals, entity.EqualsAny, entity.Contains, entity.Prefix, entity.Suffix, entity.Range, entity.Within, entity.Newest, entity.Oldest:
	}
	return s.and([]entity.Filter{f}, negated)
}

func (s *scope) or(filters []entity.Filter, negated bool) (expr, error) {
	if len(filters) == 0 {
		return plain("FALSE"), nil
	}
	parts := make([]expr, len(filters))
	for i, f := range filters {
		e, err := s.condition(f, negated)
		if err != nil {
			return expr{}, err
		}
		parts[i] = e
	}
	return chained(" OR ", parts), nil
}

// leaf is the condition of a filter that compares a field.
func (s *scope) leaf(p place, f entity.Filter, negated bool) (expr, error) {
	o, err := s.operand(p)
	if err != nil {
		return expr{}, err
	}
	switch f.Kind {
	case entity.Equals:
		return o.equals(f.Values, negated)
	case entity.EqualsAny:
		e, err := o.equals(f.Values, negated)
		if negated && !slices.Contains(f.Values, nil) {
			// SQL's IN: where there is no value nobody knows (admin-api.md 5.2, "NULL logic").
			e = with("CASE WHEN %s IS NOT NULL THEN %s END", o.null, e)
		}
		return e, err
	case entity.Contains, entity.Prefix, entity.Suffix:
		return o.like(f)
	case entity.Range:
		return o.within(f.Bounds)
	case entity.Within:
		if !o.list {
			return expr{}, fmt.Errorf("filter on %q: it is no list", f.Field)
		}
		return o.only(f.Values)
	case entity.Newest, entity.Oldest, entity.And, entity.Or, entity.Nand, entity.Nor:
	}
	return expr{}, fmt.Errorf("filter on %q: %d compares nothing", f.Field, f.Kind)
}

// equals is the condition that the operand has one of the values, null among them. Below a
// negation it is null-safe. The text of the statement does not depend on how many there are.
func (o operand) equals(values []any, negated bool) (expr, error) {
	var parts []expr
	var left []expr // the sides that values are compared with, which may depend on them
	right := map[string][]any{}
	null := false
	for _, v := range values {
		if v == nil {
			null = true
			continue
		}
		x, value, err := o.sides(v)
		if err != nil {
			return expr{}, err
		}
		if value == nil {
			continue // nothing has the zero id
		}
		if _, seen := right[x.sql]; !seen {
			left = append(left, x)
		}
		right[x.sql] = append(right[x.sql], value)
	}
	if null {
		parts = append(parts, with("%s IS NULL", o.null))
	}
	for _, x := range left {
		e, err := o.oneOf(x, right[x.sql], negated)
		if err != nil {
			return expr{}, err
		}
		parts = append(parts, e)
	}
	switch len(parts) {
	case 0:
		return plain("FALSE"), nil
	case 1:
		return parts[0], nil
	}
	return with("(%s)", joined(" OR ", parts)), nil
}

// oneOf is the condition that x is one of the values, or a list that has one of them.
func (o operand) oneOf(x expr, values []any, negated bool) (expr, error) {
	switch {
	case o.list:
		item, err := o.dialect.among(plain("item.value"), values)
		return o.has(item), err
	case len(values) == 1 && negated:
		return with(o.dialect.same(), x, param(values[0])), nil
	case negated:
		e, err := o.dialect.among(x, values)
		return with("(%s IS NOT NULL AND %s)", x, e), err
	}
	return o.dialect.among(x, values)
}

// only is the condition that all items of a list are among the values.
func (o operand) only(values []any) (expr, error) {
	var whole []any
	var other []expr // that an item is none of them
	for _, v := range values {
		if begin, ok := v.(entity.Beginning); ok {
			length := strconv.Itoa(utf8.RuneCountInString(string(begin)))
			other = append(other, with("substr(item.value, 1, "+length+") <> %s", param(string(begin))))
			continue
		}
		whole = append(whole, v)
	}
	if len(whole) > 0 {
		among, err := o.dialect.among(plain("item.value"), whole)
		if err != nil {
			return expr{}, err
		}
		other = append(other, with("NOT (%s)", among))
	}
	if len(other) == 0 {
		other = append(other, plain("TRUE"))
	}
	return with("NOT (%s)", o.has(joined(" AND ", other))), nil
}

// among is the condition that x is one of at least one values that have one Go type.
// However many there are, there is one parameter.
func (d Dialect) among(x expr, values []any) (expr, error) {
	if len(values) == 1 {
		return with("%s = %s", x, param(values[0])), nil
	}
	if d == Postgres {
		return with("%s = ANY(%s)", x, param(array(values))), nil
	}
	value := "value"
	if _, ok := values[0].([]byte); ok {
		value = "unhex(value)"
	}
	list, err := jsonList(values)
	return with("%s IN (SELECT "+value+" FROM json_each(%s))", x, param(string(list))), err
}

// jsonList is a list of values as JSON: bytes as hex digits.
func jsonList(values []any) (list []byte, err error) {
	list = append(make([]byte, 0, 2+35*len(values)), '[') // an id has 32 digits
	for i, v := range values {
		if i > 0 {
			list = append(list, ',')
		}
		switch v := v.(type) {
		case []byte:
			list = append(hex.AppendEncode(append(list, '"'), v), '"')
		case int64:
			list = strconv.AppendInt(list, v, 10)
		default:
			one, err := json.Marshal(v)
			if err != nil {
				return nil, err
			}
			list = append(list, one...)
		}
	}
	return append(list, ']'), nil
}

// array gives values a type that PostgreSQL has an array of.
func array(values []any) any {
	switch values[0].(type) {
	case string:
		return typed[string](values)
	case int64:
		return typed[int64](values)
	case float64:
		return typed[float64](values)
	case bool:
		return typed[bool](values)
	default:
		return typed[[]byte](values)
	}
}

func typed[T any](values []any) []T {
	list := make([]T, len(values))
	for i, v := range values {
		list[i], _ = v.(T) // those that are compared with the same side have the same type
	}
	return list
}

// same compares so that null differs from every value, instead of being unknown.
func (d Dialect) same() string {
	if d == Postgres {
		return "%s IS NOT DISTINCT FROM %s"
	}
	return "%s IS %s"
}

// literal escapes what LIKE would take for a pattern.
var literal = strings.NewReplacer(`\`, `\\`, `%`, `\%`, `_`, `\_`)

func (o operand) like(f entity.Filter) (expr, error) {
	if len(f.Values) != 1 {
		return expr{}, fmt.Errorf("filter on %q needs one text", f.Field)
	}
	s, ok := f.Values[0].(string)
	if !ok {
		return expr{}, fmt.Errorf("filter on %q needs a text, not a %T", f.Field, f.Values[0])
	}
	s = o.fold(s)
	if o.dialect == SQLite {
		return o.part(f.Kind, s), nil
	}
	pattern := literal.Replace(s)
	if f.Kind != entity.Prefix {
		pattern = "%" + pattern
	}
	if f.Kind != entity.Suffix {
		pattern += "%"
	}
	return with(`%s LIKE %s ESCAPE '\'`, o.text, param(pattern)), nil
}

// part is what LIKE would be in SQLite if it took patterns of any length.
func (o operand) part(kind entity.FilterKind, s string) expr {
	length := int64(utf8.RuneCountInString(s))
	switch kind { //nolint:exhaustive // the other kinds do not look for a part of a text
	case entity.Prefix:
		return with("substr(%s, 1, %s) = %s", o.text, param(length), param(s))
	case entity.Suffix:
		return with("substr(%s, %s, %s) = %s", o.text, param(-length), param(length), param(s))
	}
	return with("instr(%s, %s) > 0", o.text, param(s))
}

// within is the condition of a range; gt wins over gte, lt over lte (admin-api.md 5.2).
func (o operand) within(b entity.Bounds) (expr, error) {
	var parts []expr
	bound := func(operator string, v any) error {
		x, value, err := o.sides(v)
		if err == nil {
			parts = append(parts, with("%s "+operator+" %s", x, param(value)))
		}
		return err
	}
	lower, upper := b.GT, b.LT
	operators := [2]string{">", "<"}
	if lower == nil {
		lower, operators[0] = b.GTE, ">="
	}
	if upper == nil {
		upper, operators[1] = b.LTE, "<="
	}
	for i, v := range []any{lower, upper} {
		if v == nil {
			continue
		}
		if err := bound(operators[i], v); err != nil {
			return expr{}, err
		}
	}
	if len(parts) == 0 {
		return plain("TRUE"), nil
	}
	return joined(" AND ", parts), nil
}
