package manifest

import (
	"slices"
	"strings"
)

// The checks that need a host (validation.md 6, layer C).

// Host is what a host knows that an app shall be installed on.
type Host struct {
	Platform string // version of the platform that it speaks, such as "6.7.10.0"
	Public   bool   // the shop can be reached from outside
	// Installed is this app as it is installed; nil: it is not.
	Installed *Installed
	// OtherFormat: an app of the other format has this name.
	OtherFormat bool
	// Taken says which other app has an identifier of which there is one in a shop.
	Taken map[Identifier]string
}

// Installed is the app that an update would replace.
type Installed struct {
	Version     string
	Privileges  []string // granted
	Hosts       []string // consented to
	Identifiers []Identifier
}

// Identifier is a name that an app gives to something in a shop.
type Identifier struct {
	Kind string `json:"kind"`
	Name string `json:"name"`
}

// The kinds of identifiers. Of the first four there is one in a shop; the next four are the
// app's own, and must stay what they are from version to version; the last two are what
// other apps may refer to.
const (
	CustomFieldName   = "custom field"
	CustomEntityName  = "custom entity"
	FlowActionName    = "flow action"
	DocumentTypeName  = "document type"
	PaymentMethodName = "payment method"
	ShippingName      = "shipping method"
	RuleConditionName = "rule condition"
	TaxProviderName   = "tax provider"
	FlowEventName     = "flow event"
	ModuleName        = "menu entry"
)

// exclusive are the kinds of which there is one in a shop.
var exclusive = []string{CustomFieldName, CustomEntityName, FlowActionName, DocumentTypeName}

// Neighbour is an app that is installed on a host.
type Neighbour struct {
	Name        string
	Format      Format
	Version     string
	Active      bool
	Privileges  []string // granted
	Hosts       []string // consented to
	Identifiers []Identifier
}

// On gives the environment of an app on a host: h is what the host knows of itself, and
// neighbours are the apps installed there, this one in its present version included.
func (env Environment) On(h Host, app *App, neighbours []Neighbour) Environment {
	h.Taken = map[Identifier]string{}
	for _, n := range neighbours {
		switch same := strings.EqualFold(n.Name, app.Name); {
		case same && n.Format != app.Format:
			h.OtherFormat = true
		case same:
			h.Installed = &Installed{Version: n.Version, Privileges: n.Privileges, Hosts: n.Hosts, Identifiers: n.Identifiers}
			continue // its own names are no surprise
		}
		for _, i := range n.Identifiers {
			switch {
			case slices.Contains(exclusive, i.Kind):
				h.Taken[i] = n.Name
			case i.Kind == FlowEventName && n.Active:
				env.FlowEvents = append(env.FlowEvents, i.Name)
			case i.Kind == ModuleName:
				env.Modules = append(env.Modules, i.Name)
			}
		}
	}
	env.Host = &h
	return env
}

// Identifiers are all that the app names.
func (a *App) Identifiers() []Identifier {
	var all []Identifier
	for _, i := range a.identified() {
		all = append(all, i.Identifier)
	}
	return all
}

// identified is an identifier and its place.
type identified struct {
	Identifier
	path Path
}

func (a *App) identified() []identified {
	var all []identified
	add := func(kind, name string, at Path) {
		all = append(all, identified{Identifier{kind, name}, at})
	}
	for _, set := range a.CustomFieldSets {
		for _, f := range set.Fields {
			add(CustomFieldName, f.Name, f.Path.Child("@name"))
		}
	}
	for _, e := range a.Entities {
		add(CustomEntityName, e.Name, e.Path.Child("@name"))
	}
	for _, f := range a.FlowActions {
		add(FlowActionName, f.Name, f.Path.Child("meta").Child("name"))
	}
	for _, p := range a.PaymentMethods {
		add(PaymentMethodName, p.Identifier, p.Path.Child("identifier"))
	}
	for _, s := range a.ShippingMethods {
		add(ShippingName, s.Identifier, s.Path.Child("identifier"))
	}
	for _, c := range a.RuleConditions {
		add(RuleConditionName, c.Identifier, c.Path.Child("identifier"))
	}
	for _, t := range a.TaxProviders {
		add(TaxProviderName, t.Identifier, t.Path.Child("identifier"))
	}
	for _, e := range a.FlowEvents {
		add(FlowEventName, e.Name, e.Path.Child("name"))
	}
	for _, m := range a.Admin.Modules {
		add(ModuleName, a.menuID(m), m.Path)
	}
	return all
}

// at is the place of a value that both formats have, under their own names.
func (r *review) at(shopware, sitepack Path) Path {
	if r.Format == SitePack {
		return sitepack
	}
	return shopware
}

func hostCompatible(r *review) {
	if h := r.env.Host; h != nil && r.Format == Shopware && r.Compatibility.Valid() && !r.Compatibility.Matches(h.Platform) {
		r.tell(Error, "host.incompatible", metaAt.Child("compatibility"), "", "the app runs on %s, this host speaks %s", quote(r.Compatibility.String()), h.Platform)
	}
}

// hostRequirement: see manifest-xml.md 19; developers' shops are rarely public.
func hostRequirement(r *review) {
	if h := r.env.Host; h != nil && !r.env.Development && !h.Public && slices.Contains(r.Requirements, "public-access") {
		r.tell(Error, "host.requirement_unmet", root+"/requirements/public-access", "", "the app needs a shop that can be reached from outside, this one cannot")
	}
}

func hostDowngrade(r *review) {
	h := r.env.Host
	if h == nil || h.Installed == nil {
		return
	}
	if r.CompareVersion(h.Installed.Version) < 0 {
		r.tell(Warning, "host.version_downgrade", r.at(metaAt.Child("version"), "/version"), "", "version %s is older than %s, which is installed", quote(r.Version), quote(h.Installed.Version))
	}
}

// hostConsent: what is new is asked for before an update.
func hostConsent(r *review) {
	h := r.env.Host
	if h == nil || h.Installed == nil {
		return
	}
	added := func(wanted, had []string) []string {
		return slices.DeleteFunc(slices.Clone(wanted), func(one string) bool { return slices.Contains(had, one) })
	}
	if privileges := added(r.Permissions.Requested, h.Installed.Privileges); len(privileges) > 0 {
		r.tell(Info, "host.new_permissions", r.at(root+"/permissions", "/auth/scopes"), "", "the update asks for more: %s", some(privileges))
	}
	if hosts := added(r.Hosts, h.Installed.Hosts); len(hosts) > 0 {
		r.tell(Info, "host.new_hosts", r.at(root, ""), "", "the update talks to more hosts: %s", shorten(some(hosts)))
	}
}

func hostName(r *review) {
	if h := r.env.Host; h != nil && h.OtherFormat {
		r.tell(Error, "host.name_taken", r.at(metaAt.Child("name"), "/id"), "", "an app of the other format has the name %s", quote(r.Name))
	}
}

func hostIdentifiers(r *review) {
	h := r.env.Host
	if h == nil {
		return
	}
	all := r.identified()
	for _, i := range all {
		if other, taken := h.Taken[i.Identifier]; taken && !strings.EqualFold(other, r.Name) {
			r.tell(Error, "host.identifier_taken", i.path, "", "%s %s belongs to the app %s", i.Kind, quote(i.Name), quote(other))
		}
	}
	if h.Installed == nil {
		return
	}
	lasting := []string{PaymentMethodName, ShippingName, RuleConditionName, TaxProviderName}
	for _, old := range h.Installed.Identifiers {
		is := func(i identified) bool { return i.Identifier == old }
		if slices.Contains(lasting, old.Kind) && !slices.ContainsFunc(all, is) {
			r.tell(Warning, "host.identifier_changed", root, "a changed identifier makes a new one, and orders keep the old", "%s %s of the installed version is gone", old.Kind, quote(old.Name))
		}
	}
}
