package oauth

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/appdock/appdock"
	"github.com/appdock/appdock/protocol"
)

// Bearer is who shows an access token, with the rights of now.
type Bearer struct {
	Actor     appdock.Actor
	App       App
	Scopes    []protocol.Scope // of the token, as far as they are still granted and its user has all that they stand for
	ExpiresAt time.Time
}

// Has reports whether the token has a scope, or one that implies it.
func (b Bearer) Has(s protocol.Scope) bool { return covers(b.Scopes, s) }

// Bearer tells who shows a token; authorization is the header as it came. A dead token is
// Unauthenticated with invalid_token or token_expired, a deactivated app Refused with
// app_inactive (rest-api-sitepack.md 2 and 10).
func (s *Server) Bearer(ctx context.Context, shop appdock.ShopID, authorization string) (Bearer, error) {
	scheme, shown, _ := strings.Cut(strings.TrimSpace(authorization), " ")
	shown = strings.TrimSpace(shown)
	if !strings.EqualFold(scheme, "Bearer") || !looksLike(shown, accessPrefix) {
		return Bearer{}, errBearer("invalid_token", "There is no access token in the request.")
	}
	token, family, app, err := s.Families.Find(ctx, shop, s.Hash(shown))
	switch {
	case appdock.KindOf(err) == appdock.NotFound:
		return Bearer{}, errBearer("invalid_token", "The access token is unknown or was revoked.")
	case err != nil:
		return Bearer{}, fmt.Errorf("find the access token: %w", err)
	case token.Kind != Access || !family.EndedAt.IsZero():
		return Bearer{}, errBearer("invalid_token", "The access token is unknown or was revoked.")
	case !s.Now().Before(token.ExpiresAt):
		return Bearer{}, errBearer("token_expired", "The access token is expired.")
	case !app.Active || app.Blocked:
		return Bearer{}, &appdock.Error{
			Kind: appdock.Refused, Code: "app_inactive",
			Message: "The app is deactivated in this shop.",
			Cure:    "Ask the merchant to activate it.",
		}
	}
	b := Bearer{App: app, Scopes: still(token.Scopes, app), ExpiresAt: token.ExpiresAt}
	b.Actor = appdock.Actor{Shop: shop, Installation: app.Installation, Privileges: app.Rights(token.Scopes)}
	if !family.Online {
		return b, nil
	}
	user, err := s.Users.User(ctx, shop, family.User)
	if appdock.KindOf(err) == appdock.NotFound {
		return Bearer{}, errBearer("invalid_token", "The user that the token was bound to is gone.")
	}
	if err != nil {
		return Bearer{}, fmt.Errorf("find the user of an access token: %w", err)
	}
	b.Actor.User = user.User
	if !user.Everything {
		b.Actor.Privileges = slices.DeleteFunc(slices.Clone(b.Actor.Privileges), func(p appdock.Privilege) bool { return !user.Privileges.Has(p) })
		// What is asked by scopes alone must not show more than the user may see.
		b.Scopes = slices.DeleteFunc(slices.Clone(b.Scopes), func(scope protocol.Scope) bool {
			return slices.ContainsFunc(scope.Privileges(), func(p string) bool { return !user.Privileges.Has(appdock.Privilege(p)) })
		})
	}
	return b, nil
}

// ClientProof is who asks at the endpoints for revocation and introspection.
type ClientProof struct {
	ClientID string
	Secret   appdock.Secret
}

// Revoke ends what a token is good for: a refresh token ends its family, an access token
// itself alone (RFC 7009, protocol-oauth.md B.6). A token that is unknown or of another app
// is no failure.
func (s *Server) Revoke(ctx context.Context, shop appdock.ShopID, proof ClientProof, shown appdock.Secret) error {
	token, family, _, ok, err := s.own(ctx, shop, proof, shown)
	switch {
	case err != nil || !ok:
		return err
	case token.Kind == Refresh:
		return s.Families.End(ctx, shop, family.ID, s.Now())
	}
	return s.Families.Forget(ctx, shop, token.Hash)
}

// Introspection is what a client may know of its own token; Active false says nothing else
// (RFC 7662 section 2.2).
type Introspection struct {
	Active       bool
	Scopes       []protocol.Scope
	ClientID     string
	Kind         TokenKind
	ExpiresAt    time.Time
	IssuedAt     time.Time
	User         appdock.ID // zero: the token acts for the app
	Installation appdock.ID
}

// Scope writes the scopes as the wire does.
func (i Introspection) Scope() string { return names(i.Scopes) }

// Introspect tells a client about one of its own tokens.
func (s *Server) Introspect(ctx context.Context, shop appdock.ShopID, proof ClientProof, shown appdock.Secret) (Introspection, error) {
	token, family, app, ok, err := s.own(ctx, shop, proof, shown)
	if err != nil || !ok {
		return Introspection{}, err
	}
	if !family.EndedAt.IsZero() || !token.UsedAt.IsZero() || !s.Now().Before(token.ExpiresAt) || !app.Active || app.Blocked {
		return Introspection{}, nil
	}
	i := Introspection{
		Active: true, Scopes: still(token.Scopes, app), ClientID: app.Name, Kind: token.Kind,
		ExpiresAt: token.ExpiresAt, IssuedAt: token.IssuedAt, Installation: app.Installation,
	}
	if family.Online {
		i.User = family.User
	}
	return i, nil
}

// own finds a token of the client that asks; ok is false if there is none.
func (s *Server) own(ctx context.Context, shop appdock.ShopID, proof ClientProof, shown appdock.Secret) (AppToken, Family, App, bool, error) {
	app, err := s.client(ctx, shop, proof.ClientID, proof.Secret)
	if err != nil {
		return AppToken{}, Family{}, App{}, false, err
	}
	text := shown.Reveal()
	if text == "" {
		return AppToken{}, Family{}, App{}, false, errRequest("the parameter token is missing")
	}
	if !looksLike(text, accessPrefix) && !looksLike(text, refreshPrefix) {
		return AppToken{}, Family{}, App{}, false, nil
	}
	token, family, _, err := s.Families.Find(ctx, shop, s.Hash(text))
	if appdock.KindOf(err) == appdock.NotFound {
		return AppToken{}, Family{}, App{}, false, nil
	}
	if err != nil {
		return AppToken{}, Family{}, App{}, false, fmt.Errorf("find the token: %w", err)
	}
	// A family that began with the client secret obeys its holder alone.
	mine := family.App == proof.ClientID && (!family.Confidential || !proof.Secret.IsZero())
	return token, family, app, mine, nil
}
