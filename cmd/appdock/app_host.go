package main

import (
	"context"
	"log/slog"

	"github.com/appdock/appdock/internal/control"
	"github.com/appdock/appdock/internal/server"
	"github.com/appdock/appdock/manifest"
)

// hostView is what the host that runs on the data folder says of its apps. The zero value
// is that of no host, which knows nothing.
type hostView struct {
	platform string
	public   bool // for all that the host knows, and a host for developers need not be
	apps     []control.AppDetails
}

// viewHost asks the host that runs, if one does: an app is checked without one as well.
func (p *program) viewHost(ctx context.Context) hostView {
	l, err := p.configure()
	if err != nil {
		p.log.LogAttrs(ctx, slog.LevelInfo, "host not asked about apps", slog.Any("err", err))
		return hostView{}
	}
	socket := server.SocketPath(l.result.Data)
	if !control.Listening(ctx, socket) {
		return hostView{}
	}
	host := control.Dial(socket)
	defer host.Close()
	shop, err := host.Shop(ctx, p.shop)
	if err != nil {
		p.log.LogAttrs(ctx, slog.LevelInfo, "host not asked about apps", slog.Any("err", err))
		return hostView{}
	}
	view, err := view(ctx, shop)
	if err != nil {
		p.log.LogAttrs(ctx, slog.LevelInfo, "host not asked about apps", slog.Any("err", err))
		return hostView{}
	}
	return view
}

func view(ctx context.Context, shop control.Shop) (hostView, error) {
	about, err := shop.Details(ctx)
	if err != nil {
		return hostView{}, err
	}
	apps, err := shop.Apps(ctx)
	if err != nil {
		return hostView{}, err
	}
	view := hostView{platform: about.Platform, public: about.Private == "" || about.Mode == string(server.Development)}
	for _, app := range apps {
		details, err := shop.App(ctx, app.Name)
		if err != nil {
			return hostView{}, err
		}
		view.apps = append(view.apps, details)
	}
	return view, nil
}

// about completes the environment of an app with what matters of the host for it
// (validation.md 6). Whether the shop can be reached from outside is judged by its URL;
// the installation tries it, too.
func (v hostView) about(app *manifest.App, env manifest.Environment) manifest.Environment {
	if v.platform == "" {
		return env
	}
	neighbours := make([]manifest.Neighbour, len(v.apps))
	for i, a := range v.apps {
		neighbours[i] = manifest.Neighbour{
			Name: a.Name, Format: manifest.Format(a.Format), Version: a.Version, Active: a.Active, Privileges: a.Granted, Hosts: a.Hosts,
		}
		for _, n := range a.Names {
			neighbours[i].Identifiers = append(neighbours[i].Identifiers, manifest.Identifier(n))
		}
	}
	return env.On(manifest.Host{Platform: v.platform, Public: v.public}, app, neighbours)
}
