// Package restapi is the REST API of SitePack apps, /rest/v1 (rest-api-sitepack.md). It
// speaks HTTP and the names of that dialect; what may be read and written is decided by the
// shop behind its ports, by the same check of privileges as in the Admin API.
//
// One table, [api.routes], is everything that is answered: requests are matched with it, and
// the document at /rest/v1/openapi.json is made of it and of the Go types that it names. To
// add a resource:
//
//  1. Write a file for it, such as notes.go: the types of what is shown and taken, with doc
//     tags, and a function that gives its routes:
//
//     func (a *api) noteRoutes() []route {
//     return []route{
//     read("/notes/{id}", "getNote", "Show one note", showNote).needs("notes:read"),
//     write(http.MethodPost, "/notes", "createNote", "Write a note", http.StatusCreated, createNote).needs("notes:write"),
//     }
//     }
//
//  2. Name that function in [api.routes].
//
//  3. Add what it needs of the host to [Options], as a port of its own in the same file.
//
// A route that is no GET runs in one unit of work, [call.work], with the answer under its
// idempotency key; [call.write] writes records there. One that changes no records of the shop
// says so with [route.outside]; its answer is kept when all is done.
//
// A handler gets its [call] and gives what to show, or an error: a *problem, or an error of a
// feature, which [problemOf] turns into one. It is called when the token, the scope, the
// parameters and the body were found right. What it asks for in the query, beside what every
// route knows, must be named with [route.takes].
package restapi

import (
	"cmp"
	"context"
	"errors"
	"log/slog"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/appdock/appdock"
	"github.com/appdock/appdock/internal/entity"
	"github.com/appdock/appdock/internal/oauth"
	"github.com/appdock/appdock/internal/shop"
	"github.com/appdock/appdock/internal/web"
	"github.com/appdock/appdock/protocol"
)

// bearers tells who shows an access token; *oauth.Server is it.
type bearers interface {
	Bearer(ctx context.Context, shop appdock.ShopID, authorization string) (oauth.Bearer, error)
}

// records is the shop; *shop.Service is it. It checks the actor's privileges.
type records interface {
	Search(ctx context.Context, a appdock.Actor, v entity.View, c *entity.Criteria) (entity.Page, error)
	// Do does work in one unit, all or nothing.
	Do(ctx context.Context, shop appdock.ShopID, do func(*shop.Work) error) error
}

// Options is what the API needs.
type Options struct {
	Bearers bearers
	Records records
	Files   files
	// Downloads gets media by URL.
	Downloads downloads
	// History, Apps, Deliveries and Notifier are behind what an app is told, and what it tells.
	History    history
	Apps       apps
	Deliveries deliveries
	Notifier   notifier
	Shops      func(host string) (appdock.Shop, bool)
	Key        []byte // signs cursors: the same on every node of the host
	// CORS lets pages of an app call from a browser: those at its redirect_uri and its widgets.
	CORS bool
	// ProblemTypes is what the types of problems begin with. Empty: [ProblemTypes].
	ProblemTypes string
	// Patience is how long the shop may take for what a request reads, or for its unit of
	// work; 0: 5 s.
	Patience time.Duration
	Log      *slog.Logger
	Now      func() time.Time
	NewID    func() appdock.ID
	// Observe is told of each call after its answer. Nil: nobody is.
	Observe func(Call)
}

// Call is a call of the API as those see it who watch.
type Call struct {
	Actor  appdock.Actor // zero: no token was needed, or none was good
	Shop   appdock.ShopID
	Method string
	Path   string
	Status int
	At     time.Time // of the end
	Took   time.Duration
}

// api answers what is below /rest/v1.
type api struct {
	options  Options
	limits   limits
	running  runs
	table    []route
	document *document
}

const (
	base = "/rest/v1"
	// revision is the date of the last change of what the API answers.
	revision = "2026-11-28"

	maxBody  = 5 << 20 // rest-api-sitepack.md 10
	maxMedia = 50 << 20
)

// New makes the API; its paths begin with /rest/v1.
func New(o Options) http.Handler {
	o.Patience = cmp.Or(o.Patience, web.Patience)
	a := &api{options: o, limits: limits{now: o.Now}}
	a.table = a.routes()
	a.document = describe(a.table)
	edge := web.Edge{Log: o.Log, Now: o.Now, NewID: o.NewID, MaxBody: maxMedia + maxBody, Names: isRequestID, Tell: func(w http.ResponseWriter, r *http.Request, e *appdock.Error) {
		a.send(w, r, problemOf(e).answer())
	}}
	return edge.Handler(a.serve)
}

// isRequestID says which names clients may give their requests (rest-api-sitepack.md 1).
func isRequestID(id string) bool {
	const shortest, longest = 8, 64
	return len(id) >= shortest && len(id) <= longest && !strings.ContainsFunc(id, func(r rune) bool {
		return (r < 'a' || r > 'z') && (r < 'A' || r > 'Z') && (r < '0' || r > '9') && !strings.ContainsRune("._-", r)
	})
}

// serve answers one request, whatever comes of it. An error is one that the operator should
// see; the edge tells the client of it.
func (a *api) serve(w http.ResponseWriter, r *http.Request) error {
	began, status := a.options.Now(), http.StatusInternalServerError
	c := &call{api: a, ctx: r.Context(), r: r, header: http.Header{}}
	defer func() {
		if now := a.options.Now(); a.options.Observe != nil {
			a.options.Observe(Call{Actor: c.bearer.Actor, Shop: c.shop.ID, Method: r.Method, Path: r.URL.Path, Status: status, At: now, Took: now.Sub(began)})
		}
	}()
	c.header.Set("Cache-Control", "no-store")
	done, err := a.respondWithin(c) //nolint:contextcheck // it has that of the request
	c.allowOrigin()
	for name, values := range c.header {
		w.Header()[name] = values
	}
	if p, ok := errors.AsType[*problem](c.told(err)); ok && p.Status < http.StatusInternalServerError {
		done, err = p.answer(), nil
	}
	if err != nil {
		status = problemOf(web.Public(err)).Status
		return err
	}
	status = done.status
	a.send(w, r, done)
	return nil
}

// respondWithin answers a call within its app's share, and gives that back whatever comes of it.
func (a *api) respondWithin(c *call) (*answer, error) {
	defer func() {
		if c.leave != nil {
			c.leave()
		}
	}()
	return a.respond(c)
}

// respond finds the route of a call, proves that it may be asked and answers it.
func (a *api) respond(c *call) (*answer, error) {
	if c.nested {
		var err error
		if c.route, err = a.find(c); err != nil {
			return nil, err
		}
		return c.permitted()
	}
	var known bool
	if c.shop, known = a.options.Shops(c.r.Host); !known {
		return nil, &problem{Status: http.StatusNotFound, Code: "not_found", Detail: "There is no shop at this address."}
	}
	if a.options.CORS && preflight(c.r) {
		return c.preflighted()
	}
	var err error
	if c.route, err = a.find(c); err != nil {
		a.limits.show(c)
		return nil, err
	}
	c.route.announce(c.header)
	if err := a.admit(c); err != nil {
		return nil, err
	}
	return c.permitted()
}

// find picks the route of a path and method, and takes the parameters out of the path.
func (a *api) find(c *call) (*route, error) {
	rest, ours := strings.CutPrefix(c.r.URL.Path, base)
	method := c.r.Method
	if method == http.MethodHead {
		method = http.MethodGet
	}
	var allowed []string
	for i := range a.table {
		rt := &a.table[i]
		path, ok := rt.match(rest)
		switch {
		case !ours || !ok:
		case rt.method == method:
			c.path = path
			return rt, nil
		case !slices.Contains(allowed, rt.method):
			allowed = append(allowed, rt.method)
		}
	}
	if len(allowed) == 0 {
		return nil, &problem{Status: http.StatusNotFound, Code: "not_found", Detail: "There is nothing at " + c.r.URL.Path + "."}
	}
	if slices.Contains(allowed, http.MethodGet) {
		allowed = append(allowed, http.MethodHead)
	}
	slices.Sort(allowed)
	return nil, &problem{
		Status: http.StatusMethodNotAllowed, Code: "method_not_allowed", Detail: "This resource does not know the method " + short(c.r.Method) + ".",
		header: http.Header{"Allow": {strings.Join(allowed, ", ")}},
	}
}

// admit proves who calls, and that the app may ask for as much.
func (a *api) admit(c *call) error {
	if c.r.URL.Query().Has("access_token") {
		a.limits.show(c)
		return &problem{Status: http.StatusBadRequest, Code: "unknown_parameter", Detail: "A token stands in the header Authorization alone, where no log has it."}
	}
	if !c.route.public {
		var err error
		if c.bearer, err = a.options.Bearers.Bearer(c.ctx, c.shop.ID, c.r.Header.Get("Authorization")); err != nil {
			a.limits.show(c)
			return err
		}
	}
	return a.limits.enter(c)
}

// permitted answers a call that may ask for its route in this way.
func (c *call) permitted() (*answer, error) {
	if err := c.permit(); err != nil {
		return nil, err
	}
	return c.answer()
}

func (c *call) permit() error {
	c.query = c.r.URL.Query()
	for name, values := range c.query {
		if !c.route.knows(name) {
			return &problem{Status: http.StatusBadRequest, Code: "unknown_parameter", Detail: "There is no parameter " + quoted(name) + " here."}
		}
		if len(values) > 1 {
			return refuse("invalid_filter", "The parameter "+quoted(name)+" is there twice; write several values with commas.")
		}
	}
	if c.route.scope != "" {
		if err := c.needs(c.route.scope); err != nil {
			return err
		}
	}
	return c.acceptable()
}

// needs refuses a call whose token lacks a scope (RFC 6750 section 3.1).
func (c *call) needs(name string) error {
	scope, known := protocol.LookupScope(name)
	if known && c.bearer.Has(scope) {
		return nil
	}
	return lacks(name)
}

func lacks(scope string) *problem {
	return &problem{
		Status: http.StatusForbidden, Code: "insufficient_scope", Detail: "The token lacks the scope " + scope + ".", RequiredScope: scope,
		header: http.Header{"Www-Authenticate": {`Bearer error="insufficient_scope", scope="` + scope + `"`}},
	}
}
