package admin

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/appdock/appdock/internal/entity"
)

// added are the custom fields that a record holds, which apps write and nothing else on its page
// shows: by their labels, those without one by their names.
func (v *visit) added(r entity.Record) ([]fact, error) {
	at := r.Definition.Index("customFields")
	if at < 0 {
		return nil, nil
	}
	var values map[string]json.RawMessage
	if document, _ := r.Translated(at).(json.RawMessage); document != nil {
		if err := json.Unmarshal(document, &values); err != nil {
			return nil, fmt.Errorf("read the custom fields of %s %s: %w", r.Definition.Name, r.ID(), err)
		}
	}
	if len(values) == 0 {
		return nil, nil
	}
	names := slices.Sorted(maps.Keys(values))
	labels, err := v.labels(names)
	if err != nil {
		return nil, err
	}
	list := make([]fact, len(names))
	for i, name := range names {
		list[i] = fact{labels[name], v.plainly(values[name])}
	}
	return facts(list...), nil
}

// labels are what custom fields are called in the visitor's language: the label that their app or
// the merchant gave them, else one in English, else the name.
func (v *visit) labels(names []string) (map[string]string, error) {
	labels := map[string]string{}
	asked := make([]any, len(names))
	for i, name := range names {
		labels[name], asked[i] = name, name
	}
	found, err := v.search(&entity.Criteria{
		Entity: "custom_field", Filters: []entity.Filter{{Kind: entity.EqualsAny, Field: "name", Values: asked}}, Limit: len(names),
	})
	for _, f := range found {
		var config struct {
			Label map[string]string `json:"label"`
		}
		if json.Unmarshal(f.Document("config"), &config) != nil {
			continue // it has no label that can be read
		}
		for _, lang := range []string{v.texts.lang, languages[0]} {
			if label := inLanguage(config.Label, lang); label != "" {
				labels[f.Text("name")] = label
				break
			}
		}
	}
	return labels, err
}

// inLanguage picks a text by the language of its locale, such as "de" of "de-DE".
func inLanguage(byLocale map[string]string, lang string) string {
	for _, locale := range slices.Sorted(maps.Keys(byLocale)) {
		if base, _, _ := strings.Cut(locale, "-"); base == lang && byLocale[locale] != "" {
			return byLocale[locale]
		}
	}
	return ""
}

// plainly writes a value of a custom field: a text as it is, a truth in words, a structure as JSON.
func (v *visit) plainly(raw json.RawMessage) string {
	var value any
	if json.Unmarshal(raw, &value) != nil {
		return ""
	}
	switch value := value.(type) {
	case nil:
		return ""
	case string:
		return value
	case bool:
		return v.texts.truth(value)
	}
	return string(raw)
}
