package httpapi_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/appdock/appdock/internal/entity"
)

// TestIntervalFaults is admin-api.md 5.2, since and until, and what is no such filter.
func TestIntervalFaults(t *testing.T) {
	t.Parallel()
	for body, pointer := range map[string]string{
		`"parameters":{"operator":"gt"}`:                    "/filter/0/value",
		`"value":"","parameters":{"operator":"gt"}`:         "/filter/0/value",
		`"value":"P","parameters":{"operator":"gt"}`:        "/filter/0/value",
		`"value":"P1DT","parameters":{"operator":"gt"}`:     "/filter/0/value",
		`"value":"30 days","parameters":{"operator":"gt"}`:  "/filter/0/value",
		`"value":"P1.5D","parameters":{"operator":"gt"}`:    "/filter/0/value",
		`"value":"-P1D","parameters":{"operator":"gt"}`:     "/filter/0/value",
		`"value":"P999999D","parameters":{"operator":"gt"}`: "/filter/0/value",
		`"value":["P1D"],"parameters":{"operator":"gt"}`:    "/filter/0/value",
		`"value":"P1D"`:                                             "/filter/0/parameters/operator",
		`"value":"P1D","parameters":[]`:                             "/filter/0/parameters/operator",
		`"value":"P1D","parameters":{"operator":"= 1 OR 1"}`:        "/filter/0/parameters/operator",
		`"value":"P1D","parameters":{"operator":{"gt":"operator"}}`: "/filter/0/parameters/operator",
	} {
		for _, kind := range []string{"since", "until"} {
			t.Run(kind+" "+body, func(t *testing.T) {
				t.Parallel()
				f := newFake(t)
				api, _ := newAPI(f)
				w := send{method: "POST", path: "/api/search/product", body: `{"filter":[{"type":"` + kind + `","field":"createdAt",` + body + `}]}`}.to(api)
				got := faults(t, w.Body.Bytes())
				if diff := cmp.Diff([]fault{{"FRAMEWORK__INVALID_FILTER_QUERY", pointer}}, got); w.Code != 400 || diff != "" {
					t.Errorf("got %d, faults (-want +got):\n%s", w.Code, diff)
				}
				if len(f.asked) > 0 {
					t.Errorf("the shop was asked %v", f.asked)
				}
			})
		}
	}
}

func TestIntervals(t *testing.T) {
	t.Parallel()
	day := func(month time.Month, day int) time.Time { return time.Date(2026, month, day, 0, 0, 0, 0, time.UTC) }
	noon := 12 * time.Hour // of the clock that the API has: 2026-03-01
	tests := map[string]struct {
		filter string
		want   []entity.Bounds // that must hold; for neq, the last two are alternatives
	}{
		"older than a month":            {`{"type":"since","value":"P1M","parameters":{"operator":"gt"}}`, []entity.Bounds{{LT: started}, {LT: day(2, 1).Add(noon)}}},
		"at least 30 days old":          {`{"type":"since","value":"P30D","parameters":{"operator":"gte"}}`, []entity.Bounds{{LT: started}, {LTE: day(1, 30).Add(noon)}}},
		"younger than a week and a day": {`{"type":"since","value":"P1W1D","parameters":{"operator":"lt"}}`, []entity.Bounds{{LT: started}, {GT: day(2, 21).Add(noon)}}},
		"at most 13 hours old":          {`{"type":"since","value":"PT12H60M","parameters":{"operator":"lte"}}`, []entity.Bounds{{LT: started}, {GTE: day(2, 28).Add(23 * time.Hour)}}},
		"of a day ago":                  {`{"type":"since","value":"P1D","parameters":{"operator":"eq"}}`, []entity.Bounds{{LT: started}, {GTE: day(2, 28), LT: day(3, 1)}}},
		"not of a day ago":              {`{"type":"since","value":"P1D","parameters":{"operator":"neq"}}`, []entity.Bounds{{LT: started}, {LT: day(2, 28)}, {GTE: day(3, 1)}}},
		"more than a year ahead":        {`{"type":"until","value":"P1Y","parameters":{"operator":"gt"}}`, []entity.Bounds{{GT: started}, {GT: started.AddDate(1, 0, 0)}}},
		"at most a minute ahead":        {`{"type":"until","value":"PT1M","parameters":{"operator":"lte"}}`, []entity.Bounds{{GT: started}, {LTE: started.Add(time.Minute)}}},
		"of tomorrow":                   {`{"type":"until","value":"P1D","parameters":{"operator":"eq"}}`, []entity.Bounds{{GT: started}, {GTE: day(3, 2), LT: day(3, 3)}}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := newFake(t)
			api, _ := newAPI(f)
			body := `{"filter":[` + tt.filter[:1] + `"field":"createdAt",` + tt.filter[1:] + `]}`
			if w := (send{method: "POST", path: "/api/search/product", body: body}).to(api); w.Code != 200 {
				t.Fatalf("got %d %s", w.Code, w.Body)
			}
			var got []entity.Bounds
			var collect func([]entity.Filter)
			collect = func(filters []entity.Filter) {
				for _, f := range filters {
					if f.Kind == entity.Range {
						got = append(got, f.Bounds)
					}
					collect(f.Queries)
				}
			}
			collect(f.asked[0].Filters)
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("bounds (-want +got):\n%s", diff)
			}
		})
	}
}
