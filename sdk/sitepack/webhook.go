package sitepack

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"strconv"
	"time"

	"github.com/appdock/appdock/protocol"
	"github.com/appdock/appdock/sdk/internal/serve"
)

// Message is something that happened in a shop. T is what the app reads of the resource, which
// is as the REST API gives it; lifecycle topics have none.
type Message[T any] struct {
	ID           string // of the delivery: the same on every attempt
	Topic        string // such as "order.created"
	Installation Installation
	API          *API // of that shop
	AppVersion   string
	At           time.Time // of this attempt
	Attempt      int       // 0: the first
	Object       T
	Previous     map[string]json.RawMessage // what changed fields were before; topics "….updated" alone
	KeepUserData bool                       // of app.uninstalled: the merchant may come back
}

type messageHandler func(context.Context, Message[json.RawMessage]) error

// On adds a handler of a topic. Handlers of one topic run in the order in which they were added;
// an error is answered with 500, so that the host tries again. Topics without a handler are
// accepted and ignored.
func On[T any](a *App, topic string, handle func(context.Context, Message[T]) error) {
	a.webhooks[topic] = append(a.webhooks[topic], func(ctx context.Context, raw Message[json.RawMessage]) error {
		m := Message[T]{
			ID: raw.ID, Topic: raw.Topic, Installation: raw.Installation, API: raw.API, AppVersion: raw.AppVersion,
			At: raw.At, Attempt: raw.Attempt, Previous: raw.Previous, KeepUserData: raw.KeepUserData,
		}
		if len(raw.Object) > 0 {
			if err := json.Unmarshal(raw.Object, &m.Object); err != nil {
				return refuse("The object is not what this app expects.", fmt.Errorf("object of %s: %w", topic, err))
			}
		}
		return handle(ctx, m)
	})
}

// Webhooks serves the addresses of the app.json's webhooks: messages that are signed after
// Standard Webhooks with the key of the shop they name, or for a day after a rotation with the
// one before, and that are at most five minutes old (protocol-signing.md 8).
func (a *App) Webhooks() http.Handler {
	return a.handler("webhook", func(w http.ResponseWriter, r *http.Request, note serve.Note) error {
		body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, protocol.MaxBody))
		if err != nil {
			return fmt.Errorf("read body: %w", err)
		}
		sent, err := protocol.ParseTopicMessage(body)
		if err != nil {
			return err
		}
		note(slog.String("shop", sent.ShopID), slog.String("topic", sent.Topic), slog.String("delivery", sent.ID))
		i, err := a.options.Store.Get(r.Context(), sent.ShopID)
		if err != nil {
			return fmt.Errorf("shop %q: %w", sent.ShopID, err)
		}
		now := a.options.Now()
		if err := protocol.VerifyTopicMessage(r.Header, body, now, protocol.Tolerance, i.keys(now)...); err != nil {
			return fmt.Errorf("shop %q: %w", sent.ShopID, err)
		}
		if i, err = a.moved(r.Context(), i, sent.ShopURL); err != nil {
			return err
		}
		var data struct {
			Object       json.RawMessage            `json:"object"`
			Previous     map[string]json.RawMessage `json:"previous"`
			KeepUserData bool                       `json:"keep_user_data"`
		}
		if err := json.Unmarshal(sent.Data, &data); err != nil {
			return fmt.Errorf("data of %s: %w: %w", sent.Topic, ErrMalformed, err)
		}
		attempt, _ := strconv.Atoi(r.Header.Get(protocol.HeaderAttempt)) // other hosts may have none: the first
		err = a.once(r.Context(), Message[json.RawMessage]{
			ID: sent.ID, Topic: sent.Topic, Installation: i, API: a.API(sent.ShopID), AppVersion: sent.AppVersion,
			At: sent.At, Attempt: attempt, Object: data.Object, Previous: data.Previous, KeepUserData: data.KeepUserData,
		})
		if err != nil {
			if _, ok := errors.AsType[*serve.Error](err); ok {
				return err
			}
			// Whatever it was, it was the app's own code: the host tries again.
			return serve.Refuse(http.StatusInternalServerError, "Internal error", err)
		}
		w.WriteHeader(http.StatusNoContent)
		return nil
	})
}

// moved follows a shop to a new address. A message that it signed says where it is; whoever else
// says so is not believed (see [App.Callback]).
func (a *App) moved(ctx context.Context, i Installation, to string) (Installation, error) {
	if to == i.ShopURL {
		return i, nil
	}
	to, err := a.shopURL(to)
	if err != nil {
		return i, err
	}
	server, err := a.discover(ctx, to)
	if err != nil {
		return i, serve.Refuse(http.StatusServiceUnavailable, "The shop says that it moved, and is not there yet.", err)
	}
	err = a.options.Store.Change(ctx, i.ShopID, func(now Installation) (Installation, error) {
		if now.ShopURL == "" {
			return now, ErrShopUnknown
		}
		now.ShopURL, now.TokenURL = to, server.Token
		i = now
		return now, nil
	})
	if err != nil {
		return i, fmt.Errorf("follow shop %q: %w", i.ShopID, err)
	}
	return i, nil
}

// once runs the handlers of a message unless they succeeded before.
func (a *App) once(ctx context.Context, m Message[json.RawMessage]) error {
	handled := a.options.Handled
	if handled == nil {
		return a.dispatch(ctx, m)
	}
	shop := m.Installation.ShopID
	seen, err := handled.Seen(ctx, shop, m.ID)
	if err != nil || seen {
		return err
	}
	if err := a.dispatch(ctx, m); err != nil {
		return err
	}
	return handled.Remember(ctx, shop, m.ID)
}

// dispatch runs the app's handlers and then does what every app does about its own life.
func (a *App) dispatch(ctx context.Context, m Message[json.RawMessage]) error {
	for _, handle := range a.webhooks[m.Topic] {
		if err := handle(ctx, m); err != nil {
			return err
		}
	}
	shop := m.Installation.ShopID
	switch m.Topic {
	case "app.activated":
		return a.setActive(ctx, shop, true)
	case "app.deactivated":
		return a.setActive(ctx, shop, false)
	case "app.uninstalled":
		// The tokens are dead and the next installation has a key of its own: nothing of this
		// one is of use. What the app keeps for the merchant it keeps elsewhere.
		if err := a.options.Store.Delete(ctx, shop); err != nil && !errors.Is(err, ErrShopUnknown) {
			return err
		}
	}
	return nil
}

func (a *App) setActive(ctx context.Context, shop string, active bool) error {
	return a.options.Store.Change(ctx, shop, func(i Installation) (Installation, error) {
		if i.ShopURL == "" {
			return i, ErrShopUnknown
		}
		i.Active = active
		return i, nil
	})
}
