package main

import (
	"context"
	"fmt"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"github.com/appdock/appdock"
	"github.com/appdock/appdock/internal/control"
	"github.com/appdock/appdock/internal/server"
)

func newShopCheck(p *program) *cobra.Command {
	return &cobra.Command{
		Use:   "check",
		Short: "Check whether the shop is where its apps know it",
		Long: "Compare the marks that were taken when the shop's identity was last known to be right with those of now. When they differ " +
			"too much the shop may have moved or be a copy: its apps are told nothing, and their calls are refused, until somebody says " +
			"which with `appdock shop url-change resolve`.\n\nExits with 1 when that is to be done.",
		Example: "appdock shop check\nappdock shop check --json",
		Args:    args(0, 0, ""),
		RunE: p.withShop(func(ctx context.Context, shop control.Shop, _ []string) error {
			check, err := shop.CheckIdentity(ctx)
			if err != nil {
				return err
			}
			if err := p.show(check, func() { p.printCheck(check) }); err != nil {
				return err
			}
			if check.Suggested {
				return toldError(exitFailed)
			}
			return nil
		}),
	}
}

func (p *program) printCheck(check control.IdentityCheck) {
	var list pairs
	list.add("Shop ID", string(check.ID))
	list.write(p.out)
	p.out.print("\n")
	t := table{head: []string{"FINGERPRINT", "OLD VALUE", "NEW VALUE", "SCORE", "STATE"}}
	for _, f := range check.Fingerprints {
		state := "MISMATCH"
		switch {
		case f.Match:
			state = "MATCH"
		case f.Ignored:
			state = "IGNORED"
		}
		t.add(f.Identifier, f.Stored, f.Current, strconv.Itoa(f.Score), state)
	}
	t.write(p.out, "")
	p.out.print("\n")
	if check.Suggested {
		p.say(`Shop ID change suggested (Score: %d/%d). Run "appdock shop url-change resolve" to settle it.`, check.Score, check.Threshold)
		return
	}
	p.say("Shop ID change not suggested.")
}

func newShopURLChange(p *program) *cobra.Command {
	c := &cobra.Command{
		Use:     "url-change",
		Short:   "Settle that the shop moved or is a copy",
		Long:    "Say what it means that the shop is not where its apps know it.",
		Example: "appdock shop url-change resolve move-shop-permanently",
	}
	group(c)
	c.AddCommand(newShopResolve(p))
	return c
}

// strategy is a way to settle the identity of a shop.
type strategy struct{ name, text, question string }

func strategies() []strategy {
	return []strategy{
		{
			"move-shop-permanently", "the shop moved: same identity, its apps are registered again and stay installed",
			"Register the apps at the new place? The old place loses them.",
		},
		{
			"reinstall-apps", "a copy that uses the apps: another identity, its apps register anew",
			"Give this shop another identity and register its apps anew?",
		},
		{
			"uninstall-apps", "a copy without apps: another identity, its apps are removed without being told",
			"Give this shop another identity and remove its apps?",
		},
	}
}

func newShopResolve(p *program) *cobra.Command {
	var yes, dry bool
	c := &cobra.Command{
		Use:   "resolve [strategy]",
		Short: "Carry out a strategy",
		Long: "Settle what it means that the shop is not where its apps know it. While that is open, webhooks are kept and nothing is sent.\n\n" +
			"move-shop-permanently: " + strategies()[0].text + "; webhooks that were kept go out.\n" +
			"reinstall-apps: " + strategies()[1].text + "; webhooks that were kept are dead.\n" +
			"uninstall-apps: " + strategies()[2].text + "; webhooks that were kept are dead.\n\n" +
			"MoveShopPermanently, ReinstallApps and UninstallApps are understood as well. Each app stands for itself: one that fails does " +
			"not stop the others. The last two can be used when nothing differs, too.",
		Example: "appdock shop url-change resolve move-shop-permanently\n\n# what would it do?\nappdock shop url-change resolve reinstall-apps --dry-run",
		Args:    args(0, 1, ""),
		ValidArgsFunction: func(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
			var names []string
			for _, s := range strategies() {
				names = append(names, s.name+"\t"+s.text)
			}
			return names, cobra.ShellCompDirectiveNoFileComp
		},
	}
	c.Flags().BoolVarP(&yes, "yes", "y", false, "ask nothing")
	c.Flags().BoolVar(&dry, "dry-run", false, "show what would be done, and change nothing")
	c.RunE = p.withShop(func(ctx context.Context, shop control.Shop, given []string) error {
		name, err := p.chooseStrategy(ctx, given)
		if err != nil {
			return err
		}
		if !dry && !yes && p.canAsk() {
			if err := p.agreeTo(ctx, shop, name); err != nil {
				return err
			}
		}
		res, err := shop.ResolveIdentity(ctx, control.Resolve{Strategy: name, DryRun: dry})
		if err != nil {
			return err
		}
		return p.showResolution(res, dry)
	})
	return c
}

// chooseStrategy gives the strategy that was named, or asks for one.
func (p *program) chooseStrategy(ctx context.Context, given []string) (string, error) {
	if len(given) > 0 {
		return given[0], nil
	}
	var names []string
	for i, s := range strategies() {
		names = append(names, s.name)
		if p.canAsk() {
			p.err.print(fmt.Sprintf("  [%d] %s: %s\n", i+1, s.name, s.text))
		}
	}
	if p.canAsk() {
		p.err.print("Which one? ")
		line, err := p.line(ctx)
		if err != nil && line == "" {
			return "", refused("Nothing was changed.")
		}
		answer := strings.TrimSpace(line)
		if n, err := strconv.Atoi(answer); err == nil && n >= 1 && n <= len(names) {
			return names[n-1], nil
		}
		return answer, nil
	}
	return "", &appdock.Error{
		Kind: appdock.Invalid, Code: "FRAMEWORK__APP_SHOP_ID_CHANGE_STRATEGY_NOT_FOUND",
		Message: "No strategy was named", Cause: "there is nobody to ask here", Cure: "Name one of " + strings.Join(names, ", ") + ".",
	}
}

// agreeTo shows what a strategy would do, and asks whether it shall.
func (p *program) agreeTo(ctx context.Context, shop control.Shop, name string) error {
	would, err := shop.ResolveIdentity(ctx, control.Resolve{Strategy: name, DryRun: true})
	if err != nil {
		return err
	}
	p.printFates(p.err, would)
	for _, s := range strategies() {
		if s.name != would.Strategy {
			continue
		}
		yes, err := p.ask(ctx, s.question)
		if err != nil {
			return err
		}
		if !yes {
			return refused("Nothing was changed.")
		}
	}
	return nil
}

func (p *program) printFates(s stream, res control.Resolution) {
	if len(res.Apps) == 0 {
		return
	}
	t := table{head: []string{"APP", "RESULT"}}
	for _, a := range res.Apps {
		t.add(a.Name, a.Result)
	}
	t.write(s, "")
}

func (p *program) showResolution(res control.Resolution, dry bool) error {
	err := p.show(res, func() {
		switch {
		case dry:
			p.printFates(p.out, res)
			p.say("Nothing was changed.")
		case !res.Changed:
			p.say("Shop ID change not suggested: there is nothing to do.")
		default:
			p.printFates(p.out, res)
		}
	})
	if err != nil {
		return err
	}
	failed := false
	for _, a := range res.Apps {
		for _, warning := range a.Warnings {
			p.warn(a.Name + ": " + warning)
		}
		if a.Error != nil {
			failed = true
			if !p.json() {
				p.printFailure(*a.Error)
			}
		}
	}
	if failed {
		p.say("The identity of the shop is settled. Register what failed once more, each with: appdock app secret rotate NAME")
		return toldError(exitFailed)
	}
	if res.Changed && !p.json() {
		p.say(`Strategy "%s" was applied successfully`, res.Strategy)
	}
	return nil
}

func newShopStage(p *program) *cobra.Command {
	var url string
	var withApps, yes bool
	c := &cobra.Command{
		Use:   "stage",
		Short: "Make a copied data folder a shop of its own",
		Long: "Make the copy of a data folder a shop of its own, such as for staging: it gets an identity and an instance of its own, " +
			"and is cut off from the apps of the original. They are removed from the copy without being told, and nothing that " +
			"waited for them is sent; with --with-apps they are registered anew, as those of another shop.\n\n" +
			"Run it on the copy before a host starts there. It refuses while one runs. Should a host have started before, that is no harm: " +
			"a copy that differs from the original tells apps nothing.",
		Example: "# of a folder that was copied, such as with cp -r /srv/shop/data /srv/staging/data\n" +
			"appdock shop stage --data /srv/staging/data --url https://staging.example",
		Args: args(0, 0, ""),
	}
	c.Flags().StringVar(&url, "url", "", "base URL of the copy")
	c.Flags().BoolVar(&withApps, "with-apps", false, "register the apps anew instead of removing them")
	c.Flags().BoolVarP(&yes, "yes", "y", false, "ask nothing")
	c.RunE = func(cmd *cobra.Command, _ []string) error {
		ctx := cmd.Context()
		l, err := p.configure()
		if err != nil {
			return err
		}
		config := l.result.Config
		if control.Listening(ctx, server.SocketPath(config.Data)) {
			return &appdock.Error{
				Kind: appdock.Conflict, Code: "ADK-DATA-LOCKED",
				Message: "A host runs on the data folder " + config.Data,
				Cause:   "only the copy of a shop is staged, and this may be the original",
				Cure:    "Stop the host if this is the copy, or name the copy with --data.",
			}
		}
		if !yes && p.canAsk() {
			agreed, err := p.ask(ctx, "Is "+oneLine(config.Data)+" a copy? It gets another identity, and is cut off from its apps.")
			if err != nil {
				return err
			}
			if !agreed {
				return refused("Nothing was changed.")
			}
		}
		config.Listen = ""
		if url != "" {
			if len(config.Shops) > 1 {
				return oneURL()
			}
			config.Shop.URL = strings.TrimSuffix(url, "/")
		}
		if err := config.Check(); err != nil {
			return err
		}
		strategy := "uninstall-apps"
		if withApps {
			strategy = "reinstall-apps"
		}
		return p.stage(ctx, config, strategy, url != "")
	}
	return c
}

func oneURL() error {
	return usageError("--url names one shop, and this folder has several", "Give the copy a configuration with shops[].url, and leave --url out.")
}

// stage settles each shop of a data folder as that of a copy.
func (p *program) stage(ctx context.Context, config server.Config, strategy string, moved bool) (err error) {
	// First after what needs no folder to be refused: whatever comes next, this one is a copy from now on.
	if err := server.ForgetInstance(config.Data); err != nil {
		return err
	}
	host, err := p.open(ctx, config)
	if err != nil {
		return err
	}
	defer func() {
		if closing := host.Close(); err == nil {
			err = closing
		}
	}()
	shops, err := host.Shops(ctx)
	if err != nil {
		return err
	}
	if moved && len(shops) > 1 {
		return oneURL()
	}
	list := []control.Resolution{}
	failed := false
	for _, details := range shops {
		shop, err := host.Shop(ctx, string(details.ID))
		if err != nil {
			return err
		}
		res, err := shop.ResolveIdentity(ctx, control.Resolve{Strategy: strategy})
		if err != nil {
			return err
		}
		list = append(list, res)
		for _, a := range res.Apps {
			if failed = failed || a.Error != nil; a.Error != nil && !p.json() {
				p.printFailure(*a.Error)
			}
		}
	}
	err = p.show(list, func() {
		for i, res := range list {
			p.printFates(p.out, res)
			p.say("%s is a shop of its own now: %s", oneLine(shops[i].Name), res.ID)
		}
	})
	if err == nil && failed {
		err = toldError(exitFailed)
	}
	return err
}
