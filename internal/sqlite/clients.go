package sqlite

import (
	"context"
	"time"

	"github.com/appdock/appdock"
	"github.com/appdock/appdock/internal/entity"
	"github.com/appdock/appdock/internal/lifecycle"
	"github.com/appdock/appdock/internal/oauth"
)

var _ oauth.Store = (*Store)(nil)

// Client finds an API client with the rights of now.
func (s *Store) Client(ctx context.Context, shop appdock.ShopID, accessKey string) (oauth.Client, error) {
	t, err := s.tenant(shop)
	if err != nil {
		return oauth.Client{}, err
	}
	var c oauth.Client
	var grant string
	err = s.read(ctx, s.hosts, func(r *session) error {
		found, err := r.first(ctx, `SELECT c.integration, c.secret_hash, c.changed_at,
				r.installation, coalesce(r.active, 1), coalesce(r.privileges, ''), coalesce(i.admin, 0)
			FROM credential AS c
			LEFT JOIN registration AS r ON r.shop = c.shop AND r.integration = c.integration
			LEFT JOIN integration AS i ON i.shop = c.shop AND i.id = c.integration
			WHERE c.shop = ? AND c.access_key = ?`, []any{t.number, accessKey},
			idColumn{&c.Integration}, &c.SecretHash, timeColumn{&c.ChangedAt}, idColumn{&c.Installation}, &c.Active, &grant, &c.Admin)
		if err == nil && !found {
			err = &appdock.Error{
				Kind:    appdock.NotFound,
				Code:    "ADK-CLIENT-UNKNOWN",
				Message: "There is no API client of that access key.",
			}
		}
		return err
	})
	if err != nil {
		return oauth.Client{}, err
	}
	c.Privileges = appdock.NewPrivileges(privileges(grant)...)
	return c, nil
}

// AddClient writes a client that belongs to no app: an integration of that label and its
// key pair. c says what it may do.
func (s *Store) AddClient(ctx context.Context, shop appdock.ShopID, label, accessKey string, c oauth.Client) error {
	t, err := s.tenant(shop)
	if err != nil {
		return err
	}
	return s.writer.do(ctx, false, func(w *tx) error {
		err := w.apply(t, entity.Change{Entity: "integration", Kind: entity.Inserted, ID: c.Integration, Set: map[string]any{
			"label": label, "accessKey": accessKey, "admin": c.Admin, "createdAt": c.ChangedAt.UTC().Truncate(time.Millisecond),
		}})
		if err != nil {
			return err
		}
		return w.credentials(t, c.Integration, lifecycle.Credentials{AccessKey: accessKey, SecretHash: c.SecretHash, ChangedAt: c.ChangedAt})
	})
}

// cutTokens ends the tokens of an app that was active until now: one that is activated
// again asks for new ones.
func (t *tx) cutTokens(shop tenant, x lifecycle.Registration) error {
	_, err := t.put(`UPDATE credential SET changed_at = ? WHERE shop = ? AND integration = ?
		AND EXISTS (SELECT 1 FROM registration WHERE shop = ?2 AND installation = ? AND active = 1)`,
		milliseconds(t.store.now()), shop.number, x.Integration[:], x.Installation.ID[:])
	return err
}

// credentials gives an integration its key pair, or another one.
func (t *tx) credentials(shop tenant, integration appdock.ID, c lifecycle.Credentials) error {
	_, err := t.put(`INSERT INTO credential (shop, integration, access_key, secret_hash, changed_at) VALUES (?1, ?2, ?3, ?4, ?5)
		ON CONFLICT (shop, integration) DO UPDATE SET access_key = ?3, secret_hash = ?4, changed_at = ?5`,
		shop.number, integration[:], c.AccessKey, c.SecretHash, milliseconds(c.ChangedAt))
	return err
}
