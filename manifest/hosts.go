package manifest

import "net/url"

// hosts collects host names, each once, in the order in which they come.
type hosts struct {
	list  []string
	known map[string]bool // a manifest may have some 40 000: they are not searched one by one
}

func newHosts() hosts { return hosts{known: map[string]bool{"": true}} }

// add reports whether the host is new; none is not.
func (h *hosts) add(host string) bool {
	if h.known[host] {
		return false
	}
	h.known[host] = true
	h.list = append(h.list, host)
	return true
}

// addURL adds the host of a URL; port and user info are not part of it.
func (h *hosts) addURL(raw string) {
	if u, err := url.Parse(raw); err == nil {
		h.add(u.Hostname())
	}
}

// hostsOfManifest is the list of manifest-xml.md 21, in its order: consent is
// given to it, and calls go nowhere else. The last group is ours: Shopware 6.6
// forgets them.
func hostsOfManifest(a *App) []string {
	h := newHosts()
	for _, host := range a.AllowedHosts {
		h.add(host)
	}
	h.addURL(a.Auth.RegistrationURL)
	for _, w := range a.Webhooks {
		h.addURL(w.URL)
	}
	h.addURL(a.Admin.BaseAppURL)
	h.addURL(a.Admin.MainURL)
	for _, m := range a.Admin.Modules {
		h.addURL(m.URL)
	}
	for _, b := range a.Admin.ActionButtons {
		h.addURL(b.URL)
	}
	for _, p := range a.PaymentMethods {
		h.addURL(p.CaptureURL)
		h.addURL(p.FinalizeURL)
		h.addURL(p.ValidateURL)
		h.addURL(p.PayURL)
	}
	for _, t := range a.TaxProviders {
		h.addURL(t.ProcessURL)
	}
	for _, p := range a.PaymentMethods {
		h.addURL(p.RefundURL)
		h.addURL(p.RecurringURL)
	}
	h.addURL(a.Gateways.Checkout)
	h.addURL(a.Gateways.Context)
	h.addURL(a.Gateways.InAppPurchases)
	for _, f := range a.FlowActions {
		h.addURL(f.URL)
	}
	return h.list
}
