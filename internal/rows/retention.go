package rows

import (
	"context"
	"time"

	"github.com/appdock/appdock/internal/webhook"
)

var _ webhook.Replays = (*Store)(nil)

// expireRange is how many numbers are looked at in one unit of work.
const expireRange = 1000

// Expire deletes old rows in a range of numbers. Deliveries and events are numbered apart,
// and each is looked at in its own range of the same numbers: an event goes when no
// delivery of it is left, in this walk or in the next.
func (s *Store) Expire(ctx context.Context, after int64, before time.Time) (deleted int, next int64, err error) {
	err = s.write(ctx, Idle, true, func(w *tx) error {
		deleted, next = 0, 0
		for _, statement := range []string{
			`DELETE FROM attempt WHERE delivery IN (SELECT number FROM delivery
				WHERE number > ?1 AND number <= ?2 AND state IN ('delivered', 'dead') AND created_at < ?3)`,
			`DELETE FROM delivery WHERE number > ?1 AND number <= ?2 AND state IN ('delivered', 'dead') AND created_at < ?3`,
			`DELETE FROM event WHERE seq > ?1 AND seq <= ?2 AND matched AND at < ?3
				AND NOT EXISTS (SELECT 1 FROM delivery WHERE delivery.seq = event.seq)`,
		} {
			n, err := w.put(statement, after, after+expireRange, before.UnixMilli())
			if err != nil {
				return err
			}
			deleted += int(n)
		}
		// What is numbered higher was made later.
		for _, question := range []string{
			"SELECT number - 1, created_at FROM delivery WHERE number > ? ORDER BY number LIMIT 1",
			"SELECT seq - 1, at FROM event WHERE seq > ? ORDER BY seq LIMIT 1",
		} {
			var at int64
			var made time.Time
			found, err := w.one(question, []any{after + expireRange}, &at, timeColumn{&made})
			if err != nil {
				return err
			}
			if found && made.Before(before) && (next == 0 || at < next) {
				next = at
			}
		}
		return nil
	})
	return deleted, next, err
}
