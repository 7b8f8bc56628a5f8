package httpapi

import (
	"context"
	"testing"
	"testing/synctest"

	"github.com/appdock/appdock"
	"github.com/appdock/appdock/internal/entity"
	"github.com/appdock/appdock/internal/web"
)

// slow is records whose searches take until they are let go.
type slow struct {
	records
	running map[appdock.ID]int
	let     chan struct{}
}

func (s *slow) Search(_ context.Context, a appdock.Actor, _ entity.View, _ *entity.Criteria) (entity.Page, error) {
	s.running[a.Integration]++
	<-s.let
	return entity.Page{}, nil
}

// TestClientsHaveTheirShare: slow searches of one client hold up none of another, and waiting
// ends with the context.
func TestClientsHaveTheirShare(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		greedy, modest := appdock.Actor{Integration: appdock.ID{1}}, appdock.Actor{Integration: appdock.ID{2}}
		store := &slow{running: map[appdock.ID]int{}, let: make(chan struct{})}
		f := fair{store, &web.Shares{AtOnce: searchesAtOnce}}
		search := func(ctx context.Context, a appdock.Actor) <-chan error {
			done := make(chan error, 1)
			go func() {
				_, err := f.Search(ctx, a, entity.View{}, &entity.Criteria{})
				done <- err
			}()
			synctest.Wait() // one after the other: the fake has no lock
			return done
		}
		hasty, giveUp := context.WithCancel(t.Context())
		all := []<-chan error{search(t.Context(), greedy), search(t.Context(), greedy), search(t.Context(), greedy)}
		impatient := search(hasty, greedy)
		all = append(all, search(t.Context(), modest), search(t.Context(), appdock.Actor{}))
		for who, want := range map[appdock.ID]int{greedy.Integration: searchesAtOnce, modest.Integration: 1, {}: 1} {
			if got := store.running[who]; got != want {
				t.Errorf("client %s: %d searches run, want %d", who, got, want)
			}
		}
		giveUp()
		if err := <-impatient; err != context.Canceled { //nolint:errorlint // the very error of the context
			t.Errorf("who gave up got %v", err)
		}
		close(store.let)
		for i, done := range all {
			if err := <-done; err != nil {
				t.Errorf("search %d: %v", i, err)
			}
		}
		if store.running[greedy.Integration] != 3 {
			t.Errorf("%d searches of the first client ran in the end, want 3", store.running[greedy.Integration])
		}
	})
}
