package httpapi

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"

	"github.com/appdock/appdock"
	"github.com/appdock/appdock/internal/entity"
	"github.com/appdock/appdock/internal/web"
)

// call is a request on its way to the answer.
type call struct {
	options Options
	w       http.ResponseWriter
	r       *http.Request
	target  target
	shop    appdock.Shop
	actor   appdock.Actor // zero before known
	// only holds for all records that are listed, whatever the client asks for; nil: any.
	only *entity.Filter
}

// header sets what every answer has (admin-api.md 5.7).
func (c *call) header() {
	const (
		headers = "Content-Type,Authorization,sw-context-token,sw-access-key,sw-language-id,sw-version-id,sw-inheritance," +
			"indexing-behavior,sw-include-seo-urls,sw-currency-id,sw-app-integration-id,indexing-skip"
		methods = "GET,POST,PUT,PATCH,DELETE"
	)
	h := c.w.Header()
	h.Set("Access-Control-Allow-Origin", "*")
	h.Set("Access-Control-Allow-Methods", methods)
	h.Set("Access-Control-Allow-Headers", headers)
	h.Set("Access-Control-Expose-Headers", headers)
	for _, name := range []string{"sw-version-id", "sw-language-id", "sw-context-token"} {
		if v := c.r.Header.Get(name); v != "" {
			h.Set(name, v)
		}
	}
}

// from is the address of the client, as far as it is known.
func (c *call) from() string {
	if address := web.ClientOf(c.r.Context()).Address; address.IsValid() {
		return address.String()
	}
	return ""
}

// known lets calls through that show a good token: one with write access, unless it is a GET.
func known(answer endpoint) endpoint {
	return func(c *call) error {
		return c.known(c.r.Method != http.MethodGet && c.r.Method != http.MethodHead, answer)
	}
}

// looking is known for what is asked by POST and changes nothing.
func looking(answer endpoint) endpoint {
	return func(c *call) error { return c.known(false, answer) }
}

// taking is known for what is asked by GET and changes something.
func taking(answer endpoint) endpoint {
	return func(c *call) error { return c.known(true, answer) }
}

// known answers a call that shows a good token. It is the one place where write access counts
// (protocol-oauth.md A, the scope "write"): no privilege stands for it.
func (c *call) known(writes bool, answer endpoint) error {
	actor, err := c.options.Tokens.Actor(c.r.Context(), c.shop.ID, c.r.Header.Get("Authorization"))
	if err != nil {
		return err
	}
	if writes && actor.ReadOnly {
		return readOnly()
	}
	c.actor = actor
	if actor.User.IsZero() {
		err = c.forUser()
	} else {
		err = c.forApp()
	}
	if err != nil {
		return err
	}
	if unmet := c.unmet(); len(unmet) > 0 {
		return c.expectationFailed(unmet)
	}
	return answer(c)
}

// readOnly is the refusal of a token that has no write access.
func readOnly() error {
	refusal := appdock.MissingPrivileges([]appdock.Privilege{"write"})
	refusal.Cause = "the token was asked for without the scope write"
	refusal.Cure = "Log in with the password again, and leave scope out or name write in it when the token is refreshed."
	return refusal
}

// forUser cuts the rights of an app down to those that a person has too, whom the header
// sw-app-user-id names (admin-api.md 5.7). It does nothing for tokens of people.
func (c *call) forUser() error {
	const header = "sw-app-user-id"
	text := c.r.Header.Get(header)
	if text == "" {
		return nil
	}
	unknown := badParameter(header, "Send the id of a user of this shop who is not disabled, or leave the header out.")
	id, err := appdock.ParseID(text)
	if err != nil {
		return unknown
	}
	user, err := c.options.People.User(c.r.Context(), c.shop.ID, id)
	if err != nil && appdock.KindOf(err) == appdock.NotFound {
		return unknown
	}
	if err != nil {
		return fmt.Errorf("find user %s: %w", id, err)
	}
	c.actor = c.actor.And(user)
	return nil
}

// forApp cuts the rights of a person down to those that an app has too, whose integration the
// header sw-app-integration-id names, and has the person act for the app (admin-api.md 5.7). It
// does nothing for tokens of clients.
func (c *call) forApp() error {
	text := c.r.Header.Get("sw-app-integration-id")
	if text == "" {
		return nil
	}
	unknown := &appdock.Error{
		Kind: appdock.Invalid, Code: "FRAMEWORK__APP_INTEGRATION_NOT_FOUND",
		Message: "App integration " + given(text) + " was not found.",
		Cure:    "Send the id of the integration of an active app as sw-app-integration-id, or leave the header out.",
	}
	id, err := appdock.ParseID(text)
	if err != nil {
		return unknown
	}
	// The host looks: who may not read apps may act for one all the same.
	page, err := c.options.Records.Search(c.r.Context(), appdock.Host(c.shop.ID), entity.View{}, &entity.Criteria{
		Entity: "app", Associations: map[string]*entity.Criteria{"aclRole": {}},
		Filters: []entity.Filter{
			{Kind: entity.Equals, Field: "integrationId", Values: []any{id}}, {Kind: entity.Equals, Field: "active", Values: []any{true}},
		},
	})
	if err != nil {
		return fmt.Errorf("find the app of integration %s: %w", id, err)
	}
	if len(page.Records) == 0 {
		return unknown
	}
	app := page.Records[0]
	if missing := c.actor.Missing(appdock.AppPrefix + appdock.Privilege(app.Text("name"))); len(missing) > 0 {
		return appdock.MissingPrivileges(missing)
	}
	granted, err := privilegesOf(app)
	if err != nil {
		return err
	}
	list := make([]appdock.Privilege, len(granted))
	for i, p := range granted {
		list[i] = appdock.Privilege(p)
	}
	acting := appdock.Actor{Shop: c.shop.ID, Installation: app.ID(), Integration: id, Privileges: appdock.NewPrivileges(list...)}
	c.actor = acting.And(c.actor)
	return nil
}

// privilegesOf reads what the role of an app, loaded with it, grants.
func privilegesOf(app entity.Record) (granted []string, err error) {
	role, ok := app.One("aclRole")
	if !ok {
		return nil, nil
	}
	if err := json.Unmarshal(role.Document("privileges"), &granted); err != nil {
		return nil, fmt.Errorf("read the privileges of app %s: %w", app.Text("name"), err)
	}
	return granted, nil
}

// recordsEndpoint answers a call about records of one entity.
type recordsEndpoint func(c *call, d *entity.Definition) error

// entityName is the entity of the path, which may spell it with dashes or underscores.
func (c *call) entityName() string { return strings.ReplaceAll(c.target.entity, "-", "_") }

// named takes the entity from the path.
func named(answer recordsEndpoint) endpoint {
	return func(c *call) error {
		return of(c.entityName(), answer)(c)
	}
}

// of is about one entity, whatever the path says. What is no entity is no route if it
// stands first in the path (admin-api.md 2). What two keys identify, texts and the rows of mapping
// entities, is found along associations alone (entities.md, "Names without a table").
func of(name string, answer recordsEndpoint) endpoint {
	return func(c *call) error {
		schema, err := c.schema()
		if err != nil {
			return err
		}
		d, ok := schema.Definition(name)
		if ok && len(d.Pair) == 0 {
			return answer(c, d)
		}
		if segments := below(c.r.URL); segments[0] == c.target.entity {
			return noRoute(c.r)
		}
		return entity.Undefined(name)
	}
}

func (c *call) schema() (*entity.Schema, error) {
	schema, err := c.options.Schemas.Schema(c.r.Context(), c.shop.ID)
	if err != nil {
		return nil, fmt.Errorf("read the schema: %w", err)
	}
	return schema, nil
}

// view reads the headers that say how records are looked at (admin-api.md 5.7).
func (c *call) view() (entity.View, error) {
	var v entity.View
	if text := c.r.Header.Get("sw-version-id"); text != "" {
		id, err := appdock.ParseID(text)
		if err != nil {
			return v, &appdock.Error{
				Kind:    appdock.Invalid,
				Code:    entity.CodeUUID,
				Message: "Value is not a valid UUID: " + given(text),
				Cure:    "Send a version's id as sw-version-id, or leave the header out.",
			}
		}
		if id != appdock.LiveVersion {
			v.Version = id
		}
	}
	v.Inherit = c.inherits(c.r.Header.Get("sw-inheritance"))
	language, err := c.language(c.r.Header.Get("sw-language-id"))
	v.Language = language
	if err == nil {
		v.Currency, v.Factor, err = c.currency(c.r.Header.Get("sw-currency-id"))
	}
	return v, err
}

// inherits reads the header sw-inheritance. There is on, whatever it says: Shopware 6.6 looks no
// closer, and app-sdk-js sends 0 with every call (admin-api.md 5.7).
func (c *call) inherits(header string) bool {
	if !c.options.InheritByValue {
		return header != ""
	}
	switch strings.ToLower(header) {
	case "", "0", "false":
		return false
	}
	return true
}

// currency finds the currency that a header names, and its factor; zero is the default one.
func (c *call) currency(text string) (id appdock.ID, factor float64, err error) {
	if text == "" || text == appdock.DefaultCurrency.String() {
		return appdock.ID{}, 0, nil
	}
	unknown := badParameter("sw-currency-id", "Send the id of a currency of this shop, or leave the header out.")
	if id, err = appdock.ParseID(text); err != nil {
		return appdock.ID{}, 0, unknown
	}
	// The host looks, as for the language.
	found, err := c.options.Records.Search(c.r.Context(), appdock.Host(c.shop.ID), entity.View{},
		&entity.Criteria{Entity: "currency", IDs: []appdock.ID{id}})
	if err != nil {
		return appdock.ID{}, 0, fmt.Errorf("look for currency %s: %w", id, err)
	}
	if len(found.Records) == 0 {
		return appdock.ID{}, 0, unknown
	}
	factor, _ = found.Records[0].Get("factor").(float64)
	return id, factor, nil
}

// language finds the language that a header names; zero is the system language.
func (c *call) language(text string) (appdock.ID, error) {
	if text == "" || text == appdock.SystemLanguage.String() {
		return appdock.ID{}, nil
	}
	unknown := &appdock.Error{
		Kind:    appdock.Unmet,
		Code:    "FRAMEWORK__LANGUAGE_NOT_FOUND",
		Message: fmt.Sprintf("The language %q was not found.", given(text)),
		Cure:    "Send the id of a language of this shop as sw-language-id, or leave the header out.",
	}
	id, err := appdock.ParseID(text)
	if err != nil {
		return appdock.ID{}, unknown
	}
	// The host looks: an app may name a language without the right to read languages.
	found, err := c.options.Records.Search(c.r.Context(), appdock.Host(c.shop.ID), entity.View{},
		&entity.Criteria{Entity: "language", IDs: []appdock.ID{id}})
	if err != nil {
		return appdock.ID{}, fmt.Errorf("look for language %s: %w", id, err)
	}
	if len(found.Records) == 0 {
		return appdock.ID{}, unknown
	}
	return id, nil
}
