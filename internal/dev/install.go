package dev

import (
	"context"
	"encoding/json"
	"errors"
	"net/url"
	"os"
	"path/filepath"
	"strings"

	"github.com/appdock/appdock"
	"github.com/appdock/appdock/internal/control"
)

// source says where the host reads the app of a folder: an app.json from the app's own server,
// which is where it is for everybody else too (app-json.md 1).
func source(folder string) control.Source {
	if _, err := os.Stat(filepath.Join(folder, "manifest.xml")); err == nil {
		return control.Source{Path: folder}
	}
	var app struct {
		Auth struct {
			RedirectURI string `json:"redirect_uri"`
		} `json:"auth"`
	}
	text, err := os.ReadFile(filepath.Join(folder, "app.json"))
	if err == nil {
		err = json.Unmarshal(text, &app)
	}
	u, wrong := url.Parse(app.Auth.RedirectURI)
	if err != nil || wrong != nil || u.Host == "" {
		return control.Source{Path: folder} // the host says what is wrong with it
	}
	return control.Source{URL: u.Scheme + "://" + u.Host + "/app.json"}
}

// install brings an app into the shop. Whoever runs dev wants it there: what it asks for is
// granted and said. An app whose manifest changed is installed again.
func (d *development) install(ctx context.Context, from control.Source) error {
	wish, err := d.shop.Preview(ctx, from)
	if told, ok := errors.AsType[*appdock.Error](err); ok && told.Code == "ADK-APP-REFUSED" && from.URL != "" {
		// Whoever named a folder did not give an address.
		missing := *told
		missing.Cure = "Start the app's server first: it serves its app.json to everybody."
		err = &missing
	}
	if err != nil {
		return err
	}
	for _, p := range wish.Problems {
		// The secret in the manifest is for development, and this is development.
		if p.Severity == "warning" && p.Code != "manifest.secret_committed" {
			d.screen.note("%s:%d:%d: %s %s: %s", p.File, p.Line, p.Column, d.screen.paint(yellow, p.Severity), p.Code, p.Message)
		}
	}
	switch wish.Installed {
	case "registered", "local", "installed", "needs_approval", "reauthorize":
		fresh, err := d.refresh(ctx, wish, from)
		if err != nil || !fresh {
			return err
		}
	}
	d.screen.life(wish.Name, "asks for "+wishes(wish)+": granted, because this is dev")
	done, err := d.shop.Install(ctx, control.Install{Source: from, ConsentHash: wish.ConsentHash, Activate: true})
	if err != nil {
		return err
	}
	for _, w := range done.Warnings {
		d.screen.note("%s %s", d.screen.paint(yellow, "warning:"), w)
	}
	d.screen.life(wish.Name, "version "+wish.Version+" is installed and active")
	return nil
}

// refresh looks at an app that is installed already. fresh says that it was removed, because its
// manifest is another one now or its tokens are dead, and is to be installed anew.
func (d *development) refresh(ctx context.Context, wish control.Preview, from control.Source) (fresh bool, err error) {
	have, err := d.shop.App(ctx, wish.Name)
	if err != nil {
		return false, err
	}
	why := ""
	switch {
	case have.ManifestHash != wish.ManifestHash:
		why = "its manifest changed at " + from.Path + from.URL
	case wish.Installed == "reauthorize":
		why = "its tokens are dead"
	case !have.Active:
		_, err = d.shop.Activate(ctx, wish.Name)
	}
	if why == "" {
		d.screen.life(wish.Name, "version "+have.Version+" is installed and active")
		return false, err
	}
	d.screen.life(wish.Name, why+": installed again")
	_, err = d.shop.Uninstall(ctx, wish.Name, true)
	return true, err
}

// wishes says in a few words what an app asks for.
func wishes(p control.Preview) string {
	var parts []string
	for _, x := range p.Scopes {
		parts = append(parts, x.Scope)
	}
	for _, x := range p.Permissions {
		parts = append(parts, x.Resource+" "+strings.Join(x.Privileges, ", "))
	}
	if parts = append(parts, p.Additional...); len(parts) == 0 {
		return "nothing"
	}
	return strings.Join(parts, "; ")
}
