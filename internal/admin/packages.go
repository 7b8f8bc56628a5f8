package admin

import (
	"context"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"golang.org/x/net/publicsuffix"

	"github.com/appdock/appdock"
	"github.com/appdock/appdock/internal/lifecycle"
	"github.com/appdock/appdock/internal/oauth"
	"github.com/appdock/appdock/internal/user"
	"github.com/appdock/appdock/manifest"
	"github.com/appdock/appdock/protocol"
)

// Packages are the apps of the SitePack dialect as the pages see them.
type Packages interface {
	// Fetch reads the app.json at an address and keeps it for ten minutes, until somebody
	// decides. With secret, an app that has none yet gets a client secret, which is shown
	// this once.
	Fetch(ctx context.Context, shop appdock.Shop, address string, by appdock.ID, secret bool) (Offered, error)
	// Offered gives an app that was fetched, or is installed; NotFound if there is none.
	Offered(ctx context.Context, shop appdock.Shop, app string) (Offered, error)
	// Admit lets an app in as far as somebody accepted, and gives the code for it.
	Admit(ctx context.Context, shop appdock.Shop, o Offered, a oauth.Authorization, by user.User) (appdock.Secret, error)
	// Approve gives an app that is installed what its new manifest asks for.
	Approve(ctx context.Context, shop appdock.Shop, o Offered) error
	// Icon fetches the icon of an app that was fetched or is installed; NotFound if it has none
	// or it cannot be read.
	Icon(ctx context.Context, shop appdock.Shop, app string) ([]byte, error)
	// Withdraw forgets what was fetched.
	Withdraw(ctx context.Context, shop appdock.ShopID, app string) error
	// All lists the apps of a shop, of either dialect.
	All(ctx context.Context, shop appdock.ShopID) ([]lifecycle.Registration, error)
	// Welcome says whether a user is to be led to the onboarding page of an app, which is so
	// once.
	Welcome(ctx context.Context, shop appdock.ShopID, app string, by appdock.ID) (lifecycle.Registration, bool, error)
}

// Offered is an app that somebody decides about.
type Offered struct {
	App *manifest.App
	// Client is the app as it is installed, if it is, with what its manifest asks for now.
	Client     oauth.App
	URL        string // of the manifest
	SecretHash []byte
	// Secret is the client secret, right after it was made; else zero.
	Secret appdock.Secret
	// Waits are the scopes and hosts of an installed app's manifest that nobody consented to,
	// and ConsentHash names the consent to them.
	Waits       []protocol.Scope
	WaitsHosts  []string
	ConsentHash string
	// Verified says that the operator registered the app before.
	Verified bool
}

// installForm asks for the address of an app.
type installForm struct {
	URL     string
	Failure *failure
}

func installPage(v *visit) error {
	// A vendor's link names the manifest (protocol-oauth.md B.2).
	return v.show(http.StatusOK, "install", "install.title", installForm{URL: v.r.URL.Query().Get("manifest")})
}

// previewed is the page with an app that was read.
type previewed struct {
	Offered
	consent
	Start string // where the app itself begins; empty: the host does
}

func preview(v *visit) error {
	form, err := v.form()
	if err != nil {
		return err
	}
	if err := v.maintains(); err != nil {
		return err
	}
	shown := installForm{URL: strings.TrimSpace(form.Get("manifest"))}
	if shown.URL == "" {
		shown.Failure = v.told("install.empty")
		return v.show(http.StatusUnprocessableEntity, "install", "install.title", shown)
	}
	o, err := v.options.Apps.Fetch(v.r.Context(), v.shop, shown.URL, v.user.ID, true)
	if err != nil {
		told, ok := asShown(err)
		if !ok {
			return err
		}
		shown.Failure = v.failure(told)
		if told.Code == "ADK-APP-INVALID" { // its cure is for the command line
			shown.Failure.Cure = v.texts.get("install.faults")
		}
		return v.show(http.StatusUnprocessableEntity, "install", "install.title", shown)
	}
	page := previewed{Offered: o, consent: v.consent(o, o.Client.Requested)}
	if uri := o.App.Auth.StartURI; uri != "" {
		if page.Start, err = protocol.SignStart(uri, v.shop.URL, string(v.shop.ID), o.Secret.Reveal(), v.options.Now()); err != nil {
			return err
		}
	}
	return v.show(http.StatusOK, "preview", "preview.title", page, o.label(v.shop.Locale))
}

// maintains refuses those who may not install apps (protocol-oauth.md B.3, step 6).
func (v *visit) maintains() error {
	if missing := v.user.Actor().Missing(user.Maintain); len(missing) > 0 {
		return &appdock.Error{
			Kind: appdock.Refused, Code: "ADK-RIGHTS-MISSING", Message: "You may not install apps in this shop",
			Cause: "it needs the privilege " + string(user.Maintain), Cure: "Ask an owner of the shop.",
		}
	}
	return nil
}

func (o Offered) label(locale string) string {
	if text := o.App.Labels.In(locale); text != "" {
		return text
	}
	return o.App.Name
}

// consent is what a person is shown before they decide (protocol-oauth.md B.4).
type consent struct {
	Name, Label, Description, Version, Author string
	Icon                                      string
	Support                                   manifest.Support
	New, Has                                  []scopeGroup
	Hosts                                     []hostLine
	Hears                                     []told
	Shows                                     []string
	Warnings                                  []string
	Unverified                                bool
	More                                      bool // it is installed, and this adds to it
	Back                                      *hostLine
	Note                                      string

	Token, About string // of the form
	Action       string // of the form
	Query        string // of the request, which comes back with the form
}

// scopeGroup are the scopes of one resource in plain words.
type scopeGroup struct {
	Resource string
	Words    []string
}

// consent puts together what is shown of an app that asks for scopes.
func (v *visit) consent(o Offered, asked []protocol.Scope) consent {
	installed := o.Client.State != oauth.Previewed && o.Client.State != oauth.Pending
	fresh := asked
	var has []protocol.Scope
	if installed {
		fresh, has = o.Client.New(asked), o.Client.Granted
	}
	c := consent{
		Name: o.App.Name, Label: o.label(v.shop.Locale), Description: o.App.Descriptions.In(v.shop.Locale), Version: o.App.Version, Author: o.App.Author,
		Support: o.App.Support, New: v.groups(fresh), Has: v.groups(has), Unverified: !o.Verified, More: installed,
	}
	for _, name := range o.App.Hosts {
		line := newHostLine(name)
		line.New = slices.Contains(o.WaitsHosts, name)
		c.Hosts = append(c.Hosts, line)
	}
	c.Icon = v.icon(o.App)
	topics := map[string]bool{}
	for _, w := range o.App.Webhooks {
		topics[w.Topic] = true
	}
	for _, name := range slices.Sorted(maps.Keys(topics)) {
		c.Hears = append(c.Hears, v.texts.topic(name))
	}
	for _, m := range o.App.Admin.Modules {
		c.Shows = append(c.Shows, v.texts.get("consent.entry", m.Labels.In(v.shop.Locale)))
	}
	for _, w := range o.App.Admin.Widgets {
		c.Shows = append(c.Shows, v.texts.get("consent.widget", v.texts.place(w.Location)))
	}
	for _, b := range o.App.Theme.Blocks {
		c.Shows = append(c.Shows, v.texts.get("consent.block", b.Label))
	}
	if from, to := domain(o.URL), domain(o.App.Auth.RedirectURI); o.URL != "" && from != to {
		c.Warnings = append(c.Warnings, v.texts.get("consent.elsewhere", both(from), both(to)))
	}
	return c
}

// groups puts scopes into words, by resource. What another one implies is not said.
func (v *visit) groups(scopes []protocol.Scope) (list []scopeGroup) {
	for _, s := range scopes {
		if slices.ContainsFunc(scopes, func(other protocol.Scope) bool { return other != s && other.Action == "write" && other.Implies(s) }) {
			// Writing is told with reading in front, so that nobody overlooks either.
			continue
		}
		resource := v.texts.get("resource." + s.Resource)
		at := slices.IndexFunc(list, func(g scopeGroup) bool { return g.Resource == resource })
		if at < 0 {
			at = len(list)
			list = append(list, scopeGroup{Resource: resource})
		}
		read := protocol.Scope{Resource: s.Resource, Action: "read"}
		if s != read && s.Implies(read) {
			if words := v.texts.get("scope." + read.String()); !slices.Contains(list[at].Words, words) {
				list[at].Words = append(list[at].Words, words)
			}
		}
		if words := v.texts.get("scope." + s.String()); !slices.Contains(list[at].Words, words) {
			list[at].Words = append(list[at].Words, words)
		}
	}
	return list
}

// domain is the part of an address that one owner has registered; the host if there is none.
func domain(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return ""
	}
	if d, err := publicsuffix.EffectiveTLDPlusOne(u.Hostname()); err == nil {
		return d
	}
	return u.Hostname()
}

// goOn leads to the onboarding page of an app that was installed, once (protocol-oauth.md B.5).
func goOn(v *visit) error {
	led, err := v.onboard(v.r.PathValue("app"))
	if err != nil || led {
		return err
	}
	return v.redirect("/admin/")
}

// onboard sends the one who installed an app to its onboarding page, if they were not there.
func (v *visit) onboard(app string) (led bool, err error) {
	r, wanted, err := v.options.Apps.Welcome(v.r.Context(), v.shop.ID, app, v.user.ID)
	if err != nil || !wanted {
		if appdock.KindOf(err) == appdock.NotFound {
			err = nil
		}
		return false, err
	}
	to, err := v.signed(r, r.OAuth.OnboardingURL)
	if err != nil {
		return false, err
	}
	return true, v.leave(to)
}

// settings shows the page of an app's own settings (protocol-admin.md 8).
func settings(v *visit) error {
	r, err := v.registration(v.r.PathValue("app"))
	if err != nil {
		return err
	}
	if r.OAuth.ConfigurationURL == "" || !showsPages(r) {
		return &appdock.Error{Kind: appdock.NotFound, Code: "ADK-NOT-FOUND", Message: "This app has no settings", Cure: "Begin at /admin/."}
	}
	if err := v.mayOpen(r.Installation.App); err != nil {
		return err
	}
	return v.frame(r, v.texts.get("apps.settings"), r.OAuth.ConfigurationURL)
}

// signed is the address of an app's page for the one who looks.
func (v *visit) signed(r lifecycle.Registration, page string) (string, error) {
	return v.visiting(r).Sign(page, r.Secret.Reveal())
}

// locale is the language of the one who looks, as apps know it.
func (v *visit) locale() string {
	return map[string]string{"en": "en-GB", "de": "de-DE", "nl": "nl-NL"}[v.texts.lang]
}

// maxAuthorizations of a session in a minute (protocol-oauth.md C).
const maxAuthorizations = 30

// readable is how long a person at least needs to read what they decide about.
const readable = time.Second

// Allows says in English what a scope allows.
func Allows(s protocol.Scope) string { return allTexts["scope."+s.String()][0] }
