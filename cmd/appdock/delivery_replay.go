package main

import (
	"context"
	"fmt"
	"strconv"

	"github.com/spf13/cobra"

	"github.com/appdock/appdock"
	"github.com/appdock/appdock/internal/control"
)

// replayed is one line of `delivery replay` by ids.
type replayed struct {
	ID       appdock.ID       `json:"id"`
	Replayed bool             `json:"replayed"`
	Error    *control.Failure `json:"error,omitempty"`
}

// copied is one line of `delivery replay --to`.
type copied struct {
	ID appdock.ID `json:"id"`
	control.Copied
	Failure *control.Failure `json:"failure,omitempty"`
}

func newDeliveryReplay(p *program) *cobra.Command {
	var f control.DeliveryFilter
	var made period
	var to string
	c := &cobra.Command{
		Use:   "replay [id]...",
		Short: "Send deliveries again",
		Long: "Send deliveries again that arrived or were given up: those of the ids, or all that the flags describe. Each keeps its id, by " +
			"which an app knows what it had before; its attempts count on, and it is signed with the secret of now.\n\n" +
			"With --to a copy goes to another address instead, once, and the log stays as it is.",
		Example: "appdock delivery replay 0190c2f5d6a17d3f8e2b4c6a8e0f1a2b\n\n" +
			"# all that failed since this morning\nappdock delivery replay --app MyApp --status dead --since 2026-01-31\n\n" +
			"# look at one in a debugger\nappdock delivery replay 0190c2f5d6a17d3f8e2b4c6a8e0f1a2b --to http://127.0.0.1:9000/hook",
		Args: func(c *cobra.Command, given []string) error { return p.ids(c, given, "delivery") },
	}
	flags := c.Flags()
	flags.StringVar(&f.App, "app", "", "deliveries to this app only")
	flags.StringVar(&f.Event, "event", "", "deliveries of this event only, such as order.written")
	flags.Var(choice{&f.Status, []string{"", "delivered", "dead"}}, "status", "deliveries in this state only: delivered or dead")
	made.flags(c)
	flags.IntVar(&f.Limit, "limit", 0, "at most this many, the oldest first (default all)")
	flags.StringVar(&to, "to", "", "send a copy to this URL, and change nothing")
	replay := p.withShop(func(ctx context.Context, shop control.Shop, given []string) error {
		switch {
		case to != "":
			return p.copyDeliveries(ctx, shop, given, to)
		case len(given) > 0:
			return p.replayEach(ctx, shop, given)
		}
		r, err := shop.Replay(ctx, f)
		if err == nil && r.Replayed == 0 {
			err = checkApp(ctx, shop, f.App)
		}
		if err != nil {
			return err
		}
		return p.show(r, func() { p.say("%s will be sent again.", counted(r.Replayed, "delivery", "deliveries")) })
	})
	c.RunE = func(cmd *cobra.Command, given []string) error {
		var err error
		if f.Since, f.Until, err = made.read(cmd, p.now()); err != nil {
			return err
		}
		described := f
		described.Limit = 0 // how many says nothing of which: alone it would replay from all
		filtered := described != control.DeliveryFilter{}
		switch {
		case f.Limit < 0:
			return usageOf(cmd, "--limit: it is 1 or more")
		case len(given) > 0 && (filtered || f.Limit != 0):
			return usageOf(cmd, "give ids, or flags that describe deliveries, but not both")
		case to != "" && len(given) == 0:
			return usageOf(cmd, "--to: name the deliveries to copy by their ids")
		case len(given) == 0 && !filtered:
			return usageOf(cmd, "say which deliveries: by ids, or by --app, --event, --status, --since or --until")
		}
		return replay(cmd, given)
	}
	return c
}

// replayEach replays deliveries by their ids. One that cannot be does not stop the others.
func (p *program) replayEach(ctx context.Context, shop control.Shop, given []string) error {
	list := make([]replayed, 0, len(given))
	var worst error
	for _, text := range given {
		id, err := appdock.ParseID(text)
		if err != nil {
			return fmt.Errorf("read the id of a delivery: %w", err)
		}
		line := replayed{ID: id, Replayed: true}
		if _, err := shop.Replay(ctx, control.DeliveryFilter{ID: id}); err != nil {
			if ctx.Err() != nil {
				return ctx.Err()
			}
			line.Replayed, line.Error, worst = false, p.tell(ctx, err), toldError(exitFailed)
		} else {
			p.say("Delivery %s will be sent again.", id)
		}
		list = append(list, line)
	}
	if err := p.show(list, func() {}); err != nil {
		return err
	}
	return worst
}

// tell prints an error that does not end a command; a document holds it instead.
func (p *program) tell(ctx context.Context, err error) *control.Failure {
	told := p.explain(ctx, err)
	if !p.json() {
		p.printFailure(told)
	}
	return &told
}

// copyDeliveries copies deliveries by their ids. One that is not there does not stop the
// others; any other fault would be that of each.
func (p *program) copyDeliveries(ctx context.Context, shop control.Shop, given []string, to string) error {
	list := make([]copied, 0, len(given))
	var worst error
	for _, text := range given {
		id, err := appdock.ParseID(text)
		if err != nil {
			return fmt.Errorf("read the id of a delivery: %w", err)
		}
		c, err := shop.CopyDelivery(ctx, id, to)
		if appdock.KindOf(err) == appdock.NotFound {
			list, worst = append(list, copied{ID: id, Failure: p.tell(ctx, err)}), toldError(exitFailed)
			continue
		}
		if err != nil {
			return err
		}
		list = append(list, copied{ID: id, Copied: c})
		answer := "no answer: " + oneLine(c.Error)
		if c.Status != 0 {
			answer = "answered " + strconv.Itoa(c.Status)
		}
		if c.Status < 200 || c.Status > 299 {
			worst = toldError(exitFailed)
		}
		p.say("Copy of %s: %s after %d ms.", id, answer, c.MS)
	}
	if err := p.show(list, func() {}); err != nil {
		return err
	}
	return worst
}

// ids checks arguments that are ids of a noun; what flags say is checked later.
func (p *program) ids(c *cobra.Command, given []string, noun string) error {
	for _, text := range given {
		// The zero id is that of nothing; in a filter it would leave all of them in.
		if id, err := appdock.ParseID(text); err != nil || id.IsZero() {
			return usageOf(c, fmt.Sprintf("%q is no id of a %s: it has 32 digits from 0 to f, not all of them 0", text, noun))
		}
	}
	return nil
}

func counted(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return strconv.Itoa(n) + " " + many
}
