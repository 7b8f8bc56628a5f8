package rows

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/appdock/appdock"
	"github.com/appdock/appdock/internal/lifecycle"
)

var _ lifecycle.Identities = (*Store)(nil)

// Identity gives the fingerprints that are kept of a shop.
func (s *Store) Identity(ctx context.Context, shop appdock.ShopID) (i lifecycle.Identity, err error) {
	t, err := s.tenant(shop)
	if err != nil {
		return i, err
	}
	err = s.read(ctx, Host, func(r session) error {
		var prints string
		if _, err := r.first(ctx, "SELECT fingerprints, withheld FROM shop WHERE number = ?", []any{t.number}, &prints, &i.Withheld); err != nil {
			return err
		}
		if err := json.Unmarshal([]byte(prints), &i.Prints); err != nil {
			return fmt.Errorf("read the fingerprints of shop %s: %w", shop, err)
		}
		return nil
	})
	return i, err
}

// KeepIdentity writes fingerprints, and whether the shop's apps are told nothing.
func (s *Store) KeepIdentity(ctx context.Context, shop appdock.ShopID, i lifecycle.Identity) error {
	t, err := s.tenant(shop)
	if err != nil {
		return err
	}
	return s.writeIn(ctx, Intake, t, func(w *tx) error { return w.identity(t, t.id, i) })
}

// identity writes who a shop is.
func (t *tx) identity(shop tenant, id appdock.ShopID, i lifecycle.Identity) error {
	prints, err := json.Marshal(i.Prints)
	if err != nil {
		return err
	}
	if i.Prints == nil {
		prints = []byte("{}")
	}
	if _, err := t.put("UPDATE shop SET id = ?, fingerprints = ?, withheld = ? WHERE number = ?",
		string(id), string(prints), i.Withheld, shop.number); err != nil {
		return err
	}
	_, err = t.touch(shop)
	return err
}

// reasonRenewed is why deliveries are dead that were open when a shop got another id.
const reasonRenewed = "identity_changed"

// RenewIdentity gives a shop another id, and forgets what belongs to the one before. Facts
// about the shop, whose names end in its id, go with it.
func (s *Store) RenewIdentity(ctx context.Context, shop, id appdock.ShopID, i lifecycle.Identity) error {
	t, err := s.tenant(shop)
	if err != nil {
		return err
	}
	err = s.writeIn(ctx, Intake, t, func(w *tx) error {
		if err := w.Hold(w.ctx, Matching); err != nil { // what was not matched must not become a delivery meanwhile
			return err
		}
		for _, forget := range []struct {
			text string
			args []any
		}{
			{"DELETE FROM registration_secret WHERE shop = ? AND place <> -1", []any{t.number}}, // not the vendor's
			{"UPDATE registration SET state = ? WHERE shop = ? AND state <> ?", []any{string(lifecycle.Local), t.number, string(lifecycle.Registering)}},
			{
				"UPDATE registration SET state = ? WHERE shop = ? AND installation IN (SELECT installation FROM oauth_client WHERE shop = ?)",
				[]any{string(lifecycle.Reauthorize), t.number, t.number},
			},
			{"UPDATE oauth_family SET ended_at = ? WHERE shop = ? AND ended_at IS NULL", []any{s.now().UnixMilli(), t.number}},
			{"DELETE FROM deleted_app WHERE shop = ?", []any{t.number}},
			{"UPDATE event SET matched = TRUE WHERE shop = ? AND NOT matched", []any{t.number}},
			{"UPDATE delivery SET state = 'dead', in_hand = FALSE, reason = ? WHERE shop = ? AND state IN ('waiting', 'parked')", []any{reasonRenewed, t.number}},
			{"UPDATE fact SET name = substr(name, 1, length(name) - length(?1)) || ?2 WHERE name LIKE '%:' || ?1", []any{string(t.id), string(id)}},
		} {
			if _, err := w.put(forget.text, forget.args...); err != nil {
				return err
			}
		}
		return w.identity(t, id, i)
	})
	if err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	before := t.id
	t.id = id
	s.tenants[id], s.tenants[before] = t, t
	return nil
}
