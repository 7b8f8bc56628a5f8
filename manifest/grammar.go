package manifest

import (
	"iter"
	"math"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode"
)

// versions is a set of schema versions of manifest.xml; the empty set means all.
type versions uint8

const (
	v1 versions = 1 << iota
	v2
	v3
)

func (v versions) has(version versions) bool { return v == 0 || v&version != 0 }

// String names the versions, as in "manifest 2.0 or 3.0".
func (v versions) String() string {
	var names []string
	for version, name := range map[versions]string{v1: "1.0", v2: "2.0", v3: "3.0"} {
		if v.has(version) {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return "manifest " + strings.Join(names, " or ")
}

// kind is what may stand in an element or attribute.
type kind int

const (
	container   kind = iota // children only
	text                    // anything; blanks at the ends do not count
	raw                     // anything, exactly as written
	word                    // a technical value: blanks at the ends are dropped with a warning
	boolean                 // true, false, 1, 0
	integer                 // 32 bits, signed
	number                  // a float
	token                   // xs:NMTOKEN
	moment                  // xs:dateTime
	enumeration             // one of the element's values
	locale                  // a language attribute
	empty                   // nothing: that it is there is what it says
)

// element says what may stand where in an XML file: one declaration for the
// checker, the reader and the test that walks the schemas. It is the union of
// all schema versions; what only some of them have says so with in.
type element struct {
	name       string
	kind       kind
	in         versions
	values     []choice // of an enumeration
	attributes []attribute
	children   []*element

	required     bool // must be there once at least (manifest-xml.md 2.3)
	many         bool // may be there more than once
	translatable bool // may be there once for each language

	needsChild  bool // the schemas refuse it without children
	wantsChild  bool // it says nothing without children
	ordered     bool // the order of its children is fixed, the whole run may repeat
	open        bool // children that are not known are newer than this host
	anything    bool // children of any name
	unsupported bool // known, and ignored with all that is in it
	loose       bool // children that are not declared are passed on as they are
	preset      bool // the schemas have a default: it may be empty
	form        *regexp.Regexp
	misformed   *fate  // what a value is that breaks the form
	absent      *fate  // what its absence is, when it is required
	twice       *fate  // what a second one is, when that is not the plain warning
	unique      []keys // which children may not have the same key
}

// attribute of an element.
type attribute struct {
	name     string
	kind     kind
	in       versions
	values   []choice
	form     *regexp.Regexp
	unlisted *fate // what another value is, when that is not a plain bad value
	required bool
}

// choice is one value of an enumeration.
type choice struct {
	value string
	in    versions
}

// fate is the code and severity that a fault has at a certain place.
type fate struct {
	code     string
	severity Severity
}

// keys says that the children called child may not share a key, which is an
// attribute ("@name") or a child of theirs.
type keys struct {
	child, key string
	what       string // for the message: "webhook name"
	code       string
}

func choices(values ...string) []choice {
	all := make([]choice, len(values))
	for i, value := range values {
		all[i] = choice{value: value}
	}
	return all
}

func (e *element) child(name string) *element {
	for _, child := range e.children {
		if child.name == name {
			return child
		}
	}
	return nil
}

// first is the name of the first child that is declared, empty when there is none.
func (e *element) first() string {
	if len(e.children) == 0 {
		return ""
	}
	return e.children[0].name
}

func (e *element) childNames() iter.Seq[string] {
	return func(yield func(string) bool) {
		for _, child := range e.children {
			if !yield(child.name) {
				return
			}
		}
	}
}

func (e *element) attributeNames() iter.Seq[string] {
	return func(yield func(string) bool) {
		for _, attribute := range e.attributes {
			if !yield(attribute.name) {
				return
			}
		}
	}
}

func (e *element) attribute(name string) *attribute {
	for i := range e.attributes {
		if e.attributes[i].name == name {
			return &e.attributes[i]
		}
	}
	if e.translatable && name == "lang" {
		return &attribute{name: "lang", kind: locale}
	}
	return nil
}

var (
	booleans    = []string{"true", "false", "1", "0"}
	plainFloat  = regexp.MustCompile(`^[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?$|^(-?INF|NaN)$`)
	dateTime    = regexp.MustCompile(`^-?\d{4,}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)?$`)
	defaultLang = "en-GB"
)

// accepts says what is wrong with a value of this kind, or nothing.
// Blanks at the ends never count: the schemas collapse them (manifest-xml.md 2.6).
func (k kind) accepts(value string) (wrong string) {
	value = strings.TrimSpace(value)
	switch k {
	case boolean:
		if !slices.Contains(booleans, value) {
			return "is not true or false"
		}
	case integer:
		if _, err := strconv.ParseInt(value, 10, 32); err != nil {
			return "is no whole number of 32 bits"
		}
	case number:
		if !plainFloat.MatchString(value) {
			return "is no number"
		}
	case token:
		if value == "" || strings.ContainsFunc(value, notInToken) {
			return "is no valid token"
		}
	case moment:
		if !dateTime.MatchString(value) {
			return "is no date and time"
		}
	case container, empty, text, raw, word, enumeration, locale:
	}
	return ""
}

func notInToken(r rune) bool {
	return !unicode.IsLetter(r) && !unicode.IsDigit(r) && !unicode.Is(unicode.M, r) && !strings.ContainsRune(".-_:·", r)
}

// parseBool, parseInt and parseFloat read values that accepts has let through;
// of a missing one they give what the loader takes instead.
func parseBool(value string) bool {
	value = strings.TrimSpace(value)
	return value == "true" || value == "1"
}

func parseInt(value string, missing int) int {
	n, err := strconv.ParseInt(strings.TrimSpace(value), 10, 32)
	if err != nil {
		return missing
	}
	return int(n)
}

func parseFloat(value string) *float64 {
	value = strings.TrimSpace(value)
	if !plainFloat.MatchString(value) {
		return nil
	}
	f, err := strconv.ParseFloat(value, 64)
	if err != nil || math.IsNaN(f) || math.IsInf(f, 0) {
		return nil
	}
	return &f
}
