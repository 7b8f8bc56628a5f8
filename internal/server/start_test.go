package server_test

import (
	"testing"
	"time"

	"github.com/appdock/appdock/internal/server"
)

// BenchmarkStart measures the time until a host is ready, with the demo shop: on an empty
// folder, and on one that it has run on (design.md 8).
//
//	go test -run '^$' -bench Start -benchtime 10x ./internal/server
func BenchmarkStart(b *testing.B) {
	start := func(b *testing.B, c server.Config) {
		b.Helper()
		host, err := server.Open(b.Context(), c)
		b.StopTimer()
		if err != nil {
			b.Fatal(err)
		}
		closeHost(b, host)
		b.StartTimer()
	}
	b.Run("first", func(b *testing.B) {
		for b.Loop() {
			b.StopTimer()
			c := demo(folder(b))
			b.StartTimer()
			start(b, c)
		}
	})
	b.Run("second", func(b *testing.B) {
		c := demo(folder(b))
		start(b, c)
		b.ResetTimer()
		for b.Loop() {
			start(b, c)
		}
	})
}

// demo is the configuration of a host with the demo shop.
func demo(data string) server.Config {
	c := restarted(data)
	c.Demo = true
	return c
}

// Starting again is so fast that nobody hesitates to do it. The limits are far above what
// is measured: they find what grows with the data, not what a busy machine takes.
func TestStartIsFast(t *testing.T) {
	c := demo(folder(t))
	for _, test := range []struct {
		start string
		limit time.Duration
	}{
		{"first", 20 * time.Second},
		{"second", 3 * time.Second},
	} {
		begun := time.Now()
		host, err := server.Open(t.Context(), c)
		took := time.Since(begun)
		if err != nil {
			t.Fatal(err)
		}
		closeHost(t, host)
		t.Logf("%s start: %s", test.start, took.Round(time.Millisecond))
		if took > test.limit {
			t.Errorf("the %s start took %s, want less than %s", test.start, took, test.limit)
		}
	}
}
