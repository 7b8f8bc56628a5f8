package manifest

import (
	"maps"
	"slices"
	"strings"
)

// menu are the ids of the admin's own menu entries that a module may hang under.
func menu() []string {
	return strings.Fields(`
		sw-dashboard
		sw-catalogue sw-product sw-review sw-category sw-product-stream sw-manufacturer sw-property
		sw-order sw-order-index sw-customer sw-customer-index
		sw-content sw-cms sw-media sw-theme-manager
		sw-marketing sw-promotion sw-promotion-v2 sw-newsletter-recipient
		sw-extension sw-extension-store sw-extension-my-extensions
		sw-settings`)
}

// menuID is the id that a module has in the menu (manifest-xml.md 7).
func (a *App) menuID(m Module) string { return "app-" + a.Name + "-" + m.ID }

func moduleParent(r *review) {
	known := map[string]bool{}
	for _, id := range slices.Concat(menu(), r.env.Modules) {
		known[id] = true
	}
	for _, m := range r.Admin.Modules {
		known[r.menuID(m)] = true
	}
	for _, m := range r.Admin.Modules {
		if m.Parent != "" && !known[m.Parent] {
			r.tell(Warning, "module_parent", m.Path.Child("@parent"), r.hint(m.Parent, maps.Keys(known)), "parent %s is no menu entry", quote(m.Parent))
		}
	}
}

// moduleParentLoop: from each module a way leads up to a menu entry that is not the app's.
func moduleParentLoop(r *review) {
	parents := map[string]string{}
	for _, m := range r.Admin.Modules {
		parents[r.menuID(m)] = m.Parent
	}
	// Modules whose way up is known need not be followed again: it ends, or it does not.
	endless := map[string]bool{}
	for _, m := range r.Admin.Modules {
		seen := map[string]bool{}
		id := r.menuID(m)
		_, known := endless[id]
		for id != "" && !seen[id] && !known {
			seen[id] = true
			id = parents[id]
			_, known = endless[id]
		}
		loops := seen[id] || endless[id]
		for id := range seen {
			endless[id] = loops
		}
		if loops {
			r.tell(Error, "module_parent_loop", m.Path.Child("@parent"), "", "module %s is below itself", quote(m.ID))
		}
	}
}

// moduleParentMissing: 1.0 did without, 2.0 and 3.0 demand it.
func moduleParentMissing(r *review) {
	severity := Error
	if r.SchemaVersion == v1.name() {
		severity = Info
	}
	for _, m := range r.Admin.Modules {
		if !r.Source.has(m.Path.Child("@parent")) {
			r.tell(severity, "module_parent_missing", m.Path, "", "module %s has no parent", quote(m.ID))
		}
	}
}

func moduleEmpty(r *review) {
	isParent := map[string]bool{}
	for _, m := range r.Admin.Modules {
		isParent[m.Parent] = true
	}
	for _, m := range r.Admin.Modules {
		if m.URL == "" && !isParent[r.menuID(m)] {
			r.tell(Warning, "module_empty", m.Path, "", "module %s has neither a source nor modules below it", quote(m.ID))
		}
	}
}
