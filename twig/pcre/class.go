package pcre

import (
	"regexp/syntax"
	"slices"
	"strings"
	"unicode/utf8"
)

// class translates a class with its brackets.
func (t *translator) class() (string, error) {
	start := t.at
	var out strings.Builder
	out.WriteByte('[')
	t.at++
	for _, boundary := range []string{"[:<:]]", "[:>:]]"} {
		if strings.HasPrefix(t.rest(), boundary) {
			return "", t.unsupported("the word boundary [" + boundary)
		}
	}
	if byteAt(t.source, t.at) == '^' {
		out.WriteByte('^')
		t.at++
	}
	for first := true; ; first = false {
		if t.at >= len(t.source) {
			return "", t.fail("missing terminating ] for character class", len(t.source))
		}
		if t.source[t.at] == ']' && !first {
			t.at++
			break
		}
		body, err := t.member()
		if err != nil {
			return "", err
		}
		out.WriteString(body)
	}
	if strings.HasSuffix(out.String(), "[") || strings.HasSuffix(out.String(), "[^") {
		t.at = start
		return "", t.unsupported(`a class of nothing, [\E]`)
	}
	out.WriteByte(']')
	return out.String(), nil
}

// member translates one part of a class: a character, a range or a set.
func (t *translator) member() (string, error) {
	low, set, err := t.element()
	if err != nil || low < 0 {
		if err == nil && set != "" && t.rangeFollows() && !strings.HasPrefix(t.rest(), `-\E`) {
			return "", t.fail("invalid range in character class", t.at)
		}
		return set, err
	}
	if !t.rangeFollows() {
		return bodyOf(low), nil
	}
	t.at++
	start := t.at
	high, set, err := t.element()
	switch {
	case err != nil:
		return "", err
	case high < 0 && strings.HasPrefix(set, "[:"):
		return "", t.fail("invalid range in character class", start+1)
	case high < 0 && set != "":
		return "", t.fail("invalid range in character class", t.at)
	case high < 0: // \E between: the hyphen is itself
		return bodyOf(low) + bodyOf('-'), nil
	case high < low:
		return "", t.fail("range out of order in character class", t.at-1)
	}
	return bodyOf(low) + "-" + bodyOf(high), nil
}

// rangeFollows says whether a hyphen is next that makes a range.
func (t *translator) rangeFollows() bool {
	rest := t.rest()
	return len(rest) > 1 && rest[0] == '-' && rest[1] != ']'
}

// element reads a character, or a set with -1 for the character.
func (t *translator) element() (rune, string, error) {
	rest := t.rest()
	if rest[0] == '[' {
		if set, ok, err := t.posix(); ok || err != nil {
			return -1, set, err
		}
	}
	if rest[0] != '\\' {
		r, size := utf8.DecodeRuneInString(rest)
		if r == utf8.RuneError && size == 1 {
			return 0, "", t.unsupported("a byte that is no UTF-8")
		}
		t.at += size
		return r, "", nil
	}
	if len(rest) == 1 {
		return 0, "", t.fail(`\ at end of pattern`, len(t.source))
	}
	c := rest[1]
	if body, negated, ok := t.set(c); ok {
		t.at += 2
		return t.subset(body, negated)
	}
	switch c {
	case 'b':
		t.at += 2
		return '\b', "", nil
	case 'E':
		t.at += 2
		return -1, "", nil
	case 'Q':
		return t.quotedElement()
	case 'N':
		return 0, "", t.fail(`\N is not supported in a class`, t.at+2)
	case 'B', 'R', 'X':
		return 0, "", t.fail("escape sequence is invalid in character class", t.at+1)
	case 'p', 'P':
		body, negated, err := t.property()
		if err != nil {
			return 0, "", err
		}
		return t.subset(body, negated)
	}
	r, err := t.character()
	return r, "", err
}

// quotedElement is all of \Q…\E as a set of its characters.
func (t *translator) quotedElement() (rune, string, error) {
	text, _, ended := strings.Cut(t.source[t.at+2:], `\E`)
	if !ended {
		return 0, "", t.fail("missing terminating ] for character class", len(t.source))
	}
	if !utf8.ValidString(text) {
		return 0, "", t.unsupported("a byte that is no UTF-8")
	}
	t.at += len(text) + len(`\Q\E`)
	var set strings.Builder
	for _, r := range text {
		set.WriteString(bodyOf(r))
	}
	return -1, set.String(), nil
}

// posixNames are the classes that package regexp has too, by ASCII. The modifier u widens
// some of them.
var (
	posixNames = []string{
		"alnum", "alpha", "ascii", "blank", "cntrl", "digit", "graph",
		"lower", "print", "punct", "space", "upper", "word", "xdigit",
	}
	unicodePosix = map[string]string{
		"alnum": `\p{L}\p{N}`, "alpha": `\p{L}`, "blank": horizontal, "cntrl": `\p{Cc}`, "digit": `\p{Nd}`,
		"lower": `\p{Ll}`, "space": unicodeSets['s'], "upper": `\p{Lu}`, "word": `\p{L}\p{N}_`,
	}
)

// posix reads [:name:] inside a class, if it is there.
func (t *translator) posix() (string, bool, error) {
	rest := t.rest()
	kind := byteAt(rest, 1)
	if kind != ':' && kind != '.' && kind != '=' {
		return "", false, nil
	}
	length := strings.Index(rest[2:], string(kind)+"]")
	if length < 0 || strings.ContainsAny(rest[2:2+length], `]\`) {
		return "", false, nil
	}
	if kind != ':' {
		return "", false, t.fail("POSIX collating elements are not supported", t.at)
	}
	name, negated := strings.CutPrefix(rest[2:2+length], "^")
	if !slices.Contains(posixNames, name) {
		return "", false, t.fail("unknown POSIX class name", t.at+2)
	}
	set := rest[:length+4]
	if wide, ok := unicodePosix[name]; ok && t.modifiers.unicode {
		var err error
		if _, set, err = t.subset(wide, negated); err != nil {
			return "", false, err
		}
	}
	t.at += length + 4
	return set, true, nil
}

// subset is a set inside of a class. Package regexp can negate a class but not a set in
// it, so the ranges of all other characters are written out. Two sets have
// a negation of their own there, which minds what (?i) adds to them.
func (t *translator) subset(body string, negated bool) (rune, string, error) {
	if !negated {
		return -1, body, nil
	}
	switch body {
	case asciiSets['d']:
		return -1, `\D`, nil
	case asciiSets['w']:
		return -1, `\W`, nil
	}
	expression, err := syntax.Parse("[^"+body+"]", syntax.Perl)
	if err != nil || expression.Op != syntax.OpCharClass {
		return 0, "", t.unsupported("a class of nothing")
	}
	var out strings.Builder
	for i := 0; i+1 < len(expression.Rune); i += 2 {
		out.WriteString(bodyOf(expression.Rune[i]) + "-" + bodyOf(expression.Rune[i+1]))
	}
	return -1, out.String(), nil
}
