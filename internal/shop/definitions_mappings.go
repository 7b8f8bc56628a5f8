package shop

import (
	"strings"

	"github.com/appdock/appdock/internal/entity"
)

// withMappings adds the mapping entities of the N:M associations whose both sides are
// stored, and tells each association its keys there (entities.md, "Names without a table").
func withMappings(tables []entity.Definition) []entity.Definition {
	byName := map[string]*entity.Definition{}
	for i := range tables {
		byName[tables[i].Name] = &tables[i]
	}
	var mappings []entity.Definition
	made := map[string]int{} // place in mappings, from 1 on
	for i := range tables {
		d := &tables[i]
		for n := range d.Associations {
			a := &d.Associations[n]
			target := byName[a.Target]
			if a.Kind != entity.ManyToMany || target == nil || a.Via != elsewhere {
				continue // or it has an entity of its own (one-to-many of custom entities)
			}
			a.Via, a.Far = mappingKey(d), mappingKey(target)
			if a.Via == a.Far { // an entity is paired with itself
				a.Far = camel(a.Name) + "Id"
			}
			if made[a.Mapping] == 0 {
				mappings = append(mappings, mapping(*a, d, target))
				made[a.Mapping] = len(mappings)
			}
			if a.Drafted { // whichever side was met first
				mappings[made[a.Mapping]-1].Versioned = true
			}
		}
	}
	return append(tables, mappings...)
}

// mapping is the entity whose rows pair records of two others.
func mapping(a entity.Association, left, right *entity.Definition) entity.Definition {
	d := entity.Definition{
		Name:   a.Mapping,
		Owner:  left.Owner + right.Owner, // at most one side has one
		Pair:   []string{a.Via, a.Far},
		Unique: []entity.Unique{{Fields: []string{a.Via, a.Far}}, {Fields: []string{a.Far, a.Via}}},
	}
	if a.ReadOnly {
		d.Owner = "shop"
	}
	d.Document = left.Document || right.Document
	d.Fields = append(d.Fields, id("id", system, hidden))
	for i, side := range []*entity.Definition{left, right} {
		name := d.Pair[i]
		d.Fields = append(d.Fields, key(name, side.Name, required))
		if side.Versioned {
			d.Fields = append(d.Fields, version(strings.TrimSuffix(name, "Id")+"VersionId"))
		}
		d.Associations = append(d.Associations, one(strings.TrimSuffix(name, "Id"), side.Name, name))
	}
	return d
}

// mappingKey is the key to records of an entity in the rows of its mappings.
func mappingKey(d *entity.Definition) string {
	if d.Name == "property_group_option" {
		return "optionId"
	}
	return camel(d.Name) + "Id"
}

// mappingName is what the association with a record is called there.
func mappingName(d *entity.Definition) string { return strings.TrimSuffix(mappingKey(d), "Id") }

// camel spells the name of an entity as the names of fields are spelt.
func camel(name string) string {
	words := strings.FieldsFunc(name, func(r rune) bool { return r == '_' })
	for i := 1; i < len(words); i++ {
		words[i] = strings.ToUpper(words[i][:1]) + words[i][1:]
	}
	return strings.Join(words, "")
}
