package manifest

import (
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// xsd is one schema file, as the tree it is.
type xsd struct {
	root  *node
	types map[string]*node // complex and simple types and groups by name
}

func readXSD(t *testing.T, file string) xsd {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	root, f := readXML(string(text))
	if f != nil {
		t.Fatalf("%s: %s", file, f.message)
	}
	x := xsd{types: map[string]*node{}}
	for _, n := range root.children {
		switch n.name {
		case "xs:element":
			if x.root == nil {
				x.root = n
			}
		case "xs:complexType", "xs:simpleType", "xs:group":
			x.types[n.at("name")] = n
		}
	}
	return x
}

// content is what a schema says of one element.
type content struct {
	children   map[string]*node
	attributes map[string]*node
	base       string   // the simple type, as xs:int
	values     []string // of an enumeration
	any        bool
}

// describe gathers what an xs:element or xs:attribute may hold.
func (x xsd) describe(n *node) content {
	c := content{children: map[string]*node{}, attributes: map[string]*node{}}
	x.gather(n, &c)
	return c
}

func (x xsd) gather(n *node, c *content) {
	for _, name := range []string{"type", "base", "ref"} {
		reference := n.at(name)
		if strings.HasPrefix(reference, "xs:") {
			c.base = reference
		} else if named := x.types[reference]; named != nil {
			x.gather(named, c)
		}
	}
	for _, child := range n.children {
		switch child.name {
		case "xs:element":
			c.children[child.at("name")] = child
		case "xs:attribute":
			c.attributes[child.at("name")] = child
		case "xs:any":
			c.any = true
		case "xs:enumeration":
			c.values = append(c.values, child.at("value"))
		case "xs:pattern":
			if value := child.at("value"); strings.Contains(value, "|") && !strings.Contains(value, "[") {
				c.values = strings.Split(value, "|")
			}
		case "xs:annotation", "xs:unique":
		default:
			x.gather(child, c)
		}
	}
}

// kinds says which of ours a simple type may be.
var kinds = map[string][]kind{
	"xs:string": {text, raw, word, enumeration, locale}, "xs:anyURI": {word}, "xs:boolean": {boolean},
	"xs:dateTime": {moment}, "xs:anyType": {empty}, "": {raw, text},
	"xs:int": {integer}, "xs:integer": {integer}, "xs:float": {number}, "xs:NMTOKEN": {token},
}

func TestTheSchemaIsThatOfTheXSDs(t *testing.T) {
	t.Parallel()
	dir := testdata(t, "xsd")
	for version, name := range map[versions]string{v1: "manifest-1.0.xsd", v2: "manifest-2.0.xsd", v3: "manifest-3.0.xsd"} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			x := readXSD(t, filepath.Join(dir, name))
			count := compare(t, x, x.root, manifestSchema, version, "")
			if count < 300 {
				t.Errorf("only %d elements and attributes were found", count)
			}
		})
	}
}

func TestTheSchemasOfSideFilesAreThoseOfTheXSDs(t *testing.T) {
	t.Parallel()
	dir := testdata(t, "xsd")
	for name, schema := range map[string]*element{
		"config.xsd": configSchema, "flow-1.0.xsd": flowSchema, "flow-action-1.0.xsd": flowActionsSchema,
		"cms-1.0.xsd": cmsSchema, "entity-1.0.xsd": entitiesSchema, "admin-ui-1.0.xsd": adminUISchema,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			x := readXSD(t, filepath.Join(dir, name))
			if count := compare(t, x, x.root, schema, v3, ""); count < 10 {
				t.Errorf("only %d elements and attributes were found", count)
			}
		})
	}
}

// compare walks schema and declaration side by side, both ways, and counts what it has seen.
func compare(t *testing.T, x xsd, n *node, e *element, version versions, at string) int {
	t.Helper()
	at += "/" + e.name
	c := x.describe(n)
	count := 1
	if allowed := kinds[c.base]; c.base != "" && len(c.children) == 0 && !slices.Contains(allowed, e.kind) {
		t.Errorf("%s: the schema says %s", at, c.base)
	}
	if preset := n.at("default") != ""; preset != e.preset {
		t.Errorf("%s: has a default: %t, the schema says %t", at, e.preset, preset)
	}
	compareValues(t, at, c.values, e.values, version)
	if anything := e.anything || e.loose; c.any != anything {
		t.Errorf("%s: takes anything: %t, the schema says %t", at, anything, c.any)
	}
	for name, child := range c.children {
		known := e.child(name)
		if known == nil || !known.in.has(version) {
			t.Errorf("%s/%s is missing", at, name)
			continue
		}
		count += compare(t, x, child, known, version, at)
	}
	for _, known := range e.children {
		if known.in.has(version) && !known.unsupported && c.children[known.name] == nil {
			t.Errorf("%s/%s is not in the schema", at, known.name)
		}
	}
	return count + compareAttributes(t, x, c, e, version, at)
}

func compareAttributes(t *testing.T, x xsd, c content, e *element, version versions, at string) int {
	t.Helper()
	for name, n := range c.attributes {
		known := e.attribute(name)
		if known == nil || !known.in.has(version) {
			t.Errorf("%s/@%s is missing", at, name)
			continue
		}
		a := x.describe(n)
		if !slices.Contains(kinds[a.base], known.kind) {
			t.Errorf("%s/@%s: the schema says %s", at, name, a.base)
		}
		if required := n.at("use") == "required"; required != known.required && at+"/@"+name != "/manifest/admin/module/@parent" {
			t.Errorf("%s/@%s: required %t, the schema says %t", at, name, known.required, required)
		}
		compareValues(t, at+"/@"+name, a.values, known.values, version)
	}
	for _, known := range e.attributes {
		newer := known.name == "cache-relevant" // in the documentation of 2026, not in the schema
		if known.in.has(version) && c.attributes[known.name] == nil && !newer {
			t.Errorf("%s/@%s is not in the schema", at, known.name)
		}
	}
	if _, lang := c.attributes["lang"]; lang != e.translatable {
		t.Errorf("%s: translatable %t, the schema says %t", at, e.translatable, lang)
	}
	return len(c.attributes)
}

func compareValues(t *testing.T, at string, want []string, have []choice, version versions) {
	t.Helper()
	var got []string
	for _, choice := range have {
		if choice.in.has(version) {
			got = append(got, choice.value)
		}
	}
	if !slices.Equal(got, want) {
		t.Errorf("%s: values %v, the schema says %v", at, got, want)
	}
}

// ignored values are checked and then have no place in the model (manifest-xml.md 3 and 7).
var ignored = []string{"capture-url"}

// TestTheModelHasEverything changes each value of a manifest that has them all:
// the App must then be another one.
func TestTheModelHasEverything(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile("testdata/everything.xml")
	if err != nil {
		t.Fatal(err)
	}
	read := func(change func(root *node)) string {
		root, f := readXML(string(text))
		if f != nil {
			t.Fatal(f.message)
		}
		change(root)
		app := readManifest(root, v3, newSource("m.xml", text))
		encoded, err := json.Marshal(app)
		if err != nil {
			t.Fatal(err)
		}
		return string(encoded) + app.Compatibility.String() + app.Auth.DevSecret.Reveal()
	}
	before := read(func(*node) {})
	root, _ := readXML(string(text))
	seen := map[string]bool{}
	var walk func(n *node, e *element, steps []int)
	walk = func(n *node, e *element, steps []int) {
		for i, a := range n.attrs {
			name := place(n) + "/@" + a.name
			seen[name] = true
			if isForeign(a.name) || slices.Contains(ignored, name) {
				continue
			}
			after := read(func(root *node) { root.descend(steps).attrs[i].value = "9-changed" })
			if after == before {
				t.Errorf("%s is not in the model", name)
			}
		}
		seen[place(n)] = true
		if e.kind != container && e.kind != empty && !slices.Contains(ignored, n.name) {
			after := read(func(root *node) { root.descend(steps).text = []byte("9-changed") })
			if after == before {
				t.Errorf("%s is not in the model", place(n))
			}
		}
		for i, child := range n.children {
			if known := e.child(child.name); known != nil {
				walk(child, known, append(slices.Clone(steps), i))
			}
		}
	}
	walk(root, manifestSchema, nil)

	var lacks func(parent string, e *element)
	lacks = func(parent string, e *element) {
		name := family(parent) + "/" + family(e.name)
		if !seen[name] && !e.unsupported && parent != "related-entities" {
			t.Errorf("everything.xml lacks %s", name)
		}
		for _, a := range e.attributes {
			if at := name + "/@" + a.name; !seen[at] && a.in.has(v3) {
				t.Errorf("everything.xml lacks %s", at)
			}
		}
		for _, child := range e.children {
			lacks(e.name, child)
		}
	}
	lacks("", manifestSchema)
}

func (n *node) descend(steps []int) *node {
	for _, i := range steps {
		n = n.children[i]
	}
	return n
}

// place is the element and what it stands in; the types of custom fields are one family.
func place(n *node) string {
	parent := ""
	if n.parent != nil {
		parent = n.parent.name
	}
	return family(parent) + "/" + family(n.name)
}

func family(name string) string {
	switch {
	case name == "constraints":
		return "fields"
	case slices.ContainsFunc(fieldSchemas, func(e *element) bool { return e.name == name }):
		return "field"
	}
	return name
}
