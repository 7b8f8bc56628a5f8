package restapi

import (
	"maps"
	"slices"
	"strings"

	"github.com/appdock/appdock/internal/entity"
)

// expansion is what a client may have shown inside a resource (rest-api-sitepack.md 5).
type expansion struct {
	scope string // of what is shown; empty: that of the resource
	// path leads to the records from that of the resource; empty: they are always shown in it.
	path string
	name string // the entity of the records
}

// expansions are by the entity of the resource.
var expansions = map[string]map[string]expansion{
	"order": {
		"lines": {}, "deliveries": {}, "transactions": {}, "addresses": {},
		"customer": {scope: "customers:read", path: "orderCustomer.customer", name: "customer"},
	},
	"product": {
		"manufacturer": {}, "media": {}, "options": {},
		"categories": {scope: "categories:read", path: "categories", name: "category"},
	},
	"customer": {"addresses": {}, "group": {}},
}

// mostExpanded is how many expansions one request may ask for.
const mostExpanded = 5

func expandParameter(name string) parameter {
	return parameter{
		name: "expand", example: sortedKeys(expansions[name])[0],
		about: "up to 5 of " + strings.Join(sortedKeys(expansions[name]), ", ") + ", with commas; what is not a member stands in expanded",
	}
}

// loads are the associations that a resource is shown with, those of expansions among them.
func (c *call) loads(name string) (map[string]*entity.Criteria, error) {
	paths := kinds[name].associations
	asked, err := c.expanded(name)
	for _, one := range asked {
		e := expansions[name][one]
		if e.path == "" {
			continue
		}
		paths = append(slices.Clone(paths), e.path)
		for _, below := range kinds[e.name].associations {
			paths = append(paths, e.path+"."+below)
		}
	}
	return entity.Load(paths...), err
}

// expanded reads which expansions are asked for, and proves the scope of each.
func (c *call) expanded(name string) ([]string, error) {
	if !c.query.Has("expand") {
		return nil, nil
	}
	asked := strings.Split(c.query.Get("expand"), ",")
	if len(asked) > mostExpanded {
		return nil, refuse("invalid_filter", "expand takes 5 names at most.")
	}
	for _, one := range asked {
		e, known := expansions[name][one]
		if !known {
			return nil, refuse("invalid_filter", "expand is some of "+strings.Join(sortedKeys(expansions[name]), ", ")+".")
		}
		if e.scope == "" {
			continue
		}
		if err := c.needs(e.scope); err != nil {
			return nil, err
		}
	}
	return asked, nil
}

// expandable is a resource with room for expansions.
type expandable interface{ expand(map[string]any) }

// expanding shows a record with the expansions that were asked for.
func expanding[T any](c *call, name string, show func(viewer, entity.Record) T) func(entity.Record) T {
	var asked []string
	if c.query.Has("expand") {
		asked = strings.Split(c.query.Get("expand"), ",") // which were proved
	}
	return func(r entity.Record) T {
		out := show(c.viewer(), r)
		more := map[string]any{}
		for _, one := range asked {
			if e := expansions[name][one]; e.path != "" {
				more[one] = c.below(r, e)
			}
		}
		if room, ok := any(&out).(expandable); ok && len(more) > 0 {
			room.expand(more)
		}
		return out
	}
}

// below shows what an expansion leads to: one resource or null, or a list of them.
func (c *call) below(r entity.Record, e expansion) any {
	records := []entity.Record{r}
	many := false
	for step := range strings.SplitSeq(e.path, ".") {
		var next []entity.Record
		for _, at := range records {
			if a, ok := at.Definition.Association(step); ok {
				many = many || a.Kind.Many()
			}
			next = append(next, at.Loaded[step].Records...)
		}
		records = next
	}
	list := []any{}
	for _, found := range records {
		list = append(list, kinds[e.name].show(c.viewer(), found))
	}
	switch {
	case many:
		return list
	case len(list) == 0:
		return nil
	}
	return list[0]
}

func (o *order) expand(more map[string]any)    { o.Expanded = maps.Clone(more) }
func (p *product) expand(more map[string]any)  { p.Expanded = maps.Clone(more) }
func (c *customer) expand(more map[string]any) { c.Expanded = maps.Clone(more) }
