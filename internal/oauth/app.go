package oauth

import (
	"math/bits"
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
	all := privileges()
	has := all.of[protocol.Scope{}]
	for _, s := range scopes {
		if a.grants(s) {
			has = has.with(all.of[s])
		}
	}
	list := make(appdock.Privileges, 0, has.count())
	for i, p := range all.sorted {
		if has[i/64]&(1<<(i%64)) != 0 {
			list = append(list, p)
		}
	}
	return list
}

// privilegeSet says which privileges of a sorted list it has. Each call of the API makes one of
// its token's scopes, and sets need not be sorted.
type privilegeSet [4]uint64

func (s privilegeSet) with(other privilegeSet) privilegeSet {
	for i, w := range other {
		s[i] |= w
	}
	return s
}

func (s privilegeSet) count() (n int) {
	for _, w := range s {
		n += bits.OnesCount64(w)
	}
	return n
}

// standing is what each scope stands for, and the zero scope what every token may.
type standing struct {
	sorted appdock.Privileges // of all scopes
	of     map[protocol.Scope]privilegeSet
}

// privileges is made once. Nobody changes it.
var privileges = sync.OnceValue(func() standing {
	names := map[protocol.Scope][]string{{}: protocol.TokenPrivileges()}
	var all []appdock.Privilege
	for _, s := range protocol.Scopes() {
		names[s] = s.Grant()
	}
	for _, list := range names {
		for _, name := range list {
			all = append(all, appdock.Privilege(name))
		}
	}
	st := standing{appdock.NewPrivileges(all...), map[protocol.Scope]privilegeSet{}}
	for s, list := range names {
		var set privilegeSet
		for _, name := range list {
			i, _ := slices.BinarySearch(st.sorted, appdock.Privilege(name))
			set[i/64] |= 1 << (i % 64)
		}
		st.of[s] = set
	}
	return st
})
