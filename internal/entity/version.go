package entity

import (
	"slices"
	"strings"

	"github.com/appdock/appdock"
)

// A draft is a copy of a versioned record, of the versioned records that are deleted with it,
// and of the links that it has as a draft, under the id of a version (admin-api.md 6.4). Beside it stands its base: the same copy,
// never written again, so that it can be told later what was changed in the draft.

// BaseOf gives the version under which the base of a draft stands.
func BaseOf(version appdock.ID) appdock.ID {
	return PairID(version, appdock.LiveVersion)
}

// In gives the view of a version: its drafts, and what is live of records that it has none of.
func (v View) In(version appdock.ID) View {
	v.Version, v.Base = version, appdock.ID{}
	if v.Live() {
		v.Version = appdock.ID{}
	} else {
		v.Base = BaseOf(version)
	}
	return v
}

// Live reports whether the view shows no drafts.
func (v View) Live() bool { return v.Version.IsZero() || v.Version == appdock.LiveVersion }

// Parts names the entities whose records are copied into a draft with a record of an entity,
// itself the first.
func (s *Schema) Parts(name string) []string {
	parts := []string{name}
	for i := 0; i < len(parts); i++ {
		d := s.definitions[parts[i]]
		for _, a := range d.Associations {
			if part, _, ok := s.Copied(a); ok && !slices.Contains(parts, part) {
				parts = append(parts, part)
			}
		}
	}
	return parts
}

// Copied tells what is copied into a draft over an association of a versioned entity, and by
// which key it belongs to the record: the records that have versions and are deleted with it,
// or the rows that pair it with others.
func (s *Schema) Copied(a Association) (part, via string, ok bool) {
	if a.Kind == ManyToMany {
		return a.Mapping, a.Via, a.Drafted && s.Stored(a)
	}
	target, known := s.definitions[a.Target]
	return a.Target, a.Via, known && target.Versioned && a.OnDelete == Cascade && a.Kind != ToOne && s.Stored(a)
}

// InParts reports whether what an association of an entity leads to, or the pairs through which it does, is
// copied into a draft with the record: that has only what is of its own version.
func (s *Schema) InParts(d *Definition, a Association) bool {
	_, _, copied := s.Copied(a)
	return copied && d.Versioned
}

// Together reports whether the version field at a place of Fields is about a record that is
// copied into drafts with the record that has the field, as an order is with its line items.
func (d *Definition) Together(i int) bool { return d.together != nil && d.together[i] }

// tieVersions finds which version fields follow the draft that they stand in.
func (s *Schema) tieVersions() {
	for _, root := range s.names {
		if !s.definitions[root].Versioned {
			continue
		}
		parts := s.Parts(root)
		for _, name := range parts {
			d := s.definitions[name]
			if d.together == nil {
				d.together = make([]bool, len(d.Fields))
			}
			for i, f := range d.Fields {
				about := s.versionOf(d, f)
				if f.Type == Version && slices.Contains(parts, about) && (about != name || name != root) {
					d.together[i] = true
				}
			}
		}
	}
}

// versionOf names the entity that a version field is about: that of the key of the same name,
// or the one that the field is named after.
func (s *Schema) versionOf(d *Definition, f Field) string {
	name := strings.TrimSuffix(f.Name, "VersionId")
	if key, ok := d.Field(name + "Id"); ok {
		return key.Target
	}
	return snake(name)
}
