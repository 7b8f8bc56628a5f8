package entity

import (
	"bytes"
	"encoding/json"
	"strconv"
	"time"
	"unicode/utf8"

	"github.com/appdock/appdock"
)

// Plain is the plain JSON form of records (admin-api.md 4.1): what the Admin API answers
// to "Accept: application/json" and what events freeze. The form appends to a []byte, so
// that a page of records costs no more than its text.
type Plain struct {
	// Includes cuts records of the named entities to the named members; an entity that is
	// not named is shown whole. "apiAlias" always stays.
	Includes map[string][]string
	// Max bounds the text in bytes: records that begin behind it are left out, so a text
	// that is longer than Max is not whole. 0: no bound.
	Max int
}

// moment is how the API writes points in time (entities.md, "Types"); values are in UTC.
const moment = "2006-01-02T15:04:05.000-07:00"

// Append appends a record as one JSON object: fields in the order of the definition, then
// associations, then what every record has. Hidden fields and bytes never appear.
func (p Plain) Append(dst []byte, r Record) []byte {
	return writer{p.Max, &shapes{includes: p.Includes}}.record(dst, &r)
}

// AppendList appends records as a JSON list.
func (p Plain) AppendList(dst []byte, records []Record) []byte {
	return writer{p.Max, &shapes{includes: p.Includes}}.list(dst, records)
}

// writer writes one answer.
type writer struct {
	max    int
	shapes *shapes
}

func (w writer) record(dst []byte, r *Record) []byte {
	if w.max > 0 && len(dst) > w.max {
		return append(dst, "null"...)
	}
	d := r.Definition
	s := w.shapes.of(d)
	start := len(dst)
	for i := range s.fields {
		if m := &s.fields[i]; r.Shows(m.place) {
			dst = appendMember(dst, m, &d.Fields[m.place], r.value(m.place))
		}
	}
	dst = w.associations(dst, r, s)
	if s.extras.translated {
		dst = appendTranslated(append(dst, `,"translated":`...), r, s.translated)
	}
	if s.extras.extensions {
		dst = w.extensions(append(dst, `,"extensions":`...), r, s.extensions)
	}
	if s.extras.identifier {
		dst = AppendIdentifier(append(dst, `,"_uniqueIdentifier":`...), r)
	}
	dst = appendString(append(dst, `,"apiAlias":`...), d.Name)
	if s.extras.version {
		dst = appendID(append(dst, `,"versionId":`...), r.Version())
	}
	dst[start] = '{' // in the place of the first comma
	return append(dst, '}')
}

// associations appends what was loaded with a record. What was not reads as null, be it to one
// or many.
func (w writer) associations(dst []byte, r *Record, s *shape) []byte {
	switch {
	case len(r.Loaded) == 0 && r.Only == nil:
		return append(dst, s.unloaded...)
	case len(r.Loaded) == 0:
		return dst
	}
	for i := range s.associations {
		m := &s.associations[i]
		a := &r.Definition.Associations[m.place]
		if loaded, ok := r.Loaded[a.Name]; ok {
			dst = w.loaded(dst, m, a.Many(), loaded)
		} else if r.Only == nil {
			dst = append(dst, m.null...)
		}
	}
	return dst
}

func (w writer) list(dst []byte, records []Record) []byte {
	dst = append(dst, '[')
	for i := range records {
		if i > 0 {
			dst = append(dst, ',')
		}
		dst = w.record(dst, &records[i])
	}
	return append(dst, ']')
}

// appendMember appends a field with its value.
func appendMember(dst []byte, m *member, f *Field, v any) []byte {
	if v == nil && f.Type != Version {
		return append(dst, m.null...)
	}
	return AppendValue(append(dst, m.name...), f, v)
}

// loaded appends what an association led to.
func (w writer) loaded(dst []byte, m *member, many bool, l Loaded) []byte {
	switch {
	case many:
		return w.list(append(dst, m.name...), l.Records)
	case len(l.Records) == 0:
		return append(dst, m.null...)
	}
	return w.record(append(dst, m.name...), &l.Records[0])
}

// extensions appends what the entity of a record does not have by itself: its score (admin-api.md
// 5.5) and what associations of apps led to, or the list that PHP makes of nothing.
func (w writer) extensions(dst []byte, r *Record, members []member) []byte {
	start := len(dst)
	if r.Score != nil {
		dst = AppendScore(append(dst, `,"search":`...), *r.Score)
	}
	for i := range members {
		a := &r.Definition.Associations[members[i].place]
		if l, ok := r.Loaded[a.Name]; ok {
			dst = w.loaded(dst, &members[i], a.Many(), l)
		}
	}
	if len(dst) == start {
		return append(dst, "[]"...)
	}
	dst[start] = '{' // in the place of the first comma
	return append(dst, '}')
}

// AppendScore appends the score of a record as clients read it: a text.
func AppendScore(dst []byte, score float64) []byte {
	dst = strconv.AppendFloat(append(dst, `{"_score":"`...), score, 'f', -1, 64)
	return append(dst, `"}`...)
}

// appendTranslated appends the values of translated fields, [] for an entity without any.
func appendTranslated(dst []byte, r *Record, members []member) []byte {
	start := len(dst)
	for i := range members {
		if m := &members[i]; r.Shows(m.place) && m.place < len(r.Values) {
			dst = appendMember(dst, m, &r.Definition.Fields[m.place], r.Translated(m.place))
		}
	}
	if len(dst) == start {
		return append(dst, "[]"...)
	}
	dst[start] = '{' // in the place of the first comma
	return append(dst, '}')
}

// AppendValue appends the value of a field in the Go form of the field's type.
func AppendValue(dst []byte, f *Field, v any) []byte {
	if id, ok := v.(appdock.ID); f.Type == Version && (!ok || id.IsZero()) {
		return appendID(dst, appdock.LiveVersion)
	}
	switch v := v.(type) {
	case appdock.ID:
		if v.IsZero() {
			return append(dst, "null"...)
		}
		return appendID(dst, v)
	case string:
		return appendString(dst, v)
	case int64:
		return strconv.AppendInt(dst, v, 10)
	case float64:
		return strconv.AppendFloat(dst, v, 'f', -1, 64)
	case bool:
		return strconv.AppendBool(dst, v)
	case time.Time:
		return append(v.UTC().AppendFormat(append(dst, '"'), moment), '"')
	case json.RawMessage:
		return appendDocument(dst, f.Type, v)
	default:
		return append(dst, "null"...)
	}
}

// appendDocument appends a stored document. Money structures carry the alias that clients
// tell them by (entities.md, "Money structures"); of empty objects only customFields stay
// objects, the others are lists, as PHP makes them (admin-api.md 4.1).
func appendDocument(dst []byte, t Type, raw json.RawMessage) []byte {
	empty := bytes.Equal(raw, []byte("{}")) || bytes.Equal(raw, []byte("[]"))
	switch {
	case len(raw) == 0:
		return append(dst, "null"...)
	case empty && t == Object:
		return append(dst, "{}"...)
	case empty:
		return append(dst, "[]"...)
	case t == Prices:
		return appendAliased(dst, raw, 2, "price")
	case t == CalculatedPrice:
		return appendAliased(dst, raw, 1, "calculated_price")
	case t == CartPrice:
		return appendAliased(dst, raw, 1, "cart_price")
	default:
		return append(dst, raw...)
	}
}

// appendAliased appends a document whose objects at the given depth get a member apiAlias.
func appendAliased(dst []byte, raw json.RawMessage, depth int, alias string) []byte {
	level, text, copied := 0, false, 0
	for i := 0; i < len(raw); i++ {
		c := raw[i]
		switch {
		case text && c == '\\':
			i++
		case c == '"':
			text = !text
		case text:
		case c == '{' || c == '[':
			level++
		case c == '}' && level == depth:
			dst = append(dst, raw[copied:i]...)
			copied = i
			dst = appendString(appendName(dst, "apiAlias"), alias)
			level--
		case c == '}' || c == ']':
			level--
		}
	}
	return append(dst, raw[copied:]...)
}

// appendName appends a member's name, behind a comma if it is not the first.
func appendName(dst []byte, name string) []byte {
	if dst[len(dst)-1] != '{' {
		dst = append(dst, ',')
	}
	dst = append(dst, '"')
	dst = append(dst, name...)
	return append(dst, '"', ':')
}

func appendID(dst []byte, id appdock.ID) []byte {
	return append(appendHex(append(dst, '"'), id), '"')
}

func appendHex(dst []byte, id appdock.ID) []byte {
	const digits = "0123456789abcdef"
	for _, b := range id {
		dst = append(dst, digits[b>>4], digits[b&15])
	}
	return dst
}

// AppendIdentifier appends the text that tells a record from others of its entity: its id, or the
// two keys that identify it (entities.md, "Fields every entity has").
func AppendIdentifier(dst []byte, r *Record) []byte {
	pair := r.Definition.Pair
	if len(pair) == 0 {
		return appendID(dst, r.ID())
	}
	dst = append(dst, '"')
	for i, name := range pair {
		if i > 0 {
			dst = append(dst, '-')
		}
		dst = appendHex(dst, r.Key(name))
	}
	return append(dst, '"')
}

// appendString appends a JSON text. Only what must be escaped is; bytes that are no UTF-8
// become the replacement character.
func appendString(dst []byte, s string) []byte {
	const digits = "0123456789abcdef"
	dst = append(dst, '"')
	start := 0
	for i := 0; i < len(s); {
		c := s[i]
		if c >= ' ' && c < utf8.RuneSelf && c != '"' && c != '\\' {
			i++
			continue
		}
		size, escaped := 1, ""
		switch {
		case c == '"':
			escaped = `\"`
		case c == '\\':
			escaped = `\\`
		case c == '\n':
			escaped = `\n`
		case c == '\r':
			escaped = `\r`
		case c == '\t':
			escaped = `\t`
		case c < ' ':
			escaped = `\u00` + digits[c>>4:c>>4+1] + digits[c&15:c&15+1]
		default:
			var r rune
			if r, size = utf8.DecodeRuneInString(s[i:]); r != utf8.RuneError || size > 1 {
				i += size
				continue
			}
			escaped = "\ufffd"
		}
		dst = append(append(dst, s[start:i]...), escaped...)
		i += size
		start = i
	}
	return append(append(dst, s[start:]...), '"')
}
