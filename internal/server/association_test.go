package server_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/appdock/appdock/sdk/apptest"
)

// TestPathsOfAssociations reads and writes along paths (admin-api.md 6.3): of each kind of
// association, and over several steps.
func TestPathsOfAssociations(t *testing.T) {
	t.Parallel()
	c, shop := teas(t)
	const (
		product = "/api/product/018c0000000070008000000000000001"
		other   = "/api/product/018c0000000070008000000000000002"
		maker   = "/api/product-manufacturer/018c0000000070008000000000000100"
		tag     = "018c0000000070008000000000000061"
		tagged  = "018c0000000070008000000000000062"
		review  = "018c0000000070008000000000000071"
		unknown = "018c0000000070008000000000000099"
	)
	names := func(path string) (list []string) {
		t.Helper()
		var page struct{ Data []map[string]any }
		method := "GET"
		if strings.Contains(path, "/search/") {
			method = "POST"
		}
		if err := json.Unmarshal(c.done(method, path, "", http.StatusOK), &page); err != nil {
			t.Fatal(err)
		}
		for _, r := range page.Data {
			list = append(list, fmt.Sprint(r["name"], r["title"]))
		}
		return list
	}
	equal := func(what string, got, want any) {
		t.Helper()
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s (-want +got)\n%s", what, diff)
		}
	}
	// Many to many: what is not there is made, what is there is linked.
	c.done("POST", product+"/tags", `{"id":"`+tag+`","name":"new"}`, http.StatusNoContent)
	c.done("POST", "/api/tag", `{"id":"`+tagged+`","name":"old"}`, http.StatusNoContent)
	c.done("POST", product+"/tags/", `{"id":"`+tagged+`"}`, http.StatusNoContent)
	equal("tags", names(product+"/tags?sort=name"), []string{"new<nil>", "old<nil>"})
	equal("tags by search", names("/api/search/product/018c0000000070008000000000000001/extensions/tags"), []string{"new<nil>", "old<nil>"})
	equal("tags of another", names(other+"/tags"), []string(nil))
	c.done("GET", product+"/tags/"+tag, "", http.StatusOK)
	c.done("GET", other+"/tags/"+tag, "", http.StatusNotFound)
	equal("several steps", names(maker+"/products/018c0000000070008000000000000001/tags?sort=-name"), []string{"old<nil>", "new<nil>"})
	c.done("GET", maker+"/products/018c0000000070008000000000000002/tags", "", http.StatusNotFound) // of another maker
	c.done("DELETE", product+"/tags/"+tag, "", http.StatusNoContent)
	c.done("DELETE", product+"/tags/"+tag, "", http.StatusNotFound)
	equal("tags, one less", names(product+"/tags"), []string{"old<nil>"})
	c.done("GET", "/api/tag/"+tag, "", http.StatusOK) // only the link went

	// One to many: the child is made, changed and deleted.
	channel, _ := c.found("sales-channel", `{}`)["id"].(string)
	body := `{"id":"` + review + `","title":"Good","content":"Very","salesChannelId":"` + channel + `","languageId":"2fbb5fe2e29a4d70aa5854ce7ce3e20b"}`
	c.done("POST", product+"/product-reviews", body, http.StatusNoContent)
	c.done("POST", product+"/product-reviews", body, http.StatusBadRequest) // it is there
	equal("reviews", names(product+"/product-reviews"), []string{"<nil>Good"})
	c.done("PATCH", product+"/product-reviews/"+review, `{"title":"Better"}`, http.StatusNoContent)
	c.done("PATCH", other+"/product-reviews/"+review, `{"title":"Worse"}`, http.StatusNotFound)
	equal("reviews, changed", names(product+"/product-reviews"), []string{"<nil>Better"})
	c.done("DELETE", other+"/product-reviews/"+review, "", http.StatusNotFound)
	c.done("DELETE", product+"/product-reviews/"+review, "", http.StatusNoContent)
	c.done("GET", "/api/product-review/"+review, "", http.StatusNotFound)

	// Many to one: the record gets the key.
	c.done("POST", product+"/manufacturer", `{"name":"Red"}`, http.StatusNoContent)
	equal("manufacturer", names(product+"/manufacturer"), []string{"Red<nil>"})

	// Texts of a language.
	german, _ := c.found("language", `{"filter":[{"type":"equals","field":"locale.code","value":"de-DE"}]}`)["id"].(string)
	c.done("POST", product+"/translations", `{"languageId":"`+german+`","name":"Tee"}`, http.StatusNoContent)
	equal("translations", names(product+"/translations?sort=name"), []string{"Tea<nil>", "Tee<nil>"})
	c.done("DELETE", product+"/translations/"+german, "", http.StatusNoContent)
	equal("translations, one less", names(product+"/translations"), []string{"Tea<nil>"})
	if _, answer := c.do("DELETE", product+"/translations/2fbb5fe2e29a4d70aa5854ce7ce3e20b", ""); !strings.Contains(string(answer), "delete-system-translation-violation") {
		t.Errorf("the system's texts: %s", answer)
	}

	for path, status := range map[string]int{
		"/api/product/" + unknown + "/tags":               http.StatusNotFound,
		product + "/nonsense":                             http.StatusNotFound,
		product + "/name":                                 http.StatusBadRequest,
		product + "/tags/" + tagged + "/nonsense":         http.StatusNotFound,
		product + "/tags/" + unknown + "/products":        http.StatusNotFound,
		product + "/tags/x":                               http.StatusNotFound,
		product + strings.Repeat("/children/"+unknown, 9): http.StatusNotFound,
	} {
		if got, answer := c.do("GET", path, ""); got != status {
			t.Errorf("GET %s: %d %s", path, got, answer)
		}
		if got, answer := c.do("DELETE", path+"/"+unknown, ""); got < 400 || got >= 500 {
			t.Errorf("DELETE %s: %d %s", path, got, answer)
		}
	}
	if status, _ := c.do("DELETE", product+"/tags", ""); status != http.StatusMethodNotAllowed {
		t.Errorf("DELETE of all tags: %d", status)
	}

	app := apptest.New(t, apptest.App{Permissions: []string{"product:read", "tag:read", "product:update"}})
	installed(t, shop, write(t, app.App.Name, app.Manifest()))
	known := app.Shops.All()[0]
	own := c
	own.token = tokenFrom(t, client(t), c.url, known.APIKey, known.SecretKey)
	own.done("GET", product+"/tags", "", http.StatusOK)
	for _, refused := range []struct{ method, path, body, right string }{
		{"GET", product + "/manufacturer", "", "product_manufacturer:read"},
		{"GET", maker + "/products", "", "product_manufacturer:read"},
		{"POST", product + "/tags", `{"id":"` + tag + `"}`, "product_tag:create"},
		{"POST", product + "/tags", `{"name":"x"}`, "tag:create"},
		{"DELETE", product + "/tags/" + tagged, "", "product_tag:delete"},
		{"POST", product + "/manufacturer", `{"name":"x"}`, "product_manufacturer:create"},
	} {
		if status, answer := own.do(refused.method, refused.path, refused.body); status != http.StatusForbidden || !strings.Contains(string(answer), refused.right) {
			t.Errorf("%s %s %s: %d %s, want %s", refused.method, refused.path, refused.body, status, answer, refused.right)
		}
	}
}
