package rows

import (
	"context"
	"fmt"
	"sync"

	"github.com/appdock/appdock"
	"github.com/appdock/appdock/internal/lifecycle"
	"github.com/appdock/appdock/internal/webhook"
)

var (
	_ webhook.Subscriptions = (*Store)(nil)
	_ webhook.Keys          = (*Store)(nil)
)

// Load gives who wants what in a shop, at one moment. A subscription that ended is among
// them until no event is left that it may get.
func (s *Store) Load(ctx context.Context, shop appdock.ShopID) (l webhook.Subscribed, err error) {
	t, err := s.tenant(shop)
	if err != nil {
		return l, err
	}
	err = s.read(ctx, Host, func(r session) error {
		var withheld bool
		if _, err := r.first(ctx, "SELECT revision, withheld FROM shop WHERE number = ?", []any{t.number}, &l.Revision, &withheld); err != nil {
			return err
		}
		err := r.each(ctx, func(row Row) error {
			var id appdock.ID
			err := row.Scan(idColumn{&id})
			l.Installed = append(l.Installed, id)
			return err
		}, "SELECT installation FROM registration WHERE shop = ?", t.number)
		if err != nil {
			return err
		}
		return r.each(ctx, func(row Row) error {
			x := webhook.Subscription{Shop: t.id}
			var grant string
			err := row.Scan(idColumn{&x.ID}, idColumn{&x.Installation}, &x.App, &x.AppVersion, &x.AppActive, &grant,
				&x.Name, &x.Event, &x.URL, &x.OnlyLive, &x.Active, &x.Since, &x.Until, &x.Order, &x.OrderedAt, &x.Topic, &x.Strict, &x.SuppressOwn)
			x.Grant = appdock.NewPrivileges(privileges(grant)...)
			x.Withheld = withheld && !x.Installation.IsZero() // the operator knows which shop it is
			l.Subscriptions = append(l.Subscriptions, x)
			return err
		}, `SELECT id, installation, app, app_version, app_active, privileges, name, event, url, only_live, active, since, until, ordered, ordered_at, topic, strict, suppress_own
			FROM subscription
			WHERE shop = ? AND (until = 0 OR EXISTS (
				SELECT 1 FROM event WHERE event.shop = subscription.shop AND event.revision <= subscription.until AND NOT event.matched))
			ORDER BY installation, place`, t.number)
	})
	return l, err
}

// Changed gives the shops whose revision rose since the host's number was the given one.
func (s *Store) Changed(ctx context.Context, since int64) (shops []appdock.ShopID, now int64, err error) {
	err = s.read(ctx, Host, func(r session) error {
		if _, err := r.first(ctx, "SELECT changed FROM host", nil, &now); err != nil || now <= since {
			return err
		}
		return r.each(ctx, func(row Row) error {
			var id appdock.ShopID
			err := row.Scan(&id)
			shops = append(shops, id)
			return err
		}, "SELECT id FROM shop WHERE changed > ? ORDER BY changed", since)
	})
	return shops, now, err
}

// keys are the secrets that were read since the last commit that changed any installation.
// One process writes the file, so they are those of now.
type keys struct{ known sync.Map }

type keyOwner struct {
	shop         appdock.ShopID
	installation appdock.ID
}

func newKeys() *keys { return &keys{} }

// Key gives the key of an installation, or the last one of an app that is gone. One
// that cannot be read is NotFound, too: no later attempt would find it.
func (s *Store) Key(ctx context.Context, shop appdock.ShopID, installation appdock.ID) (webhook.Key, error) {
	// Looked up before the database is read: what is remembered in it afterwards is of this
	// moment or later, or is in a map that nobody asks any more.
	remembered := s.keys.Load()
	if key, ok := remembered.known.Load(keyOwner{shop, installation}); ok {
		return key.(webhook.Key), nil
	}
	key, err := s.key(ctx, shop, installation)
	if err == nil {
		remembered.known.Store(keyOwner{shop, installation}, key)
	}
	return key, err
}

func (s *Store) key(ctx context.Context, shop appdock.ShopID, installation appdock.ID) (key webhook.Key, err error) {
	t, err := s.tenant(shop)
	if err != nil {
		return key, err
	}
	err = s.read(ctx, Host, func(r session) error {
		var sealed, previous []byte
		var app string
		found, err := r.first(ctx, `SELECT x.sealed, x.since, r.app_fold, p.sealed, p.until
			FROM registration AS r
			CROSS JOIN registration_secret AS x ON x.shop = r.shop AND x.installation = r.installation AND x.place = 0
			LEFT JOIN registration_secret AS p ON p.shop = r.shop AND p.installation = r.installation AND p.place = ?
			WHERE r.shop = ? AND r.installation = ?`,
			[]any{int64(placePrevious), t.number, installation[:]}, &sealed, timeColumn{&key.Told}, &app, &previous, timeColumn{&key.Until})
		if err == nil && !found {
			found, err = r.first(ctx, "SELECT sealed, app_fold FROM deleted_app WHERE shop = ? AND installation = ?",
				[]any{t.number, installation[:]}, &sealed, &app)
		}
		if err != nil {
			return err
		}
		if !found {
			return &appdock.Error{
				Kind:    appdock.NotFound,
				Code:    "ADK-SECRET-GONE",
				Message: "There is no secret to sign with.",
				Cause:   fmt.Sprintf("the installation %s is gone or never had one", installation),
			}
		}
		if key.Secret, err = s.unseal(ctx, t, app, sealed); err == nil && len(previous) > 0 {
			key.Previous, _ = s.unseal(ctx, t, app, previous) // it has said so; the new one signs without it
		}
		return err
	})
	return key, err
}

// subscribe replaces the subscriptions of an installation; those that it has no more end
// with the revision.
func (t *tx) subscribe(shop tenant, r lifecycle.Registration, revision appdock.Revision) error {
	now := t.store.now().UnixMilli()
	if err := t.unsubscribe(shop, r, revision, r.Features.Webhooks); err != nil {
		return err
	}
	for place, h := range r.Features.Webhooks {
		_, err := t.put(`INSERT INTO subscription (shop, id, installation, app, app_version, app_active, privileges,
				place, name, event, url, only_live, active, since, until, created_at, row_version, name_fold, event_fold, url_fold, topic,
				asked, asked_topic, strict, suppress_own)
			VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, 0, ?15, 1, ?16, ?17, ?18, ?19, ?20, ?21, ?22, ?23)
			ON CONFLICT (shop, id) DO UPDATE SET
				app = ?4, app_version = ?5, app_active = ?6, privileges = ?7, place = ?8, name = ?9, event = ?10, url = ?11,
				only_live = ?12, active = ?13, since = CASE WHEN subscription.until = 0 THEN subscription.since ELSE ?14 END, until = 0,
				-- The app is another now: what was held against it is forgotten, but not what an operator said.
				ordered = CASE WHEN subscription.app_version = ?5 OR subscription.ordered = 'pause' THEN subscription.ordered ELSE 'renew' END,
				ordered_at = CASE WHEN subscription.app_version = ?5 OR subscription.ordered = 'pause' THEN subscription.ordered_at ELSE ?14 END,
				updated_at = ?15, row_version = subscription.row_version + 1,
				name_fold = ?16, event_fold = ?17, url_fold = ?18, topic = ?19,
				asked = ?20, asked_topic = ?21, strict = ?22, suppress_own = ?23`,
			shop.number, h.ID[:], r.Installation.ID[:], r.Installation.App, r.Installation.Version, r.Installation.Active,
			words(r.Installation.Grant), int64(place), h.Name, string(h.Event), h.URL, h.OnlyLive, h.Active, int64(revision), now,
			foldOrNull(h.Name), foldOrNull(string(h.Event)), foldOrNull(h.URL), h.Topic,
			idOrNull(h.Asked.ID), h.Asked.Topic, h.Asked.Strict, h.Asked.SuppressOwn)
		if err != nil {
			return fmt.Errorf("write subscription %s: %w", h.Name, err)
		}
	}
	return nil
}

// unsubscribe ends the subscriptions of an installation that are not in keep.
func (t *tx) unsubscribe(shop tenant, r lifecycle.Registration, revision appdock.Revision, keep []lifecycle.Webhook) error {
	kept := make(map[appdock.ID]bool, len(keep))
	for _, h := range keep {
		kept[h.ID] = true
	}
	var ending []appdock.ID
	err := t.read(func(row Row) error {
		var id appdock.ID
		err := row.Scan(idColumn{&id})
		if !kept[id] {
			ending = append(ending, id)
		}
		return err
	}, "SELECT id FROM subscription WHERE shop = ? AND installation = ? AND until = 0", shop.number, r.Installation.ID[:])
	if err != nil {
		return err
	}
	for _, id := range ending {
		if _, err := t.put("UPDATE subscription SET until = ? WHERE shop = ? AND id = ?", int64(revision), shop.number, id[:]); err != nil {
			return err
		}
	}
	return nil
}

// forgetEnded deletes the subscriptions that ended, once no event is to be matched any more:
// which of them an event in a long backlog may still be for is not worth an index of its own.
func forgetEnded(t *tx) error {
	n, err := t.put(`DELETE FROM subscription WHERE until > 0 AND NOT EXISTS (SELECT 1 FROM event WHERE NOT matched)`)
	if err != nil || n == 0 {
		return err
	}
	_, err = t.put(`DELETE FROM health WHERE NOT EXISTS (
		SELECT 1 FROM subscription WHERE subscription.shop = health.shop AND subscription.id = health.subscription)`)
	return err
}
