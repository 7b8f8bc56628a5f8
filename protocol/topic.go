package protocol

import (
	"slices"
	"strings"
	"sync"
)

// Topic is SitePack's name for a kind of event, and what it is made of (app-json.md 4,
// rest-api-sitepack.md 11).
type Topic struct {
	Name string
	// Event is the host's own name of the event that the topic is derived from.
	Event string
	// Operation narrows a "written" event to "insert" or "update"; empty: it does not.
	Operation string
	// Fields narrow it to changes of one of these fields; empty: they do not.
	Fields []string
	// Entity is what the data of a message is about; "app" for those of an app's life.
	Entity string
	// Scope is what a subscriber needs; zero: nothing.
	Scope Scope
	// RunTime topics may be subscribed to at run time alone, not in an app.json.
	RunTime bool
}

// topicEntities are those whose rows have created, updated and deleted.
var topicEntities = []string{
	"order", "order_address", "product", "product_price", "category", "customer", "customer_address", "document", "media",
	"sales_channel", "sales_channel_domain",
}

// namedTopics are those that no rule makes, in the order of the specification.
func namedTopics() []Topic {
	order := func(name, event string, runTime bool) Topic {
		return Topic{Name: "order." + name, Event: event, Entity: "order", Scope: Scope{"orders", "read"}, RunTime: runTime}
	}
	state := func(name, machine, state string, runTime bool) Topic {
		return order(name, "state_enter."+machine+".state."+state, runTime)
	}
	life := func(name, event string) Topic { return Topic{Name: "app." + name, Event: event, Entity: "app"} }
	registered := func(event string) Topic {
		return Topic{Name: "customer.registered", Event: event, Entity: "customer", Scope: Scope{"customers", "read"}, RunTime: true}
	}
	return []Topic{
		order("placed", "checkout.order.placed", false),
		state("paid", "order_transaction", "paid", false),
		state("shipped", "order_delivery", "shipped", false),
		state("cancelled", "order", "cancelled", false),
		state("completed", "order", "completed", true),
		state("processing", "order", "in_progress", true),
		state("reopened", "order", "open", true),
		state("partially_paid", "order_transaction", "paid_partially", true),
		state("refunded", "order_transaction", "refunded", true),
		state("partially_refunded", "order_transaction", "refunded_partially", true),
		state("payment_failed", "order_transaction", "failed", true),
		state("payment_authorized", "order_transaction", "authorized", true),
		state("chargeback", "order_transaction", "chargeback", true),
		state("partially_shipped", "order_delivery", "shipped_partially", true),
		state("returned", "order_delivery", "returned", true),
		state("partially_returned", "order_delivery", "returned_partially", true),
		{
			Name: "product.stock_changed", Event: "product.written", Operation: "update", Fields: []string{"stock", "availableStock"},
			Entity: "product", Scope: Scope{"products", "read"}, RunTime: true,
		},
		registered("checkout.customer.register"),
		registered("checkout.customer.guest_register"),
		life("installed", "app.installed"),
		life("updated", "app.updated"),
		life("activated", "app.activated"),
		life("deactivated", "app.deactivated"),
		life("uninstalled", "app.deleted"),
		life("scopes_updated", "app.permissions.updated"),
	}
}

// Topics lists all that there are: those of rows by entity, then the named ones. A name
// stands twice where two events make it.
func Topics() []Topic { return slices.Clone(topicTable()) }

// topicTable is made when it is first needed. Nobody changes it.
var topicTable = sync.OnceValue(func() []Topic {
	var all []Topic
	for _, entity := range topicEntities {
		row := func(verb, event, operation string) Topic {
			return Topic{Name: entity + "." + verb, Event: entity + "." + event, Operation: operation, Entity: entity, Scope: scopeOf(entity)}
		}
		all = append(all, row("created", "written", "insert"), row("updated", "written", "update"), row("deleted", "deleted", ""))
	}
	return append(all, namedTopics()...)
})

// LookupTopic gives what a topic is made of, the run-time ones included; none if there is
// no such topic. "order.*" stands for all of an entity, which only a subscription made at
// run time may say.
func LookupTopic(name string) []Topic {
	entity, all := strings.CutSuffix(name, ".*")
	found := []Topic{}
	for _, t := range topicTable() {
		if all && strings.HasPrefix(t.Name, entity+".") || !all && t.Name == name {
			found = append(found, t)
		}
	}
	return found
}
