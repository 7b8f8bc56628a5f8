// Package oauth gives tokens to API clients and tells who shows one
// (protocol-oauth.md). Admin API tokens are JWTs that are stored nowhere: signature and
// expiry first, then the client's installation, its privileges and the time its
// credentials last changed, all of this moment.
package oauth

import (
	"context"
	"time"

	"github.com/appdock/appdock"
)

// Store knows the API clients.
type Store interface {
	// Client finds a client by its access key, with the rights of now; NotFound if there
	// is none.
	Client(ctx context.Context, shop appdock.ShopID, accessKey string) (Client, error)
}

// Client is an integration that may ask for tokens.
type Client struct {
	Integration  appdock.ID
	Installation appdock.ID // zero: it belongs to no app
	// Active is false while the app is; its tokens are dead then.
	Active     bool
	SecretHash []byte // HMAC-SHA256 under the host key
	Privileges appdock.Privileges
	Admin      bool
	// ChangedAt is when the credentials last changed; tokens issued before are dead.
	ChangedAt time.Time
}
