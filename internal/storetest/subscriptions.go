package storetest

import (
	"slices"
	"testing"

	"github.com/appdock/appdock"
	"github.com/appdock/appdock/internal/entity"
	"github.com/appdock/appdock/internal/lifecycle"
	"github.com/appdock/appdock/internal/shop"
	"github.com/appdock/appdock/internal/webhook"
)

func subscriptionCases() map[string]func(*testing.T, *fixture) {
	return map[string]func(*testing.T, *fixture){
		"a registration brings its subscriptions":           subscribed,
		"what is known of the app is in its subscriptions":  appOfSubscription,
		"one that ended stays until its events are matched": endedByChange,
		"an app's end is heard by its own subscriptions":    endedByRemoval,
		"events of the change itself carry its revision":    sameRevision,
		"a record does not raise the revision":              recordsRaiseNothing,
		"changed tells whose revision rose":                 changed,
		"the key is that of the moment":                     keyOfTheMoment,
		"there is no key without a secret":                  noKey,
	}
}

func (f *fixture) load(t *testing.T) ([]webhook.Subscription, appdock.Revision) {
	t.Helper()
	list, revision, err := f.Subscriptions.Load(t.Context(), f.shop.ID)
	must(t, err)
	return list, revision
}

// of gives the subscriptions of an app.
func of(list []webhook.Subscription, app string) []webhook.Subscription {
	return slices.DeleteFunc(slices.Clone(list), func(s webhook.Subscription) bool { return s.App != app })
}

func (f *fixture) get(t *testing.T, app string) lifecycle.Registration {
	t.Helper()
	r, err := f.Registrations.Get(t.Context(), f.shop.ID, app)
	must(t, err)
	return r
}

func (f *fixture) change(t *testing.T, r lifecycle.Registration, events ...appdock.Event) lifecycle.Registration {
	t.Helper()
	r, _, err := f.Registrations.Change(t.Context(), r, events...)
	must(t, err)
	return r
}

// matchAll matches all events that wait.
func (f *fixture) matchAll(t *testing.T) {
	t.Helper()
	_, _, err := f.Queue.FanOut(t.Context(), 1000, func([]appdock.Event) ([]webhook.Delivery, error) { return nil, nil })
	must(t, err)
}

func subscribed(t *testing.T, f *fixture) {
	_, before := f.load(t)
	r := registration(f.shop.ID, "Fresh")
	must(t, f.Registrations.Create(t.Context(), r, credentials("Fresh")))
	list, revision := f.load(t)
	equal(t, "revision", revision, before+1)
	var want []webhook.Subscription
	for _, h := range r.Features.Webhooks {
		want = append(want, webhook.Subscription{
			ID: h.ID, Shop: f.shop.ID, Installation: r.Installation.ID, App: "Fresh", AppVersion: "1.0.0", Name: h.Name, Event: h.Event,
			URL: h.URL, OnlyLive: h.OnlyLive, Active: true, AppActive: false, Grant: r.Installation.Grant, Since: revision,
		})
	}
	equal(t, "subscriptions", of(list, "Fresh"), want)
}

func appOfSubscription(t *testing.T, f *fixture) {
	r := f.get(t, "Notes")
	since := func() []appdock.Revision {
		list, _ := f.load(t)
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
	f.change(t, r)
	list, _ := f.load(t)
	for _, s := range of(list, "Notes") {
		equal(t, "app is active", s.AppActive, false)
		equal(t, "version", s.AppVersion, "2.0.0")
		equal(t, "grant", s.Grant, r.Installation.Grant)
	}
	equal(t, "url", of(list, "Notes")[0].URL, "https://app.example/new")
	equal(t, "second is active", of(list, "Notes")[1].Active, false)
	equal(t, "since", since(), before)
}

func endedByChange(t *testing.T, f *fixture) {
	r := f.get(t, "Notes")
	ended := r.Features.Webhooks[0]
	r.Features.Webhooks = r.Features.Webhooks[1:]
	f.change(t, r, event(f.shop.ID, "ended", 1))
	list, revision := f.load(t)
	i := slices.IndexFunc(list, func(s webhook.Subscription) bool { return s.ID == ended.ID })
	if i < 0 {
		t.Fatal("the subscription is gone before the event of its ending is matched")
	}
	equal(t, "until", list[i].Until, revision)
	equal(t, "the registration has it", f.get(t, "Notes").Features.Webhooks, r.Features.Webhooks)
	equal(t, "the entity has it", f.has(t, "webhook", ended.ID), false)
	equal(t, "the entity has the other", f.has(t, "webhook", r.Features.Webhooks[0].ID), true)

	// A later event does not keep it.
	f.matchAll(t)
	f.change(t, f.get(t, "Notes"), event(f.shop.ID, "ended", 2))
	list, _ = f.load(t)
	equal(t, "subscriptions", len(of(list, "Notes")), 1)
}

func endedByRemoval(t *testing.T, f *fixture) {
	r := f.get(t, "Notes")
	e := event(f.shop.ID, "removed", 1)
	e.Name, e.Only = "app.deleted", r.Installation.ID
	events, err := f.Registrations.Remove(t.Context(), r, e)
	must(t, err)
	list, revision := f.load(t)
	equal(t, "events", len(events), 1)
	equal(t, "revision of the event", events[0].Revision, revision)
	equal(t, "for the app alone", events[0].Only, r.Installation.ID)
	notes := of(list, "Notes")
	equal(t, "subscriptions", len(notes), 2)
	for _, s := range notes {
		equal(t, "until", s.Until, revision)
		equal(t, "version", s.AppVersion, "1.0.0")
		equal(t, "installation", s.Installation, r.Installation.ID)
	}
	f.matchAll(t)
	list, _ = f.load(t)
	equal(t, "subscriptions after the match", len(of(list, "Notes")), 0)
}

func sameRevision(t *testing.T, f *fixture) {
	r, events, err := f.Registrations.Change(t.Context(), f.get(t, "Notes"), event(f.shop.ID, "same", 1))
	must(t, err)
	_, revision := f.load(t)
	equal(t, "events", len(events), 1)
	equal(t, "revision", events[0].Revision, revision)
	equal(t, "row version", r.RowVersion, f.get(t, "Notes").RowVersion)
}

func recordsRaiseNothing(t *testing.T, f *fixture) {
	_, before := f.load(t)
	_, err := f.Records.Write(t.Context(), f.shop.ID, func(u shop.Unit) error {
		must(t, u.Raise(event(f.shop.ID, "record", 1)))
		return u.Apply(entity.Change{Entity: "product", Kind: entity.Deleted, ID: ID("product 1")})
	})
	must(t, err)
	_, after := f.load(t)
	equal(t, "revision", after, before)
}

func changed(t *testing.T, f *fixture) {
	ask := func(since int64) ([]appdock.ShopID, int64) {
		t.Helper()
		shops, now, err := f.Subscriptions.Changed(t.Context(), since)
		must(t, err)
		return shops, now
	}
	shops, start := ask(0)
	equal(t, "since the beginning", shops, []appdock.ShopID{f.other.ID, f.shop.ID})
	shops, now := ask(start)
	equal(t, "since now", len(shops), 0)
	equal(t, "now", now, start)
	f.change(t, f.change(t, f.get(t, "Notes")))
	shops, now = ask(start)
	equal(t, "since then", shops, []appdock.ShopID{f.shop.ID})
	f.Stores = f.Reopen(t)
	shops, again := ask(now)
	equal(t, "after opening again", len(shops), 0)
	equal(t, "the same number", again, now)
}

func keyOfTheMoment(t *testing.T, f *fixture) {
	key := func() string {
		t.Helper()
		k, err := f.Keys.Key(t.Context(), f.shop.ID, ID("installation Notes"))
		must(t, err)
		return k.Reveal()
	}
	equal(t, "key", key(), "secret of "+string(f.shop.ID))
	r := f.get(t, "Notes")
	r.Secret, r.Unconfirmed = appdock.NewSecret("rotated"), []appdock.Secret{appdock.NewSecret("newer")}
	r = f.change(t, r)
	equal(t, "key after a change", key(), "rotated")
	_, err := f.Registrations.Remove(t.Context(), r)
	must(t, err)
	equal(t, "key of an app that is gone", key(), "rotated")
	// A next life is another installation; its secret takes the place of the old one.
	f.install(t, f.shop.ID, "notes", "of the next life")
	_, err = f.Keys.Key(t.Context(), f.shop.ID, r.Installation.ID)
	wantKind(t, err, appdock.NotFound, "")
	next, err := f.Keys.Key(t.Context(), f.shop.ID, ID("installation notes"))
	must(t, err)
	equal(t, "key of the next life", next.Reveal(), "of the next life")
}

func noKey(t *testing.T, f *fixture) {
	must(t, f.Registrations.Create(t.Context(), registration(f.shop.ID, "Fresh"), credentials("Fresh")))
	for _, installation := range []appdock.ID{ID("installation Fresh"), ID("nobody"), {}} {
		_, err := f.Keys.Key(t.Context(), f.shop.ID, installation)
		wantKind(t, err, appdock.NotFound, "")
	}
}
