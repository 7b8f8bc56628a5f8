package server_test

import (
	"context"
	"encoding/json"
	"maps"
	"math/big"
	"math/rand/v2"
	"net/http"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/appdock/appdock"
	"github.com/appdock/appdock/internal/control"
	"github.com/appdock/appdock/internal/entity"
	"github.com/appdock/appdock/internal/server"
	"github.com/appdock/appdock/internal/shop"
	"github.com/appdock/appdock/sdk/apptest"
)

// criteriaMaker makes criteria that are mostly right, of what the definitions have.
type criteriaMaker struct {
	*rand.Rand
	schema  *entity.Schema
	records map[string][]map[string]any // of a shop, by entity
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

// path leads from an entity to a field of the one that it gives, over a few associations; now
// and then to nothing.
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
	return strings.Join(append(steps, f.Name), "."), d, f
}

// varied reports whether two records differ in a field.
func (m criteriaMaker) varied(d *entity.Definition, f entity.Field) bool {
	records := m.records[d.Name]
	return slices.ContainsFunc(records, func(r map[string]any) bool { return !reflect.DeepEqual(r[f.Name], records[0][f.Name]) })
}

// value is something to compare a field with: as a rule what one of the records has.
func (m criteriaMaker) value(d *entity.Definition, f entity.Field) any {
	if records := m.records[d.Name]; len(records) > 0 && m.IntN(4) > 0 {
		switch v := shownOf(records[m.IntN(len(records))], f).(type) {
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
	path = way + path
	v := m.value(of, f)
	kinds := []any{"equals", "equalsAny", "equals", "equalsAll"}
	switch f.Type { //nolint:exhaustive // the others have neither order nor parts
	case entity.String, entity.Text, entity.Email:
		kinds = append(kinds, "contains", "prefix", "suffix", "range")
	case entity.Int, entity.Float, entity.Prices, entity.DateTime, entity.Date:
		kinds = append(kinds, "range", "range", "range")
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
	return []any{map[string]any{"field": path, "order": m.one("asc", "desc"), "naturalSorting": m.IntN(3) == 0}}
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
	add("term", func() any { return m.one("canary", "Demo product", "1") })
	add("query", func() any { return []any{map[string]any{"score": m.IntN(100), "query": m.filter(d, 1)}} })
	add("limit", func() any { return 1 + m.IntN(500) })
	add("total-count-mode", func() any { return m.IntN(3) })
	add("aggregations", func() any {
		path, _, _ := m.path(d, 2)
		inner, _, _ := m.path(d, 1)
		kind := m.one("terms", "count", "stats", "min", "histogram", "range", "entity")
		return []any{map[string]any{
			"name": "one", "type": kind, "field": path, "interval": m.one("day", "week", "quarter"), "timeZone": m.one("UTC", "Europe/Berlin"),
			"ranges": []any{map[string]any{"from": 1}}, "definition": m.one("tax", "product", "customer"),
			"aggregation": map[string]any{"name": "two", "type": m.one("terms", "sum", "count"), "field": inner},
		}}
	})
	return c
}

// halves are two copies of one shop that differ in nothing but what an app may not read.
type halves struct {
	schema    *entity.Schema
	readable  []string
	everybody caller // may read all of the first copy
	own       [2]caller
	views     map[string]*reference       // what everybody sees, by headers
	records   map[string][]map[string]any // the same without headers, by id
}

// newHalves fills a shop and copies it. In the copy every value that the app may not read is
// changed.
func newHalves(f *testing.F) *halves {
	f.Helper()
	h := &halves{readable: []string{"product", "category", "tag", "product_manufacturer"}, views: map[string]*reference{}}
	var err error
	if h.schema, err = entity.NewSchema(shop.Definitions()...); err != nil {
		f.Fatal(err)
	}
	now := time.Now()
	configure := func(data string) server.Config {
		c := development(data)
		c.Shop.URL = "http://shop.example"
		c.Now = func() time.Time { return now } // no token runs out
		return c
	}
	data := [2]string{folder(f), folder(f)}
	first, err := server.Open(context.Background(), configure(data[0]))
	if err != nil {
		f.Fatal(err)
	}
	seeding := control.Seeding{Products: 12, Orders: 6}
	for again := true; again; again = seeding.Done < seeding.Total {
		if seeding, err = only(f, first).Seed(f.Context(), seeding); err != nil {
			f.Fatal(err)
		}
	}
	operator := callerOf(f, first)
	// What a search must not see: a draft, with other values than what is live.
	product, _ := operator.found("product", `{"sort":"productNumber"}`)["id"].(string)
	var draft struct{ VersionID string }
	if err := json.Unmarshal(operator.done("POST", "/api/_action/version/product/"+product, `{}`, http.StatusOK), &draft); err != nil {
		f.Fatal(err)
	}
	operator.done("PATCH", "/api/product/"+product, `{"name":"a draft","stock":4711}`, http.StatusNoContent, "sw-version-id: "+draft.VersionID)
	permissions := make([]string, len(h.readable))
	for i, name := range h.readable {
		permissions[i] = name + ":read"
	}
	app := apptest.New(f, apptest.App{Permissions: permissions})
	installed(f, only(f, first), write(f, app.App.Name, app.Manifest()))
	if err := first.Close(); err != nil {
		f.Fatal(err)
	}
	if err := os.CopyFS(data[1], os.DirFS(data[0])); err != nil {
		f.Fatal(err)
	}
	if err := os.Chmod(filepath.Join(data[1], "appdock.key"), 0o600); err != nil {
		f.Fatal(err)
	}
	known := app.Shops.All()[0]
	for i := range data {
		host := open(f, configure(data[i]))
		everybody := callerOf(f, host)
		h.own[i] = everybody
		h.own[i].token = tokenFrom(f, everybody.calls, host.URL(), known.APIKey, known.SecretKey)
		if i == 0 {
			h.everybody = everybody
		} else if changed := h.disguise(everybody); changed < 50 {
			f.Fatalf("only %d records could be changed", changed)
		}
	}
	view := referenceOf(h.everybody)
	h.views[""], h.records = view, map[string][]map[string]any{}
	for name, all := range view.records {
		for _, id := range slices.Sorted(maps.Keys(all)) {
			h.records[name] = append(h.records[name], all[id])
		}
	}
	return h
}

// shown are the entities that an app sees: those it may read, and what always comes with them
// and needs no right of its own (entities.md, "auto").
func (h *halves) shown() map[string]bool {
	shown := map[string]bool{}
	var show func(string)
	show = func(name string) {
		d, ok := h.schema.Definition(name)
		if !ok || shown[name] {
			return
		}
		shown[name] = true
		for _, a := range d.Associations {
			if a.Always {
				show(a.Target)
			}
		}
	}
	for _, name := range h.readable {
		show(name)
	}
	return shown
}

// disguise changes what may not be read, as far as the shop lets it be changed.
func (h *halves) disguise(c caller) (changed int) {
	shown := h.shown()
	for _, name := range h.schema.Names() {
		d, _ := h.schema.Definition(name)
		if shown[name] || shown[d.Translates] || d.Owner != "" || len(d.Pair) > 0 {
			continue
		}
		var page struct{ Data []map[string]any }
		if err := json.Unmarshal(c.done("POST", "/api/search/"+name, `{"limit":4}`, http.StatusOK), &page); err != nil {
			c.t.Fatal(err)
		}
		for _, record := range page.Data {
			set := map[string]any{}
			for _, f := range d.Fields {
				switch v := record[f.Name].(type) {
				case string:
					if f.Type == entity.String || f.Type == entity.Text || f.Type == entity.Email {
						set[f.Name] = "another " + v
					}
				case float64:
					set[f.Name] = v + 1
				case bool:
					set[f.Name] = !v
				case nil:
					if f.Type == entity.String || f.Type == entity.Text {
						set[f.Name] = "another"
					}
				}
			}
			for range 10 {
				body, err := json.Marshal(set)
				if err != nil {
					c.t.Fatal(err)
				}
				status, answer := c.do("PATCH", "/api/"+name+"/"+record["id"].(string), string(body))
				if status == http.StatusNoContent {
					changed++
					break
				}
				var refused struct {
					Errors []struct{ Source struct{ Pointer string } }
				}
				_ = json.Unmarshal(answer, &refused) // one that names nothing is not tried again
				before := len(set)
				for _, e := range refused.Errors {
					field, _, _ := strings.Cut(strings.TrimPrefix(e.Source.Pointer, "/0/"), "/")
					delete(set, field)
				}
				if len(set) == before {
					break
				}
			}
		}
	}
	return changed
}

// FuzzSearch asks a small shop for whatever the definitions have, in a real store. Whatever is
// asked: the host answers or says what is wrong; a search finds exactly the records that a
// reference finds, in its order, and aggregates them alike; and what an app may not read
// changes nothing of what it is answered, not a byte.
func FuzzSearch(f *testing.F) {
	for seed := range byte(200) {
		f.Add([]byte{seed})
	}
	h := newHalves(f)
	f.Fuzz(func(t *testing.T, input []byte) {
		m := criteriaMaker{rand.New(&choices{input, rand.NewPCG(uint64(len(input)), 1)}), h.schema, h.records}
		if len(input) > 0 && len(input) < 3 { // a seed of the corpus
			m.Rand = rand.New(rand.NewPCG(new(big.Int).SetBytes(input).Uint64(), 20260504))
		}
		name := m.one("product", "category").(string)
		d, _ := h.schema.Definition(name)
		h.judge(t, name, m.criteria(d), m.headers()...)
		h.judge(t, name, map[string]any{"associations": m.associations(d, 3)}, m.headers()...) // few of these are wrong
		name = m.one("order", "customer", "product", "category", "order_line_item").(string)
		d, _ = h.schema.Definition(name)
		h.judge(t, name, map[string]any{"filter": []any{m.filter(d, 3)}, "sort": m.sort(d)}, m.headers()...)
	})
}

// FuzzSearchText is FuzzSearch for criteria as somebody wrote them: those of all tests here.
func FuzzSearchText(f *testing.F) {
	files, err := filepath.Glob("*_test.go")
	if err != nil {
		f.Fatal(err)
	}
	literal := regexp.MustCompile("`\\{[^`]*\\}`")
	for _, file := range files {
		source, err := os.ReadFile(file)
		if err != nil {
			f.Fatal(err)
		}
		for _, text := range literal.FindAllString(string(source), -1) {
			var criteria map[string]any
			if text = strings.Trim(text, "`"); json.Unmarshal([]byte(text), &criteria) != nil || len(text) > 2000 {
				continue
			}
			for _, key := range []string{"filter", "post-filter", "sort", "associations", "aggregations", "term", "query", "grouping", "fields", "ids"} {
				if criteria[key] != nil {
					f.Add(text)
					break
				}
			}
		}
	}
	for _, found := range []string{ // what was wrong once
		`{"sort":[{"field":"products.cover.mediaId","order":"desc","naturalSorting":true}]}`,
		`{"filter":[{"type":"equals","field":"parent.productManufacturerVersionId","value":"0fa91ce3e96a4bc2be4bd9ce752c3425"}]}`,
	} {
		f.Add(found)
	}
	h := newHalves(f)
	f.Fuzz(func(t *testing.T, text string) {
		var criteria map[string]any
		if json.Unmarshal([]byte(text), &criteria) != nil {
			criteria = nil
		}
		for _, name := range []string{"product", "order", "category"} {
			h.ask(t, name, text, criteria)
		}
	})
}

// headers are some that change what is seen.
func (m criteriaMaker) headers() []string {
	return m.one([]string(nil), []string(nil), []string{"sw-inheritance: 1"}).([]string)
}

func (h *halves) judge(t *testing.T, name string, criteria map[string]any, headers ...string) {
	t.Helper()
	text, err := json.Marshal(criteria)
	if err != nil {
		t.Fatal(err)
	}
	var asSent map[string]any
	if err := json.Unmarshal(text, &asSent); err != nil {
		t.Fatal(err)
	}
	h.ask(t, name, string(text), asSent, headers...)
}

// ask asks as an app and as everybody.
func (h *halves) ask(t *testing.T, name, text string, criteria map[string]any, headers ...string) {
	t.Helper()
	told := func(c caller, path string, headers ...string) (int, string) {
		c.t = t
		status, answer := c.do("POST", path, text, headers...)
		if status != http.StatusOK && status != http.StatusBadRequest && status != http.StatusForbidden {
			t.Fatalf("%s %s: %d %s", path, text, status, answer)
		}
		return status, string(answer)
	}
	for _, accept := range []string{"application/json", "application/vnd.api+json"} {
		headers := append(slices.Clip(headers), "Accept: "+accept)
		_, one := told(h.own[0], "/api/search/"+name, headers...)
		_, other := told(h.own[1], "/api/search/"+name, headers...)
		if one != other {
			t.Fatalf("%s %s %v is answered by what the app may not read:\n%s\n%s", name, text, headers, one, other)
		}
	}
	status, answer := told(h.everybody, "/api/search/"+name, headers...)
	if status != http.StatusOK || criteria == nil {
		return
	}
	key := strings.Join(headers, "\n")
	if h.views[key] == nil {
		c := h.everybody
		c.t = t
		h.views[key] = referenceOf(c, headers...)
	}
	view := h.views[key]
	var page struct {
		Total        int
		Data         []map[string]any
		Aggregations json.RawMessage
	}
	if err := json.Unmarshal([]byte(answer), &page); err != nil {
		t.Fatal(err)
	}
	if want, total, ok := view.finds(name, criteria); ok {
		got := []string{}
		for _, record := range page.Data {
			got = append(got, record["_uniqueIdentifier"].(string))
		}
		if !slices.Equal(got, want) {
			t.Errorf("%s %s %v finds %v, want %v", name, text, headers, got, want)
		}
		if criteria["total-count-mode"] == 1.0 && page.Total != total {
			t.Errorf("%s %s: total %d, want %d", name, text, page.Total, total)
		}
	}
	var figures map[string]map[string]any
	if json.Unmarshal(page.Aggregations, &figures) != nil {
		return // there are none
	}
	for _, item := range criteria["aggregations"].([]any) {
		asked := item.(map[string]any)
		one, _ := asked["name"].(string)
		view.figures(t, name, criteria, asked, figures[one])
	}
}
