package manifest

import (
	"errors"
	"io/fs"
	"net/url"
	"path"
	"regexp"
	"slices"
	"strings"

	"github.com/appdock/appdock/protocol"
)

// The rules of app.json: its server, what it may do, what it is sent, and its
// blocks in the theme (app-json.md 2 to 4).

// appAddresses are all URLs of an app.json.
func (r *review) appAddresses() []address {
	all := []address{
		{path: "/icon_url", url: r.Icon.URL},
		{path: "/auth/redirect_uri", url: r.Auth.RedirectURI},
		{path: "/auth/start_uri", url: r.Auth.StartURI},
		{path: "/setup/onboarding_url", url: r.Admin.OnboardingURL},
		{path: "/setup/configuration_url", url: r.Admin.MainURL},
		{path: "/support/docs_url", url: r.Support.DocsURL},
	}
	for i, uri := range r.Auth.RedirectURIs {
		all = append(all, address{path: Path("/auth/redirect_uris").item(i), url: uri})
	}
	for _, w := range r.Admin.Widgets {
		all = append(all, address{path: w.Path.member("src"), url: w.URL})
	}
	for _, b := range r.Theme.Blocks {
		all = append(all, address{path: b.Path.member("url"), url: b.URL})
	}
	for _, w := range r.Webhooks {
		all = append(all, address{path: w.Path.member("address"), url: w.URL})
	}
	return slices.DeleteFunc(all, func(a address) bool { return a.url == "" && !r.Source.has(a.path) })
}

// appURLs: https everywhere; plain http to the own machine in development only.
func appURLs(r *review) {
	for _, a := range r.appAddresses() {
		u, err := url.Parse(a.url)
		code, _, message := a.fault()
		switch {
		case code == "url_invalid" || code == "url_scheme" && (err != nil || u.Scheme != "http"):
			r.tell(Error, code, a.path, "", "%s", message)
			continue
		case u.Scheme == "http" && (!r.env.Development || !isLoopback(u.Hostname())):
			r.tell(Error, "url_scheme", a.path, "", "%s must use https", quote(a.url))
		case u.Fragment != "" && strings.HasPrefix(string(a.path), "/webhooks/"):
			r.tell(Error, "url_invalid", a.path, "", "url %s must not have a fragment", quote(a.url))
		}
		if !r.env.Development && isPrivate(u.Hostname()) {
			r.tell(Warning, "url_private", a.path, "", "host %s is not reachable from outside", shorten(u.Hostname()))
		}
	}
}

func redirectMissing(r *review) {
	if len(r.Permissions.Raw) > 0 && r.Auth.RedirectURI == "" {
		r.tell(Error, "redirect_missing", "/auth", "", "scopes need a \"redirect_uri\" that the authorization code is sent to")
	}
}

func redirectFragment(r *review) {
	for _, a := range r.appAddresses() {
		if strings.HasPrefix(string(a.path), "/auth/") && strings.Contains(a.url, "#") {
			r.tell(Error, "redirect_fragment", a.path, "", "%s must not have a fragment", quote(a.url))
		}
	}
}

func scopeForms(r *review) {
	for _, p := range r.Permissions.Raw {
		if !scopeForm.MatchString(p.Value) {
			r.tell(Error, "scope_format", p.Path, "", "scope %s is not resource:action", quote(p.Value))
		} else if _, known := protocol.LookupScope(p.Value); !known {
			r.tell(Error, "scope_unknown", p.Path, r.hint(p.Value, slices.Values(scopes())), "scope %s is unknown", quote(p.Value))
		}
	}
}

func scopeDuplicate(r *review) {
	seen := map[string]bool{}
	for _, p := range r.Permissions.Raw {
		if seen[p.Value] {
			r.tell(Warning, "scope_duplicate", p.Path, "", "scope %s is there twice", quote(p.Value))
		}
		seen[p.Value] = true
	}
}

func scopeSensitive(r *review) {
	for _, p := range r.Permissions.Raw {
		switch resource, action, _ := strings.Cut(p.Value, ":"); {
		case action == "read":
		case resource == "customers" || resource == "settings":
			r.tell(Info, "scope_sensitive", p.Path, "", "asks to change %s", resource)
		}
	}
}

// topicForms: an unknown topic does no harm, it just never comes.
func topicForms(r *review) {
	severity := Warning
	if r.env.Strict {
		severity = Error
	}
	for _, w := range r.Webhooks {
		at := w.Path.member("topic")
		if !topicForm.MatchString(w.Topic) {
			r.tell(Error, "topic_format", at, "", "topic %s is not entity.verb", quote(w.Topic))
		} else if _, known := lookupTopic(w.Topic); !known {
			r.tell(severity, "topic_unknown", at, r.hint(w.Topic, slices.Values(topics())), "topic %s is unknown: nothing will be sent", quote(w.Topic))
		}
	}
}

func topicScope(r *review) {
	for _, w := range r.Webhooks {
		known, _ := lookupTopic(w.Topic)
		granted := slices.ContainsFunc(r.Permissions.Raw, func(p Permission) bool {
			scope, ok := protocol.LookupScope(p.Value)
			return ok && scope.Implies(known.Scope)
		})
		if known.Scope != (protocol.Scope{}) && !granted {
			r.tell(Error, "topic_scope", w.Path.member("topic"), "", "topic %s needs scope %s", quote(w.Topic), quote(known.Scope.String()))
		}
	}
}

func webhookFormat(r *review) {
	for _, w := range r.Webhooks {
		if w.Format != "json" {
			r.tell(Error, "webhook_format", w.Path.member("format"), "", "format %s is unknown, only \"json\" is known", quote(w.Format))
		}
	}
}

func webhookDuplicate(r *review) {
	r.unique("webhook_duplicate", "topic and address", len(r.Webhooks), func(i int) (string, Path) {
		return r.Webhooks[i].Topic + " " + r.Webhooks[i].URL, r.Webhooks[i].Path
	})
}

func blockDuplicate(r *review) {
	r.unique("block_duplicate", "block", len(r.Theme.Blocks), func(i int) (string, Path) {
		return r.Theme.Blocks[i].ID, r.Theme.Blocks[i].Path.member("id")
	})
}

var targetForm = regexp.MustCompile(`^[a-z0-9_]{1,64}$`)

func blockTarget(r *review) {
	for _, b := range r.Theme.Blocks {
		if !targetForm.MatchString(b.Target) {
			r.tell(Error, "block_target", b.Path.member("target"), "", "target %s must be at most 64 lower case letters, digits and underscores", quote(b.Target))
		}
	}
}

// blockSnippet: a Twig file of the app's own folder. An app that was fetched
// from a URL has no folder, and the block waits for one.
func blockSnippet(r *review) {
	for _, b := range r.Theme.Blocks {
		if b.SnippetPath == "" {
			continue
		}
		at := b.Path.member("snippet")
		if path.Ext(b.SnippetPath) != ".twig" {
			r.tell(Error, "snippet_extension", at, "", "snippet %s does not end in .twig", quote(b.SnippetPath))
		}
		name, ok := inside(b.SnippetPath)
		if !ok || slices.Contains(strings.Split(b.SnippetPath, "/"), "..") || r.leaves(name) {
			r.tell(Error, "snippet_escape", at, "", "snippet %s leaves the bundle", quote(b.SnippetPath))
			continue
		}
		switch {
		case b.Snippet != "":
			continue
		case b.Unread != "":
			r.tell(Warning, "snippet_missing", at, "", "snippet %s shows nothing: %s", quote(b.SnippetPath), b.Unread)
			continue
		}
		if r.env.Files == nil {
			r.tell(Warning, "snippet_missing", at, "", "snippet %s needs the app's folder, of which nothing is known", quote(b.SnippetPath))
		} else if _, err := fs.Stat(r.env.Files, name); errors.Is(err, fs.ErrNotExist) {
			r.tell(Error, "snippet_missing", at, "", "snippet %s does not exist", quote(b.SnippetPath))
		}
	}
}

func blockEmpty(r *review) {
	for _, b := range r.Theme.Blocks {
		if b.SnippetPath == "" && b.URL == "" {
			r.tell(Warning, "block_empty", b.Path, "", "block %s has neither a snippet nor a url: it shows nothing", quote(b.ID))
		}
	}
}
