package shop

import (
	"fmt"
	"slices"
	"strings"

	"github.com/appdock/appdock"
	"github.com/appdock/appdock/internal/entity"
)

// fields checks the paths of what is wanted of records (admin-api.md 5.6). It gives the names
// of the entity's own fields and associations, nil if everything is wanted, and the paths
// from each association on.
func (k *checker) fields(d *entity.Definition, paths []string, pointer string) (own []string, below map[string][]string) {
	whole := map[string]bool{} // associations that are wanted as they are
	for i, path := range paths {
		if !k.wanted(d, path, fmt.Sprintf("%s/fields/%d", pointer, i)) {
			continue
		}
		name, rest, deeper := strings.Cut(path, ".")
		if name == d.Name && deeper && d.Index(name) < 0 {
			if _, ok := d.Association(name); !ok {
				name, rest, deeper = strings.Cut(rest, ".")
			}
		}
		if !slices.Contains(own, name) {
			own = append(own, name)
		}
		if _, ok := d.Association(name); !ok {
			continue
		}
		if below == nil {
			below = map[string][]string{}
		}
		if whole[name] = whole[name] || !deeper; whole[name] {
			below[name] = nil
			continue
		}
		below[name] = append(below[name], rest)
	}
	return own, below
}

// wanted proves that a path leads to what may be shown. Computed fields may be, and an
// association as a whole.
func (k *checker) wanted(d *entity.Definition, path, pointer string) bool {
	parts := strings.Split(path, ".")
	if len(parts) > maxSteps || len(path) > maxPath {
		return k.badFilter(pointer, "A path may have %d names and %d bytes.", maxSteps, maxPath)
	}
	if parts[0] == d.Name && len(parts) > 1 && d.Index(parts[0]) < 0 {
		if _, ok := d.Association(parts[0]); !ok {
			parts = parts[1:]
		}
	}
	for i, name := range parts {
		if f, ok := d.Field(name); ok {
			switch {
			case f.Hidden, f.Type == entity.Password, f.Type == entity.Blob:
				k.faults.Add(appdock.Fault{Pointer: pointer, Code: codeNotAllowed, Message: fmt.Sprintf("The field %q may not be read.", short(path))})
				return false
			case i < len(parts)-1 && !f.Type.Structured():
				break
			default:
				return true
			}
			break
		}
		a, ok := d.Association(name)
		if !ok {
			break
		}
		k.needs = append(k.needs, k.mayRead(a))
		target, known := k.schema.Definition(a.Target)
		if i == len(parts)-1 || !known {
			return true // a whole record, or what is not stored here and reads as empty
		}
		d = target
	}
	k.unmapped(d, path, pointer)
	return false
}

// cut shows of records what was wanted: the fields, the keys of what was loaded, and the
// record's own key.
func cut(schema *entity.Schema, d *entity.Definition, records []entity.Record, c *entity.Criteria) {
	var only []bool
	if c.Fields != nil {
		only = make([]bool, len(d.Fields))
		for i, f := range d.Fields {
			only[i] = f.Name == "id" || f.Name == "versionId" || slices.Contains(c.Fields, f.Name) || slices.Contains(d.Pair, f.Name)
		}
		for name := range c.Associations {
			if a, _ := d.Association(name); a.Kind == entity.ToOne {
				if i := d.Index(a.Via); i >= 0 {
					only[i] = true
				}
			}
		}
	}
	for i := range records {
		r := &records[i]
		r.Only = only
		if c.Fields == nil {
			continue
		}
		for _, a := range d.Associations {
			_, ok := r.Loaded[a.Name]
			switch {
			case !ok && slices.Contains(c.Fields, a.Name):
				if r.Loaded == nil {
					r.Loaded = map[string]entity.Loaded{}
				}
				r.Loaded[a.Name] = entity.Loaded{} // not stored here
			case ok && c.Associations[a.Name] == nil && schema.Stored(a):
				delete(r.Loaded, a.Name) // it always comes, and nobody wants it
			}
		}
	}
	for name, nested := range c.Associations {
		a, _ := d.Association(name)
		target, known := schema.Definition(a.Target)
		if nested == nil || !known {
			continue
		}
		for _, r := range records {
			cut(schema, target, r.Loaded[name].Records, nested)
		}
	}
}
