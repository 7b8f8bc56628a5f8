package signature_test

import (
	"bytes"
	"encoding/json"
	"net/url"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/appdock/appdock/internal/signature"
)

type vector struct {
	Name      string `json:"name"`
	Kind      string `json:"kind"`
	Secret    string `json:"secret"`
	Input     string `json:"signed_input"`
	Expected  string `json:"expected"`
	WebhookID string `json:"webhook_id"`
	Timestamp string `json:"webhook_timestamp"`
	Body      string `json:"body"`
}

const (
	app      = "appsecret-0123456789abcdef"
	shop     = "s3cr3t-shop-secret-0123456789-0123456789-0123456789-0123456789-01"
	previous = "0ld-shop-secret-0123456789-0123456789-0123456789-0123456789-0123"
)

func vectors(t *testing.T) []vector {
	t.Helper()
	text, err := os.ReadFile("../../protocol/testdata/signing-vectors.json")
	if err != nil {
		t.Fatal(err)
	}
	var file struct {
		Vectors []vector `json:"vectors"`
	}
	if err := json.Unmarshal(text, &file); err != nil {
		t.Fatal(err)
	}
	return slices.DeleteFunc(file.Vectors, func(v vector) bool { return v.request(v.Input, v.Expected).URL == "" })
}

// request is the vector as a request with other content; a zero one if it is none.
func (v vector) request(content, sig string) signature.Request {
	post := func(h ...signature.Field) signature.Request {
		return signature.Request{Method: "POST", URL: "/hook", Header: h, Body: []byte(content)}
	}
	switch v.Kind {
	case "registration-request":
		return signature.Request{Method: "GET", URL: "/register?" + content, Header: []signature.Field{{Name: "Shopware-App-Signature", Value: sig}}}
	case "signed-query":
		return signature.Request{Method: "GET", URL: "https://app.example/module?" + content + "&shopware-shop-signature=" + sig}
	case "confirmation-request", "webhook", "action-button":
		return post(signature.Field{Name: "shopware-shop-signature", Value: sig})
	case "standard-webhooks":
		return post(signature.Field{Name: "webhook-id", Value: v.WebhookID}, signature.Field{Name: "webhook-timestamp", Value: v.Timestamp},
			signature.Field{Name: "webhook-signature", Value: sig})
	}
	return signature.Request{}
}

func (v vector) content() string {
	if v.Kind == "standard-webhooks" {
		return v.Body
	}
	return v.Input
}

func (v vector) secrets() signature.Secrets {
	s := signature.Secrets{signature.AppSecret: app, signature.ShopSecret: shop, signature.PreviousSecret: previous}
	if strings.HasPrefix(v.Secret, "whsec_") {
		s[signature.WebhookSecret] = v.Secret
	}
	return s
}

// TestVectorsVerify also holds the kinds together: all that are requests are judged.
func TestVectorsVerify(t *testing.T) {
	t.Parallel()
	list := vectors(t)
	if len(list) < 25 {
		t.Fatalf("got %d vectors that are requests", len(list))
	}
	for _, v := range list {
		got := v.secrets().Explain(v.request(v.content(), v.Expected))
		if len(got) != 1 || !got[0].Verifies || got[0].Changes != nil || got[0].Differs != nil {
			t.Errorf("%s: got %+v", v.Name, got)
		}
	}
}

func reencoded(c string) string {
	var parts []string
	for part := range strings.SplitSeq(c, "&") {
		name, value, _ := strings.Cut(part, "=")
		if decoded, err := url.QueryUnescape(value); err == nil {
			value = url.QueryEscape(decoded)
		}
		parts = append(parts, name+"="+value)
	}
	return strings.Join(parts, "&")
}

func generic(c string) (v any) {
	_ = json.Unmarshal([]byte(c), &v) // the vectors are JSON: TestVectors of protocol
	return v
}

// TestTransformedVectorsAreNamed changes every vector in every way and asks for its name.
func TestTransformedVectorsAreNamed(t *testing.T) {
	t.Parallel()
	query, body := []string{"registration-request", "signed-query"}, []string{"confirmation-request", "webhook", "action-button", "standard-webhooks"}
	tests := map[string]struct {
		kinds []string
		do    func(string) string
		want  string
	}{
		"re-encoded query":     {query, reencoded, "query.encoding"},
		"sorted parameters":    {query, func(c string) string { p := strings.Split(c, "&"); slices.Sort(p); return strings.Join(p, "&") }, "query.order"},
		"added parameter":      {query, func(c string) string { return "utm_source=x&" + c }, "query.parameter_added"},
		"dropped parameter":    {query, func(c string) string { return strings.Replace(c, "&in-app-purchases=", "", 1) }, "query.parameter_dropped"},
		"shop URL with slash":  {query, func(c string) string { return strings.Replace(c, "&timestamp", "/&timestamp", 1) }, "url.normalised"},
		"added newline":        {body, func(c string) string { return c + "\n" }, "body.newline"},
		"added CRLF":           {body, func(c string) string { return c + "\r\n" }, "body.newline"},
		"unescaped slashes":    {body, func(c string) string { return strings.ReplaceAll(c, `\/`, "/") }, "body.slashes"},
		"escaped slashes":      {body, func(c string) string { return strings.ReplaceAll(strings.ReplaceAll(c, `\/`, "/"), "/", `\/`) }, "body.slashes"},
		"indented":             {body, func(c string) string { var b bytes.Buffer; _ = json.Indent(&b, []byte(c), "", "  "); return b.String() }, "body.json"},
		"decoded, and encoded": {body, func(c string) string { b, _ := json.Marshal(generic(c)); return string(b) }, "body."},
		"shopUrl with slash":   {body, func(c string) string { return strings.Replace(c, `com","shopId`, `com/","shopId`, 1) }, "url.normalised"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			tried := 0
			for _, v := range vectors(t) {
				was := v.content()
				now := test.do(was)
				if !slices.Contains(test.kinds, v.Kind) || now == was {
					continue
				}
				tried++
				got := v.secrets().Explain(v.request(now, v.Expected))[0]
				if got.Verifies || !slices.ContainsFunc(got.Changes, func(c signature.Change) bool { return strings.HasPrefix(c.Code, test.want) }) {
					t.Errorf("%s: got %+v, want %s\nsigned   %s\ncaptured %s", v.Name, got, test.want, was, now)
					continue
				}
				at := 0
				for at < min(len(was), len(now)) && was[at] == now[at] {
					at++
				}
				if got.Differs == nil || got.Differs.Offset != at {
					t.Errorf("%s: got difference %+v, want it at %d", v.Name, got.Differs, at)
				}
			}
			if tried == 0 {
				t.Error("no vector was changed")
			}
		})
	}
}

// TestSignaturesAndSecretsAreNamed leaves the message as it is.
func TestSignaturesAndSecretsAreNamed(t *testing.T) {
	t.Parallel()
	for _, v := range vectors(t) {
		if v.Kind == "standard-webhooks" {
			got := v.secrets().Explain(v.request(v.content(), strings.TrimPrefix(v.Expected, "v1,")))[0]
			if got.Verifies || len(got.Changes) != 1 || got.Changes[0].Code != "signature.version" {
				t.Errorf("%s without version: got %+v", v.Name, got)
			}
			continue
		}
		got := v.secrets().Explain(v.request(v.Input, strings.ToUpper(v.Expected)))[0]
		if got.Verifies || len(got.Changes) != 1 || got.Changes[0].Code != "signature.upper_case" || got.Differs == nil {
			t.Errorf("%s in upper case: got %+v", v.Name, got)
		}
		swapped := signature.Secrets{signature.AppSecret: shop, signature.ShopSecret: app, signature.PreviousSecret: previous}
		if got := swapped.Explain(v.request(v.Input, v.Expected))[0]; got.Verifies || len(got.Changes) != 1 || got.Changes[0].Code != "secret.other" {
			t.Errorf("%s with swapped secrets: got %+v", v.Name, got)
		}
		rotated := signature.Secrets{signature.AppSecret: "x", signature.ShopSecret: "y", signature.PreviousSecret: v.Secret}
		if got := rotated.Explain(v.request(v.Input, v.Expected))[0]; got.Verifies || len(got.Changes) != 1 || !strings.Contains(got.Changes[0].Text, "previous secret") {
			t.Errorf("%s after a rotation: got %+v", v.Name, got)
		}
		if got := v.secrets().Explain(v.request(v.Input, strings.Repeat("0", 64)))[0]; got.Verifies || got.Changes != nil {
			t.Errorf("%s with a false signature: got %+v", v.Name, got)
		}
	}
}

func TestCapturesAreRead(t *testing.T) {
	t.Parallel()
	body := `{"a":"it's \/ \u00fc"}`
	tests := map[string]string{
		"raw":               "POST /hook HTTP/1.1\r\nX-A: b\r\n\r\n" + body,
		"raw of an editor":  "POST /hook HTTP/1.1\nX-A: b\nContent-Length: 22\n\n" + body + "\n",
		"curl of people":    "curl -X POST /hook \\\n  -HX-A:b --data '" + strings.ReplaceAll(body, "'", `'\''`) + "'\n",
		"curl of a browser": `curl '/hook' -H 'X-A: b' --compressed --data-raw $'` + strings.NewReplacer(`\`, `\\`, `'`, `\'`).Replace(body) + `'`,
		"HAR":               `{"log":{"entries":[{"request":{"method":"POST","url":"/hook","headers":[{"name":"X-A","value":"b"}],"postData":{"text":"{\"a\":\"it's \\/ \\u00fc\"}"}}}]}}`,
	}
	for name, text := range tests {
		got, err := signature.Parse([]byte(text))
		if err != nil || len(got) != 1 || got[0].Method != "POST" || got[0].URL != "/hook" || string(got[0].Body) != body || got[0].Header[0] != (signature.Field{Name: "X-A", Value: "b"}) {
			t.Errorf("%s: got %q, %v", name, got, err)
		}
	}
	for _, text := range []string{"", "{", "{}", "hello", "curl ", "curl 'x", "curl -d @f x", "POST / HTTP/1.1\nnone", "POST / HTTP/1.1\nTransfer-Encoding: chunked\n\n1"} {
		if got, err := signature.Parse([]byte(text)); err == nil {
			t.Errorf("%q: got %q, want an error", text, got)
		}
	}
}

// FuzzParse reads and judges what strangers captured: no panic, and nothing verifies
// without its secret.
func FuzzParse(f *testing.F) {
	f.Add([]byte("POST /hook HTTP/1.1\nshopware-shop-signature: 00\n\n{}"))
	f.Add([]byte(`curl -G 'https://a/?b=%zz' -d $'\x41\u00fc' -H "a: \"b\""`))
	f.Add([]byte(`{"log":{"entries":[{"request":{"method":"GET","url":"/?shop-url=a&shopware-shop-signature=AA"}}]}}`))
	f.Fuzz(func(t *testing.T, text []byte) {
		list, err := signature.Parse(text)
		if err != nil {
			return
		}
		for _, r := range list {
			for _, v := range (signature.Secrets{signature.ShopSecret: shop}).Explain(r) {
				if v.Verifies || v.Changes != nil {
					t.Fatalf("verifies by chance: %+v", v)
				}
			}
		}
	})
}
