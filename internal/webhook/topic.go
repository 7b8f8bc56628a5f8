package webhook

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/appdock/appdock"
	"github.com/appdock/appdock/protocol"
)

// Objects shows records as the REST API would, for the messages of SitePack apps
// (protocol-webhooks.md 9).
type Objects interface {
	// Object gives the members of a message's data: "object" is the record as it is now, cut
	// to what grant may see, and "previous", if there is any, the values of before by the
	// names of the API. A record that is gone is its id alone.
	Object(ctx context.Context, shop appdock.ShopID, grant appdock.Privileges, entity string, id appdock.ID, previous json.RawMessage) (json.RawMessage, error)
}

// topicOf finds what a topic is made of, for one of the events that make it.
func topicOf(name string, event appdock.EventName) (protocol.Topic, bool) {
	for _, t := range protocol.LookupTopic(name) {
		if t.Event == string(event) {
			return t, true
		}
	}
	return protocol.Topic{}, false
}

// change is one row of an entity event (protocol-webhooks.md 3.1).
type change struct {
	Operation     string          `json:"operation"`
	PrimaryKey    json.RawMessage `json:"primaryKey"`
	UpdatedFields []string        `json:"updatedFields"`
	VersionID     string          `json:"versionId"`
}

// RecordsOf are those that a topic tells of an event: an event about many rows is a message
// for each. The zero ID is that of a message about no record.
func RecordsOf(topic string, event appdock.Event) (ids []appdock.ID) {
	t, ok := topicOf(topic, event.Name)
	if !ok {
		return nil
	}
	if t.Entity == "app" {
		return []appdock.ID{{}}
	}
	if known, _ := protocol.Events().Lookup(string(event.Name)); known.Kind != protocol.EntityEvent {
		if event.Key.IsZero() {
			return nil
		}
		return []appdock.ID{event.Key}
	}
	var changes []change
	if json.Unmarshal(event.Data.Payload, &changes) != nil {
		return nil
	}
	before := previousOf(event)
	for _, c := range changes {
		if c.VersionID != "" && c.VersionID != protocol.LiveVersion || t.Operation != "" && c.Operation != t.Operation ||
			t.Operation == "update" && !c.changed(t.Fields, before) {
			continue
		}
		var id appdock.ID
		if json.Unmarshal(c.PrimaryKey, &id) == nil {
			ids = append(ids, id)
		}
	}
	return ids
}

// previousOf are the values before by row and field; nil of an event that says none, because
// nobody knows what it changed.
func previousOf(event appdock.Event) (before map[string]map[string]json.RawMessage) {
	if json.Unmarshal(event.Data.Previous, &before) != nil {
		return nil
	}
	return before
}

// changed reports whether one of the fields has another value than before, or any but the
// moment of the change if there are none: to write what is there already is no change.
func (c change) changed(fields []string, before map[string]map[string]json.RawMessage) bool {
	wanted := func(name string) bool {
		return name != "updatedAt" && (len(fields) == 0 || slices.Contains(fields, name))
	}
	if before == nil {
		return slices.ContainsFunc(c.UpdatedFields, wanted)
	}
	var id string
	_ = json.Unmarshal(c.PrimaryKey, &id) // a key of several fields is that of no record with topics
	for name := range before[id] {
		if wanted(name) {
			return true
		}
	}
	return false
}

// Told is what a message says of its record; objects shows it. It is asked for at each
// attempt, so that a later one tells nothing that is not so any more.
func (d Delivery) Told(ctx context.Context, objects Objects, grant appdock.Privileges) (json.RawMessage, error) {
	shown, err := d.shown(ctx, objects, grant)
	if err != nil || !d.Own || len(shown) == 0 || shown[len(shown)-1] != '}' {
		return shown, err
	}
	// rest-api-sitepack.md 11, "Own changes".
	return fmt.Appendf(nil, `%s,"origin":{"type":"app","id":%q}}`, shown[:len(shown)-1], d.App), nil
}

// shown is that without who caused it.
func (d Delivery) shown(ctx context.Context, objects Objects, grant appdock.Privileges) (json.RawMessage, error) {
	t, _ := topicOf(d.Topic, d.EventName)
	switch {
	case d.EventName == "app.deleted":
		var told struct {
			KeepUserData bool `json:"keepUserData"`
		}
		_ = json.Unmarshal(d.Data.Payload, &told) // our own: see lifecycle
		return fmt.Appendf(nil, `{"object":{},"keep_user_data":%t}`, told.KeepUserData), nil
	case t.Entity == "app":
		return json.RawMessage(`{"object":{}}`), nil
	case t.Event == t.Entity+".deleted":
		return fmt.Appendf(nil, `{"object":{"id":%q}}`, d.Record), nil
	}
	var before map[string]json.RawMessage
	if strings.HasSuffix(t.Name, ".updated") && len(d.Data.Previous) > 0 {
		if err := json.Unmarshal(d.Data.Previous, &before); err != nil {
			return nil, fmt.Errorf("read the values before: %w", err)
		}
	}
	return objects.Object(ctx, d.Shop, grant, t.Entity, d.Record, before[d.Record.String()])
}

// topicCall renders and signs one attempt for a SitePack app.
func (d Delivery) topicCall(shop appdock.Shop, host protocol.Host, key Key, at protocol.TopicMessage) protocol.Call {
	at.ID, at.Topic, at.ShopID, at.ShopURL, at.App, at.AppVersion = d.ID.String(), d.Topic, string(shop.ID), shop.URL, d.App, d.AppVersion
	keys := append([]string{key.Secret.Reveal()}, key.before(at.At)...)
	return at.Call(d.URL, host.Agent, d.Attempts, keys...)
}
