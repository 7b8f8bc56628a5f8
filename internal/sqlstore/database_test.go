package sqlstore_test

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"unicode"

	"github.com/google/go-cmp/cmp"
	"github.com/jackc/pgx/v5"
	"modernc.org/sqlite"

	"github.com/appdock/appdock"
	"github.com/appdock/appdock/internal/entity"
	"github.com/appdock/appdock/internal/sqlstore"
)

// database runs statements on a real database.
type database struct {
	exec  func(t *testing.T, st sqlstore.Statement) (int64, error)
	query func(t *testing.T, st sqlstore.Statement) [][]any
}

// serve lets SQLite call Fold and Unpack, as each connection of the store can.
var serve = sync.OnceFunc(func() {
	sqlite.MustRegisterDeterministicScalarFunction(sqlstore.FoldFunction, 1, func(_ *sqlite.FunctionContext, args []driver.Value) (driver.Value, error) {
		text, ok := args[0].(string)
		if !ok {
			return args[0], nil
		}
		return sqlstore.Fold(text), nil
	})
	sqlite.MustRegisterDeterministicScalarFunction(sqlstore.UnpackFunction, 1, func(_ *sqlite.FunctionContext, args []driver.Value) (driver.Value, error) {
		stored, ok := args[0].([]byte)
		if !ok {
			return args[0], nil
		}
		text, err := sqlstore.Unpack(stored)
		return string(text), err
	})
})

// TestQuestionsSQLite and its sister ask real databases the same questions.
func TestQuestionsSQLite(t *testing.T) {
	t.Parallel()
	serve()
	db, err := sql.Open("sqlite", filepath.Join(t.TempDir(), "test.db"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	ask(t, sqlstore.SQLite, database{
		exec: func(t *testing.T, st sqlstore.Statement) (int64, error) {
			t.Helper()
			result, err := db.ExecContext(t.Context(), st.SQL, st.Args...)
			if err != nil {
				return 0, err
			}
			return result.RowsAffected()
		},
		query: func(t *testing.T, st sqlstore.Statement) [][]any {
			t.Helper()
			rows, err := db.QueryContext(t.Context(), st.SQL, st.Args...)
			if err != nil {
				t.Fatalf("%s: %v", st.SQL, err)
			}
			defer func() { _ = rows.Close() }()
			names, err := rows.Columns()
			if err != nil {
				t.Fatal(err)
			}
			var all [][]any
			for rows.Next() {
				row, targets := make([]any, len(names)), make([]any, len(names))
				for i := range row {
					targets[i] = &row[i]
				}
				if err := rows.Scan(targets...); err != nil {
					t.Fatal(err)
				}
				all = append(all, row)
			}
			if err := rows.Err(); err != nil {
				t.Fatalf("%s: %v", st.SQL, err)
			}
			return all
		},
	})
}

func TestQuestionsPostgres(t *testing.T) {
	t.Parallel()
	dsn := os.Getenv("APPDOCK_TEST_POSTGRES")
	if dsn == "" {
		const missing = "PostgreSQL tests are skipped: set APPDOCK_TEST_POSTGRES or install the postgresql package"
		if os.Getenv("APPDOCK_CI") == "1" {
			t.Fatal(missing)
		}
		t.Skip(missing)
	}
	conn, err := pgx.Connect(t.Context(), dsn)
	if err != nil {
		t.Fatal(err)
	}
	schema := fmt.Sprintf("sqlstore_%x", appdock.NewID(printed))
	if _, err := conn.Exec(t.Context(), "CREATE SCHEMA "+schema+"; SET search_path TO "+schema); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		ctx := context.Background() // the test's own is over
		_, err := conn.Exec(ctx, "DROP SCHEMA "+schema+" CASCADE")
		if err != nil {
			t.Error(err)
		}
		_ = conn.Close(ctx)
	})
	ask(t, sqlstore.Postgres, database{
		exec: func(t *testing.T, st sqlstore.Statement) (int64, error) {
			t.Helper()
			tag, err := conn.Exec(t.Context(), st.SQL, st.Args...)
			return tag.RowsAffected(), err
		},
		query: func(t *testing.T, st sqlstore.Statement) [][]any {
			t.Helper()
			// As texts and bytes come over database/sql: not taken apart by pgx.
			rows, err := conn.Query(t.Context(), st.SQL, st.Args...)
			if err != nil {
				t.Fatalf("%s: %v", st.SQL, err)
			}
			defer rows.Close()
			var all [][]any
			for rows.Next() {
				row := make([]any, len(rows.FieldDescriptions()))
				targets := make([]any, len(row))
				for i, f := range rows.FieldDescriptions() {
					targets[i] = &row[i]
					if f.DataTypeOID == 114 { // json
						targets[i] = document{&row[i]}
					}
				}
				if err := rows.Scan(targets...); err != nil {
					t.Fatal(err)
				}
				all = append(all, row)
			}
			if err := rows.Err(); err != nil {
				t.Fatalf("%s: %v", st.SQL, err)
			}
			return all
		},
	})
}

// document scans JSON as its text.
type document struct{ to *any }

func (d document) Scan(v any) error {
	*d.to = v
	return nil
}

// folds has a database fold each letter that is known, and texts of several.
func folds(t *testing.T, db database) {
	t.Helper()
	texts := []string{"", "Élan VITAL", "STRAẞE Straße", "ΟΔΟΣ Άρης", "İstanbul", "Дом Й", "ﬁnal Ⅷ", "a\u0327b\u0301", "日本 100% 👍", "\\U 'quoted'"}
	var some []rune
	for r := rune(1); r <= 0x1ffff; r++ {
		if r >= 0x1e030 && r <= 0x1e08f {
			continue // modifier letters of Unicode 15, which older servers do not take apart
		}
		if unicode.In(r, unicode.L, unicode.M, unicode.N, unicode.P, unicode.S, unicode.Zs) {
			some = append(some, r)
		}
		if len(some) == 2000 || r == 0x1ffff {
			texts, some = append(texts, string(some)), nil
		}
	}
	for _, text := range texts {
		rows := db.query(t, sqlstore.Statement{SQL: "SELECT " + sqlstore.FoldFunction + "('" + strings.ReplaceAll(text, "'", "''") + "')"})
		if got, want := fmt.Sprintf("%s", rows[0][0]), sqlstore.Fold(text); got != want {
			t.Errorf("the database folds %.40q otherwise than Go: %s", text, cmp.Diff([]rune(want), []rune(got)))
		}
	}
}

// ask fills a library, in two shops, and asks all questions.
func ask(t *testing.T, dialect sqlstore.Dialect, db database) {
	t.Helper()
	tr := sqlstore.Translator{Dialect: dialect, Schema: library(t)}
	statements, err := tr.DDL()
	if err != nil {
		t.Fatal(err)
	}
	must := func(st sqlstore.Statement, err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		if _, err := db.exec(t, st); err != nil {
			t.Fatalf("%s: %v", st.SQL, err)
		}
	}
	for _, s := range statements {
		must(sqlstore.Statement{SQL: s}, nil)
	}
	for _, shop := range []int64{1, 2} {
		for _, c := range books() {
			must(tr.Change(shop, c))
		}
	}
	// A draft that looks like a live one.
	must(tr.Change(1, entity.Change{Entity: "book", Kind: entity.Inserted, ID: id("book/a"), Version: id("draft"), Set: map[string]any{"title": "zebra", "isbn": "111"}}))

	folds(t, db)
	aggregate(t, tr, db)
	letters := map[appdock.ID]string{}
	for _, c := range books() {
		letters[c.ID] = c.ID.String()
		if name := strings.TrimPrefix(nameOf(c.ID), "book/"); len(name) == 1 {
			letters[c.ID] = name
		}
	}
	books, _ := tr.Schema.Definition("book")
	find := func(t *testing.T, st sqlstore.Statement, err error) (found []entity.Record, got string) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		for _, row := range db.query(t, st) {
			r, err := tr.Record(books, entity.View{}, row)
			if err != nil {
				t.Fatal(err)
			}
			found = append(found, r)
			got += letters[r.ID()]
		}
		return found, got
	}
	answers := func(tr sqlstore.Translator, name string, q question) {
		c := &entity.Criteria{Entity: "book", Filters: q.filters, Sort: q.sort, Queries: q.queries, Grouping: q.grouping}
		st, err := tr.Select(1, entity.View{}, c)
		if _, got := find(t, st, err); got != q.want {
			t.Errorf("%s: got %q, want %q\n%s %v", name, got, q.want, st.SQL, st.Args)
		}
		if st, err = tr.Count(1, entity.View{}, c); err != nil {
			t.Fatal(err)
		}
		if n := db.query(t, st)[0][0]; n != int64(len(q.want)) {
			t.Errorf("%s: counted %v, want %d", name, n, len(q.want))
		}
	}
	for name, q := range questions() {
		answers(tr, name, q)
	}
	t.Run("each index that a question earns changes no answer", func(t *testing.T) {
		with := tr
		for name, q := range questions() {
			a, ok := tr.Asked(entity.View{}, &entity.Criteria{Entity: "book", Filters: q.filters, Sort: q.sort, Queries: q.queries, Grouping: q.grouping})
			if !ok {
				continue
			}
			index := sqlstore.Index{Number: int64(len(with.Indexes) + 1), Asked: a}
			must(sqlstore.Statement{SQL: index.DDL(books)}, nil)
			with.Indexes = append(with.Indexes, index)
			alone := tr
			alone.Indexes = []sqlstore.Index{index}
			answers(alone, name, q)
		}
		if (len(with.Indexes) == 0) != (dialect == sqlstore.Postgres) {
			t.Errorf("%d questions earn an index", len(with.Indexes))
		}
		for name, q := range questions() {
			answers(with, name, q)
		}
		for _, i := range with.Indexes { // who has read before still names them
			must(sqlstore.Statement{SQL: "DROP INDEX " + i.Name()}, nil)
		}
		for name, q := range questions() {
			answers(with, name, q)
		}
	})
	t.Run("values come back as they were written", func(t *testing.T) {
		st, err := tr.Select(1, entity.View{}, &entity.Criteria{Entity: "book", IDs: []appdock.ID{id("book/a")}})
		found, _ := find(t, st, err)
		got := map[string]any{}
		for _, f := range books.Fields {
			if v := found[0].Get(f.Name); v != nil {
				got[f.Name] = v
			}
		}
		want := map[string]any{"id": id("book/a"), "versionId": appdock.LiveVersion, "publisherVersionId": appdock.LiveVersion, "autoIncrement": int64(1)}
		for name, v := range wantedBook() {
			want[name] = v
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("(-want +got):\n%s", diff)
		}
	})
	t.Run("scores come with the records", func(t *testing.T) {
		queries := []entity.Query{{Filter: is("title", "zebra"), Score: 5.5}, {Filter: is("lent", false), Score: 2}, {Filter: is("publisher.cityName", "Oslo"), Score: 1}}
		want := map[appdock.ID]float64{id("book/a"): 1, id("book/b"): 3, id("book/c"): 2, id("book/d"): 5.5}
		scores := func(st sqlstore.Statement, err error) map[appdock.ID]float64 {
			found, _ := find(t, st, err)
			got := map[appdock.ID]float64{}
			for _, r := range found {
				if r.Score == nil {
					t.Fatalf("%v has no score", r.ID())
				}
				got[r.ID()] = *r.Score
			}
			return got
		}
		if diff := cmp.Diff(want, scores(tr.Select(1, entity.View{}, &entity.Criteria{Entity: "book", Queries: queries}))); diff != "" {
			t.Errorf("(-want +got):\n%s", diff)
		}
		delete(want, id("book/d"))
		publisher, _ := tr.Schema.Definition("publisher")
		association, _ := publisher.Association("books")
		for _, limit := range []int{0, 5} {
			got := scores(tr.Related(1, entity.View{}, appdock.LiveVersion, publisher, association, []appdock.ID{id("publisher/north"), id("publisher/south")},
				&entity.Criteria{Queries: queries, Limit: limit}))
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("of an association, limit %d (-want +got):\n%s", limit, diff)
			}
		}
	})
	t.Run("pages", func(t *testing.T) {
		for want, c := range map[string]*entity.Criteria{
			"bc": {Offset: 1, Limit: 2}, "de": {Offset: 3}, "ab": {Limit: 2}, "": {IDs: []appdock.ID{}}, "ac": {IDs: []appdock.ID{id("book/c"), id("nobody"), id("book/a")}},
		} {
			c.Entity = "book"
			st, err := tr.Select(1, entity.View{}, c)
			_, got := find(t, st, err)
			if c.IDs != nil { // they come in any order
				letters := []byte(got)
				slices.Sort(letters)
				got = string(letters)
			}
			if got != want {
				t.Errorf("got %q, want %q", got, want)
			}
		}
		for offset, want := range map[int]int64{0: 5, 3: 2, 9: 0} {
			st, err := tr.Count(1, entity.View{}, &entity.Criteria{Entity: "review", Offset: offset, Limit: 1, Total: entity.CountNext})
			if err != nil {
				t.Fatal(err)
			}
			if n := db.query(t, st)[0][0]; n != want {
				t.Errorf("counted %v from %d on, want %d", n, offset, want)
			}
		}
	})
	t.Run("associations", func(t *testing.T) {
		publisher, _ := tr.Schema.Definition("publisher")
		association, _ := publisher.Association("books")
		keys := []appdock.ID{id("publisher/north"), id("publisher/south"), id("nobody")}
		for want, c := range map[string]*entity.Criteria{
			"abc": {}, "bc": {Sort: []entity.Sort{{Field: "stock", Descending: true}}, Limit: 1}, "b": {Offset: 1},
			"c": {Filters: []entity.Filter{is("reviews.stars", int64(3))}}, "a": {IDs: []appdock.ID{id("book/a")}},
		} {
			st, err := tr.Related(1, entity.View{}, appdock.LiveVersion, publisher, association, keys, c)
			_, got := find(t, st, err)
			if s := strings.Split(got, ""); strings.Join(slices.Sorted(slices.Values(s)), "") != want {
				t.Errorf("got %q, want %q", got, want)
			}
		}
	})
	t.Run("changes", func(t *testing.T) {
		run := func(c entity.Change) int64 {
			t.Helper()
			c.Entity, c.ID = "book", id("book/e")
			st, err := tr.Change(1, c)
			if err != nil {
				t.Fatal(err)
			}
			n, err := db.exec(t, st)
			if err != nil {
				t.Fatalf("%s: %v", st.SQL, err)
			}
			return n
		}
		title := map[string]any{"title": "Ändern"}
		for i, step := range []struct {
			change entity.Change
			rows   int64
		}{
			{entity.Change{Kind: entity.Updated, Expect: 2, Set: title}, 0},
			{entity.Change{Kind: entity.Updated, Expect: 1, Set: title}, 1},
			{entity.Change{Kind: entity.Updated, Expect: 1, Set: title}, 0},
			{entity.Change{Kind: entity.Updated, Version: id("draft"), Set: title}, 0},
			{entity.Change{Kind: entity.Deleted, Expect: 1}, 0},
		} {
			if n := run(step.change); n != step.rows {
				t.Errorf("step %d touched %d rows, want %d", i, n, step.rows)
			}
		}
		st, err := tr.Select(1, entity.View{}, &entity.Criteria{Entity: "book", Filters: []entity.Filter{is("title", "andern")}})
		if found, got := find(t, st, err); got != "e" || found[0].RowVersion != 2 {
			t.Errorf("got %q %v", got, found)
		}
		if n := run(entity.Change{Kind: entity.Deleted, Expect: 2}); n != 1 {
			t.Errorf("deleted %d rows", n)
		}
		st, err = tr.Select(2, entity.View{}, &entity.Criteria{Entity: "book"})
		if _, got := find(t, st, err); got != "abcde" {
			t.Errorf("the other shop has %q", got)
		}
	})
}

func nameOf(id appdock.ID) string {
	for _, c := range books() {
		if c.ID != id {
			continue
		}
		for _, letter := range "abcde" {
			if name := "book/" + string(letter); c.Entity == "book" && idOf(name) == id {
				return name
			}
		}
	}
	return ""
}

func idOf(name string) appdock.ID { return id(name) }

func wantedBook() map[string]any {
	for _, c := range books() {
		if c.ID == id("book/a") {
			return c.Set
		}
	}
	return nil
}
