package manifest

import (
	"strings"
	"unicode"
)

// allCookies are the cookies, those of groups included.
func (a *App) allCookies() []Cookie {
	var all []Cookie
	for _, c := range a.Cookies {
		if c.Group {
			all = append(all, c.Entries...)
		} else {
			all = append(all, c)
		}
	}
	return all
}

func cookieIncomplete(r *review) {
	for _, c := range r.allCookies() {
		if c.Name == "" {
			r.tell(Error, "cookie_incomplete", c.Path, "", "<cookie> is missing in <cookie>")
		}
		if c.SnippetName == "" {
			r.tell(Error, "cookie_incomplete", c.Path, "", "<snippet-name> is missing in <cookie>")
		}
	}
	for _, c := range r.Cookies {
		switch {
		case !c.Group:
		case c.SnippetName == "":
			r.tell(Error, "cookie_incomplete", c.Path, "", "<snippet-name> is missing in <group>")
		case len(c.Entries) == 0:
			r.tell(Warning, "cookie_incomplete", c.Path, "", "group %s has no entries", quote(c.SnippetName))
		}
	}
}

func cookieDuplicate(r *review) {
	first := map[string]Path{}
	for _, c := range r.allCookies() {
		if c.Name == "" {
			continue
		}
		if at, taken := first[c.Name]; taken {
			r.tell(Warning, "cookie_duplicate", c.Path.Child("cookie"), "", "cookie %s is already defined in line %d", quote(c.Name), r.Source.Position(at).Line)
			continue
		}
		first[c.Name] = c.Path
	}
}

// cookieName: the names that RFC 6265 allows, which are tokens of RFC 9110.
func cookieName(r *review) {
	bad := func(c rune) bool {
		return c <= ' ' || c > unicode.MaxASCII || c == 0x7f || strings.ContainsRune(`()<>@,;:\"/[]?={}`, c)
	}
	for _, c := range r.allCookies() {
		if strings.ContainsFunc(c.Name, bad) {
			r.tell(Error, "cookie_name", c.Path.Child("cookie"), "", "cookie name %s holds characters that no cookie name may hold", quote(c.Name))
		}
	}
}
