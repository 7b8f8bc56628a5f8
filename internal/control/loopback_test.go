package control

import (
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"testing"

	"github.com/appdock/appdock"
)

// quiet is a host that says its version.
type quiet struct{ Host }

func (quiet) Version(context.Context) (Version, error) { return Version{Version: "1.2.3"}, nil }

// serveLoopback is what Listen does on Windows.
func serveLoopback(t *testing.T, path string) loopback {
	t.Helper()
	listener, said, err := listenLoopback(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	s := &http.Server{Handler: said.guarded(Handler(quiet{}, slog.New(slog.DiscardHandler)))} //nolint:gosec // of a test
	ended := make(chan error, 1)
	go func() { ended <- s.Serve(listener) }()
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
		if err := <-ended; !errors.Is(err, http.ErrServerClosed) {
			t.Error(err)
		}
	})
	return said
}

func loopbackClient(t *testing.T, path string) *Client {
	t.Helper()
	c := &Client{where: path, base: "http://appdock", http: &http.Client{Transport: newLoopbackTransport(path)}}
	t.Cleanup(c.Close)
	return c
}

func TestLoopback(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "appdock.sock")
	if listeningOnLoopback(t.Context(), path) {
		t.Error("somebody listens before the start")
	}
	said := serveLoopback(t, path)
	info, err := os.Stat(path)
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("the file has %v, %v", info.Mode(), err)
	}
	if v, err := loopbackClient(t, path).Version(t.Context()); err != nil || v.Version != "1.2.3" {
		t.Errorf("got %+v, %v", v, err)
	}
	if !listeningOnLoopback(t.Context(), path) {
		t.Error("nobody listens")
	}
	for name, header := range map[string]string{"no token": "", "another": "Bearer x", "no scheme": said.Token} {
		r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, "http://"+said.Address+"/v1/version", nil)
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Set("Authorization", header)
		res, err := http.DefaultTransport.RoundTrip(r)
		if err != nil {
			t.Fatal(err)
		}
		if _ = res.Body.Close(); res.StatusCode != http.StatusUnauthorized {
			t.Errorf("%s: got %d", name, res.StatusCode)
		}
	}
	// A host that starts anew has another token; its clients read the file again.
	serveLoopback(t, path)
	if _, err := loopbackClient(t, path).Version(t.Context()); err != nil {
		t.Errorf("after another start: %v", err)
	}
}

// TestLoopbackFiles are files that no host wrote, or that an ended one left.
func TestLoopbackFiles(t *testing.T) {
	t.Parallel()
	stranger := httptest.NewServer(http.NotFoundHandler())
	t.Cleanup(stranger.Close)
	gone, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	if err := gone.Close(); err != nil {
		t.Fatal(err)
	}
	write := func(l loopback) string {
		text, err := json.Marshal(l)
		if err != nil {
			t.Fatal(err)
		}
		return string(text)
	}
	tests := map[string]string{
		"empty":               "",
		"no JSON":             "appdock",
		"no token":            write(loopback{Address: stranger.Listener.Addr().String()}),
		"another machine":     write(loopback{"192.0.2.1:80", "t"}),
		"a name":              write(loopback{"localhost:80", "t"}),
		"a program that came": write(loopback{stranger.Listener.Addr().String(), "t"}),
		"a host that is gone": write(loopback{gone.Addr().String(), "t"}),
	}
	for name, text := range tests {
		path := filepath.Join(t.TempDir(), "appdock.sock")
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		if listeningOnLoopback(t.Context(), path) {
			t.Errorf("%s: it is taken for a host", name)
		}
		if _, err := loopbackClient(t, path).Version(t.Context()); appdock.CodeOf(err) != "ADK-HOST-UNREACHABLE" {
			t.Errorf("%s: got %v", name, err)
		}
	}
}
