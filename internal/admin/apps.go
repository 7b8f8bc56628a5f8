package admin

import (
	"net/http"
	"slices"

	"github.com/appdock/appdock"
	"github.com/appdock/appdock/internal/lifecycle"
	"github.com/appdock/appdock/manifest"
)

// appRow is one line of the list of apps.
type appRow struct {
	Name, Label, Version, Author, State string
	Configure, Approve                  bool
	Entries                             []entry // that can be opened
}

// appList is the start page.
type appList struct {
	Rows []appRow
	places
}

func home(v *visit) error {
	all, err := v.options.Apps.All(v.r.Context(), v.shop.ID)
	if err != nil {
		return err
	}
	for _, r := range all { // the first page that they ask for leads them there, once
		if !r.OAuth.IsZero() && !r.OAuth.Onboarded && r.OAuth.Installer == v.user.ID {
			if led, err := v.onboard(r.Installation.App); err != nil || led {
				return err
			}
		}
	}
	list := appList{Rows: make([]appRow, len(all))}
	for i, r := range all {
		list.Rows[i] = appRow{
			Name: r.Installation.App, Label: manifest.Translations(r.Profile.Label).In(v.shop.Locale),
			Version: r.Installation.Version, Author: r.Profile.Author, State: v.texts.get(stateText(r)),
			Approve: r.State == lifecycle.NeedsApproval, Configure: r.OAuth.ConfigurationURL != "" && r.Installation.Active,
		}
		if !showsPages(r) || v.mayOpen(r.Installation.App) != nil {
			continue
		}
		app, err := r.OAuth.App()
		if err != nil {
			return err
		}
		list.Rows[i].Entries = slices.DeleteFunc(v.entries(r, app), func(e entry) bool { return e.Open == "" })
	}
	if list.places, err = v.widgets(appdock.ID{}, "dashboard.index", "dashboard.list", "dashboard.detail"); err != nil {
		return err
	}
	return v.show(http.StatusOK, "apps", "apps.title", list)
}

// stateText is the key of what people are told of a registration's state.
func stateText(r lifecycle.Registration) string {
	switch r.State {
	case lifecycle.Registering, lifecycle.Confirming, lifecycle.Completing, lifecycle.Unconfirmed, lifecycle.Pending:
		return "apps.pending"
	case lifecycle.NeedsApproval:
		return "apps.approve"
	case lifecycle.Reauthorize:
		return "apps.reconnect"
	case lifecycle.Registered, lifecycle.Local, lifecycle.Rotating, lifecycle.Deactivating, lifecycle.Authorized:
	}
	if r.Installation.Active {
		return "apps.active"
	}
	return "apps.inactive"
}
