package main

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/appdock/appdock/internal/control"
)

func newApp(p *program) *cobra.Command {
	c := &cobra.Command{
		Use:     "app",
		Short:   "Install apps and run their lives",
		Long:    "Install, activate, deactivate and remove the apps of the shop, and see what they may do.",
		Example: "appdock app install ./MyApp --activate\nappdock app list",
	}
	group(c)
	c.AddCommand(
		newAppInstall(p), newAppUpdate(p), newAppRefresh(p), newAppActivate(p), newAppDeactivate(p), newAppUninstall(p, true), newAppList(p), newAppShow(p),
		newAppPermissions(p), newAppSecret(p), newAppCreate(p, 1), newAppValidate(p), newAppConvert(p), newAppSchema(p),
	)
	return c
}

func newAppActivate(p *program) *cobra.Command {
	return &cobra.Command{
		Use:     "activate <name>...",
		Short:   "Activate installed apps",
		Long:    "Activate installed apps: from then on they are told what happens in the shop.",
		Example: "appdock app activate MyApp",
		Args:    args(1, -1, "the name of an app"),
		RunE: p.lives("App activated successfully.", func(ctx context.Context, shop control.Shop, app string) (control.Result, error) {
			return shop.Activate(ctx, app)
		}),
	}
}

func newAppDeactivate(p *program) *cobra.Command {
	return &cobra.Command{
		Use:     "deactivate <name>...",
		Short:   "Deactivate apps",
		Long:    "Deactivate apps: they stay installed with what they were granted, and are told nothing any more.",
		Example: "appdock app deactivate MyApp",
		Args:    args(1, -1, "the name of an app"),
		RunE: p.lives("App deactivated successfully.", func(ctx context.Context, shop control.Shop, app string) (control.Result, error) {
			return shop.Deactivate(ctx, app)
		}),
	}
}

// newAppUninstall asks before it removes an app if it may and somebody is there.
func newAppUninstall(p *program, asks bool) *cobra.Command {
	var keepUserData, yes bool
	c := &cobra.Command{
		Use:   "uninstall <name>...",
		Short: "Remove apps from the shop",
		Long: "Remove apps from the shop, with their permissions, credentials and data. The app is told so. " +
			"Its files on disk stay.",
		Example: "appdock app uninstall MyApp --keep-user-data",
		Args:    args(1, -1, "the name of an app"),
	}
	flags := c.Flags()
	flags.BoolVar(&keepUserData, "keep-user-data", false, "keep the app's settings and tables for a later installation")
	flags.BoolVarP(&yes, "yes", "y", false, "ask nothing")
	c.RunE = p.lives("App uninstalled successfully.", func(ctx context.Context, shop control.Shop, app string) (control.Result, error) {
		if asks && !yes && p.canAsk() {
			agreed, err := p.ask(ctx, "Uninstall "+oneLine(app)+"?")
			if err != nil {
				return control.Result{}, err
			}
			if !agreed {
				return control.Result{}, refused(app + " stays installed.")
			}
		}
		return shop.Uninstall(ctx, app, keepUserData)
	})
	return c
}

// lives makes the body of a command that does one thing with each app it is given.
func (p *program) lives(done string, act func(ctx context.Context, shop control.Shop, app string) (control.Result, error)) func(*cobra.Command, []string) error {
	return p.withShop(func(ctx context.Context, shop control.Shop, given []string) error {
		return p.each(ctx, len(given), func(i int) (outcome, error) {
			r, err := act(ctx, shop, given[i])
			if err != nil {
				return outcome{Name: given[i]}, err
			}
			p.say("%s", done)
			return outcome{Name: r.Name, Version: r.Version, Result: r.Result, Warnings: r.Warnings}, nil
		})
	})
}

// maxLabel is how much of a label a list shows (cli.md 1 "app:list").
const maxLabel = 40

func newAppList(p *program) *cobra.Command {
	var filter string
	var active, inactive bool
	c := &cobra.Command{
		Use:     "list",
		Aliases: []string{"ls"},
		Short:   "List the apps of the shop",
		Long: "List the apps of the shop by name. The registration of an app whose state is unconfirmed is settled by " +
			"`app secret recover`, or by installing it again if it was never complete. An app whose state is needs_approval works on " +
			"while what its new manifest asks for waits for consent: `app update NAME` asks for it. One whose state is reauthorize " +
			"lost its tokens and has to be connected again.",
		Example: "appdock app list\nappdock app list --filter payment --active --json",
		Args:    args(0, 0, ""),
	}
	flags := c.Flags()
	flags.StringVarP(&filter, "filter", "f", "", "apps whose name or label contains this text")
	flags.BoolVar(&active, "active", false, "active apps only")
	flags.BoolVar(&inactive, "inactive", false, "inactive apps only")
	c.RunE = p.withShop(func(ctx context.Context, shop control.Shop, _ []string) error {
		all, err := shop.Apps(ctx)
		if err != nil {
			return err
		}
		apps := []control.App{}
		for _, a := range all {
			if (strings.Contains(a.Name, filter) || strings.Contains(a.Label, filter)) &&
				(active == inactive || active == a.Active) {
				apps = append(apps, a)
			}
		}
		slices.SortFunc(apps, func(a, b control.App) int { return strings.Compare(a.Name, b.Name) })
		return p.show(apps, func() {
			if filter != "" {
				p.say("Filtering for: %s", filter)
			}
			p.printApps(apps)
		})
	})
	return c
}

func (p *program) printApps(apps []control.App) {
	count := 0
	t := table{head: []string{"APP", "LABEL", "VERSION", "AUTHOR", "ACTIVE", "STATE"}}
	for _, a := range apps {
		if a.Active {
			count++
		}
		t.add(a.Name, cut(a.Label, maxLabel), a.Version, a.Author, yesNo(a.Active), a.State)
	}
	if len(apps) > 0 {
		t.write(p.out, "")
	}
	p.say("%d apps, %d active", len(apps), count)
}

func newAppShow(p *program) *cobra.Command {
	return &cobra.Command{
		Use:   "show <name>",
		Short: "Show what an app is and may do",
		Long: "Show an installed app: its state, what it was granted and what it asks for, the hosts it talks to, " +
			"and the events it hears.",
		Example: "appdock app show MyApp",
		Args:    args(1, 1, "the name of an app"),
		RunE: p.withShop(func(ctx context.Context, shop control.Shop, given []string) error {
			a, err := shop.App(ctx, given[0])
			if err != nil {
				return err
			}
			return p.show(a, func() { p.printApp(a) })
		}),
	}
}

func (p *program) printApp(a control.AppDetails) {
	var list pairs
	list.add("App", a.Name)
	list.add("Label", a.Label)
	list.add("Version", a.Version)
	list.add("Author", a.Author)
	list.add("Active", yesNo(a.Active))
	list.add("State", a.State)
	list.add("Secret", secretState(a))
	list.add("Format", a.Format)
	if a.ManifestURL != "" {
		list.add("Manifest", a.ManifestURL)
		list.add("Read", lookedAt(a))
	} else {
		list.add("Folder", a.Path)
	}
	list.add("Installed", a.InstalledAt.Local().Format(time.RFC3339))
	if a.UpdatedAt != nil {
		list.add("Updated", a.UpdatedAt.Local().Format(time.RFC3339))
	}
	list.write(p.out)

	p.printList("Granted", a.Granted)
	p.printList("Requested, not granted", waiting(a))
	p.printList("Hosts", a.Hosts)
	p.printList("Hosts that wait for consent", a.NewHosts)
	if len(a.Webhooks) > 0 {
		p.out.print("\n" + p.out.paint(bold, "Webhooks") + "\n")
		t := table{head: []string{"NAME", "EVENT", "CALLED", "URL"}}
		for _, w := range a.Webhooks {
			called := "Yes"
			if !w.Active {
				called = "No, " + w.Asleep
			}
			t.add(w.Name, w.Event, called, w.URL)
		}
		t.write(p.out, "  ")
	}
}

func (p *program) printList(title string, items []string) {
	if len(items) == 0 {
		return
	}
	p.out.print("\n" + p.out.paint(bold, title) + "\n")
	for _, item := range items {
		p.out.print("  " + oneLine(item) + "\n")
	}
}

// lookedAt says when the manifest of a SitePack app was read, or why it could not be.
func lookedAt(a control.AppDetails) string {
	at := "never"
	if a.LookedAt != nil {
		at = a.LookedAt.Local().Format(time.RFC3339)
	}
	if a.Unread != "" {
		at += ", in vain: " + a.Unread
	}
	return at
}

func secretState(a control.AppDetails) string {
	state := "none"
	if a.HasSecret {
		state = "confirmed"
	}
	if a.Unconfirmed > 0 {
		state += fmt.Sprintf(", %d unconfirmed", a.Unconfirmed)
	}
	return state
}

func yesNo(b bool) string {
	if b {
		return "Yes"
	}
	return "No"
}
