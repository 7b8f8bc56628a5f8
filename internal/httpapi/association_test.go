package httpapi_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/appdock/appdock"
	"github.com/appdock/appdock/internal/entity"
)

// TestAssociationPaths is admin-api.md 6.3, reading.
func TestAssociationPaths(t *testing.T) {
	t.Parallel()
	product := "/api/product/" + teaID.String()
	search := "/api/search/product/" + teaID.String()
	tests := map[string]struct {
		send   send
		status int
		code   string // of the failure
		want   *entity.Filter
	}{
		"of an unknown record":      {send{method: "GET", path: "/api/product/" + unknownID.String() + "/product-reviews"}, 404, "FRAMEWORK__RESOURCE_NOT_FOUND", nil},
		"an unknown association":    {send{method: "GET", path: product + "/nonsense"}, 404, "FRAMEWORK__NOT_EXISTING_RELATION_EXCEPTION", nil},
		"a field":                   {send{method: "GET", path: product + "/name"}, 400, "FRAMEWORK__API_INVALID_ASSOCIATION", nil},
		"not in the spelling":       {send{method: "GET", path: product + "/productReviews"}, 404, "FRAMEWORK__NOT_EXISTING_RELATION_EXCEPTION", nil},
		"of no id":                  {send{method: "GET", path: "/api/product/5/product-reviews"}, 404, "0", nil},
		"of an unknown entity":      {send{method: "POST", path: "/api/search/nothing/" + teaID.String() + "/product-reviews"}, 404, "FRAMEWORK__DEFINITION_NOT_FOUND", nil},
		"criteria that are wrong":   {send{method: "POST", path: search + "/product-reviews", body: `{"limit":0}`}, 400, "FRAMEWORK__INVALID_LIMIT_QUERY", nil},
		"a list":                    {send{method: "GET", path: product + "/product-reviews"}, 200, "", &entity.Filter{Kind: entity.EqualsAny, Field: "productId", Values: []any{teaID}}},
		"a search":                  {send{method: "POST", path: search + "/product-reviews"}, 200, "", &entity.Filter{Kind: entity.EqualsAny, Field: "productId", Values: []any{teaID}}},
		"a search for ids":          {send{method: "POST", path: "/api/search-ids/product/" + teaID.String() + "/manufacturer"}, 200, "", &entity.Filter{Kind: entity.EqualsAny, Field: "id", Values: []any{makerID}}},
		"what a record leads to":    {send{method: "GET", path: product + "/manufacturer/"}, 200, "", &entity.Filter{Kind: entity.EqualsAny, Field: "id", Values: []any{makerID}}},
		"where a record leads none": {send{method: "GET", path: "/api/product/" + cocoaID.String() + "/manufacturer"}, 200, "", &entity.Filter{Kind: entity.EqualsAny, Field: "id", Values: []any{appdock.ID{}}}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := newFake(t)
			f.rights = appdock.NewPrivileges("product:read", "product_manufacturer:read", "product_review:read")
			api, _ := newAPI(f)
			w := tt.send.to(api)
			if w.Code != tt.status {
				t.Fatalf("got %d %s", w.Code, w.Body)
			}
			if tt.code != "" {
				if got := faults(t, w.Body.Bytes()); got[0].Code != tt.code {
					t.Errorf("got %v", got)
				}
				return
			}
			asked := f.asked[len(f.asked)-1]
			if diff := cmp.Diff([]entity.Filter{*tt.want}, asked.Filters); diff != "" {
				t.Errorf("filters (-want +got):\n%s", diff)
			}
		})
	}
	for _, right := range []appdock.Privilege{"product:read", "product_review:read"} {
		f := newFake(t)
		f.rights = appdock.NewPrivileges(right)
		api, _ := newAPI(f)
		if w := (send{method: "GET", path: product + "/product-reviews"}).to(api); w.Code != 403 {
			t.Errorf("with %s alone: got %d %s", right, w.Code, w.Body)
		}
	}
}
