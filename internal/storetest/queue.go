package storetest

import (
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"

	"github.com/appdock/appdock"
	"github.com/appdock/appdock/internal/webhook"
)

func queueCases() map[string]func(*fixture) {
	return map[string]func(*fixture){
		"an event is written once":                               appendOnce,
		"events are matched in their order, n at a time":         matchInOrder,
		"a stale index stores nothing":                           staleIndex,
		"what is made is held, what is parked is not":            heldFromTheStart,
		"nothing to match is nothing":                            nothingToMatch,
		"deliveries are stored with the match or not at all":     matchAtOnce,
		"untried ones are claimed first, then those due":         claimOrder,
		"what waits for later is not claimed, but told":          claimLater,
		"a delivery is given to one":                             givenToOne,
		"what a process held is free when it is opened again":    freeAgain,
		"the result ends the holding":                            finished,
		"a result for what is not there is an error":             finishedNothing,
		"open deliveries are moved, the oldest first":            moved,
		"what somebody holds stays as it is":                     movedNotHeld,
		"events about a move are written with it":                movedEvents,
		"deliveries of an event that many want come all at once": manyDeliveries,
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

// made writes n events and their deliveries of one subscription, held by the caller.
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
	f.must(f.Queue.Finish(f.t.Context(), done...))
	return after
}

func attempt(n int) webhook.Attempt {
	return webhook.Attempt{
		Number: n, At: Now().Add(time.Duration(n) * time.Minute), Took: 1500 * time.Microsecond, Status: 503, Error: "busy",
		Request: "POST /hook\nHost: app.example\n\n{\"a\":1}", Response: "503 Service Unavailable\nServer: x\n\nbusy\n\nvery",
	}
}

func (f *fixture) claim(limit int) ([]webhook.Delivery, time.Time) {
	f.t.Helper()
	claimed, next, err := f.Queue.Claim(f.t.Context(), webhook.Claim{Now: Now(), Limit: limit})
	f.must(err)
	return claimed, next
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

func heldFromTheStart(f *fixture) {
	_, err := f.Queue.Append(f.t.Context(), event(f.shop.ID, "held", 1), event(f.shop.ID, "held", 2))
	f.must(err)
	var want []webhook.Delivery
	_, held, err := f.Queue.FanOut(f.t.Context(), 5, func(events []appdock.Event) ([]webhook.Delivery, error) {
		made, _ := f.match(events)
		made[1].State = webhook.Parked
		want = slices.Clone(made[:1])
		want[0].Data = events[0].Data
		return made, nil
	})
	f.must(err)
	f.equal("held", held, want)
	claimed, next := f.claim(10)
	f.equal("claimed", len(claimed), 0)
	f.equal("next", next, time.Time{})
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
	claimed, _ := f.claim(10)
	f.equal("claimed", len(claimed), 0)
}

func claimOrder(f *fixture) {
	held := f.made(6)
	f.finish(held[0:1], webhook.Waiting, Now().Add(-time.Minute))
	f.finish(held[1:2], webhook.Waiting, Now().Add(-time.Hour))
	f.finish(held[2:3], webhook.Dead, Now())
	f.Stores = f.Reopen(f.t) // the others are free and untried
	claimed, _ := f.claim(2)
	f.equal("untried", seqs(claimed), seqs(held[3:5]))
	claimed, _ = f.claim(10)
	f.equal("the last untried, then by due time", seqs(claimed), seqs([]webhook.Delivery{held[5], held[1], held[0]}))
	f.equal("their data", claimed[0].Data, held[5].Data)
	f.equal("attempts made", claimed[1].Attempts, 1)
}

func claimLater(f *fixture) {
	held := f.made(3)
	f.finish(held[:1], webhook.Waiting, Now().Add(time.Hour))
	f.finish(held[1:2], webhook.Waiting, Now().Add(time.Minute))
	claimed, next := f.claim(10)
	f.equal("claimed", len(claimed), 0)
	f.equal("next", next, Now().Add(time.Minute))
	claimed, next, err := f.Queue.Claim(f.t.Context(), webhook.Claim{Now: Now().Add(time.Minute), Limit: 1})
	f.must(err)
	f.equal("due then", seqs(claimed), seqs(held[1:2]))
	f.equal("next then", next, Now().Add(time.Hour))
}

func givenToOne(f *fixture) {
	const events = 60
	for i := range events {
		_, err := f.Queue.Append(f.t.Context(), event(f.shop.ID, "race", i))
		f.must(err)
	}
	var mu sync.Mutex
	given := map[appdock.ID]int{}
	count := func(deliveries []webhook.Delivery) {
		mu.Lock()
		defer mu.Unlock()
		for _, d := range deliveries {
			given[d.ID]++
		}
	}
	var workers sync.WaitGroup
	for range 6 {
		workers.Go(func() {
			for range 8 {
				_, held, err := f.Queue.FanOut(f.t.Context(), 3, f.match)
				if err != nil {
					f.t.Error(err)
				}
				count(held)
				claimed, _, err := f.Queue.Claim(f.t.Context(), webhook.Claim{Now: Now(), Limit: 5})
				if err != nil {
					f.t.Error(err)
				}
				count(claimed)
			}
		})
	}
	workers.Wait()
	f.equal("deliveries", len(given), events)
	for id, n := range given {
		if n != 1 {
			f.t.Errorf("delivery %s was given %d times", id, n)
		}
	}
}

func freeAgain(f *fixture) {
	held := f.made(3)
	f.finish(held[:1], webhook.Delivered, Now())
	f.Stores = f.Reopen(f.t)
	claimed, _ := f.claim(10)
	f.equal("claimed", claimed, held[1:])
	again, _ := f.claim(10)
	f.equal("claimed again", len(again), 0)
}

func finished(f *fixture) {
	held := f.made(2)
	after := f.finish(held[:1], webhook.Waiting, Now())
	claimed, _ := f.claim(10)
	f.equal("claimed", claimed, after)
	after = f.finish(claimed, webhook.Delivered, Now())
	got, attempts, err := f.Log.Attempts(f.t.Context(), f.shop.ID, held[0].ID)
	f.must(err)
	after[0].Data = appdock.EventData{}
	f.equal("delivery", got, after[0])
	f.equal("attempts", attempts, []webhook.Attempt{attempt(0), attempt(1)})
	f.must(f.Queue.Finish(f.t.Context()))
}

func finishedNothing(f *fixture) {
	held := f.made(1)
	unknown := held[0]
	unknown.ID = ID("nobody")
	err := f.Queue.Finish(f.t.Context(), webhook.Finished{Delivery: held[0], Attempt: attempt(0)}, webhook.Finished{Delivery: unknown, Attempt: attempt(0)})
	if err == nil {
		f.t.Error("a delivery that is not there was finished")
	}
	_, attempts, err := f.Log.Attempts(f.t.Context(), f.shop.ID, held[0].ID)
	f.must(err)
	f.equal("attempts of the one that is there", len(attempts), 0)
}

func (f *fixture) states(deliveries []webhook.Delivery) []webhook.State {
	f.t.Helper()
	var states []webhook.State
	for _, d := range deliveries {
		got, _, err := f.Log.Attempts(f.t.Context(), f.shop.ID, d.ID)
		f.must(err)
		states = append(states, got.State)
	}
	return states
}

func moved(f *fixture) {
	held := f.made(4)
	f.Stores = f.Reopen(f.t) // nobody holds them
	move := func(from, to webhook.State, limit, want int) {
		f.t.Helper()
		n, err := f.Queue.Move(f.t.Context(), f.hook(), from, to, limit)
		f.must(err)
		f.equal("moved", n, want)
	}
	// Those of the seed are parked already and older.
	move(webhook.Waiting, webhook.Parked, 3, 3)
	f.equal("parked", f.states(held), []webhook.State{"parked", "parked", "parked", "waiting"})
	move(webhook.Parked, webhook.Dead, 2, 2)
	f.equal("those of before ended", f.states(held), []webhook.State{"parked", "parked", "parked", "waiting"})
	move(webhook.Parked, webhook.Waiting, 10, 3)
	claimed, _ := f.claim(10)
	f.equal("released", seqs(claimed), seqs(held))
	n, err := f.Queue.Move(f.t.Context(), ID("no subscription"), webhook.Parked, webhook.Dead, 10)
	f.must(err)
	f.equal("of an unknown subscription", n, 0)
}

func movedNotHeld(f *fixture) {
	held := f.made(2)
	f.finish(held[1:], webhook.Waiting, Now().Add(time.Hour))
	n, err := f.Queue.Move(f.t.Context(), f.hook(), webhook.Waiting, webhook.Parked, 10)
	f.must(err)
	f.equal("moved", n, 1)
	f.equal("states", f.states(held), []webhook.State{"waiting", "parked"})
}

func movedEvents(f *fixture) {
	n, err := f.Queue.Move(f.t.Context(), f.hook(), webhook.Parked, webhook.Dead, 1, event(f.shop.ID, "moved", 1))
	f.must(err)
	f.equal("moved", n, 1)
	waiting := f.unmatched()
	if len(waiting) != 1 || waiting[0].ID != event(f.shop.ID, "moved", 1).ID {
		f.t.Errorf("got %+v, want the event about the move", waiting)
	}
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
