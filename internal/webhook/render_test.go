package webhook

import (
	"testing"
	"time"

	"github.com/appdock/appdock"
	"github.com/appdock/appdock/protocol"
)

func TestCallBody(t *testing.T) {
	t.Parallel()
	shop := appdock.Shop{ID: "aB3dE6gH9jK2mN5p", URL: "https://shop.example", Locale: "en-GB"}
	tests := map[string]struct {
		delivery Delivery
		want     string
	}{
		"an app is told shop, version and sequence": {
			Delivery{EventName: "checkout.order.placed", Installation: ours, AppVersion: "1.0.0", Seq: 7, Data: payload(`{"order":{"id":"ü"}}`)},
			`{"data":{"payload":{"order":{"id":"\u00fc"}},"event":"checkout.order.placed"},"source":{"url":"https:\/\/shop.example","eventId":"0190000000007000800000000000000a","shopId":"aB3dE6gH9jK2mN5p","appVersion":"1.0.0","sequence":7},"timestamp":1772366400}`,
		},
		"an operator is told neither shop nor version": {
			Delivery{EventName: "checkout.order.placed", AppVersion: "1.0.0", Seq: 7, Data: payload(`{}`)},
			`{"data":{"payload":{},"event":"checkout.order.placed"},"source":{"url":"https:\/\/shop.example","eventId":"0190000000007000800000000000000a","sequence":7},"timestamp":1772366400}`,
		},
		"nothing to tell is an empty list": {
			Delivery{EventName: "app.activated", Installation: ours},
			`{"data":{"payload":[],"event":"app.activated"},"source":{"url":"https:\/\/shop.example","eventId":"0190000000007000800000000000000a","shopId":"aB3dE6gH9jK2mN5p"},"timestamp":1772366400}`,
		},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			tt.delivery.ID = idOne
			got := tt.delivery.Call(shop, protocol.Host{}, Key{Secret: appdock.NewSecret("s")}, noon)
			if string(got.Body) != tt.want {
				t.Errorf("got  %s\nwant %s", got.Body, tt.want)
			}
		})
	}
}

func TestCallHead(t *testing.T) {
	t.Parallel()
	shop := appdock.Shop{ID: "aB3dE6gH9jK2mN5p", URL: "https://shop.example", Locale: "de-DE"}
	d := Delivery{ID: idOne, EventName: "app.activated", Installation: ours, URL: "https://app.test/hook?x=1", Seq: 9, Attempts: 2}
	got := d.Call(shop, protocol.Host{Agent: "Appdock/1", Version: "6.7.10.0"}, Key{Secret: appdock.NewSecret("key")}, noon)

	want := map[string]string{
		protocol.HeaderShopSignature: protocol.Sign("key", got.Body),
		protocol.HeaderEventID:       idOne.String(),
		protocol.HeaderSequence:      "9",
		protocol.HeaderAttempt:       "2",
		protocol.HeaderVersion:       "6.7.10.0",
		protocol.HeaderLocale:        "de-DE",
		protocol.HeaderLanguage:      "2fbb5fe2e29a4d70aa5854ce7ce3e20b",
		protocol.HeaderStandardID:    idOne.String(),
		"User-Agent":                 "Appdock/1",
	}
	for name, value := range want {
		if got.Get(name) != value {
			t.Errorf("%s: got %q, want %q", name, got.Get(name), value)
		}
	}
	if got.Method != "POST" || got.URL != d.URL {
		t.Errorf("got %s %s", got.Method, got.URL)
	}
	if got.Timeout != (protocol.Timeout{Connect: 5 * time.Second, Total: 10 * time.Second}) || got.MaxAnswer != 64<<10 {
		t.Errorf("got limits %+v, %d", got.Timeout, got.MaxAnswer)
	}
	unsigned := d.Call(shop, protocol.Host{}, Key{}, noon)
	if unsigned.Get(protocol.HeaderShopSignature)+unsigned.Get(protocol.HeaderStandardSignature) != "" {
		t.Error("signed without a key")
	}
}

// TestSecretBefore: after a rotation both secrets sign the Standard Webhooks header for a
// while, the new one first; the other header is always single (protocol-signing.md 8).
func TestSecretBefore(t *testing.T) {
	t.Parallel()
	shop := appdock.Shop{ID: "aB3dE6gH9jK2mN5p", URL: "https://shop.example"}
	d := Delivery{ID: idOne, EventName: "app.activated", Installation: ours, URL: "https://app.test/hook"}
	key := Key{Secret: appdock.NewSecret("new"), Previous: appdock.NewSecret("old"), Until: noon.Add(time.Minute)}
	for at, both := range map[time.Time]bool{noon: true, key.Until.Add(-time.Second): true, key.Until: false} {
		got := d.Call(shop, protocol.Host{}, key, at)
		want := protocol.SignStandard([]byte("new"), idOne.String(), at, got.Body)
		if both {
			want += " " + protocol.SignStandard([]byte("old"), idOne.String(), at, got.Body)
		}
		if header := got.Get(protocol.HeaderStandardSignature); header != want {
			t.Errorf("at %s: got  %s\nwant %s", at, header, want)
		}
		if header := got.Get(protocol.HeaderShopSignature); header != protocol.Sign("new", got.Body) {
			t.Errorf("at %s: %s is not the new secret's alone: %s", at, protocol.HeaderShopSignature, header)
		}
	}
	topic := Key{Previous: appdock.NewSecret("whsec_b2xk"), Secret: appdock.NewSecret("whsec_bmV3"), Until: key.Until}
	d.Topic = "app.activated"
	got := d.topicCall(shop, protocol.Host{}, topic, protocol.TopicMessage{At: noon})
	id := "msg_" + idOne.String()
	want := protocol.SignStandard([]byte("new"), id, noon, got.Body) + " " + protocol.SignStandard([]byte("old"), id, noon, got.Body)
	if header := got.Get(protocol.HeaderStandardSignature); header != want {
		t.Errorf("topic: got  %s\nwant %s", header, want)
	}
}

func TestPayloadCut(t *testing.T) {
	t.Parallel()
	all := "[" + draft + "," + live + "," + plain + "," + live + "]"
	tests := map[string]struct {
		delivery Delivery
		want     string
	}{
		"live items only, renumbered":        {Delivery{EventName: "product.written", OnlyLive: true, Data: payload(all)}, "[" + live + "," + live + "]"},
		"nothing live is an empty list":      {Delivery{EventName: "product.written", OnlyLive: true, Data: payload("[" + draft + "]")}, "[]"},
		"all items without the wish":         {Delivery{EventName: "product.written", Data: payload(all)}, all},
		"business events are not cut":        {Delivery{EventName: "checkout.order.placed", OnlyLive: true, Data: payload(`{"order":{}}`)}, `{"order":{}}`},
		"an app's own keys only":             {Delivery{EventName: "app.config.changed", App: "A", Installation: ours, Data: payload(`{"changes":["A.x","AB.x","B.A.x","A.y"]}`)}, `{"changes":["A.x","A.y"]}`},
		"all keys for the operator":          {Delivery{EventName: "app.config.changed", Data: payload(`{"changes":["A.x","B.x"]}`)}, `{"changes":["A.x","B.x"]}`},
		"numbers keep how they were written": {Delivery{EventName: "product.written", OnlyLive: true, Data: payload(`[{"versionId":"` + protocol.LiveVersion + `","n":1.50}]`)}, `[{"versionId":"` + protocol.LiveVersion + `","n":1.50}]`},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if got := string(tt.delivery.payload()); got != tt.want {
				t.Errorf("got  %s\nwant %s", got, tt.want)
			}
		})
	}
}
