package server_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/appdock/appdock/internal/control"
	"github.com/appdock/appdock/internal/server"
	"github.com/appdock/appdock/sdk/apptest"
)

// pair are the tokens of a person.
type pair struct {
	Type    string `json:"token_type"`
	Expires int    `json:"expires_in"`
	Access  string `json:"access_token"`
	Refresh string `json:"refresh_token"`
}

// loggedIn makes a user of the shop who has chosen a password.
func loggedIn(t *testing.T, host *server.Server, u control.NewUser) {
	t.Helper()
	made, err := only(t, host).CreateUser(t.Context(), u)
	if err != nil {
		t.Fatal(err)
	}
	newBrowser(t, host.URL()).choose(made.Link)
}

// TestTokensWithoutWriteOnlyRead refreshes the token of an owner without the scope write: it still
// reads and searches, and changes nothing.
func TestTokensWithoutWriteOnlyRead(t *testing.T) {
	t.Parallel()
	c := filled(t)
	loggedIn(t, c.host, control.NewUser{Name: "olga", Email: "olga@shop.example", Role: "owner"})
	nobody := caller{t, c.calls, c.url, ""}
	ask := func(body string) (p pair) {
		t.Helper()
		if err := json.Unmarshal(nobody.done("POST", "/api/oauth/token", body, http.StatusOK), &p); err != nil {
			t.Fatal(err)
		}
		return p
	}
	refreshed := func(p pair, scope string) pair {
		t.Helper()
		return ask(`{"grant_type":"refresh_token","client_id":"administration","refresh_token":"` + p.Refresh + `","scope":"` + scope + `"}`)
	}
	full := refreshed(ask(`{"grant_type":"password","client_id":"administration","username":"olga","password":"`+goodPassword+`"}`), "write")
	const tag = "018c0000000070008000000000000aa1"
	writer := caller{t, c.calls, c.url, full.Access}
	writer.done("POST", "/api/tag", `{"id":"`+tag+`","name":"x"}`, http.StatusNoContent)

	full = refreshed(full, "none") // unknown scopes are ignored
	writer = caller{t, c.calls, c.url, full.Access}
	writer.done("PATCH", "/api/tag/"+tag, `{"name":"x"}`, http.StatusNoContent)
	narrow := refreshed(full, "user-verified")
	reader := caller{t, c.calls, c.url, narrow.Access}
	for _, path := range []string{"/api/search/tag", "/api/search-ids/tag", "/api/search/product/" + tag + "/tags"} {
		if status, answer := reader.do("POST", path, `{}`); status == http.StatusForbidden {
			t.Errorf("POST %s: %s", path, answer)
		}
	}
	reader.done("GET", "/api/tag/"+tag, "", http.StatusOK)
	for _, refused := range []struct{ method, path, body string }{
		{"POST", "/api/tag", `{"name":"y"}`},
		{"PATCH", "/api/tag/" + tag, `{"name":"y"}`},
		{"DELETE", "/api/tag/" + tag, ``},
		{"POST", "/api/_action/sync", `[{"entity":"tag","action":"upsert","payload":[{"name":"y"}]}]`},
		{"POST", "/api/_action/system-config", `{"core.x":1}`},
		{"GET", "/api/_action/number-range/reserve/order", ``},
		{"POST", "/api/notification", `{"status":"info","message":"x"}`},
	} {
		answer := string(reader.done(refused.method, refused.path, refused.body, http.StatusForbidden))
		if !strings.Contains(answer, "FRAMEWORK__MISSING_PRIVILEGE_ERROR") || !strings.Contains(answer, `\"missingPrivileges\":[\"write\"]`) {
			t.Errorf("%s %s: %s", refused.method, refused.path, answer)
		}
	}
	// What it gave up it does not get back.
	again := caller{t, c.calls, c.url, refreshed(narrow, "write").Access}
	again.done("PATCH", "/api/tag/"+tag, `{"name":"y"}`, http.StatusForbidden)
	if got := writer.found("tag", `{"ids":["`+tag+`"]}`)["name"]; got != "x" {
		t.Errorf("the tag is named %v", got)
	}
}

// TestPeopleUseTheAdminAPI is protocol-oauth.md A for those who log in: tokens for a password, the
// next ones, what they may do, and what ends them.
func TestPeopleUseTheAdminAPI(t *testing.T) {
	t.Parallel()
	c := filled(t)
	loggedIn(t, c.host, control.NewUser{Name: "anna", Email: "anna@shop.example", Role: "staff", Privileges: []string{"product:read", "order:read", "app.Tea"}})
	loggedIn(t, c.host, control.NewUser{Name: "olga", Email: "olga@shop.example", Role: "owner"})
	nobody := caller{t, c.calls, c.url, ""}
	ask := func(body string, status int, headers ...string) (p pair) {
		t.Helper()
		if err := json.Unmarshal(nobody.done("POST", "/api/oauth/token", body, status, headers...), &p); err != nil {
			t.Fatal(err)
		}
		return p
	}
	password := func(name string) string {
		return fmt.Sprintf(`{"grant_type":"password","client_id":"administration","scope":"write","username":%q,"password":%q}`, name, goodPassword)
	}
	anna := ask(password("anna"), http.StatusOK)
	if anna.Type != "Bearer" || anna.Expires != 600 || anna.Access == "" || len(anna.Refresh) != 43 {
		t.Errorf("got %+v", anna)
	}
	form := url.Values{"grant_type": {"password"}, "client_id": {"administration"}, "username": {"ANNA"}, "password": {goodPassword}}
	if p := ask(form.Encode(), http.StatusOK, "Content-Type: application/x-www-form-urlencoded"); p.Access == "" {
		t.Errorf("a form gets %+v", p)
	}
	as := func(token string) caller { return caller{t, c.calls, c.url, token} }
	by := as(anna.Access)
	var me struct {
		Data struct {
			ID, Username, Email string
			Password            *string
		}
	}
	text := by.done("GET", "/api/_info/me", "", http.StatusOK, "Accept: application/json")
	if err := json.Unmarshal(text, &me); err != nil || me.Data.Username != "anna" || me.Data.Email != "anna@shop.example" || strings.Contains(string(text), "argon2") || me.Data.Password != nil {
		t.Errorf("I am %s, %v", text, err)
	}
	by.done("GET", "/api/_info/ping", "", http.StatusNoContent)

	// A person may what their role says, an owner all.
	by.done("POST", "/api/search/product", `{}`, http.StatusOK)
	by.done("POST", "/api/search/customer", `{}`, http.StatusForbidden)
	by.done("POST", "/api/search/order", `{"sort":[{"field":"orderCustomer.email"}]}`, http.StatusForbidden)
	by.done("POST", "/api/tag", `{"name":"x"}`, http.StatusForbidden)
	by.done("POST", "/api/notification", `{"status":"info","message":"x"}`, http.StatusForbidden)
	by.done("POST", "/api/app-system/shop-id/check", ``, http.StatusForbidden)
	by.done("POST", "/api/_action/app-system/secret/rotate", ``, http.StatusBadRequest)
	owner := as(ask(password("olga"), http.StatusOK).Access)
	owner.done("POST", "/api/notification", `{"status":"info","message":"x"}`, http.StatusOK)
	const tag = "018c0000000070008000000000000aa1"
	owner.done("POST", "/api/tag", `{"id":"`+tag+`","name":"x"}`, http.StatusNoContent)
	var olga struct{ Data struct{ ID string } }
	if err := json.Unmarshal(owner.done("GET", "/api/_info/me", "", http.StatusOK), &olga); err != nil {
		t.Fatal(err)
	}
	if n := owner.found("notification", `{}`); n["createdByUserId"] != olga.Data.ID {
		t.Errorf("the notification is by %v, want %s", n["createdByUserId"], olga.Data.ID)
	}
	// The headers of apps make nobody more than they are.
	by.done("POST", "/api/search/customer", `{}`, http.StatusForbidden, "sw-app-user-id: "+olga.Data.ID)

	// A person acts for an app: with the rights that both have.
	app := apptest.New(t, apptest.App{Name: "Tea", Permissions: []string{"product:read", "tag:read"}})
	installed(t, c.shop, write(t, "Tea", app.Manifest()))
	other := apptest.New(t, apptest.App{Name: "Milk", Permissions: []string{"product:read"}})
	installed(t, c.shop, write(t, "Milk", other.Manifest()))
	integration := func(name string) string {
		id, _ := c.found("app", `{"filter":{"name":"`+name+`"}}`)["integrationId"].(string)
		return "sw-app-integration-id: " + id
	}
	by.done("POST", "/api/search/product", `{}`, http.StatusOK, integration("Tea"))
	by.done("POST", "/api/search/order", `{}`, http.StatusForbidden, integration("Tea")) // the app may not
	by.done("POST", "/api/search/tag", `{}`, http.StatusForbidden, integration("Tea"))   // the person may not
	owner.done("POST", "/api/search/tag", `{}`, http.StatusOK, integration("Tea"))
	owner.done("DELETE", "/api/tag/"+tag, ``, http.StatusForbidden, integration("Tea"))
	if answer := by.done("POST", "/api/search/product", `{}`, http.StatusForbidden, integration("Milk")); !strings.Contains(string(answer), "app.Milk") {
		t.Errorf("for an app that is none of hers: %s", answer)
	}
	for _, wrong := range []string{"x", tag} {
		if answer := by.done("POST", "/api/search/product", `{}`, http.StatusBadRequest, "sw-app-integration-id: "+wrong); !strings.Contains(string(answer), "FRAMEWORK__APP_INTEGRATION_NOT_FOUND") {
			t.Errorf("for no app: %s", answer)
		}
	}
	c.done("POST", "/api/search/tag", `{}`, http.StatusOK, integration("Milk")) // a client's token: the header does nothing
	tea := integration("Tea")
	if _, err := c.shop.Deactivate(t.Context(), "Tea"); err != nil {
		t.Fatal(err)
	}
	if answer := by.done("POST", "/api/search/product", `{}`, http.StatusBadRequest, tea); !strings.Contains(string(answer), "FRAMEWORK__APP_INTEGRATION_NOT_FOUND") {
		t.Errorf("for an app that is not active: %s", answer)
	}

	// A refresh token is good once.
	refresh := func(token string, status int) pair {
		t.Helper()
		return ask(`{"grant_type":"refresh_token","client_id":"administration","refresh_token":"`+token+`"}`, status)
	}
	next := refresh(anna.Refresh, http.StatusOK)
	as(next.Access).done("GET", "/api/_info/ping", "", http.StatusNoContent)
	refresh(anna.Refresh, http.StatusUnauthorized)
	if answer := string(nobody.done("POST", "/api/oauth/token", strings.Replace(password("anna"), goodPassword, "wrong", 1), http.StatusBadRequest)); answer !=
		`{"errors":[{"code":"6","status":"400","title":"The user credentials were incorrect.","detail":null}]}` {
		t.Errorf("a wrong password: %s", answer)
	}

	// Whoever is disabled is out at once; whoever may log in again needs another token.
	change := func(active bool) {
		t.Helper()
		if _, err := c.shop.(*server.Shop).ChangeUser(t.Context(), "anna", control.UserChange{Active: &active}); err != nil {
			t.Fatal(err)
		}
	}
	change(false)
	by.done("GET", "/api/_info/ping", "", http.StatusUnauthorized)
	nobody.done("POST", "/api/oauth/token", password("anna"), http.StatusBadRequest)
	change(true)
	last := ask(password("anna"), http.StatusOK)
	link, err := c.shop.(*server.Shop).InviteUser(t.Context(), "anna")
	if err != nil {
		t.Fatal(err)
	}
	newBrowser(t, c.host.URL()).choose(link.Link)
	if answer := as(last.Access).done("GET", "/api/_info/ping", "", http.StatusUnauthorized); !strings.Contains(string(answer), "Access token is expired") {
		t.Errorf("after another password was chosen: %s", answer)
	}
	refresh(last.Refresh, http.StatusUnauthorized)
}
