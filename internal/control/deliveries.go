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
}

// DeliveryFilter narrows `delivery list`; zero values do not.
type DeliveryFilter struct {
	App    string    `json:"app,omitempty"`
	Event  string    `json:"event,omitempty"`
	Status string    `json:"status,omitempty"`
	Since  time.Time `json:"since,omitzero"`
	Until  time.Time `json:"until,omitzero"`
	Limit  int       `json:"limit,omitempty"`
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
		{"GET /v1/shops/{shop}/deliveries/{id}", "delivery.show", inShop(func(r *http.Request, shop Shop) (any, error) {
			id, err := appdock.ParseID(r.PathValue("id"))
			if err != nil {
				return nil, malformed(err)
			}
			return shop.Delivery(r.Context(), id)
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
