package server

import (
	"context"
	"crypto/rand"
	"crypto/subtle"
	"encoding/base64"
	"sync"

	"github.com/appdock/appdock"
	"github.com/appdock/appdock/internal/web"
)

// visits are calls that the host makes to itself over the public URLs of its shops, to see
// where these lead (protocol-shop-identity.md 6). The zero value is ready.
type visits struct {
	mu   sync.Mutex
	open map[string]*visit // by run
}

// visit is one such call, and how it arrived.
type visit struct {
	token string

	mu      sync.Mutex
	arrived bool
	shop    appdock.ShopID
	client  web.Client
}

// begin makes a call known; end forgets it.
func (v *visits) begin() (run string, made *visit, end func()) {
	random := make([]byte, 32)
	_, _ = rand.Read(random) // never fails: crypto/rand ends the program instead
	run, made = newID().String(), &visit{token: base64.RawURLEncoding.EncodeToString(random)}
	v.mu.Lock()
	defer v.mu.Unlock()
	if v.open == nil {
		v.open = map[string]*visit{}
	}
	v.open[run] = made
	return run, made, func() {
		v.mu.Lock()
		defer v.mu.Unlock()
		delete(v.open, run)
	}
}

// Arrived notes how a call of the host's own came in, and reports whether it is one.
func (v *visits) Arrived(ctx context.Context, shop appdock.ShopID, run, token string) bool {
	v.mu.Lock()
	known := v.open[run]
	v.mu.Unlock()
	if known == nil || subtle.ConstantTimeCompare([]byte(known.token), []byte(token)) != 1 {
		return false
	}
	known.mu.Lock()
	defer known.mu.Unlock()
	known.arrived, known.shop, known.client = true, shop, web.ClientOf(ctx)
	return true
}

// how tells how the call came in; not if it did not.
func (v *visit) how() (shop appdock.ShopID, client web.Client, arrived bool) {
	v.mu.Lock()
	defer v.mu.Unlock()
	return v.shop, v.client, v.arrived
}
