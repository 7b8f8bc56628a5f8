package protocol_test

import (
	"encoding/base64"
	"encoding/json"
	"errors"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/appdock/appdock/protocol"
)

var (
	oldKey = "whsec_" + base64.StdEncoding.EncodeToString([]byte("0ld-0123456789-0123456789-01234"))
	newKey = "whsec_" + base64.StdEncoding.EncodeToString([]byte("new-0123456789-0123456789-01234"))
)

// What a host sends is what an app reads and verifies, with either key during a rotation.
func TestTopicMessageArrives(t *testing.T) {
	t.Parallel()
	now := time.Unix(1700000000, 0).UTC()
	sent := protocol.TopicMessage{
		ID: strings.Repeat("0a", 16), Topic: "order.created", At: now, ShopID: "aB3dE6gH9jK2mN5p", ShopURL: "https://shop.example",
		App: "ship-it", AppVersion: "2.1.0", Data: json.RawMessage(`{"object":{"id":"o1"}}`),
	}
	call := sent.Call("https://app.example/hook", "Appdock/1", 0, newKey, oldKey)
	header := http.Header{}
	for _, h := range call.Header {
		header.Set(h.Name, h.Value)
	}
	got, err := protocol.ParseTopicMessage(call.Body)
	if diff := cmp.Diff(sent, got); err != nil || diff != "" {
		t.Errorf("%v (-want +got):\n%s", err, diff)
	}
	without := func(name string) http.Header {
		h := header.Clone()
		h.Del(name)
		return h
	}
	changed := []byte(strings.Replace(string(call.Body), "o1", "o2", 1))
	for name, tt := range map[string]struct {
		header http.Header
		body   []byte
		late   time.Duration
		keys   []string
		want   error
	}{
		"the new key":           {header, call.Body, 0, []string{newKey}, nil},
		"the old key":           {header, call.Body, 0, []string{oldKey}, nil},
		"no previous key":       {header, call.Body, 0, []string{newKey, ""}, nil},
		"just in time":          {header, call.Body, protocol.Tolerance, []string{newKey}, nil},
		"too late":              {header, call.Body, protocol.Tolerance + time.Second, []string{newKey}, protocol.ErrTimestamp},
		"from the future":       {header, call.Body, -protocol.Tolerance - time.Second, []string{newKey}, protocol.ErrTimestamp},
		"another body":          {header, changed, 0, []string{newKey, oldKey}, protocol.ErrSignatureInvalid},
		"another key":           {header, call.Body, 0, []string{"whsec_" + base64.StdEncoding.EncodeToString([]byte("x"))}, protocol.ErrSignatureInvalid},
		"no key":                {header, call.Body, 0, []string{""}, protocol.ErrSignatureInvalid},
		"a key of another form": {header, call.Body, 0, []string{"plain"}, protocol.ErrMalformed},
		"no id":                 {without(protocol.HeaderStandardID), call.Body, 0, []string{newKey}, protocol.ErrSignatureMissing},
		"no signature":          {without(protocol.HeaderStandardSignature), call.Body, 0, []string{newKey}, protocol.ErrSignatureMissing},
	} {
		if err := protocol.VerifyTopicMessage(tt.header, tt.body, now.Add(tt.late), protocol.Tolerance, tt.keys...); !errors.Is(err, tt.want) {
			t.Errorf("%s: got %v, want %v", name, err, tt.want)
		}
	}
	// The other signature is with the newest key alone (protocol-signing.md 9).
	for name, tt := range map[string]struct {
		header http.Header
		body   []byte
		key    string
		want   error
	}{
		"the new key":           {header, call.Body, newKey, nil},
		"the old key":           {header, call.Body, oldKey, protocol.ErrSignatureInvalid},
		"another body":          {header, changed, newKey, protocol.ErrSignatureInvalid},
		"no key":                {header, call.Body, "", protocol.ErrSignatureInvalid},
		"no signature":          {without(protocol.HeaderBase64HMAC), call.Body, newKey, protocol.ErrSignatureMissing},
		"a key of another form": {header, call.Body, "plain", protocol.ErrMalformed},
	} {
		if err := protocol.VerifyBase64HMAC(tt.header, tt.body, tt.key); !errors.Is(err, tt.want) {
			t.Errorf("base64, %s: got %v, want %v", name, err, tt.want)
		}
	}
	for _, body := range []string{``, `[]`, `{}`, `{"id":"1","type":"a","shop":{"id":"s"}}`, `{"id":"msg_1","shop":{"id":"s"}}`, `{"id":"msg_1","type":"a"}`} {
		if _, err := protocol.ParseTopicMessage([]byte(body)); !errors.Is(err, protocol.ErrMalformed) {
			t.Errorf("%q: got %v, want ErrMalformed", body, err)
		}
	}
}

// A page's address says who looks, and nothing of it can be changed.
func TestPageArrives(t *testing.T) {
	t.Parallel()
	sent := protocol.Page{
		ShopID: "aB3dE6gH9jK2mN5p", ShopURL: "https://shop.example", App: "ship-it", Locale: "de-DE", User: "u1", Session: "s1",
		Location: "admin.order.detail.sidebar", Resource: "o1", At: time.Unix(1700000000, 0),
	}
	address, err := sent.Sign("https://app.example/widget?tab=1", newKey)
	if err != nil {
		t.Fatal(err)
	}
	u, err := url.Parse(address)
	if err != nil {
		t.Fatal(err)
	}
	got, err := protocol.ParsePage(u.RawQuery)
	want := sent
	want.App, want.Session = "", "" // they are in the token
	if diff := cmp.Diff(want, got); err != nil || diff != "" {
		t.Errorf("%v (-want +got):\n%s", err, diff)
	}
	for name, tt := range map[string]struct {
		query, key string
		want       error
	}{
		"as it came":        {u.RawQuery, newKey, nil},
		"another key":       {u.RawQuery, oldKey, protocol.ErrSignatureInvalid},
		"no key":            {u.RawQuery, "", protocol.ErrMalformed},
		"something behind":  {u.RawQuery + "&x=1", newKey, protocol.ErrSignatureMissing},
		"another order":     {strings.Replace(u.RawQuery, "resource-id=o1", "resource-id=o2", 1), newKey, protocol.ErrSignatureInvalid},
		"nothing is signed": {"shop-id=a", newKey, protocol.ErrSignatureMissing},
	} {
		if err := protocol.VerifyPage(tt.query, tt.key); !errors.Is(err, tt.want) {
			t.Errorf("%s: got %v, want %v", name, err, tt.want)
		}
	}
	token := u.Query().Get("session_token")
	read, err := protocol.ParseSessionToken(token, newKey)
	if diff := cmp.Diff(protocol.SessionToken{ShopURL: sent.ShopURL, App: sent.App, User: "u1", Session: "s1", Expires: sent.At.Add(time.Minute)}, read); err != nil || diff != "" {
		t.Errorf("%v (-want +got):\n%s", err, diff)
	}
	parts := strings.Split(token, ".")
	other := base64.RawURLEncoding.EncodeToString([]byte(`{"sub":"somebody else","exp":9999999999}`))
	for name, forged := range map[string]string{
		"another user": parts[0] + "." + other + "." + parts[2], "no signature": parts[0] + "." + parts[1] + ".", "one part": "x", "empty": "", "dots": "...",
	} {
		if got, err := protocol.ParseSessionToken(forged, newKey); err == nil {
			t.Errorf("%s: got %+v", name, got)
		}
	}
	if _, err := protocol.ParseSessionToken(token, oldKey); !errors.Is(err, protocol.ErrSignatureInvalid) {
		t.Errorf("another key: got %v", err)
	}
}

// A host has an app begin; the app knows that the host did.
func TestStartArrives(t *testing.T) {
	t.Parallel()
	address, err := protocol.SignStart("https://app.example/install?a=b", "https://shop.example", "aB3dE6gH9jK2mN5p", "client-secret", time.Unix(1700000000, 0))
	if err != nil {
		t.Fatal(err)
	}
	_, query, _ := strings.Cut(address, "?")
	if err := protocol.VerifyStart(query, "client-secret"); err != nil {
		t.Error(err)
	}
	if err := protocol.VerifyStart(query, "another"); !errors.Is(err, protocol.ErrSignatureInvalid) {
		t.Errorf("another secret: got %v", err)
	}
	if err := protocol.VerifyStart(query, ""); !errors.Is(err, protocol.ErrSignatureInvalid) {
		t.Errorf("no secret: got %v", err)
	}
	open, err := protocol.SignStart("https://app.example/install", "https://shop.example", "aB3dE6gH9jK2mN5p", "", time.Unix(1700000000, 0))
	if err != nil {
		t.Fatal(err)
	}
	_, query, _ = strings.Cut(open, "?")
	if err := protocol.VerifyStart(query, "client-secret"); !errors.Is(err, protocol.ErrSignatureMissing) {
		t.Errorf("unsigned: got %v", err)
	}
}

// What strangers send to a SitePack app is read without harm, and never believed without the key.
func FuzzSitePackRequests(f *testing.F) {
	message := protocol.TopicMessage{ID: "1", Topic: "order.created", At: time.Unix(1700000000, 0), ShopID: "s", Data: json.RawMessage(`{}`)}
	page, err := protocol.Page{ShopID: "s", ShopURL: "https://shop.example", At: time.Unix(1700000000, 0)}.Sign("https://app.example/", newKey)
	if err != nil {
		f.Fatal(err)
	}
	_, query, _ := strings.Cut(page, "?")
	values, err := url.ParseQuery(query)
	if err != nil {
		f.Fatal(err)
	}
	f.Add(message.Body(), query, values.Get("session_token"))
	f.Add([]byte(`{"id":"msg_","type":"","shop":{}}`), "shop-id=%zz&sitepack-signature=", "..")
	f.Fuzz(func(t *testing.T, body []byte, query, token string) {
		if m, err := protocol.ParseTopicMessage(body); err == nil && (m.Topic == "" || m.ShopID == "") {
			t.Errorf("%q was read as %+v", body, m)
		}
		if p, err := protocol.ParsePage(query); err == nil && p.ShopID == "" {
			t.Errorf("%q was read as %+v", query, p)
		}
		// oldKey signed nothing that is fed in here.
		if protocol.VerifyPage(query, oldKey) == nil || protocol.VerifyStart(query, oldKey) == nil {
			t.Errorf("%q verifies", query)
		}
		if got, err := protocol.ParseSessionToken(token, oldKey); err == nil {
			t.Errorf("%q was believed: %+v", token, got)
		}
	})
}
