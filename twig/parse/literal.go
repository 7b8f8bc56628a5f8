package parse

import (
	"strconv"
	"strings"
)

func (l *lexer) number() int {
	end := l.skip(l.cursor, l.digit)
	if end+1 < len(l.src) && l.src[end] == '.' && isDigit(l.src[end+1]) {
		end = l.skip(end+1, l.digit)
	}
	if end+2 < len(l.src) && (l.src[end] == 'e' || l.src[end] == 'E') && (l.src[end+1] == '+' || l.src[end+1] == '-') && isDigit(l.src[end+2]) {
		end = l.skip(end+2, isDigit)
	}
	return end
}

// quoted reads a string without interpolation, or the opening quote of one that has it.
func (l *lexer) quoted(quote byte) {
	for i := l.cursor + 1; i < len(l.src) && !l.opens(); i++ {
		switch c := l.src[i]; {
		case c == '\\':
			i++
		case c == quote:
			l.note(l.cursor, l.src[l.cursor:i])
			l.take(StringToken, unescape(l.src[l.cursor+1:i]), i+1-l.cursor)
			return
		case c == '#' && quote == '"':
			l.openString()
			return
		}
	}
	if quote == '\'' {
		errorf(l.here(), "Unexpected character \"'\".")
	}
	l.openString()
}

// opens reports whether the quote at the cursor is known to begin no string.
func (l *lexer) opens() bool { return l.recovery != nil && l.recovery.open[l.cursor] }

func (l *lexer) openString() {
	if l.opens() {
		errorf(l.here(), "Unclosed \"\"\".")
	}
	l.quote = l.cursor
	l.brackets = append(l.brackets, bracket{open: `"`, at: l.here()})
	l.cursor++
	l.enter(inString)
}

// str reads a piece of a string with interpolations.
func (l *lexer) str() {
	rest := l.src[l.cursor:]
	switch {
	case strings.HasPrefix(rest, "#{"):
		l.brackets = append(l.brackets, bracket{open: "#{", at: l.here()})
		l.push(InterpolationStart, "")
		l.cursor = l.skip(l.cursor+2, isSpace)
		l.enter(inInterpolation)
	case rest[0] == '"':
		l.brackets = l.brackets[:len(l.brackets)-1]
		l.cursor++
		l.leave()
	default:
		end := 0
		for end < len(rest) && rest[end] != '"' && !strings.HasPrefix(rest[end:], "#{") {
			if rest[end] == '\\' && end+1 < len(rest) {
				end++
			}
			end++
		}
		l.note(l.quote, rest[:end])
		l.take(StringToken, unescape(rest[:end]), end)
	}
}

// unescape resolves the escapes of a string literal (spec 3).
func unescape(s string) string {
	if !strings.Contains(s, `\`) {
		return s
	}
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		if s[i] != '\\' || i+1 >= len(s) {
			b.WriteByte(s[i])
			continue
		}
		i++
		switch c := s[i]; {
		case strings.IndexByte("fnrtv", c) >= 0:
			b.WriteByte("\f\n\r\t\v"[strings.IndexByte("fnrtv", c)])
		case c == 'x' && i+1 < len(s) && isHex(s[i+1]):
			end := i + 2
			if end < len(s) && isHex(s[end]) {
				end++
			}
			n, _ := strconv.ParseUint(s[i+1:end], 16, 8)
			b.WriteByte(byte(n))
			i = end - 1
		case c >= '0' && c <= '7':
			end := i + 1
			for end < len(s) && end < i+3 && s[end] >= '0' && s[end] <= '7' {
				end++
			}
			n, _ := strconv.ParseUint(s[i:end], 8, 16)
			b.WriteByte(byte(n))
			i = end - 1
		default:
			b.WriteByte(c)
		}
	}
	return b.String()
}

func isHex(c byte) bool { return isDigit(c) || c|0x20 >= 'a' && c|0x20 <= 'f' }
