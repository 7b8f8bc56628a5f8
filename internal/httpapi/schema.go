package httpapi

import (
	"net/http"
	"slices"
	"strings"

	"github.com/appdock/appdock/internal/entity"
	"github.com/appdock/appdock/internal/web"
)

// entitySchema answers GET /api/_info/entity-schema.json (admin-api.md 8): every entity as
// the administration and generators of code read it, made of the definitions in force.
func entitySchema(c *call) error {
	schema, err := c.schema()
	if err != nil {
		return err
	}
	all := map[string]any{}
	for _, name := range schema.Names() {
		d, _ := schema.Definition(name)
		properties := map[string]any{}
		for _, f := range d.Fields {
			if shown(f) {
				properties[f.Name] = map[string]any{"type": schemaType(f.Type), "flags": fieldFlags(d, f)}
			}
		}
		for _, a := range d.Associations {
			if schema.Stored(a) { // generators of code follow the entity that it names
				properties[a.Name] = associationSchema(a)
			}
		}
		all[name] = map[string]any{
			"entity": name, "properties": properties, "write-protected": !writable(d), "read-protected": false,
		}
	}
	return web.JSON(c.w, http.StatusOK, all)
}

// openAPISchema answers GET /api/_info/open-api-schema.json.
func openAPISchema(c *call) error {
	schema, err := c.schema()
	if err != nil {
		return err
	}
	all := map[string]any{}
	for _, name := range schema.Names() {
		d, _ := schema.Definition(name)
		properties, translatable := map[string]any{}, []string{}
		for _, f := range d.Fields {
			if !shown(f) {
				continue
			}
			properties[f.Name] = map[string]any{"type": schemaType(f.Type), "required": f.Required, "readOnly": f.System || f.Runtime}
			if f.Translated {
				translatable = append(translatable, f.Name)
			}
		}
		for _, a := range d.Associations {
			if !schema.Stored(a) {
				continue
			}
			kind := "object"
			if a.Many() {
				kind = "array"
			}
			properties[a.Name] = map[string]any{"type": kind, "entity": a.Target}
		}
		all[name] = map[string]any{"name": name, "translatable": translatable, "properties": properties}
	}
	return web.JSON(c.w, http.StatusOK, all)
}

// writable reports whether clients may write records of the entity.
func writable(d *entity.Definition) bool { return d.Owner == "" && !d.Derived }

// schemaType is what Shopware calls the type of a field.
func schemaType(t entity.Type) string {
	switch t {
	case entity.UUID, entity.Version:
		return "uuid"
	case entity.String, entity.Email:
		return "string"
	case entity.Text:
		return "text"
	case entity.Password:
		return "password"
	case entity.Int:
		return "int"
	case entity.Float:
		return "float"
	case entity.Bool:
		return "boolean"
	case entity.DateTime, entity.Date:
		return "date"
	case entity.Strings, entity.IDs, entity.Objects:
		return "json_list"
	case entity.Blob:
		return "blob"
	case entity.JSON, entity.Object, entity.Prices, entity.CalculatedPrice, entity.CartPrice,
		entity.PriceDefinition, entity.Rounding, entity.TaxFree:
	}
	return "json_object"
}

func fieldFlags(d *entity.Definition, f entity.Field) map[string]any {
	flags := map[string]any{}
	set := func(name string, holds bool) {
		if holds {
			flags[name] = true
		}
	}
	set("primary_key", f.Name == "id" || f.Name == "versionId" && d.Versioned || slices.Contains(d.Pair, f.Name))
	set("required", f.Required || f.Name == "id")
	set("translatable", f.Translated)
	set("inherited", f.Inherited)
	set("runtime", f.Runtime)
	set("write_protected", f.System || f.Runtime)
	set("allow_html", f.Markup)
	if f.Rank > 0 {
		flags["search_ranking"] = f.Rank
	}
	if len(flags) == 0 {
		return map[string]any{}
	}
	return flags
}

func associationSchema(a entity.Association) map[string]any {
	kinds := map[entity.Kind]string{
		entity.ToOne: "many_to_one", entity.HasOne: "one_to_one", entity.HasMany: "one_to_many", entity.ManyToMany: "many_to_many",
	}
	flags := map[string]any{}
	switch a.OnDelete {
	case entity.Cascade:
		flags["cascade_delete"] = true
	case entity.SetNull:
		flags["set_null_on_delete"] = true
	case entity.Restrict:
		flags["restrict_delete"] = true
	case entity.Nothing:
	}
	if a.ReadOnly {
		flags["write_protected"] = true
	}
	if a.Extension {
		flags["extension"] = true
	}
	s := map[string]any{"type": "association", "relation": kinds[a.Kind], "entity": a.Target, "flags": flags}
	// What a one-to-many of an app leads to has no key in its row. It is shown by the name that the
	// key has in Shopware: that of the rows where it is kept.
	key := componentName(a.Mapping) + "Id"
	key = strings.ToLower(key[:1]) + key[1:]
	switch {
	case a.Single:
		s["relation"], s["localField"], s["referenceField"] = kinds[entity.ToOne], key, "id"
		return s
	case a.OneToMany() && a.Kind == entity.ManyToMany:
		s["relation"], s["localField"], s["referenceField"] = kinds[entity.HasMany], "id", key
		return s
	}
	switch a.Kind {
	case entity.ToOne:
		s["localField"], s["referenceField"] = a.Via, "id"
	case entity.ManyToMany:
		s["mapping"], s["local"], s["reference"] = a.Mapping, a.Via, a.Far
		s["localField"], s["referenceField"] = "id", "id"
	case entity.HasOne, entity.HasMany:
		s["localField"], s["referenceField"] = "id", a.Via
	}
	return s
}
