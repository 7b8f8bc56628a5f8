package shop_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/appdock/appdock"
	"github.com/appdock/appdock/internal/entity"
	"github.com/appdock/appdock/internal/shop"
)

// ordered is a shop with one order, of a customer who is known.
func ordered(t *testing.T) (w *world, order, buyer appdock.ID) {
	t.Helper()
	w = newWorld(t)
	buyer = appdock.MustID("018c0000000070008000000000000106")
	w.host(t, []entity.Operation{upsert(t, "customer", merged(t, w.fill(customerPayload), `{"id":"`+buyer.String()+`"}`))})
	payload := w.order(t)
	payload["orderCustomer"].(map[string]any)["customerId"] = buyer.String()
	if err := w.write(t, entity.Insert, "order", payload); err != nil {
		t.Fatal(err)
	}
	w.told = nil
	return w, w.any("order"), buyer
}

func TestTransitions(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		entity string
		steps  string // before
		action string
		state  string
		code   string
		want   []appdock.EventName
	}{
		"the first step":               {"order", "", "process", "in_progress", "", []appdock.EventName{"order.written", "state_leave.order.state.open", "state_enter.order.state.in_progress"}},
		"of a payment":                 {"order_transaction", "", "paid", "paid", "", []appdock.EventName{"state_leave.order_transaction.state.open", "state_enter.order_transaction.state.paid"}},
		"by the older spelling":        {"order_transaction", "", "pay", "paid", "", []appdock.EventName{"state_leave.order_transaction.state.open", "state_enter.order_transaction.state.paid"}},
		"of a delivery":                {"order_delivery", "", "ship", "shipped", "", []appdock.EventName{"state_leave.order_delivery.state.open", "state_enter.order_delivery.state.shipped"}},
		"to where it is":               {"order_transaction", "paid", "paid", "paid", "", nil},
		"paid after a reminder":        {"order_transaction", "remind", "paid", "paid", "", []appdock.EventName{"state_leave.order_transaction.state.reminded", "state_enter.order_transaction.state.paid"}},
		"cancelled from anywhere":      {"order", "process complete", "cancel", "cancelled", "", []appdock.EventName{"order.written", "customer.written", "state_leave.order.state.completed", "state_enter.order.state.cancelled"}},
		"a step that is not there":     {"order", "", "complete", "", "SYSTEM__ILLEGAL_STATE_TRANSITION", nil},
		"a step of another machine":    {"order", "", "ship", "", "SYSTEM__ILLEGAL_STATE_TRANSITION", nil},
		"of an entity without states":  {"product", "", "ship", "", "SYSTEM__STATE_MACHINE_INVALID_STATE_FIELD", nil},
		"of an entity that is unknown": {"nothing", "", "ship", "", "FRAMEWORK__DEFINITION_NOT_FOUND", nil},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w, _, _ := ordered(t)
			id := w.any(test.entity)
			for action := range strings.FieldsSeq(test.steps) {
				if _, err := w.Transit(t.Context(), appdock.Host(shopID), shop.Transition{Entity: test.entity, ID: id, Action: action}); err != nil {
					t.Fatal(err)
				}
			}
			w.told = nil
			before := len(w.store.rows["state_machine_history"])
			state, err := w.Transit(t.Context(), appdock.Host(shopID), shop.Transition{Entity: test.entity, ID: id, Action: test.action})
			if appdock.CodeOf(err) != test.code && (err != nil || test.code != "") {
				t.Fatalf("got %v, want code %q", err, test.code)
			}
			if err == nil && state.Text("technicalName") != test.state {
				t.Errorf("the state is %q", state.Text("technicalName"))
			}
			if diff := cmp.Diff(test.want, names(w.told)); diff != "" {
				t.Error(diff)
			}
			if wrote := len(w.store.rows["state_machine_history"]) - before; wrote != min(1, len(test.want)) {
				t.Errorf("%d lines of history", wrote)
			}
			for _, e := range w.told {
				if strings.HasPrefix(string(e.Name), "state_") && !strings.HasPrefix(string(e.Data.Payload), `{"order":{"id":"`+w.any("order").String()) {
					t.Errorf("%s tells %.60s", e.Name, e.Data.Payload)
				}
			}
		})
	}
}

func TestTransitionPrivileges(t *testing.T) {
	t.Parallel()
	w, _, _ := ordered(t)
	wish := shop.Transition{Entity: "order_transaction", ID: w.any("order_transaction"), Action: "remind"}
	_, err := w.Transit(t.Context(), actor("order_transaction:read"), wish)
	if diff := cmp.Diff([]string{"order_transaction:update"}, missing(t, err)); diff != "" {
		t.Error(diff)
	}
	_, err = w.Transitions(t.Context(), actor(), wish)
	if diff := cmp.Diff([]string{"order_transaction:read"}, missing(t, err)); diff != "" {
		t.Error(diff)
	}
	found, err := w.Transitions(t.Context(), actor("order_transaction:read"), wish)
	if to, ok := found[0].One("toStateMachineState"); err != nil || len(found) != 10 || !ok || to.Text("technicalName") == "" {
		t.Errorf("%d transitions from open: %v", len(found), err)
	}
	for action, privilege := range map[string]appdock.Privilege{
		"remind": "order_transaction:update", "cancel": "order:update", "reopen": "state_machine_history:create",
	} {
		wish.Action = action
		if _, err := w.Transit(t.Context(), actor(privilege), wish); err != nil && appdock.KindOf(err) == appdock.Refused {
			t.Errorf("with %s: %v", privilege, err)
		}
	}
	_, err = w.Transit(t.Context(), appdock.Host(shopID), shop.Transition{Entity: "order", ID: appdock.MustID(unknownID), Action: "cancel"})
	if appdock.CodeOf(err) != "SYSTEM__STATE_MACHINE_INVALID_ENTITY_ID" {
		t.Errorf("of no order: %v", err)
	}
}

// TestOrdersOfACustomer counts those that are completed.
func TestOrdersOfACustomer(t *testing.T) {
	t.Parallel()
	w, order, buyer := ordered(t)
	counts := func(action string, count int64, sum, at any) {
		t.Helper()
		if _, err := w.Transit(t.Context(), appdock.Host(shopID), shop.Transition{Entity: "order", ID: order, Action: action}); err != nil {
			t.Fatal(err)
		}
		row := w.store.get("customer", buyer)
		if row["orderCount"] != count || row["orderTotalAmount"] != sum || row["lastOrderDate"] != at {
			t.Errorf("after %s: %v orders, %v, last at %v", action, row["orderCount"], row["orderTotalAmount"], row["lastOrderDate"])
		}
	}
	at, sum := w.store.get("order", order)["orderDateTime"], w.store.get("order", order)["amountTotal"]
	counts("process", 0, 0.0, nil)
	counts("complete", 1, sum, at)
	counts("reopen", 0, 0.0, at)
}
