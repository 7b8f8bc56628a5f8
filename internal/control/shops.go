package control

import (
	"context"
	"net/http"
	"net/url"

	"github.com/appdock/appdock"
)

// Shop is one shop of a host as its operators see it: each group of operations stands in
// the file of its noun, with its routes and its client.
type Shop interface {
	// Details says what the shop is.
	Details(ctx context.Context) (ShopDetails, error)
	Apps
	Uploads
	Identities
	Deliveries
	Webhooks
	Seedings
	Users
}

// ShopDetails is what a shop is (cli.md 2.4).
type ShopDetails struct {
	ID       appdock.ShopID `json:"id"`
	URL      string         `json:"url"`
	Name     string         `json:"name"`
	Platform string         `json:"platformVersion"`
	Mode     string         `json:"mode"`
	Identity string         `json:"identity"` // "ok" or "change_suggested"
	Apps     int            `json:"apps"`
	// Private says why apps elsewhere cannot reach the shop, as far as the text of its URL
	// tells; empty if nothing speaks against it.
	Private string `json:"private,omitempty"`
}

func shopRoutes() []route {
	return []route{
		{"GET /v1/shops", "shop.list", func(r *http.Request, host Host) (any, error) {
			return host.Shops(r.Context())
		}},
		{"GET /v1/shop", "shop.find", func(r *http.Request, host Host) (any, error) {
			shop, err := host.Shop(r.Context(), r.URL.Query().Get("name"))
			if err != nil {
				return nil, err
			}
			return shop.Details(r.Context())
		}},
		{"GET /v1/shops/{shop}", "shop.show", inShop(func(r *http.Request, shop Shop) (any, error) {
			return shop.Details(r.Context())
		})},
	}
}

// Shops lists the shops of the host.
func (c *Client) Shops(ctx context.Context) ([]ShopDetails, error) {
	return get[[]ShopDetails](ctx, c, "/v1/shops")
}

// Shop gives the shop of a name; the host says which one that is.
func (c *Client) Shop(ctx context.Context, name string) (Shop, error) {
	found, err := get[ShopDetails](ctx, c, "/v1/shop?name="+url.QueryEscape(name))
	if err != nil {
		return nil, err
	}
	return shopClient{c, "/v1/shops/" + url.PathEscape(string(found.ID))}, nil
}

// shopClient is a shop of a host in another process.
type shopClient struct {
	host *Client
	path string // below which the shop's routes stand
}

var _ Shop = shopClient{}

// Details says what the shop is.
func (s shopClient) Details(ctx context.Context) (ShopDetails, error) {
	return get[ShopDetails](ctx, s.host, s.path)
}
