package server_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/appdock/appdock/internal/server"
)

// TestDraftsThatNobodyWritesAreDropped by the time of their last write, with all their rows, and
// nothing live with them.
func TestDraftsThatNobodyWritesAreDropped(t *testing.T) {
	t.Parallel()
	d, _ := newDrafted(t)
	open := func() map[string]time.Time { // when each was last written
		t.Helper()
		var page struct {
			Data []struct {
				ID                   string
				CreatedAt, UpdatedAt *time.Time
			}
		}
		if err := json.Unmarshal(d.done("POST", "/api/search/version", `{}`, http.StatusOK), &page); err != nil {
			t.Fatal(err)
		}
		all := map[string]time.Time{}
		for _, v := range page.Data {
			all[v.ID] = *v.CreatedAt
			if v.UpdatedAt != nil {
				all[v.ID] = *v.UpdatedAt
			}
		}
		return all
	}
	live := d.found("order", fmt.Sprintf(`{"ids":[%q],"associations":{"lineItems":{}}}`, d.order))
	left, written := d.begin(`{}`), d.begin(`{}`)
	begun := open()[written]
	d.done("PATCH", "/api/order-line-item/"+d.item, `{"label":"another"}`, http.StatusNoContent, "sw-version-id: "+written)
	last := open()[written]
	if !last.After(begun) {
		t.Fatalf("written at %s, begun at %s", last, begun)
	}

	if n := server.ExpireDrafts(t, d.shop, last); n != 1 {
		t.Errorf("%d drafts were dropped, want one", n)
	}
	if now := open(); len(now) != 1 || now[written].IsZero() {
		t.Errorf("drafts %v are left, want %s, which was written", now, written)
	}
	if status, answer := d.do("PATCH", "/api/order/"+d.order, `{"customerComment":"late"}`, "sw-version-id: "+left); status == http.StatusNoContent || !strings.Contains(string(answer), "FRAMEWORK__VERSION_NOT_EXISTS") {
		t.Errorf("a write to what was dropped: %d %s", status, answer)
	}
	if n := server.ExpireDrafts(t, d.shop, last.Add(time.Millisecond)); n != 1 || len(open()) != 0 {
		t.Errorf("%d drafts were dropped, and %v are left", n, open())
	}
	for _, entity := range []string{"order", "order-line-item"} {
		for _, version := range []string{left, written} {
			answer := string(d.done("POST", "/api/search/"+entity, `{}`, http.StatusOK, "sw-version-id: "+version))
			if strings.Contains(answer, `"versionId":"`+version) {
				t.Errorf("rows of a dropped version are left: %s", answer)
			}
		}
	}
	after := d.found("order", fmt.Sprintf(`{"ids":[%q],"associations":{"lineItems":{}}}`, d.order))
	if fmt.Sprint(after) != fmt.Sprint(live) {
		t.Errorf("the live order is another:\n%v\n%v", after, live)
	}
}
