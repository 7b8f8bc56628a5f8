package protocol_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/appdock/appdock/protocol"
)

func TestScopePrivileges(t *testing.T) {
	t.Parallel()
	tests := map[string][]string{
		"customers:read":   {"customer:read", "customer_address:read", "customer_group:read"},
		"media:delete":     {"media:read", "media:delete", "media_folder:read", "media_folder:delete", "media_thumbnail:read", "media_thumbnail:delete"},
		"categories:write": {"category:read", "category:create", "category:update"},
		// It may send, and read nothing.
		"notifications:write": {"notification:create"},
		// Rights on the app's own subscriptions are no rights on records.
		"webhooks:read": nil,
	}
	for text, want := range tests {
		scope, ok := protocol.LookupScope(text)
		if !ok || scope.String() != text {
			t.Errorf("%s is not known", text)
		}
		if diff := cmp.Diff(want, scope.Privileges()); diff != "" {
			t.Errorf("%s (-want +got):\n%s", text, diff)
		}
	}
}

func TestScopeGrant(t *testing.T) {
	t.Parallel()
	tests := map[string][]string{
		"categories:delete": {"category:read", "category:delete", "product_category:delete"},
		"settings:read":     {"system_config:read"},
	}
	for text, want := range tests {
		scope, _ := protocol.LookupScope(text)
		if diff := cmp.Diff(want, scope.Grant()); diff != "" {
			t.Errorf("%s (-want +got):\n%s", text, diff)
		}
	}
}

func TestScopesThatThereAreNot(t *testing.T) {
	t.Parallel()
	for _, text := range []string{"", "orders", "orders:", ":read", "order:read", "Orders:read", "sales_channels:write", "settings:delete", "notifications:read", "orders:*", "orders:read "} {
		if scope, ok := protocol.LookupScope(text); ok {
			t.Errorf("%q is %v", text, scope)
		}
	}
}

func TestScopeImplies(t *testing.T) {
	t.Parallel()
	tests := map[[2]string]bool{
		{"orders:write", "orders:read"}:        true,
		{"orders:delete", "orders:read"}:       true,
		{"orders:read", "orders:read"}:         true,
		{"orders:write", "orders:delete"}:      false,
		{"orders:read", "orders:write"}:        false,
		{"orders:write", "products:read"}:      false,
		{"notifications:write", "orders:read"}: false,
	}
	for pair, want := range tests {
		has, _ := protocol.LookupScope(pair[0])
		asked, _ := protocol.LookupScope(pair[1])
		if got := has.Implies(asked); got != want {
			t.Errorf("%s implies %s: got %t", pair[0], pair[1], got)
		}
	}
}

// Every topic is made of an event of the catalogue, so that nobody subscribes to what
// never comes, and reading its data needs the scope that the resource has.
func TestTopicsAreEvents(t *testing.T) {
	t.Parallel()
	for _, topic := range protocol.Topics() {
		if _, known := protocol.Events().Lookup(topic.Event); !known {
			t.Errorf("%s: there is no event %s", topic.Name, topic.Event)
		}
		if free := topic.Entity == "app"; free != (topic.Scope == protocol.Scope{}) {
			t.Errorf("%s needs %q", topic.Name, topic.Scope)
		}
	}
}

func TestLookupTopic(t *testing.T) {
	t.Parallel()
	read := func(resource string) protocol.Scope { return protocol.Scope{Resource: resource, Action: "read"} }
	tests := map[string][]protocol.Topic{
		"order.created":                {{Name: "order.created", Event: "order.written", Operation: "insert", Entity: "order", Scope: read("orders")}},
		"sales_channel_domain.updated": {{Name: "sales_channel_domain.updated", Event: "sales_channel_domain.written", Operation: "update", Entity: "sales_channel_domain", Scope: read("sales_channels")}},
		"document.deleted":             {{Name: "document.deleted", Event: "document.deleted", Entity: "document", Scope: read("orders")}},
		"order.refunded":               {{Name: "order.refunded", Event: "state_enter.order_transaction.state.refunded", Entity: "order", Scope: read("orders"), RunTime: true}},
		"app.uninstalled":              {{Name: "app.uninstalled", Event: "app.deleted", Entity: "app"}},
		"tax.created":                  {},
		"order.":                       {},
	}
	for name, want := range tests {
		if diff := cmp.Diff(want, protocol.LookupTopic(name)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
	if got := len(protocol.LookupTopic("customer.registered")); got != 2 {
		t.Errorf("customer.registered is made of %d events, want 2", got)
	}
	if got := len(protocol.LookupTopic("category.*")); got != 3 {
		t.Errorf("category.* is %d topics, want 3", got)
	}
}
