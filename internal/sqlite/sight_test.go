package sqlite

import (
	"context"
	"errors"
	"path/filepath"
	"testing"

	"github.com/appdock/appdock"
	"github.com/appdock/appdock/internal/entity"
	"github.com/appdock/appdock/internal/rows"
	"github.com/appdock/appdock/internal/shop"
)

// foresee looks ahead for a product.
func foresee(t *testing.T, s *Store, n int) shop.Foresight {
	t.Helper()
	f := s.Foresee(t.Context(), shopA.ID)
	if err := foreseeBy(f, n); err != nil {
		t.Fatal(err)
	}
	return f
}

func foreseeBy(f shop.Foresight, n int) error {
	_, err := f.Search(entity.View{}, &entity.Criteria{Entity: "product", IDs: []appdock.ID{{1, 0, byte(n)}}, Bare: true})
	return err
}

func write(t *testing.T, s *Store, decide func(shop.Unit) error) {
	t.Helper()
	if _, err := s.Write(t.Context(), shopA.ID, decide); err != nil {
		t.Fatal(err)
	}
}

func gone(n int) func(shop.Unit) error {
	return func(u shop.Unit) error {
		return u.Apply(entity.Change{Entity: "product", Kind: entity.Deleted, ID: appdock.ID{1, 0, byte(n)}})
	}
}

// TestMomentIsHeld until somebody needs a later one.
func TestMomentIsHeld(t *testing.T) {
	t.Parallel()
	s := open(t, filepath.Join(t.TempDir(), "test.db"))
	there := func(fresh bool) (products int) {
		err := s.sight.Look(t.Context(), fresh, func(c rows.Conn, _ rows.Moment) error {
			return c.While(t.Context(), func(row rows.Row) (bool, error) { return true, row.Scan(&products) }, "SELECT count(*) FROM product")
		})
		if err != nil {
			t.Fatal(err)
		}
		return products
	}
	write(t, s, product(1))
	before := there(true)
	write(t, s, product(2))
	if held, now := there(false), there(true); held != before || now != before+1 {
		t.Errorf("there were %d, at the moment that is held %d, and now %d", before, held, now)
	}
	write(t, s, product(3))
	s.sight.release(t.Context())
	if now := there(false); now != before+2 {
		t.Errorf("once it was let go: %d", now)
	}
	failure := errors.New("this look fails")
	write(t, s, product(4))
	if err := s.sight.Look(t.Context(), false, func(rows.Conn, rows.Moment) error { return failure }); !errors.Is(err, failure) {
		t.Error(err)
	}
	if now := there(false); now != before+3 {
		t.Errorf("after a look that failed: %d", now)
	}
}

// TestLossesBetweenLooks: what was there at the moment that is held, and is not any more, is not
// foreseen, and what was foreseen before it went does not hold.
func TestLossesBetweenLooks(t *testing.T) {
	t.Parallel()
	s := open(t, filepath.Join(t.TempDir(), "test.db"))
	holds := func(f shop.Foresight) (so bool) {
		write(t, s, func(u shop.Unit) error { so = u.Holds(f); return nil })
		return so
	}
	for n := 1; n <= 4; n++ {
		write(t, s, product(n))
	}
	early, late := foresee(t, s, 1), foresee(t, s, 1)
	if !holds(early) {
		t.Error("nothing was lost")
	}
	write(t, s, gone(2))
	if err := foreseeBy(early, 2); !errors.Is(err, shop.ErrUnforeseen) {
		t.Errorf("what is gone: %v", err)
	}
	if err := foreseeBy(late, 3); err != nil {
		t.Errorf("what is there: %v", err)
	}
	if holds(early) || holds(late) {
		t.Error("what was looked at before the loss holds")
	}
	if !holds(foresee(t, s, 3)) {
		t.Error("what was looked at after the loss does not hold")
	}
	// The unit that lost something is not committed yet: neither is known.
	write(t, s, func(u shop.Unit) error {
		if err := gone(3)(u); err != nil {
			return err
		}
		f := s.Foresee(t.Context(), shopA.ID)
		for _, n := range []int{3, 4} {
			if err := foreseeBy(f, n); !errors.Is(err, shop.ErrUnforeseen) {
				t.Errorf("%d while one is being deleted: %v", n, err)
			}
		}
		return nil
	})
	if !holds(foresee(t, s, 4)) {
		t.Error("what is there after all")
	}
}

// TestNobodyLooksIntoAClosedStore: who comes late is told that the host is stopping.
func TestNobodyLooksIntoAClosedStore(t *testing.T) {
	t.Parallel()
	s := open(t, filepath.Join(t.TempDir(), "test.db"))
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	err := s.sight.Look(context.Background(), false, func(rows.Conn, rows.Moment) error { return nil })
	if appdock.CodeOf(err) != "ADK-STOPPING" {
		t.Error(err)
	}
}
