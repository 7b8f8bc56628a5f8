package manifest

import (
	"slices"
	"strings"

	"github.com/appdock/appdock/protocol"
)

// lookup finds an event that a webhook of this app may name: one of the
// catalogue, or a custom one of a flow of its own or of another app
// (hookable-events.md 1 and 6).
func (r *review) lookup(name string) (protocol.Event, bool) {
	if event, ok := protocol.Events().Lookup(name); ok {
		return event, true
	}
	if r.flowEvents == nil {
		r.flowEvents = map[string]bool{}
		for _, e := range r.FlowEvents {
			r.flowEvents[e.Name] = true
		}
		for _, event := range r.env.FlowEvents {
			r.flowEvents[event] = true
		}
	}
	return protocol.Event{Name: name}, r.flowEvents[name]
}

// reserved names are for certain apps only. The full list is not public.
func reserved(event string) bool { return strings.HasPrefix(event, "commercial_license.") }

// webhookEvent: the event exists, and is not somebody else's.
func webhookEvent(r *review) {
	for _, w := range r.Webhooks {
		at := w.Path.Child("@event")
		if reserved(w.Event) {
			r.tell(Error, "webhook_not_permitted", at, "", "event %s is reserved", quote(w.Event))
			continue
		}
		if _, ok := r.lookup(w.Event); !ok {
			names := slices.Concat(protocol.Events().Names(), r.env.FlowEvents)
			r.tell(Error, "webhook_not_hookable", at, r.hint(w.Event, slices.Values(names)),
				"webhook %s listens to %s, which is no hookable event", quote(w.Name), quote(w.Event))
		}
	}
}

// webhookPermission: the app asks for what it will be sent.
func webhookPermission(r *review) {
	for _, w := range r.Webhooks {
		event, _ := r.lookup(w.Event)
		for i, privilege := range event.Privileges {
			if r.Permissions.Has(privilege) || slices.Contains(event.Privileges[:i], privilege) {
				continue
			}
			needs := "<permission>" + privilege + "</permission>"
			if entity, ok := strings.CutSuffix(privilege, ":read"); ok {
				needs = "<read>" + entity + "</read>"
			}
			r.tell(Error, "webhook_permission", w.Path.Child("@event"), "", "webhook %s (%s) needs %s", quote(w.Name), w.Event, needs)
		}
	}
}

// webhookDeprecatedEvent: names that 6.7 no longer has (hookable-events.md 3).
func webhookDeprecatedEvent(r *review) {
	for _, w := range r.Webhooks {
		if w.Event == "checkout.customer.changed-payment-method" {
			r.tell(Warning, "webhook_deprecated_event", w.Path.Child("@event"), "", "event %s is gone since Shopware 6.7", quote(w.Event))
		}
	}
}

// webhookLiveOnlyUseless: only records with versions can be asked for without drafts.
func webhookLiveOnlyUseless(r *review) {
	for _, w := range r.Webhooks {
		event, ok := r.lookup(w.Event)
		if ok && w.OnlyLive && !hasVersions(event) {
			r.tell(Warning, "webhook_live_only_useless", w.Path.Child("@onlyLiveVersion"), "", "onlyLiveVersion does nothing for %s", quote(w.Event))
		}
	}
}

// hasVersions is true of the events of entities with a versionId (entities.md).
func hasVersions(event protocol.Event) bool {
	return slices.Contains([]string{"product", "product_price", "category", "order", "order_address"}, event.Entity)
}
