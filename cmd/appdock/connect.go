package main

import (
	"context"
	"errors"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/appdock/appdock"
	"github.com/appdock/appdock/internal/control"
	"github.com/appdock/appdock/internal/server"
)

// host is a host that runs in this process until it is closed; *server.Server is one.
type host interface {
	control.Host
	Close() error
}

// opener opens the host of a data folder in this process.
type opener func(ctx context.Context, c server.Config) (host, error)

// connect gives the host of --server, or else that of the data folder: the one that runs,
// over its socket, or the folder's own in this process, which serves nobody meanwhile.
func (p *program) connect(ctx context.Context) (control.Host, func() error, error) {
	if p.server != "" {
		client, err := p.dialServer()
		if err != nil {
			return nil, nil, err
		}
		return client, func() error { client.Close(); return nil }, nil
	}
	l, err := p.configure()
	if err != nil {
		return nil, nil, err
	}
	config := l.result.Config
	if socket := server.SocketPath(config.Data); control.Listening(ctx, socket) {
		client := control.Dial(socket)
		return client, func() error { client.Close(); return nil }, nil
	}
	config.Listen = ""
	host, err := p.open(ctx, config)
	if err != nil {
		return nil, nil, err
	}
	return host, host.Close, nil
}

// tokenVariable has the token of --server where no flag gives one.
const tokenVariable = "APPDOCK_TOKEN"

// dialServer gives the host of --server.
func (p *program) dialServer() (*control.Client, error) {
	token := p.getenv(tokenVariable)
	if p.token != "" {
		var err error
		if token, err = secretValue("--token", p.token, p.getenv); err != nil {
			return nil, err
		}
	}
	return control.DialRemote(p.server, appdock.NewSecret(strings.TrimSpace(token)))
}

// checkServer finds flags of --server that do not go with the command or with each other.
func (p *program) checkServer(c *cobra.Command) error {
	here := []string{"dev", "serve", "shop stage", "app create", "app validate", "twig", "config"}
	name := strings.ReplaceAll(strings.TrimPrefix(c.CommandPath(), "appdock "), ":", " ")
	local := slices.ContainsFunc(here, func(h string) bool { return name == h || strings.HasPrefix(name, h+" ") })
	switch {
	case p.server == "" && p.token != "":
		return usageOf(c, "--token is for --server, which is not there")
	case p.server == "":
		return nil
	case c.Flags().Changed("data"):
		return usageOf(c, "--server and --data exclude each other")
	case local:
		return usageOf(c, c.CommandPath()+" works on this machine: it takes no --server")
	}
	return nil
}

// withShop makes the body of a command that works on one shop of a host: the one of --shop,
// or the only one.
func (p *program) withShop(run func(ctx context.Context, shop control.Shop, args []string) error) func(*cobra.Command, []string) error {
	return p.withHost(func(ctx context.Context, host control.Host, args []string) error {
		shop, err := host.Shop(ctx, p.shop)
		if err != nil {
			return err
		}
		return run(ctx, shop, args)
	})
}

// withHost makes the body of a command that talks to a host. Whatever an interruption
// broke is told as the interruption.
func (p *program) withHost(run func(ctx context.Context, host control.Host, args []string) error) func(*cobra.Command, []string) error {
	return func(cmd *cobra.Command, args []string) error {
		ctx := cmd.Context()
		host, done, err := p.connect(ctx)
		if err == nil {
			err = errors.Join(run(ctx, host, args), done())
		}
		if err != nil && ctx.Err() != nil {
			return ctx.Err()
		}
		return err
	}
}
