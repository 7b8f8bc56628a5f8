package storetest

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"testing"

	"github.com/appdock/appdock"
	"github.com/appdock/appdock/internal/entity"
	"github.com/appdock/appdock/internal/shop"
)

func writingCases() map[string]func(*testing.T, *fixture) {
	return map[string]func(*testing.T, *fixture){
		"what failed leaves nothing":                        failedUnit,
		"a unit sees its own changes":                       ownChanges,
		"events come back with what the store gave them":    raisedEvents,
		"an insertion of what is there is refused":          takenID,
		"a value that another record has is refused":        takenValue,
		"a change of what was changed meanwhile is refused": staleChange,
		"a change of what is gone is refused":               goneChange,
		"numbers are drawn once":                            drawnNumbers,
		"an answer is remembered once":                      remembered,
		"a panic comes out where it was caused":             panics,
		"one who gave up is not waited for":                 givenUp,
		"one that fails takes nobody with it":               manyWriters,
		"what was committed is there when opened again":     reopened,
	}
}

func product(n string, set map[string]any) entity.Change {
	set["productNumber"] = n
	return entity.Change{Entity: "product", Kind: entity.Inserted, ID: ID("new " + n), Set: set, Pointer: "/0"}
}

func (f *fixture) has(t *testing.T, name string, id appdock.ID) bool {
	t.Helper()
	return len(f.search(t, &entity.Criteria{Entity: name, IDs: []appdock.ID{id}}).Records) == 1
}

func failedUnit(t *testing.T, f *fixture) {
	failure := errors.New("decided against it")
	_, err := f.Records.Write(t.Context(), f.shop.ID, func(u shop.Unit) error {
		must(t, u.Apply(product("X1", map[string]any{})))
		must(t, u.Raise(event(f.shop.ID, "failed", 1)))
		return failure
	})
	if !errors.Is(err, failure) {
		t.Errorf("got %v, want the error of the decision", err)
	}
	equal(t, "the record is there", f.has(t, "product", ID("new X1")), false)
	fresh, err := f.Queue.Append(t.Context(), event(f.shop.ID, "failed", 1))
	must(t, err)
	equal(t, "events that were new", len(fresh), 1)
}

func ownChanges(t *testing.T, f *fixture) {
	f.write(t, f.shop.ID) // nothing is a unit too
	_, err := f.Records.Write(t.Context(), f.shop.ID, func(u shop.Unit) error {
		must(t, u.Apply(product("X1", map[string]any{"stock": int64(1)})))
		must(t, u.Apply(entity.Change{Entity: "product", Kind: entity.Updated, ID: ID("new X1"), Expect: 1, Set: map[string]any{"stock": int64(2)}}))
		page, err := u.Search(entity.View{}, &entity.Criteria{Entity: "product", IDs: []appdock.ID{ID("new X1"), ID("product 1")}})
		must(t, err)
		equal(t, "records", len(page.Records), 2)
		equal(t, "stock", page.Records[0].Get("stock"), any(int64(2)))
		equal(t, "row version", page.Records[0].RowVersion, int64(2))
		return u.Apply(entity.Change{Entity: "product", Kind: entity.Deleted, ID: ID("product 1")})
	})
	must(t, err)
	equal(t, "the deleted one is there", f.has(t, "product", ID("product 1")), false)
}

func raisedEvents(t *testing.T, f *fixture) {
	_, revision, err := f.Subscriptions.Load(t.Context(), f.shop.ID)
	must(t, err)
	one, two := event(f.shop.ID, "raised", 1), event("", "raised", 2)
	events, err := f.Records.Write(t.Context(), f.shop.ID, func(u shop.Unit) error { return u.Raise(one, two) })
	must(t, err)
	if len(events) != 2 || events[0].Seq <= 0 || events[1].Seq <= events[0].Seq {
		t.Fatalf("got %+v, want two events with rising Seq", events)
	}
	for i, want := range []appdock.Event{one, two} {
		want.Shop, want.Seq, want.Revision = f.shop.ID, events[i].Seq, revision
		equal(t, "event", events[i], want)
	}
	// All of it comes back when it is matched.
	equal(t, "unmatched", f.unmatched(t), events)
}

func takenID(t *testing.T, f *fixture) {
	again := product("X1", map[string]any{})
	again.ID, again.Pointer = ID("product 1"), "/write/3"
	_, err := f.Records.Write(t.Context(), f.shop.ID, applying(again))
	wantFault(t, err, "FRAMEWORK__WRITE_TYPE_INTEND_ERROR", "/write/3")
}

func takenValue(t *testing.T, f *fixture) {
	twice := product("sw1", map[string]any{}) // SW1 in capitals is there
	twice.Pointer = "/7"
	_, err := f.Records.Write(t.Context(), f.shop.ID, applying(product("X1", map[string]any{}), twice))
	wantFault(t, err, "CONTENT__DUPLICATE_PRODUCT_NUMBER", "/7")
	equal(t, "the first change is there", f.has(t, "product", ID("new X1")), false)
	_, err = f.Records.Write(t.Context(), f.shop.ID, applying(entity.Change{
		Entity: "product", Kind: entity.Updated, ID: ID("product 2"), Set: map[string]any{"productNumber": "SW1"}, Pointer: "/2",
	}))
	wantFault(t, err, "CONTENT__DUPLICATE_PRODUCT_NUMBER", "/2")
}

// wantFault checks an error about one value of a request.
func wantFault(t *testing.T, err error, code, pointer string) {
	t.Helper()
	e, ok := errors.AsType[*appdock.Error](err)
	if !ok || e.Kind != appdock.Invalid || len(e.Faults) != 1 || e.Faults[0].Code != code || e.Faults[0].Pointer != pointer {
		t.Errorf("got %+v, want an invalid value with code %s at %s", err, code, pointer)
	}
}

func staleChange(t *testing.T, f *fixture) {
	change := entity.Change{Entity: "product", Kind: entity.Updated, ID: ID("product 1"), Expect: 1, Set: map[string]any{"stock": int64(7)}, Pointer: "/0"}
	f.write(t, f.shop.ID, change)
	_, err := f.Records.Write(t.Context(), f.shop.ID, applying(change))
	wantKind(t, err, appdock.Conflict, "")
	change.Kind = entity.Deleted
	_, err = f.Records.Write(t.Context(), f.shop.ID, applying(change))
	wantKind(t, err, appdock.Conflict, "")
}

func goneChange(t *testing.T, f *fixture) {
	for _, kind := range []entity.ChangeKind{entity.Updated, entity.Deleted} {
		_, err := f.Records.Write(t.Context(), f.shop.ID, applying(entity.Change{Entity: "product", Kind: kind, ID: ID("nobody")}))
		wantKind(t, err, appdock.NotFound, "")
	}
}

func (f *fixture) next(t *testing.T, s appdock.ShopID, numberRange string) (n int64) {
	t.Helper()
	_, err := f.Records.Write(t.Context(), s, func(u shop.Unit) (err error) {
		n, err = u.Next(numberRange)
		return err
	})
	must(t, err)
	return n
}

func drawnNumbers(t *testing.T, f *fixture) {
	equal(t, "first order", f.next(t, f.shop.ID, "order"), int64(500))
	equal(t, "first of a range that is not there", f.next(t, f.shop.ID, "customer"), int64(10000))
	var mu sync.Mutex
	var drawn []int64
	var workers sync.WaitGroup
	for range 20 {
		workers.Go(func() {
			n := f.next(t, f.shop.ID, "order")
			mu.Lock()
			defer mu.Unlock()
			drawn = append(drawn, n)
		})
	}
	workers.Wait()
	slices.Sort(drawn)
	equal(t, "drawn numbers", len(slices.Compact(drawn)), 20)
	f.Stores = f.Reopen(t)
	if n := f.next(t, f.shop.ID, "order"); n <= drawn[len(drawn)-1] {
		t.Errorf("got %d again after opening the store again", n)
	}
	equal(t, "first of the other shop", f.next(t, f.other.ID, "order"), int64(500))
}

func remembered(t *testing.T, f *fixture) {
	remember := func(s appdock.ShopID) error {
		_, err := f.Records.Write(t.Context(), s, func(u shop.Unit) error {
			return u.Remember(ID("installation Notes"), "key", []byte("hash"), []byte("answer"))
		})
		return err
	}
	must(t, remember(f.shop.ID))
	wantKind(t, remember(f.shop.ID), appdock.Conflict, "")
	must(t, remember(f.other.ID))
}

func panics(t *testing.T, f *fixture) {
	cause := errors.New("a bug")
	func() {
		defer func() {
			err, _ := recover().(error)
			if !errors.Is(err, cause) {
				t.Errorf("recovered %v, want the panic of the decision", err)
			}
		}()
		_, _ = f.Records.Write(t.Context(), f.shop.ID, func(u shop.Unit) error {
			must(t, u.Apply(product("X1", map[string]any{})))
			panic(cause)
		})
	}()
	equal(t, "the record is there", f.has(t, "product", ID("new X1")), false)
	f.write(t, f.shop.ID, product("X2", map[string]any{})) // the store works on
}

func givenUp(t *testing.T, f *fixture) {
	begun, goOn := make(chan struct{}), make(chan struct{})
	var first sync.WaitGroup
	first.Go(func() {
		_, err := f.Records.Write(t.Context(), f.shop.ID, func(u shop.Unit) error {
			close(begun)
			<-goOn
			return u.Apply(product("X1", map[string]any{}))
		})
		if err != nil {
			t.Error(err)
		}
	})
	<-begun
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err := f.Records.Write(ctx, f.shop.ID, applying(product("X2", map[string]any{})))
	if !errors.Is(err, context.Canceled) {
		t.Errorf("got %v, want %v", err, context.Canceled)
	}
	close(goOn)
	first.Wait()
	f.write(t, f.shop.ID, product("X3", map[string]any{})) // behind the one that was dropped
	equal(t, "what had begun is there", f.has(t, "product", ID("new X1")), true)
	equal(t, "what was dropped is there", f.has(t, "product", ID("new X2")), false)
}

func manyWriters(t *testing.T, f *fixture) {
	const writers = 100
	failure := errors.New("unit 13")
	var workers sync.WaitGroup
	failures := make([]error, writers)
	for i := range writers {
		workers.Go(func() {
			_, failures[i] = f.Records.Write(t.Context(), f.shop.ID, func(u shop.Unit) error {
				if err := u.Apply(product(fmt.Sprint("W", i), map[string]any{})); err != nil {
					return err
				}
				if i == 13 {
					return failure
				}
				return u.Raise(event(f.shop.ID, "writer", i))
			})
		})
	}
	workers.Wait()
	for i, err := range failures {
		if i == 13 {
			equal(t, "the failing one", errors.Is(err, failure), true)
		} else if err != nil {
			t.Errorf("writer %d: %v", i, err)
		}
	}
	page := f.search(t, &entity.Criteria{Entity: "product", Filters: []entity.Filter{{Kind: entity.Prefix, Field: "productNumber", Values: []any{"W"}}}})
	equal(t, "records", len(page.Records), writers-1)
	equal(t, "events", len(f.unmatched(t)), writers-1)
}

func reopened(t *testing.T, f *fixture) {
	events, err := f.Records.Write(t.Context(), f.shop.ID, func(u shop.Unit) error {
		must(t, u.Apply(product("X1", map[string]any{"name": "Wieder da"})))
		return u.Raise(event(f.shop.ID, "reopened", 1))
	})
	must(t, err)
	before := f.picture(t, f.shop.ID)
	f.Stores = f.Reopen(t)
	equal(t, "all that can be seen", f.picture(t, f.shop.ID), before)
	equal(t, "unmatched", f.unmatched(t), events)
}
