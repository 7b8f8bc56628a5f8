package control

import (
	"context"
	"net/http"
	"time"

	"github.com/appdock/appdock"
)

// Deliveries is what operators see of the deliveries of one shop.
type Deliveries interface {
	Deliveries(ctx context.Context, f DeliveryFilter) ([]Delivery, error)
	Delivery(ctx context.Context, id appdock.ID) (DeliveryDetails, error)
	// Replay sends deliveries again that are delivered or dead: with the same ids, rising
	// attempt numbers and signatures of now. One that f names by its id and that is still
	// to be sent is a Conflict.
	Replay(ctx context.Context, f DeliveryFilter) (Replayed, error)
	// CopyDelivery sends a delivery to another URL and touches no record of it.
	CopyDelivery(ctx context.Context, id appdock.ID, to string) (Copied, error)
}

// DeliveryFilter narrows `delivery list` and `delivery replay`; zero values do not.
type DeliveryFilter struct {
	ID     appdock.ID `json:"id,omitzero"`
	App    string     `json:"app,omitempty"`
	Event  string     `json:"event,omitempty"`
	Status string     `json:"status,omitempty"`
	Since  time.Time  `json:"since,omitzero"`
	Until  time.Time  `json:"until,omitzero"`
	Limit  int        `json:"limit,omitempty"`
}

// Delivery is one line of `delivery list` (cli.md 2.4).
type Delivery struct {
	ID             appdock.ID `json:"id"`
	EventID        appdock.ID `json:"eventId"`
	App            string     `json:"app"`
	Webhook        string     `json:"webhook"`
	Event          string     `json:"event"`
	EntityID       string     `json:"entityId"` // empty: the event concerns several records or none
	Status         string     `json:"status"`   // waiting, delivered, parked or dead
	Attempts       int        `json:"attempts"`
	DueAt          *time.Time `json:"dueAt"`
	URL            string     `json:"url"`
	ResponseStatus int        `json:"responseStatus"`
	Reason         string     `json:"reason,omitempty"`
	CreatedAt      time.Time  `json:"createdAt"`
}

// DeliveryDetails is `delivery show`.
type DeliveryDetails struct {
	Delivery
	Log []Attempt `json:"log"`
}

// Attempt is one HTTP request of a delivery and what came back.
type Attempt struct {
	Attempt  int       `json:"attempt"` // the first is 1; on the wire to apps it is 0
	At       time.Time `json:"at"`
	MS       int64     `json:"ms"`
	Status   int       `json:"status"`
	Error    string    `json:"error,omitempty"`
	Request  string    `json:"request"`
	Response string    `json:"response"`
	// Rendered says that the request was made again to be shown: of an attempt that the app
	// took it is not kept. It has no signatures.
	Rendered bool `json:"rendered,omitempty"`
}

// Replayed is what `delivery replay` did.
type Replayed struct {
	Replayed int `json:"replayed"`
}

// Copied is what came of a copy.
type Copied struct {
	Status   int    `json:"status"` // 0: no answer
	Error    string `json:"error,omitempty"`
	MS       int64  `json:"ms"`
	Request  string `json:"request"`
	Response string `json:"response"`
}

type copyTo struct {
	To string `json:"to"`
}

func deliveryRoutes() []route {
	return []route{
		{"POST /v1/shops/{shop}/deliveries/search", "delivery.list", inShop(func(r *http.Request, shop Shop) (any, error) {
			in, err := decode[DeliveryFilter](r)
			if err != nil {
				return nil, err
			}
			return shop.Deliveries(r.Context(), in)
		})},
		{"GET /v1/shops/{shop}/deliveries/{id}", "delivery.show", withID(func(r *http.Request, shop Shop, id appdock.ID) (any, error) {
			return shop.Delivery(r.Context(), id)
		})},
		{"POST /v1/shops/{shop}/deliveries/replay", "delivery.replay", inShop(func(r *http.Request, shop Shop) (any, error) {
			in, err := decode[DeliveryFilter](r)
			if err != nil {
				return nil, err
			}
			return shop.Replay(r.Context(), in)
		})},
		{"POST /v1/shops/{shop}/deliveries/{id}/copy", "delivery.copy", withID(func(r *http.Request, shop Shop, id appdock.ID) (any, error) {
			in, err := decode[copyTo](r)
			if err != nil {
				return nil, err
			}
			return shop.CopyDelivery(r.Context(), id, in.To)
		})},
	}
}

// Deliveries lists deliveries, the newest first.
func (s shopClient) Deliveries(ctx context.Context, f DeliveryFilter) ([]Delivery, error) {
	return call[[]Delivery](ctx, s.host, http.MethodPost, s.path+"/deliveries/search", f)
}

// Delivery shows one delivery with its attempts.
func (s shopClient) Delivery(ctx context.Context, id appdock.ID) (DeliveryDetails, error) {
	return get[DeliveryDetails](ctx, s.host, s.path+"/deliveries/"+id.String())
}

// Replay sends deliveries again.
func (s shopClient) Replay(ctx context.Context, f DeliveryFilter) (Replayed, error) {
	return call[Replayed](ctx, s.host, http.MethodPost, s.path+"/deliveries/replay", f)
}

// CopyDelivery sends a delivery to another URL.
func (s shopClient) CopyDelivery(ctx context.Context, id appdock.ID, to string) (Copied, error) {
	return call[Copied](ctx, s.host, http.MethodPost, s.path+"/deliveries/"+id.String()+"/copy", copyTo{to})
}
