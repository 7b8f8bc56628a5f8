package shop_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/appdock/appdock"
	"github.com/appdock/appdock/internal/entity"
)

// TestLocks keeps a set of custom fields, and what stands in it, for the app it belongs to.
func TestLocks(t *testing.T) {
	t.Parallel()
	const owner, locked, free, field, relation, loose = "018c000000007000800000000000f001", "018c000000007000800000000000f002", "018c000000007000800000000000f003",
		"018c000000007000800000000000f004", "018c000000007000800000000000f005", "018c000000007000800000000000f006"
	const code = "FRAMEWORK__ENTITY_IS_LOCKED"
	someone := func(installation string) appdock.Actor {
		a := appdock.Actor{Shop: shopID, Integration: appdock.MustID(unknownID), Everything: true}
		if installation != "" {
			a.Installation = appdock.MustID(installation)
		}
		return a
	}
	tests := map[string]struct {
		actor appdock.Actor
		ops   []entity.Operation
		want  map[string]string
	}{
		"the set":                        {someone(""), []entity.Operation{upsert(t, "custom_field_set", `{"id":"`+locked+`","name":"x"}`)}, map[string]string{"/0": code}},
		"its end":                        {someone(""), []entity.Operation{deletion(t, "custom_field_set", `{"id":"`+locked+`"}`)}, map[string]string{"/0": code}},
		"a field of it":                  {someone(""), []entity.Operation{upsert(t, "custom_field", `{"id":"`+field+`","active":true}`)}, map[string]string{"/0": code}},
		"the end of a field":             {someone(""), []entity.Operation{deletion(t, "custom_field", `{"id":"`+field+`"}`)}, map[string]string{"/0": code}},
		"where it applies":               {someone(""), []entity.Operation{deletion(t, "custom_field_set_relation", `{"id":"`+relation+`"}`)}, map[string]string{"/0": code}},
		"another field in it":            {someone(""), []entity.Operation{upsert(t, "custom_field", `{"name":"more","type":"text","customFieldSetId":"`+locked+`"}`)}, map[string]string{"/0": code}},
		"a field moved into it":          {someone(""), []entity.Operation{upsert(t, "custom_field", `{"id":"`+loose+`","customFieldSetId":"`+locked+`"}`)}, map[string]string{"/0": code}},
		"a field moved out of it":        {someone(""), []entity.Operation{upsert(t, "custom_field", `{"id":"`+field+`","customFieldSetId":"`+free+`"}`)}, map[string]string{"/0": code}},
		"for another app":                {someone(unknownID), []entity.Operation{upsert(t, "custom_field_set", `{"id":"`+locked+`","name":"x"}`)}, map[string]string{"/0": code}},
		"only named":                     {someone(""), []entity.Operation{upsert(t, "custom_field_set", `{"id":"`+locked+`"}`)}, map[string]string{}},
		"a set of the shop":              {someone(""), []entity.Operation{upsert(t, "custom_field_set", `{"id":"`+free+`","name":"x"}`)}, map[string]string{}},
		"a field of no set":              {someone(""), []entity.Operation{upsert(t, "custom_field", `{"id":"`+loose+`","active":true}`)}, map[string]string{}},
		"the app itself, with all of it": {someone(owner), []entity.Operation{upsert(t, "custom_field_set", `{"id":"`+locked+`","name":"x","customFields":[{"id":"`+field+`","active":true}]}`)}, map[string]string{}},
		"the host":                       {appdock.Host(shopID), []entity.Operation{deletion(t, "custom_field_set", `{"id":"`+locked+`"}`)}, map[string]string{}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			w.store.put("app", map[string]any{"id": appdock.MustID(owner)})
			w.host(t, []entity.Operation{
				upsert(t, "custom_field_set", `{"id":"`+locked+`","name":"locked","appId":"`+owner+`","customFields":[{"id":"`+field+`","name":"f","type":"text"}],"relations":[{"id":"`+relation+`","entityName":"product"}]}`),
				upsert(t, "custom_field_set", `{"id":"`+free+`","name":"free"}`),
				upsert(t, "custom_field", `{"id":"`+loose+`","name":"loose","type":"text"}`),
			})
			_, err := w.Write(t.Context(), test.actor, entity.View{}, test.ops)
			if diff := cmp.Diff(test.want, faults(t, err)); diff != "" {
				t.Errorf("%v\n%s", err, diff)
			}
		})
	}
}
