package restapi

import (
	"bytes"
	"encoding/json"
	"net/http"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"github.com/appdock/appdock/protocol"
)

// described is what is sent or answered, with an example of it.
type described struct {
	Content map[string]struct {
		Example any `json:"example"`
	} `json:"content"`
}

// check holds the examples against their schemas.
func (d described) check(t *testing.T, compiler *jsonschema.Compiler, at string, wanted bool) {
	t.Helper()
	if wanted != (len(d.Content) > 0) {
		t.Errorf("%s: %d types are described", at, len(d.Content))
	}
	for kind, of := range d.Content {
		schema, err := compiler.Compile(at + "/content/" + strings.ReplaceAll(kind, "/", "~1") + "/schema")
		if err != nil {
			t.Errorf("%s: %v", at, err)
			continue
		}
		if of.Example == nil {
			t.Errorf("%s has no example as %s", at, kind)
			continue
		}
		if err := schema.Validate(of.Example); err != nil {
			t.Errorf("the example of %s: %v", at, err)
		}
	}
}

// TestDocumentIsValid reads the document with the schema of OpenAPI 3.1, whose text is that of
// the OpenAPI Initiative, and its own schemas with a validator of JSON Schema 2020-12.
func TestDocumentIsValid(t *testing.T) {
	t.Parallel()
	a := &api{options: Options{Now: time.Now}}
	table := a.routes()
	text, err := describe(table).at("https://shop.example").MarshalJSON()
	if err != nil {
		t.Fatal(err)
	}
	document, err := jsonschema.UnmarshalJSON(bytes.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	official, err := os.ReadFile("testdata/openapi-3.1-schema.json")
	if err != nil {
		t.Fatal(err)
	}
	schema, err := jsonschema.UnmarshalJSON(bytes.NewReader(official))
	if err != nil {
		t.Fatal(err)
	}
	compiler := jsonschema.NewCompiler()
	const openAPI, ours = "https://spec.openapis.org/oas/3.1/schema/2021-04-15", "https://shop.example/rest/v1/openapi.json"
	for at, doc := range map[string]any{openAPI: schema, ours: document} {
		if err := compiler.AddResource(at, doc); err != nil {
			t.Fatal(err)
		}
	}
	of, err := compiler.Compile(openAPI)
	if err != nil {
		t.Fatal(err)
	}
	if err := of.Validate(document); err != nil {
		t.Errorf("the document is none of OpenAPI 3.1: %v", err)
	}

	var read struct {
		Paths map[string]map[string]struct {
			OperationID string                `json:"operationId"`
			Summary     string                `json:"summary"`
			Security    []map[string][]string `json:"security"`
			Responses   map[string]described  `json:"responses"`
			RequestBody described             `json:"requestBody"`
		} `json:"paths"`
		Webhooks   map[string]any `json:"webhooks"`
		Components struct {
			Schemas map[string]map[string]any `json:"schemas"`
		} `json:"components"`
	}
	if err := json.Unmarshal(text, &read); err != nil {
		t.Fatal(err)
	}
	ids := map[string]bool{}
	for _, rt := range table {
		op, ok := read.Paths[rt.path][strings.ToLower(rt.method)]
		switch {
		case !ok:
			t.Errorf("%s %s is not described", rt.method, rt.path)
		case op.OperationID == "" || op.Summary == "" || ids[op.OperationID]:
			t.Errorf("%s %s has operationId %q and summary %q", rt.method, rt.path, op.OperationID, op.Summary)
		case rt.public != (len(op.Security) == 0):
			t.Errorf("%s %s: security %v", rt.method, rt.path, op.Security)
		case rt.scope != "" && op.Security[0]["oauth2"][0] != rt.scope:
			t.Errorf("%s %s: %v, want %s", rt.method, rt.path, op.Security, rt.scope)
		}
		if _, known := protocol.LookupScope(rt.scope); rt.scope != "" && !known {
			t.Errorf("%s %s needs a scope that there is not: %s", rt.method, rt.path, rt.scope)
		}
		ids[op.OperationID] = true
		at := ours + "#/paths/" + strings.NewReplacer("/", "~1", "{", "%7B", "}", "%7D").Replace(rt.path) + "/" + strings.ToLower(rt.method)
		op.RequestBody.check(t, compiler, at+"/requestBody", rt.takesBody != nil)
		for status, answer := range op.Responses {
			if status == "200" || status == "201" || status == "202" || status == "422" {
				answer.check(t, compiler, at+"/responses/"+status, status == "422" || rt.gives != nil)
			}
		}
	}
	for _, topic := range protocol.Topics() {
		if read.Webhooks[topic.Name] == nil {
			t.Errorf("the topic %s is not described", topic.Name)
		}
	}
	for name, s := range read.Components.Schemas {
		compiled, err := compiler.Compile(ours + "#/components/schemas/" + name)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		examples, _ := s["examples"].([]any)
		for _, example := range examples {
			if err := compiled.Validate(example); err != nil {
				t.Errorf("the example of %s: %v", name, err)
			}
		}
		properties, _ := s["properties"].(map[string]any)
		for member, p := range properties {
			property, _ := p.(map[string]any)
			examples, _ := property["examples"].([]any)
			if len(examples) == 0 {
				continue
			}
			compiled, err := compiler.Compile(ours + "#/components/schemas/" + name + "/properties/" + member)
			if err != nil {
				t.Errorf("%s.%s: %v", name, member, err)
				continue
			}
			for _, example := range examples {
				if err := compiled.Validate(example); err != nil {
					t.Errorf("the example of %s.%s: %v", name, member, err)
				}
			}
		}
	}
	for _, name := range []string{"ProductCreate", "ProductPatch", "OrderCreate", "CustomerPatch"} {
		if s := read.Components.Schemas[name]; s == nil || s["additionalProperties"] != false {
			t.Errorf("%s takes members that it does not know: %v", name, s["additionalProperties"])
		}
	}
}

// TestRoutesThatGo say so for as long as they have to, and in the document.
func TestRoutesThatGo(t *testing.T) {
	t.Parallel()
	since := time.Date(2027, 1, 1, 0, 0, 0, 0, time.UTC)
	rt := read("/old", "getOld", "Show what is old", showHealth).open().ends(since, since.Add(notice))
	h := http.Header{}
	rt.announce(h)
	if h.Get("Deprecation") != "@1798761600" || h.Get("Sunset") != "Wed, 30 Jun 2027 00:00:00 GMT" {
		t.Errorf("%v", h)
	}
	if d := describe([]route{rt}); !d.openapi.Paths["/old"].Get.Deprecated {
		t.Error("the document does not say that it goes")
	}
	a := &api{options: Options{Now: time.Now}}
	for _, rt := range a.routes() {
		if rt.goes.gone.Sub(rt.goes.since) < notice && !rt.goes.since.IsZero() {
			t.Errorf("%s %s goes within %s", rt.method, rt.path, rt.goes.gone.Sub(rt.goes.since))
		}
	}
}
