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
	// KeepRefresh keeps one, and removes all that had expired when it was issued: who logs in again
	// and again follows none.
	KeepRefresh(ctx context.Context, shop appdock.ShopID, t RefreshToken) error
	// Refresh gives one, expired or not; NotFound if there is none of that hash.
	Refresh(ctx context.Context, shop appdock.ShopID, hash []byte) (RefreshToken, error)
	// FollowRefresh is KeepRefresh of next in the place of the one of that hash; NotFound, and
	// nothing is kept, if there is none. Of two who follow one at a time, one does.
	FollowRefresh(ctx context.Context, shop appdock.ShopID, hash []byte, next RefreshToken) error
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
	asked := s.Now() // before the password is looked at, so that one who chooses another meanwhile ends these too
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
	token, kept, err := s.tokens(p, scopes, asked)
	if err != nil {
		return Token{}, err
	}
	if err := s.Refreshes.KeepRefresh(ctx, shop, kept); err != nil {
		return Token{}, fmt.Errorf("keep a refresh token: %w", err)
	}
	return token, nil
}

// again gives tokens for a refresh token, which is good once: if that fails, it is good still. It
// may ask for fewer scopes than it has.
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
	shown, now := s.Hash(r.Refresh.Reveal()), s.Now()
	kept, err := s.Refreshes.Refresh(ctx, shop, shown)
	if err != nil && appdock.KindOf(err) == appdock.NotFound {
		return Token{}, errRefresh("Token has been revoked")
	}
	if err != nil {
		return Token{}, fmt.Errorf("find a refresh token: %w", err)
	}
	if !now.Before(kept.ExpiresAt) {
		return Token{}, errRefresh("Token has expired")
	}
	p, err := s.People.Person(ctx, shop, kept.User)
	if err != nil && appdock.KindOf(err) != appdock.NotFound {
		return Token{}, fmt.Errorf("find the user of a refresh token: %w", err)
	}
	if err != nil || kept.IssuedAt.Before(p.PasswordAt) {
		return Token{}, errRefresh("Token has been revoked")
	}
	token, next, err := s.tokens(p, narrowed(kept.Scopes, r.Scope), now)
	if err != nil {
		return Token{}, err
	}
	err = s.Refreshes.FollowRefresh(ctx, shop, shown, next)
	if err != nil && appdock.KindOf(err) == appdock.NotFound { // somebody was faster
		return Token{}, errRefresh("Token has been revoked")
	}
	if err != nil {
		return Token{}, fmt.Errorf("keep the next refresh token: %w", err)
	}
	return token, nil
}

// narrowed are those of has that are asked for. Unknown scopes are ignored (protocol-oauth.md A):
// who asks for nothing else asks for none in particular, and gets all.
func narrowed(has []string, asked string) []string {
	known := slices.DeleteFunc(strings.Fields(asked), func(scope string) bool {
		return scope != scopeWrite && scope != scopeAdmin && scope != scopeVerified
	})
	if len(known) == 0 {
		return has
	}
	return slices.DeleteFunc(slices.Clone(has), func(scope string) bool { return !slices.Contains(known, scope) })
}

// refreshBytes is how much of a refresh token is random.
const refreshBytes = 32

// tokens makes a pair for a person who was known at now: the second is given as it is kept, too.
func (s *Service) tokens(p Person, scopes []string, now time.Time) (Token, RefreshToken, error) {
	random := make([]byte, refreshBytes)
	if _, err := io.ReadFull(s.Random, random); err != nil {
		return Token{}, RefreshToken{}, fmt.Errorf("make a refresh token: %w", err)
	}
	refresh := base64.RawURLEncoding.EncodeToString(random)
	lasting := slices.DeleteFunc(slices.Clone(scopes), func(scope string) bool { return scope == scopeVerified || scope == scopeAdmin })
	if p.Actor.Everything {
		scopes = append(slices.Clone(scopes), scopeAdmin)
	}
	access, err := s.signed(claims{
		Audience: administration, ID: administration, Subject: p.Actor.User.String(), Scopes: scopes, Credentials: s.personStamp(p),
	})
	if err != nil {
		return Token{}, RefreshToken{}, fmt.Errorf("sign an access token: %w", err)
	}
	kept := RefreshToken{Hash: s.Hash(refresh), User: p.Actor.User, Scopes: lasting, IssuedAt: now, ExpiresAt: now.Add(refreshable)}
	return Token{Access: appdock.NewSecret(access), Refresh: appdock.NewSecret(refresh), Lifetime: lifetime}, kept, nil
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
