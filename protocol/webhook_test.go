package protocol_test

import (
	"encoding/json"
	"errors"
	"net/http"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/appdock/appdock/protocol"
)

var webhook = protocol.Webhook{
	Event:   "checkout.order.placed",
	Payload: json.RawMessage(`{"order": {"orderNumber": "10001"}}`),
	Source: protocol.Source{
		URL: "https://shop.example", EventID: "018f3a2b6c7d7e8f9a0b1c2d3e4f5a6b", ShopID: "aB3dE6gH9jK2mN5p",
		AppVersion: "1.0.0", InAppPurchases: "a.b.c", Action: "act", Sequence: 42,
	},
	At: time.Unix(1700000010, 0),
}

func TestWebhookCall(t *testing.T) {
	t.Parallel()
	call := webhook.Call("https://app.example/hook", host, 3, protocol.ShopKeys(shopSecret, oldSecret))
	body := `{"data":{"payload":{"order":{"orderNumber":"10001"}},"event":"checkout.order.placed"},` +
		`"source":{"url":"https:\/\/shop.example","eventId":"018f3a2b6c7d7e8f9a0b1c2d3e4f5a6b","shopId":"aB3dE6gH9jK2mN5p","appVersion":"1.0.0","inAppPurchases":"a.b.c","action":"act","sequence":42},` +
		`"timestamp":1700000010}`
	same(t, "body", string(call.Body), body)
	id := webhook.Source.EventID
	want := []protocol.Header{
		{Name: "Content-Type", Value: "application/json"},
		{Name: "shopware-shop-signature", Value: protocol.Sign(shopSecret, []byte(body))},
		{Name: "sw-version", Value: "6.7.10.0"},
		{Name: "sw-context-language", Value: "2fbb5fe2e29a4d70aa5854ce7ce3e20b"},
		{Name: "sw-user-language", Value: "en-GB"},
		{Name: "User-Agent", Value: "Appdock/1.0.0"},
		{Name: "X-Shopware-Event-Id", Value: id},
		{Name: "X-Shopware-Sequence", Value: "42"},
		{Name: "X-Shopware-Attempt", Value: "3"},
		{Name: "traceparent", Value: "00-" + id + "-0275f0634b1fcd3e-01"},
		{Name: "webhook-id", Value: id},
		{Name: "webhook-timestamp", Value: "1700000010"},
		{Name: "webhook-signature", Value: protocol.SignStandard([]byte(shopSecret), id, webhook.At, []byte(body)) + " " + protocol.SignStandard([]byte(oldSecret), id, webhook.At, []byte(body))},
	}
	if diff := cmp.Diff(want, call.Header); diff != "" {
		t.Error(diff)
	}
	if call.Timeout != (protocol.Timeout{Connect: 5 * time.Second, Total: 10 * time.Second}) || call.MaxAnswer != 64<<10 || call.Method != http.MethodPost {
		t.Errorf("got %+v", call)
	}
}

// A delivery is a trace and an attempt a span of it, so that whoever has an id of ours finds
// what the app recorded.
func TestTraceOfADelivery(t *testing.T) {
	t.Parallel()
	trace := func(delivery string, attempt int) string {
		w := webhook
		w.Source.EventID = delivery
		return w.Call("https://app.example/hook", host, attempt, protocol.ShopKeys(shopSecret)).Get("traceparent")
	}
	first, second := trace(webhook.Source.EventID, 0), trace(webhook.Source.EventID, 1)
	for _, got := range []string{first, second} {
		if !regexp.MustCompile("^00-" + webhook.Source.EventID + "-[0-9a-f]{16}-01$").MatchString(got) {
			t.Errorf("got %q", got)
		}
	}
	if first == second || first != trace(webhook.Source.EventID, 0) {
		t.Errorf("attempts have the spans %q and %q", first, second)
	}
	for _, id := range []string{"", "e", "018F3A2B6C7D7E8F9A0B1C2D3E4F5A6B", strings.Repeat("0", 32), webhook.Source.EventID + "00"} {
		if got := trace(id, 0); got != "" {
			t.Errorf("%q gives %q", id, got)
		}
	}
}

func TestWebhookOfAnOperator(t *testing.T) {
	t.Parallel()
	w := protocol.Webhook{Event: "product.written", Source: protocol.Source{URL: "http://s", EventID: "e"}, At: time.Unix(1, 0)}
	call := w.Call("https://own.example", protocol.Host{}, 0, protocol.OperatorKeys([]byte{0, 1, 2}))
	same(t, "body", string(call.Body), `{"data":{"payload":[],"event":"product.written"},"source":{"url":"http:\/\/s","eventId":"e"},"timestamp":1}`)
	if got := call.Get("shopware-shop-signature"); got != "" {
		t.Errorf("Shopware signature without a shop secret: %s", got)
	}
	same(t, "signature", call.Get("Webhook-Signature"), protocol.SignStandard([]byte{0, 1, 2}, "e", w.At, call.Body))
}

func TestParseWebhookRefuses(t *testing.T) {
	t.Parallel()
	for name, body := range map[string]string{
		"nothing":                  ``,
		"a list":                   `[]`,
		"null":                     `null`,
		"no shop":                  `{"data":{"event":"a.b"},"source":{"url":"u"},"timestamp":1}`,
		"a timestamp that is text": `{"source":{"shopId":"a"},"timestamp":"1"}`,
		"a second value":           `{"source":{"shopId":"a"},"timestamp":1}{}`,
	} {
		if _, err := protocol.ParseWebhook([]byte(body)); !errors.Is(err, protocol.ErrMalformed) {
			t.Errorf("%s: got %v, want ErrMalformed", name, err)
		}
	}
}

func TestAppendJSON(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct{ raw, want string }{
		"compact":                          {" { \"a b\" : [ 1 , 2.50 ,\t{} ]\n}\r", `{"a b":[1,2.50,{}]}`},
		"slashes once":                     {`["/","\/"]`, `["\/","\/"]`},
		"HTML stays":                       {`["<a href='x'>&\u003c\u0026"]`, `["<a href='x'>&<&"]`},
		"beyond ASCII":                     {`["ü","\u00FC","€","\u2028"]`, `["\u00fc","\u00fc","\u20ac","\u2028"]`},
		"surrogate pairs":                  {`["😀","\uD83D\uDE00"]`, `["\ud83d\ude00","\ud83d\ude00"]`},
		"half a pair":                      {`["\ud83d","\ud83dx","\ude00\ud83d"]`, `["\ufffd","\ufffdx","\ufffd\ufffd"]`},
		"control characters":               {`["\u0008\u000c\n\r\t\u0000\u001f\u007f"]`, `["\b\f\n\r\t\u0000\u001f` + "\x7f" + `"]`},
		"quotes and backslashes":           {`["\"\\\u0022\u005c"]`, `["\"\\\"\\"]`},
		"bytes that are no text":           {"[\"\xff\xc3\"]", `["\ufffd\ufffd"]`},
		"not JSON at all, without a panic": {`"\`, `"\\`},
		"an escape that is cut off":        {`"\u12`, `"\ufffd12`},
	} {
		if got := string(protocol.AppendJSON(nil, []byte(test.raw))); got != test.want {
			t.Errorf("%s: got %s, want %s", name, got, test.want)
		}
	}
}

func FuzzAppendJSON(f *testing.F) {
	for _, seed := range []string{`{"a":[1,"/ü😀\ud83d\ude00",null]}`, `"\u2028\u0000\/"`, "\"\xff\"", `[1e5, -0.0 ,true]`} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		got := protocol.AppendJSON(nil, raw)
		for _, c := range got {
			if json.Valid(raw) && (c >= 0x80 || c < 0x20) {
				t.Fatalf("byte %#x in %s", c, got)
			}
		}
		var before, after any
		if json.Unmarshal(raw, &before) != nil {
			return
		}
		if err := json.Unmarshal(got, &after); err != nil {
			t.Fatalf("%s became %s: %v", raw, got, err)
		}
		if diff := cmp.Diff(before, after); diff != "" {
			t.Fatalf("the value changed: %s", diff)
		}
		if again := protocol.AppendJSON(nil, got); string(again) != string(got) {
			t.Fatalf("not stable: %s became %s", got, again)
		}
	})
}

func FuzzParseWebhook(f *testing.F) {
	f.Add(webhook.Body())
	f.Add([]byte(`{"data":{"payload":null,"event":"x"},"source":{"shopId":"ü/\u0000"},"timestamp":-5}`))
	f.Add([]byte(`{"source":{"shopId":"a","sequence":1e3}}`))
	f.Fuzz(func(t *testing.T, body []byte) {
		w, err := protocol.ParseWebhook(body)
		if err != nil {
			if !errors.Is(err, protocol.ErrMalformed) {
				t.Fatalf("unexpected error: %v", err)
			}
			return
		}
		again, err := protocol.ParseWebhook(w.Body())
		if err != nil {
			t.Fatalf("our own body is refused: %v", err)
		}
		// The payload is compared by TestAppendJSON; here the rest must survive.
		w.Payload, again.Payload = nil, nil
		if diff := cmp.Diff(w, again); diff != "" {
			t.Fatal(diff)
		}
	})
}

func FuzzSignURL(f *testing.F) {
	f.Add("https://app.example/p?a=b&shop-id=evil&%73hop-id=x#f", "va lü+e=&%zz")
	f.Add("http://[::1]:80?", "")
	f.Add("http://h/%2f?%", "%41%4")
	f.Fuzz(func(t *testing.T, source, value string) {
		got, err := protocol.SignURL(source, []protocol.Param{{Name: "shop-id", Value: value}}, protocol.ParamSignature, shopSecret)
		if err != nil {
			return
		}
		_, query, _ := strings.Cut(got, "?")
		query, _, _ = strings.Cut(query, "#")
		if err := protocol.VerifyQuery(query, shopSecret); err != nil {
			t.Fatalf("%s: %v", got, err)
		}
		if strings.Count(query, "shop-id=")-strings.Count(query, "%2573hop-id=") < 1 {
			t.Fatalf("the parameter is missing: %s", got)
		}
		request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, got, nil)
		if err != nil {
			return // a host that net/http does not call
		}
		if request.URL.RawQuery != query {
			t.Fatalf("sent %q, signed %q", request.URL.RawQuery, query)
		}
		if again := protocol.Query(query, nil); again != query {
			t.Fatalf("not stable: %q became %q", query, again)
		}
	})
}
