package user

import (
	"context"
	"fmt"

	"github.com/appdock/appdock"
)

// First gives the secret of the link by which the first owner of a shop makes themselves
// known; zero if the shop has users. Links of before are dead.
func (s *Service) First(ctx context.Context, shop appdock.ShopID) (appdock.Secret, error) {
	users, err := s.Store.Users(ctx, shop)
	if err != nil || len(users) > 0 {
		return appdock.Secret{}, err
	}
	return s.Invite(ctx, User{Shop: shop})
}

// Awaited says whether a secret is that of the first owner's link; Refused if it is not, or
// no more.
func (s *Service) Awaited(ctx context.Context, shop appdock.ShopID, secret appdock.Secret) error {
	_, err := s.awaited(ctx, shop, secret)
	return err
}

func (s *Service) awaited(ctx context.Context, shop appdock.ShopID, secret appdock.Secret) (Invitation, error) {
	i, err := s.Sessions.Invitation(ctx, shop, s.Hash(secret.Reveal()))
	if appdock.KindOf(err) == appdock.NotFound || err == nil && (!i.User.IsZero() || !s.Now().Before(i.Until)) {
		return Invitation{}, errInvitation()
	}
	if err != nil {
		return Invitation{}, fmt.Errorf("find an invitation: %w", err)
	}
	return i, nil
}

// Found makes the first owner of a shop, who follows the link of First.
func (s *Service) Found(ctx context.Context, shop appdock.ShopID, secret appdock.Secret, d Draft, plain string) (User, error) {
	i, err := s.awaited(ctx, shop, secret)
	if err != nil {
		return User{}, err
	}
	d.Role, d.Privileges = Owner, nil
	if err := d.check(); err != nil {
		return User{}, err
	}
	now := s.Now()
	u := User{ID: s.NewID(), Shop: shop, Name: d.Name, Email: d.Email, Role: Owner, Active: true, CreatedAt: now, PasswordAt: now}
	if err := checkPassword(plain, u); err != nil {
		return User{}, err
	}
	if u.PasswordHash, err = s.hashed(ctx, plain); err != nil {
		return User{}, err
	}
	err = s.Sessions.Found(ctx, i, u)
	if kind := appdock.KindOf(err); err != nil && (kind == appdock.NotFound || kind == appdock.Conflict) {
		return User{}, errInvitation() // somebody was faster
	}
	return u, err
}
