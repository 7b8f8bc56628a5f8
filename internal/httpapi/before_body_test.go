package httpapi_test

import (
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/appdock/appdock"
	"github.com/appdock/appdock/internal/httpapi"
)

// unread notes whether anybody reads it.
type unread struct{ read bool }

func (u *unread) Read([]byte) (int, error) {
	u.read = true
	return 0, io.ErrUnexpectedEOF
}

// TestRightsComeBeforeBodies: actions that need a right of their own ask for it first, so that
// nobody sends a file in vain.
func TestRightsComeBeforeBodies(t *testing.T) {
	t.Parallel()
	id := teaID.String()
	const settings = `system_config:update\",\"system_config:create\",\"system_config:delete`
	for _, tt := range []struct{ method, path, right string }{
		{"POST", "_action/media/" + id + "/upload?extension=png", "media:update"},
		{"POST", "_action/media/" + id + "/rename", "media:update"},
		{"POST", "_action/document/" + id + "/upload", "document:update"},
		{"POST", "_action/order/document/invoice/create", "document:create"},
		{"POST", "notification", "notification:create"},
		{"POST", "_action/system-config", settings},
		{"POST", "_action/system-config/batch", settings},
		{"DELETE", "_action/cache", "system:clear:cache"},
		{"GET", "_action/cache_info", "system:cache:info"},
		{"POST", "_action/index", "api_action_cache_index"},
	} {
		f := newFake(t)
		f.rights = appdock.NewPrivileges("product:read")
		o, s := optionsOf(f), &stuck{}
		o.Documents, o.Media, o.Files = s, s, kept{}
		var body unread
		r := httptest.NewRequest(tt.method, base+"/api/"+tt.path, &body)
		r.Header.Set("Authorization", good)
		r.Header.Set("Content-Type", "image/png")
		w := httptest.NewRecorder()
		httpapi.New(o).ServeHTTP(w, r)
		if w.Code != http.StatusForbidden || body.read || !strings.Contains(w.Body.String(), `missingPrivileges\":[\"`+tt.right+`\"]`) {
			t.Errorf("%s %s without %s: %d, body read %t: %s", tt.method, tt.path, tt.right, w.Code, body.read, w.Body)
		}
	}
}
