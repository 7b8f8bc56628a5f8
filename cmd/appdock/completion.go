package main

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/appdock/appdock/internal/server"
)

// completePatience is how long a host may take to say what there is: somebody waits at the
// key that completes.
const completePatience = time.Second

// proposer gives what may stand at a place of the command line.
type proposer func(ctx context.Context) []string

// propose lets the shell propose what there is: apps and shops of the host that runs, events,
// and the values of flags that have a few. Files are proposed where a file is meant.
func (p *program) propose(root *cobra.Command) {
	arguments := map[string]proposer{
		"app activate": p.proposeApps, "app deactivate": p.proposeApps, "app uninstall": p.proposeApps, "app show": p.proposeApps,
		"app permissions": p.proposeApps, "app update": p.proposeApps, "app secret rotate": p.proposeApps, "app secret recover": p.proposeApps,
		"app refresh": p.proposeFolders, "event trigger": proposeEvents,
	}
	files := map[string]bool{"backup": true, "restore": true, "explain signature": true, "twig render": true}
	flags := map[string]proposer{"app": p.proposeApps, "event": proposeEvents, "shop": p.proposeShops}

	root.InitDefaultCompletionCmd() // else it comes too late for its examples
	var visit func(c *cobra.Command)
	visit = func(c *cobra.Command) {
		path := strings.ReplaceAll(strings.TrimPrefix(c.CommandPath(), root.Name()+" "), ":", " ")
		switch propose, ok := arguments[path]; {
		case c.ValidArgsFunction != nil || len(c.ValidArgs) > 0 || files[path]:
		case ok:
			c.ValidArgsFunction = propose.complete
		default:
			c.ValidArgsFunction = cobra.NoFileCompletions
		}
		propose := func(f *pflag.Flag) {
			of, ok := flags[f.Name]
			if few, limited := f.Value.(interface{ proposals() []string }); limited {
				of, ok = func(context.Context) []string { return few.proposals() }, true
			}
			if ok {
				_ = c.RegisterFlagCompletionFunc(f.Name, of.complete) // it fails if there is one already
			}
		}
		c.LocalNonPersistentFlags().VisitAll(propose)
		c.PersistentFlags().VisitAll(propose)
		if parent := c.Parent(); parent != nil && parent.Name() == "completion" {
			c.Example = "# in this shell, from now on\nappdock completion " + c.Name()
		}
		for _, child := range c.Commands() {
			visit(child)
		}
	}
	visit(root)
	if c, _, err := root.Find([]string{"completion"}); err == nil {
		c.Example = "appdock completion bash\nappdock completion zsh"
	}
}

// proposals are the values that there are.
func (c choice) proposals() []string {
	return slices.DeleteFunc(slices.Clone(c.values), func(v string) bool { return v == "" })
}

// complete is how cobra asks.
func (propose proposer) complete(c *cobra.Command, given []string, begun string) ([]string, cobra.ShellCompDirective) {
	ctx := c.Context()
	if ctx == nil {
		ctx = context.Background()
	}
	ctx, cancel := context.WithTimeout(ctx, completePatience)
	defer cancel()
	var list []string
	for _, name := range propose(ctx) {
		if strings.HasPrefix(strings.ToLower(name), strings.ToLower(begun)) && !slices.ContainsFunc(given, func(g string) bool { return strings.EqualFold(g, name) }) {
			list = append(list, name)
		}
	}
	slices.Sort(list)
	return list, cobra.ShellCompDirectiveNoFileComp
}

// The host that is asked is one that runs. None is opened for that: it would hold the data
// folder, and bring its database up to date.

func (p *program) proposeApps(ctx context.Context) (names []string) {
	host, err := p.running(ctx)
	if err != nil {
		return nil
	}
	defer host.Close()
	shop, err := host.Shop(ctx, p.shop)
	if err != nil {
		return nil
	}
	all, err := shop.Apps(ctx)
	if err != nil {
		return nil
	}
	for _, a := range all {
		names = append(names, a.Name)
	}
	return names
}

func (p *program) proposeShops(ctx context.Context) (names []string) {
	host, err := p.running(ctx)
	if err != nil {
		return nil
	}
	defer host.Close()
	all, err := host.Shops(ctx)
	if err != nil {
		return nil
	}
	for _, s := range all {
		names = append(names, s.Name)
	}
	return names
}

func (p *program) proposeFolders(context.Context) []string {
	_, names, err := p.appsFolder()
	if err != nil {
		return nil
	}
	return names
}

func proposeEvents(context.Context) []string { return server.EventNames() }
