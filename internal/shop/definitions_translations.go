package shop

import (
	"github.com/appdock/appdock/internal/entity"
)

// withTranslations adds the entities that hold texts in other languages than the system's
// (entities.md, "Names without a table"), and tells the associations that lead to them.
func withTranslations(tables []entity.Definition) []entity.Definition {
	var all []entity.Definition
	languages := map[string]string{} // key to the record by entity of texts
	for i := range tables {
		d := &tables[i]
		texts := translation(d)
		if texts.Name == "" {
			continue
		}
		d.Translation = texts.Name
		languages[texts.Name] = "languageId"
		for n := range d.Associations {
			if a := &d.Associations[n]; a.Name == "translations" {
				a.Via, a.OnDelete = texts.Pair[0], entity.Cascade
			}
		}
		all = append(all, texts)
	}
	for i := range tables {
		if tables[i].Name != "language" {
			continue
		}
		for n := range tables[i].Associations {
			if a := &tables[i].Associations[n]; languages[a.Target] != "" {
				a.Via = languages[a.Target]
			}
		}
	}
	return append(tables, all...)
}

// translation is the entity that holds the texts of another; without a name if that has none.
func translation(of *entity.Definition) entity.Definition {
	owner := mappingKey(of)
	if of.Name == "property_group_option" {
		owner = "propertyGroupOptionId" // the key in mappings is shorter
	}
	d := entity.Definition{
		Owner: of.Owner, Translates: of.Name, Versioned: of.Versioned, Document: of.Document, Pair: []string{owner, "languageId"},
		Unique: []entity.Unique{{Fields: []string{owner, "languageId"}}, {Fields: []string{"languageId", owner}}},
		Associations: []entity.Association{
			one("language", "language", "languageId"), one(owner[:len(owner)-len("Id")], of.Name, owner),
		},
	}
	d.Fields = []entity.Field{id("id", system, hidden), key(owner, of.Name, required)}
	if of.Versioned {
		d.Fields = append(d.Fields, version(owner[:len(owner)-len("Id")]+"VersionId"))
	}
	d.Fields = append(d.Fields, key("languageId", "language", required))
	for _, f := range of.Fields {
		if f.Translated && f.Stored() {
			d.Name = of.Name + "_translation"
			f.Translated, f.Inherited, f.Required, f.Default = false, false, false, nil
			d.Fields = append(d.Fields, f)
		}
	}
	d.Fields = append(d.Fields, moment("createdAt"), moment("updatedAt", system))
	return d
}
