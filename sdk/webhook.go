package sdk

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"strconv"
	"time"

	"github.com/appdock/appdock/protocol"
	"github.com/appdock/appdock/sdk/internal/serve"
)

// Event is something that happened in a shop, with the payload that the app declared.
type Event[T any] struct {
	ID         string // of the delivery: the same on every attempt
	Name       string // such as "checkout.order.placed"
	Shop       Shop
	API        *API // of that shop
	AppVersion string
	At         time.Time // of this attempt
	Attempt    int       // 0: the first
	Payload    T
}

// Change is one entry of the payload of entity events such as product.written: subscribe
// with Event[[]Change].
type Change struct {
	Entity        string          `json:"entity"`
	Operation     string          `json:"operation"`  // insert, update, delete
	PrimaryKey    json.RawMessage `json:"primaryKey"` // an id, or an object of ids
	UpdatedFields []string        `json:"updatedFields"`
	VersionID     string          `json:"versionId"`
}

// ID returns the id of the record, or nothing if its key has several parts.
func (c Change) ID() string {
	var id string
	if json.Unmarshal(c.PrimaryKey, &id) != nil {
		return ""
	}
	return id
}

type webhookHandler func(context.Context, Event[json.RawMessage]) error

// On adds a handler of an event. The payload is read into a T; an empty one ([] in PHP's
// JSON) is the zero T. Handlers of one event run in the order in which they were added; an
// error is answered with 500, so that the host tries again. Events without a handler are
// accepted and ignored.
func On[T any](a *App, event string, handle func(context.Context, Event[T]) error) {
	a.webhooks[event] = append(a.webhooks[event], func(ctx context.Context, raw Event[json.RawMessage]) error {
		e := Event[T]{
			ID: raw.ID, Name: raw.Name, Shop: raw.Shop, API: raw.API, AppVersion: raw.AppVersion,
			At: raw.At, Attempt: raw.Attempt,
		}
		if err := json.Unmarshal(raw.Payload, &e.Payload); err != nil && string(bytes.TrimSpace(raw.Payload)) != "[]" {
			return serve.Refuse(http.StatusBadRequest, "The payload is not what this app expects", fmt.Errorf("payload of %s: %w", event, err))
		}
		return handle(ctx, e)
	})
}

// Webhooks serves the URLs of the manifest's webhooks. Which event it is stands in the body.
func (a *App) Webhooks() http.Handler {
	return a.handler("webhook", func(w http.ResponseWriter, r *http.Request, note serve.Note) error {
		body, err := readBody(w, r)
		if err != nil {
			return err
		}
		webhook, err := protocol.ParseWebhook(body)
		if err != nil {
			return err
		}
		note(slog.String("shop", webhook.Source.ShopID), slog.String("event", webhook.Event), slog.String("delivery", webhook.Source.EventID))
		shop, _, err := a.sender(r.Context(), webhook.Source.ShopID, func(secret string) error {
			return protocol.Verify(secret, body, r.Header.Get(protocol.HeaderShopSignature))
		})
		if err != nil {
			return err
		}
		if err := a.fresh(webhook.At); err != nil {
			return err
		}
		attempt, _ := strconv.Atoi(r.Header.Get(protocol.HeaderAttempt)) // Shopware has none: the first
		event := Event[json.RawMessage]{
			ID: webhook.Source.EventID, Name: webhook.Event, Shop: shop, API: a.API(shop),
			AppVersion: webhook.Source.AppVersion, At: webhook.At, Attempt: attempt, Payload: webhook.Payload,
		}
		if err := a.once(r.Context(), event); err != nil {
			if _, ok := errors.AsType[*serve.Error](err); ok {
				return err
			}
			return failed(err)
		}
		w.WriteHeader(http.StatusNoContent)
		return nil
	})
}

// once runs the handlers of an event unless they succeeded before.
func (a *App) once(ctx context.Context, event Event[json.RawMessage]) error {
	handled := a.options.Handled
	if handled == nil || event.ID == "" {
		return a.dispatch(ctx, event)
	}
	seen, err := handled.Seen(ctx, event.Shop.ID, event.ID)
	if err != nil || seen {
		return err
	}
	if err := a.dispatch(ctx, event); err != nil {
		return err
	}
	return handled.Remember(ctx, event.Shop.ID, event.ID)
}

// dispatch runs the app's handlers and then does what every app does about its own life.
func (a *App) dispatch(ctx context.Context, event Event[json.RawMessage]) error {
	for _, handle := range a.webhooks[event.Name] {
		if err := handle(ctx, event); err != nil {
			return err
		}
	}
	shops := a.options.Shops
	switch event.Name {
	case "app.activated":
		return shops.SetActive(ctx, event.Shop.ID, true)
	case "app.deactivated":
		return shops.SetActive(ctx, event.Shop.ID, false)
	case "app.deleted":
		a.forget(event.Shop.ID)
		var payload struct {
			KeepUserData bool `json:"keepUserData"`
		}
		// Shopware 6.6 sends [] here, which says nothing: the data goes.
		if err := json.Unmarshal(event.Payload, &payload); err == nil && payload.KeepUserData {
			// The shop secret stays with the data: the next installation is signed with it.
			return shops.SetActive(ctx, event.Shop.ID, false)
		}
		if err := shops.Delete(ctx, event.Shop.ID); err != nil && !errors.Is(err, ErrShopUnknown) {
			return err
		}
	}
	return nil
}
