package restapi

import (
	"cmp"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/appdock/appdock/internal/spectest"
)

// beyond are the routes that no line of the specification's list names, with the section that
// asks for them.
var beyond = map[string]string{
	"GET /openapi.yaml":          "13",
	"GET /sales-channels":        "3, sales_channels:read",
	"GET /sales-channels/{id}":   "3, sales_channels:read",
	"GET /orders/{id}/documents": "3, orders:read",
}

// specified is one line of the list: methods of some paths, and the scope.
type specified struct {
	paths, methods []string
	scope          string
}

// TestEveryRouteOfTheSpecificationIsThere compares the table of routes with the list of
// rest-api-sitepack.md 4, both ways.
func TestEveryRouteOfTheSpecificationIsThere(t *testing.T) {
	t.Parallel()
	list := readSpecified(t)
	if len(list) < 25 {
		t.Fatalf("%d lines were read", len(list))
	}
	a := &api{options: Options{Now: time.Now}}
	table := a.routes()
	named := map[string]bool{}
	for _, line := range list {
		for _, method := range line.methods {
			found := false
			for _, path := range line.paths {
				for i := range table {
					rt := &table[i]
					if rt.method != method || plainPath(rt.path) != path {
						continue
					}
					found, named[rt.method+" "+rt.path] = true, true
					if want := line.scopeOf(method); rt.scope != want {
						t.Errorf("%s %s needs %q, want %q", method, rt.path, rt.scope, want)
					}
				}
			}
			if !found {
				t.Errorf("there is no %s of %s", method, strings.Join(line.paths, " or "))
			}
		}
		for _, path := range line.paths {
			if !slices.ContainsFunc(table, func(rt route) bool { return plainPath(rt.path) == path }) {
				t.Errorf("there is nothing at %s", path)
			}
		}
	}
	for _, rt := range table {
		name := rt.method + " " + rt.path
		if _, known := beyond[name]; !known && !named[name] {
			t.Errorf("%s is in no line of the specification", name)
		}
	}
}

// scopeOf is the scope that a method of the line needs: a resource alone means that reading
// needs read, and so on.
func (s specified) scopeOf(method string) string {
	switch {
	case strings.Contains(s.scope, ":"):
		return s.scope
	case !strings.Contains(s.scope, " ") && s.scope != "none" && s.scope != "token":
		return s.scope + ":" + cmp.Or(map[string]string{"GET": "read", "DELETE": "delete"}[method], "write")
	}
	return "" // any token, or one that the handler looks at
}

var (
	placeholder = regexp.MustCompile(`\{[a-z_]+\}`)
	aMethod     = regexp.MustCompile(`\b(GET|POST|PUT|PATCH|DELETE)\b( /\{[a-z_]+\})?`)
)

// plainPath names no placeholder: {id} and {delivery_id} are one.
func plainPath(path string) string { return placeholder.ReplaceAllString(path, "{}") }

func readSpecified(t *testing.T) (list []specified) {
	t.Helper()
	_, section, _ := strings.Cut(spectest.Read(t, "rest-api-sitepack.md"), "## 4. Resources")
	section, _, _ = strings.Cut(section, "### 4.1")
	for line := range strings.Lines(section) {
		cells := strings.Split(strings.Trim(strings.TrimSpace(line), "|"), "|")
		if len(cells) != 3 || !strings.Contains(cells[0], "/") {
			continue
		}
		s := specified{scope: strings.TrimSpace(cells[2])}
		text := regexp.MustCompile(`\(own\)|\?[a-z=]+`).ReplaceAllString(cells[0], "")
		for part := range strings.SplitSeq(text, ", ") {
			part = strings.TrimSpace(part)
			part = strings.TrimPrefix(part, "POST ")
			if rest, more := strings.CutPrefix(part, "..."); more { // below the one before
				part = s.paths[len(s.paths)-1] + rest
			}
			if base, optional, found := strings.Cut(part, "["); found {
				s.paths = append(s.paths, plainPath(base), plainPath(base+strings.TrimSuffix(optional, "]")))
				continue
			}
			s.paths = append(s.paths, plainPath(part))
		}
		for _, m := range aMethod.FindAllStringSubmatch(cells[1], -1) {
			s.methods = append(s.methods, m[1])
			if m[2] != "" {
				s.paths = append(s.paths, plainPath(s.paths[0]+strings.TrimSpace(m[2])))
			}
		}
		if slices.Contains(s.methods, "DELETE") && !slices.ContainsFunc(s.paths, func(path string) bool { return strings.HasSuffix(path, "{}") }) {
			s.paths = append(s.paths, s.paths[0]+"/{}") // nobody deletes a whole list
		}
		list = append(list, s)
	}
	return list
}
