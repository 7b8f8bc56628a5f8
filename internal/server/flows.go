package server

import (
	"context"
	"fmt"
	"slices"

	"github.com/appdock/appdock"
	"github.com/appdock/appdock/internal/lifecycle"
	"github.com/appdock/appdock/manifest"
)

// flows fires the triggers that apps bring (gateways.md, "Custom triggers").
type flows struct{ host *Server }

// TriggerFlow tells all who listen that a trigger of an active app was fired. An app fires its
// own alone.
func (f flows) TriggerFlow(ctx context.Context, actor appdock.Actor, name string, payload []byte) error {
	apps, err := f.host.store.Registrations().All(ctx, actor.Shop)
	if err != nil {
		return err
	}
	event := manifest.Identifier{Kind: manifest.FlowEventName, Name: name}
	i := slices.IndexFunc(apps, func(r lifecycle.Registration) bool {
		return r.Installation.Active && slices.Contains(r.Profile.Names, event)
	})
	if i < 0 {
		const longest = 200
		if len(name) > longest {
			name = name[:longest] + "..."
		}
		return &appdock.Error{
			Kind: appdock.NotFound, Code: "ADMINISTRATION__CUSTOM_TRIGGER_BY_NAME_NOT_FOUND",
			Message: fmt.Sprintf("The provided event name %q is invalid or uninstalled and no custom trigger could be found.", name),
			Cure:    "Name a flow event of Resources/flow.xml of an active app.",
		}
	}
	if owner := apps[i].Installation; !actor.Installation.IsZero() && owner.ID != actor.Installation {
		return appdock.MissingPrivileges([]appdock.Privilege{appdock.Privilege("app." + owner.App)})
	}
	written, err := f.host.store.Append(ctx, appdock.Event{
		ID: newID(), Shop: actor.Shop, Name: appdock.EventName(name), At: f.host.config.Now(), Origin: actor.Installation,
		Data: appdock.EventData{Payload: payload},
	})
	if err != nil {
		return err
	}
	f.host.committed(written)
	return nil
}
