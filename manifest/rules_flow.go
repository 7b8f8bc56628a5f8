package manifest

import (
	"path"
	"regexp"
	"slices"
	"strings"
)

// The rules of Resources/flow.xml, Resources/cms.xml and Resources/entities.xml (validation.md 4).

func flowDuplicate(r *review) {
	r.unique("flow.duplicate_name", "action", len(r.FlowActions), func(i int) (string, Path) {
		return r.FlowActions[i].Name, r.FlowActions[i].Path.Child("meta").Child("name")
	})
	r.unique("flow.duplicate_name", "event", len(r.FlowEvents), func(i int) (string, Path) {
		return r.FlowEvents[i].Name, r.FlowEvents[i].Path.Child("name")
	})
}

// flowRequirement: the data that the platform's events can carry.
func flowRequirement(r *review) {
	known := strings.Fields(`orderAware customerAware orderTransactionAware customerGroupAware customerRecoveryAware newsletterRecipientAware
		productAware salesChannelAware userAware delayAware mailAware logAware scalarValuesAware customAppAware
		confirmUrlAware contactFormDataAware contentsAware contextTokenAware dataAware emailAware messageAware nameAware recipientsAware
		resetUrlAware reviewFormDataAware shopNameAware subjectAware templateDataAware urlAware`)
	for _, f := range r.FlowActions {
		for i, requirement := range f.Requirements {
			name := path.Base(strings.ReplaceAll(requirement, `\`, "/")) // the older form is the name of an interface
			if !slices.ContainsFunc(known, func(k string) bool { return strings.EqualFold(k, name) }) {
				at := nth(f.Path.Child("meta").Child("requirements"), i, len(f.Requirements))
				r.tell(Warning, "flow.requirement_unknown", at, r.hint(requirement, slices.Values(known)), "requirement %s is unknown", quote(requirement))
			}
		}
	}
}

func flowIcon(r *review) {
	for _, f := range r.FlowActions {
		r.icon(f.Icon, "flow.icon_missing", Warning, f.Path.Child("meta").Child("icon"))
	}
}

// flowCollision: the platform's own actions are called action.something.
func flowCollision(r *review) {
	for _, f := range r.FlowActions {
		if strings.HasPrefix(f.Name, "action.") {
			r.tell(Error, "flow.name_collision", f.Path.Child("meta").Child("name"), "", "action name %s belongs to the platform", quote(f.Name))
		}
	}
}

// cmsTemplate: what the admin shows of a block comes from two files.
func cmsTemplate(r *review) {
	if r.env.Files == nil {
		return
	}
	for _, b := range r.CMSBlocks {
		for _, name := range []string{"preview.html", "styles.css"} {
			file, ok := inside(path.Join("Resources/cms/blocks", b.Name, name))
			if !ok || !exists(r.env.Files, file) {
				r.tell(Warning, "cms.template_missing", b.Path.Child("name"), "", "block %s has no %s in Resources/cms/blocks/%s", quote(b.Name), name, shorten(b.Name))
			}
		}
	}
}

// cmsSlotType: the elements that the shop has. One that the app's own admin code brings is not among them.
func cmsSlotType(r *review) {
	known := strings.Fields(`buy-box category-navigation category-name cross-selling form html image image-gallery image-slider manufacturer-logo
		product-box product-description-reviews product-listing product-name product-slider sidebar-filter text vimeo-video video youtube-video`)
	for _, b := range r.CMSBlocks {
		for _, s := range b.Slots {
			if !slices.Contains(known, s.Type) {
				r.tell(Warning, "cms.slot_type", s.Path.Child("@type"), r.hint(s.Type, slices.Values(known)), "element type %s is unknown", quote(s.Type))
			}
		}
	}
}

var unsafeHTML = regexp.MustCompile(`(?i)<(script|iframe|object|embed|link|base|meta)\b|\son[a-z]+\s*=|(?:src|href|srcset|data|action|poster)\s*=\s*["']?\s*(?:https?:|//|javascript:)|url\(\s*["']?\s*(?:https?:|//)`)

// cmsPreview: what could run or call somebody is taken out of previews.
func cmsPreview(r *review) {
	for _, b := range r.CMSBlocks {
		name, ok := inside(path.Join("Resources/cms/blocks", b.Name, "preview.html"))
		if !ok || r.env.Files == nil {
			continue
		}
		text, tooLarge, err := read(r.env.Files, name, maxXML)
		if tooLarge != "" {
			r.aboutFile(Warning, notChecked, name, "", "the preview was not checked: %s", tooLarge)
		}
		if err != nil || tooLarge != "" {
			continue // cmsTemplate tells of one that is not there
		}
		source := newSource(r.shown(name), text)
		for _, at := range unsafeHTML.FindAllStringIndex(source.text, maxToldFiles) {
			r.besides(Warning, "cms.preview_unsafe", source, at[0], "", "%s is removed from previews", quote(strings.TrimSpace(source.text[at[0]:at[1]])))
		}
	}
}

// isCustom is true of the names that custom entities have.
func isCustom(entity string) bool {
	return strings.HasPrefix(entity, "ce_") || strings.HasPrefix(entity, "custom_entity_")
}

func entityPrefix(r *review) {
	for _, e := range r.Entities {
		name := strings.TrimPrefix(strings.TrimPrefix(e.Name, "ce_"), "custom_entity_")
		at := e.Path.Child("@name")
		switch {
		case !isCustom(e.Name):
			r.tell(Error, "entities.prefix", at, "", "entity %s must begin with ce_ or custom_entity_", quote(e.Name))
		case name == "" || strings.Trim(name, "abcdefghijklmnopqrstuvwxyz0123456789_") != "":
			r.tell(Error, "entities.prefix", at, "", "entity %s may hold small letters, digits and underscores", quote(e.Name))
		}
	}
}

// entityNameLength: the names of tables, mapping tables included, end at 64 characters.
func entityNameLength(r *review) {
	const most = 64
	for _, e := range r.Entities {
		if len(e.Name) > most {
			r.tell(Error, "entities.name_length", e.Path.Child("@name"), "", "entity %s has %d characters, at most %d are allowed", quote(e.Name), len(e.Name), most)
		}
		for _, f := range e.Fields {
			if mapping := e.Name + "_" + f.Reference; f.Type == "many-to-many" && len(mapping) > most {
				r.tell(Error, "entities.name_length", f.Path.Child("@reference"), "", "mapping %s has %d characters, at most %d are allowed", quote(mapping), len(mapping), most)
			}
		}
	}
}

func entityLabel(r *review) {
	for _, e := range r.Entities {
		isLabel := func(f EntityField) bool { return f.Type == "string" && f.Name == e.LabelProperty }
		switch {
		case e.CustomFieldsAware && e.LabelProperty == "":
			r.tell(Error, "entities.label_property", e.Path, "", "entity %s with custom fields needs a label-property", quote(e.Name))
		case e.LabelProperty != "" && !slices.ContainsFunc(e.Fields, isLabel):
			r.tell(Error, "entities.label_property", e.Path.Child("@label-property"), "", "label-property %s is no string field of %s", quote(e.LabelProperty), quote(e.Name))
		}
	}
}

// entityRelation: an app may not delete, or demand, what is the shop's.
func entityRelation(r *review) {
	for _, e := range r.Entities {
		for _, f := range e.Fields {
			if f.Type == "one-to-many" && !isCustom(f.Reference) {
				if f.OnDelete == "cascade" {
					r.tell(Error, "entities.cascade_core", f.Path.Child("@on-delete"), "", "field %s would delete records of %s", quote(f.Name), quote(f.Reference))
				}
				if f.ReverseRequired {
					r.tell(Error, "entities.reverse_required_core", f.Path.Child("@reverse-required"), "", "field %s cannot be required in %s", quote(f.Name), quote(f.Reference))
				}
			}
			if f.OnDelete == "restrict" {
				r.tell(Info, "entities.restrict", f.Path.Child("@on-delete"), "", "field %s with restrict: the app cannot be deactivated", quote(f.Name))
			}
		}
	}
}

func entityReference(r *review) {
	known := slices.Clone(coreEntities())
	for _, e := range r.Entities {
		known = append(known, e.Name)
	}
	for _, e := range r.Entities {
		for _, f := range e.Fields {
			if f.Reference != "" && !slices.Contains(known, f.Reference) {
				r.tell(Error, "entities.reference_unknown", f.Path.Child("@reference"), r.hint(f.Reference, slices.Values(known)), "field %s refers to the unknown entity %s", quote(f.Name), quote(f.Reference))
			}
		}
	}
}

func entityFields(r *review) {
	reserved := []string{"id", "created_at", "updated_at", "custom_fields"}
	for _, e := range r.Entities {
		r.unique("entities.duplicate_field", "field", len(e.Fields), func(i int) (string, Path) {
			return e.Fields[i].Name, e.Fields[i].Path.Child("@name")
		})
		for _, f := range e.Fields {
			if slices.Contains(reserved, f.Name) {
				r.tell(Error, "entities.reserved_field", f.Path.Child("@name"), "", "field name %s is taken by the platform", quote(f.Name))
			}
		}
	}
}
