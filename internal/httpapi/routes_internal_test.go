package httpapi

import (
	"strings"
	"testing"
)

// TestDirectoryFindsWhatTheListDoes: the first route of the list that matches is found by its
// first segment, too, also where that may be any.
func TestDirectoryFindsWhatTheListDoes(t *testing.T) {
	t.Parallel()
	all := routes()
	list := listed(all)
	found := func(routes []route, segments []string) string {
		for _, rt := range routes {
			if _, ok := rt.match(segments); ok {
				return rt.pattern
			}
		}
		return "none"
	}
	const id = "018c0000000070008000000000000001"
	paths := []string{"", "product", "product/" + id, "product/" + id + "/tags", "product/" + id + "/tags/" + id, "search", "search/" + id, "_info/none", "notification/" + id, "script/a/b/c"}
	fill := strings.NewReplacer("{id}", id, "{version}", id, anyPath, "a/b", pathToMany, "tags/"+id+"/media", pathToOne, "tags/"+id, "{", "", "}", "")
	for _, rt := range all {
		path := fill.Replace(rt.pattern)
		paths = append(paths, path, path+"/more", strings.TrimSuffix(path, "/"+id))
	}
	for _, path := range paths {
		var segments []string
		if path != "" {
			segments = strings.Split(path, "/")
		}
		if got, want := found(list.along(segments), segments), found(all, segments); got != want {
			t.Errorf("%q leads to %q, want %q", path, got, want)
		}
	}
}
