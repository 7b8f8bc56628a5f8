package manifest

import "slices"

// readPermissions reads the section and derives the privileges (manifest-xml.md
// 8): those of entities first, grouped by entity in the order in which the
// entities appear, then the additional ones as written, each once.
func readPermissions(root *node) Permissions {
	p := Permissions{SelfChecked: parseBool(root.at("validates-permissions"))}
	var entities, additional []string
	operations := map[string][]string{}
	for _, n := range root.section("permissions").children {
		line := Permission{Kind: n.name, Value: n.trimmed(), Path: n.path()}
		p.Raw = append(p.Raw, line)
		if line.Value == "" {
			continue
		}
		if line.Kind == "permission" {
			additional = append(additional, line.Value)
			continue
		}
		if operations[line.Value] == nil {
			entities = append(entities, line.Value)
		}
		operations[line.Value] = append(operations[line.Value], impliedOperations(line.Kind)...)
	}
	seen := map[string]bool{}
	add := func(privilege string) {
		if !seen[privilege] {
			seen[privilege] = true
			p.Requested = append(p.Requested, privilege)
		}
	}
	for _, entity := range entities {
		for _, operation := range operations[entity] {
			add(entity + ":" + operation)
		}
	}
	for _, privilege := range additional {
		add(privilege)
	}
	return p
}

// impliedOperations says what a permission element gives: writing needs reading.
func impliedOperations(kind string) []string {
	switch kind {
	case "crud":
		return []string{"read", "create", "update", "delete"}
	case "read":
		return []string{"read"}
	}
	return []string{kind, "read"}
}

// Has reports whether the app asks for a privilege, or for one that implies it.
func (p Permissions) Has(privilege string) bool { return slices.Contains(p.Requested, privilege) }
