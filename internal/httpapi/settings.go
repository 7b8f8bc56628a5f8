package httpapi

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"

	"github.com/appdock/appdock"
	"github.com/appdock/appdock/internal/web"
)

// appSettings are those of the shop and its apps; *shop.Service has them. Both methods check the
// actor's privileges.
type appSettings interface {
	Settings(ctx context.Context, a appdock.Actor, domain string, channel appdock.ID, inherit bool) (map[string]json.RawMessage, error)
	// SetSettings writes by sales channel and key; nil deletes, the zero id is the whole shop.
	SetSettings(ctx context.Context, a appdock.Actor, changes map[appdock.ID]map[string]any) error
}

// readSettings answers GET /api/_action/system-config (admin-api.md 8): a flat map.
func readSettings(c *call) error {
	tree, err := parseQuery(c.r.URL.RawQuery)
	if err != nil {
		return err
	}
	domain, _ := tree["domain"].(string)
	if domain == "" {
		return missingParameter("domain")
	}
	channel, err := salesChannel(tree["salesChannelId"])
	if err != nil {
		return err
	}
	found, err := web.Within(c.r.Context(), c.options.Patience, func(ctx context.Context) (map[string]json.RawMessage, error) {
		return c.options.Settings.Settings(ctx, c.actor, domain, channel, truthy(tree["inherit"]))
	})
	if err != nil {
		return err
	}
	return web.JSON(c.w, http.StatusOK, found)
}

// writeSettings answers POST /api/_action/system-config: the values of one sales channel or
// of the shop; null deletes.
func writeSettings(c *call) error {
	query, err := parseQuery(c.r.URL.RawQuery)
	if err != nil {
		return err
	}
	channel, err := salesChannel(query["salesChannelId"])
	if err != nil {
		return err
	}
	v, err := c.formOrValue()
	if err != nil {
		return err
	}
	values, ok := settingsByKey(v)
	if !ok {
		return badRequest("The settings must be an object with the values by key.")
	}
	return c.setSettings(map[appdock.ID]map[string]any{channel: values})
}

// writeSettingsOfAll answers POST /api/_action/system-config/batch: values by sales channel,
// "null" being the shop.
func writeSettingsOfAll(c *call) error {
	v, err := c.formOrValue()
	if err != nil {
		return err
	}
	tree, ok := settingsByKey(v)
	if !ok {
		return badRequest("The settings must be an object with the settings of each sales channel by its id.")
	}
	changes := make(map[appdock.ID]map[string]any, len(tree))
	for name, v := range tree {
		channel, err := salesChannel(name)
		if err != nil {
			return err
		}
		values, ok := settingsByKey(v)
		if !ok {
			return badParameter(given(name), "Send an object with the values by key.")
		}
		changes[channel] = values
	}
	return c.setSettings(changes)
}

// settingsByKey reads an object. A list is one only if it is empty, as PHP sends an empty
// object: values without keys would be written nowhere.
func settingsByKey(v any) (map[string]any, bool) {
	tree, ok := object(v)
	return tree, ok && (tree != nil || empty(v))
}

func (c *call) setSettings(changes map[appdock.ID]map[string]any) error {
	_, err := web.Within(c.r.Context(), c.options.Patience, func(ctx context.Context) (struct{}, error) {
		return struct{}{}, c.options.Settings.SetSettings(ctx, c.actor, changes)
	})
	if err != nil {
		return err
	}
	c.w.WriteHeader(http.StatusNoContent)
	return nil
}

// salesChannel reads the id of one; nothing, an empty text and "null" are the whole shop.
func salesChannel(v any) (appdock.ID, error) {
	if empty(v) || v == "null" {
		return appdock.ID{}, nil
	}
	id, err := appdock.ParseID(given(v))
	if err != nil {
		return id, &appdock.Error{
			Kind: appdock.Invalid, Code: "FRAMEWORK__INVALID_UUID", Message: fmt.Sprintf("Value is not a valid UUID: %s", given(v)),
			Cure: "Send the id of a sales channel, or leave it out for the whole shop.",
		}
	}
	return id, nil
}
