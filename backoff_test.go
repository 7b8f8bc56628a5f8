package appdock_test

import (
	"testing"
	"time"

	"github.com/appdock/appdock"
)

// TestBackoff walks the ladder of protocol-admin.md 3.1, asking a millisecond too early at
// each step first.
func TestBackoff(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	var b appdock.Backoff
	for c := 1; c <= 30; c++ {
		var want time.Duration
		switch {
		case c > 20:
			want = 60 * time.Second
		case c > 15:
			want = 30 * time.Second
		case c > 10:
			want = 10 * time.Second
		}
		if want > 0 {
			early := now.Add(want - time.Millisecond)
			kept, left := b.Next(early)
			if left != time.Millisecond || kept != b {
				t.Fatalf("step %d, too early: %v and a wait of %v, want nothing changed and 1ms", c, kept, left)
			}
		}
		now = now.Add(want)
		var left time.Duration
		if b, left = b.Next(now); left != 0 || b.Count != c || !b.Last.Equal(now) {
			t.Fatalf("step %d: %v after a wait of %v, %v left", c, b, want, left)
		}
	}
}

func TestBackoffForgets(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	long := appdock.Backoff{Count: 50, Last: now}
	for name, test := range map[string]struct {
		after time.Duration
		count int
		wait  time.Duration
	}{
		"at once":              {0, 50, time.Minute},
		"a day but a second":   {24*time.Hour - time.Second, 51, 0},
		"a day":                {24 * time.Hour, 1, 0},
		"the clock goes back":  {-time.Hour, 50, time.Minute},
		"a minute but a blink": {time.Minute - 1, 50, 1},
	} {
		next, wait := long.Next(now.Add(test.after))
		if next.Count != test.count || wait != test.wait {
			t.Errorf("%s: count %d, wait %v; want %d, %v", name, next.Count, wait, test.count, test.wait)
		}
	}
}
