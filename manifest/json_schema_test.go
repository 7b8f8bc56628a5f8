package manifest

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"
)

func TestThePublishedSchemaIsThisOne(t *testing.T) {
	t.Parallel()
	published, err := os.ReadFile("../docs/app.schema.json")
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(published, JSONSchema()) {
		t.Error("docs/app.schema.json is not manifest/app.schema.json: copy it")
	}
}

// betweenFields are the errors that a schema cannot know: they compare fields, or look
// into the bundle.
var betweenFields = []string{
	"app_json.topic_scope", "app_json.webhook_duplicate", "app_json.navigation_duplicate", "app_json.navigation_no_base",
	"app_json.widget_duplicate", "app_json.block_duplicate",
}

func compiledSchema(t *testing.T) *jsonschema.Schema {
	t.Helper()
	document, err := jsonschema.UnmarshalJSON(bytes.NewReader(JSONSchema()))
	if err != nil {
		t.Fatal(err)
	}
	compiler := jsonschema.NewCompiler()
	compiler.DefaultDraft(jsonschema.Draft2020)
	if err := compiler.AddResource("app.schema.json", document); err != nil {
		t.Fatal(err)
	}
	schema, err := compiler.Compile("app.schema.json")
	if err != nil {
		t.Fatal(err)
	}
	return schema
}

// verdicts of schema and validator about one document.
func verdicts(t *testing.T, schema *jsonschema.Schema, text []byte) (byUs Problems, bySchema error) {
	t.Helper()
	app, problems := ParseJSON("app.json", text, false)
	if app != nil {
		problems = append(problems, Validate(app, Environment{})...)
	}
	byUs = slices.DeleteFunc(problems, func(p Problem) bool {
		return p.Severity != Error || slices.Contains(betweenFields, p.Code)
	})
	document, err := jsonschema.UnmarshalJSON(bytes.NewReader(text))
	if err != nil {
		t.Fatalf("%v: %s", err, text)
	}
	return byUs, schema.Validate(document)
}

// TestSchemaAndValidatorAgree makes documents out of a sound one, by one to three changes,
// and compares what the two say about them.
func TestSchemaAndValidatorAgree(t *testing.T) {
	t.Parallel()
	schema := compiledSchema(t)
	const documents, seed = 600, 20260701
	random, written := rand.New(rand.NewPCG(seed, 1)), values()
	sound := 0
	said := map[string]bool{}
	for i := range documents {
		document := fullApp()
		for range 1 + random.IntN(3) {
			mutate(random, document, written)
		}
		text, err := json.Marshal(document)
		if err != nil {
			t.Fatal(err)
		}
		byUs, bySchema := verdicts(t, schema, text)
		if len(byUs) == 0 {
			sound++
		}
		for _, p := range byUs {
			said[p.Code] = true
		}
		if (bySchema == nil) != (len(byUs) == 0) {
			t.Fatalf("document %d: the schema says %v, the validator\n%s\n%s", i, bySchema, byUs, text)
		}
	}
	if sound < documents/20 || sound > documents*19/20 {
		t.Errorf("%d of %d documents are sound: the test is lopsided", sound, documents)
	}
	if len(said) < 18 {
		t.Errorf("only these errors came up: %v", slices.Sorted(maps.Keys(said)))
	}
}

// TestSchemaAndValidatorAgreeOnValues puts every other value into each field: fields of one
// kind stand beside each other, and so get all between them.
func TestSchemaAndValidatorAgreeOnValues(t *testing.T) {
	t.Parallel()
	schema := compiledSchema(t)
	written := values()
	sound := map[string]any{"id": "an-app", "name": "App", "version": "1.0.0", "author": "We", "description": "An app"}
	for i, p := range spots(fullApp(), nil) {
		part := p[0].(string) // the others are left out: they would only take time
		original, err := json.Marshal(fullApp()[part])
		if err != nil {
			t.Fatal(err)
		}
		for j, value := range written {
			if (i+j)%2 == 0 {
				continue
			}
			document := maps.Clone(sound)
			var copied any
			if err := json.Unmarshal(original, &copied); err != nil {
				t.Fatal(err)
			}
			document[part] = copied
			set(document, p, value)
			text, err := json.Marshal(document)
			if err != nil {
				t.Fatal(err)
			}
			byUs, bySchema := verdicts(t, schema, text)
			if (bySchema == nil) != (len(byUs) == 0) {
				t.Errorf("%v = %#v: the schema says %v, the validator\n%s", p, value, bySchema, byUs)
			}
		}
	}
}

// fullApp is a sound app.json with every field.
func fullApp() map[string]any {
	var app map[string]any
	err := json.Unmarshal([]byte(`{"$schema": "app.schema.json", "id": "an-app", "name": "App", "version": "1.0.0", "author": "We", "description": "An app",
"category": "Tools", "icon_url": "https://a.com/a.png", "x_ours": 1,
"auth": {"redirect_uri": "https://a.com/cb", "redirect_uris": ["https://a.com/b"], "start_uri": "https://a.com/s", "scopes": ["orders:read", "products:write"]},
"setup": {"onboarding_url": "https://a.com/o", "configuration_url": "https://a.com/c"},
"admin_ui": {"navigation": [{"label": "L", "path": "/a?b=c", "icon": "truck"}], "widgets": [{"id": "wid", "location": "admin.order.detail.sidebar", "src": "https://a.com/w", "height": "300px"}]},
"theme_extensions": {"app_blocks": [{"id": "b", "label": "B", "target": "t", "snippet": "a/b.twig", "url": "https://a.com/u", "position": 1, "settings": {"a": 1}}]},
"webhooks": [{"topic": "order.created", "address": "https://a.com/h", "format": "json"}, {"topic": "app.updated", "address": "https://a.com/h"}],
"support": {"email": "a@b.com", "docs_url": "https://a.com/d"}}`), &app)
	if err != nil {
		panic(err)
	}
	return app
}

// spot is the way to a value: names and indexes.
type spot []any

// spots are those of all values in a document.
func spots(value any, at spot) []spot {
	var all []spot
	switch value := value.(type) {
	case map[string]any:
		for _, name := range slices.Sorted(maps.Keys(value)) {
			all = append(all, append(slices.Clone(at), name))
			all = append(all, spots(value[name], append(slices.Clone(at), name))...)
		}
	case []any:
		for i, item := range value {
			all = append(all, append(slices.Clone(at), i))
			all = append(all, spots(item, append(slices.Clone(at), i))...)
		}
	}
	return all
}

func holder(document any, at spot) any {
	for _, step := range at[:len(at)-1] {
		if name, ok := step.(string); ok {
			document = document.(map[string]any)[name]
		} else {
			document = document.([]any)[step.(int)]
		}
	}
	return document
}

func set(document any, at spot, value any) {
	switch in := holder(document, at).(type) {
	case map[string]any:
		in[at[len(at)-1].(string)] = value
	case []any:
		in[at[len(at)-1].(int)] = value
	}
}

// values are what people and others write: of each type, at each limit, nearly right.
func values() []any {
	all := []any{
		nil, true, false, 0, 1, -3, 1.5, 2147483647, 2147483648, json.Number("1e3"), json.Number("2.0"), json.Number("1e400"),
		[]any{},
		map[string]any{},
		[]any{nil},
		[]any{"a", 1},
		[]any{map[string]any{}},
		map[string]any{"a": 1},
		"", " ", "\t\n", "a", " a ", "ab", "abc", " abc", "an-app", "an--app", "-a", "a-", "An-App", "a_b", "ä", "a\u0000b", "a\u0085b", "a\nb",
		"1.0.0", "v1.0.0", "1.0", "1.0.0-rc.1+b.5", "1.0.0-01", "01.0.0", " 1.0.0 ", "1.0.0-", "1.0.0+",
		"https://a.com", "https://a.com/", "http://a.com", "HTTPS://a.com", "https://a.com/#", "https://a.com/#x", "https://u@a.com", "https://u:p@a.com/", "https://", "https:///a",
		"https:a.com", "//a.com", "https//a.com", "https://a.com:80/x", "https://a.com:x/", "https://a.com:/", "https://[::1]/", "https://[::1", "https://:80", "https://a.com/%zz", "https://a.com/%20", "https://a.com/?a=%zz",
		"https://a.com/a b", " https://a.com ", "https://a.com/ä", "https://ä.com/", "ftp://a.com", "data:a", "/a", "//a", "/a/../b", "/../a", "/a..b", "/a?..", "/a?/../b", "/a#b", "/a\\b", "/a/..", "/..", "a", "/", " /a ", "/a\u0001b", "/..?a", "/a/%2e%2E/b", "/a/..%2fb", "/a%2e%2e", "/%2E.?a", "/a%5c..",
		"truck", "Truck", "a-b", "300px", "300", "0px", "0", "01px", "1.25rem", "1.255rem", "100%", " 1vh ", "100000px", "-1px",
		"admin.order.detail.sidebar", "admin.order.detail", "Admin.order.detail.sidebar", "admin.order.detail.sidebar.x", "admin.weather.detail.sidebar", "admin..detail.sidebar",
		"a.twig", "../a.twig", "a/../b.twig", "/a.twig", "a\\b.twig", "C:/a.twig", "a/b:c.twig", "a.html", ".twig", "./a.twig", "a.twig ", "a..twig", "..a.twig", "a/..", "a.TWIG",
		"orders:read", "orders:*", "order:read", "orders:read ", "notifications:read", "webhooks:delete", "settings:delete",
		"order.created", "OrderCreated", "order", "order.", "order.created.now", "weather.changed", "order.created ", "json", " json", "xml", "JSON",
		"a@b.com", "a@b", "a", "a b@c.com", "A <a@b.com>", "a@b.com ", "a..b@c.com", ".a@b.com", "a@b..com", "a+b@c.com", "@a.com", "a@",
	}
	for _, n := range []int{50, 51, 60, 61, 64, 65, 100, 101, 500, 501} {
		all = append(all, strings.Repeat("a", n), strings.Repeat("ä", n), " "+strings.Repeat("b", n)+" ")
	}
	for _, n := range []int{249, 250} { // @a.bc makes it 254 and 255
		all = append(all, strings.Repeat("a", n)+"@a.bc")
	}
	return all
}

// mutate changes one thing.
func mutate(random *rand.Rand, document map[string]any, values []any) {
	all := spots(document, nil)
	if len(all) == 0 {
		return
	}
	at := all[random.IntN(len(all))]
	switch in := holder(document, at).(type) {
	case map[string]any:
		name := at[len(at)-1].(string)
		switch random.IntN(6) {
		case 0:
			delete(in, name)
		case 1:
			in["x_"+name] = in[name]
		case 2:
			in[name+"s"] = in[name]
		default:
			in[name] = values[random.IntN(len(values))]
		}
	case []any:
		i := at[len(at)-1].(int)
		switch random.IntN(3) {
		case 0:
			in[i] = in[random.IntN(len(in))]
		case 1: // lengthen the list, up to and over its limit
			set(document, at[:len(at)-1], lengthened(in, []int{19, 20, 21, 49, 50, 51, 99, 100, 101}[random.IntN(9)]))
		default:
			in[i] = values[random.IntN(len(values))]
		}
	}
}

// lengthened repeats the first item, each time with another name where it has one.
func lengthened(list []any, n int) []any {
	long := make([]any, 0, n)
	for i := range n {
		item := list[0]
		if object, ok := item.(map[string]any); ok {
			object = maps.Clone(object)
			for _, name := range []string{"id", "address", "path"} {
				if text, ok := object[name].(string); ok {
					object[name] = fmt.Sprintf("%s%d", text, i)
				}
			}
			item = object
		}
		long = append(long, item)
	}
	return long
}
