package server

import (
	"context"

	"github.com/appdock/appdock"
	"github.com/appdock/appdock/internal/httpapi"
	"github.com/appdock/appdock/manifest"
)

// settingCards are those of the apps' manifests.
type settingCards struct{ host *Server }

// SettingCards gives what merchants can set of an app.
func (s settingCards) SettingCards(ctx context.Context, shop appdock.ShopID, app string) ([]httpapi.SettingCard, error) {
	r, err := s.host.store.Registrations().Get(ctx, shop, app)
	if err != nil {
		return nil, err
	}
	cards := make([]httpapi.SettingCard, len(r.Profile.Config))
	for i, card := range r.Profile.Config {
		cards[i] = httpapi.SettingCard{Titles: card.Titles, Name: card.Name}
		for _, f := range card.Fields {
			cards[i].Fields = append(cards[i].Fields, settingField(f))
		}
	}
	return cards, nil
}

func settingField(f manifest.ConfigField) httpapi.SettingField {
	out := httpapi.SettingField{
		Name: f.Name, Type: f.Type, Component: f.Component, Required: f.Required, Default: f.Default, Settings: f.Settings,
		Texts: map[string]map[string]string{"label": f.Labels, "helpText": f.HelpTexts, "placeholder": f.Placeholders},
	}
	for _, o := range f.Options {
		out.Options = append(out.Options, httpapi.SettingOption{Value: o.Value, Labels: o.Labels})
	}
	return out
}
