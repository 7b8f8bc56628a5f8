package user

import (
	"context"
	"encoding/base64"
	"fmt"
	"io"
	"time"

	"github.com/appdock/appdock"
	"github.com/appdock/appdock/internal/password"
)

// How long a person stays logged in: without using it, and in all.
const (
	idle = 12 * time.Hour
	long = 7 * 24 * time.Hour
	// Invited is how long a link to choose a password is good.
	Invited = 24 * time.Hour
	// seenEvery bounds how often the use of a session is written down.
	seenEvery = time.Minute
)

// Session is a log-in as it is kept; the cookie has what its hash was made of.
type Session struct {
	Hash  []byte
	Shop  appdock.ShopID
	User  appdock.ID
	Began time.Time
	Seen  time.Time // used last, to the minute
}

// Ended reports whether it is too old, or began before the user's password was chosen.
func (s Session) Ended(u User, now time.Time) bool {
	return !u.Active || now.Sub(s.Seen) >= idle || now.Sub(s.Began) >= long || s.Began.Before(u.PasswordAt)
}

// Invitation is a link by which a person chooses a password, once.
type Invitation struct {
	Hash  []byte
	Shop  appdock.ShopID
	User  appdock.ID // zero: the first owner, who is not known yet
	Until time.Time
}

// Sessions keeps log-ins and invitations. Each method is one unit of work; what is too old
// may be removed with any of them.
type Sessions interface {
	Begin(ctx context.Context, s Session) error
	// Session finds one by its hash; NotFound if there is none.
	Session(ctx context.Context, shop appdock.ShopID, hash []byte) (Session, error)
	// Seen notes that it was used.
	Seen(ctx context.Context, shop appdock.ShopID, hash []byte, at time.Time) error
	// End removes one, and ends the tokens of apps that are bound to its user; that there is none
	// is no failure.
	End(ctx context.Context, shop appdock.ShopID, hash []byte) error
	// Invite keeps an invitation in place of those the user had.
	Invite(ctx context.Context, i Invitation) error
	// Invitation finds one by its hash; NotFound if there is none.
	Invitation(ctx context.Context, shop appdock.ShopID, hash []byte) (Invitation, error)
	// Accept removes an invitation and replaces its user in the same unit; NotFound if the
	// invitation is gone.
	Accept(ctx context.Context, i Invitation, u User) (User, error)
	// Found removes an invitation and creates the first user of a shop in the same unit;
	// NotFound if the invitation is gone, Conflict if the shop has a user.
	Found(ctx context.Context, i Invitation, u User) error
}

// Attempts counts log-ins that failed.
type Attempts interface {
	// Attempt has decide look at what is known under a key, and keeps what it gives. decide
	// may run again.
	Attempt(ctx context.Context, shop appdock.ShopID, key []byte, decide func(Failures) Failures) error
}

// Service is what pages and commands call.
type Service struct {
	Store    Store
	Sessions Sessions
	Attempts Attempts
	Log      Audit
	// Hash is how secrets of sessions and invitations are stored: HMAC-SHA256 under the
	// host key.
	Hash   func(secret string) []byte
	Now    func() time.Time
	NewID  func() appdock.ID
	Random io.Reader
	// Hashing bounds how many passwords are hashed at a time, since each takes 19 MiB.
	Hashing chan struct{}
}

// Create makes a user without a password, and the secret of the link to choose one, which is
// good for a day.
func (s *Service) Create(ctx context.Context, shop appdock.ShopID, d Draft) (User, appdock.Secret, error) {
	if err := d.check(); err != nil {
		return User{}, appdock.Secret{}, err
	}
	u := User{
		ID: s.NewID(), Shop: shop, Name: d.Name, Email: d.Email, Role: d.Role, Privileges: appdock.NewPrivileges(d.Privileges...),
		Active: true, CreatedAt: s.Now(),
	}
	if err := s.Store.CreateUser(ctx, u); err != nil {
		return User{}, appdock.Secret{}, err
	}
	link, err := s.Invite(ctx, u)
	return u, link, err
}

// Invite gives a new link to choose a password; those of before are dead.
func (s *Service) Invite(ctx context.Context, u User) (appdock.Secret, error) {
	secret, err := s.secret()
	if err != nil {
		return appdock.Secret{}, err
	}
	i := Invitation{Hash: s.Hash(secret.Reveal()), Shop: u.Shop, User: u.ID, Until: s.Now().Add(Invited)}
	if err := s.Sessions.Invite(ctx, i); err != nil {
		return appdock.Secret{}, fmt.Errorf("keep an invitation: %w", err)
	}
	return secret, nil
}

// Invited finds the user whom a link invites; Refused if it is used, replaced or too old.
func (s *Service) Invited(ctx context.Context, shop appdock.ShopID, secret appdock.Secret) (User, error) {
	_, u, err := s.invitation(ctx, shop, secret)
	return u, err
}

// ChoosePassword accepts an invitation. All sessions of the user end.
func (s *Service) ChoosePassword(ctx context.Context, shop appdock.ShopID, secret appdock.Secret, plain string) (User, error) {
	i, u, err := s.invitation(ctx, shop, secret)
	if err != nil {
		return User{}, err
	}
	if err := checkPassword(plain, u); err != nil {
		return User{}, err
	}
	if u.PasswordHash, err = s.hashed(ctx, plain); err != nil {
		return User{}, err
	}
	u.PasswordAt = s.Now()
	if u, err = s.Sessions.Accept(ctx, i, u); appdock.KindOf(err) == appdock.NotFound {
		return User{}, errInvitation()
	}
	return u, err
}

func (s *Service) invitation(ctx context.Context, shop appdock.ShopID, secret appdock.Secret) (Invitation, User, error) {
	i, err := s.Sessions.Invitation(ctx, shop, s.Hash(secret.Reveal()))
	if appdock.KindOf(err) == appdock.NotFound || err == nil && !s.Now().Before(i.Until) {
		return Invitation{}, User{}, errInvitation()
	}
	if err != nil {
		return Invitation{}, User{}, fmt.Errorf("find an invitation: %w", err)
	}
	u, err := s.Store.User(ctx, shop, i.User)
	if appdock.KindOf(err) == appdock.NotFound || err == nil && !u.Active {
		return Invitation{}, User{}, errInvitation()
	}
	return i, u, err
}

// LogIn begins a session for who has that name and password, as [Service.Authenticate] says; from
// is the address of the client, for the count of failures.
func (s *Service) LogIn(ctx context.Context, shop appdock.ShopID, name, plain, from string) (User, appdock.Secret, error) {
	// Both the account and the address are guarded: one against guessing a password, the
	// other against trying one password on many names.
	account, address := s.Hash("log-in to "+fold(name)), s.Hash("log-in from "+from)
	before, err := s.admit(ctx, shop, account, address)
	if err != nil {
		return User{}, appdock.Secret{}, err
	}
	u, err := s.Authenticate(ctx, shop, name, plain)
	if err != nil {
		return User{}, appdock.Secret{}, err
	}
	if err := s.forgive(ctx, shop, account, address, before); err != nil {
		return User{}, appdock.Secret{}, err
	}
	secret, err := s.secret()
	if err != nil {
		return User{}, appdock.Secret{}, err
	}
	now := s.Now()
	err = s.Sessions.Begin(ctx, Session{Hash: s.Hash(secret.Reveal()), Shop: shop, User: u.ID, Began: now, Seen: now})
	if err != nil {
		return User{}, appdock.Secret{}, fmt.Errorf("begin a session: %w", err)
	}
	return u, secret, nil
}

// Authenticate tells who has that name and password. Whether the name or the password was wrong
// is told to nobody. It counts no failures: whoever lets strangers try does.
func (s *Service) Authenticate(ctx context.Context, shop appdock.ShopID, name, plain string) (User, error) {
	u, err := s.Store.Named(ctx, shop, name)
	if err != nil && appdock.KindOf(err) != appdock.NotFound {
		return User{}, fmt.Errorf("find the user: %w", err)
	}
	hash := u.PasswordHash
	if !u.Active || len(plain) > maxPassword {
		hash = ""
	}
	matches, err := s.matches(ctx, hash, plain)
	if err != nil {
		return User{}, err
	}
	if !matches {
		return User{}, errLogIn()
	}
	return u, nil
}

// Session tells whose session a cookie is; Unauthenticated if it is none that lives.
func (s *Service) Session(ctx context.Context, shop appdock.ShopID, secret appdock.Secret) (User, Session, error) {
	if secret.IsZero() {
		return User{}, Session{}, errSession()
	}
	session, err := s.Sessions.Session(ctx, shop, s.Hash(secret.Reveal()))
	if err != nil {
		if appdock.KindOf(err) == appdock.NotFound {
			return User{}, Session{}, errSession()
		}
		return User{}, Session{}, fmt.Errorf("find the session: %w", err)
	}
	u, err := s.Store.User(ctx, shop, session.User)
	if err != nil && appdock.KindOf(err) != appdock.NotFound {
		return User{}, Session{}, fmt.Errorf("find the user of a session: %w", err)
	}
	now := s.Now()
	if err != nil || session.Ended(u, now) {
		return User{}, Session{}, errSession()
	}
	if now.Sub(session.Seen) >= seenEvery {
		if err := s.Sessions.Seen(ctx, shop, session.Hash, now); err != nil {
			return User{}, Session{}, fmt.Errorf("note the use of a session: %w", err)
		}
	}
	return u, session, nil
}

// LogOut ends a session.
func (s *Service) LogOut(ctx context.Context, shop appdock.ShopID, secret appdock.Secret) error {
	return s.Sessions.End(ctx, shop, s.Hash(secret.Reveal()))
}

func (s *Service) secret() (appdock.Secret, error) {
	random := make([]byte, 32)
	if _, err := io.ReadFull(s.Random, random); err != nil {
		return appdock.Secret{}, fmt.Errorf("make a secret: %w", err)
	}
	return appdock.NewSecret(base64.RawURLEncoding.EncodeToString(random)), nil
}

// hashed and matches wait for their turn: passwords take memory and time by design, and
// many at once must not take all of it.
func (s *Service) hashed(ctx context.Context, plain string) (string, error) {
	select {
	case s.Hashing <- struct{}{}:
	case <-ctx.Done():
		return "", ctx.Err()
	}
	defer func() { <-s.Hashing }()
	return password.Hash(plain), nil
}

func (s *Service) matches(ctx context.Context, hash, plain string) (bool, error) {
	select {
	case s.Hashing <- struct{}{}:
	case <-ctx.Done():
		return false, ctx.Err()
	}
	defer func() { <-s.Hashing }()
	return password.Matches(hash, plain)
}
