package server

import (
	"net/http"
	"path/filepath"
	"strings"

	"github.com/prometheus/client_golang/prometheus/promhttp"

	"github.com/appdock/appdock"
	"github.com/appdock/appdock/internal/admin"
	"github.com/appdock/appdock/internal/control"
	"github.com/appdock/appdock/internal/files"
	"github.com/appdock/appdock/internal/httpapi"
	"github.com/appdock/appdock/internal/restapi"
	"github.com/appdock/appdock/internal/web"
	"github.com/appdock/appdock/internal/webhook"
	"github.com/appdock/appdock/manifest"
)

// handler is everything that the host answers over HTTP.
func (s *Server) handler() http.Handler {
	api := httpapi.New(httpapi.Options{
		Records:       s.records,
		Schemas:       s.store,
		Tokens:        s.tokens(),
		People:        packages{s},
		Actions:       s.records,
		Versions:      s.records,
		Flows:         flows{s},
		Documents:     s.records,
		Notifications: s.records,
		Settings:      s.records,
		SettingCards:  settingCards{s},
		Media:         s.records,
		Files:         files.Open(filepath.Join(s.folder.path, filesFolder)),
		Downloads:     s.client,
		Rotations:     &rotations{host: s},
		Webhooks:      s.webhooks,
		Identities:    s.apps,
		AppPages:      s.apps,
		Visits:        &s.visits,
		Shops:         s.shops.at,
		Version:       s.config.Platform,
		Satisfies: func(constraint string) bool {
			c, err := manifest.ParseConstraint(constraint)
			return err == nil && c.Matches(s.config.Platform)
		},
		InheritByValue: s.config.InheritByValue,
		Patience:       s.config.Patience,
		Observe:        s.observeCall,
		Log:            s.config.Log,
		Now:            s.config.Now,
		NewID:          newID,
	})
	edge := web.Edge{Log: s.config.Log, Now: s.config.Now, NewID: newID}
	own := http.NewServeMux()
	own.HandleFunc("GET /healthz", healthz)
	own.Handle("GET /favicon.ico", edge.Handler(showFavicon))
	own.Handle("GET /media/{id}/{name}", edge.Handler(api.MediaFile))
	own.HandleFunc("GET /readyz", s.health.readyz)
	own.Handle("GET /version", edge.Handler(s.version))
	own.Handle("GET /metrics", edge.Handler(s.metricsPage()))
	own.Handle(control.RemotePath+"/", s.remote(edge.Handler(nothingHere)))
	pages := admin.New(admin.Options{
		People: s.people, Apps: packages{s}, Records: s.records, Development: s.mode == Development, HostInitiated: s.config.HostInitiated, Shops: s.shops.at, Key: s.ring.FormKey(), Log: s.config.Log, Now: s.config.Now, NewID: newID,
	})
	tokens := httpapi.NewOAuth(httpapi.OAuthOptions{Server: s.oauth, Shops: s.shops.at, Log: s.config.Log, Now: s.config.Now, NewID: newID})
	rest := restapi.New(restapi.Options{
		Bearers: s.oauth, Records: s.records, Files: files.Open(filepath.Join(s.folder.path, filesFolder)), Downloads: s.client, History: s.store,
		Apps: s.apps, Deliveries: sent{s.store, s.webhooks}, Notifier: s.records,
		CORS: s.config.REST.CORS, ProblemTypes: s.config.REST.ProblemTypes, Patience: s.config.Patience,
		Shops: s.shops.at, Key: s.ring.FormKey(), Log: s.config.Log, Now: s.config.Now, NewID: newID,
		Observe: func(c restapi.Call) { s.observeCall(httpapi.Call(c)) },
	})
	own.Handle("/oauth/", tokens)
	own.Handle("/.well-known/oauth-authorization-server", tokens)
	own.Handle("/.well-known/oauth-authorization-server/", tokens)
	own.Handle("/oauth/authorize", pages)
	own.Handle("/admin", pages)
	own.Handle("/admin/", pages)
	own.Handle("/storefront/", s.storefront(pages))
	own.Handle("/", edge.Handler(nothingHere))
	return web.Forwarded(s.config.TrustedProxies, s.metrics.observe(web.Secure(api.Or(restOr(rest, own)))))
}

// restOr gives the REST API what is its own before a mux cleans the path: what has an empty
// segment is nothing, and nothing is told to ask elsewhere.
func restOr(rest, next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if strings.HasPrefix(r.URL.Path, "/rest/v1/") {
			rest.ServeHTTP(w, r)
			return
		}
		next.ServeHTTP(w, r)
	})
}

// version says what runs. The commit is for those who operate it.
func (s *Server) version(w http.ResponseWriter, r *http.Request) error {
	v, err := s.Version(r.Context())
	if err != nil {
		return err
	}
	if !web.ClientOf(r.Context()).Local() {
		v.Commit, v.Go = "", ""
	}
	return web.JSON(w, http.StatusOK, v)
}

// metricsPage shows the metrics to this machine and the private networks around it: what a
// shop's traffic is is nobody else's business.
func (s *Server) metricsPage() web.Handler {
	page := promhttp.HandlerFor(s.metrics.registry, promhttp.HandlerOpts{Registry: s.metrics.registry})
	return func(w http.ResponseWriter, r *http.Request) error {
		if !web.ClientOf(r.Context()).Local() {
			return nothingHere(w, r)
		}
		page.ServeHTTP(w, r)
		return nil
	}
}

// nothingHere answers what is below no interface of the host.
func nothingHere(_ http.ResponseWriter, r *http.Request) error {
	return &appdock.Error{
		Kind: appdock.NotFound, Code: "ADK-NOT-FOUND",
		Message: "There is nothing at " + r.URL.Path,
		Cure:    "The Admin API is below /api.",
	}
}

// sent is the log of what was sent, and what sends it again.
type sent struct {
	webhook.Log
	*webhook.Operator
}
