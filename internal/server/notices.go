package server

import (
	"context"
	"fmt"
	"log/slog"
	"time"

	"github.com/appdock/appdock"
	"github.com/appdock/appdock/internal/shop"
	"github.com/appdock/appdock/internal/webhook"
)

// notice is what the merchant is told of a webhook whose health changed
// (protocol-webhooks.md 6.5); ok is false for nothing. It names webhook and app, and never
// where it leads or what it was sent.
func notice(c webhook.HealthChange) (n shop.Notification, ok bool) {
	w := c.Subscription
	which := fmt.Sprintf("Webhook %q of the app %s", w.Name, w.App)
	// A suspension is told of once, and so is its end. In between it may be degraded: then a
	// trial was taken (protocol-webhooks.md 6.3).
	suspended := c.From.State == webhook.Disabled || !c.From.SuspendedSince.IsZero()
	switch c.To.State {
	case webhook.Suspended:
		if suspended {
			return n, false
		}
		n = shop.Notification{
			Status:  "warning",
			Message: which + " is suspended: its server fails or refuses what it is sent. What happens meanwhile is kept for it.",
		}
	case webhook.Disabled:
		n = shop.Notification{Status: "error", Message: which + " is disabled: it failed for too long. What happens meanwhile is kept for it."}
		if c.To.DisabledBy == webhook.ByOperator {
			n.Message = which + " was disabled by an operator. What happens meanwhile is kept for it."
		}
	case webhook.Healthy:
		if !suspended {
			return n, false
		}
		n = shop.Notification{Status: "info", Message: which + " works again."}
	case webhook.Degraded:
		return n, false
	}
	n.RequiredPrivileges = []string{"app." + w.App}
	return n, w.App != "" // nobody but the operator knows of his own
}

// changed tells the merchant, beside the engine, which must not wait for that.
func (s *Server) changed(c webhook.HealthChange) {
	n, ok := notice(c)
	if !ok {
		return
	}
	s.running.Go(func() {
		ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
		defer cancel()
		if _, err := s.records.Notify(ctx, appdock.Host(c.Subscription.Shop), "", n); err != nil {
			s.config.Log.LogAttrs(ctx, slog.LevelError, "merchant not told of a webhook",
				slog.String("app", c.Subscription.App), slog.String("webhook", c.Subscription.Name), slog.Any("err", err))
		}
	})
}
