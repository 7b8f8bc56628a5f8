package httpapi

import (
	"context"
	"net/http"

	"github.com/appdock/appdock"
	"github.com/appdock/appdock/internal/web"
)

// rotations lets an app ask for a new secret.
type rotations interface {
	// Rotate begins the registration of the actor's app; NotFound if it is none.
	Rotate(ctx context.Context, a appdock.Actor) error
}

// rotateSecret answers POST /api/_action/app-system/secret/rotate: the app's own server is
// called after the answer, so that it may wait for that (protocol-handshake.md 8.1).
func rotateSecret(c *call) error {
	if c.actor.Integration.IsZero() || !c.actor.User.IsZero() {
		return &appdock.Error{
			Kind: appdock.Invalid, Code: "ADK-NOT-AN-INTEGRATION",
			Message: "Only an integration can ask for another secret",
			Cause:   "the token is not that of an integration, or it acts for a person",
			Cure:    "Ask with the credentials of the app's last confirmation.",
		}
	}
	if err := c.options.Rotations.Rotate(c.r.Context(), c.actor); err != nil {
		return err
	}
	return web.JSON(c.w, http.StatusAccepted, []struct{}{})
}
