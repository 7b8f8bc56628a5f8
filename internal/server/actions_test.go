package server_test

import (
	"encoding/json"
	"net/http"
	"testing"

	"github.com/appdock/appdock/internal/control"
	"github.com/appdock/appdock/sdk/apptest"
)

// TestAppHearsOfAPayment sets a payment to paid over HTTP: an app that waits for the state
// hears of it once, with the order as it is then (admin-api.md 11, check 7).
func TestAppHearsOfAPayment(t *testing.T) {
	t.Parallel()
	const paid = "state_enter.order_transaction.state.paid"
	host := open(t, development(folder(t)))
	shop := only(t, host)
	app := apptest.New(t, apptest.App{Permissions: []string{"order:read", "order_transaction:update", "number_range:read"}, Webhooks: []string{paid}})
	installed(t, shop, write(t, app.App.Name, app.Manifest()))
	seeding := control.Seeding{Products: 1, Orders: 1}
	for again := true; again; again = seeding.Done < seeding.Total {
		var err error
		if seeding, err = shop.Seed(t.Context(), seeding); err != nil {
			t.Fatal(err)
		}
	}
	key, secret, err := shop.NewAPIClient(t.Context(), "client")
	if err != nil {
		t.Fatal(err)
	}
	calls := client(t)
	operator := caller{t, calls, host.URL(), tokenFrom(t, calls, host.URL(), key, secret.Reveal())}
	own := caller{t, calls, host.URL(), tokenOf(t, calls, host, app)}

	open := `{"filter":[{"type":"equals","field":"stateMachineState.technicalName","value":"open"}]}`
	payment := operator.found("order-transaction", open)
	id, _ := payment["id"].(string)
	german, _ := operator.found("language", `{"filter":[{"type":"equals","field":"locale.code","value":"de-DE"}]}`)["id"].(string)
	state, _ := operator.found("state-machine-state", `{"filter":[
		{"type":"equals","field":"technicalName","value":"paid"},
		{"type":"equals","field":"stateMachine.technicalName","value":"order_transaction.state"}]}`)["id"].(string)
	operator.done("PATCH", "/api/state-machine-state/"+state, `{"name":"Bezahlt!"}`, http.StatusNoContent, "sw-language-id: "+german)

	var list struct {
		Transitions []struct{ Name, ActionName, URL string }
	}
	answer := operator.done("GET", "/api/_action/state-machine/order_transaction/"+id+"/state", "", http.StatusOK, "sw-language-id: "+german)
	if err := json.Unmarshal(answer, &list); err != nil {
		t.Fatal(err)
	}
	url := ""
	for _, possible := range list.Transitions {
		if possible.ActionName == "paid" && possible.Name == "Bezahlt!" {
			url = possible.URL
		}
	}
	if url == "" {
		t.Fatalf("there is no way to paid: %s", answer)
	}
	// The app may make the transition, and may read no states.
	for _, way := range []string{"/api/_action/order_transaction/" + id + "/state/paid", url} { // the second changes nothing
		var reached struct{ ID, TechnicalName string }
		body := own.done("POST", way, `{}`, http.StatusOK, "sw-language-id: "+german)
		if way == url {
			body = wrapped(t, body)
		}
		if err := json.Unmarshal(body, &reached); err != nil || reached.ID != state || reached.TechnicalName != "paid" {
			t.Errorf("%s answered %s", way, body)
		}
	}
	own.done("POST", "/api/_action/order_transaction/"+id+"/state/nothing", `{}`, http.StatusBadRequest)
	own.done("GET", "/api/_action/state-machine/order_delivery/"+id+"/state", "", http.StatusForbidden)
	own.done("POST", "/api/_action/order_delivery/"+id+"/state/ship", "", http.StatusForbidden)

	heard, err := app.WaitEvent(within(t, soon), paid, 1)
	if err != nil {
		t.Fatal(err)
	}
	var payload struct {
		Order struct{ ID string }
	}
	if err := json.Unmarshal(heard.Webhook.Payload, &payload); err != nil || payload.Order.ID != payment["orderId"] {
		t.Errorf("heard of %s, want order %v", heard.Webhook.Payload, payment["orderId"])
	}
	deliveries, err := shop.Deliveries(t.Context(), control.DeliveryFilter{Event: paid})
	if err != nil || len(deliveries) != 1 {
		t.Errorf("%d deliveries of one payment, %v", len(deliveries), err)
	}

	next := func(query string) string {
		return string(own.done("GET", "/api/_action/number-range/reserve/order"+query, "", http.StatusOK))
	}
	if seen, taken, after := next("?preview=1"), next(""), next("?preview=1"); seen != taken || after == taken {
		t.Errorf("previewed %s, drew %s, previewed %s", seen, taken, after)
	}
}

// wrapped gives what stands in data.
func wrapped(t *testing.T, answer []byte) json.RawMessage {
	t.Helper()
	var body struct{ Data json.RawMessage }
	if err := json.Unmarshal(answer, &body); err != nil || body.Data == nil {
		t.Fatalf("no data in %s", answer)
	}
	return body.Data
}
