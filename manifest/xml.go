package manifest

import (
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"regexp"
	"strconv"
	"strings"
	"unicode/utf8"
)

// The limits of an XML file (validation.md 2, xml.too_large).
const (
	maxXML   = 1 << 20
	maxDepth = 32
)

// node is one element of an XML file.
type node struct {
	name     string // as written, a prefix included
	attrs    []attr
	children []*node
	text     []byte // what stands directly in it, CDATA sections included
	parent   *node
	offset   int               // of its "<"
	index    int               // its number among siblings of the same name, from 1
	alone    bool              // no sibling has its name
	spaces   map[string]string // the namespaces that it declares, by their prefix; often nil
	where    Path              // remembered by path
}

type attr struct {
	name, value string
	offset      int  // of the first character of its name
	stray       bool // its prefix is xsi, and nothing says what that is
}

// path of the node: an XPath that numbers only where there is a choice. It is
// known when the whole tree is read.
func (n *node) path() Path {
	if n.where != "" {
		return n.where
	}
	step := shorten(n.name)
	if n.parent == nil {
		n.where = Path("").Child(step)
		return n.where
	}
	if !n.alone {
		step += "[" + strconv.Itoa(n.index) + "]"
	}
	n.where = n.parent.path().Child(step)
	return n.where
}

// trimmed is the node's own text without blanks at the ends.
func (n *node) trimmed() string { return string(bytes.TrimSpace(n.text)) }

// fault is why a text is no XML that we read: one problem, and reading ends.
type fault struct {
	code    string // as in validation.md 2, without the group
	offset  int
	message string
}

func faultAt(offset int, code, format string, args ...any) *fault {
	return &fault{code: code, offset: offset, message: fmt.Sprintf(format, args...)}
}

// readXML reads a text into a tree. It takes UTF-8 without document types and
// without entities of its own, so memory and time stay in proportion to the
// text, which the caller has limited to maxXML bytes (manifest-xml.md 2.1).
func readXML(text string) (*node, *fault) {
	if strings.TrimSpace(text) == "" {
		return nil, faultAt(0, "empty", "file is empty")
	}
	if f := checkEncoding(text); f != nil {
		return nil, f
	}
	plain, f := asVersion10(text)
	if f != nil {
		return nil, f
	}
	reader := xmlReader{text: text, decoder: xml.NewDecoder(strings.NewReader(plain))}
	reader.decoder.CharsetReader = func(_ string, in io.Reader) (io.Reader, error) { return in, nil }
	for {
		done, f := reader.step()
		if f != nil {
			return nil, f
		}
		if done {
			return reader.root, nil
		}
	}
}

var declaredEncoding = regexp.MustCompile(`^<\?xml\s[^>]*?\sencoding\s*=\s*["']([^"'>]*)["']`)

// checkEncoding refuses what is not UTF-8, by its bytes or by its own word.
func checkEncoding(text string) *fault {
	for _, mark := range []string{"\xFE\xFF", "\xFF\xFE", "\x00<", "<\x00"} {
		if strings.HasPrefix(text, mark) {
			return faultAt(0, "encoding", "the file is UTF-16, only UTF-8 is supported")
		}
	}
	if match := declaredEncoding.FindStringSubmatchIndex(text); match != nil {
		name := text[match[2]:match[3]]
		if !strings.EqualFold(name, "UTF-8") && !strings.EqualFold(name, "UTF8") {
			return faultAt(match[2], "encoding", "encoding %s is not supported", quote(name))
		}
	}
	if !utf8.ValidString(text) {
		valid := strings.ToValidUTF8(text, "\x00") // a NUL is no XML either
		offset := 0
		for offset < len(text) && text[offset] == valid[offset] {
			offset++
		}
		return faultAt(offset, "encoding", "byte 0x%02X is not UTF-8", text[offset])
	}
	if offset := strings.IndexFunc(text, isIllegal); offset >= 0 {
		r, _ := utf8.DecodeRuneInString(text[offset:])
		return faultAt(offset, "malformed", "illegal character %U", r)
	}
	return nil
}

var declaration = regexp.MustCompile(`^<\?xml\s+version\s*=\s*(?:"1\.[01]"|'1\.[01]')(?:\s+encoding\s*=\s*(?:"[\w.-]+"|'[\w.-]+'))?(?:\s+standalone\s*=\s*["'](?:yes|no)["'])?\s*\?>`)

// asVersion10 checks the declaration that a text begins with, and gives the text as one of
// XML 1.0, for encoding/xml knows no other. What 1.1 has besides is refused with its place.
func asVersion10(text string) (string, *fault) {
	if !strings.HasPrefix(text, "<?xml") || len(text) > 5 && !strings.ContainsRune(" \t\r\n?", rune(text[5])) {
		return text, nil
	}
	declared := declaration.FindString(text)
	if declared == "" {
		return "", faultAt(0, "malformed", `the XML declaration must look like <?xml version="1.0" encoding="UTF-8"?>`)
	}
	return strings.Replace(declared, "1.1", "1.0", 1) + text[len(declared):], nil
}

// isIllegal is true of characters that XML does not have (XML 1.0, 2.2).
func isIllegal(r rune) bool {
	return r < ' ' && r != '\t' && r != '\n' && r != '\r' || r == 0xFFFE || r == 0xFFFF
}

// xmlReader builds the tree from the raw tokens of encoding/xml. Raw, because it
// matches the tags itself: only so can a problem name both and show its place.
type xmlReader struct {
	text    string
	decoder *xml.Decoder
	root    *node
	open    *node
	depth   int
}

// step reads one token.
func (r *xmlReader) step() (done bool, f *fault) {
	start := int(r.decoder.InputOffset())
	token, err := r.decoder.RawToken()
	end := int(r.decoder.InputOffset())
	switch {
	case errors.Is(err, io.EOF) && r.open == nil && r.root != nil:
		return true, nil
	case err != nil:
		return false, r.malformed(start, end, err)
	}
	switch token := token.(type) {
	case xml.StartElement:
		return false, r.push(token, start, end)
	case xml.EndElement:
		return false, r.pop(token, start)
	case xml.CharData:
		return false, r.characters(token, start)
	case xml.ProcInst:
		if token.Target == "xml" && start > 0 {
			return false, faultAt(start, "malformed", "the XML declaration must be the first thing in the file")
		}
	case xml.Directive:
		return false, faultAt(start, "doctype", "document types are not allowed")
	}
	return false, nil
}

var entityAtEnd = regexp.MustCompile(`&([\pL_][\pL\pN_.:-]*);?$`)

func (r *xmlReader) malformed(start, end int, err error) *fault {
	if match := entityAtEnd.FindStringSubmatchIndex(r.text[start:end]); match != nil {
		name := r.text[start+match[2] : start+match[3]]
		return faultAt(start+match[0], "entity_expansion", "undefined entity &%s;", shorten(name))
	}
	message := "unexpected end of file"
	syntax, isSyntax := errors.AsType[*xml.SyntaxError](err)
	if !isSyntax && !errors.Is(err, io.EOF) {
		return faultAt(start, "malformed", "%s", shorten(strings.TrimPrefix(err.Error(), "xml: ")))
	}
	if isSyntax && syntax.Msg != "unexpected EOF" {
		last := max(start, end-1)
		for last > start && !utf8.RuneStart(r.text[last]) {
			last--
		}
		return faultAt(last, "malformed", "%s", shorten(syntax.Msg))
	}
	switch {
	case r.open != nil:
		message += fmt.Sprintf(", <%s> is not closed", shorten(r.open.name))
	case r.root == nil:
		message += ", there is no element"
	}
	return faultAt(len(r.text), "malformed", "%s", message)
}

func (r *xmlReader) push(token xml.StartElement, start, end int) *fault {
	if r.depth++; r.depth > maxDepth {
		return faultAt(start, "too_large", "elements are nested deeper than %d", maxDepth)
	}
	n := &node{name: fullName(token.Name), parent: r.open, offset: start, index: 1, alone: true}
	switch {
	case r.open != nil:
		r.open.children = append(r.open.children, n)
	case r.root != nil:
		return faultAt(start, "malformed", "second root element <%s>", shorten(n.name))
	default:
		r.root = n
	}
	r.open = n
	return n.addAttributes(token.Attr, r.text[start:end])
}

// schemaInstance is the namespace of what schemas add to any document.
const schemaInstance = "http://www.w3.org/2001/XMLSchema-instance"

// space is the namespace of a prefix, empty if there is none.
func (n *node) space(prefix string) string {
	for at := n; at != nil; at = at.parent {
		if space, ok := at.spaces[prefix]; ok {
			return space
		}
	}
	return ""
}

// attributeName is a name as it is written, but for the prefix of schemaInstance: that is
// xsi, whatever the file calls it.
func (n *node) attributeName(name xml.Name) string {
	if name.Space != "" && name.Space != "xsi" && n.space(name.Space) == schemaInstance {
		name.Space = "xsi"
	}
	return fullName(name)
}

// addAttributes takes the attributes of a start tag and finds their places in its text.
func (n *node) addAttributes(attributes []xml.Attr, tag string) *fault {
	offsets, glued := attributeOffsets(tag)
	if glued > 0 {
		return faultAt(n.offset+glued, "malformed", "there must be a blank between attributes")
	}
	for _, a := range attributes {
		if a.Name.Space == "xmlns" {
			if n.spaces == nil {
				n.spaces = map[string]string{}
			}
			n.spaces[a.Name.Local] = a.Value
		}
	}
	seen := make(map[string]bool, len(attributes))
	for i, a := range attributes {
		name, offset := n.attributeName(a.Name), n.offset+offsets[i]
		if seen[name] {
			return faultAt(offset, "malformed", "attribute %s is given twice on <%s>", quote(name), shorten(n.name))
		}
		seen[name] = true
		n.attrs = append(n.attrs, attr{name: name, value: a.Value, offset: offset, stray: a.Name.Space == "xsi" && n.space("xsi") != schemaInstance})
	}
	return nil
}

// attributeOffsets says where in a start tag each attribute name begins. The
// decoder has read the tag already, so it is well-formed but for one thing, that the
// decoder lets pass: glued is where a blank is missing, or 0.
func attributeOffsets(tag string) (offsets []int, glued int) {
	const blanks = " \t\r\n"
	at := strings.IndexAny(tag, blanks)
	for at >= 0 {
		ended := at
		at += len(tag[at:]) - len(strings.TrimLeft(tag[at:], blanks))
		equals := strings.IndexByte(tag[at:], '=')
		if tag[at] == '/' || tag[at] == '>' || equals < 0 {
			break
		}
		if at == ended && glued == 0 {
			glued = at
		}
		offsets = append(offsets, at)
		at += equals + 1
		at += strings.IndexAny(tag[at:], `"'`)
		at += strings.IndexByte(tag[at+1:], tag[at]) + 2
	}
	return offsets, glued
}

func (r *xmlReader) pop(token xml.EndElement, start int) *fault {
	name := fullName(token.Name)
	if r.open == nil {
		return faultAt(start, "malformed", "unexpected end tag </%s>", shorten(name))
	}
	if r.open.name != name {
		return faultAt(start, "malformed", "unexpected end tag </%s>, expected </%s>", shorten(name), shorten(r.open.name))
	}
	enumerate(r.open.children)
	r.open = r.open.parent
	r.depth--
	return nil
}

// enumerate gives siblings of the same name their numbers.
func enumerate(siblings []*node) {
	latest := map[string]*node{} // a few names need no memory of their own
	for _, n := range siblings {
		if twin := latest[n.name]; twin != nil {
			twin.alone, n.alone, n.index = false, false, twin.index+1
		}
		latest[n.name] = n
	}
}

func (r *xmlReader) characters(text xml.CharData, start int) *fault {
	if r.open != nil {
		r.open.text = append(r.open.text, text...)
		return nil
	}
	if blank := len(text) - len(bytes.TrimLeft(text, " \t\r\n")); blank < len(text) {
		return faultAt(start+blank, "malformed", "text outside the root element")
	}
	return nil
}

func fullName(n xml.Name) string {
	if n.Space == "" {
		return n.Local
	}
	return n.Space + ":" + n.Local
}
