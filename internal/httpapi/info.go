package httpapi

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"net/http"
	"strings"

	"github.com/appdock/appdock"
	"github.com/appdock/appdock/internal/entity"
	"github.com/appdock/appdock/internal/web"
	"github.com/appdock/appdock/protocol"
)

// healthCheck answers GET /api/_info/health-check, to anybody.
func healthCheck(c *call) error {
	c.w.WriteHeader(http.StatusOK)
	return nil
}

// version answers GET /api/_info/version.
func version(c *call) error {
	return web.JSON(c.w, http.StatusOK, struct {
		Version string `json:"version"`
	}{c.options.Version})
}

// hostConfig is the answer to GET /api/_info/config (admin-api.md 8).
type hostConfig struct {
	Version  string            `json:"version"`
	Revision string            `json:"versionRevision"`
	Worker   adminWorker       `json:"adminWorker"`
	Bundles  map[string]bundle `json:"bundles"`
	Settings settings          `json:"settings"`
}

type adminWorker struct {
	AdminWorker        bool     `json:"enableAdminWorker"`
	QueueStatsWorker   bool     `json:"enableQueueStatsWorker"`
	NotificationWorker bool     `json:"enableNotificationWorker"`
	Transports         []string `json:"transports"`
}

// bundle is an active app that has pages in the administration (protocol-admin.md 4).
type bundle struct {
	Active      bool                `json:"active"`
	Integration *appdock.ID         `json:"integrationId"`
	Type        string              `json:"type"`
	BaseURL     string              `json:"baseUrl"`
	Permissions map[string][]string `json:"permissions"`
	Version     string              `json:"version"`
	Name        string              `json:"name"`
}

type settings struct {
	URLFeature            bool     `json:"enableUrlFeature"`
	AppURLReachable       bool     `json:"appUrlReachable"`
	AppsRequireAppURL     bool     `json:"appsRequireAppUrl"`
	PrivateExtensions     []string `json:"private_allowed_extensions"`
	HTMLSanitizer         bool     `json:"enableHtmlSanitizer"`
	StagingMode           bool     `json:"enableStagingMode"`
	NoExtensionManagement bool     `json:"disableExtensionManagement"`
}

// config answers GET /api/_info/config. The Go SDK calls it when it is made and reads the
// version from it.
func config(c *call) error {
	bundles, err := c.bundles()
	if err != nil {
		return err
	}
	revision := sha256.Sum256([]byte(c.options.Version))
	return web.JSON(c.w, http.StatusOK, hostConfig{
		Version:  c.options.Version,
		Revision: hex.EncodeToString(revision[:16]),
		Worker:   adminWorker{Transports: []string{}},
		Bundles:  bundles,
		Settings: settings{AppURLReachable: true, HTMLSanitizer: true, PrivateExtensions: []string{}},
	})
}

// bundles lists the active apps with pages. Every client with a token may know them,
// whatever it may read else.
func (c *call) bundles() (map[string]bundle, error) {
	bundles := map[string]bundle{}
	page, err := c.options.Records.Search(c.r.Context(), appdock.Host(c.shop.ID), entity.View{}, &entity.Criteria{
		Entity:       "app",
		Filters:      []entity.Filter{{Kind: entity.Equals, Field: "active", Values: []any{true}}},
		Associations: map[string]*entity.Criteria{"aclRole": {}},
	})
	if err != nil {
		return nil, fmt.Errorf("list the apps with pages: %w", err)
	}
	for _, app := range page.Records {
		if app.Text("baseAppUrl") == "" {
			continue
		}
		granted, err := privilegesOf(app)
		if err != nil {
			return nil, err
		}
		b := bundle{
			Active:      true,
			Type:        "app",
			BaseURL:     app.Text("baseAppUrl"),
			Permissions: permissions(granted),
			Version:     app.Text("version"),
			Name:        app.Text("name"),
		}
		if id := app.Key("integrationId"); !id.IsZero() {
			b.Integration = &id
		}
		bundles[b.Name] = b
	}
	return bundles, nil
}

// permissions sorts privileges by what they allow; the administration asks in this shape
// (sdk-facts.md 17).
func permissions(granted []string) map[string][]string {
	sorted := map[string][]string{"read": {}, "create": {}, "update": {}, "delete": {}, "additional": {}}
	for _, p := range granted {
		name, action, _ := strings.Cut(p, ":")
		if _, ok := sorted[action]; !ok || action == "additional" {
			name, action = p, "additional"
		}
		sorted[action] = append(sorted[action], name)
	}
	return sorted
}

// businessEvents answers GET /api/_info/events.json (admin-api.md 8): the events that flows
// begin with, and what each tells.
func businessEvents(c *call) error {
	type datum struct {
		Type   string `json:"type"`
		Entity string `json:"entityName,omitempty"`
	}
	type event struct {
		Name       string           `json:"name"`
		Class      string           `json:"class"` // Shopware's PHP class; there is none here
		Data       map[string]datum `json:"data"`
		Aware      []string         `json:"aware"`
		Extensions []any            `json:"extensions"`
	}
	list := []event{}
	catalogue := protocol.Events()
	for _, name := range catalogue.Names() {
		e, _ := catalogue.Lookup(name)
		if e.Kind != protocol.BusinessEvent && e.Kind != protocol.StateEvent {
			continue
		}
		told := event{Name: name, Data: map[string]datum{}, Aware: []string{}, Extensions: []any{}}
		for _, m := range e.Members {
			d := datum{Type: m.Kind}
			if m.Kind == "entity" {
				d.Entity = strings.ReplaceAll(kebab(m.Name), "-", "_")
				told.Aware = append(told.Aware, m.Name+"Aware")
			}
			told.Data[m.Name] = d
		}
		list = append(list, told)
	}
	return web.JSON(c.w, http.StatusOK, list)
}

// listRoutes answers GET /api/_info/routes.
func listRoutes(c *call) error {
	type endpoint struct {
		Path    string   `json:"path"`
		Methods []string `json:"methods"`
	}
	list := struct {
		Endpoints []endpoint `json:"endpoints"`
	}{[]endpoint{}}
	for _, rt := range routes() {
		e := endpoint{Path: "/api/" + rt.pattern}
		for _, m := range rt.methods {
			e.Methods = append(e.Methods, m.name)
		}
		list.Endpoints = append(list.Endpoints, e)
	}
	return web.JSON(c.w, http.StatusOK, list)
}

// queues answers GET /api/_info/queue.json: what waits here is deliveries, and they have
// pages and figures of their own.
func queues(c *call) error { return web.JSON(c.w, http.StatusOK, []any{}) }

// me answers GET /api/_info/me with the person who calls, or whom an app acts for: alone it is no
// user.
func me(c *call) error {
	if !c.actor.User.IsZero() {
		c.target.id = c.actor.User
		c.actor = appdock.Host(c.shop.ID) // who they are, everybody may know of themselves
		return of("user", detail)(c)
	}
	return &appdock.Error{
		Kind: appdock.Refused, Code: "FRAMEWORK__EXPECTED_USER",
		Message: "For this interaction an authenticated user login is required.",
		Cure:    "Show the token of a person, or name the user whom the app acts for with the header sw-app-user-id.",
	}
}

// ping answers GET /api/_info/ping: whoever acts for a person may go on.
func ping(c *call) error {
	if c.actor.User.IsZero() {
		return me(c)
	}
	c.w.WriteHeader(http.StatusNoContent)
	return nil
}

// withPrivilege lets calls through whose actor may do what the route does.
func withPrivilege(needed appdock.Privilege, answer endpoint) endpoint {
	return withPrivileges([]appdock.Privilege{needed}, answer)
}

// withPrivileges is withPrivilege for what needs all of some.
func withPrivileges(needed []appdock.Privilege, answer endpoint) endpoint {
	return known(func(c *call) error {
		if missing := c.actor.Missing(needed...); len(missing) > 0 {
			return appdock.MissingPrivileges(missing)
		}
		return answer(c)
	})
}

// nothingToDo answers what asks for caches to be emptied or indexes to be made: there is no
// cache, and what follows from a write is written with it.
func nothingToDo(c *call) error {
	c.w.WriteHeader(http.StatusNoContent)
	return nil
}

// cacheInfo answers GET /api/_action/cache_info.
func cacheInfo(c *call) error {
	return web.JSON(c.w, http.StatusOK, struct {
		Environment  string `json:"environment"`
		HTTPCache    bool   `json:"httpCache"`
		CacheAdapter string `json:"cacheAdapter"`
	}{"prod", false, "none"})
}
