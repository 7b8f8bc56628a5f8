package server

import (
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/appdock/appdock/internal/control"
)

// broken is a host whose parts fail when a test says so.
type broken struct {
	mu            sync.Mutex
	store, writer error
	stuck         chan struct{} // not nil: fan-outs wait for its end
}

func (b *broken) become(change func(*broken)) {
	b.mu.Lock()
	defer b.mu.Unlock()
	change(b)
}

func (b *broken) health() *health {
	return &health{
		now: time.Now,
		read: func(context.Context) error {
			b.mu.Lock()
			defer b.mu.Unlock()
			return b.store
		},
		write: func() error {
			b.mu.Lock()
			defer b.mu.Unlock()
			return b.writer
		},
		settled: func(ctx context.Context) error {
			b.mu.Lock()
			stuck := b.stuck
			b.mu.Unlock()
			if stuck == nil {
				return nil
			}
			select {
			case <-stuck:
				return nil
			case <-ctx.Done():
				return ctx.Err()
			}
		},
		log: slog.New(slog.DiscardHandler),
	}
}

// ready gives the status of /readyz and the names of what fails.
func ready(t *testing.T, h *health) (status int, failed string) {
	t.Helper()
	w := httptest.NewRecorder()
	h.readyz(w, httptest.NewRequest(http.MethodGet, "/readyz", nil))
	var answer struct {
		Ready  bool
		Checks []control.Check
	}
	if err := json.Unmarshal(w.Body.Bytes(), &answer); err != nil {
		t.Fatal(err)
	}
	if answer.Ready != (w.Code == http.StatusOK) {
		t.Errorf("status %d says otherwise than %s", w.Code, w.Body)
	}
	for _, c := range answer.Checks {
		if !c.OK {
			failed += c.Name
		}
	}
	return w.Code, failed
}

func TestReadinessTurnsRedAndGreenAgain(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		b := &broken{}
		h := b.health()
		ctx, end := context.WithCancel(t.Context())
		ended := make(chan struct{})
		go func() { h.watch(ctx); close(ended) }()
		want := func(after time.Duration, status int, failed string) {
			t.Helper()
			time.Sleep(after)
			synctest.Wait()
			if s, f := ready(t, h); s != status || f != failed {
				t.Errorf("got %d %q, want %d %q", s, f, status, failed)
			}
		}
		want(0, 200, "")
		b.become(func(b *broken) { b.store = errors.New("unreachable") })
		want(lookEvery, 503, "store")
		b.become(func(b *broken) { b.store = nil })
		want(lookEvery, 200, "")
		b.become(func(b *broken) { b.writer = errors.New("a failed fsync") })
		want(0, 503, "writer")
		b.become(func(b *broken) { b.writer = nil })
		stuck := make(chan struct{})
		b.become(func(b *broken) { b.stuck = stuck })
		want(maxLag/2, 200, "")
		want(maxLag, 503, "deliveries")
		b.become(func(b *broken) { b.stuck = nil })
		close(stuck)
		want(2*lookEvery, 200, "")
		if behind := h.behind(); behind > time.Second {
			t.Errorf("all is matched again, and it says it is %s behind", behind)
		}
		h.end()
		want(0, 503, "stopping")
		end()
		<-ended
	})
}
