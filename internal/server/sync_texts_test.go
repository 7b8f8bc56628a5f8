package server_test

import (
	"encoding/json"
	"net/http"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/appdock/appdock"
)

// TestSyncTellsOfTexts looks for the texts among what a sync says it wrote, those of the system's
// language too, which stand in the records themselves (admin-api.md 6.2).
func TestSyncTellsOfTexts(t *testing.T) {
	t.Parallel()
	c, _ := newCaller(t)
	german, _ := c.found("language", `{"filter":[{"type":"equals","field":"locale.code","value":"de-DE"}]}`)["id"].(string)
	const both, plain = "018c0000000070008000000000000f01", "018c0000000070008000000000000f02"
	texts := func(payload string) any {
		t.Helper()
		var answer struct{ Data map[string]any }
		body := c.done("POST", "/api/_action/sync", `[{"entity":"unit","action":"upsert","payload":[`+payload+`]}]`, http.StatusOK)
		if err := json.Unmarshal(body, &answer); err != nil {
			t.Fatal(err)
		}
		return answer.Data["unit_translation"]
	}
	keys := func(unit, language string) any { return map[string]any{"unitId": unit, "languageId": language} }
	system := appdock.SystemLanguage.String()
	got := texts(`{"id":"` + both + `","shortCode":"b","name":"Both","translations":{"de-DE":{"name":"Beide","shortCode":"B"}}},
		{"id":"` + plain + `","shortCode":"p","name":"Plain"},
		{"id":"` + plain + `","name":"Plain again"}`)
	if diff := cmp.Diff([]any{keys(both, german), keys(both, system), keys(plain, system)}, got); diff != "" {
		t.Errorf("texts (-want +got):\n%s", diff)
	}
	if got := texts(`{"id":"` + plain + `"}`); got != nil {
		t.Errorf("a unit without a text: %v", got)
	}
}
