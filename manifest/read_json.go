package manifest

import (
	"fmt"
	"net/url"
	"strconv"

	"github.com/appdock/appdock/protocol"
)

// ParseJSON reads the text of an app.json; file is its name in Problems. App is
// nil if there are errors among the Problems.
func ParseJSON(file string, text []byte, strict bool) (*App, Problems) {
	if len(text) > maxJSON {
		return nil, Problems{{
			Code: "json.too_large", Severity: Error, Position: Position{File: file, Line: 1, Column: 1},
			Message: fmt.Sprintf("%s, the limit is %s", binarySize(int64(len(text))), binarySize(maxJSON)),
		}}
	}
	source := newSource(file, text)
	p := &jsonProblems{source: source, strict: strict}
	value, faults := readJSON(source)
	for _, f := range faults {
		p.tell(Error, "json."+f.code, f.offset, "", "", "%s", f.message)
	}
	if len(faults) == 0 && value.members == nil {
		p.tell(Error, "json.root", value.offset, "", "", "the file must hold an object, found %s", value.kind())
	}
	if p.problems.HasErrors() {
		p.problems.Sort()
		return nil, p.problems
	}
	source.offsets[""] = value.offset
	o := &jsonObject{jsonProblems: p, value: value}
	o.asked = append(o.asked, "$schema") // what editors look for
	app := readApp(o)
	o.unknown()
	p.problems.Sort()
	if p.problems.HasErrors() {
		return nil, p.problems
	}
	return app, p.problems
}

// readApp reads the fields of app-json.md 2 into the model of its section 7.
func readApp(o *jsonObject) *App {
	a := &App{
		Format: SitePack, SchemaVersion: "1", Source: o.source,
		Name: o.required("id"), Version: o.required("version"), Author: o.required("author"), Category: o.text("category"),
		Icon: Icon{URL: o.text("icon_url")},
		Auth: Auth{Kind: NoAuth},
	}
	a.Labels = Translations{defaultLang: o.required("name")}
	a.Descriptions = Translations{defaultLang: o.required("description")}
	if auth, ok := o.object("auth"); ok {
		readOAuth(auth, a)
	}
	if setup, ok := o.object("setup"); ok {
		a.Admin.OnboardingURL, a.Admin.MainURL = setup.text("onboarding_url"), setup.text("configuration_url")
		setup.unknown()
	}
	if adminUI, ok := o.object("admin_ui"); ok {
		readAdminUI(adminUI, a)
	}
	if theme, ok := o.object("theme_extensions"); ok {
		theme.objects("app_blocks", func(item *jsonObject) { a.Theme.Blocks = append(a.Theme.Blocks, readBlock(item)) })
		theme.unknown()
	}
	used := map[string]int{}
	o.objects("webhooks", func(item *jsonObject) { a.Webhooks = append(a.Webhooks, readTopic(item, used)) })
	if support, ok := o.object("support"); ok {
		a.Support = Support{Email: support.required("email"), DocsURL: support.text("docs_url")}
		support.unknown()
	}
	a.Hosts = hostsOfApp(a)
	return a
}

func readOAuth(o *jsonObject, a *App) {
	a.Auth = Auth{Kind: OAuth2, RedirectURI: o.text("redirect_uri"), RedirectURIs: o.texts("redirect_uris"), StartURI: o.text("start_uri")}
	seen := map[string]bool{}
	for i, scope := range o.texts("scopes") {
		a.Permissions.Raw = append(a.Permissions.Raw, Permission{Kind: "scope", Value: scope, Path: o.path.member("scopes").item(i)})
		known, _ := protocol.LookupScope(scope) // an unknown scope is told by rule scopeForms
		for _, privilege := range known.Privileges() {
			if !seen[privilege] {
				seen[privilege] = true
				a.Permissions.Requested = append(a.Permissions.Requested, privilege)
			}
		}
	}
	o.unknown()
}

// readAdminUI reads menu entries and widgets. A menu entry's ID is its path:
// it is what no other entry may have.
func readAdminUI(o *jsonObject, a *App) {
	o.objects("navigation", func(item *jsonObject) {
		m := Module{
			Labels: Translations{defaultLang: item.required("label")}, ID: item.required("path"), Icon: item.text("icon"),
			Parent: "sw-extension", Position: len(a.Admin.Modules) + 1, Path: item.path,
		}
		if m.Icon == "" {
			m.Icon = "app"
		}
		a.Admin.Modules = append(a.Admin.Modules, m)
	})
	o.objects("widgets", func(item *jsonObject) {
		w := Widget{
			ID: item.required("id"), Location: item.required("location"), URL: item.required("src"),
			Height: item.textLike("height", `a string like "300px"`), Path: item.path,
		}
		if w.Height == "" {
			w.Height = "300px"
		}
		a.Admin.Widgets = append(a.Admin.Widgets, w)
	})
	o.unknown()
	base := a.pageOrigin()
	for i := range a.Admin.Modules {
		if m := &a.Admin.Modules[i]; base != "" {
			m.URL = base + m.ID
		}
	}
}

// pageOrigin is where the pages of an app.json are, empty when nothing tells (app-json.md 2.4).
func (a *App) pageOrigin() string {
	candidates := []string{a.Admin.MainURL}
	if len(a.Admin.Widgets) > 0 {
		candidates = append(candidates, a.Admin.Widgets[0].URL)
	}
	for _, candidate := range append(candidates, a.Auth.RedirectURI) {
		if u, err := url.Parse(candidate); err == nil && u.Scheme != "" && u.Host != "" {
			return u.Scheme + "://" + u.Host
		}
	}
	return ""
}

func readBlock(o *jsonObject) Block {
	b := Block{
		ID: o.required("id"), Label: o.text("label"), Target: o.required("target"), SnippetPath: o.text("snippet"),
		URL: o.text("url"), Position: o.integer("position"), Path: o.path,
	}
	if b.Label == "" {
		b.Label = b.ID
	}
	if settings, ok := o.object("settings"); ok {
		b.Settings, _ = settings.value.plain().(map[string]any)
	}
	return b
}

func readTopic(o *jsonObject, used map[string]int) Webhook {
	w := Webhook{Topic: o.required("topic"), URL: o.required("address"), Format: o.text("format"), OnlyLive: true, Path: o.path}
	if w.Format == "" {
		w.Format = "json"
	}
	used[w.Topic]++
	w.Name = w.Topic + "#" + strconv.Itoa(used[w.Topic])
	known, _ := lookupTopic(w.Topic) // an unknown topic is told by rule topicForms
	w.Event, w.Operation = known.Event, known.Operation
	return w
}

// hostsOfApp is the list of app-json.md 7, in its order.
func hostsOfApp(a *App) []string {
	h := newHosts()
	h.addURL(a.Auth.RedirectURI)
	for _, uri := range a.Auth.RedirectURIs {
		h.addURL(uri)
	}
	h.addURL(a.Auth.StartURI)
	h.addURL(a.Admin.OnboardingURL)
	h.addURL(a.Admin.MainURL)
	for _, w := range a.Admin.Widgets {
		h.addURL(w.URL)
	}
	for _, b := range a.Theme.Blocks {
		h.addURL(b.URL)
	}
	for _, w := range a.Webhooks {
		h.addURL(w.URL)
	}
	return h.list
}
