package storetest

import (
	"context"
	"time"

	"github.com/appdock/appdock"
	"github.com/appdock/appdock/internal/entity"
	"github.com/appdock/appdock/internal/oauth"
	"github.com/appdock/appdock/internal/user"
)

// Users are the ports of package user.
type Users interface {
	user.Store
	user.Sessions
	user.Attempts
	user.Audit
}

func userCases() map[string]func(*fixture) {
	return map[string]func(*fixture){
		"users are found by name and id":                             foundUsers,
		"names and addresses are taken once in a shop":               takenUsers,
		"a user is changed by one at a time":                         changedUser,
		"sessions end with their user's password and with disabling": endedSessions,
		"an invitation is used once, and replaced by the next":       invitations,
		"the first owner is made once":                               firstOwner,
		"failed log-ins are counted, and forgotten after a day":      logInFailures,
		"the audit log is read from its end":                         auditLog,
		"a refresh token is followed once, and too old ones go":      refreshTokens,
	}
}

// person is a user of a shop; ids and names are the same in both.
func person(s appdock.ShopID, name string) user.User {
	return user.User{
		ID: ID("user " + name), Shop: s, Name: name, Email: name + "@shop.example", Role: user.Staff,
		Privileges: appdock.NewPrivileges("order:read", "product:read"), PasswordHash: "hash of " + name,
		PasswordAt: Now().Add(-time.Hour), Active: true, CreatedAt: Now().Add(-2 * time.Hour),
	}
}

func (f *fixture) person(name string) user.User {
	f.t.Helper()
	f.must(f.Users.CreateUser(f.t.Context(), person(f.shop.ID, name)))
	u, err := f.Users.Named(f.t.Context(), f.shop.ID, name)
	f.must(err)
	return u
}

func foundUsers(f *fixture) {
	u := f.person("Zoë")
	want := person(f.shop.ID, "Zoë")
	want.RowVersion = u.RowVersion
	f.Stores = f.Reopen(f.t)
	again, err := f.Users.User(f.t.Context(), f.shop.ID, u.ID)
	f.must(err)
	f.equal("by id", again, want)
	again, err = f.Users.Named(f.t.Context(), f.shop.ID, "ZOË")
	f.must(err)
	f.equal("by name, case aside", again, want)
	all, err := f.Users.Users(f.t.Context(), f.shop.ID)
	f.must(err)
	f.equal("how many", len(all), 2)
	f.equal("order", []string{all[0].Name, all[1].Name}, []string{"Seeded", "Zoë"})
	_, err = f.Users.User(f.t.Context(), f.shop.ID, ID("nobody"))
	f.wantKind(err, appdock.NotFound)
	_, err = f.Users.Named(f.t.Context(), f.shop.ID, "nobody")
	f.wantKind(err, appdock.NotFound)
	page, err := f.Records.Search(f.t.Context(), f.shop.ID, entity.View{}, &entity.Criteria{Entity: "user", IDs: []appdock.ID{u.ID}})
	f.must(err)
	f.equal("rows of the entity", len(page.Records), 1)
	f.equal("its name", page.Records[0].Get("username"), any("Zoë"))
}

func takenUsers(f *fixture) {
	u := person(f.shop.ID, "anna")
	f.must(f.Users.CreateUser(f.t.Context(), u))
	same := person(f.shop.ID, "ANNA")
	same.Email = "other@shop.example"
	f.wantKind(f.Users.CreateUser(f.t.Context(), same), appdock.Conflict)
	same = person(f.shop.ID, "bert")
	same.Email = "Anna@shop.example"
	f.wantKind(f.Users.CreateUser(f.t.Context(), same), appdock.Conflict)
	bert := f.person("bert") // nothing of him was left by what failed
	bert.Name = "Anna"
	_, err := f.Users.ChangeUser(f.t.Context(), bert)
	f.wantKind(err, appdock.Conflict)
}

func changedUser(f *fixture) {
	u := f.person("anna")
	next := u
	next.Role, next.Privileges, next.Email = user.Owner, appdock.NewPrivileges(), "a@shop.example"
	changed, err := f.Users.ChangeUser(f.t.Context(), next)
	f.must(err)
	now, err := f.Users.User(f.t.Context(), f.shop.ID, u.ID)
	f.must(err)
	f.equal("as returned", now, changed)
	_, err = f.Users.ChangeUser(f.t.Context(), next)
	f.wantKind(err, appdock.Conflict)
}

func (f *fixture) session(u user.User, name string, began time.Time) []byte {
	f.t.Helper()
	hash := []byte("hash of session " + name)
	f.must(f.Users.Begin(f.t.Context(), user.Session{Hash: hash, Shop: f.shop.ID, User: u.ID, Began: began, Seen: began}))
	return hash
}

func endedSessions(f *fixture) {
	u := f.person("anna")
	is := func(when string, hash []byte, there bool) {
		f.t.Helper()
		_, err := f.Users.Session(f.t.Context(), f.shop.ID, hash)
		if there {
			f.must(err)
			return
		}
		f.equal("kind of what is found "+when, appdock.KindOf(err), appdock.NotFound)
	}
	old, fresh, ended := f.session(u, "old", Now().Add(-time.Minute)), f.session(u, "fresh", Now()), f.session(u, "ended", Now())
	f.must(f.Users.Seen(f.t.Context(), f.shop.ID, fresh, Now().Add(time.Minute)))
	f.must(f.Users.End(f.t.Context(), f.shop.ID, ended))
	f.must(f.Users.End(f.t.Context(), f.shop.ID, ended)) // again
	f.Stores = f.Reopen(f.t)
	is("that was ended", ended, false)
	got, err := f.Users.Session(f.t.Context(), f.shop.ID, fresh)
	f.must(err)
	f.equal("session", got, user.Session{Hash: fresh, Shop: f.shop.ID, User: u.ID, Began: Now(), Seen: Now().Add(time.Minute)})
	u.PasswordAt = Now()
	u, err = f.Users.ChangeUser(f.t.Context(), u)
	f.must(err)
	is("that is older than the password", old, false)
	is("that is not", fresh, true)
	u.Active = false
	_, err = f.Users.ChangeUser(f.t.Context(), u)
	f.must(err)
	is("of a user who was disabled", fresh, false)
	seeded, err := f.Users.Session(f.t.Context(), f.shop.ID, []byte("hash of seeded session"))
	f.must(err) // another's
	f.equal("of another", seeded.User, ID("user Seeded"))
}

func invitations(f *fixture) {
	u := f.person("anna")
	invite := func(name string) user.Invitation {
		f.t.Helper()
		i := user.Invitation{Hash: []byte("hash of " + name), Shop: f.shop.ID, User: u.ID, Until: Now().Add(time.Hour)}
		f.must(f.Users.Invite(f.t.Context(), i))
		return i
	}
	first := invite("first")
	second := invite("second")
	_, err := f.Users.Invitation(f.t.Context(), f.shop.ID, first.Hash)
	f.wantKind(err, appdock.NotFound)
	got, err := f.Users.Invitation(f.t.Context(), f.shop.ID, second.Hash)
	f.must(err)
	f.equal("invitation", got, second)

	stale := u
	stale.RowVersion--
	_, err = f.Users.Accept(f.t.Context(), second, stale)
	f.wantKind(err, appdock.Conflict)
	u.PasswordHash = "chosen"
	_, err = f.Users.Accept(f.t.Context(), second, u) // what failed used nothing up
	f.must(err)
	now, err := f.Users.User(f.t.Context(), f.shop.ID, u.ID)
	f.must(err)
	f.equal("password", now.PasswordHash, "chosen")
	_, err = f.Users.Accept(f.t.Context(), second, now)
	f.wantKind(err, appdock.NotFound)
}

func firstOwner(f *fixture) {
	i := user.Invitation{Hash: []byte("hash of the first"), Shop: f.shop.ID, Until: Now().Add(time.Hour)}
	f.must(f.Users.Invite(f.t.Context(), i))
	next := user.Invitation{Hash: []byte("hash of the next"), Shop: f.shop.ID, Until: Now().Add(time.Hour)}
	f.must(f.Users.Invite(f.t.Context(), next))
	_, err := f.Users.Invitation(f.t.Context(), f.shop.ID, i.Hash)
	f.wantKind(err, appdock.NotFound)
	got, err := f.Users.Invitation(f.t.Context(), f.shop.ID, next.Hash)
	f.must(err)
	f.equal("for whom", got.User, appdock.ID{})
	f.wantKind(f.Users.Found(f.t.Context(), next, person(f.shop.ID, "anna")), appdock.Conflict) // there is one in every store
	f.wantKind(f.Users.Found(f.t.Context(), i, person(f.shop.ID, "anna")), appdock.NotFound)

	fresh := appdock.Shop{ID: "FreshShopCCCCCCC", URL: "https://fresh.example", Name: "Fresh", Locale: "en-GB", Currency: "EUR"}
	f.must(f.Shops.AddShop(f.t.Context(), fresh))
	next.Shop = fresh.ID
	f.must(f.Users.Invite(f.t.Context(), next))
	f.must(f.Users.Found(f.t.Context(), next, person(fresh.ID, "anna")))
	_, err = f.Users.Named(f.t.Context(), fresh.ID, "anna")
	f.must(err)
	f.wantKind(f.Users.Found(f.t.Context(), next, person(fresh.ID, "bert")), appdock.NotFound)
}

func logInFailures(f *fixture) {
	count := func(key string, next user.Failures) (before user.Failures) {
		f.t.Helper()
		f.must(f.Users.Attempt(f.t.Context(), f.shop.ID, []byte(key), func(known user.Failures) user.Failures {
			before = known
			return next
		}))
		return before
	}
	one := user.Failures{Count: 1, Last: Now()}
	f.equal("at first", count("a", one), user.Failures{})
	f.Stores = f.Reopen(f.t)
	f.equal("then", count("a", user.Failures{Count: 2, Last: Now()}), one)
	f.equal("of another key", count("b", user.Failures{Count: 7, Last: Now().Add(-25 * time.Hour)}), user.Failures{})
	f.equal("forgiven", count("a", user.Failures{}).Count, 2)
	f.equal("after that", count("a", user.Failures{}), user.Failures{})
	f.equal("after a day", count("b", user.Failures{}), user.Failures{})
}

func auditLog(f *fixture) {
	entry := func(name string) user.Entry {
		return user.Entry{ID: ID(name), Shop: f.shop.ID, At: Now(), User: ID("user anna"), Who: "anna", Action: "app.granted", About: name, Detail: "orders:read"}
	}
	f.must(f.Users.Record(f.t.Context(), entry("one")))
	f.must(f.Users.Record(f.t.Context(), entry("two")))
	f.Stores = f.Reopen(f.t)
	got, err := f.Users.Entries(f.t.Context(), f.shop.ID, 2)
	f.must(err)
	f.equal("log", got, []user.Entry{entry("two"), entry("one")})
	all, err := f.Users.Entries(f.t.Context(), f.shop.ID, 10)
	f.must(err)
	f.equal("all", len(all), 3)
}

// seedUser gives a shop a user with a life.
func (f *fixture) seedUser(ctx context.Context, s appdock.ShopID) {
	f.t.Helper()
	u := person(s, "Seeded")
	f.must(f.Users.CreateUser(ctx, u))
	f.must(f.Users.Begin(ctx, user.Session{Hash: []byte("hash of seeded session"), Shop: s, User: u.ID, Began: Now(), Seen: Now()}))
	f.must(f.Users.Record(ctx, user.Entry{ID: ID("seeded entry"), Shop: s, At: Now(), Who: "host", Action: "user.created", About: u.Name}))
}

func refreshTokens(f *fixture) {
	keep := func(s appdock.ShopID, name string, scopes ...string) oauth.RefreshToken {
		x := oauth.RefreshToken{Hash: []byte("hash of " + name), User: ID("user " + name), Scopes: scopes, IssuedAt: Now(), ExpiresAt: Now().Add(time.Hour)}
		f.must(f.Refreshes.KeepRefresh(f.t.Context(), s, x))
		return x
	}
	follow := func(name, next string, now time.Time) error {
		x := oauth.RefreshToken{Hash: []byte("hash of " + next), User: ID("user " + name), IssuedAt: now, ExpiresAt: now.Add(time.Hour)}
		return f.Refreshes.FollowRefresh(f.t.Context(), f.shop.ID, []byte("hash of "+name), x)
	}
	find := func(name string) (oauth.RefreshToken, error) {
		return f.Refreshes.Refresh(f.t.Context(), f.shop.ID, []byte("hash of "+name))
	}
	missing := func(name string) {
		f.t.Helper()
		_, err := find(name)
		f.wantKind(err, appdock.NotFound)
	}
	anna := keep(f.shop.ID, "anna", "write", "other")
	keep(f.shop.ID, "bert")
	f.Stores = f.Reopen(f.t)
	got, err := find("anna")
	f.must(err)
	f.equal("found", got, anna)
	_, err = f.Refreshes.Refresh(f.t.Context(), f.other.ID, []byte("hash of anna"))
	f.wantKind(err, appdock.NotFound)

	// One follows it once; whoever is later gets nothing, and nothing is kept.
	f.must(follow("anna", "anna's next", Now()))
	missing("anna")
	got, err = find("anna's next")
	f.must(err)
	f.equal("the next", got, oauth.RefreshToken{Hash: []byte("hash of anna's next"), User: ID("user anna"), Scopes: []string{}, IssuedAt: Now(), ExpiresAt: Now().Add(time.Hour)})
	f.wantKind(follow("anna", "anna's other", Now()), appdock.NotFound)
	missing("anna's other")

	// If the next cannot be kept, the one of before is good still.
	if err := follow("bert", "anna's next", Now()); err == nil {
		f.t.Error("two tokens have one hash")
	}
	_, err = find("bert")
	f.must(err)

	// One that is too old is found still, so that it can be said, until another is kept or followed.
	keep(f.shop.ID, "carl", "write")
	keep(f.other.ID, "dora")
	late := Now().Add(2 * time.Hour)
	keepAt := func(name string, at time.Time) {
		f.must(f.Refreshes.KeepRefresh(f.t.Context(), f.shop.ID, oauth.RefreshToken{
			Hash: []byte("hash of " + name), User: ID("user " + name), IssuedAt: at, ExpiresAt: at.Add(time.Hour),
		}))
	}
	_, err = find("carl")
	f.must(err)
	keepAt("emil", late)
	missing("carl")
	keepAt("fred", late)
	f.must(follow("emil", "emil's next", late.Add(time.Hour)))
	missing("fred")
	_, err = f.Refreshes.Refresh(f.t.Context(), f.other.ID, []byte("hash of dora"))
	f.must(err)
}
