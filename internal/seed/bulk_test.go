package seed_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/appdock/appdock/internal/seed"
)

// TestBulkIsDeterministic counts what is made up, and makes it again.
func TestBulkIsDeterministic(t *testing.T) {
	t.Parallel()
	b := seed.Bulk{Products: 601, Orders: 81}
	if b.Batches() != 1+3+3 {
		t.Errorf("%d batches", b.Batches())
	}
	rows, ids := map[string]int{}, map[any]bool{}
	for n := range b.Batches() {
		batch := b.Batch(n)
		if diff := cmp.Diff(batch, b.Batch(n)); diff != "" {
			t.Errorf("batch %d differs from itself: %s", n, diff)
		}
		for _, op := range batch {
			rows[op.Entity]++
			ids[op.Payload["id"]] = true
		}
	}
	want := map[string]int{"product_manufacturer": 40, "category": 60, "customer": 50, "product": 601, "order": 81}
	if diff := cmp.Diff(want, rows); diff != "" {
		t.Error(diff)
	}
	if len(ids) != 40+60+50+601+81 {
		t.Errorf("%d ids", len(ids))
	}
	// A larger shop begins with the smaller one.
	if diff := cmp.Diff(b.Batch(1), seed.Bulk{Products: 5000}.Batch(1)); diff != "" {
		t.Error(diff)
	}
}
