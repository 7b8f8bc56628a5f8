package server_test

import (
	"cmp"
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"

	"github.com/appdock/appdock"
	"github.com/appdock/appdock/internal/entity"
	"github.com/appdock/appdock/internal/server"
	"github.com/appdock/appdock/internal/shop"
)

// reference says what a search finds by looking at each record of a shop as the API shows it.
// It knows the meaning of criteria (admin-api.md 5.1 to 5.5) and nothing of SQL: where it and
// the host differ, one of them is wrong. What it has no meaning for it says so ([unspoken]).
//
// How it reads paths stands here, conditions in search_condition_test.go, scores, order and
// grouping in search_order_test.go, aggregations in search_figures_test.go.
type reference struct {
	schema  *entity.Schema
	records map[string]map[string]map[string]any // by entity and id
	custom  map[string]string                    // types of custom fields, by name
	// currency of amounts that are asked for without one, and what its amounts are of those of
	// the default currency, for prices that have none of their own. Empty: the default.
	currency string
	factor   float64
	met      map[string]int // what values were found in, so that it is known what was judged
}

// referenceOf reads all records of a host's only shop, as they are seen with these headers.
func referenceOf(c caller, host *server.Server, headers ...string) *reference {
	c.t.Helper()
	schema, err := entity.NewSchema(shop.Definitions()...)
	if err != nil {
		c.t.Fatal(err)
	}
	r := &reference{schema: schema, records: map[string]map[string]map[string]any{}, custom: map[string]string{}, met: map[string]int{}}
	version := appdock.LiveVersion
	for _, header := range headers {
		if text, ok := strings.CutPrefix(header, "sw-version-id: "); ok {
			if version, err = appdock.ParseID(text); err != nil {
				c.t.Fatal(err)
			}
		}
	}
	for _, name := range schema.Names() {
		all := map[string]map[string]any{}
		if d, _ := schema.Definition(name); len(d.Pair) > 0 {
			for _, record := range host.Pairs(c.t, only(c.t, host), name, version) {
				all[record["_uniqueIdentifier"].(string)] = record
			}
			r.records[name] = all
			continue
		}
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
	for _, row := range r.records["custom_field"] {
		r.custom[row["name"].(string)] = row["type"].(string)
	}
	for _, header := range headers {
		if id, ok := strings.CutPrefix(header, "sw-currency-id: "); ok {
			r.currency, r.factor = id, r.records["currency"][id]["factor"].(float64)
		}
	}
	return r
}

// unspoken is the panic of a reference that has no meaning for something.
type unspoken string

// spoken runs judge and reports whether the reference had a meaning for all that it met.
func spoken(judge func()) (ok bool) {
	defer func() {
		if reason := recover(); reason != nil {
			if _, isUnspoken := reason.(unspoken); !isUnspoken {
				panic(reason)
			}
			ok = false
		}
	}()
	judge()
	return true
}

// spot is what a path leads to from one record: a value, or the rows of a to-many association
// with the rest of the path.
type spot struct {
	field  entity.Field // a price is the number that the path picks of it
	value  any
	inside string // how a value inside a document is compared: "text", "number", "bool", or "any": by what it is compared with; empty: it stands in none
	many   bool
	rows   []map[string]any
	of     *entity.Definition
	way    string // to the association, the same for all paths that go through it
	rest   string
	row    *int // of those that were joined: the same for all that are one row to this path
}

// stepsOf are the names of a path, without that of the entity itself.
func stepsOf(d *entity.Definition, path string) []string {
	steps := strings.Split(path, ".")
	if _, association := d.Association(steps[0]); steps[0] == d.Name && len(steps) > 1 && d.Index(steps[0]) < 0 && !association {
		return steps[1:]
	}
	return steps
}

// follow follows a path as far as it leads to one thing.
func (r *reference) follow(d *entity.Definition, record map[string]any, path string) spot {
	steps := stepsOf(d, path)
	for i, step := range steps {
		if f, ok := d.Field(step); ok {
			return r.at(f, shownOf(record, f), steps[i+1:])
		}
		a, target := r.step(d, step)
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

func (r *reference) step(d *entity.Definition, name string) (entity.Association, *entity.Definition) {
	a, ok := d.Association(name)
	target, known := r.schema.Definition(a.Target)
	if !ok || !known {
		panic(unspoken(name))
	}
	return a, target
}

// at is the spot of a field, or of what stands in it.
func (r *reference) at(f entity.Field, value any, rest []string) spot {
	if f.Type == entity.Prices {
		return spot{field: f, value: r.amountOf(value, rest)}
	}
	if len(rest) == 0 {
		return spot{field: f, value: value}
	}
	inside := "text"
	switch r.custom[rest[0]] {
	case "int", "float", "number":
		inside = "number"
	case "bool", "checkbox", "switch":
		inside = "bool"
	}
	if f.Name != "customFields" {
		inside = "any"
		r.met["document"]++
	}
	for _, key := range rest {
		if key == "apiAlias" {
			panic(unspoken("what is shown of a document and not stored in it"))
		}
		document, _ := value.(map[string]any)
		value = document[key]
	}
	if _, scalar := value.(string); value != nil && !scalar {
		switch value.(type) {
		case float64, bool:
		default:
			panic(unspoken("a document in a document"))
		}
	}
	return spot{field: f, value: value, inside: inside}
}

// amountOf is an amount of a price list: gross and of the currency of the request, if nothing
// else is said (entities.md, "Money structures"). What has no amount in that currency has what
// that in the default one comes to.
func (r *reference) amountOf(list any, rest []string) any {
	const standard = "b7d2554b0ce847cd82f3ac9bd1c0dfca"
	currency, amount := cmp.Or(r.currency, standard), "gross"
	for _, step := range rest {
		if _, err := appdock.ParseID(step); err == nil {
			currency = step
		} else {
			amount = step
		}
	}
	own := amountIn(list, currency, amount)
	if base, ok := amountIn(list, standard, amount).(float64); ok && own == nil && currency == r.currency {
		r.met["converted"]++
		return base * r.factor
	}
	return own
}

func amountIn(list any, currency, amount string) any {
	prices, _ := list.([]any)
	for _, item := range prices {
		if price := item.(map[string]any); price["currencyId"] == currency {
			return price[amount]
		}
	}
	return nil
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
			if row[a.Via] == record["id"] && r.together(a.Target, a.Via, row, record) {
				rows = append(rows, row)
			}
		}
	case entity.ManyToMany:
		for _, pair := range r.records[a.Mapping] {
			if pair[a.Via] == record["id"] && r.together(a.Mapping, a.Via, pair, record) {
				rows = append(rows, byID(pair[a.Far])...)
			}
		}
	}
	return rows
}

// together reports whether a row belongs to the version of a record that its key leads to: what
// is copied into a draft with the record does, all else belongs to whatever is seen of it.
func (r *reference) together(of, key string, row, record map[string]any) bool {
	d, _ := r.schema.Definition(of)
	name := strings.TrimSuffix(key, "Id") + "VersionId"
	i := d.Index(name)
	return i < 0 || !d.Together(i) || row[name] == record["versionId"]
}

// joined are the values that paths lead to from one record: as many as there are rows on the
// way. Paths that go through one association go through the same row of it; where there is no
// row, there is nothing.
func (r *reference) joined(d *entity.Definition, record map[string]any, paths ...string) [][]spot {
	type passed struct {
		at   map[string]map[string]any // the record that each association on the way leads to
		rows []*int                    // tells the rows apart that each path and those before it lead to
	}
	ways := []passed{{at: map[string]map[string]any{"": record}}}
	ends := make([]func(passed) spot, len(paths))
	for n, path := range paths {
		at, way := d, ""
		for i, steps := 0, stepsOf(d, path); ends[n] == nil; i++ {
			if i == len(steps) {
				panic(unspoken(path))
			}
			if f, ok := at.Field(steps[i]); ok {
				ends[n] = func(p passed) spot {
					s := r.at(f, shownOf(p.at[way], f), steps[i+1:])
					s.row = p.rows[n]
					return s
				}
				continue
			}
			a, target := r.step(at, steps[i])
			next := way + "." + steps[i]
			var all []passed
			for _, p := range ways {
				if _, been := p.at[next]; been {
					all = append(all, p)
					continue
				}
				rows := r.related(a, p.at[way])
				if len(rows) == 0 {
					rows = []map[string]any{nil}
				}
				for _, row := range rows {
					further := passed{at: maps.Clone(p.at), rows: slices.Clone(p.rows)}
					further.at[next] = row
					all = append(all, further)
				}
			}
			ways, at, way = all, target, next
		}
		for i := range ways {
			ways[i].rows = append(ways[i].rows, new(int))
		}
	}
	rows := make([][]spot, len(ways))
	for i, p := range ways {
		for _, end := range ends {
			rows[i] = append(rows[i], end(p))
		}
	}
	return rows
}

// filtersOf reads what must hold: a list, or a map of fields and what they equal.
func filtersOf(v any) []any {
	switch v := v.(type) {
	case nil:
		return nil
	case []any:
		return v
	case map[string]any:
		var filters []any
		for field, value := range v {
			filters = append(filters, map[string]any{"type": "equals", "field": field, "value": value})
		}
		return filters
	}
	panic(unspoken("filters that are no list"))
}

// textsOf reads a list of texts, or "a|b".
func textsOf(v any) (texts []string) {
	switch v := v.(type) {
	case []any:
		for _, item := range v {
			text, ok := item.(string)
			if !ok {
				panic(unspoken("what is no text"))
			}
			texts = append(texts, text)
		}
	case string:
		texts = slices.DeleteFunc(strings.Split(v, "|"), func(part string) bool { return part == "" })
	}
	return texts
}
