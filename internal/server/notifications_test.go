package server_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"testing"
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
