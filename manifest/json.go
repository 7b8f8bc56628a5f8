package manifest

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"
)

// The limits of an app.json (app-json.md 1).
const (
	maxJSON      = 256 << 10
	maxJSONDepth = 16
)

// jsonValue is one value of a JSON file.
type jsonValue struct {
	offset  int
	scalar  any // string, json.Number, bool or nil
	isArray bool
	items   []jsonValue  // of an array
	members []jsonMember // of an object; nil: it is none
}

type jsonMember struct {
	name   string
	offset int // of the key
	value  jsonValue
}

// kind names the type of a value for people.
func (v jsonValue) kind() string {
	switch {
	case v.isArray:
		return "array"
	case v.members != nil:
		return "object"
	}
	switch v.scalar.(type) {
	case string:
		return "string"
	case json.Number:
		return "number"
	case bool:
		return "bool"
	}
	return "null"
}

// plain is the value as encoding/json gives it.
func (v jsonValue) plain() any {
	switch {
	case v.isArray:
		items := make([]any, len(v.items))
		for i, item := range v.items {
			items[i] = item.plain()
		}
		return items
	case v.members != nil:
		members := make(map[string]any, len(v.members))
		for _, m := range v.members {
			members[m.name] = m.value.plain()
		}
		return members
	}
	if n, ok := v.scalar.(json.Number); ok {
		f, _ := n.Float64() // out of range is infinite, and no setting
		return f
	}
	return v.scalar
}

// readJSON reads a text into a tree: UTF-8, no deeper than maxJSONDepth, no key
// twice. The faults that do not end the reading are duplicate keys.
func readJSON(source *Source) (jsonValue, []*fault) {
	text := source.text
	if !utf8.ValidString(text) {
		offset := len(text) - len(strings.TrimLeftFunc(text, func(r rune) bool { return r != utf8.RuneError }))
		return jsonValue{}, []*fault{faultAt(offset, "encoding", "the file is not UTF-8")}
	}
	r := jsonReader{source: source, decoder: json.NewDecoder(strings.NewReader(text))}
	r.decoder.UseNumber()
	value, f := r.value(0)
	if f == nil {
		f = r.end()
	}
	if f != nil {
		return jsonValue{}, append(r.duplicates, f)
	}
	return value, r.duplicates
}

type jsonReader struct {
	source     *Source
	decoder    *json.Decoder
	duplicates []*fault
}

// token reads one token and says where it begins; the decoder only says where it ends.
func (r *jsonReader) token() (json.Token, int, *fault) {
	offset := int(r.decoder.InputOffset())
	offset += len(r.source.text[offset:]) - len(strings.TrimLeft(r.source.text[offset:], " \t\r\n,:"))
	token, err := r.decoder.Token()
	if err == nil {
		return token, offset, nil
	}
	if syntax, ok := errors.AsType[*json.SyntaxError](err); ok {
		return nil, 0, faultAt(r.place(max(offset, int(syntax.Offset)-1)), "malformed", "this is no JSON: %s", shorten(syntax.Error()))
	}
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		return nil, 0, faultAt(len(r.source.text), "malformed", "unexpected end of file")
	}
	return nil, 0, faultAt(offset, "malformed", "%s", shorten(err.Error()))
}

// place keeps an offset of the decoder inside the text and at the start of a character.
func (r *jsonReader) place(offset int) int {
	offset = min(offset, len(r.source.text))
	for offset < len(r.source.text) && offset > 0 && !utf8.RuneStart(r.source.text[offset]) {
		offset--
	}
	return offset
}

func (r *jsonReader) value(depth int) (jsonValue, *fault) {
	token, offset, f := r.token()
	if f != nil {
		return jsonValue{}, f
	}
	delimiter, opens := token.(json.Delim)
	if !opens {
		return jsonValue{offset: offset, scalar: token}, nil
	}
	if depth++; depth > maxJSONDepth {
		return jsonValue{}, faultAt(offset, "too_large", "values are nested deeper than %d", maxJSONDepth)
	}
	v := jsonValue{offset: offset, isArray: delimiter == '['}
	if v.isArray {
		for r.decoder.More() {
			item, f := r.value(depth)
			if f != nil {
				return jsonValue{}, f
			}
			v.items = append(v.items, item)
		}
	} else if v.members, f = r.object(depth); f != nil {
		return jsonValue{}, f
	}
	_, _, f = r.token() // what closes it
	return v, f
}

func (r *jsonReader) object(depth int) ([]jsonMember, *fault) {
	members := []jsonMember{}
	lines := map[string]int{}
	for r.decoder.More() {
		key, offset, f := r.token()
		if f != nil {
			return nil, f
		}
		name, _ := key.(string) // the decoder takes nothing else for a key
		if line, twice := lines[name]; twice && len(r.duplicates) < maxProblems {
			r.duplicates = append(r.duplicates, faultAt(offset, "duplicate_key", "duplicate key %s, first in line %d", quote(name), line))
		}
		lines[name] = r.source.line(offset)
		value, f := r.value(depth)
		if f != nil {
			return nil, f
		}
		members = append(members, jsonMember{name: name, offset: offset, value: value})
	}
	return members, nil
}

// end refuses what follows the value.
func (r *jsonReader) end() *fault {
	rest := r.source.text[r.decoder.InputOffset():]
	if blank := len(rest) - len(strings.TrimLeft(rest, " \t\r\n")); blank < len(rest) {
		return faultAt(int(r.decoder.InputOffset())+blank, "malformed", "unexpected text after the end")
	}
	return nil
}

// member gives a path of a JSON pointer one step more (RFC 6901).
func (p Path) member(name string) Path {
	name = shorten(name)
	if strings.ContainsAny(name, "~/") {
		name = strings.NewReplacer("~", "~0", "/", "~1").Replace(name)
	}
	return p.Child(name)
}

func (p Path) item(i int) Path { return p.Child(strconv.Itoa(i)) }

// jsonObject reads the members of an object and remembers which ones were asked
// for: the others are unknown.
type jsonObject struct {
	*jsonProblems
	value jsonValue
	path  Path
	asked []string
}

// jsonProblems collects what is wrong with the shape of an app.json.
type jsonProblems struct {
	source   *Source
	strict   bool
	problems Problems
}

func (p *jsonProblems) tell(severity Severity, code string, offset int, path Path, hint, format string, args ...any) {
	switch len(p.problems) {
	case maxProblems:
		return
	case maxProblems - 1:
		p.problems = append(p.problems, tooMany(SitePack, p.source.at(offset)))
		return
	}
	p.problems = append(p.problems, Problem{
		Code: code, Severity: severity, Message: fmt.Sprintf(format, args...), Hint: hint,
		Position: p.source.at(offset), Path: path,
	})
}

// member gives a member that is there and not null.
func (o *jsonObject) member(name string) (jsonValue, bool) {
	o.asked = append(o.asked, name)
	for _, m := range o.value.members {
		if m.name == name && m.value.kind() != "null" {
			o.source.offsets[o.path.member(name)] = m.value.offset
			return m.value, true
		}
	}
	return jsonValue{}, false
}

func (o *jsonObject) wrong(name string, v jsonValue, want string) {
	o.tell(Error, "app_json.type", v.offset, o.path.member(name), "", "%s must be %s, found %s", name, want, v.kind())
}

func (o *jsonObject) missing(name string) {
	o.tell(Error, "app_json.missing_field", o.value.offset, o.path, "", "%s is missing", quote(name))
}

// text is an optional string, without blanks at the ends.
func (o *jsonObject) text(name string) string { return o.textLike(name, "a string") }

func (o *jsonObject) textLike(name, want string) string {
	v, there := o.member(name)
	if !there {
		return ""
	}
	text, ok := v.scalar.(string)
	if !ok {
		o.wrong(name, v, want)
	}
	return strings.TrimSpace(text)
}

// required is a string that must be there and say something.
func (o *jsonObject) required(name string) string {
	text := o.text(name)
	v, there := o.member(name)
	_, isText := v.scalar.(string)
	if !there || isText && text == "" {
		o.missing(name)
	}
	return text
}

func (o *jsonObject) integer(name string) int {
	v, there := o.member(name)
	if !there {
		return 0
	}
	number, _ := v.scalar.(json.Number)
	n, err := strconv.ParseFloat(number.String(), 64) // 1.0 is one, too
	if err != nil || n != math.Trunc(n) || n < math.MinInt32 || n > math.MaxInt32 {
		o.wrong(name, v, "a whole number")
		return 0
	}
	return int(n)
}

// object is a member that is an object; ok says whether it is.
func (o *jsonObject) object(name string) (member *jsonObject, ok bool) {
	v, there := o.member(name)
	if there && v.members == nil {
		o.wrong(name, v, "an object")
	}
	return &jsonObject{jsonProblems: o.jsonProblems, value: v, path: o.path.member(name)}, v.members != nil
}

// list gives the items of a member that is an array.
func (o *jsonObject) list(name string) []jsonValue {
	v, there := o.member(name)
	if there && !v.isArray {
		o.wrong(name, v, "an array")
	}
	return v.items
}

// texts are the strings of an array.
func (o *jsonObject) texts(name string) []string {
	var texts []string
	for i, item := range o.list(name) {
		path := o.path.member(name).item(i)
		o.source.offsets[path] = item.offset
		text, ok := item.scalar.(string)
		if !ok {
			o.tell(Error, "app_json.type", item.offset, path, "", "%s must hold strings, found %s", name, item.kind())
		}
		texts = append(texts, text)
	}
	return texts
}

// objects reads each object of an array.
func (o *jsonObject) objects(name string, read func(item *jsonObject)) {
	for i, item := range o.list(name) {
		path := o.path.member(name).item(i)
		o.source.offsets[path] = item.offset
		if item.members == nil {
			o.tell(Error, "app_json.type", item.offset, path, "", "%s must hold objects, found %s", name, item.kind())
			continue
		}
		member := &jsonObject{jsonProblems: o.jsonProblems, value: item, path: path}
		read(member)
		member.unknown()
	}
}

// unknown reports the members that nobody has asked for (app-json.md 5).
func (o *jsonObject) unknown() {
	severity := Warning
	if o.strict {
		severity = Error
	}
	for _, m := range o.value.members {
		if !slices.Contains(o.asked, m.name) && !strings.HasPrefix(m.name, "x_") {
			hint := ""
			if len(o.problems) < maxHints {
				hint = didYouMean(m.name, slices.Values(o.asked))
			}
			o.tell(severity, "app_json.unknown_field", m.offset, o.path.member(m.name), hint, "unknown field %s", quote(m.name))
		}
	}
}

// isJSONFile reports whether a manifest is an app.json, by its name.
func isJSONFile(name string) bool { return strings.HasSuffix(name, ".json") }
