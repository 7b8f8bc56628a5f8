package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"slices"
	"strconv"
	"strings"
	"time"

	"charm.land/fang/v2"
	"github.com/lmittmann/tint"
	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/appdock/appdock"
	"github.com/appdock/appdock/manifest"
)

// program is the command line with all that it takes from outside: streams, the clock,
// the parts that work. The flags that every command has fill the rest.
type program struct {
	in          io.Reader
	interactive bool // in is a terminal: somebody can be asked
	out, err    stream
	getenv      func(string) string
	environ     func() []string // all variables; nil: none is read
	now         func() time.Time
	open        opener
	dev         developer
	serve       servant
	calls       func(development bool) manifest.Caller // over the network; nil: none are made
	build       build

	output        string // text or json
	quiet         bool
	verbose       int
	color         string // auto, always or never
	compat        bool
	configPath    string
	keyed         []*keyFlag // flags that give keys of the configuration
	shop          string     // which one, of a host with several
	server        string     // base URL of a host elsewhere; empty: the data folder's
	token         string     // as it was given: it may be a reference
	noInteraction bool

	log     *slog.Logger
	loaded  *loading      // the configuration, once it was read
	lines   *bufio.Reader // of in, for questions
	failure error         // of the command that ran
}

// run runs one command line and gives its exit code.
func (p *program) run(ctx context.Context, args []string) int {
	p.log = slog.New(slog.DiscardHandler)
	root := newRoot(p) //nolint:contextcheck // cobra hands the context of Execute to the commands
	root.SetArgs(args)
	root.SetIn(p.in)
	root.SetOut(p.out.Writer)
	root.SetErr(p.err.Writer)
	p.keep(root)
	wrong := fang.Execute(ctx, root,
		fang.WithVersion(p.build.version), fang.WithCommit(p.build.commit),
		fang.WithErrorHandler(func(io.Writer, fang.Styles, error) {}))
	if wrong != nil { // the command line: commands keep their own failures
		if p.failure = wrong; appdock.CodeOf(wrong) == "" {
			p.failure = usageOf(root, wrong.Error())
		}
		p.style()
	}
	code := exitDone
	if p.failure != nil {
		p.fail(ctx, p.failure)
		code = exitCode(p.failure)
	}
	if p.compat {
		code = compatible(code)
	}
	return code
}

// keep lets c and all commands below it keep their failure instead of returning it: fang
// asks the terminal for its colours before it hands a failure over, and waits for the
// answer. Their flags stay in the order in which they were declared.
func (p *program) keep(c *cobra.Command) {
	c.Flags().SortFlags, c.PersistentFlags().SortFlags = false, false
	if run := c.RunE; run != nil {
		c.RunE = func(cmd *cobra.Command, args []string) error {
			p.failure = run(cmd, args)
			return nil
		}
	}
	for _, child := range c.Commands() {
		p.keep(child)
	}
}

// newRoot builds the tree of commands.
func newRoot(p *program) *cobra.Command {
	root := &cobra.Command{
		Use:   "appdock",
		Short: "An app platform for web shops",
		Long: "Appdock installs apps into a web shop, shows what they ask for, and tells them what happens there.\n\n" +
			"A command works on the host that runs on the data folder (--data), or on the folder itself if none runs, " +
			"or on a host elsewhere (--server).",
		Example: "# run a host with a demo shop and an example app\nappdock dev\n\n" +
			"# see what an app asks for, and install it\nappdock app install ./MyApp --activate\n\n" +
			"# see what was sent to it\nappdock delivery list --app MyApp",
		PersistentPreRunE: func(c *cobra.Command, _ []string) error {
			p.style()
			return p.checkServer(c)
		},
	}
	group(root)
	root.SetFlagErrorFunc(func(c *cobra.Command, err error) error {
		return usageOf(c, flagFault(err))
	})

	flags := root.PersistentFlags()
	output := choice{&p.output, []string{"text", "json"}}
	flags.Var(output, "output", "how results are printed: text or json")
	flags.BoolFunc("json", "short for --output json", func(value string) error {
		on, err := strconv.ParseBool(value)
		if err == nil && on {
			p.output = "json"
		}
		return err
	})
	flags.StringVar(&p.configPath, "config", "", "configuration file (appdock.yaml if it exists)")
	p.keyed = nil
	p.keyFlag(flags, "data", "data")
	flags.StringVar(&p.shop, "shop", "", "which shop, of a host with several: its name, its id or the host name of its URL")
	flags.StringVar(&p.server, "server", "", "base URL of a host elsewhere to work on, with a token; it must have control.remote")
	flags.StringVar(&p.token, "token", "", "token for --server: file:PATH or env:NAME say where it stands (APPDOCK_TOKEN)")
	flags.BoolVarP(&p.noInteraction, "no-interaction", "n", false, "ask nothing: every question gets its default answer")
	flags.BoolVarP(&p.quiet, "quiet", "q", false, "print errors only, ask nothing")
	flags.CountVarP(&p.verbose, "verbose", "v", "log more; -vv logs most")
	// Help is printed before any command runs: that it is plain is settled while reading.
	flags.Var(colorChoice{choice{&p.color, []string{"auto", "always", "never"}}, func() {
		root.SetOut(struct{ io.Writer }{p.out.Writer})
	}}, "color", "when to print colours: auto, always or never")
	flags.BoolVar(&p.compat, "compat", false, "exit with 0 and 1 only, as Shopware's commands do")

	root.AddCommand(newDev(p), newDoctor(p), newApp(p), newBackup(p), newConfig(p), newDelivery(p), newEvent(p), newReady(p), newRestore(p), newServe(p), newShop(p), newToken(p), newTwig(p), newUser(p), newWebhook(p), newExplain(p), newVersion(p))
	root.AddCommand(colonNames(p)...)
	p.propose(root)
	return root
}

// colonNames are the commands under the names that Shopware gave them (cli.md 2.1).
func colonNames(p *program) []*cobra.Command {
	named := func(name string, c *cobra.Command) *cobra.Command {
		_, args, _ := strings.Cut(c.Use, " ")
		c.Use, c.Aliases, c.Hidden = strings.TrimSpace(name+" "+args), nil, true
		return c
	}
	return []*cobra.Command{
		named("app:install", newAppInstall(p)),
		named("app:update", newAppUpdate(p)),
		named("app:refresh", newAppRefresh(p)),
		named("app:secret:rotate", newSecretRotate(p)),
		named("app:secret:recover", newSecretRecover(p)),
		named("app:shop-id:check", newShopCheck(p)),
		named("app:shop-id:change", newShopResolve(p)),
		named("app:url-change:resolve", newShopResolve(p)),
		named("app:activate", newAppActivate(p)),
		named("app:deactivate", newAppDeactivate(p)),
		named("app:uninstall", newAppUninstall(p, false)), // asks nothing (cli.md 2.2)
		named("app:list", newAppList(p)),
		named("app:validate", newAppValidate(p)),
		named("app:create", newAppCreate(p, 8)), // Shopware's takes all texts as arguments
	}
}

// group makes c a command that only holds others: alone it shows its help, and a name it
// does not know is wrong usage.
func group(c *cobra.Command) {
	c.SuggestionsMinimumDistance = 2
	c.ValidArgsFunction = cobra.NoFileCompletions
	c.Args = func(_ *cobra.Command, args []string) error {
		if len(args) == 0 {
			return nil
		}
		message := fmt.Sprintf("unknown command %q for %q", args[0], c.CommandPath())
		if near := c.SuggestionsFor(args[0]); len(near) > 0 {
			message += ", did you mean " + strings.Join(near, " or ") + "?"
		}
		return usageOf(c, message)
	}
	c.RunE = func(c *cobra.Command, _ []string) error { return c.Help() }
}

// args checks the number of arguments: at least least, at most most; below zero: any.
func args(least, most int, what string) cobra.PositionalArgs {
	return func(c *cobra.Command, given []string) error {
		switch {
		case len(given) < least:
			return usageOf(c, fmt.Sprintf("%s: %s is missing", c.CommandPath(), what))
		case most >= 0 && len(given) > most:
			return usageOf(c, fmt.Sprintf("%s: %q is one argument too many", c.CommandPath(), given[most]))
		}
		return nil
	}
}

func usageOf(c *cobra.Command, message string) error {
	return usageError(message, "See: "+c.CommandPath()+" --help")
}

// flagFault says what is wrong with flags. What the library says of values of its own types is
// about Go; the others say themselves what they take.
func flagFault(err error) string {
	bad, ok := errors.AsType[*pflag.InvalidValueError](err)
	if !ok {
		return err.Error()
	}
	takes := ""
	switch bad.GetFlag().Value.Type() {
	case "bool", "boolfunc":
		takes = "true or false"
	case "int", "count":
		takes = "a whole number, such as 10"
	case "duration":
		takes = "a time with its unit, such as 90s, 15m or 2h"
	default:
		return err.Error()
	}
	return fmt.Sprintf("invalid argument %q for %q flag: it takes %s", bad.GetValue(), "--"+bad.GetFlag().Name, takes)
}

// exclusive flags are given one at a time. Cobra would refuse more as well, but in words
// about groups; it keeps the others out of completions.
func exclusive(c *cobra.Command, names ...string) {
	c.MarkFlagsMutuallyExclusive(names...)
	c.PreRunE = func(c *cobra.Command, _ []string) error {
		var given []string
		for _, name := range names {
			if c.Flags().Changed(name) {
				given = append(given, "--"+name)
			}
		}
		if len(given) > 1 {
			return usageOf(c, "Give only one of "+strings.Join(given, " and "))
		}
		return nil
	}
}

func (p *program) json() bool { return p.output == "json" }

// style settles colours and log, once the flags are read.
func (p *program) style() {
	colored := func(terminal bool) bool {
		switch p.color {
		case "always":
			return true
		case "never":
			return false
		}
		return terminal && p.getenv("NO_COLOR") == "" && p.getenv("TERM") != "dumb"
	}
	p.out.color, p.err.color = colored(p.out.terminal), colored(p.err.terminal)
	level := slog.LevelWarn
	switch {
	case p.quiet:
		level = slog.LevelError
	case p.verbose == 1:
		level = slog.LevelInfo
	case p.verbose > 1:
		level = slog.LevelDebug
	}
	if p.err.terminal {
		p.log = slog.New(tint.NewTextHandler(p.err, &tint.Options{Level: level, TimeFormat: time.TimeOnly, NoColor: !p.err.color}))
	} else {
		p.log = slog.New(slog.NewTextHandler(p.err, &slog.HandlerOptions{Level: level}))
	}
}

// choice is a flag with a few values; the first is the default.
type choice struct {
	value  *string
	values []string
}

func (c choice) String() string {
	if c.value == nil { // pflag asks a zero one what its default is
		return ""
	}
	if *c.value == "" {
		*c.value = c.values[0]
	}
	return *c.value
}

func (c choice) Set(value string) error {
	if !slices.Contains(c.values, value) {
		return fmt.Errorf("it is one of %s", strings.TrimPrefix(strings.Join(c.values, ", "), ", ")) // "" stands for none
	}
	*c.value = value
	return nil
}

func (c choice) Type() string { return "string" }

// colorChoice is --color, which calls plain at once when it is never.
type colorChoice struct {
	choice
	plain func()
}

func (c colorChoice) Set(value string) error {
	if value == "never" {
		c.plain()
	}
	return c.choice.Set(value)
}
