package webhook

import (
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/appdock/appdock"
	"github.com/appdock/appdock/protocol"
)

// While the shop's identity is in doubt nothing is sent, and nothing is lost.
func TestWithheld(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t, hook(1, "https://app.test/"))
		b.at(func(string, time.Duration) Outcome { return status(204) })
		withhold := func(yes bool) {
			b.shop.mu.Lock()
			b.shop.revision++
			b.shop.subscriptions[0].Withheld = yes
			b.shop.mu.Unlock()
			time.Sleep(2 * time.Second)
		}
		b.start(Options{})
		withhold(true)
		all := b.many(10)
		time.Sleep(24 * time.Hour)
		for _, d := range b.queue.all() {
			if d.State != Parked || d.Reason != ReasonIdentity {
				t.Fatalf("got %s (%s)", d.State, d.Reason)
			}
		}
		withhold(false)
		time.Sleep(time.Second)
		if states := b.balance(1, all); states[Delivered] != 10 {
			t.Errorf("got %v", states)
		}
	})
}

// What waits is not sent to an app that may not know it any more, or is not there any more.
func TestRevokedWhileWaiting(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		change func(*shopState)
		secret string // why what needs a privilege is dead
		open   string // likewise what needs none; empty: it is delivered
	}{
		"the privilege is revoked": {func(s *shopState) { s.subscriptions[0].Grant = nil }, ReasonRevoked, ""},
		"the app is uninstalled":   {func(s *shopState) { s.subscriptions = nil }, ReasonUninstalled, ReasonUninstalled},
		"it is, and not yet forgotten": {func(s *shopState) {
			for i := range s.subscriptions {
				s.subscriptions[i].Until = s.revision
			}
		}, ReasonUninstalled, ReasonUninstalled},
		"an update drops the webhook": {func(s *shopState) { s.subscriptions = s.subscriptions[1:] }, ReasonRevoked, ""},
		"an update drops all webhooks": {func(s *shopState) {
			s.installed, s.subscriptions = []appdock.ID{s.subscriptions[0].Installation}, nil
		}, ReasonRevoked, ""},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for events, parked := range map[int]bool{1: false, 10: true} {
				synctest.Test(t, func(t *testing.T) { revokedWhileWaiting(t, events, parked, tt.change, tt.secret, tt.open) })
			}
		})
	}
}

func revokedWhileWaiting(t *testing.T, events int, parked bool, change func(*shopState), secret, open string) {
	t.Helper()
	s, life := hook(1, "https://app.test/"), hook(2, "https://app.test/")
	s.Grant, life.Event = appdock.NewPrivileges("order:read"), "app.deleted"
	b := newBench(t, s, life)
	var up atomic.Bool
	b.at(func(string, time.Duration) Outcome {
		if up.Load() {
			return status(204)
		}
		return status(503)
	})
	b.start(Options{})
	var all []appdock.Event
	for range events {
		needs := key(1)
		needs.Needs = []appdock.Privilege{"order:read"}
		all = append(all, b.commit(needs, key(2))...)
	}
	b.commit(appdock.Event{Name: "app.deleted", Only: ours, Key: appdock.ID{15: 3}})
	time.Sleep(time.Second)
	if n := b.queue.count(Parked); (n > 0) != parked {
		t.Fatalf("%d are parked", n)
	}
	b.shop.mu.Lock()
	change(b.shop)
	b.shop.revision++
	b.shop.mu.Unlock()
	up.Store(true)
	time.Sleep(time.Hour)
	for _, d := range b.queue.all() {
		want, state := open, Delivered
		switch {
		case d.EventName == "app.deleted":
			want = ""
		case len(d.Needs) > 0:
			want = secret
		}
		if want != "" {
			state = Dead
		}
		if d.State != state || d.Reason != want {
			t.Errorf("%s, needs %v: %s (%s), want %s (%s)", d.EventName, d.Needs, d.State, d.Reason, state, want)
		}
	}
	if open == "" {
		return
	}
	for _, c := range b.sender.all() {
		if c.outcome.Status == 204 && c.message.Event != "app.deleted" {
			t.Errorf("%s of %d events was sent", c.message.Event, len(all))
		}
	}
}

// A trial that waits for its turn when the shop's identity comes into doubt is not the last.
func TestTrialsGoOnAfterDoubt(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		slow := hook(2, "https://app.test/slow")
		slow.Event = "app.system_heartbeat"
		b := newBench(t, hook(1, "https://app.test/"), slow)
		began := time.Now()
		b.sender.answer = func(_ protocol.Call, m protocol.Webhook) (time.Duration, Outcome) {
			switch {
			case m.Event == string(slow.Event):
				return time.Minute, status(204)
			case time.Since(began) < time.Minute:
				return 0, status(503)
			}
			return 0, status(204)
		}
		b.start(Options{PerEndpoint: 1})
		all := b.many(10)
		time.Sleep(5*time.Minute - 10*time.Second) // the trial is in ten seconds
		all = append(all, b.commit(appdock.Event{Name: slow.Event})...)
		time.Sleep(20 * time.Second)
		for _, yes := range []bool{true, false} {
			b.shop.mu.Lock()
			b.shop.revision++
			b.shop.subscriptions[0].Withheld = yes
			b.shop.mu.Unlock()
			time.Sleep(5 * time.Second)
		}
		time.Sleep(6 * time.Hour)
		if states := b.balance(1, all); states[Delivered] != 11 {
			t.Errorf("got %v", states)
		}
	})
}
