package httpapi_test

import (
	"net/http"
	"testing"
)

// TestSettingsNeedKeys: a list holds values that would be written nowhere, unless it is what PHP
// makes of an empty object.
func TestSettingsNeedKeys(t *testing.T) {
	t.Parallel()
	const one, batch = "/api/_action/system-config", "/api/_action/system-config/batch"
	for name, c := range map[string]struct {
		path, body string
		want       int
	}{
		"a list of values":              {one, `[1]`, http.StatusBadRequest},
		"a list of channels":            {batch, `[{"a":1}]`, http.StatusBadRequest},
		"a list of values of the shop":  {batch, `{"null":[1]}`, http.StatusBadRequest},
		"a number":                      {one, `5`, http.StatusBadRequest},
		"an empty object of PHP":        {one, `[]`, http.StatusNoContent},
		"an empty batch of PHP":         {batch, `[]`, http.StatusNoContent},
		"nothing of the shop, from PHP": {batch, `{"null":[]}`, http.StatusNoContent},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var s taker
			if got := s.take(t, c.path, "", "application/json", c.body); got != c.want {
				t.Errorf("%s %s: got %d, want %d", c.path, c.body, got, c.want)
			}
		})
	}
}
