package manifest

import (
	"slices"
	"strings"
)

// allFields are the custom fields of all sets and the constraints of all rule conditions.
func (a *App) allFields() []CustomField {
	var all []CustomField
	for _, set := range a.CustomFieldSets {
		all = append(all, set.Fields...)
	}
	for _, c := range a.RuleConditions {
		all = append(all, c.Constraints...)
	}
	return all
}

// customFieldPrefix: names are global in a shop, so they say whose they are.
func customFieldPrefix(r *review) {
	for _, set := range r.CustomFieldSets {
		if !strings.Contains(set.Name, "_") {
			r.tell(Warning, "custom_field_prefix", set.Path.Child("name"), "", "custom field set %s has no vendor prefix, as in \"vendor_%s\"", quote(set.Name), shorten(set.Name))
		}
		for _, f := range set.Fields {
			if !strings.Contains(f.Name, "_") {
				r.tell(Warning, "custom_field_prefix", f.Path.Child("@name"), "", "custom field %s has no vendor prefix, as in \"vendor_%s\"", quote(f.Name), shorten(f.Name))
			}
		}
	}
}

// customFieldDuplicate: a name is there once in all sets of the app.
func customFieldDuplicate(r *review) {
	first := map[string]Path{}
	for _, set := range r.CustomFieldSets {
		for _, f := range set.Fields {
			if at, taken := first[f.Name]; taken {
				r.tell(Error, "custom_field_duplicate", f.Path.Child("@name"), "", "custom field %s is already defined in line %d", quote(f.Name), r.Source.Position(at).Line)
				continue
			}
			first[f.Name] = f.Path
		}
	}
}

func customFieldDeprecated(r *review) {
	if at := root.Child("custom-fields"); r.SchemaVersion == v3.name() && r.Source.has(at) {
		r.tell(Info, "custom_field_deprecated", at, "", "since 6.7.13 custom fields belong into Resources/config/custom-fields.xml")
	}
}

// customFieldBoth: the section is not read when the file is there (manifest-xml.md 11.5).
func customFieldBoth(r *review) {
	if at := root.Child("custom-fields"); r.Source.has(at) && r.Source.has("/custom-fields") {
		r.tell(Warning, "custom_field_both", at, "", "the section is ignored: Resources/config/custom-fields.xml is there")
	}
}

func customFieldNumbers(r *review) {
	for _, f := range r.allFields() {
		if f.Min != nil && f.Max != nil && *f.Min > *f.Max {
			r.tell(Error, "custom_field_minmax", f.Path.Child("min"), "", "field %s: min %v is over max %v", quote(f.Name), *f.Min, *f.Max)
		}
		if f.Steps != nil && *f.Steps <= 0 {
			r.tell(Error, "custom_field_minmax", f.Path.Child("steps"), "", "field %s: steps must be above 0", quote(f.Name))
		}
	}
}

func customFieldOptions(r *review) {
	for _, f := range r.allFields() {
		if (f.Type == SingleSelect || f.Type == MultiSelect) && len(f.Options) == 0 {
			r.tell(Error, "custom_field_options", f.Path, "", "select %s has no options", quote(f.Name))
		}
		var values []string
		for _, o := range f.Options {
			if slices.Contains(values, o.Value) {
				r.tell(Error, "custom_field_options", o.Path.Child("@value"), "", "select %s has the option %s twice", quote(f.Name), quote(o.Value))
			}
			values = append(values, o.Value)
		}
	}
}
