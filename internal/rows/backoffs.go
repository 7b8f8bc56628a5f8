package rows

import (
	"context"
	"time"

	"github.com/appdock/appdock"
	"github.com/appdock/appdock/internal/oauth"
)

var _ oauth.Backoffs = (*Store)(nil)

// backoffKept is how long a backoff is kept after its last change: it means nothing then.
const backoffKept = 24 * time.Hour

const askBackoff = "SELECT count, last FROM backoff WHERE shop = ? AND who = ?"

// Backoff gives what is kept of somebody; zero if that is nothing.
func (s *Store) Backoff(ctx context.Context, shop appdock.ShopID, who string) (b appdock.Backoff, err error) {
	t, err := s.tenant(shop)
	if err != nil {
		return b, err
	}
	err = s.read(ctx, Host, func(r session) error {
		_, err := r.first(ctx, askBackoff, []any{t.number, who}, &b.Count, timeColumn{&b.Last})
		return err
	})
	return b, err
}

// ChangeBackoff replaces what is kept of somebody.
func (s *Store) ChangeBackoff(ctx context.Context, shop appdock.ShopID, who string, next func(appdock.Backoff) (appdock.Backoff, error)) error {
	t, err := s.tenant(shop)
	if err != nil {
		return err
	}
	return s.writeIn(ctx, Intake, t, func(w *tx) error { return records{w, t, w.ctx}.ChangeBackoff(who, next) })
}

// ChangeBackoff replaces what is kept of somebody, and forgets whoever came last a day ago.
func (u records) ChangeBackoff(who string, next func(appdock.Backoff) (appdock.Backoff, error)) error {
	var b appdock.Backoff
	if _, err := u.tx.one(askBackoff, []any{u.shop.number, who}, &b.Count, timeColumn{&b.Last}); err != nil {
		return err
	}
	b, err := next(b)
	if err != nil {
		return err
	}
	if _, err := u.tx.put("DELETE FROM backoff WHERE last < ?", u.tx.store.now().Add(-backoffKept).UnixMilli()); err != nil {
		return err
	}
	if b.Count == 0 {
		_, err = u.tx.put("DELETE FROM backoff WHERE shop = ? AND who = ?", u.shop.number, who)
		return err
	}
	_, err = u.tx.put(`INSERT INTO backoff (shop, who, count, last) VALUES (?, ?, ?, ?)
		ON CONFLICT (shop, who) DO UPDATE SET count = excluded.count, last = excluded.last`,
		u.shop.number, who, int64(b.Count), milliseconds(b.Last))
	return err
}
