package server

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"strings"
	"time"

	"github.com/appdock/appdock"
	"github.com/appdock/appdock/internal/control"
	"github.com/appdock/appdock/internal/lifecycle"
	"github.com/appdock/appdock/internal/oauth"
	"github.com/appdock/appdock/internal/user"
	"github.com/appdock/appdock/protocol"
)

// operator is who consents on the command line.
func operator() user.User { return user.User{Name: "operator"} }

// previewURL fetches an app.json and says what installing it asks for. The client secret of
// an app that has none yet is in the answer, this once (protocol-oauth.md B.1).
func (s *Shop) previewURL(ctx context.Context, address string) (control.Preview, error) {
	o, err := packages{s.host}.Fetch(ctx, s.shop(), address, appdock.ID{}, true)
	if err != nil {
		return control.Preview{}, err
	}
	consent, found, err := s.host.apps.Preview(ctx, s.id, o.App)
	if err != nil {
		return control.Preview{}, err
	}
	p := control.Preview{
		Name: o.App.Name, Version: o.App.Version, Label: o.App.Labels.In(s.shop().Locale), ConsentHash: consent.Hash(), ManifestHash: consent.ManifestHash,
		Permissions: []control.ResourceWish{}, Scopes: scopeWishes(o, consent), ClientSecret: o.Secret.Reveal(), Additional: []string{},
		Hosts: append([]string{}, o.App.Hosts...), Webhooks: []control.WebhookWish{}, Problems: []control.Problem{}, Demands: consent.Demands(),
	}
	for _, w := range o.App.Webhooks {
		p.Webhooks = append(p.Webhooks, control.WebhookWish{Name: w.Name, Event: w.Topic, URL: w.URL})
	}
	if found != nil {
		p.Installed, p.InstalledVersion, p.Order = stateName(*found), found.Installation.Version, o.App.CompareVersion(found.Installation.Version)
		p.NewPrivileges, p.NewHosts, p.LostPrivileges = consent.NewScopes, consent.NewHosts, consent.LostScopes
		p.Changed = found.Profile.ManifestHash != p.ManifestHash || len(consent.NewScopes)+len(consent.NewHosts) > 0
	}
	return p, nil
}

// updateURL brings an installed app to what its app.json says now, as far as nothing is new
// or an operator consented to it.
func (s *Shop) updateURL(ctx context.Context, in control.Install) (control.Result, error) {
	p := packages{s.host}
	app, err := p.read(ctx, s.shop(), in.URL)
	if err != nil {
		return control.Result{}, err
	}
	consent, _, err := s.host.apps.Preview(ctx, s.id, app)
	if err != nil {
		return control.Result{}, err
	}
	out, err := s.host.apps.UpdateOAuth(ctx, s.id, app, in.URL, in.ConsentHash)
	if err != nil {
		return result(out), err
	}
	if in.ConsentHash != "" && len(consent.NewScopes)+len(consent.NewHosts) > 0 {
		if err := s.record(ctx, "app.granted", app.Name, strings.Join(lifecycle.Scopes(app), " ")+" manifest "+app.Hash()); err != nil {
			return result(out), err
		}
	}
	return result(out), p.Withdraw(ctx, s.id, app.Name)
}

// installURL installs the app of an address as an operator consented to it: the host brings
// the code to the app's redirect_uri itself, as the browser of a person would.
func (s *Shop) installURL(ctx context.Context, in control.Install) (control.Result, error) {
	p := packages{s.host}
	o, err := p.Fetch(ctx, s.shop(), in.URL, appdock.ID{}, false)
	if err != nil {
		return control.Result{}, err
	}
	out := control.Result{Name: o.App.Name, Version: o.App.Version}
	consent, found, err := s.host.apps.Preview(ctx, s.id, o.App)
	switch {
	case err != nil:
		return out, err
	case found != nil && found.State != lifecycle.Pending:
		out.Result = string(lifecycle.AlreadyInstalled)
		return out, lifecycle.AlreadyThere(found.Installation.App)
	case consent.Hash() != in.ConsentHash:
		return out, lifecycle.ConsentNeeded(o.App.Name, in.ConsentHash != "")
	case !s.host.config.HostInitiated:
		return out, &appdock.Error{
			Kind: appdock.Refused, Code: "ADK-HOST-INITIATED", Message: "This host lets apps in only if they begin themselves",
			Cause: "oauth.allow_host_initiated is false", Cure: "Begin on the pages of the app's vendor.",
		}
	}
	a := oauth.Authorization{App: o.App.Name, RedirectURI: o.App.Auth.RedirectURI, Scopes: o.Client.Requested, State: "host." + newID().String()}
	code, err := p.Admit(ctx, s.shop(), o, a, operator())
	if err != nil {
		return out, err
	}
	if err := s.record(ctx, "app.granted", o.App.Name, strings.Join(lifecycle.Scopes(o.App), " ")+" manifest "+o.App.Hash()); err != nil {
		return out, err
	}
	if err := s.deliverCode(ctx, a, code); err != nil {
		return out, errors.Join(err, s.dropPending(ctx, o.App.Name))
	}
	out.Result = string(lifecycle.Installed)
	return out, nil
}

const (
	// codeTimeout is how long an app may take to exchange its code while it is called.
	codeTimeout = 15 * time.Second
	maxCallback = 64 << 10
)

// deliverCode brings a code to the app, and looks whether it exchanged it.
func (s *Shop) deliverCode(ctx context.Context, a oauth.Authorization, code appdock.Secret) error {
	answer, err := s.host.client.Call(ctx, protocol.Call{
		Method: http.MethodGet, Timeout: protocol.Timeout{Connect: 5 * time.Second, Total: codeTimeout}, MaxAnswer: maxCallback,
		Header: []protocol.Header{{Name: "Accept", Value: "text/html"}, {Name: "User-Agent", Value: "Appdock/" + s.host.config.Version}},
		URL: protocol.Answered(a.RedirectURI, protocol.Param{Name: "code", Value: code.Reveal()}, protocol.Param{Name: "state", Value: a.State},
			protocol.Param{Name: "iss", Value: s.shop().URL}, protocol.Param{Name: "shop", Value: s.shop().URL}),
	})
	cause := fmt.Sprintf("it answered %d, and did not exchange its code for tokens", answer.Status)
	if told, ok := errors.AsType[*appdock.Error](err); ok {
		cause = told.Message
	} else if err != nil {
		cause = "it gave no answer"
	}
	r, looked := s.host.apps.Get(ctx, s.id, a.App)
	if looked == nil && r.State != lifecycle.Pending {
		return nil // done, whatever it said to a browser that is none
	}
	s.host.config.Log.LogAttrs(ctx, slog.LevelWarn, "code was not exchanged", slog.String("app", a.App), slog.String("cause", cause))
	return &appdock.Error{
		Kind: appdock.Failed, Code: "ADK-APP-UNFINISHED", Message: "The app " + a.App + " did not finish its installation", Cause: cause,
		Cure: "If its vendor needs the client secret first, enter it there and install again. An app that needs a browser is installed on the page /admin/apps/install.",
		Err:  err,
	}
}

// dropPending leaves nothing half done.
func (s *Shop) dropPending(ctx context.Context, app string) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 10*time.Second)
	defer cancel()
	r, err := s.host.apps.Get(ctx, s.id, app)
	if appdock.KindOf(err) == appdock.NotFound || err == nil && r.State != lifecycle.Pending {
		return nil
	}
	if err != nil {
		return err
	}
	_, err = s.host.apps.Store.Remove(ctx, r, true)
	return err
}
