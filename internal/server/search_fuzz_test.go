package server_test

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"math/big"
	"math/rand/v2"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
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

// halves are two copies of one shop that differ in nothing but what an app may not read.
type halves struct {
	schema    *entity.Schema
	readable  []string
	everybody caller // may read all of the first copy
	first     *server.Server
	own       [2]caller
	views     map[string]*reference       // what everybody sees, by headers
	records   map[string][]map[string]any // the same without headers, by id
	language  string                      // beside that of the system, in which some records have texts
	currency  string                      // beside the default, in which some products have prices
	drafts    []string                    // versions of a product and of a category
	judged    map[string]int              // how often the reference had a meaning for what, by key of criteria and type of aggregation
	asked     int
}

// newHalves fills a shop and copies it. In the copy every value that the app may not read is
// changed.
func newHalves(f *testing.F, postgres bool) *halves {
	f.Helper()
	h := &halves{readable: []string{"product", "category", "tag", "product_manufacturer"}, views: map[string]*reference{}, judged: map[string]int{}}
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
	configs := [2]server.Config{configure(data[0]), configure(data[1])}
	if postgres {
		configs[0] = onPostgres(f, configs[0])
	}
	first, err := server.Open(context.Background(), configs[0])
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
	withCustomFields(operator)
	h.language = withTexts(operator)
	h.currency = withPrices(operator)
	withDates(operator)
	h.drafts = withDrafts(operator, h.currency)
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
	if postgres {
		address, err := url.Parse(configs[0].Database.Reveal())
		if err != nil {
			f.Fatal(err)
		}
		configs[1] = onCopy(f, configs[1], strings.TrimPrefix(address.Path, "/"))
	}
	for i := range configs {
		host := open(f, configs[i])
		if postgres && i == 1 { // it stands in another folder and another database
			resolve(f, host, "MoveShopPermanently")
		}
		known := app.Shops.All()[0]
		everybody := callerOf(f, host)
		h.own[i] = everybody
		h.own[i].token = tokenFrom(f, everybody.calls, host.URL(), known.APIKey, known.SecretKey)
		if i == 0 {
			h.everybody, h.first = everybody, host
		} else if changed := h.disguise(everybody); changed < 50 {
			f.Fatalf("only %d records could be changed", changed)
		}
	}
	view := referenceOf(h.everybody, h.first)
	h.views[""], h.records = view, map[string][]map[string]any{}
	for name, all := range view.records {
		for _, id := range slices.Sorted(maps.Keys(all)) {
			h.records[name] = append(h.records[name], all[id])
		}
	}
	return h
}

// customFields are those that records have, with the types that they compare as: that of a row,
// text if they have none (admin-api.md 5.2).
func customFields() map[string]entity.Type {
	return map[string]entity.Type{
		"traits_size": entity.Int, "traits_weight": entity.Float, "traits_done": entity.Bool, "traits_color": entity.String, "loose": entity.String,
	}
}

// withCustomFields gives records some of them, and others not. One has a value that is not of the
// type of its field: it was written before the field was declared.
func withCustomFields(c caller) {
	values := []string{
		`{"traits_size":"two","loose":10}`,
		`{"traits_size":1,"traits_weight":1.5,"traits_done":true,"traits_color":"Red","loose":"5"}`,
		`{"traits_size":2,"traits_done":false,"traits_color":"blue","loose":5}`,
		`{"traits_size":null,"traits_weight":4,"traits_color":"Über"}`,
	}
	give := func(wanted func(value int) bool) {
		for _, name := range []string{"product", "category", "order", "customer", "product_manufacturer"} {
			var page struct{ Data []struct{ ID string } }
			if err := json.Unmarshal(c.done("POST", "/api/search/"+name, `{"sort":"id"}`, http.StatusOK), &page); err != nil {
				c.t.Fatal(err)
			}
			for i, record := range page.Data {
				if n := i % (len(values) + 1); n < len(values) && wanted(n) {
					c.done("PATCH", "/api/"+name+"/"+record.ID, `{"customFields":`+values[n]+`}`, http.StatusNoContent)
				}
			}
		}
	}
	give(func(value int) bool { return value == 0 })
	c.done("POST", "/api/custom-field-set", `{"name":"traits","customFields":[{"name":"traits_size","type":"int"},{"name":"traits_weight","type":"float"},
		{"name":"traits_done","type":"bool"},{"name":"traits_color","type":"text"}]}`, http.StatusNoContent)
	give(func(value int) bool { return value > 0 })
}

// withTexts gives some records texts in another language, and others custom fields in it.
func withTexts(c caller) (language string) {
	var languages struct{ Data []struct{ ID string } }
	if err := json.Unmarshal(c.done("POST", "/api/search/language", `{"sort":"name"}`, http.StatusOK), &languages); err != nil {
		c.t.Fatal(err)
	}
	for _, l := range languages.Data {
		if l.ID != appdock.SystemLanguage.String() {
			language = l.ID
		}
	}
	for _, name := range []string{"product", "category"} {
		var page struct{ Data []struct{ ID string } }
		if err := json.Unmarshal(c.done("POST", "/api/search/"+name, `{"sort":"id"}`, http.StatusOK), &page); err != nil {
			c.t.Fatal(err)
		}
		for i, record := range page.Data {
			text := []string{`{"name":"Stück ` + record.ID[:2] + `"}`, `{"description":"ÜBER alles"}`, `{"customFields":{"traits_color":"Rot","traits_size":9}}`, `{}`}[i%4]
			c.done("PATCH", "/api/"+name+"/"+record.ID, text, http.StatusNoContent, "sw-language-id: "+language)
		}
	}
	return language
}

// withPrices gives some products prices of their own in another currency, others none at all there,
// and prices by rule.
func withPrices(c caller) (currency string) {
	currency, _ = c.found("currency", `{"filter":[{"type":"equals","field":"isoCode","value":"USD"}]}`)["id"].(string)
	standard := appdock.DefaultCurrency.String()
	var page struct{ Data []struct{ ID string } }
	if err := json.Unmarshal(c.done("POST", "/api/search/product", `{"sort":"id"}`, http.StatusOK), &page); err != nil {
		c.t.Fatal(err)
	}
	for i, record := range page.Data {
		own := fmt.Sprintf(`{"currencyId":%q,"gross":%d.5,"net":%d,"linked":false}`, currency, 20-i, 19-i)
		base := fmt.Sprintf(`{"currencyId":%q,"gross":%d,"net":%d.25,"linked":false}`, standard, 10+i%3, 9+i%3)
		prices := []string{base, base + "," + own, own + "," + base}[i%3]
		c.done("PATCH", "/api/product/"+record.ID, `{"price":[`+prices+`]}`, http.StatusNoContent)
	}
	return currency
}

// withDates releases products around the moments at which clocks change, and years and weeks end
// in one zone and not in another.
func withDates(c caller) {
	moments := []string{
		"2024-03-31T00:30:00.000+00:00", "2024-03-31T01:00:00.000+00:00", "2024-10-27T00:30:00.000+00:00", "2024-10-27T01:30:00.000+00:00",
		"2023-12-31T22:59:59.999+00:00", "2023-12-31T23:30:00.000+00:00", "2024-02-29T18:20:00.000+00:00", "1969-12-31T23:59:59.999+00:00",
		"2021-01-03T23:10:00.000+00:00", "2021-01-01T02:00:00.000+00:00", "2024-11-03T04:31:00.000+00:00",
	}
	var page struct{ Data []struct{ ID string } }
	if err := json.Unmarshal(c.done("POST", "/api/search/product", `{"sort":"id"}`, http.StatusOK), &page); err != nil {
		c.t.Fatal(err)
	}
	for i, at := range moments {
		c.done("PATCH", "/api/product/"+page.Data[i%len(page.Data)].ID, `{"releaseDate":"`+at+`"}`, http.StatusNoContent)
	}
}

// withDrafts changes a product and a category in versions of their own, and in more than their
// fields: what they are linked to, what hangs below them, and what came to the live record since.
func withDrafts(c caller, currency string) []string {
	begin := func(name, id string) string {
		var draft struct{ VersionID string }
		if err := json.Unmarshal(c.done("POST", "/api/_action/version/"+name+"/"+id, `{}`, http.StatusOK), &draft); err != nil {
			c.t.Fatal(err)
		}
		return draft.VersionID
	}
	product, _ := c.found("product", `{"sort":"productNumber"}`)["id"].(string)
	category, _ := c.found("category", `{"sort":"-createdAt,name"}`)["id"].(string)
	ofProduct, ofCategory := begin("product", product), begin("category", category)
	in := "sw-version-id: " + ofProduct
	c.done("PATCH", "/api/product/"+product, fmt.Sprintf(`{"name":"a draft","stock":4711,"tags":[{"name":"drafted"}],"categories":[{"id":%q}],
		"price":[{"currencyId":%q,"gross":1.5,"net":1,"linked":false},{"currencyId":%q,"gross":99,"net":98,"linked":false}]}`,
		category, appdock.DefaultCurrency, currency), http.StatusNoContent, in)
	c.done("PATCH", "/api/category/"+category, `{"name":"another draft","tags":[{"name":"of a category"}]}`, http.StatusNoContent, "sw-version-id: "+ofCategory)
	c.done("PATCH", "/api/product/"+product, `{"tags":[{"name":"since the draft"}]}`, http.StatusNoContent)
	return []string{ofProduct, ofCategory}
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
		if shown[name] || shown[d.Translates] || d.Owner != "" || len(d.Pair) > 0 || name == "custom_field" || name == "currency" { // they say how others compare
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
func FuzzSearch(f *testing.F) { fuzzSearch(f, false) }

// FuzzSearchOnPostgres is FuzzSearch over PostgreSQL, which has its own order of texts, types
// and nulls.
func FuzzSearchOnPostgres(f *testing.F) { fuzzSearch(f, true) }

func fuzzSearch(f *testing.F, postgres bool) {
	f.Helper()
	seeds := 240
	if postgres {
		seeds = 150 // it answers each much slower
	}
	for seed := range seeds {
		f.Add([]byte{byte(seed)})
	}
	h := newHalves(f, postgres)
	f.Cleanup(func() {
		if h.asked < 3*seeds {
			return // somebody fuzzes, or runs one of them
		}
		for _, what := range []string{"filter", "post-filter", "sort", "term", "query", "grouping", "ids", "terms", "count", "entity", "min", "sw-version-id", "sw-currency-id", "format", "timeZone", "document", "converted"} {
			if h.judged[what] < 5 {
				f.Errorf("%s was judged %d times in %d questions: the reference proves little", what, h.judged[what], h.asked)
			}
		}
	})
	f.Fuzz(func(t *testing.T, input []byte) {
		m := criteriaMaker{rand.New(&choices{input, rand.NewPCG(uint64(len(input)), 1)}), h.schema, h.records, h.currency}
		if len(input) > 0 && len(input) < 3 { // a seed of the corpus
			m.Rand = rand.New(rand.NewPCG(new(big.Int).SetBytes(input).Uint64(), 20260504))
		}
		name := m.one("product", "category").(string)
		d, _ := h.schema.Definition(name)
		h.judge(t, name, m.criteria(d), h.headers(m)...)
		h.judge(t, name, map[string]any{"associations": m.associations(d, 3)}, h.headers(m)...) // few of these are wrong
		name = m.one("order", "customer", "product", "category", "order_line_item").(string)
		d, _ = h.schema.Definition(name)
		h.judge(t, name, m.focused(d), h.headers(m)...)
		h.judge(t, name, map[string]any{"limit": 1, "aggregations": []any{m.aggregation(d, "one", 2), m.aggregation(d, "two", 1)}}, h.headers(m)...)
		d, _ = h.schema.Definition("product")
		h.judge(t, "product", m.about(d, func(f entity.Field) bool { return f.Type == entity.Prices }), h.headers(m)...)
		name = m.one("order", "order_line_item").(string)
		d, _ = h.schema.Definition(name)
		h.judge(t, name, m.about(d, func(f entity.Field) bool { return f.At.Path != "" }))
		h.judge(t, "product", map[string]any{"limit": 1, "aggregations": []any{m.histogram("a", "releaseDate"), m.histogram("b", "manufacturer.products.releaseDate")}})
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
	h := newHalves(f, false)
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
func (h *halves) headers(m criteriaMaker) []string {
	inherit, language, currency := "sw-inheritance: 1", "sw-language-id: "+h.language, "sw-currency-id: "+h.currency
	product, category := "sw-version-id: "+h.drafts[0], "sw-version-id: "+h.drafts[1]
	all := [][]string{nil, nil, nil, {inherit}, {language}, {inherit, language}, {currency}, {inherit, currency}, {product}, {product, currency}, {product, inherit, language}, {category}}
	return all[m.IntN(len(all))]
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
	h.asked++
	if status != http.StatusOK || criteria == nil {
		return
	}
	key := strings.Join(headers, "\n")
	if h.views[key] == nil {
		c := h.everybody
		c.t = t
		h.views[key] = referenceOf(c, h.first, headers...)
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
	what := fmt.Sprintf("%s %s %v", name, text, headers)
	before := maps.Clone(view.met)
	judged := func() {
		for what, n := range view.met {
			h.judged[what] += min(1, n-before[what])
		}
		clear(before)
		maps.Copy(before, view.met)
	}
	if want, ok := view.finds(name, criteria); ok {
		want.judge(t, what, page.Total, page.Data)
		for key := range criteria {
			h.judged[key]++
		}
		for _, header := range headers {
			name, _, _ := strings.Cut(header, ":")
			h.judged[name]++
		}
		judged()
	}
	var figures map[string]map[string]any
	if json.Unmarshal(page.Aggregations, &figures) != nil {
		return // there are none
	}
	for _, asked := range criteria["aggregations"].([]any) {
		if asked := asked.(map[string]any); view.figures(t, what, name, criteria, asked, figures) {
			h.judged[fmt.Sprint(asked["type"])]++
			judged()
			for _, how := range []string{"format", "timeZone"} {
				if asked["type"] == "histogram" && asked[how] != nil {
					h.judged[how]++
				}
			}
		}
	}
}
