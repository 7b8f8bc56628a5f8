package storetest

import (
	"slices"
	"time"

	"github.com/appdock/appdock"
	"github.com/appdock/appdock/internal/webhook"
)

func parkingCases() map[string]func(*fixture) {
	return map[string]func(*fixture){
		"health is remembered until it is as new":              rememberedHealth,
		"health ends with its subscription":                    endedHealth,
		"an order is loaded, with the revision it was made at": orderLoaded,
		"an order for nobody is not found":                     orderForNobody,
		"an update of the app renews, unless it was paused":    renewed,
		"open deliveries are moved, the oldest first":          moved,
		"a trial is the oldest that is parked, and stays so":   trial,
		"what is parked is counted":                            countParked,
	}
}

// ill is a health with all there is of it.
func (f *fixture) ill() webhook.Health {
	return webhook.Health{
		Subscription: f.hook(), Shop: f.shop.ID, State: webhook.Suspended, Transient: 5, Refusals: 2, Rung: 3,
		CooldownUntil: Now().Add(time.Hour), SuspendedSince: Now().Add(-time.Hour), DisabledSince: Now(), DisabledBy: webhook.ByEscalation,
		Cause: webhook.CauseGone, FrozenSince: Now().Add(-time.Minute), Followed: 7,
	}
}

// healths gives those of the shop.
func (f *fixture) healths() (list []webhook.Health) {
	f.t.Helper()
	all, err := f.Parking.Healths(f.t.Context())
	f.must(err)
	for _, h := range all {
		if h.Shop == f.shop.ID {
			list = append(list, h)
		}
	}
	return list
}

// parked counts what is parked for the subscription of the cases.
func (f *fixture) parked() int {
	f.t.Helper()
	counts, err := f.Parking.Parked(f.t.Context())
	f.must(err)
	return counts[f.hook()]
}

func (f *fixture) setHealth(h webhook.Health) {
	f.t.Helper()
	f.must(f.Queue.Finish(f.t.Context(), webhook.Results{Health: []webhook.Health{h}}))
}

func rememberedHealth(f *fixture) {
	h := f.ill()
	f.setHealth(h)
	f.Stores = f.Reopen(f.t)
	f.equal("health", f.healths(), []webhook.Health{h})
	h.State, h.Rung, h.FrozenSince, h.CooldownUntil = webhook.Degraded, 0, time.Time{}, time.Time{}
	f.setHealth(h)
	f.equal("health", f.healths(), []webhook.Health{h})
	f.setHealth(webhook.Health{Subscription: h.Subscription, Shop: h.Shop, State: webhook.Healthy, Followed: 9})
	f.equal("health", len(f.healths()), 0)
}

func endedHealth(f *fixture) {
	f.setHealth(f.ill())
	_, err := f.Registrations.Remove(f.t.Context(), f.get("Notes"), false, event(f.shop.ID, "end", 1))
	f.must(err)
	f.equal("until the events of its ending are matched", len(f.healths()), 1)
	_, _, err = f.Queue.FanOut(f.t.Context(), 10, func([]appdock.Event) ([]webhook.Delivery, error) { return nil, nil })
	f.must(err)
	f.equal("after", len(f.healths()), 0)
}

// loaded gives the subscription of the cases.
func (f *fixture) loaded() (webhook.Subscription, appdock.Revision) {
	f.t.Helper()
	list, revision := f.load()
	i := slices.IndexFunc(list, func(s webhook.Subscription) bool { return s.ID == f.hook() })
	if i < 0 {
		f.t.Fatal("the subscription is gone")
	}
	return list[i], revision
}

func orderLoaded(f *fixture) {
	_, before := f.loaded()
	for _, o := range []webhook.Order{webhook.OrderPause, webhook.OrderResume} {
		f.must(f.Parking.Order(f.t.Context(), f.shop.ID, f.hook(), o))
		s, revision := f.loaded()
		if s.Order != o || s.OrderedAt != revision || revision <= before {
			f.t.Errorf("got %q at %d, revision %d after %d", s.Order, s.OrderedAt, revision, before)
		}
		before = revision
	}
	shops, _, err := f.Subscriptions.Changed(f.t.Context(), 0)
	f.must(err)
	if !slices.Contains(shops, f.shop.ID) {
		f.t.Errorf("%v changed", shops)
	}
}

func orderForNobody(f *fixture) {
	f.wantKind(f.Parking.Order(f.t.Context(), f.shop.ID, ID("nobody"), webhook.OrderPause), appdock.NotFound)
	f.wantKind(f.Parking.Order(f.t.Context(), f.shop.ID, own(f.other.ID, "Notes hook"), webhook.OrderPause), appdock.NotFound)
	f.wantKind(f.Parking.Order(f.t.Context(), "NobodyKnowsThis1", f.hook(), webhook.OrderPause), appdock.NotFound)
}

func renewed(f *fixture) {
	update := func(version string) (webhook.Subscription, appdock.Revision) {
		f.t.Helper()
		r := f.get("Notes")
		r.Installation.Version = version
		f.change(r)
		return f.loaded()
	}
	f.change(f.get("Notes")) // nothing new
	s, _ := f.loaded()
	f.equal("order", s.Order, webhook.Order(""))
	s, revision := update("2.0.0")
	f.equal("order", s.Order, webhook.OrderRenew)
	f.equal("at", s.OrderedAt, revision)
	f.must(f.Parking.Order(f.t.Context(), f.shop.ID, f.hook(), webhook.OrderPause))
	s, _ = update("3.0.0")
	f.equal("order", s.Order, webhook.OrderPause)
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
	made := f.made(4)
	move := func(from, to webhook.State, reason string, limit, want int) {
		f.t.Helper()
		n, err := f.Parking.Move(f.t.Context(), f.hook(), from, to, reason, limit)
		f.must(err)
		f.equal("moved", n, want)
	}
	// Those of the seed are parked already and older.
	move(webhook.Waiting, webhook.Parked, webhook.ReasonUnhealthy, 3, 3)
	f.equal("parked", f.states(made), []webhook.State{"parked", "parked", "parked", "waiting"})
	move(webhook.Parked, webhook.Dead, webhook.ReasonOverCap, 2, 2)
	f.equal("those of before ended", f.states(made), []webhook.State{"parked", "parked", "parked", "waiting"})
	dead, err := f.Log.Deliveries(f.t.Context(), webhook.Filter{Shop: f.shop.ID, State: webhook.Dead})
	f.must(err)
	if len(dead) != 2 || dead[0].Reason != webhook.ReasonOverCap {
		f.t.Errorf("got %+v", dead)
	}
	move(webhook.Parked, webhook.Waiting, "", 10, 3)
	f.equal("released", f.ordered(0, 10), made)
	n, err := f.Parking.Move(f.t.Context(), ID("no subscription"), webhook.Parked, webhook.Dead, "", 10)
	f.must(err)
	f.equal("of an unknown subscription", n, 0)
}

func trial(f *fixture) {
	made := f.made(2)
	_, err := f.Parking.Move(f.t.Context(), f.hook(), webhook.Parked, webhook.Dead, "", 10) // of the seed
	f.must(err)
	_, ok, err := f.Parking.Trial(f.t.Context(), f.hook())
	f.must(err)
	f.equal("nothing is parked", ok, false)
	_, err = f.Parking.Move(f.t.Context(), f.hook(), webhook.Waiting, webhook.Parked, "why", 10)
	f.must(err)
	for range 2 {
		d, ok, err := f.Parking.Trial(f.t.Context(), f.hook())
		f.must(err)
		f.equal("there is one", ok, true)
		want := made[0]
		want.State, want.Reason = webhook.Parked, "why"
		f.equal("trial", d, want)
	}
}

func countParked(f *fixture) {
	f.equal("of the seed", f.parked(), 2)
	f.made(3)
	_, err := f.Parking.Move(f.t.Context(), f.hook(), webhook.Waiting, webhook.Parked, "", 2)
	f.must(err)
	f.equal("then", f.parked(), 4)
}
