package server_test

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/appdock/appdock/internal/entity"
	"github.com/appdock/appdock/internal/sqlstore"
)

// verdict is what a condition comes to, in SQL's logic of three values.
type verdict int

const (
	no verdict = iota
	unknown
	yes
)

func verdictOf(holds bool) verdict {
	if holds {
		return yes
	}
	return no
}

// every says whether a record has all that is asked of it. Conditions that go through one
// association are about the same row of it, if they stand in one group.
func (r *reference) every(d *entity.Definition, record map[string]any, filters []any, negated bool) verdict {
	result := yes
	through, inner := map[string]spot{}, map[string][]any{}
	for _, item := range filters {
		f := item.(map[string]any)
		field, isLeaf := f["field"].(string)
		if !isLeaf || f["type"] == "equalsAll" {
			result = min(result, r.condition(d, record, f, negated))
			continue
		}
		at := r.follow(d, record, field)
		if !at.many {
			result = min(result, compared(at, f, negated))
			continue
		}
		if value, given := f["value"]; given && value == nil && f["type"] == "equals" && at.rest == "id" {
			result = min(result, verdictOf(len(at.rows) == 0)) // no row lacks an id: records without any are meant
			continue
		}
		through[at.way] = at
		f = maps.Clone(f)
		f["field"] = at.rest
		inner[at.way] = append(inner[at.way], f)
	}
	for way, at := range through {
		found := no
		for _, row := range at.rows {
			if r.every(at.of, row, inner[way], false) == yes {
				found = yes
			}
		}
		result = min(result, found)
	}
	return result
}

func (r *reference) condition(d *entity.Definition, record map[string]any, f map[string]any, negated bool) verdict {
	kind, _ := f["type"].(string)
	if kind == "equalsAll" {
		var all []any
		for _, v := range valuesOf(f) {
			all = append(all, map[string]any{"type": "equals", "field": f["field"], "value": v})
		}
		return r.every(d, record, all, negated)
	}
	queries, ok := f["queries"].([]any)
	if !ok {
		return r.every(d, record, []any{f}, negated)
	}
	if len(queries) == 0 {
		panic(unspoken("a group of nothing"))
	}
	operator, _ := f["operator"].(string)
	isOr := strings.EqualFold(operator, "or") && (kind == "multi" || kind == "not") || kind == "or" || kind == "nor"
	opposite := kind == "not" || kind == "nand" || kind == "nor"
	var result verdict
	if isOr {
		for _, q := range queries {
			result = max(result, r.condition(d, record, q.(map[string]any), negated || opposite))
		}
	} else {
		result = r.every(d, record, queries, negated || opposite)
	}
	if opposite {
		return yes - result
	}
	return result
}

func valuesOf(f map[string]any) []any {
	switch v := f["value"].(type) {
	case []any:
		return v
	case string:
		var all []any
		for _, text := range textsOf(v) {
			all = append(all, text)
		}
		return all
	default:
		return []any{v}
	}
}

// compared is a condition on a value.
func compared(at spot, f map[string]any, negated bool) verdict {
	kind := f["type"].(string)
	if at.field.Type.Structured() && at.inside == "" && !isListOf(at.field.Type) && at.field.Type != entity.Prices {
		if kind != "equals" || f["value"] != nil {
			panic(unspoken("a document"))
		}
		return verdictOf(at.value == nil)
	}
	if at.inside == "any" {
		return at.comparedAsItComes(f, negated)
	}
	have := at.compares(at.value)
	switch kind {
	case "equals", "equalsAny":
		values := []any{f["value"]}
		if kind == "equalsAny" {
			values = valuesOf(f)
		}
		null, equal := slices.Contains(values, nil), false
		for _, v := range values {
			if v == nil {
				equal = equal || at.value == nil
				continue
			}
			if list, ok := have.([]any); ok {
				equal = equal || slices.ContainsFunc(list, func(item any) bool { return item == fmt.Sprint(v) })
				continue
			}
			equal = equal || have != nil && valuesCompare(have, at.compares(at.asked(v))) == 0
		}
		// Below a negation equals is null-safe, and nothing else; a list with null in it says
		// what null is.
		if at.value == nil && !null && (!negated || kind != "equals") {
			return unknown
		}
		return verdictOf(equal)
	case "contains", "prefix", "suffix":
		if at.value == nil {
			return unknown
		}
		text, fold := at.text()
		does := map[string]func(string, string) bool{"contains": strings.Contains, "prefix": strings.HasPrefix, "suffix": strings.HasSuffix}[kind]
		return verdictOf(does(text, fold(textOf(f["value"]))))
	case "range":
		if have == nil {
			return unknown
		}
		bounds := f["parameters"].(map[string]any)
		for lower, upper := range map[string]string{"gt": "gte", "lt": "lte"} {
			for _, name := range []string{lower, upper} {
				bound, given := bounds[name]
				if !given {
					continue
				}
				c := valuesCompare(have, at.compares(at.asked(bound)))
				if name == "gt" && c <= 0 || name == "gte" && c < 0 || name == "lt" && c >= 0 || name == "lte" && c > 0 {
					return no
				}
				break // gt wins over gte, lt over lte
			}
		}
		return yes
	}
	panic(unspoken(kind))
}

// comparedAsItComes is a condition on a value inside a document: it is compared as what it is
// compared with, so that texts are looked for in the text of whatever is there, and numbers in
// numbers alone.
func (at spot) comparedAsItComes(f map[string]any, negated bool) verdict {
	as := func(inside string) spot {
		s := at
		s.inside = inside
		return s
	}
	like := func(v any) spot {
		switch v.(type) {
		case float64:
			return as("number")
		case string, nil:
			return as("text")
		case bool:
			if _, flag := at.value.(bool); flag || at.value == nil {
				return as("bool")
			}
		}
		panic(unspoken("a truth beside what is none"))
	}
	switch kind := f["type"].(string); kind {
	case "equals":
		return compared(like(f["value"]), f, negated)
	case "equalsAny":
		var result verdict
		for _, v := range valuesOf(f) {
			result = max(result, compared(like(v), map[string]any{"type": kind, "value": []any{v}}, negated))
		}
		return result
	case "range":
		result := yes
		for name, bound := range f["parameters"].(map[string]any) {
			if _, flag := bound.(bool); flag {
				panic(unspoken("the order of truths"))
			}
			result = min(result, compared(like(bound), map[string]any{"type": kind, "parameters": map[string]any{name: bound}}, negated))
		}
		return result
	default:
		return compared(as("text"), f, negated)
	}
}

func isListOf(t entity.Type) bool { return t == entity.Strings || t == entity.IDs }

// folded is a text as it is compared.
type folded string

// text is a value as it is searched for a part, and the form of what is searched for in it.
func (at spot) text() (string, func(string) string) {
	switch {
	case at.inside != "":
		return sqlstore.Fold(textOf(at.value)), sqlstore.Fold
	case at.field.Type == entity.String || at.field.Type == entity.Email || at.field.Type == entity.Text:
		return sqlstore.Fold(textOf(at.value)), sqlstore.Fold
	}
	panic(unspoken("a part of what is no text"))
}

// textOf is a scalar as text.
func textOf(v any) string {
	switch v := v.(type) {
	case string:
		return v
	case float64:
		return strconv.FormatFloat(v, 'f', -1, 64)
	case bool:
		return strconv.FormatBool(v)
	}
	panic(unspoken(fmt.Sprintf("the text of a %T", v)))
}

// asked is a value of criteria as it would stand in the record.
func (at spot) asked(v any) any {
	switch at.inside {
	case "number":
		if text, ok := v.(string); ok {
			n, err := strconv.ParseFloat(text, 64)
			if err != nil {
				panic(unspoken(text))
			}
			return n
		}
	case "text":
		if at.field.Name == "customFields" {
			return textOf(v)
		}
	}
	return v
}

// compares is a value as it is compared: of a record, or of criteria.
func (at spot) compares(v any) any {
	if v == nil {
		return nil
	}
	switch at.inside {
	case "text":
		if flag, ok := v.(bool); ok {
			return folded(strconv.FormatBool(flag))
		}
		return folded(sqlstore.Fold(textOf(v)))
	case "number", "any": // figures and orders are made of numbers
		if n, ok := v.(float64); ok {
			return n
		}
		return nil // what is no number equals none
	case "bool":
		flag, ok := v.(bool)
		if !ok {
			panic(unspoken("what is neither true nor false"))
		}
		return flag
	}
	return valueOf(at.field, v)
}

// as is a value in its own form: others that the host would read too are not spoken of.
func as[T any](v any) T {
	value, ok := v.(T)
	if !ok {
		panic(unspoken(fmt.Sprintf("a %T instead of a %T", v, value)))
	}
	return value
}

// valueOf is a value of a field as it is compared.
func valueOf(f entity.Field, v any) any {
	if v == nil {
		return nil
	}
	switch f.Type { //nolint:exhaustive // what else is compared are texts
	case entity.Int, entity.Float, entity.Prices:
		return as[float64](v)
	case entity.Bool:
		return as[bool](v)
	case entity.DateTime, entity.Date:
		text := as[string](v)
		for _, layout := range []string{time.RFC3339Nano, time.DateOnly} {
			if at, err := time.Parse(layout, text); err == nil {
				return at.UTC()
			}
		}
		panic(unspoken(text))
	case entity.UUID, entity.Version:
		return as[string](v)
	case entity.Strings, entity.IDs:
		if list, ok := v.([]any); ok {
			return list
		}
		return v
	case entity.String, entity.Email, entity.Text:
		return folded(sqlstore.Fold(fmt.Sprint(v)))
	}
	panic(unspoken("a document"))
}

// valuesCompare orders two values of one field; null comes first.
func valuesCompare(a, b any) int {
	switch a := a.(type) {
	case nil:
		if b == nil {
			return 0
		}
		return -1
	case float64:
		if b, ok := b.(float64); ok {
			return cmp.Compare(a, b)
		}
	case bool:
		if b, ok := b.(bool); ok {
			return cmp.Compare(map[bool]int{true: 1}[a], map[bool]int{true: 1}[b])
		}
	case time.Time:
		if b, ok := b.(time.Time); ok {
			return a.Compare(b)
		}
	case string:
		if b, ok := b.(string); ok {
			return cmp.Compare(a, b)
		}
	case folded:
		if b, ok := b.(folded); ok {
			return cmp.Compare(a, b)
		}
	}
	if b == nil {
		return 1
	}
	panic(unspoken(fmt.Sprintf("a %T beside a %T", a, b)))
}
