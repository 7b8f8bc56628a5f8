package server

import (
	"context"
	"crypto/rand"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/appdock/appdock"
	"github.com/appdock/appdock/internal/admin"
	"github.com/appdock/appdock/internal/control"
	"github.com/appdock/appdock/internal/lifecycle"
	"github.com/appdock/appdock/internal/oauth"
	"github.com/appdock/appdock/internal/restapi"
	"github.com/appdock/appdock/internal/shop"
	"github.com/appdock/appdock/internal/theme"
	"github.com/appdock/appdock/internal/user"
	"github.com/appdock/appdock/internal/webhook"
	"github.com/appdock/appdock/manifest"
	"github.com/appdock/appdock/protocol"
)

// packages are the apps of the SitePack dialect: what stands between the pages, the OAuth
// core and the life of apps.
type packages struct{ host *Server }

var (
	_ admin.Packages      = packages{}
	_ oauth.Installations = packages{}
	_ oauth.Users         = packages{}
)

// mostOffers is how many decisions one user may leave open (protocol-oauth.md C).
const mostOffers = 20

// newOAuth makes the authorization server.
func (s *Server) newOAuth() *oauth.Server {
	return &oauth.Server{
		Families: s.store.Families(), Installations: packages{s}, Users: packages{s},
		Key: s.ring.TokenKey(), Hash: s.ring.Hash, Now: s.config.Now, NewID: newID, Random: rand.Reader,
	}
}

// User gives the rights of a user of now.
func (p packages) User(ctx context.Context, shop appdock.ShopID, id appdock.ID) (appdock.Actor, error) {
	person, err := loggingIn{p.host.people}.Person(ctx, shop, id)
	return person.Actor, err
}

// tellAfter is how long after its first tokens an app is told that it is installed: it
// verifies that with a key that is in the same answer.
const tellAfter = 500 * time.Millisecond

// Complete finishes an installation with the first exchange of a code.
func (p packages) Complete(ctx context.Context, shop appdock.ShopID, app string) (oauth.Completion, error) {
	done, err := p.host.apps.CompleteOAuth(ctx, shop, app)
	if err != nil {
		return oauth.Completion{}, err
	}
	c := oauth.Completion{WebhookSecret: done.WebhookSecret}
	if !done.First {
		return c, nil
	}
	at, _ := p.host.shops.get(shop)
	c.ContinueURL = at.URL + "/admin/apps/" + app + "/continue"
	p.host.later(tellAfter, func() { p.host.committed(done.Events) })
	return c, p.host.store.WithdrawOffer(ctx, shop, app)
}

// Reused cuts an app off of whose code or token somebody else has a copy, and tells people.
func (p packages) Reused(ctx context.Context, f oauth.Family) error {
	p.host.config.Log.LogAttrs(ctx, slog.LevelWarn, "code or token was shown twice: all tokens that descend from it are dead", slog.String("app", f.App))
	if err := p.host.apps.CutOAuth(ctx, f.Shop, f.App); err != nil && appdock.KindOf(err) != appdock.NotFound {
		return err
	}
	if err := p.host.people.Record(ctx, user.Entry{Shop: f.Shop, Who: "host", Action: "app.token_reused", About: f.App}); err != nil {
		return err
	}
	_, err := p.host.records.Notify(ctx, appdock.Host(f.Shop), "", shop.Notification{Status: "error", Message: "A code or token of the app " + f.App + " was used twice. Somebody else may have a copy, so all of them were cut: connect the app again."})
	return err
}

// Fetch reads the app.json at an address and keeps it until somebody decides.
func (p packages) Fetch(ctx context.Context, shop appdock.Shop, address string, by appdock.ID, secret bool) (admin.Offered, error) {
	app, err := p.read(ctx, shop, address)
	if err != nil {
		return admin.Offered{}, err
	}
	return p.keep(ctx, shop, address, app, by, secret)
}

// read reads and validates the app.json at an address. A broken app is never shown for
// consent (design.md 6).
func (p packages) read(ctx context.Context, shop appdock.Shop, address string) (*manifest.App, error) {
	development := p.host.mode == Development
	app, problems, err := manifest.Fetch(ctx, p.host.client, address, development, false)
	if err != nil {
		return nil, noManifest(address, err)
	}
	if app == nil || problems.HasErrors() {
		return nil, invalid(address, problems)
	}
	neighbours, err := (&Shop{p.host, shop.ID}).neighbours(ctx)
	if err != nil {
		return nil, err
	}
	env := manifest.Environment{Development: development, CompileTwig: theme.Check}
	problems = append(problems, atInstall(manifest.Validate(app, env.On(manifest.Host{Platform: p.host.config.Platform, Public: true}, app, neighbours)))...)
	if problems.HasErrors() {
		return nil, invalid(app.Name, problems)
	}
	if app.Auth.Kind != manifest.OAuth2 {
		return nil, &appdock.Error{
			Kind: appdock.Unsupported, Code: "ADK-APP-NO-AUTH", Message: "The app " + app.Name + " cannot be installed by its address",
			Cause: "its app.json has no auth with a redirect_uri: there is nobody who could be told of the installation",
			Cure:  "Add auth.redirect_uri to the app.json.",
		}
	}
	return app, nil
}

// keep makes an offer of an app that was read.
func (p packages) keep(ctx context.Context, shop appdock.Shop, address string, app *manifest.App, by appdock.ID, secret bool) (admin.Offered, error) {
	offer := lifecycle.Offer{Shop: shop.ID, App: app.Name, URL: address, Manifest: app.Source.Bytes(), By: by, Until: p.host.config.Now().Add(lifecycle.Patience)}
	client, err := p.host.store.Families().App(ctx, shop.ID, app.Name)
	if err != nil && appdock.KindOf(err) != appdock.NotFound {
		return admin.Offered{}, err
	}
	known := err == nil && client.State != oauth.Pending
	shown := appdock.Secret{}
	switch set := p.host.clientSecret(app.Name); {
	case known:
		offer.SecretHash = client.SecretHash
	case !set.IsZero():
		offer.SecretHash = p.host.ring.Hash(set.Reveal())
	case secret:
		random := make([]byte, 32)
		_, _ = rand.Read(random) // never fails
		shown = appdock.NewSecret("adk_cs_" + base64.RawURLEncoding.EncodeToString(random))
		offer.SecretHash = p.host.ring.Hash(shown.Reveal())
	default:
		before, err := p.host.store.Offer(ctx, shop.ID, app.Name)
		if err != nil && appdock.KindOf(err) != appdock.NotFound {
			return admin.Offered{}, err
		}
		offer.SecretHash = before.SecretHash
	}
	if err := p.host.store.KeepOffer(ctx, offer, mostOffers); err != nil {
		return admin.Offered{}, err
	}
	o, err := p.offered(ctx, shop, offer)
	o.Secret = shown
	return o, err
}

// clientSecret is that of an app which the operator registered before
// (protocol-oauth.md B.1); zero: none.
func (s *Server) clientSecret(app string) appdock.Secret {
	if set, ok := s.config.ClientSecrets[app]; ok {
		return set
	}
	if s.mode == Development {
		return appdock.NewSecret("dev-secret-" + app)
	}
	return appdock.Secret{}
}

// Offered gives an app that waits for a decision, or is installed.
func (p packages) Offered(ctx context.Context, shop appdock.Shop, app string) (admin.Offered, error) {
	offer, err := p.host.store.Offer(ctx, shop.ID, app)
	if err == nil {
		return p.offered(ctx, shop, offer)
	}
	if appdock.KindOf(err) != appdock.NotFound {
		return admin.Offered{}, err
	}
	r, err := p.host.apps.Get(ctx, shop.ID, app)
	if err != nil {
		return admin.Offered{}, err
	}
	if r.OAuth.IsZero() || r.Installation.App != app || r.State == lifecycle.Pending && !p.host.config.Now().Before(r.OAuth.Until) {
		return admin.Offered{}, &appdock.Error{Kind: appdock.NotFound, Code: lifecycle.CodeNotFound, Message: `No app found for "` + app + `".`}
	}
	return p.offered(ctx, shop, lifecycle.Offer{Shop: shop.ID, App: app, URL: r.OAuth.ManifestURL, Manifest: r.OAuth.Manifest, SecretHash: r.OAuth.SecretHash})
}

// offered reads an offer, beside what is there of the app.
func (p packages) offered(ctx context.Context, shop appdock.Shop, o lifecycle.Offer) (admin.Offered, error) {
	app, problems := manifest.ParseJSON(o.URL, o.Manifest, false)
	if app == nil {
		return admin.Offered{}, invalid(o.App, problems)
	}
	out := admin.Offered{App: app, URL: o.URL, SecretHash: o.SecretHash}
	_, out.Verified = p.host.config.ClientSecrets[app.Name] // what development makes up verifies nobody
	client, err := p.host.store.Families().App(ctx, shop.ID, app.Name)
	switch {
	case appdock.KindOf(err) == appdock.NotFound:
		client = oauth.App{Name: app.Name, Version: app.Version, State: oauth.Previewed}
	case err != nil:
		return admin.Offered{}, err
	}
	// What can be asked for is what the manifest says now.
	client.RedirectURIs = append([]string{app.Auth.RedirectURI}, app.Auth.RedirectURIs...)
	client.ManifestHash, client.Requested = app.Hash(), nil
	for _, text := range lifecycle.Scopes(app) {
		if s, known := protocol.LookupScope(text); known {
			client.Requested = append(client.Requested, s)
		}
	}
	out.Client = client
	if client.State != oauth.NeedsApproval {
		return out, nil
	}
	consent, _, err := p.host.apps.Preview(ctx, shop.ID, app)
	if err != nil {
		return admin.Offered{}, err
	}
	out.WaitsHosts, out.ConsentHash = consent.NewHosts, consent.Hash()
	for _, s := range client.Requested {
		if slices.Contains(consent.NewScopes, s.String()) {
			out.Waits = append(out.Waits, s)
		}
	}
	return out, nil
}

// Approve gives an installed app what somebody was shown of its new manifest.
func (p packages) Approve(ctx context.Context, shop appdock.Shop, o admin.Offered) error {
	if err := p.snippets(ctx, o); err != nil {
		return err
	}
	if _, err := p.host.apps.UpdateOAuth(ctx, shop.ID, o.App, o.URL, o.ConsentHash); err != nil {
		return err
	}
	return p.Withdraw(ctx, shop.ID, o.App.Name)
}

// Admit lets an app in as far as somebody accepted, and gives the code for it.
func (p packages) Admit(ctx context.Context, shop appdock.Shop, o admin.Offered, a oauth.Authorization, by user.User) (appdock.Secret, error) {
	names := make([]string, len(a.Scopes))
	for i, s := range a.Scopes {
		names[i] = s.String()
	}
	if err := p.snippets(ctx, o); err != nil {
		return appdock.Secret{}, err
	}
	r, err := p.host.apps.Admit(ctx, shop, o.App, lifecycle.Admission{
		ManifestURL: o.URL, SecretHash: o.SecretHash, Scopes: names, User: by.ID,
	})
	if err != nil {
		return appdock.Secret{}, err
	}
	return p.host.oauth.Code(ctx, oauth.Decision{Shop: shop.ID, Installation: r.Installation.ID, Authorization: a, User: by.ID})
}

// snippets fetches the blocks of an app that is let in: an offer keeps its manifest alone. One
// that is another since the preview, and does not compile, lets nobody in.
func (p packages) snippets(ctx context.Context, o admin.Offered) error {
	at, err := url.Parse(o.URL)
	if err != nil {
		return fmt.Errorf("read the address of app %s: %w", o.App.Name, err)
	}
	manifest.FetchSnippets(ctx, p.host.client, o.App, at)
	for _, b := range o.App.Theme.Blocks {
		if b.Unread != "" {
			p.host.config.Log.LogAttrs(ctx, slog.LevelWarn, "app block shows nothing: its snippet could not be fetched",
				slog.String("app", o.App.Name), slog.String("block", b.ID), slog.String("reason", b.Unread))
		}
	}
	problems := manifest.Validate(o.App, manifest.Environment{Development: p.host.mode == Development, CompileTwig: theme.Check})
	problems = slices.DeleteFunc(problems, func(p manifest.Problem) bool { return p.Code != "app_json.snippet_twig" })
	if problems.HasErrors() {
		return invalid(o.App.Name, problems)
	}
	return nil
}

// iconTimeout is how long an icon may take; a page waits for it.
var iconTimeout = protocol.Timeout{Connect: 3 * time.Second, Total: 5 * time.Second}

// Icon fetches the icon of an app, at most 256 KiB of it (protocol-oauth.md B.4).
func (p packages) Icon(ctx context.Context, shop appdock.Shop, app string) ([]byte, error) {
	o, err := p.Offered(ctx, shop, app)
	if err != nil {
		return nil, err
	}
	none := &appdock.Error{Kind: appdock.NotFound, Code: "ADK-NOT-FOUND", Message: "The icon of this app cannot be shown"}
	if o.App.Icon.URL == "" {
		return nil, none
	}
	answer, err := p.host.client.Call(ctx, protocol.Call{
		Method: http.MethodGet, URL: o.App.Icon.URL, Timeout: iconTimeout, MaxAnswer: maxIcon,
		Header: []protocol.Header{{Name: "Accept", Value: "image/png, image/svg+xml"}},
	})
	if none.Err = err; err != nil || answer.Status != http.StatusOK || answer.Truncated {
		return nil, none
	}
	return answer.Body, nil
}

// Withdraw forgets an offer that somebody refused.
func (p packages) Withdraw(ctx context.Context, shop appdock.ShopID, app string) error {
	return p.host.store.WithdrawOffer(ctx, shop, app)
}

// All lists the apps of a shop.
func (p packages) All(ctx context.Context, shop appdock.ShopID) ([]lifecycle.Registration, error) {
	return p.host.apps.All(ctx, shop)
}

// Welcome says whether a user is to be led to the onboarding page of an app.
func (p packages) Welcome(ctx context.Context, shop appdock.ShopID, app string, by appdock.ID) (lifecycle.Registration, bool, error) {
	return p.host.apps.Welcome(ctx, shop, app, by)
}

func noManifest(address string, err error) error {
	if told, ok := errors.AsType[*appdock.Error](err); ok {
		if told.Kind != appdock.Failed {
			return told
		}
		wrong := *told // the address that somebody gave leads nowhere: the host has not failed
		wrong.Kind = appdock.Invalid
		return &wrong
	}
	cause := err.Error()
	if why, fetched := strings.CutPrefix(cause, "fetch "); fetched { // the message names the address
		_, cause, _ = strings.Cut(why, ": ")
	}
	return &appdock.Error{
		Kind: appdock.Invalid, Code: "ADK-APP-FETCH", Message: "There is no app.json at " + address, Cause: cause,
		Cure: "Give the https address of the app, or of its app.json.",
	}
}

// scopeWishes are the scopes of an app for the command line.
func scopeWishes(o admin.Offered, consent lifecycle.Consent) []control.ScopeWish {
	list := make([]control.ScopeWish, len(o.Client.Requested))
	for i, s := range o.Client.Requested {
		list[i] = control.ScopeWish{Scope: s.String(), Allows: admin.Allows(s), New: slices.Contains(consent.NewScopes, s.String())}
	}
	return list
}

// objects shows records in the messages of SitePack apps: the engine is made before what it
// asks here.
type objects struct{ host *Server }

var _ webhook.Objects = objects{}

func (o objects) Object(ctx context.Context, shop appdock.ShopID, grant appdock.Privileges, entity string, id appdock.ID, previous json.RawMessage) (json.RawMessage, error) {
	return restapi.Objects{Records: o.host.records, Shops: o.host.shops.get}.Object(ctx, shop, grant, entity, id, previous)
}
