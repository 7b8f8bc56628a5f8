package main

import (
	"context"
	"errors"
	"log/slog"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/appdock/appdock/internal/control"
	"github.com/appdock/appdock/internal/server"
	"github.com/appdock/appdock/manifest"
)

func TestTheHostIsAskedAboutApps(t *testing.T) {
	t.Parallel()
	s := newSession(t, "")
	data := t.TempDir()
	s.keyed, s.log = []*keyFlag{{key: "data", value: data, given: true}}, slog.New(slog.DiscardHandler)
	if got := s.viewHost(t.Context()).about(&manifest.App{}, manifest.Environment{}).Host; got != nil {
		t.Errorf("without a host: got %v, want nothing", got)
	}
	listener, err := control.Listen(t.Context(), server.SocketPath(data), s.host, s.log)
	if err != nil {
		t.Fatal(err)
	}
	ended := make(chan error, 1)
	go func() { ended <- listener.Serve() }()
	t.Cleanup(func() {
		if err := errors.Join(listener.Close(context.Background()), <-ended); err != nil {
			t.Error(err)
		}
	})
	if _, err := s.host.Install(t.Context(), control.Install{Source: control.Source{Path: "/apps/MyExampleApp"}, ConsentHash: "hash of MyExampleApp"}); err != nil {
		t.Fatal(err)
	}
	details, err := s.host.App(t.Context(), "MyExampleApp")
	if err != nil {
		t.Fatal(err)
	}
	shop, err := s.host.Details(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	view := s.viewHost(t.Context())
	s.host.mode = "production"
	if got := s.viewHost(t.Context()).about(&manifest.App{}, manifest.Environment{}).Host; got == nil || got.Public {
		t.Errorf("a host in production at a loopback address: got %+v, want one that is not public", got)
	}
	tests := map[string]struct {
		app  manifest.App
		want manifest.Host
	}{
		"an app that is not installed": {manifest.App{Name: "Other", Format: manifest.Shopware}, manifest.Host{
			Taken: map[manifest.Identifier]string{{Kind: manifest.CustomFieldName, Name: "example_color"}: "MyExampleApp"},
		}},
		"an app of the other format": {manifest.App{Name: "myexampleapp", Format: manifest.SitePack}, manifest.Host{
			OtherFormat: true, Taken: map[manifest.Identifier]string{{Kind: manifest.CustomFieldName, Name: "example_color"}: "MyExampleApp"},
		}},
		"an update": {manifest.App{Name: "MyExampleApp", Format: manifest.Shopware}, manifest.Host{
			Installed: &manifest.Installed{
				Version: details.Version, Privileges: details.Granted, Hosts: details.Hosts,
				Identifiers: []manifest.Identifier{{Kind: manifest.CustomFieldName, Name: "example_color"}},
			},
		}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			tt.want.Platform, tt.want.Public = shop.Platform, true
			if tt.want.Taken == nil {
				tt.want.Taken = map[manifest.Identifier]string{}
			}
			if diff := cmp.Diff(&tt.want, view.about(&tt.app, manifest.Environment{}).Host); diff != "" {
				t.Errorf("what the host says (-want +got):\n%s", diff)
			}
		})
	}
}
