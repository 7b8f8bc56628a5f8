package entity

import "slices"

// shape is what the plain form of an entity's records shows, with the names of its members
// as they stand in the text.
type shape struct {
	fields       []member
	translated   []member // what the member of that name holds
	associations []member
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

// shapeOf makes the shape of records that show the wanted members.
func shapeOf(d *Definition, wanted func(string) bool) *shape {
	s := &shape{extras: extras{wanted("translated"), wanted("extensions"), wanted("_uniqueIdentifier"), d.Versioned && wanted("versionId")}}
	for i := range d.Fields {
		f := &d.Fields[i]
		if f.Hidden {
			continue
		}
		if f.Type != Blob && f.Name != "versionId" && wanted(f.Name) {
			s.fields = append(s.fields, memberOf(i, f.Name))
		}
		if f.Translated {
			s.translated = append(s.translated, memberOf(i, f.Name))
		}
	}
	for i, a := range d.Associations {
		if wanted(a.Name) {
			s.associations = append(s.associations, memberOf(i, a.Name))
		}
	}
	return s
}

// whole is the shape of records that nothing is left out of.
func whole(d *Definition) *shape { return shapeOf(d, func(string) bool { return true }) }

// shapes are those of one answer, by their definitions.
type shapes struct {
	includes map[string][]string
	made     map[*Definition]*shape
}

func (s *shapes) of(d *Definition) *shape {
	members, cut := s.includes[d.Name]
	if !cut && d.shape != nil {
		return d.shape
	}
	if made, ok := s.made[d]; ok {
		return made
	}
	made := whole(d)
	if cut {
		made = shapeOf(d, func(name string) bool { return slices.Contains(members, name) })
	}
	if s.made == nil {
		s.made = map[*Definition]*shape{}
	}
	s.made[d] = made
	return made
}
