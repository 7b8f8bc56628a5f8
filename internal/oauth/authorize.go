package oauth

import (
	"maps"
	"net/netip"
	"net/url"
	"slices"
	"strings"

	"github.com/appdock/appdock"
	"github.com/appdock/appdock/protocol"
)

// Authorization is a request of GET /oauth/authorize that was checked
// (protocol-oauth.md B.3).
type Authorization struct {
	App         string // client_id
	RedirectURI string
	Scopes      []protocol.Scope
	State       string
	Challenge   string // of PKCE, S256; empty for what the host began itself
	Online      bool   // bound to the user, and without a refresh token
	Prompt      Prompt
}

// Prompt says what the app wants its user to be asked.
type Prompt string

// The prompts.
const (
	PromptWhenNeeded Prompt = ""
	PromptConsent    Prompt = "consent" // show the screen even if nothing is new
	PromptNone       Prompt = "none"    // never show one
)

// RedirectError is a refusal that may be told to the app: its redirect_uri was checked before.
// Any other error of an authorization is shown on a page of the host, so that nobody can
// send a browser where the app does not want it.
type RedirectError struct {
	To    string // the redirect_uri, without the answer
	State string // of the request; empty: none that could be read
	Err   *appdock.Error
}

func (r *RedirectError) Error() string { return "back to the app: " + r.Err.Error() }

// Unwrap gives the refusal itself: its Code is the OAuth error, its Message the description.
func (r *RedirectError) Unwrap() error { return r.Err }

// ClientID reads what names the app in a request, after the one check that comes before it:
// a parameter that is there twice could mean one thing to us and another to the app.
func ClientID(query url.Values) (string, error) {
	for _, name := range slices.Sorted(maps.Keys(query)) {
		if len(query[name]) > 1 {
			return "", errRequest("the parameter " + printable(name) + " is there twice")
		}
	}
	id := query.Get("client_id")
	if id == "" {
		return "", errRequest("the parameter client_id is missing")
	}
	return id, nil
}

// Authorize checks a request in the order of protocol-oauth.md B.3, from its
// redirect_uri on. What is wrong after that is a [*RedirectError]. issuer is the shop's base
// URL; development allows loopback addresses with any port.
func (a App) Authorize(query url.Values, issuer string, development bool) (Authorization, error) {
	to := query.Get("redirect_uri")
	switch {
	case to == "":
		return Authorization{}, errRequest("the parameter redirect_uri is missing")
	case !a.redirects(to, development):
		return Authorization{}, errRequest("the redirect_uri is none that the app has registered")
	}
	r := Authorization{App: a.Name, RedirectURI: to, State: query.Get("state"), Challenge: query.Get("code_challenge")}
	readable := isState(r.State)
	refuse := func(err *appdock.Error) (Authorization, error) {
		back := &RedirectError{To: to, Err: err}
		if readable {
			back.State = r.State
		}
		return Authorization{}, back
	}
	switch kind := query.Get("response_type"); {
	case kind == "":
		return refuse(errRequest("the parameter response_type is missing"))
	case kind != "code":
		return refuse(refusal("unsupported_response_type", "response_type is always code"))
	case r.State == "":
		return refuse(errRequest("the parameter state is missing"))
	case !readable:
		return refuse(errRequest("state is 1 to 512 visible ASCII characters"))
	case a.Blocked || !a.Active && a.State != Previewed && a.State != Pending:
		return refuse(refusal("unauthorized_client", "the app may get no tokens"))
	case r.Challenge == "":
		return refuse(errRequest("the parameter code_challenge is missing: PKCE is needed"))
	case query.Get("code_challenge_method") != "S256":
		return refuse(errRequest("code_challenge_method is always S256"))
	case !isVerifier(r.Challenge) || strings.ContainsAny(r.Challenge, ".~"):
		return refuse(errRequest("code_challenge is 43 to 128 characters of base64url"))
	}
	if resource := query.Get("resource"); resource != "" && resource != issuer {
		return refuse(refusal("invalid_target", "resource is the base URL of the shop"))
	}
	switch query.Get("access_mode") {
	case "", "offline":
	case "online":
		r.Online = true
	default:
		return refuse(errRequest("access_mode is offline or online"))
	}
	switch r.Prompt = Prompt(query.Get("prompt")); r.Prompt {
	case PromptWhenNeeded, PromptConsent, PromptNone:
	default:
		return refuse(errRequest("prompt is consent or none"))
	}
	scopes, err := readScopes(query.Get("scope"), a.Requested)
	if err != nil {
		return refuse(err)
	}
	r.Scopes = scopes
	return r, nil
}

// readScopes reads a list that is separated by spaces; none means all that may be asked for.
func readScopes(text string, may []protocol.Scope) ([]protocol.Scope, *appdock.Error) {
	if strings.TrimSpace(text) == "" {
		return may, nil
	}
	var scopes []protocol.Scope
	for name := range strings.FieldsSeq(text) {
		s, known := protocol.LookupScope(name)
		if !known || !covers(may, s) {
			return nil, refusal("invalid_scope", "the scope "+printable(name)+" cannot be asked for")
		}
		if !slices.Contains(scopes, s) {
			scopes = append(scopes, s)
		}
	}
	return scopes, nil
}

// NeedsConsent reports whether a person must be asked: skipped only for the same manifest
// and nothing new, unless the app wants it shown (protocol-oauth.md B.4).
func (a App) NeedsConsent(r Authorization) bool {
	return r.Prompt == PromptConsent || len(a.New(r.Scopes)) > 0 || a.ManifestHash != a.ConsentHash ||
		a.State == Previewed || a.State == Pending
}

// isState reports whether a state can be given back unchanged.
func isState(text string) bool {
	if len(text) < 1 || len(text) > 512 {
		return false
	}
	return !strings.ContainsFunc(text, func(r rune) bool { return r < 0x21 || r > 0x7e })
}

// isVerifier reports whether text has the form of a code verifier (RFC 7636 section 4.1).
func isVerifier(text string) bool {
	if len(text) < 43 || len(text) > 128 {
		return false
	}
	return !strings.ContainsFunc(text, func(r rune) bool {
		return (r < 'a' || r > 'z') && (r < 'A' || r > 'Z') && (r < '0' || r > '9') && !strings.ContainsRune("-._~", r)
	})
}

// withoutPort gives a URL without its port, if its host is a loopback address; a name such
// as localhost may lead elsewhere (RFC 8252 section 8.3).
func withoutPort(text string) (plain string, loopback bool) {
	u, err := url.Parse(text)
	if err != nil || u.Scheme != "http" || u.User != nil {
		return "", false
	}
	ip, err := netip.ParseAddr(u.Hostname())
	if err != nil || !ip.IsLoopback() {
		return "", false
	}
	_, rest, _ := strings.Cut(text, u.Host)
	return u.Hostname() + rest, true
}
