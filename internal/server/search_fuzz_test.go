package server_test

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"net/http"
	"os"
	"strconv"
	"strings"
	"testing"

	"github.com/appdock/appdock"
	"github.com/appdock/appdock/internal/entity"
	"github.com/appdock/appdock/internal/shop"
	"github.com/appdock/appdock/sdk/apptest"
)

// criteriaMaker makes criteria that are mostly right, of what the definitions have.
type criteriaMaker struct {
	*rand.Rand
	schema *entity.Schema
}

func (m criteriaMaker) one(list ...any) any { return list[m.IntN(len(list))] }

// path leads from an entity to a field, over a few associations; now and then to nothing.
func (m criteriaMaker) path(d *entity.Definition, most int) (string, entity.Field) {
	var steps []string
	for range m.IntN(most + 1) {
		a := d.Associations[m.IntN(len(d.Associations))]
		target, ok := m.schema.Definition(a.Target)
		if !ok || len(target.Associations) == 0 {
			break
		}
		steps, d = append(steps, a.Name), target
	}
	f := d.Fields[m.IntN(len(d.Fields))]
	return strings.Join(append(steps, f.Name), "."), f
}

func (m criteriaMaker) value(f entity.Field) any {
	switch f.Type { //nolint:exhaustive // all else is compared with texts
	case entity.UUID, entity.IDs, entity.Version:
		return m.one(appdock.SystemLanguage.String(), appdock.LiveVersion.String(), appdock.DefaultCurrency.String(), nil)
	case entity.Int, entity.Float, entity.Prices:
		return m.one(0, 1, 19, 5.5, nil)
	case entity.Bool:
		return m.one(true, false, nil)
	case entity.DateTime, entity.Date:
		return m.one("2020-01-01", "2030-01-01T00:00:00+00:00", nil)
	}
	return m.one("a", "Demo", "canary", "19%", "%", "_", `\`, "'", `"`, nil)
}

func (m criteriaMaker) filter(d *entity.Definition, depth int) any {
	if depth > 0 && m.IntN(3) == 0 {
		var queries []any
		for range 1 + m.IntN(3) {
			queries = append(queries, m.filter(d, depth-1))
		}
		return map[string]any{"type": m.one("and", "or", "nand", "nor", "multi", "not"), "queries": queries}
	}
	path, f := m.path(d, 2)
	v := m.value(f)
	switch kind := m.one("equals", "equalsAny", "contains", "prefix", "suffix", "range"); kind {
	case "equalsAny":
		return map[string]any{"type": kind, "field": path, "value": []any{v, m.value(f)}}
	case "range":
		return map[string]any{"type": kind, "field": path, "parameters": map[string]any{m.one("gt", "gte", "lt", "lte").(string): v}}
	default:
		return map[string]any{"type": kind, "field": path, "value": v}
	}
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
		path, _ := m.path(d, 2)
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
	add("sort", func() any {
		path, _ := m.path(d, 2)
		return []any{map[string]any{"field": path, "order": m.one("asc", "desc"), "naturalSorting": m.IntN(2) == 0}}
	})
	add("fields", func() any { return m.paths(d) })
	add("grouping", func() any { return m.paths(d)[:1] })
	add("term", func() any { return m.one("canary", "Demo product", "1") })
	add("query", func() any { return []any{map[string]any{"score": m.IntN(100), "query": m.filter(d, 1)}} })
	add("limit", func() any { return 1 + m.IntN(500) })
	add("total-count-mode", func() any { return m.IntN(3) })
	add("aggregations", func() any {
		path, _ := m.path(d, 2)
		inner, _ := m.path(d, 1)
		kind := m.one("terms", "count", "stats", "min", "histogram", "range", "entity")
		return []any{map[string]any{
			"name": "one", "type": kind, "field": path, "interval": m.one("day", "week", "quarter"), "timeZone": m.one("UTC", "Europe/Berlin"),
			"ranges": []any{map[string]any{"from": 1}}, "definition": m.one("tax", "product", "customer"),
			"aggregation": map[string]any{"name": "two", "type": m.one("terms", "sum", "count"), "field": inner},
		}}
	})
	return c
}

// TestRandomCriteria asks a small shop at random, as an app that may read little and as
// somebody who may read everything. Whatever is asked: the host answers or says what is wrong,
// shows nothing of what the app may not read, and finds nothing that a filter excludes.
// APPDOCK_TEST_CRITERIA says how many questions there are.
func TestRandomCriteria(t *testing.T) {
	t.Parallel()
	rounds := 400
	if text := os.Getenv("APPDOCK_TEST_CRITERIA"); text != "" {
		var err error
		if rounds, err = strconv.Atoi(text); err != nil {
			t.Fatal(err)
		}
	}
	operator := filled(t)
	schema, err := entity.NewSchema(shop.Definitions()...)
	if err != nil {
		t.Fatal(err)
	}
	// Texts that are easy to find, in what the app may read and in what it may not.
	for name, field := range map[string]string{
		"order": "customerComment", "order-customer": "lastName", "customer": "lastName", "tax": "name",
		"payment-method": "name", "sales-channel": "name", "product": "name", "category": "name", "country": "name", "order-line-item": "label",
	} {
		id, _ := operator.found(name, `{}`)["id"].(string)
		operator.done("PATCH", "/api/"+name+"/"+id, `{"`+field+`":"canary of `+strings.ReplaceAll(name, "-", " ")+`"}`, http.StatusNoContent)
	}
	readable := []string{"product", "category", "tag", "product_manufacturer"}
	permissions := make([]string, len(readable))
	for i, name := range readable {
		permissions[i] = name + ":read"
	}
	app := apptest.New(t, apptest.App{Permissions: permissions})
	installed(t, operator.shop, write(t, app.App.Name, app.Manifest()))
	known := app.Shops.All()[0]
	own := operator.caller
	own.token = tokenFrom(t, client(t), own.url, known.APIKey, known.SecretKey)

	// What always comes with a record needs no right of its own (entities.md, "auto").
	shown := map[string]bool{}
	var show func(string)
	show = func(name string) {
		d, ok := schema.Definition(name)
		words := strings.ReplaceAll(name, "_", " ")
		if !ok || shown[words] {
			return
		}
		shown[words] = true
		for _, a := range d.Associations {
			if a.Always {
				show(a.Target)
			}
		}
	}
	for _, name := range readable {
		show(name)
	}

	const seed = 20260504
	m := criteriaMaker{rand.New(rand.NewPCG(seed, 1)), schema}
	answered := 0
	for round := range 2 * rounds {
		name := readable[m.IntN(2)]
		d, _ := schema.Definition(name)
		criteria := m.criteria(d)
		if round%2 == 1 {
			// Nothing but records that come with others: few of these questions are wrong.
			criteria = map[string]any{"associations": m.associations(d, 3)}
		}
		asked, err := json.Marshal(criteria)
		if err != nil {
			t.Fatal(err)
		}
		status, answer := own.do("POST", "/api/search/"+name, string(asked), "Accept: "+m.one("application/json", "application/vnd.api+json").(string))
		switch status {
		case http.StatusOK:
			answered++
			for rest := string(answer); ; {
				_, behind, found := strings.Cut(rest, "canary of ")
				if !found {
					break
				}
				of, _, _ := strings.Cut(behind, `"`)
				if !shown[of] {
					t.Fatalf("round %d of seed %d: %s %s shows %.40s", round, seed, name, asked, behind)
				}
				rest = behind
			}
		case http.StatusBadRequest, http.StatusForbidden:
		default:
			t.Fatalf("round %d of seed %d: %s %s: %d %s", round, seed, name, asked, status, answer)
		}
		if round%2 == 1 {
			continue
		}
		operator.exclude(t, fmt.Sprintf("round %d of seed %d", round, seed), name, m.filter(d, 2))
	}
	if answered < rounds/20 {
		t.Errorf("%d of %d questions of the app were answered: too many are wrong to be a test", answered, rounds)
	}
}

// exclude asks for what a filter holds for and for the rest: no record is in both.
func (c filledShop) exclude(t *testing.T, round, name string, filter any) {
	t.Helper()
	ids := func(filter any) (map[string]bool, bool) {
		body, err := json.Marshal(map[string]any{"filter": []any{filter}, "total-count-mode": 1})
		if err != nil {
			t.Fatal(err)
		}
		status, answer := c.do("POST", "/api/search-ids/"+name, string(body))
		if status == http.StatusBadRequest {
			return nil, false
		}
		var page struct {
			Total int
			Data  []string
		}
		if err := json.Unmarshal(answer, &page); err != nil || status != http.StatusOK || page.Total != len(page.Data) {
			t.Fatalf("%s: %s %s: %d %s", round, name, body, status, answer)
		}
		found := map[string]bool{}
		for _, id := range page.Data {
			found[id] = true
		}
		return found, true
	}
	held, ok := ids(filter)
	rest, also := ids(map[string]any{"type": "nand", "queries": []any{filter}})
	if ok != also {
		t.Fatalf("%s: %v is right only once", round, filter)
	}
	for id := range rest {
		if held[id] {
			t.Fatalf("%s: %s %s is found by %v and by its opposite", round, name, id, filter)
		}
	}
}
