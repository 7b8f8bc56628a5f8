package control

import (
	"context"
	"net/http"
)

// Seedings fill a shop with what is made up.
type Seedings interface {
	// Seed writes one batch of a shop that is made up, and says how far that is. Begin with
	// Done 0 and go on with what came back until Done is Total: the same wishes make the
	// same rows, and a batch that is written twice does no harm.
	Seed(ctx context.Context, s Seeding) (Seeding, error)
}

// Seeding is what is to be made up and how far that is.
type Seeding struct {
	Products int `json:"products"`
	Orders   int `json:"orders"`
	Done     int `json:"done"`  // batches
	Total    int `json:"total"` // batches; filled by the host
}

func seedingRoutes() []route {
	return []route{
		{"POST /v1/shops/{shop}/seed", "shop.seed", inShop(func(r *http.Request, shop Shop) (any, error) {
			s, err := decode[Seeding](r)
			if err != nil {
				return nil, err
			}
			return shop.Seed(r.Context(), s)
		})},
	}
}

// Seed writes one batch of a shop that is made up.
func (s shopClient) Seed(ctx context.Context, seeding Seeding) (Seeding, error) {
	return call[Seeding](ctx, s.host, http.MethodPost, s.path+"/seed", seeding)
}
