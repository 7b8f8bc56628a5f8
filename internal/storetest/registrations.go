package storetest

import (
	"bytes"
	"encoding/json"
	"time"

	"github.com/appdock/appdock"
	"github.com/appdock/appdock/internal/entity"
	"github.com/appdock/appdock/internal/lifecycle"
)

func registrationCases() map[string]func(*fixture) {
	return map[string]func(*fixture){
		"what was written comes back":                           roundTrip,
		"names are found whatever their case":                   foundByName,
		"one app is installed once":                             installedOnce,
		"what changed meanwhile is not overwritten":             changedMeanwhile,
		"a change writes its events or nothing":                 changeWithEvents,
		"the entities show the registration":                    ownedEntities,
		"a language that comes later has the texts of apps":     languageComesLater,
		"payment methods outlive their app":                     paymentMethods,
		"removal leaves the last secret and nothing else":       removed,
		"a committed secret forgets the one of an earlier life": forgottenSecret,
		"a client has the rights of now":                        clientOfNow,
		"an app has several API clients until one is settled":   rekeyed,
		"no secret stands readable on the disk":                 canary,
		"a damaged secret is missing and nothing else":          damaged,
		"a damaged secret is mended by installing again":        damageMended,
		"an app without a secret leaves the remembered one":     rememberedStays,
	}
}

func roundTrip(f *fixture) {
	want := registration(f.shop.ID, "Fresh")
	f.must(f.Registrations.Create(f.t.Context(), want, credentials("Fresh")))
	want.RowVersion = 1
	f.equal("created", f.get("Fresh"), want)

	want.State = lifecycle.Confirming
	want.Unconfirmed = []appdock.Secret{appdock.NewSecret("newest"), appdock.NewSecret("older")}
	want.UnconfirmedSince = Now().Add(time.Second)
	want = f.change(want)
	f.equal("with unconfirmed secrets", f.get("Fresh"), want)

	want.State, want.Secret, want.Unconfirmed, want.UnconfirmedSince = lifecycle.Registered, appdock.NewSecret("newest"), nil, time.Time{}
	want.SecretTold = Now()
	want.Previous = lifecycle.Previous{Secret: appdock.NewSecret("before"), Until: Now().Add(time.Minute)}
	want.UpdatedAt = Now().Add(time.Minute)
	want.Profile.Label["de-DE"] = "Neu"
	want.Features.Webhooks = want.Features.Webhooks[:1]
	want = f.change(want)
	f.equal("registered", f.get("Fresh"), want)
	f.Stores = f.Reopen(f.t)
	f.equal("opened again", f.get("Fresh"), want)

	all, err := f.Registrations.All(f.t.Context(), f.shop.ID)
	f.must(err)
	f.equal("all", all, []lifecycle.Registration{want, f.get("Notes")})
}

func foundByName(f *fixture) {
	f.equal("name", f.get("nOTES").Installation.App, "Notes")
	for _, name := range []string{"Note", "Gone", ""} {
		_, err := f.Registrations.Get(f.t.Context(), f.shop.ID, name)
		f.wantKind(err, appdock.NotFound)
	}
}

func installedOnce(f *fixture) {
	twice := registration(f.shop.ID, "NOTES")
	before := f.picture(f.shop.ID)
	f.wantKind(f.Registrations.Create(f.t.Context(), twice, credentials("twice")), appdock.Conflict)
	f.equal("all that can be seen", f.picture(f.shop.ID), before)
}

func changedMeanwhile(f *fixture) {
	read := f.get("Notes")
	f.change(read)
	before := f.picture(f.shop.ID)
	_, _, err := f.Registrations.Change(f.t.Context(), read)
	f.wantKind(err, appdock.Conflict)
	_, err = f.Registrations.Rekey(f.t.Context(), read, ID("integration other"), credentials("other"))
	f.wantKind(err, appdock.Conflict)
	_, err = f.Registrations.Remove(f.t.Context(), read, false)
	f.wantKind(err, appdock.Conflict)
	f.equal("all that can be seen", f.picture(f.shop.ID), before)
	gone := registration(f.shop.ID, "Nobody")
	gone.RowVersion = 1
	_, _, err = f.Registrations.Change(f.t.Context(), gone)
	f.wantKind(err, appdock.Conflict)
}

func changeWithEvents(f *fixture) {
	read := f.get("Notes")
	stale := read
	stale.RowVersion = 99
	_, _, err := f.Registrations.Change(f.t.Context(), stale, event(f.shop.ID, "change", 1))
	f.wantKind(err, appdock.Conflict)
	f.equal("unmatched", len(f.unmatched()), 0)
	_, events, err := f.Registrations.Change(f.t.Context(), read, event("", "change", 1), event("", "change", 2))
	f.must(err)
	f.equal("shop of the event", events[0].Shop, f.shop.ID)
	f.equal("unmatched", f.unmatched(), events)
}

// ownedEntities checks the rows of app, integration, acl_role and webhook.
func ownedEntities(f *fixture) {
	r := f.get("Notes")
	app := f.search(&entity.Criteria{Entity: "app", IDs: []appdock.ID{r.Installation.ID}, Associations: map[string]*entity.Criteria{"webhooks": {}}}).Records[0]
	for field, want := range map[string]any{
		"name": "Notes", "version": "1.0.0", "active": true, "label": "Notes label", "author": "Somebody", "path": "/apps/Notes",
		"iconRaw": []byte{1, 2, 3}, "templateLoadPriority": int64(3), "allowedHosts": json.RawMessage(`["app.example"]`),
		"integrationId": r.Integration, "aclRoleId": r.Role, "createdAt": Now(), "sourceType": "local",
	} {
		f.equal(field, app.Get(field), want)
	}
	integration, _ := app.One("integration")
	f.equal("access key", integration.Text("accessKey"), "KEYNotes")
	role, _ := app.One("aclRole")
	f.equal("privileges", string(role.Document("privileges")), `["order:read","product:read"]`)
	f.equal("webhooks", len(app.Loaded["webhooks"].Records), 2)

	r.Installation.Active, r.Installation.Grant = false, appdock.NewPrivileges("tax:read")
	f.change(r)
	app = f.search(&entity.Criteria{Entity: "app", IDs: []appdock.ID{r.Installation.ID}}).Records[0]
	f.equal("active", app.Get("active"), any(false))
	role, _ = app.One("aclRole")
	f.equal("privileges", string(role.Document("privileges")), `["tax:read"]`)
}

func languageComesLater(f *fixture) {
	r := f.get("Notes")
	r.Profile.Label["fr-FR"], r.Profile.Label["it-IT"] = "Remarques", "Appunti"
	f.change(r)
	is := func(when string, want any) {
		f.t.Helper()
		page, err := f.Records.Search(f.t.Context(), f.shop.ID, entity.View{Language: ID("late")}, &entity.Criteria{
			Entity: "app", Filters: []entity.Filter{{Kind: entity.Equals, Field: "name", Values: []any{"Notes"}}},
		})
		f.must(err)
		f.equal(when, page.Records[0].Get("label"), want)
	}
	locale := func(code string) entity.Change {
		return entity.Change{Entity: "locale", Kind: entity.Inserted, ID: ID(code), Set: map[string]any{"code": code, "name": code, "territory": code, "createdAt": Now()}}
	}
	is("before it is there", nil)
	f.write(f.shop.ID, locale("fr-FR"), locale("it-IT"), locale("nl-NL"), entity.Change{
		Entity: "language", Kind: entity.Inserted, ID: ID("late"), Set: map[string]any{"name": "Late", "localeId": ID("fr-FR"), "createdAt": Now()},
	})
	is("in French", "Remarques")
	f.write(f.shop.ID, entity.Change{Entity: "language", Kind: entity.Updated, ID: ID("late"), Set: map[string]any{"translationCodeId": ID("it-IT")}})
	is("in Italian", "Appunti")
	f.write(f.shop.ID, entity.Change{Entity: "locale", Kind: entity.Updated, ID: ID("it-IT"), Set: map[string]any{"code": "it-CH"}})
	is("in French again: the other locale is one that the app does not speak", "Remarques")
	f.write(f.shop.ID, entity.Change{Entity: "language", Kind: entity.Updated, ID: ID("late"), Set: map[string]any{"localeId": ID("nl-NL")}})
	is("in no language that the app speaks", nil)
}

func removed(f *fixture) {
	r := f.get("Notes")
	r.Unconfirmed = []appdock.Secret{appdock.NewSecret("unconfirmed")}
	r = f.change(r)
	_, err := f.Registrations.Remove(f.t.Context(), r, false)
	f.must(err)
	_, err = f.Registrations.Get(f.t.Context(), f.shop.ID, "Notes")
	f.wantKind(err, appdock.NotFound)
	for name, id := range map[string]appdock.ID{"app": r.Installation.ID, "integration": r.Integration, "acl_role": r.Role} {
		f.equal(name+" is there", f.has(name, id), false)
	}
	_, err = f.Clients.Client(f.t.Context(), f.shop.ID, "KEYNotes")
	f.wantKind(err, appdock.NotFound)
	last, err := f.Registrations.LastSecret(f.t.Context(), f.shop.ID, "notes")
	f.must(err)
	f.equal("last secret", last.Reveal(), "secret of "+string(f.shop.ID))

	// One that never had a secret leaves none.
	f.must(f.Registrations.Create(f.t.Context(), registration(f.shop.ID, "Fresh"), credentials("Fresh")))
	_, err = f.Registrations.Remove(f.t.Context(), f.get("Fresh"), false)
	f.must(err)
	last, err = f.Registrations.LastSecret(f.t.Context(), f.shop.ID, "Fresh")
	f.must(err)
	f.equal("there is a secret", !last.IsZero(), false)
}

func forgottenSecret(f *fixture) {
	last := func() string {
		f.t.Helper()
		s, err := f.Registrations.LastSecret(f.t.Context(), f.shop.ID, "Gone")
		f.must(err)
		return s.Reveal()
	}
	remembered := "last secret of " + string(f.shop.ID)
	f.equal("at first", last(), remembered)
	f.must(f.Registrations.Create(f.t.Context(), registration(f.shop.ID, "Gone"), credentials("Gone")))
	r := f.get("Gone")
	r.Unconfirmed = []appdock.Secret{appdock.NewSecret("unconfirmed")}
	r = f.change(r)
	f.equal("while unconfirmed", last(), remembered)
	r.Secret, r.Unconfirmed = r.Unconfirmed[0], nil
	f.change(r)
	f.equal("once committed", last(), "")
}

func clientOfNow(f *fixture) {
	client := func() (c struct {
		Integration, Installation appdock.ID
		Active, Admin             bool
		Hash                      string
		Privileges                appdock.Privileges
		ChangedAt                 time.Time
	},
	) {
		f.t.Helper()
		got, err := f.Clients.Client(f.t.Context(), f.shop.ID, "KEYNotes")
		f.must(err)
		c.Integration, c.Installation, c.Active, c.Admin = got.Integration, got.Installation, got.Active, got.Admin
		c.Hash, c.Privileges, c.ChangedAt = string(got.SecretHash), got.Privileges, got.ChangedAt
		return c
	}
	r := f.get("Notes")
	want := client()
	f.equal("installation", want.Installation, r.Installation.ID)
	f.equal("integration", want.Integration, r.Integration)
	f.equal("active", want.Active, true)
	f.equal("admin", want.Admin, false)
	f.equal("hash", want.Hash, "hash of Notes")
	f.equal("privileges", want.Privileges, r.Installation.Grant)
	f.equal("changed at", want.ChangedAt, Now())

	r.Installation.Active, r.Installation.Grant = false, appdock.NewPrivileges("tax:read")
	f.change(r)
	want.Active, want.Privileges = false, r.Installation.Grant
	f.equal("after a change", client(), want)
	f.write(f.shop.ID, entity.Change{Entity: "integration", Kind: entity.Updated, ID: r.Integration, Set: map[string]any{"admin": true}})
	want.Admin = true
	f.equal("after it was made an administrator", client(), want)
	f.write(f.shop.ID, entity.Change{Entity: "integration", Kind: entity.Updated, ID: r.Integration, Set: map[string]any{"admin": false}})
	want.Admin = false
	f.equal("after that was taken back", client(), want)
	_, err := f.Clients.Client(f.t.Context(), f.shop.ID, "keynotes")
	f.wantKind(err, appdock.NotFound)
}

// rekeyed gives an app a second API client, and takes it the first.
func rekeyed(f *fixture) {
	_, before := f.load()
	r := f.get("Notes")
	first, second := r.Integration, ID("integration second")
	rowVersion := r.RowVersion
	r.State = lifecycle.Rotating
	c := credentials("Other")
	c.ChangedAt = Now().Add(time.Hour)
	r, err := f.Registrations.Rekey(f.t.Context(), r, second, c)
	f.must(err)
	f.equal("row version", r.RowVersion, rowVersion+1)
	f.equal("clients", r.OtherClients, []lifecycle.Client{{Integration: second}})
	f.equal("what is stored", f.get("Notes"), r)
	_, after := f.load()
	f.equal("revision", after, before+1)
	works := func(what, accessKey string, want bool) {
		f.t.Helper()
		client, err := f.Clients.Client(f.t.Context(), f.shop.ID, accessKey)
		if !want {
			f.wantKind(err, appdock.NotFound)
			return
		}
		f.must(err)
		f.equal(what, client.Installation, r.Installation.ID)
		f.equal(what, client.Privileges, r.Installation.Grant)
	}
	works("the client before", "KEYNotes", true)
	works("the client that is new", "KEYOther", true)
	row := func(id appdock.ID) []entity.Record {
		return f.search(&entity.Criteria{Entity: "integration", IDs: []appdock.ID{id}}).Records
	}
	f.equal("access key", row(second)[0].Text("accessKey"), "KEYOther")

	// After a rotation the client before has an end.
	r.State, r.Integration = lifecycle.Registered, second
	r.OtherClients = []lifecycle.Client{{Integration: first, Until: Now().Add(time.Millisecond)}}
	r = f.change(r)
	f.equal("after a rotation", f.get("Notes"), r)
	works("the client before, for a while", "KEYNotes", true)
	r.OtherClients[0].Until = Now()
	r = f.change(r)
	works("the client before, later", "KEYNotes", false)
	f.Stores = f.Reopen(f.t)
	f.equal("opened again", f.get("Notes"), r)
	r.OtherClients = nil
	r = f.change(r)
	f.equal("the row of a client that ended", len(row(first)), 0)

	_, err = f.Registrations.Rekey(f.t.Context(), r, ID("integration third"), credentials("Third"))
	f.must(err)
	_, err = f.Registrations.Remove(f.t.Context(), f.get("Notes"), false)
	f.must(err)
	works("a client of an app that is gone", "KEYThird", false)
	works("a client of an app that is gone", "KEYOther", false)
	f.equal("the row of a client that is gone", len(row(ID("integration third"))), 0)
}

func canary(f *fixture) {
	const secret = "canary-7f3a91c2-shop-secret"
	r := f.get("Notes")
	r.Secret = appdock.NewSecret(secret + "-committed")
	r.Unconfirmed = []appdock.Secret{appdock.NewSecret(secret + "-unconfirmed")}
	r.Setup.AppSecret = appdock.NewSecret(secret + "-app")
	r = f.change(r)
	if bytes.Contains(f.Stored(f.t), []byte(secret)) {
		f.t.Error("a secret of an installation can be read on the disk")
	}
	if !bytes.Contains(f.Stored(f.t), []byte("Somebody")) {
		f.t.Error("the store shows something else than what it wrote")
	}
	_, err := f.Registrations.Remove(f.t.Context(), r, false)
	f.must(err)
	f.Stores = f.Reopen(f.t)
	if bytes.Contains(f.Stored(f.t), []byte(secret)) {
		f.t.Error("the secret of an app that is gone can be read on the disk")
	}
}

func damaged(f *fixture) {
	other := f.install(f.shop.ID, "Other", "secret of the other")
	want := f.get("Notes")
	want.Unconfirmed = []appdock.Secret{appdock.NewSecret("unconfirmed")}
	want = f.change(want)
	f.Damage(f.t, f.shop.ID, "Notes")
	f.Stores = f.Reopen(f.t)
	want.Secret, want.Unconfirmed, want.Damaged = appdock.Secret{}, nil, true
	want.Setup.AppSecret = appdock.Secret{}
	f.equal("registration", f.get("Notes"), want)
	all, err := f.Registrations.All(f.t.Context(), f.shop.ID)
	f.must(err)
	f.equal("all", all, []lifecycle.Registration{want, other})
	noKey := func(what string) {
		f.t.Helper()
		_, err := f.Keys.Key(f.t.Context(), f.shop.ID, want.Installation.ID)
		f.wantKind(err, appdock.NotFound)
		f.equal(what, appdock.CodeOf(err), "ADK-SECRET-DAMAGED")
	}
	noKey("key")
	key, err := f.Keys.Key(f.t.Context(), f.shop.ID, other.Installation.ID)
	f.must(err)
	f.equal("key of the other", key.Secret.Reveal(), "secret of the other")

	// Another change does not make it an app that never had a secret.
	want.Installation.Active = false
	want = f.change(want)
	f.equal("registration after a change", f.get("Notes"), want)
	noKey("key after a change")
	want.Secret, want.Damaged = appdock.NewSecret("another"), false
	want = f.change(want)
	f.equal("registration with another secret", f.get("Notes"), want)
}

func damageMended(f *fixture) {
	r := f.get("Notes")
	f.Damage(f.t, f.shop.ID, "Notes")
	_, err := f.Registrations.Remove(f.t.Context(), f.get("Notes"), false)
	f.must(err)
	_, err = f.Keys.Key(f.t.Context(), f.shop.ID, r.Installation.ID)
	f.wantKind(err, appdock.NotFound)
	last, err := f.Registrations.LastSecret(f.t.Context(), f.shop.ID, "Notes")
	f.must(err)
	f.equal("last secret", last.Reveal(), "")
	f.equal("registration", f.install(f.shop.ID, "Notes", "of the next life").Damaged, false)
	key, err := f.Keys.Key(f.t.Context(), f.shop.ID, r.Installation.ID)
	f.must(err)
	f.equal("key", key.Secret.Reveal(), "of the next life")
}

// rememberedStays removes an app that began its next life and never got a secret in it.
func rememberedStays(f *fixture) {
	f.must(f.Registrations.Create(f.t.Context(), registration(f.shop.ID, "Gone"), credentials("Gone")))
	r := f.get("Gone")
	r.Unconfirmed = []appdock.Secret{appdock.NewSecret("unconfirmed")}
	_, err := f.Registrations.Remove(f.t.Context(), f.change(r), false)
	f.must(err)
	last, err := f.Registrations.LastSecret(f.t.Context(), f.shop.ID, "Gone")
	f.must(err)
	f.equal("last secret", last.Reveal(), "last secret of "+string(f.shop.ID))
}
