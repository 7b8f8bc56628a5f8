package main

import (
	"context"
	"errors"
	"log/slog"
	"net"
	"os"
	"strconv"
	"time"

	"github.com/lmittmann/tint"
	"github.com/spf13/cobra"

	"github.com/appdock/appdock"
	"github.com/appdock/appdock/internal/server"
)

// servant runs a host until its context ends; server.Run is one.
type servant func(ctx context.Context, c server.Config, ready func(*server.Server)) error

func newServe(p *program) *cobra.Command {
	c := &cobra.Command{
		Use:   "serve",
		Short: "Run a host",
		Long: "Run a host for production: what it is told stands in appdock.yaml, in APPDOCK_ variables and in flags, and " +
			"`appdock config show --origin` says what counts. It logs to standard error, as text on a terminal and as JSON otherwise. " +
			"SIGTERM or Ctrl-C ends it after what is on its way has arrived, within ten seconds; a second one ends it at once.",
		Example: "appdock serve --config /etc/appdock/appdock.yaml\n\n" +
			"# without a file; the shop's URL stands in APPDOCK_SHOP_URL\nappdock serve --listen :8000 --data /var/lib/appdock\n\n" +
			"# on PostgreSQL; the file keeps the password out of the list of processes\nappdock serve --store file:/run/secrets/appdock-database",
		Args: args(0, 0, ""),
	}
	flags := c.Flags()
	p.keyFlag(flags, "listen", "listen")
	p.keyFlag(flags, "mode", "mode")
	p.keyFlag(flags, "database", "store")
	c.RunE = func(cmd *cobra.Command, _ []string) error {
		ctx := cmd.Context()
		l, err := p.configure()
		if err != nil {
			return err
		}
		config := l.result.Config
		config.Create, config.Socket = true, true
		p.log = p.serviceLog(l.result)
		config.Log = p.log
		config.Welcome = func(shop appdock.Shop, link string) {
			p.err.print("The shop " + oneLine(shop.Name) + " has no owner yet. Whoever opens this link first, within a day, becomes it:\n\n  " + link + "\n\n")
		}
		manager := p.getenv("NOTIFY_SOCKET")
		err = p.serve(ctx, config, func(host *server.Server) {
			p.notify(ctx, manager, "READY=1")
			if every := watchdog(p.getenv); manager != "" && every > 0 {
				go p.beat(ctx, manager, every, host.Responds) // it ends with ctx, and the program soon after
			}
			context.AfterFunc(ctx, func() { p.notify(context.WithoutCancel(ctx), manager, "STOPPING=1") })
		})
		if errors.Is(err, context.Canceled) {
			return nil // ended before it was ready: also that was wanted
		}
		return err
	}
	return c
}

// serviceLog is the log of a program that runs for long. The flags -q and -v stand over
// the configured level.
func (p *program) serviceLog(c configuration) *slog.Logger {
	level := map[string]slog.Level{"debug": slog.LevelDebug, "info": slog.LevelInfo, "warn": slog.LevelWarn, "error": slog.LevelError}[c.logLevel]
	switch {
	case p.quiet:
		level = slog.LevelError
	case p.verbose > 0:
		level = slog.LevelDebug
	}
	var handler slog.Handler
	switch {
	case c.logFormat == "json", c.logFormat == "auto" && !p.err.terminal:
		handler = slog.NewJSONHandler(p.err, &slog.HandlerOptions{Level: level})
	case p.err.terminal:
		handler = tint.NewTextHandler(p.err, &tint.Options{Level: level, TimeFormat: time.DateTime, NoColor: !p.err.color})
	default:
		handler = slog.NewTextHandler(p.err, &slog.HandlerOptions{Level: level})
	}
	return slog.New(server.LogHandler(handler))
}

// watchdog is how often a service manager wants to hear that the host lives: twice as often
// as it would lose patience (sd_watchdog_enabled(3)); 0: it does not.
func watchdog(getenv func(string) string) time.Duration {
	microseconds, err := strconv.ParseInt(getenv("WATCHDOG_USEC"), 10, 64)
	if pid := getenv("WATCHDOG_PID"); err != nil || microseconds <= 0 || pid != "" && pid != strconv.Itoa(os.Getpid()) {
		return 0
	}
	return time.Duration(microseconds) * time.Microsecond / 2
}

// beat tells a service manager that the host lives, each time after it has responded: one
// that hangs is silent, and is started anew.
func (p *program) beat(ctx context.Context, manager string, every time.Duration, responds func(context.Context)) {
	tick := time.NewTicker(every)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
			responds(ctx)
			p.notify(ctx, manager, "WATCHDOG=1")
		}
	}
}

// notify tells a service manager of the state (sd_notify(3)); without one it does nothing.
func (p *program) notify(ctx context.Context, socket, state string) {
	if socket == "" {
		return
	}
	if socket[0] == '@' { // in Linux's abstract namespace
		socket = "\x00" + socket[1:]
	}
	var d net.Dialer
	conn, err := d.DialContext(ctx, "unixgram", socket)
	if err == nil {
		_, err = conn.Write([]byte(state))
		err = errors.Join(err, conn.Close())
	}
	if err != nil {
		p.log.LogAttrs(ctx, slog.LevelWarn, "service manager not told", slog.Any("error", err))
	}
}
