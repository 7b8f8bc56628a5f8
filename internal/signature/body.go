package signature

import (
	"bytes"
	"encoding/json"
	"iter"
	"regexp"
	"slices"
	"strings"

	"github.com/appdock/appdock/protocol"
)

// members are the orders in which hosts write the objects of a kind (protocol-webhooks.md,
// protocol-handshake.md); a sorted body is put back into them.
var members = map[string][]string{
	"confirmation":  {"apiKey", "secretKey", "timestamp", "shopUrl", "shopId"},
	"webhook":       {"data", "source", "timestamp", "payload", "event", "entity", "operation", "primaryKey", "updatedFields", "versionId", "url", "eventId", "shopId", "appVersion"},
	"SitePack":      {"type", "timestamp", "data"},
	"action button": {"source", "data", "meta", "url", "shopId", "appVersion", "ids", "entity", "action", "timestamp", "reference", "language"},
}

// kindOf says what a signed POST is, by its members.
func kindOf(body []byte) string {
	var m struct {
		APIKey *string `json:"apiKey"`
		Type   *string `json:"type"`
		Data   struct {
			Event  *string `json:"event"`
			Action *string `json:"action"`
		} `json:"data"`
	}
	switch err := json.Unmarshal(body, &m); {
	case err != nil:
		return "signed POST"
	case m.APIKey != nil:
		return "confirmation"
	case m.Type != nil:
		return "SitePack"
	case m.Data.Event != nil:
		return "webhook"
	case m.Data.Action != nil:
		return "action button"
	}
	return "signed POST"
}

var (
	newline  = Change{"body.newline", "a newline at the end of the body was added or trimmed"}
	lines    = Change{"body.line_endings", "the line endings of the body were changed"}
	slashes  = Change{"body.slashes", `slashes of the body were escaped or unescaped: / and \/ are different bytes`}
	encoding = Change{"body.json", "the JSON of the body was parsed and written again: hash the bytes as they come"}
	reorder  = Change{"body.key_order", "the members of the JSON body were sorted"}
	address  = Change{"url.normalised", "the shop's address was normalised: its bytes are part of what is signed"}
)

var shopAddress = regexp.MustCompile(`("(?:url|shopUrl)":\s*")([^"]*)(")`)

// maxRewritten is the size of a body up to which its JSON is written in every form: there
// are some hundred, and each is hashed with each secret.
const maxRewritten = 1 << 20

// bodies yields what the body may have been, the likeliest first.
func bodies(captured []byte) iter.Seq2[[]byte, []Change] {
	return func(yield func([]byte, []Change) bool) {
		with := func(text []byte, changes ...Change) bool {
			trimmed := bytes.TrimRight(text, "\r\n")
			for i, end := range []string{"", "\n", "\r\n"} {
				more := changes
				if i == 0 && len(trimmed) == len(text) {
					if !yield(text, changes) {
						return false
					}
					continue
				}
				more = append(slices.Clone(more), newline)
				if !yield(append(slices.Clone(trimmed), end...), more) {
					return false
				}
			}
			return true
		}
		if !yield(captured, nil) || !with(captured) {
			return
		}
		unix := bytes.ReplaceAll(captured, []byte("\r\n"), []byte("\n"))
		if !with(unix, lines) || !with(bytes.ReplaceAll(unix, []byte("\n"), []byte("\r\n")), lines) {
			return
		}
		bare := bytes.ReplaceAll(captured, []byte(`\/`), []byte("/"))
		if !with(bare, slashes) || !with(bytes.ReplaceAll(bare, []byte("/"), []byte(`\/`)), slashes) {
			return
		}
		if len(captured) > maxRewritten {
			return
		}
		for text, changes := range documents(captured) {
			if !with(text, changes...) {
				return
			}
		}
		for _, f := range normalisations() {
			for _, plain := range []bool{true, false} {
				text := shopAddress.ReplaceAllFunc(captured, func(m []byte) []byte {
					part := shopAddress.FindSubmatch(m)
					value := f(strings.ReplaceAll(string(part[2]), `\/`, "/"))
					if !plain {
						value = strings.ReplaceAll(value, "/", `\/`)
					}
					return slices.Concat(part[1], []byte(value), part[3])
				})
				if !with(text, address) {
					return
				}
			}
		}
	}
}

// documents are the ways in which encoders write the same JSON.
func documents(captured []byte) iter.Seq2[[]byte, []Change] {
	return func(yield func([]byte, []Change) bool) {
		if !json.Valid(captured) {
			return
		}
		forms := func(doc []byte, changes ...Change) bool {
			changes = append([]Change{encoding}, changes...)
			full := protocol.AppendJSON(nil, doc)
			bare := bytes.ReplaceAll(full, []byte(`\/`), []byte("/"))
			raw := runes(bare)
			for _, text := range [][]byte{full, bare, raw, bytes.ReplaceAll(raw, []byte("/"), []byte(`\/`)), html(raw)} {
				for _, shaped := range [][]byte{text, indent(text, "    "), indent(text, "  "), indent(text, "\t"), spaced(text)} {
					if !yield(shaped, changes) {
						return false
					}
				}
			}
			return true
		}
		if !forms(captured) {
			return
		}
		if doc, ok := ordered(captured, members[kindOf(captured)]); ok && !forms(doc, reorder) {
			return
		}
		if doc, ok := ordered(captured, nil); ok {
			forms(doc, reorder)
		}
	}
}

func indent(text []byte, by string) []byte {
	var b bytes.Buffer
	if json.Indent(&b, text, "", by) != nil {
		return text
	}
	return b.Bytes()
}

func html(text []byte) []byte {
	var b bytes.Buffer
	json.HTMLEscape(&b, text)
	return b.Bytes()
}

// runes writes \uXXXX of compact JSON as UTF-8, as far as JSON lets it.
func runes(text []byte) []byte {
	return escape.ReplaceAllFunc(text, func(m []byte) []byte {
		var s string
		if m[1] != 'u' || json.Unmarshal(slices.Concat([]byte{'"'}, m, []byte{'"'}), &s) != nil || s < " " {
			return m
		}
		return []byte(s)
	})
}

// escape is one escape sequence; surrogates come in pairs.
var escape = regexp.MustCompile(`\\u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}|\\u[0-9a-fA-F]{4}|\\.`)

// spaced has the blanks of Python: behind commas and colons.
func spaced(text []byte) []byte {
	var b []byte
	inString := false
	for i := 0; i < len(text); i++ {
		c := text[i]
		b = append(b, c)
		switch {
		case inString && c == '\\' && i+1 < len(text):
			i++
			b = append(b, text[i])
		case c == '"':
			inString = !inString
		case !inString && (c == ',' || c == ':'):
			b = append(b, ' ')
		}
	}
	return b
}

// ordered writes the members of every object by their place in names, others behind them
// by the alphabet.
func ordered(text []byte, names []string) ([]byte, bool) {
	text = bytes.TrimSpace(text)
	if len(text) == 0 {
		return nil, false
	}
	switch text[0] {
	case '{':
		var m map[string]json.RawMessage
		if json.Unmarshal(text, &m) != nil {
			return nil, false
		}
		var keys []string
		for k := range m {
			keys = append(keys, k)
		}
		rank := func(k string) int {
			if at := slices.Index(names, k); at >= 0 {
				return at
			}
			return len(names)
		}
		slices.SortFunc(keys, func(a, b string) int {
			if d := rank(a) - rank(b); d != 0 {
				return d
			}
			return strings.Compare(a, b)
		})
		out := []byte{'{'}
		for i, k := range keys {
			value, ok := ordered(m[k], names)
			name, err := json.Marshal(k)
			if !ok || err != nil {
				return nil, false
			}
			if i > 0 {
				out = append(out, ',')
			}
			out = append(append(append(out, name...), ':'), value...)
		}
		return append(out, '}'), true
	case '[':
		var items []json.RawMessage
		if json.Unmarshal(text, &items) != nil {
			return nil, false
		}
		out := []byte{'['}
		for i, item := range items {
			value, ok := ordered(item, names)
			if !ok {
				return nil, false
			}
			if i > 0 {
				out = append(out, ',')
			}
			out = append(out, value...)
		}
		return append(out, ']'), true
	}
	return text, true
}
