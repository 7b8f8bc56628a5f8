package shop

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/appdock/appdock"
	"github.com/appdock/appdock/internal/entity"
)

// check proves criteria against the schema: fields and associations exist and may be used,
// values get the Go form of their types. It returns criteria that a store can follow
// blindly, and the privileges for all entities they touch (admin-api.md 5 and 7). All
// faults are told at once.
//
// What is searched for a term is what may, by its right, be read.
func check(schema *entity.Schema, search searcher, may func(appdock.Privilege) bool, c *entity.Criteria) (*entity.Criteria, []appdock.Privilege, error) {
	d, ok := schema.Definition(c.Entity)
	if !ok {
		return nil, nil, entity.Undefined(c.Entity)
	}
	k := &checker{schema: schema, may: may, needs: []appdock.Privilege{d.May("read")}}
	if err := k.lookUp(search, c); err != nil {
		return nil, nil, err
	}
	checked := k.criteria(d, c, "", 0)
	return checked, k.needs, invalid(k.faults)
}

// everything is what the host may read.
func everything(appdock.Privilege) bool { return true }

type checker struct {
	schema *entity.Schema
	may    func(appdock.Privilege) bool
	custom map[string]entity.Type // types of the custom fields that have a row
	needs  []appdock.Privilege
	faults faultList

	associations int // in all
	// Of the criteria that are being checked:
	joined  map[string]bool // associations that its paths pass
	crossed int             // how often they do
	refused string          // pointer of the filter that was refused last
}

func (k *checker) criteria(d *entity.Definition, c *entity.Criteria, pointer string, depth int) *entity.Criteria {
	k.joined, k.crossed = map[string]bool{}, 0
	checked := *c
	checked.MaxRecords, checked.Aggregations = 0, nil
	checked.Filters = k.filters(d, c.Filters, false)
	checked.PostFilters = k.filters(d, c.PostFilters, false)
	checked.Term = ""
	checked.Queries = append(k.queries(d, c.Queries), k.term(d, c.Term, pointer)...)
	checked.Sort = k.sorts(d, c.Sort, len(checked.Queries) > 0)
	checked.Grouping = k.grouping(d, c.Grouping, pointer)
	own, below := k.fields(d, c.Fields, pointer)
	checked.Fields = own
	if depth == 0 {
		checked.Aggregations = k.aggregations(d, c.Aggregations)
	}
	checked.Associations = map[string]*entity.Criteria{}
	asked := maps.Clone(c.Associations)
	for name := range below {
		if _, named := asked[name]; !named {
			if asked == nil {
				asked = map[string]*entity.Criteria{}
			}
			asked[name] = nil
		}
	}
	for _, name := range slices.Sorted(maps.Keys(asked)) {
		at := pointer + "/associations/" + short(name)
		a, ok := d.Association(name)
		if !ok {
			k.faults.Add(appdock.Fault{
				Pointer: at, Code: entity.CodeAssociation,
				Message: "Can not find association by name " + short(name),
				Params:  []appdock.Param{{Name: "association", Value: short(name)}},
			})
			continue
		}
		k.needs = append(k.needs, k.mayRead(a))
		if !k.schema.Stored(a) || !k.affordable(at, depth+1) {
			continue // reads as empty, or is refused
		}
		nested := &entity.Criteria{}
		if asked[name] != nil {
			*nested = *asked[name]
		}
		nested.Fields = append(slices.Clip(nested.Fields), below[name]...)
		target, _ := k.schema.Definition(a.Target)
		checked.Associations[name] = k.criteria(target, nested, at, depth+1)
	}
	for _, a := range d.Associations {
		if a.Always && own == nil && k.schema.Stored(a) && checked.Associations[a.Name] == nil {
			checked.Associations[a.Name] = &entity.Criteria{}
		}
	}
	return &checked
}

// mayRead is the privilege for what an association leads to, stored here or not.
func (k *checker) mayRead(a entity.Association) appdock.Privilege {
	if target, ok := k.schema.Definition(a.Target); ok {
		return target.May("read")
	}
	return entity.May(a.Target, "read")
}

// affordable bounds the associations of a request.
func (k *checker) affordable(pointer string, depth int) bool {
	refuse := func(message string) bool {
		k.faults.Add(appdock.Fault{Pointer: pointer, Code: entity.CodeAssociation, Message: message})
		return false
	}
	if depth > maxDepth {
		return refuse(fmt.Sprintf("Associations may be nested %d deep.", maxDepth))
	}
	if k.associations++; k.associations == maxAssociations+1 {
		return refuse(fmt.Sprintf("There are more than %d associations.", maxAssociations))
	}
	return k.associations <= maxAssociations
}

// sorts checks what to order by; scored says that records have a score, by which they are
// ordered if nothing is said (admin-api.md 5.3).
func (k *checker) sorts(d *entity.Definition, all []entity.Sort, scored bool) []entity.Sort {
	var checked []entity.Sort
	if scored && len(all) == 0 {
		return []entity.Sort{{Field: entity.ScoreField, Descending: true}}
	}
	for i, s := range all {
		if i == maxSorts {
			k.faults.Add(appdock.Fault{Pointer: s.Pointer, Code: entity.CodeSort, Message: fmt.Sprintf("There are more than %d fields to sort by.", maxSorts)})
			break
		}
		if s.Field == entity.ScoreField {
			if !scored {
				k.faults.Add(appdock.Fault{Pointer: s.Pointer + "/field", Code: entity.CodeSort, Message: "Only a search with a term or a query has scores to sort by."})
			}
			checked = append(checked, s)
			continue
		}
		if _, path, ok := k.resolve(d, s.Field, s.Pointer+"/field", entity.CodeSort); ok {
			s.Field = path
			checked = append(checked, s)
		}
	}
	return checked
}

// complete fills in the associations that were asked for and whose records are not stored
// here: they read as empty.
func complete(schema *entity.Schema, d *entity.Definition, records []entity.Record, asked map[string]*entity.Criteria) {
	for name, c := range asked {
		a, known := d.Association(name)
		if !known {
			continue
		}
		target, _ := schema.Definition(a.Target)
		for i := range records {
			if loaded, ok := records[i].Loaded[name]; ok {
				if c != nil && target != nil {
					complete(schema, target, loaded.Records, c.Associations)
				}
				continue
			}
			if records[i].Loaded == nil {
				records[i].Loaded = map[string]entity.Loaded{}
			}
			records[i].Loaded[name] = entity.Loaded{}
		}
	}
}

// resolve follows a path such as "order.orderCustomer.email" from an entity to a field, and
// gives it without the entity's own name in front. Every entity that is crossed must be
// readable. code is that of a path that goes too far.
func (k *checker) resolve(d *entity.Definition, path, pointer, code string) (entity.Field, string, bool) {
	parts := strings.Split(path, ".")
	if len(parts) > 1 && parts[0] == d.Name && d.Index(parts[0]) < 0 {
		if _, isAssociation := d.Association(parts[0]); !isAssociation {
			parts = parts[1:]
		}
	}
	if len(parts) > maxSteps || len(path) > maxPath {
		k.tooFar(pointer, code, fmt.Sprintf("A path may have %d names and %d bytes.", maxSteps, maxPath))
		return entity.Field{}, "", false
	}
	at, passed := d, 0
	for ; passed < len(parts); passed++ {
		if f, ok := at.Field(parts[passed]); ok {
			f, ok = k.accessible(at, f, parts[passed+1:], pointer)
			return f, strings.Join(parts, "."), ok && k.cross(parts[:passed], pointer, code)
		}
		if parts[passed] == "extensions" && passed+1 < len(parts) {
			if a, ok := at.Association(parts[passed+1]); ok && a.Extension {
				parts = slices.Delete(parts, passed, passed+1) // says no more than the name behind it
			}
		}
		a, ok := at.Association(parts[passed])
		if !ok || !k.schema.Stored(a) {
			break
		}
		k.needs = append(k.needs, k.mayRead(a))
		at, _ = k.schema.Definition(a.Target)
	}
	k.unmapped(at, path, pointer)
	return entity.Field{}, "", false
}

// cross bounds what the paths of one criteria pass, and tells once that it is too much.
func (k *checker) cross(associations []string, pointer, code string) bool {
	within := k.crossed <= maxCrossings && len(k.joined) <= maxJoins
	k.crossed += len(associations)
	for i := range associations {
		k.joined[strings.Join(associations[:i+1], ".")] = true
	}
	if k.crossed <= maxCrossings && len(k.joined) <= maxJoins {
		return true
	}
	if within {
		k.tooFar(pointer, code, fmt.Sprintf("The paths of filters and sorts pass more than %d associations, or pass them more than %d times.", maxJoins, maxCrossings))
	}
	return false
}

func (k *checker) tooFar(pointer, code, message string) {
	if code == entity.CodeAggregation {
		pointer = entity.AggregationPlace(pointer)
	}
	k.faults.Add(appdock.Fault{Pointer: pointer, Code: code, Message: message})
}

func (k *checker) unmapped(d *entity.Definition, path, pointer string) {
	path = short(path)
	k.faults.Add(appdock.Fault{
		Pointer: pointer, Code: codeUnmapped,
		Message: fmt.Sprintf("Field %q in entity %q was not found.", path, d.Name),
		Params:  []appdock.Param{{Name: "field", Value: path}, {Name: "entity", Value: d.Name}},
	})
}

// accessible says whether a field may be used in criteria, and gives the type of what rest
// leads to inside it.
func (k *checker) accessible(d *entity.Definition, f entity.Field, rest []string, pointer string) (entity.Field, bool) {
	name := d.Name + "." + strings.Join(append([]string{f.Name}, rest...), ".")
	switch {
	case f.Hidden, f.Type == entity.Password, f.Type == entity.Blob:
		k.faults.Add(appdock.Fault{Pointer: pointer, Code: codeNotAllowed, Message: fmt.Sprintf("The field %q may not be read.", short(name))})
		return f, false
	case f.Runtime:
		k.faults.Add(appdock.Fault{Pointer: pointer, Code: codeRuntime, Message: fmt.Sprintf("Field %q is a runtime field and cannot be used in a criteria.", short(name))})
		return f, false
	case len(rest) == 0 && f.Type == entity.Prices:
		f.Type = entity.Float // of the default currency, gross
	case len(rest) == 0:
	case slices.Contains(rest, ""), !f.Type.Structured():
		k.unmapped(d, f.Name+"."+strings.Join(rest, "."), pointer)
		return f, false
	case f.Type == entity.Prices && !isAmount(rest):
		k.unmapped(d, f.Name+"."+strings.Join(rest, "."), pointer)
		return f, false
	case f.Type == entity.Prices:
		f.Type = entity.Float
	case f.Name == "customFields":
		f.Type = k.customField(rest[0])
	default:
		f.Type = insideDocument
	}
	return f, true
}

// isAmount reports whether a path leads to an amount of a price: "net", "gross", or one of
// them in a currency (entities.md, "Money structures").
func isAmount(path []string) bool {
	if _, err := appdock.ParseID(path[0]); err == nil {
		path = path[1:]
	}
	return len(path) == 0 || len(path) == 1 && (path[0] == "net" || path[0] == "gross")
}

// insideDocument is the type of what stands in a document and has no declared type: its
// values are compared as they come.
const insideDocument entity.Type = -1

// customField gives the type that values of a custom field are compared as; text if it has
// no row (admin-api.md 5.2). Dates stand in the document as the texts that were sent.
func (k *checker) customField(name string) entity.Type {
	if t, known := k.custom[name]; known {
		return t
	}
	return entity.String
}

// lookUp finds the types of all custom fields that the criteria name, in one search.
func (k *checker) lookUp(search searcher, c *entity.Criteria) error {
	named := map[string]bool{}
	namedCustomFields(c, named)
	types, err := typesOf(search, named)
	if err != nil {
		return err
	}
	k.custom = make(map[string]entity.Type, len(types))
	for name, kind := range types {
		switch kind {
		case "int":
			k.custom[name] = entity.Int
		case "float", "number":
			k.custom[name] = entity.Float
		case "bool", "checkbox", "switch":
			k.custom[name] = entity.Bool
		}
	}
	return nil
}

// namedCustomFields collects the names of custom fields that values are compared with.
func namedCustomFields(c *entity.Criteria, named map[string]bool) {
	var collect func([]entity.Filter)
	collect = func(filters []entity.Filter) {
		for _, f := range filters {
			_, inside, found := strings.Cut(f.Field, "customFields.")
			if name, _, _ := strings.Cut(inside, "."); found && isIdentifier(name) && len(f.Field) <= maxPath {
				named[name] = true
			}
			collect(f.Queries)
		}
	}
	collect(c.Filters)
	for _, a := range c.Aggregations {
		for at := &a; at != nil; at = at.Nested {
			collect(at.Filters)
			collect([]entity.Filter{{Field: at.Field}})
		}
	}
	collect(c.PostFilters)
	for _, q := range c.Queries {
		collect([]entity.Filter{q.Filter, {Field: q.Times}})
	}
	for _, nested := range c.Associations {
		if nested != nil {
			namedCustomFields(nested, named)
		}
	}
}
