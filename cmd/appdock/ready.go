package main

import (
	"context"
	"strings"

	"github.com/spf13/cobra"

	"github.com/appdock/appdock"
	"github.com/appdock/appdock/internal/control"
	"github.com/appdock/appdock/internal/server"
)

func newReady(p *program) *cobra.Command {
	return &cobra.Command{
		Use:   "ready",
		Short: "Say whether the host takes requests",
		Long: "Ask the host that runs on the data folder whether it takes requests: whether its store can be read and written, and deliveries " +
			"keep up. It is what /readyz answers, asked over the socket, for health checks of containers and for scripts.\n\n" +
			"The exit code is 0 if it is ready, 1 if it is not, and 4 if none runs.",
		Example: "appdock ready --data /var/lib/appdock\nappdock ready --json",
		Args:    args(0, 0, ""),
		RunE: func(cmd *cobra.Command, _ []string) error {
			host, err := p.running(cmd.Context())
			if err != nil {
				return err
			}
			defer host.Close()
			r, err := host.Ready(cmd.Context())
			if err != nil {
				return err
			}
			var failing []string
			for _, c := range r.Checks {
				if !c.OK {
					failing = append(failing, c.Name)
				}
			}
			err = p.show(r, func() {
				if r.Ready {
					p.say("The host is ready.")
					return
				}
				p.say("The host is not ready: %s.", strings.Join(failing, ", "))
			})
			if err == nil && !r.Ready {
				return toldError(exitFailed)
			}
			return err
		},
	}
}

// running gives the host of --server, or the one that runs on the data folder; none is
// started in this process.
func (p *program) running(ctx context.Context) (*control.Client, error) {
	if p.server != "" {
		return p.dialServer()
	}
	l, err := p.configure()
	if err != nil {
		return nil, err
	}
	socket := server.SocketPath(l.result.Data)
	if !control.Listening(ctx, socket) {
		return nil, &appdock.Error{
			Kind: appdock.Unavailable, Code: "ADK-HOST-UNREACHABLE", Message: "No host runs on the data folder " + l.result.Data,
			Cause: "nobody answers on " + socket, Cure: "Start one with `appdock serve`, or name its data folder with --data.",
		}
	}
	return control.Dial(socket), nil
}
