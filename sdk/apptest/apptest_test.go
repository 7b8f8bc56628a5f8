package apptest_test

import (
	"bytes"
	"context"
	"encoding/xml"
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/appdock/appdock/protocol"
	"github.com/appdock/appdock/sdk/apptest"
)

// send is the least a host does with a call.
func send(t *testing.T, call protocol.Call) (protocol.Answer, error) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), call.Timeout.Total)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, call.Method, call.URL, bytes.NewReader(call.Body))
	if err != nil {
		t.Fatal(err)
	}
	for _, h := range call.Header {
		request.Header.Set(h.Name, h.Value)
	}
	client := &http.Client{
		Transport:     &http.Transport{DisableKeepAlives: true},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
	response, err := client.Do(request)
	if err != nil {
		return protocol.Answer{}, err
	}
	defer func() { _ = response.Body.Close() }()
	body, err := io.ReadAll(response.Body)
	return protocol.Answer{Status: response.StatusCode, Header: response.Header, Body: body}, err
}

func register(t *testing.T, app *apptest.Server) (protocol.Registered, error) {
	t.Helper()
	r := protocol.Registration{ShopID: "aB3dE6gH9jK2mN5p", ShopURL: "http://my.shop.com", AppName: app.App.Name, At: time.Unix(1700000000, 0)}
	call, err := r.Call(app.URL+"/register", protocol.Host{}, app.App.Secret, "")
	if err != nil {
		t.Fatal(err)
	}
	call.Timeout.Total = 300 * time.Millisecond
	answer, err := send(t, call)
	return protocol.CheckRegistration(answer, err, protocol.Expected{Proof: r.Proof(app.App.Secret), AllowHTTP: true})
}

func confirm(t *testing.T, registered protocol.Registered) error {
	t.Helper()
	c := protocol.Confirmation{APIKey: "SWIAKEY", SecretKey: "s", At: time.Unix(1700000000, 0), ShopURL: "http://my.shop.com", ShopID: "aB3dE6gH9jK2mN5p"}
	call := c.Call(registered.ConfirmationURL, protocol.Host{}, registered.Secret, "")
	call.Timeout.Total = 300 * time.Millisecond
	answer, err := send(t, call)
	return protocol.CheckConfirmation(answer, err)
}

func deliver(t *testing.T, app *apptest.Server, secret string) (protocol.Answer, error) {
	t.Helper()
	w := protocol.Webhook{Event: "order.written", At: time.Unix(1700000000, 0), Source: protocol.Source{ShopID: "aB3dE6gH9jK2mN5p", EventID: "e1"}}
	return send(t, w.Call(app.URL+"/webhook", protocol.Host{}, 0, protocol.ShopKeys(secret)))
}

// TestRegistrationFaults: each fault makes a host see the row of protocol-handshake.md 5
// that it is named after.
func TestRegistrationFaults(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		fault apptest.Fault
		want  protocol.Fault
	}{
		"Slow":             {apptest.Slow(time.Minute), protocol.FaultUnreachable},
		"HangUp":           {apptest.HangUp(), protocol.FaultUnreachable},
		"Status":           {apptest.Status(500), protocol.FaultStatus},
		"Refuse":           {apptest.Refuse(403, "no"), protocol.FaultRefused},
		"Redirect":         {apptest.Redirect("https://elsewhere.example"), protocol.FaultRedirect},
		"HTML":             {apptest.HTML(), protocol.FaultNotJSON},
		"Body":             {apptest.Body([]byte("[]")), protocol.FaultNotJSON},
		"Error":            {apptest.Error("no"), protocol.FaultRefused},
		"WrongProof":       {apptest.WrongProof(), protocol.FaultWrongProof},
		"UpperCaseProof":   {apptest.UpperCaseProof(), protocol.FaultWrongProof},
		"ProofWithNewline": {apptest.ProofWithNewline(), ""},
		"short secret":     {apptest.Secret("short"), protocol.FaultSecretLength},
		"empty secret":     {apptest.Secret(""), protocol.FaultNoSecret},
		"long secret":      {apptest.Secret(strings.Repeat("x", 256)), protocol.FaultSecretLength},
		"ConfirmationURL":  {apptest.ConfirmationURL("/confirm"), protocol.FaultConfirmationURL},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			app := apptest.New(t, apptest.App{})
			app.Answer(apptest.Register, test.fault.Times(1))
			_, err := register(t, app)
			failure, _ := errors.AsType[*protocol.Failure](err)
			if got := faultOf(failure); got != test.want {
				t.Errorf("got %q %v, want %q", got, err, test.want)
			}
			if got := app.Requests(apptest.Register); len(got) != 1 || !got[0].Verified {
				t.Errorf("recorded %+v", got)
			}
			if _, err := register(t, app); err != nil {
				t.Errorf("once was enough, and then: %v", err)
			}
		})
	}
}

func faultOf(f *protocol.Failure) protocol.Fault {
	if f == nil {
		return ""
	}
	return f.Fault
}

func TestConfirmationFaults(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		fault  apptest.Fault
		class  protocol.Class
		stored bool
	}{
		"rejected":                {apptest.Refuse(403, "no"), protocol.Rejected, false},
		"server error":            {apptest.Status(500), protocol.Unknown, false},
		"server error afterwards": {apptest.Status(500).AfterStoring(), protocol.Unknown, true},
		"hang up":                 {apptest.HangUp(), protocol.Unknown, false},
		"hang up afterwards":      {apptest.HangUp().AfterStoring(), protocol.Unknown, true},
		"too slow":                {apptest.Slow(time.Minute), protocol.Unknown, true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			app := apptest.New(t, apptest.App{})
			app.Answer(apptest.Confirm, test.fault)
			registered, err := register(t, app)
			if err != nil {
				t.Fatal(err)
			}
			failure, ok := errors.AsType[*protocol.Failure](confirm(t, registered))
			if !ok || failure.Class != test.class {
				t.Errorf("got %+v, want %s", failure, test.class)
			}
			shop, err := app.Shops.Get(t.Context(), "aB3dE6gH9jK2mN5p")
			if stored := shop.Secret != ""; err != nil || stored != test.stored {
				t.Errorf("stored %v, want %v; %v", stored, test.stored, err)
			}
			if got := app.Requests(apptest.Confirm); len(got) != 1 || !got[0].Verified {
				t.Errorf("recorded %+v", got)
			}
		})
	}
}

func TestWebhooksAreRecorded(t *testing.T) {
	t.Parallel()
	app := apptest.New(t, apptest.App{ShopSecret: "short"})
	if _, err := register(t, app); err == nil {
		t.Error("App.ShopSecret is not used")
	}
	app = apptest.New(t, apptest.App{})
	registered, err := register(t, app)
	if err == nil {
		err = confirm(t, registered)
	}
	if err != nil {
		t.Fatal(err)
	}
	app.Answer(apptest.Webhook, apptest.Status(503).Times(1), apptest.Busy(7*time.Second).Times(2))
	type result struct {
		Status   int
		After    string
		Verified bool
	}
	var got []result
	for i, secret := range []string{registered.Secret, registered.Secret, "guess", registered.Secret} {
		answer, err := deliver(t, app, secret)
		if err != nil {
			t.Fatal(err)
		}
		record, err := app.WaitEvent(t.Context(), "order.written", i+1)
		if err != nil || record.Answered != answer.Status {
			t.Errorf("recorded %+v, %v", record, err)
		}
		got = append(got, result{answer.Status, answer.Header.Get("Retry-After"), record.Verified})
	}
	// Both faults apply to the first request, and the later one wins.
	want := []result{{429, "7", true}, {429, "7", true}, {401, "", false}, {204, "", true}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if _, err := app.API(t.Context(), "aB3dE6gH9jK2mN5p"); err != nil {
		t.Error(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), time.Millisecond)
	defer cancel()
	if _, err := app.Wait(ctx, apptest.Webhook, 5); !errors.Is(err, context.DeadlineExceeded) || !strings.Contains(err.Error(), "4 of 5") {
		t.Errorf("got %v", err)
	}
}

func TestDownAndUp(t *testing.T) {
	t.Parallel()
	app := apptest.New(t, apptest.App{})
	url := app.URL
	if err := app.Down(); err != nil {
		t.Fatal(err)
	}
	if _, err := register(t, app); err == nil {
		t.Error("an answer from a server that is down")
	}
	if err := app.Up(); err != nil || app.URL != url {
		t.Fatalf("got %v at %s, want it at %s", err, app.URL, url)
	}
	if _, err := register(t, app); err != nil {
		t.Error(err)
	}
	app.Answer(apptest.Register, apptest.HTML())
	app.Behave()
	if _, err := register(t, app); err != nil {
		t.Error(err)
	}
}

func TestActionsAnswer(t *testing.T) {
	t.Parallel()
	app := apptest.New(t, apptest.App{Actions: []string{"restock"}})
	registered, err := register(t, app)
	if err == nil {
		err = confirm(t, registered)
	}
	if err != nil {
		t.Fatal(err)
	}
	action := protocol.Action{Source: protocol.Source{ShopID: "aB3dE6gH9jK2mN5p"}, Entity: "product", Action: "restock", At: time.Unix(1700000000, 0)}
	answer, err := send(t, action.Call(app.URL+"/action", protocol.Host{}, registered.Secret))
	got, err := protocol.CheckAction(answer, err, registered.Secret)
	if err != nil || got.Message != "restock is done" {
		t.Errorf("got %+v, %v", got, err)
	}
}

func TestManifest(t *testing.T) {
	t.Parallel()
	app := apptest.New(t, apptest.App{
		Name: "Test&App", Permissions: []string{"order:read", "product:update", "notification:create", "system:cache:info"},
		Webhooks: []string{"app.installed"}, Actions: []string{"restock"},
	})
	var got struct {
		Name        string   `xml:"meta>name"`
		Register    string   `xml:"setup>registrationUrl"`
		Read        []string `xml:"permissions>read"`
		Update      []string `xml:"permissions>update"`
		Permissions []string `xml:"permissions>permission"`
		Webhooks    []struct {
			Name  string `xml:"name,attr"`
			URL   string `xml:"url,attr"`
			Event string `xml:"event,attr"`
		} `xml:"webhooks>webhook"`
	}
	if err := xml.Unmarshal(app.Manifest(), &got); err != nil {
		t.Fatal(err)
	}
	if got.Name != "Test&App" || got.Register != app.URL+"/register" || len(got.Webhooks) != 1 || got.Webhooks[0].URL != app.URL+"/webhook" || got.Webhooks[0].Event != "app.installed" {
		t.Errorf("got %+v", got)
	}
	if diff := cmp.Diff([][]string{{"order"}, {"product"}, {"notification:create", "system:cache:info"}}, [][]string{got.Read, got.Update, got.Permissions}); diff != "" {
		t.Error(diff)
	}
}
