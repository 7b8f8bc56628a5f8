package twig

import (
	"fmt"
	"math"
	"strconv"
	"strings"
	"unicode/utf8"
)

// The flags of json_encode (spec 11).
const (
	jsonHexTag         = 1
	jsonHexAmp         = 2
	jsonHexApos        = 4
	jsonHexQuot        = 8
	jsonForceObject    = 16
	jsonNumericCheck   = 32
	jsonSlashes        = 64
	jsonPretty         = 128
	jsonUnicode        = 256
	jsonPartial        = 512
	jsonZeroFraction   = 1024
	jsonLineSeparators = 2048
	jsonIgnoreBytes    = 1 << 20
	jsonReplaceBytes   = 1 << 21
)

// JSONValue is an object that says what it is in JSON.
type JSONValue interface{ JSON() Value }

type jsonWriter struct {
	c     *Context
	out   []byte
	flags int64
	depth int64
	bad   bool
}

// jsonEncode gives false where PHP's json_encode does: bytes that are no UTF-8, infinite numbers, too deep.
func jsonEncode(c *Context, v Value, flags, depth int64) Value {
	w := &jsonWriter{c: c, flags: flags, depth: min(depth, maxNesting)}
	w.value(v, 0)
	if w.bad && flags&jsonPartial == 0 {
		return Bool(false)
	}
	return String(string(w.out))
}

func (w *jsonWriter) value(v Value, level int64) {
	switch v.kind { //nolint:exhaustive // the other kinds are treated alike
	case KindNull:
		w.out = append(w.out, "null"...)
	case KindBool:
		w.out = strconv.AppendBool(w.out, v.boolean())
	case KindInt:
		w.out = strconv.AppendInt(w.out, v.n, 10)
	case KindFloat:
		w.float(v.float())
	case KindString, KindMarkup:
		w.str(v.text())
	case KindArray:
		w.array(v.Array(), level)
	case KindObject:
		w.object(v, level)
	default:
		w.out = append(w.out, "{}"...)
	}
}

func (w *jsonWriter) float(f float64) {
	if math.IsInf(f, 0) || math.IsNaN(f) {
		w.bad = true
		w.out = append(w.out, '0')
		return
	}
	text := "0"
	switch {
	case f != 0:
		text = shortestString(f)
	case math.Signbit(f):
		text = "-0"
	}
	w.out = append(w.out, text...)
	if w.flags&jsonZeroFraction != 0 && !strings.ContainsAny(text, ".e") {
		w.out = append(w.out, ".0"...)
	}
}

func (w *jsonWriter) object(v Value, level int64) {
	switch o := v.Object().(type) {
	case JSONValue:
		w.c.checkMethod(v.Object(), "jsonSerialize")
		if level >= w.depth {
			w.bad = true
			return
		}
		w.value(o.JSON(), level+1)
	case Iterable:
		a, _ := w.c.toArray(v)
		w.elements(a, level, false)
	default:
		w.out = append(w.out, "{}"...)
	}
}

func (w *jsonWriter) array(a *Array, level int64) {
	w.elements(a, level, a.IsList() && w.flags&jsonForceObject == 0)
}

func (w *jsonWriter) elements(a *Array, level int64, list bool) {
	open, closing := byte('{'), byte('}')
	if list {
		open, closing = '[', ']'
	}
	if a.Len() == 0 {
		w.out = append(w.out, open, closing)
		return
	}
	if level >= w.depth {
		w.bad = true
		return
	}
	w.c.Spend(a.Len())
	w.out = append(w.out, open)
	for i := range a.Len() {
		k, v := a.At(i)
		if i > 0 {
			w.out = append(w.out, ',')
		}
		w.line(level + 1)
		if !list {
			w.quoted(k.String())
			w.out = append(w.out, ':')
			if w.flags&jsonPretty != 0 {
				w.out = append(w.out, ' ')
			}
		}
		w.value(v, level+1)
		w.c.fits(len(w.out))
	}
	w.line(level)
	w.out = append(w.out, closing)
}

func (w *jsonWriter) line(level int64) {
	if w.flags&jsonPretty != 0 {
		w.out = append(w.out, '\n')
		w.out = append(w.out, strings.Repeat("    ", int(level))...)
	}
}

func (w *jsonWriter) str(s string) {
	if w.flags&jsonNumericCheck != 0 {
		if n, ok := numeric(s); ok {
			w.value(n, 0)
			return
		}
	}
	w.quoted(s)
}

func (w *jsonWriter) quoted(s string) {
	w.c.Spend(len(s) >> 6)
	w.out = append(w.out, '"')
	for i := 0; i < len(s); {
		r, width := utf8.DecodeRuneInString(s[i:])
		if r == utf8.RuneError && width == 1 {
			switch {
			case w.flags&jsonIgnoreBytes != 0:
				i++
				continue
			case w.flags&jsonReplaceBytes == 0:
				w.bad = true
			}
		}
		w.rune(r, s[i:i+width])
		i += width
	}
	w.out = append(w.out, '"')
}

func (w *jsonWriter) rune(r rune, text string) {
	hex := func(flag int64) bool { return w.flags&flag != 0 }
	switch {
	case r == '"' && !hex(jsonHexQuot):
		w.out = append(w.out, `\"`...)
	case r == '\\':
		w.out = append(w.out, `\\`...)
	case r == '/' && w.flags&jsonSlashes == 0:
		w.out = append(w.out, `\/`...)
	case strings.ContainsRune("\b\f\n\r\t", r):
		w.out = append(w.out, '\\', "bfnrt"[strings.IndexRune("\b\f\n\r\t", r)])
	case r < 0x20, r == '"', (r == '<' || r == '>') && hex(jsonHexTag), r == '&' && hex(jsonHexAmp), r == '\'' && hex(jsonHexApos):
		w.out = fmt.Appendf(w.out, `\u%04X`, r)
		if r < 0x20 {
			w.out = append(w.out[:len(w.out)-4], fmt.Sprintf("%04x", r)...)
		}
	case r < 0x80:
		w.out = append(w.out, byte(r))
	case w.flags&jsonUnicode != 0 && (r != 0x2028 && r != 0x2029 || w.flags&jsonLineSeparators != 0):
		w.out = append(w.out, text...)
	case r > 0xffff:
		r -= 0x10000
		w.out = fmt.Appendf(w.out, `\u%04x\u%04x`, 0xd800+(r>>10), 0xdc00+(r&0x3ff))
	default:
		w.out = fmt.Appendf(w.out, `\u%04x`, r)
	}
}
