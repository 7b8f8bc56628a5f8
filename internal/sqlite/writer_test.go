package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"modernc.org/libc"
	sqlite3 "modernc.org/sqlite/lib"

	"github.com/appdock/appdock"
	"github.com/appdock/appdock/internal/entity"
	"github.com/appdock/appdock/internal/rows"
	"github.com/appdock/appdock/internal/shop"
)

// committing calls a function at each commit of the writer, which fails unless it gives 0.
func committing(t *testing.T, s *Store, hook func() int32) {
	t.Helper()
	called := func(*libc.TLS, uintptr) int32 { return hook() }
	err := s.writer.do(t.Context(), false, func(_ context.Context, w *session) (int, error) {
		sqlite3.Xsqlite3_commit_hook(w.engine.tls, w.engine.db, callback(&called), 0)
		return 0, nil
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { runtime.KeepAlive(called) })
}

func product(n int) func(shop.Unit) error {
	return func(u shop.Unit) error {
		return u.Apply(entity.Change{Entity: "product", Kind: entity.Inserted, ID: appdock.ID{1, byte(n >> 8), byte(n)}, Set: map[string]any{
			"productNumber": fmt.Sprint("P", n), "description": fmt.Sprintf("%04096d", n),
		}})
	}
}

func products(t *testing.T, s *Store) int {
	t.Helper()
	page, err := s.Search(t.Context(), shopA.ID, entity.View{}, &entity.Criteria{Entity: "product", Limit: 1, Total: entity.CountAll})
	if err != nil {
		t.Fatal(err)
	}
	return page.Total
}

// TestGroupCommit makes 100 units wait, so that they must be committed together.
func TestGroupCommit(t *testing.T) {
	t.Parallel()
	failure := errors.New("this unit fails")
	for name, first := range map[string]error{"the first stays": nil, "the first fails": failure} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			groupCommit(t, first, failure)
		})
	}
}

// groupCommit has many units wait for the first, which comes to an end of its own.
func groupCommit(t *testing.T, first, failure error) {
	t.Helper()
	const writers = 100
	s := open(t, filepath.Join(t.TempDir(), "test.db"))
	var commits atomic.Int32
	committing(t, s, func() int32 { commits.Add(1); return 0 })
	before := commits.Load()
	var workers sync.WaitGroup
	failures := make([]error, writers)
	waiting := func() bool { return len(s.writer.units) == writers }
	began := false // units run again when one of their group fails
	// The first unit holds the writer until all others wait.
	workers.Go(func() {
		_, err := s.Write(t.Context(), shopA.ID, func(u shop.Unit) error {
			if err := product(writers)(u); err != nil {
				return err
			}
			if began {
				return first
			}
			began = true
			for i := range writers {
				workers.Go(func() {
					_, failures[i] = s.Write(t.Context(), shopA.ID, func(u shop.Unit) error {
						if err := product(i)(u); err != nil || i != 13 {
							return err
						}
						return failure
					})
				})
			}
			for !waiting() {
				runtime.Gosched()
			}
			return first
		})
		if !errors.Is(err, first) {
			t.Error(err)
		}
	})
	workers.Wait()
	for i, err := range failures {
		if want := i == 13; errors.Is(err, failure) != want || (err != nil) != want {
			t.Errorf("unit %d: %v", i, err)
		}
	}
	want := writers - 1
	if first == nil {
		want++
	}
	if got := products(t, s); got != want {
		t.Errorf("got %d products, want %d", got, want)
	}
	if n := commits.Load() - before; n > 2 {
		t.Errorf("%d commits for %d units that waited together", n, writers)
	}
}

// TestLargeUnitsGoAlone keeps those who write little from waiting for one who writes much.
func TestLargeUnitsGoAlone(t *testing.T) {
	t.Parallel()
	s := open(t, filepath.Join(t.TempDir(), "test.db"))
	var commits atomic.Int32
	committing(t, s, func() int32 { commits.Add(1); return 0 })
	before := commits.Load()
	var workers sync.WaitGroup
	err := s.writer.do(t.Context(), false, func(ctx context.Context, _ *session) (int, error) {
		for i, heavy := range []bool{false, true, false} {
			workers.Go(func() {
				if err := s.writer.do(ctx, heavy, func(ctx context.Context, w *session) (int, error) {
					n, err := w.Exec(ctx, "INSERT INTO fact (name, value) VALUES (?, '')", fmt.Sprint(i))
					return int(n), err
				}); err != nil {
					t.Error(err)
				}
			})
			for len(s.writer.units) != i+1 {
				runtime.Gosched()
			}
		}
		return 0, nil
	})
	workers.Wait()
	if err != nil {
		t.Fatal(err)
	}
	// Those before the heavy one, the heavy one, those behind it.
	if n := commits.Load() - before; n != 3 {
		t.Errorf("got %d commits, want 3", n)
	}
}

// TestLostTransactionLeavesNothing has a unit end the savepoint that it runs in, so that the
// writer must give up the transaction of its group while SQLite still has it.
func TestLostTransactionLeavesNothing(t *testing.T) {
	t.Parallel()
	s := open(t, filepath.Join(t.TempDir(), "test.db"))
	insert := func(ctx context.Context, w *session, name string) error {
		_, err := w.Exec(ctx, "INSERT INTO fact (name, value) VALUES (?, '')", name)
		return err
	}
	failure := errors.New("this unit fails")
	var others sync.WaitGroup
	again := false
	err := s.writer.do(t.Context(), false, func(ctx context.Context, w *session) (int, error) {
		if err := insert(ctx, w, "the first"); err != nil {
			return 0, err
		}
		if again { // in a savepoint, because of the other
			_, err := w.Exec(ctx, "RELEASE unit")
			return 1, err
		}
		again = true
		others.Go(func() {
			if err := s.writer.do(ctx, false, func(ctx context.Context, w *session) (int, error) {
				return 1, errors.Join(insert(ctx, w, "the other"), failure)
			}); err == nil {
				t.Error("the other unit was told that it is written")
			}
		})
		for len(s.writer.units) == 0 {
			runtime.Gosched()
		}
		return 1, nil
	})
	others.Wait()
	if err == nil {
		t.Error("the first unit was told that it is written")
	}
	if !again {
		t.Fatal("the units were not in one group")
	}
	// The names are free, and the writer goes on.
	for _, name := range []string{"the first", "the other"} {
		if err := s.writer.do(t.Context(), false, func(ctx context.Context, w *session) (int, error) {
			return 1, insert(ctx, w, name)
		}); err != nil {
			t.Errorf("%s, after the transaction was given up: %v", name, err)
		}
	}
}

func TestFailedCommitEndsTheWriter(t *testing.T) {
	t.Parallel()
	s := open(t, filepath.Join(t.TempDir(), "test.db"))
	if _, err := s.Write(t.Context(), shopA.ID, product(1)); err != nil {
		t.Fatal(err)
	}
	if err := s.Healthy(); err != nil {
		t.Fatal(err)
	}
	var broken atomic.Int32
	committing(t, s, broken.Load)
	broken.Store(1)
	for n := 2; n <= 3; n++ {
		_, err := s.Write(t.Context(), shopA.ID, product(n))
		if appdock.KindOf(err) != appdock.Unavailable || appdock.CodeOf(err) != "ADK-STORE-FAILED" {
			t.Errorf("write %d: got %v", n, err)
		}
	}
	if err := s.Healthy(); appdock.CodeOf(err) != "ADK-STORE-FAILED" {
		t.Errorf("healthy: got %v", err)
	}
	if got := products(t, s); got != 1 {
		t.Errorf("readers see %d products, want 1", got)
	}
}

func TestFullDisk(t *testing.T) {
	t.Parallel()
	s := open(t, filepath.Join(t.TempDir(), "test.db"))
	limit := func(pages int) {
		t.Helper()
		err := s.writer.do(t.Context(), false, func(ctx context.Context, w *session) (int, error) {
			var now int
			return 0, w.While(ctx, func(row rows.Row) (bool, error) { return false, row.Scan(&now) }, fmt.Sprint("PRAGMA max_page_count = ", pages))
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	limit(1) // becomes what the file has already
	var err error
	written := 0
	for ; err == nil && written < 1000; written++ {
		_, err = s.Write(t.Context(), shopA.ID, product(written))
	}
	written--
	if appdock.CodeOf(err) != "ADK-DISK-FULL" || appdock.KindOf(err) != appdock.Unavailable {
		t.Fatalf("got %v after %d writes", err, written)
	}
	if err := s.Healthy(); err != nil {
		t.Errorf("a full disk ended the writer: %v", err)
	}
	if got := products(t, s); got != written {
		t.Errorf("got %d products, want the %d that were accepted", got, written)
	}
	limit(1 << 30) // somebody made room
	if _, err := s.Write(t.Context(), shopA.ID, product(999)); err != nil {
		t.Error(err)
	}
}

func TestClosedStoreSaysSo(t *testing.T) {
	t.Parallel()
	s := open(t, filepath.Join(t.TempDir(), "test.db"))
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	_, err := s.Write(t.Context(), shopA.ID, product(1))
	if appdock.CodeOf(err) != "ADK-STOPPING" {
		t.Errorf("write: got %v", err)
	}
	if _, err = s.Shops(t.Context()); appdock.CodeOf(err) != "ADK-STOPPING" {
		t.Errorf("read: got %v", err)
	}
}

// TestCloseLeavesOneFile keeps a copy of the database file whole.
func TestCloseLeavesOneFile(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	s := open(t, filepath.Join(folder, "test.db"))
	for n := range 3 {
		if _, err := s.Write(t.Context(), shopA.ID, product(n)); err != nil {
			t.Fatal(err)
		}
		products(t, s)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	left, err := os.ReadDir(folder)
	if err != nil || len(left) != 1 {
		t.Errorf("got %v, %v, want the database alone", left, err)
	}
}

// TestBrokenColumns reads the one thing that SQLite says in words alone.
func TestBrokenColumns(t *testing.T) {
	t.Parallel()
	s := open(t, filepath.Join(t.TempDir(), "test.db"))
	tests := map[string]struct {
		sql  string
		want []string
	}{
		"a primary key":            {"INSERT INTO remembered (shop, installation, key, request_hash, answer, at) VALUES (1, x'', '', x'', x'', 0)", []string{"shop", "installation", "key"}},
		"a unique index":           {"INSERT INTO shop (id, url, name, locale, currency, revision, changed) VALUES ('" + string(shopA.ID) + "', '', '', '', '', 0, 0)", []string{"id"}},
		"a value that must not be": {"INSERT INTO fact (name, value) VALUES ('', NULL)", nil},
		"no error of a constraint": {"INSERT INTO nothing VALUES (1)", nil},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			err := s.writer.do(t.Context(), false, func(ctx context.Context, w *session) (int, error) {
				if _, err := w.Exec(ctx, test.sql); err != nil {
					return 0, err
				}
				_, err := w.Exec(ctx, test.sql)
				return 0, err
			})
			if err == nil {
				t.Fatal("nothing is broken")
			}
			if diff := cmp.Diff(test.want, brokenColumns(err)); diff != "" {
				t.Errorf("of %v (-want +got):\n%s", err, diff)
			}
		})
	}
	if got := brokenColumns(sql.ErrNoRows); got != nil {
		t.Errorf("got %v of another error", got)
	}
}

// TestLargeUnitsYield has a shop filled in large units, with something of many steps beside
// it: the steps follow each other, for twice as long as a large unit took.
func TestLargeUnitsYield(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		rows, steps int
		want        string
	}{
		"the steps come first, then the next large one": {rows.Heavy + 1, 5, "large 1 2 3 4 5 large"},
		"but it is not put off for ever":                {rows.Heavy + 1, 22, "large 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20 large 21 22"},
		"small units take turns":                        {1, 5, "large large 1 2 3 4 5"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				s := open(t, filepath.Join(t.TempDir(), "test.db"))
				var order []string
				var all sync.WaitGroup
				for range 2 {
					all.Go(func() {
						if err := s.writer.records(t.Context(), func(context.Context, *session) (int, error) {
							order = append(order, "large") // by the writer alone
							time.Sleep(time.Second)
							return tt.rows, nil
						}); err != nil {
							t.Error(err)
						}
					})
					synctest.Wait()
				}
				all.Go(func() {
					for i := range tt.steps {
						if err := s.writer.keep(t.Context(), false, func(context.Context, *session) (int, error) {
							order = append(order, fmt.Sprint(i+1))
							time.Sleep(100 * time.Millisecond)
							return 1, nil
						}); err != nil {
							t.Error(err)
						}
					}
				})
				all.Wait()
				if got := strings.Join(order, " "); got != tt.want {
					t.Errorf("got %s, want %s", got, tt.want)
				}
			})
		})
	}
}

// TestGroupsBeginAgain: a unit that fails after it wrote has the others of its group run again,
// once. One that fails before, or by a broken constraint alone, does not.
func TestGroupsBeginAgain(t *testing.T) {
	t.Parallel()
	failure := errors.New("this unit fails")
	insert := func(n int) func(context.Context, *session) error {
		return func(ctx context.Context, w *session) error {
			_, err := w.Exec(ctx, "INSERT INTO fact (name, value) VALUES (?, '')", fmt.Sprint(n))
			return err
		}
	}
	for name, tt := range map[string]struct {
		third func(context.Context, *session) error
		runs  string // how often each unit ran
		kept  int
	}{
		"all are good":              {insert(2), "11111", 5},
		"one fails before it wrote": {func(context.Context, *session) error { return failure }, "11111", 4},
		"one breaks a constraint":   {insert(1), "11111", 4},
		"one fails after it wrote":  {func(ctx context.Context, w *session) error { return errors.Join(insert(2)(ctx, w), failure) }, "22211", 4},
		"one panics after it wrote": {func(ctx context.Context, w *session) error { panic(errors.Join(insert(2)(ctx, w), failure)) }, "22211", 4},
		"SQLite takes all of it back": {func(ctx context.Context, w *session) error {
			_, err := w.Exec(ctx, "ROLLBACK") // as it does itself when the disk is full
			return errors.Join(err, failure)
		}, "11111", 2}, // of the next group
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := open(t, filepath.Join(t.TempDir(), "test.db"))
			runs := make([]int, 5)
			var all sync.WaitGroup
			err := s.writer.do(t.Context(), true, func(ctx context.Context, _ *session) (int, error) {
				for i := range runs {
					all.Go(func() {
						defer func() { _ = recover() }()
						_ = s.writer.do(ctx, false, func(ctx context.Context, w *session) (int, error) {
							runs[i]++
							if i == 2 {
								return 1, tt.third(ctx, w)
							}
							return 1, insert(i)(ctx, w)
						})
					})
					for len(s.writer.units) != i+1 {
						runtime.Gosched()
					}
				}
				return 0, nil
			})
			all.Wait()
			if err != nil {
				t.Fatal(err)
			}
			if got := strings.Trim(strings.ReplaceAll(fmt.Sprint(runs), " ", ""), "[]"); got != tt.runs {
				t.Errorf("units ran %s times, want %s", got, tt.runs)
			}
			kept := 0
			if err := s.glance(t.Context(), s.hosts, func(r *session) error {
				return r.While(t.Context(), func(row rows.Row) (bool, error) { return false, row.Scan(&kept) }, "SELECT count(*) FROM fact WHERE name IN ('0', '1', '2', '3', '4')")
			}); err != nil {
				t.Fatal(err)
			}
			if kept != tt.kept {
				t.Errorf("got %d rows, want %d", kept, tt.kept)
			}
		})
	}
}
