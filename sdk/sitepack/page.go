package sitepack

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/appdock/appdock/protocol"
	"github.com/appdock/appdock/sdk/internal/serve"
)

// Visit is who looks at a page of the app.
type Visit struct {
	Installation Installation
	API          *API
	Locale       string // of the admin user, such as en-GB
	User         string // id of the admin user
	Location     string // of a widget, such as admin.order.detail.sidebar
	Resource     string // id of the record that the page around the widget shows
	// Ticket names this visit to [App.Form] for an hour: put it into a hidden field "ticket".
	// Cookies do not come along in the frame of another site.
	Ticket string
}

// TicketField is the form field that [App.Form] reads.
const TicketField = "ticket"

// ticketLife is how long a form may lie open.
const ticketLife = time.Hour

// Page wraps a page that the admin shows: onboarding, configuration, navigation or widget. It is
// served only if its query was signed by a shop that has the app, less than five minutes ago
// (protocol-signing.md 9); that shop alone may frame it.
func (a *App) Page(show func(http.ResponseWriter, *http.Request, Visit)) http.Handler {
	return a.handler("page", func(w http.ResponseWriter, r *http.Request, note serve.Note) error {
		page, err := protocol.ParsePage(r.URL.RawQuery)
		if err != nil {
			return err
		}
		note(slog.String("shop", page.ShopID))
		i, err := a.options.Store.Get(r.Context(), page.ShopID)
		if err != nil {
			return fmt.Errorf("shop %q: %w", page.ShopID, err)
		}
		now := a.options.Now()
		if err := anyKey(i.keys(now), func(key string) error { return protocol.VerifyPage(r.URL.RawQuery, key) }); err != nil {
			return fmt.Errorf("shop %q: %w", page.ShopID, err)
		}
		if err := protocol.Fresh(page.At, now, protocol.Tolerance); err != nil {
			return err
		}
		a.visit(w, r, i, ticket{
			Shop: i.ShopID, Locale: page.Locale, User: page.User, Location: page.Location, Resource: page.Resource, Until: now.Add(ticketLife).Unix(),
		}, show)
		return nil
	})
}

// Form wraps the target of a form on a page of [App.Page]: it is served if the form brings a
// ticket that such a page was given less than an hour ago.
func (a *App) Form(show func(http.ResponseWriter, *http.Request, Visit)) http.Handler {
	return a.handler("form", func(w http.ResponseWriter, r *http.Request, note serve.Note) error {
		r.Body = http.MaxBytesReader(w, r.Body, protocol.MaxBody)
		payload, signature, _ := strings.Cut(r.PostFormValue(TicketField), ".")
		var t ticket
		text, err := base64.RawURLEncoding.DecodeString(payload)
		if err != nil || json.Unmarshal(text, &t) != nil {
			return fmt.Errorf("%w: no ticket", ErrMalformed)
		}
		note(slog.String("shop", t.Shop))
		i, err := a.options.Store.Get(r.Context(), t.Shop)
		if err != nil {
			return fmt.Errorf("shop %q: %w", t.Shop, err)
		}
		now := a.options.Now()
		err = anyKey(i.keys(now), func(key string) error { return protocol.Verify(ticketKey(key), text, signature) })
		if err != nil {
			return fmt.Errorf("shop %q: %w", t.Shop, err)
		}
		if now.Unix() >= t.Until {
			return ErrTimestamp
		}
		a.visit(w, r, i, t, show)
		return nil
	})
}

// ticket is what a form brings back of the page it stands on.
type ticket struct {
	Shop     string `json:"s"`
	Locale   string `json:"l,omitempty"`
	User     string `json:"u,omitempty"`
	Location string `json:"o,omitempty"`
	Resource string `json:"r,omitempty"`
	Until    int64  `json:"t"`
}

func (t ticket) sign(key string) string {
	text, err := json.Marshal(t)
	if err != nil { // unreachable: texts and numbers always marshal
		panic(err)
	}
	return base64.RawURLEncoding.EncodeToString(text) + "." + protocol.Sign(ticketKey(key), text)
}

// ticketKey keeps tickets apart from all else that the key signs.
func ticketKey(key string) string { return protocol.Sign(key, []byte("ticket of sdk/sitepack")) }

func (a *App) visit(w http.ResponseWriter, r *http.Request, i Installation, t ticket, show func(http.ResponseWriter, *http.Request, Visit)) {
	w.Header().Set("Content-Security-Policy", "frame-ancestors "+origin(i.ShopURL))
	w.Header().Set("Referrer-Policy", "no-referrer") // the address is a bearer link
	w.Header().Set("Cache-Control", "no-store")
	show(w, r, Visit{
		Installation: i, API: a.API(i.ShopID), Locale: t.Locale, User: t.User, Location: t.Location, Resource: t.Resource, Ticket: t.sign(i.WebhookSecret),
	})
}

// origin is the part of a URL that browsers compare.
func origin(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return "'none'"
	}
	return u.Scheme + "://" + u.Host
}

// anyKey succeeds with the first key that verifies. Without a key nothing does.
func anyKey(keys []string, verify func(key string) error) error {
	err := ErrSignatureInvalid
	for _, key := range keys {
		if err = verify(key); err == nil {
			return nil
		}
	}
	return err
}
