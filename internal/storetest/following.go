package storetest

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"github.com/appdock/appdock"
	"github.com/appdock/appdock/internal/entity"
	"github.com/appdock/appdock/internal/shop"
)

func followingCases() map[string]func(*fixture) {
	return map[string]func(*fixture){
		"a large branch follows before who moved it is answered": func(f *fixture) { branchFollows(f, false) },
		"a large branch follows later where time is short":       func(f *fixture) { branchFollows(f, true) },
	}
}

// hurried is a context that is about to end, and never does.
type hurried struct{ context.Context }

// Deadline is now.
func (hurried) Deadline() (time.Time, bool) { return time.Now(), true }

// branchFollows moves a branch with more categories, and more products, than one unit of work
// writes: many side by side, and some below each other.
func branchFollows(f *fixture, hurry bool) {
	const wide, deep, products = 700, 60, 600
	made := 0
	newID := func() appdock.ID {
		made++
		return ID(fmt.Sprint("made ", made))
	}
	service := shop.New(f.Records, Now, newID, func([]appdock.Event) {})
	ctx := f.t.Context()
	write := func(ctx context.Context, name string, payloads ...map[string]any) {
		f.t.Helper()
		var ops []entity.Operation
		for i, p := range payloads {
			ops = append(ops, entity.Operation{Entity: name, Action: entity.Upsert, Payload: p, Pointer: fmt.Sprint("/", i)})
		}
		_, err := service.Write(ctx, appdock.Host(f.shop.ID), entity.View{}, ops)
		f.must(err)
	}
	at := map[string]string{"a": "", "x": "", "b": "a"} // which stands below which
	for n := range wide {
		at[fmt.Sprint("wide ", n)] = "a"
	}
	for n := range deep {
		at[fmt.Sprint("hall ", n)] = "b"
		at[fmt.Sprint("deep ", n)] = fmt.Sprint("hall ", n)
	}
	var categories []map[string]any
	for name, parent := range at {
		c := map[string]any{"id": ID(name).String(), "name": name}
		if parent != "" {
			c["parentId"] = ID(parent).String()
		}
		categories = append(categories, c)
	}
	write(ctx, "category", categories...)
	var all []map[string]any
	for n := range products {
		in := []any{map[string]any{"id": ID("deep 1").String()}}
		if n%100 == 0 {
			in = append(in, map[string]any{"id": ID(fmt.Sprint("wide ", n)).String()})
		}
		all = append(all, map[string]any{
			"id": ID(fmt.Sprint("in ", n)).String(), "productNumber": fmt.Sprint("IN", n), "name": "x", "stock": json.Number("1"), "taxId": ID("tax 19").String(),
			"price":      []any{map[string]any{"currencyId": appdock.DefaultCurrency.String(), "net": json.Number("1"), "gross": json.Number("1"), "linked": false}},
			"categories": in,
		})
	}
	write(ctx, "product", all...)
	f.settled(service, at)

	at["a"] = "x"
	move := map[string]any{"id": ID("a").String(), "parentId": ID("x").String(), "name": "ä"}
	if !hurry {
		write(ctx, "category", move)
	} else {
		write(hurried{ctx}, "category", move)
		owes, err := f.Records.Owes(ctx, f.shop.ID)
		f.must(err)
		f.equal("something is owed", owes, true)
		select {
		case <-service.Owing():
		default:
			f.t.Error("nobody is told that something is owed")
		}
		// The branch is moved again meanwhile, and something is put into it.
		at["a"], at["new"] = "", "hall 2"
		write(hurried{ctx}, "category", map[string]any{"id": ID("a").String(), "parentId": nil})
		write(ctx, "category", map[string]any{"id": ID("new").String(), "name": "new", "parentId": ID("hall 2").String()})
		f.Stores = f.Reopen(f.t)
		service = shop.New(f.Records, Now, newID, func([]appdock.Event) {})
		f.must(service.Settle(ctx, f.shop.ID))
	}
	f.settled(service, at)
	if hurry {
		return // few statements were run since it was opened again
	}
	for _, statement := range f.Walks(f.t) {
		if strings.Contains(statement, "LIMIT") && !strings.HasPrefix(statement, "owed") { // else it is one of this test, or about any of what is owed
			f.t.Error(statement)
		}
	}
}

// settled checks that nothing is owed, and all that records say of where they stand.
func (f *fixture) settled(service *shop.Service, at map[string]string) {
	f.t.Helper()
	owes, err := f.Records.Owes(f.t.Context(), f.shop.ID)
	f.must(err)
	f.equal("owes", owes, false)
	names := map[appdock.ID]string{}
	ways := map[string]string{}
	for name := range at {
		names[ID(name)] = name
		way := ""
		for parent := at[name]; parent != ""; parent = at[parent] {
			way = ID(parent).String() + "|" + way
		}
		if way != "" {
			ways[name] = "|" + way
		}
	}
	wrong := 0
	expect := func(what string, got, want any) {
		if got != want {
			if wrong++; wrong < 5 {
				f.t.Errorf("%s: got %v, want %v", what, got, want)
			}
		}
	}
	search := func(name string) []entity.Record {
		page, err := service.Search(f.t.Context(), appdock.Host(f.shop.ID), entity.View{}, &entity.Criteria{Entity: name})
		f.must(err)
		return page.Records
	}
	found := 0
	calls := map[appdock.ID]string{}
	for _, r := range search("category") {
		if _, ours := names[r.ID()]; ours {
			calls[r.ID()] = r.Text("name")
		}
	}
	for _, r := range search("category") {
		name, ours := names[r.ID()]
		if !ours {
			continue
		}
		found++
		expect("path of "+name, r.Text("path"), ways[name])
		expect("level of "+name, r.Get("level"), int64(max(1, strings.Count(ways[name], "|"))))
		var crumbs, want []string
		raw, _ := r.Get("breadcrumb").(json.RawMessage)
		f.must(json.Unmarshal(raw, &crumbs))
		for step := name; step != ""; step = at[step] {
			want = append([]string{calls[ID(step)]}, want...)
		}
		expect("breadcrumb of "+name, strings.Join(crumbs, ">"), strings.Join(want, ">"))
	}
	f.equal("categories", found, len(at))
	pairs := map[appdock.ID]map[appdock.ID]bool{}
	for _, r := range search("product_category_tree") {
		if pairs[r.Key("productId")] == nil {
			pairs[r.Key("productId")] = map[appdock.ID]bool{}
		}
		pairs[r.Key("productId")][r.Key("categoryId")] = true
	}
	for _, r := range search("product") {
		var in, tree []string
		raw, _ := r.Get("categoryIds").(json.RawMessage)
		listed, _ := r.Get("categoryTree").(json.RawMessage)
		if len(raw) == 0 {
			continue // one of the fixture
		}
		f.must(json.Unmarshal(raw, &in))
		f.must(json.Unmarshal(listed, &tree))
		want := map[string]bool{}
		for _, id := range in {
			want[id] = true
			for step := range strings.SplitSeq(ways[names[appdock.MustID(id)]], "|") {
				if step != "" {
					want[step] = true
				}
			}
		}
		expect("length of the tree of "+r.Text("productNumber"), len(tree), len(want))
		expect("pairs of the tree of "+r.Text("productNumber"), len(pairs[r.ID()]), len(want))
		for id := range want {
			expect("tree of "+r.Text("productNumber")+" has "+id, pairs[r.ID()][appdock.MustID(id)], true)
		}
	}
}
