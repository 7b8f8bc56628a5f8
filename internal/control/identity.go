package control

import (
	"context"
	"net/http"

	"github.com/appdock/appdock"
)

// Identities is what operators do about who a shop is (protocol-shop-identity.md).
type Identities interface {
	// CheckIdentity compares where the shop is with what its apps know.
	CheckIdentity(ctx context.Context) (IdentityCheck, error)
	// ResolveIdentity carries out a strategy, app by app.
	ResolveIdentity(ctx context.Context, in Resolve) (Resolution, error)
}

// IdentityCheck is `shop check`.
type IdentityCheck struct {
	ID           appdock.ShopID `json:"id"`
	Suggested    bool           `json:"changeSuggested"`
	Score        int            `json:"score"`
	Threshold    int            `json:"threshold"`
	Fingerprints []Fingerprint  `json:"fingerprints"`
}

// Fingerprint is one mark of where a shop is.
type Fingerprint struct {
	Identifier string `json:"identifier"`
	Stored     string `json:"stored"`
	Current    string `json:"current"`
	Score      int    `json:"score"`
	Match      bool   `json:"match"`
	Ignored    bool   `json:"ignored,omitempty"` // by identity.ignore
}

// Resolve is the order to carry out a strategy.
type Resolve struct {
	Strategy string `json:"strategy"`
	DryRun   bool   `json:"dryRun,omitempty"` // say what would be done, and change nothing
}

// Resolution is what a strategy came to.
type Resolution struct {
	Strategy string         `json:"strategy"`
	ID       appdock.ShopID `json:"id"`      // of the shop as it is now
	Changed  bool           `json:"changed"` // false: there was nothing to do, or it was a dry run
	Apps     []ResolvedApp  `json:"apps"`
}

// ResolvedApp is what became of one app.
type ResolvedApp struct {
	Name     string   `json:"name"`
	Result   string   `json:"result"` // rotated, installed, uninstalled or failed
	Warnings []string `json:"warnings,omitempty"`
	Error    *Failure `json:"error,omitempty"`
}

func identityRoutes() []route {
	return []route{
		{"GET /v1/shops/{shop}/identity", "shop.check", inShop(func(r *http.Request, shop Shop) (any, error) {
			return shop.CheckIdentity(r.Context())
		})},
		{"POST /v1/shops/{shop}/identity", "shop.resolve", inShop(func(r *http.Request, shop Shop) (any, error) {
			in, err := decode[Resolve](r)
			if err != nil {
				return nil, err
			}
			return shop.ResolveIdentity(r.Context(), in)
		})},
	}
}

// CheckIdentity compares where the shop is with what its apps know.
func (s shopClient) CheckIdentity(ctx context.Context) (IdentityCheck, error) {
	return get[IdentityCheck](ctx, s.host, s.path+"/identity")
}

// ResolveIdentity carries out a strategy.
func (s shopClient) ResolveIdentity(ctx context.Context, in Resolve) (Resolution, error) {
	return call[Resolution](ctx, s.host, http.MethodPost, s.path+"/identity", in)
}
