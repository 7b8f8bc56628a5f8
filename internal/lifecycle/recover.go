package lifecycle

import (
	"context"
	"errors"
	"fmt"
	"log/slog"

	"github.com/appdock/appdock"
)

// Recover settles what a crash interrupted. It runs at the start of a host, before
// anything else can change a registration (design.md 6, "crash during a first install").
//
// An installation whose app cannot have a secret that counts is removed; one that the app
// has confirmed but was not told of is removed as well, and its secret is remembered for
// the next installation. One whose confirmation was on its way stays, inactive, for
// [Service.Install] to finish. A deactivation that the app was told of is carried out. An app
// that was being registered again goes on with its committed secret; if it may have agreed to
// another one, it waits for [Service.RecoverSecret].
func (s *Service) Recover(ctx context.Context, shop appdock.ShopID) error {
	all, err := s.Store.All(ctx, shop)
	if err != nil {
		return fmt.Errorf("list the apps: %w", err)
	}
	var failures []error
	for _, r := range all {
		note := ""
		switch r.State {
		case Registering, Completing:
			note = "unfinished installation was removed: install the app again"
			_, err = s.Store.Remove(ctx, r, true)
		case Confirming:
			note = "installation is unconfirmed: install the app again to finish it"
			r.State = Unconfirmed
			_, _, err = s.Store.Change(ctx, r)
		case Rotating:
			note = "registration was interrupted: the app goes on with the secret before"
			if len(r.Unconfirmed) > 0 {
				note = "registration is unconfirmed: recover it with app secret recover"
			}
			_, _, err = s.Store.Change(ctx, r.rest())
		case Unconfirmed:
			note, err = "installation is still unconfirmed: install the app again to finish it", nil
			if r.complete() {
				note = "registration is still unconfirmed: recover it with app secret recover"
			}
		case Deactivating:
			note = "deactivation that the app was told of was completed"
			_, err = s.carryOut(ctx, r)
		case Registered, Local, Pending, Authorized, NeedsApproval, Reauthorize:
			continue
		}
		if err != nil {
			failures = append(failures, fmt.Errorf("recover app %s: %w", r.Installation.App, err))
			continue
		}
		level := slog.LevelWarn
		if r.State == Unconfirmed { // it was said when it happened, and the list of apps says it
			level = slog.LevelInfo
		}
		s.Log.LogAttrs(ctx, level, "app needs attention", slog.String("app", r.Installation.App),
			slog.String("state", string(r.State)), slog.String("note", note))
	}
	return errors.Join(failures...)
}
