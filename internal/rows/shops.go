package rows

import (
	"context"
	"fmt"

	"github.com/appdock/appdock"
)

// AddShop makes a shop. Conflict if there is one of that id.
func (s *Store) AddShop(ctx context.Context, shop appdock.Shop) error {
	t := tenant{id: shop.ID, locale: shop.Locale}
	err := s.write(ctx, Intake, false, func(w *tx) error {
		made, err := w.one(`INSERT INTO shop (id, url, name, locale, currency, revision, changed)
			VALUES (?, ?, ?, ?, ?, 0, 0) ON CONFLICT (id) DO NOTHING RETURNING number`,
			[]any{string(shop.ID), shop.URL, shop.Name, shop.Locale, shop.Currency}, &t.number)
		if err != nil {
			return err
		}
		if !made {
			return &appdock.Error{
				Kind:    appdock.Conflict,
				Code:    "ADK-SHOP-EXISTS",
				Message: fmt.Sprintf("There is a shop %s already.", shop.ID),
			}
		}
		if err := w.hold(t); err != nil {
			return err
		}
		_, err = w.touch(t)
		return err
	})
	if err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.tenants[t.id] = t
	return nil
}

// Shops lists the shops in the order they were made.
func (s *Store) Shops(ctx context.Context) ([]appdock.Shop, error) {
	var shops []appdock.Shop
	err := s.read(ctx, Host, func(r session) error {
		return r.each(ctx, func(row Row) error {
			var shop appdock.Shop
			err := row.Scan(&shop.ID, &shop.URL, &shop.Name, &shop.Locale, &shop.Currency)
			shops = append(shops, shop)
			return err
		}, "SELECT id, url, name, locale, currency FROM shop ORDER BY number")
	})
	return shops, err
}

// SetShopURL gives a shop another base URL.
func (s *Store) SetShopURL(ctx context.Context, id appdock.ShopID, url string) error {
	t, err := s.tenant(id)
	if err != nil {
		return err
	}
	return s.write(ctx, Intake, false, func(w *tx) error {
		_, err := w.put("UPDATE shop SET url = ? WHERE number = ?", url, t.number)
		return err
	})
}

// Fact gives what is remembered of the data folder under a name, such as its mode; "" if
// nothing is.
func (s *Store) Fact(ctx context.Context, name string) (value string, err error) {
	err = s.read(ctx, Host, func(r session) error {
		_, err := r.first(ctx, "SELECT value FROM fact WHERE name = ?", []any{name}, &value)
		return err
	})
	return value, err
}

// SetFact remembers something of the data folder.
func (s *Store) SetFact(ctx context.Context, name, value string) error {
	return s.write(ctx, Intake, false, func(w *tx) error {
		_, err := w.put("INSERT INTO fact (name, value) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value", name, value)
		return err
	})
}
