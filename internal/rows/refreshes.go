package rows

import (
	"context"
	"strings"
	"time"

	"github.com/appdock/appdock"
	"github.com/appdock/appdock/internal/oauth"
)

var _ oauth.Refreshes = (*Store)(nil)

// KeepRefresh writes a refresh token of a person.
func (s *Store) KeepRefresh(ctx context.Context, shop appdock.ShopID, x oauth.RefreshToken) error {
	t, err := s.tenant(shop)
	if err != nil {
		return err
	}
	return s.writeIn(ctx, Intake, t, func(w *tx) error {
		_, err := w.put("INSERT INTO login_refresh (shop, hash, login, scopes, issued_at, expires_at) VALUES (?, ?, ?, ?, ?, ?)",
			t.number, x.Hash, x.User[:], strings.Join(x.Scopes, " "), x.IssuedAt.UnixMilli(), x.ExpiresAt.UnixMilli())
		return err
	})
}

// TakeRefresh removes a refresh token and gives it.
func (s *Store) TakeRefresh(ctx context.Context, shop appdock.ShopID, hash []byte, now time.Time) (x oauth.RefreshToken, err error) {
	t, err := s.tenant(shop)
	if err != nil {
		return x, err
	}
	err = s.writeIn(ctx, Intake, t, func(w *tx) error {
		x = oauth.RefreshToken{Hash: hash} // the unit may run again
		var scopes string
		found, err := w.one("DELETE FROM login_refresh WHERE shop = ? AND hash = ? RETURNING login, scopes, issued_at, expires_at",
			[]any{t.number, hash}, idColumn{&x.User}, &scopes, timeColumn{&x.IssuedAt}, timeColumn{&x.ExpiresAt})
		if err != nil {
			return err
		}
		x.Scopes = strings.Fields(scopes)
		if _, err := w.put("DELETE FROM login_refresh WHERE shop = ? AND expires_at <= ?", t.number, now.UnixMilli()); err != nil || found {
			return err
		}
		return gone("refresh token")
	})
	return x, err
}
