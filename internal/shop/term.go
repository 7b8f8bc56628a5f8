package shop

import (
	"fmt"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/appdock/appdock"
	"github.com/appdock/appdock/internal/entity"
)

const (
	// maxQueries bounds the queries of one criteria: each is a term of one sum, which is made
	// for every record.
	maxQueries = 100
	// maxTerm bounds the characters of a term, maxWords how many of its words count: what
	// follows is found by the term as a whole alone.
	maxTerm  = 500
	maxWords = 6
)

// queries checks conditions that give scores (admin-api.md 5.5).
func (k *checker) queries(d *entity.Definition, all []entity.Query) []entity.Query {
	var checked []entity.Query
	for i, q := range all {
		if i == maxQueries {
			k.badFilter(q.Pointer, "There are more than %d queries.", maxQueries)
			break
		}
		filters := k.filters(d, []entity.Filter{q.Filter}, false)
		if len(filters) == 0 {
			continue // it is wrong, or a group that says nothing
		}
		q.Filter = filters[0]
		if q.Times != "" {
			f, path, ok := k.resolve(d, q.Times, q.Pointer+"/scoreField", entity.CodeFilter)
			if !ok {
				continue
			}
			if !hasFigures(f.Type) || k.many(d, path) {
				k.badFilter(q.Pointer+"/scoreField", "The field %q is not one number.", short(q.Times))
				continue
			}
			q.Times = path
		}
		checked = append(checked, q)
	}
	return checked
}

// many reports whether a path that was resolved leads to several records.
func (k *checker) many(d *entity.Definition, path string) bool {
	for name := range strings.SplitSeq(path, ".") {
		a, ok := d.Association(name)
		if !ok {
			return false
		}
		if a.Kind.Many() {
			return true
		}
		d, _ = k.schema.Definition(a.Target)
	}
	return false
}

// term makes queries of a text: where it stands in what the entity is searched by. The whole
// term is worth a field's rank where it equals the field, half of it where it is a part; each
// word of several is worth as much of that as it is of the term (admin-api.md 5.5).
func (k *checker) term(d *entity.Definition, term, pointer string) []entity.Query {
	term = strings.TrimSpace(term)
	switch {
	case term == "":
		return nil
	case utf8.RuneCountInString(term) > maxTerm:
		k.badFilter(pointer+"/term", "The term may have %d characters.", maxTerm)
		return nil
	}
	var queries []entity.Query
	words := strings.Fields(term)
	for _, s := range k.searched(d) {
		queries = append(queries, s.find(term, s.rank)...)
		if len(words) == 1 || s.number() {
			continue
		}
		for _, word := range words[:min(len(words), maxWords)] {
			share := float64(utf8.RuneCountInString(word)) / float64(utf8.RuneCountInString(term))
			queries = append(queries, s.find(word, s.rank*share)...)
		}
	}
	if len(queries) == 0 {
		// Nothing is searched: nothing is found.
		return []entity.Query{{Filter: entity.Filter{Kind: entity.Or}, Score: 1}}
	}
	return queries
}

// searchedField is a path that terms are looked for in.
type searchedField struct {
	path  string
	field entity.Field
	rank  float64
}

// searched are the fields of an entity that terms are looked for in: those that are ranked;
// of an entity without any, those with texts by language, or else all texts. What
// associations lead to is searched by whoever may read it.
func (k *checker) searched(d *entity.Definition) []searchedField {
	var found []searchedField
	add := func(f entity.Field, rank float64) {
		if !f.Hidden && !f.Runtime {
			found = append(found, searchedField{f.Name, f, rank})
		}
	}
	for _, f := range d.Fields {
		if f.Rank > 0 {
			add(f, f.Rank)
		}
	}
	for _, a := range d.Associations {
		target, known := k.schema.Definition(a.Target)
		if a.Rank == 0 || !known || !k.schema.Stored(a) || !k.may(target.May("read")) {
			continue
		}
		for _, f := range target.Fields {
			if f.Rank > 0 && !f.Hidden && !f.Runtime {
				found = append(found, searchedField{a.Name + "." + f.Name, f, f.Rank * a.Rank})
			}
		}
	}
	isText := func(f entity.Field) bool {
		return f.Type == entity.String || f.Type == entity.Text || f.Type == entity.Email
	}
	for _, translated := range []bool{true, false} {
		if len(found) > 0 {
			break
		}
		for _, f := range d.Fields {
			if isText(f) && (f.Translated || !translated) {
				add(f, low)
			}
		}
	}
	return found
}

// number reports whether the field holds what is looked for as a whole: numbers and moments,
// and texts that are called numbers.
func (s searchedField) number() bool {
	return s.field.Type != entity.String && s.field.Type != entity.Text && s.field.Type != entity.Email ||
		strings.HasSuffix(s.field.Name, "Number")
}

// find gives the queries for a text in the field.
func (s searchedField) find(text string, worth float64) []entity.Query {
	equals := entity.Query{Filter: entity.Filter{Kind: entity.Equals, Field: s.path, Values: []any{text}}, Score: worth}
	part := entity.Query{Filter: entity.Filter{Kind: entity.Contains, Field: s.path, Values: []any{text}}, Score: worth / 2}
	switch s.field.Type { //nolint:exhaustive // all others are looked into as texts
	case entity.Int:
		n, err := strconv.ParseInt(text, 10, 64)
		if err != nil {
			return nil
		}
		equals.Filter.Values = []any{n}
		return []entity.Query{equals}
	case entity.Float:
		n, ok := decimal(text)
		if !ok {
			return nil
		}
		equals.Filter.Values = []any{n}
		return []entity.Query{equals}
	case entity.DateTime, entity.Date:
		at, ok := parseMoment(text)
		if !ok {
			return nil
		}
		equals.Filter.Values = []any{at}
		return []entity.Query{equals}
	}
	return []entity.Query{equals, part}
}

// grouping checks the paths that one record of each is kept by.
func (k *checker) grouping(d *entity.Definition, paths []string, pointer string) []string {
	var checked []string
	for i, path := range paths {
		at := fmt.Sprintf("%s/grouping/%d", pointer, i)
		if i == maxSorts {
			k.faults.Add(appdock.Fault{Pointer: at, Code: entity.CodeFilter, Message: fmt.Sprintf("There are more than %d fields to group by.", maxSorts)})
			break
		}
		f, path, ok := k.resolve(d, path, at, entity.CodeFilter)
		if !ok {
			continue
		}
		if f.Type.Structured() && f.Type != insideDocument {
			k.badFilter(at, "The field %q is a document: group by a value inside it.", short(path))
			continue
		}
		checked = append(checked, path)
	}
	return checked
}
