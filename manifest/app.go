package manifest

import (
	"encoding/json"
	"log/slog"
)

// App is what an app is and wants, as its manifest says: one model for both
// dialects (app-json.md 7). It is plain data. What a manifest leaves out has the
// value that the loader of its dialect gives it.
//
// Every value has a place: list items carry their Path, single values are found
// by the path that their field names, and Source turns a Path into a Position.
type App struct {
	Format        Format
	SchemaVersion string // "1.0", "2.0" or "3.0"; "1" for app.json

	Name         string // technical name, the app's key; unique in a host, case ignored
	Version      string
	Labels       Translations
	Descriptions Translations
	Author       string
	Copyright    string
	License      string
	Category     string
	Icon         Icon
	// Compatibility says which versions of the platform the app runs on.
	Compatibility Constraint
	PrivacyURL    string
	PrivacyNotes  Translations // what the merchant should add to the shop's own policy

	Auth         Auth
	Permissions  Permissions
	AllowedHosts []string // as written; what counts is Hosts
	Hosts        []string // every host the app may be called at: consent and outgoing allow-list

	Webhooks        []Webhook
	Admin           Admin
	Theme           Theme
	CustomFieldSets []CustomFieldSet
	Cookies         []Cookie
	PaymentMethods  []PaymentMethod
	ShippingMethods []ShippingMethod
	RuleConditions  []RuleCondition
	TaxProviders    []TaxProvider
	Gateways        Gateways
	Requirements    []string // names as written, unknown ones included
	Support         Support

	// What stands in files beside manifest.xml (manifest-xml.md 23).
	Config      []ConfigCard
	FlowActions []FlowAction
	FlowEvents  []FlowEvent
	CMSBlocks   []CMSBlock
	Entities    []CustomEntity
	AdminPages  []AdminPage // of the entities
	MCP         []MCPItem

	Source *Source

	// aside is what was wrong with the files beside the manifest. Validate tells
	// it: such files do not keep an App from being read.
	aside Problems
}

// Hash names the exact text of the manifest; a consent is given to it.
func (a *App) Hash() string { return a.Source.Hash() }

// Format is the dialect of a manifest.
type Format string

const (
	// Shopware is manifest.xml.
	Shopware Format = "shopware"
	// SitePack is app.json.
	SitePack Format = "sitepack"
)

// Translations are texts by locale, such as "en-GB".
type Translations map[string]string

// In gives the text for a locale, else the English one, else none (manifest-xml.md 2.9).
func (t Translations) In(lang string) string {
	if text, ok := t[lang]; ok {
		return text
	}
	return t[defaultLang]
}

// Icon is an image of the app: app.json gives a URL, manifest.xml a path in the
// app's folder, exactly as written. Whoever opens the path must keep it inside
// the folder.
type Icon struct{ URL, Path string }

// AuthKind says how host and app come to trust each other.
type AuthKind string

const (
	// NoAuth says that the app has no server and no secret.
	NoAuth AuthKind = "none"
	// OAuth2 is the authorization code flow of app.json.
	OAuth2 AuthKind = "oauth2"
	// Registration is the signed handshake of manifest.xml.
	Registration AuthKind = "registration"
)

// Auth is how host and app come to trust each other.
type Auth struct {
	Kind            AuthKind
	RedirectURI     string
	RedirectURIs    []string // further ones
	StartURI        string
	RegistrationURL string
	DevSecret       Secret // the app secret, of private apps and apps in development
}

// Secret is a text that must not be shown: only Reveal gives it.
type Secret string

// Reveal gives the secret itself.
func (s Secret) Reveal() string { return string(s) }

// String hides the secret.
func (s Secret) String() string {
	if s == "" {
		return ""
	}
	return "[redacted]"
}

// GoString hides the secret.
func (s Secret) GoString() string { return s.String() }

// LogValue hides the secret.
func (s Secret) LogValue() slog.Value { return slog.StringValue(s.String()) }

// MarshalJSON hides the secret.
func (s Secret) MarshalJSON() ([]byte, error) { return json.Marshal(s.String()) }

// Permissions are what the app asks for.
type Permissions struct {
	// Requested are privileges such as "order:read", what others imply
	// included, each once, in the order of manifest-xml.md 8.
	Requested []string
	Raw       []Permission // as written
	// SelfChecked: the app checks its permissions before it uses them, so new
	// ones may be accepted later than an update.
	SelfChecked bool
}

// Permission is one line of what the app asks for.
type Permission struct {
	Kind  string // "read", "create", "update", "delete", "crud", "permission"; "scope" in app.json
	Value string // an entity, a privilege or a scope
	Path  Path
}

// Webhook is one event that the app wants to be sent.
type Webhook struct {
	Name      string // key of an update
	Event     string // the host's own name; empty for an unknown topic
	Topic     string // what app.json calls the event; empty in manifest.xml
	Operation string // "insert" or "update": only such changes; empty: all
	URL       string
	Format    string // "json"
	OnlyLive  bool   // only changes of the live version of a record
	Path      Path
}

// Admin is what the app adds to the administration.
type Admin struct {
	MainURL       string // page opened from the list of apps
	OnboardingURL string // page opened once, after the installation
	BaseAppURL    string // hidden frame of the extension SDK
	Modules       []Module
	Widgets       []Widget
	ActionButtons []ActionButton
}

// Module is a page of the app with an entry in the admin's menu.
type Module struct {
	ID       string
	Labels   Translations
	URL      string // empty: a menu folder without a page
	Parent   string // id of a menu entry; empty: none was given
	Position int
	Icon     string
	Path     Path
}

// Widget is a frame on one of the admin's own pages.
type Widget struct {
	ID, Location, URL, Height string
	Path                      Path
}

// ActionButton posts the record, or the selected ones, of an admin page to the app.
type ActionButton struct {
	Action string // key of an update
	Entity string
	View   string // "detail" or "list"
	URL    string // beginning with "/": a script endpoint of the shop
	Labels Translations
	Path   Path
}

// Theme is what the app adds to the storefront.
type Theme struct {
	TemplatePriority int // higher is applied later, and so wins
	Blocks           []Block
}

// Block is a piece that a theme shows where it has the tag for its target.
type Block struct {
	ID, Label, Target string
	SnippetPath       string // Twig file in the app's folder, as written
	Snippet           string // its text, once it was read; see [App.ReadSnippets] and [FetchSnippets]
	Unread            string // why it could not be fetched; empty: it was, or nobody tried
	URL               string // gives HTML when there is no snippet
	Position          int
	Settings          map[string]any // defaults that the merchant can change
	Path              Path
}

// CustomFieldSet is a group of fields that the app adds to entities.
type CustomFieldSet struct {
	Name     string
	Labels   Translations
	Global   bool // merchants cannot change the entities
	Entities []string
	Fields   []CustomField
	Path     Path
}

// FieldType is the type of a custom field.
type FieldType string

// The field types of manifest-xml.md 11.3.
const (
	Int                FieldType = "int"
	Float              FieldType = "float"
	Text               FieldType = "text"
	TextArea           FieldType = "text-area"
	Bool               FieldType = "bool"
	Datetime           FieldType = "datetime"
	SingleSelect       FieldType = "single-select"
	MultiSelect        FieldType = "multi-select"
	SingleEntitySelect FieldType = "single-entity-select"
	MultiEntitySelect  FieldType = "multi-entity-select"
	ColorPicker        FieldType = "color-picker"
	MediaSelection     FieldType = "media-selection"
	Price              FieldType = "price"
)

// CustomField is a field of a set, or a constraint of a rule condition.
type CustomField struct {
	Type               FieldType
	Name               string
	Labels             Translations
	HelpTexts          Translations
	Placeholders       Translations
	Required           bool
	Position           int
	AllowCustomerWrite bool
	AllowCartExpose    bool
	IncludeInSearch    bool
	Steps, Min, Max    *float64 // of numbers; nil: not given
	Options            []Option // of selects
	Entity             string   // of entity selects
	LabelProperty      string
	Path               Path
}

// Option is one value of a select.
type Option struct {
	Value  string
	Labels Translations
	Path   Path
}

// Cookie is a line of the cookie consent dialog, or a group of them.
type Cookie struct {
	SnippetName        string // snippet key or text
	SnippetDescription string
	Name               string // of the cookie
	Value              string // empty: the shop reports the consent and sets nothing
	Expiration         string // days, as written; empty: the session
	Group              bool
	Entries            []Cookie // of a group
	Path               Path
}

// PaymentMethod is a way to pay that the app handles.
type PaymentMethod struct {
	Identifier   string
	Names        Translations
	Descriptions Translations
	PayURL       string
	FinalizeURL  string // given: the customer is sent away and comes back
	ValidateURL  string
	CaptureURL   string // schemas 1.0 and 2.0 only
	RefundURL    string
	RecurringURL string
	Icon         Icon
	Path         Path
}

// ShippingMethod is a way to ship that the app adds.
type ShippingMethod struct {
	Identifier   string
	Names        Translations
	Descriptions Translations
	Active       bool // at the first installation
	Icon         Icon
	Position     int
	TrackingURLs Translations // with %s for the tracking code
	DeliveryTime DeliveryTime
	Path         Path
}

// DeliveryTime is how long a shipping method takes.
type DeliveryTime struct {
	ID       string // 32 hex digits
	Name     string
	Min, Max int
	Unit     string // hour, day, week, month, year
	Path     Path
}

// RuleCondition is a condition for the rule builder, decided by a script.
type RuleCondition struct {
	Identifier  string
	Names       Translations
	Group       string
	Script      string // below Resources/scripts/rule-conditions, as written
	Constraints []CustomField
	Path        Path
}

// TaxProvider computes taxes at the checkout.
type TaxProvider struct {
	Identifier string
	Name       string
	Priority   int
	ProcessURL string
	Path       Path
}

// Gateways are URLs the shop asks for decisions; empty ones are not used.
type Gateways struct{ Checkout, Context, InAppPurchases string }

// Support is where merchants get help.
type Support struct{ Email, DocsURL string }
