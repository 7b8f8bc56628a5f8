package httpapi

import (
	"context"

	"github.com/appdock/appdock"
	"github.com/appdock/appdock/internal/entity"
	"github.com/appdock/appdock/internal/web"
)

// searchesAtOnce is how many searches of one API client run at a time. A store has few
// connections for searches: without shares the slow ones of one app would stop all others.
const searchesAtOnce = 2

// fair is records whose searches are shared out: those of a client beyond its share wait
// for each other, and for nobody else.
type fair struct {
	records
	shares *web.Shares
}

// Search is that of records. The host's own searches have no share: nobody can cause many.
func (f fair) Search(ctx context.Context, a appdock.Actor, v entity.View, c *entity.Criteria) (entity.Page, error) {
	client := a.Integration
	if client.IsZero() {
		client = a.User
	}
	if client.IsZero() {
		return f.records.Search(ctx, a, v, c)
	}
	leave, err := f.shares.Enter(ctx, client)
	if err != nil {
		return entity.Page{}, err
	}
	defer leave()
	return f.records.Search(ctx, a, v, c)
}
