package shop

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/appdock/appdock"
	"github.com/appdock/appdock/internal/entity"
)

// Write does all operations in their order, in one unit of work, or none of them
// (admin-api.md 6). All violations are told at once, then all missing privileges, then
// keys that lead nowhere; deletions of what is not there are told in the result.
func (s *Service) Write(ctx context.Context, actor appdock.Actor, view entity.View, ops []entity.Operation) (entity.Written, error) {
	return s.write(ctx, actor, view, ops, nil)
}

// write is Write; ladder is what lets a notification through, nil if none may be sent.
func (s *Service) write(ctx context.Context, actor appdock.Actor, view entity.View, ops []entity.Operation, ladder func(Unit) error) (entity.Written, error) {
	schema, err := s.store.Schema(ctx, actor.Shop)
	if err != nil {
		return entity.Written{}, err
	}
	w, err := s.writing(schema, s.committedBefore(ctx, actor.Shop), actor, view, ops)
	if err != nil {
		return entity.Written{}, err
	}
	w.ladder = ladder
	if err := w.hashPasswords(ctx); err != nil {
		return entity.Written{}, err
	}
	if err := w.sweep(s.committedBefore(ctx, actor.Shop)); err != nil {
		return entity.Written{}, err
	}
	if w.faults.Count() > 0 {
		// Nothing will be written: what else is wrong is found without holding the writer.
		_, err := w.plan(s.committedBefore(ctx, actor.Shop))
		return entity.Written{}, err
	}
	var written entity.Written
	decide := func(u Unit) error {
		var err error
		written, err = w.decide(u)
		return err
	}
	if w.trusting = slices.ContainsFunc(w.drafts, w.trusts); w.trusting {
		w.foresee(s.store.Foresee(ctx, actor.Shop))
	}
	events, err := s.store.Write(ctx, actor.Shop, decide)
	if w.trusting && appdock.KindOf(err) == appdock.Invalid {
		w.trusting = false // all that is wrong is told, without holding the writer for it
		if _, err := w.plan(s.committedBefore(ctx, actor.Shop)); err != nil {
			return entity.Written{}, err
		}
		events, err = s.store.Write(ctx, actor.Shop, decide)
	}
	if err != nil {
		return entity.Written{}, err
	}
	if len(events) > 0 {
		s.committed(events)
	}
	if w.owes {
		s.settleNow(ctx, actor.Shop)
	}
	return written, nil
}

// writing reads the payloads of a request. The error is about one of the entities; what is
// wrong with values is noted in what it gives.
func (s *Service) writing(schema *entity.Schema, search searcher, actor appdock.Actor, view entity.View, ops []entity.Operation) (*writing, error) {
	may := func(p appdock.Privilege) bool { return len(actor.Missing(p)) == 0 }
	checking := func(c *entity.Criteria) (*entity.Criteria, []appdock.Privilege, error) {
		return check(schema, search, may, c)
	}
	named := map[string]bool{}
	for _, op := range ops {
		namedInPayload(op.Payload, named)
	}
	custom, err := typesOf(search, named)
	if err != nil {
		return nil, err
	}
	r := &reader{check: checking, schema: schema, language: view.Language, locales: localesOf(search), newID: s.newID, faults: faultList{custom: custom}}
	for _, op := range ops {
		if err := r.read(op); err != nil {
			return nil, err
		}
	}
	return &writing{
		actor: actor, schema: schema, now: s.now().UTC().Truncate(time.Millisecond), newID: s.newID, version: view.Version,
		drafts: r.drafts, needs: r.needs, faults: r.faults,
	}, nil
}

// writing is a request whose payloads were read; it is the same each time a unit runs.
type writing struct {
	actor  appdock.Actor
	schema *entity.Schema
	now    time.Time
	newID  func() appdock.ID
	// version whose drafts are written; zero: the live one.
	version appdock.ID
	drafts  []draft
	swept   []swept             // where the drafts of deletions by filters come from
	needs   []appdock.Privilege // whatever is stored
	faults  faultList
	// trusting takes rows that are to be inserted for new, without looking for them: the store
	// refuses those that are not.
	trusting bool
	// ahead is what was planned before the unit began; nil: nothing was.
	ahead *foreseen
	// owes says that the unit that ran last left something to be written after it.
	owes bool
	// ladder is asked in the unit of work, once all is known to be right, whether a notification
	// comes too soon. Without it none is sent: nothing would count it.
	ladder func(Unit) error
}

// swept is what the filters of one deletion held for before the unit began.
type swept struct {
	definition *entity.Definition
	filters    []entity.Filter
	ids        []appdock.ID
	keys       [][2]appdock.ID // of ids, if two keys identify a record
}

// trusts reports whether a row can be taken for new until the store says otherwise.
func (w *writing) trusts(d draft) bool {
	return d.action == entity.Insert && !d.fresh && d.pair == nil && entity.View{Version: w.version}.Live()
}

// foreseen is a plan that rests on what was foreseen.
type foreseen struct {
	*plan
	sight Foresight
}

// foresee plans before the unit begins, which keeps nobody from writing meanwhile. Most that is
// new rests on the keys that it has, and on nothing else. Where it does, or is wrong, the unit
// plans.
func (w *writing) foresee(f Foresight) {
	if f == nil {
		return
	}
	p, err := w.plan(f.Search)
	if err != nil {
		return // the unit tells what is wrong at that moment
	}
	if !p.draws() {
		p.news = p.entityEvents()
		if f.Prepare(p.changes) {
			p.prepared = f
		}
	}
	w.ahead = &foreseen{p, f}
}

// planned gives the plan of a unit: the one that was made ahead, if it is still right.
func (w *writing) planned(u Unit) (*plan, error) {
	ahead := w.ahead
	w.ahead = nil // a unit that runs again begins anew: the first run may have changed the plan
	if ahead == nil || !u.Holds(ahead.sight) {
		return w.plan(u.Search)
	}
	ahead.search = u.Search
	return ahead.plan, nil
}

// decide is the whole unit of work.
func (w *writing) decide(u Unit) (entity.Written, error) {
	p, err := w.planned(u)
	if err != nil {
		return entity.Written{}, err
	}
	if w.ladder != nil {
		if err := w.ladder(u); err != nil {
			return entity.Written{}, err
		}
	}
	if err := p.draw(u); err != nil {
		return entity.Written{}, err
	}
	p.inVersion()
	if err := p.apply(u); err != nil {
		return entity.Written{}, p.explained(err)
	}
	if err := p.touchVersion(u); err != nil {
		return entity.Written{}, err
	}
	if err := p.endVersions(u); err != nil {
		return entity.Written{}, err
	}
	if w.owes = len(p.owed) > 0; w.owes {
		if err := u.Owe(p.owed...); err != nil {
			return entity.Written{}, err
		}
	}
	events, err := p.events(u.Search)
	if err != nil {
		return entity.Written{}, err
	}
	if len(events) > 0 {
		if err := u.Raise(events...); err != nil {
			return entity.Written{}, err
		}
	}
	return p.written, nil
}

// apply writes the rows.
func (p *plan) apply(u Unit) error {
	if p.prepared != nil {
		return u.ApplyPrepared(p.prepared)
	}
	return u.Apply(p.changes...)
}

// plan is what a request comes down to, given what is stored at this moment.
type plan struct {
	*writing
	search  searcher
	rows    map[rowKey]*row
	ways    map[rowKey]string // down to records that are not among rows
	still   map[rowKey]bool   // what the filters of a deletion hold for in this unit too
	changes []entity.Change
	// prepared has the changes ready to be written; nil: nothing has.
	prepared Foresight
	needs    []appdock.Privilege
	faults   faultList
	gone     []entity.Record // what was stored and is deleted
	initial  map[string]any  // initial state by machine
	written  entity.Written
	news     []appdock.Event // of the entities, once they were made
	regrown  []appdock.ID    // products whose categories stand elsewhere
	owed     []Owed          // what is too much for one unit
}

type rowKey struct {
	entity string
	id     appdock.ID
}

// row is a record as the unit sees it: what was stored, then what the unit sets.
type row struct {
	stored entity.Record
	set    map[string]any
	exists bool
	saved  bool   // it is in Written.Saved
	told   bool   // its texts are in Written.Texts
	named  string // the key that was sent as the id of a record; empty: none
}

func (r *row) get(field string) any {
	if v, ok := r.set[field]; ok {
		return v
	}
	if r.stored.Definition == nil {
		return nil
	}
	return r.stored.Get(field)
}

// find sees the rows of the version that is written, and those of entities without versions.
func (p *plan) find(c *entity.Criteria) (entity.Page, error) {
	return p.search(entity.View{Version: p.version}, c)
}

func newPlan(w *writing, search searcher) *plan {
	return &plan{
		writing: w, search: search, rows: map[rowKey]*row{}, ways: map[rowKey]string{}, still: map[rowKey]bool{}, initial: map[string]any{}, faults: w.faults,
		needs:   slices.Clone(w.needs),
		written: entity.Written{Saved: map[string][]appdock.ID{}, Deleted: map[string][]appdock.ID{}, NotFound: map[string][]appdock.ID{}},
	}
}

// plan decides which rows are new and what is written to each, and refuses what must not be.
func (w *writing) plan(search searcher) (*plan, error) {
	p := newPlan(w, search)
	draftOf, err := p.openVersion()
	if err != nil {
		return nil, err
	}
	if err := p.recheck(); err != nil {
		return nil, err
	}
	if err := p.load(); err != nil {
		return nil, err
	}
	for _, d := range p.drafts {
		if err := p.meet(&d); err != nil {
			return nil, err
		}
		if err := p.add(d); err != nil {
			return nil, err
		}
	}
	if err := p.checkTrees(); err != nil {
		return nil, err
	}
	if err := p.checkParts(draftOf); err != nil {
		return nil, err
	}
	if err := p.checkLocks(); err != nil {
		return nil, err
	}
	if err := invalid(p.faults); err != nil {
		return nil, err
	}
	if missing := w.actor.Missing(p.needs...); len(missing) > 0 {
		return nil, appdock.MissingPrivileges(missing)
	}
	if err := p.checkKeys(); err != nil {
		return nil, err
	}
	if err := p.checkSingles(); err != nil {
		return nil, err
	}
	if err := p.deletions(); err != nil {
		return nil, err
	}
	return p, p.index()
}

// sweep puts a deletion of each row in the place of those by filters: of what is there before
// the unit begins, as the API finds ids before it writes (admin-api.md 6.2). What filters ask
// takes as long as strangers like, which is nothing to hold the writer for: the unit looks only
// at what was found ([plan.recheck]).
func (w *writing) sweep(search searcher) error {
	var drafts []draft
	for i, d := range w.drafts {
		if d.filters == nil {
			if drafts != nil {
				drafts = append(drafts, d)
			}
			continue
		}
		if drafts == nil {
			drafts = append(make([]draft, 0, len(w.drafts)), w.drafts[:i]...)
		}
		found, err := search(entity.View{Version: w.version}, &entity.Criteria{Entity: d.definition.Name, Filters: d.filters, Limit: maxRows + 1})
		if err != nil {
			return err
		}
		if len(drafts)+len(found.Records) > maxRows {
			return tooManyRows()
		}
		s := swept{definition: d.definition, filters: d.filters}
		for _, r := range found.Records {
			if d.definition.Translates != "" && r.Key("languageId") == appdock.SystemLanguage {
				w.faults.Add(deletesSystem(d.pointer))
				continue
			}
			s.ids = append(s.ids, r.ID())
			if d.definition.Keyed() {
				s.keys = append(s.keys, keysOf(r))
			}
			drafts = append(drafts, draft{definition: d.definition, action: entity.Delete, id: r.ID(), swept: true, pointer: d.pointer})
		}
		w.swept = append(w.swept, s)
	}
	if drafts != nil {
		w.drafts = drafts
	}
	return nil
}

// recheck finds which rows the filters of deletions still hold for: others may have changed
// since they were searched.
func (p *plan) recheck() error {
	for _, s := range p.swept {
		if len(s.ids) == 0 {
			continue
		}
		found, err := p.find(&entity.Criteria{Entity: s.definition.Name, IDs: s.ids, Keys: s.keys, Filters: s.filters, Bare: true})
		if err != nil {
			return err
		}
		for _, r := range found.Records {
			p.still[rowKey{s.definition.Name, r.ID()}] = true
		}
	}
	return nil
}

// meet gives a draft without an id the one that its parent has already, where a parent has
// at most one: it is a change then, not a second one.
func (p *plan) meet(d *draft) error {
	parent, _ := d.set[d.single].(appdock.ID)
	above, known := p.parentOf(*d, parent)
	if !d.fresh || !known || above.stored.Definition == nil {
		return nil
	}
	name := d.definition.Name
	found, err := p.find(&entity.Criteria{
		Entity: name, Limit: 1,
		Filters: []entity.Filter{{Kind: entity.Equals, Field: d.single, Values: []any{parent}}},
	})
	if err != nil || len(found.Records) == 0 {
		return err
	}
	d.id, d.fresh = found.Records[0].ID(), false
	if k := (rowKey{name, d.id}); p.rows[k] == nil {
		p.rows[k] = &row{stored: found.Records[0], exists: true, set: map[string]any{}}
	}
	return nil
}

func (p *plan) parentOf(d draft, id appdock.ID) (*row, bool) {
	if d.single == "" {
		return nil, false
	}
	f, _ := d.definition.Field(d.single)
	r, known := p.rows[rowKey{f.Target, id}]
	return r, known
}

func (p *plan) row(name string, id appdock.ID) *row {
	k := rowKey{name, id}
	if p.rows[k] == nil {
		p.rows[k] = &row{set: map[string]any{}}
	}
	return p.rows[k]
}

// add decides what becomes of one draft.
func (p *plan) add(d draft) error {
	name := d.definition.Name
	r := p.row(name, d.id)
	if d.pair != nil {
		p.paired(d.id, d.pair)
	}
	switch {
	case d.swept && (!r.exists || !p.still[rowKey{name, d.id}]):
		// It was deleted or changed since the filters held for it.
	case d.action == entity.Delete && !r.exists:
		p.written.NotFound[name] = append(p.written.NotFound[name], d.id)
	case d.action == entity.Delete:
		p.need(d, "delete")
		p.remove(d.definition, d.id, d.pointer)
	case d.action == entity.Insert && r.exists:
		p.faults.Add(appdock.Fault{
			Pointer: d.pointer, Code: codeIntend,
			Message: fmt.Sprintf("Expected an insert of %q, but %s is there already. Hint: Use PATCH method to update existing entities.", name, d.id),
		})
	case d.action == entity.Update && !r.exists:
		p.faults.Add(appdock.Fault{
			Pointer: d.pointer, Code: codeIntend,
			Message: fmt.Sprintf("Expected an update of %q, but there is no %s. Hint: Use POST method to create new entities.", name, d.id),
		})
	case r.exists:
		return p.update(d, r)
	default:
		p.need(d, "create")
		return p.insert(d, r)
	}
	return nil
}

func (p *plan) insert(d draft, r *row) error {
	if d.definition.Name == "notification" && p.ladder == nil {
		p.faults.Add(constraint(d.pointer, "A notification is sent with POST /api/notification, which counts it: no other write may create one."))
	}
	set := make(map[string]any, len(d.set)+8)
	for name, v := range d.set {
		set[name] = merged(v, nil)
	}
	set["id"] = d.id
	if set["createdAt"] == nil && d.definition.Index("createdAt") >= 0 {
		set["createdAt"] = p.now
	}
	below := set["parentId"] != nil
	for i := range d.definition.Fields {
		f := &d.definition.Fields[i]
		if f.Default == nil || below && f.Inherited { // what is not sent comes from the parent
			continue
		}
		if v, sent := set[f.Name]; !sent || v == nil && f.Required {
			set[f.Name] = f.Default
		}
	}
	if err := p.derive(d, r, set, true); err != nil {
		return err
	}
	p.required(d, set)
	*r = row{set: maps.Clone(set), exists: true, saved: r.saved, told: r.told, named: d.named}
	p.changes = append(p.changes, entity.Change{Entity: d.definition.Name, Kind: entity.Inserted, ID: d.id, Set: set, Pointer: d.pointer})
	p.texts(d)
	p.saved(d)
	return nil
}

func (p *plan) update(d draft, r *row) error {
	set := make(map[string]any, len(d.set)+4)
	for name, v := range d.set {
		set[name] = merged(v, r.get(name))
	}
	delete(set, "createdAt") // a client may send it on create only
	for _, key := range d.definition.Pair {
		delete(set, key) // it names the row
	}
	p.texts(d)
	p.saved(d)
	if err := p.derive(d, r, set, false); err != nil {
		return err
	}
	p.required(d, set)
	if len(set) == 0 {
		return nil // a row that is only named is not written: it needs no right
	}
	p.need(d, "update")
	p.change(d.definition, d.id, d.pointer, set)
	return nil
}

// change writes to a row that is there.
func (p *plan) change(d *entity.Definition, id appdock.ID, pointer string, set map[string]any) {
	r := p.row(d.Name, id)
	p.stamp(d, set)
	before := make(map[string]any, len(set))
	for name := range set {
		before[name] = r.get(name)
	}
	if d.Keyed() {
		for _, name := range d.Pair {
			before[name] = r.get(name)
		}
	}
	maps.Copy(r.set, set)
	p.changes = append(p.changes, entity.Change{Entity: d.Name, Kind: entity.Updated, ID: id, Set: set, Before: before, Pointer: pointer})
}

// stamp says when a row was updated. What the host alone keeps up with other records is no update
// of this one: clients that ask for what was changed since would get whole branches of a tree.
func (p *plan) stamp(d *entity.Definition, set map[string]any) {
	if d.Index("updatedAt") >= 0 && !figures(set) {
		set["updatedAt"] = p.now
	}
}

// remove deletes a row that is there.
func (p *plan) remove(d *entity.Definition, id appdock.ID, pointer string) {
	r := p.row(d.Name, id)
	before := make(map[string]any, len(d.Fields))
	for _, f := range d.Fields {
		if f.Stored() {
			before[f.Name] = r.get(f.Name)
		}
	}
	if r.stored.Definition != nil {
		p.gone = append(p.gone, r.stored)
	}
	if len(d.Pair) > 0 {
		keys := make(map[string]appdock.ID, len(d.Pair))
		for _, name := range d.Pair {
			keys[name], _ = r.get(name).(appdock.ID)
		}
		p.paired(id, keys)
	}
	*r = row{set: map[string]any{}, saved: r.saved, told: r.told}
	p.changes = append(p.changes, entity.Change{Entity: d.Name, Kind: entity.Deleted, ID: id, Before: before, Pointer: pointer})
	p.written.Deleted[d.Name] = append(p.written.Deleted[d.Name], id)
}

func (p *plan) saved(d draft) {
	name := d.definition.Name
	if r := p.row(name, d.id); !r.saved {
		r.saved = true
		p.written.Saved[name] = append(p.written.Saved[name], d.id)
	}
}

// texts tells of the texts that a record is written with in the system's language, once.
func (p *plan) texts(d draft) {
	of := d.definition
	if of.Translation == "" || p.row(of.Name, d.id).told {
		return
	}
	for name := range d.set {
		if i := of.Index(name); i < 0 || !of.Fields[i].Translated {
			continue
		}
		holder, _ := p.schema.Definition(of.Translation) // NewSchema has checked it
		if p.written.Texts == nil {
			p.written.Texts = map[string][]map[string]appdock.ID{}
		}
		keys := map[string]appdock.ID{holder.Pair[0]: d.id, holder.Pair[1]: appdock.SystemLanguage}
		p.written.Texts[holder.Name] = append(p.written.Texts[holder.Name], keys)
		p.row(of.Name, d.id).told = true
		return
	}
}

// paired tells the keys that identify a record that is told of.
func (p *plan) paired(id appdock.ID, keys map[string]appdock.ID) {
	if p.written.Pairs == nil {
		p.written.Pairs = map[appdock.ID]map[string]appdock.ID{}
	}
	p.written.Pairs[id] = keys
}

// merged gives the value to store: members of an object are merged into the stored one,
// anything else replaces it.
func merged(v, stored any) any {
	members, ok := v.(patch)
	if !ok {
		return v
	}
	all := map[string]json.RawMessage{}
	if raw, ok := stored.(json.RawMessage); ok {
		// What is stored was written here; were it no object, it would be replaced.
		_ = json.Unmarshal(raw, &all)
	}
	maps.Copy(all, members)
	return encode(all)
}

// required finds what must not be empty. A new row needs every required field, a changed
// one must not lose any.
func (p *plan) required(d draft, set map[string]any) {
	r := p.row(d.definition.Name, d.id)
	inherits := set["parentId"] != nil || r.get("parentId") != nil && !clears(set, "parentId")
	translates := func(f entity.Field) bool { return f.Translated && d.set[f.Name] != nil }
	untranslated := false
	for i := range d.definition.Fields {
		f := &d.definition.Fields[i]
		if !f.Required || f.System || f.Runtime {
			continue
		}
		v, sent := set[f.Name]
		switch {
		case v != nil, slices.Contains(d.bad, f.Name):
		case r.exists && !sent:
		case inherits && f.Inherited:
		case !f.Translated || sent:
			p.faults.Add(blank(d.pointer + "/" + f.Name))
		case slices.ContainsFunc(d.definition.Fields, translates):
			p.faults.Add(blank(d.pointer + "/translations/" + appdock.SystemLanguage.String() + "/" + f.Name))
		default:
			untranslated = true
		}
	}
	if untranslated {
		p.faults.Add(appdock.Fault{
			Pointer: d.pointer + "/translations/" + appdock.SystemLanguage.String(), Code: codeNoSystem,
			Message: "Translation required for system language " + appdock.SystemLanguage.String() + ".",
		})
	}
}

func clears(set map[string]any, field string) bool {
	v, sent := set[field]
	return sent && v == nil
}
