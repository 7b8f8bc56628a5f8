package sqlite

import (
	"context"
	"database/sql"
	"fmt"
	"strings"
	"time"

	"github.com/appdock/appdock"
	"github.com/appdock/appdock/internal/webhook"
)

var _ webhook.Log = (*Store)(nil)

// defaultDeliveries is how many deliveries the log shows if nobody says.
const defaultDeliveries = 50

// Deliveries finds deliveries, the newest first.
func (s *Store) Deliveries(ctx context.Context, f webhook.Filter) ([]webhook.Delivery, error) {
	t, err := s.tenant(f.Shop)
	if err != nil {
		return nil, err
	}
	conditions, args := []string{"d.shop = ?"}, []any{t.number}
	where := func(used bool, condition string, value any) {
		if used {
			conditions, args = append(conditions, condition), append(args, value)
		}
	}
	where(f.App != "", "d.app = ?", f.App)
	where(f.Event != "", "d.event_name = ?", string(f.Event))
	where(f.State != "", "d.state = ?", string(f.State))
	where(!f.Since.IsZero(), "d.created_at >= ?", f.Since.UnixMilli())
	where(!f.Until.IsZero(), "d.created_at < ?", f.Until.UnixMilli())
	if f.Limit == 0 {
		f.Limit = defaultDeliveries
	}
	var found []webhook.Delivery
	err = s.read(ctx, s.hosts, func(r *session) error {
		return r.each(ctx, func(rows *sql.Rows) error {
			_, d, err := scanDelivery(rows)
			found = append(found, d)
			return err
		}, "SELECT "+deliveryColumns+" FROM delivery AS d CROSS JOIN shop AS s ON s.number = d.shop WHERE "+
			strings.Join(conditions, " AND ")+" ORDER BY d.created_at DESC, d.id DESC LIMIT ?", append(args, int64(f.Limit))...)
	})
	return found, err
}

// Attempts gives a delivery and its attempts.
func (s *Store) Attempts(ctx context.Context, shop appdock.ShopID, id appdock.ID) (d webhook.Delivery, attempts []webhook.Attempt, err error) {
	t, err := s.tenant(shop)
	if err != nil {
		return d, nil, err
	}
	err = s.read(ctx, s.hosts, func(r *session) error {
		number := int64(-1)
		err := r.each(ctx, func(rows *sql.Rows) (err error) {
			number, d, err = scanDelivery(rows)
			return err
		}, "SELECT "+deliveryColumns+" FROM delivery AS d CROSS JOIN shop AS s ON s.number = d.shop WHERE d.shop = ? AND d.id = ?", t.number, id[:])
		if err != nil {
			return err
		}
		if number < 0 {
			return &appdock.Error{
				Kind:    appdock.NotFound,
				Code:    "ADK-DELIVERY-UNKNOWN",
				Message: fmt.Sprintf("There is no delivery %s.", id),
			}
		}
		return r.each(ctx, func(rows *sql.Rows) error {
			var a webhook.Attempt
			var took int64
			err := rows.Scan(&a.Number, timeColumn{&a.At}, &took, &a.Status, &a.Error, &a.Request, &a.Response)
			a.Took = time.Duration(took) * time.Microsecond
			attempts = append(attempts, a)
			return err
		}, "SELECT number, at, took, status, error, request, response FROM attempt WHERE delivery = ? ORDER BY number", number)
	})
	if err != nil {
		return webhook.Delivery{}, nil, err
	}
	return d, attempts, nil
}
