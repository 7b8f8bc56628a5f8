package server_test

import (
	"context"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/appdock/appdock/internal/server"
	"github.com/appdock/appdock/manifest"
)

const hostedApp = `{"id": "an-app", "name": "A", "version": "1.0.0", "author": "We", "description": "An app"}`

// serving is a server that fails in some way, and counts who has asked it.
func serving(t *testing.T, secure bool, handler http.HandlerFunc) (address string, asked *atomic.Int32) {
	t.Helper()
	asked = new(atomic.Int32)
	s := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		asked.Add(1)
		handler(w, r)
	}))
	s.Config.ErrorLog = log.New(io.Discard, "", 0) // that a client does not trust it
	if secure {
		s.StartTLS()
	} else {
		s.Start()
	}
	t.Cleanup(s.Close)
	return s.URL, asked
}

// closedPort is an address at which nobody listens.
func closedPort(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = l.Close() }()
	return "http://" + l.Addr().String()
}

// TestHostedAppsOverSockets fetches an app.json as the program does.
func TestHostedAppsOverSockets(t *testing.T) {
	t.Parallel()
	elsewhere, followed := serving(t, false, func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, hostedApp) })
	tests := map[string]struct {
		handler    http.HandlerFunc
		secure     bool
		production bool
		impatient  bool
		unasked    bool // the server must hear nothing
		wantErr    string
		problem    string
	}{
		"an app": {handler: func(w http.ResponseWriter, r *http.Request) {
			if r.Method != http.MethodGet || r.URL.Path != "/app.json" || r.Header.Get("Authorization") != "" {
				w.WriteHeader(http.StatusTeapot)
			}
			_, _ = io.WriteString(w, hostedApp)
		}},
		"another content type": {handler: func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "image/png")
			_, _ = io.WriteString(w, hostedApp)
		}},
		"a byte order mark": {handler: func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "\uFEFF"+hostedApp) }},
		"a redirect": {
			handler: func(w http.ResponseWriter, r *http.Request) {
				http.Redirect(w, r, elsewhere+"/app.json", http.StatusFound)
			},
			wantErr: "it answered 302 and points to \"" + elsewhere + "/app.json\", which is not followed",
		},
		"a failure":    {handler: func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusBadGateway) }, wantErr: "it answered 502"},
		"no content":   {handler: func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusNoContent) }, wantErr: "it answered 204"},
		"an empty one": {handler: func(http.ResponseWriter, *http.Request) {}, problem: "json.malformed"},
		"a page":       {handler: func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "<html></html>") }, problem: "json.malformed"},
		"one that does not end": {handler: func(w http.ResponseWriter, r *http.Request) {
			for r.Context().Err() == nil {
				if _, err := io.WriteString(w, strings.Repeat("[", 1<<16)); err != nil {
					return
				}
			}
		}, problem: "json.too_large"},
		"one that breaks off": {handler: func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Length", "1000")
			_, _ = io.WriteString(w, hostedApp)
		}, wantErr: "the server closed the connection before its answer was complete"},
		"one that never answers": {handler: func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() }, impatient: true, wantErr: "deadline exceeded"},
		"a certificate of nobody": {
			handler: func(http.ResponseWriter, *http.Request) {}, secure: true, unasked: true,
			wantErr: "the connection is not safe: tls: failed to verify certificate",
		},
		"this machine, in production": {
			handler: func(http.ResponseWriter, *http.Request) {}, secure: true, production: true, unasked: true,
			wantErr: "127.0.0.1, which this host may not call",
		},
		"http, in production": {
			handler: func(http.ResponseWriter, *http.Request) {}, production: true, unasked: true, wantErr: "must begin with https://",
		},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			address, asked := serving(t, tt.secure, tt.handler)
			ctx := t.Context()
			if tt.impatient {
				var cancel context.CancelFunc
				ctx, cancel = context.WithTimeout(ctx, 50*time.Millisecond)
				defer cancel()
			}
			app, problems, err := manifest.Fetch(ctx, server.Caller(!tt.production, "test"), address, !tt.production, false)
			switch {
			case tt.wantErr != "":
				if err == nil || !strings.Contains(err.Error(), tt.wantErr) {
					t.Errorf("error %v, want %q", err, tt.wantErr)
				}
			case err != nil:
				t.Error(err)
			case tt.problem != "":
				if app != nil || len(problems) == 0 || problems[0].Code != tt.problem {
					t.Errorf("no %s:\n%s", tt.problem, problems)
				}
			case app == nil || app.Name != "an-app":
				t.Errorf("no app:\n%s", problems)
			}
			if got := asked.Load(); (got == 0) != tt.unasked {
				t.Errorf("the server was asked %d times", got)
			}
		})
	}
	t.Cleanup(func() {
		if got := followed.Load(); got > 0 {
			t.Errorf("a redirect was followed %d times", got)
		}
	})
}

// TestOnlineOverSockets asks servers as app validate --online does.
func TestOnlineOverSockets(t *testing.T) {
	t.Parallel()
	status := func(code int) http.HandlerFunc {
		return func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Location", "http://127.0.0.1:1/")
			if r.Method != http.MethodHead {
				code = http.StatusTeapot
			}
			w.WriteHeader(code)
		}
	}
	tests := map[string]struct {
		handler     http.HandlerFunc
		secure      bool
		production  bool
		gone        bool
		interrupted bool
		unasked     bool
		want        string // what is told of it; empty: nothing
	}{
		"a refusal":               {handler: status(401)},
		"no HEAD":                 {handler: status(405)},
		"a redirect":              {handler: status(302)},
		"a failure":               {handler: status(503), want: "info online.registration_status: the registration URL answers 503"},
		"nobody":                  {gone: true, want: "warning online.unreachable: HOST cannot be reached: "},
		"a broken connection":     {handler: func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }, want: "warning online.unreachable: HOST cannot be reached: "},
		"a certificate of nobody": {handler: status(200), secure: true, unasked: true, want: "error online.tls: the certificate of HOST is not valid: x509: "},
		"not in production":       {handler: status(503), production: true, unasked: true},
		"an interruption":         {handler: func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() }, interrupted: true},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var asked *atomic.Int32
			var address string
			if tt.gone {
				address = closedPort(t)
			} else {
				address, asked = serving(t, tt.secure, tt.handler)
			}
			app, problems := manifest.ParseXML("manifest.xml", fmt.Appendf(nil, `<manifest><meta><name>MyApp</name><label>A</label><author>A</author>
<copyright>A</copyright><version>1.0.0</version><license>MIT</license></meta>
<setup><registrationUrl>%s/register</registrationUrl></setup></manifest>`, address), false)
			if app == nil {
				t.Fatal(problems)
			}
			ctx := t.Context()
			if tt.interrupted {
				var cancel context.CancelFunc
				ctx, cancel = context.WithTimeout(ctx, 50*time.Millisecond)
				defer cancel()
			}
			got := manifest.Probe(ctx, app, server.Caller(!tt.production, "test"), !tt.production).String()
			_, host, _ := strings.Cut(address, "://")
			if want := strings.Replace(tt.want, "HOST", host, 1); want == "" && got != "" || !strings.HasPrefix(strings.TrimPrefix(got, "manifest.xml:3:8: "), want) {
				t.Errorf("got %q, want %q", got, want)
			}
			if !tt.gone && (asked.Load() == 0) != tt.unasked {
				t.Errorf("the server was asked %d times", asked.Load())
			}
		})
	}
}
