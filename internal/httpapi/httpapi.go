// Package httpapi is the Admin API (admin-api.md): what apps of the Shopware dialect call
// under /api. It speaks HTTP and the wire's shapes; what may be read and written is
// decided by the services behind its ports.
package httpapi

import (
	"context"
	"log/slog"
	"net/http"
	"time"

	"github.com/appdock/appdock"
	"github.com/appdock/appdock/internal/entity"
	"github.com/appdock/appdock/internal/oauth"
	"github.com/appdock/appdock/internal/web"
)

// records is the shop; *shop.Service is one. Both methods check the actor's privileges.
type records interface {
	Search(ctx context.Context, a appdock.Actor, v entity.View, c *entity.Criteria) (entity.Page, error)
	Write(ctx context.Context, a appdock.Actor, v entity.View, ops []entity.Operation) (entity.Written, error)
}

// schemas tells which entities a shop has.
type schemas interface {
	Schema(ctx context.Context, shop appdock.ShopID) (*entity.Schema, error)
}

// tokens gives tokens and tells who shows one; *oauth.Service is it. Actor takes the
// Authorization header as it came.
type tokens interface {
	Issue(ctx context.Context, shop appdock.ShopID, r oauth.Request) (oauth.Token, error)
	Actor(ctx context.Context, shop appdock.ShopID, authorization string) (appdock.Actor, error)
}

// people gives the rights of those who log in; NotFound for one who is unknown or disabled.
type people interface {
	User(ctx context.Context, shop appdock.ShopID, id appdock.ID) (appdock.Actor, error)
}

// Options is what the API needs.
type Options struct {
	Records       records
	Schemas       schemas
	Tokens        tokens
	People        people
	Actions       actions
	Versions      versions
	Flows         flows
	Documents     documents
	Notifications notifications
	Settings      appSettings
	SettingCards  settingCards
	Media         media
	Files         files
	Downloads     downloads
	Rotations     rotations
	Webhooks      subscriptions
	Identities    identities
	AppPages      appPages
	Visits        visits
	// Shops finds the shop that is asked for by the request's host.
	Shops func(host string) (appdock.Shop, bool)

	// Version is the Shopware version that is spoken (platform_version).
	Version string
	// Satisfies reports whether Version is one that a constraint in Composer's language allows.
	Satisfies func(constraint string) bool
	// InheritByValue takes the header sw-inheritance for off if it says 0 or false; else it is on
	// whenever it is there (admin-api.md 5.7).
	InheritByValue bool
	// MaxLimit is the largest page that is given; 0: 500 (admin-api.md 5.1).
	MaxLimit int
	// MaxAnswer is the size in bytes of the largest answer with records; 0: 64 MiB.
	MaxAnswer int
	// Patience is how long the shop may take for one read or write; 0: 5 s.
	Patience time.Duration
	// Observe is told of each call at its end; nil: nobody is.
	Observe func(Call)

	Log   *slog.Logger
	Now   func() time.Time
	NewID func() appdock.ID

	reactivations, verifications *web.Quota
	bodies                       *web.Bodies
}

// Call is one call of the API that ended.
type Call struct {
	Actor  appdock.Actor // zero: no token was needed, or none was good
	Shop   appdock.ShopID
	Method string
	Path   string
	Status int
	At     time.Time // of the end
	Took   time.Duration
}

const (
	defaultMaxLimit  = 500
	defaultMaxAnswer = 64 << 20
	maxBody          = 32 << 20 // admin-api.md 2
)

// API answers all paths under /api; make it with [New].
type API struct {
	options Options
	edge    web.Edge
	routes  directory
}

// New makes the API.
func New(o Options) *API {
	if o.MaxLimit == 0 {
		o.MaxLimit = defaultMaxLimit
	}
	if o.MaxAnswer == 0 {
		o.MaxAnswer = defaultMaxAnswer
	}
	if o.Patience == 0 {
		o.Patience = web.Patience
	}
	o.bodies = &web.Bodies{}
	o.reactivations = &web.Quota{Most: maxReactivations, Window: time.Minute}
	o.verifications = &web.Quota{Most: maxVerifications, Window: time.Minute}
	o.Records = patient{fair{o.Records, &web.Shares{AtOnce: searchesAtOnce}}, o.Patience}
	return &API{
		options: o,
		edge:    web.Edge{Log: o.Log, Now: o.Now, NewID: o.NewID, MaxBody: maxBody, Tell: tell},
		routes:  listed(routes()),
	}
}

// Or serves what stands under /api and leaves all else to next. It must stand before any
// [http.ServeMux]: a mux answers a doubled slash with a redirect, which SDKs take for a
// wrong configuration (admin-api.md 3).
func (a *API) Or(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if ours(r.URL) {
			a.ServeHTTP(w, r)
			return
		}
		next.ServeHTTP(w, r)
	})
}

// ServeHTTP implements [http.Handler]; the path begins with /api.
func (a *API) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	c := &call{options: a.options}
	out := a.edge.Serve(w, r, func(w http.ResponseWriter, r *http.Request) error {
		c.w, c.r = w, r
		return a.serve(c)
	})
	if a.options.Observe != nil {
		a.options.Observe(Call{
			Actor: c.actor, Shop: c.shop.ID, Method: r.Method, Path: r.URL.Path,
			Status: out.Status, At: a.options.Now(), Took: out.Took,
		})
	}
}

func (a *API) serve(c *call) error {
	c.header()
	if c.r.Method == http.MethodOptions {
		c.w.WriteHeader(http.StatusOK)
		return nil
	}
	answer, err := a.route(c)
	if err != nil {
		return err
	}
	shop, ok := a.options.Shops(c.r.Host)
	if !ok {
		return &appdock.Error{
			Kind:    appdock.NotFound,
			Code:    "0",
			Message: "There is no shop at this address.",
			Cure:    "Call the shop by its own host name.",
		}
	}
	c.shop = shop
	return answer(c)
}

// route finds who answers a call, and what it is about.
func (a *API) route(c *call) (endpoint, error) {
	segments := below(c.r.URL)
	for _, rt := range a.routes.along(segments) {
		at, ok := rt.match(segments)
		if !ok {
			continue
		}
		answer, allowed := rt.method(c.r.Method)
		if answer == nil {
			return wrongMethod(allowed), nil
		}
		c.target = at
		return answer, nil
	}
	return nil, noRoute(c.r)
}
