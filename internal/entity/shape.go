package entity

import "strings"

// shape is what the plain form of an entity's records shows, with the names of its members
// as they stand in the text.
type shape struct {
	fields       []member
	translated   []member // what the member of that name holds
	associations []member
	extensions   []member // associations that apps added
	unloaded     string   // the associations of a record of which none was loaded
	extras       extras
}

// member is a field or an association of a definition, at its place in there.
type member struct {
	place int
	name  string // `,"stock":`
	null  string // `,"stock":null`
}

func memberOf(place int, name string) member {
	name = `,"` + name + `":`
	return member{place, name, name + "null"}
}

// extras says which of the members that every record has are shown.
type extras struct{ translated, extensions, identifier, version bool }

// whole is the shape of records that nothing is left out of.
func whole(d *Definition) *shape {
	// The rows of pairs have the version of each side instead of one of their own.
	s := &shape{extras: extras{translated: true, extensions: true, identifier: true, version: d.Versioned && len(d.Pair) == 0}}
	for i := range d.Fields {
		f := &d.Fields[i]
		if f.Hidden {
			continue
		}
		if f.Type != Blob && f.Name != "versionId" {
			s.fields = append(s.fields, memberOf(i, f.Name))
		}
		if f.Translated {
			s.translated = append(s.translated, memberOf(i, f.Name))
		}
	}
	for i, a := range d.Associations {
		if a.Extension {
			s.extensions = append(s.extensions, memberOf(i, a.Name))
		} else {
			s.associations = append(s.associations, memberOf(i, a.Name))
		}
	}
	s.unloaded = nulls(s.associations)
	return s
}

// nulls is the text of members that have no value.
func nulls(members []member) string {
	var text strings.Builder
	for _, m := range members {
		text.WriteString(m.null)
	}
	return text.String()
}

// only gives the shape of records that show the named members alone.
func (s *shape) only(d *Definition, names []string) *shape {
	wanted := make(map[string]bool, len(names))
	for _, name := range names {
		wanted[name] = true
	}
	cut := &shape{translated: s.translated, extensions: s.extensions, extras: extras{
		wanted["translated"], wanted["extensions"], wanted["_uniqueIdentifier"], s.extras.version && wanted["versionId"],
	}}
	for _, m := range s.fields {
		if wanted[d.Fields[m.place].Name] {
			cut.fields = append(cut.fields, m)
		}
	}
	for _, m := range s.associations {
		if wanted[d.Associations[m.place].Name] {
			cut.associations = append(cut.associations, m)
		}
	}
	cut.unloaded = nulls(cut.associations)
	return cut
}

// shapes are those of one answer, by their definitions.
type shapes struct {
	includes map[string][]string
	made     map[*Definition]*shape
}

func (s *shapes) of(d *Definition) *shape {
	all := d.shape
	if all == nil { // the definition is not of a schema
		all = whole(d)
	}
	names, cut := s.includes[d.Name]
	if !cut {
		return all
	}
	made, known := s.made[d]
	if !known {
		if s.made == nil {
			s.made = map[*Definition]*shape{}
		}
		made = all.only(d, names)
		s.made[d] = made
	}
	return made
}
