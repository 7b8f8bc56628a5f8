package sqlite

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/appdock/appdock"
	"github.com/appdock/appdock/internal/entity"
	"github.com/appdock/appdock/internal/rows"
	"github.com/appdock/appdock/internal/webhook"
)

// TestSlowSearchesStopNobodyElse has strangers search on all connections there are for it.
func TestSlowSearchesStopNobodyElse(t *testing.T) {
	t.Parallel()
	s := open(t, filepath.Join(t.TempDir(), "test.db"))
	var searches sync.WaitGroup
	end := make(chan struct{})
	for range s.searchers.size() {
		begun := make(chan struct{})
		searches.Go(func() {
			err := s.read(t.Context(), s.searchers, func(*session) error {
				close(begun)
				<-end
				return nil
			})
			if err != nil {
				t.Error(err)
			}
		})
		<-begun
	}
	defer searches.Wait()
	defer close(end)

	hasKind := func(want appdock.Kind) func(error) bool {
		return func(err error) bool { return appdock.KindOf(err) == want }
	}
	works := func(err error) bool { return err == nil }
	for name, ask := range map[string]struct {
		run func(context.Context) error
		fit func(error) bool
	}{
		"a token's client": {func(ctx context.Context) error {
			_, err := s.Client(ctx, shopA.ID, "nobody")
			return err
		}, hasKind(appdock.NotFound)},
		"a key": {func(ctx context.Context) error {
			_, err := s.Key(ctx, shopA.ID, appdock.ID{1})
			return err
		}, hasKind(appdock.NotFound)},
		"the index": {func(ctx context.Context) error {
			_, err := s.Load(ctx, shopA.ID)
			return err
		}, works},
		"what changed": {func(ctx context.Context) error {
			_, _, err := s.Changed(ctx, 0)
			return err
		}, works},
		"the registrations": {func(ctx context.Context) error {
			_, err := s.Registrations().All(ctx, shopA.ID)
			return err
		}, works},
		"the log": {func(ctx context.Context) error {
			_, err := s.Deliveries(ctx, webhook.Filter{Shop: shopA.ID})
			return err
		}, works},
		"another search, given up": {func(ctx context.Context) error {
			ctx, giveUp := context.WithCancel(ctx)
			giveUp()
			_, err := s.Search(ctx, shopA.ID, entity.View{}, &entity.Criteria{Entity: "product"})
			return err
		}, func(err error) bool { return errors.Is(err, context.Canceled) }},
	} {
		if err := ask.run(t.Context()); !ask.fit(err) {
			t.Errorf("%s: got %v", name, err)
		}
	}
}

// TestSearchThatWasGivenUpFreesItsConnection looks for a transaction that nobody ended.
func TestSearchThatWasGivenUpFreesItsConnection(t *testing.T) {
	t.Parallel()
	o := options(t, filepath.Join(t.TempDir(), "test.db"))
	o.Searchers = 1
	s, err := Open(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = s.Close() }()
	const endless = "WITH RECURSIVE n (x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n) SELECT x FROM n"
	for name, text := range map[string]string{
		"before the first row": endless + " WHERE x < 0",
		"while rows come":      endless,
	} {
		ctx, giveUp := context.WithCancel(t.Context())
		err := s.read(ctx, s.searchers, func(r *session) error {
			var once sync.Once
			if name == "before the first row" {
				giveUp()
			}
			return r.While(ctx, func(rows.Row) (bool, error) {
				once.Do(giveUp)
				return true, nil
			}, text)
		})
		if !errors.Is(err, context.Canceled) {
			t.Errorf("%s: got %v", name, err)
		}
		if err := s.read(t.Context(), s.searchers, func(*session) error { return nil }); err != nil {
			t.Errorf("after %s: %v", name, err)
		}
	}
}

// TestPoolUsesTheSameConnections keeps what is asked for in the caches of few.
func TestPoolUsesTheSameConnections(t *testing.T) {
	t.Parallel()
	s := open(t, filepath.Join(t.TempDir(), "test.db"))
	var first *session
	for range 3 {
		err := s.read(t.Context(), s.searchers, func(r *session) error {
			if first == nil {
				first = r
			}
			if r != first {
				t.Errorf("got connection %d, want that of before", r.rank)
			}
			return s.read(t.Context(), s.searchers, func(other *session) error {
				if other.rank != 1 {
					t.Errorf("got connection %d beside the first, want the second", other.rank)
				}
				return nil
			})
		})
		if err != nil {
			t.Fatal(err)
		}
	}
}

// TestSparesAreForSlowSearches has a third search come while two connections are used.
func TestSparesAreForSlowSearches(t *testing.T) {
	t.Parallel()
	for name, one := range map[string]struct {
		held time.Duration // each time
		rank int           // of what is given
		wait time.Duration
	}{
		"they come back soon":    {20 * time.Millisecond, 0, 20 * time.Millisecond},
		"they are held for long": {time.Hour, 2, patience},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				p := newPool(2, 2)
				for rank := range p.size() {
					p.sessions[rank] = &session{rank: rank}
				}
				for range 2 {
					p.free <- struct{}{}
					p.spare <- struct{}{}
				}
				ctx, end := context.WithCancel(t.Context())
				defer synctest.Wait()
				defer end()
				for range 2 {
					r, err := p.take(t.Context(), nil)
					if err != nil {
						t.Fatal(err)
					}
					go func() {
						select {
						case <-time.After(one.held):
						case <-ctx.Done():
						}
						p.put(r)
					}()
				}
				began := time.Now()
				r, err := p.take(t.Context(), nil)
				if err != nil {
					t.Fatal(err)
				}
				if waited := time.Since(began); waited != one.wait || (r.rank > 1) != (one.rank > 1) {
					t.Errorf("got connection %d after %v, want %d after %v", r.rank, waited, one.rank, one.wait)
				}
			})
		})
	}
}

// A pool of which one connection cannot be opened leaves none of the others open.
func TestPoolThatCannotBeFilled(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "test.db")
	if err := touchFile(path); err != nil {
		t.Fatal(err)
	}
	p := newPool(2, 1)
	opened := 0
	err := p.fill(t.Context(), path, func(rank int) int {
		if opened++; rank == 1 {
			if err := os.Rename(path, path+".elsewhere"); err != nil {
				t.Error(err)
			}
		}
		return hostCache
	})
	if err == nil || opened != 2 {
		t.Fatalf("%d connections were opened: %v", opened, err)
	}
	for _, s := range p.sessions {
		if s != nil && s.engine.db != 0 {
			t.Errorf("connection %d is open", s.rank)
		}
	}
}
