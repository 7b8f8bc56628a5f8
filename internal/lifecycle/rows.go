package lifecycle

import (
	"cmp"
	"encoding/json"
	"maps"
	"slices"

	"github.com/appdock/appdock"
	"github.com/appdock/appdock/internal/entity"
)

// Rows gives the rows of the owned entities app, integration and acl_role that r is, with
// their fields by API name (entities.md, "Apps, access and events"). Both stores write
// these; secrets are in none of them. accessKey is that of r's credentials; empty: it
// stays as it is. Translated fields are in the shop's locale.
func Rows(kind entity.ChangeKind, r Registration, accessKey, locale string) []entity.Change {
	i, p := r.Installation, r.Profile
	integration := map[string]any{
		"label": i.App,
		"admin": false,
	}
	if accessKey != "" {
		integration["accessKey"] = accessKey
	}
	var icon any
	if len(p.Icon) > 0 {
		icon = p.Icon
	}
	return []entity.Change{
		{Entity: "acl_role", Kind: kind, ID: r.Role, Set: map[string]any{
			"name":       i.App,
			"privileges": list(i.Grant),
		}},
		{Entity: "integration", Kind: kind, ID: r.Integration, Set: integration},
		{Entity: "app", Kind: kind, ID: i.ID, Set: map[string]any{
			"name":                 i.App,
			"path":                 p.Path,
			"author":               orNull(p.Author),
			"copyright":            orNull(p.Copyright),
			"license":              orNull(p.License),
			"privacy":              orNull(p.Privacy),
			"version":              i.Version,
			"active":               i.Active,
			"configurable":         len(p.Config) > 0,
			"allowDisable":         !r.restricts(),
			"selfManaged":          false,
			"sourceType":           "local",
			"iconRaw":              icon,
			"baseAppUrl":           orNull(p.BaseAppURL),
			"allowedHosts":         list(p.Hosts),
			"modules":              p.modules(),
			"mainModule":           p.mainModule(),
			"templateLoadPriority": int64(p.TemplatePriority),
			"label":                cmp.Or(in(p.Label, locale), i.App),
			"description":          orNull(in(p.Description, locale)),
			"integrationId":        r.Integration,
			"aclRoleId":            r.Role,
		}},
	}
}

// PartEntities are the entities of what an app brings along, beside itself.
func PartEntities() []string { return []string{"app_action_button", "app_flow_event"} }

// Text is what a row of an app is called in languages.
type Text struct {
	Entity string
	ID     appdock.ID
	Fields map[string]map[string]string // by the name of the field, then by locale
	// Shared texts are those of a record that outlives the app, and that people write, too: what is
	// said in a language stays, unless it is Renewed, and what the app says nothing in anyway.
	Shared, Renewed bool
}

// Texts gives those of the rows that r is and brings along.
func Texts(r Registration) []Text {
	texts := []Text{{Entity: "app", ID: r.Installation.ID, Fields: map[string]map[string]string{"label": r.Profile.Label, "description": r.Profile.Description}}}
	for _, b := range r.Profile.Buttons {
		texts = append(texts, Text{Entity: "app_action_button", ID: b.ID, Fields: map[string]map[string]string{"label": b.Label}})
	}
	for _, p := range r.Profile.Payments {
		texts = append(texts, Text{
			Entity: "payment_method", ID: paymentID(r.Installation.App, p), Shared: true,
			Fields: map[string]map[string]string{"name": p.Name, "description": p.Description},
		})
	}
	return texts
}

// Parts gives the rows of those entities that r has to have, each as an insertion, in the shop's
// locale.
func Parts(r Registration, locale string) []entity.Change {
	var parts []entity.Change
	for _, b := range r.Profile.Buttons {
		parts = append(parts, entity.Change{Entity: "app_action_button", Kind: entity.Inserted, ID: b.ID, Set: map[string]any{
			"entity": b.Entity, "view": b.View, "url": b.URL, "action": b.Action, "label": cmp.Or(in(b.Label, locale), b.Action), "appId": r.Installation.ID,
		}})
	}
	for _, e := range r.Profile.FlowEvents {
		parts = append(parts, entity.Change{Entity: "app_flow_event", Kind: entity.Inserted, ID: partID(r.Installation.ID, "flow-event", e.Name), Set: map[string]any{
			"name": e.Name, "aware": list(e.Aware), "appId": r.Installation.ID,
		}})
	}
	return parts
}

// modules are the entries of the admin's menu as records show them, their pages not signed.
func (p Profile) modules() json.RawMessage {
	type module struct {
		Name     string            `json:"name"`
		Label    map[string]string `json:"label"`
		Source   *string           `json:"source"`
		Parent   *string           `json:"parent"`
		Position int               `json:"position"`
	}
	all := make([]module, len(p.Modules))
	for i, m := range p.Modules {
		all[i] = module{Name: m.Name, Label: m.Label, Position: m.Position}
		if m.Source != "" {
			all[i].Source = &m.Source
		}
		if m.Parent != "" {
			all[i].Parent = &m.Parent
		}
	}
	return document(all)
}

// mainModule is the page that opens from the list of apps; null if there is none.
func (p Profile) mainModule() any {
	if p.MainPage == "" {
		return nil
	}
	return document(map[string]string{"source": p.MainPage})
}

// orNull gives null for a text that is not there.
func orNull(text string) any {
	if text == "" {
		return nil
	}
	return text
}

// in gives the text of a locale, else the English one, else any (manifest-xml.md 2.9).
func in(texts map[string]string, locale string) string {
	for _, l := range append([]string{locale, "en-GB"}, slices.Sorted(maps.Keys(texts))...) {
		if text := texts[l]; text != "" {
			return text
		}
	}
	return ""
}

// list gives the JSON text of a list of texts; [] for none.
func list[S ~[]T, T ~string](items S) json.RawMessage {
	return document(append(S{}, items...))
}

// document gives the JSON text of a value of this package's own making.
func document(v any) json.RawMessage {
	text, err := json.Marshal(v)
	if err != nil {
		panic("lifecycle: a row of an app: " + err.Error())
	}
	return text
}
