package restapi

import (
	"fmt"
	"net/http"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"sync"

	"github.com/danielgtaylor/huma/v2"

	"github.com/appdock/appdock/protocol"
)

// document is what is said of the API in OpenAPI 3.1 (rest-api-sitepack.md 13), and the
// schemas that bodies are checked with: they are the same.
type document struct {
	openapi huma.OpenAPI // without servers, which are each shop's own
	schemas huma.Registry
}

const (
	schemaPrefix = "#/components/schemas/"
	problemType  = "application/problem+json"
	jsonType     = "application/json"
	mergeType    = "application/merge-patch+json"
)

// settle sets what the library has no instance for, once: it is read while another host of the
// process may begin. Names have one spelling: else one value may be there by two.
var settle = sync.OnceFunc(func() {
	huma.DefaultArrayNullable = false
	huma.ValidateStrictCasing = true
})

// describe makes the document of a table of routes.
func describe(table []route) *document {
	settle()
	d := &document{schemas: huma.NewMapRegistry(schemaPrefix, huma.DefaultSchemaNamer)}
	d.openapi = huma.OpenAPI{
		OpenAPI:    "3.1.0",
		Info:       &huma.Info{Title: "Appdock REST API", Version: revision},
		Components: &huma.Components{Schemas: d.schemas, SecuritySchemes: map[string]*huma.SecurityScheme{}},
	}
	d.schemas.Schema(reflect.TypeFor[problem](), true, "")
	for i := range table {
		d.operation(&table[i])
	}
	d.webhooks()
	d.nulls()
	for _, s := range d.schemas.Map() {
		bound(s)
	}
	d.examples()
	return d
}

// at gives the document of one shop.
func (d *document) at(url string) *huma.OpenAPI {
	doc := d.openapi
	doc.Servers = []*huma.Server{{URL: url + base}}
	parts := *doc.Components
	scopes := map[string]string{}
	for _, s := range protocol.Scopes() {
		scopes[s.String()] = "May " + s.Action + " " + strings.ReplaceAll(s.Resource, "_", " ") + "."
	}
	parts.SecuritySchemes = map[string]*huma.SecurityScheme{
		"bearer": {Type: "http", Scheme: "bearer"},
		"oauth2": {Type: "oauth2", Flows: &huma.OAuthFlows{AuthorizationCode: &huma.OAuthFlow{
			AuthorizationURL: url + "/oauth/authorize", TokenURL: url + "/oauth/token", RefreshURL: url + "/oauth/token", Scopes: scopes,
		}}},
	}
	doc.Components = &parts
	return &doc
}

// operation describes one route.
func (d *document) operation(rt *route) {
	op := &huma.Operation{
		Method: rt.method, Path: rt.path, OperationID: rt.id, Summary: rt.summary, Description: rt.about,
		Deprecated: !rt.goes.since.IsZero(),
		Tags:       []string{tagOf(rt.path)}, Responses: map[string]*huma.Response{}, Security: []map[string][]string{},
	}
	switch {
	case rt.scope != "":
		op.Security = []map[string][]string{{"oauth2": {rt.scope}}}
	case !rt.public:
		op.Security = []map[string][]string{{"oauth2": {}}, {"bearer": {}}}
	}
	for rest := rt.path; rest != ""; {
		var part string
		if part, rest = segment(rest); part[0] == '{' {
			op.Parameters = append(op.Parameters, &huma.Param{Name: strings.Trim(part, "{}"), In: "path", Required: true, Schema: &huma.Schema{Type: huma.TypeString}})
		}
	}
	for _, p := range rt.parameters {
		op.Parameters = append(op.Parameters, p.described()...)
	}
	for _, h := range rt.headers() {
		op.Parameters = append(op.Parameters, &huma.Param{Name: h.name, In: "header", Description: h.about, Schema: &huma.Schema{Type: huma.TypeString}})
	}
	if rt.takesBody != nil {
		s := d.schemas.Schema(rt.takesBody, true, "")
		op.RequestBody = &huma.RequestBody{Required: true, Content: map[string]*huma.MediaType{jsonType: {Schema: s}}}
		if rt.multipart {
			op.RequestBody.Content["multipart/form-data"] = &huma.MediaType{Schema: &huma.Schema{
				Type: huma.TypeObject, Required: []string{"file"},
				Properties: map[string]*huma.Schema{
					"file": {Type: huma.TypeString, Format: "binary"}, "name": {Type: huma.TypeString}, "alt": {Type: huma.TypeString},
					"title": {Type: huma.TypeString}, "private": {Type: huma.TypeString, Enum: []any{"true", "false"}},
				},
			}}
		}
		if rt.method == http.MethodPatch {
			op.RequestBody.Content[mergeType] = &huma.MediaType{Schema: s}
		}
	}
	d.responses(rt, op)
	d.openapi.AddOperation(op)
}

func (d *document) responses(rt *route, op *huma.Operation) {
	ok := &huma.Response{Description: http.StatusText(rt.status), Headers: map[string]*huma.Header{}}
	if !rt.public {
		for _, name := range []string{"RateLimit", "RateLimit-Policy", "X-Request-Id"} {
			ok.Headers[name] = &huma.Header{Schema: &huma.Schema{Type: huma.TypeString}}
		}
	}
	if rt.gives != nil {
		ok.Content = map[string]*huma.MediaType{rt.shows(): {Schema: d.schemas.Schema(rt.gives, true, "")}}
	}
	op.Responses[strconv.Itoa(rt.status)] = ok
	for _, status := range rt.failures() {
		op.Responses[strconv.Itoa(status)] = &huma.Response{
			Description: http.StatusText(status),
			Content:     map[string]*huma.MediaType{problemType: {Schema: &huma.Schema{Ref: schemaPrefix + "Problem"}}},
		}
	}
}

// shows is the type of what is shown.
func (rt *route) shows() string {
	if rt.content != "" {
		return rt.content
	}
	return jsonType
}

// failures are the statuses that a route may refuse with.
func (rt *route) failures() []int {
	list := []int{http.StatusBadRequest, http.StatusNotAcceptable, http.StatusTooManyRequests, http.StatusInternalServerError, http.StatusServiceUnavailable}
	if !rt.public {
		list = append(list, http.StatusUnauthorized, http.StatusForbidden)
	}
	if strings.Contains(rt.path, "{") {
		list = append(list, http.StatusNotFound)
	}
	if rt.method != http.MethodGet {
		list = append(list, http.StatusConflict, http.StatusUnprocessableEntity)
		if rt.method != http.MethodPost && !rt.alone {
			list = append(list, http.StatusPreconditionFailed)
		}
		if rt.matching {
			list = append(list, http.StatusPreconditionRequired)
		}
	}
	if rt.takesBody != nil {
		list = append(list, http.StatusRequestEntityTooLarge, http.StatusUnsupportedMediaType)
	}
	slices.Sort(list)
	return list
}

// headers are what a client may send beside the body.
func (rt *route) headers() []parameter {
	if rt.method == http.MethodGet {
		return []parameter{{name: "If-None-Match", about: "the ETag that is known: 304 if it is still that of the resource"}}
	}
	if !rt.changes() {
		return nil
	}
	key := parameter{name: "Idempotency-Key", about: "1 to 255 printable characters: the same request with the same key is done once in 24 hours"}
	if rt.keyNeeded {
		key.about += "; needed here"
	}
	list := []parameter{key}
	if rt.method != http.MethodPost && !rt.alone {
		match := parameter{name: "If-Match", about: "the ETag that is known: 412 if it is no longer that of the resource"}
		if rt.matching {
			match.about += "; needed here"
		}
		list = append(list, match)
	}
	return list
}

// described are the parameters of OpenAPI that one of ours is: one for each operator.
func (p parameter) described() []*huma.Param {
	name := p.name
	if p.prefix {
		name += "{key}"
	}
	one := func(name, about, example string) *huma.Param {
		h := &huma.Param{Name: name, In: "query", Description: about, Schema: &huma.Schema{Type: huma.TypeString}}
		if example != "" {
			h.Example = example
		}
		return h
	}
	all := []*huma.Param{one(name, p.about, p.example)}
	for _, operator := range p.operators {
		all = append(all, one(name+"["+operator+"]", "", ""))
	}
	return all
}

// tagOf groups operations by the first step of their path.
func tagOf(path string) string {
	first, _ := segment(path)
	return strings.TrimSuffix(first, ".json")
}

// webhooks describes the messages that apps are sent, one for each topic.
func (d *document) webhooks() {
	d.openapi.Webhooks = map[string]*huma.PathItem{}
	frame := d.schemas.Schema(reflect.TypeFor[message](), true, "")
	for _, topic := range protocol.Topics() {
		d.openapi.Webhooks[topic.Name] = &huma.PathItem{Post: &huma.Operation{
			OperationID: "on" + camel(topic.Name), Summary: "Tells an app that subscribed to " + topic.Name + ".",
			RequestBody: &huma.RequestBody{Required: true, Content: map[string]*huma.MediaType{jsonType: {Schema: frame}}},
			Responses:   map[string]*huma.Response{"2XX": {Description: "The message was taken."}},
		}}
	}
}

// camel writes "order.partially_paid" as "OrderPartiallyPaid".
func camel(name string) string {
	var b strings.Builder
	for _, word := range strings.FieldsFunc(name, func(r rune) bool { return r == '.' || r == '_' }) {
		b.WriteString(strings.ToUpper(word[:1]) + word[1:])
	}
	return b.String()
}

// nulls says of pointers to objects that they may be null, which the library cannot: their
// schemas stand in the place of the references to them.
func (d *document) nulls() {
	for name, s := range d.schemas.Map() {
		t := d.schemas.TypeFromRef(schemaPrefix + name)
		if t == nil || t.Kind() != reflect.Struct {
			continue
		}
		for _, f := range reflect.VisibleFields(t) {
			member, _, _ := strings.Cut(f.Tag.Get("json"), ",")
			property := s.Properties[member]
			if property == nil || property.Ref == "" || f.Type.Kind() != reflect.Pointer || strings.Contains(f.Tag.Get("json"), "omitempty") {
				continue
			}
			whole := *d.schemas.SchemaFromRef(property.Ref)
			whole.Nullable = true
			s.Properties[member] = &whole
		}
	}
}

// bound bounds the whole numbers of a schema to those that JSON tells apart: what is beyond has
// no place in the types that bodies are read into either.
func bound(s *huma.Schema) {
	if s == nil {
		return
	}
	if s.Type == huma.TypeInteger {
		least, highest := -float64(most), float64(most)
		if s.Minimum == nil {
			s.Minimum = &least
		}
		if s.Maximum == nil {
			s.Maximum = &highest
		}
		s.PrecomputeMessages()
	}
	bound(s.Items)
	for _, p := range s.Properties {
		bound(p)
	}
	if additional, ok := s.AdditionalProperties.(*huma.Schema); ok {
		bound(additional)
	}
}

// openAPI answers GET /openapi.json.
func openAPI(c *call) (*raw, error) {
	text, err := c.document.at(c.shop.URL).MarshalJSON()
	if err != nil {
		return nil, fmt.Errorf("write the document of the API: %w", err)
	}
	return &raw{jsonType, text}, nil
}

// openAPIYAML answers GET /openapi.yaml.
func openAPIYAML(c *call) (*raw, error) {
	text, err := c.document.at(c.shop.URL).YAML()
	if err != nil {
		return nil, fmt.Errorf("write the document of the API: %w", err)
	}
	return &raw{"application/yaml", text}, nil
}

func documentRoutes() []route {
	asJSON := read("/openapi.json", "getOpenapi", "Show this document", openAPI).open()
	asYAML := read("/openapi.yaml", "getOpenapiYaml", "Show this document as YAML", openAPIYAML).open()
	asJSON.gives, asYAML.gives = reflect.TypeFor[anything](), reflect.TypeFor[anything]()
	asYAML.content = "application/yaml"
	return []route{asJSON, asYAML}
}

// anything is an object of any members.
type anything struct {
	_ struct{} `additionalProperties:"true"`
}
