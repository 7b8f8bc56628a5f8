package shop_test

import (
	"context"
	"maps"
	"slices"
	"testing"
	"time"

	"github.com/appdock/appdock"
	"github.com/appdock/appdock/internal/entity"
	"github.com/appdock/appdock/internal/shop"
)

// meddled is a store in which somebody else writes just before a unit begins.
type meddled struct {
	*fakeStore
	write func()
}

func (m meddled) Write(ctx context.Context, id appdock.ShopID, decide func(shop.Unit) error) ([]appdock.Event, error) {
	m.write()
	return m.fakeStore.Write(ctx, id, decide)
}

// TestWhatChangedIsNotSweptAway: the filters of a deletion are searched before its unit begins.
// What they no longer hold for in it stays, and what is gone is nothing to tell of.
func TestWhatChangedIsNotSweptAway(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	put := func(name, id string) appdock.ID {
		w.store.put("tag", map[string]any{"id": appdock.MustID(id), "name": name, "createdAt": noon})
		return appdock.MustID(id)
	}
	const renamed, gone, younger = "018c000000007000800000000000e002", "018c000000007000800000000000e003", "018c000000007000800000000000e004"
	old := put("old", "018c000000007000800000000000e001")
	put("old", renamed)
	put("old", gone)
	put("new", younger)
	store := meddled{w.store, func() {
		put("new", renamed)
		put("old", younger)
		delete(w.store.rows["tag"], appdock.MustID(gone))
	}}
	s := shop.New(store, func() time.Time { return noon }, w.newID, func([]appdock.Event) {})
	written, err := s.Write(t.Context(), appdock.Host(shopID), entity.View{}, []entity.Operation{
		{Entity: "tag", Action: entity.Delete, Filters: []entity.Filter{equals("name", "old")}, Pointer: "/0"},
		{Entity: "tag", Action: entity.Delete, Filters: []entity.Filter{equals("id", old)}, Pointer: "/1"},
	})
	if err != nil {
		t.Fatal(err)
	}
	if got := written.Deleted["tag"]; !slices.Equal(got, []appdock.ID{old}) || len(written.NotFound) > 0 {
		t.Errorf("deleted %v, not found %v", got, written.NotFound)
	}
	if left := slices.Collect(maps.Keys(w.store.rows["tag"])); len(left) != 2 || slices.Contains(left, old) {
		t.Errorf("%v are left", left)
	}
}
