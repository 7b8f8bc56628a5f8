package admin

import (
	"bytes"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/appdock/appdock"
	"github.com/appdock/appdock/internal/lifecycle"
	"github.com/appdock/appdock/internal/web"
	"github.com/appdock/appdock/manifest"
	"github.com/appdock/appdock/protocol"
)

// appPage is what people see of one app.
type appPage struct {
	Name, Label, Description, Version, Author string

	State              string
	Icon               string
	Configure, Approve bool
	Has                []scopeGroup // of the SitePack dialect
	Rights             []string     // of the other one
	Hosts              []hostLine
	Hears              []heard
	Entries            []entry
	Widgets            []widget
	Blocks             []block
	ManifestURL        string
	LookedAt, Unread   string
}

// heard is one kind of event that an app is told of, or would be.
type heard struct {
	told
	Asleep bool
}

// entry is a page that an app adds to the menu.
type entry struct {
	Label string
	Open  string // where it is opened; empty: it is not at the moment
}

// widget is a frame that an app adds to a page of the admin.
type widget struct {
	Words    string // where that is; empty: the admin has no such place
	Location string
	Host     *hostLine
	Open     string // the page or list that it is shown on, or beside; empty: it is not
}

// registration finds an app of the shop.
func (v *visit) registration(app string) (lifecycle.Registration, error) {
	all, err := v.options.Apps.All(v.r.Context(), v.shop.ID)
	if err != nil {
		return lifecycle.Registration{}, err
	}
	at := slices.IndexFunc(all, func(r lifecycle.Registration) bool { return r.Installation.App == app })
	if at < 0 {
		return lifecycle.Registration{}, &appdock.Error{Kind: appdock.NotFound, Code: "ADK-NOT-FOUND", Message: "There is no such app in this shop", Cure: "Begin at /admin/."}
	}
	return all[at], nil
}

// block is a piece of the app in the pages of the shop.
type block struct {
	Label, Target string
	Empty         bool   // it shows nothing
	Unread        string // why it could not be fetched last
}

// application shows an app: what it may do, whom it talks to, what it adds.
func application(v *visit) error {
	r, err := v.registration(v.r.PathValue("app"))
	if err != nil {
		return err
	}
	page := appPage{
		Name: r.Installation.App, Label: manifest.Translations(r.Profile.Label).In(v.shop.Locale), Description: manifest.Translations(r.Profile.Description).In(v.shop.Locale),
		Version: r.Installation.Version, Author: r.Profile.Author, State: v.texts.get(stateText(r)),
		Approve: r.State == lifecycle.NeedsApproval, Configure: r.OAuth.ConfigurationURL != "" && r.Installation.Active,
	}
	for _, name := range r.Profile.Hosts {
		line := newHostLine(name)
		line.New = !r.OAuth.IsZero() && !slices.Contains(r.OAuth.Known.Hosts, name)
		page.Hosts = append(page.Hosts, line)
	}
	for _, w := range r.Features.Webhooks {
		h := heard{told{Topic: string(w.Event)}, !w.Active}
		if w.Topic != "" {
			h.told = v.texts.topic(w.Topic)
		}
		if !slices.Contains(page.Hears, h) {
			page.Hears = append(page.Hears, h)
		}
	}
	if r.OAuth.IsZero() {
		for _, p := range r.Installation.Grant {
			page.Rights = append(page.Rights, string(p))
		}
		return v.show(http.StatusOK, "app", "app.title", page, page.Label)
	}
	if err := v.dialect(&page, r); err != nil {
		return err
	}
	return v.show(http.StatusOK, "app", "app.title", page, page.Label)
}

// dialect adds what an app.json says.
func (v *visit) dialect(page *appPage, r lifecycle.Registration) error {
	app, err := r.OAuth.App()
	if err != nil {
		return err
	}
	var granted []protocol.Scope
	for _, text := range r.OAuth.Granted {
		if s, known := protocol.LookupScope(text); known {
			granted = append(granted, s)
		}
	}
	page.Has = v.groups(granted)
	page.Icon = v.icon(app)
	page.ManifestURL, page.Unread = r.OAuth.ManifestURL, r.OAuth.Unread
	if at := r.OAuth.LookedAt; !at.IsZero() {
		page.LookedAt = at.UTC().Format("2006-01-02 15:04 MST")
	}
	opens := showsPages(r) && v.mayOpen(app.Name) == nil
	page.Entries = v.entries(r, app)
	for _, b := range r.Profile.AppBlocks {
		page.Blocks = append(page.Blocks, block{b.Label, b.Target, b.Snippet == "", b.Unread})
	}
	for _, w := range app.Admin.Widgets {
		shown := widget{Location: w.Location, Host: host(w.URL)}
		if shown.Words = v.texts.place(w.Location); shown.Words == w.Location {
			shown.Words = ""
		}
		if view, _ := located(w.Location); opens && r.OAuth.Trusts(w.URL) {
			shown.Open = where(view)
		}
		page.Widgets = append(page.Widgets, shown)
	}
	return nil
}

// entries are the pages that an app adds to the menu.
func (v *visit) entries(r lifecycle.Registration, app *manifest.App) (list []entry) {
	opens := showsPages(r) && v.mayOpen(app.Name) == nil
	for i, m := range app.Admin.Modules {
		e := entry{Label: m.Labels.In(v.shop.Locale)}
		if opens && r.OAuth.Trusts(m.URL) {
			e.Open = "/admin/apps/" + url.PathEscape(app.Name) + "/pages/" + strconv.Itoa(i)
		}
		list = append(list, e)
	}
	return list
}

// where is the page of the admin that has the widgets of a view, or leads to it; empty for a
// view that there is none of.
func where(view string) string {
	name, _, _ := strings.Cut(view, ".")
	if name == "dashboard" {
		return "/admin/"
	}
	for _, a := range areas {
		if a.name == name {
			return "/admin/" + a.path
		}
	}
	return ""
}

// openPage shows a page that an app adds to the menu.
func openPage(v *visit) error {
	r, app, err := v.shown()
	if err != nil {
		return err
	}
	i, err := strconv.Atoi(v.r.PathValue("page"))
	if err != nil || i < 0 || i >= len(app.Admin.Modules) || !r.OAuth.Trusts(app.Admin.Modules[i].URL) {
		return errNoPage()
	}
	return v.frame(r, app.Admin.Modules[i].Labels.In(v.shop.Locale), app.Admin.Modules[i].URL)
}

// icon is where the icon of an app is shown; empty: it has none.
func (v *visit) icon(app *manifest.App) string {
	if app.Icon.URL == "" {
		return ""
	}
	// The manifest's hash keeps browsers from showing the icon of a version before.
	return "/admin/apps/" + url.PathEscape(app.Name) + "/icon?" + app.Hash()[:8]
}

// showIcon gives the icon of an app, fetched by the host: the vendor does not learn who looks
// at it before anybody decided (protocol-oauth.md B.4).
func showIcon(v *visit) error {
	image, err := v.options.Apps.Icon(v.r.Context(), v.shop, v.r.PathValue("app"))
	if err != nil {
		return err
	}
	kind := imageType(image)
	if kind == "" {
		return &appdock.Error{Kind: appdock.NotFound, Code: "ADK-NOT-FOUND", Message: "The icon of this app is neither PNG nor SVG"}
	}
	// An SVG is shown as an image, where nothing in it runs; opened by itself it may do nothing.
	v.w.Header().Set("Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'; sandbox")
	v.w.Header().Set("Cache-Control", "private, max-age=3600")
	web.Send(v.w, http.StatusOK, kind, image)
	return nil
}

// imageType finds out what an icon is; empty for what is no icon.
func imageType(image []byte) string {
	switch start := image[:min(len(image), 512)]; {
	case bytes.HasPrefix(start, []byte("\x89PNG\r\n\x1a\n")):
		return "image/png"
	case bytes.Contains(start, []byte("<svg")):
		return "image/svg+xml"
	}
	return ""
}
