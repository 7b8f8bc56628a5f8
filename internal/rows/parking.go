package rows

import (
	"context"
	"fmt"

	"github.com/appdock/appdock"
	"github.com/appdock/appdock/internal/webhook"
)

var _ webhook.Parking = (*Store)(nil)

// Healths gives the health of all subscriptions that are or were not healthy.
func (s *Store) Healths(ctx context.Context) (list []webhook.Health, err error) {
	err = s.read(ctx, Host, func(r session) error {
		return r.each(ctx, func(row Row) error {
			var h webhook.Health
			err := row.Scan(&h.Shop, idColumn{&h.Subscription}, &h.State, &h.Transient, &h.Refusals, &h.Rung, timeColumn{&h.CooldownUntil},
				timeColumn{&h.SuspendedSince}, timeColumn{&h.DisabledSince}, &h.DisabledBy, &h.Cause, timeColumn{&h.FrozenSince}, &h.Followed)
			list = append(list, h)
			return err
		}, `SELECT s.id, h.subscription, h.state, h.transient, h.refusals, h.rung, h.cooldown_until,
				h.suspended_since, h.disabled_since, h.disabled_by, h.cause, h.frozen_since, h.followed
			FROM health AS h CROSS JOIN shop AS s ON s.number = h.shop`)
	})
	return list, err
}

// setHealth writes the health of a subscription; one that is as new is forgotten.
func (t *tx) setHealth(shop tenant, h webhook.Health) error {
	if h.AsNew() {
		_, err := t.put("DELETE FROM health WHERE shop = ? AND subscription = ?", shop.number, h.Subscription[:])
		return err
	}
	_, err := t.put(`INSERT INTO health (shop, subscription, state, transient, refusals, rung, cooldown_until,
			suspended_since, disabled_since, disabled_by, cause, frozen_since, followed)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
		ON CONFLICT (shop, subscription) DO UPDATE SET state = excluded.state, transient = excluded.transient,
			refusals = excluded.refusals, rung = excluded.rung, cooldown_until = excluded.cooldown_until,
			suspended_since = excluded.suspended_since, disabled_since = excluded.disabled_since, disabled_by = excluded.disabled_by,
			cause = excluded.cause, frozen_since = excluded.frozen_since, followed = excluded.followed`,
		shop.number, h.Subscription[:], string(h.State), int64(h.Transient), int64(h.Refusals), int64(h.Rung), milliseconds(h.CooldownUntil),
		milliseconds(h.SuspendedSince), milliseconds(h.DisabledSince), h.DisabledBy, h.Cause, milliseconds(h.FrozenSince), int64(h.Followed))
	return err
}

// Order keeps an order about the health of a subscription.
func (s *Store) Order(ctx context.Context, shop appdock.ShopID, subscription appdock.ID, o webhook.Order) error {
	t, err := s.tenant(shop)
	if err != nil {
		return err
	}
	return s.writeIn(ctx, Upkeep, t, func(w *tx) error {
		revision, err := w.touch(t)
		if err != nil {
			return err
		}
		n, err := w.put("UPDATE subscription SET ordered = ?, ordered_at = ? WHERE shop = ? AND id = ? AND until = 0",
			string(o), int64(revision), t.number, subscription[:])
		if err == nil && n == 0 {
			return &appdock.Error{
				Kind:    appdock.NotFound,
				Code:    "ADK-WEBHOOK-UNKNOWN",
				Message: fmt.Sprintf("There is no webhook %s.", subscription),
				Cure:    "appdock app show NAME lists those of an app.",
			}
		}
		return err
	})
}

// Trial gives the oldest parked delivery of a subscription.
func (s *Store) Trial(ctx context.Context, subscription appdock.ID) (d webhook.Delivery, found bool, err error) {
	list, err := s.waiting(ctx, whole+"WHERE d.subscription = ? AND d.state = 'parked' ORDER BY d.number LIMIT 1", subscription[:])
	if err != nil || len(list) == 0 {
		return d, false, err
	}
	return list[0], true, nil
}

// Parked counts what is parked for each subscription.
func (s *Store) Parked(ctx context.Context) (map[appdock.ID]int, error) {
	counts := map[appdock.ID]int{}
	err := s.read(ctx, Host, func(r session) error {
		return r.each(ctx, func(row Row) error {
			var id appdock.ID
			var n int
			err := row.Scan(idColumn{&id}, &n)
			counts[id] = n
			return err
		}, "SELECT subscription, count(*) FROM delivery WHERE state = 'parked' GROUP BY subscription")
	})
	return counts, err
}

// Move brings open deliveries of a subscription into another state.
func (s *Store) Move(ctx context.Context, subscription appdock.ID, from, to webhook.State, reason string, limit int) (moved int, err error) {
	if from != webhook.Waiting && from != webhook.Parked {
		return 0, fmt.Errorf("move deliveries: those that are %s are over", from)
	}
	err = s.write(ctx, Upkeep, limit > Heavy, func(w *tx) error {
		// The state is spelt out, so that its index is used; and twice, because it may be
		// another when the row is reached.
		are := "state = 'parked'"
		if from == webhook.Waiting {
			are = "state = 'waiting' AND NOT in_hand"
		}
		n, err := w.put(`UPDATE delivery SET state = ?, reason = ? WHERE number IN (
			SELECT number FROM delivery WHERE subscription = ? AND `+are+` ORDER BY number LIMIT ?) AND `+are,
			string(to), reason, subscription[:], int64(limit))
		moved = int(n)
		return err
	})
	if err != nil {
		return 0, err
	}
	return moved, nil
}
