// Package storefront shows a small shop with the blocks of installed apps at their places: what
// a merchant looks at before a theme of their own has them. It sells nothing; a cart is what its
// address says.
//
// Blocks are markup of strangers on the origin of the admin, so no script runs on these pages,
// and a form of theirs is sent nowhere but to the cart.
package storefront

import (
	"bytes"
	"context"
	_ "embed" // of the style sheet
	"encoding/json"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/appdock/appdock"
	"github.com/appdock/appdock/internal/entity"
	"github.com/appdock/appdock/internal/theme"
	"github.com/appdock/appdock/internal/web"
)

//go:embed style.css
var style []byte

// Options of the pages.
type Options struct {
	Theme *theme.Service
	// Records finds what is sold; *shop.Service does.
	Records interface {
		Search(ctx context.Context, a appdock.Actor, v entity.View, c *entity.Criteria) (entity.Page, error)
	}
	// Shown are records as the REST API shows them, which is how a theme sees them too.
	Shown theme.Records
	// Shops finds the shop that is asked for by the request's host.
	Shops func(host string) (appdock.Shop, bool)
	Log   *slog.Logger
	Now   func() time.Time
	NewID func() appdock.ID
}

type site struct{ Options }

// New answers the paths below /storefront/.
func New(o Options) http.Handler {
	s := site{o}
	edge := web.Edge{Log: o.Log, Now: o.Now, NewID: o.NewID}
	mux := http.NewServeMux()
	for path, answer := range map[string]web.Handler{
		"/storefront/{$}":           s.visited((*visit).home),
		"/storefront/products/{id}": s.visited((*visit).product),
		"/storefront/cart":          s.visited((*visit).cart),
		"/storefront/style.css": func(w http.ResponseWriter, _ *http.Request) error {
			w.Header().Set("Cache-Control", "max-age=300")
			web.Send(w, http.StatusOK, "text/css; charset=utf-8", style)
			return nil
		},
	} {
		mux.Handle("GET "+path, edge.Handler(answer))
		mux.Handle(path, edge.Handler(onlyShown))
	}
	mux.Handle("/storefront/", edge.Handler(func(_ http.ResponseWriter, r *http.Request) error {
		return &appdock.Error{Kind: appdock.NotFound, Code: "ADK-NOT-FOUND", Message: "There is no page at " + r.URL.Path, Cure: "Begin at /storefront/."}
	}))
	return mux
}

// onlyShown answers what is more than looking.
func onlyShown(w http.ResponseWriter, r *http.Request) error {
	w.Header().Set("Allow", "GET, HEAD")
	web.Send(w, http.StatusMethodNotAllowed, "text/plain; charset=utf-8", []byte("This page is looked at with GET; "+strconv.Quote(r.Method)+" does nothing here.\n"))
	return nil
}

// visit is one request for a page.
type visit struct {
	site
	w    http.ResponseWriter
	r    *http.Request
	shop appdock.Shop
}

func (s site) visited(answer func(*visit) error) web.Handler {
	return func(w http.ResponseWriter, r *http.Request) error {
		shop, ok := s.Shops(r.Host)
		if !ok {
			return &appdock.Error{Kind: appdock.NotFound, Code: "ADK-SHOP-UNKNOWN", Message: "There is no shop at this address", Cure: "Call the shop by its own host name."}
		}
		return answer(&visit{s, w, r, shop})
	}
}

// policy lets blocks look as they like and do nothing: no script, no frame, no form but that
// of the cart.
func (v *visit) policy() string {
	return "default-src 'none'; style-src 'self' 'unsafe-inline'; img-src 'self' data: https:; font-src https:; form-action " + v.r.Host + v.base() +
		"/storefront/cart; base-uri 'none'; frame-ancestors 'none'"
}

// show answers with a page of the theme.
func (v *visit) show(status int, page theme.Page) error {
	page.Path, page.Query = v.r.URL.Path, v.r.URL.RawQuery
	page.Values["base"] = v.base()
	if page.Values["admin"] == nil {
		page.Values["admin"] = "/admin/"
	}
	var out bytes.Buffer
	if err := v.Theme.Render(v.r.Context(), &out, v.shop, page); err != nil {
		return fmt.Errorf("render the page %s: %w", page.Type, err)
	}
	h := v.w.Header()
	h.Set("Content-Security-Policy", v.policy())
	h.Set("Referrer-Policy", "no-referrer")
	h.Set("Cache-Control", "no-store")
	web.Send(v.w, status, "text/html; charset=utf-8", out.Bytes())
	return nil
}

// base is what stands before each path of the shop.
func (v *visit) base() string {
	u, err := url.Parse(v.shop.URL)
	if err != nil {
		return ""
	}
	return strings.TrimSuffix(u.Path, "/")
}

// mostShown is how many products a list shows, and deepest how many lists there are.
const (
	mostShown = 24
	deepest   = 400
)

// home lists what is sold.
func (v *visit) home() error {
	page, err := strconv.Atoi(v.r.URL.Query().Get("page"))
	if err != nil || page < 1 || page > deepest {
		page = 1
	}
	found, err := v.sold(&entity.Criteria{
		Entity: "product", Offset: (page - 1) * mostShown, Limit: mostShown + 1, Sort: []entity.Sort{{Field: "name"}, {Field: "id"}},
		Filters: []entity.Filter{{Kind: entity.Equals, Field: "parentId", Values: []any{nil}}},
	})
	if err != nil {
		return err
	}
	next := 0
	if len(found) > mostShown && page < deepest {
		found, next = found[:mostShown], page+1
	}
	var products []any
	for _, id := range found {
		p, ok, err := v.entity(id)
		if err != nil {
			return err
		}
		if ok {
			products = append(products, p)
		}
	}
	words := theme.Words(v.shop.Locale)
	return v.show(http.StatusOK, theme.Page{Type: "home", Title: words["products"], Total: "0", Values: map[string]any{"products": products, "next": next}})
}

// product shows one.
func (v *visit) product() error {
	words := theme.Words(v.shop.Locale)
	gone := theme.Page{Type: "gone", Title: words["gonepage"], Total: "0", Values: map[string]any{}}
	id, err := appdock.ParseID(v.r.PathValue("id"))
	if err != nil {
		return v.show(http.StatusNotFound, gone)
	}
	found, err := v.sold(&entity.Criteria{Entity: "product", IDs: []appdock.ID{id}})
	if err != nil {
		return err
	}
	if len(found) == 0 {
		return v.show(http.StatusNotFound, gone)
	}
	p, ok, err := v.entity(id)
	if err != nil {
		return err
	}
	if !ok {
		return v.show(http.StatusNotFound, gone)
	}
	name, _ := p.Values["name"].(string)
	description, _ := p.Values["description"].(string)
	return v.show(http.StatusOK, theme.Page{Type: "product", ID: id.String(), Title: name, Total: "0", Values: map[string]any{
		"product": p, "description": web.Plain(description), "admin": "/admin/products/" + id.String(),
	}})
}

// mostLines and mostOfOne bound a cart.
const (
	mostLines = 20
	mostOfOne = 99
)

// cart shows the products that its address names, each as often as it does.
func (v *visit) cart() error {
	var order []appdock.ID
	quantities := map[appdock.ID]int{}
	for _, text := range v.r.URL.Query()["item"] {
		id, err := appdock.ParseID(text)
		if err != nil {
			continue // whoever changes an address may have what comes of it
		}
		if quantities[id] == 0 && len(order) < mostLines {
			order = append(order, id)
		}
		quantities[id] = min(quantities[id]+1, mostOfOne)
	}
	page := theme.Page{Type: "cart", Title: theme.Words(v.shop.Locale)["cart"], Values: map[string]any{}}
	var lines []any
	total := 0.0
	if len(order) > 0 {
		found, err := v.sold(&entity.Criteria{Entity: "product", IDs: order, Limit: mostLines})
		if err != nil {
			return err
		}
		for _, id := range order {
			if !slices.Contains(found, id) {
				continue
			}
			p, ok, err := v.entity(id)
			if err != nil {
				return err
			}
			if !ok {
				continue
			}
			sum := float64(quantities[id]) * amountOf(p)
			total += sum
			page.Items += quantities[id]
			lines = append(lines, map[string]any{"product": p, "quantity": quantities[id], "sum": sum})
		}
	}
	page.Total = strconv.FormatFloat(total, 'f', appdock.MinorUnits(v.shop.Currency), 64)
	page.Values["lines"], page.Values["total"] = lines, page.Total
	return v.show(http.StatusOK, page)
}

// amountOf is what one of a product costs.
func amountOf(p *theme.Entity) float64 {
	price, _ := p.Values["price"].(map[string]any)
	text, _ := price["amount"].(string)
	amount, _ := strconv.ParseFloat(text, 64) // a product without a price costs nothing
	return amount
}

// sold finds active products.
func (v *visit) sold(c *entity.Criteria) ([]appdock.ID, error) {
	c.Filters = append(c.Filters, entity.Filter{Kind: entity.Equals, Field: "active", Values: []any{true}})
	page, err := v.Records.Search(v.r.Context(), appdock.Host(v.shop.ID), entity.View{Inherit: true}, c)
	if err != nil {
		return nil, err
	}
	ids := make([]appdock.ID, len(page.Records))
	for i, r := range page.Records {
		ids[i] = r.ID()
	}
	return ids, nil
}

// visible is what a theme may see of products.
var visible = appdock.NewPrivileges(
	"product:read", "product_price:read", "product_media:read", "product_manufacturer:read", "property_group:read", "property_group_option:read", "tax:read",
	"unit:read", "category:read", "media:read", "tag:read", "product_category:read", "product_tag:read",
)

// entity is a product as the theme sees it; ok is false if it went since it was found.
func (v *visit) entity(id appdock.ID) (e *theme.Entity, ok bool, err error) {
	text, ok, err := v.Shown.Shown(v.r.Context(), v.shop.ID, visible, "product", id)
	if err != nil || !ok {
		return nil, false, err
	}
	e = &theme.Entity{Name: "product", ID: id}
	if err := json.Unmarshal(text, &e.Values); err != nil {
		return nil, false, fmt.Errorf("read product %s as it is shown: %w", id, err)
	}
	return e, true, nil
}
