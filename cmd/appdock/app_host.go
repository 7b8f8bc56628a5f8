package main

import (
	"context"
	"log/slog"
	"slices"
	"strings"

	"github.com/appdock/appdock/internal/control"
	"github.com/appdock/appdock/internal/server"
	"github.com/appdock/appdock/manifest"
)

// hostView is what the host that runs on the data folder says of its apps. The zero value
// is that of no host, which knows nothing.
type hostView struct {
	platform string
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
	view := hostView{platform: about.Platform}
	for _, app := range apps {
		details, err := shop.App(ctx, app.Name)
		if err != nil {
			return hostView{}, err
		}
		view.apps = append(view.apps, details)
	}
	return view, nil
}

// about is what matters of it for one app (validation.md 6); nil: there is no host.
// Whether the shop can be reached from outside is found out at the installation only.
func (v hostView) about(app *manifest.App) *manifest.Host {
	if v.platform == "" {
		return nil
	}
	about := &manifest.Host{Platform: v.platform, Public: true}
	at := slices.IndexFunc(v.apps, func(a control.AppDetails) bool { return strings.EqualFold(a.Name, app.Name) })
	if at < 0 {
		return about
	}
	if installed := v.apps[at]; installed.Format != string(app.Format) {
		about.OtherFormat = true
	} else {
		about.Installed = &manifest.Installed{Version: installed.Version, Privileges: installed.Granted, Hosts: installed.Hosts}
	}
	return about
}
