package sqlite

import (
	"path/filepath"
	"testing"

	"github.com/appdock/appdock"
	"github.com/appdock/appdock/internal/entity"
	"github.com/appdock/appdock/internal/shop"
)

// BenchmarkGetByID finds a product by its id, with what its associations lead to.
func BenchmarkGetByID(b *testing.B) {
	s := open(b, filepath.Join(b.TempDir(), "test.db"))
	product, tax, maker := appdock.ID{1}, appdock.ID{2}, appdock.ID{3}
	_, err := s.Write(b.Context(), shopA.ID, func(u shop.Unit) error {
		return u.Apply(
			entity.Change{Entity: "tax", Kind: entity.Inserted, ID: tax, Set: map[string]any{"name": "Full", "taxRate": 19.0}},
			entity.Change{Entity: "product_manufacturer", Kind: entity.Inserted, ID: maker, Set: map[string]any{"name": "Maker"}},
			entity.Change{Entity: "product", Kind: entity.Inserted, ID: product, Set: map[string]any{
				"productNumber": "P1", "taxId": tax, "manufacturerId": maker, "stock": int64(1), "active": true, "name": "Name",
			}},
		)
	})
	if err != nil {
		b.Fatal(err)
	}
	c := &entity.Criteria{
		Entity: "product", IDs: []appdock.ID{product},
		Associations: map[string]*entity.Criteria{"manufacturer": {}, "tax": {}, "categories": {}},
	}
	b.ReportAllocs()
	for b.Loop() {
		page, err := s.Search(b.Context(), shopA.ID, entity.View{}, c)
		if err != nil || len(page.Records) != 1 {
			b.Fatal(page, err)
		}
	}
}
