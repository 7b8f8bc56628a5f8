// Package ordernotes is a small, complete app: when an order is placed, it writes a gift
// note on it and tells the merchant. Copy the folder to begin an app of your own; README.md
// says what to change.
package ordernotes

import (
	"bytes"
	"context"
	_ "embed" // of the manifest
	"encoding/xml"
	"fmt"
	"net/http"

	"github.com/appdock/appdock/sdk"
)

const (
	// Name is meta/name of the manifest.
	Name = "OrderNotes"
	// Address is where the manifest expects the app.
	Address = "127.0.0.1:8077"
	// Secret is setup/secret of the manifest: for development.
	Secret = "ordernotes-development-secret"
	// Field is the custom field of an order that holds the note.
	Field = "ordernotes_note"
)

//go:embed manifest.xml
var manifestXML []byte

// Manifest returns the manifest of an app that is served at another address, such as
// http://127.0.0.1:41234.
func Manifest(baseURL string) []byte {
	var escaped bytes.Buffer
	_ = xml.EscapeText(&escaped, []byte(baseURL)) // a Buffer takes everything
	return bytes.ReplaceAll(manifestXML, []byte("http://"+Address), escaped.Bytes())
}

// Options of the app. The zero Options are those of the manifest, with shops that are
// forgotten when the program ends.
type Options struct {
	URL       string // where shops reach the app; empty: the address of the manifest
	Secret    string // empty: that of the manifest
	ShopsFile string // where shops are kept; empty: in memory
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
	var shops interface {
		sdk.ShopRepository
		sdk.Deduper
	} = sdk.NewMemory()
	if o.ShopsFile != "" {
		file, err := sdk.OpenFile(o.ShopsFile)
		if err != nil {
			return nil, err
		}
		shops = file
	}
	app, err := sdk.New(sdk.Options{Name: Name, Secret: o.Secret, URL: o.URL, Shops: shops, Handled: shops})
	if err != nil {
		return nil, err
	}
	notes := notes{report: o.Report}
	sdk.On(app, "checkout.order.placed", notes.placed)
	for _, event := range []string{"app.installed", "app.activated", "app.deactivated", "app.deleted"} {
		sdk.On(app, event, notes.life)
	}
	return app, nil
}

// notes is what the app does; everything about signatures and tokens is the SDK's.
type notes struct{ report func(string) }

// placed is what we read of the payload of checkout.order.placed. It has the whole order
// as it was; what counts is asked for, as it is now.
type placed struct {
	Order struct {
		ID string `json:"id"`
	} `json:"order"`
}

// order is what we read of an order.
type order struct {
	ID       string `json:"id"`
	Number   string `json:"orderNumber"`
	Customer *struct {
		FirstName string `json:"firstName"`
		LastName  string `json:"lastName"`
	} `json:"orderCustomer"`
	Items []struct {
		Quantity int `json:"quantity"`
	} `json:"lineItems"`
}

// note is the text for the parcel.
func (o order) note() string {
	customer, items := "you", 0
	if o.Customer != nil {
		customer = o.Customer.FirstName + " " + o.Customer.LastName
	}
	for _, item := range o.Items {
		items += item.Quantity
	}
	plural := "s"
	if items == 1 {
		plural = ""
	}
	return fmt.Sprintf("Gift note for %s: %d item%s, thank you!", customer, items, plural)
}

// placed writes the note. An error makes the host send the event again later, so a shop
// that cannot be reached for an hour still gets its notes.
func (n notes) placed(ctx context.Context, e sdk.Event[placed]) error {
	found, err := sdk.Search[order](ctx, e.API, "order", sdk.Criteria{
		IDs:          []string{e.Payload.Order.ID},
		Associations: map[string]sdk.Criteria{"lineItems": {}, "orderCustomer": {}},
	})
	if err != nil {
		return err
	}
	if len(found.Data) == 0 {
		n.report("order " + e.Payload.Order.ID + " is gone: nothing to write on")
		return nil
	}
	order := found.Data[0]
	note := order.note()
	if err := e.API.Update(ctx, "order", order.ID, map[string]any{"customFields": map[string]string{Field: note}}); err != nil {
		return err
	}
	n.report(fmt.Sprintf("order %s: wrote %q", order.Number, note))
	err = e.API.Notify(ctx, sdk.Notification{Status: "success", Message: fmt.Sprintf("Order %s has a gift note", order.Number)})
	if err != nil {
		return err
	}
	n.report(fmt.Sprintf("order %s: notified the merchant", order.Number))
	return nil
}

// life reports what happens to the app itself. The SDK keeps the list of shops.
func (n notes) life(_ context.Context, e sdk.Event[struct{}]) error {
	n.report(e.Name + " in " + e.Shop.URL)
	return nil
}
