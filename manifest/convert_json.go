package manifest

import (
	"bytes"
	"cmp"
	"encoding/json"
	"maps"
	"net/url"
	"slices"
	"strings"

	"github.com/appdock/appdock/protocol"
)

// The parts of an app.json, in the order in which people read them (app-json.md 2).
type (
	jsonManifest struct {
		ID          string      `json:"id"`
		Name        string      `json:"name"`
		Version     string      `json:"version"`
		Author      string      `json:"author"`
		Description string      `json:"description"`
		Auth        *jsonOAuth  `json:"auth,omitempty"`
		Setup       *jsonSetup  `json:"setup,omitempty"`
		AdminUI     *jsonUI     `json:"admin_ui,omitempty"`
		Webhooks    []jsonTopic `json:"webhooks,omitempty"`
	}
	jsonOAuth struct {
		RedirectURI string   `json:"redirect_uri"`
		Scopes      []string `json:"scopes"`
	}
	jsonSetup struct {
		ConfigurationURL string `json:"configuration_url"`
	}
	jsonUI struct {
		Navigation []jsonPage `json:"navigation"`
	}
	jsonPage struct {
		Label string `json:"label"`
		Path  string `json:"path"`
	}
	jsonTopic struct {
		Topic   string `json:"topic"`
		Address string `json:"address"`
	}
)

// encodeJSON writes what a person goes on with.
func encodeJSON(m jsonManifest) ([]byte, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	err := e.Encode(m)
	return b.Bytes(), err
}

// toJSON says in the words of app.json what a manifest.xml says.
func (c converter) toJSON(id string) jsonManifest {
	label, lang := c.Labels.only()
	description, _ := c.Descriptions.only()
	m := jsonManifest{ID: id, Name: label, Version: c.Version, Author: c.Author, Description: description}
	if description == "" {
		m.Description = label
		c.assumed(metaAt, "a description", label, "write a sentence about what the app does")
	}
	if c.Auth.Kind == Registration {
		m.Auth = &jsonOAuth{RedirectURI: originOf(c.Auth.RegistrationURL) + "/oauth/callback", Scopes: []string{}}
		c.assumed(root+"/setup/registrationUrl", "auth.redirect_uri", m.Auth.RedirectURI,
			"the app's server has to take the authorization code there: nothing is registered with registrationUrl and a secret any more")
	}
	granted := c.scopes()
	for _, s := range granted {
		m.Auth.Scopes = append(m.Auth.Scopes, s.String())
	}
	if c.Admin.MainURL != "" {
		m.Setup = &jsonSetup{c.Admin.MainURL}
	}
	if pages := c.navigation(m); len(pages) > 0 {
		m.AdminUI = &jsonUI{pages}
	}
	m.Webhooks = c.topics(granted)
	c.loseTexts(lang)
	c.loseSections()
	c.loseFiles()
	return m
}

// scopes are the widest that give no privilege which the app did not ask for, or which a
// token has without any scope; what they leave out is told.
func (c converter) scopes() []protocol.Scope {
	asked := map[string]bool{}
	for _, privilege := range slices.Concat(c.Permissions.Requested, protocol.TokenPrivileges()) {
		asked[privilege] = true
	}
	var fitting []protocol.Scope
	if c.Auth.Kind == Registration { // without a server there is nobody to give a token to
		fitting = slices.DeleteFunc(protocol.Scopes(), func(s protocol.Scope) bool {
			return len(s.Grant()) == 0 || slices.ContainsFunc(s.Grant(), func(privilege string) bool { return !asked[privilege] })
		})
	}
	widest := slices.DeleteFunc(slices.Clone(fitting), func(s protocol.Scope) bool {
		return slices.ContainsFunc(fitting, func(other protocol.Scope) bool { return other != s && other.Implies(s) })
	})
	given := map[string]bool{}
	for _, privilege := range protocol.TokenPrivileges() {
		given[privilege] = true
	}
	for _, s := range widest {
		for _, privilege := range s.Grant() {
			given[privilege] = true
		}
	}
	c.losePermissions(given, asked)
	return widest
}

// losePermissions tells what the app asks for and is not given, by the scope that would give it with more.
func (c converter) losePermissions(given, asked map[string]bool) {
	const at = root + "/permissions"
	c.lost(c.Permissions.SelfChecked, "/manifest/@validates-permissions", "validates-permissions", "")
	if c.Auth.Kind != Registration {
		c.lost(len(c.Permissions.Requested) > 0, at, "permissions without a <setup>", "an app gets a token for its auth.redirect_uri only")
		return
	}
	lost := map[string][]string{} // by the scope; empty: by none
	for _, privilege := range c.Permissions.Requested {
		if given[privilege] {
			continue
		}
		wider := ""
		for _, s := range protocol.Scopes() {
			if slices.Contains(s.Privileges(), privilege) {
				wider = s.String()
				break
			}
		}
		lost[wider] = append(lost[wider], privilege)
	}
	for _, wider := range slices.Sorted(maps.Keys(lost)) {
		if wider == "" {
			c.tell(Warning, "convert.permission", at, "", "no scope gives %s", some(lost[wider]))
			continue
		}
		scope, _ := protocol.LookupScope(wider)
		more := slices.DeleteFunc(scope.Grant(), func(privilege string) bool { return asked[privilege] })
		c.tell(Warning, "convert.permission", at, "add "+quote(wider)+" to auth.scopes if the app may have all that it gives",
			"%s left out: scope %s would also give %s", some(lost[wider]), wider, some(more))
	}
}

// navigation are the modules that are pages on the host from which paths count (app-json.md 2.4).
func (c converter) navigation(m jsonManifest) []jsonPage {
	base := originOf(c.Admin.MainURL)
	if base == "" && m.Auth != nil {
		base = originOf(m.Auth.RedirectURI)
	}
	modules := slices.SortedStableFunc(slices.Values(c.Admin.Modules), func(a, b Module) int { return cmp.Compare(a.Position, b.Position) })
	var pages []jsonPage
	for _, module := range modules {
		what := "module " + quote(module.ID)
		u, err := url.Parse(module.URL)
		switch {
		case module.URL == "":
			c.lost(true, module.Path, what+", a folder of the menu", "")
			continue
		case err != nil || base == "" || originOf(module.URL) != base:
			c.lost(true, module.Path, what+" on another host", "the pages of an app.json are all on the host of setup.configuration_url, else of auth.redirect_uri")
			continue
		case u.Fragment != "":
			c.lost(true, module.Path, what+", whose address has a fragment", "")
			continue
		}
		label, _ := module.Labels.only()
		page := jsonPage{Label: label, Path: u.RequestURI()}
		if slices.ContainsFunc(pages, func(p jsonPage) bool { return p.Path == page.Path }) {
			c.lost(true, module.Path, what+", a second entry for "+page.Path, "")
			continue
		}
		c.lost(module.Parent != "" && module.Parent != "sw-extension", module.Path.Child("@parent"), "parent "+quote(module.Parent)+" of "+what, "")
		pages = append(pages, page)
	}
	return pages
}

// topics are the webhooks whose event has a name in app.json and whose scope the app has.
func (c converter) topics(granted []protocol.Scope) []jsonTopic {
	var list []jsonTopic
	seen := map[jsonTopic]bool{}
	versions := false
	for _, w := range c.Webhooks {
		known := false
		for _, t := range protocol.Topics() {
			if t.RunTime || t.Event != w.Event {
				continue
			}
			known = true
			has := t.Scope == protocol.Scope{} || slices.ContainsFunc(granted, func(s protocol.Scope) bool { return s.Implies(t.Scope) })
			if topic := (jsonTopic{t.Name, w.URL}); !has {
				c.tell(Warning, "convert.webhook", w.Path, "add webhook and scope by hand if the app may have all that the scope gives",
					"webhook %s left out: topic %s needs scope %s", quote(w.Name), t.Name, t.Scope)
			} else if !seen[topic] {
				seen[topic] = true
				list = append(list, topic)
			}
		}
		if !known {
			c.tell(Warning, "convert.webhook", w.Path, "", "webhook %s left out: event %s has no topic", quote(w.Name), quote(w.Event))
		}
		event, _ := protocol.Events().Lookup(w.Event)
		versions = versions || known && !w.OnlyLive && hasVersions(event)
	}
	c.lost(versions, root+"/webhooks", "webhooks for changes of other versions than the live one", "")
	return list
}

// loseTexts tells which texts of the app itself go.
func (c converter) loseTexts(kept string) {
	var languages []string
	for _, t := range []Translations{c.Labels, c.Descriptions} {
		for _, lang := range t.locales() {
			if lang != kept && !slices.Contains(languages, lang) {
				languages = append(languages, lang)
			}
		}
	}
	c.lost(len(languages) > 0, metaAt, "texts in "+some(languages), "an app.json has one language")
	c.lost(c.Source.has(metaAt.Child("copyright")), metaAt.Child("copyright"), "copyright", "")
	c.lost(c.Source.has(metaAt.Child("license")), metaAt.Child("license"), "license", "")
	c.lost(c.Icon.Path != "", metaAt.Child("icon"), "the icon as a file", "give its https address as icon_url")
	c.lost(c.Source.has(metaAt.Child("compatibility")), metaAt.Child("compatibility"), "compatibility", "")
	c.lost(c.PrivacyURL != "", metaAt.Child("privacy"), "privacy", "")
	c.lost(len(c.PrivacyNotes) > 0, metaAt.Child("privacyPolicyExtensions"), "privacyPolicyExtensions", "")
}

// loseSections tells which sections of the manifest and of the XML files beside it go.
func (c converter) loseSections() {
	c.lost(c.Auth.DevSecret != "", root+"/setup/secret", "the app secret", "the host gives each shop's client a secret of its own")
	c.lost(c.Admin.BaseAppURL != "", root+"/admin/base-app-url", "base-app-url", "an app.json lists its widgets")
	c.lost(len(c.AllowedHosts) > 0, root+"/allowed-hosts", "allowed-hosts", "the hosts of an app.json are those of its addresses")
	c.lost(c.Theme.TemplatePriority != 0, root+"/storefront", "template-load-priority", "")
	c.lost(c.Gateways != Gateways{}, root+"/gateways", "gateways", "")
	c.lost(len(c.Requirements) > 0, root+"/requirements", "requirements", "")
	lostAll(c, c.Admin.ActionButtons, func(b ActionButton) Path { return b.Path }, "action button", "action buttons", "")
	lostAll(c, c.CustomFieldSets, func(s CustomFieldSet) Path { return s.Path }, "custom field set", "custom field sets", "define metafields through the REST API")
	lostAll(c, c.Cookies, func(x Cookie) Path { return x.Path }, "cookie", "cookies", "")
	lostAll(c, c.PaymentMethods, func(p PaymentMethod) Path { return p.Path }, "payment method", "payment methods", "")
	lostAll(c, c.ShippingMethods, func(s ShippingMethod) Path { return s.Path }, "shipping method", "shipping methods", "")
	lostAll(c, c.RuleConditions, func(r RuleCondition) Path { return r.Path }, "rule condition", "rule conditions", "")
	lostAll(c, c.TaxProviders, func(t TaxProvider) Path { return t.Path }, "tax provider", "tax providers", "")
}

// loseFiles tells what stays unused in the app's folder (manifest-xml.md 1).
func (c converter) loseFiles() {
	if c.env.Files == nil {
		return
	}
	var found []string
	for _, name := range []string{
		"config/config.xml", "config/admin-ui.xml", "config/custom-fields.xml", "flow.xml", "cms.xml", "entities.xml", "mcp.xml", "theme.json",
		"scripts", "views", "snippet", "app/administration", "app/storefront", "public",
	} {
		if isThere(c.env.Files, "Resources/"+name) {
			found = append(found, name)
		}
	}
	c.lost(len(found) > 0, root, "what is in Resources ("+strings.Join(found, ", ")+")", "an app.json has theme_extensions.app_blocks for pieces of the storefront; the app's own server does the rest")
}
