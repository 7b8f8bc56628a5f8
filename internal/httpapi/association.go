package httpapi

import (
	"fmt"
	"slices"

	"github.com/appdock/appdock"
	"github.com/appdock/appdock/internal/entity"
)

// through answers about the records that an association leads to from the record of the
// path (admin-api.md 2 and 6.3): "order/{id}/line-items" is a search for line items. It
// needs the right to read both.
func through(answer recordsEndpoint) recordsEndpoint {
	return func(c *call, d *entity.Definition) error {
		a, err := c.association(d)
		if err != nil {
			return err
		}
		schema, err := c.schema()
		if err != nil {
			return err
		}
		target, ok := schema.Definition(a.Target)
		if !ok || !schema.Stored(a) {
			return entity.Undefined(a.Target)
		}
		found, err := c.options.Records.Search(c.r.Context(), c.actor, entity.View{}, &entity.Criteria{Entity: d.Name, IDs: []appdock.ID{c.target.id}})
		if err != nil {
			return err
		}
		if len(found.Records) == 0 {
			return noRecord(d.Name, c.target.id)
		}
		field, key := a.Via, c.target.id
		if a.Kind == entity.ToOne {
			// A key that leads nowhere is the zero id, which no record has.
			field, key = "id", found.Records[0].Key(a.Via)
		}
		c.only = &entity.Filter{Kind: entity.EqualsAny, Field: field, Values: []any{key}}
		return answer(c, target)
	}
}

// association finds the one that the path names.
func (c *call) association(d *entity.Definition) (entity.Association, error) {
	i := slices.IndexFunc(d.Associations, func(a entity.Association) bool { return kebab(a.Name) == c.target.association })
	switch {
	case i < 0 && slices.ContainsFunc(d.Fields, func(f entity.Field) bool { return kebab(f.Name) == c.target.association }):
		return entity.Association{}, &appdock.Error{
			Kind: appdock.Invalid, Code: "FRAMEWORK__API_INVALID_ASSOCIATION",
			Message: fmt.Sprintf("Field %q is not a valid association field.", given(c.target.association)),
			Cure:    "Read the record itself: its fields have no path of their own.",
		}
	case i < 0:
		return entity.Association{}, &appdock.Error{
			Kind: appdock.NotFound, Code: "FRAMEWORK__NOT_EXISTING_RELATION_EXCEPTION",
			Message: fmt.Sprintf("Resource at path %q is not an existing relation.", given(c.target.association)),
			Cure:    "Spell the association as in the manual, with dashes: line-items.",
		}
	case d.Associations[i].Kind == entity.ManyToMany:
		return entity.Association{}, &appdock.Error{
			Kind: appdock.Invalid, Code: codeParameter,
			Message: "The path of an association of many to many comes" + withLater,
			Cure:    "Load the association with the record: associations[" + d.Associations[i].Name + "][].",
		}
	}
	return d.Associations[i], nil
}
