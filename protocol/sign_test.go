package protocol_test

import (
	"bytes"
	"crypto/rand"
	"errors"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"testing"
	"testing/iotest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/appdock/appdock/protocol"
)

func TestVerifyRefuses(t *testing.T) {
	t.Parallel()
	body := []byte("body")
	good := protocol.Sign(shopSecret, body)
	for name, test := range map[string]struct {
		secret, signature string
		want              error
	}{
		"right":             {shopSecret, good, nil},
		"missing":           {shopSecret, "", protocol.ErrSignatureMissing},
		"upper case":        {shopSecret, strings.ToUpper(good), protocol.ErrSignatureInvalid},
		"cut off":           {shopSecret, good[:63], protocol.ErrSignatureInvalid},
		"another secret":    {oldSecret, good, protocol.ErrSignatureInvalid},
		"an empty secret":   {"", protocol.Sign("", body), protocol.ErrSignatureInvalid},
		"with a new line":   {shopSecret, good + "\n", protocol.ErrSignatureInvalid},
		"two, joined lines": {shopSecret, good + ", " + good, protocol.ErrSignatureInvalid},
	} {
		if err := protocol.Verify(test.secret, body, test.signature); !errors.Is(err, test.want) {
			t.Errorf("%s: got %v, want %v", name, err, test.want)
		}
	}
}

func TestVerifyQueryRefuses(t *testing.T) {
	t.Parallel()
	signed, err := protocol.SignURL("https://a.example/?x=1", []protocol.Param{{Name: "shop-id", Value: "s"}}, protocol.ParamSignature, shopSecret)
	if err != nil {
		t.Fatal(err)
	}
	query := strings.TrimPrefix(signed, "https://a.example/?")
	empty, err := protocol.SignURL("https://a.example/", nil, protocol.ParamSignature, shopSecret)
	if err != nil {
		t.Fatal(err)
	}
	for name, test := range map[string]struct {
		query string
		want  error
	}{
		"as sent":                         {query, nil},
		"nothing but a signature":         {strings.TrimPrefix(empty, "https://a.example/?"), nil},
		"something behind the signature":  {query + "&location-id=x", protocol.ErrSignatureMissing},
		"something in front of it":        {"y=2&" + query, protocol.ErrSignatureInvalid},
		"sorted by a helpful library":     {strings.Replace(query, "x=1&shop-id=s", "shop-id=s&x=1", 1), protocol.ErrSignatureInvalid},
		"without a signature":             {"x=1&shop-id=s", protocol.ErrSignatureMissing},
		"an empty query":                  {"", protocol.ErrSignatureMissing},
		"a signature that is only a name": {"x=1&shopware-shop-signature=", protocol.ErrSignatureMissing},
	} {
		if err := protocol.VerifyQuery(test.query, shopSecret); !errors.Is(err, test.want) {
			t.Errorf("%s: got %v, want %v", name, err, test.want)
		}
	}
}

// TestSignURLReplaces: a signature that was there before is not signed, and not sent.
func TestSignURLReplaces(t *testing.T) {
	t.Parallel()
	got, err := protocol.SignURL("https://a.example/?shopware-shop-signature=old&x=1", nil, protocol.ParamSignature, shopSecret)
	if err != nil {
		t.Fatal(err)
	}
	same(t, "URL", got, "https://a.example/?x=1&shopware-shop-signature="+protocol.Sign(shopSecret, []byte("x=1")))
}

func TestVerifyStandardRefuses(t *testing.T) {
	t.Parallel()
	at, body, key := time.Unix(1700000000, 0), []byte("{}"), []byte("key")
	header := func(id, stamp, signature string) http.Header {
		h := http.Header{}
		h.Set("Webhook-Id", id)
		h.Set("Webhook-Timestamp", stamp)
		h.Set("Webhook-Signature", signature)
		return h
	}
	good := protocol.SignStandard(key, "e", at, body)
	for name, test := range map[string]struct {
		header http.Header
		want   error
	}{
		"right":                    {header("e", "1700000000", good), nil},
		"second in the list":       {header("e", "1700000000", "v1,eA== "+good), nil},
		"another id":               {header("f", "1700000000", good), protocol.ErrSignatureInvalid},
		"another time":             {header("e", "1700000001", good), protocol.ErrSignatureInvalid},
		"another version":          {header("e", "1700000000", "v2"+good[2:]), protocol.ErrSignatureInvalid},
		"a time that is no number": {header("e", "now", good), protocol.ErrMalformed},
		"no headers":               {http.Header{}, protocol.ErrSignatureMissing},
	} {
		if err := protocol.VerifyStandard(test.header, body, key); !errors.Is(err, test.want) {
			t.Errorf("%s: got %v, want %v", name, err, test.want)
		}
	}
	for _, secret := range []string{"", "abc", "whsec_%%"} {
		if _, err := protocol.StandardKey(secret); !errors.Is(err, protocol.ErrMalformed) {
			t.Errorf("StandardKey(%q): got %v, want ErrMalformed", secret, err)
		}
	}
}

func TestFresh(t *testing.T) {
	t.Parallel()
	now := time.Unix(1700000000, 0)
	for seconds, want := range map[time.Duration]error{0: nil, -300: nil, 300: nil, -301: protocol.ErrTimestamp, 301: protocol.ErrTimestamp} {
		if err := protocol.Fresh(now.Add(seconds*time.Second), now, protocol.Tolerance); !errors.Is(err, want) {
			t.Errorf("%d s: got %v, want %v", seconds, err, want)
		}
	}
}

func TestCheckAction(t *testing.T) {
	t.Parallel()
	const unsigned, twice = "unsigned", "twice"
	tests := map[string]struct {
		status int
		body   string
		sign   string // secret, or how not to
		err    error
		want   protocol.ActionAnswer
		reason string
	}{
		"empty and unsigned":          {sign: unsigned},
		"empty 204":                   {status: 204, sign: unsigned},
		"notification":                {body: `{"actionType":"notification","payload":{"status":"success","message":"Done"}}`, want: protocol.ActionAnswer{Type: "notification", Status: "success", Message: "Done"}},
		"reload with a list":          {body: `{"actionType":"reload","payload":[]}`, want: protocol.ActionAnswer{Type: "reload"}},
		"reload with an object":       {body: `{"actionType":"reload","payload":{}}`, want: protocol.ActionAnswer{Type: "reload"}},
		"new tab":                     {body: `{"actionType":"openNewTab","payload":{"redirectUrl":"https://a"}}`, want: protocol.ActionAnswer{Type: "openNewTab", RedirectURL: "https://a"}},
		"modal":                       {body: `{"actionType":"openModal","payload":{"iframeUrl":"https://a","size":"large","expand":true}}`, want: protocol.ActionAnswer{Type: "openModal", IFrameURL: "https://a", Size: "large", Expand: true}},
		"signed before a rotation":    {body: `{"actionType":"reload","payload":{}}`, sign: oldSecret, want: protocol.ActionAnswer{Type: "reload"}},
		"no answer":                   {err: errors.New("timeout"), reason: "timeout"},
		"401, not checked":            {status: 401, body: `{"error":"who?"}`, sign: unsigned, reason: "who?"},
		"unsigned":                    {body: `{"actionType":"reload","payload":{}}`, sign: unsigned, reason: "ActionButton remote execution failed"},
		"wrongly signed":              {body: `{"actionType":"reload","payload":{}}`, sign: "guess", reason: "ActionButton remote execution failed"},
		"signed in two lines":         {body: `{"actionType":"reload","payload":{}}`, sign: twice, reason: "ActionButton remote execution failed"},
		"500, signed":                 {status: 500, body: `{"actionType":"reload","payload":{}}`, reason: `Got status code 500, with response: {"actionType":"reload","payload":{}}`},
		"500, unsigned and empty":     {status: 500, sign: unsigned, reason: "Got status code 500, with response: "},
		"not JSON":                    {body: `done`, reason: "Invalid app response"},
		"no payload":                  {body: `{"actionType":"reload"}`, reason: "Invalid app response"},
		"no type":                     {body: `{"payload":{}}`, reason: "Invalid app response"},
		"notification without a text": {body: `{"actionType":"notification","payload":{"status":"success"}}`, reason: "Invalid app response"},
		"unknown type":                {body: `{"actionType":"dance","payload":{}}`, reason: `No factory found for action type "dance"`},
		"no redirect URL":             {body: `{"actionType":"openNewTab","payload":[]}`, reason: "The app provided an invalid redirectUrl"},
		"no iframe URL":               {body: `{"actionType":"openModal","payload":{"size":"large"}}`, reason: "The app provided an invalid iframeUrl"},
		"no size":                     {body: `{"actionType":"openModal","payload":{"iframeUrl":"https://a"}}`, reason: "The app provided an invalid size"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			answer := protocol.Answer{Status: max(test.status, 200), Header: http.Header{}, Body: []byte(test.body)}
			switch test.sign {
			case unsigned:
			case twice:
				answer.Header.Add(protocol.HeaderAppSignature, protocol.Sign(shopSecret, answer.Body))
				answer.Header.Add(protocol.HeaderAppSignature, protocol.Sign(shopSecret, answer.Body))
			case "":
				answer.Header.Set(protocol.HeaderAppSignature, protocol.Sign(shopSecret, answer.Body))
			default:
				answer.Header.Set(protocol.HeaderAppSignature, protocol.Sign(test.sign, answer.Body))
			}
			got, err := protocol.CheckAction(answer, test.err, shopSecret, oldSecret)
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Error(diff)
			}
			reason := ""
			if f, ok := errors.AsType[*protocol.Failure](err); ok {
				reason = f.Reason
			}
			same(t, "reason", reason, test.reason)
			if err == nil && got.Type != "" {
				again, err := protocol.CheckAction(protocol.Answer{Status: 200, Body: got.Body(), Header: http.Header{"Shopware-App-Signature": {protocol.Sign(shopSecret, got.Body())}}}, nil, shopSecret)
				if diff := cmp.Diff(got, again); err != nil || diff != "" {
					t.Errorf("what the app's side renders: %v %s", err, diff)
				}
			}
		})
	}
}

func TestShopURL(t *testing.T) {
	t.Parallel()
	for s, want := range map[string]bool{
		"http://127.0.0.1:8000": true, "https://shop.example": true, "https://xn--mller-kva.example/de/": true,
		"https://müller.example": false, "https://shop.example?a": false, "https://shop.example/a b": false, "https://shop.example/a%20b": false,
		"shop.example": false, "ftp://shop.example": false, "https://shop.example#x": false, "https://u@shop.example": false, "https://shop.example\n": false, "": false,
	} {
		if got := protocol.IsShopURL(s); got != want {
			t.Errorf("IsShopURL(%q) = %v, want %v", s, got, want)
		}
	}
}

func TestIdentities(t *testing.T) {
	t.Parallel()
	pair, err := protocol.NewKeyPair(rand.Reader)
	if err != nil || !regexp.MustCompile(`^SWIA[A-Z0-9_-]{22}$`).MatchString(pair.AccessKey) || !regexp.MustCompile(`^[A-Za-z0-9_-]{51}$`).MatchString(pair.SecretKey) {
		t.Errorf("got %+v, %v", pair, err)
	}
	id, err := protocol.NewShopID(rand.Reader)
	if err != nil || !regexp.MustCompile(`^[A-Za-z0-9]{16}$`).MatchString(id) {
		t.Errorf("got %q, %v", id, err)
	}
	secret, err := protocol.NewShopSecret(rand.Reader)
	if err != nil || len(secret) != 128 {
		t.Errorf("got %q, %v", secret, err)
	}
	// 248 and above are drawn again, so that no letter is likelier than another.
	id, err = protocol.NewShopID(bytes.NewReader(append(bytes.Repeat([]byte{255}, 16), []byte("0123456789abcdef")...)))
	if err != nil || len(id) != 16 || strings.Count(id, "A") == 16 {
		t.Errorf("got %q, %v", id, err)
	}
	broken := errors.New("no randomness")
	if _, err := protocol.NewKeyPair(iotest.ErrReader(broken)); !errors.Is(err, broken) {
		t.Errorf("got %v", err)
	}
}

func TestEvents(t *testing.T) {
	t.Parallel()
	events := protocol.Events()
	for name, want := range map[string]protocol.Event{
		"product.written":                              {Kind: protocol.EntityEvent, Entity: "product", Privileges: []string{"product:read"}, Listed: true},
		"checkout.order.placed":                        {Kind: protocol.BusinessEvent, Privileges: []string{"order:read"}, Listed: true},
		"app.installed":                                {Kind: protocol.LifecycleEvent, OwnApp: true, Listed: true},
		"app.config.changed":                           {Kind: protocol.LifecycleEvent, Privileges: []string{"system_config:read"}, Listed: true},
		"shopware.updated":                             {Kind: protocol.LifecycleEvent, Listed: true},
		"webhook.health.disabled":                      {Kind: protocol.LifecycleEvent, OwnApp: true, Listed: true},
		"checkout.customer.changed-payment-method":     {Kind: protocol.BusinessEvent, Privileges: []string{"customer:read"}, Listed: true}, // gone since 6.7
		"checkout.customer.deleted":                    {Kind: protocol.BusinessEvent, Listed: true},                                        // latest needs nothing
		"state_enter.order.state.open":                 {Kind: protocol.StateEvent, Privileges: []string{"order:read"}, Listed: true},
		"state_leave.order_transaction.state.on_trial": {Kind: protocol.StateEvent, Privileges: []string{"order:read"}},
	} {
		got, ok := events.Lookup(name)
		want.Name, want.Meaning, want.Members = name, got.Meaning, got.Members
		if len(got.Privileges) == 0 {
			got.Privileges = nil
		}
		if diff := cmp.Diff(want, got); !ok || diff != "" {
			t.Errorf("%s: %v %s", name, ok, diff)
		}
	}
	for _, name := range []string{"", "product.created", "order_line_item.written", "Product.written", "state_enter.product.state.open", "state_enter.order.state.", "state_enter.order.open", "state_stay.order.state.open"} {
		if event, ok := events.Lookup(name); ok {
			t.Errorf("%q is in the catalogue as %+v", name, event)
		}
	}
	for name, want := range map[string][]protocol.Member{
		"product.written":                       nil, // changes
		"app.activated":                         nil,
		"app.deleted":                           {{Name: "keepUserData", Kind: "bool"}},
		"checkout.customer.login":               {{Name: "customer", Kind: "entity"}, {Name: "contextToken", Kind: "string"}},
		"checkout.customer.deleted":             {{Name: "customer", Kind: "object"}}, // an entity until 6.6
		"state_enter.order.state.on_trial":      {{Name: "order", Kind: "entity"}},
		"state_leave.order_delivery.state.open": {{Name: "order", Kind: "entity"}},
	} {
		if got, _ := events.Lookup(name); !slices.Equal(got.Members, want) {
			t.Errorf("%s has the members %v, not %v", name, got.Members, want)
		}
	}
	names := events.Names()
	if len(names) != 126 || !slices.IsSorted(names) {
		t.Errorf("got %d names", len(names))
	}
	// Nobody can change the catalogue through what it gave out.
	event, _ := events.Lookup("product.written")
	event.Privileges[0], names[0] = "x", "x"
	if again, _ := events.Lookup("product.written"); again.Privileges[0] != "product:read" || events.Names()[0] == "x" {
		t.Error("the catalogue was changed")
	}
}
