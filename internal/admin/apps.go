package admin

import (
	"net/http"

	"github.com/appdock/appdock/internal/lifecycle"
	"github.com/appdock/appdock/manifest"
)

// appRow is one line of the list of apps.
type appRow struct {
	Name, Label, Version, Author, State string
}

func home(v *visit) error {
	all, err := v.options.Apps.All(v.r.Context(), v.shop.ID)
	if err != nil {
		return err
	}
	list := make([]appRow, len(all))
	for i, r := range all {
		list[i] = appRow{
			Name: r.Installation.App, Label: manifest.Translations(r.Profile.Label).In(v.shop.Locale),
			Version: r.Installation.Version, Author: r.Profile.Author, State: v.texts.get(stateText(r)),
		}
	}
	return v.show(http.StatusOK, "apps", "apps.title", list)
}

// stateText is the key of what people are told of a registration's state.
func stateText(r lifecycle.Registration) string {
	switch r.State {
	case lifecycle.Registering, lifecycle.Confirming, lifecycle.Completing, lifecycle.Unconfirmed:
		return "apps.pending"
	case lifecycle.Registered, lifecycle.Local, lifecycle.Rotating, lifecycle.Deactivating:
	}
	if r.Installation.Active {
		return "apps.active"
	}
	return "apps.inactive"
}
