package manifest

// ConfigCard is a group of settings that merchants can change (Resources/config/config.xml).
type ConfigCard struct {
	Titles Translations
	Name   string
	Flag   string // shown only when this feature flag is on
	Fields []ConfigField
	Path   Path
}

// ConfigField is one setting: an input of a type, or a component of the admin.
type ConfigField struct {
	Name         string
	Type         string // of an input; "text" when nothing else is said
	Component    string // set: a component, and no input
	Labels       Translations
	Placeholders Translations
	HelpTexts    Translations
	Required     bool
	Default      *string // as written; nil: none
	Options      []Option
	// Settings are all other elements, by name, passed on to the admin as they are.
	Settings map[string]string
	Path     Path
}

// FlowAction is a step that the flow builder can call (Resources/flow.xml).
type FlowAction struct {
	Name         string // global in a shop
	Labels       Translations
	Headlines    Translations
	Descriptions Translations
	URL          string // with Twig placeholders
	Icon         Icon
	AdminIcon    string // name of one of the admin's own icons
	Badge        string
	Requirements []string // offered only for events with this data: "orderAware"
	Delayable    bool
	Headers      []FlowParameter
	Parameters   []FlowParameter
	Fields       []ConfigField
	Path         Path
}

// FlowParameter is a value of the call; Value is Twig over the event and the action's settings.
type FlowParameter struct {
	Type, Name, Value string
	Path              Path
}

// FlowEvent is a trigger that the app fires itself; while it is active, webhooks may name it.
type FlowEvent struct {
	Name  string
	Aware []string // the data it carries
	Path  Path
}

// CMSBlock is a block for shop pages (Resources/cms.xml).
type CMSBlock struct {
	Name     string
	Category string
	Labels   Translations
	Slots    []CMSSlot
	Defaults map[string]string // margins, sizing mode, background colour
	Path     Path
}

// CMSSlot holds one element of a block.
type CMSSlot struct {
	Name, Type string
	Config     []CMSValue
	Path       Path
}

// CMSValue is one setting of a slot.
type CMSValue struct{ Name, Source, Value string }

// CustomEntity is a kind of record that the app adds (Resources/entities.xml).
// The app may read and write it without asking.
type CustomEntity struct {
	Name              string
	CustomFieldsAware bool
	LabelProperty     string
	Fields            []EntityField
	Path              Path
}

// EntityField is a property of a custom entity, or its relation to another entity.
type EntityField struct {
	Type            string // int, float, string, text, bool, json, email, price, date, many-to-many, many-to-one, one-to-many, one-to-one
	Name            string
	StoreAPIAware   bool // readable in the storefront's API
	Required        bool
	Translatable    bool
	AllowHTML       bool
	Default         *string // as written; nil: none
	Reference       string  // of relations
	OnDelete        string  // set-null, cascade, restrict
	Inherited       bool
	ReverseRequired bool
	Path            Path
}

// AdminPage is the listing and the detail page that the admin makes for a
// custom entity (Resources/config/admin-ui.xml).
type AdminPage struct {
	Entity   string
	Parent   string // menu entry to hang under
	Position int
	Icon     string
	Color    string
	Columns  []AdminColumn
	Tabs     []AdminTab
	Path     Path
}

// AdminColumn is a column of a listing.
type AdminColumn struct {
	Ref    string // a field of the entity
	Hidden bool
	Path   Path
}

// AdminTab is a tab of a detail page.
type AdminTab struct {
	Name  string
	Cards []AdminCard
}

// AdminCard is a card of a tab.
type AdminCard struct {
	Name   string
	Fields []AdminField
	Path   Path
}

// AdminField is a field of a card.
type AdminField struct {
	Ref         string // a field of the entity
	HelpText    bool
	Placeholder bool
	Path        Path
}

// MCPItem is a tool, a prompt or a resource for clients that are language
// models (Resources/mcp.xml).
type MCPItem struct {
	Kind         string // "tool", "prompt", "resource"
	Name         string // the full name has the app's before it
	URL          string // beginning with "/": a route of the host
	URI          string // of a resource
	MIMEType     string // of a resource
	Labels       Translations
	Descriptions Translations
	Inputs       []MCPInput // of a tool
	Privileges   []string   // that a tool needs
	Path         Path
}

// MCPInput is one argument of a tool.
type MCPInput struct {
	Name, Type, Description string
	Required                bool
}
