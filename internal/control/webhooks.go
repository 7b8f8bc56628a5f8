package control

import (
	"context"
	"encoding/json"
	"net/http"
	"time"

	"github.com/appdock/appdock"
)

// Webhooks is what operators do with the subscriptions of one shop, and with events.
type Webhooks interface {
	// Webhooks lists subscriptions with their health, by app and name.
	Webhooks(ctx context.Context) ([]Subscription, error)
	// PauseWebhook disables a subscription: what is for it is parked.
	PauseWebhook(ctx context.Context, id appdock.ID) error
	// ResumeWebhook enables a subscription; drop gives up what is parked for it, and the
	// number is how many deliveries that were.
	ResumeWebhook(ctx context.Context, id appdock.ID, drop bool) (Resumed, error)
	// Trigger writes an event that has no cause in the shop, and tells who gets it.
	Trigger(ctx context.Context, t Trigger) (Triggered, error)
}

// Subscription is one line of `webhook list` (cli.md 2.4).
type Subscription struct {
	ID    appdock.ID `json:"id"`
	App   string     `json:"app"` // empty: the operator's own
	Name  string     `json:"name"`
	Event string     `json:"event"`
	URL   string     `json:"url"`
	// State is healthy, degraded, suspended or disabled; inactive: its event is none that
	// the host knows.
	State          string     `json:"state"`
	Transient      int        `json:"transientStreak"`    // failures in a row that may pass
	Refusals       int        `json:"nonTransientStreak"` // answers 401 and 403 in a row
	Parked         int        `json:"parked"`
	NextTrialAt    *time.Time `json:"nextTrialAt"`
	SuspendedSince *time.Time `json:"suspendedSince,omitempty"`
	DisabledSince  *time.Time `json:"disabledSince,omitempty"`
	DisabledBy     string     `json:"disabledBy,omitempty"` // operator or escalation
	Cause          string     `json:"cause,omitempty"`      // why it is not healthy
}

// Resumed is what resuming a subscription did.
type Resumed struct {
	Dropped int `json:"dropped"`
}

// Trigger says which event to write. At most one of Payload, Entity and From is given;
// none: a sample about the newest record.
type Trigger struct {
	Event   string          `json:"event"`
	Payload json.RawMessage `json:"payload,omitempty"`
	Entity  appdock.ID      `json:"entity,omitzero"` // the record it is about
	From    appdock.ID      `json:"from,omitzero"`   // an event of the past, whose payload is sent again
}

// Triggered is what became of a trigger (cli.md 2.4).
type Triggered struct {
	Event      string              `json:"event"`
	EventID    appdock.ID          `json:"eventId"`
	Deliveries []TriggeredDelivery `json:"deliveries"`
	Filtered   []Filtered          `json:"filtered"`
}

// TriggeredDelivery is one delivery of a triggered event.
type TriggeredDelivery struct {
	ID      appdock.ID `json:"id"`
	App     string     `json:"app"`
	Webhook string     `json:"webhook"`
}

// Filtered is a subscription to the event that does not get it.
type Filtered struct {
	App     string `json:"app"`
	Webhook string `json:"webhook"`
	Reason  string `json:"reason"`
}

func webhookRoutes() []route {
	return []route{
		{"GET /v1/shops/{shop}/webhooks", "webhook.list", inShop(func(r *http.Request, shop Shop) (any, error) {
			return shop.Webhooks(r.Context())
		})},
		{"POST /v1/shops/{shop}/webhooks/{id}/pause", "webhook.pause", withID(func(r *http.Request, shop Shop, id appdock.ID) (any, error) {
			return struct{}{}, shop.PauseWebhook(r.Context(), id)
		})},
		{"POST /v1/shops/{shop}/webhooks/{id}/resume", "webhook.resume", withID(func(r *http.Request, shop Shop, id appdock.ID) (any, error) {
			in, err := decode[resume](r)
			if err != nil {
				return nil, err
			}
			return shop.ResumeWebhook(r.Context(), id, in.Drop)
		})},
		{"POST /v1/shops/{shop}/events", "event.trigger", inShop(func(r *http.Request, shop Shop) (any, error) {
			in, err := decode[Trigger](r)
			if err != nil {
				return nil, err
			}
			return shop.Trigger(r.Context(), in)
		})},
	}
}

type resume struct {
	Drop bool `json:"drop,omitempty"`
}

// withID is an endpoint about what the path names by its id.
func withID(f func(r *http.Request, shop Shop, id appdock.ID) (any, error)) endpoint {
	return inShop(func(r *http.Request, shop Shop) (any, error) {
		id, err := appdock.ParseID(r.PathValue("id"))
		if err != nil {
			return nil, malformed(err)
		}
		return f(r, shop, id)
	})
}

// Webhooks lists subscriptions with their health.
func (s shopClient) Webhooks(ctx context.Context) ([]Subscription, error) {
	return get[[]Subscription](ctx, s.host, s.path+"/webhooks")
}

// PauseWebhook disables a subscription.
func (s shopClient) PauseWebhook(ctx context.Context, id appdock.ID) error {
	_, err := call[struct{}](ctx, s.host, http.MethodPost, s.path+"/webhooks/"+id.String()+"/pause", nil)
	return err
}

// ResumeWebhook enables a subscription.
func (s shopClient) ResumeWebhook(ctx context.Context, id appdock.ID, drop bool) (Resumed, error) {
	return call[Resumed](ctx, s.host, http.MethodPost, s.path+"/webhooks/"+id.String()+"/resume", resume{drop})
}

// Trigger writes an event that has no cause in the shop.
func (s shopClient) Trigger(ctx context.Context, t Trigger) (Triggered, error) {
	return call[Triggered](ctx, s.host, http.MethodPost, s.path+"/events", t)
}
