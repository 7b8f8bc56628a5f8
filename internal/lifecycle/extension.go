package lifecycle

import (
	"cmp"
	"context"
	"fmt"
	"net/url"
	"slices"
	"strings"

	"github.com/appdock/appdock"
	"github.com/appdock/appdock/protocol"
)

// What the frames of an app ask the admin for on their own: a signed address, and an action
// that no button of the manifest stands for (protocol-admin.md 1 and 2).

// Codes of these two, as Shopware has them.
const (
	CodeNoExtension   = "ADMINISTRATION__APP_BY_NAME_NOT_FOUND"
	CodeNoSecret      = "ADMINISTRATION__MISSING_APP_SECRET"
	CodeHostUnallowed = "APP__UNALLOWED_HOST"
)

// SignURI signs the address of a page of an app, which has to be at one of its hosts: whoever
// has a signed one acts with the rights of the app.
func (s *Service) SignURI(ctx context.Context, shop appdock.Shop, v Viewer, app, uri string) (string, error) {
	r, err := s.extension(ctx, shop, app, func(i appdock.Installation) error {
		if !mayOpen(v.Actor, i) {
			return appdock.MissingPrivileges([]appdock.Privilege{appdock.AppPrefix + appdock.Privilege(i.App)})
		}
		return nil
	})
	if err != nil {
		return "", err
	}
	if err := atOwnHost(r, uri); err != nil {
		return "", err
	}
	if s.Withheld(shop.ID) {
		c, err := s.Identify(ctx, shop)
		return "", cmp.Or(err, error(ChangeSuggested(c)))
	}
	signed := s.frame(ctx, shop, v, r, uri)
	if signed == "" {
		return "", fmt.Errorf("sign an address for app %s", app)
	}
	return signed, nil
}

// Custom is an action that a frame of an app asks for.
type Custom struct {
	App, URL, Entity, Action string
	IDs                      []appdock.ID
	Viewer                   Viewer
}

// Run sends an action to an app as [Service.Press] does, at an address that is the app's or a
// path of the shop.
func (s *Service) Run(ctx context.Context, shop appdock.Shop, c Custom) (protocol.ActionAnswer, error) {
	r, err := s.extension(ctx, shop, c.App, func(i appdock.Installation) error { return s.mayAct(c.Viewer.Actor, i) })
	if err != nil {
		return protocol.ActionAnswer{}, err
	}
	if !strings.HasPrefix(c.URL, "/") {
		if err := atOwnHost(r, c.URL); err != nil {
			return protocol.ActionAnswer{}, err
		}
	}
	b := Button{ID: s.NewID(), Action: c.Action, Entity: c.Entity, URL: c.URL}
	return s.press(ctx, shop, Press{IDs: c.IDs, Viewer: c.Viewer}, r, b)
}

// extension finds an active app that can be signed for, once the caller may work with it.
func (s *Service) extension(ctx context.Context, shop appdock.Shop, app string, may func(appdock.Installation) error) (Registration, error) {
	all, err := s.Store.All(ctx, shop.ID)
	if err != nil {
		return Registration{}, fmt.Errorf("list the apps of a shop: %w", err)
	}
	at := slices.IndexFunc(all, func(r Registration) bool { return r.Installation.App == app && r.Installation.Active })
	if at < 0 {
		return Registration{}, &appdock.Error{
			Kind: appdock.NotFound, Code: CodeNoExtension, Message: fmt.Sprintf("The provided name %s is invalid and no app could be found.", app),
			Cure: "Send the name of an active app, spelt as in its manifest.", Params: []appdock.Param{{Name: "name", Value: app}},
		}
	}
	r := all[at]
	if err := may(r.Installation); err != nil {
		return Registration{}, err
	}
	if r.Secret.IsZero() {
		return Registration{}, &appdock.Error{
			Kind: appdock.Invalid, Code: CodeNoSecret, Message: "Failed to retrieve app secret.",
			Cause: "the app has no server, and so no secret to sign with", Cure: "Give the app a registrationUrl, and install it again.",
		}
	}
	return r, nil
}

// atOwnHost refuses addresses that are not at a host of the app that the merchant has seen.
func atOwnHost(r Registration, address string) error {
	u, err := url.Parse(address)
	if err == nil && (u.Scheme == "http" || u.Scheme == "https") && slices.Contains(r.Profile.Hosts, u.Hostname()) {
		return nil
	}
	host := address
	if err == nil && u.Hostname() != "" {
		host = u.Hostname()
	}
	return &appdock.Error{
		Kind: appdock.Invalid, Code: CodeHostUnallowed,
		Message: fmt.Sprintf("The host %q you tried to call is not listed in the allowed hosts in the manifest file for app %q.", host, r.Installation.App),
		Cure:    "Send an absolute http or https address at a host of the app's manifest.",
		Params:  []appdock.Param{{Name: "host", Value: host}, {Name: "appName", Value: r.Installation.App}},
	}
}
