package ordernotes_test

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/appdock/appdock/examples/ordernotes"
	"github.com/appdock/appdock/protocol"
)

// TestOrderNotes plays a shop that installs the app and places an order.
func TestOrderNotes(t *testing.T) {
	t.Parallel()
	var calls []string
	orders := `{"total":1,"data":[{"id":"o1","orderNumber":"10001","orderCustomer":{"firstName":"Jane","lastName":"Doe"},"lineItems":[{"quantity":2},{"quantity":1}]}]}`
	shop := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		switch r.URL.Path {
		case "/api/oauth/token":
			_, _ = io.WriteString(w, `{"token_type":"Bearer","expires_in":600,"access_token":"t"}`)
			return
		case "/api/search/order":
			_, _ = io.WriteString(w, orders)
		case "/api/order/o1":
			w.WriteHeader(http.StatusNoContent)
		case "/api/notification":
			_, _ = io.WriteString(w, `{"id":"n"}`)
		}
		calls = append(calls, r.Method+" "+r.URL.Path+" "+string(body))
	}))
	t.Cleanup(shop.Close)

	var reports []string
	app, err := ordernotes.New(ordernotes.Options{Report: func(s string) { reports = append(reports, strings.ReplaceAll(s, shop.URL, "SHOP")) }})
	if err != nil {
		t.Fatal(err)
	}
	send := func(call protocol.Call) protocol.Answer {
		t.Helper()
		request := httptest.NewRequestWithContext(t.Context(), call.Method, call.URL, bytes.NewReader(call.Body))
		for _, h := range call.Header {
			request.Header.Set(h.Name, h.Value)
		}
		recorder := httptest.NewRecorder()
		app.ServeHTTP(recorder, request)
		return protocol.Answer{Status: recorder.Code, Header: recorder.Header(), Body: recorder.Body.Bytes()}
	}

	// The app secret and the URLs are those of the manifest.
	var manifest struct {
		Name     string `xml:"meta>name"`
		Register string `xml:"setup>registrationUrl"`
		Secret   string `xml:"setup>secret"`
		Webhooks []struct {
			URL   string `xml:"url,attr"`
			Event string `xml:"event,attr"`
		} `xml:"webhooks>webhook"`
	}
	if err := xml.Unmarshal(ordernotes.Manifest("http://"+ordernotes.Address), &manifest); err != nil {
		t.Fatal(err)
	}
	registration := protocol.Registration{ShopID: "aB3dE6gH9jK2mN5p", ShopURL: shop.URL, AppName: manifest.Name, At: time.Now()}
	call, err := registration.Call(manifest.Register, protocol.Host{}, manifest.Secret, "")
	if err != nil {
		t.Fatal(err)
	}
	registered, err := protocol.CheckRegistration(send(call), nil, protocol.Expected{Proof: registration.Proof(manifest.Secret), AllowHTTP: true})
	if err != nil {
		t.Fatal(err)
	}
	confirmation := protocol.Confirmation{APIKey: "k", SecretKey: "s", At: time.Now(), ShopURL: shop.URL, ShopID: registration.ShopID}
	if err := protocol.CheckConfirmation(send(confirmation.Call(registered.ConfirmationURL, protocol.Host{}, registered.Secret, "")), nil); err != nil {
		t.Fatal(err)
	}

	payloads := map[string]string{"app.installed": `{"appVersion":"1.0.0"}`, "app.activated": `[]`, "app.deactivated": `[]`, "app.deleted": `{"keepUserData":false}`}
	deliver := func(event, url, id string) int {
		t.Helper()
		payload := payloads[event]
		if payload == "" {
			payload = `{"order":{"id":"o1"}}`
		}
		w := protocol.Webhook{Event: event, Payload: json.RawMessage(payload), At: time.Now(), Source: protocol.Source{URL: shop.URL, EventID: id, ShopID: registration.ShopID, AppVersion: "1.0.0"}}
		return send(w.Call(url, protocol.Host{}, 0, protocol.ShopKeys(registered.Secret))).Status
	}
	url := manifest.Webhooks[0].URL
	deliveries := []string{"app.installed", "app.activated", "checkout.order.placed"}
	for _, event := range deliveries {
		if status := deliver(event, url, event); status != http.StatusNoContent {
			t.Errorf("%s: got %d", event, status)
		}
	}
	deliver("checkout.order.placed", url, "checkout.order.placed") // once more: no second note
	orders = `{"total":0,"data":[]}`
	deliver("checkout.order.placed", url, "another")
	deliver("app.deactivated", url, "app.deactivated")
	deliver("app.deleted", url, "app.deleted")
	if status := deliver("app.activated", url, "late"); status != http.StatusUnauthorized {
		t.Errorf("a shop that deleted the app is still known: got %d", status)
	}

	search := `POST /api/search/order {"ids":["o1"],"associations":{"lineItems":{},"orderCustomer":{}}}`
	if diff := cmp.Diff([]string{
		search,
		`PATCH /api/order/o1 {"customFields":{"ordernotes_note":"Gift note for Jane Doe: 3 items, thank you!"}}`,
		`POST /api/notification {"status":"success","message":"Order 10001 has a gift note"}`,
		search,
	}, calls); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]string{
		"app.installed in SHOP",
		"app.activated in SHOP",
		`order 10001: wrote "Gift note for Jane Doe: 3 items, thank you!"`,
		"order 10001: notified the merchant",
		"order o1 is gone: nothing to write on",
		"app.deactivated in SHOP",
		"app.deleted in SHOP",
	}, reports); diff != "" {
		t.Error(diff)
	}
}

func TestManifest(t *testing.T) {
	t.Parallel()
	text := string(ordernotes.Manifest("http://127.0.0.1:41234"))
	if strings.Contains(text, ordernotes.Address) || strings.Count(text, "http://127.0.0.1:41234/") != 6 {
		t.Error(text)
	}
	if !strings.Contains(text, "<secret>"+ordernotes.Secret+"</secret>") || !strings.Contains(text, "<name>"+ordernotes.Name+"</name>") {
		t.Error("the constants are not those of the manifest")
	}
}

func TestNewRefuses(t *testing.T) {
	t.Parallel()
	if _, err := ordernotes.New(ordernotes.Options{URL: "nowhere"}); err == nil {
		t.Error("a URL that is none was accepted")
	}
	if _, err := ordernotes.New(ordernotes.Options{ShopsFile: t.TempDir()}); err == nil {
		t.Error("a folder was accepted as a file")
	}
}
