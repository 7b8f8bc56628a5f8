package admin

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"log/slog"
	"net/http"
	"net/url"
	"strings"

	"github.com/appdock/appdock"
	"github.com/appdock/appdock/internal/lifecycle"
	"github.com/appdock/appdock/internal/oauth"
	"github.com/appdock/appdock/internal/web"
	"github.com/appdock/appdock/protocol"
)

// authorization is a request of an app to be let in, as far as it was looked at.
type authorization struct {
	offered Offered
	request oauth.Authorization
	query   string // as it came; empty: the host itself began
	// approval is about what the new manifest of an installed app asks for: nothing goes to the
	// app, which has its tokens.
	approval bool
}

// authorize is GET /oauth/authorize (protocol-oauth.md B.3).
func authorize(v *visit) error {
	a, done, err := v.authorization(v.r.URL.RawQuery)
	if err != nil || done {
		return err
	}
	return v.ask(a)
}

// decide takes the decision about it.
func decide(v *visit) error {
	if err := v.r.ParseForm(); err != nil {
		return errForm()
	}
	a, done, err := v.authorization(v.r.PostFormValue("query"))
	if err != nil || done {
		return err
	}
	return v.settle(a)
}

// authorization checks a request in the order of protocol-oauth.md B.3. done says that the
// visitor was sent elsewhere: to log in, or back to the app with a refusal.
func (v *visit) authorization(raw string) (a authorization, done bool, err error) {
	query, err := url.ParseQuery(raw)
	if err != nil {
		return a, false, &appdock.Error{Kind: appdock.Invalid, Code: "invalid_request", Message: "the query cannot be read"}
	}
	client, err := oauth.ClientID(query)
	if err != nil {
		return a, false, err
	}
	loggedIn, err := v.identify()
	if err != nil {
		return a, false, err
	}
	a.query = raw
	a.offered, err = v.options.Apps.Offered(v.r.Context(), v.shop, client)
	if appdock.KindOf(err) == appdock.NotFound {
		address := query.Get("manifest")
		switch {
		case address == "":
			return a, false, &appdock.Error{
				Kind: appdock.Invalid, Code: "invalid_request", Message: "the app is not known in this shop",
				Cure: "The first time, the app says with the parameter manifest where its app.json is.",
			}
		// The host fetches nothing for strangers: here the log-in comes first.
		case !loggedIn:
			return a, true, v.logInFirst(raw)
		}
		a.offered, err = v.options.Apps.Fetch(v.r.Context(), v.shop, address, v.user.ID, false)
		if err == nil && a.offered.App.Name != client {
			err = &appdock.Error{Kind: appdock.Invalid, Code: "invalid_request", Message: "client_id is not the id of the app.json"}
		}
	}
	if err != nil {
		return a, false, err
	}
	if wait := v.asked.Take(v.quota(), v.options.Now()); wait > 0 {
		return a, false, appdock.TooOften("ADK-AUTHORIZE-THROTTLED", "Authorization", wait)
	}
	a.request, err = a.offered.Client.Authorize(query, v.shop.URL, v.options.Development)
	if back, ok := errors.AsType[*oauth.RedirectError](err); ok {
		return a, true, v.back(back.To, back.State, back.Err.Code, back.Err.Message)
	}
	if err != nil {
		return a, false, err
	}
	refuse := func(code, description string) (authorization, bool, error) {
		return a, true, v.back(a.request.RedirectURI, a.request.State, code, description)
	}
	if !loggedIn {
		if a.request.Prompt == oauth.PromptNone {
			return refuse("login_required", "nobody is logged in")
		}
		return a, true, v.logInFirst(raw)
	}
	needs := a.offered.Client.NeedsConsent(a.request)
	if needs && v.maintains() != nil {
		if err := v.record("app.refused", a.request.App, "the user may not install apps"); err != nil {
			return a, false, err
		}
		return refuse("access_denied", "the user may not let apps in")
	}
	if !needs {
		return a, true, v.admit(a)
	}
	switch {
	case a.request.Prompt != oauth.PromptNone:
	case a.offered.Client.State == oauth.Previewed, a.offered.Client.State == oauth.Pending, len(a.offered.Client.New(a.request.Scopes)) > 0:
		return refuse("consent_required", "somebody has to consent")
	default: // to nothing that the app asks for here: its manifest is another one since
		return refuse("interaction_required", "somebody has to look at the new manifest of the app")
	}
	return a, false, nil
}

// quota is who is counted: the session, or for those without one their address.
func (v *visit) quota() (id appdock.ID) {
	of := v.session.Hash
	if len(of) == 0 {
		of = []byte("address " + v.from())
	}
	sum := sha256.Sum256(of)
	copy(id[:], sum[:])
	return id
}

// sid names a log-in to apps without telling its cookie.
func (v *visit) sid() string {
	sum := sha256.Sum256(append([]byte("sid "), v.session.Hash...))
	return hex.EncodeToString(sum[:16])
}

func (v *visit) logInFirst(raw string) error {
	return v.redirect("/admin/login?" + url.Values{"next": {"/oauth/authorize?" + raw}}.Encode())
}

// back sends the visitor to the app with a refusal.
func (v *visit) back(to, state, code, description string) error {
	return v.leave(protocol.Answered(to, protocol.Param{Name: "error", Value: code}, protocol.Param{Name: "error_description", Value: description},
		protocol.Param{Name: "state", Value: state}, protocol.Param{Name: "iss", Value: v.shop.URL}))
}

func (v *visit) leave(to string) error {
	v.w.Header().Set("Location", to)
	v.w.WriteHeader(http.StatusSeeOther)
	return nil
}

// about is what the token of a consent's form is bound to: another manifest is another
// question (protocol-oauth.md B.4).
func (a authorization) about() string {
	sum := sha256.Sum256([]byte(strings.Join([]string{"consent", a.request.App, a.offered.Client.ManifestHash, a.offered.ConsentHash, a.query}, "\x00")))
	return hex.EncodeToString(sum[:])
}

// ask shows the consent page.
func (v *visit) ask(a authorization, note ...string) error {
	c := v.consent(a.offered, a.request.Scopes)
	c.Token, c.Query, c.Back = v.seal(a.about()), a.query, host(a.request.RedirectURI)
	if a.approval {
		c.Note = v.texts.get("consent.waits")
	}
	c.Action = "/oauth/authorize"
	if a.query == "" {
		c.Action = "/admin/apps/" + url.PathEscape(a.request.App) + "/consent"
		c.About = a.about()
		c.Token = v.seal(c.About)
	}
	if len(note) > 0 {
		c.Note = v.texts.get(note[0])
	}
	title := "consent.title"
	if c.More {
		title = "consent.more"
	}
	v.goesTo = a.request.RedirectURI
	return v.show(http.StatusOK, "consent", title, c, c.Label)
}

// settle carries out a decision.
func (v *visit) settle(a authorization) error {
	shown, ok := v.shownAt(v.r.PostFormValue("token"), a.about())
	if !ok {
		return v.ask(a, "consent.changed")
	}
	if v.r.PostFormValue("decision") != "accept" {
		if err := v.record("app.refused", a.request.App, scopeNames(a.request.Scopes)); err != nil {
			return err
		}
		if err := v.options.Apps.Withdraw(v.r.Context(), v.shop.ID, a.request.App); err != nil {
			return err
		}
		if a.query == "" { // the app does not know yet that it was looked at
			return v.redirect("/admin/")
		}
		return v.back(a.request.RedirectURI, a.request.State, "access_denied", "the user cancelled")
	}
	if v.options.Now().Sub(shown) < readable {
		return v.ask(a, "consent.too_soon")
	}
	if a.approval {
		return v.approve(a)
	}
	return v.admit(a)
}

// approve gives an installed app what its new manifest asks for.
func (v *visit) approve(a authorization) error {
	err := v.options.Apps.Approve(v.r.Context(), v.shop, a.offered)
	if appdock.CodeOf(err) == lifecycle.CodeConsentNeeded {
		return v.ask(a, "consent.changed")
	}
	if err != nil {
		return err
	}
	if err := v.record("app.granted", a.request.App, scopeNames(a.request.Scopes)+" manifest "+a.offered.Client.ManifestHash); err != nil {
		return err
	}
	return v.redirect("/admin/")
}

// admit lets the app in and sends the visitor to it with the code.
func (v *visit) admit(a authorization) error {
	code, err := v.options.Apps.Admit(v.r.Context(), v.shop, a.offered, a.request, v.user)
	if err != nil {
		kind := appdock.KindOf(err)
		if a.query == "" || kind != appdock.Internal && kind != appdock.Unavailable {
			return err
		}
		// The app's user waits there: they are told, and so are we.
		if kind == appdock.Unavailable {
			v.options.Log.LogAttrs(v.r.Context(), slog.LevelWarn, "app could not be let in for now", slog.String("app", a.request.App), slog.Any("error", err))
			return v.back(a.request.RedirectURI, a.request.State, "temporarily_unavailable", "the shop takes nothing new for the moment")
		}
		v.options.Log.LogAttrs(v.r.Context(), slog.LevelError, "app could not be let in", slog.String("app", a.request.App), slog.Any("error", err))
		return v.back(a.request.RedirectURI, a.request.State, "server_error", "the shop failed")
	}
	if err := v.record("app.granted", a.request.App, scopeNames(a.request.Scopes)+" manifest "+a.offered.Client.ManifestHash); err != nil {
		return err
	}
	return v.leave(protocol.Answered(a.request.RedirectURI, protocol.Param{Name: "code", Value: code.Reveal()}, protocol.Param{Name: "state", Value: a.request.State},
		protocol.Param{Name: "iss", Value: v.shop.URL}, protocol.Param{Name: "shop", Value: v.shop.URL}))
}

func scopeNames(scopes []protocol.Scope) string {
	list := make([]string, len(scopes))
	for i, s := range scopes {
		list[i] = s.String()
	}
	return strings.Join(list, " ")
}

// hostConsent asks about an app that does not begin by itself (protocol-oauth.md B.2).
func hostConsent(v *visit) error {
	a, err := v.hostAuthorization()
	if err != nil {
		return err
	}
	return v.ask(a)
}

func decideHost(v *visit) error {
	a, err := v.hostAuthorization()
	if err != nil {
		return err
	}
	return v.settle(a)
}

func (v *visit) hostAuthorization() (a authorization, err error) {
	if err := v.maintains(); err != nil {
		return a, err
	}
	if a.offered, err = v.options.Apps.Offered(v.r.Context(), v.shop, v.r.PathValue("app")); err != nil {
		return a, err
	}
	if a.approval = a.offered.Client.State == oauth.NeedsApproval; a.approval {
		a.request = oauth.Authorization{App: a.offered.App.Name, Scopes: a.offered.Waits}
		return a, nil
	}
	if !v.options.HostInitiated {
		return a, &appdock.Error{
			Kind: appdock.Refused, Code: "ADK-HOST-INITIATED", Message: "This shop lets apps in only if they begin themselves",
			Cause: "oauth.allow_host_initiated is false", Cure: "Begin on the pages of the app's vendor.",
		}
	}
	a.request = oauth.Authorization{
		App: a.offered.App.Name, RedirectURI: a.offered.App.Auth.RedirectURI, Scopes: a.offered.Client.Requested, State: "host." + v.options.NewID().String(),
	}
	return a, nil
}

// asShown gives the failure that a form can be shown again with.
func asShown(err error) (*appdock.Error, bool) {
	told := web.Public(err)
	return told, told.Kind != appdock.Internal
}
