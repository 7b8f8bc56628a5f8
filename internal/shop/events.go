package shop

import (
	"bytes"
	"encoding/json"
	"maps"
	"reflect"
	"slices"
	"time"

	"github.com/appdock/appdock"
	"github.com/appdock/appdock/internal/entity"
	"github.com/appdock/appdock/protocol"
)

// events tells what the plan did, once it is applied: first what was written and deleted,
// one event for each entity with all its rows together (protocol-webhooks.md 3.1), then
// what that means for the business (hookable-events.md 9).
func (p *plan) events(search searcher) ([]appdock.Event, error) {
	events := p.news
	if events == nil {
		events = p.entityEvents()
	}
	if p.drafting() { // nothing happened to the business yet
		return events, nil
	}
	for _, business := range []func(searcher) ([]appdock.Event, error){
		p.placed, p.paidOtherwise, p.registered, p.reviewed, p.subscribed, p.configured, p.uploaded,
	} {
		more, err := business(search)
		if err != nil {
			return nil, err
		}
		events = append(events, more...)
	}
	return events, nil
}

// entityEvents tell what is written and deleted.
func (p *plan) entityEvents() []appdock.Event {
	var events []appdock.Event
	for _, rows := range p.told() {
		events = append(events, p.event(rows.name, rows.key(), appdock.EventData{Payload: rows.payload(), Previous: rows.previous()}))
	}
	return events
}

func (p *plan) event(name string, key appdock.ID, data appdock.EventData) appdock.Event {
	e := appdock.Event{
		ID: p.newID(), Shop: p.actor.Shop, Name: appdock.EventName(name), Key: key, At: p.now,
		Origin: p.actor.Installation, Data: data,
	}
	if known, ok := protocol.Events().Lookup(name); ok {
		for _, privilege := range known.Privileges {
			e.Needs = append(e.Needs, appdock.Privilege(privilege))
		}
	}
	return e
}

// toldRows are the rows of one entity event, each once.
type toldRows struct {
	name       string
	definition *entity.Definition
	changes    []entity.Change
	at         map[appdock.ID]int // where the change of a row stands
}

// add takes a change. What one request does to a row in two steps is told as one.
func (t *toldRows) add(c entity.Change) {
	i, again := t.at[c.ID]
	if !again {
		t.at[c.ID] = len(t.changes)
		t.changes = append(t.changes, c)
		return
	}
	first := &t.changes[i]
	set, before := maps.Clone(first.Set), maps.Clone(c.Before)
	maps.Copy(set, c.Set)
	if before == nil {
		before = map[string]any{}
	}
	maps.Copy(before, first.Before)
	first.Set, first.Before = set, before
}

// otherTexts stands among the values before of a record whose texts changed in a language that
// is not the system's: its own names are those of the system language.
const otherTexts = "translations"

// ofRecord gives a change of texts as what it is for others: a change of their record
// (hookable-events.md 2). The values before are told of the system language alone.
func (p *plan) ofRecord(c entity.Change) entity.Change {
	d, _ := p.schema.Definition(c.Entity)
	if d.Translates == "" {
		return c
	}
	id, _ := c.Set[d.Pair[0]].(appdock.ID)
	if r := p.rows[rowKey{c.Entity, c.ID}]; id.IsZero() && r != nil {
		id, _ = r.get(d.Pair[0]).(appdock.ID)
	}
	if id.IsZero() {
		id, _ = c.Before[d.Pair[0]].(appdock.ID)
	}
	language, written := c.Set[d.Pair[1]].(appdock.ID)
	if r := p.rows[rowKey{c.Entity, c.ID}]; !written && r != nil {
		language, _ = r.get(d.Pair[1]).(appdock.ID)
	}
	set, before := map[string]any{}, map[string]any{}
	owner, _ := p.schema.Definition(d.Translates)
	for _, f := range owner.Fields {
		text, written := c.Set[f.Name]
		switch {
		case !written || !f.Translated:
			continue
		case language == appdock.SystemLanguage:
			before[f.Name] = c.Before[f.Name]
		case !same(c.Before[f.Name], text):
			before[otherTexts] = nil
		}
		set[f.Name] = text
	}
	if c.Kind == entity.Deleted {
		before[otherTexts] = nil
	}
	return entity.Change{Entity: d.Translates, Kind: entity.Updated, ID: id, Set: set, Before: before, Version: c.Version, Pointer: c.Pointer}
}

// told groups the changes by the events that tell of them, in the order of the changes.
func (p *plan) told() []*toldRows {
	var all []*toldRows
	for _, c := range p.changes {
		texts := c.Entity
		c = p.ofRecord(c)
		if r := p.rows[rowKey{c.Entity, c.ID}]; c.Entity != texts && r != nil && !r.exists {
			continue // its texts went with it
		}
		if isFigure(c) {
			continue
		}
		name := c.Entity + ".written"
		if c.Kind == entity.Deleted {
			name = c.Entity + ".deleted"
		}
		if known, ok := protocol.Events().Lookup(name); !ok || known.Kind != protocol.EntityEvent {
			continue
		}
		i := slices.IndexFunc(all, func(t *toldRows) bool { return t.name == name })
		if i < 0 {
			d, _ := p.schema.Definition(c.Entity)
			all, i = append(all, &toldRows{name: name, definition: d, at: map[appdock.ID]int{}}), len(all)
		}
		all[i].add(c)
	}
	return all
}

// isFigure reports whether a change is one of figures alone that the host keeps of other records'
// changes, and of where a record stands below others that were changed: these are told, and nobody
// has written this one.
func isFigure(c entity.Change) bool { return c.Kind == entity.Updated && figures(c.Set) }

// figures reports whether nothing else is set.
func figures(set map[string]any) bool {
	found := false
	for name := range set {
		switch name {
		case "sales", "ratingAverage", "reviewCount", "visibleChildren", "breadcrumb", "path", "level", "categoryTree":
			found = true
		case "updatedAt":
		default:
			return false
		}
	}
	return found
}

// key is the one row that the event is about; zero if there are several: the event is a
// barrier then (design.md 6, "the key of an event").
func (t *toldRows) key() appdock.ID {
	if len(t.changes) > 1 {
		return appdock.ID{}
	}
	return t.changes[0].ID
}

// payload is the list of changes that apps are sent (protocol-webhooks.md 3.1). It is written by
// hand, for each change that is made: the names in it are plain words.
func (t *toldRows) payload() []byte {
	out := make([]byte, 0, 512*len(t.changes))
	for i, c := range t.changes {
		separator := byte(',')
		if i == 0 {
			separator = '['
		}
		out = append(out, separator)
		out = append(append(out, `{"entity":"`...), c.Entity...)
		out = append(append(out, `","operation":"`...), c.Kind...)
		out = append(append(out, `","primaryKey":"`...), c.ID.String()...)
		out = t.updatedFields(append(out, '"'), c)
		if t.definition.Versioned {
			version := appdock.LiveVersion
			if !c.Version.IsZero() {
				version = c.Version
			}
			out = append(append(append(out, `,"versionId":"`...), version.String()...), '"')
		}
		out = append(out, '}')
	}
	return append(out, ']')
}

// updatedFields adds the fields that were written and can be read, if there are any.
func (t *toldRows) updatedFields(out []byte, c entity.Change) []byte {
	before := `,"updatedFields":["`
	none := len(out)
	for i := range t.definition.Fields {
		f := &t.definition.Fields[i]
		if _, written := c.Set[f.Name]; written && !f.Hidden {
			out = append(append(append(out, before...), f.Name...), '"')
			before = `,"`
		}
	}
	if len(out) > none {
		out = append(out, ']')
	}
	return out
}

// previous holds the values before of the fields whose value changed, by row: none of a row
// that was written as it was.
func (t *toldRows) previous() []byte {
	out := []byte{'{'}
	for _, c := range t.changes {
		if c.Kind != entity.Updated {
			continue
		}
		if len(out) > 1 {
			out = append(out, ',')
		}
		out = append(append(out, `"`+c.ID.String()+`":`...), changedBefore(t.definition, c)...)
	}
	if len(out) == 1 {
		return nil
	}
	return append(out, '}')
}

func changedBefore(d *entity.Definition, c entity.Change) []byte {
	out := []byte{'{'}
	for _, f := range d.Fields {
		after, written := c.Set[f.Name]
		if _, known := c.Before[f.Name]; !known || !written || f.Hidden || same(c.Before[f.Name], after) {
			continue
		}
		if len(out) > 1 {
			out = append(out, ',')
		}
		out = entity.AppendValue(append(out, `"`+f.Name+`":`...), &f, c.Before[f.Name])
	}
	if _, changed := c.Before[otherTexts]; changed {
		if len(out) > 1 {
			out = append(out, ',')
		}
		out = append(out, `"`+otherTexts+`":null`...)
	}
	return append(out, '}')
}

// same compares two values of one field in their Go form.
func same(a, b any) bool {
	switch a := a.(type) {
	case json.RawMessage:
		b, ok := b.(json.RawMessage)
		return ok && sameJSON(a, b)
	case time.Time:
		b, ok := b.(time.Time)
		return ok && a.Equal(b)
	}
	if _, isDocument := b.(json.RawMessage); isDocument {
		return false
	}
	return a == b
}

// sameJSON reports whether two documents say the same, however they are written.
func sameJSON(a, b []byte) bool {
	if bytes.Equal(a, b) {
		return true
	}
	var x, y any
	return json.Unmarshal(a, &x) == nil && json.Unmarshal(b, &y) == nil && reflect.DeepEqual(x, y)
}
