package httpapi_test

import (
	"net/http"
	"strings"
	"testing"
)

// TestEveryRoute calls each route that admin-api.md names in 1, 2 and 8 with a method of its
// own: none of them is unknown.
func TestEveryRoute(t *testing.T) {
	t.Parallel()
	const named = `
		POST   /api/oauth/token
		GET    /api/product
		POST   /api/product
		GET    /api/product/{id}
		PATCH  /api/product/{id}
		DELETE /api/product/{id}
		GET    /api/product/{id}/product-reviews
		POST   /api/product/{id}/product-reviews
		GET    /api/product/{id}/product-reviews/{id}
		PATCH  /api/product/{id}/product-reviews/{id}
		DELETE /api/product/{id}/product-reviews/{id}
		POST   /api/search/product
		POST   /api/search/product/{id}/product-reviews
		POST   /api/search-ids/product
		POST   /api/search-ids/product/{id}/product-reviews
		POST   /api/_action/sync
		GET    /api/_info/version
		GET    /api/v1/_info/version
		GET    /api/_info/config
		GET    /api/_info/openapi3.json
		GET    /api/_info/open-api-schema.json
		GET    /api/_info/entity-schema.json
		GET    /api/_info/events.json
		GET    /api/_info/routes
		GET    /api/_info/queue.json
		GET    /api/_info/me
		GET    /api/_info/ping
		GET    /api/_info/health-check
		POST   /api/notification
		GET    /api/notification/message
		POST   /api/_action/order/{id}/state/process
		POST   /api/_action/order_delivery/{id}/state/ship
		POST   /api/_action/order_transaction/{id}/state/paid
		GET    /api/_action/state-machine/order/{id}/state
		POST   /api/_action/state-machine/order/{id}/state/process
		POST   /api/_action/order_transaction_capture_refund/{id}
		POST   /api/_action/version/order/{id}
		POST   /api/_action/version/merge/order/{id}
		POST   /api/_action/version/{id}/order/{id}
		POST   /api/_action/clone/product/{id}
		POST   /api/_action/media/{id}/upload
		POST   /api/_action/media/{id}/rename
		GET    /api/_action/media/provide-name
		GET    /api/_action/system-config
		POST   /api/_action/system-config
		POST   /api/_action/system-config/batch
		GET    /api/_action/system-config/schema
		GET    /api/_action/number-range/reserve/order
		GET    /api/_action/number-range/reserve/order/{id}
		POST   /api/_action/order/document/invoice/create
		GET    /api/_action/document/{id}/abc
		POST   /api/_action/document/{id}/upload
		POST   /api/_action/trigger-event/x
		POST   /api/_action/indexing
		POST   /api/_action/index
		DELETE /api/_action/cache
		GET    /api/_action/cache_info
		POST   /api/_action/scheduled-task/run
		GET    /api/app-system/modules
		GET    /api/app-system/action-button/product/detail
		POST   /api/app-system/action-button/run/{id}
		GET    /api/app-system/cms/blocks
		GET    /api/app-system/app-url-change/strategies
		POST   /api/app-system/app-url-change/resolve
		GET    /api/app-system/app-url-change/url-difference
		POST   /api/_proxy/store-api/{id}/context`
	api, _ := newAPI(newFake(t))
	for line := range strings.Lines(strings.TrimSpace(named)) {
		method, path, _ := strings.Cut(strings.TrimSpace(line), " ")
		path = strings.ReplaceAll(strings.TrimSpace(path), "{id}", teaID.String())
		// Without a token: what is known is refused, and nothing is done.
		w := send{method: method, path: path, headers: []string{"Authorization: none"}}.to(api)
		if w.Code == http.StatusNotFound || w.Code == http.StatusMethodNotAllowed {
			t.Errorf("%s %s: %d %s", method, path, w.Code, w.Body)
		}
	}
	for _, path := range []string{"/api/script/x", "/api/script/x/" + teaID.String()} {
		for _, method := range []string{"GET", "POST"} {
			if w := (send{method: method, path: path}).to(api); w.Code != http.StatusNotFound || faults(t, w.Body.Bytes())[0].Code != "ADK-SCRIPT-NOT-FOUND" {
				t.Errorf("%s %s: %d %s", method, path, w.Code, w.Body)
			}
		}
	}
	// What admin-api.md 1 leaves out is no route.
	for _, path := range []string{"/api/_action/extension/refresh", "/api/_action/theme/x/assign"} {
		if w := (send{method: "POST", path: path}).to(api); w.Code != http.StatusNotFound {
			t.Errorf("POST %s: %d %s", path, w.Code, w.Body)
		}
	}
}
