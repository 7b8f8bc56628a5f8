package manifest

import (
	"fmt"
	"iter"
	"regexp"
	"slices"
	"strings"

	"golang.org/x/text/language"

	"github.com/appdock/appdock/internal/similar"
)

// checker holds one XML file against its schema: layer A of validation.md.
type checker struct {
	source   *Source
	group    string // what stands before the dot in the codes
	side     bool   // a file beside the manifest: its faults are of the one kind "schema", and only errors count
	version  versions
	locale   *regexp.Regexp
	strict   bool
	problems Problems
}

var manifestLocale = regexp.MustCompile(`^[a-z]{2,3}-[A-Z]{2}$`)

// report adds a problem and returns it, so that a hint can be given.
func (c *checker) report(f fate, offset int, path Path, format string, args ...any) *Problem {
	if c.full() || c.side && f.severity != Error {
		return &Problem{}
	}
	if len(c.problems) == maxProblems-1 {
		c.problems = append(c.problems, tooMany(Shopware, c.source.at(offset)))
		return &Problem{}
	}
	code := f.code
	if c.side && !strings.Contains(code, ".") {
		code = "schema"
	}
	if !strings.Contains(code, ".") {
		code = c.group + "." + code
	}
	c.problems = append(c.problems, Problem{
		Code: code, Severity: f.severity, Message: fmt.Sprintf(format, args...),
		Position: c.source.at(offset), Path: path,
	})
	return &c.problems[len(c.problems)-1]
}

func (c *checker) atNode(f fate, n *node, format string, args ...any) *Problem {
	return c.report(f, n.offset, n.path(), format, args...)
}

func (c *checker) atAttribute(f fate, n *node, a attr, format string, args ...any) *Problem {
	return c.report(f, a.offset, n.path().Child("@"+shorten(a.name)), format, args...)
}

func (c *checker) hint(name string, candidates iter.Seq[string]) string {
	if len(c.problems) > maxHints {
		return ""
	}
	return didYouMean(name, candidates)
}

// didYouMean is the hint for an unknown name, empty when no candidate is close.
func didYouMean(name string, candidates iter.Seq[string]) string {
	closest := similar.Closest(name, candidates)
	if closest == "" {
		return ""
	}
	return "did you mean " + quote(closest) + "?"
}

// full reports whether no further problem will be told: the rest need not be looked at.
func (c *checker) full() bool { return len(c.problems) == maxProblems }

// element checks n, which is where e may stand, and all that is in it.
func (c *checker) element(n *node, e *element) {
	if e.unsupported {
		c.atNode(fate{"unsupported_section", Warning}, n, "section <%s> is ignored", n.name)
		return
	}
	if !e.in.has(c.version) {
		c.atNode(fate{"schema_version", Warning}, n, "<%s> needs %s, the file declares %s", n.name, e.in, c.version.name())
	}
	c.attributes(n, e)
	c.text(n, e)
	if e.anything {
		return
	}
	for _, child := range n.children {
		if c.full() {
			return
		}
		if known := e.child(child.name); known != nil {
			c.element(child, known)
		} else if !e.loose {
			c.unknown(child, n, e)
		}
	}
	c.missing(n, e)
	c.repeated(n, e)
	c.order(n, e)
	for _, k := range e.unique {
		c.unique(n, k)
	}
}

func (c *checker) unknown(child, n *node, e *element) {
	if e.open {
		c.atNode(fate{"unsupported_section", Warning}, child, "<%s> in <%s> is ignored", shorten(child.name), n.name)
		return
	}
	c.atNode(fate{"unknown_element", Error}, child, "unknown element <%s> in <%s>", shorten(child.name), n.name).
		Hint = c.hint(child.name, e.childNames())
}

func (c *checker) attributes(n *node, e *element) {
	for _, a := range n.attrs {
		known := e.attribute(a.name)
		switch {
		case a.stray:
			c.atAttribute(fate{c.malformed("malformed"), Error}, n, a, "prefix \"xsi\" is not declared").Hint = "add xmlns:xsi=\"" + schemaInstance + "\""
		case known == nil && (isForeign(a.name) || n.parent == nil && a.name == "xmlns"): // the root's namespace is checked by declared
		case known == nil:
			c.atAttribute(fate{"unknown_attribute", Error}, n, a, "unknown attribute %s on <%s>", quote(a.name), n.name).
				Hint = c.hint(a.name, e.attributeNames())
		default:
			c.attribute(n, a, known)
		}
	}
	for _, known := range e.attributes {
		if _, there := n.attribute(known.name); known.required && !there {
			c.atNode(fate{"missing_attribute", Error}, n, "attribute %s is missing on <%s>", quote(known.name), n.name)
		}
	}
}

// isForeign is true of attributes that belong to XML itself.
func isForeign(name string) bool {
	prefix, _, found := strings.Cut(name, ":")
	return found && slices.Contains([]string{"xsi", "xml", "xmlns"}, prefix)
}

func (c *checker) attribute(n *node, a attr, known *attribute) {
	if !known.in.has(c.version) {
		c.atAttribute(fate{"schema_version", Warning}, n, a, "attribute %s needs %s, the file declares %s", quote(a.name), known.in, c.version.name())
	}
	tell := func(f fate, format string, args ...any) {
		if f.code == "bad_value" && known.unlisted != nil {
			f = *known.unlisted
		}
		c.atAttribute(f, n, a, format, args...)
	}
	c.value(a.name, a.value, known.kind, known.values, tell)
	if known.form != nil && !known.form.MatchString(a.value) {
		tell(fate{"bad_value", Error}, "%s %s does not match %s", a.name, quote(a.value), known.form)
	}
}

func (c *checker) text(n *node, e *element) {
	if e.kind == container || e.kind == empty {
		if text := n.trimmed(); text != "" {
			c.atNode(fate{"bad_value", Error}, n, "text %s may not stand in <%s>", quote(text), n.name)
		}
		return
	}
	if e.preset && len(n.text) == 0 {
		return
	}
	tell := func(f fate, format string, args ...any) { c.atNode(f, n, format, args...) }
	c.value(n.name, string(n.text), e.kind, e.values, tell)
	if e.form != nil && !e.form.MatchString(string(n.text)) {
		f := fate{"bad_value", Error}
		if e.misformed != nil {
			f = *e.misformed
		}
		c.atNode(f, n, "%s %s does not match %s", n.name, quote(n.trimmed()), e.form)
	}
}

// value checks what stands in the element or attribute called name.
func (c *checker) value(name, value string, k kind, values []choice, tell func(f fate, format string, args ...any)) {
	trimmed := strings.TrimSpace(value)
	if trimmed != value && (k == word || k == token) {
		tell(fate{"untrimmed", Warning}, "%s has blanks at the %s", quote(name), ends(value))
	}
	if wrong := k.accepts(value); wrong != "" {
		code := "bad_value"
		if k == token {
			code = "bad_event_token"
		}
		tell(fate{code, Error}, "%s %s %s", name, quote(trimmed), wrong)
	}
	if k == enumeration {
		c.enumeration(name, trimmed, values, tell)
	}
	if k == locale {
		c.lang(value, tell)
	}
}

func ends(value string) string {
	start, end := strings.TrimLeft(value, " \t\r\n") != value, strings.TrimRight(value, " \t\r\n") != value
	switch {
	case start && end:
		return "start and at the end"
	case start:
		return "start"
	}
	return "end"
}

func (c *checker) enumeration(name, value string, values []choice, tell func(f fate, format string, args ...any)) {
	var names []string
	for _, choice := range values {
		if choice.value == value {
			if !choice.in.has(c.version) {
				tell(fate{"schema_version", Warning}, "%s %s needs %s, the file declares %s", name, quote(value), choice.in, c.version.name())
			}
			return
		}
		names = append(names, choice.value)
	}
	tell(fate{"bad_value", Error}, "%s %s is not one of %s", name, quote(value), strings.Join(names, ", "))
}

func (c *checker) lang(value string, tell func(f fate, format string, args ...any)) {
	if !c.locale.MatchString(value) {
		tell(fate{"bad_lang", Error}, "lang %s must look like de-DE", quote(value))
		return
	}
	if !isKnownLocale(value) {
		tell(fate{"unknown_locale", Info}, "lang %s is no known locale", quote(value))
	}
}

// isKnownLocale: there is such a language, and such a country if one is named.
func isKnownLocale(value string) bool {
	tag, err := language.Parse(value)
	region, _ := tag.Region()
	return err == nil && (region.IsCountry() || !strings.Contains(value, "-"))
}

// missing reports the mandatory children that are absent or empty (manifest-xml.md 2.3).
func (c *checker) missing(n *node, e *element) {
	if len(n.children) == 0 && (e.needsChild || e.wantsChild) {
		severity := Error
		if !e.needsChild {
			severity = Warning // the schemas let it pass
		}
		c.atNode(fate{"empty_list", severity}, n, "<%s> is empty", n.name)
	}
	for _, known := range e.children {
		if !known.required {
			continue
		}
		found := false
		for _, child := range n.children {
			if child.name != known.name {
				continue
			}
			found = true
			if known.kind != container && known.form == nil && child.trimmed() == "" && !c.side {
				c.atNode(fate{"empty_element", Error}, child, "<%s> in <%s> is empty", child.name, n.name)
			}
		}
		switch {
		case found:
		case n.parent == nil:
			c.atNode(fate{"missing_section", Error}, n, "<%s> is missing", known.name)
		case known.absent != nil:
			c.atNode(*known.absent, n, "<%s> is missing in <%s>", known.name, n.name)
		default:
			c.atNode(fate{"missing_element", Error}, n, "<%s> is missing in <%s>", known.name, n.name)
		}
	}
}

// repeated reports single-value elements that are given again, and translations of the same language.
func (c *checker) repeated(n *node, e *element) {
	type place struct{ name, lang string }
	first := map[place]*node{}
	for _, child := range n.children {
		known := e.child(child.name)
		if known == nil || known.many || e.ordered && known.twice == nil {
			continue
		}
		at := place{name: child.name}
		if known.translatable {
			at.lang = child.lang()
		}
		earlier, again := first[at]
		switch {
		case !again:
			first[at] = child
		case n.parent == nil:
			c.atNode(fate{"duplicate_section", Error}, child, "second <%s> section, first is in line %d", child.name, c.source.line(earlier.offset))
		case known.twice != nil:
			c.atNode(*known.twice, child, "<%s> may appear once only in <%s>, first is in line %d", child.name, n.name, c.source.line(earlier.offset))
		case known.translatable:
			c.atNode(fate{"repeated_element", Warning}, child, "<%s> is given twice for %s in <%s>, the last one counts", child.name, at.lang, n.name)
		default:
			c.atNode(fate{"repeated_element", Warning}, child, "<%s> is given twice in <%s>, the last one counts", child.name, n.name)
		}
	}
}

// order reports children out of their fixed order. The whole run may repeat
// where its first element may be there twice.
func (c *checker) order(n *node, e *element) {
	if first := n.last(e.first()); e.loose && first != nil && n.children[0].name != first.name {
		c.atNode(fate{"order", Error}, first, "<%s> must be the first in <%s>", first.name, n.name)
	}
	if !e.ordered {
		return
	}
	severity := Warning
	if c.strict || c.side {
		severity = Error
	}
	var previous *node
	last, runs := -1, 1
	for _, child := range n.children {
		rank := slices.IndexFunc(e.children, func(known *element) bool { return known.name == child.name })
		if rank < 0 {
			continue
		}
		known := e.children[rank]
		switch {
		case rank == 0 && last == len(e.children)-1 && known.twice == nil:
			runs++
			c.atNode(fate{"repeated_element", Warning}, child, "<%s> begins again in <%s>, the last one of each counts", child.name, n.name)
		case rank < last:
			c.atNode(fate{"order", severity}, previous, "<%s> must come after <%s> in <%s>", previous.name, child.name, n.name)
		case rank == last && !known.many && !known.translatable && known.twice == nil:
			c.atNode(fate{"order", severity}, child, "<%s> is given twice in <%s>, the last one counts", child.name, n.name)
		}
		previous, last = child, rank
	}
	for _, known := range e.children {
		given := 0
		for _, child := range n.children {
			if child.name == known.name {
				given++
			}
		}
		if known.required && given > 0 && given < runs {
			c.atNode(fate{"order", severity}, n, "<%s> is missing in one of the %d runs in <%s>", known.name, runs, n.name)
		}
	}
}

func (c *checker) unique(n *node, k keys) {
	lines := map[string]int{}
	for _, child := range n.children {
		if child.name != k.child {
			continue
		}
		key, offset, path := child.key(k.key)
		if key == "" {
			continue
		}
		line, used := lines[key]
		switch {
		case !used:
			lines[key] = c.source.line(offset)
		case k.code == "duplicate_identifier":
			c.report(fate{k.code, Error}, offset, path, "%s %s is already defined in line %d", k.what, quote(key), line)
		default:
			c.report(fate{k.code, Error}, offset, path, "%s %s is already used in line %d", k.what, quote(key), line)
		}
	}
}

// key gives the value of "@attribute" or of a child, and its place.
func (n *node) key(key string) (value string, offset int, path Path) {
	if name, isAttribute := strings.CutPrefix(key, "@"); isAttribute {
		if a, ok := n.attribute(name); ok {
			return strings.TrimSpace(a.value), a.offset, n.path().Child(key)
		}
		return "", 0, ""
	}
	if child := n.last(key); child != nil {
		return child.trimmed(), child.offset, child.path()
	}
	return "", 0, ""
}

// attribute gives the attribute of that name.
func (n *node) attribute(name string) (attr, bool) {
	for _, a := range n.attrs {
		if a.name == name {
			return a, true
		}
	}
	return attr{}, false
}

// last gives the child of that name that counts, which is the last one (manifest-xml.md 2.4).
func (n *node) last(name string) *node {
	for _, child := range slices.Backward(n.children) {
		if child.name == name {
			return child
		}
	}
	return nil
}

func (n *node) lang() string {
	if a, ok := n.attribute("lang"); ok {
		return a.value
	}
	return defaultLang
}

func (v versions) name() string { return strings.TrimPrefix(v.String(), "manifest ") }
