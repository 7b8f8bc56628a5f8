package shop_test

import (
	"encoding/json"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/appdock/appdock"
	"github.com/appdock/appdock/internal/entity"
)

// customised is a world with a custom field of each type, called as its type.
func customised(tb testing.TB) *world {
	tb.Helper()
	w := newWorld(tb)
	for _, kind := range []string{
		"bool", "checkbox", "colorpicker", "date", "datetime", "entity", "float", "html", "int", "json", "media", "number", "price", "select", "switch", "text",
	} {
		if err := w.write(tb, entity.Insert, "custom_field", map[string]any{"name": kind, "type": kind}); err != nil {
			tb.Fatal(err)
		}
	}
	return w
}

func TestValuesOfCustomFields(t *testing.T) {
	t.Parallel()
	const (
		wrong  = "ba785a8c-82cb-4283-967c-3cf342181b40"
		price  = `{"price":[{"currencyId":"b7d2554b0ce847cd82f3ac9bd1c0dfca","net":1,"gross":1.19,"linked":true}]}`
		absent = "2fa2158c-2a7f-484b-98aa-975522539ff8"
	)
	tests := map[string]struct {
		sent string
		want string            // stored; empty: as it was sent
		bad  map[string]string // by the path below customFields
	}{
		"a whole number":              {`{"int":5}`, ``, nil},
		"a fraction for one":          {`{"int":5.5}`, ``, map[string]string{"/int": wrong}},
		"a text for one":              {`{"int":"5"}`, ``, map[string]string{"/int": wrong}},
		"a number":                    {`{"float":5.5}`, ``, nil},
		"a numeric text":              {`{"float":"5.5"}`, `{"float":5.5}`, nil},
		"a text for a number":         {`{"float":"five"}`, ``, map[string]string{"/float": wrong}},
		"a truth":                     {`{"bool":false}`, ``, nil},
		"a number for a truth":        {`{"bool":1}`, ``, map[string]string{"/bool": wrong}},
		"a moment":                    {`{"datetime":"2024-10-24T21:30:46+02:00"}`, ``, nil},
		"no moment":                   {`{"datetime":"soon"}`, ``, map[string]string{"/datetime": wrong}},
		"a text":                      {`{"text":"a < b"}`, ``, nil},
		"a text with markup":          {`{"text":"<b>a</b>"}`, `{"text":"a"}`, nil},
		"a list for a text":           {`{"text":["a"]}`, ``, map[string]string{"/text": wrong}},
		"markup":                      {`{"html":"<b>a</b><script>b</script>"}`, `{"html":"<b>a</b>"}`, nil},
		"a number for markup":         {`{"html":1}`, ``, map[string]string{"/html": wrong}},
		"a price":                     {price, ``, nil},
		"a number for a price":        {`{"price":5}`, ``, map[string]string{"/price": wrong}},
		"a price without gross":       {`{"price":[{"currencyId":"b7d2554b0ce847cd82f3ac9bd1c0dfca","net":1,"linked":true}]}`, ``, map[string]string{"/price/0/gross": absent}},
		"one of a selection":          {`{"select":"a"}`, ``, nil},
		"some of a selection":         {`{"select":["a","b"]}`, ``, nil},
		"records":                     {`{"entity":["018c0000000070008000000000000001"]}`, ``, nil},
		"a document":                  {`{"json":{"a":[1]}}`, ``, nil},
		"what components keep":        {`{"colorpicker":"#fff","date":"2024","media":"a","number":"5","switch":"on","checkbox":1}`, ``, nil},
		"none of each":                {`{"bool":null,"datetime":null,"float":null,"html":null,"int":null,"price":null,"text":null}`, ``, nil},
		"empty ones":                  {`{"datetime":"","html":"","price":[],"text":""}`, `{"datetime":null,"html":null,"price":null,"text":null}`, nil},
		"a name without a row":        {`{"free":{"a":1}}`, ``, nil},
		"a name that can have no row": {`{"a/b":1,"Int":"5"}`, ``, nil},
		"two at once":                 {`{"int":"5","text":1,"free":1}`, ``, map[string]string{"/int": wrong, "/text": wrong}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := customised(t)
			german := w.german(t)
			places := map[string]struct{ payload, at, entity string }{
				"plain":           {`{"customFields":` + test.sent + `}`, "/0/customFields", "product"},
				"in a language":   {`{"translations":{"de-DE":{"customFields":` + test.sent + `}}}`, "/0/translations/de-DE/customFields", "product_translation"},
				"below a product": {`{"unit":{"name":"U","shortCode":"u","customFields":` + test.sent + `}}`, "/0/unit/customFields", "unit"},
			}
			for place, p := range places {
				payload := merge(t, w.fill(teaPayload), p.payload)
				delete(payload, "id")
				payload["productNumber"] = place
				want := map[string]string{}
				for at, code := range test.bad {
					want[p.at+at] = code
				}
				before := len(w.store.rows[p.entity])
				if diff := cmp.Diff(want, faults(t, w.write(t, entity.Upsert, "product", payload))); diff != "" {
					t.Fatalf("%s: %s", place, diff)
				}
				if len(want) > 0 && len(w.store.rows[p.entity]) != before {
					t.Errorf("%s: something was written all the same", place)
				}
			}
			if len(test.bad) > 0 {
				return
			}
			stored := 0
			for _, rows := range []map[appdock.ID]fakeRow{w.store.rows["product"], w.store.rows["product_translation"], w.store.rows["unit"]} {
				for _, r := range rows {
					raw, _ := r.set["customFields"].(json.RawMessage)
					if raw == nil {
						continue
					}
					stored++
					want := test.want
					if want == "" {
						want = test.sent
					}
					if diff := cmp.Diff(parse(t, want), parse(t, string(raw))); diff != "" {
						t.Error(diff)
					}
				}
			}
			if stored != len(places) {
				t.Errorf("%d records have custom fields, not %d (German: %s)", stored, len(places), german)
			}
		})
	}
}

// An update keeps the values that it does not name, whatever they are, and checks its own.
func TestCustomFieldsOfUpdates(t *testing.T) {
	t.Parallel()
	w := customised(t)
	payload := merge(t, w.fill(teaPayload), `{"customFields":{"late":"five","int":1,"text":"a"}}`)
	if err := w.write(t, entity.Insert, "product", payload); err != nil {
		t.Fatal(err)
	}
	if err := w.write(t, entity.Insert, "custom_field", map[string]any{"name": "late", "type": "int"}); err != nil {
		t.Fatal(err)
	}
	update := func(customFields string) map[string]string {
		return faults(t, w.write(t, entity.Update, "product", parse(t, `{"id":"`+teaID+`","customFields":`+customFields+`}`)))
	}
	if got := update(`{"int":2,"text":null}`); len(got) > 0 {
		t.Error(got)
	}
	if got := update(`{"late":"five"}`); got["/0/customFields/late"] == "" {
		t.Errorf("a value of the wrong type is taken: %v", got)
	}
	raw, _ := w.store.get("product", appdock.MustID(teaID))["customFields"].(json.RawMessage)
	if diff := cmp.Diff(parse(t, `{"late":"five","int":2,"text":null}`), parse(t, string(raw))); diff != "" {
		t.Error(diff)
	}
}
