package server_test

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/appdock/appdock"
	"github.com/appdock/appdock/internal/control"
	"github.com/appdock/appdock/internal/server"
	"github.com/appdock/appdock/sdk"
	"github.com/appdock/appdock/sdk/apptest"
)

const registrationFailed = "FRAMEWORK__APP_REGISTRATION_FAILED"

type faults []apptest.Fault

// The rows 5, 7 and 9 of protocol-handshake.md 9, and what comes before the handshake: the
// install is refused for a reason that people understand, nothing of it is left, and it
// works as soon as the reason is gone.
func TestRefusedInstallLeavesNothingBehind(t *testing.T) {
	t.Parallel()
	hosts := map[server.Mode]*server.Server{
		server.Development: open(t, development(folder(t))),
		server.Production:  open(t, production(folder(t))),
	}
	operators := map[server.Mode]*sdk.API{}
	for mode, host := range hosts {
		operators[mode] = operator(t, host)
	}
	for name, test := range map[string]struct {
		mode     server.Mode // empty: development
		down     bool
		register faults
		confirm  faults
		change   func(*control.Install)
		code     string // empty: registrationFailed
		says     string // part of what people are told
	}{
		"server down":        {down: true, says: "refused"},
		"registration slow":  {register: faults{apptest.Slow(time.Minute)}, says: "5 s"},
		"registration cut":   {register: faults{apptest.HangUp()}, says: "closed the connection"},
		"redirect":           {register: faults{apptest.Redirect("https://elsewhere.example/")}, says: "redirect not allowed: https://elsewhere.example/"},
		"HTML":               {register: faults{apptest.HTML()}, says: "JSON response could not be decoded"},
		"list":               {register: faults{apptest.Body([]byte("[]"))}, says: "JSON response could not be decoded"},
		"status 500":         {register: faults{apptest.Status(500)}, says: "Got status code 500"},
		"status 404":         {register: faults{apptest.Status(404)}, says: "Got status code 404"},
		"refused":            {register: faults{apptest.Refuse(403, "no licence")}, says: "no licence"},
		"error beside proof": {register: faults{apptest.Error("not today")}, says: "not today"},
		"wrong proof":        {register: faults{apptest.WrongProof()}, says: "The app server provided an invalid proof"},
		"upper-case proof":   {register: faults{apptest.UpperCaseProof()}, says: "The app server provided an invalid proof"},
		"empty secret":       {register: faults{apptest.Secret("")}, says: "The app server provided no secret"},
		"long secret":        {register: faults{apptest.Secret(strings.Repeat("s", 256))}, says: "between 64 and 255 characters"},
		"short secret":       {mode: server.Production, register: faults{apptest.Secret("short")}, says: "handshake.allow_short_secret"},
		"confirmation URL":   {register: faults{apptest.ConfirmationURL("/confirm")}, says: "invalid confirmation url"},
		"confirmation http":  {mode: server.Production, says: "invalid confirmation url"},
		"confirm refused":    {confirm: faults{apptest.Refuse(403, "shop is banned")}, says: "shop is banned"},
		"confirm 404":        {confirm: faults{apptest.Status(404)}, says: "Got status code 404"},
		"not accepted":       {change: func(in *control.Install) { in.ConsentHash = "" }, code: "ADK-CONSENT-NEEDED", says: "nobody accepted"},
		"another one's hash": {change: func(in *control.Install) { in.ConsentHash = "other" }, code: "ADK-CONSENT-NEEDED", says: "not what was accepted"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if test.mode == "" {
				test.mode = server.Development
			}
			if test.code == "" {
				test.code = registrationFailed
			}
			host, shop := hosts[test.mode], operators[test.mode]
			app := apptest.New(t, apptest.App{Name: nameOf(name), Permissions: []string{"order:read"}})
			source := write(t, app.App.Name, app.Manifest())
			source.SkipValidation = test.mode == server.Production // it warns of http, which is what is tried here
			app.Answer(apptest.Register, test.register...)
			app.Answer(apptest.Confirm, test.confirm...)
			if test.down {
				if err := app.Down(); err != nil {
					t.Fatal(err)
				}
			}
			_, err := install(within(t, soon), only(t, host), source, func(in *control.Install) {
				if test.change != nil {
					test.change(in)
				}
			})
			if got := refusal(t, err); got != test.code {
				t.Errorf("got code %s, want %s; %v", got, test.code, err)
			}
			said := explained(t, err)
			if !strings.Contains(said, test.says) {
				t.Errorf("got %s\nwant %q in it", said, test.says)
			}
			exchange, called := errors.AsType[*control.ExchangeError](err)
			if want := test.code == registrationFailed; called != want || called && exchange.Request == "" {
				t.Errorf("got an exchange: %v, want %v; %+v", called, want, exchange)
			}
			absent(t, host, shop, app.App.Name)

			if test.mode == server.Production {
				return // it would refuse the next one too: the stand-in speaks http
			}
			app.Behave()
			if err := app.Up(); test.down && err != nil {
				t.Fatal(err)
			}
			installed(t, only(t, host), source)
		})
	}
}

// nameOf makes the name of an app of the name of a test.
func nameOf(test string) string {
	name := "App"
	for _, word := range strings.FieldsFunc(test, func(r rune) bool { return r == ' ' || r == '-' || r == '\'' }) {
		name += strings.ToUpper(word[:1]) + word[1:]
	}
	return name
}

// explained is what people are told of err.
func explained(t *testing.T, err error) string {
	t.Helper()
	text, fault := json.Marshal(control.Explain(err))
	if fault != nil {
		t.Fatal(fault)
	}
	return string(text)
}

// absent checks that nothing in the shop knows an app.
func absent(t *testing.T, host *server.Server, shop *sdk.API, name string) {
	t.Helper()
	if _, err := only(t, host).App(context.Background(), name); appdock.KindOf(err) != appdock.NotFound {
		t.Errorf("app %s: got %v, want it not to be found", name, err)
	}
	for entity, field := range map[string]string{"app": "name", "integration": "label", "acl_role": "name"} {
		page, err := sdk.Search[struct{}](context.Background(), shop, entity, sdk.Criteria{Filter: []sdk.Filter{sdk.Equals(field, name)}})
		if err != nil || len(page.Data) > 0 {
			t.Errorf("%d rows of %s are left: %v", len(page.Data), entity, err)
		}
	}
}

// The rows 11 to 13: nobody knows whether the app took the secret, so nothing is thrown
// away, people are told, and installing again finishes what was begun.
func TestUnknownConfirmationIsKeptAndFinished(t *testing.T) {
	t.Parallel()
	host := open(t, development(folder(t)))
	shop := operator(t, host)
	for name, fault := range map[string]apptest.Fault{
		"fails":           apptest.Status(500),
		"fails stored":    apptest.Status(500).AfterStoring(),
		"hangs up":        apptest.HangUp(),
		"hangs up stored": apptest.HangUp().AfterStoring(),
		"redirects":       apptest.Redirect("https://elsewhere.example/"),
		"is slow":         apptest.Slow(time.Minute),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			app := apptest.New(t, apptest.App{Name: nameOf(name), Permissions: []string{"order:read"}, Webhooks: []string{"app.installed", "app.activated"}})
			source := write(t, app.App.Name, app.Manifest())
			app.Answer(apptest.Confirm, fault)
			ctx := within(t, soon)
			_, err := install(ctx, only(t, host), source)
			if got := refusal(t, err); got != registrationFailed || !strings.Contains(err.Error(), "outcome unknown") {
				t.Errorf("got %s %v, want an unknown outcome", got, err)
			}
			details, err := only(t, host).App(ctx, app.App.Name)
			if err != nil || details.State != "unconfirmed" || details.Active || details.HasSecret || details.Unconfirmed != 1 {
				t.Errorf("got %+v, %v, want it unconfirmed with one secret", details, err)
			}
			if _, err := only(t, host).Activate(ctx, app.App.Name); appdock.KindOf(err) != appdock.Conflict {
				t.Errorf("activate: got %v, want a conflict", err)
			}

			app.Behave()
			installed(t, only(t, host), source)
			details, err = only(t, host).App(ctx, app.App.Name)
			if err != nil || details.State != "registered" || !details.Active || !details.HasSecret || details.Unconfirmed != 0 {
				t.Errorf("got %+v, %v, want it registered", details, err)
			}
			told, err := app.WaitEvent(ctx, "app.activated", 1)
			if err != nil || !told.Verified {
				t.Errorf("the app and the host do not agree on a secret: %+v, %v", told, err)
			}
			if _, err := sdk.Search[struct{}](ctx, api(t, host, app), "order", sdk.Criteria{}); err != nil {
				t.Errorf("the credentials are not those the app knows: %v", err)
			}
			if page, err := sdk.Search[struct{}](ctx, shop, "integration", sdk.Criteria{Filter: []sdk.Filter{sdk.Equals("label", app.App.Name)}}); err != nil || len(page.Data) != 1 {
				t.Errorf("got %d integrations, %v, want one", len(page.Data), err)
			}
		})
	}
}

// A life in order: each step is told with a signature that the app verifies, whatever it
// answers, and one that is down does not hold the shop back.
func TestLifeOfAnApp(t *testing.T) {
	t.Parallel()
	lifeOfAnApp(t, development(folder(t)))
}

func lifeOfAnApp(t *testing.T, c server.Config) {
	t.Helper()
	host := open(t, c)
	shop := operator(t, host)
	life := []string{"app.installed", "app.activated", "app.deactivated", "app.deleted"}
	type told struct {
		Event, Payload string
		Verified       bool
	}
	heard := func(app *apptest.Server) (list []told) {
		for _, r := range app.Requests(apptest.Webhook) {
			list = append(list, told{r.Webhook.Event, string(r.Webhook.Payload), r.Verified})
		}
		return list
	}
	want := []told{
		{"app.installed", `{"appVersion":"1.0.0"}`, true},
		{"app.activated", "[]", true},
		{"app.deactivated", "[]", true},
		{"app.deleted", `{"keepUserData":true}`, true},
	}
	for name, fault := range map[string]apptest.Fault{
		"listens":       apptest.Status(204),
		"always failed": apptest.Status(500),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			app := apptest.New(t, apptest.App{Name: nameOf(name), Webhooks: life})
			app.Answer(apptest.Webhook, fault.AfterStoring())
			source := write(t, app.App.Name, app.Manifest())
			installed(t, only(t, host), source)
			if got, err := only(t, host).Uninstall(within(t, soon), app.App.Name, true); err != nil || got.Result != "uninstalled" {
				t.Errorf("uninstall: got %+v, %v", got, err)
			}
			if diff := cmp.Diff(want, heard(app)); diff != "" {
				t.Error(diff)
			}
			absent(t, host, shop, app.App.Name)

			// The app kept the shop's data: it demands the last secret, for ever.
			app.Behave()
			installed(t, only(t, host), source)
			again := app.Requests(apptest.Register)[1]
			if again.Header.Get("Shopware-Shop-Signature") == "" || !again.Verified {
				t.Errorf("the second registration was not signed with the last secret: %v", again.Header)
			}
		})
	}
	t.Run("is down", func(t *testing.T) {
		t.Parallel()
		app := apptest.New(t, apptest.App{Name: "AppIsDown", Webhooks: life})
		installed(t, only(t, host), write(t, app.App.Name, app.Manifest()))
		if err := app.Down(); err != nil {
			t.Fatal(err)
		}
		if got, err := only(t, host).Uninstall(within(t, soon), app.App.Name, false); err != nil || got.Result != "uninstalled" {
			t.Errorf("uninstall: got %+v, %v", got, err)
		}
		absent(t, host, shop, app.App.Name)
		open, err := only(t, host).Deliveries(within(t, soon), control.DeliveryFilter{App: app.App.Name, Event: "app.deleted"})
		if err != nil || len(open) != 1 || open[0].Status != "waiting" || open[0].Attempts != 1 {
			t.Errorf("got %+v, %v, want one that waits for its second attempt", open, err)
		}
	})
}

func TestOperationsOnOneAppExcludeEachOther(t *testing.T) {
	t.Parallel()
	host := open(t, development(folder(t)))
	app := apptest.New(t, apptest.App{})
	app.Answer(apptest.Register, apptest.Slow(time.Second))
	source := write(t, app.App.Name, app.Manifest())
	ctx := within(t, soon)
	first := make(chan error, 1)
	go func() {
		_, err := install(ctx, only(t, host), source)
		first <- err
	}()
	if _, err := app.Wait(ctx, apptest.Register, 1); err != nil {
		t.Fatal(err)
	}
	for name, do := range map[string]func() error{
		"install":   func() error { _, err := install(ctx, only(t, host), source); return err },
		"activate":  func() error { _, err := only(t, host).Activate(ctx, app.App.Name); return err },
		"uninstall": func() error { _, err := only(t, host).Uninstall(ctx, app.App.Name, false); return err },
	} {
		err := do()
		if got := refusal(t, err); got != "FRAMEWORK__APP_LOCKED" || appdock.KindOf(err) != appdock.Conflict {
			t.Errorf("%s: got %v, want that the app is locked", name, err)
		}
	}
	if err := <-first; err != nil {
		t.Errorf("the first: %v", err)
	}
	_, err := install(ctx, only(t, host), source)
	if got := refusal(t, err); got != "FRAMEWORK__APP_ALREADY_INSTALLED" || appdock.KindOf(err) != appdock.Conflict {
		t.Errorf("once more: got %v, want that it is installed", err)
	}
}

// What an app may do follows its life at once, also for a token that it holds already:
// missing rights are 403, which SDKs report, and a dead token is 401, for which they fetch
// another (sdk-facts.md 12).
func TestRightsOfAnApp(t *testing.T) {
	t.Parallel()
	c := development(folder(t))
	c.Demo = true
	host := open(t, c)
	shop := operator(t, host)
	app := apptest.New(t, apptest.App{Permissions: []string{"order:read"}, Webhooks: []string{"app.activated", "checkout.order.placed"}})
	source := write(t, app.App.Name, app.Manifest())
	installed(t, only(t, host), source)
	ctx := within(t, soon)

	calls := client(t)
	token := tokenOf(t, calls, host, app)
	get := func(path string) (status int, code string) {
		t.Helper()
		return call(t, calls, http.MethodGet, host.URL()+path, token, "")
	}
	expect := func(when, path string, status int, code string) {
		t.Helper()
		if gotStatus, gotCode := get(path); gotStatus != status || gotCode != code {
			t.Errorf("%s: %s: got %d %s, want %d %s", when, path, gotStatus, gotCode, status, code)
		}
	}
	const missing, dead = "FRAMEWORK__MISSING_PRIVILEGE_ERROR", "9"
	place := func() string {
		t.Helper()
		id, payload := freshOrder()
		if err := shop.Create(ctx, "order", payload); err != nil {
			t.Fatal(err)
		}
		if err := host.Settled(ctx, appdock.ID{}); err != nil {
			t.Fatal(err)
		}
		return id.String()
	}
	expect("active", "/api/order", 200, "")
	expect("active", "/api/customer", 403, missing)
	if status, code := call(t, calls, http.MethodPatch, host.URL()+"/api/order/"+place(), token, `{"customFields":{"a":"b"}}`); status != 403 || code != missing {
		t.Errorf("a write with the right to read: got %d %s", status, code)
	}
	if _, err := app.WaitEvent(ctx, "checkout.order.placed", 1); err != nil {
		t.Error(err)
	}

	if _, err := only(t, host).Deactivate(ctx, app.App.Name); err != nil {
		t.Fatal(err)
	}
	expect("deactivated", "/api/order", 401, dead)
	place()
	if _, err := only(t, host).Activate(ctx, app.App.Name); err != nil {
		t.Fatal(err)
	}
	expect("active again, token of before", "/api/order", 401, dead)
	token = tokenOf(t, calls, host, app)
	expect("active again", "/api/order", 200, "")
	third := place()
	if r, err := app.WaitEvent(ctx, "checkout.order.placed", 2); err != nil || !strings.Contains(string(r.Body), third) {
		t.Errorf("got %s, %v, want the third order: the second was placed while the app was not active", r.Body, err)
	}

	if _, err := only(t, host).Uninstall(ctx, app.App.Name, true); err != nil {
		t.Fatal(err)
	}
	expect("uninstalled", "/api/order", 401, dead)
	installed(t, only(t, host), source)
	expect("installed anew, token of before", "/api/order", 401, dead)
	token = tokenOf(t, calls, host, app)
	expect("installed anew", "/api/order", 200, "")
}
