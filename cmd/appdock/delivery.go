package main

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/appdock/appdock"
	"github.com/appdock/appdock/internal/control"
)

func newDelivery(p *program) *cobra.Command {
	c := &cobra.Command{
		Use:   "delivery",
		Short: "See what was sent to apps, and send it again",
		Long: "See the deliveries of the host: each is one event on its way to one webhook of an app, " +
			"with every attempt and what came back.",
		Example: "appdock delivery list --status dead",
	}
	group(c)
	c.AddCommand(newDeliveryList(p), newDeliveryShow(p), newDeliveryReplay(p))
	return c
}

func newDeliveryList(p *program) *cobra.Command {
	var f control.DeliveryFilter
	var made period
	c := &cobra.Command{
		Use:   "list [id]...",
		Short: "List deliveries, the newest first",
		Long: "List deliveries: those of the ids, in their order, or those that the flags describe, the newest first. A time is a date " +
			"(2026-01-31), a date with time (2026-01-31T12:00:00Z), or how long ago it was (90m, 24h).",
		Example: "appdock delivery list --app MyApp --since 1h\nappdock delivery list --status waiting --json\n\n" +
			"# how two of them are now\nappdock delivery list 0190c2f5d6a17d3f8e2b4c6a8e0f1a2b 0190c2f5d6a17d3f8e2b4c6a8e0f1a2c",
		Args: func(c *cobra.Command, given []string) error { return p.ids(c, given, "delivery") },
	}
	flags := c.Flags()
	flags.StringVar(&f.App, "app", "", "deliveries to this app only")
	flags.StringVar(&f.Event, "event", "", "deliveries of this event only, such as order.written")
	flags.Var(choice{&f.Status, []string{"", "waiting", "delivered", "parked", "dead"}}, "status", "deliveries in this state only: waiting, delivered, parked or dead")
	made.flags(c)
	flags.IntVar(&f.Limit, "limit", 50, "at most this many")
	list := p.withShop(func(ctx context.Context, shop control.Shop, given []string) error {
		deliveries, err := findDeliveries(ctx, shop, given, f)
		if err != nil {
			return err
		}
		if len(deliveries) == 0 {
			if err := checkApp(ctx, shop, f.App); err != nil {
				return err
			}
			deliveries = []control.Delivery{}
		}
		return p.show(deliveries, func() { p.printDeliveries(deliveries) })
	})
	c.RunE = func(cmd *cobra.Command, given []string) error {
		var err error
		if f.Since, f.Until, err = made.read(cmd, p.now()); err != nil {
			return err
		}
		if f.Limit < 1 {
			return usageOf(cmd, "--limit: it is 1 or more")
		}
		described := slices.ContainsFunc([]string{"app", "event", "status", "since", "until", "limit"}, flags.Changed)
		if len(given) > 0 && described {
			return usageOf(cmd, "give ids, or flags that describe deliveries, but not both")
		}
		return list(cmd, given)
	}
	return c
}

// checkApp tells an app of which nothing was found from one that is not there, and never was
// as far as the log goes back.
func checkApp(ctx context.Context, shop control.Shop, name string) error {
	if name == "" {
		return nil
	}
	_, missing := shop.App(ctx, name)
	if appdock.KindOf(missing) != appdock.NotFound {
		return nil // it is there, or whoever asks may not see it
	}
	past, err := shop.Deliveries(ctx, control.DeliveryFilter{App: name, Limit: 1})
	if err == nil && len(past) == 0 {
		err = missing
	}
	return err
}

// findDeliveries gives the deliveries of the ids, each of which must be there, or without
// ids those of the filter.
func findDeliveries(ctx context.Context, shop control.Shop, given []string, f control.DeliveryFilter) ([]control.Delivery, error) {
	if len(given) == 0 {
		return shop.Deliveries(ctx, f)
	}
	list := make([]control.Delivery, 0, len(given))
	for _, text := range given {
		id, err := appdock.ParseID(text)
		if err != nil {
			return nil, fmt.Errorf("read the id of a delivery: %w", err)
		}
		d, err := shop.Delivery(ctx, id)
		if err != nil {
			return nil, err
		}
		list = append(list, d.Delivery)
	}
	return list, nil
}

func (p *program) printDeliveries(deliveries []control.Delivery) {
	if len(deliveries) == 0 {
		p.say("No deliveries.")
		return
	}
	t := table{head: []string{"DELIVERY", "CREATED", "APP", "EVENT", "STATUS", "ATTEMPTS", "ANSWER"}}
	for _, d := range deliveries {
		answer := ""
		if d.ResponseStatus != 0 {
			answer = strconv.Itoa(d.ResponseStatus)
		}
		t.add(d.ID.String(), d.CreatedAt.Local().Format(time.DateTime), d.App, d.Event, d.Status, strconv.Itoa(d.Attempts), answer)
	}
	t.write(p.out, "")
}

func newDeliveryShow(p *program) *cobra.Command {
	return &cobra.Command{
		Use:     "show <id>",
		Short:   "Show a delivery with its attempts",
		Long:    "Show a delivery with every attempt: what was sent and what came back. Secrets are not shown.",
		Example: "appdock delivery show 0190c2f5d6a17d3f8e2b4c6a8e0f1a2b",
		Args: func(c *cobra.Command, given []string) error {
			if err := args(1, 1, "the id of a delivery")(c, given); err != nil {
				return err
			}
			if _, err := appdock.ParseID(given[0]); err != nil {
				return usageOf(c, fmt.Sprintf("%q is no id: it has 32 digits from 0 to f", given[0]))
			}
			return nil
		},
		RunE: p.withShop(func(ctx context.Context, shop control.Shop, given []string) error {
			id, err := appdock.ParseID(given[0])
			if err != nil {
				return fmt.Errorf("read the id of a delivery: %w", err)
			}
			d, err := shop.Delivery(ctx, id)
			if err != nil {
				return err
			}
			if d.Log == nil {
				d.Log = []control.Attempt{}
			}
			return p.show(d, func() { p.printDelivery(d) })
		}),
	}
}

func (p *program) printDelivery(d control.DeliveryDetails) {
	var list pairs
	list.add("Delivery", d.ID.String())
	list.add("Event", d.Event+" ("+d.EventID.String()+")")
	list.add("Entity", d.EntityID)
	list.add("App", d.App)
	list.add("Webhook", d.Webhook)
	list.add("URL", d.URL)
	list.add("Status", strings.TrimSuffix(d.Status+", "+d.Reason, ", "))
	list.add("Created", d.CreatedAt.Local().Format(time.RFC3339))
	if d.DueAt != nil {
		list.add("Due", d.DueAt.Local().Format(time.RFC3339))
	}
	list.write(p.out)
	for _, a := range d.Log {
		answer := "no answer"
		if a.Status != 0 {
			answer = "answered " + strconv.Itoa(a.Status)
		}
		// On the wire attempts are counted from 0 (protocol-webhooks.md); people count from 1.
		line := fmt.Sprintf("attempt %d at %s: %s after %d ms", a.Attempt, a.At.Local().Format(time.RFC3339), answer, a.MS)
		if a.Error != "" {
			line += ", " + oneLine(a.Error)
		}
		request := "request"
		if a.Rendered {
			request = "request, made again from the event, because the app took it"
		}
		p.out.print("\n" + p.out.paint(bold, line) + "\n  " + request + ":\n" + indented(a.Request))
		if a.Response != "" {
			p.out.print("  answer:\n" + indented(a.Response))
		}
	}
}

// period is when deliveries were made, as flags say it.
type period struct{ since, until string }

func (x *period) flags(c *cobra.Command) {
	c.Flags().StringVar(&x.since, "since", "", "deliveries made at this time or later")
	c.Flags().StringVar(&x.until, "until", "", "deliveries made before this time")
}

func (x *period) read(c *cobra.Command, now time.Time) (since, until time.Time, err error) {
	if since, err = moment(x.since, now); err != nil {
		return since, until, usageOf(c, "--since: "+err.Error())
	}
	if until, err = moment(x.until, now); err != nil {
		return since, until, usageOf(c, "--until: "+err.Error())
	}
	if x.since != "" && x.until != "" && !since.Before(until) {
		return since, until, usageOf(c, fmt.Sprintf("--since %s is not before --until %s: no delivery is of that time", x.since, x.until))
	}
	return since, until, nil
}

// moment reads a time, or how long ago it was; zero for nothing.
func moment(text string, now time.Time) (time.Time, error) {
	if text == "" {
		return time.Time{}, nil
	}
	if ago, err := time.ParseDuration(text); err == nil {
		if ago < 0 {
			return time.Time{}, fmt.Errorf("%q is a time to come: write %s for that long ago", text, strings.TrimPrefix(text, "-"))
		}
		return now.Add(-ago), nil
	}
	for _, layout := range []string{time.RFC3339, time.DateOnly} {
		if at, err := time.Parse(layout, text); err == nil {
			return at, nil
		}
	}
	return time.Time{}, fmt.Errorf("%q is no time such as 2026-01-31, 2026-01-31T12:00:00Z or 90m", text)
}
