package appdock

import (
	"slices"
	"strings"
)

// Privilege is what the Admin API checks, such as "order:read". SitePack scopes are
// turned into privileges when they are granted; nothing checks a scope later.
type Privilege string

// Privileges is a set, kept sorted and without repeats; make it with [NewPrivileges].
type Privileges []Privilege

// NewPrivileges makes a set.
func NewPrivileges(list ...Privilege) Privileges {
	set := slices.Clone(list)
	slices.Sort(set)
	return Privileges(slices.Compact(set))
}

// AllApps is the right to the pages and notices of each app: it stands for "app.<name>" of
// all (protocol-admin.md 1, protocol-webhooks.md 6).
const AllApps Privilege = "app.all"

// AppPrefix is what the rights to single apps begin with.
const AppPrefix = "app."

// Has reports whether the set gives the right p: it is in there, or is one that another stands
// for.
func (ps Privileges) Has(p Privilege) bool {
	_, found := slices.BinarySearch(ps, p)
	return found || p != AllApps && strings.HasPrefix(string(p), AppPrefix) && ps.Has(AllApps)
}

// Missing returns those of needs that are not in the set, in their order, each once.
func (ps Privileges) Missing(needs ...Privilege) []Privilege {
	var missing []Privilege
	for _, p := range needs {
		if !ps.Has(p) && !slices.Contains(missing, p) {
			missing = append(missing, p)
		}
	}
	return missing
}

// Actor is who asks, with the rights of this moment: for a token that acts for a user
// and an app, the intersection of both.
type Actor struct {
	Shop         ShopID
	Installation ID // zero: no app
	Integration  ID // the API client whose token was shown; zero: none
	User         ID // zero: nobody logged in
	Privileges   Privileges
	Everything   bool // an administrator, or the host itself
	// ReadOnly says that the token has no write access, whatever the privileges are.
	ReadOnly bool
}

// Host is the host acting on its own behalf in shop; it may do everything.
func Host(shop ShopID) Actor { return Actor{Shop: shop, Everything: true} }

// Missing returns those of needs that the actor lacks. It is the one place where the
// rights of a request are decided.
func (a Actor) Missing(needs ...Privilege) []Privilege {
	if a.Everything {
		return nil
	}
	return a.Privileges.Missing(needs...)
}

// And gives the rights that both have: an app that acts for a person may do what the app may
// and the person may. What identifies them is that of a; the user is that of other.
func (a Actor) And(other Actor) Actor {
	both := a
	both.User = other.User
	both.Everything = a.Everything && other.Everything
	both.ReadOnly = a.ReadOnly || other.ReadOnly
	switch {
	case other.Everything:
	case a.Everything:
		both.Privileges = other.Privileges
	default:
		// Of both lists: one may have a right by its name, and the other one that stands for it.
		all := append(slices.Clone(a.Privileges), other.Privileges...)
		both.Privileges = NewPrivileges(slices.DeleteFunc(all, func(p Privilege) bool { return !a.Privileges.Has(p) || !other.Privileges.Has(p) })...)
	}
	return both
}
