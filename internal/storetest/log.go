package storetest

import (
	"testing"
	"time"

	"github.com/appdock/appdock"
	"github.com/appdock/appdock/internal/entity"
	"github.com/appdock/appdock/internal/webhook"
)

func logCases() map[string]func(*testing.T, *fixture) {
	return map[string]func(*testing.T, *fixture){
		"the newest come first, and not too many":   newestFirst,
		"the log can be narrowed":                   narrowed,
		"a delivery that is not there is not found": unknownDelivery,
		"the entity shows what the log knows":       eventLog,
	}
}

// aged stores deliveries that were made hours ago: 0, 1, 2, …
func (f *fixture) aged(t *testing.T, n int) []webhook.Delivery {
	t.Helper()
	var events []appdock.Event
	for i := range n {
		events = append(events, event(f.shop.ID, "aged", i))
	}
	_, err := f.Queue.Append(t.Context(), events...)
	must(t, err)
	_, held, err := f.Queue.FanOut(t.Context(), n, func(events []appdock.Event) ([]webhook.Delivery, error) {
		made, err := f.match(events)
		for i := range made {
			made[i].CreatedAt = Now().Add(-time.Duration(i) * time.Hour)
			if i%2 == 1 {
				made[i].App, made[i].EventName = "Other", "order.written"
			}
		}
		return made, err
	})
	must(t, err)
	for i := range held {
		held[i].Data = appdock.EventData{}
	}
	return held
}

func newestFirst(t *testing.T, f *fixture) {
	made := f.aged(t, 60)
	found, err := f.Log.Deliveries(t.Context(), webhook.Filter{Shop: f.shop.ID, State: webhook.Waiting})
	must(t, err)
	equal(t, "deliveries", found, made[:50])
	found, err = f.Log.Deliveries(t.Context(), webhook.Filter{Shop: f.shop.ID, State: webhook.Waiting, Limit: 3})
	must(t, err)
	equal(t, "three", found, made[:3])
}

func narrowed(t *testing.T, f *fixture) {
	made := f.aged(t, 6)
	done := f.finish(t, made[5:], webhook.Delivered, Now())
	tests := map[string]struct {
		filter webhook.Filter
		want   []webhook.Delivery
	}{
		"by app":   {webhook.Filter{App: "Other"}, []webhook.Delivery{made[1], made[3], done[0]}},
		"by event": {webhook.Filter{Event: "order.written"}, []webhook.Delivery{made[1], made[3], done[0]}},
		"by state": {webhook.Filter{State: webhook.Delivered}, done},
		"by time":  {webhook.Filter{Since: Now().Add(-3 * time.Hour), Until: Now().Add(-time.Hour)}, []webhook.Delivery{made[2], made[3]}},
		"by all":   {webhook.Filter{App: "Other", State: webhook.Waiting, Since: Now().Add(-2 * time.Hour)}, []webhook.Delivery{made[1]}},
		"to none":  {webhook.Filter{App: "Nobody"}, nil},
	}
	for name, test := range tests {
		test.filter.Shop = f.shop.ID
		found, err := f.Log.Deliveries(t.Context(), test.filter)
		must(t, err)
		equal(t, name, found, test.want)
	}
}

func unknownDelivery(t *testing.T, f *fixture) {
	_, _, err := f.Log.Attempts(t.Context(), f.shop.ID, ID("nobody"))
	wantKind(t, err, appdock.NotFound, "")
}

// eventLog checks the entity webhook_event_log (protocol-webhooks.md 5).
func eventLog(t *testing.T, f *fixture) {
	made := f.made(t, 5)
	f.finish(t, made[1:2], webhook.Waiting, Now())
	f.finish(t, made[2:3], webhook.Delivered, Now())
	f.finish(t, made[3:4], webhook.Dead, Now())
	f.finish(t, made[4:5], webhook.Parked, Now())
	for i, status := range []string{"queued", "pending_retry", "success", "failed", "paused"} {
		r := f.search(t, &entity.Criteria{Entity: "webhook_event_log", IDs: []appdock.ID{made[i].ID}}).Records[0]
		equal(t, "status", r.Text("deliveryStatus"), status)
		equal(t, "webhook", r.Text("webhookName"), "hook")
		equal(t, "sequence", r.Get("sequence"), any(made[i].Seq))
		if i == 0 {
			equal(t, "no attempt", r.Get("responseStatusCode"), nil)
			continue
		}
		equal(t, "answer", r.Get("responseStatusCode"), any(int64(503)))
		equal(t, "time", r.Get("timestamp"), any(Now().Unix()))
	}
}
