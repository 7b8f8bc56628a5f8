package control

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"time"
)

// Apps is what operators do with the apps of one shop.
type Apps interface {
	// Preview reads and validates an app and says what installing it asks for; nothing
	// is changed.
	Preview(ctx context.Context, source Source) (Preview, error)
	// Install installs what was previewed; it is refused if the accepted hash is not that
	// of the app's consent now.
	Install(ctx context.Context, in Install) (Result, error)
	// Update brings an installed app to the version that was previewed. What it asks for
	// anew needs the accepted hash.
	Update(ctx context.Context, in Install) (Result, error)
	// Permit changes what an app may do, within what it asks for.
	Permit(ctx context.Context, app string, in Permit) (Result, error)
	// RotateSecret gives an app and the host a new secret.
	RotateSecret(ctx context.Context, app string) (Result, error)
	// RecoverSecret finds out which secret an app holds, or with discard forgets those that
	// it may hold without asking it.
	RecoverSecret(ctx context.Context, app string, discard bool) (Result, error)
	Activate(ctx context.Context, app string) (Result, error)
	Deactivate(ctx context.Context, app string) (Result, error)
	Uninstall(ctx context.Context, app string, keepUserData bool) (Result, error)
	Apps(ctx context.Context) ([]App, error)
	App(ctx context.Context, name string) (AppDetails, error)
}

// Source says where an app is read from: a folder on the host's machine, or the address of
// its app.json.
type Source struct {
	Path string `json:"path,omitempty"`
	URL  string `json:"url,omitempty"`
	// Format chooses in a folder that has two manifests: shopware, sitepack, or empty: there
	// is one.
	Format string `json:"format,omitempty"`
	// SkipValidation is for --no-validate: faults of reading still stop.
	SkipValidation bool `json:"skipValidation,omitempty"`
}

// Preview is what a person decides on.
type Preview struct {
	Name        string `json:"name"`
	Version     string `json:"version"`
	Label       string `json:"label"`
	ConsentHash string `json:"consentHash"`
	// ManifestHash names the manifest's exact text.
	ManifestHash string         `json:"manifestHash"`
	Permissions  []ResourceWish `json:"permissions"`
	// Scopes are what a SitePack app asks for, instead of permissions.
	Scopes []ScopeWish `json:"scopes,omitempty"`
	// ClientSecret is made with the preview of a SitePack app that was not registered with its
	// vendor before. It is shown this once; its client id is the name.
	ClientSecret string        `json:"clientSecret,omitempty"`
	Additional   []string      `json:"additionalPrivileges"`
	Hosts        []string      `json:"hosts"`
	Webhooks     []WebhookWish `json:"webhooks"`
	Problems     []Problem     `json:"problems"` // warnings; errors refuse the preview
	// Installed is the state of an installation that is there already; empty: none.
	Installed string `json:"installed,omitempty"`
	// InstalledVersion is its version. What it does not have yet is new.
	InstalledVersion string `json:"installedVersion,omitempty"`
	// Order says whether Version is older (-1) than InstalledVersion, the same (0) or newer (1),
	// as the format of the manifest has it.
	Order          int      `json:"order,omitempty"`
	NewPrivileges  []string `json:"newPrivileges,omitempty"`
	NewHosts       []string `json:"newHosts,omitempty"`
	LostPrivileges []string `json:"lostPrivileges,omitempty"` // it asks for them no more
	// Changed says of an installed SitePack app that its manifest is not the one that is
	// installed, or that something in it waits for consent. What is new are scopes then.
	Changed bool `json:"changed,omitempty"`
	// Demands says that an update needs consent to what is new; without that, an app that
	// checks its own permissions is updated and waits for them.
	Demands bool `json:"needsConsent,omitempty"`
}

// ResourceWish is one row of the permission table: "product", ["write", "delete"].
type ResourceWish struct {
	Resource   string   `json:"resource"`
	Privileges []string `json:"privileges"`
}

// ScopeWish is one row of the table of scopes: "orders:read", and that in words.
type ScopeWish struct {
	Scope  string `json:"scope"`
	Allows string `json:"allows"`
	New    bool   `json:"new,omitempty"` // to those who consented before
}

// WebhookWish is one event that the app wants to hear.
type WebhookWish struct {
	Name  string `json:"name"`
	Event string `json:"event"`
	URL   string `json:"url"`
}

// Webhook is what became of such a wish.
type Webhook struct {
	WebhookWish
	Active bool   `json:"active"` // false: it is not called, for the reason Asleep
	Asleep string `json:"asleep,omitempty"`
}

// Problem is a finding of validation in its text form's parts.
type Problem struct {
	Code     string `json:"code"`
	Severity string `json:"severity"`
	Message  string `json:"message"`
	Hint     string `json:"hint,omitempty"`
	File     string `json:"file"`
	Line     int    `json:"line"`
	Column   int    `json:"column"`
}

// Install is the order to install.
type Install struct {
	Source
	ConsentHash      string `json:"consentHash"`
	Activate         bool   `json:"activate,omitempty"`
	AllowShortSecret bool   `json:"allowShortSecret,omitempty"`
	// AppSecret signs the registration of an app whose manifest has none. It crosses the
	// owner-only socket in the clear, and is shown nowhere.
	AppSecret string `json:"appSecret,omitempty"`
}

// Permit is the order to change what an app may do, at once.
type Permit struct {
	Grant  []string `json:"grant,omitempty"`
	Revoke []string `json:"revoke,omitempty"`
}

// Result of an operation on an app (cli.md 2.4).
type Result struct {
	Name    string `json:"name"`
	Version string `json:"version"`
	// Result is installed, already_installed, updated, unchanged, activated, deactivated,
	// uninstalled, rotated, recovered, discarded or nothing_to_recover.
	Result string `json:"result"`
	// Warnings are sentences about what works but deserves a look.
	Warnings []string `json:"warnings,omitempty"`
}

// App is one line of `app list` (cli.md 2.4).
type App struct {
	Name        string     `json:"name"`
	Label       string     `json:"label"`
	Version     string     `json:"version"`
	Author      string     `json:"author"`
	Active      bool       `json:"active"`
	State       string     `json:"state"` // registered, rotating, unconfirmed, local or pending; of SitePack: installed, needs_approval, reauthorize or pending
	Format      string     `json:"format"`
	InstalledAt time.Time  `json:"installedAt"`
	UpdatedAt   *time.Time `json:"updatedAt"`
	HasSecret   bool       `json:"hasSecret"`
	SelfManaged bool       `json:"selfManaged"`
}

// AppDetails is `app show`.
type AppDetails struct {
	App
	ID   string `json:"id"`
	Path string `json:"path"`
	// Granted and Requested are privileges; of a SitePack app scopes.
	Granted   []string `json:"granted"`
	Requested []string `json:"requested"`
	Hosts     []string `json:"hosts"`
	// NewHosts are those that nobody consented to yet: nothing is sent there.
	NewHosts []string `json:"newHosts,omitempty"`
	// ManifestURL is where the app.json of a SitePack app is. It was read at LookedAt, or could
	// not be, for the reason Unread.
	ManifestURL string     `json:"manifestUrl,omitempty"`
	LookedAt    *time.Time `json:"lookedAt,omitempty"`
	Unread      string     `json:"unread,omitempty"`
	Webhooks    []Webhook  `json:"webhooks"`
	Unconfirmed int        `json:"unconfirmedSecrets"`
	// PendingSince is when the first of them came; nil: there is none.
	PendingSince *time.Time `json:"pendingSince,omitempty"`
	ManifestHash string     `json:"manifestHash"`
	// Names are what the app calls things in the shop.
	Names []Name `json:"names"`
}

// Name of something that an app brings, such as the custom field "vendor_color".
type Name struct {
	Kind string `json:"kind"`
	Name string `json:"name"`
}

func appRoutes() []route {
	return []route{
		{"POST /v1/shops/{shop}/preview", "app.preview", inShop(func(r *http.Request, shop Shop) (any, error) {
			in, err := decode[Source](r)
			if err != nil {
				return nil, err
			}
			return shop.Preview(r.Context(), in)
		})},
		{"POST /v1/shops/{shop}/apps", "app.install", inShop(func(r *http.Request, shop Shop) (any, error) {
			in, err := decode[Install](r)
			if err != nil {
				return nil, err
			}
			return shop.Install(r.Context(), in)
		})},
		{"GET /v1/shops/{shop}/apps", "app.list", inShop(func(r *http.Request, shop Shop) (any, error) {
			return shop.Apps(r.Context())
		})},
		{"GET /v1/shops/{shop}/apps/{app}", "app.show", inShop(func(r *http.Request, shop Shop) (any, error) {
			return shop.App(r.Context(), r.PathValue("app"))
		})},
		{"POST /v1/shops/{shop}/updates", "app.update", inShop(func(r *http.Request, shop Shop) (any, error) {
			in, err := decode[Install](r)
			if err != nil {
				return nil, err
			}
			return shop.Update(r.Context(), in)
		})},
		{"POST /v1/shops/{shop}/apps/{app}/permissions", "app.permit", inShop(func(r *http.Request, shop Shop) (any, error) {
			in, err := decode[Permit](r)
			if err != nil {
				return nil, err
			}
			return shop.Permit(r.Context(), r.PathValue("app"), in)
		})},
		{"POST /v1/shops/{shop}/apps/{app}/secret/rotate", "app.secret.rotate", inShop(func(r *http.Request, shop Shop) (any, error) {
			return shop.RotateSecret(r.Context(), r.PathValue("app"))
		})},
		{"POST /v1/shops/{shop}/apps/{app}/secret/recover", "app.secret.recover", inShop(func(r *http.Request, shop Shop) (any, error) {
			discard, err := strconv.ParseBool(r.URL.Query().Get("discard"))
			if err != nil {
				return nil, malformed(fmt.Errorf("discard: %w", err))
			}
			return shop.RecoverSecret(r.Context(), r.PathValue("app"), discard)
		})},
		{"POST /v1/shops/{shop}/apps/{app}/activate", "app.activate", inShop(func(r *http.Request, shop Shop) (any, error) {
			return shop.Activate(r.Context(), r.PathValue("app"))
		})},
		{"POST /v1/shops/{shop}/apps/{app}/deactivate", "app.deactivate", inShop(func(r *http.Request, shop Shop) (any, error) {
			return shop.Deactivate(r.Context(), r.PathValue("app"))
		})},
		{"DELETE /v1/shops/{shop}/apps/{app}", "app.uninstall", inShop(func(r *http.Request, shop Shop) (any, error) {
			keep, err := strconv.ParseBool(r.URL.Query().Get("keepUserData"))
			if err != nil {
				return nil, malformed(fmt.Errorf("keepUserData: %w", err))
			}
			return shop.Uninstall(r.Context(), r.PathValue("app"), keep)
		})},
	}
}

// Preview asks what installing an app would mean.
func (s shopClient) Preview(ctx context.Context, source Source) (Preview, error) {
	return call[Preview](ctx, s.host, http.MethodPost, s.path+"/preview", source)
}

// Install installs what was previewed.
func (s shopClient) Install(ctx context.Context, in Install) (Result, error) {
	return call[Result](ctx, s.host, http.MethodPost, s.path+"/apps", in)
}

// Update updates an app to what was previewed.
func (s shopClient) Update(ctx context.Context, in Install) (Result, error) {
	return call[Result](ctx, s.host, http.MethodPost, s.path+"/updates", in)
}

// Permit changes what an app may do.
func (s shopClient) Permit(ctx context.Context, app string, in Permit) (Result, error) {
	return call[Result](ctx, s.host, http.MethodPost, s.app(app)+"/permissions", in)
}

// RotateSecret gives an app and the host a new secret.
func (s shopClient) RotateSecret(ctx context.Context, app string) (Result, error) {
	return call[Result](ctx, s.host, http.MethodPost, s.app(app)+"/secret/rotate", nil)
}

// RecoverSecret settles which secret an app holds.
func (s shopClient) RecoverSecret(ctx context.Context, app string, discard bool) (Result, error) {
	path := s.app(app) + "/secret/recover?discard=" + strconv.FormatBool(discard)
	return call[Result](ctx, s.host, http.MethodPost, path, nil)
}

// Activate activates an app.
func (s shopClient) Activate(ctx context.Context, app string) (Result, error) {
	return call[Result](ctx, s.host, http.MethodPost, s.app(app)+"/activate", nil)
}

// Deactivate deactivates an app.
func (s shopClient) Deactivate(ctx context.Context, app string) (Result, error) {
	return call[Result](ctx, s.host, http.MethodPost, s.app(app)+"/deactivate", nil)
}

// Uninstall removes an app.
func (s shopClient) Uninstall(ctx context.Context, app string, keepUserData bool) (Result, error) {
	path := s.app(app) + "?keepUserData=" + strconv.FormatBool(keepUserData)
	return call[Result](ctx, s.host, http.MethodDelete, path, nil)
}

// Apps lists the apps of the shop.
func (s shopClient) Apps(ctx context.Context) ([]App, error) {
	return get[[]App](ctx, s.host, s.path+"/apps")
}

// App shows one app.
func (s shopClient) App(ctx context.Context, name string) (AppDetails, error) {
	return get[AppDetails](ctx, s.host, s.app(name))
}

func (s shopClient) app(name string) string { return s.path + "/apps/" + url.PathEscape(name) }
