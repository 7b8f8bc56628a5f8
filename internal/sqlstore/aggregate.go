package sqlstore

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/appdock/appdock"
	"github.com/appdock/appdock/internal/entity"
)

// Aggregation is a statement and how its rows become the answer.
type Aggregation struct {
	Statement
	asked  entity.Aggregation // without the filters
	levels []level
	metric entity.Field // of what is asked in the last place
}

// level is the terms of one depth.
type level struct {
	asked entity.Aggregation
	field entity.Field
	many  int // to-many associations that lead to what it counts
}

// Aggregate gives the statement that finds what an aggregation asks for, of all records
// that the criteria match; post-filters do not count.
//
// Nested terms are one statement that groups by all keys at once: a chain has one answer
// for each of its deepest groups, and the counts of those above are sums. What is nested
// changes no count: where it leads to more rows than a level counts, one of them stands for all.
// The values stand in a query of their own, because a parameter in GROUP BY is no longer the one
// in SELECT.
func (t Translator) Aggregate(shop int64, v entity.View, c *entity.Criteria, a entity.Aggregation) (Aggregation, error) {
	restricted := *c
	restricted.PostFilters, restricted.Grouping = nil, nil
	for a.Kind == entity.FilterRows && a.Nested != nil {
		// In a group of its own: it may mean another row of the same association.
		restricted.Filters = append(slices.Clip(restricted.Filters), entity.Filter{Kind: entity.And, Queries: a.Filters})
		a = *a.Nested
	}
	s, where, err := t.asked(shop, v, &restricted)
	if err != nil {
		return Aggregation{}, err
	}
	out := Aggregation{asked: a}
	var values []expr // of the inner query
	var shown, grouped, order, present []string
	last := &a
	for ; last != nil && (last.Kind.Buckets() || last.Kind == entity.Entities); last = last.Nested {
		p, key, group, err := s.term(last.Field)
		if err != nil {
			return Aggregation{}, err
		}
		if last.Kind == entity.Histogram {
			group = t.Dialect.interval(*last, group)
			key = plain("NULL")
		}
		n := strconv.Itoa(len(out.levels))
		values = append(values, with("%s AS k"+n, key), with("%s AS g"+n, group))
		if last.Kind != entity.Terms && len(out.levels) == 0 {
			// A moment that is not there is in no interval, and no key leads to no record. In the
			// bucket of another it counts.
			present = append(present, "r.g"+n+" IS NOT NULL")
		}
		if p.field.Fold && len(p.document) == 0 {
			// Spellings that compare as equal share a bucket, which one of them names.
			shown = append(shown, "min(r.k"+n+")")
		} else {
			shown = append(shown, "r.g"+n)
		}
		grouped = append(grouped, "r.g"+n)
		out.levels = append(out.levels, level{*last, fieldAt(p), len(s.many)})
	}
	var figures []string
	if last != nil {
		p, value, columns, err := s.metric(*last)
		if err != nil {
			return Aggregation{}, err
		}
		values = append(values, with("%s AS m", value))
		figures = columns
		out.metric = fieldAt(p)
	}
	counts, firsts, identities := s.counts(out.levels)
	shown = append(append(shown, counts...), figures...)
	rows := "(SELECT %s FROM " + s.from() + " WHERE %s) AS r"
	if len(firsts) > 0 {
		values = append(values, identities...)
		rows = "(SELECT q.*, " + strings.Join(firsts, ", ") + " FROM (SELECT %s FROM " + s.from() + " WHERE %s) AS q) AS r"
	}
	e := with("SELECT "+strings.Join(shown, ", ")+" FROM "+rows, joined(", ", values), where)
	if len(present) > 0 {
		e.sql += " WHERE " + strings.Join(present, " AND ")
	}
	if len(grouped) > 0 {
		limit := entity.MaxBuckets + 1
		direction := map[bool]string{true: " DESC"}
		if len(grouped) == 1 {
			if a.ByCount {
				order = append(order, counts[0]+direction[a.Descending])
			}
			down := a.Descending && !a.ByCount
			if a.Natural {
				order = append(order, t.Dialect.direct(plain("length(CAST(r.g0 AS TEXT))"), down).sql)
			}
			order = append(order, t.Dialect.direct(plain("r.g0"), down).sql)
			if a.Limit > 0 && a.Limit < limit {
				limit = a.Limit
			}
		} else {
			for _, g := range grouped {
				order = append(order, t.Dialect.direct(plain(g), false).sql)
			}
		}
		e = with("%s GROUP BY "+strings.Join(grouped, ", ")+" ORDER BY "+strings.Join(order, ", ")+" LIMIT %s", e, param(int64(limit)))
	}
	out.Statement, err = s.finish(e)
	return out, err
}

// counts gives the count of each level: of the rows that its own path leads to. Where what is
// nested joined more, firsts number the rows that share one of those, by the identities of the
// records that were joined; one is counted.
func (s *scope) counts(levels []level) (counts, firsts []string, identities []expr) {
	for n, l := range levels {
		if l.many == len(s.many) {
			counts = append(counts, "count(*)")
			continue
		}
		first := "f" + strconv.Itoa(n)
		shared := make([]string, l.many+1)
		for i := range shared {
			shared[i] = "q.i" + strconv.Itoa(i)
		}
		firsts = append(firsts, "row_number() OVER (PARTITION BY "+strings.Join(shared, ", ")+") AS "+first)
		counts = append(counts, "count(CASE WHEN r."+first+" = 1 THEN 1 END)")
	}
	for i, n := range append([]node{s.node}, s.many...) {
		identities = append(identities, plain(n.column("id")+" AS i"+strconv.Itoa(i)))
	}
	return counts, firsts, identities
}

// term gives a value for the key of a bucket, and what its records have in common.
func (s *scope) term(path string) (p place, key, group expr, err error) {
	if p, err = s.each(path); err != nil {
		return p, key, group, err
	}
	o, err := s.operand(p)
	if err != nil {
		return p, key, group, err
	}
	key = o.null
	if p.field.Fold && len(p.document) == 0 {
		key = plain(s.shown(p.node, p.field, p.field.Place().Column))
	}
	return p, key, o.null, nil
}

// metric gives the value that figures are made of, and the figures.
func (s *scope) metric(a entity.Aggregation) (p place, value expr, columns []string, err error) {
	if p, err = s.each(a.Field); err != nil {
		return p, value, nil, err
	}
	o, err := s.operand(p)
	if err != nil {
		return p, value, nil, err
	}
	sum, average := s.Dialect.sum()
	switch a.Kind {
	case entity.CountValues:
		return p, o.null, []string{"count(DISTINCT r.m)"}, nil
	case entity.Average:
		columns = []string{average}
	case entity.Sum:
		columns = []string{sum}
	case entity.Smallest:
		columns = []string{"min(r.m)"}
	case entity.Largest:
		columns = []string{"max(r.m)"}
	case entity.Stats:
		columns = []string{"min(r.m)", "max(r.m)", average, sum}
	case entity.Ranges:
		for _, r := range a.Ranges {
			columns = append(columns, inRange(r))
		}
	case entity.Terms, entity.Histogram, entity.Entities, entity.FilterRows:
		return p, value, nil, fmt.Errorf("aggregation %q: %d makes no figure", a.Name, a.Kind)
	}
	return p, o.order[0], columns, nil
}

// sum adds up numbers, and divides that by how many there are. SQLite keeps what it rounds off;
// PostgreSQL would add up cents to 8243.500000000002, and does not if it is given decimals. A
// number is its shortest decimal as a text, and no more than 15 digits of it otherwise.
func (d Dialect) sum() (sum, average string) {
	if d == SQLite {
		return "sum(CAST(r.m AS DOUBLE PRECISION))", "avg(CAST(r.m AS DOUBLE PRECISION))"
	}
	sum = "CAST(sum(CAST(CAST(r.m AS TEXT) AS NUMERIC)) AS DOUBLE PRECISION)"
	return sum, sum + " / NULLIF(count(r.m), 0)"
}

// inRange counts the values of a range of numbers.
func inRange(r entity.NamedRange) string {
	conditions := []string{"r.m IS NOT NULL"}
	if r.From != nil {
		conditions = append(conditions, "r.m >= "+decimal(*r.From))
	}
	if r.To != nil {
		conditions = append(conditions, "r.m < "+decimal(*r.To))
	}
	return "count(CASE WHEN " + strings.Join(conditions, " AND ") + " THEN 1 END)"
}

// each follows a path from the scope's record and joins all rows that it leads to: a record
// counts once for each.
func (s *scope) each(path string) (place, error) {
	p, err := s.resolve(path)
	for err == nil && p.many != nil {
		var next node
		if next, err = s.joinAll(p.node, *p.many); err != nil {
			return place{}, err
		}
		p, err = s.follow(next, p.rest)
	}
	return p, err
}

// joinAll joins the rows that an association to many leads to, once.
func (s *scope) joinAll(from node, a entity.Association) (node, error) {
	name := from.alias + "." + a.Name
	if n, ok := s.nodes[name]; ok {
		return n, nil
	}
	if a.Kind != entity.ManyToMany {
		n, err := s.join(from, a)
		s.many = append(s.many, n)
		return n, err
	}
	mapping, err := s.definition(a.Mapping)
	if err != nil {
		return node{}, err
	}
	target, err := s.definition(a.Target)
	if err != nil {
		return node{}, err
	}
	pair, n := node{mapping, s.newAlias()}, node{target, s.newAlias()}
	via, _ := mapping.Field(a.Via) // NewSchema has checked both
	far, _ := mapping.Field(a.Far)
	condition := n.alias + ".shop = " + pair.alias + ".shop AND " + n.alias + ".id = " + pair.column(far.Place().Column)
	own := s.ownPair(pair, from, n, a)
	if target.Versioned {
		condition += " AND " + s.seen(n)
	}
	if !s.view.Live() && !a.Drafted && mapping.Versioned {
		// What the pair leads to is joined behind it: a pair that is not shown would stand there
		// as one that leads nowhere.
		condition, own = condition+own, " AND "+s.seenBy(pair.alias, target, pair.column(far.Place().Column))
	}
	s.joins = append(s.joins, " LEFT JOIN "+s.rowsOf(mapping)+" "+pair.alias+" ON "+pair.alias+".shop = "+from.alias+".shop AND "+
		pair.column(via.Place().Column)+" = "+from.alias+".id"+own, " LEFT JOIN "+s.source(target)+" "+n.alias+" ON "+condition)
	s.nodes[name] = n
	s.many = append(s.many, n)
	return n, nil
}

// fieldAt is the field of a place; of what is inside a document the type is not known.
func fieldAt(p place) entity.Field {
	if len(p.document) > 0 || p.field.Type.Structured() {
		return entity.Field{Name: p.field.Name}
	}
	return p.field
}

// Answer makes the answer of the statement's rows.
func (a Aggregation) Answer(rows [][]any) (entity.Aggregated, error) {
	if len(a.levels) == 0 {
		if len(rows) != 1 {
			return entity.Aggregated{}, fmt.Errorf("aggregation %q gave %d rows", a.asked.Name, len(rows))
		}
		return a.figures(a.asked, rows[0])
	}
	if len(rows) > entity.MaxBuckets {
		return entity.Aggregated{}, entity.TooManyBuckets(a.asked.Name)
	}
	return a.buckets(0, rows)
}

// buckets makes the buckets of a level of rows that share the keys above it.
func (a Aggregation) buckets(depth int, rows [][]any) (entity.Aggregated, error) {
	asked := a.levels[depth].asked
	out := entity.Aggregated{Name: asked.Name, Kind: asked.Kind, Format: asked.Format, Entity: asked.Entity}
	for begin := 0; begin < len(rows); {
		end := begin + 1
		if depth+1 < len(a.levels) {
			for end < len(rows) && equal(rows[begin][depth], rows[end][depth]) {
				end++
			}
		}
		if asked.Kind == entity.Histogram && rows[begin][depth] == nil {
			begin = end // in no interval
			continue
		}
		b, err := a.bucket(depth, rows[begin:end])
		if err != nil {
			return out, err
		}
		out.Buckets = append(out.Buckets, b)
		begin = end
	}
	if len(a.levels) == 1 {
		return out, nil // the statement has sorted and cut them
	}
	if asked.Natural {
		slices.SortStableFunc(out.Buckets, func(x, y entity.Bucket) int { return utf8.RuneCountInString(x.Key) - utf8.RuneCountInString(y.Key) })
	}
	switch {
	case asked.ByCount:
		slices.SortStableFunc(out.Buckets, func(x, y entity.Bucket) int {
			if asked.Descending {
				return int(y.Count - x.Count)
			}
			return int(x.Count - y.Count)
		})
	case asked.Descending:
		slices.Reverse(out.Buckets)
	}
	if asked.Limit > 0 && len(out.Buckets) > asked.Limit {
		out.Buckets = out.Buckets[:asked.Limit]
	}
	return out, nil
}

func (a Aggregation) bucket(depth int, rows [][]any) (b entity.Bucket, err error) {
	if asked := a.levels[depth].asked; asked.Kind == entity.Histogram {
		b.At, b.Key, err = begins(asked, rows[0][depth])
	} else {
		b.Key, err = keyText(a.levels[depth].field, rows[0][depth])
	}
	if err != nil {
		return b, err
	}
	for _, row := range rows {
		n, ok := row[len(a.levels)+depth].(int64)
		if !ok {
			return b, fmt.Errorf("aggregation %q: the count is a %T", a.asked.Name, row[len(a.levels)+depth])
		}
		b.Count += n
	}
	var nested entity.Aggregated
	switch last := a.levels[depth].asked.Nested; {
	case depth+1 < len(a.levels):
		nested, err = a.buckets(depth+1, rows)
	case last != nil:
		nested, err = a.figures(*last, rows[0][2*len(a.levels):])
	default:
		return b, nil
	}
	b.Nested = &nested
	return b, err
}

// equal compares keys as a database gives them.
func equal(x, y any) bool {
	if b, ok := x.([]byte); ok {
		c, ok := y.([]byte)
		return ok && string(b) == string(c)
	}
	if _, ok := y.([]byte); ok {
		return false
	}
	return x == y
}

// figures reads the columns of a metric.
func (a Aggregation) figures(asked entity.Aggregation, row []any) (entity.Aggregated, error) {
	out := entity.Aggregated{Name: asked.Name, Kind: asked.Kind}
	var err error
	number := func(v any) float64 {
		switch v := v.(type) {
		case nil: // no values
		case float64:
			return v
		case int64:
			return float64(v)
		default:
			err = fmt.Errorf("aggregation %q: the figure is a %T", asked.Name, v)
		}
		return 0
	}
	extreme := func(v any) any {
		n, whole := v.(int64)
		switch {
		case v == nil, whole && a.metric.Type == entity.Int:
			return v
		case whole && a.metric.Type != entity.DateTime && a.metric.Type != entity.Date:
			return strconv.FormatInt(n, 10)
		}
		var text string
		text, err = keyText(a.metric, v)
		return text
	}
	switch asked.Kind {
	case entity.Average:
		out.Average = number(row[0])
	case entity.Sum:
		out.Sum = number(row[0])
	case entity.CountValues:
		out.Count = int64(number(row[0]))
	case entity.Smallest:
		out.Min = extreme(row[0])
	case entity.Largest:
		out.Max = extreme(row[0])
	case entity.Stats:
		out.Min, out.Max, out.Average, out.Sum = extreme(row[0]), extreme(row[1]), number(row[2]), number(row[3])
	case entity.Ranges:
		for i, r := range asked.Ranges {
			out.Ranges = append(out.Ranges, entity.RangeCount{Key: r.Key, Count: int64(number(row[i]))})
		}
	case entity.Terms, entity.Histogram, entity.Entities, entity.FilterRows:
		err = fmt.Errorf("aggregation %q: %d makes no figure", asked.Name, asked.Kind)
	}
	return out, err
}

// keyText shows a stored value as the text of a bucket's key, as MySQL would.
func keyText(f entity.Field, v any) (string, error) {
	if f.Type != 0 {
		var err error
		if v, err = formOf(f.Type).read(v); err != nil {
			return "", fmt.Errorf("field %s: %w", f.Name, err)
		}
	}
	switch v := v.(type) {
	case nil:
		return "", nil
	case string:
		return v, nil
	case []byte:
		return string(v), nil
	case appdock.ID:
		return v.String(), nil
	case int64:
		return strconv.FormatInt(v, 10), nil
	case float64:
		return strconv.FormatFloat(v, 'f', -1, 64), nil
	case bool:
		if v {
			return "1", nil
		}
		return "0", nil
	case time.Time:
		return v.UTC().Format("2006-01-02 15:04:05.000"), nil
	}
	return "", fmt.Errorf("field %s: a %T is no key", f.Name, v)
}
