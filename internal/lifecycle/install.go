package lifecycle

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/netip"
	"net/url"
	"slices"
	"strings"

	"github.com/appdock/appdock"
	"github.com/appdock/appdock/manifest"
	"github.com/appdock/appdock/protocol"
)

// Options of an installation.
type Options struct {
	// ConsentHash is the [Consent.Hash] that somebody accepted.
	ConsentHash string
	Activate    bool
	// AllowShortSecret takes a shop secret of less than 64 characters this once.
	AllowShortSecret bool
	// AppSecret signs the registration of an app whose manifest has no secret.
	AppSecret appdock.Secret
	Files     Files
}

// Files is what an app's folder holds beside the manifest.
type Files struct {
	Path string // of the folder
	Icon []byte
	// Blocks holds what stands beside Resources/cms.xml, by the names of the blocks.
	Blocks map[string]BlockFiles
}

// BlockFiles is how the admin shows a block.
type BlockFiles struct {
	Template string // markup, sanitised
	Styles   string
}

// Preview says what installing app, or updating to it, asks for, and what is there of it
// already; nil if nothing is.
func (s *Service) Preview(ctx context.Context, shop appdock.ShopID, app *manifest.App) (Consent, *Registration, error) {
	found, err := s.find(ctx, shop, app.Name)
	if err != nil {
		return Consent{}, nil, err
	}
	return Plan(app, found), found, nil
}

// Install installs a validated app in the steps of design.md 4, or finishes an installation
// whose confirmation had no known result. What fails leaves nothing behind, but for such a
// confirmation again (protocol-handshake.md 9). The error of a failed handshake has a
// [*HandshakeError] in its chain.
//
// An app that is installed already is an error with the code [CodeAlreadyInstalled]; the
// outcome says so too.
func (s *Service) Install(ctx context.Context, shop appdock.Shop, app *manifest.App, o Options) (Outcome, error) {
	release, free := s.running.take(shop.ID, app.Name)
	defer release()
	in := &install{
		Service: s, shop: shop, app: app, options: o,
		outcome: Outcome{App: app.Name, Version: app.Version},
	}
	found, err := in.check(ctx, free)
	if err != nil {
		return in.outcome, err
	}
	r, err := in.begin(ctx, found)
	if err != nil {
		return in.outcome, err
	}
	if in.app.Auth.Kind == manifest.Registration {
		if r, err = in.register(ctx, r); err != nil {
			return in.outcome, err
		}
		// The app has confirmed: from here on it is finished, whoever still waits for it.
		var cancel context.CancelFunc
		ctx, cancel = detached(ctx, finishTime)
		defer cancel()
	}
	if r, err = in.complete(ctx, r); err != nil {
		in.discard(ctx, r.Installation)
		return in.outcome, err
	}
	in.outcome.Result = Installed
	if o.Activate {
		if _, err = s.activate(ctx, r); err != nil {
			return in.outcome, fmt.Errorf("activate the app, which was installed: %w", err)
		}
	}
	s.Log.LogAttrs(ctx, slog.LevelInfo, "app installed", slog.String("app", app.Name),
		slog.String("version", app.Version), slog.String("state", string(r.State)), slog.Bool("active", o.Activate))
	return in.outcome, nil
}

// install is one installation on its way.
type install struct {
	*Service
	shop    appdock.Shop
	app     *manifest.App
	options Options
	outcome Outcome

	last   appdock.Secret // of an earlier installation; zero: none is remembered
	client client         // of an installation that begins
}

func (in *install) warn(ctx context.Context, sentence string) {
	in.outcome.Warnings = append(in.outcome.Warnings, sentence)
	in.Log.LogAttrs(ctx, slog.LevelWarn, "app installed with a warning", slog.String("app", in.app.Name), slog.String("warning", sentence))
}

// check is what must hold before anything is written or sent, in the order of
// protocol-handshake.md 3 and manifest-xml.md 22: the first failure ends the installation.
// It gives what an earlier attempt left behind; nil: nothing.
func (in *install) check(ctx context.Context, free bool) (*Registration, error) {
	if !in.app.Compatibility.Matches(in.Platform) {
		return nil, errNotCompatible(in.app.Name, in.app.Compatibility.String(), in.Platform)
	}
	found, err := in.find(ctx, in.shop.ID, in.app.Name)
	if err != nil {
		return nil, err
	}
	if found != nil && found.complete() {
		in.outcome.Version, in.outcome.Result = found.Installation.Version, AlreadyInstalled
		return nil, errAlreadyInstalled(in.app.Name)
	}
	if err := in.requirements(ctx, in.shop, in.app); err != nil {
		return nil, err
	}
	if in.app.Auth.Kind == manifest.Registration {
		if err := in.known(ctx, in.shop, in.app.Name); err != nil {
			return nil, err
		}
	}
	switch consent := Plan(in.app, found); {
	case !free:
		return nil, errLocked(in.app.Name)
	case in.app.Auth.Kind == manifest.OAuth2:
		return nil, errFormat(in.app.Name)
	case in.options.ConsentHash != consent.Hash():
		return nil, errConsentNeeded(in.app.Name, in.options.ConsentHash != "")
	case in.app.Auth.Kind == manifest.Registration && appSecret(in.app, in.options) == "":
		return nil, errNoAppSecret(in.app.Name)
	}
	return found, in.secretNeeded(in.app, false)
}

// requirements is row 3 of protocol-handshake.md 3.
func (s *Service) requirements(ctx context.Context, shop appdock.Shop, app *manifest.App) error {
	if s.Development || !slices.Contains(app.Requirements, "public-access") {
		return nil
	}
	if cause := s.unreachable(ctx, shop); cause != "" {
		return errRequirements(app.Name, cause)
	}
	return nil
}

// secretNeeded is row 15 of protocol-handshake.md 9.
func (s *Service) secretNeeded(app *manifest.App, secret bool) error {
	if features := needSecret(app); s.Development && !secret && app.Auth.Kind == manifest.NoAuth && len(features) > 0 {
		return errSecretRequired(app.Name, features)
	}
	return nil
}

// find gives the registration of an app; nil if there is none.
func (s *Service) find(ctx context.Context, shop appdock.ShopID, app string) (*Registration, error) {
	r, err := s.Store.Get(ctx, shop, app)
	switch {
	case appdock.KindOf(err) == appdock.NotFound:
		return nil, nil
	case err != nil:
		return nil, fmt.Errorf("look for app %s: %w", app, err)
	}
	return &r, nil
}

// complete reports whether the app was told that it is installed.
func (r Registration) complete() bool {
	switch r.State {
	case Registered, Local, Deactivating, Rotating, Authorized, NeedsApproval, Reauthorize:
		return true
	case Unconfirmed:
		return r.hadSecret()
	case Registering, Confirming, Completing, Pending:
	}
	return false
}

// settled is the state at rest of a registration that is complete.
func (r Registration) settled() State {
	switch {
	case !r.OAuth.IsZero() && r.OAuth.Dead:
		return Reauthorize
	case !r.OAuth.IsZero() && r.Profile.ManifestHash != r.OAuth.ConsentHash:
		return NeedsApproval
	case !r.OAuth.IsZero():
		return Authorized
	case !r.hadSecret():
		return Local
	case len(r.Unconfirmed) > 0:
		return Unconfirmed
	}
	return Registered
}

// hadSecret reports whether a secret was ever committed.
func (r Registration) hadSecret() bool { return !r.Secret.IsZero() || r.Damaged }

// appSecret is the vendor's key: the manifest's wins (protocol-handshake.md 11).
func appSecret(app *manifest.App, o Options) string {
	if secret := app.Auth.DevSecret.Reveal(); secret != "" {
		return secret
	}
	return o.AppSecret.Reveal()
}

// unreachable says why the shop cannot be reached from outside, as far as the host can
// find out by calling itself (protocol-handshake.md 3, row 3); "" if it can. The call goes
// the way of all others, which refuses names that lead to private addresses.
func (s *Service) unreachable(ctx context.Context, shop appdock.Shop) string {
	if cause := PrivateAddress(shop.URL); cause != "" {
		return cause
	}
	call := protocol.HealthCheck(shop.URL, s.host(shop))
	answer, err := s.Caller.Call(ctx, call)
	switch told, _ := errors.AsType[*appdock.Error](err); {
	case told != nil:
		return "the shop does not answer at its own address: " + told.Message
	case err != nil:
		return "the shop does not answer at its own address"
	case answer.Status != http200:
		return fmt.Sprintf("the shop answers %d at %s", answer.Status, call.URL)
	}
	return ""
}

// http200 is the status of a shop in health; this package knows no net/http.
const http200 = 200

// PrivateAddress says why a base URL cannot be reached from outside, as far as its text
// tells; "" if nothing speaks against it.
func PrivateAddress(base string) string {
	u, err := url.Parse(base)
	if err != nil || u.Scheme != "https" {
		return "the address of the shop is not https"
	}
	host := strings.ToLower(strings.TrimSuffix(u.Hostname(), "."))
	if _, err := netip.ParseAddr(host); err == nil {
		return "the address of the shop is an IP address"
	}
	for _, reserved := range []string{"localhost", "local", "test", "example", "invalid"} {
		if host == reserved || strings.HasSuffix(host, "."+reserved) {
			return "the address of the shop ends in the reserved name ." + reserved
		}
	}
	return ""
}

// needSecret lists the features that need a shop secret, by Shopware's names for them
// (protocol-handshake.md 9, row 15).
func needSecret(app *manifest.App) []string {
	var features []string
	for _, f := range []struct {
		name string
		used bool
	}{
		{"Admin Modules", len(app.Admin.Modules) > 0},
		{"Payment Methods", len(app.PaymentMethods) > 0},
		{"Tax Providers", len(app.TaxProviders) > 0},
		{"Webhooks", len(app.Webhooks) > 0},
	} {
		if f.used {
			features = append(features, f.name)
		}
	}
	return features
}

// begin gives the registration that the handshake starts from: what waits for its
// recovery, or a new one, whose rows are there before the app is called.
func (in *install) begin(ctx context.Context, found *Registration) (Registration, error) {
	resume := found != nil && len(found.Unconfirmed) > 0 && in.app.Auth.Kind == manifest.Registration
	if found != nil && !resume { // nobody was told of it, or the app has no server any more
		if _, err := in.Store.Remove(ctx, *found, true); err != nil {
			return Registration{}, fmt.Errorf("remove what an earlier installation of app %s left: %w", in.app.Name, err)
		}
	}
	var err error
	if in.last, err = in.Store.LastSecret(ctx, in.shop.ID, in.app.Name); err != nil {
		return Registration{}, fmt.Errorf("look for the last secret of app %s: %w", in.app.Name, err)
	}
	if resume {
		r := *found
		in.describe(&r)
		return r, nil
	}
	return in.create(ctx)
}

func (in *install) create(ctx context.Context) (Registration, error) {
	api, credentials, err := in.newClient(in.NewID())
	if err != nil {
		return Registration{}, err
	}
	in.client = api
	r := Registration{
		Installation: appdock.Installation{ID: in.NewID(), Shop: in.shop.ID, App: in.app.Name},
		State:        Registering,
		Integration:  api.integration,
		Role:         in.NewID(),
		InstalledAt:  in.Now(),
	}
	in.describe(&r)
	err = in.Store.Create(ctx, r, credentials)
	if appdock.CodeOf(err) == "ADK-APP-INSTALLED" {
		return Registration{}, errAlreadyInstalled(in.app.Name)
	}
	var created Registration
	if err == nil {
		created, err = in.Store.Get(ctx, in.shop.ID, in.app.Name) // with its row version
	}
	if err != nil {
		in.discard(ctx, r.Installation)
		return Registration{}, fmt.Errorf("create app %s: %w", in.app.Name, err)
	}
	return created, nil
}

// describe writes what the manifest says, and the grant that was consented to, into r.
func (in *install) describe(r *Registration) {
	describe(r, in.app, in.options)
	r.Installation.Grant = requested(in.app)
}

func describe(r *Registration, app *manifest.App, o Options) {
	r.Installation.Version = app.Version
	r.Entities = entities(app)
	r.Setup = Setup{}
	if app.Auth.Kind == manifest.Registration {
		r.Setup = Setup{app.Auth.RegistrationURL, appdock.NewSecret(appSecret(app, o))}
	}
	r.Profile = Profile{
		Format:           string(app.Format),
		Label:            app.Labels,
		Description:      app.Descriptions,
		Author:           app.Author,
		Copyright:        app.Copyright,
		License:          app.License,
		Privacy:          app.PrivacyURL,
		Icon:             o.Files.Icon,
		Path:             o.Files.Path,
		ManifestHash:     app.Hash(),
		BaseAppURL:       app.Admin.BaseAppURL,
		Hosts:            app.Hosts,
		Requested:        requested(app),
		TemplatePriority: app.Theme.TemplatePriority,
		Names:            app.Identifiers(),
		Config:           app.Config,
	}
	r.Profile.pages(r.Installation.ID, app, o.Files)
}

// complete brings the features, runs the app's scripts and tells the app that it is
// installed.
func (in *install) complete(ctx context.Context, r Registration) (Registration, error) {
	var remarks []string
	r.Features, remarks = in.features(in.app, !r.Secret.IsZero(), Features{})
	for _, remark := range remarks {
		in.warn(ctx, remark)
	}
	r, _, err := in.Store.Change(ctx, r)
	if err != nil {
		return r, fmt.Errorf("store the features of app %s: %w", in.app.Name, err)
	}
	if in.Hooks != nil {
		if err := in.Hooks.Run(ctx, r.Installation, "app-installed", map[string]any{"appVersion": in.app.Version}); err != nil {
			return r, fmt.Errorf("run the script app-installed of app %s: %w", in.app.Name, err)
		}
	}
	r.State, r.InstalledAt = r.settled(), in.Now()
	done, events, err := in.Store.Change(ctx, r, in.event(r.Installation, "app.installed", installedPayload(in.app.Version)))
	if err != nil {
		return r, fmt.Errorf("complete the installation of app %s: %w", in.app.Name, err)
	}
	in.tell(ctx, events)
	return done, nil
}

// features is what an app brings along once it has a secret, or has none. Webhooks are kept
// only for an app with one (protocol-handshake.md 3); one for an unknown event is kept and
// sleeps (design.md 6). One of a name in before is the same subscription, changed
// (protocol-webhooks.md 1). The sentences are about what works but deserves a look.
func (s *Service) features(app *manifest.App, secret bool, before Features) (f Features, remarks []string) {
	if !secret {
		if left := needSecret(app); len(left) > 0 {
			remarks = append(remarks, fmt.Sprintf("These features were left out because the app has no secret: %s.", strings.Join(left, ", ")))
		}
		return f, remarks
	}
	for _, w := range app.Webhooks {
		_, known := protocol.Events().Lookup(w.Event)
		// The triggers of its own flows are events too (hookable-events.md 6).
		known = known || slices.ContainsFunc(app.FlowEvents, func(e manifest.FlowEvent) bool { return e.Name == w.Event })
		if !known {
			remarks = append(remarks, fmt.Sprintf("Webhook %q listens to %q, which is no event of this host: it is stored and never called.", w.Name, w.Event))
		}
		id := before.webhook(w.Name)
		if id.IsZero() {
			id = s.NewID()
		}
		f.Webhooks = append(f.Webhooks, Webhook{
			ID: id, Name: w.Name, Event: appdock.EventName(w.Event), Topic: w.Topic, URL: w.URL, OnlyLive: w.OnlyLive, Active: known,
		})
	}
	for _, w := range before.Webhooks { // what an app made itself stays with it
		if !w.Asked.ID.IsZero() {
			f.Webhooks = append(f.Webhooks, w)
		}
	}
	return f, remarks
}

// webhook gives the id of the subscription of a name; zero: there is none.
func (f Features) webhook(name string) appdock.ID {
	for _, w := range f.Webhooks {
		if w.Name == name && w.Asked.ID.IsZero() {
			return w.ID
		}
	}
	return appdock.ID{}
}

// discard removes an installation that failed. It works on the row as it is now, because
// a write that failed may have been committed; one that is complete or may still be
// recovered is left alone. Failing to do so is logged and found at the next start.
func (s *Service) discard(ctx context.Context, i appdock.Installation) {
	ctx, cancel := detached(ctx, cleanupTime)
	defer cancel()
	err := func() error {
		now, err := s.find(ctx, i.Shop, i.App)
		if err != nil || now == nil || now.Installation.ID != i.ID || now.complete() {
			return err
		}
		_, err = s.Store.Remove(ctx, *now, true)
		return err
	}()
	if err != nil {
		s.Log.LogAttrs(ctx, slog.LevelError, "failed installation could not be removed", slog.String("app", i.App), slog.Any("error", err))
	}
}
