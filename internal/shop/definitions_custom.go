package shop

import (
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/appdock/appdock"
	"github.com/appdock/appdock/internal/entity"
)

// WithCustom are the definitions of a shop with custom entities of its apps (manifest-xml.md
// 23.4): theirs, those of their texts and pairs, and what they add to the entities that they
// lead to. Custom entities that do not fit in are Invalid, with all that is wrong.
func WithCustom(custom ...entity.Custom) ([]entity.Definition, error) {
	tables := listed()
	b := &customBuilder{byName: map[string]int{}}
	for i := range tables {
		b.byName[tables[i].Name] = i
	}
	b.tables = tables
	for _, c := range custom {
		b.add(c)
	}
	for _, c := range custom {
		b.associate(c)
	}
	if len(b.faults) > 0 {
		return nil, refusedEntities(b.faults)
	}
	all := withRanks(withMappings(withTranslations(b.tables)))
	for i := range all {
		if all[i].Document {
			inDocuments(&all[i])
		}
	}
	if _, err := entity.NewSchema(all...); err != nil {
		return nil, refusedEntities([]string{err.Error()})
	}
	return all, nil
}

// refusedEntities refuses entities that would break what others rely on.
func refusedEntities(causes []string) error {
	return &appdock.Error{
		Kind:    appdock.Invalid,
		Code:    "ADK-APP-ENTITIES",
		Message: "The custom entities of the app do not fit into the shop.",
		Cause:   strings.Join(causes, "; "),
		Cure:    "Correct Resources/entities.xml; `appdock app validate` shows the places.",
	}
}

// customBuilder makes definitions of custom entities.
type customBuilder struct {
	tables []entity.Definition
	byName map[string]int
	faults []string
}

func (b *customBuilder) refuse(format string, args ...any) {
	b.faults = append(b.faults, fmt.Sprintf(format, args...))
}

// The names that apps choose. Without their beginning an app could give itself the rights to
// an entity of the shop; other characters are none for names in a database.
var (
	customName     = regexp.MustCompile(`^(ce|custom_entity)_[a-z0-9_]{1,60}$`)
	customProperty = regexp.MustCompile(`^[a-zA-Z][a-zA-Z0-9_]{0,63}$`)
	entityName     = regexp.MustCompile(`^[a-z][a-z0-9_]{0,63}$`)
)

// longestName of an entity, those of pairs included (manifest-xml.md 23.4).
const longestName = 64

// add makes the definition of a custom entity, without what leads elsewhere.
func (b *customBuilder) add(c entity.Custom) {
	switch _, taken := b.byName[c.Name]; {
	case !customName.MatchString(c.Name) || len(c.Name) > longestName:
		b.refuse("entity %q must begin with ce_ or custom_entity_ and have small letters, digits and underscores only, at most %d", c.Name, longestName)
		return
	case taken:
		b.refuse("there is an entity %s already", c.Name)
		return
	}
	var own []entity.Field
	for _, f := range c.Fields {
		if !customProperty.MatchString(f.Name) {
			b.refuse("entity %s: a field cannot be called %q", c.Name, f.Name)
			continue
		}
		if f.Reference != "" && !entityName.MatchString(f.Reference) {
			b.refuse("entity %s: field %s leads to %q, which is no name of an entity", c.Name, f.Name, f.Reference)
			continue
		}
		made, ok := b.field(c, f)
		if !ok {
			continue
		}
		own = append(own, made)
		if made.Type == entity.UUID && b.versioned(f.Reference) {
			own = append(own, version(strings.TrimSuffix(made.Name, "Id")+"VersionId"))
		}
	}
	if c.CustomFields {
		own = append(own, customFields())
	}
	d := entity.Definition{Name: c.Name, Document: true, Fields: fields(own...)}
	if slices.ContainsFunc(own, func(f entity.Field) bool { return f.Translated }) {
		d.Associations = append(d.Associations, many("translations", c.Name+"_translation", elsewhere))
	}
	b.byName[c.Name] = len(b.tables)
	b.tables = append(b.tables, d)
}

func (b *customBuilder) versioned(name string) bool {
	i, known := b.byName[name]
	return known && b.tables[i].Versioned
}

// field makes the field of an entity; ok is false for associations that have none here.
func (b *customBuilder) field(c entity.Custom, f entity.CustomField) (made entity.Field, ok bool) {
	types := map[string]entity.Type{
		"int": entity.Int, "float": entity.Float, "string": entity.String, "text": entity.Text, "bool": entity.Bool,
		"json": entity.JSON, "email": entity.Email, "price": entity.Prices, "date": entity.DateTime,
	}
	switch t, plain := types[f.Type]; {
	case plain:
		made = field(camel(f.Name), t)
		made.Translated = f.Translatable && t != entity.Prices
		made.Markup = f.AllowHTML && t == entity.Text
	case f.Type == "many-to-one", f.Type == "one-to-one":
		made = key(camel(f.Name)+"Id", f.Reference)
	case f.Type == "one-to-many", f.Type == "many-to-many":
		return made, false
	default:
		b.refuse("entity %s: field %s is of the unknown type %q", c.Name, f.Name, f.Type)
		return made, false
	}
	made.Required = f.Required
	if f.Default != nil {
		value, ok := defaultOf(made, *f.Default)
		if !ok {
			b.refuse("entity %s: field %s cannot begin as %q", c.Name, f.Name, *f.Default)
		}
		made.Default = value
	}
	return made, true
}

// defaultOf reads a value as manifests spell it.
func defaultOf(f entity.Field, text string) (any, bool) {
	var faults faultList
	trimmed := strings.TrimSpace(text)
	var value any = text
	switch {
	case f.Type == entity.Int, f.Type == entity.Float:
		value = json.Number(trimmed)
	case f.Type == entity.Bool && slices.Contains([]string{"true", "1", "false", "0"}, trimmed):
		value = trimmed == "true" || trimmed == "1"
	}
	return faults.value(f, value, "")
}

// associate adds what leads from a custom entity to others, and back from there. What leads
// back is called by the name of the entity and of the field.
func (b *customBuilder) associate(c entity.Custom) {
	at, known := b.byName[c.Name]
	if !known || !b.tables[at].Document {
		return // it was refused
	}
	for _, f := range c.Fields {
		if f.Reference == "" {
			continue
		}
		var (
			name      = camel(f.Name)
			back      = camel(c.Name + "_" + f.Name)
			there, ok = b.byName[f.Reference]
			whole     = onDelete(f.OnDelete)
		)
		switch f.Type {
		case "many-to-one", "one-to-one":
			b.lead(at, one(name, f.Reference, name+"Id"))
			if ok && f.Type == "one-to-one" {
				b.leadBack(there, single(back, c.Name, name+"Id", whole))
				b.tables[at].Unique = append(b.tables[at].Unique, entity.Unique{Fields: []string{name + "Id"}})
			} else if ok {
				b.leadBack(there, many(back, c.Name, name+"Id", whole))
			}
		case "one-to-many":
			if ok && !b.tables[there].Document {
				b.hold(at, there, c, f)
				continue
			}
			via := elsewhere
			if ok {
				via = back + "Id"
				held := key(via, c.Name)
				held.Required = f.ReverseRequired
				fields := b.tables[there].Fields
				b.tables[there].Fields = slices.Insert(fields, len(fields)-2, held) // createdAt and updatedAt stand last
				b.lead(there, one(back, c.Name, via))
			}
			b.lead(at, many(name, f.Reference, via, whole))
		case "many-to-many":
			pairs := entity.CustomPairs(c.Name, f.Name)
			if len(pairs) > longestName {
				b.refuse("the pairs of entity %s and field %s have a name of more than %d characters", c.Name, f.Name, longestName)
				continue
			}
			b.lead(at, mapped(name, f.Reference, pairs))
			if ok && there != at {
				b.leadBack(there, mapped(back, c.Name, pairs))
			}
		}
	}
}

// hold adds what leads from a custom entity to many records of the shop, each of which belongs to
// one of the custom records at most. No row of the shop gets a key: it stands in a row of an
// entity of its own, which has the id of the record that it is about. To read and link records
// this is as a many-to-many; another link of the same record takes the place of the first.
func (b *customBuilder) hold(from, there int, c entity.Custom, f entity.CustomField) {
	name := entity.CustomPairs(c.Name, f.Name)
	if _, taken := b.byName[name]; taken || len(name) > longestName {
		b.refuse("the links of entity %s and field %s cannot be called %q: that is too long, or taken", c.Name, f.Name, name)
		return
	}
	owner, about := mappingKey(&b.tables[from]), id("id")
	about.Target = f.Reference
	b.tables = append(b.tables, entity.Definition{
		Name: name, Document: true, Fields: []entity.Field{about, key(owner, c.Name, required)},
		Associations: []entity.Association{one(strings.TrimSuffix(owner, "Id"), c.Name, owner), one(mappingName(&b.tables[there]), f.Reference, "id")},
	})
	b.byName[name] = len(b.tables) - 1
	to := mapped(camel(f.Name), f.Reference, name, onDelete(f.OnDelete))
	to.Via, to.Far = owner, "id"
	b.lead(from, to)
	back := mapped(camel(c.Name+"_"+f.Name), c.Name, name)
	back.Via, back.Far, back.Single = "id", owner, true
	b.leadBack(there, back)
}

func (b *customBuilder) lead(from int, a entity.Association) {
	b.tables[from].Associations = append(b.tables[from].Associations, a)
}

// leadBack adds what leads from an entity to one of an app. An entity of the shop has it among
// its extensions.
func (b *customBuilder) leadBack(from int, a entity.Association) {
	a.Extension = !b.tables[from].Document
	b.lead(from, a)
}

// onDelete is what a manifest says of the records that hold the key.
func onDelete(word string) rule {
	switch word {
	case "cascade":
		return cascade
	case "restrict":
		return restrict
	}
	return setNull
}

// inDocuments says where the fields of an entity stand in its documents. The names end in an
// underscore, which no name of a field comes to: they are none of the table's own, and none
// of a folded twin.
func inDocuments(d *entity.Definition) {
	for i := range d.Fields {
		f := &d.Fields[i]
		if f.Name == "id" || !f.Stored() {
			continue
		}
		column := f.Place().Column + "_"
		f.At = entity.Place{Column: column, Path: column}
	}
}
