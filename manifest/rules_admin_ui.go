package manifest

import "slices"

// The rules of Resources/config/admin-ui.xml (manifest-xml.md 23.5).

// pageEntity: pages are made for the app's own entities.
func pageEntity(r *review) {
	for _, page := range r.AdminPages {
		if _, ok := r.entity(page.Entity); !ok {
			r.tell(Error, "admin_ui.entity", page.Path.Child("@name"), "", "entity %s is not in Resources/entities.xml", quote(page.Entity))
		}
	}
}

func (a *App) entity(name string) (CustomEntity, bool) {
	i := slices.IndexFunc(a.Entities, func(e CustomEntity) bool { return e.Name == name })
	if i < 0 {
		return CustomEntity{}, false
	}
	return a.Entities[i], true
}

// pageReference: what is shown is a field of the entity, once in each list.
func pageReference(r *review) {
	for _, page := range r.AdminPages {
		entity, known := r.entity(page.Entity)
		names := map[string]bool{}
		for _, f := range entity.Fields {
			names[f.Name] = true
		}
		check := func(n int, at func(i int) (ref string, path Path)) {
			r.unique("admin_ui.duplicate_reference", "ref", n, at)
			for i := range n {
				if ref, path := at(i); known && !names[ref] {
					r.tell(Error, "admin_ui.reference", path, "", "ref %s is no field of %s", quote(ref), quote(page.Entity))
				}
			}
		}
		check(len(page.Columns), func(i int) (string, Path) { return page.Columns[i].Ref, page.Columns[i].Path.Child("@ref") })
		for _, tab := range page.Tabs {
			for _, card := range tab.Cards {
				check(len(card.Fields), func(i int) (string, Path) { return card.Fields[i].Ref, card.Fields[i].Path.Child("@ref") })
			}
		}
	}
}
