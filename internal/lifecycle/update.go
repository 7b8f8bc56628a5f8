package lifecycle

import (
	"context"
	"fmt"
	"log/slog"
	"slices"

	"github.com/appdock/appdock"
	"github.com/appdock/appdock/manifest"
	"github.com/appdock/appdock/protocol"
)

// Update brings an installed app to the version of a manifest that was validated. It is one
// transaction, so that an update that fails leaves the version before as it was. A secret
// that exists stays; an app that gains a server is registered first (protocol-handshake.md
// 8.1, manifest-xml.md 24).
//
// What the app may do no more is gone at once. What it asks for anew needs consent; an app
// that says it checks its own permissions is updated without, and waits for
// [Service.Permit]. A version that is not newer changes nothing: an older one is refused.
func (s *Service) Update(ctx context.Context, shop appdock.Shop, app *manifest.App, o Options) (Outcome, error) {
	release, r, err := s.holdComplete(ctx, shop.ID, app.Name)
	if err != nil {
		return Outcome{App: app.Name, Version: app.Version}, err
	}
	defer release()
	u := &update{Service: s, shop: shop, app: app, options: o, consent: Plan(app, &r)}
	u.outcome = Outcome{App: r.Installation.App, Version: r.Installation.Version}
	if app.CompareVersion(r.Installation.Version) == 0 {
		u.outcome.Result = Unchanged
		return u.outcome, nil
	}
	if err := u.check(ctx, r); err != nil {
		return u.outcome, err
	}
	if app.Auth.Kind == manifest.Registration && !r.hadSecret() {
		if r, err = u.register(ctx, r); err != nil {
			return u.outcome, err
		}
		// The app has confirmed: from here on it is finished, whoever still waits for it.
		var cancel context.CancelFunc
		ctx, cancel = detached(ctx, finishTime)
		defer cancel()
	}
	if r, err = u.complete(ctx, r); err != nil {
		return u.outcome, err
	}
	done := s.done(ctx, r, Updated)
	done.Warnings = u.outcome.Warnings
	return done, nil
}

// update is one update on its way.
type update struct {
	*Service
	shop    appdock.Shop
	app     *manifest.App
	options Options
	consent Consent
	outcome Outcome
}

func (u *update) warn(ctx context.Context, sentence string) {
	u.outcome.Warnings = append(u.outcome.Warnings, sentence)
	u.Log.LogAttrs(ctx, slog.LevelWarn, "app updated with a warning", slog.String("app", u.app.Name), slog.String("warning", sentence))
}

// check is what must hold before anything is written or sent.
func (u *update) check(ctx context.Context, r Registration) error {
	switch {
	case !u.app.Compatibility.Matches(u.Platform):
		return errNotCompatible(u.app.Name, u.app.Compatibility.String(), u.Platform)
	case u.app.CompareVersion(r.Installation.Version) < 0:
		return errDowngrade(u.app.Name, r.Installation.Version, u.app.Version)
	}
	if err := u.requirements(ctx, u.shop, u.app); err != nil {
		return err
	}
	switch {
	case u.app.Auth.Kind == manifest.OAuth2:
		return errFormat(u.app.Name)
	case !u.accepted() && u.consent.Demands():
		return errConsentNeeded(u.app.Name, u.options.ConsentHash != "")
	case u.app.Auth.Kind == manifest.Registration && !r.hadSecret() && appSecret(u.app, u.options) == "":
		return errNoAppSecret(u.app.Name)
	}
	return u.secretNeeded(u.app, r.hadSecret())
}

// accepted reports whether somebody accepted exactly what the app asks for now.
func (u *update) accepted() bool { return u.options.ConsentHash == u.consent.Hash() }

// register registers an app that had no server. When that fails it stays as it was; a
// secret that it may have agreed to is kept for the next update.
func (u *update) register(ctx context.Context, r Registration) (Registration, error) {
	if err := u.known(ctx, u.shop, u.app.Name); err != nil {
		return r, err
	}
	last, err := u.Store.LastSecret(ctx, u.shop.ID, u.app.Name)
	if err != nil {
		return r, fmt.Errorf("look for the last secret of app %s: %w", u.app.Name, err)
	}
	before := r.Setup
	r.Setup = u.setup(r)
	h := u.again(u.shop, r, u.warn)
	h.allowShort, h.anew = u.options.AllowShortSecret, "Update the app again."
	recovering := len(r.Unconfirmed) > 0
	registered, err := h.agree(ctx, r, candidates(r, last))
	if err != nil {
		registered.Setup = before
		return registered, h.undo(ctx, registered, err, recovering)
	}
	return registered, nil
}

// setup is how the app registers from now on. A vendor's secret that the operator gave
// once stays in force for a manifest without one.
func (u *update) setup(r Registration) Setup {
	if u.app.Auth.Kind != manifest.Registration {
		return Setup{}
	}
	secret := r.Setup.AppSecret
	if given := appSecret(u.app, u.options); given != "" {
		secret = appdock.NewSecret(given)
	}
	return Setup{u.app.Auth.RegistrationURL, secret}
}

// complete replaces what the app brings and tells it.
func (u *update) complete(ctx context.Context, r Registration) (Registration, error) {
	before := r.Installation.Grant
	setup := u.setup(r)
	describe(&r, u.app, u.options)
	r.Setup = setup
	r.Installation.Grant = appdock.NewPrivileges(append(own(u.app), Regrant(before, asked(u.app), u.accepted())...)...)
	var remarks []string
	r.Features, remarks = u.features(u.app, r.hadSecret(), r.Features)
	for _, remark := range remarks {
		u.warn(ctx, remark)
	}
	if u.Hooks != nil {
		if err := u.Hooks.Run(ctx, r.Installation, "app-updated", map[string]any{"appVersion": u.app.Version}); err != nil {
			return r, fmt.Errorf("run the script app-updated of app %s: %w", u.app.Name, err)
		}
	}
	r.UpdatedAt = u.Now()
	events := []appdock.Event{u.event(r.Installation, "app.updated", installedPayload(u.app.Version))}
	if !slices.Equal(before, r.Installation.Grant) {
		events = append(events, u.event(r.Installation, "app.permissions.updated", permissionsPayload(r.Installation.Grant)))
	}
	r, events, err := u.Store.Change(ctx, r, events...)
	if err != nil {
		return r, fmt.Errorf("update app %s: %w", u.app.Name, err)
	}
	u.tell(ctx, events)
	return r, nil
}

// Regrant is the grant after an update to a version that asks for requested: what it had
// and still asks for, and all the rest of it once that was accepted.
func Regrant(had, requested appdock.Privileges, accepted bool) appdock.Privileges {
	if accepted {
		return requested
	}
	var kept []appdock.Privilege
	for _, p := range requested {
		if had.Has(p) {
			kept = append(kept, p)
		}
	}
	return appdock.NewPrivileges(kept...)
}

// Permit changes what an app may do, within what its manifest asks for: it gets grant and
// loses revoke, at once. An app whose privileges change is told. For an app of the SitePack
// dialect they are its scopes, such as "orders:read"; to lose one is to lose those that imply it.
func (s *Service) Permit(ctx context.Context, shop appdock.ShopID, app string, grant, revoke []appdock.Privilege) (Outcome, error) {
	release, r, err := s.holdComplete(ctx, shop, app)
	if err != nil {
		return Outcome{}, err
	}
	defer release()
	if !r.OAuth.IsZero() {
		return s.permitScopes(ctx, r, grant, revoke)
	}
	if foreign := r.Profile.Requested.Missing(append(slices.Clone(grant), revoke...)...); len(foreign) > 0 {
		return Outcome{}, errNotRequested(r.Installation.App, foreign)
	}
	before := r.Installation.Grant
	changed := slices.DeleteFunc(append(slices.Clone(before), grant...), func(p appdock.Privilege) bool { return slices.Contains(revoke, p) })
	r.Installation.Grant = appdock.NewPrivileges(changed...)
	if slices.Equal(before, r.Installation.Grant) {
		return s.done(ctx, r, Unchanged), nil
	}
	r, events, err := s.Store.Change(ctx, r, s.event(r.Installation, "app.permissions.updated", permissionsPayload(r.Installation.Grant)))
	if err != nil {
		return Outcome{}, fmt.Errorf("change the privileges of app %s: %w", app, err)
	}
	s.tell(ctx, events)
	return s.done(ctx, r, Updated), nil
}

func (s *Service) permitScopes(ctx context.Context, r Registration, grant, revoke []appdock.Privilege) (Outcome, error) {
	var foreign []appdock.Privilege
	for _, name := range slices.Concat(grant, revoke) {
		if scope, known := protocol.LookupScope(string(name)); !known || !implied(r.OAuth.Requested, scope) {
			foreign = append(foreign, name)
		}
	}
	if len(foreign) > 0 {
		return Outcome{}, errNotRequested(r.Installation.App, foreign)
	}
	scopes := slices.Clone(r.OAuth.Granted)
	for _, name := range grant {
		scopes = appendNew(scopes, string(name))
	}
	for _, name := range revoke {
		lost, _ := protocol.LookupScope(string(name))
		scopes = slices.DeleteFunc(scopes, func(text string) bool { return implied([]string{text}, lost) })
	}
	before := r.Installation
	if r.grant(scopes); slices.Equal(before.Grant, r.Installation.Grant) {
		return s.done(ctx, r, Unchanged), nil
	}
	r.wake()
	r, events, err := s.Store.Change(ctx, r, s.changes(before, r)...)
	if err != nil {
		return Outcome{}, fmt.Errorf("change the scopes of app %s: %w", r.Installation.App, err)
	}
	s.tell(ctx, events)
	return s.done(ctx, r, Updated), nil
}
