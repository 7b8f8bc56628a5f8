package user

import (
	"context"
	"fmt"
	"time"

	"github.com/appdock/appdock"
)

// Entry of the audit log: who decided what about whom (protocol-oauth.md B.4). It is never
// changed.
type Entry struct {
	ID     appdock.ID
	Shop   appdock.ShopID
	At     time.Time
	User   appdock.ID // zero: an operator, or the host itself
	Who    string     // name of the user, as it was then; "operator" or "host"
	Action string     // such as "app.granted", "user.created"
	About  string     // app or user that it is about
	Detail string     // scopes, a manifest's hash, a reason; never a secret
}

// Audit keeps the log. Each method is one unit of work.
type Audit interface {
	Record(ctx context.Context, e Entry) error
	// Entries gives up to limit entries of a shop, the newest first.
	Entries(ctx context.Context, shop appdock.ShopID, limit int) ([]Entry, error)
}

// Record writes a line of the audit log; the service gives it its id and its time.
func (s *Service) Record(ctx context.Context, e Entry) error {
	e.ID, e.At = s.NewID(), s.Now()
	if err := s.Log.Record(ctx, e); err != nil {
		return fmt.Errorf("write the audit log: %w", err)
	}
	return nil
}

// Entries gives the newest lines of the audit log.
func (s *Service) Entries(ctx context.Context, shop appdock.ShopID, limit int) ([]Entry, error) {
	return s.Log.Entries(ctx, shop, limit)
}
