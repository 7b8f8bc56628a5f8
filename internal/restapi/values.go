package restapi

import (
	"bytes"
	"cmp"
	"encoding/json"
	"slices"
	"time"

	"github.com/appdock/appdock/internal/entity"
)

// The forms of values (rest-api-sitepack.md 1).

const moments = "2006-01-02T15:04:05.000Z"

func moment(r entity.Record, field string) string {
	at, _ := r.Get(field).(time.Time)
	return at.UTC().Format(moments)
}

func momentOrNil(r entity.Record, field string) *string {
	if at, ok := r.Get(field).(time.Time); ok && !at.IsZero() {
		text := at.UTC().Format(moments)
		return &text
	}
	return nil
}

func shownTextOrNil(r entity.Record, field string) *string {
	if text := r.Display(field); text != "" {
		return &text
	}
	return nil
}

func textOrNil(r entity.Record, field string) *string {
	if r.Definition == nil {
		return nil
	}
	if text, ok := r.Get(field).(string); ok {
		return &text
	}
	return nil
}

func truth(r entity.Record, field string) bool { b, _ := r.Get(field).(bool); return b }

func whole(r entity.Record, field string) int64 { n, _ := r.Get(field).(int64); return n }

func numberOrNil(r entity.Record, field string) *float64 {
	if r.Get(field) == nil {
		return nil
	}
	n := r.Number(field)
	return &n
}

func textList(r entity.Record, field string) []string {
	list := []string{}
	if json.Unmarshal(r.Document(field), &list) != nil || list == nil {
		return []string{}
	}
	return list
}

func totalPrice(r entity.Record, field string) float64 {
	var price struct {
		Total float64 `json:"totalPrice"`
	}
	if json.Unmarshal(r.Document(field), &price) != nil {
		return 0
	}
	return price.Total
}

func metafields(r entity.Record) any {
	values := metafieldsIn(r.Document("customFields"))
	for name, v := range values {
		if string(v) == "null" {
			delete(values, name)
		}
	}
	return values
}

// metafieldsIn are the custom fields of a record that are metafields: an empty object if it has
// none.
func metafieldsIn(customFields json.RawMessage) map[string]json.RawMessage {
	values := map[string]json.RawMessage{}
	if json.Unmarshal(customFields, &values) != nil || values == nil {
		return map[string]json.RawMessage{}
	}
	delete(values, notesKey)
	return values
}

func machineState(r entity.Record) string {
	s, _ := r.One("stateMachineState")
	if s.Definition == nil {
		return ""
	}
	return s.Text("technicalName")
}

func tagsOf(r entity.Record) []string {
	names := []string{}
	for _, t := range r.Loaded["tags"].Records {
		names = append(names, t.Text("name"))
	}
	slices.Sort(names)
	return names
}

func oldestFirst(list []entity.Record) []entity.Record {
	sorted := slices.Clone(list)
	slices.SortStableFunc(sorted, func(a, b entity.Record) int {
		x, _ := a.Get("createdAt").(time.Time)
		y, _ := b.Get("createdAt").(time.Time)
		first, second := a.ID(), b.ID()
		return cmp.Or(x.Compare(y), bytes.Compare(first[:], second[:]))
	})
	return sorted
}
