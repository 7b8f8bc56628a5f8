// Package shipping is a small, complete app with an app.json: it gives each order a tracking
// code, ships it once it is paid, and shows both in the admin. Copy the folder to begin an app of
// your own; README.md says what to change.
package shipping

import (
	"bytes"
	"context"
	"embed"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"

	"github.com/appdock/appdock/sdk"
	"github.com/appdock/appdock/sdk/sitepack"
)

const (
	// Name is the id of the app.json.
	Name = "shipping"
	// Address is where the app.json expects the app.
	Address = "127.0.0.1:8078"
	// Secret is what a host in development makes of the id.
	Secret = "dev-secret-" + Name
)

//go:embed app.json
var manifest []byte

// snippets are what the app shows in the pages of a shop.
//
//go:embed snippets
var snippets embed.FS

// Manifest returns the app.json of an app that is served at another address, such as
// http://127.0.0.1:41234.
func Manifest(baseURL string) []byte {
	escaped, err := json.Marshal(baseURL)
	if err != nil { // unreachable: texts always marshal
		panic(err)
	}
	return bytes.ReplaceAll(manifest, []byte("http://"+Address), bytes.Trim(escaped, `"`))
}

// Options of the app. The zero Options are those of the app.json, for one shop in development,
// which is forgotten when the program ends.
type Options struct {
	URL string // where shops and browsers reach the app; empty: the address of the app.json
	// Secret is the client secret that the shop at the base URL Shop issued; it is sent to no
	// other. Empty: that of development, which is no secret, for any shop.
	Shop, Secret string
	File         string // where installations are kept; empty: in memory
	// Report is told in a sentence what the app does. Nil: nobody is.
	Report func(message string)
}

// New returns the app, ready to be served at Options.URL.
func New(o Options) (http.Handler, error) {
	if o.URL == "" {
		o.URL = "http://" + Address
	}
	if o.Secret == "" {
		o.Secret = Secret
	}
	if o.Report == nil {
		o.Report = func(string) {}
	}
	store := sitepack.NewMemory()
	if o.File != "" {
		var err error
		if store, err = sitepack.OpenFile(o.File); err != nil {
			return nil, err
		}
	}
	app, err := sitepack.New(sitepack.Options{
		Manifest: Manifest(o.URL), Snippets: snippets, Store: store, Handled: sdk.NewMemory(),
		Development: strings.HasPrefix(o.URL, "http:"),
		Secret: func(_ context.Context, shop string) (string, error) {
			if o.Secret != Secret && shop != o.Shop {
				return "", nil // PKCE has to do
			}
			return o.Secret, nil
		},
	})
	if err != nil {
		return nil, err
	}
	p := parcels{report: o.Report}
	sitepack.On(app, "order.created", p.created)
	sitepack.On(app, "order.paid", p.paid)
	for _, topic := range []string{"app.installed", "app.uninstalled"} {
		sitepack.On(app, topic, p.life)
	}
	mux := http.NewServeMux()
	mux.Handle("/", app)
	mux.Handle("GET /bridge.js", sitepack.Bridge())
	mux.Handle("GET /parcels", app.Page(p.list))
	mux.Handle("GET /tracking", app.Page(p.show))
	mux.Handle("POST /tracking", app.Form(p.change))
	return mux, nil
}

// parcels is what the app does; everything about OAuth and signatures is the SDK's.
type parcels struct{ report func(string) }

// order is what we read of an order.
type order struct {
	ID           string     `json:"id"`
	Number       string     `json:"number"`
	PaymentState string     `json:"payment_state"`
	Deliveries   []delivery `json:"deliveries"`
}

type delivery struct {
	ID            string   `json:"id"`
	State         string   `json:"state"`
	TrackingCodes []string `json:"tracking_codes"`
}

func (o order) path(d delivery) string { return "/orders/" + o.ID + "/deliveries/" + d.ID }

// created gives each parcel of a new order its code. An error makes the host send the message
// again later, so a shop that cannot be reached for an hour still gets its codes.
func (p parcels) created(ctx context.Context, m sitepack.Message[order]) error {
	// The message has the order as it was; what counts is how it is now.
	read, err := sitepack.Get[order](ctx, m.API, "/orders/"+m.Object.ID)
	if gone(err) {
		p.report("order " + m.Object.Number + " is gone: nothing to send")
		return nil
	}
	if err != nil {
		return err
	}
	for i, d := range read.Data.Deliveries {
		if len(d.TrackingCodes) > 0 {
			continue
		}
		code := fmt.Sprintf("SHIP-%s-%d", read.Data.Number, i+1)
		if err := track(ctx, m.API, read.Data, d, code); err != nil {
			return err
		}
		p.report(fmt.Sprintf("order %s: its parcel is %s", read.Data.Number, code))
	}
	return nil
}

// track writes the tracking code of a delivery.
func track(ctx context.Context, api *sitepack.API, o order, d delivery, code string) error {
	codes := []string{}
	if code != "" {
		codes = append(codes, code)
	}
	return api.Call(ctx, http.MethodPatch, o.path(d), map[string]any{"tracking_codes": codes}, nil)
}

// paid sends what is paid on its way.
func (p parcels) paid(ctx context.Context, m sitepack.Message[order]) error {
	read, err := sitepack.Get[order](ctx, m.API, "/orders/"+m.Object.ID)
	if gone(err) {
		return nil
	}
	if err != nil {
		return err
	}
	for _, d := range read.Data.Deliveries {
		if d.State != "open" {
			continue
		}
		// Whoever ships twice pays twice: the key is that of the message, so that the shop does
		// it once however often it tells us.
		_, err := sitepack.Do[struct{}](ctx, m.API, sitepack.Request{
			Method: http.MethodPost, Path: read.Data.path(d) + "/transitions", Body: map[string]string{"action": "ship"}, IdempotencyKey: m.ID + "-" + d.ID,
		})
		if err != nil {
			return err
		}
		p.report(fmt.Sprintf("order %s is paid: its parcel is on its way", read.Data.Number))
	}
	return nil
}

// life reports what happens to the app itself. The SDK keeps the list of shops.
func (p parcels) life(_ context.Context, m sitepack.Message[struct{}]) error {
	p.report(m.Topic + " in " + m.Installation.ShopURL)
	return nil
}

// gone reports whether a record is not there any more.
func gone(err error) bool {
	problem, ok := errors.AsType[*sitepack.Problem](err)
	return ok && problem.Status == http.StatusNotFound
}
