package rows

import (
	"context"
	"maps"
	"slices"
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
	err = s.write(ctx, Intake, len(events) > Heavy, func(w *tx) error {
		w.pending = raised
		if err := w.holdAll(raised); err != nil {
			return err
		}
		err := w.flush()
		fresh = w.events
		return err
	})
	if err != nil {
		return nil, err
	}
	return fresh, nil
}

// holdAll holds the shops of events, always in the same order, so that those of one shop are
// committed in the order of their numbers.
func (t *tx) holdAll(raised []pending) error {
	shops := map[int64]tenant{}
	for _, p := range raised {
		shops[p.shop.number] = p.shop
	}
	for _, number := range slices.Sorted(maps.Keys(shops)) {
		if err := t.hold(shops[number]); err != nil {
			return err
		}
	}
	return nil
}

// pending finds the shops of events.
func (s *Store) pending(events []appdock.Event) ([]pending, error) {
	list := make([]pending, len(events))
	for i, e := range events {
		t, err := s.tenant(e.Shop)
		if err != nil {
			return nil, err
		}
		list[i] = pending{shop: t, event: e}
	}
	return list, nil
}

// maxData bounds the bytes of events that are given at a time, above which no further one
// is added.
const maxData = 4 << 20

// FanOut has events matched, and stores their deliveries with that.
func (s *Store) FanOut(ctx context.Context, n int, match func([]appdock.Event) ([]webhook.Delivery, error)) (done int, deliveries []webhook.Delivery, err error) {
	err = s.write(ctx, Upkeep, n > Heavy, func(w *tx) error {
		done, deliveries = 0, nil
		if err := w.Hold(w.ctx, Matching); err != nil {
			return err
		}
		events, err := w.unmatched(n)
		if err != nil || len(events) == 0 {
			return err
		}
		made, err := match(events)
		if err != nil {
			return err
		}
		if err := w.deliver(made); err != nil {
			return err
		}
		if err := w.matched(events); err != nil {
			return err
		}
		done, deliveries = len(events), made
		return forgetEnded(w)
	})
	if err != nil {
		return 0, nil, err
	}
	return done, deliveries, nil
}

func (t *tx) unmatched(n int) ([]appdock.Event, error) {
	var events []appdock.Event
	bytes := 0
	err := t.while(func(row Row) (bool, error) {
		e, err := scanEvent(row)
		events = append(events, e)
		bytes += len(e.Data.Payload) + len(e.Data.Previous)
		return bytes < maxData, err
	}, "SELECT "+eventColumns+` FROM event AS e CROSS JOIN shop AS s ON s.number = e.shop
		WHERE NOT e.matched ORDER BY e.seq LIMIT ?`, int64(n))
	return events, err
}

const eventColumns = `e.seq, s.id, e.id, e.name, e.key, e.at, e.origin, e.needs, e."only", e.revision, e.payload, e.previous`

// scanEvent reads eventColumns.
func scanEvent(row Row) (e appdock.Event, err error) {
	var needs string
	err = row.Scan(&e.Seq, &e.Shop, idColumn{&e.ID}, &e.Name, idColumn{&e.Key}, timeColumn{&e.At}, idColumn{&e.Origin},
		&needs, idColumn{&e.Only}, &e.Revision, &e.Data.Payload, &e.Data.Previous)
	e.Needs = privileges(needs)
	return e, err
}

// matched marks events that were read in the order of Seq. Mostly there is no gap between
// them, and a range is found with less than a list.
func (t *tx) matched(events []appdock.Event) error {
	first, last := events[0].Seq, events[len(events)-1].Seq
	if last-first == int64(len(events)-1) {
		_, err := t.put("UPDATE event SET matched = TRUE WHERE seq BETWEEN ? AND ?", first, last)
		return err
	}
	seqs := make([]int64, len(events))
	for i, e := range events {
		seqs[i] = e.Seq
	}
	_, err := t.put("UPDATE event SET matched = TRUE WHERE "+t.store.among("seq"), t.store.list(seqs))
	return err
}

// deliver stores deliveries and numbers them.
func (t *tx) deliver(deliveries []webhook.Delivery) error {
	rows := make([][]any, len(deliveries))
	for i := range deliveries {
		d := &deliveries[i]
		shop, err := t.store.tenant(d.Shop)
		if err != nil {
			return err
		}
		d.Number = t.store.lastDelivery.Add(1) // gaps are left by units that fail
		rows[i] = []any{
			d.Number, shop.number, d.ID[:], d.Event[:], string(d.EventName), idOrNull(d.Key), d.Seq, d.Subscription[:], idOrNull(d.Installation),
			d.App, d.AppVersion, d.Webhook, d.URL, int64(d.Endpoint), d.OnlyLive, d.Strict, d.InHand, string(d.State), int64(d.Attempts), int64(d.Replayed),
			milliseconds(d.DueAt), d.CreatedAt.UnixMilli(), int64(d.LastStatus), d.Reason,
			foldOrNull(string(d.EventName)), foldOrNull(d.App), foldOrNull(d.Webhook), foldOrNull(d.URL),
			d.Topic, idOrNull(d.Record),
		}
	}
	return t.insert(`INSERT INTO delivery (number, shop, id, event, event_name, key, seq, subscription, installation,
		app, app_version, webhook, url, endpoint, only_live, strict, in_hand, state, attempts, replayed, due_at, created_at, last_status, reason,
		event_name_fold, app_fold, webhook_fold, url_fold, topic, record)`, "", rows)
}

const deliveryColumns = `d.number, s.id, d.id, d.event, d.event_name, d.key, d.seq, d.subscription, d.installation,
	d.app, d.app_version, d.webhook, d.url, d.endpoint, d.only_live, d.strict, d.in_hand, d.state, d.attempts, d.replayed,
	d.due_at, d.created_at, d.last_status, d.reason, d.topic, d.record`

// scanDelivery reads deliveryColumns and what follows them.
func scanDelivery(row Row, more ...any) (d webhook.Delivery, err error) {
	err = row.Scan(append([]any{
		&d.Number, &d.Shop,
		idColumn{&d.ID},
		idColumn{&d.Event},
		&d.EventName,
		idColumn{&d.Key},
		&d.Seq,
		idColumn{&d.Subscription},
		idColumn{&d.Installation},
		&d.App, &d.AppVersion, &d.Webhook, &d.URL, &d.Endpoint, &d.OnlyLive, &d.Strict, &d.InHand,
		&d.State, &d.Attempts, &d.Replayed,
		timeColumn{&d.DueAt},
		timeColumn{&d.CreatedAt},
		&d.LastStatus, &d.Reason,
		&d.Topic,
		idColumn{&d.Record},
	}, more...)...)
	return d, err
}

// whole begins a query for deliveries with their events' data, and scanWhole reads it.
const whole = "SELECT " + deliveryColumns + `, e.needs, e.origin, e.payload, e.previous
	FROM delivery AS d CROSS JOIN shop AS s ON s.number = d.shop LEFT JOIN event AS e ON e.seq = d.seq `

func scanWhole(row Row) (webhook.Delivery, error) {
	var data appdock.EventData
	var needs *string
	var origin appdock.ID
	d, err := scanDelivery(row, &needs, idColumn{&origin}, &data.Payload, &data.Previous)
	d.Own = !origin.IsZero() && origin == d.Installation
	if needs != nil {
		d.Needs = privileges(*needs)
	}
	d.Data = data
	return d, err
}

// LetGo takes the marks from what a process had in hand.
func (s *Store) LetGo(ctx context.Context) error {
	return s.write(ctx, Upkeep, true, func(w *tx) error {
		_, err := w.put("UPDATE delivery SET in_hand = FALSE WHERE in_hand AND number > 0")
		return err
	})
}

// Backlogs finds the endpoints by leaping from one to the next.
func (s *Store) Backlogs(ctx context.Context) (list []webhook.Backlog, all webhook.Backlogged, err error) {
	err = s.read(ctx, Host, func(r session) error {
		var oldest int64 // number
		if _, err := r.first(ctx, `SELECT (SELECT count(*) FROM delivery WHERE state = 'waiting' AND NOT in_hand) + count(*), coalesce(min(number), 0)
			FROM delivery WHERE in_hand AND number > 0`, nil, &all.Waiting, &oldest); err != nil {
			return err
		}
		known := map[webhook.Endpoint]int{}
		leap := func(text string, found func(b *webhook.Backlog, first int64)) error {
			return r.each(ctx, func(row Row) error {
				var at webhook.Endpoint
				var first int64
				if err := row.Scan(&at, &first); err != nil {
					return err
				}
				i, ok := known[at]
				if !ok {
					i = len(list)
					known[at] = i
					list = append(list, webhook.Backlog{Endpoint: at})
				}
				found(&list[i], first)
				return nil
			}, text)
		}
		err := leap(`WITH RECURSIVE leap(endpoint) AS (
				SELECT min(endpoint) FROM delivery WHERE state = 'waiting' AND NOT in_hand AND (attempts = 0 OR strict)
				UNION ALL
				SELECT (SELECT min(endpoint) FROM delivery WHERE state = 'waiting' AND NOT in_hand AND (attempts = 0 OR strict) AND endpoint > leap.endpoint)
				FROM leap WHERE leap.endpoint IS NOT NULL
			) SELECT endpoint, (
				SELECT min(number) FROM delivery AS d WHERE d.state = 'waiting' AND NOT d.in_hand AND (d.attempts = 0 OR d.strict) AND d.endpoint = leap.endpoint
			) FROM leap WHERE endpoint IS NOT NULL`,
			func(b *webhook.Backlog, number int64) {
				b.Ordered = true
				if oldest == 0 || number < oldest {
					oldest = number
				}
			})
		if err != nil {
			return err
		}
		if _, err := r.first(ctx, "SELECT created_at FROM delivery WHERE number = ?", []any{oldest}, timeColumn{&all.Since}); err != nil {
			return err
		}
		return leap(`WITH RECURSIVE leap(endpoint) AS (
				SELECT min(endpoint) FROM delivery WHERE state = 'waiting' AND attempts > 0 AND NOT strict
				UNION ALL
				SELECT (SELECT min(endpoint) FROM delivery WHERE state = 'waiting' AND attempts > 0 AND NOT strict AND endpoint > leap.endpoint)
				FROM leap WHERE leap.endpoint IS NOT NULL
			) SELECT endpoint, (
				SELECT min(d.due_at) FROM delivery AS d WHERE d.state = 'waiting' AND d.attempts > 0 AND NOT d.strict AND d.endpoint = leap.endpoint
			) FROM leap WHERE endpoint IS NOT NULL`,
			func(b *webhook.Backlog, due int64) { b.RetryAt = time.UnixMilli(due).UTC() })
	})
	return list, all, err
}

// Next gives deliveries of an endpoint in their order.
func (s *Store) Next(ctx context.Context, endpoint webhook.Endpoint, after int64, limit int) ([]webhook.Delivery, error) {
	return s.waiting(ctx, whole+`WHERE d.state = 'waiting' AND NOT d.in_hand AND (d.attempts = 0 OR d.strict) AND d.endpoint = ? AND d.number > ?
		ORDER BY d.number LIMIT ?`, int64(endpoint), after, int64(limit))
}

// Due gives deliveries of an endpoint whose time has come.
func (s *Store) Due(ctx context.Context, endpoint webhook.Endpoint, now time.Time, limit int) (due []webhook.Delivery, next time.Time, err error) {
	due, err = s.waiting(ctx, whole+`WHERE d.state = 'waiting' AND d.attempts > 0 AND NOT d.strict AND d.endpoint = ? AND d.due_at <= ?
		ORDER BY d.due_at, d.number LIMIT ?`, int64(endpoint), now.UnixMilli(), int64(limit))
	if err != nil {
		return nil, time.Time{}, err
	}
	err = s.read(ctx, Host, func(r session) error {
		_, err := r.first(ctx, `SELECT min(due_at) FROM delivery
			WHERE state = 'waiting' AND attempts > 0 AND NOT strict AND endpoint = ? AND due_at > ?`,
			[]any{int64(endpoint), now.UnixMilli()}, timeColumn{&next})
		return err
	})
	return due, next, err
}

// waiting reads deliveries until they bring too much data.
func (s *Store) waiting(ctx context.Context, text string, args ...any) (list []webhook.Delivery, err error) {
	err = s.read(ctx, Host, func(r session) error {
		bytes := 0
		return r.While(ctx, func(row Row) (bool, error) {
			d, err := scanWhole(row)
			list = append(list, d)
			bytes += len(d.Data.Payload) + len(d.Data.Previous)
			return bytes < maxData, err
		}, text, args...)
	})
	return list, err
}

// Finish writes results with their attempts, and the health that follows from them.
func (s *Store) Finish(ctx context.Context, r webhook.Results) error {
	raised, err := s.pending(r.Events)
	if err != nil {
		return err
	}
	healths := make([]tenant, len(r.Health))
	for i, h := range r.Health {
		if healths[i], err = s.tenant(h.Shop); err != nil {
			return err
		}
	}
	if len(r.Done)+len(r.Health)+len(raised)+len(r.Back) == 0 {
		return nil
	}
	return s.write(ctx, Upkeep, len(r.Done) > Heavy, func(w *tx) error {
		if err := w.finish(r.Done); err != nil {
			return err
		}
		if len(r.Back) > 0 {
			if _, err := w.put("UPDATE delivery SET in_hand = FALSE WHERE in_hand AND "+s.among("number"), s.list(r.Back)); err != nil {
				return err
			}
		}
		for i, h := range r.Health {
			if err := w.setHealth(healths[i], h); err != nil {
				return err
			}
		}
		w.pending = append(w.pending, raised...)
		return nil
	})
}

// ending is what many deliveries come to alike.
type ending struct {
	state    webhook.State
	attempts int
	due      any // milliseconds
	status   int
	reason   string
}

// finish writes what attempts came to, those that came to the same with one statement. What
// was deleted while its attempt was under way is left out: an operator gave it up, and the
// cleaner took it.
func (t *tx) finish(done []webhook.Finished) error {
	alike := make(map[ending][]int64)
	for _, f := range done {
		d := f.Delivery
		e := ending{d.State, d.Attempts, milliseconds(d.DueAt), d.LastStatus, d.Reason}
		alike[e] = append(alike[e], d.Number)
	}
	gone := make(map[int64]bool)
	for e, list := range alike {
		n, err := t.put(`UPDATE delivery SET state = ?, in_hand = FALSE, attempts = ?, due_at = ?, last_status = ?, reason = ?
			WHERE `+t.store.among("number"), string(e.state), int64(e.attempts), e.due, int64(e.status), e.reason, t.store.list(list))
		if err != nil {
			return err
		}
		if int(n) < len(list) {
			if err := t.missing(list, gone); err != nil {
				return err
			}
		}
	}
	attempts := make([][]any, 0, len(done))
	for _, f := range done {
		if d, a := f.Delivery, f.Attempt; !gone[d.Number] {
			attempts = append(attempts, []any{d.Number, int64(a.Number), a.At.UnixMilli(), a.Took.Microseconds(), int64(a.Status), a.Error, a.Request, a.Response})
		}
	}
	// Who finishes again because the answer was lost says the same again.
	return t.insert("INSERT INTO attempt (delivery, number, at, took, status, error, request, response)", " ON CONFLICT DO NOTHING", attempts)
}

// missing adds to gone what of a list is not there.
func (t *tx) missing(list []int64, gone map[int64]bool) error {
	for _, number := range list {
		gone[number] = true
	}
	return t.read(func(row Row) error {
		var number int64
		err := row.Scan(&number)
		delete(gone, number)
		return err
	}, "SELECT number FROM delivery WHERE "+t.store.among("number"), t.store.list(list))
}
