package oauth

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/appdock/appdock"
)

// The grants of people (protocol-oauth.md A): with their password they get a token of ten minutes,
// and another by which they get the next one for a week.

const (
	// administration is the client of these grants. It is public: it has no secret.
	administration = "administration"
	// grantPassword is the grant for a name and a password.
	grantPassword = "password"
	// refreshable is how long a refresh token is good.
	refreshable = 7 * 24 * time.Hour
)

// The scopes of tokens of people.
const (
	scopeWrite = "write"
	scopeAdmin = "admin"
	// scopeVerified says that the password was shown just now. The next token has it no more.
	scopeVerified = "user-verified"
)

// Person is somebody who logs in, with the rights of now.
type Person struct {
	Actor appdock.Actor
	// PasswordAt is when the password was chosen; tokens of before are dead.
	PasswordAt time.Time
}

// People knows those who log in.
type People interface {
	// LogIn tells who has that name and password; Unauthenticated if nobody has. How often it is
	// tried is not its matter.
	LogIn(ctx context.Context, shop appdock.ShopID, name string, password appdock.Secret) (Person, error)
	// Person finds one; NotFound if there is none, or one who may not log in.
	Person(ctx context.Context, shop appdock.ShopID, id appdock.ID) (Person, error)
}

// RefreshToken is one as it is kept.
type RefreshToken struct {
	Hash      []byte
	User      appdock.ID
	Scopes    []string
	IssuedAt  time.Time
	ExpiresAt time.Time
}

// Refreshes keeps refresh tokens of people. Each method is one unit of work.
type Refreshes interface {
	KeepRefresh(ctx context.Context, shop appdock.ShopID, t RefreshToken) error
	// TakeRefresh removes one and gives it, expired or not, and removes all that have expired at
	// now; NotFound if there is none of that hash. Of two who take one at a time, one gets it.
	TakeRefresh(ctx context.Context, shop appdock.ShopID, hash []byte, now time.Time) (RefreshToken, error)
}

// forPerson gives tokens for a name and a password.
func (s *Service) forPerson(ctx context.Context, shop appdock.ShopID, r Request) (Token, error) {
	switch {
	case r.ClientID == "":
		return Token{}, WrongParameter("client_id")
	case r.Username == "":
		return Token{}, WrongParameter("username")
	case r.Password.IsZero():
		return Token{}, WrongParameter("password")
	case r.ClientID != administration:
		return Token{}, errClient()
	}
	p, err := s.People.LogIn(ctx, shop, r.Username, r.Password)
	switch kind := appdock.KindOf(err); {
	case err == nil:
	case kind == appdock.Unauthenticated:
		return Token{}, errPerson()
	default:
		return Token{}, fmt.Errorf("log in: %w", err)
	}
	scopes := []string{scopeWrite}
	if slices.Contains(strings.Fields(r.Scope), scopeVerified) {
		scopes = append(scopes, scopeVerified)
	}
	return s.tokens(ctx, shop, p, scopes)
}

// again gives tokens for a refresh token, which is good once. It may ask for fewer scopes than it
// has.
func (s *Service) again(ctx context.Context, shop appdock.ShopID, r Request) (Token, error) {
	switch {
	case r.ClientID == "":
		return Token{}, WrongParameter("client_id")
	case r.Refresh.IsZero():
		return Token{}, WrongParameter("refresh_token")
	case r.ClientID != administration:
		return Token{}, errClient()
	}
	if random, err := base64.RawURLEncoding.DecodeString(r.Refresh.Reveal()); err != nil || len(random) != refreshBytes {
		return Token{}, errRefresh("Cannot decrypt the refresh token")
	}
	kept, err := s.Refreshes.TakeRefresh(ctx, shop, s.Hash(r.Refresh.Reveal()), s.Now())
	if appdock.KindOf(err) == appdock.NotFound && err != nil {
		return Token{}, errRefresh("Token has been revoked")
	}
	if err != nil {
		return Token{}, fmt.Errorf("take a refresh token: %w", err)
	}
	if !s.Now().Before(kept.ExpiresAt) {
		return Token{}, errRefresh("Token has expired")
	}
	p, err := s.People.Person(ctx, shop, kept.User)
	if err != nil && appdock.KindOf(err) != appdock.NotFound {
		return Token{}, fmt.Errorf("find the user of a refresh token: %w", err)
	}
	if err != nil || kept.IssuedAt.Before(p.PasswordAt) {
		return Token{}, errRefresh("Token has been revoked")
	}
	scopes := kept.Scopes
	if asked := strings.Fields(r.Scope); len(asked) > 0 {
		scopes = slices.DeleteFunc(slices.Clone(scopes), func(scope string) bool { return !slices.Contains(asked, scope) })
	}
	return s.tokens(ctx, shop, p, scopes)
}

// refreshBytes is how much of a refresh token is random.
const refreshBytes = 32

// tokens makes a pair for a person.
func (s *Service) tokens(ctx context.Context, shop appdock.ShopID, p Person, scopes []string) (Token, error) {
	random := make([]byte, refreshBytes)
	if _, err := io.ReadFull(s.Random, random); err != nil {
		return Token{}, fmt.Errorf("make a refresh token: %w", err)
	}
	refresh, now := base64.RawURLEncoding.EncodeToString(random), s.Now()
	lasting := slices.DeleteFunc(slices.Clone(scopes), func(scope string) bool { return scope == scopeVerified || scope == scopeAdmin })
	err := s.Refreshes.KeepRefresh(ctx, shop, RefreshToken{
		Hash: s.Hash(refresh), User: p.Actor.User, Scopes: lasting, IssuedAt: now, ExpiresAt: now.Add(refreshable),
	})
	if err != nil {
		return Token{}, fmt.Errorf("keep a refresh token: %w", err)
	}
	if p.Actor.Everything {
		scopes = append(slices.Clone(scopes), scopeAdmin)
	}
	access, err := s.signed(claims{
		Audience: administration, ID: administration, Subject: p.Actor.User.String(), Scopes: scopes, Credentials: s.personStamp(p),
	})
	if err != nil {
		return Token{}, fmt.Errorf("sign an access token: %w", err)
	}
	return Token{Access: appdock.NewSecret(access), Refresh: appdock.NewSecret(refresh), Lifetime: lifetime}, nil
}

// person tells whose token claims are.
func (s *Service) person(ctx context.Context, shop appdock.ShopID, c claims) (appdock.Actor, error) {
	id, err := appdock.ParseID(c.Subject)
	if err != nil {
		return appdock.Actor{}, errToken("Access token is invalid")
	}
	p, err := s.People.Person(ctx, shop, id)
	switch {
	case err != nil && appdock.KindOf(err) == appdock.NotFound:
		return appdock.Actor{}, errToken("Access token is invalid")
	case err != nil:
		return appdock.Actor{}, fmt.Errorf("find the user of a token: %w", err)
	case c.Credentials != s.personStamp(p):
		return appdock.Actor{}, errToken("Access token is expired")
	}
	actor := p.Actor
	actor.ReadOnly = !slices.Contains(c.Scopes, scopeWrite)
	return actor, nil
}

// personStamp names the password of now: it changes with it.
func (s *Service) personStamp(p Person) string {
	mac := hmac.New(sha256.New, s.Key)
	mac.Write([]byte("password " + p.Actor.User.String() + " " + strconv.FormatInt(p.PasswordAt.UnixNano(), 10)))
	return hex.EncodeToString(mac.Sum(nil)[:16])
}
