package storetest

import (
	"bytes"
	"encoding/json"
	"testing"
	"time"

	"github.com/appdock/appdock"
	"github.com/appdock/appdock/internal/entity"
	"github.com/appdock/appdock/internal/lifecycle"
)

func registrationCases() map[string]func(*testing.T, *fixture) {
	return map[string]func(*testing.T, *fixture){
		"what was written comes back":                           roundTrip,
		"names are found whatever their case":                   foundByName,
		"one app is installed once":                             installedOnce,
		"what changed meanwhile is not overwritten":             changedMeanwhile,
		"a change writes its events or nothing":                 changeWithEvents,
		"the entities show the registration":                    ownedEntities,
		"removal leaves the last secret and nothing else":       removed,
		"a committed secret forgets the one of an earlier life": forgottenSecret,
		"a client has the rights of now":                        clientOfNow,
		"other credentials end those of before":                 rekeyed,
		"no secret stands readable on the disk":                 canary,
	}
}

func roundTrip(t *testing.T, f *fixture) {
	want := registration(f.shop.ID, "Fresh")
	must(t, f.Registrations.Create(t.Context(), want, credentials("Fresh")))
	want.RowVersion = 1
	equal(t, "created", f.get(t, "Fresh"), want)

	want.State = lifecycle.Confirming
	want.Unconfirmed = []appdock.Secret{appdock.NewSecret("newest"), appdock.NewSecret("older")}
	want = f.change(t, want)
	equal(t, "with unconfirmed secrets", f.get(t, "Fresh"), want)

	want.State, want.Secret, want.Unconfirmed = lifecycle.Registered, appdock.NewSecret("newest"), nil
	want.UpdatedAt = Now().Add(time.Minute)
	want.Profile.Label["de-DE"] = "Neu"
	want.Features.Webhooks = want.Features.Webhooks[:1]
	want = f.change(t, want)
	equal(t, "registered", f.get(t, "Fresh"), want)
	f.Stores = f.Reopen(t)
	equal(t, "opened again", f.get(t, "Fresh"), want)

	all, err := f.Registrations.All(t.Context(), f.shop.ID)
	must(t, err)
	equal(t, "all", all, []lifecycle.Registration{want, f.get(t, "Notes")})
}

func foundByName(t *testing.T, f *fixture) {
	equal(t, "name", f.get(t, "nOTES").Installation.App, "Notes")
	for _, name := range []string{"Note", "Gone", ""} {
		_, err := f.Registrations.Get(t.Context(), f.shop.ID, name)
		wantKind(t, err, appdock.NotFound, "")
	}
}

func installedOnce(t *testing.T, f *fixture) {
	twice := registration(f.shop.ID, "NOTES")
	before := f.picture(t, f.shop.ID)
	wantKind(t, f.Registrations.Create(t.Context(), twice, credentials("twice")), appdock.Conflict, "")
	equal(t, "all that can be seen", f.picture(t, f.shop.ID), before)
}

func changedMeanwhile(t *testing.T, f *fixture) {
	read := f.get(t, "Notes")
	f.change(t, read)
	before := f.picture(t, f.shop.ID)
	_, _, err := f.Registrations.Change(t.Context(), read)
	wantKind(t, err, appdock.Conflict, "")
	_, err = f.Registrations.Rekey(t.Context(), read, credentials("other"))
	wantKind(t, err, appdock.Conflict, "")
	_, err = f.Registrations.Remove(t.Context(), read)
	wantKind(t, err, appdock.Conflict, "")
	equal(t, "all that can be seen", f.picture(t, f.shop.ID), before)
	gone := registration(f.shop.ID, "Nobody")
	gone.RowVersion = 1
	_, _, err = f.Registrations.Change(t.Context(), gone)
	wantKind(t, err, appdock.Conflict, "")
}

func changeWithEvents(t *testing.T, f *fixture) {
	read := f.get(t, "Notes")
	stale := read
	stale.RowVersion = 99
	_, _, err := f.Registrations.Change(t.Context(), stale, event(f.shop.ID, "change", 1))
	wantKind(t, err, appdock.Conflict, "")
	equal(t, "unmatched", len(f.unmatched(t)), 0)
	_, events, err := f.Registrations.Change(t.Context(), read, event("", "change", 1), event("", "change", 2))
	must(t, err)
	equal(t, "shop of the event", events[0].Shop, f.shop.ID)
	equal(t, "unmatched", f.unmatched(t), events)
}

// ownedEntities checks the rows of app, integration, acl_role and webhook.
func ownedEntities(t *testing.T, f *fixture) {
	r := f.get(t, "Notes")
	app := f.search(t, &entity.Criteria{Entity: "app", IDs: []appdock.ID{r.Installation.ID}, Associations: map[string]*entity.Criteria{"webhooks": {}}}).Records[0]
	for field, want := range map[string]any{
		"name": "Notes", "version": "1.0.0", "active": true, "label": "Notes label", "author": "Somebody", "path": "/apps/Notes",
		"iconRaw": []byte{1, 2, 3}, "templateLoadPriority": int64(3), "allowedHosts": json.RawMessage(`["app.example"]`),
		"integrationId": r.Integration, "aclRoleId": r.Role, "createdAt": Now(), "sourceType": "local",
	} {
		equal(t, field, app.Get(field), want)
	}
	integration, _ := app.One("integration")
	equal(t, "access key", integration.Text("accessKey"), "KEYNotes")
	role, _ := app.One("aclRole")
	equal(t, "privileges", string(role.Document("privileges")), `["order:read","product:read"]`)
	equal(t, "webhooks", len(app.Loaded["webhooks"].Records), 2)

	r.Installation.Active, r.Installation.Grant = false, appdock.NewPrivileges("tax:read")
	f.change(t, r)
	app = f.search(t, &entity.Criteria{Entity: "app", IDs: []appdock.ID{r.Installation.ID}}).Records[0]
	equal(t, "active", app.Get("active"), any(false))
	role, _ = app.One("aclRole")
	equal(t, "privileges", string(role.Document("privileges")), `["tax:read"]`)
}

func removed(t *testing.T, f *fixture) {
	r := f.get(t, "Notes")
	r.Unconfirmed = []appdock.Secret{appdock.NewSecret("unconfirmed")}
	r = f.change(t, r)
	_, err := f.Registrations.Remove(t.Context(), r)
	must(t, err)
	_, err = f.Registrations.Get(t.Context(), f.shop.ID, "Notes")
	wantKind(t, err, appdock.NotFound, "")
	for name, id := range map[string]appdock.ID{"app": r.Installation.ID, "integration": r.Integration, "acl_role": r.Role} {
		equal(t, name+" is there", f.has(t, name, id), false)
	}
	_, err = f.Clients.Client(t.Context(), f.shop.ID, "KEYNotes")
	wantKind(t, err, appdock.NotFound, "")
	last, err := f.Registrations.LastSecret(t.Context(), f.shop.ID, "notes")
	must(t, err)
	equal(t, "last secret", last.Reveal(), "secret of "+string(f.shop.ID))

	// One that never had a secret leaves none.
	must(t, f.Registrations.Create(t.Context(), registration(f.shop.ID, "Fresh"), credentials("Fresh")))
	_, err = f.Registrations.Remove(t.Context(), f.get(t, "Fresh"))
	must(t, err)
	last, err = f.Registrations.LastSecret(t.Context(), f.shop.ID, "Fresh")
	must(t, err)
	equal(t, "there is a secret", !last.IsZero(), false)
}

func forgottenSecret(t *testing.T, f *fixture) {
	last := func() string {
		t.Helper()
		s, err := f.Registrations.LastSecret(t.Context(), f.shop.ID, "Gone")
		must(t, err)
		return s.Reveal()
	}
	remembered := "last secret of " + string(f.shop.ID)
	equal(t, "at first", last(), remembered)
	must(t, f.Registrations.Create(t.Context(), registration(f.shop.ID, "Gone"), credentials("Gone")))
	r := f.get(t, "Gone")
	r.Unconfirmed = []appdock.Secret{appdock.NewSecret("unconfirmed")}
	r = f.change(t, r)
	equal(t, "while unconfirmed", last(), remembered)
	r.Secret, r.Unconfirmed = r.Unconfirmed[0], nil
	f.change(t, r)
	equal(t, "once committed", last(), "")
}

func clientOfNow(t *testing.T, f *fixture) {
	client := func() (c struct {
		Integration, Installation appdock.ID
		Active, Admin             bool
		Hash                      string
		Privileges                appdock.Privileges
		ChangedAt                 time.Time
	},
	) {
		t.Helper()
		got, err := f.Clients.Client(t.Context(), f.shop.ID, "KEYNotes")
		must(t, err)
		c.Integration, c.Installation, c.Active, c.Admin = got.Integration, got.Installation, got.Active, got.Admin
		c.Hash, c.Privileges, c.ChangedAt = string(got.SecretHash), got.Privileges, got.ChangedAt
		return c
	}
	r := f.get(t, "Notes")
	want := client()
	equal(t, "installation", want.Installation, r.Installation.ID)
	equal(t, "integration", want.Integration, r.Integration)
	equal(t, "active", want.Active, true)
	equal(t, "admin", want.Admin, false)
	equal(t, "hash", want.Hash, "hash of Notes")
	equal(t, "privileges", want.Privileges, r.Installation.Grant)
	equal(t, "changed at", want.ChangedAt, Now())

	r.Installation.Active, r.Installation.Grant = false, appdock.NewPrivileges("tax:read")
	f.change(t, r)
	want.Active, want.Privileges = false, r.Installation.Grant
	equal(t, "after a change", client(), want)
	_, err := f.Clients.Client(t.Context(), f.shop.ID, "keynotes")
	wantKind(t, err, appdock.NotFound, "")
}

func rekeyed(t *testing.T, f *fixture) {
	_, before := f.load(t)
	c := credentials("Other")
	c.ChangedAt = Now().Add(time.Hour)
	r, err := f.Registrations.Rekey(t.Context(), f.get(t, "Notes"), c)
	must(t, err)
	equal(t, "row version", r.RowVersion, f.get(t, "Notes").RowVersion)
	_, after := f.load(t)
	equal(t, "revision", after, before+1)
	_, err = f.Clients.Client(t.Context(), f.shop.ID, "KEYNotes")
	wantKind(t, err, appdock.NotFound, "")
	client, err := f.Clients.Client(t.Context(), f.shop.ID, "KEYOther")
	must(t, err)
	equal(t, "changed at", client.ChangedAt, c.ChangedAt)
	integration := f.search(t, &entity.Criteria{Entity: "integration", IDs: []appdock.ID{r.Integration}}).Records[0]
	equal(t, "access key", integration.Text("accessKey"), "KEYOther")
	f.change(t, r) // with the row version that Rekey gave
}

func canary(t *testing.T, f *fixture) {
	const secret = "canary-7f3a91c2-shop-secret"
	r := f.get(t, "Notes")
	r.Secret = appdock.NewSecret(secret + "-committed")
	r.Unconfirmed = []appdock.Secret{appdock.NewSecret(secret + "-unconfirmed")}
	r = f.change(t, r)
	if bytes.Contains(f.Stored(t), []byte(secret)) {
		t.Error("a secret of an installation can be read on the disk")
	}
	if !bytes.Contains(f.Stored(t), []byte("Somebody")) {
		t.Error("the store shows something else than what it wrote")
	}
	_, err := f.Registrations.Remove(t.Context(), r)
	must(t, err)
	f.Stores = f.Reopen(t)
	if bytes.Contains(f.Stored(t), []byte(secret)) {
		t.Error("the secret of an app that is gone can be read on the disk")
	}
}
