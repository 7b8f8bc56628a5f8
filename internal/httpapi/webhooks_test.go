package httpapi_test

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/appdock/appdock"
	"github.com/appdock/appdock/internal/webhook"
)

// withWebhooks is a fake whose app has three webhooks beside one of another app.
func withWebhooks(t *testing.T) *fake {
	t.Helper()
	f := newFake(t)
	own := appdock.ID{15: 0x77}
	f.actor = func(a *appdock.Actor) { a.Installation = own }
	since := time.Date(2026, 5, 4, 10, 0, 0, 0, time.UTC)
	status := func(n byte, installation appdock.ID, name string, h webhook.Health) webhook.Status {
		return webhook.Status{
			Subscription: webhook.Subscription{ID: appdock.ID{15: n}, Installation: installation, Name: name, URL: "https://app.example/" + name}, Health: h,
		}
	}
	f.webhooks = []webhook.Status{
		status(1, own, "placed", webhook.Health{State: webhook.Healthy}),
		status(2, own, "paid", webhook.Health{State: webhook.Suspended, SuspendedSince: since}),
		status(3, own, "held", webhook.Health{State: webhook.Disabled, DisabledSince: since, DisabledBy: webhook.ByOperator}),
		status(4, appdock.ID{15: 0x78}, "foreign", webhook.Health{State: webhook.Suspended}),
	}
	return f
}

func TestWebhookStates(t *testing.T) {
	t.Parallel()
	api, _ := newAPI(withWebhooks(t))
	w := send{method: "GET", path: "/api/app-system/webhook/state"}.to(api)
	const want = `[` +
		`{"name":"placed","url":"https://app.example/placed","state":"healthy","suspendedSince":null,"disabledSince":null,"disabledOrigin":null},` +
		`{"name":"paid","url":"https://app.example/paid","state":"suspended","suspendedSince":"2026-05-04T10:00:00Z","disabledSince":null,"disabledOrigin":null},` +
		`{"name":"held","url":"https://app.example/held","state":"disabled","suspendedSince":null,"disabledSince":"2026-05-04T10:00:00Z","disabledOrigin":"operator"}]`
	if diff := cmp.Diff(want, strings.TrimSpace(w.Body.String())); w.Code != 200 || diff != "" {
		t.Errorf("%d (-want +got):\n%s", w.Code, diff)
	}
}

func TestReactivateWebhooks(t *testing.T) {
	t.Parallel()
	many := `"` + strings.Repeat(`x","`, 50) + `x"`
	tests := map[string]struct {
		body    string
		status  int
		code    string
		revived []appdock.ID
	}{
		"one":                         {`{"webhooks":["paid"]}`, 200, "", []appdock.ID{{15: 2}}},
		"two":                         {`{"webhooks":["paid","placed"]}`, 200, "", []appdock.ID{{15: 2}, {15: 1}}},
		"one that a person paused":    {`{"webhooks":["held"]}`, 403, "ADK-WEBHOOK-PAUSED", nil},
		"one of them a person paused": {`{"webhooks":["paid","held"]}`, 403, "ADK-WEBHOOK-PAUSED", nil},
		"another app's":               {`{"webhooks":["foreign"]}`, 404, "ADK-WEBHOOK-UNKNOWN", nil},
		"none":                        {`{"webhooks":[]}`, 400, "FRAMEWORK__INVALID_REQUEST_PARAMETER", nil},
		"no list":                     {`{"webhooks":"paid"}`, 400, "FRAMEWORK__INVALID_REQUEST_PARAMETER", nil},
		"nothing":                     {`{}`, 400, "FRAMEWORK__INVALID_REQUEST_PARAMETER", nil},
		"fifty-one":                   {`{"webhooks":[` + many + `]}`, 400, "FRAMEWORK__INVALID_REQUEST_PARAMETER", nil},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := withWebhooks(t)
			api, _ := newAPI(f)
			w := send{method: "POST", path: "/api/app-system/webhook/reactivate", body: tt.body}.to(api)
			if w.Code != tt.status || !strings.Contains(w.Body.String(), tt.code) {
				t.Errorf("got %d %s, want %d %s", w.Code, w.Body, tt.status, tt.code)
			}
			if diff := cmp.Diff(tt.revived, f.revived); diff != "" {
				t.Errorf("reactivated (-want +got):\n%s", diff)
			}
		})
	}
}

func TestReactivationsAreCounted(t *testing.T) {
	t.Parallel()
	f := withWebhooks(t)
	api, _ := newAPI(f)
	for n := range 11 {
		w := send{method: "POST", path: "/api/app-system/webhook/reactivate", body: `{"webhooks":["paid"]}`}.to(api)
		if want := map[bool]int{true: 200, false: 429}[n < 10]; w.Code != want {
			t.Errorf("call %d: got %d %s", n+1, w.Code, w.Body)
		}
	}
}

func TestWebhooksOfNoApp(t *testing.T) {
	t.Parallel()
	f := withWebhooks(t)
	f.actor = func(a *appdock.Actor) { a.Installation = appdock.ID{} }
	api, _ := newAPI(f)
	if w := (send{method: "GET", path: "/api/app-system/webhook/state"}).to(api); w.Code != 404 {
		t.Errorf("got %d %s", w.Code, w.Body)
	}
}

// What an administrator does with webhooks needs a privilege each, and says what is wrong.
func TestAdministerWebhooks(t *testing.T) {
	t.Parallel()
	const stop, watch, again = "webhook:update", "webhook:read", "webhook_event_log:update"
	id := func(n byte) string { return appdock.ID{15: n}.String() }
	tests := map[string]struct {
		method, path string
		privilege    appdock.Privilege
		status       int
		want         string // in the answer
	}{
		"deactivate":                     {"POST", "webhook/" + id(2) + "/deactivate", stop, 204, ""},
		"deactivate without the right":   {"POST", "webhook/" + id(2) + "/deactivate", watch, 403, stop},
		"deactivate what is not there":   {"POST", "webhook/" + id(99) + "/deactivate", stop, 404, "ADK-WEBHOOK-UNKNOWN"},
		"health":                         {"GET", "webhook/health-status", watch, 200, `"stale":false`},
		"health without the right":       {"GET", "webhook/health-status", again, 403, watch},
		"replay":                         {"POST", "webhook-event-log/" + id(9) + "/replay", again, 204, ""},
		"replay without the right":       {"POST", "webhook-event-log/" + id(9) + "/replay", stop, 403, again},
		"replay what is still under way": {"POST", "webhook-event-log/" + id(8) + "/replay", again, 409, "ADK-DELIVERY-OPEN"},
		"replay by another method":       {"GET", "webhook-event-log/" + id(9) + "/replay", again, 405, ""},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := withWebhooks(t)
			f.ticked = started.Add(-time.Second)
			f.actor = func(a *appdock.Actor) { a.Privileges = appdock.NewPrivileges(tt.privilege) }
			api, _ := newAPI(f)
			w := send{method: tt.method, path: "/api/_action/" + tt.path}.to(api)
			if w.Code != tt.status || !strings.Contains(w.Body.String(), tt.want) {
				t.Errorf("got %d %s", w.Code, w.Body)
			}
			if done := len(f.paused) + f.replayed; done > 1 || tt.method == "POST" && (done == 1) != (tt.status == 204) {
				t.Errorf("%d were done", done)
			}
		})
	}
}

func TestWebhookHealthGoesStale(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		ticked time.Time
		want   string
	}{
		"just now":       {started.Add(-time.Minute), `{"lastTick":"` + started.Add(-time.Minute).UTC().Format(time.RFC3339) + `","stale":false}`},
		"a while ago":    {started.Add(-time.Minute - time.Second), `"stale":true}`},
		"not at all yet": {time.Time{}, `{"lastTick":null,"stale":true}`},
	} {
		f := withWebhooks(t)
		f.ticked = tt.ticked
		f.actor = func(a *appdock.Actor) { a.Privileges = appdock.NewPrivileges("webhook:read") }
		api, _ := newAPI(f)
		w := send{method: "GET", path: "/api/_action/webhook/health-status"}.to(api)
		if w.Code != 200 || !strings.Contains(w.Body.String(), tt.want) {
			t.Errorf("%s: got %d %s", name, w.Code, w.Body)
		}
	}
}
