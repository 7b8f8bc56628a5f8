package server

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/appdock/appdock/internal/shop"
	"github.com/appdock/appdock/internal/webhook"
)

func TestNotices(t *testing.T) {
	t.Parallel()
	const kept = " What happens meanwhile is kept for it."
	state := func(s webhook.HealthState) webhook.Health {
		h := webhook.Health{State: s}
		if s == webhook.Suspended {
			h.SuspendedSince = time.Unix(1_700_000_000, 0)
		}
		return h
	}
	taken := state(webhook.Suspended) // and then a trial was
	taken.State = webhook.Degraded
	tests := map[string]struct {
		from, to webhook.Health
		app      string
		want     string // status and message; empty: nothing is told
	}{
		"it fails for the first time": {state(webhook.Healthy), state(webhook.Degraded), "Notes", ""},
		"it recovers soon":            {state(webhook.Degraded), state(webhook.Healthy), "Notes", ""},
		"it fails for long":           {state(webhook.Degraded), state(webhook.Suspended), "Notes", "warning: Webhook \"placed\" of the app Notes is suspended: its server fails or refuses what it is sent." + kept},
		"it failed for too long":      {state(webhook.Suspended), webhook.Health{State: webhook.Disabled, DisabledBy: webhook.ByEscalation}, "Notes", "error: Webhook \"placed\" of the app Notes is disabled: it failed for too long." + kept},
		"an operator pauses it":       {state(webhook.Healthy), webhook.Health{State: webhook.Disabled, DisabledBy: webhook.ByOperator}, "Notes", "error: Webhook \"placed\" of the app Notes was disabled by an operator." + kept},
		"it is back":                  {state(webhook.Suspended), state(webhook.Healthy), "Notes", "info: Webhook \"placed\" of the app Notes works again."},
		"a trial was taken":           {state(webhook.Suspended), taken, "Notes", ""},
		"and so was the next":         {taken, state(webhook.Healthy), "Notes", "info: Webhook \"placed\" of the app Notes works again."},
		"the next one was not":        {taken, state(webhook.Suspended), "Notes", ""},
		"it is resumed":               {state(webhook.Disabled), state(webhook.Healthy), "Notes", "info: Webhook \"placed\" of the app Notes works again."},
		"it is the operator's own":    {state(webhook.Degraded), state(webhook.Suspended), "", ""},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			n, ok := notice(webhook.HealthChange{
				Subscription: webhook.Subscription{App: tt.app, Name: "placed", URL: "https://secret.example/hook?token=1"}, From: tt.from, To: tt.to,
			})
			got := ""
			if ok {
				got = n.Status + ": " + n.Message
				if diff := cmp.Diff(shop.Notification{Status: n.Status, Message: n.Message, RequiredPrivileges: []string{"app.Notes"}}, n); diff != "" {
					t.Errorf("notification (-want +got):\n%s", diff)
				}
			}
			if got != tt.want {
				t.Errorf("got %q, want %q", got, tt.want)
			}
		})
	}
}
