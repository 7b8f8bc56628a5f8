package httpapi

import (
	"context"
	"encoding/base64"
	"net/http"
	"strings"

	"github.com/appdock/appdock"
	"github.com/appdock/appdock/internal/lifecycle"
	"github.com/appdock/appdock/internal/web"
	"github.com/appdock/appdock/protocol"
)

// appPages are what apps add to the admin (protocol-admin.md 1 and 2); *lifecycle.Service knows.
type appPages interface {
	Frames(ctx context.Context, shop appdock.Shop, v lifecycle.Viewer) ([]lifecycle.Frames, error)
	Blocks(ctx context.Context, shop appdock.ShopID) ([]lifecycle.Block, error)
	Buttons(ctx context.Context, shop appdock.ShopID, entityName, view string) ([]lifecycle.AppButton, error)
	// Press checks the actor's privileges.
	Press(ctx context.Context, shop appdock.Shop, p lifecycle.Press) (protocol.ActionAnswer, error)
	Run(ctx context.Context, shop appdock.Shop, c lifecycle.Custom) (protocol.ActionAnswer, error)
	SignURI(ctx context.Context, shop appdock.Shop, v lifecycle.Viewer, app, uri string) (string, error)
}

// viewer is who calls.
func (c *call) viewer() (lifecycle.Viewer, error) {
	view, err := c.view()
	return lifecycle.Viewer{Actor: c.actor, Language: view.Language, Locale: c.shop.Locale}, err
}

// texts are labels by locale, or the list that PHP makes of none.
func texts(byLocale map[string]string) any {
	if len(byLocale) == 0 {
		return []any{}
	}
	return byLocale
}

// appModules answers GET /api/app-system/modules.
func appModules(c *call) error {
	viewer, err := c.viewer()
	if err != nil {
		return err
	}
	all, err := c.options.AppPages.Frames(c.r.Context(), c.shop, viewer)
	if err != nil {
		return err
	}
	type module struct {
		Name     string  `json:"name"`
		Label    any     `json:"label"`
		Source   *string `json:"source"` // null: others stand below it
		Parent   *string `json:"parent"`
		Position int     `json:"position"`
	}
	type mainModule struct {
		Source string `json:"source"`
	}
	type app struct {
		Name       string      `json:"name"`
		Label      any         `json:"label"`
		Modules    []module    `json:"modules"`
		MainModule *mainModule `json:"mainModule"`
	}
	apps := make([]app, 0, len(all))
	for _, f := range all {
		a := app{Name: f.App, Label: texts(f.Label), Modules: make([]module, 0, len(f.Modules))}
		for _, m := range f.Modules {
			a.Modules = append(a.Modules, module{m.Name, texts(m.Label), orNull(m.Source), orNull(m.Parent), m.Position})
		}
		if f.MainPage != "" {
			a.MainModule = &mainModule{f.MainPage}
		}
		apps = append(apps, a)
	}
	return web.JSON(c.w, http.StatusOK, struct {
		Modules []app `json:"modules"`
	}{apps})
}

// actionButtons answers GET /api/app-system/action-button/{entity}/{view}.
func actionButtons(c *call) error {
	all, err := c.options.AppPages.Buttons(c.r.Context(), c.shop.ID, c.entityName(), c.target.kind)
	if err != nil {
		return err
	}
	type button struct {
		App    string     `json:"app"`
		ID     appdock.ID `json:"id"`
		Label  any        `json:"label"`
		Action string     `json:"action"`
		URL    string     `json:"url"`
		Icon   *string    `json:"icon"` // base64
	}
	buttons := make([]button, 0, len(all))
	for _, b := range all {
		buttons = append(buttons, button{b.App, b.ID, texts(b.Label), b.Action, b.URL, orNull(base64.StdEncoding.EncodeToString(b.Icon))})
	}
	return web.JSON(c.w, http.StatusOK, struct {
		Actions []button `json:"actions"`
	}{buttons})
}

// maxPressed bounds the records of one press: all of a page.
const maxPressed = 500

// pressButton answers POST /api/app-system/action-button/run/{id} with what the app wants done,
// or an empty object.
func pressButton(c *call) error {
	tree, err := c.formOrJSON()
	if err != nil {
		return err
	}
	viewer, err := c.viewer()
	if err != nil {
		return err
	}
	ids, err := pressedFor(tree)
	if err != nil {
		return err
	}
	a, err := c.options.AppPages.Press(c.r.Context(), c.shop, lifecycle.Press{Button: c.target.id, IDs: ids, Viewer: viewer})
	if err != nil {
		return err
	}
	return web.JSON(c.w, http.StatusOK, flat(a))
}

// pressedFor reads the ids of the records that an action is about.
func pressedFor(tree map[string]any) ([]appdock.ID, error) {
	wrong := badParameter("ids", "Send a list of up to 500 ids of records, each of 32 lower-case hex digits.")
	list, ok := tree["ids"].([]any)
	if !ok && tree["ids"] != nil || len(list) > maxPressed {
		return nil, wrong
	}
	var ids []appdock.ID
	for _, item := range list {
		text, _ := item.(string)
		id, err := appdock.ParseID(text)
		if err != nil {
			return nil, wrong
		}
		ids = append(ids, id)
	}
	return ids, nil
}

// runAction answers POST /api/_action/extension-sdk/run-action: what a frame of an app asks for
// without a button (protocol-admin.md 2).
func runAction(c *call) error {
	tree, err := c.formOrJSON()
	if err != nil {
		return err
	}
	var custom lifecycle.Custom
	for name, into := range map[string]*string{"appName": &custom.App, "url": &custom.URL, "entity": &custom.Entity, "action": &custom.Action} {
		if *into, err = neededText(tree, name); err != nil {
			return err
		}
	}
	if custom.IDs, err = pressedFor(tree); err != nil {
		return err
	}
	if custom.Viewer, err = c.viewer(); err != nil {
		return err
	}
	a, err := c.options.AppPages.Run(c.r.Context(), c.shop, custom)
	if err != nil {
		return err
	}
	return web.JSON(c.w, http.StatusOK, flat(a))
}

// signURI answers POST /api/_action/extension-sdk/sign-uri (protocol-admin.md 1).
func signURI(c *call) error {
	tree, err := c.formOrJSON()
	if err != nil {
		return err
	}
	app, err := neededText(tree, "appName")
	if err != nil {
		return err
	}
	uri, err := neededText(tree, "uri")
	if err != nil {
		return err
	}
	viewer, err := c.viewer()
	if err != nil {
		return err
	}
	signed, err := c.options.AppPages.SignURI(c.r.Context(), c.shop, viewer, app, uri)
	if err != nil {
		return err
	}
	return web.JSON(c.w, http.StatusOK, struct {
		URI string `json:"uri"`
	}{signed})
}

// neededText reads a text of a body that must not be empty.
func neededText(tree map[string]any, name string) (string, error) {
	text, err := optionalText(tree, name)
	if err == nil && text == "" {
		err = missingParameter(name)
	}
	return text, err
}

// flat is an answer of an app as the admin gets it (protocol-admin.md 2.2).
func flat(a protocol.ActionAnswer) map[string]any {
	if a.Type == "" {
		return map[string]any{}
	}
	out := map[string]any{"actionType": a.Type}
	switch a.Type {
	case protocol.ActionNotification:
		out["status"], out["message"] = a.Status, a.Message
	case protocol.ActionNewTab:
		out["redirectUrl"] = a.RedirectURL
	case protocol.ActionModal:
		out["iframeUrl"], out["size"], out["expand"] = a.IFrameURL, a.Size, a.Expand
	}
	return out
}

// cmsBlocks answers GET /api/app-system/cms/blocks, in the form that Shopware's admin reads.
func cmsBlocks(c *call) error {
	all, err := c.options.AppPages.Blocks(c.r.Context(), c.shop.ID)
	if err != nil {
		return err
	}
	blocks := make([]map[string]any, 0, len(all))
	for _, b := range all {
		slots := map[string]any{}
		for _, s := range b.Slots {
			config := map[string]any{}
			for _, v := range s.Config {
				config[v.Name] = map[string]any{"source": v.Source, "value": v.Value}
			}
			slots[s.Name] = map[string]any{"type": s.Type, "default": map[string]any{"config": config}}
		}
		defaults := map[string]any{}
		for name, v := range b.Defaults {
			defaults[lowerCamel(name)] = v
		}
		blocks = append(blocks, map[string]any{
			"name": b.Name, "category": b.Category, "label": texts(b.Label), "slots": slots, "defaultConfig": defaults,
			"template": b.Template, "styles": b.Styles,
		})
	}
	return web.JSON(c.w, http.StatusOK, map[string]any{"blocks": blocks})
}

// lowerCamel spells "margin-bottom" as marginBottom.
func lowerCamel(name string) string {
	words := strings.Split(name, "-")
	for i, w := range words[1:] {
		if w != "" {
			words[i+1] = strings.ToUpper(w[:1]) + w[1:]
		}
	}
	return strings.Join(words, "")
}
