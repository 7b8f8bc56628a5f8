package storetest

import (
	"time"

	"github.com/appdock/appdock"
	"github.com/appdock/appdock/internal/lifecycle"
	"github.com/appdock/appdock/internal/oauth"
	"github.com/appdock/appdock/protocol"
)

func oauthCases() map[string]func(*fixture) {
	return map[string]func(*fixture){
		"an app of the SitePack dialect is kept whole":    keptClient,
		"a code is redeemed once, with what follows it":   redeemedCode,
		"a refresh token is renewed with its successor":   renewedToken,
		"a token has the app of now":                      foundToken,
		"an app that is removed takes its tokens with it": removedClient,
		"an app that was cut has no living family":        cutClient,
		"tokens of a user end with the log-out":           loggedOut,
		"offers are kept until their time, and counted":   offers,
	}
}

var ordersRead, ordersWrite = protocol.Scope{Resource: "orders", Action: "read"}, protocol.Scope{Resource: "orders", Action: "write"}

// packed is an app of the SitePack dialect.
func (f *fixture) packed(s appdock.ShopID) lifecycle.Registration {
	f.t.Helper()
	const app = "ship-it"
	r := registration(s, app)
	r.State = lifecycle.Pending
	r.Features.Webhooks[0].Topic = "order.created"
	r.Features.Webhooks[0].Asked = lifecycle.Asked{ID: ID("asked"), Topic: "order.*", Strict: true, SuppressOwn: true}
	r.OAuth = lifecycle.OAuth{
		SecretHash: []byte("hash of " + app), RedirectURIs: []string{"https://app.example/cb", "https://app.example/cb?2"},
		Requested: []string{"orders:read", "orders:write"}, Granted: []string{"orders:read"}, ConsentHash: "consent",
		ManifestURL: "https://app.example/app.json", Manifest: []byte("{}"), StartURI: "https://app.example/start", OnboardingURL: "https://app.example/hello",
		ConfigurationURL: "https://app.example/settings", Installer: ID("user Seeded"), Until: Now().Add(time.Minute),
		Known:    lifecycle.Known{Scopes: []string{"orders:read"}, Hosts: []string{"app.example"}},
		LookedAt: Now(), Unread: "it answered 500",
	}
	f.must(f.Registrations.Create(f.t.Context(), r, credentials(app)))
	r, err := f.Registrations.Get(f.t.Context(), s, app)
	f.must(err)
	return r
}

func keptClient(f *fixture) {
	r := f.packed(f.shop.ID)
	f.Stores = f.Reopen(f.t)
	f.equal("registration", f.get("ship-it"), r)
	f.equal("topic", r.Features.Webhooks[0].Topic, "order.created")
	list, _ := f.load()
	asked := of(list, "ship-it")[0]
	f.equal("as it was asked for", []bool{asked.Strict, asked.SuppressOwn}, []bool{true, true})
	all, err := f.Registrations.All(f.t.Context(), f.shop.ID)
	f.must(err)
	for _, x := range all {
		f.equal("dialect of "+x.Installation.App, x.OAuth.IsZero(), x.Installation.App != "ship-it")
	}
	a, err := f.Families.App(f.t.Context(), f.shop.ID, "ship-it")
	f.must(err)
	f.equal("client", a, oauth.App{
		Installation: r.Installation.ID, Name: "ship-it", Version: r.Installation.Version, SecretHash: r.OAuth.SecretHash,
		RedirectURIs: r.OAuth.RedirectURIs, Requested: []protocol.Scope{ordersRead, ordersWrite}, Granted: []protocol.Scope{ordersRead},
		State: oauth.Pending, ManifestHash: r.Profile.ManifestHash, ConsentHash: "consent",
	})
	for _, name := range []string{"Ship-It", "Notes", "nobody"} { // another case, another dialect
		_, err := f.Families.App(f.t.Context(), f.shop.ID, name)
		f.wantKind(err, appdock.NotFound)
	}
	r.OAuth.SecretHash, r.OAuth.Granted, r.OAuth.Onboarded, r.State = nil, nil, true, lifecycle.Authorized
	f.change(r)
	now := f.get("ship-it")
	f.equal("public, without a grant, led to its page", []bool{now.OAuth.SecretHash == nil, len(now.OAuth.Granted) == 0, now.OAuth.Onboarded}, []bool{true, true, true})
}

// code is one that is out for an app.
func (f *fixture) code(r lifecycle.Registration) oauth.Code {
	f.t.Helper()
	const name = "one"
	c := oauth.Code{
		Hash: []byte("hash of code " + name), RedirectURI: "https://app.example/cb", Challenge: "challenge", Scopes: []protocol.Scope{ordersWrite, ordersRead},
		ExpiresAt: Now().Add(time.Minute),
		Family: oauth.Family{
			ID: own(r.Installation.Shop, "family "+name), Shop: r.Installation.Shop, Installation: r.Installation.ID, App: r.Installation.App, User: ID("user Seeded"), Online: true,
		},
	}
	f.must(f.Families.Add(f.t.Context(), c))
	return c
}

func token(c oauth.Code, kind oauth.TokenKind, name string) oauth.AppToken {
	return oauth.AppToken{
		Hash: []byte("hash of " + name), Kind: kind, Family: c.Family.ID, Scopes: []protocol.Scope{ordersRead}, IssuedAt: Now(), ExpiresAt: Now().Add(time.Hour),
	}
}

// redeem exchanges a code for a pair of tokens.
func (f *fixture) redeem(c oauth.Code, names ...string) {
	f.t.Helper()
	change := oauth.Change{Use: true, At: Now(), Confidential: true}
	for i, name := range names {
		change.Add = append(change.Add, token(c, []oauth.TokenKind{oauth.Access, oauth.Refresh}[i], name))
	}
	f.must(f.Families.Redeem(f.t.Context(), f.shop.ID, c.Hash, func(oauth.Code) oauth.Change { return change }))
}

// loggedOut: a user's log-out ends the tokens that are bound to them, and no other's.
func loggedOut(f *fixture) {
	f.redeem(f.code(f.packed(f.shop.ID)), "access") // of the seeded user
	u := f.person("anna")
	other := f.session(u, "of another", Now())
	ended := func(when string, want bool) {
		f.t.Helper()
		_, family, _, err := f.Families.Find(f.t.Context(), f.shop.ID, []byte("hash of access"))
		f.must(err)
		f.equal(when, !family.EndedAt.IsZero(), want)
	}
	f.must(f.Users.End(f.t.Context(), f.shop.ID, other))
	ended("somebody else logged out", false)
	f.must(f.Users.End(f.t.Context(), f.other.ID, []byte("hash of seeded session")))
	ended("in another shop", false)
	f.must(f.Users.End(f.t.Context(), f.shop.ID, []byte("hash of seeded session")))
	ended("they logged out", true)
}

func redeemedCode(f *fixture) {
	c := f.code(f.packed(f.shop.ID))
	look := func(when string, want oauth.Code, change oauth.Change) {
		f.t.Helper()
		f.must(f.Families.Redeem(f.t.Context(), f.shop.ID, c.Hash, func(got oauth.Code) oauth.Change {
			f.equal(when, got, want)
			return change
		}))
	}
	f.Stores = f.Reopen(f.t)
	look("before", c, oauth.Change{})
	look("not used up", c, oauth.Change{Use: true, At: Now(), Confidential: true, Add: []oauth.AppToken{token(c, oauth.Access, "access")}})
	used := c
	used.UsedAt, used.Family.StartedAt, used.Family.Confidential = Now(), Now(), true
	look("used", used, oauth.Change{End: true, At: Now().Add(time.Second)})
	used.Family.EndedAt = Now().Add(time.Second)
	look("ended", used, oauth.Change{})
	_, family, _, err := f.Families.Find(f.t.Context(), f.shop.ID, []byte("hash of access"))
	f.must(err)
	f.equal("the token's family", family, used.Family)
	f.wantKind(f.Families.Redeem(f.t.Context(), f.shop.ID, []byte("hash of another"), func(oauth.Code) oauth.Change { return oauth.Change{} }), appdock.NotFound)
}

func renewedToken(f *fixture) {
	c := f.code(f.packed(f.shop.ID))
	f.redeem(c, "access", "refresh")
	old, next := token(c, oauth.Refresh, "refresh"), token(c, oauth.Refresh, "next")
	renew := func(when string, wantOld, wantNext oauth.AppToken, change oauth.Change) {
		f.t.Helper()
		f.must(f.Families.Renew(f.t.Context(), f.shop.ID, old.Hash, next.Hash, func(t oauth.AppToken, family oauth.Family, successor oauth.AppToken) oauth.Change {
			f.equal("token "+when, t, wantOld)
			f.equal("successor "+when, successor, wantNext)
			f.equal("family "+when, family.ID, c.Family.ID)
			return change
		}))
	}
	renew("at first", old, oauth.AppToken{}, oauth.Change{Use: true, At: Now(), Add: []oauth.AppToken{next}})
	f.Stores = f.Reopen(f.t)
	old.UsedAt = Now()
	renew("again", old, next, oauth.Change{End: true, At: Now()})
	_, family, _, err := f.Families.Find(f.t.Context(), f.shop.ID, next.Hash)
	f.must(err)
	f.equal("ended", family.EndedAt, Now())
	f.wantKind(f.Families.Renew(f.t.Context(), f.shop.ID, []byte("none"), next.Hash, func(oauth.AppToken, oauth.Family, oauth.AppToken) oauth.Change {
		return oauth.Change{}
	}), appdock.NotFound)
}

func foundToken(f *fixture) {
	r := f.packed(f.shop.ID)
	c := f.code(r)
	f.redeem(c, "access", "refresh")
	got, _, a, err := f.Families.Find(f.t.Context(), f.shop.ID, []byte("hash of access"))
	f.must(err)
	f.equal("token", got, token(c, oauth.Access, "access"))
	f.equal("active", a.Active, false)
	r.Installation.Active, r.State, r.OAuth.Granted = true, lifecycle.Authorized, []string{"orders:read", "orders:write"}
	f.change(r)
	_, _, a, err = f.Families.Find(f.t.Context(), f.shop.ID, []byte("hash of access"))
	f.must(err)
	f.equal("active now", a.Active, true)
	f.equal("granted now", a.Granted, []protocol.Scope{ordersRead, ordersWrite})
	_, _, _, err = f.Families.Find(f.t.Context(), f.other.ID, []byte("hash of access"))
	f.wantKind(err, appdock.NotFound)
	f.must(f.Families.Forget(f.t.Context(), f.shop.ID, []byte("hash of access")))
	_, _, _, err = f.Families.Find(f.t.Context(), f.shop.ID, []byte("hash of access"))
	f.wantKind(err, appdock.NotFound)
	f.must(f.Families.End(f.t.Context(), f.shop.ID, c.Family.ID, Now()))
	_, family, _, err := f.Families.Find(f.t.Context(), f.shop.ID, []byte("hash of refresh"))
	f.must(err)
	f.equal("ended", family.EndedAt, Now())
}

func removedClient(f *fixture) {
	r := f.packed(f.shop.ID)
	c := f.code(r)
	f.redeem(c, "access", "refresh")
	_, err := f.Registrations.Remove(f.t.Context(), r, false)
	f.must(err)
	_, _, _, err = f.Families.Find(f.t.Context(), f.shop.ID, []byte("hash of access"))
	f.wantKind(err, appdock.NotFound)
	_, err = f.Families.App(f.t.Context(), f.shop.ID, "ship-it")
	f.wantKind(err, appdock.NotFound)
	f.wantKind(f.Families.Redeem(f.t.Context(), f.shop.ID, c.Hash, func(oauth.Code) oauth.Change { return oauth.Change{} }), appdock.NotFound)
}

func cutClient(f *fixture) {
	r := f.packed(f.shop.ID)
	f.redeem(f.code(r), "access", "refresh")
	r.OAuth.Dead, r.State = true, lifecycle.Reauthorize
	r = f.change(r)
	_, family, _, err := f.Families.Find(f.t.Context(), f.shop.ID, []byte("hash of access"))
	f.must(err)
	f.equal("ended", family.EndedAt, Now())
	f.equal("kept", f.get("ship-it").OAuth.Dead, r.OAuth.Dead)
}

func offers(f *fixture) {
	offer := func(app string) lifecycle.Offer {
		return lifecycle.Offer{
			Shop: f.shop.ID, App: app, URL: "https://app.example/app.json", Manifest: []byte(`{"id": "` + app + `"}`), SecretHash: []byte("hash"),
			By: ID("user Seeded"), Until: Now().Add(time.Minute),
		}
	}
	keep := func(o lifecycle.Offer) error { return f.Offers.KeepOffer(f.t.Context(), o, 2) }
	f.must(keep(offer("one")))
	other := offer("one")
	other.SecretHash, other.URL = nil, "https://app.example/2/app.json"
	f.must(keep(other))
	f.Stores = f.Reopen(f.t)
	got, err := f.Offers.Offer(f.t.Context(), f.shop.ID, "one")
	f.must(err)
	f.equal("offer", got, other)
	f.must(keep(offer("two")))
	f.wantKind(keep(offer("three")), appdock.Conflict)
	f.must(keep(offer("two"))) // again is not one more
	f.must(f.Offers.WithdrawOffer(f.t.Context(), f.shop.ID, "two"))
	_, err = f.Offers.Offer(f.t.Context(), f.shop.ID, "two")
	f.wantKind(err, appdock.NotFound)
	old := offer("three")
	old.Until = Now()
	f.must(keep(old))
	_, err = f.Offers.Offer(f.t.Context(), f.shop.ID, "three")
	f.wantKind(err, appdock.NotFound)
	_, err = f.Offers.Offer(f.t.Context(), f.other.ID, "one")
	f.wantKind(err, appdock.NotFound)
}
