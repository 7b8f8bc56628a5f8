package main

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/appdock/appdock/internal/control"
)

func newUser(p *program) *cobra.Command {
	c := &cobra.Command{
		Use:   "user",
		Short: "Manage the people who log in to the admin",
		Long: "Make, list and change the people who log in to the admin of a shop, and see what they decided.\n\n" +
			"An owner may do everything; staff has the privileges that are named. Whoever shall install apps needs system.plugin_maintain.",
		Example: "appdock user create anna --email anna@shop.example\nappdock user list\nappdock user disable anna",
	}
	group(c)
	c.AddCommand(newUserCreate(p), newUserList(p), newUserInvite(p), newUserRole(p),
		newUserActive(p, "disable", "Let a user log in no more", "Let a user log in no more, from now on: sessions end at once. The last owner stays.", false),
		newUserActive(p, "enable", "Let a disabled user log in again", "Let a user who was disabled log in again, with the password of before.", true),
		newUserLog(p))
	return c
}

// roleFlags are what somebody may do.
func roleFlags(c *cobra.Command, role *string, privileges *[]string) {
	c.Flags().Var(choice{role, []string{"owner", "staff"}}, "role", "owner: may do everything; staff: what --privileges names")
	c.Flags().StringSliceVar(privileges, "privileges", nil, "of staff, such as order:read,system.plugin_maintain")
}

func newUserCreate(p *program) *cobra.Command {
	var in control.NewUser
	c := &cobra.Command{
		Use:   "create <name>",
		Short: "Make a user, and the link to choose a password",
		Long: "Make a user without a password and print the link to choose one, alone, to standard output. The link is shown this once, " +
			"works once, and is good for a day.",
		Example: "appdock user create anna --email anna@shop.example\n\n# somebody who looks at orders and installs apps\n" +
			"appdock user create bert --email bert@shop.example --role staff --privileges order:read,system.plugin_maintain",
		Args: args(1, 1, "a name"),
	}
	c.Flags().StringVar(&in.Email, "email", "", "e-mail address")
	roleFlags(c, &in.Role, &in.Privileges)
	c.RunE = func(cmd *cobra.Command, given []string) error {
		if in.Email == "" {
			return usageOf(cmd, "--email is missing: a user has an e-mail address")
		}
		return p.withShop(func(ctx context.Context, shop control.Shop, given []string) error {
			in.Name = given[0]
			made, err := shop.CreateUser(ctx, in)
			if err != nil {
				return err
			}
			return p.showLink(made)
		})(cmd, given)
	}
	return c
}

// showLink prints a link alone to standard output, also with -q: nobody can ask for it again.
func (p *program) showLink(u control.InvitedUser) error {
	if p.json() {
		return p.document(u)
	}
	p.out.print(u.Link + "\n")
	if !p.quiet {
		p.err.print("With this link " + oneLine(u.Name) + " chooses a password. It is not shown again, and is good until " +
			u.Until.Local().Format(time.DateTime) + ".\n")
	}
	return nil
}

func newUserInvite(p *program) *cobra.Command {
	return &cobra.Command{
		Use:   "invite <name>",
		Short: "Give a user a new link to choose a password",
		Long: "Give a user a new link to choose a password, such as one who forgot it. Links of before are dead; the password of before is good " +
			"until another is chosen, which ends all sessions.",
		Example: "appdock user invite anna",
		Args:    args(1, 1, "a name"),
		RunE: p.withShop(func(ctx context.Context, shop control.Shop, given []string) error {
			made, err := shop.InviteUser(ctx, given[0])
			if err != nil {
				return err
			}
			return p.showLink(made)
		}),
	}
}

func newUserList(p *program) *cobra.Command {
	return &cobra.Command{
		Use:     "list",
		Short:   "List the users",
		Long:    "List the people who log in to the admin of the shop.",
		Example: "appdock user list\nappdock user list --json",
		Args:    args(0, 0, ""),
		RunE: p.withShop(func(ctx context.Context, shop control.Shop, _ []string) error {
			list, err := shop.Users(ctx)
			if err != nil {
				return err
			}
			return p.show(slices.Concat([]control.User{}, list), func() {
				if len(list) == 0 {
					p.say("No users. Make the first one with: appdock user create NAME --email ADDRESS")
					return
				}
				t := table{head: []string{"NAME", "E-MAIL", "ROLE", "STATE", "PRIVILEGES"}}
				for _, u := range list {
					t.add(u.Name, u.Email, u.Role, userState(u), strings.Join(u.Privileges, " "))
				}
				t.write(p.out, "")
			})
		}),
	}
}

func userState(u control.User) string {
	switch {
	case !u.Active:
		return "disabled"
	case u.Invited:
		return "invited"
	}
	return "active"
}

func newUserRole(p *program) *cobra.Command {
	var role string
	var privileges []string
	c := &cobra.Command{
		Use:     "role <name>",
		Short:   "Give a user another role",
		Long:    "Give a user another role or other privileges, from the next request on. The last owner stays one.",
		Example: "appdock user role anna --role staff --privileges order:read",
		Args:    args(1, 1, "a name"),
	}
	roleFlags(c, &role, &privileges)
	c.RunE = func(cmd *cobra.Command, given []string) error {
		if !cmd.Flags().Changed("role") {
			return usageOf(cmd, "--role is missing")
		}
		return p.changeUser(control.UserChange{Role: &role, Privileges: privileges}, "%s is "+role+" now.")(cmd, given)
	}
	return c
}

func newUserActive(p *program, verb, short, long string, active bool) *cobra.Command {
	return &cobra.Command{
		Use:     verb + " <name>",
		Short:   short,
		Long:    long,
		Example: "appdock user " + verb + " anna",
		Args:    args(1, 1, "a name"),
		RunE:    p.changeUser(control.UserChange{Active: &active}, "%s is "+verb+"d."),
	}
}

func (p *program) changeUser(change control.UserChange, done string) func(*cobra.Command, []string) error {
	return p.withShop(func(ctx context.Context, shop control.Shop, given []string) error {
		u, err := shop.ChangeUser(ctx, given[0], change)
		if err != nil {
			return err
		}
		if p.json() {
			return p.document(u)
		}
		p.say(done, oneLine(u.Name))
		return nil
	})
}

func newUserLog(p *program) *cobra.Command {
	var limit int
	c := &cobra.Command{
		Use:     "log",
		Short:   "Show who decided what",
		Long:    "Show the audit log of the shop, the newest line first: users that were made and changed, log-ins, and each grant and refusal of an app.",
		Example: "appdock user log --limit 20",
		Args:    args(0, 0, ""),
	}
	c.Flags().IntVar(&limit, "limit", 50, "most lines that are shown, up to 1000")
	c.RunE = func(cmd *cobra.Command, given []string) error {
		if limit < 1 || limit > 1000 {
			return usageOf(cmd, "--limit is a number from 1 to 1000")
		}
		return p.withShop(func(ctx context.Context, shop control.Shop, _ []string) error {
			list, err := shop.Audit(ctx, limit)
			if err != nil {
				return err
			}
			return p.show(slices.Concat([]control.AuditEntry{}, list), func() {
				if len(list) == 0 {
					p.say("Nothing was decided yet.")
					return
				}
				t := table{head: []string{"WHEN", "WHO", "WHAT", "ABOUT", "DETAIL"}}
				for _, e := range list {
					t.add(e.At.Local().Format(time.DateTime), e.Who, e.Action, e.About, e.Detail)
				}
				t.write(p.out, "")
			})
		})(cmd, given)
	}
	return c
}
