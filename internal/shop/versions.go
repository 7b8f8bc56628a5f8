package shop

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"time"

	"github.com/appdock/appdock"
	"github.com/appdock/appdock/internal/entity"
)

// recordVersion lists the versions that there are of records. It is not in entities.md; whoever
// may read it sees whose drafts are still open.
func recordVersion() entity.Definition {
	return entity.Definition{
		Name: "version", Owner: "shop",
		Fields: fields(str("name", required), str("entityName", required), id("referencedId", required, sought)),
	}
}

// Codes of Shopware for what is wrong with a version.
const (
	codeNoVersion    = "FRAMEWORK__VERSION_NOT_EXISTS"
	codeNotVersioned = "FRAMEWORK__ENTITY_NOT_VERSIONED"
	codeOnlyLive     = "ADK-LIVE-VERSION-ONLY"
)

// Version is a draft of one record.
type Version struct {
	ID     appdock.ID // zero: it gets one
	Name   string     // letters and digits; empty: it gets one
	Entity string
	Record appdock.ID
}

// CreateVersion copies a record and what is deleted with it into a version, and gives that
// back with its id (admin-api.md 6.4). It needs the right to update the record: a draft is
// the beginning of a change. Nobody is told: nothing has changed.
func (s *Service) CreateVersion(ctx context.Context, actor appdock.Actor, v Version) (Version, error) {
	schema, err := s.store.Schema(ctx, actor.Shop)
	if err != nil {
		return v, err
	}
	d, err := withVersions(schema, v.Entity)
	if err != nil {
		return v, err
	}
	if missing := actor.Missing(d.May("update")); len(missing) > 0 {
		return v, appdock.MissingPrivileges(missing)
	}
	now := s.now().UTC().Truncate(time.Millisecond)
	switch {
	case v.Name == "":
		v.Name = d.Name + now.Format("20060102150405")
	case !regexp.MustCompile(`^[a-zA-Z0-9]{1,255}$`).MatchString(v.Name):
		return v, &appdock.Error{
			Kind: appdock.Invalid, Code: "FRAMEWORK__INVALID_VERSION_NAME",
			Message: "Invalid version name given. Only alphanumeric characters are allowed.",
			Cure:    "Send up to 255 letters and digits as versionName, or leave it out.",
		}
	}
	if v.ID.IsZero() {
		v.ID = s.newID()
	}
	_, err = s.store.Write(ctx, actor.Shop, func(u Unit) error {
		if v.ID == appdock.LiveVersion {
			return versionTaken(v.ID)
		}
		if taken, err := u.Search(entity.View{}, &entity.Criteria{Entity: "version", IDs: []appdock.ID{v.ID}}); err != nil || len(taken.Records) > 0 {
			return cmp.Or(err, versionTaken(v.ID))
		}
		copied, err := parts(u.Search, schema, d, v.Record, appdock.LiveVersion)
		if err != nil {
			return err
		}
		if len(copied) == 0 {
			return entity.NoRecord(d.Name, v.Record)
		}
		changes := []entity.Change{{Entity: "version", Kind: entity.Inserted, ID: v.ID, Set: map[string]any{
			"id": v.ID, "name": v.Name, "entityName": d.Name, "referencedId": v.Record, "createdAt": now,
		}}}
		for _, r := range copied {
			set := storedValues(r)
			for _, version := range []appdock.ID{v.ID, entity.BaseOf(v.ID)} {
				changes = append(changes, entity.Change{Entity: r.Definition.Name, Kind: entity.Inserted, ID: r.ID(), Version: version, Set: set})
			}
		}
		return u.Apply(changes...)
	})
	return v, err
}

// MergeVersion writes to the live record what was changed in its draft, as if it were written
// now: with the rights, rules and events of any write. Then the version is gone. What others
// wrote to the live record meanwhile stays where the draft did not change it; what they deleted
// stays deleted.
func (s *Service) MergeVersion(ctx context.Context, actor appdock.Actor, name string, version appdock.ID) error {
	schema, err := s.store.Schema(ctx, actor.Shop)
	if err != nil {
		return err
	}
	d, err := withVersions(schema, name)
	if err != nil {
		return err
	}
	now := s.now().UTC().Truncate(time.Millisecond)
	owes := false
	events, err := s.store.Write(ctx, actor.Shop, func(u Unit) error {
		v, err := openVersion(u.Search, version)
		if err != nil || v.Entity != name {
			return cmp.Or(err, noVersion(version))
		}
		if missing := actor.Missing(d.May("update")); len(missing) > 0 {
			return appdock.MissingPrivileges(missing)
		}
		m, err := merging(u.Search, schema, d, v)
		if err != nil {
			return err
		}
		// The draft goes first: a merge that deletes the record ends all its drafts.
		if err := u.Apply(append(m.copies, entity.Change{Entity: "version", Kind: entity.Deleted, ID: version})...); err != nil {
			return err
		}
		w := &writing{actor: actor, schema: schema, now: now, newID: s.newID, drafts: m.drafts}
		_, err = w.decide(u)
		owes = w.owes
		return err
	})
	if err == nil && len(events) > 0 {
		s.committed(events)
	}
	if err == nil && owes {
		s.settleNow(ctx, actor.Shop)
	}
	return err
}

// DeleteVersion drops a draft and all that was changed in it. Like its beginning it needs the
// right to update the record.
func (s *Service) DeleteVersion(ctx context.Context, actor appdock.Actor, v Version) error {
	if v.ID == appdock.LiveVersion {
		return &appdock.Error{
			Kind: appdock.Invalid, Code: "FRAMEWORK__LIVE_VERSION_DELETE",
			Message: "Live version can not be deleted. Delete entity instead.",
			Cure:    "Send DELETE for the record itself.",
		}
	}
	schema, err := s.store.Schema(ctx, actor.Shop)
	if err != nil {
		return err
	}
	d, err := withVersions(schema, v.Entity)
	if err != nil {
		return err
	}
	if missing := actor.Missing(d.May("update")); len(missing) > 0 {
		return appdock.MissingPrivileges(missing)
	}
	_, err = s.store.Write(ctx, actor.Shop, func(u Unit) error {
		open, err := openVersion(u.Search, v.ID)
		if err != nil || open.Entity != v.Entity || open.Record != v.Record {
			return cmp.Or(err, noVersion(v.ID))
		}
		ended, err := ending(u.Search, schema, d, open)
		if err != nil {
			return err
		}
		return u.Apply(ended...)
	})
	return err
}

// ending is what drops a draft: its copies, their base, and the version itself.
func ending(search searcher, schema *entity.Schema, d *entity.Definition, v Version) ([]entity.Change, error) {
	var all []entity.Change
	for _, version := range []appdock.ID{v.ID, entity.BaseOf(v.ID)} {
		copies, err := parts(search, schema, d, v.Record, version)
		if err != nil {
			return nil, err
		}
		for _, r := range copies {
			all = append(all, dropped(r, version))
		}
	}
	return append(all, entity.Change{Entity: "version", Kind: entity.Deleted, ID: v.ID}), nil
}

// endVersions drops the drafts of records that are deleted: nobody could merge one any more,
// and what it holds of a person would outlive the wish to forget it.
func (p *plan) endVersions(u Unit) error {
	if p.drafting() {
		return nil
	}
	deleted := idsByEntity{}
	for _, c := range p.changes {
		if d, _ := p.schema.Definition(c.Entity); c.Kind == entity.Deleted && begins(d) {
			deleted.add(c.Entity, c.ID)
		}
	}
	return deleted.each(func(name string, ids []appdock.ID) error {
		d, _ := p.schema.Definition(name)
		for batch := range slices.Chunk(ids, maxBatch) {
			keys := make([]any, len(batch))
			for i, id := range batch {
				keys[i] = id
			}
			open, err := u.Search(entity.View{}, &entity.Criteria{Entity: "version", Limit: maxRows, Filters: []entity.Filter{
				{Kind: entity.Equals, Field: "entityName", Values: []any{name}},
				{Kind: entity.EqualsAny, Field: "referencedId", Values: keys},
			}})
			if err != nil {
				return err
			}
			for _, r := range open.Records {
				ended, err := ending(u.Search, p.schema, d, versionOf(r))
				if err != nil {
					return err
				}
				if err := u.Apply(ended...); err != nil {
					return err
				}
			}
		}
		return nil
	})
}

// merge is what a draft comes down to.
type merge struct {
	drafts []draft         // what was changed in it
	copies []entity.Change // deletions of the draft and of its base
}

func merging(search searcher, schema *entity.Schema, d *entity.Definition, v Version) (merge, error) {
	now, err := parts(search, schema, d, v.Record, v.ID)
	if err != nil {
		return merge{}, err
	}
	base, err := parts(search, schema, d, v.Record, entity.BaseOf(v.ID))
	if err != nil {
		return merge{}, err
	}
	live, err := parts(search, schema, d, v.Record, appdock.LiveVersion)
	if err != nil {
		return merge{}, err
	}
	was, is := byKey(base), byKey(live)
	lost, err := lostTargets(search, schema, now, was)
	if err != nil {
		return merge{}, err
	}
	var m merge
	for _, r := range now {
		k := keyOf(r)
		m.copies = append(m.copies, dropped(r, v.ID))
		if hostKeeps(r.Definition) || lost[k] {
			continue
		}
		before, known := was[k]
		change := draft{definition: r.Definition, id: k.id, pair: pairOf(r), pointer: "/0"}
		switch _, there := is[k]; {
		case !known && there && r.Definition.Translates != "": // others wrote in the same language
			change.action, change.set = entity.Update, writableValues(r, entity.Record{Definition: r.Definition})
		case !known && change.pair != nil && there: // others made the same link
		case !known:
			change.action, change.set = entity.Insert, writableValues(r, entity.Record{Definition: r.Definition})
		case there:
			change.action, change.set = entity.Update, writableValues(r, before)
		case k.id == v.Record:
			return m, entity.NoRecord(d.Name, v.Record)
		}
		if len(change.set) > 0 {
			m.drafts = append(m.drafts, change)
		}
	}
	kept := byKey(now)
	for _, r := range base {
		k := keyOf(r)
		m.copies = append(m.copies, dropped(r, entity.BaseOf(v.ID)))
		_, there := is[k]
		if _, stays := kept[k]; there && !stays && !hostKeeps(r.Definition) {
			m.drafts = append(m.drafts, draft{definition: r.Definition, action: entity.Delete, id: k.id, pair: pairOf(r), pointer: "/0"})
		}
	}
	return m, nil
}

// hostKeeps reports whether rows follow from others, in a draft and again at its merge.
func hostKeeps(d *entity.Definition) bool { return len(d.Pair) > 0 && d.Owner != "" }

// lostTargets finds the links that were made in a draft to what is there no longer. A view of the
// draft shows them no more, and its merge must not be refused for what nobody can see or take away.
func lostTargets(search searcher, schema *entity.Schema, now []entity.Record, was map[rowKey]entity.Record) (map[rowKey]bool, error) {
	links, wanted := map[rowKey][]rowKey{}, idsByEntity{}
	for _, r := range now {
		if _, known := was[keyOf(r)]; known || len(r.Definition.Pair) == 0 {
			continue
		}
		for _, name := range r.Definition.Pair {
			f, _ := r.Definition.Field(name)
			to := rowKey{f.Target, r.Key(name)}
			links[to] = append(links[to], keyOf(r))
			wanted.add(to.entity, to.id)
		}
	}
	lost := map[rowKey]bool{}
	err := wanted.each(func(name string, ids []appdock.ID) error {
		if _, stored := schema.Definition(name); !stored {
			return nil
		}
		there := map[appdock.ID]bool{}
		for batch := range slices.Chunk(ids, maxBatch) {
			found, err := search(entity.View{}, &entity.Criteria{Entity: name, IDs: batch, Bare: true})
			if err != nil {
				return err
			}
			for _, r := range found.Records {
				there[r.ID()] = true
			}
		}
		for _, id := range ids {
			for _, link := range links[rowKey{name, id}] {
				lost[link] = lost[link] || !there[id]
			}
		}
		return nil
	})
	return lost, err
}

// dropped is the deletion of a record's copy under a version.
func dropped(r entity.Record, version appdock.ID) entity.Change {
	c := entity.Change{Entity: r.Definition.Name, Kind: entity.Deleted, ID: r.ID(), Version: version}
	if r.Definition.Keyed() {
		c.Before = map[string]any{}
		for name, key := range pairOf(r) {
			c.Before[name] = key
		}
	}
	return c
}

func keyOf(r entity.Record) rowKey { return rowKey{r.Definition.Name, r.ID()} }

func byKey(records []entity.Record) map[rowKey]entity.Record {
	all := make(map[rowKey]entity.Record, len(records))
	for _, r := range records {
		all[keyOf(r)] = r
	}
	return all
}

// keysOf gives the two keys that identify a record of a mapping entity, in the order of Pair.
func keysOf(r entity.Record) [2]appdock.ID {
	return [2]appdock.ID{r.Key(r.Definition.Pair[0]), r.Key(r.Definition.Pair[1])}
}

// pairOf gives the keys that identify a record of a mapping entity; nil if it is none.
func pairOf(r entity.Record) map[string]appdock.ID {
	if len(r.Definition.Pair) == 0 {
		return nil
	}
	keys := make(map[string]appdock.ID, len(r.Definition.Pair))
	for _, name := range r.Definition.Pair {
		keys[name] = r.Key(name)
	}
	return keys
}

// storedValues are what a copy of a record is made of.
func storedValues(r entity.Record) map[string]any {
	set := map[string]any{}
	for i, f := range r.Definition.Fields {
		if f.Stored() && r.Values[i] != nil {
			set[f.Name] = r.Values[i]
		}
	}
	return set
}

// writableValues are the values of a draft that differ from those before and that are not the
// host's: these follow from the write. Of an object only the members that differ are.
func writableValues(r, before entity.Record) map[string]any {
	set := map[string]any{}
	for i, f := range r.Definition.Fields {
		was := before.Get(f.Name)
		switch {
		case !f.Stored(), f.Name == "id", f.System, f.Kept, same(was, r.Values[i]):
		case f.Type == entity.Object && r.Values[i] != nil:
			set[f.Name] = changedMembers(r.Document(f.Name), before.Document(f.Name))
		default:
			set[f.Name] = r.Values[i]
		}
	}
	return set
}

// changedMembers are those of an object that a draft changed; it cannot take any away.
func changedMembers(now, before json.RawMessage) patch {
	var members, was map[string]json.RawMessage
	// Both were written by this package, or are not there.
	_ = json.Unmarshal(now, &members)
	_ = json.Unmarshal(before, &was)
	maps.DeleteFunc(members, func(name string, v json.RawMessage) bool { return same(was[name], v) })
	return members
}

// parts gives a record of a version and the records that are copied with it; none if it is not
// there.
func parts(search searcher, schema *entity.Schema, d *entity.Definition, root, version appdock.ID) ([]entity.Record, error) {
	view := entity.View{Version: version}
	found, err := search(view, &entity.Criteria{Entity: d.Name, IDs: []appdock.ID{root}})
	if err != nil {
		return nil, err
	}
	all, known := found.Records, byKey(found.Records)
	for from := 0; from < len(all); {
		level := idsByEntity{}
		for ; from < len(all); from++ {
			level.add(all[from].Definition.Name, all[from].ID())
		}
		err := level.each(func(name string, ids []appdock.ID) error {
			above, _ := schema.Definition(name)
			for _, a := range above.Associations {
				part, via, copied := schema.Copied(a)
				if !copied {
					continue
				}
				for batch := range slices.Chunk(ids, maxBatch) {
					keys := make([]any, len(batch))
					for i, id := range batch {
						keys[i] = id
					}
					found, err := search(view, &entity.Criteria{
						Entity: part, Limit: maxRows, Filters: []entity.Filter{{Kind: entity.EqualsAny, Field: via, Values: keys}},
					})
					if err != nil {
						return err
					}
					for _, r := range found.Records {
						if r.Definition.Translates != "" && r.Key("languageId") == appdock.SystemLanguage {
							continue // it stands in the record itself
						}
						if _, twice := known[keyOf(r)]; !twice {
							known[keyOf(r)] = r
							all = append(all, r)
						}
					}
				}
			}
			return nil
		})
		if err != nil {
			return nil, err
		}
		if len(all) > maxParts {
			return nil, tooManyRows()
		}
	}
	return all, nil
}

// drafting reports whether a version is written that is not the live one.
func (p *plan) drafting() bool { return !entity.View{Version: p.version}.Live() }

// openVersion gives the draft that is written; nil if that is what is live.
func (p *plan) openVersion() (*Version, error) {
	if !p.drafting() {
		return nil, nil //nolint:nilnil // no draft is no failure
	}
	v, err := openVersion(p.search, p.version)
	return &v, err
}

func openVersion(search searcher, version appdock.ID) (Version, error) {
	found, err := search(entity.View{}, &entity.Criteria{Entity: "version", IDs: []appdock.ID{version}})
	if err != nil {
		return Version{}, err
	}
	if len(found.Records) == 0 {
		return Version{}, noVersion(version)
	}
	return versionOf(found.Records[0]), nil
}

func versionOf(r entity.Record) Version {
	return Version{ID: r.ID(), Name: r.Text("name"), Entity: r.Text("entityName"), Record: r.Key("referencedId")}
}

// outside reports whether rows of an entity are left alone by a write to a draft: they belong to
// what is live.
func (p *plan) outside(name string) bool {
	d, known := p.schema.Definition(name)
	return p.drafting() && known && !d.Versioned
}

// inVersion tells the changes which version they are of.
func (p *plan) inVersion() {
	for i := range p.changes {
		if d, _ := p.schema.Definition(p.changes[i].Entity); p.drafting() && d.Versioned {
			p.changes[i].Version = p.version
		}
	}
}

// checkParts refuses what is written to a version beside its draft: a row that no merge would
// find, and rows that belong to the live record and would change with it at once.
func (p *plan) checkParts(of *Version) error {
	if of == nil {
		return nil
	}
	owners := p.ownerKeys(of.Entity)
	wanted := idsByEntity{}
	var inserted []entity.Change
	refused := map[string]bool{}
	for _, c := range p.changes {
		d, _ := p.schema.Definition(c.Entity)
		switch {
		case !d.Versioned && hasVersions(d):
			if !refused[c.Pointer+" "+d.Name] {
				refused[c.Pointer+" "+d.Name] = true
				p.faults.Add(appdock.Fault{Pointer: c.Pointer, Code: codeOnlyLive, Message: fmt.Sprintf(
					"A version of the %s holds no %s: that belongs to the live record. Write it without the header sw-version-id.", of.Entity, d.Name)})
			}
			continue
		case !d.Versioned || c.Kind != entity.Inserted:
			continue
		}
		inserted = append(inserted, c)
		for _, key := range owners[c.Entity] {
			if id, ok := c.Set[key.Name].(appdock.ID); ok && p.rows[rowKey{key.Target, id}] == nil {
				wanted.add(key.Target, id)
			}
		}
	}
	err := wanted.each(func(name string, ids []appdock.ID) error {
		_, err := p.there(name, ids)
		return err
	})
	if err != nil {
		return err
	}
	for _, c := range inserted {
		if !p.hangsTogether(c, owners[c.Entity]) {
			p.faults.Add(constraint(c.Pointer, fmt.Sprintf("Version %s has the %s %s and what belongs to it, and nothing else.", of.ID, of.Entity, of.Record)))
		}
	}
	return p.checkGrowth(of, len(inserted))
}

// checkGrowth refuses rows that make a draft larger than one may be at its beginning: nobody could
// merge it any more, nor drop it, nor delete its record.
func (p *plan) checkGrowth(of *Version, more int) error {
	if more == 0 {
		return nil
	}
	d, _ := p.schema.Definition(of.Entity) // its version could not have been begun otherwise
	there, err := parts(p.search, p.schema, d, of.Record, of.ID)
	if err == nil && len(there)+more > maxParts {
		err = tooManyRows()
	}
	return err
}

// hangsTogether reports whether a new row belongs to rows of the version that is written.
func (p *plan) hangsTogether(c entity.Change, owners []entity.Field) bool {
	found := false
	for _, key := range owners {
		id, ok := c.Set[key.Name].(appdock.ID)
		if !ok {
			continue
		}
		r := p.rows[rowKey{key.Target, id}]
		if r == nil || !r.exists {
			return false
		}
		found = true
	}
	return found
}

// ownerKeys gives, for each part of an entity, the keys to the parts that it is deleted with.
func (p *plan) ownerKeys(root string) map[string][]entity.Field {
	keys := map[string][]entity.Field{}
	for _, name := range p.schema.Parts(root) {
		d, _ := p.schema.Definition(name)
		for _, a := range d.Associations {
			if part, via, copied := p.schema.Copied(a); copied {
				target, _ := p.schema.Definition(part)
				f, _ := target.Field(via)
				keys[part] = append(keys[part], f)
			}
		}
	}
	return keys
}

// hasVersions reports whether records lead to those that have versions, and say to which.
func hasVersions(d *entity.Definition) bool {
	return slices.ContainsFunc(d.Fields, func(f entity.Field) bool { return f.Type == entity.Version })
}

// begins reports whether records of an entity have drafts of their own. Links and texts have
// copies only in those of the record that they belong to.
func begins(d *entity.Definition) bool { return d.Versioned && len(d.Pair) == 0 }

// withVersions finds an entity whose records have versions.
func withVersions(schema *entity.Schema, name string) (*entity.Definition, error) {
	d, ok := schema.Definition(name)
	switch {
	case !ok:
		return nil, entity.Undefined(name)
	case !begins(d):
		return nil, &appdock.Error{
			Kind: appdock.Invalid, Code: codeNotVersioned, Message: fmt.Sprintf("Entity %q is not versioned.", name),
			Cure: "Write its records directly; orders, products and categories have versions.",
		}
	}
	return d, nil
}

func noVersion(id appdock.ID) error {
	return &appdock.Error{
		Kind: appdock.Invalid, Code: codeNoVersion, Message: fmt.Sprintf("Version %s does not exist.", id),
		Cure: "Begin one with POST /api/_action/version/{entity}/{id}, or leave the header sw-version-id out; one that was merged or deleted is gone.",
	}
}

func versionTaken(id appdock.ID) error {
	return &appdock.Error{
		Kind: appdock.Invalid, Code: codeIntend, Message: fmt.Sprintf("Version %s is there already.", id),
		Cure: "Leave versionId out: the answer has a new one.",
	}
}

// onlyLive refuses what a draft cannot hold.
func onlyLive(cure string) error {
	return &appdock.Error{
		Kind: appdock.Invalid, Code: codeOnlyLive, Message: "This belongs to the live version of the record alone.",
		Cause: "a draft holds the record, its texts, the versioned records below it and its links; reviews, documents and states are those of the live record",
		Cure:  cure,
	}
}
