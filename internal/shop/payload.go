package shop

import (
	"fmt"
	"maps"
	"slices"
	"strconv"

	"github.com/appdock/appdock"
	"github.com/appdock/appdock/internal/entity"
)

// draft is one row that a request wants written: its values are parsed, but whether it is
// new is not known yet.
type draft struct {
	definition *entity.Definition
	action     entity.Action
	id         appdock.ID
	fresh      bool                  // the id was made here: there is no such row
	pair       map[string]appdock.ID // the two keys that identify it; nil: its id does
	named      string                // the one of these that was sent as the id of a record; empty: none
	single     string                // the key to a parent that has at most one such row; empty: any number
	set        map[string]any        // by field, in the Go form of its type, or a patch
	bad        []string              // fields that were sent with a wrong value
	filters    []entity.Filter       // of a deletion: what they hold for is deleted, not id
	swept      bool                  // filters held for it before the unit began: deleted if they still do
	pointer    string
}

// reader turns the payloads of a request into drafts, in the order in which they have to
// be written, and collects what is wrong with them. It needs no store.
type reader struct {
	schema   *entity.Schema
	language appdock.ID // of plain values of translated fields; zero: the system language
	locales  func() (map[string]appdock.ID, error)
	newID    func() appdock.ID
	rows     int // read so far
	drafts   []draft
	faults   faultList
	needs    []appdock.Privilege // what deletions by filters ask
	// check proves the filters of a deletion.
	check func(*entity.Criteria) (*entity.Criteria, []appdock.Privilege, error)
}

// read reads one operation. The error is about the entity; faults are collected.
func (r *reader) read(op entity.Operation) error {
	d, ok := r.schema.Definition(op.Entity)
	if !ok {
		return entity.Undefined(op.Entity)
	}
	switch {
	case op.Action == entity.Delete:
		return r.deletion(d, op)
	case d.Translates != "":
		return r.translation(d, op)
	}
	_, err := r.record(d, op.Action, op.Payload, op.Pointer, place{})
	return err
}

func (r *reader) deletion(d *entity.Definition, op entity.Operation) error {
	if err := writable(d); err != nil {
		return err
	}
	if op.Filters != nil {
		return r.sweep(d, op)
	}
	if r.rows++; r.rows > maxRows {
		return tooManyRows()
	}
	if d.Translates != "" && op.Payload["languageId"] == appdock.SystemLanguage.String() {
		r.faults.Add(deletesSystem(op.Pointer))
		return nil
	}
	if len(d.Pair) > 0 {
		if id, keys, ok := r.pair(d, op.Payload, op.Pointer); ok {
			r.drafts = append(r.drafts, draft{definition: d, action: entity.Delete, id: id, pair: keys, pointer: op.Pointer})
		}
		return nil
	}
	v, sent := op.Payload["id"]
	if !sent || v == nil {
		r.faults.Add(blank(op.Pointer + "/id"))
		return nil
	}
	if id, ok := r.faults.uuid(v, op.Pointer+"/id"); ok {
		r.drafts = append(r.drafts, draft{definition: d, action: entity.Delete, id: id.(appdock.ID), pointer: op.Pointer})
	}
	return nil
}

func deletesSystem(pointer string) appdock.Fault {
	return appdock.Fault{
		Pointer: pointer, Code: codeDeletesSystem,
		Message: "Cannot delete system translation of language " + appdock.SystemLanguage.String() + ".",
	}
}

// sweep reads a deletion of all that filters hold for (admin-api.md 6.2). One without a
// condition would delete everything and is refused.
func (r *reader) sweep(d *entity.Definition, op entity.Operation) error {
	checked, needs, err := r.check(&entity.Criteria{Entity: d.Name, Filters: op.Filters})
	if err != nil {
		return err
	}
	if len(checked.Filters) == 0 {
		return &appdock.Error{
			Kind: appdock.Invalid, Code: "API_INVALID_SYNC_CRITERIA_EXCEPTION",
			Message: "Sync operation with action delete and criteria requires a filter.",
			Cure:    "Send at least one filter that compares a field.",
		}
	}
	r.needs = append(r.needs, needs...)
	r.drafts = append(r.drafts, draft{definition: d, action: entity.Delete, filters: checked.Filters, pointer: op.Pointer})
	return nil
}

// pair gives the id of a record that the two keys of a payload identify, and the keys. ok
// is false if faults were added.
func (r *reader) pair(d *entity.Definition, payload map[string]any, pointer string) (id appdock.ID, keys map[string]appdock.ID, ok bool) {
	keys, ok = make(map[string]appdock.ID, len(d.Pair)), true
	for _, name := range d.Pair {
		v := payload[name]
		if v == nil {
			r.faults.Add(blank(pointer + "/" + name))
			ok = false
		} else if key, good := r.faults.uuid(v, pointer+"/"+name); good {
			keys[name] = key.(appdock.ID)
		} else {
			ok = false
		}
	}
	return entity.PairID(keys[d.Pair[0]], keys[d.Pair[1]]), keys, ok
}

// writable refuses entities that the shop does not write for clients.
func writable(d *entity.Definition) error {
	if d.Owner == "" && !d.Derived && d.Name != "state_machine_history" {
		return nil
	}
	return &appdock.Error{
		Kind:    appdock.Refused,
		Code:    "FRAMEWORK__WRITE_PROTECTED",
		Message: fmt.Sprintf("The entity %q is written by the host alone.", d.Name),
		Cure:    "Read it; what may be changed about it has commands and endpoints of its own.",
		Params:  []appdock.Param{{Name: "entity", Value: d.Name}},
	}
}

// place says below which record a nested one stands; zero: it stands alone.
type place struct {
	via    string // the key to the parent
	parent appdock.ID
	single bool // the parent has at most one
}

// record reads one record and what hangs below it.
func (r *reader) record(d *entity.Definition, action entity.Action, payload map[string]any, pointer string, at place) (appdock.ID, error) {
	if err := writable(d); err != nil {
		return appdock.ID{}, err
	}
	if r.rows++; r.rows > maxRows {
		return appdock.ID{}, tooManyRows()
	}
	payload = withExtensions(d, payload)
	row := draft{definition: d, action: action, set: map[string]any{}, pointer: pointer}
	if len(d.Pair) > 0 {
		var ok bool
		if row.id, row.pair, ok = r.pair(d, payload, pointer); !ok {
			return row.id, nil // which record is meant is not known
		}
	} else {
		row.id, row.fresh = r.id(action, payload, pointer)
	}
	keys, err := r.targets(&row, payload)
	if err != nil {
		return appdock.ID{}, err
	}
	texts, err := r.texts(d, payload, pointer)
	if err != nil {
		return appdock.ID{}, err
	}
	r.fields(&row, payload, texts[appdock.SystemLanguage])
	maps.Copy(row.set, keys)
	if at.via != "" {
		row.set[at.via] = at.parent
	}
	if at.single {
		row.single = at.via
	}
	r.drafts = append(append(r.drafts, row), r.translated(d, row.id, texts, pointer)...)
	return row.id, r.children(&row, payload)
}

// withExtensions gives a payload with what it has below "extensions" of the associations that
// apps added, as clients read them there.
func withExtensions(d *entity.Definition, payload map[string]any) map[string]any {
	extensions, ok := payload["extensions"].(map[string]any)
	if !ok || len(extensions) == 0 {
		return payload
	}
	all := maps.Clone(payload)
	for _, a := range d.Associations {
		if v, sent := extensions[a.Name]; sent && a.Extension {
			all[a.Name] = v
		}
	}
	return all
}

// id gives the id of the record: what was sent, else a fresh one.
func (r *reader) id(action entity.Action, payload map[string]any, pointer string) (id appdock.ID, fresh bool) {
	v := payload["id"]
	if v == nil {
		if action == entity.Update {
			r.faults.Add(blank(pointer + "/id"))
		}
		return r.newID(), true
	}
	sent, ok := r.faults.uuid(v, pointer+"/id")
	if !ok {
		return r.newID(), true
	}
	return sent.(appdock.ID), false
}

// fields reads the values of a record, texts those of the system language. Unknown properties are
// ignored (admin-api.md 6.1).
func (r *reader) fields(row *draft, payload map[string]any, texts map[string]sentText) {
	for _, i := range sentFields(row.definition, payload, texts) {
		f := row.definition.Fields[i]
		v, sent := payload[f.Name]
		at := row.pointer + "/" + f.Name
		if row.definition.Translation != "" && f.Translated {
			var text sentText
			text, sent = texts[f.Name]
			v, at = text.value, text.pointer
		}
		if !sent || f.Kept || f.Name == "id" || f.Name == "updatedAt" {
			continue
		}
		switch {
		case f.Type == entity.Version:
			r.version(v, at)
		case f.System || f.Runtime:
			r.faults.Add(writeProtected(at))
		default:
			if value, ok := r.faults.value(f, v, at); ok {
				row.set[f.Name] = value
			} else {
				row.bad = append(row.bad, f.Name)
			}
		}
	}
}

// sentFields gives the places of the fields that have a value, in the order of the definition:
// a payload has a few of the many that there are.
func sentFields(d *entity.Definition, payload map[string]any, texts map[string]sentText) []int {
	places := make([]int, 0, len(payload)+len(texts))
	for name := range payload {
		if i := d.Index(name); i >= 0 {
			places = append(places, i)
		}
	}
	for name := range texts {
		places = append(places, d.Index(name))
	}
	slices.Sort(places)
	return slices.Compact(places)
}

// version accepts the live version alone: which version is written, the request says as a whole.
func (r *reader) version(v any, pointer string) {
	if v == nil {
		return
	}
	if id, ok := r.faults.uuid(v, pointer); ok && id != appdock.LiveVersion {
		r.faults.Add(constraint(pointer, "Send the version that is to be written as header sw-version-id."))
	}
}

// targets reads the records that keys of the row lead to, and gives those keys. They are
// written first.
func (r *reader) targets(row *draft, payload map[string]any) (map[string]any, error) {
	keys := map[string]any{}
	for _, a := range row.definition.Associations {
		if a.Kind != entity.ToOne {
			continue
		}
		v := payload[a.Name]
		if v == nil {
			continue
		}
		at := row.pointer + "/" + a.Name
		nested, isObject := v.(map[string]any)
		switch target, known := r.schema.Definition(a.Target); {
		case isEmptyList(v) && !newTarget(row.definition, a, payload):
		case !isObject && !isEmptyList(v):
			r.faults.Add(wrongType(at, "array"))
		case !known || a.Via == "":
			r.notStored(at, a)
		default:
			id, err := r.record(target, entity.Upsert, nested, at, leadingBack(target, row, nested))
			if err != nil {
				return nil, err
			}
			keys[a.Via] = id
		}
	}
	return keys, nil
}

// newTarget reports whether an empty object asks for a record of defaults: where a record
// cannot be without one, and the payload names none. Media folders are made so, with
// "configuration": {}, which PHP clients write as [].
func newTarget(d *entity.Definition, a entity.Association, payload map[string]any) bool {
	key, ok := d.Field(a.Via)
	return ok && key.Required && payload[a.Via] == nil
}

// leadingBack places a record that a key of row leads to below row, where it has to belong
// to one such record: the cover of a product is one of its pictures, the billing address of
// an order one of its addresses.
func leadingBack(target *entity.Definition, row *draft, payload map[string]any) place {
	for _, f := range target.Fields {
		if f.Required && f.Target == row.definition.Name && payload[f.Name] == nil {
			return place{via: f.Name, parent: row.id}
		}
	}
	return place{}
}

// children reads the records whose keys lead to the row. They are written after it.
func (r *reader) children(row *draft, payload map[string]any) error {
	for _, a := range row.definition.Associations {
		if a.Kind == entity.ToOne || a.Name == "translations" {
			continue
		}
		v := payload[a.Name]
		if v == nil || isEmptyList(v) {
			continue
		}
		at := row.pointer + "/" + a.Name
		target, known := r.schema.Definition(a.Target)
		switch {
		case !known || !r.schema.Stored(a):
			r.notStored(at, a)
			continue
		case a.ReadOnly:
			r.faults.Add(writeProtected(at))
			continue
		}
		below := place{via: a.Via, parent: row.id, single: a.Kind == entity.HasOne}
		items := []any{v}
		if a.Many() {
			list, isList := elements(v)
			if !isList {
				r.faults.Add(wrongType(at, "array"))
				continue
			}
			items = list
		}
		for i, item := range items {
			if r.faults.Full() {
				break
			}
			itemAt := at
			if a.Many() {
				itemAt += "/" + strconv.Itoa(i)
			}
			nested, isObject := item.(map[string]any)
			if !isObject {
				r.faults.Add(wrongType(itemAt, "array"))
				continue
			}
			if a.Kind == entity.ManyToMany {
				if err := r.pairing(row, a, target, nested, itemAt); err != nil {
					return err
				}
				continue
			}
			if target.Translates != "" {
				if err := r.textsBelow(row, a, nested, itemAt); err != nil {
					return err
				}
				continue
			}
			if _, err := r.record(target, entity.Upsert, nested, itemAt, below); err != nil {
				return err
			}
		}
	}
	return nil
}

// pairing reads a record that is paired with the row, and the pair. A record that is only
// named is not written: whether it is there is seen by the key that leads to it.
func (r *reader) pairing(row *draft, a entity.Association, target *entity.Definition, payload map[string]any, pointer string) error {
	mapping, _ := r.schema.Definition(a.Mapping)
	if err := writable(mapping); err != nil {
		return err
	}
	pair := draft{definition: mapping, action: entity.Upsert, pointer: pointer}
	var far appdock.ID
	if v, named := payload["id"].(string); named && len(payload) == 1 {
		id, ok := r.faults.uuid(v, pointer+"/id")
		if !ok {
			return nil // which record is meant is not known
		}
		far, pair.named = id.(appdock.ID), a.Far
	} else {
		var err error
		if far, err = r.record(target, entity.Upsert, payload, pointer, place{}); err != nil {
			return err
		}
	}
	if len(mapping.Pair) != 2 { // a record of the shop that belongs to one of an app at most
		_, err := r.record(mapping, entity.Upsert, map[string]any{a.Via: row.id.String(), a.Far: far.String()}, pointer, place{})
		return err
	}
	if r.rows++; r.rows > maxRows {
		return tooManyRows()
	}
	pair.pair = map[string]appdock.ID{a.Via: row.id, a.Far: far}
	pair.id = mapping.PairID(pair.pair[mapping.Pair[0]], pair.pair[mapping.Pair[1]])
	pair.set = map[string]any{a.Via: row.id, a.Far: far}
	r.drafts = append(r.drafts, pair)
	return nil
}

// notStored refuses what would be lost without a word.
func (r *reader) notStored(pointer string, a entity.Association) {
	r.faults.Add(constraint(pointer, fmt.Sprintf("This release does not store %q (%s); leave it out.", a.Name, a.Target)))
}

func isEmptyList(v any) bool {
	switch v := v.(type) {
	case []any:
		return len(v) == 0
	case map[string]any:
		return len(v) == 0
	}
	return false
}
