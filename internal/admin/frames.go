package admin

import (
	"cmp"
	"encoding/json"
	"html"
	"html/template"
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

// embedded is a frame in which an app shows something (protocol-admin.md 8).
type embedded struct {
	App, Label string // the app's id, and what people call it
	Title      string
	Class      string // of the style that gives its height
	Sandbox    string
	// Attributes are src, as it was signed: what a template makes of an address may be the same
	// address, but not the same bytes.
	Attributes template.HTMLAttr
	// Context is what the frame is told when it asks where it is.
	Context string
}

// framed is a page that is nothing but a frame.
type framed struct {
	App   string // for the way back
	Frame embedded
}

// tallest is what a widget is cut to.
const tallest = "1200px"

// embed signs a page of an app for the one who looks. height is a CSS length; empty: all that
// there is.
func (v *visit) embed(r lifecycle.Registration, title, height string, page protocol.Page, kind, source string) (embedded, error) {
	to, err := page.Sign(source, r.Secret.Reveal())
	if err != nil {
		return embedded{}, err
	}
	context, err := json.Marshal(frameContext{
		Shop: contextShop{page.ShopID, page.ShopURL}, User: contextUser{page.User, page.Locale}, App: page.App, Location: page.Location,
		Resource: contextOf(kind, page.Resource),
	})
	if err != nil {
		return embedded{}, err
	}
	e := embedded{
		App: r.Installation.App, Label: manifest.Translations(r.Profile.Label).In(v.shop.Locale), Title: title, Class: "wide", Context: string(context),
		Sandbox:    "allow-scripts allow-forms allow-popups allow-popups-to-escape-sandbox allow-downloads allow-modals",
		Attributes: template.HTMLAttr(`src="` + html.EscapeString(to) + `"`), //nolint:gosec // the one attribute, escaped
	}
	// A frame of our own origin that may have it could take itself out of its sandbox.
	if originOf(to) != originOf(v.shop.URL) {
		e.Sandbox += " allow-same-origin"
	}
	if height != "" {
		e.Class = "tall-" + strconv.Itoa(len(v.frames))
		v.style("." + e.Class + "{height:min(" + height + "," + tallest + ")}")
	}
	v.frames = append(v.frames, to)
	return e, nil
}

// frameContext answers context.get (protocol-admin.md 8).
type frameContext struct {
	Shop     contextShop      `json:"shop"`
	User     contextUser      `json:"user"`
	App      string           `json:"app"`
	Location string           `json:"location,omitempty"`
	Resource *contextResource `json:"resource"`
}

type contextShop struct {
	ID  string `json:"id"`
	URL string `json:"url"`
}

type contextUser struct {
	ID     string `json:"id"`
	Locale string `json:"locale"`
}

type contextResource struct {
	Type string `json:"type"`
	ID   string `json:"id"`
}

func contextOf(kind, id string) *contextResource {
	if id == "" {
		return nil
	}
	return &contextResource{kind, id}
}

// frame shows a page of an app inside of ours.
func (v *visit) frame(r lifecycle.Registration, title, source string) error {
	e, err := v.embed(r, title, "", v.visiting(r), "", source)
	if err != nil {
		return err
	}
	return v.show(http.StatusOK, "framed", "app.framed", framed{e.App, e}, title, e.Label)
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
	if len(a.Missing(appdock.AppPrefix+appdock.Privilege(app))) > 0 {
		return &appdock.Error{
			Kind: appdock.Refused, Code: "ADK-RIGHTS-MISSING", Message: "You may not open the pages of this app",
			Cause: "it needs the privilege app." + app + " or app.all", Cure: "Ask an owner of the shop.",
		}
	}
	return nil
}

// places are the widgets of a page by their slots.
type places struct{ Header, Main, Sidebar, Actions []embedded }

// widgets are what the apps that the visitor may work with show on a page: views are those of
// locations, such as "order.detail". record is what the page is about; zero: no record.
func (v *visit) widgets(record appdock.ID, views ...string) (p places, err error) {
	all, err := v.options.Apps.All(v.r.Context(), v.shop.ID)
	if err != nil {
		return p, err
	}
	for _, r := range all {
		if !showsPages(r) || v.mayOpen(r.Installation.App) != nil {
			continue
		}
		app, err := r.OAuth.App()
		if err != nil {
			return p, err
		}
		for _, w := range app.Admin.Widgets {
			view, slot := located(w.Location)
			if !slices.Contains(views, view) || !r.OAuth.Trusts(w.URL) {
				continue
			}
			page := v.visiting(r)
			page.Location = w.Location
			if !record.IsZero() {
				page.Resource = record.String()
			}
			kind, _, _ := strings.Cut(view, ".")
			e, err := v.embed(r, w.ID, cmp.Or(w.Height, "300px"), page, kind, w.URL)
			if err != nil {
				return p, err
			}
			into := map[string]*[]embedded{"header": &p.Header, "main": &p.Main, "sidebar": &p.Sidebar, "actions": &p.Actions}[slot]
			*into = append(*into, e)
		}
	}
	return p, nil
}

// place says where in the admin a location is; one that the admin has not is said as it is.
func (t texts) place(location string) string {
	if view, _ := located(location); view != "" {
		return t.get("place." + view)
	}
	return location
}

// located takes a location apart that the admin has (app-json.md 2.4); what it has not is
// empty.
func located(location string) (view, slot string) {
	parts := strings.Split(location, ".")
	if len(parts) != 4 || parts[0] != "admin" || !slices.Contains([]string{"order", "product", "customer", "dashboard"}, parts[1]) ||
		!slices.Contains([]string{"detail", "list", "index"}, parts[2]) || !slices.Contains([]string{"sidebar", "main", "header", "actions"}, parts[3]) {
		return "", ""
	}
	return parts[1] + "." + parts[2], parts[3]
}

// showsPages reports whether frames of an app can be shown: it is active, of the SitePack
// dialect, and has the key that signs their addresses.
func showsPages(r lifecycle.Registration) bool {
	return !r.OAuth.IsZero() && r.Installation.Active && !r.Secret.IsZero()
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
	if !showsPages(r) {
		return r, nil, errNoPage()
	}
	app, err := r.OAuth.App()
	return r, app, err
}

func errNoPage() error {
	return &appdock.Error{Kind: appdock.NotFound, Code: "ADK-NOT-FOUND", Message: "This app has no such page, or may not show it", Cure: "Begin at /admin/."}
}

// sessionToken gives a frame a fresh token for the one who looks (protocol-signing.md 9): the
// page around it asks, and checked whose frame it is.
func sessionToken(v *visit) error {
	r, _, err := v.shown()
	if err != nil {
		return err
	}
	token, err := v.visiting(r).Token(r.Secret.Reveal())
	if err != nil {
		return err
	}
	return web.JSON(v.w, http.StatusOK, map[string]string{"token": token})
}

// signedPage gives the signed address of another page of an app, for a modal window.
func signedPage(v *visit) error {
	r, _, err := v.shown()
	if err != nil {
		return err
	}
	query := v.r.URL.Query()
	to := query.Get("url")
	if u, err := url.Parse(to); err != nil || !u.IsAbs() || u.User != nil || !r.OAuth.Trusts(to) {
		return errNoPage()
	}
	page := v.visiting(r)
	page.Location = query.Get("location")
	if id := query.Get("resource-id"); id != "" {
		record, err := appdock.ParseID(id)
		if err != nil {
			return errNoPage()
		}
		page.Resource = record.String()
	}
	signed, err := page.Sign(to, r.Secret.Reveal())
	if err != nil {
		return err
	}
	return web.JSON(v.w, http.StatusOK, map[string]string{"url": signed})
}
