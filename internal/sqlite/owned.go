package sqlite

import (
	"encoding/json"
	"maps"
	"slices"
	"time"

	"github.com/appdock/appdock/internal/entity"
	"github.com/appdock/appdock/internal/lifecycle"
)

// owned are the changes of the rows that show a registration in the entities app,
// integration and acl_role. c is given when they are inserted.
func (t *tx) owned(shop tenant, x lifecycle.Registration, kind entity.ChangeKind, c *lifecycle.Credentials) []entity.Change {
	app := entity.Change{Entity: "app", Kind: kind, ID: x.Installation.ID}
	integration := entity.Change{Entity: "integration", Kind: kind, ID: x.Integration}
	role := entity.Change{Entity: "acl_role", Kind: kind, ID: x.Role}
	if kind != entity.Deleted {
		app.Set = appRow(shop, x)
		integration.Set = map[string]any{"label": x.Installation.App, "admin": false}
		role.Set = map[string]any{"name": x.Installation.App, "privileges": list(x.Installation.Grant)}
		stamp, at := "createdAt", x.InstalledAt
		if kind == entity.Updated {
			stamp, at = "updatedAt", t.store.now()
		}
		for _, change := range []entity.Change{app, integration, role} {
			change.Set[stamp] = at.UTC().Truncate(time.Millisecond)
		}
	}
	if c != nil {
		integration.Set["accessKey"] = c.AccessKey
	}
	return []entity.Change{t.known(role), t.known(integration), t.known(app)}
}

// appRow gives the fields of the entity "app" (entities.md, "app").
func appRow(shop tenant, x lifecycle.Registration) map[string]any {
	p := x.Profile
	row := map[string]any{
		"name":                 x.Installation.App,
		"path":                 p.Path,
		"author":               textOrNull(p.Author),
		"copyright":            textOrNull(p.Copyright),
		"license":              textOrNull(p.License),
		"privacy":              textOrNull(p.Privacy),
		"active":               x.Installation.Active,
		"configurable":         false,
		"version":              x.Installation.Version,
		"iconRaw":              nil,
		"allowDisable":         true,
		"baseAppUrl":           textOrNull(p.BaseAppURL),
		"allowedHosts":         list(p.Hosts),
		"templateLoadPriority": int64(p.TemplatePriority),
		"sourceType":           "local",
		"selfManaged":          false,
		"label":                spoken(p.Label, shop.locale, x.Installation.App),
		"description":          textOrNull(spoken(p.Description, shop.locale, "")),
		"integrationId":        x.Integration,
		"aclRoleId":            x.Role,
	}
	if p.Icon != nil {
		row["iconRaw"] = p.Icon
	}
	return row
}

// spoken picks the text in the shop's language, else in English, else in the first one.
func spoken(texts map[string]string, locale, otherwise string) string {
	for _, l := range slices.Concat([]string{locale, "en-GB"}, slices.Sorted(maps.Keys(texts))) {
		if text := texts[l]; text != "" {
			return text
		}
	}
	return otherwise
}

func textOrNull(s string) any {
	if s == "" {
		return nil
	}
	return s
}

func list[T ~string](values []T) json.RawMessage {
	if len(values) == 0 {
		return json.RawMessage("[]")
	}
	text, _ := json.Marshal(values) // texts always marshal
	return text
}

// known leaves out what the schema in force has no column for.
func (t *tx) known(c entity.Change) entity.Change {
	d, ok := t.store.schema.Definition(c.Entity)
	if !ok {
		return c
	}
	maps.DeleteFunc(c.Set, func(name string, _ any) bool {
		f, ok := d.Field(name)
		return !ok || !f.Stored()
	})
	return c
}
