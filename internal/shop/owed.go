package shop

import (
	"context"
	"slices"
	"time"

	"github.com/appdock/appdock"
	"github.com/appdock/appdock/internal/entity"
)

const (
	// maxFollowing is how many records a unit writes that follow from others: it holds the writer
	// for some hundredths of a second then.
	maxFollowing = 300
	// maxSettled is how much of what is owed a unit looks at.
	maxSettled = 150
)

// following is what a unit does about records that follow from others.
type following struct {
	*plan
	written map[rowKey]int
	trees   map[string]*branches
	room    int // for more records
	// queue is what is followed in turn, by kind and id, and from the record after which each goes on.
	queue []rowKey
	from  map[rowKey]appdock.ID
}

func (p *plan) following(written map[rowKey]int) *following {
	return &following{plan: p, written: written, trees: map[string]*branches{}, room: maxFollowing, from: map[rowKey]appdock.ID{}}
}

// followTrees adds to the plan what follows from records that stand elsewhere in their tree or
// are called otherwise, and from languages that fall back to others; what there is no room for is
// owed. A draft is placed when it is merged.
func (p *plan) followTrees(written map[rowKey]int) error {
	if p.drafting() {
		return nil
	}
	f := p.following(written)
	for _, tree := range trees() {
		next := p.displaced(tree)
		for all := true; len(next) > 0; all = false {
			moved, err := f.place(tree, next, all)
			if err != nil {
				return err
			}
			next = f.branches(tree).within(moved)
		}
	}
	for _, c := range p.changes {
		if _, other := c.Set["parentId"]; other && c.Entity == "language" && c.Kind == entity.Updated {
			f.owe(Owed{Kind: "language", ID: c.ID})
		}
	}
	return f.settle()
}

func (f *following) branches(tree string) *branches {
	if f.trees[tree] == nil {
		f.trees[tree] = f.plan.branches(tree, f.written)
	}
	return f.trees[tree]
}

// owe puts something in the queue. What is owed twice is owed from its beginning.
func (f *following) owe(o Owed) {
	k := rowKey{o.Kind, o.ID}
	if _, twice := f.from[k]; twice {
		f.from[k] = appdock.ID{}
		return
	}
	f.queue, f.from[k] = append(f.queue, k), o.After
}

// place says of records where they stand. Of those of which that is something else than before
// it is owed to what stands right below them, and to the products that are in them.
func (f *following) place(tree string, ids []appdock.ID, all bool) (moved []appdock.ID, err error) {
	moved, away, err := f.branches(tree).place(ids, all)
	if err != nil {
		return nil, err
	}
	for _, id := range moved {
		if r := f.row(tree, id); r.stored.Definition != nil && r.get("childCount") != int64(0) {
			f.owe(Owed{Kind: tree, ID: id})
		}
	}
	if tree == "category" {
		err = f.regrow(away)
	}
	return moved, err
}

// regrow has the trees of the products in categories grow anew, or owes it to them where these
// are too many. Each category is asked for by itself: over a list of them, SQLite walks through all
// pairs of the shop.
func (f *following) regrow(categories []appdock.ID) error {
	for _, id := range categories {
		if f.row("category", id).stored.Definition == nil {
			continue
		}
		if f.room > 0 {
			products, err := f.productsIn(id, appdock.ID{}, f.room+1)
			if err != nil {
				return err
			}
			if len(products) <= f.room {
				f.regrown = append(f.regrown, products...)
				f.room -= len(products)
				continue
			}
		}
		f.owe(Owed{Kind: "product", ID: id})
	}
	return nil
}

// productsIn gives products that are in a category, by their ids.
func (f *following) productsIn(category, after appdock.ID, limit int) (products []appdock.ID, err error) {
	pairs := pairLists()[0]
	found, err := f.find(&entity.Criteria{
		Entity: pairs.mapping, Sort: []entity.Sort{{Field: pairs.owner}}, Limit: limit,
		Filters: []entity.Filter{{Kind: entity.Equals, Field: pairs.far, Values: []any{category}}, beyond(pairs.owner, after)},
	})
	for _, r := range found.Records {
		products = append(products, r.Key(pairs.owner))
	}
	return products, err
}

// beyond is the condition that a key of a pair is larger than another, in the order of the index by
// the other key: SQLite uses that index only where this one is bounded, too.
func beyond(field string, after appdock.ID) entity.Filter {
	if after.IsZero() {
		after[len(after)-1] = 1 // the first that there may be
		return entity.Filter{Kind: entity.Range, Field: field, Bounds: entity.Bounds{GTE: after}}
	}
	return entity.Filter{Kind: entity.Range, Field: field, Bounds: entity.Bounds{GT: after}}
}

// settle does what is owed as long as there is room for more than a few.
func (f *following) settle() error {
	for f.room > maxFollowing/10 && len(f.queue) > 0 {
		k := f.queue[0]
		next := Owed{Kind: k.entity, ID: k.id, After: f.from[k]}
		f.queue = f.queue[1:]
		delete(f.from, k)
		limit := f.room
		if next.Kind != "product" { // the rest is for what is in these
			limit = (limit + 1) / 2
		}
		f.room -= limit
		ids, err := f.some(next, limit)
		if err != nil {
			return err
		}
		if len(ids) == limit {
			next.After = ids[len(ids)-1]
			f.owe(next)
		}
		f.room += min(limit-1, limit-len(ids)) // asking is work, too
	}
	for _, k := range f.queue {
		f.owed = append(f.owed, Owed{Kind: k.entity, ID: k.id, After: f.from[k]})
	}
	slices.SortFunc(f.regrown, func(a, b appdock.ID) int { return slices.Compare(a[:], b[:]) })
	f.regrown = slices.Compact(f.regrown)
	return nil
}

// some does some of what is owed, and says for which records, in the order of their ids.
func (f *following) some(o Owed, limit int) (ids []appdock.ID, err error) {
	tree, from, key := o.Kind, o.Kind, "id"
	var filters []entity.Filter
	switch o.Kind {
	case "product":
		ids, err = f.productsIn(o.ID, o.After, limit)
		f.regrown = append(f.regrown, ids...)
		return ids, err
	case "language":
		tree, from, key = "category", "category_translation", "categoryId"
		filters = []entity.Filter{{Kind: entity.Equals, Field: "languageId", Values: []any{o.ID}}, beyond(key, o.After)}
	default:
		filters = []entity.Filter{{Kind: entity.Equals, Field: "parentId", Values: []any{o.ID}}}
		if !o.After.IsZero() { // not as a bound, or SQLite walks through all that are beyond
			done := entity.Filter{Kind: entity.Range, Field: key, Bounds: entity.Bounds{LTE: o.After}}
			filters = append(filters, entity.Filter{Kind: entity.Nor, Queries: []entity.Filter{done}})
		}
	}
	found, err := f.find(&entity.Criteria{Entity: from, Filters: filters, Sort: []entity.Sort{{Field: key}}, Limit: limit})
	if err != nil {
		return nil, err
	}
	for _, r := range found.Records {
		ids = append(ids, r.Key(key))
		if k := keyOf(r); from == tree && f.rows[k] == nil {
			f.rows[k] = &row{stored: r, exists: true, set: map[string]any{}}
		}
	}
	_, err = f.place(tree, ids, false)
	return ids, err
}

// Settle writes what is owed in a shop, until nothing is or ctx ends.
func (s *Service) Settle(ctx context.Context, shop appdock.ShopID) error {
	for {
		owes, err := s.store.Owes(ctx, shop)
		if err != nil || !owes {
			return err
		}
		if err := s.settleSome(ctx, shop); err != nil {
			return err
		}
	}
}

// settleSome writes some of what is owed, in one unit of work.
func (s *Service) settleSome(ctx context.Context, shop appdock.ShopID) error {
	schema, err := s.store.Schema(ctx, shop)
	if err != nil {
		return err
	}
	now := s.now().UTC().Truncate(time.Millisecond)
	_, err = s.store.Write(ctx, shop, func(u Unit) error {
		owed, err := u.Owed(maxSettled)
		if err != nil {
			return err
		}
		if err := u.Settle(owed...); err != nil {
			return err
		}
		p := newPlan(&writing{actor: appdock.Host(shop), schema: schema, now: now, newID: s.newID}, u.Search)
		written := map[rowKey]int{}
		f := p.following(written)
		for _, o := range owed {
			f.owe(o)
		}
		if err := f.settle(); err != nil {
			return err
		}
		if err := p.list(pairLists()[0], written); err != nil {
			return err
		}
		if err := u.Apply(p.changes...); err != nil {
			return err
		}
		return u.Owe(p.owed...)
	})
	return err
}

// settleNow settles what a write has left behind it, so that who wrote it reads all that follows
// from it as soon as they are answered. They are answered in time whatever it takes: the rest, and
// what fails, is left to whoever waits for [Service.Owing].
func (s *Service) settleNow(ctx context.Context, shop appdock.ShopID) {
	if end, ok := ctx.Deadline(); ok {
		var cancel context.CancelFunc
		ctx, cancel = context.WithDeadline(ctx, end.Add(-time.Until(end)/4))
		defer cancel()
	}
	if err := s.Settle(ctx, shop); err != nil {
		select {
		case s.owing <- struct{}{}:
		default: // it was said already
		}
	}
}

// Owing says when something is owed that nobody settles at the moment.
func (s *Service) Owing() <-chan struct{} { return s.owing }
