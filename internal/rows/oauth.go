package rows

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"github.com/appdock/appdock"
	"github.com/appdock/appdock/internal/lifecycle"
	"github.com/appdock/appdock/internal/oauth"
	"github.com/appdock/appdock/internal/sqlstore"
	"github.com/appdock/appdock/protocol"
)

var (
	_ oauth.Families   = Families{}
	_ lifecycle.Offers = (*Store)(nil)
)

// oauthDetails is what of lifecycle.OAuth nobody looks for.
type oauthDetails struct {
	ManifestURL      string     `json:"manifestUrl,omitempty"`
	StartURI         string     `json:"startUri,omitempty"`
	OnboardingURL    string     `json:"onboardingUrl,omitempty"`
	ConfigurationURL string     `json:"configurationUrl,omitempty"`
	Installer        appdock.ID `json:"installer"`
	Onboarded        bool       `json:"onboarded,omitempty"`
	Dead             bool       `json:"dead,omitempty"`
	Until            time.Time  `json:"until,omitzero"`
	KnownScopes      []string   `json:"knownScopes,omitempty"`
	KnownHosts       []string   `json:"knownHosts,omitempty"`
	LookedAt         time.Time  `json:"lookedAt,omitzero"`
	Unread           string     `json:"unread,omitempty"`
}

func readOAuth(row Row, id *appdock.ID) (o lifecycle.OAuth, err error) {
	var uris, requested, granted, details string
	if err := row.Scan(idColumn{id}, &o.SecretHash, &uris, &requested, &granted, &o.ConsentHash, &o.Manifest, &details); err != nil {
		return o, err
	}
	var d oauthDetails
	err = json.Unmarshal([]byte(details), &d)
	o.RedirectURIs, o.Requested, o.Granted = strings.Split(uris, "\n"), strings.Fields(requested), strings.Fields(granted)
	o.ManifestURL, o.StartURI, o.OnboardingURL, o.ConfigurationURL = d.ManifestURL, d.StartURI, d.OnboardingURL, d.ConfigurationURL
	o.Installer, o.Onboarded, o.Dead, o.Until = d.Installer, d.Onboarded, d.Dead, d.Until
	o.Known, o.LookedAt, o.Unread = lifecycle.Known{Scopes: d.KnownScopes, Hosts: d.KnownHosts}, d.LookedAt, d.Unread
	return o, err
}

// oauthClient writes what OAuth knows of an installation.
func (t *tx) oauthClient(shop tenant, x lifecycle.Registration) error {
	if x.OAuth.IsZero() {
		return nil
	}
	o := x.OAuth
	details, err := json.Marshal(oauthDetails{
		ManifestURL: o.ManifestURL, StartURI: o.StartURI, OnboardingURL: o.OnboardingURL, ConfigurationURL: o.ConfigurationURL,
		Installer: o.Installer, Onboarded: o.Onboarded, Dead: o.Dead, Until: o.Until.UTC().Truncate(time.Millisecond),
		KnownScopes: o.Known.Scopes, KnownHosts: o.Known.Hosts, LookedAt: o.LookedAt.UTC().Truncate(time.Millisecond), Unread: o.Unread,
	})
	if err != nil {
		return err
	}
	var secret any
	if len(o.SecretHash) > 0 {
		secret = o.SecretHash
	}
	_, err = t.put(`INSERT INTO oauth_client (shop, installation, secret_hash, redirect_uris, requested, granted, manifest_hash, consent_hash, manifest, details)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
		ON CONFLICT (shop, installation) DO UPDATE SET secret_hash = excluded.secret_hash, redirect_uris = excluded.redirect_uris,
			requested = excluded.requested, granted = excluded.granted, manifest_hash = excluded.manifest_hash,
			consent_hash = excluded.consent_hash, manifest = excluded.manifest, details = excluded.details`,
		shop.number, x.Installation.ID[:], secret, strings.Join(o.RedirectURIs, "\n"), strings.Join(o.Requested, " "), strings.Join(o.Granted, " "),
		x.Profile.ManifestHash, o.ConsentHash, o.Manifest, string(details))
	if err != nil {
		return fmt.Errorf("write the OAuth client %s: %w", x.Installation.App, err)
	}
	if !o.Dead {
		return nil
	}
	return t.endFamilies(shop, x.Installation.ID)
}

// endFamilies cuts all tokens of an app.
func (t *tx) endFamilies(shop tenant, installation appdock.ID) error {
	_, err := t.put("UPDATE oauth_family SET ended_at = ? WHERE shop = ? AND installation = ? AND ended_at IS NULL",
		milliseconds(t.store.now()), shop.number, installation[:])
	return err
}

// forgetClient removes an app's codes and tokens with it.
func (t *tx) forgetClient(shop tenant, installation appdock.ID) error {
	for _, text := range []string{
		"DELETE FROM oauth_code WHERE shop = ?1 AND family IN (SELECT id FROM oauth_family WHERE shop = ?1 AND installation = ?2)",
		"DELETE FROM oauth_token WHERE shop = ?1 AND family IN (SELECT id FROM oauth_family WHERE shop = ?1 AND installation = ?2)",
		"DELETE FROM oauth_family WHERE shop = ?1 AND installation = ?2",
		"DELETE FROM oauth_client WHERE shop = ?1 AND installation = ?2",
	} {
		if _, err := t.put(text, shop.number, installation[:]); err != nil {
			return err
		}
	}
	return nil
}

// KeepOffer puts an offer in place of the one before, and forgets those that are too old.
func (s *Store) KeepOffer(ctx context.Context, o lifecycle.Offer, most int) error {
	t, err := s.tenant(o.Shop)
	if err != nil {
		return err
	}
	return s.write(ctx, Intake, false, func(w *tx) error {
		if _, err := w.put("DELETE FROM oauth_offer WHERE until < ?", s.now().UnixMilli()); err != nil {
			return err
		}
		var open int
		if _, err := w.one("SELECT count(*) FROM oauth_offer WHERE shop = ? AND login = ? AND app <> ?", []any{t.number, o.By[:], o.App}, &open); err != nil {
			return err
		}
		if open >= most {
			return &appdock.Error{
				Kind: appdock.Conflict, Code: "ADK-OFFERS-OPEN", Message: "Too many apps wait for a decision of yours",
				Cure: "Decide about one, or wait ten minutes.",
			}
		}
		var secret any
		if len(o.SecretHash) > 0 {
			secret = o.SecretHash
		}
		_, err := w.put(`INSERT INTO oauth_offer (shop, app, url, manifest, secret_hash, login, until) VALUES (?, ?, ?, ?, ?, ?, ?)
			ON CONFLICT (shop, app) DO UPDATE SET url = excluded.url, manifest = excluded.manifest, secret_hash = excluded.secret_hash,
				login = excluded.login, until = excluded.until`,
			t.number, o.App, o.URL, o.Manifest, secret, idOrNull(o.By), milliseconds(o.Until))
		return err
	})
}

// Offer finds an offer that is good now.
func (s *Store) Offer(ctx context.Context, shop appdock.ShopID, app string) (o lifecycle.Offer, err error) {
	t, err := s.tenant(shop)
	if err != nil {
		return o, err
	}
	o = lifecycle.Offer{Shop: t.id, App: app}
	err = s.read(ctx, Host, func(r session) error {
		found, err := r.first(ctx, "SELECT url, manifest, secret_hash, login, until FROM oauth_offer WHERE shop = ? AND app = ? AND until > ?",
			[]any{t.number, app, s.now().UnixMilli()}, &o.URL, &o.Manifest, &o.SecretHash, idColumn{&o.By}, timeColumn{&o.Until})
		if err == nil && !found {
			err = gone("offer")
		}
		return err
	})
	return o, err
}

// WithdrawOffer removes an offer.
func (s *Store) WithdrawOffer(ctx context.Context, shop appdock.ShopID, app string) error {
	return s.Users().do(ctx, shop, "DELETE FROM oauth_offer WHERE shop = ? AND app = ?", func(t tenant) []any { return []any{t.number, app} })
}

// Families is the store as package oauth sees it.
type Families struct{ store *Store }

// Families gives access to codes and tokens.
func (s *Store) Families() Families { return Families{s} }

const askApp = "r.installation, r.app, r.version, r.active, r.state, c.secret_hash, c.redirect_uris, c.requested, c.granted, c.manifest_hash, c.consent_hash"

// appColumns reads what askApp asks for.
type appColumns struct {
	app                             oauth.App
	state, uris, requested, granted string
}

func (c *appColumns) targets() []any {
	return []any{
		idColumn{&c.app.Installation},
		&c.app.Name, &c.app.Version, &c.app.Active, &c.state, &c.app.SecretHash, &c.uris, &c.requested, &c.granted,
		&c.app.ManifestHash, &c.app.ConsentHash,
	}
}

func (c *appColumns) read() oauth.App {
	c.app.State = appState(c.state)
	c.app.RedirectURIs = strings.Split(c.uris, "\n")
	c.app.Requested, c.app.Granted = scopes(c.requested), scopes(c.granted)
	return c.app
}

// appState is the state of an installation as OAuth sees it.
func appState(state string) oauth.AppState {
	if state == string(lifecycle.Deactivating) { // told so, and able to act until that is carried out
		return oauth.Installed
	}
	return oauth.AppState(state)
}

// scopes reads what names of scopes were written.
func scopes(text string) (list []protocol.Scope) {
	for name := range strings.FieldsSeq(text) {
		if s, known := protocol.LookupScope(name); known {
			list = append(list, s)
		}
	}
	return list
}

func scopeNames(list []protocol.Scope) string {
	names := make([]string, len(list))
	for i, s := range list {
		names[i] = s.String()
	}
	return strings.Join(names, " ")
}

// App finds an app by its client id.
func (f Families) App(ctx context.Context, shop appdock.ShopID, clientID string) (a oauth.App, err error) {
	t, err := f.store.tenant(shop)
	if err != nil {
		return a, err
	}
	err = f.store.read(ctx, Host, func(r session) error {
		var c appColumns
		found, err := r.first(ctx, "SELECT "+askApp+` FROM registration AS r CROSS JOIN oauth_client AS c ON c.shop = r.shop AND c.installation = r.installation
			WHERE r.shop = ? AND r.app_fold = ? AND r.app = ?`,
			[]any{t.number, sqlstore.Fold(clientID), clientID}, c.targets()...)
		if err == nil && !found {
			err = gone("app")
		}
		a = c.read()
		return err
	})
	return a, err
}

// familyKept is how long a family is kept after its code was made: it ended before.
const familyKept = 367 * 24 * time.Hour

// Add keeps a code and its family, and forgets what is over for good.
func (f Families) Add(ctx context.Context, c oauth.Code) error {
	t, err := f.store.tenant(c.Family.Shop)
	if err != nil {
		return err
	}
	return f.store.write(ctx, Intake, false, func(w *tx) error {
		now := f.store.now()
		for _, forget := range []struct {
			text string
			at   time.Time
		}{
			{"DELETE FROM oauth_token WHERE expires_at < ?", now.Add(-24 * time.Hour)}, // one that is known as expired says so for a day
			{"DELETE FROM oauth_family WHERE created_at < ?", now.Add(-familyKept)},
		} {
			if _, err := w.put(forget.text, forget.at.UnixMilli()); err != nil {
				return err
			}
		}
		x := c.Family
		if _, err := w.put(`INSERT INTO oauth_family (shop, id, installation, app, login, online, confidential, created_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
			t.number, x.ID[:], x.Installation[:], x.App, idOrNull(x.User), x.Online, x.Confidential, now.UnixMilli()); err != nil {
			return err
		}
		_, err := w.put("INSERT INTO oauth_code (shop, hash, family, redirect_uri, challenge, scopes, expires_at) VALUES (?, ?, ?, ?, ?, ?, ?)",
			t.number, c.Hash, x.ID[:], c.RedirectURI, c.Challenge, scopeNames(c.Scopes), milliseconds(c.ExpiresAt))
		return err
	})
}

const askFamily = "f.id, f.installation, f.app, f.login, f.online, f.confidential, f.started_at, f.ended_at"

func familyTargets(f *oauth.Family) []any {
	return []any{
		idColumn{&f.ID}, idColumn{&f.Installation}, &f.App, idColumn{&f.User}, &f.Online, &f.Confidential, timeColumn{&f.StartedAt}, timeColumn{&f.EndedAt},
	}
}

// Redeem carries out what is decided about a code.
func (f Families) Redeem(ctx context.Context, shop appdock.ShopID, hash []byte, decide func(oauth.Code) oauth.Change) error {
	t, err := f.store.tenant(shop)
	if err != nil {
		return err
	}
	return f.store.write(ctx, Intake, false, func(w *tx) error {
		c := oauth.Code{Hash: hash, Family: oauth.Family{Shop: t.id}}
		var names string
		found, err := w.one(`SELECT c.redirect_uri, c.challenge, c.scopes, c.expires_at, c.used_at, `+askFamily+`
			FROM oauth_code AS c CROSS JOIN oauth_family AS f ON f.shop = c.shop AND f.id = c.family WHERE c.shop = ? AND c.hash = ?`,
			[]any{t.number, hash}, append([]any{&c.RedirectURI, &c.Challenge, &names, timeColumn{&c.ExpiresAt}, timeColumn{&c.UsedAt}}, familyTargets(&c.Family)...)...)
		if err != nil {
			return err
		}
		if !found {
			return gone("code")
		}
		c.Scopes = scopes(names)
		change := decide(c)
		if change.Use {
			if _, err := w.put("UPDATE oauth_code SET used_at = ? WHERE shop = ? AND hash = ?", milliseconds(change.At), t.number, hash); err != nil {
				return err
			}
			if _, err := w.put("UPDATE oauth_family SET started_at = ?, confidential = ? WHERE shop = ? AND id = ?",
				milliseconds(change.At), change.Confidential, t.number, c.Family.ID[:]); err != nil {
				return err
			}
		}
		return w.carryOut(t, c.Family.ID, change)
	})
}

// carryOut issues what a change adds, and ends the family if it says so.
func (t *tx) carryOut(shop tenant, family appdock.ID, c oauth.Change) error {
	for _, x := range c.Add {
		if _, err := t.put("INSERT INTO oauth_token (shop, hash, kind, family, scopes, issued_at, expires_at) VALUES (?, ?, ?, ?, ?, ?, ?)",
			shop.number, x.Hash, string(x.Kind), x.Family[:], scopeNames(x.Scopes), milliseconds(x.IssuedAt), milliseconds(x.ExpiresAt)); err != nil {
			return err
		}
	}
	if !c.End {
		return nil
	}
	_, err := t.put("UPDATE oauth_family SET ended_at = ? WHERE shop = ? AND id = ? AND ended_at IS NULL", milliseconds(c.At), shop.number, family[:])
	return err
}

const askToken = "t.kind, t.family, t.scopes, t.issued_at, t.expires_at, t.used_at"

// tokenColumns reads what askToken asks for.
type tokenColumns struct {
	token oauth.AppToken
	names string
}

func (c *tokenColumns) targets() []any {
	return []any{&c.token.Kind, idColumn{&c.token.Family}, &c.names, timeColumn{&c.token.IssuedAt}, timeColumn{&c.token.ExpiresAt}, timeColumn{&c.token.UsedAt}}
}

func (c *tokenColumns) read(hash []byte) oauth.AppToken {
	c.token.Hash, c.token.Scopes = hash, scopes(c.names)
	return c.token
}

// Renew carries out what is decided about a refresh token.
func (f Families) Renew(ctx context.Context, shop appdock.ShopID, hash, next []byte, decide func(oauth.AppToken, oauth.Family, oauth.AppToken) oauth.Change) error {
	t, err := f.store.tenant(shop)
	if err != nil {
		return err
	}
	return f.store.write(ctx, Intake, false, func(w *tx) error {
		var shown, follows tokenColumns
		family := oauth.Family{Shop: t.id}
		found, err := w.one(`SELECT `+askToken+`, `+askFamily+`
			FROM oauth_token AS t CROSS JOIN oauth_family AS f ON f.shop = t.shop AND f.id = t.family WHERE t.shop = ? AND t.hash = ?`,
			[]any{t.number, hash}, append(shown.targets(), familyTargets(&family)...)...)
		if err != nil {
			return err
		}
		if !found {
			return gone("token")
		}
		issued, err := w.one("SELECT "+askToken+" FROM oauth_token AS t WHERE t.shop = ? AND t.hash = ?", []any{t.number, next}, follows.targets()...)
		if err != nil {
			return err
		}
		var successor oauth.AppToken
		if issued {
			successor = follows.read(next)
		}
		change := decide(shown.read(hash), family, successor)
		if change.Use {
			if _, err := w.put("UPDATE oauth_token SET used_at = ? WHERE shop = ? AND hash = ?", milliseconds(change.At), t.number, hash); err != nil {
				return err
			}
		}
		return w.carryOut(t, family.ID, change)
	})
}

// Find gives a token with its family and the app of now. Each call of the REST API asks for it,
// so it names the columns that it needs, each once.
func (f Families) Find(ctx context.Context, shop appdock.ShopID, hash []byte) (token oauth.AppToken, family oauth.Family, a oauth.App, err error) {
	t, err := f.store.tenant(shop)
	if err != nil {
		return token, family, a, err
	}
	var may, state, granted string
	err = f.store.read(ctx, Glance, func(r session) error {
		found, err := r.first(ctx, `SELECT t.kind, t.scopes, t.issued_at, t.expires_at, t.used_at, `+askFamily+`, r.version, r.active, r.state, c.granted
			FROM oauth_token AS t
			CROSS JOIN oauth_family AS f ON f.shop = t.shop AND f.id = t.family
			CROSS JOIN registration AS r ON r.shop = f.shop AND r.installation = f.installation
			CROSS JOIN oauth_client AS c ON c.shop = r.shop AND c.installation = r.installation
			WHERE t.shop = ? AND t.hash = ?`, []any{t.number, hash},
			append(append([]any{&token.Kind, &may, timeColumn{&token.IssuedAt}, timeColumn{&token.ExpiresAt}, timeColumn{&token.UsedAt}}, familyTargets(&family)...),
				&a.Version, &a.Active, &state, &granted)...)
		if err == nil && !found {
			err = gone("token")
		}
		return err
	})
	if err != nil {
		return oauth.AppToken{}, oauth.Family{}, oauth.App{}, err
	}
	family.Shop = t.id
	token.Hash, token.Family, token.Scopes = hash, family.ID, scopes(may)
	a.Installation, a.Name, a.State, a.Granted = family.Installation, family.App, appState(state), scopes(granted)
	return token, family, a, nil
}

// End ends a family.
func (f Families) End(ctx context.Context, shop appdock.ShopID, family appdock.ID, at time.Time) error {
	return f.store.Users().do(ctx, shop, "UPDATE oauth_family SET ended_at = ? WHERE shop = ? AND id = ? AND ended_at IS NULL", func(t tenant) []any {
		return []any{milliseconds(at), t.number, family[:]}
	})
}

// Forget removes an access token.
func (f Families) Forget(ctx context.Context, shop appdock.ShopID, hash []byte) error {
	return f.store.Users().do(ctx, shop, "DELETE FROM oauth_token WHERE shop = ? AND hash = ?", func(t tenant) []any { return []any{t.number, hash} })
}
