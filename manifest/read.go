package manifest

import (
	"slices"
	"strings"
)

// readManifest turns the tree of a manifest.xml that the checker has accepted into an App.
func readManifest(root *node, version versions, source *Source) *App {
	source.index(root, manifestSchema)
	meta := root.section("meta")
	a := &App{
		Format:        Shopware,
		SchemaVersion: version.name(),
		Name:          meta.value("name"),
		Version:       meta.value("version"),
		Labels:        meta.translations("label"),
		Descriptions:  meta.translations("description"),
		Author:        meta.value("author"),
		Copyright:     meta.value("copyright"),
		License:       meta.value("license"),
		Icon:          Icon{Path: meta.value("icon")},
		PrivacyURL:    meta.value("privacy"),
		PrivacyNotes:  meta.translations("privacyPolicyExtensions"),
		Compatibility: readCompatibility(meta),
		Auth:          readAuth(root.last("setup")),
		Permissions:   readPermissions(root),
		Theme:         Theme{TemplatePriority: parseInt(root.section("storefront").value("template-load-priority"), 0)},
		Admin:         readAdmin(root.section("admin")),
		Gateways:      readGateways(root.section("gateways")),
		Source:        source,
	}
	for _, host := range root.section("allowed-hosts").all("host") {
		a.AllowedHosts = append(a.AllowedHosts, host.trimmed())
	}
	for _, n := range root.section("webhooks").all("webhook") {
		a.Webhooks = append(a.Webhooks, Webhook{
			Name: n.at("name"), Event: n.at("event"), URL: n.at("url"), Format: "json",
			OnlyLive: parseBool(n.at("onlyLiveVersion")), Path: n.path(),
		})
	}
	for _, n := range root.section("custom-fields").all("custom-field-set") {
		a.CustomFieldSets = append(a.CustomFieldSets, readFieldSet(n))
	}
	a.Cookies = readCookies(root.section("cookies"))
	for _, n := range root.section("payments").all("payment-method") {
		a.PaymentMethods = append(a.PaymentMethods, readPaymentMethod(n, version))
	}
	for _, n := range root.section("shipping-methods").all("shipping-method") {
		a.ShippingMethods = append(a.ShippingMethods, readShippingMethod(n))
	}
	for _, n := range root.section("rule-conditions").all("rule-condition") {
		a.RuleConditions = append(a.RuleConditions, RuleCondition{
			Identifier: n.value("identifier"), Names: n.translations("name"), Group: n.value("group"), Script: n.value("script"),
			Constraints: readFields(n.last("constraints")), Path: n.path(),
		})
	}
	for _, n := range root.section("tax").all("tax-provider") {
		a.TaxProviders = append(a.TaxProviders, TaxProvider{
			Identifier: n.value("identifier"), Name: n.value("name"),
			Priority: parseInt(n.value("priority"), 0), ProcessURL: n.value("process-url"), Path: n.path(),
		})
	}
	for _, n := range root.section("requirements").children {
		a.Requirements = append(a.Requirements, n.name)
	}
	a.Hosts = hostsOfManifest(a)
	return a
}

// index notes where each element and attribute stands. A translation is also
// found by its language: /manifest/meta/label[@lang='de-DE'].
func (s *Source) index(n *node, e *element) {
	if n.parent == nil {
		s.offsets = make(map[Path]int, n.size())
	}
	path := n.path()
	s.offsets[path] = n.offset
	if e == nil || e.unsupported {
		return
	}
	if e.translatable {
		s.offsets[translation(n.parent.path().Child(n.name), n.lang())] = n.offset
	}
	for _, a := range n.attrs {
		s.offsets[path.Child("@"+a.name)] = a.offset
	}
	for _, child := range n.children {
		s.index(child, e.child(child.name))
	}
}

// size is how many elements and attributes there are in n and below.
func (n *node) size() int {
	count := 1 + len(n.attrs)
	for _, child := range n.children {
		count += child.size()
	}
	return count
}

// translation is the path of the text for one language.
func translation(p Path, lang string) Path { return p + Path("[@lang='"+lang+"']") }

// section gives a direct child (never a deeper one: manifest-xml.md 25, trap 1),
// an empty one when there is none.
func (n *node) section(name string) *node {
	if child := n.last(name); child != nil {
		return child
	}
	return &node{name: name}
}

func (n *node) all(name string) []*node {
	if n == nil {
		return nil
	}
	var all []*node
	for _, child := range n.children {
		if child.name == name {
			all = append(all, child)
		}
	}
	return all
}

// value is the text of a child, trimmed.
func (n *node) value(name string) string {
	if child := n.last(name); child != nil {
		return child.trimmed()
	}
	return ""
}

// verbatim is the text of a child as written.
func (n *node) verbatim(name string) string {
	if child := n.last(name); child != nil {
		return string(child.text)
	}
	return ""
}

// at is the value of an attribute, trimmed.
func (n *node) at(name string) string {
	a, _ := n.attribute(name)
	return strings.TrimSpace(a.value)
}

func (n *node) translations(name string) Translations {
	all := n.all(name)
	if len(all) == 0 {
		return nil
	}
	texts := make(Translations, len(all))
	for _, child := range all {
		texts[child.lang()] = child.trimmed()
	}
	return texts
}

// defaultCompatibility is what an app without meta/compatibility runs on.
const defaultCompatibility = ">=6.4.0"

func readCompatibility(meta *node) Constraint {
	text := defaultCompatibility
	if n := meta.last("compatibility"); n != nil {
		text = n.trimmed()
	}
	c, err := ParseConstraint(text)
	if err != nil {
		return Constraint{text: text, invalid: true}
	}
	return c
}

func readAuth(setup *node) Auth {
	if setup == nil {
		return Auth{Kind: NoAuth}
	}
	return Auth{Kind: Registration, RegistrationURL: setup.value("registrationUrl"), DevSecret: Secret(setup.verbatim("secret"))}
}

func readAdmin(admin *node) Admin {
	a := Admin{
		MainURL:    admin.section("main-module").at("source"),
		BaseAppURL: admin.value("base-app-url"),
	}
	for _, n := range admin.all("module") {
		m := Module{
			ID: n.at("name"), Labels: n.translations("label"), URL: n.at("source"),
			Parent: n.at("parent"), Position: parseInt(n.at("position"), 1), Path: n.path(),
		}
		if strings.EqualFold(m.URL, "null") {
			m.URL = "" // Shopware's loader turns the text into nothing (manifest-xml.md 2.6)
		}
		a.Modules = append(a.Modules, m)
	}
	for _, n := range admin.all("action-button") {
		a.ActionButtons = append(a.ActionButtons, ActionButton{
			Action: n.at("action"), Entity: n.at("entity"), View: n.at("view"), URL: n.at("url"),
			Labels: n.translations("label"), Path: n.path(),
		})
	}
	return a
}

func readGateways(n *node) Gateways {
	return Gateways{Checkout: n.value("checkout"), Context: n.value("context"), InAppPurchases: n.value("inAppPurchases")}
}

func readFieldSet(n *node) CustomFieldSet {
	set := CustomFieldSet{
		Name: n.value("name"), Labels: n.translations("label"), Global: parseBool(n.at("global")),
		Fields: readFields(n.last("fields")), Path: n.path(),
	}
	for _, entity := range n.section("related-entities").children {
		if !slices.Contains(set.Entities, entity.name) {
			set.Entities = append(set.Entities, entity.name)
		}
	}
	return set
}

func readFields(list *node) []CustomField {
	if list == nil {
		return nil
	}
	var fields []CustomField
	for _, n := range list.children {
		f := CustomField{
			Type: FieldType(n.name), Name: n.at("name"),
			Labels: n.translations("label"), HelpTexts: n.translations("help-text"), Placeholders: n.translations("placeholder"),
			Required:           parseBool(n.value("required")),
			Position:           parseInt(n.value("position"), 1),
			AllowCustomerWrite: parseBool(n.value("allow-customer-write")),
			AllowCartExpose:    parseBool(n.value("allow-cart-expose")),
			IncludeInSearch:    parseBool(n.value("include-in-search")),
			Steps:              parseFloat(n.value("steps")), Min: parseFloat(n.value("min")), Max: parseFloat(n.value("max")),
			Entity: n.value("entity"), LabelProperty: n.value("label-property"), Path: n.path(),
		}
		for _, option := range n.section("options").all("option") {
			value, _ := option.attribute("value")
			f.Options = append(f.Options, Option{Value: value.value, Labels: option.translations("name"), Path: option.path()})
		}
		fields = append(fields, f)
	}
	return fields
}

func readCookies(list *node) []Cookie {
	var cookies []Cookie
	for _, n := range list.children {
		c := Cookie{
			SnippetName: n.value("snippet-name"), SnippetDescription: n.value("snippet-description"),
			Name: n.value("cookie"), Value: n.verbatim("value"), Expiration: n.value("expiration"), Path: n.path(),
		}
		if n.name == "group" {
			c.Group = true
			c.Entries = readCookies(n.section("entries"))
		}
		cookies = append(cookies, c)
	}
	return cookies
}

func readPaymentMethod(n *node, version versions) PaymentMethod {
	p := PaymentMethod{
		Identifier: n.value("identifier"), Names: n.translations("name"), Descriptions: n.translations("description"),
		PayURL: n.value("pay-url"), FinalizeURL: n.value("finalize-url"), ValidateURL: n.value("validate-url"),
		RefundURL: n.value("refund-url"), RecurringURL: n.value("recurring-url"),
		Icon: Icon{Path: n.value("icon")}, Path: n.path(),
	}
	if version != v3 { // gone in 3.0, where it is warned about and ignored (manifest-xml.md 3)
		p.CaptureURL = n.value("capture-url")
	}
	return p
}

func readShippingMethod(n *node) ShippingMethod {
	time := n.section("delivery-time")
	return ShippingMethod{
		Identifier: n.value("identifier"), Names: n.translations("name"), Descriptions: n.translations("description"),
		Active: parseBool(n.value("active")), Icon: Icon{Path: n.value("icon")}, Position: parseInt(n.value("position"), 1),
		TrackingURLs: n.translations("tracking-url"), Path: n.path(),
		DeliveryTime: DeliveryTime{
			ID: time.value("id"), Name: time.value("name"), Unit: time.value("unit"),
			Min: parseInt(time.value("min"), 0), Max: parseInt(time.value("max"), 0), Path: time.path(),
		},
	}
}
