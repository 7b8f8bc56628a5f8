package server_test

import (
	"cmp"
	"encoding/json"
	"fmt"
	"maps"
	"math"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/appdock/appdock"
	"github.com/appdock/appdock/internal/entity"
	"github.com/appdock/appdock/internal/shop"
	"github.com/appdock/appdock/internal/sqlstore"
)

// reference says what a search finds by looking at each record of a shop as the API shows it.
// It knows the meaning of criteria (admin-api.md 5.1 to 5.3) and nothing of SQL: where it and
// the host differ, one of them is wrong. What it has no meaning for it says so ([reference.finds]).
type reference struct {
	schema  *entity.Schema
	records map[string]map[string]map[string]any // by entity and id
}

// referenceOf reads all records of a shop, as they are seen with these headers.
func referenceOf(c caller, headers ...string) *reference {
	c.t.Helper()
	schema, err := entity.NewSchema(shop.Definitions()...)
	if err != nil {
		c.t.Fatal(err)
	}
	r := &reference{schema, map[string]map[string]map[string]any{}}
	for _, name := range schema.Names() {
		all := map[string]map[string]any{}
		for page := 1; ; page++ {
			status, answer := c.do("POST", "/api/search/"+name, fmt.Sprintf(`{"limit":500,"page":%d}`, page), headers...)
			var found struct{ Data []map[string]any }
			if err := json.Unmarshal(answer, &found); err != nil || status != http.StatusOK {
				c.t.Fatalf("%s: %d %s", name, status, answer)
			}
			for _, record := range found.Data {
				all[record["_uniqueIdentifier"].(string)] = record
			}
			if len(found.Data) < 500 {
				break
			}
		}
		r.records[name] = all
	}
	return r
}

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

// unspoken is the panic of a reference that has no meaning for something.
type unspoken string

// spot is what a path leads to from one record: a value, or the rows of a to-many association
// with the rest of the path.
type spot struct {
	field entity.Field
	value any
	many  bool
	rows  []map[string]any
	of    *entity.Definition
	way   string // to the association, the same for all paths that go through it
	rest  string
}

func (r *reference) follow(d *entity.Definition, record map[string]any, path string) spot {
	steps := strings.Split(path, ".")
	if _, association := d.Association(steps[0]); steps[0] == d.Name && len(steps) > 1 && d.Index(steps[0]) < 0 && !association {
		steps = steps[1:]
	}
	for i, step := range steps {
		if f, ok := d.Field(step); ok {
			if i < len(steps)-1 {
				panic(unspoken("what is inside a document"))
			}
			return spot{field: f, value: shownOf(record, f)}
		}
		a, ok := d.Association(step)
		if !ok {
			panic(unspoken(path))
		}
		target, ok := r.schema.Definition(a.Target)
		if !ok {
			panic(unspoken(path))
		}
		rows := r.related(a, record)
		if a.Kind.Many() {
			return spot{many: true, rows: rows, of: target, way: strings.Join(steps[:i+1], "."), rest: strings.Join(steps[i+1:], ".")}
		}
		record = nil
		if len(rows) > 0 {
			record = rows[0]
		}
		d = target
	}
	panic(unspoken(path))
}

// shownOf is the value of a field of a record, or of none.
func shownOf(record map[string]any, f entity.Field) any {
	if record == nil {
		return nil
	}
	if translated, ok := record["translated"].(map[string]any); ok && f.Translated {
		return translated[f.Name]
	}
	return record[f.Name]
}

func (r *reference) related(a entity.Association, record map[string]any) []map[string]any {
	if record == nil {
		return nil
	}
	all := r.records[a.Target]
	byID := func(id any) []map[string]any {
		text, _ := id.(string)
		if row, ok := all[text]; ok {
			return []map[string]any{row}
		}
		return nil
	}
	var rows []map[string]any
	switch a.Kind {
	case entity.ToOne:
		return byID(record[a.Via])
	case entity.HasOne, entity.HasMany:
		for _, row := range all {
			if row[a.Via] == record["id"] {
				rows = append(rows, row)
			}
		}
	case entity.ManyToMany:
		for _, pair := range r.records[a.Mapping] {
			if pair[a.Via] == record["id"] {
				rows = append(rows, byID(pair[a.Far])...)
			}
		}
	}
	return rows
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
		return slices.DeleteFunc(toAny(strings.Split(v, "|")), func(v any) bool { return v == "" })
	default:
		return []any{v}
	}
}

func toAny(list []string) []any {
	all := make([]any, len(list))
	for i, item := range list {
		all[i] = item
	}
	return all
}

// compared is a condition on a value.
func compared(at spot, f map[string]any, negated bool) verdict {
	kind := f["type"].(string)
	if at.field.Type.Structured() && !isListOf(at.field.Type) && at.field.Type != entity.Prices {
		if kind != "equals" || f["value"] != nil {
			panic(unspoken("a document"))
		}
		return verdictOf(at.value == nil)
	}
	have := valueOf(at.field, at.value)
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
			equal = equal || have != nil && valuesCompare(have, valueOf(at.field, v)) == 0
		}
		// equals is null-safe in a negated group, and so is a list with null in it.
		if at.value == nil && !equal && !negated && !null && !isListOf(at.field.Type) {
			return unknown
		}
		return verdictOf(equal)
	case "contains", "prefix", "suffix":
		text, ok := have.(folded)
		if !ok && have != nil {
			panic(unspoken("a part of what is no text"))
		}
		if have == nil {
			return unknown
		}
		part := sqlstore.Fold(fmt.Sprint(f["value"]))
		if at.field.Type == entity.Text {
			part = strings.ToLower(fmt.Sprint(f["value"]))
		}
		does := map[string]func(string, string) bool{"contains": strings.Contains, "prefix": strings.HasPrefix, "suffix": strings.HasSuffix}[kind]
		return verdictOf(does(string(text), part))
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
				c := valuesCompare(have, valueOf(at.field, bound))
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

func isListOf(t entity.Type) bool { return t == entity.Strings || t == entity.IDs }

// folded is a text as it is compared.
type folded string

// valueOf is a value of a field as it is compared: from a record or from criteria.
func valueOf(f entity.Field, v any) any {
	if v == nil {
		return nil
	}
	switch f.Type { //nolint:exhaustive // what else is compared are texts
	case entity.Int, entity.Float:
		return v.(float64)
	case entity.Bool:
		return v.(bool)
	case entity.DateTime, entity.Date:
		for _, layout := range []string{time.RFC3339Nano, time.DateOnly} {
			if at, err := time.Parse(layout, v.(string)); err == nil {
				return at
			}
		}
		panic(unspoken(v.(string)))
	case entity.UUID, entity.Version:
		return v.(string)
	case entity.Strings, entity.IDs:
		if list, ok := v.([]any); ok {
			return list
		}
		return v
	case entity.Prices:
		if amount, ok := v.(float64); ok {
			return amount
		}
		list, _ := v.([]any)
		for _, item := range list {
			if price := item.(map[string]any); price["currencyId"] == appdock.DefaultCurrency.String() {
				return price["gross"]
			}
		}
		return nil
	case entity.String, entity.Email:
		return folded(sqlstore.Fold(fmt.Sprint(v)))
	case entity.Text:
		// Long texts have no folded twin: they compare without case, accents count.
		return folded(strings.ToLower(fmt.Sprint(v)))
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

// sortKeys are what a record is ordered by: of many rows the least value, or the greatest if
// the order descends.
func (r *reference) sortKeys(d *entity.Definition, record map[string]any, path string, descending, natural bool) []any {
	at := r.follow(d, record, path)
	if at.many {
		var best []any
		for _, row := range at.rows {
			keys := r.sortKeys(at.of, row, at.rest, descending, natural)
			if best == nil {
				best = keys
				continue
			}
			for i, key := range keys { // each column on its own, and null is no value
				c := valuesCompare(key, best[i])
				if key != nil && (best[i] == nil || descending == (c > 0) && c != 0) {
					best[i] = key
				}
			}
		}
		if best == nil {
			best = []any{nil, nil}
		}
		return best
	}
	if at.field.Type.Structured() && at.field.Type != entity.Prices || at.field.Type == entity.Text {
		panic(unspoken("the order of documents and long texts"))
	}
	value := valueOf(at.field, at.value)
	if !natural {
		return []any{nil, value}
	}
	text, ok := value.(folded)
	if value != nil && !ok {
		panic(unspoken("the length of what is no text"))
	}
	if value == nil {
		return []any{nil, nil}
	}
	return []any{float64(utf8.RuneCountInString(string(text))), text}
}

// sortsOf reads a list of sortings or "-name,stock".
func sortsOf(v any) []any {
	text, ok := v.(string)
	if !ok {
		list, _ := v.([]any)
		return list
	}
	var sorts []any
	for part := range strings.SplitSeq(text, ",") {
		field, descending := strings.CutPrefix(strings.TrimSpace(part), "-")
		sorts = append(sorts, map[string]any{"field": field, "order": map[bool]string{true: "desc"}[descending]})
	}
	return sorts
}

// matching are the records that filters hold for, without order.
func (r *reference) matching(d *entity.Definition, lists ...any) map[string]map[string]any {
	found := map[string]map[string]any{}
	for id, record := range r.records[d.Name] {
		holds := yes
		for _, list := range lists {
			if filters, ok := list.([]any); ok {
				holds = min(holds, r.every(d, record, filters, false))
			} else if list != nil {
				panic(unspoken("a map of filters"))
			}
		}
		if holds == yes {
			found[id] = record
		}
	}
	return found
}

// finds gives the ids that a search finds, in their order, and the exact number of matches; ok
// is false if the criteria say something that the reference has no meaning for.
func (r *reference) finds(name string, criteria map[string]any) (ids []string, total int, ok bool) {
	defer func() {
		if reason := recover(); reason != nil {
			if _, isUnspoken := reason.(unspoken); !isUnspoken {
				panic(reason)
			}
			ids, ok = nil, false
		}
	}()
	for _, key := range []string{"ids", "term", "query", "grouping"} {
		if criteria[key] != nil {
			return nil, 0, false
		}
	}
	d, _ := r.schema.Definition(name)
	found := r.matching(d, criteria["filter"], criteria["post-filter"])
	keys := make(map[string][]any, len(found))
	var directions []bool
	sorts := sortsOf(criteria["sort"])
	for _, item := range sorts {
		s := item.(map[string]any)
		natural, _ := s["naturalSorting"].(bool)
		order, _ := s["order"].(string)
		descending := strings.EqualFold(order, "desc")
		if s["type"] != nil {
			panic(unspoken("an order by number"))
		}
		directions = append(directions, descending, descending)
		for id, record := range found {
			keys[id] = append(keys[id], r.sortKeys(d, record, s["field"].(string), descending, natural)...)
		}
	}
	if len(sorts) == 0 {
		for _, field := range []string{"autoIncrement", "createdAt"} {
			if f, ok := d.Field(field); ok {
				directions = append(directions, false)
				for id, record := range found {
					keys[id] = append(keys[id], valueOf(f, record[field]))
				}
				break
			}
		}
	}
	ids = slices.SortedFunc(maps.Keys(found), func(a, b string) int {
		for i, descending := range directions {
			c := valuesCompare(keys[a][i], keys[b][i])
			if descending {
				c = -c
			}
			if c != 0 {
				return c
			}
		}
		return cmp.Compare(a, b)
	})
	total = len(ids)
	limit, page := 500, 1
	if n, ok := criteria["limit"].(float64); ok {
		limit = int(n)
	}
	if n, ok := criteria["page"].(float64); ok {
		page = int(n)
	}
	ids = ids[min(len(ids), limit*(page-1)):]
	return ids[:min(len(ids), limit)], total, true
}

// figures compares the answer to an aggregation with what the records have. It judges what
// leads to one value of each record.
func (r *reference) figures(t *testing.T, name string, criteria, asked, got map[string]any) (judged bool) {
	t.Helper()
	defer func() {
		if reason := recover(); reason != nil {
			if _, isUnspoken := reason.(unspoken); !isUnspoken {
				panic(reason)
			}
			judged = false
		}
	}()
	for _, key := range []string{"ids", "term", "query"} {
		if criteria[key] != nil {
			return false
		}
	}
	d, _ := r.schema.Definition(name)
	found := r.matching(d, criteria["filter"])
	path, _ := asked["field"].(string)
	inner, _ := asked["aggregation"].(map[string]any)
	nested, _ := inner["field"].(string)
	different, counts := map[any]bool{}, map[string]float64{}
	sum, numbers := 0.0, 0.0
	for _, record := range found {
		at := r.follow(d, record, path)
		if at.many || at.field.Type.Structured() || at.field.Type == entity.Text || nested != "" && r.follow(d, record, nested).many {
			panic(unspoken("many values"))
		}
		value := valueOf(at.field, at.value)
		key := ""
		if value != nil {
			different[value] = true
			key = fmt.Sprint(value)
		}
		if n, ok := value.(float64); ok {
			sum, numbers = sum+n, numbers+1
		}
		if b, ok := value.(bool); ok {
			key = map[bool]string{true: "1", false: "0"}[b]
		}
		if at, ok := value.(time.Time); ok {
			key = at.UTC().Format("2006-01-02 15:04:05.000")
		}
		counts[key]++
	}
	near := func(what string, want float64) {
		t.Helper()
		if have, ok := got[what].(float64); !ok || math.Abs(have-want) > 1e-6*(1+math.Abs(want)) {
			t.Errorf("%s of %s is %v, want %v", what, path, got[what], want)
		}
	}
	switch asked["type"] {
	case "count":
		near("count", float64(len(different)))
	case "stats":
		near("sum", sum)
		if numbers > 0 {
			near("avg", sum/numbers)
		}
	case "terms":
		all := map[string]float64{}
		buckets, _ := got["buckets"].([]any)
		for _, item := range buckets {
			bucket := item.(map[string]any)
			all[sqlstore.Fold(bucket["key"].(string))] += bucket["count"].(float64)
		}
		if !maps.Equal(all, counts) {
			t.Errorf("terms of %s are %v, want %v", path, all, counts)
		}
	default:
		return false
	}
	return true
}
