package main

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/appdock/appdock"
	"github.com/appdock/appdock/internal/control"
)

func newWebhook(p *program) *cobra.Command {
	c := &cobra.Command{
		Use:   "webhook",
		Short: "See and pause the webhooks of apps",
		Long: "See which events apps hear and how well their servers take them. A webhook that fails again and again is degraded, then " +
			"suspended, then disabled: what is for it is parked meanwhile, not lost, and trials show when its server is back.",
		Example: "appdock webhook list --app MyApp",
	}
	group(c)
	c.AddCommand(newWebhookList(p), newWebhookShow(p), newWebhookPause(p), newWebhookResume(p))
	return c
}

func newWebhookList(p *program) *cobra.Command {
	var app string
	c := &cobra.Command{
		Use:   "list [id]...",
		Short: "List webhooks and how they are",
		Long: "List webhooks, all or those of the ids, with their state, their failures in a row, what is parked for them, and when the " +
			"next trial is.",
		Example: "appdock webhook list\nappdock webhook list --app MyApp --json",
		Args:    func(c *cobra.Command, given []string) error { return p.ids(c, given, "webhook") },
	}
	c.Flags().StringVar(&app, "app", "", "webhooks of this app only")
	list := p.withShop(func(ctx context.Context, shop control.Shop, given []string) error {
		all, err := shop.Webhooks(ctx)
		if err != nil {
			return err
		}
		kept := []control.Subscription{}
		for _, id := range given {
			w, err := webhookOf(all, id)
			if err != nil {
				return err
			}
			kept = append(kept, w)
		}
		for _, w := range all {
			if len(given) == 0 && (app == "" || strings.EqualFold(w.App, app)) {
				kept = append(kept, w)
			}
		}
		if app != "" && len(kept) == 0 {
			if _, err := shop.App(ctx, app); appdock.KindOf(err) == appdock.NotFound {
				return err
			}
		}
		return p.show(kept, func() { p.printWebhooks(kept) })
	})
	c.RunE = func(cmd *cobra.Command, given []string) error {
		if len(given) > 0 && app != "" {
			return usageOf(cmd, "give ids, or --app, but not both")
		}
		return list(cmd, given)
	}
	return c
}

func (p *program) printWebhooks(list []control.Subscription) {
	if len(list) == 0 {
		p.say("No webhooks.")
		return
	}
	t := table{head: []string{"WEBHOOK", "APP", "NAME", "EVENT", "STATE", "FAILURES", "PARKED", "NEXT TRIAL"}}
	for _, w := range list {
		t.add(w.ID.String(), w.App, w.Name, w.Event, w.State, strconv.Itoa(w.Transient+w.Refusals), strconv.Itoa(w.Parked), at(w.NextTrialAt, time.DateTime))
	}
	t.write(p.out, "")
}

func newWebhookShow(p *program) *cobra.Command {
	return &cobra.Command{
		Use:     "show <id>",
		Short:   "Show a webhook",
		Long:    "Show a webhook: where it leads, how it is and since when, and why.",
		Example: "appdock webhook show 0190c2f5d6a17d3f8e2b4c6a8e0f1a2b",
		Args:    p.oneOrMore(1, "webhook"),
		RunE: p.withShop(func(ctx context.Context, shop control.Shop, given []string) error {
			w, err := findWebhook(ctx, shop, given[0])
			if err != nil {
				return err
			}
			return p.show(w, func() {
				var list pairs
				list.add("Webhook", w.ID.String())
				list.add("App", w.App)
				list.add("Name", w.Name)
				list.add("Event", w.Event)
				list.add("URL", w.URL)
				list.add("State", strings.TrimSuffix(w.State+", "+w.Cause, ", "))
				list.add("Failures", fmt.Sprintf("%d that may pass, %d refusals in a row", w.Transient, w.Refusals))
				list.add("Parked", counted(w.Parked, "delivery", "deliveries"))
				list.add("Next trial", at(w.NextTrialAt, time.RFC3339))
				list.add("Suspended since", at(w.SuspendedSince, time.RFC3339))
				list.add("Disabled since", strings.TrimSuffix(at(w.DisabledSince, time.RFC3339)+", by "+w.DisabledBy, ", by "))
				list.write(p.out)
			})
		}),
	}
}

func newWebhookPause(p *program) *cobra.Command {
	return &cobra.Command{
		Use:     "pause <id>...",
		Short:   "Send nothing to a webhook until it is resumed",
		Long:    "Send nothing to a webhook until it is resumed. What happens meanwhile is parked for it: nothing is lost.",
		Example: "appdock webhook pause 0190c2f5d6a17d3f8e2b4c6a8e0f1a2b",
		Args:    p.oneOrMore(-1, "webhook"),
		RunE: p.withShop(func(ctx context.Context, shop control.Shop, given []string) error {
			return p.eachWebhook(ctx, shop, given, func(w control.Subscription) error {
				if err := shop.PauseWebhook(ctx, w.ID); err != nil {
					return err
				}
				p.say("Webhook %s of %s is paused. What is for it is parked.", w.Name, w.App)
				return nil
			})
		}),
	}
}

func newWebhookResume(p *program) *cobra.Command {
	var deliver, drop bool
	c := &cobra.Command{
		Use:   "resume <id>...",
		Short: "Send to a webhook again",
		Long: "Send to a webhook again that was paused, suspended or disabled. What is parked for it is delivered, the oldest first; " +
			"with --drop it is given up, and `appdock delivery replay` can bring it back until the log forgets it.",
		Example: "appdock webhook resume 0190c2f5d6a17d3f8e2b4c6a8e0f1a2b\nappdock webhook resume 0190c2f5d6a17d3f8e2b4c6a8e0f1a2b --drop",
		Args:    p.oneOrMore(-1, "webhook"),
	}
	c.Flags().BoolVar(&deliver, "deliver", false, "deliver what is parked, without asking")
	c.Flags().BoolVar(&drop, "drop", false, "give up what is parked")
	exclusive(c, "deliver", "drop")
	c.RunE = p.withShop(func(ctx context.Context, shop control.Shop, given []string) error {
		return p.eachWebhook(ctx, shop, given, func(w control.Subscription) error {
			if w.State == "healthy" && w.Parked == 0 {
				p.say("Webhook %s of %s is healthy: there is nothing to resume.", w.Name, w.App)
				return nil
			}
			give := drop
			if w.Parked > 0 && !deliver && !drop && p.canAsk() {
				yes, err := p.askWith(ctx, fmt.Sprintf("%s parked for %s of %s. Deliver?", counted(w.Parked, "delivery is", "deliveries are"), w.Name, w.App), true)
				if err != nil {
					return err
				}
				give = !yes
			}
			r, err := shop.ResumeWebhook(ctx, w.ID, give)
			if err != nil {
				return err
			}
			text := "."
			switch {
			case give:
				text = ": " + counted(r.Dropped, "delivery was", "deliveries were") + " given up."
			case w.Parked > 0:
				text = ": " + counted(w.Parked, "delivery", "deliveries") + " will be sent."
			}
			p.say("Webhook %s of %s is resumed%s", w.Name, w.App, text)
			return nil
		})
	})
	return c
}

// eachWebhook does one thing with webhooks by their ids, and shows how they are then.
func (p *program) eachWebhook(ctx context.Context, shop control.Shop, given []string, act func(control.Subscription) error) error {
	list := make([]control.Subscription, 0, len(given))
	for _, id := range given {
		w, err := findWebhook(ctx, shop, id)
		if err != nil {
			return err
		}
		if err := act(w); err != nil {
			return err
		}
		if w, err = findWebhook(ctx, shop, id); err != nil {
			return err
		}
		list = append(list, w)
	}
	return p.show(list, func() {})
}

func findWebhook(ctx context.Context, shop control.Shop, id string) (control.Subscription, error) {
	all, err := shop.Webhooks(ctx)
	if err != nil {
		return control.Subscription{}, err
	}
	return webhookOf(all, id)
}

func webhookOf(all []control.Subscription, id string) (control.Subscription, error) {
	for _, w := range all {
		if w.ID.String() == id {
			return w, nil
		}
	}
	return control.Subscription{}, &appdock.Error{
		Kind: appdock.NotFound, Code: "ADK-WEBHOOK-UNKNOWN",
		Message: "There is no webhook " + id,
		Cure:    "Look for its id with appdock webhook list.",
	}
}

// oneOrMore checks arguments that are ids: at least one, and at most so many; below zero:
// any number.
func (p *program) oneOrMore(most int, noun string) cobra.PositionalArgs {
	return func(c *cobra.Command, given []string) error {
		if err := args(1, most, "the id of a "+noun)(c, given); err != nil {
			return err
		}
		return p.ids(c, given, noun)
	}
}

// at writes a time for people; none is nothing.
func at(t *time.Time, layout string) string {
	if t == nil {
		return ""
	}
	return t.Local().Format(layout)
}
