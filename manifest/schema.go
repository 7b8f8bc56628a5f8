package manifest

// manifestSchema is manifest.xml: schemas 1.0, 2.0 and 3.0 in one, with the
// mandatory parts that the loader adds to them (manifest-xml.md 2 to 20).
var manifestSchema = &element{
	name:       "manifest",
	attributes: []attribute{{name: "validates-permissions", kind: boolean, in: v3}},
	children: []*element{
		metaSchema,
		{name: "setup", children: []*element{
			{name: "registrationUrl", kind: word, required: true, twice: &fate{"repeated_element", Error}},
			{name: "secret", kind: raw, twice: &fate{"repeated_element", Error}},
		}},
		adminSchema,
		{name: "storefront", wantsChild: true, open: true, children: []*element{
			{name: "template-load-priority", kind: integer},
		}},
		{name: "permissions", needsChild: true, children: []*element{
			{name: "read", kind: word, many: true},
			{name: "create", kind: word, many: true},
			{name: "update", kind: word, many: true},
			{name: "delete", kind: word, many: true},
			{name: "crud", kind: word, many: true, in: v3},
			{name: "permission", kind: word, many: true},
		}},
		{name: "allowed-hosts", needsChild: true, children: []*element{
			{name: "host", kind: word, many: true},
		}},
		customFieldsSchema,
		{
			name: "webhooks",
			children: []*element{{name: "webhook", kind: empty, many: true, attributes: []attribute{
				{name: "name", kind: word, required: true},
				{name: "url", kind: word, required: true},
				{name: "event", kind: token, required: true},
				{name: "onlyLiveVersion", kind: boolean, in: v2 | v3},
			}}},
			unique: []keys{{"webhook", "@name", "webhook name", "duplicate_name"}},
		},
		{name: "cookies", wantsChild: true, children: []*element{
			cookieSchema,
			{name: "group", many: true, wantsChild: true, children: []*element{
				{name: "snippet-name", kind: word},
				{name: "snippet-description", kind: word},
				{name: "entries", children: []*element{cookieSchema}},
			}},
		}},
		paymentsSchema,
		shippingSchema,
		{
			name: "rule-conditions",
			children: []*element{{name: "rule-condition", many: true, wantsChild: true, children: []*element{
				{name: "identifier", kind: word, required: true},
				{name: "name", kind: text, required: true, translatable: true},
				{name: "group", kind: word},
				{name: "script", kind: word, required: true},
				{name: "constraints", wantsChild: true, children: fieldSchemas},
			}}},
			unique: []keys{{"rule-condition", "identifier", "rule condition", "duplicate_identifier"}},
		},
		{
			name: "tax", in: v2 | v3,
			children: []*element{{name: "tax-provider", many: true, wantsChild: true, children: []*element{
				{name: "identifier", kind: word, required: true},
				{name: "name", kind: text, required: true},
				{name: "priority", kind: integer, required: true},
				{name: "process-url", kind: word, required: true},
			}}},
			unique: []keys{{"tax-provider", "identifier", "tax provider", "duplicate_identifier"}},
		},
		{name: "gateways", in: v2 | v3, ordered: true, children: []*element{
			{name: "checkout", kind: word, twice: &fate{"gateway_duplicate", Error}},
			{name: "context", kind: word, in: v3, twice: &fate{"gateway_duplicate", Error}},
			{name: "inAppPurchases", kind: word, in: v3, twice: &fate{"gateway_duplicate", Error}},
		}},
		{name: "requirements", in: v3, anything: true},
		{name: "documents", unsupported: true},
		{name: "consents", unsupported: true},
	},
}

var metaSchema = &element{name: "meta", required: true, wantsChild: true, children: []*element{
	{name: "name", kind: word, required: true},
	{name: "label", kind: text, required: true, translatable: true},
	{name: "description", kind: text, translatable: true},
	{name: "author", kind: text, required: true},
	{name: "copyright", kind: text, required: true},
	{name: "version", kind: word, required: true},
	{name: "icon", kind: word},
	{name: "license", kind: text, required: true},
	{name: "compatibility", kind: word, in: v2 | v3},
	{name: "privacy", kind: word},
	{name: "privacyPolicyExtensions", kind: text, translatable: true},
}}

var adminSchema = &element{
	name: "admin", wantsChild: true,
	children: []*element{
		{
			name: "action-button", many: true,
			attributes: []attribute{
				{name: "action", kind: word, required: true},
				{name: "entity", kind: enumeration, required: true, values: append(
					choices("product", "order", "category", "promotion", "customer"), choice{"cms_page", v2 | v3})},
				{name: "view", kind: enumeration, required: true, values: choices("detail", "list")},
				{name: "url", kind: word, required: true},
				{name: "openNewTab", kind: boolean, in: v1},
			},
			children: []*element{{name: "label", kind: text, required: true, translatable: true}},
		},
		{
			name: "module", many: true,
			attributes: []attribute{
				{name: "name", kind: word, required: true},
				{name: "parent", kind: word}, // required in 2.0 and 3.0: rule moduleParentMissing
				{name: "source", kind: word},
				{name: "position", kind: integer},
			},
			children: []*element{{name: "label", kind: text, required: true, translatable: true}},
		},
		{
			name: "main-module", kind: empty, twice: &fate{"main_module_twice", Error},
			attributes: []attribute{{name: "source", kind: word, required: true}},
		},
		{name: "base-app-url", kind: word},
	},
	unique: []keys{
		{"action-button", "@action", "action", "duplicate_name"},
		{"module", "@name", "module name", "duplicate_name"},
	},
}

var cookieSchema = &element{name: "cookie", many: true, wantsChild: true, children: []*element{
	{name: "snippet-name", kind: word},
	{name: "snippet-description", kind: word},
	{name: "cookie", kind: word},
	{name: "value", kind: raw},
	{name: "expiration", kind: integer},
}}

var paymentsSchema = &element{
	name: "payments",
	children: []*element{{name: "payment-method", many: true, wantsChild: true, children: []*element{
		{name: "identifier", kind: word, required: true},
		{name: "name", kind: text, required: true, translatable: true},
		{name: "description", kind: text, translatable: true},
		{name: "pay-url", kind: word},
		{name: "finalize-url", kind: word},
		{name: "validate-url", kind: word},
		{name: "capture-url", kind: word, in: v1 | v2},
		{name: "refund-url", kind: word},
		{name: "recurring-url", kind: word, in: v2 | v3},
		{name: "icon", kind: word},
	}}},
	unique: []keys{{"payment-method", "identifier", "payment method", "duplicate_identifier"}},
}

var shippingSchema = &element{
	name: "shipping-methods", in: v2 | v3,
	children: []*element{{name: "shipping-method", many: true, wantsChild: true, children: []*element{
		{name: "identifier", kind: word, required: true},
		{name: "name", kind: text, required: true, translatable: true},
		{name: "description", kind: text, translatable: true},
		{name: "active", kind: boolean, preset: true},
		{name: "icon", kind: word},
		{name: "position", kind: integer},
		{name: "tracking-url", kind: text, translatable: true},
		{name: "delivery-time", required: true, ordered: true, children: []*element{
			{name: "id", kind: word, required: true},
			{name: "name", kind: text, required: true, translatable: true},
			{name: "min", kind: integer, required: true},
			{name: "max", kind: integer, required: true},
			{name: "unit", kind: enumeration, required: true, values: choices("hour", "day", "week", "month", "year")},
		}},
	}}},
	unique: []keys{{"shipping-method", "identifier", "shipping method", "duplicate_identifier"}},
}

// customFieldsSchema is the section, and the file Resources/config/custom-fields.xml (manifest-xml.md 11).
var customFieldsSchema = &element{
	name: "custom-fields",
	children: []*element{{
		name: "custom-field-set", many: true, wantsChild: true,
		attributes: []attribute{{name: "global", kind: boolean}},
		children: []*element{
			{name: "name", kind: word, required: true},
			{name: "label", kind: text, required: true, translatable: true},
			{name: "related-entities", required: true, wantsChild: true, children: relatedEntitySchemas()},
			{name: "fields", required: true, wantsChild: true, children: fieldSchemas},
		},
	}},
	unique: []keys{{"custom-field-set", "name", "custom field set", "duplicate_name"}},
}

func relatedEntitySchemas() []*element {
	var all []*element
	add := func(in versions, names ...string) {
		for _, name := range names {
			all = append(all, &element{name: name, kind: empty, in: in})
		}
	}
	add(0, "product", "order", "category", "customer", "customer_address", "media", "product_manufacturer", "sales_channel",
		"landing_page", "promotion", "product_stream", "property_group", "product_review", "event_action", "country", "currency",
		"customer_group", "delivery_time", "document_base_config", "language", "number_range", "payment_method", "rule", "salutation",
		"shipping_method", "tax")
	add(v3, "property_group_option", "unit", "newsletter_recipient")
	return all
}

// fieldSchemas are the custom field types, also used by the constraints of rule conditions (manifest-xml.md 11.3).
var fieldSchemas = []*element{
	fieldSchema(Int, placeholder, &element{name: "steps", kind: integer, preset: true}, &element{name: "min", kind: integer}, &element{name: "max", kind: integer}),
	fieldSchema(Float, placeholder, &element{name: "steps", kind: number, preset: true}, &element{name: "min", kind: number}, &element{name: "max", kind: number}),
	fieldSchema(Text, placeholder),
	fieldSchema(TextArea, placeholder),
	fieldSchema(Bool),
	fieldSchema(Datetime),
	fieldSchema(SingleSelect, placeholder, optionsSchema),
	fieldSchema(MultiSelect, placeholder, optionsSchema),
	fieldSchema(SingleEntitySelect, placeholder, &element{name: "entity", kind: word}, &element{name: "label-property", kind: word}),
	fieldSchema(MultiEntitySelect, placeholder, &element{name: "entity", kind: word}, &element{name: "label-property", kind: word}),
	fieldSchema(ColorPicker),
	fieldSchema(MediaSelection),
	fieldSchema(Price),
}

var (
	placeholder   = &element{name: "placeholder", kind: text, translatable: true}
	optionsSchema = &element{name: "options", needsChild: true, children: []*element{{
		name: "option", many: true,
		attributes: []attribute{{name: "value", kind: raw, required: true}},
		children:   []*element{{name: "name", kind: text, required: true, translatable: true}},
	}}}
)

func fieldSchema(name FieldType, more ...*element) *element {
	return &element{
		name: string(name), many: true,
		attributes: []attribute{{name: "name", kind: word, required: true}},
		children: append([]*element{
			{name: "label", kind: text, translatable: true},
			{name: "help-text", kind: text, translatable: true},
			{name: "required", kind: boolean, preset: true},
			{name: "position", kind: integer, preset: true},
			{name: "allow-customer-write", kind: boolean, preset: true},
			{name: "allow-cart-expose", kind: boolean, in: v2 | v3, preset: true},
			{name: "include-in-search", kind: boolean, in: v3, preset: true},
		}, more...),
	}
}
