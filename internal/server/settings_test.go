package server_test

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/appdock/appdock/internal/control"
	"github.com/appdock/appdock/sdk/apptest"
)

// TestSettings writes and reads settings as the SDKs do (admin-api.md 8): for the shop, for
// one sales channel, and for several at once.
func TestSettings(t *testing.T) {
	t.Parallel()
	c, shop := newCaller(t)
	if _, err := shop.Seed(t.Context(), control.Seeding{Products: 1}); err != nil {
		t.Fatal(err)
	}
	const path = "/api/_action/system-config"
	channel, _ := c.found("sales-channel", `{}`)["id"].(string)
	read := func(query string) map[string]any {
		t.Helper()
		var got map[string]any
		if err := json.Unmarshal(c.done("GET", path+"?domain=MyApp.config"+query, "", http.StatusOK), &got); err != nil {
			t.Fatal(err)
		}
		return got
	}
	want := func(what string, got, want map[string]any) {
		t.Helper()
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s (-want +got)\n%s", what, diff)
		}
	}
	want("before", read(""), map[string]any{})
	c.done("POST", path, `{"MyApp.config.color":"red","MyApp.config.deep":{"a":[1]},"MyApp.config.on":false,"MyApp.configX.no":1,"Other.config.color":"blue"}`, http.StatusNoContent)
	c.done("POST", path+"?salesChannelId="+channel, `{"MyApp.config.color":"green"}`, http.StatusNoContent)
	all := map[string]any{"MyApp.config.color": "red", "MyApp.config.deep": map[string]any{"a": []any{1.0}}, "MyApp.config.on": false}
	want("of the shop", read(""), all)
	want("of a channel", read("&salesChannelId="+channel), map[string]any{"MyApp.config.color": "green"})
	all["MyApp.config.color"] = "green"
	want("of a channel, inherited", read("&inherit=1&salesChannelId="+channel), all)
	c.done("POST", path+"/batch", `{"null":{"MyApp.config.on":true,"MyApp.config.deep":null,"MyApp.config.not-there":null},"`+channel+`":{"MyApp.config.color":null,"MyApp.config.size":5}}`, http.StatusNoContent)
	want("of the shop, after a batch", read(""), map[string]any{"MyApp.config.color": "red", "MyApp.config.on": true})
	want("of the channel, after a batch", read("&salesChannelId="+channel), map[string]any{"MyApp.config.size": 5.0})

	for body, code := range map[string]string{
		`{"null":{"MyApp.config.a":1},"x":{"MyApp.config.b":2}}`:                                 "FRAMEWORK__INVALID_UUID",
		`{"null":{"MyApp.config.a":1},"` + channel + `":5}`:                                      "FRAMEWORK__INVALID_REQUEST_PARAMETER",
		`{"null":{"MyApp.config.a":1," ":2}}`:                                                    "SYSTEM__INVALID_SETTING_VALUE",
		`{"null":{"MyApp.config.a":1},"018c0000000070008000000000000099":{"MyApp.config.b":2}}`:  "FRAMEWORK__FOREIGN_KEY_VIOLATION",
		`{"null":{"MyApp.config.a":1},"` + channel + `":{"` + strings.Repeat("x", 300) + `":2}}`: "d94b19cc-114f-4f44-9cc4-4138e80a87b9",
	} {
		if status, answer := c.do("POST", path+"/batch", body); status != http.StatusBadRequest || !strings.Contains(string(answer), code) {
			t.Errorf("%.80s: %d %s, want %s", body, status, answer, code)
		}
	}
	want("after what was refused", read(""), map[string]any{"MyApp.config.color": "red", "MyApp.config.on": true})
	if status, answer := c.do("GET", path, ""); status != http.StatusBadRequest || !strings.Contains(string(answer), "domain") {
		t.Errorf("without a domain: %d %s", status, answer)
	}

	app := apptest.New(t, apptest.App{Permissions: []string{"system_config:update"}})
	installed(t, shop, write(t, app.App.Name, app.Manifest()))
	known := app.Shops.All()[0]
	own := c
	own.token = tokenFrom(t, client(t), c.url, known.APIKey, known.SecretKey)
	own.done("GET", path+"?domain=MyApp", "", http.StatusOK) // update implies read
	if _, answer := own.do("POST", path, `{"MyApp.config.color":"x"}`); !strings.Contains(string(answer), `[\"system_config:create\",\"system_config:delete\"]`) {
		t.Errorf("without all rights: %s", answer)
	}
}
