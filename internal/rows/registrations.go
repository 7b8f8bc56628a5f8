package rows

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"maps"
	"slices"
	"time"

	"github.com/appdock/appdock"
	"github.com/appdock/appdock/internal/entity"
	"github.com/appdock/appdock/internal/lifecycle"
	"github.com/appdock/appdock/internal/sqlstore"
	"github.com/appdock/appdock/manifest"
)

var _ lifecycle.Store = Registrations{}

// Registrations is the store as lifecycle sees it.
type Registrations struct{ store *Store }

// Registrations gives access to what the host knows of apps.
func (s *Store) Registrations() Registrations { return Registrations{s} }

// profile is how a Profile stands in its column.
type profile struct {
	Format           string                `json:"format,omitempty"`
	Label            map[string]string     `json:"label,omitempty"`
	Description      map[string]string     `json:"description,omitempty"`
	Author           string                `json:"author,omitempty"`
	Copyright        string                `json:"copyright,omitempty"`
	License          string                `json:"license,omitempty"`
	Privacy          string                `json:"privacy,omitempty"`
	Icon             []byte                `json:"icon,omitempty"`
	Path             string                `json:"path,omitempty"`
	ManifestHash     string                `json:"manifestHash,omitempty"`
	BaseAppURL       string                `json:"baseAppUrl,omitempty"`
	Hosts            []string              `json:"hosts,omitempty"`
	Requested        appdock.Privileges    `json:"requested,omitempty"`
	TemplatePriority int                   `json:"templatePriority,omitempty"`
	Names            []manifest.Identifier `json:"names,omitempty"`
	Config           []manifest.ConfigCard `json:"config,omitempty"`
	MainPage         string                `json:"mainPage,omitempty"`
	Modules          []lifecycle.Module    `json:"modules,omitempty"`
	Buttons          []lifecycle.Button    `json:"buttons,omitempty"`
	Blocks           []lifecycle.Block     `json:"blocks,omitempty"`
	AppBlocks        []lifecycle.AppBlock  `json:"appBlocks,omitempty"`
	FlowEvents       []lifecycle.FlowEvent `json:"flowEvents,omitempty"`
	Payments         []lifecycle.Payment   `json:"payments,omitempty"`
}

// Get finds a registration by the app's name.
func (r Registrations) Get(ctx context.Context, shop appdock.ShopID, app string) (lifecycle.Registration, error) {
	t, err := r.store.tenant(shop)
	if err != nil {
		return lifecycle.Registration{}, err
	}
	list, err := r.find(ctx, t, "r.app_fold = ?", sqlstore.Fold(app))
	if err != nil {
		return lifecycle.Registration{}, err
	}
	if len(list) == 0 {
		return lifecycle.Registration{}, notInstalled(app)
	}
	return list[0], nil
}

// All lists the registrations of a shop by name.
func (r Registrations) All(ctx context.Context, shop appdock.ShopID) ([]lifecycle.Registration, error) {
	t, err := r.store.tenant(shop)
	if err != nil {
		return nil, err
	}
	return r.find(ctx, t, "TRUE")
}

func notInstalled(app string) error {
	return &appdock.Error{
		Kind:    appdock.NotFound,
		Code:    "ADK-APP-UNKNOWN",
		Message: fmt.Sprintf("The app %q is not installed.", app),
		Cure:    "Look at the list of installed apps for its technical name.",
	}
}

func (r Registrations) find(ctx context.Context, shop tenant, condition string, args ...any) (list []lifecycle.Registration, err error) {
	args = append([]any{shop.number}, args...)
	err = r.store.read(ctx, Host, func(s session) error {
		place := map[appdock.ID]int{}
		err := s.each(ctx, func(row Row) error {
			x, err := scanRegistration(row, shop)
			place[x.Installation.ID] = len(list)
			list = append(list, x)
			return err
		}, selectRegistrations+condition+" ORDER BY r.app_fold", args...)
		if err != nil {
			return err
		}
		err = s.each(ctx, func(row Row) error {
			var id appdock.ID
			var at int
			var sealed []byte
			var until, since time.Time
			if err := row.Scan(idColumn{&id}, &at, &sealed, timeColumn{&until}, timeColumn{&since}); err != nil {
				return err
			}
			x := &list[place[id]]
			secret, err := r.store.unseal(ctx, shop, sqlstore.Fold(x.Installation.App), sealed)
			switch {
			case err != nil:
				x.Damaged = x.Damaged || at >= 0 // a missing app secret is asked for when it is needed
			case at == placePrevious:
				x.Previous = lifecycle.Previous{Secret: secret, Until: until}
			case at < 0:
				x.Setup.AppSecret = secret
			case at == 0:
				x.Secret, x.SecretTold = secret, since
			default:
				x.Unconfirmed, x.UnconfirmedSince = append(x.Unconfirmed, secret), since
			}
			return nil
		}, `SELECT x.installation, x.place, x.sealed, x.until, x.since
			FROM registration AS r CROSS JOIN registration_secret AS x ON x.shop = r.shop AND x.installation = r.installation
			WHERE r.shop = ? AND `+condition+" ORDER BY x.installation, x.place", args...)
		if err != nil {
			return err
		}
		err = s.each(ctx, func(row Row) error {
			var id appdock.ID
			var c lifecycle.Client
			err := row.Scan(idColumn{&id}, idColumn{&c.Integration}, timeColumn{&c.Until})
			x := &list[place[id]]
			x.OtherClients = append(x.OtherClients, c)
			return err
		}, `SELECT x.installation, x.integration, x.until
			FROM registration AS r CROSS JOIN credential AS x ON x.shop = r.shop AND x.installation = r.installation AND x.place > 0
			WHERE r.shop = ? AND `+condition+" ORDER BY x.installation, x.place", args...)
		if err != nil {
			return err
		}
		err = s.each(ctx, func(row Row) error {
			var id appdock.ID
			o, err := readOAuth(row, &id)
			list[place[id]].OAuth = o
			return err
		}, `SELECT x.installation, x.secret_hash, x.redirect_uris, x.requested, x.granted, x.consent_hash, x.manifest, x.details
			FROM registration AS r CROSS JOIN oauth_client AS x ON x.shop = r.shop AND x.installation = r.installation
			WHERE r.shop = ? AND `+condition, args...)
		if err != nil {
			return err
		}
		err = s.each(ctx, func(row Row) error {
			var id appdock.ID
			var text string
			if err := row.Scan(idColumn{&id}, &text); err != nil {
				return err
			}
			x := &list[place[id]]
			x.Entities = append(x.Entities, entity.Custom{})
			return json.Unmarshal([]byte(text), &x.Entities[len(x.Entities)-1])
		}, `SELECT x.installation, x.definition
			FROM registration AS r CROSS JOIN custom_entity AS x ON x.shop = r.shop AND x.installation = r.installation
			WHERE r.shop = ? AND `+condition+" ORDER BY x.installation, x.place", args...)
		if err != nil {
			return err
		}
		return s.each(ctx, func(row Row) error {
			var id appdock.ID
			var h lifecycle.Webhook
			err := row.Scan(idColumn{&id}, idColumn{&h.ID}, &h.Name, &h.Event, &h.URL, &h.OnlyLive, &h.Active, &h.Topic,
				idColumn{&h.Asked.ID}, &h.Asked.Topic, &h.Asked.Strict, &h.Asked.SuppressOwn)
			x := &list[place[id]]
			x.Features.Webhooks = append(x.Features.Webhooks, h)
			return err
		}, `SELECT x.installation, x.id, x.name, x.event, x.url, x.only_live, x.active, x.topic, x.asked, x.asked_topic, x.strict, x.suppress_own
			FROM registration AS r CROSS JOIN subscription AS x ON x.shop = r.shop AND x.installation = r.installation AND x.until = 0
			WHERE r.shop = ? AND `+condition+" ORDER BY x.installation, x.place", args...)
	})
	return list, err
}

// selectRegistrations asks for the rows that [scanRegistration] reads; a condition follows.
const selectRegistrations = `SELECT r.installation, r.app, r.version, r.active, r.privileges, r.state, r.integration, r.role, r.registration_url,
		r.profile, r.installed_at, r.updated_at, r.row_version
	FROM registration AS r WHERE r.shop = ? AND `

func scanRegistration(row Row, shop tenant) (lifecycle.Registration, error) {
	var grant, text string
	x := lifecycle.Registration{Installation: appdock.Installation{Shop: shop.id}}
	err := row.Scan(idColumn{&x.Installation.ID}, &x.Installation.App, &x.Installation.Version, &x.Installation.Active, &grant,
		&x.State, idColumn{&x.Integration}, idColumn{&x.Role}, &x.Setup.RegistrationURL, &text, timeColumn{&x.InstalledAt}, timeColumn{&x.UpdatedAt}, &x.RowVersion)
	if err != nil {
		return x, err
	}
	x.Installation.Grant = appdock.NewPrivileges(privileges(grant)...)
	var p profile
	err = json.Unmarshal([]byte(text), &p)
	x.Profile = lifecycle.Profile(p)
	return x, err
}

// Create writes the inactive app, its role, its integration and its credentials.
func (r Registrations) Create(ctx context.Context, x lifecycle.Registration, c lifecycle.Credentials) error {
	shop, err := r.store.tenant(x.Installation.Shop)
	if err != nil {
		return err
	}
	secrets := r.store.sealAll(shop, x)
	return r.store.writeIn(ctx, Intake, shop, func(t *tx) error {
		var app string
		taken, err := t.one("SELECT app FROM registration WHERE shop = ? AND app_fold = ?",
			[]any{shop.number, sqlstore.Fold(x.Installation.App)}, &app)
		if err != nil {
			return err
		}
		if taken {
			return &appdock.Error{
				Kind:    appdock.Conflict,
				Code:    "ADK-APP-INSTALLED",
				Message: fmt.Sprintf("The app %q is installed already.", app),
			}
		}
		revision, err := t.touch(shop)
		if err != nil {
			return err
		}
		x.RowVersion = 0
		if err := t.register(shop, x, secrets); err != nil {
			return err
		}
		if err := t.bring(shop, x); err != nil {
			return err
		}
		if err := t.apply(shop, t.owned(shop, x, entity.Inserted, &c)...); err != nil {
			return err
		}
		if err := t.show(shop, x, lifecycle.Parts(x, shop.locale)); err != nil {
			return err
		}
		if err := t.translate(shop, lifecycle.Texts(x)); err != nil {
			return err
		}
		if err := t.credentials(shop, x.Installation.ID, x.Integration, c); err != nil {
			return err
		}
		return t.subscribe(shop, x, revision)
	})
}

// Change replaces the registration and writes events with it.
func (r Registrations) Change(ctx context.Context, x lifecycle.Registration, events ...appdock.Event) (lifecycle.Registration, []appdock.Event, error) {
	return r.replace(ctx, x, events, func(*tx, tenant) error { return nil })
}

// Rekey replaces the registration and gives it one more API client.
func (r Registrations) Rekey(ctx context.Context, x lifecycle.Registration, integration appdock.ID, c lifecycle.Credentials) (lifecycle.Registration, error) {
	x.OtherClients = append([]lifecycle.Client{{Integration: integration}}, x.OtherClients...)
	x, _, err := r.replace(ctx, x, nil, func(t *tx, shop tenant) error {
		if err := t.credentials(shop, x.Installation.ID, integration, c); err != nil {
			return err
		}
		return t.apply(shop, t.known(entity.Change{
			Entity: "integration", Kind: entity.Inserted, ID: integration,
			Set: map[string]any{
				"label": x.Installation.App, "accessKey": c.AccessKey, "admin": false, "createdAt": c.ChangedAt.UTC().Truncate(time.Millisecond),
			},
		}))
	})
	return x, err
}

// replace writes a registration as a whole, after what first writes.
func (r Registrations) replace(ctx context.Context, x lifecycle.Registration, events []appdock.Event, first func(*tx, tenant) error) (lifecycle.Registration, []appdock.Event, error) {
	shop, err := r.store.tenant(x.Installation.Shop)
	if err != nil {
		return x, nil, err
	}
	secrets := r.store.sealAll(shop, x)
	events, err = r.change(ctx, shop, x, events, func(t *tx, revision appdock.Revision) error {
		if err := first(t, shop); err != nil {
			return err
		}
		if !x.Installation.Active {
			if err := t.cutTokens(shop, x); err != nil {
				return err
			}
		}
		if err := t.payments(shop, x, lifecycle.PaymentMethods(x, shop.locale)); err != nil {
			return err
		}
		if err := t.register(shop, x, secrets); err != nil {
			return err
		}
		if err := t.bring(shop, x); err != nil {
			return err
		}
		if err := t.apply(shop, t.owned(shop, x, entity.Updated, nil)...); err != nil {
			return err
		}
		if err := t.show(shop, x, lifecycle.Parts(x, shop.locale)); err != nil {
			return err
		}
		if err := t.translate(shop, lifecycle.Texts(x)); err != nil {
			return err
		}
		if err := t.clients(shop, x); err != nil {
			return err
		}
		if !x.Secret.IsZero() {
			if _, err := t.put("DELETE FROM deleted_app WHERE shop = ? AND app_fold = ?", shop.number, sqlstore.Fold(x.Installation.App)); err != nil {
				return err
			}
		}
		return t.subscribe(shop, x, revision)
	})
	if err != nil {
		return x, nil, err
	}
	x.RowVersion++
	return x, events, nil
}

// Remove deletes the app and remembers its committed secret.
func (r Registrations) Remove(ctx context.Context, x lifecycle.Registration, keep bool, events ...appdock.Event) ([]appdock.Event, error) {
	shop, err := r.store.tenant(x.Installation.Shop)
	if err != nil {
		return nil, err
	}
	id := x.Installation.ID[:]
	return r.change(ctx, shop, x, events, func(t *tx, revision appdock.Revision) error {
		if _, err := t.put(`INSERT INTO deleted_app (shop, app_fold, installation, sealed)
			SELECT shop, ?, installation, sealed FROM registration_secret WHERE shop = ? AND installation = ? AND place = 0
			ON CONFLICT (shop, app_fold) DO UPDATE SET installation = excluded.installation, sealed = excluded.sealed`,
			sqlstore.Fold(x.Installation.App), shop.number, id); err != nil {
			return err
		}
		if err := t.takeAway(shop, x, keep); err != nil {
			return err
		}
		for _, table := range []string{"registration_secret", "registration"} {
			if _, err := t.put("DELETE FROM "+table+" WHERE shop = ? AND installation = ?", shop.number, id); err != nil {
				return err
			}
		}
		if err := t.forgetClient(shop, x.Installation.ID); err != nil {
			return err
		}
		// The row of its integration is one of its own below.
		if _, err := t.put("DELETE FROM credential WHERE shop = ? AND integration = ?", shop.number, x.Integration[:]); err != nil {
			return err
		}
		for _, c := range x.OtherClients {
			if err := t.endClient(shop, c.Integration); err != nil {
				return err
			}
		}
		if err := t.show(shop, x, nil); err != nil {
			return err
		}
		if err := t.payments(shop, x, nil); err != nil {
			return err
		}
		if err := t.translate(shop, []lifecycle.Text{{Entity: "app", ID: x.Installation.ID}}); err != nil {
			return err
		}
		if err := t.apply(shop, t.owned(shop, x, entity.Deleted, nil)...); err != nil {
			return err
		}
		return t.unsubscribe(shop, x, revision, nil)
	})
}

// change runs what changes a registration that nobody else has changed since it was read.
func (r Registrations) change(ctx context.Context, shop tenant, x lifecycle.Registration, events []appdock.Event, write func(*tx, appdock.Revision) error) (raised []appdock.Event, err error) {
	err = r.store.writeIn(ctx, Intake, shop, func(t *tx) error {
		var version int64
		found, err := t.one("SELECT row_version FROM registration WHERE shop = ? AND installation = ?",
			[]any{shop.number, x.Installation.ID[:]}, &version)
		switch {
		case err != nil:
			return err
		case !found || version != x.RowVersion:
			return &appdock.Error{
				Kind:    appdock.Conflict,
				Code:    "ADK-APP-CHANGED",
				Message: fmt.Sprintf("The app %q was changed by somebody else.", x.Installation.App),
				Cure:    "Look at the app again and repeat what you wanted to do.",
			}
		}
		revision, err := t.touch(shop)
		if err != nil {
			return err
		}
		if err := write(t, revision); err != nil {
			return err
		}
		t.raise(shop, events...)
		err = t.flush()
		raised = t.events
		return err
	})
	return raised, err
}

// LastSecret gives the secret that an app of that name had when it was uninstalled. One
// that cannot be read is none: installing the app again is what it is mended by.
func (r Registrations) LastSecret(ctx context.Context, shop appdock.ShopID, app string) (secret appdock.Secret, err error) {
	t, err := r.store.tenant(shop)
	if err != nil {
		return secret, err
	}
	err = r.store.read(ctx, Host, func(s session) error {
		var sealed []byte
		found, err := s.first(ctx, "SELECT sealed FROM deleted_app WHERE shop = ? AND app_fold = ?",
			[]any{t.number, sqlstore.Fold(app)}, &sealed)
		if err != nil || !found {
			return err
		}
		secret, _ = r.store.unseal(ctx, t, sqlstore.Fold(app), sealed) // it has said so
		return nil
	})
	return secret, err
}

// bound says where a secret belongs: in another shop or app it cannot be opened.
func bound(shop tenant, folded string) []byte {
	return fmt.Appendf(nil, "shop secret\x00%d\x00%s", shop.number, folded)
}

// unseal decrypts the secret of an app. An error says that it is damaged, which is logged
// once: whoever cannot read it goes on without.
func (s *Store) unseal(ctx context.Context, shop tenant, folded string, sealed []byte) (appdock.Secret, error) {
	where := bound(shop, folded)
	plain, err := s.sealer.Open(sealed, where)
	if err == nil {
		return appdock.NewSecret(string(plain)), nil
	}
	if _, told := s.damaged.LoadOrStore(string(where), true); !told {
		s.log.LogAttrs(ctx, slog.LevelError, "secret of an app cannot be read, install it again",
			slog.String("shop", string(shop.id)), slog.String("app", folded), slog.Any("error", err))
	}
	return appdock.Secret{}, &appdock.Error{
		Kind:    appdock.NotFound,
		Code:    "ADK-SECRET-DAMAGED",
		Message: fmt.Sprintf("The secret of the app %s cannot be read.", folded),
		Cause:   "its bytes were changed or moved since it was sealed",
		Cure:    "Uninstall the app and install it again, or restore the data folder from a backup.",
		Err:     err,
	}
}

// checkKey refuses a key that opens nothing of what is sealed here: then no secret is
// damaged, the key is another one.
func (s *Store) checkKey(ctx context.Context, r session) error {
	var other error
	opened := false
	err := r.each(ctx, func(row Row) error {
		var t tenant
		var folded string
		var sealed []byte
		if err := row.Scan(&t.number, &folded, &sealed); err != nil || opened {
			return err
		}
		_, err := s.sealer.Open(sealed, bound(t, folded))
		if appdock.CodeOf(err) == "ADK-KEY-OTHER" {
			other = err
		} else {
			opened = true // or the right key found it damaged
		}
		return nil
	}, `SELECT x.shop, r.app_fold, x.sealed
		FROM registration_secret AS x CROSS JOIN registration AS r ON r.shop = x.shop AND r.installation = x.installation
		UNION ALL SELECT shop, app_fold, sealed FROM deleted_app`)
	if err == nil && !opened {
		err = other
	}
	return err
}

// placePrevious is where the secret before a rotation stands among those of a registration.
const placePrevious = -2

// sealAll encrypts the secrets of a registration, by their places.
func (s *Store) sealAll(shop tenant, x lifecycle.Registration) map[int][]byte {
	where := bound(shop, sqlstore.Fold(x.Installation.App))
	sealed := map[int][]byte{}
	for i, secret := range slices.Concat([]appdock.Secret{x.Setup.AppSecret, x.Secret}, x.Unconfirmed) {
		if !secret.IsZero() {
			sealed[i-1] = s.sealer.Seal([]byte(secret.Reveal()), where)
		}
	}
	if !x.Previous.Secret.IsZero() {
		sealed[placePrevious] = s.sealer.Seal([]byte(x.Previous.Secret.Reveal()), where)
	}
	return sealed
}

// register writes the registration's own row and its secrets.
func (t *tx) register(shop tenant, x lifecycle.Registration, secrets map[int][]byte) error {
	text, err := json.Marshal(profile(x.Profile))
	if err != nil {
		return err
	}
	i := x.Installation
	_, err = t.put(`INSERT INTO registration (shop, installation, app, app_fold, version, active, privileges, state,
			integration, role, registration_url, profile, installed_at, updated_at, row_version)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
		ON CONFLICT (shop, installation) DO UPDATE SET app = excluded.app, app_fold = excluded.app_fold, version = excluded.version,
			active = excluded.active, privileges = excluded.privileges, state = excluded.state, integration = excluded.integration,
			role = excluded.role, registration_url = excluded.registration_url, profile = excluded.profile,
			installed_at = excluded.installed_at, updated_at = excluded.updated_at, row_version = excluded.row_version`,
		shop.number, i.ID[:], i.App, sqlstore.Fold(i.App), i.Version, i.Active, words(i.Grant), string(x.State),
		x.Integration[:], x.Role[:], x.Setup.RegistrationURL, string(text), x.InstalledAt.UnixMilli(), milliseconds(x.UpdatedAt), x.RowVersion+1)
	if err != nil {
		return fmt.Errorf("write registration of %s: %w", i.App, err)
	}
	if err := t.oauthClient(shop, x); err != nil {
		return err
	}
	// A committed secret that could not be read stays, so that it stays known as damaged.
	damaged := x.Damaged && x.Secret.IsZero()
	if _, err := t.put("DELETE FROM registration_secret WHERE shop = ? AND installation = ? AND NOT (place = 0 AND ?)",
		shop.number, i.ID[:], damaged); err != nil {
		return err
	}
	for _, place := range slices.Sorted(maps.Keys(secrets)) {
		var until, since time.Time
		switch {
		case place == placePrevious:
			until = x.Previous.Until
		case place == 0:
			since = x.SecretTold
		case place > 0:
			since = x.UnconfirmedSince
		}
		if _, err := t.put("INSERT INTO registration_secret (shop, installation, place, sealed, until, since) VALUES (?, ?, ?, ?, ?, ?)",
			shop.number, i.ID[:], int64(place), secrets[place], milliseconds(until), milliseconds(since)); err != nil {
			return err
		}
	}
	return nil
}
