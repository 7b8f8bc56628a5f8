package httpapi

import (
	"context"
	"net/http"

	"github.com/appdock/appdock"
	"github.com/appdock/appdock/internal/web"
)

// notifications keeps lines for the merchant.
type notifications interface {
	Notify(ctx context.Context, a appdock.Actor, n Notification) (appdock.ID, error)
}

// Notification is a line for the merchant (protocol-admin.md 3).
type Notification struct {
	Status     string // as the client spells it: the SDKs have different sets
	Message    string
	AdminOnly  bool
	Privileges []appdock.Privilege // who reads it must have all
}

// notify answers POST /api/notification. The checks come in the order of
// protocol-admin.md 3, each with its own failure.
func notify(c *call) error {
	if missing := c.actor.Missing("notification:create"); len(missing) > 0 {
		return appdock.MissingPrivileges(missing)
	}
	tree, err := c.criteriaBody()
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
	n := Notification{AdminOnly: truthy(tree["adminOnly"]), Privileges: privileges}
	for _, field := range []struct {
		name string
		to   *string
	}{{"status", &n.Status}, {"message", &n.Message}} {
		value := tree[field.name]
		if empty(value) || !scalar(value) {
			return &appdock.Error{
				Kind:    appdock.Invalid,
				Code:    "FRAMEWORK__MISSING_REQUEST_PARAMETER",
				Message: `Parameter "` + field.name + `" is missing.`,
				Params:  []appdock.Param{{Name: "parameterName", Value: field.name}},
			}
		}
		*field.to = text(value)
	}
	id, err := c.options.Notifications.Notify(c.r.Context(), c.actor, n)
	if err != nil {
		return err
	}
	return web.JSON(c.w, http.StatusOK, struct {
		ID appdock.ID `json:"id"`
	}{id})
}

// readPrivileges reads a list of texts; none were sent if v is nil.
func readPrivileges(v any) ([]appdock.Privilege, bool) {
	if v == nil {
		return nil, true
	}
	list, ok := v.([]any)
	if !ok {
		return nil, false
	}
	privileges := make([]appdock.Privilege, 0, len(list))
	for _, item := range list {
		name, ok := item.(string)
		if !ok {
			return nil, false
		}
		privileges = append(privileges, appdock.Privilege(name))
	}
	return privileges, true
}
