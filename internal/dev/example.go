package dev

import (
	"cmp"
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
	"github.com/appdock/appdock/internal/server"
)

// example is the running backend of the example app, and the folder with its manifest.
type example struct {
	folder string
	http   *http.Server
	ended  chan error
}

// startExample starts the backend and writes its manifest into the data folder.
func startExample(ctx context.Context, shop *server.Shop, o Options, s *screen) (*example, error) {
	data := o.Config.Data
	listener, err := listenExample(ctx, shop, cmp.Or(o.Example, ordernotes.Address))
	if err != nil {
		return nil, err
	}
	base := "http://" + listener.Addr().String()
	app, err := ordernotes.New(ordernotes.Options{
		URL:       base,
		ShopsFile: filepath.Join(data, "ordernotes-shops.json"),
		Report:    func(message string) { s.life(ordernotes.Name, message) },
	})
	if err != nil {
		return nil, errors.Join(fmt.Errorf("start the example app: %w", err), listener.Close())
	}
	folder := filepath.Join(data, "apps", ordernotes.Name)
	err = os.MkdirAll(folder, 0o700)
	if err == nil {
		err = os.WriteFile(filepath.Join(folder, "manifest.xml"), ordernotes.Manifest(base), 0o600)
	}
	if err != nil {
		return nil, errors.Join(fmt.Errorf("write the manifest of the example app: %w", err), listener.Close())
	}
	e := &example{folder: folder, http: &http.Server{Handler: app, ReadHeaderTimeout: 5 * time.Second}, ended: make(chan error, 1)}
	go func() { e.ended <- e.http.Serve(listener) }()
	return e, nil
}

// listenExample gives the backend its address: the one that an earlier run installed, else
// the wanted one, else any that is free.
func listenExample(ctx context.Context, shop *server.Shop, wanted string) (net.Listener, error) {
	var lc net.ListenConfig
	installed, err := shop.App(ctx, ordernotes.Name)
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
func (e *example) Close() error {
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	err := e.http.Shutdown(ctx)
	if ended := <-e.ended; !errors.Is(ended, http.ErrServerClosed) {
		err = errors.Join(err, ended)
	}
	return err
}
