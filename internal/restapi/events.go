package restapi

import (
	"context"
	"encoding/json"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/appdock/appdock"
	"github.com/appdock/appdock/internal/entity"
	"github.com/appdock/appdock/internal/webhook"
	"github.com/appdock/appdock/protocol"
)

// history is what happened; the store is it.
type history interface {
	Happened(ctx context.Context, shop appdock.ShopID, p webhook.Past) (events []appdock.Event, more bool, err error)
}

// eventRoutes tell what happened, to those who missed it (rest-api-sitepack.md 4 and 12).
func (a *api) eventRoutes() []route {
	return []route{
		read("/events", "listEvents", "List what happened in the last 30 days, the oldest first", listEvents).takes(
			parameter{name: "limit", about: "1 to 250; 50 if absent", example: "50"},
			parameter{name: "cursor", about: "from page.next or page.resume; good for 30 days"},
			parameter{name: "topic", about: "one of some with commas, such as order.*; all that the token's scopes show if absent", example: "order.created,order.paid"},
			parameter{name: "created_at", operators: []string{"gte"}, about: "only as created_at[gte]: what happened at that time or later"},
		).saying("Each topic needs its own scope, as a subscription to it would. An event says what the resource is now, as a message sent again does; " +
			"of one that is gone it says the id alone. page.next is null when nothing more has happened; page.resume leads on from there, later."),
	}
}

// happening is one thing that happened, as an app would have been told of it.
type happening struct {
	ID        string      `json:"id" doc:"the same whenever it is asked for"`
	Type      string      `json:"type" doc:"the topic" example:"order.created"`
	Timestamp string      `json:"timestamp" format:"date-time" doc:"when it happened"`
	Data      messageText `json:"data"`
}

// messageText is the data of a message, as it was written.
type messageText json.RawMessage

// MarshalJSON implements [json.Marshaler].
func (m messageText) MarshalJSON() ([]byte, error) { return json.RawMessage(m).MarshalJSON() }

// Schema implements [huma.SchemaProvider].
func (messageText) Schema(r huma.Registry) *huma.Schema {
	return r.Schema(reflect.TypeFor[messageBody](), true, "")
}

// happenings are a page of them.
type happenings struct {
	Data []happening `json:"data"`
	Page struct {
		Next   *string `json:"next" doc:"null: nothing more has happened"`
		Prev   *string `json:"prev" doc:"null: one goes forward alone"`
		Resume *string `json:"resume" doc:"leads on behind the last of these, now or later"`
		Limit  int     `json:"limit"`
	} `json:"page"`
}

// passed is where in the history a page ends.
type passed struct {
	Seq  int64  `json:"s"`           // of the event that was told last
	Told int    `json:"t,omitempty"` // how much was told of the one behind it
	At   int64  `json:"m"`           // when that happened, or when it was the end
	Hash string `json:"h"`           // of the list that it belongs to
}

// reading is a walk through the history for one page.
type reading struct {
	past   webhook.Past
	topics []protocol.Topic
	grant  appdock.Privileges
	limit  int
	at     passed
	more   bool // there may be more behind it
	things []thing
}

// thing is one of what a page tells.
type thing struct {
	id      string
	at      time.Time
	message webhook.Delivery
}

// mostRead is how many events are looked at for one page, some of which may tell the app
// nothing.
const mostRead = 1000

func listEvents(c *call) (*happenings, error) {
	r, err := c.reading()
	if err != nil {
		return nil, err
	}
	for looked := 0; r.more && looked < mostRead; looked += r.past.Limit {
		r.past.After = r.at.Seq
		events, more, err := c.options.History.Happened(c.ctx, c.shop.ID, r.past)
		if err != nil {
			return nil, err
		}
		r.more = more
		if slices.ContainsFunc(events, r.take) {
			r.more = true
			break
		}
	}
	if !r.more {
		r.at.At = c.options.Now().Unix()
	}
	return c.happenings(r)
}

// reading reads what is asked of the history.
func (c *call) reading() (*reading, error) {
	r := &reading{grant: c.bearer.Actor.Privileges, more: true}
	var err error
	if r.limit, err = c.limit(); err != nil {
		return nil, err
	}
	if r.topics, err = c.topics(); err != nil {
		return nil, err
	}
	// What was before the app was installed is not its business.
	installed, err := c.registration()
	if err != nil {
		return nil, err
	}
	now := c.options.Now()
	since := installed.InstalledAt
	if kept := now.Add(-webhook.EventAge); kept.After(since) {
		since = kept
	}
	if text := c.query.Get("created_at[gte]"); text != "" {
		v, err := aTime.parse(text)
		if err != nil {
			return nil, refuse("invalid_filter", "created_at[gte]: "+err.Error()+".")
		}
		if at, _ := v.(time.Time); at.After(since) {
			since = at
		}
	}
	r.past = webhook.Past{Installation: c.bearer.App.Installation, Since: since, Limit: r.limit}
	for _, t := range r.topics {
		if name := appdock.EventName(t.Event); !slices.Contains(r.past.Names, name) {
			r.past.Names = append(r.past.Names, name)
		}
	}
	hash := c.filterHash(&listing{})
	if c.query.Has("cursor") {
		if !c.unsealed(c.query.Get("cursor"), &r.at) || now.Sub(time.Unix(r.at.At, 0)) > webhook.EventAge {
			return nil, refuse("invalid_cursor", "The cursor is none of this host, or older than 30 days: begin anew.")
		}
		if r.at.Hash != hash {
			return nil, refuse("cursor_mismatch", "The cursor is of a list with other topics, or from another time on.")
		}
	}
	r.at.Hash = hash
	return r, nil
}

// topics are those that are asked for, or else those that the token may be told of.
func (c *call) topics() (wanted []protocol.Topic, err error) {
	if !c.query.Has("topic") {
		return slices.DeleteFunc(protocol.Topics(), func(t protocol.Topic) bool { return t.Scope != (protocol.Scope{}) && !c.bearer.Has(t.Scope) }), nil
	}
	for name := range strings.SplitSeq(c.query.Get("topic"), ",") {
		found := protocol.LookupTopic(name)
		if len(found) == 0 {
			return nil, refuse("invalid_filter", "topic: there is no topic "+quoted(name)+".")
		}
		if err := c.mayHear(name); err != nil {
			return nil, err
		}
		wanted = append(wanted, found...)
	}
	return wanted, nil
}

// take adds what an event tells the app. It reports whether the page is full and there was
// more to tell.
func (r *reading) take(e appdock.Event) (full bool) {
	number := 0
	for _, t := range protocol.Topics() {
		if t.Event != string(e.Name) {
			continue
		}
		wanted := len(r.grant.Missing(e.Needs...)) == 0 && slices.ContainsFunc(r.topics, func(w protocol.Topic) bool { return w.Name == t.Name })
		for _, id := range webhook.RecordsOf(t.Name, e) {
			number++
			if !wanted || number <= r.at.Told {
				continue
			}
			if len(r.things) == r.limit {
				r.at.Told, r.at.At = number-1, e.At.Unix()
				return true
			}
			r.things = append(r.things, thing{fmt.Sprintf("evt_%s_%d", e.ID, number), e.At, webhook.Delivery{
				Shop: e.Shop, Event: e.ID, EventName: e.Name, Topic: t.Name, Record: id, Installation: r.past.Installation,
				Own: !e.Origin.IsZero() && e.Origin == r.past.Installation, Data: e.Data,
			}})
		}
	}
	r.at.Seq, r.at.Told, r.at.At = e.Seq, 0, e.At.Unix()
	return false
}

// happenings shows a page.
func (c *call) happenings(r *reading) (*happenings, error) {
	now, err := c.recordsNow(r.things)
	if err != nil {
		return nil, err
	}
	out := &happenings{Data: []happening{}}
	for _, t := range r.things {
		t.message.App = c.bearer.App.Name
		data, err := t.message.Told(c.ctx, now, r.grant)
		if err != nil {
			return nil, err
		}
		out.Data = append(out.Data, happening{t.id, t.message.Topic, t.at.UTC().Format(moments), messageText(data)})
	}
	out.Page.Limit, out.Page.Resume = r.limit, c.sealed(r.at)
	if r.more {
		out.Page.Next = out.Page.Resume
	}
	c.links(pageInfo{Next: out.Page.Next})
	return out, nil
}

// recordsNow are the records that a page of events tells of, as they are.
type recordsNow struct {
	call  *call
	found map[string]map[appdock.ID]entity.Record
}

var _ webhook.Objects = recordsNow{}

// recordsNow reads them, those of one kind together.
func (c *call) recordsNow(things []thing) (recordsNow, error) {
	wanted := map[string][]appdock.ID{}
	for _, t := range things {
		for _, topic := range protocol.LookupTopic(t.message.Topic) {
			if topic.Event == string(t.message.EventName) && topic.Event != topic.Entity+".deleted" && !slices.Contains(wanted[topic.Entity], t.message.Record) {
				wanted[topic.Entity] = append(wanted[topic.Entity], t.message.Record)
			}
		}
	}
	now := recordsNow{c, map[string]map[appdock.ID]entity.Record{}}
	for name, ids := range wanted {
		kind, shown := kinds[name]
		if !shown {
			continue
		}
		page, err := c.search(&entity.Criteria{Entity: name, IDs: ids, Associations: kind.loads()})
		if err != nil {
			return now, err
		}
		now.found[name] = map[appdock.ID]entity.Record{}
		for _, r := range page.Records {
			now.found[name][r.ID()] = r
		}
	}
	return now, nil
}

// Object implements [webhook.Objects].
func (n recordsNow) Object(_ context.Context, _ appdock.ShopID, grant appdock.Privileges, name string, id appdock.ID, previous json.RawMessage) (json.RawMessage, error) {
	var found []entity.Record
	if r, there := n.found[name][id]; there {
		found = append(found, r)
	}
	of := n.call.viewer()
	of.grant = grant
	return told(of, name, id, found, previous)
}
