package storetest

import (
	"errors"

	"github.com/appdock/appdock"
	"github.com/appdock/appdock/internal/entity"
	"github.com/appdock/appdock/internal/shop"
)

// foreseen looks ahead. A store that cannot tell in the unit whether that is still so says so.
func foreseen(f *fixture) {
	look := func(sight shop.Foresight, name string, ids ...appdock.ID) (entity.Page, error) {
		return sight.Search(entity.View{}, &entity.Criteria{Entity: name, IDs: ids, Bare: true})
	}
	seen := func(name string, ids ...appdock.ID) shop.Foresight {
		f.t.Helper()
		sight := f.Records.Foresee(f.t.Context(), f.shop.ID)
		page, err := look(sight, name, ids...)
		f.must(err)
		f.equal("records", len(page.Records), len(ids))
		return sight
	}
	holds := func(sight shop.Foresight) (so bool) {
		f.t.Helper()
		_, err := f.Records.Write(f.t.Context(), f.shop.ID, func(u shop.Unit) error {
			so = u.Holds(sight)
			return nil
		})
		f.must(err)
		return so
	}
	if f.Records.Foresee(f.t.Context(), f.shop.ID) == nil {
		return
	}
	f.equal("foresight in a shop that there is not", f.Records.Foresee(f.t.Context(), "nowhere"), nil)
	f.write(f.shop.ID, entity.Change{Entity: "category", Kind: entity.Inserted, ID: ID("category 9"), Set: map[string]any{"path": "|1|"}})

	sight := f.Records.Foresee(f.t.Context(), f.shop.ID)
	for name, c := range map[string]*entity.Criteria{
		"what is not there":      {Entity: "product", IDs: []appdock.ID{ID("product 1"), ID("nobody")}, Bare: true},
		"whole records":          {Entity: "product", IDs: []appdock.ID{ID("product 1")}},
		"records without an id":  {Entity: "product", Bare: true},
		"records under a filter": {Entity: "product", IDs: []appdock.ID{ID("product 1")}, Bare: true, Filters: []entity.Filter{{Kind: entity.Equals, Field: "stock", Values: []any{int64(1)}}}},
		"records of no entity":   {Entity: "nothing", IDs: []appdock.ID{ID("product 1")}, Bare: true},
	} {
		if _, err := sight.Search(entity.View{}, c); !errors.Is(err, shop.ErrUnforeseen) {
			f.t.Errorf("%s: %v", name, err)
		}
	}
	products, taxes, categories := seen("product", ID("product 1"), ID("product 2")), seen("tax", ID("tax 19")), seen("category", ID("category 9"))
	way, err := look(categories, "category", ID("category 9"))
	f.must(err)
	f.equal("way", way.Records[0].Get("path"), "|1|")
	f.write(f.shop.ID, product("X1", map[string]any{}), entity.Change{Entity: "product", Kind: entity.Updated, ID: ID("product 2"), Set: map[string]any{"stock": int64(7)}})
	f.equal("products after an insert and a change", holds(products), true)

	f.write(f.shop.ID, entity.Change{Entity: "product", Kind: entity.Deleted, ID: ID("product 2")},
		entity.Change{Entity: "category", Kind: entity.Updated, ID: ID("category 9"), Set: map[string]any{"path": "|2|"}})
	f.equal("products after a deletion", holds(products), false)
	f.equal("a category that was moved", holds(categories), false)
	f.equal("taxes", holds(taxes), true)
	for name, gone := range map[string]shop.Foresight{"again": products, "anew": f.Records.Foresee(f.t.Context(), f.shop.ID)} {
		if _, err := look(gone, "product", ID("product 2")); !errors.Is(err, shop.ErrUnforeseen) {
			f.t.Errorf("what is gone, looked at %s: %v", name, err)
		}
	}
	way, err = look(seen("category", ID("category 9")), "category", ID("category 9"))
	f.must(err)
	f.equal("way of the moved one", way.Records[0].Get("path"), "|2|")

	ready := f.Records.Foresee(f.t.Context(), f.shop.ID)
	f.equal("a new product is prepared", ready.Prepare([]entity.Change{product("X2", map[string]any{"stock": int64(3)})}), true)
	f.equal("a record of no entity is prepared", ready.Prepare([]entity.Change{{Entity: "nothing", Kind: entity.Inserted, ID: ID("nothing")}}), false)
	apply := func(id appdock.ShopID) error {
		_, err := f.Records.Write(f.t.Context(), id, func(u shop.Unit) error { return u.ApplyPrepared(ready) })
		return err
	}
	if apply(f.other.ID) == nil {
		f.t.Error("what was prepared for one shop is written to another")
	}
	f.must(apply(f.shop.ID))
	seen("product", ID("new X2"))
	if err := apply(f.shop.ID); appdock.KindOf(err) != appdock.Invalid {
		f.t.Errorf("a product that is there: %v", err)
	}

	// What is taken away in a unit is unknown to others until that has ended, and there after
	// one that failed.
	failure := errors.New("decided against it")
	products = seen("product", ID("product 1"))
	_, err = f.Records.Write(f.t.Context(), f.shop.ID, func(u shop.Unit) error {
		f.equal("products in a unit", u.Holds(products), true)
		f.must(u.Apply(entity.Change{Entity: "product", Kind: entity.Deleted, ID: ID("product 1")}))
		f.equal("what the unit deleted itself", u.Holds(products), false)
		if _, err := look(f.Records.Foresee(f.t.Context(), f.shop.ID), "product", ID("product 3")); !errors.Is(err, shop.ErrUnforeseen) {
			f.t.Errorf("while one is being deleted: %v", err)
		}
		return failure
	})
	if !errors.Is(err, failure) {
		f.t.Error(err)
	}
	f.equal("products after a deletion that failed", holds(seen("product", ID("product 1"))), true)
	_, err = f.Records.Write(f.t.Context(), f.other.ID, func(u shop.Unit) error {
		f.equal("what was seen of another shop", u.Holds(taxes), false)
		return nil
	})
	f.must(err)
}
