package manifest

import (
	"cmp"
	"strconv"
	"strings"

	"github.com/appdock/appdock/protocol"
)

// tag is an element to be written: with a text, or with others in it.
type tag struct {
	name     string
	attrs    [][2]string
	text     string
	children []*tag
}

// add puts an element with a text into t, and gives it.
func (t *tag) add(name, text string, attrs ...[2]string) *tag {
	child := &tag{name: name, text: text, attrs: attrs}
	t.children = append(t.children, child)
	return child
}

// document is the text of a whole file.
func (t *tag) document() []byte {
	var b strings.Builder
	b.WriteString("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n")
	t.write(&b, "")
	return []byte(b.String())
}

func (t *tag) write(b *strings.Builder, indent string) {
	escaped := strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;", `"`, "&quot;").Replace
	b.WriteString(indent + "<" + t.name)
	for _, a := range t.attrs {
		b.WriteString(" " + a[0] + "=\"" + escaped(a[1]) + "\"")
	}
	switch {
	case len(t.children) > 0:
		b.WriteString(">\n")
		for _, child := range t.children {
			child.write(b, indent+"    ")
		}
		b.WriteString(indent + "</" + t.name + ">\n")
	case t.text != "":
		b.WriteString(">" + escaped(t.text) + "</" + t.name + ">\n")
	default:
		b.WriteString("/>\n")
	}
}

// section puts a section into t unless it is empty.
func (t *tag) section(s *tag) {
	if len(s.children) > 0 {
		t.children = append(t.children, s)
	}
}

// toXML says in the words of manifest.xml what an app.json says. Nothing in it needs a
// schema above 2.0, which Shopware reads since 6.4.
func (c converter) toXML(name string) *tag {
	m := &tag{name: "manifest", attrs: [][2]string{
		{"xmlns:xsi", "http://www.w3.org/2001/XMLSchema-instance"},
		{"xsi:noNamespaceSchemaLocation", "https://raw.githubusercontent.com/shopware/shopware/trunk/src/Core/Framework/App/Manifest/Schema/manifest-2.0.xsd"},
	}}
	c.writeMeta(m, name)
	c.writeSetup(m)
	c.writeAdmin(m)
	c.writePermissions(m)
	c.writeWebhooks(m)
	c.lost(c.Category != "", "/category", "category", "")
	c.lost(c.Icon.URL != "", "/icon_url", "the icon's address", "put the icon into the folder and name it in meta/icon")
	c.lost(c.Support != Support{}, "/support", "support", "")
	lostAll(c, c.Theme.Blocks, func(b Block) Path { return b.Path }, "app block", "app blocks", "write templates in Resources/views")
	return m
}

func (c converter) writeMeta(m *tag, name string) {
	meta := m.add("meta", "")
	meta.add("name", name)
	label, _ := c.Labels.only()
	description, _ := c.Descriptions.only()
	meta.add("label", label)
	meta.add("description", description)
	meta.add("author", c.Author)
	copyright := "(c) by " + c.Author
	meta.add("copyright", copyright)
	c.assumed("/author", "a copyright", copyright, "")
	meta.add("version", c.Version)
	meta.add("license", "proprietary")
	c.assumed("", "a license", "proprietary", "")
}

// writeSetup makes the registration: without one an app is sent no webhook and has no page.
func (c converter) writeSetup(m *tag) {
	addresses := []string{c.Auth.RedirectURI, c.Admin.MainURL}
	for _, w := range c.Webhooks {
		addresses = append(addresses, w.URL)
	}
	if origin := originOf(addresses...); origin != "" {
		url := origin + "/register"
		m.add("setup", "").add("registrationUrl", url)
		c.assumed("/auth/redirect_uri", "a registrationUrl", url,
			"the app's server has to answer the registration there, with an app secret that the shop's operator has, too")
	}
	c.lost(c.Auth.Kind == OAuth2, "/auth/redirect_uri", "OAuth 2.0 (auth.redirect_uri)", "")
	c.lost(len(c.Auth.RedirectURIs) > 0, "/auth/redirect_uris", "auth.redirect_uris", "")
	c.lost(c.Auth.StartURI != "", "/auth/start_uri", "auth.start_uri", "")
}

func (c converter) writeAdmin(m *tag) {
	admin := &tag{name: "admin"}
	names := map[string]bool{}
	for _, page := range c.Admin.Modules {
		module := admin.add("module", "", [][2]string{
			{"name", unique(names, cmp.Or(plainName(page.ID), "start"))},
			{"source", page.URL},
			{"parent", page.Parent},
			{"position", strconv.Itoa(page.Position)},
		}...)
		label, _ := page.Labels.only()
		module.add("label", label)
		c.lost(page.Icon != "app", page.Path.member("icon"), "icon "+quote(page.Icon)+" of "+quote(page.ID), "")
	}
	if c.Admin.MainURL != "" {
		admin.add("main-module", "", [2]string{"source", c.Admin.MainURL})
	}
	m.section(admin)
	c.lost(c.Admin.OnboardingURL != "", "/setup/onboarding_url", "setup.onboarding_url", "")
	lostAll(c, c.Admin.Widgets, func(w Widget) Path { return w.Path }, "widget", "widgets", "show them with the extension SDK from admin/base-app-url")
}

// writePermissions asks for what the scopes grant, and for nothing beside it.
func (c converter) writePermissions(m *tag) {
	var order []string // of the entities
	operations := map[string][]string{}
	has := map[string]bool{}
	for _, line := range c.Permissions.Raw {
		scope, _ := protocol.LookupScope(line.Value)
		if len(scope.Grant()) == 0 {
			c.tell(Warning, "convert.permission", line.Path, "", "scope %s left out: it gives no privilege", quote(line.Value))
		}
		for _, privilege := range scope.Grant() {
			if has[privilege] {
				continue
			}
			has[privilege] = true
			entity, operation, _ := strings.Cut(privilege, ":")
			if operations[entity] == nil {
				order = append(order, entity)
			}
			operations[entity] = append(operations[entity], operation)
		}
	}
	permissions := &tag{name: "permissions"}
	for _, entity := range order {
		for _, operation := range operations[entity] {
			switch {
			case operation == "read" && len(operations[entity]) > 1: // the others imply it
			case has[entity+":read"]:
				permissions.add(operation, entity)
			default: // as an element of its own it would imply reading
				permissions.add("permission", entity+":"+operation)
			}
		}
	}
	m.section(permissions)
	if c.Auth.Kind == OAuth2 {
		c.tell(Info, "convert.permission", "/auth", "ask for what the app reads of these",
			"every token may read %s; manifest.xml has to ask", some(protocol.TokenPrivileges()))
	}
}

// writeWebhooks makes one webhook of the topics that are one event for one address.
func (c converter) writeWebhooks(m *tag) {
	type key struct{ event, url string }
	var order []key
	topics := map[key][]Webhook{}
	for _, w := range c.Webhooks {
		k := key{w.Event, w.URL}
		switch {
		case w.Event == "":
			c.tell(Warning, "convert.webhook", w.Path, "", "webhook left out: there is no topic %s", quote(w.Topic))
			continue
		case topics[k] == nil:
			order = append(order, k)
		}
		topics[k] = append(topics[k], w)
	}
	webhooks := &tag{name: "webhooks"}
	names := map[string]bool{}
	for _, k := range order {
		first := topics[k][0]
		if first.Operation != "" && len(topics[k]) == 1 {
			c.tell(Warning, "convert.webhook", first.Path, "tell them apart by the operation in the payload",
				"webhook for %s: event %s is sent for every write, created and updated alike", quote(first.Topic), k.event)
		}
		attrs := [][2]string{{"name", unique(names, k.event)}, {"url", k.url}, {"event", k.event}}
		if event, _ := protocol.Events().Lookup(k.event); hasVersions(event) {
			attrs = append(attrs, [2]string{"onlyLiveVersion", "true"})
		}
		webhooks.add("webhook", "", attrs...)
	}
	m.section(webhooks)
}
