package server_test

import (
	"maps"
	"math/rand/v2"
	"reflect"
	"slices"
	"strings"

	"github.com/appdock/appdock"
	"github.com/appdock/appdock/internal/entity"
)

// criteriaMaker makes criteria that are mostly right, of what the definitions have.
type criteriaMaker struct {
	*rand.Rand
	schema  *entity.Schema
	records map[string][]map[string]any // of a shop, by entity
	foreign string                      // a currency that is not the default
}

// choices decide, one byte for each; those of a stranger follow.
type choices struct {
	left []byte
	rest rand.Source
}

func (c *choices) Uint64() uint64 {
	if len(c.left) == 0 {
		return c.rest.Uint64()
	}
	b := uint64(c.left[0])
	c.left = c.left[1:]
	return b * 0x0101010101010101
}

func (m criteriaMaker) one(list ...any) any { return list[m.IntN(len(list))] }

// path leads from an entity to a field of the one that it gives, over a few associations, or to
// one of its custom fields; now and then to nothing.
func (m criteriaMaker) path(d *entity.Definition, most int) (string, *entity.Definition, entity.Field) {
	var steps []string
	for range m.IntN(most + 1) {
		if len(d.Associations) == 0 {
			break
		}
		a := d.Associations[m.IntN(len(d.Associations))]
		target, ok := m.schema.Definition(a.Target)
		if !ok || !m.schema.Stored(a) && m.IntN(20) > 0 {
			break
		}
		steps, d = append(steps, a.Name), target
	}
	f := d.Fields[m.IntN(len(d.Fields))]
	for range 8 {
		if !f.Hidden && !f.Runtime && m.varied(d, f) {
			break
		}
		f = d.Fields[m.IntN(len(d.Fields))]
	}
	if custom, ok := d.Field("customFields"); ok && m.varied(d, custom) && m.IntN(6) == 0 {
		f = custom
	}
	if f.Name == "customFields" && m.IntN(10) > 0 {
		name := slices.Sorted(maps.Keys(customFields()))[m.IntN(len(customFields()))]
		f.Type = customFields()[name]
		return strings.Join(append(steps, f.Name, name), "."), d, f
	}
	if f.Type == entity.Prices && m.IntN(3) == 0 {
		return strings.Join(append(steps, f.Name, m.one("net", appdock.DefaultCurrency.String(), m.foreign, m.foreign+".net").(string)), "."), d, f
	}
	if inside := m.inside(d, f); inside != "" && m.IntN(4) > 0 {
		f.At.Path = inside
		return strings.Join(append(steps, f.Name, inside), "."), d, f
	}
	return strings.Join(append(steps, f.Name), "."), d, f
}

// inside is a path to something in the documents that a field has; empty if there is nothing.
func (m criteriaMaker) inside(d *entity.Definition, f entity.Field) string {
	if !f.Type.Structured() || isListOf(f.Type) || f.Type == entity.Prices || len(m.records[d.Name]) == 0 {
		return ""
	}
	record := m.records[d.Name][m.IntN(len(m.records[d.Name]))]
	var steps []string
	for at, ok := shownOf(record, f).(map[string]any); ok && len(at) > 0; {
		step := slices.Sorted(maps.Keys(at))[m.IntN(len(at))]
		steps = append(steps, step)
		at, ok = at[step].(map[string]any)
	}
	return strings.Join(steps, ".")
}

// insideOf is the value that a record has at a path inside a document.
func insideOf(record map[string]any, f entity.Field) any {
	v := shownOf(record, f)
	for step := range strings.SplitSeq(f.At.Path, ".") {
		document, _ := v.(map[string]any)
		v = document[step]
	}
	return v
}

// varied reports whether two records differ in a field.
func (m criteriaMaker) varied(d *entity.Definition, f entity.Field) bool {
	records := m.records[d.Name]
	return slices.ContainsFunc(records, func(r map[string]any) bool { return !reflect.DeepEqual(r[f.Name], records[0][f.Name]) })
}

// value is something to compare a field with: as a rule what one of the records has.
func (m criteriaMaker) value(d *entity.Definition, f entity.Field) any {
	if f.Name == "customFields" {
		switch f.Type { //nolint:exhaustive // custom fields have no others
		case entity.Int, entity.Float:
			return m.one(1, 2, 1.5, 4, nil)
		case entity.Bool:
			return m.one(true, false, nil)
		case entity.String:
			return m.one("Red", "red", "blue", "ÜBER", "über", "5", 5, 10, nil)
		}
	}
	if records := m.records[d.Name]; len(records) > 0 && m.IntN(4) > 0 {
		record := records[m.IntN(len(records))]
		v := shownOf(record, f)
		switch {
		case f.At.Path != "":
			v = insideOf(record, f)
		case f.Type == entity.Prices:
			v = amountIn(v, m.one(appdock.DefaultCurrency.String(), m.foreign).(string), m.one("gross", "net").(string))
		}
		switch v := v.(type) {
		case string, float64, bool:
			if v != "" {
				return v
			}
		case []any:
			if len(v) > 0 && isListOf(f.Type) {
				return v[0]
			}
		}
	}
	switch f.Type { //nolint:exhaustive // all else is compared with texts
	case entity.UUID, entity.IDs, entity.Version:
		return m.one(appdock.SystemLanguage.String(), appdock.LiveVersion.String(), appdock.DefaultCurrency.String(), nil)
	case entity.Int, entity.Float, entity.Prices:
		return m.one(0, 1, 19, 5.5, nil)
	case entity.Bool:
		return m.one(true, false, nil)
	case entity.DateTime, entity.Date:
		return m.one("2020-01-01", "2030-01-01T00:00:00+00:00", nil)
	case entity.String, entity.Text, entity.Email, entity.Strings:
		return m.one("a", "Demo", "DÉMO", "19%", "%", "_", `\`, "'", `"`, nil)
	}
	if f.At.Path != "" {
		return m.one(nil, "a", "2", 2, 19.5, true)
	}
	return m.one(nil, nil, nil, "a")
}

func (m criteriaMaker) filter(d *entity.Definition, depth int) any {
	if depth > 0 && m.IntN(3) == 0 {
		var queries []any
		row, way := d, ""
		if m.IntN(2) == 0 { // several conditions on one row of an association
			a := d.Associations[m.IntN(len(d.Associations))]
			if target, ok := m.schema.Definition(a.Target); ok && a.Kind.Many() && m.schema.Stored(a) {
				row, way = target, a.Name+"."
			}
		}
		for range 1 + m.IntN(3) {
			if way != "" {
				queries = append(queries, m.leaf(row, way, 1))
			} else {
				queries = append(queries, m.filter(d, depth-1))
			}
		}
		return map[string]any{"type": m.one("and", "or", "nand", "nor", "multi", "not"), "operator": m.one("and", "OR"), "queries": queries}
	}
	return m.leaf(d, "", 2)
}

// leaf compares a field that is few steps from an entity, to which way leads.
func (m criteriaMaker) leaf(d *entity.Definition, way string, most int) any {
	path, of, f := m.path(d, most)
	return m.comparison(way+path, of, f)
}

// comparison compares what a path leads to, which is a field of an entity.
func (m criteriaMaker) comparison(path string, of *entity.Definition, f entity.Field) any {
	v := m.value(of, f)
	kinds := []any{"equals", "equalsAny", "equals", "equalsAll"}
	switch f.Type { //nolint:exhaustive // the others have neither order nor parts
	case entity.String, entity.Text, entity.Email:
		kinds = append(kinds, "contains", "prefix", "suffix", "range")
	case entity.Int, entity.Float, entity.Prices, entity.DateTime, entity.Date:
		kinds = append(kinds, "range", "range", "range")
	}
	if f.At.Path != "" {
		kinds = append(kinds, "range", "range", "contains", "prefix", "suffix")
	}
	if m.IntN(20) == 0 {
		kinds = []any{"contains", "prefix", "suffix", "range"} // of what may have none
	}
	switch kind := m.one(kinds...); kind {
	case "equalsAny", "equalsAll":
		return map[string]any{"type": kind, "field": path, "value": []any{v, m.value(of, f)}}
	case "range":
		return map[string]any{"type": kind, "field": path, "parameters": map[string]any{m.one("gt", "gte", "lt", "lte").(string): v}}
	case "contains", "prefix", "suffix":
		if text, ok := v.(string); ok && len(text) > 3 && m.IntN(2) == 0 {
			v = strings.ToUpper(strings.ToValidUTF8(map[any]string{"contains": text[1 : len(text)-1], "prefix": text[:3], "suffix": text[len(text)-3:]}[kind], ""))
		}
		return map[string]any{"type": kind, "field": path, "value": v}
	default:
		return map[string]any{"type": kind, "field": path, "value": v}
	}
}

func (m criteriaMaker) sort(d *entity.Definition) any {
	path, _, _ := m.path(d, 2)
	by := map[string]any{"field": path, "order": m.one("asc", "desc"), "naturalSorting": m.IntN(3) == 0}
	if m.IntN(4) == 0 {
		by["type"] = "count"
	}
	return []any{by}
}

func (m criteriaMaker) query(d *entity.Definition) any {
	var all []any
	for range 1 + m.IntN(3) {
		q := map[string]any{"query": m.filter(d, 1)}
		if m.IntN(4) > 0 {
			q["score"] = m.one(1, 2.5, 100, -1, 0)
		}
		if m.IntN(4) == 0 {
			path, _, f := m.path(d, 0)
			if f.Type == entity.Int || f.Type == entity.Float {
				q["scoreField"] = path
			}
		}
		all = append(all, q)
	}
	return all
}

// term is what is in one of the records, or a part of it, or nothing at all.
func (m criteriaMaker) term(d *entity.Definition) any {
	if m.IntN(4) == 0 {
		return m.one("canary", "Demo product", "1", "%", "_ \\")
	}
	f := d.Fields[m.IntN(len(d.Fields))]
	for range 20 {
		if f.Rank > 0 {
			break
		}
		f = d.Fields[m.IntN(len(d.Fields))]
	}
	text, _ := m.value(d, f).(string)
	words := strings.Fields(text)
	switch {
	case len(words) > 1 && m.IntN(2) == 0:
		return words[m.IntN(len(words))] + " " + words[0]
	case len(text) > 4 && m.IntN(3) == 0:
		return strings.ToUpper(strings.ToValidUTF8(text[2:len(text)-1], ""))
	}
	return text
}

func (m criteriaMaker) ids(d *entity.Definition) any {
	list := []any{appdock.SystemLanguage.String()}
	for range 1 + m.IntN(4) {
		if records := m.records[d.Name]; len(records) > 0 {
			list = append(list, records[m.IntN(len(records))]["_uniqueIdentifier"])
		}
	}
	return list
}

// aggregation asks for figures, as a rule of what has them.
func (m criteriaMaker) aggregation(d *entity.Definition, name string, depth int) map[string]any {
	path, of, f := m.path(d, 2)
	if dated := m.IntN(4) == 0; dated {
		for range 30 {
			if f.Type == entity.DateTime || f.Type == entity.Date {
				break
			}
			path, of, f = m.path(d, 2)
		}
	}
	kinds := []any{"terms", "count"}
	switch f.Type { //nolint:exhaustive // the others have no figures
	case entity.Int, entity.Float, entity.Prices:
		kinds = append(kinds, "sum", "avg", "min", "max", "stats", "range", "range")
	case entity.DateTime, entity.Date:
		kinds = append(kinds, "histogram", "histogram", "min", "max")
	case entity.UUID:
		kinds = append(kinds, "entity", "entity")
	}
	if f.At.Path != "" {
		kinds = append(kinds, "sum", "avg", "min", "max", "stats", "range")
	}
	a := map[string]any{"name": name, "type": kinds[m.IntN(len(kinds))], "field": path}
	if m.IntN(5) == 0 {
		a = map[string]any{"name": name, "type": "filter", "filter": []any{m.filter(d, 1)}, "aggregation": m.aggregation(d, name+"in", depth)}
	}
	switch a["type"] {
	case "terms", "histogram":
		if m.IntN(3) == 0 {
			a["limit"] = 1 + m.IntN(4)
		}
		if m.IntN(2) == 0 {
			a["sort"] = map[string]any{"field": m.one("_count", path), "order": m.one("asc", "desc"), "naturalSorting": m.IntN(3) == 0}
		}
		maps.Copy(a, m.intervals())
		if depth > 0 && m.IntN(2) == 0 {
			a["aggregation"] = m.aggregation(d, name+"in", depth-1)
		}
	case "range":
		a["ranges"] = []any{map[string]any{"from": 1, "to": m.one(5, 20)}, map[string]any{"to": 1.5}, map[string]any{"key": "all"}}
	case "entity":
		if a["definition"] = f.Target; f.Name == "id" || f.Target == "" {
			a["definition"] = of.Name
		}
	}
	return a
}

// intervals say what moments are counted by, in which zone, and how that is told.
func (m criteriaMaker) intervals() map[string]any {
	a := map[string]any{"interval": m.one("minute", "hour", "day", "week", "month", "quarter", "year")}
	if m.IntN(2) == 0 {
		a["timeZone"] = m.one("UTC", "Europe/Berlin", "America/St_Johns", "Asia/Kathmandu")
	}
	if m.IntN(2) == 0 {
		a["format"] = slices.Sorted(maps.Keys(layouts()))[m.IntN(len(layouts()))]
	}
	return a
}

func (m criteriaMaker) histogram(name, path string) map[string]any {
	a := m.intervals()
	a["name"], a["type"], a["field"] = name, "histogram", path
	return a
}

// about are criteria that filter, order and aggregate by one field, which is like what is wanted.
func (m criteriaMaker) about(d *entity.Definition, wanted func(entity.Field) bool) map[string]any {
	path, of, f := m.path(d, 2)
	for range 200 {
		if wanted(f) {
			break
		}
		path, of, f = m.path(d, 2)
	}
	by := m.comparison(path, of, f)
	if m.IntN(3) == 0 {
		by = map[string]any{"type": m.one("nand", "nor", "not"), "queries": []any{by, m.comparison(path, of, f)}}
	}
	return map[string]any{
		"filter": []any{by}, "total-count-mode": 1,
		"sort": []any{map[string]any{"field": path, "order": m.one("asc", "desc"), "naturalSorting": m.IntN(9) == 0}},
		"aggregations": []any{
			map[string]any{"name": "a", "type": m.one("min", "max", "sum", "avg", "stats"), "field": path},
			map[string]any{"name": "b", "type": m.one("terms", "count"), "field": path},
		},
	}
}

// focused are criteria that ask for few things, and so are seldom wrong.
func (m criteriaMaker) focused(d *entity.Definition) map[string]any {
	c := map[string]any{"total-count-mode": m.IntN(3)}
	if m.IntN(2) == 0 {
		c["filter"] = []any{m.filter(d, 2)}
	}
	if m.IntN(3) == 0 {
		c["limit"], c["page"] = 1+m.IntN(5), 1+m.IntN(3)
	}
	switch m.IntN(8) {
	case 0:
		c["filter"], c["sort"] = []any{m.filter(d, 3)}, m.sort(d)
	case 1, 2:
		c["aggregations"] = []any{m.aggregation(d, "one", 2), m.aggregation(d, "two", 1)}
		if m.IntN(3) == 0 {
			c["post-filter"] = []any{m.filter(d, 1)}
		}
	case 3:
		c["term"] = m.term(d)
	case 4:
		c["query"] = m.query(d)
		if m.IntN(3) == 0 {
			c["aggregations"] = []any{m.aggregation(d, "one", 1)}
		}
	case 5:
		c["grouping"], c["sort"] = m.paths(d)[:1], m.sort(d)
	case 6:
		c["ids"] = m.ids(d)
	case 7:
		c["post-filter"], c["limit"] = []any{m.filter(d, 1)}, 1+m.IntN(20)
	}
	return c
}

func (m criteriaMaker) associations(d *entity.Definition, depth int) map[string]any {
	asked := map[string]any{}
	for range m.IntN(3) {
		a := d.Associations[m.IntN(len(d.Associations))]
		nested := map[string]any{}
		if target, ok := m.schema.Definition(a.Target); ok && depth > 0 && len(target.Associations) > 0 {
			nested["associations"] = m.associations(target, depth-1)
			if m.IntN(3) == 0 {
				nested["filter"] = []any{m.filter(target, 1)}
			}
			if m.IntN(3) == 0 {
				nested["limit"] = 1 + m.IntN(3)
			}
			if m.IntN(4) == 0 {
				nested["fields"], nested["term"] = m.paths(target), "canary"
			}
		}
		asked[a.Name] = nested
	}
	return asked
}

func (m criteriaMaker) paths(d *entity.Definition) (list []any) {
	for range 1 + m.IntN(3) {
		path, _, _ := m.path(d, 2)
		list = append(list, path)
	}
	return list
}

// criteria asks for some of everything that criteria can ask.
func (m criteriaMaker) criteria(d *entity.Definition) map[string]any {
	c := map[string]any{}
	add := func(name string, v func() any) {
		if m.IntN(4) == 0 {
			c[name] = v()
		}
	}
	add("filter", func() any { return []any{m.filter(d, 2), m.filter(d, 1)} })
	add("post-filter", func() any { return []any{m.filter(d, 1)} })
	add("associations", func() any { return m.associations(d, 2) })
	add("sort", func() any { return m.sort(d) })
	add("fields", func() any { return m.paths(d) })
	add("grouping", func() any { return m.paths(d)[:1] })
	add("term", func() any { return m.term(d) })
	add("query", func() any { return m.query(d) })
	add("limit", func() any { return 1 + m.IntN(500) })
	add("total-count-mode", func() any { return m.IntN(3) })
	add("aggregations", func() any { return []any{m.aggregation(d, "one", 2)} })
	return c
}
