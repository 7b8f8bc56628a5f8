package storetest

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/appdock/appdock"
	"github.com/appdock/appdock/internal/entity"
	"github.com/appdock/appdock/internal/lifecycle"
)

// paymentMethods is the life of what an app carries out payments by (manifest-xml.md 13 and 24).
func paymentMethods(f *fixture) {
	f.write(f.shop.ID,
		entity.Change{Entity: "locale", Kind: entity.Inserted, ID: ID("de-DE"), Set: map[string]any{"code": "de-DE", "name": "x", "territory": "x", "createdAt": Now()}},
		entity.Change{Entity: "language", Kind: entity.Inserted, ID: ID("German"), Set: map[string]any{"name": "German", "localeId": ID("de-DE"), "createdAt": Now()}},
		// No two methods share a technical name: this one has that of the app's.
		entity.Change{Entity: "payment_method", Kind: entity.Inserted, ID: ID("own"), Set: map[string]any{
			"name": "Own", "technicalName": "payment_Payer_cash", "active": true, "createdAt": Now(),
		}},
	)
	payment := func(identifier, name, german string, urls lifecycle.PaymentURLs) lifecycle.Payment {
		return lifecycle.Payment{Identifier: identifier, Name: map[string]string{"en-GB": name, "de-DE": german}, URLs: urls}
	}
	card := payment("card", "Card", "Karte", lifecycle.PaymentURLs{Pay: "https://app.example/pay", Finalize: "https://app.example/finalize"})
	cash := payment("cash", "Cash", "Bar", lifecycle.PaymentURLs{})
	// methods shows those that are not the shop's own, with their urls.
	methods := func() string {
		f.t.Helper()
		var all []string
		german, err := f.Records.Search(f.t.Context(), f.shop.ID, entity.View{Language: ID("German")}, &entity.Criteria{Entity: "payment_method"})
		f.must(err)
		said := map[appdock.ID]string{}
		for _, r := range german.Records {
			said[r.ID()] = r.Display("name")
		}
		for _, r := range f.search(&entity.Criteria{Entity: "payment_method"}).Records {
			if r.ID() == ID("own") {
				continue
			}
			var urls map[string]string
			raw, _ := r.Get("appUrls").(json.RawMessage)
			if raw != nil {
				f.must(json.Unmarshal(raw, &urls))
			}
			led := fmt.Sprint(slices.Sorted(maps.Keys(urls)))
			if raw == nil {
				led = "nowhere"
			}
			all = append(all, fmt.Sprintf("%s %q %s/%s active %v %s", r.Text("handlerIdentifier"), r.Text("technicalName"), r.Text("name"), said[r.ID()], r.Get("active"), led))
		}
		slices.Sort(all)
		return strings.Join(all, "\n")
	}
	is := func(when string, want ...string) {
		f.t.Helper()
		f.equal(when, methods(), strings.Join(want, "\n"))
	}
	create := func() lifecycle.Registration {
		f.t.Helper()
		r := registration(f.shop.ID, "Payer")
		r.Profile.Payments = []lifecycle.Payment{card, cash}
		f.must(f.Registrations.Create(f.t.Context(), r, credentials("Payer")))
		return f.get("Payer")
	}
	patch := func(name string, set map[string]any) {
		f.t.Helper()
		found := f.search(&entity.Criteria{Entity: "payment_method", Filters: []entity.Filter{{Kind: entity.Equals, Field: "handlerIdentifier", Values: []any{`app\Payer_` + name}}}})
		f.write(f.shop.ID, entity.Change{Entity: "payment_method", Kind: entity.Updated, ID: found.Records[0].ID(), Set: set})
	}

	r := create()
	is("without a secret")
	r.Secret, r.State = appdock.NewSecret("secret"), lifecycle.Registered
	r = f.change(r)
	is("registered", `app\Payer_card "payment_Payer_card" Card/Karte active false [finalize pay]`, `app\Payer_cash "" Cash/Bar active false []`)
	r.Installation.Active = true
	r = f.change(r)
	is("active", `app\Payer_card "payment_Payer_card" Card/Karte active true [finalize pay]`, `app\Payer_cash "" Cash/Bar active true []`)

	patch("card", map[string]any{"name": "Plastic"})
	patch("cash", map[string]any{"active": false})
	r = f.change(r)
	is("as people want them", `app\Payer_card "payment_Payer_card" Plastic/Karte active true [finalize pay]`, `app\Payer_cash "" Cash/Bar active false []`)

	r.Installation.Version = "1.1.0"
	card.Name, card.URLs = map[string]string{"en-GB": "Cards", "de-DE": "Karten"}, lifecycle.PaymentURLs{Pay: "https://app.example/pay2", Refund: "https://app.example/refund"}
	giro := payment("giro", "Giro", "", lifecycle.PaymentURLs{})
	r.Profile.Payments = []lifecycle.Payment{card, giro}
	r = f.change(r)
	updated := []string{
		`app\Payer_card "payment_Payer_card" Cards/Karten active true [pay refund]`, `app\Payer_cash "" Cash/Bar active false nowhere`,
		`app\Payer_giro "payment_Payer_giro" Giro/Giro active true []`,
	}
	is("updated", updated...)
	f.Stores = f.Reopen(f.t)
	is("opened again", updated...)
	r.Installation.Active = false
	r = f.change(r)
	is("inactive", `app\Payer_card "payment_Payer_card" Cards/Karten active false [pay refund]`, `app\Payer_cash "" Cash/Bar active false nowhere`, `app\Payer_giro "payment_Payer_giro" Giro/Giro active false []`)
	r.Installation.Active = true
	r = f.change(r)
	_, err := f.Registrations.Remove(f.t.Context(), r, false)
	f.must(err)
	gone := []string{
		`app\Payer_card "payment_Payer_card" Cards/Karten active false nowhere`, `app\Payer_cash "" Cash/Bar active false nowhere`,
		`app\Payer_giro "payment_Payer_giro" Giro/Giro active false nowhere`,
	}
	is("uninstalled", gone...)

	r = create()
	is("installed again", gone...)
	r.Secret, r.State, r.Installation.Active = appdock.NewSecret("secret"), lifecycle.Registered, true
	f.change(r)
	is("active again", `app\Payer_card "payment_Payer_card" Cards/Karten active true [pay refund]`, `app\Payer_cash "" Cash/Bar active true []`, gone[2])
	own := f.search(&entity.Criteria{Entity: "payment_method", IDs: []appdock.ID{ID("own")}}).Records[0]
	f.equal("the shop's own is active", own.Get("active"), any(true))
}
