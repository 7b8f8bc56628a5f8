// Package sdk is everything the server of an app needs, and nothing that net/http has.
//
// An app is a manifest and a web server. Shops that install it register with the server,
// tell it what happens, and let it work with their data through the Admin API. Between
// those three sentences lie eleven kinds of signatures, secrets that rotate while requests
// are in flight, and tokens that run out. This package takes care of them:
//
//	app, err := sdk.New(sdk.Options{
//		Name:   "OrderNotes",
//		Secret: os.Getenv("APP_SECRET"),
//		URL:    "https://ordernotes.example.com",
//		Shops:  sdk.NewMemory(),
//	})
//	if err != nil {
//		return err
//	}
//	sdk.On(app, "checkout.order.placed", func(ctx context.Context, e sdk.Event[placed]) error {
//		return e.API.Update(ctx, "order", e.Payload.Order.ID, note)
//	})
//	return http.ListenAndServe(":8080", app)
//
// A handler runs only after the signature was verified with the secret of that very shop;
// an error it returns makes the host send the event again. What the host sends is read
// with the same code that the host uses to write it.
//
// It speaks to every host of the app system: Appdock, Shopware 6.6 and later.
// Use sdk/apptest to be the app in a test of a host.
package sdk

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"

	"github.com/appdock/appdock/protocol"
	"github.com/appdock/appdock/sdk/internal/serve"
)

// Why a request is not trusted; the log line of a refused request has one of them.
var (
	ErrSignatureMissing = protocol.ErrSignatureMissing
	ErrSignatureInvalid = protocol.ErrSignatureInvalid
	ErrShopUnknown      = protocol.ErrShopUnknown
	ErrTimestamp        = protocol.ErrTimestamp
	ErrMalformed        = protocol.ErrMalformed
)

// Options of an app. The first four are required.
type Options struct {
	Name   string // meta/name of the manifest
	Secret string // setup/secret of the manifest, or the one the store gave
	URL    string // where shops reach this server, without a trailing slash
	Shops  ShopRepository

	// Handled remembers events, so that none is handled twice. Nil: every delivery is
	// handled, and a host delivers at least once.
	Handled Deduper
	// Tolerance is how old a request may be; protocol.Tolerance is a good value. Zero: any
	// age, as the official SDKs have it.
	Tolerance time.Duration
	// AllowSingleSignature lets a shop that is known register again without proving that it
	// holds the shop secret, unless it ever did. Shopware before 6.7 needs it.
	AllowSingleSignature bool
	// Log gets one line for each request. Nil: nothing is logged.
	Log *slog.Logger
	// Client calls shops. Nil: one with a deadline of 10 s.
	Client *http.Client
	// Now is the clock. Nil: that of the system.
	Now func() time.Time
	// NewSecret makes the shop secrets. Nil: 128 random letters and digits.
	NewSecret func() (string, error)
}

// App is an http.Handler with the routes /register, /confirm, /webhook (and whatever is
// below it) and /action. Who wants other paths mounts the handlers of these names alone;
// the confirmation is expected at /confirm below Options.URL.
type App struct {
	options  Options
	webhooks map[string][]webhookHandler
	actions  map[string]ActionHandler
	routes   *http.ServeMux

	mu   sync.Mutex
	apis map[string]*API // by shop id
}

// New checks the options and returns an app without handlers. Add them with [On] and
// [App.OnAction] before the first request.
func New(o Options) (*App, error) {
	o.URL = strings.TrimRight(o.URL, "/")
	u, err := url.Parse(o.URL)
	switch {
	case o.Name == "":
		return nil, errors.New("sdk: Options.Name is empty: it is meta/name of the manifest")
	case o.Secret == "":
		return nil, errors.New("sdk: Options.Secret is empty: it is setup/secret of the manifest")
	case err != nil || !u.IsAbs() || u.Host == "":
		return nil, fmt.Errorf("sdk: Options.URL is not an absolute URL: %q", o.URL)
	case o.Shops == nil:
		return nil, errors.New("sdk: Options.Shops is nil: NewMemory is good enough for a trial")
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	if o.Client == nil {
		o.Client = newClient()
	}
	if o.Now == nil {
		o.Now = systemNow
	}
	if o.NewSecret == nil {
		o.NewSecret = func() (string, error) { return protocol.NewShopSecret(rand.Reader) }
	}
	a := &App{
		options:  o,
		webhooks: map[string][]webhookHandler{},
		actions:  map[string]ActionHandler{},
		routes:   http.NewServeMux(),
		apis:     map[string]*API{},
	}
	a.routes.Handle("GET /register", a.Registration())
	a.routes.Handle("POST /confirm", a.Confirmation())
	a.routes.Handle("POST /webhook", a.Webhooks())
	a.routes.Handle("POST /webhook/", a.Webhooks())
	a.routes.Handle("POST /action", a.Actions())
	a.routes.Handle("POST /action/", a.Actions())
	return a, nil
}

// systemNow is the clock of a program that does not bring one.
func systemNow() time.Time { return time.Now() } //nolint:forbidigo // the one default of this package

// ServeHTTP serves the routes of the app.
func (a *App) ServeHTTP(w http.ResponseWriter, r *http.Request) { a.routes.ServeHTTP(w, r) }

// API returns the Admin API of a shop. Tokens are kept for as long as they are good, also
// across calls of this method.
func (a *App) API(shop Shop) *API {
	a.mu.Lock()
	defer a.mu.Unlock()
	credentials := Credentials{URL: strings.TrimRight(shop.URL, "/"), Key: shop.APIKey, Secret: shop.SecretKey}
	api, ok := a.apis[shop.ID]
	if !ok || api.credentials != credentials {
		api = newAPI(credentials, a.options.Client, a.options.Now)
		a.apis[shop.ID] = api
	}
	return api
}

func (a *App) forget(shop string) {
	a.mu.Lock()
	defer a.mu.Unlock()
	delete(a.apis, shop)
}

// handler logs one line for a request and answers errors as the official SDKs do: a JSON
// object with "error" (protocol-handshake.md 12).
func (a *App) handler(name string, handle func(http.ResponseWriter, *http.Request, serve.Note) error) http.Handler {
	return serve.Answers{Log: a.options.Log, Read: asRefusal, Write: func(w http.ResponseWriter, r *serve.Error) {
		writeJSON(w, r.Status, map[string]string{"error": r.Text})
	}}.Handler(name, handle)
}

// failed is the answer to an error of the app's own code: the host tries again.
func failed(err error) *serve.Error {
	return serve.Refuse(http.StatusInternalServerError, "Internal error", err)
}

func asRefusal(err error) *serve.Error {
	if r, ok := errors.AsType[*serve.Error](err); ok {
		return r
	}
	switch {
	case errors.Is(err, ErrMalformed):
		return serve.Refuse(http.StatusBadRequest, "Invalid Request", err)
	case errors.Is(err, ErrTimestamp):
		return serve.Refuse(http.StatusUnauthorized, "The request is too old", err)
	case errors.Is(err, ErrShopUnknown):
		return serve.Refuse(http.StatusUnauthorized, "Invalid shop given", err)
	case errors.Is(err, ErrSignatureMissing), errors.Is(err, ErrSignatureInvalid):
		return serve.Refuse(http.StatusUnauthorized, "Cannot validate signature", err)
	}
	if tooLarge, ok := errors.AsType[*http.MaxBytesError](err); ok {
		return serve.Refuse(http.StatusRequestEntityTooLarge, fmt.Sprintf("More than %d bytes", tooLarge.Limit), err)
	}
	return failed(err)
}

func writeJSON(w http.ResponseWriter, status int, value any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(value) // the client is gone: nobody is left to be told
}

func readBody(w http.ResponseWriter, r *http.Request) ([]byte, error) {
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, protocol.MaxBody))
	if err != nil {
		return nil, fmt.Errorf("read body: %w", err)
	}
	return body, nil
}

// sender finds the shop that a message names and verifies the message with its secret, or
// within the grace period with the one before. It returns the secret that matched: an
// answer signed with it is one that the host can verify.
func (a *App) sender(ctx context.Context, shopID string, verify func(secret string) error) (Shop, string, error) {
	shop, err := a.options.Shops.Get(ctx, shopID)
	if err != nil {
		return Shop{}, "", fmt.Errorf("shop %q: %w", shopID, err)
	}
	if shop.Secret == "" {
		return Shop{}, "", fmt.Errorf("shop %q never confirmed its registration: %w", shopID, ErrShopUnknown)
	}
	err = verify(shop.Secret)
	if err == nil {
		return shop, shop.Secret, nil
	}
	if shop.PreviousSecret != "" && a.options.Now().Sub(shop.ConfirmedAt) <= protocol.Grace && verify(shop.PreviousSecret) == nil {
		return shop, shop.PreviousSecret, nil
	}
	return Shop{}, "", fmt.Errorf("shop %q: %w", shopID, err)
}

// fresh checks the age of a message, if the app wants that.
func (a *App) fresh(at time.Time) error {
	if a.options.Tolerance == 0 {
		return nil
	}
	return protocol.Fresh(at, a.options.Now(), a.options.Tolerance)
}
