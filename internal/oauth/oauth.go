// Package oauth gives tokens to API clients and tells who shows one
// (protocol-oauth.md). Admin API tokens are JWTs that are stored nowhere: signature and
// expiry first, then the client's installation, its privileges and its credentials, all
// of this moment.
package oauth

import (
	"context"
	"crypto/subtle"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/appdock/appdock"
)

// Store knows the API clients.
type Store interface {
	// Client finds a client by its access key, with the rights of now; NotFound if there
	// is none.
	Client(ctx context.Context, shop appdock.ShopID, accessKey string) (Client, error)
}

// Client is an integration that may ask for tokens.
type Client struct {
	Integration  appdock.ID
	Installation appdock.ID // zero: it belongs to no app
	// Active is false while the app is; its tokens are dead then.
	Active     bool
	SecretHash []byte // HMAC-SHA256 under the host key
	Privileges appdock.Privileges
	Admin      bool
	// ChangedAt is when the credentials last changed; tokens issued before are dead.
	ChangedAt time.Time
}

// Service issues Admin API tokens and tells who shows one (protocol-oauth.md A).
type Service struct {
	Store     Store
	Backoffs  Backoffs
	People    People
	Refreshes Refreshes
	// Key signs the tokens: 32 bytes at least, the same on every node of the host.
	Key []byte
	// Hash is how client secrets are stored: HMAC-SHA256 under the host key.
	Hash   func(secret string) []byte
	Now    func() time.Time
	NewID  func() appdock.ID
	Random io.Reader // of refresh tokens

	verified verified
}

// Request is a token request. What it does not need for its grant does not count.
type Request struct {
	GrantType    string
	ClientID     string
	ClientSecret appdock.Secret
	Username     string
	Password     appdock.Secret
	Refresh      appdock.Secret
	// Scope is what a person asks for, with spaces between. An integration gets "write"
	// whatever it asks for, and nothing else (protocol-oauth.md A, table of scopes).
	Scope string
	// From is the address of the client, so that nobody can guess secrets fast.
	From string
}

// Token is what a client gets; its type is "Bearer".
type Token struct {
	Access   appdock.Secret
	Refresh  appdock.Secret // of a person; else zero
	Lifetime time.Duration
}

// lifetime of an access token. The PHP SDK caches one for 570 s.
const lifetime = 600 * time.Second

// issue gives a token for a grant.
func (s *Service) issue(ctx context.Context, shop appdock.ShopID, r Request) (Token, error) {
	switch r.GrantType {
	case "client_credentials":
		return s.forClient(ctx, shop, r)
	case grantPassword:
		return s.forPerson(ctx, shop, r)
	case "refresh_token":
		return s.again(ctx, shop, r)
	}
	return Token{}, errGrantType()
}

// forClient gives a token for client credentials.
func (s *Service) forClient(ctx context.Context, shop appdock.ShopID, r Request) (Token, error) {
	switch {
	case r.ClientID == "":
		return Token{}, WrongParameter("client_id")
	case r.ClientSecret.IsZero():
		return Token{}, WrongParameter("client_secret")
	}
	client, err := s.client(ctx, shop, r.ClientID)
	if err != nil {
		return Token{}, err
	}
	// An unknown client is hashed and compared as well: the time of the answer does not
	// tell whether an access key exists. No hash equals the empty one it has.
	same := subtle.ConstantTimeCompare(s.Hash(r.ClientSecret.Reveal()), client.SecretHash) == 1
	if !same || !client.Active {
		return Token{}, errClient()
	}
	token, err := s.sign(r.ClientID, client)
	if err != nil {
		return Token{}, fmt.Errorf("sign an access token: %w", err)
	}
	return Token{Access: appdock.NewSecret(token), Lifetime: lifetime}, nil
}

// Actor tells who shows a token, with the rights of now. authorization is the header of
// the request as it came; empty: there was none.
func (s *Service) Actor(ctx context.Context, shop appdock.ShopID, authorization string) (appdock.Actor, error) {
	token, err := bearer(authorization)
	if err != nil {
		return appdock.Actor{}, err
	}
	claims, err := s.verify(token)
	if err != nil {
		return appdock.Actor{}, err
	}
	if claims.Audience == administration {
		return s.person(ctx, shop, claims)
	}
	client, err := s.client(ctx, shop, claims.Audience)
	switch {
	case err != nil:
		return appdock.Actor{}, err
	case client.Integration.IsZero():
		return appdock.Actor{}, errToken("Access token is invalid")
	case !client.Active:
		return appdock.Actor{}, errToken("Access token has been revoked")
	case claims.Credentials != s.stamp(client):
		return appdock.Actor{}, errToken("Access token is expired")
	}
	return appdock.Actor{
		Shop:         shop,
		Installation: client.Installation,
		Integration:  client.Integration,
		Privileges:   client.Privileges,
		Everything:   client.Admin,
	}, nil
}

// client finds a client; one that is unknown is the zero Client. Access keys of other
// kinds than integrations and users name no client here (protocol-handshake.md 1).
func (s *Service) client(ctx context.Context, shop appdock.ShopID, accessKey string) (Client, error) {
	if !strings.HasPrefix(accessKey, "SWIA") && !strings.HasPrefix(accessKey, "SWUA") {
		return Client{}, nil
	}
	client, err := s.Store.Client(ctx, shop, accessKey)
	if err != nil && appdock.KindOf(err) == appdock.NotFound {
		return Client{}, nil
	}
	if err != nil {
		return Client{}, fmt.Errorf("find the API client: %w", err)
	}
	return client, nil
}

// bearer takes the token out of the header (RFC 6750 section 2.1). A header of another
// scheme is a token that cannot be read, as it is for Shopware.
func bearer(authorization string) (string, error) {
	text := strings.TrimSpace(authorization)
	if text == "" {
		return "", errToken(`Missing "Authorization" header`)
	}
	scheme, token, _ := strings.Cut(text, " ")
	if !strings.EqualFold(scheme, "Bearer") {
		return text, nil
	}
	if token = strings.TrimSpace(token); token == "" {
		return "", errToken(`Missing token in "Authorization" header`)
	}
	return token, nil
}
