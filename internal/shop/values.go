package shop

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"math"
	"net/mail"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/appdock/appdock"
	"github.com/appdock/appdock/internal/entity"
)

// Limits of texts without one of their own (entities.md, "Types").
const (
	maxString   = 255      // characters
	maxText     = 64 << 10 // bytes
	maxPassword = 4096     // bytes; more only costs time
	// minPassword is Shopware's core.loginRegistration.passwordMinLength as it is delivered.
	minPassword = 8 // characters
)

// plainPassword is a password that was sent and not hashed yet.
type plainPassword string

// patch holds the members of an object that an update merges into the stored one
// (entities.md, "Custom field types").
type patch map[string]json.RawMessage

// faultList collects what is wrong with a request while its values are read.
type faultList struct {
	entity.Faults
	custom map[string]string // types of the custom fields that are written, by name
}

// value turns a JSON value into the Go form of the field's type. An empty text is null;
// whether null may be is decided when it is known if the row is new. ok is false if
// faults were added.
func (l *faultList) value(f entity.Field, v any, pointer string) (value any, ok bool) {
	if v == nil {
		return nil, true
	}
	if holdsNUL(v) {
		return l.refuse(constraint(pointer, "This value must not contain the character U+0000."))
	}
	switch f.Type {
	case entity.UUID:
		return l.uuid(v, pointer)
	case entity.String, entity.Text:
		return l.text(f, v, pointer)
	case entity.Email:
		return l.email(f, v, pointer)
	case entity.Password:
		return l.password(v, pointer)
	case entity.Int:
		return l.integer(f, v, pointer)
	case entity.Float:
		return l.float(v, pointer)
	case entity.Bool:
		if b, isBool := v.(bool); isBool {
			return b, true
		}
		return l.refuse(wrongType(pointer, "bool"))
	case entity.DateTime, entity.Date:
		return l.moment(f, v, pointer)
	case entity.Object:
		return l.object(v, pointer)
	case entity.JSON:
		return l.document(f, v, pointer)
	case entity.Strings, entity.IDs, entity.Objects:
		return l.list(f.Type, v, pointer)
	case entity.Prices:
		return l.prices(v, pointer)
	case entity.CalculatedPrice:
		return l.structure(calculatedPriceMembers(), v, pointer)
	case entity.CartPrice:
		return l.structure(cartPriceMembers(), v, pointer)
	case entity.PriceDefinition:
		return l.priceDefinition(v, pointer)
	case entity.Rounding:
		return l.structure(roundingMembers(), v, pointer)
	case entity.TaxFree:
		return l.structure(taxFreeMembers(), v, pointer)
	case entity.Version, entity.Blob:
		return l.refuse(writeProtected(pointer))
	default:
		panic(fmt.Sprintf("shop: field %s has no type", f.Name))
	}
}

// holdsNUL reports whether the character NUL stands anywhere in a JSON value. A text of
// PostgreSQL cannot hold it, and a shop moves between databases.
func holdsNUL(v any) bool {
	switch v := v.(type) {
	case string:
		return strings.IndexByte(v, 0) >= 0
	case []any:
		return slices.ContainsFunc(v, holdsNUL)
	case map[string]any:
		for name, member := range v {
			if holdsNUL(name) || holdsNUL(member) {
				return true
			}
		}
	}
	return false
}

func (l *faultList) refuse(f appdock.Fault) (any, bool) {
	l.Add(f)
	return nil, false
}

func (l *faultList) uuid(v any, pointer string) (any, bool) {
	s, isText := v.(string)
	if !isText {
		return l.refuse(constraint(pointer, "This value should be of type string."))
	}
	id, err := appdock.ParseID(s)
	if err != nil {
		return l.refuse(badUUID(pointer, s))
	}
	return id, true
}

func (l *faultList) text(f entity.Field, v any, pointer string) (any, bool) {
	s, isText := v.(string)
	if !isText {
		return l.refuse(wrongType(pointer, "string"))
	}
	if s = strings.ToValidUTF8(s, "\ufffd"); f.Markup {
		s = Markup{Remote: true}.Clean(s)
	} else {
		s = stripTags(s)
	}
	if s == "" {
		return nil, true
	}
	if f.Type == entity.Text && f.Max == 0 {
		if len(s) > maxText {
			return l.refuse(tooLong(pointer, maxText))
		}
		return s, true
	}
	limit := f.Max
	if limit == 0 {
		limit = maxString
	}
	if utf8.RuneCountInString(s) > limit {
		return l.refuse(tooLong(pointer, limit))
	}
	return s, true
}

func (l *faultList) email(f entity.Field, v any, pointer string) (any, bool) {
	value, ok := l.text(f, v, pointer)
	if !ok || value == nil {
		return value, ok
	}
	s, _ := value.(string)
	// The address alone: no name, no comment, no second one.
	if a, err := mail.ParseAddress(s); err != nil || a.Address != s || strings.HasSuffix(s, "]") {
		return l.refuse(appdock.Fault{
			Pointer: pointer, Code: codeEmail, Message: "This value is not a valid email address.",
		})
	}
	return s, true
}

func (l *faultList) password(v any, pointer string) (any, bool) {
	s, isText := v.(string)
	switch {
	case !isText:
		return l.refuse(wrongType(pointer, "string"))
	case s == "":
		return nil, true
	case len(s) > maxPassword:
		return l.refuse(tooLong(pointer, maxPassword))
	case utf8.RuneCountInString(s) < minPassword:
		return l.refuse(tooShort(pointer, minPassword))
	}
	return plainPassword(s), true
}

func (l *faultList) integer(f entity.Field, v any, pointer string) (any, bool) {
	n, ok := wholeNumber(v)
	switch {
	case !ok:
		return l.refuse(wrongType(pointer, "int"))
	case f.Bounded && n < f.Min:
		return l.refuse(tooLow(pointer, f.Min))
	}
	return n, true
}

func (l *faultList) float(v any, pointer string) (any, bool) {
	n, ok := decimal(v)
	if !ok {
		return l.refuse(wrongType(pointer, "float"))
	}
	return n, true
}

func (l *faultList) moment(f entity.Field, v any, pointer string) (any, bool) {
	s, isText := v.(string)
	if isText && s == "" {
		return nil, true
	}
	at, ok := parseMoment(s)
	if !isText || !ok {
		return l.refuse(wrongType(pointer, "datetime"))
	}
	if f.Type == entity.Date {
		at = at.Truncate(24 * time.Hour)
	}
	return at, true
}

// object reads customFields. PHP clients send [] for an empty one.
func (l *faultList) object(v any, pointer string) (any, bool) {
	if list, isList := v.([]any); isList && len(list) == 0 {
		return patch{}, true
	}
	members, isObject := v.(map[string]any)
	if !isObject {
		return l.refuse(wrongType(pointer, "object"))
	}
	before := l.Count()
	p := make(patch, len(members))
	for _, name := range slices.Sorted(maps.Keys(members)) {
		if value, ok := l.customValue(l.custom[name], members[name], pointer+"/"+name); ok {
			p[name] = value
		}
	}
	return p, l.Count() == before
}

func (l *faultList) document(f entity.Field, v any, pointer string) (any, bool) {
	switch v.(type) {
	case map[string]any, []any:
	default:
		// A setting may be any value: it stands inside an object of its own
		// (entities.md, system_config).
		if f.Name != "configurationValue" {
			return l.refuse(wrongType(pointer, "array"))
		}
	}
	return encode(v), true
}

func (l *faultList) list(t entity.Type, v any, pointer string) (any, bool) {
	items, isList := v.([]any)
	if !isList {
		return l.refuse(wrongType(pointer, "array"))
	}
	before := l.Count()
	for i, item := range items {
		if l.Full() {
			break
		}
		at := pointer + "/" + strconv.Itoa(i)
		switch s, isText := item.(string); {
		case t == entity.Objects:
			if _, isObject := item.(map[string]any); !isObject {
				l.Add(wrongType(at, "object"))
			}
		case !isText:
			l.Add(wrongType(at, "string"))
		case t == entity.IDs:
			if _, err := appdock.ParseID(s); err != nil {
				l.Add(badUUID(at, s))
			}
		}
	}
	return encode(items), l.Count() == before
}

// wholeNumber reads an integer; a text or a fraction is none.
func wholeNumber(v any) (int64, bool) {
	switch n := v.(type) {
	case json.Number:
		i, err := strconv.ParseInt(n.String(), 10, 64)
		return i, err == nil
	case int64:
		return n, true
	case int:
		return int64(n), true
	}
	return 0, false
}

// decimal reads a number; whole numbers and numeric texts are accepted.
func decimal(v any) (float64, bool) {
	var n float64
	switch v := v.(type) {
	case json.Number:
		return decimal(v.String())
	case string:
		parsed, err := strconv.ParseFloat(v, 64)
		if err != nil || strings.ContainsAny(v, "xXpP_") {
			return 0, false
		}
		n = parsed
	case float64:
		n = v
	case int64:
		n = float64(v)
	case int:
		n = float64(v)
	default:
		return 0, false
	}
	return n, !math.IsNaN(n) && !math.IsInf(n, 0)
}

// parseMoment reads a point in time of ISO 8601, with or without time, fraction and
// offset; without an offset it is UTC.
func parseMoment(s string) (time.Time, bool) {
	for _, layout := range []string{
		time.RFC3339Nano, "2006-01-02T15:04:05Z0700", "2006-01-02T15:04:05", "2006-01-02 15:04:05", "2006-01-02T15:04Z07:00", "2006-01-02T15:04", time.DateOnly,
	} {
		if at, err := time.Parse(layout, s); err == nil && at.Year() > 0 {
			return at.UTC().Truncate(time.Millisecond), true
		}
	}
	return time.Time{}, false
}

// encode writes a JSON value as clients will read it.
func encode(v any) json.RawMessage {
	switch v := v.(type) { // members of prices: the library takes ten times as long for them
	case bool:
		return strconv.AppendBool(nil, v)
	case appdock.ID:
		return append(append([]byte{'"'}, v.String()...), '"')
	case float64:
		if size := math.Abs(v); size == 0 || size >= 1e-6 && size < 1e21 { // others have an exponent
			return strconv.AppendFloat(nil, v, 'f', -1, 64)
		}
	}
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil {
		panic(fmt.Sprintf("shop: value %T is not from JSON: %v", v, err))
	}
	return bytes.TrimSpace(b.Bytes())
}

// stripTags removes HTML tags; a "<" that begins none stays (entities.md, "Types").
func stripTags(s string) string {
	if !strings.Contains(s, "<") {
		return s
	}
	var b []byte
	for {
		start := strings.IndexByte(s, '<')
		if start < 0 {
			return string(append(b, s...))
		}
		b, s = append(b, s[:start]...), s[start:]
		if len(s) < 2 || !strings.ContainsRune("/!?", rune(s[1])) && !isLetter(s[1]) {
			b, s = append(b, '<'), s[1:]
			continue
		}
		// What stands before a tag must not begin one with what follows it.
		b = bytes.TrimRight(b, "<")
		end := strings.IndexByte(s, '>')
		if end < 0 {
			return string(b)
		}
		s = s[end+1:]
	}
}

func isLetter(c byte) bool { return c|0x20 >= 'a' && c|0x20 <= 'z' }
