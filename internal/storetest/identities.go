package storetest

import (
	"github.com/appdock/appdock"
	"github.com/appdock/appdock/internal/lifecycle"
	"github.com/appdock/appdock/internal/webhook"
)

func identityCases() map[string]func(*fixture) {
	return map[string]func(*fixture){
		"an identity is kept": keptIdentity,
		"another identity forgets what belongs to the one before": renewedIdentity,
	}
}

func (f *fixture) identity() lifecycle.Identity {
	f.t.Helper()
	i, err := f.Identities.Identity(f.t.Context(), f.shop.ID)
	f.must(err)
	return i
}

func keptIdentity(f *fixture) {
	f.equal("of a new shop", len(f.identity().Prints), 0)
	f.equal("of a new shop", f.identity().Withheld, false)
	_, before := f.load()
	want := lifecycle.Identity{Prints: lifecycle.Fingerprints{lifecycle.PrintURL: "https://shop.example", lifecycle.PrintPath: "/ä"}, Withheld: true}
	f.must(f.Identities.KeepIdentity(f.t.Context(), f.shop.ID, want))
	_, after := f.load()
	f.equal("revision", after, before+1)
	f.Stores = f.Reopen(f.t)
	f.equal("opened again", f.identity(), want)
	s, _ := f.loaded()
	f.equal("its apps are told nothing", s.Withheld, true)
	f.must(f.Identities.KeepIdentity(f.t.Context(), f.shop.ID, lifecycle.Identity{}))
	s, _ = f.loaded()
	f.equal("they are again", s.Withheld, false)
	f.equal("taken away", len(f.identity().Prints), 0)
	_, err := f.Identities.Identity(f.t.Context(), "NobodyKnowsThis1")
	f.wantKind(err, appdock.NotFound)
}

func renewedIdentity(f *fixture) {
	const renewed = appdock.ShopID("RenewedShopAAAAA")
	before := f.get("Notes")
	r := before
	r.Unconfirmed = []appdock.Secret{appdock.NewSecret("unconfirmed")}
	before = f.change(r)
	_, err := f.Queue.Append(f.t.Context(), event(f.shop.ID, "unmatched", 9))
	f.must(err)
	f.must(f.Facts.SetFact(f.t.Context(), "seeded:"+string(f.shop.ID), "demo"))
	open, err := f.Log.Deliveries(f.t.Context(), webhook.Filter{Shop: f.shop.ID, State: webhook.Parked})
	f.must(err)
	f.equal("parked before", len(open) > 0, true)

	want := lifecycle.Identity{Prints: lifecycle.Fingerprints{lifecycle.PrintURL: "https://copy.example"}}
	f.must(f.Identities.RenewIdentity(f.t.Context(), f.shop.ID, renewed, want))
	old := f.shop.ID
	f.shop.ID = renewed
	look := func(when string) {
		f.t.Helper()
		f.equal("identity "+when, f.identity(), want)
		x := f.get("Notes")
		f.equal("state "+when, x.State, lifecycle.Local)
		f.equal("secret "+when, x.Secret.IsZero() && len(x.Unconfirmed) == 0, true)
		f.equal("app secret "+when, x.Setup.AppSecret.Reveal(), before.Setup.AppSecret.Reveal())
		f.equal("active "+when, x.Installation.Active, true)
		f.equal("shop "+when, x.Installation.Shop, renewed)
		last, err := f.Registrations.LastSecret(f.t.Context(), renewed, "Gone")
		f.must(err)
		f.equal("last secret "+when, last.IsZero(), true)
		dead, err := f.Log.Deliveries(f.t.Context(), webhook.Filter{Shop: renewed, State: webhook.Dead})
		f.must(err)
		f.equal("dead "+when, len(dead), len(open))
		f.equal("their reason "+when, dead[0].Reason, "identity_changed")
		f.equal("their shop "+when, dead[0].Shop, renewed)
		fact, err := f.Facts.Fact(f.t.Context(), "seeded:"+string(renewed))
		f.must(err)
		f.equal("fact "+when, fact, "demo")
	}
	look("at once")
	f.equal("shops", f.listed(), []appdock.Shop{f.other, f.shop})
	done, made, err := f.Queue.FanOut(f.t.Context(), 100, func(events []appdock.Event) ([]webhook.Delivery, error) {
		return nil, nil
	})
	f.must(err)
	f.equal("events for the one before", done+len(made), 0)
	_, err = f.Registrations.Get(f.t.Context(), old, "Notes")
	f.must(err) // what is under way still finds its shop
	f.Stores = f.Reopen(f.t)
	look("opened again")
	_, err = f.Registrations.Get(f.t.Context(), old, "Notes")
	f.wantKind(err, appdock.NotFound)
	f.shop.ID = old // for who compares the shops
}
