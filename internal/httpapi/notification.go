package httpapi

import (
	"context"
	"net/http"

	"github.com/appdock/appdock"
	"github.com/appdock/appdock/internal/shop"
	"github.com/appdock/appdock/internal/web"
)

// notifications keeps lines for the merchant; *shop.Service does.
type notifications interface {
	Notify(ctx context.Context, a appdock.Actor, n shop.Notification) (appdock.ID, error)
}

// notify answers POST /api/notification. The checks come in the order of
// protocol-admin.md 3; the last two, for status and message, are those of the shop.
func notify(c *call) error {
	if missing := c.actor.Missing("notification:create"); len(missing) > 0 {
		return appdock.MissingPrivileges(missing)
	}
	tree, err := c.formOrJSON()
	if err != nil {
		return err
	}
	privileges, ok := readPrivileges(tree["requiredPrivileges"])
	if !ok {
		return &appdock.Error{
			Kind:    appdock.Invalid,
			Code:    codeParameter,
			Message: `The parameter "requiredPrivileges" is invalid.`,
			Cure:    "Send a list of privileges, or leave it out.",
			Params:  []appdock.Param{{Name: "parameter", Value: "requiredPrivileges"}},
		}
	}
	id, err := c.options.Notifications.Notify(c.r.Context(), c.actor, shop.Notification{
		Status:             scalarText(tree["status"]),
		Message:            scalarText(tree["message"]),
		AdminOnly:          truthy(tree["adminOnly"]),
		RequiredPrivileges: privileges,
	})
	if err != nil {
		return err
	}
	return web.JSON(c.w, http.StatusOK, struct {
		ID appdock.ID `json:"id"`
	}{id})
}

// readPrivileges reads a list of texts; none were sent if v is nil.
func readPrivileges(v any) (names []string, ok bool) {
	if v == nil {
		return nil, true
	}
	list, ok := v.([]any)
	if !ok {
		return nil, false
	}
	for _, item := range list {
		name, ok := item.(string)
		if !ok {
			return nil, false
		}
		names = append(names, name)
	}
	return names, true
}

// scalarText gives a text or number as text, and nothing for all else.
func scalarText(v any) string {
	if !scalar(v) {
		return ""
	}
	return text(v)
}
