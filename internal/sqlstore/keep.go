package sqlstore

import (
	"slices"

	"github.com/appdock/appdock"
	"github.com/appdock/appdock/internal/entity"
)

// keptText names a statement that finds records by nothing but their keys. Its text is made
// once: it names all columns, and making it is as much work as running it for one record.
type keptText struct {
	dialect     Dialect
	of          *entity.Definition
	association string // that leads from it; empty: its own records
	many        bool   // keys, which are bound as a list
	bare        bool   // nothing but ids and ways
}

// keeps reports whether the text of a statement depends on nothing but what [keptText] has: the
// view shows what stands in the rows of live records, and the definitions have tables of their own.
func (t Translator) keeps(v entity.View, definitions ...*entity.Definition) bool {
	plain := v.Live() && !v.Inherit && (v.Language.IsZero() || v.Language == appdock.SystemLanguage)
	return plain && !slices.ContainsFunc(definitions, func(d *entity.Definition) bool { return d.Document || d.Derived || d.Translates != "" })
}

// kept gives the statement of a name, for a shop and for keys, and has it made if there is none.
// Numbers among what is bound are the shop's, and the keys come last.
func (t Translator) kept(name keptText, shop int64, keys []appdock.ID, make func() (Statement, error)) (Statement, error) {
	known, ok := t.Schema.Derived.Load(name)
	if !ok {
		st, err := make()
		if err == nil {
			t.Schema.Derived.Store(name, st)
		}
		return st, err
	}
	st := known.(Statement)
	st.Args = slices.Clone(st.Args)
	for i, arg := range st.Args {
		if _, ok := arg.(int64); ok {
			st.Args[i] = shop
		}
	}
	values := valuesOf(keys)
	e, err := t.Dialect.among(expr{}, values)
	st.Args[len(st.Args)-1] = e.args[0]
	return st, err
}

// unconditional reports whether criteria ask for nothing but what comes by keys, in any order.
func unconditional(c *entity.Criteria) bool {
	return Unordered(c) && len(c.Keys)+len(c.Filters)+len(c.PostFilters)+len(c.Queries) == 0
}

func valuesOf(keys []appdock.ID) []any {
	values := make([]any, len(keys))
	for i, k := range keys {
		values[i] = bytesOf(k)
	}
	return values
}
