package protocol_test

import (
	"encoding/hex"
	"encoding/json"
	"net/http"
	"net/url"
	"os"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/appdock/appdock/protocol"
)

// vector is one entry of signing-vectors.json.
type vector struct {
	Name        string            `json:"name"`
	Kind        string            `json:"kind"`
	Secret      string            `json:"secret"`
	SignedInput string            `json:"signed_input"`
	Expected    string            `json:"expected"`
	BaseQuery   string            `json:"base_query"`
	Params      [][2]string       `json:"params"`
	FullQuery   string            `json:"full_query"`
	Parts       map[string]string `json:"parts"`
	KeyHex      string            `json:"key_hex"`
	WebhookID   string            `json:"webhook_id"`
	Timestamp   string            `json:"webhook_timestamp"`
	Body        string            `json:"body"`
	PayloadJSON string            `json:"payload_json"`
	Extra       map[string]struct {
		Secret   string `json:"secret"`
		Expected string `json:"expected"`
	} `json:"extra_headers"`
	ByPHP bool `json:"accepted_by_php_sdk"`
}

// TestVectors runs every published vector through the functions that host and SDK use.
func TestVectors(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile("testdata/signing-vectors.json")
	if err != nil {
		t.Fatal(err)
	}
	var file struct {
		Vectors []vector `json:"vectors"`
	}
	if err := json.Unmarshal(text, &file); err != nil {
		t.Fatal(err)
	}
	if got, want := len(file.Vectors), 37; got != want {
		t.Fatalf("vectors: got %d, want %d", got, want)
	}
	kinds := map[string]func(*testing.T, vector){
		"registration-request": testRegistrationRequest,
		"registration-proof":   testProof,
		"confirmation-request": testConfirmation,
		"webhook":              testWebhook,
		"action-button":        testAction,
		"signed-query":         testSignedQuery,
		"app-response":         testAppResponse,
		"standard-webhooks":    testStandard,
		"storefront-jwt":       testStorefront,
		"pkce":                 testPKCE,
	}
	for _, v := range file.Vectors {
		t.Run(v.Name, func(t *testing.T) {
			t.Parallel()
			test, ok := kinds[v.Kind]
			if !ok {
				t.Fatalf("unknown kind %q", v.Kind)
			}
			test(t, v)
		})
	}
}

func same(t *testing.T, what, got, want string) {
	t.Helper()
	if got != want {
		t.Errorf("%s:\n got %s\nwant %s", what, got, want)
	}
}

func (v vector) param(name string) string {
	for _, p := range v.Params {
		if p[0] == name {
			return p[1]
		}
	}
	return ""
}

func unix(t *testing.T, s string) time.Time {
	t.Helper()
	n, err := strconv.ParseInt(s, 10, 64)
	if err != nil {
		t.Fatal(err)
	}
	return time.Unix(n, 0)
}

func testRegistrationRequest(t *testing.T, v vector) {
	t.Helper()
	endpoint := "https://app.example/register"
	if v.BaseQuery != "" {
		endpoint += "?" + v.BaseQuery
	}
	r := protocol.Registration{ShopID: v.param("shop-id"), ShopURL: v.param("shop-url"), At: unix(t, v.param("timestamp"))}
	current := v.Extra[protocol.HeaderShopSignature]
	call, err := r.Call(endpoint, protocol.Host{}, v.Secret, current.Secret)
	if err != nil {
		t.Fatal(err)
	}
	same(t, "URL", call.URL, "https://app.example/register?"+v.SignedInput)
	same(t, "signature", call.Get(protocol.HeaderAppSignature), v.Expected)
	same(t, "second signature", call.Get(protocol.HeaderShopSignature), current.Expected)

	// What net/http sends is what was signed, and an app reads back what was meant.
	u, err := url.Parse(call.URL)
	if err != nil {
		t.Fatal(err)
	}
	same(t, "query on the wire", u.RawQuery, v.SignedInput)
	if err := protocol.Verify(v.Secret, []byte(u.RawQuery), v.Expected); err != nil {
		t.Error(err)
	}
	parsed, err := protocol.ParseRegistration(u.RawQuery)
	if diff := cmp.Diff(r, parsed); err != nil || diff != "" {
		t.Errorf("parsed: %v\n%s", err, diff)
	}
	// Exactly the shop URLs that we refuse are those that the SDKs cannot verify.
	if v.BaseQuery == "" && protocol.IsShopURL(r.ShopURL) != v.ByPHP {
		t.Errorf("IsShopURL(%q) = %v, the official SDKs say %v", r.ShopURL, !v.ByPHP, v.ByPHP)
	}
}

func testProof(t *testing.T, v vector) {
	t.Helper()
	r := protocol.Registration{ShopID: v.Parts["shopId"], ShopURL: v.Parts["shopUrl"], AppName: v.Parts["appName"]}
	same(t, "proof", r.Proof(v.Secret), v.Expected)
}

func testConfirmation(t *testing.T, v vector) {
	t.Helper()
	c, err := protocol.ParseConfirmation([]byte(v.SignedInput))
	if err != nil {
		t.Fatal(err)
	}
	if err := protocol.Verify(v.Secret, []byte(v.SignedInput), v.Expected); err != nil {
		t.Error(err)
	}
	if v.Name == "confirm-unescaped-slashes" {
		return // the bytes of another host: verified, never made by us
	}
	previous := v.Extra[protocol.HeaderPreviousSignature]
	call := c.Call("https://app.example/confirm", protocol.Host{}, v.Secret, previous.Secret)
	same(t, "body", string(call.Body), v.SignedInput)
	same(t, "signature", call.Get(protocol.HeaderShopSignature), v.Expected)
	same(t, "previous signature", call.Get(protocol.HeaderPreviousSignature), previous.Expected)
}

func testWebhook(t *testing.T, v vector) {
	t.Helper()
	w, err := protocol.ParseWebhook([]byte(v.SignedInput))
	if err != nil {
		t.Fatal(err)
	}
	if err := protocol.Verify(v.Secret, []byte(v.SignedInput), v.Expected); err != nil {
		t.Error(err)
	}
	if v.Name == "webhook-unicode-raw" {
		return // the bytes of another host: verified, never made by us
	}
	call := w.Call("https://app.example/hook", protocol.Host{}, 0, protocol.ShopKeys(v.Secret))
	same(t, "body", string(call.Body), v.SignedInput)
	same(t, "signature", call.Get(protocol.HeaderShopSignature), v.Expected)
}

func testAction(t *testing.T, v vector) {
	t.Helper()
	a, err := protocol.ParseAction([]byte(v.SignedInput))
	if err != nil {
		t.Fatal(err)
	}
	call := a.Call("https://app.example/action", protocol.Host{}, v.Secret)
	same(t, "body", string(call.Body), v.SignedInput)
	same(t, "signature", call.Get(protocol.HeaderShopSignature), v.Expected)
}

func testSignedQuery(t *testing.T, v vector) {
	t.Helper()
	profile := protocol.ProfileFull
	if len(v.Params) == 6 {
		profile = protocol.Profile66
	}
	f := protocol.Frame{
		ShopID: v.param("shop-id"), ShopURL: v.param("shop-url"), At: unix(t, v.param("timestamp")),
		Version: v.param("sw-version"), AppVersion: v.param("app-version"), InAppPurchases: v.param("in-app-purchases"),
		Language: v.param("sw-context-language"), Locale: v.param("sw-user-language"), User: v.param("sw-user-id"),
	}
	source := "https://app.example/page"
	if v.BaseQuery != "" {
		source += "?" + v.BaseQuery
	}
	got, err := f.URL(source+"#top", v.Secret, profile)
	if err != nil {
		t.Fatal(err)
	}
	same(t, "URL", got, "https://app.example/page?"+v.FullQuery+"#top")
	if want := protocol.ParamSignature + "=" + v.Expected; !strings.HasSuffix(v.FullQuery, want) {
		t.Errorf("the query does not end with %s", want)
	}
	if err := protocol.VerifyQuery(v.FullQuery, v.Secret); err != nil {
		t.Error(err)
	}
	parsed, err := protocol.ParseFrame(v.FullQuery)
	if diff := cmp.Diff(f, parsed); err != nil || diff != "" {
		t.Errorf("parsed: %v\n%s", err, diff)
	}
}

func testAppResponse(t *testing.T, v vector) {
	t.Helper()
	answer := protocol.Answer{Status: 200, Header: http.Header{}, Body: []byte(v.SignedInput)}
	answer.Header.Set(protocol.HeaderAppSignature, v.Expected)
	if err := protocol.CheckSigned(answer, nil, v.Secret); err != nil {
		t.Error(err)
	}
	same(t, "signature", protocol.Sign(v.Secret, answer.Body), v.Expected)
}

func testStandard(t *testing.T, v vector) {
	t.Helper()
	key, err := hex.DecodeString(v.KeyHex)
	if err != nil {
		t.Fatal(err)
	}
	if strings.HasPrefix(v.Secret, "whsec_") {
		if key, err = protocol.StandardKey(v.Secret); err != nil {
			t.Fatal(err)
		}
		same(t, "key", hex.EncodeToString(key), v.KeyHex)
	}
	same(t, "signature", protocol.SignStandard(key, v.WebhookID, unix(t, v.Timestamp), []byte(v.Body)), v.Expected)

	header := http.Header{}
	header.Set(protocol.HeaderStandardID, v.WebhookID)
	header.Set(protocol.HeaderStandardTimestamp, v.Timestamp)
	header.Set(protocol.HeaderStandardSignature, "v1,bm90aGluZw== v1a,bm90aGluZw== "+v.Expected)
	if err := protocol.VerifyStandard(header, []byte(v.Body), []byte("another key"), key); err != nil {
		t.Error(err)
	}
}

func testStorefront(t *testing.T, v vector) {
	t.Helper()
	var claims struct {
		Iss            string `json:"iss"`
		Iat            int64  `json:"iat"`
		LanguageID     string `json:"languageId"`
		SalesChannelID string `json:"salesChannelId"`
	}
	if err := json.Unmarshal([]byte(v.PayloadJSON), &claims); err != nil {
		t.Fatal(err)
	}
	token := protocol.StorefrontToken{ShopID: claims.Iss, At: time.Unix(claims.Iat, 0), Language: claims.LanguageID, SalesChannel: claims.SalesChannelID}
	same(t, "token", token.Sign(v.Secret), v.Expected)
}

func testPKCE(t *testing.T, v vector) {
	t.Helper()
	same(t, "challenge", protocol.Challenge(v.SignedInput), v.Expected)
}
