package rows

import (
	"context"
	"fmt"
	"slices"
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
	conditions, args := conditionsOf("d.shop", t, f)
	if f.Limit == 0 {
		f.Limit = defaultDeliveries
	}
	var found []webhook.Delivery
	err = s.read(ctx, Host, func(r session) error {
		return r.each(ctx, func(row Row) error {
			d, err := scanDelivery(row)
			found = append(found, d)
			return err
		}, "SELECT "+deliveryColumns+" FROM delivery AS d CROSS JOIN shop AS s ON s.number = d.shop WHERE "+
			conditions+" ORDER BY d.created_at DESC, d.number DESC LIMIT ?", append(args, int64(f.Limit))...)
	})
	return found, err
}

// Replay makes deliveries wait again that are over.
func (s *Store) Replay(ctx context.Context, f webhook.Filter, after int64, now time.Time) (n int, last int64, err error) {
	t, err := s.tenant(f.Shop)
	if err != nil {
		return 0, 0, err
	}
	conditions, args := conditionsOf("+d.shop", t, f) // walked in the order of numbers
	err = s.write(ctx, Upkeep, f.Limit > Heavy, func(w *tx) error {
		n, last = 0, 0
		return w.read(func(row Row) error {
			var number int64
			err := row.Scan(&number)
			n, last = n+1, max(last, number)
			return err
		}, "UPDATE delivery SET state = 'waiting', replayed = attempts, due_at = ?, reason = '' WHERE number IN (SELECT d.number FROM delivery AS d WHERE "+
			conditions+" AND d.number > ? AND d.state IN ('delivered', 'dead') ORDER BY d.number LIMIT ?) AND state IN ('delivered', 'dead') RETURNING number",
			slices.Concat([]any{now.UnixMilli()}, args, []any{after, int64(f.Limit)})...)
	})
	return n, last, err
}

// conditionsOf makes SQL of a filter, over the delivery d.
func conditionsOf(shop string, t tenant, f webhook.Filter) (text string, args []any) {
	conditions, args := []string{shop + " = ?"}, []any{t.number}
	where := func(used bool, condition string, value any) {
		if used {
			conditions, args = append(conditions, condition), append(args, value)
		}
	}
	where(!f.ID.IsZero(), "d.id = ?", f.ID[:])
	where(!f.Subscription.IsZero(), "d.subscription = ?", f.Subscription[:])
	where(!f.EventID.IsZero(), "d.seq = (SELECT e.seq FROM event AS e WHERE e.shop = d.shop AND e.id = ?)", f.EventID[:])
	where(f.App != "", "d.app = ?", f.App)
	where(f.Event != "", "d.event_name = ?", string(f.Event))
	where(f.State != "", "d.state = ?", string(f.State))
	where(!f.Since.IsZero(), "d.created_at >= ?", f.Since.UnixMilli())
	where(!f.Until.IsZero(), "d.created_at < ?", f.Until.UnixMilli())
	if f.Behind.Number != 0 {
		where(true, "d.created_at <= ?", f.Behind.CreatedAt.UnixMilli())
		conditions = append(conditions, "(d.created_at < ? OR d.number < ?)")
		args = append(args, f.Behind.CreatedAt.UnixMilli(), f.Behind.Number)
	}
	return strings.Join(conditions, " AND "), args
}

// Attempts gives a delivery and its attempts.
func (s *Store) Attempts(ctx context.Context, shop appdock.ShopID, id appdock.ID) (d webhook.Delivery, attempts []webhook.Attempt, err error) {
	t, err := s.tenant(shop)
	if err != nil {
		return d, nil, err
	}
	err = s.read(ctx, Host, func(r session) error {
		err := r.each(ctx, func(row Row) (err error) {
			d, err = scanWhole(row)
			return err
		}, whole+"WHERE d.shop = ? AND d.id = ?", t.number, id[:])
		if err != nil {
			return err
		}
		if d.Number == 0 {
			return &appdock.Error{
				Kind:    appdock.NotFound,
				Code:    "ADK-DELIVERY-UNKNOWN",
				Message: fmt.Sprintf("There is no delivery %s", id),
				Cure:    "Look for its id with appdock delivery list: the log forgets deliveries after some time.",
			}
		}
		return r.each(ctx, func(row Row) error {
			var a webhook.Attempt
			var took int64
			err := row.Scan(&a.Number, timeColumn{&a.At}, &took, &a.Status, &a.Error, &a.Request, &a.Response)
			a.Took = time.Duration(took) * time.Microsecond
			attempts = append(attempts, a)
			return err
		}, "SELECT number, at, took, status, error, request, response FROM attempt WHERE delivery = ? ORDER BY number", d.Number)
	})
	if err != nil {
		return webhook.Delivery{}, nil, err
	}
	return d, attempts, nil
}
