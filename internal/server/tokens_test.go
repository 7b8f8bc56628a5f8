package server

import (
	"context"
	"testing"
	"time"

	"github.com/appdock/appdock"
)

// facts is a store that remembers one fact.
type facts struct{ value string }

func (f *facts) Fact(context.Context, string) (string, error) { return f.value, nil }

func (f *facts) SetFact(_ context.Context, _, value string) error {
	f.value = value
	return nil
}

func TestTokenIsGoodUntilItsTime(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 1, 31, 12, 0, 0, 0, time.UTC)
	tokens := operatorTokens{store: &facts{}, hash: func(s string) []byte { return []byte("hash of " + s) }, now: func() time.Time { return now }}
	err := tokens.change(t.Context(), func([]operatorToken) ([]operatorToken, error) {
		return []operatorToken{
			{ID: "1", Label: "short", Hash: tokens.hash("a"), ExpiresAt: now.Add(time.Hour)},
			{ID: "2", Label: "long", Hash: tokens.hash("b")},
		}, nil
	})
	if err != nil {
		t.Fatal(err)
	}
	takes := func(shown, want string) {
		t.Helper()
		o, err := tokens.operator(t.Context(), shown)
		if o.Name != want || (want == "") != (appdock.CodeOf(err) == "ADK-TOKEN-REFUSED") {
			t.Errorf("%s: got %q, %v, want %q", shown, o.Name, err, want)
		}
	}
	now = now.Add(time.Hour - time.Second)
	takes("a", "short")
	now = now.Add(time.Second)
	takes("a", "")
	takes("b", "long")
}
