package protocol

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strconv"
	"unicode/utf16"
	"unicode/utf8"
)

// AppendJSON appends raw JSON to dst in the form in which PHP writes it
// (protocol-signing.md 4): compact, '/' as \/, everything outside of ASCII as \uXXXX in
// lower case with surrogate pairs, '<', '>', '&' and the
// apostrophe as they are. The value stays the same.
//
// Raw must be valid JSON; it is not checked again, because every body passes here once
// for each attempt. What is not valid UTF-8 becomes U+FFFD, as encoding/json reads it.
func AppendJSON(dst, raw []byte) []byte {
	inString := false
	for i := 0; i < len(raw); {
		c := raw[i]
		switch {
		case !inString:
			i++
			inString = c == '"'
			if c != ' ' && c != '\n' && c != '\r' && c != '\t' {
				dst = append(dst, c)
			}
		case c == '"':
			i++
			inString = false
			dst = append(dst, c)
		case c == '\\':
			r, size := unescape(raw[i:])
			dst = appendRune(dst, r)
			i += size
		case c < utf8.RuneSelf:
			if n := plain(raw[i:]); n > 0 {
				dst = append(dst, raw[i:i+n]...)
				i += n
				continue
			}
			dst = appendRune(dst, rune(c))
			i++
		default:
			r, size := utf8.DecodeRune(raw[i:])
			dst = appendRune(dst, r)
			i += size
		}
	}
	return dst
}

// plain counts the first characters of a string that are written as they are.
func plain(s []byte) int {
	for i, c := range s {
		if c < ' ' || c >= utf8.RuneSelf || c == '"' || c == '\\' || c == '/' {
			return i
		}
	}
	return len(s)
}

// unescape reads one escape sequence, which may be a pair of surrogates.
func unescape(s []byte) (r rune, size int) {
	if len(s) < 2 {
		return '\\', len(s)
	}
	if s[1] != 'u' {
		if at := bytes.IndexByte([]byte("bfnrt"), s[1]); at >= 0 {
			return rune("\b\f\n\r\t"[at]), 2
		}
		return rune(s[1]), 2
	}
	r, ok := hexRune(s)
	if !ok {
		return utf8.RuneError, 2
	}
	if !utf16.IsSurrogate(r) {
		return r, 6
	}
	if low, ok := hexRune(s[6:]); ok {
		if pair := utf16.DecodeRune(r, low); pair != utf8.RuneError {
			return pair, 12
		}
	}
	return utf8.RuneError, 6
}

// hexRune reads \uXXXX at the start of s.
func hexRune(s []byte) (rune, bool) {
	if len(s) < 6 || s[0] != '\\' || s[1] != 'u' {
		return 0, false
	}
	n, err := strconv.ParseUint(string(s[2:6]), 16, 16)
	return rune(n), err == nil
}

// appendRune appends one character of a string, escaped as PHP does.
func appendRune(dst []byte, r rune) []byte {
	switch r {
	case '"', '\\', '/':
		return append(dst, '\\', byte(r))
	case '\b':
		return append(dst, '\\', 'b')
	case '\f':
		return append(dst, '\\', 'f')
	case '\n':
		return append(dst, '\\', 'n')
	case '\r':
		return append(dst, '\\', 'r')
	case '\t':
		return append(dst, '\\', 't')
	}
	switch {
	case r >= 0x20 && r < utf8.RuneSelf:
		return append(dst, byte(r))
	case r > 0xffff:
		high, low := utf16.EncodeRune(r)
		return appendEscape(appendEscape(dst, high), low)
	}
	return appendEscape(dst, r)
}

func appendEscape(dst []byte, r rune) []byte {
	const lower = "0123456789abcdef"
	return append(dst, '\\', 'u', lower[r>>12&15], lower[r>>8&15], lower[r>>4&15], lower[r&15])
}

// appendString appends a Go string as a JSON string.
func appendString(dst []byte, s string) []byte {
	dst = append(dst, '"')
	for _, r := range s {
		dst = appendRune(dst, r)
	}
	return append(dst, '"')
}

// appendPlain appends a Go string as a JSON string with no escape that JSON does not ask for
// (RFC 8259 section 7).
func appendPlain(dst []byte, s string) []byte {
	dst = append(dst, '"')
	for _, r := range s {
		switch {
		case r == '/', r >= utf8.RuneSelf:
			dst = utf8.AppendRune(dst, r)
		default:
			dst = appendRune(dst, r)
		}
	}
	return append(dst, '"')
}

// object writes the members of a JSON object in the order of the calls: nothing on a
// signed path is marshalled from a map.
type object struct {
	b     []byte
	plain bool // texts are not escaped as PHP does
}

func (o *object) name(name string) {
	sep := byte(',')
	if len(o.b) == 0 {
		sep = '{'
	}
	o.b = appendString(append(o.b, sep), name)
	o.b = append(o.b, ':')
}

func (o *object) text(name, value string) {
	o.name(name)
	if o.plain {
		o.b = appendPlain(o.b, value)
		return
	}
	o.b = appendString(o.b, value)
}

// optional leaves an empty text out.
func (o *object) optional(name, value string) {
	if value != "" {
		o.text(name, value)
	}
}

func (o *object) number(name string, value int64) {
	o.name(name)
	o.b = strconv.AppendInt(o.b, value, 10)
}

func (o *object) raw(name string, value []byte) { o.name(name); o.b = append(o.b, value...) }

func (o *object) bytes() []byte {
	if len(o.b) == 0 {
		return []byte("{}")
	}
	return append(o.b, '}')
}

// members reads a JSON object without deciding what its members are. Null is no object.
func members(body []byte) (map[string]json.RawMessage, bool) {
	var m map[string]json.RawMessage
	err := json.Unmarshal(body, &m)
	return m, err == nil && m != nil
}

// text returns a member that is a JSON string.
func text(raw json.RawMessage) (string, bool) {
	var s *string
	if len(raw) == 0 || json.Unmarshal(raw, &s) != nil || s == nil {
		return "", false
	}
	return *s, true
}

// decode reads a message of the other side into its wire shape.
func decode(body []byte, into any) error {
	if _, ok := members(body); !ok {
		return fmt.Errorf("%w: the body is not a JSON object", ErrMalformed)
	}
	if err := json.Unmarshal(body, into); err != nil {
		return fmt.Errorf("%w: %w", ErrMalformed, err)
	}
	return nil
}
