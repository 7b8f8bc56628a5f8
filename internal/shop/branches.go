package shop

import (
	"encoding/json"
	"maps"
	"slices"

	"github.com/appdock/appdock"
	"github.com/appdock/appdock/internal/entity"
)

// branches keeps what records of a tree say of where they stand: path and level, and of
// categories the names from the root down to them, in each language that one of these has a name
// in (entities.md, "Deletion, numbering and state rules").
type branches struct {
	*plan
	of      *entity.Definition
	holder  *entity.Definition // of its texts; nil: it has no breadcrumb
	written map[rowKey]int
	// spoken are the languages that there are texts in, by record, of those that were looked at.
	spoken map[appdock.ID]map[appdock.ID]bool
	// before is what each language falls back to.
	before map[appdock.ID]appdock.ID
}

// trees are the entities whose records say where they stand.
func trees() []string { return []string{"category", "media_folder"} }

// branches begins with a tree of which nothing is known.
func (p *plan) branches(tree string, written map[rowKey]int) *branches {
	b := &branches{plan: p, written: written, spoken: map[appdock.ID]map[appdock.ID]bool{}}
	b.of, _ = p.schema.Definition(tree)
	if b.of.Index("breadcrumb") >= 0 {
		b.holder, _ = p.schema.Definition(b.of.Translation)
	}
	return b
}

// displaced gives the records of an entity that are new, stand below another or are called
// otherwise.
func (p *plan) displaced(name string) []appdock.ID {
	var ids []appdock.ID
	for _, c := range p.changes {
		d, _ := p.schema.Definition(c.Entity)
		_, moved := c.Set["parentId"]
		_, named := c.Set["name"]
		switch {
		case d.Translates == name && (named || c.Kind != entity.Updated):
			ids = append(ids, p.ofRecord(c).ID)
		case c.Entity == name && c.Kind != entity.Deleted && (moved || named || c.Kind == entity.Inserted):
			ids = append(ids, c.ID)
		}
	}
	slices.SortFunc(ids, func(a, b appdock.ID) int { return slices.Compare(a[:], b[:]) })
	return slices.Compact(ids)
}

// place says of records where they stand, and gives those of which that is something else than
// before, and of these again those that got another way; all takes each for the former.
func (b *branches) place(ids []appdock.ID, all bool) (moved, away []appdock.ID, err error) {
	name := b.of.Name
	if ids, err = b.there(name, ids); err != nil {
		return nil, nil, err
	}
	var parents []appdock.ID
	for _, id := range ids {
		if parent, ok := b.row(name, id).get("parentId").(appdock.ID); ok {
			parents = append(parents, parent)
		}
	}
	if _, err := b.there(name, parents); err != nil {
		return nil, nil, err
	}
	if err := b.listen(slices.Concat(ids, parents)); err != nil {
		return nil, nil, err
	}
	for _, id := range ids {
		r := b.row(name, id)
		above, _ := r.get("parentId").(appdock.ID)
		parent := b.rows[rowKey{name, above}]
		if parent == nil {
			parent = &row{}
		}
		set := stands(name, above, parent)
		if b.holder != nil {
			set["breadcrumb"] = encode(append(crumbs(parent.get("breadcrumb")), textOrNone(r.get("name"))))
		}
		maps.DeleteFunc(set, func(field string, v any) bool { return same(r.get(field), v) })
		if len(set) > 0 {
			b.assign(b.of, id, set, b.written)
		}
		spoken := b.holder != nil && b.placeTexts(id, above)
		if all || spoken || len(set) > 0 {
			moved = append(moved, id)
		}
		if _, other := set["path"]; other {
			away = append(away, id)
		}
	}
	return moved, away, nil
}

// placeTexts is place in the languages that have texts of the record, or of one above it.
func (b *branches) placeTexts(id, above appdock.ID) (moved bool) {
	languages := maps.Clone(b.spoken[id])
	if languages == nil {
		languages = map[appdock.ID]bool{}
	}
	maps.Copy(languages, b.spoken[above])
	for _, language := range slices.SortedFunc(maps.Keys(languages), func(x, y appdock.ID) int { return slices.Compare(x[:], y[:]) }) {
		var want any
		if b.says(id, language, "name") || b.says(above, language, "breadcrumb") {
			want = encode(append(crumbs(b.shown(above, language, "breadcrumb")), textOrNone(b.shown(id, language, "name"))))
		}
		k := rowKey{b.holder.Name, b.holder.PairID(id, language)}
		r := b.rows[k]
		switch {
		case r != nil && r.exists && !same(r.get("breadcrumb"), want):
			b.assign(b.holder, k.id, map[string]any{"breadcrumb": want}, b.written)
		case (r == nil || !r.exists) && want != nil:
			b.insertText(k, map[string]any{b.holder.Pair[0]: id, b.holder.Pair[1]: language, "breadcrumb": want})
		default:
			continue
		}
		moved = true
	}
	return moved
}

// insertText makes the texts of a record in a language that it has no name in.
func (b *branches) insertText(k rowKey, set map[string]any) {
	set["id"], set["createdAt"] = k.id, b.now
	b.rows[k] = &row{set: maps.Clone(set), exists: true}
	b.written[k] = len(b.changes)
	b.changes = append(b.changes, entity.Change{Entity: k.entity, Kind: entity.Inserted, ID: k.id, Set: set})
	id, _ := set[b.holder.Pair[0]].(appdock.ID)
	language, _ := set[b.holder.Pair[1]].(appdock.ID)
	b.heard(id, language)
}

// listen finds the languages that there are texts of records in, and has these ready.
func (b *branches) listen(ids []appdock.ID) error {
	if b.holder == nil {
		return nil
	}
	var stored []any
	for _, id := range ids {
		if r := b.rows[rowKey{b.of.Name, id}]; b.spoken[id] == nil && r != nil {
			b.spoken[id] = map[appdock.ID]bool{}
			if r.stored.Definition != nil {
				stored = append(stored, id)
			}
		}
	}
	for some := range slices.Chunk(stored, maxBatch) {
		found, err := b.find(&entity.Criteria{
			Entity: b.holder.Name, Filters: []entity.Filter{{Kind: entity.EqualsAny, Field: b.holder.Pair[0], Values: some}},
		})
		if err != nil {
			return err
		}
		for _, r := range found.Records {
			id, language := r.Key(b.holder.Pair[0]), r.Key(b.holder.Pair[1])
			k := rowKey{b.holder.Name, b.holder.PairID(id, language)}
			if language == appdock.SystemLanguage {
				continue // they stand in the record itself
			}
			if b.rows[k] == nil {
				b.rows[k] = &row{stored: r, exists: true, set: map[string]any{}}
			}
			b.heard(id, language)
		}
	}
	for _, c := range b.changes {
		if r := b.rows[rowKey{c.Entity, c.ID}]; c.Entity == b.holder.Name && r != nil && r.exists {
			id, _ := r.get(b.holder.Pair[0]).(appdock.ID)
			language, _ := r.get(b.holder.Pair[1]).(appdock.ID)
			b.heard(id, language)
		}
	}
	return b.fallbacks()
}

func (b *branches) heard(id, language appdock.ID) {
	if b.spoken[id] != nil {
		b.spoken[id][language] = true
	}
}

// fallbacks finds what languages fall back to, once there are texts in any.
func (b *branches) fallbacks() error {
	silent := func(languages map[appdock.ID]bool) bool { return len(languages) == 0 }
	if b.before != nil || !slices.ContainsFunc(slices.Collect(maps.Values(b.spoken)), func(l map[appdock.ID]bool) bool { return !silent(l) }) {
		return nil
	}
	b.before = map[appdock.ID]appdock.ID{}
	found, err := b.find(&entity.Criteria{Entity: "language"})
	for _, r := range found.Records {
		b.before[r.ID()] = r.Key("parentId")
	}
	for _, c := range b.changes {
		if parent, written := c.Set["parentId"]; written && c.Entity == "language" {
			b.before[c.ID], _ = parent.(appdock.ID)
		}
	}
	return err
}

// says reports whether a record has a text in a language.
func (b *branches) says(id, language appdock.ID, field string) bool {
	r := b.rows[rowKey{b.holder.Name, b.holder.PairID(id, language)}]
	return r != nil && r.exists && r.get(field) != nil
}

// shown is a text of a record in a language, or in the one that it falls back to.
func (b *branches) shown(id, language appdock.ID, field string) any {
	for _, l := range []appdock.ID{language, b.before[language]} {
		if b.says(id, l, field) {
			return b.rows[rowKey{b.holder.Name, b.holder.PairID(id, l)}].get(field)
		}
	}
	if r := b.rows[rowKey{b.of.Name, id}]; r != nil {
		return r.get(field)
	}
	return nil
}

// within gives the records of the plan that stand right below others.
func (b *branches) within(ids []appdock.ID) []appdock.ID {
	above := make(map[appdock.ID]bool, len(ids))
	for _, id := range ids {
		above[id] = true
	}
	var next []appdock.ID
	for k, r := range b.rows {
		if parent, ok := r.get("parentId").(appdock.ID); k.entity == b.of.Name && r.exists && ok && above[parent] {
			next = append(next, k.id)
		}
	}
	slices.SortFunc(next, func(x, y appdock.ID) int { return slices.Compare(x[:], y[:]) })
	return next
}

// stands is where a record stands that is right below another, or below none.
func stands(name string, above appdock.ID, parent *row) map[string]any {
	level, path := int64(0), any(nil)
	if parent.exists {
		level, _ = parent.get("level").(int64)
		way, _ := parent.get("path").(string)
		if way == "" {
			way = "|"
		}
		path = way + above.String() + "|"
	}
	set := map[string]any{"path": path}
	if name == "category" { // folders have no level
		set["level"] = level + 1
	}
	return set
}

// crumbs reads the names of a breadcrumb, which was written here.
func crumbs(v any) []string {
	var names []string
	raw, _ := v.(json.RawMessage)
	_ = json.Unmarshal(raw, &names)
	return names
}

// textOrNone is a text, or "" for null.
func textOrNone(v any) string {
	s, _ := v.(string)
	return s
}
