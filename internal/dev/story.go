package dev

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/appdock/appdock"
	"github.com/appdock/appdock/examples/ordernotes"
	"github.com/appdock/appdock/examples/shipping"
	"github.com/appdock/appdock/internal/control"
	"github.com/appdock/appdock/internal/seed"
	"github.com/appdock/appdock/sdk"
)

// storyTime is how long the story may take; a healthy one takes less than a second.
const storyTime = 30 * time.Second

// api is the Admin API as any program would use it: over HTTP, with credentials of its own.
type api struct {
	*sdk.API
	file string // body of a token request, for people with curl
}

// tokenRequest is what the token endpoint reads (protocol-oauth.md A).
type tokenRequest struct {
	GrantType    string `json:"grant_type"`
	ClientID     string `json:"client_id"`
	ClientSecret string `json:"client_secret"`
}

// openAPI gives dev, and the person at the keys, an API client that may do everything. Its
// credentials stand in a file of the data folder that only its owner can read.
func (d *development) openAPI(ctx context.Context) error {
	d.api.file = filepath.Join(d.Config.Data, "api-client.json")
	text, err := os.ReadFile(d.api.file)
	if errors.Is(err, fs.ErrNotExist) {
		text, err = d.newAPIClient(ctx)
	}
	if err != nil {
		return fmt.Errorf("open the API for dev: %w", err)
	}
	var r tokenRequest
	if err := json.Unmarshal(text, &r); err != nil {
		return fmt.Errorf("read %s: %w", d.api.file, err)
	}
	d.api.API = sdk.NewAPI(sdk.Credentials{URL: d.host.URL(), Key: r.ClientID, Secret: r.ClientSecret}, nil)
	return nil
}

func (d *development) newAPIClient(ctx context.Context) ([]byte, error) {
	key, secret, err := d.shop.NewAPIClient(ctx, "appdock dev")
	if err != nil {
		return nil, err
	}
	text, err := json.MarshalIndent(tokenRequest{"client_credentials", key, secret.Reveal()}, "", "  ")
	if err != nil {
		return nil, err
	}
	draft := d.api.file + ".new" // renamed into place: a crash must not leave half of it
	if err := os.WriteFile(draft, text, 0o600); err != nil {
		return nil, err
	}
	return text, os.Rename(draft, d.api.file)
}

// placeOrder places a fresh order through the API and gives its id.
func (d *development) placeOrder(ctx context.Context) (string, error) {
	op := seed.Order(newID(), now())
	if err := d.api.Create(ctx, op.Entity, op.Payload); err != nil {
		return "", fmt.Errorf("place an order: %w", err)
	}
	id, _ := op.Payload["id"].(string)
	return id, nil
}

// pay has an order paid, as the person does who finds the money on the account.
func (d *development) pay(ctx context.Context, order string) error {
	found, err := sdk.Search[struct {
		ID string `json:"id"`
	}](ctx, d.api.API, "order_transaction", sdk.Criteria{Filter: []sdk.Filter{sdk.Equals("orderId", order)}})
	if err != nil {
		return fmt.Errorf("find the payment of the order: %w", err)
	}
	for _, t := range found.Data {
		if err := d.api.Do(ctx, http.MethodPost, "/api/_action/order_transaction/"+t.ID+"/state/paid", nil, nil); err != nil {
			return fmt.Errorf("have the order paid: %w", err)
		}
	}
	return nil
}

// told is what the story looks at in the shop.
type told struct {
	ID     string            `json:"id"`
	Number string            `json:"orderNumber"`
	Fields map[string]string `json:"customFields"`
}

// tell tells the story once: an order is placed, the apps hear of it, and what they did
// can be seen in the shop. It gives what happened, in sentences. It is the smoke test: a
// story that does not end well is an error.
func (d *development) tell(ctx context.Context) (string, error) {
	ctx, cancel := context.WithTimeout(ctx, storyTime)
	defer cancel()
	before := now()
	id, err := d.placeOrder(ctx)
	if err != nil {
		return "", err
	}
	heard, err := d.await(ctx, id, before)
	if err != nil {
		return "", err
	}
	order, err := sdk.Get[told](ctx, d.api.API, "order", id)
	if err != nil {
		return "", fmt.Errorf("read the order: %w", err)
	}
	story := []string{fmt.Sprintf("Order %s was placed.", order.Number)}
	for _, h := range heard {
		story = append(story, fmt.Sprintf("%s was told with a signed webhook, delivery %s, and answered %d.", h.App, h.ID, h.ResponseStatus))
	}
	if len(heard) == 0 {
		story = append(story, "No app listens to orders.")
	}
	for _, b := range d.backends { // what the apps of others do with an order is theirs
		more, err := b.check(d, ctx, order)
		if err != nil {
			return "", err
		}
		story = append(story, more...)
	}
	return "\nWhat happened\n  " + strings.Join(story, "\n  "), nil
}

// await waits until the apps that listen have answered, and gives their deliveries.
func (d *development) await(ctx context.Context, order string, since time.Time) ([]control.Delivery, error) {
	// Without an event to wait for this returns when all that was committed is fanned out.
	if err := d.host.Settled(ctx, appdock.ID{}); err != nil {
		return nil, fmt.Errorf("wait for the fan-out: %w", err)
	}
	sent, err := d.about(ctx, order, since)
	if err != nil {
		return nil, err
	}
	for _, x := range sent {
		if err := d.host.Settled(ctx, x.EventID); err != nil {
			return nil, fmt.Errorf("wait for %s: %w", x.App, err)
		}
	}
	heard, err := d.about(ctx, order, since)
	if err != nil {
		return nil, err
	}
	for _, x := range heard {
		if x.Status != "delivered" {
			return nil, &appdock.Error{
				Kind: appdock.Failed, Code: "ADK-STORY",
				Message: "The story did not end well",
				Cause:   fmt.Sprintf("%s did not accept delivery %s: it is %s after %d attempts, the last answer was %d", x.App, x.ID, x.Status, x.Attempts, x.ResponseStatus),
				Cure:    "Run `appdock dev` without --demo, and look at the delivery while it runs.",
			}
		}
	}
	return heard, nil
}

// about gives the deliveries of events of the order.
func (d *development) about(ctx context.Context, order string, since time.Time) ([]control.Delivery, error) {
	all, err := d.shop.Deliveries(ctx, control.DeliveryFilter{Since: since})
	return slices.DeleteFunc(all, func(x control.Delivery) bool { return x.EntityID != order }), err
}

// checkNotes looks for what OrderNotes does with an order, and says it.
func (d *development) checkNotes(ctx context.Context, order told) ([]string, error) {
	note := order.Fields[ordernotes.Field]
	if note == "" {
		return nil, storyError("the order has no gift note")
	}
	found, err := sdk.Search[struct {
		Message string `json:"message"`
	}](ctx, d.api.API, "notification", sdk.Criteria{
		Filter: []sdk.Filter{{Type: "contains", Field: "message", Value: order.Number}}, Limit: 1,
	})
	if err != nil {
		return nil, fmt.Errorf("read the notifications: %w", err)
	}
	if len(found.Data) == 0 {
		return nil, storyError("there is no notification about the order")
	}
	return []string{
		fmt.Sprintf("%s took a token, read the order through the Admin API and wrote on it: %q.", ordernotes.Name, note),
		fmt.Sprintf("It told the merchant: %q.", found.Data[0].Message),
	}, nil
}

// parcel is what the story looks at of an order's delivery.
type parcel struct {
	TrackingCodes []string `json:"trackingCodes"`
	State         struct {
		Name string `json:"technicalName"`
	} `json:"stateMachineState"`
}

// checkShipping looks for what Shipping does with an order, has it paid, and says what comes of
// that.
func (d *development) checkShipping(ctx context.Context, order told) ([]string, error) {
	look := func() (parcel, error) {
		found, err := sdk.Search[parcel](ctx, d.api.API, "order_delivery", sdk.Criteria{
			Filter: []sdk.Filter{sdk.Equals("orderId", order.ID)}, Associations: map[string]sdk.Criteria{"stateMachineState": {}},
		})
		if err != nil {
			return parcel{}, fmt.Errorf("read the parcels: %w", err)
		}
		if len(found.Data) == 0 || len(found.Data[0].TrackingCodes) == 0 {
			return parcel{}, storyError("the order has no tracking code")
		}
		return found.Data[0], nil
	}
	before, err := look()
	if err != nil {
		return nil, err
	}
	since := now()
	if err := d.pay(ctx, order.ID); err != nil {
		return nil, err
	}
	if _, err := d.await(ctx, order.ID, since); err != nil {
		return nil, err
	}
	after, err := look()
	if err != nil {
		return nil, err
	}
	if after.State.Name != "shipped" {
		return nil, storyError("the order is paid, and its parcel is " + after.State.Name)
	}
	return []string{
		fmt.Sprintf("%s has tokens by OAuth, read the order through the REST API and gave its parcel the code %q.", shipping.Name, before.TrackingCodes[0]),
		"The order was paid, and it sent the parcel on its way.",
	}, nil
}

func storyError(cause string) error {
	return &appdock.Error{
		Kind: appdock.Failed, Code: "ADK-STORY",
		Message: "The story did not end well",
		Cause:   cause,
		Cure:    "Run it again with -v and look at what the app answered.",
	}
}
