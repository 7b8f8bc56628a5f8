package lifecycle

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"slices"

	"github.com/appdock/appdock"
	"github.com/appdock/appdock/manifest"
	"github.com/appdock/appdock/protocol"
)

// Consent is what a person decides on before an app is installed: what the app may do,
// whom it talks to, what it hears.
type Consent struct {
	App          string
	Version      string
	ManifestHash string
	// Permissions has a line for each entity, in the order in which they appear.
	Permissions []Permission
	Additional  []string // privileges as written, such as "system:cache:info"
	Hosts       []string // data goes to these (manifest-xml.md 21)
	Webhooks    []Wish
	// NewPrivileges and NewHosts are those that the installation does not have yet: with
	// none of them nobody needs to be asked.
	NewPrivileges appdock.Privileges
	NewHosts      []string
	// LostPrivileges are those that it has and asks for no more.
	LostPrivileges appdock.Privileges
	// NewScopes and LostScopes are the same of an app of the SitePack dialect, as it writes them.
	NewScopes, LostScopes []string
	// SelfChecked is an app that says it checks its own permissions: new ones may be granted
	// later than at an update (manifest-xml.md 7, validates-permissions).
	SelfChecked bool
	// Waits says that an update goes on without what is new, which waits for consent: its
	// server is another already.
	Waits bool
}

// Demands reports whether an update cannot happen before somebody accepted what is new. One
// of an app of the SitePack dialect can: what is new waits (protocol-oauth.md B.7).
func (c Consent) Demands() bool {
	return !c.Waits && (len(c.NewHosts) > 0 || len(c.NewPrivileges) > 0 && !c.SelfChecked)
}

// Permission is what an app wants to do with one entity.
type Permission struct {
	Entity string
	Rights []string // of "read", "write" and "delete", as people are shown them
}

// Wish is one event that an app wants to hear.
type Wish struct{ Name, Event, URL string }

// Plan says what installing app asks for; installed is what is there of it, nil: nothing.
func Plan(app *manifest.App, installed *Registration) Consent {
	c := Consent{
		App:           app.Name,
		Version:       app.Version,
		ManifestHash:  app.Hash(),
		Hosts:         app.Hosts,
		NewPrivileges: asked(app),
		NewHosts:      app.Hosts,
		SelfChecked:   app.Permissions.SelfChecked,
	}
	c.Permissions, c.Additional = permissions(app.Permissions.Raw)
	for _, w := range app.Webhooks {
		c.Webhooks = append(c.Webhooks, Wish{w.Name, w.Event, w.URL})
	}
	switch {
	case installed == nil:
	case !installed.OAuth.IsZero():
		c.compareScopes(app, *installed)
	default:
		c.NewPrivileges = installed.Installation.Grant.Missing(c.NewPrivileges...)
		c.LostPrivileges = requested(app).Missing(installed.Installation.Grant...)
		c.NewHosts = nil
		for _, host := range app.Hosts {
			if !slices.Contains(installed.Profile.Hosts, host) {
				c.NewHosts = append(c.NewHosts, host)
			}
		}
	}
	return c
}

// compareScopes says what is new to those who consented to an app of the SitePack dialect. A
// scope that they knew of and that the app did not use yet is none of it.
func (c *Consent) compareScopes(app *manifest.App, installed Registration) {
	o := installed.OAuth
	c.Waits, c.NewPrivileges, c.NewHosts = true, nil, nil
	var more []appdock.Privilege
	for _, text := range Scopes(app) {
		if s, known := protocol.LookupScope(text); known && !implied(o.Known.Scopes, s) {
			c.NewScopes = append(c.NewScopes, text)
			for _, p := range s.Grant() {
				more = append(more, appdock.Privilege(p))
			}
		}
	}
	for _, text := range o.Granted {
		if s, known := protocol.LookupScope(text); known && !implied(Scopes(app), s) {
			c.LostScopes = append(c.LostScopes, text)
		}
	}
	c.NewPrivileges = installed.Installation.Grant.Missing(more...)
	for _, host := range app.Hosts {
		if !slices.Contains(o.Known.Hosts, host) {
			c.NewHosts = append(c.NewHosts, host)
		}
	}
}

// Hash names the consent: who accepts it accepts exactly this. It is 64 hex digits.
func (c Consent) Hash() string {
	text, err := json.Marshal(c)
	if err != nil {
		panic("lifecycle: a consent is texts and lists of texts: " + err.Error())
	}
	sum := sha256.Sum256(text)
	return hex.EncodeToString(sum[:])
}

// permissions groups the lines of a manifest as people are shown them (manifest-xml.md 8,
// cli.md 1 "Permission prompt"): what a right implies is not shown.
func permissions(lines []manifest.Permission) (rows []Permission, additional []string) {
	for _, line := range lines {
		if line.Value == "" {
			continue
		}
		if line.Kind == "permission" {
			additional = appendNew(additional, line.Value)
			continue
		}
		at := slices.IndexFunc(rows, func(p Permission) bool { return p.Entity == line.Value })
		if at < 0 {
			at = len(rows)
			rows = append(rows, Permission{Entity: line.Value})
		}
		for _, right := range rights(line.Kind) {
			rows[at].Rights = appendNew(rows[at].Rights, right)
		}
	}
	return rows, additional
}

func rights(kind string) []string {
	switch kind {
	case "create", "update":
		return []string{"write"}
	case "crud":
		return []string{"read", "write", "delete"}
	}
	return []string{kind}
}

func appendNew(list []string, item string) []string {
	if slices.Contains(list, item) {
		return list
	}
	return append(list, item)
}

// requested is what an app gets when its consent is accepted.
func requested(app *manifest.App) appdock.Privileges {
	return appdock.NewPrivileges(append(own(app), asked(app)...)...)
}

// asked is what people are asked for.
func asked(app *manifest.App) appdock.Privileges {
	list := make([]appdock.Privilege, len(app.Permissions.Requested))
	for i, p := range app.Permissions.Requested {
		list[i] = appdock.Privilege(p)
	}
	return appdock.NewPrivileges(list...)
}
