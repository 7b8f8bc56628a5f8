package sitepack

import (
	"context"
	"crypto/rand"
	"crypto/subtle"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"golang.org/x/oauth2"

	"github.com/appdock/appdock/protocol"
	"github.com/appdock/appdock/sdk/internal/serve"
)

const (
	stateCookie = "sitepack-state"
	// authorizing is how long an authorization may take; hosts keep a consent page as long.
	authorizing = 10 * time.Minute
	// hostState begins the state of an authorization that the host began.
	hostState   = "host."
	maxMetadata = 64 << 10
	// tokenMargin is how much earlier than the shop we call an access token expired.
	tokenMargin = 30 * time.Second
)

// metadata is what we read of RFC 8414.
type metadata struct {
	Issuer        string `json:"issuer"`
	Authorization string `json:"authorization_endpoint"`
	Token         string `json:"token_endpoint"`
}

// Start begins an authorization for the shop of the parameter "shop", its base URL or its domain
// (protocol-oauth.md B.2): the vendor's own page leads here, and so does a host that was told to
// by auth.start_uri. A host's signature is checked if it is there and the client secret is known.
// The browser goes on to the shop's consent page, with a state of its own and a PKCE challenge.
//
// The parameters "scope" and "access_mode" of the protocol ask for other scopes than
// Options.Scopes, and for a token of the one who looks at the page: [App.StartURL] writes them.
func (a *App) Start() http.Handler {
	return a.handler("start", func(w http.ResponseWriter, r *http.Request, note serve.Note) error {
		shop, err := a.shopURL(r.URL.Query().Get("shop"))
		if err != nil {
			return refuse("Say which shop: its https address, such as https://shop.example.", err)
		}
		note(slog.String("shop", shop))
		secret, err := a.secret(r.Context(), shop)
		if err != nil {
			return err
		}
		if secret != "" && r.URL.Query().Has("hmac") {
			if err := protocol.VerifyStart(r.URL.RawQuery, secret); err != nil {
				return err
			}
		}
		server, err := a.discover(r.Context(), shop)
		if err != nil {
			return serve.Refuse(http.StatusBadGateway, "There is no shop that apps can be installed in at "+shop+".", err)
		}
		wish, err := a.wish(r.URL.Query())
		if err != nil {
			return err
		}
		begun := Authorization{State: random(), ShopURL: shop, Verifier: oauth2.GenerateVerifier(), Online: wish.Online, Until: a.options.Now().Add(authorizing)}
		if err := a.options.Store.Begin(r.Context(), begun); err != nil {
			return fmt.Errorf("keep the authorization: %w", err)
		}
		// Only the browser that began may bring the answer: nobody can have somebody else
		// finish what they began (RFC 9700 section 4.7).
		a.remember(w, begun.State, int(authorizing/time.Second))
		client := a.config(server, secret)
		client.Scopes = wish.Scopes
		parameters := []oauth2.AuthCodeOption{oauth2.S256ChallengeOption(begun.Verifier), oauth2.SetAuthURLParam("manifest", a.options.ManifestURL)}
		if wish.Online {
			parameters = append(parameters, oauth2.SetAuthURLParam("access_mode", "online"))
		}
		to := client.AuthCodeURL(begun.State, parameters...)
		w.Header().Set("Referrer-Policy", "no-referrer")
		http.Redirect(w, r, to, http.StatusSeeOther)
		return nil
	})
}

// Callback serves auth.redirect_uri: it exchanges the code for tokens, keeps the installation,
// and sends the browser back to the shop, which leads it to the onboarding page.
//
// An answer to what the app began counts once, in the browser that began it. What a host began
// (its state is "host.…") is accepted from shops whose client secret is known; their code is
// sent to nobody else.
func (a *App) Callback() http.Handler {
	return a.handler("callback", func(w http.ResponseWriter, r *http.Request, note serve.Note) error {
		q := r.URL.Query()
		w.Header().Set("Referrer-Policy", "no-referrer")
		w.Header().Set("Cache-Control", "no-store")
		begun, err := a.begun(r, q)
		if err != nil {
			return err
		}
		a.remember(w, "", -1)
		note(slog.String("shop", begun.ShopURL))
		if code := q.Get("error"); code != "" {
			return refuse("The installation was not finished: "+describe(code)+".", fmt.Errorf("the shop answered %q", code))
		}
		i, user, next, err := a.exchange(r.Context(), begun, q.Get("code"))
		if err != nil {
			return err
		}
		note(slog.String("installation", i.ID))
		if begun.Online {
			a.options.Online(w, r, user)
			return nil
		}
		if i.WebhookSecret == "" {
			// The shop told the key once, and what it told is lost: a new one is given to whoever
			// has the tokens.
			if err := a.API(i.ShopID).Rotate(r.Context()); err != nil {
				return serve.Refuse(http.StatusBadGateway, "The app is connected, but cannot verify what the shop tells it. Begin again.", err)
			}
		}
		http.Redirect(w, r, next, http.StatusSeeOther)
		return nil
	})
}

// begun finds what an answer belongs to.
func (a *App) begun(r *http.Request, q url.Values) (Authorization, error) {
	state, issuer := q.Get("state"), q.Get("iss")
	if strings.HasPrefix(state, hostState) {
		shop, err := a.shopURL(issuer)
		if err != nil {
			return Authorization{}, err
		}
		secret, err := a.secret(r.Context(), shop)
		if err != nil {
			return Authorization{}, err
		}
		if secret == "" {
			return Authorization{}, refuse("This app does not know the client secret of the shop. Enter it at the app's vendor first, or begin the installation there.",
				fmt.Errorf("%s began an installation, and there is no secret for it", shop))
		}
		return Authorization{State: state, ShopURL: shop}, nil
	}
	cookie, err := r.Cookie(stateCookie)
	if err != nil || state == "" || subtle.ConstantTimeCompare([]byte(cookie.Value), []byte(state)) != 1 {
		return Authorization{}, ErrState
	}
	begun, err := a.options.Store.Take(r.Context(), state)
	switch {
	case err != nil:
		return Authorization{}, err
	case !a.options.Now().Before(begun.Until):
		return Authorization{}, ErrState
	case issuer != begun.ShopURL: // RFC 9207: another server answers in the name of this one
		return Authorization{}, refuse("Another shop answered than the one that was asked.", fmt.Errorf("iss is %q, want %q", issuer, begun.ShopURL))
	}
	return begun, nil
}

// exchange turns a code into an installation, and tells where the browser goes on. Of an online
// authorization the token is the user's, and no part of the installation.
func (a *App) exchange(ctx context.Context, begun Authorization, code string) (i Installation, user Online, next string, err error) {
	if code == "" {
		return i, user, "", refuse("The answer of the shop has no code.", ErrMalformed)
	}
	secret, err := a.secret(ctx, begun.ShopURL)
	if err != nil {
		return i, user, "", err
	}
	server, err := a.discover(ctx, begun.ShopURL)
	if err != nil {
		return i, user, "", serve.Refuse(http.StatusBadGateway, "The shop could not be asked for tokens.", err)
	}
	var options []oauth2.AuthCodeOption
	if begun.Verifier != "" {
		options = append(options, oauth2.VerifierOption(begun.Verifier))
	}
	token, err := a.config(server, secret).Exchange(a.calling(ctx), code, options...)
	if err != nil {
		return i, user, "", serve.Refuse(http.StatusBadGateway, "The shop gave no tokens for this installation. Begin again.", fmt.Errorf("exchange the code: %w", err))
	}
	shop, _ := token.Extra("shop").(map[string]any)
	shopID, _ := shop["id"].(string)
	if url, _ := shop["url"].(string); shopID == "" || url != begun.ShopURL {
		return i, user, "", serve.Refuse(http.StatusBadGateway, "The shop does not say who it is.", fmt.Errorf("the token is of shop %v, want one at %s", shop, begun.ShopURL))
	}
	err = a.options.Store.Change(ctx, shopID, func(before Installation) (Installation, error) {
		if before.ShopURL != "" && before.ShopURL != begun.ShopURL {
			// Whoever has the tokens of a shop could else take another's place by naming its id.
			return before, refuse("Another shop is known by this shop's id.", fmt.Errorf("shop %s is at %s, and now said to be at %s", shopID, before.ShopURL, begun.ShopURL))
		}
		i = before
		i.ID, _ = token.Extra("installation_id").(string)
		i.ShopURL, i.TokenURL, i.Active = begun.ShopURL, server.Token, true
		if begun.Online {
			user = Online{ShopID: shopID, ShopURL: i.ShopURL, AccessToken: token.AccessToken, Until: token.Expiry, Scopes: scopesOf(token)}
		} else if i.RefreshToken == "" || covers(scopesOf(token), i.Scopes) {
			// Anybody can lead a merchant here with a link that asks for less: what the app has
			// stays then.
			i.take(token)
		}
		if key, _ := token.Extra("webhook_secret").(string); key != "" {
			i.WebhookSecret, i.PreviousSecret = key, ""
		}
		return i, nil
	})
	if err != nil {
		return i, user, "", fmt.Errorf("keep the installation: %w", err)
	}
	next = begun.ShopURL + "/admin/"
	if to, _ := token.Extra("continue_url").(string); strings.HasPrefix(to, begun.ShopURL+"/") {
		next = to
	}
	return i, user, next, nil
}

// take puts the tokens of an answer in force.
func (i *Installation) take(t *oauth2.Token) {
	i.AccessToken, i.AccessUntil, i.RefreshToken = t.AccessToken, t.Expiry, t.RefreshToken
	if scopes := scopesOf(t); scopes != nil {
		i.Scopes = scopes
	}
}

// scopesOf are those of an answer; nil: it does not say.
func scopesOf(t *oauth2.Token) []string {
	scope, _ := t.Extra("scope").(string)
	return strings.Fields(scope)
}

// covers reports whether scopes have all of others.
func covers(scopes, others []string) bool {
	return !slices.ContainsFunc(others, func(s string) bool { return !slices.Contains(scopes, s) })
}

// token gives an access token of a shop that is good, and renews it if need be. dead is one that
// the shop refused.
func (a *App) token(ctx context.Context, shopID, dead string) (shopURL, token string, err error) {
	i, err := a.options.Store.Get(ctx, shopID)
	if err != nil {
		return "", "", fmt.Errorf("shop %q: %w", shopID, err)
	}
	good := func() bool {
		return i.AccessToken != "" && i.AccessToken != dead && a.options.Now().Add(tokenMargin).Before(i.AccessUntil)
	}
	if good() {
		return i.ShopURL, i.AccessToken, nil
	}
	var refused error
	err = a.options.Store.Change(ctx, shopID, func(now Installation) (Installation, error) {
		i, refused = now, nil
		switch {
		case i.TokenURL == "": // uninstalled since
			return i, ErrShopUnknown
		case good(): // somebody else was faster
			return i, nil
		case i.RefreshToken == "":
			return i, ErrReauthorize
		}
		secret, err := a.secret(ctx, i.ShopURL)
		if err != nil {
			return i, err
		}
		fresh, err := a.refresh(ctx, i, secret, nil)
		if told, ok := errors.AsType[*oauth2.RetrieveError](err); ok && told.ErrorCode == "invalid_grant" {
			// It will never be good again: keep that, so that nobody asks once more.
			i.AccessToken, i.RefreshToken = "", ""
			refused = fmt.Errorf("%w: %w", ErrReauthorize, err)
			return i, nil
		}
		if err != nil {
			return i, fmt.Errorf("renew the token: %w", err)
		}
		i.take(fresh)
		return i, nil
	})
	if err = errors.Join(err, refused); err != nil {
		return "", "", fmt.Errorf("shop %q: %w", shopID, err)
	}
	return i.ShopURL, i.AccessToken, nil
}

// refresh asks for new tokens with the refresh token, which is spent by it; with scopes, if any
// are named. The library's own way names none, so this is an exchange of another grant.
func (a *App) refresh(ctx context.Context, i Installation, secret string, scopes []string) (*oauth2.Token, error) {
	client := a.config(metadata{Token: i.TokenURL}, secret)
	client.RedirectURL = ""
	parameters := []oauth2.AuthCodeOption{oauth2.SetAuthURLParam("grant_type", "refresh_token"), oauth2.SetAuthURLParam("refresh_token", i.RefreshToken)}
	if len(scopes) > 0 {
		parameters = append(parameters, oauth2.SetAuthURLParam("scope", strings.Join(scopes, " ")))
	}
	return client.Exchange(a.calling(ctx), "", parameters...)
}

// config is the client of golang.org/x/oauth2 for a server.
func (a *App) config(server metadata, secret string) *oauth2.Config {
	return &oauth2.Config{
		ClientID: a.manifest.ID, ClientSecret: secret, RedirectURL: a.manifest.Auth.RedirectURI,
		Endpoint: oauth2.Endpoint{AuthURL: server.Authorization, TokenURL: server.Token, AuthStyle: oauth2.AuthStyleInParams},
	}
}

// calling has the library call by our client.
func (a *App) calling(ctx context.Context) context.Context {
	return context.WithValue(ctx, oauth2.HTTPClient, a.options.Client)
}

// discover asks a shop where its endpoints are (RFC 8414).
func (a *App) discover(ctx context.Context, shop string) (metadata, error) {
	u, err := url.Parse(shop)
	if err != nil {
		return metadata{}, err
	}
	u.Path = "/.well-known/oauth-authorization-server" + strings.TrimSuffix(u.Path, "/")
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, u.String(), http.NoBody)
	if err != nil {
		return metadata{}, err
	}
	response, err := a.options.Client.Do(request)
	if err != nil {
		return metadata{}, err
	}
	defer func() { _ = response.Body.Close() }() // all that counts was read
	if response.StatusCode != http.StatusOK {
		return metadata{}, fmt.Errorf("GET %s: %s", u, response.Status)
	}
	var m metadata
	if err := json.NewDecoder(io.LimitReader(response.Body, maxMetadata)).Decode(&m); err != nil {
		return metadata{}, fmt.Errorf("GET %s: %w", u, err)
	}
	if m.Issuer != shop {
		return metadata{}, fmt.Errorf("GET %s: the issuer is %q", u, m.Issuer)
	}
	for _, endpoint := range []string{m.Authorization, m.Token} {
		if _, err := a.shopURL(endpoint); err != nil {
			return metadata{}, fmt.Errorf("GET %s: endpoint: %w", u, err)
		}
	}
	return m, nil
}

// shopURL is the base URL of a shop that somebody named, without a slash at its end.
func (a *App) shopURL(text string) (string, error) {
	text = strings.TrimRight(strings.TrimSpace(text), "/")
	if !strings.Contains(text, "://") {
		text = "https://" + text
	}
	u, err := url.Parse(text)
	if err != nil {
		return "", fmt.Errorf("%w: not a URL", ErrMalformed)
	}
	secure := u.Scheme == "https" || u.Scheme == "http" && a.options.Development
	if !secure || u.Host == "" || u.User != nil || u.RawQuery != "" || u.Fragment != "" || len(text) > 2000 {
		return "", fmt.Errorf("%w: not the https address of a shop: %q", ErrMalformed, u.Redacted())
	}
	return text, nil
}

// remember keeps the state in the browser, or forgets it.
func (a *App) remember(w http.ResponseWriter, state string, seconds int) {
	http.SetCookie(w, &http.Cookie{
		Name: stateCookie, Value: state, Path: "/", MaxAge: seconds, HttpOnly: true,
		Secure: strings.HasPrefix(a.origin, "https:"), SameSite: http.SameSiteLaxMode,
	})
}

// describe says in words what the errors mean that people cause.
func describe(code string) string {
	switch code {
	case "access_denied":
		return "it was cancelled in the shop, or you may not install apps there"
	case "invalid_scope":
		return "the shop does not know what the app asks for"
	}
	return "the shop could not do it"
}

func random() string {
	b := make([]byte, 32)
	_, _ = rand.Read(b) // never fails: crypto/rand ends the program instead
	return base64.RawURLEncoding.EncodeToString(b)
}
