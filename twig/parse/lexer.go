package parse

import (
	"sort"
	"strconv"
	"strings"
)

// The characters that trimming removes: "-" all of blanks, "~" none that ends a line (spec 3).
const (
	trimAll  = " \t\n\r\x00\x0b"
	trimLine = " \t\x00\x0b"
)

type state uint8

const (
	inData state = iota
	inBlock
	inVar
	inString
	inInterpolation
)

type bracket struct {
	open string
	at   Pos
}

type lexer struct {
	src      string
	cursor   int
	lines    []int // offset of each line's first byte
	shift    int   // what {% line n %} added to the line numbers
	ops      map[byte][]string
	state    state
	states   []state
	brackets []bracket
	opened   Pos // of the print or tag being read
	digit    func(byte) bool
	tokens   []Token
	quote    int       // offset of the last string with interpolations
	recovery *recovery // nil: the first error ends the reading
}

// Lex splits a template into tokens; the last one is EOF.
func Lex(src string, c *Config) (tokens []Token, err error) {
	defer caught(&err)
	return lex(src, c, nil), nil
}

func caught(err *error) {
	switch r := recover().(type) {
	case nil:
	case *Error:
		*err = r
	default:
		panic(r)
	}
}

func lex(src string, c *Config, r *recovery) []Token {
	if strings.Contains(src, "\r") {
		src = strings.ReplaceAll(strings.ReplaceAll(src, "\r\n", "\n"), "\r", "\n")
	}
	l := &lexer{src: src, ops: map[byte][]string{}, lines: []int{0}, digit: isDigit, recovery: r}
	if c.Next {
		l.digit = func(c byte) bool { return isDigit(c) || c == '_' }
	}
	for _, op := range words(c.binary()) {
		l.ops[op[0]] = append(l.ops[op[0]], op)
	}
	for i := range len(src) {
		if src[i] == '\n' {
			l.lines = append(l.lines, i+1)
		}
	}
	for l.cursor < len(l.src) {
		l.attempt(l.step)
	}
	l.attempt(l.end)
	l.push(EOF, "")
	return l.tokens
}

// step reads a piece of the template.
func (l *lexer) step() {
	switch l.state {
	case inData:
		l.data()
	case inBlock:
		l.block()
	case inVar:
		l.print()
	case inString:
		l.str()
	case inInterpolation:
		l.interpolation()
	}
}

// end refuses what is open at the end. That a tag is open the parser says.
func (l *lexer) end() {
	if n := len(l.brackets); n > 0 {
		errorf(l.brackets[n-1].at, "Unclosed \"%s\".", l.brackets[n-1].open)
	}
	if l.recovery != nil && l.state != inData {
		l.inside("{{")
	}
}

// at gives the place of a byte.
func (l *lexer) at(offset int) Pos {
	line := sort.SearchInts(l.lines, offset+1)
	return Pos{Line: line + l.shift, Column: offset - l.lines[line-1] + 1}
}

func (l *lexer) here() Pos { return l.at(l.cursor) }

func (l *lexer) push(typ Type, value string) {
	if typ == Text && value == "" {
		return
	}
	l.tokens = append(l.tokens, Token{Type: typ, Value: value, Pos: l.here()})
}

func (l *lexer) enter(s state) {
	l.states = append(l.states, l.state)
	l.state = s
}

func (l *lexer) leave() {
	l.state = l.states[len(l.states)-1]
	l.states = l.states[:len(l.states)-1]
}

// opening finds the next {{, {% or {# and the modifier behind it.
func (l *lexer) opening() (start int, modifier byte) {
	for i := l.cursor; i+1 < len(l.src); i++ {
		j := strings.IndexByte(l.src[i:], '{')
		if j < 0 {
			return -1, 0
		}
		i += j
		if i+1 < len(l.src) && strings.IndexByte("{%#", l.src[i+1]) >= 0 {
			if i+2 < len(l.src) && (l.src[i+2] == '-' || l.src[i+2] == '~') {
				modifier = l.src[i+2]
			}
			return i, modifier
		}
	}
	return -1, 0
}

func trimBefore(text string, modifier byte) string {
	switch modifier {
	case '-':
		return strings.TrimRight(text, trimAll)
	case '~':
		return strings.TrimRight(text, trimLine)
	}
	return text
}

func (l *lexer) data() {
	start, modifier := l.opening()
	if start < 0 {
		l.push(Text, l.src[l.cursor:])
		l.cursor = len(l.src)
		return
	}
	l.push(Text, trimBefore(l.src[l.cursor:start], modifier))
	l.cursor = start
	kind := l.src[start+1]
	width := 2
	if modifier != 0 {
		width = 3
	}
	switch kind {
	case '#':
		l.cursor += width
		l.comment()
	case '{':
		l.opened = l.here()
		l.push(VarStart, "")
		l.cursor += width
		l.enter(inVar)
	case '%':
		if end := l.verbatimOpens(start + width); end >= 0 {
			l.cursor = end
			l.verbatim()
			return
		}
		if end, line, ok := l.lineTag(start + width); ok {
			l.cursor = end
			l.shift += line - l.here().Line
			return
		}
		l.opened = l.here()
		l.push(BlockStart, "")
		l.cursor += width
		l.enter(inBlock)
	}
}

// comment skips to behind the end of a comment whose opening was read.
func (l *lexer) comment() {
	end := strings.Index(l.src[l.cursor:], "#}")
	if end < 0 {
		errorf(l.here(), "Unclosed comment.")
	}
	end += l.cursor
	modifier := byte(0)
	if end > l.cursor && (l.src[end-1] == '-' || l.src[end-1] == '~') {
		modifier = l.src[end-1]
	}
	l.cursor = l.behind(end+2, modifier, true)
}

// behind gives where text goes on after a closing delimiter.
func (l *lexer) behind(end int, modifier byte, newline bool) int {
	switch {
	case modifier == '-':
		return l.skip(end, isSpace)
	case modifier == '~':
		return l.skip(end, func(c byte) bool { return strings.IndexByte(trimLine, c) >= 0 })
	case newline && end < len(l.src) && l.src[end] == '\n':
		return end + 1
	}
	return end
}

func isSpace(c byte) bool { return c == ' ' || c >= '\t' && c <= '\r' }

func (l *lexer) skip(from int, while func(byte) bool) int {
	for from < len(l.src) && while(l.src[from]) {
		from++
	}
	return from
}

// closes reports where the text goes on if closing (with an optional modifier) stands at the offset.
func (l *lexer) closes(at int, closing string, newline bool) int {
	at = l.skip(at, isSpace)
	rest := l.src[at:]
	modifier := byte(0)
	if rest != "" && (rest[0] == '-' || rest[0] == '~') {
		modifier = rest[0]
		rest = rest[1:]
		at++
	}
	if !strings.HasPrefix(rest, closing) {
		return -1
	}
	return l.behind(at+len(closing), modifier, newline)
}

func (l *lexer) word(at int, word string) int {
	at = l.skip(at, isSpace)
	if !strings.HasPrefix(l.src[at:], word) {
		return -1
	}
	return at + len(word)
}

func (l *lexer) verbatimOpens(at int) int {
	if at = l.word(at, "verbatim"); at < 0 {
		return -1
	}
	return l.closes(at, "%}", false)
}

func (l *lexer) lineTag(at int) (end, line int, ok bool) {
	word := l.word(at, "line")
	if word < 0 {
		return 0, 0, false
	}
	digits := l.skip(word, isSpace)
	end = l.skip(digits, isDigit)
	line, err := strconv.Atoi(l.src[digits:end])
	if digits == word || err != nil {
		return 0, 0, false
	}
	end = l.skip(end, isSpace)
	return end + 2, line, strings.HasPrefix(l.src[end:], "%}")
}

func isDigit(c byte) bool { return c >= '0' && c <= '9' }

func (l *lexer) verbatim() {
	for i := l.cursor; ; i += 2 {
		j := strings.Index(l.src[i:], "{%")
		if j < 0 {
			errorf(l.here(), "Unexpected end of file: Unclosed \"verbatim\" block.")
		}
		i += j
		at, modifier := i+2, byte(0)
		if at < len(l.src) && (l.src[at] == '-' || l.src[at] == '~') {
			modifier = l.src[at]
			at++
		}
		if at = l.word(at, "endverbatim"); at < 0 {
			continue
		}
		if end := l.closes(at, "%}", false); end >= 0 {
			l.push(Text, trimBefore(l.src[l.cursor:i], modifier))
			l.cursor = end
			return
		}
	}
}

func (l *lexer) block() {
	if len(l.brackets) == 0 {
		if end := l.closes(l.cursor, "%}", true); end >= 0 {
			l.push(BlockEnd, "")
			l.cursor = end
			l.leave()
			return
		}
	}
	l.expression()
}

func (l *lexer) print() {
	if len(l.brackets) == 0 {
		if end := l.closes(l.cursor, "}}", false); end >= 0 {
			l.push(VarEnd, "")
			l.cursor = end
			l.leave()
			return
		}
	}
	l.expression()
}

func (l *lexer) interpolation() {
	if n := len(l.brackets); l.brackets[n-1].open == "#{" {
		if at := l.skip(l.cursor, isSpace); strings.HasPrefix(l.src[at:], "}") {
			l.brackets = l.brackets[:n-1]
			l.push(InterpolationEnd, "")
			l.cursor = at + 1
			l.leave()
			return
		}
	}
	l.expression()
}

func isNameStart(c byte) bool {
	return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c == '_' || c >= 0x7f
}

func isNamePart(c byte) bool { return isNameStart(c) || isDigit(c) }

func isAlpha(c byte) bool { return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' }

// expression reads one token inside a print, a tag or an interpolation (spec 3, table of tokens).
func (l *lexer) expression() {
	if at := l.skip(l.cursor, isSpace); at > l.cursor {
		l.cursor = at
		if at >= len(l.src) {
			what := "variable"
			if l.state == inBlock {
				what = "block"
			}
			errorf(l.opened, "Unclosed \"%s\".", what)
		}
		return
	}
	rest := l.src[l.cursor:]
	c := rest[0]
	l.inside(rest)
	switch {
	case strings.HasPrefix(rest, "..."):
		l.take(SpreadToken, "...", 3)
	case strings.HasPrefix(rest, "=>"):
		l.take(ArrowToken, "=>", 2)
	case l.operator():
	case isNameStart(c):
		end := l.skip(l.cursor, isNamePart)
		l.take(NameToken, l.src[l.cursor:end], end-l.cursor)
	case isDigit(c):
		end := l.number()
		l.take(NumberToken, l.src[l.cursor:end], end-l.cursor)
	case strings.IndexByte("()[]{}?:.,|", c) >= 0:
		l.punctuation(c)
	case c == '\'' || c == '"':
		l.quoted(c)
	case c == '#':
		l.cursor = l.skip(l.cursor, func(c byte) bool { return c != '\n' })
	default:
		errorf(l.here(), "Unexpected character \"%c\".", c)
	}
}

func (l *lexer) take(typ Type, value string, width int) {
	l.push(typ, value)
	l.cursor += width
}

func (l *lexer) operator() bool {
	for _, op := range l.ops[l.src[l.cursor]] {
		end := l.matchOperator(op)
		if end < 0 {
			continue
		}
		l.push(OperatorToken, op)
		l.cursor = end
		return true
	}
	return false
}

// matchOperator gives the end of the operator at the cursor, or -1. One that
// ends in a letter needs a blank or bracket behind it, one that begins with a
// letter no "." or "|" before it.
func (l *lexer) matchOperator(op string) int {
	at := l.cursor
	if isAlpha(op[0]) && at > 0 && (l.src[at-1] == '.' || l.src[at-1] == '|') {
		return -1
	}
	for i, word := range strings.Split(op, " ") {
		if i > 0 {
			next := l.skip(at, isSpace)
			if next == at {
				return -1
			}
			at = next
		}
		if !strings.HasPrefix(l.src[at:], word) {
			return -1
		}
		at += len(word)
	}
	if isAlpha(op[len(op)-1]) && (at >= len(l.src) || !isSpace(l.src[at]) && strings.IndexByte("()[{", l.src[at]) < 0) {
		return -1
	}
	return at
}

func (l *lexer) punctuation(c byte) {
	switch c {
	case '(', '[', '{':
		l.brackets = append(l.brackets, bracket{open: string(c), at: l.here()})
	case ')', ']', '}':
		n := len(l.brackets)
		if n == 0 {
			errorf(l.here(), "Unexpected \"%c\".", c)
		}
		top := l.brackets[n-1]
		l.brackets = l.brackets[:n-1]
		if pair := top.open + string(c); pair != "()" && pair != "[]" && pair != "{}" {
			errorf(top.at, "Unclosed \"%s\".", top.open)
		}
	}
	l.take(Punctuation, string(c), 1)
}
