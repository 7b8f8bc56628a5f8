package storetest

import (
	"slices"
	"time"

	"github.com/appdock/appdock"
	"github.com/appdock/appdock/internal/entity"
	"github.com/appdock/appdock/internal/lifecycle"
	"github.com/appdock/appdock/internal/shop"
	"github.com/appdock/appdock/internal/webhook"
)

func subscriptionCases() map[string]func(*fixture) {
	return map[string]func(*fixture){
		"a registration brings its subscriptions":           subscribed,
		"what is known of the app is in its subscriptions":  appOfSubscription,
		"one that ended stays until its events are matched": endedByChange,
		"an app's end is heard by its own subscriptions":    endedByRemoval,
		"events of the change itself carry its revision":    sameRevision,
		"a record does not raise the revision":              recordsRaiseNothing,
		"changed tells whose revision rose":                 changed,
		"what is installed is told, webhooks or none":       installedAreTold,
		"the key is that of the moment":                     keyOfTheMoment,
		"there is no key without a secret":                  noKey,
	}
}

func (f *fixture) load() ([]webhook.Subscription, appdock.Revision) {
	f.t.Helper()
	l, err := f.Subscriptions.Load(f.t.Context(), f.shop.ID)
	f.must(err)
	return l.Subscriptions, l.Revision
}

// of gives the subscriptions of an app.
func of(list []webhook.Subscription, app string) []webhook.Subscription {
	return slices.DeleteFunc(slices.Clone(list), func(s webhook.Subscription) bool { return s.App != app })
}

func (f *fixture) get(app string) lifecycle.Registration {
	f.t.Helper()
	r, err := f.Registrations.Get(f.t.Context(), f.shop.ID, app)
	f.must(err)
	return r
}

func (f *fixture) change(r lifecycle.Registration, events ...appdock.Event) lifecycle.Registration {
	f.t.Helper()
	r, _, err := f.Registrations.Change(f.t.Context(), r, events...)
	f.must(err)
	return r
}

// matchAll matches all events that wait.
func (f *fixture) matchAll() {
	f.t.Helper()
	_, _, err := f.Queue.FanOut(f.t.Context(), 1000, func([]appdock.Event) ([]webhook.Delivery, error) { return nil, nil })
	f.must(err)
}

func subscribed(f *fixture) {
	_, before := f.load()
	r := registration(f.shop.ID, "Fresh")
	f.must(f.Registrations.Create(f.t.Context(), r, credentials("Fresh")))
	list, revision := f.load()
	f.equal("revision", revision, before+1)
	var want []webhook.Subscription
	for _, h := range r.Features.Webhooks {
		want = append(want, webhook.Subscription{
			ID: h.ID, Shop: f.shop.ID, Installation: r.Installation.ID, App: "Fresh", AppVersion: "1.0.0", Name: h.Name, Event: h.Event,
			URL: h.URL, OnlyLive: h.OnlyLive, Active: true, AppActive: false, Grant: r.Installation.Grant, Since: revision,
		})
	}
	f.equal("subscriptions", of(list, "Fresh"), want)
}

func appOfSubscription(f *fixture) {
	r := f.get("Notes")
	since := func() []appdock.Revision {
		list, _ := f.load()
		var all []appdock.Revision
		for _, s := range of(list, "Notes") {
			all = append(all, s.Since)
		}
		return all
	}
	before := since()
	r.Installation.Active, r.Installation.Version = false, "2.0.0"
	r.Installation.Grant = appdock.NewPrivileges("tax:read")
	r.Features.Webhooks[0].URL, r.Features.Webhooks[1].Active = "https://app.example/new", false
	f.change(r)
	list, _ := f.load()
	for _, s := range of(list, "Notes") {
		f.equal("app is active", s.AppActive, false)
		f.equal("version", s.AppVersion, "2.0.0")
		f.equal("grant", s.Grant, r.Installation.Grant)
	}
	f.equal("url", of(list, "Notes")[0].URL, "https://app.example/new")
	f.equal("second is active", of(list, "Notes")[1].Active, false)
	f.equal("since", since(), before)
}

func endedByChange(f *fixture) {
	r := f.get("Notes")
	ended := r.Features.Webhooks[0]
	r.Features.Webhooks = r.Features.Webhooks[1:]
	f.change(r, event(f.shop.ID, "ended", 1))
	list, revision := f.load()
	i := slices.IndexFunc(list, func(s webhook.Subscription) bool { return s.ID == ended.ID })
	if i < 0 {
		f.t.Fatal("the subscription is gone before the event of its ending is matched")
	}
	f.equal("until", list[i].Until, revision)
	f.equal("the registration has it", f.get("Notes").Features.Webhooks, r.Features.Webhooks)
	f.equal("the entity has it", f.has("webhook", ended.ID), false)
	f.equal("the entity has the other", f.has("webhook", r.Features.Webhooks[0].ID), true)

	// A later event does not keep it.
	f.matchAll()
	f.change(f.get("Notes"), event(f.shop.ID, "ended", 2))
	list, _ = f.load()
	f.equal("subscriptions", len(of(list, "Notes")), 1)
}

func endedByRemoval(f *fixture) {
	r := f.get("Notes")
	e := event(f.shop.ID, "removed", 1)
	e.Name, e.Only = "app.deleted", r.Installation.ID
	events, err := f.Registrations.Remove(f.t.Context(), r, false, e)
	f.must(err)
	list, revision := f.load()
	f.equal("events", len(events), 1)
	f.equal("revision of the event", events[0].Revision, revision)
	f.equal("for the app alone", events[0].Only, r.Installation.ID)
	notes := of(list, "Notes")
	f.equal("subscriptions", len(notes), 2)
	for _, s := range notes {
		f.equal("until", s.Until, revision)
		f.equal("version", s.AppVersion, "1.0.0")
		f.equal("installation", s.Installation, r.Installation.ID)
	}
	f.matchAll()
	list, _ = f.load()
	f.equal("subscriptions after the match", len(of(list, "Notes")), 0)
}

func sameRevision(f *fixture) {
	r, events, err := f.Registrations.Change(f.t.Context(), f.get("Notes"), event(f.shop.ID, "same", 1))
	f.must(err)
	_, revision := f.load()
	f.equal("events", len(events), 1)
	f.equal("revision", events[0].Revision, revision)
	f.equal("row version", r.RowVersion, f.get("Notes").RowVersion)
}

func recordsRaiseNothing(f *fixture) {
	_, before := f.load()
	_, err := f.Records.Write(f.t.Context(), f.shop.ID, func(u shop.Unit) error {
		f.must(u.Raise(event(f.shop.ID, "record", 1)))
		return u.Apply(entity.Change{Entity: "product", Kind: entity.Deleted, ID: ID("product 1")})
	})
	f.must(err)
	_, after := f.load()
	f.equal("revision", after, before)
}

// installedAreTold: an app whose update drops all webhooks is not taken for one that is gone.
func installedAreTold(f *fixture) {
	told := func() bool {
		f.t.Helper()
		l, err := f.Subscriptions.Load(f.t.Context(), f.shop.ID)
		f.must(err)
		return slices.Contains(l.Installed, ID("installation Notes"))
	}
	r := f.get("Notes")
	r.Features.Webhooks = nil
	r = f.change(r)
	f.equal("without webhooks", told(), true)
	_, err := f.Registrations.Remove(f.t.Context(), r, false)
	f.must(err)
	f.equal("removed", told(), false)
}

func changed(f *fixture) {
	ask := func(since int64) ([]appdock.ShopID, int64) {
		f.t.Helper()
		shops, now, err := f.Subscriptions.Changed(f.t.Context(), since)
		f.must(err)
		return shops, now
	}
	shops, start := ask(0)
	f.equal("since the beginning", shops, []appdock.ShopID{f.other.ID, f.shop.ID})
	shops, now := ask(start)
	f.equal("since now", len(shops), 0)
	f.equal("now", now, start)
	f.change(f.change(f.get("Notes")))
	shops, now = ask(start)
	f.equal("since then", shops, []appdock.ShopID{f.shop.ID})
	f.Stores = f.Reopen(f.t)
	shops, again := ask(now)
	f.equal("after opening again", len(shops), 0)
	f.equal("the same number", again, now)
}

func keyOfTheMoment(f *fixture) {
	key := func() string {
		f.t.Helper()
		k, err := f.Keys.Key(f.t.Context(), f.shop.ID, ID("installation Notes"))
		f.must(err)
		told := ""
		if !k.Told.IsZero() {
			told = " told " + k.Told.Format(time.TimeOnly)
		}
		if k.Previous.IsZero() {
			return k.Secret.Reveal() + told
		}
		return k.Secret.Reveal() + told + ", before " + k.Until.Format(time.TimeOnly) + " " + k.Previous.Reveal()
	}
	f.equal("key", key(), "secret of "+string(f.shop.ID))
	r := f.get("Notes")
	r.Secret, r.SecretTold, r.Unconfirmed = appdock.NewSecret("rotated"), Now(), []appdock.Secret{appdock.NewSecret("newer")}
	r.Previous = lifecycle.Previous{Secret: appdock.NewSecret("old"), Until: Now().Add(time.Minute)}
	r = f.change(r)
	f.equal("key after a change", key(), "rotated told "+Now().Format(time.TimeOnly)+", before "+Now().Add(time.Minute).Format(time.TimeOnly)+" old")
	r.Previous = lifecycle.Previous{}
	r = f.change(r)
	f.equal("key without the one before", key(), "rotated told "+Now().Format(time.TimeOnly))
	_, err := f.Registrations.Remove(f.t.Context(), r, false)
	f.must(err)
	f.equal("key of an app that is gone", key(), "rotated")
	// A next life is another installation; its secret takes the place of the old one.
	f.install(f.shop.ID, "notes", "of the next life")
	_, err = f.Keys.Key(f.t.Context(), f.shop.ID, r.Installation.ID)
	f.wantKind(err, appdock.NotFound)
	next, err := f.Keys.Key(f.t.Context(), f.shop.ID, ID("installation notes"))
	f.must(err)
	f.equal("key of the next life", next.Secret.Reveal(), "of the next life")
}

func noKey(f *fixture) {
	f.must(f.Registrations.Create(f.t.Context(), registration(f.shop.ID, "Fresh"), credentials("Fresh")))
	for _, installation := range []appdock.ID{ID("installation Fresh"), ID("nobody"), {}} {
		_, err := f.Keys.Key(f.t.Context(), f.shop.ID, installation)
		f.wantKind(err, appdock.NotFound)
	}
}
