package main

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/appdock/appdock"
	"github.com/appdock/appdock/internal/control"
)

// maxPayload is what fits into a call of the host with room for the rest.
const maxPayload = 1<<20 - 4096

func newEvent(p *program) *cobra.Command {
	c := &cobra.Command{
		Use:     "event",
		Short:   "Try events out",
		Long:    "Try out what apps do when they hear of something.",
		Example: "appdock event trigger checkout.order.placed",
	}
	group(c)
	c.AddCommand(newEventTrigger(p))
	return c
}

func newEventTrigger(p *program) *cobra.Command {
	var payload, record, from string
	c := &cobra.Command{
		Use:   "trigger <event>",
		Short: "Tell apps of something that did not happen",
		Long: "Write an event as if it had happened, and tell which apps hear of it and which do not, and why. Without a flag it is about " +
			"the newest record of its kind. Nothing in the shop changes.",
		Example: "appdock event trigger checkout.order.placed\nappdock event trigger product.written --entity 0190c2f5d6a17d3f8e2b4c6a8e0f1a2b\n\n" +
			"# with data of your own\nappdock event trigger mail.sent --payload mail.json",
		Args: args(1, 1, "the name of an event"),
	}
	flags := c.Flags()
	flags.StringVar(&payload, "payload", "", "file with the event's data as JSON; - is standard input")
	flags.StringVar(&record, "entity", "", "id of the record that it is about")
	flags.StringVar(&from, "from", "", "id of an event of the past: its data is sent again, as a new event")
	exclusive(c, "payload", "entity", "from")
	c.RunE = func(cmd *cobra.Command, given []string) error {
		in := control.Trigger{Event: given[0]}
		for flag, target := range map[string]struct {
			text string
			id   *appdock.ID
		}{"--entity": {record, &in.Entity}, "--from": {from, &in.From}} {
			if target.text == "" {
				continue
			}
			id, err := appdock.ParseID(target.text)
			if err != nil || id.IsZero() {
				return usageOf(cmd, fmt.Sprintf("%s: %q is no id: it has 32 digits from 0 to f, not all of them 0", flag, target.text))
			}
			*target.id = id
		}
		if payload != "" {
			text, err := p.payload(payload)
			if err != nil {
				return err
			}
			in.Payload = text
		}
		return p.withShop(func(ctx context.Context, shop control.Shop, _ []string) error {
			t, err := shop.Trigger(ctx, in)
			if err != nil {
				return err
			}
			return p.show(t, func() { p.printTriggered(t) })
		})(cmd, given)
	}
	return c
}

// payload reads the data of an event from a file, or from standard input.
func (p *program) payload(name string) (json.RawMessage, error) {
	text, err := p.input(name, maxPayload)
	if err != nil {
		return nil, err
	}
	wrong := ""
	switch {
	case len(text) > maxPayload:
		wrong = "it is larger than 1 MiB"
	case !json.Valid(text):
		var v any
		wrong = "it is no JSON: " + json.Unmarshal(text, &v).Error()
	default:
		return text, nil
	}
	return nil, &appdock.Error{
		Kind: appdock.Invalid, Code: "ADK-PAYLOAD-INVALID",
		Message: "The payload in " + name + " cannot be sent", Cause: wrong,
		Cure: "Leave it out to see a sample, in appdock delivery show.",
	}
}

func (p *program) printTriggered(t control.Triggered) {
	p.out.print(fmt.Sprintf("Event %s, %s\n", t.EventID, oneLine(t.Event)))
	for _, d := range t.Deliveries {
		p.out.print(fmt.Sprintf("  %s hears of it: webhook %s, delivery %s\n", oneLine(d.App), oneLine(d.Webhook), d.ID))
	}
	for _, f := range t.Filtered {
		p.out.print(fmt.Sprintf("  %s does not: webhook %s, %s\n", oneLine(f.App), oneLine(f.Webhook), oneLine(f.Reason)))
	}
	if len(t.Deliveries)+len(t.Filtered) == 0 {
		p.out.print("  No app listens to it.\n")
	}
}
