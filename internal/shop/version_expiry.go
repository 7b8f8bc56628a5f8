package shop

import (
	"context"
	"time"

	"github.com/appdock/appdock"
	"github.com/appdock/appdock/internal/entity"
)

// touchVersion notes when a draft was last written: what nobody goes on with is dropped one day.
func (p *plan) touchVersion(u Unit) error {
	if !p.drafting() || len(p.changes) == 0 {
		return nil
	}
	return u.Apply(entity.Change{Entity: "version", Kind: entity.Updated, ID: p.version, Set: map[string]any{"updatedAt": p.now}})
}

// ExpireVersions drops the drafts of a shop that nobody has written since a moment, each in a
// unit of work of its own, and says how many these were. It is the host's own work, and asks
// for nobody's rights. Nobody is told: nothing that is live has changed.
func (s *Service) ExpireVersions(ctx context.Context, shop appdock.ShopID, since time.Time) (dropped int, err error) {
	schema, err := s.store.Schema(ctx, shop)
	if err != nil {
		return 0, err
	}
	untouched := &entity.Criteria{Entity: "version", Limit: maxBatch, Filters: []entity.Filter{
		{Kind: entity.Range, Field: "createdAt", Bounds: entity.Bounds{LT: since.UTC()}},
		{Kind: entity.Or, Queries: []entity.Filter{
			{Kind: entity.Equals, Field: "updatedAt", Values: []any{nil}},
			{Kind: entity.Range, Field: "updatedAt", Bounds: entity.Bounds{LT: since.UTC()}},
		}},
	}}
	for {
		found, err := s.store.Search(ctx, shop, entity.View{}, untouched)
		if err != nil || len(found.Records) == 0 {
			return dropped, err
		}
		for _, r := range found.Records {
			ended, err := s.expireVersion(ctx, shop, schema, r.ID(), since)
			if err != nil {
				return dropped, err
			}
			if ended {
				dropped++
			}
		}
	}
}

// expireVersion drops one draft, unless somebody wrote it or ended it meanwhile.
func (s *Service) expireVersion(ctx context.Context, shop appdock.ShopID, schema *entity.Schema, version appdock.ID, since time.Time) (ended bool, err error) {
	_, err = s.store.Write(ctx, shop, func(u Unit) error {
		found, err := u.Search(entity.View{}, &entity.Criteria{Entity: "version", IDs: []appdock.ID{version}})
		if ended = err == nil && len(found.Records) > 0; !ended {
			return err
		}
		r := found.Records[0]
		if at, written := r.Get("updatedAt").(time.Time); written && !at.Before(since) {
			ended = false
			return nil
		}
		v := versionOf(r)
		d, err := withVersions(schema, v.Entity)
		if err != nil {
			return err
		}
		changes, err := ending(u.Search, schema, d, v)
		if err != nil {
			return err
		}
		return u.Apply(changes...)
	})
	return ended && err == nil, err
}
