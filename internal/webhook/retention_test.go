package webhook

import (
	"context"
	"fmt"
	"log/slog"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/appdock/appdock"
)

// shelf is a Retention of rows of one byte, by number.
type shelf struct {
	mu   sync.Mutex
	made []time.Time
	own  map[appdock.ShopID]time.Duration
	gone map[int64]bool
}

func (s *shelf) Expire(_ context.Context, after int64, expiry Expiry) (deleted int, next int64, err error) {
	before := expiry.Before
	if own, ok := expiry.Shops["shop"]; ok {
		before = own
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	for n := after; n < min(after+10, int64(len(s.made))); n++ {
		if !s.gone[n] && s.made[n].Before(before) {
			s.gone[n] = true
			deleted++
		}
	}
	if next = after + 10; next >= int64(len(s.made)) || !s.made[next].Before(before) {
		next = 0
	}
	return deleted, next, nil
}

func (s *shelf) Lifetimes(context.Context) (map[appdock.ShopID]time.Duration, error) {
	return s.own, nil
}

func (s *shelf) Size(context.Context) (int64, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return int64(len(s.made) - len(s.gone)), nil
}

func TestCleaner(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		age  time.Duration
		size int64
		own  time.Duration // of the shop; 0: it says nothing
		want int           // rows that are left of 100, one for each hour
	}{
		"by default two weeks are kept":          {0, 0, 0, 100},
		"what is older than its time goes":       {50 * time.Hour, 0, 0, 50},
		"for ever":                               {-1, 0, 0, 100},
		"too large a store loses the oldest":     {0, 60, 0, 50}, // by tens, to nine tenths
		"one that is not too large loses none":   {0, 100, 0, 100},
		"age and size, whichever takes more":     {30 * time.Hour, 60, 0, 30},
		"nothing may be kept":                    {time.Nanosecond, 0, 0, 0},
		"a store that stays too large ends, too": {-1, 1, 0, 0},
		"a shop keeps less than others":          {-1, 0, 20 * time.Hour, 20},
		"a shop keeps all":                       {time.Hour, 0, -1, 100},
		"but not if the store is too large":      {time.Hour, 60, -1, 50},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := &shelf{gone: map[int64]bool{}}
			if tt.own != 0 {
				s.own = map[appdock.ShopID]time.Duration{"shop": tt.own}
			}
			for i := range 100 {
				s.made = append(s.made, noon.Add(time.Duration(i-100)*time.Hour))
			}
			c := Cleaner{Retention: s, Age: tt.age, MaxSize: tt.size, Now: func() time.Time { return noon }, Log: slog.New(slog.DiscardHandler)}
			if err := c.Clean(t.Context()); err != nil {
				t.Fatal(err)
			}
			if left, _ := s.Size(t.Context()); int(left) != tt.want {
				t.Errorf("%d are left, want %d", left, tt.want)
			}
			for n := range s.gone {
				for older := range n {
					if !s.gone[older] {
						t.Fatalf("%d went before %d", n, older)
					}
				}
			}
		})
	}
}

func TestCleanerRuns(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := &shelf{gone: map[int64]bool{}, made: []time.Time{time.Now().Add(-13*24*time.Hour - 23*time.Hour)}}
		ctx, cancel := context.WithCancel(t.Context())
		ended := make(chan struct{})
		go func() {
			defer close(ended)
			Cleaner{Retention: s, Now: time.Now, Log: slog.New(slog.DiscardHandler)}.Run(ctx)
		}()
		time.Sleep(30 * time.Minute)
		synctest.Wait()
		before, _ := s.Size(ctx)
		time.Sleep(time.Hour)
		cancel()
		<-ended
		if got := fmt.Sprint(before, len(s.made)-len(s.gone)); got != "1 0" {
			t.Errorf("got %s", got)
		}
	})
}
