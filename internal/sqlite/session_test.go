package sqlite

import (
	"fmt"
	"path/filepath"
	"strings"
	"testing"
)

func TestStatementsAreForgottenInTurn(t *testing.T) {
	t.Parallel()
	s := open(t, filepath.Join(t.TempDir(), "test.db"))
	r, err := s.searchers.take(t.Context(), s.closed)
	if err != nil {
		t.Fatal(err)
	}
	defer s.searchers.put(r)
	run := func(text string) {
		t.Helper()
		if _, err := r.Exec(t.Context(), text); err != nil {
			t.Fatal(err)
		}
		size := 0
		for text := range r.statements {
			size += len(text)
		}
		if size != r.texts || size > max(maxTexts, len(text)) {
			t.Fatalf("%d bytes are prepared, counted %d, after %.20s", size, r.texts, text)
		}
	}
	kilobyte := "SELECT '" + strings.Repeat("x", 1000) + "'"
	const often = "SELECT 'often'"
	for i := range 2 * maxTexts / len(kilobyte) {
		run(often)
		run(fmt.Sprint(kilobyte, " || ", i))
		if r.statements[often] == nil {
			t.Fatal("what is used again and again was forgotten")
		}
	}
	if n := len(r.statements); n < 100 {
		t.Errorf("only %d statements are left", n)
	}
	run("SELECT '" + strings.Repeat("x", 2*maxTexts) + "'")
	run(often)
	if n := len(r.statements); n != 1 {
		t.Errorf("%d statements are left after a long one", n)
	}
}
