package sqlstore_test

import (
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/appdock/appdock"
	"github.com/appdock/appdock/internal/entity"
	"github.com/appdock/appdock/internal/sqlstore"
)

// TestKeptTextsAreThoseMadeAnew compares each statement that finds records by keys with that of
// a schema of which nothing was asked before.
func TestKeptTextsAreThoseMadeAnew(t *testing.T) {
	t.Parallel()
	views := map[string]entity.View{
		"live":         {},
		"live by name": {Version: appdock.LiveVersion},
		"draft":        {Version: id("draft"), Base: id("base")},
		"language":     {Language: id("German")},
		"the system's": {Language: appdock.SystemLanguage},
		"inheriting":   {Inherit: true},
	}
	keys := [][]appdock.ID{{id("a")}, {id("a"), id("b")}, {id("b"), id("c"), id("d")}}
	criteria := []*entity.Criteria{{}, {Limit: 1}, {Sort: []entity.Sort{{Field: "id"}}}}
	for _, dialect := range []sqlstore.Dialect{sqlstore.SQLite, sqlstore.Postgres} {
		used := sqlstore.Translator{Dialect: dialect, Schema: library(t)}
		for range 2 {
			for name, v := range views {
				for _, c := range criteria {
					for n, keys := range keys {
						fresh := sqlstore.Translator{Dialect: dialect, Schema: library(t)}
						for _, of := range used.Schema.Names() {
							what := fmt.Sprintf("%s, %s, %d keys, %+v", of, name, n+1, c)
							byIDs := *c
							byIDs.Entity, byIDs.IDs = of, keys
							same(t, what, used, fresh, func(t sqlstore.Translator) (sqlstore.Statement, error) { return t.Select(int64(n+7), v, &byIDs) })
							d, _ := used.Schema.Definition(of)
							for _, a := range d.Associations {
								same(t, what+", "+a.Name, used, fresh, func(t sqlstore.Translator) (sqlstore.Statement, error) {
									d, _ := t.Schema.Definition(of)
									return t.Related(int64(n+7), v, appdock.LiveVersion, d, a, keys, c)
								})
							}
						}
					}
				}
			}
		}
	}
}

func same(t *testing.T, what string, used, fresh sqlstore.Translator, statement func(sqlstore.Translator) (sqlstore.Statement, error)) {
	t.Helper()
	got, err := statement(used)
	want, wanted := statement(fresh)
	if fmt.Sprint(err) != fmt.Sprint(wanted) {
		t.Fatalf("%s: got error %v, want %v", what, err, wanted)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Fatalf("%s (-made anew +kept):\n%s", what, diff)
	}
}
