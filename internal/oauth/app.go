package oauth

import (
	"slices"
	"sync"
	"time"

	"github.com/appdock/appdock"
	"github.com/appdock/appdock/protocol"
)

// App is an app of the SitePack dialect as an OAuth client: one for each shop that it is
// installed in, or about to be (protocol-oauth.md B.1).
type App struct {
	Installation appdock.ID
	// Name is its client_id.
	Name    string
	Version string
	// SecretHash is the client secret's HMAC-SHA256 under the host key; nil for a public
	// client, which has PKCE alone.
	SecretHash []byte
	// RedirectURIs are compared byte by byte; the first is the one of the manifest's
	// auth.redirect_uri.
	RedirectURIs []string
	// Requested are the scopes of its manifest, Granted those that a person accepted and
	// that the manifest still asks for.
	Requested, Granted []protocol.Scope
	State              AppState
	// Active is false while the app is deactivated: it gets no token, and those it has are
	// refused.
	Active bool
	// Blocked says that the operator lets it have no tokens.
	Blocked bool
	// ManifestHash names the manifest that the consent was about.
	ManifestHash string
	// ConsentHash is the ManifestHash of the last consent.
	ConsentHash string
}

// AppState of an installation (protocol-oauth.md B.8).
type AppState string

// The states. One that was never previewed or is gone has none.
const (
	Previewed     AppState = "previewed"      // its manifest was read, nobody accepted it yet
	Pending       AppState = "pending"        // accepted, a code is out
	Installed     AppState = "installed"      // the code was exchanged
	NeedsApproval AppState = "needs_approval" // works on, while its new manifest waits for consent
	Reauthorize   AppState = "reauthorize"    // its tokens are dead, its data is kept
)

// Patience is how long a preview waits for its consent, and a consent for the exchange of
// its code.
const Patience = 10 * time.Minute

// redirects reports whether uri is registered. In development a loopback address may have
// any port (RFC 8252 section 7.3).
func (a App) redirects(uri string, development bool) bool {
	if slices.Contains(a.RedirectURIs, uri) {
		return true
	}
	plain, loopback := withoutPort(uri)
	return development && loopback && slices.ContainsFunc(a.RedirectURIs, func(registered string) bool {
		other, ok := withoutPort(registered)
		return ok && other == plain
	})
}

// grants reports whether the grant covers a scope.
func (a App) grants(s protocol.Scope) bool { return covers(a.Granted, s) }

// covers reports whether one of has is, or implies, s.
func covers(has []protocol.Scope, s protocol.Scope) bool {
	return slices.ContainsFunc(has, func(h protocol.Scope) bool { return h.Implies(s) })
}

// New are the scopes of a request that the grant does not cover: what a consent would add
// (protocol-oauth.md B.7).
func (a App) New(asked []protocol.Scope) []protocol.Scope {
	return slices.DeleteFunc(slices.Clone(asked), a.grants)
}

// Rights are the privileges of a token with scopes, as the app's grant is now. A scope
// that was withdrawn, or that the manifest dropped, counts no more, whatever the token
// was issued for.
func (a App) Rights(scopes []protocol.Scope) appdock.Privileges {
	stands := privileges()
	list := slices.Clone(stands[protocol.Scope{}])
	for _, s := range scopes {
		if a.grants(s) {
			list = append(list, stands[s]...)
		}
	}
	return appdock.NewPrivileges(list...)
}

// privileges are what each scope stands for, and under the zero scope what every token may. It
// is made once, because each call of the API asks for it. Nobody changes it.
var privileges = sync.OnceValue(func() map[protocol.Scope][]appdock.Privilege {
	all := map[protocol.Scope][]appdock.Privilege{}
	add := func(s protocol.Scope, names []string) {
		for _, name := range names {
			all[s] = append(all[s], appdock.Privilege(name))
		}
	}
	add(protocol.Scope{}, protocol.TokenPrivileges())
	for _, s := range protocol.Scopes() {
		add(s, s.Grant())
	}
	return all
})
