package rows

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/appdock/appdock"
	"github.com/appdock/appdock/internal/sqlstore"
	"github.com/appdock/appdock/internal/webhook"
)

var _ webhook.Replays = (*Store)(nil)

// expireRange is how many numbers are looked at in one unit of work.
const expireRange = 1000

// lifetimeKey is the setting of a shop that says for how many seconds deliveries are kept
// (protocol-webhooks.md 5).
const lifetimeKey = "core.webhook.entryLifetimeSeconds"

// Lifetimes reads the settings of shops. One that is no number says nothing.
func (s *Store) Lifetimes(ctx context.Context) (map[appdock.ShopID]time.Duration, error) {
	lifetimes := map[appdock.ShopID]time.Duration{}
	s.mu.RLock()
	shops := slices.Collect(maps.Values(s.tenants))
	s.mu.RUnlock()
	err := s.read(ctx, Host, func(r session) error {
		for _, t := range shops {
			var value string
			found, err := r.first(ctx, "SELECT "+s.document("configuration_value")+` FROM system_config
				WHERE shop = ? AND configuration_key_fold = ? AND sales_channel_id IS NULL`, []any{t.number, sqlstore.Fold(lifetimeKey)}, &value)
			if err != nil {
				return err
			}
			if age, ok := settingSeconds(value); found && ok {
				lifetimes[t.id] = age
			}
		}
		return nil
	})
	return lifetimes, err
}

// settingSeconds reads a JSON number, or a text of one as forms send it. More than a
// duration holds is for ever.
func settingSeconds(value string) (time.Duration, bool) {
	var text string
	if json.Unmarshal([]byte(value), &text) == nil {
		value = text
	}
	n, err := strconv.ParseInt(value, 10, 64)
	if err != nil {
		return 0, false
	}
	if n < 0 || n > int64(math.MaxInt64/time.Second) {
		return -1, true
	}
	return time.Duration(n) * time.Second, true
}

// Expire deletes old rows in a range of numbers. Deliveries and events are numbered apart,
// and each is looked at in its own range of the same numbers: an event that is old enough
// goes when no delivery of it is left, in this walk or in the next.
func (s *Store) Expire(ctx context.Context, after int64, before webhook.Expiry) (deleted int, next int64, err error) {
	cut, ages, latest, err := s.cut(before)
	if err != nil {
		return 0, 0, err
	}
	err = s.write(ctx, Idle, true, func(w *tx) error {
		deleted, next = 0, 0
		for _, of := range []struct {
			statement string
			ages      []any
		}{
			{`DELETE FROM attempt WHERE delivery IN (SELECT number FROM delivery
				WHERE number > ?1 AND number <= ?2 AND state IN ('delivered', 'dead') AND created_at < ` + cut + `)`, ages},
			{`DELETE FROM delivery WHERE number > ?1 AND number <= ?2 AND state IN ('delivered', 'dead') AND created_at < ` + cut, ages},
			{`DELETE FROM event WHERE seq > ?1 AND seq <= ?2 AND matched AND at < ?3
				AND NOT EXISTS (SELECT 1 FROM delivery WHERE delivery.seq = event.seq)`, []any{before.Events.UnixMilli()}},
		} {
			n, err := w.put(of.statement, append([]any{after, after + expireRange}, of.ages...)...)
			if err != nil {
				return err
			}
			deleted += int(n)
		}
		// What is numbered higher was made later.
		for _, beyond := range []struct {
			question string
			latest   time.Time
		}{
			{"SELECT number - 1, created_at FROM delivery WHERE number > ? ORDER BY number LIMIT 1", latest},
			{"SELECT seq - 1, at FROM event WHERE seq > ? ORDER BY seq LIMIT 1", before.Events},
		} {
			var at int64
			var made time.Time
			found, err := w.one(beyond.question, []any{after + expireRange}, &at, timeColumn{&made})
			if err != nil {
				return err
			}
			if found && made.Before(beyond.latest) && (next == 0 || at < next) {
				next = at
			}
		}
		return nil
	})
	return deleted, next, err
}

// cut is what the time of a row is compared with, over parameters from the third on, and
// the latest of all times.
func (s *Store) cut(before webhook.Expiry) (text string, args []any, latest time.Time, err error) {
	text, args, latest = "CAST(?3 AS BIGINT)", []any{before.Before.UnixMilli()}, before.Before
	if len(before.Shops) == 0 {
		return text, args, latest, nil
	}
	var own strings.Builder
	for _, id := range slices.Sorted(maps.Keys(before.Shops)) {
		t, err := s.tenant(id)
		if err != nil {
			return "", nil, latest, err
		}
		fmt.Fprintf(&own, " WHEN CAST(?%d AS BIGINT) THEN CAST(?%d AS BIGINT)", len(args)+3, len(args)+4)
		args = append(args, t.number, before.Shops[id].UnixMilli())
		if before.Shops[id].After(latest) {
			latest = before.Shops[id]
		}
	}
	return "CASE shop" + own.String() + " ELSE " + text + " END", args, latest, nil
}
