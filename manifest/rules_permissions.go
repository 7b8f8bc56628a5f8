package manifest

import (
	"slices"
	"strings"
	"unicode"
)

// entityKnown reports whether a host can know the entity. Custom entities
// (ce_, custom_entity_) may come from another app, so they are let pass.
func entityKnown(name string) bool {
	return slices.Contains(coreEntities(), strings.TrimSuffix(name, "_translation")) || isCustom(name)
}

func unknownEntity(r *review) {
	check := func(at Path, what, name string) {
		if name != "" && !strings.ContainsFunc(name, notInEntity) && !entityKnown(name) {
			r.tell(Warning, "unknown_entity", at, r.hint(name, slices.Values(coreEntities())), "%s: unknown entity", what)
		}
	}
	for _, p := range r.Permissions.Raw {
		if p.Kind != "permission" {
			check(p.Path, "<"+p.Kind+">"+shorten(p.Value)+"</"+p.Kind+">", p.Value)
		}
	}
	for _, f := range r.allFields() {
		check(f.Path.Child("entity"), "<entity>"+shorten(f.Entity)+"</entity>", f.Entity)
	}
}

func notInEntity(r rune) bool { return r == ':' || unicode.IsSpace(r) }

func permissionFormat(r *review) {
	for _, p := range r.Permissions.Raw {
		shown := "<" + p.Kind + ">" + shorten(p.Value) + "</" + p.Kind + ">"
		switch {
		case p.Value == "":
			r.tell(Error, "permission_format", p.Path, "", "%s is empty", shown)
		case p.Kind != "permission" && strings.ContainsFunc(p.Value, notInEntity):
			r.tell(Error, "permission_format", p.Path, "", "%s: give only the entity", shown)
		case p.Kind == "permission" && !strings.Contains(p.Value, ":") && !isOlderPrivilege(p.Value):
			r.tell(Warning, "permission_format", p.Path, "", "%s has no colon, as privileges such as \"system:cache:info\" have", shown)
		}
	}
}

// isOlderPrivilege is true of privileges that the platform wrote before it took to colons.
func isOlderPrivilege(name string) bool {
	return name == "user_change_me" || strings.HasPrefix(name, "api_") || strings.Contains(name, ".")
}

func permissionDuplicate(r *review) {
	shown := func(p Permission) string { return "<" + p.Kind + ">" + shorten(p.Value) + "</" + p.Kind + ">" }
	// gives names each operation after the line that gives it, the strongest one first.
	gives := map[string]Permission{}
	for _, kind := range []string{"crud", "delete", "update", "create", "read"} {
		for _, p := range r.Permissions.Raw {
			if p.Kind != kind {
				continue
			}
			for _, operation := range impliedOperations(kind) {
				if key := p.Value + ":" + operation; gives[key] == (Permission{}) {
					gives[key] = p
				}
			}
		}
	}
	written := map[Permission]bool{}
	for _, p := range r.Permissions.Raw {
		line := Permission{Kind: p.Kind, Value: p.Value}
		by, implied := gives[p.Value+":"+p.Kind]
		switch {
		case written[line]:
			r.tell(Info, "permission_duplicate", p.Path, "", "%s is there twice", shown(p))
		case p.Kind != "permission" && implied && by.Kind != p.Kind:
			r.tell(Info, "permission_duplicate", p.Path, "", "%s is implied by %s", shown(p), shown(by))
		}
		written[line] = true
	}
}

// permissionSensitive: rights with which an app could take over a shop.
func permissionSensitive(r *review) {
	entities := map[string]string{
		"user": "admin users", "user_access_key": "admin users", "acl_role": "admin roles", "acl_user_role": "admin roles",
		"integration": "integrations", "integration_role": "integrations", "system_config": "the shop's configuration",
		"plugin": "plugins", "app": "apps",
	}
	for _, p := range r.Permissions.Raw {
		switch {
		case p.Kind == "permission" && (strings.HasPrefix(p.Value, "system.plugin") || strings.HasPrefix(p.Value, "system:plugin") || strings.HasPrefix(p.Value, "system.app")):
			r.tell(Warning, "permission_sensitive", p.Path, "", "asks to manage plugins and apps")
		case p.Kind != "permission" && p.Kind != "read" && entities[p.Value] != "":
			r.tell(Warning, "permission_sensitive", p.Path, "", "asks to change %s", entities[p.Value])
		}
	}
}

// permissionUnused: without a server and without scripts nobody can use a permission.
func permissionUnused(r *review) {
	if len(r.Permissions.Raw) == 0 || r.Auth.Kind != NoAuth || r.env.Files == nil || exists(r.env.Files, "Resources/scripts") {
		return
	}
	r.tell(Info, "permission_unused", root+"/permissions", "", "the app has neither a server nor scripts that could use its permissions")
}
