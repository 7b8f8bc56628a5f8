package shop

import "github.com/appdock/appdock/internal/entity"

func stateMachine() entity.Definition {
	return entity.Definition{
		Name: "state_machine",
		Fields: fields(
			str("technicalName", required),
			str("name", translated, required),
			customFields(translated),
			key("initialStateId", "state_machine_state"),
		),
		Associations: []entity.Association{
			many("states", "state_machine_state", "stateMachineId", cascade),
			many("transitions", "state_machine_transition", "stateMachineId", cascade),
			many("translations", "state_machine_translation", elsewhere),
			many("historyEntries", "state_machine_history", "stateMachineId"),
		},
		Unique: []entity.Unique{
			{Fields: []string{"technicalName"}},
		},
	}
}

func stateMachineState() entity.Definition {
	return entity.Definition{
		Name: "state_machine_state",
		Fields: fields(
			str("technicalName", required),
			str("name", translated, required),
			key("stateMachineId", "state_machine", required),
			customFields(translated),
		),
		Associations: []entity.Association{
			one("stateMachine", "state_machine", "stateMachineId"),
			many("fromStateMachineTransitions", "state_machine_transition", "fromStateId"),
			many("toStateMachineTransitions", "state_machine_transition", "toStateId"),
			many("translations", "state_machine_state_translation", elsewhere),
			many("orderTransactions", "order_transaction", "stateId"),
			many("orderDeliveries", "order_delivery", "stateId"),
			many("orders", "order", "stateId"),
			many("orderTransactionCaptures", "order_transaction_capture", "stateId"),
			many("orderTransactionCaptureRefunds", "order_transaction_capture_refund", "stateId"),
			many("toStateMachineHistoryEntries", "state_machine_history", "toStateId"),
			many("fromStateMachineHistoryEntries", "state_machine_history", "fromStateId"),
		},
		Unique: []entity.Unique{
			{Fields: []string{"stateMachineId", "technicalName"}},
		},
	}
}

func stateMachineTransition() entity.Definition {
	return entity.Definition{
		Name: "state_machine_transition",
		Fields: fields(
			str("actionName", required),
			key("stateMachineId", "state_machine", required),
			key("fromStateId", "state_machine_state", required),
			key("toStateId", "state_machine_state", required),
			customFields(),
		),
		Associations: []entity.Association{
			one("stateMachine", "state_machine", "stateMachineId"),
			one("fromStateMachineState", "state_machine_state", "fromStateId"),
			one("toStateMachineState", "state_machine_state", "toStateId"),
		},
	}
}

func stateMachineHistory() entity.Definition {
	return entity.Definition{
		Name: "state_machine_history",
		Fields: fields(
			id("referencedId", required),
			id("referencedVersionId", required),
			key("stateMachineId", "state_machine", required),
			str("entityName", required),
			key("fromStateId", "state_machine_state", required),
			key("toStateId", "state_machine_state", required),
			str("transitionActionName"),
			key("userId", "user"),
		),
		Associations: []entity.Association{
			one("stateMachine", "state_machine", "stateMachineId"),
			one("fromStateMachineState", "state_machine_state", "fromStateId"),
			one("toStateMachineState", "state_machine_state", "toStateId"),
			one("user", "user", "userId"),
		},
	}
}
