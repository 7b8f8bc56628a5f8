package server

import (
	"context"
	"errors"
	"log/slog"

	"github.com/appdock/appdock/internal/web"
)

// Run runs a host until ctx ends, which is no failure, or a part of it does. ready is told
// once it serves. A store that can write no more does not end it: what can be read is
// still served, and readiness is red.
func Run(ctx context.Context, c Config, ready func(*Server)) (err error) {
	host, err := Open(ctx, c)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, host.Close()) }()
	c.Log.LogAttrs(ctx, slog.LevelInfo, "host is ready",
		slog.String("url", host.URL()), slog.String("mode", string(host.mode)), slog.Int("shops", len(host.shops.all())), slog.String("version", c.Version))
	ready(host)
	select {
	case <-ctx.Done():
		c.Log.LogAttrs(context.WithoutCancel(ctx), slog.LevelInfo, "host is stopping")
		return nil
	case err := <-host.failed:
		return err
	}
}

// LogHandler is a handler for [Config.Log] that adds the id of the request to each line.
func LogHandler(h slog.Handler) slog.Handler { return web.WithRequestIDs(h) }
