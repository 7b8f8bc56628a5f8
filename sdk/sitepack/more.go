package sitepack

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/url"
	"strings"
	"time"

	"golang.org/x/oauth2"
)

// Wish is what a browser is sent to a shop to ask for.
type Wish struct {
	Shop string // its base URL or its domain
	// Scopes are asked for instead of Options.Scopes. For more than an installation has, name
	// those it has as well: append(i.Scopes, "products:write"). The merchant is shown what is
	// new, and asked about nothing else.
	Scopes []string
	// Online asks for a token of the one who is logged in there: see Options.Online.
	Online bool
}

// StartURL is the address of [App.Start] for a wish. A link to it in a page of [App.Page] has
// target="_top": a shop shows its consent in no frame.
func (a *App) StartURL(w Wish) string {
	q := url.Values{"shop": {w.Shop}}
	if len(w.Scopes) > 0 {
		q.Set("scope", strings.Join(w.Scopes, " "))
	}
	if w.Online {
		q.Set("access_mode", "online")
	}
	return a.origin + a.start + "?" + q.Encode()
}

// wish reads what the address of Start asks for.
func (a *App) wish(q url.Values) (w Wish, err error) {
	if w.Scopes = strings.Fields(q.Get("scope")); len(w.Scopes) == 0 {
		w.Scopes = a.options.Scopes
	}
	if !covers(a.manifest.Auth.Scopes, w.Scopes) {
		return w, refuse("The app asks for something that is not in its app.json.", fmt.Errorf("scopes %q, and the app.json has %q", w.Scopes, a.manifest.Auth.Scopes))
	}
	switch q.Get("access_mode") {
	case "", "offline":
	case "online":
		if w.Online = true; a.options.Online == nil {
			return w, refuse("This app does nothing in the name of its users.", errors.New("access_mode is online, and Options.Online is nil"))
		}
	default:
		return w, refuse("The address is none of this app's.", ErrMalformed)
	}
	return w, nil
}

// Online is a token of one user of a shop: what is done with it is done in their name, with their
// rights and no more than the app's. It ends after an hour, or when they log out, and cannot be
// renewed: ask again. It prints as the shop's id; as JSON it has its secret.
type Online struct {
	ShopID, ShopURL string
	AccessToken     string
	Until           time.Time
	Scopes          []string
}

func (o Online) String() string { return "user of shop " + o.ShopID }

// GoString hides the token from %#v as well.
func (o Online) GoString() string { return o.String() }

// LogValue hides the token from logs.
func (o Online) LogValue() slog.Value { return slog.StringValue(o.ShopID) }

// As returns the REST API of a shop in the name of one of its users. When their token is over,
// calls fail with [ErrReauthorize].
func (a *App) As(o Online) *API { return &API{app: a, shopID: o.ShopID, user: &o} }

// Widen gives an installation scopes that were granted to the app since its token was issued: a
// merchant consented to a new version of its app.json, which the topic app.scopes_updated tells.
// What it had it keeps. Scopes that are not granted leave everything as it was, and are an error;
// send the browser to [App.StartURL] for them.
func (api *API) Widen(ctx context.Context, scopes ...string) error {
	a := api.app
	if api.user != nil {
		return errors.New("sitepack: the token of a user cannot be widened")
	}
	err := a.options.Store.Change(ctx, api.shopID, func(i Installation) (Installation, error) {
		switch {
		case i.TokenURL == "":
			return i, ErrShopUnknown
		case i.RefreshToken == "":
			return i, ErrReauthorize
		case covers(i.Scopes, scopes):
			return i, nil
		}
		secret, err := a.secret(ctx, i.ShopURL)
		if err != nil {
			return i, err
		}
		all := append([]string{}, i.Scopes...)
		for _, s := range scopes {
			if !covers(all, []string{s}) {
				all = append(all, s)
			}
		}
		fresh, err := a.refresh(ctx, i, secret, all)
		if told, ok := errors.AsType[*oauth2.RetrieveError](err); ok && told.ErrorCode == "invalid_grant" {
			err = fmt.Errorf("%w: %w", ErrReauthorize, err)
		}
		if err != nil {
			return i, fmt.Errorf("ask for %s: %w", strings.Join(scopes, " "), err)
		}
		i.take(fresh)
		return i, nil
	})
	if err != nil {
		return fmt.Errorf("shop %q: %w", api.shopID, err)
	}
	return nil
}

// token gives what the next call is made with; dead is a token that the shop refused.
func (api *API) token(ctx context.Context, dead string) (shopURL, token string, err error) {
	o := api.user
	switch {
	case o == nil:
		return api.app.token(ctx, api.shopID, dead)
	case o.AccessToken == dead || !api.app.options.Now().Before(o.Until):
		return "", "", fmt.Errorf("user of shop %q: %w", o.ShopID, ErrReauthorize)
	}
	return o.ShopURL, o.AccessToken, nil
}
