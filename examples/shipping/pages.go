package shipping

import (
	"bytes"
	"embed"
	"html/template"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"github.com/appdock/appdock/sdk/sitepack"
)

//go:embed pages/*.html
var files embed.FS

var pages = template.Must(template.ParseFS(files, "pages/*.html"))

// mostListed is how many orders the navigation page shows.
const mostListed = 25

// list is what the navigation page shows.
type list struct {
	Shop   string
	Orders []order
}

// list is the navigation page: the newest orders with their parcels.
func (p parcels) list(w http.ResponseWriter, r *http.Request, v sitepack.Visit) {
	var orders []order
	for o, err := range sitepack.List[order](r.Context(), v.API, "/orders", url.Values{"limit": {strconv.Itoa(mostListed)}}) {
		if err != nil {
			p.fail(w, err)
			return
		}
		if orders = append(orders, o); len(orders) == mostListed {
			break
		}
	}
	p.render(w, "parcels.html", list{v.Installation.ShopURL, orders})
}

// tracking is what the widget shows.
type tracking struct {
	Shop   string
	Order  *order // nil: the page around shows none
	Ticket string
	Saved  bool
}

// show is the widget beside an order: its parcels, with a form for their codes.
func (p parcels) show(w http.ResponseWriter, r *http.Request, v sitepack.Visit) {
	page := tracking{Shop: v.Installation.ShopURL, Ticket: v.Ticket}
	if v.Resource != "" {
		read, err := sitepack.Get[order](r.Context(), v.API, "/orders/"+v.Resource)
		if err != nil && !gone(err) {
			p.fail(w, err)
			return
		}
		if err == nil {
			page.Order = &read.Data
		}
	}
	p.render(w, "tracking.html", page)
}

// change takes the form of the widget. Which order it is about stands in its ticket.
func (p parcels) change(w http.ResponseWriter, r *http.Request, v sitepack.Visit) {
	read, err := sitepack.Get[order](r.Context(), v.API, "/orders/"+v.Resource)
	if err != nil {
		p.fail(w, err)
		return
	}
	for i, d := range read.Data.Deliveries {
		code := strings.TrimSpace(r.PostFormValue(d.ID))
		if code == strings.Join(d.TrackingCodes, "") || len(code) > 100 {
			continue
		}
		if err := track(r.Context(), v.API, read.Data, d, code); err != nil {
			p.fail(w, err)
			return
		}
		p.report("order " + read.Data.Number + ": somebody gave its parcel the code " + code)
		read.Data.Deliveries[i].TrackingCodes = []string{code}
	}
	p.render(w, "tracking.html", tracking{Shop: v.Installation.ShopURL, Order: &read.Data, Ticket: v.Ticket, Saved: true})
}

func (p parcels) render(w http.ResponseWriter, name string, data any) {
	var page bytes.Buffer // whole or not at all
	if err := pages.ExecuteTemplate(&page, name, data); err != nil {
		p.fail(w, err)
		return
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	_, _ = page.WriteTo(w) // the browser is gone: nobody is left to be told
}

// fail tells the merchant that it did not work, and us why.
func (p parcels) fail(w http.ResponseWriter, err error) {
	p.report("a page could not be shown: " + err.Error())
	http.Error(w, "The shop cannot be asked just now. Try again in a minute.", http.StatusBadGateway)
}
