package lifecycle

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"

	"github.com/appdock/appdock"
	"github.com/appdock/appdock/protocol"
)

// RotateSecret registers an app again, signed with its secret of now as well, so that both
// sides have a new one. Deliveries go on meanwhile; each attempt is signed with what is
// committed when it is made. When it fails the app goes on with the secret before; when
// nobody knows whether the app took the new one, [Service.RecoverSecret] finds out
// (protocol-handshake.md 8.2).
func (s *Service) RotateSecret(ctx context.Context, shop appdock.Shop, app string) (Outcome, error) {
	release, r, err := s.holdComplete(ctx, shop.ID, app)
	if err != nil {
		return Outcome{}, err
	}
	defer release()
	switch {
	case len(r.Unconfirmed) > 0:
		return Outcome{}, errPending(r.Installation.App)
	case r.Setup.RegistrationURL == "":
		return Outcome{}, errNoServer(r.Installation.App)
	case r.Setup.AppSecret.IsZero(): // what was stored of it is damaged
		return Outcome{}, errNoAppSecret(r.Installation.App)
	}
	if err := s.known(ctx, shop, r.Installation.App); err != nil {
		return Outcome{}, err
	}
	return s.reregister(ctx, shop, r, []appdock.Secret{r.Secret}, Rotated)
}

// RecoverSecret makes host and app agree again when nobody knows which secret the app
// holds: it registers the app with each that it may hold, until the app refuses none
// (protocol-handshake.md 8.3). An installation that was never complete is not finished by
// it: [Service.Install] does that.
func (s *Service) RecoverSecret(ctx context.Context, shop appdock.Shop, app string) (Outcome, error) {
	release, r, err := s.holdComplete(ctx, shop.ID, app)
	if err != nil {
		return Outcome{}, err
	}
	defer release()
	if len(r.Unconfirmed) == 0 {
		return s.done(ctx, r, NothingToRecover), nil
	}
	if err := s.known(ctx, shop, r.Installation.App); err != nil {
		return Outcome{}, err
	}
	return s.reregister(ctx, shop, r, candidates(r, appdock.Secret{}), Recovered)
}

// DiscardSecret forgets the secrets that the app may have agreed to, without asking it. The
// app goes on with the committed one; one that never had any is removed.
func (s *Service) DiscardSecret(ctx context.Context, shop appdock.ShopID, app string) (Outcome, error) {
	release, r, err := s.hold(ctx, shop, app, `No app found for "`+app+`".`)
	if err != nil {
		return Outcome{}, err
	}
	defer release()
	if len(r.Unconfirmed) == 0 {
		return s.done(ctx, r, NothingToRecover), nil
	}
	if !r.complete() {
		if _, err := s.Store.Remove(ctx, r, true); err != nil {
			return Outcome{}, fmt.Errorf("remove app %s: %w", r.Installation.App, err)
		}
		return s.done(ctx, r, Discarded), nil
	}
	r.doubt(nil, s.Now())
	if r, _, err = s.Store.Change(ctx, r.rest()); err != nil {
		return Outcome{}, fmt.Errorf("discard the unconfirmed secrets of app %s: %w", r.Installation.App, err)
	}
	return s.done(ctx, r, Discarded), nil
}

// holdComplete takes the lock of an app that was told that it is installed.
func (s *Service) holdComplete(ctx context.Context, shop appdock.ShopID, app string) (func(), Registration, error) {
	release, r, err := s.hold(ctx, shop, app, `No app found for "`+app+`".`)
	if err == nil && !r.complete() {
		release()
		err = errNotReady(r)
	}
	return release, r, err
}

// reregister registers an app that is installed, with one candidate after the other.
func (s *Service) reregister(ctx context.Context, shop appdock.Shop, r Registration, candidates []appdock.Secret, done Result) (Outcome, error) {
	var warnings []string
	h := s.again(shop, r, func(ctx context.Context, sentence string) {
		warnings = append(warnings, sentence)
		s.Log.LogAttrs(ctx, slog.LevelWarn, "app registered with a warning", slog.String("app", r.Installation.App), slog.String("warning", sentence))
	})
	recovering, first := len(r.Unconfirmed) > 0, !r.hadSecret()
	r, err := h.agree(ctx, r, candidates)
	if err != nil {
		return Outcome{}, h.undo(ctx, r, err, recovering)
	}
	if first { // it knows the shop by its id of now since this moment
		var events []appdock.Event
		ctx, cancel := detached(ctx, finishTime)
		defer cancel()
		r, events, err = s.Store.Change(ctx, r, s.event(r.Installation, "app.installed", installedPayload(r.Installation.Version)))
		if err != nil {
			return Outcome{}, fmt.Errorf("tell app %s that it is installed: %w", r.Installation.App, err)
		}
		s.tell(ctx, events)
	}
	out := s.done(ctx, r, done)
	out.Warnings = warnings
	return out, nil
}

// again is the handshake of an app that is installed.
func (s *Service) again(shop appdock.Shop, r Registration, warn func(context.Context, string)) *handshake {
	return &handshake{
		Service: s, shop: shop, app: r.Installation.App, setup: r.Setup,
		// Whoever accepted a short secret once goes on with such an app.
		allowShort: !r.Secret.IsZero() && protocol.Registered{Secret: r.Secret.Reveal()}.Short(),
		confirming: Rotating, committed: Registered,
		anew: "Recover the registration: appdock app secret recover " + r.Installation.App, warn: warn,
	}
}

// undo leaves an app that is installed as it was before its registration failed, but for
// secrets that it may have agreed to; it gives the failure as people are told of it.
func (h *handshake) undo(ctx context.Context, r Registration, err error, recovering bool) error {
	// Who refuses all of them may do so for another reason, and take one of them tomorrow: they
	// are kept until somebody discards them (ADR 20; protocol-handshake.md 8.3 forgets them).
	claimed := recovering && refused(err)
	h.settle(ctx, r)
	failure, ok := errors.AsType[*HandshakeError](err)
	switch {
	case claimed:
		return errClaimed(h.app, err)
	case ok && len(r.Unconfirmed) > 0:
		return errUnknown(h.app, failure, "See that the app server works. "+h.anew)
	case ok:
		return errHandshake(h.app, failure)
	}
	return err
}

// settle ends a registration that failed. A write that failed may have been committed, so
// that the row as it is now counts. Failing to do so is logged; the next start does it.
func (h *handshake) settle(ctx context.Context, r Registration) {
	ctx, cancel := detached(ctx, cleanupTime)
	defer cancel()
	_, _, err := h.Store.Change(ctx, r.rest())
	if appdock.KindOf(err) == appdock.Conflict {
		var now *Registration
		now, err = h.find(ctx, r.Installation.Shop, r.Installation.App)
		if err == nil && now != nil && now.Installation.ID == r.Installation.ID && now.State == Rotating {
			_, _, err = h.Store.Change(ctx, now.rest())
		}
	}
	if err != nil {
		h.Log.LogAttrs(ctx, slog.LevelError, "registration could not be settled", slog.String("app", h.app), slog.Any("error", err))
	}
}

// rest is r when no registration of it runs. API clients that the app cannot hold are gone:
// those of confirmations wait for as long as there is an unconfirmed secret.
func (r Registration) rest() Registration {
	if len(r.Unconfirmed) == 0 {
		r.OtherClients = slices.DeleteFunc(slices.Clone(r.OtherClients), func(c Client) bool { return c.Until.IsZero() })
	}
	r.State = r.settled()
	return r
}
