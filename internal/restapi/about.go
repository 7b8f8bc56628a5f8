package restapi

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"

	"github.com/appdock/appdock"
	"github.com/appdock/appdock/internal/entity"
)

// aboutRoutes tell who calls which shop, and what any token may know of it.
func (a *api) aboutRoutes() []route {
	return []route{
		read("/me", "getMe", "Say whose token this is", showMe),
		read("/health", "getHealth", "Say that the API answers", showHealth).open(),
		read("/installation", "getInstallation", "Show the installation of the app", showInstallation),
		read("/shop", "getShop", "Show the shop", showShop),
		small("/currencies", "listCurrencies", "List the currencies", "currency", nil, currencyOf),
		small("/languages", "listLanguages", "List the languages", "language", []string{"locale"}, languageOf),
		small("/countries", "listCountries", "List the countries", "country", []string{"states"}, countryOf),
		small("/taxes", "listTaxes", "List the tax rates", "tax", nil, taxOf),
		small("/payment-methods", "listPaymentMethods", "List the ways to pay", "payment_method", nil, methodOf),
		small("/shipping-methods", "listShippingMethods", "List the ways to ship", "shipping_method", nil, methodOf),
	}
}

type appRef struct {
	ID      string `json:"id" doc:"as in app.json"`
	Name    string `json:"name"`
	Version string `json:"version"`
}

type shopRef struct {
	ID   string `json:"id"`
	Name string `json:"name"`
	URL  string `json:"url"`
}

// me is who a token acts for.
type me struct {
	App            appRef   `json:"app"`
	Shop           shopRef  `json:"shop"`
	Scopes         []string `json:"scopes" doc:"of the token, as far as they are granted now"`
	TokenExpiresAt string   `json:"token_expires_at" format:"date-time"`
}

func showMe(c *call) (*me, error) {
	r, err := c.registration()
	if err != nil {
		return nil, err
	}
	return &me{
		App: appRef{c.bearer.App.Name, cmp.Or(r.Profile.Label[c.shop.Locale], r.Profile.Label["en-GB"], c.bearer.App.Name), c.bearer.App.Version}, Shop: c.shopRef(), Scopes: c.scopes(),
		TokenExpiresAt: c.bearer.ExpiresAt.UTC().Format(moments),
	}, nil
}

func (c *call) shopRef() shopRef { return shopRef{string(c.shop.ID), c.shop.Name, c.shop.URL} }

func (c *call) scopes() []string {
	list := []string{}
	for _, s := range c.bearer.Scopes {
		list = append(list, s.String())
	}
	return list
}

// installation is the app in this shop.
type installation struct {
	ID      string   `json:"id"`
	Version string   `json:"version"`
	Scopes  []string `json:"scopes"`
	Shop    shopRef  `json:"shop"`
	// KeyID names the key without telling it.
	KeyID *string `json:"webhook_key_id" doc:"changes with the key that messages are signed with; null: there is none"`
}

func showInstallation(c *call) (*installation, error) {
	r, err := c.registration()
	if err != nil {
		return nil, err
	}
	out := &installation{c.bearer.App.Installation.String(), c.bearer.App.Version, c.scopes(), c.shopRef(), nil}
	if !r.Secret.IsZero() {
		sum := sha256.Sum256([]byte("webhook key " + r.Secret.Reveal()))
		id := hex.EncodeToString(sum[:8])
		out.KeyID = &id
	}
	return out, nil
}

type health struct {
	Status string `json:"status" enum:"ok"`
}

func showHealth(*call) (*health, error) { return &health{"ok"}, nil }

// shopAbout is what any app may know of the shop.
type shopAbout struct {
	ID       string `json:"id"`
	Name     string `json:"name"`
	URL      string `json:"url"`
	Currency string `json:"currency" doc:"ISO 4217; of all prices that name no other"`
	Locale   string `json:"locale" doc:"of the system language"`
}

func showShop(c *call) (*shopAbout, error) {
	return &shopAbout{string(c.shop.ID), c.shop.Name, c.shop.URL, c.shop.Currency, c.shop.Locale}, nil
}

type currency struct {
	ID     string  `json:"id"`
	Code   string  `json:"code" doc:"ISO 4217"`
	Name   string  `json:"name"`
	Symbol string  `json:"symbol"`
	Factor float64 `json:"factor" doc:"how much of it one of the default currency is"`
}

func currencyOf(r entity.Record) currency {
	return currency{r.ID().String(), r.Text("isoCode"), r.Display("name"), r.Text("symbol"), r.Number("factor")}
}

type language struct {
	ID     string  `json:"id"`
	Name   string  `json:"name"`
	Locale *string `json:"locale"`
	System bool    `json:"system" doc:"the language that others fall back to"`
}

func languageOf(r entity.Record) language {
	locale, _ := r.One("locale")
	return language{r.ID().String(), r.Text("name"), textOrNil(locale, "code"), r.ID() == appdock.SystemLanguage}
}

type country struct {
	ID     string         `json:"id"`
	Code   *string        `json:"code" doc:"ISO 3166-1 alpha-2"`
	Name   string         `json:"name"`
	States []countryState `json:"states"`
}

type countryState struct {
	ID   string `json:"id"`
	Code string `json:"code" doc:"ISO 3166-2"`
	Name string `json:"name"`
}

func countryOf(r entity.Record) country {
	c := country{ID: r.ID().String(), Code: textOrNil(r, "iso"), Name: r.Display("name"), States: []countryState{}}
	for _, s := range r.Loaded["states"].Records {
		c.States = append(c.States, countryState{s.ID().String(), s.Text("shortCode"), s.Display("name")})
	}
	return c
}

type taxRate struct {
	ID   string  `json:"id"`
	Name string  `json:"name"`
	Rate float64 `json:"rate" doc:"in percent"`
}

func taxOf(r entity.Record) taxRate {
	return taxRate{r.ID().String(), r.Text("name"), r.Number("taxRate")}
}

type method struct {
	ID     string  `json:"id"`
	Code   *string `json:"code" doc:"technical name"`
	Name   string  `json:"name"`
	Active bool    `json:"active"`
}

func methodOf(r entity.Record) method {
	return method{r.ID().String(), textOrNil(r, "technicalName"), r.Display("name"), truth(r, "active")}
}

// complete is a list that is shown on one page.
type complete[T any] struct {
	Data []T `json:"data"`
}

// mostOfSmall is the most records of a list that has but one page: each kind has fewer.
const mostOfSmall = 500

// small is the list of a kind of which there are few: it has one page, and a weak tag for
// what it shows (rest-api-sitepack.md 8).
func small[T any](path, id, summary, name string, loads []string, show func(entity.Record) T) route {
	return read(path, id, summary, func(c *call) (*complete[T], error) {
		page, err := c.search(&entity.Criteria{Entity: name, Limit: mostOfSmall, Associations: entity.Load(loads...), Sort: []entity.Sort{{Field: "id"}}})
		if err != nil {
			return nil, err
		}
		out := &complete[T]{Data: []T{}}
		for _, r := range page.Records {
			out.Data = append(out.Data, show(r))
		}
		c.weak = true
		return out, nil
	}).takes(locale())
}
