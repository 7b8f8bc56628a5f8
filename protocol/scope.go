package protocol

import (
	"slices"
	"strings"
)

// Scope is one right as SitePack writes it, such as "orders:read" (app-json.md 3). It is
// turned into privileges when it is granted; nothing checks a scope later.
type Scope struct {
	Resource string // a plural noun: "orders"
	Action   string // "read", "write" or "delete"
}

// resource is a group of entities that scopes give rights on.
type resource struct {
	name     string
	actions  []string
	entities []string
	// more are privileges that an action is granted beyond those on the entities.
	more map[string][]string
	// shows are other entities whose records stand in what the resource shows.
	shows []string
}

// resources are the scopes of app.json (app-json.md 3), with what they open besides
// (rest-api-sitepack.md 3). Sales channels are only read, settings never deleted,
// notifications only written, and webhooks are rights on the app's own subscriptions.
var resources = []resource{
	{"orders", allActions, []string{
		"order", "order_line_item", "order_address", "order_customer", "order_delivery", "order_delivery_position",
		"order_transaction", "document",
	}, map[string][]string{"write": {"order_tag:create", "tag:create", "state_machine_history:create"}}, []string{
		"country_state", "document_type", "state_machine", "state_machine_transition", "tag", "custom_field", "custom_field_set", "custom_field_set_relation",
	}},
	{"products", allActions, []string{
		"product", "product_price", "product_media", "product_manufacturer", "product_review", "property_group",
		"property_group_option", "tax", "unit",
	}, map[string][]string{"write": {
		"product_category:create", "product_category:update", "product_visibility:create", "product_visibility:update",
		"tag:create", "tag:update", "product_tag:create", "product_tag:update",
		"product_option:create", "product_option:update", // a variant has no other way to its options
	}}, []string{"category", "tag", "media", "custom_field", "custom_field_set", "custom_field_set_relation"}},
	{"customers", allActions, []string{"customer", "customer_address", "customer_group"}, map[string][]string{
		"write": {"customer_tag:create", "tag:create"},
	}, []string{"country_state", "tag", "custom_field", "custom_field_set", "custom_field_set_relation"}},
	{"categories", allActions, []string{"category"}, map[string][]string{
		"write": {"product_category:create"}, "delete": {"product_category:delete"},
	}, []string{"custom_field", "custom_field_set", "custom_field_set_relation"}},
	{"media", allActions, []string{"media", "media_folder", "media_thumbnail"}, nil, []string{"custom_field", "custom_field_set", "custom_field_set_relation"}},
	{"promotions", allActions, []string{"promotion", "promotion_discount"}, nil, nil},
	{"sales_channels", []string{"read"}, []string{"sales_channel", "sales_channel_domain"}, nil, nil},
	{"settings", []string{"read", "write"}, []string{"system_config"}, nil, nil},
	{"notifications", []string{"write"}, []string{"notification"}, nil, nil},
	{"webhooks", allActions, nil, nil, nil},
}

var allActions = []string{"read", "write", "delete"}

// operations are what an action allows on each entity: write and delete imply read, and
// write does not imply delete.
var operations = map[string][]string{"read": {"read"}, "write": {"read", "create", "update"}, "delete": {"read", "delete"}}

// LookupScope finds a scope; ok is false for one that there is not. Case matters.
func LookupScope(text string) (s Scope, ok bool) {
	name, action, _ := strings.Cut(text, ":")
	for _, r := range resources {
		if r.name == name && slices.Contains(r.actions, action) {
			return Scope{name, action}, true
		}
	}
	return Scope{}, false
}

// Scopes lists all that there are, by resource.
func Scopes() []Scope {
	var all []Scope
	for _, r := range resources {
		for _, action := range r.actions {
			all = append(all, Scope{r.name, action})
		}
	}
	return all
}

func (s Scope) String() string { return s.Resource + ":" + s.Action }

// Implies reports whether who has s may do what other allows: reading comes with writing
// and deleting, nothing else comes with anything.
func (s Scope) Implies(other Scope) bool {
	return s == other || s.Resource == other.Resource && other.Action == "read" && slices.Contains(actionsOf(s.Resource), "read")
}

func actionsOf(name string) []string {
	for _, r := range resources {
		if r.name == name {
			return r.actions
		}
	}
	return nil
}

// Privileges are what a scope stands for, such as "order:read", in the order of the
// entities (app-json.md 3): what a manifest asks for.
func (s Scope) Privileges() []string {
	if s == (Scope{"notifications", "write"}) {
		return []string{"notification:create"} // who may send cannot read what others sent
	}
	var privileges []string
	for _, r := range resources {
		if r.name != s.Resource {
			continue
		}
		for _, entity := range r.entities {
			for _, operation := range operations[s.Action] {
				privileges = append(privileges, entity+":"+operation)
			}
		}
	}
	return privileges
}

// Grant are the privileges that an app has once the scope is granted: those it stands for,
// and those on mappings and tags that its resource cannot be written without
// (rest-api-sitepack.md 3).
func (s Scope) Grant() []string {
	privileges := s.Privileges()
	for _, r := range resources {
		if r.name == s.Resource {
			privileges = append(privileges, r.more[s.Action]...)
		}
	}
	return privileges
}

// Shows are the reads that the resource of the scope is shown with, beyond those that it gives:
// of what stands inside of its representations. They are no part of a grant; whoever else may
// see such records has their own scope (rest-api-sitepack.md 3, "Embedded data").
func (s Scope) Shows() []string {
	var privileges []string
	for _, r := range resources {
		if r.name == s.Resource {
			for _, entity := range r.shows {
				privileges = append(privileges, entity+":read")
			}
		}
	}
	return privileges
}

// TokenPrivileges are those of every valid token, whatever its scopes: the lists that a
// shop shows to everybody (rest-api-sitepack.md 3).
func TokenPrivileges() []string {
	return []string{
		"sales_channel:read", "currency:read", "language:read", "locale:read", "country:read", "tax:read", "payment_method:read",
		"shipping_method:read", "salutation:read", "state_machine_state:read",
	}
}

// scopeOf gives the scope that reads an entity; zero: none does.
func scopeOf(entity string) Scope {
	for _, r := range resources {
		if slices.Contains(r.entities, entity) {
			return Scope{r.name, "read"}
		}
	}
	return Scope{}
}
