package restapi

import (
	"github.com/danielgtaylor/huma/v2"

	"github.com/appdock/appdock"
	"github.com/appdock/appdock/internal/entity"
)

// categoryPatch is what may be changed of a category.
type categoryPatch struct {
	Name        maybe[string]         `json:"name,omitempty" maxLength:"255"`
	Description maybe[string]         `json:"description,omitempty"`
	Active      maybe[bool]           `json:"active,omitempty"`
	Visible     maybe[bool]           `json:"visible,omitempty"`
	ParentID    maybe[string]         `json:"parent_id,omitempty" doc:"null: it stands at the top"`
	Metafields  maybe[metafieldsSent] `json:"metafields,omitempty"`
}

// categoryCreate is a new category.
type categoryCreate struct{ categoryPatch }

// TransformSchema implements [huma.SchemaTransformer].
func (categoryCreate) TransformSchema(r huma.Registry, s *huma.Schema) *huma.Schema {
	return extended[categoryPatch](r, s, "name")
}

func createCategory(c *call, in *categoryCreate) (*category, error) {
	id := c.options.NewID()
	d := newDraft("category", entity.Insert, id)
	if !in.Active.Sent {
		in.Active = some(true)
	}
	if !in.Visible.Sent {
		in.Visible = some(true)
	}
	c.made("/categories/" + id.String())
	return c.saveCategory(d, id, in.categoryPatch)
}

func patchCategory(c *call, in *categoryPatch) (*category, error) {
	id, err := c.id("id")
	if err != nil {
		return nil, err
	}
	if _, err := c.show("category", id, kinds["category"].loads()); err != nil {
		return nil, err
	}
	if err := c.unchanged(); err != nil {
		return nil, err
	}
	return c.saveCategory(newDraft("category", entity.Update, id), id, *in)
}

func (c *call) saveCategory(d *draft, id appdock.ID, in categoryPatch) (*category, error) {
	set(d, "name", in.Name, "/name")
	d.sent["/translations"] = "/name"
	set(d, "description", in.Description, "/description")
	set(d, "active", in.Active, "/active")
	set(d, "visible", in.Visible, "/visible")
	set(d, "parentId", in.ParentID, "/parent_id")
	setMetafields(d, in.Metafields)
	if err := c.write(d); err != nil {
		return nil, err
	}
	r, err := c.show("category", id, kinds["category"].loads())
	if err != nil {
		return nil, err
	}
	out := categoryOf(c.viewer(), r)
	return &out, nil
}

// deleteCategory deletes a category that has none below it: whoever wants the whole branch
// gone deletes it from its ends.
func deleteCategory(c *call) error {
	id, err := c.id("id")
	if err != nil {
		return err
	}
	if _, err := c.show("category", id, kinds["category"].loads()); err != nil {
		return err
	}
	if err := c.unchanged(); err != nil {
		return err
	}
	below, err := c.search(&entity.Criteria{
		Entity: "category", Limit: 1, Total: entity.CountAll, Filters: []entity.Filter{{Kind: entity.Equals, Field: "parentId", Values: []any{id}}},
	})
	if err != nil {
		return err
	}
	if below.Total > 0 {
		return conflictInUse("There are categories below this one.", usage{"categories", below.Total})
	}
	return c.write(removal("category", id))
}
