package lifecycle

import (
	"slices"

	"github.com/appdock/appdock"
	"github.com/appdock/appdock/internal/entity"
	"github.com/appdock/appdock/manifest"
)

// entities are what the app adds to the shop (manifest-xml.md 23.4).
func entities(app *manifest.App) []entity.Custom {
	var all []entity.Custom
	for _, e := range app.Entities {
		c := entity.Custom{Name: e.Name, CustomFields: e.CustomFieldsAware}
		for _, f := range e.Fields {
			c.Fields = append(c.Fields, entity.CustomField{
				Name: f.Name, Type: f.Type, Required: f.Required, Translatable: f.Translatable, Default: f.Default, AllowHTML: f.AllowHTML,
				Reference: f.Reference, OnDelete: f.OnDelete, ReverseRequired: f.ReverseRequired,
			})
		}
		all = append(all, c)
	}
	return all
}

// own are the rights to what the app itself adds, which it has without asking
// (manifest-xml.md 8): to its entities, and to the links of their records with others.
func own(app *manifest.App) []appdock.Privilege {
	var all []appdock.Privilege
	add := func(name string) {
		for _, action := range []string{"read", "create", "update", "delete"} {
			all = append(all, entity.May(name, action))
		}
	}
	for _, e := range app.Entities {
		add(e.Name)
		for _, f := range e.Fields {
			if f.Type == "many-to-many" || f.Type == "one-to-many" && !entity.IsCustom(f.Reference) {
				add(entity.CustomPairs(e.Name, f.Name))
			}
		}
	}
	return all
}

// restricts reports whether records of the app forbid that others are deleted: it cannot be
// deactivated then (manifest-xml.md 23.4).
func (r Registration) restricts() bool {
	return slices.ContainsFunc(r.Entities, func(c entity.Custom) bool {
		return slices.ContainsFunc(c.Fields, func(f entity.CustomField) bool { return f.OnDelete == "restrict" })
	})
}
