package web

import (
	"context"
	"testing"

	"github.com/appdock/appdock"
)

// TestSharesForget: a host that lives for months remembers no client that has left.
func TestSharesForget(t *testing.T) {
	t.Parallel()
	s := &Shares{AtOnce: 1}
	leave, err := s.Enter(t.Context(), appdock.ID{1})
	if err != nil {
		t.Fatal(err)
	}
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := s.Enter(ended, appdock.ID{1}); err == nil {
		t.Error("there were two turns at once")
	}
	if len(s.clients) != 1 {
		t.Errorf("%d clients have a turn, want 1", len(s.clients))
	}
	leave()
	if len(s.clients) != 0 {
		t.Errorf("%d clients are remembered", len(s.clients))
	}
}
