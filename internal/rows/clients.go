package rows

import (
	"context"
	"sync"
	"sync/atomic"
	"time"

	"github.com/appdock/appdock"
	"github.com/appdock/appdock/internal/entity"
	"github.com/appdock/appdock/internal/lifecycle"
	"github.com/appdock/appdock/internal/oauth"
)

var _ oauth.Store = (*Store)(nil)

// maxClients bounds how many API clients are remembered.
const maxClients = 5000

// clients are those that were asked for since one of the tables changed that they were read from.
type clients struct {
	number int64 // that [Database.Rights] gave before they were read
	known  sync.Map
	count  atomic.Int64
}

type clientKey struct {
	shop      int64
	accessKey string
}

// rememberedClient is one with the end of its access key.
type rememberedClient struct {
	oauth.Client
	until time.Time // zero: it has none
}

// Client finds an API client with the rights of now.
func (s *Store) Client(ctx context.Context, shop appdock.ShopID, accessKey string) (oauth.Client, error) {
	t, err := s.tenant(shop)
	if err != nil {
		return oauth.Client{}, err
	}
	key := clientKey{t.number, accessKey}
	remembered, ok := s.remembered()
	if !ok {
		c, err := s.client(ctx, key)
		return c.Client, err
	}
	if c, ok := remembered.known.Load(key); ok {
		if c := c.(rememberedClient); c.until.IsZero() || s.now().Before(c.until) {
			return c.Client, nil
		}
	}
	c, err := s.client(ctx, key)
	if err == nil && remembered.count.Add(1) <= maxClients {
		remembered.known.Store(key, c)
	}
	return c.Client, err
}

// remembered are the clients that were read since the rights of one changed last. What is read
// after that is of this moment or later, or is added to what nobody asks any more. ok is false
// where nothing may be remembered.
func (s *Store) remembered() (c *clients, ok bool) {
	number, ok := s.db.Rights()
	if !ok {
		return nil, false
	}
	c = s.clients.Load()
	if c.number == number && c.count.Load() <= maxClients {
		return c, true
	}
	fresh := &clients{number: number}
	s.clients.CompareAndSwap(c, fresh) // else another one did, and this one remembers for itself alone
	return fresh, true
}

// client reads an API client.
func (s *Store) client(ctx context.Context, key clientKey) (c rememberedClient, err error) {
	var grant string
	err = s.read(ctx, Glance, func(r session) error {
		found, err := r.first(ctx, `SELECT c.integration, c.secret_hash, c.changed_at, c.until,
				c.installation, coalesce(r.active, TRUE), coalesce(r.privileges, ''), coalesce(i.admin, FALSE)
			FROM credential AS c
			LEFT JOIN registration AS r ON r.shop = c.shop AND r.installation = c.installation
			LEFT JOIN integration AS i ON i.shop = c.shop AND i.id = c.integration
			WHERE c.shop = ? AND c.access_key = ? AND (c.until IS NULL OR c.until > ?)`,
			[]any{key.shop, key.accessKey, s.now().UnixMilli()},
			idColumn{&c.Integration}, &c.SecretHash, timeColumn{&c.ChangedAt}, timeColumn{&c.until},
			idColumn{&c.Installation}, &c.Active, &grant, &c.Admin)
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
		return rememberedClient{}, err
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
	return s.writeIn(ctx, Intake, t, func(w *tx) error {
		err := w.apply(t, entity.Change{Entity: "integration", Kind: entity.Inserted, ID: c.Integration, Set: map[string]any{
			"label": label, "accessKey": accessKey, "admin": c.Admin, "createdAt": c.ChangedAt.UTC().Truncate(time.Millisecond),
		}})
		if err != nil {
			return err
		}
		return w.credentials(t, appdock.ID{}, c.Integration, lifecycle.Credentials{AccessKey: accessKey, SecretHash: c.SecretHash, ChangedAt: c.ChangedAt})
	})
}

// cutTokens ends the tokens of an app that was active until now: one that is activated
// again asks for new ones.
func (t *tx) cutTokens(shop tenant, x lifecycle.Registration) error {
	_, err := t.put(`UPDATE credential SET changed_at = ?1 WHERE shop = ?2 AND installation = ?3
		AND EXISTS (SELECT 1 FROM registration WHERE shop = ?2 AND installation = ?3 AND active)`,
		milliseconds(t.store.now()), shop.number, x.Installation.ID[:])
	return err
}

// credentials gives an integration its key pair. It belongs to an installation, or to none.
func (t *tx) credentials(shop tenant, installation, integration appdock.ID, c lifecycle.Credentials) error {
	_, err := t.put(`INSERT INTO credential (shop, integration, installation, place, until, access_key, secret_hash, changed_at)
		VALUES (?, ?, ?, 0, NULL, ?, ?, ?)`,
		shop.number, integration[:], idOrNull(installation), c.AccessKey, c.SecretHash, milliseconds(c.ChangedAt))
	return err
}

// clients keeps those API clients of an app that its registration names, and ends the others.
func (t *tx) clients(shop tenant, x lifecycle.Registration) error {
	named := map[appdock.ID]bool{x.Integration: true}
	for _, c := range x.OtherClients {
		named[c.Integration] = true
	}
	var ending []appdock.ID
	err := t.read(func(row Row) error {
		var id appdock.ID
		err := row.Scan(idColumn{&id})
		if !named[id] {
			ending = append(ending, id)
		}
		return err
	}, "SELECT integration FROM credential WHERE shop = ? AND installation = ?", shop.number, x.Installation.ID[:])
	if err != nil {
		return err
	}
	for _, id := range ending {
		if err := t.endClient(shop, id); err != nil {
			return err
		}
	}
	place := func(n int, c lifecycle.Client) error {
		_, err := t.put("UPDATE credential SET place = ?, until = ? WHERE shop = ? AND integration = ?",
			int64(n), milliseconds(c.Until), shop.number, c.Integration[:])
		return err
	}
	for n, c := range append([]lifecycle.Client{{Integration: x.Integration}}, x.OtherClients...) {
		if err := place(n, c); err != nil {
			return err
		}
	}
	return nil
}

func (t *tx) endClient(shop tenant, integration appdock.ID) error {
	if _, err := t.put("DELETE FROM credential WHERE shop = ? AND integration = ?", shop.number, integration[:]); err != nil {
		return err
	}
	return t.apply(shop, entity.Change{Entity: "integration", Kind: entity.Deleted, ID: integration})
}
