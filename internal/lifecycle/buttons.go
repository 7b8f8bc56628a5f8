package lifecycle

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strings"

	"github.com/appdock/appdock"
	"github.com/appdock/appdock/protocol"
)

// AppButton is a button and whose it is.
type AppButton struct {
	Button
	App  string
	Icon []byte
}

// Buttons gives the buttons that active apps add to a view of an entity.
func (s *Service) Buttons(ctx context.Context, shop appdock.ShopID, entityName, view string) ([]AppButton, error) {
	all, err := s.Store.All(ctx, shop)
	if err != nil {
		return nil, fmt.Errorf("list the apps of a shop: %w", err)
	}
	var buttons []AppButton
	for _, r := range all {
		for _, b := range r.Profile.Buttons {
			if r.Installation.Active && b.Entity == entityName && b.View == view {
				buttons = append(buttons, AppButton{Button: b, App: r.Installation.App, Icon: r.Profile.Icon})
			}
		}
	}
	return buttons, nil
}

// Press is the press of a button for some records.
type Press struct {
	Button appdock.ID
	IDs    []appdock.ID
	Viewer Viewer
}

// Press tells an app of the press of one of its buttons, and gives what the app wants the admin
// to do. Addresses in it are signed if they are on a host that the merchant consented to; any
// other stays as it is, since a signed one opens the app (protocol-admin.md 2.2).
func (s *Service) Press(ctx context.Context, shop appdock.Shop, p Press) (protocol.ActionAnswer, error) {
	none := protocol.ActionAnswer{}
	all, err := s.Store.All(ctx, shop.ID)
	if err != nil {
		return none, fmt.Errorf("list the apps of a shop: %w", err)
	}
	r, b, ok := pressed(all, p.Button)
	if !ok {
		return none, &appdock.Error{
			Kind: appdock.NotFound, Code: CodeNoAction, Message: "The requested app action does not exist.",
			Cure: "Take the id from GET /api/app-system/action-button/{entity}/{view}; those of inactive apps are not there.",
		}
	}
	if err := s.mayAct(p.Viewer.Actor, r.Installation); err != nil {
		return none, err
	}
	if r.Secret.IsZero() && !strings.HasPrefix(b.URL, "/") {
		return none, interrupted(b, "The app has no secret to sign the action with.", nil)
	}
	return s.press(ctx, shop, p, r, b)
}

// mayAct refuses whoever may not let an app do things: a person needs the right to work with
// apps besides that to the app.
func (s *Service) mayAct(a appdock.Actor, i appdock.Installation) error {
	if a.Installation == i.ID && a.User.IsZero() {
		return nil // an app of itself
	}
	if missing := a.Missing("app", appdock.AppPrefix+appdock.Privilege(i.App)); len(missing) > 0 {
		return appdock.MissingPrivileges(missing)
	}
	return nil
}

// press sends an action to the app, which has a secret unless the action stays in the shop.
func (s *Service) press(ctx context.Context, shop appdock.Shop, p Press, r Registration, b Button) (protocol.ActionAnswer, error) {
	none := protocol.ActionAnswer{}
	switch {
	case s.Withheld(shop.ID):
		c, err := s.Identify(ctx, shop)
		return none, cmp.Or(err, error(ChangeSuggested(c)))
	case strings.HasPrefix(b.URL, "/"):
		return none, interrupted(b, "The action leads to "+b.URL+", a script endpoint, and this host has none.", nil)
	}
	action := protocol.Action{
		Source: protocol.Source{URL: shop.URL, ShopID: string(shop.ID), AppVersion: r.Installation.Version},
		Entity: b.Entity, Action: b.Action, At: s.Now(), Reference: s.NewID().String(),
		Language: cmp.Or(p.Viewer.Language, appdock.SystemLanguage).String(),
	}
	for _, id := range p.IDs {
		action.IDs = append(action.IDs, id.String())
	}
	secrets := []string{r.Secret.Reveal()}
	if s.Now().Before(r.Previous.Until) {
		secrets = append(secrets, r.Previous.Secret.Reveal())
	}
	answer, err := s.Caller.Call(ctx, action.Call(b.URL, s.host(shop), secrets[0]))
	done, err := protocol.CheckAction(answer, err, secrets...)
	if err != nil {
		return none, interrupted(b, err.Error(), err)
	}
	done.RedirectURL = s.ownFrame(ctx, shop, p.Viewer, r, done.RedirectURL)
	done.IFrameURL = s.ownFrame(ctx, shop, p.Viewer, r, done.IFrameURL)
	return done, nil
}

func pressed(all []Registration, id appdock.ID) (Registration, Button, bool) {
	for _, r := range all {
		i := slices.IndexFunc(r.Profile.Buttons, func(b Button) bool { return b.ID == id })
		if i >= 0 && r.Installation.Active {
			return r, r.Profile.Buttons[i], true
		}
	}
	return Registration{}, Button{}, false
}

// ownFrame signs an address that an app sends if it is on one of the app's hosts.
func (s *Service) ownFrame(ctx context.Context, shop appdock.Shop, v Viewer, r Registration, address string) string {
	u, err := url.Parse(address)
	if err != nil || !slices.Contains(r.Profile.Hosts, u.Hostname()) {
		return address
	}
	return cmp.Or(s.frame(ctx, shop, v, r, address), address)
}

// interrupted is the failure of an action that began (protocol-admin.md 2.2).
func interrupted(b Button, reason string, cause error) error {
	e := &appdock.Error{
		Kind: appdock.Invalid, Code: CodeInterrupted,
		Message: fmt.Sprintf("The synchronous action (id: %s) process was interrupted due to the following error:\n%s", b.ID, reason),
		Err:     cause,
	}
	if failure, ok := errors.AsType[*protocol.Failure](cause); ok {
		e.Cause = string(failure.Fault)
	}
	return e
}
