// Package sitepack is the server of an app with an app.json, as far as it is the same for all of
// them: the installation by OAuth 2.0 (RFC 6749 with PKCE, on golang.org/x/oauth2), tokens that
// are renewed, verified webhooks and pages, and the REST API of a shop. Package sdk does the same
// for apps with a manifest.xml.
//
//	app, err := sitepack.New(sitepack.Options{
//		Manifest: manifest, // the app.json
//		Store:    sitepack.NewMemory(),
//		Secret:   func(_ context.Context, shop string) (string, error) { return secrets[shop], nil },
//	})
//	if err != nil {
//		return err
//	}
//	sitepack.On(app, "order.created", func(ctx context.Context, m sitepack.Message[order]) error {
//		return m.API.Call(ctx, http.MethodPost, "/orders/"+m.Object.ID+"/notes", note, nil)
//	})
//	return http.ListenAndServe(":8080", app)
//
// The app.json is all the configuration there is: the paths that are served are those it names.
// A handler runs only after the message was verified with the key of that very shop; an error it
// returns makes the host send the message again.
package sitepack

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"net"
	"net/http"
	"net/url"
	"strings"
	"time"

	"code.dny.dev/ssrf"

	"github.com/appdock/appdock/protocol"
	"github.com/appdock/appdock/sdk"
	"github.com/appdock/appdock/sdk/internal/serve"
)

// Why something is not trusted, or cannot be done. The log line of a refused request has one of them.
var (
	ErrSignatureMissing = protocol.ErrSignatureMissing
	ErrSignatureInvalid = protocol.ErrSignatureInvalid
	ErrTimestamp        = protocol.ErrTimestamp
	ErrMalformed        = protocol.ErrMalformed
	// ErrShopUnknown: the app is not installed in that shop, as far as the store knows.
	ErrShopUnknown = protocol.ErrShopUnknown
	// ErrState: an answer to an authorization that this browser did not begin, or that was
	// answered before.
	ErrState = errors.New("no such authorization was begun here")
	// ErrReauthorize: the tokens of a shop are dead. Somebody has to go through [App.Start] again.
	ErrReauthorize = errors.New("the app has to be authorized again")
)

// Options of an app. Manifest and Store are required.
type Options struct {
	Manifest []byte // the app.json, which is served at /app.json
	Store    Store
	// ManifestURL is where hosts find the app.json. Empty: /app.json at the origin of
	// auth.redirect_uri.
	ManifestURL string
	// Secret gives the client secret that the shop at a base URL issued for the app; empty:
	// none, PKCE alone protects the exchange. It is sent to that address, so never answer for
	// a shop that you do not know. Nil: no shop issued one. Only with a secret can a host
	// begin an installation by itself (protocol-oauth.md B.2).
	Secret func(ctx context.Context, shopURL string) (string, error)
	// Scopes are what [App.Start] asks for. Nil: all that the app.json names. An app that does not
	// need all of them from the first day asks for the others when it does: see [Wish].
	Scopes []string
	// Online takes over from the callback of an authorization that was begun with Wish.Online: it
	// remembers the user in a session of its own, and answers. Nil: the app has no use for it.
	Online func(w http.ResponseWriter, r *http.Request, o Online)
	// Snippets is the app's folder, for what the app_blocks of the app.json name: hosts fetch
	// it beside the app.json. It may be nil if there are none.
	Snippets fs.FS
	// Handled remembers messages, so that none is handled twice: sdk.NewMemory is one. Nil:
	// every delivery is handled, and a host delivers at least once.
	Handled sdk.Deduper
	// Development lets shops have http addresses, and addresses of private networks.
	Development bool
	// Log gets one line for each request. Nil: nothing is logged.
	Log *slog.Logger
	// Client calls shops. Nil: one with a deadline of 10 s that calls public addresses alone,
	// for the address of a shop comes from strangers.
	Client *http.Client
	// Now is the clock. Nil: that of the system.
	Now func() time.Time
}

// App is an http.Handler with the paths of its app.json: itself at /app.json, auth.redirect_uri,
// auth.start_uri (/install if there is none), the addresses of its webhooks, and the snippets of
// its blocks. Pages are mounted beside it: see [App.Page].
type App struct {
	options  Options
	manifest manifest
	origin   string // of auth.redirect_uri
	start    string // path of Start
	webhooks map[string][]messageHandler
	routes   *http.ServeMux
}

// manifest is what we read of an app.json.
type manifest struct {
	ID   string `json:"id"`
	Auth struct {
		RedirectURI string   `json:"redirect_uri"`
		StartURI    string   `json:"start_uri"`
		Scopes      []string `json:"scopes"`
	} `json:"auth"`
	Webhooks []struct {
		Address string `json:"address"`
	} `json:"webhooks"`
	Theme struct {
		Blocks []struct {
			Snippet string `json:"snippet"`
		} `json:"app_blocks"`
	} `json:"theme_extensions"`
}

const (
	manifestPath = "/app.json"
	startPath    = "/install"
)

// New checks the options and returns an app without handlers. Add them with [On] before the
// first request.
func New(o Options) (*App, error) {
	a := &App{options: o, webhooks: map[string][]messageHandler{}, routes: http.NewServeMux()}
	if err := json.Unmarshal(o.Manifest, &a.manifest); err != nil {
		return nil, fmt.Errorf("sitepack: read Options.Manifest: %w", err)
	}
	redirect, err := url.Parse(a.manifest.Auth.RedirectURI)
	switch {
	case a.manifest.ID == "":
		return nil, errors.New("sitepack: the app.json has no id")
	case err != nil || !redirect.IsAbs() || redirect.Host == "":
		return nil, fmt.Errorf("sitepack: auth.redirect_uri of the app.json is not an absolute URL: %q", a.manifest.Auth.RedirectURI)
	case o.Store == nil:
		return nil, errors.New("sitepack: Options.Store is nil: NewMemory is good enough for a trial")
	}
	a.origin = redirect.Scheme + "://" + redirect.Host
	if a.options.ManifestURL == "" {
		a.options.ManifestURL = a.origin + manifestPath
	}
	if o.Scopes == nil {
		a.options.Scopes = a.manifest.Auth.Scopes
	}
	if o.Log == nil {
		a.options.Log = slog.New(slog.DiscardHandler)
	}
	if o.Client == nil {
		a.options.Client = newClient(o.Development)
	}
	noRedirects := *a.options.Client // they would carry secrets elsewhere
	noRedirects.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	a.options.Client = &noRedirects
	if o.Now == nil {
		a.options.Now = systemNow
	}
	return a, a.route(redirect)
}

// systemNow is the clock of a program that does not bring one.
func systemNow() time.Time { return time.Now() } //nolint:forbidigo // the one default of this package

// route mounts what the app.json names, each path once.
func (a *App) route(redirect *url.URL) error {
	start := startPath
	if a.manifest.Auth.StartURI != "" {
		u, err := url.Parse(a.manifest.Auth.StartURI)
		if err != nil {
			return fmt.Errorf("sitepack: auth.start_uri of the app.json: %w", err)
		}
		start = u.Path
	}
	a.start = start
	seen := map[string]bool{}
	mount := func(method, path string, h http.Handler) {
		if path == "" {
			path = "/"
		}
		if pattern := method + " " + path; !seen[pattern] {
			seen[pattern] = true
			if strings.HasSuffix(path, "/") {
				pattern += "{$}"
			}
			a.routes.Handle(pattern, h)
		}
	}
	mount(http.MethodGet, redirect.EscapedPath(), a.Callback())
	mount(http.MethodGet, start, a.Start())
	mount(http.MethodGet, manifestPath, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		_, _ = w.Write(a.options.Manifest) // the client is gone: nobody is left to be told
	}))
	for _, b := range a.manifest.Theme.Blocks {
		if b.Snippet == "" {
			continue
		}
		if a.options.Snippets == nil {
			return fmt.Errorf("sitepack: the app.json has the snippet %s, and Options has no Snippets to find it in", b.Snippet)
		}
		text, err := fs.ReadFile(a.options.Snippets, b.Snippet)
		if err != nil {
			return fmt.Errorf("sitepack: a snippet of the app.json: %w", err)
		}
		mount(http.MethodGet, (&url.URL{Path: "/" + b.Snippet}).EscapedPath(), http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "text/plain; charset=utf-8")
			w.Header().Set("X-Content-Type-Options", "nosniff")
			_, _ = w.Write(text) // the client is gone: nobody is left to be told
		}))
	}
	for _, hook := range a.manifest.Webhooks {
		u, err := url.Parse(hook.Address)
		if err != nil {
			return fmt.Errorf("sitepack: a webhook of the app.json: %w", err)
		}
		mount(http.MethodPost, u.EscapedPath(), a.Webhooks())
	}
	return nil
}

// ServeHTTP serves the paths of the app.json.
func (a *App) ServeHTTP(w http.ResponseWriter, r *http.Request) { a.routes.ServeHTTP(w, r) }

// newClient calls what strangers name, so it looks at each address that it connects to.
func newClient(development bool) *http.Client {
	const timeout = 10 * time.Second
	dialer := &net.Dialer{Timeout: timeout}
	if !development {
		dialer.Control = ssrf.New(ssrf.WithAnyPort()).Safe
	}
	return &http.Client{Timeout: timeout, Transport: &http.Transport{
		DialContext: dialer.DialContext, TLSHandshakeTimeout: timeout, ForceAttemptHTTP2: true, MaxIdleConnsPerHost: 4, IdleConnTimeout: time.Minute,
	}}
}

// secret gives the client secret for a shop; empty: there is none.
func (a *App) secret(ctx context.Context, shopURL string) (string, error) {
	if a.options.Secret == nil {
		return "", nil
	}
	secret, err := a.options.Secret(ctx, shopURL)
	if err != nil {
		return "", fmt.Errorf("client secret for %s: %w", shopURL, err)
	}
	return secret, nil
}

func refuse(text string, err error) error { return serve.Refuse(http.StatusBadRequest, text, err) }

// handler logs one line for a request and answers errors with a plain sentence.
func (a *App) handler(name string, handle func(http.ResponseWriter, *http.Request, serve.Note) error) http.Handler {
	return serve.Answers{Log: a.options.Log, Read: asRefusal, Write: func(w http.ResponseWriter, r *serve.Error) {
		w.Header().Set("Content-Type", "text/plain; charset=utf-8")
		w.Header().Set("X-Content-Type-Options", "nosniff")
		w.WriteHeader(r.Status)
		_, _ = io.WriteString(w, r.Text+"\n") // the client is gone: nobody is left to be told
	}}.Handler(name, handle)
}

func asRefusal(err error) *serve.Error {
	if r, ok := errors.AsType[*serve.Error](err); ok {
		return r
	}
	switch {
	case errors.Is(err, ErrMalformed):
		return serve.Refuse(http.StatusBadRequest, "The request cannot be read.", err)
	case errors.Is(err, ErrTimestamp):
		return serve.Refuse(http.StatusUnauthorized, "The request is too old. Open the page again.", err)
	case errors.Is(err, ErrShopUnknown):
		return serve.Refuse(http.StatusUnauthorized, "The app is not installed in this shop.", err)
	case errors.Is(err, ErrSignatureMissing), errors.Is(err, ErrSignatureInvalid):
		return serve.Refuse(http.StatusUnauthorized, "The request is not signed by the shop.", err)
	case errors.Is(err, ErrState):
		return serve.Refuse(http.StatusBadRequest, "This installation was not begun in this browser, or too long ago. Begin again.", err)
	case errors.Is(err, ErrReauthorize):
		return serve.Refuse(http.StatusForbidden, "The app has lost its access to the shop. Connect it again.", err)
	}
	if tooLarge, ok := errors.AsType[*http.MaxBytesError](err); ok {
		return serve.Refuse(http.StatusRequestEntityTooLarge, fmt.Sprintf("More than %d bytes", tooLarge.Limit), err)
	}
	return serve.Refuse(http.StatusInternalServerError, "Internal error", err)
}
