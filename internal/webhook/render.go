package webhook

import (
	"encoding/json"
	"strings"
	"time"

	"github.com/appdock/appdock"
	"github.com/appdock/appdock/protocol"
)

// configChanged shows each app its own keys only (protocol-webhooks.md 3.3).
const configChanged appdock.EventName = "app.config.changed"

// Call renders and signs one attempt with the key of now; a zero key sends it unsigned
// (protocol-webhooks.md 2, protocol-signing.md 4 and 8). shop is where the event happened.
func (d Delivery) Call(shop appdock.Shop, host protocol.Host, key Key, now time.Time) protocol.Call {
	// An event keeps no language of its own: it is told in the shop's.
	host.Language, host.Locale = appdock.SystemLanguage.String(), shop.Locale
	message := protocol.Webhook{
		Event:   string(d.EventName),
		Payload: d.payload(),
		Source:  protocol.Source{URL: shop.URL, EventID: d.ID.String(), Sequence: d.Seq},
		At:      now,
	}
	if !d.Installation.IsZero() {
		message.Source.ShopID = string(shop.ID)
		message.Source.AppVersion = d.AppVersion
	}
	return message.Call(d.URL, host, d.Attempts, protocol.ShopKeys(key.Secret.Reveal(), key.before(now)...))
}

// before is the secret before the last rotation while it still signs.
func (k Key) before(now time.Time) []string {
	if k.Previous.IsZero() || !now.Before(k.Until) {
		return nil
	}
	return []string{k.Previous.Reveal()}
}

// payload is what this subscription may see of the event.
func (d Delivery) payload() json.RawMessage {
	known, _ := protocol.Events().Lookup(string(d.EventName))
	switch {
	case d.OnlyLive && known.Kind == protocol.EntityEvent:
		return list(liveItems(d.Data.Payload))
	case d.EventName == configChanged && !d.Installation.IsZero():
		return append(append([]byte(`{"changes":`), list(ownKeys(d.Data.Payload, d.App))...), '}')
	}
	return d.Data.Payload
}

// liveItems are the changes of the live version (protocol-webhooks.md 3.1): a change
// without a version does not count as live. A payload that is no list has none.
func liveItems(payload []byte) []json.RawMessage {
	return keep(payload, func(change json.RawMessage) bool {
		var item struct {
			VersionID string `json:"versionId"`
		}
		return json.Unmarshal(change, &item) == nil && item.VersionID == protocol.LiveVersion
	})
}

// ownKeys are the changed configuration keys that belong to the app.
func ownKeys(payload []byte, app string) []json.RawMessage {
	var change struct {
		Changes json.RawMessage `json:"changes"`
	}
	if json.Unmarshal(payload, &change) != nil {
		return nil
	}
	return keep(change.Changes, func(entry json.RawMessage) bool {
		var key string
		return json.Unmarshal(entry, &key) == nil && strings.HasPrefix(key, app+".")
	})
}

// keep returns the elements of a JSON array that are wanted, as they were written.
func keep(array []byte, wanted func(json.RawMessage) bool) []json.RawMessage {
	var all, kept []json.RawMessage
	if json.Unmarshal(array, &all) != nil {
		return nil
	}
	for _, element := range all {
		if wanted(element) {
			kept = append(kept, element)
		}
	}
	return kept
}

// list writes a JSON array.
func list(elements []json.RawMessage) json.RawMessage {
	array := []byte{'['}
	for i, element := range elements {
		if i > 0 {
			array = append(array, ',')
		}
		array = append(array, element...)
	}
	return append(array, ']')
}
