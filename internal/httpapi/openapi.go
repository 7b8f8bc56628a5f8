package httpapi

import (
	"net/http"
	"strconv"
	"strings"

	"github.com/appdock/appdock/internal/entity"
	"github.com/appdock/appdock/internal/web"
)

// openAPI answers GET /api/_info/openapi3.json (admin-api.md 8): all routes, those of entities and
// of what they lead to made of the definitions in force. Paths along several associations are
// made as those along one. type=json describes plain JSON, else it is JSON:API.
func openAPI(c *call) error {
	schema, err := c.schema()
	if err != nil {
		return err
	}
	tree, err := parseQuery(c.r.URL.RawQuery)
	if err != nil {
		return err
	}
	d := description{schema: schema, form: jsonAPI, paths: map[string]any{}, components: map[string]any{}, responses: map[string]any{}, bodies: map[string]any{}}
	switch given(tree["type"]) {
	case "json":
		d.form = plain
	case "jsonapi", "null":
	default:
		return badParameter("type", "Ask for json or jsonapi.")
	}
	for _, name := range schema.Names() {
		definition, _ := schema.Definition(name)
		d.entity(definition)
	}
	d.general()
	d.routes()
	return web.JSON(c.w, http.StatusOK, map[string]any{
		"openapi": "3.1.0",
		"info":    map[string]any{"title": "Admin API", "version": c.options.Version},
		"servers": []any{map[string]any{"url": c.shop.URL + "/api"}},
		"paths":   d.paths,
		"components": map[string]any{
			"schemas": d.components, "responses": d.responses, "requestBodies": d.bodies,
			"securitySchemes": map[string]any{"oAuth": oAuthScheme(c.shop.URL)},
		},
		"security": []any{map[string]any{"oAuth": []string{"write"}}},
	})
}

func oAuthScheme(base string) map[string]any {
	return map[string]any{"type": "oauth2", "flows": map[string]any{
		"clientCredentials": map[string]any{"tokenUrl": base + "/api/oauth/token", "scopes": map[string]any{"write": "Full write access"}},
	}}
}

// description is an OpenAPI document that is being made.
type description struct {
	schema     *entity.Schema
	form       format
	paths      map[string]any
	components map[string]any
	// responses and bodies are those of the paths along associations, which are many.
	responses, bodies map[string]any
}

// entity describes one entity and its routes. Pairs have no routes of their own.
func (d *description) entity(def *entity.Definition) {
	name := componentName(def.Name)
	d.components[name] = d.record(def)
	if len(def.Pair) > 0 {
		return
	}
	kebabName := strings.ReplaceAll(def.Name, "_", "-")
	list := d.list(def)
	search := operation("search"+name, "Search for records of "+def.Name+".", jsonBody(reference("Criteria")), http.StatusOK, d.answer(list))
	ids := operation("search"+name+"Ids", "Search for ids of "+def.Name+".", jsonBody(reference("Criteria")), http.StatusOK, content("application/json", reference("Ids")))
	d.paths["/search/"+kebabName] = map[string]any{"post": search}
	d.paths["/search-ids/"+kebabName] = map[string]any{"post": ids}
	root := map[string]any{"get": operation("list"+name, "List records of "+def.Name+".", nil, http.StatusOK, d.answer(list))}
	one := map[string]any{
		"parameters": []any{map[string]any{"name": "id", "in": "path", "required": true, "schema": idSchema()}},
		"get":        operation("get"+name, "Read one record of "+def.Name+".", nil, http.StatusOK, d.answer(d.detail(def))),
	}
	if writable(def) {
		write := jsonBody(reference(name))
		root["post"] = operation("create"+name, "Create a record of "+def.Name+".", write, http.StatusNoContent, nil)
		one["patch"] = operation("update"+name, "Change a record of "+def.Name+".", write, http.StatusNoContent, nil)
		one["delete"] = operation("delete"+name, "Delete a record of "+def.Name+".", nil, http.StatusNoContent, nil)
	}
	d.paths["/"+kebabName], d.paths["/"+kebabName+"/{id}"] = root, one
	for _, a := range def.Associations {
		d.along(def, a)
	}
}

// along describes the paths from a record along one association (admin-api.md 6.3).
func (d *description) along(def *entity.Definition, a entity.Association) {
	if !d.schema.Stored(a) {
		return
	}
	target, _ := d.schema.Definition(a.Target)
	name, of := componentName(a.Target), componentName(kebab(a.Name))+"Of"+componentName(def.Name)
	list := map[string]any{"$ref": "#/components/responses/" + name + "List"}
	d.responses[name+"List"] = map[string]any{"description": "Records of " + a.Target, "content": d.answer(d.list(target))}
	d.responses[name+"Detail"] = map[string]any{"description": "A record of " + a.Target, "content": d.answer(d.detail(target))}
	body := map[string]any{"$ref": "#/components/requestBodies/" + name}
	d.bodies[name] = jsonBody(reference(name))
	criteria := map[string]any{"$ref": "#/components/requestBodies/Criteria"}

	path := "/" + strings.ReplaceAll(def.Name, "_", "-") + "/{id}/"
	if a.Extension {
		path += "extensions/"
	}
	path += kebab(a.Name)
	member := path + "/{member}"
	if target.Translates != "" && a.Via == target.Pair[0] {
		member = path + "/{language}" // texts of a record; those of a language are told apart by their record
	}
	all := map[string]any{"parameters": parametersOf(path), "get": referring("list"+of, nil, "200", list)}
	one := map[string]any{
		"parameters": parametersOf(member),
		"get":        referring("get"+of, nil, "200", map[string]any{"$ref": "#/components/responses/" + name + "Detail"}),
	}
	if writable(target) && !a.ReadOnly {
		done := map[string]any{"$ref": "#/components/responses/Done"}
		all["post"] = referring("create"+of, body, "204", done)
		one["patch"] = referring("update"+of, body, "204", done)
		one["delete"] = referring("delete"+of, nil, "204", done)
	}
	d.paths[path], d.paths[member] = all, one
	d.paths["/search"+path] = map[string]any{"parameters": parametersOf(path), "post": referring("search"+of, criteria, "200", list)}
	d.paths["/search-ids"+path] = map[string]any{
		"parameters": parametersOf(path),
		"post":       referring("searchIdsOf"+of, criteria, "200", map[string]any{"$ref": "#/components/responses/Ids"}),
	}
}

// referring is an operation whose body and answers stand among the components.
func referring(id string, body map[string]any, status string, answer map[string]any) map[string]any {
	o := map[string]any{"operationId": id, "responses": map[string]any{status: answer, "default": map[string]any{"$ref": "#/components/responses/Errors"}}}
	if body != nil {
		o["requestBody"] = body
	}
	return o
}

// record is the schema of a record: in plain JSON all it has, in JSON:API its attributes.
func (d *description) record(def *entity.Definition) map[string]any {
	properties := map[string]any{}
	for _, f := range def.Fields {
		if shown(f) && (d.form == plain || f.Name != "id") {
			properties[f.Name] = fieldSchema(f)
		}
	}
	if d.form == plain {
		extensions := map[string]any{}
		for _, a := range def.Associations {
			switch {
			case !d.schema.Stored(a): // it has no path, and reads as empty
			case a.Extension:
				extensions[a.Name] = d.related(a)
			default:
				properties[a.Name] = d.related(a)
			}
		}
		properties["extensions"] = map[string]any{"type": []any{"object", "array"}, "properties": extensions}
	}
	properties["translated"] = map[string]any{"type": []any{"object", "array"}, "readOnly": true}
	return map[string]any{"type": "object", "properties": properties}
}

// related is what an association leads to.
func (d *description) related(a entity.Association) map[string]any {
	one := reference(componentName(a.Target))
	if a.Many() {
		one = map[string]any{"type": "array", "items": one}
	}
	return map[string]any{"anyOf": []any{one, map[string]any{"type": "null"}}}
}

func (d *description) list(of *entity.Definition) map[string]any {
	properties := map[string]any{
		"data":         map[string]any{"type": "array", "items": d.resource(of)},
		"aggregations": map[string]any{"type": []any{"object", "array"}},
	}
	required := []any{"data", "aggregations"}
	if d.form == plain {
		properties["total"] = map[string]any{"type": "integer"}
		required = append(required, "total")
	} else {
		properties["included"] = map[string]any{"type": "array", "items": map[string]any{"type": "object"}}
		properties["links"], properties["meta"] = map[string]any{"type": "object"}, map[string]any{"type": "object"}
	}
	return map[string]any{"type": "object", "properties": properties, "required": required}
}

func (d *description) detail(of *entity.Definition) map[string]any {
	return map[string]any{"type": "object", "properties": map[string]any{"data": d.resource(of)}, "required": []any{"data"}}
}

// resource is a record as an answer has it.
func (d *description) resource(of *entity.Definition) map[string]any {
	name, identifier := componentName(of.Name), idSchema()
	if d.form == plain {
		return reference(name)
	}
	if len(of.Pair) > 0 { // the two keys, joined
		identifier["pattern"] = "^[0-9a-f]{32}-[0-9a-f]{32}$"
	}
	return map[string]any{
		"type": "object", "required": []any{"id", "type", "attributes"},
		"properties": map[string]any{
			"id": identifier, "type": map[string]any{"type": "string"}, "attributes": reference(name),
			"links": map[string]any{"type": "object"}, "relationships": map[string]any{"type": "object"},
		},
	}
}

func (d *description) answer(schema map[string]any) map[string]any {
	return content(string(d.form), schema)
}

// general describes what belongs to no entity alone.
func (d *description) general() {
	object := map[string]any{"type": "object"}
	list := func(of map[string]any) map[string]any { return map[string]any{"type": "array", "items": of} }
	d.components["Criteria"] = map[string]any{"type": "object", "properties": map[string]any{
		"page": map[string]any{"type": "integer", "minimum": 1}, "limit": map[string]any{"type": "integer", "minimum": 1},
		"term": map[string]any{"type": "string"}, "filter": list(object), "post-filter": list(object), "query": list(object),
		"sort": list(object), "aggregations": list(object), "associations": object, "includes": object, "excludes": object,
		"ids": list(primaryKeySchema()), "fields": list(map[string]any{"type": "string"}), "grouping": list(map[string]any{"type": "string"}),
		"total-count-mode": map[string]any{"type": []any{"integer", "string"}},
	}}
	d.components["Ids"] = map[string]any{
		"type": "object", "required": []any{"total", "data"},
		"properties": map[string]any{"total": map[string]any{"type": "integer"}, "data": list(primaryKeySchema())},
	}
	d.components["Errors"] = map[string]any{
		"type": "object", "required": []any{"errors"},
		"properties": map[string]any{"errors": list(map[string]any{
			"type": "object", "required": []any{"code", "status"},
			"properties": map[string]any{
				"code": map[string]any{"type": "string"}, "status": map[string]any{"type": "string"}, "title": map[string]any{"type": "string"},
				"detail": map[string]any{"type": []any{"string", "null"}}, "source": object, "meta": object,
			},
		})},
	}
	d.responses["Errors"] = map[string]any{"description": "What was wrong", "content": content(string(plain), reference("Errors"))}
	d.responses["Ids"] = map[string]any{"description": "Ids", "content": content(string(plain), reference("Ids"))}
	d.responses["Done"] = map[string]any{"description": http.StatusText(http.StatusNoContent)}
	d.bodies["Criteria"] = jsonBody(reference("Criteria"))
}

func operation(id, summary string, body map[string]any, status int, answer map[string]any) map[string]any {
	good := map[string]any{"description": http.StatusText(status)}
	if answer != nil {
		good["content"] = answer
	}
	failed := map[string]any{"description": "What was wrong", "content": content("application/json", reference("Errors"))}
	o := map[string]any{
		"operationId": id, "summary": summary,
		"responses": map[string]any{strconv.Itoa(status): good, "default": failed},
	}
	if body != nil {
		o["requestBody"] = body
	}
	return o
}

func jsonBody(schema map[string]any) map[string]any {
	return map[string]any{"content": content("application/json", schema)}
}

func content(kind string, schema map[string]any) map[string]any {
	return map[string]any{kind: map[string]any{"schema": schema}}
}

func reference(component string) map[string]any {
	return map[string]any{"$ref": "#/components/schemas/" + component}
}

func idSchema() map[string]any { return map[string]any{"type": "string", "pattern": "^[0-9a-f]{32}$"} }

// primaryKeySchema is the id of a record, or the two keys that identify it.
func primaryKeySchema() map[string]any {
	return map[string]any{"anyOf": []any{idSchema(), map[string]any{"type": "object", "additionalProperties": idSchema()}}}
}

// componentName spells an entity as schemas are called: "order_line_item" is OrderLineItem.
func componentName(name string) string {
	var b strings.Builder
	for word := range strings.FieldsFuncSeq(name, func(r rune) bool { return r == '_' || r == '-' }) {
		if word != "" {
			b.WriteString(strings.ToUpper(word[:1]) + word[1:])
		}
	}
	return b.String()
}

// fieldSchema is the JSON Schema of a field's values. Any may be null but the record's own key:
// what is required is so when a record is made, and old ones may lack it.
func fieldSchema(f entity.Field) map[string]any {
	s := map[string]any{}
	kind := ""
	switch f.Type {
	case entity.UUID, entity.Version:
		kind, s["pattern"] = "string", "^[0-9a-f]{32}$"
	case entity.String, entity.Text, entity.Password, entity.Blob:
		kind = "string"
	case entity.Email:
		kind, s["format"] = "string", "email"
	case entity.Int:
		kind = "integer"
	case entity.Float:
		kind = "number"
	case entity.Bool:
		kind = "boolean"
	case entity.DateTime, entity.Date:
		kind, s["format"] = "string", "date-time"
	case entity.Strings, entity.IDs:
		kind, s["items"] = "array", map[string]any{"type": "string"}
	case entity.Objects, entity.Prices:
		kind, s["items"] = "array", map[string]any{}
	case entity.JSON, entity.Object, entity.CalculatedPrice, entity.CartPrice, entity.PriceDefinition, entity.Rounding, entity.TaxFree:
		// Any document, and an empty object is a list (admin-api.md 4.1).
	}
	switch {
	case f.Name == "id":
		s["type"] = kind
	case kind != "":
		s["type"] = []any{kind, "null"}
	}
	if f.System || f.Runtime {
		s["readOnly"] = true
	}
	return s
}
