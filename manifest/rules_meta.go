package manifest

import (
	"fmt"
	"maps"
	"path"
	"regexp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/Masterminds/semver/v3"
)

// nameMismatch: the folder and the app have one name. A manifest of another
// file name is not in its folder (validation.md 3).
func nameMismatch(r *review) {
	file := path.Base(r.Source.File())
	switch {
	case r.env.Folder == "" || file != xmlFile && file != localFile:
	case r.Name == r.env.Folder:
	case strings.EqualFold(r.Name, r.env.Folder):
		r.tell(Warning, "name_case", metaAt.Child("name"), "", "folder %s, name %s: use one spelling", quote(r.env.Folder), quote(r.Name))
	default:
		r.tell(Error, "name_mismatch", metaAt.Child("name"), "", "technical name %s and folder name %s must be equal", quote(r.Name), quote(r.env.Folder))
	}
}

var goodName = regexp.MustCompile(`^[A-Za-z]\w{3,}$`)

func nameFormat(r *review) {
	unsafe := func(c rune) bool { return strings.ContainsRune(`/\:`, c) || unicode.IsSpace(c) || unicode.IsControl(c) }
	switch {
	case strings.ContainsFunc(r.Name, unsafe):
		r.tell(Error, "name_format", metaAt.Child("name"), "", "name %s may hold no blanks, slashes or colons", quote(r.Name))
	case !goodName.MatchString(r.Name):
		r.tell(Warning, "name_format", metaAt.Child("name"), "use letters, digits and underscores, as in \"MyApp\"", "name %s is not usual", quote(r.Name))
	}
}

// locales of some texts, in order.
func (t Translations) locales() []string { return slices.Sorted(maps.Keys(t)) }

// lacking gives the wanted locales that there is no text for.
func (t Translations) lacking(want []string) []string {
	var missing []string
	for _, lang := range want {
		if _, ok := t[lang]; !ok {
			missing = append(missing, lang)
		}
	}
	return missing
}

// some names a list as far as people read it.
func some(names []string) string {
	const most = 20
	if len(names) > most {
		return strings.Join(names[:most], ", ") + fmt.Sprintf(" and %d more", len(names)-most)
	}
	return strings.Join(names, ", ")
}

// missingTranslation: the label is there in every language of the other texts.
func missingTranslation(r *review) {
	missing := r.Labels.lacking(r.Descriptions.locales())
	for _, lang := range r.Labels.lacking(r.PrivacyNotes.locales()) {
		if _, told := r.Descriptions[lang]; !told {
			missing = append(missing, lang)
		}
	}
	if len(missing) > 0 {
		r.tell(Error, "missing_translation", metaAt, "", "label lacks %s", some(missing))
	}
}

// partialTranslation: what the merchant sees speaks the languages of the label.
func partialTranslation(r *review) {
	want := r.Labels.locales()
	check := func(at Path, what, name, text string, have Translations) {
		if len(have) == 0 || r.full() {
			return
		}
		if missing := have.lacking(want); len(missing) > 0 {
			r.tell(Warning, "partial_translation", at, "", "%s %s has no %s for %s", what, quote(name), text, some(missing))
		}
	}
	for _, m := range r.Admin.Modules {
		check(m.Path, "module", m.ID, "label", m.Labels)
	}
	for _, b := range r.Admin.ActionButtons {
		check(b.Path, "action button", b.Action, "label", b.Labels)
	}
	for _, p := range r.PaymentMethods {
		check(p.Path, "payment method", p.Identifier, "name", p.Names)
	}
	for _, s := range r.ShippingMethods {
		check(s.Path, "shipping method", s.Identifier, "name", s.Names)
	}
	for _, c := range r.RuleConditions {
		check(c.Path, "rule condition", c.Identifier, "name", c.Names)
	}
	for _, set := range r.CustomFieldSets {
		check(set.Path, "custom field set", set.Name, "label", set.Labels)
	}
	for _, f := range r.allFields() {
		check(f.Path, "field", f.Name, "label", f.Labels)
		for _, o := range f.Options {
			check(o.Path, "option", o.Value, "name", o.Labels)
		}
	}
}

func noEnglish(r *review) {
	if _, ok := r.Labels[defaultLang]; !ok {
		r.tell(Info, "no_english", metaAt, "", "there is no label for %s", defaultLang)
	}
}

func isSemantic(version string) bool {
	_, err := semver.StrictNewVersion(version)
	return err == nil
}

func versionFormat(r *review) {
	if !isSemantic(r.Version) {
		r.tell(Warning, "version_format", metaAt.Child("version"), "use three numbers, as in \"1.0.0\"", "version %s is no semantic version", quote(r.Version))
	}
}

func compatibilityFormat(r *review) {
	if !r.Compatibility.Valid() {
		r.tell(Error, "compatibility_format", metaAt.Child("compatibility"), "use a Composer constraint, as in \"~6.7.0\"", "compatibility %s cannot be parsed", quote(r.Compatibility.String()))
	}
}

func compatibilityMissing(r *review) {
	if !r.Source.has(metaAt.Child("compatibility")) {
		r.tell(Info, "compatibility_missing", metaAt, "", "no compatibility is given, %s is assumed", defaultCompatibility)
	}
}

// storeTexts: stores want German and English, and a description of a certain length.
func storeTexts(r *review) {
	if !r.env.Store {
		return
	}
	for _, lang := range []string{"en-GB", "de-DE"} {
		if r.Labels[lang] == "" {
			r.tell(Error, "store_label", metaAt, "", "the store needs a label for %s", lang)
		}
		length := utf8.RuneCountInString(r.Descriptions[lang])
		switch {
		case length == 0:
			r.tell(Error, "store_description", metaAt, "", "the store needs a description for %s", lang)
		case length < 150 || length > 185:
			r.tell(Error, "store_description", translation(metaAt.Child("description"), lang), "", "the description for %s has %d characters, the store wants 150 to 185", lang, length)
		}
	}
}

// secretRequired: what needs a signature needs a registration (manifest-xml.md 22, step 7).
func secretRequired(r *review) {
	if r.Auth.Kind != NoAuth {
		return
	}
	var features []string
	for _, f := range []struct {
		name string
		used bool
	}{
		{"modules", len(r.Admin.Modules) > 0 || r.Admin.MainURL != ""},
		{"payments", len(r.PaymentMethods) > 0},
		{"taxes", len(r.TaxProviders) > 0},
		{"webhooks", len(r.Webhooks) > 0},
	} {
		if f.used {
			features = append(features, f.name)
		}
	}
	if len(features) == 0 {
		return
	}
	severity := Warning
	if r.env.Development {
		severity = Error
	}
	r.tell(severity, "secret_required", root, "", "%s need a <setup> with a registration URL", strings.Join(features, ", "))
}

// secretCommitted: manifest.local.xml is the place for a secret.
func secretCommitted(r *review) {
	if r.Auth.DevSecret != "" && path.Base(r.Source.File()) != localFile {
		r.tell(r.forStore(), "secret_committed", root+"/setup/secret", "", "<secret> is for development only")
	}
}

func secretWeak(r *review) {
	if n := utf8.RuneCountInString(r.Auth.DevSecret.Reveal()); n > 0 && n < 16 {
		r.tell(Warning, "secret_weak", root+"/setup/secret", "", "<secret> has %d characters, use 16 at least", n)
	}
}

func requirementUnknown(r *review) {
	known := []string{"public-access"} // manifest-xml.md 19
	for _, name := range r.Requirements {
		if !slices.Contains(known, name) {
			r.tell(Warning, "requirement_unknown", root.Child("requirements").Child(name), r.hint(name, slices.Values(known)), "requirement <%s> is unknown and ignored", shorten(name))
		}
	}
}
