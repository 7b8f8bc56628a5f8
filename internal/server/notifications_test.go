package server_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/appdock/appdock/sdk/apptest"
)

// TestNotificationsAreReadInTurn sends as many as are free, starts the host again, and reads
// them page by page as the admin does.
func TestNotificationsAreReadInTurn(t *testing.T) {
	t.Parallel()
	data := folder(t)
	host := open(t, development(data))
	key, secret, err := only(t, host).NewAPIClient(t.Context(), "client")
	if err != nil {
		t.Fatal(err)
	}
	calls := client(t)
	by := func() caller {
		return caller{t, calls, host.URL(), tokenFrom(t, calls, host.URL(), key, secret.Reveal())}
	}
	sender := by()
	for n := range 10 {
		sender.done("POST", "/api/notification", fmt.Sprintf(`{"status":"info","message":"%d"}`, n), http.StatusOK)
	}
	closeHost(t, host)
	host = open(t, development(data))
	reader := by()
	if status, _ := reader.do("POST", "/api/notification", `{"status":"info","message":"10"}`); status != http.StatusTooManyRequests {
		t.Errorf("the eleventh, after a restart: status %d, want 429", status)
	}
	var seen []string
	timestamp := ""
	for {
		var page struct {
			Notifications []struct{ Message string }
			Timestamp     *string
		}
		answer := reader.done("GET", "/api/notification/message?limit=2&latestTimestamp="+url.QueryEscape(timestamp), "", http.StatusOK)
		if err := json.Unmarshal(answer, &page); err != nil {
			t.Fatal(err)
		}
		if page.Timestamp == nil {
			break
		}
		timestamp = *page.Timestamp
		for _, n := range page.Notifications {
			seen = append(seen, n.Message)
		}
	}
	// What was made in the same millisecond comes in any order.
	if len(seen) != 10 || seen[0] != "0" {
		t.Errorf("got %q, want each of ten once", seen)
	}
}

// TestNotificationsOfOthersAreNotFound searches as an app that may read notifications: it finds
// none that are for administrators or for those who may more than it.
func TestNotificationsOfOthersAreNotFound(t *testing.T) {
	t.Parallel()
	c, shop := newCaller(t)
	app := apptest.New(t, apptest.App{Name: "Curious", Permissions: []string{"notification:read", "order:read", "product:read"}})
	own := drafted{caller: c, shop: shop}.of(app)
	keeper := drafted{caller: c, shop: shop}.of(apptest.New(t, apptest.App{Name: "Keeper", Permissions: []string{"notification:read", "app.all"}}))
	for _, body := range []string{
		`{"status":"info","message":"all"}`, `{"status":"info","message":"none needed","requiredPrivileges":[]}`,
		`{"status":"info","message":"admins","adminOnly":true}`, `{"status":"info","message":"orders","requiredPrivileges":["order:read"]}`,
		`{"status":"info","message":"orders and products","requiredPrivileges":["product:read","order:read"]}`,
		`{"status":"info","message":"customers","requiredPrivileges":["customer:read"]}`,
		`{"status":"info","message":"orders and customers","requiredPrivileges":["order:read","customer:read"]}`,
		`{"status":"info","message":"admins with orders","adminOnly":true,"requiredPrivileges":["order:read"]}`,
		`{"status":"info","message":"of an app","requiredPrivileges":["app.Tea"]}`,
		`{"status":"info","message":"of apps with orders","requiredPrivileges":["app.Tea","app.Milk","order:read"]}`,
	} {
		c.done("POST", "/api/notification", body, http.StatusOK)
	}
	found := func(by caller) string {
		t.Helper()
		var page struct {
			Total int
			Data  []struct{ Message string }
		}
		if err := json.Unmarshal(by.done("POST", "/api/search/notification", `{"sort":"message","total-count-mode":1}`, http.StatusOK), &page); err != nil {
			t.Fatal(err)
		}
		return fmt.Sprint(page.Total, page.Data)
	}
	if got, want := found(own), "4 [{all} {none needed} {orders} {orders and products}]"; got != want {
		t.Errorf("an app finds %s, want %s", got, want)
	}
	if got, want := found(c), "10 [{admins} {admins with orders} {all} {customers} {none needed} {of an app} {of apps with orders} {orders} {orders and customers} {orders and products}]"; got != want {
		t.Errorf("an administrator finds %s, want %s", got, want)
	}
	// app.all stands for the right to each app (protocol-webhooks.md 6.4).
	if got, want := found(keeper), "3 [{all} {none needed} {of an app}]"; got != want {
		t.Errorf("who may work with all apps finds %s, want %s", got, want)
	}
	var page struct{ Notifications []struct{ Message string } }
	if err := json.Unmarshal(keeper.done("GET", "/api/notification/message?limit=50", "", http.StatusOK), &page); err != nil || len(page.Notifications) != 3 {
		t.Errorf("who may work with all apps is told %+v, %v", page, err)
	}
	counted := own.done("POST", "/api/search/notification", `{"limit":1,"aggregations":[{"name":"n","type":"count","field":"id"}],"filter":[{"type":"equals","field":"adminOnly","value":true}]}`, http.StatusOK)
	if !strings.Contains(string(counted), `"count":0`) {
		t.Errorf("counted %s", counted)
	}
}

// TestNotificationsAreSentByOneRoute tries each other way to create one: none would count it.
func TestNotificationsAreSentByOneRoute(t *testing.T) {
	t.Parallel()
	c, _ := newCaller(t)
	var sent struct{ ID string }
	if err := json.Unmarshal(c.done("POST", "/api/notification", `{"status":"info","message":"one"}`, http.StatusOK), &sent); err != nil {
		t.Fatal(err)
	}
	const rows = `[{"status":"info","message":"x"},{"status":"info","message":"y"}]`
	for path, body := range map[string]string{
		"/api/_action/sync":                          `{"a":{"entity":"notification","action":"upsert","payload":` + rows + `}}`,
		"/api/_action/clone/notification/" + sent.ID: `{}`,
	} {
		status, answer := c.do("POST", path, body)
		if status != http.StatusBadRequest || !strings.Contains(string(answer), "A notification is sent with POST /api/notification") {
			t.Errorf("%s: %d %s, want 400 and what to do", path, status, answer)
		}
	}
	if page := string(c.done("POST", "/api/search/notification", `{"total-count-mode":1}`, http.StatusOK)); !strings.Contains(page, `"total":1`) {
		t.Errorf("stored %s", page)
	}
	// What was sent may be changed and deleted as any record.
	c.done("POST", "/api/_action/sync", `[{"entity":"notification","action":"upsert","payload":[{"id":"`+sent.ID+`","message":"other"}]}]`, http.StatusOK)
}

// TestLadderOfNotifications climbs the whole ladder over HTTP, by a clock (protocol-admin.md
// 3.1): ten are free, then each waits for 10, 30 and 60 seconds after the last that was
// taken, and a day later ten are free again. What is refused changes nothing.
func TestLadderOfNotifications(t *testing.T) {
	t.Parallel()
	begun, ahead := time.Now(), atomic.Int64{}
	config := development(folder(t))
	config.Now = func() time.Time { return begun.Add(time.Duration(ahead.Load())) }
	host := open(t, config)
	key, secret, err := only(t, host).NewAPIClient(t.Context(), "client")
	if err != nil {
		t.Fatal(err)
	}
	sender := caller{t: t, calls: client(t), url: host.URL()}
	sender.token = tokenFrom(t, sender.calls, host.URL(), key, secret.Reveal())
	const note = `{"status":"info","message":"x"}`
	send := func(what string, status int, wait int) {
		t.Helper()
		got, answer := sender.do("POST", "/api/notification", note)
		if got != status || wait > 0 && !strings.Contains(string(answer), fmt.Sprintf(`"parameters":{"seconds":%d}`, wait)) {
			t.Errorf("%s: %d %s, want %d and a wait of %d s", what, got, answer, status, wait)
		}
	}
	for n := 1; n <= 22; n++ {
		wait := 0
		switch {
		case n > 20:
			wait = 60
		case n > 15:
			wait = 30
		case n > 10:
			wait = 10
		}
		if wait > 0 {
			send(fmt.Sprint(n, ", at once"), http.StatusTooManyRequests, wait)
			ahead.Add(int64(time.Duration(wait)*time.Second - time.Millisecond))
			send(fmt.Sprint(n, ", a moment too early"), http.StatusTooManyRequests, 1)
			ahead.Add(int64(time.Millisecond))
		}
		send(fmt.Sprint(n), http.StatusOK, 0)
	}
	ahead.Add(int64(24 * time.Hour))
	sender.token = tokenFrom(t, sender.calls, host.URL(), key, secret.Reveal())
	for n := 1; n <= 10; n++ {
		send(fmt.Sprint(n, " of the next day"), http.StatusOK, 0)
	}
	send("11 of the next day", http.StatusTooManyRequests, 10)
}
