package sqlstore

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/appdock/appdock"
	"github.com/appdock/appdock/internal/entity"
)

// maxAsked bounds the columns of an [Index] beside the shop, the version and the id: each is
// written with every record.
const maxAsked = 8

// Asked is what a search looks at, in columns of its entity: with all of them in an index
// no row is read but those of the page.
type Asked struct {
	Entity string
	Equal  []string // have one of some values; in the order of their names
	Range  string   // lies between two values; empty: none does
	Then   []string // is sorted by, then what else is looked at
}

// Asked says what a search looks at. ok is false for one that no index of its entity's own
// columns helps: it follows associations, scores, or finds by a value that is unique.
func (t Translator) Asked(v entity.View, c *entity.Criteria) (a Asked, ok bool) {
	d, known := t.Schema.Definition(c.Entity)
	ownTexts := v.Language.IsZero() || v.Language == appdock.SystemLanguage
	if t.Dialect != SQLite || !known || d.Derived || d.Document || d.Translates != "" ||
		c.IDs != nil || len(c.Queries) > 0 || len(c.Grouping) > 0 || !v.Live() || v.Inherit || !ownTexts {
		return a, false
	}
	if amounts := v.Currency; !amounts.IsZero() && amounts != appdock.DefaultCurrency {
		return a, false // they stand in documents
	}
	a.Entity = d.Name
	var ranges, others, sorts []string
	if !a.filtered(d, c.Filters, &ranges, &others) || !a.filtered(d, c.PostFilters, &ranges, &others) {
		return a, false
	}
	for _, by := range c.Sort {
		column, ok := indexable(d, by.Field)
		if !ok || by.Count {
			return a, false
		}
		sorts = append(sorts, column)
	}
	slices.Sort(a.Equal)
	a.Equal = slices.Compact(a.Equal)
	slices.Sort(ranges)
	if ranges = without(ranges, a.Equal); len(ranges) > 0 {
		a.Range = ranges[0]
	}
	a.Then = without(slices.Concat(sorts, ranges, others), append([]string{a.Range}, a.Equal...))
	return a, len(a.Equal)+len(a.Range)+len(sorts) > 0 && len(a.Columns()) <= maxAsked
}

// filtered adds what filters look at. It reports whether all of them are such that an index helps.
func (a *Asked) filtered(d *entity.Definition, filters []entity.Filter, ranges, others *[]string) bool {
	for _, f := range filters {
		switch f.Kind {
		case entity.And:
			if !a.filtered(d, f.Queries, ranges, others) {
				return false
			}
			continue
		case entity.Or, entity.Nand, entity.Nor, entity.Within, entity.Newest, entity.Oldest:
			return false
		case entity.Equals, entity.EqualsAny, entity.Contains, entity.Prefix, entity.Suffix, entity.Range:
		}
		column, ok := indexable(d, f.Field)
		if !ok {
			return false
		}
		switch {
		case f.Kind == entity.Range:
			*ranges = append(*ranges, column)
		case f.Kind != entity.Equals && f.Kind != entity.EqualsAny:
			*others = append(*others, column)
		case slices.Contains(f.Values, nil) || unique(d, f.Field):
			return false
		default:
			a.Equal = append(a.Equal, column)
		}
	}
	return true
}

// indexable is the column that a path is compared and sorted by, if an index may hold it:
// documents and texts of any length are left out.
func indexable(d *entity.Definition, path string) (column string, ok bool) {
	f, ok := d.Field(strings.TrimPrefix(path, d.Name+"."))
	if !ok || !f.Stored() || f.Type == entity.Version {
		return "", false
	}
	if f.Type == entity.Prices {
		return twin(f), true
	}
	switch formOf(f.Type) {
	case identity, number, fraction, truth, moment:
		return f.Place().Column, true
	case text:
		return twin(f), f.Fold
	case bytes, document:
	}
	return "", false
}

// unique reports whether no two records share a value of a field.
func unique(d *entity.Definition, path string) bool {
	name := strings.TrimPrefix(path, d.Name+".")
	return name == "id" || slices.ContainsFunc(d.Unique, func(u entity.Unique) bool { return len(u.Fields) == 1 && u.Fields[0] == name })
}

// without gives the columns that are not among others, each once.
func without(columns, others []string) []string {
	var left []string
	for _, c := range columns {
		if !slices.Contains(others, c) && !slices.Contains(left, c) {
			left = append(left, c)
		}
	}
	return left
}

// Columns are all that is looked at, in the order in which an index has them.
func (a Asked) Columns() []string {
	all := slices.Clone(a.Equal)
	if a.Range != "" {
		all = append(all, a.Range)
	}
	return append(all, a.Then...)
}

// Widened is what an index has to hold that serves both. ok is false if that is too much, or
// if they do not begin alike.
func (a Asked) Widened(b Asked) (both Asked, ok bool) {
	if a.Entity != b.Entity || a.Range != b.Range || !slices.Equal(a.Equal, b.Equal) {
		return a, false
	}
	a.Then = without(slices.Concat(a.Then, b.Then), nil)
	return a, len(a.Columns()) <= maxAsked
}

// Index is one that searches have earned. It has a condition which is true of every row and
// which stands in no other statement: SQLite takes the index for the searches that name it,
// and plans all others as if it were not there. If it is gone, they still find their records.
type Index struct {
	Number int64
	Asked
}

// Name of the index in the database.
func (i Index) Name() string { return fmt.Sprintf("earned_%d", i.Number) }

// condition is that of the index. Shops have numbers above zero.
func (i Index) condition() string { return fmt.Sprintf("shop <> -%d", i.Number) }

// DDL is the statement that makes the index.
func (i Index) DDL(d *entity.Definition) string {
	columns := []string{"shop"}
	if d.Versioned {
		columns = append(columns, "version_id")
	}
	for _, c := range append(i.Columns(), "id") {
		columns = append(columns, quote(c))
	}
	return fmt.Sprintf("CREATE INDEX %s ON %s (%s) WHERE %s", i.Name(), quote(d.Name), strings.Join(columns, ", "), i.condition())
}

// fit is how well the index serves what is asked; 0: it does not hold all of it, or not where
// the search begins.
func (i Index) fit(a Asked) int {
	if i.Entity != a.Entity || len(without(i.Equal, a.Equal)) > 0 || len(without(a.Columns(), i.Columns())) > 0 {
		return 0
	}
	fit := 1 + 4*len(i.Equal)
	if a.Range != "" && i.Range == a.Range {
		fit += 2
	}
	if len(a.Then) > 0 && len(i.Then) > 0 && a.Then[0] == i.Then[0] {
		fit++
	}
	return fit
}

// Serving gives the index that serves best what is asked.
func (t Translator) Serving(a Asked) (best Index, ok bool) {
	if len(t.Indexes) == 0 {
		return best, false
	}
	best = slices.MaxFunc(t.Indexes, func(one, other Index) int { return cmp.Compare(one.fit(a), other.fit(a)) })
	return best, best.fit(a) > 0
}

// named is the condition that has SQLite take the index that serves the criteria.
func (s *scope) named(c *entity.Criteria) []expr {
	if len(s.Indexes) == 0 {
		return nil
	}
	a, ok := s.Asked(s.view, c)
	if !ok {
		return nil
	}
	i, ok := s.Serving(a)
	if !ok {
		return nil
	}
	return []expr{plain(s.alias + "." + i.condition())}
}
