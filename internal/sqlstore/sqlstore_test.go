package sqlstore_test

import (
	"flag"
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/appdock/appdock"
	"github.com/appdock/appdock/internal/entity"
	"github.com/appdock/appdock/internal/sqlstore"
)

var update = flag.Bool("update", false, "rewrite golden files")

func golden(t *testing.T, file, got string) {
	t.Helper()
	if *update {
		if err := os.WriteFile(file, []byte(got), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("%s (-want +got):\n%s", file, diff)
	}
}

// TestGolden shows the SQL of both dialects, to be read.
func TestGolden(t *testing.T) {
	t.Parallel()
	for name, dialect := range map[string]sqlstore.Dialect{"sqlite": sqlstore.SQLite, "postgres": sqlstore.Postgres} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			tr := sqlstore.Translator{Dialect: dialect, Schema: library(t)}
			statements, err := tr.DDL()
			if err != nil {
				t.Fatal(err)
			}
			golden(t, "testdata/"+name+".ddl.golden", strings.Join(statements, ";\n")+";\n")

			var b strings.Builder
			show := func(title string) func(st sqlstore.Statement, err error) {
				return func(st sqlstore.Statement, err error) {
					if err != nil {
						t.Fatalf("%s: %v", title, err)
					}
					text := st.SQL
					if _, from, ok := strings.Cut(text, " FROM "); ok && (strings.HasPrefix(text, "SELECT t0") || strings.HasPrefix(text, "SELECT +t0")) {
						text = "… FROM " + from
					}
					fmt.Fprintf(&b, "## %s\n%s\n", title, text)
					for _, arg := range st.Args {
						fmt.Fprintf(&b, "    %s\n", argument(arg))
					}
				}
			}
			all := questions()
			for _, title := range slices.Sorted(maps.Keys(all)) {
				q := all[title]
				if len(q.queries) > 10 {
					continue // nobody reads so many
				}
				show(title)(tr.Select(7, entity.View{}, &entity.Criteria{Entity: "book", Filters: q.filters, Sort: q.sort, Queries: q.queries, Grouping: q.grouping}))
			}
			publisher, _ := tr.Schema.Definition("publisher")
			books, _ := publisher.Association("books")
			show("a page of what it leads to, for each parent")(tr.Related(7, entity.View{}, appdock.LiveVersion, publisher, books,
				[]appdock.ID{id("publisher/north"), id("publisher/south")}, &entity.Criteria{Offset: 2, Limit: 3}))
			show("count up to the next pages")(tr.Count(7, entity.View{}, &entity.Criteria{Entity: "book", Limit: 25, Total: entity.CountNext}))
			show("insert")(tr.Change(7, entity.Change{Entity: "book", Kind: entity.Inserted, ID: id("book/a"), Set: map[string]any{"title": "Ä", "lent": true}}))
			show("update")(tr.Change(7, entity.Change{Entity: "book", Kind: entity.Updated, ID: id("book/a"), Version: id("draft"), Expect: 4, Set: map[string]any{"title": nil}}))
			show("delete")(tr.Change(7, entity.Change{Entity: "publisher", Kind: entity.Deleted, ID: id("publisher/north")}))
			golden(t, "testdata/"+name+".sql.golden", b.String())
		})
	}
}

func argument(v any) string {
	switch v := v.(type) {
	case []byte:
		return fmt.Sprintf("x'%x'", v)
	case [][]byte:
		return fmt.Sprintf("%x", v)
	default:
		return fmt.Sprintf("%#v", v)
	}
}

func TestRefuses(t *testing.T) {
	t.Parallel()
	tr := sqlstore.Translator{Schema: library(t)}
	filters := map[string]entity.Filter{
		"a field that is not there":                   is("colour", "red"),
		"a path that ends at a record":                is("publisher", "x"),
		"a path into what is not stored":              is("films.title", "x"),
		"a path below a field that has nothing":       is("stock.x", int64(1)),
		"a field that is computed":                    is("age", int64(1)),
		"a part of a price that is not there":         is("price.colour", 1.0),
		"a price that is no number":                   is("price", "x"),
		"a number for a text":                         is("title", int64(1)),
		"a text for a number":                         is("stock", "1"),
		"a text for an id":                            is("publisherId", "x"),
		"a part of a text that is no text":            {Kind: entity.Contains, Field: "title", Values: []any{int64(1)}},
		"what is in a document, compared with a list": is("customFields.x", []string{"x"}),
	}
	for name, f := range filters {
		if st, err := tr.Select(1, entity.View{}, &entity.Criteria{Entity: "book", Filters: []entity.Filter{f}}); err == nil {
			t.Errorf("%s became %s", name, st.SQL)
		}
	}
	changes := map[string]entity.Change{
		"an unknown entity":         {Entity: "film", Kind: entity.Inserted},
		"an entity without a table": {Entity: "shelf", Kind: entity.Inserted},
		"an unknown field":          {Entity: "book", Kind: entity.Inserted, Set: map[string]any{"colour": "red"}},
		"a computed field":          {Entity: "book", Kind: entity.Inserted, Set: map[string]any{"age": int64(1)}},
		"a value of another type":   {Entity: "book", Kind: entity.Inserted, Set: map[string]any{"stock": 1.5}},
		"no kind of change":         {Entity: "book"},
	}
	for name, c := range changes {
		if st, err := tr.Change(1, c); err == nil {
			t.Errorf("%s became %s", name, st.SQL)
		}
	}
}

// TestNothingIsInterpolated puts SQL wherever a client has a say.
func TestNothingIsInterpolated(t *testing.T) {
	t.Parallel()
	const evil = `x' OR "1"=1; DROP TABLE book; --?`
	for _, dialect := range []sqlstore.Dialect{sqlstore.SQLite, sqlstore.Postgres} {
		tr := sqlstore.Translator{Dialect: dialect, Schema: library(t)}
		for _, f := range []entity.Filter{
			is("title", evil), text(entity.Contains, "notes", evil), any1("tags", evil, evil), is("customFields.x", evil),
			is("customFields.x' OR 1=1", "x"), is(`customFields.x" DROP`, "x"),
		} {
			st, err := tr.Select(1, entity.View{}, &entity.Criteria{Entity: "book", Filters: []entity.Filter{f}, Sort: []entity.Sort{{Field: f.Field}}})
			if err != nil {
				t.Fatal(err)
			}
			for _, part := range []string{"DROP", "1=1"} {
				if strings.Contains(st.SQL, part) {
					t.Errorf("%s stands in %s", part, st.SQL)
				}
			}
		}
	}
}

func TestFold(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"":                   "",
		"ABC xyz":            "abc xyz",
		"Ärger":              "arger",
		"A\u0308rger":        "arger", // in two characters
		"STRAẞE Straße":      "strasse strasse",
		"ﬁn":                 "fin",
		"İstanbul":           "istanbul",
		"Ⅷ ½ ｆｕｌｌ":           "viii 1⁄2 full",
		"Ωμέγα":              "ωμεγα",
		"日本":                 "日本",
		"not \xff utf-8 Ä":   "not \ufffd utf-8 a",
		"50% off_now \\ 'x'": "50% off_now \\ 'x'",
	} {
		if got := sqlstore.Fold(text); got != want {
			t.Errorf("Fold(%q) = %q, want %q", text, got, want)
		}
	}
}

func FuzzFold(f *testing.F) {
	for _, s := range []string{"Ärger", "STRAẞE", "İ", "ﬁ", "\xff", "Ǆ"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		once := sqlstore.Fold(s)
		if twice := sqlstore.Fold(once); twice != once {
			t.Errorf("Fold(%q) = %q, folded again %q", s, once, twice)
		}
	})
}

func TestViolated(t *testing.T) {
	t.Parallel()
	book, _ := library(t).Definition("book")
	if u, primary := sqlstore.Violated(book, []string{"shop", "isbn_fold", "version_id"}); primary || u.Code != "ISBN_TAKEN" {
		t.Errorf("got %v, %v for the unique set", u, primary)
	}
	if _, primary := sqlstore.Violated(book, []string{"shop", "id", "version_id"}); !primary {
		t.Error("the primary key was taken for a unique set")
	}
}
