package pcre

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"unicode/utf8"
)

// Sets of characters, as they stand inside the brackets of a class. Those of white space
// have the vertical tab, which package regexp leaves out.
const (
	horizontal = `\t \x{A0}\x{1680}\x{180E}\x{2000}-\x{200A}\x{202F}\x{205F}\x{3000}`
	vertical   = `\n\x0B\f\r\x{85}\x{2028}\x{2029}`
)

// asciiSets and unicodeSets are what the letters of classes stand for, without and with
// the modifier u. Upper case is the complement.
var (
	asciiSets   = map[byte]string{'d': `0-9`, 'w': `0-9A-Za-z_`, 's': `\t\n\x0B\f\r `, 'h': `\t \x{A0}`, 'v': `\n\x0B\f\r\x{85}`}
	unicodeSets = map[byte]string{'d': `\p{Nd}`, 'w': `\p{L}\p{N}_`, 's': `\t\n\x0B\f\r\x{85}\p{Z}`, 'h': horizontal, 'v': vertical}
)

// set is what \d, \D and their like stand for. Negated is for the upper case.
func (t *translator) set(letter byte) (body string, negated, ok bool) {
	sets := asciiSets
	if t.modifiers.unicode {
		sets = unicodeSets
	}
	body, ok = sets[letter|0x20]
	return body, letter < 'a', ok && isLetter(letter)
}

// refusedEscapes are letters that package regexp has no counterpart for.
var refusedEscapes = map[byte]string{
	'K': `\K`, 'G': `\G`, 'X': `\X`, 'C': `\C`, 'k': `a backreference \k`, 'g': `a backreference \g`,
}

// escape translates a backslash outside of a class.
func (t *translator) escape() error {
	if t.at+1 == len(t.source) {
		return t.fail(`\ at end of pattern`, len(t.source))
	}
	c := t.source[t.at+1]
	if feature, ok := refusedEscapes[c]; ok {
		return t.unsupported(feature)
	}
	if body, negated, ok := t.set(c); ok {
		t.at += 2
		return t.emit(pick(negated, "[^", "[")+body+"]", true)
	}
	switch c {
	case '1', '2', '3', '4', '5', '6', '7', '8', '9':
		return t.unsupported(`a backreference \` + string(c))
	case 'Q':
		return t.quoted()
	case 'E':
		t.at += 2
		return nil
	case 'A', 'z', 'b', 'B':
		t.at += 2
		return t.emit(`\`+string(c), false)
	case 'Z':
		t.at += 2
		return t.emit(lastLineEnd, false)
	case 'R':
		t.at += 2
		lineEnd, _, _ := t.set('v')
		return t.emit(`(?:\r\n|[`+lineEnd+`])`, true)
	case 'N':
		t.at += 2
		return t.emit(`[^\n]`, true)
	case 'p', 'P':
		body, negated, err := t.property()
		if err != nil {
			return err
		}
		// A property is not widened by (?i): an upper case letter stays one.
		return t.emit(pick(negated, "(?-i:[^", "(?-i:[")+body+"])", true)
	}
	r, err := t.character()
	if err != nil {
		return err
	}
	return t.emit(regexp.QuoteMeta(string(r)), true)
}

// quoted is the text between \Q and \E.
func (t *translator) quoted() error {
	text, _, ended := strings.Cut(t.source[t.at+2:], `\E`)
	if !utf8.ValidString(text) {
		return t.unsupported("a byte that is no UTF-8")
	}
	t.at += 2 + len(text)
	if ended {
		t.at += 2
	}
	if text == "" {
		return nil
	}
	return t.emit(regexp.QuoteMeta(text), true)
}

// character reads an escape that stands for one character, in a class or outside.
func (t *translator) character() (rune, error) {
	start := t.at
	c := t.source[t.at+1]
	t.at += 2
	switch c {
	case 'a':
		return '\a', nil
	case 'e':
		return '\x1b', nil
	case 'f':
		return '\f', nil
	case 'n':
		return '\n', nil
	case 'r':
		return '\r', nil
	case 't':
		return '\t', nil
	case 'c':
		control := byteAt(t.source, t.at)
		if control == 0 {
			return 0, t.fail(`\c at end of pattern`, len(t.source))
		}
		if control < ' ' || control > '~' {
			return 0, t.fail(`\c must be followed by a printable ASCII character`, t.at)
		}
		t.at++
		return rune(strings.ToUpper(string(control))[0] ^ 0x40), nil
	case 'x':
		if byteAt(t.source, t.at) == '{' {
			return t.braced(16)
		}
		return t.code(start, t.digits(16, 2), 16)
	case 'o':
		if byteAt(t.source, t.at) != '{' {
			return 0, t.fail(`missing opening brace after \o`, t.at)
		}
		return t.braced(8)
	case '0', '1', '2', '3', '4', '5', '6', '7':
		t.at--
		return t.code(start, t.digits(8, 3), 8)
	case 'F', 'L', 'l', 'U', 'u':
		return 0, t.fail(`PCRE2 does not support \F, \L, \l, \N{name}, \U, or \u`, t.at)
	}
	if isLetter(c) {
		return 0, t.fail(`unrecognized character follows \`, start+1)
	}
	t.at--
	r, size := utf8.DecodeRuneInString(t.rest())
	if r == utf8.RuneError && size == 1 {
		return 0, t.unsupported("a byte that is no UTF-8")
	}
	t.at += size
	return r, nil
}

// digits takes at most limit digits of a base.
func (t *translator) digits(base, limit int) string {
	start := t.at
	for t.at < len(t.source) && t.at-start < limit {
		if _, err := strconv.ParseUint(t.source[t.at:t.at+1], base, 8); err != nil {
			break
		}
		t.at++
	}
	return t.source[start:t.at]
}

// braced is a code in braces, after \x or \o.
func (t *translator) braced(base int) (rune, error) {
	start := t.at - 2
	t.at++
	digits := t.digits(base, len(t.source))
	if byteAt(t.source, t.at) != '}' || digits == "" {
		message := `non-hex character in \x{} (closing brace missing?)`
		if base == 8 {
			message = `non-octal character in \o{} (closing brace missing?)`
		}
		return 0, t.fail(message, min(t.at, len(t.source)-1))
	}
	t.at++
	return t.code(start, digits, base)
}

// code is the character of a number. Without the modifier u a number is that of a byte.
func (t *translator) code(start int, digits string, base int) (rune, error) {
	if digits == "" {
		return 0, nil
	}
	value, err := strconv.ParseUint(digits, base, 32)
	switch {
	case err != nil, value > utf8.MaxRune:
		return 0, t.fail(`character code point value in \x{} or \o{} is too large`, t.at-1)
	case !utf8.ValidRune(rune(value)):
		return 0, t.fail("disallowed Unicode code point (>= 0xd800 && <= 0xdfff)", t.at-1)
	case value > 0xff && !t.modifiers.unicode:
		return 0, t.fail(`character code point value in \x{} or \o{} is too large`, t.at-1)
	case value >= utf8.RuneSelf && !t.modifiers.unicode:
		t.at = start
		return 0, t.unsupported("a byte over 7F without the modifier u")
	}
	return rune(value), nil
}

// perlProperties are properties that PCRE adds to those of Unicode.
var perlProperties = map[string]string{
	"L&":  `\p{Lu}\p{Ll}\p{Lt}`,
	"Xan": `\p{L}\p{N}`,
	"Xwd": `\p{L}\p{N}_`,
	"Xsp": unicodeSets['s'],
	"Xps": unicodeSets['s'],
}

// property reads \pL, \p{Greek}, \p{^L} and their complements with \P.
func (t *translator) property() (body string, negated bool, err error) {
	negated = t.source[t.at+1] == 'P'
	t.at += 2
	name := ""
	switch c := byteAt(t.source, t.at); {
	case c == '{':
		body, _, ok := strings.Cut(t.source[t.at+1:], "}")
		if !ok {
			return "", false, t.fail(`malformed \P or \p sequence`, len(t.source))
		}
		t.at += len(body) + 2
		name = strings.TrimSpace(body)
	case isLetter(c):
		name = string(c)
		t.at++
	default:
		return "", false, t.fail(`malformed \P or \p sequence`, t.at)
	}
	if bare, ok := strings.CutPrefix(name, "^"); ok {
		name, negated = bare, !negated
	}
	body, ok := perlProperties[name]
	if !ok {
		body = `\p{` + name + `}`
		if _, err := regexp.Compile("[" + body + "]"); err != nil || strings.ContainsAny(name, `{}[]\^`) {
			return "", false, t.fail(`unknown property after \P or \p`, t.at)
		}
	}
	return body, negated, nil
}

// bodyOf writes a character as it stands in a class.
func bodyOf(r rune) string { return fmt.Sprintf(`\x{%X}`, r) }
