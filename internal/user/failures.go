package user

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/appdock/appdock"
)

// Failures are the log-ins that failed under one key, one after the other.
type Failures struct {
	Count int
	Last  time.Time
}

const (
	// forgotten is when failures no longer count.
	forgotten = 24 * time.Hour
	// faded is how long it takes until one less counts: people who share an address mistype
	// now and then, and none of them is forgiven what the others did.
	faded = time.Hour
)

// waits is how long the next log-in has to wait after so many failures: the first five cost
// nothing, since people mistype, and the rest makes guessing slow without locking anybody
// out for good.
var waits = []struct {
	from int
	wait time.Duration
}{{30, 15 * time.Minute}, {20, 5 * time.Minute}, {15, time.Minute}, {10, 30 * time.Second}, {5, 10 * time.Second}}

// Wait is how long a log-in has to wait still; zero or less: not at all.
func (f Failures) Wait(now time.Time) time.Duration {
	if now.Sub(f.Last) >= forgotten {
		return 0
	}
	for _, step := range waits {
		if f.Count >= step.from {
			return step.wait - now.Sub(f.Last)
		}
	}
	return 0
}

// again counts one more at now.
func (f Failures) again(now time.Time) Failures {
	since := now.Sub(f.Last)
	if f.Count -= max(0, int(since/faded)); f.Count < 0 || since >= forgotten {
		f.Count = 0
	}
	return Failures{Count: f.Count + 1, Last: now}
}

// admit counts a log-in as failed before its password is looked at, so that many at the
// same time do not get more tries than one after the other; forgive takes it back. before is
// what the address had.
func (s *Service) admit(ctx context.Context, shop appdock.ShopID, account, address []byte) (before Failures, err error) {
	now := s.Now()
	for _, key := range [][]byte{account, address} {
		var wait time.Duration
		err := s.Attempts.Attempt(ctx, shop, key, func(f Failures) Failures {
			before = f
			if wait = f.Wait(now); wait > 0 {
				return f
			}
			return f.again(now)
		})
		if err != nil {
			return Failures{}, fmt.Errorf("count the log-in: %w", err)
		}
		if wait > 0 {
			return Failures{}, errThrottled(wait)
		}
	}
	return before, nil
}

// forgive takes back what admit counted, and all that failed at the account. What failed at
// others from the address stays: one good account must not pay for guesses at many.
func (s *Service) forgive(ctx context.Context, shop appdock.ShopID, account, address []byte, before Failures) error {
	err := s.Attempts.Attempt(ctx, shop, account, func(Failures) Failures { return Failures{} })
	if err == nil {
		err = s.Attempts.Attempt(ctx, shop, address, func(f Failures) Failures {
			switch f.Count--; {
			case f.Count <= 0:
				return Failures{}
			case f.Count == before.Count: // nobody else failed meanwhile
				f.Last = before.Last
			}
			return f
		})
	}
	if err != nil {
		return fmt.Errorf("forget failed log-ins: %w", err)
	}
	return nil
}

// fold is the form in which names are compared.
func fold(name string) string { return strings.ToLower(name) }

func errThrottled(wait time.Duration) *appdock.Error {
	seconds := max(1, int64((wait+time.Second-1)/time.Second))
	return &appdock.Error{
		Kind: appdock.Throttled, Code: "ADK-LOGIN-THROTTLED",
		Message: "Too many log-ins failed",
		Cause:   fmt.Sprintf("the next one is possible in %d seconds", seconds),
		Cure:    "Wait, then try again. Whoever forgot the password asks the operator for a new link: appdock user invite.",
		Params:  []appdock.Param{{Name: "seconds", Value: seconds}},
	}
}

func errLogIn() *appdock.Error {
	return &appdock.Error{
		Kind: appdock.Unauthenticated, Code: "ADK-LOGIN-FAILED",
		Message: "The name or the password is wrong",
		Cure:    "Try again. Whoever forgot the password asks the operator for a new link: appdock user invite.",
	}
}

func errSession() *appdock.Error {
	return &appdock.Error{
		Kind: appdock.Unauthenticated, Code: "ADK-LOGIN-NEEDED",
		Message: "Nobody is logged in", Cure: "Log in.",
	}
}

func errInvitation() *appdock.Error {
	return &appdock.Error{
		Kind: appdock.Refused, Code: "ADK-INVITATION-DEAD",
		Message: "This link is good no more",
		Cause:   "it was used, replaced by a newer one, or is older than a day",
		Cure:    "Ask the operator for a new one: appdock user invite.",
	}
}
