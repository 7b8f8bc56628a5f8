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
func check(schema *entity.Schema, search searcher, c *entity.Criteria) (*entity.Criteria, []appdock.Privilege, error) {
	d, ok := schema.Definition(c.Entity)
	if !ok {
		return nil, nil, noDefinition(c.Entity)
	}
	k := &checker{schema: schema, search: search, custom: map[string]entity.Type{}, needs: []appdock.Privilege{d.May("read")}}
	checked := k.criteria(d, c, "")
	if k.err != nil {
		return nil, nil, k.err
	}
	return checked, k.needs, invalid(k.faults)
}

type checker struct {
	schema *entity.Schema
	search searcher
	custom map[string]entity.Type // types of custom fields, looked up once
	needs  []appdock.Privilege
	faults faultList
	err    error // of a search
}

func (k *checker) criteria(d *entity.Definition, c *entity.Criteria, pointer string) *entity.Criteria {
	checked := *c
	checked.Filters = k.filters(d, c.Filters)
	checked.Sort = nil
	for _, s := range c.Sort {
		if s.Field == "_score" {
			continue // nothing was scored: all rows are equal
		}
		if _, path, ok := k.resolve(d, s.Field, s.Pointer+"/field"); ok {
			s.Field = path
			checked.Sort = append(checked.Sort, s)
		}
	}
	checked.Associations = map[string]*entity.Criteria{}
	for _, name := range slices.Sorted(maps.Keys(c.Associations)) {
		at := pointer + "/associations/" + short(name)
		a, ok := d.Association(name)
		if !ok {
			k.faults.Add(appdock.Fault{
				Pointer: at, Code: codeAssociation,
				Message: "Can not find association by name " + short(name),
				Params:  []appdock.Param{{Name: "association", Value: short(name)}},
			})
			continue
		}
		k.needs = append(k.needs, entity.May(a.Target, "read"))
		if !k.schema.Stored(a) {
			continue // reads as empty
		}
		nested := c.Associations[name]
		if nested == nil {
			nested = &entity.Criteria{}
		}
		target, _ := k.schema.Definition(a.Target)
		checked.Associations[name] = k.criteria(target, nested, at)
	}
	for _, a := range d.Associations {
		if a.Always && k.schema.Stored(a) && checked.Associations[a.Name] == nil {
			checked.Associations[a.Name] = &entity.Criteria{}
		}
	}
	return &checked
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
// readable.
func (k *checker) resolve(d *entity.Definition, path, pointer string) (entity.Field, string, bool) {
	parts := strings.Split(path, ".")
	if len(parts) > 1 && parts[0] == d.Name && d.Index(parts[0]) < 0 {
		if _, isAssociation := d.Association(parts[0]); !isAssociation {
			parts = parts[1:]
		}
	}
	clean := strings.Join(parts, ".")
	at := d
	for len(parts) > 0 {
		if f, ok := at.Field(parts[0]); ok {
			f, ok = k.accessible(at, f, parts[1:], pointer)
			return f, clean, ok
		}
		a, ok := at.Association(parts[0])
		if !ok || !k.schema.Stored(a) {
			break
		}
		k.needs = append(k.needs, entity.May(a.Target, "read"))
		at, _ = k.schema.Definition(a.Target)
		parts = parts[1:]
	}
	k.unmapped(at, path, pointer)
	return entity.Field{}, "", false
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
	case f.Type == entity.Prices:
		f.Type = entity.Float
	case f.Name == "customFields":
		f.Type = k.customField(rest[0])
	default:
		f.Type = insideDocument
	}
	return f, true
}

// insideDocument is the type of what stands in a document and has no declared type: its
// values are compared as they come.
const insideDocument = entity.JSON

// customField gives the type that values of a custom field are compared as; text if it has
// no row (admin-api.md 5.2). Dates stand in the document as the texts that were sent.
func (k *checker) customField(name string) entity.Type {
	if t, known := k.custom[name]; known {
		return t
	}
	k.custom[name] = entity.String
	found, err := k.search(entity.View{}, &entity.Criteria{
		Entity:  "custom_field",
		Filters: []entity.Filter{{Kind: entity.Equals, Field: "name", Values: []any{name}}},
		Limit:   1,
	})
	if err != nil {
		k.err = err
		return entity.String
	}
	if len(found.Records) > 0 {
		switch found.Records[0].Text("type") {
		case "int":
			k.custom[name] = entity.Int
		case "float", "number":
			k.custom[name] = entity.Float
		case "bool", "checkbox", "switch":
			k.custom[name] = entity.Bool
		}
	}
	return k.custom[name]
}
