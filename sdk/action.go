package sdk

import (
	"context"
	"fmt"
	"log/slog"
	"net/http"

	"github.com/appdock/appdock/protocol"
	"github.com/appdock/appdock/sdk/internal/serve"
)

// Action is a press of one of the app's buttons in the admin.
type Action struct {
	Name     string // action of the manifest's action-button
	Entity   string
	IDs      []string // of the records it was pressed for
	Shop     Shop
	API      *API
	Language string
}

// Reply is what the admin shall do after an action. The zero Reply: nothing.
type Reply = protocol.ActionAnswer

// Notify shows a message; status is success, error, info or warning.
func Notify(status, message string) Reply {
	return Reply{Type: protocol.ActionNotification, Status: status, Message: message}
}

// Reload loads the page again.
func Reload() Reply { return Reply{Type: protocol.ActionReload} }

// OpenTab opens a page of the app in a new tab. The host signs the URL; see [App.Page].
func OpenTab(url string) Reply { return Reply{Type: protocol.ActionNewTab, RedirectURL: url} }

// OpenModal opens a page of the app over the admin; size is small, medium, large or
// fullscreen. The host signs the URL; see [App.Page].
func OpenModal(url, size string) Reply {
	return Reply{Type: protocol.ActionModal, IFrameURL: url, Size: size}
}

// ActionHandler handles one action. The host waits 5 s for it.
type ActionHandler func(context.Context, Action) (Reply, error)

// OnAction sets the handler of an action.
func (a *App) OnAction(name string, handle ActionHandler) { a.actions[name] = handle }

// Actions serves the URLs of the manifest's action buttons. Its answers are signed.
func (a *App) Actions() http.Handler {
	return a.handler("action", func(w http.ResponseWriter, r *http.Request, note serve.Note) error {
		body, err := readBody(w, r)
		if err != nil {
			return err
		}
		action, err := protocol.ParseAction(body)
		if err != nil {
			return err
		}
		note(slog.String("shop", action.Source.ShopID), slog.String("action", action.Action))
		shop, secret, err := a.sender(r.Context(), action.Source.ShopID, func(secret string) error {
			return protocol.Verify(secret, body, r.Header.Get(protocol.HeaderShopSignature))
		})
		if err != nil {
			return err
		}
		if err := a.fresh(action.At); err != nil {
			return err
		}
		handle, ok := a.actions[action.Action]
		if !ok {
			return serve.Refuse(http.StatusNotFound, "No such action", fmt.Errorf("no handler for action %q", action.Action))
		}
		reply, err := handle(r.Context(), Action{
			Name: action.Action, Entity: action.Entity, IDs: action.IDs,
			Shop: shop, API: a.API(shop), Language: action.Language,
		})
		if err != nil {
			return failed(err)
		}
		answer := reply.Body()
		w.Header().Set("Content-Type", "application/json")
		w.Header().Set(protocol.HeaderAppSignature, protocol.Sign(secret, answer))
		_, _ = w.Write(answer) // the host is gone: nobody is left to be told
		return nil
	})
}

// Visit is who looks at a page of the app.
type Visit struct {
	Shop     Shop
	API      *API
	Language string // id of the content language
	Locale   string // of the admin user, such as en-GB
	User     string // id of the admin user; empty on older hosts
}

// Page wraps a page that the admin shows in a frame or opens in a tab: it is served only if
// its query was signed by a shop that has the app. A signed URL is a bearer link, so set
// Options.Tolerance and start a session of your own for what the page loads later.
func (a *App) Page(show func(http.ResponseWriter, *http.Request, Visit)) http.Handler {
	return a.handler("page", func(w http.ResponseWriter, r *http.Request, note serve.Note) error {
		frame, err := protocol.ParseFrame(r.URL.RawQuery)
		if err != nil {
			return err
		}
		note(slog.String("shop", frame.ShopID))
		shop, _, err := a.sender(r.Context(), frame.ShopID, func(secret string) error {
			return protocol.VerifyQuery(r.URL.RawQuery, secret)
		})
		if err != nil {
			return err
		}
		if err := a.fresh(frame.At); err != nil {
			return err
		}
		show(w, r, Visit{Shop: shop, API: a.API(shop), Language: frame.Language, Locale: frame.Locale, User: frame.User})
		return nil
	})
}
