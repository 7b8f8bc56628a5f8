package httpapi

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"time"

	"github.com/appdock/appdock"
	"github.com/appdock/appdock/internal/web"
	"github.com/appdock/appdock/internal/webhook"
)

// subscriptions are what apps and administrators see of webhooks and do with them;
// *webhook.Operator does it.
type subscriptions interface {
	List(ctx context.Context, shop appdock.ShopID) ([]webhook.Status, error)
	Reactivate(ctx context.Context, shop appdock.ShopID, subscription appdock.ID) error
	Pause(ctx context.Context, shop appdock.ShopID, subscription appdock.ID) error
	Replay(ctx context.Context, f webhook.Filter) (int, error)
	LastTick() time.Time
}

// What an app may ask at once, and how often (protocol-webhooks.md 6.4).
const (
	maxReactivated   = 50
	maxReactivations = 10 // a minute
)

// webhookState is one webhook of the app that asks.
type webhookState struct {
	Name           string              `json:"name"`
	URL            string              `json:"url"`
	State          webhook.HealthState `json:"state"`
	SuspendedSince *time.Time          `json:"suspendedSince"`
	DisabledSince  *time.Time          `json:"disabledSince"`
	DisabledOrigin *string             `json:"disabledOrigin"` // operator or escalation
}

func stateOf(s webhook.Status) webhookState {
	at := func(t time.Time) *time.Time {
		if t.IsZero() {
			return nil
		}
		t = t.UTC()
		return &t
	}
	w := webhookState{
		Name: s.Subscription.Name, URL: s.Subscription.URL, State: s.Health.State,
		SuspendedSince: at(s.Health.SuspendedSince), DisabledSince: at(s.Health.DisabledSince),
	}
	if s.Health.DisabledBy != "" {
		w.DisabledOrigin = &s.Health.DisabledBy
	}
	return w
}

// webhookStates answers GET /api/app-system/webhook/state.
func webhookStates(c *call) error {
	own, err := ownWebhooks(c)
	if err != nil {
		return err
	}
	states := make([]webhookState, len(own))
	for i, s := range own {
		states[i] = stateOf(s)
	}
	return web.JSON(c.w, http.StatusOK, states)
}

// reactivateWebhooks answers POST /api/app-system/webhook/reactivate: all that it names, or
// none. One that an operator paused stays so: the app must not overrule a person.
func reactivateWebhooks(c *call) error {
	own, err := ownWebhooks(c)
	if err != nil {
		return err
	}
	if wait := c.options.reactivations.Take(c.actor.Installation, c.options.Now()); wait > 0 {
		return appdock.TooOften(codeTooOften, "Reactivation", wait)
	}
	tree, err := c.formOrJSON()
	if err != nil {
		return err
	}
	names, ok := readPrivileges(tree["webhooks"]) // a list of texts, as they are
	if !ok || len(names) == 0 || len(names) > maxReactivated {
		return badParameter("webhooks", fmt.Sprintf("Send a list of 1 to %d names of webhooks.", maxReactivated))
	}
	var chosen []webhook.Status
	for _, name := range names {
		at := slices.IndexFunc(own, func(s webhook.Status) bool { return s.Subscription.Name == name })
		switch {
		case at < 0:
			return &appdock.Error{
				Kind: appdock.NotFound, Code: "ADK-WEBHOOK-UNKNOWN",
				Message: fmt.Sprintf("The app has no webhook %q", name),
				Cure:    "Use the names of the manifest.",
			}
		case own[at].Health.State == webhook.Disabled && own[at].Health.DisabledBy == webhook.ByOperator:
			return &appdock.Error{
				Kind: appdock.Refused, Code: "ADK-WEBHOOK-PAUSED",
				Message: fmt.Sprintf("The webhook %q was disabled by an operator", name),
				Cure:    "Ask the merchant to resume it.",
			}
		}
		chosen = append(chosen, own[at])
	}
	for _, s := range chosen {
		if err := c.options.Webhooks.Reactivate(c.r.Context(), c.shop.ID, s.Subscription.ID); err != nil {
			return err
		}
	}
	return web.JSON(c.w, http.StatusOK, map[string][]string{"webhooks": names})
}

// ownWebhooks are those of the app that asks.
func ownWebhooks(c *call) ([]webhook.Status, error) {
	if c.actor.Installation.IsZero() {
		return nil, &appdock.Error{
			Kind: appdock.NotFound, Code: "ADK-NOT-AN-APP",
			Message: "Only an app has webhooks of its own",
			Cause:   "the token is not that of an app",
			Cure:    "Ask with the credentials of the app's last confirmation.",
		}
	}
	all, err := c.options.Webhooks.List(c.r.Context(), c.shop.ID)
	if err != nil {
		return nil, err
	}
	return slices.DeleteFunc(all, func(s webhook.Status) bool { return s.Subscription.Installation != c.actor.Installation }), nil
}
