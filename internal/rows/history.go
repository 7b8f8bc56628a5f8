package rows

import (
	"context"
	"time"

	"github.com/appdock/appdock"
	"github.com/appdock/appdock/internal/webhook"
)

var _ webhook.History = (*Store)(nil)

// Happened gives events of a shop in the order of their numbers. Whoever raises events of a
// shop's records holds the shop, so a lower number is never committed after a higher one.
func (s *Store) Happened(ctx context.Context, shop appdock.ShopID, p webhook.Past) (events []appdock.Event, more bool, err error) {
	t, err := s.tenant(shop)
	if err != nil {
		return nil, false, err
	}
	names := make([]string, len(p.Names))
	for i, name := range p.Names {
		names[i] = string(name)
	}
	err = s.read(ctx, Host, func(r session) error {
		if p.After == 0 {
			if p.After, err = before(ctx, r, t, p.Since); err != nil {
				return err
			}
		}
		bytes := 0
		return r.While(ctx, func(row Row) (bool, error) {
			e, err := scanEvent(row)
			if more = len(events) == p.Limit || bytes >= maxData; more || err != nil {
				return false, err
			}
			events, bytes = append(events, e), bytes+len(e.Data.Payload)+len(e.Data.Previous)
			return true, nil
		}, "SELECT "+eventColumns+` FROM event AS e CROSS JOIN shop AS s ON s.number = e.shop
			WHERE e.shop = ? AND e.seq > ? AND e.at >= ? AND `+s.among("e.name")+` AND (e."only" IS NULL OR e."only" = ?)
			ORDER BY e.seq LIMIT ?`,
			t.number, p.After, p.Since.UnixMilli(), s.texts(names), idOrNull(p.Installation), int64(p.Limit)+1)
	})
	return events, more, err
}

// disorder is how much earlier than one that is numbered before it an event may have happened
// at most: its moment is that of the decision, its number that of the commit.
const disorder = time.Minute

// before gives a number that all events since a moment are above, not far below the first of
// them: it halves the numbers, because nothing finds a moment among them.
func before(ctx context.Context, r session, t tenant, since time.Time) (int64, error) {
	var low, high int64 // what happened at low is too early; what happened at high is not, or nothing is there
	if _, err := r.first(ctx, "SELECT seq FROM event WHERE shop = ? AND seq > ? ORDER BY seq DESC LIMIT 1", []any{t.number, low}, &high); err != nil {
		return 0, err
	}
	for high++; high-low > 1; {
		middle := low + (high-low)/2
		var at time.Time
		var seq int64
		found, err := r.first(ctx, "SELECT seq, at FROM event WHERE shop = ? AND seq >= ? ORDER BY seq LIMIT 1", []any{t.number, middle}, &seq, timeColumn{&at})
		switch {
		case err != nil:
			return 0, err
		case found && seq < high && at.Before(since.Add(-disorder)):
			low = seq
		default:
			high = middle
		}
	}
	return low, nil
}
