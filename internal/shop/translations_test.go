package shop_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/appdock/appdock"
	"github.com/appdock/appdock/internal/entity"
)

// german is the seeded language that is not the system's.
func (w *world) german(tb testing.TB) appdock.ID {
	tb.Helper()
	for id := range w.store.rows["language"] {
		if id != appdock.SystemLanguage {
			return id
		}
	}
	tb.Fatal("there is one language only")
	return appdock.ID{}
}

func TestTextsOfOtherLanguages(t *testing.T) {
	t.Parallel()
	german := newWorld(t).german(t)
	tests := map[string]struct {
		payload  string
		language appdock.ID // of the request
		want     map[string]any
		system   string
	}{
		"a map by locale":                {`{"name":{"en-GB":"Tea","de-DE":"Tee"}}`, appdock.ID{}, map[string]any{"name": "Tee"}, "Tea"},
		"a map by id":                    {`{"name":{"` + appdock.SystemLanguage.String() + `":"Tea","` + german.String() + `":"Tee"}}`, appdock.ID{}, map[string]any{"name": "Tee"}, "Tea"},
		"translations by locale":         {`{"translations":{"de-DE":{"name":"Tee","keywords":"heiß"}}}`, appdock.ID{}, map[string]any{"name": "Tee", "keywords": "heiß"}, "Tea"},
		"a list of translations":         {`{"translations":[{"languageId":"` + german.String() + `","name":"Tee"}]}`, appdock.ID{}, map[string]any{"name": "Tee"}, "Tea"},
		"plain values win":               {`{"name":{"de-DE":"Tee","en-GB":"Tea"},"translations":{"de-DE":{"name":"no"},"en-GB":{"name":"no"}}}`, appdock.ID{}, map[string]any{"name": "Tee"}, "Tea"},
		"the language of the request":    {`{"-id":0,"name":"Tee","translations":{"en-GB":{"name":"Tea"}}}`, german, map[string]any{"name": "Tee"}, "Tea"},
		"members of both forms":          {`{"customFields":{"a":1},"translations":{"en-GB":{"customFields":{"a":2,"b":3}},"de-DE":{"name":"Tee"}}}`, appdock.ID{}, map[string]any{"name": "Tee"}, "Tea"},
		"custom fields stand for others": {`{"translations":{"de-DE":{"customFields":{"a":1}}}}`, appdock.ID{}, map[string]any{"customFields": `{"a":1}`}, "Tea"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			payload := merge(t, w.fill(teaPayload), test.payload)
			payload["id"] = teaID
			_, err := w.Write(t.Context(), appdock.Host(shopID), entity.View{Language: test.language},
				[]entity.Operation{{Entity: "product", Action: entity.Insert, Payload: payload, Pointer: "/0"}})
			if err != nil {
				t.Fatal(err)
			}
			got := map[string]any{}
			for name, v := range w.store.get("product_translation", entity.PairID(appdock.MustID(teaID), german)) {
				switch v := v.(type) {
				case json.RawMessage:
					got[name] = string(v)
				case string:
					got[name] = v
				}
			}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Error(diff)
			}
			tea := w.store.get("product", appdock.MustID(teaID))
			if system := tea["name"]; system != test.system {
				t.Errorf("the name in the system language is %v", system)
			}
			if own, _ := tea["customFields"].(json.RawMessage); name == "members of both forms" && string(own) != `{"a":1,"b":3}` {
				t.Errorf("the custom fields are %s", own)
			}
		})
	}
}

// TestTextsBelongToTheirRecord looks at what others see of a change of texts: the privilege
// and the event are those of the record.
func TestTextsBelongToTheirRecord(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	texts := merged(t, w.fill(teaPayload), `{"translations":{"de-DE":{"name":"Tee"}}}`)
	_, err := w.Write(t.Context(), actor(), entity.View{}, []entity.Operation{upsert(t, "product", texts)})
	if diff := cmp.Diff([]string{"product:create"}, missing(t, err)); diff != "" {
		t.Error(diff)
	}
	w.host(t, []entity.Operation{upsert(t, "product", w.fill(teaPayload))})
	german := w.german(t).String()
	for name, op := range map[string]entity.Operation{
		"with the record":   upsert(t, "product", `{"id":"`+teaID+`","translations":{"de-DE":{"name":"Tee"}}}`),
		"by their own name": upsert(t, "product_translation", `{"productId":"`+teaID+`","languageId":"`+german+`","name":"Teechen"}`),
	} {
		_, err = w.Write(t.Context(), actor(), entity.View{}, []entity.Operation{op})
		if diff := cmp.Diff([]string{"product:update"}, missing(t, err)); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
		w.told = nil
		w.host(t, []entity.Operation{op})
		if len(w.told) != 1 || w.told[0].Name != "product.written" || !strings.Contains(string(w.told[0].Data.Payload), `"primaryKey":"`+teaID+`","updatedFields":["name"]`) {
			t.Errorf("%s: told %v", name, w.told)
		}
	}
	gone := deletion(t, "product_translation", `{"productId":"`+teaID+`","languageId":"`+german+`"}`)
	written := w.host(t, []entity.Operation{gone})
	if len(written.Deleted["product_translation"]) != 1 || len(w.store.rows["product_translation"]) != 0 {
		t.Errorf("%+v", written)
	}
	system := deletion(t, "product_translation", `{"productId":"`+teaID+`","languageId":"`+appdock.SystemLanguage.String()+`"}`)
	_, err = w.Write(t.Context(), appdock.Host(shopID), entity.View{}, []entity.Operation{system})
	if diff := cmp.Diff(map[string]string{"/0": "delete-system-translation-violation"}, faults(t, err)); diff != "" {
		t.Error(diff)
	}
}
