package restapi

import (
	"encoding/json"
	"testing"
)

// TestPreviousShowsNoNotes shows metafields of before as those of now are shown: the notes of an
// order, which are kept beside them, are none.
func TestPreviousShowsNoNotes(t *testing.T) {
	t.Parallel()
	for before, want := range map[string]string{
		`{"customFields":null}`: `{"metafields":{}}`,

		`{"customFields":{"appdock_notes":[{"text":"Called"}]}}`:             `{"metafields":{}}`,
		`{"customFields":{"appdock_notes":null,"a":1},"orderNumber":"1"}`:    `{"metafields":{"a":1},"number":"1"}`,
		`{"customFields":{"a":null},"customerComment":null,"hidden":"none"}`: `{"metafields":{"a":null},"note":null}`,
	} {
		var values map[string]json.RawMessage
		if err := json.Unmarshal([]byte(before), &values); err != nil {
			t.Fatal(err)
		}
		if got, err := json.Marshal(kinds["order"].before(values)); err != nil || string(got) != want {
			t.Errorf("%s: got %s, want %s (%v)", before, got, want, err)
		}
	}
}
