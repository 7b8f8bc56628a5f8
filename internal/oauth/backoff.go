package oauth

import (
	"context"
	"errors"
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
// never slowed down, and good requests write nothing. A password can be guessed, and is
// counted before it is looked at.
func (s *Service) Issue(ctx context.Context, shop appdock.ShopID, r Request) (Token, error) {
	who := "token " + strings.ToLower(named(r)) + "-" + r.From
	if r.GrantType == grantPassword {
		return s.issueGuarded(ctx, shop, r, who, "passwords from "+r.From)
	}
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

// issueGuarded gives a token for a password. It counts as wrong before it is looked at, so that
// many at the same time get no more tries than one after the other. What counts is the name at
// the address, so that nobody keeps the owner out from elsewhere. The address climbs a ladder of
// its own besides, against one password for many names: a token takes back what was counted for
// its own name, and so one good account forgives no guesses at others.
func (s *Service) issueGuarded(ctx context.Context, shop appdock.ShopID, r Request, name, address string) (Token, error) {
	both := []string{name, address}
	for _, who := range both { // neither counts what the other one refuses
		b, err := s.Backoffs.Backoff(ctx, shop, who)
		if err != nil {
			return Token{}, fmt.Errorf("look for failed requests: %w", err)
		}
		if _, err := s.attempt(b); err != nil {
			return Token{}, err
		}
	}
	tries := 0 // for this name, with this one
	for _, who := range both {
		err := s.Backoffs.ChangeBackoff(ctx, shop, who, func(b appdock.Backoff) (appdock.Backoff, error) {
			next, err := s.attempt(b)
			if who == name {
				tries = next.Count
			}
			return next, err
		})
		switch {
		case appdock.KindOf(err) == appdock.Throttled && err != nil:
			return Token{}, err
		case err != nil:
			return Token{}, fmt.Errorf("count the request: %w", err)
		}
	}
	token, err := s.issue(ctx, shop, r)
	if kind := appdock.KindOf(err); err != nil {
		if kind == appdock.Invalid || kind == appdock.Unauthenticated {
			return Token{}, err
		}
		tries = 1 // the host failed: whether the password is right is not known
	}
	for _, who := range both {
		then := s.Backoffs.ChangeBackoff(ctx, shop, who, func(b appdock.Backoff) (appdock.Backoff, error) {
			if b.Count -= tries; b.Count <= 0 {
				return appdock.Backoff{}, nil
			}
			return b, nil
		})
		if then != nil {
			return Token{}, errors.Join(err, fmt.Errorf("forget failed requests: %w", then))
		}
	}
	return token, err
}

// named is the name that a request tries a password for; empty: it tries none.
func named(r Request) string {
	const longest = 64 // of a name
	if r.GrantType != grantPassword || len(r.Username) > longest {
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
