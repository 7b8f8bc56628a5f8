package httpapi_test

import (
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/appdock/appdock"
	"github.com/appdock/appdock/internal/lifecycle"
)

// identity is a shop whose marks are as a test says, with two apps.
type identity struct {
	stored, current lifecycle.Fingerprints
	failed          []lifecycle.ResolvedApp
	fail            error
	chosen          []lifecycle.Strategy
}

func (i *identity) CheckIdentity(context.Context, appdock.Shop) (lifecycle.Comparison, bool, error) {
	c := lifecycle.Compare(i.stored, i.current, nil)
	return c, c.Suggested(), nil
}

func (i *identity) Resolve(_ context.Context, shop appdock.Shop, s lifecycle.Strategy, _ bool) (lifecycle.Resolution, error) {
	i.chosen = append(i.chosen, s)
	return lifecycle.Resolution{Strategy: s, Shop: shop, Changed: true, Apps: i.failed}, i.fail
}

func (i *identity) All(context.Context, appdock.ShopID) ([]lifecycle.Registration, error) {
	return []lifecycle.Registration{
		{Setup: lifecycle.Setup{RegistrationURL: "https://app.example"}, Profile: lifecycle.Profile{Label: map[string]string{"en-GB": "Notes"}}},
		{Profile: lifecycle.Profile{Label: map[string]string{"en-GB": "Looks"}}}, // has no server
	}, nil
}

// Arrived knows one token.
func (i *identity) Arrived(_ context.Context, shop appdock.ShopID, run, token string) bool {
	return shop != "" && run == "1" && token == "own"
}

func TestIdentity(t *testing.T) {
	t.Parallel()
	const (
		strategies = `{"move-shop-permanently":"*","reinstall-apps":"*","uninstall-apps":"*"}`
		checked    = `{"apps":["Notes"],"fingerprints":{"matchingFingerprints":{"installation_path":{"identifier":"installation_path",` +
			`"storedStamp":"/srv","expectedStamp":"/srv","score":0}},"mismatchingFingerprints":{"app_url":{"identifier":"app_url",` +
			`"storedStamp":"https://old.example","expectedStamp":"https://new.example","score":100}},"score":100,"threshold":75}}`
	)
	refused := &appdock.Error{Code: "FRAMEWORK__APP_REGISTRATION_FAILED", Message: "it failed", Cause: "no answer"}
	maintains, app := appdock.Privileges{"system.plugin_maintain"}, appdock.Privileges{"product:read"}
	tests := map[string]struct {
		method, path, body string
		rights             appdock.Privileges
		moved              bool
		failed             []lifecycle.ResolvedApp
		status             int
		want               string // a part of the answer, * for any text of a strategy
		chosen             lifecycle.Strategy
	}{
		"strategies":            {"GET", "shop-id/change-strategies", "", app, false, nil, 200, strategies, ""},
		"strategies, old path":  {"GET", "app-url-change/strategies", "", app, false, nil, 200, strategies, ""},
		"move":                  {"POST", "shop-id/change", `{"strategy":"move-shop-permanently"}`, maintains, true, nil, 204, "", lifecycle.MoveShop},
		"reinstall, old path":   {"POST", "app-url-change/resolve", `{"strategy":"ReinstallApps"}`, maintains, true, nil, 204, "", lifecycle.ReinstallApps},
		"no privilege":          {"POST", "shop-id/change", `{"strategy":"move-shop-permanently"}`, app, true, nil, 403, "system.plugin_maintain", ""},
		"no strategy":           {"POST", "shop-id/change", `{}`, maintains, true, nil, 400, "FRAMEWORK__APP_MISSING_REQUEST_PARAMETER", ""},
		"a strategy of no text": {"POST", "shop-id/change", `{"strategy":7}`, maintains, true, nil, 400, "FRAMEWORK__APP_MISSING_REQUEST_PARAMETER", ""},
		"an unknown strategy":   {"POST", "shop-id/change", `{"strategy":"x"}`, maintains, true, nil, 400, `FRAMEWORK__APP_SHOP_ID_CHANGE_STRATEGY_NOT_FOUND`, ""},
		"some apps failed": {
			"POST", "shop-id/change", `{"strategy":"move-shop-permanently"}`, maintains, true,
			[]lifecycle.ResolvedApp{{App: "Fine"}, {App: "Notes", Err: refused}, {App: "Odd", Err: errors.New("a secret")}},
			200,
			`{"failed":[{"app":"Notes","reason":"it failed: no answer"},{"app":"Odd","reason":"Internal error"}]}`, lifecycle.MoveShop,
		},
		"all is well":                  {"POST", "shop-id/check", "", maintains, false, nil, 204, "", ""},
		"it moved":                     {"POST", "shop-id/check", "", maintains, true, nil, 200, checked, ""},
		"folders are nothing for apps": {"POST", "shop-id/check", "", app, true, nil, 403, "system.plugin_maintain", ""},
		"no difference":                {"GET", "app-url-change/url-difference", "", maintains, false, nil, 204, "", ""},
		"a difference": {
			"GET", "app-url-change/url-difference", "", maintains, true, nil, 200, `{"oldUrl":"https://old.example","newUrl":"https://new.example"}`, "",
		},
		"a call of the host":        {"GET", "shop/verify?rid=1&token=own", "", nil, false, nil, 204, "", ""},
		"a call of a stranger":      {"GET", "shop/verify?rid=1&token=guess", "", nil, false, nil, 400, "ADK-VERIFY-UNKNOWN", ""},
		"a call without parameters": {"GET", "shop/verify", "", nil, false, nil, 400, "ADK-VERIFY-UNKNOWN", ""},
		"another method":            {"GET", "shop-id/change", "", maintains, false, nil, 405, "", ""},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := newFake(t)
			f.identity = &identity{
				stored:  lifecycle.Fingerprints{lifecycle.PrintURL: "https://old.example", lifecycle.PrintPath: "/srv"},
				current: lifecycle.Fingerprints{lifecycle.PrintURL: "https://old.example", lifecycle.PrintPath: "/srv"},
				failed:  tt.failed,
			}
			if tt.moved {
				f.identity.current[lifecycle.PrintURL] = "https://new.example"
			}
			f.rights = tt.rights
			f.actor = func(a *appdock.Actor) { a.Installation = appID }
			api, _ := newAPI(f)
			request := send{method: tt.method, path: "/api/app-system/" + tt.path, body: tt.body}
			if tt.rights == nil { // it needs no token
				request.headers = []string{"Authorization:"}
			}
			w := request.to(api)
			got := strings.TrimSpace(w.Body.String())
			want := tt.want
			if strings.Contains(want, "*") {
				for _, text := range lifecycle.Strategies() {
					got = strings.Replace(got, text, "*", 1)
				}
			}
			if w.Code != tt.status || !strings.Contains(got, want) || tt.status == 204 && got != "" {
				t.Errorf("got %d %s\nwant %d %s", w.Code, got, tt.status, want)
			}
			var chosen []lifecycle.Strategy
			if tt.chosen != "" {
				chosen = []lifecycle.Strategy{tt.chosen}
			}
			if diff := cmp.Diff(chosen, f.identity.chosen); diff != "" {
				t.Errorf("strategies (-want +got):\n%s", diff)
			}
		})
	}
}

// Strangers who guess are refused after a while; the host's own calls are not.
func TestVerifyIsThrottled(t *testing.T) {
	t.Parallel()
	f := newFake(t)
	f.identity = &identity{}
	api, _ := newAPI(f)
	call := func(token string) int {
		return send{method: "GET", path: "/api/app-system/shop/verify?rid=1&token=" + token, headers: []string{"Authorization:"}}.to(api).Code
	}
	for range 30 {
		if got := call("guess"); got != 400 {
			t.Fatalf("got %d", got)
		}
	}
	if got := call("guess"); got != 429 {
		t.Errorf("the 31st guess is answered with %d", got)
	}
	if got := call("own"); got != 204 {
		t.Errorf("the host's own call is answered with %d", got)
	}
}
