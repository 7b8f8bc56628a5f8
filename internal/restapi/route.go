package restapi

import (
	"net/http"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"time"
)

// route is one thing that can be asked, and how it is answered. Whatever the document says of
// an operation is said here.
type route struct {
	method  string
	path    string // below /rest/v1; {names} stand for one segment
	id      string // operationId
	summary string
	about   string // more than the summary; may be empty

	scope      string // such as "products:read"; empty: any token will do
	public     bool   // no token is asked for
	parameters []parameter
	takesBody  reflect.Type // nil: nothing is sent
	gives      reflect.Type // nil: nothing is shown
	status     int          // of success
	costs      int          // what is taken out of the bucket; 0: by the method
	content    string       // type of the answer; empty: JSON

	keyNeeded bool   // without an idempotency key it is refused
	matching  bool   // without If-Match it is refused
	multipart bool   // the body may be a form with a file
	alone     bool   // it changes no records of the shop, so it runs in no unit of work
	goes      ending // zero: it stays
	together  string // a parameter: where it is true, the route runs in a unit of work after all

	// again shows what the answer told once more, where that must not be kept; nil: it is kept.
	again func(*call) (any, error)

	// prepare does what takes long, before the unit of work; nil: nothing does.
	prepare func(*call) error
	// decode reads the body into the call.
	decode func(*call) error
	// handle does what was asked and gives what to show.
	handle func(*call) (any, error)
}

// ending is when a route was called deprecated, and when it goes (RFC 9745, RFC 8594).
type ending struct{ since, gone time.Time }

// notice is how long a route is there at least after it was called deprecated
// (rest-api-sitepack.md 1).
const notice = 180 * 24 * time.Hour

// ends gives the route that goes.
func (rt route) ends(since, gone time.Time) route { rt.goes = ending{since, gone}; return rt }

// announce tells clients that the route goes.
func (rt *route) announce(h http.Header) {
	if rt.goes.since.IsZero() {
		return
	}
	h.Set("Deprecation", "@"+strconv.FormatInt(rt.goes.since.Unix(), 10))
	h.Set("Sunset", rt.goes.gone.UTC().Format(http.TimeFormat))
}

// parameter is one value of the query.
type parameter struct {
	name    string
	about   string
	example string
	// operators may follow the name in brackets: "total[gte]".
	operators []string
	// prefix says that any name that begins with this one is known: metafields.{key}.
	prefix bool
}

// read is a route that shows something.
func read[O any](path, id, summary string, handle func(*call) (*O, error)) route {
	return route{
		method: http.MethodGet, path: path, id: id, summary: summary, status: http.StatusOK, gives: reflect.TypeFor[O](),
		handle: func(c *call) (any, error) { return shown(handle(c)) },
	}
}

// write is a route that takes something and shows what became of it.
func write[I, O any](method, path, id, summary string, status int, handle func(*call, *I) (*O, error)) route {
	return route{
		method: method, path: path, id: id, summary: summary, status: status, takesBody: reflect.TypeFor[I](), gives: reflect.TypeFor[O](),
		decode: func(c *call) error { return c.body(new(I)) },
		handle: func(c *call) (any, error) {
			in, _ := c.in.(*I)
			return shown(handle(c, in))
		},
	}
}

// act is a route that does something without being sent anything, and shows what came of it.
func act[O any](method, path, id, summary string, status int, handle func(*call) (*O, error)) route {
	rt := read(path, id, summary, handle)
	rt.method, rt.status = method, status
	return rt
}

// remove is a route that deletes.
func remove(path, id, summary string, handle func(*call) error) route {
	return route{
		method: http.MethodDelete, path: path, id: id, summary: summary, status: http.StatusNoContent,
		handle: func(c *call) (any, error) { return nil, handle(c) },
	}
}

// shown makes a nil pointer nil.
func shown[O any](v *O, err error) (any, error) {
	if err != nil || v == nil {
		return nil, err
	}
	return v, nil
}

// needs gives the route with the scope that its callers need.
func (rt route) needs(scope string) route { rt.scope = scope; return rt }

// open gives the route for callers without a token.
func (rt route) open() route { rt.public = true; return rt }

// takes gives the route with more parameters of the query.
func (rt route) takes(parameters ...parameter) route {
	rt.parameters = append(slices.Clone(rt.parameters), parameters...)
	return rt
}

// keyed gives the route with an idempotency key that its callers must send.
func (rt route) keyed() route { rt.keyNeeded = true; return rt }

// matched gives the route with a tag that its callers must send in If-Match.
func (rt route) matched() route { rt.matching = true; return rt }

// outside gives the route that changes no records of the shop: it runs in no unit of work, and
// its answer is kept under its idempotency key when all is done.
func (rt route) outside() route { rt.alone = true; return rt }

// unless gives the route outside that runs in a unit of work where a parameter is true.
func (rt route) unless(parameter string) route { rt.together = parameter; return rt }

// untold gives the route whose answer is a secret: of it is kept that it was given, and again
// shows it.
func (rt route) untold(again func(*call) (any, error)) route { rt.again = again; return rt }

// changes reports whether the route does something.
func (rt *route) changes() bool { return rt.method != http.MethodGet }

// saying gives the route with more to read about it.
func (rt route) saying(about string) route { rt.about = about; return rt }

// members are those of the objects that the route shows, be it one or a list of them.
func (rt *route) members() []string {
	t := rt.gives
	if t == nil {
		return nil
	}
	if data, ok := t.FieldByName("Data"); ok && data.Type.Kind() == reflect.Slice {
		t = data.Type.Elem()
	}
	var names []string
	for _, f := range reflect.VisibleFields(t) {
		if name, _, _ := strings.Cut(f.Tag.Get("json"), ","); name != "" {
			names = append(names, name)
		}
	}
	return names
}

// match reports whether a path leads here, and gives what stands in the place of its names.
func (rt *route) match(path string) (map[string]string, bool) {
	var names map[string]string
	pattern := rt.path
	for pattern != "" {
		var want, got string
		want, pattern = segment(pattern)
		got, path = segment(path)
		switch {
		case got == "":
			return nil, false
		case want[0] == '{':
			if names == nil {
				names = map[string]string{}
			}
			names[strings.Trim(want, "{}")] = got
		case want != got:
			return nil, false
		}
	}
	return names, path == ""
}

// segment cuts "/one/two" into "one" and "/two".
func segment(path string) (first, rest string) {
	path, ok := strings.CutPrefix(path, "/")
	if !ok {
		return "", path
	}
	if i := strings.IndexByte(path, '/'); i >= 0 {
		return path[:i], path[i:]
	}
	return path, ""
}

// knows reports whether a name of the query is one of the route's parameters.
func (rt *route) knows(name string) bool {
	return slices.ContainsFunc(rt.parameters, func(p parameter) bool {
		bare, operator, bracket := strings.Cut(name, "[")
		if p.prefix && strings.HasPrefix(bare, p.name) && len(bare) > len(p.name) {
			return !bracket || p.operator(strings.TrimSuffix(operator, "]"))
		}
		return bare == p.name && (!bracket || strings.HasSuffix(operator, "]") && p.operator(strings.TrimSuffix(operator, "]")))
	})
}

func (p parameter) operator(name string) bool { return slices.Contains(p.operators, name) }
