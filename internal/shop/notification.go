package shop

import (
	"context"

	"github.com/appdock/appdock"
	"github.com/appdock/appdock/internal/entity"
)

// Notification is a line for the merchant in the admin (admin-api.md 8).
type Notification struct {
	Status             string // such as "success" or "error"; any text
	Message            string
	AdminOnly          bool
	RequiredPrivileges []string // what a user needs to see it; none: all users do
}

// Notify shows a line to the merchant. It needs notification:create and notes the
// integration of the actor as its author.
func (s *Service) Notify(ctx context.Context, actor appdock.Actor, n Notification) (appdock.ID, error) {
	for _, given := range []struct{ name, value string }{{"status", n.Status}, {"message", n.Message}} {
		if given.value == "" {
			return appdock.ID{}, &appdock.Error{
				Kind:    appdock.Invalid,
				Code:    "FRAMEWORK__MISSING_REQUEST_PARAMETER",
				Message: "Parameter \"" + given.name + "\" is missing.",
				Params:  []appdock.Param{{Name: "parameterName", Value: given.name}},
			}
		}
	}
	privileges := make([]any, len(n.RequiredPrivileges))
	for i, p := range n.RequiredPrivileges {
		privileges[i] = p
	}
	id := s.newID()
	_, err := s.Write(ctx, actor, entity.View{}, []entity.Operation{{
		Entity: "notification", Action: entity.Insert, Pointer: "/0",
		Payload: map[string]any{
			"id": id.String(), "status": n.Status, "message": n.Message,
			"adminOnly": n.AdminOnly, "requiredPrivileges": privileges,
		},
	}})
	return id, err
}
