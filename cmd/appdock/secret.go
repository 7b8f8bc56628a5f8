package main

import (
	"context"
	"strconv"
	"time"

	"github.com/spf13/cobra"

	"github.com/appdock/appdock/internal/control"
)

func newAppSecret(p *program) *cobra.Command {
	c := &cobra.Command{
		Use:   "secret",
		Short: "Change the secrets that apps and host share",
		Long: "Every app with a server shares a secret with this host: all that one sends the other is signed with it. " +
			"Rotate it now and then, and whenever somebody else may know it.",
		Example: "appdock app secret rotate MyApp\nappdock app secret recover",
	}
	group(c)
	c.AddCommand(newSecretRotate(p), newSecretRecover(p))
	return c
}

func newSecretRotate(p *program) *cobra.Command {
	return &cobra.Command{
		Use:   "rotate [name]",
		Short: "Give an app and the host a new secret",
		Long: "Register an app again, so that both sides have a new secret and the app new credentials; without a name every active " +
			"app with a server. Webhooks go on meanwhile: each attempt is signed with the secret of its moment, and the credentials " +
			"of before work for another day.\n\n" +
			"When it fails the app goes on with the secret before. When nobody knows whether the app took the new one, the app is " +
			"unconfirmed: settle that with `appdock app secret recover`.",
		Example: "appdock app secret rotate MyApp\n\n# all of them, in a script\nappdock app secret rotate --json",
		Args:    args(0, 1, ""),
		RunE: p.withShop(func(ctx context.Context, shop control.Shop, names []string) error {
			if len(names) == 0 {
				all, err := shop.Apps(ctx)
				if err != nil {
					return err
				}
				for _, a := range all {
					if a.Active && (a.HasSecret || a.State == "pending") {
						names = append(names, a.Name)
					}
				}
				if len(names) == 0 {
					p.say("No active app has a secret.")
				}
			}
			return p.each(ctx, len(names), func(i int) (outcome, error) {
				return p.settleSecret(names[i], "App %s secrets rotated successfully.", func() (control.Result, error) {
					return shop.RotateSecret(ctx, names[i])
				})
			})
		}),
	}
}

// settleSecret does one thing with the secret of one app, and says what came of it.
func (p *program) settleSecret(name, done string, act func() (control.Result, error)) (outcome, error) {
	r, err := act()
	if err != nil {
		return outcome{Name: name}, err
	}
	if r.Result == "nothing_to_recover" {
		done = "App %s has no unconfirmed secret: there is nothing to do."
	}
	p.say(done, r.Name)
	return outcome{Name: r.Name, Version: r.Version, Result: r.Result, Warnings: r.Warnings}, nil
}

// unsettled is one line of `app secret recover`.
type unsettled struct {
	Name         string     `json:"name"`
	ID           string     `json:"id"`
	PendingSince *time.Time `json:"pendingSince"`
	State        string     `json:"state"`
	Unconfirmed  int        `json:"unconfirmedSecrets"`
}

func newSecretRecover(p *program) *cobra.Command {
	var discard bool
	c := &cobra.Command{
		Use:   "recover [name]",
		Short: "Settle which secret an app holds",
		Long: "Find out which secret an app holds when the answer to its last registration was lost: the app is registered with each " +
			"that it may hold, until it refuses none. Without a name, list the apps that need it. An app that was never completely " +
			"installed is finished by installing it again.\n\n" +
			"--discard forgets the secrets that the app may hold, without asking it: the app goes on with the one before.",
		Example: "# which apps need it?\nappdock app secret recover\n\nappdock app secret recover MyApp\n\n" +
			"# after the vendor has reset the app's side\nappdock app secret recover MyApp --discard",
		Args: args(0, 1, ""),
	}
	c.Flags().BoolVar(&discard, "discard", false, "forget the unconfirmed secrets without asking the app")
	c.RunE = func(cmd *cobra.Command, names []string) error {
		if discard && len(names) == 0 {
			return usageOf(cmd, "--discard needs the name of an app")
		}
		return p.withShop(func(ctx context.Context, shop control.Shop, names []string) error {
			if len(names) == 0 {
				return p.listUnsettled(ctx, shop)
			}
			done := "App %s is registered again: it holds the secret that this host knows."
			if discard {
				done = "The unconfirmed secrets of app %s are forgotten."
			}
			return p.each(ctx, 1, func(int) (outcome, error) {
				return p.settleSecret(names[0], done, func() (control.Result, error) { return shop.RecoverSecret(ctx, names[0], discard) })
			})
		})(cmd, names)
	}
	return c
}

func (p *program) listUnsettled(ctx context.Context, shop control.Shop) error {
	all, err := shop.Apps(ctx)
	if err != nil {
		return err
	}
	list := []unsettled{}
	for _, a := range all {
		d, err := shop.App(ctx, a.Name)
		if err != nil {
			return err
		}
		if d.Unconfirmed > 0 {
			list = append(list, unsettled{a.Name, d.ID, d.PendingSince, a.State, d.Unconfirmed})
		}
	}
	return p.show(list, func() {
		if len(list) == 0 {
			p.say("No app has an unconfirmed secret.")
			return
		}
		t := table{head: []string{"APP", "APP ID", "PENDING SINCE", "STATE", "UNCONFIRMED"}}
		for _, u := range list {
			since := ""
			if u.PendingSince != nil {
				since = u.PendingSince.Local().Format(time.DateTime)
			}
			t.add(u.Name, u.ID, since, u.State, strconv.Itoa(u.Unconfirmed))
		}
		t.write(p.out, "")
	})
}
