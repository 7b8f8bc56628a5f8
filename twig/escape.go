package twig

import (
	"errors"
	"fmt"
	"strings"
	"unicode/utf8"
)

var errNotUTF8 = Failf("The string to escape is not a valid UTF-8 string.")

// autoescape is the escaping that is put in by itself: safe strings stay as they are.
func (e *Environment) autoescape(c *Context, v Value, strategy string) (Value, error) {
	switch v.kind { //nolint:exhaustive // the other kinds are treated alike
	case KindMarkup:
		return v, nil
	case KindObject:
		if s, ok := v.Object().(Safe); ok && s.SafeFor(strategy) {
			return v, nil
		}
	}
	return e.escapeValue(c, v, strategy)
}

// escapeValue escapes strings and string forms of objects; other values stay as they are.
func (e *Environment) escapeValue(c *Context, v Value, strategy string) (Value, error) {
	switch v.kind { //nolint:exhaustive // the other kinds are treated alike
	case KindString, KindMarkup, KindObject:
	default:
		return v, nil
	}
	text := c.String(v)
	c.Spend(len(text) >> 5)
	switch strategy {
	case "html":
		return String(escapeHTML(text)), nil
	case "url":
		return String(rawURLEncode(text)), nil
	case "js", "css", "html_attr":
		if !utf8.ValidString(text) {
			return Value{}, errNotUTF8
		}
		c.Reserve(int64(len(text)) * 2)
		var out strings.Builder
		for _, r := range text {
			switch strategy {
			case "js":
				escapeJS(&out, r)
			case "css":
				escapeCSS(&out, r)
			default:
				escapeAttribute(&out, r)
			}
		}
		return String(out.String()), nil
	}
	if f, ok := e.strategies[strategy]; ok {
		s, err := f(text)
		return String(s), err
	}
	return Value{}, Failf("Invalid escaping strategy \"%s\" (valid ones: \"html\", \"js\", \"url\", \"css\", \"html_attr\").", strategy)
}

// htmlSpecial marks the bytes that HTML escaping has to look at.
var htmlSpecial = func() (t [256]bool) { // a constant table
	for _, c := range []byte(`&<>"'`) {
		t[c] = true
	}
	for c := 0x80; c < 0x100; c++ {
		t[c] = true
	}
	return t
}()

// appendHTML adds text, escaped for HTML; bytes that are not UTF-8 become U+FFFD.
func appendHTML[T string | []byte](out []byte, s T) []byte {
	last := 0
	for i := 0; i < len(s); {
		c := s[i]
		if !htmlSpecial[c] {
			i++
			continue
		}
		entity, width := "", 1
		switch c {
		case '&':
			entity = "&amp;"
		case '<':
			entity = "&lt;"
		case '>':
			entity = "&gt;"
		case '"':
			entity = "&quot;"
		case '\'':
			entity = "&#039;"
		default:
			r, w := decodeRune(s[i:])
			if r != utf8.RuneError || w > 1 {
				i += w
				continue
			}
			entity = "\uFFFD"
		}
		out = append(out, s[last:i]...)
		out = append(out, entity...)
		i += width
		last = i
	}
	return append(out, s[last:]...)
}

func decodeRune[T string | []byte](s T) (rune, int) {
	switch s := any(s).(type) {
	case string:
		return utf8.DecodeRuneInString(s)
	case []byte:
		return utf8.DecodeRune(s)
	}
	return utf8.RuneError, 1
}

func escapeHTML(s string) string {
	for i := range len(s) {
		if htmlSpecial[s[i]] {
			return string(appendHTML(make([]byte, 0, len(s)+len(s)/8+8), s))
		}
	}
	return s
}

func isAlnum(r rune) bool {
	return r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9'
}

func escapeJS(out *strings.Builder, r rune) {
	switch {
	case isAlnum(r) || r == ',' || r == '.' || r == '_':
		out.WriteRune(r)
	case r == '\\' || r == '/':
		out.WriteByte('\\')
		out.WriteRune(r)
	case strings.ContainsRune("\b\f\n\r\t", r):
		out.WriteByte('\\')
		out.WriteByte("bfnrt"[strings.IndexRune("\b\f\n\r\t", r)])
	case r > 0xffff:
		r -= 0x10000
		fmt.Fprintf(out, `\u%04X\u%04X`, 0xd800+(r>>10), 0xdc00+(r&0x3ff))
	default:
		fmt.Fprintf(out, `\u%04X`, r)
	}
}

func escapeCSS(out *strings.Builder, r rune) {
	if isAlnum(r) {
		out.WriteRune(r)
		return
	}
	fmt.Fprintf(out, `\%X `, r)
}

func escapeAttribute(out *strings.Builder, r rune) {
	switch {
	case isAlnum(r) || strings.ContainsRune(",.-_", r):
		out.WriteRune(r)
	case r == '"':
		out.WriteString("&quot;")
	case r == '&':
		out.WriteString("&amp;")
	case r == '<':
		out.WriteString("&lt;")
	case r == '>':
		out.WriteString("&gt;")
	case r < 0x20 && r != '\t' && r != '\n' && r != '\r', r == 0x7f:
		out.WriteString("&#xFFFD;")
	case r < 0x80:
		fmt.Fprintf(out, "&#x%02X;", r)
	default:
		fmt.Fprintf(out, "&#x%04X;", r)
	}
}

// rawURLEncode percent-encodes all but RFC 3986's unreserved characters.
func rawURLEncode(s string) string {
	var out strings.Builder
	for i := range len(s) {
		if c := s[i]; isAlnum(rune(c)) || strings.IndexByte("-_.~", c) >= 0 {
			out.WriteByte(c)
		} else {
			fmt.Fprintf(&out, "%%%02X", c)
		}
	}
	return out.String()
}

func escapeFilter(c *Context, args []Value) (Value, error) {
	strategy := c.String(args[1])
	if strategy == "" {
		return Value{}, errors.New("an escaping strategy must be a name")
	}
	return c.env.escapeValue(c, args[0], strategy)
}
