package sdk_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/appdock/appdock/protocol"
	"github.com/appdock/appdock/sdk"
)

const (
	appSecret = "appsecret-0123456789abcdef"
	shopID    = "aB3dE6gH9jK2mN5p"
	shopURL   = "http://my.shop.com"
)

// fixture is an app and the clock that it sees.
type fixture struct {
	*sdk.App
	shops *sdk.Memory
	now   time.Time
	log   bytes.Buffer
}

func newApp(t *testing.T, change ...func(*sdk.Options)) *fixture {
	t.Helper()
	f := &fixture{shops: sdk.NewMemory(), now: time.Unix(1700000000, 0)}
	options := sdk.Options{
		Name: "MyExampleApp", Secret: appSecret, URL: "https://app.example/", Shops: f.shops,
		Now: func() time.Time { return f.now },
		Log: slog.New(slog.NewTextHandler(&f.log, nil)),
	}
	for _, c := range change {
		c(&options)
	}
	app, err := sdk.New(options)
	if err != nil {
		t.Fatal(err)
	}
	f.App = app
	return f
}

// send is the wire between host and app.
func (f *fixture) send(t *testing.T, call protocol.Call) protocol.Answer {
	t.Helper()
	request := httptest.NewRequestWithContext(t.Context(), call.Method, call.URL, bytes.NewReader(call.Body))
	for _, h := range call.Header {
		request.Header.Add(h.Name, h.Value)
	}
	recorder := httptest.NewRecorder()
	f.ServeHTTP(recorder, request)
	return protocol.Answer{Status: recorder.Code, Header: recorder.Result().Header, Body: recorder.Body.Bytes()}
}

func (f *fixture) registration() protocol.Registration {
	return protocol.Registration{ShopID: shopID, ShopURL: shopURL, AppName: "MyExampleApp", At: f.now}
}

// register is the first half of the handshake, as the host does it.
func (f *fixture) register(t *testing.T, current string) (protocol.Registered, error) {
	t.Helper()
	r := f.registration()
	call, err := r.Call("https://app.example/register", protocol.Host{}, appSecret, current)
	if err != nil {
		t.Fatal(err)
	}
	return protocol.CheckRegistration(f.send(t, call), nil, protocol.Expected{Proof: r.Proof(appSecret), Current: current})
}

// confirm is the second half.
func (f *fixture) confirm(t *testing.T, registered protocol.Registered, previous string) error {
	t.Helper()
	c := protocol.Confirmation{APIKey: "SWIAKEY", SecretKey: "key-secret", At: f.now, ShopURL: shopURL, ShopID: shopID}
	return protocol.CheckConfirmation(f.send(t, c.Call(registered.ConfirmationURL, protocol.Host{}, registered.Secret, previous)), nil)
}

// install does both and returns the shop secret.
func (f *fixture) install(t *testing.T, current string) string {
	t.Helper()
	registered, err := f.register(t, current)
	if err == nil {
		err = f.confirm(t, registered, current)
	}
	if err != nil {
		t.Fatalf("install: %v\n%s", err, &f.log)
	}
	return registered.Secret
}

func (f *fixture) event(name, payload string) protocol.Webhook {
	return protocol.Webhook{
		Event: name, Payload: json.RawMessage(payload), At: f.now,
		Source: protocol.Source{URL: shopURL, EventID: "018f3a2b6c7d7e8f9a0b1c2d3e4f5a6b", ShopID: shopID, AppVersion: "1.0.0"},
	}
}

// deliver sends an event and returns the status of the answer.
func (f *fixture) deliver(t *testing.T, w protocol.Webhook, secret string) int {
	t.Helper()
	return f.send(t, w.Call("https://app.example/webhook/"+w.Event, protocol.Host{}, 2, protocol.ShopKeys(secret))).Status
}

func TestNewWantsItsOptions(t *testing.T) {
	t.Parallel()
	good := sdk.Options{Name: "A", Secret: "s", URL: "https://a.example", Shops: sdk.NewMemory()}
	for name, change := range map[string]func(*sdk.Options){
		"Name":   func(o *sdk.Options) { o.Name = "" },
		"Secret": func(o *sdk.Options) { o.Secret = "" },
		"URL":    func(o *sdk.Options) { o.URL = "a.example" },
		"Shops":  func(o *sdk.Options) { o.Shops = nil },
	} {
		options := good
		change(&options)
		if _, err := sdk.New(options); err == nil || !strings.Contains(err.Error(), "Options."+name) {
			t.Errorf("%s: got %v", name, err)
		}
	}
	if _, err := sdk.New(good); err != nil {
		t.Error(err)
	}
}

func TestHandshake(t *testing.T) {
	t.Parallel()
	f := newApp(t)
	secret := f.install(t, "")
	want := sdk.Shop{ID: shopID, URL: shopURL, APIKey: "SWIAKEY", SecretKey: "key-secret", Secret: secret, ConfirmedAt: f.now}
	got, err := f.shops.Get(t.Context(), shopID)
	if diff := cmp.Diff(want, got); err != nil || diff != "" {
		t.Errorf("%v\n%s", err, diff)
	}
	if len(secret) != 128 {
		t.Errorf("secret of %d characters", len(secret))
	}
	// Printing a shop, or logging a request, shows no secret.
	text := fmt.Sprintf("%v %+v %#v", got, got, got) + f.log.String()
	for _, canary := range []string{secret, "key-secret", appSecret} {
		if strings.Contains(text, canary) {
			t.Errorf("%s is in %s", canary, text)
		}
	}
}

func TestRegistrationRefuses(t *testing.T) {
	t.Parallel()
	signed := func(query string) protocol.Call {
		return protocol.Call{Method: "GET", URL: "https://app.example/register?" + query, Header: []protocol.Header{{Name: protocol.HeaderAppSignature, Value: protocol.Sign(appSecret, []byte(query))}}}
	}
	good := "shop-id=x&shop-url=http://x.example&timestamp=1700000000"
	for name, test := range map[string]struct {
		call   protocol.Call
		status int
		text   string
	}{
		"right":                 {signed(good), 200, ""},
		"no parameters":         {signed(""), 400, "Invalid Request"},
		"no shop":               {signed("shop-url=http://x.example&timestamp=1700000000"), 400, "Invalid Request"},
		"no signature":          {protocol.Call{Method: "GET", URL: "https://app.example/register?" + good}, 401, "Cannot validate app signature"},
		"of another app secret": {protocol.Call{Method: "GET", URL: "https://app.example/register?" + good, Header: []protocol.Header{{Name: protocol.HeaderAppSignature, Value: protocol.Sign("x", []byte(good))}}}, 401, "Cannot validate app signature"},
		"an old one, replayed":  {signed("shop-id=x&shop-url=http://x.example&timestamp=1699999000"), 401, "The request is too old"},
		"by POST":               {protocol.Call{Method: "POST", URL: "https://app.example/register?" + good}, 405, ""},
	} {
		f := newApp(t, func(o *sdk.Options) { o.Tolerance = protocol.Tolerance })
		answer := f.send(t, test.call)
		var body struct {
			Error string `json:"error"`
		}
		_ = json.Unmarshal(answer.Body, &body)
		if answer.Status != test.status || body.Error != test.text {
			t.Errorf("%s: got %d %s, want %d %s", name, answer.Status, answer.Body, test.status, test.text)
		}
	}
}

func TestConfirmationRefuses(t *testing.T) {
	t.Parallel()
	f := newApp(t)
	unknown := protocol.Registered{Secret: "s", ConfirmationURL: "https://app.example/confirm"}
	if err := f.confirm(t, unknown, ""); err == nil || err.Error() != "Invalid shop given" {
		t.Errorf("unknown shop: got %v", err)
	}
	registered, err := f.register(t, "")
	if err != nil {
		t.Fatal(err)
	}
	hook := f.event("product.written", "[]")
	answer := f.send(t, hook.Call("https://app.example/webhook", protocol.Host{}, 0, protocol.ShopKeys(registered.Secret)))
	if answer.Status != 401 || !strings.Contains(string(answer.Body), "Invalid shop given") {
		t.Errorf("a webhook before the confirmation: got %d %s", answer.Status, answer.Body)
	}
	wrong := registered
	wrong.Secret = "guess"
	if err := f.confirm(t, wrong, ""); err == nil {
		t.Error("a confirmation with a wrong secret was accepted")
	}
	if err := f.confirm(t, registered, ""); err != nil {
		t.Errorf("the right one after it: got %v", err)
	}
	if err := f.confirm(t, registered, ""); err == nil {
		t.Error("the same confirmation was accepted twice")
	}
}

func TestRotation(t *testing.T) {
	t.Parallel()
	f := newApp(t)
	first := f.install(t, "")

	if _, err := f.register(t, ""); err == nil {
		t.Fatal("a known shop registered with one signature")
	}
	if _, err := f.register(t, "guess"); err == nil {
		t.Fatal("a known shop registered with a wrong second signature")
	}
	registered, err := f.register(t, first)
	if err != nil {
		t.Fatal(err)
	}
	hook := f.event("product.written", "[]")
	if status := f.deliver(t, hook, first); status != 204 {
		t.Errorf("old secret before the confirmation: got %d", status)
	}
	if status := f.deliver(t, hook, registered.Secret); status != 401 {
		t.Errorf("new secret before the confirmation: got %d", status)
	}
	if err := f.confirm(t, registered, ""); err == nil {
		t.Fatal("a rotation was confirmed with one signature")
	}
	if err := f.confirm(t, registered, first); err != nil {
		t.Fatal(err)
	}
	if status := f.deliver(t, hook, registered.Secret); status != 204 {
		t.Errorf("new secret: got %d", status)
	}
	f.now = f.now.Add(60 * time.Second)
	if status := f.deliver(t, hook, first); status != 204 {
		t.Errorf("old secret within the grace: got %d", status)
	}
	f.now = f.now.Add(time.Second)
	if status := f.deliver(t, hook, first); status != 401 {
		t.Errorf("old secret after it: got %d", status)
	}
}

func TestSingleSignatureUntilItWasTwo(t *testing.T) {
	t.Parallel()
	f := newApp(t, func(o *sdk.Options) { o.AllowSingleSignature = true })
	f.install(t, "")
	second := f.install(t, "") // as Shopware 6.6 does
	if _, err := f.register(t, "guess"); err == nil {
		t.Error("a wrong second signature was ignored")
	}
	third := f.install(t, second)
	if _, err := f.register(t, ""); err == nil {
		t.Error("one signature was enough after two")
	}
	f.install(t, third)
}

func TestWebhooks(t *testing.T) {
	t.Parallel()
	type placed struct {
		Order struct {
			ID string `json:"id"`
		} `json:"order"`
	}
	f := newApp(t, func(o *sdk.Options) { o.Tolerance = protocol.Tolerance })
	secret := f.install(t, "")
	var got []string
	sdk.On(f.App, "checkout.order.placed", func(_ context.Context, e sdk.Event[placed]) error {
		got = append(got, fmt.Sprintf("%s %d %s %s %v", e.Payload.Order.ID, e.Attempt, e.Shop.ID, e.AppVersion, e.API != nil))
		return nil
	})
	sdk.On(f.App, "product.written", func(_ context.Context, e sdk.Event[[]sdk.Change]) error {
		for _, c := range e.Payload {
			got = append(got, c.Operation+c.ID())
		}
		return nil
	})
	sdk.On(f.App, "app.activated", func(_ context.Context, e sdk.Event[struct{ Nothing string }]) error {
		got = append(got, "activated"+e.Payload.Nothing)
		return nil
	})
	sdk.On(f.App, "media.written", func(context.Context, sdk.Event[[]sdk.Change]) error {
		return fmt.Errorf("the disk is full: %w", sdk.ErrShopUnknown)
	})

	order := f.event("checkout.order.placed", `{"order":{"id":"o1"}}`)
	old, unknown := order, order
	old.At = f.now.Add(-time.Hour)
	unknown.Source.ShopID = "somebody"
	tests := []struct {
		name      string
		got, want int
	}{
		{"a business event", f.deliver(t, order, secret), 204},
		{"an entity event", f.deliver(t, f.event("product.written", `[{"operation":"update","primaryKey":"p1"},{"operation":"insert","primaryKey":{"a":"b"}}]`), secret), 204},
		{"an empty payload", f.deliver(t, f.event("app.activated", `[]`), secret), 204},
		{"nobody listens", f.deliver(t, f.event("order.written", `[]`), secret), 204},
		{"wrong signature", f.deliver(t, order, "guess"), 401},
		{"no signature", f.deliver(t, order, ""), 401},
		{"too old", f.deliver(t, old, secret), 401},
		{"another shop", f.deliver(t, unknown, secret), 401},
		{"a payload of another shape", f.deliver(t, f.event("checkout.order.placed", `{"order":7}`), secret), 400},
		{"the handler fails, whatever its error is", f.deliver(t, f.event("media.written", `[]`), secret), 500},
		{"not JSON", f.send(t, protocol.Call{Method: "POST", URL: "https://app.example/webhook", Body: []byte("hello")}).Status, 400},
		{"too large", f.send(t, protocol.Call{Method: "POST", URL: "https://app.example/webhook", Body: make([]byte, protocol.MaxBody+1)}).Status, 413},
	}
	for _, test := range tests {
		if test.got != test.want {
			t.Errorf("%s: got %d, want %d", test.name, test.got, test.want)
		}
	}
	want := []string{"o1 2 aB3dE6gH9jK2mN5p 1.0.0 true", "updatep1", "insert", "activated"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if shop, _ := f.shops.Get(t.Context(), shopID); !shop.Active {
		t.Error("app.activated did not switch the shop on")
	}
}

func TestEventsAreHandledOnce(t *testing.T) {
	t.Parallel()
	f := newApp(t, func(o *sdk.Options) { o.Handled = o.Shops.(*sdk.Memory) })
	secret := f.install(t, "")
	runs, fail := 0, errors.New("not now")
	sdk.On(f.App, "order.written", func(context.Context, sdk.Event[[]sdk.Change]) error {
		runs++
		return fail
	})
	statuses := []int{f.deliver(t, f.event("order.written", "[]"), secret)}
	fail = nil
	statuses = append(statuses, f.deliver(t, f.event("order.written", "[]"), secret), f.deliver(t, f.event("order.written", "[]"), secret))
	if diff := cmp.Diff([]int{500, 204, 204}, statuses); diff != "" || runs != 2 {
		t.Errorf("%d runs, %s", runs, diff)
	}
}

func TestAppDeleted(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		payload string
		kept    bool
	}{
		"keep the data":          {`{"keepUserData":true}`, true},
		"delete it":              {`{"keepUserData":false}`, false},
		"Shopware 6.6":           {`[]`, false},
		"of an unexpected shape": {`{"keepUserData":"yes"}`, false},
	} {
		f := newApp(t)
		secret := f.install(t, "")
		if status := f.deliver(t, f.event("app.deleted", test.payload), secret); status != 204 {
			t.Errorf("%s: got %d", name, status)
		}
		_, err := f.shops.Get(t.Context(), shopID)
		if kept := err == nil; kept != test.kept {
			t.Errorf("%s: kept %v, want %v", name, kept, test.kept)
		}
		if test.kept {
			f.install(t, secret) // signed with the secret that both sides kept
		} else {
			f.install(t, "")
		}
	}
}

func TestActions(t *testing.T) {
	t.Parallel()
	f := newApp(t)
	secret := f.install(t, "")
	f.OnAction("restock", func(_ context.Context, a sdk.Action) (sdk.Reply, error) {
		return sdk.Notify("success", fmt.Sprintf("%s %v", a.Entity, a.IDs)), nil
	})
	f.OnAction("nothing", func(context.Context, sdk.Action) (sdk.Reply, error) { return sdk.Reply{}, nil })
	f.OnAction("fail", func(context.Context, sdk.Action) (sdk.Reply, error) { return sdk.Reload(), errors.New("secret reason") })
	f.OnAction("modal", func(context.Context, sdk.Action) (sdk.Reply, error) {
		return sdk.OpenModal("https://app.example/m", "small"), nil
	})
	f.OnAction("tab", func(context.Context, sdk.Action) (sdk.Reply, error) { return sdk.OpenTab("https://app.example/t"), nil })

	for name, test := range map[string]struct {
		action, secret string
		want           sdk.Reply
		reason         string
	}{
		"a notification":  {"restock", secret, sdk.Reply{Type: "notification", Status: "success", Message: "product [p1]"}, ""},
		"nothing":         {"nothing", secret, sdk.Reply{}, ""},
		"a modal":         {"modal", secret, sdk.Reply{Type: "openModal", IFrameURL: "https://app.example/m", Size: "small"}, ""},
		"a tab":           {"tab", secret, sdk.Reply{Type: "openNewTab", RedirectURL: "https://app.example/t"}, ""},
		"an error":        {"fail", secret, sdk.Reply{}, "Internal error"},
		"unknown":         {"dance", secret, sdk.Reply{}, "No such action"},
		"wrong signature": {"restock", "guess", sdk.Reply{}, "Cannot validate signature"},
	} {
		action := protocol.Action{Source: protocol.Source{URL: shopURL, ShopID: shopID, AppVersion: "1.0.0"}, IDs: []string{"p1"}, Entity: "product", Action: test.action, At: f.now}
		got, err := protocol.CheckAction(f.send(t, action.Call("https://app.example/action", protocol.Host{}, test.secret)), nil, test.secret)
		reason := ""
		if err != nil {
			reason = err.Error()
		}
		if diff := cmp.Diff(test.want, got); diff != "" || reason != test.reason {
			t.Errorf("%s: got %q, want %q %s", name, reason, test.reason, diff)
		}
	}
}

// TestActionsWithinTheGrace: the answer is signed with the secret that the host used,
// because that is one it knows.
func TestActionsWithinTheGrace(t *testing.T) {
	t.Parallel()
	f := newApp(t)
	old := f.install(t, "")
	f.install(t, old)
	f.OnAction("reload", func(context.Context, sdk.Action) (sdk.Reply, error) { return sdk.Reload(), nil })
	action := protocol.Action{Source: protocol.Source{ShopID: shopID}, Action: "reload", At: f.now}
	got, err := protocol.CheckAction(f.send(t, action.Call("https://app.example/action", protocol.Host{}, old)), nil, old)
	if err != nil || got != sdk.Reload() {
		t.Errorf("got %+v, %v", got, err)
	}
}

func TestPage(t *testing.T) {
	t.Parallel()
	f := newApp(t, func(o *sdk.Options) { o.Tolerance = protocol.Tolerance })
	secret := f.install(t, "")
	page := f.Page(func(w http.ResponseWriter, _ *http.Request, v sdk.Visit) {
		_, _ = io.WriteString(w, v.Shop.ID+v.Locale+v.User)
	})
	frame := protocol.Frame{ShopID: shopID, ShopURL: shopURL, At: f.now, Locale: "en-GB", User: "u1"}
	signed, err := frame.URL("https://app.example/page?tab=1", secret, protocol.ProfileFull)
	if err != nil {
		t.Fatal(err)
	}
	frame.At = f.now.Add(-time.Hour)
	old, err := frame.URL("https://app.example/page", secret, protocol.ProfileFull)
	if err != nil {
		t.Fatal(err)
	}
	for name, test := range map[string]struct {
		url    string
		status int
	}{
		"as signed": {signed, 200},
		"changed":   {strings.Replace(signed, "tab=1", "tab=2", 1), 401},
		"extended":  {signed + "&more=1", 401},
		"unsigned":  {"https://app.example/page?shop-id=" + shopID + "&timestamp=1700000000", 401},
		"bare":      {"https://app.example/page", 400},
		"old":       {old, 401},
	} {
		recorder := httptest.NewRecorder()
		page.ServeHTTP(recorder, httptest.NewRequestWithContext(t.Context(), "GET", test.url, nil))
		if recorder.Code != test.status || (test.status == 200) != (recorder.Body.String() == shopID+"en-GBu1") {
			t.Errorf("%s: got %d %s, want %d", name, recorder.Code, recorder.Body, test.status)
		}
	}
}
