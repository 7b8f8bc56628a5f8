package storetest

import (
	"encoding/json"
	"time"

	"github.com/appdock/appdock"
	"github.com/appdock/appdock/internal/entity"
	"github.com/appdock/appdock/internal/webhook"
)

func retentionCases() map[string]func(*fixture) {
	return map[string]func(*fixture){
		"what is over and old goes, with its attempts and events": expired,
		"what is young or not over stays":                         kept,
		"a long log goes range by range":                          ranges,
		"events are kept for longer than deliveries":              eventsKept,
		"replayed ones wait again, with their ids":                replayed,
		"a replay is narrowed like the log":                       replayNarrowed,
		"shops have times of their own":                           lifetimes,
		"the size is told":                                        size,
	}
}

// expire walks over everything.
func (f *fixture) expire(before time.Time) (steps int) {
	f.t.Helper()
	return f.expireBy(webhook.Expiry{Before: before, Events: before})
}

func (f *fixture) expireBy(before webhook.Expiry) (steps int) {
	f.t.Helper()
	for at := int64(0); ; {
		_, next, err := f.Retention.Expire(f.t.Context(), at, before)
		f.must(err)
		steps++
		if next == 0 {
			return steps
		}
		if next <= at {
			f.t.Fatalf("from %d it goes on at %d", at, next)
		}
		at = next
	}
}

// fresh reports whether an event of this id was forgotten.
func (f *fixture) forgotten(e appdock.Event) bool {
	f.t.Helper()
	fresh, err := f.Queue.Append(f.t.Context(), e)
	f.must(err)
	return len(fresh) == 1
}

func expired(f *fixture) {
	made := f.made(3)
	f.finish(made[:2], webhook.Delivered, Now())
	f.finish(made[2:], webhook.Dead, Now())
	f.expire(Now().Add(time.Hour)) // of the other shop nothing is over
	for _, d := range made {
		_, _, err := f.Log.Attempts(f.t.Context(), f.shop.ID, d.ID)
		f.wantKind(err, appdock.NotFound)
	}
	f.expire(Now().Add(time.Hour))
	f.equal("the event is forgotten", f.forgotten(event(f.shop.ID, "made", 0)), true)
	again := f.made(2) // of the events that are left
	if again[0].Number <= made[2].Number {
		f.t.Errorf("number %d was given again", again[0].Number)
	}
}

func kept(f *fixture) {
	made := f.made(4)
	f.finish(made[:1], webhook.Delivered, Now())
	f.finish(made[1:2], webhook.Waiting, Now())
	_, err := f.Parking.Move(f.t.Context(), f.hook(), webhook.Waiting, webhook.Parked, "", 3)
	f.must(err)
	before := f.picture(f.shop.ID)
	f.expire(Now().Add(-time.Hour))
	f.equal("nothing is old", f.picture(f.shop.ID), before)
	f.expire(Now().Add(time.Hour))
	for _, d := range made[1:] {
		_, _, err := f.Log.Attempts(f.t.Context(), f.shop.ID, d.ID)
		f.must(err)
		f.equal("its event is known", f.forgotten(event(f.shop.ID, "made", int(d.Seq-made[0].Seq))), false)
	}
}

func ranges(f *fixture) {
	const n = 2300
	_, err := f.Queue.Append(f.t.Context(), event(f.shop.ID, "many", 1))
	f.must(err)
	_, made, err := f.Queue.FanOut(f.t.Context(), 1, func(events []appdock.Event) ([]webhook.Delivery, error) {
		var made []webhook.Delivery
		for i := range n {
			d := delivery(events[0], f.hook(), "range "+time.Duration(i).String())
			d.State = webhook.Dead
			made = append(made, d)
		}
		return made, nil
	})
	f.must(err)
	f.equal("made", len(made), n)
	steps := f.expire(Now().Add(time.Hour))
	if steps < 3 {
		f.t.Errorf("%d rows went in %d steps", n, steps)
	}
	left, err := f.Log.Deliveries(f.t.Context(), webhook.Filter{Shop: f.shop.ID, State: webhook.Dead, Limit: 2 * n})
	f.must(err)
	f.equal("left", len(left), 0)
}

func eventsKept(f *fixture) {
	made := f.made(2)
	f.finish(made, webhook.Delivered, Now())
	later := Now().Add(time.Hour)
	f.expireBy(webhook.Expiry{Before: later, Events: Now()})
	_, _, err := f.Log.Attempts(f.t.Context(), f.shop.ID, made[0].ID)
	f.wantKind(err, appdock.NotFound)
	f.equal("its event is known", f.forgotten(event(f.shop.ID, "made", 0)), false)
	f.expireBy(webhook.Expiry{Events: later}) // what no delivery needs goes by itself
	f.equal("its event is forgotten", f.forgotten(event(f.shop.ID, "made", 0)), true)
}

func lifetimes(f *fixture) {
	got, err := f.Retention.Lifetimes(f.t.Context())
	f.must(err)
	f.equal("nobody says anything", len(got), 0)
	kind := entity.Inserted
	for value, want := range map[string]map[appdock.ShopID]time.Duration{
		"3600":                    {f.shop.ID: time.Hour},
		`"3600"`:                  {f.shop.ID: time.Hour},
		"0":                       {f.shop.ID: 0},
		"-1":                      {f.shop.ID: -1},
		"9000000000000000000":     {f.shop.ID: -1}, // more years than there are
		`"soon"`:                  {},
		`{"seconds":3600}`:        {},
		"null":                    {},
		"10000000000000000000000": {},
	} {
		f.write(f.shop.ID, entity.Change{
			Entity: "system_config", Kind: kind, ID: ID("lifetime"), Pointer: "/0",
			Set: map[string]any{"configurationKey": "core.webhook.entryLifetimeSeconds", "configurationValue": json.RawMessage(value)},
		})
		kind = entity.Updated
		got, err := f.Retention.Lifetimes(f.t.Context())
		f.must(err)
		f.equal("lifetimes of "+value, got, want)
	}

	made := f.made(1)
	f.finish(made, webhook.Delivered, Now())
	gone := func() bool {
		_, _, err := f.Log.Attempts(f.t.Context(), f.shop.ID, made[0].ID)
		return appdock.KindOf(err) == appdock.NotFound
	}
	later := Now().Add(time.Hour)
	f.expireBy(webhook.Expiry{Before: later, Shops: map[appdock.ShopID]time.Time{f.shop.ID: {}}})
	f.equal("kept for ever", gone(), false)
	f.expireBy(webhook.Expiry{Shops: map[appdock.ShopID]time.Time{f.other.ID: later}})
	f.equal("it is the other's time", gone(), false)
	f.expireBy(webhook.Expiry{Shops: map[appdock.ShopID]time.Time{f.shop.ID: later, f.other.ID: {}}})
	f.equal("its own time has come", gone(), true)
}

func replayed(f *fixture) {
	made := f.made(3)
	after := f.finish(made[:2], webhook.Dead, time.Time{})
	n, last, err := f.Replays.Replay(f.t.Context(), webhook.Filter{Shop: f.shop.ID, Limit: 10}, 0, Now().Add(time.Minute))
	f.must(err)
	f.equal("replayed", n, 2)
	f.equal("last", last, made[1].Number)
	list, _ := f.due(Now().Add(time.Minute), 10)
	for i := range after {
		after[i].State, after[i].Reason, after[i].DueAt, after[i].Replayed = webhook.Waiting, "", Now().Add(time.Minute), 1
	}
	f.equal("waiting", list, after)
	n, last, err = f.Replays.Replay(f.t.Context(), webhook.Filter{Shop: f.shop.ID, Limit: 10}, 0, Now())
	f.must(err)
	f.equal("nothing is left", n, 0)
	f.equal("last", last, int64(0))
}

func replayNarrowed(f *fixture) {
	made := f.aged(6)
	f.finish(made, webhook.Delivered, Now())
	replay := func(filter webhook.Filter, after int64, want ...int64) {
		f.t.Helper()
		filter.Shop = f.shop.ID
		if filter.Limit == 0 {
			filter.Limit = 10
		}
		_, _, err := f.Replays.Replay(f.t.Context(), filter, after, Now())
		f.must(err)
		list, _ := f.due(Now(), 10)
		f.equal("waiting", seqs(list), want)
		f.finish(list, webhook.Dead, Now())
	}
	replay(webhook.Filter{ID: made[2].ID}, 0, made[2].Seq)
	replay(webhook.Filter{App: "Other"}, 0, made[1].Seq, made[3].Seq, made[5].Seq)
	replay(webhook.Filter{Since: made[1].CreatedAt}, 0, made[0].Seq, made[1].Seq)
	replay(webhook.Filter{State: webhook.Delivered}, 0, made[4].Seq)
	replay(webhook.Filter{Subscription: f.hook(), Limit: 2}, made[2].Number, made[3].Seq, made[4].Seq)
	replay(webhook.Filter{Subscription: ID("nobody")}, 0)
}

func size(f *fixture) {
	bytes, err := f.Retention.Size(f.t.Context())
	f.must(err)
	if bytes < 10_000 {
		f.t.Errorf("%d bytes", bytes)
	}
}
