package user

import (
	"context"
	"fmt"

	"github.com/appdock/appdock"
)

// Named finds a user by name; NotFound, with a cure, if there is none.
func (s *Service) Named(ctx context.Context, shop appdock.ShopID, name string) (User, error) {
	u, err := s.Store.Named(ctx, shop, name)
	if appdock.KindOf(err) == appdock.NotFound {
		return User{}, &appdock.Error{
			Kind: appdock.NotFound, Code: "ADK-NOT-FOUND",
			Message: fmt.Sprintf("There is no user %q in this shop", name), Cure: "See them with: appdock user list",
		}
	}
	return u, err
}

// Disable ends all that a user may do, at once. The last owner who can log in stays.
func (s *Service) Disable(ctx context.Context, u User) (User, error) {
	if !u.Active {
		return u, nil
	}
	u.Active = false
	return s.change(ctx, u)
}

// Enable lets a user log in again, with the password of before.
func (s *Service) Enable(ctx context.Context, u User) (User, error) {
	if u.Active {
		return u, nil
	}
	u.Active = true
	return s.change(ctx, u)
}

// Assign gives a user another role, or other privileges. The last owner stays one.
func (s *Service) Assign(ctx context.Context, u User, role Role, privileges []appdock.Privilege) (User, error) {
	d := Draft{Name: u.Name, Email: u.Email, Role: role, Privileges: privileges}
	if err := d.check(); err != nil {
		return u, err
	}
	u.Role, u.Privileges = role, appdock.NewPrivileges(privileges...)
	return s.change(ctx, u)
}

func (s *Service) change(ctx context.Context, u User) (User, error) {
	if u.Active && u.Role == Owner {
		return s.Store.ChangeUser(ctx, u)
	}
	all, err := s.Store.Users(ctx, u.Shop)
	if err != nil {
		return u, fmt.Errorf("list the users: %w", err)
	}
	for _, other := range all {
		if other.ID != u.ID && other.Active && other.Role == Owner {
			return s.Store.ChangeUser(ctx, u)
		}
	}
	return u, &appdock.Error{
		Kind: appdock.Conflict, Code: "ADK-USER-LAST-OWNER",
		Message: fmt.Sprintf("%s is the last owner of the shop", u.Name),
		Cause:   "nobody could manage its apps and users any more",
		Cure:    "Make another owner first: appdock user create NAME --role owner.",
	}
}
