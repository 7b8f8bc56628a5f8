package manifest

import (
	"net/mail"
	"regexp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// The rules of app.json: what an app says of itself, and its admin pages (app-json.md 2).

var (
	idForm  = regexp.MustCompile(`^[a-z][a-z0-9]*(-[a-z0-9]+)*$`)
	blockID = regexp.MustCompile(`^[a-z0-9][a-z0-9-]{0,63}$`)
)

func isID(id string) bool { return idForm.MatchString(id) && len(id) >= 3 && len(id) <= 64 }

func idFormat(r *review) {
	check := func(id string, at Path) {
		if !isID(id) {
			r.tell(Error, "id_format", at, "", "id %s must be 3 to 64 lower case letters, digits and single dashes", quote(id))
		}
	}
	check(r.Name, "/id")
	for _, w := range r.Admin.Widgets {
		check(w.ID, w.Path.member("id"))
	}
	for _, b := range r.Theme.Blocks {
		if !blockID.MatchString(b.ID) {
			r.tell(Error, "id_format", b.Path.member("id"), "", "id %s must be at most 64 lower case letters, digits and dashes", quote(b.ID))
		}
	}
}

func semanticVersion(r *review) {
	if !isSemantic(r.Version) {
		r.tell(Error, "version_format", "/version", "", "version %s is no semantic version", quote(r.Version))
	}
}

func textLength(r *review) {
	check := func(at Path, text string, most int) {
		if n := utf8.RuneCountInString(text); n > most {
			r.tell(Error, "length", at, "", "%s has %d characters, at most %d are allowed", strings.TrimPrefix(string(at), "/"), n, most)
		}
	}
	name, description := r.Labels[defaultLang], r.Descriptions[defaultLang]
	check("/name", name, 100)
	if strings.ContainsFunc(name, unicode.IsControl) {
		r.tell(Error, "length", "/name", "", "name must be one line")
	}
	check("/author", r.Author, 100)
	check("/description", description, 500)
	if n := utf8.RuneCountInString(description); n > 200 && n <= 500 {
		r.tell(Warning, "length", "/description", "", "description has %d characters, a summary has 200 at most", n)
	}
	check("/category", r.Category, 50)
	for _, m := range r.Admin.Modules {
		check(m.Path.member("label"), m.Labels[defaultLang], 60)
	}
}

func listLength(r *review) {
	for _, list := range []struct {
		at         Path
		have, most int
	}{
		{"/auth/scopes", len(r.Permissions.Raw), 100},
		{"/admin_ui/navigation", len(r.Admin.Modules), 20},
		{"/admin_ui/widgets", len(r.Admin.Widgets), 50},
		{"/webhooks", len(r.Webhooks), 100},
	} {
		if list.have > list.most {
			r.tell(Error, "length", list.at, "", "%s has %d entries, at most %d are allowed", strings.TrimPrefix(string(list.at), "/"), list.have, list.most)
		}
	}
}

func categoryUnknown(r *review) {
	known := []string{"Logistics", "Marketing", "Tools"}
	if r.Category != "" && !slices.Contains(known, r.Category) {
		r.tell(Info, "category_unknown", "/category", r.hint(r.Category, slices.Values(known)), "category %s is not a usual one", quote(r.Category))
	}
}

// stepUp is a step of a path that leads out of a folder, also as browsers and servers read it.
var stepUp = regexp.MustCompile(`(?i)(?:/|%2f|%5c)(?:\.|%2e){2}(?:/|%2f|%5c|$)`)

// navigationPath: the page stays on the app's own origin.
func navigationPath(r *review) {
	for _, m := range r.Admin.Modules {
		path, _, _ := strings.Cut(m.ID, "?")
		outside := !strings.HasPrefix(path, "/") || strings.HasPrefix(path, "//") || stepUp.MatchString(path) ||
			strings.ContainsAny(m.ID, "#\\") || strings.ContainsFunc(m.ID, unicode.IsControl)
		if outside {
			r.tell(Error, "navigation_path", m.Path.member("path"), "", "path %s must start with / and stay inside the app", quote(m.ID))
		}
	}
}

func navigationDuplicate(r *review) {
	r.unique("navigation_duplicate", "path", len(r.Admin.Modules), func(i int) (string, Path) {
		return r.Admin.Modules[i].ID, r.Admin.Modules[i].Path.member("path")
	})
}

// unique tells which of n values are there a second time.
func (r *review) unique(code, what string, n int, value func(i int) (string, Path)) {
	first := map[string]Path{}
	for i := range n {
		text, at := value(i)
		if text == "" {
			continue // it is missing, which has been told
		}
		if earlier, taken := first[text]; taken {
			r.tell(Error, code, at, "", "%s %s is already used in line %d", what, quote(text), r.Source.Position(earlier).Line)
			continue
		}
		first[text] = at
	}
}

func navigationBase(r *review) {
	if len(r.Admin.Modules) > 0 && r.pageOrigin() == "" {
		r.tell(Error, "navigation_no_base", "/admin_ui/navigation", "give setup.configuration_url", "nothing says on which host the pages are")
	}
}

var iconForm = regexp.MustCompile(`^[a-z0-9]+(-[a-z0-9]+)*$`)

func navigationIcon(r *review) {
	for _, m := range r.Admin.Modules {
		if !iconForm.MatchString(m.Icon) {
			r.tell(Error, "icon_format", m.Path.member("icon"), "", "icon %s is no icon's name, as \"truck\" is", quote(m.Icon))
		}
	}
}

var locationForm = regexp.MustCompile(`^admin(\.[a-z][a-z0-9_]*){3}$`)

// widgetLocation: the host offers these places (app-json.md 2.4).
func widgetLocation(r *review) {
	offered := [][]string{
		{"order", "product", "customer", "dashboard"},
		{"detail", "list", "index"},
		{"sidebar", "main", "header", "actions"},
	}
	for _, w := range r.Admin.Widgets {
		at := w.Path.member("location")
		if !locationForm.MatchString(w.Location) {
			r.tell(Error, "widget_location", at, "", "location %s must look like admin.order.detail.sidebar", quote(w.Location))
			continue
		}
		for i, part := range strings.Split(w.Location, ".")[1:] {
			if !slices.Contains(offered[i], part) {
				r.tell(Warning, "widget_location", at, r.hint(part, slices.Values(offered[i])), "location %s is not offered: the widget is not shown", quote(w.Location))
				break
			}
		}
	}
}

func widgetDuplicate(r *review) {
	r.unique("widget_duplicate", "widget", len(r.Admin.Widgets), func(i int) (string, Path) {
		return r.Admin.Widgets[i].ID, r.Admin.Widgets[i].Path.member("id")
	})
}

var (
	heightForm = regexp.MustCompile(`^(0|[1-9][0-9]{0,4})(\.[0-9]{1,2})?(px|rem|em|vh|%)$`)
	bareNumber = regexp.MustCompile(`^[1-9][0-9]*$`)
)

func widgetHeight(r *review) {
	for _, w := range r.Admin.Widgets {
		switch at := w.Path.member("height"); {
		case heightForm.MatchString(w.Height):
		case bareNumber.MatchString(w.Height):
			r.tell(Error, "widget_height", at, "", "height %s needs a unit, for example %s", quote(w.Height), quote(w.Height+"px"))
		default:
			r.tell(Error, "widget_height", at, "", "height %s is no length, as \"300px\" is", quote(w.Height))
		}
	}
}

func emailFormat(r *review) {
	email := r.Support.Email
	if email == "" {
		return
	}
	if address, err := mail.ParseAddress(email); err != nil || address.Address != email || len(email) > 254 {
		r.tell(Error, "email_format", "/support/email", "", "%s is no e-mail address", quote(email))
	}
}

func noAuth(r *review) {
	if r.Auth.Kind == NoAuth {
		r.tell(Info, "no_auth", "", "", "there is no \"auth\": the app has no access to the API")
	}
}

func folderMismatch(r *review) {
	if r.env.Folder != "" && r.env.Folder != r.Name {
		r.tell(Warning, "folder_mismatch", "/id", "", "folder %s and id %s differ", quote(r.env.Folder), quote(r.Name))
	}
}
