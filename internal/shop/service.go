package shop

import (
	"context"
	"slices"
	"time"

	"github.com/appdock/appdock"
	"github.com/appdock/appdock/internal/entity"
)

// Service is the embedded shop: every API, page and script reads and writes through it.
type Service struct {
	store     Store
	now       func() time.Time
	newID     func() appdock.ID
	committed func([]appdock.Event)
	owing     chan struct{} // says that somebody has left what is owed to [Service.Settle]
	// PublicURL gives the URL of a shop, below which its files are shown.
	PublicURL func(appdock.ShopID) string
}

// New makes the service. committed is told of the events of each write after its commit;
// it must not block.
func New(store Store, now func() time.Time, newID func() appdock.ID, committed func([]appdock.Event)) *Service {
	return &Service{store: store, now: now, newID: newID, committed: committed, owing: make(chan struct{}, 1), PublicURL: func(appdock.ShopID) string { return "" }}
}

// Search finds records. The criteria are checked against the schema first, all faults at
// once, then the privileges for every entity they touch (admin-api.md 7); c itself is not
// changed. An unknown entity is NotFound.
func (s *Service) Search(ctx context.Context, actor appdock.Actor, view entity.View, c *entity.Criteria) (entity.Page, error) {
	schema, err := s.store.Schema(ctx, actor.Shop)
	if err != nil {
		return entity.Page{}, err
	}
	return s.find(schema, s.committedBefore(ctx, actor.Shop), actor, view, c)
}

// find is a search of what a searcher sees.
func (s *Service) find(schema *entity.Schema, search searcher, actor appdock.Actor, view entity.View, c *entity.Criteria) (entity.Page, error) {
	d, ok := schema.Definition(c.Entity)
	if !ok {
		return entity.Page{}, entity.Undefined(c.Entity)
	}
	checked, touched, err := check(schema, search, func(p appdock.Privilege) bool { return len(actor.Missing(p)) == 0 }, c)
	if err != nil {
		return entity.Page{}, err
	}
	if missing := actor.Missing(touched...); len(missing) > 0 {
		return entity.Page{}, appdock.MissingPrivileges(missing)
	}
	checked.MaxRecords = maxRecords
	checked.Filters = append(slices.Clone(checked.Filters), shownTo(actor, c.Entity)...)
	view = view.In(view.Version)
	if view, err = inLanguage(search, view); err != nil {
		return entity.Page{}, err
	}
	page, err := search(view, checked)
	if err != nil {
		return entity.Page{}, err
	}
	if err := s.compute(search, actor.Shop, page.Records); err != nil {
		return entity.Page{}, err
	}
	complete(schema, d, page.Records, c.Associations)
	cut(schema, d, page.Records, checked)
	for i := range page.Aggregations {
		if err := s.entities(search, actor, view, &page.Aggregations[i]); err != nil {
			return entity.Page{}, err
		}
	}
	return page, nil
}

// searcher finds records by criteria that need no check: those of a [Unit], or what was
// committed.
type searcher func(v entity.View, c *entity.Criteria) (entity.Page, error)

func (s *Service) committedBefore(ctx context.Context, shop appdock.ShopID) searcher {
	return func(v entity.View, c *entity.Criteria) (entity.Page, error) {
		return s.store.Search(ctx, shop, v, c)
	}
}
