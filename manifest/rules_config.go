package manifest

import (
	"slices"
	"strconv"
	"strings"
)

// The rules of Resources/config/config.xml (validation.md 4).

// configFields are the settings of all cards.
func (a *App) configFields() []ConfigField {
	var all []ConfigField
	for _, card := range a.Config {
		all = append(all, card.Fields...)
	}
	return all
}

// componentAllowed: apps may use these components of the admin only (manifest-xml.md 23.1).
func componentAllowed(r *review) {
	allowed := []string{"sw-entity-single-select", "sw-entity-multi-id-select", "sw-media-field", "sw-text-editor", "sw-snippet-field"}
	for _, f := range r.configFields() {
		if f.Component != "" && !slices.Contains(allowed, f.Component) {
			r.tell(Error, "config.component_not_allowed", f.Path.Child("@name"), r.hint(f.Component, slices.Values(allowed)),
				"component %s is not allowed in an app's config", quote(f.Component))
		}
	}
}

func configDuplicate(r *review) {
	fields := r.configFields()
	r.unique("config.duplicate_field", "field", len(fields), func(i int) (string, Path) {
		return fields[i].Name, fields[i].Path.Child("name")
	})
}

// configDefault: the default is a value that the merchant could enter.
func configDefault(r *review) {
	for _, f := range r.configFields() {
		if f.Default == nil {
			continue
		}
		if wrong := f.wrongDefault(strings.TrimSpace(*f.Default)); wrong != "" {
			r.tell(Warning, "config.default_type", f.Path.Child("defaultValue"), "", "default %s of field %s %s", quote(*f.Default), quote(f.Name), wrong)
		}
	}
}

func (f ConfigField) wrongDefault(value string) string {
	switch f.Type {
	case "int":
		if _, err := strconv.Atoi(value); err != nil {
			return "is no whole number"
		}
	case "float":
		return number.accepts(value)
	case "bool", "checkbox":
		return boolean.accepts(value)
	case "single-select":
		if value != "" && !slices.ContainsFunc(f.Options, func(o Option) bool { return o.Value == value }) {
			return "is not among the options"
		}
	}
	return ""
}

func configOptions(r *review) {
	for _, f := range r.configFields() {
		isSelect := f.Type == "single-select" || f.Type == "multi-select"
		if isSelect && len(f.Options) == 0 {
			r.tell(Error, "config.options_missing", f.Path, "", "select %s has no options", quote(f.Name))
		}
		for _, o := range f.Options {
			if isSelect && o.Value == "" {
				r.tell(Error, "config.options_missing", o.Path, "", "an option of select %s has no id", quote(f.Name))
			}
		}
	}
}

func configUntranslated(r *review) {
	want := r.Labels.locales()
	check := func(at Path, what, name string, have Translations) {
		if len(have) == 0 || r.full() {
			return
		}
		if missing := have.lacking(want); len(missing) > 0 {
			r.tell(Warning, "config.untranslated", at, "", "%s%s lacks %s", what, name, some(missing))
		}
	}
	for _, card := range r.Config {
		check(card.Path, "the title of a card", "", card.Titles)
		for _, f := range card.Fields {
			check(f.Path, "the label of ", quote(f.Name), f.Labels)
		}
	}
}

// configPermission: since 6.6 the event is only delivered to who may read what changed (hookable-events.md 5).
func configPermission(r *review) {
	for _, w := range r.Webhooks {
		if w.Event == "app.config.changed" && !r.Permissions.Has("system_config:read") {
			r.tell(Warning, "config.no_permission", w.Path.Child("@event"), "", "webhook %s gets nothing without <read>system_config</read>", quote(w.Name))
		}
	}
}
