package server_test

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"

	"github.com/appdock/appdock"
	"github.com/appdock/appdock/internal/control"
	"github.com/appdock/appdock/internal/server"
	"github.com/appdock/appdock/protocol"
	"github.com/appdock/appdock/sdk/apptest"
)

// hearing opens a host with an app that hears of placed orders, and gives its webhook.
func hearing(t *testing.T) (*server.Server, control.Shop, *apptest.Server, control.Subscription) {
	t.Helper()
	c := development(folder(t))
	c.Demo = true
	host := opened(t, c)
	app := newApp(t)
	shop := only(t, host)
	installed(t, shop, write(t, app.App.Name, app.Manifest()))
	list, err := shop.Webhooks(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for _, w := range list {
		if w.Event == "checkout.order.placed" {
			return host, shop, app, w
		}
	}
	t.Fatalf("no webhook for orders in %+v", list)
	panic("unreachable")
}

// TestTriggerPauseReplay is what an operator does with one webhook: try it, pause it, look
// at what is parked, resume it, and send something again.
func TestTriggerPauseReplay(t *testing.T) {
	t.Parallel()
	host, shop, app, webhook := hearing(t)
	trigger := func(in control.Trigger) control.Triggered {
		t.Helper()
		out, err := shop.Trigger(within(t, soon), in)
		if err != nil {
			t.Fatal(err)
		}
		if len(out.Deliveries) != 1 {
			t.Fatalf("deliveries of the trigger: %+v, filtered %+v", out.Deliveries, out.Filtered)
		}
		return out
	}
	status := func(id appdock.ID) control.DeliveryDetails {
		t.Helper()
		d, err := shop.Delivery(t.Context(), id)
		if err != nil {
			t.Fatal(err)
		}
		return d
	}

	tried := trigger(control.Trigger{Event: "checkout.order.placed"})
	got, err := app.WaitEvent(within(t, soon), "checkout.order.placed", 1)
	if err != nil {
		t.Fatal(err)
	}
	var payload struct {
		Order struct{ ID, OrderNumber string }
	}
	if err := json.Unmarshal(got.Webhook.Payload, &payload); err != nil || payload.Order.OrderNumber == "" {
		t.Errorf("the sample is no order: %s, %v", got.Webhook.Payload, err)
	}
	if err := host.Settled(within(t, soon), tried.EventID); err != nil {
		t.Fatal(err)
	}

	if err := shop.PauseWebhook(t.Context(), webhook.ID); err != nil {
		t.Fatal(err)
	}
	held := trigger(control.Trigger{Event: "checkout.order.placed", From: tried.EventID})
	parked := held.Deliveries[0].ID
	if d := status(parked); d.Status != "parked" || len(d.Log) > 0 {
		t.Errorf("for a paused webhook: %s with %d attempts", d.Status, len(d.Log))
	}
	if _, err := shop.Replay(t.Context(), control.DeliveryFilter{ID: parked}); appdock.CodeOf(err) != "ADK-DELIVERY-OPEN" {
		t.Errorf("replay of what is parked: %v", err)
	}
	if _, err := shop.ResumeWebhook(t.Context(), webhook.ID, false); err != nil {
		t.Fatal(err)
	}
	second, err := app.WaitEvent(within(t, soon), "checkout.order.placed", 2)
	if err != nil {
		t.Fatal(err)
	}
	if second.Webhook.Source.EventID != parked.String() || string(second.Webhook.Payload) != string(got.Webhook.Payload) {
		t.Errorf("resumed with delivery %s", second.Webhook.Source.EventID)
	}

	first := tried.Deliveries[0].ID
	if r, err := shop.Replay(t.Context(), control.DeliveryFilter{ID: first}); err != nil || r.Replayed != 1 {
		t.Fatalf("replayed %+v, %v", r, err)
	}
	again, err := app.WaitEvent(within(t, soon), "checkout.order.placed", 3)
	if err != nil {
		t.Fatal(err)
	}
	if again.Webhook.Source.EventID != first.String() || again.Header.Get("X-Shopware-Attempt") != "1" || !again.Verified {
		t.Errorf("sent again as %s, attempt %s, verified %t", again.Webhook.Source.EventID, again.Header.Get("X-Shopware-Attempt"), again.Verified)
	}
	if _, err := shop.Replay(t.Context(), control.DeliveryFilter{ID: appdock.ID{15: 7}}); appdock.KindOf(err) != appdock.NotFound {
		t.Errorf("replay of what there is not: %v", err)
	}
}

// TestDroppedBacklog: what is given up for a webhook is dead, and can be brought back.
func TestDroppedBacklog(t *testing.T) {
	t.Parallel()
	_, shop, app, webhook := hearing(t)
	if err := shop.PauseWebhook(t.Context(), webhook.ID); err != nil {
		t.Fatal(err)
	}
	for range 3 {
		if _, err := shop.Trigger(within(t, soon), control.Trigger{Event: "checkout.order.placed"}); err != nil {
			t.Fatal(err)
		}
	}
	if r, err := shop.ResumeWebhook(t.Context(), webhook.ID, true); err != nil || r.Dropped != 3 {
		t.Fatalf("dropped %+v, %v", r, err)
	}
	if r, err := shop.Replay(t.Context(), control.DeliveryFilter{App: app.App.Name, Status: "dead"}); err != nil || r.Replayed != 3 {
		t.Fatalf("replayed %+v, %v", r, err)
	}
	if _, err := app.WaitEvent(within(t, soon), "checkout.order.placed", 3); err != nil {
		t.Error(err)
	}
}

// TestCopyTouchesNothing: a copy goes elsewhere, signed as for the app, and the log stays.
func TestCopyTouchesNothing(t *testing.T) {
	t.Parallel()
	host, shop, app, _ := hearing(t)
	tried, err := shop.Trigger(within(t, soon), control.Trigger{Event: "checkout.order.placed"})
	if err != nil {
		t.Fatal(err)
	}
	if err := host.Settled(within(t, soon), tried.EventID); err != nil {
		t.Fatal(err)
	}
	id := tried.Deliveries[0].ID
	before, err := shop.Delivery(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	// The app itself takes the copy, and so can tell whether it is signed well.
	c, err := shop.CopyDelivery(within(t, soon), id, before.URL+"?copy")
	if err != nil || c.Status != http.StatusNoContent {
		t.Fatalf("copy: %+v, %v", c, err)
	}
	copied := app.Requests(apptest.Webhook)
	if last := copied[len(copied)-1]; last.RawQuery != "copy" || !last.Verified {
		t.Errorf("the copy came to %s?%s, verified %t", last.Path, last.RawQuery, last.Verified)
	}
	after, err := shop.Delivery(t.Context(), id)
	if err != nil || after.Attempts != before.Attempts || len(after.Log) != len(before.Log) {
		t.Errorf("the copy is in the log: %+v, %v", after, err)
	}
	for _, url := range []string{"ftp://other.example/x", "https://", "/hook", "https://user:pass@other.example/"} {
		if _, err := shop.CopyDelivery(t.Context(), id, url); appdock.CodeOf(err) != "ADK-URL-INVALID" {
			t.Errorf("copy to %s: %v", url, err)
		}
	}
}

// TestTakenRequestsAreMadeAgain: what the app took is shown as it was, without a signature that
// somebody could take for the one of then.
func TestTakenRequestsAreMadeAgain(t *testing.T) {
	t.Parallel()
	host, shop, app, _ := hearing(t)
	tried, err := shop.Trigger(within(t, soon), control.Trigger{Event: "checkout.order.placed"})
	if err != nil {
		t.Fatal(err)
	}
	if err := host.Settled(within(t, soon), tried.EventID); err != nil {
		t.Fatal(err)
	}
	shown := func() control.Attempt {
		t.Helper()
		d, err := shop.Delivery(t.Context(), tried.Deliveries[0].ID)
		if err != nil || len(d.Log) != 1 {
			t.Fatalf("got %+v, %v", d, err)
		}
		return d.Log[0]
	}
	before := shown()
	heard := app.Requests(apptest.Webhook)
	sent := heard[len(heard)-1]
	for _, want := range []string{protocol.HeaderShopSignature + ": [not kept]\n", string(sent.Body)} {
		if !before.Rendered || !strings.Contains(before.Request, want) {
			t.Errorf("%q is not in what is shown, rendered %t:\n%s", want, before.Rendered, before.Request)
		}
	}
	if _, err := shop.RotateSecret(within(t, soon), app.App.Name); err != nil {
		t.Fatal(err)
	}
	if after := shown(); after.Request != before.Request {
		t.Errorf("after a rotation of the secret it is\n%s\nand was\n%s", after.Request, before.Request)
	}
}

func TestTriggersThatAreRefused(t *testing.T) {
	t.Parallel()
	_, shop, _, _ := hearing(t)
	nobody := appdock.MustID("0192a0000000700080000000000000ff")
	tests := map[string]struct {
		in   control.Trigger
		code string
	}{
		"an unknown event":              {control.Trigger{Event: "nonsense"}, "ADK-EVENT-UNKNOWN"},
		"the life of an app":            {control.Trigger{Event: "app.deleted"}, "ADK-EVENT-OF-LIFE"},
		"the life of an app, made up":   {control.Trigger{Event: "app.deleted", Payload: []byte(`{"keepUserData":false}`)}, "ADK-EVENT-OF-LIFE"},
		"a record that there is not":    {control.Trigger{Event: "checkout.order.placed", Entity: nobody}, "ADK-NOT-FOUND"},
		"an event that there is not":    {control.Trigger{Event: "checkout.order.placed", From: nobody}, "ADK-NOT-FOUND"},
		"a payload of the wrong form":   {control.Trigger{Event: "product.written", Payload: []byte(`{}`)}, "ADK-PAYLOAD-INVALID"},
		"a payload that is a number":    {control.Trigger{Event: "mail.sent", Payload: []byte(`7`)}, "ADK-PAYLOAD-INVALID"},
		"a change of what is not there": {control.Trigger{Event: "product.written", Entity: nobody}, "ADK-NOT-FOUND"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if _, err := shop.Trigger(within(t, soon), tt.in); appdock.CodeOf(err) != tt.code {
				t.Errorf("got %v, want %s", err, tt.code)
			}
		})
	}
}

// TestFilteredIsTold: who does not hear of an event is named with the reason.
func TestFilteredIsTold(t *testing.T) {
	t.Parallel()
	_, shop, app, _ := hearing(t)
	if _, err := shop.Deactivate(within(t, soon), app.App.Name); err != nil {
		t.Fatal(err)
	}
	out, err := shop.Trigger(within(t, soon), control.Trigger{Event: "checkout.order.placed"})
	if err != nil {
		t.Fatal(err)
	}
	if len(out.Deliveries) != 0 || len(out.Filtered) != 1 || out.Filtered[0].Reason != "the app is not active" {
		t.Errorf("triggered %+v", out)
	}
}

// TestFiguresOfDeliveries: what was sent, given up and held back is counted, and the
// merchant is told of a webhook that was disabled.
func TestFiguresOfDeliveries(t *testing.T) {
	t.Parallel()
	host, shop, _, webhook := hearing(t)
	out, err := shop.Trigger(within(t, soon), control.Trigger{Event: "checkout.order.placed"})
	if err != nil {
		t.Fatal(err)
	}
	if err := host.Settled(within(t, soon), out.EventID); err != nil {
		t.Fatal(err)
	}
	if err := shop.PauseWebhook(t.Context(), webhook.ID); err != nil {
		t.Fatal(err)
	}
	if _, err := shop.Trigger(within(t, soon), control.Trigger{Event: "checkout.order.placed"}); err != nil {
		t.Fatal(err)
	}
	_, text, _ := get(t, client(t), host.URL()+"/metrics", nil)
	for _, line := range []string{
		`appdock_attempts_total{class="accepted"} 3`, // app.installed, app.activated and the order
		"appdock_deliveries_delivered_total 3",
		"appdock_deliveries_parked 1",
		"appdock_deliveries_waiting 0",
		"appdock_deliveries_lag_seconds 0",
		`appdock_webhooks_unhealthy{state="disabled"} 1`,
		`appdock_attempt_duration_seconds_count{class="accepted"} 3`,
	} {
		if !strings.Contains(text, line+"\n") {
			t.Errorf("/metrics lacks %s:\n%s", line, text)
		}
	}
}
