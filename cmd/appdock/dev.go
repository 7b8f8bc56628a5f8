package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"

	"github.com/appdock/appdock"
	"github.com/appdock/appdock/internal/dev"
	"github.com/appdock/appdock/internal/server"
)

// developer runs the main job until its story or its context ends; dev.Run is one.
type developer func(ctx context.Context, o dev.Options) error

func newDev(p *program) *cobra.Command {
	var o dev.Options
	var temporary bool
	c := &cobra.Command{
		Use:   "dev [app-folder...]",
		Short: "Run a host with a demo shop and watch apps work",
		Long: "Run a host with a demo shop, install apps into it, and print what is sent to them and what they answer. " +
			"Without folders it brings its own example app; with folders it installs those, whose servers run already, or are started " +
			"if they are the examples of Appdock. Whatever an app asks for is granted and said on the screen; one with an app.json is installed " +
			"from its own server, by OAuth 2.0. Enter places an order, p and Enter has it paid. " +
			"Ctrl-C ends it after what is on its way has arrived; a second one ends it at once.",
		Example: "# the example app, in a shop that is gone afterwards\nappdock dev --temp\n\n" +
			"# an app of your own\nappdock dev ./MyApp\n\n" +
			"# the example with an app.json, its server included\nappdock dev examples/shipping\n\n" +
			"# tell the story once: is everything in order?\nappdock dev --demo --temp",
		Args: args(0, -1, ""),
		ValidArgsFunction: func(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
			return nil, cobra.ShellCompDirectiveFilterDirs
		},
	}
	flags := c.Flags()
	flags.BoolVar(&o.Demo, "demo", false, "tell the story once, print what happened, and end")
	flags.BoolVar(&temporary, "temp", false, "keep everything in a temporary folder that is removed at the end")
	p.keyFlag(flags, "listen", "listen")
	c.RunE = func(cmd *cobra.Command, paths []string) error {
		if temporary && cmd.Flags().Changed("data") {
			return usageOf(cmd, "--temp and --data exclude each other")
		}
		if p.json() {
			return usageOf(cmd, "dev prints a screen, not a document; the other commands tell of its host with --json")
		}
		for _, path := range paths {
			folder, err := appFolder(path)
			if err != nil {
				return err
			}
			o.Paths = append(o.Paths, folder)
		}
		return p.develop(cmd.Context(), o, temporary)
	}
	return c
}

// develop runs the main job on the data folder, or on one that is gone afterwards.
func (p *program) develop(ctx context.Context, o dev.Options, temporary bool) (err error) {
	l, err := p.configure()
	if err != nil {
		return err
	}
	o.Config = l.result.Config
	if !o.Config.Database.IsZero() { // dev plays in a folder, whatever the host of production has
		p.warn("dev keeps its shop in the data folder: it does not touch the database of the configuration. For a host on that: appdock serve")
		o.Config.Database = appdock.Secret{}
	}
	if temporary {
		if o.Config.Data, err = os.MkdirTemp("", "appdock-"); err != nil {
			return fmt.Errorf("make a temporary folder: %w", err)
		}
		defer func() { err = errors.Join(err, os.RemoveAll(o.Config.Data)) }()
	}
	o.Config.Create, o.Config.Socket, o.Config.Demo = true, true, true
	if o.Config.Mode == "" {
		o.Config.Mode = server.Development
	}
	o.Out, o.Color = p.out, p.out.color
	if p.quiet {
		o.Out = io.Discard
	}
	if p.interactive && !p.noInteraction {
		o.In = p.in
	}
	if err := p.dev(ctx, o); !errors.Is(err, context.Canceled) {
		return err
	}
	return nil // Ctrl-C is how it ends
}

// appFolder gives the absolute path of an app's folder: the host may run elsewhere.
func appFolder(path string) (string, error) {
	folder, err := filepath.Abs(path)
	if err != nil {
		return "", fmt.Errorf("find the folder %s: %w", path, err)
	}
	if !isAppFolder(folder) {
		return "", notFound("There is no app in "+path, "neither a manifest.xml nor an app.json is in that folder", "Name a folder with one of them.")
	}
	return folder, nil
}
