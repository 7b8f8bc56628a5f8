package server

import (
	"context"
	"crypto/rand"
	"fmt"
	"log/slog"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/appdock/appdock"
	"github.com/appdock/appdock/internal/control"
	"github.com/appdock/appdock/internal/oauth"
	"github.com/appdock/appdock/internal/user"
)

// hashing is how many passwords are hashed at a time: each takes 19 MiB.
const hashing = 4

// newPeople makes the service of those who log in.
func (s *Server) newPeople() *user.Service {
	store := s.store.Users()
	return &user.Service{
		Store: store, Sessions: store, Attempts: store, Log: store,
		Hash: s.ring.Hash, Now: s.config.Now, NewID: newID, Random: rand.Reader, Hashing: make(chan struct{}, hashing),
	}
}

// loggingIn shows those who log in to the tokens of the Admin API.
type loggingIn struct{ people *user.Service }

var _ oauth.People = loggingIn{}

// LogIn tells who has that name and password.
func (l loggingIn) LogIn(ctx context.Context, shop appdock.ShopID, name string, password appdock.Secret) (oauth.Person, error) {
	u, err := l.people.Authenticate(ctx, shop, name, password.Reveal())
	return personOf(u), err
}

// Person finds somebody who may log in.
func (l loggingIn) Person(ctx context.Context, shop appdock.ShopID, id appdock.ID) (oauth.Person, error) {
	u, err := l.people.Store.User(ctx, shop, id)
	if err == nil && !u.Active {
		err = &appdock.Error{Kind: appdock.NotFound, Code: "ADK-NOT-FOUND", Message: "The user is disabled."}
	}
	return personOf(u), err
}

func personOf(u user.User) oauth.Person {
	return oauth.Person{Actor: u.Actor(), PasswordAt: u.PasswordAt}
}

// The pages behind links that are shown once.
const (
	pagePassword = "/admin/password"
	pageFirst    = "/admin/first"
)

// link is the address of a page with a secret. It stands behind the hash sign's place in no
// log: requests are logged without their query.
func link(base, page string, secret appdock.Secret) string {
	return base + page + "?" + url.Values{"key": {secret.Reveal()}}.Encode()
}

// FirstLink gives the link by which the first owner of the shop makes themselves known;
// empty if there are users. Links of before are dead.
func (s *Shop) FirstLink(ctx context.Context) (string, error) {
	secret, err := s.host.people.First(ctx, s.id)
	if err != nil || secret.IsZero() {
		return "", err
	}
	return link(s.shop().URL, pageFirst, secret), nil
}

// CreateUser makes a user without a password.
func (s *Shop) CreateUser(ctx context.Context, in control.NewUser) (control.InvitedUser, error) {
	u, secret, err := s.host.people.Create(ctx, s.id, user.Draft{
		Name: in.Name, Email: in.Email, Role: user.Role(in.Role), Privileges: privileges(in.Privileges),
	})
	if err != nil {
		return control.InvitedUser{}, err
	}
	if err := s.record(ctx, "user.created", u.Name, strings.Join(append([]string{in.Role}, in.Privileges...), " ")); err != nil {
		return control.InvitedUser{}, err
	}
	return s.invited(u, secret), nil
}

// InviteUser gives a user a new link.
func (s *Shop) InviteUser(ctx context.Context, name string) (control.InvitedUser, error) {
	u, err := s.host.people.Named(ctx, s.id, name)
	if err != nil {
		return control.InvitedUser{}, err
	}
	if !u.Active {
		return control.InvitedUser{}, &appdock.Error{
			Kind: appdock.Conflict, Code: "ADK-USER-DISABLED", Message: fmt.Sprintf("The user %s is disabled", u.Name),
			Cause: "a link would lead nowhere", Cure: "Enable the user first: appdock user enable " + u.Name,
		}
	}
	secret, err := s.host.people.Invite(ctx, u)
	if err != nil {
		return control.InvitedUser{}, err
	}
	if err := s.record(ctx, "user.invited", u.Name, ""); err != nil {
		return control.InvitedUser{}, err
	}
	return s.invited(u, secret), nil
}

func (s *Shop) invited(u user.User, secret appdock.Secret) control.InvitedUser {
	return control.InvitedUser{User: userWords(u), Link: link(s.shop().URL, pagePassword, secret), Until: s.host.config.Now().Add(user.Invited).UTC().Truncate(time.Second)}
}

// Users lists the users of the shop by name.
func (s *Shop) Users(ctx context.Context) ([]control.User, error) {
	all, err := s.host.people.Store.Users(ctx, s.id)
	list := make([]control.User, len(all))
	for i, u := range all {
		list[i] = userWords(u)
	}
	return list, err
}

// ChangeUser changes a user.
func (s *Shop) ChangeUser(ctx context.Context, name string, in control.UserChange) (control.User, error) {
	u, err := s.host.people.Named(ctx, s.id, name)
	if err != nil {
		return control.User{}, err
	}
	action, detail := "user.changed", ""
	if in.Role != nil {
		if u, err = s.host.people.Assign(ctx, u, user.Role(*in.Role), privileges(in.Privileges)); err != nil {
			return control.User{}, err
		}
		detail = strings.Join(append([]string{*in.Role}, in.Privileges...), " ")
	}
	if in.Active != nil {
		change := s.host.people.Disable
		action = "user.disabled"
		if *in.Active {
			change, action = s.host.people.Enable, "user.enabled"
		}
		if u, err = change(ctx, u); err != nil {
			return control.User{}, err
		}
	}
	return userWords(u), s.record(ctx, action, u.Name, detail)
}

// Audit gives the newest lines of the audit log.
func (s *Shop) Audit(ctx context.Context, limit int) ([]control.AuditEntry, error) {
	entries, err := s.host.people.Entries(ctx, s.id, min(max(limit, 1), 1000))
	list := make([]control.AuditEntry, len(entries))
	for i, e := range entries {
		list[i] = control.AuditEntry{ID: e.ID.String(), At: e.At, Who: e.Who, Action: e.Action, About: e.About, Detail: e.Detail}
		if !e.User.IsZero() {
			list[i].User = e.User.String()
		}
	}
	return list, err
}

// record writes what an operator did to the audit log.
func (s *Shop) record(ctx context.Context, action, about, detail string) error {
	return s.host.people.Record(ctx, user.Entry{Shop: s.id, Who: "operator", Action: action, About: about, Detail: detail})
}

func userWords(u user.User) control.User {
	return control.User{
		ID: u.ID.String(), Name: u.Name, Email: u.Email, Role: string(u.Role), Privileges: slices.Concat([]string{}, names(u.Privileges)),
		Active: u.Active, Invited: u.PasswordHash == "", CreatedAt: u.CreatedAt,
	}
}

// greet tells the one who starts a host for the first time how to become its first owner.
func (s *Server) greet(ctx context.Context) error {
	if s.config.Welcome == nil {
		return nil
	}
	for _, shop := range s.shops.all() {
		first, err := (&Shop{s, shop.ID}).FirstLink(ctx)
		if err != nil {
			return fmt.Errorf("invite the first owner: %w", err)
		}
		if first != "" {
			s.config.Log.LogAttrs(ctx, slog.LevelInfo, "shop has no owner yet", slog.String("shop", string(shop.ID)))
			s.config.Welcome(shop, first)
		}
	}
	return nil
}
