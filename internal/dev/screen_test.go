package dev

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/appdock/appdock/internal/control"
)

func TestActivityLines(t *testing.T) {
	t.Parallel()
	at := time.Date(2026, 3, 1, 9, 30, 0, 5e6, time.UTC)
	key := strings.Repeat("0a", 16)
	tests := map[string]struct {
		activity control.Activity
		want     string
	}{
		"a webhook goes out": {
			control.Activity{Kind: "event", App: "Notes", Event: "checkout.order.placed", Key: key},
			"09:30:00.005 → Notes          checkout.order.placed        " + key,
		},
		"a second time": {
			control.Activity{Kind: "event", App: "Notes", Event: "app.installed", Attempt: 1},
			"09:30:00.005 → Notes          app.installed                                                 attempt 2",
		},
		"the app answers": {
			control.Activity{Kind: "answer", App: "Notes", Event: "checkout.order.placed", Key: key, Status: 204, MS: 17},
			"09:30:00.005 ← Notes          checkout.order.placed        " + key + " 204    17 ms",
		},
		"nobody answers": {
			control.Activity{Kind: "answer", App: "Notes", Event: "checkout.order.placed", Key: key, MS: 3, Text: "connection refused"},
			"09:30:00.005 ← Notes          checkout.order.placed        " + key + " ---     3 ms  connection refused",
		},
		"an app calls": {
			control.Activity{Kind: "api", App: "Notes", Event: "PATCH /api/order", Key: key, Status: 403, MS: 1},
			"09:30:00.005 · Notes          PATCH /api/order             " + key + " 403     1 ms",
		},
		"a stranger tries to steer the terminal": {
			control.Activity{Kind: "api", Event: "GET /api/\x1b[31mred\r\n", Status: 404},
			"09:30:00.005 ·                GET /api/·[31mred··                                           404     0 ms",
		},
		"a step of a life": {
			control.Activity{Kind: "life", App: "Notes", Text: "version 1.0.0 is installed and active"},
			"09:30:00.005 • Notes          version 1.0.0 is installed and active",
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var out strings.Builder
			test.activity.At = at
			(&screen{out: &out}).activity(test.activity)
			if diff := cmp.Diff(test.want+"\n", out.String()); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}
