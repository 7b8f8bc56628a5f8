package oauth

import (
	"context"
	"crypto/subtle"
	"encoding/base64"
	"fmt"
	"io"
	"time"

	"github.com/appdock/appdock"
	"github.com/appdock/appdock/protocol"
)

// Server is the authorization server for apps of the SitePack dialect: codes, tokens, and
// who shows one (protocol-oauth.md B). Consent is asked for by the pages; what a person
// decided comes in as a [Decision].
type Server struct {
	Families      Families
	Installations Installations
	Users         Users
	// Key derives tokens: 32 bytes at least, the same on every node of the host.
	Key []byte
	// Hash is how codes, tokens and client secrets are stored: HMAC-SHA256 under the host key.
	Hash   func(secret string) []byte
	Now    func() time.Time
	NewID  func() appdock.ID
	Random io.Reader
}

// Families keeps codes and tokens; each is found by its hash. All methods are one unit of
// work.
type Families interface {
	// App finds an app by its client id, with the grant of now; NotFound if there is none.
	App(ctx context.Context, shop appdock.ShopID, clientID string) (App, error)
	// Add keeps a new code and its family.
	Add(ctx context.Context, c Code) error
	// Redeem has decide look at a code and carries out what it says; NotFound if there is
	// none of that hash. decide may run again.
	Redeem(ctx context.Context, shop appdock.ShopID, hash []byte, decide func(Code) Change) error
	// Renew does the same for a refresh token. next is the hash of the refresh token that
	// would follow it; successor is that one if it was issued, else zero.
	Renew(ctx context.Context, shop appdock.ShopID, hash, next []byte, decide func(t AppToken, f Family, successor AppToken) Change) error
	// Find gives a token with its family and the app of now, as far as tokens need it: who it
	// is, its state, and what it was granted. NotFound if there is none.
	Find(ctx context.Context, shop appdock.ShopID, hash []byte) (AppToken, Family, App, error)
	// End ends a family.
	End(ctx context.Context, shop appdock.ShopID, family appdock.ID, at time.Time) error
	// Forget removes an access token.
	Forget(ctx context.Context, shop appdock.ShopID, hash []byte) error
}

// Installations is told what happens to the tokens of an app.
type Installations interface {
	// Complete finishes an installation whose code was exchanged for the first time, and
	// gives what the app is told once. For one that is complete it changes nothing and
	// gives nothing.
	Complete(ctx context.Context, shop appdock.ShopID, app string) (Completion, error)
	// Reused is told that a code or token of an app was shown twice, and its family ended.
	Reused(ctx context.Context, f Family) error
}

// Completion is what an app is told with its first tokens.
type Completion struct {
	WebhookSecret appdock.Secret // "whsec_" and base64; zero: told before
	ContinueURL   string         // where its browser may go on; empty: told before
}

// Users tells the rights of a user of now; NotFound if the user is gone.
type Users interface {
	User(ctx context.Context, shop appdock.ShopID, user appdock.ID) (appdock.Actor, error)
}

// Decision is what a person, or the operator, accepted.
type Decision struct {
	Shop          appdock.ShopID
	Installation  appdock.ID
	Authorization Authorization
	User          appdock.ID
}

// Code gives the code for what was accepted. It is good for a minute and one exchange.
func (s *Server) Code(ctx context.Context, d Decision) (appdock.Secret, error) {
	random := make([]byte, 32)
	if _, err := io.ReadFull(s.Random, random); err != nil {
		return appdock.Secret{}, fmt.Errorf("make a code: %w", err)
	}
	code := base64.RawURLEncoding.EncodeToString(random)
	err := s.Families.Add(ctx, Code{
		Hash: s.Hash(code),
		Family: Family{
			ID: s.NewID(), Shop: d.Shop, Installation: d.Installation, App: d.Authorization.App, User: d.User, Online: d.Authorization.Online,
		},
		RedirectURI: d.Authorization.RedirectURI,
		Challenge:   d.Authorization.Challenge,
		Scopes:      d.Authorization.Scopes,
		ExpiresAt:   s.Now().Add(codeLifetime),
	})
	if err != nil {
		return appdock.Secret{}, fmt.Errorf("keep a code: %w", err)
	}
	return appdock.NewSecret(code), nil
}

// TokenRequest is a request of POST /oauth/token. Empty members were not sent.
type TokenRequest struct {
	GrantType    string
	ClientID     string
	ClientSecret appdock.Secret
	Code         appdock.Secret
	RedirectURI  string
	Verifier     string
	RefreshToken appdock.Secret
	Scope        string
	Resource     string
}

// Issued is what a client gets; its type is "Bearer".
type Issued struct {
	Access, Refresh                 appdock.Secret // Refresh is zero for an online family
	AccessLifetime, RefreshLifetime time.Duration
	Scopes                          []protocol.Scope
	Installation                    appdock.ID
	Completion
}

// Scope writes the scopes as the wire does.
func (i Issued) Scope() string { return names(i.Scopes) }

// Issue answers a token request. Refusals are *appdock.Error with the code of RFC 6749
// section 5.2. issuer is the shop's base URL.
func (s *Server) Issue(ctx context.Context, shop appdock.Shop, r TokenRequest) (Issued, error) {
	app, err := s.client(ctx, shop.ID, r.ClientID, r.ClientSecret)
	switch {
	case err != nil:
		return Issued{}, err
	case app.Blocked || !app.Active && app.State != Pending:
		return Issued{}, refusal("unauthorized_client", "the app may get no tokens")
	case r.Resource != "" && r.Resource != shop.URL:
		return Issued{}, refusal("invalid_target", "resource is the base URL of the shop")
	}
	switch r.GrantType {
	case "authorization_code":
		return s.exchange(ctx, shop.ID, app, r)
	case "refresh_token":
		return s.renew(ctx, shop.ID, app, r)
	case "":
		return Issued{}, errRequest("the parameter grant_type is missing")
	}
	return Issued{}, refusal("unsupported_grant_type", "grant_type is authorization_code or refresh_token")
}

// client finds and authenticates a client. One without a secret may go on: what it shows
// must then be bound to it otherwise, by PKCE or by a family that began so.
func (s *Server) client(ctx context.Context, shop appdock.ShopID, id string, secret appdock.Secret) (App, error) {
	if id == "" {
		return App{}, errRequest("the client does not say who it is")
	}
	app, err := s.Families.App(ctx, shop, id)
	unknown := appdock.KindOf(err) == appdock.NotFound
	if err != nil && !unknown {
		return App{}, fmt.Errorf("find the app: %w", err)
	}
	// An unknown client is hashed and compared as well: the time of the answer does not
	// tell whether an app is installed.
	same := subtle.ConstantTimeCompare(s.Hash(secret.Reveal()), app.SecretHash) == 1
	if unknown || !secret.IsZero() && !same {
		return App{}, errUnknownClient()
	}
	return app, nil
}

func (s *Server) exchange(ctx context.Context, shop appdock.ShopID, app App, r TokenRequest) (Issued, error) {
	switch {
	case r.Code.IsZero():
		return Issued{}, errRequest("the parameter code is missing")
	case r.RedirectURI == "":
		return Issued{}, errRequest("the parameter redirect_uri is missing")
	case r.Verifier != "" && !isVerifier(r.Verifier):
		return Issued{}, errRequest("code_verifier is 43 to 128 letters, digits and - . _ ~")
	}
	var (
		change  Change
		refused *appdock.Error
		family  Family
		issued  Issued
	)
	err := s.Families.Redeem(ctx, shop, s.Hash(r.Code.Reveal()), func(c Code) Change {
		now := s.Now()
		change, refused = c.exchange(r, now)
		if family = c.Family; refused == nil {
			family.StartedAt = now
			issued, change.Add = s.pair(r.Code, family, c.Scopes, now)
		}
		return change
	})
	if appdock.KindOf(err) == appdock.NotFound {
		return Issued{}, errGrant("the code is unknown")
	}
	if err := s.settle(ctx, err, change, family, refused); err != nil {
		return Issued{}, err
	}
	issued.Installation = family.Installation
	if issued.Completion, err = s.Installations.Complete(ctx, shop, app.Name); err != nil {
		// Tokens of an app that is not there would be worth nothing, and the code is spent:
		// the app begins anew.
		if end := s.Families.End(ctx, shop, family.ID, s.Now()); end != nil {
			return Issued{}, fmt.Errorf("end the tokens of an installation that failed: %w", end)
		}
		return Issued{}, fmt.Errorf("complete the installation: %w", err)
	}
	return issued, nil
}

func (s *Server) renew(ctx context.Context, shop appdock.ShopID, app App, r TokenRequest) (Issued, error) {
	if r.RefreshToken.IsZero() {
		return Issued{}, errRequest("the parameter refresh_token is missing")
	}
	asked, refused := readScopes(r.Scope, app.Granted)
	if refused != nil {
		return Issued{}, refused
	}
	shown := r.RefreshToken.Reveal()
	if !looksLike(shown, refreshPrefix) {
		return Issued{}, errGrant("the refresh token is unknown")
	}
	var (
		change Change
		family Family
		issued Issued
	)
	err := s.Families.Renew(ctx, shop, s.Hash(shown), s.Hash(derive(s.Key, refreshPrefix, shown)), func(t AppToken, f Family, successor AppToken) Change {
		now := s.Now()
		scopes := t.Scopes
		if r.Scope != "" {
			scopes = asked
		}
		var repeat bool
		change, repeat, refused = t.refresh(f, successor, r, now)
		family = f
		switch {
		case refused != nil:
		case repeat:
			issued, _ = s.pair(r.RefreshToken, f, successor.Scopes, t.UsedAt)
			issued.AccessLifetime -= now.Sub(t.UsedAt)
			issued.RefreshLifetime -= now.Sub(t.UsedAt)
		default:
			issued, change.Add = s.pair(r.RefreshToken, f, still(scopes, app), now)
		}
		return change
	})
	if appdock.KindOf(err) == appdock.NotFound {
		return Issued{}, errGrant("the refresh token is unknown")
	}
	if err := s.settle(ctx, err, change, family, refused); err != nil {
		return Issued{}, err
	}
	issued.Installation = family.Installation
	return issued, nil
}

// settle says what became of a code or token that was shown: err of the store, or what was
// decided. That a family ended is told to those who can warn people.
func (s *Server) settle(ctx context.Context, err error, decided Change, f Family, refused *appdock.Error) error {
	if err != nil {
		return fmt.Errorf("use what the app shows: %w", err)
	}
	if decided.End {
		if err := s.Installations.Reused(ctx, f); err != nil {
			return fmt.Errorf("tell of a token that was shown twice: %w", err)
		}
	}
	if refused != nil {
		return refused
	}
	return nil
}

// pair makes the tokens that follow what was shown.
func (s *Server) pair(shown appdock.Secret, f Family, scopes []protocol.Scope, now time.Time) (Issued, []AppToken) {
	access := derive(s.Key, accessPrefix, shown.Reveal())
	issued := Issued{Access: appdock.NewSecret(access), AccessLifetime: accessLifetime, Scopes: scopes}
	tokens := []AppToken{{Hash: s.Hash(access), Kind: Access, Family: f.ID, Scopes: scopes, IssuedAt: now, ExpiresAt: now.Add(accessLifetime)}}
	if f.Online {
		return issued, tokens
	}
	refresh := derive(s.Key, refreshPrefix, shown.Reveal())
	issued.Refresh = appdock.NewSecret(refresh)
	issued.RefreshLifetime = min(refreshLifetime, f.StartedAt.Add(familyLifetime).Sub(now))
	return issued, append(tokens, AppToken{
		Hash: s.Hash(refresh), Kind: Refresh, Family: f.ID, Scopes: scopes, IssuedAt: now, ExpiresAt: now.Add(issued.RefreshLifetime),
	})
}
