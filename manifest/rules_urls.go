package manifest

import (
	"net/netip"
	"net/url"
	"slices"
	"strings"
)

// address is a URL of an app and its place.
type address struct {
	path Path
	url  string
	// local: a path that begins with "/" is a script of the shop (manifest-xml.md 7).
	local bool
}

// addresses are all URLs that a server is called at or a browser is sent to.
func (r *review) addresses() []address {
	all := []address{
		{path: root + "/setup/registrationUrl", url: r.Auth.RegistrationURL},
		{path: metaAt.Child("privacy"), url: r.PrivacyURL},
		{path: root + "/admin/base-app-url", url: r.Admin.BaseAppURL},
		{path: root + "/admin/main-module/@source", url: r.Admin.MainURL},
		{path: root + "/gateways/checkout", url: r.Gateways.Checkout},
		{path: root + "/gateways/context", url: r.Gateways.Context},
		{path: root + "/gateways/inAppPurchases", url: r.Gateways.InAppPurchases},
	}
	for _, w := range r.Webhooks {
		all = append(all, address{path: w.Path.Child("@url"), url: w.URL})
	}
	for _, m := range r.Admin.Modules {
		all = append(all, address{path: m.Path.Child("@source"), url: m.URL})
	}
	for _, b := range r.Admin.ActionButtons {
		all = append(all, address{path: b.Path.Child("@url"), url: b.URL, local: true})
	}
	for _, p := range r.PaymentMethods {
		all = append(all,
			address{path: p.Path.Child("pay-url"), url: p.PayURL},
			address{path: p.Path.Child("finalize-url"), url: p.FinalizeURL},
			address{path: p.Path.Child("validate-url"), url: p.ValidateURL},
			address{path: p.Path.Child("refund-url"), url: p.RefundURL},
			address{path: p.Path.Child("recurring-url"), url: p.RecurringURL})
		if r.SchemaVersion != v3.name() { // where it is ignored, as if it were not there
			all = append(all, address{path: p.Path.Child("capture-url"), url: p.CaptureURL})
		}
	}
	for _, t := range r.TaxProviders {
		all = append(all, address{path: t.Path.Child("process-url"), url: t.ProcessURL})
	}
	for _, f := range r.FlowActions {
		if !strings.Contains(f.URL, "{") { // what Twig makes of it is not known before an event
			all = append(all, address{path: f.Path.Child("meta").Child("url"), url: f.URL})
		}
	}
	return slices.DeleteFunc(all, func(a address) bool {
		return a.url == "" && !r.Source.has(a.path) || a.local && strings.HasPrefix(a.url, "/")
	})
}

// fault says what is wrong with the URL, as code, severity and message; no code: nothing.
func (a address) fault() (code string, severity Severity, message string) {
	shown := quote(a.url)
	u, err := url.Parse(a.url)
	switch {
	case a.url == "":
		return "url_invalid", Error, "the URL is empty"
	case err != nil || strings.ContainsAny(a.url, " \t\r\n"):
		return "url_invalid", Error, "url " + shown + " cannot be parsed"
	case u.Scheme == "" && strings.HasPrefix(a.url, "http"), u.Opaque != "" && strings.HasPrefix(u.Scheme, "http"):
		return "url_invalid", Error, "url " + shown + " cannot be parsed"
	case u.Scheme != "http" && u.Scheme != "https":
		return "url_scheme", Error, "url " + shown + " does not begin with https://"
	case u.Hostname() == "":
		return "url_invalid", Error, "url " + shown + " has no host"
	case u.User != nil:
		return "url_invalid", Error, "url " + quote(u.Redacted()) + " must not hold a user name or password"
	case u.Scheme == "http" && !isLoopback(u.Hostname()):
		return "url_scheme", Warning, "http://" + shorten(u.Host) + " is not encrypted"
	}
	return "", "", ""
}

// urlForm: a server can be called there, and nobody can listen.
func urlForm(r *review) {
	for _, a := range r.addresses() {
		if code, severity, message := a.fault(); code != "" {
			r.tell(severity, code, a.path, "", "%s", message)
		}
	}
}

// urlPrivate: what only the developer's machine can reach is not for production.
func urlPrivate(r *review) {
	if r.env.Development {
		return
	}
	for _, a := range r.addresses() {
		if u, err := url.Parse(a.url); err == nil && isPrivate(u.Hostname()) {
			r.tell(Warning, "url_private", a.path, "", "host %s is not reachable from outside", shorten(u.Hostname()))
		}
	}
}

// hostNotAllowed: an app that lists its hosts lists them all.
func hostNotAllowed(r *review) {
	if len(r.AllowedHosts) == 0 {
		return
	}
	told := newHosts()
	for _, host := range r.AllowedHosts {
		told.add(host)
	}
	for _, a := range r.addresses() {
		u, err := url.Parse(a.url)
		if err != nil || a.path == metaAt.Child("privacy") || !told.add(u.Hostname()) {
			continue
		}
		r.tell(Info, "host_not_allowed", a.path, "", "host %s is not in <allowed-hosts>; it is allowed all the same", quote(u.Hostname()))
	}
}

func hostFormat(r *review) {
	for i, host := range r.AllowedHosts {
		if host == "" || strings.ContainsAny(host, "/:*?#@ \t\r\n") {
			at := root.Child("allowed-hosts").Child("host")
			r.tell(Error, "host_format", nth(at, i, len(r.AllowedHosts)), "", "<host>%s</host>: only the host name", shorten(host))
		}
	}
}

// isLoopback and isPrivate judge host names by themselves, without a resolver.
func isLoopback(host string) bool {
	if ip, err := netip.ParseAddr(host); err == nil {
		return ip.Unmap().IsLoopback()
	}
	host = strings.ToLower(strings.TrimSuffix(host, "."))
	return host == "localhost" || strings.HasSuffix(host, ".localhost")
}

func isPrivate(host string) bool {
	if ip, err := netip.ParseAddr(host); err == nil {
		ip = ip.Unmap()
		return !ip.IsGlobalUnicast() || ip.IsPrivate() || isReserved(ip)
	}
	host = strings.ToLower(strings.TrimSuffix(host, "."))
	if !strings.Contains(host, ".") {
		return host != "" // a machine of the own network
	}
	return isLoopback(host) || slices.ContainsFunc([]string{".local", ".internal", ".test", ".invalid", ".example"}, func(suffix string) bool {
		return strings.HasSuffix(host, suffix)
	})
}

// isReserved: shared, benchmark, documentation and future networks (RFC 6890).
func isReserved(ip netip.Addr) bool {
	for _, network := range []string{
		"0.0.0.0/8", "100.64.0.0/10", "192.0.0.0/24", "192.0.2.0/24", "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24", "240.0.0.0/4", "2001:db8::/32",
	} {
		if netip.MustParsePrefix(network).Contains(ip) {
			return true
		}
	}
	return false
}
