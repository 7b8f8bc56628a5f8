package webhook

import (
	"errors"
	"testing"

	"github.com/appdock/appdock"
	"github.com/google/go-cmp/cmp"
)

var (
	ours   = appdock.MustID("0190000000007000800000000000aaaa")
	theirs = appdock.MustID("0190000000007000800000000000bbbb")
)

const (
	draft = `{"entity":"product","operation":"update","primaryKey":"1","versionId":"00000000000000000000000000000001"}`
	live  = `{"entity":"product","operation":"update","primaryKey":"2","versionId":"0fa91ce3e96a4bc2be4bd9ce752c3425"}`
	plain = `{"entity":"category","operation":"insert","primaryKey":"3"}`
)

func payload(json string) appdock.EventData { return appdock.EventData{Payload: []byte(json)} }

func TestMatch(t *testing.T) {
	t.Parallel()
	placed := appdock.Event{Name: "checkout.order.placed", Needs: []appdock.Privilege{"order:read"}, Revision: 5, Data: payload(`{"order":{}}`)}
	written := appdock.Event{Name: "product.written", Needs: []appdock.Privilege{"product:read"}, Revision: 5, Data: payload("[" + draft + "]")}
	config := appdock.Event{Name: "app.config.changed", Needs: []appdock.Privilege{"system_config:read"}, Data: payload(`{"changes":["Other.config.a","OrderNotes.config.b"]}`)}
	deleted := appdock.Event{Name: "app.deleted", Only: ours, Revision: 5, Data: payload(`{"keepUserData":false}`)}
	heartbeat := appdock.Event{Name: "app.system_heartbeat", Data: payload(`[]`)}

	with := func(e appdock.Event, change func(*appdock.Event)) appdock.Event { change(&e); return e }
	app := func(change func(*Subscription)) Subscription {
		s := Subscription{
			Installation: ours, App: "OrderNotes", Active: true, AppActive: true,
			Grant: appdock.NewPrivileges("order:read", "product:read", "system_config:read"),
		}
		if change != nil {
			change(&s)
		}
		return s
	}
	operator := func(change func(*Subscription)) Subscription {
		s := Subscription{Active: true}
		if change != nil {
			change(&s)
		}
		return s
	}

	tests := map[string]struct {
		event        appdock.Event
		subscription Subscription
		want         Skip // empty: gets it
	}{
		"an active app with the privilege": {placed, app(nil), ""},
		"an app without the privilege":     {placed, app(func(s *Subscription) { s.Grant = appdock.NewPrivileges("product:read") }), SkipPrivilege},
		"what the app did itself": {
			with(placed, func(e *appdock.Event) { e.Origin = app(nil).Installation }), app(nil), "",
		},
		"what the app did itself, suppressed": {
			with(placed, func(e *appdock.Event) { e.Origin = app(nil).Installation }), app(func(s *Subscription) { s.SuppressOwn = true }), SkipOwn,
		},
		"what the shop did, with its own suppressed": {placed, app(func(s *Subscription) { s.SuppressOwn = true }), ""},
		"an app that lacks one of two": {
			with(placed, func(e *appdock.Event) { e.Needs = append(e.Needs, "order_transaction:read") }), app(nil), SkipPrivilege,
		},
		"an app without any privilege, of an event that needs none": {heartbeat, app(func(s *Subscription) { s.Grant = nil }), ""},
		"a webhook that is switched off":                            {placed, app(func(s *Subscription) { s.Active = false }), SkipInactive},
		"an inactive app":                                           {placed, app(func(s *Subscription) { s.AppActive = false }), SkipAppInactive},
		"an inactive app, of an event of all":                       {heartbeat, app(func(s *Subscription) { s.AppActive = false }), SkipAppInactive},
		"the cause itself hears of it too":                          {with(placed, func(e *appdock.Event) { e.Origin = ours }), app(nil), ""},

		"an operator's own needs no privilege":         {placed, operator(nil), ""},
		"an operator's own that is switched off":       {placed, operator(func(s *Subscription) { s.Active = false }), SkipInactive},
		"an operator does not hear of an app's life":   {deleted, operator(nil), SkipOther},
		"an operator's own with live changes only":     {written, operator(func(s *Subscription) { s.OnlyLive = true }), SkipDraft},
		"an operator hears of all configuration":       {config, operator(nil), ""},
		"an app hears of its own life":                 {deleted, app(nil), ""},
		"an inactive app hears of its own life":        {deleted, app(func(s *Subscription) { s.AppActive = false }), ""},
		"a webhook that is off does not even then":     {deleted, app(func(s *Subscription) { s.Active = false }), SkipInactive},
		"another app does not":                         {deleted, app(func(s *Subscription) { s.Installation = theirs }), SkipOther},
		"the life of nobody is nobody's":               {with(deleted, func(e *appdock.Event) { e.Only = appdock.ID{} }), app(nil), SkipOther},
		"an event for one app alone is not for others": {with(placed, func(e *appdock.Event) { e.Only = theirs }), app(nil), SkipOther},

		"own keys of the configuration":    {config, app(nil), ""},
		"only keys of others":              {with(config, func(e *appdock.Event) { e.Data = payload(`{"changes":["Other.config.a"]}`) }), app(nil), SkipKeys},
		"a key that only begins alike":     {with(config, func(e *appdock.Event) { e.Data = payload(`{"changes":["OrderNotesPro.a"]}`) }), app(nil), SkipKeys},
		"configuration without privilege":  {config, app(func(s *Subscription) { s.Grant = nil }), SkipPrivilege},
		"configuration of an inactive app": {config, app(func(s *Subscription) { s.AppActive = false }), SkipAppInactive},
		"configuration that is no object":  {with(config, func(e *appdock.Event) { e.Data = payload(`[]`) }), app(nil), SkipKeys},

		"a draft for who wants all":           {written, app(nil), ""},
		"a draft for who wants live only":     {written, app(func(s *Subscription) { s.OnlyLive = true }), SkipDraft},
		"one live change among drafts":        {with(written, func(e *appdock.Event) { e.Data = payload("[" + draft + "," + live + "]") }), app(func(s *Subscription) { s.OnlyLive = true }), ""},
		"a change without version is no live": {with(written, func(e *appdock.Event) { e.Data = payload("[" + plain + "]") }), app(func(s *Subscription) { s.OnlyLive = true }), SkipDraft},
		"live only means entity events only":  {placed, app(func(s *Subscription) { s.OnlyLive = true }), ""},

		"made with the event's revision":                 {placed, app(func(s *Subscription) { s.Since = 5 }), ""},
		"made after the event":                           {placed, app(func(s *Subscription) { s.Since = 6 }), SkipEarlier},
		"ended with the event":                           {deleted, app(func(s *Subscription) { s.Until = 5 }), ""},
		"ended before the event":                         {placed, app(func(s *Subscription) { s.Until = 4 }), SkipEnded},
		"an event of before the end, late to be matched": {placed, app(func(s *Subscription) { s.Until = 7 }), ""},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			tt.subscription.Event = tt.event.Name
			got := Match(tt.event, []*Subscription{&tt.subscription})
			want := Matched{To: []*Subscription{&tt.subscription}}
			if tt.want != "" {
				want = Matched{Skipped: map[Skip]int{tt.want: 1}}
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
			}
		})
	}
}

func TestIndex(t *testing.T) {
	t.Parallel()
	wants := func(id byte, event appdock.EventName) Subscription {
		return Subscription{ID: appdock.ID{15: id}, Event: event, URL: "https://app.test/" + string(event), Installation: ours, Active: true, AppActive: true}
	}
	x := newIndex(Subscribed{Revision: 7, Subscriptions: []Subscription{
		wants(1, "app.system_heartbeat"), wants(2, "shopware.updated"), wants(3, "app.system_heartbeat"),
	}})

	t.Run("both webhooks of an app for one event get it, in order, and no other", func(t *testing.T) {
		t.Parallel()
		got, err := x.match(appdock.Event{Name: "app.system_heartbeat", Revision: 7})
		if err != nil || len(got.To) != 2 || got.To[0].ID[15] != 1 || got.To[1].ID[15] != 3 {
			t.Errorf("got %v, %v", got, err)
		}
	})
	t.Run("names are compared exactly", func(t *testing.T) {
		t.Parallel()
		if got, err := x.match(appdock.Event{Name: "Shopware.updated"}); err != nil || len(got.To) != 0 {
			t.Errorf("got %v, %v", got, err)
		}
	})
	t.Run("a newer event is not matched", func(t *testing.T) {
		t.Parallel()
		if _, err := x.match(appdock.Event{Name: "shopware.updated", Revision: 8}); !errors.Is(err, ErrStale) {
			t.Errorf("got %v, want ErrStale", err)
		}
	})
	t.Run("no index is older than any event", func(t *testing.T) {
		t.Parallel()
		if _, err := (*index)(nil).match(appdock.Event{}); !errors.Is(err, ErrStale) {
			t.Errorf("got %v, want ErrStale", err)
		}
	})
}
