package protocol_test

import (
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/appdock/appdock/protocol"
)

const (
	appSecret  = "appsecret-0123456789abcdef"
	shopSecret = "s3cr3t-shop-secret-0123456789-0123456789-0123456789-0123456789-01"
	oldSecret  = "0ld-shop-secret-0123456789-0123456789-0123456789-0123456789-0123"
)

var (
	registration = protocol.Registration{ShopID: "aB3dE6gH9jK2mN5p", ShopURL: "http://my.shop.com", AppName: "MyExampleApp", At: time.Unix(1592398983, 0)}
	host         = protocol.Host{Agent: "Appdock/1.0.0", Version: "6.7.10.0", Language: "2fbb5fe2e29a4d70aa5854ce7ce3e20b", Locale: "en-GB"}
)

// TestCheckRegistration is the table of protocol-handshake.md 5, row by row, and the order
// of its rows.
func TestCheckRegistration(t *testing.T) {
	t.Parallel()
	proof := registration.Proof(appSecret)
	long := strings.Repeat("x", 255)
	good := func(change ...string) string {
		body := fmt.Sprintf(`{"proof":%q,"secret":%q,"confirmation_url":"https://app.example/confirm"}`, proof, shopSecret)
		return strings.NewReplacer(change...).Replace(body)
	}
	type failure struct {
		Class  protocol.Class
		Fault  protocol.Fault
		Reason string
	}
	tests := map[string]struct {
		err      error
		status   int // 0: 200
		location string
		body     string
		expect   func(*protocol.Expected)
		want     failure
	}{
		"accepted":                                          {body: good()},
		"accepted with any 2xx":                             {status: 201, body: good()},
		"accepted with a proof and a new line":              {body: good(proof, proof+`\n`)},
		"accepted with 255 characters, two bytes each":      {body: good(shopSecret, strings.Repeat("ü", 255))},
		"accepted with a short secret where that is wanted": {body: good(shopSecret, "short"), expect: func(e *protocol.Expected) { e.AllowShortSecret = true }},
		"accepted with http in development":                 {body: good("https:", "http:"), expect: func(e *protocol.Expected) { e.AllowHTTP = true }},
		"accepted with an error that is no text":            {body: good(`{`, `{"error":null,`)},

		"1 no answer":        {err: errors.New("dial tcp: connection refused"), want: failure{protocol.Failed, protocol.FaultUnreachable, "dial tcp: connection refused"}},
		"2 4xx with a text":  {status: 401, body: `{"error":"Cannot validate app signature"}`, want: failure{protocol.Rejected, protocol.FaultRefused, "Cannot validate app signature"}},
		"2 5xx with a text":  {status: 503, body: `{"error":"in maintenance"}`, want: failure{protocol.Failed, protocol.FaultRefused, "in maintenance"}},
		"3 4xx without":      {status: 404, body: "not here", want: failure{protocol.Rejected, protocol.FaultStatus, "Got status code 404, with response: not here"}},
		"3 5xx without":      {status: 500, body: `{"error":{}}`, want: failure{protocol.Failed, protocol.FaultStatus, `Got status code 500, with response: {"error":{}}`}},
		"3 shows 2 KiB":      {status: 500, body: strings.Repeat("ab", 3000), want: failure{protocol.Failed, protocol.FaultStatus, "Got status code 500, with response: " + strings.Repeat("ab", 1024)}},
		"3 hides the secret": {status: 500, body: good(), want: failure{protocol.Failed, protocol.FaultStatus, "Got status code 500, with response: " + good(shopSecret, "[redacted]")}},
		"3 hides what it was told to hide, and control characters": {
			status: 400, body: "\x1b[31mcanary!", expect: func(e *protocol.Expected) { e.Secrets = []string{"canary"} },
			want: failure{protocol.Rejected, protocol.FaultStatus, "Got status code 400, with response: [31m[redacted]!"},
		},
		"4 redirect, though its body is good": {status: 302, location: "https://elsewhere.example/", body: good(), want: failure{protocol.Failed, protocol.FaultRedirect, "redirect not allowed: https://elsewhere.example/"}},
		"5 HTML":                              {body: "<!doctype html><p>It works", want: failure{protocol.Failed, protocol.FaultNotJSON, "JSON response could not be decoded"}},
		"5 empty":                             {body: "", want: failure{protocol.Failed, protocol.FaultNotJSON, "JSON response could not be decoded"}},
		"5 a list":                            {body: `["proof"]`, want: failure{protocol.Failed, protocol.FaultNotJSON, "JSON response could not be decoded"}},
		"5 null":                              {body: `null`, want: failure{protocol.Failed, protocol.FaultNotJSON, "JSON response could not be decoded"}},
		"5 cut off":                           {body: good()[:80], want: failure{protocol.Failed, protocol.FaultNotJSON, "JSON response could not be decoded"}},
		"6 error with 200 beside a proof":     {body: good(`{`, `{"error":"no licence",`), want: failure{protocol.Rejected, protocol.FaultRefused, "no licence"}},
		"6 error without a reason":            {body: `{"error":""}`, want: failure{protocol.Rejected, protocol.FaultRefused, "The app server refused and gave no reason"}},
		"7 proof is a number":                 {body: good(`"`+proof+`"`, "1"), want: failure{protocol.Failed, protocol.FaultNoProof, "The app server provided no proof"}},
		"7 proof is null":                     {body: good(`"`+proof+`"`, "null"), want: failure{protocol.Failed, protocol.FaultNoProof, "The app server provided no proof"}},
		"8 wrong proof":                       {body: good(proof, registration.Proof("another")), want: failure{protocol.Failed, protocol.FaultWrongProof, "The app server provided an invalid proof"}},
		"8 upper case":                        {body: good(proof, strings.ToUpper(proof)), want: failure{protocol.Failed, protocol.FaultWrongProof, "The app server provided an invalid proof"}},
		"8 absent":                            {body: good("proof", "evidence"), want: failure{protocol.Failed, protocol.FaultWrongProof, "The app server provided an invalid proof"}},
		"8 before 9":                          {body: `{}`, want: failure{protocol.Failed, protocol.FaultWrongProof, "The app server provided an invalid proof"}},
		"9 no secret":                         {body: good(`"secret"`, `"key"`), want: failure{protocol.Failed, protocol.FaultNoSecret, "The app server provided no secret"}},
		"9 empty":                             {body: good(shopSecret, ""), expect: func(e *protocol.Expected) { e.AllowShortSecret = true }, want: failure{protocol.Failed, protocol.FaultNoSecret, "The app server provided no secret"}},
		"9 a number":                          {body: good(`"`+shopSecret+`"`, "7"), want: failure{protocol.Failed, protocol.FaultNoSecret, "The app server provided no secret"}},
		"10 63 characters":                    {body: good(shopSecret, long[:63]), want: failure{protocol.Failed, protocol.FaultSecretLength, "The app secret must be between 64 and 255 characters"}},
		"10 256 characters, even where short ones are wanted": {
			body: good(shopSecret, long+"x"), expect: func(e *protocol.Expected) { e.AllowShortSecret = true },
			want: failure{protocol.Failed, protocol.FaultSecretLength, "The app secret must be between 64 and 255 characters"},
		},
		"11 the same again": {
			body: good(shopSecret, oldSecret), expect: func(e *protocol.Expected) { e.Current = oldSecret },
			want: failure{protocol.Failed, protocol.FaultSecretSame, "The new app secret returned from the App must be different from the current one."},
		},
		"12 no confirmation URL": {body: good("confirmation_url", "url"), want: failure{protocol.Failed, protocol.FaultConfirmationURL, "The app server provided an invalid confirmation url"}},
		"12 relative":            {body: good("https://app.example", ""), want: failure{protocol.Failed, protocol.FaultConfirmationURL, "The app server provided an invalid confirmation url"}},
		"12 http in production":  {body: good("https:", "http:"), want: failure{protocol.Failed, protocol.FaultConfirmationURL, "The app server provided an invalid confirmation url"}},
		"12 another scheme":      {body: good("https:", "ftp:"), want: failure{protocol.Failed, protocol.FaultConfirmationURL, "The app server provided an invalid confirmation url"}},
		"12 user info":           {body: good("app.example", "a:b@app.example"), want: failure{protocol.Failed, protocol.FaultConfirmationURL, "The app server provided an invalid confirmation url"}},
		"12 fragment":            {body: good("/confirm", "/confirm#"), want: failure{protocol.Failed, protocol.FaultConfirmationURL, "The app server provided an invalid confirmation url"}},
		"12 no host":             {body: good("app.example", ":443"), want: failure{protocol.Failed, protocol.FaultConfirmationURL, "The app server provided an invalid confirmation url"}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			want := protocol.Expected{Proof: proof}
			if test.expect != nil {
				test.expect(&want)
			}
			answer := protocol.Answer{Status: 200, Header: http.Header{"Location": {test.location}}, Body: []byte(test.body)}
			if test.status != 0 {
				answer.Status = test.status
			}
			got, err := protocol.CheckRegistration(answer, test.err, want)
			if test.want == (failure{}) {
				if err != nil || got.Secret == "" || got.ConfirmationURL == "" {
					t.Fatalf("got %+v, %v; want it accepted", got, err)
				}
				return
			}
			f, ok := errors.AsType[*protocol.Failure](err)
			if !ok {
				t.Fatalf("got %+v, %v; want a failure", got, err)
			}
			if diff := cmp.Diff(test.want, failure{f.Class, f.Fault, f.Reason}); diff != "" {
				t.Error(diff)
			}
			if got.Secret != "" {
				t.Error("a secret was returned with a failure")
			}
		})
	}
}

func TestCheckConfirmation(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		status int
		err    error
		body   string
		class  protocol.Class
		reason string
	}{
		"accepted":                    {status: 204},
		"accepted, its body ignored":  {status: 200, body: `{"error":"no"}`},
		"rejected":                    {status: 403, body: `{"error":"not you"}`, class: protocol.Rejected, reason: "not you"},
		"rejected, echoing a secret":  {status: 400, body: `bad ` + shopSecret, class: protocol.Rejected, reason: "Got status code 400, with response: bad [redacted]"},
		"server error":                {status: 500, body: `oops`, class: protocol.Unknown, reason: "outcome unknown: Got status code 500, with response: oops"},
		"redirect":                    {status: 301, class: protocol.Unknown, reason: "outcome unknown: redirect not allowed: "},
		"connection lost or too slow": {err: errors.New("i/o timeout"), class: protocol.Unknown, reason: "outcome unknown: i/o timeout"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			err := protocol.CheckConfirmation(protocol.Answer{Status: test.status, Body: []byte(test.body)}, test.err, shopSecret)
			if test.class == "" {
				if err != nil {
					t.Fatalf("got %v, want nil", err)
				}
				return
			}
			f, ok := errors.AsType[*protocol.Failure](err)
			if !ok || f.Class != test.class || f.Reason != test.reason {
				t.Errorf("got %+v, want %s: %s", f, test.class, test.reason)
			}
			if test.err != nil && !errors.Is(err, test.err) {
				t.Error("the cause is lost")
			}
		})
	}
}

func TestHandshakeCalls(t *testing.T) {
	t.Parallel()
	call, err := registration.Call("https://app.example/register?tenant=eu#x", host, appSecret, "")
	if err != nil {
		t.Fatal(err)
	}
	query := "tenant=eu&shop-id=aB3dE6gH9jK2mN5p&shop-url=http://my.shop.com&timestamp=1592398983"
	want := protocol.Call{
		Method: "GET",
		URL:    "https://app.example/register?" + query,
		Header: []protocol.Header{
			{Name: "shopware-app-signature", Value: protocol.Sign(appSecret, []byte(query))},
			{Name: "sw-version", Value: "6.7.10.0"},
			{Name: "sw-context-language", Value: "2fbb5fe2e29a4d70aa5854ce7ce3e20b"},
			{Name: "sw-user-language", Value: "en-GB"},
			{Name: "User-Agent", Value: "Appdock/1.0.0"},
		},
		Timeout:   protocol.Timeout{Connect: time.Second, Total: 5 * time.Second},
		MaxAnswer: 1 << 20,
	}
	if diff := cmp.Diff(want, call); diff != "" {
		t.Error(diff)
	}
	for _, endpoint := range []string{"", "/register", "app.example", "https://", "http://a b/", ":"} {
		if _, err := registration.Call(endpoint, host, appSecret, ""); !errors.Is(err, protocol.ErrMalformed) {
			t.Errorf("registration URL %q: got %v, want ErrMalformed", endpoint, err)
		}
	}
}

// TestRedacted: what is shown of the handshake has no secret in it, whatever its form.
func TestRedacted(t *testing.T) {
	t.Parallel()
	confirmation := protocol.Confirmation{APIKey: "SWIAKEY", SecretKey: "canary-key", At: time.Unix(1, 0), ShopURL: "http://shop.example", ShopID: "id"}
	call := confirmation.Call("https://user:canary@app.example/c?api_key=canary&x=1", host, shopSecret, "")
	call.Header = append(call.Header, protocol.Header{Name: "Authorization", Value: "Bearer canary"})
	before := string(call.Body)
	redacted := call.Redacted()
	if text := fmt.Sprintf("%s %v %s", redacted.URL, redacted.Header, redacted.Body); strings.Contains(text, "canary") {
		t.Error(text)
	}
	same(t, "body", string(redacted.Body), `{"apiKey":"SWIAKEY","secretKey":"[redacted]","timestamp":"1","shopUrl":"http:\/\/shop.example","shopId":"id"}`)
	same(t, "URL", redacted.URL, "https://[redacted]@app.example/c?api_key=[redacted]&x=1")
	same(t, "the call itself", string(call.Body), before)
	if call.Get("authorization") != "Bearer canary" {
		t.Error("redacting changed the call")
	}

	bodies := map[string]string{
		"as it should be":         `{"proof":"p","secret":"canary","confirmation_url":"u"}`,
		"with white space":        "{ \"secret\" :\n \"canary\" }",
		"with a quote in it":      `{"secret":"can\"canary"}`,
		"cut off":                 `{"secret":"canary`,
		"cut off behind a slash":  `{"secret":"canary\`,
		"a number":                `{"secret":canary}`,
		"known, in HTML":          `<p>your key is known-secret/canary</p>`,
		"known, in a JSON string": `{"error":"known-secret\/canary"}`,
		"a password in a URL":     `{"confirmation_url":"https://me:canary@app.example/c"}`,
		"the same, escaped":       `{"confirmation_url":"https:\/\/me:canary@app.example\/c"}`,
		"an access token":         `{"access_token":"canary","expires_in":600}`,
	}
	for name, body := range bodies {
		answer := protocol.Answer{Header: http.Header{"Set-Cookie": {"canary"}, "X-Echo": {"known-secret/canary"}}, Body: []byte(body)}
		redacted := answer.Redacted("known-secret/canary", "")
		if text := fmt.Sprintf("%v %s", redacted.Header, redacted.Body); strings.Contains(text, "canary") {
			t.Errorf("%s: %s", name, text)
		}
		if answer.Header.Get("X-Echo") != "known-secret/canary" {
			t.Errorf("%s: redacting changed the answer", name)
		}
	}
	odd := `canary/ "<ü>` // each encoder writes it differently
	for _, body := range []string{`canary/ "<ü>`, `canary/ \"<ü>`, `canary\/ \"<\u00fc>`, `canary/ \"<\u00fc>`, `canary/ \"\u003cü\u003e`} {
		answer := protocol.Answer{Body: []byte(`{"proof":"` + body + `"}`)}.Redacted(odd)
		same(t, "an echo as "+body, string(answer.Body), `{"proof":"[redacted]"}`)
	}
	if keys := protocol.ShopKeys("canary"); strings.Contains(fmt.Sprintf("%v %+v %#v %s", keys, keys, keys, keys), "canary") {
		t.Error("keys print")
	}
}
