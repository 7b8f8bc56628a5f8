package manifest

import (
	"fmt"
	"io/fs"
	"net/url"
	"slices"
	"strings"
)

// Converted is an app's manifest in the other dialect.
type Converted struct {
	Name string // technical name, which each dialect writes in its own way
	File string // "app.json" or "manifest.xml"
	Text []byte
}

// Convert writes the manifest of an app in the other dialect, as far as that one can
// say it (app-json.md 6 and 7). The app never asks for more than it did before.
//
// Problems tell with places in the manifest what the other dialect has nothing for,
// and what was assumed because it cannot do without. Converted is nil if there are
// errors among them: what came out would be no valid manifest. files is the app's
// folder, in which Convert only looks for what an app.json cannot make use of; nil:
// it does not look. The error is not nil only if a text cannot be encoded.
func Convert(app *App, files fs.FS) (*Converted, Problems, error) {
	c := converter{newReview(app, Environment{Files: files})}
	into, parse := Converted{Name: NameIn(Shopware, app.Name), File: xmlFile}, ParseXML
	if app.Format == Shopware {
		into, parse = Converted{Name: NameIn(SitePack, app.Name), File: jsonFile}, ParseJSON
	}
	if into.Name != app.Name {
		c.tell(Warning, "convert.renamed", c.placeOf("/manifest/meta/name", "/id"), "the folder has to be called so, too",
			"%s is called %s in %s", quote(app.Name), quote(into.Name), into.File)
	}
	if app.Format == Shopware {
		text, err := encodeJSON(c.toJSON(into.Name))
		if err != nil {
			return nil, nil, fmt.Errorf("write the %s of %s: %w", into.File, app.Name, err)
		}
		into.Text = text
	} else {
		into.Text = c.toXML(into.Name).document()
	}
	// The reader has the last word. Development is not judged here: that is what
	// `app validate` does with the file.
	result, problems := parse(into.File+" (not written)", into.Text, false)
	if result != nil {
		problems = append(problems, Validate(result, Environment{Development: true})...)
	}
	if problems.HasErrors() {
		problems = slices.DeleteFunc(problems, func(p Problem) bool { return p.Severity != Error })
		problems.Sort()
		return nil, append(c.problems, problems...), nil
	}
	c.problems.Sort()
	return &into, c.problems, nil
}

// converter is the review of an app whose findings are what a conversion loses.
type converter struct{ *review }

// placeOf is a path in the dialect that the app is written in.
func (c converter) placeOf(xml, json Path) Path {
	if c.Format == Shopware {
		return xml
	}
	return json
}

// into is the name of the file that is made.
func (c converter) into() string {
	if c.Format == Shopware {
		return jsonFile
	}
	return xmlFile
}

// lost tells that the other dialect has nothing for a part of the app.
func (c converter) lost(there bool, at Path, what, hint string) {
	if there {
		c.tell(Warning, "convert.lost", at, hint, "%s: %s has nothing for it", what, c.into())
	}
}

// lostAll is lost for a list: one line, at the first of it.
func lostAll[T any](c converter, list []T, at func(T) Path, one, many, hint string) {
	if len(list) == 0 {
		return
	}
	what := "1 " + one
	if len(list) > 1 {
		what = fmt.Sprintf("%d %s", len(list), many)
	}
	c.lost(true, at(list[0]), what, hint)
}

// assumed tells of a value that the other dialect needs and the app does not give.
func (c converter) assumed(at Path, what, value, hint string) {
	c.tell(Warning, "convert.assumed", at, hint, "%s needs %s, which nothing says here: it was taken to be %s", c.into(), what, quote(value))
}

// originOf is the scheme and the host of the first URL that has both; empty: none has.
func originOf(urls ...string) string {
	for _, raw := range urls {
		if u, err := url.Parse(raw); err == nil && u.Scheme != "" && u.Host != "" {
			return u.Scheme + "://" + u.Host
		}
	}
	return ""
}

// only is the text of the language that a dialect without translations keeps: English, else the first one.
func (t Translations) only() (text, lang string) {
	if text, ok := t[defaultLang]; ok {
		return text, defaultLang
	}
	for _, lang := range t.locales() {
		return t[lang], lang
	}
	return "", ""
}

// unique makes a name that no earlier one is.
func unique(used map[string]bool, name string) string {
	candidate := name
	for n := 2; used[candidate]; n++ {
		candidate = fmt.Sprintf("%s-%d", name, n)
	}
	used[candidate] = true
	return candidate
}

// plainName makes a name of the letters and digits of a text.
func plainName(text string) string {
	return strings.Join(strings.FieldsFunc(strings.ToLower(text), func(r rune) bool {
		return (r < 'a' || r > 'z') && (r < '0' || r > '9')
	}), "-")
}
