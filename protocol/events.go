package protocol

import (
	_ "embed" // of the catalogue
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"
)

// Event is one entry of the catalogue: something an app can subscribe to.
type Event struct {
	Name    string
	Kind    EventKind
	Meaning string
	// Entity is set for entity events: their privilege and payload are about it.
	Entity string
	// Privileges are what a subscriber needs: those of the latest version, else of 6.6.
	Privileges []string
	// OwnApp events are delivered only to the app they are about, even while it is inactive.
	OwnApp bool
	// Members are those of its payload; entity events have none, they carry changes.
	Members []Member
	// Listed is false for a state event whose state is not a published one: a shop may have its own.
	Listed bool
}

// Member is one member of the payload of an event.
type Member struct {
	Name string
	// Kind is "entity", "string", "object", "array" or such; an entity is told as a record.
	Kind string
}

// EventKind groups events by what their payload is.
type EventKind string

// Kinds of events (hookable-events.md 8).
const (
	EntityEvent    EventKind = "entity"
	BusinessEvent  EventKind = "business"
	StateEvent     EventKind = "state"
	LifecycleEvent EventKind = "lifecycle"
	SystemEvent    EventKind = "system"
)

// Catalogue is the set of events that apps can subscribe to (hookable-events.md).
type Catalogue struct {
	events map[string]Event
	names  []string
}

//go:embed testdata/hookable-events.json
var eventsJSON []byte

// Events returns the catalogue. It is parsed at the first call and never changes.
func Events() *Catalogue { return catalogue() }

var catalogue = sync.OnceValue(parseCatalogue)

func parseCatalogue() *Catalogue {
	var file struct {
		Events []struct {
			Event      string    `json:"event"`
			Kind       EventKind `json:"kind"`
			Meaning    string    `json:"meaning"`
			InLatest   bool      `json:"in_latest"`
			Latest     []string  `json:"privileges_latest"`
			Privileges []string  `json:"privileges_6_6"`
			Members    []string  `json:"payload_keys"`
		} `json:"events"`
	}
	if err := json.Unmarshal(eventsJSON, &file); err != nil {
		panic(fmt.Sprintf("protocol: the embedded catalogue of events is broken: %v", err))
	}
	c := &Catalogue{events: make(map[string]Event, len(file.Events))}
	for _, e := range file.Events {
		event := Event{Name: e.Event, Kind: e.Kind, Meaning: e.Meaning, Privileges: e.Privileges, Listed: true}
		if e.InLatest {
			event.Privileges = e.Latest
		}
		for _, text := range e.Members {
			event.Members = append(event.Members, parseMember(text))
		}
		switch e.Kind {
		case EntityEvent:
			event.Entity, _, _ = strings.Cut(e.Event, ".")
		case LifecycleEvent:
			event.OwnApp = isOwnApp(e.Event)
		case BusinessEvent, StateEvent, SystemEvent:
		}
		c.events[e.Event] = event
	}
	c.names = slices.Sorted(maps.Keys(c.events))
	return c
}

// parseMember reads "keepUserData:bool (newer)": what follows a blank in the kind is a remark.
// Where versions differ, as in "customer:entity (6.6), customer:object (2026)", the last counts.
func parseMember(text string) Member {
	text = text[strings.LastIndex(text, ", ")+1:]
	name, kind, _ := strings.Cut(strings.TrimSpace(text), ":")
	kind, _, _ = strings.Cut(strings.TrimSpace(kind), " ")
	return Member{Name: name, Kind: kind}
}

// isOwnApp is the column "own app only" of hookable-events.md 5, which the file lacks.
func isOwnApp(name string) bool {
	switch name {
	case "app.config.changed", "app.system_heartbeat":
		return false
	}
	return strings.HasPrefix(name, "app.") || strings.HasPrefix(name, "webhook.health.")
}

// Lookup returns an event by its exact name. State events of the five machines are found
// whatever their state is called (hookable-events.md 4).
func (c *Catalogue) Lookup(name string) (Event, bool) {
	if event, ok := c.events[name]; ok {
		event.Privileges, event.Members = slices.Clone(event.Privileges), slices.Clone(event.Members)
		return event, true
	}
	if isState(name) {
		return Event{Name: name, Kind: StateEvent, Meaning: "an own state of this shop", Privileges: []string{"order:read"}, Members: []Member{{"order", "entity"}}}, true
	}
	return Event{}, false
}

// Names returns all listed names in alphabetical order.
func (c *Catalogue) Names() []string { return slices.Clone(c.names) }

// isState matches state_enter.<machine>.state.<state> and its twin for leaving.
func isState(name string) bool {
	parts := strings.Split(name, ".")
	if len(parts) != 4 || parts[2] != "state" || parts[3] == "" || strings.ContainsAny(parts[3], " \t\r\n") {
		return false
	}
	switch parts[0] {
	case "state_enter", "state_leave":
	default:
		return false
	}
	switch parts[1] {
	case "order", "order_delivery", "order_transaction", "order_transaction_capture", "order_transaction_capture_refund":
		return true
	}
	return false
}
