package oauth

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/golang-jwt/jwt/v5"
)

// claims of an access token (protocol-oauth.md A).
type claims struct {
	Audience string           `json:"aud"` // the client id
	ID       string           `json:"jti"`
	IssuedAt *jwt.NumericDate `json:"iat"`
	From     *jwt.NumericDate `json:"nbf"`
	Until    *jwt.NumericDate `json:"exp"`
	Subject  string           `json:"sub"` // the user; empty: none
	Scopes   []string         `json:"scopes"`
	// Credentials names the credentials that the token was given for. iat counts whole
	// seconds, and so cannot tell whether the token or a change of the credentials came
	// first within one.
	Credentials string `json:"credentials"`
}

func (c claims) GetExpirationTime() (*jwt.NumericDate, error) { return c.Until, nil }
func (c claims) GetIssuedAt() (*jwt.NumericDate, error)       { return c.IssuedAt, nil }
func (c claims) GetNotBefore() (*jwt.NumericDate, error)      { return c.From, nil }
func (c claims) GetIssuer() (string, error)                   { return "", nil }
func (c claims) GetSubject() (string, error)                  { return c.Subject, nil }
func (c claims) GetAudience() (jwt.ClaimStrings, error)       { return jwt.ClaimStrings{c.Audience}, nil }

func (s *Service) sign(clientID string, client Client) (string, error) {
	return s.signed(claims{Audience: clientID, ID: s.NewID().String(), Scopes: []string{scopeWrite}, Credentials: s.stamp(client)})
}

// signed is a token that is good from now on.
func (s *Service) signed(c claims) (string, error) {
	now := s.Now()
	c.IssuedAt, c.From, c.Until = jwt.NewNumericDate(now), jwt.NewNumericDate(now), jwt.NewNumericDate(now.Add(lifetime))
	return jwt.NewWithClaims(jwt.SigningMethodHS256, c).SignedString(s.Key)
}

// verify reads a token that this host signed and that is still valid. The algorithm is
// ours, whatever the token says.
func (s *Service) verify(token string) (claims, error) {
	if strings.Count(token, ".") != 2 {
		return claims{}, errToken("The JWT string must have two dots")
	}
	key := sha256.Sum256([]byte(token))
	if c, ok := s.verified.get(key, s.Now()); ok {
		return c, nil
	}
	var c claims
	_, err := jwt.ParseWithClaims(token, &c,
		func(*jwt.Token) (any, error) { return s.Key, nil },
		jwt.WithValidMethods([]string{jwt.SigningMethodHS256.Alg()}),
		jwt.WithStrictDecoding(), jwt.WithExpirationRequired(), jwt.WithTimeFunc(s.Now))
	switch {
	case errors.Is(err, jwt.ErrTokenMalformed):
		return claims{}, errToken("The JWT string cannot be decoded")
	case err != nil:
		return claims{}, errToken("Access token could not be verified")
	}
	s.verified.put(key, c)
	return c, nil
}

// maxVerified bounds how many tokens are remembered: of a client that takes one for each
// request, those of the last seconds.
const maxVerified = 1000

// verified remembers what tokens say that this host has verified, by their hashes: reading one
// again and again is a twentieth of a short request. Whose they are and what they are good for
// is asked each time.
type verified struct {
	mu    sync.Mutex
	known map[[sha256.Size]byte]claims
}

// get gives the claims of a token that was verified and that is good now.
func (v *verified) get(key [sha256.Size]byte, now time.Time) (claims, bool) {
	v.mu.Lock()
	defer v.mu.Unlock()
	c, ok := v.known[key]
	return c, ok && now.Before(c.Until.Time) && (c.From == nil || !now.Before(c.From.Time)) && (c.IssuedAt == nil || !now.Before(c.IssuedAt.Time))
}

func (v *verified) put(key [sha256.Size]byte, c claims) {
	v.mu.Lock()
	defer v.mu.Unlock()
	if v.known == nil || len(v.known) >= maxVerified {
		v.known = map[[sha256.Size]byte]claims{}
	}
	v.known[key] = c
}

// stamp names a client's credentials of now: it changes whenever they do.
func (s *Service) stamp(client Client) string {
	mac := hmac.New(sha256.New, s.Key)
	mac.Write([]byte("credentials " + strconv.FormatInt(client.ChangedAt.UnixNano(), 10) + " "))
	mac.Write(client.SecretHash)
	return hex.EncodeToString(mac.Sum(nil)[:16])
}
