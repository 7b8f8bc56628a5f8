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
	// Paths of app folders whose backends run already. None: the example app, whose
	// backend is started as well.
	Paths []string
	// Example is the address of the example app's backend; empty: the one of its manifest,
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
	var backend *example
	defer func() {
		err = errors.Join(err, host.Close())
		if backend != nil { // last: the host waits for its answers
			err = errors.Join(err, backend.Close())
		}
	}()

	shop, err := host.Find("")
	if err != nil {
		return err
	}
	if err := shop.Unsettled(ctx); err != nil { // its apps would be told nothing of what happens here
		return err
	}
	d := &development{Options: o, screen: s, host: host, shop: shop}
	if err := d.openAPI(ctx); err != nil {
		return err
	}
	if len(o.Paths) == 0 {
		if backend, err = startExample(ctx, shop, o, s); err != nil {
			return err
		}
		d.Paths, d.example = []string{backend.folder}, true
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
	for _, path := range d.Paths {
		if err := d.install(ctx, path); err != nil {
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
	screen  *screen
	host    *server.Server
	shop    *server.Shop
	api     api
	example bool // the app is the example, whose backend runs here
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
		next = slices.Insert(next, 0, "press Enter: an order is placed")
	}
	version := v.Version
	if v.Commit != "" {
		version += ", commit " + v.Commit[:min(len(v.Commit), 12)]
	}
	d.screen.banner(banner{
		version: version,
		shop:    fmt.Sprintf("%s (%s, id %s)", shop.URL, shop.Name, shop.ID),
		api:     d.host.URL() + "/api",
		token:   "curl -H 'Content-Type: application/json' -d @" + quoted(d.api.file) + " " + d.host.URL() + "/api/oauth/token",
		data:    d.Config.Data,
		next:    next,
	})
	return nil
}

// install brings the app of a folder into the shop. Whoever runs dev wants it there: what
// it asks for is granted and said. An app whose manifest changed is installed again.
func (d *development) install(ctx context.Context, path string) error {
	source := control.Source{Path: path}
	wish, err := d.shop.Preview(ctx, source)
	if err != nil {
		return err
	}
	for _, p := range wish.Problems {
		// The secret in the manifest is for development, and this is development.
		if p.Severity == "warning" && p.Code != "manifest.secret_committed" {
			d.screen.note("%s:%d:%d: %s %s: %s", p.File, p.Line, p.Column, d.screen.paint(yellow, p.Severity), p.Code, p.Message)
		}
	}
	if wish.Installed == "registered" || wish.Installed == "local" {
		fresh, err := d.refresh(ctx, wish, path)
		if err != nil || !fresh {
			return err
		}
	}
	d.screen.life(wish.Name, "asks for "+wishes(wish)+": granted, because this is dev")
	done, err := d.shop.Install(ctx, control.Install{Source: source, ConsentHash: wish.ConsentHash, Activate: true})
	if err != nil {
		return err
	}
	for _, w := range done.Warnings {
		d.screen.note("%s %s", d.screen.paint(yellow, "warning:"), w)
	}
	d.screen.life(wish.Name, "version "+wish.Version+" is installed and active")
	return nil
}

// refresh looks at an app that is installed already. fresh says that it was removed,
// because its manifest is another one now, and is to be installed anew.
func (d *development) refresh(ctx context.Context, wish control.Preview, path string) (fresh bool, err error) {
	have, err := d.shop.App(ctx, wish.Name)
	if err != nil {
		return false, err
	}
	if have.ManifestHash == wish.ManifestHash {
		if !have.Active {
			_, err = d.shop.Activate(ctx, wish.Name)
		}
		d.screen.life(wish.Name, "version "+have.Version+" is installed and active")
		return false, err
	}
	d.screen.life(wish.Name, "its manifest changed in "+path+": installed again")
	_, err = d.shop.Uninstall(ctx, wish.Name, true)
	return true, err
}

// wishes says in a few words what an app asks for.
func wishes(p control.Preview) string {
	var parts []string
	for _, x := range p.Permissions {
		parts = append(parts, x.Resource+" "+strings.Join(x.Privileges, ", "))
	}
	if parts = append(parts, p.Additional...); len(parts) == 0 {
		return "nothing"
	}
	return strings.Join(parts, "; ")
}

// listen places an order at each line that comes from the keys.
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
			if _, err := d.placeOrder(ctx); err != nil {
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
