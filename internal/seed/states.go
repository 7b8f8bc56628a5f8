package seed

import (
	"strings"

	"github.com/appdock/appdock/internal/entity"
)

// machine is a state machine as the tables of entities.md ("State machine definitions")
// write it: what leads from where to where.
type machine struct {
	name, title string
	states      []state // the first is the initial one
	transitions []transition
}

type state struct{ name, title string }

// transition is one row of the tables: from some states, by an action, to a state.
type transition struct{ from, action, to string }

func machines() []machine {
	return []machine{
		{
			name: "order.state", title: "Order state",
			states: []state{{"open", "Open"}, {"in_progress", "In progress"}, {"completed", "Done"}, {"cancelled", "Cancelled"}},
			transitions: []transition{
				{"open", "process", "in_progress"},
				{"open in_progress", "cancel", "cancelled"},
				{"in_progress", "complete", "completed"},
				{"completed cancelled", "reopen", "open"},
			},
		},
		{
			name: "order_delivery.state", title: "Delivery state",
			states: []state{
				{"open", "Open"},
				{"shipped", "Shipped"},
				{"shipped_partially", "Shipped (partially)"},
				{"returned", "Returned"},
				{"returned_partially", "Returned (partially)"},
				{"cancelled", "Cancelled"},
			},
			transitions: []transition{
				{"open shipped_partially", "ship", "shipped"},
				{"open", "ship_partially", "shipped_partially"},
				{"open shipped shipped_partially", "cancel", "cancelled"},
				{"shipped shipped_partially returned_partially", "retour", "returned"},
				{"shipped shipped_partially", "retour_partially", "returned_partially"},
				{"shipped shipped_partially returned returned_partially cancelled", "reopen", "open"},
			},
		},
		{
			name: "order_transaction.state", title: "Payment state",
			states: []state{
				{"open", "Open"},
				{"unconfirmed", "Unconfirmed"},
				{"in_progress", "In progress"},
				{"authorized", "Authorized"},
				{"paid", "Paid"},
				{"paid_partially", "Paid (partially)"},
				{"reminded", "Reminded"},
				{"failed", "Failed"},
				{"cancelled", "Cancelled"},
				{"refunded", "Refunded"},
				{"refunded_partially", "Refunded (partially)"},
				{"chargeback", "Chargeback"},
			},
			transitions: []transition{
				{"open unconfirmed in_progress authorized failed cancelled chargeback", "paid", "paid"},
				{"open reminded paid_partially failed", "pay", "paid"},
				{"open unconfirmed in_progress authorized failed chargeback", "paid_partially", "paid_partially"},
				{"open in_progress reminded failed", "pay_partially", "paid_partially"},
				{"open unconfirmed in_progress reminded", "authorize", "authorized"},
				{"open reminded paid_partially failed", "do_pay", "in_progress"},
				{"open reminded paid_partially failed cancelled", "process_unconfirmed", "unconfirmed"},
				{"open paid_partially", "remind", "reminded"},
				{"open unconfirmed in_progress authorized failed", "fail", "failed"},
				{"open unconfirmed in_progress authorized reminded paid_partially paid refunded_partially chargeback", "cancel", "cancelled"},
				{"unconfirmed in_progress reminded paid_partially paid failed refunded_partially cancelled", "reopen", "open"},
				{"paid_partially paid refunded_partially cancelled", "refund", "refunded"},
				{"paid_partially paid cancelled", "refund_partially", "refunded_partially"},
				{"paid_partially paid", "chargeback", "chargeback"},
			},
		},
		{
			name: "order_transaction_capture.state", title: "Capture state",
			states: []state{{"pending", "Pending"}, {"completed", "Completed"}, {"failed", "Failed"}},
			transitions: []transition{
				{"pending", "complete", "completed"},
				{"pending", "fail", "failed"},
				{"completed failed", "reopen", "pending"},
			},
		},
		{
			name: "order_transaction_capture_refund.state", title: "Refund state",
			states: []state{
				{"open", "Open"}, {"in_progress", "In progress"}, {"completed", "Completed"}, {"failed", "Failed"}, {"cancelled", "Cancelled"},
			},
			transitions: []transition{
				{"open", "process", "in_progress"},
				{"open in_progress", "complete", "completed"},
				{"open in_progress", "fail", "failed"},
				{"open in_progress", "cancel", "cancelled"},
				{"completed failed cancelled", "reopen", "open"},
			},
		},
	}
}

func stateMachines() []entity.Operation {
	var all []object
	for _, m := range machines() {
		var states, transitions []any
		for _, s := range m.states {
			states = append(states, object{"id": m.state(s.name), "technicalName": s.name, "name": s.title})
		}
		for _, t := range m.transitions {
			for from := range strings.FieldsSeq(t.from) {
				transitions = append(transitions, object{
					"id":         hex("transition/" + m.name + "/" + from + "/" + t.action),
					"actionName": t.action, "fromStateId": m.state(from), "toStateId": m.state(t.to),
				})
			}
		}
		all = append(all, object{
			"id": hex("state_machine/" + m.name), "technicalName": m.name, "name": m.title,
			"initialStateId": m.state(m.states[0].name), "states": states, "transitions": transitions,
		})
	}
	return rows("state_machine", all...)
}

func (m machine) state(name string) string { return stateID(m.name, name) }

func stateID(machine, name string) string { return hex("state/" + machine + "/" + name) }
