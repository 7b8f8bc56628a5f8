package control_test

import (
	"context"
	"errors"
	"iter"
	"log/slog"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/appdock/appdock"
	"github.com/appdock/appdock/internal/control"
)

type operations struct{ control.Shop } // those that no test asks for

// host is a small working host and its only shop: it knows one app and remembers what it was told.
type host struct {
	control.Host
	operations
	installed control.Install
	fails     error
}

func (h *host) Version(context.Context) (control.Version, error) {
	return control.Version{Version: "1.2.3", Go: "go1.26", Platform: "6.7.10.0"}, h.fails
}

func (h *host) Shop(_ context.Context, name string) (control.Shop, error) {
	if name != "" && name != "one" {
		return nil, &appdock.Error{Kind: appdock.NotFound, Code: "ADK-SHOP-UNKNOWN", Message: "m"}
	}
	return h, nil
}

func (h *host) Details(context.Context) (control.ShopDetails, error) {
	return control.ShopDetails{ID: "one"}, nil
}

func (h *host) Install(_ context.Context, in control.Install) (control.Result, error) {
	h.installed = in
	return control.Result{Name: "Notes", Version: "1.0.0", Result: "installed"}, h.fails
}

func (h *host) App(_ context.Context, name string) (control.AppDetails, error) {
	return control.AppDetails{App: control.App{Name: name}}, h.fails
}

func (h *host) Uninstall(_ context.Context, app string, keep bool) (control.Result, error) {
	if keep {
		return control.Result{Name: app, Result: "uninstalled", Warnings: []string{"kept"}}, nil
	}
	return control.Result{Name: app, Result: "uninstalled"}, nil
}

func (h *host) Watch(ctx context.Context) iter.Seq2[control.Activity, error] {
	return func(yield func(control.Activity, error) bool) {
		for i := range 3 {
			if !yield(control.Activity{Kind: "event", App: "Notes", Attempt: i}, nil) {
				return
			}
		}
		<-ctx.Done()
	}
}

func serve(t *testing.T, h control.Host) *control.Client {
	t.Helper()
	folder, err := os.MkdirTemp("", "adk") //nolint:usetesting // t.TempDir is too long a path for a socket on some systems
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(folder) })
	path := filepath.Join(folder, "s")
	s, err := control.Listen(t.Context(), path, h, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	ended := make(chan error, 1)
	go func() { ended <- s.Serve() }()
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), time.Second)
		defer cancel()
		_ = s.Close(ctx)
		if err := <-ended; err != nil {
			t.Error(err)
		}
	})
	if info, err := os.Stat(path); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("socket: got mode %v, %v; want 0600", info.Mode().Perm(), err)
	}
	c := control.Dial(path)
	t.Cleanup(c.Close)
	return c
}

func TestClientIsTheHostAgain(t *testing.T) {
	t.Parallel()
	h := &host{}
	c := serve(t, h)
	v, err := c.Version(t.Context())
	if err != nil || v.Version != "1.2.3" {
		t.Errorf("version: got %+v, %v", v, err)
	}
	shop, err := c.Shop(t.Context(), "")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := c.Shop(t.Context(), "two shops & more"); appdock.CodeOf(err) != "ADK-SHOP-UNKNOWN" {
		t.Errorf("an unknown shop: got %v", err)
	}
	in := control.Install{Source: control.Source{Path: "/apps/Notes"}, ConsentHash: "abc", Activate: true, AppSecret: "s"}
	if _, err := shop.Install(t.Context(), in); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(in, h.installed); diff != "" {
		t.Errorf("install order (-want +got):\n%s", diff)
	}
	a, err := shop.App(t.Context(), "Odd name/50%")
	if err != nil || a.Name != "Odd name/50%" {
		t.Errorf("app: got %q, %v", a.Name, err)
	}
	r, err := shop.Uninstall(t.Context(), "Notes", true)
	if err != nil || len(r.Warnings) != 1 {
		t.Errorf("uninstall with data kept: got %+v, %v", r, err)
	}
}

func TestErrorsCrossTheSocket(t *testing.T) {
	t.Parallel()
	told := &appdock.Error{
		Kind: appdock.Refused, Code: "ADK-CONSENT-NEEDED", Message: "m", Cause: "c", Cure: "u",
		Faults: []appdock.Fault{{Pointer: "/0", Code: "x", Message: "y"}},
	}
	tests := map[string]struct {
		err  error
		want control.Failure
	}{
		"a failure for people": {
			told,
			control.Failure{Kind: int(appdock.Refused), Code: "ADK-CONSENT-NEEDED", Message: "m", Cause: "c", Cure: "u", Faults: []control.Fault{{Pointer: "/0", Code: "x", Message: "y"}}},
		},
		"a failed call to an app": {
			&control.ExchangeError{Request: "GET /", Answer: "500", Err: told},
			control.Failure{Kind: int(appdock.Refused), Code: "ADK-CONSENT-NEEDED", Message: "m", Cause: "c", Cure: "u", Faults: []control.Fault{{Pointer: "/0", Code: "x", Message: "y"}}, Exchange: &control.Texts{Request: "GET /", Answer: "500"}},
		},
		"an internal one keeps its text to itself": {
			errors.New("pq: password is hunter2"),
			control.Failure{Code: "ADK-INTERNAL", Message: "Internal error", Cure: "Look into the host's log; report it if it happens again."},
		},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := serve(t, &host{fails: tt.err}).Version(t.Context())
			if diff := cmp.Diff(tt.want, control.Explain(err)); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func TestWatchStreamsAndEnds(t *testing.T) {
	t.Parallel()
	c := serve(t, &host{})
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	n := 0
	for a, err := range c.Watch(ctx) {
		if err != nil {
			t.Fatal(err)
		}
		if a.Attempt != n {
			t.Errorf("activity %d: got attempt %d", n, a.Attempt)
		}
		if n++; n == 3 {
			cancel()
		}
	}
	if n != 3 {
		t.Errorf("got %d activities, want 3", n)
	}
}

func TestNobodyListens(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "none")
	_, err := control.Dial(path).Shops(t.Context())
	if got := appdock.CodeOf(err); got != "ADK-HOST-UNREACHABLE" {
		t.Errorf("got %q (%v), want ADK-HOST-UNREACHABLE", got, err)
	}
	if control.Listening(t.Context(), path) {
		t.Error("nobody listens, and yet it says so")
	}
}
