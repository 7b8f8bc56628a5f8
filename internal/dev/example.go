package dev

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"syscall"
	"time"

	"github.com/appdock/appdock"
	"github.com/appdock/appdock/examples/ordernotes"
	"github.com/appdock/appdock/examples/shipping"
	"github.com/appdock/appdock/internal/control"
	"github.com/appdock/appdock/internal/server"
)

// example is an app that comes with the program, its backend included.
type example struct {
	name    string
	address string // of its manifest
	file    string // that the manifest is in
	// manifest is that of a backend at another base URL.
	manifest func(baseURL string) []byte
	// serve makes the backend; what it keeps it keeps in the data folder.
	serve func(baseURL, data string, report func(string)) (http.Handler, error)
	// check looks for what it does with an order, and says it.
	check func(*development, context.Context, told) ([]string, error)
}

// examples are those that dev can start. The first is the one that it brings unasked.
func examples() []example {
	return []example{
		{
			name: ordernotes.Name, address: ordernotes.Address, file: "manifest.xml", manifest: ordernotes.Manifest, check: (*development).checkNotes,
			serve: func(base, data string, report func(string)) (http.Handler, error) {
				return ordernotes.New(ordernotes.Options{URL: base, ShopsFile: filepath.Join(data, "ordernotes-shops.json"), Report: report})
			},
		},
		{
			name: shipping.Name, address: shipping.Address, file: "app.json", manifest: shipping.Manifest, check: (*development).checkShipping,
			serve: func(base, data string, report func(string)) (http.Handler, error) {
				return shipping.New(shipping.Options{URL: base, File: filepath.Join(data, "shipping-installations.json"), Report: report})
			},
		},
	}
}

// exampleIn finds the example whose folder somebody named, unchanged. Of any other app the
// server is its author's.
func exampleIn(folder string) (example, bool) {
	for _, e := range examples() {
		text, err := os.ReadFile(filepath.Join(folder, e.file))
		if err == nil && bytes.Equal(text, e.manifest("http://"+e.address)) {
			return e, true
		}
	}
	return example{}, false
}

// served reports whether somebody listens where the manifest says that the app is: whoever works
// on the example has started it.
func (e example) served(ctx context.Context) bool {
	dialer := net.Dialer{Timeout: time.Second}
	c, err := dialer.DialContext(ctx, "tcp", e.address)
	if err != nil {
		return false
	}
	_ = c.Close() // it was only to see whether somebody listens
	return true
}

// backend is the running server of an example.
type backend struct {
	example
	source control.Source
	http   *http.Server
	ended  chan error
}

// start starts the backend of an example. address is where it should be; empty: where its
// manifest says, or anywhere if that is taken.
func (e example) start(ctx context.Context, shop *server.Shop, data, address string, s *screen) (*backend, error) {
	if address == "" {
		address = e.address
	}
	listener, err := e.listen(ctx, shop, address)
	if err != nil {
		return nil, err
	}
	base := "http://" + listener.Addr().String()
	app, err := e.serve(base, data, func(message string) { s.life(e.name, message) })
	if err != nil {
		return nil, errors.Join(fmt.Errorf("start the example app: %w", err), listener.Close())
	}
	b := &backend{example: e, http: &http.Server{Handler: app, ReadHeaderTimeout: 5 * time.Second}, ended: make(chan error, 1)}
	if b.source, err = e.place(base, data); err != nil {
		return nil, errors.Join(err, listener.Close())
	}
	go func() { b.ended <- b.http.Serve(listener) }()
	return b, nil
}

// place says where the host reads the manifest: an app.json from the backend, a manifest.xml
// from a folder, which is written for it.
func (e example) place(base, data string) (control.Source, error) {
	if e.file == "app.json" {
		return control.Source{URL: base + "/" + e.file}, nil
	}
	folder := filepath.Join(data, "apps", e.name)
	err := os.MkdirAll(folder, 0o700)
	if err == nil {
		err = os.WriteFile(filepath.Join(folder, e.file), e.manifest(base), 0o600)
	}
	if err != nil {
		return control.Source{}, fmt.Errorf("write the manifest of the example app: %w", err)
	}
	return control.Source{Path: folder}, nil
}

// listen gives the backend its address: the one that an earlier run installed, else the wanted
// one, else any that is free.
func (e example) listen(ctx context.Context, shop *server.Shop, wanted string) (net.Listener, error) {
	var lc net.ListenConfig
	installed, err := shop.App(ctx, e.name)
	switch {
	case appdock.KindOf(err) == appdock.NotFound:
		listener, err := lc.Listen(ctx, "tcp", wanted)
		if errors.Is(err, syscall.EADDRINUSE) {
			listener, err = lc.Listen(ctx, "tcp", "127.0.0.1:0")
		}
		if err != nil {
			return nil, fmt.Errorf("start the example app: %w", err)
		}
		return listener, nil
	case err != nil:
		return nil, err
	}
	address := wanted
	for _, w := range installed.Webhooks {
		if u, err := url.Parse(w.URL); err == nil {
			address = u.Host
		}
	}
	listener, err := lc.Listen(ctx, "tcp", address)
	if err != nil {
		return nil, &appdock.Error{
			Kind: appdock.Conflict, Code: "ADK-PORT-IN-USE",
			Message: "The example app cannot be started again at " + address,
			Cause:   err.Error(),
			Cure:    "Stop the program that has the address, or start with a fresh folder: appdock dev --temp.",
			Err:     err,
		}
	}
	return listener, nil
}

// Close lets running requests end and stops the backend.
func (b *backend) Close() error {
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	err := b.http.Shutdown(ctx)
	if ended := <-b.ended; !errors.Is(ended, http.ErrServerClosed) {
		err = errors.Join(err, ended)
	}
	return err
}
