// Package pcre compiles the regular expressions of PHP, delimiters and modifiers
// included, to those of package regexp.
//
//	re, err := pcre.Compile(`/^(?<year>\d{4})-\d\d$/i`)
//
// Package regexp matches in time linear in the text, and therefore knows no construct
// that needs to go back: those are refused with an *[UnsupportedError] that names them,
// never translated to something that nearly fits.
//
//	works                                             is refused
//	literals . | ( ) (?: ) * + ? {n,m} and lazy ones  lookahead (?= (?!, lookbehind (?<= (?<!
//	classes [a-z] [^…] [:alpha:] \d \w \s \h \v       backreferences \1 \k<n> (?P=n)
//	\R \N \pL \p{Greek} \p{^L} \x41 \x{20AC} \101     possessive a++, atomic (?> )
//	\o{101} \cA \e \a \Q…\E                           recursion (?R) (?1) (?&n), conditions (?(1)
//	^ $ \A \z \Z \b \B                                branch reset (?|, callouts (?C)
//	names (?<n> (?P<n> (?'n', comments (?#            verbs (*UTF8) (*SKIP)
//	inline modifiers (?i) (?-i: )                     \K \G \X \C, counts over 1000
//	modifiers i m s x u A D U n S X J                 bytes over 7F without the modifier u
//
// Without the modifier u, PHP matches bytes. Here a character is a character always, so
// `.` takes a whole ä. With it, \d \w \s and the POSIX classes go by Unicode as in PHP;
// \b goes by ASCII. A property such as \p{Lu} inside of a class takes both cases when i
// is set. The end `$` of a pattern without the modifiers m and D includes the last
// newline of the text in the match, which PHP leaves out.
package pcre

import (
	"fmt"
	"regexp"
	"regexp/syntax"
	"strings"
)

// SyntaxError says what is wrong with a pattern, in the words of PHP.
type SyntaxError struct {
	Message string
}

// Error is the text of PHP's warning without the name of the function.
func (e *SyntaxError) Error() string { return e.Message }

// UnsupportedError names a construct that PHP has and this package has not.
type UnsupportedError struct {
	Feature string
	Offset  int // in bytes, from after the delimiter
}

// Error says what is not supported, and where.
func (e *UnsupportedError) Error() string {
	return fmt.Sprintf("%s at offset %d: not supported by this engine", e.Feature, e.Offset)
}

// maxPattern is about where PCRE refuses too.
const maxPattern = 1 << 16

// Compile translates a pattern such as `/^a+$/i`. The error is a *[SyntaxError] for what
// PHP refuses too, or an *[UnsupportedError].
func Compile(pattern string) (*regexp.Regexp, error) {
	expression, modifiers, err := split(pattern)
	if err != nil {
		return nil, err
	}
	if len(expression) > maxPattern {
		return nil, &SyntaxError{Message: fmt.Sprintf("Compilation failed: regular expression is too large at offset %d", maxPattern)}
	}
	start, err := parseModifiers(modifiers)
	if err != nil {
		return nil, err
	}
	t := translator{source: expression, modifiers: start}
	translated, err := t.translate()
	if err != nil {
		return nil, err
	}
	tree, err := syntax.Parse(translated, syntax.Perl)
	if err != nil {
		return nil, &UnsupportedError{Feature: strings.TrimPrefix(err.Error(), "error parsing regexp: ")}
	}
	if size(tree) > maxSize {
		return nil, &UnsupportedError{Feature: "an expression that counts make this large"}
	}
	re, err := regexp.Compile(translated)
	if err != nil {
		return nil, &UnsupportedError{Feature: err.Error()}
	}
	return re, nil
}

// maxSize bounds what a compiled expression takes to about 5 MB. Package regexp would let
// a pattern of a few kilobytes take 100 MB.
const maxSize = 1 << 17

// size is about how many instructions an expression compiles to. Counts repeat what they
// count. Package regexp bounds the depth of the tree and the product of nested counts.
func size(tree *syntax.Regexp) int {
	total := 1
	if tree.Op == syntax.OpLiteral {
		total = len(tree.Rune)
	}
	for _, sub := range tree.Sub {
		total += size(sub)
	}
	if tree.Op == syntax.OpRepeat {
		total *= max(1, tree.Min, tree.Max)
	}
	return total
}

// split takes the delimiters off a pattern.
func split(pattern string) (expression, modifiers string, err error) {
	pattern = strings.TrimLeft(pattern, " \t\n\v\f\r")
	if pattern == "" {
		return "", "", &SyntaxError{Message: "Empty regular expression"}
	}
	open := pattern[0]
	if isWord(open) && open != '_' || open == '\\' || open == 0 {
		return "", "", &SyntaxError{Message: "Delimiter must not be alphanumeric, backslash, or NUL"}
	}
	closing := open
	if i := strings.IndexByte("([{<", open); i >= 0 {
		closing = ")]}>"[i]
	}
	depth := 1
	for i := 1; i < len(pattern); i++ {
		switch pattern[i] {
		case '\\':
			i++
		case closing:
			if depth--; depth == 0 {
				return pattern[1:i], pattern[i+1:], nil
			}
		case open:
			depth++
		}
	}
	if closing != open {
		return "", "", &SyntaxError{Message: fmt.Sprintf("No ending matching delimiter '%c' found", closing)}
	}
	return "", "", &SyntaxError{Message: fmt.Sprintf("No ending delimiter '%c' found", open)}
}

// modifiers are what letters after the pattern or inside of it switch on.
type modifiers struct {
	ignoreCase, lines, dotAll, extended, ungreedy, unnamedPlain bool // i m s x U n

	anchored, dollarEnd, unicode bool // A D u, for the whole pattern only
}

func parseModifiers(letters string) (modifiers, error) {
	var m modifiers
	for i := range len(letters) {
		switch c := letters[i]; c {
		case 'A':
			m.anchored = true
		case 'D':
			m.dollarEnd = true
		case 'u':
			m.unicode = true
		case 'S', 'X', 'J', ' ', '\n', '\r': // X is what PCRE does anyway, S studies, J is refused where it matters
		case 'e':
			return m, &SyntaxError{Message: "The /e modifier is no longer supported, use preg_replace_callback instead"}
		case 0:
			return m, &SyntaxError{Message: "NUL is not a valid modifier"}
		default:
			if !m.set(c, true) {
				return m, &SyntaxError{Message: fmt.Sprintf("Unknown modifier '%c'", c)}
			}
		}
	}
	return m, nil
}

// set switches a modifier that may also stand inside a pattern.
func (m *modifiers) set(letter byte, on bool) bool {
	switch letter {
	case 'i':
		m.ignoreCase = on
	case 'm':
		m.lines = on
	case 's':
		m.dotAll = on
	case 'x':
		m.extended = on
	case 'U':
		m.ungreedy = on
	case 'n':
		m.unnamedPlain = on
	default:
		return false
	}
	return true
}

// prefix switches package regexp to the modifiers that it has too. The others are in the
// translation of what they change.
func (m *modifiers) prefix() string {
	on, off := "", ""
	for _, flag := range []struct {
		letter string
		on     bool
	}{{"i", m.ignoreCase}, {"U", m.ungreedy}} {
		if flag.on {
			on += flag.letter
		} else {
			off += flag.letter
		}
	}
	if off != "" {
		off = "-" + off
	}
	return "(?" + on + off
}

func isWord(c byte) bool { return c == '_' || isDigit(c) || isLetter(c) }

func isDigit(c byte) bool { return c >= '0' && c <= '9' }

func isLetter(c byte) bool { return c|0x20 >= 'a' && c|0x20 <= 'z' }
