package restapi

import (
	"bytes"
	"encoding/json"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"github.com/appdock/appdock/protocol"
)

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
			Responses   map[string]any        `json:"responses"`
			RequestBody json.RawMessage       `json:"requestBody"`
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
