package storetest

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/appdock/appdock"
	"github.com/appdock/appdock/internal/entity"
	"github.com/appdock/appdock/internal/webhook"
)

func logCases() map[string]func(*fixture) {
	return map[string]func(*fixture){
		"the newest come first, and not too many":   newestFirst,
		"the log can be narrowed":                   narrowed,
		"it can be read in parts":                   inParts,
		"a delivery that is not there is not found": unknownDelivery,
		"the entity shows what the log knows":       eventLog,
		"what the app took is shown from the event": requestFromEvent,
	}
}

// aged stores deliveries that were made hours ago: 0, 1, 2, …
func (f *fixture) aged(n int) []webhook.Delivery {
	f.t.Helper()
	var events []appdock.Event
	for i := range n {
		events = append(events, event(f.shop.ID, "aged", i))
	}
	_, err := f.Queue.Append(f.t.Context(), events...)
	f.must(err)
	_, held, err := f.Queue.FanOut(f.t.Context(), n, func(events []appdock.Event) ([]webhook.Delivery, error) {
		made, err := f.match(events)
		for i := range made {
			made[i].CreatedAt = Now().Add(-time.Duration(i) * time.Hour)
			if i%2 == 1 {
				made[i].App, made[i].EventName = "Other", "order.written"
			}
		}
		return made, err
	})
	f.must(err)
	for i := range held {
		held[i].Data, held[i].Needs = appdock.EventData{}, nil
	}
	return held
}

func newestFirst(f *fixture) {
	made := f.aged(60)
	found, err := f.Log.Deliveries(f.t.Context(), webhook.Filter{Shop: f.shop.ID, State: webhook.Waiting})
	f.must(err)
	f.equal("deliveries", found, made[:50])
	found, err = f.Log.Deliveries(f.t.Context(), webhook.Filter{Shop: f.shop.ID, State: webhook.Waiting, Limit: 3})
	f.must(err)
	f.equal("three", found, made[:3])
}

func narrowed(f *fixture) {
	made := f.aged(6)
	done := f.finish(made[5:], webhook.Delivered, Now())
	tests := map[string]struct {
		filter webhook.Filter
		want   []webhook.Delivery
	}{
		"by app":   {webhook.Filter{App: "Other"}, []webhook.Delivery{made[1], made[3], done[0]}},
		"by event": {webhook.Filter{Event: "order.written"}, []webhook.Delivery{made[1], made[3], done[0]}},
		"by state": {webhook.Filter{State: webhook.Delivered}, done},
		"by time":  {webhook.Filter{Since: Now().Add(-3 * time.Hour), Until: Now().Add(-time.Hour)}, []webhook.Delivery{made[2], made[3]}},
		"by all":   {webhook.Filter{App: "Other", State: webhook.Waiting, Since: Now().Add(-2 * time.Hour)}, []webhook.Delivery{made[1]}},
		"behind":   {webhook.Filter{State: webhook.Waiting, Behind: webhook.Listed{CreatedAt: made[1].CreatedAt, Number: made[1].Number}}, made[2:5]},
		"to none":  {webhook.Filter{App: "Nobody"}, nil},
	}
	for name, test := range tests {
		test.filter.Shop = f.shop.ID
		found, err := f.Log.Deliveries(f.t.Context(), test.filter)
		f.must(err)
		f.equal(name, found, test.want)
	}
}

func inParts(f *fixture) {
	made := f.made(7) // at one moment
	f.finish(made, webhook.Dead, Now())
	var all []int64
	filter := webhook.Filter{Shop: f.shop.ID, State: webhook.Dead, Limit: 3}
	for {
		part, err := f.Log.Deliveries(f.t.Context(), filter)
		f.must(err)
		if len(part) == 0 {
			break
		}
		for _, d := range part {
			all = append(all, d.Number)
		}
		last := part[len(part)-1]
		filter.Behind = webhook.Listed{CreatedAt: last.CreatedAt, Number: last.Number}
	}
	var want []int64
	for _, d := range slices.Backward(made) {
		want = append(want, d.Number)
	}
	f.equal("numbers", all, want)
}

func unknownDelivery(f *fixture) {
	_, _, err := f.Log.Attempts(f.t.Context(), f.shop.ID, ID("nobody"))
	f.wantKind(err, appdock.NotFound)
	told, _ := errors.AsType[*appdock.Error](err)
	f.equal("a cure", told != nil && told.Cure != "", true)
}

// eventLog checks the entity webhook_event_log (protocol-webhooks.md 5).
func eventLog(f *fixture) {
	made := f.made(5)
	f.finish(made[1:2], webhook.Waiting, Now())
	f.finish(made[2:3], webhook.Delivered, Now())
	f.finish(made[3:4], webhook.Dead, Now())
	f.finish(made[4:5], webhook.Parked, Now())
	for i, status := range []string{"queued", "pending_retry", "success", "failed", "paused"} {
		r := f.search(&entity.Criteria{Entity: "webhook_event_log", IDs: []appdock.ID{made[i].ID}}).Records[0]
		f.equal("status", r.Text("deliveryStatus"), status)
		f.equal("webhook", r.Text("webhookName"), "hook")
		f.equal("sequence", r.Get("sequence"), any(made[i].Seq))
		if i == 0 {
			f.equal("no attempt", r.Get("responseStatusCode"), nil)
			continue
		}
		f.equal("answer", r.Get("responseStatusCode"), any(int64(503)))
		f.equal("reason", r.Text("responseReasonPhrase"), "Service Unavailable")
		f.equal("request", string(r.Document("requestContent")), `{"headers":"POST /hook\nHost: app.example","body":"{\"a\":1}"}`)
		f.equal("response", string(r.Document("responseContent")), `{"headers":"503 Service Unavailable\nServer: x","body":"busy\n\nvery"}`)
		f.equal("time", r.Get("timestamp"), any(Now().Unix()))
	}
}

// requestFromEvent checks a request that was not kept.
func requestFromEvent(f *fixture) {
	_, err := f.Queue.Append(f.t.Context(), event(f.shop.ID, "request", 1), event(f.shop.ID, "request", 2))
	f.must(err)
	_, made, err := f.Queue.FanOut(f.t.Context(), 2, func(events []appdock.Event) ([]webhook.Delivery, error) {
		made, err := f.match(events)
		made[0].OnlyLive = false
		return made, err
	})
	f.must(err)
	for _, d := range made {
		a := attempt(0)
		a.Request = ""
		d.State, d.Attempts = webhook.Delivered, 1
		f.must(f.Queue.Finish(f.t.Context(), webhook.Results{Done: []webhook.Finished{{Delivery: d, Attempt: a}}}))
	}
	show := func(d webhook.Delivery) []byte {
		return f.search(&entity.Criteria{Entity: "webhook_event_log", IDs: []appdock.ID{d.ID}}).Records[0].Document("requestContent")
	}
	var request struct{ Headers, Body string }
	f.must(json.Unmarshal(show(made[0]), &request))
	want := fmt.Sprintf(`{"data":{"payload":[{"n":1}],"event":"product.written"},"source":{"url":%q,"eventId":"%s","shopId":"%s","appVersion":"1.0.0","sequence":%d},"timestamp":%d}`,
		f.shop.URL, made[0].ID, f.shop.ID, made[0].Seq, Now().Unix())
	f.equal("body", request.Body, want)
	f.equal("less may have been sent of the other", len(show(made[1])), 0)
}
