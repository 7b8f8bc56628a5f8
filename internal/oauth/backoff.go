package oauth

import (
	"context"
	"fmt"
	"strings"

	"github.com/appdock/appdock"
)

// Backoffs keeps who asked for tokens in vain, so that a restart forgives nobody.
type Backoffs interface {
	// Backoff gives what is kept of somebody; zero if that is nothing.
	Backoff(ctx context.Context, shop appdock.ShopID, who string) (appdock.Backoff, error)
	// ChangeBackoff replaces what is kept by what next makes of it, in one step; the zero one
	// is forgotten. An error of next comes back, and nothing is changed.
	ChangeBackoff(ctx context.Context, shop appdock.ShopID, who string, next func(appdock.Backoff) (appdock.Backoff, error)) error
}

// codeThrottled is that of requests that come too fast after failures.
const codeThrottled = "FRAMEWORK__AUTH_THROTTLED"

// Issue gives a token for the credentials of a client, for those of a person, or for a refresh
// token. What is wrong with the request is an [*appdock.Error] whose code, message and cause are the code, title
// and detail of protocol-oauth.md A.
//
// Whoever asks in vain again and again has to wait longer and longer (protocol-admin.md
// 3.1); a token ends that. What is counted are the failures, once they are known: a client
// that asks for many tokens at the same time, as one does whose processes share none, is
// never slowed down, and good requests write nothing.
func (s *Service) Issue(ctx context.Context, shop appdock.ShopID, r Request) (Token, error) {
	who := "token " + strings.ToLower(named(r)) + "-" + r.From
	b, err := s.Backoffs.Backoff(ctx, shop, who)
	if err != nil {
		return Token{}, fmt.Errorf("look for failed requests: %w", err)
	}
	if _, err := s.attempt(b); err != nil {
		return Token{}, err
	}
	token, err := s.issue(ctx, shop, r)
	var then error
	switch kind := appdock.KindOf(err); {
	case err == nil && b.Count > 0:
		then = s.Backoffs.ChangeBackoff(ctx, shop, who, func(appdock.Backoff) (appdock.Backoff, error) { return appdock.Backoff{}, nil })
	case err != nil && (kind == appdock.Invalid || kind == appdock.Unauthenticated):
		then = s.Backoffs.ChangeBackoff(ctx, shop, who, s.attempt)
	}
	switch {
	case appdock.KindOf(then) == appdock.Throttled && then != nil:
		return Token{}, then // others failed at the same time: it is not told whether this one would have
	case then != nil:
		return Token{}, fmt.Errorf("count failed requests: %w", then)
	}
	return token, err
}

// named is the name that a request tries a password for; empty: it tries none.
func named(r Request) string {
	const longest = 64 // of a name
	if r.GrantType != "password" || len(r.Username) > longest {
		return ""
	}
	return r.Username
}

// attempt is one more failure, or the refusal of it.
func (s *Service) attempt(b appdock.Backoff) (appdock.Backoff, error) {
	next, wait := b.Next(s.Now())
	if wait > 0 {
		return b, appdock.TooOften(codeThrottled, "Auth", wait)
	}
	return next, nil
}
