package rows

import (
	"context"
	"strings"

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
	return s.writeIn(ctx, Intake, t, func(w *tx) error { return keepRefresh(w, t, x) })
}

func keepRefresh(w *tx, t tenant, x oauth.RefreshToken) error {
	if _, err := w.put("DELETE FROM login_refresh WHERE shop = ? AND expires_at <= ?", t.number, x.IssuedAt.UnixMilli()); err != nil {
		return err
	}
	_, err := w.put("INSERT INTO login_refresh (shop, hash, login, scopes, issued_at, expires_at) VALUES (?, ?, ?, ?, ?, ?)",
		t.number, x.Hash, x.User[:], strings.Join(x.Scopes, " "), x.IssuedAt.UnixMilli(), x.ExpiresAt.UnixMilli())
	return err
}

// Refresh reads a refresh token.
func (s *Store) Refresh(ctx context.Context, shop appdock.ShopID, hash []byte) (x oauth.RefreshToken, err error) {
	t, err := s.tenant(shop)
	if err != nil {
		return x, err
	}
	x.Hash = hash
	var scopes string
	err = s.read(ctx, Host, func(r session) error {
		found, err := r.first(ctx, "SELECT login, scopes, issued_at, expires_at FROM login_refresh WHERE shop = ? AND hash = ?",
			[]any{t.number, hash}, idColumn{&x.User}, &scopes, timeColumn{&x.IssuedAt}, timeColumn{&x.ExpiresAt})
		if err == nil && !found {
			err = gone("refresh token")
		}
		return err
	})
	x.Scopes = strings.Fields(scopes)
	return x, err
}

// FollowRefresh puts a refresh token in the place of another.
func (s *Store) FollowRefresh(ctx context.Context, shop appdock.ShopID, hash []byte, next oauth.RefreshToken) error {
	t, err := s.tenant(shop)
	if err != nil {
		return err
	}
	return s.writeIn(ctx, Intake, t, func(w *tx) error {
		var at int64
		found, err := w.one("DELETE FROM login_refresh WHERE shop = ? AND hash = ? RETURNING issued_at", []any{t.number, hash}, &at)
		if err != nil {
			return err
		}
		if !found {
			return gone("refresh token")
		}
		return keepRefresh(w, t, next)
	})
}
