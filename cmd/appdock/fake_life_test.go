package main

import (
	"context"
	"path/filepath"
	"slices"

	"github.com/appdock/appdock"
	"github.com/appdock/appdock/internal/control"
)

// upgrade changes a preview of an app that is installed to that of its next version, if
// there is one: MyExampleApp asks for more, Curious can wait for it, Plain asks for less.
func upgrade(p *control.Preview, installed control.App) {
	p.Installed, p.InstalledVersion = installed.State, installed.Version
	if installed.Version != "1.0.0" {
		p.Version = installed.Version
		return
	}
	switch p.Name {
	case "MyExampleApp":
		p.Version, p.Order, p.Demands = "1.1.0", 1, true
		p.Permissions = append(p.Permissions, control.ResourceWish{Resource: "customer", Privileges: []string{"read"}})
		p.NewPrivileges, p.LostPrivileges = []string{"customer:read"}, []string{"tax:read"}
		p.Hosts, p.NewHosts = append(p.Hosts, "cdn.app.example"), []string{"cdn.app.example"}
	case "Curious":
		p.Version, p.Order, p.NewPrivileges = "1.1.0", 1, []string{"user:update"}
	case "Plain":
		p.Version, p.Order = "1.0.1", 1
	case "PlainToo":
		p.Version, p.Order = "0.9.0", -1
	}
}

func (h *fakeHost) Update(_ context.Context, in control.Install) (control.Result, error) {
	name := filepath.Base(in.Path)
	p, err := catalogue(name)
	if err != nil {
		return control.Result{}, err
	}
	h.mu.Lock()
	a := h.apps[name]
	h.mu.Unlock()
	upgrade(&p, a)
	switch {
	case p.Version < a.Version:
		return control.Result{}, &appdock.Error{
			Kind: appdock.Conflict, Code: "ADK-APP-DOWNGRADE", Message: `App "` + name + `" cannot go back to version ` + p.Version, Cure: "Uninstall it.",
		}
	case p.Demands && in.ConsentHash != p.ConsentHash:
		return control.Result{}, &appdock.Error{Kind: appdock.Refused, Code: "ADK-CONSENT-NEEDED", Message: `App "` + name + `" needs consent`}
	}
	return h.change(name, "updated", func(a *control.App) { a.Version = p.Version })
}

func (h *fakeHost) Permit(_ context.Context, app string, in control.Permit) (control.Result, error) {
	h.mu.Lock()
	if h.granted == nil {
		h.granted = []string{"order:read"}
	}
	before := slices.Clone(h.granted)
	h.granted = slices.DeleteFunc(append(h.granted, in.Grant...), func(p string) bool { return slices.Contains(in.Revoke, p) })
	slices.Sort(h.granted)
	h.granted = slices.Compact(h.granted)
	result := "updated"
	if slices.Equal(before, h.granted) {
		result = "unchanged"
	}
	h.mu.Unlock()
	return h.change(app, result, func(*control.App) {})
}

// RotateSecret fails for Talkative, whose answer is lost.
func (h *fakeHost) RotateSecret(_ context.Context, app string) (control.Result, error) {
	if app == "Talkative" {
		_, _ = h.change(app, "", func(a *control.App) { a.State = "unconfirmed" }) // it is there
		return control.Result{}, &appdock.Error{
			Kind: appdock.Failed, Code: "FRAMEWORK__APP_REGISTRATION_FAILED", Message: `App registration for "Talkative" failed: outcome unknown: no answer`,
			Cure: "Recover the registration: appdock app secret recover Talkative",
		}
	}
	return h.change(app, "rotated", func(*control.App) {})
}

func (h *fakeHost) RecoverSecret(_ context.Context, app string, discard bool) (control.Result, error) {
	r, err := h.change(app, "nothing_to_recover", func(*control.App) {})
	if err != nil {
		return r, err
	}
	_, err = h.change(app, "", func(a *control.App) {
		switch {
		case a.State != "unconfirmed":
		case discard:
			a.State, r.Result = "registered", "discarded"
		default:
			a.State, r.Result = "registered", "recovered"
		}
	})
	return r, err
}

func (h *fakeHost) CheckIdentity(context.Context) (control.IdentityCheck, error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	check := control.IdentityCheck{ID: "aB3dE6gH9jK2mN5p", Threshold: 75, Fingerprints: []control.Fingerprint{
		{Identifier: "app_url", Stored: "https://old.example", Current: "https://old.example", Match: true},
		{Identifier: "installation_path", Stored: "/srv/a", Current: "/srv/b", Score: 50, Ignored: true},
	}}
	if h.moved {
		check.Suggested, check.Score = true, 100
		check.Fingerprints[0] = control.Fingerprint{Identifier: "app_url", Stored: "https://old.example", Current: "https://new.example", Score: 100}
	}
	return check, nil
}

func (h *fakeHost) ResolveIdentity(_ context.Context, in control.Resolve) (control.Resolution, error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	res := control.Resolution{Strategy: in.Strategy, ID: "aB3dE6gH9jK2mN5p", Apps: []control.ResolvedApp{}}
	result := map[string]string{"MoveShopPermanently": "rotated", "move-shop-permanently": "rotated", "reinstall-apps": "installed", "uninstall-apps": "uninstalled"}[in.Strategy]
	switch result {
	case "":
		return res, &appdock.Error{
			Kind: appdock.Invalid, Code: "FRAMEWORK__APP_SHOP_ID_CHANGE_STRATEGY_NOT_FOUND",
			Message: `Shop ID change resolver with name "` + in.Strategy + `" not found.`, Cure: "Name one of move-shop-permanently, reinstall-apps, uninstall-apps.",
		}
	case "rotated":
		res.Strategy = "move-shop-permanently"
	}
	if result == "rotated" && !h.moved {
		return res, nil
	}
	var names []string
	for name := range h.apps {
		names = append(names, name)
	}
	slices.Sort(names)
	for _, name := range names {
		app := control.ResolvedApp{Name: name, Result: result}
		if name == "Talkative" && !in.DryRun {
			app.Result, app.Error = "failed", &control.Failure{Code: "FRAMEWORK__APP_REGISTRATION_FAILED", Message: "App registration for \"Talkative\" failed", Cure: "Start it."}
		}
		res.Apps = append(res.Apps, app)
	}
	res.Changed = !in.DryRun
	if res.Changed {
		h.moved = false
	}
	return res, nil
}
