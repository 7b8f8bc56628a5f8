package server_test

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"

	"github.com/appdock/appdock/sdk/apptest"
)

// TestRefund pays an order, captures the payment and gives the money back: an app that hears
// of the refund carries it out and says so with a transition, and each step is told with the
// order (admin-api.md 8, entities.md order_transaction_capture_refund.state).
func TestRefund(t *testing.T) {
	t.Parallel()
	d, _ := newDrafted(t)
	const enter, capture, refund = "state_enter.order_transaction_capture_refund.state.", "018c0000000070008000000000000c01", "018c0000000070008000000000000c02"
	app := apptest.New(t, apptest.App{
		Name: "Refunds", Webhooks: []string{enter + "in_progress", enter + "completed", "state_enter.order_transaction.state.refunded"},
		Permissions: []string{"order:read", "order:update", "order_transaction_capture_refund:read", "order_refund.editor"},
	})
	own := d.of(app)
	clerk := d.of(apptest.New(t, apptest.App{Name: "Clerk", Permissions: []string{"order:update", "order_transaction_capture_refund:update"}}))
	payment := d.found("order-transaction", `{"filter":{"orderId":"`+d.order+`"}}`)["id"].(string)
	step := func(by caller, entity, id, action string, status int) {
		t.Helper()
		by.done("POST", "/api/_action/state-machine/"+entity+"/"+id+"/state/"+action, "", status)
	}
	state := func() string {
		t.Helper()
		found := d.found("order-transaction-capture-refund", `{"ids":["`+refund+`"],"associations":{"stateMachineState":{}}}`)
		name, _ := found["stateMachineState"].(map[string]any)["technicalName"].(string)
		return name
	}
	heard := func(event string) {
		t.Helper()
		got, err := app.WaitEvent(within(t, soon), event, 1)
		if err != nil {
			t.Fatal(err)
		}
		var payload struct{ Order struct{ ID string } }
		if err := json.Unmarshal(got.Webhook.Payload, &payload); err != nil || payload.Order.ID != d.order {
			t.Errorf("%s is about order %s, %v", event, payload.Order.ID, err)
		}
	}
	const path = "/api/_action/order_transaction_capture_refund/"
	step(d.caller, "order_transaction", payment, "paid", http.StatusOK)
	amount := `"amount":{"unitPrice":5,"totalPrice":5,"quantity":1,"calculatedTaxes":[],"taxRules":[]}`
	d.done("POST", "/api/order-transaction-capture", `{"id":"`+capture+`","orderTransactionId":"`+payment+`",`+amount+`,"refunds":[{"id":"`+refund+`","reason":"broken",`+amount+`}]}`, http.StatusNoContent)
	step(d.caller, "order_transaction_capture", capture, "complete", http.StatusOK)
	if got := state(); got != "open" {
		t.Errorf("a new refund is %s", got)
	}
	if refused := clerk.done("POST", path+refund, "", http.StatusForbidden); !strings.Contains(string(refused), "order_refund.editor") {
		t.Errorf("refused with %s", refused)
	}
	if got := state(); got != "open" {
		t.Errorf("after what was refused it is %s", got)
	}
	own.done("POST", path+refund, "", http.StatusNoContent)
	heard(enter + "in_progress")
	if got := state(); got != "in_progress" {
		t.Errorf("a refund that was begun is %s", got)
	}
	own.done("POST", path+refund, "", http.StatusNoContent) // it is there already: nothing more is told
	step(own, "order_transaction_capture_refund", refund, "complete", http.StatusOK)
	heard(enter + "completed")
	step(own, "order_transaction", payment, "refund", http.StatusOK)
	heard("state_enter.order_transaction.state.refunded")
	if got := state(); got != "completed" {
		t.Errorf("a refund that was carried out is %s", got)
	}
	if refused := own.done("POST", path+refund, "", http.StatusBadRequest); !strings.Contains(string(refused), "SYSTEM__ILLEGAL_STATE_TRANSITION") {
		t.Errorf("begun again, it is refused with %s", refused)
	}
	begun := 0
	for _, r := range app.Requests(apptest.Webhook) {
		if r.Webhook.Event == enter+"in_progress" {
			begun++
		}
	}
	if begun != 1 {
		t.Errorf("told %d times that the refund began", begun)
	}
	var history struct{ Total int }
	answer := d.done("POST", "/api/search/state-machine-history", `{"filter":{"referencedId":"`+refund+`"},"total-count-mode":1}`, http.StatusOK)
	if err := json.Unmarshal(answer, &history); err != nil || history.Total != 2 {
		t.Errorf("%d steps in the history, %v", history.Total, err)
	}
}
