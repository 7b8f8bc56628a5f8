package server_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"

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
	for _, body := range []string{
		`{"status":"info","message":"all"}`, `{"status":"info","message":"none needed","requiredPrivileges":[]}`,
		`{"status":"info","message":"admins","adminOnly":true}`, `{"status":"info","message":"orders","requiredPrivileges":["order:read"]}`,
		`{"status":"info","message":"orders and products","requiredPrivileges":["product:read","order:read"]}`,
		`{"status":"info","message":"customers","requiredPrivileges":["customer:read"]}`,
		`{"status":"info","message":"orders and customers","requiredPrivileges":["order:read","customer:read"]}`,
		`{"status":"info","message":"admins with orders","adminOnly":true,"requiredPrivileges":["order:read"]}`,
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
	if got, want := found(c), "8 [{admins} {admins with orders} {all} {customers} {none needed} {orders} {orders and customers} {orders and products}]"; got != want {
		t.Errorf("an administrator finds %s, want %s", got, want)
	}
	counted := own.done("POST", "/api/search/notification", `{"limit":1,"aggregations":[{"name":"n","type":"count","field":"id"}],"filter":[{"type":"equals","field":"adminOnly","value":true}]}`, http.StatusOK)
	if !strings.Contains(string(counted), `"count":0`) {
		t.Errorf("counted %s", counted)
	}
}
