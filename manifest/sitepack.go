package manifest

import (
	"regexp"
	"slices"
	"strings"
)

// resource is a group of entities that a scope gives rights on.
type resource struct {
	name     string
	actions  []string
	entities []string
}

// resources are the scopes of app.json (app-json.md 3). Sales channels are only
// read, settings never deleted, notifications only written.
var resources = []resource{
	{"orders", allActions, []string{"order", "order_line_item", "order_address", "order_customer", "order_delivery", "order_delivery_position", "order_transaction", "document"}},
	{"products", allActions, []string{"product", "product_price", "product_media", "product_manufacturer", "product_review", "property_group", "property_group_option", "tax", "unit"}},
	{"customers", allActions, []string{"customer", "customer_address", "customer_group"}},
	{"categories", allActions, []string{"category"}},
	{"media", allActions, []string{"media", "media_folder", "media_thumbnail"}},
	{"promotions", allActions, []string{"promotion", "promotion_discount"}},
	{"sales_channels", []string{"read"}, []string{"sales_channel", "sales_channel_domain"}},
	{"settings", []string{"read", "write"}, []string{"system_config"}},
	{"notifications", []string{"write"}, []string{"notification"}},
	{"webhooks", allActions, nil},
}

var allActions = []string{"read", "write", "delete"}

var scopeForm = regexp.MustCompile(`^[a-z][a-z0-9_]*:(read|write|delete)$`)

// privilegesOf gives what a scope stands for; ok is false for one that is not known.
func privilegesOf(scope string) (privileges []string, ok bool) {
	name, action, _ := strings.Cut(scope, ":")
	for _, r := range resources {
		if r.name != name || !slices.Contains(r.actions, action) {
			continue
		}
		if scope == "notifications:write" {
			return []string{"notification:create"}, true
		}
		operations := map[string][]string{"read": {"read"}, "write": {"read", "create", "update"}, "delete": {"read", "delete"}}[action]
		for _, entity := range r.entities {
			for _, operation := range operations {
				privileges = append(privileges, entity+":"+operation)
			}
		}
		return privileges, true
	}
	return nil, false
}

// scopes are all that are known.
func scopes() []string {
	var all []string
	for _, r := range resources {
		for _, action := range r.actions {
			all = append(all, r.name+":"+action)
		}
	}
	return all
}

// topic is what an app.json calls a kind of event (app-json.md 4).
type topic struct {
	event     string // the host's own name
	operation string // "insert", "update" or empty
	scope     string // that a subscriber needs, or empty
}

var (
	topicForm     = regexp.MustCompile(`^[a-z][a-z0-9_]*\.[a-z][a-z0-9_]*$`)
	topicEntities = []string{
		"order", "order_address", "product", "product_price", "category", "customer", "customer_address", "document", "media",
		"sales_channel", "sales_channel_domain",
	}
	namedTopics = map[string]topic{
		"order.paid":      {event: "state_enter.order_transaction.state.paid", scope: "orders:read"},
		"order.shipped":   {event: "state_enter.order_delivery.state.shipped", scope: "orders:read"},
		"order.cancelled": {event: "state_enter.order.state.cancelled", scope: "orders:read"},
		"order.placed":    {event: "checkout.order.placed", scope: "orders:read"},
		"app.installed":   {event: "app.installed"}, "app.updated": {event: "app.updated"},
		"app.activated": {event: "app.activated"}, "app.deactivated": {event: "app.deactivated"},
		"app.uninstalled":    {event: "app.deleted"},
		"app.scopes_updated": {event: "app.permissions.updated"},
	}
)

// lookupTopic finds a topic; ok is false for one that is not known.
func lookupTopic(name string) (t topic, ok bool) {
	if t, ok := namedTopics[name]; ok {
		return t, true
	}
	entity, verb, _ := strings.Cut(name, ".")
	if !slices.Contains(topicEntities, entity) {
		return topic{}, false
	}
	for _, r := range resources {
		if slices.Contains(r.entities, entity) {
			t.scope = r.name + ":read"
		}
	}
	switch verb {
	case "created":
		t.event, t.operation = entity+".written", "insert"
	case "updated":
		t.event, t.operation = entity+".written", "update"
	case "deleted":
		t.event = entity + ".deleted"
	default:
		return topic{}, false
	}
	return t, true
}

// topics are all that are known.
func topics() []string {
	var all []string
	for name := range namedTopics {
		all = append(all, name)
	}
	for _, entity := range topicEntities {
		all = append(all, entity+".created", entity+".updated", entity+".deleted")
	}
	slices.Sort(all)
	return all
}
