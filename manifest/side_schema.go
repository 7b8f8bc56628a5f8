package manifest

import "regexp"

// The schemas of the files beside manifest.xml (manifest-xml.md 23).

var (
	fieldName  = regexp.MustCompile(`^[a-zA-Z][a-zA-Z0-9]*$`)
	actionName = regexp.MustCompile(`^[a-z][a-z.]*[a-z]$`)
	eventName  = regexp.MustCompile(`^[a-z][a-z._]*[a-z]$`)
	// configLocale is stricter than that of the other files (manifest-xml.md 25, trap 7).
	configLocale = regexp.MustCompile(`^[a-z]{2}-[A-Z]{2}$`)

	once      = &fate{"schema", Error}
	fieldType = &fate{"config.field_type", Error}
)

var inputTypes = choices("text", "textarea", "text-editor", "url", "password", "int", "float", "bool", "checkbox", "datetime", "date",
	"time", "colorpicker", "single-select", "multi-select")

// configSchema is Resources/config/config.xml.
var configSchema = &element{name: "config", needsChild: true, children: []*element{{
	name: "card", many: true, children: []*element{
		{name: "title", kind: text, translatable: true},
		{name: "name", kind: text},
		{name: "ai-badge", kind: boolean},
		{
			name: "input-field", many: true, loose: true,
			attributes: []attribute{
				{name: "type", kind: enumeration, values: append(inputTypes, choice{value: "price"}), unlisted: fieldType},
				{name: "cache-relevant", kind: boolean},
			},
			children: []*element{{name: "name", kind: word, required: true, form: fieldName, twice: once}},
		},
		{
			name: "component", many: true, loose: true,
			attributes: []attribute{
				{name: "name", kind: word, required: true},
				{name: "cache-relevant", kind: boolean},
			},
			children: []*element{{name: "name", kind: word, required: true, form: fieldName}},
		},
		{name: "flag", kind: text},
	},
}}}

// flowSchema is Resources/flow.xml.
var flowSchema = &element{name: "flow-extensions", children: []*element{
	flowActionsSchema,
	{name: "flow-events", needsChild: true, children: []*element{{
		name: "flow-event", many: true, ordered: true, children: []*element{
			{name: "name", kind: word, required: true, form: eventName, misformed: &fate{"flow.event_name", Error}, twice: once},
			{name: "aware", kind: word, required: true, many: true},
		},
	}}},
}}

// flowActionsSchema is a part of flow.xml, and the older file Resources/flow-action.xml.
var flowActionsSchema = &element{name: "flow-actions", needsChild: true, children: []*element{{
	name: "flow-action", many: true, children: []*element{
		{name: "meta", required: true, twice: once, children: []*element{
			{name: "name", kind: word, required: true, form: actionName, misformed: &fate{"flow.action_name", Error}, absent: metaMissing},
			{name: "label", kind: text, required: true, translatable: true, absent: metaMissing},
			{name: "headline", kind: text, translatable: true},
			{name: "description", kind: text, translatable: true},
			{name: "icon", kind: word},
			{name: "badge", kind: text},
			{name: "sw-icon", kind: word},
			{name: "url", kind: word, required: true, absent: metaMissing},
			{name: "requirements", kind: word, many: true},
			{name: "delayable", kind: boolean},
		}},
		{name: "headers", required: true, twice: once, needsChild: true, children: []*element{parameterSchema}},
		{name: "parameters", required: true, twice: once, needsChild: true, children: []*element{parameterSchema}},
		{name: "config", required: true, twice: once, needsChild: true, children: []*element{{
			name: "input-field", many: true,
			attributes: []attribute{{name: "type", kind: enumeration, values: inputTypes}},
			children: []*element{
				{name: "name", kind: word, form: fieldName},
				{name: "label", kind: text, translatable: true},
				{name: "place-holder", kind: text, translatable: true},
				{name: "helpText", kind: text, translatable: true},
				{name: "defaultValue", kind: raw},
				{name: "options", needsChild: true, children: []*element{{
					name: "option", many: true,
					attributes: []attribute{{name: "value", kind: raw, required: true}},
					children:   []*element{{name: "label", kind: text, required: true, translatable: true}},
				}}},
				{name: "required", kind: boolean, preset: true},
			},
		}}},
	},
}}}

var (
	metaMissing     = &fate{"flow.meta_missing", Error}
	parameterSchema = &element{name: "parameter", kind: empty, many: true, attributes: []attribute{
		{name: "type", kind: word, required: true},
		{name: "name", kind: word, required: true},
		{name: "value", kind: raw, required: true},
	}}
)

// cmsSchema is Resources/cms.xml.
var cmsSchema = &element{name: "cms", children: []*element{{
	name: "blocks", twice: once, needsChild: true,
	children: []*element{{
		name: "block", many: true, ordered: true,
		children: []*element{
			{name: "name", kind: word, required: true, twice: once},
			{
				name: "category", kind: enumeration, required: true, twice: once,
				values: choices("commerce", "form", "image", "sidebar", "text", "text-image", "video"),
			},
			{name: "label", kind: text, required: true, translatable: true},
			{
				name: "slots", required: true, twice: once, needsChild: true,
				children: []*element{{
					name: "slot", many: true,
					attributes: []attribute{{name: "name", kind: word, required: true}, {name: "type", kind: word, required: true}},
					children: []*element{{name: "config", required: true, twice: once, needsChild: true, children: []*element{{
						name: "config-value", kind: empty, many: true,
						attributes: []attribute{
							{name: "name", kind: raw, required: true},
							{name: "source", kind: raw, required: true},
							{name: "value", kind: raw, required: true},
						},
					}}}},
				}},
				unique: []keys{{"slot", "@name", "slot", "schema"}},
			},
			{name: "default-config", required: true, twice: once, children: []*element{
				{name: "margin-bottom", kind: text, twice: once},
				{name: "margin-top", kind: text, twice: once},
				{name: "margin-left", kind: text, twice: once},
				{name: "margin-right", kind: text, twice: once},
				{name: "sizing-mode", kind: enumeration, twice: once, values: choices("boxed", "full_width")},
				{name: "background-color", kind: text, twice: once},
			}},
		},
	}},
	unique: []keys{{"block", "name", "block", "schema"}},
}}}

// entitiesSchema is Resources/entities.xml.
var entitiesSchema = &element{name: "entities", needsChild: true, children: []*element{{
	name: "entity", many: true,
	attributes: []attribute{
		{name: "name", kind: word, required: true},
		{name: "custom-fields-aware", kind: boolean},
		{name: "label-property", kind: word},
	},
	children: []*element{{name: "fields", required: true, many: true, children: entityFieldSchemas()}},
}}}

func entityFieldSchemas() []*element {
	field := func(name string, more ...attribute) *element {
		return &element{name: name, kind: empty, many: true, attributes: append([]attribute{
			{name: "name", kind: word, required: true},
			{name: "store-api-aware", kind: boolean, required: true},
		}, more...)}
	}
	var (
		required     = attribute{name: "required", kind: boolean}
		translatable = attribute{name: "translatable", kind: boolean}
		inherited    = attribute{name: "inherited", kind: boolean}
		reference    = attribute{name: "reference", kind: word, required: true}
		onDelete     = attribute{name: "on-delete", kind: enumeration, required: true, values: choices("set-null", "cascade", "restrict")}
	)
	value := func(k kind) attribute { return attribute{name: "default", kind: k} }
	return []*element{
		field("int", required, translatable, value(integer)),
		field("float", required, translatable, value(number)),
		field("string", required, translatable, value(raw)),
		field("text", required, translatable, value(raw), attribute{name: "allow-html", kind: boolean}),
		field("bool", required, translatable, value(boolean)),
		field("email", required, translatable, value(raw)),
		field("date", required, translatable, value(moment)),
		field("json", required, translatable),
		field("price", required),
		field("many-to-many", reference, inherited),
		field("many-to-one", reference, onDelete, required, inherited),
		field("one-to-one", reference, onDelete, required, inherited),
		field("one-to-many", reference, onDelete, inherited, attribute{name: "reverse-required", kind: boolean}),
	}
}

// adminUISchema is Resources/config/admin-ui.xml.
var adminUISchema = &element{name: "admin-ui", needsChild: true, children: []*element{{
	name: "entity", many: true, ordered: true,
	attributes: []attribute{
		{name: "name", kind: word, required: true},
		{
			name: "navigation-parent", kind: enumeration, required: true,
			values: choices("sw-catalogue", "sw-order", "sw-customer", "sw-content", "sw-marketing", "sw-extension", "sw-settings"),
		},
		{name: "position", kind: integer, required: true},
		{name: "icon", kind: word},
		{name: "color", kind: word},
	},
	children: []*element{
		{name: "listing", required: true, twice: once, children: []*element{
			{name: "columns", required: true, twice: once, needsChild: true, children: []*element{
				{name: "column", kind: empty, many: true, attributes: []attribute{
					{name: "ref", kind: word, required: true},
					{name: "hidden", kind: boolean},
				}},
			}},
		}},
		{name: "detail", required: true, twice: once, children: []*element{
			{name: "tabs", required: true, twice: once, needsChild: true, children: []*element{
				{name: "tab", many: true, needsChild: true, attributes: []attribute{{name: "name", kind: word, required: true}}, children: []*element{
					{name: "card", many: true, needsChild: true, attributes: []attribute{{name: "name", kind: word, required: true}}, children: []*element{
						{name: "field", kind: empty, many: true, attributes: []attribute{
							{name: "ref", kind: word, required: true},
							{name: "helpText", kind: boolean},
							{name: "placeholder", kind: boolean},
						}},
					}},
				}},
			}},
		}},
	},
}}}

// mcpSchema is Resources/mcp.xml, of which no XSD is published (manifest-xml.md 23.8).
var mcpSchema = &element{name: "mcp", children: []*element{
	{name: "mcp-tools", twice: once, needsChild: true, children: []*element{mcpItemSchema("mcp-tool", nil,
		&element{name: "input-schema", twice: once, children: []*element{{
			name: "property", kind: empty, many: true, attributes: []attribute{
				{name: "name", kind: word, required: true},
				{name: "type", kind: enumeration, values: choices("string", "integer", "number", "boolean", "array", "object")},
				{name: "description", kind: text},
				{name: "required", kind: boolean},
			},
		}}},
		&element{name: "required-privileges", twice: once, children: []*element{{name: "privilege", kind: word, many: true}}},
	)}, unique: []keys{{"mcp-tool", "@name", "tool", "mcp.duplicate_name"}}},
	{
		name: "mcp-prompts", twice: once, needsChild: true, children: []*element{mcpItemSchema("mcp-prompt", nil)},
		unique: []keys{{"mcp-prompt", "@name", "prompt", "mcp.duplicate_name"}},
	},
	{name: "mcp-resources", twice: once, needsChild: true, children: []*element{mcpItemSchema("mcp-resource", []attribute{
		{name: "uri", kind: word, required: true},
		{name: "mime-type", kind: word},
	})}, unique: []keys{{"mcp-resource", "@name", "resource", "mcp.duplicate_name"}}},
}}

func mcpItemSchema(name string, attributes []attribute, more ...*element) *element {
	return &element{
		name: name, many: true,
		attributes: append([]attribute{
			{name: "name", kind: word, required: true, form: regexp.MustCompile(`^[A-Za-z0-9_-]+$`)},
			{name: "url", kind: word, required: true},
		}, attributes...),
		children: append([]*element{
			{name: "label", kind: text, translatable: true},
			{name: "description", kind: text, translatable: true},
		}, more...),
	}
}
