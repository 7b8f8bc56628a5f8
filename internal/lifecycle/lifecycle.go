// Package lifecycle installs apps, keeps what the host knows of them, updates and removes
// them: consent, the signed registration, activation, the rotation of secrets, uninstall,
// and the recovery of what a crash or a silent app left in between (protocol-handshake.md).
package lifecycle

import (
	"context"
	"time"

	"github.com/appdock/appdock"
	"github.com/appdock/appdock/internal/entity"
	"github.com/appdock/appdock/manifest"
	"github.com/appdock/appdock/protocol"
)

// Registration is what the host knows of one app in one shop, secrets included. It is
// kept beside the entity "app", never in it.
type Registration struct {
	Installation appdock.Installation
	State        State
	// Secret is the committed shop secret; zero: none was ever committed.
	Secret appdock.Secret
	// SecretTold is when an app was told of Secret in an answer, which nothing confirms; zero:
	// it confirmed it in the handshake.
	SecretTold time.Time
	// Previous is the secret before Secret, while webhooks are signed with both.
	Previous Previous
	// Unconfirmed secrets were minted by the app and their confirmation's result is not
	// known; the newest first, at most five.
	Unconfirmed []appdock.Secret
	// UnconfirmedSince is when the first of them came; zero: there is none.
	UnconfirmedSince time.Time
	// Damaged says that a stored secret could not be read, so that it is missing here.
	// Nothing can be signed for the app until it is installed anew. The store sets it.
	Damaged     bool
	Integration appdock.ID // its API client
	// OtherClients are API clients that the app may hold as well: those of registrations
	// whose result is not known, the newest first, and the one before the last rotation.
	OtherClients []Client
	Role         appdock.ID // the wire form of its grant, entity "acl_role"
	Setup        Setup
	OAuth        OAuth
	Profile      Profile
	Features     Features
	Entities     []entity.Custom // that it adds to the shop
	InstalledAt  time.Time       // of its beginning, once it is complete of its end
	UpdatedAt    time.Time       // zero: never
	// RowVersion is the state that was read; Change refuses an older one. The store sets it.
	RowVersion int64
}

// Previous is the secret before a rotation, which signs besides the new one until Until
// (protocol-signing.md 8). The zero value is none.
type Previous struct {
	Secret appdock.Secret
	Until  time.Time
}

// Client is an API client that an app may hold beside its integration.
type Client struct {
	Integration appdock.ID
	// Until is when it ends; zero: once it is known which one the app took.
	Until time.Time
}

// Setup is how an app registers: what its manifest, or the operator, said at the last
// installation or update. The zero value is an app without a server.
type Setup struct {
	RegistrationURL string
	AppSecret       appdock.Secret
}

// State of a registration (protocol-handshake.md 10).
type State string

// The states that are kept.
const (
	Registering State = "registering" // install is running; no secret is known yet
	Confirming  State = "confirming"  // an unconfirmed secret is saved, the confirmation is on its way
	// Unconfirmed: nobody knows whether the app took a secret. With a committed secret the
	// app is installed all the same, and may refuse what is signed with that.
	Unconfirmed State = "unconfirmed"
	Completing  State = "completing" // the secret is committed, the app was not told that it is installed
	Registered  State = "registered"
	Local       State = "local" // installed without a server
	// Rotating is Registered, or Local, while it is registered again; with an unconfirmed
	// secret its confirmation is on its way. The committed secret is in force all the time.
	Rotating State = "rotating"
	// Deactivating is Registered or Local once the app was told of its deactivation, until
	// that is carried out: a crash falls between them.
	Deactivating State = "deactivating"

	// Of apps of the SitePack dialect (protocol-oauth.md B.8).
	Pending       State = "pending"        // somebody accepted it, its code is out
	Authorized    State = "installed"      // the code was exchanged
	NeedsApproval State = "needs_approval" // works on, while its new manifest waits for consent
	Reauthorize   State = "reauthorize"    // its tokens are dead, its data is kept
)

// Profile is what people see of an app.
type Profile struct {
	Format           string            // "shopware" or "sitepack"
	Label            map[string]string // by locale
	Description      map[string]string
	Author           string
	Copyright        string
	License          string
	Privacy          string // link to the privacy policy
	Icon             []byte
	Path             string // folder it was installed from
	ManifestHash     string
	BaseAppURL       string
	Hosts            []string // it talks to these
	Requested        appdock.Privileges
	TemplatePriority int
	// Names are what it calls things in the shop, for the validation of others and of its
	// own next version.
	Names []manifest.Identifier
	// Config is what merchants can set, as Resources/config/config.xml groups it.
	Config []manifest.ConfigCard
	// MainPage is the page that opens from the list of apps; empty: there is none.
	MainPage string
	Modules  []Module
	Buttons  []Button
	Blocks   []Block
	// AppBlocks are what it shows in the pages of the shop (app-json.md 2.5).
	AppBlocks []AppBlock
	// FlowEvents are the triggers of flows that it brings.
	FlowEvents []FlowEvent
	Payments   []Payment
}

// Module is an entry of an app in the admin's menu (protocol-admin.md 1).
type Module struct {
	Name     string
	Label    map[string]string // by locale
	Source   string            // address of its page; empty: the entry has others below it
	Parent   string            // id of another entry
	Position int
}

// Button posts the record of an admin page, or those selected in a list, to the app
// (protocol-admin.md 2).
type Button struct {
	ID     appdock.ID // the same as long as Action is
	Action string
	Entity string
	View   string // "detail" or "list"
	URL    string
	Label  map[string]string // by locale
}

// FlowEvent is a trigger of flows that an app fires (Resources/flow.xml).
type FlowEvent struct {
	Name  string
	Aware []string // the data it carries, such as "orderAware"
}

// Block is a piece for the pages of a shop (manifest-xml.md 23.3).
type Block struct {
	Name, Category string
	Label          map[string]string // by locale
	Slots          []manifest.CMSSlot
	Defaults       map[string]string // margins and the like, as the manifest names them
	Template       string            // markup of its preview, sanitised
	Styles         string            // of the preview
}

// AppBlock is a piece of an app in the pages of the shop, at the places that a theme names
// Target.
type AppBlock struct {
	ID, Label, Target string
	Position          int
	Settings          map[string]any
	Snippet           string // Twig; empty: there is none, and it shows nothing
	Unread            string // why it could not be fetched last, so that Snippet is that of before; empty: it was
}

// Features is what an app brings along.
type Features struct {
	Webhooks []Webhook
}

// Webhook is a subscription as the manifest wishes it.
type Webhook struct {
	ID       appdock.ID
	Name     string // unique in the app
	Event    appdock.EventName
	Topic    string // the event as SitePack calls it; empty for the other dialect
	URL      string
	OnlyLive bool
	// Active is false for an event that the host does not know (design.md 6).
	Active bool
	// Asked is what of a subscription that the app made at run time this is a part of.
	Asked Asked
}

// Asked is a subscription that an app of the SitePack dialect made at run time; the zero
// value is one of the manifest. One for several topics is kept as one for each.
type Asked struct {
	ID    appdock.ID
	Topic string // as it was asked for, such as "order.*"
	// Strict keeps the order of its deliveries over all attempts.
	Strict bool
	// SuppressOwn leaves out what the app itself caused.
	SuppressOwn bool
}

// Store keeps registrations. Each method is one transaction; each that writes raises the
// shop's revision. Those that take events write them in the same transaction and return
// them with what the store gave them.
type Store interface {
	// Get finds a registration by the app's name, whose case is ignored. NotFound if
	// there is none.
	Get(ctx context.Context, shop appdock.ShopID, app string) (Registration, error)
	// All lists the registrations of a shop by name.
	All(ctx context.Context, shop appdock.ShopID) ([]Registration, error)
	// Create writes the inactive app, its entities, its role and its integration. Conflict
	// with the code ADK-APP-INSTALLED if the shop has an app of that name; an entity that
	// another app has is one, too, and one that does not fit into the shop is Invalid. Records
	// that were kept of an app of that name are there again.
	Create(ctx context.Context, r Registration, c Credentials) error
	// Change replaces r as a whole: its rows in the owned entities, its subscriptions,
	// its secrets. It fails with Conflict if somebody changed r since it was read. API
	// clients that r no longer names are dead from now on.
	// Records of entities that r no longer has, and what they held in fields that are gone,
	// are deleted. Subscriptions that r no longer has end with this revision. A change that commits a
	// secret forgets the one remembered from an earlier installation; one that deactivates
	// the app cuts its tokens for good.
	Change(ctx context.Context, r Registration, events ...appdock.Event) (Registration, []appdock.Event, error)
	// Rekey does what Change does, and gives r one more API client with credentials of its
	// own, integration, at the head of OtherClients. Those of before work on.
	Rekey(ctx context.Context, r Registration, integration appdock.ID, c Credentials) (Registration, error)
	// Remove deletes the app and what it brought, remembers its committed secret for the
	// next installation, and cuts its tokens; its subscriptions end when the events are
	// matched. One without a committed secret leaves what is remembered as it is: the app
	// may demand it for ever (protocol-handshake.md 8.4). keep leaves the records of its
	// entities to its next installation; nobody reads them until then.
	Remove(ctx context.Context, r Registration, keep bool, events ...appdock.Event) ([]appdock.Event, error)
	// LastSecret gives the secret that an uninstalled app of that name had; zero if none
	// is remembered.
	LastSecret(ctx context.Context, shop appdock.ShopID, app string) (appdock.Secret, error)
}

// Credentials are the key pair of an integration as the store may know it.
type Credentials struct {
	AccessKey  string
	SecretHash []byte // HMAC-SHA256 under the host key
	ChangedAt  time.Time
}

// Identities keeps who the shops are. Each method is one transaction.
type Identities interface {
	Identity(ctx context.Context, shop appdock.ShopID) (Identity, error)
	// KeepIdentity writes the identity and raises the shop's revision.
	KeepIdentity(ctx context.Context, shop appdock.ShopID, i Identity) error
	// RenewIdentity gives the shop another id. The secrets of its apps, gone ones included,
	// are forgotten; an app that is installed is Local then. What is open for them is dead:
	// it was meant for those who know the shop by the id before. Until the process ends the
	// shop is found by that as well.
	RenewIdentity(ctx context.Context, shop, id appdock.ShopID, i Identity) error
}

// Identity of a shop beside its id.
type Identity struct {
	Prints Fingerprints // empty: none were taken yet
	// Withheld says that apps are told nothing until somebody settles the identity.
	Withheld bool
}

// Caller makes one call to an app and gives its answer. Deadline, guard and limit are its
// own. An error means that there was no answer.
type Caller interface {
	Call(ctx context.Context, c protocol.Call) (protocol.Answer, error)
}

// Hooks runs the app's own scripts at a step of its life.
type Hooks interface {
	Run(ctx context.Context, i appdock.Installation, hook string, data map[string]any) error
}

// Settler waits for the first attempt of an event, so that the order of a life is kept
// and the command can show what the app said.
type Settler interface {
	Settled(ctx context.Context, event appdock.ID) error
}
