package entity

import "strings"

// Custom is a kind of record that an app adds to a shop, as its Resources/entities.xml says
// it (manifest-xml.md 23.4). Package shop makes a [Definition] of it.
type Custom struct {
	Name string `json:"name"` // begins with ce_ or custom_entity_
	// CustomFields says that its records have custom fields.
	CustomFields bool          `json:"customFields,omitempty"`
	Fields       []CustomField `json:"fields,omitempty"`
}

// CustomField is a property of a custom entity, or an association with another entity.
type CustomField struct {
	Name string `json:"name"` // as in the manifest: "top_seller"
	// Type as in the manifest: int, float, string, text, bool, json, email, price, date,
	// many-to-many, many-to-one, one-to-many, one-to-one.
	Type         string  `json:"type"`
	Required     bool    `json:"required,omitempty"`
	Translatable bool    `json:"translatable,omitempty"`
	Default      *string `json:"default,omitempty"` // as written; nil: none
	Reference    string  `json:"reference,omitempty"`
	OnDelete     string  `json:"onDelete,omitempty"` // set-null, cascade, restrict
	// AllowHTML says that a text keeps harmless markup.
	AllowHTML bool `json:"allowHtml,omitempty"`
	// ReverseRequired says that records which a one-to-many leads to cannot be without it.
	ReverseRequired bool `json:"reverseRequired,omitempty"`
}

// CustomPairs names the mapping entity of a many-to-many field of a custom entity.
func CustomPairs(name, field string) string { return strings.ToLower(name + "_" + field) }

// IsCustom reports whether a name is one of those that custom entities have, and no entity of
// a shop (manifest-xml.md 23.4).
func IsCustom(name string) bool {
	return strings.HasPrefix(name, "ce_") || strings.HasPrefix(name, "custom_entity_")
}
