package lifecycle

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/appdock/appdock"
	"github.com/appdock/appdock/manifest"
	"github.com/appdock/appdock/protocol"
)

// OAuth is what is known of an app of the SitePack dialect beside the rest; the zero value
// is an app of the other (protocol-oauth.md B).
type OAuth struct {
	SecretHash   []byte   // of the client secret; nil: a public client
	RedirectURIs []string // the manifest's auth.redirect_uri first
	Requested    []string // scopes of the manifest
	Granted      []string // scopes that a person accepted and that are still requested
	// ConsentHash is the hash of the manifest that a person accepted last.
	ConsentHash string
	// Known is what of the manifest somebody saw at the last consent. What is beyond it waits
	// for somebody.
	Known Known
	// Dead says that the tokens of the app were cut because one was shown twice: it has to
	// be authorized again.
	Dead bool

	ManifestURL string
	// LookedAt is when the manifest was read last, or could not be: for the reason Unread.
	LookedAt time.Time
	Unread   string
	Manifest []byte // its exact text
	// StartURI begins an authorization by the app itself; empty: the host begins.
	StartURI                        string
	OnboardingURL, ConfigurationURL string
	// Installer is who consented first. They are led to the onboarding page once.
	Installer appdock.ID
	Onboarded bool
	// Until is when an installation goes whose code nobody exchanged.
	Until time.Time
}

// Origins are those of the pages of the app: of its redirect URIs and its widgets.
func (o OAuth) Origins() []string {
	var app struct {
		AdminUI struct {
			Widgets []struct{ Src string } `json:"widgets"`
		} `json:"admin_ui"`
	}
	_ = json.Unmarshal(o.Manifest, &app) // it was read when it was stored
	addresses := slices.Clone(o.RedirectURIs)
	for _, w := range app.AdminUI.Widgets {
		addresses = append(addresses, w.Src)
	}
	var origins []string
	for _, address := range addresses {
		u, err := url.Parse(address)
		if err != nil || u.Host == "" {
			continue
		}
		host := strings.TrimSuffix(u.Host, map[string]string{"https": ":443", "http": ":80"}[u.Scheme])
		if origin := u.Scheme + "://" + host; !slices.Contains(origins, origin) {
			origins = append(origins, origin)
		}
	}
	return origins
}

// IsZero reports whether the app is none of the dialect.
func (o OAuth) IsZero() bool { return len(o.RedirectURIs) == 0 }

// Known is what somebody saw of a manifest and did not refuse, as far as the manifest of now
// still has it.
type Known struct {
	Scopes []string
	Hosts  []string
}

// Patience is how long an offer waits for its consent, and a consent for the exchange of its
// code (protocol-oauth.md B.8).
const Patience = 10 * time.Minute

// Offer is an app whose manifest was fetched and that waits for somebody's decision.
type Offer struct {
	Shop     appdock.ShopID
	App      string
	URL      string
	Manifest []byte
	// SecretHash is that of the client secret that was shown with the preview; nil: none was.
	SecretHash []byte
	By         appdock.ID // who looked at it; zero: an operator
	Until      time.Time
}

// Offers keeps offers: one for each app of a shop. Each method is one unit of work; what is
// too old may be removed with any of them.
type Offers interface {
	// KeepOffer puts an offer in place of the one before. Conflict if its user has most of
	// them open already.
	KeepOffer(ctx context.Context, o Offer, most int) error
	// Offer finds one by the app's name; NotFound if there is none that is good now.
	Offer(ctx context.Context, shop appdock.ShopID, app string) (Offer, error)
	WithdrawOffer(ctx context.Context, shop appdock.ShopID, app string) error
}

// Admission is what somebody decided about an offer.
type Admission struct {
	ManifestURL string
	SecretHash  []byte
	Scopes      []string // that were accepted
	User        appdock.ID
	Icon        []byte
}

// Admit lets an app in as far as somebody accepted: a new one is there, inactive, until it
// exchanges its code; one that is installed has what was accepted at once
// (protocol-oauth.md B.7 and B.8).
func (s *Service) Admit(ctx context.Context, shop appdock.Shop, app *manifest.App, a Admission) (Registration, error) {
	release, free := s.running.take(shop.ID, app.Name)
	defer release()
	if !free {
		return Registration{}, errLocked(app.Name)
	}
	found, err := s.find(ctx, shop.ID, app.Name)
	switch {
	case err != nil:
		return Registration{}, err
	case found != nil && (found.OAuth.IsZero() || found.Installation.App != app.Name):
		return Registration{}, errAlreadyInstalled(found.Installation.App)
	case found != nil && found.State == Pending && a.SecretHash != nil:
		// It begins anew, with the secret that was shown last.
		if _, err := s.Store.Remove(ctx, *found, true); err != nil {
			return Registration{}, fmt.Errorf("remove what an earlier consent to app %s left: %w", app.Name, err)
		}
		found = nil
	}
	if found == nil {
		return s.admitNew(ctx, shop, app, a)
	}
	return s.admitMore(ctx, *found, app, a)
}

func (s *Service) admitNew(ctx context.Context, shop appdock.Shop, app *manifest.App, a Admission) (Registration, error) {
	api, credentials, err := s.newClient(s.NewID())
	if err != nil {
		return Registration{}, err
	}
	now := s.Now()
	r := Registration{
		Installation: appdock.Installation{ID: s.NewID(), Shop: shop.ID, App: app.Name},
		State:        Pending, Integration: api.integration, Role: s.NewID(), InstalledAt: now,
	}
	describe(&r, app, Options{Files: Files{Icon: a.Icon}})
	r.OAuth = OAuth{SecretHash: a.SecretHash, Installer: a.User, Until: now.Add(Patience)}
	r.OAuth.accept(app)
	r.OAuth.read(app, a.ManifestURL)
	r.OAuth.LookedAt = now
	r.grant(a.Scopes)
	if err := s.Store.Create(ctx, r, credentials); err != nil {
		if appdock.KindOf(err) == appdock.Conflict {
			return Registration{}, errAlreadyInstalled(app.Name)
		}
		return Registration{}, fmt.Errorf("create app %s: %w", app.Name, err)
	}
	return s.Store.Get(ctx, shop.ID, app.Name)
}

func (s *Service) admitMore(ctx context.Context, r Registration, app *manifest.App, a Admission) (Registration, error) {
	before := r.Installation
	if a.Icon == nil && app.Hash() == r.Profile.ManifestHash {
		a.Icon = r.Profile.Icon
	}
	if a.ManifestURL == "" {
		a.ManifestURL = r.OAuth.ManifestURL
	}
	r.OAuth.accept(app)
	var events []appdock.Event
	if r.State == Pending {
		describe(&r, app, Options{Files: Files{Icon: a.Icon}})
		r.OAuth.read(app, a.ManifestURL)
		r.grant(append(slices.Clone(r.OAuth.Granted), a.Scopes...))
		r.OAuth.Until = s.Now().Add(Patience)
	} else {
		s.replace(&r, app, a.ManifestURL, a.Icon, append(slices.Clone(r.OAuth.Granted), a.Scopes...))
		events = s.changes(before, r)
	}
	r, events, err := s.Store.Change(ctx, r, events...)
	if err != nil {
		return r, fmt.Errorf("change what app %s may do: %w", app.Name, err)
	}
	s.Committed(events)
	return r, nil
}

// accept notes that somebody saw all of a manifest and consented.
func (o *OAuth) accept(app *manifest.App) {
	o.Known = Known{Scopes: Scopes(app), Hosts: slices.Clone(app.Hosts)}
	o.ConsentHash = app.Hash()
}

// read takes over what a manifest says. Pages at hosts that nobody knows are not opened.
func (o *OAuth) read(app *manifest.App, url string) {
	o.ManifestURL, o.Manifest = url, app.Source.Bytes()
	o.RedirectURIs = append([]string{app.Auth.RedirectURI}, app.Auth.RedirectURIs...)
	o.StartURI = app.Auth.StartURI
	o.OnboardingURL, o.ConfigurationURL = "", ""
	if o.Trusts(app.Admin.OnboardingURL) {
		o.OnboardingURL = app.Admin.OnboardingURL
	}
	if o.Trusts(app.Admin.MainURL) {
		o.ConfigurationURL = app.Admin.MainURL
	}
	o.Requested = Scopes(app)
}

// Trusts reports whether somebody consented to the host of an address of the app.
func (o OAuth) Trusts(address string) bool {
	u, err := url.Parse(address)
	return err == nil && slices.Contains(o.Known.Hosts, u.Hostname())
}

// App reads the manifest again that somebody consented to.
func (o OAuth) App() (*manifest.App, error) {
	app, problems := manifest.ParseJSON(o.ManifestURL, o.Manifest, false)
	if app == nil {
		return nil, fmt.Errorf("read the kept manifest of %s again: %d problems", o.ManifestURL, len(problems))
	}
	return app, nil
}

// Scopes are those that a manifest asks for, each once.
func Scopes(app *manifest.App) []string {
	var list []string
	for _, p := range app.Permissions.Raw {
		if p.Kind == "scope" {
			list = appendNew(list, p.Value)
		}
	}
	return list
}

// grant gives an app scopes, as far as its manifest asks for them, and the privileges that
// they stand for. A scope that is wider than one it names covers that as well.
func (r *Registration) grant(scopes []string) {
	r.OAuth.Granted = nil
	var privileges []appdock.Privilege
	add := func(names []string) {
		for _, name := range names {
			privileges = append(privileges, appdock.Privilege(name))
		}
	}
	add(protocol.TokenPrivileges())
	var asked []protocol.Scope
	for _, text := range r.OAuth.Requested {
		if s, known := protocol.LookupScope(text); known {
			asked = append(asked, s)
		}
	}
	for _, text := range scopes {
		s, known := protocol.LookupScope(text)
		if !known || slices.Contains(r.OAuth.Granted, text) || !slices.ContainsFunc(asked, func(a protocol.Scope) bool { return a.Implies(s) }) {
			continue
		}
		r.OAuth.Granted = append(r.OAuth.Granted, text)
		add(s.Grant())
	}
	r.Installation.Grant = appdock.NewPrivileges(privileges...)
}

// wake lets webhooks be called whose scope is granted and whose host somebody consented to;
// the others sleep (protocol-webhooks.md 9).
func (r *Registration) wake() {
	for i, w := range r.Features.Webhooks {
		r.Features.Webhooks[i].Active = w.Event != "" && r.OAuth.Trusts(w.URL) && slices.ContainsFunc(protocol.LookupTopic(w.Topic), func(t protocol.Topic) bool {
			return t.Scope == protocol.Scope{} || r.OAuth.has(t.Scope)
		})
	}
}

// has reports whether a scope is granted, or one that implies it.
func (o OAuth) has(s protocol.Scope) bool {
	return slices.ContainsFunc(o.Granted, func(text string) bool {
		g, known := protocol.LookupScope(text)
		return known && g.Implies(s)
	})
}

// Completed is what an app is told once, with its first tokens.
type Completed struct {
	Registration  Registration
	WebhookSecret appdock.Secret // zero: it was told before
	First         bool           // the installation is complete by this
	// Events were committed with it. They are for whoever can wait until the app knows its
	// secret.
	Events []appdock.Event
}

// CompleteOAuth finishes an installation whose code was exchanged: the app is active, its
// webhooks are registered with a key of its own. For one that is complete it changes nothing,
// but for an app that had to be authorized again.
func (s *Service) CompleteOAuth(ctx context.Context, shop appdock.ShopID, app string) (Completed, error) {
	release, r, err := s.hold(ctx, shop, app, `No app found for "`+app+`".`)
	if err != nil {
		return Completed{}, err
	}
	defer release()
	switch {
	case r.OAuth.IsZero():
		return Completed{}, errNotFound(`No app found for "` + app + `".`)
	case r.State != Pending && !r.OAuth.Dead && !r.Secret.IsZero():
		return Completed{Registration: r}, nil
	case r.State == Pending && !s.Now().Before(r.OAuth.Until):
		return Completed{}, errNotFound(`The consent to app "` + app + `" is too old.`)
	}
	c := Completed{First: r.State == Pending}
	read, err := r.OAuth.App()
	if err != nil {
		return c, err
	}
	if r.Secret.IsZero() {
		key := make([]byte, webhookKeySize)
		if _, err := io.ReadFull(s.Random, key); err != nil {
			return c, fmt.Errorf("make a webhook key: %w", err)
		}
		r.Secret = appdock.NewSecret(WebhookKeyPrefix + base64.StdEncoding.EncodeToString(key))
		r.SecretTold, c.WebhookSecret = s.Now(), r.Secret
	}
	r.OAuth.Dead = false
	r.Features, _ = s.features(read, true, r.Features)
	r.wake()
	var events []appdock.Event
	if c.First {
		r.Installation.Active, r.InstalledAt = true, s.Now()
		events = append(events, s.event(r.Installation, "app.installed", installedPayload(r.Installation.Version)),
			s.event(r.Installation, "app.activated", noPayload))
	}
	r.State = Authorized // else settled would keep it pending
	r.State = r.settled()
	if r, events, err = s.Store.Change(ctx, r, events...); err != nil {
		return c, fmt.Errorf("complete the installation of app %s: %w", app, err)
	}
	c.Registration, c.Events = r, events
	s.done(ctx, r, Installed)
	return c, nil
}

// WebhookKeyPrefix begins the key that a SitePack app's webhooks are signed with, as the
// libraries of Standard Webhooks know it (protocol-signing.md 8).
const WebhookKeyPrefix = "whsec_"

const webhookKeySize = 32 // bytes

// CutOAuth notes that a token of an app was shown twice, so that it must be authorized again.
func (s *Service) CutOAuth(ctx context.Context, shop appdock.ShopID, app string) error {
	release, r, err := s.hold(ctx, shop, app, `No app found for "`+app+`".`)
	if err != nil {
		return err
	}
	defer release()
	if r.State == Pending || r.OAuth.Dead {
		return nil
	}
	r.OAuth.Dead = true
	r.State = r.settled()
	_, _, err = s.Store.Change(ctx, r)
	return err
}

// Welcome says whether a user is to be led to the onboarding page of an app, and remembers
// that it was done: once, and only the one who installed it.
func (s *Service) Welcome(ctx context.Context, shop appdock.ShopID, app string, user appdock.ID) (Registration, bool, error) {
	release, r, err := s.hold(ctx, shop, app, `No app found for "`+app+`".`)
	if err != nil {
		return Registration{}, false, err
	}
	defer release()
	if r.OAuth.Onboarded || r.OAuth.OnboardingURL == "" || r.OAuth.Installer != user || r.State == Pending || r.Secret.IsZero() {
		return r, false, nil
	}
	r.OAuth.Onboarded = true
	r, _, err = s.Store.Change(ctx, r)
	return r, err == nil, err
}

// SweepOAuth removes the installations whose code nobody exchanged in time.
func (s *Service) SweepOAuth(ctx context.Context, shop appdock.ShopID) error {
	all, err := s.Store.All(ctx, shop)
	if err != nil {
		return fmt.Errorf("list the apps: %w", err)
	}
	for _, r := range all {
		if r.State != Pending || s.Now().Before(r.OAuth.Until) {
			continue
		}
		release, free := s.running.take(shop, r.Installation.App)
		if free {
			if _, err = s.Store.Remove(ctx, r, true); err != nil {
				release()
				return fmt.Errorf("remove app %s, whose code nobody exchanged: %w", r.Installation.App, err)
			}
			s.Log.LogAttrs(ctx, slog.LevelInfo, "installation ended that nobody finished", slog.String("app", r.Installation.App))
		}
		release()
	}
	return nil
}

// AlreadyThere refuses to install an app that is installed.
func AlreadyThere(app string) error { return errAlreadyInstalled(app) }

// ConsentNeeded refuses to install an app that nobody consented to; given says that somebody
// consented to something else.
func ConsentNeeded(app string, given bool) error { return errConsentNeeded(app, given) }
