package shop

import (
	"encoding/json"
	"maps"
	"slices"
	"strings"

	"github.com/appdock/appdock"
	"github.com/appdock/appdock/internal/entity"
)

// What follows from other rows is written with them, in the same unit, so that apps can
// read it at once (entities.md, "Deletion, numbering and state rules").

// listedPairs is a field that lists what the pairs of a mapping entity lead to.
type listedPairs struct {
	mapping, owner, far string // owner and far are the keys
	field               string // of the owner
}

// treePairs lead from products to their categories and to all that stand above these.
func treePairs() listedPairs {
	return listedPairs{"product_category_tree", "productId", "categoryId", "categoryTree"}
}

func pairLists() []listedPairs {
	return []listedPairs{
		{"product_category", "productId", "categoryId", "categoryIds"},
		{"product_tag", "productId", "tagId", "tagIds"},
		{"product_property", "productId", "optionId", "propertyIds"},
		{"product_option", "productId", "optionId", "optionIds"},
		{"customer_tag", "customerId", "tagId", "tagIds"},
		{"sales_channel_payment_method", "salesChannelId", "paymentMethodId", "paymentMethodIds"},
	}
}

// index adds to the plan what follows from its changes.
func (p *plan) index() error {
	written := map[rowKey]int{} // the change that writes a row
	for i, c := range p.changes {
		if c.Kind != entity.Deleted {
			written[rowKey{c.Entity, c.ID}] = i
		}
	}
	if err := p.followTrees(written); err != nil {
		return err
	}
	for _, list := range pairLists() {
		if err := p.list(list, written); err != nil {
			return err
		}
	}
	if err := p.rate(written); err != nil {
		return err
	}
	if err := p.countChildren(written); err != nil {
		return err
	}
	return p.countVisible(written)
}

// list keeps one list of what pairs lead to.
func (p *plan) list(l listedPairs, written map[rowKey]int) error {
	mapping, _ := p.schema.Definition(l.mapping)
	key, _ := mapping.Field(l.owner)
	d, _ := p.schema.Definition(key.Target)
	var owners []appdock.ID
	known := map[appdock.ID]bool{}
	hasTree := l.field == "categoryIds"
	for _, c := range p.changes {
		// A category takes its pairs of trees with it, and a product may not be in one below it any
		// more: what stands below a category can be moved since.
		if c.Entity != l.mapping && (!hasTree || c.Entity != treePairs().mapping) {
			continue
		}
		owner, ok := c.Set[l.owner].(appdock.ID)
		if !ok {
			owner, _ = c.Before[l.owner].(appdock.ID)
		}
		if !known[owner] {
			known[owner] = true
			owners = append(owners, owner)
		}
	}
	if hasTree {
		owners = append(owners, slices.DeleteFunc(slices.Clone(p.regrown), func(id appdock.ID) bool { return known[id] })...)
	}
	if len(owners) == 0 {
		return nil
	}
	owners, err := p.keeping(d, owners)
	if err != nil {
		return err
	}
	pairs, err := p.pairsOf(l, owners)
	if err != nil {
		return err
	}
	for _, owner := range owners {
		if known[owner] { // else its pairs are as they were
			p.assign(d, owner, map[string]any{l.field: idList(pairs[owner])}, written)
		}
	}
	if hasTree {
		return p.growTrees(d, owners, pairs, written)
	}
	return nil
}

// there gives those of the records that the plan leaves, and has their rows ready.
func (p *plan) there(name string, ids []appdock.ID) ([]appdock.ID, error) {
	return p.left(name, ids, p.loadRows)
}

// keeping is there for records of which nothing but figures and lists is kept up, as the rest of
// [plan.index] does: their rows have no other fields. There may be as many as a category has
// products, which are wide.
func (p *plan) keeping(d *entity.Definition, ids []appdock.ID) ([]appdock.ID, error) {
	return p.left(d.Name, ids, func(name string, ids []appdock.ID) error {
		fields := []string{treePairs().field, "ratingAverage", "reviewCount", "parentId", "childCount", "updatedAt"}
		for _, list := range pairLists() {
			fields = append(fields, list.field)
		}
		fields = slices.DeleteFunc(fields, func(name string) bool { return d.Index(name) < 0 })
		return p.loadFound(&entity.Criteria{Entity: name, IDs: ids, Bare: true, Fields: fields})
	})
}

func (p *plan) left(name string, ids []appdock.ID, load func(name string, ids []appdock.ID) error) ([]appdock.ID, error) {
	unknown := idsByEntity{}
	for _, id := range ids {
		if p.rows[rowKey{name, id}] == nil {
			unknown.add(name, id)
		}
	}
	err := unknown.each(load)
	left := slices.DeleteFunc(slices.Clone(ids), func(id appdock.ID) bool {
		r := p.rows[rowKey{name, id}]
		return r == nil || !r.exists
	})
	return left, err
}

// waysTo has the ways down to records ready.
func (p *plan) waysTo(name string, ids []appdock.ID) error {
	unknown := slices.DeleteFunc(ids, func(id appdock.ID) bool {
		_, known := p.ways[rowKey{name, id}]
		return known
	})
	if !p.drafting() {
		_, err := p.there(name, unknown)
		return err
	}
	// A draft stands where live records are, which are not among the rows that are written.
	for batch := range slices.Chunk(unknown, maxBatch) {
		found, err := p.search(entity.View{}.In(p.version), &entity.Criteria{Entity: name, IDs: batch, Bare: true})
		if err != nil {
			return err
		}
		for _, r := range found.Records {
			p.ways[rowKey{name, r.ID()}] = r.Text(r.Definition.Way)
		}
	}
	return nil
}

func (p *plan) wayTo(k rowKey) string {
	if r := p.rows[k]; r != nil {
		way, _ := r.get("path").(string)
		return way
	}
	return p.ways[k]
}

// pairsOf gives what the pairs of each owner lead to once the plan is done.
func (p *plan) pairsOf(l listedPairs, owners []appdock.ID) (map[appdock.ID][]appdock.ID, error) {
	all := map[appdock.ID][]appdock.ID{}
	var old []any // owners that may have pairs already
	d, _ := p.schema.Definition(l.mapping)
	key, _ := d.Field(l.owner)
	for _, owner := range owners {
		if p.rows[rowKey{key.Target, owner}].stored.Definition != nil {
			old = append(old, owner)
		}
	}
	for batch := range slices.Chunk(old, maxBatch) {
		found, err := p.find(&entity.Criteria{
			Entity: l.mapping, Filters: []entity.Filter{{Kind: entity.EqualsAny, Field: l.owner, Values: batch}},
		})
		if err != nil {
			return nil, err
		}
		for _, pair := range found.Records {
			if r := p.rows[rowKey{l.mapping, pair.ID()}]; r == nil || r.exists {
				all[pair.Key(l.owner)] = append(all[pair.Key(l.owner)], pair.Key(l.far))
			}
		}
	}
	for _, c := range p.changes {
		r := p.rows[rowKey{c.Entity, c.ID}]
		if c.Entity != l.mapping || c.Kind != entity.Inserted || !r.exists {
			continue
		}
		owner, _ := c.Set[l.owner].(appdock.ID)
		far, _ := c.Set[l.far].(appdock.ID)
		if !slices.Contains(all[owner], far) {
			all[owner] = append(all[owner], far)
		}
	}
	return all, nil
}

// growTrees pairs products with their categories and all that stand above these.
func (p *plan) growTrees(d *entity.Definition, owners []appdock.ID, pairs map[appdock.ID][]appdock.ID, written map[rowKey]int) error {
	var categories []appdock.ID
	for _, owner := range owners {
		categories = append(categories, pairs[owner]...)
	}
	slices.SortFunc(categories, func(a, b appdock.ID) int { return slices.Compare(a[:], b[:]) })
	if err := p.waysTo("category", slices.Compact(categories)); err != nil {
		return err
	}
	tree := treePairs()
	mapping, _ := p.schema.Definition(tree.mapping)
	before, err := p.pairsOf(tree, owners)
	if err != nil {
		return err
	}
	for _, owner := range owners {
		var above []appdock.ID
		for _, category := range pairs[owner] {
			for step := range strings.SplitSeq(p.wayTo(rowKey{"category", category}), "|") {
				if id, err := appdock.ParseID(step); err == nil && !slices.Contains(above, id) {
					above = append(above, id)
				}
			}
			if !slices.Contains(above, category) {
				above = append(above, category)
			}
		}
		if list := idList(above); !same(p.row(d.Name, owner).get(tree.field), list) {
			p.assign(d, owner, map[string]any{tree.field: list}, written)
		}
		for _, id := range above {
			if !slices.Contains(before[owner], id) {
				p.changes = append(p.changes, entity.Change{
					Entity: tree.mapping, Kind: entity.Inserted, ID: entity.PairID(owner, id),
					Set: map[string]any{"id": entity.PairID(owner, id), tree.owner: owner, tree.far: id},
				})
			}
		}
		for _, id := range before[owner] {
			if !slices.Contains(above, id) {
				p.changes = append(p.changes, entity.Change{
					Entity: mapping.Name, Kind: entity.Deleted, ID: entity.PairID(owner, id),
					Before: map[string]any{tree.owner: owner, tree.far: id},
				})
			}
		}
	}
	return nil
}

// countChildren keeps how many records stand right below another.
func (p *plan) countChildren(written map[rowKey]int) error {
	more := map[rowKey]int64{}
	for _, c := range p.changes {
		d, _ := p.schema.Definition(c.Entity)
		if d.Index("childCount") < 0 {
			continue
		}
		if parent, ok := c.Set["parentId"].(appdock.ID); ok {
			more[rowKey{c.Entity, parent}]++
		}
		_, moved := c.Set["parentId"]
		if parent, ok := c.Before["parentId"].(appdock.ID); ok && (moved || c.Kind == entity.Deleted) {
			more[rowKey{c.Entity, parent}]--
		}
	}
	parents := idsByEntity{}
	for k, n := range more {
		if n != 0 {
			parents.add(k.entity, k.id)
		}
	}
	return parents.each(func(name string, ids []appdock.ID) error {
		d, _ := p.schema.Definition(name)
		left, err := p.there(name, ids)
		for _, id := range left {
			count, _ := p.row(name, id).get("childCount").(int64)
			p.assign(d, id, map[string]any{"childCount": max(0, count+more[rowKey{name, id}])}, written)
		}
		return err
	})
}

// countVisible keeps how many of the categories right below another a shopper sees.
func (p *plan) countVisible(written map[rowKey]int) error {
	const name = "category"
	more := map[appdock.ID]int64{}
	count := func(get func(string) any, by int64) {
		parent, below := get("parentId").(appdock.ID)
		if active, visible := get("active"), get("visible"); below && active == true && visible == true {
			more[parent] += by
		}
	}
	counted := map[appdock.ID]bool{}
	for _, c := range p.changes {
		if c.Entity != name || counted[c.ID] || p.drafting() {
			continue
		}
		counted[c.ID] = true
		r := p.rows[rowKey{name, c.ID}]
		if r.exists {
			count(r.get, 1)
		}
		if r.stored.Definition != nil {
			count(r.stored.Get, -1)
		}
	}
	for _, r := range p.gone {
		if r.Definition.Name == name && counted[r.ID()] {
			count(r.Get, -1)
		}
	}
	maps.DeleteFunc(more, func(_ appdock.ID, n int64) bool { return n == 0 })
	left, err := p.there(name, slices.Collect(maps.Keys(more)))
	if err != nil {
		return err
	}
	d, _ := p.schema.Definition(name)
	slices.SortFunc(left, func(a, b appdock.ID) int { return slices.Compare(a[:], b[:]) })
	for _, id := range left {
		count, _ := p.row(name, id).get("visibleChildren").(int64)
		p.assign(d, id, map[string]any{"visibleChildren": max(0, count+more[id])}, written)
	}
	return nil
}

// assign sets fields of a row that the plan leaves, in the change that writes it already if
// there is one.
func (p *plan) assign(d *entity.Definition, id appdock.ID, set map[string]any, written map[rowKey]int) {
	k := rowKey{d.Name, id}
	i, ok := written[k]
	if !ok {
		written[k] = len(p.changes)
		p.change(d, id, "", set)
		return
	}
	c, r := &p.changes[i], p.rows[k]
	if c.Kind == entity.Updated {
		p.stamp(d, set)
		for name := range set {
			if _, known := c.Before[name]; !known {
				c.Before[name] = r.get(name)
			}
		}
	}
	maps.Copy(c.Set, set)
	maps.Copy(r.set, set)
}

// idList is a list of ids as it is stored.
func idList(ids []appdock.ID) any {
	list := append(make(json.RawMessage, 0, 35*len(ids)+2), '[')
	for i, id := range ids {
		if i > 0 {
			list = append(list, ',')
		}
		list = append(append(append(list, '"'), id.String()...), '"')
	}
	return append(list, ']')
}
