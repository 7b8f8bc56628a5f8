package httpapi

import (
	"fmt"
	"net/http"
	"slices"
	"strings"

	"github.com/appdock/appdock"
	"github.com/appdock/appdock/internal/entity"
)

// step is one association of a path and, but for a path that ends with it, the record there.
type step struct {
	association string // as the path spells it
	id          appdock.ID
}

// steps reads what follows "{entity}/{id}/" in a path (admin-api.md 2). The segment
// "extensions" before an association says nothing. ended says that the path ends with a
// record.
func steps(segments []string) (path []step, ended, ok bool) {
	for len(segments) > 0 {
		if segments[0] == "extensions" {
			segments = segments[1:]
		}
		if len(segments) == 0 || segments[0] == "" {
			return nil, false, false
		}
		s := step{association: segments[0]}
		if segments = segments[1:]; len(segments) == 0 {
			return append(path, s), false, true
		}
		var err error
		if s.id, err = appdock.ParseID(segments[0]); err != nil {
			return nil, false, false
		}
		path, segments = append(path, s), segments[1:]
	}
	return path, true, len(path) > 0
}

// related is where a path leads: the last association, and the record that it starts from.
type related struct {
	schema *entity.Schema
	parent *entity.Definition
	from   entity.Record
	by     entity.Association
	target *entity.Definition
	// view is that of the request: each record on the way is looked at as the last one is.
	view entity.View
}

// along follows the path from one record to the next, down to the last association. Each
// must be there, and all entities on the way readable (admin-api.md 6.3).
func (c *call) along(d *entity.Definition) (related, error) {
	schema, err := c.schema()
	if err != nil {
		return related{}, err
	}
	view, err := c.view()
	if err != nil {
		return related{}, err
	}
	at := related{schema: schema, target: d, view: view}
	id := c.target.id
	for i, s := range c.target.path {
		from, err := c.member(at, id, i > 0)
		if err != nil {
			return related{}, err
		}
		at = related{schema: schema, parent: at.target, from: from, view: view}
		if at.by, err = associationOf(at.parent, s.association); err != nil {
			return related{}, err
		}
		target, ok := schema.Definition(at.by.Target)
		if !ok || !schema.Stored(at.by) {
			return related{}, entity.Undefined(at.by.Target)
		}
		at.target, id = target, s.id
	}
	return at, nil
}

// member finds a record, and proves that it is one of those that the association leads to.
func (c *call) member(at related, id appdock.ID, below bool) (entity.Record, error) {
	criteria := &entity.Criteria{Entity: at.target.Name, IDs: []appdock.ID{id}}
	if below {
		only, err := c.leadsTo(at)
		if err != nil {
			return entity.Record{}, err
		}
		criteria.Filters = []entity.Filter{only}
	}
	if at.target.Translates != "" {
		criteria.IDs = []appdock.ID{at.text(id)}
	}
	found, err := c.options.Records.Search(c.r.Context(), c.actor, at.view, criteria)
	if err != nil {
		return entity.Record{}, err
	}
	switch {
	case len(found.Records) > 0:
		return found.Records[0], nil
	case at.target.Translates != "":
		return entity.Record{}, entity.NoPair(at.target, map[string]appdock.ID{at.by.Via: at.from.ID(), at.otherKey(): id})
	}
	return entity.Record{}, entity.NoRecord(at.target.Name, id)
}

// otherKey names the key that tells the texts apart to which the association leads: a path from
// a record names their language, one from a language names their record.
func (at related) otherKey() string {
	if at.by.Via == at.target.Pair[0] {
		return at.target.Pair[1]
	}
	return at.target.Pair[0]
}

// text gives the id of the texts that the other key tells apart.
func (at related) text(id appdock.ID) appdock.ID {
	if at.by.Via == at.target.Pair[0] {
		return at.target.PairID(at.from.ID(), id)
	}
	return at.target.PairID(id, at.from.ID())
}

// leadsTo is the filter that records of the target are those that the association leads to.
func (c *call) leadsTo(at related) (entity.Filter, error) {
	is := func(field string, ids ...any) entity.Filter {
		return entity.Filter{Kind: entity.EqualsAny, Field: field, Values: ids}
	}
	switch at.by.Kind {
	case entity.ToOne:
		// A key that leads nowhere is the zero id, which no record has.
		return is("id", at.from.Key(at.by.Via)), nil
	case entity.HasOne, entity.HasMany:
		return at.ofVersion(at.target, is(at.by.Via, at.from.ID())), nil
	case entity.ManyToMany:
	}
	back := func(a entity.Association) bool {
		return a.Kind == entity.ManyToMany && a.Mapping == at.by.Mapping && a.Via == at.by.Far && a.Far == at.by.Via
	}
	if i := slices.IndexFunc(at.target.Associations, back); i >= 0 && (at.view.Live() || !at.by.Drafted) {
		return is(at.target.Associations[i].Name+".id", at.from.ID()), nil
	}
	// Nothing leads back: the pairs say which they are. They are no records of their own to
	// who reads along a path.
	mapping, _ := at.schema.Definition(at.by.Mapping) // along has found it to be stored
	pairs, err := c.options.Records.Search(c.r.Context(), appdock.Host(c.shop.ID), at.view, &entity.Criteria{
		Entity: at.by.Mapping, Filters: []entity.Filter{at.ofVersion(mapping, is(at.by.Via, at.from.ID()))}, Limit: maxValues + 1,
	})
	if err != nil {
		return entity.Filter{}, err
	}
	if len(pairs.Records) > maxValues {
		return entity.Filter{}, entity.TooManyRecords(maxValues)
	}
	ids := make([]any, 0, len(pairs.Records)+1)
	for _, p := range pairs.Records {
		ids = append(ids, p.Key(at.by.Far))
	}
	if len(ids) == 0 {
		ids = append(ids, appdock.ID{})
	}
	return is("id", ids...), nil
}

// ofVersion narrows a filter for the key to the record that a path starts from to the rows of its
// version, if they are drafted with it: a view of drafts shows rows of the live record besides
// that came since.
func (at related) ofVersion(d *entity.Definition, led entity.Filter) entity.Filter {
	name := strings.TrimSuffix(led.Field, "Id") + "VersionId"
	if i := d.Index(name); at.view.Live() || i < 0 || !d.Together(i) {
		return led
	}
	version := entity.Filter{Kind: entity.Equals, Field: name, Values: []any{at.from.Version()}}
	return entity.Filter{Kind: entity.And, Queries: []entity.Filter{led, version}}
}

// associationOf finds the association that a path names.
func associationOf(d *entity.Definition, name string) (entity.Association, error) {
	i := slices.IndexFunc(d.Associations, func(a entity.Association) bool { return kebab(a.Name) == name })
	switch {
	case i < 0 && slices.ContainsFunc(d.Fields, func(f entity.Field) bool { return kebab(f.Name) == name }):
		return entity.Association{}, &appdock.Error{
			Kind: appdock.Invalid, Code: "FRAMEWORK__API_INVALID_ASSOCIATION",
			Message: fmt.Sprintf("Field %q is not a valid association field.", given(name)),
			Cure:    "Read the record itself: its fields have no path of their own.",
		}
	case i < 0:
		return entity.Association{}, &appdock.Error{
			Kind: appdock.NotFound, Code: "FRAMEWORK__NOT_EXISTING_RELATION_EXCEPTION",
			Message: fmt.Sprintf("Resource at path %q is not an existing relation.", given(name)),
			Cure:    "Spell the association as in the manual, with dashes: line-items.",
		}
	}
	return d.Associations[i], nil
}

// through answers about the records that an association leads to from the record of the
// path: "order/{id}/line-items" is a search for line items.
func through(answer recordsEndpoint) recordsEndpoint {
	return func(c *call, d *entity.Definition) error {
		at, err := c.along(d)
		if err != nil {
			return err
		}
		only, err := c.leadsTo(at)
		if err != nil {
			return err
		}
		c.only = &only
		return answer(c, at.target)
	}
}

// throughMember answers about one record that an association leads to.
func throughMember(answer recordsEndpoint) recordsEndpoint {
	return func(c *call, d *entity.Definition) error {
		at, err := c.along(d)
		if err != nil {
			return err
		}
		r, err := c.member(at, c.target.path[len(c.target.path)-1].id, true)
		if err != nil {
			return err
		}
		c.target.id = r.ID()
		return answer(c, at.target)
	}
}

// createThrough answers POST /api/{entity}/{id}/{association} (admin-api.md 6.3): a row of
// one-to-many is made with its key set; all else is a part of the record that it starts
// from, which links what is there and makes what is not.
func createThrough(c *call, d *entity.Definition) error {
	at, err := c.along(d)
	if err != nil {
		return err
	}
	payload, err := c.payload()
	if err != nil {
		return err
	}
	p := put{definition: at.target, view: at.view}
	if text, sent := payload["id"].(string); sent {
		p.id, _ = appdock.ParseID(text) // a wrong one is refused by the write, with its pointer
	} else if payload["id"] == nil && len(payload) > 0 && at.target.Translates == "" && at.by.Kind.Many() {
		// An id alone would name a record that is there.
		p.id = c.options.NewID()
		payload["id"] = p.id.String()
	}
	if at.target.Translates != "" {
		other, _ := payload[at.otherKey()].(string)
		id, _ := appdock.ParseID(other) // one that is none is refused by the write
		p.id = at.text(id)
	}
	p.op = entity.Operation{Entity: at.parent.Name, Action: entity.Update, Pointer: "/0", Payload: map[string]any{"id": at.from.ID().String()}}
	switch {
	case at.by.Kind == entity.HasMany && at.target.Translates == "":
		payload[at.by.Via] = at.from.ID().String()
		p.op = entity.Operation{Entity: at.target.Name, Action: entity.Insert, Payload: payload, Pointer: "/0"}
	case at.by.Many():
		p.op.Payload[at.by.Name] = []any{payload}
	default:
		p.op.Payload[at.by.Name] = payload
	}
	if at.by.Kind == entity.HasMany {
		p.at = at.from.ID() // as Shopware says where it is: the entity of the child, the id of its parent
	}
	return c.put(p)
}

// updateThrough answers PATCH /api/{entity}/{id}/{association}/{id}. Texts are known by their
// record and their language, one of which the path begins with.
func updateThrough(c *call, d *entity.Definition) error {
	at, err := c.along(d)
	if err != nil {
		return err
	}
	last := c.target.path[len(c.target.path)-1].id
	r, err := c.member(at, last, true)
	if err != nil {
		return err
	}
	payload, err := c.payload()
	if err != nil {
		return err
	}
	p := put{definition: at.target, view: at.view, id: r.ID()}
	if at.target.Translates != "" {
		payload[at.by.Via], payload[at.otherKey()] = at.from.ID().String(), last.String()
		p.at = at.from.ID()
	} else {
		payload["id"] = r.ID().String()
	}
	p.op = entity.Operation{Entity: at.target.Name, Action: entity.Update, Payload: payload, Pointer: "/0"}
	return c.put(p)
}

// removeThrough answers DELETE /api/{entity}/{id}/{association}/{id}: of many to many the
// link goes, of texts those of one language, else the record itself.
func removeThrough(c *call, d *entity.Definition) error {
	at, err := c.along(d)
	if err != nil {
		return err
	}
	id := c.target.path[len(c.target.path)-1].id
	op := entity.Operation{Entity: at.target.Name, Action: entity.Delete, Pointer: "/0"}
	var keys map[string]appdock.ID // of what two keys identify
	switch {
	case at.by.Kind == entity.ManyToMany:
		if mapping, _ := at.schema.Definition(at.by.Mapping); len(mapping.Pair) == 0 {
			// One key is enough to find the link: whose it is has to be seen.
			if _, err := c.member(at, id, true); err != nil {
				return err
			}
		}
		op.Entity = at.by.Mapping
		keys = map[string]appdock.ID{at.by.Via: at.from.ID(), at.by.Far: id}
	case at.target.Translates != "":
		keys = map[string]appdock.ID{at.by.Via: at.from.ID(), at.otherKey(): id}
	default:
		if _, err := c.member(at, id, true); err != nil {
			return err
		}
		op.Payload = map[string]any{"id": id.String()}
	}
	if keys != nil {
		op.Payload = make(map[string]any, len(keys))
		for name, key := range keys {
			op.Payload[name] = key.String()
		}
	}
	written, err := c.options.Records.Write(c.r.Context(), c.actor, at.view, []entity.Operation{op})
	if err != nil {
		return err
	}
	switch missing := len(written.NotFound[op.Entity]) > 0; {
	case missing && keys != nil:
		pair, _ := at.schema.Definition(op.Entity) // it was written to
		return entity.NoPair(pair, keys)
	case missing:
		return entity.NoRecord(at.target.Name, id)
	}
	c.locate(at.target, id)
	c.w.WriteHeader(http.StatusNoContent)
	return nil
}

// pathName is how a path is told from another in its route.
const (
	pathToMany = "{associations...}" // ends with an association
	pathToOne  = "{member...}"       // ends with a record
)

// matchPath reports whether what is left of a path is one of associations.
func matchPath(name string, segments []string) (path []step, ok bool) {
	if len(segments) > 3*maxSteps || !strings.HasSuffix(name, "...}") {
		return nil, false
	}
	path, ended, ok := steps(segments)
	return path, ok && len(path) <= maxSteps && ended == (name == pathToOne)
}

// maxSteps bounds the associations of one path: each is a search.
const maxSteps = 8
