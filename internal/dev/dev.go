// Package dev is the main job in one command: a host with a demo shop, an app in it whose
// backend runs too, and a line on the screen for all that goes out and comes back.
package dev

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"
	"unicode"

	"github.com/appdock/appdock"
	"github.com/appdock/appdock/internal/control"
	"github.com/appdock/appdock/internal/server"
)

// Options of [Run].
type Options struct {
	// Config of the host; its mode should be development.
	Config server.Config
	// Paths of app folders. Their backends run already, but for those of the example apps,
	// which are started as well. None: the first example.
	Paths []string
	// Example is the address of an example app's backend; empty: the one of its manifest,
	// or any if that is taken.
	Example string
	// Demo tells the story once and returns.
	Demo bool
	// In gives a line for each key press; nil: nobody is at the keys.
	In    io.Reader
	Out   io.Writer
	Color bool
}

// Run runs a host with apps until ctx ends, which is no failure, or, with Demo, until the
// story was told. Everything it started has ended when it returns.
func Run(ctx context.Context, o Options) (err error) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	s := &screen{out: o.Out, color: o.Color}
	host, err := server.Open(ctx, o.Config)
	if err != nil {
		return err
	}
	d := &development{Options: o, screen: s, host: host}
	defer func() {
		err = errors.Join(err, host.Close())
		for _, b := range d.backends { // last: the host waits for their answers
			err = errors.Join(err, b.Close())
		}
	}()

	shop, err := host.Find("")
	if err != nil {
		return err
	}
	if err := shop.Unsettled(ctx); err != nil { // its apps would be told nothing of what happens here
		return err
	}
	d.shop = shop
	if err := d.openAPI(ctx); err != nil {
		return err
	}
	sources, err := d.sources(ctx)
	if err != nil {
		return err
	}
	if err := d.greet(ctx); err != nil {
		return err
	}
	told, story := make(chan struct{}), ""
	watched := host.Watch(context.WithoutCancel(ctx)) // from here on to the last answer nothing is missed
	go func() {
		defer close(told)
		for a, err := range watched {
			if err != nil {
				return
			}
			s.activity(a)
		}
	}()
	defer func() {
		cancel()
		err = errors.Join(err, host.Close())
		if <-told; err == nil && story != "" {
			s.note("%s", story)
		}
	}()
	for _, from := range sources {
		if err := d.install(ctx, from); err != nil {
			return err
		}
	}
	if o.Demo {
		story, err = d.tell(ctx)
		return err
	}
	d.listen(ctx)
	if err := host.Wait(ctx); err != nil {
		return err
	}
	s.note("\nStopping: what is on its way arrives first.")
	return nil
}

// development is one run.
type development struct {
	Options
	screen   *screen
	host     *server.Server
	shop     *server.Shop
	api      api
	backends []*backend // of examples
	latest   string     // the order that was placed last
}

// sources says where the apps are, and starts the backends of those that are examples.
func (d *development) sources(ctx context.Context) (list []control.Source, err error) {
	start := func(e example) error {
		b, err := e.start(ctx, d.shop, d.Config.Data, d.Example, d.screen)
		if err != nil {
			return err
		}
		d.backends, list = append(d.backends, b), append(list, b.source)
		return nil
	}
	if len(d.Paths) == 0 {
		return list, start(examples()[0])
	}
	for _, path := range d.Paths {
		e, ours := exampleIn(path)
		if ours && d.Example == "" && e.served(ctx) {
			ours = false
			d.screen.note("Whoever listens at %s is taken for the server of %s. If it is another program, stop it: dev starts the app itself then.", e.address, e.name)
		}
		if !ours {
			list = append(list, source(path))
			continue
		}
		if err := start(e); err != nil {
			return nil, err
		}
	}
	return list, nil
}

// greet prints where everything is.
func (d *development) greet(ctx context.Context) error {
	shop, err := d.shop.Details(ctx)
	if err != nil {
		return err
	}
	v, err := d.host.Version(ctx)
	if err != nil {
		return err
	}
	next := []string{"appdock delivery list --data " + quoted(d.Config.Data) + "   (Ctrl-C ends)"}
	switch {
	case d.Demo:
		next = []string{"appdock dev"}
	case d.In != nil:
		next = slices.Insert(next, 0, "press Enter: an order is placed; p and Enter: it is paid")
	}
	admin, err := d.shop.FirstLink(ctx)
	if err != nil {
		return err
	}
	if admin == "" {
		admin = shop.URL + "/admin/"
	}
	version := v.Version
	if v.Commit != "" {
		version += ", commit " + v.Commit[:min(len(v.Commit), 12)]
	}
	d.screen.banner(banner{
		version: version,
		shop:    fmt.Sprintf("%s/storefront/ (%s, id %s)", shop.URL, shop.Name, shop.ID),
		admin:   admin,
		api:     d.host.URL() + "/api",
		token:   "curl -H 'Content-Type: application/json' -d @" + quoted(d.api.file) + " " + d.host.URL() + "/api/oauth/token",
		data:    d.Config.Data,
		next:    next,
	})
	return nil
}

// listen places an order at each line that comes from the keys, or has the last one paid.
func (d *development) listen(ctx context.Context) {
	if d.In == nil {
		return
	}
	// The reader cannot be interrupted; it ends with the process or its input.
	go func() {
		for lines := bufio.NewScanner(d.In); lines.Scan(); {
			if ctx.Err() != nil {
				return
			}
			var err error
			if strings.TrimSpace(lines.Text()) == "p" && d.latest != "" {
				err = d.pay(ctx, d.latest)
			} else {
				d.latest, err = d.placeOrder(ctx)
			}
			if err != nil {
				d.screen.failure(err)
			}
		}
	}()
}

// quoted is a path as a shell takes it from a pasted line.
func quoted(path string) string {
	if strings.ContainsFunc(path, func(r rune) bool { return unicode.IsSpace(r) || strings.ContainsRune(`"'$&;|<>()*?`, r) }) {
		return "'" + strings.ReplaceAll(path, "'", `'\''`) + "'"
	}
	return path
}

// now is the wall clock: dev is an edge.
func now() time.Time { return time.Now() }

func newID() appdock.ID { return appdock.NewID(now()) }
