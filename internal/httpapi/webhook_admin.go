package httpapi

import (
	"net/http"
	"time"

	"github.com/appdock/appdock"
	"github.com/appdock/appdock/internal/web"
	"github.com/appdock/appdock/internal/webhook"
)

// What an administrator does with webhooks (protocol-webhooks.md 6.4). A token of an app
// may if its grant says so.
const (
	stopWebhooks    appdock.Privilege = "webhook:update"
	watchWebhooks   appdock.Privilege = "webhook:read"
	replayDelivery  appdock.Privilege = "webhook_event_log:update"
	tickIsStaleFrom                   = time.Minute // it is due each second
)

// deactivateWebhook answers POST /api/_action/webhook/{id}/deactivate: what is for it is
// parked until somebody resumes it.
func deactivateWebhook(c *call) error {
	if missing := c.actor.Missing(stopWebhooks); len(missing) > 0 {
		return appdock.MissingPrivileges(missing)
	}
	if err := c.options.Webhooks.Pause(c.r.Context(), c.shop.ID, c.target.id); err != nil {
		return err
	}
	c.w.WriteHeader(http.StatusNoContent)
	return nil
}

// webhookHealth answers GET /api/_action/webhook/health-status: whether health is looked
// after at all.
func webhookHealth(c *call) error {
	if missing := c.actor.Missing(watchWebhooks); len(missing) > 0 {
		return appdock.MissingPrivileges(missing)
	}
	last := c.options.Webhooks.LastTick()
	answer := struct {
		LastTick *time.Time `json:"lastTick"`
		Stale    bool       `json:"stale"`
	}{Stale: last.IsZero() || c.options.Now().Sub(last) > tickIsStaleFrom}
	if !last.IsZero() {
		last = last.UTC()
		answer.LastTick = &last
	}
	return web.JSON(c.w, http.StatusOK, answer)
}

// replayWebhook answers POST /api/_action/webhook-event-log/{id}/replay. What is still to be
// sent is not sent twice by it.
func replayWebhook(c *call) error {
	if missing := c.actor.Missing(replayDelivery); len(missing) > 0 {
		return appdock.MissingPrivileges(missing)
	}
	if _, err := c.options.Webhooks.Replay(c.r.Context(), webhook.Filter{Shop: c.shop.ID, ID: c.target.id}); err != nil {
		return err
	}
	c.w.WriteHeader(http.StatusNoContent)
	return nil
}
