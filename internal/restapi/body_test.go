package restapi

import (
	"errors"
	"slices"
	"testing"
	"time"
)

// TestANameStandsInABodyOnce refuses what one reader takes as the first value and another as the
// last.
func TestANameStandsInABodyOnce(t *testing.T) {
	t.Parallel()
	a := &api{options: Options{Now: time.Now}}
	d := describe(a.routes())
	for text, want := range map[string][]string{
		`{"name":"a","name":"b"}`:                           {"/name repeated"},
		`{"name":"a","\u006eame":"b"}`:                      {"/name repeated"},
		`{"name":"a","Name":"b"}`:                           {"/Name unknown_field"},
		`{"metafields":{"a":{"b~/":1,"b~/":2},"A":1}}`:      {"/metafields/a/b~0~1 repeated"},
		`{"metafields":{"a":[{"b":1},{"b":1,"b":2}]}}`:      {"/metafields/a/1/b repeated"},
		`{"metafields":{"a":1},"name":"a","metafields":{}}`: {"/metafields repeated"},
		`{"metafields":{"a":1,"A":[{"a":1},{"a":1}]}}`:      nil,
	} {
		var in productPatch
		var got []string
		if err := d.decode([]byte(text), &in); err != nil {
			p, ok := errors.AsType[*problem](err)
			if !ok {
				t.Errorf("%s: %v", text, err)
				continue
			}
			for _, f := range p.Errors {
				got = append(got, f.Pointer+" "+f.Code)
			}
		}
		if !slices.Equal(got, want) {
			t.Errorf("%s: got %q, want %q", text, got, want)
		}
	}
}
