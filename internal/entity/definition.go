// Package entity is the language of records: what kinds there are ([Definition]), what is
// asked for ([Criteria]), what is found ([Record]), and what is to be written
// ([Operation], [Change]). It holds values and no rules: the rules of the embedded shop
// are in package shop, the translation to SQL in package sqlstore.
package entity

import (
	"crypto/sha256"
	"fmt"
	"slices"
	"strings"
	"sync"
	"unicode"

	"github.com/appdock/appdock"
)

// Definition describes one entity; DDL, validation, privileges, criteria and events come
// from it. It never changes once it is part of a [Schema].
type Definition struct {
	Name         string // as in the API: "order_line_item"
	Fields       []Field
	Associations []Association
	Unique       []Unique
	// Versioned entities have drafts: their primary key is id and version.
	Versioned bool
	// Owner is the feature that alone writes it ("lifecycle"); empty: the shop.
	Owner string
	// Pair names the two keys that identify a record of a mapping entity, or of one that
	// holds texts by language: its id is made of them by [PairID].
	Pair []string
	// Translates is the entity whose texts the records hold, one record for each language;
	// empty: none. Privileges are those of that entity.
	Translates string
	// Translation is the entity that holds the texts of Translated fields in all languages
	// but the system's, which stand in the fields; empty: there are none.
	Translation string
	// Derived entities have no table of their own: their owner's tables feed a view.
	Derived bool
	// Document entities have no table of their own either: their records are documents, in
	// one table for all of them (custom entities of apps). A field whose place has a path
	// stands in the document.
	Document bool
	// Way is the field that says which records one stands below, from the root of a tree down;
	// empty: there is no tree, or it is not asked for. Bare records have it.
	Way string

	index map[string]int
	// together says of each version field whether the record it is about is copied into a draft
	// with the record that has the field.
	together []bool
	shape    *shape // of records that nothing is left out of
}

// Field is one property.
type Field struct {
	Name string // as in the API: "orderNumber"
	Type Type
	// At is where the value stands in the row; zero: in the column of the field's name.
	At Place
	// Fold gives the field a folded twin column, so that comparing ignores case and
	// accents everywhere alike.
	Fold bool
	// Required fields must be present and not null on create; a Default satisfies it.
	Required bool
	Default  any   // in the Go form of Type
	Max      int   // longest text in characters; 0: the type's own limit
	Min      int64 // smallest number; only checked if Bounded
	Bounded  bool
	// System fields are written by the host alone; a write by anybody else is a violation.
	System bool
	// Kept fields may be sent, and what is sent does not count: the host keeps them.
	Kept bool
	// Hidden fields are never returned and never filtered by.
	Hidden bool
	// Runtime fields are computed when read and have no column.
	Runtime bool
	// Translated fields have a value for each language.
	Translated bool
	// Inherited fields of a record that stands below another (parentId) have the value of
	// that one where they have none and a view asks for it.
	Inherited bool
	// Target is the entity that a UUID leads to; empty: it is no foreign key.
	Target string
	// Sought keys lead to no entity of their own, but records are found by them.
	Sought bool
	// Rank is what the field is worth to a search for a term; 0: it is not searched.
	Rank float64
	// Markup says that a text keeps the HTML that is harmless; else it loses all of it.
	Markup bool
}

// Place of a field in its row: a column, or a path in the document of that column
// (custom entities, customFields, prices).
type Place struct{ Column, Path string }

// Association leads to other records.
type Association struct {
	Name   string
	Kind   Kind
	Target string
	// Via is the field that holds the key: of this entity for [ToOne], of the mapping for
	// [ManyToMany], of the target else. Empty: the records are not stored here, the
	// association reads as empty.
	Via string
	// Mapping is the entity whose rows pair the records of a [ManyToMany]; Far is its key
	// to the target.
	Mapping, Far string
	// Single says of a [ManyToMany] that no record has more than one: what leads back from the many
	// of a one-to-many that is kept in rows of its own.
	Single bool
	// Drafted says of a [ManyToMany] that a draft of the record has links of its own; else it
	// shows those of the live record, and these alone are written. One side of a mapping says it.
	Drafted bool
	// ReadOnly associations are kept by the host.
	ReadOnly bool
	// Always loaded, also when not asked for.
	Always bool
	// Extension associations were added to the entity by an app: records show them below
	// "extensions", once they are loaded.
	Extension bool
	OnDelete  OnDelete
	// Rank multiplies the ranks of what it leads to in a search for a term; 0: that is not
	// searched.
	Rank float64
}

// Kind of an association: how many there may be and on which side the key stands.
type Kind int

// The kinds.
const (
	ToOne      Kind = iota // the key stands here
	HasOne                 // the key stands there, at most one row
	HasMany                // the key stands there
	ManyToMany             // both keys stand in the rows of a mapping entity
)

// Many reports whether there may be more than one record.
func (k Kind) Many() bool { return k == HasMany || k == ManyToMany }

// Many reports whether a record may have more than one.
func (a Association) Many() bool { return a.Kind.Many() && !a.Single }

// OneToMany reports whether the association is one to many, however it is kept: a [ManyToMany]
// whose pairs have the id of the record that they lead to is.
func (a Association) OneToMany() bool {
	return a.Kind == HasMany || a.Kind == ManyToMany && a.Far == "id"
}

// OnDelete says what happens to the target's rows when a row of this entity is deleted.
type OnDelete int

// What a deletion does.
const (
	Nothing  OnDelete = iota
	Cascade           // they are deleted too
	SetNull           // their key is emptied
	Restrict          // the deletion is refused while there are any
)

// Unique is a set of fields whose values no two rows of a shop share.
type Unique struct {
	Fields []string
	// Code of the error; empty: the general one.
	Code string
}

// Type of a field. The comment behind each is the Go form of its values; nil is null.
type Type int

// The types (entities.md, "Types").
const (
	UUID            Type = iota + 1 // appdock.ID
	String                          // string
	Text                            // string, up to 64 KiB
	Email                           // string
	Password                        // string, a hash
	Int                             // int64
	Float                           // float64
	Bool                            // bool
	DateTime                        // time.Time in UTC, whole milliseconds
	Date                            // time.Time, midnight UTC
	JSON                            // json.RawMessage, any object or list
	Object                          // json.RawMessage, an object whose first level is merged on update
	Prices                          // json.RawMessage, price[]
	CalculatedPrice                 // json.RawMessage, calcPrice
	CartPrice                       // json.RawMessage
	PriceDefinition                 // json.RawMessage
	Rounding                        // json.RawMessage
	TaxFree                         // json.RawMessage
	Strings                         // json.RawMessage, list of string
	IDs                             // json.RawMessage, list of hex ids
	Objects                         // json.RawMessage, list of objects
	Version                         // the version of the record that a foreign key leads to: no column
	Blob                            // []byte, never on a wire
)

// Structured reports whether values are JSON documents.
func (t Type) Structured() bool { return t >= JSON && t <= Objects }

// Stored reports whether the field has a column.
func (f Field) Stored() bool { return !f.Runtime && f.Type != Version }

// Place gives the column of the field, spelt from its name if it has none of its own:
// "orderNumber" stands in order_number.
func (f Field) Place() Place {
	if f.At.Column != "" {
		return f.At
	}
	return Place{Column: snake(f.Name)}
}

func snake(name string) string {
	var b strings.Builder
	for i, r := range name {
		if unicode.IsUpper(r) {
			if i > 0 {
				b.WriteByte('_')
			}
			r = unicode.ToLower(r)
		}
		b.WriteRune(r)
	}
	return b.String()
}

// Field finds a field by its name.
func (d *Definition) Field(name string) (Field, bool) {
	i, ok := d.index[name]
	if !ok {
		return Field{}, false
	}
	return d.Fields[i], true
}

// Index gives the position of a field in Fields and in [Record.Values]; -1 if unknown.
func (d *Definition) Index(name string) int {
	i, ok := d.index[name]
	if !ok {
		return -1
	}
	return i
}

// Association finds an association by its name.
func (d *Definition) Association(name string) (Association, bool) {
	i := slices.IndexFunc(d.Associations, func(a Association) bool { return a.Name == name })
	if i < 0 {
		return Association{}, false
	}
	return d.Associations[i], true
}

// May gives the privilege for doing an action ("read", "create", "update", "delete") to
// records of the entity.
func (d *Definition) May(action string) appdock.Privilege {
	if d.Translates != "" {
		return May(d.Translates, action)
	}
	return May(d.Name, action)
}

// May gives the privilege for doing an action to records of an entity, known or not.
func May(entity, action string) appdock.Privilege {
	return appdock.Privilege(entity + ":" + action)
}

// PairID makes the id of a record that two keys identify.
func PairID(one, other appdock.ID) appdock.ID {
	sum := sha256.Sum256(append(one[:], other[:]...))
	return appdock.ID(sum[:16])
}

// Keyed reports whether the rows of a mapping entity stand under their two keys. What is a
// document stands under its id, and so do texts, which come from two places.
func (d *Definition) Keyed() bool {
	return len(d.Pair) == 2 && d.Translates == "" && !d.Document && !d.Derived
}

// TextID gives the id of the record that holds the texts of another in one language: those of
// the system language stand in the record itself.
func TextID(of, language appdock.ID) appdock.ID {
	if language == appdock.SystemLanguage {
		return of
	}
	return PairID(of, language)
}

// PairID gives the id of the record that two keys identify, in the order of Pair.
func (d *Definition) PairID(one, other appdock.ID) appdock.ID {
	if d.Translates != "" {
		return TextID(one, other)
	}
	return PairID(one, other)
}

// Schema is the set of definitions in force. It never changes: a shop whose custom
// entities change gets another one.
type Schema struct {
	definitions map[string]*Definition
	names       []string
	// Derived is what others make of the definitions and keep as long as the schema lives,
	// under keys of types of their own.
	Derived sync.Map
}

// NewSchema checks that the definitions fit together: names are given once, keys stand
// where associations look for them.
func NewSchema(definitions ...Definition) (*Schema, error) {
	s := &Schema{definitions: make(map[string]*Definition, len(definitions))}
	for _, d := range definitions {
		if _, twice := s.definitions[d.Name]; twice {
			return nil, fmt.Errorf("entity %s is defined twice", d.Name)
		}
		d.index = make(map[string]int, len(d.Fields))
		d.Fields = slices.Clone(d.Fields)
		for i, f := range d.Fields {
			if _, twice := d.index[f.Name]; twice {
				return nil, fmt.Errorf("entity %s has field %s twice", d.Name, f.Name)
			}
			d.index[f.Name] = i
			d.Fields[i].At = f.Place() // spelt once: each statement names all columns
		}
		d.shape = whole(&d)
		s.definitions[d.Name] = &d
		s.names = append(s.names, d.Name)
	}
	slices.Sort(s.names)
	for _, d := range s.definitions {
		for _, a := range d.Associations {
			if err := s.checkAssociation(d, a); err != nil {
				return nil, err
			}
		}
		if d.Translation != "" {
			if holder, ok := s.definitions[d.Translation]; !ok || len(holder.Pair) != 2 || holder.Translates != d.Name {
				return nil, fmt.Errorf("entity %s: %s does not hold its texts", d.Name, d.Translation)
			}
		}
		for _, u := range d.Unique {
			for _, name := range u.Fields {
				if d.Index(name) < 0 {
					return nil, fmt.Errorf("entity %s: unique field %s does not exist", d.Name, name)
				}
			}
		}
	}
	s.tieVersions()
	return s, nil
}

func (s *Schema) checkAssociation(d *Definition, a Association) error {
	if a.Via == "" {
		return nil
	}
	holder, known := d, true
	keys := []string{a.Via}
	switch a.Kind {
	case ToOne:
	case HasOne, HasMany:
		holder, known = s.definitions[a.Target]
	case ManyToMany:
		holder, known = s.definitions[a.Mapping]
		keys = append(keys, a.Far)
	}
	if !known {
		return nil // the target comes with a later release: reads as empty
	}
	for _, key := range keys {
		if f, ok := holder.Field(key); !ok || f.Type != UUID {
			return fmt.Errorf("association %s.%s: %s has no key %s", d.Name, a.Name, holder.Name, key)
		}
	}
	return nil
}

// Definition finds an entity by its name.
func (s *Schema) Definition(name string) (*Definition, bool) {
	d, ok := s.definitions[name]
	return d, ok
}

// Names lists the entities, sorted.
func (s *Schema) Names() []string { return slices.Clone(s.names) }

// Stored reports whether records of the association are stored here. If not, it reads as
// empty (entities.md, "Names without a table").
func (s *Schema) Stored(a Association) bool {
	_, known := s.definitions[a.Target]
	if a.Kind == ManyToMany {
		_, mapped := s.definitions[a.Mapping]
		known = known && mapped
	}
	return known && a.Via != ""
}
