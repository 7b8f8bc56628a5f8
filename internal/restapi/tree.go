package restapi

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
)

// most is the largest number up to which every whole one can be told in JSON (RFC 8259
// section 6): the bound of all numbers that are whole by their schema.
const most = 1<<53 - 1

// treeReader reads a JSON text that is valid into a tree of what it says.
type treeReader struct {
	text    []byte
	decoder *json.Decoder
	path    []any // names and places that lead to what is read now
	faults  []fault

	plain  []byte // the text up to copied, as [readTree] gives it
	copied int
}

// readTree reads a JSON text into the tree that its schema is held against. It also gives the
// text with each whole number written in digits alone: 1.0 and 1e3 are integers by JSON Schema,
// and encoding/json takes neither. ok is false if the text is no JSON value.
func readTree(text []byte) (tree any, plain []byte, faults []fault, ok bool) {
	if !json.Valid(text) { // which bounds how deep values are nested, too
		return nil, nil, nil, false
	}
	r := treeReader{text: text, decoder: json.NewDecoder(bytes.NewReader(text))}
	r.decoder.UseNumber()
	tree = r.value()
	return tree, append(r.plain, text[r.copied:]...), r.faults, true
}

// token gives the next token, which is there: the text is valid.
func (r *treeReader) token() json.Token {
	token, err := r.decoder.Token()
	if err != nil {
		panic(fmt.Errorf("a valid JSON text cannot be read: %w", err))
	}
	return token
}

func (r *treeReader) value() any {
	token := r.token()
	switch token := token.(type) {
	case json.Number:
		return r.number(string(token))
	case json.Delim:
		if token == '[' {
			return r.list()
		}
		return r.object()
	}
	return token
}

// below reads the value at a step further down.
func (r *treeReader) below(step any) any {
	r.path = append(r.path, step)
	v := r.value()
	r.path = r.path[:len(r.path)-1]
	return v
}

func (r *treeReader) list() []any {
	list := []any{}
	for r.decoder.More() {
		list = append(list, r.below(len(list)))
	}
	r.token() // what closes it
	return list
}

func (r *treeReader) object() map[string]any {
	members := map[string]any{}
	for r.decoder.More() {
		name, _ := r.token().(string)
		if _, twice := members[name]; twice { // of which readers take one or the other (RFC 8259 section 4)
			r.fault(fault{r.pointer(name), "repeated", "This name is there twice."})
		}
		members[name] = r.below(name)
	}
	r.token() // what closes it
	return members
}

func (r *treeReader) number(digits string) float64 {
	n, err := strconv.ParseFloat(digits, 64)
	if err != nil {
		r.fault(fault{r.pointer(), "invalid", "There is no room for a number of this size."})
		return 0
	}
	if strings.ContainsAny(digits, ".eE") && n == math.Trunc(n) && math.Abs(n) <= most {
		end := int(r.decoder.InputOffset())
		r.plain = append(r.plain, r.text[r.copied:end-len(digits)]...)
		r.plain = strconv.AppendInt(r.plain, int64(n), 10)
		r.copied = end
	}
	return n
}

// fault notes what is wrong with the text, whatever its schema: as much as anybody will read.
func (r *treeReader) fault(f fault) {
	const enough = 100
	if len(r.faults) < enough {
		r.faults = append(r.faults, f)
	}
}

// pointer says where the reading is, and what is further down.
func (r *treeReader) pointer(below ...any) string {
	var b strings.Builder
	for _, step := range slices.Concat(r.path, below) {
		b.WriteByte('/')
		switch step := step.(type) {
		case int:
			b.WriteString(strconv.Itoa(step))
		case string:
			b.WriteString(strings.NewReplacer("~", "~0", "/", "~1").Replace(short(step)))
		}
	}
	return b.String()
}
