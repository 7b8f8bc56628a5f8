package web

import (
	"testing"
	"time"

	"github.com/appdock/appdock"
)

// Those who come once and never again are forgotten.
func TestQuotaForgets(t *testing.T) {
	t.Parallel()
	q := &Quota{Most: 2, Window: time.Minute}
	now := time.Date(2026, 5, 4, 12, 0, 0, 0, time.UTC)
	for n := range 10_000 {
		q.Take(appdock.ID{byte(n >> 8), byte(n), 1}, now)
		now = now.Add(time.Second)
		if len(q.used) > 120 {
			t.Fatalf("%d are remembered", len(q.used))
		}
	}
	last := appdock.ID{byte(9999 >> 8), byte(9999 & 255), 1}
	if q.Take(last, now); q.Wait(last, now) == 0 {
		t.Error("one who came just now is forgotten")
	}
}
