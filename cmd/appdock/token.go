package main

import (
	"context"
	"slices"
	"time"

	"github.com/spf13/cobra"

	"github.com/appdock/appdock/internal/control"
)

func newToken(p *program) *cobra.Command {
	c := &cobra.Command{
		Use:   "token",
		Short: "Let operators work on the host from elsewhere",
		Long: "Make, list and revoke the tokens by which operators work on this host from elsewhere, with --server and --token. " +
			"The host must allow it with control.remote in its configuration, and be served over https.\n\n" +
			"A token may do all that a command on the host's machine may do, but for making other tokens.",
		Example: "appdock token create laptop\nappdock token list\nappdock token revoke laptop",
	}
	group(c)
	c.AddCommand(newTokenCreate(p), newTokenList(p), newTokenRevoke(p))
	return c
}

func newTokenCreate(p *program) *cobra.Command {
	var good time.Duration
	c := &cobra.Command{
		Use:   "create <label>",
		Short: "Make a token and show it once",
		Long: "Make a token for an operator and print it, alone, to standard output. It is shown this once: the host keeps a hash. " +
			"The label says in lists and in the log whose it is.",
		Example: "appdock token create laptop\n\n# for a pipeline, for 90 days; the output is the token alone\nappdock token create ci --for 2160h",
		Args:    args(1, 1, "a label"),
	}
	c.Flags().DurationVar(&good, "for", 0, "how long it is good for, such as 2160h; 0s: until it is revoked")
	c.RunE = func(cmd *cobra.Command, given []string) error {
		if good != 0 && good < time.Second {
			return usageOf(cmd, "--for: a token is good for a second at least")
		}
		return p.withHost(func(ctx context.Context, host control.Host, given []string) error {
			made, err := host.CreateToken(ctx, control.NewToken{Label: given[0], Seconds: int64(good / time.Second)})
			if err != nil {
				return err
			}
			if p.json() {
				return p.document(made)
			}
			p.out.print(made.Text + "\n") // with -q too: nobody can ask for it again
			if !p.quiet {
				p.err.print("This is the token " + oneLine(made.Label) + ". It is not shown again.\n")
			}
			return nil
		})(cmd, given)
	}
	return c
}

func newTokenList(p *program) *cobra.Command {
	return &cobra.Command{
		Use:     "list",
		Short:   "List the tokens of operators",
		Long:    "List the tokens by which operators work on this host from elsewhere. What they are shown by is not kept.",
		Example: "appdock token list\nappdock token list --json",
		Args:    args(0, 0, ""),
		RunE: p.withHost(func(ctx context.Context, host control.Host, _ []string) error {
			list, err := host.Tokens(ctx)
			if err != nil {
				return err
			}
			return p.show(slices.Concat([]control.Token{}, list), func() {
				if len(list) == 0 {
					p.say("No tokens.")
					return
				}
				t := table{head: []string{"LABEL", "ID", "CREATED", "EXPIRES"}}
				for _, x := range list {
					t.add(x.Label, x.ID, x.CreatedAt.Format(time.DateOnly), p.expiry(x))
				}
				t.write(p.out, "")
			})
		}),
	}
}

func (p *program) expiry(t control.Token) string {
	switch {
	case t.ExpiresAt == nil:
		return "never"
	case t.ExpiresAt.Before(p.now()):
		return "expired"
	}
	return t.ExpiresAt.Format(time.DateOnly)
}

func newTokenRevoke(p *program) *cobra.Command {
	return &cobra.Command{
		Use:     "revoke <label|id>",
		Short:   "End a token",
		Long:    "End a token: from the next call on the host does not take it. What it is doing at that moment ends as it would.",
		Example: "appdock token revoke laptop",
		Args:    args(1, 1, "a label or an id"),
		RunE: p.withHost(func(ctx context.Context, host control.Host, given []string) error {
			ended, err := host.RevokeToken(ctx, given[0])
			if err != nil {
				return err
			}
			if p.json() {
				return p.document(ended)
			}
			p.say("Token %s is revoked.", ended.Label)
			return nil
		}),
	}
}
