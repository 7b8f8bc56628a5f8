package rows

import (
	"context"

	"github.com/appdock/appdock"
	"github.com/appdock/appdock/internal/shop"
)

// Owes reports whether anything is owed in a shop.
func (s *Store) Owes(ctx context.Context, shop appdock.ShopID) (owes bool, err error) {
	t, err := s.tenant(shop)
	if err != nil {
		return false, err
	}
	err = s.read(ctx, Glance, func(r session) error {
		var one int64
		owes, err = r.first(ctx, "SELECT 1 FROM owed WHERE shop = ? LIMIT 1", []any{t.number}, &one)
		return err
	})
	return owes, err
}

// Owe notes what is owed, from its beginning where it says nothing else.
func (u records) Owe(owed ...shop.Owed) error {
	all := make([][]any, len(owed))
	for i, o := range owed {
		all[i] = []any{u.shop.number, o.Kind, o.ID[:], o.After[:]}
	}
	return u.tx.insert("INSERT INTO owed (shop, kind, id, after)", " ON CONFLICT (shop, kind, id) DO UPDATE SET after = excluded.after", all)
}

// Owed gives some of what is owed.
func (u records) Owed(limit int) (owed []shop.Owed, err error) {
	err = u.tx.read(func(row Row) error {
		var o shop.Owed
		err := row.Scan(&o.Kind, idColumn{&o.ID}, idColumn{&o.After})
		owed = append(owed, o)
		return err
	}, "SELECT kind, id, after FROM owed WHERE shop = ? LIMIT ?", u.shop.number, int64(limit))
	return owed, err
}

// Settle forgets what was owed.
func (u records) Settle(owed ...shop.Owed) error {
	for _, o := range owed {
		if _, err := u.tx.put("DELETE FROM owed WHERE shop = ? AND kind = ? AND id = ?", u.shop.number, o.Kind, o.ID[:]); err != nil {
			return err
		}
	}
	return nil
}
