package web_test

import (
	"testing"
	"time"

	"github.com/appdock/appdock"
	"github.com/appdock/appdock/internal/web"
)

func TestQuota(t *testing.T) {
	t.Parallel()
	q := &web.Quota{Most: 2, Window: time.Minute}
	start := time.Date(2026, 5, 4, 12, 0, 0, 0, time.UTC)
	one, two := appdock.ID{15: 1}, appdock.ID{15: 2}
	steps := []struct {
		who   appdock.ID
		after time.Duration
		want  time.Duration
	}{
		{one, 0, 0},
		{one, 10 * time.Second, 0},
		{one, 20 * time.Second, 40 * time.Second},
		{two, 20 * time.Second, 0}, // others are not bound by it
		{one, 59 * time.Second, time.Second},
		{one, time.Minute, 0}, // what was refused did not count
		{one, time.Minute, 10 * time.Second},
	}
	for i, s := range steps {
		for range 2 { // asking counts nothing
			if got := q.Wait(s.who, start.Add(s.after)); got != s.want {
				t.Errorf("step %d: would wait %v, want %v", i, got, s.want)
			}
		}
		if got := q.Take(s.who, start.Add(s.after)); got != s.want {
			t.Errorf("step %d: wait %v, want %v", i, got, s.want)
		}
	}
}
