package storetest

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/appdock/appdock"
	"github.com/appdock/appdock/internal/entity"
	"github.com/appdock/appdock/internal/lifecycle"
	"github.com/appdock/appdock/internal/shop"
	"github.com/appdock/appdock/internal/webhook"
)

func writingCases() map[string]func(*fixture) {
	return map[string]func(*fixture){
		"what failed leaves nothing":                        failedUnit,
		"a unit sees its own changes":                       ownChanges,
		"events come back with what the store gave them":    raisedEvents,
		"what nobody listens to is not left to be matched":  unheardEvents,
		"an insertion of what is there is refused":          takenID,
		"a value that another record has is refused":        takenValue,
		"of many changes the one that is refused is named":  refusedOfMany,
		"a change of what was changed meanwhile is refused": staleChange,
		"a change of what is gone is refused":               goneChange,
		"a change leaves what keeps its value":              keptValues,
		"numbers are drawn once":                            drawnNumbers,
		"what a failed unit drew is drawn again":            drawnInVain,
		"an answer is remembered once":                      remembered,
		"what was foreseen holds until it is gone":          foreseen,
		"what is owed is kept until it is settled":          owed,
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

func (f *fixture) has(name string, id appdock.ID) bool {
	f.t.Helper()
	return len(f.search(&entity.Criteria{Entity: name, IDs: []appdock.ID{id}}).Records) == 1
}

func failedUnit(f *fixture) {
	failure := errors.New("decided against it")
	_, err := f.Records.Write(f.t.Context(), f.shop.ID, func(u shop.Unit) error {
		f.must(u.Apply(product("X1", map[string]any{})))
		f.must(u.Raise(event(f.shop.ID, "failed", 1)))
		return failure
	})
	if !errors.Is(err, failure) {
		f.t.Errorf("got %v, want the error of the decision", err)
	}
	f.equal("the record is there", f.has("product", ID("new X1")), false)
	fresh, err := f.Queue.Append(f.t.Context(), event(f.shop.ID, "failed", 1))
	f.must(err)
	f.equal("events that were new", len(fresh), 1)
}

func ownChanges(f *fixture) {
	f.write(f.shop.ID) // nothing is a unit too
	_, err := f.Records.Write(f.t.Context(), f.shop.ID, func(u shop.Unit) error {
		f.must(u.Apply(product("X1", map[string]any{"stock": int64(1)})))
		f.must(u.Apply(entity.Change{Entity: "product", Kind: entity.Updated, ID: ID("new X1"), Expect: 1, Set: map[string]any{"stock": int64(2)}}))
		page, err := u.Search(entity.View{}, &entity.Criteria{Entity: "product", IDs: []appdock.ID{ID("new X1"), ID("product 1")}})
		f.must(err)
		f.equal("records", len(page.Records), 2)
		f.equal("stock", page.Records[0].Get("stock"), any(int64(2)))
		f.equal("row version", page.Records[0].RowVersion, int64(2))
		return u.Apply(entity.Change{Entity: "product", Kind: entity.Deleted, ID: ID("product 1")})
	})
	f.must(err)
	f.equal("the deleted one is there", f.has("product", ID("product 1")), false)
}

func raisedEvents(f *fixture) {
	_, revision := f.load()
	one, two := event(f.shop.ID, "raised", 1), event("", "raised", 2)
	events, err := f.Records.Write(f.t.Context(), f.shop.ID, func(u shop.Unit) error { return u.Raise(one, two) })
	f.must(err)
	if len(events) != 2 || events[0].Seq <= 0 || events[1].Seq <= events[0].Seq {
		f.t.Fatalf("got %+v, want two events with rising Seq", events)
	}
	for i, want := range []appdock.Event{one, two} {
		want.Shop, want.Seq, want.Revision = f.shop.ID, events[i].Seq, revision
		f.equal("event", events[i], want)
	}
	// All of it comes back when it is matched.
	f.equal("unmatched", f.unmatched(), events)
}

// unheardEvents is what no subscription is to: not even one that is made later gets it. What
// somebody published is left to be matched, whoever listens.
func unheardEvents(f *fixture) {
	raise := func(n int, name appdock.EventName) (e appdock.Event) {
		f.t.Helper()
		e = event(f.shop.ID, "raised", n)
		e.Name = name
		events, err := f.Records.Write(f.t.Context(), f.shop.ID, func(u shop.Unit) error { return u.Raise(e) })
		f.must(err)
		return events[0]
	}
	unheard, heard := raise(1, "tax.written"), raise(2, "product.written")
	f.equal("unheard", []bool{unheard.Unheard, heard.Unheard}, []bool{true, false})
	f.equal("unmatched", f.unmatched(), []appdock.Event{heard})

	r := f.get("Notes")
	r.Features.Webhooks = append(slices.Clone(r.Features.Webhooks), lifecycle.Webhook{
		ID: ID("hook of taxes"), Name: "taxes", Event: "tax.written", URL: "https://app.example/taxes", Active: true,
	})
	f.change(r)
	later := raise(3, "tax.written")
	f.equal("unmatched once somebody listens", f.unmatched(), []appdock.Event{heard, later})

	r = f.get("Notes")
	r.Features.Webhooks = r.Features.Webhooks[:2]
	f.change(r)
	f.equal("unheard while one that ended may be owed something", raise(4, "tax.written").Unheard, false)

	published := event(f.shop.ID, "published", 5)
	published.Name = "category.written"
	fresh, err := f.Queue.Append(f.t.Context(), published)
	f.must(err)
	f.equal("unheard, of what was published", fresh[0].Unheard, false)
	past, _, err := f.History.Happened(f.t.Context(), f.shop.ID, webhook.Past{Names: []appdock.EventName{"tax.written"}, Limit: 10})
	f.must(err)
	f.equal("events of the past", len(past), 3)
}

func takenID(f *fixture) {
	again := product("X1", map[string]any{})
	again.ID, again.Pointer = ID("product 1"), "/write/3"
	_, err := f.Records.Write(f.t.Context(), f.shop.ID, applying(again))
	f.wantFault(err, "FRAMEWORK__WRITE_TYPE_INTEND_ERROR", "/write/3")
}

func takenValue(f *fixture) {
	twice := product("sw1", map[string]any{}) // SW1 in capitals is there
	twice.Pointer = "/7"
	_, err := f.Records.Write(f.t.Context(), f.shop.ID, applying(product("X1", map[string]any{}), twice))
	f.wantFault(err, "CONTENT__DUPLICATE_PRODUCT_NUMBER", "/7")
	f.equal("the first change is there", f.has("product", ID("new X1")), false)
	_, err = f.Records.Write(f.t.Context(), f.shop.ID, applying(entity.Change{
		Entity: "product", Kind: entity.Updated, ID: ID("product 2"), Set: map[string]any{"productNumber": "SW1"}, Pointer: "/2",
	}))
	f.wantFault(err, "CONTENT__DUPLICATE_PRODUCT_NUMBER", "/2")
}

// refusedOfMany puts what is refused between changes that are not, far enough behind the first
// and before the last that they do not go to the database in one.
func refusedOfMany(f *fixture) {
	const all, wrong = 200, 90
	tests := map[string]struct {
		change entity.Change
		code   string
	}{
		"the number of a record that was there": {
			product("SW1", map[string]any{}), "CONTENT__DUPLICATE_PRODUCT_NUMBER",
		},

		"the number of one of the others": {
			product("many 3", map[string]any{}), "CONTENT__DUPLICATE_PRODUCT_NUMBER",
		},

		"a change of what is not there": {
			entity.Change{Entity: "product", Kind: entity.Updated, ID: ID("nowhere"), Set: map[string]any{"stock": int64(1)}}, "ADK-RECORD-GONE",
		},
	}
	for name, test := range tests {
		changes := make([]entity.Change, all)
		for i := range changes {
			changes[i] = product(fmt.Sprint("many ", i), map[string]any{})
			changes[i].Pointer = fmt.Sprint("/", i)
		}
		test.change.ID, test.change.Pointer = ID("refused"), changes[wrong].Pointer
		changes[wrong] = test.change
		_, err := f.Records.Write(f.t.Context(), f.shop.ID, applying(changes...))
		e, ok := errors.AsType[*appdock.Error](err)
		if !ok || len(e.Faults) != 1 || e.Faults[0].Code != test.code || e.Faults[0].Pointer != "/90" {
			f.t.Errorf("%s: got %+v, want code %s at /90", name, err, test.code)
		}
		f.equal(name+": the first one is there", f.has("product", ID("new many 0")), false)
		f.equal(name+": the last one is there", f.has("product", ID("new many 199")), false)
	}
}

// wantFault checks an error about one value of a request.
func (f *fixture) wantFault(err error, code, pointer string) {
	f.t.Helper()
	e, ok := errors.AsType[*appdock.Error](err)
	if !ok || e.Kind != appdock.Invalid || len(e.Faults) != 1 || e.Faults[0].Code != code || e.Faults[0].Pointer != pointer {
		f.t.Errorf("got %+v, want an invalid value with code %s at %s", err, code, pointer)
	}
}

func staleChange(f *fixture) {
	change := entity.Change{Entity: "product", Kind: entity.Updated, ID: ID("product 1"), Expect: 1, Set: map[string]any{"stock": int64(7)}, Pointer: "/0"}
	f.write(f.shop.ID, change)
	_, err := f.Records.Write(f.t.Context(), f.shop.ID, applying(change))
	f.wantKind(err, appdock.Conflict)
	change.Kind = entity.Deleted
	_, err = f.Records.Write(f.t.Context(), f.shop.ID, applying(change))
	f.wantKind(err, appdock.Conflict)
}

// keptValues tells by a value that is not what the change believes which columns are written.
func keptValues(f *fixture) {
	at := time.Date(2026, 11, 28, 9, 0, 0, 0, time.UTC)
	price := json.RawMessage(`[{"currencyId":"` + appdock.DefaultCurrency.String() + `","gross":12,"net":10,"linked":true}]`)
	stored := map[string]any{
		"stock": int64(3), "weight": 1.5, "active": true, "price": price, "ean": "Ä 1", "releaseDate": at, "manufacturerId": ID("maker 1"), "description": nil,
	}
	f.write(f.shop.ID, product("X1", stored))
	same := maps.Clone(stored)
	same["price"], same["releaseDate"] = slices.Clone(price), at.In(time.FixedZone("", 3600))
	f.write(f.shop.ID, entity.Change{Entity: "product", Kind: entity.Updated, ID: ID("new X1"), Set: same, Before: stored})
	f.write(f.shop.ID, entity.Change{
		Entity: "product", Kind: entity.Updated, ID: ID("new X1"),
		Set:    map[string]any{"ean": "B 2", "stock": nil, "weight": 2.5},
		Before: map[string]any{"ean": "Ä 1", "stock": int64(3), "weight": 2.5},
	})
	r := f.search(&entity.Criteria{Entity: "product", IDs: []appdock.ID{ID("new X1")}}).Records[0]
	f.equal("row version", r.RowVersion, int64(3))
	stored["ean"], stored["stock"] = "B 2", nil
	for name, want := range stored {
		f.equal(name, r.Get(name), want)
	}
	found := f.search(&entity.Criteria{Entity: "product", Filters: []entity.Filter{{Kind: entity.Equals, Field: "ean", Values: []any{"b 2"}}}})
	f.equal("found by the folded twin", len(found.Records), 1)
}

func goneChange(f *fixture) {
	for _, kind := range []entity.ChangeKind{entity.Updated, entity.Deleted} {
		_, err := f.Records.Write(f.t.Context(), f.shop.ID, applying(entity.Change{Entity: "product", Kind: kind, ID: ID("nobody")}))
		f.wantKind(err, appdock.NotFound)
	}
}

func (f *fixture) next(s appdock.ShopID, numberRange string, least int64) (n int64) {
	f.t.Helper()
	_, err := f.Records.Write(f.t.Context(), s, func(u shop.Unit) (err error) {
		n, err = u.Next(numberRange, least)
		return err
	})
	f.must(err)
	return n
}

func drawnNumbers(f *fixture) {
	f.equal("first order", f.next(f.shop.ID, "order", 500), int64(500))
	f.equal("first customer", f.next(f.shop.ID, "customer", 0), int64(0))
	var mu sync.Mutex
	var drawn []int64
	var workers sync.WaitGroup
	for range 20 {
		workers.Go(func() {
			n := f.next(f.shop.ID, "order", 500)
			mu.Lock()
			defer mu.Unlock()
			drawn = append(drawn, n)
		})
	}
	workers.Wait()
	slices.Sort(drawn)
	f.equal("drawn numbers", len(slices.Compact(drawn)), 20)
	f.Stores = f.Reopen(f.t)
	if n := f.next(f.shop.ID, "order", 500); n <= drawn[len(drawn)-1] {
		f.t.Errorf("got %d again after opening the store again", n)
	}
	f.equal("the next of a range that begins further on", f.next(f.shop.ID, "order", 9000), int64(9000))
	f.equal("the next of one that begins where it was", f.next(f.shop.ID, "order", 9000), int64(9001))
	f.equal("the next of one that begins before", f.next(f.shop.ID, "order", 1), int64(9002))
	f.equal("first of the other shop", f.next(f.other.ID, "order", 500), int64(500))
}

func drawnInVain(f *fixture) {
	failure := errors.New("only looked at")
	_, err := f.Records.Write(f.t.Context(), f.shop.ID, func(u shop.Unit) error {
		_, err := u.Next("order", 500)
		f.must(err)
		return failure
	})
	f.equal("failed", errors.Is(err, failure), true)
	f.equal("first order", f.next(f.shop.ID, "order", 500), int64(500))
}

func owed(f *fixture) {
	one, other := shop.Owed{Kind: "category", ID: ID("one")}, shop.Owed{Kind: "product", ID: ID("one"), After: ID("last")}
	do := func(do func(shop.Unit) error) error {
		_, err := f.Records.Write(f.t.Context(), f.shop.ID, do)
		return err
	}
	owes := func(want bool) {
		f.t.Helper()
		got, err := f.Records.Owes(f.t.Context(), f.shop.ID)
		f.must(err)
		f.equal("owes", got, want)
	}
	left := func() (all []shop.Owed) {
		f.must(do(func(u shop.Unit) (err error) {
			all, err = u.Owed(10)
			return err
		}))
		slices.SortFunc(all, func(a, b shop.Owed) int { return strings.Compare(a.Kind, b.Kind) })
		return all
	}
	owes(false)
	failure := errors.New("decided against it")
	if err := do(func(u shop.Unit) error { return errors.Join(u.Owe(one), failure) }); !errors.Is(err, failure) {
		f.t.Errorf("got %v, want the error of the decision", err)
	}
	owes(false)
	f.must(do(func(u shop.Unit) error { return u.Owe(one, other) }))
	owes(true)
	f.Stores = f.Reopen(f.t)
	f.equal("owed", left(), []shop.Owed{one, other})
	one.After, other.After = ID("further"), appdock.ID{}
	f.must(do(func(u shop.Unit) error { return u.Owe(one, other) }))
	f.equal("owed in the place of before", left(), []shop.Owed{one, other})
	f.must(do(func(u shop.Unit) error {
		some, err := u.Owed(1)
		f.equal("no more than asked for", len(some), 1)
		return err
	}))
	f.must(do(func(u shop.Unit) error { return u.Settle(shop.Owed{Kind: "category", ID: ID("one")}) }))
	f.equal("left", left(), []shop.Owed{other})
	theirs, err := f.Records.Owes(f.t.Context(), f.other.ID)
	f.must(err)
	f.equal("the other shop owes", theirs, false)
	f.must(do(func(u shop.Unit) error { return u.Settle(other) }))
	owes(false)
}

func remembered(f *fixture) {
	began := Now()
	remember := func(s appdock.ShopID, answer string, forget time.Time) error {
		_, err := f.Records.Write(f.t.Context(), s, func(u shop.Unit) error {
			return u.Remember(ID("installation Notes"), "key", []byte("hash of "+answer), []byte(answer), forget)
		})
		return err
	}
	recall := func(s appdock.ShopID, installation, key string, since time.Time) (answer string, err error) {
		_, err = f.Records.Write(f.t.Context(), s, func(u shop.Unit) error {
			hash, kept, err := u.Recall(ID(installation), key, since)
			if err == nil {
				f.equal("hash", string(hash), "hash of "+string(kept))
			}
			answer = string(kept)
			return err
		})
		return answer, err
	}
	f.must(remember(f.shop.ID, "one", began))
	f.wantKind(remember(f.shop.ID, "two", began), appdock.Conflict)
	f.must(remember(f.other.ID, "other", began))
	answer, err := recall(f.shop.ID, "installation Notes", "key", began)
	f.must(err)
	f.equal("remembered", answer, "one")
	answer, err = recall(f.other.ID, "installation Notes", "key", began)
	f.must(err)
	f.equal("of the other shop", answer, "other")
	for what, ask := range map[string]func() (string, error){
		"another key":          func() (string, error) { return recall(f.shop.ID, "installation Notes", "no key", began) },
		"another installation": func() (string, error) { return recall(f.shop.ID, "installation Other", "key", began) },
		"too old":              func() (string, error) { return recall(f.shop.ID, "installation Notes", "key", Now().Add(time.Hour)) },
	} {
		answer, err := ask()
		f.equal(what, answer, "")
		f.wantKind(err, appdock.NotFound)
	}
	// What is old is forgotten, and its key good for another request.
	f.must(remember(f.shop.ID, "three", Now().Add(time.Hour)))
	answer, err = recall(f.shop.ID, "installation Notes", "key", began)
	f.must(err)
	f.equal("remembered anew", answer, "three")
}

func panics(f *fixture) {
	cause := errors.New("a bug")
	func() {
		defer func() {
			err, _ := recover().(error)
			if !errors.Is(err, cause) {
				f.t.Errorf("recovered %v, want the panic of the decision", err)
			}
		}()
		_, _ = f.Records.Write(f.t.Context(), f.shop.ID, func(u shop.Unit) error {
			f.must(u.Apply(product("X1", map[string]any{})))
			panic(cause)
		})
	}()
	f.equal("the record is there", f.has("product", ID("new X1")), false)
	f.write(f.shop.ID, product("X2", map[string]any{})) // the store works on
}

func givenUp(f *fixture) {
	begun, goOn := make(chan struct{}), make(chan struct{})
	var first sync.WaitGroup
	first.Go(func() {
		_, err := f.Records.Write(f.t.Context(), f.shop.ID, func(u shop.Unit) error {
			close(begun)
			<-goOn
			return u.Apply(product("X1", map[string]any{}))
		})
		if err != nil {
			f.t.Error(err)
		}
	})
	<-begun
	ctx, cancel := context.WithCancel(f.t.Context())
	cancel()
	_, err := f.Records.Write(ctx, f.shop.ID, applying(product("X2", map[string]any{})))
	if !errors.Is(err, context.Canceled) {
		f.t.Errorf("got %v, want %v", err, context.Canceled)
	}
	close(goOn)
	first.Wait()
	f.write(f.shop.ID, product("X3", map[string]any{})) // behind the one that was dropped
	f.equal("what had begun is there", f.has("product", ID("new X1")), true)
	f.equal("what was dropped is there", f.has("product", ID("new X2")), false)
}

func manyWriters(f *fixture) {
	const writers = 100
	failure := errors.New("unit 13")
	var workers sync.WaitGroup
	failures := make([]error, writers)
	for i := range writers {
		workers.Go(func() {
			_, failures[i] = f.Records.Write(f.t.Context(), f.shop.ID, func(u shop.Unit) error {
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
			f.equal("the failing one", errors.Is(err, failure), true)
		} else if err != nil {
			f.t.Errorf("writer %d: %v", i, err)
		}
	}
	page := f.search(&entity.Criteria{Entity: "product", Filters: []entity.Filter{{Kind: entity.Prefix, Field: "productNumber", Values: []any{"W"}}}})
	f.equal("records", len(page.Records), writers-1)
	f.equal("events", len(f.unmatched()), writers-1)
}

func reopened(f *fixture) {
	events, err := f.Records.Write(f.t.Context(), f.shop.ID, func(u shop.Unit) error {
		f.must(u.Apply(product("X1", map[string]any{"name": "Wieder da"})))
		return u.Raise(event(f.shop.ID, "reopened", 1))
	})
	f.must(err)
	before := f.picture(f.shop.ID)
	f.Stores = f.Reopen(f.t)
	f.equal("all that can be seen", f.picture(f.shop.ID), before)
	f.equal("unmatched", f.unmatched(), events)
}
