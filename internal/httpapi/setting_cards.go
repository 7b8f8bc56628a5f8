package httpapi

import (
	"context"
	"encoding/json"
	"net/http"
	"strconv"
	"strings"

	"github.com/appdock/appdock"
	"github.com/appdock/appdock/internal/web"
)

// settingCards tells what merchants can set of an app; NotFound for one that is not installed.
type settingCards interface {
	SettingCards(ctx context.Context, shop appdock.ShopID, app string) ([]SettingCard, error)
}

// SettingCard is a group of the settings of an app.
type SettingCard struct {
	Titles map[string]string // by locale
	Name   string
	Fields []SettingField
}

// SettingField is one setting.
type SettingField struct {
	Name      string // the last part of its key
	Type      string // of an input
	Component string // set: a component of the admin, and no input
	// Texts of the form by what they are ("label", "helpText", "placeholder"), then by locale.
	Texts    map[string]map[string]string
	Required bool
	Default  *string // as written; nil: none
	Options  []SettingOption
	Settings map[string]string // all else, passed on as it is
}

// SettingOption is one of the values to choose from.
type SettingOption struct {
	Value  string
	Labels map[string]string
}

// settingSchema answers GET /api/_action/system-config/schema (admin-api.md 8): the cards of an
// app's config.xml, in the form that the admin of Shopware draws.
func settingSchema(c *call) error {
	tree, err := parseQuery(c.r.URL.RawQuery)
	if err != nil {
		return err
	}
	domain := scalarText(tree["domain"])
	if domain == "" {
		return missingParameter("domain")
	}
	app := strings.TrimSuffix(domain, ".config")
	cards, err := web.Within(c.r.Context(), c.options.Patience, func(ctx context.Context) ([]SettingCard, error) {
		return c.options.SettingCards.SettingCards(ctx, c.shop.ID, app)
	})
	if err != nil && appdock.KindOf(err) != appdock.NotFound {
		return err
	}
	if err != nil || len(cards) == 0 || app == domain {
		return &appdock.Error{
			Kind: appdock.NotFound, Code: "SYSTEM__SCOPE_NOT_FOUND", Message: "Configuration for scope \"" + given(domain) + "\" not found.",
			Cure: "Name an installed app that has a config.xml, such as MyApp.config.",
		}
	}
	out := make([]any, len(cards))
	for i, card := range cards {
		elements := make([]any, len(card.Fields))
		for n, f := range card.Fields {
			elements[n] = f.wire(domain)
		}
		out[i] = struct {
			Title    map[string]string `json:"title"`
			Name     *string           `json:"name"`
			Elements []any             `json:"elements"`
		}{card.Titles, orNull(card.Name), elements}
	}
	return web.JSON(c.w, http.StatusOK, out)
}

func orNull(text string) *string {
	if text == "" {
		return nil
	}
	return &text
}

// wire is the form of one setting. All but its name and type stands in config.
func (f SettingField) wire(domain string) any {
	config := map[string]any{}
	for name, v := range f.Settings {
		config[name] = loose(v)
	}
	for name, texts := range f.Texts {
		if len(texts) > 0 {
			config[name] = texts
		}
	}
	if f.Required {
		config["required"] = true
	}
	if f.Default != nil {
		config["defaultValue"] = loose(*f.Default)
	}
	if f.Component != "" {
		config["componentName"] = f.Component
	}
	if len(f.Options) > 0 {
		options := make([]any, len(f.Options))
		for i, o := range f.Options {
			options[i] = map[string]any{"id": o.Value, "name": o.Labels}
		}
		config["options"] = options
	}
	return struct {
		Name   string         `json:"name"`
		Type   string         `json:"type,omitempty"`
		Config map[string]any `json:"config"`
	}{domain + "." + f.Name, f.Type, config}
}

// loose reads the text of an element as Shopware does (manifest-xml.md 23.1): "true" is a bool,
// digits are a number, "null" is nothing.
func loose(text string) any {
	switch text {
	case "true":
		return true
	case "false":
		return false
	case "null":
		return nil
	}
	if _, err := strconv.ParseFloat(text, 64); err == nil && json.Valid([]byte(text)) {
		return json.Number(text)
	}
	return text
}
