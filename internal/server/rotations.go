package server

import (
	"context"
	"log/slog"
	"sync"

	"github.com/appdock/appdock"
	"github.com/appdock/appdock/internal/lifecycle"
)

// rotations are those that apps have asked for. They are in memory only: an app that got no
// new secret asks again.
type rotations struct {
	host *Server
	mu   sync.Mutex
	open map[appdock.ID]bool // installations
}

// Rotate begins a rotation of the actor's app, unless one has begun. A host that ends waits
// for it as long as for all else, and then gives it up: what the app may have taken is kept,
// as after any answer that was lost.
func (r *rotations) Rotate(ctx context.Context, a appdock.Actor) error {
	all, err := r.host.apps.All(ctx, a.Shop)
	if err != nil {
		return err
	}
	name := ""
	for _, x := range all {
		if x.Installation.ID == a.Installation {
			name = x.Installation.App
		}
	}
	if a.Installation.IsZero() || name == "" {
		return &appdock.Error{
			Kind: appdock.NotFound, Code: lifecycle.CodeNotFound,
			Message: "No app found for this integration.",
			Cure:    "Ask with the credentials of the app's last confirmation.",
		}
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.open[a.Installation] {
		return nil
	}
	if r.open == nil {
		r.open = map[appdock.ID]bool{}
	}
	r.open[a.Installation] = true
	r.host.running.Go(func() { r.rotate(context.WithoutCancel(ctx), a, name) })
	return nil
}

func (r *rotations) rotate(ctx context.Context, a appdock.Actor, name string) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	go func() {
		select {
		case <-r.host.overdue:
			cancel()
		case <-ctx.Done():
		}
	}()
	defer func() {
		r.mu.Lock()
		defer r.mu.Unlock()
		delete(r.open, a.Installation)
	}()
	shop, _ := r.host.shops.get(a.Shop)
	if _, err := r.host.apps.RotateSecret(ctx, shop, name); err != nil {
		r.host.config.Log.LogAttrs(ctx, slog.LevelWarn, "secret that an app asked for was not rotated",
			slog.String("app", name), slog.Any("error", err))
	}
}
