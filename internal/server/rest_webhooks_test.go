package server_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/appdock/appdock/internal/server"
)

// subscriber is an app that may subscribe at run time, and its client of the API.
func subscriber(t *testing.T) (*packed, restClient, func(note string) string, *server.Shop) {
	t.Helper()
	c := development(folder(t))
	c.Demo = true
	host := open(t, c)
	shop := only(t, host)
	app := newPacked(t, "ship-it", []string{"orders:read", "orders:write", "webhooks:read", "webhooks:write", "webhooks:delete", "notifications:write"}, []string{"app.updated"})
	if err := byOperator(t, shop, app.URL); err != nil {
		t.Fatal(err)
	}
	admin := operator(t, host)
	id, order := freshOrder()
	place := func(note string) string {
		t.Helper()
		var err error
		if note == "" {
			err = admin.Create(t.Context(), "order", order)
		} else {
			err = admin.Update(t.Context(), "order", id.String(), map[string]any{"customerComment": note})
		}
		if err != nil {
			t.Fatal(err)
		}
		return id.String()
	}
	return app, restClient{t, host.URL(), app.text("access_token")}, place, shop
}

// An app subscribes at run time, is told of what it asked for, looks at what was sent, has it
// sent again, and ends it.
func TestAppSubscribesAtRunTime(t *testing.T) {
	t.Parallel()
	app, api, order, shop := subscriber(t)
	made := api.do(http.MethodPost, "/webhooks", map[string]any{"topic": "order.*", "address": app.URL + "/hook", "order": "strict"})
	id, _ := made.Body["id"].(string)
	if made.StatusCode != http.StatusCreated || !strings.HasSuffix(made.Header.Get("Location"), "/rest/v1/webhooks/"+id) || made.Body["order"] != "strict" || made.Body["active"] != true || made.Body["source"] != "api" {
		t.Fatalf("%d %s", made.StatusCode, made.Text)
	}
	if list := api.do(http.MethodGet, "/webhooks", nil); len(list.Body["data"].([]any)) != 2 { // with that of the app.json
		t.Errorf("%s", list.Text)
	}
	placed := order("")
	app.wait("order.created")
	told := app.wait("order.placed")
	if data := told["data"].(map[string]any); data["object"].(map[string]any)["id"] != placed || data["origin"] != nil {
		t.Errorf("%v", told)
	}

	// What the app does itself is told with who did it, or not at all.
	if r := api.do(http.MethodPatch, "/orders/"+placed, map[string]any{"note": "by the app"}, "If-Match", "*"); r.StatusCode != http.StatusOK {
		t.Fatalf("%d %s", r.StatusCode, r.Text)
	}
	told = app.wait("order.updated")
	if origin, _ := told["data"].(map[string]any)["origin"].(map[string]any); origin["type"] != "app" || origin["id"] != "ship-it" {
		t.Errorf("%v", told)
	}
	if r := api.do(http.MethodPatch, "/webhooks/"+id, map[string]any{"suppress_own": true}); r.StatusCode != http.StatusOK || r.Body["suppress_own"] != true || r.Body["order"] != "strict" {
		t.Fatalf("%d %s", r.StatusCode, r.Text)
	}
	api.do(http.MethodPatch, "/orders/"+placed, map[string]any{"note": "by the app, in silence"}, "If-Match", "*")
	order("by the shop")
	told = app.wait("order.updated")
	if data := told["data"].(map[string]any); data["origin"] != nil || data["object"].(map[string]any)["note"] != "by the shop" {
		t.Errorf("its own change is told: %v", told)
	}

	// The log, once the answer is in it, and once more.
	var sent reply
	var list []any
	for ctx := within(t, soon); ; {
		sent = api.do(http.MethodGet, "/webhooks/"+id+"/deliveries", nil)
		list, _ = sent.Body["data"].([]any)
		if len(list) > 0 && list[0].(map[string]any)["state"] == "delivered" || ctx.Err() != nil {
			break
		}
		select {
		case <-ctx.Done():
		case <-time.After(50 * time.Millisecond): // the app may ask ten times a second
		}
	}
	if len(list) != 4 {
		t.Fatalf("%d %s", sent.StatusCode, sent.Text)
	}
	first, last := list[3].(map[string]any), list[0].(map[string]any)
	if last["topic"] != "order.updated" || last["state"] != "delivered" || last["resource_id"] != placed || last["last_status"] != 200.0 || first["created_at"].(string) > last["created_at"].(string) {
		t.Errorf("%v, %v", first, last)
	}
	again := api.do(http.MethodPost, "/webhooks/"+id+"/deliveries/"+last["id"].(string)+"/redeliver", nil)
	if again.StatusCode != http.StatusAccepted {
		t.Fatalf("%d %s", again.StatusCode, again.Text)
	}
	if told = app.wait("order.updated"); told["id"] != last["webhook_id"] {
		t.Errorf("sent again as %v, want %v", told["id"], last["webhook_id"])
	}

	// A new version of the app keeps what it subscribed to.
	app.becomes(func() { app.version = "2.2.0" })
	if _, _, err := readAgain(t, shop, app.URL, false); err != nil {
		t.Fatal(err)
	}
	if r := api.do(http.MethodGet, "/webhooks/"+id, nil); r.StatusCode != http.StatusOK || r.Body["suppress_own"] != true {
		t.Errorf("after an update: %d %s", r.StatusCode, r.Text)
	}
	if r := api.do(http.MethodDelete, "/webhooks/"+id, nil); r.StatusCode != http.StatusNoContent {
		t.Errorf("%d %s", r.StatusCode, r.Text)
	}
	if r := api.do(http.MethodDelete, "/webhooks/"+id, nil); r.StatusCode != http.StatusNotFound {
		t.Errorf("again: %d %s", r.StatusCode, r.Text)
	}
}

// What cannot be subscribed to is refused with what is wrong.
func TestSubscriptionsThatAreRefused(t *testing.T) {
	t.Parallel()
	app, api, _, _ := subscriber(t)
	at := app.URL + "/hook"
	if r := api.do(http.MethodPost, "/webhooks", map[string]any{"topic": "order.paid", "address": at}); r.StatusCode != http.StatusCreated {
		t.Fatalf("%d %s", r.StatusCode, r.Text)
	}
	for name, tt := range map[string]struct {
		body   any
		status int
		code   string // of the problem, or of its first fault
	}{
		"no topic":                {map[string]any{"address": at}, 422, "required"},
		"an unknown topic":        {map[string]any{"topic": "order.eaten", "address": at}, 422, "unknown_topic"},
		"all topics":              {map[string]any{"topic": "*.*", "address": at}, 422, "unknown_topic"},
		"a topic without scope":   {map[string]any{"topic": "product.created", "address": at}, 403, "insufficient_scope"},
		"another entity's topics": {map[string]any{"topic": "customer.*", "address": at}, 403, "insufficient_scope"},
		"the same again":          {map[string]any{"topic": "order.paid", "address": at}, 409, "duplicate"},
		"that of the app.json":    {map[string]any{"topic": "app.updated", "address": at}, 409, "duplicate"},
		"no address":              {map[string]any{"topic": "order.shipped", "address": "hook"}, 422, "malformed"},
		"in the clear":            {map[string]any{"topic": "order.shipped", "address": "http://app.example/hook"}, 422, "malformed"},
		"with a password":         {map[string]any{"topic": "order.shipped", "address": "https://a:b@127.0.0.1/hook"}, 422, "malformed"},
		"with a fragment":         {map[string]any{"topic": "order.shipped", "address": at + "#a"}, 422, "malformed"},
		"at another host":         {map[string]any{"topic": "order.shipped", "address": "https://spy.example/hook"}, 422, "host_unknown"},
		"another order":           {map[string]any{"topic": "order.shipped", "address": at, "order": "none"}, 422, "not_allowed"},
		"an unknown field":        {map[string]any{"topic": "order.shipped", "address": at, "format": "json"}, 422, "unknown_field"},
	} {
		r := api.do(http.MethodPost, "/webhooks", tt.body)
		code, _ := r.Body["code"].(string)
		if faults, _ := r.Body["errors"].([]any); len(faults) > 0 {
			code, _ = faults[0].(map[string]any)["code"].(string)
		}
		if r.StatusCode != tt.status || code != tt.code {
			t.Errorf("%s: %d %s, want %d %s", name, r.StatusCode, r.Text, tt.status, tt.code)
		}
	}
	list := api.do(http.MethodGet, "/webhooks", nil)
	for _, x := range list.Body["data"].([]any) {
		if s := x.(map[string]any); s["source"] == "app.json" {
			if r := api.do(http.MethodDelete, "/webhooks/"+s["id"].(string), nil); r.StatusCode != http.StatusMethodNotAllowed {
				t.Errorf("that of the app.json: %d %s", r.StatusCode, r.Text)
			}
		}
	}
	if n := len(list.Body["data"].([]any)); n != 2 {
		t.Errorf("%d subscriptions are there", n)
	}
}

// With another key, messages are signed with both for a day, the new one first.
func TestWebhookKeyIsRotated(t *testing.T) {
	t.Parallel()
	app, api, order, _ := subscriber(t)
	before := api.do(http.MethodGet, "/installation", nil).Body["webhook_key_id"]
	api.do(http.MethodPost, "/webhooks", map[string]any{"topic": "order.placed", "address": app.URL + "/hook"})
	old := app.text("webhook_secret")
	r := api.do(http.MethodPost, "/webhook-secret/rotate", nil)
	fresh, _ := r.Body["webhook_secret"].(string)
	if r.StatusCode != http.StatusOK || !strings.HasPrefix(fresh, "whsec_") || fresh == old {
		t.Fatalf("%d", r.StatusCode)
	}
	if after := api.do(http.MethodGet, "/installation", nil).Body["webhook_key_id"]; after == before || before == nil || after == nil {
		t.Errorf("the key was %v and is %v", before, after)
	}
	app.becomes(func() { app.tokens["webhook_secret"], app.oldKey = fresh, old })
	order("")
	app.wait("order.placed")
}

// Lines for the merchant wait by the same ladder as those of the other dialect.
func TestNotificationsOfAnApp(t *testing.T) {
	t.Parallel()
	_, api, _, _ := subscriber(t)
	for i := range 10 {
		if r := api.do(http.MethodPost, "/notifications", map[string]any{"status": "info", "message": "Parcel booked"}); r.StatusCode != http.StatusCreated {
			t.Fatalf("%d: %d %s", i, r.StatusCode, r.Text)
		}
	}
	r := api.do(http.MethodPost, "/notifications", map[string]any{"status": "info", "message": "once more"})
	if r.StatusCode != http.StatusTooManyRequests || r.Header.Get("Retry-After") != "10" || r.Body["code"] != "rate_limited" {
		t.Errorf("%d %v %s", r.StatusCode, r.Header, r.Text)
	}
	for _, wrong := range []map[string]any{{"status": "loud", "message": "a"}, {"status": "info", "message": ""}, {"status": "info"}} {
		if r := api.do(http.MethodPost, "/notifications", wrong); r.StatusCode != http.StatusUnprocessableEntity {
			t.Errorf("%v: %d %s", wrong, r.StatusCode, r.Text)
		}
	}
}
