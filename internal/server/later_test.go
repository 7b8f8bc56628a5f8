package server

import (
	"testing"
	"testing/synctest"
	"time"
)

// What is to happen in a moment happens then, and not at a host that has ended.
func TestLater(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := &Server{closing: make(chan struct{})}
		done := 0
		s.later(time.Second, func() { done++ })
		time.Sleep(time.Second) // of the test's clock
		synctest.Wait()
		if done != 1 {
			t.Errorf("after a second it was done %d times", done)
		}
		s.later(time.Second, func() { done++ })
		close(s.closing)
		s.running.Wait()
		time.Sleep(time.Minute)
		synctest.Wait()
		if done != 1 {
			t.Error("it was done after the end")
		}
	})
}
