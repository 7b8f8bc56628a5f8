package restapi

import (
	"encoding/json"
	"errors"
	"net/http"
	"strconv"
	"strings"

	"github.com/appdock/appdock"
	"github.com/appdock/appdock/internal/entity"
	"github.com/appdock/appdock/protocol"
)

// draft is a record that is to be written, in the names of the shop. It remembers by which
// names of the request each value came, so that what the shop finds wrong is told in those.
type draft struct {
	entity string
	action entity.Action
	values map[string]any
	sent   map[string]string // pointers of the request by those of the shop
}

func newDraft(name string, action entity.Action, id appdock.ID) *draft {
	return &draft{entity: name, action: action, values: map[string]any{"id": id.String()}, sent: map[string]string{}}
}

// put sets a field, which came from a place of the request.
func (d *draft) put(field string, v any, from string) {
	d.values[field] = v
	d.sent["/"+field] = from
}

// set sets a field to what was sent, if it was.
func set[T any](d *draft, field string, m maybe[T], from string) {
	switch {
	case !m.Sent:
	case m.Null:
		d.put(field, nil, from)
	default:
		d.put(field, m.Value, from)
	}
}

// removal deletes a record.
func removal(name string, id appdock.ID) *draft { return newDraft(name, entity.Delete, id) }

// pairs deletes the record that pairs two others.
func unpair(mapping string, keys map[string]appdock.ID) *draft {
	d := &draft{entity: mapping, action: entity.Delete, values: map[string]any{}}
	for name, id := range keys {
		d.values[name] = id.String()
	}
	return d
}

// write writes records with the rights of the app.
func (c *call) write(drafts ...*draft) error { return c.writeAs(c.bearer.Actor, drafts) }

// rewrite writes records that belong to one that the app may write, which its scope gives it
// no right on by itself: the pairs of a list that it replaces, the stock that its order takes.
// What comes of it is still told as the app's doing.
func (c *call) rewrite(drafts ...*draft) error {
	actor := c.bearer.Actor
	actor.Everything = true
	return c.writeAs(actor, drafts)
}

func (c *call) writeAs(actor appdock.Actor, drafts []*draft) error {
	if len(drafts) == 0 {
		return nil
	}
	ops := make([]entity.Operation, len(drafts))
	for i, d := range drafts {
		ops[i] = entity.Operation{Entity: d.entity, Action: d.action, Payload: d.values, Pointer: "/" + strconv.Itoa(i)}
	}
	_, err := c.work.Write(actor, entity.View{Language: c.view.Language}, ops)
	return explain(err, drafts)
}

// explain tells what the shop refused in the names of the request.
func explain(err error, drafts []*draft) error {
	e, ok := errors.AsType[*appdock.Error](err)
	if !ok {
		return err
	}
	switch {
	case e.Kind == appdock.Refused:
		return missingScope(e)
	case e.Code == "FRAMEWORK__DELETE_RESTRICTED":
		return inUse(e)
	case e.Kind != appdock.Invalid || len(e.Faults) == 0:
		return err
	}
	faults := make([]fault, 0, len(e.Faults))
	for _, f := range e.Faults {
		at := fault{Pointer: place(f.Pointer, drafts), Code: faultCode(f.Code), Detail: f.Message}
		if at.Code == "duplicate" {
			return &problem{Status: http.StatusConflict, Code: "duplicate", Detail: f.Message, Errors: []fault{at}}
		}
		faults = append(faults, at)
	}
	return invalid(faults)
}

// place finds where in the request a value came from.
func place(pointer string, drafts []*draft) string {
	first, rest := segment(pointer)
	i, err := strconv.Atoi(first)
	if err != nil || i < 0 || i >= len(drafts) {
		return ""
	}
	for at := rest; at != ""; at = at[:strings.LastIndexByte(at, '/')] {
		if from, ok := drafts[i].sent[at]; ok {
			if strings.HasSuffix(at, "/customFields") {
				return from + rest[len(at):] // metafields are called alike on both sides
			}
			return from
		}
	}
	return ""
}

// faultCode names the kinds of faults that the shop tells by the codes of the Admin API.
func faultCode(code string) string {
	switch code {
	case "c1051bb4-d103-4f74-8988-acbcafc7fdc3", "2fa2158c-2a7f-484b-98aa-975522539ff8", "MISSING-SYSTEM-TRANSLATION":
		return "required"
	case "ba785a8c-82cb-4283-967c-3cf342181b40":
		return "invalid_type"
	case "d94b19cc-114f-4f44-9cc4-4138e80a87b9":
		return "too_long"
	case "76454e69-502c-46c5-9643-f447d837c4d5":
		return "too_low"
	case "bd79c0ab-ddba-46cc-a703-a7a4b08de310":
		return "invalid_email"
	case "FRAMEWORK__FOREIGN_KEY_VIOLATION":
		return "unknown_reference"
	case "CONTENT__DUPLICATE_PRODUCT_NUMBER", "FRAMEWORK__DUPLICATE_VALUE":
		return "duplicate"
	}
	return "invalid"
}

// missingScope names the scope that gives the first privilege which the app lacks.
func missingScope(e *appdock.Error) error {
	for _, p := range e.Params {
		names, _ := p.Value.([]string)
		for _, scope := range protocol.Scopes() {
			for _, privilege := range scope.Privileges() {
				if len(names) > 0 && privilege == names[0] {
					return lacks(scope.String())
				}
			}
		}
	}
	return e
}

// inUse says what still leads to a record that was to be deleted.
func inUse(e *appdock.Error) error {
	p := &problem{Status: http.StatusConflict, Code: "in_use", Detail: "Other records still lead to this one."}
	for _, param := range e.Params {
		p.Usages = append(p.Usages, usagesOf(param.Value)...)
	}
	return p
}

func conflictInUse(detail string, usages ...usage) *problem {
	return &problem{Status: http.StatusConflict, Code: "in_use", Detail: detail, Usages: usages}
}

// usagesOf reads the list of what leads to a record as the Admin API shows it.
func usagesOf(v any) []usage {
	text, err := json.Marshal(v)
	var list []struct {
		Resource string `json:"entityName"`
		Count    int    `json:"count"`
	}
	if err != nil || json.Unmarshal(text, &list) != nil {
		return nil
	}
	all := make([]usage, len(list))
	for i, u := range list {
		all[i] = usage{u.Resource, u.Count}
	}
	return all
}

// taken refuses a value that another record has.
func (c *call) taken(name, field string, value any, self appdock.ID, from string) error {
	found, err := c.consult(&entity.Criteria{Entity: name, Limit: 2, Filters: []entity.Filter{{Kind: entity.Equals, Field: field, Values: []any{value}}}})
	if err != nil {
		return err
	}
	for _, r := range found.Records {
		if r.ID() != self {
			return &problem{
				Status: http.StatusConflict, Code: "duplicate", Detail: "Another record has this value.", ConflictingID: r.ID().String(),
				Errors: []fault{{from, "duplicate", "Another record has this value."}},
			}
		}
	}
	return nil
}

// first finds one record by a field; ok is false if there is none.
func (c *call) first(name, field string, value any, loads ...string) (r entity.Record, ok bool, err error) {
	found, err := c.consult(&entity.Criteria{
		Entity: name, Limit: 1, Associations: entity.Load(loads...),
		Filters: []entity.Filter{{Kind: entity.Equals, Field: field, Values: []any{value}}},
	})
	if err != nil || len(found.Records) == 0 {
		return entity.Record{}, false, err
	}
	return found.Records[0], true, nil
}

// byID finds one record by a text that should be its id.
func (c *call) byID(name, text string, loads ...string) (r entity.Record, ok bool, err error) {
	if id, bad := appdock.ParseID(text); bad == nil {
		r, ok, err = c.first(name, "id", id, loads...)
	}
	return r, ok, err
}

// unknown is the refusal of a value that names nothing.
func unknown(from, what string) error {
	return invalid([]fault{{from, "unknown_reference", "There is no such " + what + "."}})
}

// notesKey is the custom field of an order that keeps its notes. It is no metafield.
const notesKey = "appdock_notes"

// setMetafields sets the custom fields that were sent; the shop leaves the others as they are.
func setMetafields(d *draft, in maybe[metafieldsSent]) {
	if in.Sent && !in.Null {
		d.put("customFields", map[string]any(in.Value), "/metafields")
	}
}

// nest puts records below the draft, and has what is wrong with them told where they came from.
func (d *draft) nest(association string, below []*draft) {
	items := make([]any, len(below))
	for i, b := range below {
		items[i] = b.values
		for at, from := range b.sent {
			d.sent["/"+association+"/"+strconv.Itoa(i)+at] = from
		}
	}
	d.values[association] = items
}
