package manifest

import (
	"regexp"
	"slices"
	"strings"
)

// paymentFlow: steps that are never called (manifest-xml.md 13).
func paymentFlow(r *review) {
	for _, p := range r.PaymentMethods {
		if p.FinalizeURL != "" && p.PayURL == "" {
			r.tell(Warning, "payment_flow", p.Path.Child("finalize-url"), "", "finalize-url without pay-url is never called")
		}
		if p.ValidateURL != "" && p.PayURL == "" {
			r.tell(Warning, "payment_flow", p.Path.Child("validate-url"), "", "validate-url without pay-url is never called")
		}
		if at := p.Path.Child("capture-url"); r.SchemaVersion == v3.name() && r.Source.has(at) {
			r.tell(Warning, "payment_flow", at, "capture in the step of pay-url", "capture-url is never called in schema 3.0")
		}
	}
}

var hexID = regexp.MustCompile(`^[0-9a-f]{32}$`)

func shippingID(r *review) {
	for _, s := range r.ShippingMethods {
		if id := s.DeliveryTime.ID; !hexID.MatchString(strings.ToLower(id)) {
			r.tell(Error, "shipping_uuid", s.DeliveryTime.Path.Child("id"), "", "id %s is no UUID without dashes", quote(id))
		}
	}
}

func shippingMinMax(r *review) {
	for _, s := range r.ShippingMethods {
		switch t := s.DeliveryTime; {
		case t.Min < 0 || t.Max < 0:
			r.tell(Warning, "shipping_minmax", t.Path, "", "a delivery time cannot be negative")
		case t.Min > t.Max:
			r.tell(Warning, "shipping_minmax", t.Path.Child("min"), "", "min %d is over max %d", t.Min, t.Max)
		}
	}
}

func shippingTracking(r *review) {
	for _, s := range r.ShippingMethods {
		for lang, url := range s.TrackingURLs {
			if !strings.Contains(url, "%s") {
				r.tell(Warning, "shipping_tracking", translation(s.Path.Child("tracking-url"), lang), "put %s where the tracking code belongs", "tracking URL %s has no place for the code", quote(url))
			}
		}
	}
}

func ruleGroup(r *review) {
	known := []string{"general", "customer", "cart", "item", "promotion", "misc", "approval"} // manifest-xml.md 15
	for _, c := range r.RuleConditions {
		if c.Group != "" && !slices.Contains(known, c.Group) {
			r.tell(Warning, "rule_group", c.Path.Child("group"), r.hint(c.Group, slices.Values(known)), "group %s is unknown", quote(c.Group))
		}
	}
}

func taxPriority(r *review) {
	first := map[int]TaxProvider{}
	for _, p := range r.TaxProviders {
		if other, taken := first[p.Priority]; taken {
			r.tell(Info, "tax_priority", p.Path.Child("priority"), "", "tax providers %s and %s have the same priority", quote(other.Identifier), quote(p.Identifier))
			continue
		}
		first[p.Priority] = p
	}
}
