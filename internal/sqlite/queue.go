package sqlite

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"time"

	"github.com/appdock/appdock"
	"github.com/appdock/appdock/internal/webhook"
)

var _ webhook.Queue = (*Store)(nil)

// Append writes events that no record change caused, and returns those that are new.
func (s *Store) Append(ctx context.Context, events ...appdock.Event) (fresh []appdock.Event, err error) {
	raised, err := s.pending(events)
	if err != nil {
		return nil, err
	}
	err = s.writer.do(ctx, len(events) > heavyRows, func(w *tx) error {
		w.pending = raised
		err := w.flush()
		fresh = w.events
		return err
	})
	if err != nil {
		return nil, err
	}
	return fresh, nil
}

// pending finds the shops of events.
func (s *Store) pending(events []appdock.Event) ([]pending, error) {
	list := make([]pending, len(events))
	for i, e := range events {
		t, err := s.tenant(e.Shop)
		if err != nil {
			return nil, err
		}
		list[i] = pending{t, e}
	}
	return list, nil
}

// FanOut has events matched, and stores their deliveries with that.
func (s *Store) FanOut(ctx context.Context, n int, match func([]appdock.Event) ([]webhook.Delivery, error)) (done int, held []webhook.Delivery, err error) {
	err = s.writer.do(ctx, true, func(w *tx) error {
		done, held = 0, nil
		events, err := s.unmatched(w, n)
		if err != nil || len(events) == 0 {
			return err
		}
		deliveries, err := match(events)
		if err != nil {
			return err
		}
		if held, err = s.deliver(w, events, deliveries); err != nil {
			return err
		}
		seqs := make([]int64, len(events))
		for i, e := range events {
			seqs[i] = e.Seq
		}
		if _, err := w.put("UPDATE event SET matched = 1 WHERE seq IN (SELECT value FROM json_each(?))", numbers(seqs)); err != nil {
			return err
		}
		done = len(events)
		return forgetEnded(w)
	})
	if err != nil {
		return 0, nil, err
	}
	return done, held, nil
}

func (s *Store) unmatched(w *tx, n int) ([]appdock.Event, error) {
	var events []appdock.Event
	err := w.read(func(rows *sql.Rows) error {
		var e appdock.Event
		var needs string
		err := rows.Scan(&e.Seq, &e.Shop, idColumn{&e.ID}, &e.Name, idColumn{&e.Key}, timeColumn{&e.At}, idColumn{&e.Origin},
			&needs, idColumn{&e.Only}, &e.Revision, &e.Data.Payload, &e.Data.Previous)
		e.Needs = privileges(needs)
		events = append(events, e)
		return err
	}, `SELECT e.seq, s.id, e.id, e.name, e.key, e.at, e.origin, e.needs, e.only, e.revision, e.payload, e.previous
		FROM event AS e CROSS JOIN shop AS s ON s.number = e.shop
		WHERE e.matched = 0 ORDER BY e.seq LIMIT ?`, int64(n))
	return events, err
}

// deliver stores deliveries and gives those that are waiting, now held.
func (s *Store) deliver(w *tx, events []appdock.Event, deliveries []webhook.Delivery) (held []webhook.Delivery, err error) {
	data := make(map[int64]appdock.EventData, len(events))
	for _, e := range events {
		data[e.Seq] = e.Data
	}
	rows := make([][]any, len(deliveries))
	for i, d := range deliveries {
		t, err := s.tenant(d.Shop)
		if err != nil {
			return nil, err
		}
		waiting := d.State == webhook.Waiting
		rows[i] = []any{
			t.number, d.ID[:], d.Event[:], string(d.EventName), idOrNull(d.Key), d.Seq, d.Subscription[:], idOrNull(d.Installation),
			d.App, d.AppVersion, d.Webhook, d.URL, d.OnlyLive, string(d.State), int64(d.Attempts),
			d.DueAt.UnixMilli(), d.CreatedAt.UnixMilli(), int64(d.LastStatus), d.Reason, waiting,
			foldOrNull(string(d.EventName)), foldOrNull(d.App), foldOrNull(d.Webhook), foldOrNull(d.URL),
		}
		if waiting {
			d.Data = data[d.Seq]
			held = append(held, d)
		}
	}
	err = w.insert(`INSERT INTO delivery (shop, id, event, event_name, key, seq, subscription, installation,
		app, app_version, webhook, url, only_live, state, attempts, due_at, created_at, last_status, reason, held,
		event_name_fold, app_fold, webhook_fold, url_fold)`, "", rows)
	return held, err
}

const deliveryColumns = `d.number, s.id, d.id, d.event, d.event_name, d.key, d.seq, d.subscription, d.installation,
	d.app, d.app_version, d.webhook, d.url, d.only_live, d.state, d.attempts, d.due_at, d.created_at, d.last_status, d.reason`

// scanDelivery reads deliveryColumns and what follows them.
func scanDelivery(rows *sql.Rows, more ...any) (number int64, d webhook.Delivery, err error) {
	err = rows.Scan(append([]any{
		&number, &d.Shop,
		idColumn{&d.ID},
		idColumn{&d.Event},
		&d.EventName,
		idColumn{&d.Key},
		&d.Seq,
		idColumn{&d.Subscription},
		idColumn{&d.Installation},
		&d.App, &d.AppVersion, &d.Webhook, &d.URL, &d.OnlyLive,
		&d.State, &d.Attempts,
		timeColumn{&d.DueAt},
		timeColumn{&d.CreatedAt},
		&d.LastStatus, &d.Reason,
	}, more...)...)
	return number, d, err
}

// Claim gives deliveries that are due and marks them held.
func (s *Store) Claim(ctx context.Context, c webhook.Claim) (claimed []webhook.Delivery, next time.Time, err error) {
	now := c.Now.UnixMilli()
	err = s.writer.do(ctx, c.Limit > heavyRows, func(w *tx) error {
		claimed = nil
		var held []int64
		take := func(condition, order string) error {
			return w.read(func(rows *sql.Rows) error {
				var data appdock.EventData
				number, d, err := scanDelivery(rows, &data.Payload, &data.Previous)
				d.Data = data
				claimed, held = append(claimed, d), append(held, number)
				return err
			}, "SELECT "+deliveryColumns+`, e.payload, e.previous
				FROM delivery AS d CROSS JOIN shop AS s ON s.number = d.shop LEFT JOIN event AS e ON e.seq = d.seq
				WHERE d.state = 'waiting' AND d.held = 0 AND d.due_at <= ? AND `+condition+" ORDER BY "+order+" LIMIT ?",
				now, int64(c.Limit-len(claimed)))
		}
		if err := take("d.attempts = 0", "d.seq, d.number"); err != nil {
			return err
		}
		if len(claimed) < c.Limit && !c.Fresh {
			if err := take("d.attempts > 0", "d.due_at, d.number"); err != nil {
				return err
			}
		}
		if len(held) > 0 {
			if _, err := w.put("UPDATE delivery SET held = 1 WHERE number IN (SELECT value FROM json_each(?))", numbers(held)); err != nil {
				return err
			}
		}
		_, err := w.one(`SELECT min(due_at) FROM delivery WHERE state = 'waiting' AND held = 0 AND due_at > ?`, []any{now}, timeColumn{&next})
		return err
	})
	if err != nil {
		return nil, time.Time{}, err
	}
	return claimed, next, nil
}

// Finish writes results with their attempts, and ends the holding.
func (s *Store) Finish(ctx context.Context, done ...webhook.Finished) error {
	if len(done) == 0 {
		return nil
	}
	shops := make([]tenant, len(done))
	for i, f := range done {
		t, err := s.tenant(f.Delivery.Shop)
		if err != nil {
			return err
		}
		shops[i] = t
	}
	return s.writer.do(ctx, len(done) > heavyRows, func(w *tx) error {
		attempts := make([][]any, 0, len(done))
		for i, f := range done {
			d, a := f.Delivery, f.Attempt
			var number int64
			found, err := w.one(`UPDATE delivery SET state = ?, attempts = ?, due_at = ?, last_status = ?, reason = ?, held = 0
				WHERE shop = ? AND id = ? RETURNING number`,
				[]any{string(d.State), int64(d.Attempts), d.DueAt.UnixMilli(), int64(d.LastStatus), d.Reason, shops[i].number, d.ID[:]}, &number)
			if err != nil {
				return err
			}
			if !found {
				return fmt.Errorf("finish delivery %s: there is none", d.ID)
			}
			w.rows++
			attempts = append(attempts, []any{
				number, int64(a.Number), a.At.UnixMilli(), a.Took.Microseconds(), int64(a.Status), a.Error, a.Request, a.Response,
			})
		}
		// Who finishes again because the answer was lost says the same again.
		return w.insert("INSERT INTO attempt (delivery, number, at, took, status, error, request, response)", " ON CONFLICT DO NOTHING", attempts)
	})
}

// Move brings open deliveries of a subscription into another state.
func (s *Store) Move(ctx context.Context, subscription appdock.ID, from, to webhook.State, limit int, events ...appdock.Event) (moved int, err error) {
	raised, err := s.pending(events)
	if err != nil {
		return 0, err
	}
	err = s.writer.do(ctx, limit > heavyRows, func(w *tx) error {
		// The states that are open are spelt out, so that their index is used.
		n, err := w.put(`UPDATE delivery SET state = ? WHERE number IN (
			SELECT number FROM delivery
			WHERE subscription = ? AND state = ? AND state IN ('waiting', 'parked') AND held = 0
			ORDER BY seq, number LIMIT ?)`,
			string(to), subscription[:], string(from), int64(limit))
		moved = int(n)
		w.pending = append(w.pending, raised...)
		return err
	})
	if err != nil {
		return 0, err
	}
	return moved, nil
}

// numbers makes one parameter of many.
func numbers(list []int64) string {
	text, _ := json.Marshal(list) // numbers always marshal
	return string(text)
}
