package protocol

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// Webhook is the message about one event (protocol-webhooks.md 2). It is rendered and
// signed at each attempt, so its timestamp and a rotated secret are always those of now.
type Webhook struct {
	Event   string
	Payload json.RawMessage // valid JSON; empty: []
	Source  Source
	At      time.Time // of this attempt
}

// Source says where a webhook comes from. Empty members are left out.
type Source struct {
	URL            string `json:"url"`
	EventID        string `json:"eventId"` // the delivery: the same on every attempt
	ShopID         string `json:"shopId"`  // empty for an operator's subscription, as all below but Sequence
	AppVersion     string `json:"appVersion"`
	InAppPurchases string `json:"inAppPurchases"` // the PHP SDK throws on an empty one
	Action         string `json:"action"`         // of a flow action
	Sequence       int64  `json:"sequence"`       // rises for events of the same key; 0: none
}

// Keys sign a webhook. They print as nothing.
type Keys struct {
	shop     string
	standard [][]byte
}

// ShopKeys are those of an app: its shop secret of now, and for a while after a rotation
// the ones before. Only the Standard Webhooks header carries several signatures.
func ShopKeys(secret string, previous ...string) Keys {
	k := Keys{shop: secret}
	for _, s := range append([]string{secret}, previous...) {
		if s != "" {
			k.standard = append(k.standard, []byte(s))
		}
	}
	return k
}

// OperatorKeys are those of a subscription without an app: no Shopware signature.
func OperatorKeys(keys ...[]byte) Keys { return Keys{standard: keys} }

func (Keys) String() string { return mask }

// GoString hides the keys from %#v as well.
func (Keys) GoString() string { return mask }

// Body renders the webhook in the form in which PHP would.
func (w Webhook) Body() []byte {
	payload := w.Payload
	if len(payload) == 0 {
		payload = json.RawMessage("[]")
	}
	data := object{b: make([]byte, 0, len(payload)+len(payload)/8+512)}
	data.name("data")
	data.b = append(data.b, `{"payload":`...)
	data.b = AppendJSON(data.b, payload)
	data.b = append(data.b, `,"event":`...)
	data.b = append(appendString(data.b, w.Event), '}')

	var source object
	source.text("url", w.Source.URL)
	source.text("eventId", w.Source.EventID)
	source.optional("shopId", w.Source.ShopID)
	source.optional("appVersion", w.Source.AppVersion)
	source.optional("inAppPurchases", w.Source.InAppPurchases)
	source.optional("action", w.Source.Action)
	if w.Source.Sequence != 0 {
		source.number("sequence", w.Source.Sequence)
	}
	data.raw("source", source.bytes())
	data.number("timestamp", w.At.Unix())
	return data.bytes()
}

// Call makes the signed POST of one attempt, counted from 0 (protocol-signing.md 4, 8).
// Without keys it is sent unsigned.
func (w Webhook) Call(endpoint string, host Host, attempt int, keys Keys) Call {
	body := w.Body()
	headers := append(make([]Header, 0, 16), Header{"Content-Type", "application/json"})
	if keys.shop != "" {
		headers = append(headers, Header{HeaderShopSignature, Sign(keys.shop, body)})
	}
	headers = append(headers, host.headers()...)
	headers = append(headers, Header{HeaderEventID, w.Source.EventID})
	if w.Source.Sequence != 0 {
		headers = append(headers, Header{HeaderSequence, strconv.FormatInt(w.Source.Sequence, 10)})
	}
	headers = append(headers, Header{HeaderAttempt, strconv.Itoa(attempt)})
	if parent := traceParent(w.Source.EventID, attempt); parent != "" {
		headers = append(headers, Header{HeaderTraceParent, parent})
	}
	if len(keys.standard) > 0 {
		signatures := make([]string, len(keys.standard))
		for i, key := range keys.standard {
			signatures[i] = SignStandard(key, w.Source.EventID, w.At, body)
		}
		headers = append(headers,
			Header{HeaderStandardID, w.Source.EventID},
			Header{HeaderStandardTimestamp, strconv.FormatInt(w.At.Unix(), 10)},
			Header{HeaderStandardSignature, strings.Join(signatures, " ")})
	}
	return Call{
		Method:    http.MethodPost,
		URL:       endpoint,
		Header:    headers,
		Body:      body,
		Timeout:   webhookTimeout(),
		MaxAnswer: maxWebhookAnswer,
	}
}

// traceParent makes an attempt a span of the delivery's trace (W3C Trace Context, version
// 00): whoever has the id of the delivery has that of the trace. It is sampled, because the
// log of attempts is. Ids that are none give nothing.
func traceParent(delivery string, attempt int) string {
	id, err := hex.DecodeString(delivery)
	if err != nil || len(id) != 16 || strings.ToLower(delivery) != delivery || bytes.Equal(id, make([]byte, 16)) {
		return ""
	}
	span := sha256.Sum256(strconv.AppendInt(append(id, '-'), int64(attempt), 10))
	return "00-" + delivery + "-" + hex.EncodeToString(span[:8]) + "-01"
}

// ParseWebhook reads a webhook on the app's side. Until its signature was verified with the
// secret of Source.ShopID, use nothing else of it (protocol-signing.md 10).
func ParseWebhook(body []byte) (Webhook, error) {
	var wire struct {
		Data struct {
			Payload json.RawMessage `json:"payload"`
			Event   string          `json:"event"`
		} `json:"data"`
		Source    Source `json:"source"`
		Timestamp int64  `json:"timestamp"`
	}
	if err := decode(body, &wire); err != nil {
		return Webhook{}, err
	}
	if wire.Source.ShopID == "" {
		return Webhook{}, fmt.Errorf("%w: source.shopId is missing", ErrMalformed)
	}
	return Webhook{Event: wire.Data.Event, Payload: wire.Data.Payload, Source: wire.Source, At: time.Unix(wire.Timestamp, 0)}, nil
}
