package pcre

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"unicode/utf8"
)

// translator walks once through an expression and writes that of package regexp.
type translator struct {
	source    string
	at        int
	out       strings.Builder
	modifiers modifiers
	groups    []modifiers // to go back to at the end of each open group
	names     map[string]bool
	// atom is whether a quantifier may follow.
	atom bool
}

func (t *translator) translate() (string, error) {
	t.out.WriteString(t.modifiers.prefix() + ")")
	if t.modifiers.anchored {
		t.out.WriteString(`\A(?:`)
	}
	for t.at < len(t.source) {
		if err := t.step(); err != nil {
			return "", err
		}
	}
	if len(t.groups) > 0 {
		return "", t.fail("missing closing parenthesis", len(t.source))
	}
	if t.modifiers.anchored {
		t.out.WriteByte(')')
	}
	return t.out.String(), nil
}

func (t *translator) fail(message string, offset int) error {
	return &SyntaxError{Message: fmt.Sprintf("Compilation failed: %s at offset %d", message, offset)}
}

func (t *translator) unsupported(feature string) error {
	return &UnsupportedError{Feature: feature, Offset: t.at}
}

// rest is what is not translated yet.
func (t *translator) rest() string { return t.source[t.at:] }

func (t *translator) emit(text string, atom bool) error {
	t.out.WriteString(text)
	t.atom = atom
	return nil
}

// step translates one piece of the expression.
func (t *translator) step() error {
	c := t.source[t.at]
	if t.modifiers.extended && t.skipBlank(c) {
		return nil
	}
	switch c {
	case '(':
		return t.group()
	case ')':
		if len(t.groups) == 0 {
			return t.fail("unmatched closing parenthesis", t.at)
		}
		t.modifiers, t.groups = t.groups[len(t.groups)-1], t.groups[:len(t.groups)-1]
		t.at++
		return t.emit(")", true)
	case '[':
		class, err := t.class()
		if err != nil {
			return err
		}
		return t.emit(class, true)
	case '\\':
		return t.escape()
	case '*', '+', '?', '{':
		return t.quantifier()
	}
	text, atom := string(c), false
	switch c {
	case '|':
	case '^':
		text = pick(t.modifiers.lines, `(?m:^)`, `\A`)
	case '$':
		text = t.end()
	case '.':
		text, atom = pick(t.modifiers.dotAll, `(?s:.)`, `[^\n]`), true
	default:
		r, size := utf8.DecodeRuneInString(t.rest())
		if r == utf8.RuneError && size == 1 {
			return t.unsupported("a byte that is no UTF-8")
		}
		text, atom = regexp.QuoteMeta(string(r)), true
		t.at += size - 1
	}
	t.at++
	return t.emit(text, atom)
}

func pick(condition bool, yes, no string) string {
	if condition {
		return yes
	}
	return no
}

// end is the translation of $: the end of the text or of its last line.
func (t *translator) end() string {
	switch {
	case t.modifiers.lines:
		return `(?m:$)`
	case t.modifiers.dollarEnd:
		return `\z`
	default:
		return lastLineEnd
	}
}

const lastLineEnd = `(?:\n?\z)`

// skipBlank skips what the modifier x makes meaningless.
func (t *translator) skipBlank(c byte) bool {
	switch c {
	case ' ', '\t', '\n', '\v', '\f', '\r':
		t.at++
		return true
	case '#':
		if length := strings.IndexByte(t.rest(), '\n'); length >= 0 {
			t.at += length + 1
		} else {
			t.at = len(t.source)
		}
		return true
	}
	return false
}

// maxRepeat is the largest count that package regexp takes, maxCount that PCRE does.
const (
	maxRepeat = 1000
	maxCount  = 65535
)

func (t *translator) quantifier() error {
	text, ok, err := t.repeat()
	if err != nil {
		return err
	}
	if !ok { // a brace that is no quantifier is itself
		t.at++
		return t.emit(`\{`, true)
	}
	if !t.atom {
		return t.fail("quantifier does not follow a repeatable item", t.at+len(text)-1)
	}
	switch rest := t.source[t.at+len(text):]; {
	case strings.HasPrefix(rest, "+"):
		return t.unsupported("the possessive quantifier " + text + "+")
	case strings.HasPrefix(rest, "?"):
		text += "?"
	}
	t.at += len(text)
	return t.emit(text, false)
}

// repeat reads a quantifier without what may follow it.
func (t *translator) repeat() (string, bool, error) {
	rest := t.rest()
	if rest[0] != '{' {
		return rest[:1], true, nil
	}
	body, _, ok := strings.Cut(rest[1:], "}")
	if !ok {
		return "", false, nil
	}
	low, high, ranged := strings.Cut(body, ",")
	if !allDigits(low) || low == "" || !allDigits(high) {
		return "", false, nil
	}
	least, most := count(low), count(high)
	switch {
	case least > maxCount || most > maxCount:
		return "", false, t.fail("number too big in {} quantifier", t.at+len(body)+1)
	case ranged && high != "" && most < least:
		return "", false, t.fail("numbers out of order in {} quantifier", t.at+len(body)+1)
	case least > maxRepeat || most > maxRepeat:
		return "", false, t.unsupported("a count over 1000")
	}
	return rest[:len(body)+2], true, nil
}

func allDigits(text string) bool { return strings.Trim(text, "0123456789") == "" }

// count is a number beyond all limits if it does not fit.
func count(digits string) int {
	if digits == "" {
		return 0
	}
	value, err := strconv.Atoi(digits)
	if err != nil {
		return maxCount + 1
	}
	return value
}

// refusedGroups begin constructs that package regexp has not, longest first.
var refusedGroups = []struct{ start, feature string }{
	{"(?<=", "lookbehind (?<=…)"},
	{"(?<!", "negative lookbehind (?<!…)"},
	{"(?=", "lookahead (?=…)"},
	{"(?!", "negative lookahead (?!…)"},
	{"(?>", "an atomic group (?>…)"},
	{"(?|", "a branch reset (?|…)"},
	{"(?(", "a condition (?(…)…)"},
	{"(?P=", "a backreference (?P=…)"},
	{"(?P>", "recursion (?P>…)"},
	{"(?&", "recursion (?&…)"},
	{"(?R", "recursion (?R)"},
	{"(?+", "recursion (?+…)"},
	{"(?C", "a callout (?C…)"},
}

// group translates the beginning of a group, or all of one that holds no expression.
func (t *translator) group() error {
	rest := t.rest()
	for _, refused := range refusedGroups {
		if strings.HasPrefix(rest, refused.start) {
			return t.unsupported(refused.feature)
		}
	}
	switch {
	case strings.HasPrefix(rest, "(*") && len(rest) > 2 && (isLetter(rest[2]) || rest[2] == ':'):
		return t.unsupported("a verb (*…)")
	case strings.HasPrefix(rest, "(*"):
		return t.fail("(*VERB) not recognized or malformed", t.at+2)
	case strings.HasPrefix(rest, "(?#"):
		length := strings.IndexByte(rest, ')')
		if length < 0 {
			return t.fail("missing ) after (?# comment", len(t.source))
		}
		t.at += length + 1
		return nil
	case strings.HasPrefix(rest, "(?:"):
		return t.open("(?:", 3)
	case strings.HasPrefix(rest, "(?P<"):
		return t.named(4, '>')
	case strings.HasPrefix(rest, "(?<"):
		return t.named(3, '>')
	case strings.HasPrefix(rest, "(?'"):
		return t.named(3, '\'')
	case strings.HasPrefix(rest, "(?"):
		return t.inlineModifiers()
	case t.modifiers.unnamedPlain:
		return t.open("(?:", 1)
	default:
		return t.open("(", 1)
	}
}

func (t *translator) open(text string, length int) error {
	t.groups = append(t.groups, t.modifiers)
	t.at += length
	return t.emit(text, false)
}

// maxName is the longest name of a group that PCRE takes.
const maxName = 32

func (t *translator) named(start int, closing byte) error {
	rest := t.rest()[start:]
	length := 0
	for length < len(rest) && isWord(rest[length]) {
		length++
	}
	name := rest[:length]
	switch {
	case length == 0:
		return t.fail("subpattern name expected", t.at+start)
	case isDigit(name[0]):
		return t.fail("subpattern name must start with a non-digit", t.at+start)
	case length > maxName:
		return t.fail("subpattern name is too long (maximum 32 code units)", t.at+start+maxName+1)
	case length == len(rest) || rest[length] != closing:
		return t.fail("syntax error in subpattern name (missing terminator?)", t.at+start+length)
	case t.names[name]:
		return t.fail("two named subpatterns have the same name (PCRE2_DUPNAMES not set)", t.at+start+length+1)
	}
	if t.names == nil {
		t.names = map[string]bool{}
	}
	t.names[name] = true
	return t.open("(?P<"+name+">", start+length+1)
}

// inlineModifiers translates (?i) and (?i-s:…).
func (t *translator) inlineModifiers() error {
	changed := t.modifiers
	on := true
	for i := t.at + 2; i < len(t.source); i++ {
		switch c := t.source[i]; {
		case c == ')':
			t.modifiers = changed
			t.at = i + 1
			return t.emit(changed.prefix()+")", false)
		case c == ':':
			err := t.open(changed.prefix()+":", i+1-t.at)
			t.modifiers = changed
			return err
		case c == '^' && i == t.at+2:
			changed.ignoreCase, changed.lines, changed.dotAll, changed.extended, changed.unnamedPlain = false, false, false, false, false
		case c == '-' && on && !isDigit(byteAt(t.source, i+1)):
			on = false
		case c == 'J':
			return t.unsupported("names given twice (?J)")
		case isDigit(c) || c == '-':
			return t.unsupported("recursion (?1)")
		case !changed.set(c, on):
			return t.fail("unrecognized character after (? or (?-", i)
		}
	}
	return t.fail("missing closing parenthesis", len(t.source))
}

// byteAt is 0 after the end.
func byteAt(text string, i int) byte {
	if i < len(text) {
		return text[i]
	}
	return 0
}
