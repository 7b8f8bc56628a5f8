package oauth_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/appdock/appdock"
	"github.com/appdock/appdock/internal/oauth"
)

// backoffs are kept in memory.
type backoffs struct {
	kept    map[string]appdock.Backoff
	changes int
	busy    func() // runs before each change, as another request at the same time
}

func (b *backoffs) Backoff(_ context.Context, shop appdock.ShopID, who string) (appdock.Backoff, error) {
	return b.kept[string(shop)+who], nil
}

func (b *backoffs) ChangeBackoff(_ context.Context, shop appdock.ShopID, who string, next func(appdock.Backoff) (appdock.Backoff, error)) error {
	if b.busy != nil {
		b.busy()
	}
	b.changes++
	kept, err := next(b.kept[string(shop)+who])
	if err == nil {
		b.kept[string(shop)+who] = kept
	}
	return err
}

// TestGuessingIsSlow walks the first steps of the ladder; [appdock.Backoff] has them all.
func TestGuessingIsSlow(t *testing.T) {
	t.Parallel()
	h := newHost()
	good, bad := right(), request(accessKey, "wrong")
	good.From, bad.From = "192.0.2.1", "192.0.2.1"
	ask := func(r oauth.Request) string {
		_, err := h.Issue(t.Context(), shop, r)
		return appdock.CodeOf(err)
	}
	for n := range 10 {
		if code := ask(bad); code != "4" {
			t.Fatalf("guess %d: got %q, want it to be judged", n, code)
		}
	}
	_, err := h.Issue(t.Context(), shop, good)
	e, ok := errors.AsType[*appdock.Error](err)
	if !ok || e.Kind != appdock.Throttled || e.Code != "FRAMEWORK__AUTH_THROTTLED" ||
		e.Message != "Auth throttled for 10 seconds." || e.Params[0].Value != int64(10) {
		t.Fatalf("the eleventh, a good one: got %v, want it to wait for 10 seconds", err)
	}
	other := good
	other.From = "192.0.2.2"
	if code := ask(other); code != "" {
		t.Errorf("from another address: got %q, want a token", code)
	}
	h.now = h.now.Add(10 * time.Second)
	if code := ask(bad); code != "4" {
		t.Errorf("after the wait: got %q, want it to be judged", code)
	}
	h.now = h.now.Add(10 * time.Second)
	if code := ask(good); code != "" {
		t.Errorf("a good one after the wait: got %q, want a token", code)
	}
	for n := range 10 {
		if code := ask(bad); code != "4" {
			t.Fatalf("guess %d after a token: got %q, want all to be forgiven", n, code)
		}
	}
}

func TestGoodRequestsCountNothing(t *testing.T) {
	t.Parallel()
	h := newHost()
	kept := &backoffs{kept: map[string]appdock.Backoff{}}
	h.Backoffs = kept
	for range 30 {
		h.token(t)
	}
	if kept.changes != 0 {
		t.Errorf("%d changes were written for requests that got tokens", kept.changes)
	}
	h.clients.err = errors.New("disk on fire")
	if _, err := h.Issue(t.Context(), shop, right()); err == nil || kept.changes != 0 {
		t.Errorf("a failure of the host: %v, %d changes; want it not to count", err, kept.changes)
	}
}

// TestGuessesAtTheSameTime lets other guesses in between a guess and its count.
func TestGuessesAtTheSameTime(t *testing.T) {
	t.Parallel()
	h := newHost()
	kept := &backoffs{kept: map[string]appdock.Backoff{}}
	kept.busy = func() {
		kept.kept[string(shop)+"token -"] = appdock.Backoff{Count: 10, Last: h.now}
	}
	h.Backoffs = kept
	_, err := h.Issue(t.Context(), shop, request(accessKey, "wrong"))
	if appdock.KindOf(err) != appdock.Throttled {
		t.Errorf("got %v, want the wait and no verdict on the secret", err)
	}
}
