package httpapi

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"unicode/utf8"

	"github.com/appdock/appdock/internal/web"
)

const (
	malformed   = "The JSON payload is malformed."
	onlySingles = "Only single write operations are supported. Please send the entities one by one or use the /sync api endpoint."
)

// payload reads the record that is to be written, from JSON or JSON:API (admin-api.md 4).
func (c *call) payload() (map[string]any, error) {
	body, err := web.Body(c.r)
	if err != nil {
		return nil, err
	}
	kind := mediaType(c.r.Header.Get("Content-Type"))
	if kind != string(plain) && kind != string(jsonAPI) {
		return nil, contentTypeUnsupported(c.r)
	}
	v, err := parseJSON(body)
	if err != nil {
		return nil, err
	}
	if list, ok := v.([]any); ok && len(list) > 0 {
		return nil, badRequest(onlySingles)
	}
	tree, ok := object(v)
	if !ok {
		return nil, badRequest(malformed)
	}
	if kind == string(jsonAPI) {
		return readResource(tree)
	}
	if tree == nil {
		tree = map[string]any{}
	}
	return tree, nil
}

// parseJSON reads one JSON value; numbers stay as they were written.
func parseJSON(body []byte) (any, error) {
	var v any
	d := json.NewDecoder(bytes.NewReader(body))
	d.UseNumber()
	if !utf8.Valid(body) || d.Decode(&v) != nil {
		return nil, badRequest(malformed)
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return nil, badRequest(malformed)
	}
	return v, nil
}

// Bounds of what a JSON:API document may unfold to: included records that refer to each
// other are written once and nested wherever they are referred to.
const (
	maxResources     = 10_000
	maxResourceDepth = 32
)

// readResource turns a JSON:API document into the nested object that plain JSON would
// have been: attributes, and relationships with what is included of them (admin-api.md 4).
func readResource(tree map[string]any) (map[string]any, error) {
	if list, ok := tree["data"].([]any); ok && len(list) > 0 {
		return nil, badRequest(onlySingles)
	}
	data, ok := tree["data"].(map[string]any)
	if !ok {
		return nil, badRequest("A JSON:API document needs an object as data.")
	}
	r := &resourceReader{included: map[resourceKey]map[string]any{}}
	included, _ := tree["included"].([]any)
	for _, item := range included {
		if resource, ok := item.(map[string]any); ok {
			if key, ok := keyOf(resource); ok {
				r.included[key] = resource
			}
		}
	}
	return r.read(data, nil)
}

// resourceKey is what a JSON:API document knows a resource by.
type resourceKey struct{ kind, id string }

func keyOf(resource map[string]any) (key resourceKey, ok bool) {
	kind, _ := resource["type"].(string)
	id, _ := resource["id"].(string)
	return resourceKey{kind, id}, kind != "" && id != ""
}

type resourceReader struct {
	included map[resourceKey]map[string]any
	count    int
}

// read unfolds a resource; inside are the resources that it stands in.
func (r *resourceReader) read(resource map[string]any, inside []resourceKey) (map[string]any, error) {
	if r.count++; r.count > maxResources || len(inside) > maxResourceDepth {
		return nil, badRequest("The JSON:API document unfolds to too many resources.")
	}
	payload := map[string]any{}
	if attributes, ok := resource["attributes"].(map[string]any); ok {
		maps.Copy(payload, attributes)
	}
	if id := resource["id"]; id != nil {
		payload["id"] = id
	}
	if key, ok := keyOf(resource); ok {
		inside = append(slices.Clone(inside), key)
	}
	relationships, _ := resource["relationships"].(map[string]any)
	for _, name := range slices.Sorted(maps.Keys(relationships)) {
		relationship, ok := relationships[name].(map[string]any)
		if !ok {
			return nil, badRequest(fmt.Sprintf("The relationship %q must be an object.", given(name)))
		}
		data, present := relationship["data"]
		if !present {
			continue // a link only: nothing is said about what is related
		}
		value, err := r.related(name, data, inside)
		if err != nil {
			return nil, err
		}
		payload[name] = value
	}
	return payload, nil
}

// related unfolds the data of a relationship: null, one or a list of resources.
func (r *resourceReader) related(name string, data any, inside []resourceKey) (any, error) {
	switch data := data.(type) {
	case nil:
		return nil, nil // null is the value of the relationship
	case []any:
		list := make([]any, 0, len(data))
		for _, item := range data {
			identifier, ok := item.(map[string]any)
			if !ok {
				return nil, badRequest(fmt.Sprintf("The relationship %q must hold objects with type and id.", given(name)))
			}
			one, err := r.refer(identifier, inside)
			if err != nil {
				return nil, err
			}
			list = append(list, one)
		}
		return list, nil
	case map[string]any:
		return r.refer(data, inside)
	}
	return nil, badRequest(fmt.Sprintf("The relationship %q must hold objects with type and id.", given(name)))
}

// refer unfolds what an identifier refers to: the included resource, or its id alone if
// it is not included or the identifier stands inside of it.
func (r *resourceReader) refer(identifier map[string]any, inside []resourceKey) (any, error) {
	key, ok := keyOf(identifier)
	if !ok {
		return r.read(map[string]any{"id": identifier["id"]}, inside)
	}
	if resource, ok := r.included[key]; ok && !slices.Contains(inside, key) {
		return r.read(resource, inside)
	}
	return map[string]any{"id": key.id}, nil
}
