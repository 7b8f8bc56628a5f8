package oauth

import (
	"crypto/hmac"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"slices"
	"strings"
	"time"

	"github.com/appdock/appdock"
	"github.com/appdock/appdock/protocol"
)

// How long things are good for (protocol-oauth.md B.3 and B.5).
const (
	codeLifetime    = 60 * time.Second
	accessLifetime  = time.Hour
	refreshLifetime = 90 * 24 * time.Hour  // from its making: it slides
	familyLifetime  = 365 * 24 * time.Hour // from the exchange of the code
	onlineLifetime  = 24 * time.Hour       // of a family that is bound to a user
	// grace is how long a refresh token that was used gives the same pair again: the answer
	// may have been lost on its way.
	grace = 10 * time.Second
)

// Family is all that descends from one consent: a code, and then its tokens. It ends as a
// whole.
type Family struct {
	ID           appdock.ID
	Shop         appdock.ShopID
	Installation appdock.ID
	App          string     // client_id
	User         appdock.ID // who consented
	// Online families are bound to their user: they have that user's rights at most, no
	// refresh token, and end with the day.
	Online bool
	// Confidential families began with the client secret, and go on with it alone.
	Confidential bool
	StartedAt    time.Time // of the exchange; zero: its code is still out
	EndedAt      time.Time // nothing of it is good after that; zero: it lives
}

// Code is an authorization code as it is kept.
type Code struct {
	Hash        []byte
	Family      Family
	RedirectURI string
	Challenge   string // empty: the host began, and the client secret is needed
	Scopes      []protocol.Scope
	ExpiresAt   time.Time
	UsedAt      time.Time // zero: not yet
}

// AppToken is an access or refresh token as it is kept.
type AppToken struct {
	Hash      []byte
	Kind      TokenKind
	Family    appdock.ID
	Scopes    []protocol.Scope
	IssuedAt  time.Time
	ExpiresAt time.Time
	UsedAt    time.Time // of a refresh token; zero: not yet
}

// TokenKind tells what a token is shown for.
type TokenKind string

// The kinds of tokens, as they are named on the wire.
const (
	Access  TokenKind = "access_token"
	Refresh TokenKind = "refresh_token"
)

// Change is what a code or a refresh token that was shown leads to. A store carries it out
// in the unit of work that read it.
type Change struct {
	// Use marks what was shown as used at At, and starts the family if it was a code.
	Use          bool
	At           time.Time
	Confidential bool
	// Add are the tokens that are issued for it.
	Add []AppToken
	// End ends the family at At: something of it was shown twice.
	End bool
}

// exchange decides on a code that was shown (protocol-oauth.md B.5, RFC 6749 section
// 4.1.3). A code that was used before ends its family: somebody has it who should not.
func (c Code) exchange(r TokenRequest, now time.Time) (Change, *appdock.Error) {
	switch {
	case c.Family.App != r.ClientID:
		return Change{}, errGrant("the code is unknown")
	case !c.UsedAt.IsZero():
		return Change{End: true, At: now}, errGrant("the code was used before: all that was issued for it is revoked")
	case !c.Family.EndedAt.IsZero():
		return Change{}, errGrant("the code was revoked")
	case !now.Before(c.ExpiresAt):
		return Change{}, errGrant("the code is expired")
	case c.RedirectURI != r.RedirectURI:
		return Change{}, errGrant("the redirect_uri is not that of the authorization")
	case c.Challenge == "" && r.ClientSecret.IsZero():
		return Change{}, errGrant("a code that the host began with needs the client secret")
	case c.Challenge == "" && r.Verifier != "":
		return Change{}, errGrant("the code was asked for without a challenge")
	case c.Challenge != "" && !solves(r.Verifier, c.Challenge):
		return Change{}, errGrant("the code_verifier does not solve the challenge")
	}
	return Change{Use: true, At: now, Confidential: !r.ClientSecret.IsZero()}, nil
}

// solves reports whether a verifier is that of an S256 challenge (RFC 7636 section 4.6).
func solves(verifier, challenge string) bool {
	if !isVerifier(verifier) {
		return false
	}
	sum := sha256.Sum256([]byte(verifier))
	return subtle.ConstantTimeCompare([]byte(base64.RawURLEncoding.EncodeToString(sum[:])), []byte(challenge)) == 1
}

// refresh decides on a refresh token that was shown; successor is the one that was issued
// for it, zero if there is none. repeat says that the pair of before is given again.
func (t AppToken) refresh(f Family, successor AppToken, r TokenRequest, now time.Time) (change Change, repeat bool, refused *appdock.Error) {
	switch {
	case t.Kind != Refresh || f.App != r.ClientID:
		return Change{}, false, errGrant("the refresh token is unknown")
	case !f.EndedAt.IsZero():
		return Change{}, false, errGrant("the refresh token was revoked")
	case f.Confidential && r.ClientSecret.IsZero():
		return Change{}, false, errUnknownClient()
	case t.UsedAt.IsZero() && !now.Before(t.ExpiresAt):
		return Change{}, false, errGrant("the refresh token is expired")
	case t.UsedAt.IsZero():
		return Change{Use: true, At: now}, false, nil
	case now.Sub(t.UsedAt) <= grace && successor.Kind == Refresh && successor.UsedAt.IsZero():
		return Change{}, true, nil
	}
	return Change{End: true, At: now}, false, errGrant("the refresh token was used before: all tokens of its family are revoked")
}

// The prefixes let a leaked token be found by tools that look for them.
const (
	accessPrefix  = "adk_at_"
	refreshPrefix = "adk_rt_"
	secretLength  = 43 // base64url of 32 bytes
)

// derive makes the token that follows a shown code or refresh token. It follows from what
// was shown and the host's key, so that the same one can be given again without being kept
// in the clear anywhere.
func derive(key []byte, prefix, shown string) string {
	mac := hmac.New(sha256.New, key)
	mac.Write([]byte(prefix + "follows " + shown))
	return prefix + base64.RawURLEncoding.EncodeToString(mac.Sum(nil))
}

// looksLike reports whether a text can be a token of a kind at all, so that nothing else is
// looked up.
func looksLike(text, prefix string) bool {
	rest, ok := strings.CutPrefix(text, prefix)
	return ok && len(rest) == secretLength
}

// still are those of scopes that the grant covers.
func still(scopes []protocol.Scope, app App) []protocol.Scope {
	return slices.DeleteFunc(slices.Clone(scopes), func(s protocol.Scope) bool { return !app.grants(s) })
}

// names writes scopes as they stand on the wire.
func names(scopes []protocol.Scope) string {
	list := make([]string, len(scopes))
	for i, s := range scopes {
		list[i] = s.String()
	}
	return strings.Join(list, " ")
}
