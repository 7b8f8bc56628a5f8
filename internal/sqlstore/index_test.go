package sqlstore_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/appdock/appdock"
	"github.com/appdock/appdock/internal/entity"
	"github.com/appdock/appdock/internal/sqlstore"
)

func TestAsked(t *testing.T) {
	t.Parallel()
	filters := func(f ...entity.Filter) *entity.Criteria { return &entity.Criteria{Filters: f} }
	sorted := func(c *entity.Criteria, fields ...string) *entity.Criteria {
		for _, f := range fields {
			c.Sort = append(c.Sort, entity.Sort{Field: f})
		}
		return c
	}
	some := entity.Bounds{GTE: int64(1)}
	tests := map[string]struct {
		criteria *entity.Criteria
		want     string // columns; empty: nothing
	}{
		"a key, a range and an order": {
			sorted(filters(any1("publisherId", id("a"), id("b")), within("price", some), is("lent", true)), "title"),
			"lent publisher_id price_gross title_fold",
		},
		"the same in another order": {
			sorted(filters(group(entity.And, is("lent", true), within("book.price", some)), is("publisherId", id("a"))), "title"),
			"lent publisher_id price_gross title_fold",
		},
		"two ranges":                  {filters(within("stock", some), within("price", some)), "price_gross stock"},
		"an order alone":              {sorted(filters(), "price"), "price_gross"},
		"a part of a text":            {filters(is("stock", int64(1)), text(entity.Contains, "title", "x")), "stock title_fold"},
		"the same field twice":        {sorted(filters(is("stock", int64(1)), within("stock", some)), "stock", "stock"), "stock"},
		"nothing":                     {filters(), ""},
		"a part of a text alone":      {filters(text(entity.Contains, "title", "x")), ""},
		"one of several conditions":   {filters(group(entity.Or, is("stock", int64(1)), is("lent", true))), ""},
		"a value that is unique":      {filters(is("isbn", "1")), ""},
		"an id":                       {filters(is("id", id("a"))), ""},
		"no value":                    {filters(is("stock", nil)), ""},
		"a text of any length":        {sorted(filters(), "notes"), ""},
		"a document":                  {filters(is("tags", "x"), is("stock", int64(1))), ""},
		"a way through other records": {filters(is("publisher.name", "x"), is("stock", int64(1))), ""},
		"an order by other records":   {sorted(filters(is("stock", int64(1))), "publisher.name"), ""},
		"a part of a document":        {filters(is("customFields.x", "y"), is("stock", int64(1))), ""},
		"too much": {
			sorted(filters(is("stock", int64(1)), is("weight", 1.0), is("lent", true), is("price", 1.0), within("printedAt", some)),
				"title", "autoIncrement", "createdAt", "updatedAt"), "",
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			test.criteria.Entity = "book"
			for dialect, want := range map[sqlstore.Dialect]string{sqlstore.SQLite: test.want, sqlstore.Postgres: ""} {
				a, ok := sqlstore.Translator{Dialect: dialect, Schema: library(t)}.Asked(entity.View{}, test.criteria)
				got := ""
				if ok {
					got = strings.Join(a.Columns(), " ")
				}
				if got != want {
					t.Errorf("got %q, want %q", got, want)
				}
			}
			tr := sqlstore.Translator{Schema: library(t)}
			for what, view := range map[string]entity.View{
				"a draft": {Version: id("draft")}, "another language": {Language: id("fr")}, "what is inherited": {Inherit: true},
				"another currency": {Currency: id("chf"), Factor: 0.9},
			} {
				if a, ok := tr.Asked(view, test.criteria); ok {
					t.Errorf("%s: got %v", what, a)
				}
			}
			if _, ok := tr.Asked(entity.View{Language: appdock.SystemLanguage}, test.criteria); ok != (test.want != "") {
				t.Errorf("the system language: got %v", ok)
			}
		})
	}
}

// TestServing takes the index that has all that is asked, and begins with the most of it.
func TestServing(t *testing.T) {
	t.Parallel()
	asked := func(equal []string, between string, then ...string) sqlstore.Asked {
		return sqlstore.Asked{Entity: "book", Equal: equal, Range: between, Then: then}
	}
	tr := sqlstore.Translator{Schema: library(t), Indexes: []sqlstore.Index{
		{Number: 1, Asked: asked(nil, "", "title_fold", "stock")},
		{Number: 2, Asked: asked([]string{"lent"}, "price_gross", "title_fold", "stock")},
		{Number: 3, Asked: asked([]string{"lent", "stock"}, "price_gross", "title_fold")},
	}}
	tests := map[string]struct {
		asked sqlstore.Asked
		want  int64 // 0: none
	}{
		"the same":                    {asked([]string{"lent"}, "price_gross", "title_fold"), 2},
		"more that must be equal":     {asked([]string{"lent", "stock"}, "price_gross"), 3},
		"less":                        {asked([]string{"lent"}, "", "title_fold"), 2},
		"an order":                    {asked(nil, "", "title_fold"), 1},
		"what none begins with":       {asked([]string{"publisher_id"}, "", "title_fold"), 0},
		"a column that none has":      {asked([]string{"lent"}, "", "weight"), 0},
		"the columns of another book": {sqlstore.Asked{Entity: "review", Equal: []string{"lent"}}, 0},
	}
	for name, test := range tests {
		if got, ok := tr.Serving(test.asked); ok != (test.want > 0) || ok && got.Number != test.want {
			t.Errorf("%s: got %v %v, want %d", name, got, ok, test.want)
		}
	}
}

func TestWidened(t *testing.T) {
	t.Parallel()
	a := sqlstore.Asked{Entity: "book", Equal: []string{"lent"}, Then: []string{"title_fold"}}
	b := sqlstore.Asked{Entity: "book", Equal: []string{"lent"}, Then: []string{"stock", "title_fold"}}
	both, ok := a.Widened(b)
	want := sqlstore.Asked{Entity: "book", Equal: []string{"lent"}, Then: []string{"title_fold", "stock"}}
	if diff := cmp.Diff(want, both); !ok || diff != "" {
		t.Errorf("ok %v (-want +got):\n%s", ok, diff)
	}
	b.Range = "stock"
	if _, ok := a.Widened(b); ok {
		t.Error("one that begins otherwise is widened")
	}
}
