// Command appdock is the app platform on the command line: it runs a host, and tells one
// what to do.
package main

import (
	"context"
	"os"
	"os/signal"
	"syscall"
	"time"

	"golang.org/x/term"

	"github.com/appdock/appdock/internal/dev"
	"github.com/appdock/appdock/internal/server"
	"github.com/appdock/appdock/manifest"
)

func main() { os.Exit(realMain()) }

func realMain() int {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM, syscall.SIGHUP, syscall.SIGPIPE)
	defer stop()
	context.AfterFunc(ctx, stop) // a second signal ends the program at once
	p := &program{
		in:          os.Stdin,
		interactive: isTerminal(os.Stdin),
		out:         stream{Writer: os.Stdout, terminal: isTerminal(os.Stdout)},
		err:         stream{Writer: os.Stderr, terminal: isTerminal(os.Stderr)},
		getenv:      os.Getenv,
		environ:     os.Environ,
		now:         time.Now,
		open: func(ctx context.Context, c server.Config) (host, error) {
			return server.Open(ctx, c)
		},
		dev:   dev.Run,
		serve: server.Run,
		build: readBuild(),
	}
	p.calls = func(development bool) manifest.Caller { return server.Caller(development, p.build.version) }
	return p.run(ctx, os.Args[1:])
}

func isTerminal(f *os.File) bool { return term.IsTerminal(int(f.Fd())) }
