package server

import (
	"context"

	"github.com/appdock/appdock"
	"github.com/appdock/appdock/internal/webhook"
)

// subscriptions are those of the store; with the setting extensions.disabled nothing may be
// sent to any app's (protocol-webhooks.md 2).
func (s *Server) subscriptions() webhook.Subscriptions {
	if s.config.ExtensionsDisabled {
		return withheldApps{s.store}
	}
	return s.store
}

// withheldApps are subscriptions to which nothing may be sent for now: what is for them is
// parked, as while the identity of their shop is in doubt.
type withheldApps struct{ webhook.Subscriptions }

// Load gives the subscriptions of a shop, those of apps withheld.
func (w withheldApps) Load(ctx context.Context, shop appdock.ShopID) (webhook.Subscribed, error) {
	l, err := w.Subscriptions.Load(ctx, shop)
	for i := range l.Subscriptions {
		s := &l.Subscriptions[i]
		s.Withheld = s.Withheld || !s.Installation.IsZero()
	}
	return l, err
}
