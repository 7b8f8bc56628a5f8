package httpapi

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"net/http"
	"slices"
	"strconv"
	"strings"
	concurrent "sync"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"

	"github.com/appdock/appdock"
	"github.com/appdock/appdock/internal/oauth"
	"github.com/appdock/appdock/internal/web"
	"github.com/appdock/appdock/protocol"
)

// bearers tells who shows an access token; *oauth.Server is it.
type bearers interface {
	Bearer(ctx context.Context, shop appdock.ShopID, authorization string) (oauth.Bearer, error)
}

// RESTOptions is what the REST API needs.
type RESTOptions struct {
	Bearers bearers
	Records records
	Shops   func(host string) (appdock.Shop, bool)
	Key     []byte // signs cursors: the same on every node of the host
	Log     *slog.Logger
	Now     func() time.Time
	NewID   func() appdock.ID
}

// restAPI is the REST API of SitePack apps (rest-api-sitepack.md), as far as it goes: it
// reads. The privileges of the token decide what, by the same check as in the Admin API.
type restAPI struct {
	options RESTOptions
	quotas  buckets
}

const (
	restBase = "/rest/v1"
	// restRevision is the date of the last change of what the API answers.
	restRevision = "2026-11-28"
)

// NewREST makes the API; its paths begin with /rest/v1.
func NewREST(o RESTOptions) http.Handler {
	a := &restAPI{options: o}
	restErrors()
	mux := http.NewServeMux()
	config := huma.DefaultConfig("Appdock REST API", restRevision)
	config.OpenAPIPath, config.DocsPath, config.SchemasPath = restBase+"/openapi", "", ""
	config.CreateHooks = nil // no links to schemas in the answers
	config.Components.SecuritySchemes = map[string]*huma.SecurityScheme{"bearer": {Type: "http", Scheme: "bearer"}}
	api := humago.New(mux, config)
	api.UseMiddleware(a.admit)
	a.register(api)
	mux.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) {
		found := problemError{Status: http.StatusNotFound, Code: "not_found", Detail: "There is nothing at " + r.URL.Path + "."}
		other := r.Clone(r.Context())
		other.Method = http.MethodGet
		if _, pattern := mux.Handler(other); pattern != "/" && r.Method != http.MethodGet {
			w.Header().Set("Allow", http.MethodGet)
			found = problemError{Status: http.StatusMethodNotAllowed, Code: "method_not_allowed", Detail: "This release of the API reads alone."}
		}
		found.write(w, r)
	})
	edge := web.Edge{Log: o.Log, Now: o.Now, NewID: o.NewID, Tell: func(w http.ResponseWriter, r *http.Request, e *appdock.Error) { problemOf(e).write(w, r) }}
	return edge.Handler(func(w http.ResponseWriter, r *http.Request) error {
		if r.URL.Query().Has("access_token") {
			return &appdock.Error{Kind: appdock.Invalid, Code: "unknown_parameter", Message: "A token stands in the header Authorization alone, where no log has it."}
		}
		mux.ServeHTTP(w, r)
		return nil
	})
}

// problemError is a problem document (rest-api-sitepack.md 10).
type problemError struct {
	Type          string      `json:"type"`
	Title         string      `json:"title"`
	Status        int         `json:"status"`
	Detail        string      `json:"detail,omitempty"`
	Instance      string      `json:"instance,omitempty"`
	Code          string      `json:"code"`
	RequestID     string      `json:"request_id,omitempty"`
	RequiredScope string      `json:"required_scope,omitempty"`
	Header        http.Header `json:"-"`
}

// Error implements error.
func (p *problemError) Error() string { return p.Detail }

// GetStatus implements [huma.StatusError].
func (p *problemError) GetStatus() int { return p.Status }

// ContentType implements [huma.ContentTypeFilter].
func (p *problemError) ContentType(string) string { return "application/problem+json" }

func (p *problemError) fill(r *http.Request) {
	p.Type, p.Title = "https://appdock.dev/problems/"+strings.ReplaceAll(p.Code, "_", "-"), http.StatusText(p.Status)
	if r != nil {
		p.Instance, p.RequestID = r.URL.Path, web.RequestID(r.Context())
	}
}

func (p *problemError) write(w http.ResponseWriter, r *http.Request) {
	p.fill(r)
	for name, values := range p.Header {
		w.Header()[name] = values
	}
	body, err := json.Marshal(p)
	if err != nil { // unreachable: texts and numbers always marshal
		panic(err)
	}
	web.Send(w, p.Status, "application/problem+json", body)
}

// restErrors makes the library's own refusals problems of ours. It is a variable of that
// package, set once.
var restErrors = concurrent.OnceFunc(func() {
	huma.NewError = func(status int, message string, _ ...error) huma.StatusError {
		codes := map[int]string{
			http.StatusNotAcceptable: "not_acceptable", http.StatusUnsupportedMediaType: "unsupported_media_type", http.StatusUnprocessableEntity: "validation_failed",
			http.StatusBadRequest: "malformed_json", http.StatusRequestEntityTooLarge: "payload_too_large",
		}
		p := &problemError{Status: status, Code: codes[status], Detail: message}
		if p.Code == "" {
			p.Code, p.Detail = "internal_error", "Internal error"
		}
		p.fill(nil)
		return p
	}
})

// problemOf shows an error of the host.
func problemOf(e *appdock.Error) *problemError {
	p := &problemError{Status: web.Status(e.Kind), Code: e.Code, Detail: e.Message}
	switch {
	case e.Kind == appdock.Unauthenticated:
		p.Header = http.Header{"Www-Authenticate": {`Bearer error="invalid_token"`}}
	case e.Kind == appdock.NotFound:
		p.Code = "not_found"
	case e.Kind == appdock.Unavailable:
		p.Code = "maintenance"
	case e.Code == "app_inactive" || e.Code == "unknown_parameter":
	case e.Code == "FRAMEWORK__MISSING_PRIVILEGE_ERROR":
		p.Code = "insufficient_scope"
	default:
		p.Code = "internal_error"
	}
	return p
}

// restCall is who calls.
type restCall struct {
	shop   appdock.Shop
	bearer oauth.Bearer
}

type restCallKey struct{}

func callOf(ctx context.Context) restCall {
	c, _ := ctx.Value(restCallKey{}).(restCall)
	return c
}

// admit finds the shop and the app of a call, and what it may ask for.
func (a *restAPI) admit(ctx huma.Context, next func(huma.Context)) {
	r, w := humago.Unwrap(ctx)
	shop, ok := a.options.Shops(r.Host)
	if !ok {
		(&problemError{Status: http.StatusNotFound, Code: "not_found", Detail: "There is no shop at this address."}).write(w, r)
		return
	}
	w.Header().Set("Cache-Control", "no-store")
	bearer, err := a.options.Bearers.Bearer(r.Context(), shop.ID, r.Header.Get("Authorization"))
	if err != nil {
		shown := web.Public(err)
		if shown.Kind == appdock.Internal {
			a.options.Log.LogAttrs(r.Context(), slog.LevelError, "token could not be looked up", slog.Any("error", err))
		}
		problemOf(shown).write(w, r)
		return
	}
	if wait := a.quotas.take(bearer.App.Installation, a.options.Now(), w.Header()); wait > 0 {
		(&problemError{
			Status: http.StatusTooManyRequests, Code: "rate_limited", Detail: "Too many requests in a short time.",
			Header: http.Header{"Retry-After": {strconv.Itoa(int((wait + time.Second - 1) / time.Second))}},
		}).write(w, r)
		return
	}
	operation := ctx.Operation()
	for name := range r.URL.Query() {
		if !slices.ContainsFunc(operation.Parameters, func(p *huma.Param) bool { return p.In == "query" && p.Name == name }) {
			(&problemError{Status: http.StatusBadRequest, Code: "unknown_parameter", Detail: fmt.Sprintf("There is no parameter %q here.", given(name))}).write(w, r)
			return
		}
	}
	if scope, needed := operation.Metadata["scope"].(protocol.Scope); needed && !bearer.Has(scope) {
		(&problemError{
			Status: http.StatusForbidden, Code: "insufficient_scope", Detail: "The token lacks the scope " + scope.String() + ".", RequiredScope: scope.String(),
			Header: http.Header{"Www-Authenticate": {`Bearer error="insufficient_scope", scope="` + scope.String() + `"`}},
		}).write(w, r)
		return
	}
	next(huma.WithValue(ctx, restCallKey{}, restCall{shop, bearer}))
}

// buckets bound what one app may ask for: 40 at once, 10 a second (rest-api-sitepack.md 9).
type buckets struct {
	mu    concurrent.Mutex
	known map[appdock.ID]bucket
}

type bucket struct {
	left float64
	at   time.Time
}

const (
	bucketSize = 40
	bucketRate = 10.0 // a second
)

// take takes one request out of an app's bucket, or says how long to wait.
func (b *buckets) take(app appdock.ID, now time.Time, h http.Header) (wait time.Duration) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.known == nil {
		b.known = map[appdock.ID]bucket{}
	}
	x, known := b.known[app]
	if !known {
		x = bucket{bucketSize, now}
	}
	x.left = min(bucketSize, x.left+max(0, now.Sub(x.at).Seconds())*bucketRate)
	x.at = now
	if x.left >= 1 {
		x.left--
	} else {
		wait = time.Duration((1 - x.left) / bucketRate * float64(time.Second))
	}
	b.known[app] = x
	left, reset := strconv.Itoa(int(x.left)), strconv.Itoa(int((bucketSize-x.left)/bucketRate)+1)
	h.Set("RateLimit-Policy", `"app";q=40;w=4`)
	h.Set("RateLimit", `"app";r=`+left+`;t=`+reset)
	h.Set("RateLimit-Limit", strconv.Itoa(bucketSize))
	h.Set("RateLimit-Remaining", left)
	h.Set("RateLimit-Reset", reset)
	return wait
}
