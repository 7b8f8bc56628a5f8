package webhook

import (
	"bytes"
	"fmt"
	"os"
	"testing"
	"time"

	"github.com/appdock/appdock"
	"github.com/google/go-cmp/cmp"
)

// step is one thing that happens to a health.
type step func(Health, *time.Time, HealthRules) Health

func attempts(n int, c Class) step { return answers(n, Answer{Class: c}) }

func answers(n int, a Answer) step {
	return func(h Health, now *time.Time, r HealthRules) Health {
		for range n {
			h = h.After(a, *now, r)
		}
		return h
	}
}

// trials fail or succeed one after the other, each when its cooldown is over.
func trials(n int, c Class) step {
	return func(h Health, now *time.Time, r HealthRules) Health {
		for range n {
			if *now = later(*now, h.CooldownUntil); !h.Trial(*now, r) {
				panic(fmt.Sprintf("no trial of %+v", h))
			}
			h = h.After(Answer{Class: c, Trial: true}, *now, r)
		}
		return h
	}
}

func later(a, b time.Time) time.Time {
	if b.After(a) {
		return b
	}
	return a
}

func wait(d time.Duration) step {
	return func(h Health, now *time.Time, r HealthRules) Health {
		*now = now.Add(d)
		return h.Tick(1, 0, true, *now, r)
	}
}

func idle(d time.Duration) step {
	return func(h Health, now *time.Time, r HealthRules) Health {
		*now = now.Add(d)
		return h.Tick(0, 0, true, *now, r)
	}
}

func order(o Order, at appdock.Revision) step {
	return func(h Health, now *time.Time, r HealthRules) Health { return h.Follow(o, at, *now, r) }
}

// protocol-webhooks.md 6.2 and 6.3, row by row.
func TestHealth(t *testing.T) {
	t.Parallel()
	const day = 24 * time.Hour
	tests := map[string]struct {
		steps []step
		want  Health
	}{
		"four failures change nothing":               {[]step{attempts(4, Transient)}, Health{State: Healthy, Transient: 4}},
		"a redirect counts like a failure":           {[]step{attempts(2, Redirected)}, Health{State: Healthy, Transient: 2}},
		"a success forgets them":                     {[]step{attempts(4, Transient), attempts(2, Unauthorized), attempts(1, Accepted)}, Health{State: Healthy}},
		"a bad message says nothing of the endpoint": {[]step{attempts(9, Rejected), attempts(9, Unsendable)}, Health{State: Healthy}},
		"the fifth failure degrades": {
			[]step{attempts(5, Transient)},
			Health{State: Degraded, Transient: 5, CooldownUntil: noon.Add(5 * time.Minute), Cause: CauseFailures},
		},
		"what was in flight then does not climb the ladder": {
			[]step{attempts(8, Transient)},
			Health{State: Degraded, Transient: 8, CooldownUntil: noon.Add(5 * time.Minute), Cause: CauseFailures},
		},
		"two refusals change nothing": {[]step{attempts(2, Unauthorized)}, Health{State: Healthy, Refusals: 2}},
		"one delivery is refused once": {
			[]step{attempts(1, Unauthorized), answers(9, Answer{Class: Unauthorized, Refused: true})},
			Health{State: Healthy, Refusals: 1},
		},
		"the third refusal suspends": {
			[]step{attempts(3, Unauthorized)},
			Health{State: Suspended, Refusals: 3, CooldownUntil: noon.Add(5 * time.Minute), SuspendedSince: noon, Cause: CauseRefusals},
		},
		"refusals of a degraded one suspend it": {
			[]step{attempts(5, Transient), attempts(3, Unauthorized)},
			Health{State: Suspended, Transient: 5, Refusals: 3, CooldownUntil: noon.Add(5 * time.Minute), SuspendedSince: noon, Cause: CauseRefusals},
		},
		"410 suspends at once": {
			[]step{attempts(1, Gone)},
			Health{State: Suspended, CooldownUntil: noon.Add(5 * time.Minute), SuspendedSince: noon, Cause: CauseGone},
		},
		"a trial that fails climbs": {
			[]step{attempts(5, Transient), trials(2, Transient)},
			Health{State: Degraded, Transient: 7, Rung: 2, CooldownUntil: noon.Add(35 * time.Minute), Cause: CauseFailures},
		},
		"a trial whose message is bad does not": {
			[]step{attempts(5, Transient), trials(1, Rejected)},
			Health{State: Degraded, Transient: 5, CooldownUntil: noon.Add(5 * time.Minute), Cause: CauseFailures},
		},
		"the end of the ladder suspends": {
			[]step{attempts(5, Transient), trials(6, Transient)},
			Health{
				State: Suspended, Transient: 11, Rung: 5, CooldownUntil: noon.Add(375*time.Minute + 4*time.Hour), SuspendedSince: noon.Add(375 * time.Minute),
				Cause: CauseExhausted,
			},
		},
		"a suspended one stays on the longest cooldown": {
			[]step{attempts(5, Transient), trials(8, Transient)},
			Health{
				State: Suspended, Transient: 13, Rung: 5, CooldownUntil: noon.Add(375*time.Minute + 12*time.Hour), SuspendedSince: noon.Add(375 * time.Minute),
				Cause: CauseExhausted,
			},
		},
		"a trial that arrives heals a degraded one": {[]step{attempts(5, Transient), trials(1, Accepted)}, Health{State: Healthy}},
		"a suspended one is degraded first, and tried again at once": {
			[]step{attempts(1, Gone), trials(1, Accepted)},
			Health{State: Degraded, SuspendedSince: noon, Cause: CauseGone},
		},
		"and then healthy":        {[]step{attempts(1, Gone), trials(2, Accepted)}, Health{State: Healthy}},
		"or suspended again":      {[]step{attempts(1, Gone), trials(1, Accepted), attempts(1, Gone)}, Health{State: Suspended, CooldownUntil: noon.Add(10 * time.Minute), SuspendedSince: noon, Cause: CauseGone}},
		"idle heals a degraded":   {[]step{attempts(5, Transient), idle(5 * time.Minute)}, Health{State: Healthy, Transient: 5}},
		"not before its time":     {[]step{attempts(5, Transient), idle(4 * time.Minute)}, Health{State: Degraded, Transient: 5, CooldownUntil: noon.Add(5 * time.Minute), Cause: CauseFailures}},
		"nor while any is parked": {[]step{attempts(5, Transient), wait(time.Hour)}, Health{State: Degraded, Transient: 5, CooldownUntil: noon.Add(5 * time.Minute), Cause: CauseFailures}},
		"one failure more after an idle time degrades again": {
			[]step{attempts(5, Transient), idle(time.Hour), attempts(1, Transient)},
			Health{State: Degraded, Transient: 6, CooldownUntil: noon.Add(time.Hour + 5*time.Minute), Cause: CauseFailures},
		},
		"suspended for a week is disabled": {
			[]step{attempts(1, Gone), wait(7 * day)},
			Health{State: Disabled, CooldownUntil: noon.Add(5 * time.Minute), SuspendedSince: noon, DisabledSince: noon.Add(7 * day), DisabledBy: ByEscalation, Cause: CauseTime},
		},
		"a week in which it was degraded counts": {
			[]step{attempts(1, Gone), trials(1, Accepted), wait(6 * day), attempts(1, Gone), wait(day)},
			Health{State: Disabled, CooldownUntil: noon.Add(6*day + 10*time.Minute), SuspendedSince: noon, DisabledSince: noon.Add(7*day + 5*time.Minute), DisabledBy: ByEscalation, Cause: CauseTime},
		},
		"the time of an inactive app stands still": {
			[]step{
				attempts(1, Gone),
				func(h Health, now *time.Time, r HealthRules) Health { return h.Tick(1, 0, false, *now, r) },
				func(h Health, now *time.Time, r HealthRules) Health {
					*now = now.Add(30 * day)
					return h.Tick(1, 0, false, *now, r)
				},
				wait(time.Hour),
			},
			Health{State: Suspended, CooldownUntil: noon.Add(5 * time.Minute), SuspendedSince: noon.Add(30*day + time.Hour), Cause: CauseGone},
		},
		"an operator disables": {
			[]step{order(OrderPause, 3)},
			Health{State: Disabled, DisabledSince: noon, DisabledBy: ByOperator, Cause: CauseOperator, Followed: 3},
		},
		"an order is followed once":                     {[]step{order(OrderPause, 3), order(OrderResume, 4), order(OrderPause, 3)}, Health{State: Healthy, Followed: 4}},
		"the app cannot undo what an operator did":      {[]step{order(OrderPause, 3), order(OrderReactivate, 4)}, Health{State: Disabled, DisabledSince: noon, DisabledBy: ByOperator, Cause: CauseOperator, Followed: 4}},
		"nor can its update":                            {[]step{order(OrderPause, 3), order(OrderRenew, 4)}, Health{State: Disabled, DisabledSince: noon, DisabledBy: ByOperator, Cause: CauseOperator, Followed: 4}},
		"an answer of what was in flight does not":      {[]step{order(OrderPause, 3), attempts(1, Accepted)}, Health{State: Disabled, DisabledSince: noon, DisabledBy: ByOperator, Cause: CauseOperator, Followed: 3}},
		"the app can undo what time did":                {[]step{attempts(1, Gone), wait(7 * day), order(OrderReactivate, 4)}, Health{State: Healthy, Followed: 4}},
		"an update heals":                               {[]step{attempts(5, Transient), order(OrderRenew, 4)}, Health{State: Healthy, Followed: 4}},
		"an update forgets what was not yet too much":   {[]step{attempts(4, Transient), order(OrderRenew, 4)}, Health{State: Healthy, Followed: 4}},
		"what time disabled an operator can make his":   {[]step{attempts(1, Gone), wait(7 * day), order(OrderPause, 4), order(OrderRenew, 5)}, Health{State: Disabled, CooldownUntil: noon.Add(5 * time.Minute), SuspendedSince: noon, DisabledSince: noon.Add(7 * day), DisabledBy: ByOperator, Cause: CauseOperator, Followed: 5}},
		"resuming what is healthy keeps what it counts": {[]step{attempts(2, Transient), order(OrderResume, 4)}, Health{State: Healthy, Transient: 2, Followed: 4}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			now, h := noon, NewHealth(Subscription{})
			for _, s := range tt.steps {
				h = s(h, &now, DefaultHealthRules())
			}
			if diff := cmp.Diff(tt.want, h); diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
			}
		})
	}
}

// A clock that was a day ahead when a cooldown began does not stop trials for a day.
func TestHealthAfterAWrongClock(t *testing.T) {
	t.Parallel()
	h := Health{State: Degraded, CooldownUntil: noon.Add(24 * time.Hour)}
	if !h.Trial(noon, DefaultHealthRules()) {
		t.Error("no trial until tomorrow")
	}
	h.CooldownUntil = noon.Add(4 * time.Hour)
	if h.Trial(noon, DefaultHealthRules()) {
		t.Error("the longest cooldown is not waited for")
	}
}

func TestHealthTransitionsGolden(t *testing.T) {
	t.Parallel()
	var b bytes.Buffer
	b.WriteString("| from | when | to |\n| --- | --- | --- |\n")
	for _, row := range healthTransitions() {
		fmt.Fprintf(&b, "| `%s` | %s | `%s` |\n", row.from, row.what, row.to)
	}
	const golden = "testdata/health.md"
	if *update {
		if err := os.WriteFile(golden, b.Bytes(), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), b.String()); diff != "" {
		t.Errorf("run with -update and read the difference (-want +got)\n%s", diff)
	}
}
