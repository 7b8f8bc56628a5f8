package sqlite

import (
	"bytes"
	"context"
	"errors"
	"math"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	sqlite3 "modernc.org/sqlite/lib"

	"github.com/appdock/appdock/internal/rows"
)

// name is a text with a type of its own.
type name string

func engineOf(t *testing.T) *session {
	t.Helper()
	path := filepath.Join(t.TempDir(), "test.db")
	if err := touchFile(path); err != nil {
		t.Fatal(err)
	}
	s, err := newSession(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.close)
	return s
}

func TestValuesComeBackAsTheyWent(t *testing.T) {
	t.Parallel()
	s := engineOf(t)
	long := strings.Repeat("ü", keptBuffer)
	text, pointed := "text", int64(7)
	for what, one := range map[string]struct{ arg, want any }{
		"null":                 {nil, nil},
		"a number":             {int64(math.MinInt64), int64(math.MinInt64)},
		"a number by its kind": {int32(-5), int64(-5)},
		"an unsigned number":   {uint16(5), int64(5)},
		"a fraction":           {0.1, 0.1},
		"yes":                  {true, int64(1)},
		"a text":               {"it's \"ä\"\x00b", "it's \"ä\"\x00b"},
		"no text":              {"", ""},
		"a long text":          {long, long},
		"a named text":         {name("n"), "n"},
		"bytes":                {[]byte{0, 255}, []byte{0, 255}},
		"many bytes":           {bytes.Repeat([]byte{1}, keptBuffer+1), bytes.Repeat([]byte{1}, keptBuffer+1)},
		"no bytes":             {[]byte{}, []byte(nil)},
		"nil bytes":            {[]byte(nil), nil},
		"a pointer":            {&text, "text"},
		"a pointer to nothing": {(*string)(nil), nil},
	} {
		for range 2 { // again with what the statement has kept
			var got, other any
			err := s.While(t.Context(), func(row rows.Row) (bool, error) { return true, row.Scan(&got, &other) }, "SELECT ?, ?", one.arg, &pointed)
			if err != nil {
				t.Errorf("%s: %v", what, err)
			}
			if diff := cmp.Diff([]any{one.want, pointed}, []any{got, other}); diff != "" {
				t.Errorf("%s (-want +got):\n%s", what, diff)
			}
		}
	}
}

func TestTargetsTakeWhatTheyCanHold(t *testing.T) {
	t.Parallel()
	s := engineOf(t)
	read := func(expression string, target any) error {
		found := false
		err := s.While(t.Context(), func(row rows.Row) (bool, error) {
			found = true
			return true, row.Scan(target)
		}, "SELECT "+expression)
		if err == nil && !found {
			return errors.New("no row")
		}
		return err
	}
	var (
		text  string
		named name
		small int8
		yes   bool
		part  float64
		raw   []byte
		maybe *string
	)
	for expression, target := range map[string]any{
		"'a'": &text, "'b'": &named, "127": &small, "1": &yes, "2": &part, "x'0102'": &raw, "'c'": &maybe,
	} {
		if err := read(expression, target); err != nil {
			t.Errorf("%s: %v", expression, err)
		}
	}
	c := "c"
	if diff := cmp.Diff([]any{"a", name("b"), int8(127), true, 2.0, []byte{1, 2}, &c}, []any{text, named, small, yes, part, raw, maybe}); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if err := read("NULL", &maybe); err != nil || maybe != nil {
		t.Errorf("null: got %v, %v", maybe, err)
	}
	for expression, target := range map[string]any{
		"NULL": &text, "1": &text, "'1'": &yes, "128": &small, "2": &yes, "1.5": new(int64), "'x'": &part, "1, 2": &small, "3": small,
	} {
		if err := read(expression, target); err == nil {
			t.Errorf("%s was read into a %T", expression, target)
		}
	}
}

func TestStatementsThatFail(t *testing.T) {
	t.Parallel()
	s := engineOf(t)
	ctx := t.Context()
	for _, text := range []string{"CREATE TABLE t (shop INTEGER, id TEXT, UNIQUE (shop, id))", "INSERT INTO t VALUES (1, 'a')"} {
		if _, err := s.Exec(ctx, text); err != nil {
			t.Fatal(err)
		}
	}
	_, err := s.Exec(ctx, "INSERT INTO t VALUES (?, ?)", int64(1), "a")
	if diff := cmp.Diff([]string{"shop", "id"}, brokenColumns(err)); diff != "" {
		t.Errorf("%v: broken columns (-want +got):\n%s", err, diff)
	}
	for what, one := range map[string]struct {
		text string
		args []any
	}{
		"no statement":         {"SELEC 1", nil},
		"a text in quotes":     {`SELECT "nothing"`, nil}, // might be a column that was spelt wrong
		"two statements":       {"SELECT 1; SELECT 2", nil},
		"nothing":              {" ", nil},
		"what ends in between": {"SELECT 1\x00 + 1", nil},
		"too few arguments":    {"SELECT ?, ?", []any{int64(1)}},
		"too many arguments":   {"SELECT ?", []any{int64(1), int64(2)}},
		"what is no value":     {"SELECT ?", []any{struct{}{}}},
		"a number too large":   {"SELECT ?", []any{uint64(math.MaxUint64)}},
	} {
		if _, err := s.Exec(ctx, one.text, one.args...); err == nil {
			t.Errorf("%s was run", what)
		}
	}
	n, err := s.Exec(ctx, "INSERT INTO t VALUES (1, 'b'), (1, 'c')")
	if err != nil || n != 2 {
		t.Errorf("after what failed: %d rows, %v", n, err)
	}
}

// TestWhoGivesUpIsNotWaitedFor cancels a statement inside of another whose context lives on.
// TestStatementThatCannotBeCompiled changes nothing of what others are known to do.
func TestStatementThatCannotBeCompiled(t *testing.T) {
	t.Parallel()
	s := engineOf(t)
	for _, text := range []string{"CREATE TABLE t (x)", "CREATE TABLE u (x)"} {
		if _, err := s.Exec(t.Context(), text); err != nil {
			t.Fatal(err)
		}
	}
	s.engine.mark([]string{"t"}, rows.NewLosses())
	st, err := s.engine.prepare("DELETE FROM u")
	if err != nil {
		t.Fatal(err)
	}
	defer st.close()
	if _, err := s.engine.prepare("DELETE FROM t WHERE unknown = 1"); err == nil {
		t.Fatal("a column that is not there was compiled")
	}
	if err := st.run(t.Context(), func(rows.Row) (bool, error) { return true, nil }, nil); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"u"}, st.loses); diff != "" || st.marks {
		t.Errorf("the statement marks: %t; it takes from other tables than before (-want +got):\n%s", st.marks, diff)
	}
}

func TestWhoGivesUpIsNotWaitedFor(t *testing.T) {
	t.Parallel()
	s := engineOf(t)
	inner, giveUp := context.WithCancel(t.Context())
	count := 0
	err := s.While(t.Context(), func(rows.Row) (bool, error) {
		count++
		err := s.While(inner, func(rows.Row) (bool, error) { giveUp(); return true, nil }, "WITH RECURSIVE n (x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n) SELECT x FROM n")
		if !errors.Is(err, context.Canceled) {
			t.Errorf("got %v", err)
		}
		return count < 2, nil
	}, "WITH RECURSIVE n (x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n WHERE x < 5) SELECT x FROM n")
	if err != nil || count != 2 {
		t.Errorf("the outer one: %d rows, %v", count, err)
	}
	if primaryCode(&engineError{sqlite3.SQLITE_FULL, ""}) != sqlite3.SQLITE_FULL {
		t.Error("the code of an error is lost")
	}
}

// panicking runs a read that panics in its first row, and gives what came out.
func panicking(read func(scan func(rows.Row) (bool, error)) error) (value any) {
	defer func() { value = recover() }()
	_ = read(func(rows.Row) (bool, error) { panic("in a row") })
	return nil
}

const numbers = "WITH RECURSIVE n (x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n WHERE x < 3) SELECT x FROM n"

func TestPanicOfARowEndsItsStatement(t *testing.T) {
	t.Parallel()
	s := open(t, filepath.Join(t.TempDir(), "test.db"))
	seen := func() (revision int64) {
		t.Helper()
		err := s.read(t.Context(), s.searchers, func(r *session) error {
			return r.While(t.Context(), func(row rows.Row) (bool, error) { return true, row.Scan(&revision) }, "SELECT max(revision) FROM shop")
		})
		if err != nil {
			t.Fatal(err)
		}
		return revision
	}
	const walk = "SELECT number FROM shop"
	got := panicking(func(scan func(rows.Row) (bool, error)) error {
		return s.read(t.Context(), s.searchers, func(r *session) error { return r.While(t.Context(), scan, walk) })
	})
	if got != "in a row" {
		t.Fatalf("the reader: got %v", got)
	}
	before := seen()
	unit := func(f func(*session) error) error {
		return s.writer.do(t.Context(), false, func(_ context.Context, w *session) (int, error) { return 1, f(w) })
	}
	got = panicking(func(scan func(rows.Row) (bool, error)) error {
		return unit(func(w *session) error { return w.While(t.Context(), scan, walk) })
	})
	if p, ok := got.(*panicked); !ok || p.value != "in a row" {
		t.Fatalf("the writer: got %v", got)
	}
	err := unit(func(w *session) error {
		if err := w.While(t.Context(), func(rows.Row) (bool, error) { return true, nil }, walk); err != nil {
			return err
		}
		_, err := w.Exec(t.Context(), "UPDATE shop SET revision = revision + 1")
		return err
	})
	if err != nil {
		t.Errorf("the writer afterwards: %v", err)
	}
	if now := seen(); now != before+1 {
		t.Errorf("the reader sees revision %d, want %d", now, before+1)
	}
	var busy, frames, copied int64
	err = s.glance(t.Context(), s.hosts, func(r *session) error {
		return r.While(t.Context(), func(row rows.Row) (bool, error) { return true, row.Scan(&busy, &frames, &copied) }, "PRAGMA wal_checkpoint(PASSIVE)")
	})
	if err != nil || frames != copied {
		t.Errorf("%d of %d frames of the log were copied, %v: somebody reads what was before", copied, frames, err)
	}
}

// TestStatementsInsideOfOthers needs more room than there is for texts, and the same text twice.
func TestStatementsInsideOfOthers(t *testing.T) {
	t.Parallel()
	s := engineOf(t)
	var got []int64
	err := s.While(t.Context(), func(row rows.Row) (bool, error) {
		var outer int64
		if err := row.Scan(&outer); err != nil {
			return false, err
		}
		for i := range 4 {
			text := "SELECT '" + strings.Repeat(string(rune('a'+i)), maxTexts/2) + "'"
			if err := s.While(t.Context(), func(rows.Row) (bool, error) { return true, nil }, text); err != nil {
				return false, err
			}
		}
		err := s.While(t.Context(), func(row rows.Row) (bool, error) {
			var inner int64
			err := row.Scan(&inner)
			got = append(got, 10*outer+inner)
			return true, err
		}, numbers)
		return true, err
	}, numbers)
	if diff := cmp.Diff([]int64{11, 12, 13, 21, 22, 23, 31, 32, 33}, got); diff != "" || err != nil {
		t.Errorf("%v (-want +got):\n%s", err, diff)
	}
	size := 0
	for text := range s.statements {
		size += len(text)
	}
	if size != s.texts {
		t.Errorf("%d bytes are prepared, counted %d", size, s.texts)
	}
}
