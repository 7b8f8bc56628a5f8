package server_test

import (
	"bytes"
	"encoding/json"
	"maps"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"github.com/appdock/appdock/internal/control"
	"github.com/appdock/appdock/internal/server"
)

// filledShop is a shop with records of most entities, and who may read them all.
type filledShop struct {
	caller
	shop control.Shop
	host *server.Server
}

func filled(t *testing.T) filledShop {
	t.Helper()
	host := open(t, development(folder(t)))
	c, shop := callerOf(t, host), only(t, host)
	seeding := control.Seeding{Products: 3, Orders: 2}
	for again := true; again; again = seeding.Done < seeding.Total {
		var err error
		if seeding, err = shop.Seed(t.Context(), seeding); err != nil {
			t.Fatal(err)
		}
	}
	return filledShop{c, shop, host}
}

// withoutAlong is a description without the paths along associations: what they are made of stands
// among the components, and to compile it takes the longer the more there is beside it.
func withoutAlong(document any) any {
	whole := maps.Clone(document.(map[string]any))
	paths := maps.Clone(whole["paths"].(map[string]any))
	maps.DeleteFunc(paths, func(path string, _ any) bool {
		return strings.Contains(path, "/{id}/") && !strings.HasPrefix(path, "/_")
	})
	whole["paths"] = paths
	return whole
}

// unasked are descriptions of answers that a bare call does not get: it lacks parameters, or a
// person, or there is nothing to say.
var unasked = map[string]bool{
	"/_info/me": true, "/_action/media/provide-name": true, "/_action/system-config/schema": true, "/app-system/webhook/state": true,
	"/app-system/app-url-change/url-difference": true, "/_action/system-config": true,
}

// describesEveryRoute holds the paths of a description against what the host says of its routes:
// each has its description, those of entities for each entity and association.
func (c filledShop) describesEveryRoute(paths map[string]map[string]json.RawMessage) {
	c.t.Helper()
	var routes struct {
		Endpoints []struct {
			Path    string
			Methods []string
		}
	}
	var schemas map[string]struct {
		WriteProtected bool `json:"write-protected"`
		Properties     map[string]struct {
			Type, Entity, LocalField string
			Flags                    map[string]any
		}
	}
	for path, into := range map[string]any{"routes": &routes, "entity-schema.json": &schemas} {
		if err := json.Unmarshal(c.done("GET", "/api/_info/"+path, "", http.StatusOK), into); err != nil {
			c.t.Fatal(err)
		}
	}
	there := func(path, method string) bool { _, ok := paths[path][strings.ToLower(method)]; return ok }
	entities, along, fixed := 0, 0, 0
	for _, e := range routes.Endpoints {
		path := strings.ReplaceAll(strings.TrimPrefix(e.Path, "/api"), "{any path}", "{path}")
		for _, method := range e.Methods {
			first, _, _ := strings.Cut(strings.TrimPrefix(path, "/"), "/")
			if first != "{entity}" && first != "search" && first != "search-ids" {
				fixed++
				if !there(path, method) {
					c.t.Errorf("%s %s is not described", method, path)
				}
				continue
			}
			for name, s := range schemas {
				if name == "script" && strings.HasPrefix(path, "/{entity}/{id}") {
					continue // the paths of its records are those of endpoints of scripts
				}
				kebab := strings.ReplaceAll(name, "_", "-")
				one := strings.Replace(path, "{entity}", kebab, 1)
				writes := method != "GET" && first == "{entity}"
				pair := s.Properties["id"].Type == "" // known by two keys, it has no routes of its own
				if pair || writes && s.WriteProtected && !there(one, method) {
					if pair && there(one, method) {
						c.t.Errorf("%s %s is described, and is no route", method, one)
					}
					continue
				}
				if !strings.HasSuffix(path, "...}") {
					entities++
					if !there(one, method) {
						c.t.Errorf("%s %s is not described", method, one)
					}
					continue
				}
				for property, p := range s.Properties {
					target, known := schemas[p.Entity]
					if p.Type != "association" || p.LocalField == "" || !known || writes && (target.WriteProtected || p.Flags["write_protected"] != nil) {
						continue
					}
					along++
					segment := strings.ToLower(regexp.MustCompile("[A-Z]").ReplaceAllString(property, "-$0"))
					last := "{member}"
					if strings.HasSuffix(p.Entity, "_translation") && name != "language" {
						last = "{language}" // those of a language are told apart by their record
					}
					one := strings.NewReplacer("{associations...}", segment, "{member...}", segment+"/"+last).Replace(one)
					if !there(one, method) {
						c.t.Errorf("%s %s is not described", method, one)
					}
				}
			}
		}
	}
	if fixed < 60 || entities < 450 || along < 2000 {
		c.t.Errorf("%d, %d and %d routes were looked for", fixed, entities, along)
	}
}

// TestOpenAPI reads the description of the API with a validator of JSON Schema, and holds what
// the API answers against it (admin-api.md 8).
func TestOpenAPI(t *testing.T) {
	t.Parallel()
	c := filled(t)
	same := func(query string) []byte { return c.done("GET", "/api/_info/openapi3.json"+query, "", http.StatusOK) }
	if !bytes.Equal(same(""), same("?type=jsonapi")) {
		t.Error("without a type the description is not that of JSON:API")
	}
	official, err := os.ReadFile(filepath.Join("..", "restapi", "testdata", "openapi-3.1-schema.json"))
	if err != nil {
		t.Fatal(err)
	}
	// Lists are asked for in one form and searches in the other: both are the same records.
	for _, form := range []struct{ query, accept, method string }{{"", "application/vnd.api+json", "get"}, {"?type=json", "application/json", "post"}} {
		text := c.done("GET", "/api/_info/openapi3.json"+form.query, "", http.StatusOK)
		document, err := jsonschema.UnmarshalJSON(bytes.NewReader(text))
		if err != nil {
			t.Fatal(err)
		}
		const openAPI = "https://spec.openapis.org/oas/3.1/schema/2021-04-15"
		compiler := jsonschema.NewCompiler()
		for at, doc := range map[string]any{openAPI: parsed(t, official), "https://shop.example/openapi.json": withoutAlong(document)} {
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
		compile := func(pointer string) *jsonschema.Schema {
			t.Helper()
			s, err := compiler.Compile("https://shop.example/openapi.json#" + pointer)
			if err != nil {
				t.Fatalf("%s: %v", pointer, err)
			}
			return s
		}
		var described struct {
			OpenAPI    string
			Info       struct{ Title, Version string }
			Paths      map[string]map[string]json.RawMessage
			Components struct {
				Schemas   map[string]any
				Responses map[string]struct {
					Description string
					Content     map[string]any
				}
				RequestBodies map[string]any
			}
		}
		if err := json.Unmarshal(text, &described); err != nil || described.OpenAPI != "3.1.0" || described.Info.Title == "" || described.Info.Version == "" {
			t.Fatalf("no description of an API: %v, %s", err, text[:200])
		}
		for name := range described.Components.Schemas {
			compile("/components/schemas/" + name)
		}
		for name, raw := range described.Components.Responses {
			for kind := range raw.Content {
				compile("/components/responses/" + name + "/content/" + strings.ReplaceAll(kind, "/", "~1") + "/schema")
			}
		}
		for name := range described.Components.RequestBodies {
			compile("/components/requestBodies/" + name + "/content/application~1json/schema")
		}
		known := map[string]bool{}
		checked := 0
		for path, methods := range described.Paths {
			var declared []struct{ Name, In string }
			if raw := methods["parameters"]; raw != nil {
				if err := json.Unmarshal(raw, &declared); err != nil {
					t.Fatal(err)
				}
			}
			var named []string
			for _, p := range declared {
				named = append(named, "{"+p.Name+"}")
			}
			if braces := regexp.MustCompile(`\{[^/]*\}`).FindAllString(path, -1); !slices.Equal(named, braces) {
				t.Errorf("%s declares %v", path, declared)
			}
			for method, raw := range methods {
				if method == "parameters" {
					continue
				}
				var o struct {
					OperationID string
					Responses   map[string]struct {
						Ref         string `json:"$ref"`
						Description string
						Content     map[string]map[string]any
					}
					RequestBody struct {
						Ref     string `json:"$ref"`
						Content map[string]map[string]any
					}
				}
				if err := json.Unmarshal(raw, &o); err != nil || o.OperationID == "" || known[o.OperationID] {
					t.Errorf("%s %s: operation %q twice, or none: %v", method, path, o.OperationID, err)
				}
				known[o.OperationID] = true
				at := "/paths/" + strings.ReplaceAll(strings.ReplaceAll(path, "~", "~0"), "/", "~1") + "/" + method
				at = strings.NewReplacer("{", "%7B", "}", "%7D").Replace(at)
				if name, ok := strings.CutPrefix(o.RequestBody.Ref, "#/components/requestBodies/"); ok && described.Components.RequestBodies[name] == nil {
					t.Errorf("%s %s: there is no body %s", method, path, name)
				}
				for kind, of := range o.RequestBody.Content {
					if of["schema"] == nil {
						continue // a file
					}
					compile(at + "/requestBody/content/" + strings.ReplaceAll(kind, "/", "~1") + "/schema")
				}
				for status, response := range o.Responses {
					if name, ok := strings.CutPrefix(response.Ref, "#/components/responses/"); ok {
						if described.Components.Responses[name].Description == "" {
							t.Errorf("%s %s: there is no answer %s", method, path, name)
						}
					} else if response.Description == "" {
						t.Errorf("%s %s: %s has no description", method, path, status)
					}
					for kind, of := range response.Content {
						if of["schema"] == nil {
							continue
						}
						schema := compile(at + "/responses/" + status + "/content/" + strings.ReplaceAll(kind, "/", "~1") + "/schema")
						if status != "200" || method != form.method || strings.Contains(path, "{") || method == "post" && !strings.HasPrefix(path, "/search") || unasked[path] {
							continue
						}
						url, body := "/api"+path, ""
						if method == "post" {
							body = `{"limit":3}`
						} else {
							url += "?limit=3"
						}
						answer, err := jsonschema.UnmarshalJSON(bytes.NewReader(c.done(strings.ToUpper(method), url, body, http.StatusOK, "Accept: "+form.accept)))
						if err != nil {
							t.Fatal(err)
						}
						if err := schema.Validate(answer); err != nil {
							t.Errorf("%s %s is not as described: %v", method, path, err)
						}
						checked++
					}
				}
			}
		}
		if checked < 80 {
			t.Errorf("%d answers were checked, want one of each list", checked)
		}
		c.describesEveryRoute(described.Paths)
	}
	c.done("GET", "/api/_info/openapi3.json?type=xml", "", http.StatusBadRequest)
}

func parsed(tb testing.TB, text []byte) any {
	tb.Helper()
	v, err := jsonschema.UnmarshalJSON(bytes.NewReader(text))
	if err != nil {
		tb.Fatal(err)
	}
	return v
}

// entitySchema is the form of entity-schema.json (admin-api.md 8), as strictly as it is written
// down: a member more is as wrong as one that is missing.
const entitySchema = `{
	"type": "object", "minProperties": 75,
	"propertyNames": {"pattern": "^[a-z][a-z0-9_]*$"},
	"additionalProperties": {
		"type": "object", "additionalProperties": false, "required": ["entity", "properties", "write-protected", "read-protected"],
		"properties": {
			"entity": {"type": "string"}, "write-protected": {"type": "boolean"}, "read-protected": {"type": "boolean"},
			"properties": {"type": "object", "additionalProperties": {
				"type": "object", "required": ["type", "flags"], "additionalProperties": false,
				"properties": {
					"type": {"enum": ["uuid", "string", "text", "password", "int", "float", "boolean", "date", "json_list", "json_object", "blob", "association"]},
					"flags": {"type": "object", "additionalProperties": {"type": ["boolean", "number"]}, "propertyNames": {"enum": [
						"primary_key", "required", "translatable", "inherited", "runtime", "write_protected", "search_ranking", "allow_html", "extension",
						"cascade_delete", "set_null_on_delete", "restrict_delete"]}},
					"relation": {"enum": ["many_to_one", "one_to_one", "one_to_many", "many_to_many"]},
					"entity": {"type": "string"}, "localField": {"type": "string"}, "referenceField": {"type": "string"},
					"mapping": {"type": "string"}, "local": {"type": "string"}, "reference": {"type": "string"}
				},
				"if": {"properties": {"type": {"const": "association"}}}, "then": {"required": ["relation", "entity"]}, "else": {"maxProperties": 2}
			}}
		}
	}
}`

// TestEntitySchemas checks that the other two descriptions speak of the same fields and that
// their associations lead where they say.
func TestEntitySchemas(t *testing.T) {
	t.Parallel()
	c := filled(t)
	var schemas map[string]struct {
		Entity         string
		WriteProtected bool `json:"write-protected"`
		Properties     map[string]struct {
			Type, Relation, Entity, LocalField, ReferenceField, Mapping, Local, Reference string
			Flags                                                                         map[string]any
		}
	}
	var open map[string]struct {
		Name         string
		Translatable []string
		Properties   map[string]struct{ Type string }
	}
	for path, into := range map[string]any{"entity-schema.json": &schemas, "open-api-schema.json": &open} {
		if err := json.Unmarshal(c.done("GET", "/api/_info/"+path, "", http.StatusOK), into); err != nil {
			t.Fatal(err)
		}
	}
	compiler := jsonschema.NewCompiler()
	if err := compiler.AddResource("https://shop.example/entity-schema", parsed(t, []byte(entitySchema))); err != nil {
		t.Fatal(err)
	}
	form, err := compiler.Compile("https://shop.example/entity-schema")
	if err != nil {
		t.Fatal(err)
	}
	if err := form.Validate(parsed(t, c.done("GET", "/api/_info/entity-schema.json", "", http.StatusOK))); err != nil {
		t.Errorf("entity-schema.json: %v", err)
	}
	for name, s := range schemas {
		if s.Entity != name || open[name].Name != name || len(open[name].Properties) != len(s.Properties) {
			t.Errorf("%s: %d properties in one, %d in the other", name, len(s.Properties), len(open[name].Properties))
		}
		for property, p := range s.Properties {
			target, known := schemas[p.Entity]
			switch {
			case p.Type == "":
				t.Errorf("%s.%s has no type", name, property)
			case p.Type != "association":
			case !known:
				t.Errorf("%s.%s leads to %q, which is not described", name, property, p.Entity)
			case s.Properties[p.LocalField].Type != "uuid" || target.Properties[p.ReferenceField].Type != "uuid":
				t.Errorf("%s.%s leads from %q to %q", name, property, p.LocalField, p.ReferenceField)
			case p.Mapping != "" && (schemas[p.Mapping].Properties[p.Local].Type != "uuid" || schemas[p.Mapping].Properties[p.Reference].Type != "uuid"):
				t.Errorf("%s.%s goes over %s by %q and %q", name, property, p.Mapping, p.Local, p.Reference)
			}
		}
	}
	product := schemas["product"].Properties
	if product["name"].Flags["translatable"] != true || product["id"].Flags["primary_key"] != true || product["manufacturer"].Relation != "many_to_one" ||
		product["tags"].Mapping != "product_tag" || !schemas["app"].WriteProtected || schemas["product"].WriteProtected {
		t.Errorf("product is described as %+v", product["name"])
	}
	if _, told := schemas["integration"].Properties["secretAccessKey"]; told {
		t.Error("what nobody may read is described")
	}
}

// TestSyncIsDescribed holds what is sent to a sync and what it answers against the description.
func TestSyncIsDescribed(t *testing.T) {
	t.Parallel()
	c, _ := newCaller(t)
	compiler := jsonschema.NewCompiler()
	const at = "https://shop.example/openapi.json"
	if err := compiler.AddResource(at, parsed(t, c.done("GET", "/api/_info/openapi3.json?type=json", "", http.StatusOK))); err != nil {
		t.Fatal(err)
	}
	compile := func(pointer string) *jsonschema.Schema {
		t.Helper()
		s, err := compiler.Compile(at + "#/paths/~1_action~1sync/post/" + pointer + "/content/application~1json/schema")
		if err != nil {
			t.Fatal(err)
		}
		return s
	}
	body, answer := compile("requestBody"), compile("responses/200")
	const id = "018c0000000070008000000000000a01"
	for _, sent := range []string{
		`{"a":{"entity":"tag","action":"upsert","payload":[{"id":"` + id + `","name":"x"}]}}`,
		`[{"entity":"tag","action":"delete","payload":[{"id":"` + id + `"}]}]`,
		`[{"entity":"tag","action":"delete","payload":[{"id":"` + id + `"}]}]`, // not found
		`[{"entity":"tag","action":"delete","criteria":[{"type":"equals","field":"name","value":"x"}]}]`,
		`[{"entity":"product_tag","action":"delete","payload":[{"productId":"` + id + `","tagId":"` + id + `"}]}]`,
	} {
		if err := body.Validate(parsed(t, []byte(sent))); err != nil {
			t.Errorf("%s: %v", sent, err)
		}
		if err := answer.Validate(parsed(t, c.done("POST", "/api/_action/sync", sent, http.StatusOK))); err != nil {
			t.Errorf("answer to %s: %v", sent, err)
		}
	}
	if body.Validate(parsed(t, []byte(`[{"entity":"tag","action":"replace","payload":[]}]`))) == nil {
		t.Error("any action is described")
	}
}

// TestLinksLeadToWhatIsThere follows each link of a record to its associations: what is not
// stored here has none, and reads as empty whether it is asked for or not.
func TestLinksLeadToWhatIsThere(t *testing.T) {
	t.Parallel()
	c, _ := newCaller(t)
	tax := c.found("tax", `{"limit":1}`)["id"].(string)
	const jsonAPI = "Accept: application/vnd.api+json"
	var answer struct {
		Data []struct {
			Relationships map[string]struct {
				Data  json.RawMessage
				Links struct{ Related string }
			}
		}
	}
	for _, body := range []string{`{"ids":["` + tax + `"]}`, `{"ids":["` + tax + `"],"associations":{"rules":{}}}`} {
		answer.Data = nil
		if err := json.Unmarshal(c.done("POST", "/api/search/tax", body, http.StatusOK, jsonAPI), &answer); err != nil {
			t.Fatal(err)
		}
		led := 0
		for _, to := range answer.Data[0].Relationships {
			if to.Links.Related != "" {
				_, path, _ := strings.Cut(to.Links.Related, "/api/")
				c.done("GET", "/api/"+path, "", http.StatusOK)
				led++
			}
		}
		rules, told := answer.Data[0].Relationships["rules"]
		if led == 0 || !told || string(rules.Data) != "[]" {
			t.Errorf("%s: %d links, rules %v %s", body, led, told, rules.Data)
		}
	}
}

// TestInfo asks for the rest of what a host says of itself.
func TestInfo(t *testing.T) {
	t.Parallel()
	c, _ := newCaller(t)
	type event struct {
		Name  string
		Data  map[string]struct{ Type, EntityName string }
		Aware []string
	}
	var events []event
	if err := json.Unmarshal(c.done("GET", "/api/_info/events.json", "", http.StatusOK), &events); err != nil {
		t.Fatal(err)
	}
	found := false
	for _, e := range events {
		found = found || e.Name == "checkout.order.placed" && e.Data["order"].EntityName == "order" && len(e.Aware) == 1
		if strings.HasSuffix(e.Name, ".written") {
			t.Errorf("%s is no business event", e.Name)
		}
	}
	if !found {
		t.Errorf("no flow can begin with an order: %+v", events)
	}
	// What an event tells is what the catalogue says of it, not what its name looks like.
	for name, want := range map[string]string{
		"checkout.customer.before.login":        "email:string:",
		"checkout.order.payment_method.changed": "order:entity:order orderTransaction:entity:order_transaction",
		"mail.before.send":                      "data:array: templateData:array:",
		"state_enter.order.state.open":          "order:entity:order",
	} {
		i := slices.IndexFunc(events, func(e event) bool { return e.Name == name })
		if i < 0 {
			t.Errorf("%s is not listed", name)
			continue
		}
		var told []string
		for member, d := range events[i].Data {
			told = append(told, member+":"+d.Type+":"+d.EntityName)
		}
		slices.Sort(told)
		if got := strings.Join(told, " "); got != want {
			t.Errorf("%s tells %s, not %s", name, got, want)
		}
	}
	if answer := c.done("GET", "/api/_info/routes", "", http.StatusOK); !bytes.Contains(answer, []byte(`{"path":"/api/_action/sync","methods":["POST"]}`)) {
		t.Errorf("routes: %s", answer)
	}
	for path, status := range map[string]int{
		"GET /api/_info/queue.json": 200, "GET /api/_info/me": 403, "DELETE /api/_action/cache": 204, "GET /api/_action/cache_info": 200,
		"POST /api/_action/index": 204, "POST /api/_action/indexing": 204,
	} {
		method, url, _ := strings.Cut(path, " ")
		c.done(method, url, "", status)
	}
	anybody := c
	anybody.token = "x"
	for _, path := range []string{"openapi3.json", "entity-schema.json", "open-api-schema.json", "events.json", "routes", "queue.json", "me"} {
		anybody.done("GET", "/api/_info/"+path, "", http.StatusUnauthorized)
	}
}
