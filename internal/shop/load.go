package shop

import (
	"maps"
	"slices"

	"github.com/appdock/appdock"
	"github.com/appdock/appdock/internal/entity"
)

// load finds the rows that may be there already, with one search for each entity.
func (p *plan) load() error {
	wanted, asked := idsByEntity{}, map[rowKey]bool{}
	for _, d := range p.drafts {
		if d.pair == nil {
			asked[rowKey{d.definition.Name, d.id}] = true
			if !d.fresh && (!p.trusting || !p.trusts(d)) {
				wanted.add(d.definition.Name, d.id)
			}
		}
		if parent, ok := d.set["parentId"].(appdock.ID); ok && (d.definition.Name == "category" || d.definition.Name == "media_folder") {
			wanted.add(d.definition.Name, parent) // for its path
		}
	}
	if err := wanted.each(p.loadRows); err != nil {
		return err
	}
	pairs, keys := idsByEntity{}, map[appdock.ID][2]appdock.ID{}
	for _, d := range p.drafts {
		if d.pair == nil || p.ofNew(d, asked) {
			continue
		}
		pairs.add(d.definition.Name, d.id)
		keys[d.id] = [2]appdock.ID{d.pair[d.definition.Pair[0]], d.pair[d.definition.Pair[1]]}
	}
	return pairs.each(func(name string, ids []appdock.ID) error {
		c := &entity.Criteria{Entity: name, IDs: ids}
		if d, _ := p.schema.Definition(name); d.Keyed() {
			for _, id := range ids {
				c.Keys = append(c.Keys, keys[id])
			}
		}
		return p.loadFound(c)
	})
}

func (p *plan) loadRows(name string, ids []appdock.ID) error {
	return p.loadFound(&entity.Criteria{Entity: name, IDs: ids})
}

func (p *plan) loadFound(c *entity.Criteria) error {
	found, err := p.find(c)
	name := c.Entity
	for _, record := range found.Records {
		p.rows[rowKey{name, record.ID()}] = &row{stored: record, exists: true, set: map[string]any{}}
	}
	return err
}

// ofNew reports whether a pair is one of a record that is not there yet, and that takes its
// pairs with it when it goes: then there is no such pair either.
func (p *plan) ofNew(d draft, asked map[rowKey]bool) bool {
	for _, name := range d.definition.Pair {
		f, _ := d.definition.Field(name)
		owner := rowKey{f.Target, d.pair[name]}
		if asked[owner] && p.rows[owner] == nil && p.goesWith(d.definition, f) {
			return true
		}
	}
	return false
}

// goesWith reports whether a pair is deleted with the record that one of its keys leads to.
func (p *plan) goesWith(pair *entity.Definition, key entity.Field) bool {
	owner, _ := p.schema.Definition(key.Target)
	return owner != nil && slices.ContainsFunc(owner.Associations, func(a entity.Association) bool {
		if a.Kind == entity.ManyToMany {
			return a.Mapping == pair.Name && a.Via == key.Name
		}
		return a.Kind != entity.ToOne && a.Target == pair.Name && a.Via == key.Name && a.OnDelete == entity.Cascade
	})
}

// idsByEntity groups ids, so that each entity is asked for once.
type idsByEntity map[string][]appdock.ID

func (g idsByEntity) add(name string, id appdock.ID) { g[name] = append(g[name], id) }

// each calls do for each entity by name, each id once.
func (g idsByEntity) each(do func(name string, ids []appdock.ID) error) error {
	for _, name := range slices.Sorted(maps.Keys(g)) {
		ids := slices.Clone(g[name])
		slices.SortFunc(ids, func(a, b appdock.ID) int { return slices.Compare(a[:], b[:]) })
		if err := do(name, slices.Compact(ids)); err != nil {
			return err
		}
	}
	return nil
}
