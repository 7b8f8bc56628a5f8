package httpapi

import (
	"context"
	"time"

	"github.com/appdock/appdock"
	"github.com/appdock/appdock/internal/entity"
	"github.com/appdock/appdock/internal/web"
)

// patient asks the shop and waits for so long: what a client asked must not run for ever
// because the client stays. The time to send a body does not count, however slow. Of a write
// whose time is over nothing is kept.
type patient struct {
	records
	patience time.Duration
}

// Search is that of records.
func (p patient) Search(ctx context.Context, a appdock.Actor, v entity.View, c *entity.Criteria) (entity.Page, error) {
	return web.Within(ctx, p.patience, func(ctx context.Context) (entity.Page, error) { return p.records.Search(ctx, a, v, c) })
}

// Write is that of records.
func (p patient) Write(ctx context.Context, a appdock.Actor, v entity.View, ops []entity.Operation) (entity.Written, error) {
	return web.Within(ctx, p.patience, func(ctx context.Context) (entity.Written, error) { return p.records.Write(ctx, a, v, ops) })
}
