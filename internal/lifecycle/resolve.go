package lifecycle

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"sync"

	"github.com/appdock/appdock"
	"github.com/appdock/appdock/protocol"
)

// withheld are the shops whose identity is in doubt, as this process found it. The zero
// value is ready.
type withheld struct {
	mu    sync.Mutex
	shops map[appdock.ShopID]bool
}

func (w *withheld) set(shop appdock.ShopID, in bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.shops == nil {
		w.shops = map[appdock.ShopID]bool{}
	}
	if in {
		w.shops[shop] = true
	} else {
		delete(w.shops, shop)
	}
}

// Withheld reports whether apps of a shop are told nothing, and should be answered nothing,
// because its identity is in doubt. It is false while a strategy is carried out, in which
// they may call back.
func (s *Service) Withheld(shop appdock.ShopID) bool {
	s.withheld.mu.Lock()
	defer s.withheld.mu.Unlock()
	return s.withheld.shops[shop]
}

// Identify compares a shop's fingerprints with those of now, and remembers what that means:
// everything for its apps is withheld when it may have moved or be a copy, and no longer when
// all is as it was. It runs at the start of a host and before every handshake
// (protocol-shop-identity.md 2).
func (s *Service) Identify(ctx context.Context, shop appdock.Shop) (Comparison, error) {
	c, stored, keep, err := s.judge(ctx, shop)
	if err != nil {
		return c, err
	}
	if keep.Withheld != stored.Withheld || !maps.Equal(keep.Prints, stored.Prints) {
		if err := s.Identities.KeepIdentity(ctx, shop.ID, keep); err != nil {
			return c, fmt.Errorf("keep the identity of shop %s: %w", shop.ID, err)
		}
	}
	if keep.Withheld && !s.Withheld(shop.ID) {
		s.Log.LogAttrs(ctx, slog.LevelError, "shop may have moved or be a copy, its apps are told nothing until that is settled",
			slog.String("shop", string(shop.ID)), slog.Int("score", c.Score))
	}
	s.withheld.set(shop.ID, keep.Withheld)
	return c, nil
}

// judge gives what is kept of the identity, and what shall be.
func (s *Service) judge(ctx context.Context, shop appdock.Shop) (c Comparison, stored, keep Identity, err error) {
	if stored, err = s.Identities.Identity(ctx, shop.ID); err != nil {
		return c, stored, keep, fmt.Errorf("read the identity of shop %s: %w", shop.ID, err)
	}
	current, err := s.Prints(ctx, shop)
	if err != nil {
		return c, stored, keep, fmt.Errorf("take the fingerprints of shop %s: %w", shop.ID, err)
	}
	all, err := s.Store.All(ctx, shop.ID)
	if err != nil {
		return c, stored, keep, fmt.Errorf("list the apps: %w", err)
	}
	registered := false
	for _, r := range all {
		registered = registered || r.hadSecret() || len(r.Unconfirmed) > 0
	}
	c, verdict := Judge(stored.Prints, current, s.IgnorePrints, registered)
	switch verdict {
	case KeepPrints:
		keep = Identity{Prints: stored.Prints}
	case TakePrints:
		keep = Identity{Prints: current}
	case Suggest:
		keep = Identity{Prints: stored.Prints, Withheld: true}
	}
	return c, stored, keep, nil
}

// CheckIdentity compares as [Service.Identify] does, and changes nothing.
func (s *Service) CheckIdentity(ctx context.Context, shop appdock.Shop) (c Comparison, suggested bool, err error) {
	c, _, keep, err := s.judge(ctx, shop)
	return c, keep.Withheld, err
}

// known refuses a registration of a shop whose identity is in doubt
// (protocol-handshake.md 3, row 4).
func (s *Service) known(ctx context.Context, shop appdock.Shop, app string) error {
	c, err := s.Identify(ctx, shop)
	if err != nil || !s.Withheld(shop.ID) {
		return err
	}
	suggested := ChangeSuggested(c)
	failure := errRegistration(app, suggested.Message, suggested.Cause, suggested.Cure, suggested)
	failure.Kind = appdock.Refused
	return failure
}

// Resolution is what a strategy came to.
type Resolution struct {
	Strategy Strategy
	Shop     appdock.Shop // as it is now
	Changed  bool         // false: there was nothing to do, or nothing was done
	Apps     []ResolvedApp
}

// ResolvedApp is what became of one app: rotated, installed or uninstalled, or why not.
type ResolvedApp struct {
	App      string
	Result   Result
	Warnings []string
	Err      error
}

// Resolve carries out a strategy (protocol-shop-identity.md 4). Each app stands for itself:
// one that fails does not stop the others. A host that dies in between finds the identity
// still in doubt, or the apps without a secret: doing it again finishes it. A dry run says
// what would be done with which app, and changes nothing.
func (s *Service) Resolve(ctx context.Context, shop appdock.Shop, strategy Strategy, dry bool) (Resolution, error) {
	release, free := s.running.take(shop.ID, "")
	defer release()
	res := Resolution{Strategy: strategy, Shop: shop}
	if !free {
		return res, errLocked(string(shop.ID))
	}
	_, stored, keep, err := s.judge(ctx, shop)
	if err != nil {
		return res, err
	}
	if strategy == MoveShop && !keep.Withheld {
		return res, nil
	}
	all, err := s.Store.All(ctx, shop.ID)
	if err != nil {
		return res, fmt.Errorf("list the apps: %w", err)
	}
	result := map[Strategy]Result{MoveShop: Rotated, ReinstallApps: Installed, UninstallApps: Uninstalled}[strategy]
	for _, r := range all {
		if strategy == UninstallApps || r.complete() && r.Setup.RegistrationURL != "" {
			res.Apps = append(res.Apps, ResolvedApp{App: r.Installation.App, Result: result})
		}
	}
	if dry {
		return res, nil
	}
	ctx = context.WithoutCancel(ctx) // begun is begun: half of the apps would be worse than all or none
	res.Changed = true
	switch strategy {
	case MoveShop:
		err = s.moveShop(ctx, &res)
	case ReinstallApps:
		err = s.reinstallApps(ctx, &res, stored)
	case UninstallApps:
		err = s.uninstallApps(ctx, &res, stored)
	}
	s.Log.LogAttrs(ctx, slog.LevelInfo, "identity settled", slog.String("shop", string(res.Shop.ID)),
		slog.String("strategy", string(strategy)), slog.Bool("complete", err == nil && res.Err() == nil))
	return res, err
}

// Err joins the failures of single apps.
func (r Resolution) Err() error {
	var errs []error
	for _, a := range r.Apps {
		errs = append(errs, a.Err)
	}
	return errors.Join(errs...)
}

// moveShop registers all apps again at the new place. The fingerprints of now are kept at
// the end: a host that dies before asks again. What was parked goes out then, signed with
// the new secrets.
func (s *Service) moveShop(ctx context.Context, res *Resolution) error {
	s.withheld.set(res.Shop.ID, false) // apps call back while they are registered
	for i := range res.Apps {
		s.register(ctx, res.Shop, &res.Apps[i], Rotated)
	}
	return s.takePrints(ctx, res.Shop)
}

func (s *Service) takePrints(ctx context.Context, shop appdock.Shop) error {
	prints, err := s.Prints(ctx, shop)
	if err == nil {
		err = s.Identities.KeepIdentity(ctx, shop.ID, Identity{Prints: prints})
	}
	if err != nil {
		s.withheld.set(shop.ID, true)
		return fmt.Errorf("keep the identity of shop %s: %w", shop.ID, err)
	}
	s.withheld.set(shop.ID, false)
	return nil
}

// register registers one app again.
func (s *Service) register(ctx context.Context, shop appdock.Shop, a *ResolvedApp, done Result) {
	release, r, err := s.holdComplete(ctx, shop.ID, a.App)
	if err != nil {
		a.Result, a.Err = "", err
		return
	}
	defer release()
	out, err := s.reregister(ctx, shop, r, candidates(r, appdock.Secret{}), done)
	a.Result, a.Warnings, a.Err = out.Result, out.Warnings, err
}

// reinstallApps gives the shop another identity, under which its apps register anew.
func (s *Service) reinstallApps(ctx context.Context, res *Resolution, stored Identity) error {
	if err := s.renew(ctx, res, stored); err != nil {
		return err
	}
	for i := range res.Apps {
		s.register(ctx, res.Shop, &res.Apps[i], Installed)
	}
	return nil
}

// uninstallApps removes all apps without a word to them, and gives the shop another identity:
// they still serve the shop that this one is a copy of.
func (s *Service) uninstallApps(ctx context.Context, res *Resolution, stored Identity) error {
	if err := s.withhold(ctx, res.Shop.ID, stored); err != nil {
		return err
	}
	for i := range res.Apps {
		a := &res.Apps[i]
		a.Err = func() error {
			release, r, err := s.hold(ctx, res.Shop.ID, a.App, `No app with name "`+a.App+`" installed.`)
			if err != nil {
				return err
			}
			defer release()
			_, err = s.Store.Remove(ctx, r, false)
			return err
		}()
		if a.Err != nil {
			a.Result = ""
		}
	}
	return s.renew(ctx, res, stored)
}

// withhold stops what goes to apps, before their shop becomes another one.
func (s *Service) withhold(ctx context.Context, shop appdock.ShopID, stored Identity) error {
	if err := s.Identities.KeepIdentity(ctx, shop, Identity{Prints: stored.Prints, Withheld: true}); err != nil {
		return fmt.Errorf("keep the identity of shop %s: %w", shop, err)
	}
	s.withheld.set(shop, true)
	return nil
}

// renew gives the shop another id.
func (s *Service) renew(ctx context.Context, res *Resolution, stored Identity) error {
	before := res.Shop.ID
	if err := s.withhold(ctx, before, stored); err != nil {
		return err
	}
	id, err := protocol.NewShopID(s.Random)
	if err != nil {
		return fmt.Errorf("make an id for the shop: %w", err)
	}
	now := res.Shop
	now.ID = appdock.ShopID(id)
	prints, err := s.Prints(ctx, res.Shop)
	if err != nil {
		return fmt.Errorf("take the fingerprints of shop %s: %w", before, err)
	}
	if err := s.Identities.RenewIdentity(ctx, before, now.ID, Identity{Prints: prints}); err != nil {
		return fmt.Errorf("give shop %s another id: %w", before, err)
	}
	s.withheld.set(before, false)
	s.Renewed(before, now)
	res.Shop = now
	return nil
}
