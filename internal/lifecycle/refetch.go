package lifecycle

import (
	"context"
	"errors"
	"fmt"
	"hash/fnv"
	"log/slog"
	"slices"
	"strings"
	"time"

	"github.com/appdock/appdock"
	"github.com/appdock/appdock/manifest"
	"github.com/appdock/appdock/protocol"
)

// UpdateOAuth brings an installed app of the SitePack dialect to the manifest that was read
// at address. Its server has that version already, so nothing is held back but what nobody
// consented to: scopes and hosts that are new wait, unless consentHash accepts exactly what
// the manifest asks for. What the app asks for no more is gone at once (protocol-oauth.md B.7).
//
// An older version is refused, and so is an address that is not the app's own without consent.
func (s *Service) UpdateOAuth(ctx context.Context, shop appdock.ShopID, app *manifest.App, address, consentHash string) (Outcome, error) {
	release, r, err := s.holdComplete(ctx, shop, app.Name)
	if err != nil {
		return Outcome{App: app.Name, Version: app.Version}, err
	}
	defer release()
	out := Outcome{App: r.Installation.App, Version: r.Installation.Version, Result: Unchanged}
	consent := Plan(app, &r)
	accepted := consentHash == consent.Hash()
	switch {
	case r.OAuth.IsZero():
		return out, errFormat(app.Name)
	case r.Installation.App != app.Name:
		return out, errNotFound(`No app found for "` + app.Name + `".`)
	case app.CompareVersion(r.Installation.Version) < 0:
		return out, errDowngrade(app.Name, r.Installation.Version, app.Version)
	case consentHash != "" && !accepted || address != r.OAuth.ManifestURL && !accepted:
		return out, errConsentNeeded(app.Name, consentHash != "")
	}
	before := r
	granted := r.OAuth.Granted
	if accepted {
		granted = append(slices.Clone(granted), consent.NewScopes...)
		r.OAuth.accept(app)
	}
	s.replace(&r, app, address, r.Profile.Icon, granted)
	r.OAuth.LookedAt, r.OAuth.Unread = s.Now(), ""
	if app.Hash() != before.Profile.ManifestHash || accepted && before.State == NeedsApproval {
		out.Version, out.Result = app.Version, Updated
	} else {
		r.UpdatedAt = before.UpdatedAt
	}
	r, events, err := s.Store.Change(ctx, r, s.changes(before.Installation, r)...)
	if err != nil {
		return out, fmt.Errorf("update app %s: %w", app.Name, err)
	}
	if out.Result == Unchanged {
		return out, nil
	}
	s.tell(ctx, events)
	out = s.done(ctx, r, Updated)
	if r.State == NeedsApproval {
		out.Warnings = append(out.Warnings, waits(r.Installation.App, consent))
	}
	return out, nil
}

// waits says what of an app's manifest somebody has to consent to.
func waits(app string, c Consent) string {
	what := slices.Concat(c.NewScopes, c.NewHosts)
	return fmt.Sprintf("App %s works on with what it has. What its manifest asks for anew waits for consent: %s.", app, strings.Join(what, ", "))
}

// replace puts a manifest in place of the one before, with as many of the scopes as it still
// asks for.
func (s *Service) replace(r *Registration, app *manifest.App, address string, icon []byte, scopes []string) {
	before := r.Profile.AppBlocks
	describe(r, app, Options{Files: Files{Icon: icon}})
	r.Profile.keepSnippets(before, app)
	r.OAuth.Known.keep(app)
	r.OAuth.read(app, address)
	if r.OAuth.knows(app) { // there is nothing that somebody would have to be asked
		r.OAuth.ConsentHash = app.Hash()
	}
	for _, text := range r.OAuth.Requested { // one that asks for less than it has keeps that
		if s, known := protocol.LookupScope(text); known && implied(scopes, s) {
			scopes = appendNew(scopes, text)
		}
	}
	r.grant(scopes)
	if r.State != Deactivating {
		r.State = r.settled()
	}
	r.Features, _ = s.features(app, !r.Secret.IsZero(), r.Features)
	r.wake()
	r.UpdatedAt = s.Now()
}

// keepSnippets leaves blocks what they show whose snippets could not be fetched this time: that
// an app's server is down for a moment takes nothing out of the pages of shops.
func (p *Profile) keepSnippets(before []AppBlock, app *manifest.App) {
	for i, b := range app.Theme.Blocks {
		at := slices.IndexFunc(before, func(old AppBlock) bool { return old.ID == b.ID })
		if b.Unread != "" && at >= 0 {
			p.AppBlocks[i].Snippet = before[at].Snippet
		}
	}
}

// keep forgets what a manifest has no more, so that it has to be consented to when it comes
// again.
func (k *Known) keep(app *manifest.App) {
	k.Scopes = slices.DeleteFunc(Scopes(app), func(text string) bool {
		s, known := protocol.LookupScope(text)
		return !known || !implied(k.Scopes, s)
	})
	k.Hosts = slices.DeleteFunc(slices.Clone(k.Hosts), func(host string) bool { return !slices.Contains(app.Hosts, host) })
}

// knows reports whether nothing in a manifest is new to those who consented.
func (o OAuth) knows(app *manifest.App) bool {
	for _, text := range Scopes(app) {
		if s, known := protocol.LookupScope(text); known && !implied(o.Known.Scopes, s) {
			return false
		}
	}
	return !slices.ContainsFunc(app.Hosts, func(host string) bool { return !slices.Contains(o.Known.Hosts, host) })
}

// implied reports whether one of texts is a scope, or one that implies it.
func implied(texts []string, s protocol.Scope) bool {
	return slices.ContainsFunc(texts, func(text string) bool {
		wider, known := protocol.LookupScope(text)
		return known && wider.Implies(s)
	})
}

// changes are the events of an installation that is another now.
func (s *Service) changes(before appdock.Installation, r Registration) (events []appdock.Event) {
	if before.Version != r.Installation.Version {
		events = append(events, s.event(r.Installation, "app.updated", installedPayload(r.Installation.Version)))
	}
	if !slices.Equal(before.Grant, r.Installation.Grant) {
		events = append(events, s.event(r.Installation, "app.permissions.updated", permissionsPayload(r.Installation.Grant)))
	}
	return events
}

// How often manifests are read again (protocol-oauth.md B.7): once a day, not all at once.
const (
	refetchEvery  = 24 * time.Hour
	refetchSpread = 2 * time.Hour // to either side
	tendEvery     = time.Minute
)

// ToldEvery is how often [Service.Tend] tells that it looks.
const ToldEvery = 10 * time.Minute

// NextLook is when the manifest of an app is read again. Apps that were installed together
// drift apart, and the same app in many shops does not meet its server at once.
func NextLook(installation appdock.ID, last time.Time) time.Time {
	h := fnv.New64a()
	_, _ = h.Write(installation[:]) // never fails
	_, _ = fmt.Fprint(h, last.Unix())
	spread := time.Duration(h.Sum64() % uint64(2*refetchSpread)) //nolint:gosec // it is less than four hours
	return last.Add(refetchEvery - refetchSpread + spread)
}

// Tend removes installations that nobody finished and reads the manifests again whose day has
// passed, until ctx ends. shops are those of the host at each time; told hears now and then that it
// looks, and whether something failed since.
func (s *Service) Tend(ctx context.Context, shops func() []appdock.Shop, told func(context.Context, error)) {
	tick := time.NewTicker(tendEvery)
	defer tick.Stop()
	var failed error
	for round := 0; ; round++ {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		for _, shop := range shops() {
			if err := s.SweepOAuth(ctx, shop.ID); err != nil && ctx.Err() == nil {
				s.Log.LogAttrs(ctx, slog.LevelError, "unfinished installations could not be removed", slog.Any("error", err))
				failed = err
			}
			if err := s.Refetch(ctx, shop); err != nil && ctx.Err() == nil {
				s.Log.LogAttrs(ctx, slog.LevelError, "manifests could not be read again", slog.Any("error", err))
				failed = err
			}
		}
		if round%int(ToldEvery/tendEvery) == 0 {
			told(ctx, failed)
			failed = nil
		}
	}
}

// Refetch reads the manifests of a shop's apps again whose time has come, and updates those
// that are others now. One that cannot be read changes nothing: the reason is kept with the
// app, and it is tried again the next day.
func (s *Service) Refetch(ctx context.Context, shop appdock.Shop) error {
	if s.Withheld(shop.ID) {
		return nil // the app of a copy is not the business of the copy
	}
	all, err := s.Store.All(ctx, shop.ID)
	if err != nil {
		return fmt.Errorf("list the apps: %w", err)
	}
	for _, r := range all {
		if r.OAuth.IsZero() || !r.complete() || s.Now().Before(NextLook(r.Installation.ID, r.OAuth.LookedAt)) {
			continue
		}
		if err := s.refetch(ctx, shop, r); err != nil {
			if ctx.Err() != nil {
				return ctx.Err()
			}
			if err := s.unread(ctx, shop.ID, r.Installation.App, err); err != nil {
				return err
			}
		}
	}
	return nil
}

func (s *Service) refetch(ctx context.Context, shop appdock.Shop, r Registration) error {
	app, err := s.Fetch(ctx, shop, r.OAuth.ManifestURL)
	if err != nil {
		return err
	}
	if app.Name != r.Installation.App {
		return errAnotherApp(r.Installation.App, app.Name)
	}
	out, err := s.UpdateOAuth(ctx, shop.ID, app, r.OAuth.ManifestURL, "")
	for _, warning := range out.Warnings {
		s.Log.LogAttrs(ctx, slog.LevelWarn, "app updated with a warning", slog.String("app", r.Installation.App), slog.String("warning", warning))
	}
	return err
}

// unread keeps why a manifest was not taken over. An app that somebody works on at the moment
// is looked at again soon.
func (s *Service) unread(ctx context.Context, shop appdock.ShopID, app string, why error) error {
	if code := appdock.CodeOf(why); code == CodeLocked || code == CodeNotFound {
		return nil
	}
	release, r, err := s.holdComplete(ctx, shop, app)
	if err != nil {
		return nil // it is worked on, or gone: then there is nothing to keep
	}
	defer release()
	s.Log.LogAttrs(ctx, slog.LevelWarn, "manifest could not be read again", slog.String("app", app), slog.Any("error", why))
	r.OAuth.LookedAt, r.OAuth.Unread = s.Now(), reason(why)
	if _, _, err := s.Store.Change(ctx, r); err != nil && appdock.KindOf(err) != appdock.Conflict {
		return fmt.Errorf("note that the manifest of app %s could not be read: %w", app, err)
	}
	return nil
}

// mostFaults is how many faults of a manifest are named with the app; all are in the log.
const mostFaults = 3

// reason is an error as people are shown it; what was not made for them stays in the log.
func reason(err error) string {
	told, ok := errors.AsType[*appdock.Error](err)
	if !ok || told.Kind == appdock.Internal {
		return "the host failed; its log says how"
	}
	text := told.Message
	if told.Cause != "" {
		text += ": " + told.Cause
	}
	for i, fault := range told.Faults {
		if i == mostFaults {
			return text + fmt.Sprintf("; and %d more", len(told.Faults)-i)
		}
		text += "; " + fault.Pointer + " " + fault.Message
	}
	return text
}
