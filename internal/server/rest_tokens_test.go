package server_test

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"
)

// TestTokensOfTheOtherAPI are refused on both sides as if nobody knew them: an app of one kind
// never gets a token of the other (rest-api-sitepack.md 3).
func TestTokensOfTheOtherAPI(t *testing.T) {
	t.Parallel()
	b := bothAPIs(t, "products:read", "products:write")
	other := restClient{t, b.rest.base, b.admin.token}
	for _, path := range []string{"/me", "/products", "/events", "/installation", "/settings", "/currencies"} {
		out := other.refused(401, "invalid_token", "GET", path, nil)
		if out.Header.Get("Www-Authenticate") != `Bearer error="invalid_token"` {
			t.Errorf("%s: %v", path, out.Header)
		}
	}
	other.refused(401, "invalid_token", "POST", "/products", `{}`)
	for path, body := range map[string]string{
		"/api/search/product": `{}`, "/api/_action/sync": `[]`, "/api/product": `{}`, "/api/_info/me": "", "/api/app-system/webhook/state": "",
	} {
		method := http.MethodPost
		if body == "" {
			method = http.MethodGet
		}
		r, err := http.NewRequestWithContext(t.Context(), method, b.rest.base+path, strings.NewReader(body))
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Set("Authorization", "Bearer "+b.rest.token)
		r.Header.Set("Content-Type", "application/json")
		res, err := http.DefaultClient.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		var told struct {
			Errors []struct{ Status, Code string }
		}
		err = json.NewDecoder(res.Body).Decode(&told)
		_ = res.Body.Close()
		if err != nil || res.StatusCode != http.StatusUnauthorized || len(told.Errors) != 1 || told.Errors[0].Status != "401" || told.Errors[0].Code != "9" {
			t.Errorf("%s: %d %+v %v", path, res.StatusCode, told, err)
		}
	}
}
