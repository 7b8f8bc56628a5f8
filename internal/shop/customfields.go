package shop

import (
	"encoding/json"
	"maps"
	"slices"

	"github.com/appdock/appdock/internal/entity"
)

// typesOf gives the types of the custom fields of some names, as their rows have them; names
// that no row has are missing in it.
func typesOf(search searcher, names map[string]bool) (map[string]string, error) {
	if len(names) == 0 {
		return nil, nil
	}
	sorted := make([]any, 0, len(names))
	for _, name := range slices.Sorted(maps.Keys(names)) {
		sorted = append(sorted, name)
	}
	types := make(map[string]string, len(names))
	for some := range slices.Chunk(sorted, maxBatch) {
		found, err := search(entity.View{}, &entity.Criteria{
			Entity:  "custom_field",
			Filters: []entity.Filter{{Kind: entity.EqualsAny, Field: "name", Values: some}},
		})
		if err != nil {
			return nil, err
		}
		for _, r := range found.Records {
			types[r.Text("name")] = r.Text("type")
		}
	}
	return types, nil
}

// namedInPayload collects the names of the custom fields that are written anywhere in a payload.
func namedInPayload(v any, named map[string]bool) {
	switch v := v.(type) {
	case map[string]any:
		for name, member := range v {
			members, isMap := member.(map[string]any)
			if name != "customFields" || !isMap {
				namedInPayload(member, named)
				continue
			}
			for name := range members {
				if isIdentifier(name) && len(name) <= maxString {
					named[name] = true
				}
			}
		}
	case []any:
		for _, item := range v {
			namedInPayload(item, named)
		}
	}
}

// customValue reads the value of a custom field by the type of its row. One without a row is
// stored as it was sent (entities.md, "Custom field types"), and so are those types that are
// plain JSON in Shopware: a select has one value or a list of them, an entity an id or many, and
// what has a component of its own whatever that keeps. null is always a value.
func (l *faultList) customValue(kind string, v any, pointer string) (json.RawMessage, bool) {
	var f entity.Field
	asSent := false
	switch kind {
	case "int":
		f.Type = entity.Int
	case "float":
		f.Type = entity.Float
	case "bool":
		f.Type = entity.Bool
	case "datetime":
		f.Type, asSent = entity.DateTime, true // compared as the text that was sent (admin-api.md 5.2)
	case "text":
		f.Type = entity.Text
	case "html":
		f.Type, f.Markup = entity.Text, true
	case "price":
		f.Type, asSent = entity.Prices, true
	default:
		return encode(v), true
	}
	value, ok := l.value(f, v, pointer)
	switch {
	case !ok:
		return nil, false
	case asSent && value != nil: // a text or a list without anything in it is none
		value = v
	}
	return encode(value), true
}
