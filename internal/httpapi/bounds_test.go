package httpapi_test

import (
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/appdock/appdock/internal/entity"
)

// TestAnswersAreBounded: records that refer to each other make long texts of few rows.
func TestAnswersAreBounded(t *testing.T) {
	t.Parallel()
	const round = "?associations[manufacturer][associations][products][associations][manufacturer][associations][products]"
	const jsonAPI = "Accept: application/vnd.api+json"
	long := `{"associations":{"manufacturer":{"associations":{"products":{}}}}}`
	tests := map[string]struct {
		send
		want int
	}{
		"a short list":           {send{method: "GET", path: "/api/product"}, 200},
		"a long list":            {send{method: "GET", path: "/api/product" + round}, 400},
		"a long record":          {send{method: "GET", path: "/api/product/" + teaID.String() + round}, 400},
		"a long search":          {send{method: "POST", path: "/api/search/product", body: long}, 400},
		"a long document":        {send{method: "POST", path: "/api/search/product", body: long, headers: []string{jsonAPI}}, 400},
		"a short document":       {send{method: "GET", path: "/api/product/" + cocoaID.String(), headers: []string{jsonAPI}}, 200},
		"ids of a long list":     {send{method: "POST", path: "/api/search-ids/product", body: long}, 200},
		"what was written stays": {send{method: "PATCH", path: "/api/product/" + teaID.String() + round + "&_response=1", body: `{}`}, 204},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := newFake(t)
			for range 20 {
				f.add("product", newID, nil, makerID, strings.Repeat("tea ", 50))
			}
			if strings.HasPrefix(name, "a short list") {
				f = newFake(t)
			}
			api, _ := newAPI(f)
			w := tt.to(api)
			if w.Code != tt.want || w.Body.Len() > 10_000 {
				t.Errorf("got %d and %d bytes", w.Code, w.Body.Len())
			}
			if told := strings.Contains(w.Body.String(), entity.CodeTooLarge); told != (tt.want == 400) {
				t.Errorf("got %.300s", w.Body)
			}
		})
	}
}

// TestNobodyWaitsForEver: a shop that does not answer is not asked for longer than its time.
func TestNobodyWaitsForEver(t *testing.T) {
	t.Parallel()
	for name, s := range map[string]send{
		"reading": {method: "GET", path: "/api/product"},
		"writing": {method: "POST", path: "/api/product", body: `{"name":"x"}`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				f := newFake(t)
				f.hangs = true
				api, log := newAPI(f)
				begun := time.Now()
				w := s.to(api)
				if took := time.Since(begun); took != 5*time.Second {
					t.Errorf("it took %s", took)
				}
				golden(t, "too slow", w)
				if strings.Contains(log.String(), `"level":"ERROR"`) {
					t.Errorf("nobody has to look: %s", log)
				}
			})
		})
	}
}
