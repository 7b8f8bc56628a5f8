// Command appdock is the app platform on the command line: it runs a host, and tells one
// what to do.
package main

import (
	"context"
	"errors"
	"io"
	"os"
	"os/signal"
	"syscall"
	"time"

	"golang.org/x/term"

	"github.com/appdock/appdock/internal/dev"
	"github.com/appdock/appdock/internal/server"
	"github.com/appdock/appdock/manifest"
)

// secondSignal is what is told when somebody does not wait for the end.
const secondSignal = "error: ended at once by a second signal: what was under way may be done, half done or not begun; what was accepted is not lost [" +
	codeInterrupted + "]\n"

func main() { os.Exit(realMain()) }

func realMain() int {
	signals := []os.Signal{os.Interrupt, syscall.SIGTERM, syscall.SIGHUP}
	ctx, stop := signal.NotifyContext(context.Background(), signals...)
	defer stop()
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	// The system raises SIGPIPE for every connection that is gone, and a host has many: what
	// ends the program is that its own reader left, such as `appdock delivery list | head`.
	signal.Ignore(syscall.SIGPIPE)
	again := make(chan os.Signal, 1)
	context.AfterFunc(ctx, func() {
		signal.Notify(again, signals...)
		stop()
		<-again
		_, _ = io.WriteString(os.Stderr, secondSignal) // who cannot read it any more sees the exit code
		os.Exit(exitInterrupted)
	})
	p := &program{
		in:          os.Stdin,
		interactive: isTerminal(os.Stdin),
		out:         stream{Writer: pipe{os.Stdout, cancel}, terminal: isTerminal(os.Stdout)},
		err:         stream{Writer: pipe{os.Stderr, cancel}, terminal: isTerminal(os.Stderr)},
		getenv:      os.Getenv,
		environ:     os.Environ,
		now:         time.Now,
		open: func(ctx context.Context, c server.Config) (host, error) {
			return server.Open(ctx, c)
		},
		dev: dev.Run,
		serve: func(ctx context.Context, c server.Config, ready func(*server.Server)) error {
			server.Collect()
			return server.Run(ctx, c, ready)
		},
		build: readBuild(),
	}
	p.calls = func(development bool) manifest.Caller { return server.Caller(development, p.build.version) }
	return p.run(ctx, os.Args[1:])
}

func isTerminal(f *os.File) bool { return term.IsTerminal(int(f.Fd())) }

// pipe is a standard stream. Its reader may leave, which interrupts the program.
type pipe struct {
	*os.File // what it is matters to those who ask whether it is a terminal
	left     func()
}

func (p pipe) Write(text []byte) (int, error) {
	n, err := p.File.Write(text)
	if errors.Is(err, syscall.EPIPE) {
		p.left()
	}
	return n, err
}
