package admin

import (
	"cmp"
	"html"
	"html/template"
	"net/http"
	"slices"
	"strings"

	"github.com/appdock/appdock"
	"github.com/appdock/appdock/internal/lifecycle"
	"github.com/appdock/appdock/manifest"
	"github.com/appdock/appdock/protocol"
)

// framed is a page with a frame in which an app shows something (protocol-admin.md 8).
type framed struct {
	App     string // for the way back
	Title   string
	Sandbox string
	// Attributes are src, as it was signed: what a template makes of an address may be the same
	// address, but not the same bytes.
	Attributes template.HTMLAttr
	Widget     bool
}

// tallest is what a widget is cut to.
const tallest = "1200px"

// frame shows a page of an app inside of ours. height is a CSS length; empty: what there is.
func (v *visit) frame(r lifecycle.Registration, title, height string, page protocol.Page, source string) error {
	to, err := page.Sign(source, r.Secret.Reveal())
	if err != nil {
		return err
	}
	f := framed{
		App: r.Installation.App, Title: title, Widget: height != "",
		Sandbox:    "allow-scripts allow-forms allow-popups allow-popups-to-escape-sandbox allow-downloads",
		Attributes: template.HTMLAttr(`src="` + html.EscapeString(to) + `"`), //nolint:gosec // the one attribute, escaped
	}
	// A frame of our own origin that may have it could take itself out of its sandbox.
	if strings.TrimSpace(originOf(to)) != strings.TrimSpace(originOf(v.shop.URL)) {
		f.Sandbox += " allow-same-origin"
	}
	v.frames = to
	if f.Widget {
		v.sheet = ".widget{height:min(" + height + "," + tallest + ")}"
	}
	return v.show(http.StatusOK, "framed", "app.framed", f, title, manifest.Translations(r.Profile.Label).In(v.shop.Locale))
}

// visiting is the page as the one who looks is sent to it.
func (v *visit) visiting(r lifecycle.Registration) protocol.Page {
	return protocol.Page{
		ShopID: string(v.shop.ID), ShopURL: v.shop.URL, App: r.Installation.App, Locale: v.locale(), User: v.user.ID.String(), Session: v.sid(), At: v.options.Now(),
	}
}

// mayOpen refuses those who may not work with an app: its pages act with its rights
// (protocol-signing.md 3).
func (v *visit) mayOpen(app string) error {
	a := v.user.Actor()
	if len(a.Missing("app.all")) > 0 && len(a.Missing(appdock.Privilege("app."+app))) > 0 {
		return &appdock.Error{
			Kind: appdock.Refused, Code: "ADK-RIGHTS-MISSING", Message: "You may not open the pages of this app",
			Cause: "it needs the privilege app." + app + " or app.all", Cure: "Ask an owner of the shop.",
		}
	}
	return nil
}

// openWidget shows a widget by itself, for the record of the parameter resource-id. The pages
// that it belongs to are not there yet.
func openWidget(v *visit) error {
	r, app, err := v.shown()
	if err != nil {
		return err
	}
	at := slices.IndexFunc(app.Admin.Widgets, func(w manifest.Widget) bool { return w.ID == v.r.PathValue("widget") })
	if at < 0 || !offered(app.Admin.Widgets[at].Location) || !r.OAuth.Trusts(app.Admin.Widgets[at].URL) {
		return errNoPage()
	}
	w, page := app.Admin.Widgets[at], v.visiting(r)
	page.Location = w.Location
	if text := v.r.URL.Query().Get("resource-id"); text != "" {
		id, err := appdock.ParseID(text)
		if err != nil {
			return &appdock.Error{Kind: appdock.Invalid, Code: "ADK-NOT-FOUND", Message: "resource-id is no id", Cure: "Give the 32 hex digits of a record."}
		}
		page.Resource = id.String()
	}
	return v.frame(r, w.ID, cmp.Or(w.Height, "300px"), page, w.URL)
}

// offered reports whether the admin has a location (app-json.md 2.4).
func offered(location string) bool {
	parts := strings.Split(location, ".")
	return len(parts) == 4 && parts[0] == "admin" && slices.Contains([]string{"order", "product", "customer", "dashboard"}, parts[1]) &&
		slices.Contains([]string{"detail", "list", "index"}, parts[2]) && slices.Contains([]string{"sidebar", "main", "header", "actions"}, parts[3])
}

// shown finds the app of the path, if its pages can be shown.
func (v *visit) shown() (lifecycle.Registration, *manifest.App, error) {
	name := v.r.PathValue("app")
	if err := v.mayOpen(name); err != nil {
		return lifecycle.Registration{}, nil, err
	}
	r, err := v.registration(name)
	if err != nil {
		return r, nil, err
	}
	if r.OAuth.IsZero() || !r.Installation.Active || r.Secret.IsZero() {
		return r, nil, errNoPage()
	}
	app, err := r.OAuth.App()
	return r, app, err
}

func errNoPage() error {
	return &appdock.Error{Kind: appdock.NotFound, Code: "ADK-NOT-FOUND", Message: "This app has no such page, or may not show it", Cure: "Begin at /admin/."}
}
