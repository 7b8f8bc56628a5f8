package storetest

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/appdock/appdock"
	"github.com/appdock/appdock/internal/webhook"
)

func queueCases() map[string]func(*fixture) {
	return map[string]func(*fixture){
		"an event that many write at once is written once":        appendAtOnce,
		"an event is written once":                                appendOnce,
		"events are matched in their order, n at a time":          matchInOrder,
		"a stale index stores nothing":                            staleIndex,
		"what is made is numbered, and given as it was made":      numbered,
		"nothing to match is nothing":                             nothingToMatch,
		"deliveries are stored with the match or not at all":      matchAtOnce,
		"an endpoint reads its own in their order":                readInOrder,
		"what was tried and is due comes by its time":             due,
		"strict ones keep their place when they were tried":       strictOrder,
		"each endpoint with something to do is found":             backlogs,
		"what a process had in hand is there when it is opened":   thereAgain,
		"what is in hand is given to nobody until it is let go":   inHand,
		"large data is read in parts":                             largeData,
		"a result is written with its attempt":                    finished,
		"a result for what was deleted is left out of the others": finishedNothing,
		"a result written twice is the same":                      finishedTwice,
		"health and events are written with results":              healthWithResults,
		"deliveries of an event that many want come all at once":  manyDeliveries,
	}
}

// unmatched gives the events that wait to be matched, and leaves them.
func (f *fixture) unmatched() []appdock.Event {
	f.t.Helper()
	var seen []appdock.Event
	_, _, err := f.Queue.FanOut(f.t.Context(), 1000, func(events []appdock.Event) ([]webhook.Delivery, error) {
		seen = slices.Clone(events)
		return nil, webhook.ErrStale
	})
	if err != nil && !errors.Is(err, webhook.ErrStale) {
		f.t.Fatal(err)
	}
	return seen
}

// made writes n events and their deliveries of one subscription.
func (f *fixture) made(n int) []webhook.Delivery {
	f.t.Helper()
	events := make([]appdock.Event, n)
	for i := range events {
		events[i] = event(f.shop.ID, "made", i)
	}
	_, err := f.Queue.Append(f.t.Context(), events...)
	f.must(err)
	done, held, err := f.Queue.FanOut(f.t.Context(), n, f.match)
	f.must(err)
	f.equal("events matched", done, n)
	return held
}

// match makes one delivery of each event; the later ones are due earlier.
func (f *fixture) match(events []appdock.Event) ([]webhook.Delivery, error) {
	made := make([]webhook.Delivery, len(events))
	for i, e := range events {
		made[i] = delivery(e, f.hook(), "of "+e.ID.String())
		made[i].DueAt = Now().Add(-time.Duration(i) * time.Second)
	}
	return made, nil
}

func (f *fixture) hook() appdock.ID { return own(f.shop.ID, "Notes hook") }

// finish writes the same result for deliveries and gives them as they are then.
func (f *fixture) finish(deliveries []webhook.Delivery, state webhook.State, dueAt time.Time) []webhook.Delivery {
	f.t.Helper()
	done := make([]webhook.Finished, len(deliveries))
	after := make([]webhook.Delivery, len(deliveries))
	for i, d := range deliveries {
		a := attempt(d.Attempts)
		d.State, d.DueAt, d.Attempts, d.LastStatus, d.Reason = state, dueAt, d.Attempts+1, a.Status, "because"
		done[i], after[i] = webhook.Finished{Delivery: d, Attempt: a}, d
	}
	f.must(f.Queue.Finish(f.t.Context(), webhook.Results{Done: done}))
	return after
}

func attempt(n int) webhook.Attempt {
	return webhook.Attempt{
		Number: n, At: Now().Add(time.Duration(n) * time.Minute), Took: 1500 * time.Microsecond, Status: 503, Error: "busy",
		Request: "POST /hook\nHost: app.example\n\n{\"a\":1}", Response: "503 Service Unavailable\nServer: x\n\nbusy\n\nvery",
	}
}

const appServer webhook.Endpoint = -77 // of all deliveries here, unless a case says otherwise

func (f *fixture) ordered(after int64, limit int) []webhook.Delivery {
	f.t.Helper()
	list, err := f.Queue.Next(f.t.Context(), appServer, after, limit)
	f.must(err)
	return list
}

func (f *fixture) due(now time.Time, limit int) ([]webhook.Delivery, time.Time) {
	f.t.Helper()
	list, next, err := f.Queue.Due(f.t.Context(), appServer, now, limit)
	f.must(err)
	return list, next
}

func seqs(deliveries []webhook.Delivery) []int64 {
	var list []int64
	for _, d := range deliveries {
		list = append(list, d.Seq)
	}
	return list
}

func appendOnce(f *fixture) {
	one, two := event(f.shop.ID, "append", 1), event(f.shop.ID, "append", 2)
	first, err := f.Queue.Append(f.t.Context(), one)
	f.must(err)
	second, err := f.Queue.Append(f.t.Context(), one, two, two)
	f.must(err)
	f.equal("new at first", len(first), 1)
	if len(second) != 1 || second[0].ID != two.ID {
		f.t.Errorf("got %+v, want the second event alone", second)
	}
	f.equal("unmatched", f.unmatched(), slices.Concat(first, second))
	_, err = f.Queue.Append(f.t.Context(), event("NobodyKnowsThis1", "append", 3))
	f.wantKind(err, appdock.NotFound)
}

func appendAtOnce(f *fixture) {
	var fresh atomic.Int32
	write := func() {
		list, err := f.Queue.Append(f.t.Context(), event(f.shop.ID, "at once", 1))
		if err != nil {
			f.t.Error(err)
		}
		fresh.Add(int32(len(list)))
	}
	var writers sync.WaitGroup
	for range 16 {
		writers.Go(write)
	}
	writers.Wait()
	f.equal("new", fresh.Load(), int32(1))
	f.Stores = f.Reopen(f.t)
	write()
	f.equal("new after a restart", fresh.Load(), int32(1))
	f.equal("unmatched", len(f.unmatched()), 1)
}

func matchInOrder(f *fixture) {
	var written []appdock.Event
	for i := range 7 {
		fresh, err := f.Queue.Append(f.t.Context(), event(f.shop.ID, "order", 10-i))
		f.must(err)
		written = append(written, fresh...)
	}
	for _, want := range [][]appdock.Event{written[:3], written[3:6], written[6:]} {
		var seen []appdock.Event
		done, held, err := f.Queue.FanOut(f.t.Context(), 3, func(events []appdock.Event) ([]webhook.Delivery, error) {
			seen = slices.Clone(events)
			return f.match(events)
		})
		f.must(err)
		f.equal("events to match", seen, want)
		f.equal("matched", done, len(want))
		f.equal("deliveries", len(held), len(want))
	}
}

func staleIndex(f *fixture) {
	_, err := f.Queue.Append(f.t.Context(), event(f.shop.ID, "stale", 1))
	f.must(err)
	before := f.picture(f.shop.ID)
	done, held, err := f.Queue.FanOut(f.t.Context(), 5, func(events []appdock.Event) ([]webhook.Delivery, error) {
		made, _ := f.match(events)
		return made, webhook.ErrStale
	})
	if !errors.Is(err, webhook.ErrStale) || done != 0 || held != nil {
		f.t.Errorf("got %d, %v, %v; want nothing and %v", done, held, err, webhook.ErrStale)
	}
	f.equal("all that can be seen", f.picture(f.shop.ID), before)
	f.equal("unmatched", len(f.unmatched()), 1)
}

func numbered(f *fixture) {
	first := f.made(2)
	_, err := f.Queue.Append(f.t.Context(), event(f.shop.ID, "numbered", 1), event(f.shop.ID, "numbered", 2))
	f.must(err)
	var want []webhook.Delivery
	_, made, err := f.Queue.FanOut(f.t.Context(), 5, func(events []appdock.Event) ([]webhook.Delivery, error) {
		made, _ := f.match(events)
		made[0].Strict = true
		made[1].State, made[1].Reason = webhook.Parked, webhook.ReasonUnhealthy
		want = slices.Clone(made)
		return made, nil
	})
	f.must(err)
	for i := range want {
		if number := made[i].Number; number <= first[1].Number || i > 0 && number <= made[i-1].Number {
			f.t.Errorf("number %d does not rise", number)
		}
		want[i].Number = made[i].Number
	}
	f.equal("made", made, want)
	f.equal("waiting", f.ordered(0, 10), append(first, made[0]))
}

func nothingToMatch(f *fixture) {
	done, held, err := f.Queue.FanOut(f.t.Context(), 5, func([]appdock.Event) ([]webhook.Delivery, error) {
		f.t.Error("there is nothing to match")
		return nil, nil
	})
	if done != 0 || held != nil || err != nil {
		f.t.Errorf("got %d, %v, %v; want nothing", done, held, err)
	}
}

func matchAtOnce(f *fixture) {
	_, err := f.Queue.Append(f.t.Context(), event(f.shop.ID, "once", 1), event(f.shop.ID, "once", 2))
	f.must(err)
	_, _, err = f.Queue.FanOut(f.t.Context(), 5, func(events []appdock.Event) ([]webhook.Delivery, error) {
		made, _ := f.match(events)
		made[1].ID = made[0].ID // cannot be stored
		return made, nil
	})
	if err == nil {
		f.t.Error("two deliveries of one id were stored")
	}
	f.equal("unmatched", len(f.unmatched()), 2)
	f.equal("waiting", len(f.ordered(0, 10)), 0)
}

// elsewhere makes a delivery for another endpoint.
func (f *fixture) elsewhere(name string, at webhook.Endpoint) webhook.Delivery {
	f.t.Helper()
	_, err := f.Queue.Append(f.t.Context(), event(f.shop.ID, name, 1))
	f.must(err)
	_, made, err := f.Queue.FanOut(f.t.Context(), 1, func(events []appdock.Event) ([]webhook.Delivery, error) {
		made, err := f.match(events)
		made[0].Endpoint = at
		return made, err
	})
	f.must(err)
	return made[0]
}

func readInOrder(f *fixture) {
	made := f.made(6)
	f.elsewhere("elsewhere", 5)
	f.finish(made[1:2], webhook.Waiting, Now())
	f.finish(made[2:3], webhook.Dead, Now())
	f.equal("the first two", f.ordered(0, 2), []webhook.Delivery{made[0], made[3]})
	f.equal("those after", f.ordered(made[3].Number, 10), made[4:])
	f.equal("after the last", len(f.ordered(made[5].Number, 10)), 0)
}

func due(f *fixture) {
	made := f.made(5)
	f.elsewhere("elsewhere", 5)
	f.finish(made[0:1], webhook.Waiting, Now().Add(-time.Minute))
	f.finish(made[1:2], webhook.Waiting, Now().Add(-time.Hour))
	f.finish(made[2:3], webhook.Waiting, Now().Add(time.Hour))
	f.finish(made[3:4], webhook.Waiting, Now().Add(time.Minute))
	list, next := f.due(Now(), 10)
	f.equal("due", seqs(list), seqs([]webhook.Delivery{made[1], made[0]}))
	f.equal("their data", list[0].Data, made[1].Data)
	f.equal("what it needs", list[0].Needs, made[1].Needs)
	f.equal("attempts made", list[0].Attempts, 1)
	f.equal("next", next, Now().Add(time.Minute))
	list, next = f.due(Now().Add(2*time.Hour), 3)
	f.equal("at most", seqs(list), seqs([]webhook.Delivery{made[1], made[0], made[3]}))
	f.equal("nothing waits for later", next, time.Time{})
}

func strictOrder(f *fixture) {
	_, err := f.Queue.Append(f.t.Context(), event(f.shop.ID, "strict", 1), event(f.shop.ID, "strict", 2))
	f.must(err)
	_, made, err := f.Queue.FanOut(f.t.Context(), 2, func(events []appdock.Event) ([]webhook.Delivery, error) {
		made, err := f.match(events)
		made[0].Strict, made[1].Strict = true, true
		return made, err
	})
	f.must(err)
	f.finish(made[:1], webhook.Waiting, Now().Add(time.Hour))
	f.equal("in their order", seqs(f.ordered(0, 10)), seqs(made))
	list, next := f.due(Now().Add(2*time.Hour), 10)
	f.equal("due", len(list), 0)
	f.equal("next", next, time.Time{})
}

func backlogs(f *fixture) {
	list, _, err := f.Queue.Backlogs(f.t.Context())
	f.must(err)
	f.equal("none", len(list), 0)
	made := f.made(2)
	f.elsewhere("one", 5)
	two, three := f.elsewhere("two", 6), f.elsewhere("three", 7)
	f.finish(made[:1], webhook.Waiting, Now().Add(time.Hour))
	f.finish([]webhook.Delivery{two}, webhook.Waiting, Now().Add(time.Minute))
	f.finish([]webhook.Delivery{three}, webhook.Delivered, Now())
	list, all, err := f.Queue.Backlogs(f.t.Context())
	f.must(err)
	slices.SortFunc(list, func(a, b webhook.Backlog) int { return cmp.Compare(a.Endpoint, b.Endpoint) })
	f.equal("backlogs", list, []webhook.Backlog{
		{Endpoint: appServer, Ordered: true, RetryAt: Now().Add(time.Hour)},
		{Endpoint: 5, Ordered: true},
		{Endpoint: 6, RetryAt: Now().Add(time.Minute)},
	})
	f.equal("all that waits", all, webhook.Backlogged{Waiting: 4, Since: made[1].CreatedAt})
}

// madeInHand makes deliveries of which some are in hand.
func (f *fixture) madeInHand(want ...bool) []webhook.Delivery {
	f.t.Helper()
	for i := range want {
		_, err := f.Queue.Append(f.t.Context(), event(f.shop.ID, "in hand", i))
		f.must(err)
	}
	_, made, err := f.Queue.FanOut(f.t.Context(), len(want), func(events []appdock.Event) ([]webhook.Delivery, error) {
		made, err := f.match(events)
		for i := range made {
			made[i].InHand = want[i]
		}
		return made, err
	})
	f.must(err)
	return made
}

func inHand(f *fixture) {
	made := f.madeInHand(true, true, false, true, true)
	f.equal("given", seqs(f.ordered(0, 10)), seqs(made[2:3]))
	list, all, err := f.Queue.Backlogs(f.t.Context())
	f.must(err)
	f.equal("backlogs", list, []webhook.Backlog{{Endpoint: appServer, Ordered: true}})
	f.equal("all that waits", all, webhook.Backlogged{Waiting: 5, Since: made[0].CreatedAt})
	moved, err := f.Parking.Move(f.t.Context(), f.hook(), webhook.Waiting, webhook.Parked, "why", 10)
	f.must(err)
	f.equal("parked", moved, 1)

	f.must(f.Queue.Finish(f.t.Context(), webhook.Results{Back: []int64{made[1].Number, made[2].Number, 1 << 40}}))
	f.equal("given back", seqs(f.ordered(0, 10)), seqs(made[1:2]))
	f.finish(made[3:4], webhook.Waiting, Now())
	due, _ := f.due(Now(), 10)
	f.equal("with a result", seqs(due), seqs(made[3:4]))

	f.Stores = f.Reopen(f.t)
	f.equal("nobody let go of it", seqs(f.ordered(0, 10)), seqs(made[1:2]))
	f.must(f.Queue.LetGo(f.t.Context()))
	f.equal("let go", seqs(f.ordered(0, 10)), seqs([]webhook.Delivery{made[0], made[1], made[4]}))
	for _, d := range f.ordered(0, 10) {
		f.equal("in hand", d.InHand, false)
	}
}

func thereAgain(f *fixture) {
	made := f.made(3)
	f.finish(made[:1], webhook.Delivered, Now())
	f.Stores = f.Reopen(f.t)
	f.equal("waiting", f.ordered(0, 10), made[1:])
	more := f.elsewhere("after", appServer)
	if more.Number <= made[2].Number {
		f.t.Errorf("number %d after %d", more.Number, made[2].Number)
	}
}

// largeData keeps the memory of a host within bounds: the events of a day's import are
// not read at once.
func largeData(f *fixture) {
	payload := append(append([]byte{'"'}, bytes.Repeat([]byte{'x'}, 3<<20)...), '"')
	for i := range 5 {
		e := event(f.shop.ID, "large", i)
		e.Data.Payload = payload
		_, err := f.Queue.Append(f.t.Context(), e)
		f.must(err)
	}
	matched, rounds := 0, 0
	for matched < 5 {
		done, _, err := f.Queue.FanOut(f.t.Context(), 5, f.match)
		f.must(err)
		matched, rounds = matched+done, rounds+1
		if done == 0 || done > 2 {
			f.t.Fatalf("%d events of 3 MiB were given at once", done)
		}
	}
	f.equal("read at once", len(f.ordered(0, 10)), 2)
}

func finished(f *fixture) {
	made := f.made(2)
	after := f.finish(made[:1], webhook.Waiting, Now())
	list, _ := f.due(Now(), 10)
	f.equal("due", list, after)
	after = f.finish(list, webhook.Delivered, Now())
	got, attempts, err := f.Log.Attempts(f.t.Context(), f.shop.ID, made[0].ID)
	f.must(err)
	f.equal("delivery", got, after[0])
	f.equal("attempts", attempts, []webhook.Attempt{attempt(0), attempt(1)})
	f.must(f.Queue.Finish(f.t.Context(), webhook.Results{}))
}

// finishedNothing has a result of a delivery that was given up and deleted meanwhile. An
// error would be asked again for ever, with all that is in the same group.
func finishedNothing(f *fixture) {
	made := f.made(2)
	unknown := made[0]
	unknown.Number = 1 << 40
	done := made[0]
	done.State, done.Attempts = webhook.Delivered, 1
	f.must(f.Queue.Finish(f.t.Context(), webhook.Results{Done: []webhook.Finished{
		{Delivery: unknown, Attempt: attempt(0)}, {Delivery: done, Attempt: attempt(0)}, {Delivery: made[1], Attempt: attempt(0)},
	}}))
	for _, d := range []webhook.Delivery{done, made[1]} {
		got, attempts, err := f.Log.Attempts(f.t.Context(), f.shop.ID, d.ID)
		f.must(err)
		f.equal("delivery", got.State, d.State)
		f.equal("attempts of one that is there", len(attempts), 1)
	}
	unknown.Number = made[1].Number + 1 // as the next one that is made
	f.must(f.Queue.Finish(f.t.Context(), webhook.Results{Done: []webhook.Finished{{Delivery: unknown, Attempt: attempt(0)}}}))
	_, err := f.Queue.Append(f.t.Context(), event(f.shop.ID, "later", 1))
	f.must(err)
	_, next, err := f.Queue.FanOut(f.t.Context(), 1, f.match)
	f.must(err)
	f.equal("the next number", next[0].Number, unknown.Number)
	_, attempts, err := f.Log.Attempts(f.t.Context(), f.shop.ID, next[0].ID)
	f.must(err)
	f.equal("attempts that are left of one that is not", len(attempts), 0)
}

func finishedTwice(f *fixture) {
	made := f.made(1)
	f.finish(made, webhook.Delivered, Now())
	f.finish(made, webhook.Delivered, Now())
	_, attempts, err := f.Log.Attempts(f.t.Context(), f.shop.ID, made[0].ID)
	f.must(err)
	f.equal("attempts", len(attempts), 1)
}

func healthWithResults(f *fixture) {
	made := f.made(1)
	ill := f.ill()
	f.must(f.Queue.Finish(f.t.Context(), webhook.Results{
		Done: []webhook.Finished{{Delivery: made[0], Attempt: attempt(0)}}, Health: []webhook.Health{ill},
		Events: []appdock.Event{event(f.shop.ID, "health", 1)},
	}))
	f.equal("health", f.healths(), []webhook.Health{ill})
	f.equal("events", len(f.unmatched()), 1)
}

// manyDeliveries writes more than one statement, one group and one page hold.
func manyDeliveries(f *fixture) {
	const n = 503
	_, err := f.Queue.Append(f.t.Context(), event(f.shop.ID, "many", 1))
	f.must(err)
	_, held, err := f.Queue.FanOut(f.t.Context(), 1, func(events []appdock.Event) ([]webhook.Delivery, error) {
		made := make([]webhook.Delivery, n)
		for i := range made {
			made[i] = delivery(events[0], f.hook(), fmt.Sprint("many ", i))
		}
		return made, nil
	})
	f.must(err)
	f.equal("deliveries", len(held), n)
	f.finish(held, webhook.Delivered, Now())
	found, err := f.Log.Deliveries(f.t.Context(), webhook.Filter{Shop: f.shop.ID, State: webhook.Delivered, Limit: 2 * n})
	f.must(err)
	f.equal("delivered", len(found), n)
	for _, d := range found[:3] {
		_, attempts, err := f.Log.Attempts(f.t.Context(), f.shop.ID, d.ID)
		f.must(err)
		f.equal("attempts", len(attempts), 1)
	}
}
