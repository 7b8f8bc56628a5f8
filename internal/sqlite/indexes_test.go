package sqlite

import (
	"database/sql"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/appdock/appdock"
	"github.com/appdock/appdock/internal/entity"
	"github.com/appdock/appdock/internal/shop"
)

// clock moves on by step whenever it is asked: each statement takes that long.
type clock struct {
	mu   sync.Mutex
	now  time.Time
	step time.Duration
}

func (c *clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(c.step)
	return c.now
}

func (c *clock) pass(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(d)
}

// earning is a shop with products, on a clock of its own.
type earning struct {
	*testing.T
	*Store
	clock *clock
	path  string
}

func newEarning(t *testing.T) *earning {
	t.Helper()
	e := &earning{T: t, clock: &clock{now: time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC), step: 20 * time.Millisecond}, path: filepath.Join(t.TempDir(), "test.db")}
	e.open()
	t.Cleanup(e.close)
	if err := e.AddShop(t.Context(), shopA); err != nil {
		t.Fatal(err)
	}
	_, err := e.Write(t.Context(), shopA.ID, func(u shop.Unit) error {
		for i := range 200 {
			err := u.Apply(entity.Change{Entity: "product", Kind: entity.Inserted, ID: appdock.ID{1, byte(i)}, Set: map[string]any{
				"productNumber": fmt.Sprint("P", i), "taxId": appdock.ID{2}, "manufacturerId": appdock.ID{3, byte(i % 4)},
				"stock": int64(i % 10), "active": i%3 != 0, "name": fmt.Sprint("Name ", i*7%100),
			}})
			if err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return e
}

func (e *earning) open() {
	e.Helper()
	o := options(e.T, e.path)
	o.Now = e.clock.Now
	s, err := Open(e.Context(), o)
	if err != nil {
		e.Fatal(err)
	}
	e.Store = s
}

func (e *earning) close() {
	if err := e.Close(); err != nil {
		e.Error(err)
	}
}

func (e *earning) tend() {
	e.Helper()
	if err := e.TendIndexes(e.Context()); err != nil {
		e.Fatal(err)
	}
}

// search asks so many times, and gives the names of what was found.
func (e *earning) search(times int, c entity.Criteria) (names []string) {
	e.Helper()
	c.Entity, c.Limit = "product", 25
	for range times {
		page, err := e.Search(e.Context(), shopA.ID, entity.View{}, &c)
		if err != nil {
			e.Fatal(err)
		}
		names = nil
		for _, r := range page.Records {
			names = append(names, r.Text("name")+" "+r.Text("productNumber"))
		}
	}
	return names
}

// indexes are the columns of those that were earned.
func (e *earning) indexes() (all []string) {
	for _, i := range e.EarnedIndexes() {
		all = append(all, i.Entity+": "+strings.Join(i.Columns, " "))
	}
	return all
}

func (e *earning) want(indexes ...string) {
	e.Helper()
	if diff := cmp.Diff(indexes, e.indexes()); diff != "" {
		e.Errorf("indexes (-want +got):\n%s", diff)
	}
	db, err := openDriver(dsn(e.path))
	if err != nil {
		e.Fatal(err)
	}
	defer func() { _ = db.Close() }()
	names, err := earned(e.Context(), db)
	if err != nil || len(names) != len(indexes) {
		e.Errorf("the file has %v, %v", names, err)
	}
}

func of(makers ...byte) entity.Criteria {
	var ids []any
	for _, m := range makers {
		ids = append(ids, appdock.ID{3, m})
	}
	return entity.Criteria{Filters: []entity.Filter{
		{Kind: entity.EqualsAny, Field: "manufacturerId", Values: ids},
		{Kind: entity.Range, Field: "stock", Bounds: entity.Bounds{GTE: int64(2), LTE: int64(7)}},
		{Kind: entity.Equals, Field: "active", Values: []any{true}},
	}, Sort: []entity.Sort{{Field: "name"}}}
}

const byMaker = "product: active manufacturer_id stock name_fold"

func TestSearchesEarnAnIndex(t *testing.T) {
	t.Parallel()
	e := newEarning(t)
	before := e.search(99, of(1, 2))
	e.tend()
	e.want() // one search too few
	e.search(1, of(3))
	e.tend()
	e.want(byMaker)
	if diff := cmp.Diff(before, e.search(1, of(1, 2))); diff != "" {
		t.Errorf("found with the index (-without +with):\n%s", diff)
	}
	e.search(200, of(1, 2))
	e.tend()
	e.want(byMaker) // it serves what it was made for, however slow that is

	used := map[bool]int{}
	for _, pool := range []*pool{e.searchers} {
		for range pool.size() {
			r, err := pool.take(t.Context(), e.closed)
			if err != nil {
				t.Fatal(err)
			}
			for text := range r.statements {
				if !strings.HasPrefix(text, "SELECT t0.id, t0.rowid FROM") {
					continue
				}
				plan := strings.Join(explainPlan(t, r, text), "\n")
				names := strings.Contains(text, "shop <> -1")
				used[names]++
				if got := strings.Contains(plan, "COVERING INDEX earned_1"); got != names {
					t.Errorf("uses the index %v, names it %v: %s\n%s", got, names, text, plan)
				}
			}
			defer pool.put(r)
		}
	}
	if used[true] == 0 || used[false] == 0 {
		t.Errorf("looked at %v statements", used)
	}
}

func TestIndexesAreWidened(t *testing.T) {
	t.Parallel()
	e := newEarning(t)
	e.search(100, of(1))
	e.tend()
	other := of(1)
	other.Sort = []entity.Sort{{Field: "productNumber", Descending: true}}
	before := e.search(100, other)
	e.tend()
	e.want("product: active manufacturer_id stock product_number_fold name_fold")
	if diff := cmp.Diff(before, e.search(1, other)); diff != "" {
		t.Errorf("found with the index (-without +with):\n%s", diff)
	}
}

func TestFewSearchesEarnNothing(t *testing.T) {
	t.Parallel()
	e := newEarning(t)
	e.clock.step = time.Microsecond
	e.search(200, of(1))
	e.tend()
	e.want() // they are fast
	e.clock.step = 20 * time.Millisecond
	for range 5 {
		e.search(20, entity.Criteria{Sort: []entity.Sort{{Field: "stock"}}})
		e.tend()
		e.clock.pass(time.Hour)
	}
	e.want() // they are rare
}

// TestIndexesHaveABound makes searches of many kinds slow.
func TestIndexesHaveABound(t *testing.T) {
	t.Parallel()
	e := newEarning(t)
	for _, field := range []string{"stock", "name", "manufacturerNumber", "ean", "weight"} {
		e.search(100, entity.Criteria{Sort: []entity.Sort{{Field: field}}, Filters: []entity.Filter{
			{Kind: entity.Equals, Field: "maxPurchase", Values: []any{int64(len(field))}},
			{Kind: entity.Range, Field: field, Bounds: bounds(field)},
		}})
		e.tend()
	}
	if n := len(e.indexes()); n != 3 {
		t.Errorf("got %d indexes: %v", n, e.indexes())
	}
}

func bounds(field string) entity.Bounds {
	switch field {
	case "stock":
		return entity.Bounds{GT: int64(0)}
	case "weight":
		return entity.Bounds{GT: 0.5}
	}
	return entity.Bounds{GT: "a"}
}

func TestUnusedIndexesAreDropped(t *testing.T) {
	t.Parallel()
	e := newEarning(t)
	e.search(100, of(1))
	e.tend()
	for range 3 { // over a restart, what is stored of its use counts
		e.clock.pass(10 * 24 * time.Hour)
		e.search(1, of(1))
		e.tend()
		e.close()
		e.open()
		e.want(byMaker)
	}
	e.clock.pass(15 * 24 * time.Hour)
	e.tend()
	e.want()
	if got := e.search(1, of(1)); len(got) == 0 {
		t.Error("nothing is found without the index")
	}
}

// TestMigrationsDropEarnedIndexes starts a binary that has a migration more.
func TestMigrationsDropEarnedIndexes(t *testing.T) {
	t.Parallel()
	e := newEarning(t)
	e.search(100, of(1))
	e.tend()
	e.close()
	db, err := sql.Open("sqlite", e.path)
	if err != nil {
		t.Fatal(err)
	}
	if err := dropEarned(t.Context(), db); err != nil {
		t.Error(err)
	}
	names, err := earned(t.Context(), db)
	if err != nil || len(names) > 0 {
		t.Errorf("left are %v, %v", names, err)
	}
	if err := db.Close(); err != nil {
		t.Error(err)
	}
	e.open()
	e.want()
	if !slices.Contains(e.search(1, of(1)), "Name 35 P5") {
		t.Error("nothing is found")
	}
}
