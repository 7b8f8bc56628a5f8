// Package control is what operators do with a host: one interface, its server on the unix
// socket of the data folder, and its client, which is the interface again. The command
// line speaks to nothing else, whether the host runs in another process or in its own.
package control

import (
	"context"
	"iter"
	"time"

	"github.com/appdock/appdock"
)

// Host is a host as its operators see it. Failures are *appdock.Error; those that
// crossed the socket are the same errors again.
type Host interface {
	Version(ctx context.Context) (Version, error)
	Shop(ctx context.Context) (Shop, error)

	// Preview reads and validates an app and says what installing it asks for; nothing
	// is changed.
	Preview(ctx context.Context, source Source) (Preview, error)
	// Install installs what was previewed; it is refused if the accepted hash is not that
	// of the app's consent now.
	Install(ctx context.Context, in Install) (Result, error)
	Activate(ctx context.Context, app string) (Result, error)
	Deactivate(ctx context.Context, app string) (Result, error)
	Uninstall(ctx context.Context, app string, keepUserData bool) (Result, error)
	Apps(ctx context.Context) ([]App, error)
	App(ctx context.Context, name string) (AppDetails, error)

	Deliveries(ctx context.Context, f DeliveryFilter) ([]Delivery, error)
	Delivery(ctx context.Context, id appdock.ID) (DeliveryDetails, error)

	// Watch gives what happens from now on until ctx ends or the host does.
	Watch(ctx context.Context) iter.Seq2[Activity, error]
}

// Version of the running host.
type Version struct {
	Version  string `json:"version"`
	Commit   string `json:"commit,omitempty"`
	Go       string `json:"go"`
	Platform string `json:"platformVersion"` // sw-version spoken to apps
}

// Shop is the host's shop (cli.md 2.4).
type Shop struct {
	ID       appdock.ShopID `json:"id"`
	URL      string         `json:"url"`
	Name     string         `json:"name"`
	Platform string         `json:"platformVersion"`
	Mode     string         `json:"mode"`
	Identity string         `json:"identity"` // "ok" or "change_suggested"
	Apps     int            `json:"apps"`
}

// Source says where an app is read from: a folder on the host's machine.
type Source struct {
	Path string `json:"path"`
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
	Additional   []string       `json:"additionalPrivileges"`
	Hosts        []string       `json:"hosts"`
	Webhooks     []WebhookWish  `json:"webhooks"`
	Problems     []Problem      `json:"problems"` // warnings; errors refuse the preview
	// Installed is the state of an installation that is there already; empty: none.
	Installed string `json:"installed,omitempty"`
}

// ResourceWish is one row of the permission table: "product", ["write", "delete"].
type ResourceWish struct {
	Resource   string   `json:"resource"`
	Privileges []string `json:"privileges"`
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
	Active bool `json:"active"` // false: its event is none that the host knows, so it is never called
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

// Result of an operation on an app (cli.md 2.4).
type Result struct {
	Name    string `json:"name"`
	Version string `json:"version"`
	// Result is installed, already_installed, activated, deactivated or uninstalled.
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
	State       string     `json:"state"` // registered, unconfirmed, local or pending
	Format      string     `json:"format"`
	InstalledAt time.Time  `json:"installedAt"`
	UpdatedAt   *time.Time `json:"updatedAt"`
	HasSecret   bool       `json:"hasSecret"`
	SelfManaged bool       `json:"selfManaged"`
}

// AppDetails is `app show`.
type AppDetails struct {
	App
	ID           string    `json:"id"`
	Path         string    `json:"path"`
	Granted      []string  `json:"granted"`
	Requested    []string  `json:"requested"`
	Hosts        []string  `json:"hosts"`
	Webhooks     []Webhook `json:"webhooks"`
	Unconfirmed  int       `json:"unconfirmedSecrets"`
	ManifestHash string    `json:"manifestHash"`
}

// DeliveryFilter narrows `delivery list`; zero values do not.
type DeliveryFilter struct {
	App    string    `json:"app,omitempty"`
	Event  string    `json:"event,omitempty"`
	Status string    `json:"status,omitempty"`
	Since  time.Time `json:"since,omitzero"`
	Until  time.Time `json:"until,omitzero"`
	Limit  int       `json:"limit,omitempty"`
}

// Delivery is one line of `delivery list` (cli.md 2.4).
type Delivery struct {
	ID             appdock.ID `json:"id"`
	EventID        appdock.ID `json:"eventId"`
	App            string     `json:"app"`
	Webhook        string     `json:"webhook"`
	Event          string     `json:"event"`
	EntityID       string     `json:"entityId"` // empty: the event concerns several records or none
	Status         string     `json:"status"`   // waiting, delivered, parked or dead
	Attempts       int        `json:"attempts"`
	DueAt          *time.Time `json:"dueAt"`
	URL            string     `json:"url"`
	ResponseStatus int        `json:"responseStatus"`
	Reason         string     `json:"reason,omitempty"`
	CreatedAt      time.Time  `json:"createdAt"`
}

// DeliveryDetails is `delivery show`.
type DeliveryDetails struct {
	Delivery
	Log []Attempt `json:"log"`
}

// Attempt is one HTTP request of a delivery and what came back.
type Attempt struct {
	Attempt  int       `json:"attempt"` // the first is 1; on the wire to apps it is 0
	At       time.Time `json:"at"`
	MS       int64     `json:"ms"`
	Status   int       `json:"status"`
	Error    string    `json:"error,omitempty"`
	Request  string    `json:"request"`
	Response string    `json:"response"`
}

// Activity is one thing that happened on the host, for people who watch.
type Activity struct {
	At time.Time `json:"at"`
	// Kind is "event" for a webhook that goes out, "answer" for what came back, "api"
	// for a call of an app to the Admin API, "life" for a step of an app's life.
	Kind   string `json:"kind"`
	App    string `json:"app"`
	Event  string `json:"event"`         // event name, or method and path of a call
	Key    string `json:"key,omitempty"` // id of the record it is about, or the host that is called in a handshake
	Status int    `json:"status,omitempty"`
	MS     int64  `json:"ms"`
	Text   string `json:"text,omitempty"`
	// Attempt is the attempt's number; 0 is the first.
	Attempt int `json:"attempt,omitempty"`
}
